"""One import from the several files of an archive: the rows of each part are counted on behind those before it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import polars as pl

from analysis.importers._raw import Raw, RowText


@dataclass(frozen=True)
class Parts:
    """The rows of several files; `firsts` are the numbers before the first row of each."""

    firsts: Sequence[int]
    records: Sequence[RowText]

    def raw(self, rows: Iterable[int]) -> list[str]:
        """The text of these rows."""
        shown = []
        for row in rows:
            part = max(i for i, first in enumerate(self.firsts) if first < row)
            shown += self.records[part].raw([row - self.firsts[part]])
        return shown


def merged(parts: Sequence[tuple[Raw, int]], variant: str) -> Raw:
    """The parts as one; each comes with the number of its last row."""
    firsts = [sum(last for _, last in parts[:i]) for i in range(len(parts))]
    raws = [_shifted(raw, first) for (raw, _), first in zip(parts, firsts, strict=True)]
    names = list(dict.fromkeys(name for raw in raws for name in raw.tables))
    tables = {name: [raw.tables[name] for raw in raws if name in raw.tables] for name in names}
    return Raw(
        primary=tuple(sorted({name for raw in raws for name in raw.primary}, key=lambda name: name != "sessions")),
        variant=variant,
        records=Parts(firsts, [raw.records for raw, _ in parts]),
        tables={name: pl.concat(frames, how="diagonal_relaxed") for name, frames in tables.items()},
        decisions={key: value for raw in raws for key, value in raw.decisions.items()},
        n_read=sum(raw.n_read for raw in raws),
        refused=pl.concat([raw.refused for raw in raws]),
        ignored=pl.concat([raw.ignored for raw in raws]),
        attached=tuple(row for raw in raws for row in raw.attached),
        notices=tuple(dict.fromkeys(notice for raw in raws for notice in raw.notices)),
    )


def _shifted(raw: Raw, by: int) -> Raw:
    moved = pl.col("source_row").cast(pl.Int64) + by
    return replace(
        raw,
        tables={name: frame.with_columns(moved) for name, frame in raw.tables.items()},
        refused=raw.refused.with_columns(moved),
        ignored=raw.ignored.with_columns(moved),
        attached=tuple(row + by for row in raw.attached),
    )
