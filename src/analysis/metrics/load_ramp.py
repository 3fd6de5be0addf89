"""How steeply did the load rise? The week against the median of the four weeks before (methods C13).

What: session-RPE load of the block's last whole week (Monday to Sunday) against the median of the last 4 known weeks
  before it, in %; the steepest week of the block and the plain week-on-week change are parts.
Formula: 100 (W / median(W of the last 4 known weeks) - 1); week on week 100 (W / W of the week before - 1).
Source: convention (methods C13).
Limits: needs 3 known weeks before, reaching back 8 weeks from the block. A week is known with at least 6 known days,
  one unknown day being scaled up. A week without a record is unknown and never a week of rest, unless it was said so.
Trap: after a deload week the next one is far above the week before and yet no leap; that is what the median is for.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import numpy as np
import polars as pl

from analysis import charts
from analysis.estimate import Estimate, params, refuse
from analysis.frames import pandas_door
from analysis.metrics._loads import by_week, numbers, of_block, week_name
from analysis.metrics._marks import dated_as_text, layered
from analysis.stats.load import MIN_COVERAGE
from analysis.stats.weekly import MEDIAN_WEEKS, MIN_WEEKS, ramp, ramps

WHAT: Final = "Change in load, last whole week against the median of the four before"
WEEK_ON_WEEK: Final = "change, week on week"
STEEPEST: Final = "steepest week of the block"
METHOD: Final = "100 (W / median of the last 4 known weeks - 1) of weekly session-RPE load (convention, methods C13)."
WEEKS_BEFORE: Final = 8


@pandas_door
def estimate(
    sessions: pl.DataFrame, *, who: str = "", start: dt.date, end: dt.date, days_without_record: str = "unknown"
) -> Estimate:
    """Change (%) of the block's last whole ISO week against the median of 4; points are the weeks, older ones first.

    Needs: Sessions of one athlete, history included. Parts: "change, week on week", "steepest week of the block", "last
    week" (AU). Refused: NO_DATA, NO_SESSION_RPE, TOO_FEW_DAYS (no whole week in the block), INCOMPLETE_WEEK (the last
    one is unknown), TOO_FEW_WEEKS (fewer than 3 known before it), CHRONIC_ZERO (their median is 0). Caution:
    DAYS_UNKNOWN where one of its days is unknown. Convention (methods C13).

    >>> from analysis.tables import Sessions
    >>> estimate(Sessions.create_empty(), start=dt.date(2026, 1, 5), end=dt.date(2026, 2, 15)).reason
    'NO_DATA'
    """
    used = {"start": start, "end": end, "days_without_record": days_without_record, "median_weeks": MEDIAN_WEEKS,
            "min_weeks": MIN_WEEKS, "weeks_before": WEEKS_BEFORE, "min_coverage": MIN_COVERAGE}  # fmt: skip
    known: dict[str, Any] = {"who": who, "method": METHOD, "params": params(used), "level": None}
    loads = of_block(sessions, who, start, end, days_without_record, weeks_before=WEEKS_BEFORE)
    known |= {"notes": loads.notes, "unit": "%"}
    if loads.reason:
        return refuse(WHAT, loads.reason, **known, n=loads.sessions)
    weeks = by_week(loads).drop("daily")
    change = ramps(weeks["load_au"].to_numpy())
    weeks = weeks.with_columns(
        pl.Series("wow_pct", numbers(change.wow_pct), dtype=pl.Float64),
        pl.Series("vs_median4_pct", numbers(change.vs_median4_pct), dtype=pl.Float64),
    )
    if not weeks["in_block"].any():
        return refuse(WHAT, "TOO_FEW_DAYS", **known, n=0)
    return _judged(weeks, known | {"points": weeks, "draw": _draw})


def _judged(weeks: pl.DataFrame, known: dict[str, Any]) -> Estimate:
    who, last = known["who"], weeks.row(-1, named=True)
    found = ramp(weeks["load_au"].to_list())
    n = min(found.weeks, MEDIAN_WEEKS)
    scaled = last["known_days"] < 7
    status: dict[str, Any] = {"status": "caution", "reason": "DAYS_UNKNOWN"} if scaled else {}
    parts = (_week_on_week(who, found.wow_pct, found.reason), _steepest(who, weeks), _last(who, last, status))
    known |= {"notes": (*known["notes"], f"The last whole week is the {week_name(last['week'])}."), "parts": parts}
    if found.vs_median4_pct is None:
        reason = "INCOMPLETE_WEEK" if last["load_au"] is None else "TOO_FEW_WEEKS" if n < MIN_WEEKS else "CHRONIC_ZERO"
        return refuse(WHAT, reason, **known, n=n)
    return Estimate(WHAT, value=found.vs_median4_pct, n=n, **known, **status)


def _week_on_week(who: str, pct: float | None, reason: str | None) -> Estimate:
    of: dict[str, Any] = {"who": who, "unit": "%", "level": None}
    if pct is None:
        return refuse(WEEK_ON_WEEK, reason or "NO_PREVIOUS_WEEK", **of)
    return Estimate(WEEK_ON_WEEK, value=pct, n=2, notes=("after a deload week this one misleads",), **of)


def _steepest(who: str, weeks: pl.DataFrame) -> Estimate:
    told = weeks.filter(pl.col("in_block") & pl.col("vs_median4_pct").is_not_null())
    of: dict[str, Any] = {"who": who, "unit": "%", "level": None, "n": told.height}
    if told.is_empty():
        return refuse(STEEPEST, "TOO_FEW_WEEKS", **of)
    top = told.row(int(np.argmax(told["vs_median4_pct"].to_numpy())), named=True)
    return Estimate(STEEPEST, value=top["vs_median4_pct"], notes=(week_name(top["week"]),), **of)


def _last(who: str, week: dict[str, Any], status: dict[str, Any]) -> Estimate:
    of: dict[str, Any] = {"who": who, "unit": "AU", "level": None, "n": week["known_days"]}
    if week["load_au"] is None:
        return refuse("last week", "INCOMPLETE_WEEK", **of)
    return Estimate("last week", value=week["load_au"], **of, **status)


def _draw(result: Estimate) -> Any:
    shown = dated_as_text(result, "week").with_columns(
        (pl.col("load_au") / (1 + pl.col("vs_median4_pct") / 100)).alias("median of 4 weeks before"),
        pl.col("load_au").is_null().alias("unknown"),
    )
    some = shown["unknown"].any()
    words = "Week from (diamond: median of the 4 weeks before" + ("; hatched: load unknown)" if some else ")")
    axes = {"x_title": words, "y_title": "Load (AU)"}
    layers = [charts.bars(shown, "week", "load_au", **axes)]
    if some:
        layers.append(charts.hatched(shown, "week", "load_au", "unknown", **axes))
    if shown["median of 4 weeks before"].is_not_null().any():  # on all weeks: layers over fewer words lose their order
        look: dict[str, Any] = {"shape": "diamond", "colour": charts.ORANGE, "size": 90}
        layers.append(charts.points(shown, "week", "median of 4 weeks before", **axes, **look))
    return layered(layers)
