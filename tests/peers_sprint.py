"""Sprint profiles and their kinetics beside R's `shorts` 3.3.0; see tests/peer_adapters.py.

Marks, optimal profiles and older releases: tests/peers_sprint_optimum.py.

We differ from it in four things. Its time correction is added to the time, ours is subtracted
(TC = -tc). Its `predict_work_till_distance` integrates power over distance, which is no work (W m); ours is in J and
taken over time. Its peak power is the largest of a trace at 100 Hz, ours the peak itself. It takes g as 9.81 and air of
25 degrees, we 9.80665 and 20 degrees; both are parameters.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from analysis.stats import _kinematics as kinematics
from analysis.stats import sprint_force, sprint_model
from peers_compare import Adapter, Compared

G_PEER = 9.81
FIT_REPORT = {"n_iter", "converged", "stop_message", "df_residual"}  # how the peer's optimiser ended, and what is added
NO_NOISE = 1e-8  # s or s^2: the residuals of a fit to exact times are rounding, and so are their ratios
_FACTS = ("MSS", "MAC", "TAU", "PMAX", "SE_MSS", "SE_MAC", "RSE", "SSR", "RMSE", "MAE", "maxAbsErr", "R2")
_ERRORS = ("meanErr", "minErr", "maxErr")
_NAMES = {
    "bodymass": "body_mass_kg", "bodyheight": "height_m", "inertia": "inertia_kg", "resistance": "resistance_n",
    "wind_velocity": "wind_mps", "barometric_pressure": "pressure_torr", "air_temperature": "temperature_c",
}  # fmt: skip


def runner(given: Mapping[str, Any]) -> sprint_force.Runner:
    """The peer's body and air, with its 25 degrees."""
    return sprint_force.Runner(**{"temperature_c": 25.0} | {ours: given[n] for n, ours in _NAMES.items() if n in given})


def plain(value: Any) -> Any:
    """Numbers and lists instead of arrays."""
    return np.asarray(value).tolist()


def unknown(outputs: Mapping[str, Any], known: Collection[str]) -> None:
    """Say which names of a case an adapter does not understand, rather than to pass them over."""
    strange = sorted(set(outputs) - set(known))
    assert not strange, f"names that no adapter understands: {', '.join(strange)}"


def _fit(given: Mapping[str, Any], **how: Any) -> dict[str, Any]:
    """A fit without the clock's share of the variance, as the peer's, and its facts by the peer's names."""
    fit = sprint_model.fit_splits(given["distance"], given["time"], clock_df=0, **how)
    y, miss = np.asarray(given["time"], dtype=float), np.asarray(given["time"]) - fit.predicted_s
    quantities = {"MSS": fit.vmax_mps, "MAC": fit.a0_mps2, "TAU": fit.tau_s, "PMAX": fit.pmax_wkg}
    quantities |= {"TC": fit.time_correction_s, "FD": fit.start_offset_m, "DC": fit.start_offset_m}
    found: dict[str, Any] = {name: q.value for name, q in quantities.items()}
    found |= {f"SE_{name}": q.se for name, q in quantities.items()}
    found |= {"DC": -fit.start_offset_m.value, "meanErr": miss.mean(), "minErr": miss.min(), "maxErr": miss.max()}
    found |= {"SSR": fit.rss, "RMSE": fit.rmse_s, "predicted": fit.predicted_s}
    found |= {"RSE": np.sqrt(fit.rss / fit.df), "MAE": np.abs(miss).mean(), "maxAbsErr": np.abs(miss).max()}
    return found | {"R2": np.corrcoef(y, fit.predicted_s)[0, 1] ** 2, "TC": -fit.time_correction_s.value, "df": fit.df}


def _best_told(case: Mapping[str, Any]) -> dict[str, Any]:
    """The peer's numbers, those nearer to the optimum where the file has them."""
    better = [name for name in case if name == "outputs_tight" or name.startswith("corrected_")]
    return dict(ChainMap(*(case[name] for name in reversed(better)), case["outputs"]))


