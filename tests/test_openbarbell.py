"""OpenBarbell: sets from rows of repetitions, units per row, local dates, values the sensor could not give."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.importers import Context, ImportProblem, Reading, identify, read

HEADER = (
    "Exercise,Set,Rep,Weight,Metric,Set RPE,Tags,Workout Start Time,Rest Time,Avg Velocity (m/s),"
    "Range of Motion (mm),Peak Velocity (m/s),Peak Velocity Location (%),Duration of rep (sec)"
)
KRATOS = (
    "Exercise,Set,Rep,Weight,Metric,Set RPE,Tags,Workout Start Time,Rest Time,Concentric Avg Velocity (m/s),"
    "Concentric Range of Motion (mm),Concentric Force,Eccentric Avg Velocity (m/s),Eccentric Range of Motion (mm),"
)
Make = Callable[..., Reading]


@pytest.fixture
def sensor(tmp_path: Path) -> Make:
    def make(*rows: str, header: str = HEADER, context: Context | None = None) -> Reading:
        path = tmp_path / "reps.csv"
        path.write_text("\n".join([header, *rows, ""]))
        assert identify(path) == "openbarbell"
        reading = read(path, context or Context(athlete="ada"))
        assert reading.n_read == reading.n_loaded + reading.n_attached + reading.n_ignored + reading.n_rejected
        return reading

    return make


def row(
    exercise: str = "Squat",
    n: tuple[int, int] = (1, 1),
    load: str = "100",
    unit: str = "kgs",
    *,
    values: str = "0.62,701,1.13,74,1.12",
    start: str = "2/17/2018, 6:42:43 PM",
    rest: str = "00:00:00",
    tags: str = "",
    rpe: str = "8",
) -> str:
    return f'"{exercise}",{n[0]},{n[1]},"{load}","{unit}","{rpe}","{tags}","{start}","{rest}",{values}'


def test_repetitions_become_long_rows_and_one_set(sensor: Make) -> None:
    reading = sensor(row(tags="warm up,paused"), row(n=(1, 2), tags="warm up,paused"), row(n=(2, 1), rest="00:03:05"))
    sets = reading.tables["sets"]
    assert sets.select("set_no", "reps", "load_kg", "set_type", "rest_after_s", "notes").rows() == [
        (1, 2.0, 100.0, "warmup", 185.0, "warm up,paused"), (2, 1.0, 100.0, "work", None, None),
    ]  # fmt: skip
    reps = reading.tables["reps"]
    assert dict(reps.filter(reps["source_row"] == 2).select("measure", "value").rows()) == {
        "mean_velocity_m_s": 0.62, "range_of_motion_m": pytest.approx(0.701), "peak_velocity_m_s": 1.13,
        "peak_velocity_location_percent": 74.0, "duration_s": 1.12,
    }  # fmt: skip
    session = reading.tables["sessions"].row(0, named=True)
    assert (str(session["date"]), str(session["start_local"])) == ("2018-02-17", "2018-02-17 18:42:43")
    assert reading.decisions["date_order"] == "month_first"
    assert (reading.n_read, reading.n_loaded) == (3, 3)


def test_infinity_is_a_missing_value_and_said_so(sensor: Make) -> None:
    reading = sensor(row(values="Infinity,690,NaN,null,1.4"))
    assert sorted(reading.tables["reps"]["measure"]) == ["duration_s", "range_of_motion_m"]
    assert "3 values missing (Infinity or NaN)" in reading.notices


def test_a_repetition_without_any_value_is_counted_in_its_set(sensor: Make) -> None:
    reading = sensor(row(), row(n=(1, 2), values="Infinity,,,,"))
    assert reading.tables["sets"]["reps"].to_list() == [2.0]
    assert (reading.n_loaded, reading.n_attached) == (1, 1)


def test_set_numbers_start_again_with_the_exercise(sensor: Make) -> None:
    reading = sensor(row(), row(n=(2, 1)), row("Bench", (1, 1)), row(n=(1, 1)), row(n=(1, 1)))
    sets = reading.tables["sets"]
    assert sets.select("exercise_raw", "block_no", "set_no").rows() == [
        ("Squat", 1, 1), ("Squat", 1, 2), ("Bench", 1, 1), ("Squat", 2, 1), ("Squat", 2, 2),
    ]  # fmt: skip
    assert sets["set_id"].is_unique().all()
    assert reading.tables["reps"]["rep_id"].is_unique().all()


def test_units_stand_in_the_rows_and_two_may_occur(sensor: Make) -> None:
    reading = sensor(row(load="225", unit="lbs"), row("Bench", load="60"))
    assert reading.tables["sets"]["load_kg"].to_list() == [pytest.approx(102.0582835), 60.0]
    assert reading.tables["reps"]["load_kg"].unique().sort().to_list() == [60.0, pytest.approx(102.0582835)]


def test_a_load_without_a_unit_is_asked_for_and_answered(sensor: Make) -> None:
    with pytest.raises(ImportProblem, match="--unit kg or --unit lb"):
        sensor(row(unit=""))
    assert sensor(row(unit=""), context=Context(athlete="ada", unit="lb")).tables["sets"]["load_kg"].item() < 46
    with pytest.raises(ImportProblem, match="weights in 'stone'"):
        sensor(row(unit="stone"))


def test_bodyweight_has_no_load_and_words_as_rpe_become_a_note(sensor: Make) -> None:
    one = sensor(row("Pull Up", load="", rpe="8-9")).tables["sets"].row(0, named=True)
    assert (one["load_kg"], one["rpe"], one["notes"]) == (None, None, "RPE 8-9")


def test_an_open_order_of_day_and_month_is_asked_for(sensor: Make) -> None:
    with pytest.raises(ImportProblem, match="--date-order"):
        sensor(row(start="2/3/2018, 6:42:43 PM"))
    told = sensor(row(start="2/3/2018, 6:42:43 PM"), context=Context(athlete="ada", date_order="day_first"))
    assert told.tables["sets"]["date"].item() == dt.date(2018, 3, 2)
    assert sensor(row(start="17.2.2018, 18:42:43")).tables["sets"]["date"].item() == dt.date(2018, 2, 17)


def test_the_oldest_exports_have_no_tags_and_write_utc(sensor: Make) -> None:
    header = HEADER.replace("Tags,", "")
    line = row(start="2018-02-17T23:42:43.000Z").replace('"","2018', '"2018')
    reading = sensor(line, header=header, context=Context(athlete="ada", tz="Europe/Rome"))
    assert reading.tables["sets"]["date"].item() == dt.date(2018, 2, 18)
    assert (reading.variant, reading.decisions["zone_basis"]) == ("without tags", "zone")


def test_two_phases_and_the_columns_without_a_unit(sensor: Make) -> None:
    reading = sensor(row(values="0.6,700,311,0.8,690,"), header=KRATOS)
    reps = reading.tables["reps"]
    assert reps.select("phase", "measure", "value").rows() == [
        ("concentric", "mean_velocity_m_s", 0.6), ("concentric", "range_of_motion_m", pytest.approx(0.7)),
        ("eccentric", "mean_velocity_m_s", 0.8), ("eccentric", "range_of_motion_m", pytest.approx(0.69)),
    ]  # fmt: skip
    assert "1 column is not read: Concentric Force" in reading.notices


def test_a_broken_repetition_is_rejected_with_its_text_and_leaves_its_set(sensor: Make) -> None:
    reading = sensor(row(values="9.9,701,1.13,74,1.12"), row(n=(1, 2)), row(n=(1, 3), values="fast,1,1,1,1"))
    assert reading.n_rejected == 2
    assert "velocity between 0 and 6 m per s" in reading.rejected["reason"][0]
    assert reading.rejected["reason"][1] == "Avg Velocity (m/s) 'fast' cannot be read"
    assert reading.rejected["raw"][1].startswith('"Squat",1,3')
    assert reading.tables["sets"]["reps"].to_list() == [3.0]


def test_the_same_file_and_an_edited_one_give_the_same_ids(sensor: Make) -> None:
    first = sensor(row(), row(n=(1, 2)))
    again = sensor(row(load="105", rpe="9"), row(n=(1, 2), load="105", rpe="9"), row("Bench"))
    for name, key in (("sets", "set_id"), ("reps", "rep_id")):
        assert set(first.tables[name][key]) <= set(again.tables[name][key])


def test_a_cut_file_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f'{HEADER}\n{row()}\n"Squ')
    with pytest.raises(ImportProblem, match="cut off"):
        read(path, Context(athlete="ada"))
