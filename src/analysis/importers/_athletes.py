"""Whose rows these are, in files that name their athletes."""

from __future__ import annotations

import polars as pl

from analysis.importers._problem import ImportProblem
from analysis.importers._raw import Context


def named(frame: pl.DataFrame, column: str, context: Context, file: str) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Add `athlete` from the names that a file writes in `column`; a notice where --athlete could not be used.

    One name in the whole file is the athlete that --athlete names. Several names stand for themselves, gaps are filled
    from the option. Raises ImportProblem where a row has no name and there is no option.

    >>> rows = pl.DataFrame({"Name": ["Ada L.", "Ada L."]})
    >>> named(rows, "Name", Context(athlete="Ada"), "a.csv")[0]["athlete"].to_list()
    ['Ada', 'Ada']
    """
    told = (context.athlete or "").strip()
    name = pl.col(column).fill_null("").str.strip_chars()
    names = frame.select(name.alias("name"))["name"]
    known = sorted(set(names) - {""})
    if not told and "" in set(names):
        raise ImportProblem(f"{file} does not say whose every row is", "the name of an athlete", "pass --athlete NAME")
    if told and len(known) <= 1:
        return frame.with_columns(pl.lit(told).alias("athlete")), ()
    frame = frame.with_columns(pl.when(name == "").then(pl.lit(told)).otherwise(name).alias("athlete"))
    if not told:
        return frame, ()
    return frame, (
        f"the file names {len(known)} athletes: they keep their names, --athlete {told} is for rows without",
    )
