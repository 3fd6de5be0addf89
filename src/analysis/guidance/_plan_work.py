"""One exercise over the weeks of the block: start, steps, deload, and why (methods A5, B5, G2)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from analysis.exercises import lookup
from analysis.exercises.chain import progress, regress
from analysis.guidance._plan_lifts import LOWER, Lift
from analysis.guidance._plan_policy import DELOAD, SLOWER, Policy
from analysis.stats import plan_load
from analysis.stats.plan_load import HOLD, LOAD, REPS, BlockPlan, PlannedWeek

REST_S: Final = {"compound": 150.0, "accessory": 75.0, "plyo": 90.0, "balance": 30.0, "activation": 30.0}
MAX_HOLD_S, STEP_HOLD_S = 60.0, 5.0
AFFECTED_SETS: Final = 0.7
EASIER: Final = 0.9
MIN_TECHNIQUE: Final = 0.9
NEW_RIR: Final = 4.0
EXPLOSIVE: Final = "3-0-X-0"
POUND_KG: Final = 0.45359237


@dataclass(frozen=True)
class Item:
    """One line of a session."""

    exercise: str
    pattern: str
    kind: str
    sets: int
    reps: int | None = None
    load_kg: float | None = None
    duration_s: float | None = None
    rir: float | None = None
    rest_s: float | None = None
    tempo: str | None = None
    notes: str = ""
    one_sided: bool = False


Planned = tuple["Lift", tuple[Item, ...], str, str]  # the exercise, its weeks, why, and what to look at


@dataclass(frozen=True)
class Asked:
    """What the block asks of every exercise."""

    kinds: tuple[str, ...]
    policy: Policy
    rir: float
    every: int | None = None
    emphasis: str = "keep"
    affected: tuple[str, ...] = ()
    regressing: bool = False
    technique: bool = False
    jumping: bool = True

    @property
    def spared(self) -> tuple[str, ...]:
        """The movements of a painful site: nothing is added to them that the log does not hold."""
        return () if self.jumping else self.affected


@dataclass(frozen=True)
class Work:
    """An exercise of the plan: its line in each week, why its loads are what they are, and what to look at."""

    lift: Lift
    weeks: Mapping[int, Item]
    line: str
    flag: str = ""


def work_of(lift: Lift, asked: Asked, weeks: Sequence[int]) -> Work:
    """Plan one exercise for these weeks: by its e1RM, from the last successful load, or by repetitions or seconds."""
    lifted, items, line, flag = _planned(lift, asked) if weeks else (lift, (), "", "")
    return Work(lifted, dict(zip(weeks, items, strict=True)), line, flag)


def _planned(lift: Lift, asked: Asked) -> Planned:
    sets = _sets(lift, asked)
    hurts = asked.regressing and lift.pattern in (asked.affected or LOWER)  # no site told: all leg work is lighter
    if hurts:
        sets = max(1, math.floor(AFFECTED_SETS * sets))
        easier = regress(lift.name)
        if asked.affected and easier.status == "ok" and easier.regress:
            return _new(lift, easier.regress, sets, asked, "one step back in the chain of exercises")
    if lift.duration_s and not lift.reps:
        return _held(lift, sets, asked)
    if lift.last_kg is None and lift.e1rm_kg is None:
        return _by_repetitions(lift, sets, asked)
    share = EASIER if hurts or (asked.technique and (lift.technique or 1.0) < MIN_TECHNIQUE) else 1.0
    return _loaded(lift, sets, asked, share)


def _sets(lift: Lift, asked: Asked) -> int:
    """The athlete's own number of sets, 2 to 4 for compounds and 2 to 3 for the rest, moved by the emphasis."""
    compound = lift.kind == "compound"
    sets = min(max(lift.sets, 2), 4 if compound else 3)
    if asked.emphasis == "strength" and lift.pattern in ("squat", "hinge") and compound:
        return min(sets + 1, 4)
    if asked.emphasis == "stability" and compound and lift.pattern in LOWER and not lift.one_sided:
        return max(sets - 1, 2)
    return sets


