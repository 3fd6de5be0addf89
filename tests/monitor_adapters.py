"""Adapters of the handbook's F5 and F7 for tests/method_adapters.py: names, units and missing inputs only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from analysis.metrics._priors import NU0
from analysis.stats import jump_monitor, niggle


def _jump_monitor(given: dict[str, Any]) -> dict[str, Any]:
    df = NU0 if given.get("df") is None else given["df"]
    return asdict(
        jump_monitor.jump_monitor(
            given.get("base_means") or [], given.get("today_mean"), te=given.get("te"), df=df, swc=given.get("swc")
        )
    )


def _niggle(given: dict[str, Any]) -> dict[str, Any]:
    flags = {name: given.get(name) for name in ("night_pain", "swelling")}
    modified = given.get("modified") or []
    modified = [True] * modified if isinstance(modified, int) else modified  # a count of sessions
    return asdict(niggle.niggle(given.get("pain") or [], modified, **flags))


ADAPTERS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "F5.jump_monitor": _jump_monitor,
    "F7.niggle": _niggle,
}
