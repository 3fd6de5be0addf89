"""Critical speed (methods C10): the handbook's trials, a second opinion, coverage on simulated athletes, refusals."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from analysis.stats.critical_speed import critical_speed, cs_load, fits

D, T = [1200.0, 2400.0, 3600.0], [222.0, 478.0, 738.0]
CS, DPRIME, SD_M = 4.4, 180.0, 12.0
N = 4000


def test_the_handbooks_trials() -> None:
    found = critical_speed(D, T)
    assert (found.status, found.reason, found.n) == ("ok", None, 3)
    assert (found.cs_mps, found.dprime_m) == pytest.approx((4.651069626, 170.5872927))
    assert (found.se_cs, found.se_dprime) == pytest.approx((0.02081625039, 10.89899856))
    assert found.cs_ci == pytest.approx((4.386574087, 4.915565165))


def test_scipy_agrees() -> None:
    rng = np.random.default_rng(1)
    time = np.array([130.0, 250, 420, 610, 800])
    distance = DPRIME + CS * time + rng.normal(0, SD_M, 5)
    found, peer = critical_speed(distance, time), stats.linregress(time, distance)
    assert (found.cs_mps, found.dprime_m) == pytest.approx((peer.slope, peer.intercept))
    assert (found.se_cs, found.se_dprime) == pytest.approx((peer.stderr, peer.intercept_stderr))
    half = stats.t.ppf(0.975, 3) * peer.intercept_stderr
    assert found.dprime_ci == pytest.approx((peer.intercept - half, peer.intercept + half))


@pytest.mark.parametrize("times", [[150.0, 420, 780], [150.0, 300, 540, 780]])
@pytest.mark.parametrize("level", [0.95, 0.80])
def test_truth_is_covered_as_often_as_the_level_says(times: list[float], level: float) -> None:
    rng = np.random.default_rng(2)
    time = np.tile(times, (N, 1))
    found = fits(DPRIME + CS * time + rng.normal(0, SD_M, time.shape), time, level=level)
    assert np.isfinite(found.cs_mps).mean() > 0.99
    inside = np.abs(found.cs_mps - CS) <= found.half * found.se_cs
    reserve = np.abs(found.dprime_m - DPRIME) <= found.half * found.se_dprime
    assert inside.mean() == pytest.approx(level, abs=0.02)
    assert reserve.mean() == pytest.approx(level, abs=0.02)
    assert np.nanmean(found.cs_mps) == pytest.approx(CS, abs=0.01)
    assert np.nanmean(found.dprime_m) == pytest.approx(DPRIME, abs=1)


def test_many_athletes_are_fitted_as_one_by_one() -> None:
    rng = np.random.default_rng(3)
    time = rng.uniform(100, 900, (60, 4))
    distance = DPRIME + CS * time + rng.normal(0, 60, time.shape)
    short = rng.random(60) < 0.4
    time[short, 2:], distance[short, 2:] = np.nan, np.nan
    distance[7, 0] = -1.0
    found = fits(distance, time)
    for i in range(60):
        kept = ~np.isnan(time[i])
        one = critical_speed(distance[i, kept], time[i, kept])
        assert (found.status[i], found.reason[i] or None) == (one.status, one.reason)
        numbers = [math.nan if v is None else v for v in (one.cs_mps, one.dprime_m, one.se_cs, one.se_dprime)]
        batched = [found.cs_mps[i], found.dprime_m[i], found.se_cs[i], found.se_dprime[i]]
        assert batched == pytest.approx(numbers, nan_ok=True)
    assert {"ok", "caution", "refused"} <= set(found.status.tolist())


def test_two_trials_are_a_caution_without_an_interval() -> None:
    found = critical_speed(D[:2], T[:2])
    assert (found.status, found.reason, found.n) == ("caution", "TOO_FEW_TRIALS", 2)
    assert found.cs_mps == pytest.approx(1200 / 256)
    assert (found.cs_ci, found.se_cs, found.se_dprime, found.dprime_ci) == (None, None, None, None)


@pytest.mark.parametrize(
    ("distance", "time", "reason"),
    [
        ([1200], [222], "TOO_FEW_TRIALS"),
        ([], [], "TOO_FEW_TRIALS"),
        ([1200, 2000, 2300], [222, 380, 443], "DURATIONS_TOO_SIMILAR"),
        ([1200, 1200], [222, 222], "DURATIONS_TOO_SIMILAR"),
        ([500, 2400, 3900], [222, 478, 738], "DPRIME_NEGATIVE"),
        ([3600, 2400, 1200], [222, 478, 738], "BAD_INPUT"),
        ([0, 2400, 3600], T, "BAD_INPUT"),
        ([-1200, 2400, 3600], T, "BAD_INPUT"),
        ([math.inf, 2400, 3600], T, "BAD_INPUT"),
        ([1200, 2400, 1e300], T, "BAD_INPUT"),
        (D, [222, None, 738], "BAD_INPUT"),
        (D, [222, 478], "BAD_INPUT"),
        (None, T, "BAD_INPUT"),
        (D, [222, 478, math.inf], "BAD_INPUT"),
        (D, [0, 478, 738], "BAD_INPUT"),
    ],
)
def test_refusals(distance: Any, time: Any, reason: str) -> None:
    found = critical_speed(distance, time)
    assert (found.status, found.reason) == ("refused", reason)
    assert (found.cs_mps, found.dprime_m, found.se_cs, found.cs_ci) == (None, None, None, None)


def test_the_shortest_and_longest_may_be_exactly_two_to_one() -> None:
    assert critical_speed([1000, 1800], [200, 400]).status == "caution"


@pytest.mark.parametrize("cs", [3.7, 4.0, 4.3, 5.1])
@pytest.mark.parametrize("time", [[200.0, 400.0], [180.5, 400.0, 777.0]])
def test_trials_on_a_line_through_zero_have_no_d_prime(cs: float, time: list[float]) -> None:
    found = critical_speed([cs * t for t in time], time)
    assert found.status == ("caution" if len(time) == 2 else "ok")
    assert found.cs_mps == pytest.approx(cs)
    assert found.dprime_m == 0.0
    assert critical_speed([cs * t - 0.01 for t in time], time).reason == "DPRIME_NEGATIVE"


def test_trials_on_one_line_are_not_known_without_error() -> None:
    time = np.array([200.0, 400, 600])
    exact = critical_speed(150 + 4.0 * time, time, least_sd_m=4.0)
    assert exact.se_cs == pytest.approx(4.0 / math.sqrt(2 * 200.0**2))
    loose = critical_speed(D, T, least_sd_m=0.5)
    assert loose.se_cs == critical_speed(D, T).se_cs, "the floor does not touch a larger scatter"


def test_order_and_units_change_nothing() -> None:
    found = critical_speed(D, T)
    assert critical_speed(D[::-1], T[::-1]).cs_mps == pytest.approx(found.cs_mps)
    in_km = critical_speed([d / 1000 for d in D], [t / 3600 for t in T])
    assert (in_km.cs_mps or 0) / 3.6 == pytest.approx(found.cs_mps)
    assert 1000 * (in_km.dprime_m or 0) == pytest.approx(found.dprime_m)


def test_load_relative_to_critical_speed() -> None:
    found = cs_load([15, 20, 10], [3.2, 4.9, 3.0], 4.6)
    assert (found.cs_load, found.min_above_cs) == pytest.approx((57.01008192, 20.0))
    assert cs_load([60], [4.6], 4.6).cs_load == pytest.approx(100)
    assert cs_load([60], [4.6], 4.6).min_above_cs == 0.0
    assert cs_load([30, 30], [3.6 * 3, 3.6 * 4], 3.6 * 4.6).cs_load == pytest.approx(
        cs_load([30, 30], [3, 4], 4.6).cs_load
    )


@pytest.mark.parametrize(
    ("minutes", "speed", "cs"),
    [
        ([], [], 4.6), (None, [3], 4.6), ([10], [3, 4], 4.6), ([10], [-3], 4.6), ([-10], [3], 4.6),
        ([10], [math.inf], 4.6), ([10], [None], 4.6), ([10], [3], 0), ([10], [3], None), ([10], [3], math.inf),
        ([10], [3], 1e-300),
    ],
)  # fmt: skip
def test_impossible_pieces_have_no_load(minutes: Any, speed: Any, cs: Any) -> None:
    found = cs_load(minutes, speed, cs)
    assert (found.status, found.reason, found.cs_load, found.min_above_cs) == ("refused", "BAD_INPUT", None, None)
