"""How sure the order of a squad is: expected rank, an interval of the rank, the chance to be the best (methods H5).

A table of ranks without intervals looks like a result and is mostly luck: with 12 athletes and a reliability of 0.7,
the athlete who looks best is the best in about half of the squads.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

Floats = NDArray[np.float64]

LEVEL: Final = 0.90
DRAWS: Final = 8000  # at least 2000 by methods H5
SEED: Final = 20261124
_ROUNDING: Final = 1e-12


@dataclass(frozen=True)
class Ranks:
    """Rank of each athlete, 1 = the largest `theta`: expected, its interval, the chance to be first; NaN pads."""

    expected: Floats
    low: Floats
    high: Floats
    p_first: Floats


def expected_rank(theta: ArrayLike, variance: ArrayLike) -> Floats:
    """Expected rank of each athlete along the last axis, 1 = the largest `theta` (methods H5); NaN as padding.

    >>> expected_rank([0.06, 0.00], [0.0004, 0.0004]).round(2).tolist()
    [1.02, 1.98]
    """
    value, var = np.broadcast_arrays(np.asarray(theta, dtype=np.float64), np.asarray(variance, dtype=np.float64))
    bad = np.isfinite(value) & ~((var >= 0) & (var < np.inf))
    value, var = np.where(bad | ~np.isfinite(value), np.nan, value), np.where(bad, np.nan, var)
    difference = value[..., None, :] - value[..., :, None]
    noise = np.sqrt(var[..., None, :] + var[..., :, None])
    with np.errstate(divide="ignore", invalid="ignore"):  # two athletes known exactly: above, below or equal
        z = np.where(difference == 0, 0.0, difference / noise)
    rank = 0.5 + np.nansum(np.where(np.isnan(z), np.nan, ndtr(z)), axis=-1)  # the own entry counts 1/2
    return np.asarray(np.where(np.isnan(value) | bad.any(axis=-1, keepdims=True), np.nan, rank))


def rank_interval(
    theta: ArrayLike, variance: ArrayLike, *, level: float = LEVEL, draws: int = DRAWS, seed: int = SEED
) -> Ranks:
    """Ranks of the athletes along the last axis with normal posteriors `theta`, `variance`; other axes are squads.

    Every squad is drawn `draws` times from its posteriors. The interval goes from the first rank that holds 5 % of the
    draws to the first that holds 95 %. The draws belong to the place by `theta`, not to the row, so that the order of
    the athletes changes nothing, and equal ones get the same. NaN pads, and fills a squad with a variance below zero.
    Goldstein & Spiegelhalter 1996 (J R Stat Soc A 159:385-443).

    >>> found = rank_interval([0.06, 0.045, 0.04, 0.02, -0.01], [0.0004, 0.0004, 0.0009, 0.0004, 0.0004])
    >>> found.low.tolist(), found.high.tolist()
    ([1.0, 1.0, 1.0, 2.0, 4.0], [3.0, 4.0, 5.0, 5.0, 5.0])
    """
    expected = np.atleast_1d(expected_rank(theta, variance))
    value, var = (np.broadcast_to(np.asarray(v, dtype=np.float64), expected.shape) for v in (theta, variance))
    width, tail = max(expected.shape[-1], 1), (1 - level) / 2
    noise = np.random.default_rng(seed).standard_normal((width, draws)).T  # padding changes nobody's draws
    columns = [np.full(expected.shape, np.nan).reshape(-1, width) for _ in range(3)]
    rows = (v.reshape(-1, width) for v in (expected, value, var))
    for squad, (known, center, spread) in enumerate(zip(*rows, strict=True)):
        who = np.flatnonzero(~np.isnan(known))
        who = who[np.lexsort((spread[who], -center[who]))]
        share = _shares(center[who], np.sqrt(spread[who]), noise[:, : who.size])
        below = np.cumsum(share, axis=-1)
        found = [1.0 + (below < p - _ROUNDING).sum(axis=-1) for p in (tail, 1 - tail)]
        for column, numbers in zip(columns, [*found, share[:, :1].sum(axis=-1)], strict=True):
            column[squad, who] = numbers
    low, high, first = (column.reshape(expected.shape) for column in columns)
    return Ranks(expected, low, high, first)


def _shares(theta: Floats, sd: Floats, noise: Floats) -> Floats:
    """Share of the draws in which each athlete (rows, sorted) has each rank (columns); equal athletes share theirs."""
    n = theta.size
    order = np.argsort(-(theta + sd * noise), axis=-1, kind="stable")
    share = np.bincount((order * n + np.arange(n)).ravel(), minlength=n * n).reshape(n, n) / len(noise)
    alike = np.cumsum(np.r_[False, (np.diff(theta) != 0) | (np.diff(sd) != 0)][:n])
    return np.asarray([share[alike == group].mean(axis=0) for group in alike]).reshape(n, n)
