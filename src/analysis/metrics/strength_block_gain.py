"""Did the block make her stronger? (methods B5b).

What: gain of the e1RM of a lift from the block's start to its end, in per cent with a 95 % interval, and P(gain > 0);
  it rests on every rated session of the lift up to the block's end.
Formula: difference of two points of the smoothed trend of ln e1RM, with the joint uncertainty of both, not the
  difference of two single sessions.
Source: Durbin & Koopman 2012 (Time Series Analysis by State Space Methods); Lange, Little & Taylor 1989 (JASA
  84:881-896).
Limits: refused with fewer than 6 rated sessions or 4 weeks in all, or fewer than 4 in the block. Where no rated session
  lies within a week of an end, that end moves to the first or last rated one; by more than 2 weeks it is a caution.
  Needs the athlete's whole `sets` table with its exercises annotated.
Trap: the best set of the last week less the best of the first is mostly the luck of two days. A deload at the end holds
  no set near failure and says nothing about strength.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any, Final

import polars as pl

from analysis import charts
from analysis._reasons import in_words
from analysis.estimate import Estimate, params, refuse
from analysis.frames import PROBABILITY, pandas_door
from analysis.metrics._sessions import MODEL, Series, judged, no_equation, series, why_none, words
from analysis.stats import smoother

METHOD: Final = (
    "Difference of the smoothed ln e1RM level at the block's ends, from the joint posterior of a robust local-linear"
    " state space (Durbin & Koopman 2012; Lange, Little & Taylor 1989; methods B5b)."
)
P_GAIN: Final = "P(gain > 0)"
SHORTEST_DAYS: Final = 21  # between the days a gain is taken at, where they are not the block's own
FAR_DAYS: Final = 14  # an end moved by more is a weakness; by less it is the deload that the plan asks for
MAIN_CLASS: Final = "compound"
_STANDS: Final = {
    True: "Stands for the block: the compound lift with most rated sessions that can be estimated.",
    False: "No compound lift can be estimated; the other exercise with most rated sessions stands for the block.",
}
_MOVED: Final = {
    (True, False): "BLOCK_START_MOVED",
    (False, True): "BLOCK_END_MOVED",
    (True, True): "BLOCK_ENDS_MOVED",
}


@pandas_door
def estimate(
    sets: pl.DataFrame, *, who: str = "", exercise: str | None = None, start: dt.date, end: dt.date,
    equation: str = "epley",
) -> Estimate:  # fmt: skip
    """Gain (%) of `exercise` over the block, with the part "P(gain > 0)"; sessions after `end` are not used.

    Without `exercise`, every exercise that can be estimated is a part, and the result itself is the compound lift with
    most rated sessions in the block (another exercise only where no compound lift can be estimated). Where no rated
    session lies within a week of an end, the gain is taken from the first or to the last rated session of the block, if
    21 days remain between: a note says so, and a caution where an end moved by more than 14 days. Refused:
    TREND_TOO_SHORT (fewer than 6 sessions or 4 weeks in all), BLOCK_NOT_COVERED (fewer than 4 sessions in the block, or
    an end without one that could not be moved), and as strength_e1rm. Source: methods B5b.

    >>> from analysis.exercises import annotate
    >>> from analysis.tables import Sets
    >>> nothing = Sets.create_empty().join(annotate([]), on="exercise_raw", how="left")
    >>> estimate(nothing, start=dt.date(2026, 1, 5), end=dt.date(2026, 2, 15)).reason
    'NO_DATA'
    """
    if end <= start:
        raise ValueError(f"a block cannot end ({end}) before it starts ({start})")
    used = MODEL | {
        "start": start, "end": end, "exercise": exercise, "equation": equation, "shortest_days": SHORTEST_DAYS,
        "far_days": FAR_DAYS,
    }  # fmt: skip
    known: dict[str, Any] = {"who": who, "method": METHOD, "params": params(used), "unit": "%"}
    history = judged(sets.filter(pl.col("date") <= end), equation)
    if exercise is not None:
        return _gain(series(history, exercise), start, end, known)
    block = history.filter(pl.col("date") >= start)
    left_out = tuple(no_equation(block))
    rated = _most_rated(block)
    if rated.is_empty():
        return refuse("e1RM gain", why_none(block), **known, notes=left_out)
    gains = [_gain(series(history, name), start, end, known) for name in rated["exercise_name"]]
    return _headline(gains, rated["main"].to_list(), left_out)


def _most_rated(block: pl.DataFrame) -> pl.DataFrame:
    main = (pl.col("exercise_class") == MAIN_CLASS).fill_null(value=False).first().alias("main")
    counted = (
        block.filter(pl.col("status") == "ok")
        .group_by("exercise_name")
        .agg(pl.col("session_id").n_unique().alias("sessions"), main)
    )
    return counted.sort("main", "sessions", "exercise_name", descending=[True, True, False])


def _gain(found: Series, start: dt.date, end: dt.date, known: dict[str, Any]) -> Estimate:
    what = f"e1RM gain {words(found.exercise)}"
    known = known | {"notes": found.notes}
    if found.reason is not None:
        return refuse(what, found.reason, **known)
    ends = _ends(found.sessions, start, end)
    known |= {
        "notes": found.notes + _moved(ends, start, end),
        "params": params(dict(known["params"]) | {"taken_from": ends[0], "taken_to": ends[1]}),
    }
    weeks = [(day - found.sessions["date"][0]).days / 7 for day in ends]
    t, kg, sd = (found.sessions[c].to_numpy() for c in ("t_weeks", "e1rm_kg", "sd_trend"))
    fitted = smoother.block_gain(t, kg, sd, *weeks)
    n = found.sessions.filter(pl.col("date") >= start).height
    if fitted.ci_pct is None:
        return refuse(what, fitted.reason or "BLOCK_NOT_COVERED", n=n, **known)
    low, high = fitted.ci_pct
    sure = Estimate(P_GAIN, known["who"], fitted.p_gain, level=None, unit=PROBABILITY, n=n)
    row = {"label": words(found.exercise), "value": fitted.gain_pct, "low": low, "high": high}
    known |= {"points": pl.DataFrame([row]), "draw": _draw, "parts": (sure,)}
    far = _MOVED.get(((ends[0] - start).days > FAR_DAYS, (end - ends[1]).days > FAR_DAYS))
    if far is not None:
        known |= {"status": "caution", "reason": far}
    return Estimate(what, value=fitted.gain_pct, low=low, high=high, n=n, **known)


def _ends(sessions: pl.DataFrame, start: dt.date, end: dt.date) -> tuple[dt.date, dt.date]:
    """The days the gain is taken between: the block's own, or its first and last rated session.

    A deload at the end holds no set near failure, so that the last rated session is often more than a week before the
    block's end, where methods B5b refuses.
    """
    days = sessions.filter(pl.col("date").is_between(start, end))["date"].to_list()
    if not days:
        return start, end
    most = 7 * smoother.MAX_END_DISTANCE_WEEKS
    near_start, near_end = (any(abs((day - edge).days) <= most for day in sessions["date"]) for edge in (start, end))
    first, last = (start if near_start else days[0]), (end if near_end else days[-1])
    return (first, last) if (last - first).days >= SHORTEST_DAYS else (start, end)


def _moved(ends: tuple[dt.date, dt.date], start: dt.date, end: dt.date) -> tuple[str, ...]:
    if ends == (start, end):
        return ()
    first, last = (f"{day.day} {day:%b}" for day in ends)
    since = "the block's first day" if ends[0] == start else f"{first}, the first rated session,"
    until = "the block's last day" if ends[1] == end else f"{last}, the last rated session"
    return (f"Taken from {since} to {until}.",)


def _lost(missing: list[Estimate]) -> tuple[str, ...]:
    """One note for each reason, with the lifts it holds back."""
    by_reason: dict[str, list[str]] = {}
    for gain in missing:
        by_reason.setdefault(in_words(gain.reason), []).append(gain.what.removeprefix("e1RM gain "))
    return tuple(f"Not estimable: {', '.join(lifts)} ({reason})." for reason, lifts in by_reason.items())


def _headline(gains: list[Estimate], main: list[bool], left_out: tuple[str, ...]) -> Estimate:
    done, lost = [g for g in gains if g.ok], _lost([g for g in gains if not g.ok])
    if not done:
        return replace(gains[0], notes=gains[0].notes + lost + left_out)
    stands = next(is_main for gain, is_main in zip(gains, main, strict=True) if gain.ok)
    said = (_STANDS[stands],) if gains[1:] else ()
    shown = [g.points for g in done if g.points is not None]
    notes = done[0].notes + said + lost + left_out
    return replace(done[0], parts=done[0].parts + tuple(done), points=pl.concat(shown), notes=notes)


def _draw(result: Estimate) -> Any:
    frame = pl.DataFrame() if result.points is None else result.points
    return charts.forest(frame, x_title="Gain of e1RM over the block (%)")
