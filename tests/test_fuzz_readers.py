"""Damaged and forged files of every vendor: `matches`, `read` and `judged` raise nothing but our own problem.

They are called directly, because the last guard of `importers.read_source` would hide a defect.
STRIDELIFT_FUZZ_EXAMPLES makes the run longer than what every run of the tests can afford.
"""

from __future__ import annotations

import io
import json
import os
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any, Final, NamedTuple
from xml.etree.ElementTree import Element, ParseError, fromstring, register_namespace, tostring

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.importers import Context, ImportProblem, Source, original, vendors
from analysis.importers._judge import judged
from analysis.tables import FACTS
from fit_for_tests import crc
from vendor_samples import EVERY

EXAMPLES: Final = int(os.environ.get("STRIDELIFT_FUZZ_EXAMPLES", "12"))
OUR_FAULT: Final = re.compile(r"Expected: equal sums|failed on it")
TEXTS: Final = (
    "", " ", "0", "-1", "1", "1e308", "1e999", "-1e-320", "9" * 25, "9" * 400, "NaN", "Infinity", "-inf", "1,5",
    "1.5", "1.234,56", "1,234.56", "½", "٣", "0x10", "1_000", "+5", "5 kg", "5kg", "100 lbs", "'-5", "=1+1", "--",
    "None", "null", "true", "[1]", "{}", "0000-00-00", "9999-12-31", "2024-02-30", "31/12/2024", "12/31/2024",
    "0001-01-01 00:00:00", "2024-01-01T00:00:00Z", "2024-01-01 00:00:00+99:99", "24:00", "25:61:61", "-1:00",
    "99999:00:00", "PT1S", "PT99999999999H", "1h", "12 AM", "13:00 PM", "UTC-99:00", "UTC+5", "Europe/Nowhere",
    "../../x", "\x00", "\x1b[31m", "\r", "\n", "\t", '"', '""', "'", ";", ",", "|", "\u202e", "\u00a0", "\ufeff",
    "\u2028", "é" * 50, "💪", "A" * 5000, "5x5", "3×5@80", "warmup", "Rest Timer", "km", "kg", "lb", "$1", "\\1",
    "a|b|c", "İ", "ß", "<script>", "&amp;", "%s", "{0}", "-0", "1e5", "1e-5", "2147483648", "-9223372036854775809",
    "18446744073709551616",
)  # fmt: skip
VALUES: Final[tuple[Any, ...]] = (
    None, True, False, 0, -1, 1, 1.5, 1e308, -1e308, 10**30, 10**400, float("nan"), float("inf"), "", "x", "NaN",
    "1.5", [], [[]], [None], {}, {"a": 1}, [1, "a", None], {"typeKey": 5}, {"id": {}}, "2026-03-01T08:30:00",
    "2026-03-01", 1772346600000, -1772346600000, 12345.678, 1e17, "PT99999999999H", "PT-5S", [{}], [{"value": None}],
    2**63, -(2**63) - 1, "\ud800", "\x00",
)  # fmt: skip
BYTES: Final = (b"", b"\x00", b"\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\r\n", b"\n\n", b'"', b",", b";", b"\t", b"<", b">", b"&", b"{", b"[", b"]]", b"\x80" * 7)  # fmt: skip  # noqa: E501
ANSWERS: Final = {
    "unit": ("kg", "lb"), "distance_unit": ("km", "mi", "m"), "tz": ("Europe/Rome", "America/Denver"),
    "date_order": ("day_first", "month_first"), "dumbbells": ("per_implement", "total"),
    "unilateral_reps": ("per_side", "total"),
}  # fmt: skip


class Change(NamedTuple):
    """What is done to a file: the kind of change, two places in it from 0 to 1, and what is put there."""

    kind: int
    first: float
    second: float
    what: int


Mutate = Callable[[bytes, Change], bytes]


def place(share: float, length: int) -> int:
    return min(int(share * length), length - 1) if length else 0


def in_bytes(data: bytes, change: Change) -> bytes:
    at, other = place(change.first, len(data)), place(change.second, len(data))
    low, high = min(at, other), max(at, other)
    piece = BYTES[change.what % len(BYTES)]
    return (
        lambda: data[:at] + bytes([change.what % 256]) + data[at + 1 :],
        lambda: data[:at] + piece + data[at:],
        lambda: data[:at],
        lambda: data[:low] + data[high:],
        lambda: data[:low] + data[low : low + 40] + data[low:],
        lambda: data[:high] + data[low:high][:200] + data[high:],
        lambda: data[:at] + data[at + 1 + change.what % 5 :],
    )[change.kind % 7]()


