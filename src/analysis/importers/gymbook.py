"""GymBook (strength training app for iOS).

Vendor: GymBook
Export: Settings > Export > Logs as CSV
Row: one set, with its time of day; the programmes of a day are its workouts; a skipped set is ignored
Variants: Italian, German; other languages have not been seen
Units: in the cells: `20 ripetizioni`, `60 Sekunden`, `0,00 kg`, `2,50 km`
Limits: a set of cooling down counts as a warm-up, since it is no working set; time in minutes, no zone
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

import polars as pl

from analysis.importers import _dates, _export, _header, _set_times, _sets
from analysis.importers._numbers import decimal_points, times
from analysis.importers._raw import Context, Raw, refusals
from analysis.importers._source import Head, Source
from analysis.importers._text import per_value
from analysis.importers._units import factor_of

VENDOR: Final = "gymbook"
COLUMNS: Final[_header.Synonyms] = {
    "date": ("Data", "Datum"),
    "title": ("Programma", "Training"),
    "time": ("Orario", "Zeit"),
    "exercise_raw": ("Esercizio", "Übung"),
    "set_kind": ("Set / Set di riscaldamento / Set di defaticamento", "Satz / Aufwärmsatz / Abkühlungssatz"),
    "amount": ("Ripetizioni / Tempo", "Wiederholungen / Zeit"),
    "weight_or_distance": ("Peso / Distanza", "Gewicht / Strecke"),
    "notes": ("Appunti", "Notizen"),
    "skipped": ("Saltato", "Ausgelassen"),
}
NEEDED: Final = ("date", "time", "exercise_raw", "set_kind", "amount", "weight_or_distance", "skipped")
_LANGUAGES: Final = {"data": "Italian", "datum": "German"}
_KINDS: Final = (
    (re.compile(r"set di riscaldamento|aufwarmsatz"), "warmup"),
    (re.compile(r"set di defaticamento|abkuhlungssatz"), "warmup"),
    (re.compile(r"(set|satz)?\s*\d*"), "work"),
)
_YES: Final = ("si", "ja")
_NO: Final = ("no", "nein", "")
_CELL: Final = re.compile(r"([+-]?[\d.,]+)\s*([^\d\s]*)")
_WHOLE: Final = re.compile(r"\d+")
_REPS: Final = re.compile(r"ripetizion[ei]|wiederholung(en)?")
_SECONDS: Final = (
    (re.compile(r"second[oi]|sekunden?|sek\.?|s"), 1),
    (re.compile(r"minut[oi]|minuten?|min\.?"), 60),
    (re.compile(r"or[ae]|stunden?|std\.?|h"), 3600),
)


def matches(head: Head) -> bool:
    """Whether the header is GymBook's, in a language that has been seen."""
    return _header.layout(head, COLUMNS).has(*NEEDED)


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape an export; nothing is judged here."""
    athlete = _sets.athlete_of(context, source.name)
    found = _header.layout(source.head, COLUMNS)
    table = _header.table(source, found, COLUMNS, NEEDED)
    frame, ignored, refused = _sorted_out(table)
    moment = frame.select(pl.concat_str("date", "time", separator=" ").str.strip_chars())["date"]
    moments = _dates.local(moment, source.name, context.answer("date_order"))
    rows = _set_times.in_sessions(frame, moments, athlete, VENDOR)
    in_cells = {"load_unit": -1, "distance_unit": -1}
    placed = replace(found, positions={**found.positions, **in_cells})
    export = _export.Export(source, placed, table, frame, pl.concat([table.refused, refused]), None, None)
    variant = _LANGUAGES[next(name for name in found.headers if name in _LANGUAGES)]
    raw = _export.finished(export, rows, context, vendor=VENDOR, variant=variant, dates=moments, ignored=ignored)
    return replace(_set_times.timed(raw), whole=False)


def _sorted_out(table: _header.Table) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The sets that were done, those that were skipped, and those that cannot be read."""
    said = per_value(table.frame["skipped"], _dates.plain, pl.String)
    skipped = table.frame.filter(said.is_in(_YES)).with_columns(pl.lit("skipped").alias("reason"))
    rest = table.frame.filter(~said.is_in(_YES))
    unclear = rest.filter(~per_value(rest["skipped"], _dates.plain, pl.String).is_in(_NO))
    unclear = unclear.with_columns(pl.format("skipped '{}' cannot be read", "skipped").alias("reason"))
    frame, mixed = decimal_points(_cells(rest), ("value", "quantity"))
    frame, unknown = _measured(frame)
    return frame, refusals(skipped), pl.concat([refusals(unclear), mixed, unknown])


