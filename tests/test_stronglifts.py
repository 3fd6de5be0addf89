"""StrongLifts: the current export, its pound twin, the wide one of 2015 to 2018, skipped and failed sets."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.importers import Context, ImportProblem, Reading, identify, read

BEFORE = "Date (yyyy/mm/dd),Workout,Workout Name,Program Name,Body Weight (KG),Exercise,"
AFTER = "Duration (hours),Start Time (h:mm),End Time (h:mm),Notes,"
CURRENT = (
    f"{BEFORE}Sets×Reps,Sets×Time,Top Set (Reps×KG),e1RM (KG),Reps,Volume (KG),Workout Volume (KG),{AFTER}"
    "Set 1 (Reps),Set 1 (KG),Set 2 (Reps),Set 2 (KG),Set 3 (Reps),Set 3 (KG),Set 4 (Reps),Set 4 (KG)"
)
QUOTED = (
    f"{BEFORE}SetsxReps,SetsxTime,Top Set Reps x KG,e1RM  (KG),Reps,Volume (KG),Workout Volume (KG),{AFTER}"
    "Set 1 (Reps), Set 1 (KG),Set 2 (Reps), Set 2 (KG),Set 3 (Reps), Set 3 (KG),Set 4 (Reps), Set 4 (KG)"
)
POUNDS = CURRENT.replace("(KG)", "(LB)").replace("×KG", "×LB").replace("Body Weight (LB)", "Body Weight (KG)")
PIECE = "Exercise {},Weight (KG),Weight (LB),Set 1,Set 2,Set 3"
WIDE = ",".join(["Date,Note,Body Weight (KG),Body Weight (LB)", *(PIECE.format(n) for n in (1, 2, 3))])
IN_THE_CELL = WIDE.replace("Body Weight (KG),Body Weight (LB)", "Workout,Body Weight")
CORPUS = Path(os.environ.get("STRIDELIFT_CORPUS") or Path(__file__).parents[1].parent / "shared" / "logs")
FILES = sorted((CORPUS / "stronglifts").glob("*.csv"))
Make = Callable[..., Reading]


@pytest.fixture
def stronglifts(tmp_path: Path) -> Make:
    def make(header: str, *rows: str, encoding: str = "utf-8-sig", eol: str = "\n", **said: Any) -> Reading:
        path = tmp_path / "spreadsheet.csv"
        path.write_bytes(eol.join([header, *rows, ""]).encode(encoding))
        assert identify(path) == "stronglifts"
        reading = read(path, Context(athlete="anna", **said))
        counts = reading.n_loaded + reading.n_attached + reading.n_ignored + reading.n_rejected
        assert reading.n_read == counts
        assert reading.tables["sets"]["set_id"].is_unique().all()
        return reading

    return make


def row(exercise: str = "Squat", marks: str = "4×5", cells: str = "5,60,5,60,5,60,5,60", **other: str) -> str:
    told = {"day": "2026/02/03", "number": "7", "name": "Workout A", "mass": "72.5", "spans": "", "hours": "0.75",
            "start": "6:05 PM", "notes": ""} | other  # fmt: skip
    return ",".join([
        told["day"], told["number"], f'"{told["name"]}"', '"5×5"', told["mass"], f'"{exercise}"', marks, told["spans"],
        "5×60,70,20,1200,3000.0", told["hours"], told["start"], "6:50 PM", f'"{told["notes"]}"', cells,
    ])  # fmt: skip


def test_sets_stand_side_by_side(stronglifts: Make) -> None:
    reading = stronglifts(CURRENT, row(), row("Deadlift", "1×4", "4,100.5,,,,,,"))
    sets = reading.tables["sets"]
    assert list(sets.select("exercise_raw", "set_no", "reps", "load_kg", "source_row").iter_rows()) == [
        ("Squat", 1, 5.0, 60.0, 2), ("Squat", 2, 5.0, 60.0, 2), ("Squat", 3, 5.0, 60.0, 2), ("Squat", 4, 5.0, 60.0, 2),
        ("Deadlift", 1, 4.0, 100.5, 3),
    ]  # fmt: skip
    assert (reading.variant, reading.n_read, reading.n_loaded, reading.whole) == ("current", 2, 2, True)
    session = reading.tables["sessions"].row(0, named=True)
    assert f"{session['start_local']:%Y-%m-%d %H:%M}" == "2026-02-03 18:05"
    assert (session["title"], session["duration_s"]) == ("Workout A", 2700.0)
    assert sets["set_id"][4] == "anna|stronglifts|2026-02-03 18:05|1|deadlift|1|1"
    assert reading.decisions["unit"] == "kg"


def test_a_dash_is_a_skipped_set_and_a_zero_a_failed_one(stronglifts: Make) -> None:
    reading = stronglifts(CURRENT, row("Squat", "5/-/0/5", "5,60,0,60,0,60,5,60"), row())
    sets = reading.tables["sets"].filter(source_row=2)
    assert sets["reps"].to_list() == [5.0, 0.0, 5.0]
    assert sets["set_no"].to_list() == [1, 2, 3]
    assert reading.notices == ("1 set skipped: not loaded",)


@pytest.mark.parametrize("marks", ["-/-/-/-", "Skipped", "-"])
def test_a_row_of_skipped_sets_is_ignored(stronglifts: Make, marks: str) -> None:
    reading = stronglifts(CURRENT, row(), row("Row", marks, "0,60,0,60,0,60,0,60"))
    assert (reading.n_loaded, reading.n_ignored) == (1, 1)
    assert reading.ignored.select("source_row", "reason").row(0) == (3, "skipped")
    assert reading.notices == ("4 sets skipped: not loaded",)


def test_marks_that_a_spreadsheet_has_turned_into_a_date_skip_nothing(stronglifts: Make) -> None:
    reading = stronglifts(CURRENT, row("Squat", "05/05/2005", "5,60,5,60,0,60,5,60"), row("Row", "", "0,60,,,,,,"))
    assert reading.tables["sets"]["reps"].to_list() == [5.0, 5.0, 0.0, 5.0, 0.0]


def test_a_row_without_sets_is_ignored(stronglifts: Make) -> None:
    reading = stronglifts(CURRENT, row(), row("Row", "", ",,,,,,,"), ",,,,,,,,,,,,,,,,,,,,,,,,")
    assert dict(reading.ignored.select("source_row", "reason").iter_rows()) == {3: "no_sets", 4: "blank"}


def test_the_quoted_export_with_spaces_in_its_header(stronglifts: Make) -> None:
    cells = ",".join(f'"{cell}"' for cell in ("10", "-5", "10", "-5", "", "", "", ""))
    line = f'"2026/04/30","1269","Workout B","","97.75","Chinups","2x10","","10x-5","","20","","","0.6","7:00 AM","7:35 AM","",{cells}'  # noqa: E501
    reading = stronglifts(QUOTED, line, eol="\r\n")
    sets = reading.tables["sets"]
    assert list(sets.select("reps", "load_kg", "load_raw", "assisted").iter_rows()) == [(10.0, 5.0, "-5", True)] * 2
    assert f"{reading.tables['sessions']['start_local'].item():%H:%M}" == "07:00"


def test_pounds_stand_beside_a_body_weight_in_kilograms(stronglifts: Make) -> None:
    reading = stronglifts(POUNDS, row("Squat", "1×5", "5,135,,,,,,"))
    one = reading.tables["sets"].row(0, named=True)
    assert (one["load_kg"], one["load_raw"]) == (pytest.approx(135 * 0.45359237), "135")
    assert reading.tables["wellness"]["value"].item() == 72.5
    assert (reading.decisions["unit"], reading.decisions["unit_from"]) == ("lb", "header")


def test_body_weight_in_pounds(stronglifts: Make) -> None:
    header = POUNDS.replace("Body Weight (KG)", "Body Weight (LB)")
    wellness = stronglifts(header, row(mass="180")).tables["wellness"]
    assert wellness.select("item", "value", "value_raw").row(0) == ("body_mass_kg", pytest.approx(81.6466266), "180")


def test_body_mass_once_a_workout_and_an_impossible_one_costs_no_set(stronglifts: Make) -> None:
    rows = (row(), row("Bench Press"), row(number="8", start="8:05 PM", mass="720"), row(day="2026/02/05", mass="0"))
    reading = stronglifts(CURRENT, *rows)
    assert list(reading.tables["wellness"].select("value", "source_row").iter_rows()) == [(72.5, 2)]
    assert (reading.n_loaded, reading.n_rejected) == (4, 0)
    assert reading.notices == ("body weight of 1 workout is no mass in kg or lb: left out",)


def test_an_option_that_contradicts_the_header_is_a_problem(stronglifts: Make) -> None:
    with pytest.raises(ImportProblem, match="is in kg, while --unit says lb"):
        stronglifts(CURRENT, row(), unit="lb")


def test_seconds_where_the_sets_have_times(stronglifts: Make) -> None:
    reading = stronglifts(
        CURRENT, row("Plank", "", "30,0,30,0,,,,", spans="2×30s"), row("Hang", "", ",,,,,,,", spans="40s/1:00")
    )
    assert reading.tables["sets"]["duration_s"].to_list() == [30.0, 30.0, 40.0, 60.0]
    assert reading.tables["sets"]["reps"].null_count() == 4


def test_workouts_of_one_minute_are_counted_by_their_number(stronglifts: Make) -> None:
    rows = (row(number="10", name="B"), row(number="9", name="A"), row("Row", number="10", name="B"))
    sessions = stronglifts(CURRENT, *rows).tables["sessions"]
    key = "anna|stronglifts|2026-02-03 18:05|"
    assert dict(sessions.select("title", "session_id").iter_rows()) == {"A": f"{key}1", "B": f"{key}2"}


def test_a_note_of_every_exercise_is_that_of_the_workout(stronglifts: Make) -> None:
    first = [row(notes="tired, sRPE 8"), row("Row", notes="tired, sRPE 8")]
    second = [row(day="2026/02/05", notes=""), row("Row", day="2026/02/05", notes="left knee")]
    reading = stronglifts(CURRENT, *first, *second)
    assert reading.tables["sessions"]["notes"].to_list() == ["tired, sRPE 8", None]
    assert reading.tables["sessions"]["session_rpe"].to_list() == [8.0, None]
    assert reading.tables["sets"].unique("source_row", maintain_order=True)["notes"].to_list() == [
        None, None, None, "left knee",
    ]  # fmt: skip


def test_edited_loads_reps_and_titles_and_another_order_change_no_id(stronglifts: Make) -> None:
    rows = [row(), row("Row"), row("Squat", "2×3", "3,80,3,80,,,,"), row(day="2026/02/05", number="8")]
    before = stronglifts(CURRENT, *rows).tables["sets"]
    edited = [r.replace("Workout A", "Heavy").replace("5,60", "4,65") for r in rows]
    after = stronglifts(CURRENT, *edited[3:], *edited[:3]).tables["sets"]
    assert set(after["set_id"]) == set(before["set_id"])
    assert set(before.filter(source_row=4)["block_no"]) == {2}


def test_a_broken_row_is_rejected_with_its_text(stronglifts: Make) -> None:
    rows = [row(), row("Row", "2×5", "5,60,five,60,,,,"), row(day="2026/13/03"), row() + ",,,"]
    reading = stronglifts(CURRENT, *rows, row("Dip"), row("Curl"), row("Hang"))
    assert reading.rejected["source_row"].to_list() == [3, 4, 5]
    assert reading.rejected["reason"].to_list()[0] == "reps 'five' cannot be read"
    assert reading.rejected["raw"].to_list()[0] == rows[1]
    assert reading.tables["sets"].filter(source_row=3).is_empty()


def wide(day: str, *pieces: str, mass: str = "70,", note: str = "") -> str:
    return ",".join([day, note, mass, *pieces])


def test_the_wide_export_has_a_row_per_workout(stronglifts: Make) -> None:
    rows = [
        wide("19/11/18", "Squat,60,,5,5,5", "Bench Press,40,,5,4,0", "Deadlift,80,,5,,", note="ok"),
        wide("02/12/18", "Squat,62.5,,5,5,-", "Row,40,,5,5,5", "Planks,0,,30,30,30"),
    ]
    reading = stronglifts(WIDE, *rows, encoding="utf-8")
    sets = reading.tables["sets"]
    assert (reading.variant, reading.n_read, reading.n_loaded, sets.height) == ("wide", 2, 2, 15)
    first = sets.filter(source_row=2).select("exercise_raw", "reps", "load_kg")
    assert list(first.iter_rows()) == [
        ("Squat", 5.0, 60.0), ("Squat", 5.0, 60.0), ("Squat", 5.0, 60.0), ("Bench Press", 5.0, 40.0),
        ("Bench Press", 4.0, 40.0), ("Bench Press", 0.0, 40.0), ("Deadlift", 5.0, 80.0),
    ]  # fmt: skip
    assert [str(day) for day in reading.tables["sessions"]["date"]] == ["2018-11-19", "2018-12-02"]
    assert reading.tables["sessions"]["notes"].to_list() == ["ok", None]
    assert reading.notices == ("1 set skipped: not loaded",)
    assert reading.tables["wellness"]["value"].to_list() == [70.0, 70.0]


@pytest.mark.parametrize(
    ("days", "read_as"),
    [
        (("05/16/18", "06/01/18"), ["2018-05-16", "2018-06-01"]),
        (("16/05/2018", "01/06/2018"), ["2018-05-16", "2018-06-01"]),
    ],
)
def test_day_and_month_are_decided_on_the_whole_column(
    stronglifts: Make, days: tuple[str, ...], read_as: list[str]
) -> None:
    reading = stronglifts(WIDE, *(wide(day, "Squat,60,,5,5,5", "", "") for day in days))
    assert [str(day) for day in reading.tables["sessions"]["date"].sort()] == read_as


def test_an_open_order_of_day_and_month_is_a_question(stronglifts: Make) -> None:
    line = wide("02/05/17", "Squat,60,,5,5,5", ",,,,,", ",,,,,")
    with pytest.raises(ImportProblem, match="--date-order day_first or month_first"):
        stronglifts(WIDE, line)
    reading = stronglifts(WIDE, line, date_order="month_first")
    assert str(reading.tables["sets"]["date"][0]) == "2017-02-05"


def test_body_weight_in_the_cell_says_which_of_two_weights_was_lifted(stronglifts: Make) -> None:
    lifted = "Squat,60,135,5,,"
    line = f"07/25/16,,A,183.00lb,{lifted},,,,,,,,,,,,"
    reading = stronglifts(IN_THE_CELL, line)
    one = reading.tables["sets"].row(0, named=True)
    assert (one["load_raw"], one["load_kg"]) == ("135", pytest.approx(61.23497))
    assert reading.tables["wellness"]["value"].item() == pytest.approx(83.0074, abs=1e-4)
    assert reading.tables["sessions"]["title"].item() == "A"
    in_kg = stronglifts(IN_THE_CELL, line.replace("183.00lb", "83kg")).tables["sets"]
    assert in_kg.select("load_raw", "load_kg").row(0) == ("60", 60.0)
    unknown = line.replace("183.00lb", "")
    assert stronglifts(IN_THE_CELL, unknown).tables["sets"]["load_kg"].item() == 60.0
    assert stronglifts(IN_THE_CELL, unknown, unit="lb").tables["sets"]["load_raw"].item() == "135"


def test_ragged_rows_keep_every_number_at_its_exercise(stronglifts: Make) -> None:
    rows = [
        wide("19/11/18", "Squat,60,,5,5,5"),
        wide("20/11/18", "Squat,60,,5,5,5", "Row,40,,5", "Dips,0,,8,8,8"),
        wide("21/11/18", "Squat,60,,5,5,5", "Row,40,,5,5,5", "Dips,0,,8,8,8", "Curls,20,,9,9", "Planks,0,,30", ",,"),
    ]
    reading = stronglifts(WIDE, *rows)
    sets = reading.tables["sets"]
    assert (reading.n_loaded, reading.n_rejected) == (3, 0)
    row_and_dips = (
        sets.filter(source_row=3).filter(exercise_raw="Row"),
        sets.filter(source_row=3).filter(exercise_raw="Dips"),
    )
    assert [list(frame.select("load_kg", "reps").iter_rows()) for frame in row_and_dips] == [
        [(40.0, 5.0)], [(0.0, 8.0)] * 3,
    ]  # fmt: skip
    beyond = sets.filter(source_row=4).select("exercise_raw", "load_kg", "reps").rows()
    assert beyond[9:] == [("Curls", 20.0, 9.0), ("Curls", 20.0, 9.0), ("Planks", 0.0, 30.0)]


def test_a_row_that_does_not_line_up_at_all_is_refused(stronglifts: Make) -> None:
    rows = [wide("19/11/18", "Squat,60,,5,5,5"), wide("20/11/18", "60,60,,5,5,5"), wide("21/11/18", ",,,,,")]
    reading = stronglifts(WIDE, *rows)
    assert reading.rejected.select("source_row", "reason", "raw").row(0) == (
        3, "its fields do not line up with the header", rows[1],
    )  # fmt: skip
    assert reading.ignored["reason"].to_list() == ["no_sets"]


@pytest.mark.parametrize("mangled", [".{}", "_duplicated_{}"])
def test_repeated_headers_that_a_library_has_renamed(stronglifts: Make, mangled: str) -> None:
    names, seen = WIDE.split(","), dict[str, int]()
    for at, name in enumerate(names):
        seen[name] = seen.get(name, -1) + 1
        names[at] = name + (mangled.format(seen[name]) if seen[name] else "")
    reading = stronglifts(",".join(names), wide("19/11/18", "Squat,60,,5,5,5", "Row,40,,5,5,5", "Dips,0,,8,8,8"))
    assert reading.tables["sets"].height == 9


@pytest.mark.parametrize(
    "text",
    [
        CURRENT + "\n", WIDE + "\n", f"{CURRENT}\n{row()}\n{row()[:40]}",
        f"{WIDE}\n{wide('19/11/18', 'Squat,60,,5,5,5')}\n{wide('20/11/18', 'Squat,60,')}",
        f'{CURRENT}\n{row()}\n2026/02/05,8,"Work', f"{CURRENT}\n{row(marks='Skipped')}\n",
    ],
)  # fmt: skip
def test_a_damaged_file_is_a_problem_in_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(ImportProblem) as problem:
        read(path, Context(athlete="anna"), "stronglifts")
    assert "\n" not in str(problem.value)
    assert "failed on it" not in str(problem.value)


def test_another_header_is_a_problem_that_shows_it(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Date,Squat,Bench\n2026-02-03,60,40\n")
    with pytest.raises(ImportProblem, match=r"neither `Set 1 \(Reps\)` nor `Exercise 1`.*Date,Squat,Bench"):
        read(path, Context(athlete="anna"), "stronglifts")


def test_exercises_whose_headers_differ(stronglifts: Make) -> None:
    header = "Date,Note,Exercise 1,Weight (KG),Weight (LB),Set 1,Set 2,Exercise 2,Weight (KG),Set 1"
    reading = stronglifts(header, "19/11/18,,Squat,60,,5,5,Row,40,8")
    told = reading.tables["sets"].select("exercise_raw", "load_kg", "reps").rows()
    assert told == [("Squat", 60.0, 5.0), ("Squat", 60.0, 5.0), ("Row", 40.0, 8.0)]
    assert reading.tables["wellness"].is_empty()


@pytest.mark.skipif(not FILES, reason=f"no real exports in {CORPUS}, see STRIDELIFT_CORPUS")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem[:40])
def test_a_real_wide_export_is_read_whole(path: Path) -> None:
    reading = read(path, Context(athlete="corpus"))
    with path.open(newline="", encoding="utf-8-sig") as file:
        header, *lines = csv.reader(file)
    columns = [at for at, name in enumerate(header) if name.startswith("Set ")]
    cells = [float(line[at]) for line in lines for at in columns if at < len(line) and line[at].strip()]
    sets = reading.tables["sets"]
    assert (reading.n_read, reading.n_rejected) == (len(lines), 0)
    assert (sets.height, sets["reps"].sum()) == (len(cells), sum(cells))
    assert reading.tables["sessions"]["date"].is_sorted()
    assert reading.tables["wellness"].height == len(lines)
