"""Fit a repetition table to sets: the model's parameter, the 1RM, or both, from loads and possible repetitions.

The models are those of stats.rep_tables (Epley with a free `k`, modified Epley, linear). Each is a straight line in
(1, 1/load) or (1, load) as long as the repetitions are predicted; predicting the load (`reverse`) needs a short search
that starts at that line. Beside least squares there is quantile regression (Koenker & Park 1996, J Econometrics
71:265-283): the line that a share of the sets stays below, "what she can do on a good day". After Jovanović and his
package STMr.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

MODELS: Final = ("epley", "modified_epley", "linear")
WEIGHTS: Final = ("reps", "load", "rir")
_ROUNDS: Final = 60
_SMALLEST_STEP: Final = 1e-9


@dataclass(frozen=True)
class TableFit:
    """Parameter and 1RM fitted to sets, with standard errors that hold only where the sets are independent.

    `ssr` is the sum of squared differences in what was predicted (repetitions, or kg), without the weights.
    `one_rm_kg` is the load at one repetition also for Epley's model, whose own parameter is the load at none
    (`asymptote_kg`). A quantile fit has no standard errors.
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
    se_asymptote_kg: float | None = None


class _Problem(NamedTuple):
    """What to predict (`y`) from what (`x`), and the line `base + free @ s` that the two coefficients move on."""

    model: str
    reverse: bool
    x: Floats
    y: Floats
    weights: Floats
    base: Floats
    free: Floats


def fit_sets(
    load_kg: ArrayLike,
    reps: ArrayLike,
    rir: ArrayLike = 0.0,
    *,
    model: str = "modified_epley",
    weighted_by: tuple[str, ...] = (),
    k: float | None = None,
    full_kg: float | None = None,
    reverse: bool = False,
    quantile: float | None = None,
) -> TableFit:
    """The model's parameter and the 1RM that fit many sets of one exercise best, by least squares on the repetitions.

    `reps` + `rir` is what was possible. `weighted_by` names what counts (WEIGHTS): "reps" 1 / reps, "load" the load,
    "rir" 1 / (rir + 1); several multiply. A known `k` leaves only the 1RM to find, a known `full_kg` (the load at
    100 %; 1 where the loads are shares of it) only the parameter. `reverse` predicts loads from repetitions.
    `quantile` (0.9: nine of ten sets lie below the curve) replaces least squares. Sets with a missing value are left
    out. Refused: BAD_INPUT (values not above zero), TOO_FEW_LOADS (fewer than two different), SLOPE_NOT_NEGATIVE (more
    repetitions at heavier loads). The day of a set plays no part: over weeks of training the 1RM moves, and
    methods B5 is the one to use. Raises ValueError for an unknown model or weight, and for a quantile outside (0, 1).

    >>> found = fit_sets([70, 80, 90, 100], [10.2, 6.0, 2.9, 1.0])
    >>> round(found.k, 3), round(found.one_rm_kg)
    (0.046, 99)
    >>> round(fit_sets([0.7, 0.8, 0.9], [10, 5, 3], model="linear", full_kg=1).k, 1)
    26.4
    """
    _check(model, weighted_by, quantile)
    rows = np.column_stack(np.broadcast_arrays(*(np.atleast_1d(_floats(v)) for v in (load_kg, reps, rir))))
    rows = rows[~np.isnan(rows).any(axis=1)]
    known = [number for number in (k, full_kg) if number is not None]
    if not (_possible(rows) and all(0 < number < np.inf for number in known)):
        return TableFit("refused", "BAD_INPUT", len(rows))
    load, possible = rows[:, 0], rows[:, 1] + rows[:, 2] - _first(model)
    problem = _Problem(model, False, load, possible, _weights(weighted_by, *rows.T), *_line(model, k, full_kg))
    turned = problem._replace(reverse=True, x=possible, y=load)
    if _undetermined(problem) or (reverse and np.unique(possible).size < min(2, problem.free.shape[1])):
        return TableFit("refused", "TOO_FEW_LOADS", len(rows))
    s = _search(problem, np.zeros(problem.free.shape[1]), quantile)
    if reverse and _falls(problem, s):
        problem, s = turned, _search(turned, s, quantile)
    if not _falls(problem, s):
        return TableFit("refused", "SLOPE_NOT_NEGATIVE", len(rows))
    return _told(problem, s, errors=quantile is None)


