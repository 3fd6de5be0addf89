"""GPX files: the tracks that a watch or a phone recorded."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt
from typing import TYPE_CHECKING, Any, Final

from analysis.importers import _instants, _sports
from analysis.importers import _track_xml as track
from analysis.importers._problem import ImportProblem
from analysis.importers._raw import Context
from analysis.importers._recording import Recording, recording
from analysis.importers._xml import local_name, text_at

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

ROOT: Final = "gpx"
_ROWS: Final = frozenset({"trk", "trkpt", "wpt", "rte", "rtept"})
_EARTH_M: Final = 6_371_008.8  # mean radius of WGS 84
_OF_STRAVA: Final = {"1": "Ride", "4": "Hike", "9": "Run", "10": "Walk"}  # its older exports number the sports
_IGNORED: Final = {
    "wpt": "waypoint: a place, nothing done", "rte": "route: planned, nothing done",
    "rtept": "route: planned, nothing done",
}  # fmt: skip
_OF_POINTS: Final = {
    "altitude_m": ("ele",), "speed_m_s": ("speed",), "heart_rate_bpm": ("hr", "heartrate"),
    "cadence_spm": ("cad", "cadence", "RunCadence"), "power_w": ("PowerInWatts", "power", "watts"),
}  # fmt: skip

Point = tuple[datetime | None, dict[str, float | None]]


def activity(name: str, data: bytes, context: Context) -> Recording:
    """Read the bytes of a GPX file (already unpacked); `name` is for messages.

    Raises ImportProblem where the file cannot be read as a whole, and nothing else.
    """
    del context  # a GPX file tells its instants; whose zone they are shown in is decided by `_recording.tables`
    return document(name, track.opened(name, data, ROOT)).recording


def document(name: str, root: Element) -> track.Document:
    """The tracks in a file; one without times cannot be dated, and a file without any is a problem."""
    rows = track.rows_of(name, root, _ROWS)
    numbers = {id(element): row for row, element in enumerate(rows, 1)}
    ignored = {row: words for row, one in enumerate(rows, 1) if (words := _IGNORED.get(local_name(one.tag)))}
    sessions, frames, notices = [], [], []
    for no, one in enumerate(track.outermost(root, "trk"), 1):
        segments = [
            [_point(point) for point in track.outermost(part, "trkpt")] for part in track.outermost(one, "trkseg")
        ]
        session, more = _session(one, no, segments, root.get("creator") or "")
        sessions.append(session | {"source_row": numbers[id(one)]})
        notices += more
        points = [point for segment in segments for point in segment]
        frames.append(track.samples(no, session["moment"], points, session["sport"]))
    if not any(session["moment"] for session in sessions):
        came = f"{name} is a GPX file without a recorded track" if not sessions else f"{name} has no times in its track"
        raise ImportProblem(came, "a recorded activity with the time of every point", "export the activity, no route")
    read = recording(sessions, [], track.joined(frames), tuple(notices))
    attached = tuple(row for row, one in enumerate(rows, 1) if local_name(one.tag) == "trkpt")
    derived = {"distance": "haversine between the points of a segment", "average_hr": "mean of the points"}
    return track.Document(read, track.Elements(rows), attached, ignored, derived)


def _point(point: Element) -> Point:
    told = track.texts(point)
    values = {name: track.first(told, *names) for name, names in _OF_POINTS.items()}
    place = {"latitude_deg": track.number(point.get("lat")), "longitude_deg": track.number(point.get("lon"))}
    return _instants.utc(told.get("time")), place | values


def _session(one: Element, no: int, segments: list[list[Point]], creator: str) -> tuple[dict[str, Any], list[str]]:
    points = [point for segment in segments for point in segment]
    times = [at for at, _ in points if at]
    beats = [beat for _, values in points if (beat := values["heart_rate_bpm"])]
    sport, notices = _sport(one, creator)
    timer = sum(_length(segment) for segment in segments)
    title = text_at(one, "name")
    session = {
        "session_no": no,
        "moment": min(times) if times else None,
        "offset": next((track.offset(text_at(point, "time")) for point in track.outermost(one, "trkpt")), None),
        "sport": sport,
        "title": title,
        "notes": text_at(one, "desc") or text_at(one, "cmt"),
        "device": creator or None,
        "duration_s": timer or None,
        "distance_m": _along(segments),
        "elapsed_s": (max(times) - min(times)).total_seconds() if times else None,
        "timer_s": timer or None,
        "average_hr_bpm": sum(beats) / len(beats) if beats else None,
        "max_hr_bpm": max(beats, default=None),
        "indoor": _sports.indoor(sport),
    }
    return session, notices


def _sport(one: Element, creator: str) -> tuple[str, list[str]]:
    """The word for the sport; a track without one is what its name says, which is worth a notice."""
    told, title = text_at(one, "type"), text_at(one, "name") or ""
    if told:
        return _OF_STRAVA.get(told, told) if "strava" in creator.casefold() else told, []
    if _sports.kind(title) == "run":
        return title, [f"the track does not tell its sport: a run by its name {title[:60]!r}"]
    return "", ["the track does not tell its sport: kept as other, not as a run"]


def _length(segment: list[Point]) -> float:
    times = [at for at, _ in segment if at]
    return (max(times) - min(times)).total_seconds() if times else 0.0


def _along(segments: list[list[Point]]) -> float | None:
    """The way along the points of each segment; what lies between two segments is a pause."""
    total, steps = 0.0, 0
    for segment in segments:
        places = [(values["latitude_deg"], values["longitude_deg"]) for _, values in segment]
        known = [(lat, lon) for lat, lon in places if lat is not None and lon is not None]
        for here, there in pairwise(known):
            total += haversine(*here, *there)
            steps += 1
    return total if steps else None


def haversine(latitude: float, longitude: float, to_latitude: float, to_longitude: float) -> float:
    """The way between two places in metres, on a sphere as large as WGS 84.

    >>> round(haversine(0, 0, 0, 1))
    111195
    """
    north, east = radians(to_latitude - latitude), radians(to_longitude - longitude)
    chord = sin(north / 2) ** 2 + cos(radians(latitude)) * cos(radians(to_latitude)) * sin(east / 2) ** 2
    return 2 * _EARTH_M * asin(min(1.0, sqrt(chord)))
