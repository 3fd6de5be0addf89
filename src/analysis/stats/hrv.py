"""Is heart-rate variability of the last week outside the athlete's usual band? Never alone (methods F3).

Values are natural logs (ln RMSSD in ms, same posture and time of day). Days run along the last axis, athletes along the
others; NaN is a day without a measurement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.stats._days import of_numbers
from analysis.stats._past import Days, before, counted, mean_sd

WEEK: Final = 7
MIN_WEEK: Final = 3
BASELINE_DAYS: Final = 60
MIN_BASELINE: Final = 14
BAND_SD: Final = 0.5
DOWN_AT: Final = -1.645
BELOW_BY_CHANCE: Final = 0.17  # of days, with no change at all (simulated with an autocorrelation of 0.3)
OUTSIDE_BY_CHANCE: Final = 0.35  # on either side of the band
NO_SPREAD: Final = 1e-9  # a smaller SD is rounding
_IMPOSSIBLE: Final = 1e6  # the logarithm of no number of milliseconds, and its square may be no number any more
BELOW, WITHIN, ABOVE = "below", "within", "above"


@dataclass(frozen=True)
class Week:
    """The last 7 days against the 60 days before them: the usual band `lo` to `hi`, `flag` below, within or above."""

    status: str
    reason: str | None = None
    baseline_mean: float | None = None
    baseline_sd: float | None = None
    lo: float | None = None
    hi: float | None = None
    week_mean: float | None = None
    flag: str | None = None
    z_week: float | None = None
    n_week: int = 0
    n_baseline: int = 0


@dataclass(frozen=True)
class Weeks:
    """The same for the 7 days up to every day; NaN where there are too few values. Neither side is good or bad."""

    week_mean: Days
    lo: Days
    hi: Days
    z_week: Days
    n_week: Days
    n_baseline: Days
    baseline_sd: Days

    @property
    def down(self) -> NDArray[np.bool_]:
        """Whether z of the week is -1.645 or lower; False where it is NaN (ask for it separately)."""
        return self.z_week <= DOWN_AT

    @property
    def flag(self) -> NDArray[np.str_]:
        """`below`, `within` or `above` the band, "" where it cannot be told."""
        sides = [np.isnan(self.z_week), self.week_mean < self.lo, self.week_mean > self.hi]
        return np.select(sides, ["", BELOW, ABOVE], WITHIN)


def weeks(ln: ArrayLike) -> Weeks:
    """Mean of the last 7 days (at least 3 values) against the 60 days before those 7 (at least 14), for every day.

    The band is baseline mean +/- 0.5 SD of daily values; z = (m7 - mb) / (SD sqrt(1/n7 + 1/nb)), which takes days for
    independent. Source: Plews 2013 and 2014 (Int J Sports Physiol Perform 9:783-790), Buchheit 2014 (Front Physiol
    5:73).

    >>> weeks([4.2, 4.3] * 10 + [4.0] * 7).flag[-1].item()
    'below'
    """
    days = np.asarray(ln, dtype=float)
    days = np.where(np.isfinite(days), days, np.nan)
    last, earlier = before(days, WEEK), before(days, BASELINE_DAYS, WEEK)
    n_week, n_baseline = counted(last), counted(earlier)
    (mean, _), (usual, sd) = mean_sd(last), mean_sd(earlier)
    known = (n_week >= MIN_WEEK) & (n_baseline >= MIN_BASELINE) & (sd > NO_SPREAD)
    mean, usual, sd = (np.where(known, part, np.nan) for part in (mean, usual, sd))
    error = sd * np.sqrt(1 / np.where(known, n_week, 1) + 1 / np.where(known, n_baseline, 1))
    z = (mean - usual) / error
    return Weeks(mean, usual - BAND_SD * sd, usual + BAND_SD * sd, z, n_week, n_baseline, sd)


def week(baseline_ln: Sequence[float | None] | None, week_ln: Sequence[float | None] | None) -> Week:
    """One week against one baseline, None where nothing was measured: as `weeks`, with reasons (methods F3).

    The last 7 and the last 60 values count. Refused: BAD_INPUT for an impossible value, TOO_FEW_VALUES_THIS_WEEK below
    3, BASELINE_TOO_SHORT below 14, SD_ZERO where the baseline does not vary.

    >>> week([4.2, 4.3] * 10, [4.1, None, None, 4.1, 4.1, None, None]).flag
    'below'
    """
    usual, last = of_numbers(baseline_ln)[-BASELINE_DAYS:], of_numbers(week_ln)[-WEEK:]
    n_week, n_baseline = (int((~np.isnan(values)).sum()) for values in (last, usual))
    counts: dict[str, Any] = {"n_week": n_week, "n_baseline": n_baseline}
    if (np.abs(usual) >= _IMPOSSIBLE).any() or (np.abs(last) >= _IMPOSSIBLE).any():
        return Week("refused", "BAD_INPUT", **counts)
    if n_week < MIN_WEEK:
        return Week("refused", "TOO_FEW_VALUES_THIS_WEEK", **counts)
    if n_baseline < MIN_BASELINE:
        return Week("refused", "BASELINE_TOO_SHORT", **counts)
    padded = (np.concatenate([np.full(n - v.size, np.nan), v]) for n, v in ((BASELINE_DAYS, usual), (WEEK, last)))
    found = weeks(np.concatenate(list(padded)))
    lo, hi, mean, z, sd = (float(p[-1]) for p in (found.lo, found.hi, found.week_mean, found.z_week, found.baseline_sd))
    if np.isnan(z):
        return Week("refused", "SD_ZERO", **counts)
    return Week("ok", None, (lo + hi) / 2, sd, lo, hi, mean, str(found.flag[-1]), z, **counts)
