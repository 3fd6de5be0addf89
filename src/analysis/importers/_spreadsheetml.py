"""Excel 2003 XML (SpreadsheetML): its sheets as rows of text, with the cells where `ss:Index` puts them.

Such a file leaves out empty cells and rows; what follows a gap says its number. Reading the cells one after the other
would shift the columns.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any, Final

from analysis.importers import _limits as limits
from analysis.importers import _workbook, _xml
from analysis.importers._problem import ImportProblem
from analysis.importers._source import Head, Source

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_SPACE: Final = "urn:schemas-microsoft-com:office:spreadsheet"
_FIRST_ROW: Final = re.compile(r"<(?:\w+:)?Row\b.*?</(?:\w+:)?Row>", re.DOTALL)
_DATA: Final = re.compile(r"<(?:\w+:)?Data\b[^<>]*>([^<>]*)</", re.DOTALL)


def is_one(head: Head) -> bool:
    """Whether the beginning of an XML file is that of such a workbook."""
    return head.kind == "xml" and _SPACE in head.text and "<Worksheet" in head.text


def first_row(head: Head) -> list[str]:
    """The texts of the first row, to know the file by; gaps are not looked at."""
    found = _FIRST_ROW.search(head.text)
    return [html.unescape(text).strip() for text in _DATA.findall(found[0])] if found else []


def sheets(source: Source) -> dict[str, list[list[str]]]:
    """The sheets by name, each as rows of text of one width; a row that the file leaves out is empty."""
    found = enumerate(_xml.all_named(_xml.root(source), "Worksheet"), 1)
    return {_attribute(sheet, "Name") or f"sheet {n}": _rows(source.name, sheet) for n, sheet in found}


def as_text(source: Source) -> Source:
    """The first sheet that holds anything as a CSV file of the same name: line n is row n of the sheet."""
    text = _workbook.as_csv(source.name, sheets(source))
    return Source(source.name, "text", source.original, text.encode())


def _rows(file: str, sheet: Element) -> list[list[str]]:
    rows: list[list[str]] = []
    filled = width = 0
    for row in _xml.all_named(sheet, "Row"):
        _fill(file, rows, row, limits.rows(), "rows")
        cells: list[str] = []
        for cell in (child for child in row if _xml.local_name(child.tag) == "Cell"):
            _fill(file, cells, cell, limits.columns(), "columns")
            data = next((child for child in cell if _xml.local_name(child.tag) == "Data"), None)
            merged = _number(file, cell, "MergeAcross", limits.columns()) or 0
            cells += ["" if data is None else "".join(data.itertext()).strip(), *[""] * merged]
        rows.append(cells)
        filled, width = filled + bool(cells), max(width, len(cells))
        if filled * width > limits.cells():
            came = f"{file} spans more than {limits.cells():,} cells"
            raise ImportProblem(came, "a table without gaps of thousands of cells", limits.raise_it("CELLS"))
    return [row + [""] * (width - len(row)) if row else row for row in rows]


def _fill(file: str, before: list[Any], element: Element, most: int, what: str) -> None:
    """Add the empty rows or cells up to the number that the file gives the next one."""
    index = _number(file, element, "Index", most)
    if index is not None and index <= len(before):
        came = f"{file} puts two {what} at number {index}"
        raise ImportProblem(came, f"{what} in rising order", "export it again")
    if len(before) >= most:
        raise ImportProblem(f"{file} has more than {most:,} {what}", f"at most {most:,}", limits.raise_it(what.upper()))
    empty: Any = [] if what == "rows" else ""
    before += [empty] * ((index or len(before) + 1) - 1 - len(before))


def _number(file: str, element: Element, name: str, most: int) -> int | None:
    text = _attribute(element, name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and int(text[:9]) <= most and len(text) < 10):
        raise ImportProblem(f"{file} has ss:{name} {text[:20]!r}", f"a number up to {most:,}", "export it again")
    return int(text)


def _attribute(element: Element, name: str) -> str | None:
    return next((value for key, value in element.attrib.items() if _xml.local_name(key) == name), None)
