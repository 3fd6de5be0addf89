"""Does she jump higher with the same load than before the block? (methods D0, D1, D16).

What: change of the mean jump height at one external load, in per cent, held against the smallest change that matters;
  it rests on all valid trials of two sessions.
Formula: ln(after / before) with the typical error of both sessions, Student t; heights from flight times by g t^2 / 8.
Source: Hopkins 2000 (Sports Med 30:1-15); mean of the trials instead of the best: Claudino 2017 (J Sci Med Sport
  20:397-402); flight times: Baumgart 2017 (Asian J Sports Med 8:e12921).
Limits: refused with one session only, where protocol, device or measure changed, or a flight time lies outside 0.15 to
  0.90 s. A typical error from the literature is used until the squad has its own.
Trap: the best of three jumps is no measure: it grows with the number of jumps. A mat and a force plate never belong
  into one series, their heights lie 1 to 2 cm apart.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any, Final

import polars as pl

from analysis import charts
from analysis.estimate import Verdict
from analysis.frames import pandas_door
from analysis.metrics._priors import prior_of
from analysis.metrics._retests import Pair, earlier_sessions, of_one, pair, scored, split
from analysis.metrics._verdicts import GivenError, Question, dots, error_of, refused, rows_of, several, verdict

_NAMES: Final = {"loaded_jump": "Loaded jump height", "cmj": "Countermovement jump height"}


@pandas_door
def estimate(
    trials: pl.DataFrame,
    *,
    who: str = "",
    test: str = "loaded_jump",
    start: dt.date | None = None,
    end: dt.date | None = None,
    te: GivenError = None,
    swc: float | None = None,
) -> Verdict:
    """Change of the mean jump height at the same absolute external load, in per cent.

    Needs: Trials of one athlete, `loaded_jump` or `cmj`, at least two sessions. Each load (and side) is a part; the
    whole speaks for the load with most trials in the two sessions, at a tie the lighter one. Flight times become
    heights by g t^2 / 8 and are never compared with measured heights. `te` and `swc` are shares (0.05 = 5 %); `te`
    may be the result of `retest_error`. `start` and `end` are the days of the block. Refusals: NO_DATA,
    TOO_FEW_TESTS, DEVICE_CHANGED, PROTOCOL_CHANGED, FLIGHT_TIME_RANGE. Mean instead of best of the trials: Claudino
    2017 (J Sci Med Sport 20:397-402); verdict: Hopkins 2000 (Sports Med 30:1-15).

    >>> row = {"athlete": "Ada", "test": "loaded_jump", "side": "both", "load_kg": 20.0, "measure": "height_m",
    ...        "protocol": None, "device": "contact mat", "valid": True}
    >>> jumps = [(1, 1, 0.25), (1, 2, 0.26), (3, 1, 0.29), (3, 2, 0.30)]
    >>> trials = pl.DataFrame([row | {"trial_id": f"{m}.{t}", "date": dt.date(2026, m, 5), "trial": t, "value": v}
    ...                        for m, t, v in jumps])
    >>> print(estimate(trials))
    Loaded jump height at 20 kg +13.4 % (95 % -15.5 to 52.2; n = 4): unclear: this test, done this often, cannot tell
    """
    if test not in _NAMES:
        raise ValueError(f"power_jump: test {test!r} is no jump; expected one of: {', '.join(_NAMES)}")
    rows = of_one(scored(trials, test), who, trials).with_columns(pl.col("load_kg").cast(pl.Float64).round(1))
    parts = []
    for (load, side), group in split(rows, "load_kg", "side"):
        what = _NAMES[test] + (f" at {load:g} kg" if load else "") + ("" if side == "both" else f", {side} leg")
        prior, two = prior_of(test), pair(group, start, end)
        earlier = earlier_sessions(rows, two.pre.day) if isinstance(two, Pair) else 0
        error = error_of(prior, te, test=test, load_kg=load)
        parts.append(_answer(two, Question(what, who, "m", prior, error, swc, earlier, start, end)))
    if not parts:
        return refused(Question(_NAMES[test], who, "m", prior_of(test), None, swc, start=start, end=end), "NO_DATA")
    chosen = max(parts, key=lambda part: (part.ok, part.n))
    more = (f"The verdict is for the load with most trials: {chosen.what}.",) if len(parts) > 1 else ()
    return replace(chosen, parts=tuple(parts), notes=(*more, *chosen.notes, *several(parts)))


def _answer(two: Pair | str, ask: Question) -> Verdict:
    if isinstance(two, str):
        return refused(ask, "TOO_FEW_TESTS", None, two)
    if any(session.rows["score"].is_nan().any() for session in two.shown):
        return refused(ask, "FLIGHT_TIME_RANGE", two)
    return replace(verdict(two, ask), draw=_draw)


def _draw(estimate: Any) -> Any:
    if sum(part.ok for part in estimate.parts) > 1:
        return charts.forest(rows_of(estimate.parts), x_title="Change of jump height (%)", swc=estimate.swc_pct)
    return dots(estimate.points, "Jump height (m)")
