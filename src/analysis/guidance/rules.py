"""Condition -> recommendation -> evidence -> confidence: the decision table G1, read from data."""

from __future__ import annotations

import operator
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

FILE: Final = "rules.toml"  # beside the logbook: a coach's own table
ACTIONS: Final = (
    "refer_physio", "regress_exercise_reduce_volume", "deload_and_extend_recovery", "race_taper", "deload",
    "repeat_retest", "regress_exercise", "smaller_increment_extend_block", "repeat_block", "progress",
    "hold_and_extend",
)  # fmt: skip
"""What a rule may ask for: the next block is planned from these words."""
CONFIDENCES: Final = ("high", "moderate", "low")
EMPHASES: Final = ("next", "keep", "none")
FIRST: Final = ["pain", "==", "refer"]  # no table may put anything before the physiotherapist

INPUTS: Final = (
    "pain", "persistent_fatigue", "readiness", "technique_ok_share", "aggressive_fail", "adherence", "p_strength_up",
    "loading_weeks", "days_to_A_race", "stability_ok", "strength_blocks", "power_improved", "retest_valid",
)  # fmt: skip

_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": operator.eq, "<": operator.lt, "<=": operator.le, ">=": operator.ge, ">": operator.gt,
    "in": lambda value, among: value in among,
}  # fmt: skip


class RulesProblem(ValueError):
    """A `rules.toml` that cannot be used; the text says where and why."""


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
        return any("pain" in facts for _, facts in self.skipped)


@cache
def table() -> tuple[Rule, ...]:
    """The rules in the order in which they are tried."""
    return parsed(built_in())


def built_in() -> str:
    """The built-in table as text, for a coach to copy and change."""
    return files("analysis.guidance").joinpath(FILE).read_text(encoding="utf-8")


def beside(logbook: Path) -> tuple[Rule, ...]:
    """The coach's own `rules.toml` beside the logbook, the built-in table where there is none. Raises RulesProblem."""
    path = logbook.with_name(FILE)
    if not path.exists():
        return table()
    try:
        return parsed(path.read_text(encoding="utf-8"))
    except (RulesProblem, UnicodeDecodeError) as error:
        raise RulesProblem(f"{path}: {error}; a fresh copy: stridelift template rules") from error


def parsed(text: str) -> tuple[Rule, ...]:
    r"""The rules of a table as TOML. Raises RulesProblem for a table that cannot be used, naming the rule.

    The first rule sends high pain to a physiotherapist, the last one always holds; inputs, comparisons, actions and
    confidences are those this toolkit knows.

    >>> len(parsed(built_in()))
    11
    """
    try:
        rows = tomllib.loads(text).get("rule", [])
    except tomllib.TOMLDecodeError as error:
        raise RulesProblem(f"this is no TOML: {error}") from error
    if not isinstance(rows, list) or not rows:
        raise RulesProblem("no [[rule]] in it")
    rules = tuple(_rule(row, place) for place, row in enumerate(rows, 1))
    if len({rule.id for rule in rules}) < len(rules):
        raise RulesProblem("two rules have the same id")
    if not any(clause["all"] == [FIRST] for clause in rules[0].clauses) or rules[0].action != ACTIONS[0]:
        raise RulesProblem('the first rule must send pain == "refer" to a physiotherapist (action refer_physio)')
    if not any(clause["all"] == [] for clause in rules[-1].clauses):
        raise RulesProblem("the last rule must always hold: give it a clause with all = []")
    return rules


def _rule(row: Any, place: int) -> Rule:
    texts = ("id", "action", "says", "why", "evidence", "emphasis")
    if not isinstance(row, dict) or set(row) != {*texts, "clauses"}:
        raise RulesProblem(f"rule {place} must have exactly: {', '.join(texts)}, clauses")
    name = row["id"]
    if not all(isinstance(row[text], str) and row[text].strip() for text in texts):
        raise RulesProblem(f"rule {name!r}: {', '.join(texts)} are texts that may not be empty")
    for key, known in (("action", ACTIONS), ("emphasis", EMPHASES)):
        if row[key] not in known:
            raise RulesProblem(f"rule {name}: {key} {row[key]!r} is not one of {', '.join(known)}")
    if not isinstance(row["clauses"], list) or not row["clauses"]:
        raise RulesProblem(f"rule {name}: clauses is a list with at least one clause")
    for clause in row["clauses"]:
        if wrong := _wrong(clause):
            raise RulesProblem(f"rule {name}: {wrong}")
    return Rule(**{**row, "clauses": tuple(row["clauses"])})


def _wrong(clause: Any) -> str:
    """What is wrong with a clause; empty where nothing is."""
    if not isinstance(clause, dict) or set(clause) != {"confidence", "all"} or not isinstance(clause["all"], list):
        return "a clause has a confidence and a list named all"
    if clause["confidence"] not in CONFIDENCES:
        return f"confidence {clause['confidence']!r} is not one of {', '.join(CONFIDENCES)}"
    for test in clause["all"]:
        if not isinstance(test, list) or len(test) != 3 or test[0] not in INPUTS or test[1] not in _COMPARE:
            return f"{test!r} is not [input, comparison, value]; inputs: {', '.join(INPUTS)}"
        if (test[1] == "in") is not isinstance(test[2], list):
            return f"{test!r}: `in` takes a list, every other comparison one value"
        if test[1] in (">=", ">", "<", "<=") and not isinstance(test[2], int | float):
            return f"{test!r}: {test[1]} compares with a number"
    return ""


def decide(facts: Mapping[str, Any], rules: tuple[Rule, ...] | None = None) -> Decision:
    """The action for the next block from named facts (methods G1); a missing fact is None or absent.

    `rules` is the built-in table where none is given. Raises ValueError for a fact that no rule knows. Confidence is
    capped at moderate where pain was not monitored.

    >>> decide({"p_strength_up": 0.97, "pain": "none", "strength_blocks": 2, "power_improved": False}).rule.action
    'progress'
    """
    unknown = set(facts) - set(INPUTS)
    if unknown:
        raise ValueError(f"unknown facts {sorted(unknown)}; the rules know: {', '.join(INPUTS)}")
    skipped = []
    for rule in rules or table():
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
