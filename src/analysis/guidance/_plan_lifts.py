"""What the athlete's own log offers to plan with: her exercises, what she can lift, and the steps of her plates."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from analysis.block import Block
from analysis.estimate import Estimate
from analysis.metrics import strength_e1rm, strength_trend
from analysis.stats.plan_load import ACCESSORY_REPS, COMPOUND_REPS
from analysis.transforms import named, set_effort, set_volume, working

STEPS_KG: Final = (5.0, 4.0, 2.5, 2.0, 1.25, 1.0, 0.5)
STEPS_LB_KG: Final = tuple(0.45359237 * step for step in (10, 5, 2.5))
USUAL_STEP_KG: Final = {"kettlebell": 4.0}
STEP_KG: Final = 2.5
CLOSE_KG: Final = 0.06  # loads are written with rounded pounds
MIN_LOADS: Final = 3  # different loads that a step is read from
LEAST_DAYS: Final = 42
SUCCESS_DAYS: Final = 42
SUCCESS_RIR: Final = 1.0
OFF: Final = ("mobility", "conditioning")
LOWER: Final = ("squat", "hinge", "lunge", "step", "hip_bridge", "calf_ankle", "plyo")


@dataclass(frozen=True)
class Lift:
    """One exercise of the log. Loads are as logged (one dumbbell where dumbbells are logged singly)."""

    name: str
    raw: str
    pattern: str
    kind: str
    one_sided: bool
    equipment: str
    share: float
    n_sets: int
    sets: int
    reps: float | None
    duration_s: float | None
    tempo: str | None
    step_kg: float
    pounds: bool = False
    last_kg: float | None = None
    last_reps: float | None = None
    e1rm_kg: float | None = None
    e1rm_said: str = ""
    forecast_kg: float | None = None
    technique: float | None = None
    failed_to_kg: float | None = None
    contacts_per_rep: int = 1

    @property
    def rep_range(self) -> tuple[int, int]:
        """The article's range: 6-8 for compounds, 8-12 for the rest."""
        return COMPOUND_REPS if self.kind == "compound" else ACCESSORY_REPS

    @property
    def target_reps(self) -> int:
        """The repetitions the athlete does, inside the range."""
        low, high = self.rep_range
        return int(min(max(round(self.reps or low), low), high))


def lifts(block: Block, progression: Estimate, plates: float | Mapping[str, float] | None) -> tuple[Lift, ...]:
    """The exercises of the block (of six weeks at least), those with most sets first."""
    since = min(block.start, block.end - dt.timedelta(days=LEAST_DAYS - 1))
    history = set_effort(set_volume(named(working(block.sets))))
    recent = history.filter(pl.col("date") >= since, ~pl.col("pattern").is_in(OFF).fill_null(value=False))
    recent = recent.filter((pl.col("exercise_class") != "prep").fill_null(value=True))
    days = recent["date"].n_unique()
    found = [
        _lift(block, str(name), own, history.filter(pl.col("exercise_name") == name), days, progression, plates)
        for (name,), own in recent.group_by("exercise_name", maintain_order=True)
    ]
    return tuple(sorted(found, key=lambda lift: (-lift.n_sets, lift.name)))


def _lift(
    block: Block, name: str, own: pl.DataFrame, history: pl.DataFrame, days: int, progression: Estimate,
    plates: float | Mapping[str, float] | None,
) -> Lift:  # fmt: skip
    last = own.sort("date", maintain_order=True).row(-1, named=True)
    per_day = own.group_by("date").agg(pl.len())["len"]
    loads = history.filter(pl.col("load_kg") > 0)["load_kg"].unique().sort().to_list()
    equipment = last["equipment"] or ""
    step, pounds = _step(loads, name, last["exercise_raw"], equipment, plates)
    factor = (last["external_kg"] / last["load_kg"]) if (last["load_kg"] or 0) > 0 and last["external_kg"] else 1.0
    known: dict[str, Any] = {}
    if loads:
        known = _strength(block, name, factor) | _last_success(own, block.end)
        known["failed_to_kg"] = _snapped(_back_to(progression, name, factor), step)
        known["last_kg"] = _snapped(known.get("last_kg"), step)
    judged = own.filter(pl.col("date") >= block.start)["technique_ok"].drop_nulls()
    return Lift(
        name=name, raw=last["exercise_raw"], pattern=last["pattern"] or "unmapped",
        kind=last["exercise_class"] or "accessory", one_sided=bool(last["unilateral"]), equipment=equipment,
        share=own["date"].n_unique() / days, n_sets=own.height, sets=round(_median(per_day) or 3),
        reps=_median(own["side_reps"]), duration_s=_median(own["duration_s"]), tempo=_commonest(own["tempo"]),
        step_kg=step, pounds=pounds, technique=_mean(judged), contacts_per_rep=int(last["contacts_per_rep"] or 1),
        **known,
    )  # fmt: skip


