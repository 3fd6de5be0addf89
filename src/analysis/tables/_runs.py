"""Rows that stand together say much the same: work is done once per run of equal values instead of once per row."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl


def by_run(values: pl.Series, function: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """`function` of the values, which must be the same for equal ones, given one of each run of equal values.

    >>> by_run(pl.Series(["a", "a", "a", "a", "b"]), lambda heads: heads.str.to_uppercase()).to_list()
    ['A', 'A', 'A', 'A', 'B']
    """
    new = starts(values.to_frame(), values.name)
    if 2 * new.sum() > new.len():
        return function(values)
    return function(values.filter(new)).gather(new.cum_sum() - 1)


def per_run(columns: Sequence[pl.Series], value: pl.Expr) -> pl.Series:
    """The value of an expression of these columns, found once per run of rows that are equal in all of them.

    >>> per_run([pl.Series("a", [1, 1, 2]), pl.Series("b", [3, 3, 3])], pl.col("a") + pl.col("b")).to_list()
    [4, 4, 5]
    """
    frame = pl.DataFrame(columns)
    new = starts(frame, *frame.columns)
    return frame.filter(new).select(value).to_series().gather(new.cum_sum() - 1)


def starts(frame: pl.DataFrame, *columns: str) -> pl.Series:
    """Which rows differ from the row before them in one of these columns; the first row does.

    >>> starts(pl.DataFrame({"a": [1, 1, 1], "b": [None, 0, 0]}), "a", "b").to_list()
    [True, True, False]
    """
    other = [pl.col(c).ne_missing(pl.col(c).shift()) for c in columns]
    return frame.select(pl.any_horizontal(*other, pl.int_range(pl.len()) == 0).alias("new")).to_series()
