"""Peers' cases answered by our functions; see tests/peer_adapters.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from analysis.stats.e1rm import multiplier
from analysis.stats.rep_progressions import PROGRESSIONS, TYPES, Progression, adjustments, vertical_plan
from analysis.stats.rep_tables import max_reps, max_share, planned_reps, planned_share
from peers_compare import Adapter, Compared

FILE = "stmr.json"
METHODS = {"RIR": "rir", "DI": "deducted", "RelInt": "relative", "rel_int": "relative", "%MR": "max_reps"}
RULES = {
    "progression_RIR": "rir", "progression_DI": "deducted", "progression_rel_int": "relative",
    "progression_perc_MR": "max_reps", "progression_variable_RIR": "variable_rir",
    "progression_variable_DI": "variable_deducted", "progression_RIR_increment": "rir_increment",
    "progression_perc_drop": "percent_drop",
    "progression_perc_MR_variable": "variable_max_reps",
}  # fmt: skip
PARAMETERS = {"epley": ("k", "k"), "modified_epley": ("kmod", "kmod"), "linear": ("klin", "klin")}
EQUATIONS = {"mcglothin": "lander"} | {
    name: name for name in ("epley", "brzycki", "lombardi", "mayhew", "oconner", "wathan", "lander")
}  # fmt: skip


def _exact(case: Mapping[str, Any], what: str, found: Any) -> Compared:
    # numbers of 15 digits, some of them the rest of a subtraction or exactly zero
    return Compared(what, case["outputs"][what], found.tolist(), case["meta"]["tolerance"]["closed_form_rel"], 1e-15)


def _model(given: Mapping[str, Any]) -> dict[str, Any]:
    model = str(given.get("model", "epley")).replace(" ", "_")
    return {"model": model, "k": given.get(PARAMETERS[model][0])}


def _maxima(case: Mapping[str, Any]) -> list[Compared]:
    given, names = case["inputs"], {"modified": "modified_epley", "linear": "linear"}
    model = next((model for word, model in names.items() if word in case["fn"]), "epley")
    options = _model({**given, "model": model})
    ours: dict[str, tuple[Any, str]] = {"max_reps": (max_reps, "perc_1RM"), "max_perc_1RM": (max_share, "reps")}
    assert set(case["outputs"]) <= set(ours), f"no answer to {sorted(set(case['outputs']) - set(ours))}"
    asked = [(what, *of) for what, of in ours.items() if what in case["outputs"]]
    return [_exact(case, what, function(given[over], **options)) for what, function, over in asked]


def _shares(case: Mapping[str, Any]) -> list[Compared]:
    given = case["inputs"]
    function, over = (planned_reps, "perc_1RM") if "reps" in case["fn"] else (planned_share, "reps")
    options = _model(given) | {"effort_factor": given.get("mfactor", 1)}
    by = np.atleast_1d(given.get("adjustment", 0 if given["method"] in ("RIR", "DI") else 1))[:, None]
    found = function(given[over], METHODS[given["method"]], by, **options)
    assert len(case["outputs"]) == 1, f"one table expected, not {sorted(case['outputs'])}"
    what, told = next(iter(case["outputs"].items()))
    return [_exact(case, what, found if np.ndim(told) == found.ndim else found[0])]


def _adjusted(case: Mapping[str, Any]) -> list[Compared]:
    """The functions with the method in their name are the wrappers with that method."""
    way, method = case["fn"].removeprefix("adj_").replace("perc_1RM", "share").split("_", 1)
    word = {"perc_MR": "%MR", "rel_int": "RelInt"}.get(method, method)
    return _shares({**case, "fn": f"get_{way}", "inputs": {**case["inputs"], "method": word}})


def _rule(function: str, given: Mapping[str, Any]) -> Progression:
    """The progression of a case, with the increments that the case states."""
    ballistic = f"{RULES[function]}_ballistic"
    by_type = ballistic in PROGRESSIONS and given["type"] != "grinding"
    rule = PROGRESSIONS[ballistic if by_type else RULES[function]]
    if (step := given.get("step_increment")) is not None:
        rule = replace(rule, step=(step, step), volume=(step, step) if rule.base == 0 else rule.volume)
    if (volume := given.get("volume_increment")) is not None:
        rule = replace(rule, volume=(volume, volume))
    ends: dict[str, Any] = {
        what: tuple(given.get(f"rep_{reps}_{what}_increment", getattr(rule, what)[i]) for i, reps in enumerate((1, 12)))
        for what in ("step", "volume")
    }
    return replace(rule, **ends)


def _progression(case: Mapping[str, Any]) -> list[Compared]:
    given = case["inputs"]
    rule, steps, extra = _rule(case["fn"], given), np.array(given["step"])[:, None], given.get("adjustment", 0)
    by = np.array([adjustments(given["reps"], steps, v, rule, extra=extra) for v in given["volumes"]])
    options = _model(given) | {"effort_factor": given.get("mfactor") or TYPES[given["type"]]}
    found = planned_share(given["reps"], rule.method, by, **options)
    ours = {"perc_1RM_volume_by_step": found, "adjustment_volume_by_step": by}
    assert set(case["outputs"]) <= set(ours), f"no answer to {sorted(set(case['outputs']) - set(ours))}"
    return [_exact(case, what, ours[what]) for what in case["outputs"]]


def _equations(case: Mapping[str, Any]) -> list[Compared]:
    """One-repetition maxima by the classic equations, and back; the peer rounds to one decimal."""
    given, compared = case["inputs"], []
    load = np.asarray(given.get("weight", given.get("one_RM", given.get("load"))), dtype=float)
    reps = np.asarray(given["reps"], dtype=float)
    load = load[:, None] if load.ndim and reps.ndim and load.shape != reps.shape else load
    for name, expected in case["outputs"].items():
        equation = name if name in EQUATIONS else str(given.get("method", name))
        assert equation in EQUATIONS, f"no equation is called {name!r}"
        times = multiplier(np.maximum(reps, 1), EQUATIONS[equation])
        found = np.where(reps == 0, 0.0, load / times if "n_rep_max" in case["fn"] else load * times)
        told = np.asarray(expected, dtype=float)
        off = 0.05 + 1e-9 if np.allclose(told.round(1), told, rtol=0, atol=1e-12) else 1e-12
        compared.append(Compared(name, expected, found.tolist(), case["meta"]["tolerance"]["closed_form_rel"], off))
    return compared


def _vertical(case: Mapping[str, Any]) -> list[Compared]:
    """Steps and repetitions of a block by the function's own plan, or by the numbers that the case states."""
    given, name = dict(case["inputs"]), case["fn"].removeprefix("vertical_")
    if (steps := given.pop("n_steps", None)) is not None:
        given["step"] = list(range(1 - steps, 1))
    plan = vertical_plan(given.pop("reps"), "constant" if name == "planning" else name, **given)
    told = case["outputs"].get("rows", case["outputs"])
    columns = {key: [row[key] for row in told] for key in told[0]} if isinstance(told, list) else told
    ours = vars(plan)
    assert set(columns) <= set(ours), f"a plan has no {sorted(set(columns) - set(ours))}"
    return [Compared(key, values, ours[key].tolist()) for key, values in columns.items()]


ADAPTERS: dict[tuple[str, str], Adapter] = {
    (FILE, "max_reps_*"): _maxima,
    (FILE, "max_perc_1RM_*"): _maxima,
    (FILE, "get_perc_1RM*"): _shares,
    (FILE, "get_reps*"): _shares,
    (FILE, "adj_*"): _adjusted,
    (FILE, "progression_*"): _progression,
    (FILE, "vertical_*"): _vertical,
    (FILE, "*rep_max*"): _equations,
    (FILE, "*classic*"): _equations,
    (FILE, "*e1RM*"): _equations,
    (FILE, "*rweightlifting*"): _equations,
}
