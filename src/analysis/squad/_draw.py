"""The charts of a squad: a click on an athlete pales the others, in every chart the same selection."""

from __future__ import annotations

from typing import Any, Final

import altair as alt
import polars as pl

from analysis import charts

ROW: Final = 26  # pixels per athlete
TOLD: Final = "filled: with the squad; hollow: own result alone"
ALONE: Final = "own results alone, not pooled"


def caterpillar(estimate: Any) -> Any:
    """Athletes by the shrunk value with 95 % bars, own results as hollow dots, the mean, and what is too small."""
    seen, used = estimate.points.drop_nulls("raw"), dict(estimate.params)
    swc = used.get("swc")
    y, hue = _names(seen), _groups(seen)
    pooled = seen.drop_nulls("shrunk")
    alone = seen.filter(pl.col("shrunk").is_null()).drop_nulls(["raw_low", "raw_high"])
    if seen.is_empty():
        return None
    told = f"{TOLD if pooled.height else ALONE}" + (f"; {charts.SWC_WORDS}" if swc else "")
    title = f"{estimate.unit} ({told})" if estimate.unit else told.capitalize()
    hover = [alt.Tooltip(c) for c in ("athlete", "shrunk", "low", "high", "raw", "raw_low", "raw_high", "n")]
    layers = [_band(swc)] if swc else []
    layers += [charts.level_line(mean, axis="x") for _, mean in used.get("group_means", ())]
    for frame, low, high in ((pooled, "low", "high"), (alone, "raw_low", "raw_high")):
        bar = alt.Chart(frame).mark_rule(strokeWidth=2)
        layers += [bar.encode(y=y, x=_across(low, title), x2=alt.X2(high), color=hue)] if frame.height else []
    hollow = alt.Chart(seen).mark_point(filled=False, size=70, color=charts.INK)
    layers.append(hollow.encode(y=y, x=_across("raw", title), tooltip=hover))
    if pooled.height:
        filled = alt.Chart(pooled).mark_point(filled=True, size=70)
        layers.append(
            filled.encode(y=y, x=_across("shrunk", title), color=hue, shape=_groups(seen, alt.Shape), tooltip=hover)
        )
    return charts.selectable(*layers).properties(height=ROW * seen.height)


def rank_chart(estimate: Any) -> Any:
    """Expected ranks as dots on their 90 % intervals."""
    seen = estimate.points.drop_nulls("rank")
    title, y, hue = "Rank (1 = best; bar: 90 % interval)", _names(seen), _groups(seen)
    hover = [alt.Tooltip(c) for c in ("athlete", "rank", "rank_low", "rank_high", "p_first")]
    ends = [1, max(seen["rank_high"], default=1)]

    def place(column: str) -> Any:
        return alt.X(f"{column}:Q").title(title).axis(tickMinStep=1, titleAnchor="end").scale(domain=ends, padding=8)

    bar = alt.Chart(seen).mark_rule(strokeWidth=4)
    dot = alt.Chart(seen).mark_point(filled=True, size=70)
    return charts.selectable(
        bar.encode(y=y, x=place("rank_low"), x2=alt.X2("rank_high"), color=hue, tooltip=hover),
        dot.encode(y=y, x=place("rank"), color=hue, shape=_groups(seen, alt.Shape), tooltip=hover),
    ).properties(height=ROW * seen.height)


def funnel_chart(estimate: Any, curves: pl.DataFrame, unit: str) -> Any:
    """Own results by the number of sessions, with the limits within which chance puts nearly all."""
    seen = estimate.points
    x = alt.X("n:Q").title("Sessions or trials behind the result").scale(zero=False, padding=10).axis(tickMinStep=1)
    y = alt.Y("value:Q").title(f"Own result ({unit})").scale(zero=False)
    dash = (
        alt.StrokeDash("limits:N").title(None).scale(domain=["mean", "95 %", "99.8 %"], range=[[1, 0], [6, 3], [2, 3]])
    )
    hue = _groups(seen) if seen["group"].drop_nulls().len() else alt.value(charts.INK)
    lines = alt.Chart(curves).mark_line(strokeWidth=1).encode(x=x, y=y, strokeDash=dash, detail="line:N", color=hue)
    hover = [alt.Tooltip(c) for c in ("athlete", "n", "value", "low95", "high95", "outside")]
    dots = alt.Chart(seen).mark_point(filled=True, size=70)
    return charts.selectable(
        lines, dots.encode(x=x, y=y, color=_groups(seen), shape=_groups(seen, alt.Shape), tooltip=hover)
    )


def two_squads(estimate: Any) -> Any:
    """The changes of two squads side by side, and the mean of each with its interval."""
    seen, names = estimate.points, list(dict(estimate.params)["names"])
    title = f"Change ({estimate.unit or 'in its unit'}; hollow: athletes, filled: means with 95 % interval)"
    means = pl.DataFrame(
        {"group": names, **{k: [getattr(p, k) for p in estimate.parts[:2]] for k in ("value", "low", "high")}}
    )
    y = alt.Y("group:N").sort(names).title(None)
    hover = [alt.Tooltip(c) for c in ("athlete", "value", "n")]
    dots = alt.Chart(seen).mark_point(filled=False, size=60, color=charts.INK)
    bar = alt.Chart(means).mark_rule(strokeWidth=2, color=charts.BLUE, yOffset=10)
    middle = alt.Chart(means).mark_point(filled=True, size=90, color=charts.BLUE, yOffset=10)
    return charts.selectable(
        charts.level_line(0, axis="x"),
        bar.encode(y=y, x=_across("low", title), x2=alt.X2("high")),
        middle.encode(
            y=y, x=_across("value", title), tooltip=[alt.Tooltip(c) for c in ("group", "value", "low", "high")]
        ),
        dots.encode(y=y, x=_across("value", title), tooltip=hover),
    ).properties(height=3 * ROW * len(names))


def _names(seen: pl.DataFrame) -> Any:
    return alt.Y("athlete:N").sort(seen["athlete"].to_list()).title(None)


def _groups(seen: pl.DataFrame, channel: Any = alt.Color) -> Any:
    """Colour (and shape) by group where there are groups, else one of it."""
    names = sorted(set(seen["group"].drop_nulls()))
    if not names:
        return alt.value(charts.BLUE if channel is alt.Color else "circle")
    return channel("group:N").title(None).scale(domain=names)


def _across(column: str, title: str) -> Any:
    return alt.X(f"{column}:Q").title(title).axis(titleAnchor="end", format="~r").scale(zero=False, padding=8)


def _band(swc: float) -> Any:
    edges = pl.DataFrame({"from": [-swc], "to": [swc]})
    return alt.Chart(edges).mark_rect(color="#999999", opacity=0.2).encode(x=alt.X("from:Q"), x2=alt.X2("to"))