def _loaded(lift: Lift, sets: int, asked: Asked, share: float) -> Planned:
    reps, start, halved = _start(lift, asked)
    known: dict[str, Any] = {
        "step_kg": lift.step_kg, "weeks": len(asked.kinds), "rir": asked.rir, "sets": sets, "halved": halved,
        "deload_week": [n for n, kind in enumerate(asked.kinds, 1) if kind == DELOAD], "hold": asked.policy.hold,
        "rep_range": lift.rep_range, "reps": reps,
        "start_kg": start and (plan_load.floor_step(share * start, lift.step_kg) or start),
    }  # fmt: skip
    every = asked.every or (2 if halved else asked.policy.every)
    plan = plan_load.block_plan(lift.e1rm_kg, every=every, **known)
    flag, most = "", lift.forecast_kg
    if most is not None and (plan.implied_e1rm_kg or 0) > most and not asked.policy.hold:
        flag = _too_fast(lift, plan, most)
        if asked.every is None:
            plan = plan_load.block_plan(lift.e1rm_kg, every=2, **known)
            flag += "; so a step every second week"
            if (plan.implied_e1rm_kg or 0) > most:
                plan = plan_load.block_plan(lift.e1rm_kg, every=2, most_kg=most, **known)
                flag += ", and none beyond that forecast"
    if not plan.rows:
        return _new(lift, lift.name, sets, asked, "no load of the log could be planned from")
    items = tuple(_item(lift, row, before, asked) for row, before in zip(plan.rows, _before(plan.rows), strict=True))
    return lift, items, _why(lift, plan, asked, start, share), flag


def _start(lift: Lift, asked: Asked) -> tuple[int, float | None, bool]:
    """Repetitions, start load (None: from the e1RM alone) and whether increases are halved."""
    reps, rir = lift.target_reps, asked.rir
    if asked.policy.halved and lift.failed_to_kg:
        return reps, lift.failed_to_kg, True
    if lift.e1rm_kg is None:
        low, high = lift.rep_range
        reps = int(min(max(lift.last_reps or low, low), high))
        return reps, _for_more(lift, reps, rir), False
    if asked.policy.hold:
        able = plan_load.floor_step(lift.e1rm_kg / plan_load.multiplier(reps + rir), lift.step_kg)
        return reps, min(able or lift.step_kg, lift.last_kg or able), False
    start = plan_load.start_load(lift.e1rm_kg, reps, rir, lift.step_kg) or lift.step_kg
    if plan_load.next_load(start, step_kg=lift.step_kg, reps=1, rep_low=1, rep_high=2).how != LOAD:
        # the plates are coarse: start heavier with fewer repetitions, which then rise
        low = lift.rep_range[0]
        start = plan_load.start_load(lift.e1rm_kg, low, rir, lift.step_kg) or lift.step_kg
        able = math.floor(30 * (plan_load.START_MARGIN * lift.e1rm_kg / start - 1) - rir + 1e-9)
        reps = min(max(able, low), reps)
    return reps, _no_leap(lift, start, reps), False


def _for_more(lift: Lift, reps: int, rir: float) -> float | None:
    """The last load, and less of it where more repetitions are asked for than were done with it.

    What was done is all that is known: it counts as a maximum, so that 105 kg for one repetition do not become 105 kg
    for eight.
    """
    done = lift.last_reps
    if not lift.last_kg or not done or done >= reps:
        return lift.last_kg
    able = lift.last_kg * plan_load.multiplier(done) / plan_load.multiplier(reps + rir)
    return plan_load.floor_step(able, lift.step_kg) or lift.step_kg


def _no_leap(lift: Lift, start: float, reps: int) -> float:
    """Not above the next step from the last load that was done for as many repetitions."""
    if not lift.last_kg or (lift.last_reps or 0) < reps:
        return start
    step = plan_load.next_load(lift.last_kg, step_kg=lift.step_kg, reps=reps, rep_high=reps)
    most = max(lift.last_kg, step.load_kg if step.status == "ok" and step.load_kg else 0.0)
    return min(start, plan_load.floor_step(most + lift.step_kg * 0.05, lift.step_kg) or start)


