"""Around the lifts: warm-up, balance and activation first, jumps while fresh, the trunk last (methods A4)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from analysis.block import Block
from analysis.exercises.chain import progress
from analysis.guidance._plan_lifts import Lift
from analysis.guidance._plan_policy import DELOAD
from analysis.guidance._plan_work import REST_S, Asked, Item, _words
from analysis.stats.plan_load import DELOAD_SETS, floor_step

CONTACTS: Final = 60  # of a session in a runner's first plyometric block (convention)
GROWTH: Final = 1.10  # of the contacts per week; the convention is 10 to 20 %
POGO_SETS, POGO_REPS, JUMP_SETS, JUMP_REPS = 3, 10, 3, 4
STANCE_S: Final = 30.0
LOADED_JUMP: Final = "Loaded countermovement jump"
MAX_DRILLS: Final = 2
JUMP_SHARE: Final = 0.25  # of the e1RM of the squat, where no loaded jump was tested
WARM_UP: Final = "5-8 min easy, leg swings, ankle and hip mobility; two lighter sets before the first lift"


def warm_up(more: str = "") -> Item:
    """The line that opens every session; it does not count as work."""
    notes = f"{WARM_UP}; {more}" if more else WARM_UP
    return Item("Warm up", "mobility", "prep", 1, duration_s=480.0, notes=notes)


def drills(known: Sequence[Lift], week: int, asked: Asked) -> list[Item]:
    """Balance and activation: the athlete's own, else single-leg stance and band walks."""
    kind, more = asked.kinds[week], asked.emphasis == "stability"
    own = [lift for lift in known if lift.kind in ("balance", "activation")][:MAX_DRILLS]
    items = [_own_drill(lift, kind) for lift in own]
    if not any(lift.kind == "balance" for lift in own) and "balance" not in asked.spared:
        late = more and week >= len(asked.kinds) / 2
        harder = progress("single leg stance").progress if late else "single_leg_stance"
        sets = _light(3 if more else 2, kind)
        items.insert(0, Item(_words(harder), "balance", "balance", sets, duration_s=STANCE_S, rest_s=30.0, notes="per side, barefoot", one_sided=True))  # fmt: skip  # noqa: E501
    if len(items) < MAX_DRILLS:
        said = "small steps, knees over the toes; per side"
        items.append(Item("Lateral band walk", "isolation", "activation", _light(2, kind), 10, rest_s=30.0, notes=said, one_sided=True))  # fmt: skip  # noqa: E501
    return items[:MAX_DRILLS]


def jumps(known: Sequence[Lift], week: int, trained: int, asked: Asked, jump_kg: float | None) -> list[Item]:
    """Jumps for a power block, else the athlete's own; contacts rise by a tenth a trained week up to the ceiling."""
    own = [lift for lift in known if lift.kind == "plyo"][:2]
    kind = asked.kinds[week]
    if own and asked.emphasis != "power_plyo":
        return [_own_jump(lift, kind, len(own)) for lift in own]
    if asked.emphasis != "power_plyo":
        return []
    loaded = Item(
        LOADED_JUMP, "plyo", "plyo", _light(JUMP_SETS, kind), JUMP_REPS, jump_kg, rest_s=120.0,
        notes="as high as possible, every jump on its own; stop when the height drops",
    )  # fmt: skip
    contacts = min((POGO_SETS * POGO_REPS + JUMP_SETS * JUMP_REPS) * GROWTH**trained, CONTACTS)
    reps = math.ceil((contacts - JUMP_SETS * JUMP_REPS) / POGO_SETS - 1e-9)
    pogo = Item(
        "Pogo", "plyo", "plyo", _light(POGO_SETS, kind), reps, rest_s=REST_S["plyo"],
        notes="stiff ankles, short contacts; one contact a jump",
    )  # fmt: skip
    return [pogo, loaded]


def jump_load(block: Block, known: Sequence[Lift]) -> float | None:
    """The load of the athlete's last loaded jump, else a quarter of the squat's e1RM; None where neither is known."""
    trials = block.trials.filter(test="loaded_jump").sort("date")["load_kg"].drop_nulls()
    if trials.len():
        return float(trials[-1])
    squat = next((lift for lift in known if lift.pattern == "squat" and lift.e1rm_kg), None)
    return None if squat is None else floor_step(JUMP_SHARE * (squat.e1rm_kg or 0), squat.step_kg) or None


def trunk() -> Item:
    """The trunk exercise of an athlete who logs none."""
    return Item(
        "Side plank", "core_anti", "accessory", 2, duration_s=30.0, rest_s=45.0, notes="per side", one_sided=True
    )


def one_legged(kind: str) -> Item:
    """One-legged work for an athlete who logs none and needs it; a new series, so without a load yet."""
    notes = "new: bodyweight first, then a load with 4 in reserve; per side"
    return Item(
        "Reverse lunge", "lunge", "compound", _light(3, kind), 8, rir=4.0, rest_s=90.0, notes=notes, one_sided=True
    )


def _own_drill(lift: Lift, kind: str) -> Item:
    held = lift.duration_s or None
    return Item(
        lift.raw, lift.pattern, lift.kind, _light(min(max(lift.sets, 1), 3), kind),
        None if held else round(lift.reps or 10), None, held, None, 30.0, lift.tempo,
        "per side" if lift.one_sided else "", lift.one_sided,
    )  # fmt: skip


def _own_jump(lift: Lift, kind: str, share: int) -> Item:
    sets = min(max(lift.sets, 1), 4)
    each = lift.contacts_per_rep * (2 if lift.one_sided else 1)
    reps = int(min(max(round(lift.reps or 5), 1), CONTACTS // share // sets // each))
    said = "as before; stop when contacts get long"
    return Item(
        lift.raw, "plyo", "plyo", _light(sets, kind), reps, lift.last_kg, None, None, REST_S["plyo"], None, said
    )


def _light(sets: int, kind: str) -> int:
    return math.ceil(DELOAD_SETS * sets) if kind == DELOAD else sets
