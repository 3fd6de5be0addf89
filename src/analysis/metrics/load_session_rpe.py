"""How much load did a block hold, its last week and month, gym and runs together? Session-RPE load (methods C4, C11).

What: the sum over the last 7 and 28 days and the mean week of the block, in arbitrary units (AU); it rests on the
  `sRPE 7` in the workout note and the duration of every session.
Formula: RPE of the whole session (CR-10) x minutes, rests included; sums over calendar days, scaled up from 80 % known
  days on.
Source: Foster 2001, J Strength Cond Res 15:109-115; Day 2004 and Sweet 2004, same journal, for gym sessions.
Limits: refused below 80 % known days, and where no session has a rating and a usable duration (above 6 hours a timer
  was left running). A day without a record is unknown, unless the athlete said that such days are rest.
Trap: a day that nobody wrote down is not a rest day; counted as 0 it makes a heavy week look light. It is the one unit
  that may be added up across gym and running.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import polars as pl

from analysis import charts
from analysis.estimate import Estimate, named, params, refuse
from analysis.frames import pandas_door
from analysis.metrics._loads import HATCHED_DAY, day_notes
from analysis.metrics._marks import dated_as_text
from analysis.stats.load import MIN_COVERAGE, RollingSum, rolling_sum
from analysis.transforms import between, daily_load, session_load

WHAT: Final = "Session-RPE load, last 7 days"
METHOD: Final = (
    "RPE of the whole session (CR-10) x minutes (Foster 2001, J Strength Cond Res 15:109-115), summed over days;"
    " unknown days are scaled up from 80 % known days on, else refused (methods C4, C11)."
)
WINDOWS: Final = (7, 28)
DAYS_OF_WEEK: Final = 7
MEAN_WEEK: Final = "mean week of the block"


@pandas_door
def estimate(
    sessions: pl.DataFrame, *, who: str = "", start: dt.date, end: dt.date, days_without_record: str = "unknown"
) -> Estimate:
    """Load (AU) of the 7 days up to the block's end; points are the days of the block.

    Parts: "7 days", "28 days" and "mean week of the block", which a deload in the last week does not hide.
    `days_without_record` is "rest" or "unknown" and holds inside the block; days before it without a record are
    unknown. Refused: NO_DATA without a session in the block, NO_SESSION_RPE where none has a rating and a usable
    duration (above 6 h a timer was left running), COVERAGE_TOO_LOW below 80 % known days. Source: Foster 2001.

    >>> from analysis.tables import Sessions
    >>> estimate(Sessions.create_empty(), start=dt.date(2026, 1, 5), end=dt.date(2026, 2, 15)).reason
    'NO_DATA'
    """
    used = {"start": start, "end": end, "days_without_record": days_without_record, "min_coverage": MIN_COVERAGE}
    known: dict[str, Any] = {"who": who, "method": METHOD, "params": params(used), "unit": "AU"}
    block = session_load(between(sessions, start, end))
    rated = block["load_au"].is_not_null().sum()
    days = daily_load(sessions, start, end, days_without_record)
    known |= {"notes": day_notes(block, days, days_without_record)}
    if rated == 0:
        return refuse(WHAT, "NO_SESSION_RPE" if block.height else "NO_DATA", **known, n=block.height)
    known |= {"points": days, "draw": _draw}
    loads = _before(sessions, start, end) + days["load_au"].to_list()
    parts = [_part(f"{window} days", rolling_sum(loads, window), who) for window in WINDOWS]
    parts.append(_mean_week(days["load_au"].to_list(), who))
    return named(parts[0], what=WHAT, parts=tuple(parts), **known)


def _mean_week(loads: list[float | None], who: str) -> Estimate:
    if len(loads) < DAYS_OF_WEEK:
        return refuse(MEAN_WEEK, "TOO_FEW_DAYS", who=who, level=None, unit="AU", n=len(loads))
    whole = _part(MEAN_WEEK, rolling_sum(loads, len(loads)), who)
    return whole if whole.value is None else named(whole, value=whole.value * DAYS_OF_WEEK / len(loads))


def _before(sessions: pl.DataFrame, start: dt.date, end: dt.date) -> list[float | None]:
    first = end - dt.timedelta(days=max(WINDOWS) - 1)
    if first >= start:
        return []
    return daily_load(sessions, first, start - dt.timedelta(days=1), "unknown")["load_au"].to_list()


def _part(what: str, found: RollingSum, who: str) -> Estimate:
    coverage = f"{found.known_days} days are known ({found.coverage:.0%} of the window)".replace("%", " %")
    judged: dict[str, Any] = {"status": found.status, "reason": found.reason}
    return Estimate(what, who, found.sum, level=None, unit="AU", n=found.known_days, notes=(coverage,), **judged)


def _draw(result: Estimate) -> Any:
    days = dated_as_text(result, "date").with_columns((~pl.col("known")).alias("unknown"))
    axes = {"x_title": HATCHED_DAY if days["unknown"].any() else "Day"}
    axes |= {"y_title": "Session-RPE load (AU)"}
    drawn = charts.bars(days, "date", "load_au", **axes)
    if not days["unknown"].any():
        return drawn
    return drawn + charts.hatched(days, "date", "load_au", "unknown", **axes)
