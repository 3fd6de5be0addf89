"""Vitruve: repetitions of two phases, series that are not in the order of time, jumps for the re-tests."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.importers import Context, ImportProblem, Reading, identify, read

Make = Callable[..., Reading]


def metric(name: str, value: Any, unit: str) -> dict[str, Any]:
    return {"metric": name, "value": value, "unit": unit}


def rep(kind: str = "concentric", *metrics: dict[str, Any]) -> dict[str, Any]:
    return {"id": "r", "type": kind, "metricValues": list(metrics)}


def series(key: str, at: str, *reps: dict[str, Any]) -> dict[str, Any]:
    return {"id": key, "completedAt": f"2026-01-05T{at}.000Z", "repetitions": list(reps)}


def workout(*parts: dict[str, Any], name: str = "Back Squat", key: str = "w1", user: str = "u1") -> dict[str, Any]:
    return {"id": key, "userId": user, "exercises": [{"id": f"e-{name}", "name": name, "series": list(parts)}]}


VELOCITY = metric("Mean Velocity", 0.95, "m/s")
LOAD = metric("Weight", 80, "kg")


@pytest.fixture
def sensor(tmp_path: Path) -> Make:
    def make(*workouts: Any, wrapped: bool = True, context: Context | None = None) -> Reading:
        path = tmp_path / "workouts.json"
        path.write_text(json.dumps({"data": workouts} if wrapped else workouts))
        assert identify(path) == "vitruve"
        reading = read(path, context or Context(athlete="ada"))
        assert reading.n_read == reading.n_loaded + reading.n_attached + reading.n_ignored + reading.n_rejected
        for name, key in (("sets", "set_id"), ("reps", "rep_id"), ("trials", "trial_id")):
            assert reading.tables[name][key].is_unique().all()
        return reading

    return make


def test_series_are_put_in_the_order_of_their_time(sensor: Make) -> None:
    late = series("s2", "17:05:00", rep("concentric", metric("Mean Velocity", 1.05, "m/s")))
    early = series("s1", "17:01:30", rep("eccentric", metric("Mean Velocity", 0.7, "m/s")), rep("concentric", VELOCITY, LOAD))  # fmt: skip  # noqa: E501
    reading = sensor(workout(late, early))
    assert reading.tables["sets"].select("set_no", "reps", "load_kg").rows() == [(1, 1.0, 80.0), (2, 1.0, None)]
    reps = reading.tables["reps"].sort("set_no", "phase")
    assert reps.select("set_no", "rep_no", "phase", "measure", "value", "load_kg").rows() == [
        (1, 1, "concentric", "mean_velocity_m_s", 0.95, 80.0), (1, 1, "eccentric", "mean_velocity_m_s", 0.7, 80.0),
        (2, 1, "concentric", "mean_velocity_m_s", 1.05, None),
    ]  # fmt: skip
    session = reading.tables["sessions"].row(0, named=True)
    assert (session["source_id"], str(session["start_utc"])) == ("w1", "2026-01-05 17:01:30")
    assert (reading.n_read, reading.n_loaded) == (3, 3)


def test_units_stand_beside_the_values(sensor: Make) -> None:
    reading = sensor(workout(series("s", "10:00:00", rep(
        "concentric", metric("Weight", 100, "lb"), metric("Time to Peak Velocity", 250, "ms"),
        metric("Mean Propulsive Velocity", 0.9, "m/s"), metric("Mean Power [MPV]", 700, "W"),
        metric("ROM (Range of Motion)", 0.6, "m"), metric("Fatigue (PV)", 12.5, "%"), metric("New", 1, "furlong"),
    ))))  # fmt: skip
    assert dict(reading.tables["reps"].select("measure", "value").rows()) == {
        "time_to_peak_velocity_s": 0.25, "mean_propulsive_velocity_m_s": 0.9, "mean_power_mpv_w": 700.0,
        "range_of_motion_m": 0.6, "fatigue_pv_percent": 12.5,
    }  # fmt: skip
    assert reading.tables["sets"]["load_kg"].item() == pytest.approx(45.359237)
    assert "1 column is not read: New (furlong)" in reading.notices


def test_a_load_with_an_unknown_unit_is_not_guessed(sensor: Make) -> None:
    good = workout(series("s", "10:00:00", rep("concentric", VELOCITY, LOAD)), key="w0")
    reading = sensor(good, workout(series("s", "11:00:00", rep("concentric", VELOCITY, metric("Weight", 10, "stone")))))
    assert reading.rejected["reason"].to_list() == ["load_kg '10 stone' cannot be read"]
    assert '"Weight"' in reading.rejected["raw"][0]


def test_repetitions_without_metrics_are_counted_in_their_set(sensor: Make) -> None:
    reading = sensor(workout(series("s", "10:00:00", rep("concentric", VELOCITY), rep(), rep("eccentric"))))
    assert reading.tables["sets"]["reps"].to_list() == [2.0]
    assert (reading.n_loaded, reading.n_attached) == (1, 2)
    bare = sensor(workout(series("s", "10:00:00", rep(), rep())))
    assert (bare.tables["sets"]["reps"].to_list(), bare.n_loaded, bare.n_attached) == ([2.0], 1, 1)


def test_a_broken_repetition_leaves_its_set(sensor: Make) -> None:
    reading = sensor(workout(series("s", "10:00:00", rep("concentric", metric("Mean Velocity", 60, "m/s")), rep("concentric", VELOCITY))))  # fmt: skip  # noqa: E501
    assert (reading.n_rejected, reading.tables["sets"].height, reading.tables["reps"].height) == (1, 1, 1)


def test_jumps_are_trials_too(sensor: Make) -> None:
    jump = (metric("Jump Height", 0.31, "m"), metric("Jump Flight Time", 503, "ms"), metric("Jump RSI", 0, "m/s"))
    loaded = workout(series("s", "10:00:00", rep("concentric", *jump, metric("Weight", 20, "kg"))), name="CMJ", key="a")
    free = workout(series("t", "11:00:00", rep("concentric", *jump)), name="CMJ", key="b")
    trials = sensor(loaded, free).tables["trials"]
    assert trials.sort("test", "measure").select("test", "load_kg", "measure", "value", "protocol").rows() == [
        ("cmj", None, "flight_time_s", pytest.approx(0.503), "CMJ"), ("cmj", None, "height_m", 0.31, "CMJ"),
        ("loaded_jump", 20.0, "flight_time_s", pytest.approx(0.503), "CMJ"),
        ("loaded_jump", 20.0, "height_m", 0.31, "CMJ"),
    ]  # fmt: skip


def test_the_order_of_the_file_and_a_later_export_do_not_change_ids(sensor: Make) -> None:
    one = series("s1", "10:00:00", rep("concentric", VELOCITY))
    two = series("s2", "10:05:00", rep("concentric", VELOCITY))
    first, turned = sensor(workout(one, two)), sensor(workout(two, one), wrapped=False)
    assert set(first.tables["reps"]["rep_id"]) == set(turned.tables["reps"]["rep_id"])
    later = sensor(workout(one, two), workout(series("s3", "12:00:00", rep("concentric", VELOCITY)), key="w2"))
    assert set(first.tables["sets"]["set_id"]) < set(later.tables["sets"]["set_id"])


def test_two_users_keep_their_ids_and_the_zone_moves_the_day(sensor: Make) -> None:
    late = series("s", "23:30:00", rep("concentric", VELOCITY))
    reading = sensor(
        workout(late), workout(late, user="u2", key="w2"), context=Context(athlete="ada", tz="Europe/Rome")
    )
    assert reading.tables["sets"].select("athlete", "date").rows() == [
        ("u1", dt.date(2026, 1, 6)), ("u2", dt.date(2026, 1, 6)),
    ]  # fmt: skip


def test_damage_and_emptiness_are_problems(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    whole = json.dumps({"data": [workout(series("s", "10:00:00", rep("concentric", VELOCITY)))]})
    path.write_text(whole[:-5])
    with pytest.raises(ImportProblem, match="not whole JSON"):
        read(path, Context(athlete="ada"))
    path.write_text(whole.replace('"repetitions": [', '"repetitions": [], "old": ['))
    with pytest.raises(ImportProblem, match="1 workout without any repetition"):
        read(path, Context(athlete="ada"))
    path.write_text(whole.replace('"series": [', '"series": 5, "old": ['))
    with pytest.raises(ImportProblem, match="series is int"):
        read(path, Context(athlete="ada"), vendor="vitruve")
    path.write_text(whole.replace('"userId": "u1"', '"userId": null'))
    with pytest.raises(ImportProblem, match="pass --athlete"):
        read(path, Context())
