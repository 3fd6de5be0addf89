"""Garmin Connect's activities as JSON: two variants with other units, and exercises of which only sums are known."""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.importers import Context, ImportProblem, Reading, identify, read

RUN = {
    "activityId": 11, "activityName": "Rome Running", "startTimeLocal": "2025-05-01 00:30:00",
    "startTimeGMT": "2025-04-30 22:30:00", "activityType": {"typeId": 1, "typeKey": "trail_running"},
    "eventType": {"typeKey": "race"}, "distance": 10000.0, "duration": 3000.5, "elapsedDuration": 3100.0,
    "movingDuration": 2990.0, "elevationGain": 50.0, "elevationLoss": 48.0, "averageHR": 150.0, "maxHR": 170.0,
    "averageRunningCadenceInStepsPerMinute": 172.0, "avgStrideLength": 115.0, "avgGroundContactTime": 250.0,
    "avgVerticalOscillation": 9.2, "maxSpeed": 5.0, "timeZoneId": 124, "directWorkoutRpe": 70,
}  # fmt: skip
SETS: list[dict[str, Any]] = [
    {"category": "SQUAT", "subCategory": "BARBELL_BACK_SQUAT", "reps": 5, "volume": 500000.0, "duration": 30000.0,
     "sets": 1, "maxWeight": 100000.0},
    {"category": "BENCH_PRESS", "subCategory": None, "reps": 30, "volume": 1800000.0, "duration": 90000.0, "sets": 3,
     "maxWeight": 60000.0},
]  # fmt: skip
GYM = {
    "activityId": 12, "activityName": "Strength", "startTimeLocal": "2025-05-02 18:30:00", "distance": 0.0,
    "activityType": {"typeKey": "strength_training"}, "duration": 3600.0, "averageHR": None,
    "summarizedExerciseSets": SETS,
}  # fmt: skip
ACCOUNT = {
    "activityId": 13, "name": "Treadmill", "activityType": "treadmill_running", "beginTimestamp": 1788638085000,
    "startTimeLocal": 1788641685000, "startTimeGmt": 1788638085000, "distance": 1000000.0, "duration": 2953511.5,
    "elapsedDuration": 2953511.5, "maxSpeed": 0.3452, "avgHr": 141.0, "elevationGain": 12000.0,
    "avgRunCadence": 74.3, "avgStrideLength": 102.6, "eventTypeId": 9,
}  # fmt: skip
Make = Callable[..., Reading]


@pytest.fixture
def garmin(tmp_path: Path) -> Make:
    def make(document: Any, context: Context | None = None) -> Reading:
        path = tmp_path / "a.txt"
        path.write_text(json.dumps(document), "utf-8")
        assert identify(path) == "garmin_json"
        reading = read(path, context or Context(athlete="anna"))
        assert reading.n_read == reading.n_loaded + reading.n_attached + reading.n_ignored + reading.n_rejected
        return reading

    return make


def test_a_run_of_the_list(garmin: Make) -> None:
    reading = garmin([RUN, GYM])
    run = reading.tables["runs"].row(0, named=True)
    measured = {
        "distance_m": 10000.0, "timer_s": 3000.5, "elapsed_s": 3100.0, "moving_s": 2990.0, "ascent_m": 50.0,
        "descent_m": 48.0, "average_hr_bpm": 150.0, "max_hr_bpm": 170.0, "cadence_spm": 172.0, "step_length_m": 1.15,
        "ground_contact_s": 0.25, "vertical_oscillation_m": 0.092, "max_speed_m_s": 5.0, "race": True,
    }  # fmt: skip
    assert {name: run[name] for name in measured} == measured
    session = reading.tables["sessions"].row(0, named=True)
    assert (session["date"], session["zone"], session["zone_basis"]) == (dt.date(2025, 5, 1), "+02:00", "offset")
    assert (session["session_id"], session["session_rpe"]) == ("anna|garmin_json|id|11", 7.0)
    assert reading.variant == "list"


