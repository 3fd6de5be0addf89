"""Our sheet of the calendar: races, quality and easy days, declared rest days.

Vendor: stridelift, the sheet `stridelift template calendar`
Export: fill the template in (CSV or XLSX), save it
Row: one planned or declared day
Variants: comma, semicolon or tab; CSV or XLSX
Units: in the header: distance_m, distance_km or distance_mi
Limits: kind is race, quality, long, easy, rest, gym, test, travel or other; dates as 2026-03-31 or 31.03.2026, as a
  spreadsheet saves them, or with slashes where the column or --date-order says which is the day; a title that begins
  with "deload" marks its week as one, and "A race" in title or notes marks the race that the plan is for
"""

from __future__ import annotations

from typing import Final

import polars as pl

from analysis.importers import _header, _sheets
from analysis.importers._numbers import decimal_points, times
from analysis.importers._raw import Context, Raw
from analysis.importers._source import Head, Source
from analysis.units import metres_per

VENDOR: Final = "calendar_sheet"
KIND: Final = "calendar"
TEMPLATE: Final = """\
athlete,date,kind,title,distance_m,notes
anna,2026-03-29,race,spring 5 km,5000,example rows: replace them
anna,2026-03-24,quality,6 x 800 m,,
anna,2026-03-28,rest,,,a declared rest day is a day without training
"""
_UNITS: Final = {"distance_m": "m", "distance_km": "km", "distance_mi": "mi"}
COLUMNS: Final[_header.Synonyms] = {name: (name,) for name in ("athlete", "date", "kind", "title", *_UNITS, "notes")}
NEEDED: Final = ("date", "kind", "title")


def matches(head: Head) -> bool:
    """Whether the header is that of our sheet."""
    found = _header.layout(head, COLUMNS)
    return found.has(*NEEDED) and any(found.has(name) for name in _UNITS)


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape a sheet; nothing is judged here."""
    found = _header.layout(source.head, COLUMNS)
    table = _header.table(source, found, COLUMNS, NEEDED)
    distance, unit = _header.one_of(source.name, found, _UNITS)
    frame, mixed = decimal_points(table.frame, (distance,))
    frame, order = _sheets.slashed_dates(frame, ("date",), context, source.name)
    frame, undated = _sheets.iso_dates(frame, ("date",))
    frame = _sheets.with_athlete(frame, context, source.name, present=found.has("athlete"))
    days = frame.with_columns(
        times(distance, pl.lit(metres_per(unit or "m"))).alias("distance_m"),
        *_sheets.words("kind"),
        pl.col("title").str.strip_chars(),
        pl.col("date").fill_null(""),
        source=pl.lit(VENDOR),
    )
    return Raw(
        primary=("calendar",),
        variant=distance,
        records=table.records,
        tables={"calendar": _sheets.with_ids(days, "calendar_id", "date", "kind")},
        decisions=_header.reading_decisions(source, found) | order,
        n_read=table.n_read,
        refused=pl.concat([table.refused, mixed, undated]).unique("source_row", keep="first", maintain_order=True),
        ignored=table.ignored,
    )
