"""Does her daily load explain and forecast how she jumps? The fitness-fatigue model, usually refused (methods F1).

What: the error (%) of two-week forecasts from daily load, checked on her own tests, beside that of two naive forecasts;
  time constants with the range that fits as well, the share of shuffled loads that do, and a forecast are parts.
Formula: p = p0 + k1 g - k2 h on 100 ln(jump height), g and h session-RPE loads remembered with two time constants; a
  load acts from the next day; gains not below zero, grid of 20 to 70 and 3 to 19 days.
Source: Banister 1975 (Aust J Sports Med 7:57-61); Calvert 1976 (IEEE Trans Syst Man Cybern 6:94-102); Hellard 2006 (J
  Sports Sci 24:509-520) on how badly it is conditioned; shuffles and the first origin at 10 tests are conventions.
Limits: refused below 15 tests in 8 weeks with a heavy and a light phase, and where a day's load before the last test is
  unknown; re-tests at the ends of blocks are never enough. A forecast is shown only where it beat the last value and
  the mean of the last five. The curves of 42 and 7 days are a history of load and claim nothing about performance.
Trap: a good fit shows nothing: g rises with any load, so that shuffled days often fit as well. Other time constants
  that fit as well would give another advice.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis import charts
from analysis.estimate import Estimate, params, refuse
from analysis.frames import number, pandas_door
from analysis.metrics._loads import numbers, one_athlete
from analysis.metrics._retests import Pair, Session, of_one, scored, sessions, split
from analysis.stats import impulse_response as ir
from analysis.stats.forecast_check import FIRST, HORIZON_DAYS, NAIVE, ForecastCheck, rolling_origin, shuffled_share
from analysis.transforms import check_policy, daily_load

Floats = NDArray[np.float64]
Days = NDArray[np.int64]

WHAT: Final = "Two-week forecast error of the load model"
METHOD: Final = (
    "Fitness-fatigue model on daily session-RPE load, grid of time constants with the set that fits as well, rolling"
    " origin against naive forecasts (Banister 1975; Hellard 2006; methods F1)."
)
SLOW, FAST = 42.0, 7.0
SHUFFLES: Final = 200
MODEL, FIXED = "load model", f"load model with {SLOW:g} and {FAST:g} days"
MIN_DAYS_AT_ORIGIN: Final = 28


@dataclass(frozen=True)
class _Series:
    """Daily load (AU, NaN unknown) from `first` on, the days of the tests counted from there, 100 ln of the heights."""

    first: dt.date
    load: Floats
    days: Days
    scores: Floats
    notes: tuple[str, ...]

    def day(self, index: int) -> dt.date:
        return self.first + dt.timedelta(days=index)


@pandas_door
def estimate(
    sessions: pl.DataFrame, *, trials: pl.DataFrame, who: str = "", start: dt.date | None = None,
    end: dt.date | None = None, test: str = "cmj", days_without_record: str = "unknown", shuffles: int = SHUFFLES,
    seed: int = 1,
) -> Estimate:  # fmt: skip
    """Error (%) of forecasts of `test` ("cmj", "loaded_jump") from the daily load of `sessions`, up to `end`.

    `days_without_record` ("rest" or "unknown") holds from `start` (default: the first session) on: give the whole time
    of the tests, not a block. Points are the days with load and the load remembered for 42 and 7 days. Cautions:
    WORSE_THAN_LAST_VALUE, NOT_IDENTIFIABLE. Refused: NO_DATA, TOO_FEW_TESTS, EVERY_DAY_NEEDED, BAD_INPUT. Hellard
    2006.

    >>> from analysis.tables import Sessions, Trials
    >>> estimate(Sessions.create_empty(), trials=Trials.create_empty()).reason
    'NO_DATA'
    """
    check_policy(days_without_record)
    used = {
        "start": start, "end": end, "test": test, "days_without_record": days_without_record, "shuffles": shuffles,
        "seed": seed, "slow_days": SLOW, "fast_days": FAST, "first_origin": FIRST, "horizon_days": HORIZON_DAYS,
        "min_tests": ir.MIN_TESTS, "min_days": ir.MIN_DAYS, "tau1_grid": ir.GRID.tau1, "tau2_grid": ir.GRID.tau2,
        "min_contrast": ir.MIN_CONTRAST, "n_boot": ir.N_BOOT,
    }  # fmt: skip
    known: dict[str, Any] = {"who": who, "unit": "%", "level": None, "method": METHOD, "params": params(used)}
    own = one_athlete(sessions, who).drop_nulls("date")
    tested = _tested(of_one(scored(trials, test), who, trials))
    series = _series(own, tested, start, end, days_without_record)
    if series is None:
        return refuse(WHAT, "NO_DATA", **known)
    known |= {"points": _points(series), "draw": _draw, "n": series.days.size}
    fit = ir.fit(series.load, series.days, series.scores)
    check = None if fit.status == "refused" else rolling_origin(series.days, series.scores, _models(series))
    if check is None or not check.n:
        unknown = fit.reason == "COVERAGE_TOO_LOW"
        known["notes"] = (*(_unknown(series) if unknown else _why(series)), *series.notes)
        return refuse(WHAT, "EVERY_DAY_NEEDED" if unknown else fit.reason or "TOO_FEW_TESTS", **known)
    reason = fit.reason if check.beats_naive(MODEL) else "WORSE_THAN_LAST_VALUE"
    known |= {"status": "caution" if reason else "ok", "reason": reason}
    share = shuffled_share(series.load, series.days, series.scores, tau1=SLOW, tau2=FAST, shuffles=shuffles, seed=seed)
    parts = tuple(_parts(series, fit, check, share, who))
    notes = (*_said(check, fit, share), *series.notes)
    return Estimate(WHAT, value=check.rmse[MODEL], parts=parts, notes=notes, **known)


def _tested(rows: pl.DataFrame) -> list[Session]:
    """The sessions of the load that was tested on most days (at a tie the lighter one), impossible scores left out."""
    groups = [sessions(group) for _, group in split(rows, "load_kg", "side")]
    chosen = max(groups, key=lambda found: len({s.day for s in found}), default=[])
    return [s for s in chosen if 0 < s.score <= 1.2]


def _series(
    own: pl.DataFrame, tested: list[Session], start: dt.date | None, end: dt.date | None, policy: str
) -> _Series | None:
    first, last = start or own["date"].min(), end or max([*own["date"], *(s.day for s in tested)], default=None)
    if not isinstance(first, dt.date) or last is None or last < first or not tested:
        return None
    days = daily_load(own, first, last, policy)
    inside = [s for s in tested if first <= s.day <= last]
    keys = [s.conditions for s in inside]
    usual = max(inside, key=lambda s: keys.count(s.conditions), default=None)
    alike = [s for s in inside if usual is not None and Pair(usual, s, ()).refusal is None]
    one = {s.day: s for s in reversed(alike)}
    index = sorted(one)
    left_out = len({s.day for s in tested}) - len(index)
    note = f"{left_out} test days outside these days, or with another device or protocol: left out."
    load, when = days["load_au"].to_numpy().astype(np.float64), [(day - first).days for day in index]
    scores = 100 * np.log([one[day].score for day in index])
    return _Series(first, load, np.array(when, dtype=np.int64), scores, (note,) if left_out else ())


def _models(series: _Series) -> dict[str, Any]:
    def grid(days: Days, scores: Floats, targets: Days) -> Floats:
        fit = ir.fit(series.load, days, scores, min_tests=FIRST, min_days=MIN_DAYS_AT_ORIGIN)
        return _curve(series, fit)[targets]

    def fixed(days: Days, scores: Floats, targets: Days) -> Floats:
        return ir.fit_fixed(series.load, days, scores, tau1=SLOW, tau2=FAST).predicted[targets]

    return {MODEL: grid, FIXED: fixed}


def _curve(series: _Series, fit: ir.ImpulseResponse) -> Floats:
    """100 ln of the height on every day as the fit has it; NaN without a fit."""
    p0, k1, k2, tau1, tau2 = (math.nan if v is None else v for v in (fit.p0, fit.k1, fit.k2, fit.tau1, fit.tau2))
    return ir.performance(series.load, p0=p0, k1=k1, k2=k2, tau1=tau1, tau2=tau2)


def _parts(
    series: _Series, fit: ir.ImpulseResponse, check: ForecastCheck, share: float, who: str
) -> Iterator[Estimate]:
    about: dict[str, Any] = {"who": who, "level": None}
    for name in (*NAIVE, FIXED):
        yield Estimate(f"forecast error, {name}", value=check.rmse[name], unit="%", n=check.n, **about)
    fixed = ir.fit_fixed(series.load, series.days, series.scores, tau1=SLOW, tau2=FAST)
    said = f"Gains {fixed.k1:.3g} and {fixed.k2:.3g} % per AU."
    yield Estimate(f"fit error, {FIXED}", value=fixed.rmse, unit="%", n=fixed.n, notes=(said,), **about)
    ranges = (("slow", fit.tau1, fit.tau1_range), ("fast", fit.tau2, fit.tau2_range))
    for name, tau, (low, high) in ((n, t, r) for n, t, r in ranges if r is not None):
        judged: dict[str, Any] = {} if fit.identifiable else {"status": "caution", "reason": fit.reason}
        yield Estimate(f"{name} time constant", value=tau, low=low, high=high, unit="days", n=fit.n, **judged, **about)
    yield Estimate("shuffled loads that fit as well", value=100 * share, unit="%", n=fit.n, **about)
    yield _forecast(series, check, who)


def _forecast(series: _Series, check: ForecastCheck, who: str) -> Estimate:
    """The jump of the last day whose load before is known, two weeks after the last test at most; in metres."""
    if not check.beats_naive(MODEL):
        return refuse("forecast", "WORSE_THAN_LAST_VALUE", who=who, unit="m", n=check.n)
    last = int(series.days[-1])
    known = int(np.cumprod(~np.isnan(series.load)).sum())
    at = min(max(known - 1, last), last + HORIZON_DAYS)
    fit = ir.fit(series.load, series.days, series.scores)
    band = ir.bootstrap(series.load, series.days, series.scores)
    if band.low is None or band.high is None:
        return refuse("forecast", band.reason or "BAD_INPUT", who=who, unit="m", n=check.n)
    curve = _curve(series, fit)
    value, low, high = (math.exp(float(v[at]) / 100) for v in (curve, band.low, band.high))
    day = series.day(at)
    said = f"Mean jump on {day.day} {day:%b} before training; the error of a test is not in the interval."
    return Estimate(
        "forecast", who, value, low, high, level=band.level, unit="m", n=check.n, notes=(said,), method=METHOD
    )  # fmt: skip


def _why(series: _Series) -> Iterator[str]:
    n = series.days.size
    span = int(series.days[-1] - series.days[0]) // 7 if n else 0
    yield f"{n} test days in {span} weeks; it takes {ir.MIN_TESTS} in 8 weeks, with a heavy and a light phase."
    yield "Re-tests at the ends of blocks are never enough for this model: jump one to three times a week."


def _unknown(series: _Series) -> Iterator[str]:
    days = int(np.isnan(series.load[: int(series.days[-1])]).sum())
    yield f"The load of {days} days before the last test is unknown; unknown is not zero."
    yield "Where days without a record were rest days, say so (days_without_record)."


def _said(check: ForecastCheck, fit: ir.ImpulseResponse, share: float) -> Iterator[str]:
    naive = ", ".join(f"{number(check.rmse[name], '%')} % by the {name}" for name in NAIVE)
    beats = "beat both" if check.beats_naive(MODEL) else "did not beat both"
    yield f"{check.n} forecasts of up to 14 days from {check.origins} days: {beats} ({naive})."
    if fit.tau1_range and fit.tau2_range and not fit.identifiable:
        (a, b), (c, d) = fit.tau1_range, fit.tau2_range
        yield f"Slow time constants from {a:g} to {b:g} and fast ones from {c:g} to {d:g} days fit about as well."
    yield f"{number(100 * share, '%')} % of loads on shuffled days fit at least as well as hers."
    yield f"The lines of {SLOW:g} and {FAST:g} days are a history of load and say nothing about performance."


def _points(series: _Series) -> pl.DataFrame:
    dates = [series.day(i) for i in range(series.load.size)]
    columns = {"load_au": series.load}
    for name, tau in (("load_42_days", SLOW), ("load_7_days", FAST)):
        keep = math.exp(-1 / tau)
        columns[name] = ir.state(series.load, tau) * (1 - keep) / keep  # as a weighted mean, AU per day
    scores: dict[int, float] = dict(zip(series.days.tolist(), np.exp(series.scores / 100).tolist(), strict=True))
    columns["jump_m"] = np.array([scores.get(i, np.nan) for i in range(series.load.size)])
    values = [pl.Series(name, numbers(v), dtype=pl.Float64) for name, v in columns.items()]
    return pl.DataFrame([pl.Series("date", dates, dtype=pl.Date), *values])


def _draw(result: Any) -> Any:
    known = result.points.drop_nulls(["load_42_days", "load_7_days"])
    if known.is_empty():
        return None
    axes: dict[str, Any] = {"x_title": "Day", "y_title": "Load remembered, AU per day (blue: 42 days, orange: 7)"}
    fast = charts.line(known, "date", "load_7_days", colour=charts.ORANGE, **axes)
    return fast + charts.line(known, "date", "load_42_days", **axes)
