"""What every summary of daily loads shares: which days are known, and sums over the last days."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Days = NDArray[np.float64]

LARGEST: Final = 1e12  # in any unit; more than this is a broken number, and would overflow in a sum of squares
NOTHING: Final = 1e-9  # a load up to this is none, and nothing is divided by it


def of_numbers(x: Sequence[float | None] | None) -> Days:
    """Turn plain numbers into an array, None into NaN."""
    return np.array([np.nan if v is None else v for v in x or ()], dtype=float)


def loads(x: ArrayLike) -> Days:
    """Take daily loads as floats; NaN is an unknown day, and so is an impossible (negative or infinite) load."""
    found = np.asarray(x, dtype=float)
    return np.where((found >= 0) & (found <= LARGEST), found, np.nan)


def impossible(x: ArrayLike) -> bool:
    """Whether a load is negative or infinite."""
    found = np.asarray(x, dtype=float)
    return bool(((found < 0) | (found > LARGEST)).any())


def trailing_sum(x: Days, window: int, before: float = np.nan) -> Days:
    """Sum the last `window` values along the last axis, NaN included; `before` stands for days before the series.

    Plain additions and no difference of running totals: a week of rest must sum to 0 exactly.
    """
    padded, days = _padded(x, window, before), x.shape[-1]
    total = padded[..., :days].copy()
    for shift in range(1, window):
        total += padded[..., shift : shift + days]
    return total


def trailing_squares(x: Days, mean: Days, window: int) -> Days:
    """Sum the squared deviations of the last `window` values from the `mean` of that window."""
    padded, days = _padded(x, window, np.nan), x.shape[-1]
    total, deviation = np.zeros(x.shape), np.empty(x.shape)
    for shift in range(window):
        np.subtract(padded[..., shift : shift + days], mean, out=deviation)
        np.multiply(deviation, deviation, out=deviation)
        total += deviation
    return total


def weighted(daily: Days, lam: float) -> tuple[Days, Days]:
    """Return the decaying sums lam (1-lam)^(t-i) of the known loads, and of the known days themselves."""
    known = ~np.isnan(daily)
    return _decayed(np.where(known, daily, 0.0), lam), _decayed(known.astype(float), lam)


def plain(value: Any) -> float | None:
    """Turn NaN into None."""
    return None if np.isnan(value) else float(value)


def _decayed(x: Days, lam: float) -> Days:
    # s_t = (1-lam) s_(t-1) + lam x_t, a day of all athletes at once; scipy.signal.lfilter takes 2 s to import
    days_first = np.multiply(np.moveaxis(x, -1, 0), lam, order="C")
    total = np.zeros(x.shape[:-1])
    for day in range(days_first.shape[0]):
        total = (1 - lam) * total + days_first[day]
        days_first[day] = total
    return np.moveaxis(days_first, 0, -1)


def _padded(x: Days, window: int, before: float) -> Days:
    return np.concatenate([np.full((*x.shape[:-1], window - 1), before), x], axis=-1)
