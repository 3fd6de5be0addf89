"""Peers' cases answered by our functions; see tests/peer_adapters.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from analysis.stats.rep_progressions import PROGRESSIONS, TYPES, Progression, adjustments
from analysis.stats.rep_tables import fit_sets, max_reps, max_share, planned_reps, planned_share
from peers_compare import Adapter, Compared

FILE = "stmr.json"
METHODS = {"RIR": "rir", "DI": "deducted", "RelInt": "relative", "rel_int": "relative", "%MR": "max_reps"}
RULES = {
    "progression_RIR": "rir", "progression_DI": "deducted", "progression_rel_int": "relative",
    "progression_perc_MR": "max_reps", "progression_variable_RIR": "variable_rir",
    "progression_variable_DI": "variable_deducted", "progression_RIR_increment": "rir_increment",
    "progression_perc_drop": "percent_drop",
}  # fmt: skip
PARAMETERS = {"epley": ("k", "k"), "modified_epley": ("kmod", "kmod"), "linear": ("klin", "klin")}
PEER_MODELS = {"_kmod": "modified_epley", "_klin": "linear", "_k": "epley"}


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
    asked = [(what, *of) for what, of in ours.items() if what in case["outputs"]]
    return [_exact(case, what, function(given[over], **options)) for what, function, over in asked]


def _shares(case: Mapping[str, Any]) -> list[Compared]:
    given = case["inputs"]
    function, over = (planned_reps, "perc_1RM") if "reps" in case["fn"] else (planned_share, "reps")
    options = _model(given) | {"effort_factor": given.get("mfactor", 1)}
    by = np.atleast_1d(given.get("adjustment", 0 if given["method"] in ("RIR", "DI") else 1))[:, None]
    return [_exact(case, "rows_by_adjustment", function(given[over], METHODS[given["method"]], by, **options))]


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
    return [_exact(case, "perc_1RM_volume_by_step", found), _exact(case, "adjustment_volume_by_step", by)]


def _fit(case: Mapping[str, Any]) -> list[Compared]:
    given, tolerance, compared = case["inputs"], case["meta"]["tolerance"], []
    model = next(model for word, model in PEER_MODELS.items() if f"estimate{word}" in case["fn"])
    for how, expected in case["outputs"].items():
        names = [{"eRIR": "rir"}.get(w, w) for w in how.removeprefix("weighted_").split("_")]
        weighted = () if how == "unweighted" else tuple(names)
        found = fit_sets(given["weight"], given["reps"], given.get("eRIR", 0), model=model, weighted_by=weighted)
        ours = {PARAMETERS[model][0]: found.k, "1RM": found.one_rm_kg, "0RM": found.asymptote_kg, "SSR": found.ssr}
        ours |= {f"SE_{PARAMETERS[model][0]}": found.se_k, "SE_1RM": found.se_one_rm_kg}
        kinds = {"SE": "SE_rel", "k": "estimate_k_rel"}
        for what, number in expected.items():
            kind = kinds.get(what[:2], kinds.get(what[:1], "estimate_1RM_rel"))
            compared.append(Compared(f"{how} {what}", number, ours.get(what), tolerance[kind]))
    return compared


ADAPTERS: dict[tuple[str, str], Adapter] = {
    (FILE, "max_reps_*"): _maxima,
    (FILE, "max_perc_1RM_*"): _maxima,
    (FILE, "get_perc_1RM"): _shares,
    (FILE, "get_reps"): _shares,
    (FILE, "progression_*"): _progression,
    (FILE, "estimate_k*1RM"): _fit,
}
