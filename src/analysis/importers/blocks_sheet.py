"""Our sheet of training blocks.

Vendor: stridelift, the sheet `stridelift template blocks`
Export: fill the template in, save as CSV (comma, semicolon or tab)
Row: one block of one athlete
Units: planned_hard_sets is a number of sets in the whole block
Limits: dates as 2026-03-31 or 31.03.2026; an empty days_without_record means unknown, not rest
"""

from __future__ import annotations

from typing import Final

import polars as pl

from analysis.importers import _header, _sheets
from analysis.importers._raw import Context, Raw
from analysis.importers._source import Head, Source

VENDOR: Final = "blocks_sheet"
KIND: Final = "blocks"
TEMPLATE: Final = """\
athlete,block,start,end,goal,primary_test,planned_hard_sets,days_without_record,notes
anna,winter strength,2026-01-05,2026-02-15,strength,loaded_jump,96,rest,example rows: replace them
anna,spring power,2026-02-16,2026-03-29,finish,sprint,72,,goal: stability strength power or finish
"""
COLUMNS: Final[_header.Synonyms] = {
    name: (name,)
    for name in (
        "athlete", "block", "start", "end", "goal", "primary_test", "planned_hard_sets", "days_without_record", "notes",
    )
}  # fmt: skip
NEEDED: Final = ("block", "start", "end")


def matches(head: Head) -> bool:
    """Whether the header is that of our sheet."""
    return _header.layout(head, COLUMNS).has(*NEEDED)


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape a sheet; nothing is judged here."""
    found = _header.layout(source.head, COLUMNS)
    table = _header.table(source, found, COLUMNS, NEEDED)
    frame, undated = _sheets.iso_dates(table.frame, ("start", "end"))
    frame = _sheets.with_athlete(frame, context, source.name, present=found.has("athlete"))
    policy, test = _sheets.words("days_without_record", "primary_test")
    blocks = frame.with_columns(
        policy.replace({"": "unknown"}),
        test,
        pl.col("block").str.strip_chars(),
        source=pl.lit(VENDOR),
    ).with_columns(pl.concat_str("athlete", "block", separator="|").alias("block_id"))
    return Raw(
        primary=("blocks",),
        variant="blocks",
        records=table.records,
        tables={"blocks": blocks},
        decisions=_header.reading_decisions(source, found),
        n_read=table.n_read,
        refused=pl.concat([table.refused, undated]).unique("source_row", keep="first", maintain_order=True),
        ignored=table.ignored,
    )
