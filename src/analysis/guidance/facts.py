"""The named facts that the decision table asks for, drawn from a block and its estimates; None where not known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from analysis.block import Block
from analysis.estimate import Estimate, Verdict
from analysis.exercises import annotate
from analysis.guidance.body import Body
from analysis.guidance.rules import Rule
from analysis.metrics import load_deload, load_progression, strength_block_gain
from analysis.transforms import PREPARATION, loading, working

MIN_TECHNIQUE_OK: Final = 0.90  # of one-sided sets; below, stability comes first in the next block (convention)
INVALID: Final = ("PROTOCOL_CHANGED", "DEVICE_CHANGED", "HAND_TIMED")
FACTS_IN_WORDS: Final = {
    "pain": "pain records",
    "persistent_fatigue": "fatigue records",
    "days_to_A_race": "a race marked as A race in the calendar",
    "loading_weeks": "the weeks since the last deload",
    "readiness": "readiness records",
    "retest_valid": "a re-test before and after",
    "technique_ok_share": "technique marks on sets",
    "aggressive_fail": "effort or technique of the large load jumps",
    "adherence": "planned sets with their days, and done ones",
    "p_strength_up": "a strength gain that can be estimated",
}
A_RACE: Final = r"\bA[- ][Rr]ace\b|(?i:\ba-race\b)|(?i:\bpriority):?\s*A\b|[(\[]A[)\]]"
"""How the title or the notes of a race say that it is the main one: A race, A-race, priority A, (A), [A]."""


@dataclass(frozen=True)
class PlanSheet:
    """Planned and done working sets of the weeks that the plan sheet gives days for; `undated` rows have no day."""

    planned: int | None
    done: int
    weeks: int
    undated: int

    @property
    def share(self) -> float | None:
        """Done as a share of planned; None where rows without a day or without a number of sets leave it open."""
        return None if self.planned is None or self.undated else self.done / self.planned


def plan_sheet(block: Block) -> PlanSheet | None:
    """The plan sheet's rows of a block against what was done in the same weeks; None where it has none.

    A row is of the block by its day and, where it names one, its block. Preparation counts on neither side. A row with
    a block but without a day may stand for every week, so that no sum can be made of it.
    """
    rows = block.plan
    if rows.is_empty():
        return None
    patterns = annotate(rows["exercise_raw"].unique(maintain_order=True)).select("exercise_raw", "pattern")
    own = rows.join(patterns, on="exercise_raw", how="left").filter(pl.col("pattern").fill_null("") != PREPARATION)
    dated = own.filter(pl.col("date").is_not_null())
    weeks = dated["date"].dt.truncate("1w").unique()
    inside = pl.col("date").is_between(block.start, block.end)
    done = loading(block.sets.filter(inside, pl.col("date").dt.truncate("1w").is_in(weeks.to_list())))
    planned = int(dated["sets"].sum()) if dated.height and not dated["sets"].null_count() else None
    return PlanSheet(planned, done.height, weeks.len(), own.height - dated.height)


def facts(
    block: Block, verdicts: Mapping[str, Verdict], primary: Verdict, rules: tuple[Rule, ...], *, hard_sets: Estimate,
    gain: Estimate, progression: Estimate, deload: Estimate, sides: Estimate, rest: Estimate, body: Body,
) -> dict[str, Any]:  # fmt: skip
    """Every fact that this toolkit can tell of a block, by its name in the decision table (methods G1)."""
    stance, jump = verdicts["single_leg_stance"], verdicts["loaded_jump"]
    return body.facts() | {
        "days_to_A_race": _days_to_a_race(block),
        "loading_weeks": _loading_weeks(deload, rules),
        "aggressive_fail": _aggressive_fail(progression),
        "adherence": _adherence(block, hard_sets, rules),
        "p_strength_up": gain.part(strength_block_gain.P_GAIN).value if gain.ok else None,
        "stability_ok": _stability(stance, sides, _technique(block, one_legged=True)),
        "power_improved": jump.word.startswith("improved") if jump.ok else None,
        "retest_valid": _valid(primary, rest),
        "strength_blocks": block.strength_blocks_done if block.declared else None,
        "technique_ok_share": _technique(block),
    }


def audits(block: Block) -> tuple[Estimate, Estimate]:
    """The audit of load jumps and the loading weeks of a block, with what its calendar and plan say."""
    known = block.span | {"calendar": block.log.calendar, "days_without_record": block.days_without_record}
    plan = block.plan
    progression = load_progression.estimate(block.sets, **known, plan=None if plan.is_empty() else plan)
    return progression, load_deload.estimate(block.sets, **known)


def done_sets(hard_sets: Estimate) -> tuple[float, float] | None:
    """Fewest and most hard sets that were done: sets without a rating may have been hard or not."""
    value, low, high = hard_sets.value, hard_sets.low, hard_sets.high
    if value is None:
        return None
    return value if low is None else low, value if high is None else high


def _stability(stance: Verdict, sides: Estimate, technique: float | None) -> bool | None:
    """Not ok where stance declined, the same leg was beyond noise in two sessions, or one-sided work was not clean.

    Clean is technique ok in 90 % of the one-sided sets (`technique`, None: not told), the limit of rule R6. None
    without a verdict on stance and without any of these.
    """
    unclean = technique is not None and technique < MIN_TECHNIQUE_OK
    if unclean or stance.word.startswith("declined") or dict(sides.params).get("consistent_side"):
        return False
    return True if stance.ok else None


def _valid(primary: Verdict, rest: Estimate) -> bool | None:
    """Whether the primary re-test may be judged (methods D0); None where there is none."""
    if primary.reason in INVALID or (primary.ok and rest.reason == "NOT_RESTED"):
        return False
    return True if primary.ok else None


def _days_to_a_race(block: Block) -> int | None:
    """Days from the block's last day to the next race that the calendar calls an A race; other races do not count."""
    marked = pl.any_horizontal(pl.col("title", "notes").str.contains(A_RACE).fill_null(value=False))
    races = block.log.calendar.filter(pl.col("kind").cast(pl.String) == "race", marked, pl.col("date") > block.end)
    days: list[int] = (races["date"] - block.end).dt.total_days().to_list()
    return min(days, default=None)


