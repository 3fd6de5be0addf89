"""Robust trend of e1RM (methods B5): dense twin, refusals, outliers, coverage on simulated lifters, invariance."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.stats.smoother import NU, Q_LEVEL, block_gain, filtered, joint_level, smooth, trend
from analysis.units import LB_KG
from frames_for_tests import SimulatedLifter

WEEKS = [0, 0.5, 1, 1.5, 2.5, 3, 3.5, 4, 5, 5.5, 9, 9.5, 10, 11, 11.5, 12]
KG = [100, 101.5, 100.8, 102.6, 103.1, 102.2, 104.9, 92, 105, 106.3, 104.8, 106.1, 107.9, 108.2, 107.1, 109.4]


def test_smoother_equals_dense_conditioning() -> None:
    rng = np.random.default_rng(5)
    for n in (1, 2, 7, 60):
        t = np.cumsum(rng.choice([0.0, 0.3, 0.5, 1.0, 5.0], n))
        path = smooth(t, 4.6 + 0.004 * t + rng.standard_t(3, n) * 0.04, rng.uniform(0.02, 0.06, n))
        mean, cov = joint_level(path, path.t_weeks)
        assert path.level == pytest.approx(mean, abs=1e-9)
        assert path.level_var == pytest.approx(np.diag(cov), abs=1e-9)


def test_weights_are_those_of_the_t_likelihood() -> None:
    path = smooth(WEEKS, np.log(KG))
    again = (NU + 1) / (NU + ((path.y - path.level) ** 2 + path.level_var) / path.sigma**2)
    assert path.weights == pytest.approx(again, abs=1e-8)
    assert path.weights.argmin() == 7
    assert path.weights[7] == pytest.approx(0.3287, abs=1e-4)


def test_a_bad_day_is_weighed_down_not_deleted() -> None:
    worse = [*KG[:7], 70.0, *KG[8:]]
    calm, odd = trend(WEEKS, KG), trend(WEEKS, worse)
    assert len(odd.smoothed_kg) == len(KG)
    assert odd.weights[7] < 0.1
    assert odd.level_kg == pytest.approx(calm.level_kg, rel=0.01)


@pytest.mark.parametrize(
    ("t", "kg", "horizon", "reason"),
    [
        ([0, 1, 2, 3, 4], [100] * 5, 4, "TREND_TOO_SHORT"),
        ([0, 0.5, 1, 1.5, 2, 3.9], [100] * 6, 4, "TREND_TOO_SHORT"),
        ([], [], 4, "TREND_TOO_SHORT"),
        ([0, 1, 2, 3, 4, 5], [100] * 6, 4.5, "FORECAST_TOO_FAR"),
        ([0, 1, 2, 3, 4, 5], [100] * 6, -1, "BAD_INPUT"),
        ([0, 1, 2, 3, 4, 5], [100] * 6, float("nan"), "BAD_INPUT"),
        ([0, 1, None, 3, 4, 5], [100] * 6, 4, "BAD_INPUT"),
        ([0, 1, 2, 3, 4, 5], [100, 100, 100, 100, 100, 0], 4, "BAD_INPUT"),
        ([0, 1, 2, 3, 4, 5], [100, 100, 100, 100, 100, float("nan")], 4, "BAD_INPUT"),
        ([0, 1, 2, 3, 4, 5], [100] * 5, 4, "BAD_INPUT"),
    ],
)
def test_trend_refusals(t: list[float], kg: list[float], horizon: float, reason: str) -> None:
    found = trend(t, kg, 0.035, horizon)
    assert (found.status, found.reason, found.level_kg) == ("refused", reason, None)


def test_row_order_never_matters() -> None:
    t = np.array([*WEEKS, 3.0, 0.5])  # two sessions of one time twice
    kg, sd = np.array([*KG, 99.0, 103.0]), np.linspace(0.02, 0.05, 18)
    shuffled = np.random.default_rng(7).permutation(18)
    calm, mixed = trend(t, kg, sd), trend(t[shuffled], kg[shuffled], sd[shuffled])
    for name in ("level_kg", "level_ci", "slope_ci", "forecast_ci", "p_growing", "status"):
        assert getattr(mixed, name) == getattr(calm, name)
    for name in ("weights", "smoothed_kg", "smoothed_low_kg"):
        assert getattr(mixed, name) == tuple(np.array(getattr(calm, name))[shuffled])
    assert block_gain(t[shuffled], kg[shuffled], sd[shuffled], 0, 5.5).ci_pct == pytest.approx(
        block_gain(t, kg, sd, 0, 5.5).ci_pct, abs=1e-9
    )
    assert filtered(t[shuffled], kg[shuffled]).tolist() == filtered(t, kg)[shuffled].tolist()


def test_four_weeks_are_four_weeks_in_any_week() -> None:
    # 34/7 - 6/7 is a little less than 4, 58/7 - 30/7 a little more
    short = trend(np.array([6, 8, 13, 20, 27, 34]) / 7, [100] * 6)
    assert short.status == "ok"
    long = trend(np.array([16, 23, 28, 30, 58, 60]) / 7, [100] * 6)
    assert long.status == "ok"


def test_a_gap_above_four_weeks_is_a_caution() -> None:
    assert trend([0, 1, 2, 3, 7, 8], [100] * 6).status == "ok"
    found = trend([0, 1, 2, 3, 7.1, 8], [100] * 6)
    assert (found.status, found.reason) == ("caution", "LONG_GAP")


@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [
        (5.6, 8.9, "BLOCK_NOT_COVERED"),  # nothing inside
        (3.5, 5.5, None),
        (4.0, 5.5, "BLOCK_NOT_COVERED"),  # three sessions
        (-1.0, 5.5, None),
        (-1.1, 5.5, "BLOCK_NOT_COVERED"),  # the first session is more than a week away
        (3.0, 7.0, "BLOCK_NOT_COVERED"),  # the end lies in the hole
        (5.5, 0.0, "BAD_INPUT"),
    ],
)
def test_block_must_be_covered(start: float, end: float, reason: str | None) -> None:
    found = block_gain(WEEKS, KG, 0.035, start, end)
    assert found.reason == reason
    assert (found.gain_pct is None) == (reason is not None)


def test_exactly_a_week_is_a_week_in_any_week() -> None:
    # 18/7 - 11/7 is a little more than 1
    days = np.array([18, 22, 30, 40, 50, 60])
    assert block_gain(days / 7, [100] * 6, 0.035, 11 / 7, 60 / 7).status == "ok"


def test_a_block_may_start_before_the_first_session() -> None:
    on, before = block_gain(WEEKS, KG, 0.035, 0, 5.5), block_gain(WEEKS, KG, 0.035, -0.3, 5.5)
    assert before.gain_pct == pytest.approx((on.gain_pct or 0) * 5.8 / 5.5, rel=0.02)
    assert (before.sd_log or 0) > (on.sd_log or 0)


def test_days_before_the_first_session_keep_their_own_uncertainty() -> None:
    steep = smooth(np.arange(40.0), 4.6 + 0.02 * np.maximum(np.arange(40.0) - 3, 0), 0.001)
    _, cov = joint_level(steep, [-1, 0])
    assert cov[0, 0] + cov[1, 1] - 2 * cov[0, 1] > Q_LEVEL, "a week nobody saw has its own walk"


def test_filtered_level_knows_no_later_session() -> None:
    # trap 3: the e1RM that judges a set must not have seen that set or a later one
    whole, part = filtered(WEEKS, KG), filtered(WEEKS[:6], KG[:6])
    assert whole[:6] == pytest.approx(part, rel=1e-12)
    assert whole[0] == pytest.approx(100)


def test_pounds_and_a_shifted_calendar_change_no_verdict() -> None:
    kg = trend(WEEKS, KG)
    lb = trend(np.array(WEEKS) + 30, np.array(KG) / LB_KG)
    assert lb.p_growing == pytest.approx(kg.p_growing, abs=1e-12)
    assert lb.slope_ci == pytest.approx(kg.slope_ci, abs=1e-9)
    assert lb.level_kg * LB_KG == pytest.approx(kg.level_kg, rel=1e-12)  # type: ignore[operator]  # an ok trend has a level


def test_more_of_the_same_never_widens_the_interval() -> None:
    def width(times: int) -> float:
        t, kg = np.repeat(np.arange(8.0), times), np.full(8 * times, 100.0)
        path = smooth(t, np.log(kg))
        return float(path.level_var[-1])

    assert width(1) > width(2) > width(4)


def test_forecast_is_wider_than_the_level() -> None:
    near, far = trend(WEEKS, KG, 0.035, 1), trend(WEEKS, KG, 0.035, 4)
    widths = [high / low for low, high in filter(None, (near.level_ci, near.forecast_ci, far.forecast_ci))]
    assert len(widths) == 3
    assert widths == sorted(widths)


def test_level_and_gain_are_covered_and_growth_is_seen() -> None:
    rng, level, gain, growing = np.random.default_rng(11), [], [], []
    for _ in range(500):
        lifter = SimulatedLifter(rng)
        end = lifter.t[-1]
        found, block = (
            trend(lifter.t, lifter.e1rm_kg),
            block_gain(lifter.t, lifter.e1rm_kg, 0.035, max(end - 12, 0), end),
        )
        low, high = found.level_ci or (np.nan, np.nan)
        level.append(low <= 100 * np.exp(lifter.level(end)) <= high)
        growing.append((found.p_growing or 0.0) > 0.95)
        if block.ci_pct:
            truth = 100 * np.expm1(lifter.level(end) - lifter.level(max(end - 12, 0)))
            gain.append(block.ci_pct[0] <= truth <= block.ci_pct[1])
    assert 0.92 <= np.mean(level) <= 0.99
    assert 0.91 <= np.mean(gain) <= 0.99
    assert np.mean(growing) > 0.4, "power at 0.6 % a week; the handbook found 0.53"


def test_no_growth_is_rarely_called_growing() -> None:
    rng, growing = np.random.default_rng(12), []
    for _ in range(500):
        lifter = SimulatedLifter(rng, growth_mean=0.0, growth_sd=0.0)
        growing.append((trend(lifter.t, lifter.e1rm_kg).p_growing or 0.0) > 0.95)
    assert np.mean(growing) <= 0.05


def test_the_forecast_is_the_posterior_that_many_weeks_on() -> None:
    path, found = smooth(WEEKS, np.log(KG)), trend(WEEKS, KG)
    mean, cov = joint_level(path, [WEEKS[-1] + 4])
    assert found.forecast_kg == pytest.approx(np.exp(mean[0]), rel=1e-10)
    ends = [mean[0] + z * cov[0, 0] ** 0.5 for z in (-1.959964, 1.959964)]
    assert found.forecast_ci == pytest.approx(np.exp(ends), rel=1e-6)
