"""How much force and power do the legs give over several loads? (methods D5, D4).

What: F0 (N/kg, force without speed) and Pmax (W/kg, the most power) of one session of jumps with three or more loads,
  from the mean jump height at each; the slope of the line and V0 stand beside them for completeness only.
Formula: force (body mass + load) g (h / push-off + 1) per kg over speed sqrt(g h / 2), a least-squares line; F0 its
  intercept, V0 = -F0 / slope, Pmax = F0 V0 / 4; 95 % from 2000 seeded draws of the heights (log SD 0.05, a convention).
Source: Samozino 2008 (J Biomech 41:2940-2945), 2012 (Med Sci Sports Exerc 44:313-322); Lindberg 2021 (PLoS One
  16:e0245791) for what can be repeated.
Limits: refused with fewer than 3 loads, without body mass or a push-off distance of 0.15-0.60 m, and where the line
  does not fall; 3 loads or a crooked line give a caution. Heights by another device or method that day are left aside.
Trap: slope and V0 differ by 14-30 % between days with the same athlete, although the points lie neatly on a line: no
  "force deficit" can be read off them. Compare the height at the same load first.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from analysis import charts
from analysis.estimate import Estimate, params, refuse
from analysis.frames import number, pandas_door
from analysis.metrics._retests import of_one, scored
from analysis.stats.jump_force import (
    CV_HEIGHT,
    DRAWS,
    GOOD_LOADS,
    GOOD_R2,
    LEVEL,
    MIN_LOADS,
    PUSH_OFF_M,
    SEED,
    JumpProfile,
    profile,
    push_off,
)
from analysis.transforms import RETEST_GRACE_DAYS

WHAT: Final = "Jump power"
METHOD: Final = (
    "Mean force and speed of each push-off from jump height, push-off distance and mass, least-squares line over the "
    "loads, seeded parametric bootstrap. Samozino 2008 (J Biomech 41:2940-2945); Samozino 2012 (Med Sci Sports Exerc "
    "44:313-322)."
)
GREYED: Final = (
    "Slope and V0 are shown for completeness only: they differ by 14-30 % between days with the same athlete (Lindberg "
    "2021, PLoS One 16:e0245791), and training by them did not beat ordinary training."
)
NO_PUSH_OFF: Final = (
    "Measure it once and state push_off_m: leg length stretched out (hip to toe, foot pointed) less hip to ground in "
    "the start position."
)
MORE_LOADS: Final = "Three loads are the least, four or more are good: for example none, 20, 40 and 60 % of body mass."
NO_MASS: Final = "State body_mass_kg, or hand in the athletes table."
FLAT: Final = "The jumps do not slow down as the load rises: check loads and heights."
SCALES: Final = (
    "A kilogram gained or lost on the scales alone moves these numbers: compare heights at the same load (power_jump)."
)
HIGHEST_M: Final = 1.2  # nobody jumps higher (tables.Trials): a value in cm or mm is no height
_TESTS: Final = {"loaded_jump": "loaded jump", "squat_jump": "squat jump", "cmj": "countermovement jump"}
_HEIGHTS: Final = ("height_m", "flight_time_s")
_PARTS: Final = (
    ("F0", "f0_n_kg", "N/kg"), ("Pmax", "pmax_w_kg", "W/kg"), ("Slope", "sfv", "N s/m/kg"), ("V0", "v0_mps", "m/s")
)  # fmt: skip
_REPEATABLE: Final = ("F0", "Pmax")
_GRID: Final = 25


@pandas_door
def estimate(
    trials: pl.DataFrame,
    *,
    who: str = "",
    start: dt.date | None = None,
    end: dt.date | None = None,
    body_mass_kg: float | None = None,
    push_off_m: float | None = None,
    athletes: pl.DataFrame | None = None,
    cv_height: float = CV_HEIGHT,
) -> Estimate:
    """Pmax (W/kg of body mass) of the last session with jumps at three or more loads; F0, slope and V0 are parts.

    Needs: Trials of one athlete, `loaded_jump` and, without a load, `squat_jump` or `cmj`, all by one device and
    measure. Body mass is `body_mass_kg`, else what a device measured that day, else that of the `athletes` table;
    push-off distance is `push_off_m`, else what a device stored. `start` and `end` are the days of the block. Refusals:
    NO_DATA, BODY_MASS_MISSING, PUSHOFF_DISTANCE, TOO_FEW_LOADS, SLOPE_NOT_NEGATIVE, BAD_INPUT.

    >>> row = {"athlete": "Ada", "test": "loaded_jump", "side": "both", "trial": 1, "measure": "height_m",
    ...        "protocol": None, "device": "contact mat", "valid": True, "date": dt.date(2026, 3, 2)}
    >>> heights = {0.0: 0.345, 10.0: 0.285, 20.0: 0.235, 30.0: 0.19, 40.0: 0.15}
    >>> trials = pl.DataFrame([row | {"trial_id": f"{kg}", "load_kg": kg, "value": h} for kg, h in heights.items()])
    >>> print(estimate(trials, body_mass_kg=62, push_off_m=0.36))
    Jump power 27.4 W/kg (95 % 24.2 to 36.4; n = 5)
    """
    rows = of_one(trials, who)
    used: dict[str, Any] = {"start": start, "end": end, "cv_height": cv_height, "draws": DRAWS, "seed": SEED}
    used |= {"min_loads": MIN_LOADS, "good_loads": GOOD_LOADS, "good_r2": GOOD_R2, "push_off_range_m": PUSH_OFF_M}
    told: dict[str, Any] = {"who": who, "unit": "W/kg", "method": METHOD}
    jumps = _jumps(rows, start, end)
    if jumps.is_empty():
        return refuse(WHAT, "NO_DATA", params=params(used), **told)
    session, left = _session(jumps)
    body, loads = _body(rows, session, body_mass_kg, push_off_m, athletes), _loads(session)
    told |= {"n": session.height}
    used |= body.params | {name: session[name][0] for name in ("date", "measure", "device")}
    line = _line(session["date"][0], loads)
    if loads.height < MIN_LOADS or body.mass_kg is None:
        reason, note = ("TOO_FEW_LOADS", MORE_LOADS) if loads.height < MIN_LOADS else ("BODY_MASS_MISSING", NO_MASS)
        return refuse(WHAT, reason, params=params(used), notes=(line, note, *left), **told)
    heights, kg = loads["height_m"].to_numpy(), loads["load_kg"].to_numpy()
    found = profile(heights, kg, body_mass_kg=body.mass_kg, push_off_m=body.push_off_m, cv_height=cv_height)
    told |= {"params": params(used | {"r2": found.r2, "loads": found.n}), "notes": (line, *_notes(found, body), *left)}
    if found.status == "refused":
        return refuse(WHAT, found.reason or "BAD_INPUT", **told)
    low, high = _ends(found, "pmax_w_kg")
    return Estimate(
        WHAT, value=found.pmax_w_kg, low=low, high=high, level=LEVEL, status=found.status, reason=found.reason,
        parts=tuple(_part(found, *part, who=who, n=session.height) for part in _PARTS),
        points=_points(found, loads, body, cv_height), draw=_draw, **told,
    )  # fmt: skip


@dataclass(frozen=True)
class _Body:
    """Body mass and push-off distance, each with where it is from."""

    mass_kg: float | None
    mass_from: str
    push_off_m: float | None
    push_off_from: str

    @property
    def params(self) -> dict[str, Any]:
        """Both, as parameters of a result."""
        return {
            "body_mass_kg": self.mass_kg, "body_mass_from": self.mass_from, "push_off_m": self.push_off_m,
            "push_off_from": self.push_off_from,
        }  # fmt: skip


def _jumps(trials: pl.DataFrame, start: dt.date | None, end: dt.date | None) -> pl.DataFrame:
    """The two-legged jumps with a height, `load_kg` 0 where nothing was carried."""
    found = pl.concat([scored(trials, test) for test in _TESTS])
    unloaded = pl.col("test") != "loaded_jump"
    load = pl.col("load_kg").cast(pl.Float64)
    found = found.with_columns(pl.when(unloaded).then(load.fill_null(0)).otherwise(load).round(1).alias("load_kg"))
    found = found.filter(
        pl.col("measure").is_in(_HEIGHTS), pl.col("side") == "both", pl.col("score") > 0, pl.col("score") <= HIGHEST_M,
        pl.col("load_kg").is_finite(), pl.col("load_kg") >= 0,
    )  # fmt: skip
    if start is not None:
        found = found.filter(pl.col("date") >= start)
    return found if end is None else found.filter(pl.col("date") <= end + dt.timedelta(days=RETEST_GRACE_DAYS))


def _session(jumps: pl.DataFrame) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The jumps of the last day with enough loads by one device and measure, and what was left aside that day."""
    by = ["date", "measure", "device_key", "method_key"]
    groups = jumps.group_by(by).agg(pl.col("load_kg").n_unique().alias("loads"), pl.len().alias("jumps"))
    ranked = groups.with_columns(
        enough=pl.col("loads") >= MIN_LOADS, direct=pl.col("measure") == "height_m",
        by_force=pl.col("method_key").str.contains("impulse").fill_null(value=False),
    )  # fmt: skip
    merits = ("enough", "date", "loads", "by_force", "direct", "jumps")  # of equals the height from the push-off
    best = ranked.sort(*merits, *by, descending=[False] * len(merits) + [True] * len(by)).tail(1)
    chosen = jumps.join(best.select(by), on=by, nulls_equal=True, how="semi")
    rest = jumps.filter(pl.col("date") == best["date"][0])
    rest = rest.join(chosen, on=["test", "trial", "load_kg"], how="anti", nulls_equal=True)  # the same jump, again
    order = pl.col("test").replace_strict({test: i for i, test in enumerate(_TESTS)}, return_dtype=pl.Int32)
    first = order == order.min().over("load_kg")  # of two kinds of jump with one load the first is taken
    kept, other = chosen.filter(first), rest.height + chosen.filter(~first).height
    words = f"Jumps of that day by another device, method or kind of jump, left aside: {other}."
    return kept, (words,) if other else ()


