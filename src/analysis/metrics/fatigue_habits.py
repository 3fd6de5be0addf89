"""What was logged of eating, drinking, warming up and mobility work, week by week? (methods 0.3).

What: days of the block with any of these habits logged (days); parts give the mean of each habit over the days on which
  it was logged, side by side and as it was logged, with the days that are known.
Formula: per habit and week the mean of the logged days, beside days logged of all days; of several rows of a day the
  mean counts.
Source: convention.
Limits: refused where nothing was logged. Nothing is scored, added up or judged: a habit has its own unit and range, and
  the toolkit knows no right amount. A day without a row is unknown and never 0. Instruments are not mixed.
Trap: people log on good days. A mean over half of the days says what she did on the days she wrote it down, no more.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import numpy as np
import polars as pl

from analysis import charts
from analysis.estimate import Estimate, params, refuse
from analysis.frames import pandas_door
from analysis.metrics._wellness import Series, calendar, series_of, values_of
from analysis.transforms import per_week

WHAT: Final = "Days with a habit logged"
METHOD: Final = "Mean of the logged days of each week, beside the number of days logged; never scored or combined."
HABITS: Final = {
    "protein_g": ("protein", "g"), "carbohydrate_g": ("carbohydrate", "g"), "hydration": ("hydration", ""),
    "warm_up": ("warm-up", ""), "mobility": ("mobility", ""),
}  # fmt: skip
MOST: Final = {"protein_g": 1_000.0, "carbohydrate_g": 3_000.0}
MOST_OF_OTHERS: Final = 20_000.0  # ml of water a day
TOO_LITTLE: Final = 0.8


@pandas_door
def estimate(wellness: pl.DataFrame, *, who: str = "", start: dt.date, end: dt.date) -> Estimate:
    """Days from `start` to `end` with a habit logged; parts are the habits, points their weeks. Refused: NO_DATA.

    >>> from analysis.tables import Wellness
    >>> estimate(Wellness.create_empty(), start=dt.date(2026, 1, 5), end=dt.date(2026, 2, 15)).reason
    'NO_DATA'
    """
    used = {"start": start, "end": end, "items": tuple(HABITS)}
    known: dict[str, Any] = {"who": who, "method": METHOD, "params": params(used), "unit": "days", "level": None}
    values = values_of(wellness, who, HABITS, (0.0, MOST_OF_OTHERS))
    most = pl.col("item").replace_strict(MOST, default=MOST_OF_OTHERS, return_dtype=pl.Float64)
    values = values.filter(pl.col("value") <= most)
    found = [s for item in HABITS if (s := series_of(values, item, start, end)) is not None]
    if not found:
        return refuse(WHAT, "NO_DATA", **known)
    days = (end - start).days + 1
    logged = np.isfinite([s.values for s in found])
    notes = tuple(note for s in found for note in (*_coverage(s, days), *s.notes))
    weeks = pl.concat([_weeks(s, start, end) for s in found])
    return Estimate(
        WHAT, value=float(logged.any(axis=0).sum()), n=days, parts=tuple(map(_part, found)), notes=notes, points=weeks,
        draw=_draw, **known,
    )  # fmt: skip


def _part(series: Series) -> Estimate:
    name, unit = HABITS[series.item]
    low, high = series.scale_min, series.scale_max
    as_logged = f"on a scale of {low:g} to {high:g}" if low is not None and high is not None else "as logged"
    mean = float(np.nanmean(series.values))
    return Estimate(name, value=mean, level=None, unit=unit, n=series.answered, notes=() if unit else (as_logged,))


def _coverage(series: Series, days: int) -> tuple[str, ...]:
    name = HABITS[series.item][0].capitalize()
    told = f"{name}: logged on {series.answered} of {days} days ({100 * series.answered / days:.0f} %)."
    return (told,) if series.answered < TOO_LITTLE * days else ()


def _weeks(series: Series, start: dt.date, end: dt.date) -> pl.DataFrame:
    """Every week of the block: its days, those logged, and their mean (null where none is)."""
    name, unit = HABITS[series.item]
    days = calendar(start, end).with_columns(pl.Series("value", series.values, nan_to_null=True))
    sums = [pl.col("value").mean().alias("mean"), pl.col("value").count().alias("days_logged"), pl.len().alias("days")]
    habit = pl.lit(f"{name} ({unit})" if unit else name).alias("habit")
    return per_week(days, sums, start, end).select("week", habit, "mean", "days_logged", "days")


def _draw(result: Estimate) -> Any:
    import altair as alt

    weeks = pl.DataFrame({"habit": []}) if result.points is None else result.points
    panels = []
    for habit in weeks["habit"].unique(maintain_order=True):
        own = weeks.filter(pl.col("habit") == habit).with_columns(pl.col("week").dt.to_string("%-d %b"))
        drawn = charts.bars(own, "week", "mean", x_title="Week from", y_title=habit.capitalize())
        panels.append(drawn.properties(height=90))
    return alt.vconcat(*panels) if panels else None  # each habit has its own unit, and so its own axis
