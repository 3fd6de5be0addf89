"""FIT files of watches (activities and workouts).

Vendor: Garmin, COROS, Suunto, Wahoo, Stryd and every other device or app that writes FIT
Export: Garmin Connect: open the activity > gear > Export File (unzip it); COROS, Suunto, Strava: export the original
  file of the activity
Row: of an activity one session, lap, set or record; records and rests go into the session and the set before. Of a
  workout one step: a row of the plan
Variants: runs and other activities, several sessions in one file, strength with sets, workouts
Units: those of the format (SI); cadence is stored as strides of one foot and doubled to steps
Limits: a watch guesses the exercise, and corrections made in Garmin Connect are not in the file; monitoring, course and
  settings files are refused
"""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from analysis.importers import _fit, _fit_sets, _instants, _recording, _sets
from analysis.importers._fit_frames import RECORD
from analysis.importers._raw import Context, Items, Raw, refusals
from analysis.importers._recording import frame
from analysis.importers._source import Head, Source

VENDOR: Final = "fit"
_LOOP: Final = "repeat_until_steps_cmplt"
_PLAN: Final = {
    "source_row": pl.Int64, "plan_id": pl.String, "session": pl.String, "exercise_raw": pl.String, "order": pl.Int64,
    "sets": pl.String, "reps_low": pl.Float64, "reps_high": pl.Float64, "load_kg": pl.Float64,
    "duration_s": pl.Float64, "rest_s": pl.Float64, "notes": pl.String,
}  # fmt: skip


def matches(head: Head) -> bool:
    """Whether the bytes are those of FIT."""
    return head.kind == "fit"


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape an activity or a workout; nothing is judged here."""
    athlete = _sets.athlete_of(context, source.name)
    fit = _fit.opened(source.name, source.content)
    if fit.named("workout_step") and not fit.named("session"):
        return _workout(fit, athlete)
    read, ignored = _fit.recorded(source.name, fit)
    tables, sessions = _recording.tables(read, athlete, VENDOR, context)
    attached = [row for row, kind in enumerate(fit.frames.rows, 1) if kind == RECORD and row not in ignored]
    if fit.named("set"):
        sets, rests, alone = _fit_sets.table(fit, read, sessions, context)
        tables |= {"sets": sets} if sets.height else {}
        attached += rests
        ignored |= alone
    return Raw(
        primary=tuple(name for name in ("sessions", "splits", "sets") if name in tables),
        variant="activity",
        records=fit.frames,
        tables=tables,
        decisions=_sets.answers(context),
        n_read=len(fit.frames.rows),
        refused=refusals(),
        ignored=refusals(ignored),
        attached=tuple(attached),
        notices=(*read.notices, *_instants.notice(sessions)),
    )


def _workout(fit: _fit.Fit, athlete: str) -> Raw:
    """The steps of a workout as rows of the plan; rests and loops go into the steps they belong to."""
    workout, file, steps = fit.first("workout"), fit.first("file_id"), fit.named("workout_step")
    known, made = _fit_sets.exercises(fit), file.moment("time_created")
    key = f"{athlete}|{VENDOR}|{file.text('serial_number')}|{made}|{workout.text('wkt_name')}"
    rows: list[dict[str, Any]] = []
    ignored: dict[int, str] = {}
    for row, step in enumerate(steps, 1):
        rest = step.text("intensity") == "rest" and _fit_sets.category(step, "exercise_category") is None
        if step.text("duration_type") == _LOOP:
            _repeat(rows, step)
        elif rest and rows:
            rows[-1]["rest_s"] = step.number("duration_time")
        elif rest:
            ignored[row] = "rest before the first step"
        else:
            rows.append(_step(step, row, known, workout) | {"plan_id": f"{key}|{row}", "order": len(rows) + 1})
    plan = frame(rows, _PLAN).with_columns(pl.lit(athlete).alias("athlete"), pl.lit(VENDOR).alias("source"))
    placed = {*plan["source_row"], *ignored}
    return Raw(
        primary=("plan",),
        variant="workout",
        records=Items([f"workout_step {step.fields}" for step in steps]),
        tables={"plan": plan},
        decisions={},
        n_read=len(steps),
        refused=refusals(),
        ignored=refusals(ignored),
        attached=tuple(row for row in range(1, len(steps) + 1) if row not in placed),
        notices=tuple(fit.frames.notices),
    )


def _step(step: _fit.Message, row: int, known: _fit_sets.Exercises, workout: _fit.Message) -> dict[str, Any]:
    category = _fit_sets.category(step, "exercise_category")
    number = step.number("exercise_name")
    sport, intensity = workout.text("sport") or "exercise", step.text("intensity")
    name = step.text("wkt_step_name") or f"{sport} {intensity or ''}".strip()
    if category is not None:
        name = known.named(category, None if number is None else int(number), None)[0]
    distance = step.number("duration_distance")
    words = (
        None if intensity in (None, "active") or category is None else intensity,
        None if distance is None else f"{distance:g} m",
        step.text("notes"),
    )
    return {
        "source_row": row,
        "session": (workout.text("wkt_name") or "")[:120],
        "exercise_raw": name,
        "sets": "1",
        "reps_low": step.number("duration_reps"),
        "reps_high": step.number("duration_reps"),
        "load_kg": step.number("exercise_weight"),
        "duration_s": step.number("duration_time"),
        "notes": "; ".join(word for word in words if word) or None,
    }


def _repeat(rows: list[dict[str, Any]], loop: _fit.Message) -> None:
    """Multiply the sets of the steps that a loop goes back to."""
    first, times = loop.number("duration_step"), loop.number("repeat_steps")
    for row in rows:
        if first is not None and times is not None and row["source_row"] > first:
            row["sets"] = str(int(row["sets"]) * int(times))
