"""Rolling load (methods 0.3, C11, C15): hand-computed numbers, gaps kept apart, traps of other tools, invariance."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.stats.load import rolling_sum
from analysis.stats.rolling import contrast, daily, group_quantiles, window_counts, windows

NAN = float("nan")


def season(seed: int = 3, athletes: int = 4, days: int = 60) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One or two sessions on most days, with their loads."""
    rng = np.random.default_rng(seed)
    count = rng.integers(0, 3, size=(athletes, days))
    who, day = np.nonzero(count)
    who, day = np.repeat(who, count[who, day]), np.repeat(day, count[count > 0])
    return who, day + 100, rng.integers(50, 400, size=who.size).astype(float)


def test_a_missing_session_and_a_missing_day_are_two_gaps() -> None:
    days = daily([0, 0, 0, 0], [1, 1, 2, 4], [100, NAN, 50, 80])
    np.testing.assert_array_equal(days.value, [[NAN, 50, NAN, 80]])
    assert days.entries.tolist() == [[2, 1, 0, 1]]
    assert days.missing_entries.tolist() == [[1, 0, 0, 0]]
    assert days.missing_day.tolist() == [[False, False, True, False]]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"missing_session": 0}, [100, 50, NAN, 80]),
        ({"missing_session": 40}, [140, 50, NAN, 80]),
        ({"skip_missing": True}, [100, 50, NAN, 80]),
        ({"missing_day": 0}, [NAN, 50, 0, 80]),
        ({"aggregate": "mean", "missing_session": 50}, [75, 50, NAN, 80]),
        ({"aggregate": "mean", "skip_missing": True}, [100, 50, NAN, 80]),
        ({"aggregate": "max", "missing_session": 120}, [120, 50, NAN, 80]),
        ({"aggregate": "min", "missing_session": 120}, [100, 50, NAN, 80]),
        ({"aggregate": "min"}, [NAN, 50, NAN, 80]),
    ],
)
def test_each_gap_has_its_own_policy(options: dict[str, Any], expected: list[float]) -> None:
    np.testing.assert_array_equal(daily([0, 0, 0, 0], [1, 1, 2, 4], [100, NAN, 50, 80], **options).value, [expected])


def test_a_day_of_unrated_sessions_only() -> None:
    assert daily([0], [1], [NAN], skip_missing=True).value.tolist() == [[0.0]]  # what R's sum(na.rm = TRUE) makes of it
    assert np.isnan(daily([0], [1], [NAN], skip_missing=True, aggregate="mean").value).all()
    assert np.isnan(daily([0], [1], [float("inf")]).value).all()


def test_windows_by_hand() -> None:
    days = daily([0] * 4, [1, 2, 3, 4], [10, 20, 60, 30])
    found = windows(days, 3)
    np.testing.assert_allclose(found.mean, [[NAN, NAN, 30, 110 / 3]])
    np.testing.assert_allclose(found.sd[0, 2:], [np.sqrt(700), np.std([20, 60, 30], ddof=1)])
    np.testing.assert_allclose(found.cv[0, 2], np.sqrt(700) / 30)
    partial = windows(days, 3, partial=True)
    np.testing.assert_allclose(partial.mean[0, :2], [10, 15])
    assert np.isnan(partial.sd[0, 0])
    assert partial.coverage.tolist() == [[1, 1, 1, 1]]


def test_a_window_of_known_days_is_the_scaled_sum_of_c11() -> None:
    load = [100, None, 100, 320, 100, 50, 100, None, 10, 20, 30, 40, 60]
    known = [(d, w) for d, w in enumerate(load) if w is not None]
    found = windows(daily([0] * len(known), *zip(*known, strict=True)), 7)
    for day in range(7, len(load) + 1):
        expected = rolling_sum(load[:day], 7).sum
        mean = float(found.mean[0, day - 1])
        assert (np.isnan(mean) and expected is None) or 7 * mean == pytest.approx(expected)
    assert found.coverage[0, 6] == pytest.approx(6 / 7)


