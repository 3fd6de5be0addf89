"""Adapters of the handbook for tests/method_adapters.py: names, units and missing inputs only."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from analysis.stats import ewma, weekly


def _ewma(given: dict[str, Any]) -> dict[str, Any]:
    found = asdict(ewma.ewma_last(given.get("x"), given.get("N")))
    names = {"lam": "lambda", "value": "ewma_last", "coverage": "coverage_last"}
    return {names.get(name, name): value for name, value in found.items()}


def _classic(given: dict[str, Any]) -> dict[str, Any]:
    days = ewma.ewma_last(given.get("x"), given.get("N"))  # the same refusals
    if days.lam is None or days.value is None:
        return {"status": "refused", "reason": days.reason, "ewma_last": None}
    x = [math.nan if v is None else v for v in given["x"]]
    return {"status": "ok", "lambda": days.lam, "ewma_last": float(ewma.ewma_classic(x, days.lam).value[-1])}


def _ramp(given: dict[str, Any]) -> dict[str, Any]:
    return asdict(weekly.ramp(given.get("weekly")))


def _monotony(given: dict[str, Any]) -> dict[str, Any]:
    return asdict(weekly.monotony(given.get("days")))


def _ratio(given: dict[str, Any]) -> dict[str, Any]:
    return asdict(weekly.load_ratio(given.get("daily28")))


ADAPTERS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "C12.ewma": _ewma,
    "C12.ewma_classic": _classic,
    "C13.ramp": _ramp,
    "C14.monotony": _monotony,
    "C15.acwr": _ratio,
}
