"""A quotation mark that an app wrote without quoting it swallows no rows; texts with line ends stay whole."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analysis.importers import Context, ImportProblem, Reading, original, read_source
from analysis.importers._durations import seconds
from analysis.importers._header import layout, table
from analysis.importers._instants import utc
from analysis.importers._scan import scanned
from analysis.importers._source import from_bytes
from analysis.importers._text import Records, parse

FITNOTES = "Date,Exercise,Category,Weight (kg),Reps,Distance,Distance Unit,Time,Comment\n"
STRONG = "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE\n"
SECONDS = 2.0


def fitnotes(*comments: str, head: str = FITNOTES) -> str:
    rows = (f"2024-03-{day % 28 + 1:02},Squat,Legs,{100 + day % 28},5,,,,{text}\n" for day, text in enumerate(comments))
    return head + "".join(rows)


def reading(text: str, vendor: str | None = None) -> Reading:
    return read_source(original("a.csv", text.encode()), Context(athlete="anna", unit="kg"), vendor)


def rows_of(records: Records) -> list[list[str]]:
    return [records.fields[at : at + n] for at, n in zip(records.offsets, records.widths, strict=True)]


@pytest.mark.parametrize(
    ("comments", "lines"),
    [
        (('"felt good', "", "ok", "", '"bad', ""), [2, 6]),
        (('"felt good', "", "ok"), [2]),
        (("", '"felt good', "", 'then, "easy'), [3]),
        (('"felt good', '"a, quoted one"', "ok"), [2]),
        (('"felt good', "", '"two\nlines"', ""), [2]),
        (('"', "", '"', ""), [2, 4]),
        (('"', "", '"'), [2, 4]),
        (('"felt good', "", *["ok"] * 9_000, '"x"'), [2]),
    ],
)
def test_a_lone_mark_swallows_no_row(comments: tuple[str, ...], lines: list[int]) -> None:
    found = reading(fitnotes(*comments))
    assert (found.n_read, found.n_loaded) == (len(comments), len(comments))
    assert found.tables["sets"]["notes"].to_list()[lines[0] - 2] == comments[lines[0] - 2]
    said = [text for text in found.notices if "lone quotation mark" in text]
    assert len(said) == 1
    assert all(str(line) in said[0] for line in lines)


def test_the_mark_is_in_the_notes_of_strong_too() -> None:
    row = '2024-05-{:02} 07:08:09,"Leg",1h,"Squat",1,60,5,0,0,{},"",8\n'
    text = STRONG + "".join(row.format(day, note) for day, note in enumerate(['"felt good', '"a\nb"', '""', '"c"'], 1))
    found = reading(text)
    assert (found.n_read, found.n_loaded) == (4, 4)
    assert found.tables["sets"]["notes"].to_list() == ['"felt good', "a\nb", None, "c"]
    assert found.tables["sets"]["source_row"].to_list() == [2, 3, 5, 6]


def test_the_text_of_a_refused_row_is_verbatim() -> None:
    found = reading(fitnotes('"felt good', "", '"bad', "").replace(",100,", ",heavy,"))
    assert found.rejected["raw"].to_list() == ['2024-03-01,Squat,Legs,heavy,5,,,,"felt good']


def test_what_may_be_one_text_or_many_rows_is_refused_with_its_line() -> None:
    with pytest.raises(ImportProblem, match=r"a\.csv, line 3: a quotation mark opens") as caught:
        reading(fitnotes("", '"felt good', "", 'a box of 24"', ""))
    assert "\n" not in str(caught.value)
    assert "line 3" in str(caught.value).split("Next:")[1]


def test_without_dates_a_mark_that_nothing_closes_is_refused() -> None:
    with pytest.raises(ImportProblem, match="line 2: a quotation mark opens"):
        reading('exercise_raw,exercise\n"Sqaut,back_squat\nBnech,bench_press\n"Dl,deadlift\n')


def test_rows_without_the_date_of_the_first_are_not_guessed_at() -> None:
    with pytest.raises(ImportProblem, match="line 2: a quotation mark opens"):
        parse("a.csv", 'date,lift,note\n2024-01-02,Squat,"felt good\n,Bench,\n,Row,"bad\n', ",")


@pytest.mark.parametrize(
    "note",
    ["two\nlines", "see\n2024-03-09,Squat,Legs,100,5,,,,ok\nbye", "a\n\n\nb", "2024-03-01\n2024-03-02", '"\n"', "\n,"],
)
def test_a_real_text_over_lines_stays_whole(note: str) -> None:
    made = io.StringIO(newline="")
    csv.writer(made, lineterminator="\n").writerows(
        [
            FITNOTES.strip().split(","),
            *(["2024-03-01", "Squat", "Legs", "100", "5", "", "", "", text] for text in (note, "b")),
        ]
    )
    found = reading(made.getvalue())
    assert found.tables["sets"]["notes"].to_list() == [note, "b"]
    assert not any("lone" in text for text in found.notices)


def test_a_file_cut_off_in_a_text_is_still_refused() -> None:
    for end in ('"felt go', '"felt\ngo', '"felt good\n'):
        with pytest.raises(ImportProblem, match="cut off"):
            reading(fitnotes("ok", end).removesuffix("\n"))


NOTE = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30),
    st.lists(st.sampled_from(['"', '""', ",", "\n", "\r\n", "\r", "a", "2024-01-02", " ", "9"]), max_size=16).map(
        "".join
    ),
)


@settings(max_examples=500, deadline=None)
@given(st.lists(NOTE, min_size=1, max_size=5), st.booleans(), st.sampled_from(["\n", "\r\n"]))
@example(['"felt good\n2024-01-02,a'], True, "\n")
@example(["\n2000-0,"], True, "\n")
def test_what_a_program_writes_is_read_as_it_was(notes: list[str], last: bool, eol: str) -> None:
    if eol == "\n":
        notes = [note.replace("\r", "") for note in notes]  # which this writer does not quote
    rows = [["date", "lift", "load", "reps", "note"]]
    rows += [
        ["2024-01-02", "Squat", "60", "5", note] if last else ["2024-01-02", note, "Squat", "60", "5"] for note in notes
    ]
    made = io.StringIO(newline="")
    csv.writer(made, lineterminator=eol).writerows(rows)
    records = parse("a.csv", made.getvalue(), ",")
    assert rows_of(records) == rows
    assert records.lone == ()
    fast = scanned(made.getvalue().encode(), ",")
    assert fast is None or fast.starts.tolist() == records.starts


@pytest.mark.parametrize("eol", ["\n", "\r\n"])
def test_the_fast_way_leaves_a_lone_mark_to_the_other(eol: str) -> None:
    text = fitnotes('"', "", '"', "").replace("\n", eol)
    assert scanned(text.encode(), ",") is None
    assert parse("a.csv", text, ",").lone == (2, 4)


def test_many_marks_are_read_in_time() -> None:
    start = time.process_time()
    text = FITNOTES + '2024-03-01,Squat,Legs,100,5,,,,"x\n2024-03-01,Squat,Legs,100,5,,"",,\n' * 20_000
    assert len(parse("a.csv", text, ",").lone) == 20_000
    assert time.process_time() - start < 5 * SECONDS


HOSTILE = [
    "1" + " " * 30_000 + "x",
    "1" * 30_000,
    "1 " * 15_000,
    "-" * 30_000,
    " ".join(f"w{n:x}q" for n in range(6_000)),
]


@pytest.mark.parametrize("text", HOSTILE, ids=["spaces", "digits", "numbers", "dashes", "words"])
@pytest.mark.parametrize("function", [seconds, utc], ids=["duration", "instant"])
def test_a_long_text_is_no_duration_and_no_instant_at_once(text: str, function: Callable[[str], object]) -> None:
    start = time.process_time()
    assert function(text) is None
    assert time.process_time() - start < 0.1


@pytest.mark.parametrize("text", HOSTILE, ids=["spaces", "digits", "numbers", "dashes", "words"])
@pytest.mark.parametrize("column", range(9))
def test_one_long_cell_costs_no_seconds(text: str, column: int) -> None:
    cells = ["2024-03-01", "Squat", "Legs", "100", "5", "", "", "", "ok"]
    cells[column] = text
    start = time.process_time()
    reading(fitnotes("a", "b") + ",".join(cells) + "\n")
    assert time.process_time() - start < SECONDS / 2


@pytest.mark.parametrize("blank", ["\n", ",,,,,,,,\n", " \n", " ,,\u00a0,,,,,,\n"])
@pytest.mark.parametrize("fast", [True, False])
def test_blank_rows_are_told_apart_at_once(blank: str, fast: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not fast:
        monkeypatch.setattr("analysis.importers._source.scanned", lambda *_: None)
    source = from_bytes("a.csv", (fitnotes("a") + blank * 300_000 + fitnotes("b", head="")).encode())
    names = {"date": ("Date",)}
    start = time.process_time()
    found = table(source, layout(source.head, names), names, ("date",))
    assert time.process_time() - start < (1.0 if fast else SECONDS)
    assert (found.n_read, found.ignored.height, found.frame.height) == (300_002, 300_000, 2)
    assert found.ignored["source_row"].to_list()[:2] == [3, 4]
