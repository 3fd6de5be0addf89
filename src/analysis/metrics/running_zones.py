"""How much of the running was easy, and how much was hard? (methods C7).

What: minutes of the block in each zone of heart rate (share of the maximum) or of speed (share of critical speed), all
  runs together and per week.
Formula: the time until the next sample goes to the zone of the sample's value; a lap without a stream goes whole to
  the zone of its mean; by speed also the sum of 100 hours (v / CS)^2.
Source: zones of heart rate Edwards 1993 (The Heart Rate Monitor Book); borders of speed and the CS load are a
  convention.
Limits: refused without a maximal heart rate or a critical speed, and where no run has a stream or laps. Gaps above
  10 s go to no zone and are counted beside them. A range shows what a maximum 5 bpm off, or the interval of the
  critical speed, would change.
Trap: a maximum that was computed from age moves whole zones: measure it. And the mean of a lap hides its hard minutes.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from analysis import charts
from analysis.estimate import Estimate, params, refuse
from analysis.frames import pandas_door
from analysis.metrics._marks import dated_as_text
from analysis.metrics._recordings import (
    HEART_RATE,
    MIN_COVERAGE,
    SPEED,
    Floats,
    Recording,
    left_open,
    of_block,
    recordings,
)
from analysis.stats.critical_speed import cs_load
from analysis.stats.trimp import ABOVE_MAX, HR_MAX_ERROR_BPM
from analysis.stats.zones import HR_ZONES, MAX_GAP_S, SPEED_ZONES, Scale, zone_minutes
from analysis.transforms import per_week

HR_MAX_BPM: Final = (100.0, 250.0)
FEW: Final = 0.01  # a share of the minutes: single beats far above the maximum are the sensor's
METHOD: Final = "Minutes of the samples in each zone, lower border inclusive; gaps go to no zone (methods C7)."


@pandas_door
def estimate(
    runs: pl.DataFrame,
    *,
    who: str = "",
    samples: pl.DataFrame | None = None,
    splits: pl.DataFrame | None = None,
    start: dt.date,
    end: dt.date,
    hr_max_bpm: float | None = None,
    critical_speed: float | Estimate | None = None,
    max_gap_s: float = MAX_GAP_S,
) -> Estimate:
    """Minutes of the block in zones; one part per zone, points are minutes per week and zone.

    Needs: Runs of one athlete, the `samples` of their sessions (`Logbook.samples`), their `splits`. With `hr_max_bpm`
    zones of heart rate; without it zones of speed relative to `critical_speed` (m/s, or the result of
    `running_critical_speed`), with the part "CS load". Refused: NO_ZONE_LIMIT, HR_BOUNDS (a maximum outside 100-250),
    BAD_INPUT (a critical speed that is none), NO_DATA, NO_HEART_RATE or NO_SPEED (no stream and no laps); caution
    HR_ABOVE_MAX where more than 1 % of the minutes exceed 105 % of the maximum. Methods C7.

    >>> from analysis.tables import Runs
    >>> row = dict.fromkeys(Runs.columns()) | {"athlete": "Ada", "session_id": "a", "date": dt.date(2026, 1, 5)}
    >>> runs = pl.DataFrame([row], schema={name: column.dtype for name, column in Runs.columns().items()})
    >>> beats = [140.0] * 301 + [171.0] * 300
    >>> samples = pl.DataFrame({"session_id": "a", "t_s": [float(t) for t in range(601)], "heart_rate_bpm": beats})
    >>> found = estimate(runs, samples=samples, start=row["date"], end=row["date"], hr_max_bpm=190)
    >>> print(found, "-", found.part("5: >=90 % of HRmax"))
    Running time in heart-rate zones 10 min (n = 1) - 5: >=90 % of HRmax 5 min (between 0 and 5; n = 1)
    """
    used: dict[str, Any] = {"start": start, "end": end, "max_gap_s": max_gap_s, "min_coverage": MIN_COVERAGE}
    limit = _limit(hr_max_bpm, critical_speed)
    if isinstance(limit, str):
        return refuse("Running time in zones", limit, who=who, unit="min", level=None, params=params(used))
    used |= {"limit": limit.value, "limit_low": limit.low, "limit_high": limit.high, "borders": limit.scale.shares}
    known: dict[str, Any] = {"who": who, "method": METHOD, "params": params(used), "unit": "min", "level": None}
    block = of_block(runs, who, start, end)
    if block.is_empty():
        return refuse(limit.what, "NO_DATA", **known)
    found = recordings(block, samples, splits, limit.column, max_gap_s=max_gap_s)
    known |= {"notes": left_open(found, limit.named)}
    told = [r for r in found if r.minutes.size]
    if not told:
        return refuse(limit.what, "NO_HEART_RATE" if limit.column == HEART_RATE else "NO_SPEED", **known, n=len(found))
    total = sum(r.covered_min for r in told)
    known |= {"points": _weekly(told, limit, start, end), "draw": _draw, "n": len(told)} | _doubt(told, limit, total)
    return Estimate(limit.what, value=total, parts=_parts(told, limit, who, total), **known)


@dataclass(frozen=True)
class _Limit:
    what: str
    column: str
    named: str
    unit: str
    scale: Scale
    value: float
    low: float
    high: float

    def labels(self) -> dict[str, str]:
        """What each zone is called, in the order of the zones."""
        first = 0 if self.column == HEART_RATE else 1  # the numbers of Edwards start at 0
        return {name: f"{i}: {name} {self.unit}" for i, name in enumerate(self.scale.names, first)}


def _limit(hr_max_bpm: float | None, critical_speed: float | Estimate | None) -> _Limit | str:
    """What the zones are relative to, with the range it may lie in; a reason where it is unknown or impossible."""
    if hr_max_bpm is not None:
        if not HR_MAX_BPM[0] <= hr_max_bpm <= HR_MAX_BPM[1]:
            return "HR_BOUNDS"
        ends = (hr_max_bpm, hr_max_bpm - HR_MAX_ERROR_BPM, hr_max_bpm + HR_MAX_ERROR_BPM)
        return _Limit("Running time in heart-rate zones", HEART_RATE, "heart rate", "% of HRmax", HR_ZONES, *ends)
    told = critical_speed if isinstance(critical_speed, Estimate) else Estimate("CS", value=critical_speed)
    if told.value is None:
        return "NO_ZONE_LIMIT"
    value, low, high = told.value, told.low, told.high
    if not 0 < value < math.inf:
        return "BAD_INPUT"
    low, high = (value if end is None or not 0 < end < math.inf else end for end in (low, high))
    return _Limit("Running time in speed zones", SPEED, "speed", "of CS", SPEED_ZONES, value, low, high)


def _doubt(told: list[Recording], limit: _Limit, total: float) -> dict[str, Any]:
    if limit.column != HEART_RATE:
        return {}
    above = sum(float(r.minutes[r.values > ABOVE_MAX * limit.value].sum()) for r in told)
    return {"status": "caution", "reason": "HR_ABOVE_MAX"} if above > FEW * total else {}


def _parts(told: list[Recording], limit: _Limit, who: str, total: float) -> tuple[Estimate, ...]:
    minutes, values = (np.concatenate([getattr(r, name) for r in told]) for name in ("minutes", "values"))
    sums = [zone_minutes(minutes, values, at, limit.scale) or {} for at in (limit.value, limit.low, limit.high)]
    parts = []
    for zone, label in limit.labels().items():
        value, *others = (found[zone] for found in sums)
        low, high = min(value, *others), max(value, *others)
        ends: dict[str, Any] = {} if limit.low == limit.high else {"low": low, "high": high}
        note = (f"{100 * value / total:.0f} % of the time",)
        parts.append(Estimate(label, who, value, unit="min", n=len(told), level=None, notes=note, **ends))
    return (*parts, _load(minutes, values, limit, who, len(told))) if limit.column == SPEED else tuple(parts)


def _load(minutes: Floats, speed: Floats, limit: _Limit, who: str, n: int) -> Estimate:
    value, high, low = (cs_load(minutes, speed, at).cs_load for at in (limit.value, limit.low, limit.high))
    ends: dict[str, Any] = {} if low == high else {"low": low, "high": high}
    note = ("100 is one hour at CS, faster than the pace of one hour: no threshold stress score",)
    return Estimate("CS load", who, value, unit="AU", n=n, level=None, notes=note, **ends)


def _weekly(told: list[Recording], limit: _Limit, start: dt.date, end: dt.date) -> pl.DataFrame:
    labels = limit.labels()
    rows = [
        {"date": r.date, "zone": labels[zone], "minutes": minutes}
        for r in told
        for zone, minutes in (zone_minutes(r.minutes, r.values, limit.value, limit.scale) or {}).items()
        if minutes > 0
    ]
    return per_week(pl.DataFrame(rows), [pl.col("minutes").sum()], start, end, by="zone")


def _draw(result: Estimate) -> Any:
    first = pl.col("zone").drop_nulls().first()  # a week without a record keeps its place
    weekly = dated_as_text(result, "week").with_columns(pl.col("zone").fill_null(first), pl.col("minutes").fill_null(0))
    return charts.bars(weekly, "week", "minutes", x_title="Week from", y_title="Running (min)", colour="zone")
