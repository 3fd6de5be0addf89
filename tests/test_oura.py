"""Oura: trends in any order and subset, and the files of the Membership Hub."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.importers import Context, ImportProblem, Reading, identify, read

TRENDS = (
    "date,Sleep Score,Sleep Timin Score,Total Sleep Duration,Total Bedtime ,Awake Time,Sleep Efficiency,Bedtime Start,"
    "Bedtime End,Average Resting Heart Rate,Lowest Resting Heart Rate,Average HRV,Temperature Deviation (°C),"
    "Temperature Trend Deviation,Respiratory Rate,Steps,Readiness Score"
)
DAY = "2026-03-02,82,97,27900,30600,2700,91,2026-03-01T23:00:00.000+02:00,2026-03-02T07:30:00.000+02:00,52.4,45,88,-0.1,None,13.9,8123,79"  # fmt: skip  # noqa: E501
SLEEPMODEL = (
    "id;average_breath;average_heart_rate;average_hrv;awake_time;bedtime_end;bedtime_start;day;deep_sleep_duration;"
    "efficiency;light_sleep_duration;lowest_heart_rate;rem_sleep_duration;total_sleep_duration;type"
)
Make = Callable[..., Reading]


@pytest.fixture
def oura(tmp_path: Path) -> Make:
    def make(*lines: str, **answers: Any) -> Reading:
        path = tmp_path / "trends.csv"
        path.write_text("\n".join([*lines, ""]), encoding="utf-8")
        assert identify(path) == "oura"
        reading = read(path, Context(athlete="anna", **answers))
        parts = (reading.n_loaded, reading.n_attached, reading.n_ignored, reading.n_rejected)
        assert sum(parts) == reading.n_read == len(lines) - 1
        assert reading.tables["wellness"]["wellness_id"].is_unique().all()
        return reading

    return make


def day(reading: Reading) -> dict[str, float]:
    return dict(reading.tables["wellness"].select("item", "value").iter_rows())


def test_a_day_of_the_trends(oura: Make) -> None:
    reading = oura(TRENDS, DAY)
    assert day(reading) == {
        "sleep_score": 82.0, "sleep_timing_score": 97.0, "sleep_s": 27900.0, "in_bed_s": 30600.0, "awake_s": 2700.0,
        "sleep_efficiency_percent": 91.0, "average_sleeping_hr_bpm": 52.4, "resting_hr_bpm": 45.0, "hrv_rmssd_ms": 88.0,
        "temperature_deviation_c": -0.1, "respiratory_rate_bpm": 13.9, "steps": 8123.0, "readiness": 79.0,
    }  # fmt: skip
    one = reading.tables["wellness"].filter(item="readiness").row(0, named=True)
    assert (one["date"], str(one["reported_local"])) == (dt.date(2026, 3, 2), "2026-03-02 07:30:00")
    assert (one["scale_min"], one["scale_max"], one["direction"]) == (0.0, 100.0, "higher_better")


@pytest.mark.parametrize("header", ["date,Sleep Score", "Sleep Score,date", "Date;Average HRV;Steps", "date,Total Sleep Duration,Mood,Sleep Score,Average HRV"])  # fmt: skip  # noqa: E501
def test_users_keep_subsets_and_add_columns(oura: Make, header: str) -> None:
    known = {"date": "2026-03-02", "sleep score": "78", "average hrv": "88", "steps": "100", "total sleep duration": "27000", "mood": "fine"}  # fmt: skip  # noqa: E501
    mark = ";" if ";" in header else ","
    reading = oura(header, mark.join(known[name.lower()] for name in header.split(mark)))
    assert reading.n_loaded == 1


def test_the_older_trends_have_another_word_for_durations_and_one_column_twice(oura: Make) -> None:
    header = "date,Sleep Score,Total Bedtime,Total Sleep Time,Deep Sleep Time,Sleep Timing,Sleep Timing,Daily Movement"
    assert day(oura(header, "2020-03-04,74,27300,24690,7800,13170,,4799")) == {
        "sleep_score": 74.0, "in_bed_s": 27300.0, "sleep_s": 24690.0, "deep_sleep_s": 7800.0, "sleep_timing_s": 13170.0,
    }  # fmt: skip


def test_a_day_without_the_ring_is_ignored(oura: Make) -> None:
    reading = oura("date,Sleep Score,Average HRV", "2026-03-02,80,66", "2026-03-03,None,None", "2026-03-04,,")
    assert (reading.n_loaded, reading.n_ignored) == (1, 2)


def test_nights_in_hours_are_not_read_as_seconds(oura: Make) -> None:
    with pytest.raises(ImportProblem, match="Oura writes seconds"):
        oura("date,Total Sleep Duration,Sleep Score", "2026-03-02,7.5,80")


def test_a_broken_value_and_an_impossible_score_are_rejected(oura: Make) -> None:
    reading = oura("date,Sleep Score", "2026-03-02,80", "2026-03-03,eighty", "2026-03-04,180", "2026-03-05,81")
    assert (reading.n_loaded, reading.n_rejected) == (2, 2)
    assert "value 'eighty' cannot be read" in reading.rejected["reason"][0]
    assert "value inside the scale" in reading.rejected["reason"][1]


def test_sleeps_of_the_hub(oura: Make) -> None:
    night = (
        "a1;14.2;54;65;900;2026-06-01T06:30:00+02:00;2026-05-31T23:15:00+02:00;2026-06-01;5400;92;13800;48;6000;25200;"
    )
    nap = night.replace("a1;", "a3;").replace("06:30", "14:10").replace("25200;", "2400;")
    reading = oura(SLEEPMODEL, f"{nap}late_nap", f"{night}long_sleep", "a2;0;0;0;0;;;2026-06-02;0;0;0;0;0;0;deleted")
    assert (reading.n_loaded, reading.n_ignored, reading.variant) == (2, 1, "hub, sleeps")
    assert day(reading) == {
        "sleep_s": 25200.0, "nap_s": 2400.0, "deep_sleep_s": 5400.0, "light_sleep_s": 13800.0, "rem_sleep_s": 6000.0,
        "awake_s": 900.0, "sleep_efficiency_percent": 92.0, "resting_hr_bpm": 48.0, "average_sleeping_hr_bpm": 54.0,
        "hrv_rmssd_ms": 65.0, "respiratory_rate_bpm": 14.2,
    }  # fmt: skip


READINESS = ("id;contributors;day;score;temperature_deviation;timestamp", "b1;{};2026-06-01;81;-0.2;2026-06-01T07:00")
SCORE = ("id;contributors;day;score;timestamp", 'c1;{"deep_sleep": 95, "latency": 6};2026-06-01;71;2026-06-01T00:00')
ACTIVITY = ("id;active_calories;day;equivalent_walking_distance;score;steps", "d1;520;2026-06-01;6200;88;8421")
OXYGEN = ("id;breathing_disturbance_index;day;spo2_percentage", 'e1;3;2026-06-01;{"average": 97.4}')
WALKED = {"activity_score": 88.0, "activity_energy_kcal": 520.0, "walking_equivalent_m": 6200.0, "steps": 8421.0}


@pytest.mark.parametrize(
    ("file", "told"),
    [
        (READINESS, {"readiness": 81.0, "temperature_deviation_c": -0.2}),
        (SCORE, {"sleep_score": 71.0}),
        (ACTIVITY, WALKED),
        (OXYGEN, {"spo2_percent": 97.4}),
    ],
)
def test_days_of_the_hub(oura: Make, file: tuple[str, str], told: dict[str, float]) -> None:
    assert day(oura(*file)) == told


def test_the_zip_of_the_hub_gives_all_its_days(tmp_path: Path) -> None:
    path = tmp_path / "data.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for name, file in (("dailyreadiness", READINESS), ("dailysleep", SCORE), ("dailyactivity", ACTIVITY)):
            packed.writestr(f"App Data/{name}.csv", "\n".join(file))
        packed.writestr("App Data/dailyspo2.csv", f"{OXYGEN[0]}\n{OXYGEN[1].replace('97.4', 'high')}\n")
        packed.writestr("App Data/sleepmodel.csv", f"{SLEEPMODEL}\n")
        packed.writestr("App Data/heartrate.csv", "timestamp;bpm\n")
    assert identify(path) == "oura"
    reading = read(path, Context(athlete="anna"))
    assert (reading.n_read, reading.n_loaded, reading.n_rejected) == (4, 3, 1)
    assert day(reading) == {"readiness": 81.0, "temperature_deviation_c": -0.2, "sleep_score": 71.0, **WALKED}
    assert reading.rejected["raw"].item().startswith("e1;3;")


def test_other_files_with_a_date_are_not_claimed(tmp_path: Path) -> None:
    path = tmp_path / "steps.csv"
    for header in ("date,Steps", "date,Steps,Calories,Distance", "id;day;score"):
        path.write_text(f"{header}\n2026-03-02,1,2,3\n")
        with pytest.raises(ImportProblem):
            identify(path)


PARTS = "date,Sleep Score,Total Sleep Time,Inactive Time,Rest Time,Low Activity Time,Medium Activity Time,High Activity Time,Non-wear Time"  # fmt: skip  # noqa: E501


def test_the_activity_times_of_2020_are_minutes_which_their_sum_tells(oura: Make) -> None:
    minutes = day(oura(PARTS, "2020-03-26,70,22380,655,495,206,28,0,56"))
    seconds = day(oura(PARTS, "2026-03-26,70,22380,39300,29700,12360,1680,0,3360"))
    assert minutes == seconds
    assert (minutes["inactive_s"], minutes["non_wear_s"], minutes["sleep_s"]) == (39300.0, 3360.0, 22380.0)


def test_activity_times_that_may_be_either_are_left_out(oura: Make) -> None:
    reading = oura("date,Sleep Score,High Activity Time", "2020-03-26,70,12")
    assert day(reading) == {"sleep_score": 70.0}
    assert reading.notices == ("the activity times may be minutes or seconds: they are left out",)
