"""Vitruve (velocity sensor).

Vendor: Vitruve, Exports API (`/vbt-workouts`)
Export: the API's list of workouts as JSON
Row: one repetition of one phase; its metrics become rows of `reps`, a series one row of `sets`, jumps also `trials`
Variants: the whole answer (`data`) or the list of workouts alone
Units: beside each value; a metric with an unknown unit is named, not read
Limits: the file names athletes by id only; series are put in order of their time, which is that of their end; the API
  writes UTC, so that the day needs --tz; the load of a series is the Weight of its repetitions; fatigue and 1RM are the
  vendor's own estimates; the CSV of the app through a mapping file only
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import polars as pl

from analysis.importers import _athletes, _instants, _json, _measures, _reps, _sets, _trials
from analysis.importers._numbers import counted, not_zero
from analysis.importers._problem import ImportProblem
from analysis.importers._raw import Context, Items, Raw
from analysis.importers._source import Head, Source
from analysis.importers._text import per_value
from analysis.units import kg_per

VENDOR: Final = "vitruve"
NEEDED: Final = ("exercises", "series", "repetitions")
_PHASES: Final = {"concentric": "concentric", "eccentric": "eccentric"}
_LOAD: Final = "Weight"
_OF_JUMPS: Final = ("height_m", "flight_time_s", "contact_time_s", "rsi", "rsi_modified")
_ROW: Final = {
    "source_row": pl.Int64, "user": pl.String, "workout_key": pl.String, "exercise_raw": pl.String,
    "exercise_id": pl.String, "series": pl.String, "completed": pl.String, "phase": pl.String, "load": pl.String,
    "load_unit": pl.String,
}  # fmt: skip


def matches(head: Head) -> bool:
    """Whether the objects are the API's workouts."""
    return head.kind == "json" and head.keys.issuperset(NEEDED)


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape the workouts; nothing is judged here."""
    document = source.document
    listed = document.get("data", document) if isinstance(document, Mapping) else document
    workouts = _json.items(source.name, [listed] if isinstance(listed, Mapping) else listed, "data")
    items = list(_repetitions(source.name, workouts))
    if not items:
        came = f"{source.name} has {counted(len(workouts), 'workout')} without any repetition"
        raise ImportProblem(came, "workouts with exercises, series and repetitions", "export a longer period")
    rows, values, unread = _wide(items)
    rows, whose = _athletes.named(rows, "user", context, source.name)
    rows, days = _numbered(rows, context)
    made = _reps.long(rows, values, VENDOR)
    sets = _reps.standing(_as_sets(rows), rows, made, made.refused.clear())
    athletes = [_sets.tables(part, context, VENDOR) for part in sets.partition_by("athlete", maintain_order=True)]
    tables = {name: pl.concat(t[name] for t in athletes) for name in ("sessions", "sets")}
    trials = _jumps(rows, values)
    return Raw(
        primary=("sets", "reps"),
        variant="Exports API",
        records=Items([_json.compact(item) for *_, item in items]),
        tables={**tables, "reps": made.reps, "trials": trials.trials},
        decisions={"zone_basis": "+".join(sorted(days["zone_basis"].unique()))} | _sets.answers(context),
        n_read=len(items),
        refused=made.refused,
        ignored=made.refused.clear(),
        attached=_reps.attached(rows, sets, made, made.refused),
        notices=(*whose, *_instants.notice(days), *_trials.not_read(unread)),
    )


def _repetitions(file: str, workouts: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Any, ...]]:
    for workout in workouts:
        for exercise in _json.items(file, workout.get("exercises") or [], "exercises"):
            for series in _json.items(file, exercise.get("series") or [], "series"):
                for item in _json.items(file, series.get("repetitions") or [], "repetitions"):
                    yield workout, exercise, series, item


def _wide(items: list[tuple[Any, ...]]) -> tuple[pl.DataFrame, list[_reps.Value], set[str]]:
    """The repetitions as rows of text, one column per metric and phase, and the metrics that are not known."""
    rows: list[dict[str, Any]] = []
    columns: dict[tuple[str, str, str], _reps.Value] = {}
    unread: set[str] = set()
    for n, (workout, exercise, series, item) in enumerate(items, 1):
        phase = _PHASES.get(str(item.get("type")).casefold(), "full")
        row: dict[str, Any] = {"source_row": n, "phase": phase}
        told = {
            "user": workout.get("userId"), "workout_key": workout.get("id"), "exercise_raw": exercise.get("name"),
            "exercise_id": exercise.get("id"), "series": series.get("id"), "completed": series.get("completedAt"),
        }  # fmt: skip
        row |= {name: _json.text_of(value) for name, value in told.items()}
        row["exercise_raw"] = (row["exercise_raw"] or "").strip()
        listed = item.get("metricValues")
        for metric in [m for m in listed if isinstance(m, Mapping)] if isinstance(listed, list) else []:
            name, unit = str(metric.get("metric")), str(metric.get("unit") or "")
            value = _json.text_of(metric.get("value"))
            if name == _LOAD:
                row |= {"load": value, "load_unit": unit}
                continue
            measure = _measures.of(name, unit)
            if measure is None:
                unread.add(f"{name} ({unit})")
                continue
            key = (phase, name, unit)
            columns.setdefault(key, _reps.Value(f"m{len(columns)}", name, phase, measure.slug, measure.factor))
            row[columns[key].column] = value
        rows.append(row)
    schema = {**_ROW, **{value.column: pl.String for value in columns.values()}}
    return pl.DataFrame(rows, schema=schema, orient="row"), list(columns.values()), unread


def _numbered(rows: pl.DataFrame, context: Context) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The repetitions in the order of their series, with days, keys, set and repetition numbers and loads."""
    days = _instants.local([_instants.utc(text) for text in rows["completed"]], context)
    rows = rows.with_columns(days["date"], days["start_local"], days["start_utc"], days["zone"], days["zone_basis"])
    rows = rows.sort("athlete", "start_utc", "source_row", nulls_last=True)
    first = pl.col("start_utc").min().over("athlete", "workout_key")
    rows = rows.with_columns(
        first.alias("workout_start"), pl.col("source_row").min().over("athlete", "workout_key").alias("first_row")
    )
    rows = rows.sort("athlete", "workout_start", "first_row", "start_utc", "source_row", nulls_last=True)
    key = ("athlete", pl.lit(VENDOR), pl.coalesce("workout_key", "date", pl.lit("")))
    rows = rows.with_columns(pl.concat_str(*key, separator="|").alias("session_id"), pl.col("load").alias("load_raw"))
    part = pl.coalesce("series", pl.concat_str("exercise_id", "completed", separator="|"), pl.lit(""))
    rows = rows.with_columns(
        pl.concat_str("session_id", pl.col("exercise_id").fill_null(""), part, separator="|").alias("set_id")
    )
    numbers = _sets.in_blocks(rows.unique("set_id", keep="first", maintain_order=True).drop("set_id"))
    numbers = numbers.select("source_row", "block_no", "set_no")
    heads = rows.select("set_id", "source_row").unique("set_id", keep="first", maintain_order=True)
    rows = rows.join(
        heads.join(numbers, on="source_row").drop("source_row"), on="set_id", how="left", maintain_order="left"
    )
    kilos = [_kilograms(text, unit) for text, unit in rows.select("load", "load_unit").iter_rows()]
    rows = rows.with_columns(pl.Series("load_kg", kilos, dtype=pl.String))
    loads = pl.col("load_kg", "load_raw").drop_nulls().first().over("set_id")
    nth = pl.int_range(1, pl.len() + 1).over("set_id", "phase").cast(pl.Int32)
    return rows.with_columns(loads, nth.alias("rep_no")), days


