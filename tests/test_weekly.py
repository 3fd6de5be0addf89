"""The shape of weekly load (methods C11, C13 to C15): ramp, monotony and strain, week and month; traps 4, 6, 7."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from analysis.stats.load import rolling_sum
from analysis.stats.weekly import (
    load_ratio,
    load_ratios,
    monotonies,
    monotony,
    ramp,
    ramps,
    rolling_mean,
)

FOSTER_WEEK: list[float | None] = [300, 0, 250, 400, 0, 350, 500]
Days = list[float | None]
days_of = st.lists(st.one_of(st.none(), st.sampled_from([0.0, 100.0, 250.0]), st.floats(0, 2000)), max_size=40)


def squad(seed: int, days: int, unknown: float = 0.1) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    x = np.where(rng.random((30, days)) < 0.4, 0.0, rng.gamma(2, 200, (30, days)))
    return np.where(rng.random(x.shape) < unknown, np.nan, x)


def plain(row: NDArray[np.float64]) -> Days:
    return [None if math.isnan(v) else float(v) for v in row]


def test_a_deload_week_does_not_make_a_leap() -> None:
    # trap 7: the handbook's example
    found = ramp([1800, 1950, 2050, 1300, 2150])
    assert (found.status, found.weeks) == ("ok", 4)
    assert found.wow_pct == pytest.approx(100 * (2150 / 1300 - 1))
    assert found.vs_median4_pct == pytest.approx(100 * (2150 / 1875 - 1))


@pytest.mark.parametrize(
    ("weekly", "wow", "against"),
    [
        ([1000, 1100], 10, None),
        ([1000, 1000, 1100], 10, None),
        ([900, 1000, 1100, 1200], 1200 / 11 - 100, 20),
        ([1000, 1000, 1000, None, 1100], None, 10),
        ([5000, 1000, None, 1000, None, 1000, 1000, 1100], 10, 10),
        ([1000, 1000, 1000, 0, 1100], None, 10),
        ([1000, 1000, 1000, 0], -100, -100),
    ],
)
def test_the_median_of_the_last_four_known_weeks(weekly: Days, wow: float | None, against: float | None) -> None:
    found = ramp(weekly)
    assert found.status == "ok"
    assert found.wow_pct == (None if wow is None else pytest.approx(wow))
    assert found.vs_median4_pct == (None if against is None else pytest.approx(against))


@pytest.mark.parametrize(
    ("weekly", "reason"),
    [
        ([], "NO_PREVIOUS_WEEK"),
        (None, "NO_PREVIOUS_WEEK"),
        ([1000], "NO_PREVIOUS_WEEK"),
        ([None, 1000], "NO_PREVIOUS_WEEK"),
        ([0, 1000], "NO_PREVIOUS_WEEK"),
        ([0, 0, 0, 0, 1000], "NO_PREVIOUS_WEEK"),
        ([1000, 1000, 1000, None], "INCOMPLETE_WEEK"),
        ([1000, -1], "BAD_INPUT"),
        ([1000, math.inf], "BAD_INPUT"),
    ],
)
def test_ramp_refusals(weekly: Days | None, reason: str) -> None:
    found = ramp(weekly)
    assert (found.status, found.reason, found.wow_pct, found.vs_median4_pct) == ("refused", reason, None, None)


def test_a_leap_of_known_size_is_found_through_unplanned_variation() -> None:
    # known truth: a week 30 % above a level that varies by 10 %; the median adds less error than one week does
    rng = np.random.default_rng(4)
    weekly = 2000 * np.exp(rng.normal(0, 0.10, (4000, 9)))
    weekly[:, -1] *= 1.3
    found = ramps(weekly)
    ratio = np.log1p(found.vs_median4_pct[:, -1] / 100)
    assert ratio.mean() == pytest.approx(math.log(1.3), abs=0.01)
    assert ratio.std() < 0.95 * np.log1p(found.wow_pct[:, -1] / 100).std()


def test_ramps_are_the_ramp_of_every_week() -> None:
    weekly = squad(5, 12, 0.2) * 7
    found = ramps(weekly)
    for row in range(30):
        for week in range(12):
            alone = ramp(plain(weekly[row, : week + 1]))
            ours = (found.wow_pct[row, week], found.vs_median4_pct[row, week])
            for one, many in zip((alone.wow_pct, alone.vs_median4_pct), ours, strict=True):
                assert math.isnan(many) if one is None else many == pytest.approx(one, abs=1e-9)


def test_monotony_is_mean_over_sample_sd_rest_days_included() -> None:
    found = monotony(FOSTER_WEEK)
    loads = np.array(FOSTER_WEEK, dtype=float)
    assert (found.status, found.weekly_load) == ("ok", 1800)
    assert found.monotony == pytest.approx(loads.mean() / loads.std(ddof=1)) == pytest.approx(1.336392143)
    assert found.strain == pytest.approx(1800 * loads.mean() / loads.std(ddof=1))


def test_where_we_differ_from_other_tools_on_purpose() -> None:
    # the population's SD gives 1.08 times as much; rest days left out double it; no cap at 10
    week: Days = [300, 0, 450, 240, 0, 520, 180]
    ours, population = monotony(week).monotony, monotony(week, ddof=0).monotony
    assert population == pytest.approx((ours or 0) * math.sqrt(7 / 6))
    without_rest = np.array([v for v in week if v])
    assert without_rest.mean() / without_rest.std(ddof=1) > 1.9 * (ours or 0)
    assert (monotony([100] * 6 + [101]).monotony or 0) > 250


@pytest.mark.parametrize(
    ("days", "reason", "load"),
    [
        ([300] * 7, "SD_ZERO", 2100),
        ([0.1] * 7, "SD_ZERO", pytest.approx(0.7)),
        ([0] * 7, "SD_ZERO", 0),
        ([300] * 6 + [None], "INCOMPLETE_WEEK", None),
        ([300, 0] * 3, "INCOMPLETE_WEEK", None),
        ([300, 0] * 4, "INCOMPLETE_WEEK", None),
        ([], "INCOMPLETE_WEEK", None),
        (None, "INCOMPLETE_WEEK", None),
        ([300] * 6 + [-1], "BAD_INPUT", None),
        ([300] * 6 + [math.inf], "BAD_INPUT", None),
    ],
)
def test_monotony_refusals(days: Days | None, reason: str, load: Any) -> None:
    # trap 6: equal days give a refusal and not infinity
    found = monotony(days)
    assert (found.status, found.reason, found.weekly_load) == ("refused", reason, load)
    assert (found.monotony, found.strain) == (None, None)


def test_rolling_monotony_is_that_of_every_week_and_athlete() -> None:
    x = squad(6, 40)
    x[0, 10:20] = 100.1
    found = monotonies(x)
    for row in range(30):
        for day in range(40):
            alone = monotony(plain(x[row, max(0, day - 6) : day + 1]))
            many = (found.weekly_load[row, day], found.monotony[row, day], found.strain[row, day])
            for one, ours in zip((alone.weekly_load, alone.monotony, alone.strain), many, strict=True):
                assert math.isnan(ours) if one is None else ours == pytest.approx(one, abs=1e-9)
    assert np.isnan(found.monotony[0, 16:20]).all()
    assert not np.isinf(found.strain).any()


@given(days_of, st.sampled_from([1, 5, 7, 28]))
def test_the_rolling_mean_is_the_rolling_sum_per_day(x: Days, window: int) -> None:
    found = rolling_mean([math.nan if v is None else v for v in x], window)
    assert found.shape == (len(x),)
    for day, ours in enumerate(found):
        total = rolling_sum([None] * window + list(x[: day + 1]), window).sum  # what came before is unknown
        assert math.isnan(ours) if total is None else ours == pytest.approx(total / window, abs=1e-9)


def test_a_week_of_rest_after_odd_numbers_is_exactly_zero() -> None:
    assert rolling_mean([0.1, 0.2, 1e9, 0.3] + [0.0] * 7)[-1] == 0


def test_three_ratios_for_one_month() -> None:
    month: Days = [*FOSTER_WEEK * 3, 420, 0, 380, 520, 0, 460, 610]
    found = load_ratio(month)
    assert (found.status, found.acute) == ("ok", 2390)
    assert found.coupled == pytest.approx(2390 / ((3 * 1800 + 2390) / 4))
    assert found.uncoupled == pytest.approx(2390 / 1800)
    assert found.ewma == pytest.approx(1.248201891, rel=1e-9)


def test_coupled_and_uncoupled_are_one_number_and_constant_load_gives_1() -> None:
    found = load_ratios(squad(7, 60, 0.0))
    told = ~np.isnan(found.coupled)
    assert told.any()
    assert found.uncoupled[told] == pytest.approx(3 * found.coupled[told] / (4 - found.coupled[told]))
    even = load_ratio([100.0] * 40)
    assert (even.coupled, even.uncoupled) == (1, 1)
    assert even.ewma == pytest.approx(1)


def test_coupling_makes_independent_weeks_correlate_by_one_half() -> None:
    weeks = np.random.default_rng(8).gamma(20, 100, (4000, 4))
    days = np.repeat(weeks / 7, 7, axis=1)
    found = load_ratios(days)
    chronic = found.acute[:, -1] / found.coupled[:, -1]
    assert np.corrcoef(found.acute[:, -1], chronic)[0, 1] == pytest.approx(0.5, abs=0.05)
    before = found.acute[:, -1] / found.uncoupled[:, -1]
    assert np.corrcoef(found.acute[:, -1], before)[0, 1] == pytest.approx(0.0, abs=0.05)


@pytest.mark.parametrize(
    ("x", "reason"),
    [
        ([100.0] * 27, "INCOMPLETE_28D"),
        ([], "INCOMPLETE_28D"),
        (None, "INCOMPLETE_28D"),
        ([100.0] * 20 + [None] + [100.0] * 7, "INCOMPLETE_28D"),
        ([0.0] * 28, "CHRONIC_ZERO"),
        ([0.0] * 21 + [100.0] * 7, "CHRONIC_ZERO"),
        ([100.0] * 27 + [-1.0], "BAD_INPUT"),
        ([math.inf] + [100.0] * 27, "BAD_INPUT"),
    ],
)
def test_ratio_refusals(x: Days | None, reason: str) -> None:
    found = load_ratio(x)
    assert (found.status, found.reason, found.coupled, found.uncoupled, found.ewma) == (
        "refused", reason, None, None, None,
    )  # fmt: skip


def test_ratios_are_the_ratio_of_every_day_and_athlete() -> None:
    x = squad(9, 60, 0.01)
    found = load_ratios(x)
    for row in range(30):
        for day in range(20, 60, 3):
            alone = load_ratio(plain(x[row, : day + 1]))
            for name in ("coupled", "uncoupled", "ewma"):
                one, ours = getattr(alone, name), getattr(found, name)[row, day]
                assert math.isnan(ours) if one is None else ours == pytest.approx(one, abs=1e-9)


def test_the_unit_of_load_changes_no_ratio() -> None:
    x = squad(10, 60, 0.02)
    for factor in (0.001, 60.0):
        assert np.allclose(monotonies(x * factor).monotony, monotonies(x).monotony, equal_nan=True)
        assert np.allclose(ramps(x * factor).vs_median4_pct, ramps(x).vs_median4_pct, equal_nan=True)
        assert np.allclose(load_ratios(x * factor).ewma, load_ratios(x).ewma, equal_nan=True)
