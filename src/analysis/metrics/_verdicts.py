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
from analysis.metrics._marks import layered
from analysis.metrics._priors import NU0, Prior
from analysis.metrics._retests import BASELINE_DAYS, FINAL_DAYS, FRESH_DAYS, Pair, Session
from analysis.stats.change import ALPHA, LEVEL, Change, change, percent, sessions_needed
from analysis.stats.reliability import N_REF, SHARE_WITHIN, te_session
from analysis.transforms import RETEST_GRACE_DAYS

Told = Callable[[Session, str], tuple[str, str]]
"""How one session is put into words, from it and the unit of its score: the amount, and the count of trials."""

GivenError = float | Estimate | Sequence[Estimate] | None
"""A typical error as a share (0.05 = 5 %), or the result of metrics.retest_error for one or more tests."""

PRACTISED: Final = 3  # earlier sessions after which no learning is expected any more
OLD_DAYS: Final = 56  # a first test this much older than the block says little about its start
METHOD: Final = (
    "Difference of the log-mean session scores, standard error from the typical error of both sessions, Student t; "
    "verdict by one-sided and equivalence tests at 5 % against the smallest worthwhile change. "
    "Hopkins 2000 (Sports Med 30:1-15), Lakens 2017 (Soc Psychol Personal Sci 8:355-362)."
)
RAW_METHOD: Final = METHOD.replace("log-mean session scores", "mean session scores, in their unit")
NO_DEFAULT: Final = (
    "No typical error is known: test five athletes twice in ten days (metrics.retest_error), or state te and swc."
)
UNCHECKED: Final = "Not checked here: readiness, and rest of 48 h before the test (a question of its own)."
_MEASURES: Final = {"height_m": "height", "flight_time_s": "flight time", "time_s": "time"}


@dataclass(frozen=True)
class Error:
    """Typical error `te` of a session of `n_ref` trials with its degrees of freedom, and a squad's own SWC if known.

    Without `n_ref` it is that of a session as it is done, whatever the number of trials.
    """

    te: float
    df: float
    n_ref: float | None
    source: str
    swc: float | None = None

    def of(self, n: int) -> float:
        """Typical error of a session of `n` trials."""
        return self.te if self.n_ref is None else float(te_session(self.te, n, n_ref=self.n_ref))


@dataclass(frozen=True)
class Question:
    """What is asked of a pair of sessions; `earlier` counts the athlete's test days before the first of the two.

    With `log` all errors and thresholds are natural logs and the change is told in per cent; without, they are in the
    `unit` of the score, and so is the change. Raises ValueError for a stated `swc` below zero.
    """

    what: str
    who: str
    unit: str
    prior: Prior
    error: Error | None
    swc: float | None
    earlier: int = 0
    start: dt.date | None = None
    end: dt.date | None = None
    lower_is_better: bool = False
    log: bool = True
    swc_source: str = "stated for this block"
    limb: str = "leg"

    def __post_init__(self) -> None:
        if self.swc is not None and not self.swc >= 0:
            raise ValueError(f"swc is {self.swc:g}; it is a share such as 0.03 (3 %), not below zero")

    @property
    def learning(self) -> tuple[float, float]:
        """Expected learning and its SD, zero for an athlete who knows the test."""
        return (self.prior.learning, self.prior.learning_sd) if self.earlier < PRACTISED else (0.0, 0.0)

    @property
    def threshold(self) -> tuple[float | None, str]:
        """The smallest worthwhile change and who says so: the coach, then the own squad, then table R1."""
        if self.swc is not None:
            return self.swc, self.swc_source
        if self.error is not None and self.error.swc is not None:
            return self.error.swc, "0.2 of the true spread of the own squad"
        return self.prior.swc, "default of the handbook"

    @property
    def change_unit(self) -> str:
        """The unit of the change."""
        return "%" if self.log else self.unit

    def shown(self, change: Any) -> float:
        """A change, an error or a threshold as it is told, in `change_unit`."""
        return float(percent(change)) if self.log else float(change)

    def amount(self, change: float) -> str:
        """The same in words."""
        return f"{number(self.shown(change), '' if self.log else self.unit)} {self.change_unit}".rstrip()

    @property
    def params(self) -> dict[str, Any]:
        """What every answer to this question rests on, refused or not."""
        (swc, swc_source), (learning, learning_sd) = self.threshold, self.learning
        return {
            "swc": swc, "swc_source": swc_source, "alpha": ALPHA, "learning": learning, "learning_sd": learning_sd,
            "practised": PRACTISED,
            "prior_sd": self.prior.s0, "start": self.start, "end": self.end, "baseline_days": BASELINE_DAYS,
            "fresh_days": FRESH_DAYS, "old_days": OLD_DAYS, "final_days": FINAL_DAYS, "grace_days": RETEST_GRACE_DAYS,
        }  # fmt: skip


