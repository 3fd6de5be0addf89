"""The shape of weekly load: rolling mean, ramp, monotony and strain, this week beside the month (methods C11, C13-C15).

Days (or weeks) run along the last axis, athletes along the others; NaN is an unknown day and never 0. The batched
functions give NaN where they cannot tell, the single ones (plain numbers, None for unknown) give the reason as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from analysis.stats._days import (
    NOTHING,
    Days,
    impossible,
    loads,
    of_numbers,
    plain,
    trailing_squares,
    trailing_sum,
    weighted,
)

WEEK: Final = 7
MONTH: Final = 28
BEFORE: Final = MONTH - WEEK
MIN_COVERAGE: Final = 0.80
MEDIAN_WEEKS: Final = 4
MIN_WEEKS: Final = 3
DDOF: Final = 1
NO_SPREAD: Final = 1e-9  # of the mean; a smaller SD is rounding


@dataclass(frozen=True)
class Ramps:
    """Change (%) of every week: against the week before, and against the median of the last 4 known weeks before."""

    wow_pct: Days
    vs_median4_pct: Days


@dataclass(frozen=True)
class Ramp:
    """Change (%) of the last week; either number is None where it cannot be told, `weeks` are the known ones before."""

    status: str
    reason: str | None = None
    wow_pct: float | None = None
    vs_median4_pct: float | None = None
    weeks: int = 0


@dataclass(frozen=True)
class Monotonies:
    """Monotony and strain of the 7 days up to every day; `weekly_load` NaN: not all known; monotony NaN alone: SD 0."""

    weekly_load: Days
    monotony: Days
    strain: Days


@dataclass(frozen=True)
class Monotony:
    """Load, monotony and strain of one week; the load is there as well where all its days are equal (SD_ZERO)."""

    status: str
    reason: str | None = None
    weekly_load: float | None = None
    monotony: float | None = None
    strain: float | None = None


@dataclass(frozen=True)
class LoadRatios:
    """The last 7 days beside the month, on every day: three numbers that differ by convention, not by training."""

    acute: Days
    coupled: Days
    uncoupled: Days
    ewma: Days


@dataclass(frozen=True)
class LoadRatio:
    """The last 7 days beside the month on the last day."""

    status: str
    reason: str | None = None
    acute: float | None = None
    coupled: float | None = None
    uncoupled: float | None = None
    ewma: float | None = None


def rolling_mean(x: ArrayLike, window: int = WEEK, min_coverage: float = MIN_COVERAGE) -> Days:
    """Mean daily load of the known days among the last `window`, for every day (methods C11).

    NaN below 80 % known days; days before the series starts are unknown. Source: convention (methods C11).

    >>> rolling_mean([100.0, float("nan"), 100.0, 100.0, 100.0, 130.0], 5).tolist()
    [nan, nan, nan, nan, 100.0, 107.5]
    """
    daily = loads(x)
    known = ~np.isnan(daily)
    count = trailing_sum(known.astype(float), window, before=0.0)
    total = trailing_sum(np.where(known, daily, 0.0), window, before=0.0)
    return np.where(count >= min_coverage * window, total / np.maximum(count, 1), np.nan)


def ramps(weekly: ArrayLike) -> Ramps:
    """Change of every week (last axis), NaN being an unknown week (methods C13).

    `wow_pct` is 100 (W_t / W_(t-1) - 1), NaN after an unknown week or one without load. `vs_median4_pct` holds the week
    against the median of the last 4 known weeks before it and needs 3: a deload week does not make the next one look
    like a leap. Source: convention (methods C13).

    >>> ramps([1800.0, 1950.0, 2050.0, 1300.0, 2150.0]).vs_median4_pct.round(1).tolist()
    [nan, nan, nan, -33.3, 14.7]
    """
    given = loads(weekly)
    weeks = np.moveaxis(given, -1, 0)
    median = np.full(weeks.shape, np.nan)
    latest = np.full((*weeks.shape[1:], MEDIAN_WEEKS), np.nan)  # the last known weeks of each athlete
    for i, week in enumerate(weeks):
        _, mid, high, _ = np.moveaxis(np.sort(latest, axis=-1), -1, 0)  # NaN comes last
        count = (~np.isnan(latest)).sum(axis=-1)
        median[i] = np.where(count == MEDIAN_WEEKS, (mid + high) / 2, np.where(count == MIN_WEEKS, mid, np.nan))
        pushed = np.concatenate([latest[..., 1:], week[..., None]], axis=-1)
        latest = np.where(np.isnan(week)[..., None], latest, pushed)
    previous = np.concatenate([np.full((1, *weeks.shape[1:]), np.nan), weeks[:-1]])
    found = (100 * (weeks / np.where(ref > NOTHING, ref, np.nan) - 1) for ref in (previous, median))
    return Ramps(*(np.moveaxis(pct, 0, -1) for pct in found))


def ramp(weekly: Sequence[float | None] | None) -> Ramp:
    """Change of the last week of `weekly` (oldest first, None unknown): as `ramps`, with reasons (methods C13).

    Refused: BAD_INPUT for a negative or infinite week, INCOMPLETE_WEEK where the last one is unknown, NO_PREVIOUS_WEEK
    where neither number can be told. `vs_median4_pct` is the headline, None below 3 known weeks before.

    >>> round(ramp([1800, 1950, 2050, 1300, 2150]).vs_median4_pct, 1)
    14.7
    """
    weeks = of_numbers(weekly)
    if impossible(weeks):
        return Ramp("refused", "BAD_INPUT")
    before = int((~np.isnan(weeks[:-1])).sum())
    if weeks.size and np.isnan(weeks[-1]):
        return Ramp("refused", "INCOMPLETE_WEEK", weeks=before)
    found = ramps(weeks) if weeks.size else Ramps(np.array([np.nan]), np.array([np.nan]))
    wow, against = plain(found.wow_pct[-1]), plain(found.vs_median4_pct[-1])
    if wow is None and against is None:
        return Ramp("refused", "NO_PREVIOUS_WEEK", weeks=before)
    return Ramp("ok", None, wow, against, before)


def monotonies(x: ArrayLike, ddof: int = DDOF) -> Monotonies:
    """Monotony (mean / SD) and strain (sum x monotony) of the 7 days up to every day (methods C14).

    Rest days belong to it: dropped, they double the monotony. NaN unless all 7 days are known; monotony is NaN, never
    infinite and never capped at 10, where they do not differ. The SD is the sample's (`ddof` 1, our convention: the
    original does not say); `ddof` 0 gives a monotony 1.08 times as large. Source: Foster 1998, Med Sci Sports Exerc
    30:1164-1168.

    >>> monotonies([300.0, 0, 250, 400, 0, 350, 500]).monotony.round(3).tolist()
    [nan, nan, nan, nan, nan, nan, 1.336]
    """
    daily = loads(x)
    total = trailing_sum(daily, WEEK)
    mean = total / WEEK
    spread = np.sqrt(trailing_squares(daily, mean, WEEK) / (WEEK - ddof))
    monotony = mean / np.where(spread > NO_SPREAD * mean + NOTHING, spread, np.nan)
    return Monotonies(total, monotony, total * monotony)


def monotony(days: Sequence[float | None] | None, ddof: int = DDOF) -> Monotony:
    """Monotony and strain of one week of 7 daily loads, None unknown: as `monotonies`, with reasons (methods C14).

    Refused: INCOMPLETE_WEEK unless there are 7 known days, BAD_INPUT for a negative or infinite load, SD_ZERO where all
    days are equal - not infinity.

    >>> monotony([300] * 7).reason
    'SD_ZERO'
    """
    daily = of_numbers(days)
    if impossible(daily):
        return Monotony("refused", "BAD_INPUT")
    if daily.size != WEEK or np.isnan(daily).any():
        return Monotony("refused", "INCOMPLETE_WEEK")
    found = monotonies(daily, ddof)
    load, value, strain = (plain(part[-1]) for part in (found.weekly_load, found.monotony, found.strain))
    return Monotony("refused", "SD_ZERO", load) if value is None else Monotony("ok", None, load, value, strain)


def load_ratios(x: ArrayLike) -> LoadRatios:
    """The last 7 days relative to the last month, on every day; a description, with no zones (methods C15).

    `coupled` is A7 / (A28 / 4), `uncoupled` A7 / (the 21 days before / 3), `ewma` the ratio of the bias-corrected means
    of spans 7 and 28 over all days so far. NaN unless the last 28 days are known and the 21 days before hold load.
    Coupled c and uncoupled u are one number in two forms, u = 3c / (4 - c); c cannot exceed 4, and shares its acute
    days with its denominator (independent weeks correlate by 0.5: Lolli 2019, Br J Sports Med 53:921-922).

    >>> load_ratios([100.0] * 28).uncoupled[-1].item()
    1.0
    """
    daily = loads(x)
    acute, earlier = trailing_sum(daily, WEEK), trailing_sum(daily, BEFORE)
    before = np.concatenate([np.full((*daily.shape[:-1], WEEK), np.nan), earlier], axis=-1)[..., : daily.shape[-1]]
    before = np.where(before > NOTHING, before, np.nan)
    coupled, uncoupled = 4 * acute / (acute + before), 3 * acute / before
    (top, top_weight), (bottom, bottom_weight) = (weighted(daily, 2 / (days + 1)) for days in (WEEK, MONTH))
    by_ewma = np.full(daily.shape, np.nan)
    ratio = np.divide(top * bottom_weight, top_weight * bottom, out=by_ewma, where=~np.isnan(coupled))
    return LoadRatios(acute, coupled, uncoupled, ratio)


def load_ratio(x: Sequence[float | None] | None) -> LoadRatio:
    """The last 7 of at least 28 daily loads relative to the month: as `load_ratios`, with reasons (methods C15).

    Refused: BAD_INPUT for a negative or infinite load, INCOMPLETE_28D unless the last 28 days are known, CHRONIC_ZERO
    where the 21 days before the last week hold no load (coupled would then be 4 whatever the week was).

    >>> load_ratio([0.0] * 21 + [100.0] * 7).reason
    'CHRONIC_ZERO'
    """
    daily = of_numbers(x)
    if impossible(daily):
        return LoadRatio("refused", "BAD_INPUT")
    if daily.size < MONTH or np.isnan(daily[-MONTH:]).any():
        return LoadRatio("refused", "INCOMPLETE_28D")
    found = load_ratios(daily)
    if np.isnan(found.coupled[-1]):
        return LoadRatio("refused", "CHRONIC_ZERO", float(found.acute[-1]))
    acute, *ratios = (float(part[-1]) for part in (found.acute, found.coupled, found.uncoupled, found.ewma))
    return LoadRatio("ok", None, acute, *ratios)
