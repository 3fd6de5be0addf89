"""Repetition tables: how many repetitions a share of the 1RM allows, and back, for three one-parameter models.

Models after Jovanović (Strength Training Manual, 2020) and his package STMr: Epley 1985 with a free `k`, the modified
Epley equation that passes through 100 % at one repetition, and the linear one of Brzycki 1993. STMr's Epley gives
1 / (1 + k), about 97 %, at one repetition and so calls a "1RM" what nobody lifts once; our estimate of the 1RM
(stats.e1rm, methods B1) is exactly 1 there for every equation. The tables are for planning, not for that estimate.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

DEFAULT_K: Final = {"epley": 0.0333, "modified_epley": 0.0353, "linear": 33.0}
"""Parameter of each model: k, kmod, klin. Brzycki's own line is klin = 36."""
ADJUSTMENTS: Final = {"rir": 0.0, "deducted": 0.0, "relative": 1.0, "max_reps": 1.0}
"""The four ways to stay away from failure, with the adjustment that changes nothing: repetitions in reserve, a share
of the 1RM that is added (-0.05), a factor of the intensity (0.9), and a share of the possible repetitions (0.8)."""


def max_reps(share: ArrayLike, model: str = "epley", k: ArrayLike | None = None) -> Floats:
    """Repetitions to failure at a `share` of the 1RM (0.8 is 80 %); NaN for a share that is not above 0.

    Raises ValueError for an unknown model.

    >>> max_reps([1.0, 0.8]).round(2).tolist(), float(max_reps(1.0, "modified_epley"))
    ([0.0, 7.51], 1.0)
    """
    p, parameter = _floats(share), _parameter(model, k)
    p = np.where(p > 0, p, np.nan)
    if model == "linear":
        return np.asarray((1 - p) * parameter + 1)
    return np.asarray((1 / p - 1) / parameter + _first(model))


def max_share(reps: ArrayLike, model: str = "epley", k: ArrayLike | None = None) -> Floats:
    """Share of the 1RM that allows `reps` repetitions to failure: the inverse of `max_reps`.

    The linear model runs below zero beyond k + 1 repetitions, where it says nothing. Epley's gives less than 1 at one
    repetition, unlike stats.e1rm. Raises ValueError for an unknown model.

    >>> max_share([1, 5, 10]).round(3).tolist(), max_share(1, "linear").item()
    ([0.968, 0.857, 0.75], 1.0)
    """
    r, parameter = _floats(reps), _parameter(model, k)
    if model == "linear":
        return np.asarray(1 - (r - 1) / parameter)
    with np.errstate(divide="ignore"):
        return np.asarray(1 / (parameter * (r - _first(model)) + 1))


def planned_share(
    reps: ArrayLike,
    method: str = "rir",
    adjustment: ArrayLike | None = None,
    *,
    effort_factor: ArrayLike = 1.0,
    model: str = "epley",
    k: ArrayLike | None = None,
) -> Floats:
    """Share of the 1RM to plan for `reps` that stay away from failure by `adjustment` of `method` (ADJUSTMENTS).

    `effort_factor` multiplies the repetitions (and the reserve): 1 grinding, 2 ballistic (half the possible ones), 3
    conservative. Raises ValueError for an unknown method or model.

    >>> planned_share(5, "rir", 2).round(3).item(), planned_share(5, "deducted", -0.1).round(3).item()
    (0.811, 0.757)
    """
    r, factor, by = _floats(reps), _floats(effort_factor), _adjustment(method, adjustment)
    match method:
        case "rir":
            return max_share((r + by) * factor, model, k)
        case "deducted":
            return np.asarray(max_share(r * factor, model, k) + by)
        case "relative":
            return np.asarray(max_share(r * factor, model, k) * by)
        case _:
            return max_share(r * factor / np.where(by > 0, by, np.nan), model, k)


def planned_reps(
    share: ArrayLike,
    method: str = "rir",
    adjustment: ArrayLike | None = None,
    *,
    effort_factor: ArrayLike = 1.0,
    model: str = "epley",
    k: ArrayLike | None = None,
) -> Floats:
    """Repetitions to plan at a `share` of the 1RM: the inverse of `planned_share`.

    >>> planned_reps(0.75, "rir", 2).round(1).item(), planned_reps(0.75, effort_factor=2).round(1).item()
    (8.0, 5.0)
    """
    p, factor, by = _floats(share), _floats(effort_factor), _adjustment(method, adjustment)
    match method:
        case "rir":
            return np.asarray(max_reps(p, model, k) / factor - by)
        case "deducted":
            return np.asarray(max_reps(p - by, model, k) / factor)
        case "relative":
            return np.asarray(max_reps(p / np.where(by > 0, by, np.nan), model, k) / factor)
        case _:
            return np.asarray(max_reps(p, model, k) / factor * by)


def _first(model: str) -> float:
    """Repetitions at 100 %: none for Epley's equation, one for the others."""
    return 0.0 if model == "epley" else 1.0


def _parameter(model: str, k: ArrayLike | None) -> Floats:
    if model not in DEFAULT_K:
        raise ValueError(f"model {model!r} is not known; expected one of: {', '.join(DEFAULT_K)}")
    parameter = _floats(DEFAULT_K[model] if k is None else k)
    return np.where(parameter > 0, parameter, np.nan)


def _adjustment(method: str, adjustment: ArrayLike | None) -> Floats:
    if method not in ADJUSTMENTS:
        raise ValueError(f"method {method!r} is not known; expected one of: {', '.join(ADJUSTMENTS)}")
    return _floats(ADJUSTMENTS[method] if adjustment is None else adjustment)


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)