def test_exercises_of_one_set_are_sets_and_sums_stay_in_the_notes(garmin: Make) -> None:
    reading = garmin([RUN, GYM])
    one = reading.tables["sets"].row(0, named=True)
    assert (one["exercise_raw"], one["reps"], one["load_kg"], one["duration_s"]) == (
        "barbell back squat",
        5,
        100.0,
        30.0,
    )
    assert one["exercise_id"] == "SQUAT/BARBELL_BACK_SQUAT"
    assert reading.tables["sets"].height == 1
    gym = reading.tables["sessions"].row(1, named=True)
    assert (gym["kind"], gym["zone_basis"]) == ("strength", "local")
    assert gym["notes"] == "bench press: 3 sets, 30 reps, 60 kg at most, 1800 kg in all, 90 s"
    assert "1 exercise of several sets" in reading.notices[-1]


def test_the_account_export_has_centimetres_and_milliseconds(garmin: Make) -> None:
    reading = garmin([{"summarizedActivitiesExport": [ACCOUNT]}])
    run = reading.tables["runs"].row(0, named=True)
    measured = {
        "distance_m": 10000.0, "timer_s": 2953.5115, "ascent_m": 120.0, "average_hr_bpm": 141.0, "cadence_spm": 148.6,
        "step_length_m": 1.026, "max_speed_m_s": 3.452, "indoor": True, "race": False,
    }  # fmt: skip
    assert {name: run[name] for name in measured} == measured
    session = reading.tables["sessions"].row(0, named=True)
    assert (str(session["start_local"]), session["zone"]) == ("2026-09-05 20:54:45", "+01:00")
    assert reading.variant == "account export"


def test_the_archive_of_the_account(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    with zipfile.ZipFile(path, "w") as archive:
        name = "DI_CONNECT/DI-Connect-Fitness/x_0_summarizedActivities.json"
        archive.writestr(name, json.dumps([{"summarizedActivitiesExport": [ACCOUNT]}]))
        archive.writestr("DI_CONNECT/DI-Connect-User/badges.json", "{}")
    assert identify(path) == "garmin_json"
    assert read(path, Context(athlete="anna")).tables["runs"]["distance_m"].to_list() == [10000.0]


def test_an_instant_without_the_local_clock_needs_a_zone(garmin: Make) -> None:
    lone = {**ACCOUNT, "startTimeLocal": None}
    utc = garmin([{"summarizedActivitiesExport": [lone]}])
    assert utc.tables["sessions"]["zone_basis"].item() == "utc"
    assert any("--tz" in notice for notice in utc.notices)
    rome = garmin([{"summarizedActivitiesExport": [lone]}], Context(athlete="anna", tz="Europe/Rome"))
    assert str(rome.tables["sessions"]["start_local"].item()) == "2026-09-05 21:54:45"


def test_ids_do_not_depend_on_order_names_or_loads(garmin: Make) -> None:
    before = garmin([RUN, GYM]).tables
    heavier = [{**SETS[0], "maxWeight": 1.0, "reps": 1}, SETS[1]]
    after = garmin([{**GYM, "activityName": "x", "summarizedExerciseSets": heavier}, {**RUN, "distance": 1.0}]).tables
    for table, key in (("sessions", "session_id"), ("sets", "set_id")):
        assert set(before[table][key]) == set(after[table][key])


def test_what_cannot_be_read_is_rejected_with_its_text(garmin: Make) -> None:
    reading = garmin([RUN, {**GYM, "startTimeLocal": "soon"}, {**RUN, "activityId": 14, "distance": "far"}, RUN])
    assert reading.rejected.select("source_row", "reason").rows() == [
        (2, "date 'soon' cannot be read"),
        (3, "distance_m 'far' cannot be read"),
        (4, "says the same fact as line 1"),
    ]
    assert json.loads(reading.rejected["raw"][0])["startTimeLocal"] == "soon"


@pytest.mark.parametrize("text", ['[{"activityId": 1, "startTimeLocal"', "[]", '[{"summarizedActivitiesExport": 5}]'])
def test_damaged_files_are_a_problem(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(ImportProblem):
        read(path, Context(athlete="anna"), "garmin_json")
