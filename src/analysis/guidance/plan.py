"""The next block as a plan that a coach can sign: weeks, gym days, exercises, loads, and why (methods G2, G3).

The coach has the last word: rows whose note begins with `coach:` are kept as they are (see `_plan_kept`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import escape
from typing import Any, Final

import polars as pl

from analysis.estimate import Estimate
from analysis.exercises import PATTERNS
from analysis.frames import html_table
from analysis.guidance._plan_days import (
    DAY,
    Race,
    Running,
    next_retest,
    race_ahead,
    retest_day,
    running,
    wanted_days,
    week_days,
)  # fmt: skip
from analysis.guidance._plan_drills import jump_load
from analysis.guidance._plan_kept import coach_rows, overlaid
from analysis.guidance._plan_lifts import LOWER, Lift, lifts
from analysis.guidance._plan_policy import DELOAD, Policy, beside_race, kinds, most_weeks, policy_of, reserve
from analysis.guidance._plan_session import Session, items_of
from analysis.guidance._plan_words import SESSION_LETTERS, days_line, headline, safety_line, step_lines, week_of_runs
from analysis.guidance._plan_work import Asked, Item, Work, work_of
from analysis.guidance.answer import Answer
from analysis.metrics import load_progression
from analysis.stats.gym_days import HARD_RUNS, NO_DAYS, GymDays

COLUMNS: Final[dict[str, Any]] = {
    "week": pl.Int64, "kind": pl.String, "date": pl.Date, "block": pl.String, "session": pl.String,
    "exercise": pl.String, "pattern": pl.String, "order": pl.Int32, "sets": pl.Int32, "reps_low": pl.Float64,
    "reps_high": pl.Float64, "load_kg": pl.Float64, "percent_1rm": pl.Float64, "duration_s": pl.Float64,
    "rpe": pl.Float64, "rir": pl.Float64, "rest_s": pl.Float64, "tempo": pl.String, "notes": pl.String,
    "kept": pl.Boolean,
}  # fmt: skip
NO_SITE: Final = "which movements load the painful site is not told: all leg work is lighter; name them (affected)"
SPARING: Final = {"refer_physio": " that spares the painful site"}
NO_JUMPS: Final = ("refer_physio", "regress_exercise_reduce_volume", "deload_and_extend_recovery")
SHOWN: Final = {
    "week": "Week", "date": "Day", "session": "Session", "exercise": "Exercise", "sets": "Sets", "reps_low": "Reps",
    "load_kg": "kg", "duration_s": "s", "rir": "In reserve", "tempo": "Tempo", "notes": "Notes",
}  # fmt: skip


class PlanProblem(ValueError):
    """What was asked for cannot be planned; the text says why and what can."""


@dataclass(frozen=True)
class Plan:
    """The next block. `rows` has one row per session and exercise, the columns of the plan sheet among them.

    `lines` say why these days and these loads, `conflicts` what could not be met. Without rows the reason is there.
    """

    athlete: str
    block: str
    start: dt.date
    end: dt.date
    action: str
    rows: pl.DataFrame
    lines: tuple[str, ...]
    conflicts: tuple[str, ...]
    retest: dt.date | None = None

    def overview(self) -> pl.DataFrame:
        """One row per exercise, one column per week: sets x repetitions (or seconds) @ load, as coaches read it."""
        said = pl.when(pl.col("reps_low").is_not_null()).then(_plain("reps_low")).otherwise(_plain("duration_s") + " s")
        load = pl.when(pl.col("load_kg").is_not_null()).then(" @ " + _plain("load_kg")).otherwise(pl.lit(""))
        cell = (pl.col("sets").cast(pl.String) + " x " + said + load).alias("cell")
        week = pl.format("Week {}", "week").alias("in_week")
        work = self.rows.filter(pl.col("pattern") != "mobility").with_columns(cell, week)
        wide = work.group_by("exercise", "in_week", maintain_order=True).agg(
            pl.col("cell").unique(maintain_order=True).str.join(" / ")
        )
        weeks = work["in_week"].unique(maintain_order=True).to_list()
        return wide.pivot("in_week", index="exercise", values="cell").select("exercise", *weeks) if weeks else wide

    def __str__(self) -> str:
        text = [*self.lines, *(f"Mind: {line}" for line in self.conflicts)]
        for (date, session, week, kind), own in self.rows.group_by(
            ["date", "session", "week", "kind"], maintain_order=True
        ):
            text += ["", f"Week {week}{' (deload)' if kind == DELOAD else ''}, {date:%a %d %b %Y}, {session}"]
            text += [f"  {_line(row)}" for row in own.iter_rows(named=True)]
        return "\n".join(text)

    def _repr_html_(self) -> str:
        lines = "".join(f"<li>{escape(line)}</li>" for line in self.lines[1:])
        text = f'<div class="plan"><p class="headline">{escape(self.lines[0])}</p><ul class="notes">{lines}</ul>'
        if self.conflicts:
            said = "".join(f"<li>{escape(line)}</li>" for line in self.conflicts)
            text += f'<ul class="warning">{said}</ul>'
        if self.rows.height:
            text += html_table(self.overview(), "plan-overview", {"exercise": "Exercise"})
            shown = self.rows.select(*SHOWN)
            full = html_table(shown, "plan-rows", SHOWN, rows=shown.height)
            text += f"<details><summary>Session by session</summary>{full}</details>"
        return text + "</div>"


def next_block(
    answer: Answer, *, start: dt.date | None = None, weeks: int | None = None, every: int | None = None,
    days: int | None = None, plates: float | Mapping[str, float] | None = None, affected: tuple[str, ...] = (),
    overrides: pl.DataFrame | None = None,
) -> Plan:  # fmt: skip
    """The plan of the block that follows the answer's block.

    `start` is by default the Monday after the block; `weeks`, `every` (weeks per step) and `days` (sessions a week)
    replace what the action and the log suggest; `plates` is the smallest step of a load in kg, for all or by exercise
    or equipment; `affected` are the patterns that load a painful site, by default those of the pain that was recorded.
    `overrides` is a plan table whose rows with a note that begins with `coach:` are kept; so are those of the
    logbook's plan. Raises PlanProblem where a number cannot be planned with.
    """
    block, action = answer.block, answer.decision.rule.action
    affected = affected or answer.body.patterns
    policy = policy_of(action, block, _extension(answer.progression))
    first = start or _monday_after(block.end)
    _check(policy, weeks, every, days, plates, affected)
    known = running(block, first)
    length, race = beside_race(policy, weeks, known, first, tapering=action == "race_taper")
    frame = _Frame(answer, policy, first, known, length, days or wanted_days(block, known, first, length), race)
    refusal = _no_plan(action, affected)
    own = lifts(block, answer.progression, plates)
    if action == "refer_physio":
        own = tuple(lift for lift in own if lift.pattern not in affected and lift.kind != "plyo")
    if refusal or not own:
        why = refusal or f"The log holds no gym work of the last six weeks to plan from{SPARING.get(action, '')}."
        return _finished(frame, pl.DataFrame(schema=COLUMNS), (), (), (why,), None, overrides)
    asked = Asked(
        kinds(policy, length), policy, reserve(block), every, answer.decision.emphasis, affected,
        regressing=action == "regress_exercise_reduce_volume", technique=action == "regress_exercise",
        jumping=action not in NO_JUMPS,
    )  # fmt: skip
    return _planned(frame, own, asked, overrides)


@dataclass(frozen=True)
class _Frame:
    answer: Answer
    policy: Policy
    start: dt.date
    known: Running
    weeks: int
    want: int
    race: Race | None

    @property
    def end(self) -> dt.date:
        return self.start + (7 * self.weeks - 1) * DAY

    @property
    def name(self) -> str:
        block = self.answer.block
        if not block.declared:
            return f"from {self.start}"
        return str(int(block.name) + 1) if re.fullmatch(r"\d{1,6}", block.name) else f"after {block.name}"[:80]


def _planned(frame: _Frame, own: tuple[Lift, ...], asked: Asked, overrides: pl.DataFrame | None) -> Plan:
    chosen, retest, conflicts = _days(frame, asked.kinds)
    sessions = _sessions(frame, chosen, asked.kinds)
    works = [_worked(lift, asked, sessions) for lift in own if lift.kind not in ("plyo", "balance", "activation")]
    works = [work for work in works if work.weeks]
    jump_kg = jump_load(frame.answer.block, own)
    rows: list[dict[str, Any]] = []
    for session in sessions:
        kind = asked.kinds[session.week]
        items = items_of(session, works, own, asked, jump_kg)
        rows += [_row(frame, session, kind, order, item) for order, item in enumerate(items, 1)]
    conflicts += [NO_SITE] if asked.regressing and not asked.affected else []
    lines = _lines(frame, asked, works, chosen, retest)
    said = tuple(conflicts)
    return _finished(frame, pl.DataFrame(rows, schema=COLUMNS), lines, tuple(works), said, retest, overrides)


def _sessions(frame: _Frame, chosen: list[tuple[dt.date, GymDays]], weeks: tuple[str, ...]) -> list[Session]:
    found: list[Session] = []
    for week, (monday, picked) in enumerate(chosen):
        trained = len({one.week for one in found if weeks[one.week] != DELOAD and not one.race})
        for n, day in enumerate(picked.days):
            date = monday + (day - 1) * DAY
            found.append(Session(date, week, n, len(picked.days), frame.want, trained, *race_ahead(frame.known, date)))
    return found


def _worked(lift: Lift, asked: Asked, sessions: list[Session]) -> Work:
    """An exercise over the weeks that hold it: a week without it, before a race, is no step of its load."""
    weeks = sorted({one.week for one in sessions if not (one.unloaded and lift.pattern in LOWER)})
    return work_of(lift, replace(asked, kinds=tuple(asked.kinds[week] for week in weeks)), weeks)


def _days(frame: _Frame, weeks: tuple[str, ...]) -> tuple[list[tuple[dt.date, GymDays]], dt.date | None, list[str]]:
    """The gym days of every week, the day of the re-test, and the weeks that hold fewer than two sessions."""
    chosen: list[tuple[dt.date, GymDays]] = []
    conflicts: list[str] = []
    retest, last = None, None
    for week, kind in enumerate(weeks):
        monday = frame.start + 7 * week * DAY
        testing = kind == DELOAD and week == len(weeks) - 1
        if testing:
            retest, found = retest_day(frame.known, monday, frame.want, last)
            conflicts += [] if found.days else [_no_days(frame.known, monday, found)]
        else:
            found = week_days(frame.known, monday, frame.want, last)
            if found.reason == NO_DAYS:
                found = week_days(frame.known, monday, 1, last, least=1)
                conflicts.append(_no_days(frame.known, monday, found))
        chosen.append((monday, found))
        last = monday + (found.days[-1] - 1) * DAY if found.days else last
    if retest is None and DELOAD in weeks:
        retest, said = _later_retest(frame, last)
        conflicts.append(said)
    return chosen, retest, conflicts


def _row(frame: _Frame, session: Session, kind: str, order: int, item: Item) -> dict[str, Any]:
    return {
        "week": session.week + 1, "kind": kind, "date": session.date, "block": frame.name,
        "session": f"Gym {SESSION_LETTERS[session.number]}", "exercise": item.exercise, "pattern": item.pattern,
        "order": order, "sets": item.sets, "reps_low": item.reps, "reps_high": item.reps, "load_kg": item.load_kg,
        "duration_s": item.duration_s, "rir": item.rir, "rest_s": item.rest_s, "tempo": item.tempo,
        "notes": item.notes or None, "kept": False,
    }  # fmt: skip


def _lines(
    frame: _Frame, asked: Asked, works: list[Work], chosen: list[Any], retest: dt.date | None
) -> tuple[str, ...]:
    said = [frame.policy.says, days_line(frame.known, chosen, frame.want), week_of_runs(frame.known, frame.start)]
    said += [safety_line(frame.answer)]
    if frame.race:
        said.append(
            f"The light week is the week of the race of {frame.race.date:%a %d %b}: the block is {frame.weeks} weeks."
        )
    if retest:
        said.append(f"Re-test on {retest:%a %d %b %Y}, rested, as the last time: same order, device and start.")
    if asked.emphasis == "sprint_transfer":
        said.append("Transfer: on two easy runs a week 4-6 strides of 15-20 s; on the quality day 4 x 30 m from a rolling start, full rest.")  # fmt: skip  # noqa: E501
    said += step_lines([work.lift for work in works])
    return (*(line for line in said if line), *(work.line for work in works))


def _finished(
    frame: _Frame, rows: pl.DataFrame, lines: tuple[str, ...], works: tuple[Work, ...], conflicts: tuple[str, ...],
    retest: dt.date | None, overrides: pl.DataFrame | None,
) -> Plan:  # fmt: skip
    block = frame.answer.block
    inside = block.log.plan.filter(pl.col("date").is_between(frame.start, frame.end))
    coach = coach_rows(overrides, inside, athlete=block.athlete)
    merged, kept, dropped = overlaid(rows, coach)
    said = [*(work.flag + "." for work in works if work.flag), *conflicts, *_coach_conflicts(merged, frame)]
    told = [f"Kept as the coach wrote them: {kept} rows; taken out by the coach: {dropped}."] if kept or dropped else []
    first = headline(frame.answer, frame.name, frame.weeks, frame.start, frame.end)
    return Plan(
        block.athlete, frame.name, frame.start, frame.end, frame.answer.decision.rule.action, merged,
        (first, *told, *lines), tuple(said), retest,
    )  # fmt: skip


def _coach_conflicts(rows: pl.DataFrame, frame: _Frame) -> list[str]:
    """The coach's rows stay; what speaks against their day is said."""
    found = []
    for day in rows.filter("kept")["date"].unique().sort():
        following = frame.known.kind(day + DAY)
        if not frame.start <= day <= frame.end:
            found.append(f"the coach's row of {day} lies outside the block; it was kept")
        elif following in HARD_RUNS:
            found.append(f"the coach's session of {day} is the day before {following}; it was kept")
    return found


