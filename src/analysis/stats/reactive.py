"""Reactive strength of a jump with a short contact: two scales that share a name (methods D11)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.units import G_MPS2

Floats = NDArray[np.float64]

CONTACT_TIME_S: Final = (0.08, 0.60)
FLIGHT_TIME_S: Final = (0.15, 0.90)
SLOW_CONTACT_S: Final = 0.25  # a longer contact is no fast stretch-shortening cycle


@dataclass(frozen=True)
class Reactive:
    """Reactive strength index of one jump on both scales; None where a scale cannot be told.

    `height_per_contact` is in m/s, `flight_per_contact` has no unit. One is no substitute for the other.
    """

    status: str
    reason: str | None = None
    height_per_contact: float | None = None
    flight_per_contact: float | None = None


def reactive_strength(
    contact_time_s: float | None, *, height_m: float | None = None, flight_time_s: float | None = None
) -> Reactive:
    """Reactive strength index of a drop or rebound jump from its contact time and height, flight time or both.

    A given height goes before the one from the flight time. Refused: BAD_INPUT (a value missing or impossible),
    CONTACT_TIME_RANGE (outside 0.08-0.60 s), FLIGHT_TIME_RANGE (outside 0.15-0.90 s). Above 0.25 s: `caution`,
    SLOW_SSC. Flanagan & Comyns 2008 (Strength Cond J 30:32-38); the height of the box is part of the test.

    >>> found = reactive_strength(0.190, flight_time_s=0.478)
    >>> round(found.height_per_contact, 3), round(found.flight_per_contact, 2)
    (1.474, 2.52)
    """
    given = [v for v in (contact_time_s, height_m, flight_time_s) if v is not None]
    if contact_time_s is None or len(given) < 2 or any(math.isnan(v) for v in given):
        return Reactive("refused", "BAD_INPUT")
    if height_m is not None and not 0 < height_m < math.inf:
        return Reactive("refused", "BAD_INPUT")
    if not CONTACT_TIME_S[0] <= contact_time_s <= CONTACT_TIME_S[1]:
        return Reactive("refused", "CONTACT_TIME_RANGE")
    if flight_time_s is not None and not FLIGHT_TIME_S[0] <= flight_time_s <= FLIGHT_TIME_S[1]:
        return Reactive("refused", "FLIGHT_TIME_RANGE")
    height = height_m if height_m is not None else G_MPS2 * float(flight_time_s or 0) ** 2 / 8
    slow = contact_time_s > SLOW_CONTACT_S
    ratio = None if flight_time_s is None else flight_time_s / contact_time_s
    return Reactive("caution" if slow else "ok", "SLOW_SSC" if slow else None, height / contact_time_s, ratio)


def height_per_contact(height_m: ArrayLike, contact_time_s: ArrayLike) -> Floats:
    """Jump height over contact time (m/s) of many jumps, NaN where a value is out of range.

    >>> float(height_per_contact(0.28, 0.2).round(3)), float(height_per_contact(0.28, 0.05))
    (1.4, nan)
    """
    return _above_0(height_m) / _contact(contact_time_s)


def flight_per_contact(flight_time_s: ArrayLike, contact_time_s: ArrayLike) -> Floats:
    """Flight time over contact time (no unit) of many jumps, NaN where a value is out of range.

    >>> round(float(flight_per_contact(0.478, 0.190)), 2)
    2.52
    """
    flight = np.asarray(flight_time_s, dtype=np.float64)
    usable = (flight >= FLIGHT_TIME_S[0]) & (flight <= FLIGHT_TIME_S[1])
    return np.where(usable, flight, np.nan) / _contact(contact_time_s)


def modified(height_m: ArrayLike, time_to_takeoff_s: ArrayLike) -> Floats:
    """RSI modified (m/s) of countermovement jumps: height over the time from the first movement to take-off.

    Another number than the index of a drop jump, and not exchangeable with it: Louder 2021 (Sports 9:97).

    >>> float(modified(0.33, 0.75).round(2))
    0.44
    """
    return _above_0(height_m) / _above_0(time_to_takeoff_s)


def _contact(contact_time_s: ArrayLike) -> Floats:
    contact = np.asarray(contact_time_s, dtype=np.float64)
    return np.where((contact >= CONTACT_TIME_S[0]) & (contact <= CONTACT_TIME_S[1]), contact, np.nan)


def _above_0(values: ArrayLike) -> Floats:
    given = np.asarray(values, dtype=np.float64)
    return np.where((given > 0) & (given < math.inf), given, np.nan)
