"""Does the same load move more slowly than when she is fresh? (methods F5, B7).

What: the last day's best mean concentric speed at one load against the mean of the last 3 to 6 fresh sessions at that
  load, in m/s with a 95 % interval; points are the days, `down` where a drop larger than the smallest change that
  matters has P of 0.80 or more.
Formula: dv = today - mean of the fresh sessions, SE = 0.04 sqrt(1 + 1/n) m/s, Student t with 6 degrees of freedom;
  loads up to 2.5 % apart are the same, up to 10 % apart the speed is moved along the athlete's own line.
Source: Banyard 2018, IJSPP 13:763-769 and PLoS One 0212085 (about 0.04 m/s between sessions); the error, the smallest
  change of 0.04 m/s, what counts as fresh and the 0.80 are conventions.
Limits: refused with fewer than 3 fresh sessions at a matching load and with the same device before; of several loads of
  a day the one with the largest baseline counts, at a tie the heavier. Days without the lift are unknown. Every
  repetition is taken to have been as fast as possible; tempo sets are left out.
Trap: a drop of 0.04 m/s is as large as the error of one session, so that one slow day says little; and a slower bar at
  a heavier load is no fatigue.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from typing import Any, Final

import polars as pl

from analysis.estimate import Estimate, params, refuse
from analysis.frames import number, pandas_door
from analysis.metrics._bar_speed import best_reps
from analysis.metrics._declines import DOMAIN, USED, DayScore, Judged, Rule, days_of, draw, follow, in_words
from analysis.metrics._priors import NU0, prior_of
from analysis.metrics._sessions import words
from analysis.metrics._wellness import unknown_days
from analysis.stats import velocity
from analysis.stats.jump_monitor import LEVEL

METHOD: Final = (
    "Best repetition at a matching load against the mean of the last 3 to 6 fresh sessions, Student t; down where"
    " P(slower by more than the smallest worthwhile change) is 0.80 or more (Banyard 2018; methods F5, B7)."
)


@pandas_door
def estimate(
    reps: pl.DataFrame, *, who: str = "", start: dt.date | None = None, end: dt.date | None = None,
    exercise: str | None = None, sets: pl.DataFrame | None = None, te: float | None = None, swc: float | None = None,
    fresh: Collection[dt.date] | None = None,
) -> Estimate:  # fmt: skip
    """Change (m/s) of the last day up to `end` against the fresh sessions before; points are the domain's days.

    Needs the `reps` table of one athlete; without `exercise` the one seen at most loads is taken, `sets` (annotated)
    tell tempo and aliases. Sessions before `start` are baseline; `te` and `swc` are in m/s; `fresh` names the days that
    were fresh. Refused: NO_DATA, BASELINE_TOO_SHORT, DEVICE_CHANGED, LOAD_NOT_MATCHED. Raises ValueError for a `te`
    that is not above zero or a negative `swc`.

    >>> row = {"athlete": "Ada", "exercise_raw": "Back Squat", "phase": "concentric", "side": None, "load_kg": 80.0,
    ...        "measure": "mean_velocity_m_s", "method": None, "device": "sensor", "source": "sheet"}
    >>> seen = [(2, 0.61), (5, 0.63), (9, 0.62), (12, 0.61), (16, 0.50)]
    >>> print(estimate(pl.DataFrame([row | {"rep_id": f"{d}", "set_id": f"{d}", "value": v,
    ...                                     "date": dt.date(2026, 2, d)} for d, v in seen])))
    Bar speed back squat against fresh sessions -0.12 m/s (95 % -0.23 to -0.01; n = 5)
    """
    prior = prior_of("mean_velocity")
    error, worth = velocity.TE_MPS if te is None else te, (prior.swc or 0.0) if swc is None else swc
    if not error > 0 or not worth >= 0:
        raise ValueError(f"te {error:g} and swc {worth:g} are speeds such as 0.04 m/s, te above and swc not below zero")
    seen = best_reps(reps, exercise, who=who, sets=sets)
    rows = seen.rows if end is None else seen.rows.filter(pl.col("date") <= end)
    what = f"Bar speed {words(seen.exercise)} against fresh sessions".replace("  ", " ")
    used = USED | {"start": start, "end": end, "te": error, "swc": worth, "df": NU0, "fresh": fresh}
    used |= {"te_source": prior.source if te is None else "stated", "same_load": velocity.SAME_LOAD}
    used |= {"adjustable_load": velocity.ADJUSTABLE_LOAD, "exercise": seen.exercise}
    known: dict[str, Any] = {"who": who, "unit": "m/s", "method": METHOD, "params": params(used)}
    first = rows["date"].min() if start is None else start
    last_day = rows["date"].max() if end is None else end
    if not isinstance(first, dt.date) or not isinstance(last_day, dt.date):
        return refuse(what, "NO_DATA", notes=seen.notes, **known)
    judged = follow(_tests(rows, error), Rule(_compare_by(rows), NU0, worth, fresh, log=False))
    inside = [j for j in judged if first <= j.test.day <= last_day]
    if not inside:
        return refuse(what, "NO_DATA", notes=seen.notes, **known, points=unknown_days(first, last_day, DOMAIN))
    known |= {"points": days_of(judged, first, last_day, float), "draw": _draw}
    return _told(what, inside, worth, seen.notes, known)


def _tests(rows: pl.DataFrame, te: float) -> list[DayScore]:
    """The best speed of each day, load and device, the heavier load in front."""
    best = rows.group_by("date", "load_kg", "conditions").agg(pl.col("velocity_mps").max())
    ordered = best.sort("date", "load_kg", "conditions").iter_rows()
    return [DayScore(day, v, te, (load, conditions), load) for day, load, conditions, v in ordered]


def _compare_by(rows: pl.DataFrame) -> Callable[[DayScore, DayScore], float | str]:
    """How an earlier speed is moved to today's load: along the line of what was lifted before that day."""
    slopes: dict[tuple[dt.date, str], float | None] = {}

    def compared(earlier: DayScore, today: DayScore) -> float | str:
        (load1, device1), (load2, device2) = earlier.about, today.about
        if device1 != device2:
            return "DEVICE_CHANGED"
        if (today.day, device2) not in slopes:
            before = rows.filter(pl.col("date") < today.day, pl.col("conditions") == device2)
            best = before.group_by("load_kg").agg(pl.col("velocity_mps").sort().mean()).sort("load_kg")
            slopes[today.day, device2] = velocity.own_slope(best["load_kg"].to_list(), best["velocity_mps"].to_list())
        found = velocity.same_load(
            earlier.score, today.score, load1=load1, load2=load2, slope=slopes[today.day, device2]
        )
        return found.reason or "BAD_INPUT" if found.status == "refused" else earlier.score + (found.adjusted_by or 0.0)

    return compared


def _told(what: str, judged: list[Judged], swc: float, notes: tuple[str, ...], known: dict[str, Any]) -> Estimate:
    last = judged[-1]
    load, device = last.test.about
    if last.reason is not None:
        said = f"Last day: {load:g} kg, {last.n_baseline} fresh sessions at a matching load before, 3 are needed."
        return refuse(what, last.reason, n=last.n_baseline, notes=(said, *notes), **known)
    said = f"At {load:g} kg, seen by {device}."
    told = (*in_words(judged, last, f"{number(swc, 'm/s')} m/s"), said, *notes)
    return Estimate(
        what, value=last.d, low=last.low, high=last.high, level=LEVEL, n=last.n_baseline + 1, notes=told, **known
    )  # fmt: skip


def _draw(result: Any) -> Any:
    return draw(result.points, "Change of bar speed against fresh sessions (m/s)", dict(result.params)["swc"])
