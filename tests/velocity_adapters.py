"""Adapters of the handbook for tests/method_adapters.py: names, units and missing inputs only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from analysis.stats import velocity
from analysis.stats.tempo_marker import TempoSet, tempo_marker


def _profile(given: dict[str, Any]) -> dict[str, Any]:
    spread = {"mvt_sd": given["mvt_sd"]} if given.get("mvt_sd") is not None else {}
    found = velocity.profile(given.get("load") or [], given.get("vel") or [], given.get("mvt"), **spread)
    return {{"low_kg": "lo_kg", "high_kg": "hi_kg"}.get(name, name): value for name, value in asdict(found).items()}


def _same_load(given: dict[str, Any]) -> dict[str, Any]:
    names = ("n1", "n2", "te", "swc", "df", "load1", "load2", "slope")
    options = {name: given[name] for name in names if given.get(name) is not None}
    return asdict(velocity.same_load(given.get("v1"), given.get("v2"), **options))


def _tempo_marker(given: dict[str, Any]) -> dict[str, Any]:
    ref, new = given.get("ref") or {}, given.get("new") or {}
    if ref.get("exercise") != new.get("exercise") and None not in (ref.get("exercise"), new.get("exercise")):
        return {"status": "refused", "reason": "BAD_INPUT"}
    names = ("tempo", "load_kg", "reps", "rir", "observed_tut_s", "technique_ok")
    first, second = (TempoSet(*(one.get(name) for name in names)) for one in (ref, new))
    return asdict(tempo_marker(first, second))


def _velocity_loss(given: dict[str, Any]) -> dict[str, Any]:
    return asdict(velocity.velocity_loss(given.get("v") or []))


ADAPTERS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "B6.lvp": _profile,
    "B7.same_load": _same_load,
    "B8.tempo_marker": _tempo_marker,
    "F6.velocity_loss": _velocity_loss,
}
