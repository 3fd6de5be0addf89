"""Is she faster over the first metres, and at flying speed? (methods D0, D7, D16).

What: change of split times in per cent, faster is positive, per distance, and of the flying speed between the last
  splits; it rests on all valid trials of two sessions.
Formula: -ln(after / before) of the mean times with the typical error of both sessions, Student t; flying speed =
  distance / difference of two splits.
Source: Haugen & Buchheit 2016 (Sports Med 46:641-656); Hopkins 2000 (Sports Med 30:1-15).
Limits: refused for hand timing up to 30 m, where device or protocol changed, where splits do not rise with distance,
  with one session only, and below 10 m or beyond 60 m without an error of your own.
Trap: a stopwatch, or a start half a metre further back, moves a 10 m time by more than a block of training does. A
  lower time is a gain: watch the sign.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, replace
from typing import Any, Final

import polars as pl

from analysis import charts
from analysis.estimate import Verdict
from analysis.frames import pandas_door
from analysis.metrics._priors import FLYING, Prior, prior_of
from analysis.metrics._retests import Pair, earlier_sessions, of_one, pair, scored, split
from analysis.metrics._verdicts import GivenError, Question, dots, error_of, refused, rows_of, several, verdict
from analysis.stats.reliability import N_REF
from analysis.stats.sprint import GATES_S, flying_speed, hand_timed, timing_error_s, timing_refusal

HEADLINE_UP_TO_M: Final = 30.0
FLYING_M: Final = (10.0, 20.0)  # lengths of a flying part for which the typical error holds
RUN_UP_M: Final = 10.0
_RUN: Final = ("date", "trial", "side", "protocol_key", "device_key")


@pandas_door
def estimate(
    trials: pl.DataFrame,
    *,
    who: str = "",
    start: dt.date | None = None,
    end: dt.date | None = None,
    te: GivenError = None,
    swc: float | None = None,
) -> Verdict:
    """Change of sprint times in per cent, faster is positive.

    Needs: Trials of one athlete, `sprint`, at least two sessions. Each split distance is a part; the whole speaks for
    the longest distance up to 30 m (the shortest one where all are longer). A further part is the flying speed
    between the last split and the one at least 10 m before it, of trials that have both. `te` and `swc` are shares
    (0.015 = 1.5 %); `te` may be the results of `retest_error` for several distances. Clocks coarser than gates widen
    an error taken from the literature. Refusals: NO_DATA, TOO_FEW_TESTS, HAND_TIMED (30 m or less), DEVICE_CHANGED,
    PROTOCOL_CHANGED, SPLITS_NOT_MONOTONE, NO_SWC (below 10 m and beyond 60 m without `te` and `swc`).
    Haugen & Buchheit 2016 (Sports Med 46:641-656); Hopkins 2000 (Sports Med 30:1-15).

    >>> row = {"athlete": "Ada", "test": "sprint", "side": "both", "distance_m": 20.0, "measure": "time_s",
    ...        "protocol": None, "device": "gates", "valid": True}
    >>> runs = [(1, 1, 3.15), (1, 2, 3.16), (3, 1, 3.05), (3, 2, 3.06)]
    >>> trials = pl.DataFrame([row | {"trial_id": f"{m}.{t}", "date": dt.date(2026, m, 5), "trial": t, "value": v}
    ...                        for m, t, v in runs])
    >>> print(estimate(trials))
    Sprint time over 20 m +2.8 % (95 % -3.2 to 9.0; n = 4): unclear: this test, done this often, cannot tell
    """
    rows, asked = of_one(scored(trials, "sprint"), who, trials), _Asked(who, start, end, te, swc)
    parts = [(key[0], _split_time(group, rows, asked)) for key, group in split(rows, "distance_m", "side")]
    if not parts:
        return refused(
            Question("Sprint time", who, "s", prior_of("sprint"), None, swc, start=start, end=end), "NO_DATA"
        )
    distance, chosen = max(parts, key=lambda part: _rank(*part))
    every = (*(part for _, part in parts), *_flying(rows, asked))
    note = f"The verdict is for: {chosen.what}, the longest distance tested twice up to {HEADLINE_UP_TO_M:g} m."
    if not chosen.n or distance > HEADLINE_UP_TO_M:
        note = f"The verdict is for: {chosen.what}; no distance up to {HEADLINE_UP_TO_M:g} m was tested twice."
    said = (note,) if len(parts) > 1 else ()
    return replace(chosen, parts=every, notes=(*said, *chosen.notes, *several(every)))


@dataclass(frozen=True)
class _Asked:
    who: str
    start: dt.date | None
    end: dt.date | None
    te: GivenError
    swc: float | None


def _rank(distance_m: float, part: Verdict) -> tuple[bool, bool, float]:
    short = distance_m <= HEADLINE_UP_TO_M
    return part.n > 0, short, distance_m if short else -distance_m


def _split_time(group: pl.DataFrame, rows: pl.DataFrame, asked: _Asked) -> Verdict:
    first, two = group.row(0, named=True), pair(group, asked.start, asked.end)
    distance, side = first["distance_m"], first["side"]
    what = f"Sprint time over {distance:g} m" + ("" if side == "both" else f", {side} foot first")
    prior = prior_of("sprint", distance)
    if isinstance(two, Pair):
        prior = _widened(prior, _clock_s(two), two.post.score)
    error = error_of(prior, asked.te, test="sprint", distance_m=distance)
    ask = Question(what, asked.who, "s", prior, error, asked.swc, 0, asked.start, asked.end, lower_is_better=True)
    return _answer(two, ask, rows, distance)


def _flying(rows: pl.DataFrame, asked: _Asked) -> tuple[Verdict, ...]:
    far = float(rows["distance_m"].max())  # type: ignore[arg-type]  # the column is numeric and not empty here
    nears = rows.filter(pl.col("distance_m").is_between(max(far - FLYING_M[1], RUN_UP_M), far - FLYING_M[0]))
    if nears.is_empty():
        return ()
    near = float(nears["distance_m"].max())  # type: ignore[arg-type]
    runs = _speeds(rows, near, far)
    if runs.is_empty():
        return ()
    two, prior = pair(runs, asked.start, asked.end), FLYING
    notes: tuple[str, ...] = ()
    if isinstance(two, Pair):
        time, clock = (far - near) / two.post.score, _clock_s(two)
        prior, run = _widened(FLYING, clock, time), flying_speed(far - near, time, clock)
        notes = (f"A clock good to {clock:g} s leaves one flying speed uncertain by {float(run.se_mps):.2f} m/s.",)
    what = f"Flying speed {near:g}-{far:g} m"
    ask = Question(what, asked.who, "m/s", prior, error_of(prior, None), None, 0, asked.start, asked.end)
    result = _answer(two, ask, rows, far - near)
    return (replace(result, notes=(*result.notes, *notes)),)


def _speeds(rows: pl.DataFrame, near_m: float, far_m: float) -> pl.DataFrame:
    near = rows.filter(pl.col("distance_m") == near_m).select(*_RUN, pl.col("value").alias("near_s"))
    runs = rows.filter(pl.col("distance_m") == far_m).join(near, on=_RUN, nulls_equal=True)
    runs = runs.filter(pl.col("value") > pl.col("near_s")).sort("date", "trial")
    return runs.with_columns(((far_m - near_m) / (pl.col("value") - pl.col("near_s"))).alias("score"))


def _answer(two: Pair | str, ask: Question, rows: pl.DataFrame, timed_m: float) -> Verdict:
    if isinstance(two, str):
        return refused(ask, "TOO_FEW_TESTS", None, two)
    by_hand = hand_timed(two.pre.device) or hand_timed(two.post.device)
    if reason := timing_refusal(timed_m, by_hand=by_hand):
        return refused(ask, reason, two)
    if _contradicted_days(rows) & {two.pre.day, two.post.day}:
        return refused(ask, "SPLITS_NOT_MONOTONE", two)
    return replace(verdict(two, replace(ask, earlier=earlier_sessions(rows, two.pre.day))), draw=_draw)


def _contradicted_days(rows: pl.DataFrame) -> set[dt.date]:
    steps = pl.col("distance_m", "value").diff().over(_RUN).name.suffix("_step")
    steps_of = rows.sort(*_RUN, "distance_m").with_columns(steps)
    return set(steps_of.filter(pl.col("distance_m_step") > 0, pl.col("value_step") <= 0)["date"])


def _clock_s(two: Pair) -> float:
    """Error of the coarser of the two clocks."""
    return max(timing_error_s(two.pre.device), timing_error_s(two.post.device))


def _widened(prior: Prior, clock_s: float, time_s: float) -> Prior:
    """Add what a coarser clock than gates adds to the mean of three runs; published errors are for gates."""
    if prior.te0 is None:
        return prior
    extra = math.sqrt(clock_s**2 - GATES_S**2) / time_s / math.sqrt(N_REF)
    return replace(prior, te0=math.hypot(prior.te0, extra), source=f"{prior.source}, clock good to {clock_s:g} s")


def _draw(estimate: Any) -> Any:
    if sum(part.ok for part in estimate.parts) > 1:
        return charts.forest(rows_of(estimate.parts), x_title="Change (%), faster is positive", swc=estimate.swc_pct)
    return dots(estimate.points, "Flying speed (m/s)" if estimate.what.startswith("Flying") else "Sprint time (s)")
