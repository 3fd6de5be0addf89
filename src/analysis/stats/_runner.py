"""A sprinter with load and air, and the straight line between force and speed (methods D10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.stats._kinematics import acceleration_at_time, velocity_at_time

Floats = NDArray[np.float64]

DRAG_COEFFICIENT: Final = 0.9
PRESSURE_TORR: Final = 760.0
TEMPERATURE_C: Final = 20.0


@dataclass(frozen=True)
class LinearEnds:
    """The straight line between force at rest (N) and the speed at which no force is left (m/s); peak power, W."""

    f0_n: Floats
    v0_mps: Floats
    pmax_w: Floats
    peak_power_w: Floats


@dataclass(frozen=True)
class Runner:
    """Body and conditions: mass with what is carried or dragged, a rope's pull, the air. Wind is + from behind."""

    body_mass_kg: float = 75.0
    height_m: float = 1.75
    inertia_kg: float = 0.0
    resistance_n: float = 0.0
    wind_mps: float = 0.0
    pressure_torr: float = PRESSURE_TORR
    temperature_c: float = TEMPERATURE_C

    @property
    def moved_kg(self) -> float:
        """Mass that is accelerated: body and load."""
        return self.body_mass_kg + self.inertia_kg

    @property
    def drag(self) -> float:
        """Air resistance in N per (m/s)^2."""
        return float(drag(self.body_mass_kg, self.height_m, self.pressure_torr, self.temperature_c))

    def air_n(self, velocity_mps: ArrayLike) -> Floats:
        """Air resistance at a speed, N; a stronger wind from behind pushes (below zero)."""
        relative = np.asarray(velocity_mps, dtype=np.float64) - self.wind_mps
        return np.asarray(self.drag * relative * np.abs(relative))

    def force_n(self, velocity_mps: ArrayLike, acceleration_mps2: ArrayLike) -> Floats:
        """Horizontal force on the ground that this acceleration takes at this speed, N."""
        inert = self.moved_kg * np.asarray(acceleration_mps2, dtype=np.float64)
        return np.asarray(inert + self.air_n(velocity_mps) + self.resistance_n)

    def work_j(self, time_s: ArrayLike, vmax_mps: float, tau_s: float) -> Floats:
        """Work done on the ground up to `time_s`, J: kinetic energy, the rope, and the air by quadrature.

        >>> round(float(Runner(temperature_c=25).work_j(6, 8, 8 / 7.5)))
        2943
        """
        time = np.asarray(time_s, dtype=np.float64)[..., None]
        node, weight = np.polynomial.legendre.leggauss(60)
        t = time * (node + 1) / 2
        v = velocity_at_time(t, vmax_mps, tau_s)
        power = self.force_n(v, acceleration_at_time(t, vmax_mps, tau_s)) * v
        return np.asarray((power * weight).sum(-1) * time[..., 0] / 2)


def drag(
    body_mass_kg: ArrayLike,
    height_m: ArrayLike,
    pressure_torr: ArrayLike = PRESSURE_TORR,
    temperature_c: ArrayLike = TEMPERATURE_C,
) -> Floats:
    """Air resistance k of a runner in N per (m/s)^2, half of air density, frontal area and drag coefficient (0.9).

    Arsac & Locatelli 2002 (J Appl Physiol 92:1781-1788); area after Du Bois, 26.6 % of the body's surface.

    >>> round(float(drag(62, 1.74)), 4)
    0.2521
    """
    mass, height, pressure = (above_zero(v) for v in (body_mass_kg, height_m, pressure_torr))
    kelvin = above_zero(273.0 + np.asarray(temperature_c, dtype=np.float64))
    density = 1.293 * pressure / 760 * 273 / kelvin
    area = 0.2025 * height**0.725 * mass**0.425 * 0.266
    return np.asarray(0.5 * density * area * DRAG_COEFFICIENT)


def linear_ends(vmax_mps: float, tau_s: float, runner: Runner) -> LinearEnds:
    """Force at rest, and the speed at which the force that is needed would be zero, without a simulated run.

    Beyond V the acceleration of the model is drawn on below zero; the profile's V0 is where it just balances air and
    rope. This is `create_FVP` of R's `shorts` 3; `force_velocity` fits a line instead, as Samozino does. NaN where
    no speed balances them, and for impossible V or tau.

    >>> ends = linear_ends(10, 10 / 8, Runner(temperature_c=25))
    >>> round(float(ends.f0_n)), round(float(ends.v0_mps), 3)
    (600, 10.495)
    """
    vmax, tau, k, wind = *(float(above_zero(v)) for v in (vmax_mps, tau_s)), runner.drag, runner.wind_mps
    a0 = vmax / tau
    f0 = runner.force_n(0.0, a0)
    # k (V - wind)^2 + rope + m (a0 - V / tau) = 0: its smaller root in the form that does not cancel
    linear, constant = 2 * k * wind + runner.moved_kg / tau, k * wind**2 + runner.resistance_n + runner.moved_kg * a0
    inside = linear**2 - 4 * k * constant
    v0 = 2 * constant / (linear + np.sqrt(inside)) if inside >= 0 else np.nan
    return LinearEnds(f0, np.asarray(v0), np.asarray(f0 * v0 / 4), np.asarray(peak_power(vmax, tau, runner)[0]))


def model_of(f0_n: float, v0_mps: float, runner: Runner) -> tuple[float, float]:
    """Go back from the ends of the line to V and tau; (NaN, NaN) where they are impossible.

    >>> v, tau = model_of(600, 10.495473624652, Runner(temperature_c=25))
    >>> round(v, 6), round(v / tau, 6)
    (10.0, 8.0)
    """
    a0 = (f0_n - runner.resistance_n - float(runner.air_n(0.0))) / runner.moved_kg
    held = runner.drag * (v0_mps - runner.wind_mps) ** 2 + runner.resistance_n
    if not (a0 > 0 and v0_mps > 0):
        return np.nan, np.nan
    vmax = v0_mps * runner.moved_kg * a0 / (runner.moved_kg * a0 + held)
    return vmax, vmax / a0


def peak_power(vmax: float, tau: float, runner: Runner) -> tuple[float, float]:
    """Peak of force times speed (W) and the speed it is at: a cubic in speed, with and against the wind.

    >>> watt, speed = peak_power(10, 10 / 8, Runner(temperature_c=25))
    >>> round(watt), round(speed, 2)
    (1536, 5.18)
    """
    k, wind, m = runner.drag, runner.wind_mps, runner.moved_kg
    speeds = [np.array([min(max(wind, 0.0), vmax), vmax])]
    for sign in (1.0, -1.0):
        by_speed = np.array([sign * k, -2 * sign * k * wind - m / tau, sign * k * wind**2 + m * vmax / tau])
        by_speed[2] += runner.resistance_n
        if np.isfinite(by_speed).all():
            roots = np.roots([3 * by_speed[0], 2 * by_speed[1], by_speed[2]])
            speeds.append(np.clip(roots[np.isreal(roots)].real, 0, vmax))
    v = np.concatenate(speeds)
    power = runner.force_n(v, (vmax - v) / tau) * v
    best = int(np.argmax(power))
    return float(power[best]), float(v[best])


def above_zero(values: ArrayLike) -> Floats:
    given = np.asarray(values, dtype=np.float64)
    return np.asarray(np.where((given > 0) & np.isfinite(given), given, np.nan))
