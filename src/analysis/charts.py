"""Chart theme and pieces: points, line, band, interval, bars, hatched, forest. Charts are data: no scripts, no ids.

The renderer emits `application/vnd.vegalite.v5+json`, which JupyterLab 4.6 draws offline; the page exporter draws the
same data with one shared bundle. Colours are Okabe & Ito (2008), always with a second cue (shape, fill or a label).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
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
TICKS: Final = 8  # about so many on a time axis or an axis of numbers that runs across
PALE: Final = 0.55  # every second colour of a stack: neighbours differ without colour
HATCHES: Final = 120
SWC_WORDS: Final = "grey: too small to matter"
HATCH: Final = "#8593a1"  # readable on a light page and on a dark one
ATHLETE: Final = "athlete"  # the column, and the selection, of every chart of a squad
FADED: Final = 0.25  # opacity of the athletes that are not chosen


_ROWS: Final[Any] = {"top": {"direction": "vertical", "anchor": "start", "margin": 6}}  # legends below each other


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
            "axisX": {"tickCount": TICKS, "labelBound": 4},
            "point": {"opacity": 1},
            "title": {"anchor": "start", "fontSize": 14, "subtitleFontSize": 12, "subtitleColor": "#5b6b7b"},
            "legend": {"labelFontSize": 12, "titleFontSize": 12, "orient": "top", "layout": _ROWS},
            "range": {"category": PALETTE},
        }
    }


def points(frame: pl.DataFrame, x: str, y: str, *, x_title: str, y_title: str, **look: Any) -> Any:
    """Dots of `y` over `x` (column names); `look` may hold colour, shape, filled, size, shift (px), tooltip (columns).

    >>> points(pl.DataFrame({"a": [1], "b": [2]}), "a", "b", x_title="A", y_title="B (kg)").to_dict()["mark"]["type"]
    'point'
    """
    mark: dict[str, Any] = {"filled": look.get("filled", True), "size": look.get("size", 50)}
    mark |= {"shape": look["shape"]} if "shape" in look else {}
    mark |= {"xOffset": look["shift"]} if look.get("shift") else {}
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
    return alt.Chart(frame).mark_area(opacity=0.22, color=BLUE).encode(
        x=_axis(alt.X, frame, x, x_title), y=_axis(alt.Y, frame, low, y_title), y2=alt.Y2(high)
    )  # fmt: skip


def interval(frame: pl.DataFrame, x: str, low: str, high: str, *, x_title: str, y_title: str, **look: Any) -> Any:
    """A vertical bar from `low` to `high` at each `x`: an error bar whose ends were computed and tested in Python.

    `look` may hold a shift: so many pixels sideways, beside another one of the same day.

    >>> frame = pl.DataFrame({"a": [1], "l": [1], "h": [2]})
    >>> interval(frame, "a", "l", "h", x_title="A", y_title="B").to_dict()["mark"]["type"]
    'rule'
    """
    aside: dict[str, Any] = {"xOffset": look["shift"]} if look.get("shift") else {}
    return alt.Chart(frame).mark_rule(color=BLUE, strokeWidth=1.5, **aside).encode(
        x=_axis(alt.X, frame, x, x_title), y=_axis(alt.Y, frame, low, y_title), y2=alt.Y2(high)
    )  # fmt: skip


def bars(
    frame: pl.DataFrame, x: str, y: str, *, x_title: str, y_title: str, colour: str | None = None,
    order: Sequence[str] | None = None,
) -> Any:  # fmt: skip
    """Bars of `y` over `x`, stacked by the column `colour` when one is named, in `order` or that of the alphabet.

    Every second part of a stack is pale, so that neighbours can be told apart without colour.

    >>> bars(pl.DataFrame({"a": ["w1"], "b": [2]}), "a", "b", x_title="Week", y_title="Sets").to_dict()["mark"]["type"]
    'bar'
    """
    across = _axis(alt.X, frame, x, x_title).axis(labelAngle=0, labelOverlap="greedy", labelSeparation=6)
    channels: dict[str, Any] = {"x": across, "y": alt.Y(f"{y}:Q").title(y_title)}
    if colour:
        names = list(order) if order else sorted(set(frame[colour].drop_nulls()))
        solid = [1.0 if i % 2 == 0 else PALE for i in range(len(names))]
        hue, shade = (of(f"{colour}:N").title(None).sort(names) for of in (alt.Color, alt.FillOpacity))
        channels |= {
            "color": hue.scale(domain=names),
            "fillOpacity": shade.scale(type="ordinal", domain=names, range=solid),
        }
    return (
        alt.Chart(frame)
        .mark_bar(color=BLUE)
        .encode(**channels, tooltip=_tooltip([x, y, *([colour] if colour else [])]))
    )


def hatched(frame: pl.DataFrame, x: str, y: str, unknown: str, *, x_title: str, y_title: str) -> Any:
    """Diagonal rules up to the largest `y` over the days that the boolean column `unknown` marks: nothing known there.

    `frame` holds all days, so that words keep their order; `x` is a date or text. Say in `x_title` what is hatched.

    >>> days = pl.DataFrame({"day": ["Mon", "Tue"], "b": [1.0, None], "empty": [False, True]})
    >>> hatched(days, "day", "b", "empty", x_title="Day (hatched: unknown)", y_title="B").to_dict()["mark"]["type"]
    'rule'
    """
    marked = frame.filter(pl.col(unknown)).select(x)
    top = float(frame.select(pl.col(y).max().fill_null(0)).item()) or 1.0
    lines = int(max(3, min(HEIGHT * frame.height / WIDTH, 12, 1200 // max(marked.height, 1))))  # near 45 degrees
    close = max(1, min(3, HATCHES // max(marked.height * lines, 1)))  # few wide days: more lines, as steep
    steps = pl.DataFrame({"from": [top * i / lines / close for i in range(close * (lines - 1) + 1)]})
    rules = marked.join(steps, how="cross").with_columns((pl.col("from") + top / lines).alias("to"))
    ends: dict[str, Any] = {"y": alt.Y("from:Q").title(y_title), "y2": alt.Y2("to")}
    if frame.schema[x].is_temporal():
        noon, half = pl.col(x).cast(pl.Datetime), pl.duration(hours=12)
        rules = rules.with_columns((noon - half).alias("left"), noon + half)
        ends |= {"x": _axis(alt.X, rules, "left", x_title), "x2": alt.X2(x)}
    else:
        ends |= {"x": _axis(alt.X, frame, x, x_title).bandPosition(0), "x2": alt.X2(x).bandPosition(1)}
    return alt.Chart(rules).mark_rule(color=HATCH, strokeWidth=1).encode(**ends)


def forest(
    frame: pl.DataFrame, *, x_title: str, zero: float = 0.0, swc: float | None = None, raw: str | None = None
) -> Any:
    """Rows of `label, value, low, high` as dots with intervals; a line at `zero`, a band of plus or minus `swc`.

    `raw` names a column of further values, drawn as hollow dots. The axis says what the band is.

    >>> frame = pl.DataFrame({"label": ["squat"], "value": [3.1], "low": [0.2], "high": [6.2]})
    >>> len(forest(frame, x_title="Change (%)", swc=3).to_dict()["layer"])
    4
    """
    y = alt.Y("label:N").sort(None).title(None)
    title = f"{x_title}; {SWC_WORDS}" if swc is not None else x_title

    def across(column: str) -> Any:  # the title ends with the plot: beside long labels it would run over the edge
        return alt.X(f"{column}:Q").title(title).axis(titleAnchor="end", format="~r").scale(padding=8)

    rule = alt.Chart(frame).mark_rule(color=BLUE, strokeWidth=2).encode(y=y, x=across("low"), x2=alt.X2("high"))
    dots = alt.Chart(frame).mark_point(filled=True, size=70, color=BLUE).encode(
        y=y, x=across("value"), tooltip=_tooltip(["label", "value", "low", "high"])
    )  # fmt: skip
    at_zero = level_line(zero, axis="x")
    layers = [at_zero, rule, dots]
    if raw is not None:
        hollow = alt.Chart(frame).mark_point(filled=False, size=70, color=INK)
        layers.append(hollow.encode(y=y, x=across(raw), tooltip=_tooltip(["label", raw])))
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


def selectable(*layers: Any) -> Any:
    """Layers of a squad chart (first at the bottom) as one, where a click on an athlete pales the others.

    Every chart of a squad has the same point selection, called `athlete`, on the column `athlete`: a page can set one
    athlete in all of them. Layers without that column (lines, bands) stay as they are. Raises ValueError where no
    layer has it.

    >>> dots = points(pl.DataFrame({"athlete": ["Ada"], "x": [1]}), "x", "athlete", x_title="X", y_title="")
    >>> selectable(dots, level_line(0, axis="x")).to_dict()["params"][0]["select"]
    {'type': 'point', 'fields': ['athlete']}
    """
    chosen = alt.selection_point(name=ATHLETE, fields=[ATHLETE], value=None, empty=True)
    shade = alt.when(chosen).then(alt.value(1.0)).otherwise(alt.value(FADED))
    flat = [part for layer in layers for part in (layer.layer if isinstance(layer, alt.LayerChart) else [layer])]
    named = [i for i, part in enumerate(flat) if ATHLETE in getattr(part.data, "columns", ())]
    if not named:
        raise ValueError(f"selectable: no layer has a column {ATHLETE!r}")
    for i in named:
        flat[i] = flat[i].encode(opacity=shade)
    # a name of its own: Altair would number the view by all charts made before, another text every time
    flat[named[-1]] = flat[named[-1]].properties(name="athletes").add_params(chosen)
    return alt.layer(*flat)


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
    axis = axis.axis(format="%b %Y" if long else "%-d %b", labelOverlap="greedy", labelSeparation=8)
    return axis.scale(padding=10)  # the first and the last dot stand clear of the edges


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
    return [{k: _shorter(v) if isinstance(v, float) else v for k, v in row.items()} for row in rows]


def _shorter(value: float) -> float | None:
    """Five digits; nothing where there is no number, for which JSON has no word: it would take the whole page down."""
    return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None


def _renamed(node: Any, names: dict[str, str]) -> Any:
    if isinstance(node, dict):
        if len(node) <= 2 and node.get("name") in names:
            return {**node, "name": names[node["name"]]}
        return {key: _renamed(value, names) for key, value in node.items()}
    return [_renamed(value, names) for value in node] if isinstance(node, list) else node


alt.renderers.register("stridelift", render)
alt.renderers.enable("stridelift")
