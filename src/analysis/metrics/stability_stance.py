"""Is she steadier on one leg? (methods D6, D16).

What: change of the time held on one leg, in per cent, per leg and as the mean of both; it rests on every trial of two
  sessions, those that reached the time limit as "at least the limit".
Formula: log-normal times, right-censored at the limit, posterior on a grid; the change is the difference of two
  posteriors with noise between days.
Source: Tobin 1958 (Econometrica 26:24-36); protocol after Springer 2007 (J Geriatr Phys Ther 30:8-15); the errors are
  conventions, no good published value is known.
Limits: refused where every trial reached the limit at both sessions (use the harder variant), with one session only,
  and where protocol or device changed.
Trap: a time that was stopped is not its limit: 45 s in a mean hides who could have stood for longer, and "both at the
  limit" is not "no change".
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import polars as pl

from analysis import charts
from analysis._reasons import in_words
from analysis.estimate import Estimate, Verdict
from analysis.frames import number, pandas_door
from analysis.metrics._marks import layered
from analysis.metrics._priors import prior_of
from analysis.metrics._retests import Pair, Session, earlier_sessions, of_one, pair, scored, split
from analysis.metrics._verdicts import (
    Question,
    Told,
    caution_of,
    dots,
    line_of,
    notes_of,
    refused,
    rows_of,
    several,
    verdict_of,
)
from analysis.stats import censored
from analysis.stats.censored import (
    ALPHA_CAPPED,
    PRIOR_LOG_MEAN,
    PRIOR_LOG_MEAN_EYES_OPEN,
    PRIOR_LOG_SD,
    SIGMA_DAY,
    SIGMA_TRIAL,
    Spread,
    StanceTime,
    stance_time,
)
from analysis.stats.change import ALPHA, LEVEL, Change, verdict_word

METHOD: Final = (
    "Log-normal times, right-censored at the cap (Tobin 1958, Econometrica 26:24-36), posterior on a grid; the "
    "change is the difference of two posteriors with noise between days. At least five trials per leg on two days are "
    "worth more than three on one. "
    "Protocol as in Springer 2007 (J Geriatr Phys Ther 30:8-15)."
)
HARDER: Final = "Every trial reached the time limit: use the harder variant (eyes closed, or a soft pad) from now on."
EYES_OPEN: Final = "With eyes open most athletes come near the time limit: use eyes closed, or state swc for this test."
BOTH_LEGS: Final = "Mean of both legs; noise of the day and learning are common to both legs and do not average out."
ERROR: Final = (
    f"Error: {SIGMA_TRIAL:g} between trials, {SIGMA_DAY:g} between days (logs), conventions; "
    "no good published value is known."
)
OPEN_END: Final = (
    "Every trial of one session reached the limit: the change is open at that end, its value leans on the prior."
)
STANCE_AXIS: Final = "Time held (s; triangle: at the cap)"
_TAIL: Final = (1 - LEVEL) / 2
_EYES_OPEN: Final = ("eyes open", "open eyes")


@pandas_door
def estimate(
    trials: pl.DataFrame,
    *,
    who: str = "",
    start: dt.date | None = None,
    end: dt.date | None = None,
    swc: float | None = None,
) -> Verdict:
    """Change of the single-leg stance time in per cent, longer is better, as the mean of both legs.

    Needs: Trials of one athlete, `single_leg_stance`, at least two sessions. Each leg is a part, with the time before
    and after as its own parts; an all-capped session has the status `ceiling` and only a lower limit. `swc` is a
    share (0.2 = 20 %). Refusals: NO_DATA, TOO_FEW_TESTS, DEVICE_CHANGED, PROTOCOL_CHANGED, TIME_RANGE,
    BOTH_AT_CEILING (nothing can be told: take the harder variant), NO_SWC (eyes open without a stated `swc`).
    Tobin 1958 (Econometrica 26:24-36); Springer 2007 (J Geriatr Phys Ther 30:8-15).

    >>> row = {"athlete": "Ada", "test": "single_leg_stance", "side": "left", "cap_s": 45.0, "measure": "time_s",
    ...        "protocol": "eyes closed", "device": "stopwatch", "valid": True}
    >>> held = [(1, 1, 14.2), (1, 2, 22.5), (3, 1, 31.0), (3, 2, 45.0)]
    >>> trials = pl.DataFrame([row | {"trial_id": f"{m}.{t}", "date": dt.date(2026, m, 5), "trial": t, "value": v}
    ...                        for m, t, v in held])
    >>> estimate(trials).word
    'unclear'
    """
    rows = of_one(scored(trials, "single_leg_stance"), who, trials)
    asked = Question("Single-leg stance time", who, "s", prior_of("single_leg_stance"), None, swc, 0, start, end)
    legs = [_leg(group, rows, asked) for _, group in split(rows, "side")]
    if not legs:
        return _refused(asked, "NO_DATA", None)
    judged = [leg for leg in legs if isinstance(leg, _Judged)]
    parts = tuple(leg.verdict if isinstance(leg, _Judged) else leg for leg in legs)
    answer = _both(*judged) if len(judged) > 1 else judged[0].verdict if judged else parts[0]
    notes = answer.notes
    if len(judged) == 1:
        refusals = [f" {leg.what}: {in_words(leg.reason)}." for leg in legs if isinstance(leg, Verdict)]
        notes = (f"The verdict rests on one leg.{''.join(refusals)}", *notes)
    frames = [part.points for part in parts if part.points is not None]
    notes = (*notes, *several(parts))
    return replace(answer, parts=parts, notes=notes, points=pl.concat(frames) if frames else None)


@dataclass(frozen=True)
class _Judged:
    """A leg with a verdict, and its gain in log time before the noise between days is added."""

    verdict: Verdict
    ask: Question
    gain: Spread
    times: tuple[StanceTime, StanceTime]
    caution: str | None
    notes: tuple[str, ...]


def _leg(group: pl.DataFrame, rows: pl.DataFrame, asked: Question) -> _Judged | Verdict:
    ask, two = replace(asked, what=f"{asked.what}, {group['side'][0]} leg"), pair(group, asked.start, asked.end)
    if isinstance(two, str):
        return _refused(ask, "TOO_FEW_TESTS", None, two)
    if reason := censored.refusal([*two.pre.scores, *two.post.scores]) or two.refusal:
        return _refused(ask, reason, two)
    before, after = _time(two.pre, two), _time(two.post, two)
    if before.at_ceiling and after.at_ceiling:
        return _refused(ask, "BOTH_AT_CEILING", two, HARDER)
    if _eyes_open(two.post, two) and ask.swc is None:
        return _refused(ask, "NO_SWC", two, EYES_OPEN)
    ask, gain = replace(ask, earlier=earlier_sessions(rows, two.pre.day)), after.log_time.minus(before.log_time)
    notes, caution = (line_of(two, ask.unit, _told(two)), *notes_of(two, ask)), caution_of(two, ask)
    result = _verdict(gain, ask, (before, after), caution, notes)
    times = (_held(f"{ask.what}, before", ask.who, before), _held(f"{ask.what}, after", ask.who, after))
    return _Judged(replace(result, parts=times, points=_points(two)), ask, gain, (before, after), caution, notes)


def _refused(ask: Question, reason: str, two: Pair | None, *notes: str) -> Verdict:
    if two is None or reason == "TIME_RANGE":  # a time of zero has no logarithm and no place in the chart
        return replace(refused(ask, reason, None, *notes), method=METHOD, draw=_draw)
    return replace(refused(ask, reason, two, *notes, told=_told(two)), method=METHOD, points=_points(two), draw=_draw)


def _both(one: _Judged, other: _Judged) -> Verdict:
    what = f"{one.ask.what.partition(',')[0]}, mean of both legs"
    ask = replace(one.ask, what=what, earlier=min(one.ask.earlier, other.ask.earlier))
    lines = (one.notes[0], other.notes[0])
    notes = tuple(dict.fromkeys((*lines, BOTH_LEGS, *one.notes, *other.notes)))
    times = tuple(t for two in zip(one.times, other.times, strict=True) for t in two)
    return _verdict(one.gain.halfway(other.gain), ask, times, one.caution or other.caution, notes)


def _verdict(
    gain: Spread, ask: Question, times: tuple[StanceTime, ...], caution: str | None, notes: tuple[str, ...]
) -> Verdict:
    """Judge a gain; `times` holds the posteriors behind it, first those before, then those after."""
    n, capped = (
        sum(int(count) for count in counts) for counts in zip(*((t.n, t.n_censored) for t in times), strict=True)
    )
    swc, _ = ask.threshold
    learning, learning_sd = ask.learning
    noisy = gain.blurred(math.hypot(SIGMA_DAY, SIGMA_DAY, learning_sd), -learning)
    alpha = ALPHA_CAPPED if capped else ALPHA
    result = _change(noisy, float(swc or 0), ask.prior.s0, alpha)
    half = len(times) // 2
    open_low, open_high = (any(bool(t.at_ceiling) for t in side) for side in (times[:half], times[half:]))
    te = math.sqrt(SIGMA_DAY**2 + SIGMA_TRIAL**2 / (n / 2))
    used = {
        "sigma_trial": SIGMA_TRIAL, "sigma_day": SIGMA_DAY, "alpha": alpha, "prior_log_sd": PRIOR_LOG_SD,
        "prior_log_mean": PRIOR_LOG_MEAN, "prior_log_mean_eyes_open": PRIOR_LOG_MEAN_EYES_OPEN,
    }  # fmt: skip
    known = verdict_of(
        result, ask, n=n, te=te, used=used, caution=caution, notes=(*notes, ERROR), method=METHOD, draw=_draw
    )
    if open_low or open_high:
        known = replace(known, low=None if open_low else known.low, high=None if open_high else known.high)
        return replace(known, status="caution", reason="AT_CEILING", notes=(*known.notes, OPEN_END))
    return replace(known, status="caution", reason="SOME_CAPPED") if capped else known


def _change(gain: Spread, swc: float, prior_sd: float, alpha: float) -> Change:
    better, above, below = gain.p_above(0.0), gain.p_above(swc), 1 - gain.p_above(-swc)
    d, se, factor = gain.mean, gain.sd, np.asarray(prior_sd**2 / (prior_sd**2 + gain.sd**2))
    low, high = gain.quantile(_TAIL), gain.quantile(1 - _TAIL)
    words = verdict_word(better, above, below, alpha)
    return Change(d, se, low, high, better, above, below, words, factor * d, factor)


def _time(session: Session, two: Pair) -> StanceTime:
    mean = PRIOR_LOG_MEAN_EYES_OPEN if _eyes_open(session, two) else PRIOR_LOG_MEAN
    return stance_time(session.scores, session.rows["cap_s"].to_numpy(), prior_log_mean=mean)


def _eyes_open(session: Session, two: Pair) -> bool:
    """By the session's protocol, or where it is not written down by that of the other session."""
    protocol = session.protocol or two.pre.protocol or two.post.protocol or ""
    return any(words in protocol.casefold() for words in _EYES_OPEN)


