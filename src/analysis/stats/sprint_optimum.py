"""Where a sprint passes a mark of speed, acceleration or power, and which profile is fastest over a distance (D8, D10).

These are properties of a fitted profile, not tests: what a mark or an "optimal" profile is worth hangs on V and tau,
whose error they inherit (and that of the start, methods D9). That a runner gets faster by training towards the optimum
of equal power is not shown by it: it says where the same power would be worth most.
Samozino 2022 (Scand J Med Sci Sports 32:559-575).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.stats._kinematics import acceleration_at_velocity, distance_at_time, time_at_distance
from analysis.stats._runner import Runner, model_of, peak_power

Floats = NDArray[np.float64]
Hold = Literal["line", "peak"]

FASTEST_U: Final = 2.1491257999070634  # u = t / tau at the finish of the fastest run of a given V^2 / tau
FASTEST_X: Final = FASTEST_U + np.expm1(-FASTEST_U)
PROBE: Final = 0.025  # by how much one side of a profile is raised to see what it is worth
WIDEST: Final = 100.0  # the line is turned by this factor at most
NEAR: Final = (0.8, 1.2)  # of the force at rest that is best at equal Pmax, where equal peak power is looked for
_BISECTIONS: Final = 60
LINE_DISTANCES_M: Final = (1.0, 200.0)
_NEAR_ENOUGH: Final = 1e-7  # of the logarithm of a distance
_DONE: Final = 1e-10


@dataclass(frozen=True)
class Mark:
    """When (s) and where (m) after the first movement something is reached; NaN where it never is."""

    time_s: Floats
    distance_m: Floats


@dataclass(frozen=True)
class Line:
    """A line between force at rest (N) and speed without force (m/s), its V (m/s), tau (s), and the time it takes."""

    f0_n: float
    v0_mps: float
    vmax_mps: float
    tau_s: float
    time_s: float


def speed_mark(share: ArrayLike, vmax_mps: ArrayLike, tau_s: ArrayLike) -> Mark:
    """When and where a share of V is reached; NaN outside 0 to 1 (V itself never is).

    >>> mark = speed_mark(0.9, 10, 10 / 8)
    >>> round(float(mark.time_s), 3), round(float(mark.distance_m), 2)
    (2.878, 17.53)
    """
    given = np.asarray(share, dtype=np.float64)
    left = 1 - np.where((given >= 0) & (given < 1), given, np.nan)
    return _mark(-np.log(left) * np.asarray(tau_s), vmax_mps, tau_s)


def acceleration_mark(share: ArrayLike, vmax_mps: ArrayLike, tau_s: ArrayLike) -> Mark:
    """When and where the acceleration has fallen to a share of that at the start; NaN unless above 0 and up to 1.

    >>> mark = acceleration_mark(0.2, 10, 10 / 8)
    >>> round(float(mark.time_s), 3), round(float(mark.distance_m), 2)
    (2.012, 10.12)
    """
    given = np.asarray(share, dtype=np.float64)
    return speed_mark(1 - np.where(given > 0, given, np.nan), vmax_mps, tau_s)


def peak_power_mark(vmax_mps: float, tau_s: float, runner: Runner) -> tuple[float, Mark]:
    """Give the peak of force times speed (W), and when and where it is reached.

    >>> watt, mark = peak_power_mark(10, 10 / 8, Runner(temperature_c=25))
    >>> round(watt), round(float(mark.time_s), 2)
    (1536, 0.91)
    """
    watt, speed = peak_power(vmax_mps, tau_s, runner)
    return watt, speed_mark(speed / vmax_mps, vmax_mps, tau_s)


def power_marks(power_w: ArrayLike, vmax_mps: float, tau_s: float, runner: Runner) -> tuple[Mark, Mark]:
    """Between which marks the power is at least `power_w`: on its way up to the peak, and down from it.

    NaN for a power above the peak; the second mark is NaN too where the air keeps the power above it at V.

    >>> up, down = power_marks(0.75 * 1535.6, 10, 10 / 8, Runner(temperature_c=25))
    >>> round(float(up.distance_m), 2), round(float(down.distance_m), 2)
    (0.5, 9.27)
    """
    wanted = np.asarray(power_w, dtype=np.float64)
    peak, top = peak_power(vmax_mps, tau_s, runner)

    def power(speed: Floats) -> Floats:
        return runner.force_n(speed, acceleration_at_velocity(speed, vmax_mps, tau_s)) * speed

    def found(below: float) -> Mark:
        low, high = np.full(wanted.shape, below), np.full(wanted.shape, top)
        for _ in range(_BISECTIONS):
            middle = (low + high) / 2
            less = power(middle) < wanted
            low, high = np.where(less, middle, low), np.where(less, high, middle)
        there = (wanted <= peak) & (power(np.asarray(below)) < wanted)
        return speed_mark(np.where(there, low, np.nan) / vmax_mps, vmax_mps, tau_s)

    return found(0.0), found(vmax_mps)


def fastest_model(distance_m: ArrayLike, vmax_mps: ArrayLike, tau_s: ArrayLike) -> tuple[Floats, Floats]:
    """V and tau that cover a distance soonest with the same V^2 / tau, which is four times Pmax per kg (no air).

    With X = d / (V tau) the time is proportional to u(X) X^(-2/3), whose smallest value is at the same X for everybody:
    the best profile reaches the finish at 88 % of its V.

    >>> v, tau = fastest_model(20, 10, 10 / 8)
    >>> round(float(v), 3), round(float(v / tau), 3)
    (10.813, 7.399)
    """
    v, tau, d = (np.asarray(a, dtype=np.float64) for a in (vmax_mps, tau_s, distance_m))
    factor = np.where(d > 0, d, np.nan) / FASTEST_X / (v * tau)  # L = V tau goes with tau^1.5 at the same V^2 / tau
    return np.asarray(v * np.cbrt(factor)), np.asarray(tau * np.cbrt(factor) ** 2)


def best_distance_m(vmax_mps: ArrayLike, tau_s: ArrayLike) -> Floats:
    """Distance over which no other V and tau of the same V^2 / tau would be faster (no air).

    >>> round(float(best_distance_m(10, 10 / 8)), 2)
    15.82
    """
    return np.asarray(FASTEST_X * np.asarray(vmax_mps, dtype=np.float64) * np.asarray(tau_s, dtype=np.float64))


def line_of(f0_n: float, v0_mps: float, distance_m: float, runner: Runner) -> Line:
    """Put V, tau and the time over a distance beside the ends of a line; NaN where they are impossible.

    >>> round(line_of(600, 10.4955, 20, Runner(temperature_c=25)).time_s, 3)
    3.149
    """
    vmax, tau = model_of(f0_n, v0_mps, runner)
    return Line(f0_n, v0_mps, vmax, tau, float(time_at_distance(distance_m, vmax, tau)))


def fastest_line(distance_m: float, f0_n: float, v0_mps: float, runner: Runner, *, hold: Hold = "line") -> Line:
    """Turn the line between force and speed until the distance is covered soonest, in air and with load.

    What is held is Pmax = F0 V0 / 4 ("line"), or the peak of the power that is really reached ("peak", looked for
    within 20 % of the former's F0). NaN for a line that is impossible itself. Samozino 2022.

    >>> best = fastest_line(20, 600, 10.4955, Runner(temperature_c=25))
    >>> round(best.f0_n), round(float(best.v0_mps), 2)
    (589, 10.7)
    """
    if not (distance_m > 0 and np.isfinite(line_of(f0_n, v0_mps, distance_m, runner).time_s)):
        return Line(*[np.nan] * 5)
    still = max(runner.resistance_n + float(runner.air_n(0.0)), 0.0)  # no run starts with less force than this
    widest = min(WIDEST, f0_n / still) if still > 0 else WIDEST

    def turned(log_factor: float) -> Line:
        factor = np.exp(log_factor)
        return line_of(f0_n / factor, v0_mps * factor, distance_m, runner)

    best = _soonest(turned, -np.log(widest), np.log(widest))
    if hold == "line":
        return best
    peak = peak_power(*model_of(f0_n, v0_mps, runner), runner)[0]

    def same_peak(share: float) -> Line:
        force = share * best.f0_n
        return line_of(force, _v0_of_peak(force, peak, runner), distance_m, runner)

    return _soonest(same_peak, *NEAR)


def best_line_distance_m(f0_n: float, v0_mps: float, runner: Runner, *, hold: Hold = "line") -> float:
    """Distance over which the line cannot be turned to be faster; NaN where it is none from 1 to 200 m.

    >>> round(best_line_distance_m(600, 10.4955, Runner(temperature_c=25)), 1)
    18.8
    """
    low, high = np.log(LINE_DISTANCES_M)
    nearest, farthest = low, high
    while high - low > _NEAR_ENOUGH:  # the longer the run, the more is speed worth beside force
        middle = (low + high) / 2
        steeper = fastest_line(float(np.exp(middle)), f0_n, v0_mps, runner, hold=hold).v0_mps < v0_mps
        low, high = (middle, high) if steeper else (low, middle)
    return float(np.exp(low)) if nearest < low and high < farthest else np.nan


def gains_s(
    distance_m: ArrayLike, time_of: Callable[..., Floats], ends: tuple[float, float], share: float = PROBE
) -> tuple[Floats, Floats]:
    """Time that is won (below zero) if the first, or the second, of two ends of a profile is raised by a share.

    >>> def time(d, v, a0):
    ...     return time_at_distance(d, v, v / a0)
    >>> [round(float(s), 3) for s in gains_s(20, time, (10, 8))]
    [-0.029, -0.024]
    """
    d, (one, other) = np.asarray(distance_m, dtype=np.float64), ends
    now = time_of(d, one, other)
    return time_of(d, one * (1 + share), other) - now, time_of(d, one, other * (1 + share)) - now


def _mark(time: ArrayLike, vmax: ArrayLike, tau: ArrayLike) -> Mark:
    return Mark(np.asarray(time), distance_at_time(time, vmax, tau))


def _soonest(line: Callable[[float], Line], low: float, high: float) -> Line:
    from scipy.optimize import minimize_scalar

    def time(at: float) -> float:
        return float(np.nan_to_num(line(at).time_s, nan=np.inf))

    return line(float(minimize_scalar(time, bounds=(low, high), method="bounded", options={"xatol": _DONE}).x))


def _v0_of_peak(f0_n: float, peak_w: float, runner: Runner) -> float:
    """Speed without force at which the line from `f0_n` has this peak power; NaN where none near 4 P / F0 has."""
    from scipy.optimize import brentq

    def above(v0: float) -> float:
        return peak_power(*model_of(f0_n, v0, runner), runner)[0] - peak_w

    low, high = 2 * peak_w / f0_n, 8 * peak_w / f0_n
    return float(brentq(above, low, high, xtol=_DONE)) if above(low) < 0 < above(high) else np.nan