def _loads(session: pl.DataFrame) -> pl.DataFrame:
    height = pl.col("score").log().mean().exp().alias("height_m")
    return session.group_by("load_kg").agg(height, pl.len().alias("n"), pl.col("test").first()).sort("load_kg")


def _body(
    rows: pl.DataFrame,
    session: pl.DataFrame,
    body_mass_kg: float | None,
    push_off_m: float | None,
    athletes: pl.DataFrame | None,
) -> _Body:
    """What is stated goes first, then what a device wrote beside the jumps of that day, then the athletes table."""
    of_day = rows.filter(pl.col("valid"), pl.col("date").cast(pl.Date) == session["date"][0])
    of_day = of_day.filter(pl.col("value") > 0, pl.col("value").is_finite())
    written = dict(of_day.group_by("measure").agg(pl.col("value").mean()).iter_rows())
    mass = _first(
        (body_mass_kg, "stated"),
        (written.get("body_mass_kg"), "measured that day"),
        (_of_table(athletes, session["athlete"][0]), "from the athletes table"),
    )
    return _Body(*mass, *_first((push_off_m, "stated"), (written.get("push_off_distance_m"), "stored by the device")))


def _of_table(athletes: pl.DataFrame | None, athlete: str) -> float | None:
    if athletes is None:
        return None
    masses = athletes.filter(pl.col("athlete").cast(pl.String) == athlete)["body_mass_kg"].drop_nulls()
    return float(masses[-1]) if masses.len() else None