def in_lines(data: bytes, change: Change) -> bytes:
    """Cells, rows and columns of a text, cut roughly at the delimiter, quotes or not."""
    lines = data.decode("utf-8", "replace").split("\n")
    mark = max(",;\t", key=lines[0].count if lines[0] else data.decode("utf-8", "replace").count)
    at, other = place(change.first, len(lines)), place(change.second, len(lines))
    cells = lines[at].split(mark)
    column = place(change.second, len(cells))
    text = TEXTS[change.what % len(TEXTS)]

    def with_cells(new: list[str]) -> list[str]:
        return [*lines[:at], mark.join(new), *lines[at + 1 :]]

    def turned() -> list[str]:
        rows = [line.split(mark) for line in lines]
        return [mark.join(reversed(row)) if change.what % 2 else mark.join(row[column:] + row[:column]) for row in rows]

    def column_set() -> list[str]:
        rows = [line.split(mark) for line in lines]
        return [mark.join([*r[:column], text, *r[column + 1 :]]) if n and column < len(r) else mark.join(r) for n, r in enumerate(rows)]  # fmt: skip  # noqa: E501

    def column_gone() -> list[str]:
        return [mark.join(r[:column] + r[column + 1 :]) for r in (line.split(mark) for line in lines)]

    quoted = '"' + text.replace('"', '""') + '"'
    made: list[str] = (
        lambda: with_cells([*cells[:column], text, *cells[column + 1 :]]),
        lambda: with_cells([*cells[:column], quoted, *cells[column + 1 :]]),
        lambda: with_cells([*cells[:column], "", *cells[column + 1 :]]),
        lambda: with_cells([*cells[:column], text, *cells[column:]]),
        lambda: with_cells(cells[:column]),
        lambda: [*lines[:at], lines[other], *lines[at:]],
        lambda: [*lines[:at], *lines[at + 1 :]],
        lambda: [*lines[: at + 1], *[lines[at]] * (change.what % 20), *lines[at + 1 :]],
        turned,
        column_set,
        column_gone,
        lambda: [line.replace(mark, ",;\t|"[change.what % 4]) for line in lines],
        lambda: ["\r" if change.what % 2 else "", *lines],
        lambda: lines[:1] + [line.replace(".", ",") for line in lines[1:]],
        lambda: lines[:1] + list(reversed(lines[1:])),
    )[change.kind % 15]()
    return "\n".join(made).encode("utf-8", "replace")


def in_json(data: bytes, change: Change) -> bytes:
    documents = [json.loads(line) for line in data.splitlines()] if data.count(b"\n") > 1 else json.loads(data)
    paths = list(walked(documents))
    path = paths[place(change.first, len(paths))]
    value = VALUES[change.what % len(VALUES)]
    made = changed(documents, path, change, value)
    return json.dumps(made).replace("12345.678", "1e999").encode()


def walked(found: Any, path: tuple[Any, ...] = ()) -> Any:
    yield path
    inside = found.items() if isinstance(found, dict) else enumerate(found) if isinstance(found, list) else ()
    yield from chain.from_iterable(walked(value, (*path, key)) for key, value in inside)


def changed(found: Any, path: tuple[Any, ...], change: Change, value: Any) -> Any:
    if not path:
        return (value, [found], {"data": found}, [found, value])[change.kind % 4]
    inner = json.loads(json.dumps(found))
    holder = inner
    for key in path[:-1]:
        holder = holder[key]
    if change.kind % 5 == 0:
        del holder[path[-1]]
    elif change.kind % 5 == 1 and isinstance(holder, list):
        holder += [holder[path[-1]]] * (1 + change.what % 3)
    elif change.kind % 5 == 2:
        holder[path[-1]] = [holder[path[-1]]]
    else:
        holder[path[-1]] = value
    return inner


def in_xml(data: bytes, change: Change) -> bytes:
    text = data.decode("utf-8", "replace")
    head = text[: text.index("<HealthData")] if "<HealthData" in text else ""
    try:
        root = fromstring(text.removeprefix(head).encode("utf-8", "surrogateescape"))  # noqa: S314 - our own text
    except (ParseError, ValueError):
        return data
    parents = [(parent, child) for parent in root.iter() for child in parent]
    parent, child = parents[place(change.first, len(parents))] if parents else (root, root)
    of_xml(root, parent, child, change)
    register_namespace("ss", "urn:schemas-microsoft-com:office:spreadsheet")
    return (head + tostring(root, encoding="unicode")).encode("utf-8", "replace")


