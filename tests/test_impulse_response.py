"""Fitness-fatigue model (methods F1): published numbers, recovery, how rarely it is identifiable, refusals."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import nnls

from analysis.stats import impulse_response
from analysis.stats._load_memory import least_squares
from analysis.stats.impulse_response import GRID, Grid, bootstrap, fit, fit_fixed, performance, state

PEERS = Path(__file__).parents[1].parent / "shared" / "peers"
Floats = NDArray[np.float64]
TRUE: dict[str, Any] = {"p0": 100.0, "k1": 0.012, "k2": 0.022, "tau1": 40.0, "tau2": 9.0}
WEEK = np.array([0, 60, 40, 80, 0, 100, 50.0])
PLAN = np.concatenate([WEEK * factor for factor in (1, 1.1, 1.2, 0.6)] * 3)
TESTS = np.arange(3, 84, 5)
CURVE = performance(PLAN, **TRUE)


def noisy(seed: int, sd: float) -> Floats:
    return np.asarray(CURVE[TESTS] + np.random.default_rng(seed).normal(0, sd, size=TESTS.size))


def test_a_load_acts_from_the_next_day() -> None:
    found = state([100.0, 0, 50, 0], 10)
    a = np.exp(-0.1)
    np.testing.assert_allclose(found, [0, 100 * a, 100 * a**2, 100 * a**3 + 50 * a])
    brute = [sum(w * np.exp(-(t - s) / 9) for s, w in enumerate(PLAN[:t])) for t in range(len(PLAN))]
    np.testing.assert_allclose(state(PLAN, 9), brute)


def test_the_two_conventions_differ_by_the_load_of_the_day() -> None:
    np.testing.assert_allclose(state(PLAN, 40, "same_day"), state(PLAN, 40) + PLAN)


def test_the_numbers_of_runalyze() -> None:
    """Its own test: 42/7 days, loads on days 0, 1, 2, 5, 6, 7; whole numbers, the load of the day counts in full."""
    load = np.array([150, 50, 40, 0, 0, 60, 30, 100.0])
    days = [1, 2, 3, 4, 5, 6, 7]
    np.testing.assert_allclose(state(load, 42, "same_day")[days], [196, 232, 226, 221, 276, 299, 392], atol=1)
    np.testing.assert_allclose(state(load, 7, "same_day")[days], [180, 196, 170, 147, 188, 193, 267], atol=1)


def test_weighted_and_plain_means() -> None:
    np.testing.assert_allclose(state([10.0, 20, 20], 3, "ewma"), [10, 15, 17.5])  # weight 2/(3 + 1), seeded
    np.testing.assert_allclose(state([10.0, 20, 40], 2.9, "moving_mean"), [np.nan, 15, 30])
    assert np.isnan(state([10.0, 20, 40], 4, "moving_mean")).all()


def test_many_athletes_and_time_constants_at_once() -> None:
    loads = np.stack([PLAN, PLAN[::-1]])
    both = state(loads, np.array([[40.0], [9.0]]))
    assert both.shape == (2, 2, PLAN.size)
    np.testing.assert_allclose(both[1, 0], state(PLAN, 9))
    np.testing.assert_allclose(both[0, 1], state(PLAN[::-1], 40))


def test_an_unknown_load_is_not_zero() -> None:
    found = state([100.0, np.nan, 50, 0], 10)
    assert np.isfinite(found[:2]).all()
    assert np.isnan(found[2:]).all()
    assert np.isnan(state([100.0, 50], 0)).all()
    assert np.isnan(state([100.0, 50], -3)).all()
    assert state([], 10).shape == (0,)


def test_noise_free_scores_give_the_truth_back() -> None:
    found = fit(PLAN, TESTS, CURVE[TESTS])
    assert (found.status, found.tau1, found.tau2, found.identifiable) == ("ok", 40, 9, True)
    assert (found.p0, found.k1, found.k2) == pytest.approx((100, 0.012, 0.022))
    assert (found.tau1_range, found.tau2_range) == ((40, 40), (9, 9))


def test_with_a_little_noise_it_is_not_identifiable() -> None:
    """Trap 24 and S7 of the handbook: 1 % noise, and hardly any fit says which time constants they were."""
    found = [fit(PLAN, TESTS, noisy(seed, 1.0)) for seed in range(60)]
    assert sum(bool(f.identifiable) for f in found) <= 3
    assert all(f.reason == "NOT_IDENTIFIABLE" for f in found if f.status == "caution")


def test_the_profile_set_holds_the_truth_about_as_often_as_it_says() -> None:
    inside = 0
    for seed in range(150):
        found = fit(PLAN, TESTS, noisy(seed, 0.15))
        assert found.tau1_range is not None
        assert found.tau2_range is not None
        inside += found.tau1_range[0] <= 40 <= found.tau1_range[1] and found.tau2_range[0] <= 9 <= found.tau2_range[1]
    assert inside / 150 >= 0.92


def test_the_band_covers_the_true_curve_and_the_forecast() -> None:
    load = np.r_[PLAN, WEEK, WEEK]
    truth = performance(load, **TRUE)
    hits = []
    for seed in range(60):
        band = bootstrap(load, TESTS, noisy(seed, 0.6), n_boot=150, seed=seed)
        assert band.low is not None
        assert band.high is not None
        hits.append((band.low <= truth) & (truth <= band.high))
    covered = np.mean(hits, axis=0)
    assert 0.90 <= covered[:84].mean() <= 0.97
    assert 0.90 <= covered[84:].mean() <= 0.99


def test_the_band_is_the_same_each_time() -> None:
    one, two = (bootstrap(PLAN, TESTS, noisy(1, 0.6), n_boot=50) for _ in range(2))
    assert one.tau1 == two.tau1
    np.testing.assert_array_equal(one.low, two.low)
    assert (one.status, one.n_boot, one.block) == ("ok", 50, 2)
    assert one.k1 is not None
    assert 0 <= one.k1[0] < one.k1[1]


def test_the_gains_are_those_of_nnls() -> None:
    rng = np.random.default_rng(7)
    designs = np.stack([np.column_stack([np.ones(9), rng.random((9, 2)) * [50, -80]]) for _ in range(40)])
    scores = rng.normal(100, 5, size=(9, 3))
    sse, gains = least_squares(designs, scores)
    for i, design in enumerate(designs):
        for j in range(3):
            free = np.column_stack([design[:, 0], -design[:, 0], design[:, 1:]])
            x, norm = nnls(free, scores[:, j])
            assert sse[i, j] == pytest.approx(norm**2)
            np.testing.assert_allclose(gains[i, j], [x[0] - x[1], x[2], x[3]], atol=1e-9)
    assert (gains[..., 1:] == 0).any()


def test_fixed_time_constants_are_ordinary_least_squares() -> None:
    y = noisy(3, 0.6)
    found = fit_fixed(PLAN, TESTS, y, tau1=45, tau2=15, convention="same_day")
    columns = [np.ones(TESTS.size), state(PLAN, 45, "same_day")[TESTS], -state(PLAN, 15, "same_day")[TESTS]]
    coefficients, sse, *_ = np.linalg.lstsq(np.column_stack(columns), y)
    assert (found.p0, found.k1, found.k2) == pytest.approx(tuple(coefficients))
    assert found.sse == pytest.approx(float(sse[0]))
    assert found.predicted.shape == PLAN.shape
    assert np.isnan(fit_fixed(PLAN, [1, 2], [100, 101], tau1=45, tau2=15).k1)
    assert np.isnan(fit_fixed(PLAN, [1, 2, 84], [100, 101, 102], tau1=45, tau2=15).k1)
    assert np.isnan(fit_fixed([np.nan, *PLAN], TESTS, y, tau1=45, tau2=15).k1)


@pytest.mark.skipif(not PEERS.exists(), reason="the peers' numbers lie beside the checkout and are not here")
def test_the_classic_nine_tests_are_refused_and_degenerate() -> None:
    """dorem fits them freely; we refuse, and where we are made to look, the valley has no floor."""
    with (PEERS / "bike_score.csv").open() as file:
        rows = list(csv.DictReader(file))
    load = [float(row["BikeScore"]) for row in rows]
    days = [i for i, row in enumerate(rows) if row["Test_5min_Power"] != "NA"]
    scores = [float(rows[i]["Test_5min_Power"]) for i in days]
    assert fit(load, days, scores).reason == "TOO_FEW_TESTS"
    grid = Grid(tuple(range(1, 61)), tuple(range(1, 61)), min_separation=1)
    forced = fit(load, days, scores, grid=grid, convention="same_day", min_tests=9)
    assert (forced.tau1, forced.tau2) == (28, 27)
    assert forced.identifiable is False
    assert forced.k1 is not None
    assert forced.k1 > 5 * 0.302  # the gain where dorem's optimiser stopped


def test_units_and_order_do_not_matter() -> None:
    y = noisy(4, 0.6)
    base = fit(PLAN, TESTS, y)
    order = np.random.default_rng(0).permutation(TESTS.size)
    assert fit(PLAN, TESTS[order], y[order]) == base
    twice, again = np.r_[TESTS, TESTS[4]], np.r_[y, y[4] + 1.0]  # two tests of one day, in one order and the other
    bands = [bootstrap(PLAN, twice[rows], again[rows], n_boot=20) for rows in (slice(None), slice(None, None, -1))]
    assert (bands[0].k1, bands[0].tau1) == (bands[1].k1, bands[1].tau1)
    scaled = fit(PLAN * 2.5, TESTS, y * 0.01)
    assert (scaled.tau1, scaled.tau2, scaled.tau1_range) == (base.tau1, base.tau2, base.tau1_range)
    assert base.k1 is not None
    assert scaled.k1 == pytest.approx(base.k1 * 0.01 / 2.5)
    later = fit(np.r_[np.zeros(14), PLAN], TESTS + 14, y)
    assert later.sse == pytest.approx(base.sse)


def test_two_tests_in_each_of_eight_weeks_are_enough() -> None:
    twice_weekly = np.array([7 * week + day for week in range(8) for day in (0, 3)])
    assert fit(PLAN, twice_weekly, CURVE[twice_weekly]).tau1 == TRUE["tau1"]
    seven = np.arange(0, 49, 3)
    assert fit(PLAN, seven, CURVE[seven]).reason == "TOO_FEW_TESTS"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"scores": [*CURVE[TESTS][:14], np.nan, np.nan, np.nan]}, "TOO_FEW_TESTS"),
        ({"test_days": [*range(10, 27)]}, "TOO_FEW_TESTS"),
        ({"test_days": [], "scores": []}, "TOO_FEW_TESTS"),
        ({"load": [50.0] * 84}, "TOO_FEW_TESTS"),
        ({"load": [0.0] * 84}, "TOO_FEW_TESTS"),
        ({"load": [None, *PLAN[1:]]}, "COVERAGE_TOO_LOW"),
        ({"load": PLAN[:70]}, "COVERAGE_TOO_LOW"),
        ({"load": []}, "COVERAGE_TOO_LOW"),
        ({"load": [-1.0, *PLAN[1:]]}, "BAD_INPUT"),
        ({"load": [np.inf, *PLAN[1:]]}, "BAD_INPUT"),
        ({"scores": [np.inf, *CURVE[TESTS][1:]]}, "BAD_INPUT"),
        ({"test_days": [-3, *TESTS[1:]]}, "BAD_INPUT"),
        ({"test_days": [2.5, *TESTS[1:]]}, "BAD_INPUT"),
        ({"scores": CURVE[TESTS][1:]}, "BAD_INPUT"),
        ({"grid": Grid((10,), (9,))}, "BAD_INPUT"),
    ],
)
def test_refusals(changed: dict[str, Any], reason: str) -> None:
    given = {"load": PLAN, "test_days": TESTS, "scores": CURVE[TESTS]} | changed
    found = fit(**given)
    assert (found.status, found.reason, found.tau1, found.sse) == ("refused", reason, None, None)
    assert bootstrap(**given, n_boot=10).reason == reason


def test_a_moving_mean_needs_its_days_before_the_first_test() -> None:
    slow = Grid((70,), (40,))
    assert fit(PLAN, TESTS, CURVE[TESTS], grid=slow, convention="moving_mean").reason == "TOO_FEW_DAYS"
    assert bootstrap(PLAN, TESTS, CURVE[TESTS], grid=slow, convention="moving_mean", n_boot=5).reason == "TOO_FEW_DAYS"


def test_the_day_of_the_last_test_needs_no_load() -> None:
    full = fit(PLAN, TESTS, CURVE[TESTS])
    last = int(TESTS[-1])
    assert fit(PLAN[:last], TESTS, CURVE[TESTS]) == full
    assert fit([*PLAN[:last], None, None], TESTS, CURVE[TESTS]) == full
    assert fit(PLAN[:last], TESTS, CURVE[TESTS], convention="same_day").reason == "COVERAGE_TOO_LOW"


def test_scores_that_never_change() -> None:
    found = fit(PLAN, TESTS, np.full(TESTS.size, 100.0))
    assert found.status == "caution"
    assert (found.k1, found.k2) == pytest.approx((0, 0), abs=1e-9)
    assert found.tau1_range == (min(GRID.tau1), max(GRID.tau1))


def test_the_public_names() -> None:
    assert all(hasattr(impulse_response, name) for name in impulse_response.__all__)
