"""Is one leg better than the other, and again and again? (methods D12, D6).

What: difference between the legs in one test in per cent of the score, above zero where the right leg is the better
  one, of the last session with both legs; every session is a part.
Formula: 100 (mean ln right - mean ln left), the sign turned for times that are better when shorter; t interval from the
  trial SD pooled within the legs, with that of the test (6 degrees of freedom) where it is known. Stance times that
  reached the cap count as "at least the cap" (difference of two posteriors, day noise 0.05).
Source: Bishop 2018 (Strength Cond J 40:1-6) for the form without a side, 100 (max - min) / max; Tobin 1958
  (Econometrica 26:24-36) for capped times; the threshold is the interval itself, a convention.
Limits: refused with fewer than 2 trials on a leg, and where every stance trial of both legs reached the cap.
  "Consistent" needs 2 sessions beyond noise on the same side and none on the other; other devices or protocols are left
  aside.
Trap: a difference of 10 or 15 % means nothing by itself: no cut-off has been tested in runners, and trials of one leg
  alone scatter by as much. One session is no pattern.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis import charts
from analysis.estimate import Estimate, params, refuse
from analysis.frames import number, pandas_door
from analysis.metrics._marks import layered
from analysis.metrics._priors import prior_of_trials
from analysis.metrics._retests import Session, of_one, scored, sessions, split
from analysis.own_tests import OwnTest, unit_of
from analysis.stats.asymmetry import LEVEL, MIN_TRIALS, NU0, SESSIONS, asymmetry, consistent, refusal
from analysis.stats.censored import (
    PRIOR_LOG_MEAN,
    PRIOR_LOG_MEAN_EYES_OPEN,
    PRIOR_LOG_SD,
    SIGMA_TRIAL,
    StanceTime,
    stance_time,
)
from analysis.stats.reliability import N_REF, SHARE_WITHIN
from analysis.transforms import RETEST_GRACE_DAYS

METHOD: Final = (
    "Difference of the log means of the legs, t interval from the trial SD within the legs, pooled with that of the "
    "test where it is known. Bishop 2018 (Strength Cond J 40:1-6)."
)
STANCE_METHOD: Final = (
    "Difference of the legs' posteriors of log-normal times, right-censored at the cap (Tobin 1958, Econometrica "
    "26:24-36)."
)
NO_CUT_OFF: Final = "No cut-off of 10 or 15 % is used: none has been tested in runners. The interval is the threshold."
OPEN_END: Final = (
    "Every trial of one leg reached the limit: how much better it is is not known, the value leans on the prior."
)
STANCE: Final = "single_leg_stance"
DAY_SD: Final = 0.05  # noise of the day that the two legs do not share (methods D6)
_JUDGED: Final = ("height_m", "flight_time_s", "time_s")  # the outcomes that the handbook's typical errors are of
_PREFERRED: Final = ("height_m", "flight_time_s", "time_s", "distance_m")
_NAMES: Final = {"height_m": "Jump height", "flight_time_s": "Jump height", "time_s": "Time"}
_SHORTER: Final = ("contact_time_s", "time_to_takeoff_s")
_SIDES: Final = ("left", "right")


@pandas_door
def estimate(
    trials: pl.DataFrame,
    *,
    who: str = "",
    test: str | OwnTest = STANCE,
    measure: str | None = None,
    start: dt.date | None = None,
    end: dt.date | None = None,
    sd_log: float | None = None,
    lower_is_better: bool | None = None,
) -> Estimate:
    """Difference between the legs of the last session in per cent, above zero where the right leg is better.

    Needs: Trials of one athlete and `test` with a left and a right leg, two on each. `measure` names the outcome where
    a device wrote several; `sd_log` is the SD between trials of one leg in logs (else from the handbook's typical error
    of the test, else the athlete's own alone). The last session from `start` to two weeks after `end` speaks, earlier
    ones tell with it whether the side is consistent (`params`: consistent_side, beyond_noise). Refusals: NO_DATA,
    MEASURE_UNCLEAR, TOO_FEW_TRIALS, BAD_INPUT, SD_ZERO, BOTH_AT_CEILING, SOME_CAPPED (times of another test that were
    stopped at a limit).

    >>> row = {"athlete": "Ada", "test": "hop", "load_kg": None, "distance_m": None, "cap_s": None, "protocol": None,
    ...        "measure": "height_m", "device": "mat", "valid": True, "date": dt.date(2026, 3, 5)}
    >>> hops = [("left", 1, 0.182), ("left", 2, 0.176), ("left", 3, 0.189), ("right", 1, 0.161), ("right", 2, 0.169)]
    >>> trials = pl.DataFrame([row | {"trial_id": f"{s}{t}", "side": s, "trial": t, "value": v} for s, t, v in hops])
    >>> print(estimate(trials, test="hop", sd_log=0.05))
    Right against left leg, hop -10.0 % (95 % -19.4 to -0.6; n = 5)
    """
    slug, name = (test.slug, test.name.lower()) if isinstance(test, OwnTest) else (test, test.replace("_", " "))
    asked = _Asked(slug, f"Right against left leg, {name}", who, sd_log, start, end)
    rows, measures = _rows(trials, asked, test.measure if isinstance(test, OwnTest) and not measure else measure)
    if rows.is_empty():
        told = (f"State measure: one of {', '.join(measures)}.",) if measures else ()
        return asked.refused("MEASURE_UNCLEAR" if measures else "NO_DATA", told)
    lower = (isinstance(test, OwnTest) and test.lower_is_better) or slug == "sprint" or rows["measure"][0] in _SHORTER
    asked = replace(asked, lower_is_better=lower if lower_is_better is None else lower_is_better)
    legs = [_Legs(session, asked) for session in sessions(_variant(rows))]
    answers = [(one, one.answer()) for one in legs]
    if asked.start and not any(one.session.day >= asked.start for one, _ in answers):
        return asked.refused("NO_DATA", (f"No test of the legs since {_day(asked.start)}.",))
    usable = [(one, answer) for one, answer in answers if answer.ok and one.session.day >= (asked.start or dt.date.min)]
    last, answer = (usable or answers)[-1]
    same = [(one, found) for one, found in answers if _comparable(one.session, last.session)]
    return _whole(answer, same, last, aside=len(answers) - len(same))


@dataclass(frozen=True)
class _Asked:
    """What is asked of every session."""

    test: str
    what: str
    who: str
    sd_stated: float | None
    start: dt.date | None
    end: dt.date | None
    lower_is_better: bool = False

    def sd_log(self, measure: str, distance_m: float | None) -> tuple[float | None, str]:
        """The SD between trials of one leg and where it is from: stated, or the test's typical error of 3 trials."""
        if self.sd_stated is not None:
            return self.sd_stated, "stated"
        te0 = prior_of_trials(self.test, distance_m).te0 if measure in _JUDGED else None
        if te0 is None:
            return None, "the trials of this session alone"
        return te0 * math.sqrt(SHARE_WITHIN * N_REF), "from the typical error of the handbook, pooled with these trials"

    def params(self, **used: Any) -> tuple[tuple[str, Any], ...]:
        """The parameters of an answer."""
        own = {"start": self.start, "end": self.end, "lower_is_better": self.lower_is_better}
        return params(own | {"min_trials": MIN_TRIALS, "sessions_needed": SESSIONS, "nu0": NU0} | used)

    def refused(self, reason: str, notes: tuple[str, ...], n: int = 0) -> Estimate:
        """No number, with the reason."""
        method = STANCE_METHOD if self.test == STANCE else METHOD
        return refuse(
            self.what, reason, who=self.who, unit="%", n=n, method=method, params=self.params(), notes=notes
        )  # fmt: skip


@dataclass(frozen=True)
class _Legs:
    """Both legs of one session."""

    session: Session
    asked: _Asked

    def of(self, side: str) -> pl.DataFrame:
        """The trials of one leg."""
        return self.session.rows.filter(pl.col("side") == side)

    def answer(self) -> Estimate:
        """The difference between the legs of this session."""
        left, right = (self.of(side)["score"].to_numpy() for side in _SIDES)
        measure, distance = self.session.rows.select("measure", "distance_m").row(0)
        sd, source = (SIGMA_TRIAL, "handbook") if self.asked.test == STANCE else self.asked.sd_log(measure, distance)
        if (reason := refusal(left, right, sd)) or (reason := self._capped()):
            return self.asked.refused(reason, (self.line(),), self.session.n)
        if self.asked.test == STANCE:
            return self._stance()
        found = asymmetry(left, right, sd_log=sd, lower_is_better=self.asked.lower_is_better)
        used = {"sd_log": float(found.sd_log), "sd_from": source, "df": float(found.df)}
        return self._estimate(float(found.asym_pct), float(found.low), float(found.high), float(found.bishop_pct), used)

    def _capped(self) -> str | None:
        """Why times that were stopped at a limit give no difference; the stance model carries those of one leg."""
        stopped = [(leg["score"] >= leg["cap_s"]).fill_null(value=False) for leg in map(self.of, _SIDES)]
        if all(leg.all() for leg in stopped):
            return "BOTH_AT_CEILING"
        return "SOME_CAPPED" if self.asked.test != STANCE and any(leg.any() for leg in stopped) else None

    def _stance(self) -> Estimate:
        left, right = (self.held(side) for side in _SIDES)
        gap = right.log_time.minus(left.log_time).blurred(math.sqrt(2) * DAY_SD)
        low, middle, high = (100 * float(gap.quantile(p)) for p in ((1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2))
        ends = (None if left.at_ceiling else low, None if right.at_ceiling else high)  # how much better is not known
        used = {"sigma_trial": SIGMA_TRIAL, "sigma_day": DAY_SD, "prior_log_sd": PRIOR_LOG_SD}
        used |= {"prior_log_mean": self.prior_log_mean}
        found = self._estimate(middle, *ends, -100 * math.expm1(-abs(middle) / 100), used)
        if None in ends:
            return replace(found, status="caution", reason="AT_CEILING", notes=(*found.notes, OPEN_END))
        capped = bool(left.n_censored) or bool(right.n_censored)
        return replace(found, status="caution", reason="SOME_CAPPED") if capped else found

    def held(self, side: str) -> StanceTime:
        """The posterior of the time of one leg."""
        rows = self.of(side)
        return stance_time(rows["score"].to_numpy(), rows["cap_s"].to_numpy(), prior_log_mean=self.prior_log_mean)

    @property
    def prior_log_mean(self) -> float:
        """Mean of the prior of a stance time, by the eyes of the protocol."""
        words = (self.session.protocol or "").casefold()
        eyes_open = "eyes open" in words or "open eyes" in words
        return PRIOR_LOG_MEAN_EYES_OPEN if eyes_open else PRIOR_LOG_MEAN

    def _estimate(
        self, value: float, low: float | None, high: float | None, bishop: float, used: dict[str, Any]
    ) -> Estimate:
        side = _better(low, high)
        used |= {"beyond_noise": side is not None, "bishop_pct": bishop}
        words = f"The {side} leg is better, beyond noise." if side else "Within noise."
        notes = (f"{self.line()}. {words} Without a side (Bishop): {bishop:.1f} %.",)
        return Estimate(
            self.asked.what, self.asked.who, value, low, high, LEVEL, "%", self.session.n,
            STANCE_METHOD if self.asked.test == STANCE else METHOD, params=self.asked.params(**used), notes=notes,
        )  # fmt: skip

    def line(self) -> str:
        """The session in words."""
        day, told = self.session.day, []
        for side in _SIDES:
            rows, middle, unit = self.of(side), self.middle(side), _unit(self.session.measure)
            amount = "" if middle is None else f" {number(middle, unit)} {unit}".rstrip()
            told.append(f"{side}{amount or (' all at the cap' if rows.height else ' no trial')} ({rows.height})")
        return f"{day.day} {day:%b %Y}: {', '.join(told)}"

    def middle(self, side: str) -> float | None:
        """The score of one leg: the log mean, of stance times the median of the posterior; None where it has none."""
        scores = self.of(side)["score"].to_numpy()
        if not scores.size or not (scores > 0).all():
            return None
        if self.asked.test != STANCE:
            return float(np.exp(np.log(scores).mean()))
        held = self.held(side)
        return None if held.at_ceiling else math.exp(float(held.log_time.quantile(0.5)))


def _rows(trials: pl.DataFrame, asked: _Asked, measure: str | None) -> tuple[pl.DataFrame, list[str]]:
    """The one-legged trials of one measure, and the measures there are where none of them is the obvious one."""
    rows = of_one(scored(trials, asked.test, measure), asked.who, trials)
    numbers = [pl.col(name).cast(pl.Float64).round(1) for name in ("load_kg", "distance_m", "cap_s")]
    rows = rows.filter(pl.col("side").is_in(_SIDES), pl.col("score").is_finite()).with_columns(numbers)
    if asked.end is not None:
        rows = rows.filter(pl.col("date") <= asked.end + dt.timedelta(days=RETEST_GRACE_DAYS))
    legs = rows.group_by("measure").agg(pl.col("side").n_unique())
    found = sorted(legs.filter(pl.col("side") == len(_SIDES))["measure"]) or sorted(legs["measure"])
    chosen = next((name for name in _PREFERRED if name in found), found[0] if len(found) == 1 else None)
    return (rows.filter(pl.col("measure") == chosen), []) if chosen else (rows.clear(), found)


def _variant(rows: pl.DataFrame) -> pl.DataFrame:
    """The load and distance with most days on which both legs were tested, then with most trials."""

    def weight(group: pl.DataFrame) -> tuple[int, int]:
        days = group.group_by("date").agg(pl.col("side").n_unique())
        return days.filter(pl.col("side") == len(_SIDES)).height, group.height

    return max((group for _, group in split(rows, "load_kg", "distance_m")), key=weight)


def _comparable(one: Session, other: Session) -> bool:
    pairs = zip(one.conditions, other.conditions, strict=True)
    return all(a is None or b is None or a == b for a, b in pairs)


def _whole(answer: Estimate, same: list[tuple[_Legs, Estimate]], last: _Legs, aside: int) -> Estimate:
    """The answer of the last session, with what all comparable sessions say."""
    sides = [_better(part.low, part.high) for _, part in same]
    found, beyond = consistent(sides), sum(side is not None for side in sides)
    judged = sum(part.ok for _, part in same)
    words = {
        0: f"Within noise in every session ({judged}).",
        1: f"Beyond noise in 1 of {judged} sessions: once is no pattern.",
    }.get(beyond, f"Beyond noise in {beyond} of {judged} sessions, not always on the same side: no pattern.")
    if found:
        words = f"Consistent: the {found} leg is better beyond noise in {beyond} of {judged} sessions."
    left = (f"{aside} sessions under other conditions are left aside.",) if aside else ()
    sd = dict(answer.params).get("sd_from")
    rest = (f"Trial SD: {sd}.",) if sd else ()
    notes = (*answer.notes, *((words, NO_CUT_OFF) if answer.ok else ()), *rest, *left)
    parts = tuple(replace(part, what=_day(one.session.day), notes=()) for one, part in same)
    used = params({**dict(answer.params), "consistent_side": found, "sessions": judged})
    return replace(answer, parts=parts, notes=notes, params=used, points=_points(same, last), draw=_draw)


def _better(low: float | None, high: float | None) -> str | None:
    """The leg that is better beyond noise, None within it; an open end says nothing of that side."""
    if low is not None and low > 0:
        return "right"
    return "left" if high is not None and high < 0 else None


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%b %Y}"


def _unit(measure: str) -> str:
    return "m" if measure == "flight_time_s" else unit_of(measure)


def _points(same: list[tuple[_Legs, Estimate]], last: _Legs) -> pl.DataFrame:
    """Every trial and the score of each leg and session."""
    rows: list[dict[str, Any]] = []
    for one, _ in same:
        told = {"date": one.session.day, "measure": last.session.measure}
        for side in _SIDES:
            trials = one.of(side)
            stopped: NDArray[np.bool_] = (trials["score"] >= trials["cap_s"]).fill_null(value=False).to_numpy()
            for value, capped in zip(trials["score"], stopped, strict=True):
                rows.append(told | {"side": side, "kind": "capped" if capped else "trial", "value": value})
            rows.append(told | {"side": side, "kind": "session", "value": one.middle(side)})
    text = dict.fromkeys(("side", "kind", "measure"), pl.String)
    return pl.DataFrame(rows, schema={"date": pl.Date, **text, "value": pl.Float64}).drop_nulls("value")


def _draw(estimate: Any) -> Any:
    points, measure = estimate.points, estimate.points["measure"][0]
    unit, name = _unit(measure), _NAMES.get(measure, measure.replace("_", " ").capitalize())
    words = f"{name} ({unit})" if unit else name
    when, cap = (
        "Date (circle: left leg, square: right leg; filled: mean, hollow: trial",
        "; triangle: stopped at the cap)",
    )
    titles = {"y_title": words, "x_title": when + (cap if (points["kind"] == "capped").any() else ")")}
    layers = []
    for side, shape, colour in (("left", "circle", charts.BLUE), ("right", "square", charts.VERMILION)):
        look: dict[str, Any] = titles | {"colour": colour, "shift": -6 if side == "left" else 6}
        for kind, drawn in (("trial", shape), ("capped", "triangle-up"), ("session", shape)):
            dots = points.filter((pl.col("side") == side) & (pl.col("kind") == kind))
            if dots.height:
                more: dict[str, Any] = {"size": 110} if kind == "session" else {"filled": False}
                layers.append(charts.points(dots, "date", "value", shape=drawn, **more, **look))
    return layered(layers)
