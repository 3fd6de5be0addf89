"""GymRun (strength training app for Android).

Vendor: GymRun (Imperion)
Export: Settings > Import/export > Export workouts as CSV
Row: one set, with its time of day; the routines of a day are its workouts
Variants: the 18 columns that end in Version1
Units: the file has none: the saved answer, else --unit, else a question; distances without a unit stay text
Limits: a duration counts where it is written with a colon or a unit, a bare number stays in the notes; no zone
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import polars as pl

from analysis.importers import _dates, _durations, _export, _header, _set_times, _sets
from analysis.importers._numbers import counted, number
from analysis.importers._raw import Context, Raw, refusals
from analysis.importers._source import Head, Source
from analysis.importers._text import per_value

VENDOR: Final = "gymrun"
COLUMNS: Final[_header.Synonyms] = {
    "date": ("Date",),
    "time": ("Time",),
    "title": ("Routine",),
    "exercise_raw": ("Exercise",),
    "set_order": ("Set",),
    "load": ("Weight",),
    "reps": ("Reps",),
    "duration": ("Duration",),
    "distance": ("Distance",),
    "parameter": ("Para6",),
    "notes": ("Note",),
    "type": ("Type",),
    "book": ("Book",),
    "version": ("Version1",),
}
NEEDED: Final = ("date", "time", "exercise_raw", "set_order", "load", "reps")
_OWN: Final = ("parameter", "version")


def matches(head: Head) -> bool:
    """Whether the header is GymRun's, with the columns that no other app has."""
    return _header.layout(head, COLUMNS).has(*NEEDED, *_OWN)


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape an export; nothing is judged here."""
    athlete = _sets.athlete_of(context, source.name)
    found = _header.layout(source.head, COLUMNS)
    columns = {**COLUMNS, "rpe": (), "duration_s": (), "workout_notes": ()}
    export = _export.opened(source, found, columns, NEEDED, loads={"load": None}, distances={"distance": None})
    moment = export.frame.select(pl.concat_str("date", "time", separator=" ").str.strip_chars())["date"]
    times = _dates.local(moment, source.name, context.answer("date_order"))
    rows = _set_times.in_sessions(_renamed(export.frame), times, athlete, VENDOR)
    export = replace(export, refused=pl.concat([export.refused, _without_unit(rows)]))
    raw = _export.finished(export, rows, context, vendor=VENDOR, variant="Version1", dates=times)
    bare = rows.filter(pl.col("bare")).height
    unread = (f"duration of {counted(bare, 'set')} has no unit in this file: kept in the notes",) if bare else ()
    return replace(_set_times.timed(raw), whole=False, notices=(*raw.notices, *unread))


def _without_unit(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows that have nothing but a duration whose unit is not known."""
    only = pl.col("bare") & (number("reps").fill_null(0) == 0) & (number("distance").fill_null(0) == 0)
    said = pl.format("duration {} has no known unit", "duration").alias("reason")
    return refusals(rows.filter(only).with_columns(said))


def _renamed(frame: pl.DataFrame) -> pl.DataFrame:
    """With durations in seconds; a bare number says no unit and goes to the notes, a zero says nothing."""
    bare = (number("duration") > 0).fill_null(value=False)
    told = pl.when(bare).then(pl.format("Duration {}", pl.col("duration").str.strip_chars()))
    kept = pl.concat_str(pl.col("notes").replace("", None), told, separator="\n", ignore_nulls=True)
    seconds = per_value(frame["duration"], _durations.seconds, pl.Float64).cast(pl.String)
    unread = pl.col("duration").str.strip_chars()
    read = pl.when(number("duration").is_null()).then(pl.coalesce(seconds, unread))
    return frame.with_columns(
        pl.col("exercise_raw", "title").str.strip_chars(),
        pl.lit("unknown").alias("set_type"),
        kept.alias("notes"),
        bare.alias("bare"),
        read.alias("duration_s"),
    )
