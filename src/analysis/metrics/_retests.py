"""Which two test sessions are compared, and whether they may be (methods D0)."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.stats.jump import from_flight_time

GRACE_DAYS: Final = 14  # a re-test this long after the last day of a block still belongs to the block
_CONDITIONS: Final = ("measure", "protocol", "device")


@dataclass(frozen=True)
class Session:
    """The valid trials of one day under the same conditions; `rows` has the outcome in its column `score`."""

    day: dt.date
    measure: str
    protocol: str | None
    device: str | None
    conditions: tuple[str | None, ...]  # measure, protocol and device without case and spaces: equal when comparable
    rows: pl.DataFrame

    @property
    def n(self) -> int:
        """Number of trials."""
        return self.rows.height

    @property
    def scores(self) -> NDArray[np.float64]:
        """Outcome of each trial."""
        return self.rows["score"].to_numpy()

    @property
    def score(self) -> float:
        """Score of the session: the mean of all trials on the log scale, never the best trial."""
        return float(np.exp(np.log(np.where(self.scores > 0, self.scores, np.nan)).mean()))


@dataclass(frozen=True)
class Pair:
    """The session before, the session after, and all sessions up to that day under either's conditions."""

    pre: Session
    post: Session
    shown: tuple[Session, ...]

    @property
    def n(self) -> int:
        """Number of trials that the comparison rests on."""
        return self.pre.n + self.post.n

    @property
    def refusal(self) -> str | None:
        """DEVICE_CHANGED or PROTOCOL_CHANGED where the two sessions may not be compared, BAD_INPUT for a score <= 0."""
        same_measure, same_protocol, same_device = (
            a == b for a, b in zip(self.pre.conditions, self.post.conditions, strict=True)
        )
        if not (same_measure and same_device):
            return "DEVICE_CHANGED"
        if not same_protocol:
            return "PROTOCOL_CHANGED"
        return None if math.isfinite(self.pre.score + self.post.score) else "BAD_INPUT"


def scored(trials: pl.DataFrame, test: str) -> pl.DataFrame:
    """Score the valid trials of one test, each once, sorted by athlete and day, enums as text.

    Adds `score`, the outcome in s or m (heights from flight times by methods D1, NaN where that is out of range), and
    the `_key` columns by which conditions are compared: spelling and spaces do not matter.
    """
    text = [pl.col(c).cast(pl.String) for c in ("athlete", "test", "side", *_CONDITIONS)]
    rows = trials.with_columns(*text, pl.col("date").cast(pl.Date), pl.col("value").cast(pl.Float64))
    rows = rows.filter(pl.col("valid"), pl.col("test") == test).unique("trial_id")
    rows = rows.sort("athlete", "date", "trial", "trial_id")
    height = pl.Series("score", from_flight_time(rows["value"].to_numpy()).height_m)
    timed = pl.col("measure") == "flight_time_s"
    return rows.with_columns(height, *(_plain(c).alias(f"{c}_key") for c in _CONDITIONS)).with_columns(
        pl.when(timed).then(pl.col("score")).otherwise(pl.col("value")).alias("score")
    )


def of_one(rows: pl.DataFrame, who: str) -> pl.DataFrame:
    """Take the rows of one athlete: all of them, or those of `who`. Raises ValueError for several without `who`."""
    names = rows["athlete"].unique().sort().to_list()
    if len(names) > 1 and who not in names:
        raise ValueError(f"re-tests of one athlete at a time: the frame has {names}; use each(metric, trials)")
    return rows.filter(pl.col("athlete") == who) if len(names) > 1 else rows


def split(rows: pl.DataFrame, *columns: str) -> list[tuple[tuple[Any, ...], pl.DataFrame]]:
    """Group `rows` by the values of `columns`, in order of the values."""
    return list(rows.sort(*columns, maintain_order=True).group_by(*columns, maintain_order=True))


def sessions(rows: pl.DataFrame) -> list[Session]:
    """Sort scored trials into sessions by day; one day under two conditions makes two sessions, the larger first."""
    found = []
    for (day, *keys), group in rows.group_by("date", *(f"{c}_key" for c in _CONDITIONS), maintain_order=True):
        first = group.row(0, named=True)
        found.append(Session(day, first["measure"], first["protocol"], first["device"], tuple(keys), group))
    return sorted(found, key=lambda s: (s.day, -s.n, str(s.conditions)))


def pair(rows: pl.DataFrame, start: dt.date | None, end: dt.date | None) -> Pair | None:
    """Take the last session at or before `start` and the last one up to two weeks after `end`; None if one is missing.

    Without `start` the first session stands for "before", without `end` the last one for "after". Of two conditions
    on one day those are taken that occur on both days.
    """
    known = sessions(rows)
    days = sorted({s.day for s in known})
    before = [d for d in days if d <= start][-1:] if start else days[:1]
    last = end + dt.timedelta(days=GRACE_DAYS) if end else dt.date.max
    after = [d for d in days if before and max(before[0], start or before[0]) < d <= last][-1:]
    if not after:
        return None
    options = [(a, b) for a in known if a.day == before[0] for b in known if b.day == after[0]]
    pre, post = next(((a, b) for a, b in options if a.conditions == b.conditions), options[0])
    shown = [s for s in known if s.day <= post.day and s.conditions in (pre.conditions, post.conditions)]
    return Pair(pre, post, tuple(shown))


def earlier_sessions(rows: pl.DataFrame, day: dt.date) -> int:
    """Days before `day` on which the athlete did this test at any load, distance or side."""
    return rows.filter(pl.col("date") < day)["date"].n_unique()


def _plain(column: str) -> pl.Expr:
    words = pl.col(column).str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars()
    return pl.when(words != "").then(words)
