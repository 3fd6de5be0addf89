"""Was the plan of the block done, and what stood in the way? Planned against actual (methods G1).

What: working sets done as a share of those planned (%), over the weeks that the plan gives days for; parts count
  sessions (done, moved inside their week, not done), sets, kilograms and exercises, points are the weeks.
Formula: 100 x sets done / sets planned, preparation on neither side; by name: the smaller of planned and done per
  exercise and week, as a share of planned; kilograms are load x repetitions as written, in the plan and in the log.
Source: convention (completed over planned sets); 80 % is the limit of the decision table.
Limits: refused without a plan; a row without a day, or without a number of sets, leaves the sum open, and then only
  what was asked at least is told. A planned day counts as held where any gym work was recorded on it, or on an
  unplanned day of the same week (moved). A planned day without a record was missed, unless nobody wrote it down.
Trap: a session that was skipped because of illness is no lack of discipline. A reason is shown only where complaints or
  calendar hold one for that very day; another exercise of the same pattern is named, not scored.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import polars as pl

from analysis import charts
from analysis.estimate import Estimate, named, params, refuse
from analysis.frames import pandas_door
from analysis.importers._numbers import counted
from analysis.metrics._audits import of_one, possible
from analysis.metrics._marks import dated_as_text
from analysis.metrics._plan_rows import Days, Planned, days_of, done, in_order, planned, reasons, substitutions
from analysis.metrics._sessions import words
from analysis.transforms import check_policy

WHAT: Final = "Planned sets that were done"
METHOD: Final = (
    "Working sets done over sets planned, in the weeks with planned days, without preparation; a session on another day"
    " of its week is moved, not missed (convention)."
)
SESSIONS, HELD, MOVED, MISSED = "planned sessions", "sessions held", "sessions moved", "sessions not held"
PLANNED_SETS, DONE_SETS, BY_NAME = "planned sets", "sets done", "planned sets done, name by name"
PLANNED_KG, DONE_KG = "planned load x repetitions", "done of these exercises"


@pandas_door
def estimate(
    sets: pl.DataFrame,
    *,
    who: str = "",
    start: dt.date,
    end: dt.date,
    plan: pl.DataFrame | None = None,
    complaints: pl.DataFrame | None = None,
    calendar: pl.DataFrame | None = None,
    sessions: pl.DataFrame | None = None,
    days_without_record: str = "unknown",
) -> Estimate:
    """Sets done as a share (%) of those of `plan`, the plan's rows of this block; days outside of it do not count.

    Points: planned and done by week; the part "sessions not held" has their days and reasons as points. Caution
    SESSIONS_WITHOUT_SETS where gym sessions were recorded without sets: `high` takes them as planned. Refused: NO_PLAN,
    NO_DATA without gym work in the block, PLAN_UNDATED, PLAN_SETS_UNKNOWN (the parts tell what is known).

    >>> from analysis.exercises import annotate
    >>> from analysis.tables import Sets
    >>> nothing = Sets.create_empty().join(annotate([]), on="exercise_raw", how="left")
    >>> estimate(nothing, start=dt.date(2026, 1, 5), end=dt.date(2026, 2, 15)).reason
    'NO_PLAN'
    """
    check_policy(days_without_record)
    used = {"start": start, "end": end, "days_without_record": days_without_record}
    known: dict[str, Any] = {"who": who, "method": METHOD, "params": params(used), "unit": "%", "level": None}
    own, left_out = possible(sets, who)
    rows = done(own, start, end)
    asked = None if plan is None or plan.is_empty() else planned(plan, own, who, start, end)
    if asked is None or (asked.rows.is_empty() and asked.undated.is_empty()):
        return refuse(WHAT, "NO_PLAN", **known, notes=tuple(left_out), n=rows.height)
    logged, ill, entries = (None if frame is None else of_one(frame, who, sets) for frame in (sessions, complaints, calendar))  # fmt: skip  # noqa: E501
    if logged is not None:
        logged = logged.filter(pl.col("date").is_between(start, end))
    days = days_of(asked, rows, logged)
    if rows.is_empty() and not days.without_sets and days_without_record == "unknown":
        return refuse(WHAT, "NO_DATA", **known, notes=tuple(left_out))
    in_weeks = rows.filter(pl.col("week").is_in(asked.rows["week"].unique().to_list()))
    missed = pl.DataFrame(
        [{"date": day, "session": _titles(asked, day), "reason": reasons(day, ill, entries)} for day in days.missed],
        schema={"date": pl.Date, "session": pl.String, "reason": pl.String},
    )
    record = "not held" if days_without_record == "rest" else "not held, or not written down"
    known["notes"] = (*_notes(asked, days, missed, in_weeks, record), *left_out)
    known["parts"] = (*_session_parts(days, missed), *_set_parts(asked, in_weeks), *_exercises(asked, in_weeks))
    return _answer(asked, days, in_weeks, known | {"points": _weekly(asked, days, in_weeks), "draw": _draw})


def _answer(asked: Planned, days: Days, sets: pl.DataFrame, known: dict[str, Any]) -> Estimate:
    total, told = asked.sets(asked.rows)
    if asked.undated.height or not told:
        return refuse(WHAT, "PLAN_UNDATED" if asked.undated.height else "PLAN_SETS_UNKNOWN", **known, n=sets.height)
    share = 100 * sets.height / total
    if days.without_sets:
        open_, _ = asked.sets(asked.rows.filter(pl.col("date").is_in(days.without_sets)))
        known |= {"low": share, "high": 100 * (sets.height + open_) / total}
        known |= {"status": "caution", "reason": "SESSIONS_WITHOUT_SETS"}
    return Estimate(WHAT, value=share, n=total, **known)


def _titles(asked: Planned, day: dt.date) -> str | None:
    names = asked.rows.filter(pl.col("date") == day)["session"].drop_nulls().unique(maintain_order=True)
    return " and ".join(names) or None


def _notes(asked: Planned, days: Days, missed: pl.DataFrame, sets: pl.DataFrame, record: str) -> list[str]:
    notes = []
    for row in missed.iter_rows(named=True):
        title = f" ({row['session']})" if row["session"] else ""
        notes.append(f"{in_order([row['date']])}{title}, {record}: {row['reason']}.")
    notes += [f"{in_order([day])}: moved to {in_order([to])}." for day, to in days.moved.items()]
    notes += [
        f"Week from {in_order([week])}: {words(other)} was done, planned was {words(exercise)} (same pattern)."
        for week, exercise, other in substitutions(asked.rows, sets)
    ]
    extra = sets.join(asked.rows, on=["week", "name"], how="anti").height
    no_kg = sets.join(asked.rows.drop_nulls("low_kg"), on=["week", "name"], how="semi")["kg"].null_count()
    said = [
        (extra, "set", "of exercises that the plan does not name in that week: counted as done."),
        (no_kg, "done set", "without load or repetitions: not in the kilograms."),
        (asked.undated.height, "row", "of the plan without a day: how often that was meant is not known."),
        (asked.rows["sets"].null_count(), "row", "of the plan without a number of sets: counted as one at least."),
        (len(days.without_sets), "planned session", "recorded without sets."),
    ]
    return notes + [f"{counted(count, noun)} {text}" for count, noun, text in said if count]


def _session_parts(days: Days, missed: pl.DataFrame) -> list[Estimate]:
    n = len(days.done) + len(days.moved) + missed.height
    counts = {SESSIONS: n, HELD: len(days.done), MOVED: len(days.moved)}
    known: dict[str, Any] = {"level": None, "unit": "sessions", "n": n}
    parts = [Estimate(name, value=float(count), **known) for name, count in counts.items()] if n else []
    return [*parts, Estimate(MISSED, value=float(missed.height), points=missed, **known)] if n else []


def _set_parts(asked: Planned, sets: pl.DataFrame) -> list[Estimate]:
    least, told = asked.sets()
    open_ = "PLAN_UNDATED" if asked.undated.height else None if told else "PLAN_SETS_UNKNOWN"
    known: dict[str, Any] = {"level": None, "unit": "sets", "n": least}
    total = Estimate(PLANNED_SETS, value=float(least), **known)
    if open_:
        total = Estimate(PLANNED_SETS, low=float(least), status="lower_bound_only", reason=open_, **known)
    if asked.rows.is_empty():
        return [total]
    beside = _beside(asked, sets, ["week", "name"])
    kept = beside.select(pl.min_horizontal("sets", "done").sum()).item()
    share: dict[str, Any] = {"level": None, "unit": "%", "n": least}
    by_name = refuse(BY_NAME, open_, **share) if open_ else Estimate(BY_NAME, value=100 * kept / least, **share)
    return [total, Estimate(DONE_SETS, value=float(sets.height), **known), by_name, *_kilograms(beside)]


def _kilograms(beside: pl.DataFrame) -> list[Estimate]:
    """Load x repetitions where the plan gives both, and what was done of the same exercises in the same weeks."""
    told = beside.filter(pl.col("low_kg") > 0)
    if told.is_empty():
        return []
    low, high, kg = (float(told[c].sum()) for c in ("low_kg", "high_kg", "done_kg"))
    known: dict[str, Any] = {"level": None, "unit": "kg", "n": told.height}
    plan_kg = Estimate(PLANNED_KG, value=(low + high) / 2, **known)
    if low < high:
        plan_kg = named(plan_kg, low=low, high=high)
    return [plan_kg, Estimate(DONE_KG, value=kg, **known)]


def _exercises(asked: Planned, sets: pl.DataFrame) -> list[Estimate]:
    """Sets done of every planned exercise as a share of its planned ones."""
    undated = set(asked.undated["name"])
    parts = []
    for row in _beside(asked, sets, ["name"]).sort("sets", "name", descending=[True, False]).iter_rows(named=True):
        open_ = "PLAN_UNDATED" if row["name"] in undated else "PLAN_SETS_UNKNOWN" if row["untold"] else None
        known: dict[str, Any] = {"level": None, "unit": "%", "n": row["sets"]}
        what, share = words(row["name"]), 100 * row["done"] / max(row["sets"], 1)
        parts.append(refuse(what, open_, **known) if open_ else Estimate(what, value=share, **known))
    return parts


def _beside(asked: Planned, sets: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Planned rows summed by `keys` beside what was done: `sets, untold, low_kg, high_kg, done, done_kg`."""
    sums = [pl.col("sets").sum().cast(pl.Int64), pl.col("sets").null_count().alias("untold")]
    wanted = asked.rows.group_by(keys).agg(*sums, pl.col("low_kg", "high_kg").sum())
    had = sets.group_by(keys).agg(pl.len().cast(pl.Int64).alias("done"), pl.col("kg").sum().alias("done_kg"))
    return wanted.join(had, on=keys, how="left").with_columns(pl.col("done", "done_kg").fill_null(0)).sort(keys)


