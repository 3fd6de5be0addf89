"""From rows of activities to the tables `sessions` and `runs`: ids, and which activity is a run."""

from __future__ import annotations

from typing import Final

import polars as pl

from analysis.importers import _sports
from analysis.importers._text import per_value

RUN_COLUMNS: Final = (
    "distance_m", "elapsed_s", "timer_s", "moving_s", "ascent_m", "descent_m", "average_hr_bpm", "max_hr_bpm",
    "cadence_spm", "step_length_m", "ground_contact_s", "vertical_oscillation_m", "power_w", "max_speed_m_s",
    "temperature_c", "indoor", "race", "shoe", "file_ref",
)  # fmt: skip


def tables(rows: pl.DataFrame, athlete: str, vendor: str) -> dict[str, pl.DataFrame]:
    """The tables of a frame with one activity per row.

    Needs `source_row, sport, date, start_local` (text; `start_local` null where only the day is known) and
    `zone_basis`; takes `source_id` (the vendor's own id), `start_utc, zone, title, notes, duration_s, session_rpe,
    device` and the columns of `runs` where they are there. The key of a session is the vendor's id, else its minute
    and its rank in that minute. `sessions` is the table whose rows are the rows of the file.
    """
    rows = rows.with_columns(
        pl.lit(athlete).alias("athlete"),
        pl.lit(vendor).alias("source"),
        per_value(rows["sport"].fill_null(""), _sports.kind, pl.String).alias("kind"),
    )
    if "source_id" not in rows.columns:
        rows = rows.with_columns(pl.lit(None, pl.String).alias("source_id"))
    minute = pl.coalesce(pl.col("start_local").str.slice(0, 16), pl.col("date"))
    rows = rows.with_columns(minute.alias("minute"))
    rank = pl.int_range(1, pl.len() + 1).over("minute").cast(pl.String)
    own = pl.concat_str(pl.lit("id"), pl.when(pl.col("source_id").str.strip_chars() != "").then("source_id"), separator="|")  # fmt: skip  # noqa: E501
    key = pl.coalesce(own, pl.concat_str("minute", rank, separator="|"))
    rows = rows.with_columns(pl.concat_str(pl.lit(f"{athlete}|{vendor}"), key, separator="|").alias("session_id"))
    runs = rows.filter(pl.col("kind") == "run")
    there = [column for column in RUN_COLUMNS if column in rows.columns]
    kept = ["session_id", "athlete", "date", "source", "source_row", *there]
    return {"sessions": rows, "runs": runs.select(kept)}
