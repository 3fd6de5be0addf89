"""Training impulse from heart rate: Banister's exponential sum and Edwards' zones (methods C8, C9)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.stats._samples import Numbers, as_numbers

Floats = NDArray[np.float64]

COEFFICIENTS: Final = {"male": (0.64, 1.92), "female": (0.86, 1.67)}
HR_MAX_ERROR_BPM: Final = 5.0
ABOVE_MAX: Final = 1.05
EDWARDS: Final = (0.5, 0.6, 0.7, 0.8, 0.9)
_SAME: Final = 1e-9  # 114 of 190 bpm is 60 %, whatever the last binary digit says


@dataclass(frozen=True)
class Trimp:
    """Banister's TRIMP in arbitrary units; `low` and `high` are those of a maximum 5 bpm higher and 5 bpm lower."""

    status: str
    reason: str | None = None
    trimp: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Edwards:
    """Edwards' sum in arbitrary units; `low` and `high` are those of a maximum 5 bpm higher and 5 bpm lower."""

    status: str
    reason: str | None = None
    edwards: float | None = None
    low: float | None = None
    high: float | None = None


def banister(
    minutes: Numbers,
    hr_bpm: Numbers,
    *,
    hr_rest_bpm: float | None,
    hr_max_bpm: float | None,
    sex: str | None,
    hr_max_error_bpm: float = HR_MAX_ERROR_BPM,
) -> Trimp:
    """Sum of minutes x a x exp(b x) over samples, x = (HR - rest) / (max - rest), below rest 0.

    `minutes` and `hr_bpm` have one shape (samples,), `sex` is "female" (a = 0.86, b = 1.67) or "male" (0.64, 1.92).
    Give samples or laps, not the mean of a session: the function is convex, so that a mean hides what intervals cost.
    `low` and `high` recompute with the maximum 5 bpm off. Refused: BAD_INPUT for empty, unequal, missing or negative
    minutes, heart rates that are none, another sex; HR_BOUNDS where rest or maximum is missing or the maximum does not
    clear rest by more than its own error; HR_ABOVE_MAX where x exceeds 1.05. Banister 1991 (in MacDougall et al.);
    Morton, Fitz-Clarke & Banister 1990 (J Appl Physiol 69:1171-1177).

    >>> round(banister([45], [152], hr_rest_bpm=50, hr_max_bpm=190, sex="male").trimp, 1)
    85.0
    """
    told = as_numbers([hr_rest_bpm, hr_max_bpm, hr_max_error_bpm])
    if told is None or not (np.isfinite(told).all() and told[2] >= 0 and 0 < told[0] < told[1] - told[2]):
        return Trimp("refused", "HR_BOUNDS")
    found = _checked(minutes, hr_bpm)
    if found is None or not isinstance(sex, str) or sex not in COEFFICIENTS:
        return Trimp("refused", "BAD_INPUT")
    lasting, beats = found
    rest, top, error = told.tolist()
    if ((beats - rest) / (top - rest) > ABOVE_MAX).any():
        return Trimp("refused", "HR_ABOVE_MAX")
    low, value, high = (_banister(lasting, beats, rest, top + off, sex) for off in (error, 0.0, -error))
    return Trimp("ok", None, value, low, high)


def edwards(
    minutes: Numbers,
    hr_bpm: Numbers,
    *,
    hr_max_bpm: float | None,
    hr_max_error_bpm: float = HR_MAX_ERROR_BPM,
) -> Edwards:
    """Sum of minutes x weight of the zone: 0 below 50 % of the maximum, then 1 to 5 per 10 %, lower bound inclusive.

    `minutes` and `hr_bpm` have one shape (samples,). Refused as `banister`, but that HR_ABOVE_MAX means more than 105 %
    of the maximum, because no resting heart rate is asked for. Edwards 1993 (The Heart Rate Monitor Book).

    >>> edwards([10, 15, 10, 8, 2], [110, 130, 150, 168, 182], hr_max_bpm=190).edwards
    112.0
    """
    told = as_numbers([hr_max_bpm, hr_max_error_bpm])
    if told is None or not (np.isfinite(told).all() and told[1] >= 0 and told[0] > told[1]):
        return Edwards("refused", "HR_BOUNDS")
    found = _checked(minutes, hr_bpm)
    if found is None:
        return Edwards("refused", "BAD_INPUT")
    lasting, beats = found
    top, error = told.tolist()
    if (beats > ABOVE_MAX * top).any():
        return Edwards("refused", "HR_ABOVE_MAX")
    low, value, high = (_edwards(lasting, beats, top + off) for off in (error, 0.0, -error))
    return Edwards("ok", None, value, low, high)


def _checked(minutes: Numbers, hr_bpm: Numbers) -> tuple[Floats, Floats] | None:
    lasting, beats = as_numbers(minutes), as_numbers(hr_bpm)
    if lasting is None or beats is None or lasting.shape != beats.shape or lasting.size == 0:
        return None
    possible = np.isfinite(lasting) & (lasting >= 0) & np.isfinite(beats) & (beats > 0)
    return (lasting, beats) if possible.all() else None


def _banister(minutes: Floats, beats: Floats, rest: float, top: float, sex: str) -> float:
    a, b = COEFFICIENTS[sex]
    x = np.maximum((beats - rest) / (top - rest), 0.0)
    return float((minutes * x * a * np.exp(b * x)).sum())


def _edwards(minutes: Floats, beats: Floats, top: float) -> float:
    weight = sum((beats / top >= border * (1 - _SAME)).astype(np.float64) for border in EDWARDS)
    return float((minutes * weight).sum())
