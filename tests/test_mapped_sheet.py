"""Sheets of one's own through a mapping file: every layout and table, what is asked, what is refused, stable ids."""

from __future__ import annotations

import io
import itertools
import os
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.importers import Context, ImportProblem, Reading, _mapping, identify, mapped_sheet, read, vendors
from analysis.importers._judge import judged
from analysis.importers._source import Head, from_bytes
from analysis.logbook import Logbook

Make = Callable[..., Reading]
CORPUS = Path(os.environ.get("STRIDELIFT_CORPUS") or Path(__file__).parents[1].parent / "shared" / "logs")
PAGE = Path(__file__).parents[1] / "docs" / "mapping.md"
POUND, MILE = 0.45359237, 1609.344

LONG = """
version = 1
[defaults]
load_unit = "kg"
[columns]
date = "Date"
exercise = "Exercise"
reps = "Reps"
load = "Load"
"""
WIDE = """
version = 1
layout = "wide_sets"
[defaults]
load_unit = "kg"
[columns]
date = "Date"
exercise = "Exercise"
[wide]
value_columns = "re:^Set"
[cell]
grammar = "reps x load"
"""
GATES = """
version = 1
table = "trials"
layout = "wide_sets"
[constants]
date = 2026-03-02
test = "sprint"
measure = "time_s"
[columns]
athlete = "Name"
[wide]
value_columns = "re:^(?P<distance>[0-9]+)(?P<distance_unit>m)$"
[gates]
times = "cumulative"
"""


@pytest.fixture
def sheet(tmp_path: Path) -> Make:
    numbers = itertools.count()

    def make(mapping: str, *lines: str, name: str = "sheet.csv", data: bytes | None = None, **told: Any) -> Reading:
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        (folder / "mapping.toml").write_text(mapping, encoding="utf-8")
        usual: dict[str, Any] = {"athlete": "Ada", "mapping": folder / "mapping.toml"}
        (folder / name).write_bytes(data if data is not None else "\n".join([*lines, ""]).encode())
        return read(folder / name, Context(**{**usual, **told}))

    return make


