"""The races of one athlete, found without hand work, and what was recorded of each: laps and stream (methods E1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.estimate import Estimate, refuse
from analysis.frames import number
from analysis.importers._numbers import counted
from analysis.metrics._race_records import Laps, Stream, laps_of, stream_of
from analysis.metrics._recordings import by_session
from analysis.metrics._run_days import RUN_KINDS
from analysis.transforms import of_athlete

Floats = NDArray[np.float64]

MISSING, DIFFERS = "NO_RACE", "RACE_DISTANCE_DIFFERS"
FITS: Final = 0.05  # a run this near to the distance in the calendar was that race
SPEED_M_S: Final = (1.0, 12.5)  # of a race as a whole; outside, distance or time are wrong
LONGEST_M: Final = 500_000.0
_TIMES: Final = ("elapsed_s", "timer_s", "moving_s")  # the clock of a race does not stop
_TITLED: Final = r"(?i)\b(race|wettkampf|rennen|parkrun|compétition|carrera|gara|wedstrijd|wyścig)\b"
_TRAINING: Final = (
    r"(?i)\b(pace|prep|preparation|practice|simulation|rehearsal|tempo|interval|intervals|before|after|pre|post|recovery|"
    r"easy|jog|warm|cool|cooldown|warmup|shakeout|recon|preview|week|volunteer|spectat\w*|vor|nach|cancelled|dns|dnf)\b"
)
"""Words beside "race" in the title of a run that was none, or no whole one."""


@dataclass(frozen=True, eq=False)
class Race:
    """One race: `distance_m` is that of the calendar where `official`, else the recorded one; `seconds` from the runs.

    `laps` and `stream` are None where none was recorded, or what was does not cover the race; `notes` say why.
    """

    session_id: str
    date: dt.date
    title: str
    distance_m: float | None
    official: bool
    seconds: float | None
    laps: Laps | None
    stream: Stream | None
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The day, and the title where there is one."""
        return f"{day_of(self.date)}{f', {self.title}' if self.title else ''}"

    @property
    def speed_m_s(self) -> float | None:
        """Mean speed over the whole race."""
        return self.distance_m / self.seconds if self.distance_m and self.seconds else None


@dataclass(frozen=True, eq=False)
class Races:
    """The races in the order of their days, and what is to be said about days that gave none.

    `lost` are the days of races of which no run could be taken, each with the reason code.
    """

    every: tuple[Race, ...]
    notes: tuple[str, ...]
    lost: tuple[tuple[dt.date, str], ...] = ()

    def inside(self, start: dt.date | None) -> tuple[Race, ...]:
        """The races from `start` on."""
        return tuple(race for race in self.every if start is None or race.date >= start)

    def why_none(self, start: dt.date | None) -> str:
        """Why there is no race from `start` on: RACE_DISTANCE_DIFFERS where nothing else stood in the way."""
        codes = {code for day, code in self.lost if start is None or day >= start}
        return DIFFERS if codes == {DIFFERS} else MISSING

    def refusal(self, what: str, start: dt.date | None, known: dict[str, Any]) -> Estimate:
        """The refusal of a metric where no race lies from `start` on, with what is known of the days that gave none."""
        return refuse(what, self.why_none(start), notes=(*self.notes, *self.earlier(start)), **known)

    def earlier(self, start: dt.date | None) -> tuple[str, ...]:
        """In words the last race before `start`, where none came after."""
        if self.inside(start) or not self.every:
            return ()
        return (f"The last race was on {day_of(self.every[-1].date)}, before the block.",)


def races(
    runs: pl.DataFrame,
    *,
    who: str = "",
    splits: pl.DataFrame | None = None,
    samples: pl.DataFrame | None = None,
    calendar: pl.DataFrame | None = None,
    sessions: pl.DataFrame | None = None,
    end: dt.date | None = None,
) -> Races:
    """The races up to `end`: runs marked as one, else the run of a day that the calendar calls a race.

    Where the calendar states a distance the run nearest to it counts, within 5 %; without one the fastest of the day.
    A run whose title (`sessions`) names a race and no training is taken for one and says so, unless the calendar gives
    its day another kind; another title that speaks of a race is a hint to mark it. Raises ValueError for several
    athletes without `who`.
    """
    own = _possible(of_athlete(runs, who), end)
    name = own["athlete"][0] if own.height else who
    days = _race_days(calendar, name, end)
    found, none = _chosen(own.filter(~pl.col("wrong")), days)
    notes, lost = [one.words for one in none], [(one.day, one.code) for one in none]
    wrong = own.filter(pl.col("wrong") & pl.col("race").fill_null(value=False))
    lost += [(day, MISSING) for day in wrong["date"]]
    notes += [f"{counted(wrong.height, 'race')} with an impossible distance or time: left out."] if wrong.height else []
    found += _titled(own.filter(~pl.col("wrong")), found, sessions, _planned_days(calendar, name))
    notes += _hint(own, found, sessions)
    ids = [run["session_id"] for run, *_ in found]
    by_lap, by_sample = (by_session(frame if frame is None else _of(frame, ids)) for frame in (splits, samples))
    every = [_race(*one, by_lap, by_sample) for one in found]
    return Races(tuple(sorted(every, key=lambda r: (r.date, r.session_id))), tuple(notes), tuple(lost))


