"""Does the bar move faster with the same load than before the block? (methods B7).

What: the change (m/s) of the mean concentric speed of the best repetition at the same load, with a 95 % interval and a
  verdict; each load is a part. What it is worth in kg stands in the notes.
Formula: dv = mean of the sessions after - mean of the sessions before; SE = 0.04 sqrt(1/n1 + 1/n2) m/s, n counting
  sessions; Student t with 6 degrees of freedom; worth -dv / b kg, b the change of speed per kg.
Source: Banyard 2018, IJSPP 13:763-769 and PLoS One 0212085 (about 0.04 m/s between sessions); the error, the smallest
  change that matters of 0.04 m/s and the prior spread of 0.06 m/s are conventions.
Limits: refused without a session on both sides, where the device or its method changed, and where no two loads are
  within 10 %. Loads up to 2.5 % apart are the same; up to 10 % apart the speed is moved along the athlete's own line.
  Every repetition is taken to have been as fast as possible; tempo sets are left out. A range of motion that differs by
  more than 10 % is a caution (our convention); where the sensor does not tell it, the depth is taken to be the same.
Trap: speeds of two devices differ by more than a block changes them. Many repetitions of one day do not make that day
  more certain: only more sessions do.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, replace
from typing import Any, Final

import polars as pl
from scipy.special import stdtrit

from analysis import charts
from analysis.estimate import Verdict
from analysis.frames import number, pandas_door
from analysis.metrics._bar_speed import best_reps
from analysis.metrics._priors import NU0, Prior
from analysis.metrics._retests import BASELINE_DAYS, FINAL_DAYS, FRESH_DAYS
from analysis.metrics._sessions import words
from analysis.metrics._verdicts import Error, Question, dots, refused, rows_of, several, verdict_of
from analysis.stats import velocity
from analysis.stats.change import LEVEL, judge
from analysis.stats.velocity import SameLoad
from analysis.transforms import RETEST_GRACE_DAYS

SAME_DEPTH: Final = 0.10  # of the range of motion; a shorter lift is a faster one
PRIOR: Final = Prior(velocity.TE_MPS, velocity.SWC_MPS, 0.06, 0.0, 0.0, "Banyard 2018; value by convention")
METHOD: Final = (
    "Difference of the mean speed of the best repetition per session, Student t; verdict by one-sided and equivalence"
    " tests at 5 % against the smallest worthwhile change (Banyard 2018; Lakens 2017; methods B7, D16)."
)


@dataclass(frozen=True)
class _Match:
    """Two loads that are compared: `rows` has one row per session and side, `slope` the athlete's own line."""

    before: pl.DataFrame
    after: pl.DataFrame
    load1: float
    load2: float
    slope: float | None

    @property
    def sessions(self) -> int:
        return self.before.height + self.after.height


@pandas_door
def estimate(
    reps: pl.DataFrame, *, who: str = "", exercise: str | None = None, sets: pl.DataFrame | None = None,
    start: dt.date | None = None, end: dt.date | None = None, te: float | None = None, swc: float | None = None,
) -> Verdict:  # fmt: skip
    """Change of bar speed (m/s) of `exercise` at the same load, from the sessions before a block to those at its end.

    Needs the `reps` table of one athlete; without `exercise` the one seen at most loads is taken. Before: sessions up
    to a week after `start`, at most 28 days older than it; after: the block's last 14 days or the 14 days after `end`.
    Without `start` (or `end`) the week of the first (or last) session. The whole speaks for the load with most
    sessions, at a tie the heavier one. `te` and `swc` are in m/s. Refused: NO_DATA, TOO_FEW_TESTS, DEVICE_CHANGED,
    LOAD_NOT_MATCHED; caution DEPTH_CHANGED. Raises ValueError for a `te` that is not above zero or a negative `swc`.

    >>> row = {"athlete": "Ada", "exercise_raw": "Back Squat", "phase": "concentric", "side": None, "load_kg": 80.0,
    ...        "measure": "mean_velocity_m_s", "method": None, "device": "sensor", "source": "sheet"}
    >>> days = [(1, 5, 0.52), (1, 8, 0.53), (2, 16, 0.61), (2, 19, 0.62)]
    >>> print(estimate(pl.DataFrame([row | {"rep_id": f"{m}.{d}", "set_id": f"{m}.{d}", "value": v,
    ...                                     "date": dt.date(2026, m, d)} for m, d, v in days])))
    Bar speed back squat at 80 kg +0.09 m/s (95 % -0.01 to 0.19; n = 4): better; how much is not clear
    """
    if te is not None and not te > 0:
        raise ValueError(f"te is {te:g}; it is a speed such as 0.04 m/s, above zero")
    error = Error(velocity.TE_MPS if te is None else te, NU0, None, PRIOR.source if te is None else "stated")
    seen = best_reps(reps, exercise, who=who, sets=sets)
    what = f"Bar speed {words(seen.exercise)}".strip()
    ask = Question(what, who, "m/s", PRIOR, error, swc, 0, start, end, log=False)
    rows = seen.rows.sort("velocity_mps", "set_id", descending=[True, False])
    rows = rows.unique(["date", "load_kg", "conditions"], keep="first").sort("date", "load_kg", "conditions")
    found = _compared(rows, ask)
    if isinstance(found, Verdict):
        return replace(found, notes=(*found.notes, *seen.notes))
    parts = [_judged(two, ask, error.te) for two in found]
    chosen = max(range(len(parts)), key=lambda i: (found[i].sessions, found[i].load2))
    more = (f"The verdict is for the load with most sessions: {parts[chosen].what}.",) if len(parts) > 1 else ()
    notes = (*more, *parts[chosen].notes, *seen.notes, *several(parts))
    return replace(parts[chosen], parts=tuple(parts) if len(parts) > 1 else (), notes=notes)


