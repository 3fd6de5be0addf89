"""Re-tests: one row per trial and measure."""

from __future__ import annotations

from typing import Final

import dataframely as dy
import polars as pl

from analysis.tables._words import SIDES, plausible_date

TESTS: Final = ("loaded_jump", "cmj", "sprint", "single_leg_stance")
"""The tests of the article, which the block report reads; other tests have other names of the same form."""
_NEVER_0: Final = ("height_m", "flight_time_s", "contact_time_s", "time_s")
_SLUG: Final = r"^[a-z0-9_]+$"


class Trials(dy.Schema):
    """One row per trial and measure of a re-test: all trials are kept, not the best. The unit ends the measure's name.

    `cap_s` marks a time that was stopped; `method` says how a device got the value (impulse_momentum, flight_time).
    """

    trial_id = dy.String(min_length=1)
    athlete = dy.String(min_length=1, max_length=80)
    date = dy.Date()
    test = dy.String(regex=_SLUG, max_length=80)
    trial = dy.Int32(min=1, max=1000)
    side = dy.Enum(SIDES)
    load_kg = dy.Float64(nullable=True, min=0, max=300)
    distance_m = dy.Float64(nullable=True, min=1, max=400)
    cap_s = dy.Float64(nullable=True, min=5, max=600)
    measure = dy.String(regex=_SLUG, max_length=80)
    value = dy.Float64()
    method = dy.String(nullable=True)
    protocol = dy.String(nullable=True)
    device = dy.String(nullable=True)
    valid = dy.Bool()
    notes = dy.String(nullable=True)
    source = dy.String()
    source_row = dy.Int64(min=1)

    @dy.rule()
    def date_after_1990_and_not_absurd(cls) -> pl.Expr:
        return plausible_date()

    @dy.rule()
    def value_above_0(cls) -> pl.Expr:
        return (pl.col("value") > 0) | ~pl.col("measure").is_in(_NEVER_0)

    @dy.rule()
    def measure_fits_the_test(cls) -> pl.Expr:
        timed = pl.col("test").is_in(["sprint", "single_leg_stance"])
        jumped = pl.col("test").is_in(["loaded_jump", "cmj"]) & (pl.col("measure") == "time_s")
        return pl.when(timed).then(pl.col("measure") == "time_s").otherwise(~jumped)

    @dy.rule()
    def sprint_has_distance_m(cls) -> pl.Expr:
        return (pl.col("test") != "sprint") | pl.col("distance_m").is_not_null()

    @dy.rule()
    def loaded_jump_has_load_kg(cls) -> pl.Expr:
        return (pl.col("test") != "loaded_jump") | pl.col("load_kg").is_not_null()

    @dy.rule()
    def stance_has_a_side_and_cap_s(cls) -> pl.Expr:
        told = (pl.col("side") != "both") & pl.col("cap_s").is_not_null()
        return (pl.col("test") != "single_leg_stance") | told

    @dy.rule()
    def stance_time_not_beyond_cap(cls) -> pl.Expr:
        return (pl.col("test") != "single_leg_stance") | (pl.col("value") <= pl.col("cap_s"))

    @dy.rule()
    def jump_height_below_1_2_m(cls) -> pl.Expr:
        return (pl.col("measure") != "height_m") | (pl.col("value") <= 1.2)

    @dy.rule()
    def flight_time_between_0_15_and_0_90_s(cls) -> pl.Expr:
        return (pl.col("measure") != "flight_time_s") | pl.col("value").is_between(0.15, 0.90)

    @dy.rule()
    def sprint_not_faster_than_12_5_m_per_s(cls) -> pl.Expr:
        return (pl.col("test") != "sprint") | (pl.col("distance_m") / pl.col("value") <= 12.5)
