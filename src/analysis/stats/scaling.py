"""Strength held against body mass: per kilogram, per kilogram to the power of 0.67, and the squad's own power (H1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

Floats = NDArray[np.float64]

EXPONENT: Final = 0.67  # a force grows with the cross-section of a muscle, so with mass to the power of two thirds
MIN_ATHLETES: Final = 20  # below, the interval of an own exponent holds everything between none and proportional
LEVEL: Final = 0.95


@dataclass(frozen=True)
class Scaled:
    """`y` per kg of body mass, and per kg to a power; NaN where a value or a mass is missing or not above zero."""

    ratio: Floats
    allometric: Floats


@dataclass(frozen=True)
class Exponent:
    """Power `b` of body mass by which `y` grows, with its interval; NaN with a `reason`."""

    b: float = np.nan
    low: float = np.nan
    high: float = np.nan
    se: float = np.nan
    n: int = 0
    df: int = 0
    reason: str | None = None


def scale(y: ArrayLike, body_mass_kg: ArrayLike, *, exponent: float = EXPONENT) -> Scaled:
    """Divide a load, a force or an absolute power by body mass (kg) and by body mass to `exponent`; any one shape.

    The ratio favours light athletes. Heights, times, RSI and stance are not scaled: body mass is in them already.
    Jaric 2002 (Sports Med 32:615-631).

    >>> found = scale(110.0, 62.0)
    >>> round(float(found.ratio), 2), round(float(found.allometric), 2)
    (1.77, 6.93)
    """
    value, mass = _positive(y), _positive(body_mass_kg)
    return Scaled(np.asarray(value / mass), np.asarray(value / mass**exponent))


def allometric_fit(
    y: ArrayLike, body_mass_kg: ArrayLike, *, groups: ArrayLike | None = None, level: float = LEVEL
) -> Exponent:
    """Least-squares slope of ln `y` on ln body mass (kg), one value of each per athlete, NaN for one who is missing.

    `groups` (one name per athlete, such as the sex) gives each group a level of its own: without that term the slope
    of a mixed squad is the difference of the sexes. Student t with n - 1 - groups degrees of freedom. Refusals:
    BAD_INPUT (a value not above zero or infinite, lists of different length), TOO_FEW_ATHLETES (fewer than 20),
    SD_ZERO (all of one body mass). Jaric 2002 (Sports Med 32:615-631).

    >>> mass = np.linspace(45, 80, 20)
    >>> round(allometric_fit(8 * mass**0.6, mass).b, 3)
    0.6
    """
    value, mass = (np.asarray(v, dtype=np.float64).ravel() for v in (y, body_mass_kg))
    names = np.zeros(value.size) if groups is None else np.asarray(groups).ravel()
    if not value.size == mass.size == names.size:
        return Exponent(reason="BAD_INPUT")
    known = ~(np.isnan(value) | np.isnan(mass))
    value, mass, codes = value[known], mass[known], np.unique(names[known], return_inverse=True)[1]
    n, df = value.size, value.size - 1 - (int(codes.max()) + 1 if value.size else 1)
    if np.isnan(_positive(value)).any() or np.isnan(_positive(mass)).any():
        return Exponent(n=n, reason="BAD_INPUT")
    if n < MIN_ATHLETES or df < 1:
        return Exponent(n=n, reason="TOO_FEW_ATHLETES")
    x, ln_y = (_within(np.log(v), codes) for v in (mass, value))
    spread = float(x @ x)
    if spread <= n * (16 * np.finfo(float).eps * np.log(mass).max()) ** 2:  # nothing but rounding
        return Exponent(n=n, reason="SD_ZERO")
    b = float(x @ ln_y) / spread
    se = float(np.sqrt(((ln_y - b * x) ** 2).sum() / df / spread))
    half = float(stdtrit(df, 0.5 + level / 2)) * se
    return Exponent(b, b - half, b + half, se, n, df)


def _positive(values: ArrayLike) -> Floats:
    found = np.asarray(values, dtype=np.float64)
    return np.where((found > 0) & (found < np.inf), found, np.nan)


def _within(values: Floats, codes: NDArray[np.intp]) -> Floats:
    """The values less the mean of their group."""
    return np.asarray(values - (np.bincount(codes, values) / np.bincount(codes))[codes])
