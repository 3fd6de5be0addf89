"""Counting rules of load (methods C2 to C4, C11): numbers, borders and refusals."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.stats.load import hard_set, intensity_zone, rolling_sum, session_rpe_load
from analysis.transforms import session_load
from frames_for_tests import sessions_frame


def test_session_rpe_load_is_rating_times_minutes() -> None:
    assert session_rpe_load(6, 55).load_au == 330
    assert session_rpe_load(0, 30).load_au == 0


@pytest.mark.parametrize(
    ("rpe", "minutes", "reason"),
    [
        (13, 40, "RPE_OUT_OF_RANGE"),
        (-1, 40, "RPE_OUT_OF_RANGE"),
        (6, 0, "BAD_INPUT"),
        (None, 40, "BAD_INPUT"),
        (6, None, "BAD_INPUT"),
        (6, 361, "TIMER_LEFT_RUNNING"),
    ],
)
def test_impossible_ratings_and_minutes_are_refused(rpe: float | None, minutes: float | None, reason: str) -> None:
    found = session_rpe_load(rpe, minutes)
    assert (found.status, found.reason, found.load_au) == ("refused", reason, None)


def test_a_declared_scale_other_than_cr10_is_refused() -> None:
    assert session_rpe_load(6, 55, scale="cr10").load_au == 330
    assert session_rpe_load(6, 55, scale="borg_6_20").reason == "BAD_INPUT"


@given(st.one_of(st.none(), st.floats(-1, 14)), st.one_of(st.none(), st.floats(0, 500)))
def test_one_session_is_valued_as_in_a_frame(rpe: float | None, minutes: float | None) -> None:
    frame = session_load(sessions_frame([{"day": 0, "rpe": rpe, "minutes": minutes}]))
    assert frame["load_au"].item() == pytest.approx(session_rpe_load(rpe, minutes).load_au)


def test_an_unknown_day_is_scaled_not_zero() -> None:
    # trap 4
    found = rolling_sum([320, 0, 260, 410, None, 360, 520], 7)
    assert (found.status, found.known_sum, found.known_days) == ("caution", 1870, 6)
    assert found.sum == pytest.approx(1870 * 7 / 6)


@pytest.mark.parametrize(
    ("x", "window", "status", "total"),
    [
        ([0.0] * 7, 7, "ok", 0.0),
        ([100.0] * 30, 28, "ok", 2800.0),
        ([100.0] * 23 + [None] * 5, 28, "caution", 2800.0),
        ([100.0] * 22 + [None] * 6, 28, "refused", None),
        ([100.0] * 8 + [None] * 2, 10, "caution", 1000.0),
        ([100.0] * 5 + [None] * 2, 7, "refused", None),
        ([None] * 7, 7, "refused", None),
    ],
)
def test_coverage_decides(x: list[float | None], window: int, status: str, total: float | None) -> None:
    found = rolling_sum(x, window)
    assert (found.status, found.sum) == (status, total if total is None else pytest.approx(total))
    assert found.reason == {"ok": None, "caution": "DAYS_UNKNOWN", "refused": "COVERAGE_TOO_LOW"}[status]


def test_a_series_shorter_than_the_window_is_refused() -> None:
    assert [rolling_sum(x, 7).reason for x in ([], [100.0] * 6)] == ["TOO_FEW_DAYS", "TOO_FEW_DAYS"]


def test_impossible_loads_are_refused() -> None:
    assert rolling_sum([100, -1], 2).reason == "BAD_INPUT"
    assert rolling_sum([100], 0).reason == "BAD_INPUT"


@pytest.mark.parametrize(
    ("reps", "rir", "hard"), [(8, 4, True), (8, 4.5, False), (3, 0, True), (2, 0, False), (30, 1, True), (31, 1, False)]
)
def test_hard_means_3_to_30_reps_and_at_most_4_in_reserve(reps: float, rir: float, hard: object) -> None:
    assert hard_set(reps, 80, rir).hard is hard


def test_a_missing_rating_is_estimated_from_the_e1rm_or_refused() -> None:
    assert hard_set(8, 80, e1rm_kg=110).rir_used == 3.25
    assert hard_set(8, 60, e1rm_kg=110).hard is False
    assert hard_set(8, 80, rir=5, e1rm_kg=81).hard is False, "the rating stands above the estimate"
    assert hard_set(8, 80).reason == "NO_EFFORT_INFO"
    assert hard_set(8, 0, e1rm_kg=110).reason == "BAD_INPUT"
    assert hard_set(None, 80, rir=1).reason == "BAD_INPUT"


def test_rpe_and_failure_are_ratings_too() -> None:
    assert hard_set(8, 80, rpe=6).rir_used == 4.0
    assert hard_set(8, 80, rpe=5.5).hard is False
    assert hard_set(8, 80, rir=5, rpe=9).hard is False, "the reserve stands above the RPE"
    assert hard_set(8, 80, rir=9, rpe=2, failure=True).hard is True


@pytest.mark.parametrize("reps", [0, 2, 31])
def test_outside_3_to_30_reps_no_effort_makes_a_set_hard(reps: float) -> None:
    efforts: tuple[dict[str, Any], ...] = ({}, {"rir": 0}, {"rpe": 10}, {"e1rm_kg": 80.0})
    for effort in efforts:
        found = hard_set(reps, 80, **effort)
        assert (found.status, found.hard) == ("ok", False)


@pytest.mark.parametrize(
    "of",
    [
        {"load_kg": -80, "rir": 1},
        {"load_kg": 0, "rir": 1},
        {"load_kg": -80, "e1rm_kg": 110},
        {"load_kg": 80, "e1rm_kg": -110},
        {"load_kg": 80, "rir": -1},
        {"load_kg": 80, "rpe": 11},
        {"load_kg": 80, "rpe": -1},
        {"load_kg": float("inf"), "rir": 1},
    ],
)
def test_impossible_sets_are_refused(of: dict[str, Any]) -> None:
    found = hard_set(8, **of)
    assert (found.status, found.reason, found.hard, found.rir_used) == ("refused", "BAD_INPUT", None, None)


@pytest.mark.parametrize(
    ("load_kg", "zone"), [(59.9, "<60"), (60, "60-70"), (69.9, "60-70"), (80, "80-90"), (90, ">=90"), (130, ">=90")]
)
def test_zones_include_their_lower_bound(load_kg: float, zone: str) -> None:
    assert intensity_zone(load_kg, 100).zone == zone


def test_no_zone_without_an_earlier_e1rm() -> None:
    assert intensity_zone(80, None).reason == "NO_EFFORT_INFO"
    assert intensity_zone(None, 100).reason == "BAD_INPUT"
