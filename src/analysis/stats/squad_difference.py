"""Difference of the mean changes of two squads, the athlete as the unit (methods H7)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

Floats = NDArray[np.float64]

MIN_ATHLETES: Final = 6  # in each squad
LEVEL: Final = 0.95
THRESHOLDS: Final = {"small": 0.14, "medium": 0.29, "large": 0.51}
"""Standardised differences between programmes of strength and conditioning; 0.2, 0.5 and 0.8 are too large here."""


@dataclass(frozen=True)
class Difference:
    """Mean of the first squad less that of the second, with its interval; NaN with a `reason`."""

    difference: float = np.nan
    low: float = np.nan
    high: float = np.nan
    se: float = np.nan
    df: float = np.nan
    mean_a: float = np.nan
    mean_b: float = np.nan
    n_a: int = 0
    n_b: int = 0
    reason: str | None = None


def squad_difference(
    a: ArrayLike, b: ArrayLike, *, level: float = LEVEL, min_athletes: int = MIN_ATHLETES
) -> Difference:
    """Welch's difference of two squads: one change per athlete, all on one scale, NaN for those without.

    It says how the squads differ, not why: they also differ in who joined which. Refusals: BAD_INPUT (an infinite
    value), TOO_FEW_ATHLETES (fewer than 6 in a squad), SD_ZERO (no spread in either). Welch 1947 (Biometrika 34:28-35).

    >>> found = squad_difference([0.05, 0.02, 0.06, 0.03, 0.04, 0.01, 0.05], [0.02, 0.0, 0.03, 0.01, 0.04, -0.01])
    >>> round(found.difference, 3), round(found.low, 4), round(found.high, 4), round(found.df, 1)
    (0.022, -0.0005, 0.0448, 10.5)
    """
    one, other = (v[~np.isnan(v)] for v in (np.asarray(x, dtype=np.float64).ravel() for x in (a, b)))
    none = Difference(n_a=one.size, n_b=other.size)
    if np.isinf(one).any() or np.isinf(other).any():
        return replace(none, reason="BAD_INPUT")
    if min(one.size, other.size) < max(min_athletes, 2):
        return replace(none, reason="TOO_FEW_ATHLETES")
    share = np.array([v.var(ddof=1) / v.size for v in (one, other)])
    rounding = 16 * np.finfo(float).eps * max(np.abs(one).max(), np.abs(other).max())
    if np.sqrt(share.sum()) <= rounding:
        return replace(none, reason="SD_ZERO")
    df = float(share.sum() ** 2 / (share**2 / np.array([one.size - 1, other.size - 1])).sum())
    se, means = float(np.sqrt(share.sum())), (float(one.mean()), float(other.mean()))
    half, found = float(stdtrit(df, 0.5 + level / 2)) * se, means[0] - means[1]
    return Difference(found, found - half, found + half, se, df, *means, one.size, other.size)


def size_word(standardised: float) -> str:
    """The size of a standardised difference in a word: trivial, small, medium or large (Swinton & Murphy 2022).

    >>> [size_word(d) for d in (0.1, -0.2, 0.3, 0.6)]
    ['trivial', 'small', 'medium', 'large']
    """
    return ["trivial", *THRESHOLDS][sum(abs(standardised) >= least for least in THRESHOLDS.values())]
