"""Files that are no log: one clear problem each, on one line, in three parts, and nothing returned."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.importers import Context, ImportProblem, _text, read, vendors

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
    "an Excel workbook": (b"PK\x03\x04rest", "a zip archive or Excel workbook"),
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


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may open every file")
def test_a_file_without_permission(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(CLASSIC + ROW)
    path.chmod(0)
    assert "cannot be opened (Permission denied)" in problem_of(path)


def test_caps_on_bytes_and_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(CLASSIC + ROW * 5)
    monkeypatch.setattr(_text, "MAX_ROWS", 4)
    assert "has 6 rows" in problem_of(path)
    monkeypatch.setattr(_text, "MAX_BYTES", 10)
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


def test_a_file_cut_inside_a_letter_rejects_its_last_row(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(CLASSIC + ROW + "2024-05-07 07:00:00,Été".encode()[:-1])
    reading = read(path, Context(athlete="anna", unit="kg"))
    assert (reading.n_loaded, reading.n_rejected, reading.decisions["encoding"]) == (1, 1, "utf-8")


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
