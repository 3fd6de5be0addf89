"""From the handbook's reference inputs to the toolkit's own functions and back: names and units only."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import polars as pl

import audit_adapters
import fatigue_adapters
import impulse_adapters
import jump_adapters
import kick_adapters
import monitor_adapters
import plan_adapters
import pooling_adapters
import run_adapters
import sprint_adapters
import squad_adapters
import transfer_adapters
import velocity_adapters
import weekly_adapters
from analysis import exercises
from analysis.guidance import rules
from analysis.metrics.load_patterns import pattern_totals
from analysis.stats import e1rm, load, smoother
from retest_adapters import RETESTS

Adapter = Callable[[dict[str, Any]], dict[str, Any]]


def _renamed(found: Any, **names: str) -> dict[str, Any]:
    return {names.get(name, name): value for name, value in asdict(found).items()}


def _refused(reason: str) -> dict[str, Any]:
    return {"status": "refused", "reason": reason}


def _chosen(given: dict[str, Any], *names: str) -> dict[str, Any]:
    """The inputs of these names that are there and not null: the toolkit's own defaults stand for the others."""
    return {name: given[name] for name in names if given.get(name) is not None}


def _catalogue(given: dict[str, Any]) -> dict[str, Any]:
    return _renamed(exercises.lookup(given.get("name") or ""), exercise_class="class")


def _tempo(given: dict[str, Any]) -> dict[str, Any]:
    options = _chosen(given, "x_seconds")
    return asdict(exercises.tempo.time_under_tension(given.get("tempo"), given.get("reps"), **options))


def _volume(given: dict[str, Any]) -> dict[str, Any]:
    names = ("n_implements", "sets", "unilateral", "reps_convention", "bw_fraction", "body_mass_kg")
    load_kg, reps = given.get("load_per_implement_kg"), given.get("reps")
    return asdict(exercises.volume.set_volume(load_kg, reps=reps, **_chosen(given, *names)))


def _contacts(given: dict[str, Any]) -> dict[str, Any]:
    sides = {"l": "left", "r": "right"}
    rows = [
        exercises.contacts.DrillSet(
            row.get("drill") or "", sets=1 if row.get("sets") is None else row["sets"], reps=row.get("reps"),
            side=sides.get(str(row.get("side")).casefold(), row.get("side")),
        )
        for row in given.get("rows") or []
    ]  # fmt: skip
    return asdict(exercises.contacts.count(rows))


def _chain(given: dict[str, Any]) -> dict[str, Any]:
    exercise = given.get("exercise") or ""
    if given.get("chain") is not None:
        return asdict(exercises.chain.step(exercise, given["chain"]))
    return asdict(exercises.chain.in_catalogue(exercise, given.get("pattern")))


def _equation_name(given: dict[str, Any]) -> str | None:
    """The toolkit's name of an equation, whatever its case and apostrophe; None for one it does not have."""
    name = "".join(c for c in str(given.get("equation") or "epley").casefold() if c.isalpha())
    return name if name in e1rm.EQUATIONS else None


def _equation(given: dict[str, Any]) -> dict[str, Any]:
    name, load_kg, reps = _equation_name(given), given.get("load_kg"), given.get("effective_reps")
    if name is None or load_kg is None or reps is None:
        return _refused("BAD_INPUT")
    m = float(e1rm.multiplier(reps, name))
    usable = 0 < load_kg < math.inf and not math.isnan(m)
    return {"status": "ok", "e1rm_kg": load_kg * m} if usable else _refused("BAD_INPUT")


def _e1rm(given: dict[str, Any]) -> dict[str, Any]:
    name = _equation_name(given)
    if name is None:
        return _refused("BAD_INPUT")
    names = {"low_kg": "lo_kg", "high_kg": "hi_kg", "lower_bound_kg": "e1rm_lower_bound_kg"}
    effort = _chosen(given, "rir", "rpe", "failure")
    return _renamed(e1rm.of_set(given.get("load"), given.get("reps"), **effort, equation=name), **names)


def _top_set(given: dict[str, Any]) -> dict[str, Any]:
    rows, equation = [row or {} for row in given.get("sets") or []], _equation_name(given)
    if equation is None:
        return _refused("BAD_INPUT")
    load_kg, reps, rir, rpe = ([row.get(name) for row in rows] for name in ("load", "reps", "rir", "rpe"))
    failure = [bool(row.get("failure")) for row in rows]
    return asdict(e1rm.top_set(load_kg, reps, rir=rir, rpe=rpe, failure=failure, equation=equation))


