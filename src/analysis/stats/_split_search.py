"""Least squares of split times for many runners at once, without start values (methods D8, D9).

With L = V tau the model is t = tau (u((d + d0) / L) - u(d0 / L)) - tc, and u has no other parameter: tau and tc are
linear (so they are without the second u, where the clock counts the whole run). They are solved for at every L, so that
one number is searched for (two where the start distance d0 is unknown as well): first on a grid, then by Gauss-Newton
steps on what the linear part leaves over, to the last digits.
Variable projection: Golub & Pereyra 1973 (SIAM J Numer Anal 10:413-432), Kaufman 1975 (BIT 15:49-57).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.stats._kinematics import reduced_time

Floats = NDArray[np.float64]

LENGTH_M: Final = (0.1, 400.0)  # range of L: a sprinter has about 5 to 15
_LENGTHS: Final = np.log(np.geomspace(*LENGTH_M, 20))
_STARTS: Final = (0.0, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.5)  # time before the gate as a share of tau
_MAX_STEPS: Final = 80
_DONE: Final = 1e-9  # step in log L and in the share of tau
_SLACK: Final = (1e-9, 1e-22)  # how much a sum of squares may rise by rounding: relative, s^2
_REACH: Final = 0.5  # longest step


@dataclass(frozen=True)
class Problem:
    """Splits of all runners as (splits, runners), so that sums over splits add long rows: `w` is 1 for a split, else 0.

    Distances are (splits, 1) where all runners share the gates, the known distance from start to gate is () or
    (runners,).
    """

    d: Floats
    w: Floats
    y: Floats
    start_m: Floats
    late_clock: bool  # a time correction is fitted
    free_start: bool  # the start distance is fitted
    whole_run: bool = False  # the clock counts from the first movement, not from passing the gate at 0

    def of(self, rows: NDArray[np.intp]) -> Problem:
        """The problem of some runners only."""
        own = self.d if self.d.shape[1] == 1 else self.d[:, rows]
        start = self.start_m if self.start_m.ndim == 0 else self.start_m[rows]
        return replace(self, d=own, w=self.w[:, rows], y=self.y[:, rows], start_m=start)


@dataclass(frozen=True)
class Found:
    """The minimum of every runner: L (m), tau and tc (s), start distance (m), sum of squares (s^2)."""

    length_m: Floats
    tau_s: Floats
    tc_s: Floats
    start_m: Floats


def search(problem: Problem) -> Found:
    """Find the least squares of all runners."""
    mean_y = np.zeros(problem.y.shape[1])
    if problem.late_clock and len(mean_y):  # a late clock shifts all times alike: only their differences count
        mean_y = (problem.w * problem.y).sum(0) / problem.w.sum(0)
        problem = replace(problem, y=problem.w * (problem.y - mean_y))
    log_length, share = _refined(problem, *_best_on_grid(problem))
    left, length = _left_over(problem, log_length, share), np.exp(log_length)
    known = np.broadcast_to(problem.start_m, length.shape)
    start = length * (share + np.expm1(-share)) if problem.free_start else known
    return Found(length, left.tau, left.tc - mean_y, start)


def _best_on_grid(p: Problem) -> tuple[Floats, Floats]:
    wy = p.w * p.y
    n, syy = p.w.sum(0), (wy * p.y).sum(0)
    best, at = np.full(len(n), np.inf), np.zeros((2, len(n)))
    for log_length, share in product(_LENGTHS, _STARTS if p.free_start else (0.0,)):
        length = np.exp(log_length)
        before = length * (share + np.expm1(-share)) if p.free_start else p.start_m
        g = reduced_time((p.d + before) / length)
        g = g if p.whole_run else g - reduced_time(before / length)
        sg, sgg, sgy = _dot(p.w, g), _dot(p.w, g * g), _dot(wy, g)
        if p.late_clock:
            sgg = sgg - sg * sg / n
        rss = np.where(sgy > 0, syy - sgy * sgy / sgg, np.inf)
        better = rss < best
        best[better] = rss[better]
        at[0, better], at[1, better] = log_length, share
    return at[0], at[1]


def _dot(rows: Floats, g: Floats) -> Floats:
    return g[:, 0] @ rows if g.shape[1] == 1 else (rows * g).sum(0)


@dataclass(frozen=True)
class _LeftOver:
    """What the linear part leaves: sum of squares, and the Gauss-Newton equations of log L and the start share."""

    rss: Floats
    tau: Floats
    tc: Floats
    slopes: tuple[Floats, Floats]
    curves: tuple[Floats, Floats, Floats]  # of log L, of both, of the share

    def step(self, damping: Floats, share: Floats) -> tuple[Floats, Floats]:
        """One step; where the start would pass behind the gate it stays at it and L moves alone."""
        (b1, b2), (a11, a12, a22) = self.slopes, self.curves
        d11, d22 = a11 * (1 + damping), a22 * (1 + damping)
        room = d11 * d22 - a12 * a12
        both = room > 0
        room = np.where(both, room, 1.0)
        s1, s2 = (b1 * d22 - b2 * a12) / room, (b2 * d11 - b1 * a12) / room
        alone = ~both | ((share <= 0) & (s2 < 0))
        s1, s2 = np.where(alone, b1 / np.maximum(d11, 1e-300), s1), np.where(alone, 0.0, s2)
        return np.clip(s1, -_REACH, _REACH), np.clip(s2, -_REACH, _REACH)


def _left_over(p: Problem, log_length: Floats, share: Floats) -> _LeftOver:
    length = np.exp(log_length)
    x0 = share + np.expm1(-share) if p.free_start else p.start_m / length
    x = p.d / length + x0
    u, u0 = reduced_time(x), share if p.free_start else reduced_time(x0)
    slope = -1 / np.expm1(-u)
    g, g_length, mean_g = u if p.whole_run else u - u0, -slope * x, np.zeros(len(length))
    if p.free_start:
        g_length = g_length + slope * x0
    elif np.any(x0 > 0):
        g_length = g_length + x0 / np.maximum(-np.expm1(-u0), 1e-300)
    if p.late_clock:
        mean_g = (p.w * g).sum(0) / p.w.sum(0)
        g = g - mean_g
    gw = g * p.w  # its weighted sum is 0 with a late clock, and what is held against it need not be centred
    sgg = (gw * g).sum(0)
    tau = (gw * p.y).sum(0) / sgg
    r = p.w * p.y - tau * gw
    q1 = _across(p, g_length, gw, sgg, tau)
    rss, b1, a11 = ((r * r).sum(0), (q1 * r).sum(0), (q1 * q1).sum(0))
    b2 = a12 = a22 = np.zeros(len(rss))
    if p.free_start:
        g_share = -slope * np.expm1(-share) - (not p.whole_run)
        q2 = _across(p, g_share, gw, sgg, tau)
        b2, a12, a22 = (q2 * r).sum(0), (q1 * q2).sum(0), (q2 * q2).sum(0)
    return _LeftOver(rss, tau, tau * mean_g, (b1, b2), (a11, a12, a22))


def _across(p: Problem, slope: Floats, gw: Floats, sgg: Floats, tau: Floats) -> Floats:
    """What a slope of the model adds beyond its linear parts."""
    if p.late_clock:
        slope = slope - (p.w * slope).sum(0) / p.w.sum(0)
    return np.asarray(tau * (p.w * slope - gw * ((gw * slope).sum(0) / sgg)))


def _refined(p: Problem, log_length: Floats, share: Floats) -> tuple[Floats, Floats]:
    log_length, share = log_length.copy(), share.copy()
    rows, damping = np.arange(len(share)), np.zeros(len(share))
    now, q, before, made = _left_over(p, log_length, share), p, np.zeros(len(share)), np.zeros(len(share))
    for _ in range(_MAX_STEPS):
        s1, s2 = now.step(damping, share[rows])
        step, s1 = s1, s1 if p.free_start else _secant(s1, before, made)
        tried = np.clip(log_length[rows] + s1, _LENGTHS[0] - 1, _LENGTHS[-1] + 1), np.maximum(share[rows] + s2, 0)
        new = _left_over(q, *tried)
        good = new.rss <= now.rss * (1 + _SLACK[0]) + _SLACK[1]
        made = np.where(good, tried[0] - log_length[rows], 0.0)
        moved = np.maximum(abs(tried[0] - log_length[rows]), abs(tried[1] - share[rows]))
        log_length[rows[good]], share[rows[good]] = tried[0][good], tried[1][good]
        damping = np.where(good, np.where(damping > 1e-3, damping / 10, 0.0), np.maximum(10 * damping, 1e-2))
        left = (moved > _DONE) & (damping < 1e12)
        if not left.any():
            break
        now = _chosen(good, new, now)
        if not left.all():
            rows, damping, now, q = rows[left], damping[left], _some(now, left), q.of(left.nonzero()[0])
        before, made = step[left], made[left]
    return log_length, share


def _secant(step: Floats, before: Floats, made: Floats) -> Floats:
    """Lengthen or shorten a step by how much the last move changed it, by a half at most: few moves then suffice."""
    change = before - step
    usable = (made != 0) & (abs(change) > abs(before) / 2)
    ratio = np.where(usable, made / np.where(usable, change, 1.0), 1.0)
    return np.asarray(step * np.clip(ratio, 0.5, 1.5))


def _some(of: _LeftOver, rows: NDArray[np.bool_]) -> _LeftOver:
    slopes, curves = tuple(v[rows] for v in of.slopes), tuple(v[rows] for v in of.curves)
    return _LeftOver(of.rss[rows], of.tau[rows], of.tc[rows], slopes, curves)  # type: ignore[arg-type]


def _chosen(good: NDArray[np.bool_], new: _LeftOver, old: _LeftOver) -> _LeftOver:
    def pick(a: Floats, b: Floats) -> Floats:
        return np.asarray(np.where(good, a, b))

    return _LeftOver(
        pick(new.rss, old.rss), pick(new.tau, old.tau), pick(new.tc, old.tc),
        tuple(map(pick, new.slopes, old.slopes)), tuple(map(pick, new.curves, old.curves)),  # type: ignore[arg-type]
    )  # fmt: skip
