"""The bytes of a FIT file taken apart: which messages stand where, and the columns of those that come by the thousand.

fitdecode reads about 8,500 records in a CPU second. It is given all messages but the records here (`without_records`);
the records are read column by column, a few hundred times faster.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from analysis.importers import _limits as limits
from analysis.importers._problem import ImportProblem
from analysis.importers._text import cut_off

SESSION: Final = 18
LAP: Final = 19
RECORD: Final = 20
SET: Final = 225
_DESCRIPTION: Final = 206
# with file id, sport, workout and its steps, activity, and the titles of exercises
_DECODED: Final = frozenset({0, 12, SESSION, LAP, 26, 27, 34, SET, 264})
_MOST_DECODED: Final = 50_000  # an athlete's longest day has hundreds
_TIMESTAMP: Final = 253
_HEADER: Final = struct.Struct("<BBHI4sH")
_LEAST: Final = 12
_CHECKSUM: Final = 2
_CRC_TABLE: Final = 0xA001
_STRIP: Final = 256
_AS_FIT: Final = "a whole FIT file as the watch writes it"

Bytes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.float64]

_TYPES: Final[dict[int, tuple[str, float]]] = {
    0: ("u1", 0xFF), 1: ("i1", 0x7F), 2: ("u1", 0xFF), 3: ("i2", 0x7FFF), 4: ("u2", 0xFFFF), 5: ("i4", 0x7FFFFFFF),
    6: ("u4", 0xFFFFFFFF), 8: ("f4", np.nan), 9: ("f8", np.nan), 10: ("u1", 0), 11: ("u2", 0), 12: ("u4", 0),
}  # fmt: skip
"""Base type (its lower five bits) -> how numpy reads it, and the value that means "not there"."""


@dataclass(frozen=True, eq=False)  # compared by identity: a key of every message
class Layout:
    """The definition of a kind of message: the number of the message, and its fields as (number, size, type)."""

    message: int
    order: str
    fields: tuple[tuple[int, int, int], ...]
    developer: tuple[tuple[int, int, int], ...]

    @cached_property
    def own_size(self) -> int:
        """The bytes of the fields that the profile names."""
        return sum(size for _, size, _ in self.fields)

    @cached_property
    def size(self) -> int:
        """The bytes of a message of this kind, its header byte excluded."""
        return self.own_size + sum(size for _, size, _ in self.developer)

    @cached_property
    def places(self) -> dict[int, tuple[int, int, int]]:
        """Field number -> offset in the message, size and base type."""
        found, at = {}, 0
        for number, size, kind in self.fields:
            found[number] = (at, size, kind)
            at += size
        return found

    @cached_property
    def clock(self) -> struct.Struct | None:
        """What reads the timestamp of a message of this kind, None where it has none."""
        at, size, _ = self.places.get(_TIMESTAMP, (0, 0, 0))
        return struct.Struct(f"{self.order}{at}xI") if size == 4 else None


@dataclass
class Frames:
    """The messages of a FIT file: the kinds of row in file order, the records by kind, and the rest for fitdecode.

    `rows` has the number of the message of every row (sessions, laps, sets, records), `decoded` the row of
    every message that fitdecode is given (0 where it is no row).
    """

    data: bytes
    rows: list[int] = field(default_factory=list)
    places: list[tuple[int, int]] = field(default_factory=list)
    decoded: list[int] = field(default_factory=list)
    records: dict[Layout, list[tuple[int, int, int]]] = field(default_factory=dict)
    descriptions: dict[Layout, list[int]] = field(default_factory=dict)
    rest: list[bytes] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    @property
    def without_records(self) -> bytes:
        """A FIT file of the messages that fitdecode decodes, developer fields left out."""
        body = b"".join(self.rest)
        return _HEADER.pack(_HEADER.size, 0x20, 2132, len(body), b".FIT", 0) + body + b"\0\0"

    def raw(self, rows: Iterable[int]) -> list[str]:
        """Rows as text: the name of the message and its bytes."""
        names = {SESSION: "session", LAP: "lap", RECORD: "record", SET: "set"}
        return [f"{names[self.rows[n - 1]]} {self._bytes(n).hex()}" for n in rows]

    def _bytes(self, row: int) -> bytes:
        at, size = self.places[row - 1]
        return self.data[at : at + size]


def taken_apart(name: str, data: bytes) -> Frames:
    """Walk through a FIT file, or several one after the other.

    A wrong checksum is a notice where the structure is whole. A file that ends early is a problem, unless all of it up
    to the cut reads and the summary of a session stands there.
    """
    frames = Frames(data)
    at = 0
    while at + _LEAST <= len(data) and data[at + 8 : at + _LEAST] == b".FIT":
        start, size = data[at], int.from_bytes(data[at + 4 : at + 8], "little")
        if start < _LEAST:
            raise _damaged(name, at)
        end = at + start + size if size else len(data) + _CHECKSUM  # 0: the watch never finished the file
        _walk(name, frames, at + start, min(end, len(data)), whole=end <= len(data))
        if end > len(data):
            if SESSION not in frames.rows:
                raise cut_off(f"{name} ends before the summary of its session")
            frames.notices.append(f"the file is cut off: read up to byte {len(data):,} of {end:,}")
            return frames
        if crc16(np.frombuffer(data, np.uint8, end - at, at)) != int.from_bytes(data[end : end + 2], "little"):
            frames.notices.append("the checksum is wrong while the structure is whole: a value may be damaged")
        at = end + _CHECKSUM
    if at < len(data):
        frames.notices.append(f"{len(data) - at:,} bytes after the end of the file are left out")
    return frames


def _walk(name: str, frames: Frames, at: int, end: int, *, whole: bool) -> None:
    """Note every message from `at` to `end`."""
    data, kinds = frames.data, dict[int, Layout]()
    known: dict[tuple[object, ...], Layout] = {}
    clock, most = 0, limits.rows()
    while at < end:
        head = data[at]
        if head & 0xC0 == 0x40:
            after = _defined(frames, at, end, kinds, known)
            if after is None:
                break
            at = after
            continue
        layout = kinds.get(head >> 5 & 3 if head & 0x80 else head & 15)
        if layout is None:
            raise _damaged(name, at)
        if at + 1 + layout.size > end:
            break
        if head & 0x80:
            clock += (head - clock) & 31
        elif layout.clock:
            clock = layout.clock.unpack_from(data, at + 1)[0]
        _noted(frames, layout, at, clock)
        if len(frames.rows) > most or len(frames.decoded) > _MOST_DECODED:
            raise _too_many(name, most)
        at += 1 + layout.size
    if at < end and whole:
        raise _damaged(name, at)


def _defined(
    frames: Frames, at: int, end: int, kinds: dict[int, Layout], known: dict[tuple[object, ...], Layout]
) -> int | None:
    """Note the definition at `at`; the place after it, None where the file ends in it."""
    data = frames.data
    if at + 6 > end:
        return None
    order = ">" if data[at + 2] else "<"
    message = struct.unpack_from(f"{order}H", data, at + 3)[0]
    own = at + 6 + 3 * data[at + 5]
    after = own
    if data[at] & 0x20:
        if own >= end:
            return None
        after = own + 1 + 3 * data[own]
    if after > end:
        return None
    key = (message, order, data[at + 6 : own], data[own + 1 : after])
    if key not in known:
        known[key] = Layout(message, order, _triples(data[at + 6 : own]), _triples(data[own + 1 : after]))
    kinds[data[at] & 15] = known[key]
    if message in _DECODED:
        frames.rest.append(bytes([data[at] & 0xDF]) + data[at + 1 : own])
    return after


def _noted(frames: Frames, layout: Layout, at: int, clock: int) -> None:
    message = layout.message
    row = 0
    if message in (SESSION, LAP, RECORD, SET):
        frames.rows.append(message)
        frames.places.append((at + 1, layout.size))
        row = len(frames.rows)
    if message == RECORD:
        frames.records.setdefault(layout, []).append((row, at + 1, clock))
    elif message in _DECODED:
        frames.decoded.append(row)
        frames.rest.append(frames.data[at : at + 1 + layout.own_size])
    elif message == _DESCRIPTION:
        frames.descriptions.setdefault(layout, []).append(at + 1)


def _triples(data: bytes) -> tuple[tuple[int, int, int], ...]:
    return tuple(zip(data[0::3], data[1::3], data[2::3], strict=True))


def _too_many(name: str, most: int) -> ImportProblem:
    came = f"{name} has more than {most:,} rows, or {_MOST_DECODED:,} sessions, laps and sets"
    return ImportProblem(came, "a file within these limits", limits.raise_it("ROWS"))


def _damaged(name: str, at: int) -> ImportProblem:
    return ImportProblem(f"{name} is damaged at byte {at:,}", _AS_FIT, "copy it from the watch or export it again")


def column(data: bytes, layout: Layout, starts: npt.NDArray[np.int64], number: int) -> Numbers | None:
    """The values of a field in the messages that begin at `starts`; nan where a value is not there."""
    place = layout.places.get(number)
    return _column(data, layout.order, starts, *place) if place else None


def developer_columns(frames: Frames, layout: Layout, starts: npt.NDArray[np.int64]) -> Iterator[tuple[int, Numbers]]:
    """The values of the developer fields that stand for a field of the profile, by the number of that field."""
    at = layout.own_size
    for number, size, index in layout.developer:
        kind, native = _described(frames).get((index, number), (None, None))
        if kind is not None and native is not None:
            values = _column(frames.data, layout.order, starts, at, size, kind)
            if values is not None:
                yield native, values
        at += size


def _described(frames: Frames) -> dict[tuple[int, int], tuple[int | None, int | None]]:
    """(Developer, field) -> base type and the field of the profile that it stands for."""
    found: dict[tuple[int, int], tuple[int | None, int | None]] = {}
    for layout, places in frames.descriptions.items():
        starts = np.array(places, np.int64)
        told = [column(frames.data, layout, starts, number) for number in (0, 1, 2, 15)]
        rows = zip(*(np.full(len(places), np.nan) if one is None else one for one in told), strict=True)
        for developer, number, kind, native in rows:
            if not np.isnan(developer) and not np.isnan(number):
                found[int(developer), int(number)] = (_whole(kind), _whole(native))
    return found


def _whole(value: float) -> int | None:
    return None if np.isnan(value) else int(value)


def _column(data: bytes, order: str, starts: npt.NDArray[np.int64], at: int, size: int, kind: int) -> Numbers | None:
    dtype, missing = _TYPES.get(kind & 0x1F, ("", 0.0))
    if not dtype or size < int(dtype[1]):
        return None
    places = (starts + at)[:, None] + np.arange(int(dtype[1]))
    stored = np.frombuffer(data, np.uint8)[places].view(np.dtype(order + dtype))[:, 0]
    values: Numbers = stored.astype(np.float64)
    values[values == missing] = np.nan
    values[~np.isfinite(values)] = np.nan
    return values


def crc16(data: Bytes) -> int:
    """The checksum of FIT, of strips side by side that are joined afterwards.

    >>> crc16(np.frombuffer(b"123456789", np.uint8))
    47933
    """
    table, ahead = _crc_tables()
    padded = np.concatenate([np.zeros(-data.size % _STRIP, np.uint8), data])  # zeros in front change nothing
    strips = padded.reshape(-1, _STRIP).T
    crcs = np.zeros(strips.shape[1], np.uint16)
    for byte in strips:
        crcs = (crcs >> 8) ^ table[(crcs ^ byte) & 0xFF]
    total = 0
    for crc in crcs.tolist():
        total = ahead[0][total & 0xFF] ^ ahead[1][total >> 8] ^ crc
    return total


@cache
def _crc_tables() -> tuple[npt.NDArray[np.uint16], tuple[list[int], list[int]]]:
    """The table of one byte, and what a checksum becomes when a whole strip of zeros follows it."""
    table = np.arange(256, dtype=np.uint16)
    for _ in range(8):
        table = np.where(table & 1, (table >> 1) ^ _CRC_TABLE, table >> 1).astype(np.uint16)
    ahead = np.concatenate([np.arange(256, dtype=np.uint16), np.arange(256, dtype=np.uint16) << 8])
    for _ in range(_STRIP):
        ahead = (ahead >> 8) ^ table[ahead & 0xFF]
    return table, (ahead[:256].tolist(), ahead[256:].tolist())
