"""Repetitions in reserve: as told by the athlete, or as an e1RM of earlier sessions implies (methods B2, C2)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def told_rir(rir: ArrayLike, rpe: ArrayLike, failure: ArrayLike) -> Array:
    """Repetitions in reserve as told: 0 at failure, else `rir`, else 10 - `rpe` (Zourdos 2016), nan where unrated.

    >>> told_rir([2, float("nan"), 2], [9, 8.5, 9], [False, False, True]).tolist()
    [2.0, 1.5, 0.0]
    """
    reserve, effort = np.asarray(rir, dtype=float), np.asarray(rpe, dtype=float)
    return np.where(np.asarray(failure, dtype=bool), 0.0, np.where(np.isnan(reserve), 10.0 - effort, reserve))


def implied_rir(e1rm_kg: ArrayLike, load_kg: ArrayLike, reps: ArrayLike) -> Array:
    """Repetitions in reserve that an e1RM implies: 30 (e1RM / load - 1) - reps (Epley 1985, inverted).

    >>> float(implied_rir(110, 80, 8))
    3.25
    """
    level, load, done = (np.asarray(x, dtype=float) for x in (e1rm_kg, load_kg, reps))
    with np.errstate(all="ignore"):
        return np.asarray(30 * (level / load - 1) - done)
