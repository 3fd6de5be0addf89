"""How hard each working set of a block was: rated, estimated from earlier sessions, or not known (methods C2)."""

from __future__ import annotations

import datetime as dt
from typing import Final

import polars as pl

from analysis.metrics._sessions import judged, rated_sessions
from analysis.stats.load import hard_sets
from analysis.stats.smoother import filtered
from analysis.transforms import between, loading

MAX_AGE_DAYS: Final = 28  # an e1RM of longer ago says little about today, as a forecast beyond 4 weeks does
RATED_HARD: Final = "rated hard"
ESTIMATED_HARD: Final = "estimated hard"
UNRATED: Final = "unrated"
NOT_HARD: Final = "not hard"
TIMED: Final = "timed"
OTHER_WORK: Final = "jump or conditioning"
NOT_IN_SETS: Final = ("plyo", "conditioning")  # their work is counted in contacts and minutes, not in hard sets


def block_sets(sets: pl.DataFrame, start: dt.date, end: dt.date) -> pl.DataFrame:
    """The working sets from `start` to `end` with `effort` and `hard`, judged with the e1RM of earlier sessions only.

    `sets` is the athlete's whole history. `effort` is "rated hard", "estimated hard", "not hard" (rated or estimated
    easier, or outside 3 to 30 repetitions), "unrated", "timed" (no repetitions) or "jump or conditioning", which hard
    sets do not measure. `hard` is null for the last three. Mobility work is not load and is left out. The rule itself
    is stats.load.hard_sets.
    """
    history = judged(loading(sets))
    block = between(history, start, end).join_asof(
        _known_levels(history), on="date", by="exercise_name", strategy="backward",
        allow_exact_matches=False, tolerance=f"{MAX_AGE_DAYS}d", check_sortedness=False,
    )  # fmt: skip
    load_kg = block["external_kg"].replace(0.0, None)  # 0 as logged: no load was told
    columns = (block["side_reps"], load_kg, block["rir_told"], block["known_e1rm_kg"])
    reps, load, rir, level = (column.cast(pl.Float64).to_numpy() for column in columns)
    hard = pl.Series("hard", hard_sets(reps, load, rir=rir, e1rm_kg=level).hard.tolist(), dtype=pl.Boolean)
    block = block.with_columns(hard).with_columns(_effort().alias("effort"))
    return block.with_columns(pl.when(~pl.col("effort").is_in([TIMED, OTHER_WORK])).then("hard").alias("hard"))


def _effort() -> pl.Expr:
    return (
        pl.when(pl.col("pattern").is_in(NOT_IN_SETS))
        .then(pl.lit(OTHER_WORK))
        .when(pl.col("side_reps").is_null())
        .then(pl.lit(TIMED))
        .when(pl.col("hard").is_null())
        .then(pl.lit(UNRATED))
        .when(~pl.col("hard"))
        .then(pl.lit(NOT_HARD))
        .when(pl.col("rir_told").is_not_null())
        .then(pl.lit(RATED_HARD))
        .otherwise(pl.lit(ESTIMATED_HARD))
    )


def _known_levels(history: pl.DataFrame) -> pl.DataFrame:
    levels = []
    for own in rated_sessions(history).partition_by("exercise_name", maintain_order=True):
        level_kg = filtered(*(own[column].to_numpy() for column in ("t_weeks", "e1rm_kg", "sd_trend")))
        levels.append(own.select("exercise_name", "date", pl.Series("known_e1rm_kg", level_kg)))
    empty = pl.DataFrame(schema={"exercise_name": pl.String, "date": pl.Date, "known_e1rm_kg": pl.Float64})
    return pl.concat([empty, *levels]).unique(["exercise_name", "date"], keep="last", maintain_order=True).sort("date")
