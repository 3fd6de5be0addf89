"""The sprint profile from split times: maximal speed, time constant, start correction (methods D8, D9)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from analysis.stats._kinematics import distance_at_time, reduced_time
from analysis.stats._split_search import LENGTH_M, Floats, Problem, search

Correction = Literal["none", "time", "distance", "shift", "time and shift"]

MIN_SPLITS: Final = 4
MIN_SPLITS_CORRECTED: Final = 5  # one more where the start is fitted as well
MIN_SPLITS_BOTH: Final = 6
MIN_DISTANCE_M: Final = 20.0
CLOCK_S: Final = 0.010  # what the residual error is before the run: one split of timing gates (methods T1)
CLOCK_DF: Final = 6.0
LONGEST_START_M: Final = 100.0
FAR_START_M: Final = 0.3  # behind the gate by more than this, a time correction no longer repairs the fit
LEVEL: Final = 0.95
_CLOSEST: Final = 1e-6  # share of the nearest gate's distance by which a shifted start stays before that gate
_SINGULAR: Final = 1e-14  # determinant of the scaled equations below which the splits do not tell the parameters apart


@dataclass(frozen=True)
class Quantity:
    """A fitted or derived number of every runner with its standard error and interval; NaN where refused."""

    value: Floats
    se: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class SprintFit:
    """Profiles of one runner (scalars) or of many (arrays); `reason` and `caution` are "" where there is none.

    `covariance` is that of V and tau; `predicted_s` and `rss` belong to the splits as given.
    """

    vmax_mps: Quantity
    tau_s: Quantity
    a0_mps2: Quantity
    pmax_wkg: Quantity
    time_correction_s: Quantity
    start_offset_m: Quantity
    covariance: Floats
    predicted_s: Floats
    rss: Floats
    rmse_s: Floats
    n: NDArray[np.int_]
    df: Floats
    reason: NDArray[np.str_]
    caution: NDArray[np.str_]

    def speed_at(self, distance_m: ArrayLike, level: float = LEVEL) -> Quantity:
        """Speed (m/s) at distances from the start, with its interval: an axis more than the runners."""
        v, tau = (np.asarray(q.value)[..., None] for q in (self.vmax_mps, self.tau_s))
        x = np.asarray(distance_m, dtype=np.float64) / (v * tau)
        u = reduced_time(x)
        gone, later = -np.expm1(-u), np.where(u > 0, x / np.maximum(-np.expm1(-u), 1e-300), 0.0)
        by_v, by_tau = gone - np.exp(-u) * later, -v / tau * np.exp(-u) * later
        # speed depends on u = t / tau only, and u on V tau only
        gradient = np.stack([by_v, by_tau], -1)
        variance = np.einsum("...ki,...ij,...kj->...k", gradient, self.covariance, gradient)
        return _quantity(v * gone, np.sqrt(variance), np.asarray(self.df)[..., None], level)


def fit_splits(
    distance_m: ArrayLike,
    time_s: ArrayLike,
    *,
    correction: Correction = "none",
    start_offset_m: ArrayLike = 0.0,
    clock_s: ArrayLike = CLOCK_S,
    clock_df: float = CLOCK_DF,
    level: float = LEVEL,
) -> SprintFit:
    """Fit v(t) = V (1 - exp(-t / tau)) to split times by least squares on times, one runner or many at once.

    `time_s` has the shape (splits,) or (runners, splits), NaN where there is no split; `distance_m` the same, or
    (splits,) for gates that all runners share; neither has to be sorted. The start is told by `start_offset_m` (metres
    behind the gate that starts the clock, one or one per runner), or is fitted: `correction="time"` takes
    t_obs = t(d) - tc, so that tc > 0 is a clock that started late and tc < 0 one that counts the reaction too;
    "distance" fits the offset itself. R's `shorts` 3 gives the time correction the opposite sign (TC = -tc).

    "shift" is that package's distance correction, t_obs = t(d + shift) with a clock that has run since the first
    movement (DC = -shift), and "time and shift" adds tc to it; `start_offset_m` is then the shift, which may be below
    zero. They are here to read other people's results. No metric of ours uses them: a clock that a gate starts has not
    counted the metres before that gate, so that "shift" answers a late clock by a shorter run (a0 of a runner 0.5 m
    behind the gate comes out at 11.2 instead of 9.0), and time and distance together are told apart by so little that
    handbook D9 forbids it: one known offset or one time correction, never both.

    The residual variance is pooled with that of a clock, (clock_df clock_s^2 + RSS) / (clock_df + n - p), and intervals
    are Student's t, so none is without width; those of a0 = V / tau and Pmax = V a0 / 4 follow by the delta method.
    Refusals, in `reason`: BAD_INPUT, SPLITS_NOT_MONOTONE, TOO_FEW_SPLITS (fewer than 4, with a fitted start 5,
    with two corrections 6), DISTANCE_TOO_SHORT (20 m), OFFSET_AND_TC, PROFILE_NOT_IDENTIFIED (no acceleration, or no
    end of it). `caution` is START_FAR_BEHIND where tc stands for more than 0.3 m. Furusawa, Hill & Parkinson 1927
    (Proc R Soc B 102:29-42); Samozino 2016 (Scand J Med Sci Sports 26:648-658).

    >>> fit = fit_splits([5, 10, 15, 20, 30, 40], [1.158, 1.893, 2.541, 3.149, 4.313, 5.444], correction="time")
    >>> [round(float(q.value), 3) for q in (fit.vmax_mps, fit.tau_s, fit.time_correction_s)]
    [8.975, 1.235, 0.235]
    """
    d, y = np.asarray(distance_m, dtype=np.float64), np.asarray(time_s, dtype=np.float64)
    start, clock = (np.asarray(v, dtype=np.float64) for v in (start_offset_m, clock_s))
    one, y = y.ndim == 1, np.atleast_2d(y)
    order = np.argsort(d, -1)
    back = np.broadcast_to(np.argsort(order, -1), y.shape)
    d, y = np.take_along_axis(d, order, -1), np.take_along_axis(y, np.broadcast_to(order, y.shape), -1)
    there = np.isfinite(y) & np.isfinite(d)
    reason = _reasons(d, y, start, clock, correction)
    rows = np.flatnonzero(reason == "")
    clock = np.broadcast_to(clock, reason.shape)[rows]
    nearest = _nearest(d, correction)
    known = np.where((start >= 0) & (start <= LONGEST_START_M), start, 0.0)
    whole = Problem(
        np.where(np.isfinite(d), d - nearest, 1.0).T, there.T.astype(np.float64),
        np.where(there, y, 0.0).T, known, late_clock=correction in ("time", "time and shift"),
        free_start=correction not in ("none", "time"), whole_run=correction in ("shift", "time and shift"),
    )  # fmt: skip
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # splits of no runner; `held` is then false
        solved = _solved(whole.of(rows), clock, clock_df)
    solved.estimate[:, 3] -= np.broadcast_to(nearest[:, 0], reason.shape)[rows]
    reason[rows[~solved.held]] = "PROFILE_NOT_IDENTIFIED"
    told = _Told(len(reason), rows[solved.held], one)
    return told.fit(solved.of(solved.held), reason, there.sum(-1), back, level)


def _nearest(d: Floats, correction: Correction) -> Floats:
    """Distance at which a fitted start is counted from 0 on: a shift may go up to the nearest gate, not beyond it."""
    if correction not in ("shift", "time and shift"):
        return np.zeros((1, 1))
    nearest = np.where(np.isfinite(d), d, np.inf).min(-1, initial=np.inf, keepdims=True)
    return np.atleast_2d(np.where(np.isfinite(nearest), nearest * (1 - _CLOSEST), 0.0))


def _reasons(d: Floats, y: Floats, start: Floats, clock: Floats, correction: Correction) -> NDArray[np.str_]:
    """Why a runner's splits are refused, "" where they are not; `d` and `y` are sorted by distance, NaN last."""
    there = np.isfinite(y) & np.isfinite(d)
    needed = {"none": MIN_SPLITS, "time and shift": MIN_SPLITS_BOTH}.get(correction, MIN_SPLITS_CORRECTED)
    impossible = (np.isinf(y) | (y <= 0) | np.isinf(d) | (d <= 0)).any(-1)
    impossible |= ~((start >= 0) & (start <= LONGEST_START_M) & (clock > 0) & np.isfinite(clock))
    far, late = (np.where(there, v, -np.inf) for v in (d, y))
    before_d, before_y = (np.maximum.accumulate(v, -1)[:, :-1] for v in (far, late))
    falls = there[:, 1:] & ((y[:, 1:] <= before_y) | (far[:, 1:] <= before_d))
    told = {
        "BAD_INPUT": impossible,
        "SPLITS_NOT_MONOTONE": falls.any(-1),
        "TOO_FEW_SPLITS": there.sum(-1) < needed,
        "DISTANCE_TOO_SHORT": far.max(-1, initial=-np.inf) < MIN_DISTANCE_M,
        "OFFSET_AND_TC": (start > 0) & np.array(correction != "none"),
    }
    found = [np.broadcast_to(v, len(y)) for v in told.values()]
    return np.select(found, [np.asarray(code, dtype="<U24") for code in told], default="")