def _no_plan(action: str, affected: tuple[str, ...]) -> str:
    if action == "refer_physio" and not affected:
        return "No plan: pain asks for a physiotherapist first, and which movements load the site is not known."
    return ""


def _no_days(known: Running, monday: dt.date, found: GymDays) -> str:
    week = ", ".join(f"{monday + n * DAY:%a} {known.kind(monday + n * DAY) or 'unknown'}" for n in range(7))
    room = f"only {monday + (found.days[0] - 1) * DAY:%a}" if found.days else "none at all"
    return f"the week from {monday:%d %b} holds no two gym days ({week}), {room}; no race or run was moved"


def _later_retest(frame: _Frame, last: dt.date | None) -> tuple[dt.date | None, str]:
    day = next_retest(frame.known, frame.end, last)
    where = f"it moves to {day:%a %d %b}" if day else "no day of the ten after it can"
    return day, f"the second half of the last light week cannot hold the re-test (races or quality runs): {where}"


def _extension(progression: Estimate) -> int:
    """Weeks by which failed jumps extend the block (methods C16)."""
    found = [part.value for part in progression.parts if part.what == load_progression.EXTENSION]
    return int(found[0] or 0) if found else 0


def _monday_after(day: dt.date) -> dt.date:
    return day + (7 - day.weekday()) * DAY


