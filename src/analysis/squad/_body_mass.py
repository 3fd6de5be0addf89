"""Body mass for scaling (methods H1): used to divide by, never a value of a squad page."""

from __future__ import annotations

import datetime as dt
from typing import Final

import polars as pl

from analysis.block import Block

MAX_AGE_DAYS: Final = 90  # before the block's end; an older one may be another body
ITEM: Final = "body_mass_kg"


def body_mass_kg(block: Block) -> float | None:
    """The latest body mass of the 90 days to the block's end, measured at a test or noted; else the athlete's own."""
    span = pl.col("date").is_between(block.end - dt.timedelta(days=MAX_AGE_DAYS), block.end)
    tested = block.log.trials.filter(span, pl.col("valid"), pl.col("measure") == ITEM).select("date", "value")
    noted = block.log.wellness.filter(span, pl.col("item") == ITEM).select("date", "value")
    rows = pl.concat([noted, tested]).filter(pl.col("value") > 0, pl.col("value").is_finite())
    if rows.height:
        return float(rows.sort("date", maintain_order=True)["value"][-1])
    told = block.log.athletes["body_mass_kg"].drop_nulls()
    return float(told[-1]) if told.len() else None
