"""Files that are no log: one clear problem each, on one line, in three parts, and nothing returned."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.importers import Context, ImportProblem, read, vendors

NOBODY = 65534
CLASSIC = b"Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE\n"
ROW = b'2024-05-06 07:08:09,A,1h,Squat,1,60,5,0,0,"a note",,\n'
BAD = {
    "empty": (b"", "is empty"),
    "only line ends": (b"\n\r\n\n", "is empty"),
    "only a byte order mark": (b"\xef\xbb\xbf", "is empty"),
    "header only": (CLASSIC, "a header and no rows"),
    "header and blank lines": (CLASSIC + b"\n,,,,,,,,,,,\n", "a header and no rows"),
    "cut inside quotes": (CLASSIC + ROW + ROW[:-9], "ends inside a quoted field that begins on line 3"),
    "a quote never closed": (CLASSIC + b'2024,"' + b"x\n" * 70_000, "near line"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "a PNG picture"),
    "an Excel workbook": (b"PK\x03\x04rest", "cannot be unpacked"),
    "zero bytes": (CLASSIC + b"\x00\x00" + ROW, "is not text"),
    "no encoding": (b"\x81\x8d\x8f,\xff\n", "is not text"),
    "half a UTF-16 file": (b"\xff\xfea\x00b", "is not text"),
    "another CSV": (b"a,b,c\n1,2,3\n", "first line 'a,b,c'"),
    "prose": (b"Liebes Tagebuch, heute war ich laufen.\n", "not known to any importer"),
    "two columns of one name": (CLASSIC.replace(b"Notes,W", b"Reps,W") + ROW, "two columns for reps"),
    "mostly unreadable": (
        CLASSIC + ROW + ROW.replace(b"2024", b"x") * 2,
        "2 of 3 rows cannot be read, 2 because of date",
    ),
    "mostly short": (CLASSIC + ROW + b"2024-05-06,A\n" * 2, "has 2 fields, the header has 12"),
    "one field a row": (CLASSIC + ROW + b"x\n" * 2, "has 1 field, the header has 12"),
    "cut between two fields": (CLASSIC + ROW * 2 + ROW[:30], "ends inside the row of line 4: the file is cut off"),
    "cut in its second field": (CLASSIC + ROW[:22], "ends inside the row of line 2: the file is cut off"),
    "cut inside quotes after a stray quote": (
        CLASSIC + ROW + ROW.replace(b'"a note"', b'"a "good" note"').replace(b",,\n", b',"open'),
        "ends inside a quoted field that begins on line 3",
    ),
    "cut inside a letter": (CLASSIC + ROW + "2024-05-07 07:00:00,Été".encode()[:-1], "ends inside a letter"),
    "no row fits": (
        CLASSIC + ROW.replace(b",5,", b",5000,") * 2 + ROW.replace(b",60,", b",999,"),
        "no row could be loaded: reps 5000.0",
    ),
    "rest timers only": (CLASSIC + ROW.replace(b"Squat,1", b"Squat,Rest Timer"), "no row could be loaded: rest_timer"),
    "a day ahead of us": (CLASSIC + ROW.replace(b"2024", b"2062"), "no row could be loaded: date 2062-05-06 is in the"),
}


def problem_of(path: Path, vendor: str | None = None) -> str:
    with pytest.raises(ImportProblem) as caught:
        read(path, Context(athlete="anna", unit="kg"), vendor)
    words = str(caught.value)
    assert "\n" not in words
    assert ". Expected: " in words
    assert ". Next: " in words
    return words


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_one_clear_problem(tmp_path: Path, name: str) -> None:
    data, says = BAD[name]
    path = tmp_path / "log.csv"
    path.write_bytes(data)
    assert says in problem_of(path)


def test_what_is_no_file(tmp_path: Path) -> None:
    assert "is a folder" in problem_of(tmp_path)
    assert "does not exist" in problem_of(tmp_path / "log.csv")
    assert "cannot be opened" in problem_of(tmp_path / ("x" * 300))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_a_file_without_permission() -> None:
    with tempfile.TemporaryDirectory() as folder:  # not tmp_path, which only its owner may enter
        Path(folder).chmod(0o755)
        path = Path(folder) / "log.csv"
        path.write_bytes(CLASSIC + ROW)
        path.chmod(0)
        with nobody():
            assert "cannot be opened (Permission denied)" in problem_of(path)


@contextmanager
def nobody() -> Iterator[None]:
    """Give up the rights of root for a while: root may open every file."""
    mine = os.geteuid()
    if mine == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(mine)


def test_caps_on_bytes_and_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(CLASSIC + ROW * 5)
    monkeypatch.setenv("STRIDELIFT_MAX_ROWS", "4")
    assert "has 6 rows" in problem_of(path)
    monkeypatch.setenv("STRIDELIFT_MAX_BYTES", "10")
    assert "bytes" in problem_of(path)


def test_a_log_without_an_athlete(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(CLASSIC + ROW)
    with pytest.raises(ImportProblem, match="pass --athlete"):
        read(path, Context(athlete="  ", unit="kg"))


def test_a_vendor_named_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(CLASSIC + ROW)
    assert "no column for start_time" in problem_of(path, "hevy")
    assert "one of alias_sheet" in problem_of(path, "no_such")
    assert read(path, Context(athlete="anna", unit="kg"), "strong").n_loaded == 1


@pytest.mark.parametrize(
    "tail", [ROW.rstrip(), ROW.replace(b"a note", b"two\nlines").rstrip(), ROW + b",,", ROW + b" "]
)
def test_a_whole_last_row_without_a_line_end_is_no_cut(tmp_path: Path, tail: bytes) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(CLASSIC + ROW.replace(b"2024", b"2023") + tail)
    reading = read(path, Context(athlete="anna", unit="kg"))
    assert (reading.n_loaded, reading.n_rejected) == (2, 0)


@pytest.mark.parametrize("line", [b"sep=,\n", b'"sep=,"\r\n', b"\xef\xbb\xbfSEP=,\r"])
def test_the_separator_line_of_a_spreadsheet_is_no_record_but_a_line(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(line + CLASSIC + ROW + b"short\n")
    reading = read(path, Context(athlete="anna", unit="kg"))
    assert (reading.n_read, reading.tables["sets"]["source_row"].item()) == (2, 3)
    assert reading.rejected.select("source_row", "raw").row(0) == (4, "short")


def test_one_delimiter_too_many_at_the_end_of_every_row(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    rows = [ROW.replace(b"2024", str(year).encode()).strip().replace(b",", b";") for year in (2022, 2023, 2024)]

    def count(header: bytes, *lines: bytes) -> tuple[int, int]:
        path.write_bytes(b"\n".join([header, *lines, b""]))
        reading = read(path, Context(athlete="anna", unit="kg"))
        return reading.n_loaded, reading.n_rejected

    header = CLASSIC.strip().replace(b",", b";")
    more = [row + b";" for row in rows]
    assert count(header, *more) == count(header + b";", *more) == (3, 0)
    assert count(header, *rows[:2], more[2]) == (2, 1)  # not every row
    with pytest.raises(ImportProblem, match="has 13 fields"):
        count(header, *(row + b"8" for row in more))  # not empty
    commas = [row.replace(b";", b",") for row in more]
    assert count(CLASSIC.strip() + b",", *commas) == (3, 0)
    with pytest.raises(ImportProblem, match="has 13 fields"):
        count(CLASSIC.strip(), *(row.replace(b",60,", b",62,5,").removesuffix(b",") for row in commas))  # 62,5 kg


def test_a_file_that_is_not_utf8_is_read_with_a_notice(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    said = "read as Windows-1252 (not UTF-8): check names with accents"
    for encoding, notices in (("cp1252", (said,)), ("utf-8", ()), ("utf-16", ())):
        path.write_bytes((CLASSIC + ROW).decode().replace("Squat", "Développé").encode(encoding))
        assert read(path, Context(athlete="anna", unit="kg")).notices == notices


GARBAGE = st.one_of(
    st.binary(max_size=300),
    st.text(alphabet='",;\n\r\t a1é\u202f\x00', max_size=300).map(str.encode),
    st.binary(max_size=80).map(lambda tail: CLASSIC + ROW + tail),
    st.tuples(st.integers(0, len(CLASSIC + ROW)), st.binary(max_size=5)).map(
        lambda cut: (CLASSIC + ROW)[: cut[0]] + cut[1] + (CLASSIC + ROW)[cut[0] :]
    ),
)


@settings(max_examples=150, deadline=None)
@given(GARBAGE, st.sampled_from([None, *vendors()]))
def test_no_bytes_end_in_a_traceback(tmp_path_factory: pytest.TempPathFactory, data: bytes, vendor: str | None) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "log.csv"
    path.write_bytes(data)
    try:
        reading = read(path, Context(athlete="anna", unit="kg"), vendor)
    except ImportProblem:
        return
    assert reading.n_read == reading.n_loaded + reading.n_attached + reading.n_ignored + reading.n_rejected
    assert reading.data == data
