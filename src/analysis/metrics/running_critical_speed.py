"""Which speed can she just hold without drifting, and what is her reserve above it? Critical speed (methods C10).

What: critical speed (CS) in m/s with a 95 % interval; the distance reserve D' in metres is a part. Rests on all-out
  trials or races of 2 to 15 minutes within three weeks.
Formula: least squares of distance on time, d = D' + CS x t; intervals by Student t with n - 2 degrees of freedom, the
  scatter of a trial never taken as smaller than one second.
Source: Hughson 1984 (Int J Sports Med); Poole 2016 (Med Sci Sports Exerc 48:2320-2334).
Limits: refused with fewer than two trials, where the longest lasts less than twice the shortest, or where D' comes out
  below zero. Two trials give a number without an interval.
Trap: CS is faster than the pace of one hour, so that it is no threshold pace; and three trials barely constrain it -
  print the interval.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import polars as pl

from analysis import charts
from analysis.estimate import Estimate, params, refuse
from analysis.frames import pandas_door
from analysis.stats.critical_speed import LEVEL, CriticalSpeed, critical_speed
from analysis.transforms import of_athlete

WHAT: Final = "Critical speed"
METHOD: Final = (
    "Least squares of distance on time (Hughson 1984, Int J Sports Med; Poole 2016, Med Sci Sports Exerc"
    " 48:2320-2334), Student t with n - 2 df, scatter at least one second (methods C10)."
)
DURATION_S: Final = (120.0, 900.0)
WITHIN_DAYS: Final = 21
ERROR_S: Final = 1.0
PAIR: Final = 2
NO_RACE: Final = "No run is flagged as a race: hand the trials in as a frame with `distance_m` and `time_s`."
_TIMES: Final = ("time_s", "duration_s", "elapsed_s", "timer_s", "moving_s")
_KEYS: Final = ("split_id", "session_id")


@pandas_door
def estimate(
    trials: pl.DataFrame,
    *,
    who: str = "",
    start: dt.date | None = None,
    end: dt.date | None = None,
    within_days: int = WITHIN_DAYS,
    level: float = LEVEL,
) -> Estimate:
    """Critical speed (m/s) of all-out trials; the part "D'" is the distance (m) that can be run above it.

    Needs: one row per trial with `distance_m` and `time_s`, or the laps of `Log.splits` that were trials, or
    `Log.runs`, of which those flagged `race` count, timed from start to end. Trials outside 2 to 15 minutes are left
    out, as are those more than `within_days` before the latest. Refused: NO_DATA, TRIAL_LENGTH, TOO_FEW_TRIALS (one;
    two are a caution without interval), DURATIONS_TOO_SIMILAR, DPRIME_NEGATIVE, BAD_INPUT. Hughson 1984 (Int J Sports
    Med); Poole 2016 (Med Sci Sports Exerc 48:2320-2334).

    >>> trials = pl.DataFrame({"athlete": "Ada", "distance_m": [1200, 2400, 3600], "time_s": [222, 478, 738]})
    >>> print(estimate(trials))
    Critical speed 4.65 m/s (95 % 4.39 to 4.92; n = 3)
    """
    used = {
        "start": start, "end": end, "within_days": within_days, "level": level, "duration_s": DURATION_S,
        "error_s": ERROR_S,
    }  # fmt: skip
    known: dict[str, Any] = {"who": who, "method": METHOD, "params": params(used), "unit": "m/s", "level": level}
    every = _trials(trials, who, start, end)
    if every.is_empty():
        said = (NO_RACE,) if "race" in trials.columns and trials.height else ()
        return refuse(WHAT, "NO_DATA", **known, notes=said)
    rows, notes = _chosen(every, within_days)
    known |= {"notes": notes, "n": rows.height}
    if rows.is_empty():
        return refuse(WHAT, "TRIAL_LENGTH", **known)
    distance, time = (rows[name].to_numpy() for name in ("distance_m", "time_s"))
    rough = critical_speed(distance, time, level=level)
    found = critical_speed(distance, time, level=level, least_sd_m=ERROR_S * (rough.cs_mps or 0.0))
    if found.cs_mps is None or found.dprime_m is None:
        return refuse(WHAT, found.reason or "BAD_INPUT", **known)
    low, high = found.cs_ci or (None, None)
    fitted = rows.with_columns((found.dprime_m + found.cs_mps * pl.col("time_s")).alias("line_m"))
    known |= {"points": fitted, "draw": _draw, "status": found.status, "reason": found.reason}
    known |= {"notes": (*notes, _pace(found)), "level": level if found.cs_ci else None}
    return Estimate(WHAT, value=found.cs_mps, low=low, high=high, parts=(_reserve(found, who, level),), **known)


def _reserve(found: CriticalSpeed, who: str, level: float) -> Estimate:
    low, high = found.dprime_ci or (None, None)
    sure = level if found.dprime_ci else None
    return Estimate("D'", who, found.dprime_m, low, high, level=sure, unit="m", n=found.n)


def _pace(found: CriticalSpeed) -> str:
    seconds = round(1000 / (found.cs_mps or 1.0))
    return f"A pace of {seconds // 60}:{seconds % 60:02} min/km, faster than that of one hour."


def _trials(frame: pl.DataFrame, who: str, start: dt.date | None, end: dt.date | None) -> pl.DataFrame:
    """`date` (null where the frame has none), `distance_m` and `time_s` of one athlete's possible trials, each once."""
    rows = of_athlete(frame, who) if "athlete" in frame.columns else frame
    rows = rows.filter(pl.col("race")) if "race" in rows.columns else rows
    key = next((name for name in _KEYS if name in rows.columns), None)
    rows = rows.sort(rows.columns).unique(key, keep="first", maintain_order=True) if key else rows
    day = pl.col("date").cast(pl.Date) if "date" in rows.columns else pl.lit(None, pl.Date)
    times = [pl.col(c).cast(pl.Float64) for c in _TIMES if c in rows.columns]
    told = rows.select(day.alias("date"), pl.col("distance_m").cast(pl.Float64), pl.coalesce(times).alias("time_s"))
    possible = (pl.col("distance_m") > 0) & (pl.col("time_s") > 0)
    told = told.filter(possible & pl.col("distance_m").is_finite() & pl.col("time_s").is_finite())
    inside = pl.col("date").is_between(start or dt.date.min, end or dt.date.max).fill_null(value=True)
    return told.filter(inside).unique().sort("date", "time_s", "distance_m")


def _chosen(every: pl.DataFrame, within_days: int) -> tuple[pl.DataFrame, tuple[str, ...]]:
    short, long = DURATION_S
    rows = every.filter(pl.col("time_s").is_between(short, long))
    recent = rows.filter(
        (pl.col("date").max() - pl.col("date") <= dt.timedelta(days=within_days)).fill_null(value=True)
    )
    said = (
        (every.height - rows.height, "trials outside 2 to 15 minutes: left out."),
        (rows.height - recent.height, f"trials more than {within_days} days before the latest: left out."),
    )
    return recent, tuple(f"{number} {text}" for number, text in said if number)


def _draw(result: Estimate) -> Any:
    points = pl.DataFrame() if result.points is None else result.points
    axes = {"x_title": "Time (s)", "y_title": "Distance (m)"}
    drawn = charts.line(points.sort("time_s"), "time_s", "line_m", **axes)
    return drawn + charts.points(points, "time_s", "distance_m", **axes)
