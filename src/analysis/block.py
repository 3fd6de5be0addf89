"""One athlete, one block: the frames a report asks its questions of, and what the page says about its own data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from typing import Any, Final

import polars as pl

from analysis import own_tests
from analysis.frames import Table
from analysis.logbook import Log, Logbook
from analysis.own_tests import OwnTest
from analysis.transforms import e1rm_refusal, working

DEFAULT_WEEKS: Final = 6  # the article's blocks last 4-6 weeks
RETEST_GRACE_DAYS: Final = 14  # a re-test this long after the last day still belongs to the block
QUIET_DAYS: Final = 7  # a log that ends earlier than this before the block's end does not hold the whole block


class BlockProblem(ValueError):
    """The block or the days asked for do not exist; the text says which ones do."""


@dataclass(frozen=True)
class Block:
    """One athlete's log up to the end of a block.

    `sets`, `sessions` and `trials` hold the history as well, because a trend needs what came before; the metrics take
    `start` and `end` (see `span`).

    `declared` is False where no block was written down and the last six weeks stand in for it. `planned_end` is set
    where the log ends more than a week before the declared end: the block is judged up to `end`, the last recorded day.
    """

    log: Log
    athlete: str
    name: str
    start: dt.date
    end: dt.date
    declared: bool
    goal: str | None = None
    primary_test: str | None = None
    planned_hard_sets: int | None = None
    days_without_record: str = "unknown"
    strength_blocks_done: int = 0
    planned_end: dt.date | None = None
    squad_trials: pl.DataFrame = field(default_factory=pl.DataFrame, repr=False)  # for typical errors only, never shown
    own_tests: Mapping[str, OwnTest] = field(default_factory=dict, repr=False)  # of the tests.toml beside the logbook

    @property
    def span(self) -> dict[str, Any]:
        """The keywords every block metric takes: who, start, end."""
        return {"who": self.athlete, "start": self.start, "end": self.end}

    @property
    def sets(self) -> pl.DataFrame:
        """Every set up to the block's end."""
        return self.log.sets.filter(pl.col("date") <= self.end)

    @property
    def sessions(self) -> pl.DataFrame:
        """Every session up to the block's end."""
        return self.log.sessions.filter(pl.col("date") <= self.end)

    @property
    def trials(self) -> pl.DataFrame:
        """Every re-test trial up to two weeks after the block's end."""
        return self.log.trials.filter(pl.col("date") <= self.end + dt.timedelta(days=RETEST_GRACE_DAYS))

    @property
    def rejected(self) -> Table:
        """Refused rows that fall into the block, or whose day could not be read: they are missing from the numbers."""
        day = pl.col("day").str.to_date("%Y-%m-%d", strict=False)
        rows = self.log.rejected.filter(day.is_null() | day.is_between(self.start, self.end))
        files = self.log.imports.select("import_seq", "file")
        named = rows.join(files, on="import_seq", how="left", maintain_order="left")
        labels = {"file": "File", "source_row": "Line", "reason": "Why it was refused", "raw": "What it says"}
        return Table(named.select(*labels), "rejected", labels, empty="No row of this block was refused.")

    @property
    def inputs(self) -> Table:
        """The files behind the page with their sum rule; a squad's sheet is not named, for its name may name others."""
        counts = ("read", "loaded", "attached", "ignored", "rejected")
        file = pl.when(pl.col("athlete").is_null()).then(pl.lit("a sheet of the squad")).otherwise(pl.col("file"))
        sha = pl.col("import_id").str.slice(0, 12)
        sums = self.log.imports.select("import_seq", file.alias("file"), "vendor", "variant", *counts, sha)
        labels = {
            "import_seq": "Import",
            "file": "File",
            "vendor": "Vendor",
            "variant": "Variant",
            "import_id": "SHA-256 begins",
        }
        return Table(sums, "inputs", labels | {name: name.capitalize() for name in counts})

    @property
    def title(self) -> str:
        """The heading of the page."""
        return f"{self.athlete}, block {self.name}" if self.declared else f"{self.athlete}, {self._days}"

    @property
    def _days(self) -> str:
        return f"{self.start:%d %b %Y} to {self.end:%d %b %Y}"

    def __str__(self) -> str:
        if self.declared:
            more = (
                f" - the log ends here, the block was planned to {self.planned_end:%d %b %Y}"
                if self.planned_end
                else ""
            )
            return f"{self.athlete}, block {self.name}{f' ({self.goal})' if self.goal else ''}: {self._days}{more}"
        return f"{self.athlete}, {self._days} - no block is declared for these days, so this page covers {self.name}"

    @property
    def doubled_days(self) -> int:
        """Days of the block with sets from more than one source: until sessions are linked they count twice."""
        inside = self.sets.filter(pl.col("date") >= self.start)
        return inside.group_by("date").agg(pl.col("source").n_unique()).filter(pl.col("source") > 1).height

    @property
    def main_lift(self) -> str | None:
        """The loaded exercise with most working sets in the block, compounds first; None without one."""
        loaded = e1rm_refusal().is_null() & (pl.col("load_kg") > 0)
        inside = pl.col("date").is_between(self.start, self.end) & loaded
        compound = (pl.col("exercise_class") == "compound").alias("compound")
        counts = working(self.sets.filter(inside)).group_by("exercise", compound).len()
        found = counts.sort("compound", "len", "exercise", descending=[True, True, False])
        return found["exercise"][0] if found.height else None

    def _repr_html_(self) -> str:
        return f'<p class="block">{escape(str(self))}</p>'


