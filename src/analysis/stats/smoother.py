"""Trend of e1RM from irregular sessions with outliers: a robust local-linear state space (methods B5, B5b).

`y = ln e1RM = mu(t) + error`, error ~ Student t (4 df, scale sigma), `mu` a random walk whose slope is a random walk.
The t-likelihood is fitted by EM: a Kalman filter and Rauch-Tung-Striebel smoother with weighted observation variances,
repeated until the weights stand still. The prior slope is zero, so growth must come from the data. Sources: Durbin &
Koopman, Time Series Analysis by State Space Methods, 2012; Lange, Little & Taylor 1989 (JASA 84:881-896).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.stats import _smoother_core as core

Array = NDArray[np.float64]

NU: Final = core.NU
SIGMA: Final = 0.035  # of ln e1RM, where a session has no sigma_rel of its own
Q_LEVEL: Final = core.Q_LEVEL
Q_SLOPE: Final = core.Q_SLOPE
PRIOR_LEVEL_SD: Final = core.PRIOR_LEVEL_SD
PRIOR_SLOPE_SD: Final = core.PRIOR_SLOPE_SD
MIN_SESSIONS: Final = 6
MIN_SPAN_WEEKS: Final = 4.0
MAX_GAP_WEEKS: Final = 4.0
MAX_FORECAST_WEEKS: Final = 4.0
MIN_BLOCK_SESSIONS: Final = 4
MAX_END_DISTANCE_WEEKS: Final = 1.0
OUTLIER_WEIGHT: Final = 0.5
Z95: Final = 1.959963984540054
MODEL: Final = {  # as it is written into the parameters of every result that rests on it
    "nu": NU,
    "q_level_per_week": Q_LEVEL,
    "q_slope_per_week": Q_SLOPE,
    "prior_level_sd": PRIOR_LEVEL_SD,
    "prior_slope_sd_per_week": PRIOR_SLOPE_SD,
    "min_sessions": MIN_SESSIONS,
    "min_span_weeks": MIN_SPAN_WEEKS,
    "min_block_sessions": MIN_BLOCK_SESSIONS,
    "max_end_distance_weeks": MAX_END_DISTANCE_WEEKS,
}
_ROUNDING_WEEKS: Final = 1e-6  # 18/7 - 11/7 is a little more than 1, 34/7 - 6/7 a little less than 4
_AT_ONCE: Final = 512  # series side by side: their arrays stay in the processor's cache


@dataclass(frozen=True)
class Path:
    """The smoothed series on the log scale, one entry per session as given; `end` is the state at the latest one."""

    t_weeks: Array
    y: Array
    sigma: Array
    weights: Array
    level: Array
    level_var: Array
    end: tuple[float, float, float, float, float]  # level, slope, var(level), cov, var(slope)


@dataclass(frozen=True)
class Trend:
    """Level, weekly growth and forecast; pairs are 95 % intervals. A weight below 0.5 marks a probable outlier."""

    status: str
    reason: str | None = None
    level_kg: float | None = None
    level_ci: tuple[float, float] | None = None
    slope_pct_per_week: float | None = None
    slope_ci: tuple[float, float] | None = None
    p_growing: float | None = None
    forecast_kg: float | None = None
    forecast_ci: tuple[float, float] | None = None
    weights: tuple[float, ...] = ()
    smoothed_kg: tuple[float, ...] = ()
    smoothed_low_kg: tuple[float, ...] = ()
    smoothed_high_kg: tuple[float, ...] = ()


@dataclass(frozen=True)
class Gain:
    """Change of the level over a block (%), its 95 % interval, and the probability that it is above zero."""

    status: str
    reason: str | None = None
    gain_pct: float | None = None
    sd_log: float | None = None
    ci_pct: tuple[float, float] | None = None
    p_gain: float | None = None
    sessions: int = 0


def smooth(t_weeks: ArrayLike, y: ArrayLike, sigma: ArrayLike = SIGMA) -> Path:
    """Smooth `y` (log scale, standard deviations `sigma`), in any order; no preconditions beyond one observation.

    Raises ValueError where a number is missing.

    >>> smooth([0, 1, 2], [4.6, 4.6, 4.6]).level.round(3).tolist()
    [4.6, 4.6, 4.6]
    """
    t, values, sd = _series(t_weeks, y, sigma)
    order, back = _orders(t, values, sd)
    weights, level, level_var, end = core.fit_one(t[order], values[order], sd[order])
    return Path(t, values, sd, weights[back], level[back], level_var[back], _end(end))


def smooth_many(t_weeks: ArrayLike, y: ArrayLike, sigma: ArrayLike = SIGMA) -> tuple[Path, ...]:
    """Smooth the rows of `y` all at once, as `smooth` does one by one: same numbers, many times faster.

    NaN in `t_weeks` or `y` ends a shorter series. Raises ValueError as `smooth`, and for a series without observation.

    >>> [path.level.round(3).tolist() for path in smooth_many([[0, 1, 2], [0, 1, math.nan]], [[4.6] * 3, [4.5] * 3])]
    [[4.6, 4.6, 4.6], [4.5, 4.5]]
    """
    times, values = np.broadcast_arrays(np.atleast_2d(np.asarray(t_weeks, dtype=float)), np.asarray(y, dtype=float))
    errors = np.broadcast_to(np.asarray(sigma, dtype=float), values.shape)
    used = ~(np.isnan(times) | np.isnan(values))
    if (np.diff(used.astype(int), axis=1) > 0).any():
        raise ValueError("smoother: missing values belong at the end of a series")
    series = [_series(t[u], v[u], sd[u]) for t, v, sd, u in zip(times, values, errors, used, strict=True)]
    return _smoothed(series)


def trend(
    t_weeks: ArrayLike, e1rm_kg: ArrayLike, sd_log: ArrayLike = SIGMA, horizon_weeks: float = MAX_FORECAST_WEEKS
) -> Trend:
    """Level at the last session (kg), slope (%/week), P(growing) and forecast of one exercise (methods B5).

    Needs times in weeks, in any order (weights and path keep it), session e1RM in kg and the standard deviation of ln
    e1RM. Refused: TREND_TOO_SHORT (fewer than 6 sessions or 4 weeks), FORECAST_TOO_FAR (beyond 4 weeks), BAD_INPUT; a
    gap above 4 weeks is a caution (LONG_GAP).

    >>> found = trend(range(8), [100, 101, 102, 103, 104, 105, 106, 107], 0.02)
    >>> found.status, round(found.level_kg, 1), found.p_growing > 0.95
    ('ok', 106.4, True)
    """
    reason = _refusal(t_weeks, e1rm_kg, sd_log) or _horizon_refusal(horizon_weeks)
    if reason is not None:
        return Trend("refused", reason)
    return _trend(smooth(t_weeks, np.log(np.asarray(e1rm_kg, dtype=float)), sd_log), float(horizon_weeks))


def trend_many(
    series: Sequence[tuple[ArrayLike, ArrayLike, ArrayLike]], horizon_weeks: float = MAX_FORECAST_WEEKS
) -> tuple[Trend, ...]:
    """`trend` of many series (times in weeks, e1RM in kg, standard deviations of ln e1RM), fitted all at once.

    The numbers and the refusals are those of `trend`; a refused series costs the others nothing.

    >>> [found.status for found in trend_many([(range(8), [100 + i for i in range(8)], 0.02), ([0], [100], 0.02)])]
    ['ok', 'refused']
    """
    reasons = [_refusal(*one) or _horizon_refusal(horizon_weeks) for one in series]
    fits = [one for one, reason in zip(series, reasons, strict=True) if reason is None]
    checked = [_series(t, np.log(np.asarray(kg, dtype=float)), sd) for t, kg, sd in fits]
    paths = iter(_smoothed(checked))
    return tuple(Trend("refused", r) if r else _trend(next(paths), float(horizon_weeks)) for r in reasons)


def _trend(path: Path, h: float) -> Trend:
    level, slope, p, c, s = path.end
    ahead_var = p + 2 * h * c + h * h * s + Q_LEVEL * h + Q_SLOPE * h**3 / 3
    half = Z95 * np.sqrt(path.level_var)
    long_gap = float(np.max(np.diff(np.sort(path.t_weeks)))) > MAX_GAP_WEEKS + _ROUNDING_WEEKS
    return Trend(
        status="caution" if long_gap else "ok",
        reason="LONG_GAP" if long_gap else None,
        level_kg=math.exp(level),
        level_ci=_interval(level, p),
        slope_pct_per_week=100 * math.expm1(slope),
        slope_ci=_interval_pct(slope, s),
        p_growing=normal_cdf(slope / math.sqrt(s)),
        forecast_kg=math.exp(level + h * slope),
        forecast_ci=_interval(level + h * slope, ahead_var),
        weights=tuple(path.weights.tolist()),
        smoothed_kg=tuple(np.exp(path.level).tolist()),
        smoothed_low_kg=tuple(np.exp(path.level - half).tolist()),
        smoothed_high_kg=tuple(np.exp(path.level + half).tolist()),
    )


def block_gain(t_weeks: ArrayLike, e1rm_kg: ArrayLike, sd_log: ArrayLike, start_week: float, end_week: float) -> Gain:
    """Change of the level from `start_week` to `end_week` in % from the joint posterior (methods B5b).

    Refused: as `trend`, and BLOCK_NOT_COVERED with fewer than 4 sessions inside the block or no session within one
    week of either end.

    >>> found = block_gain(range(8), [100, 101, 102, 103, 104, 105, 106, 107], 0.02, 0, 7)
    >>> round(found.gain_pct, 1), found.sessions
    (5.8, 8)
    """
    reason = _refusal(t_weeks, e1rm_kg, sd_log)
    if reason is None and not start_week < end_week:
        reason = "BAD_INPUT"
    if reason is not None:
        return Gain("refused", reason)
    t = np.asarray(t_weeks, dtype=float)
    inside = int(np.sum((t >= start_week - _ROUNDING_WEEKS) & (t <= end_week + _ROUNDING_WEEKS)))
    far = max(float(np.min(np.abs(t - week))) for week in (start_week, end_week))
    if inside < MIN_BLOCK_SESSIONS or far > MAX_END_DISTANCE_WEEKS + _ROUNDING_WEEKS:
        return Gain("refused", "BLOCK_NOT_COVERED", sessions=inside)
    path = smooth(t, np.log(np.asarray(e1rm_kg, dtype=float)), sd_log)
    mean, cov = joint_level(path, [start_week, end_week])
    gain = float(mean[1] - mean[0])
    variance = float(cov[0, 0] + cov[1, 1] - 2 * cov[0, 1])
    p_gain = normal_cdf(gain / math.sqrt(variance))
    return Gain("ok", None, 100 * math.expm1(gain), math.sqrt(variance), _interval_pct(gain, variance), p_gain, inside)


def joint_level(path: Path, weeks: ArrayLike) -> tuple[Array, Array]:
    """Posterior mean and covariance of the log level at any `weeks`, by dense Gaussian conditioning.

    The same model as the smoother, written as a prior covariance of the whole path; before the first session it goes
    on as a walk of its own, so that a block may start a few days before the first session.

    >>> path = smooth([0, 1, 2], [4.6, 4.61, 4.6])
    >>> bool(abs(joint_level(path, [2])[0][0] - path.level[-1]) < 1e-9)
    True
    """
    first, (order, _) = path.t_weeks.min(), _orders(path.t_weeks, path.y, path.sigma)
    seen, asked = path.t_weeks - first, np.asarray(weeks, dtype=float) - first
    start = float(np.median(path.y[order[:3]]))
    noisy = _kernel(seen, seen) + np.diag(path.sigma**2 / path.weights)
    across = _kernel(asked, seen)
    solved = np.linalg.solve(noisy, np.column_stack([path.y - start, across.T]))
    return start + across @ solved[:, 0], _kernel(asked, asked) - across @ solved[:, 1:]


def filtered(t_weeks: ArrayLike, e1rm_kg: ArrayLike, sd_log: ArrayLike = SIGMA) -> Array:
    """e1RM level (kg) after each session, in any order, as known at its time: no later one counts (methods C2, C3).

    Sessions of one time share the level after all of them.

    >>> filtered([0, 1], [100, 104]).round(1).tolist()
    [100.0, 102.0]
    """
    t, values, sd = _series(t_weeks, np.log(np.asarray(e1rm_kg, dtype=float)), sd_log)
    order, _ = _orders(t, values, sd)
    level: Array = np.exp(core.filtered_level(t[order], values[order], sd[order]))
    return level[np.searchsorted(t[order], t, side="right") - 1]


def normal_cdf(z: float) -> float:
    """Probability of a standard normal below `z`.

    >>> round(normal_cdf(1.96), 3)
    0.975
    """
    return 0.5 * math.erfc(-z / math.sqrt(2))


def _series(t_weeks: ArrayLike, y: ArrayLike, sigma: ArrayLike) -> tuple[Array, Array, Array]:
    t, values = np.asarray(t_weeks, dtype=float), np.asarray(y, dtype=float)
    if t.shape != values.shape or t.ndim != 1 or t.size == 0:
        raise ValueError(f"smoother: one value per time expected, got {values.shape} values and {t.shape} times")
    sd = np.broadcast_to(np.asarray(sigma, dtype=float), values.shape)
    if not (np.isfinite(t).all() and np.isfinite(values).all() and (sd > 0).all() and np.isfinite(sd).all()):
        raise ValueError("smoother: times, values and standard deviations must be finite, the last positive")
    return t, values, sd


def _orders(t: Array, values: Array, sd: Array) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The way into order of time, and back; of one time the lower value is first, so that row order never matters."""
    order = np.lexsort((sd, values, t))
    return order, np.argsort(order)


