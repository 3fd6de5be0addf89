"""Garmin Connect (activities as JSON).

Vendor: Garmin Connect, its own list of activities and the account's data export
Export: garmin.com > Account > Data Management > Export Your Data: the ZIP, or the summarizedActivities.json in it; or
  the list of activities that tools save from the website
Row: one activity; an exercise that was done in one set is also that set
Variants: list (metres, seconds, startTimeLocal as text); account export (centimetres, milliseconds, times since 1970)
Units: by the variant; weights in grams in both
Limits: Garmin sums the sets of an exercise up: the repetitions of each of several sets are not in these files and not
  invented, the sums stand in the notes of the session; import the FIT file for sets; no laps, no streams
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import polars as pl

from analysis.importers import _activities, _instants, _json, _sets, _sports
from analysis.importers._activity_numbers import finite, sensed
from analysis.importers._numbers import counted
from analysis.importers._problem import ImportProblem
from analysis.importers._raw import Context, Items, Raw, refusals
from analysis.importers._source import Head, Source, base_name

VENDOR: Final = "garmin_json"
_ACCOUNT: Final = "summarizedActivitiesExport"
_FILE: Final = "summarizedactivities.json"
# our column -> the keys of the list and of the account export, with what one unit of theirs is in ours
_NUMBERS: Final[dict[str, tuple[tuple[str, float], tuple[str, float]]]] = {
    "distance_m": (("distance", 1), ("distance", 0.01)),
    "timer_s": (("duration", 1), ("duration", 0.001)),
    "elapsed_s": (("elapsedDuration", 1), ("elapsedDuration", 0.001)),
    "moving_s": (("movingDuration", 1), ("movingDuration", 0.001)),
    "ascent_m": (("elevationGain", 1), ("elevationGain", 0.01)),
    "descent_m": (("elevationLoss", 1), ("elevationLoss", 0.01)),
    "average_hr_bpm": (("averageHR", 1), ("avgHr", 1)),
    "max_hr_bpm": (("maxHR", 1), ("maxHr", 1)),
    "cadence_spm": (("averageRunningCadenceInStepsPerMinute", 1), ("avgDoubleCadence", 1)),
    "step_length_m": (("avgStrideLength", 0.01), ("avgStrideLength", 0.01)),
    "ground_contact_s": (("avgGroundContactTime", 0.001), ("avgGroundContactTime", 0.001)),
    "vertical_oscillation_m": (("avgVerticalOscillation", 0.01), ("avgVerticalOscillation", 0.01)),
    "power_w": (("avgPower", 1), ("avgPower", 1)),
    "max_speed_m_s": (("maxSpeed", 1), ("maxSpeed", 10)),
    "session_rpe": (("directWorkoutRpe", 0.1), ("workoutRpe", 0.1)),
}
_FURTHEST: Final = timedelta(hours=14)
_GRAMS, _MILLISECONDS = 0.001, 0.001
_AS_LIST: Final = "a list of Garmin Connect activities"


def matches(head: Head) -> bool:
    """Whether the keys are those of Garmin's activities, or an archive holds the account's list."""
    if head.kind == "archive":
        return any(base_name(name).lower().endswith(_FILE) for name in head.text.splitlines())
    if head.kind != "json":
        return False
    listed = {"activityId", "activityType", "startTimeLocal"} <= head.keys
    return _ACCOUNT in head.keys or listed


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape the activities; nothing is judged here."""
    athlete = _sets.athlete_of(context, source.name)
    found = [one for name, document in _documents(source) for one in _activities_in(name, document)]
    if not found:
        raise ImportProblem(f"{source.name} holds no activity", _AS_LIST, "export it again")
    rows = [_row(item, no, account=account) for no, (item, account) in enumerate(found, 1)]
    frame, impossible = sensed(_frame(rows, context), both_feet=True)
    tables = _activities.tables(frame, athlete, VENDOR)
    sets, n_summed = _single_sets(found, tables["sessions"], context)
    summed = f"{counted(n_summed, 'exercise')} of several sets: only their sums are known, see the notes of the session"
    return Raw(
        primary=("sessions",),
        variant=_variant([account for _, account in found]),
        records=Items([_json.compact(item) for item, _ in found]),
        tables=tables | ({"sets": sets} if sets.height else {}),
        decisions={"encoding": source.encoding} if source.kind == "json" else {},
        n_read=len(found),
        refused=refusals(),
        ignored=refusals(),
        notices=(*_instants.notice(frame), *impossible, *((summed,) if n_summed else ())),
    )


