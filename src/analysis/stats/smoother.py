"""Trend of e1RM from irregular sessions with outliers: a robust local-linear state space (methods B5, B5b).

`y = ln e1RM = mu(t) + error`, error ~ Student t (4 df, scale sigma), `mu` a random walk whose slope is a random walk.
The t-likelihood is fitted by EM: a Kalman filter and Rauch-Tung-Striebel smoother with weighted observation variances,
repeated until the weights stand still. The prior slope is zero, so growth must come from the data. Sources: Durbin &
Koopman, Time Series Analysis by State Space Methods, 2012; Lange, Little & Taylor 1989 (JASA 84:881-896).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

NU: Final = 4.0
SIGMA: Final = 0.035  # of ln e1RM, where a session has no sigma_rel of its own
Q_LEVEL: Final = 0.006**2  # per week
Q_SLOPE: Final = 0.0005**2  # per week
PRIOR_LEVEL_SD: Final = 0.25
PRIOR_SLOPE_SD: Final = 0.006
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
_TOLERANCE: Final = 1e-9
_ROUNDING_WEEKS: Final = 1e-6  # 18/7 - 11/7 is a little more than 1
_ITERATIONS: Final = 500


@dataclass(frozen=True)
class Path:
    """The smoothed series on the log scale, one entry per session; `end` is the state at the last one."""

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
    """Smooth `y` (log scale, standard deviations `sigma`) at ascending times; no preconditions beyond one observation.

    Raises ValueError where times do not ascend or a number is missing.

    >>> smooth([0, 1, 2], [4.6, 4.6, 4.6]).level.round(3).tolist()
    [4.6, 4.6, 4.6]
    """
    t, values, sd = _series(t_weeks, y, sigma)
    steps, listed, variance = _steps(t), values.tolist(), sd**2
    start = float(np.median(values[:3]))
    weights = np.ones_like(values)
    for _ in range(_ITERATIONS):
        states = _filter(steps, listed, (variance / weights).tolist(), start)
        level, level_var = _rts(states)
        updated = (NU + 1) / (NU + ((values - level) ** 2 + level_var) / variance)
        moved = float(np.max(np.abs(updated - weights)))
        weights = updated
        if moved < _TOLERANCE:
            break
    return Path(t, values, sd, weights, level, level_var, states[-1][6:])


def trend(
    t_weeks: ArrayLike, e1rm_kg: ArrayLike, sd_log: ArrayLike = SIGMA, horizon_weeks: float = MAX_FORECAST_WEEKS
) -> Trend:
    """Level at the last session (kg), slope (%/week), P(growing) and forecast of one exercise (methods B5).

    Needs ascending times in weeks, session e1RM in kg and the standard deviation of ln e1RM. Refused: TREND_TOO_SHORT
    (fewer than 6 sessions or 4 weeks), FORECAST_TOO_FAR (beyond 4 weeks), BAD_INPUT; a gap above 4 weeks is a caution
    (LONG_GAP).

    >>> found = trend(range(8), [100, 101, 102, 103, 104, 105, 106, 107], 0.02)
    >>> found.status, round(found.level_kg, 1), found.p_growing > 0.95
    ('ok', 106.4, True)
    """
    reason = _refusal(t_weeks, e1rm_kg, sd_log)
    if reason is None and not 0 <= horizon_weeks <= MAX_FORECAST_WEEKS:
        reason = "FORECAST_TOO_FAR"
    if reason is not None:
        return Trend("refused", reason)
    path = smooth(t_weeks, np.log(np.asarray(e1rm_kg, dtype=float)), sd_log)
    level, slope, p, c, s = path.end
    h = float(horizon_weeks)
    ahead_var = p + 2 * h * c + h * h * s + Q_LEVEL * h + Q_SLOPE * h**3 / 3
    half = Z95 * np.sqrt(path.level_var)
    long_gap = float(np.max(np.diff(path.t_weeks))) > MAX_GAP_WEEKS
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
    inside = int(np.sum((t >= start_week) & (t <= end_week)))
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
    seen = path.t_weeks - path.t_weeks[0]
    asked = np.asarray(weeks, dtype=float) - path.t_weeks[0]
    start = float(np.median(path.y[:3]))
    noisy = _kernel(seen, seen) + np.diag(path.sigma**2 / path.weights)
    across = _kernel(asked, seen)
    solved = np.linalg.solve(noisy, np.column_stack([path.y - start, across.T]))
    return start + across @ solved[:, 0], _kernel(asked, asked) - across @ solved[:, 1:]


def filtered(t_weeks: ArrayLike, e1rm_kg: ArrayLike, sd_log: ArrayLike = SIGMA) -> Array:
    """e1RM level (kg) after each session as known on that day: only that session and earlier ones (methods C2, C3).

    >>> filtered([0, 1], [100, 104]).round(1).tolist()
    [100.0, 102.0]
    """
    t, values, sd = _series(t_weeks, np.log(np.asarray(e1rm_kg, dtype=float)), sd_log)
    states = _filter(_steps(t), values.tolist(), (sd**2).tolist(), float(values[0]))
    level: Array = np.exp(np.array([state[6] for state in states]))
    return level


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
    if (np.diff(t) < 0).any():
        raise ValueError("smoother: times must ascend")
    return t, values, sd


def _refusal(t_weeks: ArrayLike, e1rm_kg: ArrayLike, sd_log: ArrayLike) -> str | None:
    with np.errstate(all="ignore"):
        y = np.log(np.asarray(e1rm_kg, dtype=float))
    try:
        t, _, _ = _series(t_weeks, y, sd_log) if y.size else (y, y, y)
    except ValueError:
        return "BAD_INPUT"
    return "TREND_TOO_SHORT" if t.size < MIN_SESSIONS or t[-1] - t[0] < MIN_SPAN_WEEKS else None


State = tuple[float, float, float, float, float, float, float, float, float, float, float]
Step = tuple[float, float, float, float]


def _steps(t: Array) -> list[Step]:
    gap = np.diff(t, prepend=t[0])
    columns = (gap, Q_LEVEL * gap + Q_SLOPE * gap**3 / 3, Q_SLOPE * gap**2 / 2, Q_SLOPE * gap)
    return list(zip(*(c.tolist() for c in columns), strict=True))


def _filter(steps: list[Step], y: list[float], r: list[float], start: float) -> list[State]:
    # 2 x 2 algebra written out: numpy calls on such small matrices cost 30 times the arithmetic. A state is
    # (gap, predicted level, predicted slope, their var, cov, var, then level, slope, var, cov, var after the update).
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


def _rts(states: list[State]) -> tuple[Array, Array]:
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
