"""The fact tables by name, with the column that identifies a row across re-imports."""

from __future__ import annotations

from typing import Final

import dataframely as dy

from analysis.tables._days import Calendar, Complaints, Wellness
from analysis.tables._people import Aliases, Blocks
from analysis.tables._running import Runs, Splits, Streams
from analysis.tables._strength import Plan, Reps, Sessions, Sets
from analysis.tables._tests import Trials

FACTS: Final[dict[str, tuple[type[dy.Schema], str]]] = {
    "sessions": (Sessions, "session_id"),
    "sets": (Sets, "set_id"),
    "reps": (Reps, "rep_id"),
    "plan": (Plan, "plan_id"),
    "runs": (Runs, "session_id"),
    "splits": (Splits, "split_id"),
    "streams": (Streams, "session_id"),
    "trials": (Trials, "trial_id"),
    "wellness": (Wellness, "wellness_id"),
    "complaints": (Complaints, "complaint_id"),
    "calendar": (Calendar, "calendar_id"),
    "blocks": (Blocks, "block_id"),
    "exercise_aliases": (Aliases, "exercise_raw"),
}
"""Name of each fact table, its schema, and the column that identifies a row across re-imports."""
