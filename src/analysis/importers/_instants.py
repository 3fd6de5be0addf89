"""Instants to local days: where the offset comes from is recorded, and no machine time zone is ever used.

An offset beside the instant decides (`offset`); else the zone that the user named with --tz (`zone`); else the UTC day
stands for the local one and says so (`utc`).
"""

from __future__ import annotations

import math
import re
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from analysis.importers._problem import ImportProblem
from analysis.importers._raw import Context

COLUMNS: Final = {
    "date": pl.String, "start_local": pl.String, "start_utc": pl.String, "zone": pl.String, "zone_basis": pl.String,
}  # fmt: skip
"""What `local` returns, all of it text for the tables to judge."""
_LONGEST: Final = 200  # characters of a moment; with longer texts the patterns take seconds
_OFFSET: Final = re.compile(r"(?:utc|gmt)?\s*([+-])(\d{1,2}):?(\d{2})?", re.IGNORECASE)
_LATEST_EPOCH: Final = 4_102_444_800.0  # the year 2100
_SECONDS: Final = "%Y-%m-%d %H:%M:%S"


def utc(text: str | None) -> datetime | None:
    """The instant of an ISO text; one without an offset is UTC. None where it is no instant.

    >>> utc("2026-03-01T06:30:00+0200"), utc("2026-03-01 06:30:00 UTC"), utc("soon")
    (datetime.datetime(2026, 3, 1, 4, 30), datetime.datetime(2026, 3, 1, 6, 30), None)
    """
    if not text or len(text) > _LONGEST:
        return None
    bare = re.sub(r"\s*(?:UTC|GMT)$", "Z", text.strip())
    try:
        at = datetime.fromisoformat(re.sub(r"\s+(?=[+-]\d{2}:?\d{2}$)", "", bare))
        return at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at
    except (ValueError, OverflowError):
        return None


def from_epoch(seconds: float | str | None) -> datetime | None:
    """The instant of seconds since 1970 (milliseconds are recognised by their size), None where there is none.

    >>> from_epoch(1_767_225_600), from_epoch("1767225600000"), from_epoch(-1)
    (datetime.datetime(2026, 1, 1, 0, 0), datetime.datetime(2026, 1, 1, 0, 0), None)
    """
    try:
        value = float(seconds) if seconds is not None else math.nan
    except (TypeError, ValueError):
        return None
    if not math.isfinite(value) or value <= 0:
        return None
    value = value / 1000 if value > _LATEST_EPOCH else value
    return datetime.fromtimestamp(value, UTC).replace(tzinfo=None) if value <= _LATEST_EPOCH else None


def offset(text: str | float | None) -> timedelta | None:
    """An offset from UTC as vendors write it: `UTC-05:00`, `+0200`, or a number of seconds.

    >>> offset("UTC-05:00"), offset(7200)
    (datetime.timedelta(days=-1, seconds=68400), datetime.timedelta(seconds=7200))
    """
    if isinstance(text, int | float):
        return timedelta(seconds=text) if abs(text) <= 18 * 3600 else None
    if len(text or "") > _LONGEST:
        return None
    found = _OFFSET.fullmatch((text or "").strip())
    if not found:
        return timedelta(0) if (text or "").strip().upper() in ("Z", "UTC", "GMT") else None
    size = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return -size if found[1] == "-" else size


def local(moments: list[datetime | None], context: Context, offsets: list[timedelta | None] | None = None) -> pl.DataFrame:  # fmt: skip  # noqa: E501
    """The local day and clock of UTC moments, see `COLUMNS`; a row without a moment is null.

    >>> at = datetime(2026, 3, 1, 23, 30)
    >>> local([at], Context(tz="Europe/Rome")).row(0)
    ('2026-03-02', '2026-03-02 00:30:00', '2026-03-01 23:30:00', 'Europe/Rome', 'zone')
    """
    told = context.answer("tz")
    zone = named_zone(told) if told else None
    rows = [_row(at, off, zone, told) for at, off in zip(moments, offsets or [None] * len(moments), strict=True)]
    return pl.DataFrame(rows, schema=COLUMNS, orient="row")


def notice(days: pl.DataFrame) -> tuple[str, ...]:
    """The sentence that a file without offsets and zone deserves."""
    if not (days["zone_basis"] == "utc").any():
        return ()
    return ("the file gives UTC and no zone: its UTC days are taken as local days; say --tz Europe/Rome (yours)",)


def named_zone(name: str) -> tzinfo:
    """The zone of an IANA name or an offset. Raises ImportProblem where there is no such zone."""
    size = offset(name)
    if size is not None:
        return timezone(size)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ImportProblem(f"--tz {name} is no time zone", "a name such as Europe/Rome, or +02:00", "correct it") from error  # fmt: skip  # noqa: E501


def _row(at: datetime | None, off: timedelta | None, zone: tzinfo | None, name: str | None) -> tuple[str | None, ...]:
    if at is None or not MINYEAR < at.year < MAXYEAR:  # the empty date of some languages is the first day of year 1
        return (None, None, None, None, "utc")
    shown = at.strftime(_SECONDS)
    if off is not None:
        return _told(at + off, shown, _sign(off), "offset")
    if zone is not None:
        return _told(at.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None), shown, name, "zone")
    return _told(at, shown, None, "utc")


def _told(clock: datetime, shown: str, where: str | None, basis: str) -> tuple[str | None, ...]:
    return (clock.date().isoformat(), clock.strftime(_SECONDS), shown, where, basis)


def _sign(off: timedelta) -> str:
    minutes = round(off.total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
