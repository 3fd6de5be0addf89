"""Adapters of the handbook's examples: plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from analysis.stats import gym_days, plan_load


def _renamed(given: dict[str, Any], **names: str) -> dict[str, Any]:
    """The inputs that are there and not null by the toolkit's names: its own defaults stand for the others."""
    return {own: given[name] for name, own in names.items() if given.get(name) is not None}


def _next_load(given: dict[str, Any]) -> dict[str, Any]:
    options = _renamed(given, rep_lo="rep_low", rep_hi="rep_high")
    return asdict(plan_load.next_load(given.get("load"), step_kg=given.get("step"), reps=given.get("reps"), **options))


def _block_plan(given: dict[str, Any]) -> dict[str, Any]:
    options = _renamed(given, rir="rir", sets="sets", deload_week="deload_week", every="every")
    found = plan_load.block_plan(
        given.get("e1"), reps=given.get("reps"), step_kg=given.get("step"), weeks=given.get("weeks"), **options
    )
    return asdict(found)


def _gym_days(given: dict[str, Any]) -> dict[str, Any]:
    return asdict(gym_days.gym_days(given.get("runs"), **_renamed(given, want="want")))


ADAPTERS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "G2.next_load": _next_load,
    "G2.block_plan": _block_plan,
    "G3.gym_days": _gym_days,
}
