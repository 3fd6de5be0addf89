"""The sheet of refused rows, corrected by hand: the rows go back into the file that they came from.

`stridelift rejected --out rejected.csv` writes the sheet; its column `raw` is corrected in an editor or a spreadsheet
and the sheet is imported again. Each file of which a row was corrected is then read anew with the corrected rows in
their places, by its own importer and with its own answers, so that nothing is judged by other rules than before.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Final, NamedTuple

import polars as pl

from analysis.importers import _header
from analysis.importers._formulas import unmarked
from analysis.importers._problem import ImportProblem
from analysis.importers._source import Source, from_bytes

COLUMNS: Final[_header.Synonyms] = {name: (name,) for name in ("import", "file", "line", "reason", "raw")}
NEEDED: Final = ("import", "line", "raw")


class Corrected(NamedTuple):
    """One row of the sheet: the import and the line it was refused in, and its text now."""

    import_seq: int
    line: int
    text: str


def is_sheet(source: Source) -> bool:
    """Whether a file is the sheet of refused rows."""
    found = _header.layout(source.head, COLUMNS) if source.kind in ("text", "workbook") else None
    return found is not None and found.has(*COLUMNS)


def rows(source: Source) -> list[Corrected]:
    """The rows of the sheet. Raises ImportProblem where import or line, by which a row is found, is no number."""
    table = _header.table(source, _header.layout(source.head, COLUMNS), COLUMNS, NEEDED)
    if table.refused.height:
        row, reason = table.refused.row(0)
        came = f"{source.name}, line {row}: {reason}"
        raise ImportProblem(came, "every text with a comma in quotes", "correct the row")
    digits = (pl.col(name).str.strip_chars().str.strip_suffix(".0") for name in NEEDED[:2])
    numbers = table.frame.select(text.cast(pl.Int64, strict=False) for text in digits)
    wrong = table.frame.filter(numbers.select(pl.any_horizontal(pl.all().is_null())).to_series())
    if wrong.height:
        first = wrong.row(0, named=True)
        came = f"{source.name}, line {first['source_row']}: import {first['import']!r}, line {first['line']!r}"
        raise ImportProblem(came, "the numbers that the sheet came with", "correct only the column raw")
    found = zip(numbers["import"], numbers["line"], table.frame["raw"], strict=True)
    return [Corrected(seq, line, unmarked(text)) for seq, line, text in found]


def corrected(name: str, data: bytes, before: Mapping[int, str], now: Mapping[int, str]) -> Source:
    """The file with the rows of `now` in place of those of `before`, both by the line on which they begin.

    Raises ImportProblem for a file that has no lines (JSON, XML, FIT, a workbook).
    """
    source = from_bytes(name, data)
    if source.kind != "text":
        came = f"{name} is not a text of lines, so its rows cannot be corrected in the sheet"
        raise ImportProblem(came, "a CSV export", "correct the row in the app, export again and import that")
    lines = _lines(source.text)
    for line in sorted(now, reverse=True):
        height = len(_lines(before[line])) or 1
        end = lines[line - 1 + height - 1][len(lines[line - 1 + height - 1].rstrip("\r\n")) :]
        lines[line - 1 : line - 1 + height] = [now[line] + end]
    return from_bytes(name, "".join(lines).encode())


def _lines(text: str) -> list[str]:
    """The physical lines as rows are counted: a form feed or another separator inside a text ends none."""
    return io.StringIO(text, newline="").readlines()