def fit_rolling(
    day: ArrayLike, load_kg: ArrayLike, reps: ArrayLike, rir: ArrayLike = 0.0, *, window: int = 14, **options: Any
) -> tuple[NDArray[np.int64], list[TableFit]]:
    """`fit_sets` (with its `options`) over the last `window` days, for every day with a whole window behind it.

    `day` are whole day numbers. Gives the days and one fit for each. Raises ValueError for a day that is not a whole
    number or a window below one day.

    >>> days, fits = fit_rolling([1, 1, 2, 2, 3], [80, 100, 80, 100, 90], [8, 2, 9, 3, 6], window=2)
    >>> days.tolist(), [round(fit.one_rm_kg) for fit in fits]
    ([2, 3], [107, 110])
    """
    when, *columns = np.broadcast_arrays(*(np.atleast_1d(_floats(v)) for v in (day, load_kg, reps, rir)))
    if window < 1 or not np.isfinite(when).all() or (when != np.floor(when)).any():
        raise ValueError("days must be whole numbers, and a window has at least one")
    days = np.unique(when[when >= when.min(initial=np.inf) + window - 1])
    inside = [(when <= last) & (when > last - window) for last in days]
    return days.astype(np.int64), [fit_sets(*(c[here] for c in columns), **options) for here in inside]


def _line(model: str, k: float | None, full_kg: float | None) -> tuple[Floats, Floats]:
    """Where the coefficients (u, v) may lie: u = 1/k and v = full load / k, or u = k and v = k / full load (linear)."""
    if k is not None and full_kg is not None:
        raise ValueError("k and full_kg are both given: nothing is left to fit")
    if k is not None:
        return np.array([k if model == "linear" else 1 / k, 0.0]), np.array([[0.0], [1.0]])
    if full_kg is not None:
        return np.zeros(2), np.array([[1.0], [1 / full_kg if model == "linear" else full_kg]])
    return np.zeros(2), np.eye(2)


def _curve(problem: _Problem, s: Floats) -> tuple[Floats, Floats]:
    """Predicted values and their derivatives by `s`."""
    (u, v), x, one = problem.base + problem.free @ s, problem.x, np.ones_like(problem.x)
    with np.errstate(all="ignore"):
        match problem.model == "linear", problem.reverse:
            case True, False:
                found, by = u - v * x, (one, -x)
            case True, True:
                found, by = (u - x) / v, (one / v, (x - u) / v**2)
            case False, False:
                found, by = v / x - u, (-one, 1 / x)
            case _:
                found, by = v / (x + u), (-v / (x + u) ** 2, 1 / (x + u))
    return found, np.column_stack(by) @ problem.free


def _search(problem: _Problem, s: Floats, quantile: float | None) -> Floats:
    """Gauss-Newton with halved steps; for a quantile, each step is a linear programme. One step where it is a line."""

    def loss(at: Floats) -> float:
        rest = problem.y - _curve(problem, at)[0]
        each = rest**2 if quantile is None else rest * (quantile - (rest < 0))
        total = float((problem.weights * each).sum())
        return total if np.isfinite(total) else np.inf

    step: Callable[[Floats, Floats], Floats] = lambda by, rest: _least_squares(by, rest, problem.weights)  # noqa: E731
    if quantile is not None:
        step = lambda by, rest: _linear_programme(by, rest, problem.weights, quantile)  # noqa: E731
    best = loss(s)
    for _ in range(_ROUNDS):
        found, by = _curve(problem, s)
        way, length = step(by, problem.y - found), 1.0
        while length > _SMALLEST_STEP and not loss(s + length * way) < best:
            length /= 2
        if length <= _SMALLEST_STEP:
            return s
        s = s + length * way
        best = loss(s)
    return s


def _least_squares(by: Floats, rest: Floats, weights: Floats) -> Floats:
    root = np.sqrt(weights)
    return np.asarray(np.linalg.lstsq(by * root[:, None], rest * root, rcond=None)[0])


