"""Athletes, their training blocks, and the exercise names that they have mapped by hand."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from analysis.tables._words import DAY_POLICIES, GOALS


class Athletes(dy.Schema):
    """One row per athlete; what is not told stays null."""

    athlete = dy.String(min_length=1, max_length=80)
    sex = dy.Enum(["female", "male"], nullable=True)
    body_mass_kg = dy.Float64(nullable=True, min=25, max=250)


class Blocks(dy.Schema):
    """One row per training block, from the coach's sheet. `days_without_record` says what an empty day means."""

    block_id = dy.String(min_length=1)
    athlete = dy.String(min_length=1, max_length=80)
    block = dy.String(min_length=1, max_length=80)
    start = dy.Date()
    end = dy.Date()
    goal = dy.Enum(GOALS, nullable=True)
    primary_test = dy.String(nullable=True, regex=r"^[a-z0-9_]+$", max_length=80)
    planned_hard_sets = dy.Int32(nullable=True, min=1, max=10_000)
    days_without_record = dy.Enum(DAY_POLICIES)
    notes = dy.String(nullable=True)
    source = dy.String()
    source_row = dy.Int64(min=1)

    @dy.rule()
    def end_after_start(cls) -> pl.Expr:
        return pl.col("end") > pl.col("start")

    @dy.rule()
    def block_at_most_26_weeks(cls) -> pl.Expr:
        return (pl.col("end") - pl.col("start")) <= pl.duration(weeks=26)


class Aliases(dy.Schema):
    """One row per exercise name that the athlete has mapped by hand."""

    exercise_raw = dy.String(min_length=1, max_length=300)
    exercise = dy.String(min_length=1, max_length=80)
    source = dy.String()
    source_row = dy.Int64(min=1)