def _gates(case: Mapping[str, Any], **how: Any) -> list[Compared]:
    """Every number of a fit within the file's tolerances; the tight optimum goes before the default one."""
    found = _fit(case["inputs"], **how)
    fair: dict[str, Any] = dict(case["meta"]["tolerance"])
    fair |= fair["FD_models"] if how.get("correction") == "distance" else {}
    expected = _best_told(case)
    within: dict[str, tuple[float, float]] = {
        name: (fair.get(f"{name}_rel", fair["SE_rel"]), NO_NOISE)
        for name in (*_FACTS, *(n for n in found if "SE_" in n))
    }
    within |= {"TC": (0.0, fair["TC_abs_s"]), "R2": (fair["SSR_rel"], 0.0)}
    within |= dict.fromkeys(("FD", "DC"), (0.0, fair["FD_abs_m"]))
    within |= dict.fromkeys(("predicted", *_ERRORS), (0.0, fair["predicted_abs_s"]))
    unknown(expected, within.keys() | FIT_REPORT)
    told = [Compared(n, expected[n], plain(found[n]), *within[n]) for n in within if n in expected]
    return [*told, Compared("df_residual", expected["df_residual"], plain(found["df"]))]


def _both(case: Mapping[str, Any]) -> list[Compared]:
    """Two corrections: the sum of squares and the times alone are fair, as the parameters lie on a flat ridge."""
    found, expected = _fit(case["inputs"], correction="time and shift"), _best_told(case)
    unknown(expected, found.keys() | FIT_REPORT | {"predicted"})
    fair = case["meta"]["tolerance"]["TC_DC_models"]
    return [
        Compared("SSR", expected["SSR"], plain(found["SSR"]), fair["SSR_rel"], NO_NOISE),
        Compared("predicted", expected["predicted"], plain(found["predicted"]), abs_=fair["predicted_abs_s"]),
        Compared("df_residual", expected["df_residual"], plain(found["df"])),
    ]


def _fixed(case: Mapping[str, Any]) -> list[Compared]:
    return _gates(case, start_offset_m=case["inputs"]["FD"])


def _predict(case: Mapping[str, Any]) -> list[Compared]:
    """Kinematics and kinetics; forces at a distance take body mass alone in the peer's call, at a time as well."""
    given, fair = case["inputs"], case["meta"]["tolerance"]
    v, tau = given["MSS"], given["MSS"] / given["MAC"]
    time, who = np.asarray(given["time"], dtype=float), runner(given)
    found: dict[str, Any] = {"acceleration_at_velocity": kinematics.acceleration_at_velocity(given["velocity"], v, tau)}
    for name in ("time_at_distance", "velocity_at_distance", "acceleration_at_distance"):
        found[name] = getattr(kinematics, name)(given["distance"], v, tau)
    for name in ("distance_at_time", "velocity_at_time", "acceleration_at_time"):
        found[name] = getattr(kinematics, name)(time, v, tau)
    for axis in ("time", "distance"):
        speed = found[f"velocity_at_{axis}"]
        found[f"air_resistance_at_{axis}"] = who.air_n(speed)
        found[f"force_at_{axis}"] = who.force_n(speed, found[f"acceleration_at_{axis}"])
        found[f"power_at_{axis}"] = found[f"force_at_{axis}"] * speed
    found |= {"work_till_time": who.work_j(time[time > 0], v, tau)}
    found |= {"work_till_distance_10_30": [_power_over_distance(who, metres, v, tau) for metres in (10, 30)]}
    within = {n: {"rel": fair["work_rel"] if n.startswith("work") else fair["predict_rel"]} for n in case["outputs"]}
    within.setdefault("time_at_distance", {})["abs_"] = fair["time_at_distance_0_abs_s"]
    slack = {"abs_": 1e-6}  # at the start the peer's Lambert W loses half of its digits
    near = ("velocity_at_distance", "acceleration_at_distance", "force_at_distance", "power_at_distance")
    unknown(case["outputs"], found)
    return [
        Compared(n, v, plain(found[n]), **within[n] | (slack if n in near else {})) for n, v in case["outputs"].items()
    ]