def _check(
    policy: Policy, weeks: int | None, every: int | None, days: int | None,
    plates: float | Mapping[str, float] | None, affected: tuple[str, ...],
) -> None:  # fmt: skip
    most = most_weeks(policy)
    steps = plates.values() if isinstance(plates, Mapping) else () if plates is None else (plates,)
    wrong = (
        (
            weeks is not None and not 1 <= weeks <= most,
            f"{weeks} weeks: say 1 to {most}, for more than 6 loading weeks in a row are too many",
        ),
        (every not in (None, 1, 2), f"a step every {every} weeks: say 1 or 2"),
        (days not in (None, 2, 3), f"{days} gym days a week: say 2 or 3"),
        (not set(affected) <= set(PATTERNS), f"affected {', '.join(affected)}: say {', '.join(PATTERNS)}"),
        (any(not 0 < step <= 50 for step in steps), "the step of the plates is a number of kg above 0, at most 50"),
    )
    for holds, words in wrong:
        if holds:
            raise PlanProblem(words)


def _plain(column: str) -> pl.Expr:
    """A number without the decimals that are zero."""
    return pl.col(column).round(2).cast(pl.String).str.replace(r"\.0$", "")


def _line(row: Mapping[str, Any]) -> str:
    amount = f"{row['reps_low']:g}" if row["reps_low"] is not None else f"{row['duration_s'] or 0:g} s"
    load = f" @ {row['load_kg']:.5g} kg" if row["load_kg"] is not None else ""
    rir = f", {row['rir']:g} in reserve" if row["rir"] is not None else ""
    tempo = f", tempo {row['tempo']}" if row["tempo"] else ""
    notes = f" - {row['notes']}" if row["notes"] else ""
    return " ".join(f"{row['order']}. {row['exercise']}: {row['sets']} x {amount}{load}{rir}{tempo}{notes}".split())
