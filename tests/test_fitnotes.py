"""FitNotes: three products, names with unquoted commas, units in headers, rows and pairs of columns, body weights."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.importers import Context, ImportProblem, Reading, identify, read

OLD = "Date,Exercise,Category,Weight (kgs),Reps,Distance,Distance Unit,Time"
NEW = "Date,Exercise,Category,Weight,Weight Unit,Reps,Distance,Distance Unit,Time"
NOTED = f"{NEW},Comment"
IOS = "Date,Exercise,Category,Weight (kg),Weight (lbs),Reps,Distance,Distance Unit,Time,Notes,Kind"
TIMED = (
    "Name,StartTime,EndTime,BodyWeight,Exercise,Equipment,Reps,Weight,Time,Distance,Status,IsWarmup,RPE,RIR,"
    "Categories,Note"
)
BODY = "Date,Time,Measurement,Value,Unit"
POUND = 0.45359237
Make = Callable[..., Reading]


@pytest.fixture
def fitnotes(tmp_path: Path) -> Make:
    def make(header: str, *rows: str, eol: str = "\n", context: Context | None = None) -> Reading:
        path = tmp_path / "FitNotes_Export.csv"
        path.write_text(eol.join([header, *rows, ""]), newline="")
        assert identify(path) == "fitnotes"
        return read(path, context or Context(athlete="anna"))

    return make


def sums(reading: Reading) -> tuple[int, int, int, int, int]:
    return (reading.n_read, reading.n_loaded, reading.n_attached, reading.n_ignored, reading.n_rejected)


# --- Android --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("unit", "factor"), [("kgs", 1.0), ("lbs", POUND), ("kg", 1.0), ("lb", POUND)])
def test_android_old_has_its_unit_in_the_header(fitnotes: Make, unit: str, factor: float) -> None:
    reading = fitnotes(OLD.replace("kgs", unit), "2020-09-13,Barbell Squat,Legs,45.0,10,,,")
    one = reading.tables["sets"].row(0, named=True)
    told = ("date", "start_local", "exercise_raw", "reps", "set_type", "duration_s", "distance_m", "notes")
    assert [one[name] for name in told] == [dt.date(2020, 9, 13), None, "Barbell Squat", 10.0, "unknown", None, None, None]  # fmt: skip  # noqa: E501
    assert one["load_kg"] == pytest.approx(45 * factor)
    assert reading.variant == "android, unit in the header"
    assert reading.whole


def test_android_new_has_its_unit_in_the_rows(fitnotes: Make) -> None:
    reading = fitnotes(NEW, "2026-04-29,Squat,Legs,60,kgs,10,,,", "2026-04-29,Bench,Chest,135,lbs,8,,,", "2026-04-29,Pull Up,Back,,,8,,,")  # fmt: skip  # noqa: E501
    assert reading.tables["sets"]["load_kg"].to_list() == [60.0, pytest.approx(135 * POUND), None]
    assert reading.decisions["unit"] == "kg+lb"
    assert reading.variant == "android"


def test_comments_with_and_without_quotes(fitnotes: Make) -> None:
    rows = (
        '2026-04-29,Squat,Legs,60,kgs,10,,,,""',
        "2026-04-29,Squat,Legs,60,kgs,10,,,,slow",
        '2026-04-29,Squat,Legs,60,kgs,10,,,,"a, ""b"""',
    )
    assert fitnotes(NOTED, *rows).tables["sets"]["notes"].to_list() == [None, "slow", 'a, "b"']


def test_times_distances_and_units_that_are_none(fitnotes: Make) -> None:
    rows = (
        "2026-04-29,Treadmill,Cardio,,,,5.0,km,0:28:05", "2026-04-29,Plank,Abs,0.0,kgs,0,0.0,kg,0:01:30",
        "2026-04-29,Rower,Cardio,,,,2000,m,", "2026-04-29,Sprint,Cardio,,,,0.5,mi,", "2026-04-29,Jump,Legs,,,3,45,cm,",
        "2026-04-29,Odd,Legs,,,3,4,parsec,",
    )  # fmt: skip
    reading = fitnotes(NEW.replace("Distance Unit", "DistanceUnit"), *rows)
    assert reading.tables["sets"].select("reps", "duration_s", "distance_m").rows() == [
        (None, 1685.0, 5000.0), (None, 90.0, None), (None, None, 2000.0), (None, None, 804.672), (3.0, None, 0.45),
        (3.0, None, None),
    ]  # fmt: skip
    assert reading.tables["sets"]["distance_raw"].to_list()[-1] == "4"
    assert any("distance of 1 set has no unit" in notice for notice in reading.notices)


