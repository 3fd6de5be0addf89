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
from analysis.transforms import RETEST_GRACE_DAYS

BASELINE_DAYS: Final = 7  # a test this long after the first day still counts as the one before the block
FRESH_DAYS: Final = 28  # a test this long before the block is preferred to one inside its first week
FINAL_DAYS: Final = 14  # a test this long before the last day counts as the one after the block
_CONDITIONS: Final = ("measure", "protocol", "device", "method")
_OUTCOMES: Final = {
    **dict.fromkeys(("loaded_jump", "cmj"), ("height_m", "flight_time_s")),
    **dict.fromkeys(("sprint", "single_leg_stance"), ("time_s",)),
}
"""The measures that a built-in test is judged by; a jump mat or a force plate writes others beside them."""
_FLIGHT: Final = "flight time"
_JUMPED: Final = ("height_m", "flight_time_s")


@dataclass(frozen=True)
class Session:
    """The valid trials of one day under the same conditions; `rows` has the outcome in its column `score`.

    `log` says that the scores are analysed as logs, as those of a ratio scale are.
    """

    day: dt.date
    measure: str
    protocol: str | None
    device: str | None
    method: str | None  # how the device got the value
    conditions: tuple[str | None, ...]  # these four without case and spaces: equal when comparable
    rows: pl.DataFrame
    log: bool = True

    @property
    def n(self) -> int:
        """Number of trials."""
        return self.rows.height

    @property
    def trials(self) -> str:
        """The number of trials in words."""
        return f"{self.n} trial{'s' if self.n > 1 else ''}"

    @property
    def scores(self) -> NDArray[np.float64]:
        """Outcome of each trial."""
        return self.rows["score"].to_numpy()

    @property
    def score(self) -> float:
        """Score of the session: the mean of all trials (on the log scale if `log`), never the best trial."""
        if not self.log:
            return float(self.scores.mean())
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
        measure, protocol, device, method = (_clash(a, b) for a, b in self._conditions)
        if measure or device or method:
            return "DEVICE_CHANGED"
        if protocol:
            return "PROTOCOL_CHANGED"
        return None if math.isfinite(self.pre.score + self.post.score) else "BAD_INPUT"

    @property
    def half_known(self) -> bool:
        """Whether device, protocol or method is written down at one of the two sessions only."""
        return any(_half_known(a, b) for a, b in self._conditions)

    @property
    def _conditions(self) -> list[tuple[str | None, str | None]]:
        return list(zip(self.pre.conditions, self.post.conditions, strict=True))


def scored(trials: pl.DataFrame, test: str, measure: str | None = None) -> pl.DataFrame:
    """Score the valid trials of one test, each once, sorted by athlete and day, enums as text.

    Adds `score`, the outcome in s or m (heights from flight times by methods D1, NaN where that is out of range), and
    the `_key` columns by which conditions are compared: spelling and spaces do not matter, and a flight time is got by
    flight time. Other measures of a built-in test are left aside; with `measure` that one counts, as it is.
    """
    if "method" not in trials.columns:
        trials = trials.with_columns(method=pl.lit(None, pl.String))
    text = [pl.col(c).cast(pl.String) for c in ("athlete", "test", "side", *_CONDITIONS)]
    rows = trials.with_columns(*text, pl.col("date").cast(pl.Date), pl.col("value").cast(pl.Float64))
    rows = rows.filter(pl.col("valid"), pl.col("test") == test).unique(["athlete", "trial_id"])
    if kept := (measure,) if measure else _OUTCOMES.get(test):
        rows = rows.filter(pl.col("measure").is_in(kept))
    rows = rows.sort("athlete", "date", "trial", "trial_id")
    height = pl.Series("score", from_flight_time(rows["value"].to_numpy()).height_m)
    timed = (pl.col("measure") == "flight_time_s") & pl.lit(measure is None)
    by_clock = pl.when(pl.col("measure") == "flight_time_s").then(pl.lit(_FLIGHT))
    method = pl.coalesce(_plain("method").str.replace_all("_", " "), by_clock)
    keys = (_plain(c).alias(f"{c}_key") for c in _CONDITIONS if c != "method")
    return rows.with_columns(height, *keys, method.alias("method_key")).with_columns(
        pl.when(timed).then(pl.col("score")).otherwise(pl.col("value")).alias("score")
    )


