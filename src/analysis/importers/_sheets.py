"""What our own sheets share: the athlete column, dates as people and spreadsheets write them, words in any case.

A spreadsheet that saves a sheet again writes a date as `2026-03-02 00:00:00` or in the order of its country, and a
whole number as `1.0`.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

import polars as pl

from analysis.importers import _dates
from analysis.importers._problem import ImportProblem
from analysis.importers._raw import Context, refusals
from analysis.importers._text import per_value
from analysis.tables import TESTS

_MIDNIGHT: Final = re.compile(r"[ T]0?0:00(?::00(?:\.0+)?)?$")
_SLASHED: Final = r"^\s*\d{1,2}/\d{1,2}/(?:\d{4}|\d{2})\s*$"
_ISO: Final = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_DOTTED: Final = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}")


def with_athlete(frame: pl.DataFrame, context: Context, file: str, *, present: bool) -> pl.DataFrame:
    """The frame with its athletes: the column of the sheet, gaps filled from the option."""
    told = (context.athlete or "").strip()
    if not present and not told:
        raise ImportProblem(
            f"{file} has no athlete column", "an athlete in every row", "add one or pass --athlete NAME"
        )
    said = pl.col("athlete").str.strip_chars()
    return frame.with_columns(pl.when(said == "").then(pl.lit(told)).otherwise(said).alias("athlete"))


def slashed_dates(
    frame: pl.DataFrame, columns: tuple[str, ...], context: Context, file: str
) -> tuple[pl.DataFrame, dict[str, str]]:
    """The frame with dates such as `3/31/2026` in ISO form, and who decided which of day and month stands first.

    That is decided on all columns of dates together, else by the answer of the user; a few that cannot be decided among
    many clear ones stay as they are, to be refused.
    """
    every = pl.concat([frame[column] for column in columns])
    slashed = every.str.contains(_SLASHED)
    if not slashed.any():
        return frame, {}
    iso = per_value(every, _iso, pl.String)
    known = every.to_frame("text").select(pl.when(slashed).then("text").otherwise(iso))
    read = _dates.local(known.to_series().drop_nulls(), file, context.answer("date_order"))
    meant = dict(zip(known.to_series().drop_nulls(), read.date, strict=True))
    frame = frame.with_columns(
        pl.when(pl.col(column).str.contains(_SLASHED))
        .then(pl.col(column).replace(meant))
        .otherwise(column)
        .alias(column)
        for column in columns
    )
    return frame, read.decisions if read.order in _dates.ORDERS else {}


def iso_dates(frame: pl.DataFrame, columns: tuple[str, ...]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The frame with its dates in ISO form; the rows in which a date is neither ISO nor dd.mm.yyyy are refused."""
    refused = [refusals()]
    for column in columns:
        dates = per_value(frame[column], _iso, pl.String)
        wrong = frame.filter(dates.is_null() & (pl.col(column).str.strip_chars() != ""))
        words = pl.format(f"{column} '{{}}' cannot be read: write it as 2026-03-31 or 31.03.2026", pl.col(column))
        refused.append(refusals(wrong.with_columns(words.alias("reason"))))
        frame = frame.with_columns(dates.alias(column))
    return frame, pl.concat(refused)


def with_ids(frame: pl.DataFrame, name: str, *key: str) -> pl.DataFrame:
    """The frame with the column `name`: what identifies a row across edits, and its number among equal ones."""
    plain = [pl.col(column).str.to_lowercase().str.strip_chars().str.replace_all(r"\s+", " ") for column in key]
    same = pl.concat_str("athlete", *plain, separator="|")
    nth = pl.int_range(1, pl.len() + 1).over(same).cast(pl.String)
    return frame.with_columns(pl.concat_str(same, nth, separator="|").alias(name))


def whole_numbers(*columns: str) -> list[pl.Expr]:
    """Columns of whole numbers, without the decimals that a spreadsheet puts behind them (`1.0`)."""
    return [pl.col(column).str.replace(r"^(\s*\d+)[.,]0+\s*$", "$1") for column in columns]


def named_tests(column: str) -> pl.Expr:
    """A column of tests as their names are written: `Wall sit` is `wall_sit`."""
    return pl.col(column).str.strip_chars().str.to_lowercase().str.replace_all(r"[\s-]+", "_")


def unknown_tests(frame: pl.DataFrame, column: str, context: Context) -> pl.DataFrame:
    """The rows, refused, whose test is neither built in nor defined by the user; an empty one is another matter."""
    known = [*TESTS, *context.tests]
    wrong = frame.filter(~named_tests(column).is_in(known) & (named_tests(column) != ""))
    says = f"{column} '{{}}' is not known; define it in tests.toml (stridelift template tests), or write one of: "
    return refusals(wrong.with_columns(pl.format(says + ", ".join(known), column).alias("reason")))


def words(*columns: str) -> list[pl.Expr]:
    """Columns of fixed words, read in any case."""
    return [pl.col(column).str.strip_chars().str.to_lowercase() for column in columns]


def _iso(text: str) -> str | None:
    text = _MIDNIGHT.sub("", text.strip())
    form = "%Y-%m-%d" if _ISO.fullmatch(text) else "%d.%m.%Y" if _DOTTED.fullmatch(text) else ""
    try:
        return datetime.strptime(text, form).date().isoformat() if form else None  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None