def test_names_with_unquoted_commas_are_put_together_and_said(fitnotes: Make) -> None:
    rows = (
        "2026-04-29,Overhead Press (Each Side, Dumbbells),Shoulders,8.0,kgs,5,,,",
        "2026-04-29,Plank,Abs,,,,,,0:01:30",
        "2026-04-29,Row, seated, close, cable,Back,40,kgs,8,,,",
        '2026-04-29,"Row, seated",Back,40,kgs,8,,,',
    )
    reading = fitnotes(NEW, *rows)
    assert reading.tables["sets"].select("exercise_raw", "load_kg", "reps", "duration_s", "source_row").rows() == [
        ("Overhead Press (Each Side, Dumbbells)", 8.0, 5.0, None, 2), ("Plank", None, None, 90.0, 3),
        ("Row, seated, close, cable", 40.0, 8.0, None, 4), ("Row, seated", 40.0, 8.0, None, 5),
    ]  # fmt: skip
    assert reading.decisions["joined_lines"] == "2, 4"
    assert reading.notices[0].startswith("2 exercise names held commas without quotes and were put together again (lines 2, 4)")  # fmt: skip  # noqa: E501
    assert sums(reading) == (4, 4, 0, 0, 0)


def test_a_comment_with_unquoted_commas_is_no_part_of_the_name(fitnotes: Make) -> None:
    rows = ("2026-04-29,Squat,Legs,60,kgs,10,,,,good, fast, deep", "2026-04-29,Row, cable,Back,40,kgs,8,,,,a, b")
    reading = fitnotes(NOTED, *rows)
    assert reading.tables["sets"].select("exercise_raw", "notes", "load_kg", "reps").rows() == [
        ("Squat", "good, fast, deep", 60.0, 10.0), ("Row, cable", "a, b", 40.0, 8.0),
    ]  # fmt: skip


def test_a_row_that_no_joining_repairs_is_rejected(fitnotes: Make) -> None:
    good = ["2026-04-29,Squat,Legs,60,kgs,10,,,"] * 4
    rows = ("2026-04-29,Squat,Legs,62,5,kgs,10,,,", "2026-04-29,Squat,Legs,kgs,10", "2026-04-29,A,B,C,D,E,F,G,H,I,J")
    reading = fitnotes(NEW, *good, *rows)
    assert reading.rejected["reason"].to_list() == [f"has {n} fields, the header has 9" for n in (10, 5, 11)]
    assert reading.rejected["raw"].to_list() == list(rows)
    assert "joined_lines" not in reading.decisions
    assert sums(reading) == (7, 4, 0, 0, 3)


def test_a_day_is_a_workout_and_equal_rows_are_sets(fitnotes: Make) -> None:
    row, other = "2026-04-29,Push Down,Triceps,50,kgs,12,,,", "2026-04-29,Raise,Shoulders,8,kgs,20,,,"
    reading = fitnotes(NEW, row, row, other, row, "2026-04-30,Push Down,Triceps,50,kgs,12,,,")
    assert reading.tables["sessions"]["session_id"].to_list() == ["anna|fitnotes|2026-04-29|1", "anna|fitnotes|2026-04-30|1"]  # fmt: skip  # noqa: E501
    assert reading.tables["sets"].select("block_no", "set_no").rows() == [(1, 1), (1, 2), (1, 1), (2, 1), (1, 1)]
    assert reading.tables["sets"]["set_id"].is_unique().all()
    edited = fitnotes(NOTED, row.replace("50", "55") + ",heavier", *(f"{r}," for r in (row, other, row)), "2026-05-02,New,Legs,1,kgs,1,,,,")  # fmt: skip  # noqa: E501
    assert edited.tables["sets"]["set_id"][:4].to_list() == reading.tables["sets"]["set_id"][:4].to_list()


def test_a_spreadsheet_may_have_saved_it_again(fitnotes: Make) -> None:
    rows = ("13/09/2021 00:00;Squat;Legs;62,5;kgs;10;;;", "05/10/2021 00:00;Squat;Legs;60;kgs;10;;;")
    reading = fitnotes("\ufeff" + NEW.replace(",", ";"), *rows, eol="\r\n")
    assert reading.tables["sets"].select("date", "start_local", "load_kg").rows() == [
        (dt.date(2021, 9, 13), None, 62.5), (dt.date(2021, 10, 5), None, 60.0),
    ]  # fmt: skip
    assert reading.decisions["date_order"] == "day_first"


