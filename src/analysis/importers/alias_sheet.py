"""Our sheet of exercise names mapped by hand.

Vendor: stridelift, the sheet `stridelift template aliases` (or `stridelift map`)
Export: fill the template in, save as CSV (comma, semicolon or tab)
Row: one exercise name as the log writes it, and the exercise of the catalogue it means
Variants: comma, semicolon or tab; CSV or XLSX
Units: none
Limits: the exercise must stand in the catalogue; one meaning per name
"""

from __future__ import annotations

from typing import Final

import polars as pl

from analysis.exercises import lookup
from analysis.importers import _header
from analysis.importers._raw import Context, Raw, refusals
from analysis.importers._source import Head, Source
from analysis.importers._text import per_value

VENDOR: Final = "alias_sheet"
KIND: Final = "aliases"
TEMPLATE: Final = """\
exercise_raw,exercise
Sqaut (my rack),back_squat
RDL heavy,romanian_deadlift
"""
COLUMNS: Final[_header.Synonyms] = {"exercise_raw": ("exercise_raw",), "exercise": ("exercise",)}
NEEDED: Final = ("exercise_raw", "exercise")


def matches(head: Head) -> bool:
    """Whether the header is that of our sheet."""
    return _header.layout(head, COLUMNS).has(*NEEDED)


def read(source: Source, context: Context) -> Raw:  # noqa: ARG001 - names are nobody's and have no unit
    """Rename and reshape a sheet; a target that the catalogue does not know is refused."""
    found = _header.layout(source.head, COLUMNS)
    table = _header.table(source, found, COLUMNS, NEEDED)
    slugs = per_value(table.frame["exercise"], lambda name: lookup(name).exercise, pl.String)
    unknown = table.frame.filter(slugs.is_null() & (pl.col("exercise").str.strip_chars() != ""))
    words = pl.format("exercise '{}' is not in the catalogue", "exercise").alias("reason")
    names = pl.col("exercise_raw").str.strip_chars().str.replace(r"^'([=+\-@'])", "${1}")  # marked in the template
    return Raw(
        primary=("exercise_aliases",),
        variant="aliases",
        records=table.records,
        tables={"exercise_aliases": table.frame.with_columns(names, slugs.alias("exercise"), source=pl.lit(VENDOR))},
        decisions=_header.reading_decisions(source, found),
        n_read=table.n_read,
        refused=pl.concat([table.refused, refusals(unknown.with_columns(words))]),
        ignored=table.ignored,
    )
