"""Force, power and their profile of a sprint, from speed and body size (methods D10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.stats._kinematics import acceleration_at_time, velocity_at_time
from analysis.stats._runner import (
    DRAG_COEFFICIENT,
    PRESSURE_TORR,
    TEMPERATURE_C,
    LinearEnds,
    Runner,
    above_zero,
    drag,
    linear_ends,
    model_of,
)
from analysis.units import G_MPS2

__all__ = [
    "DRAG_COEFFICIENT", "PRESSURE_TORR", "TEMPERATURE_C", "ForceVelocity", "LinearEnds", "Runner", "drag",
    "force_velocity", "force_velocity_draws", "linear_ends", "model_of",
]  # fmt: skip

Floats = NDArray[np.float64]

TRACE_S: Final = (4.0, 0.01)  # length and step of the simulated run
RF_FROM_S: Final = 0.3
DRAWS: Final = 2000
SEED: Final = 20160526


@dataclass(frozen=True)
class ForceVelocity:
    """A profile: force at rest (N/kg), speed without force (m/s), power (W/kg), slope (N s/kg/m), RF and DRF (%).

    RF is the share of the total force that points forward, DRF its change per m/s. NaN for impossible input.
    """

    f0_nkg: Floats
    v0_mps: Floats
    pmax_wkg: Floats
    slope: Floats
    rf_max_pct: Floats
    drf_pct: Floats


def force_velocity(
    vmax_mps: ArrayLike,
    tau_s: ArrayLike,
    body_mass_kg: ArrayLike,
    height_m: ArrayLike,
    *,
    wind_mps: ArrayLike = 0.0,
    pressure_torr: ArrayLike = PRESSURE_TORR,
    temperature_c: ArrayLike = TEMPERATURE_C,
    g: float = G_MPS2,
) -> ForceVelocity:
    """Give the force-velocity profile of V and tau: the line through force and speed of 4 s in steps of 0.01 s.

    RFmax is the largest RF from 0.3 s on, DRF the slope of RF on speed from there. Samozino 2016 (Scand J Med Sci
    Sports 26:648-658); Morin 2019 (J Biomech 94:82-87). Arguments broadcast; impossible ones give NaN.

    >>> found = force_velocity(8.3, 1.25, 62, 1.74)
    >>> [round(float(v), 2) for v in (found.f0_nkg, found.v0_mps, found.pmax_wkg, found.rf_max_pct, found.drf_pct)]
    [6.57, 8.63, 14.18, 47.1, -6.95]
    """
    mass, k = above_zero(body_mass_kg), drag(body_mass_kg, height_m, pressure_torr, temperature_c)
    given = (vmax_mps, tau_s, k / mass, wind_mps)
    vmax, tau, relative, wind = (np.asarray(v, dtype=np.float64)[..., None] for v in given)
    wind = np.where(np.isfinite(wind), wind, np.nan)
    t = np.arange(round(TRACE_S[0] / TRACE_S[1]) + 1) * TRACE_S[1]
    v, a = velocity_at_time(t, vmax, tau), acceleration_at_time(t, vmax, tau)
    force = a + relative * (v - wind) * np.abs(v - wind)
    slope, f0 = _line(np.broadcast_to(v, force.shape), force)
    later = t >= RF_FROM_S - TRACE_S[1] / 2
    rf = 100 * force[..., later] / np.hypot(force[..., later], g)
    drf, _ = _line(np.broadcast_to(v, force.shape)[..., later], rf)
    v0 = -f0 / np.where(slope < 0, slope, np.nan)  # a line that does not fall meets no speed without force
    return ForceVelocity(f0, v0, f0 * v0 / 4, slope, rf.max(-1), drf)


def force_velocity_draws(
    vmax_mps: float,
    tau_s: float,
    covariance: ArrayLike,
    body_mass_kg: float,
    height_m: float,
    *,
    df: float = np.inf,
    draws: int = DRAWS,
    seed: int = SEED,
    **air: float,
) -> ForceVelocity:
    """Profiles of seeded draws of V and tau, for intervals: `draws` values each, NaN where V or tau is not above 0.

    With `df` the draws are those of Student's t, as the intervals of `fit_splits` are; `air` as in `force_velocity`.

    >>> found = force_velocity_draws(8.3, 1.25, [[0.0036, 0.0015], [0.0015, 0.0009]], 62, 1.74)
    >>> low, high = np.nanquantile(found.f0_nkg, (0.025, 0.975))
    >>> bool(low < 6.57 < high)
    True
    """
    cov = np.asarray(covariance, dtype=np.float64)
    values, axes = np.linalg.eigh(np.where(np.isfinite(cov), cov, 0.0))
    rng = np.random.default_rng(seed)
    z = rng.standard_normal((draws, 2)) * np.sqrt(np.maximum(values, 0)) @ axes.T
    if np.isfinite(df):
        z = z / np.sqrt(rng.chisquare(df, (draws, 1)) / df)
    v, tau = (np.array([vmax_mps, tau_s]) + np.where(np.isfinite(cov).all(), z, np.nan)).T
    return force_velocity(v, tau, body_mass_kg, height_m, **air)


def _line(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Slope and intercept of y on x along the last axis."""
    mx, my = x.mean(-1, keepdims=True), y.mean(-1, keepdims=True)
    spread = ((x - mx) ** 2).sum(-1)
    slope = ((x - mx) * (y - my)).sum(-1) / np.where(spread > 0, spread, np.nan)
    return slope, my[..., 0] - slope * mx[..., 0]
