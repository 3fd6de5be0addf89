"""Change of one athlete between two tests: interval, probabilities, and one of eight verdict words (methods D16)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, stdtrit

Floats = NDArray[np.float64]

ALPHA: Final = 0.05
LEVEL: Final = 0.95
Z_POWER_80: Final = 2.487  # 1.645 for one-sided 5 % plus 0.842 for 80 % power


@dataclass(frozen=True)
class Change:
    """A change `d` (better is positive), all fields of one shape; NaN and the word "" where an input was impossible.

    `d`, `se`, `low`, `high` and `shrunk` stay on the scale of the analysis, natural logs in most tests; the
    properties that end in `_pct` read them as logs.
    """

    d: Floats
    se: Floats
    low: Floats
    high: Floats
    p_better: Floats
    p_gt_swc: Floats
    p_lt_minus_swc: Floats
    word: NDArray[np.str_]
    shrunk: Floats
    shrink_factor: Floats

    @property
    def p_within_swc(self) -> Floats:
        """Probability that the change is smaller than the smallest worthwhile change, in either direction."""
        return 1 - self.p_gt_swc - self.p_lt_minus_swc

    @property
    def change_pct(self) -> Floats:
        """The change in per cent."""
        return percent(self.d)

    @property
    def low_pct(self) -> Floats:
        """Lower end of the interval in per cent."""
        return percent(self.low)

    @property
    def high_pct(self) -> Floats:
        """Upper end of the interval in per cent."""
        return percent(self.high)

    @property
    def shrunk_pct(self) -> Floats:
        """The change shrunk towards zero in per cent: the best single guess for planning, not for the verdict."""
        return percent(self.shrunk)


def percent(log_difference: ArrayLike) -> Floats:
    """Express a difference of natural logs in per cent (methods 0.4).

    >>> round(float(percent(0.1)), 2)
    10.52
    """
    return np.asarray(100 * np.expm1(np.asarray(log_difference, dtype=np.float64)))


def change(
    pre: ArrayLike,
    post: ArrayLike,
    *,
    te: ArrayLike,
    df: ArrayLike,
    swc: ArrayLike,
    prior_sd: ArrayLike,
    te_post: ArrayLike | None = None,
    lower_is_better: bool = False,
    learning: ArrayLike = 0.0,
    learning_sd: ArrayLike = 0.0,
    log: bool = True,
    alpha: float = ALPHA,
    level: float = LEVEL,
) -> Change:
    """Change from `pre` to `post`, two scores in the same unit, scalars or arrays, with `log` on a ratio scale.

    `te` (and `te_post`, if the re-test had another number of trials), `swc`, `prior_sd` and the expected `learning`
    with its SD are in natural logs, without `log` in the unit of the scores; `df` are the degrees of freedom of the
    typical error. A score that has no log, or an impossible error, gives NaN and the word "". Hopkins 2000 (Sports Med
    30:1-15); Lakens 2017 (Soc Psychol Personal Sci 8:355-362) for `stable`; learning as in methods D18.

    >>> str(change(100, 113, te=0.035, df=24, swc=0.03, prior_sd=0.06).word)
    'improved_substantially'
    """
    before, after, learnt = _floats(pre), _floats(post), _floats(learning)
    d = _log(after) - _log(before) if log else _finite(after) - _finite(before)
    errors = [_floats(v) for v in (te, te if te_post is None else te_post, learning_sd)]
    variance = sum(np.where((error >= 0) & (error < np.inf), error, np.nan) ** 2 for error in errors)
    gain = (-d if lower_is_better else d) - learnt
    return judge(gain, np.sqrt(variance), df=df, swc=swc, prior_sd=prior_sd, alpha=alpha, level=level)


def judge(
    d: ArrayLike,
    se: ArrayLike,
    *,
    df: ArrayLike,
    swc: ArrayLike,
    prior_sd: ArrayLike,
    alpha: float = ALPHA,
    level: float = LEVEL,
) -> Change:
    """Hold a difference `d` with standard error `se` (t with `df`, flat prior) against `swc`, all on one scale.

    The scale may be natural logs or the raw one. The shrunk change uses the prior N(0, prior_sd^2) of methods table R1.

    >>> str(judge(0.0, 0.01, df=24, swc=0.03, prior_sd=0.06).word)
    'stable'
    """
    d, se, df, swc, prior_sd = np.broadcast_arrays(*(_floats(v) for v in (d, se, df, swc, prior_sd)))
    d, se, swc = _finite(d), _finite(np.where(se > 0, se, np.nan)), _finite(np.where(swc >= 0, swc, np.nan))
    half = stdtrit(df, 0.5 + level / 2) * se
    p_better, p_above, p_below = stdtr(df, d / se), stdtr(df, (d - swc) / se), stdtr(df, (-swc - d) / se)
    with np.errstate(divide="ignore"):  # a prior of no width shrinks to zero, one of infinite width not at all
        factor = 1 / (1 + (se / np.where(prior_sd >= 0, prior_sd, np.nan)) ** 2)
    words = verdict_word(p_better, p_above, p_below, alpha)
    return Change(d, se, d - half, d + half, p_better, p_above, p_below, words, factor * d, factor)


def verdict_word(
    p_better: ArrayLike, p_gt_swc: ArrayLike, p_lt_minus_swc: ArrayLike, alpha: float = ALPHA
) -> NDArray[np.str_]:
    """Choose the first verdict of methods D16 that fits the three probabilities; "" where one is missing.

    >>> str(verdict_word(0.88, 0.76, 0.05))
    'unclear'
    """
    better, above, below = _floats(p_better), _floats(p_gt_swc), _floats(p_lt_minus_swc)
    up, down = better >= 1 - alpha, better <= alpha
    small = (above <= alpha) & (below <= alpha)
    words = {
        "": np.isnan(better + above + below),
        "improved_substantially": above >= 1 - alpha,
        "declined_substantially": below >= 1 - alpha,
        "improved_trivially": up & small,
        "declined_trivially": down & small,
        "improved": up,
        "declined": down,
        "stable": small,
    }
    return np.select(list(words.values()), [np.asarray(word) for word in words], default=np.asarray("unclear"))


def sessions_needed(te: ArrayLike, delta: ArrayLike) -> Floats:
    """Test sessions on each side that show a change `delta` with 80 % power at one-sided 5 % (same scale as `te`).

    >>> round(float(sessions_needed(0.045, 0.06)), 1)
    7.0
    """
    return np.asarray(2 * (Z_POWER_80 * _floats(te) / _floats(delta)) ** 2)


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)


def _finite(values: Floats) -> Floats:
    return np.asarray(np.where(np.isfinite(values), values, np.nan))


def _log(scores: Floats) -> Floats:
    return np.asarray(np.log(_finite(np.where(scores > 0, scores, np.nan))))
