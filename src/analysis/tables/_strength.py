"""Workouts, their sets, the repetitions of a set as a sensor saw them, and the sets that a plan asks for."""

from __future__ import annotations

from typing import Final

import dataframely as dy
import polars as pl

from analysis.tables._words import (
    LOAD_BASES,
    PHASES,
    REP_BASES,
    SESSION_KINDS,
    SET_TYPES,
    SIDES,
    ZONE_BASES,
    plausible_date,
)  # fmt: skip

SET_LIMITS: Final = {"reps": 1000.0, "load_kg": 600.0, "rir": 30.0, "rpe": 10.0}
"""What a number of a set is at most; beyond it stands another unit or a typing error."""


class Sessions(dy.Schema):
    """One row per workout. `date` is the athlete's local day; no machine time zone is ever applied.

    `start_utc` is the instant, without a zone mark, where the file tells it; `zone` the offset or the zone's name.
    `sport` is the vendor's own word, `source_id` the vendor's own id of the session.
    """

    session_id = dy.String(min_length=1)
    athlete = dy.String(min_length=1, max_length=80)
    date = dy.Date()
    start_local = dy.Datetime(time_unit="us", nullable=True)
    duration_s = dy.Float64(nullable=True, min=0)
    title = dy.String(nullable=True)
    notes = dy.String(nullable=True)
    session_rpe = dy.Float64(nullable=True, min=0, max=10)
    kind = dy.Enum(SESSION_KINDS)
    sport = dy.String(nullable=True)
    start_utc = dy.Datetime(time_unit="us", nullable=True)
    zone = dy.String(nullable=True)
    zone_basis = dy.Enum(ZONE_BASES)
    source_id = dy.String(nullable=True)
    device = dy.String(nullable=True)
    source = dy.String()
    source_row = dy.Int64(min=1)

    @dy.rule()
    def date_after_1990_and_not_absurd(cls) -> pl.Expr:
        return plausible_date()


class Sets(dy.Schema):
    """One row per set. `load_kg` is the weight as logged (see `load_basis`), assistance is positive and `assisted`.

    `exercise_id` is the vendor's own id of the exercise (FIT category, catalogue number); `load_multiplier` the number
    of implements or sides where the vendor states it.
    """

    set_id = dy.String(min_length=1)
    session_id = dy.String(min_length=1)
    athlete = dy.String(min_length=1, max_length=80)
    date = dy.Date()
    start_local = dy.Datetime(time_unit="us", nullable=True)
    exercise_raw = dy.String(min_length=1, max_length=300)
    block_no = dy.Int32(min=1)
    set_no = dy.Int32(min=1)
    superset = dy.String(nullable=True)
    set_type = dy.Enum(SET_TYPES)
    side = dy.Enum(SIDES, nullable=True)
    reps = dy.Float64(nullable=True, min=0, max=SET_LIMITS["reps"])
    rep_basis = dy.Enum(REP_BASES)
    load_kg = dy.Float64(nullable=True, min=0, max=SET_LIMITS["load_kg"])
    load_raw = dy.String(nullable=True)
    assisted = dy.Bool()
    load_basis = dy.Enum(LOAD_BASES)
    duration_s = dy.Float64(nullable=True, min=0, max=86_400)
    distance_m = dy.Float64(nullable=True, min=0, max=500_000)
    distance_raw = dy.String(nullable=True)
    rpe = dy.Float64(nullable=True, min=0, max=SET_LIMITS["rpe"])
    rir = dy.Float64(nullable=True, min=0, max=SET_LIMITS["rir"])
    tempo = dy.String(nullable=True)
    exercise_id = dy.String(nullable=True)
    load_multiplier = dy.Float64(nullable=True, min=0, max=10)
    started_utc = dy.Datetime(time_unit="us", nullable=True)
    technique_ok = dy.Bool(nullable=True)
    rest_after_s = dy.Float64(nullable=True, min=0, max=86_400)
    notes = dy.String(nullable=True)
    source = dy.String()
    source_row = dy.Int64(min=1)

    @dy.rule()
    def set_has_reps_or_time_or_distance(cls) -> pl.Expr:
        return pl.any_horizontal(pl.col("reps", "duration_s", "distance_m", "distance_raw").is_not_null())

    @dy.rule()
    def date_after_1990_and_not_absurd(cls) -> pl.Expr:
        return plausible_date()


class Reps(dy.Schema):
    """One row per repetition, phase and measure, from a velocity sensor. The unit ends the measure's name."""

    rep_id = dy.String(min_length=1)
    set_id = dy.String(min_length=1)
    session_id = dy.String(min_length=1)
    athlete = dy.String(min_length=1, max_length=80)
    date = dy.Date()
    exercise_raw = dy.String(min_length=1, max_length=300)
    set_no = dy.Int32(min=1)
    rep_no = dy.Int32(min=1)
    phase = dy.Enum(PHASES)
    side = dy.Enum(SIDES, nullable=True)
    load_kg = dy.Float64(nullable=True, min=0, max=600)
    measure = dy.String(regex=r"^[a-z0-9_]+$", max_length=80)
    value = dy.Float64()
    method = dy.String(nullable=True)
    device = dy.String(nullable=True)
    source = dy.String()
    source_row = dy.Int64(min=1)

    @dy.rule()
    def date_after_1990_and_not_absurd(cls) -> pl.Expr:
        return plausible_date()

    @dy.rule()
    def velocity_between_0_and_6_m_per_s(cls) -> pl.Expr:
        fast = pl.col("measure").str.ends_with("velocity_m_s")
        return ~fast | pl.col("value").is_between(0, 6)


class Plan(dy.Schema):
    """One row per prescribed exercise of a day: what the plan, the app or the watch asked for."""

    plan_id = dy.String(min_length=1)
    athlete = dy.String(min_length=1, max_length=80)
    date = dy.Date(nullable=True)
    block = dy.String(nullable=True, max_length=80)
    session = dy.String(nullable=True, max_length=120)
    exercise_raw = dy.String(min_length=1, max_length=300)
    order = dy.Int32(nullable=True, min=1)
    sets = dy.Int32(nullable=True, min=1, max=100)
    reps_low = dy.Float64(nullable=True, min=0, max=1000)
    reps_high = dy.Float64(nullable=True, min=0, max=1000)
    load_kg = dy.Float64(nullable=True, min=0, max=600)
    percent_1rm = dy.Float64(nullable=True, min=0, max=150)
    duration_s = dy.Float64(nullable=True, min=0, max=86_400)
    rpe = dy.Float64(nullable=True, min=0, max=10)
    rir = dy.Float64(nullable=True, min=0, max=30)
    rest_s = dy.Float64(nullable=True, min=0, max=86_400)
    tempo = dy.String(nullable=True)
    notes = dy.String(nullable=True)
    source = dy.String()
    source_row = dy.Int64(min=1)
