"""Exponentially weighted means of daily load, with no seed that pretends to be data (methods C12; traps 4 and 5)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.stats._days import Days, impossible, loads, of_numbers, plain, weighted

ACUTE_DAYS: Final = 7.0
CHRONIC_DAYS: Final = 28.0
BURNT_IN: Final = 0.90  # share of the total weight that known days must carry (methods C12)
CONVENTIONS: Final = ("span", "exp", "inverse")
FIRST: Final = "first"
WEEK: Final = 7
_ROUNDING: Final = 1e-12


@dataclass(frozen=True)
class Ewma:
    """Weighted mean and coverage of every day (last axis); `coverage` is the weight share that known days carry."""

    lam: float
    value: Days
    coverage: Days

    @property
    def burn_in(self) -> NDArray[np.bool_]:
        """The days on which less than 90 % of the weight has been seen."""
        return self.coverage < BURNT_IN - _ROUNDING


@dataclass(frozen=True)
class EwmaDay:
    """The weighted mean on the last day: status "ok", "burn_in" or "refused"."""

    status: str
    reason: str | None = None
    lam: float | None = None
    value: float | None = None
    coverage: float | None = None


@dataclass(frozen=True)
class PerformanceChart:
    """Long and short mean of every day, their balance (one day more: that of the morning after), change in 7 days."""

    long: Days
    short: Days
    balance: Days
    ramp: Days


def smoothing(days: float, convention: str = "span") -> float:
    """Weight lambda of the newest day for a mean of about `days` days.

    "span" is 2/(N + 1) (Williams 2017, Br J Sports Med 51:209-210; Runalyze), "exp" 1 - exp(-1/N) (GoldenCheetah,
    intervals.icu), "inverse" 1/N. They are not the same average: a span of 42 days decays like "exp" of 21. Raises
    ValueError below 1 day or for another convention.

    >>> smoothing(7), round(smoothing(42, "exp"), 4), smoothing(4, "inverse")
    (0.25, 0.0235, 0.25)
    """
    if not 1 <= days < math.inf or convention not in CONVENTIONS:
        raise ValueError(f"{days!r} days by {convention!r}: expected 1 day or more, by one of {', '.join(CONVENTIONS)}")
    rules = {"span": 2 / (days + 1), "exp": -math.expm1(-1 / days), "inverse": 1 / days}
    return rules[convention]


def ewma(x: ArrayLike, lam: float) -> Ewma:
    """Bias-corrected weighted mean over the known days of `x`, days along the last axis (methods C12).

    E_t = sum (1-lam)^(t-i) x_i / sum (1-lam)^(t-i) over known days i <= t; coverage_t = lam times the lower sum. NaN is
    an unknown day and has no weight; it is never 0. A mean is NaN where nothing is known yet. Impossible loads
    (negative, infinite) count as unknown. Equal to pandas' ewm(alpha=lam, adjust=True, ignore_na=False).
    Source: Williams 2017, Br J Sports Med 51:209-210, without its seed.

    >>> found = ewma([[300.0, float("nan"), 100.0]], smoothing(7))
    >>> found.value.round(1).tolist(), found.burn_in.all().item()
    ([[300.0, 300.0, 172.0]], True)
    """
    mean, coverage = weighted(loads(x), lam)
    with np.errstate(invalid="ignore"):  # 0 / 0 before the first known day
        return Ewma(lam, mean / coverage, coverage)


def ewma_classic(x: ArrayLike, lam: float, seed: float | str = FIRST) -> Ewma:
    """The recursion E_t = lam x_t + (1-lam) E_(t-1) from a seed, to compare with other tools only (methods C12).

    `seed` is the value of the day before the first: a number (0 in GoldenCheetah and Runalyze), or "first", the first
    known load. Its weight (1-lam)^t is no data: `coverage` is the rest, 0.95 only after 63 days for N = 42 by "span"
    and after 126 by "exp". Unknown days have no weight, so that the seed's share grows; nothing is known before the
    first known day with seed "first". Source: Williams 2017, Br J Sports Med 51:209-210.

    >>> ewma_classic([100.0, 100.0], 0.25, seed=0).value.tolist()
    [25.0, 43.75]
    """
    daily = loads(x)
    mean, coverage = weighted(daily, lam)
    day = np.broadcast_to(np.arange(1, daily.shape[-1] + 1), daily.shape)
    if seed == FIRST:
        known = ~np.isnan(daily)
        at = known.argmax(axis=-1)[..., None] if daily.shape[-1] else np.zeros(0, int)
        before = np.take_along_axis(daily, at, axis=-1) if daily.shape[-1] else np.zeros(0)
        day = np.where(day > at, day - at, np.nan)
    else:
        before = np.asarray(seed, dtype=float)
    carried = (1 - lam) ** day
    with np.errstate(invalid="ignore"):  # 0 / 0 on an unknown day where lam is 1
        return Ewma(lam, (mean + carried * before) / (coverage + carried), coverage)


def ewma_last(x: Sequence[float | None] | None, days: float | None = ACUTE_DAYS, convention: str = "span") -> EwmaDay:
    """The bias-corrected mean on the last day of `x`, None being an unknown day: as `ewma` (methods C12).

    "burn_in" (BURN_IN) below 90 % of the weight: 9 known days for N = 7, 33 for N = 28. Refused: BAD_INPUT for a
    negative or infinite load, or N below 1; TOO_FEW_DAYS where no day with any weight is known.

    >>> ewma_last([300, None, 100], 7).status
    'burn_in'
    """
    daily = of_numbers(x)
    if days is None or not 1 <= days < math.inf or convention not in CONVENTIONS or impossible(daily):
        return EwmaDay("refused", "BAD_INPUT")
    lam = smoothing(days, convention)
    found = ewma(daily, lam)
    if not daily.size or np.isnan(found.value[-1]):
        return EwmaDay("refused", "TOO_FEW_DAYS", lam)
    status, reason = ("burn_in", "BURN_IN") if found.burn_in[-1] else ("ok", None)
    return EwmaDay(status, reason, lam, plain(found.value[-1]), float(found.coverage[-1]))


def performance_chart(x: ArrayLike, long_days: float = 42, short_days: float = 7, seed: float = 0) -> PerformanceChart:
    """The performance manager of other tools, to compare with them: seeded means by "exp", balance of the next morning.

    The balance of a day is that of the evening before (long less short, 0 on the first day), so that it has one day
    more than `x`; `ramp` is the long mean less that of 7 days before (0 before the series). In its first months all of
    it is seed: for our own numbers see `ewma`. Conventions: GoldenCheetah, PMCData.

    >>> performance_chart([0.0, 100.0]).balance.round(1).tolist()
    [0.0, 0.0, -11.0]
    """
    long, short = (ewma_classic(x, smoothing(days, "exp"), seed).value for days in (long_days, short_days))
    start = np.zeros((*long.shape[:-1], WEEK))
    ramp = long - np.concatenate([start, long], axis=-1)[..., : long.shape[-1]]
    return PerformanceChart(long, short, np.concatenate([start[..., :1], long - short], axis=-1), ramp)
