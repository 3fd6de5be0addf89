"""Did she slow down during the race, before the finish? (methods E3).

What: change of speed in per cent per full distance, below zero is slower, in the last race of the block; from the
  splits between the first tenth and the finish, or from 100 m segments of the stream.
Formula: Theil-Sen slope of ln speed on the share of the distance, 100 (exp(slope) - 1); rank-based 95 % interval.
Source: Theil 1950; Sen 1968 (J Am Stat Assoc 63:1379-1389).
Limits: refused with fewer than 8 splits or segments, for streams with gaps, and where no race is known. Neighbouring
  segments of a stream are alike, so that its interval is rather too narrow.
Trap: a course that climbs in the second half slows everybody. Look at the line before you read endurance into it.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import polars as pl

from analysis import charts
from analysis._reasons import in_words
from analysis.estimate import Estimate, params, refuse
from analysis.frames import number, pandas_door
from analysis.metrics._kicks import FINISH, MIDDLE, SPLITS, STREAM, along, drawn_along, metres
from analysis.metrics._races import Race, races
from analysis.stats import kick as kicks
from analysis.stats.speed_decay import LEVEL, MIN_POINTS, Decay, decay

WHAT: Final = "Change of speed over the race"
METHOD: Final = (
    "Theil-Sen slope of ln speed on the share of the distance, first tenth and finish left out, rank-based interval "
    "(Theil 1950; Sen 1968, J Am Stat Assoc 63:1379-1389; methods E3)."
)


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
) -> Estimate:
    """Change of speed (% per full distance) over the last race from `start` to `end`; parts are the block's races.

    Needs: Runs of one athlete and, of the races among them (see `running_kick`), `splits` or `samples`; 8 splits or
    100 m segments between the first tenth and the finish (`kick_m`). Points: the race piece by piece with the line.
    Refused: NO_RACE, RACE_DISTANCE_DIFFERS, NO_RACE_RECORD, TOO_FEW_SPLITS, STREAM_NOT_MONOTONE, STREAM_GAP,
    RACE_TOO_SHORT, BAD_INPUT.
    Sen 1968 (J Am Stat Assoc 63:1379-1389).

    >>> day = {"athlete": "Ada", "session_id": "a", "date": dt.date(2026, 3, 29)}
    >>> runs = pl.DataFrame([day | {"distance_m": 5000.0, "elapsed_s": 890.2, "race": True}])
    >>> laps = [34.1, 69.8, 71.0, 71.6, 72.1, 72.4, 72.6, 72.9, 72.3, 72.8, 72.5, 70.9, 65.2]
    >>> splits = pl.DataFrame([day | {"split_id": f"{i:02}", "split_no": i, "split_kind": "lap", "duration_s": s,
    ...                               "distance_m": 400.0 if i else 200.0} for i, s in enumerate(laps)])
    >>> print(estimate(runs, splits=splits))
    Change of speed over the race -2.2 % (95 % -5.0 to 1.5; n = 10)
    """
    used = {
        "start": start, "end": end, "kick_m": kick_m, "level": LEVEL, "min_points": MIN_POINTS,
        "skipped": kicks.SKIPPED, "segment_m": kicks.SEGMENT_M,
    }  # fmt: skip
    known: dict[str, Any] = {"who": who, "unit": "%", "method": METHOD, "params": params(used)}
    found = races(runs, who=who, splits=splits, samples=samples, calendar=calendar, sessions=sessions, end=end)
    inside = found.inside(start)
    if not inside:
        return found.refusal(WHAT, start, known)
    every = [_of_race(race, kick_m) for race in inside]
    parts = tuple(_part(race, *one[:2], who) for race, one in zip(inside, every, strict=True))
    at = max((i for i, one in enumerate(every) if one[0].pct is not None), default=len(every) - 1)
    (last, source, rows), race = every[at], inside[at]
    notes = (*_words(race, last, source), *race.notes, *found.notes)
    if last.pct is None:
        return refuse(WHAT, last.reason or "BAD_INPUT", notes=notes, parts=parts[:-1], n=last.n, **known)
    return Estimate(
        WHAT, value=last.pct, low=last.low_pct, high=last.high_pct, level=LEVEL, n=last.n, notes=notes,
        parts=parts if len(parts) > 1 else (), points=rows, draw=_draw, **known,
    )  # fmt: skip


def _of_race(race: Race, kick_m: float | None) -> tuple[Decay, str, pl.DataFrame]:
    """The slope from the splits where there are 8, else from the stream; the reason of the first that was there."""
    tried = []
    for source in (SPLITS, STREAM):
        record = race.laps if source == SPLITS else race.stream
        if record is None:
            continue
        rows = along(race, source, kick_m or kicks.default_kick_m(race.distance_m or record.total_m))
        total = float(rows["to_m"].max() or 1.0) if rows.height else 1.0  # type: ignore[arg-type]  # a number
        middle = rows.filter(pl.col("part") == MIDDLE)
        found = decay((middle["middle_m"] / total).to_numpy(), middle["speed_m_s"].to_numpy())
        if found.pct is not None and found.cut is not None and found.slope is not None:
            line = (found.cut + found.slope * pl.col("middle_m") / total).exp()
            return found, source, rows.with_columns(pl.when(pl.col("part") == MIDDLE).then(line).alias("line_m_s"))
        tried.append((_unread(race, source, found, kick_m), source, rows))
    return tried[-1] if tried else (Decay("refused", "NO_RACE_RECORD"), "", pl.DataFrame())


def _unread(race: Race, source: str, found: Decay, kick_m: float | None) -> Decay:
    """Where a stream could not be read at all, its own reason instead of that of an empty series."""
    if source == STREAM and race.stream is not None and found.n == 0:
        length = kick_m or kicks.default_kick_m(race.distance_m or race.stream.total_m)
        told = kicks.kick_of_stream(race.stream.time_s, race.stream.distance_m, length)
        return Decay("refused", told.reason or found.reason)
    return found


def _part(race: Race, found: Decay, source: str, who: str) -> Estimate:
    what, note = f"{race.name}, {metres(race.distance_m)}", (f"from {source}",) if source else ()
    if found.pct is None:
        return refuse(what, found.reason or "BAD_INPUT", who=who, unit="%", n=found.n, notes=note)
    return Estimate(what, who, found.pct, found.low_pct, found.high_pct, LEVEL, "%", found.n, notes=note)


def _words(race: Race, found: Decay, source: str) -> tuple[str, ...]:
    named = f"{race.name}, {metres(race.distance_m)}"
    if found.pct is None:
        return (f"{named}: {in_words(found.reason)}.",)
    of = f"{found.n} {'splits' if source == SPLITS else 'segments of 100 m'}"
    low, high = found.low_pct or 0.0, found.high_pct or 0.0
    said = "the interval holds zero: no trend is shown" if low <= 0 <= high else (
        f"{number(abs(found.pct), '%')} % {'slower' if found.pct < 0 else 'faster'} per full distance"
    )  # fmt: skip
    return (f"{named}: {said}; from {of} between the first tenth and the finish, both left out.",)


def _draw(result: Any) -> Any:
    titles = {"x_title": "Distance (m; diamonds: finish, line: trend of the middle)", "y_title": "Speed (m/s)"}
    trend = charts.line(result.points.drop_nulls("line_m_s"), "middle_m", "line_m_s", colour=charts.VERMILION, **titles)
    shown = result.points.filter(pl.col("part").is_in([MIDDLE, FINISH, "start"]))
    return drawn_along(shown, trend, x_title=titles["x_title"])
