"""Small counting rules of training load: session RPE, rolling sums, hard sets, intensity zones (methods C2-C4, C11)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike

from analysis.stats._reserve import implied_rir, told_rir
from analysis.transforms import CR10, SUSPECT_DURATION_S

HARD_REPS: Final = (3.0, 30.0)
HARD_RIR: Final = 4.0
MIN_COVERAGE: Final = 0.80
ZONES: Final = (("<60", 60.0), ("60-70", 70.0), ("70-80", 80.0), ("80-90", 90.0), (">=90", math.inf))
SCALE: Final = "cr10"


@dataclass(frozen=True)
class SessionLoad:
    """Session-RPE load in arbitrary units (AU)."""

    status: str
    reason: str | None = None
    load_au: float | None = None


@dataclass(frozen=True)
class RollingSum:
    """Sum over the last days; `sum` is scaled up where some days are unknown, `known_sum` is not."""

    status: str
    reason: str | None = None
    sum: float | None = None
    known_sum: float | None = None
    known_days: int = 0
    coverage: float | None = None


@dataclass(frozen=True)
class HardSet:
    """Whether a set (or, as arrays, each of many) was hard, and the repetitions in reserve that it was judged by."""

    status: Any
    reason: Any = None
    rir_used: Any = None
    hard: Any = None


@dataclass(frozen=True)
class Zone:
    """Load as a share of the e1RM known from earlier sessions."""

    status: str
    reason: str | None = None
    pct_e1rm: float | None = None
    zone: str | None = None


def session_rpe_load(rpe: float | None, minutes: float | None, scale: str = SCALE) -> SessionLoad:
    """RPE of the whole session (CR-10, 0 to 10) x minutes, rests included (methods C4; Foster 2001, JSCR 15:109-115).

    Refused: BAD_INPUT for a missing or impossible value or another `scale` than "cr10" (Borg 6-20 cannot be converted
    by arithmetic), RPE_OUT_OF_RANGE for a number that CR-10 does not have, TIMER_LEFT_RUNNING above 6 hours.

    >>> session_rpe_load(6, 55).load_au
    330.0
    """
    if scale != SCALE or rpe is None or minutes is None or not (math.isfinite(rpe) and 0 < minutes < math.inf):
        return SessionLoad("refused", "BAD_INPUT")
    if not CR10[0] <= rpe <= CR10[1]:
        return SessionLoad("refused", "RPE_OUT_OF_RANGE")
    if minutes * 60 > SUSPECT_DURATION_S:
        return SessionLoad("refused", "TIMER_LEFT_RUNNING")
    return SessionLoad("ok", None, float(rpe * minutes))


def rolling_sum(x: Sequence[float | None], window: int) -> RollingSum:
    """Sum of the last `window` days of `x`; None is an unknown day, never 0 (methods C11).

    With at least 80 % of the days known the sum is scaled to the whole window (a caution, DAYS_UNKNOWN), else refused
    with COVERAGE_TOO_LOW. TOO_FEW_DAYS: the series is shorter than the window (pad it with None where the days before
    are unknown). BAD_INPUT: a window below 1 or a negative load.

    >>> rolling_sum([100, None, 100, 100, 100, 100, 100], 7).sum
    700.0
    """
    if window < 1 or any(v is not None and not 0 <= v < math.inf for v in x):
        return RollingSum("refused", "BAD_INPUT")
    if len(x) < window:
        return RollingSum("refused", "TOO_FEW_DAYS")
    known = [v for v in x[-window:] if v is not None]
    coverage = len(known) / window
    total = float(sum(known))
    if coverage < MIN_COVERAGE:
        return RollingSum("refused", "COVERAGE_TOO_LOW", None, total, len(known), coverage)
    if len(known) < window:
        return RollingSum("caution", "DAYS_UNKNOWN", total / len(known) * window, total, len(known), coverage)
    return RollingSum("ok", None, total, total, len(known), coverage)


def hard_sets(
    reps: ArrayLike,
    load_kg: ArrayLike,
    *,
    rir: ArrayLike,
    rpe: ArrayLike = np.nan,
    failure: ArrayLike = False,
    e1rm_kg: ArrayLike = np.nan,
) -> HardSet:
    """Which of many sets were hard: 3 to 30 repetitions, at most 4 in reserve (methods C2; limits are our convention).

    nan means not known; a set with body mass only has no load. The reserve is 0 at failure, else `rir`, else 10 -
    `rpe`, else 30 (e1RM / load - 1) - reps (Epley inverted), where `e1rm_kg` must come from earlier sessions. Outside 3
    to 30 repetitions a set is not hard, whatever its effort. Refused (`hard` None): BAD_INPUT for impossible
    repetitions, a load of 0 or below, a negative reserve; NO_EFFORT_INFO with neither rating nor e1RM.

    >>> hard_sets([8, 8, 2], [80, 60, 60], rir=[4, float("nan"), float("nan")]).hard.tolist()
    [True, None, False]
    """
    columns = (np.asarray(x, dtype=float) for x in (reps, load_kg, rir, rpe, e1rm_kg))
    done, load, reserve, effort, level = np.broadcast_arrays(*columns)
    told = told_rir(reserve, effort, failure)
    used = np.where(np.isnan(told), implied_rir(level, load, done), told)
    bad = ~((done >= 0) & np.isfinite(done)) | (load <= 0) | np.isinf(load) | (level <= 0) | np.isinf(level)
    bad |= (told < 0) | np.isinf(told) | (effort < 0)
    in_range = (done >= HARD_REPS[0]) & (done <= HARD_REPS[1])
    unknown = ~bad & in_range & np.isnan(used)
    status, reason = np.full(done.shape, "ok", dtype=object), np.full(done.shape, None, dtype=object)
    hard = (in_range & (used <= HARD_RIR)).astype(object)
    status[bad | unknown], hard[bad | unknown] = "refused", None
    reason[unknown], reason[bad] = "NO_EFFORT_INFO", "BAD_INPUT"
    return HardSet(status, reason, np.where(bad, np.nan, used), hard)


def hard_set(
    reps: float | None,
    load_kg: float | None = None,
    rir: float | None = None,
    e1rm_kg: float | None = None,
    *,
    rpe: float | None = None,
    failure: bool = False,
) -> HardSet:
    """Whether one set was hard: as `hard_sets`, with plain numbers, and None where there is none (methods C2).

    >>> hard_set(8, 80, e1rm_kg=110)
    HardSet(status='ok', reason=None, rir_used=3.25, hard=True)
    """
    numbers = (np.nan if x is None else x for x in (reps, load_kg, rir, rpe, e1rm_kg))
    done, load, reserve, effort, level = ([x] for x in numbers)
    found = hard_sets(done, load, rir=reserve, rpe=effort, failure=[failure], e1rm_kg=level)
    used = float(found.rir_used[0])
    return HardSet(found.status[0], found.reason[0], None if math.isnan(used) else used, found.hard[0])


def intensity_zone(load_kg: float | None, e1rm_kg: float | None) -> Zone:
    """Load as % of the e1RM of earlier sessions, and its zone, lower bound inclusive (methods C3).

    Refused with NO_EFFORT_INFO where no e1RM is known, BAD_INPUT for impossible values.

    >>> intensity_zone(80, 110).zone, intensity_zone(70, 100).zone
    ('70-80', '70-80')
    """
    if e1rm_kg is None:
        return Zone("refused", "NO_EFFORT_INFO")
    if load_kg is None or not (0 <= load_kg < math.inf and 0 < e1rm_kg < math.inf):
        return Zone("refused", "BAD_INPUT")
    pct = 100 * load_kg / e1rm_kg
    return Zone("ok", None, pct, next(name for name, upper in ZONES if pct < upper))
