"""Kalman filter, Rauch-Tung-Striebel smoother and EM of stats.smoother, for one series or for many side by side.

The filter and the smoother are plain arithmetic: a `Number` is a float (one series, where a numpy call would cost 30
times the arithmetic) or an array with one entry per series. Both ways do the same operations in the same order.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Number = Any  # a float, or an array with one entry per series
State = tuple[Number, ...]
Step = tuple[Number, Number, Number, Number]

NU: Final = 4.0
Q_LEVEL: Final = 0.006**2  # per week
Q_SLOPE: Final = 0.0005**2  # per week
PRIOR_LEVEL_SD: Final = 0.25
PRIOR_SLOPE_SD: Final = 0.006
TOLERANCE: Final = 1e-9
ITERATIONS: Final = 500


def steps_of(gap: Array) -> tuple[Array, Array, Array, Array]:
    """The gaps in weeks with the variances that the walk adds over them."""
    return gap, Q_LEVEL * gap + Q_SLOPE * gap**3 / 3, Q_SLOPE * gap**2 / 2, Q_SLOPE * gap


def forward(steps: list[Step], y: list[Number], r: list[Number], start: Number) -> list[State]:
    """Filter a series with the observation variances `r`.

    A state is (gap, predicted level, predicted slope, their var, cov, var, then level, slope, var, cov, var after the
    update). An observation with infinite variance and no gap before it changes nothing: the padding of shorter series.
    """
    level, slope, p, c, s = start, 0.0, PRIOR_LEVEL_SD**2, 0.0, PRIOR_SLOPE_SD**2
    states = []
    for (gap, q0, q1, q2), value, noise in zip(steps, y, r, strict=True):
        ahead, slope_ahead = level + gap * slope, slope
        p_ahead = p + gap * (2 * c + gap * s) + q0
        c_ahead = c + gap * s + q1
        s_ahead = s + q2
        gain, slope_gain = p_ahead / (p_ahead + noise), c_ahead / (p_ahead + noise)
        level, slope = ahead + gain * (value - ahead), slope_ahead + slope_gain * (value - ahead)
        p, c, s = p_ahead * (1 - gain), c_ahead * (1 - gain), s_ahead - slope_gain * c_ahead
        states.append((gap, ahead, slope_ahead, p_ahead, c_ahead, s_ahead, level, slope, p, c, s))
    return states


def backward(states: list[State]) -> tuple[Array, Array]:
    """Smoothed level and its variance at each observation."""
    *_, level, slope, p, c, s = states[-1]
    levels, variances = [level], [p]
    for now, after in zip(states[-2::-1], states[:0:-1], strict=True):
        gap, ahead, slope_ahead, p_ahead, c_ahead, s_ahead, *_ = after
        *_, level_now, slope_now, p_now, c_now, s_now = now
        det = p_ahead * s_ahead - c_ahead * c_ahead
        a0, b0 = p_now + gap * c_now, c_now + gap * s_now  # first column of P F'
        g00, g01 = (a0 * s_ahead - c_now * c_ahead) / det, (c_now * p_ahead - a0 * c_ahead) / det
        g10, g11 = (b0 * s_ahead - s_now * c_ahead) / det, (s_now * p_ahead - b0 * c_ahead) / det
        d_level, d_slope = level - ahead, slope - slope_ahead
        level, slope = level_now + g00 * d_level + g01 * d_slope, slope_now + g10 * d_level + g11 * d_slope
        dp, dc, ds = p - p_ahead, c - c_ahead, s - s_ahead
        e0, e1 = g00 * dp + g01 * dc, g00 * dc + g01 * ds
        f0, f1 = g10 * dp + g11 * dc, g10 * dc + g11 * ds
        p, c, s = p_now + e0 * g00 + e1 * g01, c_now + e0 * g10 + e1 * g11, s_now + f0 * g10 + f1 * g11
        levels.append(level)
        variances.append(p)
    return np.array(levels[::-1]), np.array(variances[::-1])


def fit_one(t: Array, y: Array, sigma: Array) -> tuple[Array, Array, Array, State]:
    """Weights, level, its variance and the last state of one series, by EM of the t-likelihood."""
    steps = _listed(t)
    listed, variance, start, weights = y.tolist(), sigma**2, float(np.median(y[:3])), np.ones_like(y)
    for _ in range(ITERATIONS):
        states = forward(steps, listed, (variance / weights).tolist(), start)
        level, level_var = backward(states)
        updated = (NU + 1) / (NU + ((y - level) ** 2 + level_var) / variance)
        moved = float(np.max(np.abs(updated - weights)))
        weights = updated
        if moved < TOLERANCE:
            break
    return weights, level, level_var, states[-1][6:]


def filtered_level(t: Array, y: Array, sigma: Array) -> Array:
    """Level after each observation from that one and earlier ones only; the prior starts at the first."""
    states = forward(_listed(t), y.tolist(), (sigma**2).tolist(), float(y[0]))
    return np.array([state[6] for state in states])


def fit_many(t: Array, y: Array, sigma: Array, used: NDArray[np.bool_]) -> tuple[Array, Array, Array, Array]:
    """The same for the columns of `t`, `y` and `sigma`, each filled from its first row on as far as `used` says.

    Every series stops by itself, after as many steps as it would take alone.
    """
    steps = steps_of(np.where(used, np.diff(t, axis=0, prepend=t[:1]), 0.0))
    start, variance = np.nanmedian(np.where(used, y, np.nan)[:3], axis=0), np.where(used, sigma**2, np.inf)
    values, weights, level, level_var = np.where(used, y, 0.0), np.ones_like(y), np.zeros_like(y), np.zeros_like(y)
    end, active = np.zeros((5, t.shape[1])), np.arange(t.shape[1])
    for _ in range(ITERATIONS):
        own, old, seen, error = values[:, active], weights[:, active], used[:, active], variance[:, active]
        moves = list(zip(*(part[:, active] for part in steps), strict=True))
        states = forward(moves, list(own), list(error / old), start[active])
        found, found_var = backward(states)
        updated = np.where(seen, (NU + 1) / (NU + ((own - found) ** 2 + found_var) / error), 1.0)
        weights[:, active], level[:, active], level_var[:, active] = updated, found, found_var
        end[:, active] = states[-1][6:]
        active = active[np.abs(updated - old).max(axis=0) >= TOLERANCE]
        if not active.size:
            break
    return weights, level, level_var, end


def _listed(t: Array) -> list[Step]:
    return list(zip(*(part.tolist() for part in steps_of(np.diff(t, prepend=t[0]))), strict=True))
