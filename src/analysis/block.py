"""One athlete, one block: the frames a report asks its questions of, and what the page says about its own data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any, Final

import polars as pl

from analysis import own_tests
from analysis.block_proposals import propose, undeclared
from analysis.frames import Table
from analysis.logbook import Log, Logbook
from analysis.metrics._races import titled
from analysis.own_tests import OwnTest
from analysis.tables import SAMPLE_COLUMNS
from analysis.transforms import RETEST_GRACE_DAYS, e1rm_refusal, working

DEFAULT_WEEKS: Final = 6  # the article's blocks last 4-6 weeks
QUIET_DAYS: Final = 7  # a log that ends earlier than this before the block's end does not hold the whole block


class BlockProblem(ValueError):
    """The block or the days asked for do not exist; the text says which ones do."""


@dataclass(frozen=True)
class Block:
    """One athlete's log up to the end of a block.

    `sets`, `sessions` and `trials` hold the history as well, because a trend needs what came before; the metrics take
    `start` and `end` (see `span`).

    `declared` is False where no block was written down: then a proposed one stands in for it (`why` says what it was
    made of), or the last six weeks. `planned_end` is set where the log ends more than a week before the declared end:
    the block is judged up to `end`, the last recorded day.
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
    why: str = ""  # of a proposed block: what marks its end
    squad_trials: pl.DataFrame = field(default_factory=pl.DataFrame, repr=False)  # for typical errors only, never shown
    book: Logbook | None = field(default=None, repr=False)
    own_tests: Mapping[str, OwnTest] = field(default_factory=dict, repr=False)  # of the tests.toml beside the logbook

    @property
    def span(self) -> dict[str, Any]:
        """The keywords every block metric takes: who, start, end."""
        return {"who": self.athlete, "start": self.start, "end": self.end}

    @cached_property
    def previous(self) -> tuple[dt.date, dt.date] | None:
        """First and last day of the block before this one: a declared block, or a proposed one where none is."""
        declared = self.log.blocks.select("start", "end")
        known = pl.concat([declared, undeclared(proposals(self.log), declared).select("start", "end")])
        before = known.filter(pl.col("end") < self.start).sort("end", "start")
        return before.row(-1) if before.height else None

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
    def runs(self) -> pl.DataFrame:
        """Every run up to the block's end."""
        return self.log.runs.filter(pl.col("date") <= self.end)

    @property
    def splits(self) -> pl.DataFrame:
        """Laps and intervals of every run up to the block's end."""
        return self.log.splits.filter(pl.col("date") <= self.end)

    @property
    def reps(self) -> pl.DataFrame:
        """Every repetition that a sensor saw, up to the block's end."""
        return self.log.reps.filter(pl.col("date") <= self.end)

    @property
    def wellness(self) -> pl.DataFrame:
        """Every answer and morning measurement up to the block's end."""
        return self.log.wellness.filter(pl.col("date") <= self.end)

    @property
    def complaints(self) -> pl.DataFrame:
        """Every complaint that began up to the block's end."""
        return self.log.complaints.filter(pl.col("date") <= self.end)

    @property
    def plan(self) -> pl.DataFrame:
        """The rows of the plan that belong to the block: by their day, else by the name of the block.

        A dated row of another declared block is not of this one; the name that `stridelift plan` gives to a block
        that nobody has declared yet keeps no row away.
        """
        name = pl.lit(self.name if self.declared else None, pl.String)
        of_block = (pl.col("block") == name).fill_null(value=False)
        declared = self.log.blocks.filter(pl.col("athlete") == self.athlete)["block"].unique()
        elsewhere = pl.col("block").is_in(declared.implode()).fill_null(value=False) & ~of_block
        dated = pl.col("date").is_between(self.start, self.end) & ~elsewhere
        return self.log.plan.filter(dated.fill_null(value=False) | (pl.col("date").is_null() & of_block))

    @property
    def blocks(self) -> Table:
        """Every block that is declared, and those that deloads, re-tests and gaps of the log suggest."""
        told = pl.col("start").cast(pl.String), pl.col("end").cast(pl.String)
        declared = self.log.blocks.sort("start", "block").select("block", *told, pl.lit("declared").alias("why"))
        found = undeclared(proposals(self.log), self.log.blocks)
        found = found.select("block", *told, (pl.lit("proposed: ") + pl.col("why")).alias("why"))
        labels = {"block": "Block", "start": "First day", "end": "Last day", "why": "Where it comes from"}
        return Table(pl.concat([declared, found]), "blocks", labels, empty="No block is declared or can be proposed.")

    def samples(self, session_ids: Iterable[str]) -> pl.DataFrame:
        """The streams of these sessions, as they were at the block's state of the logbook; none without a logbook."""
        if self.book is None:
            return pl.DataFrame(schema={"session_id": pl.String, **dict.fromkeys(SAMPLE_COLUMNS, pl.Float64)})
        return self.book.samples(session_ids, self.log.sequence)

    @cached_property
    def streams(self) -> pl.DataFrame:
        """The streams of the block's runs and of every race before: marked, of the calendar, or by its title."""
        race_days = self.log.calendar.filter(pl.col("kind").cast(pl.String) == "race")["date"]
        race = pl.col("race").fill_null(value=False) | pl.col("date").is_in(race_days.to_list())
        race |= pl.col("session_id").is_in(titled(self.sessions)["session_id"].to_list())
        return self.samples(self.runs.filter(race | (pl.col("date") >= self.start))["session_id"])

    @property
    def race_records(self) -> dict[str, pl.DataFrame]:
        """What metrics of races take beside the runs: laps, streams, and calendar and titles, which name the races."""
        told = {"splits": self.splits, "samples": self.streams, "calendar": self.log.calendar}
        return told | {"sessions": self.sessions}

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
        if self.declared:
            return f"{self.athlete}, block {self.name}"
        return f"{self.athlete}, {f'proposed block {self.name}, ' if self.why else ''}{self._days}"

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
        if self.why:
            there = undeclared(pl.DataFrame({"start": [self.start], "end": [self.end]}), self.log.blocks).is_empty()
            told = (
                "another block is declared for some of these days" if there else "no block is declared for these days"
            )
            return f"{self.title} - {told}; proposed: {self.why}; edit with: stridelift blocks"
        return f"{self.title} - no block is declared for these days, so this page covers {self.name}"

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
    """The block of an athlete: by its name, by its days (ISO text), or the latest.

    Where no block of that name, or none at all, is declared, a proposed one stands in (see block_proposals); where none
    can be proposed, the last six weeks.

    `as_of` is the import the page is made from (0: the last). Raises BlockProblem for unknown blocks or days, and what
    `Logbook.log` and `own_tests.load` raise.
    """
    book = logbook if isinstance(logbook, Logbook) else Logbook(logbook)
    log = book.log(as_of=as_of or None, athlete=athlete)
    chosen = choose(log, athlete, block, start, end)
    return replace(
        chosen, book=book, squad_trials=book.table("trials", log.sequence), own_tests=own_tests.beside(book.path)
    )  # fmt: skip


