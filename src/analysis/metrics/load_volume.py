"""How much was lifted in the block, per exercise and per week? (methods C1).

What: volume load (kg) of the working sets, summed over the block; one part per exercise.
Formula: external load x repetitions; one-sided repetitions count for both sides, two dumbbells twice where the athlete
  said that weights are per implement.
Source: convention.
Limits: refused where no set has both a load and repetitions. Sets with body mass only have a volume load of 0 by
  definition; where repetitions per side or in total are not told, the sum is a range. Needs a `sets` table with its
  exercises annotated.
Trap: 100 kg of squat is not 100 kg of calf raise: compare volume within one exercise only, and use hard sets
  (`load_hard_sets`) across exercises.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import polars as pl

from analysis import charts
from analysis.estimate import Estimate, params, refuse
from analysis.frames import pandas_door
from analysis.metrics._marks import dated_as_text
from analysis.metrics._sessions import counted, not_load, words
from analysis.transforms import between, loaded_as, loading, named, per_week, set_volume, working

WHAT: Final = "Volume load"
METHOD: Final = "External load x repetitions, summed over working sets; body mass is no part of it (methods C1, A3)."
PAIR: Final = 2
TELL_REPS: Final = "Tell it with the import option --unilateral-reps per_side|total."
TELL_DUMBBELLS: Final = "Tell whether it is one or both with the import option --dumbbells per_implement|total."


@pandas_door
def estimate(sets: pl.DataFrame, *, who: str = "", start: dt.date, end: dt.date) -> Estimate:
    """Volume load (kg) of the block; its exercises are the parts, its weeks the points.

    A one-sided set that does not say whether repetitions are per side or in total makes the sum a range: `low` and
    `value` take its repetitions as the total, `high` as per side. Refused: NO_DATA without a set, NO_LOAD where no set
    has both a load and repetitions. Source: methods C1 and A3.

    >>> from analysis.exercises import annotate
    >>> from analysis.tables import Sets
    >>> nothing = Sets.create_empty().join(annotate([]), on="exercise_raw", how="left")
    >>> print(estimate(nothing, start=dt.date(2026, 1, 5), end=dt.date(2026, 2, 15)))
    Volume load: not estimable: nothing was recorded (n = 0)
    """
    known: dict[str, Any] = {"who": who, "method": METHOD, "params": params({"start": start, "end": end}), "unit": "kg"}
    block = between(sets, start, end)
    if block.is_empty():
        return refuse(WHAT, "NO_DATA", **known)
    work = _with_range(loading(block))
    notes = (*_notes(work), *not_load(working(block), work))
    loaded = work.filter(pl.col("low_kg") > 0)
    if loaded.is_empty():
        return refuse(WHAT, "NO_LOAD", **known, notes=notes, n=work.height)
    by_exercise = loaded.partition_by("exercise_name", as_dict=True, maintain_order=True)
    parts = [_total(words(str(name)), own, **known) for (name,), own in by_exercise.items()]
    parts.sort(key=lambda part: (-(part.value or 0.0), part.what))
    weekly = per_week(loaded, [pl.col("low_kg").sum(), pl.col("high_kg").sum(), pl.len().alias("sets")], start, end)
    return _total(WHAT, loaded, **known, notes=notes, parts=tuple(parts), points=weekly, draw=_draw)


def _with_range(sets: pl.DataFrame) -> pl.DataFrame:
    unsure = pl.col("volume_reason") == "REPS_CONVENTION_UNKNOWN"
    once = pl.when(unsure).then(pl.col("external_kg") * pl.col("total_reps")).otherwise("volume_kg")
    return set_volume(named(sets)).with_columns(once.alias("low_kg")).with_columns(
        pl.when(unsure).then(2 * pl.col("low_kg")).otherwise("low_kg").alias("high_kg")
    )  # fmt: skip


def _total(what: str, sets: pl.DataFrame, **known: Any) -> Estimate:
    low, high = float(sets["low_kg"].sum()), float(sets["high_kg"].sum())
    if low == high:
        return Estimate(what, value=low, level=None, n=sets.height, **known)
    doubt: dict[str, Any] = {"status": "caution", "reason": "REPS_CONVENTION_UNKNOWN"}
    return Estimate(what, value=low, low=low, high=high, level=None, n=sets.height, **doubt, **known)


def _notes(sets: pl.DataFrame) -> tuple[str, ...]:
    reason, no_load = pl.col("volume_reason"), pl.col("load_kg").fill_null(0) == 0
    timed = pl.col("reps").is_null()
    body = (loaded_as() == "bodyweight") & no_load & ~timed
    pair = (
        (pl.col("implements") == PAIR) & (pl.col("load_basis").cast(pl.String) == "unknown") & (pl.col("load_kg") > 0)
    )
    said = [
        (body, "with body mass only: their volume load is 0 by definition."),
        (timed, "timed, without repetitions: no volume load."),
        ((reason == "NO_LOAD") & ~timed & ~body, "without a load: left out."),
        (reason == "BODY_MASS_MISSING", "assisted: left out, their load is body mass less the assistance."),
        (reason == "REPS_CONVENTION_UNKNOWN", f"of one side, per side or in total: a range. {TELL_REPS}"),
        (pair, f"with two dumbbells, the weight counted as logged. {TELL_DUMBBELLS}"),
        (pl.col("exercise").is_null(), "of exercises that are not mapped, counted under the name as logged."),
    ]
    return tuple(counted(sets, said))


def _draw(result: Estimate) -> Any:
    weekly = dated_as_text(result, "week")
    unsure = (weekly["high_kg"] > weekly["low_kg"]).any()
    axes = {"x_title": "Week from (line: at most)" if unsure else "Week from", "y_title": "Volume load (kg)"}
    drawn = charts.bars(weekly, "week", "low_kg", **axes)
    return drawn + charts.interval(weekly, "week", "low_kg", "high_kg", **axes) if unsure else drawn
