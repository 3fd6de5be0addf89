"""What was read, what was refused, what was left out: the books that every import must balance."""

from __future__ import annotations

import dataframely as dy
import polars as pl


class Imports(dy.Schema):
    """One row per file read. Rows read = loaded + attached + ignored + rejected, always.

    `whole` says that the file was the whole log of its vendor up to `last_day`.
    """

    import_seq = dy.Int64(min=1)
    import_id = dy.String(regex=r"^[0-9a-f]{64}$")
    file = dy.String()
    vendor = dy.String()
    variant = dy.String()
    athlete = dy.String(nullable=True)
    decisions = dy.String()
    first_day = dy.Date(nullable=True)
    last_day = dy.Date(nullable=True)
    whole = dy.Bool()
    version = dy.String()
    read = dy.Int64(min=0)
    loaded = dy.Int64(min=0)
    attached = dy.Int64(min=0)
    ignored = dy.Int64(min=0)
    rejected = dy.Int64(min=0)

    @dy.rule()
    def sum_rule(cls) -> pl.Expr:
        return pl.col("read") == pl.col("loaded") + pl.col("attached") + pl.col("ignored") + pl.col("rejected")


class Rejected(dy.Schema):
    """One row per refused line: where it stood, what it said, which rule it broke; whose and when, where that reads."""

    source_row = dy.Int64(min=1)
    table = dy.String()
    athlete = dy.String(nullable=True)
    day = dy.String(nullable=True)
    reason = dy.String(min_length=1)
    raw = dy.String()


class Ignored(dy.Schema):
    """One row per line that is not a fact (a rest timer, a blank line), with the reason."""

    source_row = dy.Int64(min=1)
    reason = dy.String(min_length=1)
    raw = dy.String()
