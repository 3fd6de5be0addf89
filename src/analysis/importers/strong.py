"""Strong (strength training app).

Vendor: Strong, iOS and Android
Export: Profile > Settings > Export Strong Data; one CSV with the whole history
Row: one set; `Rest Timer` rows go to the set before them, `Note` rows to the sets of their exercise
Variants: 2015 (`kg` or `lb` as column name), 2018, 2019, classic, short, Android (`;`, units in the rows, also without
  header), current (`Weight (kg)`, `Duration (sec)`, `Workout #`), French, German, edited or saved again by a
  spreadsheet
Units: in the rows (Android), in the header (2015, current), else the saved answer, else --unit; distance alike
Limits: no exercise id, no supersets, no time zone; Spanish and Italian headers have not been seen
"""

from __future__ import annotations

import re
from typing import Final

import polars as pl

from analysis.importers import _dates, _durations, _export, _header, _sets
from analysis.importers._numbers import number
from analysis.importers._raw import Context, Raw, refusals
from analysis.importers._source import Head, Source
from analysis.importers._text import once, per_value
from analysis.tables._runs import per_run

VENDOR: Final = "strong"
COLUMNS: Final[_header.Synonyms] = {
    "workout_no": ("Workout #",),
    "date": ("Date", "Datum"),
    "title": ("Workout Name", "Nom de l'entraînement"),
    "workout_length": ("Duration", "Durée", "Dauer", "Workout-Dauer", "Workout Duration", "Duration (sec)"),
    "exercise_raw": ("Exercise Name", "Nom de l'exercice", "Name der Übung", "menu"),
    "set_order": ("Set Order", "Ordre de la série", "Reihenfolge festlegen"),
    "load": ("Weight", "Poids", "Gewicht"),
    "load_in_kg": ("kg", "Weight (kg)"),
    "load_in_lb": ("lb", "lbs", "Weight (lb)", "Weight (lbs)"),
    "load_unit": ("Weight Unit",),
    "reps": ("Reps", "Réps", "Wiederh."),
    "distance": ("Distance", "Entfernung"),
    "distance_in_m": ("Distance (meters)", "Distance (m)"),
    "distance_in_km": ("km", "Distance (km)"),
    "distance_in_mi": ("mi", "miles", "Distance (miles)", "Distance (mi)"),
    "distance_unit": ("Distance Unit",),
    "duration_s": ("Seconds", "Secondes", "Sekunden", "sec"),
    "notes": ("Notes", "Note", "Notizen"),
    "workout_notes": ("Workout Notes", "Notes d'entraînement", "Workout-Notizen", "workout_note"),
    "rpe": ("RPE",),
}
LOADS: Final = {"load": None, "load_in_kg": "kg", "load_in_lb": "lb"}
DISTANCES: Final = {"distance": None, "distance_in_m": "m", "distance_in_km": "km", "distance_in_mi": "mi"}
NEEDED: Final = ("date", "exercise_raw", "set_order", "reps")
VARIANTS: Final = (
    ("2015", {"setorder", "kg"}), ("2015", {"setorder", "lb"}), ("current", {"durationsec"}), ("edited", {"menu"}),
    ("android", {"weightunit"}), ("french", {"nomdelexercice"}), ("german", {"namederubung"}),
    ("classic", {"duration", "notes"}), ("short", {"duration"}), ("2019", {"rpe"}), ("2018", {"setorder"}),
)  # fmt: skip
_ANDROID: Final = (
    "date", "title", "exercise_raw", "set_order", "load", "load_unit", "reps", "rpe", "distance", "distance_unit",
    "duration_s", "notes", "workout_notes", "workout_length",
)  # fmt: skip
_SAMPLE_ROWS: Final = 50
_DATE: Final = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\b.*")
_SET_ORDER: Final = re.compile(r"\d+(\.0)?|[a-z]|rest timer|note", re.IGNORECASE)
_TYPES: Final = {"w": "warmup", "d": "drop", "f": "failure"}
_NOT_SETS: Final = {"rest timer": "rest", "ruhezeit": "rest", "note": "note"}


def matches(head: Head) -> bool:
    """Whether the header (or, without one, the shape of the first rows) is Strong's."""
    found = _layout(head)
    return found.has(*NEEDED) and any(map(found.has, LOADS))


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape an export; nothing is judged here."""
    athlete = _sets.athlete_of(context, source.name)
    found = _layout(source.head)
    export = _export.opened(source, found, COLUMNS, NEEDED, loads=LOADS, distances=DISTANCES)
    times = _dates.local(export.frame["date"], source.name, context.answer("date_order"))
    rows = _sets.in_sessions(_renamed(export.frame, times), athlete, VENDOR)
    rows, ignored, attached = _attached(rows)
    return _export.finished(
        export, rows, context, vendor=VENDOR, variant=_variant(found), dates=times, ignored=ignored,
        attached=attached,
    )  # fmt: skip


def _layout(head: Head) -> _header.Layout:
    first = head.first_records(";", _SAMPLE_ROWS)
    if first and _is_android(first):
        width = len(first[0])
        positions = {name: at for at, name in enumerate(_ANDROID[:width])}
        return _header.Layout(";", positions, width, headers=())
    return _header.layout(head, COLUMNS)


def _is_android(first: list[list[str]]) -> bool:
    """Whether the first rows without a header are Android's; sets without a load have no unit to know them by."""
    width = len(first[0])
    if width not in (len(_ANDROID) - 1, len(_ANDROID)) or not _DATE.fullmatch(first[0][0]):
        return False
    rows = [row for row in first if len(row) == width]
    with_unit = any(row[_ANDROID.index("load_unit")] in ("kg", "lbs") for row in rows)
    return with_unit or all(_SET_ORDER.fullmatch(row[_ANDROID.index("set_order")].strip()) for row in rows)


