"""Peers' fits of repetition tables answered by our functions; see tests/peer_adapters.py.

How a set of numbers was fitted stands in the name of the function, in the inputs, or in the name of the output
("weighted_reps_load_eRIR", "reverse", "tau_0.9"). A word that we do not know is an AssertionError, not a gap.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from analysis.stats.rep_fits import TableFit, fit_rolling, fit_sets
from analysis.stats.rep_mixed import MixedFit, fit_athletes
from peers_compare import Adapter, Compared

FILE = "stmr.json"
MODELS = {"k": "epley", "kmod": "modified_epley", "klin": "linear"}
WEIGHTS = {"reps": "reps", "load": "load", "weight": "load", "eRIR": "rir"}
GENERIC_K = 0.0333
SILENT = {
    "mixed",
    "unweighted",
    "weighted",
    "none",
    "x",
    "normal",
    "forward",
    "tau",
    "q",
    "quantile",
    "window",
    "and",
    "by",
}


def _words(label: str) -> list[str]:
    return re.findall(r"\d+RM|\d*\.?\d+|[A-Za-z]+", label.replace("estimate_", ""))


def _said(label: str) -> dict[str, Any]:
    """Options that the name of an output states."""
    words = _words(label)
    found: dict[str, Any] = {}
    for before, word in zip(["", *words], words, strict=False):
        if re.fullmatch(r"\d*\.?\d+", word):
            number = float(word)
            what = "window" if before == "window" else "tau"
            found[what] = number / 100 if what == "tau" and number > 1 else number
        elif word in MODELS:
            found["model"] = MODELS[word]
        elif word == "reverse":
            found["reverse"] = True
        elif word not in SILENT | set(WEIGHTS) | {"1RM", "generic"}:
            raise AssertionError(f"what {word!r} in {label!r} means is not known")
    weights = tuple(dict.fromkeys(WEIGHTS[word] for word in words if word in WEIGHTS))
    return found | ({"weighted": weights} if weights or {"unweighted", "none"} & set(words) else {})


def _options(case: Mapping[str, Any], label: str) -> dict[str, Any]:
    """Everything that says how to fit, the narrower over the wider: function, inputs, name of the output."""
    given = case["inputs"]
    function = f"{case['fn']} {given.get('estimate_function', '')} {label}"
    names = re.findall(r"estimate_(k\w*?)(?=_|\b)", function)
    said: dict[str, Any] = {"model": MODELS[names[-1]] if names else "epley"}
    weights = given.get("weighted", "none")
    said |= {"weighted": tuple(WEIGHTS[w] for w in re.split(r"[ x_]+", weights) if w in WEIGHTS)} if weights else {}
    said |= {key: given[key] for key in ("reverse", "tau", "window") if given.get(key) is not None} | _said(label)
    options = {"model": said["model"], "weighted_by": said["weighted"], "reverse": bool(said.get("reverse", False))}
    if "tau" in said or "quantile" in function:
        options["quantile"] = float(said.get("tau", 0.5))
    if "generic" in function:
        options["k"] = given.get("k", GENERIC_K)
    if "perc_1RM" in given:
        options["full_kg"] = 1.0
    return options | ({"window": int(said["window"])} if "window" in said else {})


def _ours(found: TableFit) -> dict[str, Any]:
    plain = {"1RM": found.one_rm_kg, "0RM": found.asymptote_kg, "SSR": found.ssr, "n": found.n} | dict.fromkeys(
        MODELS, found.k
    )
    plain |= {"oneRM": found.one_rm_kg, "zeroRM": found.asymptote_kg, "predicted_1RM": found.one_rm_kg}
    errors = {"SE_1RM": found.se_one_rm_kg, "SE_0RM": found.se_asymptote_kg}
    return plain | errors | {f"SE_{name}": found.se_k for name in MODELS}


def _outputs(case: Mapping[str, Any]) -> dict[str, Any]:
    """The peer's numbers, those of its tighter search where it stopped short of the optimum."""
    return {**case["outputs"], **case.get("outputs_tight", {})}