def day_of(day: dt.date) -> str:
    """A day as people write it.

    >>> day_of(dt.date(2026, 3, 5))
    '5 Mar 2026'
    """
    return f"{day.day} {day:%b %Y}"


def _possible(own: pl.DataFrame, end: dt.date | None) -> pl.DataFrame:
    """The runs of one athlete, each once, with `seconds`; `wrong` where a number that is told cannot be."""
    numbers = [c for c in ("distance_m", *_TIMES) if c in own.columns]
    rows = own.with_columns(pl.col("date").cast(pl.Date), *(pl.col(c).cast(pl.Float64) for c in numbers))
    rows = rows.filter(pl.col("session_id").is_not_null(), pl.col("date").is_not_null())
    rows = rows if end is None else rows.filter(pl.col("date") <= end)
    seconds = pl.coalesce(*(pl.when(pl.col(c) != 0).then(c) for c in _TIMES if c in own.columns))
    rows = rows.with_columns(seconds.alias("seconds"), pl.when(pl.col("distance_m") != 0).then("distance_m"))
    metres, speed = pl.col("distance_m"), pl.col("distance_m") / pl.col("seconds")
    sound = (metres.is_between(1, LONGEST_M) & metres.is_finite()).fill_null(value=True)
    sound &= (pl.col("seconds") > 0).fill_null(value=True) & pl.col("seconds").is_finite().fill_null(value=True)
    sound &= speed.is_between(*SPEED_M_S).fill_null(value=True)
    rows = rows.with_columns((~sound).alias("wrong"))
    kept = ("session_id", "athlete", "date", "distance_m", "seconds", "race", "wrong")
    return rows.select(kept).sort(kept).unique("session_id", keep="first", maintain_order=True)


def _race_days(calendar: pl.DataFrame | None, name: str, end: dt.date | None) -> list[dict[str, Any]]:
    if calendar is None or calendar.is_empty():
        return []
    text = [pl.col(c).cast(pl.String) for c in ("athlete", "kind", "title")]
    rows = calendar.with_columns(pl.col("date").cast(pl.Date), pl.col("distance_m").cast(pl.Float64), *text)
    rows = rows.filter(pl.col("kind") == "race", pl.col("athlete") == name)
    rows = rows if end is None else rows.filter(pl.col("date") <= end)
    usable = pl.when(pl.col("distance_m").is_between(1, LONGEST_M)).then("distance_m").alias("distance_m")
    return (
        rows.select("date", pl.col("title").fill_null(""), usable)
        .unique()
        .sort("date", "distance_m", "title")
        .to_dicts()
    )


_Found = tuple[dict[str, Any], dict[str, Any] | None, tuple[str, ...]]


class _Lost(NamedTuple):
    """A day that the calendar calls a race and that no run was taken of: the reason code, and the words."""

    day: dt.date
    code: str
    words: str


def _chosen(own: pl.DataFrame, days: list[dict[str, Any]]) -> tuple[list[_Found], list[_Lost]]:
    """The run of every race with its day of the calendar, and the days of which no run was taken, with the reason."""
    lost: list[_Lost] = []
    found: dict[str, _Found] = {}
    for run in own.filter(pl.col("race")).to_dicts():
        same = [day for day in days if day["date"] == run["date"]]
        found[run["session_id"]] = (run, _nearest(run, same), ())
    marked = {run["date"] for run, *_ in found.values()}
    for day in days:
        if day["date"] in marked:
            continue
        that_day = own.filter(pl.col("date") == day["date"]).to_dicts()
        chosen = _of_day(day, that_day)
        if isinstance(chosen, _Lost):
            lost.append(chosen)
        else:
            found.setdefault(chosen[0]["session_id"], chosen)
    return list(found.values()), lost