def _weekly(asked: Planned, days: Days, sets: pl.DataFrame) -> pl.DataFrame:
    weekly = _beside(asked, sets, ["week"]).rename({"sets": "planned_sets", "done": "done_sets"})
    weekly = weekly.with_columns(pl.when(pl.col("untold") == 0).then("planned_sets").alias("planned_sets"))
    groups = {"planned_sessions": sorted([*days.done, *days.moved, *days.missed])}
    groups |= {"held_sessions": sorted([*days.done, *days.moved]), "missed_sessions": days.missed}
    for column, dates in groups.items():
        counts = pl.DataFrame({"week": dates}, schema={"week": pl.Date}).select(pl.col("week").dt.truncate("1w"))
        weekly = weekly.join(counts.group_by("week").len(column), on="week", how="left").with_columns(
            pl.col(column).fill_null(0)
        )
    return weekly.select("week", "planned_sets", "done_sets", *groups).sort("week")


def _draw(result: Estimate) -> Any:
    weekly = dated_as_text(result, "week").with_columns(pl.col("planned_sets", "done_sets").cast(pl.Float64))
    axes = {"x_title": "Week from", "y_title": "Sets done (ring: planned)"}
    drawn = charts.bars(weekly, "week", "done_sets", **axes)
    rings = weekly.drop_nulls("planned_sets")
    look: dict[str, Any] = {"filled": False, "size": 120, "colour": charts.ORANGE}
    return drawn + charts.points(rings, "week", "planned_sets", **axes, **look) if rings.height else drawn
