"""What is her 1RM now? (methods B1-B4).

What: e1RM (kg) of each exercise at its latest session, with a 95 % interval of equation, rating and scale; it rests on
  the heaviest rated set of that session.
Formula: load x (1 + r / 30) by Epley, r = repetitions + those in reserve (10 - RPE); seven equations are computed, and
  their span is shown.
Source: Epley 1985 (Poundage Chart); Zourdos 2016 (J Strength Cond Res 30:267-275) for RPE; sizes of the errors by
  convention.
Limits: refused beyond 12 possible repetitions or 5 in reserve, for bodyweight and assisted exercises, ballistic lifts
  and bands. A set without a rating gives a lower bound only, drawn as an arrow; a session older than 4 weeks is a
  caution. Needs the athlete's `sets` table with its exercises annotated.
Trap: a set of 8 with 2 in reserve says "96 to 118 kg", not 106.7. Never change the equation inside a series, and never
  take an unrated set for a maximal one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

import polars as pl

from analysis.estimate import Estimate, named, params, refuse
from analysis.frames import number, pandas_door
from analysis.metrics._effort import MAX_AGE_DAYS
from analysis.metrics._marks import MAX_ROWS, e1rm_marks, layered
from analysis.metrics._sessions import BOUND_REPS, Series, judged, no_equation, series, why_none, words
from analysis.stats.e1rm import EQUATIONS

METHOD: Final = (
    "Heaviest rated set of the latest session; e1RM by {equation} (Epley 1985 is the default), repetitions in reserve"
    " from RPE (Zourdos 2016); the interval holds the errors of equation, rating and scale (methods B1-B4)."
)
TOP: Final = 6


@pandas_door
def estimate(
    sets: pl.DataFrame, *, who: str = "", exercises: Sequence[str] | None = None, end: dt.date | None = None,
    top: int = TOP, equation: str = "epley",
) -> Estimate:  # fmt: skip
    """Latest e1RM (kg) of the exercise with most rated sets, one part per exercise with its own chart.

    `exercises` names them (as in the catalogue); without it the `top` ones by rated sets are taken. Sets after `end`
    are not used. Status lower_bound_only (NO_EFFORT_RATING) where nothing was rated. A latest session more than 28 days
    before `end` (else before the newest date of the frame) is a caution (STALE) that names its age. Refused: NO_DATA,
    NO_LOAD, NO_VALID_SET, BODY_MASS_MISSING for bodyweight and assisted exercises, EQUATION_NOT_FOR_BALLISTIC,
    BAND_LOAD_UNKNOWN, EXERCISE_UNMAPPED. Source: methods B1 to B4.

    >>> from analysis.exercises import annotate
    >>> from analysis.tables import Sets
    >>> estimate(Sets.create_empty().join(annotate([]), on="exercise_raw", how="left")).reason
    'NO_DATA'
    """
    used = {"end": end, "equation": equation, "exercises": exercises and tuple(exercises), "top": top}
    known: dict[str, Any] = {
        "who": who,
        "unit": "kg",
        "method": METHOD.format(equation=equation.capitalize()),
        "params": params(used | {"max_age_days": MAX_AGE_DAYS}),
    }
    history = judged(sets if end is None else sets.filter(pl.col("date") <= end), equation)
    chosen = list(exercises) if exercises else _most_rated(history, top)
    today: Any = end or sets["date"].max()  # a Date column's maximum is a date
    parts = tuple(_latest(series(history, exercise), today, known) for exercise in chosen)
    left_out = tuple(no_equation(history))
    if not parts:
        return refuse("e1RM", why_none(history), **known, notes=left_out)
    first = parts[0]
    others = ("The exercise with most rated sets stands first.",) if len(parts) > 1 and not exercises else ()
    return named(first, what=f"e1RM {first.what}", parts=parts, notes=first.notes + others + left_out)


def _most_rated(history: pl.DataFrame, top: int) -> list[str]:
    usable = history.filter(pl.col("status").is_in(["ok", "lower_bound_only"]))
    counted = usable.group_by("exercise_name").agg((pl.col("status") == "ok").sum().alias("rated"), pl.len())
    ordered = counted.sort("rated", "len", "exercise_name", descending=[True, True, False])
    return ordered["exercise_name"].head(top).to_list()


def _latest(found: Series, today: dt.date, known: dict[str, Any]) -> Estimate:
    what, points = words(found.exercise), _points(found)
    known = known | ({"points": points, "draw": _draw} if points.height else {})
    if found.reason is None:
        last = found.sessions.row(-1, named=True)
        known |= {"low": last["low_kg"], "high": last["high_kg"], "notes": (*_in_words(last), *found.notes)}
        age_days = (today - last["date"]).days
        if age_days > MAX_AGE_DAYS:
            known |= {"status": "caution", "reason": "STALE"}
            what = f"{what} {age_days} days ago"
        return Estimate(what, value=last["e1rm_kg"], n=1, **known)
    known |= {"reason": found.reason, "notes": found.notes}
    if found.bounds.is_empty():
        return refuse(what, n=found.sets.height, **known)
    latest = float(found.bounds["lower_bound_kg"].tail(1).item())
    return Estimate(what, low=latest, level=None, n=1, status="lower_bound_only", **known)


def _in_words(last: dict[str, Any]) -> tuple[str, str]:
    lifted = f"{number(last['external_kg'])} kg x {number(last['side_reps'])}"
    low, high = (number(last[column], "kg") for column in ("eq_min_kg", "eq_max_kg"))
    return (
        f"From {last['date']:%Y-%m-%d}: {lifted}, {number(last['effective_reps'])} repetitions possible.",
        f"The {len(EQUATIONS)} equations span {low} to {high} kg.",
    )


def _points(found: Series) -> pl.DataFrame:
    shown = found.sets.filter(pl.col("status").is_in(["ok", "lower_bound_only"]))
    bound = pl.when(pl.col("side_reps") <= BOUND_REPS).then("lower_bound_kg").alias("bound_kg")
    made_of = ("external_kg", "side_reps", "effective_reps")
    return shown.select("date", "e1rm_kg", "low_kg", "high_kg", bound, *made_of).tail(MAX_ROWS)


def _draw(result: Estimate) -> Any:
    return layered(e1rm_marks(pl.DataFrame() if result.points is None else result.points))
