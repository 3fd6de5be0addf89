"""Did the block make her stronger? The gain of the e1RM level from the block's start to its end (methods B5b).

The gain is the difference of two points of the smoothed trend, with the uncertainty of both, not the difference of two
single sessions. Needs the athlete's whole `sets` table with its exercises annotated.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any, Final

import polars as pl

from analysis import charts
from analysis.estimate import Estimate, params, refuse
from analysis.frames import pandas_door
from analysis.metrics._sessions import LOAD_KIND, Series, judged, series, words
from analysis.stats import smoother

METHOD: Final = (
    "Difference of the smoothed ln e1RM level at the block's ends, from the joint posterior of a robust local-linear"
    " state space (Durbin & Koopman 2012; Lange, Little & Taylor 1989; methods B5b)."
)
P_GAIN: Final = "P(gain > 0)"
SHORTEST_DAYS: Final = 21
END_DAYS: Final = 7


@pandas_door
def estimate(
    sets: pl.DataFrame, *, who: str = "", exercise: str | None = None, start: dt.date, end: dt.date,
    equation: str = "epley",
) -> Estimate:  # fmt: skip
    """Gain (%) of `exercise` over the block, with the part "P(gain > 0)"; sessions after `end` are not used.

    Without `exercise`, every exercise that can be estimated is a part, and the result itself is the one with most rated
    sessions in the block. Refused: TREND_TOO_SHORT (fewer than 6 sessions or 4 weeks in all), BLOCK_NOT_COVERED (fewer
    than 4 sessions in the block, or none within a week of an end), and as strength_e1rm. Source: methods B5b.

    >>> from analysis.exercises import annotate
    >>> from analysis.tables import Sets
    >>> nothing = Sets.create_empty().join(annotate([]), on="exercise_raw", how="left")
    >>> estimate(nothing, start=dt.date(2026, 1, 5), end=dt.date(2026, 2, 15)).reason
    'NO_DATA'
    """
    if end <= start:
        raise ValueError(f"a block cannot end ({end}) before it starts ({start})")
    used = {"start": start, "end": end, "exercise": exercise, "equation": equation}
    known: dict[str, Any] = {"who": who, "method": METHOD, "params": params(used), "unit": "%"}
    history = judged(sets.filter(pl.col("date") <= end), equation)
    if exercise is not None:
        return _gain(series(history, exercise), start, end, known)
    in_block = _rated_in_block(history, start)
    if not in_block:
        return refuse("e1RM gain", _why_none(history, start), **known)
    gains = [_gain(series(history, name), start, end, known) for name in in_block]
    return _headline(gains)


def _rated_in_block(history: pl.DataFrame, start: dt.date) -> list[str]:
    rated = history.filter((pl.col("status") == "ok") & (pl.col("date") >= start))
    counted = rated.group_by("exercise_name").agg(pl.col("session_id").n_unique().alias("sessions"))
    return counted.sort("sessions", "exercise_name", descending=[True, False])["exercise_name"].to_list()


def _why_none(history: pl.DataFrame, start: dt.date) -> str:
    block = history.filter(pl.col("date") >= start)
    if block.is_empty():
        return "NO_DATA"
    with_load = (pl.col("external_kg") > 0) & pl.col("reps").is_not_null()
    loaded = block.filter((pl.col("load_kind") == LOAD_KIND) & with_load)
    if loaded.is_empty():
        return "NO_LOAD"
    return "NO_VALID_SET" if loaded["rir_told"].is_not_null().any() else "NO_EFFORT_RATING"


def _gain(found: Series, start: dt.date, end: dt.date, known: dict[str, Any]) -> Estimate:
    what = f"e1RM gain {words(found.exercise)}"
    known = known | {"notes": found.notes}
    if found.reason is not None:
        return refuse(what, found.reason, **known)
    ends, moved = _ends(found.sessions, start, end)
    known |= {"notes": found.notes + moved}
    weeks = [(day - found.sessions["date"][0]).days / 7 for day in ends]
    t, kg, sd = (found.sessions[c].to_numpy() for c in ("t_weeks", "e1rm_kg", "sd_trend"))
    fitted = smoother.block_gain(t, kg, sd, *weeks)
    n = found.sessions.filter(pl.col("date") >= start).height
    if fitted.ci_pct is None:
        return refuse(what, fitted.reason or "BLOCK_NOT_COVERED", n=n, **known)
    low, high = fitted.ci_pct
    sure = Estimate(P_GAIN, known["who"], fitted.p_gain, level=None, n=n)
    row = {"label": words(found.exercise), "value": fitted.gain_pct, "low": low, "high": high}
    known |= {"points": pl.DataFrame([row]), "draw": _draw, "parts": (sure,)}
    if moved:
        known |= {"status": "caution", "reason": "BLOCK_ENDS_MOVED"}
    return Estimate(what, value=fitted.gain_pct, low=low, high=high, n=n, **known)


def _ends(sessions: pl.DataFrame, start: dt.date, end: dt.date) -> tuple[tuple[dt.date, dt.date], tuple[str, ...]]:
    """The days the gain is taken between, with a note where they are not the block's own.

    A deload at the end holds no set near failure, so that the last rated session is often more than a week before the
    block's end, where methods B5b refuses. The level is then taken at the first and last rated session of the block,
    if they lie at least three weeks apart.
    """
    days = sessions.filter(pl.col("date").is_between(start, end))["date"].to_list()
    if not days:
        return (start, end), ()
    near = [any(abs((day - edge).days) <= END_DAYS for day in sessions["date"]) for edge in (start, end)]
    first, last = (start if near[0] else days[0]), (end if near[1] else days[-1])
    if all(near) or (last - first).days < SHORTEST_DAYS:
        return (start, end), ()
    words = f"Taken from {first} to {last}: there is no rated session within a week of the block's own ends."
    return (first, last), (words,)


def _headline(gains: list[Estimate]) -> Estimate:
    done, missing = [g for g in gains if g.ok], [g for g in gains if not g.ok]
    lost = tuple(f"{replace(g, who='')}." for g in missing)
    if not done:
        return replace(gains[0], notes=gains[0].notes + lost[1:])
    first = done[0]
    said = ("The exercise with most rated sessions in the block stands for it.",) if len(gains) > 1 else ()
    shown = [g.points for g in done if g.points is not None]
    return replace(first, parts=first.parts + tuple(done), points=pl.concat(shown), notes=first.notes + said + lost)


def _draw(result: Estimate) -> Any:
    frame = pl.DataFrame() if result.points is None else result.points
    return charts.forest(frame, x_title="Gain of e1RM over the block (%)")
