"""What goes into a vendor's `read`, what comes out of it, and what the registry makes of that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl

from analysis.importers._text import Records

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
    saved: Mapping[str, str] = field(default_factory=dict)

    def answer(self, question: str) -> str | None:
        """The option if it was given, else the answer saved from an earlier import of this athlete and vendor.

        >>> Context(saved={"dumbbells": "total"}).answer("dumbbells")
        'total'
        """
        told: str | None = getattr(self, question)
        return told or self.saved.get(question)


@dataclass(frozen=True)
class Raw:
    """A file renamed and reshaped, nothing judged yet: `tables` hold text (row and block numbers excepted).

    `primary` names the table whose rows are the rows of the file. `refused` and `ignored` are frames of
    `source_row, reason`; `attached` lists the rows whose content went into another row (a rest timer, a note).
    """

    primary: str
    variant: str
    records: Records
    tables: dict[str, pl.DataFrame]
    decisions: dict[str, str]
    n_read: int
    refused: pl.DataFrame
    ignored: pl.DataFrame
    attached: tuple[int, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """A file read: typed tables, every row that was refused or ignored with its text, and the count of each.

    `n_read == n_loaded + n_attached + n_ignored + n_rejected` counts the records of the file, header excluded.
    """

    vendor: str
    variant: str
    athlete: str | None
    decisions: dict[str, str]
    tables: dict[str, pl.DataFrame]
    rejected: pl.DataFrame
    ignored: pl.DataFrame
    n_read: int
    n_loaded: int
    n_attached: int
    n_ignored: int
    n_rejected: int
    sha256: str
    data: bytes
    notices: tuple[str, ...]


def refusals(rows: Mapping[int, str] | pl.DataFrame | None = None) -> pl.DataFrame:
    """A frame of `source_row, reason`, from a mapping or from a frame that has these columns.

    >>> refusals({7: "too short"}).rows()
    [(7, 'too short')]
    """
    if isinstance(rows, pl.DataFrame):
        return rows.select(pl.col(name).cast(dtype) for name, dtype in REFUSED.items())
    data: list[tuple[Any, ...]] = sorted((rows or {}).items())
    return pl.DataFrame(data, schema=REFUSED, orient="row")
