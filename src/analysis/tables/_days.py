"""What is known of a day beside its sessions: wellness, complaints, the calendar."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from analysis.tables._words import CALENDAR_KINDS, COMPLAINT_KINDS, DIRECTIONS, SIDES, plausible_date


class Wellness(dy.Schema):
    """One row per day and item (sleep, soreness, heart-rate variability, body mass ...), long.

    Range and direction belong to each answer: the same word is scored 1 to 5 upwards in one questionnaire and 1 to 7
    downwards in another. Measured items have no range; their unit ends the item's name. A night belongs to the day on
    which the athlete woke.
    """

    wellness_id = dy.String(min_length=1)
    athlete = dy.String(min_length=1, max_length=80)
    date = dy.Date()
    reported_local = dy.Datetime(time_unit="us", nullable=True)
    item = dy.String(regex=r"^[a-z0-9_]+$", max_length=80)
    value = dy.Float64()
    value_raw = dy.String(nullable=True)
    scale_min = dy.Float64(nullable=True)
    scale_max = dy.Float64(nullable=True)
    direction = dy.Enum(DIRECTIONS)
    instrument = dy.String(min_length=1, max_length=80)
    notes = dy.String(nullable=True)
    source = dy.String()
    source_row = dy.Int64(min=1)

    @dy.rule()
    def date_after_1990_and_not_absurd(cls) -> pl.Expr:
        return plausible_date()

    @dy.rule()
    def value_inside_the_scale(cls) -> pl.Expr:
        low = pl.col("scale_min").is_null() | (pl.col("value") >= pl.col("scale_min"))
        return low & (pl.col("scale_max").is_null() | (pl.col("value") <= pl.col("scale_max")))

    @dy.rule()
    def body_mass_between_25_and_250_kg(cls) -> pl.Expr:
        return (pl.col("item") != "body_mass_kg") | pl.col("value").is_between(25, 250)


class Complaints(dy.Schema):
    """One row per complaint: a niggle, pain, an injury, an illness. `until` is its last day, null while it lasts."""

    complaint_id = dy.String(min_length=1)
    athlete = dy.String(min_length=1, max_length=80)
    date = dy.Date()
    until = dy.Date(nullable=True)
    kind = dy.Enum(COMPLAINT_KINDS)
    body_part = dy.String(nullable=True, max_length=80)
    side = dy.Enum(SIDES, nullable=True)
    severity = dy.Float64(nullable=True, min=0, max=10)
    training_changed = dy.Bool(nullable=True)
    notes = dy.String(nullable=True)
    source = dy.String()
    source_row = dy.Int64(min=1)

    @dy.rule()
    def date_after_1990_and_not_absurd(cls) -> pl.Expr:
        return plausible_date()

    @dy.rule()
    def until_not_before_date(cls) -> pl.Expr:
        return pl.col("until").is_null() | (pl.col("until") >= pl.col("date"))


class Calendar(dy.Schema):
    """One row per planned or declared day: a race, a quality or easy day, an explicit rest day."""

    calendar_id = dy.String(min_length=1)
    athlete = dy.String(min_length=1, max_length=80)
    date = dy.Date()
    kind = dy.Enum(CALENDAR_KINDS)
    title = dy.String(nullable=True, max_length=300)
    distance_m = dy.Float64(nullable=True, min=0, max=500_000)
    notes = dy.String(nullable=True)
    source = dy.String()
    source_row = dy.Int64(min=1)

    @dy.rule()
    def date_after_1990_and_not_absurd(cls) -> pl.Expr:
        return plausible_date()
