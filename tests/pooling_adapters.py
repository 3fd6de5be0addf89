"""Adapters of the handbook's D17, D19, D20, H4 and H5 for tests/method_adapters.py: names and missing inputs only."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from analysis.metrics._priors import NU0
from analysis.stats import pooling, ranks, response, several

_POOLED = {
    "mu": "mu", "mu_sd": "mu_sd", "tau_mean": "tau_mean", "tau_median": "tau_median", "theta": "theta", "sd": "sd",
    "lo": "low", "hi": "high",
}  # fmt: skip


def _first(given: dict[str, Any], *names: str, default: Any = None) -> Any:
    """The first of several names of one input that is there and not null."""
    return next((given[name] for name in names if given.get(name) is not None), default)


def _numbers(values: Any) -> list[float]:
    return [math.nan if value is None else float(value) for value in values or []]


def _plain(value: Any) -> Any:
    """A number or a list of numbers with None for NaN."""
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return None if math.isnan(value) else value


def _refused(reason: str, *fields: str) -> dict[str, Any]:
    return {"status": "refused", "reason": reason} | dict.fromkeys(fields)


def _same_length(given: dict[str, Any], one: str, other: str) -> tuple[list[float], list[float]] | None:
    """Two lists of one length, the second may be one number for all; None where they do not belong together."""
    y, s = given.get(one), given.get(other)
    first = _numbers(y)
    second = [float(s)] * len(first) if isinstance(s, int | float) else _numbers(s)
    missing = any(math.isnan(v) for v in (*first, *second))
    return None if y is None or len(first) != len(second) or missing else (first, second)


def _holm(given: dict[str, Any]) -> dict[str, Any]:
    p = _numbers(_first(given, "p", default=[]))
    adjusted = several.holm(p) if p else np.array([math.nan])
    if np.isnan(adjusted).any():
        return _refused("BAD_INPUT", "p_adjusted")
    return {"status": "ok", "p_adjusted": adjusted.tolist()}


def _pool(given: dict[str, Any], default_scale: float = pooling.TAU_SCALE) -> dict[str, Any]:
    both, scale = _same_length(given, "y", "s"), float(_first(given, "tau_scale", "scale", default=default_scale))
    if both is None or not 0 < scale < math.inf:
        return _refused("BAD_INPUT", *_POOLED)
    prior = "flat" if given.get("prior") == "flat" else "half_normal"
    found = pooling.pool(
        *both, scale=scale, prior=prior, groups=given.get("groups"),
        level=_first(given, "level", default=pooling.LEVEL),
    )  # fmt: skip
    numbers = {name: _plain(getattr(found, field).tolist()) for name, field in _POOLED.items()}
    reason = str(found.reason)
    return {"status": "refused" if reason else "ok", "reason": reason or None} | numbers


def _levels(given: dict[str, Any]) -> dict[str, Any]:
    return _pool(given, pooling.LEVEL_SCALE)


def _paule_mandel(given: dict[str, Any]) -> dict[str, Any]:
    both = _same_length(given, "y", "s")
    if both is None:
        return _refused("BAD_INPUT", "tau2")
    tau2 = float(pooling.paule_mandel(*both))
    if math.isnan(tau2):
        return _refused("TOO_FEW_ATHLETES" if len(both[0]) < 2 else "BAD_INPUT", "tau2")
    return {"status": "ok", "tau2": tau2}


def _sd_ir(given: dict[str, Any]) -> dict[str, Any]:
    te, controls = given.get("te"), given.get("changes_con")
    controls = None if controls is None or not (controls or te is None) else _numbers(controls)
    found = response.individual_response(
        _numbers(given.get("changes_exp")), controls, te=te,
        te_df=_first(given, "te_df", "df_te", "df", default=NU0), level=_first(given, "level", default=response.LEVEL),
    )  # fmt: skip
    names = {"sd_ir": "sd_ir", "lo": "low", "hi": "high", "mean_change": "mean_change", "sd_change": "sd_change"}
    if found.reason:
        return _refused(found.reason, *names)
    return {"status": "ok"} | {name: getattr(found, field) for name, field in names.items()}


def _expected_rank(given: dict[str, Any]) -> dict[str, Any]:
    if not given.get("theta"):
        return _refused("TOO_FEW_ATHLETES", "expected_rank")
    both = _same_length(given, "theta", "var")
    found = np.array([math.nan]) if both is None else ranks.expected_rank(*both)
    if np.isnan(found).any():
        return _refused("BAD_INPUT", "expected_rank")
    return {"status": "ok", "expected_rank": found.tolist()}


ADAPTERS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "D17.holm": _holm,
    "D19.partial_pooling": _pool,
    "D19.paule_mandel": _paule_mandel,
    "D20.sd_ir": _sd_ir,
    "H4.levels": _levels,
    "H5.expected_rank": _expected_rank,
}
