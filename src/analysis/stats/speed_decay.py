"""How the speed of a race falls (or rises) from its first tenth to the kick: a robust slope (methods E3)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from analysis.stats._samples import Numbers, as_numbers

Floats = NDArray[np.float64]

LEVEL: Final = 0.95
MIN_POINTS: Final = 8


@dataclass(frozen=True)
class Decay:
    """Change of speed per full distance in per cent (below zero: slower and slower) with its interval.

    `slope` and `cut` are the line of ln speed on the share of the distance. Numbers are None where it is refused.
    """

    status: str
    reason: str | None = None
    pct: float | None = None
    low_pct: float | None = None
    high_pct: float | None = None
    slope: float | None = None
    cut: float | None = None
    n: int = 0


def decay(fraction: Numbers, speed_m_s: Numbers, level: float = LEVEL) -> Decay:
    """Theil-Sen slope of ln `speed_m_s` on the share of the distance (0 to 1), both of shape (splits,).

    The slope is the median of the slopes of all pairs; the interval is that of the rank correlation, ties counted, and
    assumes no distribution of the errors. Refused: BAD_INPUT, TOO_FEW_SPLITS (fewer than 8). Theil 1950; Sen 1968
    (J Am Stat Assoc 63:1379-1389).

    >>> share = [0.14, 0.22, 0.30, 0.38, 0.46, 0.54, 0.62, 0.70, 0.78, 0.86]
    >>> found = decay(share, [5.63, 5.59, 5.55, 5.52, 5.51, 5.49, 5.53, 5.49, 5.52, 5.64])
    >>> [round(v, 1) for v in (found.pct, found.low_pct, found.high_pct)]
    [-2.2, -4.4, 1.4]
    """
    x, v, told = as_numbers(fraction), as_numbers(speed_m_s), as_numbers([level])
    if x is None or v is None or told is None or x.shape != v.shape or not 0 < told[0] < 1:
        return Decay("refused", "BAD_INPUT")
    if not ((x >= 0) & (x <= 1) & (v > 0) & (v < np.inf)).all():
        return Decay("refused", "BAD_INPUT", n=x.size)
    if x.size < MIN_POINTS:
        return Decay("refused", "TOO_FEW_SPLITS", n=x.size)
    y = np.log(v)
    found = _theil_sen(x, y, float(told[0]))
    if found is None:
        return Decay("refused", "BAD_INPUT", n=x.size)
    with np.errstate(over="ignore"):
        value, low, high = (float(100 * np.expm1(s)) for s in found)
    if not all(map(math.isfinite, (value, low, high))):
        return Decay("refused", "BAD_INPUT", n=x.size)
    return Decay("ok", None, value, low, high, found[0], float(np.median(y) - found[0] * np.median(x)), x.size)


def _theil_sen(x: Floats, y: Floats, level: float) -> tuple[float, float, float] | None:
    """Median slope of all pairs and the ends of its rank interval; None where all of `x` are one value."""
    first, second = np.triu_indices(x.size, k=1)
    apart = x[second] - x[first]
    known = apart != 0
    with np.errstate(over="ignore", divide="ignore"):
        slopes = np.sort((y[second] - y[first])[known] / apart[known])
    if slopes.size == 0 or not np.isfinite(slopes).all():
        return None
    n = x.size
    variance = (n * (n - 1) * (2 * n + 5) - _ties(x) - _ties(y)) / 18
    half = float(ndtri(0.5 + level / 2)) * math.sqrt(max(variance, 0.0))
    upper = min(round((slopes.size + half) / 2), slopes.size - 1)
    lower = max(round((slopes.size - half) / 2) - 1, 0)
    return float(np.median(slopes)), float(slopes[lower]), float(slopes[upper])


def _ties(values: Floats) -> int:
    """What equal values take off the variance of a rank sum."""
    _, times = np.unique(values, return_counts=True)
    return int((times * (times - 1) * (2 * times + 5)).sum())