def _first(*options: tuple[float | None, str]) -> tuple[float | None, str]:
    return next((option for option in options if option[0] is not None), (None, "unknown"))


def _line(day: dt.date, loads: pl.DataFrame) -> str:
    told = ", ".join(f"{kg:g} kg {number(h, 'm')} m ({n})" for kg, h, n, _ in loads.iter_rows())
    kinds = " and ".join(_TESTS[test] for test in dict.fromkeys(loads["test"]))
    return f"{kinds.capitalize()} of {day.day} {day:%b %Y}, mean height (jumps): {told}."


def _notes(found: JumpProfile, body: _Body) -> tuple[str, ...]:
    if found.reason == "SLOPE_NOT_NEGATIVE":
        return (FLAT,)
    if found.reason == "PUSHOFF_DISTANCE":
        return (NO_PUSH_OFF,)
    weighed = f"Body mass {number(body.mass_kg, 'kg')} kg, {body.mass_from}. {SCALES}"
    supposed = f"Push-off distance {number(body.push_off_m, 'm')} m, {body.push_off_from}."
    return (GREYED, weighed, supposed) if found.status != "refused" else (weighed,)


def _ends(found: JumpProfile, field: str) -> tuple[float | None, float | None]:
    low, high = found.interval(field)
    return low if math.isfinite(low) else None, high if math.isfinite(high) else None


