"""Guidance for the next block: condition -> recommendation -> evidence -> confidence, as data (methods G1)."""

from analysis.guidance.answer import Answer, answer
from analysis.guidance.record import record_next
from analysis.guidance.rules import Decision, Rule, decide, table

__all__ = ["Answer", "Decision", "Rule", "answer", "decide", "record_next", "table"]
