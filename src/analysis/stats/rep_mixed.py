"""Fit one repetition table to the sets of many athletes, who each have their own parameter and 1RM around a common one.

A nonlinear mixed model: the athletes' values are normally distributed around the common ones, so that those with few
sets borrow from the others. Fitted by maximum likelihood after Lindstrom & Bates 1990 (Biometrics 46:673-687): in
turn, the curves are fitted with the spread between athletes as a penalty, and the spread is estimated from the curves'
tangents, until neither moves. Models as in stats.rep_fits; the idea is that of Jovanović's package STMr.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

START_K: Final = {"epley": 0.0333, "modified_epley": 0.0353, "linear": 33.0}
_PLACE: Final = {"k": 0, "full": 1}
_ROUNDS: Final = 60
_STILL: Final = 1e-7


@dataclass(frozen=True)
class MixedFit:
    """Common parameter and load at 100 %, SDs between athletes (in the same order), and each athlete's own values.

    `full_kg` is the load at one repetition, for Epley's model at none. Athletes stand in the order of their codes.
    """

    status: str
    reason: str | None = None
    n: int = 0
    k: float | None = None
    full_kg: float | None = None
    sd_k: float | None = None
    sd_full_kg: float | None = None
    correlation: float | None = None
    residual_sd: float | None = None
    log_likelihood: float | None = None
    athlete_k: tuple[float, ...] = ()
    athlete_full_kg: tuple[float, ...] = ()


class _Sets(NamedTuple):
    """What is predicted (`y`) from what (`x`), whose it is, and which of k and the full load are free and random."""

    model: str
    reverse: bool
    who: NDArray[np.int64]
    x: Floats
    y: Floats
    start: Floats
    free: list[int]
    random: list[int]


def fit_athletes(
    athlete: ArrayLike,
    load_kg: ArrayLike,
    reps: ArrayLike,
    rir: ArrayLike = 0.0,
    *,
    model: str = "modified_epley",
    k: float | None = None,
    full_kg: float | None = None,
    reverse: bool = False,
    random: tuple[str, ...] = ("k", "full"),
) -> MixedFit:
    """Common and own parameters of athletes (any codes) from their sets, `reps` + `rir` being what was possible.

    A known `k` leaves only the 1RMs to find, a known `full_kg` (1 where loads are shares of the 1RM) only the
    parameter. `reverse` predicts loads from repetitions. `random` names what differs between athletes; the rest is
    one number for all. Sets with a missing value are left out. Refused: BAD_INPUT (values not above zero),
    TOO_FEW_ATHLETES (fewer than 3), NO_CONVERGENCE. Raises ValueError for an unknown model or nothing to fit.

    >>> load, reps = [0.9, 0.8, 0.7] * 3, [4, 8, 13, 3, 6, 10, 5, 9, 16]
    >>> round(fit_athletes([1, 1, 1, 2, 2, 2, 3, 3, 3], load, reps, model="linear", full_kg=1).k, 1)
    37.4
    """
    if model not in START_K:
        raise ValueError(f"model {model!r} is not known; expected one of: {', '.join(START_K)}")
    free = [place for place, known in ((0, k), (1, full_kg)) if known is None]
    own = [free.index(_PLACE[name]) for name in _PLACE if name in random and _PLACE[name] in free]
    if not own:
        raise ValueError("nothing is left to differ between athletes")
    columns = (np.atleast_1d(np.asarray(v, dtype=np.float64)) for v in (load_kg, reps, rir))
    codes, *rows = np.broadcast_arrays(np.unique(np.atleast_1d(np.asarray(athlete)), return_inverse=True)[1], *columns)
    load, done, reserve = rows
    there = ~np.isnan(np.array(rows)).any(axis=0)
    load, done, reserve = load[there], done[there], reserve[there]
    if not (
        load.size and np.isfinite(load * done * reserve).all() and min(load.min(), done.min()) > 0 <= reserve.min()
    ):
        return MixedFit("refused", "BAD_INPUT", load.size)
    names, who = np.unique(codes[there], return_inverse=True)
    if names.size < 3:
        return MixedFit("refused", "TOO_FEW_ATHLETES", load.size)
    x, y = load, done + reserve - (model != "epley")
    start = np.array([START_K[model] if k is None else k, 1.05 * np.mean(load) / 0.85 if full_kg is None else full_kg])
    sets = _Sets(model, reverse, who, y if reverse else x, x if reverse else y, start, free, own)
    return _alternated(sets)


def _alternated(sets: _Sets) -> MixedFit:
    """Curves and spread in turn until neither moves."""
    common, own = np.ones(len(sets.free)), np.zeros((sets.who.max() + 1, len(sets.random)))
    factor, told = np.eye(len(sets.random)) * 10.0, 0.0
    common, own = _curves(sets, common, own, factor)
    for _ in range(_ROUNDS):
        before = common
        factor, common, sigma, likelihood = _spread(sets, common, own, factor)
        common, own = _curves(sets, common, own, factor)
        if np.abs(common - before).max() < _STILL and abs(likelihood - told) < _STILL:
            return _named(sets, common, own, factor, sigma, likelihood)
        told = likelihood
    return MixedFit("refused", "NO_CONVERGENCE", sets.y.size)


def _predicted(sets: _Sets, common: Floats, own: Floats) -> tuple[Floats, Floats]:
    """Curve and its derivatives by the free values, in units of their start."""
    values = np.tile(sets.start, (own.shape[0], 1))
    relative = np.tile(common, (own.shape[0], 1))
    relative[:, sets.random] += own
    values[:, sets.free] *= relative
    (k, full), x = values[sets.who].T, sets.x
    with np.errstate(all="ignore"):
        match sets.model == "linear", sets.reverse:
            case True, False:
                found, by = (1 - x / full) * k, (1 - x / full, k * x / full**2)
            case True, True:
                found, by = full * (1 - x / k), (full * x / k**2, 1 - x / k)
            case False, False:
                found, by = (full / x - 1) / k, (-(full / x - 1) / k**2, 1 / (k * x))
            case _:
                found, by = full / (k * x + 1), (-full * x / (k * x + 1) ** 2, 1 / (k * x + 1))
    return found, (np.column_stack(by) * sets.start)[:, sets.free]


def _curves(sets: _Sets, common: Floats, own: Floats, factor: Floats) -> tuple[Floats, Floats]:
    """Penalised least squares by Gauss-Newton with halved steps; own = factor @ u, u the penalised ones."""
    u: Floats = np.asarray(np.linalg.lstsq(factor, own.T, rcond=None)[0].T, dtype=np.float64)

    def loss(shared: Floats, mine: Floats) -> float:
        total = float(((sets.y - _predicted(sets, shared, mine @ factor.T)[0]) ** 2).sum() + (mine**2).sum())
        return total if np.isfinite(total) else np.inf

    best = loss(common, u)
    for _ in range(_ROUNDS):
        found, by = _predicted(sets, common, u @ factor.T)
        step = _step(sets, by, sets.y - found, u, factor)
        size, length = common.size, 1.0
        while length > 1e-10:
            new = common + length * step[:size], u + length * step[size:].reshape(u.shape)
            if (tried := loss(*new)) < best:
                break
            length /= 2
        else:
            break
        (common, u), gain, best = new, best - tried, tried
        if gain < 1e-15 * best:
            break
    return common, u @ factor.T


def _step(sets: _Sets, by: Floats, rest: Floats, u: Floats, factor: Floats) -> Floats:
    n, size = rest.size, by.shape[1]
    design = np.zeros((n + u.size, size + u.size))
    design[:n, :size] = by
    columns = size + sets.who[:, None] * u.shape[1] + np.arange(u.shape[1])
    design[np.arange(n)[:, None], columns] = by[:, sets.random] @ factor
    design[n:, size:] = np.eye(u.size)
    return np.asarray(np.linalg.lstsq(design, np.r_[rest, -u.ravel()], rcond=None)[0])


def _spread(sets: _Sets, common: Floats, own: Floats, factor: Floats) -> tuple[Floats, Floats, float, float]:
    """Maximum likelihood of the model that the tangents make: factor of the spread, common values, SD, likelihood."""
    from scipy import optimize  # slow to import

    found, by = _predicted(sets, common, own)
    y = sets.y - found + by @ common + (by[:, sets.random] * own[sets.who]).sum(axis=1)
    here = [sets.who == i for i in range(own.shape[0])]
    blocks = [(by[mine], by[mine][:, sets.random], y[mine]) for mine in here]
    lower = np.tril_indices(len(sets.random))

    def minus(theta: Floats) -> float:
        return -_likelihood(_matrix(theta, lower), blocks)[2]

    done = optimize.minimize(minus, factor[lower], method="BFGS", options={"gtol": 1e-8})
    best = _matrix(done.x, lower)
    shared, sigma, likelihood = _likelihood(best, blocks)
    return best, shared, sigma, likelihood


def _matrix(theta: Floats, lower: tuple[NDArray[np.int64], ...]) -> Floats:
    matrix = np.zeros((int(lower[0].max()) + 1,) * 2)
    matrix[lower] = theta
    return matrix


def _likelihood(factor: Floats, blocks: list[tuple[Floats, Floats, Floats]]) -> tuple[Floats, float, float]:
    """Common values, residual SD and log-likelihood of a spread that is `factor` times the residual SD."""
    size = blocks[0][0].shape[1]
    left, right, determinant, whole, n = np.zeros((size, size)), np.zeros(size), 0.0, [], 0
    for x, z, y in blocks:
        spread = np.eye(y.size) + z @ factor @ factor.T @ z.T
        determinant += float(np.linalg.slogdet(spread)[1])
        solved = np.linalg.solve(spread, np.column_stack([x, y]))
        left, right, n = left + x.T @ solved[:, :-1], right + x.T @ solved[:, -1], n + y.size
        whole.append((x, y, spread))
    shared = np.linalg.solve(left, right)
    squares = sum(float((y - x @ shared) @ np.linalg.solve(v, y - x @ shared)) for x, y, v in whole)
    variance = squares / n
    likelihood = -0.5 * (n * (np.log(2 * np.pi * variance) + 1) + determinant)
    return np.asarray(shared, dtype=np.float64), variance**0.5, float(likelihood)


def _named(sets: _Sets, common: Floats, own: Floats, factor: Floats, sigma: float, likelihood: float) -> MixedFit:
    shared, spread = sets.start.copy(), np.zeros((2, 2))
    shared[sets.free] *= common
    places = [sets.free[i] for i in sets.random]
    spread[np.ix_(places, places)] = sigma**2 * factor @ factor.T * np.outer(sets.start[places], sets.start[places])
    each = np.tile(shared, (own.shape[0], 1))
    each[:, places] += own * sets.start[places]
    sd = np.sqrt(np.diag(spread))
    return MixedFit(
        "ok", None, sets.y.size, float(shared[0]), float(shared[1]), float(sd[0]), float(sd[1]),
        float(spread[0, 1] / sd.prod()) if sd.prod() > 0 else None, sigma, likelihood,
        tuple(each[:, 0].tolist()), tuple(each[:, 1].tolist()),
    )  # fmt: skip
