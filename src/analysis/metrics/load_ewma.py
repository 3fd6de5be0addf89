"""How much load does the runner carry lately, day by day? Weighted means of 7 and 28 days (methods C12).

What: mean session-RPE load per day (AU/day) on the block's last day, recent days weighing most; parts "7 days" and
  "28 days". It rests on the known days of the block.
Formula: sum (1 - lambda)^age x load / sum (1 - lambda)^age over known days, lambda = 2 / (N + 1); coverage is the share
  of all the weight that these days carry.
Source: lambda after Williams 2017, Br J Sports Med 51:209-210; without its seed (convention, methods C12).
Limits: below 90 % coverage the mean is still filling up ("burn-in": 9 known days for 7, 33 for 28). Refused where no
  session of the block has a rating and a usable duration. A day without a record is unknown, unless it was said to be
  rest; the mean is then one of the days with a record, and too high.
Trap: other tools start such curves at 0 or at the first day's load, so that their first two months show the start value
  and not the training. The time constant "42 days" of one tool is another average than the "42 days" of the next.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import polars as pl

from analysis import charts
from analysis.estimate import Estimate, named, params, refuse
from analysis.frames import pandas_door
from analysis.metrics._loads import Loads, of_block
from analysis.metrics._marks import layered
from analysis.stats.ewma import ACUTE_DAYS, BURNT_IN, CHRONIC_DAYS, Ewma, ewma, smoothing

WHAT: Final = "Mean load per day, last 7 days weighing most"
METHOD: Final = (
    "Bias-corrected exponentially weighted mean of daily session-RPE load over known days, lambda = 2 / (N + 1)"
    " (Williams 2017, Br J Sports Med 51:209-210), with no seed (methods C12)."
)
GREY: Final = "#999999"


@pandas_door
def estimate(
    sessions: pl.DataFrame,
    *,
    who: str = "",
    start: dt.date,
    end: dt.date,
    days_without_record: str = "unknown",
    acute_days: float = ACUTE_DAYS,
    chronic_days: float = CHRONIC_DAYS,
) -> Estimate:
    """Weighted mean load per day (AU/day) on the block's last day; points are the days of the block.

    Needs: Sessions of one athlete. Parts: one per span, "7 days" and "28 days". Status burn_in (BURN_IN) while the
    known days carry less than 90 % of the weight. Refused: NO_DATA, NO_SESSION_RPE. Williams 2017 (Br J Sports Med).

    >>> from analysis.tables import Sessions
    >>> estimate(Sessions.create_empty(), start=dt.date(2026, 1, 5), end=dt.date(2026, 2, 15)).reason
    'NO_DATA'
    """
    used = {"start": start, "end": end, "days_without_record": days_without_record, "min_coverage": BURNT_IN,
            "acute_days": acute_days, "chronic_days": chronic_days, "lambda": "2/(N+1)"}  # fmt: skip
    known: dict[str, Any] = {"who": who, "method": METHOD, "params": params(used), "unit": "AU/day", "level": None}
    loads = of_block(sessions, who, start, end, days_without_record)
    known |= {"notes": loads.notes}
    if loads.reason:
        return refuse(WHAT, loads.reason, **known, n=loads.sessions)
    means = [ewma(loads.daily, smoothing(days)) for days in (acute_days, chronic_days)]
    parts = [
        _part(f"{days:g} days", who, mean, loads) for days, mean in zip((acute_days, chronic_days), means, strict=True)
    ]
    return named(parts[0], what=WHAT, parts=tuple(parts), points=_points(loads, *means), draw=_draw, **known)


def _part(what: str, who: str, mean: Ewma, loads: Loads) -> Estimate:
    status, reason = ("burn_in", "BURN_IN") if mean.burn_in[-1] else ("ok", None)
    coverage = (f"the known days carry {mean.coverage[-1]:.0%} of the weight".replace("%", " %"),)
    days: dict[str, Any] = {"n": int(loads.days["known"].sum()), "unit": "AU/day", "level": None, "notes": coverage}
    return Estimate(what, who, float(mean.value[-1]), status=status, reason=reason, **days)


def _points(loads: Loads, acute: Ewma, chronic: Ewma) -> pl.DataFrame:
    columns = {"acute": acute, "chronic": chronic}
    values = [pl.Series(name, mean.value, nan_to_null=True) for name, mean in columns.items()]
    burn_in = [pl.Series(f"{name}_burn_in", mean.burn_in) for name, mean in columns.items()]
    return loads.days.with_columns(*values, *burn_in)


def _draw(result: Estimate) -> Any:
    assert result.points is not None
    days = result.points.with_columns((~pl.col("known")).alias("unknown"))
    x = (
        "Day (hatched: load unknown; grey: still filling up)"
        if days["unknown"].any()
        else "Day (grey: still filling up)"
    )
    axes = {"x_title": x, "y_title": "AU per day: dots 7 days, line 28 days"}
    layers = [charts.hatched(days, "date", "acute", "unknown", **axes)] if days["unknown"].any() else []
    for name, colour in (("chronic", charts.ORANGE), ("acute", charts.BLUE)):
        filling = pl.col(f"{name}_burn_in")
        near = filling | filling.shift(1, fill_value=False) | filling.shift(-1, fill_value=False)
        for part, shade in ((near, GREY), (~filling, colour)):
            shown = days.with_columns(pl.when(part).then(name).alias(name))
            if shown[name].is_null().all():
                continue
            layers.append(charts.line(shown, "date", name, **axes, colour=shade))
            if name == "acute":
                layers.append(charts.points(shown.drop_nulls(name), "date", name, **axes, colour=shade, size=24))
    return layered(layers)
