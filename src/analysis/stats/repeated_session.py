"""Was the same session rated harder than it usually is? Robust z of session RPE against earlier repeats (methods F8).

The handbook's F2 asks for 14 values in 28 days, which a session that comes once or twice a week never reaches; here
10 repeats in 12 weeks are enough (our convention). With a scale of at least 1 point an athlete whose ratings vary by up
to 1.3 points is then flagged on less than 10 % of repeats, as the rule of several domains asks for.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.stats._past import counted, median

Floats = NDArray[np.float64]

MIN_REPEATS: Final = 10
WINDOW_DAYS: Final = 84
SIMILAR_DURATION: Final = 0.20  # of today's minutes
UP_AT: Final = 1.5
MAD_TO_SD: Final = 1.4826
FLOOR: Final = 1.0  # points of CR-10


def repeat_z(earlier: ArrayLike, today: ArrayLike) -> Floats:
    """Robust z of today's session RPE (0 to 10), positive = harder; shape of `today`, `earlier` on its last axis.

    (today - median) / max(1.4826 MAD, 1.0). NaN with fewer than 10 earlier ratings (NaN there is none) or an impossible
    rating today. Source: convention (methods F2, F8).

    >>> repeat_z([5, 5, 6, 5, 4, 5, 6, 5, 5, 4], 7).item()
    2.0
    """
    before, now = (_rated(values) for values in (earlier, today))
    middle = median(before)
    scale = np.maximum(MAD_TO_SD * median(np.abs(before - middle[..., None])), FLOOR)
    return np.asarray(np.where(counted(before) >= MIN_REPEATS, (now - middle) / scale, np.nan))


def _rated(values: ArrayLike) -> Floats:
    x = np.asarray(values, dtype=np.float64)
    return np.where((x >= 0) & (x <= 10), x, np.nan)
