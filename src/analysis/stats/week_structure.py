"""Audit of one week: gym days among the runs, drills early in a session, repetitions in range (methods C18)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

GYM_DAYS: Final = (2, 3)
EASY_RUNS: Final = ("rest", "easy")
HARD_RUNS: Final = ("quality", "race")  # the runs that a gym day before costs something (Doma 2017, Sports Med)
DRILLS: Final = ("balance", "plyo", "activation")
REP_RANGES: Final[Mapping[str, tuple[float, float]]] = {"compound": (6.0, 8.0), "accessory": (8.0, 12.0)}
HOURS_APART: Final = 6.0  # Robineau 2016, J Strength Cond Res 30:672-683
_ROUNDING: Final = 1e-9
DEFAULTS: Final = {
    "gym_days": GYM_DAYS, "easy_runs": EASY_RUNS, "hard_runs": HARD_RUNS, "hours_apart": HOURS_APART,
    **{f"{kind}_reps": limits for kind, limits in REP_RANGES.items()},
}  # fmt: skip


@dataclass(frozen=True)
class Day:
    """A day: whether there was gym work, the type of its run (None: not known), and hours from the one to the other."""

    gym: bool
    run: str | None = None
    hours_apart: float | None = None


@dataclass(frozen=True)
class WeekAudit:
    """The flags of a week in the order of its days, then of its sessions; shares are None without such sets.

    `unknown_days` are the gym days (from 1) that could not be judged because a run's type is not known.
    """

    status: str
    reason: str | None = None
    flags: tuple[str, ...] = ()
    gym_days: int = 0
    compound_in_6_8_pct: float | None = None
    accessory_in_8_12_pct: float | None = None
    unknown_days: tuple[int, ...] = ()


def audit_week(
    days: Sequence[Day],
    sessions: Sequence[Sequence[tuple[str | None, float | None]]] = (),
    *,
    next_run: str | None = "rest",
) -> WeekAudit:
    """Flag what departs from the article's weekly rhythm (methods C18).

    `days` follow each other, `next_run` is the run of the day after the last; a session is its sets in order, each an
    exercise class and the repetitions of one side. Flags: GYM_DAYS_OUTSIDE_2_3; GYM_ON_<TYPE>_DAY_n on a run that is
    neither rest nor easy; GYM_BEFORE_<TYPE>_DAY_n the day before quality or race; SESSIONS_UNDER_6_H_DAY_n;
    DRILLS_LATE_SESSION_k for balance, plyometrics or activation after the first compound or accessory set. A type that
    is not known raises no flag: status caution, RUN_TYPE_UNKNOWN. Refused: BAD_INPUT without a day, with impossible
    repetitions or hours. Article's rhythm; Doma 2017, 2019 (Sports Med); Robineau 2016.

    >>> audit_week([Day(True, "easy"), Day(False, "quality"), Day(True, "rest")]).flags
    ('GYM_BEFORE_QUALITY_DAY_1',)
    """
    given = [day.hours_apart for day in days] + [reps for done in sessions for _, reps in done]
    if not days or any(x is not None and not 0 <= x < np.inf for x in given):
        return WeekAudit("refused", "BAD_INPUT")
    gym_days = sum(day.gym for day in days)
    flags = [] if GYM_DAYS[0] <= gym_days <= GYM_DAYS[1] else ["GYM_DAYS_OUTSIDE_2_3"]
    after = [*(day.run for day in days[1:]), next_run]
    for n, (day, following) in enumerate(zip(days, after, strict=True), 1):
        flags += _of_day(n, day, following) if day.gym else []
    flags += [f"DRILLS_LATE_SESSION_{k}" for k, done in enumerate(sessions, 1) if drills_late([c for c, _ in done])]
    sets = [one for done in sessions for one in done]
    compound, accessory = (reps_in_range([reps for c, reps in sets if c == kind], kind) for kind in REP_RANGES)
    pairs = enumerate(zip(days, after, strict=True), 1)
    unknown = tuple(n for n, (day, following) in pairs if day.gym and None in (day.run, following))
    status, reason = ("caution", "RUN_TYPE_UNKNOWN") if unknown else ("ok", None)
    return WeekAudit(status, reason, tuple(flags), gym_days, compound, accessory, unknown)


def _of_day(n: int, day: Day, following: str | None) -> list[str]:
    flags = []
    if day.run is not None and day.run not in EASY_RUNS:
        flags.append(f"GYM_ON_{day.run.upper()}_DAY_{n}")
    if following in HARD_RUNS:
        flags.append(f"GYM_BEFORE_{str(following).upper()}_DAY_{n}")
    if day.hours_apart is not None and day.hours_apart < HOURS_APART - _ROUNDING:
        flags.append(f"SESSIONS_UNDER_6_H_DAY_{n}")
    return flags


def drills_late(classes: Sequence[str | None]) -> bool:
    """Whether a session has balance, plyometrics or activation after its first compound or accessory set.

    >>> drills_late(["balance", "compound"]), drills_late(["compound", "plyo"])
    (False, True)
    """
    first = next((i for i, kind in enumerate(classes) if kind in REP_RANGES), len(classes))
    return any(kind in DRILLS for kind in classes[first:])


def reps_in_range(reps: Sequence[float | None], kind: str) -> float | None:
    """Share (%) of the sets of a kind ("compound", "accessory") in its range; None where no set has repetitions.

    >>> reps_in_range([8, 6, 5, None], "compound")
    66.66666666666667
    """
    low, high = REP_RANGES[kind]
    done = np.asarray(reps, dtype=float)
    done = done[~np.isnan(done)]
    inside = (done >= low - _ROUNDING) & (done <= high + _ROUNDING)
    return float(100 * inside.sum() / done.size) if done.size else None