def of_one(rows: pl.DataFrame, who: str, trials: pl.DataFrame | None = None) -> pl.DataFrame:
    """Take the rows of one athlete: those of `who`, or of the only one in `trials`, from which `rows` were chosen.

    Where the trials know `who`, nobody else's rows stand in for a test that she did not do; a name for a frame of one
    is a label. Raises ValueError for several athletes without `who`.
    """
    everyone = (rows if trials is None else trials)["athlete"].cast(pl.String).drop_nulls().unique().sort().to_list()
    if who in everyone:
        return rows.filter(pl.col("athlete") == who)
    names = rows["athlete"].unique().sort().to_list()
    if len(names) > 1 or (who and len(everyone) > 1):
        raise ValueError(f"re-tests of one athlete at a time: the frame has {everyone}; use each(metric, trials)")
    return rows


def split(rows: pl.DataFrame, *columns: str) -> list[tuple[tuple[Any, ...], pl.DataFrame]]:
    """Group `rows` by the values of `columns`, in order of the values."""
    return list(rows.sort(*columns, maintain_order=True).group_by(*columns, maintain_order=True))


def sessions(rows: pl.DataFrame, *, log: bool = True) -> list[Session]:
    """Sort scored trials into sessions by day; one day under two conditions makes two sessions.

    Of these, heights from the push-off (impulse and momentum) come first and flight times last, then the larger one.
    """
    found = []
    for (day, *keys), group in rows.group_by("date", *(f"{c}_key" for c in _CONDITIONS), maintain_order=True):
        first = group.row(0, named=True)
        protocol, device, method = (first[c] if first[f"{c}_key"] else None for c in _CONDITIONS[1:])
        found.append(Session(day, first["measure"], protocol, device, method, tuple(keys), group, log))
    return sorted(found, key=lambda s: (s.day, _roundabout(s), -s.n, str(s.conditions)))


def pair(rows: pl.DataFrame, start: dt.date | None, end: dt.date | None, *, log: bool = True) -> Pair | str:
    """Take the session before a block and the one after it; where one is missing, say in words which.

    Before: the last session up to a week after `start`, but one at or before `start` goes first unless it is more than
    28 days older. After: the last one in the final 14 days of the block or the 14 days after `end`. Without `start` the
    first session stands for "before", without `end` the last one for "after". Of several conditions on one day those
    are taken that agree best; where several agree equally well, in the order of `sessions`: a height from the push-off
    at both before a flight time at both.
    """
    known = sessions(rows, log=log)
    days = sorted({s.day for s in known})
    before = _before(days, start)
    if before is None:
        return f"No test up to {BASELINE_DAYS} days after the start of the block; the first is of {_date(days[0])}."
    after = [day for day in days if day > before and (end is None or _closes(day, end))]
    if not after and end is None:
        return f"No test after that of {_date(days[-1])}."
    if not after:
        window = f"the last {FINAL_DAYS} days of the block or the {RETEST_GRACE_DAYS} after it"
        return f"No second test in {window}; the last test found is of {_date(days[-1])}."
    options = [(a, b) for a in known if a.day == before for b in known if b.day == after[-1]]
    pre, post = min(options, key=lambda two: _apart(*two))
    shown = [s for s in known if s.day <= post.day and s.conditions in (pre.conditions, post.conditions)]
    return Pair(pre, post, tuple(shown))


def earlier_sessions(rows: pl.DataFrame, day: dt.date) -> int:
    """Days before `day` on which the athlete did this test at any load, distance or side."""
    return rows.filter(pl.col("date") < day)["date"].n_unique()


def _before(days: list[dt.date], start: dt.date | None) -> dt.date | None:
    if start is None:
        return days[0]
    earlier = [day for day in days if day <= start]
    first_week = [day for day in days if start < day <= start + dt.timedelta(days=BASELINE_DAYS)]
    if earlier and ((start - earlier[-1]).days <= FRESH_DAYS or not first_week):
        return earlier[-1]
    return first_week[-1] if first_week else None


def _closes(day: dt.date, end: dt.date) -> bool:
    return end - dt.timedelta(days=FINAL_DAYS) < day <= end + dt.timedelta(days=RETEST_GRACE_DAYS)


def _clash(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one != other


def _half_known(one: str | None, other: str | None) -> bool:
    return (one is None) != (other is None)


def _apart(pre: Session, post: Session) -> tuple[int, int]:
    pairs = list(zip(pre.conditions, post.conditions, strict=True))
    return sum(_clash(a, b) for a, b in pairs), sum(_half_known(a, b) for a, b in pairs)


def _roundabout(s: Session) -> int:
    """0 for a height from the push-off, 2 for one from the flight time, which the landing lengthens; 1 for all else."""
    method = s.conditions[-1] or ""
    return 0 if "impulse" in method else 2 if _FLIGHT in method and s.measure in _JUMPED else 1


def _date(day: dt.date) -> str:
    return f"{day.day} {day:%b %Y}"


def _plain(column: str) -> pl.Expr:
    words = pl.col(column).str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars()
    return pl.when(words != "").then(words)
