"""From a block to the first screen of its page: ask the metrics, gather the facts, decide."""

from __future__ import annotations

from typing import Final

from analysis.block import Block
from analysis.estimate import Estimate, Verdict
from analysis.guidance import body
from analysis.guidance.answer import Answer
from analysis.guidance.facts import audits, facts
from analysis.guidance.rules import beside, decide, table
from analysis.metrics import (
    load_hard_sets,
    load_session_rpe,
    power_jump,
    retest_asymmetry,
    retest_custom,
    retest_rest,
    retest_several,
    running_sprint,
    stability_stance,
    strength_block_gain,
)
from analysis.metrics._typical_errors import squad_errors

TEST_OF_GOAL: Final = {"stability": "single_leg_stance", "power": "loaded_jump", "finish": "sprint"}  # methods D17


def answer(block: Block, errors: tuple[Estimate, ...] | None = None) -> Answer:
    """Ask the block's metrics, gather the facts of the decision table (methods G1), decide.

    `errors` are the squad's typical errors where the caller knows them already, as `Squad.errors` are.
    """
    hard_sets = load_hard_sets.estimate(block.sets, **block.span)
    gain = strength_block_gain.estimate(block.sets, **block.span)
    load = load_session_rpe.estimate(block.sessions, **block.span, days_without_record=block.days_without_record)
    errors = squad_errors(block.squad_trials, block.own_tests) if errors is None else errors
    verdicts: dict[str, Verdict] = {
        "loaded_jump": power_jump.estimate(block.trials, **block.span, te=errors),
        "sprint": running_sprint.estimate(block.trials, **block.span, te=errors),
        "single_leg_stance": stability_stance.estimate(block.trials, **block.span),
    }
    if block.primary_test == "cmj":
        verdicts["cmj"] = power_jump.estimate(block.trials, **block.span, test="cmj", te=errors)
    wanted = block.primary_test or TEST_OF_GOAL.get(block.goal or "", "loaded_jump")
    if wanted not in verdicts:
        verdicts[wanted] = _own_test(block, wanted, errors)
    primary = verdicts[wanted]
    progression, deload = audits(block)
    sides = retest_asymmetry.estimate(block.trials, who=block.athlete, end=block.end)
    tests = retest_several.estimate(tuple(verdicts.values()), primary=primary.what)
    rest = retest_rest.estimate(block.trials, sets=block.log.sets, test=wanted, who=block.athlete, start=block.start)
    known_by = {"hard_sets": hard_sets, "gain": gain, "progression": progression, "deload": deload}
    felt = body.body(block, errors)
    known_by |= {"sides": sides, "rest": rest}
    rules = table() if block.book is None else beside(block.book.path)
    found = facts(block, verdicts, primary, rules, body=felt, **known_by)
    known = tuple((name, fact) for name, fact in found.items() if fact is not None)
    asked = (hard_sets, gain, load, progression, deload, *verdicts.values(), *felt.asked)
    return Answer(
        block, decide(found, rules), hard_sets, gain, primary, load, asked, errors, known, progression, deload, sides,
        tests, rest, felt, rules,
    )  # fmt: skip


def _own_test(block: Block, name: str, errors: tuple[Estimate, ...]) -> Verdict:
    """The verdict on a test of one's own; refused where its definition has gone since the block was declared."""
    if name in block.own_tests:
        return retest_custom.estimate(block.trials, **block.span, test=block.own_tests[name], te=errors)
    what = name.replace("_", " ").capitalize()
    return Verdict(what, block.athlete, unit="%", status="refused", reason="TEST_UNKNOWN")
