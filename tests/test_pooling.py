"""Partial pooling (methods D19, H4): published numbers, a brute-force twin, coverage, batches, refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.special import ndtr

from analysis.stats.pooling import TAU_SCALE, paule_mandel, pool, slopes

Floats = NDArray[np.float64]
SCHOOLS = ([28, 8, -3, 7, -1, 1, 18, 12], [15, 10, 16, 11, 9, 11, 10, 18])
CHANGES = (
    [0.041, 0.012, 0.055, -0.010, 0.028, 0.019, 0.070, 0.005],
    [0.022, 0.022, 0.03, 0.022, 0.045, 0.022, 0.03, 0.022],
)
FIELDS = ("mu", "mu_sd", "tau_mean", "tau_median", "theta", "sd", "low", "high")


def test_eight_schools_as_published() -> None:
    # Gelman et al., BDA3, table 5.3 gives medians of about 10, 8, 6, 7, 5, 6, 10, 8 and a mean of 8 (SE 4.4 at most)
    found = pool(*SCHOOLS, scale=10, prior="flat")
    assert float(found.mu) == pytest.approx(7.93, abs=0.02)
    assert found.theta == pytest.approx([11.39, 7.89, 6.13, 7.65, 5.13, 6.14, 10.66, 8.46], abs=0.02)
    assert found.low[0] < -1
    assert found.high[0] > 28


def _twin(y: Floats, s: Floats, scale: float) -> dict[str, Any]:
    """The posterior by adaptive quadrature in tau, one athlete: another algorithm for the same integrals."""

    def at(tau: float) -> tuple[float, float, Floats, Floats]:
        v = s**2 + tau**2
        var = 1 / np.sum(1 / v)
        mean = var * np.sum(y / v)
        log = -(tau**2) / (2 * scale**2) + 0.5 * np.log(var) - 0.5 * np.sum(np.log(v) + (y - mean) ** 2 / v)
        own = tau**2 / v
        return float(np.exp(log - at_zero)), mean, own * y + (1 - own) * mean, own * s**2 + (1 - own) ** 2 * var

    at_zero = 0.0
    at_zero = float(np.log(at(0.01)[0]))

    def integral(what: Any) -> float:
        points = [scale / 10, scale / 3, scale]
        return float(quad(lambda tau: what(*at(tau), tau), 0, 6 * scale, points=points, epsabs=0, epsrel=1e-10)[0])

    total = integral(lambda p, *_: p)
    theta = integral(lambda p, _mu, center, *_: p * center[0]) / total
    second = integral(lambda p, _mu, center, var, _t: p * (var[0] + center[0] ** 2)) / total
    return {
        "mu": integral(lambda p, mu, *_: p * mu) / total,
        "tau_mean": integral(lambda p, _mu, _c, _v, tau: p * tau) / total,
        "theta": theta,
        "sd": np.sqrt(second - theta**2),
        "below": lambda x: integral(lambda p, _mu, c, v, _t: p * ndtr((x - c[0]) / np.sqrt(v[0]))) / total,
        "tau_below": lambda end: integral(lambda p, _mu, _c, _v, tau: p * (tau <= end)) / total,
    }


@pytest.mark.parametrize("shrink", [1.0, 0.05])
def test_a_second_algorithm_gives_the_same_to_one_in_a_million(shrink: float) -> None:
    y, s = np.array(CHANGES[0]), shrink * np.array(CHANGES[1])
    found, twin = pool(y, s), _twin(y, s, TAU_SCALE)
    for field in ("mu", "tau_mean"):
        assert float(getattr(found, field)) == pytest.approx(twin[field], rel=1e-6)
    for field in ("theta", "sd"):
        assert getattr(found, field)[0] == pytest.approx(twin[field], rel=1e-6)
    assert twin["below"](found.low[0]) == pytest.approx(0.025, abs=1e-7)
    assert twin["below"](found.high[0]) == pytest.approx(0.975, abs=1e-7)


def test_the_median_of_tau_halves_its_posterior() -> None:
    y, s = np.array(CHANGES[0]), np.array(CHANGES[1])
    median = float(pool(y, s).tau_median)
    tau = np.linspace(0, 6 * TAU_SCALE, 200_001)
    v = s**2 + tau[:, None] ** 2
    var = 1 / (1 / v).sum(axis=1)
    mean = var * (y / v).sum(axis=1)
    log = (
        -(tau**2) / (2 * TAU_SCALE**2)
        + 0.5 * np.log(var)
        - 0.5 * (np.log(v) + (y - mean[:, None]) ** 2 / v).sum(axis=1)
    )
    below = np.cumsum(np.exp(log - log.max()))
    assert median == pytest.approx(np.interp(0.5, below / below[-1], tau), rel=1e-4)


def test_no_spread_between_athletes_never_makes_an_interval_of_no_width() -> None:
    # trap 21: equal values, where the best single guess of the spread is zero
    s = np.full(6, 0.02)
    found = pool(np.full(6, 0.03), s)
    assert float(paule_mandel(np.full(6, 0.03), s)) == 0
    assert (found.sd > 0.02 / np.sqrt(6)).all()
    assert (found.high - found.low > 2 * 1.96 * 0.02 / np.sqrt(6)).all()
    assert float(found.tau_mean) > 0.003
    assert found.theta == pytest.approx(np.full(6, 0.03))


@pytest.mark.parametrize("seed", [1, 2])
def test_many_squads_at_once_equal_each_alone(seed: int) -> None:
    rng = np.random.default_rng(seed)
    y, s = rng.normal(0.02, 0.03, (90, 9)), rng.uniform(0.005, 0.05, (90, 9))
    y[np.arange(9) >= rng.integers(2, 10, 90)[:, None]] = np.nan
    together = pool(y.reshape(10, 9, 9), s.reshape(10, 9, 9))
    for i in range(90):
        alone = pool(y[i], s[i])
        assert str(together.reason.ravel()[i]) == str(alone.reason)
        for field in FIELDS:
            found = getattr(together, field).reshape(90, *getattr(alone, field).shape)[i]
            assert found == pytest.approx(getattr(alone, field), abs=1e-9, nan_ok=True)


def test_padding_order_and_unit_change_nothing() -> None:
    y, s = np.array(CHANGES[0]), np.array(CHANGES[1])
    found, order = pool(y, s), np.array([3, 1, 7, 0, 2, 6, 5, 4])
    shuffled = pool([*y[order], np.nan], [*s[order], 0.02])
    assert shuffled.low[:-1] == pytest.approx(found.low[order], abs=1e-12)
    assert np.isnan(shuffled.theta[-1])
    assert int(shuffled.n) == 8
    pounds = pool(100 * y, 100 * s, scale=100 * TAU_SCALE)
    assert pounds.high == pytest.approx(100 * found.high, rel=1e-10)


def _squads(rng: np.random.Generator, tau: Floats, n: int, s: float) -> tuple[Floats, Floats]:
    theta = 0.02 + tau[:, None] * rng.standard_normal((tau.size, n))
    return theta, theta + s * rng.standard_normal(theta.shape)


@pytest.mark.parametrize(("n", "s", "lowest"), [(6, 0.030, 0.92), (12, 0.015, 0.92)])
def test_coverage_and_error_at_a_fixed_spread(n: int, s: float, lowest: float) -> None:
    theta, y = _squads(np.random.default_rng(11), np.full(400, 0.015), n, s)
    found = pool(y, np.full_like(y, s))
    assert lowest <= float(((found.low <= theta) & (theta <= found.high)).mean()) <= 0.99
    assert ((found.theta - theta) ** 2).mean() < 0.8 * ((y - theta) ** 2).mean()


@pytest.mark.parametrize("tau", [0.0, 0.03, 0.06])
def test_shrunken_values_are_never_further_from_the_truth_on_the_whole(tau: float) -> None:
    theta, y = _squads(np.random.default_rng(12), np.full(300, tau), 8, 0.02)
    found = pool(y, np.full_like(y, 0.02))
    assert ((found.theta - theta) ** 2).mean() <= ((y - theta) ** 2).mean()


def test_coverage_averaged_over_the_prior_is_the_nominal_one() -> None:
    rng = np.random.default_rng(13)
    theta, y = _squads(rng, np.abs(0.03 * rng.standard_normal(700)), 8, 0.02)
    found = pool(y, np.full_like(y, 0.02))
    assert 0.935 <= float(((found.low <= theta) & (theta <= found.high)).mean()) <= 0.965


def test_groups_have_means_of_their_own_and_share_the_spread() -> None:
    rng = np.random.default_rng(14)
    y = np.r_[rng.normal(0.0, 0.005, 6), rng.normal(0.3, 0.005, 6)]
    s, groups = np.full(12, 0.01), ["women"] * 6 + ["men"] * 6
    found, mixed = pool(y, s, groups=groups), pool(y, s)
    assert found.mu == pytest.approx([0.3, 0.0], abs=0.01)  # in the order of the names: men, women
    assert float(found.tau_mean) < 0.02 < float(mixed.tau_mean)
    assert (found.sd < 0.8 * mixed.sd).all()
    one = pool(y, s, groups=["all"] * 12)
    assert one.theta == pytest.approx(mixed.theta, abs=1e-12)
    assert one.mu == pytest.approx([float(mixed.mu)])


def test_a_group_of_one_athlete_is_not_drawn_anywhere() -> None:
    found = pool([0.01, 0.02, 0.03, 0.02, 0.5], np.full(5, 0.01), groups=["a", "a", "a", "a", "b"])
    assert found.theta[-1] == pytest.approx(0.5)
    assert found.sd[-1] == pytest.approx(0.01)


def test_fewer_than_four_athletes_stand_for_themselves() -> None:
    found = pool([0.01, 0.05, 0.09], [0.02, 0.02, 0.03])
    assert str(found.reason) == "TOO_FEW_ATHLETES"
    assert found.theta.tolist() == [0.01, 0.05, 0.09]
    assert found.high[2] == pytest.approx(0.09 + 1.95996 * 0.03, abs=1e-6)
    assert np.isnan([found.mu, found.mu_sd, found.tau_mean, found.tau_median]).all()
    assert str(pool([0.01, 0.05, 0.09, 0.1], np.full(4, 0.02), groups=[1, 1, 2, 2]).reason) == "TOO_FEW_ATHLETES"


@pytest.mark.parametrize(("y", "s"), [(np.inf, 0.02), (0.01, 0.0), (0.01, -0.02), (0.01, np.inf), (np.inf, np.inf)])
def test_impossible_numbers_refuse_their_squad_only(y: float, s: float) -> None:
    values, errors = np.full((2, 5), 0.02), np.full((2, 5), 0.02)
    values[0, 1], errors[0, 1] = y, s
    found = pool(values, errors)
    assert found.reason.tolist() == ["BAD_INPUT", ""]
    assert np.isnan(found.theta[0]).all()
    assert np.isfinite(found.theta[1]).all()


@pytest.mark.parametrize("options", [{"scale": 0.0}, {"scale": np.nan}, {"prior": "cauchy"}])
def test_an_unknown_prior_is_an_error(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="expected one of"):
        pool([1, 2, 3, 4], [1, 1, 1, 1], **options)


def test_an_empty_squad_is_refused() -> None:
    assert str(pool([], []).reason) == "TOO_FEW_ATHLETES"


def test_paule_mandel_solves_its_equation_for_all_squads() -> None:
    rng = np.random.default_rng(15)
    s = rng.uniform(0.001, 0.05, (300, 7))
    y = rng.normal(0, 0.06, (300, 7)) + s * rng.standard_normal((300, 7))
    tau2 = paule_mandel(y, s)
    weight = 1 / (s**2 + tau2[:, None])
    mean = (weight * y).sum(axis=1) / weight.sum(axis=1)
    left = (weight * (y - mean[:, None]) ** 2).sum(axis=1)
    assert left[tau2 > 0] == pytest.approx(np.full((tau2 > 0).sum(), 6.0), rel=1e-9)
    assert (left[tau2 == 0] <= 6).all()
    assert float(paule_mandel(y[0], s[0])) == pytest.approx(tau2[0], rel=1e-12)


def test_paule_mandel_of_equal_errors_is_the_classical_one() -> None:
    y = np.array([1.0, 4.0, 2.0, 9.0])
    assert float(paule_mandel(y, np.ones(4))) == pytest.approx(y.var(ddof=1) - 1)
    assert np.isnan(paule_mandel([1.0], [1.0]))
    assert np.isnan(paule_mandel([1.0, 2.0], [1.0, 0.0]))


def test_slopes_are_least_squares_with_the_known_error() -> None:
    rng = np.random.default_rng(16)
    t, y = np.sort(rng.uniform(0, 5, (30, 6)), axis=1), rng.normal(3.4, 0.05, (30, 6))
    found = slopes(t, y, 0.05)
    assert found.slope == pytest.approx([np.polyfit(*both, 1)[0] for both in zip(t, y, strict=True)])
    assert found.se == pytest.approx(0.05 / np.sqrt(((t - t.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)))
    assert slopes(t[0], y[0], 0.05).slope == pytest.approx(found.slope[0], abs=1e-12)
    padded = slopes([*t[0], np.nan], [*y[0], 1.0], 0.05)
    assert float(padded.slope) == pytest.approx(found.slope[0])
    assert int(padded.n) == 6


@pytest.mark.parametrize(
    ("t", "y", "te"),
    [
        ([0, 1], [1, 2], 0.05),
        ([1, 1, 1], [1, 2, 3], 0.05),
        ([0, 1, 2], [1, np.inf, 3], 0.05),
        ([0, 1, 2], [1, 2, 3], 0.0),
    ],
)
def test_slopes_without_a_base_are_missing(t: list[float], y: list[float], te: float) -> None:
    assert np.isnan(slopes(t, y, te).slope)
    assert np.isnan(slopes(t, y, te).se)


def test_slope_intervals_cover_the_truth() -> None:
    rng = np.random.default_rng(17)
    truth = rng.normal(0.02, 0.02, 3000)
    t = np.arange(4.0)
    found = slopes(
        np.broadcast_to(t, (3000, 4)), 3.4 + truth[:, None] * t + 0.05 * rng.standard_normal((3000, 4)), 0.05
    )
    assert 0.94 <= float((np.abs(found.slope - truth) <= 1.96 * found.se).mean()) <= 0.96
