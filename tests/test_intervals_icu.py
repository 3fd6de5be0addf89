"""Intervals.icu: activities with the local clock beside the instant, and days of wellness."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.importers import Context, ImportProblem, Reading, identify, read, vendors
from analysis.importers._source import Head

ACTIVITIES = (
    "\ufeffid,start_date_local,name,type,moving_time,distance,elapsed_time,total_elevation_gain,max_speed,average_speed,"
    "max_heartrate,average_heartrate,average_cadence,icu_average_watts,icu_training_load,icu_rpe,trainer,race,start_date,"
    "timezone,external_id,gear,description"
)
RUN = (
    "i1,2025-05-02T00:30:00,Late,Run,1800,5000.5,1850,20.0,4.5,2.7,170,150,83.5,,40,6,false,true,2025-05-01T22:30:00Z,"
    "Europe/Rome,1234567890,Shoe,hi"
)
GYM = "i2,2025-05-02T08:00:00,Gym,WeightTraining,1800,,1850,,,,,,,,,,,false,,,,,"
WELLNESS = (
    "\ufeffdate,weight,restingHR,hrv,hrvSDNN,readiness,sleepSecs,sleepQuality,soreness,fatigue,stress,mood,motivation,ctl,"
    "atl,rampRate,TrainingAdvice,comments"
)
Make = Callable[..., Reading]


@pytest.fixture
def icu(tmp_path: Path) -> Make:
    def make(header: str, *rows: str) -> Reading:
        path = tmp_path / "a.txt"
        path.write_text("\n".join([header, *rows, ""]), "utf-8")
        assert identify(path) == "intervals_icu"
        reading = read(path, Context(athlete="anna"))
        assert reading.n_read == len(rows)
        assert reading.n_read == reading.n_loaded + reading.n_attached + reading.n_ignored + reading.n_rejected
        return reading

    return make


def test_activities(icu: Make) -> None:
    reading = icu(ACTIVITIES, RUN, GYM)
    run = reading.tables["runs"].row(0, named=True)
    measured = {
        "distance_m": 5000.5, "moving_s": 1800.0, "elapsed_s": 1850.0, "ascent_m": 20.0, "average_hr_bpm": 150.0,
        "max_hr_bpm": 170.0, "cadence_spm": 167.0, "power_w": None, "max_speed_m_s": 4.5, "race": True, "shoe": "Shoe",
    }  # fmt: skip
    assert {name: run[name] for name in measured} == measured
    sessions = reading.tables["sessions"]
    assert sessions["kind"].to_list() == ["run", "strength"]
    assert sessions["session_rpe"].to_list() == [6.0, None]


def test_the_day_is_that_of_the_local_clock_and_the_instant_gives_the_offset(icu: Make) -> None:
    sessions = icu(ACTIVITIES, RUN, GYM).tables["sessions"]
    assert sessions["date"].to_list() == [dt.date(2025, 5, 2)] * 2
    assert sessions["zone_basis"].to_list() == ["offset", "local"]
    assert sessions["zone"].to_list() == ["+02:00", None]
    assert str(sessions["start_utc"][0]) == "2025-05-01 22:30:00"


def test_the_number_elsewhere_links_sources_and_the_own_number_is_the_key(icu: Make) -> None:
    sessions = icu(ACTIVITIES, RUN, GYM).tables["sessions"]
    assert sessions["session_id"].to_list() == ["anna|intervals_icu|id|i1", "anna|intervals_icu|id|i2"]
    assert sessions["source_id"].to_list() == ["1234567890", "i2"]
    edited = icu(ACTIVITIES, GYM, RUN.replace("Late", "x").replace("5000.5", "1"))
    assert set(edited.tables["sessions"]["session_id"]) == set(sessions["session_id"])


def test_a_broken_activity_is_rejected_with_its_text(icu: Make) -> None:
    broken = RUN.replace("i1", "i3").replace("2025-05-02T00:30:00", "soon")
    reading = icu(ACTIVITIES, RUN, broken)
    assert reading.rejected.select("source_row", "reason", "raw").row(0) == (3, "date 'soon' cannot be read", broken)


def test_wellness_has_units_in_the_names_and_scales_whose_1_is_best(icu: Make) -> None:
    day = "2025-05-01,70.5,48,62.0,,80,27000,2,1,2,3,4,1,40.1,35.2,1.0,rest,tired"
    empty = "2025-05-02,,,,,,,,,,,,,40.1,35.2,1.0,rest,"
    reading = icu(WELLNESS, day, empty)
    rows = reading.tables["wellness"]
    values = dict(rows.select("item", "value").iter_rows())
    assert values == {
        "body_mass_kg": 70.5, "resting_hr_bpm": 48.0, "hrv_rmssd_ms": 62.0, "readiness": 80.0, "sleep_s": 27000.0,
        "sleep_quality": 2.0, "soreness": 1.0, "fatigue": 2.0, "stress": 3.0, "mood": 4.0, "motivation": 1.0,
    }  # fmt: skip
    asked = rows.filter(rows["item"].is_in(["soreness", "fatigue", "stress", "mood", "motivation", "sleep_quality"]))
    assert asked.select("scale_min", "scale_max", "direction").unique().rows() == [(1.0, 4.0, "higher_worse")]
    assert rows["notes"].unique().to_list() == ["tired"]
    assert reading.ignored.select("source_row", "reason").rows() == [(3, "holds no value")]
    assert rows["wellness_id"].is_unique().all()


def test_a_day_outside_the_scale_is_rejected_as_a_whole(icu: Make) -> None:
    good, bad = "2025-05-01,70.5,48,,,,,,1,,,,,,,,,", "2025-05-02,70.5,48,,,,,,9,,,,,,,,,"
    reading = icu(WELLNESS, good, bad)
    assert reading.rejected.select("source_row", "reason").rows() == [(3, "rule broken: value inside the scale")]
    assert reading.tables["wellness"]["date"].unique().to_list() == [dt.date(2025, 5, 1)]


def test_zeros_of_sensors_are_no_measurement(icu: Make) -> None:
    reading = icu(WELLNESS, "2025-05-01,0,0,0,,,0,,2,,,,,,,,,")
    assert reading.tables["wellness"]["item"].to_list() == ["soreness"]


def test_lists_of_other_platforms_are_not_claimed() -> None:
    strava = "id,name,type,start_date_local,start_date,distance,moving_time"
    diary = "date,weight,restingHR,notes"
    matches = vendors()["intervals_icu"].matches
    assert not any(matches(Head("a.csv", f"{header}\n")) for header in (strava, diary))


def test_a_file_that_is_cut_off_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{ACTIVITIES}\n{RUN}\n{RUN[:50]}", "utf-8")
    with pytest.raises(ImportProblem, match="cut off"):
        read(path, Context(athlete="anna"))


def test_a_quotation_mark_alone_in_its_cell_does_not_swallow_the_next_days(icu: Make) -> None:
    lone = ['2026-01-09,,97,,71,,18086,,,,,,,65,75,-0.5,",', "2026-01-08,,56,26,41,,27353,,,,,,,65,64,0.2,3,"]
    torn = [*lone, '2026-01-03,,56,,43,,29267,,,,,,,65,68,-0.3,",', "2026-01-02,,53,30,47,,25798,,,,,,,66,70,-1.4,3,"]
    reading = icu(WELLNESS, *torn)
    assert (reading.n_read, reading.n_loaded) == (4, 4)
    resting = reading.tables["wellness"].filter(item="resting_hr_bpm").sort("date")
    assert resting["value"].to_list() == [53.0, 56.0, 56.0, 97.0]
    assert "2 lone quotation marks were read as text (lines 2, 4)" in reading.notices


def test_a_comment_may_go_on_over_lines(tmp_path: Path) -> None:
    path = tmp_path / "b.txt"
    path.write_text(f'{WELLNESS}\n2026-01-09,,97,,71,,18086,,,,,,,65,75,-0.5,,"tired\nand sore"\n', "utf-8")
    reading = read(path, Context(athlete="anna"))
    assert (reading.n_read, reading.n_loaded) == (1, 1)
    assert reading.tables["wellness"]["notes"].unique().to_list() == ["tired\nand sore"]


def test_a_file_name_as_external_id_is_no_id(icu: Make) -> None:
    sessions = icu(ACTIVITIES, RUN.replace("1234567890", "activity.fit")).tables["sessions"]
    assert sessions["source_id"].item() == "i1"
