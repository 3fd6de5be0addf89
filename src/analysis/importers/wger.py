"""wger (workout manager, free software).

Vendor: wger, wger.de or an instance of one's own
Export: GET /api/v2/workoutlog/?limit=1000 with an API key, the answer (or several of them in one list) saved as JSON
Row: one set; the id of the log is the key of the set, the id of the session that of the workout
Variants: current (routine, session, repetitions) and before 2025 (workout, reps)
Units: weight_unit 1 kg, 2 lb, else --unit; repetitions_unit 1, 2 and 7 repetitions, 3 s, 4 min, 5 mi, 6 km, 8 m
Limits: exercises are numbers (`wger exercise 73`): map them with an alias sheet; weights in plates, in body weights or
  in km/h have no load; the offset in a date is that of the server, so that --tz counts before it
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from analysis.importers import _instants, _json, _sets, _units
from analysis.importers._numbers import counted
from analysis.importers._problem import ImportProblem
from analysis.importers._raw import Context, Items, Raw, refusals
from analysis.importers._source import Head, Source
from analysis.units import MI_M

VENDOR: Final = "wger"
_NAMES: Final = {
    "exercise": ("exercise", "exercise_base"),
    "session": ("session", "workout", "routine"),
    "reps": ("repetitions", "reps"),
    "reps_unit": ("repetitions_unit", "repetition_unit"),
}
_OWN: Final = frozenset({"slot_entry", "iteration", "repetitions_unit", "repetition_unit", "weight_unit", "routine"})
_LOAD_UNITS: Final = {None: "", "1": "kg", "2": "lb"}
_NO_LOAD: Final = {"3": "body weights", "4": "plates", "5": "km/h", "6": "mph"}
_REPS: Final = (None, "1", "2", "7")
_TO_FAILURE: Final = "2"
_SECONDS: Final = {"3": 1.0, "4": 60.0}
_METRES: Final = {"5": MI_M, "6": 1000.0, "8": 1.0}
_COLUMNS: Final = (
    "date", "start_local", "start_utc", "zone", "zone_basis", "source_id", "log", "workout", "key", "exercise_raw",
    "exercise_id", "set_type", "reps", "duration_s", "distance", "load", "load_unit", "load_words", "rir",
    "rest_after_s", "started_utc", "title", "notes", "workout_notes", "workout_length", "workout_s",
)  # fmt: skip


def matches(head: Head) -> bool:
    """Whether the objects are entries of wger's workout log."""
    return head.kind == "json" and _are_logs(head.keys)


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape an answer of the API; nothing is judged here."""
    athlete = _sets.athlete_of(context, source.name)
    logs = _logs(source)
    rows = _in_sessions(_rows(logs, context), athlete)
    refused = _without_unit(rows)
    unit = _units.unit_of("unit", source.name, context, header=None, rows=rows["load_unit"])
    way = _units.unit_of("distance_unit", source.name, context, header="m")
    loads = _units.loads_in(rows, "load")
    if unit.symbol is None and loads.len():
        raise _units.ask_for_load_unit(source.name, loads)
    rows, unitless = _sets.loaded(_sets.measured(_sets.in_blocks(rows)), unit, way)
    own = pl.concat_str(pl.lit(f"{athlete}|{VENDOR}|log"), "log", separator="|")
    rows = rows.with_columns(
        pl.coalesce(own, "set_id").alias("set_id"),
        pl.coalesce("load_words", "load_raw").alias("load_raw"),
        _sets.assisted_by_name().alias("assisted"),
    )
    return Raw(
        primary=("sets",),
        variant="current" if "repetitions" in logs[0] else "before 2025",
        records=Items([_json.compact(log) for log in logs]),
        tables=_sets.tables(rows, context, VENDOR),
        decisions=unit.decisions("unit") | _sets.answers(context),
        n_read=len(logs),
        refused=pl.concat([refused, unitless]).unique("source_row", keep="first", maintain_order=True),
        ignored=refusals(),
        notices=_notices(rows),
    )


def _are_logs(keys: frozenset[str]) -> bool:
    named = all(keys & set(_NAMES[what]) for what in ("exercise", "session", "reps"))
    return named and {"id", "date", "weight"} <= keys and bool(keys & _OWN)


def _logs(source: Source) -> list[Mapping[str, Any]]:
    """The entries of one answer, of several answers in one list, or of a bare list."""
    document = source.document
    pages = document if isinstance(document, list) else [document]
    logs: list[Mapping[str, Any]] = []
    for page in _json.items(source.name, pages, "the document"):
        logs += _json.items(source.name, page["results"], "results") if "results" in page else [page]
    if not logs or not _are_logs(frozenset().union(*logs)):
        came = f"{source.name} has no entries of wger's workout log"
        raise ImportProblem(came, "the answer of /api/v2/workoutlog/", "download it again, or name another --vendor")
    return logs


def _of(log: Mapping[str, Any], what: str) -> str | None:
    """A value of an entry as text, by any of its names; empty text is none."""
    value = next((log[name] for name in _NAMES.get(what, (what,)) if log.get(name) is not None), None)
    text = _json.text_of(value)
    return text.strip() or None if text is not None else None


def _rows(logs: list[Mapping[str, Any]], context: Context) -> pl.DataFrame:
    dates = [_of(log, "date") or "" for log in logs]
    timed = [len(date) > len("2025-01-01") for date in dates]
    offsets = [None if context.answer("tz") else _instants.offset(date[19:].lstrip("0123456789.")) for date in dates]
    days = _instants.local([_instants.utc(date) for date in dates], context, offsets)
    rows = []
    for n, (log, day, date, has_time) in enumerate(zip(logs, days.iter_rows(named=True), dates, timed, strict=True), 1):
        at = day if has_time and day["date"] else _day_only(date)
        rows.append({**at, **_told(log), "started_utc": at["start_utc"], "source_row": n})
    frame = pl.DataFrame(rows, schema={**dict.fromkeys(_COLUMNS, pl.String), "source_row": pl.Int64})
    return frame.with_columns(pl.col("title", "notes", "workout_notes", "workout_length").fill_null(""))


def _day_only(date: str) -> dict[str, str | None]:
    return {"date": date, "start_local": None, "start_utc": None, "zone": None, "zone_basis": "local"}


def _told(log: Mapping[str, Any]) -> dict[str, str | None]:
    """What an entry says of its set, the quantities by their units."""
    session = _of(log, "session")
    reps, unit, load_unit = _of(log, "reps"), _of(log, "reps_unit"), _of(log, "weight_unit")
    weight, exercise = _of(log, "weight"), _of(log, "exercise")
    words = f"{weight} {_NO_LOAD[load_unit]}" if load_unit in _NO_LOAD and weight else None
    return {
        "log": _of(log, "id"),
        "source_id": session,
        "key": f"session {session}" if log.get("session") is not None else f"{(_of(log, 'date') or '')[:10]} {session}",
        "exercise_raw": f"wger exercise {exercise}" if exercise and exercise.isdigit() else exercise or "",
        "exercise_id": exercise,
        "set_type": "failure" if unit == _TO_FAILURE else "work",
        "reps": reps if unit in _REPS else None,
        "duration_s": _times(reps, _SECONDS.get(unit or "")),
        "distance": _times(reps, _METRES.get(unit or "")),
        "load": None if load_unit in _NO_LOAD else weight,
        "load_unit": "" if load_unit in _NO_LOAD else _LOAD_UNITS.get(load_unit, load_unit),
        "load_words": words,
        "rir": _of(log, "rir"),
        "rest_after_s": _of(log, "rest"),
    }


def _times(text: str | None, factor: float | None) -> str | None:
    if text is None or factor is None:
        return None
    try:
        return str(float(text) * factor)
    except ValueError:
        return text


def _in_sessions(rows: pl.DataFrame, athlete: str) -> pl.DataFrame:
    """Workouts by the vendor's own id, which --tz does not move; their sets in the order of time, then of the ids."""
    known = pl.col("date").str.contains(r"^\d{4}-\d\d-\d\d$")
    start, utc = (pl.col(name).min().over("key") for name in ("start_local", "start_utc"))
    day = pl.when(known).then(pl.col("date").filter(known).min().over("key")).otherwise("date")
    rows = rows.with_columns(start, utc, day.alias("date"), pl.col("key").alias("workout"), known.alias("known"))
    rows = _sets.in_sessions(rows, athlete, VENDOR)
    number = pl.col("log").cast(pl.Int64, strict=False)
    return rows.sort("first_row", ~pl.col("known"), "started_utc", number, "source_row")  # a day that is no day last


def _without_unit(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with a unit that is not known (an instance may have added some) or without any amount."""
    strange = ~pl.col("load_unit").is_in(list(_LOAD_UNITS.values()))
    bare = pl.col("reps").is_null() & pl.col("duration_s").is_null() & pl.col("distance").is_null()
    unit = pl.format("weight_unit {} is not known", "load_unit").alias("reason")
    amount = pl.lit("has no repetitions in a unit that is known").alias("reason")
    frames = (rows.filter(strange).with_columns(unit), rows.filter(bare).with_columns(amount))
    return pl.concat([refusals(frame) for frame in frames])


def _notices(rows: pl.DataFrame) -> tuple[str, ...]:
    unloaded = rows.filter(pl.col("load_words").is_not_null()).height
    words = f"{counted(unloaded, 'weight')} in plates, body weights or a speed: kept as text, without a load"
    return (*_instants.notice(rows), *([words] if unloaded else []))
