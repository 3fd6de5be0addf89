"""Apple Health (export of the Health app).

Vendor: Apple, the Health app of the iPhone
Export: profile picture > Export All Health Data; the zip as it came, or export.xml out of it
Row: one workout, or one record of body mass, body fat, resting heart rate, heart-rate variability, VO2max or sleep;
  the segments of a sleep become one row of the day of waking up for each source
Variants: totals in the workout (until iOS 15) and in WorkoutStatistics (since iOS 16); documents with a broken
  document type or control characters; files of gigabytes, read piece by piece
Units: per record and per total (lb or kg, km or mi, min, count/min); body fat is written as a fraction
Limits: the offset of a date is that of the phone at the export unless the entry names its time zone; a strength workout
  has no sets; heart-rate variability is SDNN; other records are counted and passed over
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from analysis.importers import _activities, _instants, _sets, _wellness
from analysis.importers._apple_sleep import Segment, nights
from analysis.importers._apple_stream import children, moment
from analysis.importers._numbers import counted
from analysis.importers._problem import ImportProblem
from analysis.importers._raw import Context, Items, Raw, refusals
from analysis.importers._source import Head, Source
from analysis.importers._wellness import BETTER
from analysis.units import LB_KG, metres_per

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

VENDOR: Final = "apple_health"
_QUANTITY: Final = "HKQuantityTypeIdentifier"
_SLEEP: Final = "HKCategoryTypeIdentifierSleepAnalysis"
_ASLEEP: Final = "HKCategoryValueSleepAnalysisAsleep"
_ITEMS: Final[Mapping[str, tuple[str, Mapping[str, float]]]] = {
    "BodyMass": ("body_mass_kg", {"kg": 1.0, "lb": LB_KG, "g": 0.001, "st": 14 * LB_KG}),
    "BodyFatPercentage": ("body_fat_percent", {"%": 100.0}),
    "RestingHeartRate": ("resting_hr_bpm", {"count/min": 1.0}),
    "HeartRateVariabilitySDNN": ("hrv_sdnn_ms", {"ms": 1.0, "s": 1000.0}),
    "VO2Max": ("vo2max_ml_kg_min", {"mL/min·kg": 1.0, "mL/kg·min": 1.0, "ml/(kg*min)": 1.0}),
}
_SECONDS: Final = {"s": 1.0, "sec": 1.0, "min": 60.0, "hr": 3600.0, "h": 3600.0}
_STATISTICS: Final[Mapping[str, tuple[tuple[str, str, Mapping[str, float]], ...]]] = {
    "HeartRate": (("average", "average_hr_bpm", {"count/min": 1.0}), ("maximum", "max_hr_bpm", {"count/min": 1.0})),
    "RunningPower": (("average", "power_w", {"W": 1.0}),),
    "RunningVerticalOscillation": (("average", "vertical_oscillation_m", {"cm": 0.01, "m": 1.0}),),
    "RunningGroundContactTime": (("average", "ground_contact_s", {"ms": 0.001, "s": 1.0}),),
}
_TEXTS: Final = (
    "sport", "start_local", "date", "start_utc", "zone", "zone_basis", "source_id", "device", "duration_s", "timer_s",
    "elapsed_s", "distance_m", "average_hr_bpm", "max_hr_bpm", "power_w", "vertical_oscillation_m", "ground_contact_s",
    "ascent_m", "indoor", "file_ref",
)  # fmt: skip
_ROOT: Final = re.compile(r"<HealthData[\s>/]")
_LENGTH: Final = re.compile(r"([\d.]+)\s*(\w+)")
_CLOCK: Final = "%Y-%m-%d %H:%M:%S"
_SHOWN: Final = 5


@dataclass
class _Found:
    """What the stream gave: rows from 1, each in one of the lists or refused or ignored."""

    texts: list[str] = field(default_factory=list)
    workouts: list[dict[str, Any]] = field(default_factory=list)
    days: list[dict[str, Any]] = field(default_factory=list)
    sleep: list[Segment] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)
    ignored: dict[int, str] = field(default_factory=dict)
    passed: Counter[str] = field(default_factory=Counter)
    statistics: bool = False


def matches(head: Head) -> bool:
    """Whether the document is an export of the Health app."""
    return head.kind == "xml" and bool(_ROOT.search(head.text))


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape an export, element by element; nothing is judged here."""
    athlete = _sets.athlete_of(context, source.name)
    found = _collected(source)
    if not found.texts:
        came = f"{source.name} holds no workout, no sleep and none of {', '.join(_ITEMS)}"
        raise ImportProblem(came, "an export with one of them", "check what the Health app has, and export again")
    wellness, attached = _days(found, athlete)
    tables = {"wellness": wellness} if wellness.height else {}
    if found.workouts:
        tables |= _activities.tables(_sessions(found.workouts), athlete, VENDOR)
    return Raw(
        primary=tuple(name for name in ("sessions", "wellness") if name in tables) or ("wellness",),
        variant="WorkoutStatistics" if found.statistics else "totals in the workout",
        records=Items(found.texts),
        tables=tables or {"wellness": wellness},
        decisions={},
        n_read=len(found.texts),
        refused=refusals(found.refused),
        ignored=refusals(found.ignored),
        attached=attached,
        notices=_passed_over(found.passed),
    )


