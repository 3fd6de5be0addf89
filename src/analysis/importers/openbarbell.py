"""OpenBarbell (velocity sensor).

Vendor: OpenBarbell and RepOne apps (Squats & Science, RepOne Strength)
Export: History > Export (CSV)
Row: one repetition; its measures become rows of `reps`, and the repetitions of a set one row of `sets`
Variants: with and without Tags; one phase, or Concentric and Eccentric columns (Kratos)
Units: loads per row in Metric (kgs or lbs), else the saved answer, else --unit; m/s, mm, % and s in the headers
Limits: no time per repetition; dates as the phone writes them, so that the order of day and month is told by the
  whole column, else asked; `Infinity` and `NaN` are missing values; a set number that starts again, or a repetition
  number that does not rise, begins a new set; force, power and work of the Kratos have no unit and are not read;
  Enode (Vmaxpro), Perch, Metric, Output, PUSH and the CSV of GymAware and Vitruve through a mapping file only
"""

from __future__ import annotations

import re
from typing import Final

import polars as pl

from analysis.importers import _dates, _durations, _header, _instants, _measures, _reps, _sets, _trials, _units
from analysis.importers._numbers import counted, decimal_points, number
from analysis.importers._raw import Context, Raw
from analysis.importers._source import Head, Source
from analysis.importers._text import per_value

VENDOR: Final = "openbarbell"
_MEASURES: Final = {
    "mean_velocity_m_s": ("Avg Velocity (m/s)", 1.0), "range_of_motion_m": ("Range of Motion (mm)", 0.001),
    "peak_velocity_m_s": ("Peak Velocity (m/s)", 1.0),
    "peak_velocity_location_percent": ("Peak Velocity Location (%)", 1.0), "duration_s": ("Duration of rep (sec)", 1.0),
}  # fmt: skip
_PHASES: Final = {"": "concentric", "Concentric ": "concentric", "Eccentric ": "eccentric"}
VALUES: Final = tuple(
    _reps.Value(f"{prefix}{header}", f"{prefix}{header}", phase, measure, factor)
    for prefix, phase in _PHASES.items()
    for measure, (header, factor) in _MEASURES.items()
)
COLUMNS: Final[_header.Synonyms] = {
    "exercise_raw": ("Exercise",),
    "set_raw": ("Set",),
    "rep_raw": ("Rep",),
    "load": ("Weight",),
    "load_unit": ("Metric",),
    "rpe": ("Set RPE", "RPE"),
    "tags": ("Tags",),
    "start": ("Workout Start Time",),
    "rest": ("Rest Time",),
    **{value.column: (value.column,) for value in VALUES},
}
NEEDED: Final = ("exercise_raw", "set_raw", "rep_raw", "load", "start")
_VELOCITY: Final = ("Avg Velocity (m/s)", "Concentric Avg Velocity (m/s)")
_CLOCK: Final = re.compile(r"\d+:\d{2}:\d{2}")
_NO_RATING: Final = 10


