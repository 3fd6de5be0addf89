"""Sleep of a week against the need (methods F4): hand-computed numbers, unknown nights, limits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.stats.sleep import nightly, own_need_h, sleep

NIGHTS: list[float | None] = [7.2, 6.5, None, 6.8, 7.0, 6.1, 7.4]


def test_the_handbooks_example() -> None:
    found = sleep(NIGHTS, 8.0)
    assert (found.status, found.nights, found.flag) == ("ok", 6, True)
    assert found.mean_h == pytest.approx(6.833333333)
    assert found.debt_h_per_week == pytest.approx(8.166666667)


def test_a_long_night_does_not_pay_back() -> None:
    assert sleep([6.0, 10.0] * 3 + [8.0]).debt_h_per_week == pytest.approx(6.0)


def test_either_limit_marks() -> None:
    assert sleep([7.3] * 7).flag is False  # 4.9 h missing
    assert sleep([7.2] * 7).flag is True  # 5.6 h missing
    assert sleep([6.9] * 7, 7.0).flag is True  # nothing much is missing, but below 7 h
    assert sleep([7.0] * 7, 7.5).flag is False  # exactly 7 h is not below


def test_unknown_nights_are_not_nights_without_sleep() -> None:
    # trap 4
    assert sleep([8.0] * 5 + [None, None]).debt_h_per_week == 0.0
    assert sleep([8.0] * 4 + [None] * 3).reason == "TOO_FEW_NIGHTS"
    assert sleep(None).reason == sleep([]).reason == "TOO_FEW_NIGHTS"


def test_impossible_input_is_refused() -> None:
    for hours, need in (([25.0] * 7, 8.0), ([-1.0] * 7, 8.0), ([math.inf] * 7, 8.0), ([8.0] * 7, 0.0),
                        ([8.0] * 7, math.nan), ([8.0] * 7, 30.0)):  # fmt: skip
        assert sleep(hours, need).reason == "BAD_INPUT"


def test_only_the_last_seven_nights_count() -> None:
    assert sleep([1.0] * 20 + [8.0] * 7).mean_h == 8.0


def test_the_days_in_one_go_say_what_single_weeks_do() -> None:
    rng = np.random.default_rng(1)
    hours = rng.normal(7.2, 1.0, 60)
    hours[rng.random(60) < 0.25] = np.nan
    given_hours = [None if math.isnan(h) else float(h) for h in hours]
    found = nightly(hours, 7.7)
    for day in range(7, 60, 5):
        one = sleep(given_hours[day - 6 : day + 1], 7.7)
        assert found.mean_h[day] == pytest.approx(np.nan if one.mean_h is None else one.mean_h, nan_ok=True)
        assert bool(found.down[day]) is bool(one.flag)


def test_many_athletes_with_needs_of_their_own() -> None:
    found = nightly(np.full((2, 7), 7.5), [8.0, 7.0])
    assert found.debt_h_per_week[:, -1].tolist() == [3.5, 0.0]
    assert nightly([30.0] * 7).nights[-1] == 0


def test_the_own_need_is_the_median_of_enough_nights() -> None:
    assert own_need_h([8.0, 8.5, 9.0, 8.2, 8.4, 8.6, 8.3]) == 8.4
    assert own_need_h([8.0] * 6) is None
    assert own_need_h([*[8.0] * 6, 0.0, math.nan]) is None


@given(st.lists(st.floats(4, 11), min_size=7, max_size=7), st.permutations(range(7)))
def test_the_order_of_the_nights_does_not_matter(hours: list[float], order: list[int]) -> None:
    one, other = sleep(hours), sleep([hours[i] for i in order])
    assert one.mean_h == pytest.approx(other.mean_h)
    assert one.debt_h_per_week == pytest.approx(other.debt_h_per_week)