def _variant(accounts: Sequence[bool]) -> str:
    return "account export" if all(accounts) else "list"


def _documents(source: Source) -> list[tuple[str, Any]]:
    """The JSON documents with their names: the file, or those in an archive."""
    if source.kind != "archive":
        return [(source.name, source.document)]
    names = sorted(name for name in source.archive.names if base_name(name).lower().endswith(_FILE))
    read = [(f"{source.name}/{name}", source.archive.read(name)) for name in names]
    return [(name, _json.parse(name, data.decode("utf-8-sig", "replace"))) for name, data in read]


def _activities_in(name: str, document: Any) -> list[tuple[Mapping[str, Any], bool]]:
    """The activities of a document, each with whether it comes from the account export."""
    if isinstance(document, Mapping) and not {_ACCOUNT, "activityId"} & document.keys():
        lists = [value for value in document.values() if isinstance(value, list)]
        return [one for part in lists for one in _activities_in(name, part)]
    found: list[tuple[Mapping[str, Any], bool]] = []
    for part in _json.items(name, document if isinstance(document, list) else [document], "the list of activities"):
        if _ACCOUNT in part:
            found += [(item, True) for item in _json.items(name, part[_ACCOUNT], _ACCOUNT)]
        else:
            found.append((part, "beginTimestamp" in part and not isinstance(part.get("startTimeLocal"), str)))
    return found


def _row(item: Mapping[str, Any], no: int, *, account: bool) -> dict[str, Any]:
    sport = _key(item.get("activityType"))
    row: dict[str, Any] = {name: _scaled(item, *keys[account]) for name, keys in _NUMBERS.items()}
    if account and row["cadence_spm"] is None:
        row["cadence_spm"] = _scaled(item, "avgRunCadence", 2)  # of one foot
    local, utc = (_moment(item.get(key)) for key in ("startTimeLocal", "startTimeGMT"))
    utc = utc or _moment(item.get("startTimeGmt")) or (_moment(item.get("beginTimestamp")) if account else None)
    event = _key(item.get("eventType"))
    race = event == "race" if event else item["eventTypeId"] == 1 if "eventTypeId" in item else None
    notes = [item.get("description"), *(_summary(one) for one in _exercises(item) if not _is_one(one))]
    return row | {
        "source_row": no,
        "source_id": _json.text_of(item.get("activityId")),
        "title": _json.text_of(item.get("activityName") or item.get("name")),
        "sport": sport,
        "kind": _sports.kind(sport),
        "indoor": _sports.indoor(sport),
        "race": _json.text_of(race),
        "duration_s": row["timer_s"] or row["elapsed_s"],
        "notes": "\n".join(str(note) for note in notes if note) or None,
        "local": local,
        "utc": utc,
        "start_text": _json.text_of(item.get("startTimeLocal") or item.get("startTimeGMT")),
    }


def _key(value: Any) -> str | None:
    """The word of a type: text, or an object with its `typeKey`."""
    found = value.get("typeKey") if isinstance(value, Mapping) else value
    return found if isinstance(found, str) else None


def _scaled(item: Mapping[str, Any], key: str, factor: float) -> str | None:
    value, found = item.get(key), finite(item.get(key))
    return _json.text_of(value if found is None or factor == 1 else round(found * factor, 9))


def _moment(value: Any) -> datetime | None:
    """A moment as text or in milliseconds since 1970; the local one in milliseconds is the clock as if it were UTC."""
    if isinstance(value, str):
        return _instants.utc(value)
    return _instants.from_epoch(finite(value))


