"""Agreement of two trials or tests: published numbers, simulated truth, invariance, what differs from bmbstats."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from analysis.stats import agreement
from analysis.stats.change import judge
from analysis.stats.reliability import reliability

PEERS = Path(__file__).parents[1].parent / "shared" / "peers"

# Peak expiratory flow (l/min) of 17 people with two meters: Bland & Altman 1986, Lancet 327:307-310, table of raw data.
WRIGHT = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
MINI = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]


def test_the_limits_of_bland_and_altman() -> None:
    found = agreement.pairs(MINI, WRIGHT)
    assert found.mean_change == pytest.approx(-2.1, abs=0.05)
    assert found.sd_change == pytest.approx(38.8, abs=0.05)
    assert found.limits == pytest.approx((-2.1 - 1.96 * 38.8, -2.1 + 1.96 * 38.8), abs=0.1)
    assert found.r == pytest.approx(0.94, abs=0.005)


def test_the_least_products_line_lies_between_the_two_regressions() -> None:
    x, y = np.array(MINI), np.array(WRIGHT)
    line = agreement.least_products(x, y)
    y_on_x, x_on_y = np.polyfit(x, y, 1)[0], 1 / np.polyfit(y, x, 1)[0]
    assert line.slope == pytest.approx(np.sqrt(y_on_x * x_on_y))
    assert line.intercept == pytest.approx(y.mean() - line.slope * x.mean())
    assert agreement.least_products(y, x).slope == pytest.approx(1 / line.slope)
    assert agreement.least_products(x, -y).slope == pytest.approx(-line.slope)


def test_our_typical_error_is_classical_on_purpose() -> None:
    """A line takes out a slope other than 1, the SD of differences does not: here the line sees no error at all."""
    first = np.linspace(40, 60, 21)
    second = 1.1 * first
    assert agreement.least_products(first, second).rse == pytest.approx(0, abs=1e-9)
    ours = reliability(np.column_stack([first, second]), log=False).te
    assert ours == pytest.approx(np.std(second - first, ddof=1) / np.sqrt(2))
    assert ours > 0.4


def test_the_classical_error_is_right_and_has_no_outcome() -> None:
    """The line's error depends on which trial is called the outcome, that of the differences does not."""
    rng = np.random.default_rng(2)
    trials = rng.normal(50, 6, size=(400, 12, 1)) + rng.normal(0, 2.0, size=(400, 12, 2))
    classical = np.array([reliability(t, log=False).te for t in trials])
    assert np.sqrt((classical**2).mean()) == pytest.approx(2.0, abs=0.06)
    t = trials[0]
    assert reliability(t[:, ::-1], log=False).te == pytest.approx(classical[0])
    there, back = agreement.least_products(t[:, 0], t[:, 1]), agreement.least_products(t[:, 1], t[:, 0])
    assert there.rse / back.rse == pytest.approx(there.slope)
    assert there.slope != pytest.approx(1, abs=0.01)


@pytest.mark.skipif(not PEERS.exists(), reason="the peers' numbers lie beside the checkout and are not here")
def test_the_line_of_bmbstats_is_8_percent_lower_on_its_own_data() -> None:
    told = pl.read_csv(PEERS / "bmbstats_agreement_data.csv").select("^Practical.*$").to_numpy()
    line, ours = agreement.least_products(told[:, 1], told[:, 0]), reliability(told, log=False)
    assert line.rse / np.sqrt(2) / ours.te == pytest.approx(0.924, abs=0.001)


def test_the_limits_hold_95_of_100_new_differences() -> None:
    rng = np.random.default_rng(3)
    before, after, new = rng.normal(0, 1, 500), rng.normal(1.0, 1, 500), rng.normal(1.0, np.sqrt(2), 20_000)
    low, high = agreement.pairs(before, after).limits
    assert ((new > low) & (new < high)).mean() == pytest.approx(0.95, abs=0.015)


def test_the_common_language_effect_is_the_share_of_pairs() -> None:
    rng = np.random.default_rng(4)
    a, b = rng.normal(100, 10, 2000), rng.normal(104, 8, 2000)
    found = agreement.pairs(a, b)
    assert found.cles == pytest.approx((b[:, None] > a[None, :]).mean(), abs=0.01)
    assert found.p_lower + found.p_equivalent + found.p_higher == pytest.approx(1)


def test_effect_tests_err_as_often_as_they_say() -> None:
    rng = np.random.default_rng(5)
    at_edge = agreement.effect_tests(rng.normal(5, 2.5, 20_000), 2.5, -5, 5)
    assert (at_edge.word == "Higher").mean() == pytest.approx(0.05, abs=0.005)
    nothing = agreement.effect_tests(rng.normal(0, 1.0, 20_000), 1.0, -5, 5)
    assert (nothing.word == "Equivalent").mean() > 0.99


