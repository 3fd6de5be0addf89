"""HRV4Training (morning heart-rate variability and how the athlete feels).

Vendor: HRV4Training, iOS and Android
Export: Settings > Export data > by mail or Dropbox; one CSV (MyMeasurements.csv)
Row: one calendar day; a day without measurement and answers is ignored
Variants: iOS 2017 (a time stamp and nine columns), iOS since 2018 (about 70 columns, lines that end in CR alone,
  `2018-04-27 12:01:00 a. m. +0000`), Android (days as YYYY-DD-MM, a blank second line, rows longer than the header,
  places with decimal commas that nobody quoted), sit/stand test (the lying values), any subset of the columns
Units: fixed by the app: ms, beats per minute, percent
Limits: the app writes neither range nor direction of its answers (sleep_quality, fatigue ...): they are kept without;
  `sleep_time` is a length where it is written as one (07:57), else kept as entered; words (sick, traveling, alcohol,
  training) and LF/HF are not read
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Final

import polars as pl

from analysis.importers import _dates, _header, _instants, _sets, _wellness
from analysis.importers._numbers import not_zero, number
from analysis.importers._problem import ImportProblem
from analysis.importers._raw import Context, Raw
from analysis.importers._source import Head, Source
from analysis.importers._text import Records, parse
from analysis.importers._wellness import BETTER, Item

VENDOR: Final = "hrv4training"
_MEASURED: Final = (
    Item("hr", "resting_hr_bpm"),
    Item("rmssd", "hrv_rmssd_ms"),
    Item("sdnn", "hrv_sdnn_ms"),
    Item("avnn", "avnn_ms"),
    Item("pnn50", "pnn50_percent"),
    Item("recovery", "hrv4training_recovery_points", BETTER),
)
_ANSWERED: Final = (
    "sleep_quality", "mental_energy", "muscle_soreness", "fatigue", "physical_condition", "lifestyle",
    "training_motivation", "training_performance", "training_rpe", "sleep_time",
)  # fmt: skip
_ITEMS: Final = (
    *_MEASURED,
    *(Item(name, "soreness" if name == "muscle_soreness" else name) for name in _ANSWERED),
    Item("slept_s", "sleep_s", BETTER, raw="slept"),
    Item("vo2max", "vo2max_ml_kg_min"),
)
COLUMNS: Final[_header.Synonyms] = {
    "date": ("date",),
    "measured": ("timestamp_measurement",),
    "time": ("time",),
    "hr": ("HR", "HR_lying"),
    "rmssd": ("rMSSD", "rMSSD_lying"),
    "sdnn": ("SDNN", "SDNN_lying"),
    "avnn": ("AVNN", "AVNN_lying"),
    "pnn50": ("pNN50", "pNN50_lying"),
    "recovery": ("HRV4T_Recovery_Points",),
    "lifestyle": ("lifestyle", "current_lifestyle"),
    "vo2max": ("vo2max",),
    "notes": ("note", "notes"),
    "latitude": ("latitude",),
    **{name: (name,) for name in _ANSWERED if name != "lifestyle"},
}
NEEDED: Final = ("rmssd",)
_DAY: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_MOMENT: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([ap]\.?\s?m\.?)?\s*(z|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
_WHOLE: Final = re.compile(r"\s*-?\d{1,17}\s*")
_CLOCK: Final = r"^(\d{1,2}):(\d{2})$"
_PLACEHOLDER: Final = (0, 1)  # the clock of every day in the column `date`
_MONTHS: Final = 12


def matches(head: Head) -> bool:
    """Whether the header has the app's own names: its recovery points or its time stamp beside rMSSD."""
    found = _header.layout(head, COLUMNS)
    return found.has("rmssd") and (found.has("date", "recovery") or found.has("measured"))


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape an export; nothing is judged here."""
    athlete = _sets.athlete_of(context, source.name)
    found = _header.layout(source.head, COLUMNS)
    whole = _whole_width(parse(source.name, source.text, found.delimiter), found)
    needed = (*NEEDED, "date" if found.has("date") else "measured")
    table = _header.table(source, found, COLUMNS, needed, whole)
    frame, decided, notices = _dated(table.frame, source.name, context, found)
    frame = _measured(_slept(frame.with_columns(pl.lit(athlete).alias("athlete"))))
    days = _wellness.long(frame, _ITEMS, VENDOR)
    answered = days.wellness["item"].is_in(["sleep_quality", "fatigue", "soreness", "mental_energy"]).any()
    said = ("the app writes no range and no direction of its answers: they are kept without",) if answered else ()
    return _wellness.finished(
        table,
        days,
        variant="Android" if found.has("date", "time") else "iOS" if found.has("date") else "iOS 2017",
        decisions=_header.reading_decisions(source, found) | decided,
        notices=(*notices, *said),
    )


def _whole_width(records: Records, found: _header.Layout) -> Records:
    """The records without what Android writes beyond the header: blank fields, and the halves of a place.

    Android writes the place at the end of the row with decimal commas (45,6749,9,5614), which moves nothing that is
    read here.
    """
    fields: list[str] = []
    widths: list[int] = []
    place = found.positions.get("latitude", -1)
    for at, wide in zip(records.offsets, records.widths, strict=True):
        row = records.fields[at : at + wide]
        beyond = wide > found.width and not any(field.strip() for field in row[found.width :])
        if beyond or (wide > found.width and place > 0 and _is_place(row[place:])):
            row = row[: found.width]
        fields += row
        widths.append(len(row))
    return replace(records, fields=fields, widths=widths)


def _is_place(cells: list[str]) -> bool:
    """Whether a row ends in the two halves of a latitude and nothing but numbers."""
    return all(_WHOLE.fullmatch(cell) for cell in cells[:2]) and not any(cell.strip(" -.0123456789") for cell in cells)


def _dated(
    frame: pl.DataFrame, file: str, context: Context, found: _header.Layout
) -> tuple[pl.DataFrame, dict[str, str], tuple[str, ...]]:
    """Add `date` and `reported_local`. A day is a day as written; a moment is an instant with the offset +0000."""
    column = "date" if found.has("date") else "measured"
    texts = frame[column].str.strip_chars()
    if not texts.str.contains(r"^\d{4}-").any():
        read = _dates.local(texts, file, context.answer("date_order"))
        return frame.with_columns(read.date.alias("date"), read.start.alias("reported_local")), read.decisions, ()
    order, decided = _order([_DAY.fullmatch(text) for text in texts], file, context)
    moments = _instants.local([_instant(text) for text in texts], context)
    days = [_day(text, day_first=order) for text in texts]
    date = pl.Series([d or m or text for d, m, text in zip(days, moments["date"], texts, strict=True)], dtype=pl.String)
    zoned = _instants.local([_instant(text) for text in frame["measured"]], context)
    clock = zoned.select(pl.when(pl.col("zone_basis") != "utc").then("start_local").alias("clock"))["clock"]
    frame = frame.with_columns(date.alias("date"), clock)
    minute = pl.col("time").str.strip_chars().str.extract(r"^(\d{1,2}:\d{2})$").str.zfill(5)
    at = pl.concat_str("date", pl.lit(" "), minute, pl.lit(":00"))
    if "zone" in {*moments["zone_basis"], *zoned["zone_basis"]}:
        decided = decided | {"zone_basis": "zone"}
    walls = pl.Series([_wall(text) for text in frame["measured"]], dtype=pl.String)
    unclear = moments.filter(pl.Series([day is None for day in days]) & moments["date"].is_not_null())
    return (
        frame.with_columns(pl.coalesce(walls, "clock", at).alias("reported_local")),
        decided,
        _instants.notice(unclear),
    )


def _order(days: list[re.Match[str] | None], file: str, context: Context) -> tuple[bool, dict[str, str]]:
    """Whether the day stands before the month in bare days (`2020-31-03`), decided on the whole column or asked."""
    pairs = {(int(day[2]), int(day[3])) for day in days if day}
    day_first, month_first = any(a > _MONTHS for a, _ in pairs), any(b > _MONTHS for _, b in pairs)
    if day_first and month_first:
        came = f"{file} has days as YYYY-DD-MM and as YYYY-MM-DD"
        raise ImportProblem(came, "one order in the whole column", "export again, or write all days as YYYY-MM-DD")
    if day_first or month_first or all(a == b for a, b in pairs):
        return day_first, {"date_order": "day_first" if day_first else "month_first", "date_order_from": "column"}
    told = context.answer("date_order")
    if told in _dates.ORDERS:
        return told == "day_first", {"date_order": told, "date_order_from": "option"}
    a, b = min(pair for pair in pairs if pair[0] != pair[1])
    came = f"{file} has days like {a:02}-{b:02} after the year, and Android writes YYYY-DD-MM"
    raise ImportProblem(came, "a day after the 12th", "say --date-order day_first (Android) or month_first (iOS)")


def _day(text: str, *, day_first: bool) -> str | None:
    """The ISO day of a bare day, or of a clock that only stands for the day or has no offset; None for an instant."""
    bare = _DAY.fullmatch(text)
    if bare:
        month, day = (bare[3], bare[2]) if day_first else (bare[2], bare[3])
        return f"{bare[1]}-{int(month):02}-{int(day):02}"
    found = _MOMENT.fullmatch(text)
    if found and (found[6] is None or _clock(found)[:2] == _PLACEHOLDER):
        return found[1]
    return None


def _clock(found: re.Match[str]) -> tuple[int, int, int]:
    hour = int(found[2])
    if found[5]:
        hour = hour % 12 + (12 if found[5][0] in "pP" else 0)
    return hour, int(found[3]), int(found[4] or 0)


def _wall(text: str) -> str | None:
    """The local clock of a moment without an offset."""
    found = _MOMENT.fullmatch(text.strip())
    if not found or found[6]:
        return None
    hour, minute, second = _clock(found)
    return f"{found[1]} {hour:02}:{minute:02}:{second:02}"


def _instant(text: str) -> datetime | None:
    """The instant of a moment with an offset."""
    found = _MOMENT.fullmatch(text.strip())
    if not found or not found[6]:
        return None
    hour, minute, second = _clock(found)
    return _instants.utc(f"{found[1]}T{hour:02}:{minute:02}:{second:02}{found[6]}")


def _slept(frame: pl.DataFrame) -> pl.DataFrame:
    """A `sleep_time` in hours and minutes is a length, 00:00 is none."""
    text = pl.col("sleep_time").str.strip_chars()
    hours, minutes = (text.str.extract(_CLOCK, part).cast(pl.Int64) for part in (1, 2))
    length = hours * 3600 + minutes * 60
    return frame.with_columns(
        pl.when(length > 0).then(length.cast(pl.String)).otherwise(pl.lit("")).alias("slept_s"),
        pl.when(length > 0).then(text).otherwise(pl.lit("")).alias("slept"),
        pl.when(length.is_null()).then("sleep_time").otherwise(pl.lit("")).alias("sleep_time"),
    )


def _measured(frame: pl.DataFrame) -> pl.DataFrame:
    """A heart rate of 0 means that nothing was measured; a day of zeros alone holds no answers either."""
    nothing = (number("hr") == 0) | (number("rmssd") == 0)
    frame = frame.with_columns(nothing.fill_null(False).alias("nothing"))
    zero = pl.all_horizontal((number(name).fill_null(0) == 0) for name in (*_ANSWERED, "vo2max"))
    bare = pl.col("nothing") & zero
    frame = frame.with_columns(not_zero("vo2max"))
    return frame.with_columns(
        *(pl.when("nothing").then(pl.lit("")).otherwise(item.column).alias(item.column) for item in _MEASURED),
        *(pl.when(bare).then(pl.lit("")).otherwise(name).alias(name) for name in (*_ANSWERED, "vo2max")),
    )