def test_an_unknown_day_is_not_rest_and_rest_is_known() -> None:
    five_a_week = [d for d in range(28) if d % 7 < 5]
    loads = [100.0] * len(five_a_week)
    unknown = windows(daily([0] * 20, five_a_week, loads), 7)
    assert np.isnan(unknown.mean).all()
    np.testing.assert_allclose(unknown.coverage[0, 6:].min(), 5 / 7)
    rest = windows(daily([0] * 20, five_a_week, loads, missing_day=0), 7)
    np.testing.assert_allclose(rest.mean[0, 6:], 500 / 7)


def test_a_constant_week_has_the_ratio_one_to_itself() -> None:
    """With rows for days the last 7 sessions (100) stand over 28 days with rest (71.4): 1.40, where nothing changed."""
    training = [d for d in range(70) if d % 7 < 5]
    days = daily([0] * 50, training, [100.0] * 50, missing_day=0)
    found = contrast(windows(days, 7), windows(days, 28))
    np.testing.assert_allclose(found.ratio[0, 27:], 1.0)
    np.testing.assert_allclose(found.difference[0, 27:], 0.0, atol=1e-12)
    rows = windows(daily([0] * 50, range(50), [100.0] * 50), 7).mean[0, -1]
    assert rows / windows(days, 28).mean[0, -1] == pytest.approx(1.40)


def test_unrated_sessions_do_not_lower_the_load() -> None:
    """12 % of the ratings missing: as zeros they take 12 % off the chronic load, left unknown they take nothing."""
    rng = np.random.default_rng(11)
    who, day = np.repeat(np.arange(200), 42), np.tile(np.arange(42), 200)
    truth = rng.gamma(9, 40, size=who.size)
    told = np.where(rng.random(who.size) < 0.12, NAN, truth)
    level = windows(daily(who, day, truth), 42).mean[:, -1].mean()
    as_zero = windows(daily(who, day, told, skip_missing=True), 42).mean[:, -1]
    ours = windows(daily(who, day, told), 42).mean[:, -1]
    assert as_zero.mean() / level == pytest.approx(0.88, abs=0.01)
    assert np.nanmean(ours) / level == pytest.approx(1.0, abs=0.01)
    assert 0.01 < np.isnan(ours).mean() < 0.2  # the price: too many gaps give no number


def test_the_mean_of_known_days_is_covered_by_its_own_error() -> None:
    rng = np.random.default_rng(5)
    who, day = np.repeat(np.arange(2000), 28), np.tile(np.arange(28), 2000)
    told = np.where(rng.random(who.size) < 0.08, NAN, rng.normal(300, 60, size=who.size))
    found = windows(daily(who, day, told), 28)
    error = found.sd[:, -1] / np.sqrt(28 * found.coverage[:, -1])
    inside = np.abs(found.mean[:, -1] - 300) < 2.06 * error
    assert inside[~np.isnan(error)].mean() == pytest.approx(0.95, abs=0.02)


def test_polars_agrees() -> None:
    who, day, value = season()
    days = daily(who, day, value, missing_day=0)
    for i in range(4):
        series = pl.Series(days.value[i, days.inside[i]])
        found = windows(days, 9)
        np.testing.assert_allclose(found.mean[i, days.inside[i]], series.rolling_mean(9).cast(float).to_numpy())
        np.testing.assert_allclose(found.sd[i, days.inside[i]], series.rolling_std(9).cast(float).to_numpy())


def test_extension_is_marked_and_filled() -> None:
    who, day, value = [0, 0, 1], [1, 4, 2], [10, 40, 20]
    none = daily(who, day, value)
    assert none.inside.tolist() == [[True] * 4, [False, True, False, False]]
    assert not none.extended_day.any()
    both = daily(who, day, value, extend="both", extended_day=0)
    np.testing.assert_array_equal(both.value, [[10, NAN, NAN, 40], [0, 20, 0, 0]])
    assert both.extended_day.tolist() == [[False] * 4, [True, False, True, True]]
    assert both.missing_day[1].tolist() == [True, False, True, True]
    assert daily(who, day, value, extend="start").inside[1].tolist() == [True, True, False, False]
    assert daily(who, day, value, extend="end").inside[1].tolist() == [False, True, True, True]
    np.testing.assert_array_equal(window_counts(both, both.extended_day, 2)[1], [NAN, 1, 1, 2])


