"""How much of her top speed does she use in the finish? (methods E6).

What: speed of the finish in the last race of the block in per cent of the maximal speed, and the used part of the
  reserve between the speed of the race and the maximal one; maximal speed from sprint trials within 12 weeks.
Formula: 100 v_kick / v_max and 100 (v_kick - v_ref) / (v_max - v_ref); intervals by the delta method from the errors of
  the kick, of the sprint test and, for a watch, of its scale (4 %, convention).
Source: anaerobic speed reserve: Sandford 2021 (Sports Med); formula: convention.
Limits: refused without a kick, without a sprint near the race, for hand timing, and where the maximal speed is not
  above the speeds of the race. Flying speed goes before the speed of a sprint profile.
Trap: a low top speed and a finish that leaves speed unused look alike in the results. Only this tells them apart: the
  first asks for sprints, the second for speed when tired.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any, Final

import polars as pl

from analysis import charts
from analysis.estimate import Estimate, params, refuse
from analysis.frames import pandas_door
from analysis.metrics._kicks import BUTTON_S, STREAM, How, RaceKick, kick_of
from analysis.metrics._marks import layered
from analysis.metrics._races import races
from analysis.metrics._top_speed import WITHIN_DAYS, TopSpeed, top_speed
from analysis.stats import kick as kicks
from analysis.stats.reserve_use import LEVEL, ReserveUse, reserve_use
from analysis.transforms import of_athlete

WHAT: Final = "Top speed used in the finish"
RESERVE: Final = "Speed reserve used"
GPS_SCALE: Final = 0.04  # a mean absolute error of 3.2 %, the best of the watches, is an SD of 4 %
METHOD: Final = (
    "Speed of the finish over the maximal speed of sprint trials, and the used part of the reserve above the race's "
    "own speed (Sandford 2021, Sports Med; Gilgen-Ammann 2020, JMIR mHealth 8:e17118; methods E6)."
)


@pandas_door
def estimate(
    runs: pl.DataFrame,
    *,
    trials: pl.DataFrame,
    who: str = "",
    splits: pl.DataFrame | None = None,
    samples: pl.DataFrame | None = None,
    calendar: pl.DataFrame | None = None,
    sessions: pl.DataFrame | None = None,
    start: dt.date | None = None,
    end: dt.date | None = None,
    kick_m: float | None = None,
    sigma_t_s: float = BUTTON_S,
    sigma_rel: float = kicks.SIGMA_REL,
    gps_scale: float = GPS_SCALE,
) -> Estimate:
    """Speed of the finish in % of the maximal speed; the part "Speed reserve used" is that of the reserve.

    Needs: Runs of one athlete with their `splits` or `samples` (see `running_kick`) and `trials` of sprints within 12
    weeks of the race, two gates 10-20 m apart behind 10 m of run-up, or 4 gates for a profile. Refused: what
    `running_kick` refuses, NO_TOP_SPEED, VMAX_BELOW_RACE_SPEED. Sandford 2021 (Sports Med).

    >>> day = {"athlete": "Ada", "session_id": "a", "date": dt.date(2026, 3, 29)}
    >>> runs = pl.DataFrame([day | {"distance_m": 5000.0, "elapsed_s": 890.2, "race": True}])
    >>> laps = [34.1, 69.8, 71.0, 71.6, 72.1, 72.4, 72.6, 72.9, 72.3, 72.8, 72.5, 70.9, 65.2]
    >>> splits = pl.DataFrame([day | {"split_id": f"{i:02}", "split_no": i, "split_kind": "lap", "duration_s": s,
    ...                               "distance_m": 400.0 if i else 200.0} for i, s in enumerate(laps)])
    >>> row = {"athlete": "Ada", "date": dt.date(2026, 3, 20), "trial": 1, "test": "sprint", "side": "both",
    ...        "measure": "time_s", "protocol": None, "device": "gates", "valid": True}
    >>> trials = pl.DataFrame([row | {"trial_id": f"{m}", "distance_m": m, "value": v}
    ...                        for m, v in ((20.0, 3.45), (30.0, 4.655))])
    >>> print(estimate(runs, splits=splits, trials=trials))
    Top speed used in the finish 73.9 % (95 % 71.7 to 76.2; n = 1)
    """
    how = How(kick_m, sigma_t_s, sigma_rel)
    used = how.params | {"start": start, "end": end, "gps_scale": gps_scale, "within_days": WITHIN_DAYS}
    known: dict[str, Any] = {"who": who, "unit": "%", "method": METHOD, "params": params(used)}
    found = races(runs, who=who, splits=splits, samples=samples, calendar=calendar, sessions=sessions, end=end)
    inside = found.inside(start)
    if not inside:
        return found.refusal(WHAT, start, known)
    measured = [kick_of(race, how) for race in inside]
    one = next((m for m in reversed(measured) if m.ok), measured[-1])
    if not one.ok:
        said = (f"{one.race.name}.", *one.notes, *found.notes)
        return refuse(WHAT, one.kick.reason or "BAD_INPUT", notes=said, **known)
    notes = (one.sentence, *one.notes, *found.notes)
    top = top_speed(trials, str(of_athlete(runs, who)["athlete"][0]), one.race.date)
    if top is None:
        return refuse(WHAT, "NO_TOP_SPEED", notes=notes, **known)
    use = _use(one, top, how, gps_scale)
    known["notes"] = (top.told, *top.notes, *notes)
    if use.pct_of_vmax is None or use.of_vmax_ci is None or use.reserve_ci is None:
        return refuse(WHAT, use.reason or "BAD_INPUT", **known)
    low, high = use.reserve_ci
    reserve = Estimate(RESERVE, who, use.reserve_used_pct, low, high, LEVEL, "%", top.n)
    return Estimate(
        WHAT, value=use.pct_of_vmax, low=use.of_vmax_ci[0], high=use.of_vmax_ci[1], level=LEVEL, n=top.n,
        status=one.kick.status, reason=one.kick.reason, parts=(reserve,), points=_points(one, top), draw=_draw, **known,
    )  # fmt: skip


def _use(one: RaceKick, top: TopSpeed, how: How, gps_scale: float) -> ReserveUse:
    """The use with its errors: the lap clock in the kick, the rest of the ratio's error in the reference."""
    k, watch = one.kick, one.source == STREAM
    ratio, seconds = k.se_log or 0.0, k.kick_s or math.inf
    se_kick = ratio / math.sqrt(2) if watch else min(math.sqrt(2) * how.sigma_t_s / seconds, ratio)
    se_ref = math.sqrt(max(ratio**2 - se_kick**2, 0.0))
    scale = gps_scale if watch else 0.0
    return reserve_use(
        k.v_kick, k.v_ref, top.v_max, se_log_kick=se_kick, se_log_ref=se_ref, se_log_max=top.se_log, se_log_scale=scale
    )


def _points(one: RaceKick, top: TopSpeed) -> pl.DataFrame:
    rows = [("Middle of the race", one.kick.v_ref), ("Finish", one.kick.v_kick), ("Top speed", top.v_max)]
    return pl.DataFrame(rows, schema={"speed": pl.String, "speed_m_s": pl.Float64}, orient="row")


def _draw(result: Any) -> Any:
    titles = {"x_title": "Race and sprint", "y_title": "Speed (m/s)"}
    return layered([charts.bars(result.points, "speed", "speed_m_s", **titles)])
