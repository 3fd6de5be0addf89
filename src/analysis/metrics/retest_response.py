"""Do the athletes of a squad truly respond differently to a block, beyond the error of the test? (methods D20).

What: standard deviation of the true individual responses in %; parts are the mean change and the spread of the changes
  as measured. It rests on one change per athlete, and on controls or the known typical error.
Formula: SD_IR = sqrt(SD^2 of the changes - SD^2 of the controls' changes), without controls less 2 TE^2; interval of
  the difference of the variances (normal), its ends as signed square roots.
Source: Hopkins 2015, J Appl Physiol 118:1444-1446; Atkinson & Batterham 2015, Exp Physiol 100:577-588.
Limits: refused with fewer than 8 athletes in a group, without controls and typical error, and for times that stop at a
  limit. A negative value is shown as it is: the athletes differ by less than the error, so nothing speaks for different
  responses. Single athletes are not named and not labelled.
Trap: every squad has some who gained and some who lost. With 20 athletes and a true spread of 4 % this test sees it in
  one case of six, so nobody can be called "one who does not respond" from two tests.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Final

import polars as pl
from scipy.special import stdtrit

from analysis import charts
from analysis.estimate import Estimate, params
from analysis.frames import pandas_door
from analysis.metrics._retests import Pair, pair, split
from analysis.metrics._variants import Variant, with_default_distance
from analysis.metrics._verdicts import Error, GivenError
from analysis.stats.change import percent
from analysis.stats.response import LEVEL, MIN_ATHLETES, Response, individual_response

METHOD: Final = (
    "Variance of the changes of log session scores less that of controls, or less twice the squared typical error; "
    "normal interval of the difference (Hopkins 2015, J Appl Physiol 118:1444-1446; methods D20)."
)
NEGATIVE: Final = "Below zero: the changes differ by less than the error. Nothing speaks for different responses."
OPEN: Final = "The interval holds zero: this squad may respond alike."
NO_LABELS: Final = "This says nothing about single athletes: two tests cannot tell who responds."


@pandas_door
def estimate(
    trials: pl.DataFrame,
    *,
    who: str = "",
    test: str,
    start: dt.date | None = None,
    end: dt.date | None = None,
    controls: Collection[str] = (),
    load_kg: float | None = None,
    distance_m: float | None = None,
    measure: str | None = None,
    lower_is_better: bool | None = None,
    te: GivenError = None,
) -> Estimate:
    """Spread of the true individual responses of a squad in %, negative where the error alone is larger.

    Needs: Trials of 8 athletes with a test before and one after the block under the same conditions; `controls` names
    the athletes who did not train (8 as well). Without controls the typical error stands in: `te`, a share or the
    result of `retest_error`, else the literature's. Refusals: NO_DATA, TOO_FEW_ATHLETES, NO_TYPICAL_ERROR,
    CENSORED_TEST (stance). Hopkins 2015 (J Appl Physiol 118:1444-1446); Atkinson & Batterham 2015 (Exp Physiol
    100:577-588).

    >>> row = {"test": "cmj", "side": "both", "load_kg": None, "distance_m": None, "trial": 1, "measure": "height_m",
    ...        "protocol": None, "device": "mat", "valid": True}
    >>> jumps = [(a, m, 0.3 * math.exp((i % 4) * 0.04 * (m > 1))) for i, a in enumerate("ABCDEFGH") for m in (1, 3)]
    >>> trials = pl.DataFrame([row | {"trial_id": f"{a}{m}", "athlete": a, "date": dt.date(2026, m, 5), "value": v}
    ...                        for a, m, v in jumps])
    >>> print(estimate(trials, test="cmj", te=0.02))
    Spread of the true responses to the block, CMJ 2.7 % (95 % -4.9 to 6.3; n = 8)
    """
    variant = with_default_distance(Variant(test, load_kg, distance_m, measure, lower_is_better, te), trials)
    what, rows = f"Spread of the true responses to the block, {variant.name}", variant.rows(trials)
    changes = [_change(str(name), group, variant, start, end) for (name,), group in split(rows, "athlete")]
    found = [one for one in changes if one is not None]
    trained, others = ([c for c in found if (c.who in controls) is still] for still in (False, True))
    error = None if controls else _error(trained)
    used = variant.params | {"start": start, "end": end, "controls": tuple(sorted(controls))}
    used |= {"min_athletes": MIN_ATHLETES, "te": error and error.te, "te_df": error and error.df}
    used |= {"te_source": error and error.source, "n_controls": len(others)}
    known = Estimate(what, who, unit="%", n=len(trained), method=METHOD, params=params(used))
    notes = (f"{len(changes) - len(found)} athletes have no two tests that may be compared: left out.",)
    known = replace(known, notes=notes if len(found) < len(changes) else (), points=_points(trained, others))
    if reason := _refusal(variant, trained, others if controls else None, error):
        told = f"{len(trained)} athletes and {len(others)} controls with a change; {MIN_ATHLETES} in each are needed."
        return replace(known, status="refused", reason=reason, notes=(told, *known.notes))
    control_changes = [c.d for c in others] if controls else None
    te_df = {"te": error.te, "te_df": error.df} if error else {}
    return _result(individual_response([c.d for c in trained], control_changes, **te_df), known)


@dataclass(frozen=True)
class _Change:
    who: str
    d: float
    trials: tuple[int, int]
    error: Error | None


def _change(
    who: str, rows: pl.DataFrame, variant: Variant, start: dt.date | None, end: dt.date | None
) -> _Change | None:
    """The change of one athlete at the load and side with most trials, None without a pair that may be compared."""
    pairs = [pair(group, start, end) for _, group in split(rows, "load_kg", "distance_m", "side")]
    fit = [two for two in pairs if isinstance(two, Pair) and two.refusal is None]
    if not fit:
        return None
    two = max(fit, key=lambda p: p.n)
    d = variant.sign * math.log(two.post.score / two.pre.score)
    return _Change(who, d, (two.pre.n, two.post.n), variant.error(two.pre))


def _error(trained: list[_Change]) -> Error | None:
    """The typical error that the squad's sessions had on average, None where that of an athlete is not known."""
    known = [c.error for c in trained if c.error is not None]
    if not known or len(known) < len(trained):
        return None
    squares = [c.error.of(n) ** 2 for c in trained if c.error is not None for n in c.trials]
    return replace(known[0], te=math.sqrt(sum(squares) / len(squares)), df=min(e.df for e in known))


