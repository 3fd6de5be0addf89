"""The sets of a FIT file, and what its exercises are called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import polars as pl

from analysis.importers import _fit, _instants, _sets
from analysis.importers._raw import Context
from analysis.importers._recording import Recording, frame

UNNAMED: Final = "exercise not named"
_NOWHERE: Final = 65534  # the watch did not know the exercise
_ROWS: Final = {
    "session_no": pl.Int64, "source_row": pl.Int64, "moment": pl.Datetime("us"), "exercise_raw": pl.String,
    "exercise_id": pl.String, "set_type": pl.String, "reps": pl.Float64, "load_kg": pl.Float64, "load_raw": pl.String,
    "duration_s": pl.Float64, "rest_after_s": pl.Float64,
}  # fmt: skip


@dataclass(frozen=True)
class Exercises:
    """What the file itself says about its exercises: titles by (category, name), and the steps of the workout."""

    titles: dict[tuple[int | None, int | None], str]
    titles_by_index: dict[int, str]
    steps: dict[int, tuple[int | None, int | None]]

    def named(self, category: int | None, number: int | None, step: int | None) -> tuple[str, str | None]:
        """The name and the id of the exercise of a set; the step's title where the set does not contradict it."""
        planned = self.steps.get(step, (None, None)) if step is not None else (None, None)
        if category in (None, _NOWHERE) and planned[0] is not None:
            category, number = planned
        title = self.titles.get((category, number))
        if title is None and step is not None and not self.steps:
            title = self.titles_by_index.get(step)
        return title or readable(category, number), _id(category, number)


def readable(category: int | None, number: int | None) -> str:
    """The name of an exercise in the profile of FIT: that of its category where the exercise is not known.

    >>> readable(28, 6), readable(8, 999), readable(65534, None)
    ('barbell_back_squat', 'deadlift', 'fit category 65534')
    """
    from fitdecode.profile import FIELD_TYPES

    if category is None:
        return UNNAMED
    group = FIELD_TYPES["exercise_category"].enum.get(category)
    if group is None or category == _NOWHERE:
        return f"fit category {category}"
    known = FIELD_TYPES.get(f"{group}_exercise_name")
    return str(known.enum.get(number, group)) if known else str(group)


def exercises(fit: _fit.Fit) -> Exercises:
    """The titles and steps of a file."""
    titles: dict[tuple[int | None, int | None], str] = {}
    by_index: dict[int, str] = {}
    for one in fit.named("exercise_title"):
        title = one.text("wkt_step_name")
        if title:
            titles.setdefault((category(one, "exercise_category"), _whole(one, "exercise_name")), title)
            by_index[_whole(one, "message_index") or 0] = title
    steps = {
        _whole(one, "message_index") or 0: (category(one, "exercise_category"), _whole(one, "exercise_name"))
        for one in fit.named("workout_step")
    }
    return Exercises(titles, by_index, steps)


def category(one: _fit.Message, name: str) -> int | None:
    """The number of a category, of an array of guesses the first; fitdecode gives the word where there is one."""
    from fitdecode.profile import FIELD_TYPES

    word = one.fields.get(name)
    if isinstance(word, str):
        known: dict[int, str] = FIELD_TYPES["exercise_category"].enum
        return next((number for number, text in known.items() if text == word), None)
    return _whole(one, name)


def table(
    fit: _fit.Fit, read: Recording, sessions: pl.DataFrame, context: Context
) -> tuple[pl.DataFrame, list[int], dict[int, str]]:
    """The table `sets`, the rests that went into it, and the rests that follow no set."""
    rows, rests, alone = _rows(fit, _fit.starts_of(read))
    sets = frame(rows, _ROWS)
    offsets: list[timedelta | None] = sets.join(sessions, on="session_no", maintain_order="left")["offset"].to_list()
    days = _instants.local(sets["moment"].to_list(), context, offsets)
    whose = sessions.select("session_no", "session_id", "athlete", "date", "source", first_row="session_row")
    sets = sets.with_columns(days["start_local"], days["start_utc"].alias("started_utc"))
    sets = _sets.in_blocks(sets.join(whose, on="session_no", maintain_order="left"))
    bases = {
        "rep_basis": context.answer("unilateral_reps") or "unknown",
        "load_basis": context.answer("dumbbells") or "unknown",
    }
    sets = sets.with_columns(pl.lit(value).alias(name) for name, value in bases.items())
    return sets.with_columns(pl.lit(False).alias("assisted")), rests, alone


def _rows(fit: _fit.Fit, starts: list[datetime]) -> tuple[list[dict[str, Any]], list[int], dict[int, str]]:
    known = exercises(fit)
    rows: list[dict[str, Any]] = []
    rests: list[int] = []
    alone: dict[int, str] = {}
    for no, one in _in_time(fit.named("set"), starts):
        if one.text("set_type") != "rest":
            rows.append(_row(one, no, known))
        elif rows and rows[-1]["session_no"] == no:
            rest = one.number("duration")
            before = rows[-1]["rest_after_s"]
            rows[-1]["rest_after_s"] = before if rest is None else (before or 0) + rest
            rests.append(one.row)
        else:
            alone[one.row] = "rest before the first set"
    return rows, rests, alone


def _in_time(sets: list[_fit.Message], starts: list[datetime]) -> list[tuple[int, _fit.Message]]:
    """The sets with the number of their session, by start; those without one stay where they stand in the file."""
    keyed: list[tuple[int, datetime, _fit.Message]] = []
    last = starts[0] if starts else datetime.min  # noqa: DTZ901 - before any
    for one in sets:
        last = one.moment("start_time") or last
        keyed.append((_fit.session_no(last, starts), last, one))
    return [(no, one) for no, _, one in sorted(keyed, key=lambda entry: entry[:2])]


def _row(one: _fit.Message, no: int, known: Exercises) -> dict[str, Any]:
    name, number = known.named(
        category(one, "category"), _whole(one, "category_subtype"), _whole(one, "wkt_step_index")
    )
    load, length = one.number("weight"), one.number("duration")
    reps = one.number("repetitions")
    return {
        "session_no": no,
        "source_row": one.row,
        "moment": one.moment("start_time"),
        "exercise_raw": name,
        "exercise_id": number,
        "set_type": "work" if one.text("set_type") == "active" else "unknown",
        "reps": None if reps == 0 and length else reps,  # 0 beside a time: the watch did not count
        "load_kg": load,
        "load_raw": None if load is None else f"{load:g}",
        "duration_s": length,
        "rest_after_s": None,
    }


def _whole(one: _fit.Message, name: str) -> int | None:
    value = one.number(name)
    return None if value is None else int(value)


def _id(category: int | None, number: int | None) -> str | None:
    if category is None:
        return None
    return str(category) if number is None else f"{category}/{number}"
