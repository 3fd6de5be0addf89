"""From two comparable test sessions to a Verdict (methods D16, D18), its notes and the data of its chart."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl
from scipy.special import stdtrit

from analysis import charts
from analysis.estimate import Estimate, Verdict, params
from analysis.frames import number
from analysis.metrics._priors import NU0, Prior
from analysis.metrics._retests import GRACE_DAYS, Pair, Session
from analysis.stats.change import ALPHA, LEVEL, Change, change, percent, sessions_needed
from analysis.stats.reliability import N_REF, SHARE_WITHIN, te_session

Told = Callable[[Session, str], str]
"""How one session is put into words: from the session and the unit of its score."""

GivenError = float | Estimate | Sequence[Estimate] | None
"""A typical error as a share (0.05 = 5 %), or the result of metrics.retest_error for one or more tests."""

PRACTISED: Final = 3  # earlier sessions after which no learning is expected any more
OLD_DAYS: Final = 28
METHOD: Final = (
    "Difference of the log-mean session scores, standard error from the typical error of both sessions, Student t; "
    "verdict by one-sided and equivalence tests at 5 % against the smallest worthwhile change. "
    "Hopkins 2000 (Sports Med 30:1-15), Lakens 2017 (Soc Psychol Personal Sci 8:355-362)."
)
NO_DEFAULT: Final = (
    "No typical error is known for this test: repeat it twice within ten days with at least five athletes "
    "(metrics.retest_error), or state te and swc."
)


@dataclass(frozen=True)
class Error:
    """Typical error `te` of a session of `n_ref` trials with its degrees of freedom, and a squad's own SWC if known."""

    te: float
    df: float
    n_ref: float
    source: str
    swc: float | None = None

    def of(self, n: int) -> float:
        """Typical error of a session of `n` trials."""
        return float(te_session(self.te, n, n_ref=self.n_ref))


@dataclass(frozen=True)
class Question:
    """What is asked of a pair of sessions; `earlier` counts the athlete's test days before the first of the two."""

    what: str
    who: str
    unit: str
    prior: Prior
    error: Error | None
    swc: float | None
    earlier: int = 0
    start: dt.date | None = None
    lower_is_better: bool = False

    @property
    def learning(self) -> tuple[float, float]:
        """Expected learning and its SD, zero for an athlete who knows the test."""
        return (self.prior.learning, self.prior.learning_sd) if self.earlier < PRACTISED else (0.0, 0.0)

    @property
    def threshold(self) -> tuple[float | None, str]:
        """The smallest worthwhile change and who says so: the coach, then the own squad, then table R1."""
        if self.swc is not None:
            return self.swc, "stated for this block"
        if self.error is not None and self.error.swc is not None:
            return self.error.swc, "0.2 of the true spread of the own squad"
        return self.prior.swc, "default of the handbook"


def error_of(prior: Prior, given: GivenError, **test: Any) -> Error | None:
    """Choose the typical error: the squad's own (pooled with the literature), a stated one, or the literature's.

    `test` names what is compared (test, load_kg, distance_m); an own error of something else is left aside.
    """
    if isinstance(given, int | float):
        return Error(float(given), NU0, N_REF, "stated by the coach")
    offered = [given] if isinstance(given, Estimate) else list(given or ())
    for known in (dict(e.params) for e in offered if e.ok):
        if all(known.get(key) in (None, value) for key, value in test.items()):
            return Error(known["te"], known["df"], known["n_ref"], known["source"], known["swc"])
    return None if prior.te0 is None else Error(prior.te0, NU0, N_REF, f"literature ({prior.source})")


def told_of(s: Session, unit: str) -> str:
    """One session in words: day, score, trials, and under which conditions."""
    marks = ", ".join(str(mark) for mark in (s.measure, s.device, s.protocol) if mark)
    return f"{s.day.isoformat()}: {number(s.score, unit)} {unit} from {s.n} trials ({marks})."


def refused(ask: Question, reason: str, two: Pair | None = None, *notes: str, told: Told = told_of) -> Verdict:
    """Refuse the verdict; where there are two sessions, both values stay in its points and notes."""
    points, n = (None, 0) if two is None else (points_of(two, ask.error), two.n)
    words = () if two is None else (told(two.pre, ask.unit), told(two.post, ask.unit))
    return Verdict(
        ask.what,
        ask.who,
        unit="%",
        status="refused",
        reason=reason,
        n=n,
        method=METHOD,
        notes=(*words, *notes),
        points=points,
    )


def verdict(two: Pair, ask: Question) -> Verdict:
    """Judge a pair of sessions. Refusals: DEVICE_CHANGED, PROTOCOL_CHANGED, NO_SWC (no error or SWC known)."""
    swc, swc_source = ask.threshold
    if two.refusal:
        return refused(ask, two.refusal, two)
    if ask.error is None or swc is None:
        return refused(ask, "NO_SWC", two, NO_DEFAULT)
    te_pre, te_post = ask.error.of(two.pre.n), ask.error.of(two.post.n)
    learning, learning_sd = ask.learning
    result = change(
        two.pre.score, two.post.score, te=te_pre, te_post=te_post, df=ask.error.df, swc=swc, prior_sd=ask.prior.s0,
        lower_is_better=ask.lower_is_better, learning=learning, learning_sd=learning_sd,
    )  # fmt: skip
    te = math.sqrt((te_pre**2 + te_post**2) / 2)
    used = {
        "te": te, "te_source": ask.error.source, "df": ask.error.df, "n_ref": ask.error.n_ref, "swc": swc,
        "swc_source": swc_source, "share_within": SHARE_WITHIN,
    }  # fmt: skip
    return verdict_of(
        result, ask, n=two.n, te=te, used=used, notes=notes_of(two, ask), points=points_of(two, ask.error)
    )


