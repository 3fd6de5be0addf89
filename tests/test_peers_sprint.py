"""The adapters of R's `shorts` beside searches as that package does them, in the layouts a case may have."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import least_squares, minimize_scalar

import peers_sprint
import peers_sprint_old
import peers_sprint_optimum
from analysis.stats import _kinematics as kinematics
from analysis.stats import sprint_force
from test_peers import adapter_of

V, TAU = 8.0, 8 / 9
WHO = sprint_force.Runner(temperature_c=25.0)
TOLERANCE = {
    "find_rel": 0.01, "optimal_profile_imb_rel": 0.001, "optimal_time_abs_s": 1e-6, "old_nls_rel": 1e-4,
    "FVP_rel": 1e-8, "Drf_rel": 1e-6,
}  # fmt: skip
GATES = np.array([5.0, 10.0, 15.0, 20.0, 30.0, 40.0])
JOHN = np.array([1.201, 1.967, 2.656, 3.314, 4.591, 5.849])


def _differences(function: str, inputs: Any, outputs: Any) -> list[str]:
    adapter = adapter_of("shorts_kinematics.json", function)
    assert adapter is not None, function
    compared = adapter({"fn": function, "inputs": inputs, "outputs": outputs, "meta": {"tolerance": TOLERANCE}})
    assert compared
    return [said for c in compared if (said := c.difference())]


def _search(miss: Any, low: float, high: float) -> float:
    return float(minimize_scalar(miss, bounds=(low, high), method="bounded", options={"xatol": 1e-4}).x)


def _power(distance: float) -> float:
    speed = kinematics.velocity_at_distance(distance, V, TAU)
    return float(WHO.force_n(speed, kinematics.acceleration_at_distance(distance, V, TAU)) * speed)


PEAK_AT = _search(lambda x: -_power(x), 0, 30)
SPEED_AT = _search(lambda x: abs(float(kinematics.velocity_at_distance(x, V, TAU)) / V - 0.9) * x, 0, 100)
LOWER = _search(lambda x: abs(_power(x) / _power(PEAK_AT) - 0.9), 0, PEAK_AT)
UPPER = _search(lambda x: abs(_power(x) / _power(PEAK_AT) - 0.9), PEAK_AT, 100)


@pytest.mark.parametrize(
    ("function", "outputs"),
    [
        ("find_peak_power_distance", {"peak_power": _power(PEAK_AT), "distance": PEAK_AT}),
        ("find_peak_power_distance", {"max_power": _power(PEAK_AT)}),
        ("find_velocity_critical_distance", {"distance": SPEED_AT}),
        ("find_velocity_critical_distance", {"metres": SPEED_AT}),
        ("find_power_critical_distance", {"lower": LOWER, "upper": UPPER}),
        ("find_*", {"peak_power_distance": {"peak_power": _power(PEAK_AT), "distance": PEAK_AT}}),
        ("find_*", {"peak_power_distance": [_power(PEAK_AT), PEAK_AT], "velocity_critical_distance_0.9": SPEED_AT}),
        ("find_*", {"peak_power_distance": PEAK_AT, "velocity_critical_distance_90": SPEED_AT}),
        ("find_*", {"power_critical_distance": [LOWER, UPPER], "find_velocity_critical_distance": SPEED_AT}),
        ("find_*", {"power_critical_distance.lower": LOWER, "power_critical_distance_upper_0.9": UPPER}),
        (
            "find_*",
            {"power_critical_distance_0.9": {"lower": LOWER, "upper": UPPER}, "vel_critical_distance": SPEED_AT},
        ),
    ],
)
def test_marks_in_every_layout(function: str, outputs: dict[str, Any]) -> None:
    assert _differences(function, {"MSS": 8, "MAC": 9}, outputs) == []
    wrong = {name: np.multiply(v, 1.1).tolist() if not isinstance(v, dict) else v for name, v in outputs.items()}
    if not any(isinstance(v, dict) for v in outputs.values()):
        assert len(_differences(function, {"MSS": 8, "MAC": 9}, wrong)) == len(wrong)


def test_a_list_of_shares_has_a_list_of_marks() -> None:
    told = {"velocity_critical_time": (-np.log([0.5, 0.1]) * TAU).tolist()}
    assert _differences("find_*", {"MSS": 8, "MAC": 9, "percent": [0.5, 0.9]}, told) == []


def _turned(distance: float, f0: float, v0: float) -> tuple[float, float]:
    def time(factor: float) -> float:
        return float(kinematics.time_at_distance(distance, *sprint_force.model_of(f0 / factor, v0 * factor, WHO)))

    found = minimize_scalar(time, bounds=(0.2, 5), method="bounded", options={"xatol": 1e-8})
    return float(found.x), float(found.fun)


@pytest.mark.parametrize("nested", [True, False])
def test_optimal_profiles(nested: bool) -> None:
    ends = sprint_force.linear_ends(V, TAU, WHO)
    f0, v0 = float(ends.f0_n), float(ends.v0_mps)
    found = [_turned(d, f0, v0) for d in (10.0, 30.0)]
    told: Any = {
        "profile_imb": [100 * factor**2 for factor, _ in found], "time_optim": [time for _, time in found],
        "V0_optim": [v0 * factor for factor, _ in found], "Pmax_optim": [f0 * v0 / 4] * 2, "bodymass": [75, 75],
    }  # fmt: skip
    if nested:
        rows = [{name: column[k] for name, column in told.items()} for k in range(2)]
        assert _differences("optimal_*", {"MSS": 8, "MAC": 9, "distance": [10, 30]}, {"optimal_FV": rows}) == []
    else:
        assert _differences("optimal_FV", {"F0": f0, "V0": v0, "distance": [10, 30]}, told) == []
        told["profile_imb"][0] *= 1.01
        assert len(_differences("optimal_FV", {"F0": f0, "V0": v0, "distance": [10, 30]}, told)) == 1


def test_every_column_of_the_peers_tables_is_known() -> None:
    """By the help pages of `optimal_FV` and `probe_FV`; equal peak power too."""
    columns = ["F0", "V0", "bodymass", "inertia", "resistance", "Pmax", "Pmax_rel", "slope", "distance", "time"]
    turned = ["F0", "V0", "Pmax", "Pmax_rel", "slope", "time", "Ppeak", "Ppeak_rel", "Ppeak_dist", "Ppeak_time"]
    probed = [f"{end}_probe{what}" for end in ("F0", "V0") for what in ("", "_time", "_time_gain")]
    optimal = [*(f"{name}_optim" for name in turned), "F0_coef", "V0_coef", "profile_imb", "time_gain", *turned[-4:]]
    for function, names in (("optimal_fv_peak_", optimal), ("probe_fv_", [*probed, "probe_perc", "profile_imb"])):
        sprint = peers_sprint_optimum.Sprint({"MSS": 8, "MAC": 9, "bodymass": 75, "distance": [10, 30]})
        for name in (*columns, *names):
            found = sprint.found(f"{function}{name.lower()}")
            assert np.isfinite(np.asarray(found, dtype=float)).all(), name


def test_optimal_model_and_probes() -> None:
    def time(factor: float, d: float = 20.0) -> float:
        return float(kinematics.time_at_distance(d, V / factor, TAU / factor**2))

    best = minimize_scalar(time, bounds=(0.2, 5), method="bounded", options={"xatol": 1e-8})
    told = {"MAC_coef": best.x, "time_optim": best.fun, "time_gain": best.fun - time(1.0), "slope": -9 / 8}
    assert _differences("optimal_MSS_MAC", {"MSS": 8, "MAC": 9, "distance": 20}, told) == []
    assert _differences("optimal_*", {"MSS": 8, "MAC": 9}, {"MSS_MAC_profile_imb_20": 100 / best.x**2}) == []
    assert _differences("optimal_MSS_MAC", {"MSS": 8, "MAC": 9}, {"20m": {"imb": 100 / best.x**2}}) == []
    faster = float(kinematics.time_at_distance(20, V * 1.025, V * 1.025 / 9))
    stronger = float(kinematics.time_at_distance(20, V, V / (9 * 1.025)))
    imbalance = 100 * (faster - time(1.0)) / (stronger - time(1.0))
    probe = {"MSS_probe_time": faster, "MAC_probe": 9 * 1.025, "profile_imb": imbalance}
    assert _differences("probe_MSS_MAC", {"MSS": 8, "MAC": 9, "distance": 20}, probe) == []


def _old(model: Any, begin: list[float], added: float = 0.0) -> Any:
    def miss(p: Any) -> Any:
        return model(*p) - JOHN - added

    fit = least_squares(miss, begin, xtol=1e-14, ftol=1e-14, gtol=1e-14, x_scale="jac")
    return fit.x.tolist(), float(np.sqrt(np.mean(fit.fun**2)))


def test_old_releases() -> None:
    inputs = {"distance": GATES.tolist(), "time": JOHN.tolist()}

    def t(d: Any, v: float, tau: float) -> Any:
        return kinematics.time_at_distance(d, v, tau)

    def simple(v: float, tau: float) -> Any:
        return t(GATES, v, tau)

    (v, tau), rmse = _old(simple, [7.0, 0.8], 0.3)
    told = {"MSS": v, "TAU": tau, "MAC": v / tau, "RMSE": rmse, "time_correction": 0.3, "distance_correction": 0}
    assert _differences("model_using_splits", inputs | {"time_correction": 0.3}, told) == []
    (v, tau, tc), rmse = _old(lambda v, tau, tc: t(GATES, v, tau) - tc, [7.0, 0.8, 0.0])
    later: Any = {"parameters": {"MSS": v, "TAU": tau, "time_correction": tc}, "model_fit": {"RMSE": rmse}}
    assert _differences("model_using_splits_with_time_correction", inputs, later) == []
    both = {"model_using_splits_with_time_correction": later["parameters"]}
    assert _differences("old_nls", inputs, both) == []
    (v, tau, start), _ = _old(lambda v, tau, s: t(GATES + s, v, tau) - t(s, v, tau), [7.0, 0.8, 0.1])
    assert _differences("model_using_splits_with_distance_correction", inputs, {"distance_correction": start}) == []
    assert _differences("model_timing_gates_FD (2.0)", inputs, {"MSS": v, "FD": start}) == []
    (v, tau, start, tc), _ = _old(lambda v, tau, s, c: t(GATES + s, v, tau) - c, [7.0, 0.8, 0.1, 0.0])
    told = {"MSS": v, "TAU": tau, "distance_correction": start, "time_correction": tc}
    assert _differences("model_using_splits_with_corrections", inputs, told) == []
    told = {"MSS": v, "FD": start, "TC": tc - float(t(start, v, tau))}
    assert _differences("model_timing_gates_FD_TC", inputs, told) == []


def test_what_no_adapter_understands_is_named() -> None:
    for function, outputs in (
        ("find_*", {"weight_of_moon": 1}),
        ("optimal_FV", {"a": 1}),
        ("model_using_splits", {"b": 1}),
    ):
        with pytest.raises(AssertionError, match="no adapter understands"):
            _differences(function, {"MSS": 8, "MAC": 9, "distance": 20, "time": JOHN.tolist()}, outputs)
    with pytest.raises(AssertionError, match="strange"):
        peers_sprint.unknown({"strange": 1, "known": 2}, ["known"])
    assert {name for _, name in peers_sprint_old.ADAPTERS}.isdisjoint(n for _, n in peers_sprint_optimum.ADAPTERS)


def test_the_old_profile_is_a_line_through_six_seconds() -> None:
    t = np.linspace(0, 6, 600)
    speed = kinematics.velocity_at_time(t, V, TAU)
    slope, f0 = np.polyfit(speed, WHO.force_n(speed, kinematics.acceleration_at_time(t, V, TAU)), 1)
    told = {"F0": f0, "V0": -f0 / slope, "FV_slope": slope / 75, "F0_poly": 675.0}
    assert _differences("get_FV_profile", {"MSS": 8, "TAU": 8 / 9}, told) == []
