"""Bytes to records: decoding, delimiters, and CSV with the physical line and the verbatim text of every record.

A physical line ends at CR, LF or CRLF, also inside quotes, as an editor counts them. A record is what Python's `csv`
reads; its `source_row` is the line on which it begins.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from typing import Any, Final

import numpy as np
import polars as pl

from analysis.importers import _limits as limits
from analysis.importers import _quotes
from analysis.importers._problem import ImportProblem
from analysis.tables._runs import by_run

_AS_CSV: Final = "a text file (CSV) as the app or the spreadsheet exports it"
_PIECE: Final = 1 << 20


@dataclass(frozen=True)
class Records:
    """The records of a CSV text: all fields in one flat list, the width and the physical lines of each record.

    `lone` are the lines on which a lone quotation mark was read as text.
    """

    fields: list[str]
    widths: list[int]
    ends: list[int]
    lines: list[str]
    lone: tuple[int, ...] = ()

    @cached_property
    def starts(self) -> list[int]:
        """The physical line, from 1, on which each record begins."""
        return [1, *(end + 1 for end in self.ends[:-1])]

    @cached_property
    def offsets(self) -> list[int]:
        """Where each record begins in `fields`."""
        return [0, *accumulate(self.widths[:-1])]

    @cached_property
    def bare(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Of each record, whether it holds nothing but delimiters and spaces."""
        filled = np.cumsum([0, *(field != "" and not field.isspace() for field in self.fields)])
        offsets, widths = np.asarray(self.offsets, np.int64), np.asarray(self.widths, np.int64)
        return np.asarray(filled[offsets + widths] == filled[offsets])

    @cached_property
    def blank(self) -> set[int]:
        """The records that hold nothing but delimiters and spaces."""
        return set(np.flatnonzero(self.bare).tolist())

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
    """Split a text into records; a text that ends inside a quoted field is an ImportProblem, not a shorter log.

    A lone quotation mark, which would swallow the rows up to the next one, is read as the text that it is.
    """
    lines = io.StringIO(text, newline="").readlines()
    feed = list(lines)
    found = Records([], [], [], lines)
    lone: list[int] = []
    one_line: set[int] = set()
    while True:
        torn = _read(name, feed, delimiter, found, one_line)
        if torn is None:
            torn = _last(name, feed, delimiter, found, one_line, others=bool(lone))
        if torn is None:
            break
        at = _quotes.opened(feed[torn], delimiter)
        feed[torn] = _quotes.as_text(feed[torn], at or 0, delimiter)
        lone.append(torn + 1)
    most = limits.rows()
    if len(found.widths) > most:
        raise ImportProblem(f"{name} has {len(found.widths):,} rows", f"at most {most:,}", limits.raise_it("ROWS"))
    return replace(found, lone=tuple(dict.fromkeys(lone)))


def _read(name: str, feed: list[str], delimiter: str, found: Records, one_line: set[int]) -> int | None:
    """Add the records that follow those found; stops before a line with a lone quotation mark and tells its place.

    `one_line` collects the widths of the records on one line.
    """
    fields, widths, ends = found.fields, found.widths, found.ends
    first = before = ends[-1] if ends else 0
    reader = csv.reader(map(feed.__getitem__, range(first, len(feed))), delimiter=delimiter)
    widest = limits.columns()
    try:
        for record in reader:
            end, width = first + reader.line_num, len(record)
            if end - before == 1:
                if width > 1 and width not in one_line:
                    one_line.add(width)
            elif _is_lone(name, feed[before:end], before, delimiter, one_line, width):
                return before
            if width > widest:
                came = f"{name} has {width:,} columns in line {end}"
                raise ImportProblem(came, f"at most {widest:,}", limits.raise_it("COLUMNS"))
            fields += record
            widths.append(width)
            ends.append(end)
            before = end
    except csv.Error as error:
        end = first + reader.line_num
        if end - before > 1 and _is_lone(name, feed[before:end], before, delimiter, one_line, 0):
            return before
        came = f"{name} cannot be split into fields near line {end} ({error})"
        raise ImportProblem(came, "every quote that opens a field closes it", "export the file again") from error
    return None


def _is_lone(name: str, lines: list[str], at: int, delimiter: str, widths: set[int], width: int) -> bool:
    """Whether the record of these lines, the first of which is at this place, comes from a lone quotation mark."""
    found = _quotes.verdict(lines, delimiter, widths, width)
    if found is _quotes.Verdict.OPEN:
        raise _quotes.doubtful(name, at + 1)
    return found is _quotes.Verdict.LONE


def _last(name: str, feed: list[str], delimiter: str, found: Records, widths: set[int], *, others: bool) -> int | None:
    """The place of the last line where its open field is a lone quotation mark; a problem where it is cut off."""
    last = found.ends[-2] if len(found.ends) > 1 else 0
    if not _open_quote(feed[last:], delimiter):
        return None
    if last == len(feed) - 1 and _quotes.last_row(feed[last], delimiter, widths, others=others):
        del found.fields[len(found.fields) - found.widths[-1] :], found.widths[-1], found.ends[-1]
        return last
    raise cut_off(
        f"{name} ends inside a quoted field that begins on line {last + 1}",
        f"export or download the file again, or remove the quotation mark on line {last + 1}",
    )


def cut_off(how: str, do: str = "export or download the file again") -> ImportProblem:
    """The problem of a file whose end is missing: what came before it is not the whole log, so nothing is loaded."""
    return ImportProblem(f"{how}: the file is cut off", "a complete export", do)


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
