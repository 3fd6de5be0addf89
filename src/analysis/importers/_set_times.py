"""Apps that write a time of day beside every set and none for the workout: workouts are the programmes of a day."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from analysis.importers import _dates, _sets
from analysis.importers._raw import Raw


def in_sessions(rows: pl.DataFrame, times: _dates.Dated, athlete: str, vendor: str) -> pl.DataFrame:
    """Add what `_sets.in_sessions` adds, and `set_start`; `start_local` is the first time of the workout.

    Needs `title`. The key of a workout is its day and its rank on that day, so that no set that is deleted or logged
    later moves it.
    """
    rows = rows.with_columns(times.date.alias("date"), times.start.alias("set_start"))
    start = pl.col("set_start").min().over("date", "title").alias("start_local")
    rows = rows.with_columns(start, pl.col("date").alias("key"), pl.lit(None, pl.String).alias("workout_s"))
    workout = pl.concat_str("date", pl.col("start_local").fill_null(""), "title", separator="|").alias("workout")
    return _sets.in_sessions(rows.with_columns(workout, pl.lit("").alias("workout_length")), athlete, vendor)


def timed(raw: Raw) -> Raw:
    """The same with the own time of every set in `sets`."""
    sets = raw.tables["sets"].with_columns(pl.col("set_start").alias("start_local"))
    return replace(raw, tables={**raw.tables, "sets": sets})
