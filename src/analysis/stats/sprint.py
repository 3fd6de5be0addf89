"""Flying speed from two gates, and the error of the clock (methods D7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

GATES_S: Final = 0.01
VIDEO_S: Final = 0.03
HAND_S: Final = 0.2
HAND_TIMING_FROM_M: Final = 30.0  # at this distance and below, hand timing is refused
_HAND: Final = ("hand", "stopwatch")
_GATES: Final = ("gate", "photocell", "light beam", "brower", "witty", "smartspeed")


@dataclass(frozen=True)
class Speed:
    """A mean speed with its standard error (m/s)."""

    speed_mps: Floats
    se_mps: Floats


def flying_speed(distance_m: ArrayLike, time_s: ArrayLike, se_time_s: ArrayLike = GATES_S) -> Speed:
    """Mean speed over `distance_m` covered in `time_s`, its error from that of the clock; NaN for impossible values.

    Haugen & Buchheit 2016 (Sports Med 46:641-656).

    >>> speed = flying_speed(20, 2.42)
    >>> round(float(speed.speed_mps), 3), round(float(speed.se_mps), 3)
    (8.264, 0.034)
    """
    distance, time, se = (np.asarray(v, dtype=np.float64) for v in (distance_m, time_s, se_time_s))
    distance, time = (np.where((v > 0) & np.isfinite(v), v, np.nan) for v in (distance, time))
    speed, se = distance / time, np.where((se >= 0) & np.isfinite(se), se, np.nan)
    return Speed(np.asarray(speed), np.asarray(speed * se / time))


def hand_timed(device: str | None) -> bool:
    """Whether the text of a device speaks of a stopwatch or of timing by hand.

    >>> hand_timed("Stopwatch"), hand_timed("Brower gates"), hand_timed(None)
    (True, False, False)
    """
    return any(word in (device or "").casefold() for word in _HAND)


def timing_refusal(distance_m: float, se_time_s: float | None = None, *, by_hand: bool = False) -> str | None:
    """HAND_TIMED where a hand, or a clock as coarse as one (an error of 0.2 s), timed 30 m or less; else None.

    Haugen & Buchheit 2016 (Sports Med 46:641-656).

    >>> timing_refusal(20, by_hand=True), timing_refusal(40, by_hand=True), timing_refusal(20, 0.03)
    ('HAND_TIMED', None, None)
    """
    coarse = by_hand or (se_time_s is not None and se_time_s >= HAND_S)
    return "HAND_TIMED" if coarse and distance_m <= HAND_TIMING_FROM_M else None


def timing_error_s(device: str | None) -> float:
    """Give the standard error of one time by device: gates 0.01 s, hand 0.2 s; video and anything unknown 0.03 s.

    Values of methods D7, the upper end where a range is given: Haugen & Buchheit 2016 (Sports Med 46:641-656).

    >>> timing_error_s("timing gates"), timing_error_s("phone video 60 fps")
    (0.01, 0.03)
    """
    if hand_timed(device):
        return HAND_S
    return GATES_S if any(word in (device or "").casefold() for word in _GATES) else VIDEO_S