def test_a_unit_that_nothing_tells_is_asked_for(fitnotes: Make) -> None:
    header, row = OLD.replace(" (kgs)", ""), "2020-09-13,Squat,Legs,45.0,10,,,"
    with pytest.raises(ImportProblem, match=r"1 weight and does not say whether in kg or lb.*--unit kg or --unit lb"):
        fitnotes(header, row)
    assert fitnotes(header, row, context=Context(athlete="anna", unit="lb")).tables["sets"]["load_kg"].item() == pytest.approx(45 * POUND)  # fmt: skip  # noqa: E501
    with pytest.raises(ImportProblem, match="is in kg, while --unit says lb"):
        fitnotes(OLD, row, context=Context(athlete="anna", unit="lb"))
    with pytest.raises(ImportProblem, match="has weights in 'stone'"):
        fitnotes(NEW, "2026-04-29,Squat,Legs,9,stone,10,,,")


def test_broken_rows_are_rejected_with_their_text(fitnotes: Make) -> None:
    good = ["2026-04-29,Squat,Legs,60,kgs,10,,,"] * 6
    broken = (
        "soon,Squat,Legs,60,kgs,10,,,", "2026-04-29,Squat,Legs,sixty,kgs,10,,,", "2026-04-29,,Legs,60,kgs,10,,,",
        "2026-04-29,Squat,Legs,60,kgs,,,,", "2026-04-29,Plank,Abs,,,,,,long", "2026-04-29,Squat,Legs,2451,kgs,1,,,",
    )  # fmt: skip
    reading = fitnotes(NEW, *good, *broken, ",,,,,,,,")
    assert reading.rejected["reason"].to_list() == [
        "date 'soon' cannot be read",
        "load_kg 'sixty' cannot be read",
        "exercise_raw is missing",
        "rule broken: set has reps or time or distance",
        "duration_s 'long' cannot be read",
        "load_kg 2451.0 is outside the allowed range (max)",
    ]
    assert reading.rejected["raw"].to_list() == list(broken)
    assert sums(reading) == (13, 6, 0, 1, 6)


