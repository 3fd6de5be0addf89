"""How long did the athlete sleep in the last week, and how much is missing? (methods F4).

What: mean hours of the known nights of the last 7 (h); parts give what is missing to her need (h per week), the need
  itself, and the days of the block on which either crossed its limit.
Formula: mean of at least 5 known nights; missing = 7 mean(max(0, need - h)); a day is marked where the mean is below
  7 h or more than 5 h are missing. Need: median of her nights without an alarm of the last 60 days where at least 7
  are named, else 8 h.
Source: Walsh 2021, Br J Sports Med 55:356-368 (consensus); the limits are a convention.
Limits: refused with fewer than 5 of 7 nights. A night of 0 h is a device that was not worn: unknown. Of several rows of
  a night the longest counts; naps are not added, sleep stages not used. Devices are not mixed.
Trap: a long night at the weekend does not pay back the short ones before it. Sleep is shown beside the fatigue rule
  and is not one of its domains. A watch and a diary differ by half an hour and more: compare within one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any, Final

import numpy as np
import polars as pl

from analysis import charts
from analysis.estimate import Estimate, params, refuse
from analysis.frames import pandas_door
from analysis.metrics._marks import layered
from analysis.metrics._wellness import Series, domain_days, flag_marks, series_of, unknown_days, values_of
from analysis.stats.sleep import (
    LARGE_DEBT_H,
    LONGEST_H,
    MIN_NIGHTS,
    MIN_UNRESTRICTED,
    NEED_DAYS,
    NEED_H,
    SHORT_MEAN_H,
    Nights,
    nightly,
    own_need_h,
)

WHAT: Final = "Sleep, mean of the last 7 nights"
DOMAIN: Final = "sleep"
METHOD: Final = (
    "Mean of the known nights of the last 7, missing sleep 7 x mean shortfall against the need; marked below 7 h or"
    " above 5 h missing per week (methods F4)."
)
DEBT: Final = "missing to the need, per week"
NEED: Final = "need"
MARKED: Final = "days of the block below the limits"
_S: Final = 3600.0


@pandas_door
def estimate(
    wellness: pl.DataFrame, *, who: str = "", start: dt.date, end: dt.date, unrestricted: Collection[dt.date] = (),
    need_h: float | None = None,
) -> Estimate:  # fmt: skip
    """Mean sleep (h) of the 7 nights up to `end`, from the item `sleep_s`; points are the block's days.

    `unrestricted` are the days on which she woke without an alarm; a stated `need_h` wins over both. Refused: NO_DATA,
    TOO_FEW_NIGHTS, BAD_INPUT for a stated need outside 0 to 24 h.

    >>> from analysis.tables import Wellness
    >>> estimate(Wellness.create_empty(), start=dt.date(2026, 1, 5), end=dt.date(2026, 2, 15)).reason
    'NO_DATA'
    """
    used = {"start": start, "end": end, "min_nights": MIN_NIGHTS, "short_mean_h": SHORT_MEAN_H}
    used |= {"large_debt_h": LARGE_DEBT_H, "need_days": NEED_DAYS, "min_unrestricted": MIN_UNRESTRICTED}
    known: dict[str, Any] = {"who": who, "method": METHOD, "params": params(used), "unit": "h", "level": None}
    values = values_of(wellness, who, ["sleep_s"], (1.0, LONGEST_H * _S))
    before = max(NEED_DAYS, (end - start).days) - (end - start).days
    nights = series_of(values, "sleep_s", start - dt.timedelta(days=before), end, longest=True)
    if nights is None or not (need_h is None or 0 < need_h <= LONGEST_H):
        reason = "NO_DATA" if nights is None else "BAD_INPUT"
        return refuse(WHAT, reason, **known, points=unknown_days(start, end, DOMAIN))
    need, source = _need(nights, end, unrestricted, need_h)
    known["params"] = params(used | {"need_h": need, "need_from": source})
    hours = nights.values / _S
    found = nightly(hours, need)
    told = {"hours": hours, "mean_h": found.mean_h, "debt_h_per_week": found.debt_h_per_week}
    judged = ~np.isnan(found.mean_h[before:])
    points = domain_days(start, end, DOMAIN, found.down[before:], judged, **{n: v[before:] for n, v in told.items()})
    known |= {"points": points, "draw": _draw, "n": int(found.nights[-1]), "notes": (*_said(found), *nights.notes)}
    known["parts"] = _parts(found, need, source, judged, before)
    mean = float(found.mean_h[-1])
    return refuse(WHAT, "TOO_FEW_NIGHTS", **known) if np.isnan(mean) else Estimate(WHAT, value=mean, **known)


def _need(
    nights: Series, end: dt.date, unrestricted: Collection[dt.date], need_h: float | None
) -> tuple[float, str]:  # fmt: skip
    if need_h is not None:
        return float(need_h), "stated"
    size = nights.values.size
    places = (size - 1 - (end - day).days for day in set(unrestricted) if 0 <= (end - day).days < NEED_DAYS)
    own = own_need_h(nights.values[[place for place in places if place >= 0]] / _S)
    return (NEED_H, "default") if own is None else (own, "own nights without an alarm")


def _parts(found: Nights, need: float, source: str, judged: Any, before: int) -> tuple[Estimate, ...]:
    debt, n = float(found.debt_h_per_week[-1]), int(found.nights[-1])
    known: dict[str, Any] = {"level": None, "unit": "h", "n": n}
    missing = refuse(DEBT, "TOO_FEW_NIGHTS", **known) if np.isnan(debt) else Estimate(DEBT, value=debt, **known)
    marked = float(found.down[before:].sum())
    return (
        missing,
        Estimate(NEED, value=need, level=None, unit="h", notes=(source,)),
        Estimate(MARKED, value=marked, level=None, unit="days", n=int(judged.sum())),
    )


def _said(found: Nights) -> tuple[str, ...]:
    mean, debt = found.mean_h[-1], found.debt_h_per_week[-1]
    said = [
        (mean < SHORT_MEAN_H, f"The mean is below {SHORT_MEAN_H:g} h."),
        (debt > LARGE_DEBT_H, f"More than {LARGE_DEBT_H:g} h of sleep are missing in this week."),
    ]
    return tuple(text for true, text in said if true)


def _draw(result: Estimate) -> Any:
    days = pl.DataFrame() if result.points is None else result.points
    if "hours" not in days.columns or days["hours"].is_null().all():
        return None
    axes = {"x_title": "Day of waking (triangle: below the limits; dashed: need)", "y_title": "Sleep (h), 7-night mean"}
    layers = [charts.points(days, "date", "hours", **axes, filled=False, size=20, colour=charts.HATCH)]
    week = days.filter(pl.col("mean_h").is_not_null())
    if week.height:
        layers += [charts.line(week, "date", "mean_h", **axes), *flag_marks(week, "mean_h", **axes)]
    return layered([*layers, charts.level_line(dict(result.params)["need_h"])])