def _collected(source: Source) -> _Found:
    found = _Found()
    for element in children(source):
        if element.tag == "Workout":
            _workout(element, found)
            found.statistics |= element.find("WorkoutStatistics") is not None
        elif element.tag == "Record":
            _record(element, found)
        elif element.tag not in ("ExportDate", "Me"):
            found.passed[element.tag] += 1
    return found


def _row(element: Element, found: _Found) -> int:
    """Count an element as a row of the file and keep its text, without the long name of the device."""
    told = " ".join(f'{key}="{value}"' for key, value in element.attrib.items() if key != "device")
    found.texts.append(f"<{element.tag} {told}>")
    return len(found.texts)


def _metadata(element: Element) -> dict[str, str]:
    return {entry.get("key", ""): entry.get("value", "") for entry in element.iterfind("MetadataEntry")}


def _record(element: Element, found: _Found) -> None:
    kind = element.get("type", "")
    item = kind.removeprefix(_QUANTITY)
    if item not in _ITEMS and kind != _SLEEP:
        found.passed[kind] += 1
        return
    row = _row(element, found)
    zone = _metadata(element).get("HKTimeZone")
    start, offset = moment(element.get("startDate"), zone)
    end, end_offset = moment(element.get("endDate"), zone)
    if start is None or offset is None:
        found.refused[row] = f"startDate {element.get('startDate')!r} cannot be read"
    elif kind == _SLEEP:
        _segment(element, found, row, start, end, end_offset)
    else:
        _measurement(element, found, row, item, start + offset)


def _segment(
    element: Element, found: _Found, row: int, start: datetime, end: datetime | None, offset: timedelta | None
) -> None:
    value = element.get("value", "")
    if not value.startswith(_ASLEEP):
        found.ignored[row] = f"not asleep ({value.removeprefix('HKCategoryValueSleepAnalysis') or 'no value'})"
    elif end is None or offset is None or end < start:
        found.refused[row] = f"endDate {element.get('endDate')!r} cannot be read, or lies before startDate"
    else:
        found.sleep.append(Segment(row, element.get("sourceName", ""), start, end, offset))


def _measurement(element: Element, found: _Found, row: int, name: str, clock: datetime) -> None:
    item, units = _ITEMS[name]
    unit, value = element.get("unit", ""), element.get("value", "")
    if unit not in units:
        found.refused[row] = f"unit {unit!r} of {name} is not known"
        return
    told = {"source_row": row, "item": item, "value": _times(value, units[unit]), "value_raw": f"{value} {unit}"}
    found.days.append(told | {"clock": clock, "notes": element.get("sourceName")})


def _times(text: str | None, factor: float) -> str | None:
    """A number in another unit; text that is none stays, for the tables to refuse."""
    try:
        return text if text is None or factor == 1 else f"{float(text) * factor:.10g}"
    except ValueError:
        return text


def _workout(element: Element, found: _Found) -> None:
    row = _row(element, found)
    told = _metadata(element)
    start, offset = moment(element.get("startDate"), told.get("HKTimeZone"))
    end, _ = moment(element.get("endDate"))
    if start is None or offset is None:
        found.refused[row] = f"startDate {element.get('startDate')!r} cannot be read"
        return
    sport = (
        element.get("workoutActivityType", "")
        .removeprefix("HKWorkoutActivityType")
        .replace("WheelchairRunPace", "WheelchairPace")
    )
    workout: dict[str, Any] = {"source_row": row, "sport": sport, "at": start, "offset": offset}
    try:
        workout |= _totals(element, told)
    except ValueError as error:
        found.refused[row] = str(error)
        return
    if end is not None and end >= start:
        workout["elapsed_s"] = str((end - start).total_seconds())
    route = element.find("WorkoutRoute/FileReference")
    workout["file_ref"] = route.get("path") if route is not None else None
    workout["device"] = element.get("sourceName")
    workout["indoor"] = {"1": "true", "0": "false"}.get(told.get("HKIndoorWorkout", ""))
    workout["timer_s"] = workout["duration_s"] = workout.get("duration_s") or workout.get("elapsed_s")
    found.workouts.append(workout)


