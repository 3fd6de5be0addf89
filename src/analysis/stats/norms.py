"""One athlete against the own squad, or against a published norm of some size (methods H3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr

Floats = NDArray[np.float64]

MIN_ATHLETES: Final = 8


@dataclass(frozen=True)
class AgainstNorm:
    """Distance `t` from a norm (`df` = its size - 1) and the share of that population below, in %; NaN with a reason.

    `reason` is an array of the shape of the values, empty text where there is a number.
    """

    t: Floats
    percentile: Floats
    df: Floats
    reason: NDArray[np.str_]


@dataclass(frozen=True)
class InSquad:
    """Distance of each athlete from the mean of the own squad in its standard deviations; NaN with a `reason`."""

    z: Floats
    mean: Floats
    sd: Floats
    n: NDArray[np.int64]
    reason: NDArray[np.str_]


def crawford_howell(x: ArrayLike, norm_mean: ArrayLike, norm_sd: ArrayLike, n: ArrayLike) -> AgainstNorm:
    """One athlete's value `x` against a norm of `n` people, all of one shape and unit; any shape.

    t = (x - mean) / (sd sqrt((n + 1) / n)) with n - 1 degrees of freedom: the norm's own mean and SD are only known
    from n people. The norm has to match in sex, age band, device and protocol. Refusals: BAD_INPUT (missing, infinite,
    a negative SD, a norm of nobody), TOO_FEW_ATHLETES (a norm of fewer than 2), SD_ZERO. Crawford & Howell 1998 (Clin
    Neuropsychol 12:482-486).

    >>> found = crawford_howell(33.5, 30.0, 4.0, 12)
    >>> round(float(found.t), 2), round(float(found.percentile))
    (0.84, 79)
    """
    given = (np.asarray(v, dtype=np.float64) for v in (x, norm_mean, norm_sd, n))
    value, mean, sd, size = np.broadcast_arrays(*given)
    bad = ~(np.isfinite(value) & np.isfinite(mean) & np.isfinite(sd) & np.isfinite(size)) | (sd < 0) | (size < 1)
    rest = np.where(size < 2, "TOO_FEW_ATHLETES", np.where(sd == 0, "SD_ZERO", ""))
    reason = np.where(bad, "BAD_INPUT", rest)
    ok = reason == ""
    many = np.where(ok, size, np.nan)
    t = (np.where(ok, value, np.nan) - mean) / (np.where(ok, sd, np.nan) * np.sqrt((many + 1) / many))
    return AgainstNorm(np.asarray(t), np.asarray(100 * stdtr(many - 1, t)), np.asarray(many - 1), reason)


def z_in_squad(values: ArrayLike, *, lower_is_better: bool = False, min_athletes: int = MIN_ATHLETES) -> InSquad:
    """Distance z = (x - mean) / SD of everybody along the last axis, NaN as padding; other axes are squads.

    Better is positive, also where `lower_is_better` (times). Refusals, per squad: BAD_INPUT (an infinite value),
    TOO_FEW_ATHLETES (fewer than 8), SD_ZERO. A convention; n by methods H3.

    >>> z_in_squad([1, 2, 3, 4, 5, 6, 7, 8]).z.round(2).tolist()[:2]
    [-1.43, -1.02]
    """
    x = np.asarray(values, dtype=np.float64)
    n, bad = (~np.isnan(x)).sum(axis=-1), np.isinf(x).any(axis=-1)
    few = n < min_athletes
    kept = np.where((bad | few)[..., None], np.nan, x)
    size = np.where(bad | few, np.nan, n)
    mean = np.nansum(kept, axis=-1) / size
    sd = np.sqrt(np.nansum((kept - mean[..., None]) ** 2, axis=-1) / (size - 1))
    alike = sd <= 16 * np.finfo(float).eps * np.abs(mean)  # equal values differ by rounding
    reason = np.where(bad, "BAD_INPUT", np.where(few, "TOO_FEW_ATHLETES", np.where(alike, "SD_ZERO", "")))
    z = (kept - mean[..., None]) / np.where(reason == "", sd, np.nan)[..., None]
    return InSquad(np.asarray(-z if lower_is_better else z), np.asarray(mean), np.asarray(sd), n, reason)
