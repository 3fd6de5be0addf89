"""Adapters of the handbook's H1, H2, H3, H6, H7 and H8: names, units and missing inputs only."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np

from analysis.stats import funnel, norms, percentile, scaling, small_cells, squad_difference


def _first(given: dict[str, Any], *names: str, default: Any = None) -> Any:
    """The first of several names of one input that is there and not null."""
    return next((given[name] for name in names if given.get(name) is not None), default)


def _refused(reason: str, *fields: str) -> dict[str, Any]:
    return {"status": "refused", "reason": reason} | dict.fromkeys(fields)


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan


def _numbers(values: Any) -> list[float]:
    """A list of numbers; one number alone is a list of one."""
    return [_number(v) for v in (values if isinstance(values, list | tuple) else [values])]


def _lower_is_better(given: dict[str, Any]) -> bool:
    return bool(_first(given, "lower_is_better", default=False)) or given.get("better") == "lower"


def _allometric(given: dict[str, Any]) -> dict[str, Any]:
    mass = _first(given, "bm", "body_mass", "body_mass_kg")
    found = scaling.scale(_number(given.get("y")), _number(mass), exponent=_first(given, "b", default=scaling.EXPONENT))
    if mass is None:
        return _refused("BODY_MASS_MISSING", "ratio", "allometric")
    if not (math.isfinite(found.ratio) and math.isfinite(found.allometric)):
        return _refused("BAD_INPUT", "ratio", "allometric")
    return {"status": "ok", "ratio": float(found.ratio), "allometric": float(found.allometric)}


def _allometric_fit(given: dict[str, Any]) -> dict[str, Any]:
    y, mass = (_numbers(given.get(name) or []) for name in ("y", "bm"))
    if any(math.isnan(v) for v in (*y, *mass)):
        return _refused("BAD_INPUT", "b", "ci")
    found = scaling.allometric_fit(y, mass, groups=given.get("groups"))
    if found.reason:
        return _refused(found.reason, "b", "ci")
    return {"status": "ok", "b": found.b, "ci": [found.low, found.high], "se": found.se, "df": found.df, "n": found.n}


def _percentile(given: dict[str, Any]) -> dict[str, Any]:
    fields, value = ("percentile_hazen", "rank_from_top", "lo", "hi"), _number(given.get("value"))
    if math.isnan(value):
        return _refused("BAD_INPUT", *fields)
    everybody = [value, *_numbers(given.get("others") or [])]
    found = percentile.percentiles(everybody, lower_is_better=_lower_is_better(given))
    if str(found.reason):
        return _refused(str(found.reason), *fields)
    numbers = (found.percentile, found.rank_from_top, found.low, found.high)
    return {"status": "ok"} | {name: float(column[0]) for name, column in zip(fields, numbers, strict=True)}


def _crawford_howell(given: dict[str, Any]) -> dict[str, Any]:
    names = ("x", "norm_mean", "norm_sd", "n")
    found = norms.crawford_howell(*(_number(given.get(name)) for name in names))
    if str(found.reason):
        return _refused(str(found.reason), "t", "percentile")
    return {"status": "ok", "t": float(found.t), "percentile": float(found.percentile), "df": float(found.df)}


def _funnel(given: dict[str, Any]) -> dict[str, Any]:
    mu, sigma, tau = (_number(given.get(name)) for name in ("mu", "sd_trial", "sd_between"))
    tau = 0.0 if given.get("sd_between") is None else tau
    n, p = _numbers(given.get("n")), _number(_first(given, "p", "level", default=funnel.LIMITS[0]))
    found = funnel.limits(mu, sigma, n, sd_between=tau, level=p)
    if not n or np.isnan(found.low).any():
        return _refused("BAD_INPUT", "lo", "hi")
    return {"status": "ok", "lo": found.low.tolist(), "hi": found.high.tolist()}


def _squad_difference(given: dict[str, Any]) -> dict[str, Any]:
    a, b = (_numbers(given.get(name) or []) for name in ("a", "b"))
    found = squad_difference.squad_difference(a, b)
    if found.reason:
        return _refused(found.reason, "difference", "se", "df", "ci")
    return asdict(found) | {"status": "ok", "ci": [found.low, found.high]}


def _k_anon(given: dict[str, Any]) -> dict[str, Any]:
    total_shown = given.get("total_shown") is not False
    found = small_cells.suppress(
        given.get("counts") or {}, k=_first(given, "k", default=small_cells.K), total_shown=total_shown
    )
    if found.reason:
        return _refused(found.reason, "suppressed")
    return {"status": "ok", "suppressed": list(found.suppressed), "shown": found.shown, "total": found.total}


ADAPTERS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "H1.allometric": _allometric,
    "H1.allometric_fit": _allometric_fit,
    "H2.percentile": _percentile,
    "H3.crawford_howell": _crawford_howell,
    "H6.funnel": _funnel,
    "H7.squad_difference": _squad_difference,
    "H8.k_anon": _k_anon,
}