def _power_over_distance(who: sprint_force.Runner, metres: float, v: float, tau: float) -> float:
    """The peer's `predict_work_till_distance`: power integrated over metres, in W m."""
    node, weight = np.polynomial.legendre.leggauss(120)
    root = np.sqrt(metres) * (node + 1) / 2  # over the square root of distance, where speed is smooth at the start
    speed = kinematics.velocity_at_distance(root**2, v, tau)
    power = who.force_n(speed, kinematics.acceleration_at_distance(root**2, v, tau)) * speed
    return float((power * 2 * root * weight).sum() * np.sqrt(metres) / 2)


def _air(case: Mapping[str, Any]) -> list[Compared]:
    found = runner(case["inputs"]).air_n(case["inputs"]["velocity"])
    return [Compared("newton", case["outputs"]["newton"], plain(found), rel=case["meta"]["tolerance"]["predict_rel"])]


def _profile(case: Mapping[str, Any]) -> list[Compared]:
    given, fair = case["inputs"], case["meta"]["tolerance"]
    v, tau, who = given["MSS"], given["MSS"] / given["MAC"], runner(given)
    ends = sprint_force.linear_ends(v, tau, who)
    back_v, back_tau = sprint_force.model_of(float(ends.f0_n), float(ends.v0_mps), who)
    t = np.arange(601) / 100
    speed = kinematics.velocity_at_time(t, v, tau)
    force = who.force_n(speed, kinematics.acceleration_at_time(t, v, tau))
    rf, later = _forward(who, force[31:]), speed[31:]
    found = {
        "bodymass": who.body_mass_kg, "F0": ends.f0_n, "F0_rel": ends.f0_n / who.body_mass_kg, "V0": ends.v0_mps,
        "Pmax": ends.pmax_w, "Pmax_rel": ends.pmax_w / who.body_mass_kg,
        "FV_slope": -ends.f0_n / who.body_mass_kg / ends.v0_mps, "back_MSS": back_v, "back_MAC": back_v / back_tau,
        "RF_at_t0": _forward(who, ends.f0_n), "RFmax_t_gt_0.3": rf.max(), "Drf_t_gt_0.3": np.polyfit(later, rf, 1)[0],
        "peak_power": (force * speed).max(), "work_6s": who.work_j(6.0, v, tau),
    }  # fmt: skip
    unknown(case["outputs"], found)
    tolerance = {"Drf_t_gt_0.3": fair["Drf_rel"], "work_6s": fair["work_rel"]}
    return [Compared(n, v, plain(found[n]), rel=tolerance.get(n, fair["FVP_rel"])) for n, v in case["outputs"].items()]


def _forward(who: sprint_force.Runner, force_n: Any) -> Any:
    return force_n / np.hypot(force_n, who.moved_kg * G_PEER)


ADAPTERS: dict[tuple[str, str], Adapter] = {
    ("shorts_timing_gates.json", "model_timing_gates"): _gates,
    ("shorts_timing_gates.json", "model_timing_gates_TC"): lambda case: _gates(case, correction="time"),
    ("shorts_timing_gates.json", "model_timing_gates_FD"): lambda case: _gates(case, correction="distance"),
    ("shorts_timing_gates.json", "model_timing_gates_FD_fixed"): _fixed,
    ("shorts_timing_gates.json", "model_timing_gates_DC"): lambda case: _gates(case, correction="shift"),
    ("shorts_timing_gates.json", "model_timing_gates_TC_DC"): _both,
    ("shorts_timing_gates.json", "model_timing_gates_FD_TC"): _both,
    ("shorts_kinematics.json", "predict_*"): _predict,
    ("shorts_kinematics.json", "get_air_resistance"): _air,
    ("shorts_kinematics.json", "create_FVP"): _profile,
}
