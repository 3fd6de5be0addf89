"""From wide rows of a test device to the long table `trials`: one row per attempt and measure, numbered and with ids.

`attempt` is what tells one attempt of an athlete from another (the vendor's id, or its moment), `order` puts the
attempts of a day in their order. Neither load nor title nor value is part of an id.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from analysis.importers._measures import MISSING, Measure, slug
from analysis.importers._numbers import counted
from analysis.importers._raw import refusals
from analysis.units import IN_M, LB_KG

_SHOWN: Final = 6
_ALSO_IN: Final = (IN_M, LB_KG)  # what a device writes a second time in inches or pounds is read from the SI column
_LEANING: Final = r"^([+-]?\d+(?:\.\d+)?)\s*%?\s*([LlRr]?)[a-z]*$"
_DETAILS: Final = ("protocol", "notes", "distance_m")
_ROW: Final = ("source_row", "athlete", "date", "attempt", "order", "test", "load_kg", *_DETAILS)
_JUMPS: Final = (
    ("rebound_jump", r"rebound|\bcmrj\b"), ("abalakov_jump", r"\babcmj|abalakov|\baba\b"),
    ("drop_jump", r"\bdj|drop ?jump"), ("squat_jump", r"\bsj|squat ?jump"),
    ("cmj", r"\bcmj|counter ?movement|contre[- ]?mouvement|contramovimiento"),
)  # fmt: skip
_NOT_PLAIN: Final = re.compile(
    r"\d\s*(?:kg|lbs?)\b|\bload|charg|weighted|lest|carga|\bsl|single|unilateral|\bleg\b|jambe|pierna|"
    r"hop|asym|\bvs\b|landing|multi|repeated",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Column:
    """A column of the file, its header as the file writes it, and what it measures."""

    column: str
    header: str
    measure: Measure


@dataclass(frozen=True)
class Trials:
    """The table, the rows with a value that cannot be read, and the rows without any."""

    trials: pl.DataFrame
    refused: pl.DataFrame
    ignored: pl.DataFrame


def jump(name: str) -> str:
    """The test that a free name stands for; a name that says more than the jump (a load, a leg) stays its own test.

    >>> jump("CMJ libre"), jump("Squat Jump"), jump("CMJ 20 kg"), jump("Tapping test")
    ('cmj', 'squat_jump', 'cmj_20_kg', 'tapping_test')
    """
    text = " ".join(name.split())
    if _NOT_PLAIN.search(text):
        return slug(text) or "jump"
    found = next((test for test, words in _JUMPS if re.search(words, text, re.IGNORECASE)), None)
    return found or slug(text) or "jump"


def long(rows: pl.DataFrame, columns: Sequence[Column], vendor: str, device: str) -> Trials:
    """One row per row of the file and column with a value; `rows` needs `_ROW` without the details, and `side`.

    A value beside a side in its header (`(L)`) is of that side. Of two columns that give one measure in two units one
    is read.
    """
    rows = rows.with_columns(pl.lit(None, pl.String).alias(name) for name in _DETAILS if name not in rows.columns)
    columns = sorted(columns, key=lambda c: c.measure.factor in _ALSO_IN)
    parts = [_part(rows, column) for column in columns]
    if not parts:
        return Trials(rows.clear(), refusals(), refusals(rows.with_columns(pl.lit("no_measurement").alias("reason"))))
    values = pl.concat(parts).filter(~pl.col("text").str.to_lowercase().is_in(MISSING))
    values = values.with_columns(_number())
    unread = values.filter(pl.col("value").is_null())
    said = pl.format("{} '{}' cannot be read", "header", "text").alias("reason")
    refused = refusals(unread.with_columns(said)).unique("source_row", keep="first", maintain_order=True)
    no_contact = (pl.col("measure") == "contact_time_s") & (pl.col("value") == 0)  # a jump from standing
    values = values.filter(pl.col("value").is_not_null() & ~no_contact)
    values = values.unique(
        ["attempt", "athlete", "source_row", "measure", "method", "side"], keep="first", maintain_order=True
    )
    kept = pl.concat([values["source_row"], refused["source_row"].cast(values["source_row"].dtype)]).unique().implode()
    empty = rows.filter(~pl.col("source_row").is_in(kept)).with_columns(pl.lit("no_measurement").alias("reason"))
    return Trials(numbered(values, vendor, device), refused, refusals(empty))


def numbered(values: pl.DataFrame, vendor: str, device: str) -> pl.DataFrame:
    """Add trial numbers and ids to a long frame; what a device measured in two ways are two devices to the re-tests."""
    how = pl.col("method").str.replace_all("_", " ", literal=True)
    group = ("athlete", "date", "test", "load_kg", "side")
    key = ("athlete", pl.lit(vendor), "attempt", "test", "side", "measure", "method", "distance_m")
    return values.with_columns(
        pl.col("order").rank("dense").over(group).cast(pl.Int32).alias("trial"),
        pl.concat_str(*(pl.col(k).fill_null("") if isinstance(k, str) else k for k in key), separator="|").alias(
            "trial_id"
        ),
        pl.when(how.is_null()).then(pl.lit(device)).otherwise(pl.format(device + " ({})", how)).alias("device"),
        pl.lit("true").alias("valid"),
        pl.lit(vendor).alias("source"),
    )


def occurrence(*columns: str) -> pl.Expr:
    """Which of the rows with equal values in these columns a row is, from 1, as text."""
    return pl.int_range(1, pl.len() + 1).over(columns).cast(pl.String)


def moment(date: str, time: str) -> pl.Expr:
    """Day and clock of two columns as one text; a workbook may have saved either with the other's zeros."""
    clock = pl.col(time).str.extract(r"(\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?\s*(?:[AaPp]\.?\s?[Mm]\.?)?)\s*$", 1)
    day = pl.col(date).str.strip_chars().str.replace(r"\s+00:00(:00)?(\.0+)?$", "")
    return pl.concat_str(day, clock.fill_null(""), separator=" ").str.strip_chars()


