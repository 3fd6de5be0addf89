"""StrongLifts' current export: one row per exercise, its sets side by side, to one row per set."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import polars as pl

from analysis.importers import _durations, _header
from analysis.importers._source import Head, Source
from analysis.units import LB_KG

_MOST_SETS: Final = 60
_UNITS: Final = {"kg": ("KG",), "lb": ("LB", "LBS")}
_COLUMNS: Final[_header.Synonyms] = {
    "date": ("Date (yyyy/mm/dd)", "Date"),
    "workout_no": ("Workout",),
    "title": ("Workout Name",),
    "mass_kg": ("Body Weight (KG)",),
    "mass_lb": ("Body Weight (LB)", "Body Weight (LBS)"),
    "exercise_raw": ("Exercise",),
    "marks": ("Sets×Reps", "SetsxReps"),
    "spans": ("Sets×Time", "SetsxTime"),
    "hours": ("Duration (hours)",),
    "start": ("Start Time (h:mm)", "Start Time"),
    "notes": ("Notes", "Note"),
}
_SETS: Final[_header.Synonyms] = {
    f"{what}_{n}": tuple(f"Set {n} ({word})" for word in words)
    for n in range(1, _MOST_SETS + 1)
    for what, words in {"reps": ("Reps",), **_UNITS}.items()
}
_NEEDED: Final = ("date", "exercise_raw", "reps_1")
_UNIFORM: Final = re.compile(r"(\d+)\s*[x×*]\s*(.+)", re.IGNORECASE)
SCHEMA: Final = {
    **dict.fromkeys(
        ("moment", "workout_no", "title", "hours", "workout_notes", "exercise_raw", "notes", "reps", "duration_s",
         "load", "load_unit", "mass"), pl.String),
    "mass_factor": pl.Float64, "source_row": pl.Int64, "piece": pl.Int64,
}  # fmt: skip
"""The columns of a set as both generations of the export give it; `piece` numbers the exercises of the file."""


@dataclass(frozen=True)
class Opened:
    """An export taken apart: one row per set, the rows of the file without any, and how many sets were skipped."""

    found: _header.Layout
    table: _header.Table
    sets: pl.DataFrame
    load_unit: str | None
    ignored: dict[int, str]
    skipped: int


def claims(head: Head) -> bool:
    """Whether the header has `Set 1 (Reps)` beside `Set 1 (KG)` or `Set 1 (LB)`."""
    found = _header.layout(head, {**_COLUMNS, **_SETS})
    return found.has(*_NEEDED) and (found.has("kg_1") or found.has("lb_1"))


def opened(source: Source) -> Opened:
    """Split the file, and every row into its sets."""
    synonyms = {**_COLUMNS, **_SETS}
    found = _header.layout(source.head, synonyms)
    there = {name: synonyms[name] for name in synonyms if name in _COLUMNS or found.has(name)}
    table = _header.table(source, found, there, _NEEDED)
    rows = _with_notes(table.frame)
    sets: list[dict[str, Any]] = []
    ignored: dict[int, str] = {}
    n_skipped = 0
    for row in rows.iter_rows(named=True):
        done, skipped = _sets_of(row)
        n_skipped += skipped
        if not done:
            ignored[row["source_row"]] = "skipped" if skipped else "no_sets"
        sets += [_told(row) | one for one in done]
    units = [unit for unit in _UNITS if any(found.has(f"{unit}_{n}") for n in range(1, _MOST_SETS + 1))]
    if len(units) > 1:  # each set says its own
        found = replace(found, positions={**found.positions, "load_unit": -1})
    frame = pl.DataFrame(sets, schema=SCHEMA)
    return Opened(found, table, frame, units[0] if len(units) == 1 else None, ignored, n_skipped)


def _with_notes(rows: pl.DataFrame) -> pl.DataFrame:
    """A note that every row of a workout repeats belongs to the workout, another one to its exercise."""
    workout = ("date", "start", "workout_no", "title")
    note = pl.col("notes").str.strip_chars()
    shared = (note.n_unique() == 1).over(workout)
    return rows.with_columns(
        pl.when(shared).then(note).otherwise(pl.lit("")).alias("workout_notes"),
        pl.when(shared).then(pl.lit("")).otherwise(note).alias("notes"),
    )


def _told(row: dict[str, Any]) -> dict[str, Any]:
    """What all sets of a row share."""
    mass, factor = (row["mass_kg"], 1.0) if row["mass_kg"].strip() else (row["mass_lb"], LB_KG)
    return {
        **{name: row[name] for name in ("workout_no", "title", "hours", "workout_notes", "notes", "source_row")},
        "exercise_raw": row["exercise_raw"].strip(),
        "moment": f"{row['date']} {row['start']}".strip(),
        "mass": mass,
        "mass_factor": factor,
        "piece": row["source_row"],
    }


def _sets_of(row: dict[str, Any]) -> tuple[list[dict[str, Any]], int]:
    """The sets of a row that were done, and how many were skipped: the marks say which zeros are failed sets."""
    cells = [(n, reps) for n in range(1, _MOST_SETS + 1) if (reps := row.get(f"reps_{n}", "")).strip()]
    marks, spans = row["marks"].strip(), row["spans"].strip()
    skips = _skips(spans or marks, len(cells))
    done = [cell for cell, skip in zip(cells, skips, strict=True) if not skip]
    if not spans or marks:
        return [{"reps": reps, **_load(row, n)} for n, reps in done], sum(skips)
    lengths = _lengths(spans)
    if not cells:
        return [{"duration_s": str(length), **_load(row, n)} for n, length in enumerate(lengths, 1) if length], 0
    by_text = dict(enumerate(lengths, 1)) if len(lengths) == len(cells) else {}
    return [{"duration_s": str(by_text.get(n) or reps), **_load(row, n)} for n, reps in done], sum(skips)


def _skips(marks: str, n: int) -> list[bool]:
    """For each of n sets whether it was skipped: `5/5/-/5/5`, or a word without any digit for all of them.

    >>> _skips("5/0/-", 3), _skips("3×5", 3), _skips("Skipped", 2), _skips("5/-", 3)
    ([False, False, True], [False, False, False], [True, True], [False, False, False])
    """
    if marks and not any(letter.isdigit() for letter in marks):
        return [True] * n
    parts = [part.strip() for part in marks.split("/")]
    return [part in ("-", "–") for part in parts] if len(parts) == n else [False] * n


def _lengths(spans: str) -> list[float | None]:
    """The seconds of each set: `3×30s`, `30s/45s/-`.

    >>> _lengths("2×1:00"), _lengths("30s/-")
    ([60.0, 60.0], [30.0, None])
    """
    uniform = _UNIFORM.fullmatch(spans)
    if uniform:
        return [_durations.seconds(uniform[2])] * min(int(uniform[1]), _MOST_SETS)
    return [_durations.seconds(part) for part in spans.split("/")]


def _load(row: dict[str, Any], n: int) -> dict[str, str]:
    loads: Iterator[tuple[str, str]] = ((unit, row.get(f"{unit}_{n}", "")) for unit in _UNITS)
    unit, load = next(((unit, load) for unit, load in loads if load.strip()), ("", ""))
    return {"load": load, "load_unit": unit}