def _kilograms(text: str | None, unit: str | None) -> str | None:
    if text is None:
        return None
    try:
        return str(float(text) * kg_per(unit or ""))
    except ValueError:
        return f"{text} {unit}"  # the tables refuse it with these words


def _as_sets(rows: pl.DataFrame) -> pl.DataFrame:
    """One row per series: as many repetitions as the phase with most of them."""
    day = pl.col("date", "start_local", "start_utc").first().over("session_id")
    count = pl.col("rep_no").max().over("set_id").cast(pl.String)
    sets = rows.with_columns(count.alias("reps"), day.name.prefix("session_"))
    sets = sets.unique("set_id", keep="first", maintain_order=True)
    return sets.with_columns(
        pl.col("session_start_local").alias("start_local"),
        pl.col("session_start_utc").alias("start_utc"),
        pl.col("workout_key").alias("source_id"),
        pl.lit("work").alias("set_type"),
        pl.lit("false").alias("assisted"),
        *(pl.lit(None, pl.String).alias(name) for name in ("title", "workout_notes", "workout_s")),
    )


def _jumps(rows: pl.DataFrame, values: list[_reps.Value]) -> _trials.Trials:
    """The jumps among the repetitions, for the re-tests: those with a height or a flight time."""
    kept = [value for value in values if value.measure in _OF_JUMPS and value.phase != "eccentric"]
    columns = [_trials.Column(v.column, v.header, _measures.Measure(v.measure, v.factor)) for v in kept]
    rows = rows.with_columns(not_zero(value.column) for value in kept)  # a jump of zero is none
    jumps = rows.filter(pl.any_horizontal(pl.col(v.column).is_not_null() for v in kept)) if kept else rows.clear()
    test = per_value(jumps["exercise_raw"].fill_null(""), _trials.jump, pl.String)
    load = pl.col("load_kg").cast(pl.Float64, strict=False)
    jumps = jumps.with_columns(test.alias("test"), pl.when(load != 0).then("load_kg").alias("load_kg"))
    loaded = (pl.col("test") == "cmj") & pl.col("load_kg").is_not_null()
    other_phase = pl.col("phase").replace("concentric", None)  # its repetitions are counted from 1 as well
    jumps = jumps.with_columns(
        pl.when(loaded).then(pl.lit("loaded_jump")).otherwise("test").alias("test"),
        pl.concat_str("set_id", "rep_no", other_phase, separator="|", ignore_nulls=True).alias("attempt"),
        pl.concat_str(
            pl.col("start_utc").fill_null(""), "set_id", pl.col("rep_no").cast(pl.String).str.zfill(4), separator="|"
        ).alias("order"),
        pl.col("exercise_raw").alias("protocol"),
        pl.lit("both").alias("side"),
    )
    return _trials.long(jumps, columns, VENDOR, "Vitruve")
