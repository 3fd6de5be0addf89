"""Polar Flow (training sessions of the account's data export).

Vendor: Polar Flow
Export: account.polar.com > Download your data; the ZIP whole, or single training-session-*.json files
Row: one exercise of a training session (most sessions have one)
Variants: durations as `PT90S` with `timezoneOffset`, `timeZoneOffset` or neither; durations in milliseconds with
  `timezoneOffsetMinutes`; `NaN` among the samples
Units: metres, seconds and beats by the vendor's definition; a speed is in km/h or m/s as distance and time say
Limits: clock times are local, without an offset in some files; manual laps, or else automatic ones; power, zones, sleep
  and daily activity are not read; streams only of runs
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import polars as pl

from analysis.importers import _activities, _durations, _instants, _json, _polar_samples, _sets, _sports
from analysis.importers._activity_numbers import finite, sensed
from analysis.importers._problem import ImportProblem
from analysis.importers._raw import Context, Items, Raw, refusals
from analysis.importers._source import Head, Source, base_name
from analysis.tables import judge

VENDOR: Final = "polar"
_FILE: Final = re.compile(r"training-session-.*\.json", re.IGNORECASE)
_OURS: Final = frozenset((
    "exportVersion", "physicalInformationSnapshot", "physicalInformation", "timeZoneOffset", "timezoneOffset",
    "timezoneOffsetMinutes", "kiloCalories", "durationMillis",
))  # fmt: skip
_OFFSETS: Final = ("timezoneOffset", "timeZoneOffset", "timezoneOffsetMinutes")
_LONG: Final = ("samples", "routes", "zones")  # left out of the text of a row
# Polar's numbers of the sports that matter here, where a session has a number only
_SPORTS: Final = {
    "1": "RUNNING", "4": "JOGGING", "15": "STRENGTH_TRAINING", "17": "TREADMILL_RUNNING", "19": "ROAD_RUNNING",
    "20": "CIRCUIT_TRAINING", "27": "TRAIL_RUNNING", "36": "TRACK_AND_FIELD_RUNNING",
}  # fmt: skip
_FURTHEST: Final = 14 * 60


@dataclass(frozen=True)
class Exercise:
    """An exercise with its session and its place in it."""

    session: Mapping[str, Any]
    item: Mapping[str, Any]
    alone: bool

    def get(self, *keys: str) -> Any:
        """The first of these that is there, in the exercise and, where it is the only one, in the session."""
        for part in (self.item, self.session) if self.alone else (self.item,):
            found = next((part[key] for key in keys if part.get(key) is not None), None)
            if found is not None:
                return found
        return None


@dataclass(frozen=True)
class Made:
    """What is kept of an exercise: its row, its local day, its laps and its packed stream."""

    row: dict[str, Any]
    day: tuple[Any, ...]
    laps: list[dict[str, Any]]
    stream: tuple[int, bytes] | None
    variant: str


def matches(head: Head) -> bool:
    """Whether the keys are those of a training session, or an archive holds such files."""
    if head.kind == "archive":
        return any(_FILE.fullmatch(base_name(name)) for name in head.text.splitlines())
    session = {"exercises", "startTime", "stopTime"} <= head.keys and bool(_OURS & head.keys)
    return head.kind == "json" and session and "programRef" not in head.keys


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape the sessions; nothing is judged here."""
    athlete = _sets.athlete_of(context, source.name)
    made, texts, refused = _made(source, context)
    if not made:
        why = next(iter(refused.values()), "no training session in it")
        raise ImportProblem(f"{source.name}: {why}", "Polar's training sessions", "export it again")
    frame, impossible = sensed(_frame(made))
    tables = _activities.tables(frame, athlete, VENDOR)
    return Raw(
        primary=("sessions",),
        variant=" and ".join(sorted({one.variant for one in made})),
        records=Items(texts),
        tables=tables | _of_runs(made, tables["runs"]),
        decisions={"encoding": source.encoding} if source.kind == "json" else {},
        n_read=len(texts),
        refused=refusals(refused),
        ignored=refusals(),
        notices=(*_instants.notice(frame), *impossible),
    )


