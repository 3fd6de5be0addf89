"""Whether athletes truly respond differently to the same block, beyond the error of the test (methods D20)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]

MIN_ATHLETES: Final = 8  # in each group
LEVEL: Final = 0.95


@dataclass(frozen=True)
class Response:
    """Spread `sd_ir` of the true changes, negative where athletes differ by less than the error; NaN with a `reason`.

    `sd_change` is the spread of the changes as measured, `n_controls` zero where the typical error stood in for
    controls.
    """

    sd_ir: float = np.nan
    low: float = np.nan
    high: float = np.nan
    mean_change: float = np.nan
    sd_change: float = np.nan
    n: int = 0
    n_controls: int = 0
    reason: str | None = None


def individual_response(
    changes: ArrayLike,
    controls: ArrayLike | None = None,
    *,
    te: float | None = None,
    te_df: float = np.inf,
    level: float = LEVEL,
) -> Response:
    """Spread of the true individual responses: the variance of the changes less that of controls, or less 2 te^2.

    One change per athlete, all on one scale (logs in most tests), NaN for those without; `te` is the typical error of
    one session with `te_df` degrees of freedom, used where there are no controls. The interval is that of the variance
    (normal), its ends and the value turned into signed square roots: a negative value is shown, it means "no evidence".
    Refusals: TOO_FEW_ATHLETES (fewer than 8 in a group), BAD_INPUT (also: neither controls nor `te`).
    Hopkins 2015 (J Appl Physiol 118:1444-1446); Atkinson & Batterham 2015 (Exp Physiol 100:577-588).

    >>> found = individual_response([0.06, 0.03, 0.08, 0.01, 0.05, 0.09, 0.02, 0.04], te=0.03, te_df=24)
    >>> round(found.sd_ir, 3), round(found.low, 3), round(found.high, 3)
    (-0.032, -0.048, 0.018)
    """
    own = _given(changes)
    others = None if controls is None else _given(controls)
    n, n_controls = own.size, 0 if others is None else others.size
    if reason := _refusal(own, others, te, te_df):
        return Response(n=n, n_controls=n_controls, reason=reason)
    variance, df = float(np.var(own, ddof=1)), own.size - 1
    if others is not None:
        error, error_df = float(np.var(others, ddof=1)), float(others.size - 1)
    else:
        error, error_df = 2 * float(te or 0) ** 2, te_df
    half = float(ndtri(0.5 + level / 2)) * np.sqrt(2 * (variance**2 / df + error**2 / error_df))
    low, value, high = (signed_root(variance - error + off) for off in (-half, 0.0, half))
    return Response(value, low, high, float(own.mean()), float(np.sqrt(variance)), n, n_controls)


def signed_root(value: float) -> float:
    """Square root that keeps the sign.

    >>> signed_root(-4.0)
    -2.0
    """
    return float(np.sign(value) * np.sqrt(abs(value)))


def _given(values: ArrayLike) -> Floats:
    found = np.asarray(values, dtype=np.float64).ravel()
    return found[~np.isnan(found)]


def _refusal(own: Floats, others: Floats | None, te: float | None, te_df: float) -> str | None:
    if not (np.isfinite(own).all() and (others is None or np.isfinite(others).all())):
        return "BAD_INPUT"
    if others is None and not (te is not None and 0 < te < np.inf and te_df > 0):
        return "BAD_INPUT"
    few = own.size < MIN_ATHLETES or (others is not None and others.size < MIN_ATHLETES)
    return "TOO_FEW_ATHLETES" if few else None
