"""Many simulated athletes at once, as arrays with known truth: what calibration and coverage tests draw (methods I1).

One row per athlete, NaN where a session was missed. Defaults are those of the handbook's generative model.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analysis.simulate import STANCE_CAP_S, sprint_time_s, trend

Floats = NDArray[np.float64]

FORM_PHI: Final = 0.6
FORM_SD: Final = 0.012
SESSION_SD: Final = 0.03
OUTLIER_SHARE: Final = 0.04
OUTLIER_SD: Final = 0.10
MISSED_SESSION: Final = 0.15
MISSED_WEEK: Final = 0.06
STANCE_TRIAL_SD: Final = 0.45
STANCE_DAY_SD: Final = 0.15
GATE_SD_S: Final = 0.008
_TIMES_S: Final = np.vectorize(sprint_time_s)


@dataclass(frozen=True)
class Lifters:
    """Session e1RM of `n` lifters: weeks and ln kg (n x sessions, NaN behind the last session), and true growth."""

    t_weeks: Floats
    log_e1rm: Floats
    growth_per_week: Floats


def lifters(
    rng: np.random.Generator,
    n: int,
    *,
    weeks: int = 16,
    growth: tuple[float, float] = (0.006, 0.004),
    form_sd: float = FORM_SD,
    outlier_share: float = OUTLIER_SHARE,
) -> Lifters:
    """Two sessions a week for `weeks` weeks around 100 kg; `growth` is mean and SD of the true weekly rate.

    >>> lifters(np.random.default_rng(1), 3, weeks=4).t_weeks.shape
    (3, 8)
    """
    rate = rng.normal(*growth, n)
    form = _autoregressive(rng, n, weeks, form_sd)
    week = np.repeat(np.arange(weeks), 2)
    t = np.broadcast_to(week + np.tile([0.0, 0.5], weeks), (n, 2 * weeks)).copy()
    noise = rng.normal(0, SESSION_SD, t.shape)
    noise += (rng.random(t.shape) < outlier_share) * rng.normal(0, OUTLIER_SD, t.shape)
    rates: Any = rate[:, None]  # the formula holds for many rates and weeks at once
    weeks_done: Any = t
    y = math.log(100) + trend(rates, weeks_done) + form[:, week] + noise
    missed = (rng.random(t.shape) < MISSED_SESSION) | (rng.random((n, weeks)) < MISSED_WEEK)[:, week]
    return Lifters(*_packed(t, y, missed), rate)


def stance_times_s(rng: np.random.Generator, median_s: Floats | float, n: int, trials: int) -> Floats:
    """Times of `n` athletes on one day, `trials` each, cut at the cap; the day moves all trials of an athlete.

    >>> bool((stance_times_s(np.random.default_rng(1), 60.0, 50, 3) <= 45).all())
    True
    """
    day = rng.normal(0, STANCE_DAY_SD, (n, 1))
    level = np.log(np.broadcast_to(np.asarray(median_s, dtype=np.float64), n))[:, None]
    return np.minimum(np.exp(level + day + rng.normal(0, STANCE_TRIAL_SD, (n, trials))), STANCE_CAP_S)


@dataclass(frozen=True)
class Sprinters:
    """Split times (n x gates) with the true model behind them."""

    times_s: Floats
    vmax_mps: Floats
    tau_s: Floats


def sprinters(
    rng: np.random.Generator, n: int, gates_m: tuple[float, ...], *, offset_m: float = 0.0, noise_s: float = GATE_SD_S
) -> Sprinters:
    """Runs of `n` sprinters who start `offset_m` behind the first gate, which starts the clock.

    >>> sprinters(np.random.default_rng(1), 2, (5, 10, 20, 30)).times_s.shape
    (2, 4)
    """
    vmax, tau = rng.normal(8.0, 0.5, n), rng.normal(1.2, 0.1, n)
    distance = np.asarray(gates_m, dtype=np.float64) + offset_m
    times = _TIMES_S(distance, vmax[:, None], tau[:, None])
    if offset_m:
        times = times - _TIMES_S(offset_m, vmax[:, None], tau[:, None])
    return Sprinters(times + rng.normal(0, noise_s, times.shape), vmax, tau)


def weekly_sets(rng: np.random.Generator, n: int, weeks: int, *, cv: float, cut: float, deload_week: int) -> Floats:
    """Hard sets of `n` athletes over `weeks` weeks around 40, lognormal by `cv`, with one week cut by the share `cut`.

    >>> weekly_sets(np.random.default_rng(1), 2, 6, cv=0.1, cut=0.5, deload_week=5).shape
    (2, 6)
    """
    planned = np.full(weeks, 40.0)
    planned[deload_week - 1] *= 1 - cut
    return planned * rng.lognormal(0, cv, (n, weeks))


def _autoregressive(rng: np.random.Generator, n: int, weeks: int, sd: float) -> Floats:
    form = np.zeros((n, weeks))
    for week in range(1, weeks):
        form[:, week] = FORM_PHI * form[:, week - 1] + rng.normal(0, sd * math.sqrt(1 - FORM_PHI**2), n)
    return form


def _packed(t: Floats, y: Floats, missing: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """The sessions that were done at the front of each row, NaN behind them."""
    order = np.argsort(missing, axis=1, kind="stable")
    gone = np.take_along_axis(missing, order, axis=1)
    return tuple(np.where(gone, np.nan, np.take_along_axis(a, order, axis=1)) for a in (t, y))  # type: ignore[return-value]  # two of two
