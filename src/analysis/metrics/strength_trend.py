"""Is the e1RM of an exercise still growing, and how fast? A robust trend through irregular sessions (methods B5).

Every session enters with its own error; a bad day is weighed down, shown, and never deleted. The prior growth is zero,
so that growth must come from the data. Needs the athlete's `sets` table with its exercises annotated.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import polars as pl

from analysis import charts
from analysis.estimate import Estimate, params, refuse
from analysis.frames import PROBABILITY, pandas_door
from analysis.metrics._marks import MAX_ROWS, axes_of, e1rm_marks, layered
from analysis.metrics._sessions import MODEL, Series, judged, series, words
from analysis.stats import smoother
from analysis.stats.smoother import Trend

METHOD: Final = (
    "Robust local-linear state space on ln e1RM, Student-t errors (4 df) by EM, Kalman filter and Rauch-Tung-Striebel"
    " smoother, prior growth zero (Durbin & Koopman 2012; Lange, Little & Taylor 1989; methods B5)."
)


@pandas_door
def estimate(
    sets: pl.DataFrame, *, who: str = "", exercise: str | None, end: dt.date | None = None, horizon_weeks: float = 4.0,
    equation: str = "epley",
) -> Estimate:  # fmt: skip
    """Growth of the e1RM of `exercise` in %/week; parts "level", "growth", "P(growing)" and the forecast.

    Sessions after `end` are not used; the forecast is `horizon_weeks` (at most 4) beyond the last session. A gap of
    more than 4 weeks is a caution. `exercise` None says that there is no lift to judge. Refused: TREND_TOO_SHORT,
    FORECAST_TOO_FAR, NO_EFFORT_RATING (lower bounds are still drawn), NO_VALID_SET, NO_LOAD, NO_DATA,
    BODY_MASS_MISSING, EQUATION_NOT_FOR_BALLISTIC, BAND_LOAD_UNKNOWN, EXERCISE_UNMAPPED. Source: methods B5.

    >>> from analysis.exercises import annotate
    >>> from analysis.tables import Sets
    >>> nothing = Sets.create_empty().join(annotate([]), on="exercise_raw", how="left")
    >>> estimate(nothing, exercise="back_squat").reason
    'NO_DATA'
    """
    used = MODEL | {"end": end, "exercise": exercise, "equation": equation, "horizon_weeks": horizon_weeks}
    known: dict[str, Any] = {"who": who, "method": METHOD, "params": params(used), "unit": "%/week"}
    if exercise is None:
        return refuse("e1RM trend", "NO_LOAD", **known)
    history = judged(sets if end is None else sets.filter(pl.col("date") <= end), equation)
    found = series(history, exercise)
    what, n = f"e1RM trend {words(exercise)}", found.sessions.height
    if found.reason is not None:
        return refuse(what, found.reason, **known, **_drawn(found, None), notes=found.notes, n=found.bounds.height)
    t, kg, sd = (found.sessions[c].to_numpy() for c in ("t_weeks", "e1rm_kg", "sd_trend"))
    fitted = smoother.trend(t, kg, sd, horizon_weeks)
    known |= _drawn(found, fitted) | {"notes": found.notes + _outliers(found, fitted), "n": n}
    if fitted.slope_ci is None:
        return refuse(what, fitted.reason or "TREND_TOO_SHORT", **known)
    low, high = fitted.slope_ci
    return Estimate(
        what, value=fitted.slope_pct_per_week, low=low, high=high, status=fitted.status, reason=fitted.reason,
        parts=_parts(who, n, fitted, horizon_weeks), **known,
    )  # fmt: skip


def _parts(who: str, n: int, fitted: Trend, horizon_weeks: float) -> tuple[Estimate, ...]:
    ahead = f"forecast {horizon_weeks:g} weeks"
    rows = [
        ("level", fitted.level_kg, fitted.level_ci or (None, None), "kg"),
        ("growth", fitted.slope_pct_per_week, fitted.slope_ci or (None, None), "%/week"),
        (ahead, fitted.forecast_kg, fitted.forecast_ci or (None, None), "kg"),
    ]
    parts = [Estimate(what, who, value, low, high, unit=unit, n=n) for what, value, (low, high), unit in rows]
    parts.insert(2, Estimate("P(growing)", who, fitted.p_growing, level=None, unit=PROBABILITY, n=n))
    return tuple(parts)


def _outliers(found: Series, fitted: Trend) -> tuple[str, ...]:
    pairs = zip(found.sessions["date"], fitted.weights, strict=False)
    days = [f"{day:%Y-%m-%d}" for day, weight in pairs if weight < smoother.OUTLIER_WEIGHT]
    return (f"Weighed down as a probable outlier, not deleted: {', '.join(days)}.",) if days else ()


def _drawn(found: Series, fitted: Trend | None) -> dict[str, Any]:
    sessions = found.sessions.select("date", "e1rm_kg", "low_kg", "high_kg")
    if fitted is not None and fitted.weights:
        columns = ("weights", "smoothed_kg", "smoothed_low_kg", "smoothed_high_kg")
        fit = (pl.Series(name, getattr(fitted, name)) for name in columns)
        sessions = sessions.with_columns(fit).rename({"weights": "weight"})
    bounds = found.bounds.select("date", pl.col("lower_bound_kg").alias("bound_kg"))
    points = pl.concat([sessions, bounds], how="diagonal").sort("date").tail(MAX_ROWS)
    return {"points": points, "draw": _draw} if points.height else {}


def _draw(result: Estimate) -> Any:
    points = pl.DataFrame() if result.points is None else result.points
    layers, axes = e1rm_marks(points), axes_of(points)
    if "smoothed_kg" in points.columns:
        path = points.filter(pl.col("smoothed_kg").is_not_null())
        layers.insert(0, charts.line(path, "date", "smoothed_kg", **axes))
        layers.insert(0, charts.band(path, "date", "smoothed_low_kg", "smoothed_high_kg", **axes))
        odd = path.filter(pl.col("weight") < smoother.OUTLIER_WEIGHT)
        if odd.height:
            look: dict[str, Any] = {"shape": "cross", "size": 140, "colour": charts.VERMILION}
            layers.append(charts.points(odd, "date", "e1rm_kg", **axes, **look, tooltip=["date", "e1rm_kg", "weight"]))
    return layered(layers)
