"""What is known of each day of a week: gym work, the type of its run, and the hours between the two (methods C18)."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import polars as pl

from analysis.metrics._audits import of_one
from analysis.transforms import loading

RUN_KINDS: Final = ("race", "quality", "long", "easy", "rest")  # of the calendar, hardest first
_TIMED: Final[dict[str, Any]] = {
    "date": pl.Date,
    "kind": pl.String,
    "begins": pl.Datetime("us"),
    "ends": pl.Datetime("us"),
}


def days_of(
    sets: pl.DataFrame, first: dt.date, last: dt.date, *, who: str, rest: bool, calendar: pl.DataFrame | None,
    runs: pl.DataFrame | None, sessions: pl.DataFrame | None,
) -> pl.DataFrame:  # fmt: skip
    """One row per day from `first` to `last`: `date, gym, run, hours_apart`; `run` null where its type is not known.

    A run is of the type that the calendar gives its day; a run told to be a race is one. A declared rest day is rest
    unless a run was recorded. A day without a record is rest only where the athlete said so (`rest`) and runs are
    logged at all: what nobody wrote down is unknown, never easy.
    """
    days = pl.DataFrame({"date": pl.date_range(first, last, eager=True)})
    gym = loading(sets).select(pl.col("date").unique()).with_columns(gym=True)
    ran = _ran(runs, sessions, who, sets).filter(pl.col("date").is_between(first, last))
    found = days.join(gym, on="date", how="left").join(_planned(calendar, who, sets), on="date", how="left")
    found = found.join(ran, on="date", how="left").join(_apart(sessions, who, sets), on="date", how="left")
    recorded, quiet = pl.col("race").is_not_null(), pl.lit(rest and not ran.is_empty())
    run = (
        pl.when(pl.col("race"))
        .then(pl.lit("race"))
        .when(~((pl.col("planned") == "rest").fill_null(value=True) & recorded))
        .then(pl.coalesce("planned", pl.when(quiet & ~recorded).then(pl.lit("rest"))))
    )
    return found.sort("date").select("date", pl.col("gym").fill_null(value=False), run.alias("run"), "hours_apart")


def _planned(calendar: pl.DataFrame | None, who: str, sets: pl.DataFrame) -> pl.DataFrame:
    empty = pl.DataFrame(schema={"date": pl.Date, "planned": pl.String})
    if calendar is None or calendar.is_empty():
        return empty
    order = {kind: place for place, kind in enumerate(RUN_KINDS)}
    own = of_one(calendar, who, sets).select("date", pl.col("kind").cast(pl.String).alias("planned"))
    known = own.filter(pl.col("planned").is_in(RUN_KINDS))
    hardest = known.sort(pl.col("planned").replace_strict(order, return_dtype=pl.Int8), maintain_order=True)
    return empty.vstack(hardest.unique("date", keep="first", maintain_order=True))


def _ran(runs: pl.DataFrame | None, sessions: pl.DataFrame | None, who: str, sets: pl.DataFrame) -> pl.DataFrame:
    """The days with a recorded run, and whether one of its runs was a race."""
    tables = [pl.DataFrame(schema={"date": pl.Date, "race": pl.Boolean})]
    if runs is not None:
        tables.append(of_one(runs, who, sets).select("date", pl.col("race").fill_null(value=False)))
    if sessions is not None:
        other = of_one(sessions, who, sets).filter(pl.col("kind").cast(pl.String) == "run")
        tables.append(other.select("date", race=pl.lit(value=False)))
    return pl.concat(tables).group_by("date").agg(pl.col("race").any())


def _apart(sessions: pl.DataFrame | None, who: str, sets: pl.DataFrame) -> pl.DataFrame:
    """Shortest time from the end of a gym session (or run) to the start of a run (or gym session) of the day, hours.

    Sessions whose day comes from UTC without a zone are left out: their clock is not that of the others.
    """
    schema: dict[str, Any] = {"date": pl.Date, "hours_apart": pl.Float64}
    if sessions is None or sessions.is_empty():
        return pl.DataFrame(schema=schema)
    begins, seconds = pl.col("start_local"), pl.col("duration_s").fill_null(0)
    local = of_one(sessions, who, sets).filter(begins.is_not_null(), pl.col("zone_basis").cast(pl.String) != "utc")
    timed = pl.DataFrame(schema=_TIMED).vstack(
        local.select(
            "date", pl.col("kind").cast(pl.String), begins.cast(pl.Datetime("us")).alias("begins"),
            (begins + pl.duration(milliseconds=1000 * seconds)).cast(pl.Datetime("us")).alias("ends"),
        )
    )  # fmt: skip
    gym, run = (timed.filter(pl.col("kind") == kind) for kind in ("strength", "run"))
    pairs = gym.join(run, on="date", suffix="_run")
    later = pl.max_horizontal("begins", "begins_run") - pl.when(pl.col("begins") <= pl.col("begins_run")).then(
        "ends"
    ).otherwise("ends_run")  # fmt: skip
    hours = (later.dt.total_seconds() / 3600).clip(lower_bound=0)
    return pl.DataFrame(schema=schema).vstack(pairs.group_by("date").agg(hours.min().alias("hours_apart")))
