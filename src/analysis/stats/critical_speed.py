"""Critical speed and D' from all-out trials, and the load relative to it (methods C10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from analysis.stats._samples import Numbers, as_numbers

Floats = NDArray[np.float64]

LEVEL: Final = 0.95
LEAST_SPREAD: Final = 2.0  # longest over shortest trial
PAIR: Final = 2
_SAME: Final = 1e-9  # trials on a line through zero have D' = 0, whatever the last binary digit says
LARGEST: Final = 1e9  # no trial is longer, in metres or seconds, and squares of larger numbers overflow


@dataclass(frozen=True)
class Fits:
    """Lines d = D' + CS t of many athletes, all fields of shape (athletes,), NaN where a number cannot be given."""

    status: NDArray[np.str_]
    reason: NDArray[np.str_]
    n: NDArray[np.intp]
    cs_mps: Floats
    dprime_m: Floats
    se_cs: Floats
    se_dprime: Floats
    half: Floats  # Student t quantile times which a standard error is half an interval


@dataclass(frozen=True)
class CriticalSpeed:
    """Critical speed (m/s) and D' (m) of one athlete with standard errors and intervals; n = 2 has none of those."""

    status: str
    reason: str | None = None
    n: int = 0
    cs_mps: float | None = None
    dprime_m: float | None = None
    se_cs: float | None = None
    cs_ci: tuple[float, float] | None = None
    se_dprime: float | None = None
    dprime_ci: tuple[float, float] | None = None


@dataclass(frozen=True)
class Load:
    """Load relative to critical speed (100 = one hour at it) and the minutes above it."""

    status: str
    reason: str | None = None
    cs_load: float | None = None
    min_above_cs: float | None = None


def fits(distance_m: ArrayLike, time_s: ArrayLike, *, level: float = LEVEL, least_sd_m: float = 0.0) -> Fits:
    """Critical speed of many athletes: ordinary least squares of distance on time, shape (athletes, trials).

    NaN pads athletes with fewer trials. The hyperbolic and 1/time forms weigh errors differently and give another
    speed; distance-time is fixed here. Intervals use Student t with n - 2 degrees of freedom; the scatter around the
    line is never taken as smaller than `least_sd_m`. `reason` is TOO_FEW_TRIALS below two trials (refused) and with two
    (a caution without interval), BAD_INPUT for impossible values or a line that does not rise, DURATIONS_TOO_SIMILAR
    where the longest trial is less than twice the shortest, DPRIME_NEGATIVE. Hughson 1984 (Int J Sports Med);
    Poole 2016 (Med Sci Sports Exerc 48:2320-2334).

    >>> found = fits([[1200, 2400, 3600], [1200, 2400, float("nan")]], [[222, 478, 738], [222, 478, float("nan")]])
    >>> found.cs_mps.round(2).tolist(), found.status.tolist()
    ([4.65, 4.69], ['ok', 'caution'])
    """
    d, t = np.broadcast_arrays(np.asarray(distance_m, dtype=np.float64), np.asarray(time_s, dtype=np.float64))
    known = ~(np.isnan(d) & np.isnan(t))
    n = known.sum(axis=-1)
    bad = (known & ~((d > 0) & (t > 0) & (d < LARGEST) & (t < LARGEST))).any(axis=-1)
    usable = known & ~bad[..., None]
    longest = np.max(np.where(usable, t, -np.inf), axis=-1, initial=-np.inf)
    shortest = np.min(np.where(usable, t, np.inf), axis=-1, initial=np.inf)
    slope, cut, se_slope, se_cut = _least_squares(
        np.where(usable, d, 0.0), np.where(usable, t, 0.0), usable, least_sd_m
    )
    cut = np.where(np.abs(cut) <= _SAME * np.max(np.where(usable, d, 0.0), axis=-1, initial=0.0), 0.0, cut)
    refusals = [
        (n < PAIR, "TOO_FEW_TRIALS"),
        (bad, "BAD_INPUT"),
        (longest < LEAST_SPREAD * shortest, "DURATIONS_TOO_SIMILAR"),
        (~(slope > 0), "BAD_INPUT"),
        (cut < 0, "DPRIME_NEGATIVE"),
    ]
    reason = np.select([is_so for is_so, _ in refusals], [np.asarray(code) for _, code in refusals], np.asarray(""))
    refused, pair = reason != "", (n == PAIR) & (reason == "")
    status = np.where(refused, "refused", np.where(pair, "caution", "ok"))
    given, sure = ~refused, ~refused & ~pair
    half = stdtrit(np.maximum(n - PAIR, 1), 0.5 + level / 2)
    return Fits(
        status, np.where(pair, "TOO_FEW_TRIALS", reason), n, _where(given, slope), _where(given, cut),
        _where(sure, se_slope), _where(sure, se_cut), _where(sure, half),
    )  # fmt: skip


