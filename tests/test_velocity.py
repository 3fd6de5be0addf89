"""Bar speed (methods B6, B7, F6): numbers by hand, coverage with known truth, invariance, refusals."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from analysis.stats import velocity
from analysis.stats.velocity import own_slope, profile, profiles, same_load, velocity_loss
from analysis.units import LB_KG

LOADS = [40.0, 55.0, 70.0, 80.0, 90.0]
SPEEDS = [1.02, 0.83, 0.66, 0.52, 0.41]
N = 4000


def lifters(rng: np.random.Generator, shares: list[float], noise: float = 0.03) -> tuple[Any, Any, Any]:
    """Loads, best speeds and true 1RM of lifters whose own MVT scatters by 0.05 m/s about 0.24 (methods S5)."""
    one_rm = rng.normal(100, 15, N)
    mvt = np.clip(rng.normal(0.24, 0.05, N), 0.08, None)
    at_zero = rng.normal(1.5, 0.1, N)
    load = one_rm[:, None] * np.array(shares)
    speed = at_zero[:, None] + (mvt - at_zero)[:, None] * np.array(shares)
    return load, speed + rng.normal(0, noise, load.shape), one_rm


def covered(found: velocity.Profile, truth: Any) -> tuple[float, float]:
    """Share of the intervals that hold the truth, and share of the lifters that were refused."""
    usable = found.status != "refused"
    inside = (found.low_kg <= truth) & (truth <= found.high_kg)
    return float(inside[usable].mean()), float(1 - usable.mean())


def test_the_line_by_hand() -> None:
    found = profile([0, 50, 100, 110], [1.5, 1.0, 0.5, 0.4], 0.3)
    assert (found.slope, found.intercept, found.e1rm_kg) == pytest.approx((-0.01, 1.5, 120))
    assert found.s == pytest.approx(math.sqrt(6 * 0.03**2 / 8)), "no scatter of its own: the pooled one shrinks"
    line = found.s / 0.01 * math.sqrt(1 / 4 + (120 - 65) ** 2 / (65**2 + 15**2 + 35**2 + 45**2))
    assert found.se_line_only_kg == pytest.approx(line)
    assert found.se_kg == pytest.approx(math.hypot(line, 0.05 / 0.01))


def test_intervals_hold_the_truth_and_the_line_alone_claims_too_much() -> None:
    load, speed, truth = lifters(np.random.default_rng(5), [0.45, 0.6, 0.7, 0.8, 0.9])
    coverage, refused = covered(profiles(load, speed, 0.24), truth)
    assert 0.94 <= coverage <= 0.99
    assert refused < 0.05
    assert covered(profiles(load, speed, 0.24, 0.0), truth)[0] < 0.85, "without the uncertainty of the MVT"
    assert abs(np.nanmean(profiles(load, speed, 0.24).e1rm_kg - truth)) < 1.5


def test_light_loads_are_mostly_refused() -> None:
    load, speed, _ = lifters(np.random.default_rng(6), [0.3, 0.45, 0.6])
    found = profiles(load, speed, 0.24)
    assert (found.status == "refused").mean() > 0.7
    assert (found.reason == "EXTRAPOLATION_TOO_FAR").mean() > 0.7


def test_more_of_the_same_points_never_widens_the_interval() -> None:
    one, two = profile(LOADS, SPEEDS, 0.24), profile(LOADS * 2, SPEEDS * 2, 0.24)
    assert two.se_line_only_kg < one.se_line_only_kg
    assert two.high_kg - two.low_kg < one.high_kg - one.low_kg
    assert two.n == 5, "different loads, not sets"


def test_order_and_unit_do_not_matter() -> None:
    kg = profile(LOADS, SPEEDS, 0.24)
    assert profile(LOADS[::-1], SPEEDS[::-1], 0.24).e1rm_kg == pytest.approx(kg.e1rm_kg, rel=1e-12)
    pounds = profile([load / LB_KG for load in LOADS], SPEEDS, 0.24)
    assert pounds.low_kg * LB_KG == pytest.approx(kg.low_kg, rel=1e-12)
    many = profiles([LOADS, [*LOADS[:4], math.nan]], [SPEEDS, SPEEDS], [0.24, 0.3])
    assert many.high_kg[0] == pytest.approx(kg.high_kg, rel=1e-12), "a batch gives the same as one by one"
    assert many.e1rm_kg[1] == pytest.approx(profile(LOADS[:4], SPEEDS[:4], 0.3).e1rm_kg, rel=1e-12)


@pytest.mark.parametrize(
    ("load", "speed", "mvt", "reason"),
    [
        ([], [], 0.24, "BAD_INPUT"),
        (LOADS, SPEEDS[:4], 0.24, "BAD_INPUT"),
        (LOADS, SPEEDS, None, "BAD_INPUT"),
        (LOADS, SPEEDS, 0.0, "BAD_INPUT"),
        (LOADS, SPEEDS, 2.0, "BAD_INPUT"),
        ([*LOADS[:4], math.inf], SPEEDS, 0.24, "BAD_INPUT"),
        ([*LOADS[:4], -90.0], SPEEDS, 0.24, "BAD_INPUT"),
        (LOADS, [*SPEEDS[:4], 0.0], 0.24, "BAD_INPUT"),
        (LOADS, [1e300, *SPEEDS[1:]], 0.24, "BAD_INPUT"),
        ([None, None, None], [1.0, 0.8, 0.6], 0.24, "BAD_INPUT"),
        ([60.0, 80.0], [0.8, 0.5], 0.24, "TOO_FEW_LOADS"),
        ([60.0, 60.0, 80.0, 80.0], [0.8, 0.79, 0.5, 0.51], 0.24, "TOO_FEW_LOADS"),
        ([60.0, None, 80.0, 90.0], [0.8, 0.7, None, 0.5], 0.24, "TOO_FEW_LOADS"),
        (LOADS, SPEEDS[::-1], 0.24, "SLOPE_NOT_NEGATIVE"),
        (LOADS, [0.7] * 5, 0.24, "SLOPE_NOT_NEGATIVE"),
        (LOADS, [1.0, 0.5, 0.9, 0.6, 0.4], 0.24, "R2_TOO_LOW"),
        ([40.0, 50.0, 60.0], [1.0, 0.88, 0.75], 0.24, "EXTRAPOLATION_TOO_FAR"),
    ],
)
def test_refusals_of_a_profile(load: Any, speed: Any, mvt: float | None, reason: str) -> None:
    found = profile(load, speed, mvt)
    assert (found.status, found.reason, found.e1rm_kg, found.low_kg) == ("refused", reason, None, None)


@pytest.mark.parametrize(
    ("load", "speed", "mvt", "reason"),
    [
        ([60.0, 80.0, 100.0], [0.8, 0.6, 0.4], 0.24, "TOO_FEW_LOADS"),
        ([50.0, 70.0, 80.0, 100.0], [0.9, 0.84, 0.62, 0.5], 0.4, "R2_TOO_LOW"),
        ([70.0, 80.0, 90.0, 100.0], [1.05, 0.9, 0.75, 0.6], 0.20, "EXTRAPOLATION_TOO_FAR"),
    ],
)
def test_cautions_of_a_profile(load: Any, speed: Any, mvt: float, reason: str) -> None:
    found = profile(load, speed, mvt)
    assert (found.status, found.reason) == ("caution", reason)
    assert found.low_kg < found.e1rm_kg < found.high_kg


def test_edges_of_the_rules_are_inside() -> None:
    at_the_edge = profile([40.0, 60.0, 75.0], [0.85, 0.65, 0.5], 0.25)
    assert at_the_edge.extrapolation_ratio == pytest.approx(4 / 3)
    assert at_the_edge.status == "caution", "exactly 75 % of the result is not refused"
    ninety = profile([60, 70, 80, 90], [0.96, 0.73, 0.73, 0.5], 0.3)
    assert (ninety.status, ninety.reason) == ("caution", "R2_TOO_LOW"), "an R2 of exactly 0.90 is not refused"
    assert ninety.r2 == pytest.approx(0.9, rel=1e-12)


def test_same_load_by_hand_and_adjusted() -> None:
    found = same_load(0.50, 0.56, n1=4, n2=4, slope=-0.012)
    assert (found.dv, found.se) == pytest.approx((0.06, 0.04 / math.sqrt(2)))
    assert found.e1rm_equiv_kg == pytest.approx(5)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0 < found.high
    heavier = same_load(0.50, 0.50, load1=80, load2=84, slope=-0.012)
    assert (heavier.dv, heavier.adjusted_by) == pytest.approx((0.048, -0.048))
    assert same_load(0.50, 0.50, load1=80, load2=82, slope=-0.012).dv == pytest.approx(0.0), "2.5 % apart: the same"


def test_the_interval_of_a_change_holds_the_truth() -> None:
    rng = np.random.default_rng(7)
    spread = rng.normal(0, 0.04, (2, N)) / math.sqrt(3)
    found = [same_load(0.5 + a, 0.55 + b, n1=3, n2=3) for a, b in spread.T]
    inside = [f.low <= 0.05 <= f.high for f in found if f.low is not None and f.high is not None]
    assert 0.95 <= np.mean(inside) <= 0.995, "t with 6 df is wider than a known error needs"
    better = [same_load(0.5 + a, 0.5 + b, n1=3, n2=3).p_pos or 0 for a, b in spread.T]
    assert np.mean(np.array(better) >= 0.95) <= 0.055


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"v1": None, "v2": 0.5}, "BAD_INPUT"),
        ({"v1": 0.0, "v2": 0.5}, "BAD_INPUT"),
        ({"v1": 0.5, "v2": math.inf}, "BAD_INPUT"),
        ({"v1": 0.5, "v2": 0.5, "n1": 0}, "BAD_INPUT"),
        ({"v1": 0.5, "v2": 0.5, "te": 0.0}, "BAD_INPUT"),
        ({"v1": 0.5, "v2": 0.5, "swc": -0.01}, "BAD_INPUT"),
        ({"v1": 0.5, "v2": 0.5, "load1": -80, "load2": 80}, "BAD_INPUT"),
        ({"v1": 0.5, "v2": 0.5, "load1": 80, "load2": 89, "slope": -0.01}, "LOAD_NOT_MATCHED"),
        ({"v1": 0.5, "v2": 0.5, "load1": 80, "load2": 84}, "LOAD_NOT_MATCHED"),
        ({"v1": 0.5, "v2": 0.5, "load1": 80, "load2": 84, "slope": 0.01}, "SLOPE_NOT_NEGATIVE"),
    ],
)
def test_refusals_of_a_change(given: dict[str, Any], reason: str) -> None:
    found = same_load(given.pop("v1"), given.pop("v2"), **given)
    assert (found.status, found.reason, found.dv, found.p_pos) == ("refused", reason, None, None)


def test_a_rising_line_gives_no_equivalent() -> None:
    found = same_load(0.5, 0.55, slope=0.01)
    assert (found.status, found.reason, found.e1rm_equiv_kg) == ("caution", "SLOPE_NOT_NEGATIVE", None)
    assert found.dv == pytest.approx(0.05)


def test_own_slope_needs_a_line() -> None:
    assert own_slope(LOADS, SPEEDS) == pytest.approx(profile(LOADS, SPEEDS, 0.24).slope)
    assert own_slope([60, 80], [0.8, 0.5]) is None
    assert own_slope(LOADS, SPEEDS[::-1]) is None
    assert own_slope(LOADS, [1.0, 0.5, 0.9, 0.6, 0.4]) is None


def test_velocity_loss() -> None:
    found = velocity_loss([0.50, 0.60, 0.57, 0.54])
    assert (found.best, found.vl_pct, found.high) == pytest.approx((0.60, 10.0, False))
    assert found.se_pct == pytest.approx(100 * math.sqrt(2) * 0.04 / 0.60)
    assert velocity_loss([0.6, None, 0.5, 0.45]).high, "25 %: more than a power phase wants"
    assert velocity_loss([0.6, 0.5]).reason == "TOO_FEW_REPS"
    assert velocity_loss([]).reason == "TOO_FEW_REPS"
    assert velocity_loss([0.6, 0.5, 0.5, None]).reason == "BAD_INPUT", "the last repetition was not seen"
    assert velocity_loss([0.6, 0.5, math.inf]).reason == "BAD_INPUT"
    assert velocity_loss([0.6, 0.0, 0.5]).reason == "BAD_INPUT"
