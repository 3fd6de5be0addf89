"""How far does a test vary by itself in this squad, with no training in between? (methods D13-D15).

What: typical error between days, in per cent with a 90 % interval, pooled with the literature; the smallest detectable
  change (MDC95), ICC, drift and smallest worthwhile change are parts.
Formula: two-way analysis of variance (athlete + session) on logs of session means, TE = sqrt(MS residual); pooled as
  variances with the literature's value, which counts as 6 degrees of freedom.
Source: Hopkins 2000 (Sports Med 30:1-15); Weir 2005 (JSCR 19:231-240); Shrout & Fleiss 1979 (Psychol Bull 86:420-428).
Limits: refused with fewer than 5 athletes tested twice within 10 days under the same conditions, where scores do not
  differ, and for the stance test, whose times stop at a limit.
Trap: trials of one day say nothing about the error between days. A low ICC may only mean that the squad is even; it
  judges no athlete.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from typing import Any, Final

import numpy as np
import polars as pl
from scipy.special import stdtrit

from analysis import charts
from analysis.estimate import Estimate, params, refuse
from analysis.frames import number, pandas_door
from analysis.metrics._priors import NU0, prior_of_trials
from analysis.metrics._retests import Session, scored, sessions, split
from analysis.own_tests import unit_of
from analysis.stats.change import percent
from analysis.stats.reliability import (
    MIN_ATHLETES,
    Reliability,
    blend,
    reliability,
    smallest_change,
    te_interval,
    te_session,
)

LEVEL: Final = 0.90
LONGEST_DEFAULT_M: Final = 30.0
METHOD: Final = (
    "Two-way analysis of variance (athlete + session) on log-mean session scores, chi-square interval; pooled with the "
    "literature's typical error, which counts as 6 degrees of freedom. Hopkins 2000 (Sports Med 30:1-15); "
    "Shrout & Fleiss 1979 (Psychol Bull 86:420-428)."
)


@pandas_door
def estimate(
    trials: pl.DataFrame,
    *,
    who: str = "",
    test: str,
    load_kg: float | None = None,
    distance_m: float | None = None,
    measure: str | None = None,
    within_days: int = 10,
) -> Estimate:
    """Typical error of one test between days, in per cent, as verdicts use it: own data pooled with the literature.

    Needs: Trials of at least 5 athletes with 2 sessions within `within_days` and no training effect between them,
    under the same conditions. Trials of one day never count as repeated sessions. Without `load_kg` each athlete's
    most repeated load counts; without `distance_m` the longest sprint up to 30 m. `measure` is that of a test of your
    own, or of a device. Parts: own typical error, the same
    in logs, MDC95, ICC(3,1), drift, smallest worthwhile change. Hand the result as `te` to the verdict of the test.
    Refusals: TOO_FEW_ATHLETES, CENSORED_TEST (stance), SD_ZERO. Hopkins 2000 (Sports Med 30:1-15); Weir 2005
    (JSCR 19:231-240).

    >>> row = {"test": "cmj", "side": "both", "load_kg": None, "distance_m": None, "trial": 1, "measure": "height_m",
    ...        "protocol": None, "device": "mat", "valid": True}
    >>> cmj = [(a, d, 0.3 + i / 50 + d * (-1) ** i / 200) for i, a in enumerate("ABCDE") for d in (1, 4)]
    >>> trials = pl.DataFrame([row | {"trial_id": f"{a}{d}", "athlete": a, "date": dt.date(2026, 1, d), "value": v}
    ...                        for a, d, v in cmj])
    >>> print(estimate(trials, test="cmj"))
    Typical error of cmj 6.1 % (90 % 4.5 to 9.8; n = 5)
    """
    what = f"Typical error of {test.replace('_', ' ')}"
    if test == "single_leg_stance":
        return refuse(what, "CENSORED_TEST", who=who, unit="%")
    rows = scored(trials, test, measure).with_columns(pl.col("load_kg", "distance_m").cast(pl.Float64).round(1))
    if test == "sprint" and distance_m is None:
        distance_m = max((d for d in rows["distance_m"].unique() if d <= LONGEST_DEFAULT_M), default=None)
    asked = {"test": test, "load_kg": load_kg, "distance_m": distance_m, "within_days": within_days}
    asked |= {"measure": measure} if measure else {}
    for column, value in (("load_kg", load_kg), ("distance_m", distance_m)):
        rows = rows if value is None else rows.filter(pl.col(column) == round(value, 1))
    what += f" at {load_kg:g} kg" if load_kg is not None else f" over {distance_m:g} m" if distance_m else ""
    squad = _repeats(rows, within_days)
    k = max(range(2, 1 + max(map(len, squad.values()), default=2)), key=lambda k: _freedom(squad, k), default=2)
    used = {name: found[:k] for name, found in squad.items() if len(found) >= k}
    own = reliability(np.reshape([[s.score for s in found] for found in used.values()], (-1, k)), level=LEVEL)
    notes = _notes(squad, used, k)
    if own.reason:
        few = (f"{MIN_ATHLETES} athletes tested twice are needed.",) if own.reason == "TOO_FEW_ATHLETES" else ()
        return refuse(what, own.reason, who=who, unit="%", n=len(used), method=METHOD, notes=(*few, *notes))
    return _result(own, used, Estimate(what, who, unit="%", notes=notes, method=METHOD, draw=_draw), asked)


def _repeats(rows: pl.DataFrame, within_days: int) -> dict[str, list[Session]]:
    """Each athlete's most repeated sessions at one load and side, under one set of conditions, close in time."""
    best: dict[str, list[Session]] = {}
    for (athlete, _, _), group in split(rows, "athlete", "load_kg", "side"):
        known = [s for s in sessions(group) if np.isfinite(s.scores).all()]
        for first in known:
            last = first.day + dt.timedelta(days=within_days)
            near = [s for s in known if first.day <= s.day <= last and s.conditions == first.conditions]
            if len(near) > max(1, len(best.get(athlete, ()))):
                best[athlete] = near
    return best


