"""Log: everything known at one moment, as tidy tables. It holds frames and has no behaviour of its own."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields, replace
from html import escape
from typing import Any

import polars as pl

from analysis.frames import to_pandas


@dataclass(frozen=True)
class Log:
    """One field per table. `sets` carries the catalogue's columns (pattern, class, laterality) beside the logged ones.

    `sessions`, `sets`, `reps`, `runs` and `splits` hold each session once; `links` says which others are the same.
    `sequence` is the number of the last import it was made from, `digest` the SHA-256 over the imports' own hashes:
    the same sequence of the same logbook is always the same Log.
    """

    athletes: pl.DataFrame
    sessions: pl.DataFrame
    sets: pl.DataFrame
    reps: pl.DataFrame
    plan: pl.DataFrame
    runs: pl.DataFrame
    splits: pl.DataFrame
    trials: pl.DataFrame
    wellness: pl.DataFrame
    complaints: pl.DataFrame
    calendar: pl.DataFrame
    blocks: pl.DataFrame
    links: pl.DataFrame
    imports: pl.DataFrame
    rejected: pl.DataFrame
    ignored: pl.DataFrame
    sequence: int
    digest: str

    def only(self, athlete: str) -> Log:
        """The same log with the rows of one athlete. Raises KeyError naming the athletes there are."""
        known = self.athletes["athlete"].to_list()
        if athlete not in known:
            raise KeyError(f"no athlete {athlete!r} in this logbook; it has: {', '.join(known) or 'nobody yet'}")
        return self._filtered(lambda frame: frame.filter(pl.col("athlete") == athlete))

    def between(self, start: dt.date, end: dt.date) -> Log:
        """The same log with the dated rows from `start` to `end`, both included."""
        inside = pl.col("date").is_between(start, end)
        return self._filtered(lambda frame: frame.filter(inside) if "date" in frame.columns else frame)

    def to_pandas(self) -> dict[str, Any]:
        """Every table as a pandas DataFrame, by its name."""
        return {name: to_pandas(frame) for name, frame in self._frames().items()}

    def _frames(self) -> dict[str, pl.DataFrame]:
        return {f.name: v for f in fields(self) if isinstance(v := getattr(self, f.name), pl.DataFrame)}

    def _filtered(self, change: Any) -> Log:
        return replace(self, **{name: change(frame) for name, frame in self._frames().items()})

    def __repr__(self) -> str:
        sizes = ", ".join(f"{frame.height} {name}" for name, frame in self._frames().items() if frame.height)
        return f"Log at import {self.sequence}: {sizes}"

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self))}</p>"
