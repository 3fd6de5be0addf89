"""FIT files: the sessions, laps and records of an activity."""

from __future__ import annotations

import io
from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
import polars as pl

from analysis.importers import _fit_frames as frames
from analysis.importers import _sports
from analysis.importers._problem import ImportProblem
from analysis.importers._raw import Context
from analysis.importers._recording import SAMPLES, Recording, feet, recording

_EPOCH: Final = 631_065_600  # FIT counts from the end of 1989
_NO_CLOCK: Final = 0x10000000  # below it a time counts from when the device was switched on
_FURTHEST: Final = timedelta(hours=14)
_QUARTER: Final = 900
_SEMICIRCLE: Final = 180 / 2**31
_ON_FOOT: Final = ("running", "walking", "hiking", "transition")
_INTENSITY: Final = {"interval": "active", "other": "unknown"}
_AS_ACTIVITY: Final = "the FIT file of an activity or of a workout"

# column of the samples -> fields of the record that may hold it (the better one first), scale and offset
_OF_RECORDS: Final[dict[str, tuple[tuple[int, ...], float, float]]] = {
    "latitude_deg": ((0,), 1 / _SEMICIRCLE, 0), "longitude_deg": ((1,), 1 / _SEMICIRCLE, 0),
    "altitude_m": ((78, 2), 5, 500), "distance_m": ((5,), 100, 0), "speed_m_s": ((73, 6), 1000, 0),
    "heart_rate_bpm": ((3,), 1, 0), "cadence_spm": ((4,), 1, 0), "power_w": ((7,), 1, 0),
}  # fmt: skip
_FRACTION: Final = 53  # of the cadence, in 1/128
_BY_DEVELOPERS: Final = {3: "heart_rate_bpm", 7: "power_w"}  # a foot pod's power is a field of its app


@dataclass(frozen=True)
class Message:
    """A message as fitdecode reads it: its row in the file (0 if it is none), its name, its fields with a value."""

    row: int
    name: str
    fields: dict[str, Any]

    def number(self, *names: str, scale: float = 1) -> float | None:
        """The first of these fields that is a number, divided by `scale`."""
        for name in names:
            value = self.fields.get(name)
            value = value[0] if isinstance(value, tuple) and value else value
            if isinstance(value, int | float) and np.isfinite(value):
                return value / scale
        return None

    def text(self, *names: str) -> str | None:
        """The first of these fields that says something, as text."""
        found = (self.fields.get(name) for name in names)
        return next((str(value) for value in found if value not in (None, "")), None)

    def moment(self, name: str) -> datetime | None:
        """An instant in UTC, naive; None where the device did not know the time."""
        value = self.fields.get(name)
        return value.replace(tzinfo=None) if isinstance(value, datetime) else None


@dataclass(frozen=True)
class Fit:
    """A FIT file: its bytes taken apart, and its messages but for the records."""

    frames: frames.Frames
    by_name: dict[str, list[Message]]

    def named(self, name: str) -> list[Message]:
        """The messages of this name, in file order."""
        return self.by_name.get(name, [])

    def first(self, name: str) -> Message:
        """The first message of this name, an empty one where there is none."""
        return next(iter(self.named(name)), Message(0, name, {}))


def opened(name: str, data: bytes) -> Fit:
    """Take a FIT file apart and decode everything but its records. Raises ImportProblem where it cannot be read."""
    import fitdecode

    apart = frames.taken_apart(name, data)
    try:
        with fitdecode.FitReader(
            io.BytesIO(apart.without_records),
            check_crc=fitdecode.CrcCheck.DISABLED,
            error_handling=fitdecode.ErrorHandling.IGNORE,
        ) as reader:
            found = [frame for frame in reader if isinstance(frame, fitdecode.FitDataMessage)]
            fields = [{one.name: one.value for one in frame.fields if one.value is not None} for frame in found]
            names = [frame.name for frame in found]
    except Exception as error:
        raise ImportProblem(f"{name} holds a message that cannot be read ({error})", _AS_ACTIVITY, "export it again") from error  # fmt: skip  # noqa: E501
    by_name: dict[str, list[Message]] = {}
    for row, kind, told in zip(apart.decoded, names, fields, strict=True):
        by_name.setdefault(kind, []).append(Message(row, kind, told))
    return Fit(apart, by_name)


