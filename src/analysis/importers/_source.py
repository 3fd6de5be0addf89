"""A file as an importer sees it: what kind it is by its content (never by its name), and its text where it has one."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final, Literal

from analysis.importers import _json, _workbook
from analysis.importers import _limits as limits
from analysis.importers._archive import Archive, gunzip
from analysis.importers._problem import ImportProblem
from analysis.importers._scan import Scanned, scanned
from analysis.importers._text import decode, is_utf8

Kind = Literal["text", "json", "xml", "workbook", "archive", "fit", "parquet"]

_HEAD_CHARACTERS: Final = 65_536
_ZIP, _GZIP = b"PK\x03\x04", b"\x1f\x8b"
_MAGIC: Final = {
    b"\x89PNG": "a PNG picture", b"\xff\xd8\xff": "a JPEG picture", b"%PDF": "a PDF document",
    b"SQLite format 3": "a database (a backup of an app)",
    b"\xd0\xcf\x11\xe0": "a workbook of the old kind (.xls)",
}  # fmt: skip
_SEPARATOR_LINE: Final = re.compile(r'\A"?sep=.?"?[ \t]*(?=[\r\n])', re.IGNORECASE)
_AS_CSV: Final = "a file as the app, the watch or the spreadsheet exports it"
_APPLE: Final = re.compile(rb"<HealthData\b")
_PEEK: Final = 200_000


@dataclass(frozen=True)
class Head:
    """The first part of a file: all that a vendor may look at to claim it.

    `text` is the beginning of the text (of a workbook: of its first sheet as CSV; of an archive: the names in it, one
    per line). `keys` are the keys of the first object of a JSON file and of the objects inside it.
    """

    name: str
    text: str
    kind: Kind = "text"
    keys: frozenset[str] = frozenset()

    @property
    def first_line(self) -> str:
        """The first line with anything in it, for messages."""
        return next((line for line in self.text.splitlines() if line.strip()), "")

    def first_record(self, delimiter: str) -> list[str]:
        """The first record with anything in it, as this delimiter splits it."""
        return next(iter(self.first_records(delimiter, 1)), [])

    def first_records(self, delimiter: str, n: int) -> list[list[str]]:
        """The first records with anything in them, at most `n`; none where the text cannot be split."""
        records = csv.reader(io.StringIO(self.text, newline=""), delimiter=delimiter)
        try:
            return list(islice((record for record in records if any(field.strip() for field in record)), n))
        except csv.Error:
            return []


@dataclass(frozen=True)
class Source:
    """A file: its name for messages, its kind, and its bytes as they came (`path` where they stay on the disk).

    The `sep=;` that Excel writes on the first line is not part of the text; its line end is, so that lines still count.
    """

    name: str
    kind: Kind
    original: bytes
    content: bytes
    path: Path | None = None

    @cached_property
    def decoded(self) -> tuple[str, str]:
        """The text and how it was decoded; of a workbook its first sheet as CSV."""
        if self.kind == "workbook":
            return _workbook.as_csv(self.name, self.sheets), "workbook"
        text, encoding = decode(self.name, self.content)
        return _SEPARATOR_LINE.sub("", text), encoding

    @property
    def text(self) -> str:
        """The text of the file."""
        return self.decoded[0]

    @property
    def encoding(self) -> str:
        """How the text was decoded."""
        return "utf-8" if self.plain else self.decoded[1]

    @cached_property
    def plain(self) -> bool:
        """Whether the file is UTF-8 text: then nobody has to decode all of it to look at a part."""
        return self.kind == "text" and is_utf8(self.content)

    @cached_property
    def start(self) -> str:
        """The first part of the text, with its `sep=;`."""
        text = self.content[: 4 * _HEAD_CHARACTERS].decode("utf-8", "ignore")
        return text.removeprefix("\ufeff").removeprefix("\ufeff")

    def scanned(self, delimiter: str) -> Scanned | None:
        """The records of the file found the fast way, None where its text must be split with care."""
        return scanned(self.content, delimiter) if self.plain and not _SEPARATOR_LINE.match(self.start) else None

    @cached_property
    def sheets(self) -> dict[str, list[list[str]]]:
        """The sheets of a workbook as rows of text."""
        return _workbook.sheets(self.name, self.content)

    @cached_property
    def document(self) -> Any:
        """What a JSON file holds; of a file with one object per line the list of them."""
        return _json.parse(self.name, self.text)

    @cached_property
    def archive(self) -> Archive:
        """The archive that this file is."""
        return Archive(self.name, self.content)

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of the file as it came, in hexadecimal."""
        if self.path is None:
            return hashlib.sha256(self.original).hexdigest()
        with self.path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    @contextmanager
    def stream(self) -> Iterator[IO[bytes]]:
        """The bytes piece by piece, for files too large to hold."""
        if self.path is None:
            yield io.BytesIO(self.content)
            return
        with self.path.open("rb") as stream:
            yield stream

    @cached_property
    def head(self) -> Head:
        """The part of the file that decides who claims it."""
        if self.kind == "archive":
            return Head(self.name, "\n".join(self.archive.names), self.kind)
        if self.kind in ("fit", "parquet"):
            return Head(self.name, "", self.kind)
        if self.kind == "xml":
            return Head(self.name, self.content[:_HEAD_CHARACTERS].decode("utf-8", "replace"), self.kind)
        keys = frozenset(_json.keys(self.document)) if self.kind == "json" else frozenset()
        text = _SEPARATOR_LINE.sub("", self.start) if self.plain else self.text
        return Head(self.name, text[:_HEAD_CHARACTERS], self.kind, keys)


