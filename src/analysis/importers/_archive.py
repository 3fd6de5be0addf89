"""Zip and gzip, unpacked in memory under caps: sizes are counted while unpacking, never believed from the header."""

from __future__ import annotations

import gzip
import io
import lzma
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import IO

from analysis.importers import _limits as limits
from analysis.importers._problem import ImportProblem

_BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, NotImplementedError, RuntimeError, ValueError,
)  # fmt: skip
_PIECE = 1 << 20


@dataclass(frozen=True)
class Archive:
    """A zip in memory. Nothing is ever written to the disk, so a path in it can lead nowhere."""

    name: str
    data: bytes
    _taken: list[int] = field(default_factory=list, repr=False, compare=False)  # the size of each file taken out

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The files in it, without folders and the rubbish that macOS adds; a doubled name is a problem."""
        found = [info.filename for info in self._zip.infolist() if not info.is_dir()]
        if len(found) > limits.members():
            came = f"{self.name} holds {len(found):,} files"
            raise ImportProblem(came, f"at most {limits.members():,}", limits.raise_it("MEMBERS"))
        found = [one for one in found if not one.startswith("__MACOSX/") and not one.split("/")[-1].startswith("._")]
        if len(set(found)) < len(found):
            twice = Counter(found).most_common(1)[0][0]
            raise ImportProblem(f"{self.name} holds {twice!r} twice", "every name once", "export it again")
        return tuple(found)

    @cached_property
    def unpacked_bytes(self) -> int:
        """What the files in it say they unpack to; a claim, enforced when they are read."""
        return sum(info.file_size for info in self._zip.infolist())

    def read(self, member: str, most: int | None = None) -> bytes:
        """The bytes of one file in it, at most `most` (default: the cap on a file)."""
        name, most = f"{self.name}/{member}", most or limits.size()
        try:
            if self._zip.getinfo(member).file_size > most:
                raise _too_large(name, most)
            with self._zip.open(member) as stream:
                data = whole(name, stream, most)
        except KeyError as error:
            raise ImportProblem(f"{self.name} has no {member}", "a complete archive", "export it again") from error
        except _BROKEN as error:
            raise _broken(name, error) from error
        self._taken.append(len(data))
        if sum(self._taken) > limits.unpacked():
            came, way_out = (
                f"{self.name} unpacks to more than {limits.unpacked():,} bytes",
                limits.raise_it("UNPACKED_BYTES"),
            )
            raise ImportProblem(came, "a smaller archive", way_out)
        return data

    @cached_property
    def _zip(self) -> zipfile.ZipFile:
        try:
            return zipfile.ZipFile(io.BytesIO(self.data))
        except _BROKEN as error:
            raise _broken(self.name, error) from error


def gunzip(name: str, data: bytes) -> bytes:
    """The bytes in a gzip file.

    >>> gunzip("a.gz", gzip.compress(b"hello"))
    b'hello'
    """
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            return whole(name, stream, limits.size())  # type: ignore[arg-type]
    except _BROKEN as error:
        raise _broken(name, error) from error


def whole(name: str, stream: IO[bytes], most: int) -> bytes:
    """All of a stream, but no more than `most` bytes: a bomb is stopped while it unpacks."""
    pieces: list[bytes] = []
    size = 0
    while piece := stream.read(_PIECE):  # asked for more at once, a zip unpacks it before it looks at its size
        size += len(piece)
        if size > most:
            raise _too_large(name, most)
        pieces.append(piece)
    return b"".join(pieces)


def _too_large(name: str, most: int) -> ImportProblem:
    way_out = limits.raise_it("BYTES", "unpack it and import the file in it")
    return ImportProblem(f"{name} unpacks to more than {most:,} bytes", "a smaller file", way_out)


def _broken(name: str, error: Exception) -> ImportProblem:
    return ImportProblem(f"{name} cannot be unpacked ({error})", "a complete archive", "download or export it again")
