"""StrongLifts (5x5 strength training app).

Vendor: StrongLifts 5x5
Export: Settings > Export data; one CSV with the whole history
Row: current: one exercise of a workout, its sets side by side; 2015 to 2018: one workout, its exercises side by side
Variants: current (`Sets×Reps` or `SetsxReps`, kg or lb), wide (2015 to 2018, repeated headers, ragged rows)
Units: in the headers: `Set 1 (KG)`, `Weight (LB)`; body weight in its own header or in the cell (`183lb`)
Limits: a skipped set (`-`) is not a set, a failed one (`0`) has 0 repetitions; the wide file writes seconds of a plank
  as repetitions; no warm-up sets, no RPE, no zone
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import polars as pl

from analysis.importers import _dates, _export, _sets, _stronglifts_sets, _stronglifts_wide, _wellness
from analysis.importers._numbers import counted, decimal_points, number
from analysis.importers._raw import Context, Raw, refusals
from analysis.importers._source import Head, Source

VENDOR: Final = "stronglifts"
_MASS_KG: Final = (25, 250)


def matches(head: Head) -> bool:
    """Whether the header has the sets of an exercise, or the exercises of a workout, side by side."""
    return _stronglifts_sets.claims(head) or _stronglifts_wide.claims(head)


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape an export; nothing is judged here."""
    athlete = _sets.athlete_of(context, source.name)
    current = _stronglifts_sets.claims(source.head)
    opened = _stronglifts_sets.opened(source) if current else _stronglifts_wide.opened(source, context)
    frame, mixed = decimal_points(opened.sets, ("load", "reps", "mass"))
    times = _dates.local(frame["moment"], source.name, context.answer("date_order"))
    rows = _sets.in_sessions(_renamed(frame, times), athlete, VENDOR)
    export = _export.Export(
        source, opened.found, opened.table, frame, pl.concat([opened.table.refused, mixed]), opened.load_unit, None
    )
    raw = _export.finished(
        export, rows, context, vendor=VENDOR, variant="current" if current else "wide", dates=times,
        ignored=refusals(opened.ignored), restart=pl.col("piece") != pl.col("piece").shift(),
    )  # fmt: skip
    raw = _export.assistance(raw)
    masses, left_out = _body_masses(rows)
    said = {f"{counted(opened.skipped, 'set')} skipped: not loaded": opened.skipped,
            f"body weight of {counted(left_out, 'workout')} is no mass in kg or lb: left out": left_out}  # fmt: skip
    notices = (*raw.notices, *(words for words, n in said.items() if n))
    return replace(raw, tables={**raw.tables, "wellness": masses}, notices=notices)


def _renamed(frame: pl.DataFrame, times: _dates.Dated) -> pl.DataFrame:
    """With the workouts told apart by their start, then their number, then their title."""
    start = pl.coalesce(times.start, times.date)
    ordinal = pl.col("workout_no").str.strip_chars().str.strip_suffix(".0").str.zfill(8)
    hours = number("hours")
    return frame.with_columns(
        times.date.alias("date"),
        times.start.alias("start_local"),
        pl.concat_str(start, ordinal, "title", separator="|").alias("workout"),
        pl.when(hours > 0).then((hours * 3600).round(1)).cast(pl.String).alias("workout_s"),
        pl.col("hours").alias("workout_length"),
        pl.lit("work").alias("set_type"),
        pl.lit("").alias("distance"),
    )


def _body_masses(rows: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """The body mass of each workout for the table `wellness`, and how many cannot be one."""
    first = rows.unique("session_id", keep="first", maintain_order=True).filter(number("mass").fill_null(0) > 0)
    kilograms = number("mass") * pl.col("mass_factor")
    weighed = first.filter(kilograms.is_between(*_MASS_KG).fill_null(value=False))
    said = {"item": "body_mass_kg", "direction": _wellness.NEUTRAL, "instrument": VENDOR, "source": VENDOR}
    masses = weighed.select(
        "athlete", "date", "source_row", pl.col("start_local").alias("reported_local"),
        kilograms.cast(pl.String).alias("value"), pl.col("mass").alias("value_raw"),
        *(pl.lit(word).alias(name) for name, word in said.items()),
    )  # fmt: skip
    return _wellness.numbered(masses), first.height - weighed.height
