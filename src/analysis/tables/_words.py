"""The closed sets of words that the tables use, and the days that no row may lie outside."""

from __future__ import annotations

from typing import Final

import polars as pl

SET_TYPES: Final = ("work", "warmup", "drop", "failure", "unknown")
SIDES: Final = ("both", "left", "right")
REP_BASES: Final = ("total", "per_side", "unknown")
LOAD_BASES: Final = ("total", "per_implement", "unknown")
GOALS: Final = ("stability", "strength", "power", "finish")
DAY_POLICIES: Final = ("unknown", "rest")
SESSION_KINDS: Final = ("strength", "run", "test", "other")
ZONE_BASES: Final = ("local", "offset", "zone", "utc")
"""Where a session's local day comes from: `local` the file writes the wall clock; `offset` it writes the offset from
UTC; `zone` it writes UTC and the athlete's zone is known; `utc` it writes UTC and no zone is known: the UTC day."""
SPLIT_KINDS: Final = ("lap", "interval", "gate", "length")
INTENSITIES: Final = ("active", "rest", "warmup", "cooldown", "recovery", "unknown")
PHASES: Final = ("concentric", "eccentric", "full")
DIRECTIONS: Final = ("higher_better", "higher_worse", "neutral")
COMPLAINT_KINDS: Final = ("niggle", "pain", "injury", "illness", "other")
CALENDAR_KINDS: Final = ("race", "quality", "long", "easy", "rest", "gym", "test", "travel", "other")

_FIRST_DAY: Final = pl.date(1990, 1, 1)
_LAST_DAY: Final = pl.date(2100, 1, 1)  # the clock is not read here: the same file gives the same rows on any day


def plausible_date() -> pl.Expr:
    """Whether `date` lies between 1990 and 2100."""
    return pl.col("date").is_between(_FIRST_DAY, _LAST_DAY)
