"""Does heart-rate variability of the last week leave the athlete's usual band? (methods F3).

What: mean lnRMSSD of the last 7 days (ln ms) with its interval; notes say whether it is below, within or above the
  usual band, parts give the earlier weeks of the block and how often the band is left without any change.
Formula: band = mean +/- 0.5 SD of the daily values of the 60 days before these 7; for the fatigue rule the stricter
  z = (m7 - mb) / (SD sqrt(1/n7 + 1/nb)), down at -1.645 or lower; the interval is m7 +/- t SD / sqrt(n7).
Source: Plews 2013 and 2014, Int J Sports Physiol Perform 9:783-790; Buchheit 2014, Front Physiol 5:73.
Limits: refused with fewer than 3 values in the last 7 days or 14 before. RMSSD and SDNN are two quantities and never
  mixed, nor are two devices; a value outside 1 to 500 ms is another unit. Days are taken for independent.
Trap: one signal alone is no reason for anything: without any change the week is below the band on 17 % of days (35 %
  outside on either side), and below it at least once in 9 of 10 blocks. A rise is not good news by itself either.
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
from analysis.metrics._marks import layered
from analysis.metrics._wellness import domain_days, flag_marks, series_of, unknown_days, values_of
from analysis.stats.hrv import (
    BAND_SD,
    BASELINE_DAYS,
    BELOW_BY_CHANCE,
    DOWN_AT,
    MIN_BASELINE,
    MIN_WEEK,
    OUTSIDE_BY_CHANCE,
    WEEK,
    Weeks,
    weeks,
)

WHAT: Final = "lnRMSSD, mean of the last 7 days"
DOMAIN: Final = "autonomic"
METHOD: Final = (
    "Mean of the last 7 days against the band of mean +/- 0.5 SD of the 60 days before them; down for the fatigue rule"
    " only at z of the week <= -1.645 (methods F3)."
)
KINDS: Final = {"hrv_rmssd_ms": "lnRMSSD", "hrv_sdnn_ms": "lnSDNN"}
CHANCE: Final = {
    "days below the band without any change": BELOW_BY_CHANCE,
    "days outside the band without any change": OUTSIDE_BY_CHANCE,
}
LIMITS_MS: Final = (1.0, 500.0)
BEFORE: Final = BASELINE_DAYS + WEEK
LEVEL: Final = 0.95


@pandas_door
def estimate(
    wellness: pl.DataFrame, *, who: str = "", start: dt.date, end: dt.date, item: str = "hrv_rmssd_ms"
) -> Estimate:
    """The last 7 days up to `end` against the 60 before; always a caution (NEVER_ALONE); points are the block's days.

    `item` is "hrv_rmssd_ms" or "hrv_sdnn_ms". Refused: NO_DATA, TOO_FEW_VALUES_THIS_WEEK, BASELINE_TOO_SHORT, SD_ZERO.
    Raises ValueError for another item.

    >>> from analysis.tables import Wellness
    >>> estimate(Wellness.create_empty(), start=dt.date(2026, 1, 5), end=dt.date(2026, 2, 15)).reason
    'NO_DATA'
    """
    if item not in KINDS:
        raise ValueError(f"item {item!r}: expected one of {list(KINDS)}")
    what = WHAT.replace("lnRMSSD", KINDS[item])
    used = {"start": start, "end": end, "item": item, "week_days": WEEK, "min_week": MIN_WEEK, "band_sd": BAND_SD}
    used |= {"baseline_days": BASELINE_DAYS, "min_baseline": MIN_BASELINE, "down_at": DOWN_AT, "limits_ms": LIMITS_MS}
    known: dict[str, Any] = {"who": who, "method": METHOD, "params": params(used), "unit": "ln ms"}
    values = values_of(wellness, who, KINDS, LIMITS_MS)
    daily = series_of(values, item, start - dt.timedelta(days=BEFORE), end, log=True)
    if daily is None:
        other = "The log holds another kind of variability, which is another quantity and does not stand in for it."
        notes = (other,) if values.height else ()
        return refuse(what, "NO_DATA", **known, notes=notes, points=unknown_days(start, end, DOMAIN))
    found, ln = weeks(daily.values), daily.values[BEFORE:]
    inside = {n: getattr(found, n)[BEFORE:] for n in ("week_mean", "lo", "hi", "z_week")}
    flags, judged = found.down[BEFORE:], ~np.isnan(inside["z_week"])
    points = domain_days(start, end, DOMAIN, flags, judged, ln_ms=ln, **inside)
    points = points.with_columns(pl.Series("band", found.flag[BEFORE:].tolist()))
    known |= {"points": points, "draw": _draw, "parts": _parts(found, start, end), "notes": tuple(daily.notes)}
    if reason := _refusal(found):
        return refuse(what, reason, **known, n=int(found.n_week[-1]))
    known["notes"] = (_said(found), _chance(found, judged), *daily.notes)
    return _week(what, found, -1, **known, status="caution", reason="NEVER_ALONE")


def _refusal(found: Weeks) -> str | None:
    if found.n_week[-1] < MIN_WEEK:
        return "TOO_FEW_VALUES_THIS_WEEK"
    if found.n_baseline[-1] < MIN_BASELINE:
        return "BASELINE_TOO_SHORT"
    return "SD_ZERO" if np.isnan(found.z_week[-1]) else None


def _week(what: str, found: Weeks, at: int, **known: Any) -> Estimate:
    """The mean of the 7 days up to day `at`, with the interval that the daily scatter of the baseline gives."""
    mean, sd, n = float(found.week_mean[at]), float(found.baseline_sd[at]), int(found.n_week[at])
    half = float(stdtrit(found.n_baseline[at] - 1, (1 + LEVEL) / 2)) * sd / math.sqrt(n)
    return Estimate(what, value=mean, low=mean - half, high=mean + half, level=LEVEL, n=n, **known)


def _parts(found: Weeks, start: dt.date, end: dt.date) -> tuple[Estimate, ...]:
    """Whole weeks counted back from the end, earliest first, so that no day counts twice; then what chance does."""
    lasts = range((end - start).days // WEEK * WEEK, -1, -WEEK)
    parts = []
    for ago in lasts:
        at, day = found.z_week.size - 1 - ago, end - dt.timedelta(days=ago)
        name = f"7 days to {day.day} {day:%b}"
        if np.isnan(found.z_week[at]):
            few = found.n_week[at] < MIN_WEEK
            reason = "TOO_FEW_VALUES_THIS_WEEK" if few else "BASELINE_TOO_SHORT"
            parts.append(refuse(name, reason, unit="ln ms", n=int(found.n_week[at])))
            continue
        note = f"{found.flag[at]}, band {found.lo[at]:.2f} to {found.hi[at]:.2f}"
        parts.append(_week(name, found, at, unit="ln ms", notes=(note,)))
    chance = (Estimate(name, value=100 * share, level=None, unit="%") for name, share in CHANCE.items())
    return (*parts, *chance)


def _said(found: Weeks) -> str:
    side = {"within": "Within", "below": "Below", "above": "Above"}[str(found.flag[-1])]
    again = " Above is not better than within." if side == "Above" else ""
    return f"{side} the usual band of {found.lo[-1]:.2f} to {found.hi[-1]:.2f}; z {found.z_week[-1]:.1f}.{again}"


def _chance(found: Weeks, judged: Any) -> str:
    """Days below the band and outside it beside what an unchanged athlete shows."""
    flag, n = found.flag[-judged.size :], int(judged.sum())
    below, outside = (flag == "below").sum(), np.isin(flag, ["below", "above"]).sum()
    usual, either = (f"{100 * share:.0f} %" for share in (BELOW_BY_CHANCE, OUTSIDE_BY_CHANCE))
    told = f"Below the band on {below} of {n} days, where about {usual} are below it without any change;"
    return f"{told} outside it on either side on {outside}, where about {either} are."


def _draw(result: Estimate) -> Any:
    days = pl.DataFrame() if result.points is None else result.points
    if "week_mean" not in days.columns or days["week_mean"].is_null().all():
        return None
    axes = {"x_title": "Day (triangle: down)", "y_title": "7-day mean (ln ms), usual band"}
    usual = days.filter(pl.col("week_mean").is_not_null())
    layers = [charts.band(usual, "date", "lo", "hi", **axes), charts.line(usual, "date", "week_mean", **axes)]
    return layered([*layers, *flag_marks(usual, "week_mean", **axes)])
