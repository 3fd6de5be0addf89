"""Jump height from flight time (methods D1)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.units import G_MPS2

Floats = NDArray[np.float64]

FLIGHT_TIME_S: Final = (0.15, 0.90)


@dataclass(frozen=True)
class Flight:
    """Height and take-off speed of a jump with the standard error of the height; NaN where the time is out of range."""

    height_m: Floats
    takeoff_mps: Floats
    se_height_m: Floats


def from_flight_time(flight_time_s: ArrayLike, se_time_s: ArrayLike = 0.0) -> Flight:
    """Height g t^2 / 8 and take-off speed g t / 2 of flight times in seconds; outside 0.15-0.90 s the result is NaN.

    Holds when the body lands as it took off; bent knees at landing add height. Flight-time heights lie 1-2 cm above
    force-plate heights and are never joined with them: Baumgart 2017 (Asian J Sports Med 8(4):e12921).

    >>> round(float(from_flight_time(0.520).height_m), 4)
    0.3315
    """
    given, se = np.asarray(flight_time_s, dtype=np.float64), np.asarray(se_time_s, dtype=np.float64)
    time = np.where((given >= FLIGHT_TIME_S[0]) & (given <= FLIGHT_TIME_S[1]), given, np.nan)
    return Flight(*(np.asarray(v) for v in (G_MPS2 * time**2 / 8, G_MPS2 * time / 2, G_MPS2 * time / 4 * se)))


def video_error_s(frames_per_s: float) -> float:
    """Give the standard error of a flight time read from two video frames (methods D1).

    >>> round(video_error_s(240), 4)
    0.0017
    """
    return math.sqrt(2) / (frames_per_s * math.sqrt(12))