def _trend(given: dict[str, Any]) -> dict[str, Any]:
    if given.get("t_weeks") is None or given.get("e1rm_kg") is None:
        return _refused("BAD_INPUT")
    options = _chosen(given, "sd_log", "horizon_weeks")
    found = smoother.trend(given["t_weeks"], given["e1rm_kg"], **options)
    least = min(found.weights, default=None)
    lightest = {"min_weight": least, "min_weight_index": found.weights.index(least) if least else None}
    return _renamed(found, p_growing="p_slope_pos") | lightest


def _block_gain(given: dict[str, Any]) -> dict[str, Any]:
    needed = ("t_weeks", "e1rm_kg", "start_week", "end_week")
    if any(given.get(name) is None for name in needed):
        return _refused("BAD_INPUT")
    t, e1rm_kg, start, end = (given[name] for name in needed)
    sd_log = smoother.SIGMA if given.get("sd_log") is None else given["sd_log"]
    return asdict(smoother.block_gain(t, e1rm_kg, sd_log, start, end))


def _pattern_volume(given: dict[str, Any]) -> dict[str, Any]:
    types = {"pattern": pl.String, "side": pl.String, "hard": pl.Boolean, "reps": pl.Float64, "load_kg": pl.Float64}
    rows = [{name: row.get(name) for name in types} for row in given.get("rows") or []]
    frame = pl.DataFrame(rows, schema=types).with_columns(
        pl.col("pattern").fill_null(exercises.UNMAPPED),
        pl.col("side").replace({"L": "left", "R": "right"}),
        pl.col("reps").alias("total_reps"),
        (pl.col("load_kg") * pl.col("reps")).alias("volume_kg"),
    )
    totals = pattern_totals(frame).rename({"volume_kg": "volume_load_kg", "balance_pct": "lr_balance_pct"})
    return {"status": "ok", "patterns": {row.pop("pattern"): row for row in totals.to_dicts()}}


def _decision(given: dict[str, Any]) -> dict[str, Any]:
    found = rules.decide({name: given.get(name) for name in rules.INPUTS})
    return {
        "status": "ok",
        "rule": found.rule.id,
        "action": found.rule.action,
        "emphasis": found.emphasis,
        "confidence": found.confidence,
    }


EXERCISES: dict[str, Adapter] = {
    "A1.catalogue": _catalogue,
    "A2.tempo": _tempo,
    "A3.volume": _volume,
    "A4.contacts": _contacts,
    "A5.chain": _chain,
}
STRENGTH: dict[str, Adapter] = {
    "B1.equation": _equation,
    "B3.e1rm": _e1rm,
    "B4.top_set": _top_set,
    "B5.trend": _trend,
    "B5.block_gain": _block_gain,
}
LOAD: dict[str, Adapter] = {
    "C2.hard_set": lambda given: asdict(
        load.hard_set(
            given.get("reps"), given.get("load"), given.get("rir"), given.get("e1"), **_chosen(given, "rpe", "failure")
        )
    ),
    "C3.zone": lambda given: asdict(load.intensity_zone(given.get("load"), given.get("e1"))),
    "C4.srpe": lambda given: _renamed(
        load.session_rpe_load(given.get("rpe_cr10"), given.get("minutes"), **_chosen(given, "scale")), load_au="load_AU"
    ),
    "C5.pattern_volume": _pattern_volume,
    "C11.rolling": lambda given: asdict(load.rolling_sum(given.get("x") or [], int(given.get("window") or 0))),
}
GUIDANCE: dict[str, Adapter] = {"G1.decide": _decision}

ROOMS = (
    audit_adapters, fatigue_adapters, impulse_adapters, jump_adapters, kick_adapters, monitor_adapters, plan_adapters,
    pooling_adapters, run_adapters, sprint_adapters, squad_adapters, transfer_adapters, velocity_adapters,
    weekly_adapters,
)  # fmt: skip

ADAPTERS: dict[str, Adapter] = EXERCISES | STRENGTH | LOAD | RETESTS | GUIDANCE
for _room in ROOMS:
    ADAPTERS |= _room.ADAPTERS
