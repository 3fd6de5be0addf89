"""What did everybody do? Sums that carry no measurement error are listed as they are, neither shrunk nor ranked.

What: the median of the athletes with the lowest and highest value; each part is an athlete with the own sum.
Formula: median, minimum, maximum.
Source: convention.
Limits: refused where nobody has a number; who has none stays in the list with the reason.
Trap: more load is not better, so this list has no rank. A number that is missing is not zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import altair as alt
import polars as pl

from analysis import charts
from analysis.estimate import Estimate

METHOD: Final = "Median of the athletes, with the lowest and the highest one: a description, without a model."
ROW: Final = 26  # pixels per athlete


def described(estimates: Sequence[Estimate], *, what: str = "") -> Estimate:
    """Median of the athletes' sums, bounds lowest to highest; parts are the athletes, the largest first.

    Needs: one Estimate per athlete with its name, as `Squad.each` gives them. Refused: the reason that all share, else
    NO_DATA. `points`: athlete, value, low, high, n, status, reason.

    >>> print(described([Estimate("Sets", "A", 12.0, unit="sets"), Estimate("Sets", "B", 16.0, unit="sets")]))
    Sets, squad median 14 sets (between 12 and 16; n = 2)
    """
    known = [e for e in estimates if e.value is not None]
    like = (known or list(estimates) or [Estimate("Sum")])[0]
    rows = [
        {"athlete": e.who, "value": e.value, "low": e.low, "high": e.high, "n": e.n, "status": e.status}
        | {"reason": e.reason} for e in estimates
    ]  # fmt: skip
    points = pl.DataFrame(rows, schema=_COLUMNS).sort("value", "athlete", descending=[True, False], nulls_last=True)
    by_name = {e.who: replace(e, what=e.who, points=None, draw=None) for e in estimates}
    parts = tuple(by_name[who] for who in points["athlete"])
    whole = Estimate(
        f"{what or like.what}, squad median", level=None, unit=like.unit, n=len(known), method=METHOD, parts=parts,
        points=points, draw=_draw,
    )  # fmt: skip
    if not known:
        reasons = {e.reason for e in estimates}
        return replace(whole, status="refused", reason=reasons.pop() if len(reasons) == 1 else "NO_DATA")
    values = points["value"].drop_nulls()
    middle, lowest, highest = (float(v) for v in (values.median(), values.min(), values.max()))  # type: ignore[arg-type]
    missing = len(estimates) - len(known)
    told = (f"{missing} of {len(estimates)} athletes have no number: they stay in the list with the reason.",)
    return replace(whole, value=middle, low=lowest, high=highest, notes=told if missing else ())


_COLUMNS: Final = {
    "athlete": pl.String, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64, "n": pl.Int64,
    "status": pl.String, "reason": pl.String,
}  # fmt: skip


def _draw(estimate: Any) -> Any:
    seen = estimate.points.drop_nulls("value")
    if seen.is_empty():
        return None
    bounds = seen.drop_nulls(["low", "high"])
    title = (
        f"{estimate.what.removesuffix(', squad median')} ({estimate.unit}{'; bar: bounds' if bounds.height else ''})"
    )
    y = alt.Y("athlete:N").sort(seen["athlete"].to_list()).title(None)
    x, hover = (
        alt.X("value:Q").title(title).axis(titleAnchor="end"),
        [alt.Tooltip(c) for c in ("athlete", "value", "n")],
    )
    dots = alt.Chart(seen).mark_point(filled=True, size=70, color=charts.BLUE).encode(x=x, y=y, tooltip=hover)
    bars = alt.Chart(bounds).mark_rule(strokeWidth=2, color=charts.BLUE).encode(
        x=alt.X("low:Q").title(title), x2=alt.X2("high"), y=y
    )  # fmt: skip
    return charts.selectable(*([bars] if bounds.height else []), dots).properties(height=ROW * seen.height)
