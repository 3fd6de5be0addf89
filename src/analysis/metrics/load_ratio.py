"""How does this week's load compare with the last month? A description, and nothing more (methods C15).

What: session-RPE load of the last 7 days relative to the 21 days before, per week (a plain number: 1 is the same load);
  parts: the same by two other conventions.
Formula: uncoupled A7 / (the 21 days before / 3); coupled A7 / (A28 / 4); the ratio of the weighted means of 7 and 28
  days.
Source: Lolli 2019, Br J Sports Med 53:921-922 and 53:1510; Impellizzeri 2020, Int J Sports Physiol Perform 15:907-913.
Limits: refused unless all of the last 28 days are known, and where the 21 days before hold no load. It is off by
  default in reports: a ratio of this kind is no measure of risk, and no range of it is better than another.
Trap: three conventions give three numbers for the same month; in the coupled one this week is part of its own
  comparison, so that even weeks that have nothing to do with each other seem related.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import polars as pl

from analysis import charts
from analysis.estimate import Estimate, named, params, refuse
from analysis.frames import pandas_door
from analysis.metrics._loads import numbers, of_block
from analysis.stats.weekly import LoadRatios, load_ratio, load_ratios

WHAT: Final = "This week relative to the last month"
METHOD: Final = (
    "Load of the last 7 days over that of the 21 days before, per week (uncoupled); a description without ranges, off"
    " by default in reports (Lolli 2019, Br J Sports Med 53:921-922 and 53:1510; methods C15)."
)
WEEKS_BEFORE: Final = 4
PARTS: Final = {
    "uncoupled": "the 7 days over the 21 days before",
    "coupled": "the 7 days over all 28, themselves included",
    "ewma": "weighted means of 7 and 28 days",
}


@pandas_door
def estimate(
    sessions: pl.DataFrame, *, who: str = "", start: dt.date, end: dt.date, days_without_record: str = "unknown"
) -> Estimate:
    """Load of the 7 days up to the block's end relative to the 21 days before; points are the days of the block.

    Off by default in reports: in its best known form this week is part of the month that it is divided by, dividing by
    the month is not supported by the data, and reading it as a cause of injuries is contested. So it has no colours, no
    zones and no sentence about injuries. Parts: "uncoupled", "coupled", "ewma".
    Needs: Sessions of one athlete. Refused: NO_DATA, NO_SESSION_RPE, TOO_FEW_DAYS, INCOMPLETE_28D, CHRONIC_ZERO. Lolli
    2019 (Br J Sports Med 53:921-922); Impellizzeri 2020 (Int J Sports Physiol Perform 15:907-913).

    >>> from analysis.tables import Sessions
    >>> estimate(Sessions.create_empty(), start=dt.date(2026, 1, 5), end=dt.date(2026, 2, 15)).reason
    'NO_DATA'
    """
    used = {"start": start, "end": end, "days_without_record": days_without_record, "acute_days": 7, "month_days": 28,
            "weeks_before": WEEKS_BEFORE}  # fmt: skip
    known: dict[str, Any] = {"who": who, "method": METHOD, "params": params(used), "level": None}
    loads = of_block(sessions, who, start, end, days_without_record, weeks_before=WEEKS_BEFORE)
    known |= {"notes": loads.notes}
    if loads.reason:
        return refuse(WHAT, loads.reason, **known, n=loads.sessions)
    daily = loads.daily
    found = load_ratio(numbers(daily))
    known |= {"points": _points(loads.days, load_ratios(daily)), "draw": _draw}
    n = int(pl.Series(daily[-28:]).is_not_nan().sum())
    if found.reason:
        return refuse(WHAT, found.reason, **known, n=n)
    of: dict[str, Any] = {"who": who, "level": None, "n": n}
    parts = [Estimate(name, value=getattr(found, name), notes=(text,), **of) for name, text in PARTS.items()]
    return named(parts[0], what=WHAT, parts=tuple(parts), **known)


def _points(days: pl.DataFrame, found: LoadRatios) -> pl.DataFrame:
    columns = [pl.Series(name, numbers(getattr(found, name)[-days.height :]), dtype=pl.Float64) for name in PARTS]
    return days.with_columns(*columns)


def _draw(result: Estimate) -> Any:
    assert result.points is not None
    if result.points["uncoupled"].is_null().all():
        return None
    axes = {"x_title": "Day (dashed: the same as before)", "y_title": "Last 7 days over the 21 before"}
    return charts.line(result.points, "date", "uncoupled", **axes, colour=charts.HATCH) + charts.level_line(1.0)
