"""Laps and stream of one race as arrays: measured track distances, repeated samples, distance from positions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.stats._samples import steps_m

Floats = NDArray[np.float64]

COVERED: Final = 0.05  # laps may miss the distance of the race by this share
TRACK_M: Final = 100.0  # laps of a track are multiples of it
WATCH_OFF: Final = 0.03  # by this share a watch may misread a lap of a measured track
EXACT_M: Final = 0.5
LAP_SPEED_M_S: Final = (1.0, 12.5)
ALTITUDE_KNOWN: Final = 0.8  # of the samples
KINDS: Final = ("lap", "interval")  # never both: intervals lie inside laps
_PLACE: Final = ("latitude_deg", "longitude_deg")
_STREAM: Final = ("t_s", "distance_m", "speed_m_s", "cadence_spm", "altitude_m", *_PLACE)


@dataclass(frozen=True, eq=False)
class Laps:
    """The laps of a race in their order: lengths (m), times (s) and cadences (steps/min, NaN where not told)."""

    distance_m: Floats
    time_s: Floats
    cadence_spm: Floats

    @property
    def total_m(self) -> float:
        """The distance of all laps."""
        return float(self.distance_m.sum())

    @property
    def total_s(self) -> float:
        """The time of all laps."""
        return float(self.time_s.sum())


@dataclass(frozen=True, eq=False)
class Stream:
    """The samples of a race that have a distance: seconds, metres; speed, cadence and altitude (NaN where not told)."""

    time_s: Floats
    distance_m: Floats
    speed_m_s: Floats
    cadence_spm: Floats
    altitude_m: Floats
    from_positions: bool

    @property
    def total_m(self) -> float:
        """The distance run."""
        return float(self.distance_m[-1] - self.distance_m[0])

    def gradient_pct(self, first_m: float, last_m: float) -> float | None:
        """Mean gradient between two distances by the watch's altitude; None without one."""
        known = np.isfinite(self.altitude_m)
        if last_m <= first_m or known.mean() < ALTITUDE_KNOWN:
            return None
        run = self.distance_m[known] - self.distance_m[0]
        low, high = np.interp([first_m, last_m], run, self.altitude_m[known])
        return float(100 * (high - low) / (last_m - first_m))


def laps_of(
    splits: pl.DataFrame | None, official_m: float | None, recorded_m: float | None
) -> tuple[Laps | None, tuple[str, ...]]:
    """The laps of one session, None where they are impossible or do not cover the race, and what to say about them."""
    if splits is None or splits.is_empty():
        return None, ()
    kinds = splits.with_columns(pl.col("split_kind").cast(pl.String))
    own = next((rows for kind in KINDS if (rows := kinds.filter(pl.col("split_kind") == kind)).height), None)
    if own is None:
        return None, ()
    rows = numbers(own, "distance_m", "duration_s", "cadence_spm").unique("split_id").sort("split_no", "split_id")
    rows = rows.filter((pl.col("distance_m") != 0).fill_null(value=True))  # the button, pressed before the first step
    metres, seconds, cadence = (rows[c].to_numpy() for c in ("distance_m", "duration_s", "cadence_spm"))
    with np.errstate(divide="ignore", invalid="ignore"):
        speed = metres / seconds
    low, high = LAP_SPEED_M_S
    if metres.size == 0 or not ((metres > 0) & (seconds > 0) & (speed >= low) & (speed <= high)).all():
        return None, ("The laps hold a distance or time that cannot be of a race: left aside.",)
    whole = official_m or recorded_m
    if whole is not None and abs(float(metres.sum()) / whole - 1) > COVERED:
        return None, ("The laps do not cover the race: left aside.",)
    measured = track_m(metres, official_m)
    told = " + ".join(f"{m:g}" for m in dict.fromkeys(measured))
    moved = bool(np.abs(measured - metres).max() > EXACT_M)
    said = (f"Laps taken as those of a measured track ({told} m): the watch was off by up to 3 %.",) if moved else ()
    return Laps(measured, seconds, cadence), said


def track_m(metres: Floats, official_m: float | None) -> Floats:
    """Lap lengths as those of a measured track where they must be: multiples of 100 m that add up to the race.

    A watch reads 405 m for a lap of 400. Where the distance of the race is stated, and the laps rounded to 100 m are
    within 3 % of what the watch said and add up to it exactly, they were laps of a track; without a stated distance
    only laps within half a metre are rounded.

    >>> track_m(np.array([203.0, 406.0, 405.0]), 1000.0).tolist(), track_m(np.array([203.0, 406.0]), None).tolist()
    ([200.0, 400.0, 400.0], [203.0, 406.0])
    """
    rounded = TRACK_M * np.round(metres / TRACK_M)
    if (rounded <= 0).any():
        return metres
    exact = bool((np.abs(metres - rounded) <= EXACT_M).all())
    near = bool((np.abs(metres / rounded - 1) <= WATCH_OFF).all())
    adds_up = official_m is not None and abs(float(rounded.sum()) - official_m) <= EXACT_M
    return rounded if exact or (near and adds_up) else metres


def stream_of(samples: pl.DataFrame | None) -> Stream | None:
    """The stream of one session, each time once; None where no two samples have a distance (or a position)."""
    if samples is None or samples.is_empty():
        return None
    told = numbers(samples, *_STREAM).with_columns(pl.when(pl.col(c).is_finite()).then(c) for c in _STREAM)
    means = [pl.col(c).mean() for c in _STREAM if c not in ("t_s", "distance_m")]
    rows = told.drop_nulls("t_s").group_by("t_s").agg(pl.col("distance_m").max(), *means).sort("t_s")
    from_positions = rows["distance_m"].is_null().all()
    if from_positions:
        rows = rows.drop_nulls(list(_PLACE))
        way = np.cumsum(steps_m(*(rows[c].to_numpy() for c in _PLACE)))[:-1]
        rows = rows.with_columns(pl.Series("distance_m", np.append(0.0, way) if rows.height else way))
    rows = rows.drop_nulls("distance_m")
    if rows.height < 2:
        return None
    seconds, metres, speed, cadence, altitude = (rows[c].to_numpy() for c in _STREAM[:5])
    return Stream(seconds, metres, speed, cadence, altitude, bool(from_positions))


def numbers(frame: pl.DataFrame, *names: str) -> pl.DataFrame:
    """The frame with these columns as numbers; one that is missing is null."""
    made: list[Any] = [
        pl.col(c).cast(pl.Float64) if c in frame.columns else pl.lit(None, pl.Float64).alias(c) for c in names
    ]
    return frame.with_columns(made)
