"""Today's jump or bar speed against the last fresh sessions: a drop, and one that matters (methods F5).

One session is uncertain by its typical error and the mean of n fresh ones by that error over the root of n, so that
the difference carries TE sqrt(1 + 1/n). A day counts as `down` where P(decline > SWC) reaches 0.80.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, stdtrit

Floats = NDArray[np.float64]

FRESH: Final = (3, 6)  # so many of the last fresh sessions are the baseline, at least and at most
DOWN_AT: Final = 0.80
LEVEL: Final = 0.95
_TOO_MANY_PCT: Final = 1e9  # no score changes by more; a factor of so much is another unit


@dataclass(frozen=True)
class Declines:
    """Arrays of one shape; NaN (and `down` False) where a day cannot be judged. `d` is today less the baseline."""

    d: Floats
    se: Floats
    low: Floats
    high: Floats
    p_decline: Floats
    p_decline_gt_swc: Floats
    down: NDArray[np.bool_]
    n_baseline: NDArray[np.int64]


@dataclass(frozen=True)
class JumpMonitor:
    """One day; with `refused` every number is None and `down` is not known. Changes in per cent of the baseline."""

    status: str
    reason: str | None = None
    change_pct: float | None = None
    low_pct: float | None = None
    high_pct: float | None = None
    p_decline: float | None = None
    p_decline_gt_swc: float | None = None
    down: bool | None = None
    n_baseline: int = 0


def declines(
    baseline: ArrayLike,
    today: ArrayLike,
    *,
    te: ArrayLike,
    df: ArrayLike,
    swc: ArrayLike,
    te_baseline: ArrayLike | None = None,
    log: bool = True,
) -> Declines:
    """Judge many days at once: `baseline` has the earlier fresh sessions on its last axis, NaN where there is none.

    Scores are session means; with `log` they have to be above zero, and `te`, `swc`, `d` are natural logs, else all are
    in the unit of the score. `te` is the typical error of today's session, `te_baseline` that of a baseline session
    where it differs. The last 6 of the baseline count; fewer than 3, an impossible score or error give NaN. Hopkins
    2000 (Sports Med 30:1-15) for the error; Claudino 2017 (J Sci Med Sport 20:397-402) for the mean of the trials.

    >>> found = declines([[33.1, 33.6, 32.8, 33.4]], [30.9], te=0.035, df=24, swc=0.03)
    >>> found.p_decline.round(2).tolist(), found.down.tolist()
    ([0.96], [True])
    """
    before, now = _scores(baseline, log=log), _scores(today, log=log)
    told = ~np.isnan(before)
    last = told & (np.cumsum(told[..., ::-1], axis=-1)[..., ::-1] <= FRESH[1])
    n = last.sum(axis=-1)
    enough = n >= FRESH[0]
    mean = np.where(last, before, 0.0).sum(axis=-1) / np.where(enough, n, 1)
    error, free, worth = (_positive(v) for v in (te, df, swc))
    worth = np.where(np.asarray(swc, dtype=np.float64) == 0, 0.0, worth)
    error_before = error if te_baseline is None else _positive(te_baseline)
    d = np.where(enough, now - mean, np.nan)
    se = np.hypot(error, error_before / np.sqrt(np.where(enough, n, 1))) + 0 * d  # of a tiny error no square is 0
    with np.errstate(over="ignore", invalid="ignore"):
        half = stdtrit(free, 0.5 + LEVEL / 2) * se
        below, above = stdtr(free, -d / se), stdtr(free, (-worth - d) / se)
        return Declines(d, se, d - half, d + half, below, above, above >= DOWN_AT, np.asarray(n))


def jump_monitor(
    base_means: Sequence[float | None], today_mean: float | None, *, te: float | None, df: float | None,
    swc: float | None,
) -> JumpMonitor:  # fmt: skip
    """Today's session mean against the last 3 to 6 of `base_means`, oldest first, in one unit on a ratio scale.

    `te` and `swc` are natural logs. A baseline session that is None was not done. Refused: BAD_INPUT (a score, error or
    threshold that is missing or impossible), BASELINE_TOO_SHORT (fewer than 3). Methods F5; Claudino 2017.

    >>> found = jump_monitor([33.1, 33.6, 32.8, 33.4], 30.9, te=0.035, df=24, swc=0.03)
    >>> round(found.change_pct, 1), round(found.p_decline_gt_swc, 2), found.down
    (-7.0, 0.86, True)
    """
    told = [float(v) for v in base_means if v is not None]
    now, error, free, worth = (math.nan if v is None else float(v) for v in (today_mean, te, df, swc))
    possible = all(0 < v < math.inf for v in (*told, now, error, free)) and 0 <= worth < math.inf
    if not possible:
        return JumpMonitor("refused", "BAD_INPUT")
    if len(told) < FRESH[0]:
        return JumpMonitor("refused", "BASELINE_TOO_SHORT", n_baseline=len(told))
    found = declines(told, now, te=error, df=free, swc=worth)
    with np.errstate(over="ignore"):
        change, low, high = (float(100 * np.expm1(v)) for v in (found.d, found.low, found.high))
    numbers = (change, low, high, float(found.p_decline), float(found.p_decline_gt_swc))
    if not all(abs(v) < _TOO_MANY_PCT for v in numbers):
        return JumpMonitor("refused", "BAD_INPUT", n_baseline=len(told))
    return JumpMonitor(
        "ok", None, change, low, high, float(found.p_decline), float(found.p_decline_gt_swc), bool(found.down),
        int(found.n_baseline),
    )  # fmt: skip


def _scores(values: ArrayLike, *, log: bool) -> Floats:
    x = np.asarray(values, dtype=np.float64)
    x = np.where(np.isfinite(x), x, np.nan)
    return np.asarray(np.log(np.where(x > 0, x, np.nan)) if log else x)


def _positive(values: ArrayLike) -> Floats:
    x = np.asarray(values, dtype=np.float64)
    return np.asarray(np.where((x > 0) & (x < np.inf), x, np.nan))
