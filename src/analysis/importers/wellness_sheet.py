"""Our sheet of wellness: how the athlete slept and feels, what was measured in the morning.

Vendor: stridelift, the sheet `stridelift template wellness`
Export: fill the template in (CSV or XLSX), save it
Row: one answer or measurement of one day; several of the same item and day are all kept
Variants: comma, semicolon or tab; CSV or XLSX
Units: the unit ends the name of a measured item (sleep_s, body_mass_kg, resting_hr_bpm, hrv_rmssd_ms)
Limits: an answer needs scale_min, scale_max and direction (higher_better or higher_worse), a measurement does not;
  dates as 2026-03-31 or 31.03.2026, or with slashes where the column or --date-order says which is the day
"""

from __future__ import annotations

from typing import Final

import polars as pl

from analysis.importers import _header, _sheets, _wellness
from analysis.importers._numbers import decimal_points
from analysis.importers._raw import Context, Raw, refusals
from analysis.importers._source import Head, Source

VENDOR: Final = "wellness_sheet"
KIND: Final = "wellness"
TEMPLATE: Final = """\
athlete,date,item,value,scale_min,scale_max,direction,instrument,notes
anna,2026-03-02,fatigue,3,1,7,higher_worse,hooper,example rows: replace them
anna,2026-03-02,sleep_quality,4,1,5,higher_better,mclean,
anna,2026-03-02,resting_hr_bpm,47,,,,,
"""
COLUMNS: Final[_header.Synonyms] = {
    name: (name,)
    for name in (
        "athlete", "date", "item", "value", "scale_min", "scale_max", "direction", "instrument", "notes",
    )
}  # fmt: skip
NEEDED: Final = ("date", "item", "value")
_MEANT: Final = {
    "hrv_rmssd_ms": ("rmssd_ms", "rmssd", "hrv_ms", "hrv", "hrv_rmssd"),
    "hrv_sdnn_ms": ("sdnn_ms", "sdnn", "hrv_sdnn"),
    "sleep_s": ("sleep_duration_h", "sleep_h", "sleep_hours", "sleep_duration_s", "sleep_min", "sleep_duration"),
    "body_mass_kg": ("weight_kg", "bodyweight", "bodyweight_kg", "body_weight_kg", "body_weight"),
    "resting_hr_bpm": ("resting_hr", "rhr", "rhr_bpm"),
}
"""Near misses of the measured items: loaded as they are, nothing would ever read them, and nobody would be told."""
_UNIT_WORDS: Final = {"sleep_s": " (seconds)"}


def matches(head: Head) -> bool:
    """Whether the header is that of our sheet: an item and its value beside the scale."""
    found = _header.layout(head, COLUMNS)
    return found.has(*NEEDED) and (found.has("direction") or found.has("scale_max") or found.has("instrument"))


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape a sheet; nothing is judged here."""
    found = _header.layout(source.head, COLUMNS)
    table = _header.table(source, found, COLUMNS, NEEDED)
    frame, mixed = decimal_points(table.frame, ("value", "scale_min", "scale_max"))
    frame, order = _sheets.slashed_dates(frame, ("date",), context, source.name)
    frame, undated = _sheets.iso_dates(frame, ("date",))
    frame = _sheets.with_athlete(frame, context, source.name, present=found.has("athlete"))
    direction, instrument = _sheets.words("direction", "instrument")
    answers = frame.with_columns(
        direction.replace({"": "neutral"}),
        instrument.replace({"": VENDOR}),
        pl.col("item").str.strip_chars().str.to_lowercase().str.replace_all(r"[\s-]+", "_"),
        pl.col("value").str.strip_chars(),
        pl.col("value").alias("value_raw"),
        pl.lit(None, pl.String).alias("reported_local"),
        source=pl.lit(VENDOR),
    )
    empty = pl.col("value").str.to_lowercase().is_in(_wellness.NULLS)
    bare = refusals(answers.filter(empty).with_columns(pl.lit("holds no value").alias("reason")))
    days = _wellness.Days(_wellness.numbered(answers.filter(~empty)), mixed, bare)
    decided = _header.reading_decisions(source, found) | order
    refused = [undated, _unscaled(answers), _misnamed(answers.filter(~empty))]
    return _wellness.finished(table, days, variant="wellness", decisions=decided, refused=refused)


def _unscaled(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows, refused, in which a part of the scale is missing: half a scale would be a guess."""
    parts = [pl.col(name).str.strip_chars() != "" for name in ("scale_min", "scale_max")]
    told = [*parts, pl.col("direction") != "neutral"]
    half = pl.any_horizontal(parts) & ~pl.all_horizontal(told)
    return refusals(
        frame.filter(half).with_columns(pl.lit("scale_min, scale_max and direction belong together").alias("reason"))
    )


def _misnamed(frame: pl.DataFrame) -> pl.DataFrame:
    """The measurements, refused, whose item is a near miss of one that is read; answers on a scale stay."""
    meant = {miss: item for item, misses in _MEANT.items() for miss in misses}
    told = {miss: f"item {miss} is not read; write {item}{_UNIT_WORDS.get(item, '')}" for miss, item in meant.items()}
    bare = pl.all_horizontal(pl.col(name).str.strip_chars() == "" for name in ("scale_min", "scale_max"))
    rows = frame.filter(bare & pl.col("item").is_in(list(told)))
    return refusals(rows.with_columns(pl.col("item").replace_strict(told, default=None).alias("reason")))