def _loading_weeks(deload: Estimate, rules: tuple[Rule, ...]) -> int | None:
    """Loading weeks in a row; None where unknown weeks among them leave a rule open that reads nothing else."""
    if deload.value is None:
        return None
    ends = (deload.value, deload.value if deload.high is None else deload.high)
    return int(ends[0]) if _same(ends, "loading_weeks", rules) else None


def _aggressive_fail(progression: Estimate) -> bool | None:
    """Whether a jump above 5 % failed; None where no load could be compared, or a large jump is open."""
    if progression.value is None:
        return None
    return None if progression.value == 0 and progression.reason == "MISSED_UNKNOWN" else progression.value > 0


def _adherence(block: Block, hard_sets: Estimate, rules: tuple[Rule, ...]) -> float | None:
    """Hard sets done as a share of those planned, or working sets against the plan sheet where no number is stated.

    None where unrated sets, rows without a day or a log that ends early leave it open.
    """
    if block.planned_end is not None:
        return None
    if block.planned_hard_sets is None:
        sheet = plan_sheet(block)
        return None if sheet is None else sheet.share
    done = done_sets(hard_sets)
    if done is None:
        return None
    ends = (done[0] / block.planned_hard_sets, done[1] / block.planned_hard_sets)
    return ends[0] if _same(ends, "adherence", rules) else None


def _same(ends: tuple[float, float], fact: str, rules: tuple[Rule, ...]) -> bool:
    """Whether every rule that reads a fact judges both ends of its range alike."""
    judging = [rule for rule in rules if fact in rule.inputs()]
    return all(rule.judge({fact: ends[0]}) == rule.judge({fact: ends[1]}) for rule in judging)


def _technique(block: Block, *, one_legged: bool = False) -> float | None:
    """Share of the judged working sets of the block with technique ok; of the one-sided ones alone if asked."""
    inside = working(block.sets.filter(pl.col("date").is_between(block.start, block.end)))
    inside = inside.filter(pl.col("unilateral")) if one_legged else inside
    judged = inside["technique_ok"].drop_nulls()
    return float(judged.mean()) if judged.len() else None  # type: ignore[arg-type]  # a Boolean's mean is a number
