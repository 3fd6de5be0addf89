"""The elements of an Apple Health export one by one, in memory that does not grow with the file.

Real exports carry a document type that no parser accepts and control characters inside texts: the document type is cut
out of the stream before the parser sees it, and so are the characters. Entities stay forbidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import IO, TYPE_CHECKING, Final
from xml.etree.ElementTree import ParseError

from analysis.importers import _instants
from analysis.importers._problem import ImportProblem

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from analysis.importers._source import Source

_ROOT: Final = re.compile(rb"<HealthData[\s>/]")
_DOCTYPE: Final = b"<!DOCTYPE"
_LONGEST_HEAD: Final = 2_000_000
_CHUNK: Final = 65_536
_CONTROL: Final = bytes(set(range(32)) - {9, 10, 13})
_NEXT: Final = "export it again in the Health app (profile picture > Export All Health Data)"


def children(source: Source) -> Iterator[Element]:
    """The elements right below the root, each whole; what was yielded before is forgotten."""
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    depth, root = 0, None
    try:
        with source.stream() as stream:
            for event, element in iterparse(_Cleaned(stream), events=("start", "end"), forbid_dtd=True):
                if event == "start":
                    depth += 1
                    root = element if root is None else root
                    continue
                depth -= 1
                if depth == 1 and root is not None:
                    yield element
                    root.clear()
    except DefusedXmlException as error:
        came = f"{source.name} declares entities ({type(error).__name__})"
        raise ImportProblem(came, "export.xml as the Health app writes it", _NEXT) from error
    except (ParseError, ValueError, LookupError, RecursionError, OSError) as error:
        raise ImportProblem(f"{source.name} is not whole XML ({error})", "a complete export.xml", _NEXT) from error


class _Cleaned:
    """A stream without its document type and without control characters."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        head = b""
        while not _ROOT.search(head) and len(head) < _LONGEST_HEAD and (more := stream.read(_CHUNK)):
            head += more
        root, doctype = _ROOT.search(head), head.find(_DOCTYPE)
        self._head = head[:doctype] + head[root.start() :] if root and 0 <= doctype < root.start() else head

    def read(self, size: int = _CHUNK) -> bytes:
        """The next bytes; empty only at the end."""
        while True:
            piece, self._head = (self._head, b"") if self._head else (self._stream.read(size), b"")
            cleaned = piece.translate(None, _CONTROL)
            if cleaned or not piece:
                return cleaned


def moment(text: str | None, zone: str | None = None) -> tuple[datetime | None, timedelta | None]:
    """The instant of a date of the export and the offset to the local clock: that of the zone, else the written one.

    >>> moment("2026-01-05 07:20:00 +0100", "America/New_York")
    (datetime.datetime(2026, 1, 5, 6, 20), datetime.timedelta(days=-1, seconds=68400))
    """
    at = _instants.utc(text)
    written = _instants.offset(text.strip()[-5:]) if text else None
    if at is None or written is None:
        return None, None
    told = _in_zone(zone, at) if zone else None
    return at, written if told is None else told


def _in_zone(name: str, at: datetime) -> timedelta | None:
    """The offset of a zone at an instant; None where there is no such zone."""
    zone = _zone(name)
    return at.replace(tzinfo=UTC).astimezone(zone).utcoffset() if zone is not None else None


@lru_cache(maxsize=256)
def _zone(name: str) -> tzinfo | None:
    try:
        return _instants.named_zone(name)
    except ImportProblem:
        return None
