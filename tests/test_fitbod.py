"""Fitbod: padded values, instants in UTC, one timestamp per workout, both units, multipliers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.importers import Context, ImportProblem, Reading, identify, read

HEADER = "Date,Exercise,Reps,Weight(kg),Duration(s),Distance(m),Incline,Resistance,isWarmup,Note,multiplier"
Make = Callable[..., Reading]


@pytest.fixture
def fitbod(tmp_path: Path) -> Make:
    def make(*rows: str, header: str = HEADER, eol: str = "\n", context: Context | None = None) -> Reading:
        path = tmp_path / "WorkoutExport.csv"
        path.write_text(eol.join([header, *rows, ""]), newline="")
        assert identify(path) == "fitbod"
        return read(path, context or Context(athlete="anna", tz="Europe/Rome"))

    return make


def row(
    exercise: str = "Back Squat", reps: str = "5", load: str = "60.0", *, at: str = "2026-03-01 23:30:15 +0000",
    rest: str = "0.0,0.0,0.0,0.0,false,, 1.0",
) -> str:  # fmt: skip
    return f"{at},{exercise}, {reps},{load},{rest}"


def test_a_padded_row_is_a_set_of_the_local_day(fitbod: Make) -> None:
    reading = fitbod(row(rest="0.0,0.0,0.0,0.0,TRUE,felt good, 2.0"), row(reps="12", load=" 22.6796"))
    one, two = reading.tables["sets"].rows(named=True)
    told = ("date", "reps", "load_kg", "set_type", "load_multiplier", "notes", "duration_s", "distance_m", "set_no")
    assert [one[name] for name in told] == [dt.date(2026, 3, 2), 5.0, 60.0, "warmup", 2.0, "felt good", None, None, 1]
    assert [two[name] for name in told] == [dt.date(2026, 3, 2), 12.0, 22.6796, "work", 1.0, None, None, None, 2]
    session = reading.tables["sessions"].row(0, named=True)
    assert (str(session["start_local"]), str(session["start_utc"])) == ("2026-03-02 00:30:15", "2026-03-01 23:30:15")
    assert (session["zone"], session["zone_basis"]) == ("Europe/Rome", "zone")
    assert reading.decisions["tz"] == "Europe/Rome"
    assert reading.notices == ()
    assert reading.whole


def test_without_a_zone_the_day_of_utc_stands_and_says_so(fitbod: Make) -> None:
    reading = fitbod(row(), context=Context(athlete="anna"))
    assert reading.tables["sessions"].select("date", "zone_basis").row(0) == (dt.date(2026, 3, 1), "utc")
    assert any("--tz" in notice for notice in reading.notices)


def test_ids_do_not_depend_on_the_zone(fitbod: Make) -> None:
    rows = (row(), row("Plank"), row(at="2026-03-04 10:00:00 +0000"))
    here, there = fitbod(*rows), fitbod(*rows, context=Context(athlete="anna", tz="America/Denver"))
    for table, key in (("sets", "set_id"), ("sessions", "session_id")):
        assert here.tables[table][key].to_list() == there.tables[table][key].to_list()
    assert here.tables["sessions"]["date"].to_list() != there.tables["sessions"]["date"].to_list()


def test_an_offset_of_the_athlete_decides_the_day(fitbod: Make) -> None:
    reading = fitbod(row(at="2026-07-05 00:12:33 +0100"), row(at="2026-01-05 10:12:33 +0000"))
    days = reading.tables["sessions"].sort("date").select("date", "zone_basis", "zone").rows()
    assert days == [(dt.date(2026, 1, 5), "offset", "+00:00"), (dt.date(2026, 7, 5), "offset", "+01:00")]


def test_one_timestamp_is_one_workout_with_a_block_per_run_of_an_exercise(fitbod: Make) -> None:
    reading = fitbod(row(), row(), row("Lunge"), row(), row(at="2026-03-01 23:30:45 +0000"))
    sets = reading.tables["sets"]
    assert reading.tables["sessions"]["session_id"].to_list() == [
        "anna|fitbod|2026-03-01 23:30|1",
        "anna|fitbod|2026-03-01 23:30|2",
    ]
    assert sets.select("exercise_raw", "block_no", "set_no").rows() == [
        ("Back Squat", 1, 1), ("Back Squat", 1, 2), ("Lunge", 1, 1), ("Back Squat", 2, 1), ("Back Squat", 1, 1),
    ]  # fmt: skip
    assert sets["set_id"].is_unique().all()
    assert reading.n_read == reading.n_loaded == 5


def test_pounds_of_the_header_and_dust_of_kilograms(fitbod: Make) -> None:
    pounds = fitbod(row(load="225.0"), header=HEADER.replace("Weight(kg)", "Weight(lbs)"))
    assert pounds.tables["sets"]["load_kg"].item() == pytest.approx(102.0582825)
    assert pounds.decisions["unit"] == "lb"
    assert fitbod(row(load="7.937875915123695")).tables["sets"]["load_kg"].item() == 7.937875915123695


def test_a_header_without_a_unit_is_asked_for(fitbod: Make) -> None:
    header = HEADER.replace("Weight(kg)", "Weight")
    with pytest.raises(ImportProblem, match="--unit kg or --unit lb"):
        fitbod(row(), header=header)
    told = fitbod(row(), header=header, context=Context(athlete="anna", unit="lb"))
    assert told.tables["sets"]["load_kg"].item() == pytest.approx(27.2155422)


def test_cardio_has_seconds_metres_and_the_setting_of_the_machine(fitbod: Make) -> None:
    reading = fitbod(row("Running - Treadmill", "0", "0.0", rest="1800.0,5000.0,2.5,0.0,false,easy, 0.0"))
    one = reading.tables["sets"].row(0, named=True)
    told = ("reps", "load_kg", "duration_s", "distance_m", "load_multiplier", "notes")
    assert [one[name] for name in told] == [None, 0.0, 1800.0, 5000.0, 0.0, "easy; incline 2.5"]


def test_the_export_without_note_and_multiplier(fitbod: Make) -> None:
    header = HEADER.removesuffix(",Note,multiplier")
    reading = fitbod("2026-03-01 10:30:15 +0000,Squat,5,60,0,0,0,0,false", header=header)
    assert reading.variant == "9 columns"
    assert reading.tables["sets"].select("load_kg", "load_multiplier").row(0) == (60.0, None)


def test_exports_of_2019_have_bare_days_no_unit_and_a_number_of_sets(fitbod: Make) -> None:
    header = "Date,Exercise,Sets,Reps,Weight,isWarmup,Note"
    rows = ("2019-02-12,Bench Press,1,8,29.48353911,TRUE,", "2019-02-12,Bench Press,1,4,49.89522004,,", "2019-02-13,Chin Up,1,5,0,,")  # fmt: skip  # noqa: E501
    with pytest.raises(ImportProblem, match="--unit kg or --unit lb"):
        fitbod(*rows, header=header)
    west = Context(athlete="anna", unit="kg", tz="America/Denver")
    reading = fitbod(*rows, header=header, context=west)
    assert reading.tables["sets"].select("date", "set_type", "reps", "load_kg", "set_no").rows() == [
        (dt.date(2019, 2, 12), "warmup", 8.0, 29.48353911, 1), (dt.date(2019, 2, 12), "work", 4.0, 49.89522004, 2),
        (dt.date(2019, 2, 13), "work", 5.0, 0.0, 1),
    ]  # fmt: skip
    assert reading.tables["sessions"].select("start_local", "zone_basis").rows() == [(None, "local")] * 2
    assert (reading.variant, reading.notices) == ("7 columns", ())
    several = fitbod(*rows, "2019-02-14,Plank,3,10,0,,", header=header, context=west)
    assert several.rejected["reason"].to_list() == ["Sets '3' is not 1"]


def test_identical_sets_are_sets_and_come_back_with_the_same_ids(fitbod: Make) -> None:
    first = fitbod(row(), row(), row()).tables["sets"]
    assert first.height == 3
    again = fitbod(row(), row(load="65", reps="3"), row(), row("Row", at="2026-03-05 10:00:00 +0000")).tables["sets"]
    assert again["set_id"][:3].to_list() == first["set_id"].to_list()


def test_workouts_may_stand_in_any_order(fitbod: Make) -> None:
    old, new = (row(), row("Row")), (row(at="2026-03-05 10:00:00 +0000"),)
    assert set(fitbod(*old, *new).tables["sets"]["set_id"]) == set(fitbod(*new, *old).tables["sets"]["set_id"])


@pytest.mark.parametrize("eol", ["\r\n", "\r"])
def test_other_line_ends_and_spaces_in_the_header(fitbod: Make, eol: str) -> None:
    reading = fitbod(row(), header="\ufeff" + HEADER.replace(",", ", "), eol=eol)
    assert reading.tables["sets"]["load_kg"].item() == 60.0


def test_broken_rows_are_rejected_with_their_text(fitbod: Make) -> None:
    broken = ("yesterday,Squat,5,60,0,0,0,0,false,,1", row(load="heavy"), row(exercise=""), row(reps="5000"), row() + ",x")  # fmt: skip  # noqa: E501
    reading = fitbod(*[row()] * 6, *broken)
    assert reading.rejected["reason"].to_list() == [
        "date 'yesterday' cannot be read",
        "load_kg 'heavy' cannot be read",
        "exercise_raw is missing",
        "reps 5000.0 is outside the allowed range (max)",
        "has 12 fields, the header has 11",
    ]
    assert reading.rejected["raw"][0] == broken[0]
    assert (reading.n_read, reading.n_loaded, reading.n_rejected) == (11, 6, 5)


def test_damaged_files_are_problems(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{HEADER}\n{row()}\n2026-03-01 23:30:15 +0000,Squ")
    with pytest.raises(ImportProblem, match="the file is cut off"):
        read(path, Context(athlete="anna"))
    path.write_text(f"{HEADER}\n")
    with pytest.raises(ImportProblem, match="no rows"):
        read(path, Context(athlete="anna"))
    path.write_text(f"{HEADER}\n{row()}\n")
    with pytest.raises(ImportProblem, match="--athlete NAME"):
        read(path, Context())
    with pytest.raises(ImportProblem, match="--tz Mars is no time zone"):
        read(path, Context(athlete="anna", tz="Mars"))
    path.write_text("Date,Exercise,Reps\n2026-03-01,Squat,5\n")
    with pytest.raises(ImportProblem, match="no column for warmup"):
        read(path, Context(athlete="anna"), "fitbod")
