"""Session-RPE load of one athlete by day and by week, shared by the metrics of load over time (methods C11 to C15)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.stats.load import rolling_sum
from analysis.transforms import SUSPECT_DURATION_S, between, daily_load, of_athlete, session_load

DAYS_OF_WEEK: Final = 7
HATCHED_DAY: Final = "Day (hatched: load unknown)"


@dataclass(frozen=True)
class Loads:
    """The days of a block and those before it, and why no load can be told (None where one can)."""

    days: pl.DataFrame
    before: pl.DataFrame
    sessions: int
    reason: str | None
    notes: tuple[str, ...]

    @property
    def daily(self) -> NDArray[np.float64]:
        """Load of every day, those before the block first; NaN is unknown."""
        return pl.concat([self.before, self.days])["load_au"].to_numpy()


def one_athlete(rows: pl.DataFrame, who: str, key: str = "session_id") -> pl.DataFrame:
    """Take the rows of one athlete, each `key` once. Raises ValueError for several athletes without `who`."""
    own = of_athlete(rows, who)
    return own.filter(pl.col(key).is_null() | pl.col(key).is_first_distinct())


def of_block(
    sessions: pl.DataFrame, who: str, start: dt.date, end: dt.date, policy: str, *, weeks_before: int = 0
) -> Loads:
    """Load of the block's days and of the whole ISO weeks before it.

    `policy` holds inside the block; days before it without a record are unknown.
    """
    own = one_athlete(sessions, who)
    block = session_load(between(own, start, end))
    days = daily_load(own, start, end, policy)
    first = start - dt.timedelta(days=start.weekday() if weeks_before else 0, weeks=weeks_before)
    before = daily_load(own, first, start - dt.timedelta(days=1), "unknown") if first < start else days.clear()
    return Loads(days, before, block.height, _why_none(block, days), day_notes(block, days, policy))


def by_week(loads: Loads) -> pl.DataFrame:
    """The whole ISO weeks (`week` is their Monday): `load_au, known_days, in_block`, and `daily`, their seven loads.

    A week with one unknown day is scaled up, with more it is unknown (methods C11); a week cut off by the last day of
    the block is left out, and so are the weeks before the first known day. `in_block` says that its last day lies in
    the block.
    """
    days = pl.concat([loads.before, loads.days])
    weekly = days.group_by(pl.col("date").dt.truncate("1w").alias("week")).agg(
        pl.col("load_au").sort_by("date").alias("daily"), pl.col("known").sum().cast(pl.Int64).alias("known_days")
    )
    weekly = weekly.filter(pl.col("daily").list.len() == DAYS_OF_WEEK).sort("week")
    totals = [rolling_sum(daily, DAYS_OF_WEEK).sum for daily in weekly["daily"].to_list()]
    last_day = pl.col("week") + pl.duration(days=DAYS_OF_WEEK - 1)
    weekly = weekly.with_columns(
        pl.Series("load_au", totals, dtype=pl.Float64),
        (last_day >= loads.days["date"].min()).alias("in_block"),
    )
    return weekly.filter(pl.col("in_block") | (pl.col("known_days").cum_sum() > 0))


def day_notes(block: pl.DataFrame, days: pl.DataFrame, policy: str) -> tuple[str, ...]:
    """Why days of the block are unknown, with counts; `block` holds its sessions with their `load_au`."""
    unrated = block.filter(pl.col("session_rpe").is_null()).height
    no_time = block.filter(pl.col("session_rpe").is_not_null() & pl.col("load_au").is_null())
    left_on = no_time.filter(pl.col("duration_s") > SUSPECT_DURATION_S).height
    empty = days.filter(pl.col("sessions") == 0).height
    said = [
        (unrated, "sessions without a session RPE: their day is unknown. Write `sRPE 7` into the workout note."),
        (no_time.height - left_on, "rated sessions without a duration: their day is unknown."),
        (left_on, "rated sessions of more than 6 hours, a timer left running: their day is unknown."),
        (empty, f"days without a record, counted as {'rest, load 0' if policy == 'rest' else 'unknown, not as rest'}."),
    ]
    return tuple(f"{number} {text}" for number, text in said if number)


def _why_none(block: pl.DataFrame, days: pl.DataFrame) -> str | None:
    if block["load_au"].is_null().all():
        return "NO_SESSION_RPE" if block.height else "NO_DATA"
    return None if days["known"].any() else "TOO_FEW_DAYS"


def numbers(values: Iterable[float | None]) -> list[Any]:
    """NaN as None, as frames want it."""
    return [None if v is None or np.isnan(v) else float(v) for v in values]


def week_name(monday: dt.date) -> str:
    """A week in words: "week from 5 Jan"."""
    return f"week from {monday.day} {monday:%b}"
