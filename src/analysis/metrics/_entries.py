"""Top working load of each exercise and week, in order, with what tells whether it was mastered (methods C16)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Final

import polars as pl

from analysis.exercises import annotate
from analysis.metrics._effort import NOT_IN_SETS
from analysis.metrics._sessions import judged
from analysis.stats.progression import HOLD_PCT
from analysis.transforms import e1rm_refusal, loading

ENTRY: Final[dict[str, Any]] = {
    "exercise": pl.String, "week": pl.Date, "date": pl.Date, "load_kg": pl.Float64, "reps": pl.Float64,
    "target_reps": pl.Float64, "rir": pl.Float64, "technique_ok": pl.Float64, "per_implement": pl.Float64,
    "deload": pl.Boolean,
}  # fmt: skip
_NO_LOAD: Final = ("BAND_LOAD_UNKNOWN", "BODY_MASS_MISSING")  # of e1rm_refusal: what was lifted is not the logged kg


def session_tops(sets: pl.DataFrame) -> pl.DataFrame:
    """One row per exercise and session: its top external load, and how the sets at that load went.

    `reps` are the fewest of one side, `technique_ok` 0 where one set was not ok (null: not told), `rir` the median: the
    lowest of many sets is lower than that of few. `per_implement` is external load per kg as logged (a pair: 2).
    """
    rows = judged(loading(sets)).filter(
        (pl.col("external_kg") > 0) & pl.col("side_reps").is_not_null(),
        ~pl.col("pattern").fill_null("").is_in(NOT_IN_SETS),
        ~e1rm_refusal().fill_null("").is_in(_NO_LOAD),
    )
    top = rows.filter(pl.col("external_kg") == pl.col("external_kg").max().over("exercise_name", "session_id"))
    return top.group_by(pl.col("exercise_name").alias("exercise"), "session_id", maintain_order=True).agg(
        pl.col("date").first(),
        pl.col("date").first().dt.truncate("1w").alias("week"),
        pl.col("external_kg").first(),
        pl.col("side_reps").min().alias("reps"),
        pl.col("rir_told").median().alias("rir"),
        pl.col("technique_ok").cast(pl.Float64).min(),
        (pl.col("external_kg") / pl.col("load_kg")).max().alias("per_implement"),
    ).rename({"external_kg": "load_kg"})  # fmt: skip


def weekly_entries(tops: pl.DataFrame, deloads: Iterable[dt.date], targets: Targets) -> pl.DataFrame:
    """One row per exercise and week (ENTRY), or more where the load was raised more than once in a week.

    A week counts with its top load. Where a later session of the week goes above an earlier one that was an increase
    itself, both are entries, so that the second can be told apart. Weeks in `deloads` are marked.
    """
    light, rows = set(deloads), []
    for (exercise,), own in tops.sort("exercise", maintain_order=True).group_by("exercise", maintain_order=True):
        last: float | None = None
        for (week,), sessions in own.group_by("week", maintain_order=True):
            deload = week in light
            chosen = [_top(sessions)] if deload or last is None else _increases(sessions, last) or [_top(sessions)]
            known = {"deload": deload, "target_reps": targets.of(exercise, week)}
            rows += [row | known for row in chosen]
            last = last if deload else chosen[-1]["load_kg"]
    return pl.DataFrame([{name: row[name] for name in ENTRY} for row in rows], schema=ENTRY)


def _top(sessions: pl.DataFrame) -> dict[str, Any]:
    """The top load of a week, as its last session at that load (that told) left it."""
    at_top = sessions.filter(pl.col("load_kg") == pl.col("load_kg").max())
    last = at_top.select(pl.col("reps", "rir", "technique_ok").drop_nulls().last())
    return at_top.row(-1, named=True) | last.row(0, named=True)


def _increases(sessions: pl.DataFrame, last_kg: float) -> list[dict[str, Any]]:
    """The sessions of a week that each raised the load above all before, if there are at least two."""
    raised: list[dict[str, Any]] = []
    for row in sessions.iter_rows(named=True):
        before = raised[-1]["load_kg"] if raised else last_kg
        if row["load_kg"] >= before * (1 + HOLD_PCT / 100):
            raised.append(row)
    return raised if len(raised) > 1 else []


class Targets:
    """The repetitions that a plan asks for at least: of an exercise in a week, else of the exercise without a day."""

    def __init__(self, plan: pl.DataFrame | None, sets: pl.DataFrame) -> None:
        """Read the plan; its exercise names are read as those of `sets`, else as the catalogue does."""
        self._found: dict[tuple[str, dt.date | None], float] = {}
        if plan is None or plan.is_empty():
            return
        name = pl.coalesce("exercise", "exercise_raw").alias("name")
        read = annotate(plan["exercise_raw"].unique(maintain_order=True))
        known = dict(pl.concat([frame.select("exercise_raw", name) for frame in (read, sets)]).iter_rows())
        rows = plan.filter(pl.col("reps_low") > 0).select("exercise_raw", pl.col("date").dt.truncate("1w"), "reps_low")
        for raw, week, reps in rows.iter_rows():
            key = (known[raw], week)
            self._found[key] = min(reps, self._found.get(key, reps))

    def of(self, exercise: Any, week: Any) -> float | None:
        """The repetitions to reach, None where the plan does not tell."""
        return self._found.get((exercise, week), self._found.get((exercise, None)))
