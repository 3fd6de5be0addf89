"""Who lies further from the squad than the number of sessions explains? (methods H6).

What: the number of athletes whose own result lies outside the 95 % limits of the squad, and how many do so by chance.
Formula: mu -+ z sqrt(tau^2 + sigma^2 / n) with z of 95 % and 99.8 %; mu and tau as in `compare`, sigma^2 is the mean of
  n s^2 over the athletes.
Source: Spiegelhalter 2005 (Stat Med 24:1185-1202).
Limits: refused with fewer than 8 athletes, who would draw the funnel themselves: the comparison alone says what can be
  said. The error of one session is taken to be the same for all.
Trap: the widest results, up and down, belong to those with the fewest sessions. Outside the 95 % limits lies one of
  twenty for no reason at all.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import Any, Final

import numpy as np
import polars as pl

from analysis.estimate import Estimate, params
from analysis.squad._draw import funnel_chart
from analysis.squad._entries import Entry, Scale, of_comparison
from analysis.stats.funnel import LIMITS, MIN_ATHLETES, limits

METHOD: Final = "Funnel limits from the spread between athletes and the error of one session (Spiegelhalter 2005; H6)."
TOO_FEW: Final = (
    f"Fewer than {MIN_ATHLETES} athletes would draw the funnel themselves; the comparison says what it can."
)
NAMES: Final = ("95 %", "99.8 %")
_STEPS: Final = 60


def funnel(comparison: Estimate) -> Estimate:
    """Count the athletes of a result of `compare` outside the 95 % funnel limits; `points` has a row for each.

    Needs: 8 athletes with a number, an interval and a number of sessions (n). Refusals: TOO_FEW_ATHLETES, or that of
    the comparison. Raises ValueError for another Estimate. Spiegelhalter 2005 (Stat Med 24:1185-1202).
    """
    entries, scale, used = of_comparison(comparison)
    entries = [e for e in entries if e.reason is None and e.raw.n > 0]
    what = f"{comparison.what.removesuffix(', squad mean')}, athletes outside the 95 % limits"
    known = Estimate(
        what, unit="athletes", n=len(entries), method=METHOD, level=None, params=params({"limits": LIMITS})
    )
    if not comparison.ok or len(entries) < MIN_ATHLETES:
        reason = "TOO_FEW_ATHLETES" if comparison.ok else comparison.reason
        return replace(known, status="refused", reason=reason, notes=(TOO_FEW,))
    sigma = math.sqrt(float(np.mean([e.s**2 * e.raw.n for e in entries])))
    middle = {group: scale.inside(mean) for group, mean in used["group_means"]}
    spread: dict[str, float] = {"sd_session": sigma, "sd_between": used["tau_mean"]}
    points = _points(entries, scale, middle, spread)
    outside = points.filter(pl.col("outside") != "").height
    by_chance = len(entries) * (1 - LIMITS[0])
    note = f"By chance alone about {by_chance:.1f} of {len(entries)} lie outside 95 %; outside 99.8 % hardly anybody."
    unit = comparison.unit or "the unit of the result"
    draw = partial(funnel_chart, curves=_curves(entries, scale, middle, spread), unit=unit)
    numbers = params({"limits": LIMITS, "group_means": used["group_means"], **spread})
    return replace(known, value=float(outside), params=numbers, notes=(note,), points=points, draw=draw)


def _points(entries: list[Entry], scale: Scale, middle: dict[str, float], spread: dict[str, float]) -> pl.DataFrame:
    mu, n = (np.array(v, dtype=np.float64) for v in ([middle[e.group] for e in entries], [e.raw.n for e in entries]))
    own = np.array([e.y for e in entries])
    columns: dict[str, Any] = {"athlete": [e.who for e in entries], "group": [e.group or None for e in entries]}
    columns |= {"n": [e.raw.n for e in entries], "value": scale.shown(own)}
    outside = np.full(len(entries), "", dtype="U8")
    for level, name, column in zip(LIMITS, NAMES, ("95", "998"), strict=True):
        found = limits(mu, n=n, level=level, **spread)
        columns |= {f"low{column}": scale.shown(found.low), f"high{column}": scale.shown(found.high)}
        outside = np.where((own < found.low) | (own > found.high), name, outside)
    frame = pl.DataFrame(columns | {"outside": outside.tolist()}, schema_overrides={"group": pl.String})
    return frame.sort("n", "athlete")


def _curves(entries: list[Entry], scale: Scale, middle: dict[str, float], spread: dict[str, float]) -> pl.DataFrame:
    """The limits as lines from just below the smallest to just above the largest number of sessions."""
    n = [e.raw.n for e in entries]
    grid = np.linspace(0.9 * min(n), 1.1 * max(n), _STEPS)
    lines = []
    for group, mu in middle.items():
        for level, name in zip(LIMITS, NAMES, strict=True):
            found = limits(mu, n=grid, level=level, **spread)
            lines += [
                (group, name, f"{group} {side}", ends) for side, ends in (("low", found.low), ("high", found.high))
            ]
        lines.append((group, "mean", f"{group} mean", np.full(_STEPS, mu)))
    frames = [
        pl.DataFrame({"group": group, "limits": name, "line": line, "n": grid, "value": scale.shown(values)})
        for group, name, line, values in lines
    ]
    return pl.concat(frames)
