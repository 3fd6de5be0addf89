"""How far from the squad's mean an athlete may lie by chance, by the number of sessions behind the value (H6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]

LIMITS: Final = (0.95, 0.998)
MIN_ATHLETES: Final = 8  # with fewer the funnel is drawn by the athletes that it should judge


@dataclass(frozen=True)
class Limits:
    """Lower and upper limit at each n; NaN where an input was impossible."""

    low: Floats
    high: Floats


def limits(
    mu: ArrayLike, sd_session: ArrayLike, n: ArrayLike, *, sd_between: ArrayLike = 0.0, level: float = LIMITS[0]
) -> Limits:
    """Limits mu -+ z sqrt(tau^2 + sigma^2 / n); arrays of one shape and one unit, logs for changes in per cent.

    `sd_session` (sigma) is the error of one session, `sd_between` (tau) the true spread between athletes, `n` the
    number of sessions. NaN where n is not above zero, an SD is negative, anything is missing or infinite, or the level
    is not between 0 and 1.
    Spiegelhalter 2005 (Stat Med 24:1185-1202).

    >>> limits(0.03, 0.045, [1, 6], sd_between=0.015).high.round(3).tolist()
    [0.123, 0.076]
    """
    given = (np.asarray(v, dtype=np.float64) for v in (mu, sd_session, n, sd_between))
    middle, sigma, size, tau = np.broadcast_arrays(*given)
    fit = np.isfinite(middle) & (sigma >= 0) & (sigma < np.inf) & (tau >= 0) & (tau < np.inf)
    fit = fit & (size > 0) & (size < np.inf) & (0 < level < 1)
    sigma, size, tau = (np.where(fit, v, np.nan) for v in (sigma, size, tau))
    half = float(ndtri(0.5 + level / 2)) * np.sqrt(tau**2 + sigma**2 / size)
    return Limits(np.asarray(middle - half), np.asarray(middle + half))
