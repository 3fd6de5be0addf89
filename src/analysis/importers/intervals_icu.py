"""Intervals.icu (training platform).

Vendor: intervals.icu
Export: Settings > Download Data: the activities and the wellness data, one CSV each (also /activities.csv and
  /wellness.csv of its API)
Row: one activity; or one day of wellness, of which every answer and measurement becomes a row
Variants: activities; wellness
Units: metres, seconds, kg, ms (rMSSD) by the vendor's definition
Limits: questions go from 1 to 4, and 1 is the best answer of each (low soreness, a great mood); own fields, food,
  computed load (ctl, atl) and zones are not read; no laps and no streams
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import polars as pl

from analysis.importers import _activities, _dates, _header, _instants, _sets, _sports, _wellness
from analysis.importers._activity_numbers import plain, sensed
from analysis.importers._numbers import not_zero
from analysis.importers._raw import Context, Raw
from analysis.importers._source import Head, Source
from analysis.importers._text import per_value
from analysis.importers._wellness import BETTER, NEUTRAL, WORSE, Item

VENDOR: Final = "intervals_icu"
ACTIVITIES: Final[_header.Synonyms] = {
    "own_id": ("id",),
    "local": ("start_date_local",),
    "instant": ("start_date",),
    "title": ("name",),
    "sport": ("type",),
    "distance_m": ("distance",),
    "moving_s": ("moving_time",),
    "elapsed_s": ("elapsed_time",),
    "timer_s": ("icu_recording_time",),
    "ascent_m": ("total_elevation_gain",),
    "descent_m": ("total_elevation_loss",),
    "max_speed_m_s": ("max_speed",),
    "average_hr_bpm": ("average_heartrate",),
    "max_hr_bpm": ("max_heartrate",),
    "cadence_spm": ("average_cadence",),
    "power_w": ("icu_average_watts",),
    "temperature_c": ("average_temp",),
    "session_rpe": ("icu_rpe",),
    "trainer": ("trainer",),
    "race": ("race",),
    "shoe": ("gear",),
    "notes": ("description",),
    "device": ("device_name",),
    "external_id": ("external_id",),
}
WELLNESS: Final[_header.Synonyms] = {"date": ("date", "id"), "notes": ("comments",)}
_TRUE: Final = {"true": "true", "1": "true", "false": "false", "0": "false"}
_NUMBERS: Final = (
    "distance_m", "moving_s", "elapsed_s", "timer_s", "ascent_m", "descent_m", "max_speed_m_s", "average_hr_bpm",
    "max_hr_bpm", "cadence_spm", "power_w", "temperature_c", "session_rpe",
)  # fmt: skip
_OF_WELLNESS: Final = ("sleepsecs", "hrvsdnn", "hrv", "ctl", "atl", "ramprate", "sleepquality", "soreness")
_ASKED: Final = ("soreness", "fatigue", "stress", "mood", "motivation", "injury", "hydration", "sleepQuality")
_MEASURED: Final = (
    Item("hrv", "hrv_rmssd_ms"), Item("hrvSDNN", "hrv_sdnn_ms"), Item("restingHR", "resting_hr_bpm"),
    Item("avgSleepingHR", "sleeping_hr_bpm"), Item("sleepSecs", "sleep_s", BETTER),
    Item("sleepScore", "sleep_score", BETTER), Item("readiness", "readiness", BETTER), Item("weight", "body_mass_kg"),
    Item("bodyFat", "body_fat_percent"), Item("spO2", "spo2_percent"), Item("respiration", "respiratory_rate_bpm"),
    Item("vo2max", "vo2max_ml_kg_min", BETTER), Item("steps", "steps", NEUTRAL),
)  # fmt: skip
_SLUGS: Final = {"sleepQuality": "sleep_quality"}
ITEMS: Final = (*_MEASURED, *(Item(name, _SLUGS.get(name, name), WORSE, 1, 1, 4) for name in _ASKED))
_COLUMNS: Final[_header.Synonyms] = {**WELLNESS, **{item.column: (item.column,) for item in ITEMS}}
_FURTHEST: Final = timedelta(hours=14)
_FILE: Final = r"\.\w{2,4}$"  # apps call every file of theirs the same


def matches(head: Head) -> bool:
    """Whether the header is that of the activities (with `icu_` columns) or of the wellness data."""
    return head.kind in ("text", "workbook") and (_is_activities(head) or _is_wellness(head))


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape one of the two files; nothing is judged here."""
    athlete = _sets.athlete_of(context, source.name)
    if _is_wellness(source.head):
        return _wellness_days(source, athlete)
    return _activity_rows(source, context, athlete)


