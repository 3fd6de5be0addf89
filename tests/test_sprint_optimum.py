"""Marks and optimal profiles of a sprint: closed forms beside brute force, limits, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar

from analysis.stats import _kinematics as kinematics
from analysis.stats import sprint_force, sprint_optimum
from analysis.stats._runner import peak_power
from analysis.stats.sprint_force import Runner

V, TAU = 8.5, 1.3
WINDY = Runner(70.0, 1.78, wind_mps=2.0, temperature_c=25.0)
SLED = Runner(inertia_kg=10.0, resistance_n=50.0)
RUNNERS = [Runner(), WINDY, SLED]


def _power(distance: float, runner: Runner) -> float:
    speed = kinematics.velocity_at_distance(distance, V, TAU)
    return float(runner.force_n(speed, kinematics.acceleration_at_distance(distance, V, TAU)) * speed)


def _time_of_turned_line(factor: float, distance: float, f0: float, v0: float, runner: Runner) -> float:
    v, tau = sprint_force.model_of(f0 / factor, v0 * factor, runner)
    return float(kinematics.time_at_distance(distance, v, tau))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_marks_are_where_the_kinematics_say(share: float) -> None:
    fast, slow = sprint_optimum.speed_mark(share, V, TAU), sprint_optimum.acceleration_mark(share, V, TAU)
    assert float(kinematics.velocity_at_distance(fast.distance_m, V, TAU)) == pytest.approx(share * V, rel=1e-9)
    assert float(kinematics.velocity_at_time(fast.time_s, V, TAU)) == pytest.approx(share * V, rel=1e-12)
    assert float(kinematics.acceleration_at_distance(slow.distance_m, V, TAU)) == pytest.approx(share * V / TAU)
    assert float(kinematics.acceleration_at_time(slow.time_s, V, TAU)) == pytest.approx(share * V / TAU, rel=1e-12)


def test_half_of_the_speed_is_reached_by_hand_after_tau_ln_2() -> None:
    assert float(sprint_optimum.speed_mark(0.5, 8, 1).time_s) == pytest.approx(np.log(2), rel=1e-15)
    assert float(sprint_optimum.speed_mark(0, 8, 1).distance_m) == 0
    for share in (-0.1, 1.0, 1.5, np.nan):
        assert np.isnan(float(sprint_optimum.speed_mark(share, 8, 1).distance_m))
    for share in (0.0, -1.0, 1.1, np.nan):
        assert np.isnan(float(sprint_optimum.acceleration_mark(share, 8, 1).time_s))


@pytest.mark.parametrize("runner", RUNNERS)
def test_peak_power_and_its_window_stand_on_the_trace(runner: Runner) -> None:
    watt, mark = sprint_optimum.peak_power_mark(V, TAU, runner)
    found = minimize_scalar(lambda x: -_power(x, runner), bounds=(0, 20), method="bounded", options={"xatol": 1e-9})
    assert watt == pytest.approx(-found.fun, rel=1e-10)
    assert float(mark.distance_m) == pytest.approx(found.x, rel=1e-4)
    up, down = sprint_optimum.power_marks([0.6 * watt, 0.9 * watt], V, TAU, runner)
    for k, share in enumerate((0.6, 0.9)):
        for side in (up, down):
            assert _power(float(side.distance_m[k]), runner) == pytest.approx(share * watt, rel=1e-8)
        assert up.distance_m[k] < mark.distance_m < down.distance_m[k]


def test_power_that_is_never_reached_or_never_left_has_no_mark() -> None:
    watt, _ = sprint_optimum.peak_power_mark(V, TAU, Runner())
    up, down = sprint_optimum.power_marks([1.01 * watt, 1.0], V, TAU, Runner())
    assert np.isnan(up.time_s).tolist() == [True, False]
    assert np.isnan(down.time_s).all()  # the air alone takes more than 1 W at V


@pytest.mark.parametrize("distance", [5.0, 20.0, 60.0])
def test_the_fastest_model_of_a_power_is_the_minimum(distance: float) -> None:
    def time(log_factor: float) -> float:
        factor = np.exp(log_factor)
        return float(kinematics.time_at_distance(distance, V / factor, TAU / factor**2))

    v, tau = sprint_optimum.fastest_model(distance, V, TAU)
    assert float(v * v / tau) == pytest.approx(V * V / TAU, rel=1e-12)
    best = minimize_scalar(time, bounds=(-3, 3), method="bounded", options={"xatol": 1e-12})
    assert float(kinematics.time_at_distance(distance, v, tau)) <= best.fun * (1 + 1e-14)
    assert float(v) == pytest.approx(V / np.exp(best.x), rel=1e-6)
    assert float(kinematics.velocity_at_distance(distance, v, tau) / v) == pytest.approx(0.8834, abs=1e-4)


def test_a_profile_is_best_over_its_own_distance() -> None:
    own = sprint_optimum.best_distance_m(V, TAU)
    assert [float(a) for a in sprint_optimum.fastest_model(own, V, TAU)] == pytest.approx([V, TAU], rel=1e-12)
    assert np.isnan(sprint_optimum.fastest_model([0.0, -5.0, np.nan], V, TAU)).all()


def test_without_air_the_line_turns_to_the_fastest_model() -> None:
    runner = Runner(pressure_torr=1e-12)
    best = sprint_optimum.fastest_line(30, 75 * V / TAU, V, runner)
    assert [best.vmax_mps, best.tau_s] == pytest.approx([float(a) for a in sprint_optimum.fastest_model(30, V, TAU)])


@pytest.mark.parametrize("runner", RUNNERS)
@pytest.mark.parametrize("distance", [5.0, 30.0])
def test_the_fastest_line_is_the_minimum_at_equal_pmax(runner: Runner, distance: float) -> None:
    ends = sprint_force.linear_ends(V, TAU, runner)
    f0, v0 = float(ends.f0_n), float(ends.v0_mps)
    best = sprint_optimum.fastest_line(distance, f0, v0, runner)
    assert best.f0_n * best.v0_mps == pytest.approx(f0 * v0, rel=1e-12)
    factors = np.geomspace(0.3, 3, 4001)
    times = [_time_of_turned_line(factor, distance, f0, v0, runner) for factor in factors]
    assert best.time_s <= np.nanmin(times)
    assert best.v0_mps / v0 == pytest.approx(factors[np.nanargmin(times)], rel=1e-3)
    assert best.time_s <= sprint_optimum.line_of(f0, v0, distance, runner).time_s


@pytest.mark.parametrize("runner", RUNNERS)
def test_the_fastest_line_at_equal_peak_power_keeps_it(runner: Runner) -> None:
    ends = sprint_force.linear_ends(V, TAU, runner)
    f0, v0, peak = float(ends.f0_n), float(ends.v0_mps), float(ends.peak_power_w)
    best = sprint_optimum.fastest_line(20, f0, v0, runner, hold="peak")
    assert peak_power(best.vmax_mps, best.tau_s, runner)[0] == pytest.approx(peak, rel=1e-9)

    def time(force: float) -> float:
        v0_same = brentq(lambda v: peak_power(*sprint_force.model_of(force, v, runner), runner)[0] - peak, 4, 30)
        return float(kinematics.time_at_distance(20, *sprint_force.model_of(force, v0_same, runner)))

    assert best.time_s <= min(time(force) for force in np.linspace(0.9, 1.1, 21) * best.f0_n) + 1e-9


def test_impossible_lines_have_no_optimum() -> None:
    for distance, f0, v0 in ((0.0, 600, 10), (20, -600, 10), (20, 600, np.nan), (np.nan, 600, 10), (20, 40, 10)):
        assert np.isnan(sprint_optimum.fastest_line(distance, f0, v0, SLED).time_s)
    assert np.isnan(sprint_optimum.best_line_distance_m(-600, 10, SLED))


def test_over_its_own_distance_a_line_is_not_turned() -> None:
    ends = sprint_force.linear_ends(V, TAU, WINDY)
    f0, v0 = float(ends.f0_n), float(ends.v0_mps)
    own = sprint_optimum.best_line_distance_m(f0, v0, WINDY)
    assert sprint_optimum.fastest_line(own, f0, v0, WINDY).v0_mps == pytest.approx(v0, rel=1e-5)
    still = Runner(pressure_torr=1e-12)
    free = sprint_optimum.best_line_distance_m(75 * V / TAU, V, still)
    assert free == pytest.approx(float(sprint_optimum.best_distance_m(V, TAU)), rel=1e-5)


def test_raising_both_sides_is_worth_the_same_over_the_best_distance() -> None:
    """V tau is fixed by V and a0, so that a profile at its optimum wins the same from either, to first order."""

    def time(d: float, v: float, a0: float) -> sprint_optimum.Floats:
        return kinematics.time_at_distance(d, v, v / a0)

    own = sprint_optimum.best_distance_m(V, TAU)
    by_v, by_a0 = sprint_optimum.gains_s(own, time, (V, V / TAU), share=1e-6)
    assert float(by_v / by_a0) == pytest.approx(1, rel=1e-4)
    by_v, by_a0 = sprint_optimum.gains_s(5.0, time, (V, V / TAU))
    assert float(by_a0) < float(by_v) < 0