def _refusal(variant: Variant, trained: list[_Change], others: list[_Change] | None, error: Error | None) -> str | None:
    if variant.test == "single_leg_stance":
        return "CENSORED_TEST"
    if not trained and not others:
        return "NO_DATA"
    if len(trained) < MIN_ATHLETES or (others is not None and len(others) < MIN_ATHLETES):
        return "TOO_FEW_ATHLETES"
    return "NO_TYPICAL_ERROR" if others is None and error is None else None


def _result(spread: Response, known: Estimate) -> Estimate:
    half = float(stdtrit(spread.n - 1, 0.5 + LEVEL / 2)) * spread.sd_change / math.sqrt(spread.n)
    mean, low, high = (float(percent(spread.mean_change + off)) for off in (0.0, -half, half))
    parts = (
        Estimate("Mean change", known.who, mean, low, high, LEVEL, "%", spread.n),
        Estimate("Spread of the changes as measured (SD)", known.who, _signed(spread.sd_change), unit="%", n=spread.n),
    )
    value, low, high = (_signed(v) for v in (spread.sd_ir, spread.low, spread.high))
    said = (NEGATIVE,) if spread.sd_ir < 0 else (OPEN,) if spread.low < 0 else ()
    return replace(
        known, value=value, low=low, high=high, level=LEVEL, parts=parts, notes=(*said, *known.notes, NO_LABELS),
        draw=_draw,
    )  # fmt: skip


def _signed(sd: float) -> float:
    """A standard deviation of logs in per cent, with its sign."""
    return math.copysign(float(percent(abs(sd))), sd)


def _points(trained: list[_Change], others: list[_Change]) -> pl.DataFrame:
    """The changes by size, without names: nobody is to be labelled by them."""
    rows = [(group, float(percent(c.d))) for group, some in (("block", trained), ("controls", others)) for c in some]
    frame = pl.DataFrame(rows, schema={"group": pl.String, "change_pct": pl.Float64}, orient="row")
    return frame.sort("group", "change_pct")


def _draw(estimate: Any) -> Any:
    titles = {"x_title": "Change (%), better is positive; one dot per athlete", "y_title": ""}
    return charts.points(estimate.points, "change_pct", "group", filled=False, **titles) + charts.level_line(
        0, axis="x"
    )