def _freedom(squad: dict[str, list[Session]], k: int) -> int:
    n = sum(len(found) >= k for found in squad.values())
    return (n - 1) * (k - 1) if n >= MIN_ATHLETES else 0


def _result(own: Reliability, used: dict[str, list[Session]], known: Estimate, asked: dict[str, Any]) -> Estimate:
    prior, every = prior_of_trials(asked["test"], asked["distance_m"]), [s for found in used.values() for s in found]
    n_ref = len(every) / sum(1 / s.n for s in every)
    te, df, source = own.te, float(own.df), f"own squad ({own.n} athletes, {own.k} sessions each)"
    if prior.te0 is not None:
        te, df = blend(float(te_session(prior.te0, n_ref)), NU0, own.te, own.df)
        source += " pooled with the literature"
    loads = {s.rows["load_kg"][0] for s in every}
    spread = smallest_change([found[0].score for found in used.values()] if len(loads) == 1 else [], te)
    swc = None if spread.reason else spread.swc
    low, high = te_interval(te, df, LEVEL)
    numbers = {"te": te, "df": df, "n_ref": n_ref, "nu0": NU0, "te0": prior.te0, "swc": swc, "source": source}
    return replace(
        known, value=_pct(te), low=_pct(low), high=_pct(high), level=LEVEL, n=own.n, params=params(numbers | asked),
        parts=_parts(own, known.who, prior.swc if swc is None else swc, own_swc=swc is not None), points=_points(used),
        notes=(*known.notes, f"Verdicts use {number(_pct(te))} %, {source}, for sessions of {number(n_ref)} trials."),
    )  # fmt: skip


def _parts(own: Reliability, who: str, swc: float | None, *, own_swc: bool) -> tuple[Estimate, ...]:
    mdc = own.mdc95 / own.te
    half = float(stdtrit(own.df, 0.5 + LEVEL / 2)) * own.te * math.sqrt(2 / own.n)
    whence = "0.2 of the true spread of this squad" if own_swc else "default of the handbook"
    known: dict[str, Any] = {"who": who, "level": LEVEL, "n": own.n, "method": METHOD}

    def in_pct(what: str, value: float, low: float, high: float) -> Estimate:
        return Estimate(what, value=_pct(value), low=_pct(low), high=_pct(high), unit="%", **known)

    useful = Estimate("Smallest worthwhile change", value=_pct(swc or 0), unit="%", notes=(whence,), **known)
    return (
        in_pct("Typical error, own data (CV)", own.te, own.te_low, own.te_high),
        Estimate("Typical error, own data (logs)", value=own.te, low=own.te_low, high=own.te_high, **known),
        in_pct("MDC95", own.mdc95, mdc * own.te_low, mdc * own.te_high),
        Estimate("ICC(3,1)", value=own.icc31, low=own.icc31_low, high=own.icc31_high, **known),
        in_pct("Drift, last less first session", own.drift, own.drift - half, own.drift + half),
        refuse(useful.what, "NO_SWC", unit="%", **known) if swc is None else useful,
    )


def _notes(squad: dict[str, list[Session]], used: dict[str, list[Session]], k: int) -> tuple[str, ...]:
    left = sum(map(len, squad.values())) - k * len(used)
    days = sorted(s.day for found in used.values() for s in found)
    told = [f"{len(used)} athletes with {k} sessions each, {days[0]} to {days[-1]}."] if days else []
    return (*told, *([f"{left} further sessions are left out: not every athlete has as many."] if left else []))


def _points(used: dict[str, list[Session]]) -> pl.DataFrame:
    rows = []
    for name, found in used.items():
        mean = float(np.mean([math.log(s.score) for s in found]))
        rows += [(name, s.day, s.score, math.exp(mean), _pct(math.log(s.score) - mean)) for s in found]
    return pl.DataFrame(rows, schema=["athlete", "date", "score", "athlete_mean", "deviation_pct"], orient="row")


def _pct(log_difference: float) -> float:
    return float(percent(log_difference))


def _draw(estimate: Any) -> Any:
    asked = dict(estimate.params)
    unit = unit_of(asked.get("measure") or ("time_s" if asked["test"] == "sprint" else "height_m"))
    titles = {"x_title": f"Mean of the athlete ({unit})", "y_title": "Deviation of a session (%)"}
    tooltip = ["athlete", "date", "score"]
    points = charts.points(estimate.points, "athlete_mean", "deviation_pct", **titles, filled=False, tooltip=tooltip)
    return points + charts.level_line(0.0)