def activity(name: str, data: bytes, context: Context) -> Recording:
    """Read the bytes of a FIT file (already unpacked); `name` is for messages.

    Raises ImportProblem where the file cannot be read as a whole, and nothing else.
    """
    del context  # a FIT file tells its instants; whose zone they are shown in is decided by `_recording.tables`
    return recorded(name, opened(name, data))[0]


def recorded(name: str, fit: Fit) -> tuple[Recording, dict[int, str]]:
    """The recording in a FIT file, and the rows with nothing in them, with the reason."""
    if not fit.named("session"):
        kind = fit.first("file_id").text("type") or "unknown type"
        came = f"{name} is a FIT file without a session ({kind.replace('_', ' ')})"
        raise ImportProblem(came, _AS_ACTIVITY, "export the activity itself")
    ordered = sorted(fit.named("session"), key=lambda one: (_start(one) is None, _start(one), one.row))
    sessions = [_session(fit, one, no) for no, one in enumerate(ordered, 1)]
    starts = [moment for one in ordered if (moment := _start(one))]
    on_foot = [one.text("sport") in _ON_FOOT for one in ordered]
    splits = _splits(fit, starts, on_foot)
    samples, empty = _samples(fit.frames, starts, on_foot)
    return recording(sessions, splits, samples, tuple(fit.frames.notices)), empty


def session_no(moment: datetime | None, starts: list[datetime]) -> int:
    """The number of the session that a moment belongs to: the last one that had begun, else the first."""
    return max(bisect_right(starts, moment), 1) if moment else 1


def starts_of(read: Recording) -> list[datetime]:
    """The starts of the sessions that have one."""
    return read.sessions["moment"].drop_nulls().to_list()


def _start(message: Message) -> datetime | None:
    told, end = message.moment("start_time"), message.moment("timestamp")
    length = message.number("total_elapsed_time") or 0
    return told or (end - timedelta(seconds=min(length, 1e6)) if end else None)


def _session(fit: Fit, one: Message, no: int) -> dict[str, Any]:
    sport, sub = one.text("sport"), one.text("sub_sport")
    return {
        **_measured(one, on_foot=sport in _ON_FOOT),
        "session_no": no,
        "source_row": one.row,
        "moment": _start(one),
        "offset": _offset(fit.first("activity")),
        "sport": _sport(sport, sub),
        "source_id": _source_id(fit.first("file_id"), no),
        "title": one.text("sport_profile_name") or _title(fit),
        "device": _device(fit.first("file_id")),
        "duration_s": one.number("total_timer_time", "total_elapsed_time"),
        "session_rpe": one.number("workout_rpe", scale=10),
        "elapsed_s": one.number("total_elapsed_time"),
        "timer_s": one.number("total_timer_time"),
        "step_length_m": one.number("avg_step_length", scale=1000),
        "ground_contact_s": one.number("avg_stance_time", scale=1000),
        "vertical_oscillation_m": one.number("avg_vertical_oscillation", scale=1000),
        "temperature_c": one.number("avg_temperature"),
        "indoor": _sports.indoor(sub),
    }


def _title(fit: Fit) -> str | None:
    """What the profile of the watch or the workout is called, in a file with one session."""
    if len(fit.named("session")) > 1:
        return None
    return fit.first("sport").text("name") or fit.first("workout").text("wkt_name")


def _sport(sport: str | None, sub: str | None) -> str:
    """The words for a sport: both where the second says more (`running trail`, `training strength_training`)."""
    words = [word for word in (sport, sub) if word and word not in ("generic", "all")]
    return " ".join(words[:1] if sport in ("walking", "hiking") else words) or "generic"  # on a treadmill: no run


def _measured(one: Message, *, on_foot: bool) -> dict[str, float | None]:
    """What sessions and laps have in common."""
    cadence = one.number("avg_running_cadence", "avg_cadence")
    one_foot = None if cadence is None else cadence + (one.number("avg_fractional_cadence") or 0)
    return {
        "moving_s": one.number("total_moving_time"),
        "distance_m": one.number("total_distance"),
        "average_hr_bpm": one.number("avg_heart_rate"),
        "max_hr_bpm": one.number("max_heart_rate"),
        "cadence_spm": feet(pl.Series([one_foot])) * one_foot if on_foot and one_foot is not None else None,
        "power_w": one.number("avg_power"),
        "max_speed_m_s": one.number("enhanced_max_speed", "max_speed"),
        "ascent_m": one.number("total_ascent"),
        "descent_m": one.number("total_descent"),
    }