def workbook(sheets: dict[str, list[list[Any]]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        for name, rows in sheets.items():
            page = book.add_worksheet(name)
            for at, row in enumerate(rows):
                page.write_row(at, 0, row)
    return out.getvalue()


def sets(reading: Reading, *columns: str) -> list[tuple[Any, ...]]:
    assert reading.n_read == reading.n_loaded + reading.n_attached + reading.n_ignored + reading.n_rejected
    assert reading.tables["sets"]["set_id"].is_unique().all()
    return reading.tables["sets"].sort("date", "source_row", "set_no").select(columns).rows()


def test_a_mapping_decides_alone_and_no_file_is_claimed_without_one(tmp_path: Path) -> None:
    strong = "Date,Workout Name,Exercise Name,Set Order,Weight,Reps\n2026-03-02 07:00:00,A,Squat,1,100,5\n"
    for text in ("Date,Exercise,Reps,Load\n2026-03-02,Squat,5,100\n", strong, ""):
        assert not mapped_sheet.matches(Head("a.csv", text))
    (tmp_path / "a.csv").write_text("Date,Exercise,Reps,Load\n2026-03-02,Squat,5,100\n")
    with pytest.raises(ImportProblem, match=r"stridelift map --draft a\.csv"):
        identify(tmp_path / "a.csv")
    with pytest.raises(ImportProblem, match=r"Expected: --mapping FILE\.toml"):
        read(tmp_path / "a.csv", Context(athlete="Ada"), "mapped_sheet")


def test_a_declared_questionnaire_is_another_vendors(tmp_path: Path) -> None:
    (tmp_path / "q.toml").write_text('instrument = "hooper"\n')
    assert _mapping.vendor_of(tmp_path / "q.toml") == "questionnaire"
    (tmp_path / "m.toml").write_text(LONG)
    assert _mapping.vendor_of(tmp_path / "m.toml") == "mapped_sheet"
    assert "mapped_sheet" in vendors()


def test_a_long_sheet_gives_sets_with_blocks_and_everything_is_counted(sheet: Make) -> None:
    reading = sheet(
        LONG, "Date,Exercise,Reps,Load", "2026-03-02,Squat,5,100", "2026-03-02,Squat,5,100",
        "2026-03-02,Row,8,60kg",
        "2026-03-02,Squat,3,BW+10", "2026-03-04,Plank,40sec,", "2026-03-04,Lunge,10ea,20", ",,,", "2026-03-05,Squat,,",
    )  # fmt: skip
    columns = ("exercise_raw", "block_no", "set_no", "reps", "load_kg", "load_raw", "duration_s", "rep_basis")
    assert sets(reading, *columns) == [
        ("Squat", 1, 1, 5.0, 100.0, "100", None, "unknown"),
        ("Squat", 1, 2, 5.0, 100.0, "100", None, "unknown"),
        ("Row", 1, 1, 8.0, 60.0, "60kg", None, "unknown"),
        ("Squat", 2, 1, 3.0, 10.0, "BW+10", None, "unknown"),
        ("Plank", 1, 1, None, None, None, 40.0, "unknown"),
        ("Lunge", 1, 1, 10.0, 20.0, "20", None, "per_side"),
    ]
    assert dict(reading.ignored.select("source_row", "reason").iter_rows()) == {8: "blank", 9: "no value"}
    assert (reading.n_read, reading.n_loaded) == (8, 6)
    assert reading.tables["sessions"].height == 2


def test_a_number_of_sets_in_a_column_of_its_own(sheet: Make) -> None:
    mapping = LONG + 'sets = "Sets"\nrpe = "RPE"\nworkout = "Workout"\n'
    reading = sheet(
        mapping, "Date,Workout,Exercise,Sets,Reps,Load,RPE", "2026-03-02,A,Squat,3,5,100,8",
        "2026-03-02,B,Row,2,8,60,7",
        "2026-03-02,B,Row,0,8,60,7", "2026-03-02,B,Row,many,8,60,7",
    )  # fmt: skip
    assert sets(reading, "exercise_raw", "reps", "rpe") == [("Squat", 5.0, 8.0)] * 3 + [("Row", 8.0, 7.0)] * 2
    assert reading.tables["sessions"]["title"].to_list() == ["A", "B"]
    assert reading.rejected["reason"].str.contains("sets .* cannot be read").all()
    assert reading.n_rejected == 2


def test_the_product_of_a_cell_is_asked_and_never_guessed(sheet: Make) -> None:
    lines = ("Date,Exercise,Set 1,Set 2", "2026-03-02,Squat,5x100,5x100")
    with pytest.raises(ImportProblem, match=r"2 cells such as '5x100'.*Next: say \[cell\] grammar"):
        sheet(WIDE.replace('grammar = "reps x load"', ""), *lines)
    with pytest.raises(ImportProblem, match="no grammar says which number is which"):
        sheet(LONG, "Date,Exercise,Reps,Load", "2026-03-02,Squat,3x5,100", "2026-03-02,Squat,5,100")
    first = sheet(WIDE, *lines).tables["sets"].row(0, named=True)
    other = sheet(WIDE.replace("reps x load", "load x reps"), *lines).tables["sets"].row(0, named=True)
    assert (first["reps"], first["load_kg"], other["reps"], other["load_kg"]) == (5, 100, 100, 5)


def test_a_cell_that_cannot_be_read_refuses_its_row_with_the_cell(sheet: Make) -> None:
    reading = sheet(
        WIDE, "Date,Exercise,Set 1,Set 2", "2026-03-02,Squat,5x100,5y100", "2026-03-02,Row,8x60,",
        "2026-03-03,Dip,8xBW,",
    )  # fmt: skip
    assert sets(reading, "exercise_raw") == [("Row",), ("Dip",)]
    assert reading.tables["sessions"].height == 2
    row = reading.rejected.row(0, named=True)
    assert (row["source_row"], row["day"], row["athlete"]) == (2, "2026-03-02", "Ada")
    assert row["raw"] == "2026-03-02,Squat,5x100,5y100"
    assert row["reason"] == "cell '5y100' cannot be read: '5y100' does not follow the grammar 'reps x load'"


def test_a_sheet_of_which_less_than_half_can_be_read_is_one_problem(sheet: Make) -> None:
    with pytest.raises(ImportProblem, match="3 of 4 rows cannot be read, 3 because of cell"):
        sheet(WIDE, "Date,Exercise,Set 1", *["2026-03-02,Squat,five"] * 3, "2026-03-02,Squat,5x100")


def test_the_unit_is_asked_and_a_contradiction_is_a_problem(sheet: Make) -> None:
    bare = LONG.replace('load_unit = "kg"', "")
    lines = ("Date,Exercise,Reps,Load", "2026-03-02,Squat,5,100")
    with pytest.raises(ImportProblem, match="does not say whether in kg or lb"):
        sheet(bare, *lines)
    assert sets(sheet(bare, *lines, unit="lb"), "load_kg") == [(pytest.approx(100 * POUND),)]
    with pytest.raises(ImportProblem, match=r"\[defaults\] load_unit is 'kg', while --unit says lb"):
        sheet(LONG, *lines, unit="lb")
    assert sets(sheet(bare, "Date,Exercise,Reps,Load", "2026-03-02,Squat,5,0"), "load_kg") == [(0.0,)]


@pytest.mark.parametrize(
    ("header", "extra", "kilograms"),
    [
        ("Load (lbs)", "", 100 * POUND),
        ("Load [kg]", "", 100),
        ("load_lb", "", 100 * POUND),
        ("Load", '[units]\n"Load" = "lb"', 100 * POUND),
    ],
)
def test_the_unit_of_a_header_or_of_units(sheet: Make, header: str, extra: str, kilograms: float) -> None:
    mapping = LONG.replace('load_unit = "kg"', "").replace('load = "Load"', f'load = "{header}"\n{extra}')
    reading = sheet(mapping, f"Date,Exercise,Reps,{header}", "2026-03-02,Squat,5,100")
    assert sets(reading, "load_kg") == [(pytest.approx(kilograms),)]


def test_units_against_the_header_is_a_problem(sheet: Make) -> None:
    mapping = LONG.replace('load = "Load"', 'load = "Load (kg)"\n[units]\n"Load (kg)" = "lb"')
    with pytest.raises(ImportProblem, match="the unit of the header"):
        sheet(mapping, "Date,Exercise,Reps,Load (kg)", "2026-03-02,Squat,5,100")


def test_an_answer_to_another_sheet_is_no_answer_to_this_one(sheet: Make) -> None:
    bare = LONG.replace('load_unit = "kg"', "")
    with pytest.raises(ImportProblem, match="kg or lb"):
        sheet(bare, "Date,Exercise,Reps,Load", "2026-03-02,Squat,5,100", saved={"unit": "lb"})


def test_the_order_of_day_and_month_is_asked_and_checked(sheet: Make) -> None:
    lines = ("Date,Exercise,Reps,Load", "03/04/2026,Squat,5,100")
    with pytest.raises(ImportProblem, match="day and month cannot be told apart"):
        sheet(LONG, *lines)
    for order, day in (("dmy", "2026-04-03"), ("mdy", "2026-03-04")):
        mapping = LONG.replace('load_unit = "kg"', f'load_unit = "kg"\ndate_order = "{order}"')
        assert str(sets(sheet(mapping, *lines), "date")[0][0]) == day
    mapping = LONG.replace('load_unit = "kg"', 'load_unit = "kg"\ndate_order = "mdy"')
    with pytest.raises(ImportProblem, match=r"the dates of sheet\.csv have the other order"):
        sheet(mapping, "Date,Exercise,Reps,Load", "25/04/2026,Squat,5,100")


def test_a_sheet_without_dates_needs_a_day(sheet: Make) -> None:
    mapping = LONG.replace('date = "Date"', "")
    with pytest.raises(ImportProblem, match=r"\[constants\] date"):
        sheet(mapping, "Exercise,Reps,Load", "Squat,5,100")
    reading = sheet(mapping + "[constants]\ndate = 2026-03-02\n", "Exercise,Reps,Load", "Squat,5,100")
    assert str(sets(reading, "date")[0][0]) == "2026-03-02"


def test_a_row_without_a_day_or_a_name_is_refused(sheet: Make) -> None:
    reading = sheet(
        LONG, "Date,Exercise,Reps,Load", ",Squat,5,100", "2026-03-02,,5,100", "soon,Row,5,100",
        *["2026-03-02,Squat,5,100"] * 4,
    )  # fmt: skip
    assert reading.rejected["reason"].to_list() == [
        "date is missing", "exercise_raw is missing", "date 'soon' cannot be read",
    ]  # fmt: skip
    assert reading.n_loaded == 4


def test_decimal_commas_are_read_as_declared_only(sheet: Make) -> None:
    lines = ("Date;Exercise;Reps;Load", "2026-03-02;Squat;5;62,5", "2026-03-02;Squat;5;60", "2026-03-02;Squat;5;60")
    refused = sheet(LONG, *lines)
    assert refused.rejected["reason"].to_list() == [
        "load '62,5' cannot be read: its decimal mark is not the declared one ([defaults] decimal, thousands)"
    ]
    mapping = LONG.replace('load_unit = "kg"', 'load_unit = "kg"\ndecimal = ","')
    assert sets(sheet(mapping, *lines), "load_kg")[0] == (62.5,)


def test_words_nulls_status_and_ignored_rows(sheet: Make) -> None:
    mapping = LONG.replace('load_unit = "kg"', 'load_unit = "kg"\nnull_tokens = ["-", "N/A"]') + (
        'set_type = "Kind"\nstatus = "Done"\n'
        '[values.set_type]\n"Warm" = "warmup"\n"" = "work"\n[values.status]\n"x" = "skipped"\n"" = "done"\n'
        '[ignore]\nrows_where = { exercise = "re:^(TOTAL|CHEST \\\\()", Remark = "template" }\ncolumns = ["Sum"]\n'
    )
    reading = sheet(
        mapping, "Date,Exercise,Kind,Reps,Load,Done,Sum,Remark,Other", "2026-03-02,Squat,WARM,5,40,,200,,a",
        "2026-03-02,Squat,,5,-,,0,,", "2026-03-02,Squat,,5,100,x,0,,", "2026-03-02,TOTAL,,10,140,,0,,",
        "2026-03-02,Chest (,,10,140,,0,Template,", "2026-03-02,Squat,,5,100,maybe,0,,",
    )  # fmt: skip
    assert sets(reading, "set_type", "load_kg") == [("warmup", 40.0), ("work", None)]
    assert reading.ignored["reason"].to_list() == [
        "skipped or planned", "rows_where exercise of the mapping", "rows_where Remark of the mapping",
    ]  # fmt: skip
    assert reading.rejected["reason"].to_list() == ["status 'maybe' cannot be read: say [values.status]"]
    assert reading.decisions["columns_ignored"] == "Sum"
    assert reading.decisions["columns_left"] == "Other"


def test_repeated_headers_are_addressed_by_occurrence(sheet: Make) -> None:
    lines = ("Date,Exercise,Reps,Load,Reps,Load", "2026-03-02,Squat,5,100,3,110")
    with pytest.raises(ImportProblem, match=r"'Reps' 2 times.*say which: \"Reps#1\" or \"Reps#2\""):
        sheet(LONG, *lines)
    mapping = LONG.replace('"Reps"', '"reps#2"').replace('"Load"', '"col:F"')
    assert sets(sheet(mapping, *lines), "reps", "load_kg") == [(3.0, 110.0)]
    for wrong in ("Reps#3", "col:9", "Wdh"):
        with pytest.raises(ImportProblem, match="has no column"):
            sheet(LONG.replace('"Reps"', f'"{wrong}"').replace('"Load"', '"Load#1"'), *lines)


def test_a_fingerprint_that_does_not_fit_is_refused(sheet: Make) -> None:
    lines = ("Date,Exercise,Reps,Load", "2026-03-02,Squat,5,100")
    with pytest.raises(ImportProblem, match="has another header") as problem:
        sheet(LONG + '[match]\nfingerprint = "blake2b:00"\n', *lines)
    told = str(problem.value).split("(")[1].split(",")[0]
    assert told.startswith("blake2b:")
    mapping = LONG + f'[match]\nfingerprint = "{told}"\n'
    assert sheet(mapping, *lines, "2026-03-03,Squat,5,100").n_loaded == 2
    assert sheet(mapping, "DATE;exercise;Réps;Load", "2026-03-02;Squat;5;100").n_loaded == 1
    with pytest.raises(ImportProblem, match="has another header"):
        sheet(mapping, "Date,Exercise,Reps,Load,More", "2026-03-02,Squat,5,100,x")


def test_a_preamble_is_skipped_and_ragged_rows_are_refused(sheet: Make) -> None:
    mapping = LONG + "[match]\nskip_rows = 2\n"
    reading = sheet(
        mapping, "My training,,,", ",,,", "Date,Exercise,Reps,Load", "2026-03-02,Squat,5,100", "2026-03-02,Squat,5",
        "2026-03-02,Squat,5,100,,", "2026-03-02,Squat,5,100,x",
    )  # fmt: skip
    assert (reading.n_read, reading.n_loaded) == (4, 2)
    assert reading.rejected["reason"].to_list() == [
        "has 3 fields, the header has 4", "has 5 fields, the header has 4",
    ]  # fmt: skip


def test_a_workbook_its_sheet_its_dates_and_its_numbers(sheet: Make) -> None:
    import datetime as dt

    log: list[list[Any]] = [["Date", "Exercise", "Reps", "Load"], [dt.date(2026, 3, 2), "Squat", 5, 62.5], [dt.date(2026, 3, 3), "Squat", 5, "62,5"]]  # fmt: skip  # noqa: E501
    data = workbook({"Notes": [["nothing here"]], "Log": log})
    with pytest.raises(ImportProblem, match=r"2 filled sheets\. Expected: one of: Notes, Log"):
        sheet(LONG, name="a.xlsx", data=data)
    with pytest.raises(ImportProblem, match="no filled sheet 'Diary'"):
        sheet(LONG + '[match]\nsheet = "Diary"\n', name="a.xlsx", data=data)
    mapping = LONG.replace('load_unit = "kg"', 'load_unit = "kg"\ndecimal = ","') + '[match]\nsheet = "Log"\n'
    reading = sheet(mapping, name="a.xlsx", data=data)
    assert sets(reading, "load_kg", "start_local", "source_row") == [(62.5, None, 2), (62.5, None, 3)]
    serial = workbook({"Log": [["Date", "Exercise", "Reps", "Load"], [46083, "Squat", 5, 60]]})
    with pytest.raises(ImportProblem, match="1 of 1 rows cannot be read, 1 because of date"):
        sheet(LONG, name="a.xlsx", data=serial)
    for epoch, day in (("1900", "2026-03-02"), ("1904", "2030-03-03")):
        mapping = LONG.replace('load_unit = "kg"', f'load_unit = "kg"\nserial_dates = "{epoch}"')
        if epoch == "1900":
            assert str(sets(sheet(mapping, name="a.xlsx", data=serial), "date")[0][0]) == day
        else:
            with pytest.raises(ImportProblem, match=f"date {day} is in the future"):
                sheet(mapping, name="a.xlsx", data=serial)


def test_the_letters_of_columns_are_those_of_the_workbook(sheet: Make) -> None:
    data = workbook({"Log": [["", ""], ["", "2026-03-02", "Squat", "5x100"], ["", "2026-03-04", "Squat", "5x105"]]})
    mapping = WIDE.replace('"Date"', '"col:B"').replace('"Exercise"', '"col:C"').replace('"re:^Set"', '"col:4"')
    reading = sheet(mapping + "[match]\nheader_rows = 0\n", name="a.xlsx", data=data)
    assert sets(reading, "load_kg", "source_row") == [(100.0, 2), (105.0, 3)]
    assert reading.ignored["reason"].to_list() == ["blank"]


def test_weeks_by_the_dates_of_their_headers(sheet: Make) -> None:
    mapping = (
        WIDE.replace("wide_sets", "wide_weeks")
        .replace('date = "Date"', "")
        .replace('value_columns = "re:^Set"', 'value_columns = "re:^[0-9]"\nweek_from = "header_date"')
    )
    reading = sheet(mapping, "Exercise,12.01.2026,19.01.2026", 'Squat,"5x100, 5x100",5x105', "Row,8x60,")
    assert [(str(day), *rest) for day, *rest in sets(reading, "date", "exercise_raw", "load_kg")] == [
        ("2026-01-12", "Squat", 100.0), ("2026-01-12", "Squat", 100.0), ("2026-01-12", "Row", 60.0),
        ("2026-01-19", "Squat", 105.0),
    ]  # fmt: skip


def test_a_new_week_to_the_right_keeps_the_ids_of_the_old_ones(sheet: Make) -> None:
    mapping = (
        WIDE.replace("wide_sets", "wide_weeks")
        .replace('date = "Date"', "")
        .replace('value_columns = "re:^Set"', 'value_columns = "re:^2026"\nweek_from = "header_date"')
    )
    before = sheet(mapping, "Exercise,2026-01-12", "Squat,5x100", "Row,8x60").tables["sets"]
    after = sheet(mapping, "Exercise,2026-01-12,2026-01-19", "Squat,5x100,5x105", "Row,8x60,8x60").tables["sets"]
    assert set(before["set_id"]) < set(after["set_id"])


def test_weeks_by_number_need_a_first_week_and_known_days(sheet: Make) -> None:
    mapping = (
        WIDE.replace("wide_sets", "wide_weeks")
        .replace('date = "Date"', "")
        .replace(
            'value_columns = "re:^Set"',
            'value_columns = "re:^W(?P<week>[0-9]+) (?P<day>\\\\w+)$"\nweek_from = "week_number"',
        )
    )
    lines = ("Exercise,W1 Mon,W2 Thu", "Squat,5x100,5x105")
    with pytest.raises(ImportProblem, match=r"say \[wide\] first_week"):
        sheet(mapping, *lines)
    told = mapping.replace('week_number"', 'week_number"\nfirst_week = 2026-01-05')
    with pytest.raises(ImportProblem, match=r"day 'Mon' cannot be read: say \[wide\] days"):
        sheet(told, *lines)
    told = told.replace("2026-01-05", '2026-01-05\ndays = { "Mon" = 0, "Thu" = 3 }')
    assert [str(day) for (day,) in sets(sheet(told, *lines), "date")] == ["2026-01-05", "2026-01-15"]


def test_groups_repeat_below_one_name_and_a_misspelt_column_is_a_problem(sheet: Make) -> None:
    mapping = """
version = 1
layout = "two_row_header"
[match]
header_rows = 2
[defaults]
load_unit = "kg"
[columns]
date = "Date"
[groups]
names = ["Squat", "Row"]
name_is = "exercise"
columns = { reps = "Reps", load = "Load" }
"""
    lines = (",Squat,,,,Row,", "Date,Reps,Load,Reps,Load,reps,Load", "2026-03-02,5,100,3,110,8,60")
    assert sets(sheet(mapping, *lines), "exercise_raw", "set_no", "reps", "load_kg") == [
        ("Squat", 1, 5.0, 100.0), ("Row", 1, 8.0, 60.0), ("Squat", 2, 3.0, 110.0),
    ]  # fmt: skip
    with pytest.raises(ImportProblem, match=r"\[groups\] columns names 'Rps'"):
        sheet(mapping.replace('"Reps"', '"Rps"'), *lines)
    with pytest.raises(ImportProblem, match=r"\[groups\] names .* fits no name of the upper row.*Squat, Row"):
        sheet(mapping.replace('"Squat", "Row"', '"Bench"'), *lines)


def test_words_of_a_header_pattern_are_translated(sheet: Make) -> None:
    mapping = """
version = 1
table = "trials"
layout = "wide_sets"
[constants]
test = "hop"
measure = "distance_cm"
[columns]
date = "Date"
[wide]
value_columns = "re:^Hop (?P<side>L|R) (?P<trial>[0-9])$"
[values.side]
"L" = "left"
"R" = "right"
"""
    reading = sheet(mapping, "Date,Hop L 1,Hop L 2,Hop R 1", "2026-03-02,150,155,149")
    assert reading.tables["trials"].select("side", "trial", "value").rows() == [
        ("left", 1, 150.0), ("left", 2, 155.0), ("right", 1, 149.0),
    ]  # fmt: skip


def test_ids_hold_the_name_of_the_sheet_and_nothing_that_is_edited(sheet: Make) -> None:
    lines = ["2026-03-02,Squat,5,100", "2026-03-02,Squat,5,100", "2026-03-04,Row,8,60"]
    first = sheet(LONG, "Date,Exercise,Reps,Load", *lines).tables["sets"]
    edited = [line.replace("100", "105").replace(",5,", ",6,") for line in lines]
    assert sheet(LONG, "Date,Exercise,Reps,Load", *edited).tables["sets"]["set_id"].equals(first["set_id"])
    assert set(sheet(LONG, "Date,Exercise,Reps,Load", *lines[::-1]).tables["sets"]["set_id"]) == set(first["set_id"])
    named = sheet(LONG.replace("version = 1", 'version = 1\nname = "other"'), "Date,Exercise,Reps,Load", *lines)
    assert not set(named.tables["sets"]["set_id"]) & set(first["set_id"])


def test_several_athletes_of_one_sheet_keep_their_names(sheet: Make) -> None:
    mapping = LONG + 'athlete = "Who"\n'
    lines = ("Who,Date,Exercise,Reps,Load", "Bea,2026-03-02,Squat,5,100", "Cid,2026-03-02,Squat,5,100")
    reading = sheet(mapping, *lines)
    assert sets(reading, "athlete", "block_no", "set_no") == [("Bea", 1, 1), ("Cid", 1, 1)]
    assert reading.tables["sessions"].height == 2
    alone = sheet(mapping, *lines[:2])
    assert sets(alone, "athlete") == [("Ada",)]
    with pytest.raises(ImportProblem, match="pass --athlete NAME"):
        sheet(LONG, "Date,Exercise,Reps,Load", "2026-03-02,Squat,5,100", athlete=None)


def test_gates_are_cumulative_or_splits_as_declared(sheet: Make) -> None:
    lines = ("Name,5m,10m,20m", "Bea,1.10,1.90,3.30", "Cid,1.15,1.99,3.45")
    with pytest.raises(ImportProblem, match=r"times at 3 gates in a row \(row 2: 1.10, 1.90, 3.30\)"):
        sheet(GATES.replace('times = "cumulative"', ""), *lines)
    reading = sheet(GATES, *lines)
    assert reading.tables["trials"].filter(athlete="Bea").select("distance_m", "value", "trial").rows() == [
        (5.0, 1.10, 1), (10.0, 1.90, 1), (20.0, 3.30, 1),
    ]  # fmt: skip
    split = sheet(GATES.replace("cumulative", "split"), "Name,5m,10m,20m", "Bea,1.10,0.80,1.40", "Cid,1.1,,1.5")
    assert split.tables["trials"]["value"].to_list() == [1.10, 1.90, 3.30]
    assert split.rejected["reason"].to_list() == ["value is missing at a gate, so the times beyond it are not known"]


def test_times_that_do_not_grow_are_not_cumulative(sheet: Make) -> None:
    reading = sheet(GATES, "Name,5m,10m,20m", "Bea,1.10,0.80,1.40", "Cid,1.15,1.99,3.45")
    assert reading.rejected["reason"].to_list() == [
        "value '0.80' cannot be read: the time at 10 m is not after the one before"
    ]
    assert reading.n_loaded == 1


def test_trials_in_rows_are_numbered_in_their_order_and_keep_their_own_number(sheet: Make) -> None:
    mapping = """
version = 1
table = "trials"
[constants]
measure = "height_m"
test = "cmj"
[columns]
date = "Date"
value = "Height (cm)"
side = "Side"
trial = "No"
[measures]
"Height (cm)" = { measure = "height_m", factor = 0.01 }
[values.side]
"L" = "left"
"""
    lines = ("Date,Side,Height (cm),No", "2026-03-02,,31.4,", "2026-03-02,,32.0,", "2026-03-02,L,20.1,7")
    trials = sheet(mapping, *lines).tables["trials"]
    assert trials.select("trial", "side", "value").rows() == [
        (1, "both", pytest.approx(0.314)), (2, "both", pytest.approx(0.32)), (7, "left", pytest.approx(0.201)),
    ]  # fmt: skip
    assert trials["trial_id"].is_unique().all()


def test_runs_ask_for_the_unit_and_for_the_clock(sheet: Make) -> None:
    mapping = 'version = 1\ntable = "runs"\n[columns]\ndate = "Date"\ndistance = "Run"\nduration = "Time"\n[defaults]\n'
    lines = ("Date,Run,Time", "2026-03-02,5,", "2026-03-03,5,25:30", "2026-03-04,21.1 km,1:45:00", "2026-03-05,,")
    with pytest.raises(ImportProblem, match=r"distances such as '5'.*\[defaults\] distance_unit"):
        sheet(mapping, *lines)
    with pytest.raises(ImportProblem, match=r"times such as '25:30'.*\[defaults\] clock"):
        sheet(mapping + 'distance_unit = "mi"\n', *lines)
    reading = sheet(mapping + 'distance_unit = "mi"\nclock = "m:ss"\n', *lines)
    assert reading.tables["runs"].select("distance_m", "elapsed_s").rows() == [
        (pytest.approx(5 * MILE), None), (pytest.approx(5 * MILE), 1530.0), (pytest.approx(21100), 6300.0),
    ]  # fmt: skip
    assert reading.n_ignored == 1
    plain = ("Date,Run,Time", "2026-03-02,5 km,40")
    with pytest.raises(ImportProblem, match=r"durations such as '40'.*duration_unit"):
        sheet(mapping, *plain)
    assert sheet(mapping + 'duration_unit = "min"\n', *plain).tables["sessions"]["duration_s"].to_list() == [2400.0]


def test_wellness_asks_which_end_is_good(sheet: Make) -> None:
    mapping = 'version = 1\ntable = "wellness"\n[constants]\ninstrument = "diary"\n[columns]\ndate = "D"\n[measures]\nSleep = "sleep_quality"\n'  # noqa: E501
    with pytest.raises(ImportProblem, match=r"\[scales.sleep_quality\]"):
        sheet(mapping, "D,Sleep", "2026-03-02,4")
    told = mapping + '[scales.sleep_quality]\nmin = 1\nmax = 5\ndirection = "higher_better"\n'
    reading = sheet(told, "D,Sleep", "2026-03-02,4", "2026-03-03,9", "2026-03-04,3", "2026-03-04,2")
    assert reading.tables["wellness"]["value"].to_list() == [4.0, 3.0, 2.0]
    assert "value inside the scale" in reading.rejected["reason"][0]
    with pytest.raises(ImportProblem, match="which questionnaire or device"):
        sheet(told.replace('instrument = "diary"', ""), "D,Sleep", "2026-03-02,4")


def test_repetitions_make_their_sets(sheet: Make) -> None:
    mapping = (
        'version = 1\ntable = "reps"\n[constants]\nphase = "concentric"\n[columns]\ndate = "D"\nexercise = "E"\n'
        'set_no = "S"\nload = "Load (kg)"\n[measures]\nMV = "mean_velocity_m_s"\n'
    )
    reading = sheet(mapping, "D,E,S,Load (kg),MV", *[f"2026-03-02,Squat,{s},80,{v}" for s, v in ((1, 0.6), (1, 0.5), (2, 0.4))])  # fmt: skip  # noqa: E501
    reps, made = reading.tables["reps"], reading.tables["sets"]
    assert reps.select("set_no", "rep_no", "value", "load_kg").rows() == [(1, 1, 0.6, 80), (1, 2, 0.5, 80), (2, 1, 0.4, 80)]  # fmt: skip  # noqa: E501
    assert made.select("set_no", "reps", "load_kg").rows() == [(1, 2.0, 80.0), (2, 1.0, 80.0)]
    assert set(reps["set_id"]) == set(made["set_id"])
    with pytest.raises(ImportProblem, match="phase"):
        sheet(mapping.replace('phase = "concentric"', ""), "D,E,S,Load (kg),MV", "2026-03-02,Squat,1,80,0.6")
    missing = sheet(mapping, "D,E,S,Load (kg),MV", "2026-03-02,Squat,,80,0.6", "2026-03-02,Squat,1,80,0.6")
    assert missing.rejected["reason"].to_list() == ["set_no is missing"]
    assert missing.tables["sets"].select("set_no", "reps").rows() == [(1, 1.0)]


def test_a_trace_is_one_session_with_a_stream(sheet: Make) -> None:
    mapping = 'version = 1\ntable = "streams"\n[constants]\ndate = 2026-03-02\n[columns]\nt_s = "t"\nspeed_m_s = "v"\n'
    reading = sheet(mapping, "t,v", "0,0.03", "0.02,0.18", "0.04,fast", "0.06,0.39")
    assert (reading.n_loaded, reading.n_attached, reading.n_rejected) == (1, 2, 1)
    packed = pl.read_parquet(io.BytesIO(reading.tables["streams"]["packed"][0]))
    assert packed.select("t_s", "speed_m_s").rows() == [(0.0, 0.03), (0.02, 0.18), (0.06, 0.39)]
    assert reading.tables["sessions"]["kind"].to_list() == ["test"]
    with pytest.raises(ImportProblem, match="none of its 1 rows says anything"):
        sheet(mapping, "t,v", "0,fast")


@pytest.mark.parametrize(
    ("mapping", "why"),
    [
        ("version = 2", "version is 2"),
        ("version = true", "version is True"),
        ('version = 1\ncolour = "red"', "unknown key 'colour'. Expected: version, name"),
        ("version = 1\n[match]\nsheets = 1", "unknown key 'sheets'. Expected: sheet, header_rows"),
        ('version = 1\n[columns]\nweight = "kg"', "unknown key 'weight'. Expected: athlete, date"),
        ('version = 1\ntable = "jumps"', "one of 'sets', 'trials'"),
        ('version = 1\nlayout = "tall"', "one of 'long', 'wide_sets'"),
        ('version = 1\n[defaults]\nload_unit = "stone"', "one of 'kg', 'lb'"),
        ('version = 1\n[defaults]\ndate_order = "ydm"', "one of 'dmy'"),
        ("version = 1\n[match]\nheader_rows = -1", "a whole number from 0"),
        ('version = 1\n[cell]\ngrammar = "reps by load"', "sets x reps @ load"),
        ('version = 1\nlayout = "wide_sets"', r"needs \[wide\]"),
        ('version = 1\n[wide]\nvalue_columns = ["a"]', r"does not use \[wide\]"),
        ('version = 1\nlayout = "wide_sets"\n[wide]\nvalue_columns = "Set 1"', "a list of headers"),
        ('version = 1\nlayout = "wide_sets"\n[wide]\nvalue_columns = "re:("', "a regular expression"),
        ('version = 1\nlayout = "wide_sets"\n[wide]\nvalue_columns = "re:(?P<colour>.)"', "unknown key 'colour'"),
        ('version = 1\n[ignore]\nrows_where = { date = "re:[" }', "a regular expression"),
        ("version = 1\nblocks = 3", "blocks"),
        ('version = 1\nlayout = "blocks"\n[[blocks]]\ncolumns = [1]', "ours"),
        ('version = 1\nlayout = "two_row_header"\n[groups]\nnames = ["a"]', "header_rows = 2"),
        ("version = 1\n[scales.sleep]\nmin = 1", "direction"),
        ('version = 1\n[measures]\nJump = { factor = "x" }', "a number"),
        ("version = 1\n[values.side]\nL = 1", "lines such as"),
        ('version = 1\n#? load_unit = "kg"\n', "1 open questions in lines 2"),
        ("version = ", "is no TOML"),
    ],
)  # fmt: skip
def test_a_mapping_is_checked_word_for_word(mapping: str, why: str) -> None:
    with pytest.raises(ImportProblem, match=why):
        _mapping.checked("m.toml", mapping)


def test_a_mapping_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "b.toml").write_text("#" * 1_000_001)
    for path in (tmp_path / "a.toml", tmp_path / "b.toml", tmp_path / "none.toml", tmp_path):
        with pytest.raises(ImportProblem, match="check --mapping"):
            _mapping.read_text(path)


def test_a_file_that_is_no_sheet_is_a_problem(sheet: Make) -> None:
    with pytest.raises(ImportProblem, match="is json, not a sheet"):
        sheet(LONG, name="a.json", data=b'{"a": 1}')
    with pytest.raises(ImportProblem, match="the file is cut off"):
        sheet(LONG, 'Date,Exercise,Reps,Load\n2026-03-02,"Squ')
    with pytest.raises(ImportProblem, match="no rows below its header"):
        sheet(LONG, "Date,Exercise,Reps,Load")
    with pytest.raises(ImportProblem, match="a blank header"):
        sheet(LONG, ",,,", "Date,Exercise,Reps,Load", "2026-03-02,Squat,5,100")
    with pytest.raises(ImportProblem, match="none of its 1 rows says anything"):
        sheet(LONG, "Date,Exercise,Reps,Load", "2026-03-02,Squat,,")


def test_a_stored_mapping_reads_the_stored_file_again(sheet: Make, tmp_path: Path) -> None:
    reading = sheet(LONG, "Date,Exercise,Reps,Load", "2026-03-02,Squat,5,100")
    assert tomllib.loads(reading.decisions["mapping"])["columns"]["reps"] == "Reps"
    assert len(reading.decisions["mapping_sha256"]) == 64
    book = Logbook(tmp_path / "book.duckdb")
    book.add(reading, "sheet.csv")
    (tmp_path / "again.csv").write_bytes(reading.data or b"")
    saved = {"mapping_text": reading.decisions["mapping"]}
    again = read(tmp_path / "again.csv", Context(athlete="Ada", saved=saved), "mapped_sheet")
    assert again.tables["sets"].equals(reading.tables["sets"])


def test_a_corrected_mapping_revises_the_same_sets(sheet: Make, tmp_path: Path) -> None:
    book = Logbook(tmp_path / "book.duckdb")
    lines = ("Date,Exercise,Reps,Load", "2026-03-02,Squat,5,100")
    book.add(sheet(LONG, *lines), "sheet.csv")
    book.add(sheet(LONG.replace('"kg"', '"lb"'), *lines), "sheet.csv")
    assert book.log().sets["load_kg"].to_list() == [pytest.approx(100 * POUND)]


def examples() -> list[tuple[str, str]]:
    parts = PAGE.read_text(encoding="utf-8").split("```csv\n")[1:]
    return [(part.split("```")[0], part.split("```toml\n")[1].split("```")[0]) for part in parts]


plain = st.one_of(st.none(), st.booleans(), st.integers(-3, 9), st.text(max_size=5), st.just(float("nan")))
anything = st.recursive(plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3), max_leaves=5)  # fmt: skip  # noqa: E501


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(examples()), st.data(), anything)
def test_no_mapping_is_anything_but_read_or_a_problem(
    example: tuple[str, str], data: st.DataObject, new: object
) -> None:
    sheet_text, mapping_text = example
    top: dict[str, Any] = tomllib.loads(mapping_text)
    at: Any = top
    while True:
        key = data.draw(st.sampled_from(sorted(at) if isinstance(at, dict) else range(len(at))))
        if isinstance(at[key], dict | list) and at[key] and data.draw(st.booleans()):
            at = at[key]
            continue
        at[key] = new
        break
    try:
        mapping = _mapping.validated("m.toml", "", top)
        mapped_sheet.of_mapping(from_bytes("a.csv", sheet_text.encode()), mapping, Context(athlete="Ada"))
    except ImportProblem:
        pass


