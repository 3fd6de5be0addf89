"""The one error a user of the logbook sees."""

from __future__ import annotations


class LogbookProblem(Exception):
    """The logbook cannot be opened or must not be changed; the text says why and what to do."""