def test_effect_tests_are_our_probabilities_from_the_other_side() -> None:
    change = np.linspace(-15, 15, 61)
    found, ours = agreement.effect_tests(change, 3.0, -4, 4, df=9), judge(change, 3.0, df=9, swc=4, prior_sd=1)
    np.testing.assert_allclose(found.higher, 1 - ours.p_gt_swc, atol=1e-12)
    np.testing.assert_allclose(found.lower, 1 - ours.p_lt_minus_swc, atol=1e-12)
    words = [
        str(agreement.effect_tests([x], error, -4, 4).word[0])
        for x, error in ((-15, 3), (15, 3), (0, 1), (-4, 3), (4, 3), (0, 9))
    ]
    assert words == ["Lower", "Higher", "Equivalent", "Not higher", "Not lower", "Equivocal"]


def test_unit_order_and_direction() -> None:
    rng = np.random.default_rng(6)
    a = rng.normal(100, 10, 15)
    b = a + rng.normal(4, 3, 15)
    base = agreement.pairs(a, b, -2, 2)
    pounds = agreement.pairs(a * 2.2, b * 2.2, -4.4, 4.4)
    order = rng.permutation(15)
    shuffled, back = agreement.pairs(a[order], b[order], -2, 2), agreement.pairs(b, a, -2, 2)
    for other in (pounds, shuffled):
        for name in ("cohen_d", "cles", "ratio", "change_pct", "p_higher", "p_equivalent", "r"):
            assert getattr(other, name) == pytest.approx(getattr(base, name)), name
    assert pounds.mean_change == pytest.approx(2.2 * base.mean_change)
    assert back.mean_change == pytest.approx(-base.mean_change)
    assert back.p_lower == pytest.approx(base.p_higher)
    assert back.cles == pytest.approx(1 - base.cles)


def test_missing_scores_are_left_out_by_pairs() -> None:
    gaps = agreement.pairs([100, np.nan, 95, 120, 80], [104, 113, 97, np.inf, 85])
    assert gaps == agreement.pairs([100, 95, 80], [104, 97, 85])


@pytest.mark.parametrize(("first", "second"), [([], []), ([1], [2]), ([np.nan] * 4, [1, 2, 3, 4])])
def test_too_little_is_nan(first: list[float], second: list[float]) -> None:
    assert np.isnan(agreement.pairs(first, second).sd_change)
    assert np.isnan(agreement.least_products(first, second).slope)


def test_no_spread_is_nan_and_not_infinity() -> None:
    found = agreement.pairs([5, 5, 5], [5, 5, 5], -1, 1)
    assert found.mean_change == 0
    assert np.isnan([found.cohen_d, found.cles, found.cv_change_pct, found.r, found.p_higher]).all()
    assert np.isnan(agreement.least_products([5, 5, 5], [1, 2, 3]).slope)
    nothing = agreement.effect_tests([1.0, np.nan], 0.0, -1, 1)
    assert nothing.word.tolist() == ["", ""]
    assert np.isnan(agreement.share_within(0.0, -1, 1))
    assert agreement.effect_tests([np.inf, 9.0], 1.0, -1, 1).word.tolist() == ["", "Higher"]


def test_regression_is_for_predicting_and_least_products_for_agreement() -> None:
    x, y = np.array(MINI), np.array(WRIGHT)
    line = agreement.least_squares(x, y)
    slope, intercept = np.polyfit(x, y, 1)
    assert (line.slope, line.intercept) == pytest.approx((slope, intercept))
    assert line.rse == pytest.approx(np.std(y - intercept - slope * x, ddof=0) * np.sqrt(17 / 15))
    assert line.rse < agreement.least_products(x, y).rse
    assert np.isnan(agreement.least_squares([1, 2], [1, 2]).slope)


def test_two_groups_by_hand() -> None:
    found = agreement.groups([1.0, 2.0, 3.0], [3.0, 5.0, 7.0, np.nan], -1, 1)
    assert (found.n, found.mean_diff, found.ratio, found.diff_pct) == ((3, 3), 3.0, 2.5, 150.0)
    assert (found.sd_diff, found.pooled_sd) == pytest.approx((np.sqrt(5), np.sqrt(2.5)))
    assert found.cohen_d == pytest.approx(3 / np.sqrt(2.5))
    assert found.p_lower + found.p_equivalent + found.p_higher == pytest.approx(1)
    assert np.isnan(agreement.groups([1.0], [3.0, 5.0]).mean_diff)


def test_random_pairs_of_two_groups_are_counted_right() -> None:
    rng = np.random.default_rng(9)
    a, b = rng.normal(50, 6, 900), rng.normal(54, 8, 700)
    found, every = agreement.groups(a, b, -3, 3), b[:, None] - a
    assert found.cles == pytest.approx((every > 0).mean(), abs=0.01)
    assert (found.p_lower, found.p_higher) == pytest.approx(((every < -3).mean(), (every > 3).mean()), abs=0.01)
    turned = agreement.groups(b, a, -3, 3)
    assert (turned.cohen_d, turned.p_lower) == pytest.approx((-found.cohen_d, found.p_higher))
