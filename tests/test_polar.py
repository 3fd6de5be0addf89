"""Polar's training sessions: two ways of writing one, with or without an offset, alone or in the archive."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from analysis.importers import Context, ImportProblem, Reading, identify, read, vendors
from analysis.importers._source import Head

START = "2019-05-16T23:14:{:02}.000"
OLD_RUN: dict[str, Any] = {
    "startTime": START.format(27), "stopTime": "2019-05-16T23:56:24.000", "timezoneOffset": 120, "duration": "PT41M57S",
    "distance": 8400.0, "sport": "RUNNING", "ascent": 40.0, "descent": 38.0,
    "heartRate": {"min": 90, "avg": 151, "max": 181}, "cadence": {"avg": 84, "max": 95},
    "speed": {"avg": 12.01, "max": 16.2},
    "autoLaps": [
        {"lapNumber": 0, "duration": "PT300S", "splitTime": "PT300S", "distance": 1000.0, "heartRate": {"avg": 140}},
        {"lapNumber": 1, "duration": "PT5M2.5S", "splitTime": "PT602.5S", "distance": 1000.0},
    ],
    "samples": {
        "heartRate": [
            {"dateTime": START.format(27), "value": 90}, {"dateTime": START.format(28)},
            {"dateTime": START.format(29), "value": 95}, {"dateTime": START.format(29), "value": 96},
        ],
        "speed": [{"dateTime": START.format(28), "value": 3.6}],
        "recordedRoute": [
            {"dateTime": START.format(20), "latitude": 1.0, "longitude": 2.0},
            {"dateTime": START.format(28), "latitude": 1.1, "longitude": 2.1},
        ],
    },
}  # fmt: skip
OLD: dict[str, Any] = {
    "exportVersion": "1.3", "name": "Running", "startTime": START.format(27), "stopTime": "2019-05-16T23:56:24.000",
    "timeZoneOffset": 120, "distance": 8400.0, "duration": "PT2517S", "maximumHeartRate": 180, "averageHeartRate": 150,
    "physicalInformationSnapshot": {"sex": "MALE"}, "exercises": [OLD_RUN],
}  # fmt: skip
NEW: dict[str, Any] = {
    "identifier": {"id": "uu-1"}, "name": "Laufband", "startTime": "2025-08-16T17:12:22",
    "stopTime": "2025-08-16T17:42:22", "durationMillis": 1800000, "distanceMeters": 5000.0,
    "timezoneOffsetMinutes": -420, "hrAvg": 150, "hrMax": 170, "sport": {"id": "17"},
    "product": {"modelName": "Polar Vantage"},
    "exercises": [{
        "identifier": {"id": "e-1"}, "startTime": "2025-08-16T17:12:22", "stopTime": "2025-08-16T17:42:22",
        "durationMillis": 1800000, "sport": {"id": "17"}, "laps": {"laps": [{"durationMillis": 60000}]},
        "statistics": {"statistics": [{"type": "CADENCE", "avg": 82.0}]},
        "samples": {"samples": [{"type": "HEART_RATE", "intervalMillis": 1000, "values": [100, None, 102]}]},
        "routes": {"route": {"startTime": "2025-08-16T17:12:24",
                             "wayPoints": [{"latitude": 1.0, "longitude": 2.0, "elapsedMillis": 500}]}},
    }],
}  # fmt: skip
Make = Callable[..., Reading]


@pytest.fixture
def polar(tmp_path: Path) -> Make:
    def make(document: Any, context: Context | None = None, text: str | None = None) -> Reading:
        path = tmp_path / "a.txt"
        path.write_text(text or json.dumps(document), "utf-8")
        assert identify(path) == "polar"
        reading = read(path, context or Context(athlete="anna"))
        assert reading.n_read == reading.n_loaded + reading.n_attached + reading.n_ignored + reading.n_rejected
        return reading

    return make


def samples(reading: Reading) -> pl.DataFrame:
    return pl.read_parquet(io.BytesIO(reading.tables["streams"]["packed"].item()))


def test_a_run_with_iso_durations(polar: Make) -> None:
    reading = polar(OLD)
    run = reading.tables["runs"].row(0, named=True)
    measured = {
        "distance_m": 8400.0, "timer_s": 2517.0, "elapsed_s": 2517.0, "ascent_m": 40.0, "descent_m": 38.0,
        "average_hr_bpm": 151.0, "max_hr_bpm": 181.0, "cadence_spm": 168.0, "max_speed_m_s": 4.5,
    }  # fmt: skip
    assert {name: run[name] for name in measured} == pytest.approx(measured)
    session = reading.tables["sessions"].row(0, named=True)
    assert (session["date"], session["zone"], session["zone_basis"]) == (dt.date(2019, 5, 16), "+02:00", "offset")
    assert str(session["start_utc"]) == "2019-05-16 21:14:27"
    assert session["session_id"] == "anna|polar|2019-05-16 23:14|1"


def test_laps_follow_each_other(polar: Make) -> None:
    laps = polar(OLD).tables["splits"]
    assert laps.select("split_no", "start_s", "duration_s", "distance_m").rows() == [
        (1, 0.0, 300.0, 1000.0), (2, 300.0, 302.5, 1000.0),
    ]  # fmt: skip


def test_samples_of_moments(polar: Make) -> None:
    found = samples(polar(OLD))
    assert found["t_s"].to_list() == [0.0, 1.0, 2.0]  # the place before the start is not part of it
    assert found["heart_rate_bpm"].to_list() == [90.0, None, 95.0]  # a moment twice counts once
    assert found["speed_m_s"].to_list() == [None, 1.0, None]
    assert found["latitude_deg"].to_list() == [None, 1.1, None]


def test_a_run_in_milliseconds_with_nan_among_the_samples(polar: Make) -> None:
    reading = polar(None, text=json.dumps(NEW).replace("[100, null, 102]", "[100, NaN, 102]"))
    run = reading.tables["runs"].row(0, named=True)
    assert (run["distance_m"], run["timer_s"], run["indoor"], run["cadence_spm"]) == (5000.0, 1800.0, True, 164.0)
    session = reading.tables["sessions"].row(0, named=True)
    assert (session["session_id"], session["device"], session["zone"]) == (
        "anna|polar|id|uu-1",
        "Polar Vantage",
        "-07:00",
    )
    assert reading.variant == "milliseconds"
    assert reading.tables["splits"]["duration_s"].to_list() == [60.0]
    found = samples(reading)
    assert found["t_s"].to_list() == [0.0, 2.0, 2.5]  # the route begins two seconds later
    assert found["heart_rate_bpm"].to_list() == [100.0, 102.0, None]


def test_without_an_offset_the_clock_is_local(polar: Make) -> None:
    bare = {**OLD, "exercises": [{k: v for k, v in OLD_RUN.items() if k != "timezoneOffset"}]}
    del bare["timeZoneOffset"]
    session = polar(bare).tables["sessions"].row(0, named=True)
    assert (session["date"], session["zone_basis"], session["start_utc"]) == (dt.date(2019, 5, 16), "local", None)


def test_the_exercises_of_a_session_are_rows(polar: Make) -> None:
    gym = {**OLD_RUN, "sport": "STRENGTH_TRAINING", "startTime": "2019-05-17T00:10:00.000", "distance": None}
    reading = polar({**OLD, "exercises": [OLD_RUN, gym]})
    assert reading.n_read == 2
    assert reading.tables["sessions"]["kind"].to_list() == ["run", "strength"]
    assert [str(day) for day in reading.tables["sessions"]["date"]] == ["2019-05-16", "2019-05-17"]
    assert reading.tables["splits"]["source_row"].unique().to_list() == [1]


def test_a_session_without_exercises_is_a_row(polar: Make) -> None:
    reading = polar(
        [OLD, {**OLD, "exercises": [], "startTime": "2019-05-18T10:00:00.000", "name": "Strength training"}]
    )
    assert reading.tables["sessions"]["kind"].to_list() == ["run", "strength"]


def test_what_cannot_be_read_is_rejected_with_its_text_but_without_samples(polar: Make) -> None:
    reading = polar([OLD, {**OLD, "startTime": "soon"}])
    assert reading.rejected.select("source_row", "reason").rows() == [(2, "date 'soon' cannot be read")]
    shown = json.loads(reading.rejected["raw"].item())
    assert shown["startTime"] == "soon"
    assert "samples" not in shown["exercise"]


def test_the_archive_loses_only_its_damaged_files(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x/training-session-2019-05-16-1-u.json", json.dumps(OLD))
        archive.writestr("x/training-session-2025-08-16-2-u.json", json.dumps(NEW))
        archive.writestr("x/training-session-2025-08-17-3-u.json", '{"exportVersion":')
        archive.writestr("x/activity-2019-05-16.json", "{}")
    assert identify(path) == "polar"
    reading = read(path, Context(athlete="anna"))
    assert (reading.n_read, reading.n_loaded, reading.n_rejected) == (3, 2, 1)
    assert "is not whole JSON" in reading.rejected["reason"].item()
    assert reading.rejected["raw"].item() == "x/training-session-2025-08-17-3-u.json"
    assert set(reading.tables["sessions"]["session_id"]) == {"anna|polar|2019-05-16 23:14|1", "anna|polar|id|uu-1"}
    assert reading.tables["streams"].height == 2


def test_ids_do_not_depend_on_order_or_values(polar: Make) -> None:
    before = set(polar([OLD, NEW]).tables["sessions"]["session_id"])
    changed = {**OLD, "name": "x", "exercises": [{**OLD_RUN, "distance": 1.0}]}
    assert set(polar([NEW, changed]).tables["sessions"]["session_id"]) == before


def test_plans_and_daily_activity_are_not_claimed() -> None:
    target = frozenset(("exercises", "startTime", "stopTime", "exportVersion", "programRef"))
    daily = frozenset(("exportVersion", "date", "samples", "physicalInformation"))
    matches = vendors()["polar"].matches
    assert not any(matches(Head("a.json", "{}", "json", keys)) for keys in (target, daily))


def test_a_damaged_file_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(OLD)[:-40])
    with pytest.raises(ImportProblem):
        read(path, Context(athlete="anna"), "polar")
