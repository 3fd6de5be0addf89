"""Excel workbooks as rows of text. Formulas are never evaluated: a cell is the value that was saved with it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from analysis.importers import _extent
from analysis.importers import _limits as limits
from analysis.importers._archive import Archive
from analysis.importers._problem import ImportProblem

_AS_XLSX: Final = "a workbook as Excel, LibreOffice or Google Sheets saves it"
_ROOTS: Final = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")


def is_one(names: Iterable[str]) -> bool:
    """Whether an archive with these files is a workbook.

    >>> is_one(["[Content_Types].xml", "xl/workbook.xml"])
    True
    """
    return any(name in _ROOTS for name in names)


def sheets(name: str, data: bytes) -> dict[str, list[list[str]]]:
    """The sheets by name, each as rows of text; a date is `2026-03-01 00:00:00`, an empty cell the empty text."""
    import fastexcel

    if data.startswith(b"PK"):
        _refuse_a_bomb(Archive(name, data))
    try:
        book = fastexcel.read_excel(data)
        return {sheet: _rows(book, sheet, name) for sheet in book.sheet_names}
    except fastexcel.FastExcelError as error:
        reason = str(error).splitlines()[0]
        raise ImportProblem(f"{name} cannot be opened as a workbook ({reason})", _AS_XLSX, "save it again") from error


def as_csv(name: str, book: Mapping[str, Sequence[Sequence[str]]]) -> str:
    """The first sheet that holds anything, as CSV text: line n is row n of the sheet."""
    filled = [rows for rows in book.values() if any(any(row) for row in rows)]
    if not filled:
        raise ImportProblem(f"{name} is empty", "a sheet with a header and at least one row", "export it again")
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([[cell.replace("\n", " ").replace("\r", " ") for cell in row] for row in filled[0]])  # fmt: skip  # noqa: E501
    return text.getvalue()


def _rows(book: object, sheet: str, name: str) -> list[list[str]]:
    loaded = book.load_sheet(sheet, header_row=None, dtypes="string", skip_rows=0)  # type: ignore[attr-defined]
    if loaded.width > limits.columns():
        came = f"{name}, sheet {sheet}: {loaded.width:,} columns"
        raise ImportProblem(came, f"at most {limits.columns():,}", limits.raise_it("COLUMNS"))
    columns = loaded.available_columns()
    before = [""] * (columns[0].absolute_index if columns else 0)  # empty columns on the left, which it leaves out
    frame = loaded.to_polars()
    return [[*before, *("" if cell is None else str(cell) for cell in row)] for row in frame.iter_rows()]


def _refuse_a_bomb(archive: Archive) -> None:
    """A cell far out makes the reader reserve all cells before it: the parts are looked at before it sees them."""
    most = limits.size()
    if archive.unpacked_bytes > most:
        came = f"{archive.name} unpacks to {archive.unpacked_bytes:,} bytes"
        raise ImportProblem(came, f"at most {most:,}", limits.raise_it("BYTES"))
    if any(name.lower().endswith("workbook.bin") for name in archive.names):
        raise ImportProblem(f"{archive.name} is a binary workbook (.xlsb)", _AS_XLSX, "save it as .xlsx or CSV")
    cells = 0
    for member in archive.names:
        content = archive.read(member, most)
        if content.startswith((b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")):
            raise ImportProblem(f"{archive.name} holds XML that is not UTF-8 ({member})", _AS_XLSX, "save it again")
        cells += _extent.of_sheet(archive.name, content) if b"sheetData" in content else 0
        cells += _extent.of_tables(content) if member == "content.xml" else 0
    if cells > limits.cells():
        came = f"{archive.name} spans {cells:,} cells from its first to its last row and column"
        way_out = limits.raise_it("CELLS", "delete what stands far outside of the table")
        raise ImportProblem(came, f"at most {limits.cells():,}", way_out)