def not_read(headers: Iterable[str]) -> tuple[str, ...]:
    """The sentence that names the columns (or measures) of a file that have no place in the tables.

    >>> not_read(["Team", "Shoe"]), not_read([])
    (('2 columns are not read: Shoe, Team',), ())
    """
    names = sorted({" ".join(header.split()) for header in headers} - {""})
    if not names:
        return ()
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    verb = "is" if len(names) == 1 else "are"
    return (f"{counted(len(names), 'column')} {verb} not read: {', '.join(names[:_SHOWN])}{more}",)


def _part(rows: pl.DataFrame, column: Column) -> pl.DataFrame:
    measure = column.measure
    side = pl.lit(measure.side) if measure.side else pl.lit("both") if measure.is_asymmetry else pl.col("side")
    told: dict[str, str | None] = {"header": column.header.strip(), "measure": measure.slug, "method": measure.method}
    return rows.select(
        *_ROW,
        side.alias("side"),
        *(pl.lit(value, pl.String).alias(name) for name, value in told.items()),
        pl.lit(measure.factor).alias("factor"),
        pl.lit(measure.is_asymmetry).alias("leaning"),
        pl.col(column.column).fill_null("").str.strip_chars().alias("text"),
    )


def _number() -> pl.Expr:
    """The value in SI units; `12.3 L` is 12.3, `12.3 R` is -12.3."""
    size = pl.col("text").str.extract(_LEANING, 1).cast(pl.Float64, strict=False)
    right = pl.col("text").str.extract(_LEANING, 2).str.to_lowercase() == "r"
    leaning = pl.when(right).then(0.0 - size).otherwise(size)
    plain = pl.col("text").cast(pl.Float64, strict=False) * pl.col("factor")
    value = pl.when("leaning").then(leaning).otherwise(plain)
    return pl.when(value.is_finite()).then(value).alias("value")
