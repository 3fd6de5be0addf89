"""Rolling load of many athletes at once, missing sessions and missing days kept apart (methods 0.3, C11, C15).

A session that was done but not rated (missing session) and a day without any entry (missing day) are two different
gaps. Our policy leaves both unknown: a day with an unrated session has no known load, a day without an entry is not
a rest day unless somebody says so, and a window gives a number only where at least 80 % of its days are known, namely
the mean of those days. Each of the three choices is a parameter.

Where the R package `athletemonitoring` (Jovanovic) differs, we differ on purpose: with its `sum(x, na.rm = TRUE)` an
unrated session counts as no load at all, which at 12 % missing ratings lowers the chronic load by 12 %
(`skip_missing=True` gives its numbers), and its means take any number of known days (`min_coverage=0`). Windows count
calendar days, never rows: with rows, a constant training week of five sessions has a ratio of 1.40 to itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Aggregate = Literal["sum", "mean", "max", "min"]
Extend = Literal["none", "start", "end", "both"]

MIN_COVERAGE: Final = 0.80
QUARTILES: Final = (0.25, 0.50, 0.75)


@dataclass(frozen=True)
class Days:
    """One row per athlete, one column per calendar day from the first entry of anybody to the last.

    `inside` marks the days that belong to an athlete's series; outside of it `value` is NaN and the counts are 0.
    `extended_day` marks days inside that lie before the athlete's own first entry or after the last.
    """

    day: Ints
    value: Floats
    entries: Ints
    missing_entries: Ints
    missing_day: Bools
    extended_day: Bools
    inside: Bools


@dataclass(frozen=True)
class Windows:
    """Statistics of the window that ends on each day; `coverage` is the share of its days that are known."""

    mean: Floats
    sd: Floats
    cv: Floats
    coverage: Floats


@dataclass(frozen=True)
class Contrast:
    """Acute against chronic window: difference, ratio, and difference in chronic standard deviations.

    Description only: the acute days are part of the chronic ones, so that the ratio is tied to itself (methods C15).
    """

    difference: Floats
    ratio: Floats
    effect: Floats


def daily(
    athlete: ArrayLike,
    day: ArrayLike,
    value: ArrayLike,
    *,
    aggregate: Aggregate = "sum",
    missing_session: float = np.nan,
    skip_missing: bool = False,
    missing_day: float = np.nan,
    extend: Extend = "none",
    extended_day: float | None = None,
    person: ArrayLike | None = None,
    span: tuple[int, int] | None = None,
) -> Days:
    """Day values from sessions: `athlete` codes from 0, `day` whole day numbers, `value` NaN where it was not told.

    Several sessions of a day are put together by `aggregate`. `missing_session` stands in for a session without value;
    if that is NaN, the day is unknown, or with `skip_missing` made of its other sessions (none left: sum 0, else NaN).
    `missing_day` stands in for a day without any entry. `extend` lets the series of all start with the first entry of
    anybody, or end with the last; such days hold `extended_day` (default: `missing_day`) and are marked as missing too.
    Where a code is one of several variables of a person (`person`, one for each code), a series that is extended at one
    end ends at the other with any of them. `span` is the first and the last day to give, instead of those of the data.
    ValueError for a day or code that is not a whole number. Names as in athletemonitoring (Jovanovic).

    >>> days = daily([0, 0, 0], [1, 1, 3], [100.0, 50.0, 80.0])
    >>> days.value.tolist(), days.entries.tolist()
    ([[150.0, nan, 80.0]], [[2, 0, 1]])
    """
    who, when = _whole(athlete), _whole(day)
    told = np.asarray(value, dtype=np.float64)
    missing = ~np.isfinite(told)
    filled = np.where(missing, missing_session, told)
    given = when if span is None else np.r_[when, span].astype(np.int64)
    first, shape = (int(given.min()) if given.size else 0), _shape(who, given)
    at = who, when - first
    entries, missing_entries, known = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    for counted, each in ((entries, 1), (missing_entries, missing), (known, ~np.isnan(filled))):
        np.add.at(counted, at, each)
    totals = _put_together(shape, at, filled, aggregate, known)
    totals = np.where((known < entries) & (not skip_missing), np.nan, totals)
    own, inside = _series(entries > 0, extend, np.arange(shape[0]) if person is None else _whole(person))
    absent = inside & (entries == 0)
    extended = inside & ~own
    totals = np.where(absent, missing_day, totals)
    totals = np.where(extended, missing_day if extended_day is None else extended_day, totals)
    totals = np.where(inside, totals, np.nan)
    kept = slice(None) if span is None else slice(span[0] - first, span[1] - first + 1)
    columns: tuple[NDArray[Any], ...] = (totals, entries, missing_entries, absent, extended, inside)
    return Days(np.arange(first, first + shape[1])[kept], *(column[:, kept] for column in columns))


def windows(days: Days, width: int, *, min_coverage: float = MIN_COVERAGE, partial: bool = False) -> Windows:
    """Mean, SD (n - 1), coefficient of variation and coverage of the last `width` calendar days, for every day.

    A window is made of known days only and gives NaN if these are fewer than `min_coverage` of it: the mean times
    `width` is then the scaled sum of methods C11. A window that starts before the series is NaN, or with `partial` made
    of the days there are. An SD needs two known days, a coefficient of variation a mean that is not zero.

    >>> w = windows(daily([0, 0, 0], [1, 2, 4], [90.0, 60.0, 30.0], missing_day=0), 3)
    >>> w.mean.tolist()
    [[nan, nan, 50.0, 30.0]]
    """
    known = ~np.isnan(days.value)
    n, length = _lagged_sum(known, width), _lagged_sum(days.inside, width)
    with np.errstate(divide="ignore", invalid="ignore"):
        coverage = n / np.where(partial, length, width)
        whole = days.inside & ((length == width) | partial)
        given = whole & (n > 0) & (coverage >= min_coverage - 1e-12)
        mean = np.where(given, _lagged_sum(np.where(known, days.value, 0.0), width) / n, np.nan)
        sd = np.where(given & (n > 1), np.sqrt(_squares(days.value, known, mean, width) / (n - 1)), np.nan)
        cv = np.where(mean != 0, sd / mean, np.nan)
    return Windows(mean, sd, cv, np.where(whole, coverage, np.nan))


def window_counts(days: Days, flags: ArrayLike, width: int, *, partial: bool = False) -> Floats:
    """Number (or sum) of `flags`, an array like `days.missing_day`, in the last `width` days; NaN as in `windows`.

    >>> d = daily([0, 0], [1, 3], [90.0, 60.0])
    >>> window_counts(d, d.missing_day, 2).tolist()
    [[nan, 1.0, 1.0]]
    """
    whole = days.inside & ((_lagged_sum(days.inside, width) == width) | partial)
    return np.where(whole, _lagged_sum(np.asarray(flags), width), np.nan)


def contrast(acute: Windows, chronic: Windows) -> Contrast:
    """Acute minus chronic mean, their ratio, and the difference in chronic SDs; NaN instead of a division by zero.

    >>> d = daily([0] * 4, [1, 2, 3, 4], [10.0, 20.0, 30.0, 40.0])
    >>> contrast(windows(d, 2), windows(d, 4)).ratio.tolist()
    [[nan, nan, nan, 1.4]]
    """
    difference = acute.mean - chronic.mean
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(chronic.mean != 0, acute.mean / chronic.mean, np.nan)
        effect = np.where(chronic.sd > 0, difference / chronic.sd, np.nan)
    return Contrast(difference, ratio, effect)


def group_quantiles(values: ArrayLike, quantiles: ArrayLike = QUARTILES) -> Floats:
    """Quantiles over the athletes (rows) on each day, of the known values only: shape quantiles x days.

    Linear between order statistics (type 7 of Hyndman & Fan 1996, Am Stat 50:361-365); NaN where nobody has a value.

    >>> group_quantiles([[1.0, float("nan")], [2.0, float("nan")], [4.0, 7.0]], [0.25, 0.5]).tolist()
    [[1.5, 7.0], [2.0, 7.0]]
    """
    table, shares = np.asarray(values, dtype=np.float64), np.asarray(quantiles, dtype=np.float64)
    out = np.full((*shares.shape, table.shape[1]), np.nan)
    someone = ~np.isnan(table).all(axis=0)
    if someone.any():
        out[..., someone] = np.nanquantile(table[:, someone], shares, axis=0)
    return out


def _whole(numbers: ArrayLike) -> Ints:
    given = np.asarray(numbers, dtype=np.float64)
    if not np.isfinite(given).all() or (given != np.floor(given)).any():
        raise ValueError("athlete codes and days must be whole numbers")
    return given.astype(np.int64)


def _shape(who: Ints, when: Ints) -> tuple[int, int]:
    if not who.size:
        return 0, 0
    if who.min() < 0:
        raise ValueError("athlete codes count from 0")
    return int(who.max()) + 1, int(np.ptp(when)) + 1


def _put_together(shape: tuple[int, int], at: tuple[Ints, Ints], value: Floats, how: Aggregate, known: Ints) -> Floats:
    """Known session values of each day as one; days without any are 0 for a sum and NaN else."""
    if how in ("max", "min"):
        best = np.full(shape, np.nan)
        (np.fmax if how == "max" else np.fmin).at(best, at, value)
        return best
    totals = np.zeros(shape)
    np.add.at(totals, at, np.where(np.isnan(value), 0.0, value))
    return totals if how == "sum" else np.where(known > 0, totals / np.maximum(known, 1), np.nan)


def _series(has_entry: Bools, extend: Extend, person: Ints) -> tuple[Bools, Bools]:
    """Days between a series' own first and last entry, and its days after extension; the other end is the person's."""
    begun = np.logical_or.accumulate(has_entry, axis=1)
    lasts = np.logical_or.accumulate(has_entry[:, ::-1], axis=1)[:, ::-1]
    own = begun & lasts
    someone = has_entry.any(axis=1, keepdims=True)
    if extend == "none":
        return own, own
    reached = lasts if extend == "start" else begun if extend == "end" else np.ones_like(begun)
    shared = np.zeros((int(person.max(initial=-1)) + 1, reached.shape[1]), dtype=np.bool_)
    np.logical_or.at(shared, person, reached & someone)
    return own, shared[person] & someone


def _lagged_sum(values: NDArray[np.generic], width: int) -> Floats:
    """Sum of the last `width` columns, day by day: exact for whole numbers, as differences of a running sum are not."""
    if width < 1:
        raise ValueError("a window needs at least one day")
    given = np.asarray(values, dtype=np.float64)
    out = given.copy()
    for lag in range(1, min(width, given.shape[1])):
        out[:, lag:] += given[:, :-lag]
    return out


def _squares(value: Floats, known: Bools, mean: Floats, width: int) -> Floats:
    """Sum of squared distances of the last `width` known days from the window's own mean (second pass)."""
    out = np.where(known, (value - mean) ** 2, 0.0)
    for lag in range(1, min(width, value.shape[1])):
        out[:, lag:] += np.where(known[:, :-lag], (value[:, :-lag] - mean[:, lag:]) ** 2, 0.0)
    return out
