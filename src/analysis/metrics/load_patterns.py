"""How was the work spread over the movement patterns, and over left and right? (methods C5).

What: working sets per movement pattern (sets), with hard sets, repetitions and volume load of each; patterns that were
  missing for two weeks; the balance of left and right (%) where rows name their side.
Formula: sums per primary pattern of an exercise; balance = 100 ln(right / left) of volume load.
Source: the catalogue of exercises (methods A1); two weeks are a convention, after the article's mix with equal emphasis
  on both legs.
Limits: refused without a set that counts as load. An exercise that is not in the catalogue stays in the total under
  "unmapped" and is never guessed. Needs the athlete's whole `sets` table with its exercises annotated.
Trap: the total says nothing about what is missing - look at the named gaps first. A balance of volume is no balance of
  strength.
"""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any, Final

import polars as pl

from analysis.estimate import Estimate, params, refuse
from analysis.frames import pandas_door
from analysis.metrics._effort import block_sets
from analysis.metrics._marks import weekly_stack
from analysis.metrics._sessions import counted, not_load, words
from analysis.transforms import between, one_sided, per_week, working

WHAT: Final = "Sets per movement pattern"
METHOD: Final = "Sums per primary movement pattern; left-right balance = 100 ln(right / left) of volume (methods C5)."
GAP_DAYS: Final = 14
REQUIRED: Final = {
    "hinge": ("hinge",),
    "squat": ("squat",),
    "lunge or step": ("lunge", "step"),
    "pull": ("pull",),
    "core": ("core_anti",),
    "balance": ("balance",),
}
UNMAPPED: Final = "unmapped"


@pandas_door
def estimate(sets: pl.DataFrame, *, who: str = "", start: dt.date, end: dt.date) -> Estimate:
    """Working sets of the block by pattern: `value` is all of them, one part per pattern, and the part "gaps".

    A pattern's own parts are hard sets, repetitions, volume load, and left-right balance where rows name their side.
    The part "gaps" counts the required patterns that are absent for 14 days or more, named in its notes. Exercises that
    are not mapped stay in the total, under "unmapped". Refused: NO_DATA without a set that counts as load. Source:
    methods C5.

    >>> from analysis.exercises import annotate
    >>> from analysis.tables import Sets
    >>> nothing = Sets.create_empty().join(annotate([]), on="exercise_raw", how="left")
    >>> estimate(nothing, start=dt.date(2026, 1, 5), end=dt.date(2026, 2, 15)).reason
    'NO_DATA'
    """
    used = {"start": start, "end": end, "gap_days": GAP_DAYS, "required": tuple(REQUIRED)}
    known: dict[str, Any] = {"who": who, "method": METHOD, "params": params(used), "unit": "sets", "level": None}
    work = working(between(sets, start, end))
    block = block_sets(sets, start, end).with_columns(pl.col("pattern").fill_null(UNMAPPED))
    if block.is_empty():
        return refuse(WHAT, "NO_DATA", **known, notes=tuple(not_load(work, block)))
    patterns = [_pattern(who, row) for row in pattern_totals(block).iter_rows(named=True)]
    weekly = per_week(block, [pl.len().cast(pl.Int64).alias("sets")], start, end, by="pattern")
    return Estimate(
        WHAT, value=float(block.height), n=block.height, **known, points=weekly, draw=_draw,
        parts=(*patterns, _gaps(who, block, start, end)), notes=(*_notes(block), *not_load(work, block)),
    )  # fmt: skip


def pattern_totals(sets: pl.DataFrame) -> pl.DataFrame:
    """Per `pattern`: sets, hard sets, repetitions, volume load, left and right volume load and their balance (%).

    Needs the columns `pattern, side, total_reps, volume_kg, hard`. Balance is 100 ln(R/L), null where one side is
    missing; only rows that name their side enter it.

    >>> rows = {"pattern": "hinge", "side": ["left", "right"], "total_reps": 8, "volume_kg": [200, 160], "hard": True}
    >>> round(pattern_totals(pl.DataFrame(rows))["balance_pct"].item(), 1)
    -22.3
    """
    side = pl.col("side").cast(pl.String)
    left, right = (pl.col("volume_kg").filter(side == name).sum().cast(pl.Float64) for name in ("left", "right"))
    totals = sets.group_by("pattern").agg(
        pl.len().alias("sets"),
        pl.col("hard").fill_null(value=False).sum().alias("hard_sets"),
        pl.col("total_reps").sum().cast(pl.Float64).alias("reps"),
        pl.col("volume_kg").sum().cast(pl.Float64),
        left.alias("left_kg"),
        right.alias("right_kg"),
    )
    both = (pl.col("left_kg") > 0) & (pl.col("right_kg") > 0)
    balance = pl.when(both).then(100 * (pl.col("right_kg") / pl.col("left_kg")).log())
    return totals.with_columns(balance.alias("balance_pct")).sort("sets", "pattern", descending=[True, False])


def _pattern(who: str, row: dict[str, Any]) -> Estimate:
    n = row["sets"]
    inner = [
        Estimate("hard sets", who, float(row["hard_sets"]), unit="sets", n=n),
        Estimate("repetitions", who, row["reps"], unit="reps", n=n),
        Estimate("volume load", who, row["volume_kg"], unit="kg", n=n),
    ]
    if row["balance_pct"] is not None:
        sides = f"left {row['left_kg']:,.0f} kg, right {row['right_kg']:,.0f} kg"
        inner.append(Estimate("left-right balance", who, row["balance_pct"], unit="%", n=n, notes=(sides,)))
    return Estimate(words(row["pattern"]), who, float(n), unit="sets", n=n, level=None, parts=tuple(inner))


def _gaps(who: str, block: pl.DataFrame, start: dt.date, end: dt.date) -> Estimate:
    rows = {name: block.filter(pl.col("pattern").is_in(group)) for name, group in REQUIRED.items()}
    absent = {name: _longest_absence(own, start, end) for name, own in rows.items()}
    notes = tuple(f"{name}: absent for {days} days" for name, days in absent.items() if days >= GAP_DAYS)
    return Estimate("gaps", who, float(len(notes)), unit="patterns", n=block.height, level=None, notes=notes)


def _longest_absence(sets: pl.DataFrame, start: dt.date, end: dt.date) -> int:
    seen: list[dt.date] = sets["date"].unique().sort().to_list()
    days = [start - dt.timedelta(days=1), *seen, end + dt.timedelta(days=1)]
    return max((after - before).days - 1 for before, after in pairwise(days))


def _notes(block: pl.DataFrame) -> tuple[str, ...]:
    unsure = pl.col("volume_reason") == "REPS_CONVENTION_UNKNOWN"
    said = [
        (one_sided(), "of one side that do not name it: in no left-right balance."),
        (unsure, "of one side, repetitions per side or in total: no volume load (option --unilateral-reps)."),
    ]
    return (*(f"Not mapped: {text}." for text in _not_mapped(block)), *counted(block, said))


def _not_mapped(block: pl.DataFrame) -> list[str]:
    unmapped = block.filter(pl.col("pattern") == UNMAPPED).group_by("exercise_raw", "proposed_pattern").agg(pl.len())
    rows = unmapped.sort("len", "exercise_raw", descending=[True, False]).iter_rows()
    return [f"{name} ({n} sets{f', perhaps {words(guess)}' if guess else ''})" for name, guess, n in rows]


def _draw(result: Estimate) -> Any:
    return weekly_stack(result, "pattern")
