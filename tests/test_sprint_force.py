"""Force, power and the force-velocity line of a sprint (methods D10): published closed forms, recovery, conventions."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad

from analysis.simulate.draws import sprinters
from analysis.stats import _kinematics as kinematics
from analysis.stats import sprint_force
from analysis.stats.sprint_force import Runner
from analysis.stats.sprint_model import fit_splits
from analysis.units import G_MPS2
from peers_sprint import G_PEER, _power_over_distance

WINDY = Runner(70.0, 1.78, wind_mps=2.0, temperature_c=25.0)
SLED = Runner(inertia_kg=10.0, resistance_n=50.0, temperature_c=25.0)


def test_the_handbook_example() -> None:
    found = sprint_force.force_velocity(8.3, 1.25, 62, 1.74)
    values = [float(v) for v in vars(found).values()]
    expected = [6.574474874, 8.629193906, 14.18310463, -0.7618874887, 47.09907907, -6.950145593]
    assert values == pytest.approx(expected, rel=1e-9)
    assert float(sprint_force.drag(62, 1.74)) == pytest.approx(0.2521026452, rel=1e-9)


def test_without_air_the_line_is_that_of_the_model() -> None:
    """By hand: force per kg is acceleration, which falls in a straight line from a0 at rest to 0 at V."""
    found = sprint_force.force_velocity(8.3, 1.25, 62, 1.74, pressure_torr=1e-12)
    assert float(found.f0_nkg) == pytest.approx(8.3 / 1.25, rel=1e-9)
    assert float(found.v0_mps) == pytest.approx(8.3, rel=1e-9)
    assert float(found.pmax_wkg) == pytest.approx(8.3**2 / 1.25 / 4, rel=1e-9)
    at = 8.3 / 1.25 * math.exp(-0.3 / 1.25)
    assert float(found.rf_max_pct) == pytest.approx(100 * at / math.hypot(at, G_MPS2), rel=1e-9)


def test_wind_from_behind_helps_and_is_felt_beyond_its_own_speed() -> None:
    assert float(WINDY.air_n(2.0)) == 0
    assert float(WINDY.air_n(1.0)) < 0 < float(WINDY.air_n(3.0))
    assert float(WINDY.air_n(8.0)) == pytest.approx(WINDY.drag * 36, rel=1e-12)


@pytest.mark.parametrize("runner", [Runner(), WINDY, SLED, replace(WINDY, wind_mps=-3.0)])
def test_the_ends_of_the_line_lead_back_to_the_model(runner: Runner) -> None:
    ends = sprint_force.linear_ends(8.5, 1.3, runner)
    assert sprint_force.model_of(float(ends.f0_n), float(ends.v0_mps), runner) == pytest.approx((8.5, 1.3), rel=1e-12)
    v0 = float(ends.v0_mps)
    assert float(runner.force_n(v0, (8.5 - v0) / 1.3)) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("runner", [Runner(), WINDY, SLED, replace(WINDY, wind_mps=-3.0), replace(WINDY, wind_mps=7.0)])
def test_peak_power_is_the_peak_of_a_fine_trace_and_not_below_it(runner: Runner) -> None:
    """The peer takes the largest power of a trace at 100 Hz, which lies a few parts in 10^5 below the peak."""
    speed = np.linspace(0, 8.5, 400_001)
    power = runner.force_n(speed, (8.5 - speed) / 1.3) * speed
    peak = float(sprint_force.linear_ends(8.5, 1.3, runner).peak_power_w)
    assert power.max() <= peak * (1 + 1e-12)
    assert peak == pytest.approx(power.max(), rel=1e-9)


def test_work_is_energy_and_the_peers_work_over_distance_is_not() -> None:
    """Work over the first 10 m: force integrated over distance. The peer integrates power over distance (W m)."""
    runner, v, tau, metres = Runner(temperature_c=25.0), 8.0, 8 / 9, 10.0
    time = float(kinematics.time_at_distance(metres, v, tau))

    def force(x: float) -> float:
        speed, a = kinematics.velocity_at_distance(x, v, tau), kinematics.acceleration_at_distance(x, v, tau)
        return float(runner.force_n(speed, a))

    ours, _ = quad(force, 0, metres, epsabs=1e-9, limit=200)
    assert float(runner.work_j(time, v, tau)) == pytest.approx(ours, rel=1e-7)
    assert float(runner.work_j(time, v, tau)) > 75 / 2 * float(kinematics.velocity_at_time(time, v, tau)) ** 2
    assert _power_over_distance(runner, metres, v, tau) == pytest.approx(9926.75219574549, rel=1e-6)
    assert ours < 9926 / 3


def test_two_constants_of_gravity_and_of_the_air_are_parameters() -> None:
    ours = sprint_force.force_velocity(8.3, 1.25, 62, 1.74)
    peers = sprint_force.force_velocity(8.3, 1.25, 62, 1.74, g=G_PEER, temperature_c=25.0)
    assert float(peers.rf_max_pct) < float(ours.rf_max_pct)
    assert float(peers.f0_nkg) == pytest.approx(float(ours.f0_nkg), rel=1e-3)


@pytest.mark.parametrize(
    "given",
    [
        (-8, 1, 62, 1.7), (8, 0, 62, 1.7), (8, 1, 0, 1.7), (8, 1, 62, -1.7), (np.nan, 1, 62, 1.7), (8, np.inf, 62, 1.7),
        (8, 1, np.inf, 1.7),
    ],
)  # fmt: skip
def test_impossible_input_has_no_profile(given: tuple[float, ...]) -> None:
    assert all(np.isnan(v) for v in vars(sprint_force.force_velocity(*given)).values())
    if given[2] == 62 and given[3] == 1.7:
        ends = sprint_force.linear_ends(given[0], given[1], Runner(62, 1.7))
        assert all(np.isnan(v) for v in vars(ends).values())


def test_no_speed_balances_too_strong_a_headwind() -> None:
    assert np.isnan(float(sprint_force.linear_ends(6.0, 8.0, Runner(wind_mps=-60.0)).v0_mps))
    assert np.isnan(sprint_force.model_of(-10.0, 8.0, Runner())).all()


def test_intervals_of_draws_cover_the_truth() -> None:
    """150 sprinters at five gates, each with its own 400 draws; over-coverage by the clock's degrees of freedom."""
    data = sprinters(np.random.default_rng(5), 150, (5, 10, 15, 20, 30))
    fit = fit_splits((5, 10, 15, 20, 30), data.times_s)
    truth = sprint_force.force_velocity(data.vmax_mps, data.tau_s, 62, 1.74)
    inside = np.zeros(6)
    for i in range(150):
        drawn = sprint_force.force_velocity_draws(
            fit.vmax_mps.value[i], fit.tau_s.value[i], fit.covariance[i], 62, 1.74, df=fit.df[i], draws=400
        )
        for k, name in enumerate(vars(truth)):
            low, high = np.nanquantile(getattr(drawn, name), (0.025, 0.975))
            inside[k] += low <= getattr(truth, name)[i] <= high
    assert np.all(inside / 150 >= 0.92)


