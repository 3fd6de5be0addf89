"""Durations as the apps write them, in seconds."""

from __future__ import annotations

import re
from typing import Final

_UNITS: Final = re.compile(
    r"(?:(\d+)\s*(?:d|days?))?\s*(?:(\d+)\s*(?:h|hrs?|hours?|std))?\s*"
    r"(?:(\d+)\s*(?:m|mins?|minutes?))?\s*(?:(\d+)\s*(?:s|secs?|seconds?|sek))?\.?"
)
_CLOCK: Final = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{2})(?:[.,](\d+))?")
_ISO: Final = re.compile(r"p(?:(\d+)d)?(?:t(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)(?:\.(\d+))?s)?)?")
_LONGEST: Final = 200  # characters; with longer ones the patterns below take seconds
_PLAIN: Final = re.compile(r"\d+(?:\.\d+)?")


def seconds(text: str) -> float | None:
    """Seconds in `55s`, `35min`, `2h 38m`, `1:05:00.5`, `PT1H5M` or a plain number of seconds; None in other texts.

    >>> seconds("264h 1m"), seconds("35min"), seconds("5:30"), seconds("PT90.5S"), seconds("soon")
    (950460.0, 2100.0, 330.0, 90.5, None)
    """
    text = text.strip().casefold()
    if len(text) > _LONGEST:
        return None
    if _PLAIN.fullmatch(text):
        return float(text)
    found = _CLOCK.fullmatch(text)
    if found:
        return _sum(("0", *found.groups()[:3])) + float(f"0.{found[4] or 0}")
    found = _ISO.fullmatch(text)
    if found:
        return _sum(found.groups()[:4]) + float(f"0.{found[5] or 0}") if any(found.groups()) else None
    found = _UNITS.fullmatch(text)
    return _sum(found.groups()) if found and any(found.groups()) else None


def _sum(parts: tuple[str | None, ...]) -> float:
    sizes = (86_400, 3600, 60, 1)
    return float(sum(int(part or 0) * size for part, size in zip(parts, sizes, strict=True)))
