"""Headers: folding, synonyms, the delimiter that the known headers decide, and the table below them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from analysis.importers._numbers import counted
from analysis.importers._problem import ImportProblem
from analysis.importers._raw import refusals
from analysis.importers._source import Head, Source
from analysis.importers._text import Records, cut_off, parse

Synonyms = Mapping[str, tuple[str, ...]]
"""Our column name -> the headers under which a vendor has written it."""

DELIMITERS: Final = (",", ";", "\t")
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

    records: Records
    frame: pl.DataFrame
    refused: pl.DataFrame
    ignored: pl.DataFrame
    n_read: int


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
    headers = tuple(fold(cell) for cell in head.first_record(delimiter))
    names = [known.get(header) for header in headers]
    positions = {name: names.index(name) for name in names if name}
    doubled = tuple(name for name in positions if names.count(name) > 1)
    return Layout(delimiter, positions, len(headers), headers, doubled)


def table(source: Source, found: Layout, synonyms: Synonyms, needed: tuple[str, ...]) -> Table:
    """All records below the header as text under our names; records with another number of fields are refused.

    Raises ImportProblem where a column is missing or doubled, where there are no rows, and where the file is cut off.
    """
    _require(source, found, needed)
    records = parse(source.name, source.text, found.delimiter)
    starts, widths, blank = records.starts, records.widths, records.blank
    first = next(i for i in range(len(widths)) if i not in blank) + (1 if found.headers else 0)
    rows = [i for i in range(first, len(widths)) if i not in blank] if blank else list(range(first, len(widths)))
    if rows and rows[-1] == len(widths) - 1 and widths[rows[-1]] < found.width and not records.ended:
        raise cut_off(f"{source.name} ends inside the row of line {starts[rows[-1]]}")
    found = _with_surplus(found, records, rows)
    odd = {i for i in rows if widths[i] != found.width}
    if not rows:
        raise ImportProblem(f"{source.name} has a header and no rows", "at least one row", "export it again")
    return Table(
        records=records,
        frame=_frame(records, found, synonyms, [i for i in rows if i not in odd] if odd else rows),
        refused=refusals({starts[i]: f"has {counted(widths[i], 'field')}, the header has {found.width}" for i in odd}),
        ignored=refusals({starts[i]: "blank" for i in blank if i >= first}),
        n_read=len(widths) - first,
    )


def _with_surplus(found: Layout, records: Records, rows: list[int]) -> Layout:
    """The layout one field wider where every row ends in a delimiter too many.

    Not where the delimiter is a comma: a decimal comma that nobody quoted (`62,5`) looks the same, moved by one field.
    """
    wider = found.width + 1
    if found.delimiter == "," or any(records.widths[i] != wider for i in rows):
        return found
    if any(records.fields[records.offsets[i] + found.width].strip() for i in rows):
        return found
    return replace(found, width=wider)


def _frame(records: Records, found: Layout, synonyms: Synonyms, rows: list[int]) -> pl.DataFrame:
    fields, width = records.fields, found.width
    offsets = [records.offsets[row] for row in rows]
    gapless = bool(rows) and offsets[-1] - offsets[0] == width * (len(rows) - 1)
    columns = [pl.Series("source_row", [records.starts[row] for row in rows], dtype=pl.Int64)]
    for name in synonyms:
        at = found.positions.get(name)
        if at is None:
            columns.append(pl.repeat("", len(rows), eager=True).alias(name))
            continue
        by_slice = gapless and fields[offsets[0] + at : offsets[-1] + width : width]
        columns.append(pl.Series(name, by_slice or [fields[offset + at] for offset in offsets], dtype=pl.String))
    return pl.DataFrame(columns)


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