def _smoothed(series: Sequence[tuple[Array, Array, Array]]) -> tuple[Path, ...]:
    """Fit checked series side by side, those of similar length together."""
    order, ways = sorted(range(len(series)), key=lambda i: series[i][0].size), [_orders(*one) for one in series]
    paths: dict[int, Path] = {}
    for first in range(0, len(order), _AT_ONCE):
        chosen = order[first : first + _AT_ONCE]
        longest = series[chosen[-1]][0].size
        used = np.arange(longest)[:, None] < np.array([series[i][0].size for i in chosen])
        padded = np.ones((3, longest, len(chosen)))
        for column, i in enumerate(chosen):
            padded[:, : series[i][0].size, column] = np.asarray(series[i])[:, ways[i][0]]
        weights, level, level_var, end = core.fit_many(padded[0], padded[1], padded[2], used)
        for column, i in enumerate(chosen):
            n = series[i][0].size
            w, mean, var = (part[:n, column][ways[i][1]] for part in (weights, level, level_var))
            paths[i] = Path(*series[i], w, mean, var, _end(end[:, column].tolist()))
    return tuple(paths[i] for i in range(len(series)))


def _end(state: Sequence[float]) -> tuple[float, float, float, float, float]:
    level, slope, p, c, s = state
    return level, slope, p, c, s


