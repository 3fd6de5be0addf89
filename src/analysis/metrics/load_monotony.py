"""Was the week varied, or the same every day? Monotony and strain, beside the runner's own weeks (methods C14).

What: monotony of the block's last whole week (a plain number: mean daily load over its spread) and its strain (AU),
  each beside the median and range of the last 8 whole weeks before it.
Formula: monotony = mean / SD of the 7 daily loads, rest days included (sample SD, n - 1); strain = week's load x
  monotony.
Source: Foster 1998, Med Sci Sports Exerc 30:1164-1168; the sample SD is our convention.
Limits: refused unless all 7 days are known, and where all days are equal (there is no spread to divide by). The
  comparison needs 3 such weeks before.
Trap: there is no limit that holds for everybody; compare with the runner's own weeks only. Leaving out
  rest days doubles it.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import numpy as np
import polars as pl

from analysis import charts
from analysis.estimate import Estimate, named, params, refuse
from analysis.frames import pandas_door
from analysis.metrics._loads import by_week, of_block, week_name
from analysis.metrics._marks import dated_as_text
from analysis.stats.weekly import DDOF, MIN_WEEKS, Monotony, monotony

WHAT: Final = "Monotony of the last whole week"
METHOD: Final = (
    "Mean / sample SD of the seven daily loads; strain = week's load x monotony (Foster 1998, Med Sci Sports Exerc"
    " 30:1164-1168); beside the athlete's own last 8 weeks, no limits (methods C14)."
)
OWN_WEEKS: Final = 8


@pandas_door
def estimate(
    sessions: pl.DataFrame, *, who: str = "", start: dt.date, end: dt.date, days_without_record: str = "unknown"
) -> Estimate:
    """Monotony of the block's last whole ISO week; points are the weeks up to it with load, monotony and strain.

    Needs: Sessions of one athlete, history included. Parts: "strain", "week's load", and the median of the last 8 whole
    weeks before with its range, "usual monotony" and "usual strain". Refused: NO_DATA, NO_SESSION_RPE, TOO_FEW_DAYS (no
    whole week in the block), INCOMPLETE_WEEK, SD_ZERO; the usual ones TOO_FEW_WEEKS. Foster 1998 (Med Sci Sports).

    >>> from analysis.tables import Sessions
    >>> estimate(Sessions.create_empty(), start=dt.date(2026, 1, 5), end=dt.date(2026, 2, 15)).reason
    'NO_DATA'
    """
    used = {"start": start, "end": end, "days_without_record": days_without_record, "own_weeks": OWN_WEEKS,
            "ddof": DDOF, "min_weeks": MIN_WEEKS}  # fmt: skip
    known: dict[str, Any] = {"who": who, "method": METHOD, "params": params(used), "level": None}
    loads = of_block(sessions, who, start, end, days_without_record, weeks_before=OWN_WEEKS)
    known |= {"notes": loads.notes}
    if loads.reason:
        return refuse(WHAT, loads.reason, **known, n=loads.sessions)
    weeks = by_week(loads)
    found = [monotony(daily) for daily in weeks["daily"].to_list()]
    columns = [pl.Series(name, [getattr(w, name) for w in found], dtype=pl.Float64) for name in ("monotony", "strain")]
    weeks = weeks.drop("daily").with_columns(*columns)
    if not weeks["in_block"].any():
        return refuse(WHAT, "TOO_FEW_DAYS", **known, n=0)
    return _judged(weeks, found[-1], known | {"points": weeks, "draw": _draw})


def _judged(weeks: pl.DataFrame, last: Monotony, known: dict[str, Any]) -> Estimate:
    who, before = known["who"], weeks[:-1].tail(OWN_WEEKS)
    days = weeks["known_days"][-1]
    parts = (
        _one("strain", who, "AU", days, last.strain, last.reason),
        _one("week's load", who, "AU", days, last.weekly_load, last.reason),
        _usual("usual monotony", who, "", before["monotony"].drop_nulls()),
        _usual("usual strain", who, "AU", before["strain"].drop_nulls()),
    )
    name = week_name(weeks["week"][-1])
    known |= {"notes": (*known["notes"], f"The last whole week is the {name}."), "parts": parts}
    return named(_one(WHAT, who, "", days, last.monotony, last.reason), **known)


def _one(what: str, who: str, unit: str, days: int, value: float | None, reason: str | None) -> Estimate:
    of: dict[str, Any] = {"who": who, "unit": unit, "level": None, "n": days}
    return refuse(what, reason or "INCOMPLETE_WEEK", **of) if value is None else Estimate(what, value=value, **of)


def _usual(what: str, who: str, unit: str, values: pl.Series) -> Estimate:
    of: dict[str, Any] = {"who": who, "unit": unit, "level": None, "n": values.len()}
    if values.len() < MIN_WEEKS:
        return refuse(what, "TOO_FEW_WEEKS", **of)
    low, middle, high = np.quantile(values.to_numpy(), (0, 0.5, 1)).tolist()
    return Estimate(
        what, value=middle, low=low, high=high, notes=("median and range of the last 8 weeks before",), **of
    )


def _draw(result: Estimate) -> Any:
    weeks, panels = dated_as_text(result, "week").with_columns(pl.col("monotony").is_null().alias("none")), []
    below = "Week from (hatched: no value)" if weeks["none"].any() else "Week from"
    for column, title, x_title in (("monotony", "Monotony", ""), ("strain", "Strain (AU)", below)):
        usual = result.part(f"usual {column}").value
        axes = {"x_title": x_title, "y_title": title if usual is None else f"{title}; dashed: usual"}
        marks = charts.bars(weeks, "week", column, **axes)
        if weeks["none"].any():
            marks += charts.hatched(weeks, "week", column, "none", **axes)
        if usual is not None:
            marks += charts.level_line(usual)
        panels.append(marks.properties(height=130))
    return panels[0] & panels[1]
