"""Did a test of my own change between two sessions? (methods D0, D13, D15, D16, D18).

What: change of the mean of a test that `tests.toml` defines, better is positive, in per cent or in the unit of the
  measure; it rests on all valid trials of two sessions.
Formula: difference of the session means (of logs, unless the error is declared in the unit) less the expected learning,
  with the typical error of both sessions, Student t.
Source: Hopkins 2000 (Sports Med 30:1-15); Lakens 2017 (Soc Psychol Personal Sci 8:355-362); error and smallest change
  that matters: as declared, else those of the squad.
Limits: refused where neither the typical error nor the smallest change is known, where protocol, device or measure
  changed, where trials were stopped at a limit, or with one session only.
Trap: the smallest change that matters is a question of use, the typical error one of noise: never set one to the other.
  And the first sessions of a new test improve by learning alone.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, replace
from typing import Any, Final

import polars as pl

from analysis import charts
from analysis.estimate import Verdict
from analysis.frames import pandas_door
from analysis.metrics._priors import NU0, Prior, prior_of_trials
from analysis.metrics._retests import Pair, earlier_sessions, of_one, pair, scored, split
from analysis.metrics._verdicts import Error, GivenError, Question, dots, error_of, refused, rows_of, several, verdict
from analysis.own_tests import FILE, OwnTest, unit_of

PRIOR_IN_SWC: Final = 2.0  # spread of block changes in smallest changes that matter; 1.8 to 2.5 in methods table R1
DECLARED: Final = f"declared in {FILE}"
NO_ERROR: Final = (
    f"State typical_error or typical_error_percent in {FILE}, or test five athletes twice in ten days "
    "(metrics.retest_error) and hand the result in as te."
)
NO_THRESHOLD: Final = f"State swc or swc_percent in {FILE}."
CAPPED: Final = "A time that was stopped at its limit is at least that long; there is no mean of such times."


@pandas_door
def estimate(
    trials: pl.DataFrame,
    *,
    test: OwnTest,
    who: str = "",
    start: dt.date | None = None,
    end: dt.date | None = None,
    te: GivenError = None,
    swc: float | None = None,
) -> Verdict:
    """Change of the mean of a test that `tests.toml` defines, better is positive.

    In per cent, from logs; in the unit of the measure where the test declares its error in that unit. Needs: Trials of
    one athlete and this test, at least two sessions. Each load, distance and side is a part; the whole speaks for the
    one with most trials in the two sessions. `test` comes from `own_tests.beside(logbook)["name"]`. The typical error
    is a stated `te` (a share, 0.05 = 5 %), else the one that the test declares, else the result of `retest_error`
    handed in as `te`; a declared one counts as 6 degrees of freedom. `swc` (a share) goes before the declared one.
    `start` and `end` are the days of the block. Refusals: NO_DATA, TOO_FEW_TESTS, DEVICE_CHANGED, PROTOCOL_CHANGED,
    BOTH_AT_CEILING, SOME_CAPPED, BAD_INPUT (a score that has no log), NO_TYPICAL_ERROR, NO_SWC. Hopkins 2000 (Sports
    Med 30:1-15); Lakens 2017 (Soc Psychol Personal Sci 8:355-362).

    >>> wall_sit = OwnTest("wall_sit", "time_s", "higher_better", typical_error_percent=9, swc_percent=10)
    >>> row = {"athlete": "Ada", "test": "wall_sit", "side": "both", "load_kg": None, "distance_m": None, "cap_s": None,
    ...        "measure": "time_s", "protocol": "90 degrees", "device": "stopwatch", "valid": True}
    >>> held = [(1, 1, 62.0), (3, 1, 93.0)]
    >>> trials = pl.DataFrame([row | {"trial_id": f"{m}.{t}", "date": dt.date(2026, m, 5), "trial": t, "value": v}
    ...                        for m, t, v in held])
    >>> print(estimate(trials, test=wall_sit))
    Wall sit +45.6 % (95 % 7.1 to 97.9; n = 2): better, and by more than the smallest change that matters
    """
    text = [pl.col(column).cast(pl.Float64).round(1) for column in ("load_kg", "distance_m", "cap_s")]
    rows = of_one(scored(trials, test.slug, test.measure), who, trials).with_columns(text)
    asked = _Asked(test, who, start, end, te, swc)
    parts = [asked.part(group, rows) for _, group in split(rows, "load_kg", "distance_m", "side")]
    if not parts:
        return refused(asked.question(test.name, None), "NO_DATA")
    chosen = max(parts, key=lambda part: (part.ok, part.n))
    more = (f"The verdict is for the variant with most trials: {chosen.what}.",) if len(parts) > 1 else ()
    return replace(chosen, parts=tuple(parts), notes=(*more, *chosen.notes, *several(parts)))


@dataclass(frozen=True)
class _Asked:
    test: OwnTest
    who: str
    start: dt.date | None
    end: dt.date | None
    te: GivenError
    swc: float | None

    @property
    def log(self) -> bool:
        """Whether the scores are analysed as logs: always, but where the error is declared in the measure's unit."""
        return self.test.typical_error is None or self._stated

    @property
    def _stated(self) -> bool:
        return isinstance(self.te, int | float)

    def part(self, group: pl.DataFrame, rows: pl.DataFrame) -> Verdict:
        """The verdict on one load, distance and side."""
        first, two = group.row(0, named=True), pair(group, self.start, self.end, log=self.log)
        place = {name: first[name] for name in ("load_kg", "distance_m")}
        what = self.test.name + _variant(**place, side=first["side"])
        if isinstance(two, str):
            return refused(self.question(what, None), "TOO_FEW_TESTS", None, two)
        ask = self.question(what, two.pre.score, **place)
        return _answer(two, replace(ask, earlier=earlier_sessions(rows, two.pre.day)))

    def question(self, what: str, score: float | None, **place: Any) -> Question:
        """What is asked, everything on the scale of the analysis; `score` is that of the first session."""
        known, error, swc = prior_of_trials(self.test.slug), self._error(place), self._swc(score)
        matters = swc if swc is not None or error is None else error.swc
        share = 1.0 if self.log else abs(score or 0.0)  # what a share is on this scale
        prior = Prior(
            None, None, PRIOR_IN_SWC * (matters or 0.0), share * known.learning, share * known.learning_sd, DECLARED
        )
        return Question(
            what, self.who, self.test.unit, prior, error, swc, 0, self.start, self.end,
            lower_is_better=self.test.lower_is_better, log=self.log,
            swc_source=DECLARED if self.swc is None else "stated for this block", limb="side",
        )  # fmt: skip

    def _error(self, place: dict[str, Any]) -> Error | None:
        """The typical error: stated, else declared, else the squad's own."""
        if self._stated or not (self.test.typical_error or self.test.typical_error_percent):
            return error_of(prior_of_trials(self.test.slug), self.te, test=self.test.slug, **place)
        te = self.test.typical_error or math.log1p((self.test.typical_error_percent or 0.0) / 100)
        return Error(te, NU0, self.test.trials, DECLARED)

    def _swc(self, score: float | None) -> float | None:
        """The smallest worthwhile change: stated for the block, else declared."""
        declared = self.test.swc_percent
        if self.swc is None and declared is None:
            in_unit = self.test.swc
            if in_unit is None or not self.log:
                return in_unit
            return math.log1p(in_unit / score) if score and score > 0 else None
        if self.log:
            return self.swc if self.swc is not None else math.log1p((declared or 0.0) / 100)
        return abs(score or 0.0) * (self.swc if self.swc is not None else (declared or 0.0) / 100)


