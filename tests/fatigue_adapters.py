"""Adapters of the handbook's examples: wellness, variability, sleep, the fatigue rule and readiness (F2-F4, F8, F9)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from analysis.stats import fatigue_rule, hrv, sleep, wellness

_STATES = {"down": True, "ok": False, None: None}


def _robust_z(given: dict[str, Any]) -> dict[str, Any]:
    floor = given.get("floor", wellness.FLOOR)
    worse = given.get("direction") == "higher_worse"
    found = wellness.robust_z(given.get("history"), given.get("today"), floor or 0.0, higher_worse=worse)
    return asdict(found)


def _persistent(given: dict[str, Any]) -> dict[str, Any]:
    found = asdict(fatigue_rule.persistent(given.get("flags")))
    return found | {"single_domain": list(found["single_domain"])}


def _readiness(given: dict[str, Any]) -> dict[str, Any]:
    told = given.get("domains") or {}
    if any(state not in _STATES for state in told.values()):
        return {"status": "refused", "reason": "BAD_INPUT"}
    found = asdict(fatigue_rule.readiness({name: _STATES[state] for name, state in told.items()}, given.get("gate")))
    return found | {"because": list(found["because"])}


ADAPTERS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "F2.robust_z": _robust_z,
    "F3.hrv": lambda given: asdict(hrv.week(given.get("baseline_ln"), given.get("week_ln"))),
    "F4.sleep": lambda given: asdict(sleep.sleep(given.get("hours"), given.get("need"))),
    "F8.persistent": _persistent,
    "F9.readiness": _readiness,
}