cells = st.sampled_from(
    ["", "-", "5x100", "0", "2026-03-02", "03/04/2026", "1:30", "9999999999", "x", "é", "1,5", "NaN"]
)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(examples()), st.data())
def test_no_sheet_is_anything_but_read_or_a_problem(example: tuple[str, str], data: st.DataObject) -> None:
    sheet_text, mapping_text = example
    delimiter = ";" if ";" in sheet_text else ","
    rows = [line.split(delimiter) for line in sheet_text.splitlines()]
    for _ in range(data.draw(st.integers(1, 4))):
        row = data.draw(st.sampled_from(rows))
        row[data.draw(st.integers(0, len(row) - 1))] = data.draw(cells | st.text(max_size=6))
    source = from_bytes("a.csv", "\n".join(map(delimiter.join, rows)).encode("utf-8", "replace"))
    mapping = _mapping.checked("m.toml", mapping_text)
    try:
        reading = judged("mapped_sheet", source, mapped_sheet.of_mapping(source, mapping, Context(athlete="Ada")))
    except ImportProblem as problem:
        assert "report this file" not in str(problem)  # noqa: PT017 - the sum of the rows must hold
        return
    assert reading.n_read == reading.n_loaded + reading.n_attached + reading.n_ignored + reading.n_rejected