def _nearest(run: dict[str, Any], days: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The entry of the calendar that a run marked as a race belongs to."""
    fitting = [day for day in days if _off(run, day) <= FITS]
    return min(fitting, key=lambda day: _off(run, day), default=None)


def _of_day(day: dict[str, Any], own: list[dict[str, Any]]) -> _Found | _Lost:
    """The run of a day that the calendar calls a race, or why there is none."""
    named = f"{day_of(day['date'])} is a race in the calendar"
    if not own:
        said = f"{named}, but no run of that day with a possible distance and time is known."
        return _Lost(day["date"], MISSING, said)
    if day["distance_m"] is not None and any(run["distance_m"] is not None for run in own):
        fitting = [run for run in own if run["distance_m"] is not None and _off(run, day) <= FITS]
        if not fitting:
            said = f"{named} of {number(day['distance_m'], 'm')} m, but no run of that day is within 5 % of it."
            return _Lost(day["date"], DIFFERS, said)
        return min(fitting, key=lambda run: (_off(run, day), run["session_id"])), day, ()
    fastest = max(own, key=lambda run: (_speed(run), run["distance_m"] or 0.0, run["session_id"]))
    said = f"{len(own)} runs on the day of the race: the fastest is taken; mark the race, or write its distance down."
    return fastest, day, (said,) if len(own) > 1 else ()


def _off(run: dict[str, Any], day: dict[str, Any]) -> float:
    """By what share a run misses the distance of the calendar; 0 where either is not told."""
    if day["distance_m"] is None or run["distance_m"] is None:
        return 0.0
    return float(abs(run["distance_m"] / day["distance_m"] - 1))


def _speed(run: dict[str, Any]) -> float:
    return float(run["distance_m"] / run["seconds"]) if run["distance_m"] and run["seconds"] else 0.0


def titled(sessions: pl.DataFrame) -> pl.DataFrame:
    """The sessions whose title names a race and no kind of training."""
    title = pl.col("title").cast(pl.String)
    named = title.str.contains(_TITLED) & ~title.str.contains(_TRAINING)
    return sessions.filter(named.fill_null(value=False))


def _titled(
    own: pl.DataFrame, found: list[_Found], sessions: pl.DataFrame | None, planned: list[dt.date]
) -> Iterator[_Found]:
    """Runs taken for races by their titles: on days without another race and without a word of the calendar."""
    if sessions is None or sessions.is_empty():
        return
    taken = {run["date"] for run, *_ in found}
    titles = {row["session_id"]: row["title"] for row in titled(sessions).iter_rows(named=True)}
    free = own.filter(pl.col("session_id").is_in(list(titles)), ~pl.col("date").is_in([*taken, *planned]))
    for run in free.to_dicts():
        title = " ".join(titles[run["session_id"]].split())
        said = "Taken for a race by its title: if it was none, give its day another kind in the calendar sheet."
        yield run, {"date": run["date"], "title": title, "distance_m": None}, (said,)


def _planned_days(calendar: pl.DataFrame | None, name: str) -> list[dt.date]:
    """The days of which the calendar tells any kind of run."""
    if calendar is None or calendar.is_empty():
        return []
    told = pl.col("kind").cast(pl.String).is_in(RUN_KINDS)
    own = calendar.filter(told, pl.col("athlete").cast(pl.String) == name)
    days: list[dt.date] = own["date"].cast(pl.Date).unique().to_list()
    return days


def _hint(own: pl.DataFrame, found: list[_Found], sessions: pl.DataFrame | None) -> Iterator[str]:
    """The words on runs whose title speaks of a race and that nobody marked as one."""
    if sessions is None or sessions.is_empty():
        return
    known = {run["session_id"] for run, *_ in found}
    others = own.filter(~pl.col("session_id").is_in(list(known)))["session_id"].to_list()
    titled = pl.col("title").cast(pl.String).str.contains(_TITLED).fill_null(value=False)
    days = sessions.filter(pl.col("session_id").is_in(others), titled)["date"].cast(pl.Date).unique().sort().to_list()
    if days:
        listed = ", ".join(day_of(day) for day in days[:3]) + (" …" if len(days) > 3 else "")
        yield f"The title of a run speaks of a race ({listed}): if it was one, write that day into the calendar sheet."


def _of(frame: pl.DataFrame, ids: list[str]) -> pl.DataFrame:
    return frame.filter(pl.col("session_id").is_in(ids))


def _race(
    run: dict[str, Any], day: dict[str, Any] | None, notes: tuple[str, ...],
    by_lap: dict[str, pl.DataFrame], by_sample: dict[str, pl.DataFrame],
) -> Race:  # fmt: skip
    session, official = run["session_id"], day["distance_m"] if day else None
    laps, said = laps_of(by_lap.get(session), official, run["distance_m"])
    stream = stream_of(by_sample.get(session))
    metres = official or run["distance_m"] or (laps.total_m if laps else None) or (stream.total_m if stream else None)
    seconds = run["seconds"] or (laps.total_s if laps else None)
    return Race(
        session, run["date"], day["title"] if day else "", metres, official is not None, seconds, laps, stream,
        (*notes, *said),
    )  # fmt: skip
