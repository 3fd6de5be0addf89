"""Adapters of the handbook for tests/method_adapters.py: decoupling and transfer; names and missing inputs only."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from analysis.stats import transfer
from analysis.stats.decoupling import decoupling


def _known(number: float) -> float | None:
    return None if math.isnan(number) else number


def _decoupling(given: dict[str, Any]) -> dict[str, Any]:
    halves = (given.get(name) for name in ("v1", "hr1", "v2", "hr2"))
    found = decoupling(*halves, minutes=given.get("minutes"), cv_speed=given.get("cv_speed"))
    return {"status": found.status, "reason": found.reason, "decoupling_pct": _known(found.decoupling_pct)}


def _within(given: dict[str, Any]) -> dict[str, Any]:
    groups: list[Any] = [group or ([], []) for group in given.get("groups") or []]
    if any(len(group) != 2 or len(group[0] or []) != len(group[1] or []) for group in groups):
        return {"status": "refused", "reason": "BAD_INPUT"}
    pairs = [(name, x, y) for name, (xs, ys) in enumerate(groups) for x, y in zip(xs or [], ys or [], strict=True)]
    names, x, y = ([pair[i] for pair in pairs] for i in range(3))
    found = transfer.within_slope(x, y, names)
    told: dict[str, Any] = {name: _known(getattr(found, name)) for name in ("slope", "se", "var_x_within")}
    told |= {"ci": None if math.isnan(found.low) else [found.low, found.high]}
    return told | {"status": found.status, "reason": found.reason, "n": found.n, "groups": found.groups}


def _eiv(given: dict[str, Any]) -> dict[str, Any]:
    found = transfer.corrected(*(given.get(name) for name in ("b", "se", "var_x_within", "te_x")))
    told = {"status": found.status, "reason": found.reason, "reliability": _known(found.reliability)}
    return told | {"slope_corrected": _known(found.slope), "se_corrected": _known(found.se)}


ADAPTERS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "E5.decoupling": _decoupling,
    "E7.within_slope": _within,
    "E7.eiv": _eiv,
}