def test_damaged_files_are_problems(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    for text, words in (
        (f"{NEW}\n2026-04-29,Squat,Legs,60,kgs,10,,,\n2026-04-29,Squ", "the file is cut off"),
        (f"{NEW}\n", "no rows"),
        (f'{NOTED}\n2026-04-29,Squat,Legs,60,kgs,10,,,,"half a com', "ends inside a quoted field"),
        (f"{TIMED}\nPush,2025-02-23T10:13:53Z,2025", "the file is cut off"),
        (f"{BODY}\n2026-01-10,07:00", "the file is cut off"),
    ):
        path.write_text(text)
        with pytest.raises(ImportProblem, match=words):
            read(path, Context(athlete="anna"))
    path.write_text(f"{NEW}\n2026-04-29,Squat,Legs,60,kgs,10,,,\n")
    with pytest.raises(ImportProblem, match="--athlete NAME"):
        read(path, Context())
    path.write_text("Date,Exercise,Category,Weight\n2026-04-29,Squat,Legs,60\n")
    with pytest.raises(ImportProblem, match="no column for reps, distance, duration_s"):
        read(path, Context(athlete="anna"), "fitnotes")


# --- FitNotes 2 ------------------------------------------------------------------------------------------------------


def test_of_two_filled_columns_the_kilograms_are_taken(fitnotes: Make) -> None:
    rows = (
        "2026-01-15,Squat,Legs,100.00,220.46,5,,,,deep,wr", "2026-01-15,Squat,Legs,,135,5,,,,,wr",
        "2026-01-15,Squat,Legs,0,135,5,,,,,wr", "2026-01-15,Push Up,Chest,0.00,0.00,12,,,,,r",
        "2026-01-15,Plank,Abs,,,,,,00:01:30,,t", '2026-01-15,Squat,Legs,"62,5","137,79",5,,,,,warmup',
    )  # fmt: skip
    reading = fitnotes(IOS, *rows[:5])
    assert reading.tables["sets"].select("load_kg", "load_raw", "set_type").rows() == [
        (100.0, "100.00", "unknown"), (pytest.approx(135 * POUND), "135", "unknown"),
        (pytest.approx(135 * POUND), "135", "unknown"), (0.0, "0.00", "unknown"), (None, None, "unknown"),
    ]  # fmt: skip
    assert reading.tables["sets"]["duration_s"].to_list()[-1] == 90.0
    assert reading.tables["sets"]["notes"][0] == "deep"
    assert reading.variant == "ios"
    comma = fitnotes(IOS, rows[5]).tables["sets"].row(0, named=True)
    assert (comma["load_kg"], comma["set_type"]) == (62.5, "warmup")


# --- StartTime and EndTime -------------------------------------------------------------------------------------------


def timed(
    exercise: str = "Bench", values: str = '8,"17,5",,', *, equipment: str = "Barbell", body: str = '"94,0"',
    status: str = "Done", warm: str = "false", effort: str = ",", start: str = "2025-02-23T23:13:53Z",
    end: str = "2025-02-24T00:08:47Z",
) -> str:  # fmt: skip
    return f'Push,{start},{end},{body},{exercise},{equipment},{values},{status},{warm},{effort},"Chest,Arms",'


KG = Context(athlete="anna", unit="kg", tz="Europe/Rome")


def test_instants_decimal_commas_efforts_and_body_weight(fitnotes: Make) -> None:
    rows = (
        timed(effort='"8,5",2'), timed("Plank", '1,"0,0",00:01:30,', equipment="None"), timed(warm="TRUE"),
        timed("Fly", equipment="Cable"), timed("Fly", equipment="Machine", status="Failed"),
    )  # fmt: skip
    reading = fitnotes(TIMED, *rows, context=KG)
    sets = reading.tables["sets"]
    first = sets.row(0, named=True)
    told = ("date", "exercise_raw", "reps", "load_kg", "rpe", "rir", "set_type")
    assert [first[name] for name in told] == [dt.date(2025, 2, 24), "Bench (Barbell)", 8.0, 17.5, 8.5, 2.0, "work"]
    assert sets["exercise_raw"].to_list() == ["Bench (Barbell)", "Plank", "Bench (Barbell)", "Fly (Cable)", "Fly (Machine)"]  # fmt: skip  # noqa: E501
    assert sets["duration_s"].to_list() == [None, 90.0, None, None, None]
    assert sets["set_type"].to_list() == ["work", "work", "warmup", "work", "failure"]
    session = reading.tables["sessions"].row(0, named=True)
    assert (str(session["start_local"]), session["duration_s"], session["title"]) == ("2025-02-24 00:13:53", 3294.0, "Push")  # fmt: skip  # noqa: E501
    assert (session["zone_basis"], session["session_id"]) == ("zone", "anna|fitnotes|2025-02-23T23:13|1".replace("T", " "))  # fmt: skip  # noqa: E501
    mass = reading.tables["wellness"].row(0, named=True)
    assert (mass["item"], mass["value"], mass["date"], mass["source_row"]) == ("body_mass_kg", 94.0, dt.date(2025, 2, 24), 2)  # fmt: skip  # noqa: E501
    assert reading.tables["wellness"].height == 1
    assert sums(reading) == (5, 5, 0, 0, 0)
    assert not reading.whole


def test_sets_that_were_not_started_are_ignored(fitnotes: Make) -> None:
    reading = fitnotes(TIMED, timed(), timed(status="NotStarted"), timed(status="Pending"), context=KG)
    assert reading.ignored["reason"].to_list() == ["not done (NotStarted)", "not done (Pending)"]
    assert sums(reading) == (3, 1, 0, 2, 0)
    with pytest.raises(ImportProblem, match="no row could be loaded: not done"):
        fitnotes(TIMED, timed(status="NotStarted"), context=KG)


def test_pounds_of_the_answer_hold_for_the_body_too_and_nonsense_is_left_out(fitnotes: Make) -> None:
    later = {"start": "2025-02-25T10:00:00Z", "end": "2025-02-25T11:00:00Z"}
    rows = (timed(body='"200,0"'), timed(body='"9,0"', **later))
    reading = fitnotes(TIMED, *rows, context=Context(athlete="anna", unit="lb"))
    assert reading.tables["wellness"]["value"].to_list() == [pytest.approx(200 * POUND)]
    assert any("body weight of 1 workout has no unit or is no body weight" in n for n in reading.notices)
    assert any("--tz" in n for n in reading.notices)
    assert reading.n_loaded == 2


def test_timed_files_ask_for_the_unit_and_keep_ids_over_zones(fitnotes: Make) -> None:
    rows = (timed(), timed(), timed("Row"))
    with pytest.raises(ImportProblem, match="--unit kg or --unit lb"):
        fitnotes(TIMED, *rows)
    here = fitnotes(TIMED, *rows, context=KG).tables["sets"]
    there = fitnotes(TIMED, *rows, context=Context(athlete="anna", unit="kg", tz="America/Denver")).tables["sets"]
    assert here["set_id"].to_list() == there["set_id"].to_list()
    assert here["set_id"].is_unique().all()
    shuffled = fitnotes(TIMED, timed(start="2025-02-20T10:00:00Z"), *rows, context=KG).tables["sets"]
    assert set(here["set_id"]) < set(shuffled["set_id"])


def test_timed_rows_that_are_broken_are_rejected(fitnotes: Make) -> None:
    reading = fitnotes(TIMED, *[timed()] * 3, timed(start="noon"), timed(values="8,heavy,,"), context=KG)
    assert reading.rejected["reason"].to_list() == ["date 'noon' cannot be read", "load_kg 'heavy' cannot be read"]
    assert sums(reading) == (5, 3, 0, 0, 2)


# --- body tracker ----------------------------------------------------------------------------------------------------


def test_measurements_are_items_of_the_day_in_the_units_of_the_toolkit(fitnotes: Make) -> None:
    rows = (
        "2026-01-10,07:00:00,Bodyweight,82.5,kgs,", '2026-01-11,07:00:00,Bodyweight,180,lbs,"Light, after cardio"',
        "2026-01-11,07:05:00,Body Fat,15.5,%,", "2026-01-11,07:05:00,Waist,80,cm,", "2026-01-11,07:05:00,Chest,40,in,",
        "2026-01-11,07:05:00,Resting HR,48,bpm,", "2026-01-11,07:05:00,Neck,38,,",
    )  # fmt: skip
    reading = fitnotes(f"{BODY},Comment", *rows)
    wellness = reading.tables["wellness"]
    assert wellness["item"].to_list() == [
        "body_mass_kg", "body_mass_kg", "body_fat_percent", "waist_m", "chest_m", "resting_hr_bpm", "neck",
    ]  # fmt: skip
    assert wellness["value"].to_list() == pytest.approx([82.5, 180 * POUND, 15.5, 0.8, 1.016, 48.0, 38.0])
    second = wellness.row(1, named=True)
    assert (second["value_raw"], second["notes"], str(second["reported_local"])) == ("180 lbs", "Light, after cardio", "2026-01-11 07:00:00")  # fmt: skip  # noqa: E501
    assert (second["date"], second["direction"], second["instrument"]) == (dt.date(2026, 1, 11), "neutral", "fitnotes")
    assert "sets" not in reading.tables
    assert not reading.whole
    assert sums(reading) == (7, 7, 0, 0, 0)


def test_two_measurements_of_a_day_both_stay_and_keep_their_ids(fitnotes: Make) -> None:
    rows = ("2026-01-10,07:00:00,Bodyweight,82.5,kg", "2026-01-10,19:00:00,Bodyweight,83.5,kg")
    first = fitnotes(BODY, *rows).tables["wellness"]
    assert first["wellness_id"].is_unique().all()
    again = fitnotes(BODY, *rows[::-1]).tables["wellness"]
    assert dict(first.select("wellness_id", "value").rows()) == dict(again.select("wellness_id", "value").rows())


def test_a_body_weight_without_a_unit_is_asked_for(fitnotes: Make) -> None:
    rows = ("2026-01-10,07:00:00,Bodyweight,182.5,", "2026-01-11,07:00:00,Bodyweight,80,kg")
    with pytest.raises(ImportProblem, match=r"1 body weights? and does not say whether in kg or lb"):
        fitnotes(BODY, *rows)
    told = fitnotes(BODY, *rows, context=Context(athlete="anna", unit="lb"))
    assert told.tables["wellness"]["value"].to_list() == pytest.approx([182.5 * POUND, 80.0])
    assert told.decisions["unit"] == "lb"


def test_measurements_that_cannot_be_are_rejected(fitnotes: Make) -> None:
    good = ["2026-01-10,07:00:00,Bodyweight,82.5,kg"] * 3
    reading = fitnotes(BODY, *good, "2026-01-10,07:00:00,Bodyweight,825,kg", "2026-01-10,07:00:00,Waist,thin,cm")
    assert reading.rejected["reason"].to_list() == ["rule broken: body mass between 25 and 250 kg", "value 'thin' cannot be read"]  # fmt: skip  # noqa: E501
    assert sums(reading) == (5, 3, 0, 0, 2)
