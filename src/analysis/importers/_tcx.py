"""TCX files: the activities, laps and trackpoints of Garmin's training centre format."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from analysis.importers import _instants, _sports
from analysis.importers import _track_xml as track
from analysis.importers._problem import ImportProblem
from analysis.importers._raw import Context
from analysis.importers._recording import Recording, feet, recording
from analysis.importers._xml import local_name, text_at

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

ROOT: Final = "TrainingCenterDatabase"
_ROWS: Final = frozenset({"Activity", "Lap", "Trackpoint"})
_INTENSITY: Final = {"Active": "active", "Resting": "rest"}
_OF_POINTS: Final = {
    "latitude_deg": ("LatitudeDegrees",), "longitude_deg": ("LongitudeDegrees",), "altitude_m": ("AltitudeMeters",),
    "distance_m": ("DistanceMeters",), "speed_m_s": ("Speed",), "heart_rate_bpm": ("Value",),
    "cadence_spm": ("RunCadence", "Cadence"), "power_w": ("Watts",),
}  # fmt: skip


def activity(name: str, data: bytes, context: Context) -> Recording:
    """Read the bytes of a TCX file (already unpacked); `name` is for messages.

    Raises ImportProblem where the file cannot be read as a whole, and nothing else.
    """
    del context  # a TCX file tells its instants; whose zone they are shown in is decided by `_recording.tables`
    return document(name, track.opened(name, data, ROOT)).recording


def document(name: str, root: Element) -> track.Document:
    """The activities in a file. Courses and planned workouts are problems: nobody has done them yet."""
    activities = track.outermost(root, "Activity")
    if not activities:
        inside = ", ".join(sorted({local_name(child.tag) for child in root if isinstance(child.tag, str)})) or "nothing"
        came = f"{name} is a TCX file without an activity (it holds {inside})"
        raise ImportProblem(came, "the TCX file of an activity", "export the activity itself")
    rows = track.rows_of(name, root, _ROWS)
    numbers = {id(element): row for row, element in enumerate(rows, 1)}
    sessions, splits, frames = [], [], []
    attached: list[int] = []
    ignored: dict[int, str] = {}
    for no, one in enumerate(activities, 1):
        laps = [_lap(lap, numbers[id(lap)]) for lap in track.outermost(one, "Lap")]
        points = _points(one, numbers, attached, ignored)
        session = _session(one, no, laps, points) | {"source_row": numbers[id(one)]}
        sessions.append(session)
        splits += _splits(session, laps)
        frames.append(track.samples(no, session["moment"], points, session["sport"]))
    placed = {*attached, *ignored, *(one["source_row"] for one in (*sessions, *splits))}
    ignored |= {row: "outside any activity" for row in range(1, len(rows) + 1) if row not in placed}
    read = recording(sessions, splits, track.joined(frames))
    return track.Document(read, track.Elements(rows), tuple(attached), ignored)


def _points(
    one: Element, numbers: dict[int, int], attached: list[int], ignored: dict[int, str]
) -> list[tuple[datetime | None, dict[str, float | None]]]:
    """The trackpoints of an activity with something in them; the others are noted as ignored."""
    points = []
    for point in track.outermost(one, "Trackpoint"):
        told = track.texts(point)
        values = {name: track.first(told, *names) for name, names in _OF_POINTS.items()}
        if all(value is None for value in values.values()):
            ignored[numbers[id(point)]] = "trackpoint with nothing in it"
            continue
        attached.append(numbers[id(point)])
        points.append((_instants.utc(told.get("Time")), values))
    return points


def _lap(lap: Element, row: int) -> dict[str, Any]:
    told = {local_name(child.tag): child for child in lap if isinstance(child.tag, str)}
    inside = [track.texts(child) for name, child in told.items() if name not in ("Track", "Extensions")]
    own = {name: text for texts in inside for name, text in texts.items() if name != "Value"}
    more = track.texts(told["Extensions"]) if "Extensions" in told else {}
    start = lap.get("StartTime")
    return {
        "source_row": row,
        "moment": _instants.utc(start),
        "offset": track.offset(start),
        "duration_s": track.number(own.get("TotalTimeSeconds")),
        "distance_m": track.number(own.get("DistanceMeters")),
        "max_speed_m_s": track.number(own.get("MaximumSpeed")),
        "average_hr_bpm": track.number(text_at(lap, "AverageHeartRateBpm", "Value")),
        "max_hr_bpm": track.number(text_at(lap, "MaximumHeartRateBpm", "Value")),
        "intensity": _INTENSITY.get(own.get("Intensity", ""), None),
        "cadence": track.first(more | own, "AvgRunCadence", "Cadence"),
        "power_w": track.first(more, "AvgWatts"),
        "notes": own.get("Notes"),
    }


def _session(one: Element, no: int, laps: list[dict[str, Any]], points: list[Any]) -> dict[str, Any]:
    identity, sport = text_at(one, "Id"), one.get("Sport") or ""
    times = [at for at, _ in points if at]
    starts = [lap["moment"] for lap in laps if lap["moment"]]
    start = min(starts) if starts else _instants.utc(identity) or (times[0] if times else None)
    length = track.summed(lap["duration_s"] for lap in laps)
    elapsed = (max(times) - start).total_seconds() if times and start else None
    return {
        **_of_laps(laps, sport),
        "session_no": no,
        "moment": start,
        "offset": next((lap["offset"] for lap in laps if lap["offset"]), track.offset(identity)),
        "sport": sport,
        "source_id": identity,
        "title": text_at(one, "Training", "Plan", "Name"),
        "notes": text_at(one, "Notes"),
        "device": text_at(one, "Creator", "Name"),
        "duration_s": length if length is not None else elapsed,
        "elapsed_s": track.largest((elapsed, length)),
        "timer_s": length,
        "indoor": _sports.indoor(sport),
    }


def _of_laps(laps: list[dict[str, Any]], sport: str) -> dict[str, float | None]:
    """What the laps say of the whole: sums, maxima, and means by the time of each lap."""
    steps = _feet(laps) if _sports.kind(sport) == "run" else None
    mean = {
        name: track.weighted((lap[name], lap["duration_s"]) for lap in laps)
        for name in ("average_hr_bpm", "cadence", "power_w")
    }
    return {
        "distance_m": track.summed(lap["distance_m"] for lap in laps),
        "average_hr_bpm": mean["average_hr_bpm"],
        "max_hr_bpm": track.largest(lap["max_hr_bpm"] for lap in laps),
        "cadence_spm": steps * mean["cadence"] if steps and mean["cadence"] is not None else None,
        "power_w": mean["power_w"],
        "max_speed_m_s": track.largest(lap["max_speed_m_s"] for lap in laps),
    }


def _splits(session: dict[str, Any], laps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    steps = _feet(laps) if _sports.kind(session["sport"]) == "run" else None
    splits = []
    for number, lap in enumerate(laps, 1):
        since = (lap["moment"] - session["moment"]).total_seconds() if lap["moment"] else None
        cadence = steps * lap["cadence"] if steps and lap["cadence"] is not None else None
        own = {"session_no": session["session_no"], "split_no": number, "start_s": since, "cadence_spm": cadence}
        splits.append(lap | own)
    return splits


def _feet(laps: list[dict[str, Any]]) -> int:
    return feet(pl.Series([lap["cadence"] for lap in laps if lap["cadence"] is not None], dtype=pl.Float64))
