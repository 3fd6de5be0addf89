"""Do the weeks keep the rhythm of the rule: 2-3 gym days, on easy or rest days, drills first? (methods C18).

What: whole weeks of the block without a flag (weeks); parts count what was flagged, and give the share of compound sets
  of 6-8 and of accessory sets of 8-12 repetitions (of one side), and of sets with technique ok (%).
Formula: a week is flagged for gym days other than 2 or 3, gym on a day whose run is neither rest nor easy, gym the day
  before quality or race, less than 6 h between gym and run, or balance, plyometrics or activation after the first
  compound or accessory set of a session.
Source: article (rhythm of the week); Doma 2017 and 2019, Sports Med (endurance is impaired for 24-48 h after lifting);
  Robineau 2016, J Strength Cond Res 30:672-683 (6 h).
Limits: weeks that the block cuts off are not judged, nor a week without any gym record unless such days were said to be
  rest. A day whose run type is not known is unknown, never easy: weeks with such gym days are open.
Trap: the calendar tells what was planned. A quality session that was moved by a day without saying so turns a good week
  into a flagged one, and the other way round.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import polars as pl

from analysis import charts
from analysis.estimate import Estimate, params, refuse
from analysis.frames import pandas_door
from analysis.metrics._audits import WEEK, possible
from analysis.metrics._run_days import days_of
from analysis.stats.week_structure import (
    DEFAULTS,
    Day,
    WeekAudit,
    audit_week,
    drills_late,
    reps_in_range,
)
from analysis.transforms import between, loading, set_effort, weeks, working

WHAT: Final = "Weeks without a flag"
METHOD: Final = (
    "Flags: gym days other than 2-3, gym on a hard or long day, gym the day before quality or race, less than 6 h"
    " between gym and run, drills after the first heavy set (methods C18)."
)
GYM_DAYS: Final = "gym days"
TECHNIQUE: Final = "sets with technique ok"
UNKNOWN_RUN: Final = "gym days with an unknown run"
LATE: Final = "sessions with late drills"
FLAGS: Final = {
    "GYM_ON_": "gym days on a long, quality or race day",
    "GYM_BEFORE_": "gym days before quality or a race",
    "SESSIONS_UNDER_6_H_": "days with less than 6 h between gym and run",
}
IN_RANGE: Final = {"compound": "compound sets of 6-8 repetitions", "accessory": "accessory sets of 8-12 repetitions"}
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@pandas_door
def estimate(
    sets: pl.DataFrame,
    *,
    who: str = "",
    start: dt.date,
    end: dt.date,
    calendar: pl.DataFrame | None = None,
    runs: pl.DataFrame | None = None,
    sessions: pl.DataFrame | None = None,
    days_without_record: str = "unknown",
) -> Estimate:
    """Whole ISO weeks of the block without a flag; `low` leaves out those with a gym day of which a run is not known.

    Caution RUN_TYPE_UNKNOWN then. `sessions` tells the hours between gym and run, points are the days. Refused: NO_DATA
    without a working set in the block, NO_WHOLE_WEEK where no whole week can be judged.

    >>> from analysis.exercises import annotate
    >>> from analysis.tables import Sets
    >>> nothing = Sets.create_empty().join(annotate([]), on="exercise_raw", how="left")
    >>> estimate(nothing, start=dt.date(2026, 1, 5), end=dt.date(2026, 2, 15)).reason
    'NO_DATA'
    """
    if days_without_record not in ("rest", "unknown"):
        raise ValueError(f"days_without_record {days_without_record!r}: expected 'rest' or 'unknown'")
    used = {"start": start, "end": end, "days_without_record": days_without_record} | DEFAULTS
    known: dict[str, Any] = {"who": who, "method": METHOD, "params": params(used), "unit": "weeks", "level": None}
    own, left_out = possible(sets, who)
    block = set_effort(working(between(own, start, end)))
    known["notes"] = tuple(left_out)
    if loading(block).is_empty():
        return refuse(WHAT, "NO_DATA", **known, n=block.height)
    given: dict[str, Any] = {"calendar": calendar, "runs": runs, "sessions": sessions}
    rest = days_without_record == "rest"
    days = days_of(block, start, end + dt.timedelta(days=1), who=who, rest=rest, **given)
    mondays = [w for w in weeks(start, end)["week"] if w >= start and w + WEEK <= end + dt.timedelta(days=1)]
    found = {w: audit for w in mondays if (audit := _audit(w, days, block)).gym_days or rest}
    if not found:
        return refuse(WHAT, "NO_WHOLE_WEEK", **known, n=block.height)
    clean = [audit for audit in found.values() if not audit.flags]
    sure = sum(audit.reason is None for audit in clean)
    if any(audit.unknown_days for audit in found.values()):
        known |= {"low": float(sure), "high": float(len(clean)), "status": "caution", "reason": "RUN_TYPE_UNKNOWN"}
    known["notes"] = (*_notes(found), *left_out)
    judged = block.filter(pl.col("date").dt.truncate("1w").is_in(list(found)))
    points = _points(days.filter(pl.col("date").dt.truncate("1w").is_in(list(found))), found)
    parts = _parts(found, judged)
    return Estimate(WHAT, value=float(len(clean)), n=len(found), parts=parts, points=points, draw=_draw, **known)


def _audit(monday: dt.date, days: pl.DataFrame, block: pl.DataFrame) -> WeekAudit:
    rows = days.filter(pl.col("date").is_between(monday, monday + WEEK)).to_dicts()  # eight: the next Monday as well
    seven = [Day(row["gym"], row["run"], row["hours_apart"]) for row in rows[:7]]
    sets = block.filter(pl.col("date").is_between(monday, monday + WEEK, closed="left"))
    sessions = [list(zip(own["exercise_class"], own["side_reps"], strict=True)) for own in _sessions(sets)]
    return audit_week(seven, sessions, next_run=rows[7]["run"])


def _sessions(sets: pl.DataFrame) -> list[pl.DataFrame]:
    """The sessions in order of time, their sets in the order in which they were logged."""
    order = ["date", "start_local", "session_id", "started_utc", "source_row", "set_id"]
    return sets.sort(order, nulls_last=True).partition_by("session_id", maintain_order=True)


def _parts(found: dict[dt.date, WeekAudit], block: pl.DataFrame) -> tuple[Estimate, ...]:
    audits = list(found.values())
    gym = sum(audit.gym_days for audit in audits)
    parts = [Estimate(GYM_DAYS, value=gym / len(audits), level=None, unit="days/week", n=len(audits))]
    flags = [flag for audit in audits for flag in audit.flags]
    counts = {name: sum(flag.startswith(kind) for flag in flags) for kind, name in FLAGS.items()}
    counts[UNKNOWN_RUN] = sum(len(audit.unknown_days) for audit in audits)
    parts += [Estimate(name, value=float(n), level=None, unit="days", n=gym) for name, n in counts.items()]
    sessions = _sessions(block)
    late = sum(drills_late(own["exercise_class"].to_list()) for own in sessions)
    parts.append(Estimate(LATE, value=float(late), level=None, unit="sessions", n=len(sessions)))
    for kind, name in IN_RANGE.items():
        reps = block.filter(pl.col("exercise_class") == kind)["side_reps"].drop_nulls()
        parts.append(_share(name, reps_in_range(reps.to_list(), kind), reps.len(), "NO_DATA"))
    told = block["technique_ok"].drop_nulls().to_list()
    parts.append(_share(TECHNIQUE, 100 * sum(told) / len(told) if told else None, len(told), "NO_TECHNIQUE"))
    return tuple(parts)


def _share(name: str, pct: float | None, n: int, reason: str) -> Estimate:
    known: dict[str, Any] = {"level": None, "unit": "%", "n": n}
    return refuse(name, reason, **known) if pct is None else Estimate(name, value=pct, **known)


def _notes(found: dict[dt.date, WeekAudit]) -> list[str]:
    """Each kind of flag with the days (the weeks) on which it was raised."""
    said: dict[str, list[str]] = {}
    for monday, audit in found.items():
        for flag in audit.flags:
            kind, _, number = flag.rpartition("_DAY_")
            if kind:
                day = monday + dt.timedelta(days=int(number) - 1)
                said.setdefault(kind.replace("_", " ").capitalize(), []).append(str(day))
            elif flag == "GYM_DAYS_OUTSIDE_2_3":
                said.setdefault("Weeks with other than 2-3 gym days, from", []).append(f"{monday} ({audit.gym_days})")
    return [f"{what}: {', '.join(days)}." for what, days in said.items()]


def _points(days: pl.DataFrame, found: dict[dt.date, WeekAudit]) -> pl.DataFrame:
    flagged = {
        monday + dt.timedelta(days=int(flag.rpartition("_DAY_")[2]) - 1)
        for monday, audit in found.items()
        for flag in audit.flags
        if "_DAY_" in flag
    }
    open_ = {m + dt.timedelta(days=n - 1) for m, audit in found.items() for n in audit.unknown_days}
    state = (
        pl.when(~pl.col("gym"))
        .then(pl.lit("no gym"))
        .when(pl.col("date").is_in(list(flagged)))
        .then(pl.lit("gym, flagged"))
        .when(pl.col("date").is_in(list(open_)))
        .then(pl.lit("gym, run not known"))
        .otherwise(pl.lit("gym, fits"))
    )
    return days.with_columns(state.alias("state"))


def _draw(result: Any) -> Any:
    import altair as alt

    weekday = pl.col("date").dt.weekday().replace_strict(dict(enumerate(_DAYS, 1)), return_dtype=pl.String)
    monday = pl.col("date").dt.truncate("1w").dt.to_string("%-d %b")
    shown = result.points.with_columns(weekday.alias("weekday"), monday.alias("week"), pl.col("run").fill_null("?"))
    axes = {"x_title": "Day, with its run (?: not known)", "y_title": "Week from"}
    hover = ["date", "state", "run", "hours_apart"]
    days = alt.X("weekday:N").title(axes["x_title"]).sort(list(_DAYS)).axis(labelAngle=0)
    both = charts.points(shown, "weekday", "week", **axes, size=160, tooltip=hover).encode(x=days)
    runs, dots = both.mark_text(dy=14, color=charts.INK), both.transform_filter("datum.gym")
    color, shape = alt.Color("state:N").title(None), alt.Shape("state:N").title(None)
    both = runs.encode(text="run:N") + dots.encode(color=color, shape=shape)
    return both.properties(height=44 * shown["week"].n_unique())