def error_of(prior: Prior, given: GivenError, **test: Any) -> Error | None:
    """Choose the typical error: the squad's own (pooled with the literature), a stated one, or the literature's.

    `test` names what is compared (test, load_kg, distance_m); an own error of something else is left aside. Raises
    ValueError for a stated error that is not above zero.
    """
    if isinstance(given, int | float):
        if not given > 0:
            raise ValueError(f"te is {given:g}; it is a share such as 0.05 (5 %), above zero")
        return Error(float(given), NU0, N_REF, "stated by the coach")
    offered = [given] if isinstance(given, Estimate) else list(given or ())
    for known in (dict(e.params) for e in offered if e.ok):
        if all(known.get(key) in (None, value) for key, value in test.items()):
            return Error(known["te"], known["df"], known["n_ref"], known["source"], known["swc"])
    return None if prior.te0 is None else Error(prior.te0, NU0, N_REF, f"literature ({prior.source})")


def told_of(s: Session, unit: str) -> tuple[str, str]:
    """One session in words: its score, and the number of trials."""
    return f"{number(s.score, unit)} {unit}".rstrip(), s.trials


def refused(ask: Question, reason: str, two: Pair | None = None, *notes: str, told: Told = told_of) -> Verdict:
    """Refuse the verdict; where there are two sessions, both values stay in its points and notes."""
    points, n = (None, 0) if two is None else (points_of(two, ask.error), two.n)
    words = () if two is None else (line_of(two, ask.unit, told, ask.limb), *conditions_of(two))
    return Verdict(
        ask.what, ask.who, unit=ask.change_unit, status="refused", reason=reason, n=n,
        method=METHOD if ask.log else RAW_METHOD, params=params(ask.params), notes=(*words, *notes), points=points,
    )  # fmt: skip


def verdict(two: Pair, ask: Question) -> Verdict:
    """Judge a pair of sessions. Refusals: DEVICE_CHANGED, PROTOCOL_CHANGED, NO_SWC (no error or SWC known)."""
    swc, _ = ask.threshold
    if two.refusal:
        return refused(ask, two.refusal, two)
    if ask.error is None or swc is None:
        return refused(ask, "NO_SWC", two, NO_DEFAULT)
    te_pre, te_post = ask.error.of(two.pre.n), ask.error.of(two.post.n)
    learning, learning_sd = ask.learning
    result = change(
        two.pre.score, two.post.score, te=te_pre, te_post=te_post, df=ask.error.df, swc=swc, prior_sd=ask.prior.s0,
        lower_is_better=ask.lower_is_better, learning=learning, learning_sd=learning_sd, log=ask.log,
    )  # fmt: skip
    te = math.sqrt((te_pre**2 + te_post**2) / 2)
    used = {
        "te": te, "te_source": ask.error.source, "df": ask.error.df, "n_ref": ask.error.n_ref,
        "share_within": SHARE_WITHIN,
    }  # fmt: skip
    source = f"Typical error of one session: {ask.amount(te)}, {ask.error.source}."
    notes = (line_of(two, ask.unit, limb=ask.limb), source, *notes_of(two, ask))
    points = points_of(two, ask.error)
    return verdict_of(result, ask, n=two.n, te=te, used=used, caution=caution_of(two, ask), notes=notes, points=points)