def _splits(fit: Fit, starts: list[datetime], on_foot: list[bool]) -> list[dict[str, Any]]:
    splits = []
    numbers: dict[int, int] = {}
    for lap in fit.named("lap"):
        start = _start(lap)
        no = session_no(start, starts)
        numbers[no] = numbers.get(no, 0) + 1
        since = (start - starts[no - 1]).total_seconds() if start and starts else None
        intensity = lap.text("intensity")
        splits.append({
            **_measured(lap, on_foot=on_foot[no - 1]),
            "session_no": no,
            "source_row": lap.row,
            "split_no": numbers[no],
            "start_s": since if since is None or since >= 0 else None,
            "duration_s": lap.number("total_elapsed_time", "total_timer_time"),
            "intensity": _INTENSITY.get(intensity or "", intensity),
        })  # fmt: skip
    return splits


def _samples(apart: frames.Frames, starts: list[datetime], on_foot: list[bool]) -> tuple[pl.DataFrame, dict[int, str]]:
    """The samples in file order, and the records with nothing in them."""
    parts = [_part(apart, layout, np.array(entries, np.int64)) for layout, entries in apart.records.items()]
    if not parts:
        return pl.DataFrame(schema=SAMPLES), {}
    table = np.concatenate(parts, axis=1)
    table = table[:, np.argsort(table[0], kind="stable")]
    bare = np.isnan(table[2:]).all(axis=0)
    empty = {int(row): "record with nothing in it" for row in table[0][bare]}
    table = table[:, ~bare]
    began = np.array([(start - datetime(1970, 1, 1)).total_seconds() for start in starts])  # noqa: DTZ001 - naive UTC
    if not began.size:
        return pl.DataFrame(schema=SAMPLES), empty
    clock = table[1]
    no = np.maximum(np.searchsorted(began, clock, side="right"), 1)
    columns = dict(zip(_OF_RECORDS, table[2:], strict=True))
    columns["cadence_spm"] = np.where(np.array(on_foot)[no - 1], columns["cadence_spm"], np.nan)
    data = {"session_no": no, "t_s": clock - began[no - 1], **columns}
    samples = pl.DataFrame(data, schema=SAMPLES).fill_nan(None)
    return samples.with_columns(pl.col("cadence_spm") * feet(samples["cadence_spm"])), empty


def _part(apart: frames.Frames, layout: frames.Layout, entries: np.ndarray[Any, np.dtype[np.int64]]) -> frames.Numbers:
    """The records of one layout: row, instant in seconds since 1970, and a line for each column of the samples."""
    starts = np.ascontiguousarray(entries[:, 1])
    nothing = np.full(len(entries), np.nan)
    columns = {}
    for name, (numbers, scale, offset) in _OF_RECORDS.items():
        values = nothing
        for number in numbers:
            found = frames.column(apart.data, layout, starts, number)
            values = values if found is None else np.where(np.isnan(values), found, values)
        columns[name] = values / scale - offset
    fraction = frames.column(apart.data, layout, starts, _FRACTION)
    if fraction is not None:
        columns["cadence_spm"] = columns["cadence_spm"] + np.nan_to_num(fraction) / 128
    for native, values in frames.developer_columns(apart, layout, starts):
        name = _BY_DEVELOPERS.get(native, "")
        if name:
            columns[name] = np.where(np.isnan(columns[name]), values, columns[name])
    clock = np.where(entries[:, 2] < _NO_CLOCK, np.nan, entries[:, 2] + _EPOCH)
    return np.stack([entries[:, 0].astype(np.float64), clock, *columns.values()])


def _offset(one: Message) -> timedelta | None:
    """The offset of the local time: a whole number of quarters of an hour, else it is not one."""
    told, at = one.moment("local_timestamp"), one.moment("timestamp")
    if not told or not at:
        return None
    quarters = timedelta(seconds=_QUARTER * round((told - at).total_seconds() / _QUARTER))
    near = abs(told - at - quarters) <= timedelta(minutes=1)
    return quarters if near and abs(quarters) <= _FURTHEST else None


def _source_id(file: Message, no: int) -> str | None:
    made = file.moment("time_created")
    serial = file.text("serial_number")
    return f"{serial}-{made:%Y%m%dT%H%M%S}-{no}" if made and serial else None


def _device(file: Message) -> str | None:
    words = (file.text("manufacturer"), file.text("garmin_product", "product_name", "product"))
    return " ".join(word for word in words if word) or None
