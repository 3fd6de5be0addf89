"""From the handbook's reference inputs to the toolkit's own functions and back: names and units only."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import polars as pl

from analysis import exercises
from analysis.guidance import rules
from analysis.metrics.load_patterns import pattern_totals
from analysis.stats import e1rm, load, smoother
from retest_adapters import RETESTS

Adapter = Callable[[dict[str, Any]], dict[str, Any]]


def _renamed(found: Any, **names: str) -> dict[str, Any]:
    return {names.get(name, name): value for name, value in asdict(found).items()}


def _catalogue(given: dict[str, Any]) -> dict[str, Any]:
    return _renamed(exercises.lookup(given["name"]), exercise_class="class")


def _tempo(given: dict[str, Any]) -> dict[str, Any]:
    options = {name: given[name] for name in ("x_seconds",) if name in given}
    return asdict(exercises.tempo.time_under_tension(given["tempo"], given["reps"], **options))


def _contacts(given: dict[str, Any]) -> dict[str, Any]:
    return asdict(exercises.contacts.count(exercises.contacts.DrillSet(**row) for row in given["rows"]))


def _equation(given: dict[str, Any]) -> dict[str, Any]:
    m = float(e1rm.multiplier(given["effective_reps"], given["equation"]))
    usable = given["load_kg"] > 0 and not math.isnan(m)
    return {"status": "ok", "e1rm_kg": given["load_kg"] * m} if usable else {"status": "refused", "reason": "BAD_INPUT"}


def _e1rm(given: dict[str, Any]) -> dict[str, Any]:
    load_kg, reps, rest = given["load"], given["reps"], {k: v for k, v in given.items() if k not in ("load", "reps")}
    names = {"low_kg": "lo_kg", "high_kg": "hi_kg", "lower_bound_kg": "e1rm_lower_bound_kg"}
    return _renamed(e1rm.of_set(load_kg, reps, **rest), **names)


def _top_set(given: dict[str, Any]) -> dict[str, Any]:
    rows = given["sets"]
    load_kg, reps, rir, rpe = ([row.get(name) for row in rows] for name in ("load", "reps", "rir", "rpe"))
    failure = [bool(row.get("failure")) for row in rows]
    equation = given.get("equation", "epley")
    return asdict(e1rm.top_set(load_kg, reps, rir=rir, rpe=rpe, failure=failure, equation=equation))


def _trend(given: dict[str, Any]) -> dict[str, Any]:
    sd, horizon = given.get("sd_log", smoother.SIGMA), given.get("horizon_weeks", 4)
    found = smoother.trend(given["t_weeks"], given["e1rm_kg"], sd, horizon)
    least = min(found.weights, default=None)
    lightest = {"min_weight": least, "min_weight_index": found.weights.index(least) if least else None}
    return _renamed(found, p_growing="p_slope_pos") | lightest


def _block_gain(given: dict[str, Any]) -> dict[str, Any]:
    names = ("t_weeks", "e1rm_kg", "sd_log", "start_week", "end_week")
    return asdict(smoother.block_gain(*(given.get(name, smoother.SIGMA) for name in names)))


def _pattern_volume(given: dict[str, Any]) -> dict[str, Any]:
    rows = pl.DataFrame(given["rows"]).with_columns(
        pl.col("side").replace({"L": "left", "R": "right"}),
        pl.col("reps").alias("total_reps"),
        (pl.col("load_kg") * pl.col("reps")).alias("volume_kg"),
    )
    totals = pattern_totals(rows).rename({"volume_kg": "volume_load_kg", "balance_pct": "lr_balance_pct"})
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
    "A3.volume": lambda given: asdict(exercises.volume.set_volume(**given)),
    "A4.contacts": _contacts,
    "A5.chain": lambda given: asdict(exercises.chain.step(given["exercise"], given["chain"])),
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
        load.hard_set(given.get("reps"), given.get("load"), given.get("rir"), given.get("e1"))
    ),
    "C3.zone": lambda given: asdict(load.intensity_zone(given["load"], given.get("e1"))),
    "C4.srpe": lambda given: _renamed(load.session_rpe_load(given["rpe_cr10"], given["minutes"]), load_au="load_AU"),
    "C5.pattern_volume": _pattern_volume,
    "C11.rolling": lambda given: asdict(load.rolling_sum(given["x"], given["window"])),
}
GUIDANCE: dict[str, Adapter] = {"G1.decide": _decision}

ADAPTERS: dict[str, Adapter] = EXERCISES | STRENGTH | LOAD | RETESTS | GUIDANCE
