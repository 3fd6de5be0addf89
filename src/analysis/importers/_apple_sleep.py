"""Segments of sleep to the sleep of a day: what one source recorded as asleep, summed on the day of waking up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

_NEW_SLEEP: Final = timedelta(hours=2)  # a longer time awake ends a sleep: what follows has its own day of waking up


@dataclass(frozen=True)
class Segment:
    """A time asleep (both ends in UTC), the offset to the local clock at its end, and who recorded it."""

    row: int
    source: str
    start: datetime
    end: datetime
    offset: timedelta


@dataclass(frozen=True)
class Night:
    """The sleep of a day from one source: the end of its longest sleep, the sum of all, and their segments."""

    source: str
    woke: datetime
    seconds: float
    rows: tuple[int, ...]


def nights(segments: Iterable[Segment]) -> list[Night]:
    """The days of sleep of each source. Overlapping segments count once; sources are never added up.

    >>> at = datetime(2026, 3, 1, 22)
    >>> one = Segment(1, "Watch", at, at + timedelta(hours=3), timedelta(0))
    >>> two = Segment(2, "Watch", at + timedelta(hours=2), at + timedelta(hours=7), timedelta(0))
    >>> [(night.woke.isoformat(), night.seconds, night.rows) for night in nights([one, two])]
    [('2026-03-02T05:00:00', 25200.0, (1, 2))]
    """
    found = []
    ordered = sorted(segments, key=lambda one: (one.source, one.start, one.end))
    for source, own in groupby(ordered, key=lambda one: one.source):
        sleeps = [(_woke(sleep), sleep) for sleep in _sleeps(list(own))]
        for _, day in groupby(sleeps, key=lambda sleep: sleep[0].date()):
            of_day = list(day)
            rows = tuple(sorted(one.row for _, sleep in of_day for one in sleep))
            woke, _ = max(of_day, key=lambda sleep: _asleep(sleep[1]))
            found.append(Night(source, woke, sum(_asleep(sleep) for _, sleep in of_day), rows))
    return found


def _sleeps(segments: list[Segment]) -> list[list[Segment]]:
    sleeps: list[list[Segment]] = []
    end = datetime.min  # noqa: DTZ901 - compared with nothing but UTC without a mark
    for one in segments:
        if not sleeps or one.start - end > _NEW_SLEEP:
            sleeps.append([])
        sleeps[-1].append(one)
        end = max(end, one.end) if len(sleeps[-1]) > 1 else one.end
    return sleeps


def _woke(sleep: list[Segment]) -> datetime:
    last = max(sleep, key=lambda one: one.end)
    return last.end + last.offset


def _asleep(sleep: list[Segment]) -> float:
    total, until = 0.0, sleep[0].start
    for one in sleep:
        total += max((one.end - max(one.start, until)).total_seconds(), 0.0)
        until = max(until, one.end)
    return total
