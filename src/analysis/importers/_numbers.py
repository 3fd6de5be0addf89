"""Numbers that stay text until the tables judge them: the decimal mark of a column, zero as "not given", factors."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from analysis.importers._raw import refusals


def counted(n: int, noun: str) -> str:
    """A count with its noun, for messages.

    >>> counted(1, "set"), counted(2, "set")
    ('1 set', '2 sets')
    """
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def number(column: str) -> pl.Expr:
    """The column as a number, null where the text is not one."""
    return pl.col(column).str.strip_chars().cast(pl.Float64, strict=False)


def not_zero(column: str) -> pl.Expr:
    """The text of the column, null where it is a zero that only means "not given"."""
    return pl.when(number(column) == 0).then(None).otherwise(pl.col(column)).alias(column)


def times(column: str, factor: pl.Expr) -> pl.Expr:
    """The column multiplied by a factor, as text; text that is not a number stays, for the tables to refuse."""
    product = (number(column) * factor).cast(pl.String)
    return pl.when(number(column).is_null() | (factor == 1)).then(pl.col(column)).otherwise(product)


def decimal_points(frame: pl.DataFrame, columns: Iterable[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The frame with decimal commas turned into points where a whole column uses commas, and the refused rows.

    A column that mixes both marks, or whose commas all stand before three digits (`1,500`), cannot be decided: its
    values with a mark are refused.

    >>> frame = pl.DataFrame({"source_row": [2, 3], "load": ["17,5", "20"], "value": ["1,5", "1.5"]})
    >>> good, bad = decimal_points(frame, ["load", "value"])
    >>> good["load"].to_list(), bad["source_row"].to_list()
    (['17.5', '20'], [2, 3])
    """
    refused = [refusals()]
    for column in columns:
        if not frame.select(pl.col(column).str.contains(",", literal=True).any()).item():
            continue
        marked = frame.filter(pl.col(column).str.contains(r"^\s*-?\d+,\d+\s*$"))
        if marked.is_empty():
            continue
        pointed = frame.filter(pl.col(column).str.contains(r"\d\.\d"))
        thousands = bool(marked[column].str.contains(r",\d{3}\s*$").all())
        if pointed.is_empty() and not thousands:
            frame = frame.with_columns(pl.col(column).str.replace(",", ".", literal=True))
            continue
        why = "the column mixes decimal commas and points" if pointed.height else "a decimal or a thousands comma"
        said = pl.format(f"{column} '{{}}' cannot be read: {why}", pl.col(column)).alias("reason")
        refused.append(refusals(pl.concat([marked, pointed]).with_columns(said)))
    return frame, pl.concat(refused).unique("source_row", keep="first", maintain_order=True)