def test_groups() -> None:
    table = np.array([[1.0, NAN, 5], [2.0, NAN, NAN], [10.0, NAN, 7]])
    np.testing.assert_allclose(group_quantiles(table), [[1.5, NAN, 5.5], [2, NAN, 6], [6, NAN, 6.5]])
    assert np.isnan(group_quantiles(np.full((2, 3), NAN))).all()


def test_order_codes_and_units_do_not_matter() -> None:
    who, day, value = season()
    base = windows(daily(who, day, value, missing_day=0), 7)
    order = np.random.default_rng(0).permutation(who.size)
    shuffled = windows(daily(who[order], day[order], value[order], missing_day=0), 7)
    np.testing.assert_allclose(shuffled.sd, base.sd)
    renamed = windows(daily(3 - who, day + 1000, value * 2.2, missing_day=0), 7)
    np.testing.assert_allclose(renamed.mean[::-1], base.mean * 2.2)
    np.testing.assert_allclose(renamed.cv[::-1], base.cv)


def test_nothing_is_divided_by_zero() -> None:
    idle = daily([0] * 8, range(8), [0.0] * 8)
    found = contrast(windows(idle, 2), windows(idle, 4))
    assert np.isnan(windows(idle, 4).cv).all()
    assert np.isnan(found.ratio).all()
    assert np.isnan(found.effect).all()
    constant = windows(daily([0] * 8, range(8), [70.0] * 8), 4)
    assert constant.sd[0, -1] == 0


def test_little_or_no_data() -> None:
    empty = daily([], [], [])
    assert empty.value.shape == (0, 0)
    assert windows(empty, 7).mean.shape == (0, 0)
    one = daily([0], [5], [100.0])
    assert np.isnan(windows(one, 7).mean).all()
    assert windows(one, 7, partial=True).mean.tolist() == [[100.0]]


@pytest.mark.parametrize(("who", "day"), [([0.5], [1]), ([0], [1.5]), ([-1], [1]), ([0], [NAN])])
def test_codes_and_days_are_whole_numbers(who: list[float], day: list[float]) -> None:
    with pytest.raises(ValueError, match="codes"):
        daily(who, day, [1.0])


def test_a_window_has_a_day() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        windows(daily([0], [1], [1.0]), 0)


def test_a_series_that_is_extended_ends_with_the_person() -> None:
    # one person with two variables on days 1-3 and 2-5, another with one variable on day 4
    who, day = [0, 0, 1, 1, 2], [1, 3, 2, 5, 4]
    value = [10.0, 30.0, 2.0, 5.0, 7.0]
    alone = daily(who, day, value, extend="start")
    assert alone.inside.sum(axis=1).tolist() == [3, 5, 4]
    together = daily(who, day, value, extend="start", person=[0, 0, 1])
    assert together.inside.sum(axis=1).tolist() == [5, 5, 4]
    assert together.extended_day[0].tolist() == [False, False, False, True, True]
    assert daily(who, day, value, extend="end", person=[0, 0, 1]).inside.sum(axis=1).tolist() == [5, 5, 2]
    assert daily(who, day, value, person=[0, 0, 1]).inside.sum(axis=1).tolist() == [3, 4, 1]


def test_a_span_cuts_and_stretches_the_days() -> None:
    cut = daily([0, 0, 0], [1, 3, 6], [10.0, 30.0, 60.0], span=(2, 5), missing_day=0)
    assert cut.day.tolist() == [2, 3, 4, 5]
    assert cut.value.tolist() == [[0, 30, 0, 0]]
    assert cut.inside.all()
    wide = daily([0, 0], [3, 4], [10.0, 30.0], span=(2, 6), extend="both", extended_day=1)
    assert wide.value.tolist() == [[1, 10, 30, 1, 1]]
    assert wide.extended_day.tolist() == [[True, False, False, True, True]]
    assert daily([0, 0], [3, 4], [10.0, 30.0], span=(2, 6)).inside.tolist() == [[False, True, True, False, False]]
