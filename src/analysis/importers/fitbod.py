"""Fitbod (strength training app).

Vendor: Fitbod, iOS and Android
Export: Log > Settings > Export Workout Data; one CSV with the whole history
Row: one set
Variants: Weight(kg) and Weight(lbs), with and without Note and multiplier; until 2019 with Sets, without unit and time
Units: in the header: Weight(kg) or Weight(lbs), Distance(m); until 2019 the saved answer, else --unit
Limits: UTC and no zone: say --tz; every set has the start of its workout; no workout names, no set numbers; multiplier
  0 stands for cardio, 2 for two implements or sides
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import polars as pl

from analysis.importers import _dates, _export, _header, _instants, _sets
from analysis.importers._numbers import decimal_points, number
from analysis.importers._raw import Context, Raw, refusals
from analysis.importers._source import Head, Source
from analysis.importers._text import per_value

VENDOR: Final = "fitbod"
COLUMNS: Final[_header.Synonyms] = {
    "start": ("Date",),
    "exercise_raw": ("Exercise",),
    "n_sets": ("Sets",),
    "reps": ("Reps",),
    "load": ("Weight",),
    "load_in_kg": ("Weight(kg)",),
    "load_in_lb": ("Weight(lbs)", "Weight(lb)"),
    "duration_s": ("Duration(s)",),
    "distance_in_m": ("Distance(m)",),
    "distance_in_km": ("Distance(km)",),
    "distance_in_mi": ("Distance(mi)", "Distance(miles)"),
    "incline": ("Incline",),
    "resistance": ("Resistance",),
    "warmup": ("isWarmup",),
    "notes": ("Note", "Notes"),
    "load_multiplier": ("multiplier",),
    "rpe": ("RPE",),
}
LOADS: Final = {"load": None, "load_in_kg": "kg", "load_in_lb": "lb"}
DISTANCES: Final = {"distance_in_m": "m", "distance_in_km": "km", "distance_in_mi": "mi"}
NEEDED: Final = ("start", "exercise_raw", "reps", "warmup")
_OFFSET: Final = re.compile(r"[+-]\d{2}:?\d{2}$")
_DAY: Final = re.compile(r"^\d{4}-\d{2}-\d{2}$")


def matches(head: Head) -> bool:
    """Whether the header is Fitbod's."""
    found = _header.layout(head, COLUMNS)
    timed = found.has("duration_s") and any(map(found.has, DISTANCES))
    return found.has(*NEEDED) and any(map(found.has, LOADS)) and (timed or found.has("n_sets"))


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape an export; nothing is judged here."""
    athlete = _sets.athlete_of(context, source.name)
    found = _header.layout(source.head, COLUMNS)
    export = _export.opened(source, found, COLUMNS, NEEDED, loads=LOADS, distances=DISTANCES)
    frame, mixed = decimal_points(export.frame, ("load_multiplier", "incline", "resistance"))
    export = _export.replaced(export, refused=pl.concat([mixed, _several(frame)]))
    days = _days(frame["start"], context)
    rows = _sets.in_sessions(_renamed(frame, days), athlete, VENDOR)
    raw = _export.finished(
        export, rows, context, vendor=VENDOR, variant=f"{found.width} columns",
        dates=_dates.Dated(days["date"], days["start_local"], "unambiguous"),
    )  # fmt: skip
    return replace(raw, notices=(*raw.notices, *_instants.notice(days)))


def _days(texts: pl.Series, context: Context) -> pl.DataFrame:
    """The local days. `+0000` on every row is how the app writes UTC; another offset anywhere is the athlete's own."""
    offsets = per_value(texts, _offset, pl.Duration).to_list()
    own = offsets if any(offsets) else None
    days = _instants.local(per_value(texts, _moment, pl.Datetime).to_list(), context, own)
    bare = texts.str.strip_chars().str.contains(_DAY.pattern)
    return days.with_columns(pl.when(bare).then(pl.lit("local")).otherwise("zone_basis").alias("zone_basis"))


def _moment(text: str) -> datetime | None:
    """The instant of a date with a time; a bare day (exports of 2019) is a local day and no instant."""
    return None if _DAY.search(text.strip()) else _instants.utc(text)


def _offset(text: str) -> timedelta | None:
    found = _OFFSET.search(text.strip())
    return _instants.offset(found[0]) if found else None


def _several(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows that count several sets: none has been seen, and which sets they stand for is not known."""
    more = frame.filter(number("n_sets") != 1)
    return refusals(more.with_columns(pl.format("Sets '{}' is not 1", "n_sets").alias("reason")))


def _renamed(frame: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    start = pl.coalesce(days["start_utc"], frame["start"])
    warm = pl.col("warmup").str.strip_chars().str.to_lowercase().is_in(["true", "1", "yes"])
    return frame.with_columns(
        *days.with_columns(pl.coalesce("date", frame["start"]).alias("date")),
        start.str.slice(0, 16).alias("key"),
        start.alias("workout"),
        pl.col("exercise_raw").str.strip_chars(),
        pl.when(warm).then(pl.lit("warmup")).otherwise(pl.lit("work")).alias("set_type"),
        pl.concat_str(
            pl.col("notes").str.strip_chars().replace("", None), _told("incline"), _told("resistance"),
            separator="; ", ignore_nulls=True,
        ).alias("notes"),
        *(pl.lit("").alias(name) for name in ("title", "workout_notes", "workout_length")),
        pl.lit(None, pl.String).alias("workout_s"),
    )  # fmt: skip


def _told(column: str) -> pl.Expr:
    """A setting of the machine in words, null where it is zero or missing."""
    return pl.when(number(column) != 0).then(pl.format(f"{column} {{}}", pl.col(column).str.strip_chars()))
