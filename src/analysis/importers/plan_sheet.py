"""Our sheet of a training plan.

Vendor: stridelift, the sheet `stridelift template plan`
Export: fill the template in (CSV or XLSX), save it
Row: one exercise of one planned session
Variants: comma, semicolon or tab; CSV or XLSX
Units: in the header: load_kg or load_lb, duration_s, rest_s, percent_1rm
Limits: a row has a date or the name of its block; repetitions as reps_low and reps_high (a spreadsheet makes a date of
  6-8); dates as 2026-03-31 or 31.03.2026, as a spreadsheet saves them, or with slashes where the column or
  --date-order says which is the day
"""

from __future__ import annotations

from typing import Final

import polars as pl

from analysis.importers import _header, _sheets
from analysis.importers._numbers import decimal_points, number, times
from analysis.importers._raw import Context, Raw, refusals
from analysis.importers._source import Head, Source
from analysis.units import kg_per

VENDOR: Final = "plan_sheet"
KIND: Final = "plan"
TEMPLATE: Final = """\
athlete,date,block,session,exercise,order,sets,reps_low,reps_high,load_kg,percent_1rm,duration_s,rpe,rir,rest_s,tempo,notes
anna,2026-01-06,winter strength,gym A,back squat,1,4,6,8,60,,,8,,180,30X1,example rows: replace them
anna,2026-01-06,winter strength,gym A,side plank,2,3,,,,,45,,,60,,a date or a block is enough
anna,,winter strength,gym B,romanian deadlift,1,3,8,8,,70,,,2,120,,
"""
_NUMBERS: Final = ("reps_low", "reps_high", "percent_1rm", "duration_s", "rpe", "rir", "rest_s")
_WHOLE: Final = ("order", "sets")
COLUMNS: Final[_header.Synonyms] = {
    name: (name,)
    for name in (
        "athlete", "date", "block", "session", "exercise", *_WHOLE, *_NUMBERS, "load_kg", "load_lb", "tempo", "notes"
    )
}  # fmt: skip
NEEDED: Final = ("exercise", "sets", "reps_low", "reps_high")


def matches(head: Head) -> bool:
    """Whether the header is that of our sheet."""
    return _header.layout(head, COLUMNS).has(*NEEDED)


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape a sheet; nothing is judged here."""
    found = _header.layout(source.head, COLUMNS)
    table = _header.table(source, found, COLUMNS, NEEDED)
    load, unit = _header.one_of(source.name, found, {"load_kg": "kg", "load_lb": "lb"})
    frame, mixed = decimal_points(table.frame, (load, *_NUMBERS))
    frame, order = _sheets.slashed_dates(frame, ("date",), context, source.name)
    frame, undated = _sheets.iso_dates(frame, ("date",))
    frame = _sheets.with_athlete(frame, context, source.name, present=found.has("athlete"))
    plan = frame.with_columns(
        times(load, pl.lit(kg_per(unit or "kg"))).alias("load_kg"),
        *_sheets.whole_numbers(*_WHOLE),
        pl.col("block", "session").str.strip_chars(),
        pl.col("exercise").str.strip_chars().alias("exercise_raw"),
        pl.col("date").fill_null(""),
        source=pl.lit(VENDOR),
    )
    plan = _sheets.with_ids(plan, "plan_id", "date", "block", "session", "exercise_raw")
    return Raw(
        primary=("plan",),
        variant=f"load_{unit}",
        records=table.records,
        tables={"plan": plan},
        decisions=_header.reading_decisions(source, found) | order,
        n_read=table.n_read,
        refused=pl.concat([table.refused, mixed, undated, _nowhere(plan), _upside_down(plan)]).unique(
            "source_row", keep="first", maintain_order=True
        ),
        ignored=table.ignored,
    )


def _nowhere(plan: pl.DataFrame) -> pl.DataFrame:
    rows = plan.filter(pl.col("date") == "", pl.col("block") == "")
    return refusals(rows.with_columns(reason=pl.lit("date is missing, and so is block: one of the two is needed")))


def _upside_down(plan: pl.DataFrame) -> pl.DataFrame:
    rows = plan.filter(number("reps_low") > number("reps_high"))
    says = pl.format("reps_low {} is above reps_high {}", "reps_low", "reps_high")
    return refusals(rows.with_columns(says.alias("reason")))
