"""How do the athletes of a squad compare, once chance is taken into account? (methods H4, H5, H2, H3).

What: the mean of the squad; each part is an athlete, drawn towards the mean of her group as far as her own doubt asks
  for, with the own result beside it, the expected rank and its 90 % interval, and from 8 athletes the percentile and z.
Formula: y_i ~ N(theta_i, s_i^2), theta_i ~ N(mu, tau^2), tau half-normal and integrated out; y_i and s_i from the
  athlete's result and its interval, in logs for changes in % and for levels on a ratio scale. Ranks by draws from the
  posteriors; percentile 100 (k + 1/2) / n with the Jeffreys interval; z = (y - mean) / SD of the own results.
Source: Gelman et al. 2013, Bayesian Data Analysis, 3rd ed., section 5.4; ranks: Goldstein & Spiegelhalter 1996 (J R
  Stat Soc A 159:385-443); percentile: Hazen 1914 (Trans Am Soc Civ Eng 77:1539-1640).
Limits: fewer than 4 athletes with a number and an interval are not pooled: everybody stands alone. Athletes of one
  group must be alike: name the groups (sex, event), ranks and percentiles then count inside the group. Who has no
  number stays in the list with the reason.
Trap: the athlete on top of a table of raw values is mostly the one with the luckiest tests, or with the fewest. With 12
  athletes the one who looks best is the best in about half of the squads.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Literal

import numpy as np
import polars as pl
import polars.selectors as cs
from scipy.special import ndtri

from analysis.estimate import Estimate, Verdict, params
from analysis.frames import number
from analysis.importers._numbers import counted
from analysis.squad._draw import caterpillar
from analysis.squad._entries import (
    CHANGE,
    COMPARED,
    RAW,
    Entry,
    Scale,
    entries_of,
    is_probability,
    name_of,
    scale_of,
    unit_of,
)
from analysis.stats.norms import z_in_squad
from analysis.stats.percentile import MIN_ATHLETES as MIN_PERCENTILES
from analysis.stats.percentile import percentiles
from analysis.stats.pooling import LEVEL, MIN_ATHLETES, Pooled, pool
from analysis.stats.ranks import DRAWS, SEED, rank_interval
from analysis.stats.ranks import LEVEL as RANK_LEVEL

METHOD: Final = (
    "Hierarchical model with the spread between athletes integrated out (Gelman et al. 2013, BDA3, section 5.4; "
    "methods D19, H4); ranks by draws from the posteriors (methods H5)."
)
LEGEND: Final = "Filled: drawn towards the squad as far as the own doubt asks for; hollow: the own result alone."
ORDER: Final = "The order is a guess: each rank has an interval (90 %)."
COLUMNS: Final = {
    "athlete": pl.String, "group": pl.String, "raw": pl.Float64, "raw_low": pl.Float64, "raw_high": pl.Float64,
    "shrunk": pl.Float64, "low": pl.Float64, "high": pl.Float64, "n": pl.Int64, "rank": pl.Float64,
    "rank_low": pl.Float64, "rank_high": pl.Float64, "p_first": pl.Float64, "percentile": pl.Float64,
    "percentile_low": pl.Float64, "percentile_high": pl.Float64, "z": pl.Float64, "status": pl.String,
    "reason": pl.String,
}  # fmt: skip


def compare(
    estimates: Sequence[Estimate],
    *,
    what: str | None = None,
    groups: Mapping[str, str] | None = None,
    scale: Literal["raw", "log"] = "raw",
    better: Literal["higher", "lower"] = "higher",
    min_n_for_percentiles: int = MIN_PERCENTILES,
    tau_scale: float | None = None,
) -> Estimate:
    """Draw the athletes of a squad towards the mean of their group; parts are the athletes, best first.

    Needs: one Estimate per athlete with name and interval, as `each` gives them, refused ones included. Changes in %
    are compared as logs; levels as they are, or with `scale="log"` as logs (loads, heights, times, powers). `better`
    tells the sign of levels; a Verdict is told with better as positive already. `groups` maps athletes to groups (sex,
    event). `tau_scale` is that of the half-normal prior of the true spread: 0.03 for changes, 0.2 for logs of levels,
    else the spread as seen. `points` has a row per athlete: raw and shrunk value with 95 % intervals, expected rank
    with its 90 % interval and the chance to be first, percentile, z of the own result in its group (better is
    positive; from `min_n_for_percentiles` athletes, like the percentile), status and reason. Refusals: NO_DATA,
    TOO_FEW_ATHLETES (nothing is pooled, raw values are shown), PROBABILITY_ONLY, or the reason that all athletes share.
    Raises ValueError for several units, and for athletes without a name or named twice.

    >>> gains = [("Ada", 6.0), ("Bo", 1.0), ("Cyd", 3.0), ("Dee", -2.0)]
    >>> squad = compare([Estimate("CMJ", who, v, v - 6, v + 6, unit="%", n=6) for who, v in gains])
    >>> print(squad)
    CMJ, squad mean 2.1 % (95 % -1.7 to 6.0; n = 4)
    >>> print(squad.part("Ada").sentence())
    Ada 3.2 % (95 % -0.7 to 8.3; n = 6)
    """
    unit, name = unit_of(estimates), what or name_of(estimates)
    how = scale_of(unit, scale)
    entries = entries_of(estimates, groups, how)
    usable = [e for e in entries if e.reason is None]
    sign = -1 if better == "lower" and not any(isinstance(e.raw, Verdict) for e in usable) else 1
    tau = tau_scale if tau_scale is not None or not usable else how.spread(usable)
    used = {
        COMPARED: how.kind, "better": "lower" if sign < 0 else "higher",
        "groups": tuple((e.who, e.group) for e in entries if e.group),
        "tau_scale": tau, "min_athletes": MIN_ATHLETES, "min_n_for_percentiles": min_n_for_percentiles,
        "rank_level": RANK_LEVEL, "draws": DRAWS, "seed": SEED, "swc": _swc(usable),
    }  # fmt: skip
    notes = _notes(entries, usable)
    known = Estimate(f"{name}, squad mean", unit=unit, n=len(usable), method=METHOD, params=params(used), notes=notes)
    known = replace(known, draw=caterpillar)
    if is_probability(unit):
        return replace(_alone(known, entries, sign), reason="PROBABILITY_ONLY")
    labels = [e.group for e in usable]
    pooled = (
        pool([e.y for e in usable], [e.s for e in usable], scale=tau, groups=labels)
        if tau is not None and usable
        else None
    )
    if pooled is None or str(pooled.reason):
        return _alone(known, entries, sign)
    return _whole(known, entries, usable, pooled, sign)


def _swc(usable: Sequence[Entry]) -> float | None:
    """The smallest change that matters, where all athletes were held against the same."""
    known = [e.swc for e in usable if e.swc is not None]
    same = len(known) == len(usable) > 0 and math.isclose(min(known), max(known), rel_tol=1e-9)
    return known[0] if same else None


def _notes(entries: Sequence[Entry], usable: Sequence[Entry]) -> tuple[str, ...]:
    missing, names = len(entries) - len(usable), sorted({e.raw.what for e in usable})
    left = f"Not compared: {missing} of {len(entries)} athletes; the list says why."
    told = "Not all did the same: " + "; ".join(names[:4]) + (" …" if len(names) > 4 else ".")
    return (*((left,) if missing else ()), *((told,) if len(names) > 1 else ()))


def _alone(known: Estimate, entries: Sequence[Entry], sign: int) -> Estimate:
    """Nothing is pooled: every athlete stands for herself."""
    reasons = {e.reason for e in entries}
    shared = next(iter(reasons)) if len(reasons) == 1 else None
    reason = (shared or "TOO_FEW_ATHLETES") if entries else "NO_DATA"
    told = (
        f"Not pooled: {counted(known.n, 'athlete')} with a number and an interval, {MIN_ATHLETES} are needed. "
        "Each stands alone."
    )
    points = _frame([_row(e) for e in entries], sign, by="raw")
    return replace(
        known, status="refused", reason=reason, notes=(told, *known.notes), points=points,
        parts=_in_order([_lone(e) for e in entries], points),
    )  # fmt: skip


def _whole(known: Estimate, entries: Sequence[Entry], usable: list[Entry], pooled: Pooled, sign: int) -> Estimate:
    scale = Scale(dict(known.params)[COMPARED])
    names, counts = np.unique([e.group for e in usable], return_counts=True)
    share, half = counts / counts.sum(), float(ndtri(0.5 + LEVEL / 2))
    mu, sd = float(share @ pooled.mu), float(np.sqrt(share**2 @ pooled.mu_sd**2))
    value, low, high = (float(v) for v in scale.shown([mu, mu - half * sd, mu + half * sd]))
    means = tuple((str(g), float(m)) for g, m in zip(names, scale.shown(pooled.mu), strict=True))
    rows, parts = _athletes(known, usable, pooled, sign)
    points = _frame([rows.get(e.who) or _row(e) for e in entries], sign, by="shrunk")
    spread = _spread(float(pooled.tau_mean), scale, known.unit)
    told = [f"{g or 'Others'}: mean {number(m, known.unit)} {known.unit}".rstrip() + "." for g, m in means]
    used = dict(known.params) | {"group_means": means, "tau_mean": float(pooled.tau_mean)}
    differ = scale.kind != CHANGE and len({e.raw.what for e in usable}) > 1
    return replace(
        known, value=value, low=low, high=high, level=LEVEL, params=params(used), points=points,
        status="caution" if differ else "ok", reason="MEASURES_DIFFER" if differ else None,
        parts=_in_order([parts.get(e.who) or _lone(e) for e in entries], points),
        notes=(LEGEND, spread, *(told if len(told) > 1 else ()), ORDER, *known.notes),
    )  # fmt: skip


def _spread(tau: float, scale: Scale, unit: str) -> str:
    in_unit = tau if scale.kind == RAW else 100 * math.expm1(tau)
    shown = f"{number(in_unit, unit if scale.kind == RAW else '%')} {unit if scale.kind == RAW else '%'}".rstrip()
    return f"The athletes' true values differ by about {shown} (SD)."


def _athletes(
    known: Estimate, usable: list[Entry], pooled: Pooled, sign: int
) -> tuple[dict[str, dict[str, Any]], dict[str, Estimate]]:
    """Rows and parts of the athletes that were pooled."""
    scale, columns = Scale(dict(known.params)[COMPARED]), _places(known, usable, pooled, sign)
    shown = {"shrunk": pooled.theta, "low": pooled.low, "high": pooled.high}
    columns |= {name: scale.shown(values) for name, values in shown.items()}
    rows, parts = {}, {}
    for i, e in enumerate(usable):
        row = _row(e) | {name: float(values[i]) for name, values in columns.items()}
        ends = [number(v, e.raw.unit) for v in (row["raw"], row["raw_low"], row["raw_high"])]
        own = f"own result alone {ends[0]} ({ends[1]} to {ends[2]})"
        rows[e.who] = row
        parts[e.who] = Estimate(
            e.who, e.who, row["shrunk"], row["low"], row["high"], LEVEL, known.unit, e.raw.n, METHOD,
            params=known.params, status=e.raw.status, reason=e.raw.reason, notes=(own,), parts=(e.raw,),
        )  # fmt: skip
    return rows, parts


def _places(known: Estimate, usable: list[Entry], pooled: Pooled, sign: int) -> dict[str, Any]:
    """Ranks, percentiles and z, each inside its group."""
    least = dict(known.params)["min_n_for_percentiles"]
    names = ("rank", "rank_low", "rank_high", "p_first", "percentile", "percentile_low", "percentile_high", "z")
    columns = {name: np.full(len(usable), np.nan) for name in names}
    labels, results = np.array([e.group for e in usable]), np.array([e.y for e in usable])
    for group in np.unique(labels):
        own = labels == group
        theta = sign * pooled.theta[own]
        order, place = rank_interval(theta, pooled.sd[own] ** 2), percentiles(theta, min_athletes=least)
        apart = z_in_squad(results[own], lower_is_better=sign < 0, min_athletes=least)
        found = (order.expected, order.low, order.high, order.p_first, place.percentile, place.low, place.high, apart.z)
        for name, values in zip(names, found, strict=True):
            columns[name][own] = values
    return columns


def _row(e: Entry) -> dict[str, Any]:
    """One athlete as she is; nulls where the number is refused."""
    raw = e.raw if not math.isnan(e.y) else replace(e.raw, value=None, low=None, high=None)
    status = "refused" if raw.value is None else "caution" if e.reason else e.raw.status
    own = {"athlete": e.who, "group": e.group or None, "raw": raw.value, "raw_low": raw.low, "raw_high": raw.high}
    return own | {"n": e.raw.n, "status": status, "reason": e.reason or e.raw.reason}


def _lone(e: Entry) -> Estimate:
    row = _row(e)
    ends = {"value": row["raw"], "low": row["raw_low"], "high": row["raw_high"]}
    return replace(e.raw, what=e.who, status=row["status"], reason=row["reason"], parts=(e.raw,), **ends)


def _frame(rows: list[dict[str, Any]], sign: int, by: str) -> pl.DataFrame:
    """Best first, who has no number last, at a tie by name."""
    frame = pl.DataFrame([dict.fromkeys(COLUMNS) | row for row in rows], schema=COLUMNS)
    frame = frame.with_columns(cs.float().fill_nan(None))
    best, own = sign * pl.col(by), sign * pl.col("raw")
    return frame.sort(best, own, "athlete", descending=[True, True, False], nulls_last=True)


def _in_order(parts: list[Estimate], points: pl.DataFrame) -> tuple[Estimate, ...]:
    by_name = {part.who: part for part in parts}
    return tuple(by_name[who] for who in points["athlete"])
