"""The plan's rows of a block beside what was done: names, days, and why a planned session was not done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from analysis.exercises import annotate
from analysis.metrics._audits import WEEK, of_one
from analysis.tables import SET_LIMITS
from analysis.transforms import PREPARATION, between, loading

NO_REASON: Final = "no reason recorded"
_MAX_SETS: Final = 100
_REASONS: Final = ("travel", "race", "rest", "other")  # kinds of the calendar that may keep somebody from the gym


@dataclass(frozen=True)
class Planned:
    """Rows of the plan that are load: `date, week, session, name, pattern, sets, low_kg, high_kg`; null: not told."""

    rows: pl.DataFrame
    undated: pl.DataFrame

    def sets(self, rows: pl.DataFrame | None = None) -> tuple[int, bool]:
        """Sets that rows ask for at least (one where the number is missing), and whether every number is told."""
        asked = pl.concat([self.rows, self.undated]) if rows is None else rows
        return int(asked["sets"].fill_null(1).sum()), not asked["sets"].null_count()


@dataclass(frozen=True)
class Days:
    """Planned days by what became of them: done, moved to another day of the week, or not done."""

    done: list[dt.date]
    moved: dict[dt.date, dt.date]
    missed: list[dt.date]
    without_sets: list[dt.date]  # planned days whose session was recorded, on that day or another, without its sets


def planned(plan: pl.DataFrame, sets: pl.DataFrame, who: str, start: dt.date, end: dt.date) -> Planned:
    """The plan of one athlete: rows of the days from `start` to `end`, and rows without a day. No preparation.

    An exercise is named as the athlete's own sets name it, else as the catalogue does, else as it is written.
    """
    own = of_one(plan, who, sets)
    known = [frame.select("exercise_raw", "exercise", "pattern") for frame in (sets, annotate(own["exercise_raw"].unique()))]  # fmt: skip  # noqa: E501
    names = pl.concat(known).unique("exercise_raw", keep="first", maintain_order=True)
    rows = own.join(names, on="exercise_raw", how="left", maintain_order="left")
    rows = rows.filter(pl.col("pattern").fill_null("") != PREPARATION).with_columns(
        name(),
        pl.col("date").dt.truncate("1w").alias("week"),
        pl.when(pl.col("sets").is_between(1, _MAX_SETS)).then("sets").alias("sets"),
        *(_possible(c, SET_LIMITS["reps"]) for c in ("reps_low", "reps_high")),
        _possible("load_kg", SET_LIMITS["load_kg"]),
    )
    kg = pl.col("sets") * pl.col("load_kg")
    rows = rows.select(
        "date", "week", "session", "name", "pattern", "sets",
        (kg * pl.coalesce("reps_low", "reps_high")).alias("low_kg"),
        (kg * pl.coalesce("reps_high", "reps_low")).alias("high_kg"),
    )  # fmt: skip
    inside = pl.col("date").is_between(start, end).fill_null(value=False)
    return Planned(rows.filter(inside).sort("date", maintain_order=True), rows.filter(pl.col("date").is_null()))


def done(sets: pl.DataFrame, start: dt.date, end: dt.date) -> pl.DataFrame:
    """The working sets from `start` to `end` that are load: `date, week, name, pattern, kg` (as it is written)."""
    kg = pl.when(pl.col("load_kg") > 0).then(pl.col("load_kg") * pl.col("reps"))
    rows = loading(between(sets, start, end)).with_columns(name(), kg.alias("kg"))
    return rows.select("date", pl.col("date").dt.truncate("1w").alias("week"), "name", "pattern", "kg")


def name() -> pl.Expr:
    """The catalogue's exercise, else the name as written, in small letters."""
    return pl.coalesce("exercise", pl.col("exercise_raw").str.strip_chars().str.to_lowercase()).alias("name")


def days_of(asked: Planned, sets: pl.DataFrame, sessions: pl.DataFrame | None) -> Days:
    """What became of the planned days: an unplanned gym session counts for the nearest open day of its week."""
    days, with_sets = set(asked.rows["date"]), set(sets["date"])
    logged = [] if sessions is None else sessions.filter(pl.col("kind").cast(pl.String) == "strength")["date"].to_list()
    trained = with_sets | set(logged)
    pairs = [(day, to) for day in days - trained for to in trained - days if _monday(day) == _monday(to)]
    moved: dict[dt.date, dt.date] = {}
    for day, to in sorted(pairs, key=lambda pair: (abs(pair[0] - pair[1]), pair)):  # the nearest first
        if day not in moved and to not in moved.values():
            moved[day] = to
    kept = sorted(days & trained)
    without = [day for day, held_on in ({day: day for day in kept} | moved).items() if held_on not in with_sets]
    return Days(kept, dict(sorted(moved.items())), sorted(days - trained - moved.keys()), sorted(without))


def reasons(day: dt.date, complaints: pl.DataFrame | None, calendar: pl.DataFrame | None) -> str:
    """What is recorded of a day that may have kept the athlete from the gym; never guessed."""
    said = [*_complaints(day, complaints), *_entries(day, calendar)]
    return ", ".join(dict.fromkeys(said)) or NO_REASON


def _complaints(day: dt.date, complaints: pl.DataFrame | None) -> Iterator[str]:
    if complaints is None:
        return
    lasting = pl.col("until").is_null() | (pl.col("until") >= day)
    changed = pl.col("training_changed").fill_null(value=True)  # said to have changed nothing: no reason
    rows = complaints.filter((pl.col("date") <= day) & lasting & changed).sort("date")
    for row in rows.select(pl.col("kind", "body_part", "side").cast(pl.String)).iter_rows(named=True):
        side = row["side"] if row["side"] in ("left", "right") else None
        where = " ".join(word for word in (side, row["body_part"]) if word)
        yield f"{row['kind']} ({where})" if where else str(row["kind"])


def _entries(day: dt.date, calendar: pl.DataFrame | None) -> Iterator[str]:
    if calendar is None:
        return
    rows = calendar.filter(pl.col("date") == day).select(pl.col("kind", "title").cast(pl.String))
    for kind, title in rows.filter(pl.col("kind").is_in(_REASONS)).iter_rows():
        if kind == "other" and title:
            yield title
        elif kind != "other":
            yield f"{kind} ({title})" if title else kind


def substitutions(asked: pl.DataFrame, sets: pl.DataFrame) -> Iterator[tuple[dt.date, str, str]]:
    """Week, planned exercise without a set in it, and one of the same pattern that was done without being planned."""
    for week in asked["week"].unique().sort():
        wanted, had = (_patterns(frame.filter(pl.col("week") == week)) for frame in (asked, sets))
        spare = {own: pattern for own, pattern in had.items() if own not in wanted}
        for exercise, pattern in wanted.items():
            alike = [own for own, other in spare.items() if other == pattern and pattern not in (None, "unmapped")]
            if exercise not in had and alike:
                del spare[alike[0]]
                yield week, exercise, alike[0]


def _patterns(rows: pl.DataFrame) -> dict[str, Any]:
    return dict(rows.select("name", "pattern").unique().sort("name").iter_rows())


def in_order(days: Iterable[dt.date]) -> str:
    """Days as people read them."""
    return ", ".join(f"{day.day} {day:%b}" for day in days)


def _monday(day: dt.date) -> dt.date:
    return day - day.weekday() * WEEK / 7


def _possible(column: str, top: float) -> pl.Expr:
    return pl.when((pl.col(column) > 0) & (pl.col(column) <= top)).then(column).alias(column)
