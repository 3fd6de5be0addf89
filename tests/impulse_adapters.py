"""Adapters of the handbook for tests/method_adapters.py: names, units and missing inputs only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np

from analysis.stats import impulse_response

ANY_LOAD = 50.0  # stands for "any" load where an example does not care


def _refused(reason: str) -> dict[str, Any]:
    return {"status": "refused", "reason": reason}


def _numbers(told: Any, n: int = 0) -> list[float | None]:
    """A list of numbers; text such as "any" or one number is a load on each of `n` days, nothing no numbers at all."""
    if isinstance(told, str | int | float):
        return [ANY_LOAD if isinstance(told, str) else told] * n
    return list(told or [])


def _state(given: dict[str, Any]) -> dict[str, Any]:
    load, tau = _numbers(given.get("daily_load")), given.get("tau_days")
    if not load or any(w is not None and not 0 <= w < np.inf for w in load) or not tau or not 0 < tau < np.inf:
        return _refused("BAD_INPUT")
    if None in load[:-1]:
        return _refused("COVERAGE_TOO_LOW")
    return {"status": "ok", "state": impulse_response.state(np.array(load, dtype=float), tau).tolist()}


def _ffm(given: dict[str, Any]) -> dict[str, Any]:
    days = _numbers(given.get("test_days"))
    n_days = int(max((d for d in days if d is not None and 0 <= d < 10_000), default=0)) + 1
    load = _numbers(given.get("daily_load"), n_days)
    default = impulse_response.GRID
    grid = impulse_response.Grid(
        tuple(tau for tau in given.get("tau1_grid") or default.tau1 if tau is not None),
        tuple(tau for tau in given.get("tau2_grid") or default.tau2 if tau is not None),
        default.min_separation if given.get("min_sep_days") is None else given["min_sep_days"],
    )
    return asdict(impulse_response.fit(load, days, _numbers(given.get("performance")), grid=grid))


ADAPTERS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {"F1.state": _state, "F1.ffm": _ffm}