def _strength(block: Block, name: str, factor: float) -> dict[str, Any]:
    """The filtered level of the e1RM with the forecast of its trend, else the latest e1RM; none where neither is."""
    trend = strength_trend.estimate(block.sets, who=block.athlete, exercise=name, end=block.end)
    if trend.ok:
        level, ahead = trend.part("level"), next(p for p in trend.parts if p.what.startswith("forecast"))
        return {
            "e1rm_kg": (level.value or 0) / factor,
            "e1rm_said": _said(level, factor, "e1RM"),
            "forecast_kg": None if ahead.high is None else ahead.high / factor,
        }
    latest = strength_e1rm.estimate(block.sets, who=block.athlete, exercises=[name], end=block.end)
    if latest.value is None or latest.status != "ok":
        return {}
    return {"e1rm_kg": latest.value / factor, "e1rm_said": _said(latest, factor, "e1RM of the last session")}


def _said(found: Estimate, factor: float, what: str) -> str:
    low, value, high = ((x or 0.0) / factor for x in (found.low, found.value, found.high))
    return f"{what} {value:.1f} kg (95 % {low:.1f} to {high:.1f})"


def _last_success(own: pl.DataFrame, end: dt.date) -> dict[str, Any]:
    """The heaviest load of the last weeks that was lifted with a repetition in reserve, or without a rating."""
    reserve = pl.coalesce("rir", 10 - pl.col("rpe"))
    done = own.filter(
        pl.col("load_kg") > 0, pl.col("date") > end - dt.timedelta(days=SUCCESS_DAYS), pl.col("side_reps") >= 1,
        (reserve >= SUCCESS_RIR).fill_null(value=True), pl.col("technique_ok").fill_null(value=True),
    ).sort("load_kg", "side_reps", "date", descending=[True, True, True])  # fmt: skip
    return {"last_kg": done["load_kg"][0], "last_reps": done["side_reps"][0]} if done.height else {}


def _snapped(load_kg: float | None, step_kg: float) -> float | None:
    """A load as a multiple of the step, where rounding alone keeps it from being one."""
    nearest = round((load_kg or 0.0) / step_kg) * step_kg
    return nearest if load_kg and nearest and abs(nearest - load_kg) <= CLOSE_KG else load_kg


def _back_to(progression: Estimate, name: str, factor: float) -> float | None:
    """The load before the last jump that failed in the block (methods C16); None where none failed."""
    points = progression.points
    if points is None or "action" not in points.columns:
        return None
    rows = points.filter(pl.col("exercise") == name, (pl.col("label") != "deload").fill_null(value=True))
    failed = [n for n, action in enumerate(rows["action"]) if action == "revert_and_extend"]
    if not failed:
        return None
    at = failed[-1]
    back = rows["load_kg"][at] / (1 + (rows["pct"][at] or 0.0) / 100)
    return float(back) / factor


def _step(
    loads: Sequence[float], name: str, raw: str, equipment: str, plates: float | Mapping[str, float] | None
) -> tuple[float, bool]:
    """The smallest step of a load, told or read from the loads of the log, and whether it is in pounds."""
    told = plates.get(raw, plates.get(name, plates.get(equipment))) if isinstance(plates, Mapping) else plates
    if told is not None:
        return told, False
    usual = USUAL_STEP_KG.get(equipment, STEP_KG)
    if len(loads) < MIN_LOADS:
        return usual, False
    for steps, pounds in ((STEPS_KG, False), (STEPS_LB_KG, True)):
        for step in steps:
            if step <= max(usual, STEPS_LB_KG[1]) and all(abs(x - round(x / step) * step) <= CLOSE_KG for x in loads):
                return step, pounds
    return usual, False


def _median(values: pl.Series) -> float | None:
    found = values.drop_nulls().median()
    return float(found) if isinstance(found, int | float) and math.isfinite(found) else None


def _mean(values: pl.Series) -> float | None:
    return float(values.mean()) if values.len() else None  # type: ignore[arg-type]  # a Boolean's mean is a number


def _commonest(values: pl.Series) -> str | None:
    counts = values.drop_nulls().value_counts().sort("count", values.name, descending=[True, False])
    return str(counts[values.name][0]) if counts.height else None