def _made(source: Source, context: Context) -> tuple[list[Made], list[str], dict[int, str]]:
    """What is kept of every exercise (an archive would not fit into memory), the rows as text, the refused ones."""
    made: list[Made] = []
    texts: list[str] = []
    refused: dict[int, str] = {}
    for name in _files(source):
        try:
            found = _exercises(name or source.name, _document(source, name))
        except ImportProblem as problem:
            if name is None:
                raise
            texts.append(name)
            refused[len(texts)] = str(problem).split(". Expected:")[0]
            continue
        for one in found:
            texts.append(_text(one))
            made.append(_kept(one, len(texts), context))
    return made, texts, refused


def _files(source: Source) -> list[str | None]:
    if source.kind != "archive":
        return [None]
    return [name for name in sorted(source.archive.names) if _FILE.fullmatch(base_name(name))]


def _document(source: Source, member: str | None) -> Any:
    if member is None:
        return source.document
    return _json.parse(member, source.archive.read(member).decode("utf-8-sig", "replace"))


def _exercises(name: str, document: Any) -> list[Exercise]:
    sessions = _json.items(name, document if isinstance(document, list) else [document], "the training session")
    found = []
    for session in sessions:
        parts = _json.items(name, session.get("exercises") or [{}], "exercises")
        found += [Exercise(session, part, alone=len(parts) == 1) for part in parts]
    return found


def _text(one: Exercise) -> str:
    shown = {key: value for key, value in one.item.items() if key not in _LONG}
    around = {key: value for key, value in one.session.items() if key not in ("exercises", *_LONG)}
    return _json.compact({**around, "exercise": shown})


def _kept(one: Exercise, no: int, context: Context) -> Made:
    row = _row(one, no)
    run = row["kind"] == "run"
    return Made(
        row=row,
        day=_days(one, context),
        laps=_polar_samples.laps(one.item) if run else [],
        stream=_polar_samples.stream(one.item, _speed(one)) if run else None,
        variant="milliseconds" if "durationMillis" in one.session else "ISO durations",
    )


def _row(one: Exercise, no: int) -> dict[str, Any]:
    sport, name = _sport(one), one.session.get("name")
    length, distance = _seconds(one.get("durationMillis"), one.get("duration")), one.get("distance", "distanceMeters")
    speed, fastest = _speed(one), finite(_measure(one, "speed", "max"))
    return {
        "source_row": no,
        "source_id": _identifier(one),
        "sport": sport,
        "kind": _sports.kind(sport),
        "indoor": _sports.indoor(sport),
        "title": _json.text_of(name),
        "notes": _json.text_of(one.get("note") or None),
        "device": _json.text_of(_inside(one.session, "product", "modelName") or one.session.get("deviceId")),
        "duration_s": _json.text_of(length),
        "elapsed_s": _json.text_of(_elapsed(one)),
        "timer_s": _json.text_of(length),
        "distance_m": _json.text_of(distance),
        "ascent_m": _json.text_of(one.get("ascent")),
        "descent_m": _json.text_of(one.get("descent")),
        "average_hr_bpm": _json.text_of(_measure(one, "heartRate", "avg") or one.get("hrAvg", "averageHeartRate")),
        "max_hr_bpm": _json.text_of(_measure(one, "heartRate", "max") or one.get("hrMax", "maximumHeartRate")),
        "cadence_spm": _json.text_of(_measure(one, "cadence", "avg")),
        "max_speed_m_s": _json.text_of(fastest * speed if fastest and speed else None),
    }


def _sport(one: Exercise) -> str | None:
    """The exercise's own word or number of the sport, else the name of the session."""
    told = one.item.get("sport") or (one.session.get("sport") if one.alone else None)
    if isinstance(told, Mapping):
        told = _SPORTS.get(str(told.get("id")))
    return told if isinstance(told, str) else _json.text_of(one.session.get("name"))


