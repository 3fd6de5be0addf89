"""The sentences of a plan: what it is, why these days, why these steps, what stops it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from analysis.guidance._plan_days import DAY, Running
from analysis.guidance._plan_lifts import Lift
from analysis.guidance._plan_work import POUND_KG
from analysis.guidance.answer import EMPHASES, Answer
from analysis.stats.gym_days import GymDays

SESSION_LETTERS: Final = "ABCDEFG"


def headline(answer: Answer, name: str, weeks: int, start: dt.date, end: dt.date) -> str:
    """Whose block it is, how long, and by which rule."""
    rule, emphasis = answer.decision.rule, EMPHASES[answer.decision.emphasis]
    more = f" Emphasis - {emphasis}." if emphasis else ""
    return (
        f"{answer.block.athlete}, block {name}: {weeks} week{'' if weeks == 1 else 's'},"
        f" {start:%a %d %b %Y} to {end:%a %d %b %Y}, by rule {rule.id} ({rule.action.replace('_', ' ')};"
        f" confidence {answer.decision.confidence}).{more}"
    )


def days_line(known: Running, chosen: Sequence[tuple[dt.date, GymDays]], want: int) -> str:
    """Why these days: those of the first week, and the rules that took out the others."""
    if not chosen:
        return ""
    monday, found = chosen[0]
    days = ", ".join(f"{monday + (day - 1) * DAY:%a}" for day in found.days) or "none"
    if not known.week_known(monday):
        return (
            f"Gym days {days}, the weekdays of the log: no calendar says which runs are easy. Check that none is the"
            " day before a quality run or a race; a calendar sheet (stridelift template calendar) lets the plan do it."
        )
    left_out = "; ".join(f"{monday + (day - 1) * DAY:%a} {why}" for day, why in found.why)
    fewer = (
        f" {want} were wanted; the running week leaves room for {len(found.days)}." if found.status == "caution" else ""
    )
    return f"Gym days of week 1: {days}.{fewer} Not: {left_out or 'none'}."


def week_of_runs(known: Running, start: dt.date) -> str:
    """The running week that the days were chosen from, and where it comes from."""
    ahead = [race for race in known.races if race.date >= start]
    if not ahead and not known.week_known(start):
        return ""
    week = ", ".join(f"{start + n * DAY:%a} {known.kind(start + n * DAY) or 'unknown'}" for n in range(7))
    told = any(start <= day < start + 7 * DAY for day in known.told)
    races = ", ".join(f"{race.date:%a %d %b} ({'A' if race.main else 'B'})" for race in ahead)
    source = "by the calendar" if told else "by the weekdays of the last weeks, since the calendar ends"
    runs = f"Runs of week 1 {source}: {week}." if known.week_known(start) else "Most runs of week 1 are not known."
    return runs + (f" Races: {races}." if races else "")


def safety_line(answer: Answer) -> str:
    """What ends a session, whatever the plan says."""
    unknown = f"{answer.body.pain_unknown}, so this plan does not know of any. " if answer.decision.pain_unknown else ""
    return f"{unknown}An exercise that hurts is left out that day; tell coach and physiotherapist."


def step_lines(lifts: Sequence[Lift]) -> list[str]:
    """The steps of the loads, as the log has them."""
    loaded = [lift for lift in lifts if lift.last_kg is not None or lift.e1rm_kg is not None]
    by_step: dict[str, list[str]] = {}
    for lift in loaded:
        step = f"{lift.step_kg / POUND_KG:g} lb ({lift.step_kg:.2f} kg)" if lift.pounds else f"{lift.step_kg:g} kg"
        by_step.setdefault(step, []).append(lift.raw)
    return [f"Loads in steps of {step}, as the log has them: {', '.join(names)}." for step, names in by_step.items()]
