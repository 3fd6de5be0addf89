"""Force, speed and power of jumps (methods D3-D5): published numbers, recovery and coverage, closed forms, refusals."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar

from analysis.stats import jump_force, jump_optimum
from analysis.stats.jump import from_flight_time, power_equations
from analysis.stats.jump_force import fit_line, profile, push_off, refusal
from analysis.units import G_MPS2

HEIGHTS, LOADS = [0.345, 0.285, 0.235, 0.19, 0.15], [0, 10, 20, 30, 40]
BODY: dict[str, Any] = {"body_mass_kg": 62, "push_off_m": 0.36}


def test_the_handbook_examples_of_power_equations() -> None:
    found = power_equations(33, 62)
    got = (found.sayers_peak_w, found.harman_peak_w, found.harman_mean_w)
    assert got == pytest.approx((2756.7, 6096.7, 732.6))
    assert power_equations(24, 62, 20).reason == "EQUATION_NOT_FOR_LOADED_JUMP"
    assert power_equations(33, 62, 0).status == "ok"


@pytest.mark.parametrize(
    ("height", "mass"), [(None, 62), (33, None), (0, 62), (33, -1), (math.nan, 62), (33, math.inf)]
)
def test_power_equations_refuse_what_is_impossible(height: Any, mass: Any) -> None:
    assert power_equations(height, mass).reason == "BAD_INPUT"
    assert power_equations(33, 62, math.nan).reason == power_equations(33, 62, -5).reason == "BAD_INPUT"


def test_the_handbook_examples_of_one_push_off() -> None:
    free, loaded = push_off(0.33, 0.36, 62), push_off(0.22, 0.36, 62, 20)
    got = [free.force_n, free.velocity_mps, free.power_w, free.power_w_kg, free.cv_power, loaded.power_w]
    expected = [1165.356908, 1.272044516, 1482.385864, 23.90944942, 0.04891304348, 1345.602239]
    assert [float(v) for v in got] == pytest.approx(expected, rel=1e-8)


def test_the_cv_of_the_power_is_that_of_simulated_heights() -> None:
    heights = 0.33 * np.exp(0.05 * np.random.default_rng(1).standard_normal(40_000))
    power = push_off(heights, 0.36, 62).power_w
    assert power.std() / power.mean() == pytest.approx(float(push_off(0.33, 0.36, 62).cv_power), rel=0.02)


def test_the_handbook_example_of_a_profile() -> None:
    found = profile(HEIGHTS, LOADS, **BODY)
    got = (found.f0_n_kg, found.v0_mps, found.sfv, found.pmax_w_kg, found.r2)
    assert got == pytest.approx((30.14786108, 3.63552648, -8.292570897, 27.40083682, 0.98762633), rel=1e-8)
    assert (found.status, found.n) == ("ok", 5)


def test_the_profile_does_not_depend_on_order_or_missing_heights() -> None:
    order = [3, 0, 4, 1, 2]
    turned = profile([HEIGHTS[i] for i in order], [LOADS[i] for i in order], **BODY)
    more = profile([*HEIGHTS, math.nan], [*LOADS, 50], **BODY)
    for other in (turned, more):
        assert other.f0_n_kg == pytest.approx(profile(HEIGHTS, LOADS, **BODY).f0_n_kg, rel=1e-12)
    assert turned.intervals == profile(HEIGHTS, LOADS, **BODY).intervals, "the draws belong to loads, not to rows"


def test_a_line_of_numpy_agrees() -> None:
    rng = np.random.default_rng(5)
    x, y, w = rng.random(8), rng.random(8), rng.random(8)
    slope, intercept = np.polyfit(x, y, 1, w=np.sqrt(w))
    line = fit_line(x, y, w)
    assert (float(line.slope), float(line.intercept)) == pytest.approx((slope, intercept))
    assert float(line.x_at(line.at(0.3))) == pytest.approx(0.3)
    assert float(fit_line(x, y).r2) == pytest.approx(np.corrcoef(x, y)[0, 1] ** 2)


def jump_height(f0: float, v0: float, external: float, mass: float = 62, distance: float = 0.36) -> float:
    """The height at which a jumper of this profile leaves the ground, by root finding."""

    def surplus(height: float) -> float:
        push = push_off(height, distance, mass, external)
        return float(push.force_n) / mass - f0 * (1 - float(push.velocity_mps) / v0)

    return float(brentq(surplus, 1e-6, 2.0))


def test_a_simulated_jumper_is_recovered_and_covered() -> None:
    truth = {"f0_n_kg": 31.0, "v0_mps": 3.2, "sfv": -31 / 3.2, "pmax_w_kg": 31 * 3.2 / 4}
    heights = np.array([jump_height(31, 3.2, kg) for kg in LOADS])
    exact = profile(heights, LOADS, **BODY)
    assert [getattr(exact, name) for name in truth] == pytest.approx(list(truth.values()), rel=1e-6)
    rng, n = np.random.default_rng(1), 700
    tests = [profile(heights * np.exp(0.05 * rng.standard_normal(5)), LOADS, **BODY, seed=i) for i in range(n)]
    for name, value in truth.items():
        inside = np.mean([low <= value <= high for low, high in (test.interval(name) for test in tests)])
        assert 0.92 <= inside <= 0.99, name
    assert np.median([test.pmax_w_kg for test in tests]) == pytest.approx(truth["pmax_w_kg"], rel=0.03)


def test_more_noise_widens_and_an_open_end_is_infinite() -> None:
    def width(cv: float) -> float:
        low, high = profile(HEIGHTS, LOADS, **BODY, cv_height=cv).interval("f0_n_kg")
        return high - low

    assert 0 == width(0.0) < width(0.02) < width(0.08)
    wild = profile([0.30, 0.29, 0.285], [0, 1, 2], **BODY, cv_height=0.2)
    assert wild.interval("v0_mps")[1] == math.inf
    assert not any(math.isnan(v) for _, *ends in wild.intervals for v in ends)


@pytest.mark.parametrize(
    ("heights", "loads", "body", "reason"),
    [
        (HEIGHTS, LOADS, {"push_off_m": None}, "PUSHOFF_DISTANCE"),
        (HEIGHTS, LOADS, {"push_off_m": 0.61}, "PUSHOFF_DISTANCE"),
        (HEIGHTS, LOADS, {"push_off_m": 0.149}, "PUSHOFF_DISTANCE"),
        (HEIGHTS, LOADS, {"push_off_m": math.nan}, "PUSHOFF_DISTANCE"),
        (HEIGHTS, LOADS, {"body_mass_kg": None}, "BAD_INPUT"), (HEIGHTS, LOADS, {"body_mass_kg": 0}, "BAD_INPUT"),
        (HEIGHTS, LOADS, {"cv_height": -0.1}, "BAD_INPUT"), (HEIGHTS, LOADS[:4], {}, "BAD_INPUT"),
        ([0.3, 0.2, 0.0], [0, 20, 40], {}, "BAD_INPUT"), ([0.3, 0.2, math.inf], [0, 20, 40], {}, "BAD_INPUT"),
        ([1e300, 0.2, 0.1], [0, 20, 40], {}, "BAD_INPUT"),
        ([0.3, 0.2, 0.1], [0, 20, -40], {}, "BAD_INPUT"), (HEIGHTS[:2], LOADS[:2], {}, "TOO_FEW_LOADS"),
        ([], [], {}, "TOO_FEW_LOADS"),
        ([0.3, 0.31, 0.2], [0, 0, 20], {}, "TOO_FEW_LOADS"), ([0.2, 0.25, 0.3], [0, 20, 40], {}, "SLOPE_NOT_NEGATIVE"),
        ([0.2, 0.2, 0.2], [0, 20, 40], {}, "SLOPE_NOT_NEGATIVE"),
    ],
)  # fmt: skip
def test_profiles_that_are_refused(heights: Any, loads: Any, body: Any, reason: str) -> None:
    found = profile(heights, loads, **(BODY | body))
    assert (found.status, found.reason, found.pmax_w_kg) == ("refused", reason, None)


def test_three_loads_and_a_crooked_line_are_a_caution() -> None:
    three, crooked = profile(HEIGHTS[:3], LOADS[:3], **BODY), profile([0.34, 0.24, 0.25, 0.16], LOADS[:4], **BODY)
    assert (three.status, three.reason) == ("caution", "TOO_FEW_LOADS")
    assert (crooked.status, crooked.reason) == ("caution", "R2_TOO_LOW")
    assert refusal(0.33, 0.36, 62, math.nan) == "BAD_INPUT"


@pytest.mark.parametrize("power", [12.0, 25.0, 38.0])
@pytest.mark.parametrize("angle", [90.0, 30.0])
def test_the_optimal_slope_is_that_of_direct_maximisation(power: float, angle: float) -> None:
    def lost(slope: float) -> float:
        f0, v0 = 2 * math.sqrt(power * slope), 2 * math.sqrt(power / slope)
        return -float(jump_optimum.takeoff_speed(f0, v0, 0.36, angle_deg=angle))

    best = minimize_scalar(lost, bounds=(5, 40), method="bounded", options={"xatol": 1e-10})
    assert float(jump_optimum.optimal_slope(power, 0.36, angle_deg=angle)) == pytest.approx(-best.x, rel=1e-5)


def test_the_takeoff_speed_closes_the_circle_of_height_and_profile() -> None:
    """Mean force over the push-off gives the kinetic energy of the take-off: the model's height is the root's."""
    height = jump_height(31, 3.2, 0)
    assert float(jump_optimum.optimum(31, 3.2, 0.36).height_m) == pytest.approx(height, rel=1e-9)


def test_the_two_conventions_of_imbalance() -> None:
    """Of published profiles (Jimenez-Reyes 2017, subject 4): slope / optimum is 41.9 %, 58.1 % from 100."""
    found = jump_optimum.optimum(28.35, 4.02, 0.280182701920774, g_mps2=9.81)
    assert (float(found.share_pct), float(found.imbalance_pct)) == pytest.approx((41.91, 58.09), abs=0.05)


def test_impossible_profiles_have_no_takeoff() -> None:
    assert np.isnan(jump_optimum.takeoff_speed(9.0, 3.0, 0.36))  # less force than body weight
    assert np.isnan(jump_optimum.takeoff_speed([0, -1, np.inf], 3.0, 0.36)).all()
    assert np.isnan(jump_optimum.optimal_slope([0, -5, np.nan], 0.36)).all()
    assert np.isnan(jump_optimum.load_line(0, 3, 75).takeoff_mps)


def test_the_load_line_is_highest_at_twice_the_body_mass() -> None:
    found = jump_optimum.load_line(265.1471, 3.471573, 75, g_mps2=9.81)
    got = [found.optimal_load_kg, found.optimal_takeoff_mps, found.share_pct, found.probe_pct]
    assert [float(v) for v in got] == pytest.approx([150, 3.068258377961, 312.457709504044, 278.882413333334])
    around = [jump_optimum.load_line(load, 265.1471 * 3.471573 / load, 75).takeoff_mps for load in (140, 150, 160)]
    assert around[1] > max(around[0], around[2])


def test_other_tools_take_a_rounder_gravity() -> None:
    """On purpose: ours is standard gravity (9.80665); vjsim, shorts and the spreadsheets take 9.81: 0.03 % more."""
    ours, theirs = from_flight_time(0.5).height_m, from_flight_time(0.5, g_mps2=9.81).height_m
    assert float(theirs / ours) == pytest.approx(9.81 / G_MPS2, rel=1e-12)
    assert float(theirs) == pytest.approx(0.3065625)


def test_a_published_power_is_wider_than_its_printed_decimals() -> None:
    """On purpose: the printed Pmax of subject 6 (38.00) is not the product of the printed F0 and V0 (38.03)."""
    found = jump_optimum.optimum(30.92, 4.92, 0.280473023477117, g_mps2=9.81)
    assert float(found.pmax_w_kg) == pytest.approx(30.92 * 4.92 / 4)
    assert 0.02 < float(found.pmax_w_kg) - 38.0 < 0.02 + 0.005 * (30.92 + 4.92) / 4


def test_the_bootstrap_can_be_asked_for_other_sizes() -> None:
    small, large = (profile(HEIGHTS, LOADS, **BODY, draws=n).interval("pmax_w_kg") for n in (500, 8000))
    assert small == pytest.approx(large, rel=0.1)
    assert profile(HEIGHTS, LOADS, **BODY, draws=0).reason == "BAD_INPUT"
    assert jump_force.DRAWS >= 2000