def load(path: str | Path) -> Source:
    """Read a file and find out its kind; every way in which this can fail is an ImportProblem.

    >>> load("no-such-file.csv")
    Traceback (most recent call last):
    analysis.importers._problem.ImportProblem: no-such-file.csv does not exist. Expected: ... Next: check the path.
    """
    path = Path(path)
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise ImportProblem(f"{path.name} is a folder or a device", _AS_CSV, "name the files in it one by one")
        if size > limits.size():
            return _large(path, size)
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise ImportProblem(f"{path.name} does not exist", _AS_CSV, "check the path") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ImportProblem(f"{path.name} cannot be opened ({reason})", _AS_CSV, "check its permissions") from error
    return from_bytes(path.name, data)


def from_bytes(name: str, data: bytes) -> Source:
    """The file that these bytes are: gzip is unpacked, and so is a zip that holds one file (or one health export).

    >>> from_bytes("a.json", b'{"a": 1}').kind
    'json'
    """
    content = gunzip(name, data) if data.startswith(_GZIP) else data
    kind = _kind(name, content)
    if kind == "archive":
        member = _only_member(Archive(name, content))
        if member is not None:
            content = Archive(name, content).read(member)
            kind = _kind(member, content)
    if kind == "text":
        kind = _text_kind(content)
    return Source(name, kind, data, content)


def _kind(name: str, content: bytes) -> Kind:
    what = next((what for magic, what in _MAGIC.items() if content.startswith(magic)), None)
    if what:
        raise ImportProblem(f"{name} is {what}", _AS_CSV, "export or save it as CSV")
    if content.startswith(_GZIP):
        raise ImportProblem(f"{name} is packed more than once", _AS_CSV, "unpack it")
    if content[8:12] == b".FIT":
        return "fit"
    if content.startswith(b"PAR1"):
        return "parquet"
    if content.startswith(_ZIP):
        return "workbook" if _workbook.is_one(Archive(name, content).names) else "archive"
    return "text"


def _text_kind(content: bytes) -> Kind:
    start = content[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<") and not start.lower().startswith((b"<html", b"<!doctype html")):
        return "xml"
    return "json" if start[:1] in (b"{", b"[") and _json.plausible(content) else "text"


def _only_member(archive: Archive) -> str | None:
    names = archive.names
    if len(names) == 1:
        return names[0]
    return next((name for name in names if name.split("/")[-1] == "export.xml" and "health" in name.lower()), None)


def _large(path: Path, size: int) -> Source:
    """A file above the cap: read only where its importer reads it piece by piece."""
    with path.open("rb") as stream:
        start = stream.read(_PEEK)
    if size <= limits.stream_size() and _text_kind(start) == "xml" and _APPLE.search(start):
        return Source(path.name, "xml", b"", start, path)
    came = f"{path.name} has {size:,} bytes"
    raise ImportProblem(came, f"at most {limits.size():,}", limits.raise_it("BYTES", "export a shorter period"))


def base_name(name: str) -> str:
    """The name of a file in an archive without its folders.

    >>> base_name("activities/12.fit.gz")
    '12.fit.gz'
    """
    return os.path.basename(name)  # noqa: PTH119 - a name in an archive, not a path
