"""Headers: folding, synonyms, the delimiter that the known headers decide, and the table below them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

import numpy as np
import polars as pl

from analysis.importers._numbers import counted
from analysis.importers._problem import ImportProblem
from analysis.importers._raw import refusals
from analysis.importers._scan import Lines, Scanned
from analysis.importers._source import Head, Source
from analysis.importers._text import Records, cut_off, parse

Synonyms = Mapping[str, tuple[str, ...]]
"""Our column name -> the headers under which a vendor has written it."""

Split = Records | Scanned
Rows = np.ndarray[Any, np.dtype[np.integer[Any]]]

DELIMITERS: Final = (",", ";", "\t")
_LONGEST: Final = 1_000  # characters of a header that are looked at: one line of XML may have 64,000
_SAYS: Final = {",": "comma", ";": "semicolon", "\t": "tab"}


@dataclass(frozen=True)
class Layout:
    """Where our columns stand in a file. `headers` are the folded header cells, none in a headerless file."""

    delimiter: str
    positions: Mapping[str, int]
    width: int
    headers: tuple[str, ...]
    doubled: tuple[str, ...] = ()

    def has(self, *names: str) -> bool:
        """Whether all of these columns are there."""
        return all(name in self.positions for name in names)


@dataclass(frozen=True)
class Table:
    """The records of a file under our column names (absent columns are empty), what was refused, what is blank."""

    records: Records | Lines
    frame: pl.DataFrame
    refused: pl.DataFrame
    ignored: pl.DataFrame
    n_read: int


@lru_cache(10_000)  # every vendor folds all its headers for every file
def fold(header: str) -> str:
    """A header without case, accents, spaces and punctuation.

    >>> fold("Nom de l'entraînement"), fold("Weight (kg)")
    ('nomdelentrainement', 'weightkg')
    """
    return "".join(c for c in unicodedata.normalize("NFKD", header.casefold()) if c.isalnum())


def layout(head: Head, synonyms: Synonyms) -> Layout:
    r"""The layout under the delimiter that makes the most headers known.

    >>> layout(Head("a.csv", "Date;Poids\n"), {"date": ("Date",), "weight": ("Weight", "Poids")}).positions
    {'date': 0, 'weight': 1}
    """
    known = {fold(header): name for name, headers in synonyms.items() for header in headers}
    return max((_try(head, d, known) for d in DELIMITERS), key=lambda found: len(found.positions))


def _try(head: Head, delimiter: str, known: Mapping[str, str]) -> Layout:
    headers = tuple(fold(cell[:_LONGEST]) for cell in head.first_record(delimiter))
    names = [known.get(header) for header in headers]
    positions = {name: names.index(name) for name in names if name}
    doubled = tuple(name for name in positions if names.count(name) > 1)
    return Layout(delimiter, positions, len(headers), headers, doubled)


def table(
    source: Source, found: Layout, synonyms: Synonyms, needed: tuple[str, ...], records: Records | None = None
) -> Table:
    """All records below the header as text under our names; records with another number of fields are refused.

    `records` are those of the file where a vendor has repaired some of them.
    Raises ImportProblem where a column is missing or doubled, where there are no rows, and where the file is cut off.
    """
    _require(source, found, needed)
    split = records or source.scanned(found.delimiter) or parse(source.name, source.text, found.delimiter)
    starts, widths = np.asarray(split.starts), np.asarray(split.widths)
    blank = split.bare
    first = int(np.argmin(blank)) + (1 if found.headers else 0)
    rows = np.flatnonzero(~blank[first:]) + first
    if len(rows) and rows[-1] == len(widths) - 1 and widths[rows[-1]] < found.width and not split.ended:
        raise cut_off(f"{source.name} ends inside the row of line {starts[rows[-1]]}")
    found = _with_surplus(found, split, rows)
    fit = widths[rows] == found.width
    if not len(rows):
        raise ImportProblem(f"{source.name} has a header and no rows", "at least one row", "export it again")
    told = {int(starts[i]): f"has {counted(int(widths[i]), 'field')}, the header has {found.width}" for i in rows[~fit]}
    return Table(
        records=split if isinstance(split, Records) else split.lines,
        frame=_frame(split, found, synonyms, rows if fit.all() else rows[fit]),
        refused=refusals(told),
        ignored=refusals(
            pl.DataFrame({"source_row": starts[first:][blank[first:]]}).with_columns(reason=pl.lit("blank"))
        ),
        n_read=len(widths) - first,
    )


def _with_surplus(found: Layout, records: Split, rows: Rows) -> Layout:
    """The layout one field wider where every row ends in a delimiter too many.

    Not where the delimiter is a comma: a decimal comma that nobody quoted (`62,5`) looks the same, moved by one field.
    """
    wider = found.width + 1
    if found.delimiter == "," or (np.asarray(records.widths)[rows] != wider).any():
        return found
    if pl.select((records.column(found.width, rows).str.strip_chars() != "").any()).item():
        return found
    return replace(found, width=wider)


def _frame(records: Split, found: Layout, synonyms: Synonyms, rows: Rows) -> pl.DataFrame:
    """The columns of a file under our names; those it lacks are one empty text, repeated."""
    frame = pl.Series("source_row", np.asarray(records.starts)[rows], dtype=pl.Int64).to_frame()
    there = {name: records.column(at, rows) for name, at in found.positions.items() if name in synonyms}
    return frame.with_columns(there.get(name, pl.lit("")).alias(name) for name in synonyms)


def _require(source: Source, found: Layout, needed: tuple[str, ...]) -> None:
    missing = [name for name in needed if name not in found.positions]
    if missing:
        seen = source.head.first_line[:120]
        came = f"{source.name} has no column for {', '.join(missing)}; its first line is {seen!r}"
        raise ImportProblem(came, f"columns for {', '.join(needed)}", "export again, or name another --vendor")
    if found.doubled:
        came = f"{source.name} has two columns for {', '.join(found.doubled)}"
        raise ImportProblem(came, "one column for each", "remove one of the two columns")


def reading_decisions(source: Source, found: Layout) -> dict[str, str]:
    """How the text was read, for the record of decisions."""
    return {"encoding": source.encoding, "delimiter": _SAYS[found.delimiter]}


def one_of(file: str, found: Layout, units: Mapping[str, str | None]) -> tuple[str, str | None]:
    """Which of the columns that carry one quantity stands in the file, and the unit in its name; two are a problem."""
    there = [name for name in units if found.has(name)]
    if len(there) > 1:
        quantity = there[0].split("_")[0]
        different = ", ".join(units[name] or "no unit" for name in there)
        came = f"{file} has {len(there)} {quantity} columns in different units ({different})"
        raise ImportProblem(came, f"one {quantity} column", "remove the columns of the other unit")
    name = there[0] if there else next(iter(units))
    return name, units[name]
