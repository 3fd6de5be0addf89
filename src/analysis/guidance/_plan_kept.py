"""The coach's own rows of a plan: they begin with "coach:" in the column `notes` and survive every new plan.

One mechanism for all ways: the coach changes a row of the written sheet (or adds one) and begins its note with
`coach:`. The sheet is handed over with `--overrides FILE`, or imported like any plan sheet, after which the logbook
holds it. A row of the coach replaces the planned row of the same day and exercise; on another day, or with another
exercise, it is added. `coach: drop` takes the planned row of that day and exercise out; such a row belongs into the
sheet of overrides only, because a sheet that is imported is planned work.
"""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from analysis.exercises import fold

MARK: Final = r"(?i)^\s*coach\s*:"
DROP: Final = r"(?i)^\s*coach\s*:\s*drop\b"
_MARKED: Final = r"^'([=+\-@\t\r'])"  # the quote that a written sheet puts before a text that could run
TAKEN: Final = (
    "date", "block", "session", "order", "sets", "reps_low", "reps_high", "load_kg", "percent_1rm", "duration_s", "rpe",
    "rir", "rest_s", "tempo", "notes",
)  # fmt: skip


def coach_rows(*sheets: pl.DataFrame | None, athlete: str) -> pl.DataFrame | None:
    """The coach's dated rows of several plan tables, the earlier sheet first where two speak of one row."""
    rows: pl.DataFrame | None = None
    for sheet in sheets:
        if sheet is None or sheet.is_empty():
            continue
        mine = (pl.col("athlete") == athlete) & pl.col("notes").str.contains(MARK).fill_null(value=False)
        own = sheet.filter(mine, pl.col("date").is_not_null())
        own = own.with_columns(pl.col(pl.String).str.replace(_MARKED, "$1"))
        named = own.select(pl.col("exercise_raw").alias("exercise"), *TAKEN).with_columns(key=_key(own, "exercise_raw"))
        rows = named if rows is None else pl.concat([rows, named.join(rows, on=["date", "key"], how="anti")])
    return rows


def overlaid(rows: pl.DataFrame, coach: pl.DataFrame | None) -> tuple[pl.DataFrame, int, int]:
    """The plan with the coach's rows in it, how many were kept, and how many planned rows were dropped."""
    if coach is None or coach.is_empty():
        return rows, 0, 0
    keyed = rows.with_columns(key=_key(rows, "exercise"))
    dropping = pl.col("notes").str.contains(DROP)
    replaced = keyed.join(coach.select("date", "key"), on=["date", "key"], how="semi")
    kept = coach.filter(~dropping)
    known = keyed.select("date", "key", "week", "kind", "pattern")
    told = kept.join(known.unique(["date", "key"], keep="first"), on=["date", "key"], how="left", maintain_order="left")
    of_day = ("week", "kind", "block", "session")
    days = keyed.unique("date", keep="first").select("date", pl.col(of_day).name.prefix("its_"))
    told = told.join(days, on="date", how="left", maintain_order="left").with_columns(
        pl.coalesce("week", "its_week", _week(rows)).alias("week"), pl.coalesce("kind", "its_kind", pl.lit("load")),
        pl.coalesce("block", "its_block", pl.lit(rows["block"][0] if rows.height else None, pl.String)).alias("block"),
        pl.coalesce("session", "its_session").alias("session"), pl.lit(value=True).alias("kept"),
    )  # fmt: skip
    rest = keyed.join(coach.select("date", "key"), on=["date", "key"], how="anti", maintain_order="left")
    types: Any = rows.schema
    merged = pl.concat([rest.select(rows.columns), told.select(rows.columns).cast(types)])
    ordered = merged.sort("date", "order", maintain_order=True, nulls_last=True)
    return ordered, kept.height, replaced.height - replaced.join(kept, on=["date", "key"], how="semi").height


def _week(rows: pl.DataFrame) -> pl.Expr:
    """The week of a day on which nothing was planned, counted from the first."""
    if rows.is_empty():
        return pl.lit(1, pl.Int64)
    first = rows["date"].min()
    monday = pl.lit(first).dt.truncate("1w")
    return ((pl.col("date").dt.truncate("1w") - monday).dt.total_days() // 7 + 1).clip(lower_bound=1)


def _key(frame: pl.DataFrame, column: str) -> pl.Series:
    return pl.Series("key", [fold(name) for name in frame[column]], pl.String)
