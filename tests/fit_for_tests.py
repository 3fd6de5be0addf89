"""A tiny writer of FIT files, and a one-hour run made with it."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime

EPOCH = 631_065_600
SIZES = {0: 1, 1: 1, 2: 1, 7: 0, 0x83: 2, 0x84: 2, 0x85: 4, 0x86: 4, 0x88: 4, 0x8C: 4}
CODES = {0: "B", 1: "b", 2: "B", 0x83: "h", 0x84: "H", 0x85: "i", 0x86: "I", 0x88: "f", 0x8C: "I"}
ENUM, UINT8, TEXT, UINT16, SINT32, UINT32, UINT32Z = 0, 2, 7, 0x84, 0x85, 0x86, 0x8C

Value = int | float | str | bytes | tuple[int, ...]


def seconds(text: str) -> int:
    """The FIT time of an ISO text in UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) - EPOCH


def crc(data: bytes) -> int:
    """The checksum of FIT, bit by bit: slow, and independent of the reader's."""
    total = 0
    for byte in data:
        total ^= byte
        for _ in range(8):
            total = (total >> 1) ^ 0xA001 if total & 1 else total >> 1
    return total


@dataclass
class FitFile:
    """Messages in the order in which they are added; every message brings its definition, unless it is the last one."""

    body: bytearray = field(default_factory=bytearray)
    order: str = "<"
    last: tuple[object, ...] = ()

    def add(
        self,
        message: int,
        fields: dict[int, tuple[int, Value]],
        developer: dict[tuple[int, int], bytes] | None = None,
        local: int = 0,
    ) -> FitFile:
        """Add a message: number of the field -> base type and value; developer fields by (number, developer)."""
        packed = {number: self._packed(kind, value) for number, (kind, value) in fields.items()}
        extra = developer or {}
        shape = (local, message, *((number, len(packed[number]), kind) for number, (kind, _) in fields.items()), *extra)
        if shape != self.last:
            self.body += bytes([0x60 if extra else 0x40 | local, 0, self.order == ">"])
            self.body[-3] |= local
            self.body += struct.pack(f"{self.order}HB", message, len(packed))
            for number, (kind, _) in fields.items():
                self.body += bytes([number, len(packed[number]), kind])
            if extra:
                self.body += bytes([len(extra)])
                for (number, index), value in extra.items():
                    self.body += bytes([number, len(value), index])
            self.last = shape
        self.body += bytes([local]) + b"".join(packed.values()) + b"".join(extra.values())
        return self

    def compressed(self, offset: int, values: bytes, local: int = 0) -> FitFile:
        """Add a message whose header carries the time: five bits of it."""
        self.body += bytes([0x80 | local << 5 | offset]) + values
        return self

    def _packed(self, kind: int, value: Value) -> bytes:
        if isinstance(value, bytes):
            return value
        if isinstance(value, str):
            return value.encode() + b"\0"
        values = value if isinstance(value, tuple) else (value,)
        return struct.pack(f"{self.order}{len(values)}{CODES[kind]}", *values)

    def bytes(self, *, checksum: int | None = None) -> bytes:
        """The whole file, with the right checksums unless told otherwise."""
        header = struct.pack("<BBHI4s", 14, 0x20, 2132, len(self.body), b".FIT")
        data = header + struct.pack("<H", crc(header)) + bytes(self.body)
        return data + struct.pack("<H", crc(data) if checksum is None else checksum)


def file_id(kind: int = 4, created: str = "2026-03-01 06:30:00", serial: int = 77) -> dict[int, tuple[int, Value]]:
    return {0: (ENUM, kind), 1: (UINT16, 1), 2: (UINT16, 3113), 3: (UINT32Z, serial), 4: (UINT32, seconds(created))}


def activity(end: str, local: str | None) -> dict[int, tuple[int, Value]]:
    told: dict[int, tuple[int, Value]] = {253: (UINT32, seconds(end))}
    return told | ({5: (UINT32, seconds(local))} if local else {})


def session(start: str, length: float, sport: int = 1, sub_sport: int = 0) -> dict[int, tuple[int, Value]]:
    at = seconds(start)
    return {
        253: (UINT32, at + int(length)), 2: (UINT32, at), 7: (UINT32, round(length * 1000)),
        8: (UINT32, round(length * 1000)), 5: (ENUM, sport), 6: (ENUM, sub_sport),
    }  # fmt: skip


def lap(start: str, length: float, metres: float) -> dict[int, tuple[int, Value]]:
    at = seconds(start)
    return {
        253: (UINT32, at + int(length)), 2: (UINT32, at), 7: (UINT32, round(length * 1000)),
        8: (UINT32, round(length * 1000)), 9: (UINT32, round(metres * 100)),
    }  # fmt: skip


def run(start: str = "2026-03-01 06:30:00", records: int = 3600, local: str | None = "2026-03-01 08:30:00") -> FitFile:
    """A steady run at 3 m/s with a record a second, a lap every 1000 s, and the cadence of one foot, 85.5 strides."""
    fit = FitFile().add(0, file_id(created=start))
    at = seconds(start)
    for second in range(records):
        fit.add(20, {
            253: (UINT32, at + second), 0: (SINT32, 500_000_000 + 300 * second), 1: (SINT32, 100_000_000),
            5: (UINT32, 300 * second), 78: (UINT32, 3000), 73: (UINT32, 3000), 3: (UINT8, 150),
            4: (UINT8, 85), 53: (UINT8, 64), 7: (UINT16, 250),
        })  # fmt: skip
    for first in range(0, records, 1000):
        length = min(1000, records - first)
        clock = datetime.fromtimestamp(at + first + EPOCH, UTC).replace(tzinfo=None).isoformat()
        fit.add(19, lap(clock, length, 3.0 * length))
    summary = session(start, records) | {
        9: (UINT32, 300 * records), 16: (UINT8, 150), 17: (UINT8, 171), 18: (UINT8, 85), 92: (UINT8, 64),
        20: (UINT16, 250), 22: (UINT16, 42), 110: (TEXT, "Morning"),
    }  # fmt: skip
    return fit.add(18, summary).add(34, activity("2026-03-01 07:30:00", local))
