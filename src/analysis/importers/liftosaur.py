"""Liftosaur (strength training app with programmes).

Vendor: Liftosaur, app and liftosaur.com
Export: Me > Export history to CSV file; one CSV with the whole history
Row: one set as it was asked for and as it was done: the first goes to the plan, the second to the sets
Variants: 20 columns (required and completed weight), 15 columns (one weight, RPE), 14 and 16 columns (with Equipment)
Units: in the rows: kg or lb
Limits: UTC without a zone: say --tz; no supersets; the notes are those of the exercise; a set without a completed
  weight was done with the required one, as the app counts it
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import polars as pl

from analysis.importers import _dates, _export, _header, _instants, _sets
from analysis.importers._numbers import decimal_points, times
from analysis.importers._raw import Context, Raw, refusals
from analysis.importers._source import Head, Source
from analysis.importers._text import per_value
from analysis.importers._units import factor_of, refuse_unknown

VENDOR: Final = "liftosaur"
COLUMNS: Final[_header.Synonyms] = {
    "instant": ("Workout DateTime", "DateTime"),
    "program": ("Program",),
    "title": ("Day Name",),
    "exercise": ("Exercise",),
    "equipment": ("Equipment",),
    "warmup": ("Is Warmup Set?",),
    "required_reps": ("Required Reps",),
    "reps": ("Completed Reps",),
    "amrap": ("Is AMRAP?",),
    "required_rpe": ("Required RPE", "RPE"),
    "rpe": ("Completed RPE",),
    "required_weight": ("Required Weight Value",),
    "required_unit": ("Required Weight Unit",),
    "weight": ("Completed Weight Value", "Weight Value"),
    "unit": ("Completed Weight Unit", "Weight Unit"),
    "set_instant": ("Completed Reps Time",),
    "notes": ("Notes",),
}
NEEDED: Final = ("instant", "exercise", "warmup", "required_reps", "reps", "weight", "unit")
_NUMBERS: Final = ("reps", "required_reps", "rpe", "required_rpe", "weight", "required_weight")
_WARMUP: Final = {"0": "work", "1": "warmup", "false": "work", "true": "warmup"}
_LONGEST_BLOCK, _LONGEST_SESSION = 80, 120


def matches(head: Head) -> bool:
    """Whether the header is that of Liftosaur's history."""
    return _header.layout(head, COLUMNS).has(*NEEDED)


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape an export; nothing is judged here."""
    athlete = _sets.athlete_of(context, source.name)
    found = _header.layout(source.head, COLUMNS)
    table = _header.table(source, found, COLUMNS, NEEDED)
    frame, mixed = decimal_points(table.frame, _NUMBERS)
    frame, undated = _dated(frame)
    days = _instants.local([_instants.utc(text) for text in frame["instant"]], context)
    rows = _in_blocks(_renamed(frame, days), athlete)
    planned = _has("required_reps") | _has("required_weight")
    empty = refusals(rows.filter(~_has("reps"), ~planned).with_columns(pl.lit("empty").alias("reason")))
    placed = replace(found, positions={**found.positions, "load_unit": found.positions["unit"]})
    export = _export.Export(source, placed, table, frame, pl.concat([table.refused, undated, mixed]), None, None)
    raw = _export.finished(
        export, rows.filter(_has("reps")), context, vendor=VENDOR, variant=f"{found.width} columns",
        dates=_dates.Dated(days["date"], days["start_local"], "unambiguous"), ignored=empty,
    )  # fmt: skip
    plan = _plan(source.name, rows.filter(planned), two_weights=found.has("required_weight"))
    return replace(
        raw, primary=("sets", "plan"), tables={**raw.tables, "plan": plan},
        notices=(*_instants.notice(days), *raw.notices),
    )  # fmt: skip


def _dated(frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows whose instant can be read, and the others, which are refused."""
    known = pl.lit(per_value(frame["instant"], lambda text: _instants.utc(text) is not None, pl.Boolean))
    said = pl.format("date '{}' cannot be read", "instant").alias("reason")
    return frame.filter(known), refusals(frame.filter(~known).with_columns(said))


def _has(column: str) -> pl.Expr:
    return pl.col(column).str.strip_chars() != ""


def _renamed(frame: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    frame = pl.concat([frame, days], how="horizontal")
    own = _has("weight") | ~_has("required_weight")
    named = pl.col("exercise", "equipment").str.strip_chars().replace("", None)
    warmup = pl.col("warmup").str.strip_chars().str.to_lowercase()
    done_at = per_value(frame["set_instant"], _second, pl.String)
    return frame.with_columns(
        pl.col("start_utc").alias("key"),
        pl.col("start_utc").alias("workout"),
        pl.concat_str(named, separator=", ", ignore_nulls=True).alias("exercise_raw"),
        warmup.replace_strict(_WARMUP, default="unknown").alias("set_type"),
        pl.when(own).then("weight").otherwise("required_weight").alias("load"),
        pl.when(own).then("unit").otherwise("required_unit").alias("load_unit"),
        done_at.alias("started_utc"),
        _sets.real_lines("notes"),
        pl.lit("").alias("workout_notes"),
        pl.lit("").alias("workout_length"),
        pl.lit(None, pl.String).alias("workout_s"),
        pl.lit("").alias("distance"),
        pl.lit("").alias("duration_s"),
    )


def _second(text: str) -> str | None:
    at = _instants.utc(text)
    return at.strftime("%Y-%m-%d %H:%M:%S") if at else None


def _in_blocks(rows: pl.DataFrame, athlete: str) -> pl.DataFrame:
    """Blocks and numbers over all sets, so that a set keeps its id whether those before it were done or not."""
    rows = _sets.in_blocks(_sets.in_sessions(rows, athlete, VENDOR))
    return rows.with_columns(pl.col("set_id").alias("plan_id"))


def _plan(file: str, rows: pl.DataFrame, *, two_weights: bool) -> pl.DataFrame:
    """What was asked for, one row per set; an open end (AMRAP) has no upper number of repetitions.

    Older exports have one weight, which is that of the plan and of the set.
    """
    weight = ("required_weight", "required_unit") if two_weights else ("weight", "unit")
    asked = rows.with_columns(pl.col(name).alias(to) for name, to in zip(weight, ("load", "load_unit"), strict=True))
    refuse_unknown(file, asked)
    factor = per_value(asked["load_unit"], lambda unit: factor_of("unit", unit), pl.Float64)
    open_end = pl.col("amrap").str.strip_chars().is_in(["1", "true"])
    return asked.select(
        "plan_id", "athlete", "date", "exercise_raw", "source_row", "notes",
        pl.col("program").str.strip_chars().str.slice(0, _LONGEST_BLOCK).alias("block"),
        pl.col("title").str.strip_chars().str.slice(0, _LONGEST_SESSION).alias("session"),
        pl.lit("1").alias("sets"),
        pl.col("required_reps").alias("reps_low"),
        pl.when(~open_end).then("required_reps").alias("reps_high"),
        times("load", pl.lit(factor)).alias("load_kg"),
        pl.col("required_rpe").alias("rpe"),
        pl.lit(VENDOR).alias("source"),
    )  # fmt: skip