def corpus(folder: str, pattern: str) -> Path:
    found = sorted((CORPUS / folder).glob(pattern))
    if not found:
        pytest.skip(f"no {folder} in {CORPUS}, see STRIDELIFT_CORPUS")
    return found[0]


def mapped(tmp_path: Path, file: Path, mapping: str) -> Reading:
    (tmp_path / "m.toml").write_text(mapping, encoding="utf-8")
    reading = read(file, Context(athlete="corpus", mapping=tmp_path / "m.toml"))
    assert reading.n_read == reading.n_loaded + reading.n_attached + reading.n_ignored + reading.n_rejected
    return reading


def test_a_real_coach_sheet_is_read_whole(tmp_path: Path) -> None:
    file = corpus("coach_sheet", "*.xlsx")
    mapping = """
version = 1
layout = "wide_sets"
[match]
header_rows = 0
[defaults]
load_unit = "lb"
[columns]
date = "col:A"
exercise = "col:B"
[wide]
value_columns = "col:C-M"
[cell]
grammar = "reps x load"
"""
    reading = mapped(tmp_path, file, mapping)
    (rows,) = from_bytes(file.name, file.read_bytes()).sheets.values()
    cells = [cell.split("x") for row in rows for cell in row[2:] if cell]
    made = reading.tables["sets"]
    assert (reading.n_loaded, reading.n_rejected) == (len(rows), 0)
    assert made.height == len(cells)
    assert made["reps"].sum() == sum(int(reps) for reps, _ in cells)
    volume = sum(int(reps) * float(load) for reps, load in cells) * POUND
    assert (made["reps"] * made["load_kg"]).sum() == pytest.approx(volume)
    assert str(made["date"].min()) == rows[0][0][:10]