def _held(what: str, who: str, time: StanceTime) -> Estimate:
    low, median, high = (math.exp(time.log_time.quantile(p)) for p in (_TAIL, 0.5, 1 - _TAIL))
    status, n = time.status(), int(time.n)
    reason = {"ceiling": "AT_CEILING", "caution": "SOME_CAPPED"}.get(status)
    known = Estimate(what, who, median, low, high, LEVEL, "s", n, METHOD, status=status, reason=reason)
    return replace(known, value=None, high=None) if status == "ceiling" else known


def _told(two: Pair) -> Told:
    """Put sessions into words by their posterior: a mean over capped trials is no time."""

    def told(session: Session, unit: str) -> tuple[str, str]:
        time = _time(session, two)
        held = _held("", "", time)
        amount = f"at least {number(held.low, unit)}" if held.value is None else number(held.value, unit)
        capped = int(time.n_censored)
        return f"{amount} {unit}", f"{session.trials}, {capped} capped" if capped else session.trials

    return told


def _points(two: Pair) -> pl.DataFrame:
    rows: list[dict[str, Any]] = []
    for s in two.shown:
        told = {"side": s.rows["side"][0], "date": s.day, "device": s.device, "protocol": s.protocol}
        for value, cap in zip(s.scores, s.rows["cap_s"], strict=True):
            rows.append(told | {"kind": "capped" if value >= cap else "trial", "value": float(value)})
        held = _held("", "", _time(s, two))
        rows.append(told | {"kind": "session", "value": held.value, "low": held.low, "high": held.high})
    text = dict.fromkeys(("side", "device", "protocol", "kind"), pl.String)
    return pl.DataFrame(
        rows, schema={"date": pl.Date, **text, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64}
    )


def _draw(estimate: Any) -> Any:
    legs = rows_of([part for part in estimate.parts if isinstance(part, Verdict)])
    if legs.height > 1:
        return charts.forest(legs, x_title="Change of the time held (%)", swc=estimate.swc_pct)
    when = "Date (circle: left leg, square: right leg; filled: typical time with interval, hollow: trial)"
    layers = []
    for side, shape, colour, aside in (("left", "circle", charts.BLUE, -6), ("right", "square", charts.VERMILION, 6)):
        leg = estimate.points.filter(pl.col("side") == side)
        look: dict[str, Any] = {"colour": colour, "shift": aside}
        layers += [dots(leg, STANCE_AXIS, when, shape=shape, **look)] if leg.height else []
        capped = leg.filter(pl.col("kind") == "capped")
        more: dict[str, Any] = {"filled": False, "shape": "triangle-up", "x_title": when, "y_title": STANCE_AXIS}
        layers += [charts.points(capped, "date", "value", **more, **look)] if capped.height else []
    return layered(layers)
