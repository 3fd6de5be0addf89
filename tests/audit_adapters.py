"""Adapters of the handbook's audits (C16 to C18) for tests/method_adapters.py: names, units and missing inputs only."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from analysis.stats.deload import label_weeks
from analysis.stats.progression import STEP_KG, progression
from analysis.stats.week_structure import Day, audit_week


def _first(given: dict[str, Any], *names: str, default: Any = None) -> Any:
    """The first of several names of one input that is there and not null."""
    return next((given[name] for name in names if given.get(name) is not None), default)


def _numbers(values: Sequence[Any]) -> list[float]:
    return [math.nan if value is None else float(value) for value in values]


def _plain(value: Any) -> float | None:
    return None if math.isnan(value) else float(value)


def _rows(given: Any) -> list[dict[str, Any]]:
    return [row or {} for row in given or []]


def _progression(i: dict[str, Any]) -> dict[str, Any]:
    rows = _rows(i.get("rows"))
    columns = {"week": ("week",), "load": ("load", "load_kg"), "reps": ("reps",), "target": ("target_reps", "target"),
               "rir": ("rir",), "technique": ("technique_ok", "technique")}  # fmt: skip
    week, load, reps, target, rir, technique = (_numbers([_first(row, *n) for row in rows]) for n in columns.values())
    audit = progression(
        load, week=None if any(map(math.isnan, week)) else week, reps=reps, target_reps=target, rir=rir,
        technique_ok=technique, deload=[bool(row.get("deload")) for row in rows],
        step_kg=_first(i, "step", "step_kg", default=STEP_KG),
    )  # fmt: skip
    found = zip(audit.week, audit.label, audit.pct, audit.missed, audit.action, strict=True)
    return {
        "status": audit.status,
        "reason": audit.reason,
        "transitions": [
            {"week": int(w) if w == int(w) else w, "label": label, "pct": _plain(pct), "missed": missed, "action": act}
            for w, label, pct, missed, act in found
        ],
        "extension_weeks": audit.extension_weeks,
    }


def _deload(i: dict[str, Any]) -> dict[str, Any]:
    metric, sessions, coach = i.get("metric") or [], i.get("sessions"), _first(i, "coach", "coach_labels", "labels")
    if isinstance(coach, dict):
        coach = [coach.get(n, coach.get(str(n))) for n in range(1, len(metric) + 1)]
    kind = str(_first(i, "metric_type", default="hard_sets")).casefold()
    found = label_weeks(
        _numbers(metric), None if sessions is None else _numbers(sessions), coach=coach, threshold=i.get("thr"),
        metric_type="volume_load" if kind.startswith("volume") else kind,
    )  # fmt: skip
    return {
        "status": found.status,
        "reason": found.reason,
        "labels": list(found.labels),
        "overdue_weeks": list(found.overdue_weeks),
    }


def _week(i: dict[str, Any]) -> dict[str, Any]:
    days = [Day(bool(day.get("gym")), day.get("run"), day.get("hours_apart")) for day in _rows(i.get("days"))]
    sessions = [[(one.get("class"), one.get("reps")) for one in _rows(done)] for done in i.get("sessions") or []]
    found = audit_week(days, sessions)
    return {
        "status": found.status,
        "reason": found.reason,
        "flags": list(found.flags),
        "gym_days": found.gym_days,
        "compound_in_6_8_pct": found.compound_in_6_8_pct,
        "accessory_in_8_12_pct": found.accessory_in_8_12_pct,
    }


ADAPTERS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "C16.audit": _progression,
    "C17.deload": _deload,
    "C18.week_audit": _week,
}