def open_block(
    logbook: str | Path | Logbook, athlete: str, block: str = "", start: str = "", end: str = "", as_of: int = 0
) -> Block:
    """The block of an athlete: by its name, by its days (ISO text), or the latest; without blocks the last six weeks.

    `as_of` is the import the page is made from (0: the last). Raises BlockProblem for unknown blocks or days, and what
    `Logbook.log` and `own_tests.load` raise.
    """
    book = logbook if isinstance(logbook, Logbook) else Logbook(logbook)
    log = book.log(as_of=as_of or None, athlete=athlete)
    chosen = _chosen(log, athlete, block, start, end)
    return replace(chosen, squad_trials=book.table("trials", log.sequence), own_tests=own_tests.beside(book.path))


def _chosen(log: Log, athlete: str, block: str, start: str, end: str) -> Block:
    if block and (start or end):
        raise BlockProblem("give a block or its days (start and end), not both")
    if start or end:
        first, last = _day(start, "start"), _day(end, "end")
        if last < first:
            raise BlockProblem(f"the end {last} is before the start {first}")
        return Block(log, athlete, "the days asked for", first, last, declared=False)
    return _last_weeks(log, athlete) if log.blocks.is_empty() and not block else _declared(log, athlete, block)


def _day(text: str, which: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise BlockProblem(
            f"{which} {text!r} is not a day; write it as 2026-03-01, and give both --from and --to"
        ) from error


def _last_day(log: Log, athlete: str) -> dt.date:
    days = pl.concat([log.sessions["date"], log.trials["date"]])
    if days.is_empty():
        raise BlockProblem(f"nothing dated is known of {athlete!r}: import a training log or a re-test sheet first")
    return days.max()  # type: ignore[return-value]  # a Date column's maximum is a date


def _last_weeks(log: Log, athlete: str) -> Block:
    end = _last_day(log, athlete)
    return Block(
        log, athlete, "the last six weeks", end - dt.timedelta(days=7 * DEFAULT_WEEKS - 1), end, declared=False
    )  # fmt: skip


def _declared(log: Log, athlete: str, name: str) -> Block:
    blocks, last = log.blocks.sort("start"), _last_day(log, athlete)
    begun = blocks.filter(pl.col("start") <= last)
    names = blocks["block"].to_list()
    if name and name not in names:
        raise BlockProblem(f"{athlete!r} has no block {name!r}; declared blocks: {', '.join(names) or 'none'}")
    if begun.is_empty() or (name and name not in begun["block"].to_list()):
        raise BlockProblem(
            f"the log of {athlete!r} ends on {last}, before the block starts; import the newer log first"
        )
    row = blocks.row(by_predicate=pl.col("block") == name, named=True) if name else begun.row(-1, named=True)
    short = (row["end"] - last).days > QUIET_DAYS
    strength = (pl.col("goal") == "strength").fill_null(value=False)
    return Block(
        log, athlete, row["block"], row["start"], last if short else row["end"], declared=True, goal=row["goal"],
        primary_test=row["primary_test"], planned_hard_sets=row["planned_hard_sets"],
        days_without_record=row["days_without_record"], planned_end=row["end"] if short else None,
        strength_blocks_done=blocks.filter(strength & (pl.col("end") <= last)).height,
    )  # fmt: skip