def critical_speed(
    distance_m: Numbers, time_s: Numbers, *, level: float = LEVEL, least_sd_m: float = 0.0
) -> CriticalSpeed:
    """Critical speed and D' of one athlete from `distance_m` and `time_s` of shape (trials,); see `fits`.

    Two trials give values without an interval (a caution, TOO_FEW_TRIALS). Three barely constrain the speed: print the
    interval. Hughson 1984 (Int J Sports Med); Poole 2016 (Med Sci Sports Exerc 48:2320-2334).

    >>> found = critical_speed([1200, 2400, 3600], [222, 478, 738])
    >>> [round(v, 2) for v in (found.cs_mps, *found.cs_ci, found.dprime_m)]
    [4.65, 4.39, 4.92, 170.59]
    """
    d, t = as_numbers(distance_m), as_numbers(time_s)
    if d is None or t is None or d.shape != t.shape or not 0 < level < 1:
        return CriticalSpeed("refused", "BAD_INPUT")
    if np.isnan(d + t).any():
        return CriticalSpeed("refused", "BAD_INPUT", d.size)
    found = fits(d[None, :], t[None, :], level=level, least_sd_m=least_sd_m)
    status, reason, n = str(found.status[0]), str(found.reason[0]) or None, d.size
    cs, dprime, se_cs, se_dprime, half = (
        float(v[0]) for v in (found.cs_mps, found.dprime_m, found.se_cs, found.se_dprime, found.half)
    )
    if status == "refused":
        return CriticalSpeed(status, reason, n)
    if status == "caution":
        return CriticalSpeed(status, reason, n, cs, dprime)
    around = [(mid - half * se, mid + half * se) for mid, se in ((cs, se_cs), (dprime, se_dprime))]
    return CriticalSpeed(status, reason, n, cs, dprime, se_cs, around[0], se_dprime, around[1])


def cs_load(minutes: Numbers, speed_mps: Numbers, cs_mps: float | None) -> Load:
    """Sum of 100 hours (v / CS)^2 over pieces of a run, and the minutes faster than CS; shapes (pieces,).

    Critical speed is faster than the pace of one hour, so that this load is not numerically a threshold stress score.
    Refused: BAD_INPUT for empty, unequal, missing, negative or infinite values. Methods C10 (convention).

    >>> round(cs_load([15, 20, 10], [3.2, 4.9, 3.0], 4.6).cs_load, 2)
    57.01
    """
    lasting, speed, limit = as_numbers(minutes), as_numbers(speed_mps), as_numbers([cs_mps])
    if lasting is None or speed is None or limit is None or lasting.shape != speed.shape or lasting.size == 0:
        return Load("refused", "BAD_INPUT")
    possible = np.isfinite(lasting) & (lasting >= 0) & np.isfinite(speed) & (speed >= 0)
    if not (possible.all() and 0 < limit[0] < np.inf):
        return Load("refused", "BAD_INPUT")
    with np.errstate(over="ignore"):  # a critical speed of next to nothing is no speed either
        load = float((100 * lasting / 60 * (speed / limit[0]) ** 2).sum())
    if not np.isfinite(load):
        return Load("refused", "BAD_INPUT")
    return Load("ok", None, load, float(lasting[speed > limit[0]].sum()))


def _where(shown: NDArray[np.bool_], values: Floats) -> Floats:
    return np.asarray(np.where(shown, values, np.nan))


def _least_squares(
    d: Floats, t: Floats, usable: NDArray[np.bool_], least_sd_m: float
) -> tuple[Floats, Floats, Floats, Floats]:
    """Slope, intercept and their standard errors of each row; NaN where a row does not determine them."""
    n = np.where(usable.sum(axis=-1) > 0, usable.sum(axis=-1), np.nan)
    mean_t, mean_d = t.sum(axis=-1) / n, d.sum(axis=-1) / n
    off_t, off_d = (np.where(usable, v - mean[..., None], 0.0) for v, mean in ((t, mean_t), (d, mean_d)))
    spread = (off_t**2).sum(axis=-1)
    spread = np.where(spread > 0, spread, np.nan)
    slope = (off_t * off_d).sum(axis=-1) / spread
    residual = ((off_d - slope[..., None] * off_t) ** 2).sum(axis=-1)
    sd = np.maximum(np.sqrt(residual / np.where(n > PAIR, n - PAIR, np.nan)), least_sd_m)
    return slope, mean_d - slope * mean_t, sd / np.sqrt(spread), sd * np.sqrt(1 / n + mean_t**2 / spread)