def _part(found: JumpProfile, what: str, field: str, unit: str, *, who: str, n: int) -> Estimate:
    low, high = _ends(found, field)
    weak = {} if what in _REPEATABLE else {"status": "caution", "reason": "NOT_REPEATABLE", "notes": (GREYED,)}
    value = getattr(found, field)
    return Estimate(what, who, value, low, high, LEVEL, unit, n, METHOD, **weak)  # type: ignore[arg-type]


def _points(found: JumpProfile, loads: pl.DataFrame, body: _Body, cv_height: float) -> pl.DataFrame:
    """Each load with its interval, and the line from no speed to no force with its band."""
    kg, height = loads["load_kg"].to_numpy(), loads["height_m"].to_numpy()
    mass, push = float(body.mass_kg or 0), float(body.push_off_m or 0)
    ends = [push_off(height * math.exp(z * cv_height), push, mass, kg).force_n / mass for z in (-1.96, 1.96)]
    dots = loads.select("load_kg", "height_m", "n").with_columns(
        pl.lit("load").alias("kind"), pl.Series("velocity_m_s", found.velocity_mps),
        pl.Series("force_n_kg", found.force_n_kg), pl.Series("low", ends[0]), pl.Series("high", ends[1]),
    )  # fmt: skip
    intercept, slope = found.draws or (np.array([]), np.array([]))
    speed = np.union1d(np.linspace(0, found.v0_mps or 0, _GRID), found.velocity_mps)
    band = np.quantile(intercept[:, None] + slope[:, None] * speed, ((1 - LEVEL) / 2, (1 + LEVEL) / 2), axis=0)
    line = {"velocity_m_s": speed, "force_n_kg": (found.f0_n_kg or 0) + (found.sfv or 0) * speed}
    drawn = pl.DataFrame(line | {"low": np.maximum(band[0], 0), "high": band[1]}).with_columns(
        pl.lit("line").alias("kind")
    )
    return pl.concat([dots, drawn], how="diagonal").select(
        "kind", "load_kg", "height_m", "n", "velocity_m_s", "force_n_kg", "low", "high"
    )


def _draw(estimate: Any) -> Any:
    x = {"x_title": "Mean speed of the push-off (m/s; grey: not measured)", "y_title": "Mean force (N/kg body mass)"}
    loads, line = (estimate.points.filter(pl.col("kind") == kind) for kind in ("load", "line"))
    measured = line.filter(pl.col("velocity_m_s").is_between(loads["velocity_m_s"].min(), loads["velocity_m_s"].max()))
    beyond = charts.line(line, "velocity_m_s", "force_n_kg", colour="#999999", **x)
    seen = ["load_kg", "height_m", "n", "velocity_m_s", "force_n_kg"]
    return (
        charts.band(line, "velocity_m_s", "low", "high", **x)
        + beyond
        + charts.line(measured, "velocity_m_s", "force_n_kg", **x)
        + charts.interval(loads, "velocity_m_s", "low", "high", **x)
        + charts.points(loads, "velocity_m_s", "force_n_kg", size=90, tooltip=seen, **x)
    )
