"""The fast way through a CSV text: where fields and records end, found over whole arrays of bytes.

It answers only for texts whose structure leaves nothing to interpret: UTF-8, a quote opens a field at its very start
and closes it at its very end (or is doubled), no lone CR, no field beyond the `csv` module's limit. `scanned` gives
None for every other text, and for every text that must be refused; those are read by `_text.parse`, which stays the
reference (a property test holds both against each other).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
import polars as pl
import pyarrow as pa

from analysis.importers import _limits as limits
from analysis.importers import _quotes

Bits = np.ndarray[Any, np.dtype[np.uint64]]
Places = np.ndarray[Any, np.dtype[np.integer[Any]]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

_QUOTE, _LF, _CR = 34, 10, 13
_CHUNK: Final = 1 << 18  # bytes looked at together: they stay in the processor's cache
_BLOCK: Final = 1 << 15  # records of a column made together, for the same reason
_MOST_BYTES: Final = 2**31 - 64  # places are kept as int32
_INLINE, _WORD = 12, 8  # a string view holds texts up to 12 bytes itself
_SPACE, _ASCII = 32, 127
_SPACES: Final = (*range(9, 14), *range(28, 33))  # what `str.strip` takes away
_FEW: Final = 1_000  # records that are looked at one by one
_BOM: Final = b"\xef\xbb\xbf"
_TOP: Final = np.uint64(63)
_SHIFT: Final = np.uint64(32)
_FIRST_BYTES: Final = np.array([(1 << (8 * n)) - 1 for n in range(_WORD + 1)], dtype=np.uint64)


@dataclass(frozen=True)
class _Arrow:
    """An Arrow array that is handed over as it is: polars would import `pyarrow.compute` to look at it first."""

    array: Any

    def __arrow_c_array__(self, requested_schema: object = None) -> Any:
        return self.array.__arrow_c_array__(requested_schema)


@dataclass(frozen=True)
class Lines:
    """Where the records of a text lie: each ends at one of `ends` and begins on one of the physical lines `starts`."""

    data: bytes
    begin: int
    ends: Places
    starts: Places

    def raw(self, rows: Iterable[int]) -> list[str]:
        """The verbatim text of the records that begin on the physical lines `rows`, without the line end."""
        return [text.rstrip("\r\n") for text in self.texts(np.searchsorted(self.starts, np.fromiter(rows, np.int64)))]

    def texts(self, rows: Places) -> list[str]:
        """The texts of these records."""
        begins, ends = self.spans(rows)
        return [self.data[begin:end].decode() for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)]

    def spans(self, rows: Places) -> tuple[Places, Places]:
        """Where these records begin and end in the bytes."""
        return np.where(rows > 0, self.ends[rows - 1] + 1, np.int32(self.begin)), self.ends[rows]


@dataclass(frozen=True)
class Scanned:
    """The records of a CSV text as places in its bytes: the same answers as `_text.Records`, column by column.

    `ends` are the places of all delimiters and line ends that end a field, `first` the index in `ends` of each
    record's first field; `starts` the physical line, from 1, on which each record begins.
    """

    data: bytes
    begin: int
    ends: Places
    first: Places
    widths: Places
    starts: Places
    crlf: bool
    escaped: bool
    ended: bool
    delimiter: str

    @cached_property
    def bare(self) -> Flags:
        """Of each record, whether it holds nothing but delimiters and spaces."""
        at = np.arange(len(self.widths))
        unsure = np.zeros(len(at), np.bool_)
        for column in range(int(self.widths.max(initial=0))):
            deep = at[self.widths[at] > column]
            if not len(deep):
                break
            start, end = self._spans(column, deep)
            first = np.frombuffer(self.data, np.uint8)[np.minimum(start, len(self.data) - 1)]
            empty, maybe = end <= start, (first <= _SPACE) | (first > _ASCII)
            unsure[deep[maybe & ~empty]] = True
            at = np.concatenate([at[self.widths[at] <= column], deep[empty | maybe]])
        told = np.zeros(len(unsure), np.bool_)
        told[at[~unsure[at]]] = True
        told[self._of_spaces(at[unsure[at]])] = True
        return told

    @property
    def blank(self) -> set[int]:
        """The records that hold nothing but delimiters and spaces."""
        return set(np.flatnonzero(self.bare).tolist())

    def column(self, at: int, rows: Places) -> pl.Expr:
        """The texts of field `at` of these records (each has that many fields); one and the same short text once."""
        same = self._views(at, rows[:1])
        alike = len(rows) > 0 and all((self._views(at, some) == same).all() for some in _blocks(rows))
        if alike:
            return pl.lit(self._texts(same)[0])
        views = np.empty((len(rows), 2), np.uint64)
        for n, some in enumerate(_blocks(rows)):
            views[n * _BLOCK : n * _BLOCK + len(some)] = self._views(at, some)
        return pl.lit(self._texts(views))

    @cached_property
    def lines(self) -> Lines:
        """What is asked for once the columns are made: the text of a record."""
        return Lines(
            self.data, self.begin, self.ends[np.append(self.first[1:], np.int32(len(self.ends))) - 1], self.starts
        )

    def _texts(self, views: Bits) -> pl.Series:
        buffers = [None, pa.py_buffer(views), pa.py_buffer(self.data)]
        texts = pl.Series(_Arrow(pa.Array.from_buffers(pa.string_view(), len(views), buffers)))
        return texts.str.replace_all('""', '"', literal=True) if self.escaped else texts

    def _of_spaces(self, rows: Places) -> Places:
        """Those of the records that hold nothing but spaces: most are seen by their bytes, letters are asked for."""
        solid = np.ones(256, np.bool_)
        solid[[*_SPACES, ord(self.delimiter)]] = False
        sure = np.zeros(len(rows), np.bool_)
        if len(rows) > _FEW:
            begins, ends = self.lines.spans(rows)
            pairs = np.column_stack([begins, np.minimum(ends, len(self.data) - 1)]).ravel()
            sure = ~np.logical_or.reduceat(solid[np.frombuffer(self.data, np.uint8)], pairs)[::2]
            sure &= ends < len(self.data)
        alike: dict[str, bool] = {}
        asked = rows[~sure]
        texts = self.lines.texts(asked)
        for i, text in zip(asked.tolist(), texts, strict=True):
            if text not in alike:
                alike[text] = not any(field.strip() for field in self._fields(i))
        blank = [alike[text] for text in texts]
        return np.concatenate([rows[sure], asked[np.array(blank, np.bool_)]])

    def _fields(self, i: int) -> list[str]:
        lines = io.StringIO(self.lines.texts(np.array([i]))[0], newline="")
        return next(csv.reader(lines, delimiter=self.delimiter), [])

    def _spans(self, at: int, rows: Places) -> tuple[Places, Places]:
        """Where field `at` of these records begins and ends, its quotes left out."""
        data = np.frombuffer(self.data, np.uint8)
        place = self.first[rows] + at
        end = self.ends[place]
        start = np.where(place > 0, self.ends[place - 1] + 1, np.int32(self.begin))
        if self.crlf:
            back = (end > start) & (data[np.maximum(end - 1, 0)] == _CR)  # a CR stands only before the LF of a record
            end = end - (back & (at == self.widths[rows] - 1))
        quoted = (data[np.minimum(start, len(data) - 1)] == _QUOTE) & (end > start)
        return start + quoted, end - quoted

    def _views(self, at: int, rows: Places) -> Bits:
        """The fields as Arrow string views: length, then the text itself or its first bytes and its place."""
        out = np.empty((len(rows), 2), np.uint64)
        start, end = self._spans(at, rows)
        size = end - start
        longest = int(size.max(initial=0))
        head = _words(self.data, start) & _FIRST_BYTES[np.minimum(size, _WORD)]
        out[:, 0] = size.astype(np.uint64) | (head << _SHIFT)
        out[:, 1] = head >> _SHIFT
        if longest > _WORD // 2:
            tail = _words(self.data, start + _WORD) & _FIRST_BYTES[np.clip(size - _WORD, 0, _INLINE - _WORD)]
            out[:, 1] |= tail << _SHIFT
        if longest > _INLINE:
            long = size > _INLINE
            out[long, 1] = start[long].astype(np.uint64) << _SHIFT
        return out


def scanned(data: bytes, delimiter: str) -> Scanned | None:
    """The records of a UTF-8 text, None where `_text.parse` must decide."""
    begin = len(_BOM) * (data.startswith(_BOM) + data.startswith(2 * _BOM))
    crlf = b"\r" in data
    if not _WORD <= len(data) <= _MOST_BYTES or (crlf and data.count(b"\r") != data.count(b"\r\n")):
        return None
    quotes, breaks = _where(data, b'"'), _where(data, b"\n")
    cuts = breaks | _where(data, delimiter.encode())
    inside = _parity(quotes)
    if inside[-1] or not _quotes_enclose(quotes, inside, cuts, cuts | _where(data, b"\r") if crlf else cuts, begin):
        return None
    escaped = bool((quotes & inside & _after(quotes)).any())
    ended = data.endswith(b"\n")
    lines, inner = _places(breaks & ~inside), _places(breaks & inside)
    ends = _places(cuts & ~inside)
    if not ended:
        lines, ends = np.append(lines, np.int32(len(data))), np.append(ends, np.int32(len(data)))
    found = _records(Scanned(data, begin, ends, lines, lines, lines, crlf, escaped, ended, delimiter), inner)
    return None if found is None or (len(inner) and _rows_inside(found, inner)) else found


def _records(found: Scanned, inner: Places) -> Scanned | None:
    """The records between the line ends `found.first`; `inner` are the line ends inside quotes."""
    lines, ends = found.first, found.ends
    begins = np.append(np.int32(found.begin), lines[:-1] + 1)
    if len(lines) > limits.rows() or int((lines - begins).max()) >= csv.field_size_limit():
        return None
    width, odd = divmod(len(ends), len(lines))
    if not odd and np.array_equal(ends[width - 1 :: width], lines):
        first = np.arange(0, len(ends), width, dtype=np.int32)
    else:
        first = np.append(np.int32(0), np.searchsorted(ends, lines[:-1]).astype(np.int32) + 1)
    widths = np.diff(first, append=np.int32(len(ends)))
    if int(widths.max()) > limits.columns():
        return None
    data = np.frombuffer(found.data, np.uint8)
    empty = (lines == begins) | ((lines == begins + 1) & (data[np.minimum(begins, len(data) - 1)] == _CR))
    starts = np.arange(1, len(lines) + 1)
    if len(inner):
        starts += np.searchsorted(inner, begins)
    return replace(found, first=first, widths=np.where(empty, 0, widths), starts=starts)


def _rows_inside(found: Scanned, inner: Places) -> bool:
    """Whether a line inside quotes looks like a row of the table, so that the quote may be a lone one."""
    ends = found.lines.ends
    breaks = np.sort(np.concatenate([inner, ends]))
    marks = _places(_where(found.data, found.delimiter.encode()))
    until = breaks[np.searchsorted(breaks, inner) + 1]
    cells = np.searchsorted(marks, until) - np.searchsorted(marks, inner) + 1
    whose = np.searchsorted(ends, inner)
    one_line = np.ones(len(ends), np.bool_)
    one_line[whose] = False
    widths = {int(width) for width in np.unique(found.widths[one_line]) if width > 1}
    if not widths:
        return False
    for i in np.unique(whose[cells >= min(widths)]).tolist():
        lines = io.StringIO(found.lines.texts(np.array([i]))[0], newline="").readlines()
        if _quotes.verdict(lines, found.delimiter, widths, int(found.widths[i])) is not _quotes.Verdict.NOTE:
            return True
    return False


def _blocks(rows: Places) -> Iterator[Places]:
    return (rows[at : at + _BLOCK] for at in range(0, len(rows), _BLOCK))


def _where(data: bytes, char: bytes) -> Bits:
    """One bit per byte of the text: whether it is this character."""
    bits = np.zeros(-(-len(data) // 64) + 1, np.uint64)
    packed, codes = bits.view(np.uint8), np.frombuffer(data, np.uint8)
    for at in range(0, len(data), _CHUNK):
        found = np.packbits(codes[at : at + _CHUNK] == ord(char), bitorder="little")
        packed[at // 8 : at // 8 + len(found)] = found
    return bits


def _parity(quotes: Bits) -> Bits:
    """One bit per byte: whether the number of quotes up to here is odd, that is, whether a field is open."""
    inside = quotes.copy()
    for step in (1, 2, 4, 8, 16, 32):
        inside ^= inside << np.uint64(step)
    odd = np.bitwise_xor.accumulate(inside >> _TOP)
    inside[1:] ^= np.uint64(0) - odd[:-1]
    return inside


def _quotes_enclose(quotes: Bits, inside: Bits, before: Bits, after: Bits, begin: int) -> bool:
    """Whether every quote opens a field at its start, closes it at its end, or is one of two inside."""
    may_open = _after(before | quotes)
    may_open[begin // 64] |= np.uint64(1) << np.uint64(begin % 64)
    if (quotes & inside & ~may_open).any():
        return False
    shut = quotes & ~inside
    may_shut = after | quotes
    may_shut[:-1] = (may_shut[:-1] >> np.uint64(1)) | (may_shut[1:] << _TOP)
    wrong = shut & ~may_shut
    return not wrong.any()


def _after(bits: Bits) -> Bits:
    """The bits moved to the next byte of the text."""
    moved = bits << np.uint64(1)
    moved[1:] |= bits[:-1] >> _TOP
    return moved


def _places(bits: Bits) -> Places:
    """The places of the bits that are set."""
    places = np.empty(int(np.bitwise_count(bits).sum()), np.int32)
    packed, n = bits.view(np.uint8), 0
    for at in range(0, len(packed), _CHUNK // 8):
        found = np.flatnonzero(np.unpackbits(packed[at : at + _CHUNK // 8], bitorder="little").view(np.bool_))
        places[n : n + len(found)] = found + 8 * at
        n += len(found)
    return places


def _words(data: bytes, start: Places) -> Bits:
    """The eight bytes of the text from each of these places; what lies beyond its end is anything."""
    last = len(data) - _WORD
    every: Bits = np.ndarray(shape=(last + 1,), dtype="<u8", buffer=data, strides=(1,))
    if int(start.max(initial=0)) <= last:
        return every[start]
    at = np.minimum(start, last)
    return every[at] >> (8 * np.minimum(start - at, _WORD - 1)).astype(np.uint64)
