"""Numbers of a squad (methods H1-H3, H5-H8): by hand, recovery and coverage, invariance, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from analysis.stats.funnel import limits
from analysis.stats.norms import crawford_howell, z_in_squad
from analysis.stats.percentile import percentiles
from analysis.stats.pooling import pool
from analysis.stats.ranks import expected_rank, rank_interval
from analysis.stats.scaling import allometric_fit, scale
from analysis.stats.small_cells import suppress
from analysis.stats.squad_difference import size_word, squad_difference

Floats = NDArray[np.float64]
THETA, VAR = [0.06, 0.045, 0.04, 0.02, -0.01], [0.0004, 0.0004, 0.0009, 0.0004, 0.0004]


# H1: scaling


def test_scaling_is_division_by_a_power_of_the_mass() -> None:
    found = scale([110.0, 55.0], [62.0, 62.0])
    assert found.ratio == pytest.approx([110 / 62, 55 / 62])
    assert found.allometric == pytest.approx([110 / 62**0.67, 55 / 62**0.67])
    assert scale(8 * 50.0**0.67, 50.0).allometric == pytest.approx(scale(8 * 80.0**0.67, 80.0).allometric)


@pytest.mark.parametrize(("y", "mass"), [(0, 60), (-1, 60), (100, 0), (100, -60), (np.inf, 60), (100, np.nan)])
def test_scaling_of_impossible_values_is_missing(y: float, mass: float) -> None:
    assert np.isnan([scale(y, mass).ratio, scale(y, mass).allometric]).all()


def test_the_own_power_is_the_least_squares_line_of_the_logs() -> None:
    rng = np.random.default_rng(1)
    mass = rng.uniform(45, 80, 24)
    y = 8 * mass**0.6 * np.exp(rng.normal(0, 0.1, 24))
    found, line = allometric_fit(y, mass), np.polynomial.polynomial.polyfit(np.log(mass), np.log(y), 1)
    assert found.b == pytest.approx(line[1], rel=1e-10)
    pounds = allometric_fit(y / 0.45359237, mass / 0.45359237)
    assert [pounds.b, pounds.low, pounds.high] == pytest.approx([found.b, found.low, found.high])
    order = rng.permutation(24)
    assert allometric_fit(y[order], mass[order]).b == pytest.approx(found.b, rel=1e-12)
    assert allometric_fit([*y, np.nan], [*mass, 60.0]).n == 24


def test_the_interval_of_the_own_power_covers_it() -> None:
    rng = np.random.default_rng(2)
    hits = 0
    for _ in range(800):
        mass = rng.uniform(45, 80, 20)
        found = allometric_fit(8 * mass**0.67 * np.exp(rng.normal(0, 0.12, 20)), mass)
        hits += found.low <= 0.67 <= found.high
    assert 0.93 <= hits / 800 <= 0.97


def test_a_mixed_squad_needs_a_term_for_the_sexes() -> None:
    rng = np.random.default_rng(3)
    sex = np.repeat(["f", "m"], 15)
    mass = np.where(sex == "f", rng.uniform(48, 62, 30), rng.uniform(60, 80, 30))
    y = np.where(sex == "f", 5.0, 8.0) * mass**0.67 * np.exp(rng.normal(0, 0.05, 30))
    assert allometric_fit(y, mass).low > 1  # the difference of the sexes taken for that of the mass
    with_term = allometric_fit(y, mass, groups=sex)
    assert with_term.low < 0.67 < with_term.high
    assert with_term.df == 27


@pytest.mark.parametrize(
    ("y", "mass", "reason"),
    [
        (np.full(19, 100.0), np.linspace(45, 80, 19), "TOO_FEW_ATHLETES"),
        (np.full(20, 100.0), np.full(20, 60.0), "SD_ZERO"),
        (np.r_[np.full(20, 100.0), 0.0], np.linspace(45, 80, 21), "BAD_INPUT"),
        (np.r_[np.full(20, 100.0), np.inf], np.linspace(45, 80, 21), "BAD_INPUT"),
        (np.full(20, 100.0), np.linspace(45, 80, 21), "BAD_INPUT"),
        ([], [], "TOO_FEW_ATHLETES"),
    ],
)
def test_the_own_power_is_refused(y: Floats, mass: Floats, reason: str) -> None:
    found = allometric_fit(y, mass)
    assert found.reason == reason
    assert np.isnan([found.b, found.low, found.high]).all()


# H2: percentile


def test_percentile_by_hand() -> None:
    found = percentiles(np.arange(10.0))
    assert found.percentile == pytest.approx(np.arange(5, 100, 10))
    assert found.rank_from_top.tolist() == list(range(10, 0, -1))
    tied = percentiles([1, 2, 3, 4, 4, 6, 7, 8])
    assert tied.percentile[3] == tied.percentile[4] == pytest.approx(100 * (3 + 0.5 + 0.5) / 8)
    assert tied.rank_from_top[3] == tied.rank_from_top[4] == 4


def test_for_times_the_fastest_stands_on_top() -> None:
    times = [3.01, 3.10, 3.12, 3.15, 3.2, 3.3, 3.4, 3.5]
    found = percentiles(times, lower_is_better=True)
    assert found.rank_from_top[0] == 1
    assert found.percentile[0] == max(found.percentile)
    assert found.percentile == pytest.approx(percentiles(-np.array(times)).percentile)


def test_percentiles_of_several_squads_with_padding() -> None:
    squads = np.array([[*range(8), np.nan], [*range(7), np.nan, np.nan], [*range(8), np.inf]])
    found = percentiles(squads)
    assert found.reason.tolist() == ["", "TOO_FEW_ATHLETES", "BAD_INPUT"]
    assert found.percentile[0, :8] == pytest.approx(percentiles(squads[0, :8]).percentile)
    assert np.isnan(found.percentile[0, 8])
    assert np.isnan(found.percentile[1:]).all()


def test_the_percentile_interval_covers_the_place_in_the_population() -> None:
    # the athletes stand anywhere in a population; the squad of 11 others is drawn from it
    rng = np.random.default_rng(4)
    place = rng.uniform(0, 1, 4000)
    squads = np.c_[ndtri(place), rng.normal(size=(4000, 11))]
    found = percentiles(squads)
    low, high = found.low[:, 0] / 100, found.high[:, 0] / 100
    assert 0.935 <= ((low <= place) & (place <= high)).mean() <= 0.965


# H3: norms


def test_a_large_norm_gives_the_normal_percentile() -> None:
    assert float(crawford_howell(34.0, 30.0, 4.0, 1e9).percentile) == pytest.approx(100 * float(ndtr(1.0)), abs=1e-4)
    small = crawford_howell(34.0, 30.0, 4.0, 12)
    assert float(small.t) == pytest.approx(1 / np.sqrt(13 / 12))
    assert float(small.percentile) < 84


def test_one_in_twenty_of_the_population_lies_below_the_fifth_percentile() -> None:
    rng = np.random.default_rng(5)
    norm = rng.normal(30, 4, (20_000, 8))
    found = crawford_howell(rng.normal(30, 4, 20_000), norm.mean(axis=1), norm.std(axis=1, ddof=1), 8)
    assert float((found.percentile < 5).mean()) == pytest.approx(0.05, abs=0.005)


def test_norms_are_refused_value_by_value() -> None:
    found = crawford_howell([33, 33, 33, np.nan, 33, 33], 30, [4, 0, -1, 4, 4, 4], [12, 12, 12, 12, 1, 0])
    assert found.reason.tolist() == ["", "SD_ZERO", "BAD_INPUT", "BAD_INPUT", "TOO_FEW_ATHLETES", "BAD_INPUT"]
    assert np.isfinite(found.t).tolist() == [True, False, False, False, False, False]


def test_z_in_the_own_squad() -> None:
    values = np.array([3.0, 1, 4, 1, 5, 9, 2, 6])
    found = z_in_squad(values)
    assert found.z == pytest.approx((values - values.mean()) / values.std(ddof=1))
    assert z_in_squad(100 * values).z == pytest.approx(found.z)
    assert z_in_squad(values, lower_is_better=True).z == pytest.approx(-found.z)
    several = z_in_squad(np.array([values, [*values[:7], np.nan], np.full(8, 0.1), [*values[:7], np.inf]]))
    assert several.reason.tolist() == ["", "TOO_FEW_ATHLETES", "SD_ZERO", "BAD_INPUT"]
    assert np.isnan(several.z[1:]).all()


# H5: ranks (trap 29)


def test_expected_ranks_add_up_and_are_exact_without_error() -> None:
    ranks = expected_rank(THETA, VAR)
    assert ranks.sum() == pytest.approx(15)
    assert expected_rank(THETA, np.zeros(5)).tolist() == [1, 2, 3, 4, 5]
    assert expected_rank([1.0, 1.0], [0.0, 0.0]).tolist() == [1.5, 1.5]
    both = expected_rank([THETA, [*THETA[:3], np.nan, np.nan]], [VAR, VAR])
    assert both[0] == pytest.approx(ranks)
    assert both[1, :3] == pytest.approx(expected_rank(THETA[:3], VAR[:3]))
    assert np.isnan(expected_rank([1.0, 2.0], [1.0, -1.0])).all()


def test_two_athletes_have_the_chance_of_their_difference() -> None:
    found = rank_interval([0.05, 0.02], [0.0009, 0.0016])
    first = float(ndtr(0.03 / 0.05))
    assert found.p_first == pytest.approx([first, 1 - first], abs=0.015)
    assert found.expected == pytest.approx([2 - first, 1 + first])
    assert [found.low.tolist(), found.high.tolist()] == [[1, 1], [2, 2]]


def test_draws_agree_with_the_expected_rank_and_exact_values_have_no_interval() -> None:
    found = rank_interval(THETA, VAR)
    assert ((found.low <= found.expected) & (found.expected <= found.high)).all()
    assert found.p_first.sum() == pytest.approx(1)
    sure = rank_interval(THETA, np.zeros(5))
    assert sure.low.tolist() == sure.high.tolist() == [1, 2, 3, 4, 5]


def test_the_order_of_the_rows_and_the_unit_change_no_rank() -> None:
    rng = np.random.default_rng(6)
    theta, var = np.r_[rng.normal(0, 0.02, 9), 0.01, 0.01, 0.01], np.r_[rng.uniform(1e-4, 4e-4, 9), 2e-4, 2e-4, 2e-4]
    found, order = rank_interval(theta, var), rng.permutation(12)
    shuffled, scaled = rank_interval(theta[order], var[order]), rank_interval(1024 * theta, 1024**2 * var)
    for field in ("expected", "low", "high", "p_first"):
        assert getattr(shuffled, field) == pytest.approx(getattr(found, field)[order], abs=1e-12)
        assert getattr(scaled, field) == pytest.approx(getattr(found, field), abs=1e-12)
    assert len({(float(found.low[i]), float(found.high[i])) for i in (9, 10, 11)}) == 1  # equal athletes are equal


def test_ranks_of_several_squads_with_padding_and_refusals() -> None:
    found = rank_interval([THETA, [*THETA[:3], np.nan, np.nan], [np.nan] * 5, THETA], [VAR, VAR, VAR, [-1.0, *VAR[1:]]])
    alone = rank_interval(THETA[:3], VAR[:3])
    assert found.low[1, :3].tolist() == alone.low.tolist()
    assert np.isnan(found.high[1, 3:]).all()
    assert np.isnan(found.low[2:]).all()
    assert np.isnan(rank_interval([], []).low).all()


def test_rank_intervals_hold_the_true_rank() -> None:
    # S13: 12 athletes, reliability 0.7; the one who looks best is the best in little more than half of the squads
    rng = np.random.default_rng(7)
    theta = 0.02 * rng.normal(size=(250, 12))
    s = 0.02 * np.sqrt(0.3 / 0.7)
    y = theta + s * rng.normal(size=theta.shape)
    pooled = pool(y, np.full(y.shape, s))
    found = rank_interval(pooled.theta, pooled.sd**2, draws=2000)
    true = 1 + (theta[:, None, :] > theta[:, :, None]).sum(axis=-1)
    assert 0.93 <= ((found.low <= true) & (true <= found.high)).mean() <= 0.99
    assert 5.5 <= (found.high - found.low).mean() <= 7.5
    best = pooled.theta.argmax(axis=1) == theta.argmax(axis=1)
    assert best.mean() == pytest.approx(found.p_first.max(axis=1).mean(), abs=0.08)
    assert 0.45 <= best.mean() <= 0.65


# H6: funnel


def test_funnel_limits_by_hand_and_narrowing_with_n() -> None:
    found = limits(0.03, 0.045, [1, 4, 1e12], sd_between=0.015)
    assert found.high[0] == pytest.approx(0.03 + 1.959964 * np.hypot(0.015, 0.045), rel=1e-6)
    assert found.high[2] == pytest.approx(0.03 + 1.959964 * 0.015, rel=1e-6)
    assert (np.diff(found.high) < 0).all()
    wide = limits(0.03, 0.045, 4, sd_between=0.015, level=0.998)
    assert float(wide.high) == pytest.approx(0.03 + 3.0902323 * np.hypot(0.015, 0.0225), rel=1e-6)


def test_one_in_twenty_lies_outside_the_funnel() -> None:
    rng = np.random.default_rng(8)
    n = rng.integers(1, 8, 40_000)
    y = rng.normal(0.03, 0.015, n.size) + rng.normal(0, 0.045 / np.sqrt(n))
    for level, share in ((0.95, 0.05), (0.998, 0.002)):
        found = limits(0.03, 0.045, n, sd_between=0.015, level=level)
        assert ((y < found.low) | (y > found.high)).mean() == pytest.approx(share, abs=0.1 * share + 5e-4)


@pytest.mark.parametrize(("sigma", "n", "tau"), [(-1, 3, 0), (0.1, 0, 0), (0.1, -1, 0), (np.nan, 3, 0), (0.1, 3, -1)])
def test_funnel_of_impossible_values_is_missing(sigma: float, n: float, tau: float) -> None:
    assert np.isnan(limits(0.0, sigma, n, sd_between=tau).low)


@pytest.mark.parametrize("level", [0.0, 1.0, np.nan])
def test_a_funnel_without_a_level_is_missing(level: float) -> None:
    assert np.isnan(limits(0.0, 0.0, [1, 3], level=level).high).all()


# H7: two squads


def test_welch_by_hand() -> None:
    a, b = np.array([5.0, 2, 6, 3, 4, 1]), np.array([2.0, 0, 3, 1, 4, -1])
    found = squad_difference(a, b)
    assert found.difference == pytest.approx(2.0)
    assert found.se == pytest.approx(np.sqrt(3.5 / 6 + 3.5 / 6))
    assert found.df == pytest.approx(10)  # equal spread and size: that of Student
    back = squad_difference(b, a)
    assert [back.low, back.high] == pytest.approx([-found.high, -found.low])
    assert squad_difference([*a[::-1], np.nan], b).low == pytest.approx(found.low)


def test_the_interval_between_squads_covers_with_unequal_spread() -> None:
    rng = np.random.default_rng(9)
    a, b = rng.normal(0.05, 0.06, (1500, 7)), rng.normal(0.02, 0.02, (1500, 12))
    found = [squad_difference(*both) for both in zip(a, b, strict=True)]
    assert 0.935 <= np.mean([f.low <= 0.03 <= f.high for f in found]) <= 0.965


@pytest.mark.parametrize(
    ("a", "b", "reason"),
    [
        ([1.0] * 5, [1.0, 2, 3, 4, 5, 6], "TOO_FEW_ATHLETES"),
        ([1.0, 2, 3, 4, 5, np.nan], [1.0, 2, 3, 4, 5, 6], "TOO_FEW_ATHLETES"),
        ([0.1] * 6, [0.3] * 6, "SD_ZERO"),
        ([1.0, 2, 3, 4, 5, np.inf], [1.0, 2, 3, 4, 5, 6], "BAD_INPUT"),
        ([], [], "TOO_FEW_ATHLETES"),
    ],
)
def test_two_squads_are_refused(a: list[float], b: list[float], reason: str) -> None:
    found = squad_difference(a, b)
    assert found.reason == reason
    assert np.isnan(found.difference)


def test_sizes_of_training_differences() -> None:
    assert [size_word(d) for d in (0.139, 0.14, -0.29, 0.509, -0.51)] == [
        "trivial",
        "small",
        "medium",
        "medium",
        "large",
    ]


# H8: small cells (trap 29)


def test_a_single_hidden_cell_takes_another_with_it() -> None:
    found = suppress({"progress": 9, "hold": 4, "deload": 6})
    assert found.suppressed == ("deload", "hold")
    assert found.shown == {"progress": 9}
    assert found.total == 19
    assert suppress({"progress": 9, "hold": 4, "deload": 6}, total_shown=False).suppressed == ("hold",)


def test_no_hidden_cell_can_be_had_by_subtraction() -> None:
    rng = np.random.default_rng(10)
    for _ in range(500):
        counts = {name: int(n) for name, n in zip("abcd", rng.integers(0, 12, 4), strict=True)}
        found = suppress(counts)
        assert all(n >= 5 for n in found.shown.values())
        assert sorted([*found.shown, *found.suppressed]) == list("abcd")
        if found.total is not None and found.suppressed:
            assert len(found.suppressed) > 1
            assert found.total - sum(found.shown.values()) >= 5
        order = {name: counts[name] for name in "dcba"}
        assert suppress(order).suppressed == found.suppressed


def test_small_tables() -> None:
    assert suppress({"a": 3}).total is None
    assert suppress({"a": 7}).shown == {"a": 7}
    assert suppress({"a": 6, "b": 6, "c": 2}).suppressed == ("a", "c")  # at a tie the first by name
    assert suppress({"a": 0, "b": 9}).suppressed == ("a", "b")
    assert suppress({"a": 1, "b": 2, "c": 9}).total is None  # three athletes in two hidden cells


@pytest.mark.parametrize("counts", [{}, {"a": -1}, {"a": 2.5}, {"a": None}, {"a": float("nan")}, {"a": "many"}])
def test_counts_that_are_none_are_refused(counts: dict[str, int]) -> None:
    assert suppress(counts).reason == "BAD_INPUT"
    assert suppress({"a": 9}, k=0).reason == "BAD_INPUT"