def proposals(log: Log) -> pl.DataFrame:
    """The blocks that the log of one athlete suggests; see block_proposals."""
    return propose(log.sets, log.sessions, log.trials, log.calendar)


def choose(log: Log, athlete: str, block: str = "", start: str = "", end: str = "") -> Block:
    """The block within the log of one athlete, as `open_block` finds it. Raises BlockProblem."""
    if block and (start or end):
        raise BlockProblem("give a block or its days (start and end), not both")
    if start or end:
        first, last = _day(start, "start"), _day(end, "end")
        if last < first:
            raise BlockProblem(f"the end {last} is before the start {first}")
        return Block(log, athlete, "the days asked for", first, last, declared=False)
    if block in log.blocks["block"] or not (block or log.blocks.is_empty()):
        return _declared(log, athlete, block)
    return _proposed(log, athlete, block)


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


def _proposed(log: Log, athlete: str, name: str) -> Block:
    """A proposed block by its name, else the latest; the last six weeks where none can be proposed."""
    found, last = proposals(log), _last_day(log, athlete)
    rows = found.filter(pl.col("block") == name) if name else found.tail(1)
    if rows.is_empty() and not name:
        return _last_weeks(log, athlete)
    if rows.is_empty():
        declared, proposed = (", ".join(blocks["block"]) or "none" for blocks in (log.blocks.sort("start"), found))
        raise BlockProblem(
            f"{athlete!r} has no block {name!r}; declared blocks: {declared}; proposed blocks: {proposed}"
        )
    row = rows.row(0, named=True)
    return Block(log, athlete, row["block"], row["start"], min(row["end"], last), declared=False, why=row["why"])


def _last_weeks(log: Log, athlete: str) -> Block:
    end = _last_day(log, athlete)
    return Block(
        log, athlete, "the last six weeks", end - dt.timedelta(days=7 * DEFAULT_WEEKS - 1), end, declared=False
    )  # fmt: skip


def _declared(log: Log, athlete: str, name: str) -> Block:
    blocks, last = log.blocks.sort("start"), _last_day(log, athlete)
    begun = blocks.filter(pl.col("start") <= last)
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
