"""From wide repetitions of a velocity sensor to the long table `reps`: one row per repetition, phase and measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from analysis.importers._measures import MISSING
from analysis.importers._raw import refusals
from analysis.tables import judge

_ROW: Final = (
    "source_row", "set_id", "session_id", "athlete", "date", "exercise_raw", "set_no", "rep_no", "side", "load_kg",
    "device",
)  # fmt: skip
_BARE: Final = ("", "-", "--", "---")


@dataclass(frozen=True)
class Value:
    """A column of the file, its header as the file writes it, and which measure of which phase it holds."""

    column: str
    header: str
    phase: str
    measure: str
    factor: float = 1.0
    method: str | None = None


@dataclass(frozen=True)
class Reps:
    """The table, the rows with a value that cannot be read, and how many values the sensor could not give."""

    reps: pl.DataFrame
    refused: pl.DataFrame
    n_missing: int


def long(rows: pl.DataFrame, values: Sequence[Value], vendor: str) -> Reps:
    """One row per repetition and column with a value; `rows` needs `_ROW` (`side` and `device` may be missing)."""
    rows = rows.with_columns(
        pl.lit(None, pl.String).alias(name) for name in ("side", "device") if name not in rows.columns
    )
    told = [_told(rows, value) for value in values]
    if not told:
        return Reps(rows.clear(), refusals(), 0)
    found = pl.concat(told)
    missing = pl.col("text").str.to_lowercase().is_in(MISSING)
    n_missing = found.filter(missing, ~pl.col("text").is_in(_BARE)).height
    found = found.filter(~missing).with_columns(
        (pl.col("text").cast(pl.Float64, strict=False) * pl.col("factor")).alias("value")
    )
    said = pl.format("{} '{}' cannot be read", "header", "text").alias("reason")
    refused = refusals(found.filter(pl.col("value").is_null()).with_columns(said))
    nth = pl.int_range(1, pl.len() + 1).over("set_id", "rep_no", "phase", "measure", "method").cast(pl.String)
    key = ("set_id", "rep_no", "phase", "measure", pl.col("method").fill_null(""), nth)
    reps = found.filter(pl.col("value").is_not_null()).with_columns(
        pl.concat_str(*key, separator="|").alias("rep_id"), pl.lit(vendor).alias("source")
    )
    return Reps(reps, refused.unique("source_row", keep="first", maintain_order=True), n_missing)


def _told(rows: pl.DataFrame, value: Value) -> pl.DataFrame:
    about = {"header": value.header, "phase": value.phase, "measure": value.measure, "method": value.method}
    return rows.select(
        *_ROW,
        *(pl.lit(text, pl.String).alias(name) for name, text in about.items()),
        pl.lit(value.factor).alias("factor"),
        pl.col(value.column).fill_null("").str.strip_chars().alias("text"),
    )


def standing(sets: pl.DataFrame, rows: pl.DataFrame, made: Reps, refused: pl.DataFrame) -> pl.DataFrame:
    """The sets, each on the first of its repetitions that the tables take: a broken one does not take its set away."""
    _, broken = judge("reps", made.reps)
    lost = [*refused["source_row"], *made.refused["source_row"], *broken["source_row"]]
    good = rows.filter(~pl.col("source_row").is_in(lost)).group_by("set_id").agg(pl.col("source_row").min().alias("on"))
    sets = sets.join(good, on="set_id", how="left", maintain_order="left")
    return sets.with_columns(pl.coalesce("on", "source_row").alias("source_row")).drop("on")


def attached(rows: pl.DataFrame, sets: pl.DataFrame, made: Reps, refused: pl.DataFrame) -> tuple[int, ...]:
    """The repetitions without a measure: they are counted in the row of their set."""
    placed = {*made.reps["source_row"], *sets["source_row"], *refused["source_row"]}
    return tuple(row for row in rows["source_row"] if row not in placed)
