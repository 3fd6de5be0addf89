"""Adapters of the handbook for tests/method_adapters.py: names, units and missing inputs only."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from analysis.stats import _kinematics, sprint_force, sprint_model

_FIELDS = ("vmax", "tau", "a0", "pmax_Wkg")


def _refused(reason: str, *fields: str) -> dict[str, Any]:
    return {"status": "refused", "reason": reason} | dict.fromkeys(fields)


def _numbers(values: Any) -> list[float] | None:
    """A list of numbers, None where it is no list or has a gap."""
    if not isinstance(values, list | tuple) or any(v is None or isinstance(v, str | bool) for v in values):
        return None
    return [float(v) for v in values]


def _number(value: Any, default: float = math.nan) -> float:
    return default if value is None else float(value)


def _fit(given: dict[str, Any], *, corrected: bool = False) -> dict[str, Any]:
    dist, time = _numbers(given.get("dist")), _numbers(given.get("time"))
    if dist is None or time is None or len(dist) != len(time) or any(map(math.isnan, (*dist, *time))):
        return _refused("BAD_INPUT", *_FIELDS)
    start = _number(given.get("start_offset_m"), 0.0)
    timed = corrected if given.get("tc") is None else bool(given["tc"])
    fit = sprint_model.fit_splits(dist, time, correction="time" if timed else "none", start_offset_m=start)
    if fit.reason:
        return _refused(str(fit.reason), *_FIELDS)
    found: dict[str, Any] = {
        "status": "caution" if fit.caution else "ok",
        "rmse_s": float(fit.rmse_s),
        "df": float(fit.df),
        "reason": str(fit.caution) or None,
    }
    for name, quantity in zip(_FIELDS, (fit.vmax_mps, fit.tau_s, fit.a0_mps2, fit.pmax_wkg), strict=True):
        found |= {name: float(quantity.value), f"{name.split('_')[0]}_ci": [float(quantity.low), float(quantity.high)]}
    tc = fit.time_correction_s
    return found | ({"tc_s": float(tc.value), "tc_ci": [float(tc.low), float(tc.high)]} if timed else {})


def _time(given: dict[str, Any]) -> dict[str, Any]:
    distance = _numbers([given["dist_m"]] if isinstance(given.get("dist_m"), int | float) else given.get("dist_m"))
    time = _kinematics.time_at_distance(distance or [], _number(given.get("vmax")), _number(given.get("tau")))
    if not distance or not np.isfinite(time).all():
        return _refused("BAD_INPUT", "time_s")
    return {"status": "ok", "time_s": time.tolist()}


def _profile(given: dict[str, Any]) -> dict[str, Any]:
    body = [_number(given.get(name)) for name in ("vmax", "tau", "mass", "height")]
    air = {
        "pressure_torr": _number(given.get("pressure"), sprint_force.PRESSURE_TORR),
        "temperature_c": _number(given.get("temp_c", given.get("temperature")), sprint_force.TEMPERATURE_C),
    }
    found = sprint_force.force_velocity(*body, wind_mps=_number(given.get("wind"), 0.0), **air)
    names = ("F0_Nkg", "V0", "Pmax_Wkg", "Sfv", "RFmax_pct", "DRF_pct")
    values = [float(v) for v in vars(found).values()]
    if not np.isfinite(values).all():
        return _refused("BAD_INPUT", *names)
    return {"status": "ok", "k_air": float(sprint_force.drag(*body[2:], **air))} | dict(zip(names, values, strict=True))


ADAPTERS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "D8.sprint_2p": _fit,
    "D8.sprint_time": _time,
    "D9.sprint_tc": lambda given: _fit(given, corrected=True),
    "D9.sprint_offset": _fit,
    "D10.sprint_fv": _profile,
}
