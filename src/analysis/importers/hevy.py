"""Hevy (strength training app).

Vendor: Hevy, app and hevy.com
Export: Profile > Settings > Export & Import Data > Export Workouts; one CSV (workout_data.csv) with the whole history
Row: one set; a set with nothing in it is refused, not dropped
Variants: 11 and 14 columns; app (months in many languages, escaped line ends) and hevy.com (real line ends)
Units: in the header: weight_kg or weight_lbs, distance_km or distance_miles, in any combination
Limits: minute resolution, no time zone; the app translates catalogue exercise names; body measurements are hevy_body's
"""

from __future__ import annotations

from typing import Final

import polars as pl

from analysis.importers import _dates, _export, _header, _sets
from analysis.importers._numbers import number
from analysis.importers._raw import Context, Raw
from analysis.importers._source import Head, Source
from analysis.importers._text import once, per_value
from analysis.tables._runs import per_run, starts

VENDOR: Final = "hevy"
COLUMNS: Final[_header.Synonyms] = {
    "title": ("title",),
    "start_time": ("start_time",),
    "end_time": ("end_time",),
    "workout_notes": ("description",),
    "exercise_raw": ("exercise_title",),
    "superset": ("superset_id",),
    "notes": ("exercise_notes",),
    "set_index": ("set_index",),
    "set_type": ("set_type",),
    "load_in_kg": ("weight_kg",),
    "load_in_lb": ("weight_lbs", "weight_lb"),
    "reps": ("reps",),
    "distance_in_km": ("distance_km",),
    "distance_in_mi": ("distance_miles", "distance_mi"),
    "distance_in_m": ("distance_meters", "distance_m"),
    "duration_s": ("duration_seconds",),
    "rpe": ("rpe",),
}
LOADS: Final = {"load_in_kg": "kg", "load_in_lb": "lb"}
DISTANCES: Final = {"distance_in_km": "km", "distance_in_mi": "mi", "distance_in_m": "m"}
NEEDED: Final = ("start_time", "exercise_raw", "set_index", "reps")
_TYPES: Final = {"normal": "work", "warmup": "warmup", "failure": "failure", "dropset": "drop"}


def matches(head: Head) -> bool:
    """Whether the header is that of Hevy's workouts (its body measurements are another file)."""
    found = _header.layout(head, COLUMNS)
    return found.has(*NEEDED) and any(map(found.has, LOADS))


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape an export; nothing is judged here."""
    athlete = _sets.athlete_of(context, source.name)
    found = _header.layout(source.head, COLUMNS)
    export = _export.opened(source, found, COLUMNS, NEEDED, loads=LOADS, distances=DISTANCES)
    both = pl.concat([export.frame["start_time"], export.frame["end_time"]])
    times = _dates.local(both, source.name, context.answer("date_order"))
    rows = _sets.in_sessions(_workouts(_renamed(export.frame, times)), athlete, VENDOR)
    raw = _export.finished(
        export, rows, context, vendor=VENDOR, variant=f"{found.width} columns", dates=times,
        restart=pl.col("restart"),
    )  # fmt: skip
    return _export.assistance(raw)


def _renamed(frame: pl.DataFrame, times: _dates.Dated) -> pl.DataFrame:
    n = frame.height
    start, end = times.start[:n].alias("start_local"), times.start[n:].alias("end_local")
    frame = frame.with_columns(times.date[:n].alias("date"), start, end)
    length = (_moment("end_local") - _moment("start_local")).dt.total_seconds()
    types = per_value(frame["set_type"], lambda text: _TYPES.get(text.strip().lower(), "unknown"), pl.String)
    lengths = per_run([start, end], pl.when(length >= 0).then(length).cast(pl.String))
    return frame.with_columns(
        lengths.alias("workout_s"),
        pl.col("end_time").alias("workout_length"),
        _sets.stripped(frame["exercise_raw"]),
        _sets.real_lines("notes"),
        _sets.real_lines("workout_notes"),
        once(types).alias("set_type"),
    )


def _moment(column: str) -> pl.Expr:
    return pl.col(column).str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False)


def _workouts(rows: pl.DataFrame) -> pl.DataFrame:
    """Add `workout`: what tells two workouts of one minute apart, the end time first.

    Title and description separate workouts here without entering a key. Where everything is equal, a log that
    repeats its whole list of exercises (two or more, set indexes starting again) is that many workouts; a single
    exercise logged twice is one workout with two blocks (real logs: the same curl for either arm).
    """
    saved_as = ("start_time", "end_time", "title", "workout_notes")
    new = starts(rows, *saved_as)  # rows of one workout stand together: it is enough to compare the first of each run
    heads = rows.filter(new).select(pl.col("source_row").min().over(saved_as).alias("group"))
    rows = rows.with_columns(heads["group"].gather(new.cum_sum() - 1), number("set_index").alias("index"))
    name = pl.col("exercise_raw").cast(pl.Categorical).to_physical().cast(pl.Int64)
    rows = rows.with_columns((pl.col("group") * 2**32 + name).alias("of_one"))
    restart = pl.col("index") <= pl.col("index").shift().over("of_one")
    rows = rows.with_columns(restart.fill_null(False).alias("restart")).drop("index", "of_one")
    copies: dict[int, int] = {}
    again = rows.filter(pl.col("group").is_in(rows.filter("restart")["group"].unique().implode()))
    for one in again.partition_by("group"):
        copies |= _copies(one)
    copy = pl.col("source_row").replace_strict(copies, default=0, return_dtype=pl.Int64) if copies else pl.lit(0)
    rows = rows.with_columns(copy.alias("copy"))
    told = [rows["start_local"], rows["date"], rows["end_local"], rows["group"], rows["copy"]]
    group = pl.col("group").cast(pl.String).str.zfill(8)
    workout = (pl.coalesce("start_local", "date"), pl.col("end_local").fill_null(""), group, "copy")
    return rows.drop("copy").with_columns(per_run(told, pl.concat_str(*workout, separator="|")).alias("workout"))


def _copies(group: pl.DataFrame) -> dict[int, int]:
    """For each row the number of the repetition it belongs to, where the runs of exercises repeat as a whole."""
    rows, names, restarts = group["source_row"].to_list(), group["exercise_raw"].to_list(), group["restart"].to_list()
    runs: list[str] = []
    run_of: list[int] = []
    for at, name in enumerate(names):
        if not runs or runs[-1] != name or (restarts[at] and names[at - 1] == name):
            runs.append(name)
        run_of.append(len(runs) - 1)
    periods = (p for p in range(2, len(runs)) if len(runs) % p == 0 and runs == runs[:p] * (len(runs) // p))
    period = next(periods, len(runs))
    return {row: run // period for row, run in zip(rows, run_of, strict=True)}