def _variant(load_kg: float | None, distance_m: float | None, side: str) -> str:
    load, distance = f" at {load_kg:g} kg" if load_kg else "", f" over {distance_m:g} m" if distance_m else ""
    return f"{load}{distance}" + ("" if side == "both" else f", {side} side")


def _answer(two: Pair, ask: Question) -> Verdict:
    if reason := _capped(two):
        return refused(ask, reason, two, CAPPED)
    if not two.refusal and ask.error is None:
        return refused(ask, "NO_TYPICAL_ERROR", two, NO_ERROR)
    if not two.refusal and not ask.threshold[0]:
        return refused(ask, "NO_SWC", two, NO_THRESHOLD)
    return replace(verdict(two, ask), draw=_draw)


def _capped(two: Pair) -> str | None:
    """Why there is no mean: trials that were stopped at their limit (methods D6)."""
    stopped = [
        (session.rows["score"] >= session.rows["cap_s"]).fill_null(value=False) for session in (two.pre, two.post)
    ]
    if all(trials.all() for trials in stopped):
        return "BOTH_AT_CEILING"
    return "SOME_CAPPED" if any(trials.any() for trials in stopped) else None


def _draw(estimate: Any) -> Any:
    if sum(part.ok for part in estimate.parts) > 1:
        swc = estimate.swc_pct if estimate.unit == "%" else dict(estimate.params)["swc"]
        title = f"Change ({estimate.unit}), better is positive" if estimate.unit else "Change, better is positive"
        return charts.forest(rows_of(estimate.parts), x_title=title, swc=swc)
    unit = unit_of(estimate.points["measure"][0])
    return dots(estimate.points, f"{estimate.what} ({unit})" if unit else estimate.what)