def of_xml(root: Element, parent: Element, child: Element, change: Change) -> None:
    text = re.sub(r"[\x00-\x08\x0b-\x1f]", "?", TEXTS[change.what % len(TEXTS)])
    keys = sorted(child.attrib)
    key = keys[place(change.second, len(keys))] if keys else None
    kind = change.kind % 8
    if kind == 0 and child in list(parent):
        parent.remove(child)
    elif kind == 1 and key:
        del child.attrib[key]
    elif kind in (2, 3) and key:
        child.attrib[key] = text
    elif kind == 4:
        child.tag = child.tag.rpartition("}")[0] + "}Other" if "}" in child.tag else "Other"
    elif kind == 5:
        parent.extend([child] * (1 + change.what % 3)) if child is not root and len(list(root.iter())) < 500 else None
    elif kind == 6:
        for inner in list(child):
            child.remove(inner)
    else:
        child.text = text


def in_fit(data: bytes, change: Change) -> bytes:
    """A byte of the messages, with the checksum made right again: a wrong one is told at once."""
    at = 14 + place(change.first, max(len(data) - 16, 1))
    made = bytearray(in_bytes(data, change) if change.kind % 3 == 0 else data)
    if at < len(made):
        made[at] = change.what % 256
    if len(made) < 17 or change.kind % 5 == 0:
        return bytes(made)
    made[4:8] = max(len(made) - 16, 0).to_bytes(4, "little")
    made[12:14] = crc(bytes(made[:12])).to_bytes(2, "little")
    return bytes(made[:-2]) + crc(bytes(made[:-2])).to_bytes(2, "little")


def in_zip(data: bytes, change: Change) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError):
        return data
    name = list(files)[place(change.second, len(files))] if files else ""
    if change.kind % 4 == 0 or not name:
        return in_bytes(data, change)
    files[name] = mutation(files[name])(files[name], change)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for member, content in files.items():
            archive.writestr(member, content)
    return out.getvalue()


def mutation(data: bytes) -> Mutate:
    """What suits the kind of the file."""
    if data.startswith(b"PK"):
        return in_zip
    if data[8:12] == b".FIT":
        return in_fit
    if data.lstrip()[:1] == b"<":
        return in_xml
    return in_json if data[:1] in (b"{", b"[") else in_lines


def mutated(data: bytes, changes: list[Change]) -> bytes:
    """The file after all changes; what is broken as a document is changed byte by byte."""
    for change in changes:
        how = mutation(data) if change.kind % 6 else in_bytes
        try:
            data = how(data, change)
        except (json.JSONDecodeError, RecursionError, KeyError, IndexError, UnicodeError, OverflowError):
            data = in_bytes(data, change)
    return data


changes = st.lists(
    st.builds(Change, st.integers(0, 840), st.floats(0, 1), st.floats(0, 1), st.integers(0, 4000)),
    min_size=1,
    max_size=4,
)
told = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in ANSWERS.items()})


def check(vendor: str, data: bytes, context: Context) -> None:
    """Read these bytes as this vendor: a problem of ours, or rows that add up and keys that are unique."""
    module = vendors()[vendor]
    try:
        source = original("file", data)
        module.matches(source.head)
        reading = judged(vendor, source, module.read(source, context))
    except ImportProblem as problem:
        assert not OUR_FAULT.search(str(problem))  # noqa: PT017 - which problem it is matters here
        return
    assert reading.n_read == reading.n_loaded + reading.n_attached + reading.n_ignored + reading.n_rejected
    assert (reading.n_ignored, reading.n_rejected) == (reading.ignored.height, reading.rejected.height)
    for name, frame in reading.tables.items():
        schema, key = FACTS[name]
        assert schema.is_valid(frame)
        assert frame[key].is_unique().all(), f"{name} has {key} twice"


@pytest.mark.parametrize("name", EVERY)
def test_no_damage_ends_in_a_traceback(name: str, tmp_path: Path) -> None:
    vendor, sample = EVERY[name]
    usual = sample.context(tmp_path)

    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(changes, told, st.booleans())
    def run(how: list[Change], answers: dict[str, str], asked: bool) -> None:
        check(vendor, mutated(sample.data, how), replace(usual, **dict[str, Any](answers)) if asked else usual)

    run()


def test_the_check_itself_would_notice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    vendor, sample = EVERY["strong"]
    check(vendor, sample.data, sample.context(tmp_path))

    def broken(_source: Source, _context: Context) -> None:
        raise KeyError("x")

    monkeypatch.setattr(vendors()[vendor], "read", broken)
    with pytest.raises(KeyError):
        check(vendor, sample.data, sample.context(tmp_path))
