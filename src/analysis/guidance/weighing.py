"""Facts for and against a recommendation, from the same named facts that the decision table reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from analysis.guidance.rules import Decision, Rule, table

ONWARD: Final = ("progress",)
"""Actions that ask for more. Every other action holds back: what went well then speaks against it."""
LIKELY: Final = 0.80
TECHNIQUE: Final = 0.90
DONE: Final = 0.80
MANY_WEEKS: Final = 4
_PAIN: Final = {
    "watch": "watch it",
    "persistent": "it persisted",
    "refer": "have it looked at by a physiotherapist",
}

_TOLD: Final = frozenset({"retest_valid", "aggressive_fail", "adherence", "technique_ok_share", "persistent_fatigue"})
"""Facts whose own sentence says all that a rule about nothing else would add."""

_WELL: Final[dict[str, tuple[Callable[[Any], bool], str, str]]] = {
    "pain": (lambda v: v == "none", "no pain was reported", "pain was reported: {value}"),
    "persistent_fatigue": (lambda v: not v, "no persistent fatigue", "fatigue persisted in more than one domain"),
    "readiness": (lambda v: v == "green", "readiness is green", "readiness is {value}"),
    "technique_ok_share": (
        lambda v: v >= TECHNIQUE, "technique was ok in {value:.0%} of the judged sets",
        "technique was ok in only {value:.0%} of the judged sets",
    ),
    "aggressive_fail": (lambda v: not v, "no load jump above 5 % failed", "a load jump above 5 % was not completed"),
    "adherence": (
        lambda v: v >= DONE, "{value:.0%} of the planned sets were done",
        "only {value:.0%} of the planned sets were done",
    ),
    "p_strength_up": (
        lambda v: v >= LIKELY, "strength rose with probability {value:.2f}",
        "that strength rose has a probability of {value:.2f} only",
    ),
    "loading_weeks": (
        lambda v: v < MANY_WEEKS, "{value} loading weeks in a row, fewer than 4",
        "{value} loading weeks in a row without a deload",
    ),
    "stability_ok": (bool, "stability held", "stability is not ok"),
    "power_improved": (bool, "the loaded jump improved", "the loaded jump did not clearly improve"),
    "retest_valid": (bool, "the re-test can be compared", "the re-test cannot be compared"),
}  # fmt: skip


@dataclass(frozen=True)
class Weighed:
    """Sentences for the recommendation, against it, and the facts that nobody knows."""

    supports: tuple[str, ...]
    against: tuple[str, ...]
    unknown: tuple[str, ...]


def weigh(decision: Decision, facts: Mapping[str, Any], rules: tuple[Rule, ...] | None = None) -> Weighed:
    """What speaks for and against the chosen rule: its own condition, the other facts, and later rules that hold too.

    A rule that asks for more is supported by what went well, every other one by what did not; a later rule that holds
    as well supports it where both ask for more or both hold back, unless it only repeats facts that stand there.

    >>> from analysis.guidance.rules import decide
    >>> facts = {"p_strength_up": 0.97, "pain": "none", "readiness": "amber"}
    >>> weigh(decide(facts), facts).against
    ('readiness is amber',)
    """
    onward = decision.rule.action in ONWARD
    supports: list[str] = []
    against: list[str] = []
    standing: dict[str, bool] = {}
    if facts.get("days_to_A_race") is not None and "days_to_A_race" in decision.rule.inputs():
        supports.append(f"an A race is {facts['days_to_A_race']} days away")
    for name, (well, good, bad) in _WELL.items():
        value = facts.get(name)
        if value is None:
            continue
        went_well = well(value)
        shown = _PAIN.get(value, value) if name == "pain" else value
        said = re.sub(r"(\d)%", r"\1 %", (good if went_well else bad).format(value=shown))
        standing[name] = went_well is onward
        (supports if standing[name] else against).append(said)
    after = rules or table()
    later = after[[rule.id for rule in after].index(decision.rule.id) + 1 : -1]
    for rule in later:
        if rule.judge(facts)[0]:
            same = (rule.action in ONWARD) is onward
            if rule.inputs() <= _TOLD and all(standing.get(name) is same for name in rule.inputs()):
                continue  # the same fact stands on that side already
            (supports if same else against).append(f"rule {rule.id} holds as well: {rule.why}")
    unknown = tuple(name for name in (*_WELL, "days_to_A_race") if facts.get(name) is None)
    return Weighed(tuple(supports), tuple(against), unknown)
