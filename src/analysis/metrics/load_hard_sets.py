"""How many sets of the block were hard enough to count? (methods C2).

What: hard sets of all exercises (sets), rated and estimated ones; the currency of gym load across exercises.
Formula: a set is hard with 3 to 30 repetitions and at most 4 in reserve; without a rating the reserve is 30 (e1RM /
  load - 1) - repetitions, with the e1RM of earlier sessions of the same exercise.
Source: convention; the reserve from an e1RM is Epley 1985 inverted.
Limits: refused where no set has a rating or an e1RM of the 4 weeks before. The range counts the rated sets only, and
  all unrated ones. Ballistic lifts and bands have no e1RM, so that only a rating judges them; jumps and conditioning
  are no hard sets. Needs the athlete's whole `sets` table with its exercises annotated.
Trap: the e1RM of the same session must not judge its own sets, that is a circle. And a set that nobody rated is not an
  easy one: it is unknown.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import polars as pl

from analysis.estimate import Estimate, params, refuse
from analysis.frames import pandas_door
from analysis.metrics._effort import (
    ESTIMATED_HARD,
    MAX_AGE_DAYS,
    NOT_HARD,
    OTHER_WORK,
    RATED_HARD,
    TIMED,
    UNRATED,
    block_sets,
)
from analysis.metrics._marks import weekly_stack
from analysis.metrics._sessions import counted, not_load
from analysis.stats.load import HARD_REPS, HARD_RIR
from analysis.transforms import between, per_week, working

WHAT: Final = "Hard sets"
METHOD: Final = (
    "A set is hard with 3-30 repetitions and at most 4 in reserve (our convention, methods C2); without a rating the"
    " reserve is 30 (e1RM / load - 1) - repetitions (Epley 1985 inverted) with the filtered e1RM of earlier sessions."
)
HOW_TO: Final = "Log the RPE of a set (10 = nothing left) or its repetitions in reserve."
_SHOWN: Final = [RATED_HARD, ESTIMATED_HARD, UNRATED]


@pandas_door
def estimate(sets: pl.DataFrame, *, who: str = "", start: dt.date, end: dt.date) -> Estimate:
    """Hard sets of the block. `low` counts the rated ones only, `high` adds every unrated set of 3 to 30 repetitions.

    Parts: rated hard, estimated hard, unrated and not hard sets; points: these per week. Refused: NO_DATA without a
    set, NO_EFFORT_INFO where no set of 3 to 30 repetitions can be judged (n = unrated sets). Source: methods C2.

    >>> from analysis.exercises import annotate
    >>> from analysis.tables import Sets
    >>> nothing = Sets.create_empty().join(annotate([]), on="exercise_raw", how="left")
    >>> estimate(nothing, start=dt.date(2026, 1, 5), end=dt.date(2026, 2, 15)).reason
    'NO_DATA'
    """
    used = {"start": start, "end": end, "reps": HARD_REPS, "max_rir": HARD_RIR, "max_age_days": MAX_AGE_DAYS}
    known: dict[str, Any] = {"who": who, "method": METHOD, "params": params(used), "unit": "sets", "level": None}
    work = working(between(sets, start, end))
    if work.is_empty():
        return refuse(WHAT, "NO_DATA", **known)
    block = block_sets(sets, start, end)
    count = {kind: block.filter(pl.col("effort") == kind).height for kind in (*_SHOWN, NOT_HARD)}
    known |= {"notes": (*_notes(block), *not_load(work, block)), "points": _weekly(block, start, end), "draw": _draw}
    rated, estimated, unrated = (count[kind] for kind in _SHOWN)
    judged = block.filter(pl.col("hard").is_not_null() & pl.col("side_reps").is_between(*HARD_REPS)).height
    if judged == 0:
        return refuse(WHAT, "NO_EFFORT_INFO", **known, n=unrated)
    parts = tuple(Estimate(kind, who, float(count[kind]), unit="sets", n=count[kind]) for kind in (*_SHOWN, NOT_HARD))
    sure = estimated == unrated == 0
    low, high = (None, None) if sure else (float(rated), float(rated + estimated + unrated))
    return Estimate(WHAT, value=float(rated + estimated), low=low, high=high, n=judged, parts=parts, **known)


def _notes(block: pl.DataFrame) -> tuple[str, ...]:
    effort = pl.col("effort")
    said = [
        (effort == UNRATED, f"without a rating and without an e1RM of the 4 weeks before: not counted. {HOW_TO}"),
        (effort == ESTIMATED_HARD, "hard by the e1RM of earlier sessions, not by a rating."),
        (effort == TIMED, "timed, without repetitions: not judged."),
        (effort == OTHER_WORK, "of jumps or conditioning: no hard sets, not counted here."),
    ]
    return tuple(counted(block, said))


def _weekly(block: pl.DataFrame, start: dt.date, end: dt.date) -> pl.DataFrame:
    shown = block.filter(pl.col("effort").is_in(_SHOWN))
    return per_week(shown, [pl.len().cast(pl.Int64).alias("sets")], start, end, by="effort")


def _draw(result: Estimate) -> Any:
    return weekly_stack(result, "effort")