def test_draws_are_seeded_and_missing_covariance_draws_nothing() -> None:
    how: Any = (8.3, 1.25, [[0.0036, 0.0015], [0.0015, 0.0009]], 62, 1.74)
    one, other = (sprint_force.force_velocity_draws(*how, draws=50) for _ in range(2))
    assert one.f0_nkg.tolist() == other.f0_nkg.tolist()
    nothing = sprint_force.force_velocity_draws(8.3, 1.25, np.full((2, 2), np.nan), 62, 1.74, draws=50)
    assert np.isnan(nothing.f0_nkg).all()
    wide = sprint_force.force_velocity_draws(*how, df=3, draws=4000)
    plain = sprint_force.force_velocity_draws(*how, draws=4000)
    assert np.diff(np.nanquantile(wide.v0_mps, (0.025, 0.975))) > np.diff(np.nanquantile(plain.v0_mps, (0.025, 0.975)))


def test_a_wind_from_behind_that_is_faster_than_the_runner_pushes() -> None:
    with_wind, still = (sprint_force.force_velocity(8.3, 1.25, 62, 1.74, wind_mps=w) for w in (8.3, 0.0))
    t = np.arange(401) * 0.01
    v, a = 8.3 * (1 - np.exp(-t / 1.25)), 6.64 * np.exp(-t / 1.25)
    slope, f0 = np.polyfit(v, a - float(sprint_force.drag(62, 1.74)) / 62 * (8.3 - v) ** 2, 1)
    assert [float(with_wind.f0_nkg), float(with_wind.slope)] == pytest.approx([f0, slope], rel=1e-9)
    assert with_wind.f0_nkg < still.f0_nkg