def verdict_of(
    result: Change, ask: Question, *, te: float, used: dict[str, Any], caution: str | None, **known: Any
) -> Verdict:
    """Put a change into a Verdict; `te` is the typical error of one session, `used` the parameters of the method."""
    swc, _ = ask.threshold
    sessions, planned, word = float(sessions_needed(te, ask.prior.s0)), ask.prior.s0, str(result.word)
    unclear = (
        f"To show a change of {ask.amount(planned)} with 80 % power: about {math.ceil(sessions)} test "
        "sessions before and as many after."
    )
    notes = (*known.pop("notes"), *((unclear,) if word == "unclear" else ()), UNCHECKED)
    in_pct: dict[str, Any] = {
        "swc_pct": float(percent(swc or 0)),
        "te_pct": float(percent(te)),
        "shrunk_pct": float(result.shrunk_pct),
    }
    used = ask.params | used | {"planned": planned} | ({} if ask.log else {"shrunk": float(result.shrunk)})
    return Verdict(
        ask.what, ask.who, unit=ask.change_unit, level=LEVEL, word=word, value=ask.shown(result.d),
        low=ask.shown(result.low), high=ask.shown(result.high), p_better=float(result.p_better),
        p_above_swc=float(result.p_gt_swc), p_below_minus_swc=float(result.p_lt_minus_swc), sessions_needed=sessions,
        method=known.pop("method", METHOD if ask.log else RAW_METHOD), params=params(used),
        status="caution" if caution else "ok", reason=caution, notes=notes, **(in_pct if ask.log else {}), **known,
    )  # fmt: skip


def line_of(two: Pair, unit: str, told: Told = told_of, limb: str = "leg") -> str:
    """The two sessions in one line, with the leg where there is one."""
    day = "%b" if two.pre.day.year == two.post.day.year else "%b %Y"
    halves = []
    for s in (two.pre, two.post):
        amount, trials = told(s, unit)
        halves.append(f"{amount} ({s.day.day} {s.day:{day}}, {trials})")
    side = two.post.rows["side"][0]
    return ("" if side == "both" else f"{side.capitalize()} {limb}: ") + " → ".join(halves)


def conditions_of(two: Pair) -> tuple[str, ...]:
    """In plain words: what differs between the two sessions, and what is not written down."""
    pre, post = two.pre, two.post
    told: dict[str, tuple[str | None, str | None]] = {
        "Measure": (_MEASURES.get(pre.measure), _MEASURES.get(post.measure)),
        "Protocol": (pre.protocol, post.protocol),
        "Device": (pre.device, post.device),
        "Method": (_spaced(pre.method), _spaced(post.method)),
    }
    notes, missing = [], []
    for (name, (before, after)), *keys in zip(told.items(), pre.conditions, post.conditions, strict=True):
        if keys == [None, None]:
            missing += [name.lower()] if name != "Method" else []  # few devices name theirs
        elif None in keys:
            day = (pre if keys[0] is None else post).day
            notes.append(f"{name} not written down on {day.day} {day:%b}: taken to be the same ({before or after}).")
        elif keys[0] != keys[1]:
            notes.append(f"{name}: {before}, then {after}.")
    if missing:
        notes.append(f"{' and '.join(missing).capitalize()} not written down at either test: taken to be the same.")
    return tuple(notes)


def _spaced(text: str | None) -> str | None:
    return None if text is None else text.replace("_", " ")


