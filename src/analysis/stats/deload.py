"""Which weeks were deloads, judged from the weekly load by a rule that a coach can check by eye (methods C17)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

LOADING, DELOAD, REDUCED_PHASE, OFF, UNKNOWN = "loading", "deload", "reduced_phase", "off", "unknown"
LABELS: Final = (LOADING, DELOAD, REDUCED_PHASE, OFF, UNKNOWN)
THRESHOLD: Final = {"hard_sets": 0.75, "volume_load": 0.70}  # of the reference; hard sets vary less from week to week
REFERENCE_WEEKS: Final = 4
MIN_REFERENCE_WEEKS: Final = 2
DELOAD_WEEKS: Final = 2  # a third reduced week in a row is a phase of its own, no deload
OVERDUE_AFTER: Final = 6  # loading weeks in a row; article: deload every 4 to 6 weeks
_ROUNDING: Final = 1e-9
DEFAULTS: Final = {
    "reference_weeks": REFERENCE_WEEKS, "min_reference_weeks": MIN_REFERENCE_WEEKS, "overdue_after": OVERDUE_AFTER,
}  # fmt: skip


@dataclass(frozen=True)
class Weeks:
    """A label per week; `reference` is the load that each was held against (nan with less than two loading weeks).

    `overdue_weeks` counts from 1. `loading_weeks` is the number of loading weeks in a row up to the last week,
    `loading_weeks_max` the number if every unknown week among them was one of loading too.
    """

    status: str
    reason: str | None = None
    labels: tuple[str, ...] = ()
    reference: Floats | None = None
    overdue_weeks: tuple[int, ...] = ()
    loading_weeks: int = 0
    loading_weeks_max: int = 0


def label_weeks(
    metric: ArrayLike,
    sessions: ArrayLike | None = None,
    *,
    metric_type: str = "hard_sets",
    threshold: float | None = None,
    coach: Sequence[str | None] | None = None,
) -> Weeks:
    """Label successive weeks as loading, deload, reduced_phase, off or unknown (methods C17).

    `metric` is the weekly load (`metric_type` "hard_sets" or "volume_load", which sets the threshold 0.75 or 0.70);
    nan is a week whose load is not known. A week without `sessions` is off. The reference is the median of the last 4
    weeks labelled loading, at least 2; before that every week with sessions is loading. At most threshold x reference:
    deload, from the third such week in a row reduced_phase. A label of the `coach` always wins. Overdue: more than 6
    loading weeks in a row. Refused: BAD_INPUT for no week, a negative or infinite load, lengths that differ, an unknown
    type or label. Deload practice: every 5.6 weeks (Rogerson 2024, Sports Med Open); limits are our convention.

    >>> label_weeks([40, 42, 44, 45, 24, 46]).labels[-2:]
    ('deload', 'loading')
    """
    load = np.atleast_1d(np.asarray(metric, dtype=float))
    trained = np.full(load.shape, np.nan) if sessions is None else np.atleast_1d(np.asarray(sessions, dtype=float))
    told: Sequence[str | None] = [None] * load.size if coach is None else coach
    share = THRESHOLD.get(metric_type, np.nan) if threshold is None else threshold
    if not _possible(load, trained, told) or metric_type not in THRESHOLD or not 0 < share < 1:
        return Weeks("refused", "BAD_INPUT")
    labels: list[str] = []
    reference = np.full(load.shape, np.nan)
    for i, (m, n) in enumerate(zip(load.tolist(), trained.tolist(), strict=True)):
        loads = [load[j] for j, label in enumerate(labels) if label == LOADING and not np.isnan(load[j])]
        if len(loads) >= MIN_REFERENCE_WEEKS:
            reference[i] = median(loads[-REFERENCE_WEEKS:])
        labels.append(told[i] or _label(m, n, share * reference[i], labels))
    run, runs = 0, []
    for label in labels:
        run = run + 1 if label == LOADING else 0
        runs.append(run)
    overdue = tuple(i for i, run in enumerate(runs, 1) if run > OVERDUE_AFTER)
    return Weeks("ok", None, tuple(labels), reference, overdue, runs[-1], _at_most(labels))


def _possible(load: Floats, sessions: Floats, told: Sequence[str | None]) -> bool:
    sizes = load.ndim == 1 and load.size > 0 and sessions.shape == load.shape and len(told) == load.size
    numbers: Any = [np.isnan(x) | ((x >= 0) & np.isfinite(x)) for x in (load, sessions)]
    return bool(sizes and all(ok.all() for ok in numbers) and {*told} <= {None, *LABELS})


def _label(load: float, sessions: float, limit: float, labels: list[str]) -> str:
    if sessions == 0:
        return OFF
    if np.isnan(load):
        return UNKNOWN
    if not load <= limit * (1 + _ROUNDING):  # also before there is a reference
        return LOADING
    before = labels[-DELOAD_WEEKS:]
    reduced = [label in (DELOAD, REDUCED_PHASE) for label in before]
    long = reduced == [True] * DELOAD_WEEKS or before[-1:] == [REDUCED_PHASE]
    return REDUCED_PHASE if long else DELOAD


def _at_most(labels: list[str]) -> int:
    """The last weeks in a row that were of loading or may have been."""
    maybe = [label in (LOADING, UNKNOWN) for label in reversed(labels)]
    return maybe.index(False) if False in maybe else len(maybe)
