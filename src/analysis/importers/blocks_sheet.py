"""Our sheet of training blocks.

Vendor: stridelift, the sheet `stridelift template blocks`
Export: fill the template in (CSV or XLSX), save it
Row: one block of one athlete
Variants: comma, semicolon or tab; CSV or XLSX
Units: planned_hard_sets is a number of sets in the whole block
Limits: dates as 2026-03-31 or 31.03.2026, as a spreadsheet saves them, or with slashes where the column or
  --date-order says which is the day; primary_test is a built-in test or one of tests.toml; an empty
  days_without_record means unknown, not rest
"""

from __future__ import annotations

from typing import Final

import polars as pl

from analysis.importers import _header, _sheets
from analysis.importers._raw import Context, Raw
from analysis.importers._source import Head, Source
from analysis.tables import TESTS

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
CHOICES: Final = {"primary_test": TESTS}


def matches(head: Head) -> bool:
    """Whether the header is that of our sheet."""
    return _header.layout(head, COLUMNS).has(*NEEDED)


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape a sheet; nothing is judged here."""
    found = _header.layout(source.head, COLUMNS)
    table = _header.table(source, found, COLUMNS, NEEDED)
    frame, order = _sheets.slashed_dates(table.frame, ("start", "end"), context, source.name)
    frame, undated = _sheets.iso_dates(frame, ("start", "end"))
    frame = _sheets.with_athlete(frame, context, source.name, present=found.has("athlete"))
    unknown = _sheets.unknown_tests(frame, "primary_test", context)
    policy, goal = _sheets.words("days_without_record", "goal")
    blocks = frame.with_columns(
        policy.replace({"": "unknown"}),
        goal,
        _sheets.named_tests("primary_test"),
        *_sheets.whole_numbers("planned_hard_sets"),
        pl.col("block").str.strip_chars(),
        source=pl.lit(VENDOR),
    ).with_columns(pl.concat_str("athlete", "block", separator="|").alias("block_id"))
    return Raw(
        primary=("blocks",),
        variant="blocks",
        records=table.records,
        tables={"blocks": blocks},
        decisions=_header.reading_decisions(source, found) | order,
        n_read=table.n_read,
        refused=pl.concat([table.refused, undated, unknown]).unique("source_row", keep="first", maintain_order=True),
        ignored=table.ignored,
    )
