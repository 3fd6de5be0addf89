"""What many simulated athletes feel and measure day by day, as arrays with known truth (methods I1).

One row per athlete, one column per day. Where the handbook gives a number it is the default; the two that it leaves
open (the noise of lnRMSSD, the pattern of a week) are conventions of this file.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

FATIGUE_TAU_DAYS: Final = 9.0
WELLNESS_PER_SD: Final = -0.6
WELLNESS_SD: Final = 0.7
HRV_PER_SD: Final = -0.04
HRV_SD: Final = 0.08  # day to day, ln ms (convention)
HRV_PHI: Final = 0.3  # the autocorrelation that the handbook takes for its false alarms (F3)
JUMP_PER_SD: Final = -0.015
JUMP_DAY_SD: Final = 0.03
JUMP_TRIAL_SD: Final = 0.035
NIGGLE_PER_WEEK: Final = 0.015
NIGGLE_MEAN_DAYS: Final = 12.0
MISSING_DAYS: Final = 0.08
WEEK_AU: Final = (350.0, 450.0, 350.0, 0.0, 350.0, 0.0, 600.0)  # session-RPE load from Monday (convention)
MULTIPLIERS: Final = (1.0, 1.1, 1.2, 0.6)


def daily_loads(rng: np.random.Generator, n: int, weeks: int, *, cv: float = 0.15) -> Floats:
    """Load of each day in AU, n x 7·weeks: a week's pattern times the block's multipliers, lognormal by `cv`.

    >>> daily_loads(np.random.default_rng(1), 2, 4).shape
    (2, 28)
    """
    factor = np.resize(MULTIPLIERS, weeks).repeat(7)
    load: Floats = np.tile(WEEK_AU, weeks) * factor * rng.lognormal(0, cv, (n, 7 * weeks))
    return load


def fatigue(load: Floats) -> Floats:
    """Fatigue of each morning in SDs of its athlete: what earlier days left behind, fading with 9 days.

    It starts from where an endless run of the athlete's mean day would have led, so that the first weeks are not
    fresher than the others. A row without any variation is all zero.

    >>> fatigue(np.array([[0.0, 100.0, 0.0, 0.0]])).round(2).tolist()
    [[-0.44, -1.31, 1.41, 0.34]]
    """
    fade = math.exp(-1 / FATIGUE_TAU_DAYS)
    state = np.empty_like(load, dtype=np.float64)
    state[:, 0] = load.mean(axis=1) * fade / (1 - fade)
    for day in range(1, load.shape[1]):
        state[:, day] = (state[:, day - 1] + load[:, day - 1]) * fade
    sd = state.std(axis=1, keepdims=True)
    tired: Floats = np.divide(state - state.mean(axis=1, keepdims=True), sd, out=np.zeros_like(state), where=sd > 0)
    return tired


def wellness(rng: np.random.Generator, tired: Floats, items: int) -> Floats:
    """Answers from 1 (worst) to 7 (best), n x days x `items`, each with noise of its own.

    >>> wellness(np.random.default_rng(1), np.zeros((1, 2)), 3).shape
    (1, 2, 3)
    """
    noise = rng.normal(0, WELLNESS_SD, (*tired.shape, items))
    return np.rint(np.clip(4 + WELLNESS_PER_SD * tired[..., None] + noise, 1, 7))


def ln_rmssd(rng: np.random.Generator, tired: Floats, base: Floats | float) -> Floats:
    """Each morning's lnRMSSD (ln ms) around `base` (a number, or one per athlete) with noise that lasts into tomorrow.

    >>> ln_rmssd(np.random.default_rng(1), np.zeros((3, 5)), 4.2).shape
    (3, 5)
    """
    noise = rng.normal(0, HRV_SD, tired.shape)
    for day in range(1, tired.shape[1]):
        noise[:, day] = HRV_PHI * noise[:, day - 1] + math.sqrt(1 - HRV_PHI**2) * noise[:, day]
    return np.reshape(np.asarray(base, dtype=np.float64), (-1, 1)) + HRV_PER_SD * tired + noise


def monitoring_jumps(rng: np.random.Generator, tired: Floats, trend: Floats, trials: int = 3) -> Floats:
    """Jump heights as ln, n x days x `trials`: the athlete's trend (ln m, n x days), fatigue, the day and the trial.

    >>> monitoring_jumps(np.random.default_rng(1), np.zeros((2, 4)), np.zeros((2, 4))).shape
    (2, 4, 3)
    """
    day = trend + JUMP_PER_SD * tired + rng.normal(0, JUMP_DAY_SD, tired.shape)
    return day[..., None] + rng.normal(0, JUMP_TRIAL_SD, (*tired.shape, trials))


@dataclass(frozen=True)
class Niggles:
    """Pain of each day (n x days, 0 without a niggle, else 2 to 5) and the days on which a niggle starts."""

    score: Floats
    starts: Bools


def niggles(rng: np.random.Generator, n: int, days: int, *, doubled: Bools | None = None) -> Niggles:
    """Niggles of `n` athletes over `days` days; `doubled` marks the days with twice the hazard (after a large jump).

    A niggle starts with a hazard of 1.5 % a week while there is none, lasts 12 days on average and keeps its score.

    >>> bool((niggles(np.random.default_rng(1), 50, 84).score <= 5).all())
    True
    """
    odds = np.where(np.zeros((n, days), dtype=np.bool_) if doubled is None else doubled, 2.0, 1.0)
    hazard = 1 - (1 - NIGGLE_PER_WEEK) ** (odds / 7)
    wanted = rng.random((n, days)) < hazard
    lasts = rng.geometric(1 / NIGGLE_MEAN_DAYS, (n, days))
    drawn = rng.integers(2, 6, (n, days))
    left, now = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    score, starts = np.zeros((n, days)), np.zeros((n, days), dtype=np.bool_)
    for day in range(days):
        starts[:, day] = wanted[:, day] & (left == 0)
        left = np.where(starts[:, day], lasts[:, day], left)
        now = np.where(starts[:, day], drawn[:, day], now)
        score[:, day] = np.where(left > 0, now, 0)
        left = np.maximum(left - 1, 0)
    return Niggles(score, starts)
