"""Several tests of one athlete, or of a whole squad: how many verdicts come about by chance (methods D17)."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

ALPHA: Final = 0.05


def holm(p: ArrayLike) -> Floats:
    """Adjust the p values of the tests along the last axis for their number; other axes are athletes.

    A test that was not done (NaN) does not count and stays NaN. An adjusted p of at most 5 % is confirmed with a 5 %
    chance of any false one in the family, whatever the tests have in common. NaN throughout where a value is outside
    0 to 1. Holm 1979 (Scand J Stat 6:65-70).

    >>> holm([0.004, 0.03, 0.02, 0.3]).tolist()
    [0.016, 0.06, 0.06, 0.3]
    """
    values = np.asarray(p, dtype=np.float64)
    wrong = ((values < 0) | (values > 1)).any(axis=-1, keepdims=True)
    values = np.where(wrong, np.nan, values)
    order = np.argsort(values, axis=-1)  # NaN last
    done = np.isfinite(values).sum(axis=-1, keepdims=True)
    stricter = np.take_along_axis(values, order, axis=-1) * (done - np.arange(values.shape[-1]))
    adjusted = np.empty_like(values)
    np.put_along_axis(adjusted, order, np.minimum(np.maximum.accumulate(stricter, axis=-1), 1.0), axis=-1)
    return adjusted


def expected_false(athletes: int, tests: int, alpha: float = ALPHA) -> float:
    """Count the verdicts "improved" to be expected by chance alone where nobody has changed.

    >>> expected_false(10, 6)
    3.0
    """
    return athletes * tests * alpha
