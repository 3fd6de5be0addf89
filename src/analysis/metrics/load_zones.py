"""How heavy were the working sets, as a share of the e1RM known before each session? (methods C3).

What: sets at 80 % of e1RM or more (sets), and the sets of each zone: below 60, 60-70, 70-80, 80-90, 90 % and above.
Formula: 100 x load / e1RM, lower bound of a zone inclusive; the e1RM is the filtered level after the earlier sessions
  of the same exercise, at most 4 weeks old.
Source: convention (zones); e1RM as in strength_e1rm (Epley 1985) and its filter as in strength_trend.
Limits: sets with body mass only, bands, jumps and ballistic lifts have no e1RM; a set without rated sessions in the 4
  weeks before it is counted as unknown, never guessed. Refused where no set has one.
Trap: the e1RM of the same session must not be used: a good day would make its own load look light. An e1RM is good to
  a few per cent only, so a set near a border may belong to the next zone.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import polars as pl

from analysis.estimate import Estimate, params, refuse
from analysis.frames import pandas_door
from analysis.metrics._audits import possible
from analysis.metrics._effort import MAX_AGE_DAYS, NOT_IN_SETS, block_sets
from analysis.metrics._marks import weekly_stack
from analysis.metrics._sessions import counted, words
from analysis.stats.load import ZONES, intensity_zone
from analysis.transforms import e1rm_refusal, per_week

WHAT: Final = "Sets at 80 % of e1RM or more"
METHOD: Final = (
    "100 x load / e1RM, with the filtered e1RM of earlier sessions of the same exercise, at most 4 weeks old"
    " (methods C3)."
)
HEAVY: Final = ("80-90", ">=90")
MEAN: Final = "mean intensity"


@pandas_door
def estimate(sets: pl.DataFrame, *, who: str = "", start: dt.date, end: dt.date) -> Estimate:
    """Heavy sets of the block; `high` adds the sets without an e1RM. Parts: sets per zone, mean intensity per exercise.

    `sets` is the athlete's whole annotated history. Refused: NO_DATA without a working set that may have an e1RM,
    NO_E1RM_BEFORE where none was known (n = those sets).

    >>> from analysis.exercises import annotate
    >>> from analysis.tables import Sets
    >>> nothing = Sets.create_empty().join(annotate([]), on="exercise_raw", how="left")
    >>> estimate(nothing, start=dt.date(2026, 1, 5), end=dt.date(2026, 2, 15)).reason
    'NO_DATA'
    """
    own, left_out = possible(sets, who)
    block = block_sets(own, start, end)
    lifted = (pl.col("external_kg") > 0) & pl.col("side_reps").is_not_null() & ~pl.col("pattern").is_in(NOT_IN_SETS)
    may = e1rm_refusal().is_null() & lifted.fill_null(value=False)
    rows = block.filter(may)
    used = {"start": start, "end": end, "max_age_days": MAX_AGE_DAYS, "zones": tuple(name for name, _ in ZONES)}
    known: dict[str, Any] = {"who": who, "method": METHOD, "params": params(used), "unit": "sets", "level": None}
    open_ = pl.col("known_e1rm_kg").is_null()
    notes = counted(rows, [(open_, "without an e1RM from the 4 weeks before: intensity not known.")])
    notes += counted(block, [(~may, "that no e1RM holds for (body mass, bands, jumps, timed): not counted.")])
    known["notes"] = (*notes, *left_out)
    zoned = _zoned(rows.filter(~open_))
    if zoned.is_empty():
        return refuse(WHAT, "NO_DATA" if rows.is_empty() else "NO_E1RM_BEFORE", **known, n=rows.height)
    heavy, unknown = float(zoned["zone"].is_in(HEAVY).sum()), rows.height - zoned.height
    if unknown:
        known |= {"low": heavy, "high": heavy + unknown}
    weekly = per_week(zoned, [pl.len().cast(pl.Int64).alias("sets")], start, end, by="zone")
    return Estimate(WHAT, value=heavy, n=zoned.height, parts=_parts(zoned), points=weekly, draw=_draw, **known)


def _zoned(rows: pl.DataFrame) -> pl.DataFrame:
    pairs = rows.select("external_kg", "known_e1rm_kg").iter_rows()
    found = [intensity_zone(load_kg, level_kg) for load_kg, level_kg in pairs]
    columns = (
        pl.Series("zone", [one.zone for one in found], pl.String),
        pl.Series("pct", [one.pct_e1rm for one in found], pl.Float64),
    )
    return rows.with_columns(*columns)


def _parts(zoned: pl.DataFrame) -> tuple[Estimate, ...]:
    counts = [(name, (zoned["zone"] == name).sum()) for name, _ in ZONES]
    zones = [Estimate(f"{name} %", value=float(n), level=None, unit="sets", n=zoned.height) for name, n in counts]
    per_exercise = zoned.group_by("exercise_name").agg(pl.col("pct").mean(), pl.len()).sort("exercise_name")
    means = [
        Estimate(f"{MEAN}, {words(name)}", value=pct, level=None, unit="%", n=n)
        for name, pct, n in per_exercise.iter_rows()
    ]
    return (*zones, *means)


def _draw(result: Estimate) -> Any:
    return weekly_stack(result, "zone")
