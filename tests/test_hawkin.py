"""Hawkin: measures whose keys carry units, archived trials, UTC days."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.importers import Context, ImportProblem, Reading, identify, read

Make = Callable[..., Reading]


def trial(*numbers: int, **more: Any) -> dict[str, Any]:
    n, name = (numbers or (1,))[0], more.pop("name", "Countermovement Jump")
    athlete = more.pop("athlete", "A One")
    about = {
        "id": f"t{n}", "testType": {"id": "x", "name": name, "tags": []}, "athlete": {"id": athlete, "name": athlete},
        "timestamp": 1767652200 + 30 * n, "segment": f"{name}:{n}", "active": True,
    }  # fmt: skip
    return about | more


@pytest.fixture
def plates(tmp_path: Path) -> Make:
    def make(*tests: Any, wrapped: bool = True, context: Context | None = None) -> Reading:
        path = tmp_path / "tests.json"
        path.write_text(json.dumps({"data": tests, "count": len(tests), "lastSyncTime": 1} if wrapped else tests))
        assert identify(path) == "hawkin"
        reading = read(path, context or Context(athlete="ada"))
        assert reading.n_read == reading.n_loaded + reading.n_attached + reading.n_ignored + reading.n_rejected
        assert reading.tables["trials"]["trial_id"].is_unique().all()
        return reading

    return make


def values(reading: Reading) -> dict[str, tuple[float, str | None, str]]:
    return {m: tuple(rest) for m, *rest in reading.tables["trials"].select("measure", "value", "method", "side").rows()}


def test_keys_carry_the_unit_and_heights_come_from_the_impulse(plates: Make) -> None:
    reading = plates(trial(**{
        "Jump Height(m)": 0.312, "mRSI": 0.41, "System Weight(N)": 640.2, "Flight Time(s)": 0.5,
        "Left Avg. Braking RFD(N/s)": 2100, "L|R Braking Impulse Index(%)": -3.5, "Braking RFD(N/s)": None,
        "Countermovement Depth(m)": -0.25,
    }))  # fmt: skip
    assert values(reading) == {
        "height_m": (0.312, "impulse_momentum", "both"), "rsi_modified": (0.41, "impulse_momentum", "both"),
        "system_weight_n": (640.2, None, "both"), "flight_time_s": (0.5, None, "both"),
        "avg_braking_rfd_n_s": (2100.0, None, "left"), "braking_impulse_index_asymmetry_percent": (-3.5, None, "both"),
        "countermovement_depth_m": (-0.25, None, "both"),
    }  # fmt: skip
    one = reading.tables["trials"].row(0, named=True)
    assert (one["test"], one["trial"], one["load_kg"], one["protocol"]) == ("cmj", 1, None, "Countermovement Jump")


def test_archived_trials_are_ignored_and_the_others_are_counted_in_time(plates: Make) -> None:
    height = {"Jump Height(m)": 0.3}
    reading = plates(trial(3, **height), trial(1, **height), trial(2, active=False, **height))
    assert reading.ignored.select("source_row", "reason").rows() == [(3, "inactive")]
    assert reading.tables["trials"].select("source_row", "trial").rows() == [(1, 2), (2, 1)]


def test_na_and_null_are_missing(plates: Make) -> None:
    reading = plates(trial(1, **{"Jump Height(m)": 0.3, "mRSI": "N/A"}), trial(2, **{"Jump Height(m)": "N/A"}))
    assert reading.tables["trials"]["measure"].to_list() == ["height_m"]
    assert reading.ignored.select("source_row", "reason").rows() == [(2, "no_measurement")]


def test_the_nested_list_gives_the_same_rows(plates: Make) -> None:
    flat = plates(trial(**{"Jump Height(m)": 0.3, "System Weight(N)": 600.0}))
    metrics = [
        {"metricId": "jumpHeight", "metricLabel": "Jump Height", "metricUnits": "m", "metricValue": 0.3},
        {"metricId": "weight", "metricLabel": "System Weight", "metricUnits": "N", "metricValue": 600.0},
    ]
    nested = plates(trial(metrics=metrics), wrapped=False)
    columns = ("trial_id", "measure", "value", "method")
    assert flat.tables["trials"].select(columns).rows() == nested.tables["trials"].select(columns).rows()
    assert (flat.variant, nested.variant) == ("flat", "nested")


def test_the_day_is_that_of_utc_until_a_zone_is_named(plates: Make) -> None:
    late = trial(timestamp=1767654000 - 1800, **{"Jump Height(m)": 0.3})  # 2026-01-05 22:30 UTC
    utc, rome = plates(late), plates(late, context=Context(athlete="ada", tz="Asia/Tokyo"))
    assert [r.tables["trials"]["date"].item() for r in (utc, rome)] == [dt.date(2026, 1, 5), dt.date(2026, 1, 6)]
    assert "--tz" in utc.notices[0]
    assert utc.tables["trials"]["trial_id"].to_list() == rome.tables["trials"]["trial_id"].to_list()


@pytest.mark.parametrize(
    ("name", "test"),
    [("Squat Jump", "squat_jump"), ("Drop Jump", "drop_jump"), ("CMJ Rebound", "rebound_jump"),
     ("Multi Rebound", "multi_rebound"), ("Drop Landing", "drop_landing"), ("Isometric Test", "isometric_test")],
)  # fmt: skip
def test_test_types(plates: Make, name: str, test: str) -> None:
    reading = plates(trial(name=name, **{"Peak Force(N)": 1800}))
    assert reading.tables["trials"]["test"].to_list() == [test]


def test_tags_make_another_protocol_and_names_without_a_unit_are_named(plates: Make) -> None:
    kind = {"id": "x", "name": "Countermovement Jump", "tags": [{"id": 1, "name": "Arm Swing"}]}
    reading = plates(trial(testType=kind, **{"Jump Height(m)": 0.3, "Landing Performance Index": 50}))
    assert reading.tables["trials"]["protocol"].to_list() == ["Countermovement Jump, Arm Swing"]
    assert "1 column is not read: Landing Performance Index" in reading.notices


def test_a_broken_trial_is_rejected_with_its_text(plates: Make) -> None:
    reading = plates(trial(1, **{"Jump Height(m)": 0.3}), trial(2, **{"Jump Height(m)": "high"}), trial(3, timestamp=None, **{"Jump Height(m)": 0.3}))  # fmt: skip  # noqa: E501
    assert reading.rejected["reason"].to_list() == ["Jump Height(m) 'high' cannot be read", "date is missing"]
    assert '"id":"t2"' in reading.rejected["raw"][0]


def test_several_athletes_keep_their_names_and_damage_is_a_problem(plates: Make, tmp_path: Path) -> None:
    height = {"Jump Height(m)": 0.3}
    reading = plates(trial(1, **height), trial(2, athlete="B Two", **height))
    assert reading.tables["trials"]["athlete"].to_list() == ["A One", "B Two"]
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"data": [trial(**height)]})[:-9])
    with pytest.raises(ImportProblem, match="not whole JSON"):
        read(path, Context(athlete="ada"))
    with pytest.raises(ImportProblem, match="no row could be loaded: inactive"):
        plates(trial(active=False, **height))
