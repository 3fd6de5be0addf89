"""Condition -> recommendation -> evidence -> confidence: the decision table G1, read from data."""

from __future__ import annotations

import operator
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

INPUTS: Final = (
    "pain", "persistent_fatigue", "readiness", "technique_ok_share", "aggressive_fail", "adherence", "p_strength_up",
    "loading_weeks", "days_to_A_race", "stability_ok", "strength_blocks", "power_improved", "retest_valid",
)  # fmt: skip

_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": operator.eq, "<": operator.lt, "<=": operator.le, ">=": operator.ge, ">": operator.gt,
    "in": lambda value, among: value in among,
}  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """One row of the decision table."""

    id: str
    action: str
    says: str
    why: str
    evidence: str
    emphasis: str
    clauses: tuple[Mapping[str, Any], ...]

    def inputs(self) -> set[str]:
        """The names of the facts the rule looks at."""
        return {name for clause in self.clauses for name, _, _ in clause["all"]}

    def judge(self, facts: Mapping[str, Any]) -> tuple[bool | None, str]:
        """(True, confidence) when it holds, (False, "") when not, (None, "") when a missing fact leaves it open."""
        states = [(_clause(clause["all"], facts), clause["confidence"]) for clause in self.clauses]
        for state, confidence in states:
            if state:
                return True, confidence
        return (None, "") if any(state is None for state, _ in states) else (False, "")


@dataclass(frozen=True)
class Decision:
    """The first rule that held, what it asks for, how sure the condition is, and the rules that could not be judged."""

    rule: Rule
    emphasis: str
    confidence: str
    skipped: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def pain_unknown(self) -> bool:
        """Whether nobody recorded pain, so that the safety rules could not be judged."""
        return any(rule_id == "R1" for rule_id, _ in self.skipped)


@cache
def table() -> tuple[Rule, ...]:
    """The rules in the order in which they are tried."""
    text = files("analysis.guidance").joinpath("rules.toml").read_text(encoding="utf-8")
    return tuple(Rule(**{**row, "clauses": tuple(row["clauses"])}) for row in tomllib.loads(text)["rule"])


def decide(facts: Mapping[str, Any]) -> Decision:
    """The action for the next block from named facts (methods G1); a missing fact is None or absent.

    Raises ValueError for a fact that no rule knows. Confidence is capped at moderate where pain was not monitored.

    >>> decide({"p_strength_up": 0.97, "pain": "none", "strength_blocks": 2, "power_improved": False}).rule.action
    'progress'
    """
    unknown = set(facts) - set(INPUTS)
    if unknown:
        raise ValueError(f"unknown facts {sorted(unknown)}; the rules know: {', '.join(INPUTS)}")
    skipped = []
    for rule in table():
        holds, confidence = rule.judge(facts)
        if holds is None:
            skipped.append((rule.id, tuple(sorted(n for n in rule.inputs() if facts.get(n) is None))))
        if holds:
            if facts.get("pain") is None and confidence == "high":
                confidence = "moderate"
            return Decision(rule, _emphasis(rule, facts), confidence, tuple(skipped))
    raise AssertionError("the last rule always holds")  # pragma: no cover


def _clause(tests: list[list[Any]], facts: Mapping[str, Any]) -> bool | None:
    missing = False
    for name, comparison, value in tests:
        fact = facts.get(name)
        if fact is None:
            missing = True
        elif not _COMPARE[comparison](fact, value):
            return False
    return None if missing else True


def _emphasis(rule: Rule, facts: Mapping[str, Any]) -> str:
    if rule.emphasis == "none":
        return "none"
    if facts.get("stability_ok") is False:
        return "stability"
    if rule.emphasis == "keep":
        return "keep"
    if (facts.get("strength_blocks") or 0) < 2:
        return "strength"
    return "sprint_transfer" if facts.get("power_improved") else "power_plyo"
