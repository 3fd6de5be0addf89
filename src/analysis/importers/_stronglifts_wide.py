"""StrongLifts' export of 2015 to 2018: one row per workout, its exercises side by side, to one row per set."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from analysis.importers import _header
from analysis.importers._problem import ImportProblem
from analysis.importers._raw import Context, refusals
from analysis.importers._source import Head, Source
from analysis.importers._stronglifts_sets import SCHEMA, Opened
from analysis.importers._text import Records, cut_off, parse
from analysis.importers._units import factor_of

_MANGLED: Final = re.compile(r"(?:\.\d+|_duplicated_\d+)$")
_EXERCISE: Final = re.compile(r"exercise\d+")
_SET: Final = re.compile(r"set\d+")
_NUMBER: Final = re.compile(r"-?\d*(?:[.,]\d+)?")
_MASS: Final = re.compile(r"([\d.,]+)\s*([a-z]*)", re.IGNORECASE)
_SKIPPED: Final = ("-", "–")
_BEFORE: Final = {
    "date": "date", "note": "note", "notes": "note", "workout": "title", "bodyweight": "mass",
    "bodyweightkg": "mass_kg", "bodyweightlb": "mass_lb",
}  # fmt: skip
_WEIGHTS: Final = {"weightkg": "kg", "weightlb": "lb"}


@dataclass(frozen=True)
class _Wide:
    """The header: the columns before the first exercise, and for each exercise where its columns stand."""

    delimiter: str
    before: dict[str, int]
    exercises: tuple[dict[str, int], ...]
    width: int

    @property
    def weights(self) -> tuple[str, ...]:
        """The units in the order in which the columns of an exercise give them."""
        return tuple(name for name in self.exercises[0] if name in _WEIGHTS.values())


def claims(head: Head) -> bool:
    """Whether the header goes on from `Exercise 1` with its weights and sets."""
    return _header_of(head) is not None


def opened(source: Source, context: Context) -> Opened:
    """Split the file, and every row into the sets of its exercises; `context` may say which of two weights counts."""
    wide = _needed(source)
    records = parse(source.name, source.text, wide.delimiter)
    header = next(i for i in range(len(records.widths)) if i not in records.blank)
    rows = [i for i in range(header + 1, len(records.widths)) if i not in records.blank]
    if not rows:
        raise ImportProblem(f"{source.name} has a header and no rows", "at least one row", "export it again")
    _refuse_cut_off(source.name, records, rows)
    sets: list[dict[str, Any]] = []
    refused, ignored, n_skipped = {}, {i: "blank" for i in records.blank if i > header}, 0
    for i in rows:
        cells = records.fields[records.offsets[i] : records.offsets[i] + records.widths[i]]
        pieces = _pieces(wide, cells)
        if pieces is None:
            refused[records.starts[i]] = "its fields do not line up with the header"
            continue
        told = _told(wide, cells, records.starts[i])
        done, skipped = _sets_of(pieces, told, context.answer("unit"))
        n_skipped += skipped
        if not done:
            ignored[i] = "skipped" if skipped else "no_sets"
        sets += done
    frame = pl.DataFrame(sets, schema=SCHEMA)
    n_read = len(records.widths) - header - 1
    found = _header.Layout(wide.delimiter, {**wide.before, "load_unit": -1}, wide.width, tuple(wide.before))
    table = _header.Table(records, frame, refusals(refused), refusals(), n_read)
    return Opened(found, table, frame, None, {records.starts[i]: why for i, why in ignored.items()}, n_skipped)


def _header_of(head: Head) -> _Wide | None:
    for delimiter in _header.DELIMITERS:
        names = [_header.fold(_MANGLED.sub("", cell.strip())) for cell in head.first_record(delimiter)]
        starts = [at for at, name in enumerate(names) if _EXERCISE.fullmatch(name)]
        if not starts:
            continue
        before = {_BEFORE[name]: at for at, name in enumerate(names[: starts[0]]) if name in _BEFORE}
        ends = [*starts[1:], len(names)]
        exercises = tuple(_columns(names, start, end) for start, end in zip(starts, ends, strict=True))
        if "date" in before and all("set1" in e and ("kg" in e or "lb" in e) for e in exercises):
            return _Wide(delimiter, before, exercises, len(names))
    return None


def _needed(source: Source) -> _Wide:
    wide = _header_of(source.head)
    if wide is None:
        first = source.head.first_line[:120]
        came = f"{source.name} has neither `Set 1 (Reps)` nor `Exercise 1`; its first line is {first!r}"
        raise ImportProblem(came, "a header of StrongLifts", "export again, or name another --vendor")
    return wide


def _columns(names: list[str], start: int, end: int) -> dict[str, int]:
    known = {_WEIGHTS.get(names[at], names[at]): at for at in range(start + 1, end)}
    kept = {name: at for name, at in known.items() if name in _WEIGHTS.values() or _SET.fullmatch(name)}
    return {"exercise": start, **kept}


def _refuse_cut_off(file: str, records: Records, rows: list[int]) -> None:
    """Rows are ragged by nature; shorter than any other and without a line end, the last one was cut off."""
    if len(rows) > 1 and not records.ended and records.widths[rows[-1]] < min(records.widths[i] for i in rows[:-1]):
        raise cut_off(f"{file} ends inside the row of line {records.starts[rows[-1]]}")


def _pieces(wide: _Wide, cells: list[str]) -> list[tuple[str, dict[str, str], list[str]]] | None:
    """The exercises of a row: name, weights by unit, sets. None where names and numbers do not stand in their places.

    A row that does not line up with the header (an exercise with fewer set columns than its header) is read by its
    own cells: a text begins an exercise, the numbers after it are its weights and its sets.
    """
    by_header = []
    for columns in wide.exercises:
        texts = {name: _cell(cells, at) for name, at in columns.items()}
        name = texts.pop("exercise")
        weights = {unit: texts.pop(unit) for unit in _WEIGHTS.values() if unit in texts}
        by_header.append((name, weights, list(texts.values())))
    lines_up = all(_is_name(name) and _are_numbers([*weights.values(), *sets]) for name, weights, sets in by_header)
    if lines_up and not any(cell.strip() for cell in cells[wide.width :]):
        return [piece for piece in by_header if piece[0]]
    return _by_cells(wide, cells[wide.exercises[0]["exercise"] :])


def _by_cells(wide: _Wide, cells: Sequence[str]) -> list[tuple[str, dict[str, str], list[str]]] | None:
    pieces: list[tuple[str, dict[str, str], list[str]]] = []
    at = 0
    while at < len(cells):
        name = cells[at].strip()
        end = next((i for i in range(at + 1, len(cells)) if not _are_numbers([cells[i]])), len(cells))
        if name and not _is_name(name):
            return None
        if name:
            weights = {unit: _cell(cells, at + 1 + i) for i, unit in enumerate(wide.weights)}
            pieces.append((name, weights, [cell.strip() for cell in cells[at + 1 + len(weights) : end]]))
            at = end
        else:
            at += 1
    return pieces


def _cell(cells: Sequence[str], at: int) -> str:
    return cells[at].strip() if at < len(cells) else ""


def _is_name(text: str) -> bool:
    return not text or not _are_numbers([text])


def _are_numbers(texts: Sequence[str]) -> bool:
    return all(text.strip() in _SKIPPED or _NUMBER.fullmatch(text.strip()) for text in texts)


def _told(wide: _Wide, cells: list[str], row: int) -> dict[str, Any]:
    """What all sets of a workout share."""
    here = {name: _cell(cells, at) for name, at in wide.before.items()}
    columns = {"mass_kg": "kg", "mass_lb": "lb"}
    mass, unit = next(((here[name], of) for name, of in columns.items() if here.get(name)), ("", ""))
    found = _MASS.fullmatch(here.get("mass", ""))
    if found:
        mass, unit = found[1], found[2]
    return {
        "moment": here["date"], "title": here.get("title", ""), "workout_notes": here.get("note", ""), "notes": "",
        "hours": "", "mass": mass, "mass_unit": unit.lower(), "mass_factor": factor_of("unit", unit),
        "workout_no": str(row), "source_row": row,
    }  # fmt: skip


def _sets_of(
    pieces: list[tuple[str, dict[str, str], list[str]]], told: dict[str, Any], unit: str | None
) -> tuple[list[dict[str, Any]], int]:
    """The sets of a workout, and how many were skipped.

    Where a weight stands in kg and in lb, one is what was lifted and the other is rounded to plates: the unit of the
    body weight decides, else the answer of the user, else kg.
    """
    sets: list[dict[str, Any]] = []
    skipped = 0
    for n, (name, weights, reps) in enumerate(pieces):
        filled = {u: weight for u, weight in weights.items() if weight}
        chosen = next((u for u in (told["mass_unit"], unit, *filled) if u in filled), "")
        shared = {**told, "exercise_raw": name, "piece": 1000 * told["source_row"] + n}
        shared |= {"load": filled.get(chosen, ""), "load_unit": chosen}
        done = [count for count in reps if count and count not in _SKIPPED]
        skipped += sum(count in _SKIPPED for count in reps)
        sets += [shared | {"reps": count} for count in done]
    return [{name: value for name, value in one.items() if name in SCHEMA} for one in sets], skipped
