"""A coach's own decision table, and the facts for and against beside each recommendation."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from analysis._cli_io import expected_errors
from analysis.guidance import rules, weighing
from test_guidance import GOOD, TRIGGERS


def edited(old: str, new: str) -> str:
    text = rules.built_in()
    assert old in text
    return text.replace(old, new, 1)


def test_the_built_in_table_can_be_read_as_a_coachs_own(tmp_path: Path) -> None:
    assert rules.beside(tmp_path / "training.duckdb") is rules.table()
    (tmp_path / rules.FILE).write_text(rules.built_in(), encoding="utf-8")
    assert rules.beside(tmp_path / "training.duckdb") == rules.table()


def test_an_edited_limit_decides_otherwise(tmp_path: Path) -> None:
    (tmp_path / rules.FILE).write_text(edited('["adherence", "<", 0.80]', '["adherence", "<", 0.60]'), encoding="utf-8")
    own = rules.beside(tmp_path / "training.duckdb")
    facts = GOOD | {"adherence": 0.7}
    assert rules.decide(facts).rule.id == "R8"
    assert rules.decide(facts, own).rule.id == "R9"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('action = "repeat_block"', 'action = "run_more"', "run_more"),
        ('["adherence", "<", 0.80]', '["adherance", "<", 0.80]', "adherance"),
        ('["adherence", "<", 0.80]', '["adherence", "below", 0.80]', "below"),
        ('["adherence", "<", 0.80]', '["adherence", "<", "most"]', "compares with a number"),
        ('["readiness", "in", ["amber", "red"]]', '["readiness", "in", "amber"]', "takes a list"),
        ('confidence = "low", all = []', 'confidence = "low", all = [["adherence", "<", 1]]', "must always hold"),
        ('confidence = "low"', 'confidence = "certain"', "certain"),
        ('[["pain", "==", "refer"]]', '[["pain", "==", "watch"]]', "physiotherapist"),
        ('id = "R2"', 'id = "R1"', "same id"),
        ('emphasis = "keep"', 'emphasis = "speed"', "speed"),
        ('why = "pain was high', 'because = "pain was high', "exactly"),
        ("[[rule]]", "[[rule]", "no TOML"),
        ('says = "Repeat the block: a plan that was not done cannot be judged."', 'says = " "', "may not be empty"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_by_name(tmp_path: Path, old: str, new: str, says: str) -> None:
    (tmp_path / rules.FILE).write_text(edited(old, new), encoding="utf-8")
    with pytest.raises(rules.RulesProblem, match=says) as refused:
        rules.beside(tmp_path / "training.duckdb")
    assert "stridelift template rules" in str(refused.value)
    assert rules.FILE in str(refused.value)


def test_an_empty_table_is_refused() -> None:
    for text in ("", "rule = 3", "rule = []"):
        with pytest.raises(rules.RulesProblem):
            rules.parsed(text)


@pytest.mark.parametrize(("rule", "fact"), TRIGGERS)
def test_what_set_the_rule_off_stands_for_it(rule: str, fact: dict[str, Any]) -> None:
    decision = rules.decide(GOOD | fact)
    assert decision.rule.id == rule
    found = weighing.weigh(decision, GOOD | fact)
    assert found.supports
    assert any("strength rose with probability 0.97" in said for said in found.against)
    assert found.unknown == ()


REPEATS = ("R3", "R0", "R6", "R7", "R8")
"""Rules about one fact, of which the fact's own sentence says everything."""
SAID = {
    "R3": "fatigue persisted in more than one domain", "R0": "the re-test cannot be compared",
    "R6": "technique was ok in only 89 % of the judged sets", "R7": "a load jump above 5 % was not completed",
    "R8": "only 79 % of the planned sets were done",
}  # fmt: skip


def test_later_rules_that_hold_back_as_well_stand_for_it() -> None:
    for (first, one), (second, other) in itertools.combinations(TRIGGERS, 2):
        if one.keys() == other.keys():  # both kinds of pain
            continue
        facts = GOOD | other | one
        found = weighing.weigh(rules.decide(facts), facts)
        assert any(said.startswith(f"rule {second} holds as well") for said in found.supports) is (
            second not in REPEATS
        ), (first, second)
        assert SAID.get(second, found.supports[0]) in found.supports, "the fact itself stands there"
        assert any(said.startswith("rule R9 holds as well") for said in found.against), first


def test_a_later_rule_of_the_coach_stays_where_its_fact_stands_on_the_other_side() -> None:
    own = rules.parsed(edited('["adherence", "<", 0.80]', '["adherence", "<", 0.95]'))
    facts = GOOD | {"pain": "persistent"}
    found = weighing.weigh(rules.decide(facts, own), facts, own)
    assert "92 % of the planned sets were done" in found.against
    assert any(said.startswith("rule R8 holds as well") for said in found.supports)


def test_to_progress_what_went_badly_stands_against() -> None:
    facts = GOOD | {"readiness": "amber", "stability_ok": False, "loading_weeks": 3}
    found = weighing.weigh(rules.decide(facts), facts)
    assert "readiness is amber" in found.against
    assert "stability is not ok" in found.against
    assert "96 % of" not in " ".join(found.against)
    assert any("96 % of the judged sets" in said for said in found.supports)


def test_unknown_facts_are_named_and_nothing_else_changes() -> None:
    facts = {"p_strength_up": 0.85}
    found = weighing.weigh(rules.decide(facts), facts)
    assert "pain" in found.unknown
    assert "p_strength_up" not in found.unknown
    assert found.against == ()


def test_pain_is_told_in_words_and_not_by_its_code() -> None:
    facts = GOOD | {"pain": "refer"}
    said = weighing.weigh(rules.decide(facts), facts).supports
    assert "pain was reported: have it looked at by a physiotherapist" in said


def test_a_table_that_cannot_be_used_is_the_coachs_to_mend_and_no_fault_of_the_program() -> None:
    assert rules.RulesProblem in expected_errors()