def _refusal(t_weeks: ArrayLike, e1rm_kg: ArrayLike, sd_log: ArrayLike) -> str | None:
    with np.errstate(all="ignore"):
        y = np.log(np.asarray(e1rm_kg, dtype=float))
    try:
        t, _, _ = _series(t_weeks, y, sd_log) if y.size else (y, y, y)
    except ValueError:
        return "BAD_INPUT"
    short = t.size < MIN_SESSIONS or np.ptp(t) < MIN_SPAN_WEEKS - _ROUNDING_WEEKS
    return "TREND_TOO_SHORT" if short else None


def _horizon_refusal(weeks: float) -> str | None:
    if not weeks >= 0:  # also one that is no number
        return "BAD_INPUT"
    return "FORECAST_TOO_FAR" if weeks > MAX_FORECAST_WEEKS else None


def _kernel(a: Array, b: Array) -> Array:
    x, y = np.abs(a)[:, None], np.abs(b)[None, :]
    near, far = np.minimum(x, y), np.maximum(x, y)
    walk = Q_LEVEL * near + Q_SLOPE * near**2 * (3 * far - near) / 6
    same_side = a[:, None] * b[None, :] > 0
    return PRIOR_LEVEL_SD**2 + PRIOR_SLOPE_SD**2 * np.outer(a, b) + np.where(same_side, walk, 0.0)


def _interval(mean: float, variance: float) -> tuple[float, float]:
    half = Z95 * math.sqrt(variance)
    return math.exp(mean - half), math.exp(mean + half)


def _interval_pct(mean: float, variance: float) -> tuple[float, float]:
    low, high = _interval(mean, variance)
    return 100 * (low - 1), 100 * (high - 1)
