"""Time in zones (methods C7): the handbook's stream, borders, gaps, refusals, simulated streams, invariance."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from analysis.stats.zones import HR_ZONES, SPEED_ZONES, durations, zone_minutes, zone_time

T = [0, 60, 120, 180, 240, 300, 360, 366, 426]
V = [3.2, 3.5, 4.0, 4.3, 4.6, 4.9, 4.9, 3.0, 3.0]


def test_the_handbooks_stream() -> None:
    found = zone_time(T, V, 4.6, max_gap_s=60)
    assert found.minutes == pytest.approx({"<0.80": 3.0, "0.80-0.90": 1.0, "0.90-1.00": 2.0, ">1.00": 1.1})
    assert (found.status, found.unassigned_min) == ("ok", 0.0)


def test_ten_seconds_are_no_gap_whatever_the_clock_started_at() -> None:
    found = zone_time([6.1, 16.1], [3.0, 3.0], 4.6)
    assert (found.minutes or {})["<0.80"] == pytest.approx(10 / 60), "in binary 16.1 - 6.1 is more than 10"
    assert found.gap_min == 0.0
    assert zone_time([0, 10.001], [3.0, 3.0], 4.6).gap_min == pytest.approx(10.001 / 60)


def test_gaps_and_samples_without_a_value_go_to_no_zone_and_are_reported() -> None:
    found = zone_time(T, V, 4.6)
    assert found.minutes is not None
    assert sum(found.minutes.values()) == pytest.approx(0.1)
    assert found.unassigned_min == found.gap_min == pytest.approx(7.0)
    missing = zone_time(T, [None, *V[1:]], 4.6, max_gap_s=60)
    assert (missing.unassigned_min, missing.gap_min) == (1.0, 0.0)
    assert missing.minutes is not None
    assert missing.minutes["<0.80"] == 2.0


@pytest.mark.parametrize(
    ("bpm", "zone"),
    [(94.9, "<50"), (95, "50-60"), (114, "60-70"), (133, "70-80"), (152, "80-90"), (171, ">=90"), (230, ">=90")],
)
def test_heart_rate_zones_include_their_lower_border(bpm: float, zone: str) -> None:
    minutes = zone_minutes([2.0], [bpm], 190, HR_ZONES)
    assert minutes is not None
    assert minutes == dict.fromkeys(HR_ZONES.names, 0.0) | {zone: 2.0}


@pytest.mark.parametrize("cs", [4.6, 3.7, 4.111, 5.003])
def test_critical_speed_itself_is_not_above_it_and_80_percent_is_no_longer_below(cs: float) -> None:
    minutes = zone_minutes([1.0, 2.0, 4.0, 8.0], [0.8 * cs, 0.9 * cs, cs, 1.0001 * cs], cs, SPEED_ZONES)
    assert minutes == {"<0.80": 0.0, "0.80-0.90": 1.0, "0.90-1.00": 6.0, ">1.00": 8.0}


@pytest.mark.parametrize(
    ("time", "values", "limit", "gap", "reason"),
    [
        ([0, 2, 1], [3, 3, 3], 4.6, 10, "STREAM_NOT_MONOTONE"),
        ([0, 1, 1], [3, 3, 3], 4.6, 10, "STREAM_NOT_MONOTONE"),
        ([], [], 4.6, 10, "BAD_INPUT"),
        ([0], [3], 4.6, 10, "BAD_INPUT"),
        (None, [3], 4.6, 10, "BAD_INPUT"),
        ([0, 1], None, 4.6, 10, "BAD_INPUT"),
        ([0, 1], [3], 4.6, 10, "BAD_INPUT"),
        ([0, None], [3, 3], 4.6, 10, "BAD_INPUT"),
        ([0, np.inf], [3, 3], 4.6, 10, "BAD_INPUT"),
        ([0, 1], [-3, 3], 4.6, 10, "BAD_INPUT"),
        ([0, 1], [np.inf, 3], 4.6, 10, "BAD_INPUT"),
        ([0, 1], [3, 3], 0, 10, "BAD_INPUT"),
        ([0, 1], [3, 3], None, 10, "BAD_INPUT"),
        ([0, 1], [3, 3], np.inf, 10, "BAD_INPUT"),
        ([0, 1], [3, 3], 4.6, 0, "BAD_INPUT"),
        ([0, 1], [3, 3], 4.6, np.nan, "BAD_INPUT"),
        ([0, 1], ["fast", 3], 4.6, 10, "BAD_INPUT"),
        ([[0, 1]], [[3, 3]], 4.6, 10, "BAD_INPUT"),
    ],
)
def test_impossible_streams_are_refused(time: Any, values: Any, limit: Any, gap: float, reason: str) -> None:
    found = zone_time(time, values, limit, max_gap_s=gap)
    assert (found.status, found.reason, found.minutes, found.unassigned_min) == ("refused", reason, None, None)


def simulated(rng: np.random.Generator) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    time = np.cumsum(rng.choice([1.0, 2.0, 5.0, 12.0], 3000, p=[0.7, 0.2, 0.08, 0.02]))
    return time, rng.uniform(2.5, 5.5, 3000)


def test_every_second_of_a_simulated_stream_is_in_one_place() -> None:
    time, speed = simulated(np.random.default_rng(1))
    steps = np.diff(time)
    found = zone_time(time, speed, 4.6)
    assert found.minutes is not None
    total = sum(found.minutes.values()) + (found.unassigned_min or 0)
    assert total == pytest.approx((time[-1] - time[0]) / 60)
    assert found.unassigned_min == pytest.approx(steps[steps > 10].sum() / 60)
    by_hand = steps[(steps <= 10) & (speed[:-1] > 4.6)].sum() / 60
    assert found.minutes[">1.00"] == pytest.approx(by_hand)


def test_unit_of_speed_start_of_the_clock_and_finer_sampling_change_nothing() -> None:
    time, speed = simulated(np.random.default_rng(2))
    found = zone_time(time, speed, 4.6).minutes
    assert zone_time(time + 500, 3.6 * speed, 3.6 * 4.6).minutes == pytest.approx(found)
    assert zone_minutes([5, 5], [4.0, 4.0], 4.6, SPEED_ZONES) == zone_minutes([10], [4.0], 4.6, SPEED_ZONES)


def test_the_last_sample_lasts_no_time() -> None:
    assert durations([0, 30]).minutes.tolist() == [0.5, 0.0]
