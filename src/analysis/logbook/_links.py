"""The same session from two sources: linked, never deleted, and counted once.

An athlete does one thing at a time, so two sessions of one kind that overlap are one session. Where a source gives
only the day, or an hour that is off by a whole time zone, more must agree. What is linked is decided anew from the
sessions each time the log is read: the same state always gives the same links.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import polars as pl

LINKS: Final = {
    "athlete": pl.String, "date": pl.Date, "session_id": pl.String, "source": pl.String, "linked_id": pl.String,
    "linked_source": pl.String, "reason": pl.String, "sets": pl.Int64, "volume_kg": pl.Float64,
    "distance_m": pl.Float64,
}  # fmt: skip
"""One row per session that is not counted: the session that stands for it, why, and what it would have added."""

_NEAR: Final = timedelta(seconds=120)
_QUARTER: Final = timedelta(minutes=15)
_WIDEST_ZONE: Final = timedelta(hours=14)
_TIMER_LEFT_ON: Final = timedelta(hours=6)
_CLOSE, _VERY_CLOSE, _OVERLAP, _HALF = 0.05, 0.01, 0.5, 0.5
_SHORTEST_ID: Final = 8
_SAME_ID, _SAME_START, _BY_ZONE = "same id", "same start", "same length, another time zone"
_SURE: Final = (_SAME_ID, _SAME_START)  # good enough to be the same as a session that is itself linked
_RECORDERS: Final = (
    "fit", "tcx", "gpx", "polar", "garmin_json", "intervals_icu", "strava", "garmin_csv", "whoop", "apple_health",
)  # fmt: skip
"""Watches and platforms, the most detailed first; a training app knows more of a strength session than any of them."""


@dataclass(frozen=True)
class _Session:
    """What is compared of a session."""

    id: str
    source: str
    kind: str
    date: date
    start: datetime | None
    instant: datetime | None
    length: timedelta | None
    distance_m: float | None
    source_id: str | None
    sets: Counter[tuple[float | None, float | None]]
    volume_kg: float

    @property
    def rank(self) -> tuple[bool, int, str]:
        """Sorted first: what stands for the others."""
        run = self.kind == "run"
        recorder = _RECORDERS.index(self.source) if self.source in _RECORDERS else len(_RECORDERS) if run else -1
        return (not run and not self.sets, recorder, self.id)


def links(sessions: pl.DataFrame, runs: pl.DataFrame, sets: pl.DataFrame) -> pl.DataFrame:
    """The sessions that are the same as another one, see `LINKS`; the frames hold all athletes or one."""
    rows: list[tuple[Any, ...]] = []
    for (athlete,), own in sessions.sort("athlete").group_by("athlete", maintain_order=True):
        near = _near_another(own)
        if near.height:
            rows += _of_one(
                str(athlete),
                _described(near, runs, sets.filter(pl.col("session_id").is_in(near["session_id"].implode()))),
            )
    return pl.DataFrame(rows, schema=LINKS, orient="row").sort("athlete", "date", "linked_id")


def counted(frame: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """The rows of a table that are not of a linked session."""
    if found.is_empty():
        return frame
    return frame.filter(~pl.col("session_id").is_in(found["linked_id"].implode()))


def filled(sessions: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """The sessions that count, with session RPE and duration taken from a linked one where they have none."""
    if found.is_empty():
        return sessions
    columns = ("session_rpe", "duration_s")
    known = found.select("session_id", pl.col("linked_id").alias("other"))
    other = sessions.select(pl.col("session_id").alias("other"), *columns).join(known, on="other").sort("other")
    first = (pl.col(c).drop_nulls().first().alias(f"{c}_too") for c in columns)
    other = other.group_by("session_id").agg(first)
    kept = counted(sessions, found).join(other, on="session_id", how="left", maintain_order="left")
    return kept.with_columns(pl.coalesce(c, f"{c}_too").alias(c) for c in columns).select(sessions.columns)


def _near_another(sessions: pl.DataFrame) -> pl.DataFrame:
    """The sessions that have a session of another source, or another run, on their day or next to it."""
    seen: dict[date, set[str]] = defaultdict(set)
    for n, (day, source, kind) in enumerate(sessions.select("date", "source", "kind").iter_rows()):
        for step in (-1, 0, 1):
            seen[day + timedelta(days=step)].add(source if kind != "run" else f"run {n}")
    busy = [day for day, told in seen.items() if len(told) > 1]
    return sessions.filter(pl.col("date").is_in(busy))


def _described(sessions: pl.DataFrame, runs: pl.DataFrame, sets: pl.DataFrame) -> list[_Session]:
    distances = dict(runs.select("session_id", "distance_m").iter_rows())
    done: dict[str, Counter[tuple[float | None, float | None]]] = defaultdict(Counter)
    volumes: dict[str, float] = defaultdict(float)
    for session, reps, load in sets.select("session_id", "reps", "load_kg").iter_rows():
        done[session][reps, load] += 1
        volumes[session] += (reps or 0) * (load or 0)
    return [_one(row, distances, done, volumes) for row in sessions.iter_rows(named=True)]


def _one(
    row: Mapping[str, Any],
    distances: Mapping[str, float | None],
    done: Mapping[str, Counter[tuple[float | None, float | None]]],
    volumes: Mapping[str, float],
) -> _Session:
    length = timedelta(seconds=row["duration_s"]) if row["duration_s"] else None
    known = length if row["kind"] == "run" or (length and length < _TIMER_LEFT_ON) else None
    key = row["session_id"]
    return _Session(
        key, row["source"], str(row["kind"]), row["date"], row["start_local"], row["start_utc"], known,
        distances.get(key), row["source_id"], done.get(key, Counter()), volumes.get(key, 0.0),
    )  # fmt: skip


def _of_one(athlete: str, sessions: list[_Session]) -> Iterator[tuple[Any, ...]]:
    by_day: dict[date, list[_Session]] = defaultdict(list)
    for session in sessions:
        by_day[session.date].append(session)
    stands_for: dict[str, str] = {}
    found: list[tuple[_Session, str]] = []
    paired: set[tuple[str, str]] = set()
    known = {session.id: session for session in sessions}
    in_order = sorted(sessions, key=lambda session: session.rank)
    # a clock that is off by a zone is the weakest reason: it comes last, and takes nothing from a source that has told
    for first, by_zone in [(session, by_zone) for by_zone in (False, True) for session in in_order]:
        stand_in = known[_root(first.id, stands_for)]
        days = (first.date + timedelta(days=step) for step in (-1, 0, 1))
        for other in sorted((s for day in days for s in by_day.get(day, ())), key=lambda session: session.rank):
            if other.id == first.id or other.id in stands_for or other.rank < first.rank:
                continue
            reason = _same(first, other, by_day)
            if not reason or (reason == _BY_ZONE) is not by_zone or (by_zone and (stand_in.id, other.source) in paired):
                continue
            if stand_in is first or (reason in _SURE and stand_in.source != other.source):
                stands_for[other.id] = stand_in.id
                paired.add((stand_in.id, other.source))
                found.append((other, reason))
    for other, reason in found:
        root = known[_root(other.id, stands_for)]
        yield (
            athlete, other.date, root.id, root.source, other.id, other.source, reason, other.sets.total(),
            other.volume_kg, other.distance_m,
        )  # fmt: skip


def _root(session: str, stands_for: Mapping[str, str]) -> str:
    while session in stands_for:
        session = stands_for[session]
    return session


def _same(a: _Session, b: _Session, by_day: Mapping[date, list[_Session]]) -> str | None:
    """Why two sessions are one, None where they are not."""
    other_source = a.source != b.source
    if other_source and a.source_id and a.source_id == b.source_id and len(a.source_id) >= _SHORTEST_ID:
        return _SAME_ID
    comparable = a.kind == b.kind or "other" in (a.kind, b.kind)
    if not comparable or not (other_source or a.kind == b.kind == "run"):
        return None
    if a.start is None or b.start is None:
        return _same_day(a, b, by_day)
    if a.instant is not None and b.instant is not None:
        return _same_time(a, b, b.instant - a.instant, sure=True)
    return _same_time(a, b, b.start - a.start, sure=False)


def _same_time(a: _Session, b: _Session, shift: timedelta, *, sure: bool) -> str | None:
    """The same for sessions with a clock; `sure` says that both clocks are UTC, so that no zone can stand between."""
    if abs(shift) <= _NEAR and _sizes_agree(a, b, _CLOSE, timedelta(minutes=5)):
        return _SAME_START
    if a.source == b.source or a.kind != b.kind:
        return None
    if _overlap(a, b, shift) >= _OVERLAP:
        return "overlapping"
    off = min(abs(shift) % _QUARTER, _QUARTER - abs(shift) % _QUARTER)
    zone = not sure and off <= _NEAR and abs(shift) <= _WIDEST_ZONE and _sizes_agree(a, b, _VERY_CLOSE, None)
    return _BY_ZONE if zone else None


def _same_day(a: _Session, b: _Session, by_day: Mapping[date, list[_Session]]) -> str | None:
    """Sources that give only the day: the only strength session of either, with at least half of the sets the same."""
    if a.date != b.date or (a.kind, b.kind) != ("strength", "strength"):
        return None
    alike = Counter(s.source for s in by_day[a.date] if s.kind == "strength")
    if alike[a.source] > 1 or alike[b.source] > 1:
        return None
    if not a.sets or not b.sets:
        return "same day"
    shared = (a.sets & b.sets).total()
    return "same sets that day" if shared >= _HALF * min(a.sets.total(), b.sets.total()) else None


def _sizes_agree(a: _Session, b: _Session, share: float, slack: timedelta | None) -> bool:
    """Whether distance or else duration agree; without slack something must be there to agree."""
    if a.distance_m and b.distance_m:
        return abs(a.distance_m - b.distance_m) <= share * max(a.distance_m, b.distance_m)
    if a.length and b.length:
        apart = abs(a.length - b.length)
        return apart <= share * max(a.length, b.length) or (slack is not None and apart <= slack)
    return slack is not None


def _overlap(a: _Session, b: _Session, shift: timedelta) -> float:
    """The time that both cover, as a share of the shorter one; `shift` is how much later b starts."""
    if not a.length or not b.length:
        return 0.0
    common = min(a.length, shift + b.length) - max(timedelta(0), shift)
    return common / min(a.length, b.length)