def _linear_programme(by: Floats, rest: Floats, weights: Floats, quantile: float) -> Floats:
    """Step that makes the tilted absolute differences smallest: the difference as up minus down, both not negative."""
    from scipy import optimize, sparse  # slow to import, needed for quantiles only

    scale, n = np.abs(by).max(axis=0), rest.size
    equal: Any = sparse.csc_array(
        sparse.hstack([sparse.csr_array(by / scale), sparse.eye_array(n), -sparse.eye_array(n)])
    )
    cost = np.concatenate([np.zeros(scale.size), quantile * weights, (1 - quantile) * weights])
    bounds: Any = [(None, None)] * scale.size + [(0, None)] * (2 * n)
    found = optimize.linprog(cost, A_eq=equal, b_eq=rest, bounds=bounds, method="highs-ds")
    return np.zeros(scale.size) if found.x is None else np.asarray(found.x[: scale.size] / scale)


def _told(problem: _Problem, s: Floats, *, errors: bool) -> TableFit:
    """The coefficients as parameter and loads, with the standard errors that follow from theirs."""
    u, v = problem.base + problem.free @ s
    found, by = _curve(problem, s)
    rest, spare = problem.y - found, problem.y.size - s.size
    names, values, gradients = _parameters(problem.model, float(u), float(v))
    told: dict[str, float | None] = dict(zip(names, values, strict=True))
    if errors and spare > 0:
        spread = np.linalg.inv((by.T * problem.weights) @ by) * float((problem.weights * rest**2).sum()) / spare
        slopes = np.array(gradients) @ problem.free
        told |= {f"se_{name}": float(np.sqrt(g @ spread @ g)) for name, g in zip(names, slopes, strict=True)}
    return TableFit("ok", None, problem.y.size, ssr=float((rest**2).sum()), **told)


def _parameters(model: str, u: float, v: float) -> tuple[list[str], list[float], list[list[float]]]:
    """Parameter and loads of the two coefficients, and their derivatives by these."""
    if model == "linear":
        return ["k", "one_rm_kg"], [u, u / v], [[1.0, 0.0], [1 / v, -u / v**2]]
    k, full = [-1 / u**2, 0.0], [-v / u**2, 1 / u]
    if model == "modified_epley":
        return ["k", "one_rm_kg"], [1 / u, v / u], [k, full]
    once = [-v / (1 + u) ** 2, 1 / (1 + u)]  # the load at one repetition, full / (1 + k)
    return ["k", "one_rm_kg", "asymptote_kg"], [1 / u, v / (1 + u), v / u], [k, once, full]


def _falls(problem: _Problem, s: Floats) -> bool:
    return bool((problem.base + problem.free @ s > 0).all())


def _undetermined(problem: _Problem) -> bool:
    by = _curve(problem, np.zeros(problem.free.shape[1]))[1]
    return bool(np.linalg.matrix_rank(by / np.abs(by).max(initial=1e-300)) < by.shape[1])


def _possible(rows: Floats) -> bool:
    return bool(rows.size and np.isfinite(rows).all() and (rows[:, :2] > 0).all() and (rows[:, 2] >= 0).all())


def _check(model: str, weighted_by: tuple[str, ...], quantile: float | None) -> None:
    if model not in MODELS:
        raise ValueError(f"model {model!r} is not known; expected one of: {', '.join(MODELS)}")
    if unknown := set(weighted_by) - set(WEIGHTS):
        raise ValueError(f"weighted_by {sorted(unknown)} is not known; expected some of: {', '.join(WEIGHTS)}")
    if quantile is not None and not 0 < quantile < 1:
        raise ValueError(f"quantile {quantile} is not between 0 and 1")


def _weights(names: tuple[str, ...], load: Floats, reps: Floats, rir: Floats) -> Floats:
    parts: dict[str, Floats] = {"reps": 1 / reps, "load": load, "rir": 1 / (rir + 1)}
    return np.asarray(np.prod([np.ones_like(load), *(parts[name] for name in names)], axis=0))


def _first(model: str) -> float:
    """Repetitions at 100 %: none for Epley's equation, one for the others."""
    return 0.0 if model == "epley" else 1.0


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)
