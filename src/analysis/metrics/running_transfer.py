"""Did runners who gained more in the gym gain more in running? (methods E7).

What: per cent of running per per cent of gym gain, within athletes: what larger gains of a runner's own blocks went
  with; parts are the slope for true gains, the reliability of a gain and, from 6 blocks on, single athletes.
Formula: gains and changes centred on each athlete's mean, b = sum xy / sum x^2, cluster-robust standard error with
  t(athletes - 1); for true gains b over the reliability 1 - 2 TE^2 / Var(x); single slopes pooled towards the squad's.
Source: Fuller 1987, Measurement Error Models; Cameron & Miller 2015, J Hum Resour 50:317-372.
Limits: refused with fewer than 6 athletes or 18 pairs of block changes; both changes are then shown side by side. The
  slope for true gains is refused where more than half of the spread of gains is measurement error.
Trap: one block of one runner is an anecdote. A slope says what went together: season, running load and practice of the
  test change with the blocks as well, so it is never the cause.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import polars as pl

from analysis import charts
from analysis.estimate import Estimate, params, refuse
from analysis.frames import pandas_door
from analysis.metrics._marks import layered
from analysis.stats.pooling import pool
from analysis.stats.transfer import ADJUST_FROM, LEVEL, MIN_ATHLETES, MIN_PAIRS, Slope, corrected, within_slope

WHAT: Final = "Running change associated with 1 % of gym gain"
TRUE: Final = "for true gains"
RELIABILITY: Final = "reliability of a gym gain"
METHOD: Final = (
    "Slope within athletes over block changes in logs, cluster-robust interval; errors of the gym score corrected by"
    " its reliability (Fuller 1987; Cameron & Miller 2015; methods E7)."
)
FEW_ATHLETES: Final = 10  # below, the interval covers 0.92 instead of 0.95 in simulation
OWN_BLOCKS: Final = 6  # of one athlete, for a slope of their own
TAU_SCALE: Final = 0.5  # how far true slopes may differ between athletes before they are seen (convention)
ONCE: Final = "One block of one runner is an anecdote: both changes are shown, no slope."
WORDS: Final = "Associated with, not caused by: season, running load and practice of the test changed as well."
NUMBERS: Final = ("gym_log", "running_log", "gym_error_log", "running_load_log")


@pandas_door
def estimate(pairs: pl.DataFrame, *, who: str = "", gym: str = "e1RM", running: str = "sprint") -> Estimate:
    """Slope of the running change on the gym gain, % per %; points: every pair.

    Needs: one row per athlete and block: `athlete, block, gym_log, running_log` (changes in logs, better is positive),
    `gym_error_log` (typical error of one session of the gym score, null: not known) and `running_load_log` (change of
    the running load, null: not known; taken out from 40 pairs on). Refused: NO_DATA, TOO_FEW_PAIRS, SD_ZERO. Caution
    FEW_CLUSTERS below 10 athletes. Fuller 1987; Cameron & Miller 2015 (J Hum Resour 50:317-372).

    >>> pairs = pl.DataFrame({"athlete": ["Ada"], "block": ["1"], "gym_log": [0.04], "running_log": [0.01]})
    >>> estimate(pairs).reason
    'TOO_FEW_PAIRS'
    """
    own = _given(pairs, who)
    adjusted = own.filter(pl.col("running_load_log").is_not_null()).height >= ADJUST_FROM
    used = {
        "gym": gym,
        "running": running,
        "min_athletes": MIN_ATHLETES,
        "min_pairs": MIN_PAIRS,
        "own_blocks": OWN_BLOCKS,
    }
    used |= {"adjusted_for_running_load": adjusted, "tau_scale": TAU_SCALE, "few_athletes": FEW_ATHLETES}
    known: dict[str, Any] = {"who": who, "method": METHOD, "params": params(used), "unit": "% per %"}
    known |= {"points": _points(own), "n": own.height}
    what = f"{WHAT}, {gym} and {running}"
    if own.is_empty():
        return refuse(what, "NO_DATA", **known | {"points": None})
    x, y, load = (own[name].to_numpy() for name in ("gym_log", "running_log", "running_load_log"))
    found = within_slope(x, y, own["athlete"].to_list(), load if adjusted else None)
    known |= {"draw": _draw}
    if found.status != "ok":
        told = (f"Athletes with two blocks or more: {found.groups} of the {MIN_ATHLETES} needed; their pairs of"
                f" changes: {found.n} of the {MIN_PAIRS} needed.")  # fmt: skip
        return refuse(what, found.reason or "BAD_INPUT", **known, notes=(ONCE, told) if own.height == 1 else (told,))
    if found.groups < FEW_ATHLETES:
        known |= {"status": "caution", "reason": "FEW_CLUSTERS"}
    parts = (*_corrected(own, found, who), *_individual(own))
    known |= {"n": found.n, "parts": parts, "notes": (WORDS, *_of_athletes(found))}
    return Estimate(what, value=found.slope, low=found.low, high=found.high, level=LEVEL, **known)


def _given(pairs: pl.DataFrame, who: str) -> pl.DataFrame:
    """The pairs with both changes, in the order of their names; columns that are missing are null."""
    frame = pairs.with_columns(
        (pl.col(c).cast(pl.Float64) if c in pairs.columns else pl.lit(None, pl.Float64)).alias(c) for c in NUMBERS
    ).with_columns(pl.when(pl.col(c).is_finite()).then(pl.col(c)).alias(c) for c in NUMBERS)
    mine = frame.filter(pl.col("athlete") == who) if who and who in frame["athlete"] else frame
    both = pl.all_horizontal(pl.col("athlete", "block", "gym_log", "running_log").is_not_null())
    in_order = mine.filter(both).sort("athlete", "block", *NUMBERS)
    return in_order.unique(["athlete", "block"], keep="first", maintain_order=True)


def _points(own: pl.DataFrame) -> pl.DataFrame:
    shown = {f"{name}_pct": 100 * (pl.col(f"{name}_log").exp() - 1) for name in ("gym", "running")}
    return own.select("athlete", pl.col("block").cast(pl.String), **shown)


def _corrected(own: pl.DataFrame, found: Slope, who: str) -> tuple[Estimate, ...]:
    """The slope for true gains and the reliability that it rests on; refused where too much of a gain is error."""
    errors = own["gym_error_log"].drop_nulls().to_numpy()
    te = math.sqrt(float((errors**2).mean())) if errors.size else None
    right = corrected(found.slope, found.se, found.var_x_within, te)
    known: dict[str, Any] = {"who": who, "unit": "% per %", "n": found.n}
    if te is None:
        return (refuse(TRUE, "NO_TYPICAL_ERROR", **known),)
    share = Estimate(RELIABILITY, who, max(0.0, right.reliability), level=None, unit="share", n=found.n)
    if right.status != "ok":
        return refuse(TRUE, right.reason or "BAD_INPUT", **known), share
    half = (found.high - found.slope) / found.se * right.se if found.se > 0 else 0.0
    return Estimate(TRUE, value=right.slope, low=right.slope - half, high=right.slope + half, **known), share


def _individual(own: pl.DataFrame) -> tuple[Estimate, ...]:
    """Slopes of athletes with 6 blocks or more, pooled towards each other (methods D19); nobody else has one."""
    rows = [(str(name), group) for (name,), group in own.group_by("athlete", maintain_order=True)]
    own_slopes = [(name, *_least_squares(group), group.height) for name, group in rows if group.height >= OWN_BLOCKS]
    usable = [one for one in own_slopes if math.isfinite(one[2]) and one[2] > 0]
    if not usable:
        return ()
    pooled = pool([b for _, b, _, _ in usable], [se for _, _, se, _ in usable], scale=TAU_SCALE)
    if not np.isfinite(pooled.theta).all():
        return tuple(refuse(name, "TOO_FEW_ATHLETES", who=name, unit="% per %", n=n) for name, *_, n in usable)
    ends = zip(usable, pooled.theta.tolist(), pooled.low.tolist(), pooled.high.tolist(), strict=True)
    return tuple(
        Estimate(f"{name}, pooled", name, value, low, high, unit="% per %", n=n)
        for (name, _, _, n), value, low, high in ends
    )  # fmt: skip


def _least_squares(group: pl.DataFrame) -> tuple[float, float]:
    x, y = (group[c].to_numpy() - group[c].to_numpy().mean() for c in ("gym_log", "running_log"))
    spread = float((x**2).sum())
    if spread <= 0:
        return math.nan, math.nan
    b = float((x * y).sum()) / spread
    return b, math.sqrt(float(((y - b * x) ** 2).sum()) / (x.size - 2) / spread)


def _of_athletes(found: Slope) -> tuple[str, ...]:
    return (f"{found.n} block changes of {found.groups} athletes; the slope is the squad's, not one runner's.",)


def _draw(result: Estimate) -> Any:
    frame = pl.DataFrame() if result.points is None else result.points
    titles: dict[str, Any] = {"x_title": "Gain in the gym (%)", "y_title": "Change in running (%), better is positive"}
    dots = charts.points(frame, "gym_pct", "running_pct", **titles, tooltip=list(frame.columns))
    layers = (charts.level_line(0), charts.level_line(0, axis="x"), dots)
    return charts.selectable(*layers) if frame["athlete"].n_unique() > 1 else layered(layers)
