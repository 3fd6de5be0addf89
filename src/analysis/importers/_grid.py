"""A sheet of one's own as rows of text under addressable columns: CSV or one sheet of a workbook.

A column is addressed by its header, by header and occurrence where headers repeat (`weekly#2`), or by its place
(`col:3`, `col:C`), which a sheet without a header needs. Of two header rows the upper one is filled to the right, as
merged cells leave it, and the name is `upper / lower`.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from analysis.importers import _text
from analysis.importers._header import fold
from analysis.importers._mapping import SheetMapping
from analysis.importers._numbers import counted
from analysis.importers._problem import ImportProblem
from analysis.importers._raw import Items, RowText
from analysis.importers._source import Source

JOINED: Final = " / "
_DELIMITERS: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_OCCURRENCE: Final = re.compile(r"(.*\S)\s*#(\d{1,3})", re.DOTALL)
_PLACE: Final = re.compile(r"col:(\d{1,4}|[A-Za-z]{1,3})(?:-(\d{1,4}|[A-Za-z]{1,3}))?")
_NO_DAY: Final = re.compile(r"1899-12-3[01] (?=\d\d:)")  # how a workbook stores a time without a day
_MIDNIGHT: Final = re.compile(r"(\d{4}-\d\d-\d\d) 00:00:00")  # and a day without a time


@dataclass(frozen=True)
class Grid:
    """The rows below the header, the header itself, and what cannot be a row. `uppers` is empty with one header row."""

    file: str
    headers: list[str]
    uppers: list[str]
    lowers: list[str]
    rows: list[tuple[int, list[str]]]
    records: RowText
    refused: dict[int, str]
    blank: list[int]
    n_read: int
    workbook: bool
    decisions: dict[str, str]

    def columns(self, address: str) -> list[int]:
        """The places of the columns that an address names; ImportProblem where there is none."""
        place = _PLACE.fullmatch(address.strip())
        if place:
            first, last = (_number(part or place[1]) for part in place.groups())
            if 1 <= first <= last <= len(self.headers):
                return list(range(first - 1, last))
            raise self._missing(address)
        if address.startswith("re:"):
            return [at for at, header in enumerate(self.headers) if re.search(address[3:], header)]
        return [self.column(address)]

    def column(self, address: str) -> int:
        """The place of the one column that an address names."""
        if _PLACE.fullmatch(address.strip()):
            return self.columns(address)[0]
        found = self._named(address)
        nth = _OCCURRENCE.fullmatch(address.strip())
        if not found and nth:
            found = self._named(nth[1])
            if not 1 <= int(nth[2]) <= len(found):
                raise self._missing(address)
            return found[int(nth[2]) - 1]
        if not found:
            raise self._missing(address)
        if len(found) > 1:
            came = f"{self.file} has the header {address!r} {len(found)} times"
            said = " or ".join(f'"{address}#{n}"' for n in range(1, len(found) + 1))
            raise ImportProblem(came, "one column for each name of the mapping", f"say which: {said}")
        return found[0]

    def address(self, at: int) -> str:
        """How the mapping file addresses this column."""
        header = self.headers[at]
        same = self._named(header) if header and not header.startswith(("re:", "col:")) else []
        name = header if len(same) == 1 else f"{header}#{same.index(at) + 1}" if at in same else ""
        return name if name and self.column(name) == at else f"col:{at + 1}"

    @property
    def fingerprint(self) -> str:
        """The folded header as a hash: the same for a sheet that only has more rows."""
        folded = "\x1f".join(fold(header) for header in self.headers)
        return "blake2b:" + hashlib.blake2b(folded.encode(), digest_size=16).hexdigest()

    def _named(self, name: str) -> list[int]:
        exact = [at for at, header in enumerate(self.headers) if header == name.strip()]
        key = fold(name)
        return exact or [at for at, header in enumerate(self.headers) if key and fold(header) == key]

    def _missing(self, address: str) -> ImportProblem:
        there = ", ".join(header or f"col:{at + 1}" for at, header in enumerate(self.headers))[:300]
        return ImportProblem(f"{self.file} has no column {address!r}", f"one of: {there}", "correct the mapping file")


def opened(source: Source, mapping: SheetMapping) -> Grid:
    """The grid of a file by its mapping; ImportProblem where the file does not fit."""
    match = mapping.of("match")
    grid = grid_of(
        source, match.get("sheet"), match.get("delimiter") or _delimiter(source, mapping), match.get("skip_rows", 0),
        match.get("header_rows", 1),
    )  # fmt: skip
    told = match.get("fingerprint")
    if told is not None and told != grid.fingerprint:
        came = f"{source.name} has another header than the mapping was made for ({grid.fingerprint}, not {told})"
        raise ImportProblem(came, "the sheet of this mapping", "check the columns, then correct [match] fingerprint")
    return grid


def grid_of(source: Source, sheet: str | None, delimiter: str, skip: int, header_rows: int) -> Grid:
    """The rows of a CSV text or of a sheet; `delimiter` is not used for a workbook."""
    if source.kind not in ("text", "workbook"):
        came = f"{source.name} is {source.kind}, not a sheet"
        raise ImportProblem(came, "CSV or a workbook", "import it without --mapping")
    if source.kind == "workbook":
        sheet, cells = _sheet(source, sheet)
        starts, widths = list(range(1, len(cells) + 1)), [len(row) for row in cells]
        records: RowText = Items([_line(row) for row in cells])
        decisions = {"sheet": sheet}
    else:
        parsed = _text.parse(source.name, source.text, delimiter)
        places = zip(parsed.offsets, parsed.widths, strict=True)
        cells = [parsed.fields[at : at + width] for at, width in places]
        records, starts, widths = parsed, parsed.starts, parsed.widths
        decisions = {"encoding": source.encoding, "delimiter": _DELIMITERS[delimiter]}
    cells = [[_cell(text, workbook=source.kind == "workbook") for text in row] for row in cells]
    width = max(widths[skip : skip + header_rows] if header_rows else widths, default=0)
    uppers, lowers = _headers(source.name, cells[skip : skip + header_rows], width, header_rows)
    body = [(start, row) for start, row in zip(starts, cells, strict=True)][skip + header_rows :]
    if not body:
        raise ImportProblem(f"{source.name} has no rows below its header", "at least one row", "check header_rows")
    rows, refused = _fitting(body, width, strict=header_rows > 0)
    joined = [JOINED.join(filter(None, names)) for names in zip(uppers, lowers, strict=True)] if uppers else lowers
    blank = [start for start, row in body if not any(row)]
    workbook = source.kind == "workbook"
    return Grid(
        source.name, joined, uppers, lowers, rows, records, refused, blank, len(body), workbook, decisions
    )  # fmt: skip


def _sheet(source: Source, told: str | None) -> tuple[str, list[list[str]]]:
    filled = {name: rows for name, rows in source.sheets.items() if any(any(row) for row in rows)}
    if told is None and len(filled) == 1:
        return next(iter(filled.items()))
    if told in filled:
        return str(told), filled[str(told)]
    came = f"{source.name} has no filled sheet {told!r}" if told else f"{source.name} has {len(filled)} filled sheets"
    raise ImportProblem(came, f"one of: {', '.join(filled)}", "name it in [match] sheet")


def _cell(text: str, *, workbook: bool) -> str:
    text = text.replace("\u00a0", " ").strip()
    if workbook:
        text = _MIDNIGHT.sub(r"\1", _NO_DAY.sub("", text))
    return text


def _line(row: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(row)
    return out.getvalue()


def _headers(file: str, top: list[list[str]], width: int, told: int) -> tuple[list[str], list[str]]:
    """The names of the upper header row (empty where there is one row) and of the lower one."""
    if told == 0:
        return [], [""] * width
    if len(top) < told or not any(any(row) for row in top):
        raise ImportProblem(f"{file} has a blank header", "names above the columns", "check skip_rows and header_rows")
    padded = [[" ".join(text.split()) for text in row] + [""] * (width - len(row)) for row in top]
    uppers: list[str] = []
    for row in padded[:-1]:
        filled = [next((text for text in row[at::-1] if text), "") for at in range(width)]
        uppers = [JOINED.join(filter(None, pair)) for pair in zip(uppers, filled, strict=True)] if uppers else filled
    return uppers, padded[-1]


def _fitting(body: list[tuple[int, list[str]]], width: int, *, strict: bool) -> tuple[list[tuple[int, list[str]]], dict[int, str]]:  # fmt: skip  # noqa: E501
    """The rows of the header's width (a shorter one where there is no header), and why the others are none."""
    rows, refused = [], {}
    for start, row in body:
        if not any(row):
            continue
        if any(row[width:]) or (strict and len(row) < width):
            refused[start] = f"has {counted(len(row), 'field')}, the header has {width}"
            continue
        rows.append((start, row[:width] + [""] * (width - len(row))))
    return rows, refused


