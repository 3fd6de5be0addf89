"""Were loads raised as the rule asks, 2 to 5 % every week or two, and were the large jumps mastered? (methods C16).

What: changes of the top working load per exercise and week, counted by label (changes); the headline is the number of
  jumps above 5 % that failed.
Formula: 100 x (load / load of the last week that was no deload - 1); below 0.25 % a hold, 2 to 5 % on the rule
  (tolerance 0.05 points), above 5 % limited by plates where the jump is one step, else aggressive. Failed: fewer
  repetitions than planned, less than 1 in reserve (median of the sets at that load), or technique not ok.
Source: article (2 to 5 % every week or two; too aggressive a jump means a smaller increment and a longer block);
  limits are a convention.
Limits: sets with body mass only, bands and jumps have no load to compare. Without a plan the target repetitions are
  not known, so that only effort and technique tell a failure; where none is told, the jump is counted as open. The
  change into the block's first week counts if the exercise was done in the 4 weeks before.
Trap: the week after a deload is compared with the week before it, not with the deload. With 2.5 kg as the smallest step
  a load below 50 kg cannot be raised by 5 % or less: the plates are the limit, not the runner.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import numpy as np
import polars as pl

from analysis import charts
from analysis.estimate import Estimate, params, refuse
from analysis.frames import number, pandas_door
from analysis.metrics._audits import coach_labels, labelled, of_one, possible
from analysis.metrics._effort import MAX_AGE_DAYS
from analysis.metrics._entries import Targets, session_tops, weekly_entries
from analysis.metrics._marks import layered
from analysis.metrics._sessions import words
from analysis.stats.progression import DEFAULTS, LARGE, STEP_KG, Progression, progression
from analysis.transforms import between, loading

WHAT: Final = "Failed large load jumps"
METHOD: Final = (
    "Top working load per exercise and week against the last week that was no deload: 2-5 % is the rule, above 5 % a"
    " large jump, failed with missed repetitions, less than 1 in reserve or technique not ok (methods C16)."
)
EXTENSION: Final = "weeks to extend the block by"
ON_RULE_SHARE: Final = "increases on the rule"
LABELS: Final = {
    "on_rule": "on the rule, 2-5 %",
    "small": "small, below 2 %",
    "hold": "held",
    "reduction": "reduced",
    "plate_limited": "above 5 %, limited by plates",
    "aggressive": "above 5 %, aggressive",
    "too_frequent": "second increase in a week",
}
_INCREASES: Final = ("on_rule", "small", "plate_limited", "aggressive", "too_frequent")
_NO_CHANGE: Final = ("start", "deload")
_LAST: Final = ", last change"


@pandas_door
def estimate(
    sets: pl.DataFrame,
    *,
    who: str = "",
    start: dt.date,
    end: dt.date,
    plan: pl.DataFrame | None = None,
    calendar: pl.DataFrame | None = None,
    step_kg: float = STEP_KG,
    days_without_record: str = "unknown",
) -> Estimate:
    """Failed jumps above 5 % in the block; `high` adds those of which it is not known. Parts: labels, then exercises.

    `sets` is the athlete's whole annotated history, `plan` the plan of this block (its `reps_low` are the targets).
    `step_kg` is the smallest step of one implement: twice the smallest plate on a bar. Points: the weekly entries.
    Refused: BAD_INPUT for an impossible step, NO_DATA, NO_LOAD, NO_EARLIER_ENTRY where nothing can be compared.

    >>> from analysis.exercises import annotate
    >>> from analysis.tables import Sets
    >>> nothing = Sets.create_empty().join(annotate([]), on="exercise_raw", how="left")
    >>> estimate(nothing, start=dt.date(2026, 1, 5), end=dt.date(2026, 2, 15)).reason
    'NO_DATA'
    """
    used = {"start": start, "end": end, "step_kg": step_kg, "max_age_days": MAX_AGE_DAYS, "plan": plan is not None}
    known: dict[str, Any] = {"who": who, "method": METHOD, "unit": "jumps", "level": None, "params": params(used)}
    if not 0 < step_kg < np.inf:
        return refuse(WHAT, "BAD_INPUT", **known)
    known["params"] = params(used | DEFAULTS)
    own, left_out = possible(sets, who)
    done = loading(between(own, start, end))
    coach = coach_labels(calendar, who, sets)
    weeks = labelled(own, start, end, days_without_record=days_without_record, coach=coach)
    since = start - dt.timedelta(days=MAX_AGE_DAYS)
    tops = session_tops(own.filter(pl.col("date").is_between(since, end)))
    wanted = Targets(None if plan is None else of_one(plan, who, sets), own)
    deloads = {*weeks.deloads(), *coach}
    audits = _audits(weekly_entries(tops, deloads, wanted), start, step_kg)
    points = _points(audits)
    light = points.filter(pl.col("label") == "deload")["week"].n_unique() if points.height else 0
    known["notes"] = (*([f"Deload weeks left out of the comparison: {light}."] if light else []), *left_out)
    if not points.height or not (~points["label"].is_in(_NO_CHANGE)).any():
        lifted = "NO_EARLIER_ENTRY" if points.height else "NO_LOAD"
        return refuse(WHAT, lifted if done.height else "NO_DATA", **known, n=done.height)
    return _answer(audits, points, known)


def _audits(entries: pl.DataFrame, start: dt.date, step_kg: float) -> dict[str, tuple[pl.DataFrame, Progression]]:
    """Per exercise: its entries in the block with the audit of these; entries before it serve for comparison only."""
    found = {}
    for (exercise,), own in entries.group_by("exercise", maintain_order=True):
        names = ("load_kg", "reps", "target_reps", "rir", "technique_ok", "per_implement")
        load, reps, target, rir, technique, implements = (own[name].to_numpy() for name in names)
        audit = progression(
            load, week=(own["week"].dt.epoch("d") / 7).to_numpy(), reps=reps, target_reps=target, rir=rir,
            technique_ok=technique, deload=own["deload"].to_numpy(), step_kg=step_kg * implements,
        )  # fmt: skip
        inside = (own["date"] >= start).to_numpy()
        fields = {name: getattr(audit, name)[inside] for name in _FIELDS}
        if inside.any():
            found[str(exercise)] = (own.filter(inside), Progression(audit.status, audit.reason, **fields))
    return found


_FIELDS: Final = ("week", "label", "size", "pct", "missed", "action", "revert_to_kg", "next_increment_kg")


def _points(audits: dict[str, tuple[pl.DataFrame, Progression]]) -> pl.DataFrame:
    rows = [
        own.drop("per_implement", "deload").with_columns(
            pl.Series("label", audit.label.tolist(), pl.String),
            pl.Series("size", audit.size.tolist(), pl.String),
            pl.Series("pct", audit.pct, pl.Float64, nan_to_null=True),
            pl.Series("missed", audit.missed.tolist(), pl.Boolean),
            pl.Series("action", audit.action.tolist(), pl.String),
        )
        for own, audit in audits.values()
    ]
    return pl.concat(rows) if rows else pl.DataFrame()


def _answer(
    audits: dict[str, tuple[pl.DataFrame, Progression]], points: pl.DataFrame, known: dict[str, Any]
) -> Estimate:
    changes = points.filter(~pl.col("label").is_in(_NO_CHANGE))
    large = changes.filter(pl.col("size").is_in(LARGE))
    failed, open_ = float(large.filter(pl.col("missed")).height), large["missed"].null_count()
    if open_:
        known |= {"low": failed, "high": failed + open_, "status": "caution", "reason": "MISSED_UNKNOWN"}
    counts = {label: changes.filter(pl.col("label") == label).height for label in LABELS}
    n, raised = changes.height, sum(counts[label] for label in _INCREASES)
    parts = [Estimate(LABELS[k], value=float(v), level=None, unit="changes", n=n) for k, v in counts.items()]
    known_share: dict[str, Any] = {"level": None, "unit": "%", "n": raised}
    share = 100 * counts["on_rule"] / raised if raised else None
    no_share = refuse(ON_RULE_SHARE, "NO_INCREASE", **known_share)
    parts.append(no_share if share is None else Estimate(ON_RULE_SHARE, value=share, **known_share))
    longer = float(max(audit.extension_weeks for _, audit in audits.values()))
    parts.append(Estimate(EXTENSION, value=longer, level=None, unit="weeks", n=n))
    parts += [_exercise(name, own, audit) for name, (own, audit) in audits.items()]
    return Estimate(WHAT, value=failed, n=n, parts=tuple(parts), points=points, draw=_draw, **known)


def _exercise(name: str, own: pl.DataFrame, audit: Progression) -> Estimate:
    """The last change of an exercise in per cent, and what to do after the last failed jump."""
    last = np.flatnonzero(~np.isnan(audit.pct))
    known: dict[str, Any] = {"level": None, "unit": "%", "n": int(last.size)}
    what = f"{words(name)}{_LAST}"
    if not last.size:
        return refuse(what, "NO_EARLIER_ENTRY", **known)
    notes = []
    if (failed := np.flatnonzero(audit.failed)).size:
        i = failed[-1]
        back, more = audit.revert_to_kg[i], audit.next_increment_kg[i]
        step = f"add {number(more, 'kg')} kg" if more else "add one repetition"
        notes.append(f"{own['date'][int(i)]}: failed; back to {number(back, 'kg')} kg, then {step}.")
    return Estimate(what, value=float(audit.pct[last[-1]]), notes=tuple(notes), **known)


def failed_exercises(result: Estimate) -> tuple[str, ...]:
    """The exercises of a result with a failed large jump in the block.

    >>> failed_exercises(Estimate(WHAT, parts=(Estimate("squat, last change", value=8.0, notes=("failed",)),)))
    ('squat',)
    """
    return tuple(part.what.removesuffix(_LAST) for part in result.parts if part.what.endswith(_LAST) and part.notes)


def _draw(result: Any) -> Any:
    import altair as alt

    shown = result.points.with_columns(pl.col("exercise", "label").str.replace_all("_", " ", literal=True))
    axes = {"x_title": "Week from", "y_title": "Top load (kg; ring: failed jump)"}
    each = alt.Color("exercise:N").title(None)
    lines = charts.line(shown, "week", "load_kg", **axes).encode(
        color=each, strokeDash=alt.StrokeDash("exercise:N").title(None)
    )
    hover = ["exercise", "date", "load_kg", "pct", "label", "missed"]
    dots = charts.points(shown, "week", "load_kg", **axes, tooltip=hover, size=70)
    layers = [lines, dots.encode(fill=alt.Fill("exercise:N").legend(None), shape=alt.Shape("label:N").title(None))]
    failed = shown.filter(pl.col("action") == "revert_and_extend")
    if failed.height:
        ring: dict[str, Any] = {"filled": False, "size": 350, "colour": charts.VERMILION, "tooltip": hover}
        layers.append(charts.points(failed, "week", "load_kg", **axes, **ring))
    return layered(layers)
