"""Marks that several charts share: rated sets as dots with intervals, unrated ones as arrows (at least this)."""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from typing import Any, Final

import polars as pl

from analysis import charts
from analysis.estimate import Estimate
from analysis.stats.smoother import OUTLIER_WEIGHT

MAX_ROWS: Final = 5_000


def axes_of(points: pl.DataFrame) -> dict[str, str]:
    """The titles of both axes; every layer of a chart takes the same, or they would stand side by side."""
    arrows = points["bound_kg"].is_not_null().any()
    odd = "weight" in points.columns and (points["weight"] < OUTLIER_WEIGHT).any()
    crossed = "Date (cross: outlier, weighs little in the trend)" if odd else "Date"
    return {"x_title": crossed, "y_title": "e1RM (kg); triangles: at least" if arrows else "e1RM (kg)"}


def e1rm_marks(points: pl.DataFrame) -> list[Any]:
    """Chart layers for the columns `date, e1rm_kg, low_kg, high_kg, bound_kg`, empty ones left out."""
    rated, bounds = points.filter(pl.col("e1rm_kg").is_not_null()), points.filter(pl.col("bound_kg").is_not_null())
    axes = axes_of(points)
    layers = []
    if rated.height:
        layers.append(charts.interval(rated, "date", "low_kg", "high_kg", **axes))
        layers.append(charts.points(rated, "date", "e1rm_kg", **axes, tooltip=["date", "e1rm_kg", "low_kg", "high_kg"]))
    if bounds.height:
        arrows: dict[str, Any] = {"shape": "triangle-up", "filled": False, "colour": charts.ORANGE}
        layers.append(charts.points(bounds, "date", "bound_kg", **axes, **arrows))
    return layers


def dated_as_text(result: Estimate, column: str) -> pl.DataFrame:
    """The points of a result with a date column as text for bars that stand side by side in the frame's order."""
    points = pl.DataFrame(schema={column: pl.Date}) if result.points is None else result.points
    return points.with_columns(pl.col(column).dt.to_string("%-d %b"))


def weekly_stack(result: Estimate, kind: str) -> Any:
    """Bars of the column `sets` per week, stacked by the column `kind`; a week without sets keeps its place."""
    weekly = dated_as_text(result, "week").with_columns(
        pl.col(kind).fill_null(pl.col(kind).drop_nulls().first()).str.replace_all("_", " ", literal=True),
        pl.col("sets").fill_null(0),
    )
    return charts.bars(weekly, "week", "sets", x_title="Week from", y_title="Sets", colour=kind)


def layered(layers: Sequence[Any]) -> Any:
    """The layers on top of each other, first at the bottom; None where there is none."""
    return functools.reduce(operator.add, layers) if layers else None
