"""Adapters of the handbook for tests/method_adapters.py: names, units and missing inputs only."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np

from analysis.stats import asymmetry, impulse, jump, jump_force, reactive
from analysis.units import G_MPS2

_SINE = re.compile(r"([+-])\s*(?:(\d+(?:\.\d+)?)\s*\*\s*)?sin\(\s*pi\s*\*?\s*t\s*/\s*(\d*\.?\d+)\s*\)")


def _number(value: Any) -> float:
    return math.nan if value is None else float(value)


def _refused(reason: str) -> dict[str, Any]:
    return {"status": "refused", "reason": reason}


def _written_force(text: str, mass_kg: float, sample_hz: float) -> Any:
    """The force of a text such as "F(t)=m*g + 900*sin(pi*t/0.30)", after 1.5 s of quiet and before a flight."""
    weight, found = mass_kg * G_MPS2, _SINE.search(text)
    sign, height, length = found.groups() if found else ("+", "0", "0.3")
    t = np.arange(int(float(length) * sample_hz + 1e-9) + 1) / sample_hz
    push = float(f"{sign}{height or 1}") * np.sin(np.pi * t / float(length))
    flight = np.zeros(int(0.3 * sample_hz)) if found else np.full(int(0.3 * sample_hz), weight)
    return np.concatenate([np.full(int(1.5 * sample_hz), weight), weight + push, flight])


def _impulse(i: dict[str, Any]) -> dict[str, Any]:
    force, mass, rate = i.get("force"), _number(i.get("mass_kg")), _number(i.get("sample_hz"))
    if isinstance(force, str):
        if not (0 < mass < math.inf and 0 < rate < math.inf):
            return _refused("BAD_INPUT")
        force = _written_force(force, mass, rate)
    found = asdict(impulse.from_force([] if force is None else [_number(f) for f in force], rate))
    return found | {"impulse_Ns": found["impulse_ns"], "takeoff_velocity": found["takeoff_mps"]}


def _equations(i: dict[str, Any]) -> dict[str, Any]:
    p = jump.power_equations(i.get("h_cm"), i.get("bm"), i.get("external_kg"))
    return {
        "status": p.status, "reason": p.reason, "sayers_peak_W": p.sayers_peak_w, "harman_peak_W": p.harman_peak_w,
        "harman_mean_W": p.harman_mean_w,
    }  # fmt: skip


def _samozino(i: dict[str, Any]) -> dict[str, Any]:
    height, mass, cv = _number(i.get("h")), i.get("bm"), i.get("cv_h")
    external = _number(i.get("ext") or 0.0)
    cv = jump_force.CV_HEIGHT if cv is None else cv
    if reason := jump_force.refusal(height, i.get("hpo"), mass, external, cv):
        return _refused(reason)
    p = jump_force.push_off(height, i["hpo"], _number(mass), external, cv_height=cv)
    return {
        "status": "ok", "force_N": float(p.force_n), "velocity": float(p.velocity_mps), "power_W": float(p.power_w),
        "power_Wkg": float(p.power_w_kg), "cv_power": float(p.cv_power),
    }  # fmt: skip


def _profile(i: dict[str, Any]) -> dict[str, Any]:
    heights, loads = ([_number(v) for v in i.get(name) or []] for name in ("heights", "loads"))
    options = {"cv_height": i["cv_h"]} if i.get("cv_h") is not None else {}
    p = jump_force.profile(heights, loads, body_mass_kg=i.get("bm"), push_off_m=i.get("hpo"), **options)
    return {
        "status": p.status, "reason": p.reason, "F0_Nkg": p.f0_n_kg, "V0": p.v0_mps, "Sfv": p.sfv,
        "Pmax_Wkg": p.pmax_w_kg, "r2": p.r2,
    }  # fmt: skip


def _rsi(i: dict[str, Any]) -> dict[str, Any]:
    r = reactive.reactive_strength(i.get("tc"), height_m=i.get("h"), flight_time_s=i.get("tf"))
    return {
        "status": r.status,
        "reason": r.reason,
        "rsi_height_per_tc": r.height_per_contact,
        "rsi_flight_ratio": r.flight_per_contact,
    }


def _asymmetry(i: dict[str, Any]) -> dict[str, Any]:
    left, right = ([_number(v) for v in i.get(side) or []] for side in ("left", "right"))
    sd_log = i.get("sd_log")
    if reason := asymmetry.refusal(left, right, sd_log):
        return _refused(reason)
    lower = i.get("better") == "lower" or bool(i.get("lower_is_better"))
    a = asymmetry.asymmetry(left, right, sd_log=sd_log, lower_is_better=lower)
    return {
        "status": "ok", "asym_pct": float(a.asym_pct), "lo": float(a.low), "hi": float(a.high),
        "bishop_pct": float(a.bishop_pct), "beyond_noise": bool(a.beyond_noise), "df": float(a.df),
    }  # fmt: skip


ADAPTERS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "D2.impulse": _impulse,
    "D3.power_equations": _equations,
    "D4.samozino_jump": _samozino,
    "D5.fv_jump": _profile,
    "D11.rsi": _rsi,
    "D12.asymmetry": _asymmetry,
}
