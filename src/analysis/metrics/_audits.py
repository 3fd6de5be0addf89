"""What the audits of a block share: possible sets of one athlete, and whole weeks with their label (methods C17)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from analysis.metrics._effort import UNRATED, block_sets
from analysis.metrics._sessions import counted
from analysis.stats.deload import DELOAD, Weeks, label_weeks
from analysis.tables import SET_LIMITS
from analysis.transforms import of_athlete, weeks

MIN_JUDGED: Final = 0.80  # share of the sets of a week (of all weeks) whose effort must be known to count hard sets
WEEK: Final = dt.timedelta(days=7)
_SCHEMA: Final = {"week": pl.Date, "sessions": pl.UInt32, "hard_sets": pl.Float64, "judged": pl.Float64,
                  "volume_load": pl.Float64}  # fmt: skip


@dataclass(frozen=True)
class Labelled:
    """The whole weeks of a log: `frame` has `week, sessions, load, label, reference`; `load` is of `metric_type`."""

    frame: pl.DataFrame
    found: Weeks
    metric_type: str
    reason: str | None = None

    def deloads(self) -> list[dt.date]:
        """The Mondays of the deload weeks."""
        return self.frame.filter(pl.col("label") == DELOAD)["week"].to_list() if self.reason is None else []


def of_one(frame: pl.DataFrame, who: str, sets: pl.DataFrame | None = None) -> pl.DataFrame:
    """The rows of one athlete, days as dates (pandas has none). Raises ValueError for several without `who`.

    Where the `sets` know `who`, nobody else's rows stand in for hers; a name for frames of one is a label.
    """
    if sets is not None and who in sets["athlete"].cast(pl.String):
        return frame.filter(pl.col("athlete").cast(pl.String) == who).with_columns(pl.col("date").cast(pl.Date))
    return of_athlete(frame, who).with_columns(pl.col("date").cast(pl.Date))


def possible(sets: pl.DataFrame, who: str) -> tuple[pl.DataFrame, list[str]]:
    """The sets of one athlete without repeated rows and impossible numbers, and the note on what was left out."""
    own = of_one(sets, who).filter(pl.col("date").is_not_null())
    once = own.unique("set_id", keep="first", maintain_order=True)
    bad = pl.any_horizontal(*(~pl.col(c).is_between(0, top).fill_null(value=True) for c, top in SET_LIMITS.items()))
    notes = counted(once, [(bad, "with impossible numbers: left out.")])
    repeated = own.height - once.height
    return once.filter(~bad), [*notes, *([f"{repeated} repeated rows: left out."] if repeated else [])]


def labelled(
    sets: pl.DataFrame, start: dt.date, end: dt.date, *, days_without_record: str, coach: dict[dt.date, str]
) -> Labelled:
    """Label every whole week (ISO, by its Monday) from the first set up to `end` (methods C17).

    Hard sets are counted where at least 80 % of the sets are judged, else volume load. A week whose own sets are judged
    by less is unknown, and so is a week without a set, unless `days_without_record` is "rest" and it is of the block.
    """
    history = sets.filter(pl.col("date") <= end)
    if history.is_empty():
        return Labelled(pl.DataFrame(), label_weeks([]), "hard_sets", "NO_DATA")
    first: dt.date = history["date"].min()  # type: ignore[assignment]  # a Date column's minimum is a date
    whole = weeks(first, end).filter(pl.col("week") + WEEK - dt.timedelta(days=1) <= end)
    found = whole.join(_sums(history, first, end), on="week", how="left", maintain_order="left")
    rest = pl.lit(days_without_record == "rest") & (pl.col("week") + WEEK > start)
    found = found.with_columns(pl.when(rest).then(pl.col("sessions").fill_null(0)).otherwise("sessions"))
    if whole.is_empty():
        return Labelled(found, label_weeks([]), "hard_sets", "NO_WHOLE_WEEK")
    share = found["judged"].mean()
    kind = "hard_sets" if isinstance(share, float) and share >= MIN_JUDGED else "volume_load"
    if kind == "volume_load" and not found["volume_load"].sum():
        return Labelled(found, label_weeks([]), kind, "NO_EFFORT_INFO")
    known = pl.lit(kind != "hard_sets") | (pl.col("judged") >= MIN_JUDGED)
    found = found.with_columns(pl.when(known).then(kind).alias("load"))
    told = [coach.get(week) for week in found["week"]]
    labels = label_weeks(found["load"].to_numpy(), found["sessions"].cast(pl.Float64).to_numpy(), metric_type=kind,
                         coach=told)  # fmt: skip
    columns = (pl.Series("label", labels.labels), pl.Series("reference", labels.reference, nan_to_null=True))
    return Labelled(found.with_columns(*columns), labels, kind, labels.reason)


def _sums(sets: pl.DataFrame, first: dt.date, end: dt.date) -> pl.DataFrame:
    """Per week: sessions, hard sets, share of the sets that could be judged, and volume load."""
    rows = block_sets(sets, first, end).with_columns(pl.col("date").dt.truncate("1w").alias("week"))
    kg = pl.coalesce("volume_kg", pl.col("external_kg") * pl.col("total_reps"))  # sides untold: as logged, every week
    unrated, judged = (pl.col("effort") == UNRATED).sum(), pl.col("hard").is_not_null().sum()
    sums = rows.group_by("week").agg(
        pl.col("session_id").n_unique().alias("sessions"),
        pl.col("hard").fill_null(value=False).sum().cast(pl.Float64).alias("hard_sets"),
        pl.when(unrated + judged > 0).then(judged / (unrated + judged)).otherwise(1.0).alias("judged"),
        kg.sum().cast(pl.Float64).alias("volume_load"),
    )
    return pl.DataFrame(schema=_SCHEMA).vstack(sums.select(pl.col(c).cast(t) for c, t in _SCHEMA.items()))


def coach_labels(calendar: pl.DataFrame | None, who: str = "", sets: pl.DataFrame | None = None) -> dict[dt.date, str]:
    """The weeks that the calendar calls a deload (a day whose title begins with "deload"), by their Monday.

    >>> day = {"athlete": "Ada", "date": dt.date(2026, 1, 7), "title": "Deload week"}
    >>> coach_labels(pl.DataFrame([day]))
    {datetime.date(2026, 1, 5): 'deload'}
    """
    if calendar is None or calendar.is_empty():
        return {}
    own = of_one(calendar, who, sets).filter(pl.col("title").str.contains(r"(?i)^\s*deload\b"))
    mondays: Sequence[dt.date] = own["date"].dt.truncate("1w").unique().to_list()
    return dict.fromkeys(mondays, DELOAD)
