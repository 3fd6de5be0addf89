"""How many loading weeks have followed each other since the last deload? (methods C17).

What: loading weeks in a row up to the last whole week (weeks), from the weekly hard sets of all exercises, or from
  volume load where less than 80 % of the sets can be judged; with unknown weeks among them a lower and an upper number.
Formula: a week is a deload where its load is at most 0.75 (volume load: 0.70) of the median of the last 4 loading
  weeks; the third such week in a row is a reduced phase; without a session it is off. More than 6 loading weeks in a
  row are overdue.
Source: article (deload every 4 to 6 weeks); Rogerson 2024 and Bell 2023, Sports Med Open (practice); limits are a
  convention.
Limits: weeks that `end` cuts off are not judged; the first 2 weeks have nothing to be held against; a week without a
  record is unknown unless such days were said to be rest. The coach's word (a calendar day titled "deload") wins.
Trap: a cut of 30 % is found in 6 of 10 cases only, and ill or missed sessions look like a deload. Loads that jump back
  up in the week after a deload are the plan, not a spike.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import polars as pl

from analysis import charts
from analysis.estimate import Estimate, params, refuse
from analysis.frames import pandas_door
from analysis.metrics._audits import MIN_JUDGED, WEEK, Labelled, coach_labels, labelled, possible
from analysis.metrics._marks import dated_as_text
from analysis.stats.deload import DEFAULTS, DELOAD, LOADING, OFF, OVERDUE_AFTER, REDUCED_PHASE, THRESHOLD, UNKNOWN

WHAT: Final = "Loading weeks in a row"
METHOD: Final = (
    "A deload is a week of at most 0.75 of the hard sets (0.70 of the volume load) of the median of the last 4 loading"
    " weeks; a label of the coach wins (methods C17)."
)
OVERDUE: Final = "overdue weeks"
SHOWN_BEFORE: Final = 8 * WEEK
_COUNTED: Final = {
    "deload weeks": DELOAD,
    "weeks of a reduced phase": REDUCED_PHASE,
    "weeks off": OFF,
    "unknown weeks": UNKNOWN,
}
_AXIS: Final = {"hard_sets": "Hard sets", "volume_load": "Volume load (kg)"}


@pandas_door
def estimate(
    sets: pl.DataFrame,
    *,
    who: str = "",
    start: dt.date,
    end: dt.date,
    calendar: pl.DataFrame | None = None,
    days_without_record: str = "unknown",
) -> Estimate:
    """Loading weeks in a row up to `end`; parts count the block's weeks by label, points are the weeks and their load.

    `sets` is the athlete's whole annotated history. Refused: NO_DATA without a set, NO_WHOLE_WEEK, NO_EFFORT_INFO with
    neither effort nor volume load. Caution WEEKS_UNKNOWN where unknown weeks leave the number open (`low`, `high`).

    >>> from analysis.exercises import annotate
    >>> from analysis.tables import Sets
    >>> nothing = Sets.create_empty().join(annotate([]), on="exercise_raw", how="left")
    >>> estimate(nothing, start=dt.date(2026, 1, 5), end=dt.date(2026, 2, 15)).reason
    'NO_DATA'
    """
    if days_without_record not in ("rest", "unknown"):
        raise ValueError(f"days_without_record {days_without_record!r}: expected 'rest' or 'unknown'")
    own, left_out = possible(sets, who)
    coach = coach_labels(calendar, who, sets)
    all_weeks = labelled(own, start, end, days_without_record=days_without_record, coach=coach)
    used = {"start": start, "end": end, "days_without_record": days_without_record, "min_judged": MIN_JUDGED}
    used |= DEFAULTS | {"metric": all_weeks.metric_type, "threshold": THRESHOLD[all_weeks.metric_type]}
    known: dict[str, Any] = {"who": who, "method": METHOD, "params": params(used), "unit": "weeks", "level": None}
    if all_weeks.reason:
        return refuse(WHAT, all_weeks.reason, **known, notes=tuple(left_out), n=own.height)
    found, frame = all_weeks.found, all_weeks.frame
    value, high = float(found.loading_weeks), float(found.loading_weeks_max)
    if high > value:
        known |= {"low": value, "high": high, "status": "caution", "reason": "WEEKS_UNKNOWN"}
    shown = frame.filter(pl.col("week") >= start - SHOWN_BEFORE)
    return Estimate(
        WHAT, value=value, n=frame.height, parts=_parts(all_weeks, start), notes=(*_notes(all_weeks, start), *left_out),
        points=shown.select("week", "load", "label", "reference", "sessions"), draw=_draw, **known,
    )  # fmt: skip


def _parts(all_weeks: Labelled, start: dt.date) -> tuple[Estimate, ...]:
    block = all_weeks.frame.with_row_index("number", offset=1).filter(pl.col("week") + WEEK > start)
    counts = {name: (block["label"] == label).sum() for name, label in _COUNTED.items()}
    counts[OVERDUE] = block["number"].is_in(all_weeks.found.overdue_weeks).sum()
    return tuple(
        Estimate(name, value=float(count), level=None, unit="weeks", n=block.height) for name, count in counts.items()
    )


def _notes(all_weeks: Labelled, start: dt.date) -> list[str]:
    deloads, overdue = all_weeks.deloads(), len(all_weeks.frame) in all_weeks.found.overdue_weeks
    last = f"The last deload began on {deloads[-1]}." if deloads else "The log holds no deload."
    missed = _missed_sessions(all_weeks, start)
    said = [
        (all_weeks.metric_type == "volume_load", "Too few sets have a known effort: weeks are judged by volume load."),
        (True, last),
        (missed > 0, f"Deload weeks with the usual work in each session, so perhaps missed sessions: {missed}."),
        (overdue, f"A deload is overdue: more than {OVERDUE_AFTER} loading weeks in a row."),
    ]
    return [text for true, text in said if true]


def _missed_sessions(all_weeks: Labelled, start: dt.date) -> int:
    """Deload weeks of the block whose sessions held as much as those of a loading week: fewer, but not lighter."""
    each_session, label = pl.col("load") / pl.col("sessions"), pl.col("label")
    usual = all_weeks.frame.filter(label == LOADING).select(each_session.median()).item()
    whole = each_session > THRESHOLD[all_weeks.metric_type] * pl.lit(usual, pl.Float64)
    return all_weeks.frame.filter(pl.col("week") + WEEK > start, label == DELOAD, whole).height


def _draw(result: Estimate) -> Any:
    weekly = dated_as_text(result, "week").with_columns(
        pl.col("load").fill_null(0.0), pl.col("label").str.replace("_", " ", literal=True)
    )
    axes = {"x_title": "Week from", "y_title": _AXIS[dict(result.params)["metric"]]}
    return charts.bars(weekly, "week", "load", **axes, colour="label")