@pytest.mark.parametrize("name", ["Training Log", "Training Part 2"])
def test_a_real_run_log_without_its_running_totals(tmp_path: Path, name: str) -> None:
    file = corpus("runtracker_sheet", "*.xlsx")
    mapping = f"""
version = 1
table = "runs"
layout = "wide_sets"
[match]
sheet = "{name}"
[columns]
date = "date"
notes = "description"
[wide]
value_columns = ["run", "bike", "swim"]
header_is = "sport"
[units]
run = "mi"
bike = "mi"
swim = "m"
[ignore]
columns = ["weekly#1", "weekly#2", "weekly#3", "Total", "total#1", "total#2"]
"""
    reading = mapped(tmp_path, file, mapping)
    rows = from_bytes(file.name, file.read_bytes()).sheets[name][1:]
    runs = reading.tables["runs"]
    assert reading.n_rejected == 0
    assert runs.height == sum(bool(row[1]) for row in rows)
    assert runs["distance_m"].sum() == pytest.approx(sum(float(row[1] or 0) for row in rows) * MILE)
    assert reading.tables["sessions"].height == sum(bool(row[at]) for row in rows for at in (1, 4, 7))


def test_real_gate_times_are_cumulative(tmp_path: Path) -> None:
    file = corpus("sprint", "*vescovi*.csv")
    mapping = GATES.replace('"Name"', '"Athlete"')
    reading = mapped(tmp_path, file, mapping)
    trials = reading.tables["trials"]
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    times = [float(text) for line in lines[1:] for text in line.split(",")[8:] if text]
    assert (reading.n_rejected, trials.height) == (0, len(times))
    assert trials["value"].sum() == pytest.approx(sum(times))
    assert sorted(set(trials["distance_m"])) == [5, 10, 20, 30, 35]


def test_a_real_speed_trace(tmp_path: Path) -> None:
    file = corpus("sprint", "*morin*.csv")
    mapping = 'version = 1\ntable = "streams"\n[constants]\ndate = 2026-03-02\n[columns]\nt_s = "time"\nspeed_m_s = "velocity"\n'  # noqa: E501
    reading = mapped(tmp_path, file, mapping)
    lines = file.read_text(encoding="utf-8-sig").splitlines()[1:]
    packed = pl.read_parquet(io.BytesIO(reading.tables["streams"]["packed"][0]))
    assert (reading.n_loaded, reading.n_attached) == (1, len(lines) - 1)
    assert packed["speed_m_s"].to_list() == [float(line.split(",")[1]) for line in lines]
