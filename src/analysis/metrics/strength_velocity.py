"""What does the speed of the bar say about the 1RM? (methods B6).

What: the 1RM (kg) of one exercise from the speed of its best repetitions at three or more loads, with a 95 % interval
  that holds the scatter about the line and the uncertainty of the speed at 1RM (MVT). One part is the interval that
  the line alone would claim.
Formula: v = a + b L by ordinary least squares, 1RM = (MVT - a) / b;
  SE^2 = (MVT_sd^2 + s^2 (1/n + (1RM - mean L)^2 / S_LL)) / b^2, s pooled with 0.03 m/s counting for 6 degrees of
  freedom, Student t with 6 + n - 2.
Source: Banyard 2017, J Strength Cond Res 31:1897-1904; Helms 2017, J Strength Cond Res 31:292-297; the scatter of
  0.03 m/s is a convention.
Limits: refused with fewer than three loads, where the bar does not slow down as the load rises, where the points do not
  lie on one line, where the heaviest load is below 75 % of the result, and for exercises whose speed at 1RM is not
  known (all but back squat, deadlift and bench press, unless it is stated). Every repetition is taken to have been as
  fast as possible; sets with a prescribed tempo are left out. Devices are not mixed.
Trap: the points always lie close to a line, which says nothing about the accuracy of the result: most of the doubt is
  the speed at 1RM itself. Compare speeds at the same load first, and read the 1RM second.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import numpy as np
import polars as pl
from scipy.special import stdtrit

from analysis import charts
from analysis.estimate import Estimate, params, refuse
from analysis.frames import number, pandas_door
from analysis.metrics._bar_speed import best_reps, most_loads
from analysis.metrics._sessions import words
from analysis.stats import velocity
from analysis.stats.velocity import Profile

DAYS: Final = 14  # sessions further back than this before the last one are another state of the athlete
SESSIONS: Final = 3
METHOD: Final = (
    "Best mean concentric speed per load, ordinary least squares on load, read off at the speed of a 1RM; the interval"
    " holds the scatter and the uncertainty of that speed (Banyard 2017; Helms 2017; methods B6)."
)
_POINTS: Final = {"kind": pl.String, "date": pl.Date, "load_kg": pl.Float64, "velocity_mps": pl.Float64}


@pandas_door
def estimate(
    reps: pl.DataFrame, *, who: str = "", exercise: str | None = None, sets: pl.DataFrame | None = None,
    start: dt.date | None = None, end: dt.date | None = None, sessions: int = SESSIONS, mvt_mps: float | None = None,
    mvt_sd: float | None = None,
) -> Estimate:  # fmt: skip
    """1RM (kg) of `exercise` from the bar speed in the last `sessions` days with data, at most 14 days apart.

    Needs the `reps` table of one athlete; with the annotated `sets` table beside it tempo sets are left out. Without
    `exercise` the one seen at most loads is taken. `mvt_mps` is the athlete's own speed at 1RM (measured at least
    twice; its SD is 0.04 m/s unless stated). Refused: NO_DATA, NO_MVT, and what stats.velocity.profiles refuses.

    >>> row = {"athlete": "Ada", "date": dt.date(2026, 3, 5), "exercise_raw": "Back Squat", "phase": "concentric",
    ...        "side": None, "measure": "mean_velocity_m_s", "method": None, "device": "sensor", "source": "sheet"}
    >>> best = [(40, 1.02), (55, 0.83), (70, 0.66), (80, 0.52), (90, 0.41)]
    >>> print(estimate(pl.DataFrame([row | {"rep_id": f"{kg}", "set_id": f"{kg}", "load_kg": float(kg), "value": v}
    ...                              for kg, v in best])))
    1RM from bar speed back squat 103.6 kg (95 % 93.2 to 114.0; n = 5)
    """
    seen = best_reps(reps, exercise, who=who, sets=sets)
    mvt, sd, source = _mvt(seen.exercise, mvt_mps, mvt_sd)
    used = {
        "exercise": seen.exercise, "start": start, "end": end, "sessions": sessions, "days": DAYS, "mvt_mps": mvt,
        "mvt_sd": sd, "s0_mps": velocity.S0_MPS, "nu0": velocity.NU0, "least_loads": velocity.LOADS,
        "least_r2": velocity.R2, "most_extrapolation": velocity.MOST_EXTRAPOLATION,
        "near_mvt_mps": velocity.NEAR_MVT_MPS,
    }  # fmt: skip
    what = f"1RM from bar speed {words(seen.exercise)}".strip()
    rows, unmixed = most_loads(_latest(seen.rows, start, end, sessions))
    notes = (*seen.notes, *unmixed)
    known: dict[str, Any] = {"who": who, "unit": "kg", "method": METHOD, "params": params(used)}
    if rows.is_empty():
        return refuse(what, "NO_DATA", **known, notes=notes)
    best = rows.sort("velocity_mps", "date", descending=True).unique("load_kg", keep="first").sort("load_kg")
    known |= {"n": best.height, "draw": _draw}
    if mvt is None:
        return refuse(what, "NO_MVT", **known, points=_points(best, None, None), notes=notes)
    notes = (f"Speed at 1RM: {number(mvt, 'm/s')} ± {number(sd, 'm/s')} m/s, {source}.", *notes)
    found = velocity.profile(best["load_kg"].to_list(), best["velocity_mps"].to_list(), mvt, sd)
    known |= {"points": _points(best, found, mvt)}
    if found.e1rm_kg is None:
        return refuse(what, found.reason, **known, notes=notes)
    return Estimate(
        what, value=found.e1rm_kg, low=found.low_kg, high=found.high_kg, status=found.status, reason=found.reason,
        parts=_parts(who, found, best), notes=(*notes, *_notes(best, found)), **known,
    )  # fmt: skip


def _mvt(exercise: str, mvt_mps: float | None, mvt_sd: float | None) -> tuple[float | None, float, str]:
    if mvt_mps is not None:
        return mvt_mps, velocity.OWN_MVT_SD if mvt_sd is None else mvt_sd, "stated"
    published = velocity.MVT_MPS.get(exercise)
    return published, velocity.MVT_SD if mvt_sd is None else mvt_sd, "published (Helms 2017, Banyard 2017)"


def _latest(rows: pl.DataFrame, start: dt.date | None, end: dt.date | None, sessions: int) -> pl.DataFrame:
    rows = rows if start is None else rows.filter(pl.col("date") >= start)
    rows = rows if end is None else rows.filter(pl.col("date") <= end)
    days = rows["date"].unique().sort().tail(sessions)
    near = pl.col("date") > pl.col("date").max() - pl.duration(days=DAYS)
    return rows.filter(pl.col("date").is_in(days.implode()), near)


def _parts(who: str, found: Profile, best: pl.DataFrame) -> tuple[Estimate, ...]:
    t = float(stdtrit(found.df, 0.5 + velocity.LEVEL / 2))
    half, load = t * found.se_line_only_kg, best["load_kg"].to_numpy()
    line = (found.e1rm_kg, found.e1rm_kg - half, found.e1rm_kg + half)
    steep = t * found.s / float(np.sqrt(((load - load.mean()) ** 2).sum()))
    n = int(found.n)
    return (
        Estimate("as the line alone would claim", who, *line, unit="kg", n=n),
        Estimate(
            "change of speed per kg", who, found.slope, found.slope - steep, found.slope + steep, unit="m/s per kg", n=n
        ),
        Estimate("R² (no sign of accuracy)", who, found.r2, level=None, n=n),
    )


def _notes(best: pl.DataFrame, found: Profile) -> tuple[str, ...]:
    heaviest = float(best["load_kg"][-1])
    said = [
        f"Heaviest load {number(heaviest, 'kg')} kg, {number(100 * heaviest / found.e1rm_kg, '%')} % of the result."
    ]
    days = best["date"].unique().sort().to_list()
    if len(days) > 1:
        said.append(f"The loads are of {len(days)} sessions, {days[0]} to {days[-1]}.")
    if heaviest > found.e1rm_kg:
        said.append("A heavier load was lifted: the speed at 1RM taken here is too high for this athlete.")
    return tuple(said)


def _points(best: pl.DataFrame, found: Profile | None, mvt: float | None) -> pl.DataFrame:
    rows = best.select(pl.lit("best repetition").alias("kind"), "date", "load_kg", "velocity_mps")
    if found is None or found.e1rm_kg is None or mvt is None:
        return rows.cast(_POINTS)  # type: ignore[arg-type]  # names to data types
    ends = np.array([best["load_kg"][0], max(found.e1rm_kg, best["load_kg"][-1])])
    speeds = found.intercept + found.slope * ends
    drawn = [("line", None, float(x), float(v)) for x, v in zip(ends, speeds, strict=True)]
    drawn += [("interval", None, x, mvt) for x in (found.low_kg, found.high_kg)] + [("1RM", None, found.e1rm_kg, mvt)]
    return pl.concat([rows.cast(_POINTS), pl.DataFrame(drawn, schema=_POINTS, orient="row")])  # type: ignore[arg-type]


def _draw(result: Any) -> Any:
    axes = {"x_title": "Load (kg); diamond: 1RM with interval", "y_title": "Mean concentric speed (m/s)"}
    of = {str(kind): rows for (kind,), rows in result.points.group_by("kind")}
    hover = ["date", "load_kg", "velocity_mps"]
    drawn = charts.points(of["best repetition"], "load_kg", "velocity_mps", tooltip=hover, **axes)
    if "line" not in of:
        return drawn
    line = charts.line(of["line"], "load_kg", "velocity_mps", **axes)
    span = charts.line(of["interval"], "load_kg", "velocity_mps", colour=charts.VERMILION, **axes)
    look: dict[str, Any] = {"shape": "diamond", "size": 110, "colour": charts.VERMILION}
    at_1rm = charts.points(of["1RM"], "load_kg", "velocity_mps", **look, **axes)
    return charts.level_line(float(of["1RM"]["velocity_mps"][0])) + line + span + drawn + at_1rm
