"""The FitNotes for iOS whose export has StartTime and EndTime: UTC instants, a status per set, a body weight."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import polars as pl

from analysis.importers import _dates, _durations, _export, _header, _instants, _sets, _wellness
from analysis.importers._numbers import counted, decimal_points, number
from analysis.importers._raw import Context, Raw, refusals
from analysis.importers._source import Head, Source
from analysis.importers._text import per_value

COLUMNS: Final[_header.Synonyms] = {
    "title": ("Name",),
    "start": ("StartTime",),
    "end": ("EndTime",),
    "body": ("BodyWeight",),
    "exercise_raw": ("Exercise",),
    "equipment": ("Equipment",),
    "reps": ("Reps",),
    "load": ("Weight",),
    "load_in_kg": ("Weight (kg)",),
    "load_in_lb": ("Weight (lbs)", "Weight (lb)"),
    "duration_s": ("Time",),
    "distance": ("Distance",),
    "status": ("Status",),
    "warmup": ("IsWarmup",),
    "rpe": ("RPE",),
    "rir": ("RIR",),
    "notes": ("Note", "Notes"),
}
LOADS: Final = {"load": None, "load_in_kg": "kg", "load_in_lb": "lb"}
DISTANCES: Final = {"distance": None}
NEEDED: Final = ("start", "end", "exercise_raw", "reps", "status", "warmup")
_TYPES: Final = {"done": "work", "completed": "work", "failed": "failure"}
_NOT_DONE: Final = ("notstarted", "pending", "skipped", "planned")
_LEAST_KG, _MOST_KG = 25, 250  # what the table of wellness takes for a body mass


def matches(head: Head) -> bool:
    """Whether the header is that of this product."""
    found = _header.layout(head, COLUMNS)
    return found.has(*NEEDED) and any(map(found.has, LOADS))


def read(source: Source, context: Context, athlete: str, vendor: str) -> Raw:
    """Rename and reshape an export; nothing is judged here."""
    found = _header.layout(source.head, COLUMNS)
    export = _export.opened(source, found, COLUMNS, NEEDED, loads=LOADS, distances=DISTANCES)
    frame, mixed = decimal_points(export.frame, ("rir", "body"))
    export = _export.replaced(export, refused=mixed)
    starts = per_value(frame["start"], _instants.utc, pl.Datetime)
    days = _instants.local(starts.to_list(), context)
    rows = _renamed(frame, days, starts, per_value(frame["end"], _instants.utc, pl.Datetime))
    status = pl.col("status").str.strip_chars()
    idle = status.str.to_lowercase().str.replace_all(r"\W", "").is_in(_NOT_DONE)
    ignored = refusals(rows.filter(idle).with_columns(pl.format("not done ({})", status).alias("reason")))
    sets = _sets.in_sessions(rows.filter(~idle), athlete, vendor)
    raw = _export.finished(
        export, sets, context, vendor=vendor, variant="ios, start and end",
        dates=_dates.Dated(days["date"], days["start_local"], "unambiguous"), ignored=ignored,
    )  # fmt: skip
    return _with_body_mass(replace(raw, notices=(*raw.notices, *_instants.notice(days))))


def _renamed(frame: pl.DataFrame, days: pl.DataFrame, starts: pl.Series, ends: pl.Series) -> pl.DataFrame:
    """The rows under our names: `Fly` with a cable and `Fly` with a machine are two exercises of this app."""
    length = (ends - starts).dt.total_seconds()
    equipment = pl.col("equipment").str.strip_chars()
    bare = equipment.str.to_lowercase().is_in(["", "none"])
    name = pl.col("exercise_raw").str.strip_chars()
    seconds = per_value(frame["duration_s"], _durations.seconds, pl.Float64).cast(pl.String)
    warm = pl.col("warmup").str.strip_chars().str.to_lowercase().is_in(["true", "1", "yes"])
    status = pl.col("status").str.strip_chars().str.to_lowercase()
    return frame.with_columns(
        *days.with_columns(pl.coalesce("date", frame["start"]).alias("date")),
        pl.coalesce(days["start_utc"].str.slice(0, 16), frame["start"]).alias("key"),
        pl.concat_str(pl.coalesce(days["start_utc"], frame["start"]), "end", separator="|").alias("workout"),
        pl.when(length >= 0).then(length).cast(pl.String).alias("workout_s"),
        pl.col("end").alias("workout_length"),
        pl.when(bare | (name == "")).then(name).otherwise(pl.format("{} ({})", name, equipment)).alias("exercise_raw"),
        pl.coalesce(seconds, pl.col("duration_s")).alias("duration_s"),
        pl.when(warm)
        .then(pl.lit("warmup"))
        .otherwise(status.replace_strict(_TYPES, default="unknown"))
        .alias("set_type"),
        pl.lit("").alias("workout_notes"),
    )


def _with_body_mass(raw: Raw) -> Raw:
    """The body weights, one per workout, as measurements of the day; what is no body weight is left out, and said."""
    sets = raw.tables["sets"].filter(number("body").fill_null(0) != 0).unique("session_id", keep="first", maintain_order=True)  # fmt: skip  # noqa: E501
    kg = number("body") * pl.col("kg_per")
    told = sets.with_columns(kg.alias("kg")).filter(pl.col("kg").is_between(_LEAST_KG, _MOST_KG))
    wellness = told.select(
        "athlete", "date", "source", "source_row",
        pl.col("start_local").alias("reported_local"),
        pl.lit("body_mass_kg").alias("item"),
        pl.col("kg").cast(pl.String).alias("value"),
        pl.col("body").alias("value_raw"),
        pl.lit("neutral").alias("direction"),
        pl.col("source").alias("instrument"),
    )  # fmt: skip
    left = sets.height - told.height
    lost = (f"body weight of {counted(left, 'workout')} has no unit or is no body weight: left out",) if left else ()
    return replace(
        raw,
        tables=raw.tables | ({"wellness": _wellness.numbered(wellness)} if wellness.height else {}),
        notices=(*raw.notices, *lost),
        whole=False,  # another FitNotes of the same athlete may hold the years before
    )
