"""Adapters of the handbook's examples: kick, decay of speed, stride, reserve: names, units and prose inputs only."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np

from analysis.stats import kick, reserve_use, speed_decay, stride

_SIGNS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Pow: operator.pow, ast.USub: operator.neg, ast.UAdd: operator.pos,
}  # fmt: skip
_ORDER: dict[str, Callable[..., Any]] = {
    "<=": operator.le, "<": operator.lt, ">=": operator.ge, ">": operator.gt,
}  # fmt: skip

_SYMBOLS: dict[int, str] = str.maketrans({"·": "*", "×": "*", "−": "-", "–": "-"})


def _of_t(node: ast.AST, t: Any) -> Any:
    """The value of an expression of numbers, `t` and signs; nothing else is understood."""
    match node:
        case ast.Expression(body=body):
            return _of_t(body, t)
        case ast.Constant(value=int() | float() as value):
            return value
        case ast.Name(id="t"):
            return t
        case ast.BinOp(left=left, op=op, right=right):
            return _SIGNS[type(op)](_of_t(left, t), _of_t(right, t))
        case ast.UnaryOp(op=op, operand=operand):
            return _SIGNS[type(op)](_of_t(operand, t))
    raise ValueError(f"no expression of t: {ast.dump(node)}")


def _times(told: Any) -> Any:
    """A list, or prose such as "0,1,...,300": dots go on in the step of the two numbers before them."""
    if not isinstance(told, str):
        return told
    found: list[float] = []
    told = re.sub(r"^\s*([\d.]+?)\s*(?:\.{2,}|…|to)\s*([\d.]+)\s*$", r"\1,...,\2", told)  # 0..300
    parts = [part.strip() for part in told.strip("[]() ").split(",") if part.strip()]
    for i, part in enumerate(parts):
        if part not in ("...", "…"):
            found += [] if found and float(part) == found[-1] else [float(part)]
            continue
        step = found[-1] - found[-2] if len(found) > 1 else 1.0
        more = round((float(parts[i + 1]) - found[-1]) / step)
        found += [found[-1] + step * k for k in range(1, more + 1)]
    return found


def _distances(told: Any, times: Any) -> Any:
    """A list, or pieces such as "4.8*t for t<=240; 1152+5.4*(t-240) after": the first piece that holds for each t."""
    if not isinstance(told, str):
        return told
    t = np.asarray(times, dtype=float)
    holds, values = [], []
    for piece in told.translate(_SYMBOLS).replace("≤", "<=").replace("≥", ">=").split(";"):
        text = re.sub(r"\s+(after|else|otherwise)\s*$", "", piece.strip())
        formula, _, when = text.partition(" for ")
        formula = re.sub(r"(?<=[\d.)])\s*(?=[t(])", "*", formula)  # 4.8t, 5.4(t-240)
        holds.append(_holds(when.strip(), t))
        values.append(np.broadcast_to(_of_t(ast.parse(formula.strip().replace("^", "**"), mode="eval"), t), t.shape))
    return np.select(holds, values, np.nan).tolist()


def _holds(when: str, t: Any) -> Any:
    """Where "t<=240" or "100<t<=130" is true of each t; everywhere without a bound."""
    bound = re.fullmatch(r"(?:([\d.]+)\s*(<=|<)\s*)?t(?:\s*(<=|>=|<|>)\s*([\d.]+))?", when)
    found = np.ones(t.shape, dtype=bool)
    if bound and bound[1]:
        found &= _ORDER[bound[2]](float(bound[1]), t)
    if bound and bound[3]:
        found &= _ORDER[bound[3]](t, float(bound[4]))
    return found


def _told(given: dict[str, Any], **names: str) -> dict[str, Any]:
    return {ours: given[theirs] for theirs, ours in names.items() if given.get(theirs) is not None}


def _shown(found: kick.Kick) -> dict[str, Any]:
    interval = None if found.low_pct is None else [found.low_pct, found.high_pct]
    return asdict(found) | {"ci_pct": interval}


def _kick(given: dict[str, Any]) -> dict[str, Any]:
    options = _told(given, kick_m="kick_m", sigma_t="sigma_t_s", level="level")
    return _shown(kick.kick_of_splits(given.get("dist"), given.get("time"), **options))


def _stream(given: dict[str, Any]) -> dict[str, Any]:
    names = {"kick_m": "kick_m", "skip_frac": "skipped", "seg_m": "segment_m", "sigma_rel": "sigma_rel"}
    try:
        times = _times(given.get("time_s"))
        distances = _distances(given.get("dist_m"), times)
    except (SyntaxError, TypeError, ValueError):  # words that are no description of a stream
        return {"status": "refused", "reason": "BAD_INPUT"}
    return _shown(kick.kick_of_stream(times, distances, **_told(given, **names)))


def _decay(given: dict[str, Any]) -> dict[str, Any]:
    found = speed_decay.decay(given.get("frac"), given.get("v"), **_told(given, level="level"))
    return asdict(found) | {"decay_pct_full_distance": found.pct, "lo": found.low_pct, "hi": found.high_pct}


def _stride(given: dict[str, Any]) -> dict[str, Any]:
    found = stride.stride(given.get("v1"), given.get("cad1"), given.get("v2"), given.get("cad2"))
    return asdict(found) | {"step_length_1": found.step_length_1_m, "step_length_2": found.step_length_2_m}


ADAPTERS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "E1.kick": _kick,
    "E2.kick_stream": _stream,
    "E3.decay": _decay,
    "E4.stride": _stride,
    "E6.reserve": lambda given: asdict(
        reserve_use.reserve_use(given.get("v_kick"), given.get("v_ref"), given.get("vmax"))
    ),
}