@dataclass(frozen=True)
class _Solved:
    """The minima with the covariance of V, tau, tc and offset; NaN in it for what was not fitted."""

    estimate: Floats
    covariance: Floats
    predicted: Floats
    rss: Floats
    n: Floats
    df: Floats
    held: NDArray[np.bool_]

    def of(self, rows: NDArray[np.bool_]) -> _Solved:
        return _Solved(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


def _solved(p: Problem, clock: Floats, clock_df: float) -> _Solved:
    found = search(p)
    inside = (found.length_m > LENGTH_M[0]) & (found.length_m < LENGTH_M[1]) & (found.tau_s > 0)
    tau, tc, start = np.where(inside, found.tau_s, 1.0), found.tc_s, found.start_m
    v = np.where(inside, found.length_m, 1.0) / tau
    u, u0 = (reduced_time(x / (v * tau)) for x in (p.d + start, start * (not p.whole_run)))
    predicted = tau * (u - u0) - tc
    rss, n = (p.w * (p.y - predicted) ** 2).sum(0), p.w.sum(0)
    fitted = [0, 1, *([2] if p.late_clock else []), *([3] if p.free_start else [])]
    pinned = (start <= 0) & np.array(p.free_start)
    df = clock_df + n - len(fitted)
    inverse, told_apart = _inverse(_slopes(p, (v, tau, start), u, u0, pinned), p.w, pinned)
    covariance = np.full((len(v), 4, 4), np.nan)
    spread = (clock_df * clock**2 + rss) / df
    for row, k in enumerate(fitted):
        covariance[:, k, fitted] = spread[:, None] * inverse[:, row]
    covariance[pinned, 3, 3] = np.nan
    estimate, predicted = np.stack([v, tau, tc, start], -1), np.where(p.w > 0, predicted, np.nan).T
    return _Solved(estimate, covariance, predicted, rss, n, df, inside & told_apart)


def _slopes(p: Problem, at: tuple[Floats, ...], u: Floats, u0: Floats, pinned: NDArray[np.bool_]) -> list[Floats]:
    """Derivatives of the split times by V, tau and what else is fitted: tc, or the start offset unless it is at 0."""
    v, tau, start = at
    gone, gone0 = -np.expm1(-u), np.maximum(-np.expm1(-u0), 1e-300)
    before = 0.0 if p.whole_run else 1 / gone0  # the part of the run that the clock has not counted
    later = ((p.d + start) / gone - start * before) / (v * tau)
    by = [-tau / v * later, u - u0 - later]
    by += [-np.ones_like(u)] if p.late_clock else []
    return [*by, np.where(pinned, 0.0, (1 / gone - before) / v)] if p.free_start else by


def _inverse(slopes: list[Floats], w: Floats, pinned: NDArray[np.bool_]) -> tuple[Floats, NDArray[np.bool_]]:
    """(J'J)^-1 of every runner, and whether the splits tell the parameters apart."""
    normal = np.stack([np.stack([(w * a * b).sum(0) for b in slopes], -1) for a in slopes], -1)
    normal[pinned, -1, -1] = 1.0
    size = np.sqrt(np.einsum("nkk->nk", normal))
    scale = size[:, :, None] * size[:, None, :]
    shape = normal / scale
    told_apart = np.linalg.det(shape) > _SINGULAR
    shape[~told_apart] = np.eye(len(slopes))
    return np.linalg.inv(shape) / scale, told_apart


@dataclass(frozen=True)
class _Told:
    """Puts the results of the runners who have one back among all runners."""

    runners: int
    rows: NDArray[np.intp]
    one: bool

    def all(self, values: Floats) -> Floats:
        out = np.full((self.runners, *values.shape[1:]), np.nan)
        out[self.rows] = values
        return np.asarray(out[0] if self.one else out)

    def fit(self, s: _Solved, reason: NDArray[np.str_], n: NDArray[np.int_], back: Any, level: float) -> SprintFit:
        v, tau, tc, _ = s.estimate.T
        df, two = s.df, s.covariance[:, :2, :2]
        errors = np.sqrt(np.einsum("nkk->nk", s.covariance))
        fitted = [self._quantity(s.estimate[:, k], errors[:, k], df, level) for k in range(4)]
        gradients = np.stack(
            [np.stack([1 / tau, -v / tau**2], -1), np.stack([v / (2 * tau), -((v / tau) ** 2) / 4], -1)]
        )
        derived = [
            self._quantity(value, np.sqrt(np.einsum("ni,nij,nj->n", g, two, g)), df, level)
            for value, g in zip((v / tau, v * v / (4 * tau)), gradients, strict=True)
        ]
        far = distance_at_time(np.maximum(tc, 0), v, tau) > FAR_START_M
        caution = np.full(self.runners, "", dtype="<U24")
        caution[self.rows[far]] = "START_FAR_BEHIND"
        predicted = np.take_along_axis(np.atleast_2d(self.all(s.predicted)), back, -1)
        chosen = slice(None) if not self.one else 0
        return SprintFit(
            *(fitted[0], fitted[1], derived[0], derived[1], fitted[2], fitted[3]),
            covariance=self.all(two), predicted_s=predicted[chosen], rss=self.all(s.rss),
            rmse_s=self.all(np.sqrt(s.rss / s.n)), n=n[chosen], df=self.all(df), reason=reason[chosen],
            caution=caution[chosen],
        )  # fmt: skip

    def _quantity(self, value: Floats, se: Floats, df: Floats, level: float) -> Quantity:
        return _quantity(self.all(value), self.all(se), self.all(df), level)


def _quantity(value: Floats, se: Floats, df: Floats, level: float) -> Quantity:
    few, which = np.unique(df, return_inverse=True)  # a quantile costs more than a fit, and most runners share it
    half = stdtrit(few, 0.5 + level / 2)[which].reshape(np.shape(df)) * se
    return Quantity(value, se, value - half, value + half)
