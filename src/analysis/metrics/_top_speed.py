"""The maximal speed of an athlete near a day: flying speed of sprint trials, else their profile (methods D7 to D9)."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from analysis.frames import number
from analysis.metrics._priors import FLYING, PRIORS
from analysis.metrics._races import day_of
from analysis.metrics._retests import Session, scored, sessions, split
from analysis.metrics._sprint_runs import Fitted, profiles
from analysis.stats.sprint import GATES_S, hand_timed, timing_error_s

WITHIN_DAYS: Final = 84  # a sprint this near to the race tells the top speed of its time
FLYING_M: Final = (10.0, 20.0)
RUN_UP_M: Final = 10.0
FAST_FROM_M: Final = 30.0  # before it most runners still accelerate
SPEED_M_S: Final = (3.0, 13.0)


@dataclass(frozen=True)
class TopSpeed:
    """Maximal speed (m/s) with the standard error of its log, and the words on where it comes from."""

    v_max: float
    se_log: float
    n: int
    told: str
    notes: tuple[str, ...] = ()


def top_speed(trials: pl.DataFrame, who: str, day: dt.date) -> TopSpeed | None:
    """The top speed nearest to `day`, within 12 weeks: flying speed where two gates tell it, else V of the profile.

    None where no sprint of `who` tells it: hand timing does not, nor do the sprints of somebody else.
    """
    rows = scored(trials, "sprint").filter(pl.col("athlete") == who)
    near = rows.filter((pl.col("date") - day).dt.total_days().abs() <= WITHIN_DAYS)
    usable = near.filter(pl.col("score").is_finite(), pl.col("score") > 0, pl.col("distance_m").is_finite())
    timed = [s for s in sessions(usable) if not hand_timed(s.device)] if usable.height else []
    in_order = sorted(timed, key=lambda s: (abs((s.day - day).days), s.day))
    return next((found for s in in_order if (found := _flying(s)) is not None), None) or _of_profile(usable, day)


def _flying(s: Session) -> TopSpeed | None:
    """The mean speed between the last gate and the one 10-20 m before it, over the runs that have both."""
    gates = sorted(s.rows["distance_m"].unique().to_list())
    nears = [g for g in gates if FLYING_M[0] <= gates[-1] - g <= FLYING_M[1] and g >= RUN_UP_M]
    if not nears:
        return None
    length, key = gates[-1] - nears[-1], ("trial", "side")
    near = s.rows.filter(pl.col("distance_m") == nears[-1]).select(*key, pl.col("score").alias("near_s"))
    both = s.rows.filter(pl.col("distance_m") == gates[-1]).join(near, on=key)
    speeds = (length / (both["score"] - both["near_s"])).to_numpy()
    speeds = speeds[(speeds >= SPEED_M_S[0]) & (speeds <= SPEED_M_S[1])]
    if speeds.size == 0:
        return None
    v = float(np.exp(np.log(speeds).mean()))
    clock = math.sqrt(max(timing_error_s(s.device) ** 2 - GATES_S**2, 0.0)) * v / length / math.sqrt(speeds.size)
    told = f"Top speed {number(v, 'm/s')} m/s: flying {nears[-1]:g}-{gates[-1]:g} m on {day_of(s.day)}"
    short = ("The last gate stands before 30 m, where most runners still accelerate: top speed may be higher.",)
    notes = short if gates[-1] < FAST_FROM_M else ()
    return TopSpeed(v, math.hypot(FLYING.te0 or 0.0, clock), int(speeds.size), f"{told}, {speeds.size} runs.", notes)


def _of_profile(rows: pl.DataFrame, day: dt.date) -> TopSpeed | None:
    made = [p for _, side in split(rows, "side") for p in profiles(side, offset_m=None, time_correction=None)]
    fitted = [p for p in made if isinstance(p, Fitted) and math.isfinite(float(p.fit.vmax_mps.value))]
    if not fitted:
        return None
    one = min(fitted, key=lambda p: (abs((p.session.day - day).days), -p.runs, p.session.day))
    v = float(one.fit.vmax_mps.value)
    if not SPEED_M_S[0] <= v <= SPEED_M_S[1]:
        return None
    told = f"Top speed {number(v, 'm/s')} m/s: sprint profile of {day_of(one.session.day)}, a fit of {one.runs} runs."
    return TopSpeed(v, PRIORS["sprint_vmax"].te0 or 0.0, one.runs, told)
