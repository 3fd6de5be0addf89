"""Hevy measurements (body mass, body fat, girths).

Vendor: Hevy, app and hevy.com
Export: Profile > Settings > Export & Import Data > Export Measurements; one CSV (measurement_data.csv)
Row: the measurements of one day; each becomes an item of the wellness table, girths in metres
Variants: kg or lb, inches or centimetres, in any combination (kg beside inches is common)
Units: in the header: weight_kg or weight_lbs, waist_in or waist_cm
Limits: no time of day (always 00:00); the girths that Hevy has, no others
"""

from __future__ import annotations

from typing import Final

import polars as pl

from analysis.importers import _dates, _header, _sets, _wellness
from analysis.importers._raw import Context, Raw
from analysis.importers._source import Head, Source
from analysis.units import IN_M, LB_KG

VENDOR: Final = "hevy_body"
_GIRTHS: Final = (
    "neck", "shoulder", "chest", "left_bicep", "right_bicep", "left_forearm", "right_forearm", "abdomen", "waist",
    "hips", "left_thigh", "right_thigh", "left_calf", "right_calf",
)  # fmt: skip
_ITEMS: Final = (
    _wellness.Item("weight_kg", "body_mass_kg"),
    _wellness.Item("weight_lbs", "body_mass_kg", factor=LB_KG),
    _wellness.Item("fat_percent", "body_fat_percent"),
    *(_wellness.Item(f"{girth}_in", f"{girth}_m", factor=IN_M) for girth in _GIRTHS),
    *(_wellness.Item(f"{girth}_cm", f"{girth}_m", factor=0.01) for girth in _GIRTHS),
)
COLUMNS: Final[_header.Synonyms] = {name: (name,) for name in ("date", *(item.column for item in _ITEMS))}


def matches(head: Head) -> bool:
    """Whether the header is that of Hevy's measurements: its names of columns, body fat and a girth among them."""
    found = _header.layout(head, COLUMNS)
    girths = any(found.has(f"{girth}_{unit}") for girth in _GIRTHS for unit in ("in", "cm"))
    return found.has("date", "fat_percent") and girths and len(found.positions) == found.width


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape an export; nothing is judged here."""
    athlete = _sets.athlete_of(context, source.name)
    found = _header.layout(source.head, COLUMNS)
    table = _header.table(source, found, COLUMNS, ("date",))
    _header.one_of(source.name, found, {"weight_kg": "kg", "weight_lbs": "lb"})
    times = _dates.local(table.frame["date"], source.name, context.answer("date_order"))
    rows = table.frame.with_columns(times.date.alias("date"), pl.lit(athlete).alias("athlete"))
    days = _wellness.long(rows, [item for item in _ITEMS if found.has(item.column)], VENDOR)
    units = [unit for unit in ("kg", "lbs", "in", "cm") if any(name.endswith(f"_{unit}") for name in found.positions)]
    return Raw(
        primary=("wellness",),
        variant=" ".join(units),
        records=table.records,
        tables={"wellness": days.wellness},
        decisions=_header.reading_decisions(source, found) | times.decisions,
        n_read=table.n_read,
        refused=pl.concat([table.refused, days.refused]).unique("source_row", keep="first", maintain_order=True),
        ignored=pl.concat([table.ignored, days.ignored]),
        whole=True,
    )
