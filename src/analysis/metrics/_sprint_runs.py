"""From the split times of a session's runs to one set of times per session, and its fit (methods D7, D8, D9)."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

import numpy as np
import polars as pl

from analysis.metrics._retests import Session, sessions
from analysis.metrics._sprint_start import Start, start_of
from analysis.stats.sprint import hand_timed, timing_error_s
from analysis.stats.sprint_model import MIN_SPLITS, SprintFit, fit_splits

MEAN_SPEED_MPS: Final = (1.0, 13.0)  # to the last gate; outside, the times are in another unit or wrong
Run = dict[float, float]


@dataclass(frozen=True)
class Profile:
    """One session: log-mean times of its complete runs at the same gates; `reason` says why they have no fit."""

    session: Session
    gates_m: tuple[float, ...]
    times_s: tuple[float, ...]
    runs: int
    left_out: int
    reason: str

    @property
    def clock_s(self) -> float:
        """Error of one split by the device."""
        return timing_error_s(self.session.device)


@dataclass(frozen=True)
class Fitted(Profile):
    """A session with its start correction and its fit."""

    start: Start
    fit: SprintFit


def profiles(rows: pl.DataFrame, *, offset_m: float | None, time_correction: bool | None) -> list[Profile]:
    """The profile of every session of scored sprint trials (one side), in order of the days.

    Runs that lack a gate of the fullest one are left out, as are runs that run backwards or have two times for one
    gate: a mean over other gates at every run would be no run.
    """
    made = []
    for session in sessions(rows):
        gates, times, left_out = _mean_run(session)
        start = start_of(session.protocol, len(gates), offset_m=offset_m, time_correction=time_correction)
        runs = session.rows["trial"].n_unique() - left_out
        made.append(_fitted(Profile(session, gates, times, runs, left_out, ""), start))
    return made


def _fitted(p: Profile, start: Start | None) -> Profile:
    reason = _refusal(p, start)
    if reason or start is None:
        return replace(p, reason=reason)
    how: dict[str, Any] = {"correction": start.correction, "start_offset_m": start.offset_m, "clock_s": p.clock_s}
    fit = fit_splits(p.gates_m, p.times_s, **how)
    if fit.reason:
        return replace(p, reason=str(fit.reason))
    return Fitted(p.session, p.gates_m, p.times_s, p.runs, p.left_out, "", start, fit)


def _mean_run(s: Session) -> tuple[tuple[float, ...], tuple[float, ...], int]:
    """Gates, log-mean times of the complete runs, and how many runs are left out."""
    runs = _runs(s.rows)
    sound = [run for run in runs if _increases(run)]
    gates = _fullest(sound or [run for run in runs if run])
    chosen = [run for run in sound if run.keys() >= set(gates)]
    times = tuple(float(np.exp(np.mean([math.log(run[g]) for run in chosen]))) for g in gates) if chosen else ()
    return gates, times, s.rows["trial"].n_unique() - len(chosen)


def _refusal(made: Profile, start: Start | None) -> str:
    if hand_timed(made.session.device):
        return "HAND_TIMED"
    if not made.gates_m:
        return "BAD_INPUT"
    if not made.times_s:
        return "SPLITS_NOT_MONOTONE"
    low, high = MEAN_SPEED_MPS
    if not low <= made.gates_m[-1] / made.times_s[-1] <= high:
        return "BAD_INPUT"
    if start is not None:
        return "OFFSET_AND_TC" if start.both else ""
    return "START_UNKNOWN" if len(made.gates_m) >= MIN_SPLITS else "TOO_FEW_SPLITS"


def _runs(rows: pl.DataFrame) -> list[Run]:
    """Times by gate of every run; a run with two different times for one gate is empty, and so are impossible ones."""
    usable = pl.col("score").is_finite() & (pl.col("score") > 0) & pl.col("distance_m").is_finite()
    found: list[Run] = []
    for _, group in rows.filter(usable & (pl.col("distance_m") > 0)).group_by("trial", maintain_order=True):
        told = group.select("distance_m", "score").unique()
        twice = told["distance_m"].n_unique() < told.height
        found.append({} if twice else dict(told.sort("distance_m").iter_rows()))
    return found


def _increases(run: Run) -> bool:
    times = [run[gate] for gate in sorted(run)]
    return bool(times) and all(a < b for a, b in pairwise(times))


def _fullest(runs: list[Run]) -> tuple[float, ...]:
    """Gates of the fullest run; of several such sets the most common, then the one that reaches farthest."""
    seen = Counter(tuple(sorted(run)) for run in runs)
    return max(seen, key=lambda gates: (len(gates), seen[gates], gates), default=())
