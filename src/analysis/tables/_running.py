"""Runs, their laps, and their streams as one packed row per session."""

from __future__ import annotations

from typing import Final

import dataframely as dy
import polars as pl

from analysis.tables._words import INTENSITIES, SPLIT_KINDS, plausible_date

SAMPLE_COLUMNS: Final = (
    "t_s", "latitude_deg", "longitude_deg", "altitude_m", "distance_m", "speed_m_s", "heart_rate_bpm", "cadence_spm",
    "power_w",
)  # fmt: skip
"""What a sample of a stream holds; `t_s` counts from the start of the session, cadence the steps of both feet."""


class Runs(dy.Schema):
    """One row per run, beside its row in `sessions`. Cadence counts the steps of both feet.

    `elapsed_s` runs from start to end, `timer_s` without the pauses of the watch, `moving_s` without standing still.
    """

    session_id = dy.String(min_length=1)
    athlete = dy.String(min_length=1, max_length=80)
    date = dy.Date()
    distance_m = dy.Float64(nullable=True, min=0, max=500_000)
    elapsed_s = dy.Float64(nullable=True, min=0)
    timer_s = dy.Float64(nullable=True, min=0)
    moving_s = dy.Float64(nullable=True, min=0)
    ascent_m = dy.Float64(nullable=True, min=0, max=20_000)
    descent_m = dy.Float64(nullable=True, min=0, max=20_000)
    average_hr_bpm = dy.Float64(nullable=True, min=20, max=260)
    max_hr_bpm = dy.Float64(nullable=True, min=20, max=260)
    cadence_spm = dy.Float64(nullable=True, min=0, max=400)
    step_length_m = dy.Float64(nullable=True, min=0, max=4)
    ground_contact_s = dy.Float64(nullable=True, min=0, max=1)
    vertical_oscillation_m = dy.Float64(nullable=True, min=0, max=0.5)
    power_w = dy.Float64(nullable=True, min=0, max=3000)
    max_speed_m_s = dy.Float64(nullable=True, min=0)
    temperature_c = dy.Float64(nullable=True, min=-50, max=60)
    indoor = dy.Bool(nullable=True)
    race = dy.Bool(nullable=True)
    shoe = dy.String(nullable=True)
    file_ref = dy.String(nullable=True)
    source = dy.String()
    source_row = dy.Int64(min=1)

    @dy.rule()
    def date_after_1990_and_not_absurd(cls) -> pl.Expr:
        return plausible_date()


class Splits(dy.Schema):
    """One row per lap, interval, gate or pool length. `start_s` counts from the start of the session."""

    split_id = dy.String(min_length=1)
    session_id = dy.String(min_length=1)
    athlete = dy.String(min_length=1, max_length=80)
    date = dy.Date()
    split_kind = dy.Enum(SPLIT_KINDS)
    split_no = dy.Int32(min=1)
    start_s = dy.Float64(nullable=True, min=0)
    duration_s = dy.Float64(nullable=True, min=0)
    moving_s = dy.Float64(nullable=True, min=0)
    distance_m = dy.Float64(nullable=True, min=0, max=500_000)
    intensity = dy.Enum(INTENSITIES, nullable=True)
    average_hr_bpm = dy.Float64(nullable=True, min=20, max=260)
    max_hr_bpm = dy.Float64(nullable=True, min=20, max=260)
    cadence_spm = dy.Float64(nullable=True, min=0, max=400)
    power_w = dy.Float64(nullable=True, min=0, max=3000)
    max_speed_m_s = dy.Float64(nullable=True, min=0)
    ascent_m = dy.Float64(nullable=True, min=0, max=20_000)
    descent_m = dy.Float64(nullable=True, min=0, max=20_000)
    notes = dy.String(nullable=True)
    source = dy.String()
    source_row = dy.Int64(min=1)

    @dy.rule()
    def date_after_1990_and_not_absurd(cls) -> pl.Expr:
        return plausible_date()


class Streams(dy.Schema):
    """One row per session with a stream: its samples packed (Parquet), so that a log does not load them unasked.

    Unpacked by `Logbook.samples`: `session_id, t_s, latitude_deg, longitude_deg, altitude_m, distance_m, speed_m_s,
    heart_rate_bpm, cadence_spm, power_w`; a column that the device did not record is null.
    """

    session_id = dy.String(min_length=1)
    athlete = dy.String(min_length=1, max_length=80)
    date = dy.Date()
    n = dy.Int64(min=1)
    packed = dy.Binary()
    source = dy.String()
    source_row = dy.Int64(min=1)
