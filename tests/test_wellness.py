"""Robust z of answers against the athlete's own four weeks (methods F2), and how often it flags without a reason."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.stats.wellness import daily_z, domain_score, down, false_flags, floor_of, robust_z
from wellness_for_tests import answers

HISTORY: list[float | None] = [4, 4, 3, 4, 5, 4, 4, 3, 4, 4, 5, 4, 4, 3, 4, 4, 4, 5, 3, 4]
FLOORS = np.full(4, 0.5)


def test_the_handbooks_example_and_a_hand_computed_one() -> None:
    found = robust_z(HISTORY, 2, 0.5)
    assert (found.status, found.median, found.scale, found.z, found.n) == ("ok", 4.0, 0.5, -4.0, 20)
    wide = robust_z([2, 4, 6, 8] * 4, 3, 1.0)  # median 5, absolute deviations 1 and 3: MAD 2
    assert wide.median == 5.0
    assert wide.scale == pytest.approx(2.9652)
    assert wide.z == pytest.approx(-2 / 2.9652)


def test_higher_is_worse_turns_the_sign() -> None:
    assert robust_z(HISTORY, 2, 0.5, higher_worse=True).z == 4.0


def test_refusals_have_their_codes() -> None:
    assert robust_z(HISTORY[:13], 4).reason == "BASELINE_TOO_SHORT"
    assert robust_z([*HISTORY[:13], None, None], 4).reason == "BASELINE_TOO_SHORT"
    assert robust_z([4.0] * 20, 2, 0.0).reason == "SCALE_ZERO"
    for today, floor in ((None, 0.5), (math.inf, 0.5), (1e308, 0.5), (math.nan, 0.5), (2, -1.0), (2, math.nan)):
        assert robust_z(HISTORY, today, floor).reason == "BAD_INPUT"
    assert robust_z([*HISTORY, math.inf], 2).reason == "BAD_INPUT"
    assert robust_z(None, 2).reason == robust_z([], 2).reason == "BASELINE_TOO_SHORT"


def test_only_the_last_28_days_count_and_today_is_not_among_them() -> None:
    assert robust_z([1.0] * 30 + [4.0] * 28, 4).median == 4.0
    z = daily_z([4.0] * 28 + [1.0, 4.0])
    assert z[-2] == -6.0  # today's 1 does not draw its own median
    assert z[-1] == 0.0


def test_the_days_in_one_go_say_what_single_days_do() -> None:
    x = answers(np.random.default_rng(1), (60,))
    x[np.random.default_rng(2).random(60) < 0.3] = np.nan
    given_days: list[float | None] = [None if math.isnan(v) else float(v) for v in x]
    single = [robust_z(given_days[:day], given_days[day]).z if day else None for day in range(60)]
    assert [None if math.isnan(z) else z for z in daily_z(x)] == single


def test_an_unknown_day_is_no_bad_day() -> None:
    # trap 4: missing is not zero
    full = daily_z([4.0] * 40)
    gaps = daily_z([4.0, np.nan] * 20)
    assert np.nanmin(gaps) == np.nanmin(full) == 0.0
    assert np.isnan(gaps[1::2]).all()


@pytest.mark.parametrize(("low", "high", "floor"), [(1, 5, 0.5), (1, 7, 0.5), (0, 10, 1.0), (1, 10, 1.0), (0, 100, 10)])
def test_the_floor_follows_the_scale(low: float, high: float, floor: float) -> None:
    assert floor_of(low, high) == floor


def test_a_range_that_is_none_has_no_floor() -> None:
    assert all(math.isnan(floor_of(*ends)) for ends in ((5, 1), (1, 1), (0, math.inf)))


def test_a_domain_needs_two_items() -> None:
    score = domain_score([[-2.0, -2.0, np.nan], [-1.0, np.nan, np.nan], [0.5, np.nan, np.nan]])
    assert score[0] == -1.0
    assert np.isnan(score[1:]).all()
    assert down([-1.5, -1.49, np.nan]).tolist() == [True, False, False]


@given(st.integers(2, 9), st.integers(-20, 20))
def test_the_unit_of_the_scale_changes_nothing(factor: int, shift: int) -> None:
    history = [None if v is None else factor * v + shift for v in HISTORY]
    assert robust_z(history, factor * 2 + shift, 0.5 * factor).z == pytest.approx(-4.0)


def test_the_expected_number_of_false_flags_is_what_unchanged_athletes_show() -> None:
    rng = np.random.default_rng(4)
    common = rng.normal(0, 0.7, (40, 1, 98))
    items = np.clip(np.round(4 + common + rng.normal(0, 0.7, (40, 4, 98))), 1, 7)
    flagged = down(domain_score(daily_z(items, np.full((40, 4), 0.5))))[:, 56:].sum(axis=1)
    expected = [false_flags(x, FLOORS, slice(56, None), slice(0, 56), seed=1, n=40) for x in items]
    means = np.array([found.mean for found in expected if found is not None])
    difference = flagged - means
    assert flagged.mean() > 0.3
    assert abs(difference.mean()) < 3 * difference.std() / np.sqrt(40)
    inside = [f is not None and f.low <= k <= f.high for f, k in zip(expected, flagged, strict=True)]
    assert np.mean(inside) > 0.85


def test_the_expected_number_is_the_same_every_time_and_grows_with_the_spread() -> None:
    x = answers(np.random.default_rng(5), (4, 98))
    one, again = (false_flags(x, FLOORS, slice(56, None), slice(0, 56), seed=1) for _ in range(2))
    assert one == again
    steady = x.copy()
    steady[:, :] = 4.0
    none = false_flags(steady, FLOORS, slice(56, None), slice(0, 56), seed=1)
    assert none is not None
    assert (none.mean, none.judged) == (0.0, 42.0)
    assert false_flags(np.full((4, 98), np.nan), FLOORS, slice(56, None), slice(0, 56), seed=1) is None
