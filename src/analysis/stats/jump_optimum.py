"""Closed forms of the jump force-velocity model: take-off speed, the slope with the highest jump (methods D5).

They answer what other tools print. No metric uses the optimum: slopes differ by 14-30 % between days, and training
towards an "optimal profile" did not beat ordinary training (Lindberg 2021, PLoS One 16:e0245791 and Scand J Med Sci
Sports), so that no deficit of force or speed is told to an athlete.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.units import G_MPS2

Floats = NDArray[np.float64]

PROBE: Final = 1.1  # by how much force or speed is raised to see which of the two gives more take-off speed


@dataclass(frozen=True)
class Optimum:
    """A profile per kg of body mass beside the one of the same Pmax with the highest jump.

    `share_pct` is the slope in per cent of the optimal one (below 100: too little force); `imbalance_pct` the distance
    from 100. Both are called "FV imbalance" in papers. `probe_pct` is the gain in take-off speed by 10 % more V0 in per
    cent of that by 10 % more F0.
    """

    takeoff_mps: Floats
    height_m: Floats
    sfv: Floats
    pmax_w_kg: Floats
    optimal_f0_n_kg: Floats
    optimal_v0_mps: Floats
    optimal_sfv: Floats
    optimal_takeoff_mps: Floats
    optimal_height_m: Floats
    share_pct: Floats
    imbalance_pct: Floats
    probe_pct: Floats


@dataclass(frozen=True)
class LoadLine:
    """The straight line of take-off speed over total load, and the one of the same product with the highest jump."""

    takeoff_mps: Floats
    height_m: Floats
    slope: Floats
    optimal_load_kg: Floats
    optimal_speed_mps: Floats
    optimal_slope: Floats
    optimal_takeoff_mps: Floats
    optimal_height_m: Floats
    share_pct: Floats
    imbalance_pct: Floats
    probe_pct: Floats


def takeoff_speed(
    f0_n_kg: ArrayLike,
    v0_mps: ArrayLike,
    push_off_m: ArrayLike,
    *,
    angle_deg: ArrayLike = 90.0,
    g_mps2: ArrayLike = G_MPS2,
) -> Floats:
    """Take-off speed (m/s) of a jump with this profile, without extra load; NaN where the force cannot lift the body.

    `angle_deg` is the push's angle to the ground, 90 for a vertical jump. Samozino 2010 (J Theor Biol 264:11-18).

    >>> round(float(takeoff_speed(40, 2, 0.4, g_mps2=9.81)), 4)
    2.3366
    """
    f0, v0, distance, weight = _inputs(f0_n_kg, v0_mps, push_off_m, angle_deg, g_mps2)
    half_slope, net = f0 / (2 * v0), np.where(f0 > weight, f0 - weight, np.nan)
    return np.asarray(distance * (np.sqrt(half_slope**2 + 2 * net / distance) - half_slope))


def optimal_slope(
    pmax_w_kg: ArrayLike, push_off_m: ArrayLike, *, angle_deg: ArrayLike = 90.0, g_mps2: ArrayLike = G_MPS2
) -> Floats:
    """The slope (N s/m/kg, below zero) that gives the highest take-off speed at a given Pmax (W/kg).

    Setting the derivative of the take-off speed to zero leaves sqrt(P) u^3 - g sin(angle) u^2 - 2 P / h = 0 for
    u = sqrt(-slope), which has exactly one positive root (Cardano). Samozino 2012 (Med Sci Sports Exerc 44:313-322).

    >>> round(float(optimal_slope(20, 0.4, g_mps2=9.81)), 3)
    -14.2
    """
    power, one, distance, weight = _inputs(pmax_w_kg, 1.0, push_off_m, angle_deg, g_mps2)
    a, b = weight / np.sqrt(power) * one, 2 * np.sqrt(power) / distance
    third = a / 3
    middle = third**3 + b / 2
    c = np.cbrt(middle + np.sqrt(middle**2 - third**6))
    return np.asarray(-((third + c + third**2 / c) ** 2))


def optimum(
    f0_n_kg: ArrayLike,
    v0_mps: ArrayLike,
    push_off_m: ArrayLike,
    *,
    angle_deg: ArrayLike = 90.0,
    g_mps2: ArrayLike = G_MPS2,
) -> Optimum:
    """A profile (N/kg, m/s) beside the best one of the same Pmax.

    Samozino 2012 (Med Sci Sports Exerc 44:313-322); Morin & Samozino 2016 (IJSPP 11:267-272).

    >>> round(float(optimum(40, 2, 0.4, g_mps2=9.81).share_pct), 2)
    140.85
    """
    f0, v0, distance, _ = _inputs(f0_n_kg, v0_mps, push_off_m, angle_deg, g_mps2)

    def speed(f: Floats, v: Floats) -> Floats:
        return takeoff_speed(f, v, distance, angle_deg=angle_deg, g_mps2=g_mps2)

    pmax, now = f0 * v0 / 4, speed(f0, v0)
    best = optimal_slope(pmax, distance, angle_deg=angle_deg, g_mps2=g_mps2)
    f_best, v_best = 2 * np.sqrt(-pmax * best), 2 * np.sqrt(-pmax / best)
    then = speed(f_best, v_best)
    share = 100 * (-f0 / v0) / best
    probe = 100 * (speed(f0, PROBE * v0) - now) / (speed(PROBE * f0, v0) - now)
    heights = (_height(now, g_mps2), _height(then, g_mps2))
    return Optimum(
        now, heights[0], -f0 / v0, pmax, f_best, v_best, best, then, heights[1], share, np.abs(100 - share), probe
    )


def load_line(
    load_kg: ArrayLike, speed_mps: ArrayLike, body_mass_kg: ArrayLike, *, g_mps2: ArrayLike = G_MPS2
) -> LoadLine:
    """Take-off speed as a straight line of the total mass: `speed_mps` at no mass at all, none at `load_kg`.

    The jump is highest, at a given product of the two, where `load_kg` is twice the body mass. The slopes are in kg
    s/m.

    >>> round(float(load_line(265.1471, 3.471573, 75).takeoff_mps), 4)
    2.4896
    """
    load, speed, mass = (_above_0(v) for v in (load_kg, speed_mps, body_mass_kg))

    def takeoff(l0: Floats, v0: Floats) -> Floats:
        return np.asarray(v0 * (1 - mass / l0))

    best = 2 * mass
    fastest, now = load * speed / best, takeoff(load, speed)
    then, slope, best_slope = takeoff(best, fastest), -load / speed, -best / fastest
    share = 100 * slope / best_slope
    probe = 100 * (takeoff(load, PROBE * speed) - now) / (takeoff(PROBE * load, speed) - now)
    heights = (_height(now, g_mps2), _height(then, g_mps2))
    values = (now, heights[0], slope, best, fastest, best_slope, then, heights[1], share, np.abs(100 - share), probe)
    return LoadLine(*(np.asarray(v) for v in values))


def _height(takeoff_mps: Floats, g_mps2: ArrayLike) -> Floats:
    return np.asarray(takeoff_mps**2 / (2 * np.asarray(g_mps2, dtype=np.float64)))


def _inputs(one: ArrayLike, other: ArrayLike, push_off: ArrayLike, angle: ArrayLike, g: ArrayLike) -> list[Floats]:
    """Inputs of one shape, NaN where not above zero, and the part of gravity that the push works against."""
    weight = np.asarray(g, dtype=np.float64) * np.sin(np.asarray(angle, dtype=np.float64) * (math.pi / 180))
    return [np.asarray(v) for v in np.broadcast_arrays(_above_0(one), _above_0(other), _above_0(push_off), weight)]


def _above_0(values: ArrayLike) -> Floats:
    given = np.asarray(values, dtype=np.float64)
    return np.where((given > 0) & (given < math.inf), given, np.nan)
