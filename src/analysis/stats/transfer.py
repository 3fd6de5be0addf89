"""Do larger gains in the gym go with larger gains in running? Slope within athletes, with errors (methods E7)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

Floats = NDArray[np.float64]

MIN_ATHLETES: Final = 6
MIN_PAIRS: Final = 18
ADJUST_FROM: Final = 40  # pairs, from which on one covariate may be taken out
MIN_RELIABILITY: Final = 0.5
LEVEL: Final = 0.95
_IMPOSSIBLE: Final = 1e9  # a change of this size is a mistake, and its square no number any more


@dataclass(frozen=True)
class Slope:
    """Change of the running score per unit of observed gym gain, both in log units; NaN with a `reason`."""

    slope: float = math.nan
    se: float = math.nan
    low: float = math.nan
    high: float = math.nan
    var_x_within: float = math.nan
    n: int = 0
    groups: int = 0
    status: str = "refused"
    reason: str | None = "BAD_INPUT"

    @property
    def df(self) -> int:
        """Degrees of freedom of the interval: athletes less one."""
        return self.groups - 1


@dataclass(frozen=True)
class Corrected:
    """The slope for true gains, and the share of the spread of observed gains that is no measurement error."""

    slope: float = math.nan
    se: float = math.nan
    reliability: float = math.nan
    status: str = "refused"
    reason: str | None = "BAD_INPUT"


def within_slope(
    x: ArrayLike, y: ArrayLike, athlete: Sequence[object], covariate: ArrayLike | None = None, level: float = LEVEL
) -> Slope:
    """Slope of `y` on `x` within athletes: one value per athlete and block, centred on the athlete's own mean.

    Cluster-robust standard error sqrt(G/(G-1) sum_g (sum x e)^2) / sum x^2, t with G-1 degrees of freedom. Pairs with a
    missing value, and athletes with one pair (who have no change of their own), are left out. With a `covariate` (the
    change in running load) its part is taken out of both first. Refusals: BAD_INPUT (lengths differ, impossible
    values), TOO_FEW_PAIRS (fewer than 6 athletes or 18 pairs; with a covariate 40), SD_ZERO (gains do not differ).
    Fuller 1987 (Measurement Error Models); Cameron & Miller 2015 (J Hum Resour 50:317-372).

    >>> x, y = [0.02, 0.05, 0.01] * 6, [0.01, 0.02, 0.006] * 6
    >>> round(within_slope(x, y, [name for name in "ABCDEF" for _ in range(3)]).slope, 3)
    0.346
    """
    columns = [np.asarray(v, dtype=np.float64).ravel() for v in ((x, y) if covariate is None else (x, y, covariate))]
    names = np.unique(np.asarray([str(name) for name in athlete]), return_inverse=True)[1]
    if any(c.size != names.size or (np.abs(c) >= _IMPOSSIBLE).any() for c in columns):
        return Slope()
    known = ~np.isnan(columns).any(axis=0)
    known &= np.bincount(names[known], minlength=names.max(initial=0) + 1)[names] > 1
    groups = np.unique(names[known], return_inverse=True)[1]
    n, number = int(known.sum()), int(groups.max(initial=-1)) + 1
    if number < MIN_ATHLETES or n < (MIN_PAIRS if covariate is None else ADJUST_FROM):
        return Slope(n=n, groups=number, reason="TOO_FEW_PAIRS")
    gains, changes, *rest = (_centred(c[known], groups) for c in columns)
    for other in rest:
        gains, changes = _without(gains, other), _without(changes, other)
    return _slope(gains, changes, groups, level)


def corrected(b: float | None, se: float | None, var_x_within: float | None, te_x: float | None) -> Corrected:
    """The slope for true gains: `b` over the reliability 1 - 2 te_x^2 / var_x_within of a gain (regression dilution).

    `te_x` is the typical error of one session of the gym score (log units). Refusals: BAD_INPUT (missing, negative,
    infinite or no spread), RELIABILITY_TOO_LOW (below 0.5; the slope for observed gains still stands).
    Fuller 1987 (Measurement Error Models).

    >>> found = corrected(0.25, 0.05, 0.0026, 0.022)
    >>> round(found.reliability, 3), round(found.slope, 3), round(found.se, 3)
    (0.628, 0.398, 0.08)
    """
    given = (b, se, var_x_within, te_x)
    if any(value is None or not abs(value) < _IMPOSSIBLE for value in given):
        return Corrected()
    slope, error, variance, te = (float(value or 0) for value in given)
    if error < 0 or te < 0 or variance <= 0:
        return Corrected()
    reliability = 1 - 2 * te**2 / variance
    if not math.isfinite(reliability):
        return Corrected()
    if reliability < MIN_RELIABILITY:
        return Corrected(reliability=reliability, reason="RELIABILITY_TOO_LOW")
    return Corrected(slope / reliability, error / reliability, reliability, "ok", None)


def _slope(x: Floats, y: Floats, groups: NDArray[np.intp], level: float) -> Slope:
    n, number = x.size, int(groups.max()) + 1
    spread = float((x**2).sum())
    if spread <= np.finfo(float).eps:
        return Slope(n=n, groups=number, reason="SD_ZERO")
    b = float((x * y).sum()) / spread
    scores = np.bincount(groups, weights=x * (y - b * x))
    se = math.sqrt(number / (number - 1) * float((scores**2).sum())) / spread
    half = float(stdtrit(number - 1, 0.5 + level / 2)) * se
    return Slope(b, se, b - half, b + half, spread / (n - number), n, number, "ok", None)


def _centred(values: Floats, groups: NDArray[np.intp]) -> Floats:
    return np.asarray(values - (np.bincount(groups, weights=values) / np.bincount(groups))[groups])


def _without(values: Floats, other: Floats) -> Floats:
    """What of `values` does not go with `other` (Frisch & Waugh 1933): both are centred."""
    spread = float((other**2).sum())
    return values if spread <= np.finfo(float).eps else values - other * float((values * other).sum()) / spread
