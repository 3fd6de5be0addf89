"""Where the blocks of an athlete who has written none down probably began and ended, with the reason in words.

The rules, all of them our convention [A] and none of them read from the results of the training:

1. More than 14 days without a gym session end a segment; the next session begins another. Without any gym session
   the sessions of every kind are counted.
2. A block begins on a Monday and ends on a Sunday.
3. It ends with its deload week, as the deload audit labels it (methods C17: article, deload every 4 to 6 weeks) or the
   calendar names it; further reduced weeks that follow belong to it. A light week whose sessions were each as heavy as
   usual is taken for missed sessions, not for a deload, and so is one with less than two weeks of training before it.
4. It ends with a re-test: with the week of it (Thursday to Sunday), or with the week before (Monday to Wednesday). Test
   days at most 7 days apart are one re-test; where they go on for more than 14 days they monitor, and end nothing.
5. Ends in weeks that follow each other are one end, the later.
6. A block has at least 2 weeks. An end that comes sooner is passed over; the week that is left at the end of a segment
   is no block.
7. A block has at most 8 weeks. Where nothing else tells, a longer one is cut after every 6 weeks (article: blocks of
   4 to 6 weeks), and its reason says so.

Nothing here is a fact until the athlete says so: `stridelift blocks` writes the proposals as a sheet to edit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any, Final

import polars as pl

from analysis.frames import pandas_door
from analysis.metrics._audits import WEEK, coach_labels, labelled, possible
from analysis.stats.deload import DELOAD, LOADING, REDUCED_PHASE, THRESHOLD
from analysis.transforms import RETEST_GRACE_DAYS, of_athlete

GAP_DAYS: Final = 14  # more days than these without a session end a segment
MIN_WEEKS: Final = 2
MAX_WEEKS: Final = 8
USUAL_WEEKS: Final = 6  # the article's blocks last 4-6 weeks
TRAINED_BEFORE: Final = 2  # weeks of training that a deload follows
SAME_RETEST_DAYS: Final = 7
MONITORING_DAYS: Final = 14
_FIRST_LATE_WEEKDAY: Final = 3  # Thursday
_SUNDAY: Final = dt.timedelta(days=6)
_CUT: Final = f"nothing in the log marks an end; cut after {USUAL_WEEKS} weeks"
SCHEMA: Final[dict[str, Any]] = {
    "block": pl.String, "start": pl.Date, "end": pl.Date, "weeks": pl.Int64, "why": pl.String,
}  # fmt: skip


@dataclass(frozen=True)
class _Segment:
    """Weeks of training without a long gap, by their Mondays, and what ended them."""

    first: dt.date
    last: dt.date
    why: str


@pandas_door
def propose(
    sets: pl.DataFrame, sessions: pl.DataFrame, trials: pl.DataFrame, calendar: pl.DataFrame | None = None
) -> pl.DataFrame:
    """The blocks of one athlete by the rules above: `block` (P1, P2, ...), `start`, `end`, `weeks`, `why`, in order.

    `sets` are annotated. The last block may end after the log does, on the Sunday of its last week. Empty where there
    is no segment of two weeks. Raises ValueError for several athletes.

    >>> from analysis.exercises import annotate
    >>> from analysis.tables import Sessions, Sets, Trials
    >>> nothing = Sets.create_empty().join(annotate([]), on="exercise_raw", how="left")
    >>> propose(nothing, Sessions.create_empty(), Trials.create_empty()).height
    0
    """
    own, _ = possible(sets, "")
    logged = of_athlete(sessions, "").filter(pl.col("date").is_not_null())
    tests = _days(of_athlete(trials, ""))
    days = _days(own, logged.filter(pl.col("kind").cast(pl.String) == "strength")) or _days(logged)
    if not days:
        return pl.DataFrame(schema=SCHEMA)
    last_day = max(days + _days(logged) + tests)
    weeks = _weeks(own, last_day, calendar)
    found = []
    for segment in _segments(days):
        ends = _joined([*_deloads(segment, weeks), *_retests(segment, tests)])
        found += list(_blocks(segment, ends))
    rows = [{"block": f"P{i}", "start": a, "end": b, "weeks": _between(a, b), "why": w} for i, (a, b, w) in enumerate(found, 1)]  # fmt: skip  # noqa: E501
    return pl.DataFrame(rows, schema=SCHEMA)


def undeclared(proposed: pl.DataFrame, declared: pl.DataFrame) -> pl.DataFrame:
    """The proposed blocks that share no day with a declared one.

    >>> days = {"start": [dt.date(2026, 1, 5)], "end": [dt.date(2026, 2, 15)]}
    >>> undeclared(pl.DataFrame(days), pl.DataFrame(days)).height
    0
    """
    spans = [(pl.col("start") <= end) & (pl.col("end") >= start) for start, end in declared.select("start", "end").iter_rows()]  # fmt: skip  # noqa: E501
    return proposed.filter(~pl.any_horizontal(spans)) if spans else proposed


def in_words(day: dt.date) -> str:
    """A day as people write it.

    >>> in_words(dt.date(2026, 1, 5))
    '5 Jan 2026'
    """
    return f"{day.day} {day:%b %Y}"


def _days(*frames: pl.DataFrame) -> list[dt.date]:
    dates = [frame["date"].cast(pl.Date).drop_nulls() for frame in frames]
    return pl.concat(dates).unique().sort().to_list()


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def _between(first: dt.date, last: dt.date) -> int:
    """Weeks from the one that holds `first` to the one that holds `last`, both included."""
    return (_monday(last) - _monday(first)) // WEEK + 1


def _segments(days: list[dt.date]) -> Iterator[_Segment]:
    first = days[0]
    for day, after in pairwise(days):
        empty = (after - day).days - 1
        if empty > GAP_DAYS:
            yield _Segment(_monday(first), _monday(day), f"a gap of {empty} days follows")
            first = after
    yield _Segment(_monday(first), _monday(days[-1]), f"the log of the gym ends on {in_words(days[-1])}")


def _weeks(sets: pl.DataFrame, last_day: dt.date, calendar: pl.DataFrame | None) -> pl.DataFrame:
    """The whole weeks with `trained` (with a session) and `light` (a deload or a reduced phase, by load or by name)."""
    coach = coach_labels(calendar)
    audit = labelled(sets, last_day, last_day, days_without_record="unknown", coach=coach)
    if audit.frame.is_empty():
        return pl.DataFrame(schema={"week": pl.Date, "trained": pl.Boolean, "light": pl.Boolean})
    named, trained = pl.col("week").is_in(sorted(coach)), (pl.col("sessions") > 0).fill_null(value=False)
    if audit.reason is not None:
        return audit.frame.select("week", trained=trained, light=named)
    each = pl.col("load") / pl.col("sessions")
    usual = audit.frame.filter(pl.col("label") == LOADING).select(each.median()).item()
    lighter = each <= THRESHOLD[audit.metric_type] * pl.lit(usual, pl.Float64)
    meant = named | (pl.col("label").is_in([DELOAD, REDUCED_PHASE]) & lighter)
    return audit.frame.select("week", trained=trained, light=meant.fill_null(value=False))


def _deloads(segment: _Segment, weeks: pl.DataFrame) -> Iterator[tuple[dt.date, str]]:
    """The last week of every row of light weeks that follows enough training, and what to say of it."""
    own = weeks.filter(pl.col("week").is_between(segment.first, segment.last)).rows()
    before = 0
    for light, rows in groupby(own, itemgetter(2)):
        row = list(rows)
        if not light:
            before = sum(trained for _, trained, _ in row)
        elif before >= TRAINED_BEFORE:
            begun = in_words(row[0][0])
            what = f"the deload week of {begun}" if len(row) == 1 else f"the {len(row)} light weeks from {begun}"
            yield row[-1][0], f"ends with {what}"


def _retests(segment: _Segment, tests: list[dt.date]) -> Iterator[tuple[dt.date, str]]:
    """The week that every re-test of a segment ends, and what to say of it."""
    closed = segment.last + _SUNDAY + dt.timedelta(days=RETEST_GRACE_DAYS)
    for days in _clusters(tests):
        last = days[-1]
        week = _monday(last) - (WEEK if last.weekday() < _FIRST_LATE_WEEKDAY else dt.timedelta())
        if (last - days[0]).days <= MONITORING_DAYS and segment.first <= week and last <= closed:
            yield min(week, segment.last), f"re-test on {in_words(last)}"


def _clusters(tests: list[dt.date]) -> list[list[dt.date]]:
    found: list[list[dt.date]] = []
    for day in tests:
        if found and (day - found[-1][-1]).days <= SAME_RETEST_DAYS:
            found[-1].append(day)
        else:
            found.append([day])
    return found


def _joined(ends: list[tuple[dt.date, str]]) -> list[tuple[dt.date, str]]:
    """Ends in order of time; those of one week, or of weeks that follow each other, are one, the later."""
    found: list[tuple[dt.date, str]] = []
    for week, why in sorted(ends, key=lambda end: end[0]):
        if found and week - found[-1][0] <= WEEK:
            found[-1] = (week, f"{found[-1][1]}; {why}")
        else:
            found.append((week, why))
    return found


def _blocks(segment: _Segment, ends: list[tuple[dt.date, str]]) -> Iterator[tuple[dt.date, dt.date, str]]:
    """First day, last day and reason of every block of a segment."""
    start = segment.first
    for week, why in [*ends, (segment.last, segment.why)]:
        if start > segment.last or _between(start, week) < MIN_WEEKS:
            continue
        while _between(start, week) > MAX_WEEKS:
            yield start, start + USUAL_WEEKS * WEEK - dt.timedelta(days=1), _CUT
            start += USUAL_WEEKS * WEEK
        yield start, week + _SUNDAY, why
        start = week + WEEK
