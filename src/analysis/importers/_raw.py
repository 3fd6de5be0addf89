"""What goes into a vendor's `read`, what comes out of it, and what the registry makes of that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

import polars as pl

from analysis.own_tests import OwnTest

REFUSED: Final = {"source_row": pl.Int64, "reason": pl.String}
"""Schema of the rows that an importer refuses or ignores by itself, before the tables judge the rest."""


@dataclass(frozen=True)
class Context:
    """What the user says about a file beyond its content; `saved` holds the answers of earlier imports.

    >>> Context(athlete="anna").unit is None
    True
    """

    athlete: str | None = None
    unit: str | None = None
    distance_unit: str | None = None
    unilateral_reps: str | None = None
    dumbbells: str | None = None
    date_order: str | None = None
    tz: str | None = None
    mapping: Path | None = None
    saved: Mapping[str, str] = field(default_factory=dict)
    tests: Mapping[str, OwnTest] = field(default_factory=dict)

    def answer(self, question: str) -> str | None:
        """The option if it was given, else the answer saved from an earlier import of this athlete and vendor.

        >>> Context(saved={"dumbbells": "total"}).answer("dumbbells")
        'total'
        """
        told: str | None = getattr(self, question)
        return told or self.saved.get(question)


class RowText(Protocol):
    """What can show the rows of a file again, verbatim."""

    def raw(self, rows: Iterable[int]) -> list[str]:
        """The text of these rows (1-based lines, or numbers of items)."""
        ...


@dataclass(frozen=True)
class Items:
    """The rows of a file that has no lines (JSON, XML, FIT): item n as text, from 1.

    >>> Items(["a", "b"]).raw([2])
    ['b']
    """

    texts: Sequence[str]

    def raw(self, rows: Iterable[int]) -> list[str]:
        """The text of these items."""
        return [self.texts[row - 1] for row in rows]


@dataclass(frozen=True)
class Raw:
    """A file renamed and reshaped, nothing judged yet: `tables` hold text (row and block numbers excepted).

    `primary` names the tables whose rows are the rows of the file; one row of the file may give several rows of a
    table (a day with eight answers), which are loaded or refused together. The other tables are derived: a derived row
    that breaks a rule takes the file's row with it. `refused` and `ignored` are frames of `source_row, reason`;
    `attached` lists the rows whose content went into another row (a rest timer, a note). `whole` says that the file is
    the athlete's whole log of this vendor up to its last day: what it lacks was deleted.
    """

    primary: tuple[str, ...]
    variant: str
    records: RowText
    tables: dict[str, pl.DataFrame]
    decisions: dict[str, str]
    n_read: int
    refused: pl.DataFrame
    ignored: pl.DataFrame
    attached: tuple[int, ...] = ()
    notices: tuple[str, ...] = ()
    whole: bool = False


@dataclass(frozen=True)
class Reading:
    """A file read: typed tables, every row that was refused or ignored with its text, and the count of each.

    `data` are the bytes as they came, None where the file is too large to keep.
    `n_read == n_loaded + n_attached + n_ignored + n_rejected` counts the records of the file, header excluded.
    """

    vendor: str
    variant: str
    athlete: str | None
    decisions: dict[str, str]
    tables: dict[str, pl.DataFrame]
    primary: tuple[str, ...]
    rejected: pl.DataFrame
    ignored: pl.DataFrame
    n_read: int
    n_loaded: int
    n_attached: int
    n_ignored: int
    n_rejected: int
    sha256: str
    data: bytes | None
    notices: tuple[str, ...]
    whole: bool = False


def refusals(rows: Mapping[int, str] | pl.DataFrame | None = None) -> pl.DataFrame:
    """A frame of `source_row, reason`, from a mapping or from a frame that has these columns.

    >>> refusals({7: "too short"}).rows()
    [(7, 'too short')]
    """
    if isinstance(rows, pl.DataFrame):
        return rows.select(pl.col(name).cast(dtype) for name, dtype in REFUSED.items())
    data: list[tuple[Any, ...]] = sorted((rows or {}).items())
    return pl.DataFrame(data, schema=REFUSED, orient="row")
