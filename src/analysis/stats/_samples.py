"""What comes from anywhere as one row of floats, and the way between positions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

EARTH_M: Final = 6_371_008.8  # mean radius (IUGG); a sphere is off by 0.5 % at most

Numbers = ArrayLike | Sequence[float | None] | None


def as_numbers(values: Numbers) -> NDArray[np.float64] | None:
    """One row of floats, NaN where a value is None; None where these are no numbers or not one row.

    >>> as_numbers([1, None]).tolist(), as_numbers("fast") is None, as_numbers(None) is None
    ([1.0, nan], True, True)
    """
    try:
        row = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        return None
    return row if row.ndim == 1 else None


def steps_m(latitude_deg: ArrayLike, longitude_deg: ArrayLike) -> NDArray[np.float64]:
    """Metres from each position to the next on a sphere (haversine formula), NaN for the last; shape (samples,).

    >>> steps_m([45.0, 45.001], [9.0, 9.0]).round(1).tolist()
    [111.2, nan]
    """
    told = (np.asarray(v, dtype=np.float64) for v in (latitude_deg, longitude_deg))
    latitude, longitude = (np.radians(np.where(np.isfinite(v), v, np.nan)) for v in told)
    half = np.sin(np.diff(latitude) / 2) ** 2
    half += np.cos(latitude[:-1]) * np.cos(latitude[1:]) * np.sin(np.diff(longitude) / 2) ** 2
    return np.append(2 * EARTH_M * np.arcsin(np.sqrt(half)), np.nan)
