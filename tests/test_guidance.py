"""The decision table G1: order, missing facts, confidence, and what the texts may say."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.guidance import rules

GOOD: dict[str, Any] = {
    "pain": "none", "persistent_fatigue": False, "readiness": "green", "technique_ok_share": 0.96,
    "aggressive_fail": False, "adherence": 0.92, "p_strength_up": 0.97, "loading_weeks": 4, "days_to_A_race": 60,
    "stability_ok": True, "strength_blocks": 2, "power_improved": False, "retest_valid": True,
}  # fmt: skip

# one fact that sets off each rule, in the order in which the handbook tries them
TRIGGERS: list[tuple[str, dict[str, Any]]] = [
    ("R1", {"pain": "refer"}), ("R2", {"pain": "persistent"}), ("R3", {"persistent_fatigue": True}),
    ("R4", {"days_to_A_race": 10}), ("R5", {"loading_weeks": 6}), ("R0", {"retest_valid": False}),
    ("R6", {"technique_ok_share": 0.89}), ("R7", {"aggressive_fail": True}), ("R8", {"adherence": 0.79}),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "fact"), TRIGGERS)
def test_each_rule_fires_on_its_fact(rule: str, fact: dict[str, Any]) -> None:
    assert rules.decide(GOOD | fact).rule.id == rule


@pytest.mark.parametrize(("first", "second"), list(itertools.combinations(TRIGGERS, 2)))
def test_the_earlier_rule_wins(first: tuple[str, dict[str, Any]], second: tuple[str, dict[str, Any]]) -> None:
    assert rules.decide(GOOD | second[1] | first[1]).rule.id == first[0]


@pytest.mark.parametrize(
    ("p", "rule", "confidence"),
    [(0.95, "R9", "high"), (0.80, "R9", "moderate"), (0.79, "R10", "low"), (None, "R10", "low")],
)
def test_progress_needs_a_probable_gain(p: float | None, rule: str, confidence: str) -> None:
    decision = rules.decide(GOOD | {"p_strength_up": p})
    assert (decision.rule.id, decision.confidence) == (rule, confidence)


@pytest.mark.parametrize(
    ("weeks", "readiness", "rule"), [(6, None, "R5"), (4, "amber", "R5"), (4, "green", "R9"), (3, "red", "R9")]
)
def test_deload_after_six_weeks_or_after_four_when_not_ready(weeks: int, readiness: str | None, rule: str) -> None:
    assert rules.decide(GOOD | {"loading_weeks": weeks, "readiness": readiness}).rule.id == rule


def test_a_rule_whose_inputs_are_missing_says_so_by_name() -> None:
    decision = rules.decide({"p_strength_up": 0.97})
    assert dict(decision.skipped)["R3"] == ("persistent_fatigue",)
    assert set(dict(decision.skipped)) == {"R0", "R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8"}
    assert decision.rule.id == "R9"


def test_without_pain_records_confidence_is_capped() -> None:
    decision = rules.decide(GOOD | {"pain": None})
    assert decision.pain_unknown
    assert decision.confidence == "moderate"


@pytest.mark.parametrize(
    ("facts", "emphasis"),
    [
        ({}, "power_plyo"), ({"power_improved": True}, "sprint_transfer"), ({"strength_blocks": 1}, "strength"),
        ({"stability_ok": False}, "stability"), ({"pain": "refer", "stability_ok": False}, "none"),
        ({"adherence": 0.5}, "keep"), ({"adherence": 0.5, "stability_ok": False}, "stability"),
    ],
)  # fmt: skip
def test_emphasis_of_the_next_block(facts: dict[str, Any], emphasis: str) -> None:
    assert rules.decide(GOOD | facts).emphasis == emphasis


def test_an_unknown_fact_is_an_error() -> None:
    with pytest.raises(ValueError, match="painn"):
        rules.decide({"painn": "none"})


@given(st.dictionaries(st.sampled_from(rules.INPUTS), st.none()))
def test_missing_everything_still_gives_an_action(facts: dict[str, Any]) -> None:
    assert rules.decide(facts).rule.id == "R10"


def test_every_rule_reads_known_inputs_and_promises_nothing() -> None:
    forbidden = ("significant", "responder", "injury risk", "proves", " will ")
    for rule in rules.table():
        assert rule.inputs() <= set(rules.INPUTS)
        assert not [word for word in forbidden if word in f"{rule.says} {rule.why}".lower()]
        assert rule.evidence[0] in "ABCD"
