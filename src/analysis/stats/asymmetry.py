"""Difference between the legs with its own noise, and whether it comes back (methods D12)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

Floats = NDArray[np.float64]

LEVEL: Final = 0.95
NU0: Final = 6.0  # degrees of freedom that a known trial SD counts for (methods T1)
MIN_TRIALS: Final = 2  # per leg
SESSIONS: Final = 2  # beyond noise on the same side, before a difference is called consistent
_ROUNDING: Final = 1e-12  # trials that are the same number have no spread, whatever the last digit of their logs
_LARGEST: Final = 1e6  # no SD of logs is larger, and the square of a much larger number is none


@dataclass(frozen=True)
class Asymmetry:
    """Difference between the legs in per cent, above zero where the right leg is the better one, one per athlete.

    `bishop_pct` says the same without a side: 100 (max - min) / max of the two legs' means. NaN where it was refused.
    """

    asym_pct: Floats
    low: Floats
    high: Floats
    bishop_pct: Floats
    sd_log: Floats
    df: Floats

    @property
    def beyond_noise(self) -> NDArray[np.bool_]:
        """Whether zero lies outside the interval: the athlete's own threshold, not a fixed 10 or 15 %."""
        return (self.low > 0) | (self.high < 0)


def refusal(left: ArrayLike, right: ArrayLike, sd_log: float | None = None) -> str | None:
    """Why the trials of one session give no difference between the legs, None where they do.

    TOO_FEW_TRIALS (fewer than 2 on a leg; NaN is a trial that was not done), BAD_INPUT (a value without a log, or an
    impossible `sd_log`), SD_ZERO (no trial SD is known and the trials of each leg do not differ).

    >>> refusal([18.2], [16.1, 16.9]), refusal([18.2, 0.0], [16.1, 16.9]), refusal([18.2, 17.6], [16.1, 16.9])
    ('TOO_FEW_TRIALS', 'BAD_INPUT', None)
    """
    legs = [values[~np.isnan(values)] for values in (_floats(left).ravel(), _floats(right).ravel())]
    if min(leg.size for leg in legs) < MIN_TRIALS:
        return "TOO_FEW_TRIALS"
    if any(not ((leg > 0) & np.isfinite(leg)).all() for leg in legs) or not _possible(sd_log):
        return "BAD_INPUT"
    spread = sum(float(np.log(leg).var()) for leg in legs)
    return "SD_ZERO" if sd_log is None and spread < _ROUNDING**2 else None


def asymmetry(
    left: ArrayLike,
    right: ArrayLike,
    *,
    sd_log: float | None = None,
    nu0: float = NU0,
    lower_is_better: bool = False,
    level: float = LEVEL,
) -> Asymmetry:
    """Difference between the legs, 100 (mean ln right - mean ln left), with its t interval.

    `left` and `right` hold the trials of one session along their last axis, one row per athlete, NaN where a trial is
    missing. The trial SD is pooled within the legs, and with `sd_log`, that of the test (natural logs), which counts as
    `nu0` degrees of freedom (methods T1). For times that are better when shorter, `lower_is_better` turns the sign.
    Whatever `refusal` names gives NaN. Bishop 2018 (Strength Cond J 40:1-6) for the form without a side; there is no
    validated cut-off for runners, so that the interval is the only threshold.

    >>> found = asymmetry([18.2, 17.6, 18.9], [16.1, 16.9, 16.4], sd_log=0.05)
    >>> [round(float(v), 1) for v in (found.asym_pct, found.low, found.high, found.bishop_pct)]
    [-10.2, -18.0, -2.3, 9.7]
    """
    (mean_l, ss_l, n_l), (mean_r, ss_r, n_r) = _leg(left), _leg(right)
    usable = (np.minimum(n_l, n_r) >= MIN_TRIALS) & _possible(sd_log)
    own_df, prior_df = n_l + n_r - 2, 0.0 if sd_log is None else nu0
    df = np.where(usable, own_df + prior_df, np.nan)
    known = sd_log if sd_log is not None and _possible(sd_log) else 0.0
    sd = np.sqrt((prior_df * known**2 + ss_l + ss_r) / df)
    sd = np.where(sd > _ROUNDING, sd, np.nan)
    gap = np.where(np.isnan(sd), np.nan, mean_r - mean_l)
    centre = 100 * (-gap if lower_is_better else gap)
    half = 100 * stdtrit(df, 0.5 + level / 2) * sd * np.sqrt(1 / np.maximum(n_l, 1) + 1 / np.maximum(n_r, 1))
    bishop = -100 * np.expm1(-np.abs(gap))
    return Asymmetry(*(np.asarray(v) for v in (centre, centre - half, centre + half, bishop, sd, df)))


def consistent(sides: Iterable[str | None], sessions: int = SESSIONS) -> str | None:
    """The side that was beyond noise in at least two sessions, None where none was or where both were.

    `sides` has one entry per session: "left", "right", or None for a session within its noise.

    >>> consistent(["left", None, "left"]), consistent(["left", "right", "left"]), consistent(["left"])
    ('left', None, None)
    """
    found = [side for side in sides if side is not None]
    return found[0] if len(found) >= sessions and len(set(found)) == 1 else None


def _leg(values: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Mean and sum of squares of the logs and the number of trials; a value without a log spoils its session."""
    given = _floats(values)
    done = ~np.isnan(given)
    logs = np.log(np.where((given > 0) & np.isfinite(given), given, np.nan))
    n = done.sum(axis=-1).astype(np.float64)
    mean = np.where(done, logs, 0.0).sum(axis=-1) / np.maximum(n, 1)
    squares = np.where(done, (logs - mean[..., None]) ** 2, 0.0).sum(axis=-1)
    return np.asarray(mean), np.asarray(squares), n


def _possible(sd_log: float | None) -> bool:
    return sd_log is None or bool(0 < sd_log < _LARGEST)


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)
