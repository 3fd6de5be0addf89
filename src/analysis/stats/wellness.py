"""How unusual is today's answer for this athlete? Robust z against her own last four weeks (methods F2).

Days run along the last axis, athletes or items along the others; NaN is a day without an answer. The batched functions
give NaN where they cannot tell, the single one (plain numbers, None for unknown) gives the reason as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.stats._days import of_numbers
from analysis.stats._past import Days, before, counted, median

BASELINE_DAYS: Final = 28
MIN_BASELINE: Final = 14
MAD_TO_SD: Final = 1.4826
FLOOR: Final = 0.5  # of items with 5 to 7 points; the smallest scale that a z is divided by
FLOOR_WIDE: Final = 1.0  # of items from 0 to 10
DOWN_AT: Final = -1.5
MIN_ITEMS: Final = 2
_NARROW: Final = 7.0
_WIDE: Final = 10.0
SIMULATED: Final = 200
LEVEL: Final = 0.95


@dataclass(frozen=True)
class RobustZ:
    """Today against the baseline: `scale` is the larger of 1.4826 MAD and the floor; `n` the answers it rests on."""

    status: str
    reason: str | None = None
    median: float | None = None
    scale: float | None = None
    z: float | None = None
    n: int = 0


@dataclass(frozen=True)
class FalseFlags:
    """Days that the rule would flag in an unchanged athlete: mean, and the range of 95 % of the simulated ones."""

    mean: float
    low: float
    high: float
    judged: float


def floor_of(scale_min: float, scale_max: float) -> float:
    """The smallest scale of a z by the range of the answers: 0.5 up to 7 points, 1.0 for 0-10, a tenth of more.

    NaN for a range that is none. Source: convention (methods F2).

    >>> floor_of(1, 7), floor_of(0, 10), floor_of(0, 100)
    (0.5, 1.0, 10.0)
    """
    width = scale_max - scale_min
    if not 0 < width < np.inf:
        return float("nan")
    return FLOOR if width <= _NARROW else max(FLOOR_WIDE, FLOOR_WIDE * width / _WIDE)


def daily_z(x: ArrayLike, floor: ArrayLike = FLOOR) -> Days:
    """Robust z of every day against the 28 days before it, today excluded (methods F2).

    `x` is higher = better, shape (..., days); `floor` one number or one per series (...). NaN on a day without an
    answer, with fewer than 14 answers in the 28 days before, and where all are equal and the floor is 0.
    Source: self-report follows load well (Saw 2016, Br J Sports Med 50:281-291); limits are a convention.

    >>> daily_z([4.0] * 20 + [2.0])[-1].item()
    -4.0
    """
    days = np.asarray(x, dtype=float)
    days = np.where(np.isfinite(days), days, np.nan)
    earlier = before(days, BASELINE_DAYS, 1)
    middle = median(earlier)
    spread = MAD_TO_SD * median(np.abs(earlier - middle[..., None]))
    scale = np.maximum(spread, np.asarray(floor, dtype=float)[..., None])
    usable = (counted(earlier) >= MIN_BASELINE) & (scale > 0)
    return np.where(usable, (days - middle) / np.where(usable, scale, 1.0), np.nan)


def robust_z(
    history: Sequence[float | None] | None, today: float | None, floor: float = FLOOR, *, higher_worse: bool = False
) -> RobustZ:
    """Robust z of `today` against the last 28 days of `history`, which does not hold today (methods F2).

    Refused: BAD_INPUT for an answer of today or a floor that is missing, infinite or (floor) negative and for an
    infinite one before, BASELINE_TOO_SHORT below 14 answers, SCALE_ZERO where they do not differ and the floor is 0.

    >>> robust_z([4, 4, 3, 4, 5, 4, 4, 3, 4, 4, 5, 4, 4, 3], 2).z
    -4.0
    """
    earlier = of_numbers(history)[-BASELINE_DAYS:]
    now = float("nan") if today is None else float(today)
    if not np.isfinite(now) or not 0 <= floor < np.inf or np.isinf(earlier).any():
        return RobustZ("refused", "BAD_INPUT")
    known = earlier[~np.isnan(earlier)]
    if known.size < MIN_BASELINE:
        return RobustZ("refused", "BASELINE_TOO_SHORT", n=known.size)
    middle = float(np.median(known))
    scale = max(MAD_TO_SD * float(np.median(np.abs(known - middle))), floor)
    if scale == 0:
        return RobustZ("refused", "SCALE_ZERO", middle, n=known.size)
    z = (middle - now if higher_worse else now - middle) / scale
    if not np.isfinite(z):
        return RobustZ("refused", "BAD_INPUT", n=known.size)
    return RobustZ("ok", None, middle, scale, z, known.size)


def domain_score(z: ArrayLike) -> Days:
    """Median of the z of the items of a day, shape (..., items, days) to (..., days); NaN with fewer than two.

    >>> domain_score([[-2.0, -1.0], [-1.0, float("nan")], [0.0, float("nan")]]).tolist()
    [-1.0, nan]
    """
    items = np.moveaxis(np.asarray(z, dtype=float), -2, -1)
    return np.where(counted(items) >= MIN_ITEMS, median(items), np.nan)


def down(score: ArrayLike) -> NDArray[np.bool_]:
    """Whether a domain score is low enough to count as down; a score that is NaN is not (ask for it separately).

    >>> down([-1.5, -1.4, float("nan")]).tolist()
    [True, False, False]
    """
    return np.asarray(score, dtype=float) <= DOWN_AT


def false_flags(
    items: ArrayLike,
    floor: ArrayLike,
    days: slice,
    source: slice,
    *,
    seed: int,
    n: int = SIMULATED,
) -> FalseFlags | None:
    """How many of `days` the rule flags in an athlete who does not change: her own days of `source` in random order.

    `items` has shape (items, days). Whole days are drawn with replacement, so that the steps of the scale, her spread
    and how the items go together stay as they are, and are put on the days that she answered. What one day shares with
    the next is lost; at an autocorrelation of up to 0.5 the range still holds 95 % of unchanged athletes. None where no
    day of `source` has two items. Source: convention.

    >>> rng = np.random.default_rng(1)
    >>> answers = np.clip(np.round(rng.normal(4, 0.8, (3, 70))), 1, 7)
    >>> false_flags(answers, np.full(3, 0.5), slice(28, 70), slice(0, 28), seed=1).mean < 6
    True
    """
    own = np.asarray(items, dtype=float)
    answered = (~np.isnan(own)).sum(axis=0) >= MIN_ITEMS
    pool = own[:, source][:, answered[source]]
    if not pool.size or not answered[days].any():
        return None
    rng = np.random.default_rng(seed)
    drawn = np.full((n, *own.shape), np.nan)
    picked = rng.integers(pool.shape[1], size=(n, int(answered.sum())))
    drawn[..., answered] = np.moveaxis(pool[:, picked], 0, 1)
    score = domain_score(daily_z(drawn, np.broadcast_to(np.asarray(floor, dtype=float), drawn.shape[:-1])))[..., days]
    flags, judged = down(score).sum(axis=-1), (~np.isnan(score)).sum(axis=-1)
    low, high = np.quantile(flags, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return FalseFlags(float(flags.mean()), float(low), float(high), float(judged.mean()))
