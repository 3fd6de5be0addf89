"""Did the finish come from quicker or from longer steps? (methods E4).

What: change of step length in the last tenth of the last race of the block against its middle, in per cent, beside that
  of cadence and of speed; what cadence does not explain, the steps do.
Formula: ln(v2 / v1) = ln(cadence2 / cadence1) + ln(step2 / step1), exact; medians over 20-80 % and the last 10 % of the
  distance; cadence known to 1 step/min, the step length inherits the error of speed (1.5 %, convention).
Source: identity of speed, cadence and step length; windows and errors: convention.
Limits: refused without cadence in both windows and for a cadence outside 120-260 steps per minute: strides are not
  doubled unasked. The share of each is refused where speed changed by less than 3 %.
Trap: many devices count strides, which are half as many as steps. Step length here is speed over cadence: an error of
  the watch's speed looks like a longer step.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis import charts
from analysis.estimate import Estimate, params, refuse
from analysis.frames import number, pandas_door
from analysis.metrics._kicks import SPLITS, STREAM, metres
from analysis.metrics._marks import layered
from analysis.metrics._race_records import Laps, Stream
from analysis.metrics._races import Race, races
from analysis.stats.kick import DEVICE_PCT, SIGMA_REL
from analysis.stats.stride import CADENCE_ERROR_SPM, CADENCE_SPM, LEVEL, Stride, interval_pct, stride

Floats = NDArray[np.float64]

WHAT: Final = "Step length in the finish"
SHARE: Final = "Share of cadence"
REFERENCE: Final = (0.2, 0.8)  # of the distance
FINISH_FROM: Final = 0.9
LEAST_SAMPLES: Final = 5
KNOWN_SHARE: Final = 0.8  # of the samples that have a speed of their own; else speed is distance over time
METHOD: Final = (
    "Exact split of the change of log speed into cadence and step length; medians over 20-80 % of the distance and the "
    "last 10 % (methods E4)."
)


@dataclass(frozen=True)
class _Window:
    """Median speed (m/s) and cadence (steps/min) of the middle and of the finish, and what they rest on."""

    v1: float
    cadence_1: float
    v2: float
    cadence_2: float
    n: int
    source: str


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
    sigma_rel: float = SIGMA_REL,
) -> Estimate:
    """Change of step length (%) in the finish of the last race from `start` to `end`; parts are cadence and speed.

    Needs: Runs of one athlete and, of the races among them (see `running_kick`), `samples` with cadence (steps of both
    feet per minute) or `splits` with it. The last race that has cadence counts. Refused: NO_RACE,
    RACE_DISTANCE_DIFFERS, NO_CADENCE, CADENCE_UNIT, BAD_INPUT; the part "Share of cadence": WITHIN_DEVICE_ERROR. An
    identity (methods E4).

    >>> day = {"athlete": "Ada", "session_id": "a", "date": dt.date(2026, 3, 29)}
    >>> runs = pl.DataFrame([day | {"distance_m": 5000.0, "elapsed_s": 893.0, "race": True}])
    >>> splits = pl.DataFrame([day | {"split_id": f"{i:02}", "split_no": i, "split_kind": "lap", "distance_m": 500.0,
    ...                               "duration_s": 500 / v, "cadence_spm": c}
    ...                        for i, (v, c) in enumerate([(5.52, 184.0)] * 9 + [(6.13, 193.0)])])
    >>> print(estimate(runs, splits=splits))
    Step length in the finish 5.9 % (95 % 2.4 to 9.4; n = 6)
    """
    used = {
        "start": start, "end": end, "sigma_rel": sigma_rel, "level": LEVEL, "reference": REFERENCE,
        "finish_from": FINISH_FROM, "cadence_spm": CADENCE_SPM, "cadence_error_spm": CADENCE_ERROR_SPM,
        "device_pct": DEVICE_PCT, "least_samples": LEAST_SAMPLES,
    }  # fmt: skip
    known: dict[str, Any] = {"who": who, "unit": "%", "method": METHOD, "params": params(used)}
    found = races(runs, who=who, splits=splits, samples=samples, calendar=calendar, sessions=sessions, end=end)
    inside = found.inside(start)
    if not inside:
        return found.refusal(WHAT, start, known)
    windows = [(race, window) for race in inside if (window := _window(race)) is not None]
    if not windows:
        return refuse(WHAT, "NO_CADENCE", notes=(f"{inside[-1].name}.", *inside[-1].notes, *found.notes), **known)
    race, w = windows[-1]
    one = stride(w.v1, w.cadence_1, w.v2, w.cadence_2, se_ln_speed=sigma_rel)
    notes = (f"{race.name}, {metres(race.distance_m)}, from {w.source}.", *race.notes, *found.notes)
    if one.ln_step_length is None or one.se_ln_step_length is None:
        return refuse(WHAT, one.reason or "BAD_INPUT", notes=notes, n=w.n, **known)
    value, low, high = interval_pct(one.ln_step_length, one.se_ln_step_length)
    parts = _parts(one, w, who, sigma_rel)
    return Estimate(
        WHAT, value=value, low=low, high=high, level=LEVEL, n=w.n, notes=(_words(one, w), *notes), parts=parts,
        points=_points(value, low, high, parts[0]), draw=_draw, **known,
    )  # fmt: skip


def _parts(one: Stride, w: _Window, who: str, sigma_rel: float) -> tuple[Estimate, ...]:
    speed = interval_pct(one.ln_speed or 0.0, sigma_rel)
    cadence = interval_pct(one.ln_cadence or 0.0, one.se_ln_cadence or 0.0)
    told: dict[str, Any] = {"who": who, "unit": "%", "n": w.n}
    if one.cadence_share_pct is None or abs(speed[0]) < DEVICE_PCT:
        share = refuse(SHARE, "WITHIN_DEVICE_ERROR", **told)
    else:
        share = Estimate(SHARE, value=one.cadence_share_pct, level=None, **told)
    changes = (("Cadence in the finish", cadence), ("Speed in the finish", speed))
    return (
        *(Estimate(what, value=v, low=low, high=high, level=LEVEL, **told) for what, (v, low, high) in changes),
        share,
    )


def _words(one: Stride, w: _Window) -> str:
    steps = f"{number(one.step_length_1_m, 'm/s')} to {number(one.step_length_2_m, 'm/s')} m"
    share = one.cadence_share_pct
    against = share is not None and not 0 <= share <= 100  # per cent
    return (
        f"Speed {number(w.v1, 'm/s')} to {number(w.v2, 'm/s')} m/s, cadence {w.cadence_1:.0f} to {w.cadence_2:.0f} "
        f"steps per minute, step length {steps}: middle of the race (20-80 %) to its last tenth."
        f"{' Cadence and step length changed in opposite directions.' if against else ''}"
    )


def _window(race: Race) -> _Window | None:
    """Both windows from the stream, else from laps that lie wholly inside them; None without cadence in both."""
    found = None if race.stream is None else _of_stream(race.stream)
    return found if found is not None or race.laps is None else _of_laps(race.laps)


def _of_stream(stream: Stream) -> _Window | None:
    if stream.total_m <= 0 or (np.diff(stream.distance_m) < 0).any():
        return None
    share = (stream.distance_m - stream.distance_m[0]) / stream.total_m
    speed = stream.speed_m_s
    if np.isfinite(speed).mean() < KNOWN_SHARE:
        speed = np.append(np.diff(stream.distance_m) / np.diff(stream.time_s), np.nan)
    return _medians(share, share, speed, stream.cadence_spm, STREAM, LEAST_SAMPLES)


def _of_laps(laps: Laps) -> _Window | None:
    ends = np.cumsum(laps.distance_m)
    first, last = (ends - laps.distance_m) / ends[-1], ends / ends[-1]
    return _medians(first, last, laps.distance_m / laps.time_s, laps.cadence_spm, SPLITS, 1)


def _medians(first: Floats, last: Floats, speed: Floats, cadence: Floats, source: str, least: int) -> _Window | None:
    with np.errstate(invalid="ignore"):
        running = np.isfinite(speed) & (speed > 0) & np.isfinite(cadence) & (cadence > 0)
    middle = running & (first >= REFERENCE[0] - 1e-9) & (last <= REFERENCE[1] + 1e-9)
    finish = running & (first >= FINISH_FROM - 1e-9)
    if middle.sum() < least or finish.sum() < least:
        return None
    v1, c1, v2, c2 = (float(np.median(x[w])) for w in (middle, finish) for x in (speed, cadence))
    return _Window(v1, c1, v2, c2, int(middle.sum()), source)


def _points(value: float, low: float, high: float, cadence: Estimate) -> pl.DataFrame:
    rows = [("Cadence", cadence.value, cadence.low, cadence.high), ("Step length", value, low, high)]
    numbers = dict.fromkeys(("change_pct", "low", "high"), pl.Float64)
    return pl.DataFrame(rows, schema={"from": pl.String, **numbers}, orient="row")


def _draw(result: Any) -> Any:
    titles = {"x_title": "Where the finish came from (line: interval)", "y_title": "Finish against the middle (%)"}
    ends = charts.interval(result.points, "from", "low", "high", **titles).mark_rule(color=charts.ORANGE, strokeWidth=2)
    return layered([charts.bars(result.points, "from", "change_pct", **titles), ends, charts.level_line(0)])
