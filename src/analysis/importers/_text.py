"""Bytes to records: decoding, delimiters, and CSV with the physical line and the verbatim text of every record.

A physical line ends at CR, LF or CRLF, also inside quotes, as an editor counts them. A record is what Python's `csv`
reads; its `source_row` is the line on which it begins.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any, Final

import numpy as np
import polars as pl

from analysis.importers import _limits as limits
from analysis.importers._problem import ImportProblem
from analysis.tables._runs import by_run

_AS_CSV: Final = "a text file (CSV) as the app or the spreadsheet exports it"
_PIECE: Final = 1 << 20


@dataclass(frozen=True)
class Records:
    """The records of a CSV text: all fields in one flat list, the width and the physical lines of each record."""

    fields: list[str]
    widths: list[int]
    ends: list[int]
    lines: list[str]

    @cached_property
    def starts(self) -> list[int]:
        """The physical line, from 1, on which each record begins."""
        return [1, *(end + 1 for end in self.ends[:-1])]

    @cached_property
    def offsets(self) -> list[int]:
        """Where each record begins in `fields`."""
        return [0, *accumulate(self.widths[:-1])]

    @cached_property
    def blank(self) -> set[int]:
        """The records that hold nothing but delimiters and spaces."""
        places = enumerate(zip(self.offsets, self.widths, strict=True))
        bare = [(i, at, width) for i, (at, width) in places if not width or not self.fields[at].strip()]
        return {i for i, at, width in bare if not any(field.strip() for field in self.fields[at : at + width])}

    @cached_property
    def ended(self) -> bool:
        """Whether the last record has a line end."""
        return self.lines[-1].endswith(("\n", "\r"))

    def column(self, at: int, rows: np.ndarray[Any, np.dtype[np.integer[Any]]]) -> pl.Expr:
        """The texts of field `at` of these records (each has that many fields)."""
        offsets, fields = self.offsets, self.fields
        return pl.lit(pl.Series([fields[offsets[row] + at] for row in rows.tolist()], dtype=pl.String))

    def raw(self, rows: Iterable[int]) -> list[str]:
        """The verbatim text of the records that begin on the physical lines `rows`, without the line end."""
        rows = list(rows)
        ends = dict(zip(self.starts, self.ends, strict=True)) if rows else {}
        return ["".join(self.lines[row - 1 : ends[row]]).rstrip("\r\n") for row in rows]


def decode(name: str, data: bytes) -> tuple[str, str]:
    """Text and encoding: by byte order mark, else UTF-8, else UTF-16 by its zero bytes, else Windows-1252.

    >>> decode("a.csv", "Réps".encode("cp1252"))
    ('Réps', 'cp1252')
    """
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            if encoding != "utf-8-sig" or error.reason != "unexpected end of data":
                continue
            raise cut_off(f"{name} ends inside a letter") from error
        if "\x00" in text:
            break
        if not text.strip("\ufeff \t\r\n,;"):
            raise ImportProblem(f"{name} is empty", "a header and at least one row", "export it again")
        return text.removeprefix("\ufeff"), encoding.removesuffix("-sig")
    raise ImportProblem(f"{name} is not text (binary data or an unknown encoding)", _AS_CSV, "save it as CSV in UTF-8")


def is_utf8(data: bytes) -> bool:
    r"""Whether `decode` reads these bytes as UTF-8, found out without making one long text of them; False if in doubt.

    >>> is_utf8("Réps".encode()), is_utf8("Réps".encode("cp1252")), is_utf8(b" \n")
    (True, False, False)
    """
    if b"\x00" in data or not data[:_PIECE].strip(b"\xef\xbb\xbf \t\r\n,;"):
        return False
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for at in range(0, 0 if data.isascii() else len(data), _PIECE):
            decoder.decode(data[at : at + _PIECE], final=at + _PIECE >= len(data))
    except UnicodeDecodeError:
        return False
    return True


def _encodings(data: bytes) -> tuple[str, ...]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    if data[1:400:2].count(0) > 0.4 * len(data[1:400:2]):
        return ("utf-16-le",)
    if data[0:400:2].count(0) > 0.4 * len(data[0:400:2]):
        return ("utf-16-be",)
    return ("utf-8-sig", "cp1252")


def parse(name: str, text: str, delimiter: str) -> Records:
    """Split a text into records; a text that ends inside a quoted field is an ImportProblem, not a shorter log."""
    lines = io.StringIO(text, newline="").readlines()
    fields: list[str] = []
    widths: list[int] = []
    ends: list[int] = []
    reader = csv.reader(lines, delimiter=delimiter)
    widest = limits.columns()
    try:
        for record in reader:
            fields += record
            widths.append(len(record))
            ends.append(reader.line_num)
            if len(record) > widest:
                came = f"{name} has {len(record):,} columns in line {reader.line_num}"
                raise ImportProblem(came, f"at most {widest:,}", limits.raise_it("COLUMNS"))
    except csv.Error as error:
        came = f"{name} cannot be split into fields near line {reader.line_num} ({error})"
        raise ImportProblem(came, "every quote that opens a field closes it", "export the file again") from error
    most = limits.rows()
    if len(widths) > most:
        raise ImportProblem(f"{name} has {len(widths):,} rows", f"at most {most:,}", limits.raise_it("ROWS"))
    last = ends[-2] if len(ends) > 1 else 0
    if _open_quote(lines[last:], delimiter):
        raise cut_off(f"{name} ends inside a quoted field that begins on line {last + 1}")
    return Records(fields, widths, ends, lines)


def cut_off(how: str) -> ImportProblem:
    """The problem of a file whose end is missing: what came before it is not the whole log, so nothing is loaded."""
    return ImportProblem(f"{how}: the file is cut off", "a complete export", "export or download the file again")


def _open_quote(record: list[str], delimiter: str) -> bool:
    """Whether a line after the last record would become a part of it."""
    return len(list(csv.reader([*record, ""], delimiter=delimiter))) == 1


def per_value(texts: pl.Series, function: Callable[[str], Any], dtype: type[pl.DataType]) -> pl.Series:
    """`function` of every text, called once per distinct text; None stays null.

    >>> per_value(pl.Series(["a", "bb", "a"]), len, pl.Int64).to_list()
    [1, 2, 1]
    """
    return by_run(texts, lambda heads: _per_distinct(heads, function, dtype))


def once(values: pl.Series) -> pl.Expr:
    """The values as a column; one and the same value is not stored again for every row.

    >>> pl.DataFrame({"a": [1, 2]}).with_columns(once(pl.Series(["x", "x"])).alias("b"))["b"].to_list()
    ['x', 'x']
    """
    return pl.lit(values[0], values.dtype) if values.len() and values.n_unique() == 1 else pl.lit(values)


def _per_distinct(texts: pl.Series, function: Callable[[str], Any], dtype: type[pl.DataType]) -> pl.Series:
    distinct = texts.unique()
    if distinct.is_empty():
        return pl.Series(texts.name, dtype=dtype)
    new = pl.Series(texts.name, [None if t is None else function(t) for t in distinct], dtype=dtype)
    if new.n_unique() == 1:
        return new.new_from_index(0, texts.len())
    return texts.replace_strict(distinct, new, return_dtype=dtype)
