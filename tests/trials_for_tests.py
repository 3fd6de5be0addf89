"""Small frames of re-test trials, valid by the schema, for the tests of the re-test metrics."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import polars as pl

from analysis.tables import Trials

DAY = dt.date(2026, 1, 5)
JUMP: dict[str, Any] = {"test": "loaded_jump", "load_kg": 20.0, "measure": "height_m", "device": "contact mat"}
SPRINT: dict[str, Any] = {"test": "sprint", "distance_m": 20.0, "measure": "time_s", "device": "gates"}
STANCE: dict[str, Any] = {
    "test": "single_leg_stance", "side": "left", "cap_s": 45.0, "measure": "time_s", "device": "stopwatch",
    "protocol": "barefoot, eyes closed",
}  # fmt: skip
_ROW = {"athlete": "Ada", "side": "both", "valid": True, "source": "test", "source_row": 1, "protocol": "as usual"}


def session(day: int, values: Sequence[float], **row: Any) -> list[dict[str, Any]]:
    """The trials of one session, `day` days after 2026-01-05."""
    return [
        _ROW | row | {"date": DAY + dt.timedelta(days=day), "trial": i, "value": v} for i, v in enumerate(values, 1)
    ]


def trials(*sessions: list[dict[str, Any]]) -> pl.DataFrame:
    """A frame of the given sessions that the schema has judged valid."""
    rows = [row | {"trial_id": f"{i}"} for i, row in enumerate(row for rows in sessions for row in rows)]
    types = {name: column.dtype for name, column in Trials.columns().items()}
    return Trials.validate(pl.DataFrame([dict.fromkeys(types) | row for row in rows], schema=types))
