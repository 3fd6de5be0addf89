"""FitNotes (strength training app, three products).

Vendor: FitNotes for Android, FitNotes 2 for iOS, and the FitNotes for iOS that writes StartTime and EndTime
Export: Android: Settings > Spreadsheet Export (Workout Data or Body Tracker); iOS: Settings > Export; one CSV each
Row: one set (a set that was not started is left out); in the body tracker one measurement
Variants: Android with the unit in the header or in the rows, with or without Comment; FitNotes 2 (kg and lb columns);
  StartTime/EndTime; body tracker
Units: in the header or in the rows; of two filled columns the kilograms; StartTime/EndTime has none: the saved answer,
  else --unit
Limits: Android and FitNotes 2 give a day and no clock, so one workout a day, and no warm-up marks; names with unquoted
  commas are put together again; .fitnotes backups are databases and are not read
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import polars as pl

from analysis.importers import _dates, _durations, _export, _fitnotes_body, _fitnotes_timed, _header, _sets, _surplus
from analysis.importers._numbers import decimal_points, number
from analysis.importers._raw import Context, Raw
from analysis.importers._source import Head, Source
from analysis.importers._text import parse, per_value

VENDOR: Final = "fitnotes"
COLUMNS: Final[_header.Synonyms] = {
    "date": ("Date",),
    "exercise_raw": ("Exercise",),
    "category": ("Category",),
    "load": ("Weight",),
    "load_in_kg": ("Weight (kgs)", "Weight (kg)"),
    "load_in_lb": ("Weight (lbs)", "Weight (lb)"),
    "load_unit": ("Weight Unit",),
    "reps": ("Reps",),
    "distance": ("Distance",),
    "distance_unit": ("Distance Unit",),
    "duration_s": ("Time",),
    "notes": ("Comment", "Comments", "Notes"),
    "kind_of_set": ("Kind",),
    "rpe": ("RPE",),
}
LOADS: Final = {"load": None, "load_in_kg": "kg", "load_in_lb": "lb"}
DISTANCES: Final = {"distance": None}
NEEDED: Final = ("date", "exercise_raw", "category", "reps", "distance", "duration_s")
_BOTH: Final = ("load_in_kg", "load_in_lb")
_KINDS: Final = {"warm": "warmup", "drop": "drop", "fail": "failure"}
_NUMBER: Final = re.compile(r"-?\d+(?:[.,]\d+)?")
_LOAD_UNIT: Final = re.compile(r"kgs?|lbs?", re.IGNORECASE)
_WORD: Final = re.compile(r"[a-z]+\.?", re.IGNORECASE)


def matches(head: Head) -> bool:
    """Whether the header is that of one of the products."""
    found = _header.layout(head, COLUMNS)
    sets = found.has(*NEEDED) and any(map(found.has, LOADS))
    return sets or _fitnotes_timed.matches(head) or _fitnotes_body.matches(head)


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape an export; nothing is judged here."""
    athlete = _sets.athlete_of(context, source.name)
    if _fitnotes_body.matches(source.head):
        return _fitnotes_body.read(source, context, athlete, VENDOR)
    if _fitnotes_timed.matches(source.head):
        return _fitnotes_timed.read(source, context, athlete, VENDOR)
    return _read_days(source, context, athlete)


def _read_days(source: Source, context: Context, athlete: str) -> Raw:
    """Android and FitNotes 2: sets of days."""
    found = _header.layout(source.head, COLUMNS)
    records = parse(source.name, source.text, found.delimiter)
    records, lines = _surplus.joined(records, found, ("exercise_raw", "notes"), _fits(found))
    both = found.has(*_BOTH)
    loads = {"load": None} if both else LOADS
    export = _export.opened(source, found, COLUMNS, NEEDED, loads=loads, distances=DISTANCES, records=records)
    export = _of_two(export) if both else export
    times = _dates.local(export.frame["date"], source.name, context.answer("date_order"))
    rows = _sets.in_sessions(_renamed(export.frame, times), athlete, VENDOR)
    variant = "ios" if both else "android" if found.has("load_unit") else "android, unit in the header"
    raw = _export.finished(export, rows, context, vendor=VENDOR, variant=variant, dates=times)
    repaired = {"joined_lines": ", ".join(_surplus.ranges(lines))} if lines else {}
    notices = (*_surplus.notice(lines, "exercise name"), *raw.notices)
    return replace(raw, notices=notices, decisions=raw.decisions | repaired)


def _fits(found: _header.Layout) -> _surplus.Fits:
    """Whether a repaired record has numbers where numbers belong, and words where words belong."""
    forms = {
        **dict.fromkeys(("load", *_BOTH, "reps", "distance"), _NUMBER),
        "load_unit": _LOAD_UNIT,
        "distance_unit": _WORD,
    }
    checks = [(found.positions[name], form) for name, form in forms.items() if name in found.positions]
    category, time = (found.positions.get(name, 0) for name in ("category", "duration_s"))

    def fits(record: Sequence[str]) -> bool:
        if not record[category].strip() or _NUMBER.fullmatch(record[category].strip()):
            return False
        if record[time].strip() and _durations.seconds(record[time]) is None:
            return False
        return all(not record[at].strip() or form.fullmatch(record[at].strip()) for at, form in checks)

    return fits


def _of_two(export: _export.Export) -> _export.Export:
    """The load of a file with two columns: the kilograms, or the pounds where only these are filled."""
    frame, mixed = decimal_points(export.frame, _BOTH)
    blank = pl.col("load_in_kg").str.strip_chars() == ""
    in_lb = ((number("load_in_lb") != 0) & (blank | (number("load_in_kg") == 0))).fill_null(value=False)
    frame = frame.with_columns(
        pl.when(in_lb | blank).then("load_in_lb").otherwise("load_in_kg").alias("load"),
        pl.when(in_lb).then(pl.lit("lb")).otherwise(pl.lit("kg")).alias("load_unit"),
    )
    found = replace(export.found, positions={**export.found.positions, "load_unit": -1})
    return replace(_export.replaced(export, refused=mixed), frame=frame, found=found)


def _renamed(frame: pl.DataFrame, times: _dates.Dated) -> pl.DataFrame:
    """The rows under our names. The app writes no clock: a time beside the day is a spreadsheet's midnight."""
    seconds = per_value(frame["duration_s"], _durations.seconds, pl.Float64).cast(pl.String)
    return frame.with_columns(
        times.date.alias("date"),
        times.date.alias("workout"),
        pl.lit(None, pl.String).alias("start_local"),
        pl.col("exercise_raw").str.strip_chars(),
        pl.coalesce(seconds, pl.col("duration_s")).alias("duration_s"),
        per_value(frame["kind_of_set"], _set_type, pl.String).alias("set_type"),
        *(pl.lit("").alias(name) for name in ("title", "workout_notes", "workout_length")),
        pl.lit(None, pl.String).alias("workout_s"),
    )


def _set_type(kind: str) -> str:
    """The type that Kind marks; most files hold there which measures the exercise has (wr, dt), which is no type."""
    word = kind.strip().casefold()
    return next((ours for begin, ours in _KINDS.items() if word.startswith(begin)), "unknown")