def _compared(rows: pl.DataFrame, ask: Question) -> list[_Match] | Verdict:
    """Find the loads to compare; where there are none, the refusal."""
    if rows.is_empty():
        return _refused(ask, "NO_DATA")
    before, after = _windows(rows, ask.start, ask.end)
    if before.is_empty() or after.is_empty():
        side = "before the block" if before.is_empty() else "at the end of the block"
        return _refused(ask, "TOO_FEW_TESTS", f"No session with a velocity sensor {side}.")
    common = set(before["conditions"]) & set(after["conditions"])
    if not common:
        told = [", ".join(sorted(set(side["conditions"]))) for side in (before, after)]
        return _refused(ask, "DEVICE_CHANGED", f"Seen by {told[0]}, then by {told[1]}.")
    found = [two for name in sorted(common) for two in _matches(before, after, name)]
    return found or _refused(ask, "LOAD_NOT_MATCHED", _loads(before, after))


def _refused(ask: Question, reason: str, *notes: str) -> Verdict:
    return replace(refused(ask, reason, None, *notes), method=METHOD)


def _windows(rows: pl.DataFrame, start: dt.date | None, end: dt.date | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The sessions before and those after the block; a day that fits both belongs to the first."""
    first, last = rows["date"][0], rows["date"][-1]
    opening = (first, first + dt.timedelta(BASELINE_DAYS - 1))
    if start is not None:
        opening = (start - dt.timedelta(FRESH_DAYS), start + dt.timedelta(BASELINE_DAYS))
    closing = (last - dt.timedelta(BASELINE_DAYS - 1), last)
    if end is not None:
        closing = (end - dt.timedelta(FINAL_DAYS - 1), end + dt.timedelta(RETEST_GRACE_DAYS))
    before = rows.filter(pl.col("date").is_between(*opening))
    return before, rows.filter(pl.col("date").is_between(*closing), pl.col("date") > opening[1])


def _matches(before: pl.DataFrame, after: pl.DataFrame, conditions: str) -> list[_Match]:
    """Each load of the sessions after with the nearest one before: those that are the same, else the nearest pair."""
    old, new = (rows.filter(pl.col("conditions") == conditions) for rows in (before, after))
    slope = _slope(old) or _slope(new)
    near = []
    for load2 in new["load_kg"].unique().sort().to_list():
        load1 = min(old["load_kg"].unique().sort().to_list(), key=lambda load: abs(load - load2))
        pair = (old.filter(pl.col("load_kg") == load1), new.filter(pl.col("load_kg") == load2))
        near.append(_Match(*pair, load1, load2, slope))
    same = [two for two in near if _apart(two) <= velocity.SAME_LOAD]
    adjustable = [two for two in near if _apart(two) <= velocity.ADJUSTABLE_LOAD and slope is not None]
    return same or sorted(adjustable, key=lambda two: (_apart(two), -two.load2))[:1]


def _apart(two: _Match) -> float:
    return round(abs(two.load2 - two.load1) / two.load1, 9)


def _slope(rows: pl.DataFrame) -> float | None:
    best = rows.group_by("load_kg", maintain_order=True).agg(pl.col("velocity_mps").mean()).sort("load_kg")
    return velocity.own_slope(best["load_kg"].to_list(), best["velocity_mps"].to_list())


def _judged(two: _Match, ask: Question, te: float) -> Verdict:
    v1, v2 = (float(rows["velocity_mps"].to_numpy().mean()) for rows in (two.before, two.after))
    swc = float(ask.threshold[0] or 0)
    n1, n2 = two.before.height, two.after.height
    found = velocity.same_load(
        v1, v2, n1=n1, n2=n2, te=te, swc=swc, df=NU0, load1=two.load1, load2=two.load2, slope=two.slope
    )
    result = judge(found.dv or 0.0, found.se or math.nan, df=NU0, swc=swc, prior_sd=PRIOR.s0)
    used = {
        "te": te, "te_source": ask.error.source if ask.error else "", "df": NU0, "n1": n1, "n2": n2,
        "load1_kg": two.load1, "load2_kg": two.load2, "slope": two.slope, "adjusted_by": found.adjusted_by,
        "same_depth": SAME_DEPTH, "same_load": velocity.SAME_LOAD, "adjustable_load": velocity.ADJUSTABLE_LOAD,
    }  # fmt: skip
    told = verdict_of(
        result, replace(ask, what=f"{ask.what} at {two.load2:g} kg{_side(two)}"), n=two.sessions, te=te, used=used,
        caution=_caution(two), notes=_notes(two, (v1, v2), found, ask), method=METHOD, points=_points(two, te),
    )  # fmt: skip
    return replace(told, draw=_draw)


def _side(two: _Match) -> str:
    return next((f", {side}" for side in ("left", "right") if f", {side}" in two.after["conditions"][0]), "")


def _depths(two: _Match) -> tuple[float, float] | None:
    """The mean range of motion (m) before and after, where the sensor saw both."""
    seen = [rows["range_m"].drop_nulls().to_numpy() for rows in (two.before, two.after)]
    return (float(seen[0].mean()), float(seen[1].mean())) if all(x.size for x in seen) else None


def _caution(two: _Match) -> str | None:
    depths = _depths(two)
    return "DEPTH_CHANGED" if depths and abs(depths[1] / depths[0] - 1) > SAME_DEPTH else None


def _notes(two: _Match, speeds: tuple[float, float], found: SameLoad, ask: Question) -> tuple[str, ...]:
    halves = []
    for v, rows, load in zip(speeds, (two.before, two.after), (two.load1, two.load2), strict=True):
        at = "" if two.load1 == two.load2 else f" at {load:g} kg"
        halves.append(f"{number(v, 'm/s')} m/s{at} ({rows.height} session{'s' if rows.height > 1 else ''})")
    said = [f"{' → '.join(halves)}."]
    if depths := _depths(two):
        said.append(f"Range of motion: {number(depths[0], 'm')} m → {number(depths[1], 'm')} m.")
    if found.adjusted_by:
        said.append(
            f"For the other load {number(-found.adjusted_by, 'm/s')} m/s were added, by the athlete's own line."
        )
    if found.e1rm_equiv_kg is not None:
        worth = number(found.e1rm_equiv_kg, "kg")
        said.append(f"Worth about {worth} kg on the bar, by the athlete's own line (an equivalent, not a lift).")
    swc, source = ask.threshold
    if ask.error is not None:
        said.append(f"Error of one session: {number(ask.error.te, 'm/s')} m/s, {ask.error.source}.")
    said.append(f"Smallest change that matters: {number(swc, 'm/s')} m/s, {source}.")
    return tuple(said)


def _loads(before: pl.DataFrame, after: pl.DataFrame) -> str:
    told = [", ".join(f"{x:g}" for x in rows["load_kg"].unique().sort()) for rows in (before, after)]
    return f"Loads before: {told[0]} kg; after: {told[1]} kg."


def _points(two: _Match, te: float) -> pl.DataFrame:
    """The sessions as hollow dots, the mean of each side on its last day with its interval."""
    rows: list[tuple[Any, ...]] = []
    for side in (two.before, two.after):
        seen = side.select("date", "load_kg", "velocity_mps").iter_rows()
        rows += [(day, "trial", load, v, None, None) for day, load, v in seen]
        mean = float(side["velocity_mps"].to_numpy().mean())
        half = te / math.sqrt(side.height) * float(stdtrit(NU0, 0.5 + LEVEL / 2))
        rows.append((side["date"][-1], "session", side["load_kg"][0], mean, mean - half, mean + half))
    schema = {"date": pl.Date, "kind": pl.String, "load_kg": pl.Float64}
    return pl.DataFrame(rows, schema=schema | dict.fromkeys(("value", "low", "high"), pl.Float64), orient="row")


def _draw(result: Any) -> Any:
    if sum(part.ok for part in result.parts) > 1:
        swc = dict(result.params)["swc"]
        return charts.forest(rows_of(result.parts), x_title="Change of bar speed (m/s)", swc=swc)
    return dots(result.points, "Mean concentric speed (m/s)")
