"""Many e1RM series, many stances at once: the numbers of one by one, and the metric that uses them."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from analysis.estimate import each
from analysis.metrics import strength_trend
from analysis.stats.censored import stance_change, stance_time
from analysis.stats.smoother import filtered, smooth, smooth_many, trend, trend_many
from frames_for_tests import weekly_sets

Floats = NDArray[np.float64]


def _series(seed: int, count: int) -> list[tuple[Floats, Floats, Floats]]:
    rng, found = np.random.default_rng(seed), []
    for _ in range(count):
        n = int(rng.integers(6, 40))
        t = np.sort(rng.choice(np.arange(0, 26, 0.25), n, replace=False))
        found.append((t, 100 * np.exp(0.004 * t + 0.05 * rng.standard_t(3, n)), rng.uniform(0.02, 0.06, n)))
    return found


def test_each_series_of_a_batch_is_what_it_is_alone() -> None:
    series = _series(31, 60)
    for one, found in zip(series, trend_many(series), strict=True):
        alone = trend(*one)
        assert found.level_kg == pytest.approx(alone.level_kg, abs=1e-9)
        assert found.slope_ci == pytest.approx(alone.slope_ci, abs=1e-9)
        assert found.forecast_ci == pytest.approx(alone.forecast_ci, abs=1e-9)
        assert found.p_growing == pytest.approx(alone.p_growing, abs=1e-9)
        assert found.weights == pytest.approx(alone.weights, abs=1e-9)
        assert found.smoothed_low_kg == pytest.approx(alone.smoothed_low_kg, abs=1e-9)
        assert (found.status, found.reason) == (alone.status, alone.reason)


def test_refused_series_cost_the_others_nothing() -> None:
    good = _series(32, 3)
    odd: list[Any] = [([0, 1], [100, 101], 0.03), ([0, np.inf, 2, 3, 4, 5], [100] * 6, 0.03), ([], [], 0.03)]
    found = trend_many([odd[0], good[0], odd[1], *good[1:], odd[2]])
    assert [found[i].reason for i in (0, 2, 5)] == ["TREND_TOO_SHORT", "BAD_INPUT", "TREND_TOO_SHORT"]
    assert [found[i] for i in (1, 3, 4)] == list(trend_many(good))
    assert {f.reason for f in trend_many([*good, odd[0]], horizon_weeks=5)} == {"FORECAST_TOO_FAR", "TREND_TOO_SHORT"}
    assert trend_many([]) == ()


def test_row_order_does_not_matter_in_a_batch() -> None:
    series, rng = _series(35, 20), np.random.default_rng(36)
    orders = [rng.permutation(one[0].size) for one in series]
    mixed = trend_many([(t[o], kg[o], sd[o]) for (t, kg, sd), o in zip(series, orders, strict=True)])
    for calm, found, o in zip(trend_many(series), mixed, orders, strict=True):
        assert (found.level_ci, found.slope_ci, found.status) == (calm.level_ci, calm.slope_ci, calm.status)
        assert found.weights == tuple(np.array(calm.weights)[o])


def test_padded_rows_are_the_series_without_their_padding() -> None:
    t = np.array([[0.0, 1, 2, 4, np.nan, np.nan], [0, 1, 1.5, 2, 3, 9], [5, np.nan, np.nan, np.nan, np.nan, np.nan]])
    y = np.where(np.isnan(t), np.nan, 4.6 + 0.01 * np.nan_to_num(t))
    y[1, 2] = 4.2
    for row, value, found in zip(t, y, smooth_many(t, y, 0.03), strict=True):
        used = np.isfinite(row)
        alone = smooth(row[used], value[used], 0.03)
        assert found.level == pytest.approx(alone.level, abs=1e-12)
        assert found.level_var == pytest.approx(alone.level_var, abs=1e-12)
        assert found.end == pytest.approx(alone.end, abs=1e-12)


@pytest.mark.parametrize("hole", [[[0.0, np.nan, 2]], [[np.nan, 1, 2]]])
def test_a_hole_inside_a_series_is_an_error(hole: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="at the end"):
        smooth_many(hole, [[4.6, 4.6, 4.6]])


def test_what_was_known_on_a_day_is_not_touched_by_later_days() -> None:
    t, kg, _ = _series(33, 1)[0]
    assert filtered(t[:5], kg[:5]) == pytest.approx(filtered(t, kg)[:5], abs=1e-12)


def test_each_takes_the_batch_and_gives_the_same_estimates() -> None:
    loads = {"Ada": [80.0 + i % 3 for i in range(9)], "Bo": [60.0] * 3, "Cy": [70.0 + i for i in range(12)]}
    sets = pl.concat([weekly_sets(kg, athlete=who) for who, kg in loads.items()])
    together = each(strength_trend, sets, exercise="back_squat")
    alone = each(strength_trend.estimate, sets, exercise="back_squat")
    assert together == alone
    assert [e.status for e in together] == ["ok", "refused", "ok"]
    for one, other in zip(together, alone, strict=True):
        assert one.points is not None
        assert other.points is not None
        assert one.points.equals(other.points)
    assert [e.reason for e in each(strength_trend, sets, exercise=None)] == ["NO_LOAD"] * 3
    assert each(strength_trend, sets, exercise=None) == each(strength_trend.estimate, sets, exercise=None)


def test_many_stances_at_once_are_each_alone() -> None:
    rng = np.random.default_rng(34)
    before, after = np.exp(rng.normal(2.9, 0.45, (40, 4))), np.exp(rng.normal(3.3, 0.45, (40, 5)))
    before[::3, 3] = np.nan
    caps = np.where(np.arange(40) % 2, 45.0, 60.0)[:, None]
    before, after = np.minimum(before, caps), np.minimum(after, caps)
    together = stance_change(stance_time(before, caps), stance_time(after, caps))
    for i in range(40):
        alone = stance_change(stance_time(before[i], caps[i, 0]), stance_time(after[i], caps[i, 0]))
        assert together.mean[i] == pytest.approx(float(alone.mean), abs=1e-9)
        assert together.sd[i] == pytest.approx(float(alone.sd), abs=1e-9)
        assert together.quantile(0.025)[i] == pytest.approx(float(alone.quantile(0.025)), abs=1e-9)
        assert together.p_above(0.1)[i] == pytest.approx(float(alone.p_above(0.1)), abs=1e-9)
