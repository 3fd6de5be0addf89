"""What `stridelift template` writes: a sheet as CSV or as a workbook with lists to choose from, or a TOML file.

A cell of the workbook is text or a number, never a formula or a link; columns of dates and words are text, so that a
spreadsheet leaves `2026-03-02` and `6-8` as they are.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import dataframely as dy

from analysis import _cli_import, exercises, importers, own_tests
from analysis.importers import ImportProblem
from analysis.tables import FACTS

STDOUT: Final = Path("-")
TESTS, RULES = "tests", "rules"
TOML: Final = {
    TESTS: (own_tests.FILE, "tests are defined in a TOML file"),
    RULES: ("rules.toml", "the decision table is a TOML file"),
}
ROWS: Final = 2_000  # rows that have lists and text format
CELL_LIST: Final = 255  # characters of a list that fits into the cell's own rule; longer ones stand on a second sheet
_TABLES: Final = {"retest": "trials", "aliases": "exercise_aliases"}
_CREATED: Final = dt.datetime(2026, 1, 1)  # noqa: DTZ001 - the same sheet has the same bytes on every day
_SAFE: Final = {
    "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
}  # fmt: skip


_NEXT: Final = {
    TESTS: "replace the examples by your tests; re-test sheets and blocks sheets may then name them",
    RULES: "change what you decide otherwise; beside the logbook it is used by every report and plan",
}


class SheetFormat(StrEnum):
    """Kinds of sheets."""

    csv = "csv"
    xlsx = "xlsx"


def text_of(kind: str, logbook: Path) -> str:
    """The text of a template: a sheet with example rows, or a TOML file."""
    if kind != RULES:
        return _cli_import.template_text(kind, logbook)
    from analysis.guidance import rules  # half a second, and only here

    return rules.built_in()


def what_next(kind: str, path: Path) -> str:
    """What to do with the file that was written."""
    return _NEXT.get(kind, f"replace the example rows, then: stridelift import {path}")


def sheet(kind: str, text: str, logbook: Path, out: Path | None, wanted: SheetFormat | None) -> tuple[Path, bytes]:
    """Where the template goes and what it holds; `wanted` goes before the ending of `out`.

    Raises ImportProblem where the two do not go together.
    """
    by_name = SheetFormat.xlsx if out is not None and out.suffix.lower() == ".xlsx" else SheetFormat.csv
    chosen = wanted or by_name
    if kind in TOML:
        file, said = TOML[kind]
        if wanted or by_name is SheetFormat.xlsx:
            raise ImportProblem(said, f"no --format, and a name such as {file}", "leave it out")
        return out or logbook.with_name(file), text.encode()
    if chosen is SheetFormat.csv:
        return out or Path(f"{kind}.csv"), text.encode()
    if out == STDOUT:
        raise ImportProblem("a workbook cannot be printed", "a file", f"name one: --out {kind}.xlsx")
    return out or Path(f"{kind}.xlsx"), workbook(kind, text)


def workbook(kind: str, text: str) -> bytes:
    """The sheet as XLSX: a header that stays in sight, the rows, and lists where a column takes fixed words."""
    import xlsxwriter

    rows = list(csv.reader(io.StringIO(text)))
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, dict(_SAFE))
    book.set_properties({"created": _CREATED})
    page, words = book.add_worksheet(kind), book.add_format({"num_format": "@"})
    heading = book.add_format({"bold": True, "num_format": "@"})
    schema = FACTS[_TABLES.get(kind, kind)][0].columns()
    for at, name in enumerate(rows[0]):
        column = schema.get(name)
        is_text = isinstance(column, dy.String | dy.Date | dy.Enum)
        widest = max(len(row[at]) for row in rows if at < len(row))
        page.set_column(at, at, min(max(widest + 2, 9), 40), words if is_text else None)
        page.write_string(0, at, name, heading)
        for line, row in enumerate(rows[1:], 1):
            _write(page, line, at, row[at], words if is_text else None)
    page.freeze_panes(1, 0)
    _add_lists(book, page, kind, rows[0])
    book.close()
    return data.getvalue()


def choices(kind: str) -> dict[str, tuple[tuple[str, ...], bool]]:
    """The words that a column of a sheet takes, and whether it takes no others."""
    module = next(m for m in importers.vendors().values() if getattr(m, "KIND", None) == kind)
    found: dict[str, tuple[tuple[str, ...], bool]] = {}
    for name, column in FACTS[_TABLES.get(kind, kind)][0].columns().items():
        if isinstance(column, dy.Enum):
            found[name] = (tuple(column.categories), True)
        elif isinstance(column, dy.Bool):
            found[name] = (("yes", "no"), True)
    opened: dict[str, Sequence[str]] = getattr(module, "CHOICES", {})
    if kind == "aliases":
        opened = {"exercise": exercises.catalogue()["exercise"].to_list()}
    return found | {name: (tuple(some), False) for name, some in opened.items()}


def _write(page: Any, line: int, at: int, cell: str, words: Any) -> None:
    try:
        value = None if words is not None else float(cell)
    except ValueError:
        value = None
    if value is not None:
        page.write_number(line, at, value)
    elif cell:
        page.write_string(line, at, cell, words)


def _add_lists(book: Any, page: Any, kind: str, header: list[str]) -> None:
    """A list to choose from in every column of fixed words; where others are allowed, they are not refused."""
    more = None
    for at, name in enumerate(header):
        some, closed = choices(kind).get(name, ((), False))
        if not some:
            continue
        source: Any = list(some)
        if len(",".join(some)) > CELL_LIST:
            more = more or book.add_worksheet("choices")
            more.write_column(0, at, some)
            letter = _letter(at)
            source = f"=choices!${letter}$1:${letter}${len(some)}"
        page.data_validation(1, at, ROWS, at, {"validate": "list", "source": source, "show_error": closed})


def _letter(at: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(at))
