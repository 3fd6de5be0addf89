"""Does a model forecast an athlete's own tests better than no model, and does her load matter to it? (methods F1).

Two checks that need no assumption: a rolling origin (fit on what was known, forecast what came after, hold the error
against that of the last value and of the mean of the last five), and the same fit on loads whose days are shuffled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.stats._load_memory import least_squares, rounding, state

Floats = NDArray[np.float64]
Days = NDArray[np.int64]
Forecast = Callable[[Days, Floats, Days], Floats]
"""Forecasts for the target days, from the days and scores of the tests up to the origin; NaN where it cannot tell."""

FIRST: Final = 10  # tests that are known at the first origin (convention)
HORIZON_DAYS: Final = 14
LAST_VALUE: Final = "last value"
MEAN_OF_LAST: Final = "mean of the last 5"
NAIVE: Final = (LAST_VALUE, MEAN_OF_LAST)
_FIVE: Final = 5


@dataclass(frozen=True)
class ForecastCheck:
    """Root mean squared forecast error by name of the model, all on the same `n` forecasts from `origins` origins."""

    rmse: dict[str, float]
    n: int
    origins: int

    def beats_naive(self, model: str) -> bool:
        """Whether the model's error is below that of both naive forecasts; False where nothing could be checked."""
        own = self.rmse.get(model, np.nan)
        return bool(self.n and all(own < self.rmse[name] for name in NAIVE))


def rolling_origin(
    days: ArrayLike,
    scores: ArrayLike,
    models: Mapping[str, Forecast],
    *,
    first: int = FIRST,
    horizon_days: int = HORIZON_DAYS,
) -> ForecastCheck:
    """Forecast every test up to `horizon_days` after each origin from the tests up to that origin only.

    `days` (whole, rising) and `scores` have one value per test; the first origin is test number `first`. An origin
    where a model has no forecast is left out for all, so that the errors can be compared. No error where there are no
    forecasts. Source: Tashman 2000 (Int J Forecast 16:437-450).

    >>> check = rolling_origin(range(0, 60, 3), [1.0, 3.0] * 10, {}, horizon_days=3)
    >>> check.rmse["last value"], check.n
    (2.0, 10)
    """
    when, y = np.asarray(days, dtype=np.int64), np.asarray(scores, dtype=np.float64)
    everyone: dict[str, Forecast] = {LAST_VALUE: _last, MEAN_OF_LAST: _mean_of_last, **models}
    errors: dict[str, list[Floats]] = {name: [] for name in everyone}
    for known in range(max(first, 1), y.size):
        targets = (when > when[known - 1]) & (when <= when[known - 1] + horizon_days)
        if not targets.any():
            continue
        told = {name: model(when[:known], y[:known], when[targets]) for name, model in everyone.items()}
        if all(np.isfinite(forecast).all() for forecast in told.values()):
            for name, forecast in told.items():
                errors[name].append(y[targets] - forecast)
    origins = len(errors[LAST_VALUE])
    joined = {name: np.concatenate(found) if found else np.empty(0) for name, found in errors.items()}
    rmse = {name: float(np.sqrt((e**2).mean())) if e.size else float("nan") for name, e in joined.items()}
    return ForecastCheck(rmse, joined[LAST_VALUE].size, origins)


def shuffled_share(
    load: ArrayLike, test_days: ArrayLike, scores: ArrayLike, *, tau1: float, tau2: float, shuffles: int, seed: int
) -> float:
    """Share of shuffled loads that fit the tests at least as well as the real one, with gains not below zero.

    The daily loads (all known, up to the last test) are put on random days, `shuffles` times with `seed`; the time
    constants (days) are given. Near 1 a load on any days would have done, near 0 the days matter. NaN where a load is
    not known. Source: a permutation test (Good 2005, Permutation, Parametric and Bootstrap Tests of Hypotheses).

    >>> load, days = np.tile([0.0, 80, 0, 40, 90, 0, 100], 12), np.arange(10, 84, 4)
    >>> score = 100 + 0.1 * state(load, 40)[days] - 0.3 * state(load, 7)[days]
    >>> shuffled_share(load, days, score, tau1=40, tau2=7, shuffles=100, seed=1)
    0.0
    """
    when, y = np.asarray(test_days, dtype=np.int64), np.asarray(scores, dtype=np.float64)
    own = np.asarray(load, dtype=np.float64)[: int(when.max(initial=0)) + 1]
    if not (when.size and np.isfinite(own).all() and own.size > when.max()):
        return float("nan")
    rng = np.random.default_rng(seed)
    loads = np.concatenate([own[None], rng.permuted(np.tile(own, (shuffles, 1)), axis=1)])
    slow, fast = (state(loads, tau)[:, when] for tau in (tau1, tau2))
    sse = least_squares(np.stack([np.ones_like(slow), slow, -fast], axis=-1), y[:, None])[0][:, 0]
    return float((sse[1:] <= sse[0] + rounding(y)).mean())


def _last(_: Days, scores: Floats, targets: Days) -> Floats:
    return np.full(targets.size, scores[-1])


def _mean_of_last(_: Days, scores: Floats, targets: Days) -> Floats:
    return np.full(targets.size, scores[-_FIVE:].mean())
