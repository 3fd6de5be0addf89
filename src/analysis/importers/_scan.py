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

Bits = np.ndarray[Any, np.dtype[np.uint64]]
Places = np.ndarray[Any, np.dtype[np.integer[Any]]]

_QUOTE, _LF, _CR = 34, 10, 13
_CHUNK: Final = 1 << 18  # bytes looked at together: they stay in the processor's cache
_BLOCK: Final = 1 << 15  # records of a column made together, for the same reason
_MOST_BYTES: Final = 2**31 - 64  # places are kept as int32
_INLINE, _WORD = 12, 8  # a string view holds texts up to 12 bytes itself
_SPACE, _ASCII = 32, 127
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
        places = np.searchsorted(self.starts, np.fromiter(rows, np.int64))
        return [self.text(int(i)).rstrip("\r\n") for i in places]

    def text(self, i: int) -> str:
        """The text of record `i`."""
        start = self.begin if i == 0 else int(self.ends[i - 1]) + 1
        return self.data[start : self.ends[i]].decode()


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

    @property
    def blank(self) -> set[int]:
        """The records that hold nothing but delimiters and spaces."""
        at = np.arange(len(self.widths))
        for column in range(int(self.widths.max(initial=0))):
            if not len(at):
                return set()
            deep = at[self.widths[at] > column]
            start, end = self._spans(column, deep)
            first = np.frombuffer(self.data, np.uint8)[np.minimum(start, len(self.data) - 1)]
            bare = (end <= start) | (first <= _SPACE) | (first > _ASCII)
            at = np.concatenate([at[self.widths[at] <= column], deep[bare]])
        return {int(i) for i in at if not any(field.strip() for field in self._fields(int(i)))}

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

    def _fields(self, i: int) -> list[str]:
        lines = io.StringIO(self.lines.text(i), newline="")
        delimiter = chr(self.data[self.ends[self.first[i]]]) if self.widths[i] > 1 else ","
        return next(csv.reader(lines, delimiter=delimiter), [])

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
    return _records(Scanned(data, begin, ends, lines, lines, lines, crlf, escaped, ended), inner)


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