def _too_fast(lift: Lift, plan: BlockPlan, most: float) -> str:
    asks = f"steps as fast as the rule allows would ask for an e1RM of {plan.implied_e1rm_kg:.1f} kg"
    return f"{lift.raw}: {asks} in the last loading week, above the forecast of at most {most:.1f} kg"


def _item(lift: Lift, row: PlannedWeek, before: PlannedWeek | None, asked: Asked) -> Item:
    tempo = lift.tempo
    if lift.kind == "compound":
        slow = asked.policy.tempos and asked.policy.tempos[min(row.week, len(asked.policy.tempos)) - 1]
        tempo = slow or (EXPLOSIVE if asked.emphasis == "power_plyo" else lift.tempo)
    said = [_step_said(lift, row, before, asked)]
    if lift.pounds:
        said.append(f"{row.load_kg / POUND_KG:.4g} lb")
    said += ["per side"] if lift.one_sided else []
    if row.how == HOLD and 100 * lift.step_kg / row.load_kg > 5:
        tempo = tempo or SLOWER[0]
    return Item(
        lift.raw, lift.pattern, lift.kind, row.sets, row.reps, row.load_kg, None,
        asked.rir + 2 if row.type == DELOAD else asked.rir, REST_S.get(lift.kind, 75.0), tempo, _joined(said),
        lift.one_sided,
    )  # fmt: skip


def _step_said(lift: Lift, row: PlannedWeek, before: PlannedWeek | None, asked: Asked) -> str:
    if row.type == DELOAD or asked.policy.hold:
        lighter = before is None or row.load_kg < before.load_kg  # the smallest weight stays
        return "held" if row.type == LOAD else f"deload: half the sets{', lighter' if lighter else ''}"
    if before is None or row.how is None:
        return "start"
    if row.how == LOAD:
        back = f", the next plate: back to {row.reps} repetitions" if row.reps < before.reps else ""
        return f"up {100 * (row.load_kg / before.load_kg - 1):.1f} %{back}"
    if row.how == HOLD:
        return _no_step(lift, row)
    return "one repetition more, same load" if row.how == REPS else "same load"


def _no_step(lift: Lift, row: PlannedWeek) -> str:
    more = 100 * lift.step_kg / row.load_kg
    if more > 5:
        return f"hold: the next weight is {more:.0f} % more; lower slowly, or use smaller weights"
    return "hold: enough for this block"


def _before(rows: Sequence[PlannedWeek]) -> list[PlannedWeek | None]:
    """The last loading week before each week."""
    found: list[PlannedWeek | None] = []
    last: PlannedWeek | None = None
    for row in rows:
        found.append(last)
        last = row if row.type == LOAD else last
    return found


def _why(lift: Lift, plan: BlockPlan, asked: Asked, start: float | None, share: float) -> str:
    loading = [row for row in plan.rows if row.type == LOAD] or list(plan.rows)
    first, last = loading[0], loading[-1]
    held = asked.policy.hold and lift.e1rm_kg is not None and lift.last_kg is not None and first.load_kg < lift.last_kg
    basis = lift.e1rm_said or f"no e1RM; last successful load {lift.last_kg:.4g} kg x {lift.last_reps:g}"
    if asked.policy.halved and lift.failed_to_kg:
        basis = f"a jump failed: back to {start:g} kg, half the increment"
    told = f"{lift.raw}: {basis} - start {first.load_kg:g} kg x {first.reps}"
    told += " (10 % lighter)" if share < 1 else ""
    told += f" (at {lift.last_kg:.4g} kg fewer than {asked.rir:g} would stay in reserve)" if held and share == 1 else ""
    if (last.load_kg, last.reps) != (first.load_kg, first.reps):
        told += f", last loading week {last.load_kg:g} kg x {last.reps}"
    if lift.e1rm_kg is not None and plan.implied_e1rm_kg:
        limit = f", forecast up to {lift.forecast_kg:.1f} kg" if lift.forecast_kg else ""
        told += f" (asks for an e1RM of {plan.implied_e1rm_kg:.1f} kg{limit})"
    return told