def _totals(element: Element, told: Mapping[str, str]) -> dict[str, str | None]:
    """Duration, distance and averages in SI, from the workout and its statistics. ValueError: a unit is not known."""
    totals: dict[str, str | None] = {}
    if element.get("duration"):
        totals["duration_s"] = _in_si("duration", element.get("duration"), element.get("durationUnit"), _SECONDS)
    if element.get("totalDistance"):
        factor = metres_per(element.get("totalDistanceUnit", ""))
        totals["distance_m"] = _times(element.get("totalDistance"), factor)
    for one in element.iterfind("WorkoutStatistics"):
        kind, unit = one.get("type", "").removeprefix(_QUANTITY), one.get("unit")
        if kind == "DistanceWalkingRunning" and one.get("sum"):
            totals["distance_m"] = _times(one.get("sum"), metres_per(unit or ""))
        for attribute, column, units in _STATISTICS.get(kind, ()):
            if one.get(attribute) and unit:
                totals[column] = _in_si(kind, one.get(attribute), unit, units)
    climbed = _LENGTH.fullmatch(told.get("HKElevationAscended", ""))
    if climbed:
        totals["ascent_m"] = _times(climbed[1], metres_per(climbed[2]))
    return totals


def _in_si(what: str, text: str | None, unit: str | None, units: Mapping[str, float]) -> str | None:
    if unit is None or unit not in units:
        raise ValueError(f"unit {unit!r} of {what} is not known")
    return _times(text, units[unit])


def _sessions(workouts: list[dict[str, Any]]) -> pl.DataFrame:
    """The workouts as rows of activities. Their key is the instant and the sport: the local clock depends on a zone."""
    days = _instants.local([w["at"] for w in workouts], Context(), [w["offset"] for w in workouts])
    rows = pl.DataFrame(
        [{name: w.get(name) for name in _TEXTS} | {"source_row": w["source_row"]} for w in workouts],
        schema=dict.fromkeys(_TEXTS, pl.String) | {"source_row": pl.Int64},
    ).with_columns(days)
    own = pl.concat_str("start_utc", "sport", separator=" ")
    nth = pl.int_range(1, pl.len() + 1).over(own)
    return rows.with_columns(pl.when(nth == 1).then(own).otherwise(pl.format("{} {}", own, nth)).alias("source_id"))


def _days(found: _Found, athlete: str) -> tuple[pl.DataFrame, tuple[int, ...]]:
    """The wellness rows, and the segments of sleep whose time went into the row of the first one."""
    rows = [{**told, "direction": "neutral"} for told in found.days]
    attached: list[int] = []
    for night in nights(found.sleep):
        first, *others = night.rows
        attached += others
        told = {"source_row": first, "item": "sleep_s", "value": str(night.seconds), "direction": BETTER}
        rows.append(
            told | {"value_raw": counted(len(night.rows), "segment"), "clock": night.woke, "notes": night.source}
        )
    names = ("item", "value", "value_raw", "notes", "direction")
    frame = pl.DataFrame(
        [
            {name: row[name] for name in names} | {"source_row": row["source_row"], "clock": row["clock"]}
            for row in rows
        ],
        schema=dict.fromkeys(names, pl.String) | {"source_row": pl.Int64, "clock": pl.Datetime("us")},
    )
    frame = frame.with_columns(
        pl.col("clock").dt.strftime("%Y-%m-%d").alias("date"),
        pl.col("clock").dt.strftime(_CLOCK).alias("reported_local"),
        *(pl.lit(None, pl.Float64).alias(name) for name in ("scale_min", "scale_max")),
        *(pl.lit(VENDOR).alias(name) for name in ("instrument", "source")),
        pl.lit(athlete).alias("athlete"),
    )
    return _wellness.numbered(frame.drop("clock")), tuple(sorted(attached))


def _passed_over(passed: Counter[str]) -> tuple[str, ...]:
    if not passed:
        return ()
    most = ", ".join(f"{kind.removeprefix(_QUANTITY)} {n:,}" for kind, n in passed.most_common(_SHOWN))
    rest = ", ..." if len(passed) > _SHOWN else ""
    return (f"{passed.total():,} entries of {counted(len(passed), 'other type')} passed over ({most}{rest})",)
