"""How much faster than the middle of the race is the finish? (methods E1, E2).

What: kick in per cent of the last race of the block, finish speed against the median speed between the first tenth and
  the finish, and its change from the race before over the same distance; earlier races in the points.
Formula: 100 (v_kick / v_ref - 1) over the last 400 m (300 or 200 m up to 1500 m, else a tenth); interval from the
  timing error and the spread of the reference, Student t; from a stream with an error of 1.5 % (convention).
Source: pacing of races: Casado 2021 (J Sport Health Sci 10:537-549); error of watches: Gilgen-Ammann 2020 (JMIR mHealth
  8:e17118); race-to-race spread of 3 %, formula and matching of effort: convention.
Limits: refused where the finish begins inside a split and there is no stream, with fewer than 4 reference splits, for
  streams with gaps and races shorter than four kicks. No verdict where relative effort differs by more than 2 %.
Trap: a slow tactical race gives a big kick for free: read it beside the relative effort. No split is cut in two, so
  record 200 or 400 m laps. Below 3 % a kick from a watch is within its error.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, replace
from typing import Any, Final

import polars as pl

from analysis import charts
from analysis._reasons import in_words
from analysis.estimate import Estimate, Verdict, params, refuse
from analysis.frames import number, pandas_door
from analysis.metrics._kicks import BUTTON_S, How, RaceKick, along, drawn_along, kick_of
from analysis.metrics._marks import layered
from analysis.metrics._priors import PRIORS
from analysis.metrics._race_effort import (
    EFFORT,
    KNOWN,
    MATCHED_PCT,
    Spread,
    effort_pct,
    gradient_words,
    same_distance,
    spread_of,
    told_critical_speed,
)
from analysis.metrics._races import day_of, races
from analysis.stats import kick as kicks
from analysis.stats.change import ALPHA, change, percent

WHAT: Final = "Finishing kick"
CHANGE: Final = "Change of the kick"
REFERENCE: Final = "Reference speed"
EFFORT_WHAT: Final = "Relative effort"
METHOD: Final = (
    "Speed of the finish against the median of the splits (or 100 m segments) between the first tenth and the finish; "
    "the interval is that of measuring one race (methods E1, E2; Casado 2021, J Sport Health Sci 10:537-549; "
    "Gilgen-Ammann 2020, JMIR mHealth 8:e17118)."
)
CHANGE_METHOD: Final = (
    "Difference of the log kicks of two races of like relative effort, standard error from the race-to-race spread, "
    "Student t; one-sided and equivalence tests at 5 % (methods D16, E1)."
)
_POINTS: Final[dict[str, Any]] = {
    "date": pl.Date, "race": pl.String, "distance_m": pl.Float64, "kick_m": pl.Float64, "kick_pct": pl.Float64,
    "low": pl.Float64, "high": pl.Float64, "relative_effort_pct": pl.Float64, "source": pl.String, "note": pl.String,
}  # fmt: skip


@dataclass(frozen=True)
class _Asked:
    who: str
    start: dt.date | None
    end: dt.date | None
    how: How
    critical_speed_m_s: float | None
    swc: float

    @property
    def params(self) -> dict[str, Any]:
        """What every answer rests on."""
        own = {"start": self.start, "end": self.end, "critical_speed_m_s": self.critical_speed_m_s}
        return self.how.params | EFFORT | own


@pandas_door
def estimate(
    runs: pl.DataFrame,
    *,
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
    critical_speed_m_s: float | None = None,
    swc: float = float(PRIORS["kick"].swc or 0.0),
) -> Estimate:
    """Kick (%) of the last race from `start` to `end`; parts are the speeds behind it and the change from before.

    Needs: Runs of one athlete, of which those marked `race` count, or the run of a day that the `calendar` calls a
    race; their `splits`, and the `samples` of their sessions. `sigma_t_s` is the error of a lap time: 0.3 pressed by
    hand, 0.1 official, 0.02 by chip; `sigma_rel` that of a stream. Points: every race up to `end`. Refused: NO_RACE,
    RACE_DISTANCE_DIFFERS, NO_RACE_RECORD, KICK_NOT_ON_SPLIT, TOO_FEW_REFERENCE_SPLITS, STREAM_NOT_MONOTONE,
    STREAM_GAP, RACE_TOO_SHORT, BAD_INPUT; the part "Change of the kick": NO_EARLIER_RACE, EFFORT_NOT_MATCHED. Caution:
    WITHIN_DEVICE_ERROR.
    Casado 2021 (J Sport Health Sci 10:537-549); Gilgen-Ammann 2020 (JMIR mHealth 8:e17118).

    >>> day = {"athlete": "Ada", "session_id": "a", "date": dt.date(2026, 3, 29)}
    >>> runs = pl.DataFrame([day | {"distance_m": 5000.0, "elapsed_s": 890.2, "race": True}])
    >>> laps = [34.1, 69.8, 71.0, 71.6, 72.1, 72.4, 72.6, 72.9, 72.3, 72.8, 72.5, 70.9, 65.2]
    >>> splits = pl.DataFrame([day | {"split_id": f"{i:02}", "split_no": i, "split_kind": "lap", "duration_s": s,
    ...                               "distance_m": 400.0 if i else 200.0} for i, s in enumerate(laps)])
    >>> print(estimate(runs, splits=splits, sigma_t_s=0.1))
    Finishing kick 11.0 % (95 % 10.1 to 11.9; n = 10)
    """
    told_critical_speed(critical_speed_m_s)
    asked = _Asked(who, start, end, How(kick_m, sigma_t_s, sigma_rel), critical_speed_m_s, swc)
    found = races(runs, who=who, splits=splits, samples=samples, calendar=calendar, sessions=sessions, end=end)
    known: dict[str, Any] = {"who": who, "unit": "%", "method": METHOD, "params": params(asked.params)}
    inside = found.inside(start)
    if not inside:
        return found.refusal(WHAT, start, known)
    measured = [kick_of(race, asked.how) for race in found.every]
    efforts = [effort_pct(race, found.every, critical_speed_m_s) for race in found.every]
    known["points"] = _points(measured, efforts)
    of_block = [i for i, one in enumerate(measured) if one.race in inside]
    with_kick = [i for i in of_block if measured[i].ok]
    if not with_kick:
        last = measured[of_block[-1]]
        said = (f"{last.race.name}.", *last.notes, *found.notes)
        return refuse(WHAT, last.kick.reason or "BAD_INPUT", notes=said, n=last.kick.n_ref, **known)
    at = with_kick[-1]
    later = [f"No kick of {one.race.name}: {in_words(one.kick.reason)}." for one in measured[at + 1 :]]
    return _whole(measured, efforts, at, asked, known, (*later, *found.notes))


def _whole(
    measured: list[RaceKick], efforts: list[float | None], at: int, asked: _Asked, known: dict[str, Any],
    more: tuple[str, ...],
) -> Estimate:  # fmt: skip
    one, effort = measured[at], efforts[at]
    comparable = [m for m in measured[: at + 1] if m.ok and same_distance(m.race, one.race)]
    spread, k = spread_of(comparable), one.kick
    varies = f"a kick varies by about {number(100 * spread.sd, '%')} % besides ({spread.source})"
    doubt = f"The interval is that of measuring this race; from race to race {varies}."
    notes = (one.sentence, _effort_words(effort, asked), gradient_words(one), *one.notes, doubt, *more)
    told: dict[str, Any] = {"who": asked.who, "level": None}
    hard = refuse(EFFORT_WHAT, "NO_OTHER_RACE", unit="%", **told)
    parts = (
        Estimate("Speed of the finish", value=k.v_kick, unit="m/s", n=1, **told),
        Estimate(
            REFERENCE,
            value=k.v_ref,
            unit="m/s",
            n=k.n_ref,
            points=along(one.race, one.source, k.kick_m),
            draw=_draw_race,
            **told,
        ),
        hard if effort is None else Estimate(EFFORT_WHAT, value=effort, unit="%", n=1, **told),
        _change(measured, efforts, at, asked, spread),
    )
    return Estimate(
        WHAT, value=k.kick_pct, low=k.low_pct, high=k.high_pct, level=kicks.LEVEL, n=k.n_ref, status=k.status,
        reason=k.reason, notes=notes, parts=parts, draw=_draw, **known,
    )  # fmt: skip


def _effort_words(effort: float | None, asked: _Asked) -> str:
    if effort is None:
        return f"Relative effort not known (no other race over the distance within a year); {KNOWN} for free."
    yardstick = "critical speed" if asked.critical_speed_m_s else "the season's best over this distance"
    return f"Relative effort {number(effort, '%')} % of {yardstick}; {KNOWN} for free."


def _change(
    measured: list[RaceKick], efforts: list[float | None], at: int, asked: _Asked, spread: Spread
) -> Verdict:  # fmt: skip
    """The change from the last earlier race over the same distance, judged only where both were run alike."""
    used = params(asked.params | {"sd": spread.sd, "df": spread.df, "sd_source": spread.source, "swc": asked.swc,
                                  "alpha": ALPHA, "prior_sd": PRIORS["kick"].s0})  # fmt: skip
    bare = Verdict(CHANGE, asked.who, unit="%", method=CHANGE_METHOD, params=used, status="refused")
    now = measured[at]
    before = [i for i in range(at) if measured[i].ok and same_distance(measured[i].race, now.race)]
    before = [i for i in before if measured[i].kick.kick_m == now.kick.kick_m]
    if not before:
        return replace(bare, reason="NO_EARLIER_RACE")
    first, pair = measured[before[-1]], (efforts[before[-1]], efforts[at])
    efforts_told = ["not known" if e is None else f"{number(e, '%')} %" for e in pair]
    told = [
        f"{number(m.kick.kick_pct, '%')} % ({day_of(m.race.date)}, relative effort {e})"
        for m, e in zip((first, now), efforts_told, strict=True)
    ]
    known: dict[str, Any] = {"notes": (" → ".join(told) + ".",), "n": 2}
    if pair[0] is None or pair[1] is None or abs(pair[0] - pair[1]) > MATCHED_PCT:
        return replace(bare, reason="EFFORT_NOT_MATCHED", **known)
    te = [max(spread.sd, m.kick.se_log or 0.0) for m in (first, now)]
    ratio = [1 + (m.kick.kick_pct or 0.0) / 100 for m in (first, now)]
    prior = PRIORS["kick"].s0
    c = change(ratio[0], ratio[1], te=te[0], te_post=te[1], df=spread.df, swc=asked.swc, prior_sd=prior)
    return replace(
        bare, status="ok", value=float(c.change_pct), low=float(c.low_pct), high=float(c.high_pct), word=str(c.word),
        p_better=float(c.p_better), p_above_swc=float(c.p_gt_swc), p_below_minus_swc=float(c.p_lt_minus_swc),
        swc_pct=float(percent(asked.swc)), te_pct=float(percent(math.hypot(*te) / math.sqrt(2))),
        shrunk_pct=float(c.shrunk_pct), **known,
    )  # fmt: skip


def _points(measured: list[RaceKick], efforts: list[float | None]) -> pl.DataFrame:
    rows = [
        (
            m.race.date, m.race.title or m.race.session_id, m.race.distance_m, m.kick.kick_m, m.kick.kick_pct,
            m.kick.low_pct, m.kick.high_pct, effort, m.source or None, in_words(m.kick.reason) or None,
        )
        for m, effort in zip(measured, efforts, strict=True)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=_POINTS, orient="row")


def _draw(result: Any) -> Any:
    told = result.points.drop_nulls("kick_pct")
    if told.height == 1:  # nothing to compare: the race itself
        return _draw_race(result.part(REFERENCE))
    titles: dict[str, Any] = {"x_title": "Race (dots: splits, squares: watch)", "y_title": "Kick (%)"}
    layers = [charts.interval(told, "date", "low", "high", **titles)]
    shown: dict[str, Any] = {"tooltip": ["date", "race", "kick_pct", "low", "high", "relative_effort_pct"], "size": 80}
    for source, shape in (("splits", "circle"), ("stream", "square")):
        rows = told.filter(pl.col("source") == source)
        layers += [charts.points(rows, "date", "kick_pct", shape=shape, **shown, **titles)] if rows.height else []
    return layered([*layers, charts.level_line(0)])


def _draw_race(result: Any) -> Any:
    x_title = "Distance (m; diamonds: finish, dashed: reference speed)"
    return drawn_along(result.points, charts.level_line(result.value), x_title=x_title)
