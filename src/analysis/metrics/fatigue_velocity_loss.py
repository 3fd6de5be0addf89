"""How much speed is lost within a set? (methods F6).

What: the median loss over the sets of the block in per cent of their best repetition, between its quartiles; each
  exercise is a part. Above 20 % it is flagged in power phases only, elsewhere it is described.
Formula: 100 (1 - last / best) of a set of at least 3 repetitions; one set is uncertain by about 100 sqrt(2) x 0.04 m/s
  over its best speed.
Source: Sánchez-Medina & González-Badillo 2011 (MSSE 43:1725-1734); Jukic 2023 (Sports Med 53:177-214): up to 20 % goes
  with better jumps and sprints, gains of strength are similar.
Limits: refused without a set of 3 repetitions whose last one was seen. Every repetition is taken to have been as fast
  as possible; tempo sets are left out. A set cut short by a sensor's misses looks fresher than it was.
Trap: in a strength phase 35 % is no mistake. One set says little: 20 % and 28 % are the same within its error.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from analysis import charts
from analysis.estimate import Estimate, params, refuse
from analysis.frames import number, pandas_door
from analysis.metrics._bar_speed import speeds_by_set
from analysis.metrics._marks import layered
from analysis.metrics._sessions import words
from analysis.stats.velocity import HIGH_LOSS_PCT, SET_REPS, TE_MPS, velocity_loss

WHAT: Final = "Velocity loss within a set"
METHOD: Final = (
    "100 (1 - last / best repetition) of each set, median and quartiles over sets; flagged above 20 % in power phases"
    " (Sánchez-Medina & González-Badillo 2011; Jukic 2023; methods F6)."
)
POWER_PHASES: Final = ("power", "finish")
Z95: Final = 1.96


@pandas_door
def estimate(
    reps: pl.DataFrame, *, who: str = "", start: dt.date | None = None, end: dt.date | None = None,
    exercise: str | None = None, sets: pl.DataFrame | None = None, goal: str | None = None, te: float = TE_MPS,
) -> Estimate:  # fmt: skip
    """Median velocity loss (%) of the sets from `start` to `end`; points are the sets with their interval and flag.

    Needs the `reps` table of one athlete; `sets` (annotated) tell tempo and aliases; `goal` is that of the block: with
    "power" or "finish" a median above 20 % is a caution (VELOCITY_LOSS_HIGH). `te` is the error of one speed in m/s.
    `low` and `high` are quartiles over sets, of a single set its 95 % interval. Refused: NO_DATA, TOO_FEW_REPS,
    BAD_INPUT. Raises ValueError for a `te` that is not above zero.

    >>> row = {"athlete": "Ada", "exercise_raw": "Back Squat", "phase": "concentric", "side": None, "load_kg": 60.0,
    ...        "measure": "mean_velocity_m_s", "method": None, "device": "sensor", "source": "sheet", "set_id": "1",
    ...        "date": dt.date(2026, 2, 2)}
    >>> speeds = [0.61, 0.63, 0.60, 0.57, 0.53, 0.49]
    >>> print(estimate(pl.DataFrame([row | {"rep_id": f"{i}", "rep_no": i, "value": v} for i, v in enumerate(speeds)])))
    Velocity loss within a set 22.2 % (95 % 4.6 to 39.8; n = 1)
    """
    if not te > 0:
        raise ValueError(f"te is {te:g}; it is a speed such as 0.04 m/s, above zero")
    rows, notes = speeds_by_set(reps, exercise, who=who, sets=sets)
    if start is not None or end is not None:
        rows = rows.filter(pl.col("date").is_between(start or dt.date.min, end or dt.date.max))
    power = goal in POWER_PHASES
    used = {"start": start, "end": end, "te": te, "goal": goal, "high_loss_pct": HIGH_LOSS_PCT, "set_reps": SET_REPS}
    known: dict[str, Any] = {"who": who, "unit": "%", "method": METHOD, "params": params(used)}
    judged, unjudged = _judged(rows, te, power=power)
    notes = (*_unjudged(unjudged), *notes)
    if judged.is_empty():
        reason = max(unjudged, key=lambda code: unjudged[code], default="NO_DATA")
        return refuse(WHAT, reason, n=0, notes=notes, **known)
    parts = [_summary(words(str(name)), of, {"who": who, "unit": "%"}, power=power)
             for (name,), of in judged.group_by("exercise", maintain_order=True)]  # fmt: skip
    known |= {"points": judged, "draw": _draw, "notes": (*_said(judged, goal, power=power), *notes)}
    return _summary(WHAT, judged, known | {"parts": tuple(parts) if len(parts) > 1 else ()}, power=power)


def _judged(rows: pl.DataFrame, te: float, *, power: bool) -> tuple[pl.DataFrame, dict[str, int]]:
    """The sets with a loss, and how many have none, by reason."""
    found: list[tuple[Any, ...]] = []
    reasons: dict[str, int] = {}
    for row in rows.iter_rows(named=True):
        loss = velocity_loss(row["speeds"], te)
        if loss.vl_pct is None or loss.se_pct is None:
            reasons[loss.reason or ""] = reasons.get(loss.reason or "", 0) + 1
            continue
        half = Z95 * loss.se_pct
        flagged = bool(loss.high) if power else None
        about = (row["date"], row["set_id"], row["exercise_name"], row["load_kg"], len(row["speeds"]))
        found.append((*about, loss.best, loss.vl_pct, loss.vl_pct - half, loss.vl_pct + half, loss.high, flagged))
    types = {"date": pl.Date, "set_id": pl.String, "exercise": pl.String, "load_kg": pl.Float64, "reps": pl.Int64}
    types |= dict.fromkeys(("best_mps", "loss_pct", "low", "high"), pl.Float64)
    types |= dict.fromkeys(("above_20", "flagged"), pl.Boolean)
    return pl.DataFrame(found, schema=types, orient="row").sort("date", "set_id"), reasons


def _summary(what: str, sets: pl.DataFrame, known: dict[str, Any], *, power: bool) -> Estimate:
    losses = sets["loss_pct"].sort()
    value = float(losses.to_numpy().mean()) if losses.len() == 1 else losses.median()
    low, high, level = losses.quantile(0.25, "linear"), losses.quantile(0.75, "linear"), None
    if losses.len() == 1:
        low, high, level = sets["low"][0], sets["high"][0], 0.95
    flagged = power and isinstance(value, float) and value > HIGH_LOSS_PCT
    status: dict[str, Any] = {"status": "caution", "reason": "VELOCITY_LOSS_HIGH"} if flagged else {}
    numbers: dict[str, Any] = {"value": value, "low": low, "high": high, "level": level, "n": losses.len()}
    return Estimate(what, **numbers, **status, **known)


def _said(sets: pl.DataFrame, goal: str | None, *, power: bool) -> Iterator[str]:
    above, clear = sets.filter("above_20").height, sets.filter(pl.col("low") > HIGH_LOSS_PCT).height
    yield f"{above} of {sets.height} sets lost more than 20 %, {clear} of them beyond the error of one set."
    error = (sets["high"] - sets["loss_pct"]).median()
    told = number(float(error), "%") if isinstance(error, float) else "–"
    yield f"One set is uncertain by about {told} points (95 %)."
    if sets.height > 1:
        yield "The range is that of the middle half of the sets."
    if not power:
        yield f"Described only: {'the goal of the block is not told' if goal is None else f'a phase of {goal}'}."


def _unjudged(reasons: dict[str, int]) -> Iterator[str]:
    told = {"TOO_FEW_REPS": "of fewer than 3 repetitions", "BAD_INPUT": "whose last repetition was not seen"}
    for code, count in sorted(reasons.items()):
        yield f"{count} set{'s' if count > 1 else ''} {told.get(code, code)}: left out."


def _draw(result: Any) -> Any:
    axes: dict[str, Any] = {"x_title": "Day (every dot a set)", "y_title": "Velocity loss (%)"}
    tooltip = ["date", "exercise", "load_kg", "reps", "loss_pct", "low", "high"]
    dots = charts.points(result.points, "date", "loss_pct", tooltip=tooltip, **axes)
    return layered([charts.level_line(HIGH_LOSS_PCT), dots])
