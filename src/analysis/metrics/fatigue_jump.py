"""Does she jump lower than when she is fresh? (methods F5).

What: the last test day's mean jump height against the mean of the last 3 to 6 fresh sessions, in per cent with a 95 %
  interval; points are the days, `down` where a drop larger than the smallest change that matters has P of 0.80 or more.
Formula: d = ln(today) - mean ln(fresh), SE = TE sqrt(1 + 1/n), Student t; heights from flight times by g t^2 / 8.
Source: Hopkins 2000 (Sports Med 30:1-15); mean of the trials: Claudino 2017 (J Sci Med Sport 20:397-402); what counts
  as fresh (not down on two tests in a row, at most 8 weeks old) and the 0.80 are conventions.
Limits: refused with fewer than 3 fresh sessions under the same conditions before; where protocol, device or measure
  changed, the series starts again. Days without a test are unknown, not fine. One test day is uncertain by 4 to 8 %.
Trap: two cautious jumps after a race are no fatigue, and the best of three hides it. A re-test every six weeks is no
  monitoring: this needs one to three sessions a week.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import replace
from typing import Any, Final

import polars as pl

from analysis.estimate import Estimate, params, refuse
from analysis.frames import pandas_door
from analysis.metrics._declines import DOMAIN, USED, DayScore, Judged, Rule, days_of, draw, follow, in_words
from analysis.metrics._priors import prior_of
from analysis.metrics._retests import Pair, of_one, scored, sessions, split
from analysis.metrics._verdicts import Error, GivenError, Question, error_of
from analysis.metrics._wellness import unknown_days
from analysis.stats.change import percent
from analysis.stats.jump_monitor import LEVEL

TESTS: Final = {"cmj": "Countermovement jump", "loaded_jump": "Loaded jump"}
METHOD: Final = (
    "Log-mean jump height against the mean of the last 3 to 6 fresh sessions, error from the typical error of both,"
    " Student t; down where P(lower by more than the smallest worthwhile change) is 0.80 or more (Hopkins 2000;"
    " methods F5)."
)
HIGHEST_M: Final = 1.2


@pandas_door
def estimate(
    trials: pl.DataFrame, *, who: str = "", start: dt.date | None = None, end: dt.date | None = None, test: str = "cmj",
    te: GivenError = None, swc: float | None = None, fresh: Collection[dt.date] | None = None,
) -> Estimate:  # fmt: skip
    """Change (%) of the last test day up to `end` against the fresh sessions before; points are the domain's days.

    Needs Trials of `cmj` or `loaded_jump`, one athlete, tested often; sessions before `start` are baseline. Each load
    is a part where there are several, the one with most test days speaks for the whole. `te`, `swc` are shares (0.05 =
    5 %), `te` may be the result of `retest_error`; `fresh` names the days that were fresh. Refused: NO_DATA,
    BASELINE_TOO_SHORT, DEVICE_CHANGED, PROTOCOL_CHANGED, BAD_INPUT. Raises ValueError for another test.

    >>> row = {"athlete": "Ada", "test": "cmj", "side": "both", "load_kg": None, "measure": "height_m",
    ...        "protocol": None, "device": "mat", "valid": True, "trial": 1}
    >>> heights = [(1, 0.331), (4, 0.336), (8, 0.328), (11, 0.334), (15, 0.309)]
    >>> trials = pl.DataFrame([row | {"trial_id": f"{d}", "date": dt.date(2026, 3, d), "value": v} for d, v in heights])
    >>> print(estimate(trials, te=0.035))
    Countermovement jump against fresh sessions -7.0 % (95 % -18.8 to 6.5; n = 5)
    """
    if test not in TESTS:
        raise ValueError(f"fatigue_jump: test {test!r} is no jump; expected one of: {', '.join(TESTS)}")
    rows = of_one(scored(trials, test), who, trials).with_columns(pl.col("load_kg").cast(pl.Float64).round(1))
    rows = rows.filter(pl.col("date") <= end) if end is not None else rows
    what = f"{TESTS[test]} against fresh sessions"
    ask = Question(what, who, "m", prior_of(test), None, swc, start=start, end=end)
    groups = split(rows, "load_kg", "side")
    if not groups:
        span = {} if start is None or end is None else {"points": unknown_days(start, end, DOMAIN)}
        return refuse(what, "NO_DATA", who=who, unit="%", method=METHOD, params=params(USED | {"test": test}), **span)
    parts = []
    for (load, side), group in groups:
        error = error_of(ask.prior, te, test=test, load_kg=load)
        name = what + (f" at {load:g} kg" if load else "") + ("" if side == "both" else f", {side} leg")
        parts.append(_followed(group, replace(ask, what=name, error=error), fresh, test))
    chosen = max(parts, key=lambda part: (part.ok, dict(part.params)["test_days"], part.n))
    return replace(chosen, parts=tuple(parts)) if len(parts) > 1 else chosen


def _followed(rows: pl.DataFrame, ask: Question, fresh: Collection[dt.date] | None, test: str) -> Estimate:
    error = ask.error
    if error is None:  # table R1 has one for both jumps
        raise ValueError(f"fatigue_jump: no typical error is known for {test}")
    swc = float(ask.threshold[0] or 0)
    tests = [DayScore(s.day, _height(s.score), error.of(s.n), s) for s in sessions(rows)]
    judged = follow(tests, Rule(_compared, error.df, swc, fresh))
    start, end = ask.start or judged[0].test.day, ask.end or judged[-1].test.day
    inside = [j for j in judged if start <= j.test.day <= end]
    used = USED | {"test": test, "start": start, "end": end, "swc": swc, "swc_source": ask.threshold[1]}
    used |= {"te": error.te, "te_source": error.source, "df": error.df, "n_ref": error.n_ref, "fresh": fresh}
    known: dict[str, Any] = {
        "who": ask.who, "unit": "%", "method": METHOD, "params": params(used | {"test_days": len(inside)}),
        "points": days_of(judged, start, end, lambda d: float(percent(d))), "draw": _draw,
    }  # fmt: skip
    if not inside:
        return refuse(ask.what, "NO_DATA", **known)
    return _told(inside, ask, error, known)


def _told(judged: list[Judged], ask: Question, error: Error, known: dict[str, Any]) -> Estimate:
    last = judged[-1]
    source = f"Typical error of one session: {ask.amount(error.te)}, {error.source}."
    notes = (*in_words(judged, last, ask.amount(float(ask.threshold[0] or 0))), source) if last.reason is None else ()
    if last.reason is not None:
        return refuse(ask.what, last.reason, n=last.n_baseline, notes=(_short(last),), **known)
    value, low, high = (float(percent(v)) for v in (last.d, last.low, last.high))
    return Estimate(ask.what, value=value, low=low, high=high, level=LEVEL, n=last.n_baseline + 1, notes=notes, **known)


def _short(last: Judged) -> str:
    day = last.test.day
    return f"{day.day} {day:%b}: {last.n_baseline} fresh sessions of the same kind before, 3 are needed."


def _compared(earlier: DayScore, today: DayScore) -> float | str:
    return Pair(earlier.about, today.about, ()).refusal or (earlier.score if earlier.score > 0 else "BAD_INPUT")


def _height(score: float) -> float:
    return score if 0 < score <= HIGHEST_M else float("nan")


def _draw(result: Any) -> Any:
    return draw(result.points, "Change against fresh sessions (%)", float(percent(dict(result.params)["swc"])))
