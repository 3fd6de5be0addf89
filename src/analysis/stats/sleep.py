"""How long did the athlete sleep in the last week, against her need? (methods F4).

Hours of sleep per night; NaN is a night that is not known. Days run along the last axis, athletes along the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.stats._days import of_numbers
from analysis.stats._past import Days, before, counted, mean_sd

WEEK: Final = 7
MIN_NIGHTS: Final = 5
NEED_H: Final = 8.0
NEED_DAYS: Final = 60
MIN_UNRESTRICTED: Final = 7
SHORT_MEAN_H: Final = 7.0
LARGE_DEBT_H: Final = 5.0
LONGEST_H: Final = 24.0


@dataclass(frozen=True)
class Sleep:
    """Mean hours of the known nights, debt (h/week) scaled to 7 nights, and whether either crosses its limit."""

    status: str
    reason: str | None = None
    mean_h: float | None = None
    debt_h_per_week: float | None = None
    flag: bool | None = None
    nights: int = 0


@dataclass(frozen=True)
class Nights:
    """The same for the 7 nights up to every day; NaN with fewer than 5 known."""

    mean_h: Days
    debt_h_per_week: Days
    nights: Days

    @property
    def down(self) -> NDArray[np.bool_]:
        """Mean below 7 h or debt above 5 h; False where that is not known (ask for it separately)."""
        return (self.mean_h < SHORT_MEAN_H) | (self.debt_h_per_week > LARGE_DEBT_H)


def nightly(hours: ArrayLike, need_h: ArrayLike = NEED_H) -> Nights:
    """Mean sleep and debt 7 mean(max(0, need - h)) of the 7 nights up to every day (methods F4).

    A night below 0 or above 24 h is unknown. A long night does not repay a short one: only shortfalls count.
    Source: Walsh 2021, Br J Sports Med 55:356-368; the limits are a convention.

    >>> nightly([7.0] * 7).debt_h_per_week[-1].item()
    7.0
    """
    given = np.asarray(hours, dtype=float)
    given = np.where((given >= 0) & (given <= LONGEST_H), given, np.nan)
    windows = before(given, WEEK)
    known = counted(windows)
    short = np.maximum(np.asarray(need_h, dtype=float)[..., None] - given, 0.0)
    (mean, _), (missing, _) = mean_sd(windows), mean_sd(before(short, WEEK))
    enough = known >= MIN_NIGHTS
    return Nights(np.where(enough, mean, np.nan), np.where(enough, WEEK * missing, np.nan), known)


def sleep(hours: Sequence[float | None] | None, need_h: float | None = None) -> Sleep:
    """The last 7 nights of `hours`, None unknown: as `nightly`, with reasons; a need of None is 8 h (methods F4).

    Refused: BAD_INPUT for a night or a need outside 0 to 24 h, TOO_FEW_NIGHTS below 5 known.

    >>> sleep([7.2, 6.5, None, 6.8, 7.0, 6.1, 7.4]).flag
    True
    """
    given, need = of_numbers(hours)[-WEEK:], NEED_H if need_h is None else float(need_h)
    known = given[~np.isnan(given)]
    if ((known < 0) | (known > LONGEST_H)).any() or not 0 < need <= LONGEST_H:
        return Sleep("refused", "BAD_INPUT", nights=known.size)
    if known.size < MIN_NIGHTS:
        return Sleep("refused", "TOO_FEW_NIGHTS", nights=known.size)
    found = nightly(given, need)
    mean, debt = float(found.mean_h[-1]), float(found.debt_h_per_week[-1])
    return Sleep("ok", None, mean, debt, bool(found.down[-1]), known.size)


def own_need_h(unrestricted_hours: ArrayLike) -> float | None:
    """The need: median of the nights that nothing cut short (no alarm) of the last 60 days; None below 7 of them.

    Source: convention (methods F4).

    >>> own_need_h([8.0, 8.5, 9.0, 8.2, 8.4, 8.6, 8.3])
    8.4
    """
    given = np.asarray(unrestricted_hours, dtype=float)
    known = given[(given > 0) & (given <= LONGEST_H)]
    return float(np.median(known)) if known.size >= MIN_UNRESTRICTED else None