def _identifier(one: Exercise) -> str | None:
    for part in (one.session, one.item) if one.alone else (one.item,):
        found = _inside(part, "identifier", "id")
        if isinstance(found, str | int):
            return str(found)
    return None


def _inside(item: Mapping[str, Any], *path: str) -> Any:
    found: Any = item
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _measure(one: Exercise, name: str, which: str) -> Any:
    """An average or a maximum: beside the exercise, or among its statistics."""
    found = _inside(one.item, name, which)
    if found is not None:
        return found
    listed = _inside(one.item, "statistics", "statistics")
    wanted = {"heartRate": "HEART_RATE", "cadence": "CADENCE", "speed": "SPEED"}[name]
    ours = (part for part in listed if isinstance(part, Mapping)) if isinstance(listed, list) else ()
    return next((part.get(which) for part in ours if part.get("type") == wanted), None)


def _seconds(milliseconds: Any, text: Any) -> float | None:
    found = finite(milliseconds)
    if found is not None:
        return found / 1000
    return _durations.seconds(text) if isinstance(text, str) else None


def _speed(one: Exercise) -> float | None:
    """What one unit of the speeds is in m/s."""
    length, distance = _seconds(one.get("durationMillis"), one.get("duration")), one.get("distance", "distanceMeters")
    return _polar_samples.speed_factor(_measure(one, "speed", "avg"), finite(distance), length)


def _elapsed(one: Exercise) -> float | None:
    start, stop = (_instants.utc(_json.text_of(one.get(key))) for key in ("startTime", "stopTime"))
    return (stop - start).total_seconds() if start and stop and stop >= start else None


def _days(one: Exercise, context: Context) -> tuple[Any, ...]:
    """The local day: the clock that the file writes, with its offset where it has one."""
    told = _json.text_of(one.session.get("startTime") if one.alone else one.item.get("startTime"))
    minutes = finite(one.get(*_OFFSETS))
    minutes = finite(next((v for k in _OFFSETS if (v := one.session.get(k)) is not None), None)) if minutes is None else minutes  # fmt: skip  # noqa: E501
    at = _instants.utc(told)
    offset = timedelta(minutes=minutes) if minutes is not None and abs(minutes) <= _FURTHEST else None
    instant = bool(told and re.search(r"(?:Z|[+-]\d{2}:?\d{2})$", told))
    if at is None:
        return (told, None, None, None, "local")
    if offset is None and not instant:
        return (at.date().isoformat(), _clock(at), None, None, "local")
    moment = at if instant or offset is None else at - offset
    return _instants.local([moment], context, [offset]).row(0)


def _clock(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S")


def _frame(made: list[Made]) -> pl.DataFrame:
    rows = [one.row for one in made]
    schema = {name: pl.Int64 if name == "source_row" else pl.String for name in rows[0]}
    frame = pl.DataFrame([list(row.values()) for row in rows], schema=schema, orient="row")
    days = pl.DataFrame([one.day for one in made], schema=_instants.COLUMNS, orient="row")
    return pl.concat([frame, days], how="horizontal")


def _of_runs(made: list[Made], runs: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The laps and the streams of the runs; a lap that cannot be is left out, and its run stays."""
    whose = runs.select("source_row", "session_id", "athlete", "date", "source")
    laps = [{"source_row": one.row["source_row"], **lap} for one in made for lap in one.laps]
    streams = [{"source_row": one.row["source_row"], "n": one.stream[0], "packed": one.stream[1]} for one in made if one.stream]  # fmt: skip  # noqa: E501
    tables = {}
    if laps:
        split_id = pl.format("{}|lap|{}", "session_id", "split_no").alias("split_id")
        frame = pl.DataFrame(laps, infer_schema_length=None).join(whose, on="source_row", maintain_order="left")
        tables["splits"] = judge("splits", frame.with_columns(split_id, pl.lit("lap").alias("split_kind")))[0]
    if streams:
        tables["streams"] = pl.DataFrame(streams).join(whose, on="source_row", maintain_order="left")
    return {name: frame for name, frame in tables.items() if frame.height}
