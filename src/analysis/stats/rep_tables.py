"""Repetition tables: how many repetitions a share of the 1RM allows, and back, for three one-parameter models.

Models after Jovanović (Strength Training Manual, 2020) and his package STMr: Epley 1985 with a free `k`, the modified
Epley equation that passes through 100 % at one repetition, and the linear one of Brzycki 1993. STMr's Epley gives
1 / (1 + k), about 97 %, at one repetition and so calls a "1RM" what nobody lifts once; our estimate of the 1RM
(stats.e1rm, methods B1) is exactly 1 there for every equation. The tables are for planning, not for that estimate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

DEFAULT_K: Final = {"epley": 0.0333, "modified_epley": 0.0353, "linear": 33.0}
"""Parameter of each model: k, kmod, klin. Brzycki's own line is klin = 36."""
ADJUSTMENTS: Final = {"rir": 0.0, "deducted": 0.0, "relative": 1.0, "max_reps": 1.0}
"""The four ways to stay away from failure, with the adjustment that changes nothing: repetitions in reserve, a share
of the 1RM that is added (-0.05), a factor of the intensity (0.9), and a share of the possible repetitions (0.8)."""
WEIGHTS: Final = ("reps", "load", "rir")


@dataclass(frozen=True)
class TableFit:
    """Parameter and 1RM fitted to sets, with standard errors that hold only where the sets are independent.

    `ssr` is the sum of squared differences in repetitions, without the weights.
    `one_rm_kg` is the load at one repetition also for Epley's model, whose own parameter is the load at none
    (`asymptote_kg`).
    """

    status: str
    reason: str | None = None
    n: int = 0
    k: float | None = None
    one_rm_kg: float | None = None
    se_k: float | None = None
    se_one_rm_kg: float | None = None
    ssr: float | None = None
    asymptote_kg: float | None = None


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


def fit_sets(
    load_kg: ArrayLike,
    reps: ArrayLike,
    rir: ArrayLike = 0.0,
    *,
    model: str = "modified_epley",
    weighted_by: tuple[str, ...] = (),
) -> TableFit:
    """The model's parameter and the 1RM that fit many sets of one exercise best, by least squares on the repetitions.

    `reps` + `rir` is what was possible. `weighted_by` names what counts (WEIGHTS): "reps" 1 / reps, "load" the load,
    "rir" 1 / (rir + 1); several multiply. The models are linear in (1, 1/load) or (1, load), so the optimum is exact,
    without start values. Sets with a missing value are left out. Refused: BAD_INPUT (values not above zero),
    TOO_FEW_LOADS (fewer than two different), SLOPE_NOT_NEGATIVE (more repetitions at heavier loads). The day of a set
    plays no part: over weeks of training the 1RM moves, and methods B5 is the one to use. Raises ValueError for
    an unknown model or weight. Jovanović, STMr 0.1.6.

    >>> found = fit_sets([70, 80, 90, 100], [10.2, 6.0, 2.9, 1.0])
    >>> round(found.k, 3), round(found.one_rm_kg)
    (0.046, 99)
    """
    _parameter(model, None)  # an unknown model is an error, not a line
    rows = np.column_stack(np.broadcast_arrays(*(np.atleast_1d(_floats(x)) for x in (load_kg, reps, rir))))
    rows = rows[~np.isnan(rows).any(axis=1)]
    load, done, reserve = rows.T
    weights = _weights(weighted_by, load, done, reserve)
    if not (rows.size and np.isfinite(rows).all() and (load > 0).all() and (done > 0).all() and (reserve >= 0).all()):
        return TableFit("refused", "BAD_INPUT", len(rows))
    if np.unique(load).size < 2:
        return TableFit("refused", "TOO_FEW_LOADS", len(rows))
    x = load if model == "linear" else 1 / load
    design, y = np.column_stack([np.ones_like(x), x]), done + reserve - _first(model)
    inverse = np.linalg.inv((design.T * weights) @ design)
    a, b = inverse @ (design.T * weights) @ y
    squares = (y - a - b * x) ** 2
    spread = inverse * (float((weights * squares).sum()) / (y.size - 2) if y.size > 2 else np.nan)
    if not (a > 0 > b if model == "linear" else b > 0 > a):
        return TableFit("refused", "SLOPE_NOT_NEGATIVE", y.size)
    k, one_rm, gradients, asymptote = _solved(model, float(a), float(b))
    se = [float(np.sqrt(g @ spread @ g)) for g in np.array(gradients)]
    told = [None if np.isnan(s) else s for s in se]
    return TableFit("ok", None, y.size, k, one_rm, told[0], told[1], float(squares.sum()), asymptote)


def _solved(model: str, a: float, b: float) -> tuple[float, float, list[list[float]], float | None]:
    """Parameter, 1RM, and their derivatives by the two coefficients of the line."""
    if model == "linear":  # y = k - (k / 1RM) L
        return a, -a / b, [[1.0, 0.0], [-1 / b, a / b**2]], None
    if model == "epley":  # y = L0 / (k L) - 1 / k, and the load at one repetition is L0 / (1 + k) = b / (1 - a)
        return -1 / a, b / (1 - a), [[1 / a**2, 0.0], [b / (1 - a) ** 2, 1 / (1 - a)]], -b / a
    return -1 / a, -b / a, [[1 / a**2, 0.0], [b / a**2, -1 / a]], None


def _weights(names: tuple[str, ...], load: Floats, reps: Floats, rir: Floats) -> Floats:
    if unknown := set(names) - set(WEIGHTS):
        raise ValueError(f"weighted_by {sorted(unknown)} is not known; expected some of: {', '.join(WEIGHTS)}")
    with np.errstate(all="ignore"):
        parts: dict[str, Any] = {"reps": 1 / reps, "load": load, "rir": 1 / (rir + 1)}
    return np.asarray(np.prod([np.ones_like(load), *(parts[name] for name in names)], axis=0))


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
