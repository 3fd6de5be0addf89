"""Small hand-made frames for the tests: annotated sets, sessions, and simulated e1RM series with known truth."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis import simulate
from analysis.tables import Sessions, Sets

DAY = dt.date(2026, 1, 5)  # a Monday
ANNOTATION: dict[str, Any] = {
    "exercise": pl.String, "pattern": pl.String, "exercise_class": pl.String, "unilateral": pl.Boolean,
    "f_bw": pl.Float64, "equipment": pl.String, "load_kind": pl.String, "isometric": pl.Boolean,
    "explosive": pl.Boolean, "contacts_per_rep": pl.Int32, "contact_tier": pl.String, "implements": pl.Int32,
    "decided_by": pl.String, "proposed_pattern": pl.String,
}  # fmt: skip
_SET: dict[str, Any] = {
    "athlete": "Ada", "exercise_raw": "Squat (Barbell)", "exercise": "back_squat", "pattern": "squat",
    "exercise_class": "compound", "unilateral": False, "load_kind": "external", "equipment": "barbell",
    "isometric": False, "explosive": False, "implements": 1, "decided_by": "builtin", "block_no": 1,
    "set_type": "work", "rep_basis": "unknown", "load_basis": "unknown", "assisted": False, "source": "test",
}  # fmt: skip
REVERSE_LUNGE: dict[str, Any] = {
    "exercise_raw": "Reverse Lunge (Dumbbell)", "exercise": "reverse_lunge_dumbbell", "pattern": "lunge",
    "unilateral": True, "equipment": "dumbbell", "implements": 2,
}  # fmt: skip
PULL_UP: dict[str, Any] = {
    "exercise_raw": "Pull Up",
    "exercise": "pull_up",
    "pattern": "pull",
    "load_kind": "bodyweight",
}
SPLIT_SQUAT: dict[str, Any] = {
    "exercise_raw": "Bulgarian Split Squat", "exercise": "bulgarian_split_squat", "pattern": "lunge",
    "load_kind": "optional", "equipment": "bodyweight", "unilateral": True,
}  # fmt: skip
SWING: dict[str, Any] = {
    "exercise_raw": "Kettlebell Swing", "exercise": "kettlebell_swing", "pattern": "hinge", "equipment": "kettlebell",
    "explosive": True,
}  # fmt: skip
BAND_ROW: dict[str, Any] = {
    "exercise_raw": "Band Row",
    "exercise": "band_row",
    "pattern": "pull",
    "equipment": "band",
}
UNKNOWN: dict[str, Any] = {
    "exercise_raw": "Zottman thing", "exercise": None, "pattern": "unmapped", "load_kind": None, "unilateral": None,
    "implements": None, "decided_by": "none", "proposed_pattern": "pull",
}  # fmt: skip


def sets_frame(rows: Iterable[dict[str, Any]]) -> pl.DataFrame:
    """An annotated sets frame: back squats of Ada unless a row says otherwise; `day` counts from Monday 2026-01-05."""
    types = {name: column.dtype for name, column in Sets.columns().items()} | ANNOTATION
    full = []
    for i, row in enumerate(rows, 1):
        date = row.get("date", DAY + dt.timedelta(days=row.get("day", 0)))
        ids = {"date": date, "session_id": f"s{date:%Y%m%d}", "set_id": f"x{i:05}", "set_no": i, "source_row": i + 1}
        full.append(dict.fromkeys(types) | _SET | ids | {k: v for k, v in row.items() if k in types})
    return pl.DataFrame(full, schema=types)


def sessions_frame(rows: Iterable[dict[str, Any]]) -> pl.DataFrame:
    """A sessions frame of Ada; `day` counts from Monday 2026-01-05, `minutes` is the duration."""
    types = {name: column.dtype for name, column in Sessions.columns().items()}
    full = []
    for i, row in enumerate(rows, 1):
        minutes = row.get("minutes")
        own = {
            "date": DAY + dt.timedelta(days=row["day"]), "duration_s": None if minutes is None else 60.0 * minutes,
            "session_rpe": row.get("rpe"), "session_id": f"s{i}", "athlete": "Ada", "source": "test",
            "source_row": i + 1,
        }  # fmt: skip
        full.append(dict.fromkeys(types) | own)
    return pl.DataFrame(full, schema=types)


def weekly_sets(kg: Iterable[float], per_week: int = 2, **row: Any) -> pl.DataFrame:
    """One rated set (5 reps, 2 in reserve) per session, `per_week` sessions a week, of the given loads."""
    days = [7 * (i // per_week) + (0, 3)[i % per_week] for i, _ in enumerate(kg)]
    return sets_frame(
        {"day": day, "load_kg": load, "reps": 5, "rir": 2} | row for day, load in zip(days, kg, strict=True)
    )


class SimulatedLifter:
    """A lifter of methods I1: saturating growth, AR(1) weekly form, noise, outliers, missed sessions and weeks."""

    def __init__(
        self, rng: np.random.Generator, growth_mean: float = 0.006, growth_sd: float = 0.004, weeks: int = 16
    ) -> None:
        self.growth = rng.normal(growth_mean, growth_sd) if growth_sd else growth_mean
        form = np.zeros(weeks + 1)
        for week in range(1, weeks + 1):
            form[week] = 0.6 * form[week - 1] + rng.normal(0, 0.012 * np.sqrt(1 - 0.36))
        kept_week = rng.random(weeks) >= 0.06
        grid = np.array([week + extra for week in range(weeks) if kept_week[week] for extra in (0.0, 0.5)])
        self.t: NDArray[np.float64] = grid[rng.random(grid.size) >= 0.15]
        noise = rng.normal(0, 0.03, self.t.size) + (rng.random(self.t.size) < 0.04) * rng.normal(0, 0.10, self.t.size)
        self.e1rm_kg = 100 * np.exp(self.level(self.t) + form[self.t.astype(int)] + noise)

    def level(self, t: Any) -> Any:
        """The true ln level above the start, without weekly form."""
        weeks: Any = np.asarray(t)  # the formula holds for many weeks at once
        return simulate.trend(self.growth, weeks)
