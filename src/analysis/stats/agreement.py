"""How well two trials, devices or tests of the same athletes agree: error, line, and size of the difference.

Two columns of scores, one row per athlete (`groups` alone compares different people). The classical error of a
difference (limits of agreement, typical error) is the SD of the differences; the typical error itself, its interval
and the ICC are in `reliability`. The package `bmbstats` (Jovanovic) takes the residual SD of a least-products line
instead, which also takes out a slope other than 1 and depends on which trial is called the outcome; on its own data
its typical error comes out 8 % lower. `least_products` gives that line; verdicts never use it, because a re-test has
no line that could take the error out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, stdtr, stdtrit

Floats = NDArray[np.float64]

ALPHA: Final = 0.05
LEVEL: Final = 0.95


@dataclass(frozen=True)
class Line:
    """Least-products line `outcome = intercept + slope * predictor` and its residual SD (n - 2)."""

    intercept: float
    slope: float
    rse: float
    r: float
    n: int


@dataclass(frozen=True)
class Pairs:
    """Differences second minus first of one group measured twice, in the unit of the scores unless named otherwise."""

    n: int
    mean_change: float
    sd_change: float
    cv_change_pct: float
    change_pct: float
    ratio: float
    cohen_d: float
    cles: float
    overlap: float
    limits: tuple[float, float]
    r: float
    pooled_sd: float
    p_lower: float
    p_equivalent: float
    p_higher: float


@dataclass(frozen=True)
class Groups:
    """Differences second minus first of two groups of people, in the unit of the scores unless named otherwise.

    `sd_diff` is the SD of the difference between one random person of each, `pooled_sd` that within the groups.
    """

    n: tuple[int, int]
    mean_diff: float
    sd_diff: float
    pooled_sd: float
    cv_diff_pct: float
    diff_pct: float
    ratio: float
    cohen_d: float
    cles: float
    overlap: float
    p_lower: float
    p_equivalent: float
    p_higher: float


@dataclass(frozen=True)
class EffectTests:
    """One-sided p-values of minimum-effect, non-inferiority and equivalence tests for each observation, and a word."""

    lower: Floats
    not_higher: Floats
    equivalent: Floats
    not_lower: Floats
    higher: Floats
    word: NDArray[np.str_]
    detectable: float


def least_products(predictor: ArrayLike, outcome: ArrayLike) -> Line:
    """Ordinary least-products (geometric mean) regression: both columns have error; slope = sign(r) SD_y / SD_x.

    Pairs with a missing score are left out; NaN with fewer than 3 pairs or a column without spread. Ludbrook 1997
    (Clin Exp Pharmacol Physiol 24:193-203).

    >>> line = least_products([10, 12, 15, 19], [11, 12, 16, 19])
    >>> round(line.slope, 4), round(line.rse, 4)
    (0.9441, 0.6357)
    """
    x, y = _paired(predictor, outcome)
    if x.size < 3 or not (np.ptp(x) > 0 and np.ptp(y) > 0):
        return Line(np.nan, np.nan, np.nan, np.nan, x.size)
    r = _correlation(x, y)
    slope = float(np.sign(r) * y.std(ddof=1) / x.std(ddof=1))
    intercept = float(y.mean() - slope * x.mean())
    rse = float(np.sqrt(((y - intercept - slope * x) ** 2).sum() / (x.size - 2)))
    return Line(intercept, slope, rse, r, x.size)


def least_squares(predictor: ArrayLike, outcome: ArrayLike) -> Line:
    """Ordinary regression of the outcome on the predictor: for predicting a criterion score from a practical one.

    Pairs with a missing score are left out; NaN with fewer than 3 pairs or a column without spread.

    >>> line = least_squares([10, 12, 15, 19], [11, 12, 16, 19])
    >>> round(line.slope, 4), round(line.rse, 4)
    (0.9348, 0.6342)
    """
    x, y = _paired(predictor, outcome)
    if x.size < 3 or not (np.ptp(x) > 0 and np.ptp(y) > 0):
        return Line(np.nan, np.nan, np.nan, np.nan, x.size)
    r = _correlation(x, y)
    slope = float(r * y.std(ddof=1) / x.std(ddof=1))
    intercept = float(y.mean() - slope * x.mean())
    rse = float(np.sqrt(((y - intercept - slope * x) ** 2).sum() / (x.size - 2)))
    return Line(intercept, slope, rse, r, x.size)


def groups(first: ArrayLike, second: ArrayLike, low: float = 0.0, high: float = 0.0) -> Groups:
    """Describe two groups of different people; `low` and `high` are the smallest effects of interest down and up.

    `cohen_d` divides by the pooled SD (Cohen 1988), `cles` is the chance that a random person of the second group
    scores above one of the first (McGraw & Wong 1992, Psychol Bull 111:361-365), `overlap` that of two normal curves
    `cohen_d` apart. `p_*` are shares of such random pairs from a t distribution with n - 2 degrees of freedom, not
    probabilities of the mean. Missing scores are left out; NaN below 2 people in a group.

    >>> found = groups([100, 110, 95, 120], [104, 113, 97, 127, 130], -2.5, 2.5)
    >>> round(found.mean_diff, 2), round(found.cohen_d, 3), round(found.p_higher, 3)
    (7.95, 0.611, 0.614)
    """
    a, b = (v[np.isfinite(v)] for v in (np.asarray(g, dtype=np.float64).ravel() for g in (first, second)))
    n = a.size, b.size
    if min(n) < 2:
        return Groups(n, *(np.nan,) * 12)
    mean, base = float(b.mean() - a.mean()), float(a.mean())
    spread = float(np.sqrt(a.var(ddof=1) + b.var(ddof=1)))
    pooled = float(np.sqrt(((n[0] - 1) * a.var(ddof=1) + (n[1] - 1) * b.var(ddof=1)) / (sum(n) - 2)))
    cohen_d = _ratio(mean, pooled)
    down, up = (float(stdtr(sum(n) - 2, _ratio(edge - mean, spread))) for edge in (low, high))
    return Groups(
        n, mean, spread, pooled, _ratio(100 * spread, mean), _ratio(100 * mean, base), _ratio(float(b.mean()), base),
        cohen_d, cles=float(ndtr(_ratio(mean, spread))), overlap=float(2 * ndtr(-abs(cohen_d) / 2)),
        p_lower=down, p_equivalent=up - down, p_higher=1 - up,
    )  # fmt: skip


def pairs(first: ArrayLike, second: ArrayLike, low: float = 0.0, high: float = 0.0, *, level: float = LEVEL) -> Pairs:
    """Describe one group measured twice; `low` and `high` are the smallest effects of interest down and up.

    `cohen_d` is the mean change in SDs of the first test (Cohen 1988; other definitions divide by the pooled SD or that
    of the changes), `cles` the chance that a random second score beats a random first one as if they were two groups
    (McGraw & Wong 1992, Psychol Bull 111:361-365), `overlap` that of two normal curves `cohen_d` apart. `limits` are
    those of agreement (Bland & Altman 1986, Lancet 327:307-310). `p_*` are shares of single changes from a t
    distribution with n - 1 degrees of freedom around the mean, not probabilities of the mean. NaN below 2 pairs, and
    where a spread of zero would be divided by.

    >>> found = pairs([100, 110, 95, 120], [104, 113, 97, 127], -2.5, 2.5)
    >>> round(found.mean_change, 2), round(found.cohen_d, 3), round(found.p_higher, 3)
    (4.0, 0.361, 0.731)
    """
    a, b = _paired(first, second)
    n, d = a.size, b - a
    if n < 2:
        return Pairs(n, *(np.nan,) * 8, (np.nan, np.nan), *(np.nan,) * 5)
    mean, sd, sd_first, both = (
        float(d.mean()),
        float(d.std(ddof=1)),
        float(a.std(ddof=1)),
        a.var(ddof=1) + b.var(ddof=1),
    )
    cohen_d, half = _ratio(mean, sd_first), float(stdtrit(np.inf, 0.5 + level / 2)) * sd
    down, up = (float(stdtr(n - 1, _ratio(edge - mean, sd))) for edge in (low, high))
    shares = np.where(a != 0, b / np.where(a != 0, a, 1.0), np.nan)
    return Pairs(
        n, mean, sd, _ratio(100 * sd, mean), float(100 * (shares - 1).mean()), float(shares.mean()), cohen_d,
        cles=float(ndtr(_ratio(mean, float(both) ** 0.5))), overlap=float(2 * ndtr(-abs(cohen_d) / 2)),
        limits=(mean - half, mean + half), r=_correlation(a, b), pooled_sd=float((both / 2) ** 0.5),
        p_lower=down, p_equivalent=up - down, p_higher=1 - up,
    )  # fmt: skip


def effect_tests(
    observed: ArrayLike, error: float, low: float, high: float, *, df: float = np.inf, alpha: float = ALPHA
) -> EffectTests:
    """Hold each observed change, whose standard error is `error`, against the smallest effects `low` and `high`.

    The words are Higher, Lower, Equivalent, Not higher, Not lower, Equivocal: the first that holds at `alpha`,
    Equivalent before the others. `error` is that of the change itself (a typical error times the square root of 2).
    These are the probabilities of `change.judge` seen from the other side; verdicts for runners use the words of
    methods D16. Infinite `df` means the normal distribution; `detectable` is the smallest difference outside the
    error with 1 - `alpha`. Schuirmann 1987 (J Pharmacokinet Biopharm 15:657-680); Murphy & Myors 1999 (J Appl Psychol
    84:234-248). NaN and the word "" for a missing change or an error that is not above zero.

    >>> found = effect_tests([9.6, 1.0], 2.5, -5, 5)
    >>> found.word.tolist(), round(found.detectable, 2)
    (['Higher', 'Not lower'], 4.9)
    """
    told, scale = np.asarray(observed, dtype=np.float64), error if 0 < error < np.inf else np.nan
    change = np.where(np.isfinite(told), told, np.nan)
    below_low, below_high = (_t_below((change - edge) / scale, df) for edge in (low, high))
    above_low, above_high = (_t_below((edge - change) / scale, df) for edge in (low, high))
    equivalent = np.maximum(below_high, above_low)
    words = {
        "": np.isnan(below_low),
        "Equivalent": equivalent < alpha,
        "Higher": above_high < alpha,
        "Lower": below_low < alpha,
        "Not higher": below_high < alpha,
        "Not lower": above_low < alpha,
    }
    word = np.select(list(words.values()), [np.asarray(w) for w in words], default=np.asarray("Equivocal"))
    return EffectTests(below_low, below_high, equivalent, above_low, above_high, word, detectable(scale, 1 - alpha, df))


def detectable(sd: float, level: float = LEVEL, df: float = np.inf) -> float:
    """Difference that error alone, of standard deviation `sd`, stays within with probability `level`.

    With the SD of differences it is the minimal detectable change (Weir 2005, JSCR 19:231-240); `df` those of `sd`.

    >>> round(detectable(1.487650852413), 4), round(detectable(1.487650852413, df=19), 4)
    (2.9157, 3.1137)
    """
    return float(stdtrit(df, 0.5 + level / 2) * sd)


def share_within(sd: float, low: float, high: float, df: float = np.inf) -> float:
    """Share of errors of standard deviation `sd` that lie between the smallest effects of interest, `low` and `high`.

    The "proportion of practically equivalent residuals" of bmbstats (Jovanovic 2020), from a t distribution with `df`.

    >>> round(share_within(0.5, -1, 1), 4)
    0.9545
    """
    return float(stdtr(df, _ratio(high, sd)) - stdtr(df, _ratio(low, sd)))


def _t_below(t: Floats, df: float) -> Floats:
    return np.asarray(stdtr(df, t), dtype=np.float64)


def _paired(first: ArrayLike, second: ArrayLike) -> tuple[Floats, Floats]:
    a, b = (np.asarray(v, dtype=np.float64).ravel() for v in (first, second))
    both = np.isfinite(a) & np.isfinite(b)
    return a[both], b[both]


def _ratio(a: float, b: float) -> float:
    return a / b if b else np.nan


def _correlation(a: Floats, b: Floats) -> float:
    x, y = a - a.mean(), b - b.mean()
    return _ratio(float(x @ y), float(np.sqrt((x @ x) * (y @ y))))
