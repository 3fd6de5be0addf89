"""Runs that were races, their laps and streams, their days of the calendar: frames that the schemas have judged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import polars as pl

from analysis.tables import SAMPLE_COLUMNS, Calendar, Runs, Splits

DAY = dt.date(2026, 3, 29)
LAPS_M: tuple[float, ...] = (200.0, *[400.0] * 12)
LAPS_S: tuple[float, ...] = (34.1, 69.8, 71.0, 71.6, 72.1, 72.4, 72.6, 72.9, 72.3, 72.8, 72.5, 70.9, 65.2)


def _frame(schema: Any, rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    types = {name: column.dtype for name, column in schema.columns().items()}
    known = {"athlete": "Ada", "date": DAY, "source": "test", "source_row": 1}
    full = [dict.fromkeys(types) | known | row for row in rows]
    judged: pl.DataFrame = schema.validate(pl.DataFrame(full, schema=types))
    return judged


def run(session: str = "a", day: int = 0, **told: Any) -> dict[str, Any]:
    """A race of 5000 m in 890.2 s unless told otherwise; `day` counts from 29 March 2026."""
    usual = {"session_id": session, "date": DAY + dt.timedelta(day), "distance_m": 5000.0, "elapsed_s": sum(LAPS_S)}
    return usual | {"race": True} | told


def runs(*rows: dict[str, Any]) -> pl.DataFrame:
    return _frame(Runs, rows or (run(),))


def laps(
    session: str = "a", metres: Sequence[float] = LAPS_M, seconds: Sequence[float] = LAPS_S, day: int = 0, **told: Any
) -> pl.DataFrame:
    rows = [
        {"session_id": session, "split_id": f"{session}{i:03}", "split_no": i + 1, "split_kind": "lap",
         "distance_m": m, "duration_s": s, "date": DAY + dt.timedelta(day)} | told
        for i, (m, s) in enumerate(zip(metres, seconds, strict=True))
    ]  # fmt: skip
    return _frame(Splits, rows)


def calendar(*rows: dict[str, Any]) -> pl.DataFrame:
    return _frame(Calendar, [{"calendar_id": f"{i}", "kind": "race", "title": "spring 5 km"} | row
                             for i, row in enumerate(rows)])  # fmt: skip


def stream(
    session: str = "a", speed: Callable[[Any], Any] | None = None, cadence: Callable[[Any], Any] | None = None,
    total_m: float = 5000.0, **columns: Any,
) -> pl.DataFrame:  # fmt: skip
    """Samples each second: 5.5 m/s and in the last 500 m 6.05 m/s, 184 and 193 steps per minute, unless told."""
    at, metres, speeds, steps = 0.0, [], [], []
    while at < total_m:
        share = at / total_m
        speeds.append(float(speed(share)) if speed else (5.5 if share < 0.9 else 6.05))
        steps.append(float(cadence(share)) if cadence else (184.0 if share < 0.9 else 193.0))
        metres.append(at)
        at += speeds[-1]
    schema = {"session_id": pl.String} | dict.fromkeys(SAMPLE_COLUMNS, pl.Float64)
    told = {"t_s": np.arange(len(metres), dtype=float), "distance_m": metres, "speed_m_s": speeds, "cadence_spm": steps}
    frame = pl.DataFrame(told | columns).with_columns(session_id=pl.lit(session))
    return pl.concat([pl.DataFrame(schema=schema), frame], how="diagonal_relaxed")