def caution_of(two: Pair, ask: Question) -> str | None:
    """CONDITIONS_UNKNOWN, BASELINE_OLD (a first test more than 8 weeks older than the block), or None."""
    if two.half_known:
        return "CONDITIONS_UNKNOWN"
    return "BASELINE_OLD" if _age_days(two, ask) > OLD_DAYS else None


def notes_of(two: Pair, ask: Question) -> tuple[str, ...]:
    """In plain words: the threshold, the learning taken off, the age of the first test, and unknown conditions."""
    swc, source = ask.threshold
    notes = [f"Smallest change that matters: {ask.amount(swc or 0)}, {source}."]
    if ask.learning[0]:
        taken = ask.amount(ask.learning[0])
        notes.append(f"{taken} taken off for learning: {ask.earlier} earlier sessions, fewer than {PRACTISED}.")
    if (age := _age_days(two, ask)) > FRESH_DAYS:
        notes.append(f"The first test is {age} days older than the block.")
    return (*notes, *conditions_of(two))


def several(parts: Sequence[Estimate]) -> tuple[str, ...]:
    """The warning that belongs to more than one verdict (methods D17)."""
    judged = sum(part.ok for part in parts)
    return (f"{judged} parts are judged at 5 % each, without correction for their number.",) if judged > 1 else ()


def _age_days(two: Pair, ask: Question) -> int:
    return (ask.start - two.pre.day).days if ask.start else 0


def points_of(two: Pair, error: Error | None) -> pl.DataFrame:
    """Every trial, and every session with its interval: the data of the chart, the conditions beside each value."""
    rows: list[dict[str, Any]] = []
    for s in two.shown:
        told = {"date": s.day, "measure": s.measure, "protocol": s.protocol, "device": s.device}
        rows += [told | {"kind": "trial", "value": float(v), "low": None, "high": None} for v in s.scores]
        half = error.of(s.n) * float(stdtrit(error.df, 0.5 + LEVEL / 2)) if error else None
        low, high = (None, None) if half is None else (_away(s, -half), _away(s, half))
        rows.append(told | {"kind": "session", "value": s.score, "low": low, "high": high})
    text = {"measure": pl.String, "protocol": pl.String, "device": pl.String, "kind": pl.String}
    return pl.DataFrame(
        rows, schema={"date": pl.Date, **text, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64}
    )


def _away(s: Session, by: float) -> float:
    return s.score * math.exp(by) if s.log else s.score + by


def dots(points: pl.DataFrame, y_title: str, x_title: str = "", **look: Any) -> Any:
    """Draw `points_of`: trials as hollow dots, sessions as filled dots with their intervals."""
    trials, means = (points.filter(pl.col("kind") == kind) for kind in ("trial", "session"))
    told = "Date (filled: mean with interval; hollow: single trials)" if trials.height else "Date (mean with interval)"
    titles: dict[str, Any] = {"x_title": x_title or told, "y_title": y_title}
    known, aside = means.drop_nulls(["low", "high"]), look.get("shift", 0)
    layers = [charts.interval(known, "date", "low", "high", shift=aside, **titles)] if known.height else []
    layers += [charts.points(trials, "date", "value", filled=False, **look, **titles)] if trials.height else []
    layers.append(charts.points(means.drop_nulls("value"), "date", "value", size=90, **look, **titles))
    return layered(layers)


def rows_of(parts: Sequence[Estimate]) -> pl.DataFrame:
    """Turn the parts with a number and both ends of its interval into the rows of a forest."""
    known = [p for p in parts if p.low is not None and p.high is not None]
    shared = {p.what.rpartition(", ")[0] for p in known}  # of "…, left leg" and "…, right leg" the legs are enough
    cut = len(*shared) + 2 if len(known) > 1 and len(shared) == 1 and "" not in shared else 0
    rows = [(p.what[cut:].capitalize() if cut else p.what, p.value, p.low, p.high) for p in known]
    return pl.DataFrame(
        rows, schema={"label": pl.String, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64}, orient="row"
    )
