"""Jump height from flight time, and the power equations that restate it (methods D1, D3)."""

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


def from_flight_time(flight_time_s: ArrayLike, se_time_s: ArrayLike = 0.0, *, g_mps2: float = G_MPS2) -> Flight:
    """Height g t^2 / 8 and take-off speed g t / 2 of flight times in seconds; outside 0.15-0.90 s the result is NaN.

    Holds when the body lands as it took off; bent knees at landing add height. Flight-time heights lie 1-2 cm above
    force-plate heights and are never joined with them: Baumgart 2017 (Asian J Sports Med 8(4):e12921). Other tools
    take 9.81 m/s2 (0.03 % more height); `g_mps2` is there to compare with them. An impossible `se_time_s` gives NaN.

    >>> round(float(from_flight_time(0.520).height_m), 4)
    0.3315
    """
    given, se = np.asarray(flight_time_s, dtype=np.float64), np.asarray(se_time_s, dtype=np.float64)
    se = np.where((se >= 0) & (se < math.inf), se, np.nan)
    time = np.where((given >= FLIGHT_TIME_S[0]) & (given <= FLIGHT_TIME_S[1]), given, np.nan)
    return Flight(*(np.asarray(v) for v in (g_mps2 * time**2 / 8, g_mps2 * time / 2, g_mps2 * time / 4 * se)))


@dataclass(frozen=True)
class EquationPower:
    """Power (W) by the three published regressions; they differ by design and are never compared with each other."""

    status: str
    reason: str | None = None
    sayers_peak_w: float | None = None
    harman_peak_w: float | None = None
    harman_mean_w: float | None = None


def power_equations(
    height_cm: float | None, body_mass_kg: float | None, external_kg: float | None = None
) -> EquationPower:
    """Power of an unloaded jump from its height in **centimetres** and body mass, by Sayers and Harman.

    For readers of old logs only: each is a straight line in height and mass, so that it adds nothing to the height, and
    a kilogram more on the scales alone is "power" gained (36-45 W). That is why no metric is built on them; jump height
    at the same load is (metrics.power_jump). Refused: EQUATION_NOT_FOR_LOADED_JUMP with any `external_kg`, BAD_INPUT
    for a missing or impossible value. Sayers 1999 (Med Sci Sports Exerc 31:572-577); Harman 1991 (J Appl Sport Sci Res
    5:116-120); height and power correlate partly by construction: Linthorne 2021 (Sports Biomech 20:3-21).

    >>> found = power_equations(33, 62)
    >>> [round(w) for w in (found.sayers_peak_w, found.harman_peak_w, found.harman_mean_w)]
    [2757, 6097, 733]
    """
    external = 0.0 if external_kg is None else external_kg
    if 0 < external < math.inf:
        return EquationPower("refused", "EQUATION_NOT_FOR_LOADED_JUMP")
    if external != 0 or not (_usable(height_cm) and _usable(body_mass_kg)):
        return EquationPower("refused", "BAD_INPUT")
    h, m = float(height_cm or 0), float(body_mass_kg or 0)
    return EquationPower(
        "ok", None, 60.7 * h + 45.3 * m - 2055, 61.9 * h + 36.0 * m + 1822, 21.2 * h + 23.0 * m - 1393
    )  # fmt: skip


def _usable(value: float | None) -> bool:
    return value is not None and 0 < value < math.inf


def video_error_s(frames_per_s: float) -> float:
    """Give the standard error of a flight time read from two video frames (methods D1).

    >>> round(video_error_s(240), 4)
    0.0017
    """
    return math.sqrt(2) / (frames_per_s * math.sqrt(12))