def _delimiter(source: Source, mapping: SheetMapping) -> str:
    """The delimiter under which the header holds the most names of the mapping, then the one that splits the most."""
    if source.kind != "text":
        return ","
    named = {fold(text.split("#", maxsplit=1)[0].split(JOINED)[-1]) for text in _addresses(mapping.sections)}
    return delimiter_of(source, named)


def delimiter_of(source: Source, named: set[str]) -> str:
    """The delimiter whose first records hold the most of these folded names, then the most and evenest fields."""

    def fit(delimiter: str) -> tuple[int, int, int]:
        records = source.head.first_records(delimiter, 20)
        known = sum(fold(cell) in named for record in records[:10] for cell in record)
        widths = [len(record) for record in records]
        return known, widths.count(max(widths, default=0)) if max(widths, default=0) > 1 else 0, sum(widths)

    return max(_DELIMITERS, key=fit)


def _addresses(section: Any) -> list[str]:
    if isinstance(section, dict):
        return [text for value in section.values() for text in _addresses(value)] + [str(key) for key in section]
    if isinstance(section, list):
        return [text for value in section for text in _addresses(value)]
    return [section] if isinstance(section, str) else []


def _number(place: str) -> int:
    """The number of a column, from 1, by number or by letters.

    >>> _number("3"), _number("C"), _number("AA")
    (3, 3, 27)
    """
    if place.isdigit():
        return int(place)
    number = 0
    for letter in place.upper():
        number = 26 * number + ord(letter) - ord("A") + 1
    return number
