"""Small counting rules of training load: session RPE, rolling sums, hard sets, intensity zones (methods C2-C4, C11)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

HARD_REPS: Final = (3.0, 30.0)
HARD_RIR: Final = 4.0
MIN_COVERAGE: Final = 0.80
ZONES: Final = (("<60", 60.0), ("60-70", 70.0), ("70-80", 80.0), ("80-90", 90.0), (">=90", math.inf))
_CR10: Final = (0.0, 10.0)


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
    """Whether a set was hard, and the repetitions in reserve that decided it."""

    status: str
    reason: str | None = None
    rir_used: float | None = None
    hard: bool | None = None


@dataclass(frozen=True)
class Zone:
    """Load as a share of the e1RM known from earlier sessions."""

    status: str
    reason: str | None = None
    pct_e1rm: float | None = None
    zone: str | None = None


def session_rpe_load(rpe: float | None, minutes: float | None) -> SessionLoad:
    """RPE of the whole session (CR-10, 0 to 10) x minutes, rests included (methods C4; Foster 2001, JSCR 15:109-115).

    Refused: RPE_OUT_OF_RANGE for another scale (Borg 6-20 cannot be converted by arithmetic), BAD_INPUT.

    >>> session_rpe_load(6, 55).load_au
    330.0
    """
    if rpe is None or minutes is None or not (math.isfinite(rpe) and 0 < minutes < math.inf):
        return SessionLoad("refused", "BAD_INPUT")
    if not _CR10[0] <= rpe <= _CR10[1]:
        return SessionLoad("refused", "RPE_OUT_OF_RANGE")
    return SessionLoad("ok", None, float(rpe * minutes))


def rolling_sum(x: Sequence[float | None], window: int) -> RollingSum:
    """Sum of the last `window` days of `x`; None is an unknown day, never 0 (methods C11).

    With at least 80 % of the days known the sum is scaled to the whole window (a caution, DAYS_UNKNOWN), else refused
    with COVERAGE_TOO_LOW. Days before the series starts are unknown. BAD_INPUT: a window below 1 or a negative load.

    >>> rolling_sum([100, None, 100, 100, 100, 100, 100], 7).sum
    700.0
    """
    if window < 1 or any(v is not None and not 0 <= v < math.inf for v in x):
        return RollingSum("refused", "BAD_INPUT")
    known = [v for v in x[-window:] if v is not None]
    coverage = len(known) / window
    total = float(sum(known))
    if coverage < MIN_COVERAGE:
        return RollingSum("refused", "COVERAGE_TOO_LOW", None, total, len(known), coverage)
    if len(known) < window:
        return RollingSum("caution", "DAYS_UNKNOWN", total / len(known) * window, total, len(known), coverage)
    return RollingSum("ok", None, total, total, len(known), coverage)


def hard_set(
    reps: float | None, load_kg: float | None = None, rir: float | None = None, e1rm_kg: float | None = None
) -> HardSet:
    """A set is hard with 3 to 30 repetitions and at most 4 in reserve (methods C2; the limits are our convention).

    Without `rir`, the reserve is estimated as 30 (e1RM / load - 1) - reps (Epley inverted), where `e1rm_kg` must come
    from earlier sessions. Refused: NO_EFFORT_INFO with neither, BAD_INPUT.

    >>> hard_set(8, 80, e1rm_kg=110)
    HardSet(status='ok', reason=None, rir_used=3.25, hard=True)
    """
    if reps is None or not 0 <= reps < math.inf or (rir is not None and not 0 <= rir < math.inf):
        return HardSet("refused", "BAD_INPUT")
    if rir is None:
        if e1rm_kg is None or load_kg is None:
            return HardSet("refused", "NO_EFFORT_INFO")
        if not (0 < load_kg < math.inf and 0 < e1rm_kg < math.inf):
            return HardSet("refused", "BAD_INPUT")
        rir = 30 * (e1rm_kg / load_kg - 1) - reps
    return HardSet("ok", None, float(rir), HARD_REPS[0] <= reps <= HARD_REPS[1] and rir <= HARD_RIR)


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