def _variant(found: _header.Layout) -> str:
    if not found.headers:
        return "android without header"
    return next((name for name, told in VARIANTS if told <= set(found.headers)), "edited")


def _renamed(frame: pl.DataFrame, times: _dates.Dated) -> pl.DataFrame:
    start = pl.select(pl.coalesce(times.start, times.date)).to_series()
    ordinal = per_value(frame["workout_no"], _ordinal, pl.String)  # a rank within the minute: deleting shifts it
    return frame.with_columns(
        times.date.alias("date"),
        times.start.alias("start_local"),
        per_run(
            [start.alias("start"), ordinal],
            pl.concat_str(pl.col("start").str.slice(0, 16), "workout_no", "start", separator="|"),
        ).alias("workout"),
        _sets.stripped(frame["exercise_raw"]),
        _sets.real_lines("notes"),
        _sets.real_lines("workout_notes"),
        once(per_value(frame["workout_length"], _seconds, pl.String)).alias("workout_s"),
        _row_kinds(frame),
        once(per_value(frame["set_order"], _set_type, pl.String)).alias("set_type"),
    )


def _ordinal(workout_no: str) -> str:
    number_text = workout_no.strip().removesuffix(".0")
    return number_text.zfill(8) if number_text.isdigit() else ""


def _seconds(length: str) -> str | None:
    seconds = _durations.seconds(length)
    return None if seconds is None else str(seconds)


def _row_kinds(frame: pl.DataFrame) -> pl.Expr:
    """Set, rest or note. The app translates the words of the last two: an unknown word that holds no set is no set."""
    kinds = per_value(frame["set_order"], _kind, pl.String)
    if not (kinds == "word").any():
        return once(kinds).alias("row_kind")
    holds = pl.any_horizontal(number(column).fill_null(0) != 0 for column in ("load", "reps", "distance"))
    told = pl.when(holds).then(pl.lit("set")).when(pl.col("notes").str.strip_chars() != "").then(pl.lit("note"))
    kind = pl.when(pl.lit(kinds) == "word").then(told.otherwise(pl.lit("rest"))).otherwise(pl.lit(kinds))
    return kind.alias("row_kind")


def _kind(set_order: str) -> str:
    order = set_order.strip().casefold()
    is_word = len(order) > 1 and order.replace(" ", "").isalpha()
    return _NOT_SETS.get(order, "word" if is_word else "set")


def _set_type(set_order: str) -> str:
    order = set_order.strip().casefold()
    return "work" if order.removesuffix(".0").isdigit() else _TYPES.get(order, "unknown")


def _attached(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, tuple[int, ...]]:
    """The sets, with the rest that followed them and the notes of their exercise; the rows that found no set."""
    rows = rows.with_columns(pl.lit(None, pl.Float64).alias("rest_after_s"))
    if (rows["row_kind"] == "set").all():
        return rows, refusals(), ()
    before = pl.when(pl.col("row_kind") == "set").then("source_row").forward_fill().over("session_id")
    rest = rows.with_columns(before.alias("host"), number("duration_s").alias("seconds"))
    rest = rest.filter(
        pl.col("row_kind") == "rest",
        pl.col("host").is_not_null(),
        pl.col("seconds").is_between(0, 86_400, closed="right"),
    )
    rest = rest.unique("host", keep="first", maintain_order=True).select("source_row", "host", "seconds")
    noted = _sets.in_blocks(rows.filter(pl.col("row_kind") != "rest")).with_columns(pl.col("notes").str.strip_chars())
    block = noted.filter(pl.col("row_kind") == "note", pl.col("notes") != "").group_by("run", maintain_order=True)
    lines = pl.col("notes").str.join("\n").alias("block_notes")
    block_notes = block.agg(lines, pl.col("source_row").alias("note_rows"))
    sets = noted.filter(pl.col("row_kind") == "set").join(block_notes, on="run", how="left", maintain_order="left")
    used = sets["note_rows"].explode().drop_nulls().unique().to_list() + rest["source_row"].to_list()
    left = rows.filter(pl.col("row_kind") != "set", ~pl.col("source_row").is_in(used))
    reason = pl.col("row_kind").replace_strict({"rest": "rest_timer", "note": "note"}).alias("reason")
    sets = sets.join(rest, left_on="source_row", right_on="host", how="left", maintain_order="left")
    notes = pl.concat_str("block_notes", pl.col("notes").replace("", None), separator="\n", ignore_nulls=True)
    sets = sets.with_columns(notes.alias("notes"), pl.col("seconds").alias("rest_after_s"))
    return sets.select(rows.columns), refusals(left.with_columns(reason)), tuple(sorted(used))
