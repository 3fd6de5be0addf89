"""Files that hold several tables one after the other, each below a marked heading: split into their parts.

A section may hold more than one table, each with its own header; rows may stand outside every section.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from analysis.importers._header import DELIMITERS, Synonyms, fold
from analysis.importers._numbers import counted
from analysis.importers._raw import refusals
from analysis.importers._text import Records

OUTSIDE = "outside the sections"
"""The name of the part that holds the rows before the first heading and after the end of a section."""


@dataclass(frozen=True)
class Part:
    """One table of a section: its folded header, and the numbers of its records."""

    section: str
    headers: tuple[str, ...]
    rows: list[int]


@dataclass(frozen=True)
class Sectioned:
    """A file split into its parts. Headings, headers and blank lines are no rows."""

    records: Records
    parts: list[Part]

    @property
    def n_rows(self) -> int:
        """How many rows the parts hold."""
        return sum(len(part.rows) for part in self.parts)

    def lines(self, sections: Iterable[str]) -> dict[int, str]:
        """The lines of the rows of these sections, with the section of each."""
        wanted = set(sections)
        return {self.records.starts[row]: p.section for p in self.parts if p.section in wanted for row in p.rows}

    def frame(self, section: str, columns: Synonyms) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The rows of a section under our names (absent columns are empty), and the refused rows."""
        names = {fold(header): name for name, headers in columns.items() for header in headers}
        rows: list[tuple[str | int, ...]] = []
        odd: dict[int, str] = {}
        for part in (part for part in self.parts if part.section == section):
            places = {names[header]: at for at, header in reversed(list(enumerate(part.headers))) if header in names}
            for i in part.rows:
                line, width = self.records.starts[i], self.records.widths[i]
                if width != len(part.headers):
                    odd[line] = f"has {counted(width, 'field')}, the header has {len(part.headers)}"
                    continue
                fields = self.records.fields[self.records.offsets[i] : self.records.offsets[i] + width]
                rows.append((line, *(fields[places[name]].strip() if name in places else "" for name in columns)))
        schema = {"source_row": pl.Int64, **dict.fromkeys(columns, pl.String)}
        return pl.DataFrame(rows, schema=schema, orient="row"), refusals(odd)


def split(
    records: Records, heading: Callable[[Sequence[str]], str | None], header: Callable[[Sequence[str]], bool]
) -> Sectioned:
    r"""Split records at their headings.

    `heading` gives the name of the section that a record begins, the empty text where it ends one, None for other
    records; `header` says whether a record is a header. The first record of a section always is.

    >>> from analysis.importers._text import parse
    >>> text = "# A\nid,x\n1,2\n\nid,y\n3,4\n"
    >>> told = split(
    ...     parse("a.csv", text, ","),
    ...     lambda fields: fields[0][2:] if fields[0].startswith("#") else None,
    ...     lambda fields: fields[0] == "id",
    ... )
    >>> [(part.section, part.headers, part.rows) for part in told.parts]
    [('A', ('id', 'x'), [2]), ('A', ('id', 'y'), [5])]
    """
    parts: list[Part] = []
    section, waiting = "", False
    for i, (at, width) in enumerate(zip(records.offsets, records.widths, strict=True)):
        if i in records.blank:
            continue
        fields = records.fields[at : at + width]
        name = heading(fields)
        if name is not None:
            section, waiting = name, bool(name)
        elif section and (waiting or header(fields)):
            parts.append(Part(section, tuple(fold(field) for field in fields), []))
            waiting = False
        elif section:
            parts[-1].rows.append(i)
        else:
            parts.append(Part(OUTSIDE, (), [i]))
    return Sectioned(records, parts)


def delimiter(lines: Iterable[str], mark: str) -> str:
    """The delimiter of a file: the commonest in its first line that holds `mark`, a word of every header.

    >>> delimiter(["### A", "_id;USERID;x"], "userid")
    ';'
    """
    line = next((line for line in lines if mark in line.casefold()), "")
    return max(DELIMITERS, key=line.count)
