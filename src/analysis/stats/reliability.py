"""How much a test differs by itself: typical error, ICC, MDC and the smallest worthwhile change (methods D13-D16)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtri, fdtri, ndtri

Floats = NDArray[np.float64]

MIN_ATHLETES: Final = 5
MIN_SESSIONS: Final = 2
MIN_ATHLETES_SWC: Final = 12
SHARE_WITHIN: Final = 0.5  # share of trial noise in the variance of a session score
N_REF: Final = 3  # trials behind the typical errors of methods table R1


@dataclass(frozen=True)
class Reliability:
    """Reliability of `n` athletes in `k` sessions; with a `reason` every number is NaN."""

    te: float = np.nan
    te_low: float = np.nan
    te_high: float = np.nan
    df: int = 0
    icc31: float = np.nan
    icc31_low: float = np.nan
    icc31_high: float = np.nan
    icc21: float = np.nan
    drift: float = np.nan
    n: int = 0
    k: int = 0
    reason: str | None = None

    @property
    def cv_pct(self) -> float:
        """Typical error as a coefficient of variation (%); only for scores analysed as logs."""
        return float(100 * np.expm1(self.te))

    @property
    def mdc95(self) -> float:
        """Smallest difference of two single sessions that is outside the error with 95 % (methods D14)."""
        return float(ndtri(0.975) * np.sqrt(2) * self.te)


def reliability(
    scores: ArrayLike, *, log: bool = True, level: float = 0.90, min_athletes: int = MIN_ATHLETES
) -> Reliability:
    """Two-way analysis of variance (athlete + session) of `scores`, one row per athlete, one column per session.

    With `log` the scores are analysed as natural logs (te 0.02 = 2 %). Athletes with a missing session are left out.
    `level` is that of the interval of the typical error (chi-square) and of ICC(3,1) (F). A typical error needs 5
    athletes, an ICC alone can do with 2. Refusals: TOO_FEW_ATHLETES (fewer than `min_athletes` or 2 sessions),
    BAD_INPUT (a score that has no log, or is infinite), SD_ZERO (no residual at all).
    Two sessions give the classical SD of the differences over the square root of 2. The package bmbstats takes the
    residuals of a least-products line between them, 8 % less on its own data: we differ on purpose, because a change
    from one test to the next has no line that could take a slope out (`agreement.least_products` has its number).
    Hopkins 2000 (Sports Med 30:1-15); Shrout & Fleiss 1979 (Psychol Bull 86:420-428); Weir 2005 (JSCR 19:231-240).

    >>> r = reliability([[33.1, 33.8], [28.4, 29.9], [36.2, 35.1], [30.8, 31.0], [25.6, 26.1]])
    >>> round(r.te, 4), r.df
    (0.0211, 4)
    """
    table = np.atleast_2d(np.asarray(scores, dtype=np.float64))
    infinite, table = bool(np.isinf(table).any()), table[np.isfinite(table).all(axis=1)]
    n, k = table.shape
    if infinite:
        return Reliability(n=n, k=k, reason="BAD_INPUT")
    if n < max(min_athletes, 2) or k < MIN_SESSIONS:
        return Reliability(n=n, k=k, reason="TOO_FEW_ATHLETES")
    if log and table.min() <= 0:
        return Reliability(n=n, k=k, reason="BAD_INPUT")
    return _from_anova(np.log(table) if log else table, level)


def _from_anova(y: Floats, level: float) -> Reliability:
    n, k = y.shape
    athletes, sessions, grand = y.mean(axis=1, keepdims=True), y.mean(axis=0), y.mean()
    df = (n - 1) * (k - 1)
    ms_athletes = k * float(((athletes - grand) ** 2).sum()) / (n - 1)
    ms_sessions = n * float(((sessions - grand) ** 2).sum()) / (k - 1)
    ms_error = float(((y - athletes - sessions + grand) ** 2).sum()) / df
    if ms_error <= 1e-24 * max(1.0, float(grand) ** 2):  # rounding, not a measured error of zero
        return Reliability(n=n, k=k, reason="SD_ZERO")
    te_low, te_high = te_interval(ms_error**0.5, df, level)
    ratio, tail = ms_athletes / ms_error, (1 - level) / 2
    low, high = ratio / fdtri(n - 1, df, 1 - tail), ratio * fdtri(df, n - 1, 1 - tail)
    between = ms_athletes + (k - 1) * ms_error + k * (ms_sessions - ms_error) / n
    return Reliability(
        te=ms_error**0.5, te_low=te_low, te_high=te_high, df=df, n=n, k=k,
        icc31=(ratio - 1) / (ratio + k - 1),
        icc31_low=float((low - 1) / (low + k - 1)), icc31_high=float((high - 1) / (high + k - 1)),
        icc21=(ms_athletes - ms_error) / between, drift=float(sessions[-1] - sessions[0]),
    )  # fmt: skip


def te_interval(te: float, df: float, level: float = 0.90) -> tuple[float, float]:
    """Chi-square interval of a typical error with `df` degrees of freedom.

    >>> [round(v, 4) for v in te_interval(0.0197, 18)]
    [0.0156, 0.0273]
    """
    tail = (1 - level) / 2
    return float(te * np.sqrt(df / chdtri(df, tail))), float(te * np.sqrt(df / chdtri(df, 1 - tail)))


def blend(te0: float, nu0: float, te: float, nu: float) -> tuple[float, float]:
    """Pool a literature error `te0` that counts as `nu0` degrees of freedom with an own one (methods T1).

    Returns the pooled error and its degrees of freedom.

    >>> te, df = blend(0.050, 6, 0.035, 18)
    >>> round(te, 4), df
    (0.0393, 24)
    """
    return float(np.sqrt((nu0 * te0**2 + nu * te**2) / (nu0 + nu))), nu0 + nu


def te_session(te0: ArrayLike, n: ArrayLike, share_within: float = SHARE_WITHIN, n_ref: float = N_REF) -> Floats:
    """Typical error of a session score of `n` trials, when that of `n_ref` trials is `te0` (methods D13).

    Only the share of trial noise shrinks with more trials; the day's noise stays, so that this is never te0/sqrt(n).
    NaN for fewer than one trial, an error that is not above zero, or a share outside 0 to 1.

    >>> round(float(te_session(0.045, 6)), 4)
    0.039
    """
    te, trials = np.asarray(te0, dtype=np.float64), np.asarray(n, dtype=np.float64)
    if not (0 <= share_within <= 1 and 0 < n_ref < np.inf):
        return np.full(np.broadcast_shapes(te.shape, trials.shape), np.nan)
    trials = np.where(trials >= 1, trials, np.nan)
    te = np.where((te > 0) & (te < np.inf), te, np.nan)
    return np.asarray(te * np.sqrt(1 - share_within + share_within * n_ref / trials))


@dataclass(frozen=True)
class SmallestChange:
    """The smallest worthwhile change of a squad and the spread behind it (logs when the scores were)."""

    sd_obs: float = np.nan
    sd_true: float = np.nan
    swc: float = np.nan
    n: int = 0
    reason: str | None = None


def smallest_change(scores: ArrayLike, te: float, *, share: float = 0.2, log: bool = True) -> SmallestChange:
    """0.2 of the true spread between athletes, one score each: sqrt(SD_obs^2 - te^2) (methods D15, option 3).

    Refusals: TOO_FEW_ATHLETES (fewer than 12), BAD_INPUT (a score that has no log or is infinite, a negative `te`),
    SD_ZERO (the athletes do not differ by more than the typical error, so that no spread is left). Hopkins 2000 (Sports
    Med 30:1-15).

    >>> jumps = [33.5, 29.1, 36.0, 31.2, 25.6, 40.9, 35.0, 28.8, 39.2, 28.5, 32.4, 30.1]
    >>> round(smallest_change(jumps, te=0.045).swc, 3)
    0.026
    """
    values = np.asarray(scores, dtype=np.float64)
    values = values[~np.isnan(values)]
    if np.isinf(values).any():
        return SmallestChange(n=values.size, reason="BAD_INPUT")
    if values.size < MIN_ATHLETES_SWC:
        return SmallestChange(n=values.size, reason="TOO_FEW_ATHLETES")
    if not 0 <= te < np.inf or (log and values.min() <= 0):
        return SmallestChange(n=values.size, reason="BAD_INPUT")
    sd_obs = float(np.std(np.log(values) if log else values, ddof=1))
    if sd_obs <= te:
        return SmallestChange(sd_obs=sd_obs, sd_true=0.0, n=values.size, reason="SD_ZERO")
    sd_true = float(np.sqrt(sd_obs**2 - te**2))
    return SmallestChange(sd_obs, sd_true, share * sd_true, values.size)
