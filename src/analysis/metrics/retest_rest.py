"""Was the re-test done rested, two days or more after the last hard session? (methods D0).

What: days from the last session with a hard set to the last test day; parts are all test days. A range where sets
  without an effort rating lie in between, which may have been hard.
Formula: test day less the day of the last earlier session with a set of 3 to 30 repetitions and at most 4 in reserve.
Source: 48 h of rest is a convention of the handbook; endurance is impaired for 24 to 48 h after lifting (Doma 2017,
  Sports Med).
Limits: a log knows days, not hours: one day apart is less than 48 h, two days are taken as enough. A session on the
  test day itself is not counted, because nobody wrote down which came first. Hard runs and sleep are not looked at.
Trap: a test on tired legs measures the tiredness, and the next one, done rested, then looks like a gain.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import polars as pl

from analysis import charts
from analysis.estimate import Estimate, named, params, refuse
from analysis.frames import pandas_door
from analysis.metrics._effort import UNRATED, block_sets
from analysis.metrics._retests import of_one, scored
from analysis.transforms import of_athlete

WHAT: Final = "Rest before the re-test"
METHOD: Final = "Days since the last session with a hard set (methods C2, D0); 48 h is our convention."
REST_DAYS: Final = 2
LOOK_BACK_DAYS: Final = 28


@pandas_door
def estimate(
    trials: pl.DataFrame,
    *,
    sets: pl.DataFrame,
    test: str,
    who: str = "",
    start: dt.date | None = None,
    end: dt.date | None = None,
) -> Estimate:
    """Days of rest before the last day of `test` up to `end`; fewer than 2 are a caution (NOT_RESTED, REST_UNKNOWN).

    Needs: Trials and the annotated Sets of one athlete. Days before `start` less 28 are not looked at; a rest longer
    than 28 days is 28. Refused: NO_DATA without a valid trial, or without a set in the 28 days before it. Doma 2017
    (Sports Med).

    >>> from analysis.exercises import annotate
    >>> from analysis.tables import Sets, Trials
    >>> nothing = Sets.create_empty().join(annotate([]), on="exercise_raw", how="left")
    >>> estimate(Trials.create_empty(), sets=nothing, test="cmj").reason
    'NO_DATA'
    """
    used = {"start": start, "end": end, "rest_days": REST_DAYS, "look_back_days": LOOK_BACK_DAYS, "test": test}
    known: dict[str, Any] = {"who": who, "method": METHOD, "params": params(used), "unit": "days", "level": None}
    tested = of_one(scored(trials, test), who, trials)["date"].unique().sort().to_list()
    first = dt.date.min if start is None else start - dt.timedelta(days=LOOK_BACK_DAYS)
    days = [day for day in tested if first <= day and (end is None or day <= end)]
    own = of_athlete(sets, who)
    if not days:
        return refuse(WHAT, "NO_DATA", **known)
    parts = tuple(named(_before(own, day), who=who) for day in days)
    rows = [(f"{p.what}", p.value, p.low, p.high) for p in parts if p.ok]
    points = pl.DataFrame(
        rows, schema={"label": pl.String, **dict.fromkeys(("value", "low", "high"), pl.Float64)}, orient="row"
    )
    drawn: dict[str, Any] = {"points": points, "draw": _draw} if rows else {}
    return named(parts[-1], what=WHAT, parts=parts, **known, **drawn)


def _before(sets: pl.DataFrame, day: dt.date) -> Estimate:
    """Days from the last hard, and from the last perhaps hard, session to a test day."""
    what: dict[str, Any] = {"what": f"{day:%Y-%m-%d}", "unit": "days", "level": None}
    first, last = day - dt.timedelta(days=LOOK_BACK_DAYS), day - dt.timedelta(days=1)
    done = block_sets(sets, first, last)
    if done.is_empty():
        return Estimate(status="refused", reason="NO_DATA", **what)
    n = done["session_id"].n_unique()
    rest = _days(done.filter(pl.col("hard")), day)
    least = min(rest, _days(done.filter(pl.col("effort") == UNRATED), day))
    unsure: dict[str, Any] = {"low": least, "high": rest} if least < rest else {}
    reason = "NOT_RESTED" if rest < REST_DAYS else "REST_UNKNOWN" if least < REST_DAYS else None
    return Estimate(value=rest, n=n, status="caution" if reason else "ok", reason=reason, **unsure, **what)


def _days(sets: pl.DataFrame, day: dt.date) -> float:
    last: Any = sets["date"].max()
    return float(LOOK_BACK_DAYS if last is None else (day - last).days)


def _draw(result: Estimate) -> Any:
    points = pl.DataFrame() if result.points is None else result.points
    shown = points.with_columns(pl.col(end).fill_null(pl.col("value")) for end in ("low", "high"))
    return charts.forest(shown, x_title="Days since the last hard session (line: two days)", zero=REST_DAYS)
