"""Heart-rate variability of the week against the usual band (methods F3): never alone, and no side is the good one."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analysis.stats.hrv import ABOVE, BELOW, WITHIN, week, weeks

BASELINE: list[float | None] = [
    4.21, 4.30, 4.18, 4.25, 4.33, 4.27, 4.15, 4.29, 4.24, 4.31, 4.19, 4.22, 4.28, 4.26, 4.35, 4.20, 4.23, 4.27, 4.30,
    4.17, 4.25,
]  # fmt: skip
WEEK: list[float | None] = [4.18, None, 4.16, 4.20, None, 4.15, 4.19]


def test_the_handbooks_example() -> None:
    found = week(BASELINE, WEEK)
    assert (found.status, found.flag, found.n_week, found.n_baseline) == ("ok", BELOW, 5, 21)
    numbers = [found.lo, found.hi, found.week_mean, found.z_week]
    assert numbers == pytest.approx([4.222889117, 4.277110883, 4.176, -2.742622472])


def test_three_sides() -> None:
    # the same width on either side, and neither is called better
    assert [week(BASELINE, [v] * 3).flag for v in (4.20, 4.25, 4.30)] == [BELOW, WITHIN, ABOVE]


def test_refusals_have_their_codes() -> None:
    assert week(BASELINE, [4.2, 4.2, None, None]).reason == "TOO_FEW_VALUES_THIS_WEEK"
    assert week(BASELINE[:13], WEEK).reason == "BASELINE_TOO_SHORT"
    assert week([4.2] * 20, WEEK).reason == "SD_ZERO"
    assert week([*BASELINE, math.inf], WEEK).reason == "BAD_INPUT"
    assert week(BASELINE, [*WEEK[:-1], -math.inf]).reason == "BAD_INPUT"
    assert week(BASELINE, [*WEEK[:-1], 1e308]).reason == week([*BASELINE, 1e308], WEEK).reason == "BAD_INPUT"
    assert week(None, None).reason == week([], []).reason == "TOO_FEW_VALUES_THIS_WEEK"


def test_only_the_last_60_and_the_last_7_days_count() -> None:
    assert week([9.0] * 30 + [4.2, 4.3] * 30, [9.0] * 3 + [4.25] * 7).flag == WITHIN


def test_the_baseline_leaves_out_the_week_itself() -> None:
    found = weeks([4.2, 4.3] * 30 + [3.0] * 7)
    assert found.n_baseline[-1] == 60
    assert found.lo[-1] > 4.2


def test_the_days_in_one_go_say_what_single_weeks_do() -> None:
    x = np.random.default_rng(1).normal(4.2, 0.1, (2, 90))
    x[np.random.default_rng(2).random(x.shape) < 0.4] = np.nan
    found = weeks(x)
    for at in range(7, 90, 9):
        series = [None if math.isnan(v) else float(v) for v in x[1]]
        one = week(series[max(0, at - 66) : at - 6], series[at - 6 : at + 1])
        assert str(found.flag[1, at]) == (one.flag or "")
        assert found.z_week[1, at] == pytest.approx(np.nan if one.z_week is None else one.z_week, nan_ok=True)


def test_an_unknown_day_is_not_a_low_day() -> None:
    # trap 4
    x = np.array([4.2, 4.3] * 35)
    x[-3:] = np.nan
    assert weeks(x).flag[-1] == WITHIN
    x[-6:] = np.nan
    assert weeks(x).flag[-1] == ""
    assert not weeks(x).down[-1]


def test_a_real_fall_is_found_and_the_rule_is_stricter_than_the_band() -> None:
    rng = np.random.default_rng(3)
    fallen = rng.normal(0, 0.08, (500, 67))
    fallen[:, 60:] -= 0.10
    found = weeks(fallen)
    assert found.down[:, -1].mean() > 0.9
    below = found.flag[:, -1] == BELOW
    assert below[found.down[:, -1]].all()
    assert below.sum() >= found.down[:, -1].sum()


def test_without_a_change_the_z_rule_errs_as_often_as_it_says_on_independent_days() -> None:
    found = weeks(np.random.default_rng(4).normal(4.2, 0.08, (1500, 67)))
    assert found.down[:, -1].mean() == pytest.approx(0.05, abs=3 * math.sqrt(0.05 * 0.95 / 1500) + 0.005)


def test_the_unit_of_the_log_does_not_matter() -> None:
    # ms or s: a constant on the log scale
    one, other = (week([None if v is None else v + c for v in BASELINE], [None if v is None else v + c for v in WEEK])
                  for c in (0.0, math.log(1e-3)))  # fmt: skip
    assert one.flag == other.flag
    assert one.z_week == pytest.approx(other.z_week)
