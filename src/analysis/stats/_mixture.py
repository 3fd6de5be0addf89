"""Posterior of a normal hierarchical model as a mixture over the spread between athletes (methods D19)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

Floats = NDArray[np.float64]

REACH: Final = 6.0  # the grid of tau ends at this many scales
GRID: Final = 241
_ZOOMS: Final = 3
_NEGLIGIBLE: Final = 30.0  # in log density below the peak: 1e-13 of it
_NEWTON_STEPS: Final = 100
_LAST_STEP: Final = 1e-7  # in standard deviations: Newton squares the error, so that 1e-14 of it are left


@dataclass(frozen=True)
class _Squads:
    """Squads x athletes with their groups; `scale` is that of the half-normal prior, infinite for a flat one."""

    b: Floats
    variance: Floats
    used: NDArray[np.bool_]
    member: NDArray[np.bool_]
    scale: float

    def means(self, tau: Floats) -> tuple[Floats, Floats, Floats]:
        """Mean and variance of each group's mean given tau (squads x grid x groups), and the athletes' weights."""
        weight = self.used[:, None, :] / (self.variance[:, None, :] + tau[..., None] ** 2)
        total = weight @ self.member.astype(np.float64)
        var = np.divide(1.0, total, out=np.full_like(total, np.nan), where=total > 0)  # a group that is not here
        return var * ((weight * self.b[:, None, :]) @ self.member.astype(np.float64)), var, weight

    def log_density(self, tau: Floats) -> Floats:
        """Log of the posterior density of tau, up to a constant."""
        mean, var, weight = self.means(tau)
        squares = (weight * (self.b[:, None, :] - self._of_athlete(mean)) ** 2).sum(axis=-1)
        logs = np.log(np.where(self.used[:, None, :], weight, 1.0)).sum(axis=-1) + np.nansum(np.log(var), axis=-1)
        return np.asarray(0.5 * (logs - squares - (tau / self.scale) ** 2))

    def athletes(self, tau: Floats) -> tuple[Floats, Floats]:
        """Mean and standard deviation of each athlete given tau (squads x grid x athletes)."""
        mean, var, _ = self.means(tau)
        own = tau[..., None] ** 2 / (tau[..., None] ** 2 + self.variance[:, None, :])
        center = own * self.b[:, None, :] + (1 - own) * self._of_athlete(mean)
        spread = own * self.variance[:, None, :] + (1 - own) ** 2 * self._of_athlete(var)
        return center, np.sqrt(np.where(self.used[:, None, :], spread, 1.0))

    def _of_athlete(self, group: Floats) -> Floats:
        return np.asarray(np.nan_to_num(group) @ self.member.transpose(0, 2, 1).astype(np.float64))


def posterior(
    y: Floats, s: Floats, used: NDArray[np.bool_], member: NDArray[np.bool_], how: tuple[float, str, float]
) -> dict[str, Floats]:
    """The posterior of squads (rows) by the fields of stats.pooling.Pooled; `how` is scale, prior and level."""
    scale, prior, level = how
    b, variance = np.where(used, y, 0.0), np.where(used, s, 1.0) ** 2
    squad = _Squads(b, variance, used, member & used[..., None], scale if prior == "half_normal" else np.inf)
    finest = np.where(used, s, np.inf).min(axis=-1, keepdims=True)
    tau, mass, median = _grid(squad, finest, np.arcsinh(REACH * scale / finest))
    mean_of, var_of = squad.means(tau)[:2]
    mu = (mass[..., None] * mean_of).sum(axis=1)
    mu_var = (mass[..., None] * (var_of + (mean_of - mu[:, None]) ** 2)).sum(axis=1)
    center, spread = squad.athletes(tau)
    theta = (mass[..., None] * center).sum(axis=1)
    sd = np.sqrt((mass[..., None] * (spread**2 + (center - theta[:, None]) ** 2)).sum(axis=1))
    tail = (1 - level) / 2
    ends = [_quantile(p, mass[..., None], center, spread) for p in (tail, 1 - tail)]
    rows = {"theta": theta, "sd": sd, "low": ends[0], "high": ends[1]}
    rows = {name: np.where(used, value, np.nan) for name, value in rows.items()}
    return rows | {
        "mu": mu, "mu_sd": np.sqrt(mu_var), "tau_mean": (mass * tau).sum(axis=-1), "tau_median": median,
    }  # fmt: skip


def _grid(squad: _Squads, finest: Floats, end: Floats) -> tuple[Floats, Floats, Floats]:
    """The grid tau = finest * sinh(u), the probabilities of its points, and the median of tau.

    Even in u, so that tau is resolved near the smallest error and relative to its own size above it; narrowed down to
    where the density is not negligible.
    """
    low, steps = np.zeros_like(end), np.linspace(0.0, 1.0, GRID)
    for _ in range(_ZOOMS):
        u = low + (end - low) * steps
        log = squad.log_density(finest * np.sinh(u)) + np.log(np.cosh(u))
        kept = log > log.max(axis=-1, keepdims=True) - _NEGLIGIBLE
        first, last = kept.argmax(axis=-1), GRID - 1 - kept[:, ::-1].argmax(axis=-1)
        low = np.take_along_axis(u, np.maximum(first - 1, 0)[:, None], axis=-1)
        end = np.take_along_axis(u, np.minimum(last + 1, GRID - 1)[:, None], axis=-1)
    u = low + (end - low) * steps
    log = squad.log_density(finest * np.sinh(u)) + np.log(np.cosh(u))
    density = np.exp(log - log.max(axis=-1, keepdims=True))
    simpson = np.r_[1.0, np.tile([4.0, 2.0], (GRID - 3) // 2), 4.0, 1.0]
    mass = density * simpson
    median = _middle(density)[:, None] * (end - low) / (GRID - 1) + low
    tau = finest * np.sinh(u)
    return tau, mass / mass.sum(axis=-1, keepdims=True), (finest * np.sinh(median))[:, 0]


def _middle(density: Floats) -> Floats:
    """The place, in grid steps, that halves the area under a curve, by the trapezoid rule with its end correction."""
    bend = np.gradient(density, axis=-1, edge_order=2)
    cells = (density[:, :-1] + density[:, 1:]) / 2 - np.diff(bend, axis=-1) / 12
    below = np.cumsum(cells, axis=-1)
    half = below[:, -1:] / 2
    cell = np.minimum((below < half).sum(axis=-1, keepdims=True), cells.shape[-1] - 1)
    here, f0, f1 = (np.take_along_axis(v, cell, axis=-1) for v in (cells, density[:, :-1], density[:, 1:]))
    share = 1 - (np.take_along_axis(below, cell, axis=-1) - half) / here
    area = share * (f0 + f1) / 2
    return np.asarray((cell + 2 * area / (f0 + np.sqrt(f0**2 + 2 * (f1 - f0) * area)))[:, 0])


def _quantile(p: float, mass: Floats, center: Floats, spread: Floats) -> Floats:
    """Quantile of a mixture of normals along axis 1: Newton steps, kept between the quantiles of the components."""
    components = center + float(ndtri(p)) * spread
    low, high = components.min(axis=1), components.max(axis=1)
    x = (mass * components).sum(axis=1)
    for _ in range(_NEWTON_STEPS):
        z = (x[:, None] - center) / spread
        above = (mass * ndtr(z)).sum(axis=1) - p
        density = (mass * np.exp(-0.5 * z**2) / spread).sum(axis=1) / np.sqrt(2 * np.pi)
        low, high = np.where(above < 0, x, low), np.where(above < 0, high, x)
        step = x - above / np.maximum(density, np.finfo(float).tiny)
        updated = np.where((step >= low) & (step <= high), step, (low + high) / 2)
        moved = np.abs(updated - x) / spread.min(axis=1)
        x = updated
        if (moved < _LAST_STEP).all():
            break
    return np.asarray(x)
