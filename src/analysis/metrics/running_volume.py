"""How much did she run, per week? (methods C7).

What: kilometres of all runs of the block, and per week; the minutes, the mean week and the longest run are parts.
Formula: sums over runs; a run that two sources recorded counts once; minutes without the watch's own pauses where
  they are known.
Source: convention.
Limits: refused without a run in the block, or where no run has a distance or a time. A run without a distance is
  counted and makes the kilometres too few (a caution); a week without a record stays open and is not zero.
Trap: kilometres say nothing about how hard they were, and a treadmill or a wrist can be off by 5 %. Compare weeks of
  the same device.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import polars as pl

from analysis import charts
from analysis.estimate import Estimate, params, refuse
from analysis.frames import pandas_door
from analysis.metrics._marks import dated_as_text
from analysis.metrics._recordings import empty_weeks, of_block
from analysis.transforms import per_week

WHAT: Final = "Running volume"
METHOD: Final = "Sums over runs, each counted once; time without the watch's own pauses where known (methods C7)."
FASTEST_M_S: Final = 12.5
LONGEST_M: Final = 500_000.0
DAYS_OF_WEEK: Final = 7
MEAN_WEEK: Final = "mean week"


@pandas_door
def estimate(runs: pl.DataFrame, *, who: str = "", start: dt.date, end: dt.date) -> Estimate:
    """Kilometres of the block; parts: number of runs, minutes, mean week, longest run; points: sums per week.

    Needs: Runs of one athlete, as `Log.runs` has them. A distance that its time makes impossible (above 12.5 m/s) is
    left out. Refused: NO_DATA without a run, NO_DISTANCE where none has a distance or a time. A caution
    (NO_DISTANCE_OF_SOME) where only some have a distance. Methods C7, convention.

    >>> from analysis.tables import Runs
    >>> row = dict.fromkeys(Runs.columns()) | {"athlete": "Ada", "source": "fit", "source_row": 1}
    >>> days = [("a", dt.date(2026, 1, 5), 8000.0, 2700.0), ("b", dt.date(2026, 1, 7), 12000.0, 4100.0)]
    >>> runs = pl.DataFrame([row | {"session_id": s, "date": d, "distance_m": m, "timer_s": t} for s, d, m, t in days],
    ...                     schema={name: column.dtype for name, column in Runs.columns().items()})
    >>> print(estimate(runs, start=dt.date(2026, 1, 5), end=dt.date(2026, 1, 18)))
    Running volume 20.0 km (n = 2)
    """
    used = {"start": start, "end": end, "fastest_m_s": FASTEST_M_S, "longest_m": LONGEST_M}
    known: dict[str, Any] = {"who": who, "method": METHOD, "params": params(used), "unit": "km", "level": None}
    block = _measured(of_block(runs, who, start, end))
    if block.is_empty():
        return refuse(WHAT, "NO_DATA", **known)
    known |= {"notes": (*_notes(block), *empty_weeks(block, start, end))}
    total, minutes = float(block["km"].sum()), float(block["minutes"].sum())
    if total + minutes == 0:
        return refuse(WHAT, "NO_DISTANCE", **known, n=block.height)
    sums = [pl.len().alias("runs"), *(pl.when(pl.col(c).count() > 0).then(pl.col(c).sum()).alias(c) for c in _SUMS)]
    known |= {"points": per_week(block, sums, start, end), "draw": _draw, "n": block.height}
    without = block["km"].is_null()
    if without.all():
        return refuse(WHAT, "NO_DISTANCE", **known, parts=_parts(who, block, (end - start).days + 1))
    if without.any():
        known |= {"status": "caution", "reason": "NO_DISTANCE_OF_SOME"}
    return Estimate(WHAT, value=total, parts=_parts(who, block, (end - start).days + 1), **known)


_SUMS: Final = ("km", "minutes")


def _measured(runs: pl.DataFrame) -> pl.DataFrame:
    """Kilometres and minutes of each run; null where they are not told or not possible."""
    distance = pl.col("distance_m")
    possible = distance.is_between(0, LONGEST_M, closed="right")
    possible &= (distance / pl.col("run_s") <= FASTEST_M_S).fill_null(value=True)
    km = pl.when(possible).then(distance / 1000)
    return runs.with_columns(km.alias("km"), (pl.col("run_s") / 60).alias("minutes"))


def _parts(who: str, block: pl.DataFrame, days: int) -> tuple[Estimate, ...]:
    timed, measured = block["minutes"].drop_nulls(), block["km"].drop_nulls()
    plain: dict[str, Any] = {"who": who, "level": None}
    parts = [Estimate("number of runs", value=float(block.height), unit="runs", n=block.height, **plain)]
    if timed.len():
        parts.append(Estimate("minutes", value=float(timed.sum()), unit="min", n=timed.len(), **plain))
    if measured.len():
        known: dict[str, Any] = plain | {"unit": "km", "n": measured.len()}
        mean = float(measured.sum()) * DAYS_OF_WEEK / days
        whole = days >= DAYS_OF_WEEK  # a part of a week is never blown up to a whole one
        parts.append(Estimate(MEAN_WEEK, value=mean, **known) if whole else refuse(MEAN_WEEK, "TOO_FEW_DAYS", **known))
        parts.append(Estimate("longest run", value=float(measured.to_numpy().max()), **known))
    return tuple(parts)


def _notes(block: pl.DataFrame) -> tuple[str, ...]:
    told = block["distance_m"].is_not_null()
    said = (
        ((~told).sum(), "runs without a distance: their kilometres are missing, their minutes count."),
        ((told & block["km"].is_null()).sum(), "runs with an impossible distance: left out of the kilometres."),
        (block["minutes"].is_null().sum(), "runs without a time: missing in the minutes."),
    )
    return tuple(f"{number} {text}" for number, text in said if number)


def _draw(result: Estimate) -> Any:
    weekly = dated_as_text(result, "week")
    return charts.bars(weekly, "week", "km", x_title="Week from", y_title="Running (km)")
