"""Chart theme and pieces: points, line, band, interval, bars, forest. Charts are data - no script and no random id.

The renderer emits `application/vnd.vegalite.v5+json`, which JupyterLab 4.6 draws offline; the page exporter draws the
same data with one shared bundle. Colours are Okabe & Ito (2008), always with a second cue (shape, fill or a label).
"""

from __future__ import annotations

from typing import Any, Final

import altair as alt
import polars as pl

MIME: Final = "application/vnd.vegalite.v5+json"
SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v5.json"  # JupyterLab 4.6 bundles v5; Altair 6 would say v6
DIGITS: Final = 5  # the same text on every machine, and a third less data

BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, YELLOW, INK = (
    "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#F0E442", "#1d2733",
)  # fmt: skip
PALETTE: Final = [BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, YELLOW, "#666666"]
WIDTH: Final = 640
HEIGHT: Final = 240
LONG_SPAN_DAYS: Final = 400


@alt.theme.register("stridelift", enable=True)
def _theme() -> alt.theme.ThemeConfig:
    axis: Any = {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "gridColor": "#e6ebf0",
        "labelLimit": 260,
    }
    return {
        "config": {
            "background": "transparent",
            "font": "system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif",
            "view": {"continuousWidth": WIDTH, "continuousHeight": HEIGHT, "discreteWidth": WIDTH, "stroke": None},
            "axis": axis,
            "title": {"anchor": "start", "fontSize": 14, "subtitleFontSize": 12, "subtitleColor": "#5b6b7b"},
            "legend": {"labelFontSize": 12, "titleFontSize": 12, "orient": "top"},
            "range": {"category": PALETTE},
        }
    }


def points(frame: pl.DataFrame, x: str, y: str, *, x_title: str, y_title: str, **look: Any) -> Any:
    """Dots of `y` over `x` (column names); `look` may hold colour, shape, filled, size, tooltip (column names).

    >>> points(pl.DataFrame({"a": [1], "b": [2]}), "a", "b", x_title="A", y_title="B (kg)").to_dict()["mark"]["type"]
    'point'
    """
    mark: dict[str, Any] = {"filled": look.get("filled", True), "size": look.get("size", 50)}
    mark |= {"shape": look["shape"]} if "shape" in look else {}
    hover = _tooltip(look.get("tooltip", [x, y]))
    return alt.Chart(frame).mark_point(**mark, color=look.get("colour", BLUE)).encode(
        x=_axis(alt.X, frame, x, x_title), y=_axis(alt.Y, frame, y, y_title), tooltip=hover
    )  # fmt: skip


def line(frame: pl.DataFrame, x: str, y: str, *, x_title: str, y_title: str, colour: str = BLUE) -> Any:
    """A line of `y` over `x`.

    >>> line(pl.DataFrame({"a": [1], "b": [2]}), "a", "b", x_title="A", y_title="B").to_dict()["mark"]["type"]
    'line'
    """
    x_axis, y_axis = _axis(alt.X, frame, x, x_title), _axis(alt.Y, frame, y, y_title)
    return alt.Chart(frame).mark_line(color=colour).encode(x=x_axis, y=y_axis, tooltip=_tooltip([x, y]))


def band(frame: pl.DataFrame, x: str, low: str, high: str, *, x_title: str, y_title: str) -> Any:
    """A shaded interval between the columns `low` and `high` over `x`.

    >>> frame = pl.DataFrame({"a": [1], "l": [1], "h": [2]})
    >>> band(frame, "a", "l", "h", x_title="A", y_title="B").to_dict()["mark"]["type"]
    'area'
    """
    return alt.Chart(frame).mark_area(opacity=0.18, color=BLUE).encode(
        x=_axis(alt.X, frame, x, x_title), y=_axis(alt.Y, frame, low, y_title), y2=alt.Y2(high)
    )  # fmt: skip


def interval(frame: pl.DataFrame, x: str, low: str, high: str, *, x_title: str, y_title: str) -> Any:
    """A vertical bar from `low` to `high` at each `x`: an error bar whose ends were computed and tested in Python.

    >>> frame = pl.DataFrame({"a": [1], "l": [1], "h": [2]})
    >>> interval(frame, "a", "l", "h", x_title="A", y_title="B").to_dict()["mark"]["type"]
    'rule'
    """
    return alt.Chart(frame).mark_rule(color=BLUE, strokeWidth=1.5).encode(
        x=_axis(alt.X, frame, x, x_title), y=_axis(alt.Y, frame, low, y_title), y2=alt.Y2(high)
    )  # fmt: skip


