"""Our sheet of complaints: niggles, pain, injuries, illness.

Vendor: stridelift, the sheet `stridelift template complaints`
Export: fill the template in (CSV or XLSX), save it
Row: one complaint from its first to its last day; an empty `until` means that it lasts
Variants: comma, semicolon or tab; CSV or XLSX
Units: severity from 0 to 10
Limits: kind is niggle, pain, injury, illness or other; side is left, right or both; dates as 2026-03-31 or
  31.03.2026, or with slashes where the column or --date-order says which is the day
"""

from __future__ import annotations

from typing import Final

import polars as pl

from analysis.importers import _header, _sheets
from analysis.importers._numbers import decimal_points
from analysis.importers._raw import Context, Raw
from analysis.importers._source import Head, Source

VENDOR: Final = "complaints_sheet"
KIND: Final = "complaints"
TEMPLATE: Final = """\
athlete,date,until,kind,body_part,side,severity,training_changed,notes
anna,2026-03-02,2026-03-06,niggle,calf,left,3,no,example rows: replace them
anna,2026-03-09,,illness,,,5,yes,an empty until means that it lasts
"""
COLUMNS: Final[_header.Synonyms] = {
    name: (name,)
    for name in (
        "athlete", "date", "until", "kind", "body_part", "side", "severity", "training_changed", "notes",
    )
}  # fmt: skip
NEEDED: Final = ("date", "kind", "body_part")


def matches(head: Head) -> bool:
    """Whether the header is that of our sheet."""
    return _header.layout(head, COLUMNS).has(*NEEDED)


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape a sheet; nothing is judged here."""
    found = _header.layout(source.head, COLUMNS)
    table = _header.table(source, found, COLUMNS, NEEDED)
    frame, mixed = decimal_points(table.frame, ("severity",))
    frame, order = _sheets.slashed_dates(frame, ("date", "until"), context, source.name)
    frame, undated = _sheets.iso_dates(frame, ("date", "until"))
    frame = _sheets.with_athlete(frame, context, source.name, present=found.has("athlete"))
    told = frame.with_columns(
        *_sheets.words("kind", "side", "body_part"),
        pl.col("date").fill_null(""),
        source=pl.lit(VENDOR),
    )
    refused = pl.concat([table.refused, mixed, undated]).unique("source_row", keep="first", maintain_order=True)
    return Raw(
        primary=("complaints",),
        variant="complaints",
        records=table.records,
        tables={"complaints": _sheets.with_ids(told, "complaint_id", "date", "kind", "body_part", "side")},
        decisions=_header.reading_decisions(source, found) | order,
        n_read=table.n_read,
        refused=refused,
        ignored=table.ignored,
    )