def _frame(rows: list[dict[str, Any]], context: Context) -> pl.DataFrame:
    """The rows as text, with the local day: the clock in the file, and the offset where it also tells the instant."""
    days = []
    for row in rows:
        local, utc = row.pop("local"), row.pop("utc")
        offset = local - utc if local and utc and abs(local - utc) <= _FURTHEST else None
        if local and offset is None:
            clock = local.strftime("%Y-%m-%d %H:%M:%S")
            days.append((clock[:10], clock, None, None, "local"))
        else:
            days += _instants.local([utc], context, [offset]).rows()
    names = list(rows[0])
    frame = pl.DataFrame(
        [list(row.values()) for row in rows], orient="row",
        schema={name: pl.Int64 if name == "source_row" else pl.String for name in names},
    )  # fmt: skip
    told = pl.DataFrame(days, schema=_instants.COLUMNS, orient="row")
    return pl.concat([frame, told], how="horizontal").with_columns(pl.coalesce("date", "start_text").alias("date"))


def _exercises(item: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = item.get("summarizedExerciseSets")
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def _is_one(one: Mapping[str, Any]) -> bool:
    """Whether an exercise was done in one set with counted repetitions: then the sums are those of the set."""
    return one.get("sets") == 1 and (finite(one.get("reps")) or 0) > 0 and bool(_name(one))


def _name(one: Mapping[str, Any]) -> str:
    word = one.get("subCategory") or one.get("category")
    return word.replace("_", " ").lower() if isinstance(word, str) else ""


def _summary(one: Mapping[str, Any]) -> str:
    """The sums of an exercise in words."""

    def sized(key: str, factor: float, unit: str) -> str | None:
        value = finite(one.get(key)) or 0
        return f"{value * factor:g} {unit}" if value > 0 else None

    parts = (
        sized("sets", 1, "sets"), sized("reps", 1, "reps"), sized("maxWeight", _GRAMS, "kg at most"),
        sized("volume", _GRAMS, "kg in all"), sized("duration", _MILLISECONDS, "s"),
    )  # fmt: skip
    return f"{_name(one) or 'unknown exercise'}: {', '.join(part for part in parts if part) or 'nothing measured'}"


def _single_sets(
    found: list[tuple[Mapping[str, Any], bool]], sessions: pl.DataFrame, context: Context
) -> tuple[pl.DataFrame, int]:
    """The exercises of one set as rows of `sets`, and how many exercises are only known as sums."""
    bases = {"rep_basis": context.answer("unilateral_reps"), "load_basis": context.answer("dumbbells")}
    rows, summed = [], 0
    whose = sessions.select("source_row", "session_id", "athlete", "date", "start_local", "source").rows(named=True)
    for session, (item, _) in zip(whose, found, strict=True):
        blocks: dict[str, int] = {}
        for one in _exercises(item):
            if not _is_one(one):
                summed += 1
                continue
            name = _name(one)
            blocks[name] = blocks.get(name, 0) + 1
            rows.append(session | _set(one, name, blocks[name], session["session_id"], bases))
    return pl.DataFrame(rows, infer_schema_length=None), summed


def _set(one: Mapping[str, Any], name: str, block: int, session: str, bases: dict[str, str | None]) -> dict[str, Any]:
    return {
        "set_id": f"{session}|{name}|{block}|1",
        "exercise_raw": name,
        "exercise_id": "/".join(str(one[key]) for key in ("category", "subCategory") if one.get(key)),
        "block_no": block,
        "set_no": 1,
        "set_type": "work",
        "reps": _scaled(one, "reps", 1),
        "load_kg": _scaled(one, "maxWeight", _GRAMS),
        "load_raw": _scaled(one, "maxWeight", 1),
        "duration_s": _scaled(one, "duration", _MILLISECONDS),
        "assisted": False,
        **{basis: answer or "unknown" for basis, answer in bases.items()},
    }
