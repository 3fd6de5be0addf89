"""Fits and profiles of the releases 1.1.6 and 2.0 of R's `shorts`, which subtract the time correction as we do.

Its distance correction of 1.1.6 is our known offset, fitted: t(d + offset) - t(offset). With both corrections the clock
counts the whole run in 1.1.6, t(d + shift) - tc, and what is after the gate in 2.0; the times are the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from analysis.stats import _kinematics as kinematics
from analysis.stats import sprint_force
from analysis.stats.sprint_model import Correction, fit_splits
from peers_compare import Adapter, Compared
from peers_sprint import G_PEER, plain, unknown
from peers_sprint_optimum import Sprint, flat, named

_INPUTS = {"distance", "time", "time_correction", "version", "function", "release", "na_rm", "LOOCV"}
_REPORT = {"n_iter", "converged", "stop_message", "version", "release", "rfmax_cutoff"}
_COLUMN = (
    r"_?((?:se_)?(?:mss|tau|mac|pmax|time_correction|distance_correction|tc|fd|dc)|rse|ssr|rss|df(?:_residual)?|r2"
    r"|r_squared|(?:mean|min|max|maxabs)err|rmse|mae|predicted|pred_time)$"
)
_ABOUT = 1e-6  # s: the peer's fit ends a little before the optimum, and errors of fit are small


def _correction(function: str) -> Correction:
    if re.search(r"with_corrections|fd_tc|tc_dc|tc_fd", function):
        return "time and shift"
    if re.search(r"distance_correction|_fd", function):
        return "distance"
    return "time" if re.search(r"time_correction|_tc", function) else "none"


def _fit(function: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """A fit of an old release by its names in small letters."""
    unknown(given, _INPUTS)
    correction, added, y = _correction(function), given.get("time_correction", 0.0), np.asarray(given["time"], float)
    fit = fit_splits(given["distance"], y + added, correction=correction, clock_df=0)
    v, tau, start = (float(q.value) for q in (fit.vmax_mps, fit.tau_s, fit.start_offset_m))
    tc, miss = float(np.nan_to_num(fit.time_correction_s.value)) + added, y + added - fit.predicted_s
    counted = float(kinematics.time_at_distance(start, v, tau)) if correction == "time and shift" and start > 0 else 0.0
    found = {
        "mss": v, "tau": tau, "mac": v / tau, "pmax": v * v / tau / 4, "time_correction": tc, "tc": tc - counted,
        "distance_correction": start, "fd": start, "dc": start, "ssr": fit.rss, "rss": fit.rss, "df": fit.df,
        "df_residual": fit.df, "rse": np.sqrt(fit.rss / fit.df), "rmse": fit.rmse_s, "mae": np.abs(miss).mean(),
        "meanerr": miss.mean(), "minerr": miss.min(), "maxerr": miss.max(), "maxabserr": np.abs(miss).max(),
        "r2": np.corrcoef(y, fit.predicted_s)[0, 1] ** 2, "predicted": fit.predicted_s - added,
        "se_mss": fit.vmax_mps.se, "se_tau": fit.tau_s.se, "se_mac": fit.a0_mps2.se,
        "se_tc": fit.time_correction_s.se, "se_time_correction": fit.time_correction_s.se,
        "se_fd": fit.start_offset_m.se, "se_distance_correction": fit.start_offset_m.se,
    }  # fmt: skip
    return found | {"r_squared": found["r2"], "pred_time": found["predicted"]}


def _old_fit(case: Mapping[str, Any]) -> list[Compared]:
    """Every output by its column behind the function's name, which is that of the case or stands before the column."""
    told = {name: value for name, value in flat(case["outputs"]).items() if name not in _REPORT}
    columns = {name: found.group(1) for name in told if (found := re.search(_COLUMN, name))}
    unknown(told, columns)
    mine = named(f"{case['fn']}_{case['inputs'].get('function', '')}")
    fits = {n: _fit(f"{mine}_{n.removesuffix(c)}", case["inputs"]) for n, c in columns.items()}
    rel = case["meta"]["tolerance"].get("old_nls_rel", 1e-4)
    return [Compared(n, told[n], plain(fits[n][c]), rel, _ABOUT) for n, c in columns.items()]


def _old_profile(case: Mapping[str, Any]) -> list[Compared]:
    """The line through a trace of 6 s in 600 points, as releases 1 and 2 took it, and the ends of release 2.1."""
    sprint, fair = Sprint(case["inputs"]), case["meta"]["tolerance"]
    (v, tau), who, t = sprint.model, sprint.who, np.linspace(0, 6, 600)
    speed = kinematics.velocity_at_time(t, v, tau)
    force, later = who.force_n(speed, kinematics.acceleration_at_time(t, v, tau)), t > 0.3
    rf, kg = force / np.hypot(force, who.body_mass_kg * G_PEER), who.body_mass_kg
    (slope, f0), ends = np.polyfit(speed, force, 1), sprint_force.linear_ends(v, tau, who)
    found: dict[str, Any] = {"bodymass": kg, "rfmax": rf[later].max(), "drf": np.polyfit(speed[later], rf[later], 1)[0]}
    for behind, force0, v0 in (("", f0, -f0 / slope), ("_poly", float(ends.f0_n), float(ends.v0_mps))):
        power = force0 * v0 / 4
        found |= {f"f0{behind}": force0, f"f0{behind}_rel": force0 / kg, f"v0{behind}": v0, f"pmax{behind}": power}
        found |= dict.fromkeys((f"pmax{behind}_rel", f"pmax{behind}_relative"), power / kg)
        found |= {f"fv_slope{behind}": -force0 / kg / v0}
    told = {name: value for name, value in flat(case["outputs"]).items() if name not in _REPORT}
    unknown(told, found)
    return [Compared(n, x, plain(found[n]), fair["Drf_rel" if n == "drf" else "FVP_rel"]) for n, x in told.items()]


_FILE, _GATES = "shorts_kinematics.json", "shorts_timing_gates.json"
ADAPTERS: dict[tuple[str, str], Adapter] = {
    **{(_FILE, pattern): _old_fit for pattern in ("*model*", "*using_splits*", "*timing_gates*", "old*", "*nls*")},
    **{(_GATES, pattern): _old_fit for pattern in ("*using_splits*", "*1.1.6*", "*2.0*")},
    **{(_FILE, pattern): _old_profile for pattern in ("get_FV_profile*", "make_FV_profile*", "*FV_profile*")},
}