def _is_activities(head: Head) -> bool:
    found = _header.layout(head, ACTIVITIES)
    own = any(header.startswith("icu") for header in found.headers)
    return own and found.has("own_id", "local", "sport")


def _is_wellness(head: Head) -> bool:
    found = _header.layout(head, _COLUMNS)
    return found.has("date", "restingHR") and sum(name in found.headers for name in _OF_WELLNESS) > 1


def _activity_rows(source: Source, context: Context, athlete: str) -> Raw:
    found = _header.layout(source.head, ACTIVITIES)
    table = _header.table(source, found, ACTIVITIES, ("own_id", "local", "sport"))
    rows = plain(table.frame, _NUMBERS).with_columns(
        not_zero("session_rpe"),
        pl.coalesce("elapsed_s", "moving_s").alias("duration_s"),
        pl.col("own_id").alias("source_id"),
        pl.col("race").str.to_lowercase().replace_strict(_TRUE, default=None, return_dtype=pl.String).alias("race"),
        per_value(table.frame["sport"], _sports.kind, pl.String).alias("kind"),
        pl.coalesce(
            pl.when(pl.col("trainer").str.to_lowercase() == "true").then(pl.lit("true")),
            per_value(table.frame["sport"], _sports.indoor, pl.String),
        ).alias("indoor"),
    )
    rows, impossible = sensed(rows)
    dated = _dates.local(table.frame["local"].str.replace(r"Z\s*$", ""), source.name, context.answer("date_order"))
    rows = pl.concat([rows, _days(dated, table.frame["instant"], context)], how="horizontal")
    tables = _linked(_activities.tables(rows, athlete, VENDOR))
    return Raw(
        primary=("sessions",),
        variant="activities",
        records=table.records,
        tables=tables,
        decisions=_header.reading_decisions(source, found) | dated.decisions,
        n_read=table.n_read,
        refused=table.refused,
        ignored=table.ignored,
        notices=impossible,
    )


def _linked(tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The sessions with the number of the activity where it came from, which links it to its other sources."""
    told = pl.when(~pl.col("external_id").str.contains(_FILE)).then("external_id").replace("", None)
    return tables | {"sessions": tables["sessions"].with_columns(pl.coalesce(told, "source_id").alias("source_id"))}


def _days(dated: _dates.Dated, instants: pl.Series, context: Context) -> pl.DataFrame:
    """The local day and clock that the file writes, with the offset where it also writes the instant."""
    clocks: list[datetime | None] = dated.start.str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False).to_list()
    at = [_instants.utc(text) for text in instants]
    offsets = [c - i if c and i and abs(c - i) <= _FURTHEST else None for c, i in zip(clocks, at, strict=True)]
    days = _instants.local([i if o is not None else None for i, o in zip(at, offsets, strict=True)], context, offsets)
    told = pl.col("zone_basis") == "offset"
    return days.select(
        dated.date.alias("date"),
        dated.start.alias("start_local"),
        "start_utc",
        "zone",
        pl.when(told).then("zone_basis").otherwise(pl.lit("local")).alias("zone_basis"),
    )


def _wellness_days(source: Source, athlete: str) -> Raw:
    found = _header.layout(source.head, _COLUMNS)
    table = _header.table(source, found, _COLUMNS, ("date", "restingHR"))
    rows = table.frame.with_columns(
        pl.lit(athlete).alias("athlete"), pl.col("date").str.slice(0, 10), *(not_zero(item.column) for item in ITEMS)
    )
    days = _wellness.long(rows, ITEMS, VENDOR)
    return Raw(
        primary=("wellness",),
        variant="wellness",
        records=table.records,
        tables={"wellness": days.wellness},
        decisions=_header.reading_decisions(source, found),
        n_read=table.n_read,
        refused=pl.concat([table.refused, days.refused]).unique("source_row", keep="first", maintain_order=True),
        ignored=pl.concat([table.ignored, days.ignored]),
    )