def _by_repetitions(lift: Lift, sets: int, asked: Asked) -> Planned:
    """Body mass, bands, jumps without weight: one repetition more per step up to the top of the range."""
    low, high = lift.rep_range
    start = int(min(max(lift.reps or low, 1), max(high, lift.reps or low)))
    harder = progress(lift.name)
    top = f"at the top of the range: next is {_words(harder.progress)}" if harder.status == "ok" else ""

    def item(step: int, kind: str) -> Item:
        reps = max(start, min(start + step, high))
        said = ["deload: half the sets"] if kind == DELOAD else [top if reps >= high and step else ""]
        return Item(
            lift.raw, lift.pattern, lift.kind, _light(sets, kind), reps, None, None, asked.rir,
            REST_S.get(lift.kind, 75.0), lift.tempo, _joined([*said, "per side" if lift.one_sided else ""]),
            lift.one_sided,
        )  # fmt: skip

    items = _stepped(item, asked)
    more = "held" if asked.policy.hold else f"one more a step, up to {high}"
    return lift, items, f"{lift.raw}: no load in the log - {start} repetitions, {more}", ""


def _held(lift: Lift, sets: int, asked: Asked) -> Planned:
    """Holds: five seconds more per step, up to a minute, then the harder variation."""
    start = min(max(5.0 * round((lift.duration_s or MAX_HOLD_S) / 5), 10.0), 120.0)
    harder = progress(lift.name)
    top = f"at a minute: next is {_words(harder.progress)}" if harder.status == "ok" else ""

    def item(step: int, kind: str) -> Item:
        seconds = max(start, min(start + STEP_HOLD_S * step, MAX_HOLD_S))
        said = ["deload: half the sets"] if kind == DELOAD else [top if seconds >= MAX_HOLD_S else ""]
        return Item(
            lift.raw, lift.pattern, lift.kind, _light(sets, kind), None, None, seconds, None, 60.0, None,
            _joined([*said, "per side" if lift.one_sided else ""]), lift.one_sided,
        )  # fmt: skip

    more = "held" if asked.policy.hold else f"{STEP_HOLD_S:g} s more a step, up to {MAX_HOLD_S:g} s"
    return lift, _stepped(item, asked), f"{lift.raw}: by seconds - {start:g} s, {more}", ""


def _stepped(item: Any, asked: Asked) -> tuple[Item, ...]:
    every, trained, items = max(asked.every or asked.policy.every, 1), 0, []
    for kind in asked.kinds:
        loading = trained - 1 if kind == DELOAD else trained
        items.append(item(0 if asked.policy.hold else max(loading, 0) // every, kind))
        trained += kind != DELOAD
    return tuple(items)


def _new(lift: Lift, slug: str, sets: int, asked: Asked, why: str) -> Planned:
    """An exercise that starts a new series: no load of another one is carried over to it (methods A5)."""
    name = _words(slug) if slug != lift.name else lift.raw
    reps = lift.target_reps
    said = f"{why}: find a load with {NEW_RIR:g} in reserve"
    items = tuple(
        Item(
            name, lift.pattern, lift.kind, _light(sets, kind), reps, None, None, NEW_RIR, REST_S.get(lift.kind, 75.0),
            None, _joined([said, "per side" if lift.one_sided else ""]), lift.one_sided,
        )
        for kind in asked.kinds
    )  # fmt: skip
    return replace(lift, raw=name), items, f"{lift.raw}: {why} - {name}, a new series without a load yet", ""


def _light(sets: int, kind: str) -> int:
    return math.ceil(plan_load.DELOAD_SETS * sets) if kind == DELOAD else sets


def _words(slug: str | None) -> str:
    """The name of an exercise of the catalogue."""
    return lookup(slug).name if slug else ""


def _joined(said: Sequence[str]) -> str:
    return "; ".join(text for text in said if text)
