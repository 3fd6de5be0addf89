"""Does the heart have to work harder for the same speed late in a steady run? (methods E5).

What: loss of speed per heart beat from the first half of a steady run to the second, in per cent, positive where the
  heart drifts up or the speed down; the latest steady run of the block stands for it, the others are points.
Formula: 100 (EF1 - EF2) / EF1, EF = mean speed / mean heart rate of a half; the first 10 minutes are left out; the
  interval rests on a typical error of 2.5 points (convention), pooled with the spread of the athlete's own runs.
Source: Maunder 2021, Sports Med 51:1619-1628; Smyth 2022, Sports Med 52:2283-2295.
Limits: runs of less than 50 minutes with both speed and heart rate, runs whose speed varies by more than 8 % from
  minute to minute, and runs that climb more than 15 m per km (convention) are not used and are counted. Heat and wind
  are not in the log.
Trap: a hot day, a hill at the end or a loose strap drifts as well. Compare runs of the same course and season.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any, Final

import numpy as np
import polars as pl
from scipy.special import stdtrit

from analysis import charts
from analysis.estimate import Estimate, params, refuse
from analysis.frames import pandas_door
from analysis.metrics._recordings import HEART_RATE, SPEED, by_session, of_block, pieces
from analysis.stats.decoupling import MAX_CV, MIN_MINUTES, SETTLING_MINUTES, TE_POINTS, Decoupling, decoupling
from analysis.stats.zones import MAX_GAP_S

WHAT: Final = "Decoupling"
METHOD: Final = (
    "Speed per heart beat of the second half against the first, the first 10 min left out (Maunder 2021; Smyth 2022;"
    " methods E5)."
)
MAX_CLIMB: Final = 0.015  # ascent as a share of the distance: 15 m per km (convention)
NU0: Final = 6.0  # degrees of freedom that the convention's error counts for (methods T1)
LEVEL: Final = 0.95
_SCHEMA: Final[dict[str, Any]] = {"date": pl.Date, "decoupling_pct": pl.Float64, "minutes": pl.Float64}
_LEFT_OUT: Final = {
    "NO_DATA": "without speed and heart rate",
    "TOO_SHORT": "with less than 50 minutes of both",
    "NOT_STEADY": "not steady",
    "HILLY": "too hilly",
}


@pandas_door
def estimate(
    runs: pl.DataFrame, *, who: str = "", start: dt.date, end: dt.date, samples: pl.DataFrame | None = None
) -> Estimate:
    """Decoupling of the latest steady run of the block in %; points: every steady run.

    Needs: Runs of one athlete and the `samples` of their sessions (`Block.streams`). Refused: NO_DATA without a run
    with both speed and heart rate, TOO_SHORT, NOT_STEADY or HILLY where every such run is left out for that reason
    (the commonest is told). Maunder 2021 (Sports Med 51:1619-1628); Smyth 2022 (Sports Med 52:2283-2295).

    >>> from analysis.tables import Runs
    >>> estimate(Runs.create_empty(), start=dt.date(2026, 1, 5), end=dt.date(2026, 2, 15)).reason
    'NO_DATA'
    """
    used = {"start": start, "end": end, "min_minutes": MIN_MINUTES, "settling_minutes": SETTLING_MINUTES}
    used |= {"max_cv": MAX_CV, "max_climb": MAX_CLIMB, "te_points": TE_POINTS, "nu0": NU0, "max_gap_s": MAX_GAP_S}
    known: dict[str, Any] = {"who": who, "method": METHOD, "params": params(used), "unit": "%"}
    block = of_block(runs, who, start, end)
    streams = by_session(samples)
    found = [(row, *_of_run(row, streams.get(row["session_id"]))) for row in block.iter_rows(named=True)]
    steady = [(row["date"], one.decoupling_pct, minutes) for row, one, minutes in found if one.status == "ok"]
    lost = [one.reason or "" for _, one, _ in found if one.status != "ok"]
    notes = tuple(_left_out(lost.count(why), words) for why, words in _LEFT_OUT.items() if why in lost)
    if not steady:
        told = [why for why in lost if why != "NO_DATA"] or ["NO_DATA"]
        return refuse(WHAT, max(sorted(set(told)), key=told.count), **known, n=block.height, notes=notes)
    points = pl.DataFrame(steady, schema=_SCHEMA, orient="row").sort("date", "decoupling_pct")
    value, half = float(points["decoupling_pct"][-1]), _half_width(points["decoupling_pct"].to_numpy())
    day = f"The run of {points['date'][-1]:%d %b %Y}; the interval is that of one run."
    return Estimate(
        WHAT, value=value, low=value - half, high=value + half, level=LEVEL, n=points.height, points=points, draw=_draw,
        notes=(day, *notes), **known,
    )  # fmt: skip


def _of_run(run: dict[str, Any], samples: pl.DataFrame | None) -> tuple[Decoupling, float]:
    """Decoupling of one run and the minutes it rests on."""
    rows = pieces(samples, MAX_GAP_S).filter(pl.col("from_min") >= SETTLING_MINUTES) if samples is not None else None
    if rows is None or rows.is_empty():
        return Decoupling(reason="NO_DATA"), 0.0
    climbed, way = run.get("ascent_m"), run["distance_m"]
    if climbed is not None and way and climbed > MAX_CLIMB * way:
        return Decoupling(reason="HILLY"), 0.0
    first = (pl.col("minutes").cum_sum() - pl.col("minutes") / 2 <= pl.col("minutes").sum() / 2).alias("first")
    halves = rows.with_columns(first)
    (v1, hr1), (v2, hr2) = (_means(halves.filter(pl.col("first") == side)) for side in (True, False))
    lasted = float(rows["minutes"].sum())
    return decoupling(v1, hr1, v2, hr2, minutes=lasted, cv_speed=_cv(rows)), lasted


def _left_out(count: int, words: str) -> str:
    return f"{count} {'run' if count == 1 else 'runs'} left out: {words}."


def _means(rows: pl.DataFrame) -> tuple[float | None, float | None]:
    """Mean speed and heart rate over the time of the pieces."""
    if rows.is_empty():
        return None, None
    speed, beats = (
        float(np.average(rows[c].to_numpy(), weights=rows["minutes"].to_numpy())) for c in (SPEED, HEART_RATE)
    )
    return speed, beats


def _cv(rows: pl.DataFrame) -> float:
    """Coefficient of variation of the speed from minute to minute: single seconds are noise of the satellites."""
    weighted = (pl.col(SPEED) * pl.col("minutes")).sum() / pl.col("minutes").sum()
    minutes = rows.group_by(pl.col("from_min").floor()).agg(weighted.alias(SPEED))[SPEED].to_numpy()
    return float(minutes.std(ddof=1) / minutes.mean()) if minutes.size > 1 else math.inf


def _half_width(values: np.ndarray[Any, Any]) -> float:
    """Half the interval of one run: the convention's error pooled with the spread of the runs themselves (T1)."""
    own = values.size - 1
    squares = NU0 * TE_POINTS**2 + (own * float(values.var(ddof=1)) if own else 0.0)
    return float(stdtrit(NU0 + own, 0.5 + LEVEL / 2)) * math.sqrt(squares / (NU0 + own))


def _draw(result: Estimate) -> Any:
    frame = pl.DataFrame() if result.points is None else result.points
    return charts.points(frame, "date", "decoupling_pct", x_title="", y_title="Decoupling (%)") + charts.level_line(0)