def bars(frame: pl.DataFrame, x: str, y: str, *, x_title: str, y_title: str, colour: str | None = None) -> Any:
    """Bars of `y` over `x`, stacked by the column `colour` when one is named.

    >>> bars(pl.DataFrame({"a": ["w1"], "b": [2]}), "a", "b", x_title="Week", y_title="Sets").to_dict()["mark"]["type"]
    'bar'
    """
    across = _axis(alt.X, frame, x, x_title).axis(labelAngle=0, labelOverlap="greedy")
    channels: dict[str, Any] = {"x": across, "y": alt.Y(f"{y}:Q").title(y_title)}
    if colour:
        channels |= {"color": alt.Color(f"{colour}:N").title(None)}
    return (
        alt.Chart(frame)
        .mark_bar(color=BLUE)
        .encode(**channels, tooltip=_tooltip([x, y, *([colour] if colour else [])]))
    )


def forest(frame: pl.DataFrame, *, x_title: str, zero: float = 0.0, swc: float | None = None) -> Any:
    """Rows of `label, value, low, high` as dots with intervals; a line at `zero`, a band of plus or minus `swc`.

    >>> frame = pl.DataFrame({"label": ["squat"], "value": [3.1], "low": [0.2], "high": [6.2]})
    >>> len(forest(frame, x_title="Change (%)", swc=3).to_dict()["layer"])
    4
    """
    y = alt.Y("label:N").sort(None).title(None)
    x = alt.X("value:Q").title(x_title)
    rule = (
        alt.Chart(frame)
        .mark_rule(color=BLUE, strokeWidth=2)
        .encode(y=y, x=alt.X("low:Q").title(x_title), x2=alt.X2("high"))
    )
    dots = alt.Chart(frame).mark_point(filled=True, size=70, color=BLUE).encode(
        y=y, x=x, tooltip=_tooltip(["label", "value", "low", "high"])
    )  # fmt: skip
    at_zero = level_line(zero, axis="x")
    layers = [at_zero, rule, dots]
    if swc is not None:
        edges = pl.DataFrame({"from": [zero - swc], "to": [zero + swc]})
        layers.insert(
            0, alt.Chart(edges).mark_rect(color="#999999", opacity=0.2).encode(x=alt.X("from:Q"), x2=alt.X2("to"))
        )
    return alt.layer(*layers).properties(height=28 * frame.height)


def level_line(value: float, *, axis: str = "y", colour: str = "#666666") -> Any:
    """A dashed line across the chart at `value` of the axis `x` or `y`.

    >>> level_line(0).to_dict()["mark"]["type"]
    'rule'
    """
    channel = {"x": alt.X("at:Q")} if axis == "x" else {"y": alt.Y("at:Q")}
    return alt.Chart(pl.DataFrame({"at": [value]})).mark_rule(strokeDash=[4, 3], color=colour).encode(**channel)


def _axis(channel: Any, frame: pl.DataFrame, column: str, title: str) -> Any:
    dtype = frame.schema[column]
    kind = "T" if dtype.is_temporal() else "Q" if dtype.is_numeric() else "N"
    axis = channel(f"{column}:{kind}").title(title)
    if kind == "N":  # in the order of the frame; layers over the same words keep it, where they would be sorted else
        return axis.sort(list(dict.fromkeys(frame[column])))
    if kind == "Q":
        return axis.scale(zero=False)
    days = [day for day in frame[column] if day is not None]
    long = bool(days) and (max(days) - min(days)).days > LONG_SPAN_DAYS
    return axis.axis(format="%b %Y" if long else "%-d %b", labelOverlap="greedy", labelSeparation=8)


def _tooltip(columns: list[str]) -> list[alt.Tooltip]:
    # alt.Tooltip is 4 times cheaper than shorthand text, which Altair resolves by hashing every schema class
    return [alt.Tooltip(column) for column in columns]


def render(spec: dict[str, Any], **_: Any) -> dict[str, Any]:
    """The notebook output of a chart: its specification as data, floats shortened, data sets numbered.

    >>> render({"title": "Load", "mark": "point"})["text/plain"]
    '<chart: Load>'
    """
    spec = {**spec, "$schema": SCHEMA}
    if "datasets" in spec:
        names = {name: f"data-{i}" for i, name in enumerate(spec["datasets"], 1)}
        data = {names[name]: _short(rows) for name, rows in spec.pop("datasets").items()}
        spec = _renamed(spec, names) | {"datasets": data}
    return {MIME: spec, "text/plain": f"<chart: {_title(spec)}>"}


def _title(spec: dict[str, Any]) -> str:
    title = spec.get("title", "")
    return str(title.get("text", "")) if isinstance(title, dict) else str(title)


def _short(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{k: float(f"{v:.{DIGITS}g}") if isinstance(v, float) else v for k, v in row.items()} for row in rows]


def _renamed(node: Any, names: dict[str, str]) -> Any:
    if isinstance(node, dict):
        if len(node) <= 2 and node.get("name") in names:
            return {**node, "name": names[node["name"]]}
        return {key: _renamed(value, names) for key, value in node.items()}
    return [_renamed(value, names) for value in node] if isinstance(node, list) else node


alt.renderers.register("stridelift", render)
alt.renderers.enable("stridelift")
