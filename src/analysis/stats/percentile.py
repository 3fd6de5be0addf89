"""Where an athlete stands in a small squad, in per cent, and how little that says (methods H2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv

Floats = NDArray[np.float64]

MIN_ATHLETES: Final = 8  # the athlete included
LEVEL: Final = 0.95


@dataclass(frozen=True)
class Percentiles:
    """Percentile of each athlete (100 = best) with its interval, and the place from the top, 1 = best.

    NaN for an athlete without a value; where `reason` is not empty, all are NaN. `n` is the size of the squad.
    """

    percentile: Floats
    low: Floats
    high: Floats
    rank_from_top: Floats
    n: NDArray[np.int64]
    reason: NDArray[np.str_]


def percentiles(
    values: ArrayLike, *, lower_is_better: bool = False, min_athletes: int = MIN_ATHLETES, level: float = LEVEL
) -> Percentiles:
    """Hazen percentile of everybody along the last axis (NaN as padding), other axes are squads.

    100 (k + 1/2) / n with k others below, ties as halves; Jeffreys interval from the n - 1 others, which asks how many
    of a large population like this squad would be below. With `lower_is_better` (times) the values are negated first.
    Refusals, per squad: BAD_INPUT (an infinite value), TOO_FEW_ATHLETES (fewer than 8, the athlete included).
    Hazen 1914 (Trans Am Soc Civ Eng 77:1539-1640); Brown et al. 2001 (Stat Sci 16:101-133).

    >>> found = percentiles([33.5, 28.1, 30.4, 31.2, 32.9, 34.0, 35.5, 36.8, 38.0, 29.9])
    >>> [round(float(v[0])) for v in (found.percentile, found.low, found.high, found.rank_from_top)]
    [55, 25, 83, 5]
    """
    x = np.asarray(values, dtype=np.float64) * (-1 if lower_is_better else 1)
    known = ~np.isnan(x)
    n, bad = known.sum(axis=-1), np.isinf(x).any(axis=-1)
    reason = np.where(bad, "BAD_INPUT", np.where(n < min_athletes, "TOO_FEW_ATHLETES", ""))
    x = np.where(known & (reason == "")[..., None], x, np.nan)
    below = (x[..., None, :] < x[..., :, None]).sum(axis=-1)
    tied = (x[..., None, :] == x[..., :, None]).sum(axis=-1) - 1  # without the athlete's own entry
    size, k = np.maximum(n, 1)[..., None], below + tied / 2
    shown = ~np.isnan(x)
    others = np.maximum(size - 1 - k, 0)
    ends = [100 * betaincinv(k + 0.5, others + 0.5, p) for p in ((1 - level) / 2, (1 + level) / 2)]
    value, low, high, place = (
        np.where(shown, column, np.nan) for column in (100 * (k + 0.5) / size, *ends, size - below - tied)
    )
    return Percentiles(value, low, high, place, n, reason)
