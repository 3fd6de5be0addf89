"""How fast is the runner at most, and how quickly does she get there? (methods D8, D9, D10).

What: maximal speed V (m/s) from split times of short sprints, with the time constant tau (s), the acceleration at the
  start a0 (m/s^2) and peak power Pmax (W/kg) as parts, the change of each from before to after the block, and with
  body mass and height the force-velocity line; rests on the log-mean splits of a session's complete runs.
Formula: v(t) = V (1 - exp(-t / tau)), least squares on times; a0 = V / tau, Pmax = V a0 / 4; the start by a stated
  distance behind the gate, t(d + d0) - t(d0), or by a fitted time correction, t(d) - tc.
Source: Furusawa, Hill & Parkinson 1927 (Proc R Soc B 102:29-42); Samozino 2016 (Scand J Med Sci Sports 26:648-658);
  Morin 2019 (J Biomech 94:82-87); typical errors of the changes: convention.
Limits: refused below 4 gates or 20 m, for splits that do not increase, by hand timing, and with 4 gates where nobody
  says how the start was; with 5 gates a time correction is fitted then, a caution. A change is refused where protocol,
  device, start or gates differ. Only V has a smallest change that matters; tau, a0 and Pmax get no verdict.
Trap: half a metre between the runner and the first gate doubles the acceleration of a fit that ignores it. Write the
  start into the protocol. Split times stay the first answer; the profile explains them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import polars as pl

from analysis import charts
from analysis._reasons import in_words
from analysis.estimate import Estimate, params, refuse
from analysis.frames import pandas_door
from analysis.metrics._retests import of_one, scored, split
from analysis.metrics._sprint_change import changes
from analysis.metrics._sprint_runs import MEAN_SPEED_MPS, Fitted, Profile, profiles
from analysis.stats import sprint_force
from analysis.stats._kinematics import distance_at_time, time_at_distance
from analysis.stats.sprint_model import (
    CLOCK_DF,
    FAR_START_M,
    LEVEL,
    MIN_DISTANCE_M,
    MIN_SPLITS,
    MIN_SPLITS_CORRECTED,
    Quantity,
)
from analysis.transforms import RETEST_GRACE_DAYS

WHAT: Final = "Sprint profile, maximal speed"
METHOD: Final = (
    "Mono-exponential speed fitted to the log-mean split times of the session's complete runs; interval from the fit "
    "and the clock, not from day to day (Furusawa, Hill & Parkinson 1927; Samozino 2016, Scand J Med Sci Sports "
    "26:648-658; methods D8, D9)."
)
FORCE_METHOD: Final = (
    "Line through force and speed of 4 s of the fitted run, air included; interval from 2000 draws of V and tau "
    "(Samozino 2016; Morin 2019, J Biomech 94:82-87; methods D10)."
)
BODY_MASS_KG: Final = (25.0, 250.0)
HEIGHT_M: Final = (1.2, 2.3)
_CURVE: Final = 41  # points of a drawn curve


@dataclass(frozen=True)
class _Asked:
    who: str
    start: dt.date | None
    end: dt.date | None
    offset_m: float | None
    time_correction: bool | None
    body_mass_kg: float | None
    height_m: float | None
    swc: float | None

    @property
    def params(self) -> dict[str, Any]:
        """What every answer rests on, refused or not."""
        return {
            "start": self.start, "end": self.end, "start_offset_m": self.offset_m, "level": LEVEL,
            "time_correction": self.time_correction, "min_splits": MIN_SPLITS, "clock_df": CLOCK_DF,
            "min_splits_corrected": MIN_SPLITS_CORRECTED, "min_distance_m": MIN_DISTANCE_M,
            "mean_speed_mps": MEAN_SPEED_MPS, "far_start_m": FAR_START_M, "grace_days": RETEST_GRACE_DAYS,
        }  # fmt: skip


@pandas_door
def estimate(
    trials: pl.DataFrame,
    *,
    who: str = "",
    start: dt.date | None = None,
    end: dt.date | None = None,
    start_offset_m: float | None = None,
    time_correction: bool | None = None,
    body_mass_kg: float | None = None,
    height_m: float | None = None,
    swc: float | None = None,
) -> Estimate:
    """Sprint profile of the last session (up to `end` and the two weeks after it), and its changes over the block.

    Needs: Trials of one athlete, `sprint`, runs with 4 or more splits. `start_offset_m` (metres behind the first gate,
    0 for at it) or `time_correction` (fit one) go before what the protocol says. `body_mass_kg` and `height_m` add the
    force-velocity line. `swc` (a share) goes before the default for V. Runs that start with another foot are another
    profile; the whole speaks for the side with most runs. Refusals: NO_DATA, BAD_INPUT, HAND_TIMED, TOO_FEW_SPLITS,
    SPLITS_NOT_MONOTONE, DISTANCE_TOO_SHORT, START_UNKNOWN, OFFSET_AND_TC, PROFILE_NOT_IDENTIFIED. Samozino 2016
    (Scand J Med Sci Sports 26:648-658).

    >>> row = {"athlete": "Ada", "date": dt.date(2026, 3, 2), "trial": 1, "test": "sprint", "side": "both",
    ...        "measure": "time_s", "protocol": "0.3 m behind the gate", "device": "gates", "valid": True}
    >>> times = {5: 1.158, 10: 1.893, 15: 2.541, 20: 3.149, 30: 4.313, 40: 5.444}
    >>> trials = pl.DataFrame([row | {"trial_id": f"{m}", "distance_m": float(m), "value": v}
    ...                        for m, v in times.items()])
    >>> print(estimate(trials))
    Sprint profile, maximal speed 9.00 m/s (95 % 8.91 to 9.09; n = 1)
    """
    asked = _Asked(who, start, end, start_offset_m, time_correction, body_mass_kg, height_m, swc)
    rows = of_one(scored(trials, "sprint"), who, trials)
    if end is not None:
        rows = rows.filter(pl.col("date") <= end + dt.timedelta(days=RETEST_GRACE_DAYS))
    sides = [group for _, group in split(rows, "side")]
    if not sides:
        return refuse(WHAT, "NO_DATA", who=who, unit="m/s", method=METHOD, params=params(asked.params))
    chosen, *others = sorted((_of_side(group, asked) for group in sides), key=lambda e: (not e.ok, -e.n))
    more = (f"{len(others)} more: runs that start with another foot.",) if others else ()
    return replace(chosen, parts=(*chosen.parts, *others), notes=(*chosen.notes, *more))


def _of_side(rows: pl.DataFrame, asked: _Asked) -> Estimate:
    made = profiles(rows, offset_m=asked.offset_m, time_correction=asked.time_correction)
    day = made[-1].session.day
    last = next(p for p in made if p.session.day == day)
    side = rows["side"][0]
    what = WHAT + ("" if side == "both" else f", {side} foot first")
    known: dict[str, Any] = {"who": asked.who, "unit": "m/s", "n": last.runs, "method": METHOD}
    if not isinstance(last, Fitted):
        notes = (f"Session of {day.day} {day:%b %Y}.", *_left_out(last))
        return refuse(what, last.reason, params=params(asked.params), notes=notes, **known)
    used = asked.params | {
        "correction": last.start.correction, "offset_used_m": last.start.offset_m, "clock_s": last.clock_s,
        "start_told": last.start.told, "df": float(last.fit.df), "gates_m": last.gates_m,
    }  # fmt: skip
    caution = "START_UNKNOWN" if not last.start.known else str(last.fit.caution) or None
    parts = (
        *_quantities(last, asked.who),
        *_force(last, asked),
        *changes(rows, made, asked.who, asked.start, asked.end, asked.swc),
    )
    v = last.fit.vmax_mps
    return Estimate(
        what, value=float(v.value), low=float(v.low), high=float(v.high), level=LEVEL, params=params(used),
        status="caution" if caution else "ok", reason=caution, notes=_notes(last, asked, made), parts=parts,
        points=_curve(last), draw=_draw, **known,
    )  # fmt: skip


def _quantities(p: Fitted, who: str) -> tuple[Estimate, ...]:
    rows = [
        ("Maximal speed V", p.fit.vmax_mps, "m/s"), ("Time constant tau", p.fit.tau_s, "s"),
        ("Acceleration at the start a0", p.fit.a0_mps2, "m/s²"), ("Peak power Pmax", p.fit.pmax_wkg, "W/kg"),
    ]  # fmt: skip
    if p.start.correction == "time":
        rows.append(("Time correction tc", p.fit.time_correction_s, "s"))
    return tuple(_part(what, quantity, unit, p.runs, who) for what, quantity, unit in rows)


def _part(what: str, q: Quantity, unit: str, n: int, who: str) -> Estimate:
    return Estimate(what, who, float(q.value), float(q.low), float(q.high), LEVEL, unit, n, METHOD)


def _left_out(p: Profile) -> tuple[str, ...]:
    if not p.left_out:
        return ()
    runs = "1 run" if p.left_out == 1 else f"{p.left_out} runs"
    return (f"{runs} left out: without a time at every gate, or with times that contradict each other.",)


def _notes(p: Fitted, asked: _Asked, made: list[Profile]) -> tuple[str, ...]:
    day, gates = p.session.day, ", ".join(f"{g:g}" for g in p.gates_m)
    runs = "1 run" if p.runs == 1 else f"log-mean of {p.runs} runs"
    notes = [f"Session of {day.day} {day:%b %Y}: {runs}, gates at {gates} m.", p.start.told_in_full]
    notes.append(f"The fit misses the splits by {1000 * float(p.fit.rmse_s):.0f} ms (root mean square).")
    if p.start.offset_m == 0 and p.start.correction == "none":
        notes.append("If the runner stood behind the gate after all, V comes out too low and a0 far too high.")
    if asked.body_mass_kg is None or asked.height_m is None:
        notes.append("State body_mass_kg and height_m for the force-velocity line.")
    refused = {m.session.day: m.reason for m in made if m.reason}
    notes += [f"No profile of {d.day} {d:%b %Y}: {in_words(code)}." for d, code in refused.items()]
    return (*notes, *_left_out(p), "The interval is that of these runs, not of another day.")


def _curve(p: Fitted) -> pl.DataFrame:
    """Speed over distance with its interval, the mean speeds between gates, and the gates."""
    behind, far = p.start.offset_m, p.gates_m[-1] + p.start.offset_m
    metres = far * np.linspace(0, 1, _CURVE) ** 2  # denser at the start, where speed changes
    speed = p.fit.speed_at(metres)
    rows = list(zip(["curve"] * _CURVE, metres, speed.value, np.maximum(speed.low, 0), speed.high, strict=True))
    v, tau = float(p.fit.vmax_mps.value), float(p.fit.tau_s.value)
    gates = np.array([0.0, *p.gates_m]) + behind
    modelled = time_at_distance(gates, v, tau)
    late = modelled[0] + float(np.nan_to_num(p.fit.time_correction_s.value))  # from the start to the clock's zero
    measured = np.array([modelled[0], *(np.array(p.times_s) + late)])
    # a mean speed stands where the model runs at its own mean of these gates: half way only where speed hardly changes
    middle = distance_at_time(-tau * np.log1p(-np.diff(gates) / np.diff(modelled) / v), v, tau)
    between = np.diff(gates) / np.diff(measured)
    rows += [("between gates", x, y, None, None) for x, y in zip(middle, between, strict=True)]
    rows += [("gate", x, None, None, None) for x in gates[1:]]
    numbers = dict.fromkeys(("distance_m", "speed_mps", "low", "high"), pl.Float64)
    return pl.DataFrame(rows, schema={"kind": pl.String, **numbers}, orient="row")


def _force(p: Fitted, asked: _Asked) -> tuple[Estimate, ...]:
    """The force-velocity line with its numbers as parts, where body mass and height are told."""
    mass, height, what = asked.body_mass_kg, asked.height_m, "Force-velocity line, force at rest F0"
    if mass is None or height is None:
        return ()
    used = params({
        "body_mass_kg": mass, "height_m": height, "draws": sprint_force.DRAWS, "seed": sprint_force.SEED,
        "temperature_c": sprint_force.TEMPERATURE_C, "pressure_torr": sprint_force.PRESSURE_TORR, "wind_mps": 0.0,
        "drag_coefficient": sprint_force.DRAG_COEFFICIENT, "trace_s": sprint_force.TRACE_S,
        "rf_from_s": sprint_force.RF_FROM_S,
    })  # fmt: skip
    known: dict[str, Any] = {"who": asked.who, "n": p.runs, "method": FORCE_METHOD, "params": used}
    if not (BODY_MASS_KG[0] <= mass <= BODY_MASS_KG[1] and HEIGHT_M[0] <= height <= HEIGHT_M[1]):
        return (refuse(what, "BAD_INPUT", unit="N/kg", **known),)
    v, tau = float(p.fit.vmax_mps.value), float(p.fit.tau_s.value)
    found = sprint_force.force_velocity(v, tau, mass, height)
    drawn = sprint_force.force_velocity_draws(v, tau, p.fit.covariance, mass, height, df=float(p.fit.df))
    units = {
        "f0_nkg": (what, "N/kg"), "v0_mps": ("Speed without force V0", "m/s"), "pmax_wkg": ("Maximal power", "W/kg"),
        "slope": ("Slope of the line", "N s/kg/m"), "rf_max_pct": ("Largest share of forward force RFmax", "%"),
        "drf_pct": ("Change of that share per m/s DRF", "%"),
    }  # fmt: skip
    first, *parts = (_of_draws(*words, getattr(found, n), getattr(drawn, n), known) for n, words in units.items())
    grey = "Slope and V0 vary most from day to day; force and power are the numbers to follow."
    return (replace(first, parts=tuple(parts), points=_force_points(found, drawn), draw=_draw_force, notes=(grey,)),)


def _of_draws(what: str, unit: str, value: Any, drawn: Any, known: dict[str, Any]) -> Estimate:
    low, high = np.nanquantile(drawn, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return Estimate(what, value=float(value), low=float(low), high=float(high), level=LEVEL, unit=unit, **known)


def _force_points(found: sprint_force.ForceVelocity, drawn: sprint_force.ForceVelocity) -> pl.DataFrame:
    speed = np.linspace(0, float(found.v0_mps), _CURVE // 2)
    low, high = np.nanquantile(
        drawn.f0_nkg + np.multiply.outer(speed, drawn.slope), ((1 - LEVEL) / 2, (1 + LEVEL) / 2), axis=-1
    )
    force = float(found.f0_nkg) + float(found.slope) * speed
    return pl.DataFrame(
        {"speed_mps": speed, "force_nkg": force, "low": np.maximum(low, 0), "high": np.maximum(high, 0)}
    )


def _draw(estimate: Any) -> Any:
    titles = {"x_title": "Distance from the start (m; dashed: gates)", "y_title": "Speed (m/s; dots: between gates)"}
    kinds = {kind: estimate.points.filter(pl.col("kind") == kind) for kind in ("curve", "between gates", "gate")}
    curve, gates = kinds["curve"], [charts.level_line(at, axis="x") for at in kinds["gate"]["distance_m"]]
    shade = charts.band(curve, "distance_m", "low", "high", **titles)
    line = charts.line(curve, "distance_m", "speed_mps", **titles)
    dots = charts.points(kinds["between gates"], "distance_m", "speed_mps", colour=charts.ORANGE, size=80, **titles)
    chart = shade + line + dots
    for gate in gates:
        chart = chart + gate
    return chart


def _draw_force(estimate: Any) -> Any:
    titles = {"x_title": "Speed (m/s; dots: F0 at rest, V0 without force)", "y_title": "Forward force (N per kg)"}
    shade = charts.band(estimate.points, "speed_mps", "low", "high", **titles)
    line = charts.line(estimate.points, "speed_mps", "force_nkg", **titles)
    ends = pl.concat([estimate.points.head(1), estimate.points.tail(1)])  # all force at rest, none at full speed
    return shade + line + charts.points(ends, "speed_mps", "force_nkg", size=90, colour=charts.ORANGE, **titles)
