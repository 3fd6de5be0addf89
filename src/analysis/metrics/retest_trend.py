"""How does a re-test develop over the blocks, for one athlete and for a squad? (methods D19, H4).

What: growth per block of 6 weeks in %, better is positive, from 3 or more re-tests under the same conditions; for a
  squad (`squad`) the mean growth, and each athlete's growth drawn towards it as far as the data ask for.
Formula: least-squares slope of the log score, standard error TE / sqrt(sum (t - mean t)^2) from the known typical
  error. Squad: slope_i ~ N(theta_i, s_i^2), theta_i ~ N(mu, tau^2), tau half-normal (0.03), integrated out on a grid.
Source: Gelman et al. 2013, Bayesian Data Analysis, 3rd ed., section 5.4; typical error: Hopkins 2000, Sports Med
  30:1-15. Blocks of 6 weeks are a convention.
Limits: refused with fewer than 3 re-tests, without a known typical error, and for times that stop at a limit. With
  fewer than 4 athletes nothing is pooled and each stands alone. Athletes of one group must be alike: name the groups.
Trap: the athlete who grew most in a squad table of raw values is mostly the one with the luckiest tests; the filled
  dot is the better guess. A newcomer's first tests also grow by learning the test.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import polars as pl
from scipy.special import ndtri, stdtr, stdtrit

from analysis import charts
from analysis.estimate import Estimate, params, refuse
from analysis.frames import PROBABILITY, number, pandas_door
from analysis.metrics._retests import Session, of_one, split
from analysis.metrics._variants import Variant, most_repeated, with_default_distance
from analysis.metrics._verdicts import Error, GivenError
from analysis.own_tests import unit_of
from analysis.stats.change import percent
from analysis.stats.pooling import LEVEL, MIN_ATHLETES, MIN_TESTS, TAU_SCALE, Pooled, pool, slopes

BLOCK_DAYS: Final = 42.0
UNIT: Final = "%/block"
_MEASURED: Final = {"sprint": "time_s", "cmj": "height_m", "squat_jump": "height_m", "loaded_jump": "height_m"}
METHOD: Final = (
    "Least-squares slope of log session scores with the known typical error; squads by a hierarchical model with "
    "the spread between athletes integrated out (Gelman et al. 2013, BDA3, section 5.4; methods D19)."
)
NO_ERROR: Final = (
    "State te, or test five athletes twice in ten days (metrics.retest_error) and hand the result in as te."
)


@pandas_door
def estimate(
    trials: pl.DataFrame,
    *,
    who: str = "",
    test: str,
    start: dt.date | None = None,
    end: dt.date | None = None,
    load_kg: float | None = None,
    distance_m: float | None = None,
    measure: str | None = None,
    lower_is_better: bool | None = None,
    te: GivenError = None,
    block_days: float = BLOCK_DAYS,
) -> Estimate:
    """Growth per block of one test of one athlete in %, better is positive, Student t with the error's freedom.

    Needs: Trials of one athlete, 3 sessions under the same conditions. Without `load_kg` the most repeated load counts,
    without `distance_m` the longest sprint up to 30 m. `te` is a share or the result of `retest_error`. Refusals:
    NO_DATA, TOO_FEW_TESTS, NO_TYPICAL_ERROR, CENSORED_TEST (stance). Gelman et al. 2013 (BDA3, section 5.4).

    >>> row = {"athlete": "Ada", "test": "cmj", "side": "both", "load_kg": None, "distance_m": None, "trial": 1,
    ...        "measure": "height_m", "protocol": None, "device": "mat", "valid": True}
    >>> jumps = [(1, 0.300), (3, 0.309), (4, 0.312)]
    >>> trials = pl.DataFrame([row | {"trial_id": f"{m}", "date": dt.date(2026, m, 5), "value": v} for m, v in jumps])
    >>> print(estimate(trials, test="cmj"))
    CMJ growth 1.88 %/block (95 % -8.95 to 14; n = 3)
    """
    own = trials.filter(pl.col("athlete").cast(pl.String) == who)
    variant = Variant(test, load_kg, distance_m, measure, lower_is_better, te)
    asked = _asked(trials if own.is_empty() else own, variant, start, end, block_days)
    rows = of_one(asked.rows(trials), who, trials)
    return _alone(asked.growth(rows), asked, who)


@pandas_door
def squad(
    trials: pl.DataFrame,
    *,
    who: str = "",
    test: str,
    start: dt.date | None = None,
    end: dt.date | None = None,
    load_kg: float | None = None,
    distance_m: float | None = None,
    measure: str | None = None,
    lower_is_better: bool | None = None,
    te: GivenError = None,
    block_days: float = BLOCK_DAYS,
    groups: Mapping[str, str] | None = None,
    tau_scale: float = TAU_SCALE,
) -> Estimate:
    """Mean growth of a squad in %/block; parts are the athletes, drawn towards the mean, raw values in their notes.

    Needs: Trials of 4 athletes with 3 sessions each; `groups` (athlete to group, such as sex or event) gives each group
    a mean of its own. Refusals: as `estimate` per athlete, who stays in the parts; TOO_FEW_ATHLETES for the whole: each
    part then stands for itself. Gelman et al. 2013 (BDA3, section 5.4).

    >>> row = {"test": "cmj", "side": "both", "load_kg": None, "distance_m": None, "trial": 1, "measure": "height_m",
    ...        "protocol": None, "device": "mat", "valid": True}
    >>> jumps = [(a, m, v * g**m) for a, v, g in zip("ABCD", (0.28, 0.3, 0.35, 0.4), (1.01, 1.02, 1.01, 1.03))
    ...          for m in (1, 3, 5)]
    >>> trials = pl.DataFrame([row | {"trial_id": f"{a}{m}", "athlete": a, "date": dt.date(2026, m, 5), "value": v}
    ...                        for a, m, v in jumps])
    >>> found = squad(trials, test="cmj")
    >>> print(found, len(found.parts))
    CMJ growth of the squad 2.45 %/block (95 % -1.55 to 6.62; n = 4) 4
    """
    asked = _asked(trials, Variant(test, load_kg, distance_m, measure, lower_is_better, te), start, end, block_days)
    found = {str(name): asked.growth(group) for (name,), group in split(asked.rows(trials), "athlete")}
    alone = {name: _alone(one, asked, name) for name, one in found.items()}
    fits = {name: one for name, one in found.items() if one.reason is None}
    labels = [(groups or {}).get(name, "") for name in fits]
    b, s = ([getattr(one, key) for one in fits.values()] for key in ("slope", "se"))
    pooled = pool(b, s, scale=tau_scale, groups=labels) if fits else None
    used = asked.params | {
        "tau_scale": tau_scale,
        "min_athletes": MIN_ATHLETES,
        "groups": tuple(sorted((groups or {}).items())),
    }
    known = Estimate(f"{asked.what} of the squad", who, unit=UNIT, n=len(fits), method=METHOD, params=params(used))
    if pooled is None or str(pooled.reason):
        return _unpooled(known, alone, asked.growth(asked.rows(trials).head(0)).reason)
    parts = tuple(_part(alone[n], pooled, list(fits).index(n)) if n in fits else alone[n] for n in alone)
    return _whole(known, pooled, labels, parts, asked.points(fits, pooled))


@dataclass(frozen=True)
class _Growth:
    """The slope of one athlete (log per block), the sessions behind it, or the reason why there is none."""

    sessions: tuple[Session, ...] = ()
    slope: float = math.nan
    se: float = math.nan
    error: Error | None = None
    reason: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Asked:
    variant: Variant
    start: dt.date | None
    end: dt.date | None
    block_days: float

    @property
    def what(self) -> str:
        return f"{self.variant.name} growth"

    @property
    def params(self) -> dict[str, Any]:
        own = {"start": self.start, "end": self.end, "block_days": self.block_days, "min_tests": MIN_TESTS}
        return self.variant.params | own | {"lower_is_better": self.variant.sign < 0}

    def rows(self, trials: pl.DataFrame) -> pl.DataFrame:
        rows = self.variant.rows(trials)
        for day, late in ((self.start, False), (self.end, True)):
            if day is not None:
                rows = rows.filter(pl.col("date") <= day if late else pl.col("date") >= day)
        return rows

    def growth(self, rows: pl.DataFrame) -> _Growth:
        if self.variant.test == "single_leg_stance":
            return _Growth(reason="CENSORED_TEST")
        if rows.is_empty():
            return _Growth(reason="NO_DATA")
        found, left = most_repeated(rows)
        notes = (
            (f"{left} test days under other conditions, or without a usable score, are left aside.",) if left else ()
        )
        if len(found) < MIN_TESTS:
            told = f"A trend needs {MIN_TESTS} tests under the same conditions; there are {len(found)}."
            return _Growth(tuple(found), reason="TOO_FEW_TESTS", notes=(told, *notes))
        error = self.variant.error(found[0])
        if error is None:
            return _Growth(tuple(found), reason="NO_TYPICAL_ERROR", notes=(NO_ERROR, *notes))
        y = self.variant.sign * np.log([s.score for s in found])
        fit = slopes(self.times(found), y, [error.of(s.n) for s in found])
        te = f"Typical error of one session: {number(float(percent(error.te)), '%')} %, {error.source}."
        learning = self.variant.prior.learning
        learnt = f"Of the first tests up to {number(float(percent(learning)), '%')} % is learning; it is not taken off."
        return _Growth(tuple(found), float(fit.slope), float(fit.se), error, notes=(te, learnt, *notes))

    def times(self, found: list[Session]) -> list[float]:
        return [(s.day - found[0].day).days / self.block_days for s in found]

    def points(self, fits: Mapping[str, _Growth], pooled: Pooled) -> pl.DataFrame:
        """The rows of the forest, the largest growth on top."""
        columns = {"value": pooled.theta, "low": pooled.low, "high": pooled.high}
        shown = {name: percent(column) for name, column in columns.items()}
        raw = percent([one.slope for one in fits.values()])
        frame = pl.DataFrame({"label": list(fits), **shown, "raw": raw})
        return frame.sort("value", "label", descending=[True, False])


def _asked(
    trials: pl.DataFrame, variant: Variant, start: dt.date | None, end: dt.date | None, block_days: float
) -> _Asked:
    if not 0 < block_days < math.inf:
        raise ValueError(f"block_days is {block_days:g}; a block has more than 0 days")
    return _Asked(with_default_distance(variant, trials), start, end, block_days)


def _alone(one: _Growth, asked: _Asked, who: str) -> Estimate:
    """One athlete without the squad."""
    n, points = len(one.sessions), _path(one, asked) if one.sessions else None
    if one.error is None:
        known: dict[str, Any] = {
            "unit": UNIT,
            "n": n,
            "notes": one.notes,
            "method": METHOD,
            "params": params(asked.params),
        }
        return refuse(asked.what, one.reason or "NO_DATA", who=who, points=points, draw=_draw_one, **known)
    half = float(stdtrit(one.error.df, 0.5 + LEVEL / 2)) * one.se
    value, low, high = (float(percent(one.slope + off)) for off in (0.0, -half, half))
    used = {"te": one.error.te, "te_source": one.error.source, "df": one.error.df, "n_ref": one.error.n_ref}
    better = float(stdtr(one.error.df, one.slope / one.se))
    return Estimate(
        asked.what, who, value, low, high, LEVEL, UNIT, n, METHOD, params=params(asked.params | used), notes=one.notes,
        parts=(Estimate("P(better)", who, better, level=None, unit=PROBABILITY, n=n),), points=points, draw=_draw_one,
    )  # fmt: skip


def _path(one: _Growth, asked: _Asked) -> pl.DataFrame:
    """The sessions with their intervals, and the fitted line through them."""
    t, scores = np.array(asked.times(list(one.sessions))), np.array([s.score for s in one.sessions])
    middle = np.exp(np.log(scores).mean())
    fitted = middle * np.exp(asked.variant.sign * one.slope * (t - t.mean()))
    half = np.array([math.nan if one.error is None else _half(one.error, s) for s in one.sessions])
    columns = {"score": scores, "low": scores * np.exp(-half), "high": scores * np.exp(half), "fitted": fitted}
    return pl.DataFrame({"date": [s.day for s in one.sessions], **columns}, nan_to_null=True)


def _half(error: Error, session: Session) -> float:
    return float(stdtrit(error.df, 0.5 + LEVEL / 2)) * error.of(session.n)


def _part(raw: Estimate, pooled: Pooled, i: int) -> Estimate:
    """An athlete drawn towards the squad; the raw growth in the note."""
    value, low, high = (float(percent(column[i])) for column in (pooled.theta, pooled.low, pooled.high))
    note = f"raw {number(raw.value, '%')} % ({number(raw.low, '%')} to {number(raw.high, '%')})"
    return replace(raw, value=value, low=low, high=high, notes=(note,), parts=(raw,))


def _unpooled(known: Estimate, alone: Mapping[str, Estimate], of_nobody: str | None) -> Estimate:
    note = f"Not pooled: {known.n} athletes with a growth, {MIN_ATHLETES} are needed. Each part stands for itself."
    reasons = {one.reason for one in alone.values()}
    shared = len(reasons) == 1 and not known.n
    reason = next(iter(reasons)) if shared else "TOO_FEW_ATHLETES" if alone else of_nobody
    return replace(known, status="refused", reason=reason, notes=(note,), parts=tuple(alone.values()))


def _whole(
    known: Estimate, pooled: Pooled, labels: list[str], parts: tuple[Estimate, ...], points: pl.DataFrame
) -> Estimate:
    """The mean growth over the athletes, from the means of the groups."""
    names, counts = np.unique(labels, return_counts=True)
    share = counts / counts.sum()
    mu, sd = float(share @ pooled.mu), float(np.sqrt(share**2 @ pooled.mu_sd**2))
    half = float(ndtri(0.5 + LEVEL / 2)) * sd
    value, low, high = (float(percent(mu + off)) for off in (0.0, -half, half))
    spread = f"The athletes' true growth differs by about {number(float(percent(pooled.tau_mean)), '%')} % (SD)."
    means = [
        f"{name or 'Others'}: mean {number(float(percent(m)), '%')} %."
        for name, m in zip(names, pooled.mu, strict=True)
    ]
    notes = (spread, *(means if len(means) > 1 else ()))
    return replace(known, value=value, low=low, high=high, notes=notes, parts=parts, points=points, draw=_draw_squad)


def _draw_one(estimate: Any) -> Any:
    asked = dict(estimate.params)
    unit = unit_of(asked["measure"] or _MEASURED.get(asked["test"], ""))
    axes = {"x_title": "Date (dots: means of the days, with intervals; line: growth)"}
    axes |= {"y_title": estimate.what.removesuffix(" growth") + (f" ({unit})" if unit else "")}
    seen = estimate.points
    dots = charts.points(seen, "date", "score", **axes, size=90)
    fitted = charts.line(seen.drop_nulls("fitted"), "date", "fitted", **axes)
    return fitted + charts.interval(seen.drop_nulls(["low", "high"]), "date", "low", "high", **axes) + dots


def _draw_squad(estimate: Any) -> Any:
    return charts.forest(
        estimate.points, x_title="Growth per block (%; hollow: own line alone, filled: with the squad)", raw="raw"
    )