def verdict_of(result: Change, ask: Question, *, te: float, used: dict[str, Any], **known: Any) -> Verdict:
    """Put a change into a Verdict; `te` is the typical error of one session, `used` the parameters of the method."""
    swc, _ = ask.threshold
    learning, learning_sd = ask.learning
    sessions, planned, word = float(sessions_needed(te, ask.prior.s0)), ask.prior.s0, str(result.word)
    general = {
        "alpha": ALPHA,
        "learning": learning,
        "learning_sd": learning_sd,
        "planned": planned,
        "grace_days": GRACE_DAYS,
    }
    unclear = (
        f"Unclear is not an answer in either direction: about {math.ceil(sessions)} test sessions before and as many "
        f"after show a change of {number(float(percent(planned)))} % with 80 % power."
    )
    return Verdict(
        ask.what, ask.who, unit="%", level=LEVEL, word=word, value=float(result.change_pct), low=float(result.low_pct),
        high=float(result.high_pct), p_better=float(result.p_better), p_above_swc=float(result.p_gt_swc),
        p_below_minus_swc=float(result.p_lt_minus_swc), swc_pct=float(percent(swc or 0)), te_pct=float(percent(te)),
        shrunk_pct=float(result.shrunk_pct), sessions_needed=sessions, method=known.pop("method", METHOD),
        params=params(used | general | {"prior_sd": ask.prior.s0}),
        notes=(*known.pop("notes"), *((unclear,) if word == "unclear" else ())), **known,
    )  # fmt: skip


def notes_of(two: Pair, ask: Question, told: Told = told_of) -> tuple[str, ...]:
    """In plain words: the two sessions, the error and its source, the threshold, and the learning taken off."""
    notes = [told(s, ask.unit) for s in (two.pre, two.post)]
    if ask.error is not None:
        te = number(float(percent(ask.error.of(two.post.n))))
        notes.append(f"Typical error of a session of {two.post.n} trials: {te} %, {ask.error.source}.")
    swc, source = ask.threshold
    notes.append(f"Smallest change that matters: {number(float(percent(swc or 0)))} %, {source}.")
    if ask.learning[0]:
        taken, known = number(float(percent(ask.learning[0]))), ask.earlier
        notes.append(
            f"{taken} % is taken off for learning the test: earlier sessions: {known}, fewer than {PRACTISED}."
        )
    age = (ask.start - two.pre.day).days if ask.start else 0
    if age > OLD_DAYS:
        notes.append(f"The first test is {age} days older than the block.")
    if two.post.protocol is None or two.post.device is None:
        notes.append("Protocol or device was not written down at either test; they are taken to be the same.")
    return tuple(notes)


def points_of(two: Pair, error: Error | None) -> pl.DataFrame:
    """Every trial, and every session with its interval: the data of the chart, the conditions beside each value."""
    rows: list[dict[str, Any]] = []
    for s in two.shown:
        told = {"date": s.day, "measure": s.measure, "protocol": s.protocol, "device": s.device}
        rows += [told | {"kind": "trial", "value": float(v), "low": None, "high": None} for v in s.scores]
        half = error.of(s.n) * float(stdtrit(error.df, 0.5 + LEVEL / 2)) if error else None
        low, high = (s.score * math.exp(-half), s.score * math.exp(half)) if half is not None else (None, None)
        rows.append(told | {"kind": "session", "value": s.score, "low": low, "high": high})
    text = {"measure": pl.String, "protocol": pl.String, "device": pl.String, "kind": pl.String}
    return pl.DataFrame(
        rows, schema={"date": pl.Date, **text, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64}
    )


def dots(points: pl.DataFrame, y_title: str, shape: str = "circle", x_title: str = "Date") -> Any:
    """Draw `points_of`: trials as hollow dots, sessions as filled dots with their intervals."""
    trials, means = (points.filter(pl.col("kind") == kind) for kind in ("trial", "session"))
    titles = {"x_title": x_title, "y_title": y_title}
    spans = charts.interval(means.drop_nulls(["low", "high"]), "date", "low", "high", **titles)
    hollow = charts.points(trials, "date", "value", filled=False, shape=shape, **titles)
    return spans + hollow + charts.points(means.drop_nulls("value"), "date", "value", size=90, shape=shape, **titles)


def rows_of(parts: Sequence[Estimate]) -> pl.DataFrame:
    """Turn the parts with a number and both ends of its interval into the rows of a forest."""
    rows = [(p.what, p.value, p.low, p.high) for p in parts if p.low is not None and p.high is not None]
    return pl.DataFrame(
        rows, schema={"label": pl.String, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64}, orient="row"
    )
