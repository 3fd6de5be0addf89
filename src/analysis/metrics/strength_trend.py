"""Is the e1RM of a lift still growing, and how fast? (methods B5).

What: growth in per cent per week with a 95 % interval, the level (kg), P(growing) and a forecast of at most 4 weeks; it
  rests on all rated sessions of the lift.
Formula: robust local-linear state space on ln e1RM, Student t errors by EM, Kalman filter and smoother; every session
  enters with its own error, and the growth assumed beforehand is zero.
Source: Durbin & Koopman 2012 (Time Series Analysis by State Space Methods); Lange, Little & Taylor 1989 (JASA
  84:881-896).
Limits: refused with fewer than 6 rated sessions or less than 4 weeks, and for a forecast beyond 4 weeks; a gap of more
  than 4 weeks is a caution. Needs the athlete's `sets` table with its exercises annotated.
Trap: a straight line through the maxima finds growth where there is none (9 of 100 against less than 1). A bad day is
  weighed down and shown, never deleted.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final, TypeGuard

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis import charts
from analysis.estimate import Estimate, params, refuse
from analysis.frames import PROBABILITY, pandas_door
from analysis.metrics._marks import MAX_ROWS, axes_of, e1rm_marks, layered
from analysis.metrics._sessions import MODEL, Series, judged, series, words
from analysis.stats import smoother
from analysis.stats.smoother import Trend

Floats = NDArray[np.float64]

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
    asked = _Asked(exercise, end, horizon_weeks, equation)
    found = asked.series(sets)
    fitted = smoother.trend(*_numbers(found), horizon_weeks) if _fits(found) else None
    return asked.answer(found, fitted, who)


@pandas_door
def estimate_many(
    sets: pl.DataFrame, *, by: str = "athlete", exercise: str | None, end: dt.date | None = None,
    horizon_weeks: float = 4.0, equation: str = "epley",
) -> tuple[Estimate, ...]:  # fmt: skip
    """`estimate` for every group of `sets`, sorted by name, all series fitted at once: the same numbers, sooner.

    >>> from analysis.exercises import annotate
    >>> from analysis.tables import Sets
    >>> estimate_many(Sets.create_empty().join(annotate([]), on="exercise_raw", how="left"), exercise="back_squat")
    ()
    """
    asked = _Asked(exercise, end, horizon_weeks, equation)
    groups = sets.sort(by, maintain_order=True).group_by(by, maintain_order=True)
    found = {str(name): asked.series(group) for (name,), group in groups}
    fits = iter(smoother.trend_many([_numbers(one) for one in found.values() if _fits(one)], horizon_weeks))
    return tuple(asked.answer(one, next(fits) if _fits(one) else None, who) for who, one in found.items())


@dataclass(frozen=True)
class _Asked:
    exercise: str | None
    end: dt.date | None
    horizon_weeks: float
    equation: str

    def series(self, sets: pl.DataFrame) -> Series | None:
        """The series of the exercise, None where no exercise is asked for."""
        if self.exercise is None:
            return None
        known = sets if self.end is None else sets.filter(pl.col("date") <= self.end)
        return series(judged(known, self.equation), self.exercise)

    def answer(self, found: Series | None, fitted: Trend | None, who: str) -> Estimate:
        """Put a fitted series into an Estimate, or say why there is none."""
        used = MODEL | {name: getattr(self, name) for name in ("end", "exercise", "equation", "horizon_weeks")}
        known: dict[str, Any] = {"who": who, "method": METHOD, "params": params(used), "unit": "%/week"}
        if found is None or self.exercise is None:
            return refuse("e1RM trend", "NO_LOAD", **known)
        what, n = f"e1RM trend {words(self.exercise)}", found.sessions.height
        if fitted is None:
            return refuse(
                what,
                found.reason or "NO_DATA",
                **known,
                **_drawn(found, None),
                notes=found.notes,
                n=found.bounds.height,
            )
        known |= _drawn(found, fitted) | {"notes": found.notes + _outliers(found, fitted), "n": n}
        if fitted.slope_ci is None:
            return refuse(what, fitted.reason or "TREND_TOO_SHORT", **known)
        low, high = fitted.slope_ci
        return Estimate(
            what, value=fitted.slope_pct_per_week, low=low, high=high, status=fitted.status, reason=fitted.reason,
            parts=_parts(who, n, fitted, self.horizon_weeks), **known,
        )  # fmt: skip


def _fits(found: Series | None) -> TypeGuard[Series]:
    return found is not None and found.reason is None


def _numbers(found: Series) -> tuple[Floats, Floats, Floats]:
    t, kg, sd = (found.sessions[c].to_numpy() for c in ("t_weeks", "e1rm_kg", "sd_trend"))
    return t, kg, sd


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
