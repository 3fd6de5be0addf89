"""The loads of the next block: the next step in whole plates, and the weeks of one exercise (methods G2).

The rule of 2 to 5 % every week or two, the repetitions of the range and a deload after six loading weeks at the latest
are the article's; the margin of 2.5 % at the start and the step of at most 10 % at the top of the range are ours.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

STEP_SHARES: Final = (1.02, 1.05)
LARGEST_SHARE: Final = 1.10  # of the load: the next plate at the top of the range, at most
START_MARGIN: Final = 0.975
DELOAD_LOAD, DELOAD_SETS = 0.90, 0.50
MAX_LOADING_WEEKS: Final = 6
COMPOUND_REPS, ACCESSORY_REPS = (6, 8), (8, 12)
RIR: Final = 2.0
SETS: Final = 3
MAX_RIR: Final = 5.0
MAX_SETS: Final = 20
MAX_WEEKS: Final = 52
LOAD, REPS, HOLD, PLATE_LIMITED = "load", "reps", "hold", "plate_limited"
_ROUNDING: Final = 1e-9


@dataclass(frozen=True)
class NextLoad:
    """The next step of one exercise: `how` is load, reps (one more at the same load) or hold; `pct` is the load's.

    Status plate_limited: at the top of the range the next plate is more than 5 % (taken up to 10 %, else hold).
    """

    status: str
    reason: str | None = None
    load_kg: float | None = None
    reps: int | None = None
    how: str | None = None
    pct: float | None = None


@dataclass(frozen=True)
class PlannedWeek:
    """One week of one exercise; `type` is load or deload, `how` the step that led to it (None in the first week)."""

    week: int
    sets: int
    reps: int
    load_kg: float
    type: str
    how: str | None = None


@dataclass(frozen=True)
class BlockPlan:
    """The weeks of one exercise. `implied_e1rm_kg` is what the last loading week asks for at its reserve."""

    status: str
    reason: str | None = None
    rows: tuple[PlannedWeek, ...] = ()
    start_load_kg: float | None = None
    implied_e1rm_kg: float | None = None


def floor_step(load_kg: float, step_kg: float) -> float:
    """The heaviest multiple of the step that is not above the load.

    >>> floor_step(84.67, 2.5)
    82.5
    """
    return _clean(math.floor(load_kg / step_kg + _ROUNDING) * step_kg)


def next_load(
    load_kg: float | None, *, step_kg: float | None, reps: float | None, rep_low: float | None = COMPOUND_REPS[0],
    rep_high: float | None = COMPOUND_REPS[1], halved: bool = False,
) -> NextLoad:  # fmt: skip
    """The next step in whole plates of `step_kg` (methods G2).

    The largest multiple of the step from 1.02 to 1.05 of the load; none: one more repetition up to `rep_high`; at the
    top the next multiple up to 1.10 of the load, back to `rep_low`; else hold, until there are smaller plates. `halved`
    (after a jump that failed) takes half of the increase in whole steps, at least 2 %, else a repetition. A load that
    is no multiple is raised to one. Refused: BAD_INPUT for a value that is missing, not a number or not above 0, or a
    range that is upside down. Source: article (2 to 5 %); limits by convention.

    >>> next_load(60, step_kg=2.5, reps=8).load_kg, next_load(24, step_kg=4, reps=6).reps
    (62.5, 7)
    """
    numbers = [_number(x) for x in (load_kg, step_kg, reps, rep_low, rep_high)]
    if not all(0 < x < math.inf for x in numbers) or numbers[3] > numbers[4]:
        return NextLoad("refused", "BAD_INPUT")
    load, step, done, low, high = numbers
    found = _raised(load, step, halved=halved)
    if found is not None:
        return NextLoad("ok", None, found, int(done), LOAD, _pct(load, found))
    if done < high:
        return NextLoad("ok", None, load, int(done) + 1, REPS, 0.0)
    next_up = math.floor(load / step + _ROUNDING) + 1
    following = _clean(max(next_up, math.ceil(STEP_SHARES[0] * load / step - _ROUNDING) if halved else 0) * step)
    if following <= LARGEST_SHARE * load * (1 + _ROUNDING):
        return NextLoad(PLATE_LIMITED, "PLATE_LIMITED", following, int(low), LOAD, _pct(load, following))
    return NextLoad(PLATE_LIMITED, "PLATE_LIMITED", load, int(done), HOLD, 0.0)


def start_load(e1rm_kg: float, reps: float, rir: float, step_kg: float) -> float:
    """`floor_step(0.975 e1RM / m(reps + rir))` by Epley: the first load of a block, with a margin of 2.5 %.

    >>> start_load(110, 6, 2, 2.5)
    82.5
    """
    return floor_step(START_MARGIN * e1rm_kg / multiplier(reps + rir), step_kg)


def multiplier(effective_reps: float) -> float:
    """Epley's m(r): 1 at one repetition, else 1 + r / 30 (methods B1).

    >>> multiplier(1), multiplier(6)
    (1.0, 1.2)
    """
    return 1.0 if effective_reps == 1 else 1 + effective_reps / 30


def block_plan(
    e1rm_kg: float | None, *, reps: float | None, step_kg: float | None, weeks: float | None, rir: float | None = RIR,
    sets: float | None = SETS, deload_week: float | Sequence[float] | None = None, every: float | None = 1,
    rep_range: tuple[float, float] | None = None, start_kg: float | None = None, halved: bool = False,
    hold: bool = False, most_kg: float | None = None,
) -> BlockPlan:  # fmt: skip
    """The weeks of one exercise: start load, a step `every` loading weeks, a deload (methods G2).

    `deload_week` is one week or several. The start is `start_load`, or `start_kg` (the last successful load, where a
    jump failed or no e1RM is known; then `e1rm_kg` may be None). Deload: half the sets rounded up, 0.90 of the last
    load, same repetitions; the step after it is taken from the last loading week. `hold` raises nothing; `most_kg` is
    an e1RM above which no load is raised. `rep_range` is by default 6-8 for up to 8 repetitions, 8-12 above. Refused:
    BAD_INPUT for what is missing or impossible, REPS_OUT_OF_RANGE (more than 12 repetitions), RIR_TOO_HIGH (above 5),
    DELOAD_TOO_LATE (after week 7, or more than 6 loading weeks in a row).

    >>> plan = block_plan(110, reps=6, step_kg=2.5, weeks=6, sets=4, deload_week=5)
    >>> [row.load_kg for row in plan.rows], plan.rows[4].sets
    ([82.5, 85.0, 87.5, 90.0, 80.0, 92.5], 2)
    """
    whole = [_number(x) for x in (reps, weeks, sets, every)]
    told: Sequence[Any] = deload_week if isinstance(deload_week, Sequence) else (deload_week,)
    light = sorted(_number(week) for week in told if week is not None)
    start, e1rm, step, reserve = _number(start_kg), _number(e1rm_kg), _number(step_kg), _number(rir)
    reason = _refusal(whole, light, start if start_kg is not None else e1rm, step, reserve)
    if reason:
        return BlockPlan("refused", reason)
    first = start if start_kg is not None else start_load(e1rm, whole[0], reserve, step)
    if first < _ROUNDING:
        return BlockPlan("refused", "BAD_INPUT")  # the smallest plate is too heavy
    low, high = rep_range or default_range(whole[0])
    grow: dict[str, Any] = {"step_kg": step, "rep_low": low, "rep_high": max(high, whole[0]), "halved": halved}
    most = 0.0 if hold else math.inf if most_kg is None else most_kg
    rows = _weeks([int(x) for x in whole], light, first, grow, most, reserve)
    last = [row for row in rows if row.type == LOAD][-1:]
    implied = last[0].load_kg * multiplier(last[0].reps + reserve) if last else None
    return BlockPlan("ok", None, tuple(rows), first, implied)


def default_range(reps: float) -> tuple[float, float]:
    """The range of the article that repetitions belong to: 6-8 for compounds, 8-12 for accessory work.

    >>> default_range(6), default_range(10)
    ((6, 8), (8, 12))
    """
    low, high = COMPOUND_REPS if reps <= COMPOUND_REPS[1] else ACCESSORY_REPS
    return min(low, reps), high


def _weeks(
    whole: list[int], light: list[float], first: float, grow: dict[str, Any], most: float, reserve: float
) -> list[PlannedWeek]:
    reps, weeks, sets, every = whole
    load, trained, how, rows = first, 0, None, []
    for week in range(1, weeks + 1):
        if week in light:
            easy = floor_step(DELOAD_LOAD * load, grow["step_kg"]) or load
            rows.append(PlannedWeek(week, math.ceil(DELOAD_SETS * sets), reps, easy, "deload"))
            continue
        how = None
        if trained and trained % every == 0:
            step = next_load(load, reps=reps, **grow)
            how = HOLD
            if step.load_kg and step.reps and step.load_kg * multiplier(step.reps + reserve) <= most:
                load, reps, how = step.load_kg, step.reps, step.how
        rows.append(PlannedWeek(week, sets, reps, load, LOAD, how))
        trained += 1
    return rows


def _refusal(whole: list[float], light: list[float], load: float, step: float, rir: float) -> str | None:
    reps, weeks, sets, _ = whole
    possible = all(1 <= x < math.inf and x == int(x) for x in (*whole, *light))
    if not (possible and 0 < load < math.inf and 0 < step < math.inf and 0 <= rir < math.inf):
        return "BAD_INPUT"
    if sets > MAX_SETS or weeks > MAX_WEEKS:
        return "BAD_INPUT"
    ends = [0, *(week for week in light if week <= weeks), weeks + 1]
    in_a_row = max(b - a - 1 for a, b in itertools.pairwise(ends))
    late = in_a_row > MAX_LOADING_WEEKS or (bool(light) and light[0] > MAX_LOADING_WEEKS + 1)
    found = (
        (reps > ACCESSORY_REPS[1], "REPS_OUT_OF_RANGE"),
        (rir > MAX_RIR, "RIR_TOO_HIGH"),
        (late, "DELOAD_TOO_LATE"),
    )
    return next((code for holds, code in found if holds), None)


def _raised(load: float, step: float, *, halved: bool) -> float | None:
    """The largest multiple of the step that is 2 to 5 % above the load; None where no plate is."""
    low, high = (share * load for share in STEP_SHARES)
    if halved:
        high = load + math.floor((floor_step(high, step) - load) / 2 / step + _ROUNDING) * step
    found = floor_step(high, step)
    return found if found >= low * (1 - _ROUNDING) else None


def _pct(load: float, after: float) -> float:
    return 100 * (after / load - 1)


def _clean(load: float) -> float:
    """Without the dust of floating point: 40 x 1.1 is 44."""
    return round(load, 9)


def _number(value: object) -> float:
    """A plain number; nan for what is missing or something else."""
    usable = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if usable and abs(value) < 1e300 else math.nan  # type: ignore[arg-type]
