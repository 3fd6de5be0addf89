"""What our own sheets share: the athlete column, dates in two spellings, words in any case."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

import polars as pl

from analysis.importers._problem import ImportProblem
from analysis.importers._raw import Context, refusals
from analysis.importers._text import per_value

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


def words(*columns: str) -> list[pl.Expr]:
    """Columns of fixed words, read in any case."""
    return [pl.col(column).str.strip_chars().str.to_lowercase() for column in columns]


def _iso(text: str) -> str | None:
    text = text.strip()
    form = "%Y-%m-%d" if _ISO.fullmatch(text) else "%d.%m.%Y" if _DOTTED.fullmatch(text) else ""
    try:
        return datetime.strptime(text, form).date().isoformat() if form else None  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None
