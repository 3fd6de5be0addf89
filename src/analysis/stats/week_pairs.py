"""The same week of two blocks beside each other: the mean difference over the weeks that both hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]

LEVEL: Final = 0.95


@dataclass(frozen=True)
class WeekPairs:
    """Mean difference of logs of each series with its interval, and the number of weeks that both blocks hold.

    Where no week is held by both, the numbers are nan and `pairs` is 0.
    """

    difference: Floats
    low: Floats
    high: Floats
    pairs: NDArray[np.int64]


def mean_difference(this: ArrayLike, sd_this: ArrayLike, before: ArrayLike, sd_before: ArrayLike) -> WeekPairs:
    """Mean over weeks of ln `this` - ln `before`; arrays (..., weeks), weeks on the last axis, nan where not known.

    `sd_this` and `sd_before` are the standard deviations of the logs of each week's value. A week counts where both
    values are above 0 and both deviations are known. The weeks are independent and weigh the same, so that
    Var = sum(sd_this^2 + sd_before^2) / weeks^2; the 95 % interval is normal, for the deviations are stated, not
    estimated from these weeks. A difference of means (convention; propagation of errors as in Bevington 1969).

    >>> found = mean_difference([102.0, 104.0], [0.03, 0.03], [100.0, 102.0], [0.03, 0.03])
    >>> round(float(found.difference), 4), round(float(found.high), 4), int(found.pairs)
    (0.0196, 0.0784, 2)
    """
    now, then, sd_now, sd_then = np.broadcast_arrays(*(_float(x) for x in (this, before, sd_this, sd_before)))
    known = (now > 0) & (then > 0) & (sd_now >= 0) & (sd_then >= 0)
    known &= np.isfinite(now) & np.isfinite(then) & np.isfinite(sd_now) & np.isfinite(sd_then)
    pairs = np.asarray(known.sum(axis=-1), dtype=np.int64)
    logs = np.log(np.where(known, now, 1.0)) - np.log(np.where(known, then, 1.0))
    variance = np.where(known, np.where(known, sd_now, 0.0) ** 2 + np.where(known, sd_then, 0.0) ** 2, 0.0)
    n = np.where(pairs > 0, pairs, np.nan)
    difference, half = logs.sum(axis=-1) / n, ndtri(0.5 + LEVEL / 2) * np.sqrt(variance.sum(axis=-1)) / n
    return WeekPairs(difference, difference - half, difference + half, pairs)


def _float(values: ArrayLike) -> Floats:
    return np.atleast_1d(np.asarray(values, dtype=float))