def matches(head: Head) -> bool:
    """Whether the header is that of the apps' repetitions."""
    found = _header.layout(head, COLUMNS)
    return found.has(*NEEDED) and any(map(found.has, _VELOCITY))


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape an export; nothing is judged here."""
    athlete = _sets.athlete_of(context, source.name)
    found = _header.layout(source.head, COLUMNS)
    table = _header.table(source, found, COLUMNS, NEEDED)
    there = [value for value in VALUES if found.has(value.column)]
    frame, mixed = decimal_points(table.frame, ("load", "rpe", *(value.column for value in there)))
    days, decisions, notices = _days(frame["start"], source.name, context)
    rows = _numbered(frame.with_columns(days), athlete)
    unit = _unit(source, rows, context)
    sets, unitless = _as_sets(rows, unit)
    made = _reps.long(rows.join(sets.select("set_id", "load_kg"), on="set_id", how="left"), there, VENDOR)
    refused = pl.concat([table.refused, mixed, unitless, made.refused])
    sets = _reps.standing(sets, rows, made, refused)
    decisions = _header.reading_decisions(source, found) | decisions | unit.decisions("unit")
    return Raw(
        primary=("sets", "reps"),
        variant="two phases" if found.has(_VELOCITY[1]) else "with tags" if found.has("tags") else "without tags",
        records=table.records,
        tables={**_sets.tables(sets, context, VENDOR), "reps": made.reps},
        decisions=decisions | _sets.answers(context),
        n_read=table.n_read,
        refused=refused.unique("source_row", keep="first", maintain_order=True),
        ignored=table.ignored,
        attached=_reps.attached(rows, sets, made, refused),
        notices=(*notices, *_unread(source.head, found, made)),
    )


def _unread(head: Head, found: _header.Layout, made: _reps.Reps) -> tuple[str, ...]:
    """How many values the sensor could not give, and the columns that have no place in the tables."""
    missing = (f"{counted(made.n_missing, 'value')} missing (Infinity or NaN)",) if made.n_missing else ()
    known = {_header.fold(name) for names in COLUMNS.values() for name in names}
    headers = head.first_record(found.delimiter)
    return (*missing, *_trials.not_read(header for header in headers if _header.fold(header) not in known))


def _days(starts: pl.Series, file: str, context: Context) -> tuple[pl.DataFrame, dict[str, str], tuple[str, ...]]:
    """Day and clock of the workouts: local as the phone wrote them, or UTC in the oldest exports."""
    moments = [_instants.utc(text) if text.strip().endswith("Z") else None for text in starts]
    if any(moments):
        days = _instants.local(moments, context)
        return days, {"zone_basis": "+".join(sorted(days["zone_basis"].unique()))}, _instants.notice(days)
    dated = _dates.local(starts, file, context.answer("date_order"))
    local = pl.DataFrame({"date": dated.date, "start_local": dated.start})
    return local.with_columns(zone_basis=pl.lit("local")), dated.decisions, ()


def _unit(source: Source, frame: pl.DataFrame, context: Context) -> _units.Unit:
    _units.refuse_unknown(source.name, frame)
    unit = _units.unit_of("unit", source.name, context, header=None, rows=frame["load_unit"])
    loads = _units.loads_in(frame, "load")
    if unit.symbol is None and loads.len():
        raise _units.ask_for_load_unit(source.name, loads)
    return unit


def _numbered(frame: pl.DataFrame, athlete: str) -> pl.DataFrame:
    """The repetitions with the set they belong to; a set is a run of rows of one exercise, set and rising number."""
    frame = frame.with_columns(
        pl.col("exercise_raw").str.strip_chars(), pl.coalesce("start_local", "date").alias("workout")
    )
    rows = _sets.in_sessions(frame, athlete, VENDOR)
    changed = [pl.col(name) != pl.col(name).shift() for name in ("first_row", "exercise_raw", "set_raw")]
    falls = number("rep_raw") <= number("rep_raw").shift()
    new = pl.any_horizontal(*changed, falls).fill_null(value=False)
    rows = rows.with_columns(new.cum_sum().alias("set_at"))
    heads = _sets.in_blocks(rows.unique("set_at", keep="first", maintain_order=True))
    rows = rows.join(
        heads.select("set_at", "set_id", "block_no", "set_no"), on="set_at", how="left", maintain_order="left"
    )
    nth = pl.int_range(1, pl.len() + 1).over("set_id")
    return rows.with_columns(pl.coalesce(number("rep_raw").cast(pl.Int32, strict=False), nth).alias("rep_no"))


def _as_sets(rows: pl.DataFrame, unit: _units.Unit) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One row per set, with the rest after it, its load in kg and what the tags say of its kind."""
    plain = {name: pl.lit(None, pl.String).alias(name) for name in ("title", "workout_notes", "workout_s", "distance")}
    rows, unitless = _sets.loaded(rows.with_columns(*plain.values()), unit, _NOWHERE)
    count = pl.len().over("set_id").cast(pl.String).alias("reps")
    sets = rows.with_columns(count).unique("set_id", keep="first", maintain_order=True)
    sets = sets.with_columns(per_value(sets["rest"], _rest, pl.Float64).alias("rest_before_s"))
    rated = number("rpe").is_between(0, _NO_RATING)
    note = pl.when(~rated.fill_null(value=False) & (pl.col("rpe").str.strip_chars() != "")).then(
        pl.format("RPE {}", "rpe")
    )
    tags = pl.when(pl.col("tags").str.strip_chars() != "").then("tags")
    warm = per_value(sets["tags"], lambda text: "warmup" in map(_measures.slug, _tags(text)), pl.Boolean)
    return sets.with_columns(
        pl.col("rest_before_s").shift(-1).over("session_id").alias("rest_after_s"),
        pl.when(rated).then("rpe").alias("rpe"),
        pl.concat_str(tags, note, separator="; ", ignore_nulls=True).alias("notes"),
        pl.when(warm).then(pl.lit("warmup")).otherwise(pl.lit("work")).alias("set_type"),
        pl.lit("false").alias("assisted"),
    ), unitless


def _tags(text: str) -> list[str]:
    return [tag.replace(" ", "").replace("-", "") for tag in text.split(",")]


def _rest(text: str) -> float | None:
    seconds = _durations.seconds(text) if _CLOCK.fullmatch(text.strip()) else None
    return seconds or None


_NOWHERE: Final = _units.Unit(None, None, pl.lit(None, pl.Float64))
