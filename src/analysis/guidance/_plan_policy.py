"""What each action of the decision table means for a plan: how many weeks, which are light, how loads move (G1, G2)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Final

from analysis.block import Block
from analysis.guidance._plan_days import Race, Running
from analysis.stats.plan_load import MAX_LOADING_WEEKS, RIR

LOAD, DELOAD = "load", "deload"
SHORTEST, LONGEST = 4, 6
FIRST_BLOCK_RIR: Final = 3.0
SLOWER: Final = ("3-1-1-0", "4-1-1-0")


@dataclass(frozen=True)
class Policy:
    """How an action shapes the weeks: `light` is last, both, all or none of them.

    `tempos` replace those of the compounds, week by week, the last one staying.
    """

    weeks: int
    light: str = "last"
    hold: bool = False
    every: int = 1
    halved: bool = False
    tempos: tuple[str, ...] = ()
    says: str = ""


POLICIES: Final[dict[str, Policy]] = {
    "progress": Policy(6, says="Loads rise by 2-5 % or by a repetition where the plates allow no such step."),
    "hold_and_extend": Policy(
        4,
        hold=True,
        tempos=SLOWER,
        says="Loads are held, the lowering gets slower; stop a set before the reserve is gone. The re-test decides.",
    ),
    "repeat_block": Policy(
        6, every=2, says="The block is repeated: a step every second week, and only where the last two weeks were done."
    ),
    "smaller_increment_extend_block": Policy(
        6,
        halved=True,
        says="Where a jump failed, the load goes back to the last one that was done and rises by half, every second"
        " week; the block is longer.",
    ),
    "regress_exercise": Policy(
        4, every=2, says="Where technique was not sound, the load is 10 % lower until it is; other lifts rise slowly."
    ),
    "deload": Policy(7, light="both", says="A deload week comes first, then the block."),
    "deload_and_extend_recovery": Policy(
        2, light="all", says="Light weeks only. Stay in the second one until the signs have cleared, then re-test."
    ),
    "race_taper": Policy(2, light="none", hold=True, says="Loads are held, sets are cut before the race; nothing new."),
    "refer_physio": Policy(
        2,
        light="none",
        hold=True,
        says="No progression: only work that does not load the painful site, held, until a physiotherapist has looked.",
    ),
    "regress_exercise_reduce_volume": Policy(
        2,
        light="none",
        hold=True,
        says="One step back for the affected movements with 30 % fewer sets, no jumps; look again after 7 days.",
    ),
    "repeat_retest": Policy(1, light="all", says="One light week, so that the re-test can be repeated rested."),
}


def policy_of(action: str, block: Block, extension_weeks: int) -> Policy:
    """The policy of an action; a block that is repeated or extended starts from the length of the last one."""
    found = POLICIES[action]
    length = min(max(round(((block.end - block.start).days + 1) / 7), SHORTEST), LONGEST)
    if action == "repeat_block":
        return replace(found, weeks=length)
    if action == "smaller_increment_extend_block":
        return replace(found, weeks=min(length + max(extension_weeks, 1), MAX_LOADING_WEEKS + 1))
    return found


def kinds(policy: Policy, weeks: int) -> tuple[str, ...]:
    """The weeks of the block, light or not."""
    light = {"all": range(1, weeks + 1), "both": (1, weeks), "last": (weeks,)}.get(policy.light, ())
    return tuple(DELOAD if week in light else LOAD for week in range(1, weeks + 1))


def most_weeks(policy: Policy) -> int:
    """The longest block that the policy allows: six loading weeks and its light ones."""
    return MAX_LOADING_WEEKS + {"both": 2, "last": 1}.get(policy.light, 0)


def beside_race(
    policy: Policy, told: int | None, known: Running, start: dt.date, *, tapering: bool
) -> tuple[int, Race | None]:
    """The weeks of the block, told or those of the action, and the race that its last, light week was moved to.

    A taper ends with the week of the race; a light week goes to the race week a week away (methods G3, rule 4).
    """
    main = [race.date for race in known.races if race.main and race.date >= start]
    until = min((main[0] - start).days // 7 + 1, policy.weeks + 1) if tapering and main else policy.weeks
    weeks = told or until
    if policy.light not in ("last", "both"):
        return weeks, None
    by_week = {(race.date - start).days // 7 + 1: race for race in sorted(known.races, key=lambda race: race.main)}
    if weeks in by_week:
        return weeks, None
    for week in (weeks + 1, weeks - 1):
        if week in by_week and 2 <= week <= most_weeks(policy):
            return week, by_week[week]
    return weeks, None


def reserve(block: Block) -> float:
    """Repetitions in reserve: more in a runner's first block."""
    first = block.declared and not block.strength_blocks_done and block.log.blocks.height < 2
    return FIRST_BLOCK_RIR if first else RIR
