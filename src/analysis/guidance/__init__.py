"""Guidance for the next block: condition -> recommendation -> evidence -> confidence, as data (methods G1)."""

from analysis.guidance.answer import Answer
from analysis.guidance.gather import answer
from analysis.guidance.plan import Plan, next_block
from analysis.guidance.record import record_next
from analysis.guidance.rules import Decision, Rule, decide, table
from analysis.guidance.squad_counts import squad_counts

__all__ = [
    "Answer",
    "Decision",
    "Plan",
    "Rule",
    "answer",
    "decide",
    "next_block",
    "record_next",
    "squad_counts",
    "table",
]
