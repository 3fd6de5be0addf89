"""Difference between the legs (methods D12): published number, coverage, a second opinion, invariance, refusals."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from analysis.stats.asymmetry import asymmetry, consistent, refusal

LEFT, RIGHT = [18.2, 17.6, 18.9], [16.1, 16.9, 16.4]


def test_the_handbook_example() -> None:
    found = asymmetry(LEFT, RIGHT, sd_log=0.05)
    got = [float(v) for v in (found.asym_pct, found.low, found.high, found.bishop_pct, found.df)]
    assert got == pytest.approx([-10.16893965, -18.04456981, -2.293309488, 9.668992061, 10], rel=1e-8)
    assert bool(found.beyond_noise)


def test_without_a_known_sd_it_is_the_two_sample_t_interval() -> None:
    found = asymmetry(LEFT, RIGHT)
    peer = stats.ttest_ind(np.log(RIGHT), np.log(LEFT)).confidence_interval(0.95)
    assert (float(found.low), float(found.high)) == pytest.approx((100 * peer.low, 100 * peer.high))
    assert float(found.df) == 4


@pytest.mark.parametrize(("sd_log", "most"), [(None, 0.96), (0.08, 0.99)])
def test_intervals_cover_the_truth(sd_log: float | None, most: float) -> None:
    """20,000 athletes, 3 trials a leg, one trial of some missing; true difference -6 %, trial SD 0.08."""
    rng = np.random.default_rng(7)
    left = np.exp(3 + 0.08 * rng.standard_normal((20_000, 3)))
    right = np.exp(3 - 0.06 + 0.08 * rng.standard_normal((20_000, 3)))
    left[:5000, 0] = np.nan
    found = asymmetry(left, right, sd_log=sd_log)
    inside = np.mean((found.low <= -6) & (found.high >= -6))
    assert 0.94 <= inside <= most
    assert np.mean(found.asym_pct) == pytest.approx(-6, abs=0.2)
    assert set(np.unique(found.df[:5000] - found.df[-1])) == {-1.0}


def test_equal_legs_are_beyond_noise_in_5_percent_and_consistent_in_few() -> None:
    rng = np.random.default_rng(8)
    trials = np.exp(0.08 * rng.standard_normal((2, 4000, 3, 3)))  # legs, athletes, sessions, trials
    found = asymmetry(*trials)
    assert np.mean(found.beyond_noise) == pytest.approx(0.05, abs=0.01)
    better = np.where(found.low > 0, "right", np.where(found.high < 0, "left", ""))
    pattern = [consistent(side or None for side in athlete) for athlete in better.tolist()]
    assert np.mean([side is not None for side in pattern]) < 0.01


def test_sides_signs_and_units() -> None:
    found, turned = asymmetry(LEFT, RIGHT, sd_log=0.05), asymmetry(RIGHT, LEFT, sd_log=0.05)
    assert float(found.asym_pct) == pytest.approx(-float(turned.asym_pct))
    assert (float(found.low), float(found.bishop_pct)) == pytest.approx((-float(turned.high), float(turned.bishop_pct)))
    timed = asymmetry(LEFT, RIGHT, sd_log=0.05, lower_is_better=True)
    assert (float(timed.asym_pct), float(timed.low)) == pytest.approx((-float(found.asym_pct), -float(found.high)))
    in_ms, mixed = (
        asymmetry(np.multiply(LEFT, 1000), np.multiply(RIGHT, 1000), sd_log=0.05),
        asymmetry(LEFT[::-1], RIGHT, sd_log=0.05),
    )
    for other in (in_ms, mixed):
        assert [float(other.low), float(other.high)] == pytest.approx([float(found.low), float(found.high)])


def test_the_form_without_a_side_is_max_minus_min() -> None:
    """Of the two legs' geometric means."""
    high, low = math.exp(np.log(LEFT).mean()), math.exp(np.log(RIGHT).mean())
    assert float(asymmetry(LEFT, RIGHT).bishop_pct) == pytest.approx(100 * (high - low) / high)


@pytest.mark.parametrize(
    ("left", "right", "sd_log", "reason"),
    [
        ([18.2], RIGHT, 0.05, "TOO_FEW_TRIALS"), (LEFT, [], 0.05, "TOO_FEW_TRIALS"),
        ([18.2, math.nan], RIGHT, 0.05, "TOO_FEW_TRIALS"),
        ([18.2, 0.0], RIGHT, 0.05, "BAD_INPUT"), (LEFT, [16.0, -1.0], 0.05, "BAD_INPUT"),
        (LEFT, [16.0, math.inf], 0.05, "BAD_INPUT"),
        (LEFT, RIGHT, 1e300, "BAD_INPUT"), (LEFT, RIGHT, 0.0, "BAD_INPUT"), (LEFT, RIGHT, math.nan, "BAD_INPUT"),
        ([18.0, 18.0], [16.0, 16.0], None, "SD_ZERO"),
    ],
)  # fmt: skip
def test_refusals_are_nan_in_the_batch(left: Any, right: Any, sd_log: float | None, reason: str) -> None:
    assert refusal(left, right, sd_log) == reason
    found = asymmetry(left, right, sd_log=sd_log)
    assert np.isnan([found.asym_pct, found.low, found.high]).all()
    assert not found.beyond_noise


def test_a_known_sd_saves_equal_trials() -> None:
    assert refusal([18.0, 18.0], [16.0, 16.0], 0.05) is None
    found = asymmetry([18.0, 18.0], [16.0, 16.0], sd_log=0.05)
    assert float(found.high - found.low) > 10


def test_consistent_needs_the_same_side_twice() -> None:
    assert consistent(["right", None, None, "right"]) == "right"
    for sides in ([], [None, None], ["left"], ["left", "right"], ["left", "left", "right"]):
        assert consistent(sides) is None
