"""What changed in a sprint profile between the session before a block and the one after it (methods D0, D16, R1)."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from typing import Any, Final

import polars as pl

from analysis.estimate import Verdict
from analysis.metrics._priors import NU0, PRIORS, Prior
from analysis.metrics._retests import Pair, earlier_sessions, pair
from analysis.metrics._sprint_runs import Fitted, Profile
from analysis.metrics._verdicts import Error, Question, dots, refused, verdict
from analysis.stats.reliability import N_REF, te_session
from analysis.stats.sprint_model import Quantity

_PMAX: Final = Prior(
    math.hypot(PRIORS["sprint_vmax"].te0 or 0, PRIORS["sprint_a0"].te0 or 0), None,
    math.hypot(PRIORS["sprint_vmax"].s0, PRIORS["sprint_a0"].s0), 0.005, 0.005,
    "convention: those of V and a0 together",
)  # fmt: skip
_FOLLOWED: Final = (
    ("maximal speed V", "vmax_mps", "m/s", PRIORS["sprint_vmax"]),
    ("time constant tau", "tau_s", "s", replace(PRIORS["sprint_tau"], learning=0.0, learning_sd=0.0)),
    ("acceleration at the start a0", "a0_mps2", "m/s²", PRIORS["sprint_a0"]),
    ("peak power Pmax", "pmax_wkg", "W/kg", _PMAX),
)
GATES_MOVED: Final = "The gates stood at other distances."
NO_VERDICT: Final = "No smallest change that matters is agreed for this number, so there is no verdict on it."
TAU_SIGN: Final = "A longer tau is neither better nor worse: it grows with V, and falls as the start gets quicker."


def changes(
    rows: pl.DataFrame,
    made: list[Profile],
    who: str,
    start: dt.date | None,
    end: dt.date | None,
    swc: float | None,
) -> tuple[Verdict, ...]:
    """The change of V (with a verdict), tau, a0 and Pmax; nothing where only one session has a profile."""
    fitted = [p for p in made if isinstance(p, Fitted)]
    if len({p.session.day for p in fitted}) < 2:  # a change takes two
        return ()
    told = []
    for name, field, unit, prior in _FOLLOWED:
        two = pair(_scores(fitted, field), start, end)
        ask = Question(f"Change of {name}", who, unit, prior, None, swc if field == "vmax_mps" else None, 0, start, end)
        told.append(_change(two, ask, rows, fitted, field))
    return tuple(told)


def _scores(fitted: list[Fitted], field: str) -> pl.DataFrame:
    """One row per run, with the number of its session as the score."""
    frames = []
    for p in fitted:
        runs = p.session.rows.unique("trial", keep="first", maintain_order=True).head(p.runs)
        frames.append(runs.with_columns(pl.lit(float(getattr(p.fit, field).value)).alias("score")))
    return pl.concat(frames)


def _change(two: Pair | str, ask: Question, rows: pl.DataFrame, fitted: list[Fitted], field: str) -> Verdict:
    if isinstance(two, str):
        return refused(ask, "TOO_FEW_TESTS", None, two)
    before, after = (_of(fitted, s.day, s.conditions) for s in (two.pre, two.post))
    if not two.refusal and (before.gates_m != after.gates_m or before.start != after.start):
        return refused(ask, "PROTOCOL_CHANGED", two, GATES_MOVED)
    error = _error(two, ask.prior, getattr(before.fit, field), getattr(after.fit, field))
    ask = replace(ask, error=error, earlier=earlier_sessions(rows, two.pre.day))
    if two.refusal:
        return refused(ask, two.refusal, two)
    unjudged = ask.threshold[0] is None
    found = verdict(two, replace(ask, swc=0.0) if unjudged else ask)
    title = f"{ask.what[10:11].upper()}{ask.what[11:]} ({ask.unit})"
    found = replace(found, draw=lambda estimate: dots(estimate.points, title))
    return _without_word(found, field) if unjudged else found


def _without_word(found: Verdict, field: str) -> Verdict:
    """The change and its interval alone: without a threshold there is neither a verdict nor a plan for one."""
    kept = tuple(n for n in found.notes if not n.startswith(("Smallest change", "To show a change")))
    used = tuple((name, value) for name, value in found.params if name not in ("swc", "swc_source", "planned"))
    none: dict[str, Any] = dict.fromkeys(("p_above_swc", "p_below_minus_swc", "swc_pct", "sessions_needed"))
    sign = (TAU_SIGN,) if field == "tau_s" else ()
    none |= {"p_better": None} if sign else {}
    return replace(found, word="", notes=(*kept, NO_VERDICT, *sign), params=used, **none)


def _of(fitted: list[Fitted], day: dt.date, conditions: tuple[str | None, ...]) -> Fitted:
    return next(p for p in fitted if p.session.day == day and p.session.conditions == conditions)


def _error(two: Pair, prior: Prior, before: Quantity, after: Quantity) -> Error:
    """The typical error of the literature, or that of the fit where it is the larger one."""
    te0 = prior.te0 or 0.0
    usual = max(float(te_session(te0, n)) for n in (two.pre.n, two.post.n))
    of_fit = max(float(q.se / q.value) for q in (before, after))
    if of_fit > usual:
        return Error(of_fit, NU0, None, "error of the fit, larger than the literature's")
    return Error(te0, NU0, N_REF, f"literature ({prior.source})")
