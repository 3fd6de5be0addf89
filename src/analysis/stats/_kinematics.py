"""The mono-exponential sprint: time, distance, speed and acceleration, each from any other (methods D8).

v(t) = V (1 - exp(-t / tau)) and x(t) = V (t - tau (1 - exp(-t / tau))) for a runner who starts from standing: V is the
maximal speed (m/s), V / tau the acceleration at the start. All arguments are scalars or arrays that broadcast.
Furusawa, Hill & Parkinson 1927 (Proc R Soc B 102:29-42); Samozino 2016 (Scand J Med Sci Sports 26:648-658).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

_NEAR: Final = 1.3  # X below which the series about the start is the better first guess
_STEPS: Final = 2  # Halley steps from a guess that is 0.026 off at worst: the error is then that of the machine
_TINY: Final = 1e-300  # keeps 0 / 0 at the start from being anything but 0


def reduced_time(reduced_distance: ArrayLike) -> Floats:
    """Invert X = u - 1 + exp(-u): t / tau from X = d / (V tau); NaN below 0 and at infinity.

    u is X + 1 + W(-exp(-X - 1)) with Lambert's principal W. Solved by Halley's method in the form that does not cancel:
    W itself loses half of its digits near the start, where its argument meets its branch point.

    >>> [round(float(u), 6) for u in reduced_time([0, 1, 5])]
    [0.0, 1.841406, 5.997515]
    """
    x = np.asarray(reduced_distance, dtype=np.float64)
    x = np.where((x >= 0) & (x < np.inf), x, np.nan)
    p = np.sqrt(2 * x)
    u = np.where(x < _NEAR, p * (1 + p * (1 / 6 + p / 36)), x + 1 - np.exp(-x - 1))
    for _ in range(_STEPS):
        short = -np.expm1(-u)  # 1 - exp(-u)
        miss = u - short - x
        u = u - miss * short / np.maximum(short * short - miss * (1 - short) / 2, _TINY)
    return np.asarray(u)


def time_at_distance(distance_m: ArrayLike, vmax_mps: ArrayLike, tau_s: ArrayLike) -> Floats:
    """Seconds from the first movement to `distance_m`; NaN where distance, speed or tau is impossible.

    >>> [round(float(t), 3) for t in time_at_distance([5, 10, 20, 30], 8.3, 1.25)]
    [1.465, 2.248, 3.589, 4.838]
    """
    vmax, tau = _above_zero(vmax_mps), _above_zero(tau_s)
    return np.asarray(tau * reduced_time(np.asarray(distance_m, dtype=np.float64) / (vmax * tau)))


def distance_at_time(time_s: ArrayLike, vmax_mps: ArrayLike, tau_s: ArrayLike) -> Floats:
    """Metres covered after `time_s`.

    >>> round(float(distance_at_time(3.588840882, 8.3, 1.25)), 6)
    20.0
    """
    vmax, tau, time = _above_zero(vmax_mps), _above_zero(tau_s), _from_zero(time_s)
    return np.asarray(vmax * (time + tau * np.expm1(-time / tau)))


def velocity_at_time(time_s: ArrayLike, vmax_mps: ArrayLike, tau_s: ArrayLike) -> Floats:
    """Speed after `time_s`, m/s.

    >>> round(float(velocity_at_time(1.25, 8.3, 1.25)), 3)
    5.247
    """
    vmax, tau = _above_zero(vmax_mps), _above_zero(tau_s)
    return np.asarray(-vmax * np.expm1(-_from_zero(time_s) / tau))


def acceleration_at_time(time_s: ArrayLike, vmax_mps: ArrayLike, tau_s: ArrayLike) -> Floats:
    """Acceleration after `time_s`, m/s^2.

    >>> round(float(acceleration_at_time(0, 8.3, 1.25)), 2)
    6.64
    """
    vmax, tau = _above_zero(vmax_mps), _above_zero(tau_s)
    return np.asarray(vmax / tau * np.exp(-_from_zero(time_s) / tau))


def velocity_at_distance(distance_m: ArrayLike, vmax_mps: ArrayLike, tau_s: ArrayLike) -> Floats:
    """Speed at `distance_m`, m/s.

    >>> round(float(velocity_at_distance(20, 8.3, 1.25)), 3)
    7.83
    """
    return velocity_at_time(time_at_distance(distance_m, vmax_mps, tau_s), vmax_mps, tau_s)


def acceleration_at_distance(distance_m: ArrayLike, vmax_mps: ArrayLike, tau_s: ArrayLike) -> Floats:
    """Acceleration at `distance_m`, m/s^2.

    >>> round(float(acceleration_at_distance(0, 8.3, 1.25)), 2)
    6.64
    """
    return acceleration_at_time(time_at_distance(distance_m, vmax_mps, tau_s), vmax_mps, tau_s)


def acceleration_at_velocity(velocity_mps: ArrayLike, vmax_mps: ArrayLike, tau_s: ArrayLike) -> Floats:
    """Acceleration at a speed: falls in a straight line from V / tau at rest to 0 at V, and stays there beyond.

    >>> [float(a) for a in acceleration_at_velocity([-1, 4, 9], 8, 1)]
    [8.0, 4.0, 0.0]
    """
    vmax, tau = _above_zero(vmax_mps), _above_zero(tau_s)
    return np.asarray((vmax - np.clip(np.asarray(velocity_mps, dtype=np.float64), 0, vmax)) / tau)


def _above_zero(values: ArrayLike) -> Floats:
    given = np.asarray(values, dtype=np.float64)
    return np.asarray(np.where((given > 0) & np.isfinite(given), given, np.nan))


def _from_zero(values: ArrayLike) -> Floats:
    given = np.asarray(values, dtype=np.float64)
    return np.asarray(np.where(given >= 0, given, np.nan))
