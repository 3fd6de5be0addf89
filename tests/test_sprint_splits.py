"""Sprint splits and flying speed (methods D0, D7, D16): handbook number, sign, hand timing, which distance speaks."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.metrics import running_sprint
from analysis.stats.sprint import flying_speed, hand_timed, timing_error_s, timing_refusal
from trials_for_tests import SPRINT, session, trials

TIMES = {10: [1.80, 1.82], 20: [3.10, 3.12], 30: [4.30, 4.33]}


def runs(faster: float = 0.0, times: dict[int, list[float]] | None = None, **row: Any) -> pl.DataFrame:
    """Two sessions with the same splits, the second `faster` by that share."""
    parts = []
    for metres, values in (times or TIMES).items():
        known = SPRINT | {"distance_m": float(metres)} | row
        parts += [session(0, values, **known), session(42, [v * (1 - faster) for v in values], **known)]
    return trials(*parts)


def test_the_handbook_example() -> None:
    speed = flying_speed(20, 2.42, 0.01)
    assert [float(speed.speed_mps), float(speed.se_mps)] == pytest.approx([8.26446281, 0.03415067277], rel=1e-8)


def test_the_error_of_a_speed_is_that_of_simulated_clocks() -> None:
    measured = 2.42 + np.random.default_rng(7).normal(0, 0.01, 20_000)
    assert float(np.std(20 / measured)) == pytest.approx(float(flying_speed(20, 2.42).se_mps), rel=0.03)


@pytest.mark.parametrize(
    ("distance", "time"), [(0.0, 2.0), (10.0, 0.0), (-5.0, 2.0), (10.0, np.nan), (np.inf, 2.0), (10.0, np.inf)]
)
def test_impossible_values_have_no_speed(distance: float, time: float) -> None:
    assert math.isnan(float(flying_speed(distance, time).speed_mps))
    assert math.isnan(float(flying_speed(distance, time).se_mps))


@pytest.mark.parametrize("error_s", [-0.01, np.inf, -np.inf])
def test_a_clock_has_no_impossible_error(error_s: float) -> None:
    assert math.isnan(float(flying_speed(20, 2.42, error_s).se_mps))


@pytest.mark.parametrize(
    ("device", "error_s"),
    [("Timing GATES", 0.01), ("phone video 60 fps", 0.03), ("hand", 0.2), ("Stopwatch", 0.2), (None, 0.03), ("", 0.03)],
)
def test_clock_errors(device: str | None, error_s: float) -> None:
    assert timing_error_s(device) == error_s
    assert hand_timed(device) == (error_s == 0.2)


@pytest.mark.parametrize(
    ("metres", "error_s", "by_hand", "reason"),
    [
        (30, None, True, "HAND_TIMED"), (31, None, True, None), (20, 0.2, False, "HAND_TIMED"),
        (20, 0.03, False, None), (20, None, False, None), (40, 0.2, True, None),
    ],
)  # fmt: skip
def test_when_a_clock_is_too_coarse(metres: float, error_s: float | None, by_hand: bool, reason: str | None) -> None:
    assert timing_refusal(metres, error_s, by_hand=by_hand) == reason


def test_the_longest_distance_up_to_30_m_speaks() -> None:
    found = running_sprint.estimate(runs(0.02, TIMES | {40: [5.50, 5.55]}), who="Ada")
    names = [f"Sprint time over {d} m" for d in (10, 20, 30, 40)]
    assert [p.what for p in found.parts] == [*names, "Flying speed 30-40 m"]
    assert found.what == "Sprint time over 30 m"
    assert "30 m" in found.notes[0]


def test_a_faster_time_is_an_improvement() -> None:
    """Trap: the sign. By hand: 5 % faster, learning 0.5 %, literature error of 30 m for two trials."""
    found = running_sprint.estimate(runs(0.05), who="Ada")
    assert found.value == pytest.approx(100 * math.expm1(-math.log(0.95) - 0.005))
    assert found.te_pct == pytest.approx(100 * math.expm1(0.014 * math.sqrt(0.5 + 0.5 * 3 / 2)))
    assert found.word.startswith("improved")
    assert running_sprint.estimate(runs(-0.08)).word.startswith("declined")


def test_flying_speed_comes_from_the_same_run() -> None:
    flying = running_sprint.estimate(runs(0.05)).part("Flying speed 20-30 m")
    assert flying.n == 4
    assert flying.value == pytest.approx(100 * math.expm1(-math.log(0.95) - 0.005))
    assert flying.points is not None
    speeds = flying.points.filter(pl.col("kind") == "trial")["value"].to_list()
    assert speeds[:2] == pytest.approx([10 / (4.30 - 3.10), 10 / (4.33 - 3.12)])
    other_run = trials(
        session(0, [3.1], **SPRINT),
        [r | {"trial": 7} for r in session(0, [4.3], **SPRINT | {"distance_m": 30.0})],
    )
    assert [p.what for p in running_sprint.estimate(other_run).parts] == [
        "Sprint time over 20 m",
        "Sprint time over 30 m",
    ]


def test_ten_to_twenty_is_the_shortest_flying_part() -> None:
    found = running_sprint.estimate(runs(0.02, {5: [1.1, 1.1], 10: [1.8, 1.82]}))
    assert [p.what for p in found.parts] == ["Sprint time over 5 m", "Sprint time over 10 m"]


@pytest.mark.parametrize("device", ["stopwatch", "Hand stopwatch", "timed by hand"])
def test_hand_timing_is_refused_up_to_30_m(device: str) -> None:
    """Trap: the hand-timed 10 m."""
    found = running_sprint.estimate(runs(0.05, TIMES | {40: [5.5, 5.6]}, device=device))
    reasons = {p.what: p.reason for p in found.parts}
    assert [reasons[f"Sprint time over {d} m"] for d in (10, 20, 30, 40)] == ["HAND_TIMED"] * 3 + [None]
    assert found.reason == "HAND_TIMED"
    assert found.points is not None


def test_a_hand_timed_retest_after_gates_is_refused() -> None:
    rows = trials(session(0, [3.1, 3.12], **SPRINT), session(42, [2.9], **SPRINT | {"device": "hand stopwatch"}))
    assert running_sprint.estimate(rows).reason == "HAND_TIMED"


@pytest.mark.parametrize(
    ("row", "reason"),
    [({"device": "laser gates"}, "DEVICE_CHANGED"), ({"protocol": "rolling start"}, "PROTOCOL_CHANGED")],
)
def test_changed_conditions_are_refused(row: dict[str, Any], reason: str) -> None:
    rows = trials(session(0, [3.1, 3.12], **SPRINT), session(42, [3.0, 3.01], **SPRINT | row))
    assert running_sprint.estimate(rows).reason == reason


def test_a_coarser_clock_widens_the_interval() -> None:
    gates, video = (running_sprint.estimate(runs(0.02, device=device)) for device in ("gates", "video"))
    assert video.high - video.low > gates.high - gates.low  # type: ignore[operator]  # both have intervals


def test_an_unknown_clock_at_the_first_test_widens_it_as_well() -> None:
    rows = trials(session(0, [3.1, 3.12], **SPRINT | {"device": None}), session(42, [3.0, 3.01], **SPRINT))
    found = running_sprint.estimate(rows)
    gates = running_sprint.estimate(trials(session(0, [3.1, 3.12], **SPRINT), session(42, [3.0, 3.01], **SPRINT)))
    assert (found.status, found.reason) == ("caution", "CONDITIONS_UNKNOWN")
    assert (found.te_pct or 0) > (gates.te_pct or 0)


def test_splits_that_do_not_increase_are_refused() -> None:
    found = running_sprint.estimate(runs(0.02, {20: [3.1, 3.1], 30: [3.0, 4.3]}))
    assert found.reason == "SPLITS_NOT_MONOTONE"


@pytest.mark.parametrize("metres", [5, 100])
def test_distances_without_a_known_error_need_one(metres: int) -> None:
    rows = runs(0.03, {metres: [1.2, 1.21] if metres == 5 else [11.5, 11.6]})
    refused = running_sprint.estimate(rows)
    assert refused.reason == "NO_SWC"
    assert any("retest_error" in note for note in refused.notes)
    assert running_sprint.estimate(rows, te=0.02, swc=0.01).ok


def test_false_gains_and_coverage_on_simulated_sprinters() -> None:
    """200 sprinters without a gain beyond learning, error of the session as stated; Monte-Carlo SE 0.013."""
    rng = np.random.default_rng(20)
    covered, better = 0, 0
    for _ in range(200):
        learnt = rng.normal(0.005, 0.005)
        scores = 3.1 * np.exp(rng.normal([0.0, -learnt], 0.015))
        rows = trials(*(session(d, [s] * 3, **SPRINT) for d, s in zip((0, 42), scores, strict=True)))
        found = running_sprint.estimate(rows)
        covered += (found.low or 0) <= 0 <= (found.high or 0)
        better += found.word.startswith("improved")
    assert 0.92 <= covered / 200 <= 1.0  # 6 df: the interval covers 0.986
    assert better / 200 <= 0.055


def test_order_names_and_milliseconds_do_not_matter() -> None:
    rows = runs(0.03)
    one = running_sprint.estimate(rows)
    for other in (rows.reverse(), rows.with_columns(athlete=pl.lit("Zoë")), pl.concat([rows, rows])):
        found = running_sprint.estimate(other)
        assert (found.value, found.low, found.word) == (one.value, one.low, one.word)
    milliseconds = running_sprint.estimate(rows.with_columns(pl.col("value") * 1000))
    assert milliseconds.value == pytest.approx(one.value, rel=1e-9)
    assert milliseconds.word == one.word


def test_no_data_and_the_chart() -> None:
    nothing = running_sprint.estimate(trials(), swc=0.01)
    assert (nothing.reason, bool(nothing.method), dict(nothing.params)["swc"]) == ("NO_DATA", True, 0.01)
    spec = running_sprint.estimate(runs(0.03)).chart().to_dict()
    titles = {layer.get("encoding", {}).get("x", {}).get("title") for layer in spec["layer"]}
    assert "Change (%), faster is positive; grey: too small to matter" in titles
