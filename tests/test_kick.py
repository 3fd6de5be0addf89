"""Kick, decay of speed, stride and use of the reserve: hand-computed, recovered, refused, invariant (methods E1-E6)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.stats import theilslopes

from analysis.stats import kick, reserve_use, speed_decay, stride
from kick_adapters import ADAPTERS

LAPS_M = [200.0, *[400.0] * 12]
LAPS_S = [34.1, 69.8, 71.0, 71.6, 72.1, 72.4, 72.6, 72.9, 72.3, 72.8, 72.5, 70.9, 65.2]


def test_the_kick_of_a_race_by_hand() -> None:
    found = kick.kick_of_splits(LAPS_M, LAPS_S, 400, 0.1)
    reference = np.sort(400 / np.array(LAPS_S[2:12]))
    v_ref = (reference[4] + reference[5]) / 2
    spread = 1.2533 * 1.4826 * np.median(np.abs(reference - v_ref)) / v_ref / math.sqrt(10)
    assert found.v_ref == pytest.approx(v_ref)
    assert found.kick_pct == pytest.approx(100 * (400 / 65.2 / v_ref - 1))
    assert found.se_log == pytest.approx(math.hypot(math.sqrt(2) * 0.1 / 65.2, spread))
    assert (found.n_ref, found.status, found.kick_m) == (10, "ok", 400)


def test_no_split_is_ever_cut_in_two() -> None:
    """Trap 22: the last 400 m of 1-km laps are not known, whatever interpolation would say."""
    found = kick.kick_of_splits([1000.0] * 5, [180.0, 182.0, 183.0, 181.0, 172.0], 400)
    assert (found.reason, found.kick_pct) == ("KICK_NOT_ON_SPLIT", None)
    assert kick.kick_of_splits([1000.0] * 9, [180.0] * 8 + [172.0], 1000).kick_pct == pytest.approx(100 * 8 / 172)


def test_two_short_laps_may_make_the_kick() -> None:
    halves = [200.0] * 25
    times = [36.0] * 23 + [33.0, 31.0]
    found = kick.kick_of_splits(halves, times, 400)
    assert (found.kick_s, found.n_ref) == (64.0, 20)


def test_reference_splits_lie_wholly_between_the_first_tenth_and_the_kick() -> None:
    laps = [300.0, 300.0, *[400.0] * 6]  # 3000 m: the first split begins inside the first tenth
    assert kick.kick_of_splits(laps, [60.0, 60.0, *[80.0] * 6], 400).n_ref == 6
    few = kick.kick_of_splits([500.0] * 4, [100.0] * 4, 500)
    assert (few.reason, few.n_ref) == ("TOO_FEW_REFERENCE_SPLITS", 2)


def test_how_long_the_kick_is() -> None:
    hundreds = np.arange(0.0, 1500.0, 100.0)
    assert kick.default_kick_m(1500.0, hundreds) == 300
    assert kick.default_kick_m(1500.0, np.array([0.0, 300.0, 700.0, 1100.0])) == 150
    assert kick.default_kick_m(800.0, np.array([0.0, 200.0, 400.0, 600.0])) == 200
    assert kick.default_kick_m(10_000.0) == kick.default_kick_m(2980.0) == 400
    assert kick.default_kick_m(2000.0) == 200
    assert kick.default_kick_m(400.0) == 40


IMPOSSIBLE: tuple[Any, ...] = (
    (None, None), ([], []), ([400.0], [70.0, 71.0]), ([400.0] * 9, [70.0] * 8 + [None]), ([400.0] * 9, [-70.0] * 9),
    ([0.0] * 9, [70.0] * 9), ([math.inf] * 9, [70.0] * 9), ([400.0] * 9, [math.nan] * 9), ("fast", [1.0]),
    ([1e308] * 9, [70.0] * 9), ([400.0] * 9, [0.0] * 9), ([400.0] * 9, [5e-324] * 9),
)  # fmt: skip


@pytest.mark.parametrize("given", IMPOSSIBLE)
def test_impossible_splits_are_bad_input(given: tuple[Any, Any]) -> None:
    found = kick.kick_of_splits(*given)
    assert (found.status, found.reason, found.kick_pct) == ("refused", "BAD_INPUT", None)


@pytest.mark.parametrize(
    "options", [{"kick_m": 0.0}, {"kick_m": -400.0}, {"kick_m": math.nan}, {"sigma_t_s": -1.0}, {"sigma_t_s": math.inf}]
)
def test_impossible_options_are_bad_input(options: dict[str, Any]) -> None:
    assert kick.kick_of_splits(LAPS_M, LAPS_S, **options).reason == "BAD_INPUT"


def test_the_kick_knows_no_units_of_speed() -> None:
    one = kick.kick_of_splits(LAPS_M, LAPS_S, 400, 0.1)
    slow = kick.kick_of_splits(LAPS_M, [2 * s for s in LAPS_S], 400, 0.2)
    assert (slow.kick_pct, slow.low_pct, slow.high_pct) == pytest.approx((one.kick_pct, one.low_pct, one.high_pct))


def test_the_interval_holds_a_known_kick() -> None:
    """S16 of the handbook: coverage 0.935."""
    rng = np.random.default_rng(16)
    n, truth = 1500, 8.0
    speed = 5.5 * np.exp(rng.normal(0, 0.01, (n, 13)))
    speed[:, -1] = 5.5 * (1 + truth / 100)
    passed = np.cumsum(np.array(LAPS_M) / speed, axis=1) + rng.normal(0, 0.1, speed.shape)
    found = [kick.kick_of_splits(LAPS_M, np.diff(row, prepend=0.0), 400) for row in passed]
    inside = np.mean([(one.low_pct or 0) <= truth <= (one.high_pct or 0) for one in found])
    assert 0.92 <= inside <= 0.975
    assert np.mean([one.kick_pct for one in found]) == pytest.approx(truth, abs=0.15)


def stream(distance_m: Any, seconds: int = 301) -> tuple[list[float], list[float]]:
    times = [float(t) for t in range(seconds)]
    return times, [float(distance_m(t)) for t in times]


def faster(t: float) -> float:
    return 4.8 * t if t <= 240 else 1152 + 5.4 * (t - 240)


def test_the_kick_of_a_stream_and_its_interval() -> None:
    found = kick.kick_of_stream(*stream(faster), 300)
    assert found.kick_pct == pytest.approx(12.5)
    assert (found.n_ref, found.status) == (10, "ok")
    half = 1.959964 * 0.015
    ends = [100 * (1.125 * math.exp(sign * half) - 1) for sign in (-1, 1)]
    assert (found.low_pct, found.high_pct) == pytest.approx(ends, abs=1e-4)
    assert kick.kick_of_stream(*stream(faster), 300, sigma_rel=0.01).se_log == 0.01


def test_a_scale_error_of_the_watch_cancels() -> None:
    times, metres = stream(faster)
    off = kick.kick_of_stream(times, [1.03 * m for m in metres], 309)
    assert off.kick_pct == pytest.approx(12.5)


def test_standing_before_the_start_and_behind_the_line_belongs_to_no_race() -> None:
    times, metres = stream(faster)
    waited = kick.kick_of_stream(range(461), [0.0] * 60 + metres + [metres[-1]] * 100, 300)
    assert (waited.kick_pct, waited.mean_speed) == pytest.approx((12.5, metres[-1] / 300))
    offset = kick.kick_of_stream(times, [m + 14_237 for m in metres], 300)
    assert offset.kick_pct == pytest.approx(12.5), "a triathlon's run begins where the ride ended"


def test_a_stream_that_cannot_be_read_is_refused() -> None:
    times, metres = stream(faster)

    def reason(t: Any, d: Any, kick_m: float = 300) -> str | None:
        return kick.kick_of_stream(t, d, kick_m).reason

    back = [*metres[:100], metres[99] - 5, *metres[101:]]
    assert reason(times, back) == "STREAM_NOT_MONOTONE"
    assert reason([*times[:100], times[99], *times[101:]], metres) == "STREAM_NOT_MONOTONE"
    hole = [i for i in range(301) if not 100 <= i < 115]
    assert reason([times[i] for i in hole], [metres[i] for i in hole]) == "STREAM_GAP"
    lost = [*metres[:100], *[metres[100]] * 15, *metres[115:]]
    assert reason(times, lost) == "STREAM_GAP", "a distance that stands still is a lost signal or a stop"
    assert reason(times, metres, 400) == "RACE_TOO_SHORT"
    assert reason(*stream(lambda t: 4 * t, 101), 100) == "TOO_FEW_REFERENCE_SPLITS"
    bad: list[tuple[Any, Any]] = [
        ([], []), ([0.0], [0.0]), (None, metres), (times, None), (times, metres[:-1]), (times, [math.nan] * 301),
        (times, [math.inf] * 301), (times, [0.0] * 301), (times, [-m for m in metres]), (times, [None] * 301),
    ]  # fmt: skip
    assert [reason(*one) for one in bad] == ["BAD_INPUT"] * len(bad)
    assert kick.kick_of_stream(times, metres, 300, sigma_rel=-1).reason == "BAD_INPUT"
    odd: list[dict[str, Any]] = [{"kick_m": math.nan}, {"kick_m": 300, "segment_m": 1e-9}, {"kick_m": 0.0}]
    assert [kick.stream_segments(times, metres, **one) for one in odd] == ["BAD_INPUT"] * 3
    assert kick.kick_of_stream(times, metres, 300, skipped=1.5).reason == "BAD_INPUT"


def test_a_small_kick_of_a_watch_is_within_its_error() -> None:
    found = kick.kick_of_stream(*stream(lambda t: 4.8 * t if t <= 240 else 1152 + 4.9 * (t - 240)), 300)
    assert (found.status, found.reason) == ("caution", "WITHIN_DEVICE_ERROR")
    assert found.kick_pct == pytest.approx(100 * (300 / (60 + 6 / 4.8) / 4.8 - 1)), "the last 300 m begin 6 m earlier"


def test_the_slope_is_that_of_another_implementation() -> None:
    rng = np.random.default_rng(4)
    for n in (8, 11, 30):
        x = np.sort(np.round(rng.random(n), 2))  # with ties
        v = np.round(5.5 * np.exp(rng.normal(-0.02, 0.015, n)), 2)
        found = speed_decay.decay(x, v)
        slope, cut, low, high = theilslopes(np.log(v), x, 0.95)
        expected = [100 * math.expm1(s) for s in (slope, low, high)]
        assert [found.pct, found.low_pct, found.high_pct] == pytest.approx(expected)
        assert found.cut == pytest.approx(cut)


def test_decay_is_recovered_and_one_wild_lap_moves_it_little() -> None:
    x = np.linspace(0.1, 0.9, 12)
    v = 5.5 * np.exp(-0.04 * x)
    assert speed_decay.decay(x, v).pct == pytest.approx(100 * math.expm1(-0.04))
    v[3] *= 0.5
    assert speed_decay.decay(x, v).pct == pytest.approx(100 * math.expm1(-0.04), abs=0.5)
    order = np.random.default_rng(1).permutation(12)
    assert speed_decay.decay(x[order], v[order]) == speed_decay.decay(x, v)


def test_decay_refusals() -> None:
    x = np.linspace(0.1, 0.9, 8)
    reasons = [
        speed_decay.decay(x[:7], x[:7] + 5).reason, speed_decay.decay(x, [5.0] * 7).reason,
        speed_decay.decay(x, [0.0] * 8).reason, speed_decay.decay([0.5] * 8, x + 5).reason,
        speed_decay.decay(x, [math.inf] * 8).reason, speed_decay.decay(10 * x, x + 5).reason,
        speed_decay.decay(None, None).reason, speed_decay.decay([], []).reason,
    ]  # fmt: skip
    assert reasons == ["TOO_FEW_SPLITS", *["BAD_INPUT"] * 6, "TOO_FEW_SPLITS"]


def test_stride_adds_up_exactly() -> None:
    found = stride.stride(5.52, 184, 6.13, 193)
    assert (found.ln_cadence or 0) + (found.ln_step_length or 0) == pytest.approx(math.log(6.13 / 5.52))
    assert (found.step_length_1_m, found.cadence_share_pct) == pytest.approx((1.8, 45.6), abs=0.05)
    assert found.se_ln_cadence == pytest.approx(math.hypot(1 / 184, 1 / 193))
    with_speed = stride.stride(5.52, 184, 6.13, 193, se_ln_speed=0.015)
    assert with_speed.se_ln_step_length == pytest.approx(math.hypot(found.se_ln_cadence or 0, 0.015))


def test_strides_are_not_doubled_unasked() -> None:
    """Trap 23: a cadence in strides per minute would halve the steps or double their length."""
    assert stride.stride(5.5, 92, 6.1, 97).reason == "CADENCE_UNIT"
    assert stride.stride(5.5, 184, 6.1, 97).reason == "CADENCE_UNIT"
    assert stride.stride(5.5, 120, 6.1, 260).reason is None
    for v, c in ((0.0, 180.0), (-5.0, 180.0), (math.inf, 180.0), (None, 180.0), (5.0, 0.0), (5.0, math.nan)):
        assert stride.stride(v, c, 6.1, 190).reason == "BAD_INPUT"
    assert stride.stride(5.5, 180, 5.5, 180).cadence_share_pct is None


def test_use_of_the_reserve_by_hand_and_its_interval() -> None:
    found = reserve_use.reserve_use(6.13, 5.53, 8.3)
    assert (found.pct_of_vmax, found.reserve_used_pct) == pytest.approx((100 * 6.13 / 8.3, 100 * 0.6 / 2.77))
    assert found.reserve_ci == pytest.approx((found.reserve_used_pct, found.reserve_used_pct))
    rng = np.random.default_rng(6)
    errors = {"se_log_kick": 0.004, "se_log_ref": 0.003, "se_log_max": 0.014, "se_log_scale": 0.02}
    noise = np.exp(rng.normal(0, 1, (4, 4000)) * np.array(list(errors.values()))[:, None])
    v_kick, v_ref, v_max = 6.13 * noise[0] * noise[3], 5.53 * noise[1] * noise[3], 8.3 * noise[2]
    drawn = [reserve_use.reserve_use(*row, **errors) for row in zip(v_kick, v_ref, v_max, strict=True)]
    for truth, ends in ((found.pct_of_vmax, "of_vmax_ci"), (found.reserve_used_pct, "reserve_ci")):
        inside = [getattr(one, ends)[0] <= (truth or 0) <= getattr(one, ends)[1] for one in drawn]
        assert 0.94 <= np.mean(inside) <= 0.96


def test_impossible_sizes_are_refused_and_never_an_exception() -> None:
    assert kick.kick_of_splits([*LAPS_M[:5], 1e308, *LAPS_M[6:]], LAPS_S, 400).reason == "BAD_INPUT"
    assert reserve_use.reserve_use(6.13, 5.53, 1e308).reserve_used_pct == pytest.approx(0)


def test_a_maximal_speed_below_that_of_the_race_is_none() -> None:
    for top in (5.0, 5.53, 6.0, 6.13):
        assert reserve_use.reserve_use(6.13, 5.53, top).reason == "VMAX_BELOW_RACE_SPEED"
    for bad in ((None, 5.5, 8.0), (0.0, 5.5, 8.0), (6.1, -5.5, 8.0), (6.1, 5.5, math.inf), (6.1, math.nan, 8.0)):
        assert reserve_use.reserve_use(*bad).reason == "BAD_INPUT"


def test_the_adapter_reads_prose() -> None:
    told = {"time_s": "0,1,...,300", "dist_m": "4.8*t for t<=240; 1152+5.4*(t-240) after", "kick_m": 300}
    assert ADAPTERS["E2.kick_stream"](told)["kick_pct"] == pytest.approx(12.5)
    assert ADAPTERS["E2.kick_stream"](told | {"time_s": "0,1,...,100,115,116,...,300"})["reason"] == "STREAM_GAP"
    assert ADAPTERS["E2.kick_stream"](told | {"kick_m": 900})["reason"] == "RACE_TOO_SHORT"
    assert ADAPTERS["E2.kick_stream"]({"time_s": None, "dist_m": None})["reason"] == "BAD_INPUT"
    assert ADAPTERS["E1.kick"]({"dist": [], "time": None})["reason"] == "BAD_INPUT"
    for code in ("__import__('os')*t", "", "t**", "a line"):  # words are read and never run
        assert ADAPTERS["E2.kick_stream"](told | {"dist_m": code})["reason"] == "BAD_INPUT"
    assert ADAPTERS["E2.kick_stream"](told | {"time_s": "now and then"})["reason"] == "BAD_INPUT"
    written = {"time_s": "0..300", "dist_m": "4.8t for t ≤ 240; 1152 + 5.4(t − 240) for 240<t<=300"}
    assert ADAPTERS["E2.kick_stream"](told | written)["kick_pct"] == pytest.approx(12.5)
    stop = {"dist_m": "5*t for t<100; 500 for 100<=t<=109; 500+5*(t-109) after"}
    assert ADAPTERS["E2.kick_stream"](told | stop)["v_kick"] == pytest.approx(5)