def _cells(frame: pl.DataFrame) -> pl.DataFrame:
    """Numbers and units apart; a cell of several pairs (`1 minuto 30 secondi`) is added up in seconds."""
    columns = {"amount": ("quantity", "quantity_unit"), "weight_or_distance": ("value", "value_unit")}
    for column, (value, unit) in columns.items():
        frame = frame.with_columns(
            per_value(frame[column], lambda text: _split(text)[0], pl.String).alias(value),
            per_value(frame[column], lambda text: _split(text)[1], pl.String).alias(unit),
        )
    return frame.with_columns(
        pl.col("exercise_raw", "title").str.strip_chars(),
        per_value(frame["set_kind"], _kind, pl.String).alias("set_type"),
        pl.lit("").alias("workout_notes"),
    )


def _split(text: str) -> tuple[str, str]:
    pairs: list[tuple[str, str]] = _CELL.findall(text)
    spans = [_seconds(unit) for _, unit in pairs]
    whole = all(_WHOLE.fullmatch(number) for number, _ in pairs)
    if len(pairs) > 1 and whole and all(spans):
        return str(sum(int(number) * (span or 0) for (number, _), span in zip(pairs, spans, strict=True))), "s"
    if len(pairs) != 1 or _CELL.fullmatch(" ".join(text.split())) is None:
        return text.strip(), "?" if text.strip() else ""
    return pairs[0]


def _seconds(unit: str) -> int | None:
    return next((size for words, size in _SECONDS if words.fullmatch(unit.casefold())), None)


def _kind(text: str) -> str:
    return next((kind for words, kind in _KINDS if words.fullmatch(_dates.plain(text))), "unknown")


def _measured(frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """With `reps, duration_s`, load and distance beside their units; refused are the rows with an unknown unit."""
    is_reps = per_value(frame["quantity_unit"], lambda u: bool(_REPS.fullmatch(u.casefold())), pl.Boolean)
    seconds = per_value(frame["quantity_unit"], _seconds, pl.Int64)
    kilograms = per_value(frame["value_unit"], lambda u: factor_of("unit", u), pl.Float64)
    metres = per_value(frame["value_unit"], lambda u: factor_of("distance_unit", u), pl.Float64)
    frame = frame.with_columns(
        pl.when(is_reps).then("quantity").alias("reps"),
        pl.when(seconds.is_not_null()).then(times("quantity", pl.lit(seconds))).alias("duration_s"),
        *_where(kilograms.is_not_null(), "load"),
        *_where(metres.is_not_null(), "distance"),
    )
    no_amount = ~is_reps & seconds.is_null() & (frame["quantity"] != "")
    no_value = kilograms.is_null() & metres.is_null() & (frame["value"] != "")
    return frame, pl.concat([_unknown(frame, no_amount, "amount"), _unknown(frame, no_value, "weight_or_distance")])


def _where(known: pl.Series, name: str) -> tuple[pl.Expr, pl.Expr]:
    """The values with a unit of this kind, and their units."""
    empty = pl.lit("")
    value, unit = (pl.when(known).then(column).otherwise(empty) for column in ("value", "value_unit"))
    return value.alias(name), unit.alias(f"{name}_unit")


def _unknown(frame: pl.DataFrame, wrong: pl.Series, column: str) -> pl.DataFrame:
    reason = pl.format(f"{column} '{{}}' has no unit that is known", pl.col(column)).alias("reason")
    return refusals(frame.filter(wrong).with_columns(reason))
