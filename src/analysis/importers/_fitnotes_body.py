"""The body tracker of FitNotes for Android: measurements of a day, each with its own unit."""

from __future__ import annotations

import re
from typing import Final

import polars as pl

from analysis.importers import _dates, _header, _wellness
from analysis.importers._dates import plain
from analysis.importers._numbers import decimal_points, number
from analysis.importers._problem import ImportProblem
from analysis.importers._raw import Context, Raw
from analysis.importers._source import Head, Source
from analysis.importers._text import per_value
from analysis.units import kg_per, metres_per

COLUMNS: Final[_header.Synonyms] = {
    "date": ("Date",),
    "time": ("Time",),
    "measurement": ("Measurement",),
    "value": ("Value",),
    "unit": ("Unit",),
    "notes": ("Comment", "Comments"),
}
NEEDED: Final = ("date", "measurement", "value", "unit")
_BODY_MASS: Final = ("bodyweight", "body weight", "body mass", "weight", "korpergewicht", "peso corporal", "peso corporeo", "poids")  # fmt: skip  # noqa: E501
_UNITS: Final = {"%": "percent", "bpm": "bpm", "kcal": "kcal", "cal": "kcal"}
_LETTERS: Final = re.compile(r"[^a-z0-9]+")


def matches(head: Head) -> bool:
    """Whether the header is that of the body tracker."""
    return _header.layout(head, COLUMNS).has(*NEEDED)


def read(source: Source, context: Context, athlete: str, vendor: str) -> Raw:
    """Rename and reshape the measurements; nothing is judged here."""
    found = _header.layout(source.head, COLUMNS)
    table = _header.table(source, found, COLUMNS, NEEDED)
    frame, mixed = decimal_points(table.frame, ("value",))
    at = frame.select(pl.concat_str("date", "time", separator=" ").str.strip_chars().alias("at"))["at"]
    times = _dates.local(at, source.name, context.answer("date_order"))
    unit = _unit_of_blanks(frame, source.name, context)
    rows = _measured(frame, unit).with_columns(
        times.date.alias("date"),
        times.start.alias("reported_local"),
        athlete=pl.lit(athlete),
        source=pl.lit(vendor),
        instrument=pl.lit(vendor),
        direction=pl.lit("neutral"),
    )
    answered = {"unit": told, "unit_from": "option"} if unit is not None and (told := context.answer("unit")) else {}
    return Raw(
        primary=("wellness",),
        variant="body tracker",
        records=table.records,
        tables={"wellness": _wellness.numbered(rows)},
        decisions=_header.reading_decisions(source, found) | times.decisions | answered,
        n_read=table.n_read,
        refused=pl.concat([table.refused, mixed]).unique("source_row", keep="first", maintain_order=True),
        ignored=table.ignored,
    )


def _measured(frame: pl.DataFrame, unit: pl.Expr | None) -> pl.DataFrame:
    """Item, value and the value as it came; `unit` stands for the units that are missing."""
    pairs = pl.concat_str("measurement", "unit" if unit is None else pl.coalesce(unit, "unit"), separator="\n")
    named = frame.select(pairs.alias("pair"))["pair"]
    factor = per_value(named, lambda pair: _item(pair)[1], pl.Float64)
    return frame.with_columns(
        per_value(named, lambda pair: _item(pair)[0], pl.String).alias("item"),
        pl.coalesce((number("value") * factor).cast(pl.String), "value").alias("value"),
        pl.concat_str(pl.col("value", "unit").str.strip_chars(), separator=" ").alias("value_raw"),
    )


def _unit_of_blanks(frame: pl.DataFrame, file: str, context: Context) -> pl.Expr | None:
    """The unit of body weights that have none: the answer, else a question; None where every one has its own."""
    name = per_value(frame["measurement"], _is_body_mass, pl.Boolean)
    bare = frame.filter(name & (pl.col("unit").str.strip_chars() == ""))
    if bare.is_empty():
        return None
    told = context.answer("unit")
    if told is None:
        came = f"{file} has {bare.height} body weights and does not say whether in kg or lb"
        raise ImportProblem(came, "a unit in the rows or as an option", "pass --unit kg or --unit lb")
    return pl.when(name & (pl.col("unit").str.strip_chars() == "")).then(pl.lit(told))


def _is_body_mass(measurement: str) -> bool:
    return plain(measurement).strip() in _BODY_MASS


def _item(pair: str) -> tuple[str, float]:
    """The item's name with its unit, and the factor to that unit; units that are not known stay as they came."""
    name, _, unit = pair.partition("\n")
    slug = "body_mass" if _is_body_mass(name) else _slug(name) or "measurement"
    for symbol, factor in (("kg", kg_per), ("m", metres_per)):
        try:
            return f"{slug}_{symbol}", factor(unit)
        except ValueError:
            continue
    word = _UNITS.get(unit.strip().casefold()) or _slug(unit)
    return f"{slug}_{word}" if word else slug, 1.0


def _slug(text: str) -> str:
    return _LETTERS.sub("_", plain(text)).strip("_")