def _labelled(case: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Outputs by the name of their fit; one fit alone has no name, and a list of taus gives one for each."""
    outputs, taus = _outputs(case), case["inputs"].get("tau")
    rows = next(iter(outputs.values())) if len(outputs) == 1 else None
    if isinstance(rows, list) and all(isinstance(row, Mapping) and "tau" in row for row in rows):
        for row in rows:
            yield f"tau_{row['tau']}", {name: value for name, value in row.items() if name != "tau"}
    elif outputs and all(isinstance(value, Mapping) for value in outputs.values()):
        yield from outputs.items()
    elif isinstance(taus, list) and all(isinstance(value, list) for value in outputs.values()):
        for i, tau in enumerate(taus):
            yield f"tau_{tau}", {name: values[i] for name, values in outputs.items()}
    else:
        yield "", outputs


def _rel(case: Mapping[str, Any], what: str, options: Mapping[str, Any]) -> float:
    tolerance = case["meta"]["tolerance"]
    if "quantile" in options:
        return float(tolerance["quantile_rel"])
    kinds = {"SE": "SE_rel", "k": "estimate_k_rel"}
    return float(tolerance[kinds.get(what[:2], kinds.get(what[:1], "estimate_1RM_rel"))])


def _without_lists(case: Mapping[str, Any]) -> Mapping[str, Any]:
    kept = {k: v for k, v in case["inputs"].items() if not (k == "tau" and isinstance(v, list))}
    return {**case, "inputs": kept}


def _fit(case: Mapping[str, Any]) -> list[Compared]:
    given, compared, alone = case["inputs"], [], _without_lists(case)
    load = given.get("weight", given.get("perc_1RM"))
    for label, expected in _labelled(case):
        options = _options(alone, label)
        ours = _ours(fit_sets(load, given["reps"], given.get("eRIR", 0), **options))
        for what, number in expected.items():
            assert what in ours, f"a fit has no {what!r}"
            compared.append(Compared(f"{label} {what}", number, ours[what], _rel(case, what, options)))
    return compared


def _rolling(case: Mapping[str, Any]) -> list[Compared]:
    given, compared, alone = case["inputs"], [], _without_lists(case)
    day = given.get("day_index", given.get("day"))
    for label, told in _labelled(case):
        rows = told.get("rows", told)
        columns = {key: [row[key] for row in rows] for key in rows[0]} if isinstance(rows, list) else rows
        options = _options(alone, label)
        days, fits = fit_rolling(day, given["weight"], given["reps"], given.get("eRIR", 0), **options)
        ours = [_ours(found) | {"day_index": int(d), "day": int(d)} for d, found in zip(days, fits, strict=True)]
        rel = case["meta"]["tolerance"]["quantile_rel" if "quantile" in options else "rolling_rel"]
        for what, numbers in columns.items():
            assert all(what in row for row in ours), f"a rolling fit has no {what!r}"
            compared.append(Compared(f"{label} {what}", numbers, [row[what] for row in ours], rel))
    return compared


def _flat(told: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Numbers of nested outputs with the names that lead to them; lists stay whole."""
    if isinstance(told, Mapping):
        for name, value in told.items():
            yield from _flat(value, (*path, name))
    else:
        yield path, told


def _mixed_value(found: MixedFit, path: tuple[str, ...], athletes: list[str]) -> Any:
    """Our number under the peer's names: common values, SDs between athletes, and what holds for one athlete."""
    words = set(re.findall(r"[A-Za-z0-9]+", " ".join(path)))
    plain = {"sigma": found.residual_sd, "residual": found.residual_sd, "Residual": found.residual_sd}
    plain |= {"logLik": found.log_likelihood, "corr": found.correlation, "cor": found.correlation, "n": found.n}
    if named := words & set(plain):
        return plain[named.pop()]
    loads = bool(words & {"oneRM", "zeroRM", "1RM", "0RM"})
    assert loads or words & set(MODELS), f"a mixed fit has no {'.'.join(path)!r}"
    common, spread, own = (
        (found.full_kg, found.sd_full_kg, found.athlete_full_kg) if loads else (found.k, found.sd_k, found.athlete_k)
    )
    if words & {"sd", "SD", "StdDev", "stddev"}:
        return spread
    alone = [own[athletes.index(name)] for name in path if name in athletes]
    if alone or words & {"coef", "ranef", "random", "athlete"}:
        less = common if words & {"ranef", "random"} else 0.0
        values = [value - (less or 0.0) for value in (alone or own)]
        return values[0] if alone else values
    return common


def _mixed(case: Mapping[str, Any]) -> list[Compared]:
    given, compared = case["inputs"], []
    names = [str(name) for name in given["athlete"]]
    kept = str(given.get("random", ""))
    which = tuple(w for w, said in (("k", r"\bk\w*"), ("full", r"\w+RM")) if not kept or re.search(said, kept))
    every = _outputs(case)
    outputs = {label: told for label, told in every.items() if label in ("forward", "normal", "reverse")}
    assert len(outputs) in (0, len(every)), f"no answer to {sorted(set(every) - set(outputs))}"
    rel = case["meta"]["tolerance"]["mixed_rel"]
    for label, told in outputs.items() if outputs else [("", every)]:
        said = _options(case, label)
        assert not said.pop("weighted_by"), "a mixed fit has no weights"
        load, reps = given.get("weight", given.get("perc_1RM")), given.get("reps", given.get("nRM"))
        found = fit_athletes(names, load, reps, given.get("eRIR", 0), random=which, **said)
        for path, number in _flat(told):
            ours = _mixed_value(found, path, sorted(set(names)))
            compared.append(Compared(f"{label} {'.'.join(path)}", number, ours, rel))
    return compared


ADAPTERS: dict[tuple[str, str], Adapter] = {
    (FILE, "estimate_k*"): _fit,
    (FILE, "estimate_k*_mixed*"): _mixed,
    (FILE, "estimate_rolling*"): _rolling,
}
