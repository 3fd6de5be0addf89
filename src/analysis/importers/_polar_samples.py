"""The laps and samples of an exercise in Polar's export, in its two ways of writing them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import polars as pl

from analysis.importers import _durations, _instants
from analysis.importers._activity_numbers import finite
from analysis.importers._recording import packed
from analysis.tables import SAMPLE_COLUMNS

_KMH: Final = 3.6
_NEAR: Final = 0.2
_ONE_FOOT: Final = 130.0  # nobody runs with more steps of one foot a minute, nor with fewer of both
_NAMES: Final = {
    "heartRate": "heart_rate_bpm", "altitude": "altitude_m", "distance": "distance_m", "speed": "speed_m_s",
    "cadence": "cadence_spm",
}  # fmt: skip
_TYPES: Final = {
    "HEART_RATE": "heart_rate_bpm", "ALTITUDE": "altitude_m", "DISTANCE": "distance_m", "SPEED": "speed_m_s",
    "CADENCE": "cadence_spm",
}  # fmt: skip
_GRACE_S, _DAY_S = 60.0, 86_400.0
_PLACES: Final = (("latitude", "latitude_deg"), ("longitude", "longitude_deg"), ("altitude", "altitude_m"))

Series = tuple[str, list[tuple[float, float | None]]]
"""A column of the samples, and its values by the second since the start."""


def speed_factor(speed: Any, distance_m: float | None, length_s: float | None) -> float | None:
    """What one unit of speed is in m/s: the average must agree with distance and time, in km/h or in m/s.

    >>> speed_factor(10.0, 5000, 1800), speed_factor(2.8, 5000, 1800), speed_factor(50, 5000, 1800)
    (0.2777777777777778, 1.0, None)
    """
    average = finite(speed)
    if not average or not distance_m or not length_s:
        return None
    ratio = average * length_s / distance_m
    if abs(ratio / _KMH - 1) < _NEAR:
        return 1 / _KMH
    return 1.0 if abs(ratio - 1) < _NEAR else None


def laps(exercise: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The manual laps, or else the automatic ones, with the columns of `splits` that they tell."""
    manual, automatic = exercise.get("laps"), exercise.get("autoLaps")
    if not isinstance(manual, list):
        manual, automatic = _get(manual, "laps"), automatic or _get(manual, "autoLaps")
    rows: list[dict[str, Any]] = []
    begun: float | None = 0.0
    for no, lap in enumerate(_objects(manual) or _objects(automatic), 1):
        length = _length(lap)
        rows.append({
            "split_no": no,
            "start_s": begun,
            "duration_s": length,
            "distance_m": finite(lap.get("distance", lap.get("distanceMeters"))),
            "average_hr_bpm": _inside(lap, "heartRate", "avg"),
            "max_hr_bpm": _inside(lap, "heartRate", "max"),
            "cadence_spm": _both_feet(_inside(lap, "cadence", "avg")),
            "ascent_m": finite(lap.get("ascent")),
            "descent_m": finite(lap.get("descent")),
        })  # fmt: skip
        begun = None if begun is None or length is None else begun + length
    return rows


def stream(exercise: Mapping[str, Any], speed: float | None) -> tuple[int, bytes] | None:
    """The number of samples and the samples packed; points outside the exercise are left out, a moment counts once."""
    start, stop = _moment(exercise.get("startTime")), _moment(exercise.get("stopTime"))
    end = (stop - start).total_seconds() + _GRACE_S if start and stop else _DAY_S
    samples = exercise.get("samples")
    series = list(_by_interval(samples) if isinstance(_get(samples, "samples"), list) else _by_moment(samples, start))
    series += list(_route(exercise, samples, start))
    frame = pl.DataFrame(schema={"t_s": pl.Float64})
    for name, points in series:
        column = pl.DataFrame(points, schema={"t_s": pl.Float64, name: pl.Float64}, orient="row")
        column = column.filter(pl.col("t_s").is_between(0, end), pl.col(name).is_finite()).unique("t_s", keep="first")
        if name not in frame.columns:
            frame = frame.join(column, on="t_s", how="full", coalesce=True)
    names = list(SAMPLE_COLUMNS)
    frame = frame.with_columns(pl.lit(None, pl.Float64).alias(name) for name in names if name not in frame.columns)
    steps = pl.col("cadence_spm")
    frame = frame.sort("t_s").select(names).with_columns(
        pl.col("speed_m_s") * pl.lit(speed, pl.Float64),
        pl.when(steps.median() < _ONE_FOOT).then(steps * 2).otherwise(steps).alias("cadence_spm"),
    )  # fmt: skip
    return (frame.height, packed(frame)) if frame.height else None


def _by_interval(samples: Any) -> Iterable[Series]:
    for one in _objects(_get(samples, "samples")):
        name, step, values = _TYPES.get(str(one.get("type"))), finite(one.get("intervalMillis")), one.get("values")
        if name and step and isinstance(values, list):
            yield name, [(no * step / 1000, finite(value)) for no, value in enumerate(values)]


def _by_moment(samples: Any, start: datetime | None) -> Iterable[Series]:
    for key, name in _NAMES.items():
        points = [(_moment(one.get("dateTime")), finite(one.get("value"))) for one in _objects(_get(samples, key))]
        if start and points:
            yield name, [((at - start).total_seconds(), value) for at, value in points if at]


def _route(exercise: Mapping[str, Any], samples: Any, start: datetime | None) -> Iterable[Series]:
    """The places, by moment or by the time since the start of the route, which may begin after the exercise."""
    placed = [(_since(_moment(one.get("dateTime")), start), one) for one in _objects(_get(samples, "recordedRoute"))]
    route = _get(exercise.get("routes"), "route")
    late = _since(_moment(_get(route, "startTime")), start) or 0.0
    for one in _objects(_get(route, "wayPoints")):
        since = _thousandth(one.get("elapsedMillis"))
        placed.append((None if since is None else since + late, one))
    for key, name in _PLACES:
        points = [(at, finite(one.get(key))) for at, one in placed if at is not None]
        if points:
            yield name, points


def _since(at: datetime | None, start: datetime | None) -> float | None:
    return (at - start).total_seconds() if at and start else None


def _thousandth(value: Any) -> float | None:
    found = finite(value)
    return None if found is None else found / 1000


def _length(lap: Mapping[str, Any]) -> float | None:
    text = lap.get("duration")
    return _durations.seconds(text) if isinstance(text, str) else _thousandth(lap.get("durationMillis"))


def _both_feet(cadence: float | None) -> float | None:
    return cadence * 2 if cadence is not None and cadence < _ONE_FOOT else cadence


def _moment(value: Any) -> datetime | None:
    return _instants.utc(value) if isinstance(value, str) else None


def _objects(found: Any) -> list[Mapping[str, Any]]:
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def _get(item: Any, key: str) -> Any:
    return item.get(key) if isinstance(item, Mapping) else None


def _inside(item: Mapping[str, Any], outer: str, inner: str) -> float | None:
    return finite(_get(item.get(outer), inner))
