"""Oura (ring: nights, readiness, activity).

Vendor: Oura, cloud.ouraring.com and the Membership Hub
Export: Trends > Download data (one CSV with a row per day), or Membership Hub > Export data (a file per category)
Row: one day, or one sleep; a night belongs to the day of waking up
Variants: trends CSV in any order and subset of its columns (also with `Sleep Timin Score` and `Total Bedtime `);
  sleepmodel, dailysleep, dailyreadiness, dailyactivity and dailyspo2 of the Membership Hub (semicolons),
  each alone or the zip as it came
Units: fixed by Oura: seconds, beats per minute, ms, percent, °C (deviation), metres, kilocalories; the times of a
  day's activity are minutes in trends of 2020, which their sum tells
Limits: scores are 0 to 100; the contributors of a score in JSON, levels in words and the minute data are not read
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import polars as pl

from analysis.importers import _dates, _header, _parts, _sets, _wellness
from analysis.importers._numbers import number, times
from analysis.importers._problem import ImportProblem
from analysis.importers._raw import Context, Raw, refusals
from analysis.importers._source import Head, Source, base_name, from_bytes
from analysis.importers._wellness import BETTER, WORSE, Item

VENDOR: Final = "oura"
_SCORES: Final = {
    "Sleep Score": "sleep_score", "Total Sleep Score": "total_sleep_score", "REM Sleep Score": "rem_sleep_score",
    "Deep Sleep Score": "deep_sleep_score", "Sleep Efficiency Score": "sleep_efficiency_score",
    "Restfulness Score": "restfulness_score", "Sleep Latency Score": "sleep_latency_score",
    "Sleep Timing Score": "sleep_timing_score", "Readiness Score": "readiness",
    "Previous Night Score": "previous_night_score", "Sleep Balance Score": "sleep_balance_score",
    "Previous Day Activity Score": "previous_day_activity_score", "Activity Balance Score": "activity_balance_score",
    "Temperature Score": "temperature_score", "Resting Heart Rate Score": "resting_heart_rate_score",
    "HRV Balance Score": "hrv_balance_score", "Recovery Index Score": "recovery_index_score",
    "Activity Score": "activity_score", "Stay Active Score": "stay_active_score",
    "Move Every Hour Score": "move_every_hour_score", "Meet Daily Targets Score": "meet_daily_targets_score",
    "Training Frequency Score": "training_frequency_score", "Training Volume Score": "training_volume_score",
    "Recovery Time Score": "recovery_time_score", "Sleep Regularity Score": "sleep_regularity_score",
}  # fmt: skip
_MEASURED: Final = {
    "sleep_s": (BETTER, "Total Sleep Duration", "Total Sleep Time"),
    "in_bed_s": ("neutral", "Total Bedtime", "time_in_bed"),
    "awake_s": (WORSE, "Awake Time"),
    "rem_sleep_s": (BETTER, "REM Sleep Duration", "REM Sleep Time"),
    "light_sleep_s": ("neutral", "Light Sleep Duration", "Light Sleep Time"),
    "deep_sleep_s": (BETTER, "Deep Sleep Duration", "Deep Sleep Time"),
    "sleep_latency_s": ("neutral", "Sleep Latency", "latency"),
    "sleep_timing_s": ("neutral", "Sleep Timing"),
    "sleep_efficiency_percent": (BETTER, "Sleep Efficiency", "efficiency"),
    "restless_sleep": (WORSE, "Restless Sleep", "restless_periods"),
    "resting_hr_bpm": ("neutral", "Lowest Resting Heart Rate", "lowest_heart_rate"),
    "average_sleeping_hr_bpm": ("neutral", "Average Resting Heart Rate", "average_heart_rate"),
    "hrv_rmssd_ms": ("neutral", "Average HRV"),
    "respiratory_rate_bpm": ("neutral", "Respiratory Rate", "average_breath"),
    "temperature_deviation_c": ("neutral", "Temperature Deviation (°C)", "Temperature Deviation"),
    "temperature_trend_deviation_c": ("neutral", "Temperature Trend Deviation"),
    "spo2_percent": ("neutral", "spo2_percentage"),
    "steps": ("neutral", "Steps"),
    "activity_energy_kcal": ("neutral", "Activity Burn", "active_calories"),
    "energy_kcal": ("neutral", "Total Burn", "total_calories"),
    "walking_equivalent_m": ("neutral", "Equivalent Walking Distance"),
    "inactive_s": ("neutral", "Inactive Time", "sedentary_time"),
    "rest_s": ("neutral", "Rest Time", "resting_time"),
    "low_activity_s": ("neutral", "Low Activity Time"),
    "medium_activity_s": ("neutral", "Medium Activity Time"),
    "high_activity_s": ("neutral", "High Activity Time"),
    "non_wear_s": ("neutral", "Non-wear Time", "Non wear Time"),
    "average_met": ("neutral", "Average MET", "average_met_minutes"),
    "long_inactivity": ("neutral", "Long Periods of Inactivity", "inactivity_alerts"),
}
_ITEMS: Final = (
    *(Item(item, item, BETTER, 1, 0, 100) for item in _SCORES.values()),
    *(Item(item, item, words[0]) for item, words in _MEASURED.items()),
    Item("nap_s", "nap_s"),
)
COLUMNS: Final[_header.Synonyms] = {
    "date": ("date",),
    "day": ("day",),
    "id": ("id",),
    "bedtime_end": ("Bedtime End",),
    "bedtime_start": ("Bedtime Start",),
    "type": ("type",),
    "score": ("score",),
    "contributors": ("contributors",),
    "daily_movement": ("Daily Movement",),
    "target_calories": ("Target Calories",),
    "sleep_timing_score": ("Sleep Timing Score", "Sleep Timin Score"),
    **{item: (header,) for header, item in _SCORES.items() if item != "sleep_timing_score"},
    **{item: words[1:] for item, words in _MEASURED.items()},
}
_GENERIC: Final = {"date", "day", "id", "type", "score", "steps", "respiratory_rate_bpm", "in_bed_s"}
_HUB: Final = ("sleepmodel.csv", "dailyreadiness.csv", "dailysleep.csv", "dailyactivity.csv", "dailyspo2.csv")
_NO_SLEEP: Final = ("deleted", "rest")
_PARTS_OF_A_DAY: Final = (
    "rest_s",
    "inactive_s",
    "low_activity_s",
    "medium_activity_s",
    "high_activity_s",
    "non_wear_s",
)
_MINUTES: Final = 1440
_LONGEST_NOT_IN_SECONDS: Final = 1500  # a column of nights that never exceeds this is not in seconds


def matches(head: Head) -> bool:
    """Whether the header is that of the trends (all columns known, or several of Oura's own), or of the Hub."""
    if head.kind == "archive":
        return any(base_name(name) in _HUB[:2] for name in head.text.splitlines())
    found = _header.layout(head, COLUMNS)
    own = set(found.positions) - _GENERIC
    if found.has("id", "day"):
        return found.has("contributors") or len(own) > 1 or "spo2_percent" in own
    known = {_header.fold(header) for headers in COLUMNS.values() for header in headers}
    strange = [header for header in found.headers if header not in known]
    return found.has("date") and bool(own) and (not strange or len(own) > 2)


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape a file, or the known files of a zip; nothing is judged here."""
    if source.kind != "archive":
        return _part(source, context)
    members = [name for name in source.archive.names if base_name(name) in _HUB]
    files = [from_bytes(f"{source.name}/{base_name(name)}", source.archive.read(name)) for name in members]
    lengths = [(file, len(file.text.splitlines())) for file in files]
    parts = [(_part(file, context), lines) for file, lines in lengths if lines > 1]
    if not parts:
        raise ImportProblem(f"{source.name} holds no rows", f"rows in {', '.join(_HUB)}", "export it again")
    return _parts.merged(parts, "hub, zip")


def _part(source: Source, context: Context) -> Raw:
    athlete = _sets.athlete_of(context, source.name)
    found = replace(_header.layout(source.head, COLUMNS), doubled=())  # `Sleep Timing` came twice, the second empty
    day = "day" if found.has("id", "day") else "date"
    table = _header.table(source, found, COLUMNS, (day,))
    frame = table.frame.with_columns(
        pl.lit(athlete).alias("athlete"), pl.col("spo2_percent").str.replace(r'^\{"average":\s*([\d.]+)\}$', "$1")
    )
    _refuse_other_units(frame, source.name)
    dates = _dates.local(frame[day], source.name, context.answer("date_order"))
    woke = pl.col("bedtime_end").str.extract(r"^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)").str.replace("T", " ")
    frame = frame.with_columns(dates.date.alias("date"), woke.alias("reported_local"))
    frame, scored = _scored(frame, found)
    frame, notices = _active_seconds(frame)
    kind = pl.col("type").str.strip_chars()
    no_sleep = frame.filter(kind.is_in(_NO_SLEEP)).with_columns(
        pl.format("a sleep of the kind '{}'", kind).alias("reason")
    )
    kept = _naps_apart(frame.filter(~kind.is_in(_NO_SLEEP)))
    return _wellness.finished(
        table,
        _wellness.long(kept, _ITEMS, VENDOR),
        variant=f"hub, {scored}" if day == "day" else "trends",
        decisions=_header.reading_decisions(source, found) | dates.decisions,
        ignored=[refusals(no_sleep)],
        notices=notices,
    )


def _active_seconds(frame: pl.DataFrame) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The times of a day's activity in seconds: together they fill a day, of 1440 minutes in the older trends.

    Columns that are too few to tell are left out, and a notice says so.
    """
    day: Any = frame.select(pl.sum_horizontal(number(name) for name in _PARTS_OF_A_DAY).max()).item()
    if not day or day > _MINUTES:
        return frame, ()
    if frame.select(pl.max_horizontal(number(name).max() for name in _PARTS_OF_A_DAY[:2])).item() is None:
        left = frame.with_columns(pl.lit("").alias(name) for name in _PARTS_OF_A_DAY)
        return left, ("the activity times may be minutes or seconds: they are left out",)
    in_seconds = (times(name, pl.lit(60.0)).fill_null("").alias(name) for name in _PARTS_OF_A_DAY)
    return frame.with_columns(in_seconds), ()


def _naps_apart(frame: pl.DataFrame) -> pl.DataFrame:
    """Of a sleep that is not the long one of the night only its length stays, as a nap."""
    short = ~pl.col("type").str.strip_chars().is_in(["", "long_sleep"])
    night = [item for item in _MEASURED if item != "sleep_s"]
    return frame.with_columns(
        pl.when(short).then("sleep_s").otherwise(pl.lit("")).alias("nap_s"),
        *(pl.when(short).then(pl.lit("")).otherwise(item).alias(item) for item in ("sleep_s", *night)),
    )


def _refuse_other_units(frame: pl.DataFrame, file: str) -> None:
    """A night that somebody converted to hours or minutes is not read as seconds."""
    longest = frame.select(number("sleep_s").max()).item()
    if longest is not None and 0 < longest < _LONGEST_NOT_IN_SECONDS:
        came = f"{file}: no night is longer than {longest:g}, and Oura writes seconds"
        raise ImportProblem(came, "Total Sleep Duration in seconds", "import the file as Oura wrote it")


def _scored(frame: pl.DataFrame, found: _header.Layout) -> tuple[pl.DataFrame, str]:
    """The plain `score` of a file of the Hub, under the name of what is scored there."""
    if found.has("temperature_deviation_c") and not found.has("sleep_s"):
        item, kind = "readiness", "readiness"
    elif found.has("steps"):
        item, kind = "activity_score", "activity"
    elif frame["contributors"].str.contains("deep_sleep", literal=True).any():
        item, kind = "sleep_score", "sleep score"
    else:
        return frame, "sleeps" if found.has("sleep_s") else "other"
    return frame.with_columns(pl.when(pl.col(item) == "").then("score").otherwise(item).alias(item)), kind
