"""Gravl (strength training app).

Vendor: Gravl
Export: Profile > Settings > Export data; one CSV (gravl-workouts-….csv)
Row: one set; an activity that came from a health app is a row with set number 0
Variants: kg or lb, km or miles; English headers with values in the language of the app
Units: in the header: Weight (kg) or (lb), Distance (km) or (mi)
Limits: read from the source code of other importers, no real file seen; minute resolution, no zone (Start Date is a
  time of day); Effort is a word and stays a note
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import polars as pl

from analysis.importers import _dates, _export, _header, _sets
from analysis.importers._dates import plain
from analysis.importers._numbers import decimal_points, number, times
from analysis.importers._raw import Context, Raw
from analysis.importers._source import Head, Source
from analysis.importers._text import per_value

VENDOR: Final = "gravl"
COLUMNS: Final[_header.Synonyms] = {
    "date": ("Date",),
    "time": ("Start Date",),
    "title": ("Workout",),
    "origin": ("Source",),
    "workout_length": ("Workout Duration (min)",),
    "exercise_raw": ("Exercise",),
    "superset": ("Superset",),
    "set_index": ("Set",),
    "kind_of_set": ("Set Type",),
    "reps": ("Reps",),
    "load_in_kg": ("Weight (kg)",),
    "load_in_lb": ("Weight (lb)", "Weight (lbs)"),
    "distance_in_km": ("Distance (km)",),
    "distance_in_mi": ("Distance (mi)", "Distance (miles)"),
    "duration_s": ("Set Duration (sec)",),
    "incline": ("Incline",),
    "steps": ("Steps",),
    "effort": ("Effort",),
    "workout_notes": ("Workout Notes",),
    "rpe": ("RPE",),
}
LOADS: Final = {"load_in_kg": "kg", "load_in_lb": "lb"}
DISTANCES: Final = {"distance_in_km": "km", "distance_in_mi": "mi"}
NEEDED: Final = ("date", "time", "title", "exercise_raw", "set_index", "kind_of_set", "reps", "workout_length")
_TYPES: Final = {
    "normal": "work", "warm": "warmup", "calent": "warmup", "aquec": "warmup", "aufw": "warmup", "echauff": "warmup",
    "riscald": "warmup", "drop": "drop", "descend": "drop", "fail": "failure", "fallo": "failure", "falha": "failure",
}  # fmt: skip
_BESIDE: Final = ("effort", "incline", "steps")
_NO: Final = ("", "no", "false", "0", "nein", "non", "nao")


def matches(head: Head) -> bool:
    """Whether the header is Gravl's."""
    found = _header.layout(head, COLUMNS)
    return found.has(*NEEDED) and any(map(found.has, LOADS))


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape an export; nothing is judged here."""
    athlete = _sets.athlete_of(context, source.name)
    found = _header.layout(source.head, COLUMNS)
    export = _export.opened(source, found, COLUMNS, NEEDED, loads=LOADS, distances=DISTANCES)
    frame, mixed = decimal_points(export.frame, ("workout_length", "incline"))
    export = _export.replaced(export, refused=mixed)
    at = frame.select(pl.concat_str("date", "time", separator=" ").alias("at"))["at"]
    clock = _dates.local(at, source.name, context.answer("date_order"))
    rows = _sets.in_sessions(_renamed(frame, clock), athlete, VENDOR)
    raw = _export.finished(export, rows, context, vendor=VENDOR, variant=f"{found.width} columns", dates=clock)
    return replace(raw, whole=False)  # nothing says that the export is always the whole history


def _renamed(frame: pl.DataFrame, clock: _dates.Dated) -> pl.DataFrame:
    start = pl.coalesce(clock.start, clock.date)
    from_outside = (number("set_index") == 0) & (pl.col("origin").str.strip_chars() != "")
    minutes = number("workout_length") > 0
    return frame.with_columns(
        clock.date.alias("date"),
        clock.start.alias("start_local"),
        pl.concat_str(start, "workout_length", "origin", "title", separator="|").alias("workout"),
        pl.when(minutes).then(times("workout_length", pl.lit(60.0))).alias("workout_s"),
        pl.col("exercise_raw").str.strip_chars(),
        per_value(frame["kind_of_set"], _set_type, pl.String).alias("set_type"),
        per_value(frame["superset"], lambda text: None if plain(text) in _NO else text.strip(), pl.String),
        pl.concat_str(*map(_told, _BESIDE), separator="; ", ignore_nulls=True).alias("notes"),
        _sets.real_lines("workout_notes"),
        pl.when(from_outside).then(pl.lit("other")).otherwise(pl.lit("strength")).alias("kind"),
    )


def _set_type(word: str) -> str:
    folded = plain(word)
    return next((ours for begin, ours in _TYPES.items() if folded.startswith(begin)), "unknown")


def _told(column: str) -> pl.Expr:
    """What a column says beside the set, in words; null where it says nothing."""
    text = pl.col(column).str.strip_chars()
    said = (text != "") & (number(column).fill_null(1) != 0)
    return pl.when(said).then(pl.format(f"{column}: {{}}", text))
