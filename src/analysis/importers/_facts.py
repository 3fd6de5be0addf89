"""From the rows of a sheet to its facts: one text per column of ours, whatever the layout of the sheet.

Each layout is a list of views of a row. A long sheet has one view; a wide one a view per value column; blocks side by
side a view per block; a two-row header a view per name of its upper row.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from analysis.importers._cells import CellProblem
from analysis.importers._grid import Grid
from analysis.importers._header import fold
from analysis.importers._mapping import SheetMapping, constants

_VALUES: Final = {
    "sets": ("cell", "reps", "sets", "duration", "distance"), "trials": ("value",), "wellness": ("value",),
    "runs": ("distance", "duration", "moving"), "reps": ("value",),
    "streams": ("speed_m_s", "distance_m", "altitude_m", "heart_rate_bpm", "cadence_spm", "power_w"),
}  # fmt: skip
"""The columns of a table of which one at least must say something, or the row of the sheet is no fact."""
_CELLS: Final = {"sets": "cell", "runs": "distance"}
_NOT_DONE: Final = ("skipped", "planned")
_UNIT_OF: Final = {"load": "load_unit", "distance": "distance_unit", "duration": "duration_unit", "cell": "load_unit"}
_KNOWN_UNITS: Final = {
    "load_unit": ("kg", "kgs", "lb", "lbs"), "distance_unit": ("m", "km", "mi", "miles", "yd", "ft"),
    "duration_unit": ("s", "sec", "seconds", "min", "mins", "minutes", "h", "hours"),
}  # fmt: skip
_IN_HEADER: Final = re.compile(r"(?:[(\[]\s*([a-z]+)\.?\s*[)\]]|_([a-z]+))\s*$", re.IGNORECASE)
_TOTAL: Final = re.compile(r"\s*\(\d[\d.,]*\)$")
_IN_DISTANCE: Final = re.compile(r"(.*\d)\s*(m|km|mi|miles|yd|ft)\.?", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Fact:
    """What one view of one row says: our column -> the text of the cell."""

    row: int
    told: dict[str, str]
    view: int = 0


@dataclass(frozen=True)
class Facts:
    """The facts in the order of the sheet, the rows that hold none with the reason, and the columns that were used."""

    facts: list[Fact]
    ignored: dict[int, str]
    refused: dict[int, str]
    used: list[int]


@dataclass(frozen=True)
class _View:
    columns: Mapping[str, int]
    constants: Mapping[str, str]
    own: tuple[int, ...]
    readers: Mapping[str, str] = field(default_factory=dict)


def of(grid: Grid, mapping: SheetMapping) -> Facts:
    """The facts of a sheet."""
    shared, readers = _resolved(grid, mapping.of("columns"))
    views = _views(grid, mapping, shared, readers)
    for address in mapping.told("wide", "id_columns") or ():
        grid.column(address)
    rules = [(_place(grid, shared, key), key, text) for key, text in (mapping.told("ignore", "rows_where") or {}).items()]  # fmt: skip  # noqa: E501
    made = Facts([], dict.fromkeys(grid.blank, "blank"), dict(grid.refused), _used(views, rules))
    for row, cells in _filled(grid, mapping, shared):
        rule = next((key for at, key, text in rules if _fits(text, cells[at])), None)
        if rule is not None:
            made.ignored[row] = f"rows_where {rule} of the mapping"
            continue
        _read(row, cells, views, mapping, made)
    if mapping.layout in ("blocks", "two_row_header"):  # a block is read from top to bottom, then the one beside it
        made.facts.sort(key=lambda fact: fact.view)
    return made


def _read(row: int, cells: list[str], views: list[_View], mapping: SheetMapping, made: Facts) -> None:
    found, skipped = [], False
    for nth, view in enumerate(views):
        try:
            told = _told(view, cells, mapping)
        except CellProblem as problem:
            made.refused[row] = str(problem)
            return
        skipped |= told is not None and told.get("status") in _NOT_DONE
        if told is not None and told.get("status") not in _NOT_DONE:
            found.append(Fact(row, told, nth))
    made.facts.extend(found)
    if not found:
        made.ignored[row] = "skipped or planned" if skipped else "no value"


def _told(view: _View, cells: list[str], mapping: SheetMapping) -> dict[str, str] | None:
    """What a view says of a row: cells before constants; None where its own columns hold nothing."""
    words, nulls = mapping.of("values"), {token.casefold() for token in mapping.told("defaults", "null_tokens") or ()}
    seen = {}
    for name, at in view.columns.items():
        text = "" if cells[at].casefold() in nulls else cells[at]
        seen[name] = _word(words.get(name, {}), text)
    own = [name for name, at in view.columns.items() if at in view.own]
    if view.own and not any(seen[name] for name in own):
        return None
    told = {**view.constants, **{name: text for name, text in seen.items() if text}}
    if view.readers.get("load") == "load_or_distance":
        told = _load_or_distance(told)
    if mapping.told("cell", "label_total") and "exercise" in told:
        told["exercise"] = _TOTAL.sub("", told["exercise"])
    status = told.get("status", "done").casefold()
    if status not in ("done", "failed", *_NOT_DONE):
        raise CellProblem(f"status {status!r} cannot be read: say [values.status]")
    told["status"] = status
    return _dated(told, mapping)


def _word(words: Mapping[str, str], text: str) -> str:
    if not words:
        return text
    folded = {key.strip().casefold(): new for key, new in words.items()}
    return folded.get(text.casefold(), text)


def _load_or_distance(told: dict[str, str]) -> dict[str, str]:
    found = _IN_DISTANCE.fullmatch(told.get("load", ""))
    if not found:
        return told
    return {**{k: v for k, v in told.items() if k != "load"}, "distance": found[1], "distance_unit": found[2]}


def _dated(told: dict[str, str], mapping: SheetMapping) -> dict[str, str]:
    """The day of a column of weeks, counted from the first week."""
    if mapping.told("wide", "week_from") != "week_number":
        return told
    first, days = mapping.told("wide", "first_week"), mapping.told("wide", "days") or {}
    week, day = told.get("week", ""), told.get("day")
    number = re.search(r"\d+", week)
    if first is None or number is None:
        raise CellProblem(f"week {week!r} cannot be read: say [wide] first_week, and (?P<week>...) in value_columns")
    after = _word({name: str(n) for name, n in days.items()}, day) if day is not None else "0"
    if day is not None and after not in map(str, days.values()):
        raise CellProblem(f"day {day!r} cannot be read: say [wide] days")
    try:
        at = first + dt.timedelta(days=7 * (int(number[0]) - 1) + int(after))
    except (OverflowError, ValueError):
        raise CellProblem(f"week {week!r} cannot be read") from None
    return {**told, "date": at.isoformat()}


def _resolved(grid: Grid, columns: Mapping[str, Any]) -> tuple[dict[str, int], dict[str, str]]:
    places = {name: grid.column(to if isinstance(to, str) else to[0]) for name, to in columns.items()}
    return places, {name: to[1] for name, to in columns.items() if isinstance(to, list)}


def _views(grid: Grid, mapping: SheetMapping, shared: dict[str, int], readers: dict[str, str]) -> list[_View]:
    base = constants(mapping.of("constants"))
    if mapping.layout in ("wide_sets", "wide_weeks"):
        views = _wide(grid, mapping, shared, base)
    elif mapping.layout == "blocks":
        views = []
        for block in mapping.sections["blocks"]:
            own, own_readers = _resolved(grid, block.get("columns", {}))
            told = {**base, **constants(block.get("constants", {}))}
            views.append(_View({**shared, **own}, told, _deciding(mapping, own), {**readers, **own_readers}))
    elif mapping.layout == "two_row_header":
        views = _grouped(grid, mapping, shared, base)
    elif mapping.of("measures"):
        views = [_measured(grid, mapping, shared, base, header) for header in mapping.of("measures")]
    else:
        views = [_View(shared, base, _deciding(mapping, shared), readers)]
    return [_with_units(grid, mapping, view) for view in views]


def _deciding(mapping: SheetMapping, columns: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(at for name, at in columns.items() if name in _VALUES[mapping.table])


def _wide(grid: Grid, mapping: SheetMapping, shared: dict[str, int], base: dict[str, str]) -> list[_View]:
    wide = mapping.of("wide")
    told = wide["value_columns"]
    places = [at for address in ([told] if isinstance(told, str) else told) for at in grid.columns(address)]
    places = [at for at in dict.fromkeys(places) if at not in shared.values()]
    if not places:
        raise mapping.problem(f"[wide] value_columns {told!r} fits no column of {grid.file}", "columns with values")
    filled = wide.get("cell_is", _CELLS.get(mapping.table, "value"))
    views = []
    for at in places:
        named = re.search(told[3:], grid.headers[at]) if isinstance(told, str) and told.startswith("re:") else None
        words = mapping.of("values")
        groups = named.groupdict() if named else {}
        parts = {name: _word(words.get(name, {}), text) for name, text in groups.items() if text}
        if wide.get("week_from") == "header_date":
            parts.setdefault("date", grid.headers[at])
        if "header_is" in wide:
            parts[wide["header_is"]] = _word(words.get(wide["header_is"], {}), grid.headers[at])
        views.append(_View({**shared, filled: at}, {**base, **parts}, (at,)))
    return views


def _grouped(grid: Grid, mapping: SheetMapping, shared: dict[str, int], base: dict[str, str]) -> list[_View]:
    """A view per name of the upper header row, and per repetition of the lower names below it."""
    groups = mapping.of("groups")
    told = groups["names"]
    names = [name for name in dict.fromkeys(grid.uppers) if name and _is_group(told, name)]
    if not names:
        there = ", ".join(filter(None, dict.fromkeys(grid.uppers)))
        raise mapping.problem(f"[groups] names {told!r} fits no name of the upper row", there)
    for header in groups.get("columns", {}).values():
        if fold(header) not in map(fold, grid.lowers):
            raise mapping.problem(
                f"[groups] columns names {header!r}", f"one of: {', '.join(filter(None, grid.lowers))}"
            )
    key, words = groups.get("name_is"), mapping.of("values")
    views = []
    for name in names:
        below = [at for at, upper in enumerate(grid.uppers) if upper == name and at not in shared.values()]
        named = groups.get("columns", {}).items()
        lower = {column: [at for at in below if fold(grid.lowers[at]) == fold(header)] for column, header in named}
        parts = {key: _word(words.get(key, {}), name)} if key else {}
        for n in range(max(map(len, lower.values()), default=0)):
            own = {
                column: at[n] if n < len(at) else at[0] for column, at in lower.items() if n < len(at) or len(at) == 1
            }
            views.append(_View({**shared, **own}, {**base, **parts}, _deciding(mapping, own)))
    return views


def _is_group(told: str | list[str], name: str) -> bool:
    return bool(re.search(told[3:], name)) if isinstance(told, str) else name in told


def _measured(grid: Grid, mapping: SheetMapping, shared: dict[str, int], base: dict[str, str], header: str) -> _View:
    """A view of one column with a measure of its own (`[measures]`)."""
    told = mapping.of("measures")[header]
    key = "item" if mapping.table == "wellness" else "measure"
    parts = constants(told) if isinstance(told, dict) else {key: str(told)}
    at = grid.column(header)
    return _View({**shared, "value": at}, {**base, **parts}, (at,))


def _with_units(grid: Grid, mapping: SheetMapping, view: _View) -> _View:
    """The view with the unit of each quantity as [units] says, else as the header says."""
    said = {grid.column(address): unit for address, unit in mapping.of("units").items()}
    units = {}
    for name, at in view.columns.items():
        column = _UNIT_OF.get(name, "")
        found = _IN_HEADER.search(grid.headers[at])
        in_header = (found[1] or found[2]).casefold() if found else ""
        in_header = in_header if in_header in _KNOWN_UNITS.get(column, ()) else ""
        unit = said.get(at, in_header)
        if in_header and in_header[:2] != unit[:2]:
            raise mapping.problem(f"[units] says {unit} for {grid.headers[at]!r}", "the unit of the header")
        if column and unit and column not in view.constants:
            units[column] = unit
    return _View(view.columns, {**units, **view.constants}, view.own, view.readers)


def _place(grid: Grid, shared: Mapping[str, int], key: str) -> int:
    return shared[key] if key in shared else grid.column(key)


def _used(views: Iterable[_View], rules: Iterable[tuple[int, str, str]]) -> list[int]:
    return sorted({at for view in views for at in view.columns.values()} | {at for at, _, _ in rules})


def _fits(told: str, text: str) -> bool:
    return bool(re.search(told[3:], text)) if told.startswith("re:") else told.casefold() == text.casefold()


def _filled(grid: Grid, mapping: SheetMapping, shared: Mapping[str, int]) -> Iterable[tuple[int, list[str]]]:
    """The rows with the columns of [fill] down filled from above, as merged cells leave them."""
    down = [_place(grid, shared, name) for name in mapping.told("fill", "down") or ()]
    last: dict[int, str] = {}
    for row, cells in grid.rows:
        for at in down:
            last[at] = cells[at] or last.get(at, "")
        yield row, [last.get(at, text) for at, text in enumerate(cells)] if down else cells
