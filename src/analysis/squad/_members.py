"""The athletes of a logbook as a squad: one block each, shown under pseudonyms, any metric asked of everybody."""

from __future__ import annotations

import datetime as dt
import inspect
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any, Final

import polars as pl

from analysis import own_tests
from analysis._reasons import in_words
from analysis.block import Block, BlockProblem, choose
from analysis.estimate import Estimate, refuse
from analysis.frames import Table
from analysis.importers._numbers import counted
from analysis.logbook import Log, Logbook
from analysis.metrics._typical_errors import squad_errors
from analysis.squad._body_mass import body_mass_kg
from analysis.squad._groups import read_groups, shown_groups
from analysis.squad._neutral import HEALTH, TABLES, bare, neutral
from analysis.squad._problem import SquadProblem
from analysis.squad._pseudonyms import key_beside, pseudonyms_of
from analysis.transforms import RETEST_GRACE_DAYS, e1rm_refusal, working

PSEUDONYM: Final = (
    "Pseudonyms, not anonymity: whoever knows how somebody trains can recognise the athlete behind a number. Hand this"
    " page on only where everybody in it agreed."
)
NAMED: Final = "This page names people. Hand it on only where everybody in it agreed."
RECOGNISED: Final = "With so few athletes everybody can be recognised."
FEW: Final = 5  # athletes; methods H8
NO_DATES: Final = "no day"
NO_LIFT: Final = "of a lift that athletes share"


@dataclass(frozen=True)
class Member:
    """One athlete of a squad: the name on pages, the block, or the reason why there is none."""

    shown: str
    real: str = field(repr=False)
    block: Block | None = field(repr=False)
    reason: str | None = None

    def frame(self, table: str) -> pl.DataFrame:
        """One table up to the block's end (trials two weeks longer), under the shown name, without typed text."""
        if self.block is None:
            raise SquadProblem(f"{self.shown} has no block here: {in_words(self.reason)}")
        found = self.block.log.calendar if table == "calendar" else getattr(self.block, table)
        return neutral(found, self.real, self.shown)


@dataclass(frozen=True, repr=False)
class Squad:
    """Everybody of a logbook, sorted by the shown name; who cannot be judged stays in, with the reason."""

    members: tuple[Member, ...]
    pseudonyms: bool
    sequence: int
    digest: str
    groups: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    errors: tuple[Estimate, ...] = ()

    def each(self, metric: Any, table: str, *, part: str = "", **options: Any) -> tuple[Estimate, ...]:
        """Ask a metric of every athlete's own block; one result per athlete, without notes, charts or free words.

        `table` is its first frame: sets, sessions, trials, runs, splits or calendar. What else it takes by these names,
        the days of the block, what a day without a record means, and the squad's typical errors (`te`) are handed in
        unless `options` say otherwise. `part` names the part of each result to take instead of the whole. Raises
        SquadProblem for health data (wellness, complaints) and unknown tables.
        """
        if wrong := [name for name in (table, *options) if name in HEALTH]:
            raise SquadProblem(
                f"{wrong[0]} are health data: they stay on the athlete's own page. Ask one athlete: open_block(...)"
            )
        if table not in TABLES:
            raise SquadProblem(f"a squad has no table {table!r}; it has {', '.join(TABLES)}")
        function = getattr(metric, "estimate", metric)
        takes = set(inspect.signature(function).parameters)
        asked = {m.shown: self._one(m, function, takes, table, options) for m in self.members if m.block is not None}
        found = {shown: _part_of(result, part) for shown, result in asked.items()}
        like = next(iter(found.values()), Estimate(_name(metric)))
        return tuple(
            bare(found[m.shown]) if m.shown in found
            else refuse(like.what, m.reason or "NO_DATA", who=m.shown, unit=like.unit, method=like.method)
            for m in self.members
        )  # fmt: skip

    def _one(self, member: Member, function: Any, takes: set[str], table: str, options: Mapping[str, Any]) -> Estimate:
        block = member.block
        assert block is not None
        offered: dict[str, Any] = {name: member.frame(name) for name in TABLES if name in takes and name != table}
        offered |= {"who": member.shown, "start": block.start, "end": block.end, "te": self.errors}
        offered |= {"days_without_record": block.days_without_record}
        given = {name: value for name, value in offered.items() if name in takes} | dict(options)
        result: Estimate = function(member.frame(table), **given)
        return result

    @cached_property
    def body_mass(self) -> dict[str, float | None]:
        """Body mass in kg by shown name, for scaling: the latest of the 90 days to the block's end; not for showing."""
        return {m.shown: None if m.block is None else body_mass_kg(m.block) for m in self.members}

    @cached_property
    def common_lift(self) -> str:
        """The loaded exercise that most athletes rated in their block, compounds first: what levels can be compared of.

        Levels of different lifts cannot be compared. Words that are no lift where nobody rated one.
        """
        lifts: Counter[tuple[bool, str]] = Counter()
        for m in self.members:
            if m.block is not None:
                lifts.update(_rated_lifts(m.block))
        if not lifts:
            return NO_LIFT
        (_, name), _ = min(lifts.items(), key=lambda item: (not item[0][0], -item[1], item[0][1]))
        return name

    @property
    def present(self) -> tuple[Member, ...]:
        """The athletes with a block that holds something."""
        return tuple(m for m in self.members if m.reason is None)

    @property
    def real_names(self) -> dict[str, str]:
        """Shown name to real name: for whoever keeps the logbook, and not for a page."""
        return {m.shown: m.real for m in self.members}

    @property
    def roster(self) -> Table:
        """Who is in it, with what, and who is not, with the reason."""
        rows = [_roster_row(m, self.groups.get(m.shown)) for m in self.members]
        labels = {"athlete": "Athlete", "group": "Group", "days": "Days", "sessions": "Gym sessions"}
        labels |= {"missing": "Not in it, because"}
        frame = pl.DataFrame(rows, schema=list(labels), orient="row", infer_schema_length=None)
        empty = [c for c in ("group", "missing") if frame[c].null_count() == frame.height]
        empty += ["days"] if frame["days"].n_unique() == 1 else []  # they stand above
        return Table(frame.drop(empty), "roster", labels)

    def missing(self, *asked: Estimate) -> Table:
        """Who has no number for which of these questions (results with one part per athlete), and why."""
        absent = {m.shown: in_words(m.reason) for m in self.members if m.reason is not None}
        rows = [(shown, "every question", why) for shown, why in absent.items()]
        for result in asked:
            question = result.what.rsplit(", squad ", 1)[0]
            rows += [(p.who, question, in_words(p.reason)) for p in result.parts if not p.ok and p.who not in absent]
        labels = {"athlete": "Athlete", "question": "Question", "why": "Not estimable, because"}
        frame = pl.DataFrame(rows, schema=list(labels), orient="row").sort("athlete", maintain_order=True)
        return Table(frame, "missing", labels, empty="Everybody has a number for every question.")

    @property
    def title(self) -> str:
        """The heading of the page."""
        return f"Squad, {self.days}"

    @property
    def file_name(self) -> str:
        """The name of the page's file, without its ending."""
        blocks = [m.block for m in self.members if m.block is not None]
        return f"squad-{min(b.start for b in blocks)}-to-{max(b.end for b in blocks)}" if blocks else "squad"

    @property
    def days(self) -> str:
        """From the first day of the first block to the last day of the last one."""
        blocks = [m.block for m in self.members if m.block is not None]
        if not blocks:
            return NO_DATES
        return f"{min(b.start for b in blocks):%d %b %Y} to {max(b.end for b in blocks):%d %b %Y}"

    def __repr__(self) -> str:
        return f"<squad of {len(self.members)}, {self.days}>"

    def __str__(self) -> str:
        return " ".join(self.lines())

    def lines(self) -> tuple[str, ...]:
        """How many athletes, which days, and how the page may be used."""
        n, there = len(self.members), len(self.present)
        kept = "" if n == there else f"; of {n - there} nothing can be said, see below"
        said = f"{counted(n, 'athlete')}, {self.days}{kept}."
        privacy = PSEUDONYM if self.pseudonyms else NAMED
        return (said, privacy, *((RECOGNISED,) if self.pseudonyms and n < FEW else ()), *self.notes)

    def _repr_html_(self) -> str:
        first, *rest = (escape(line) for line in self.lines())
        return f'<p class="block">{first}</p>' + "".join(f"<p>{line}</p>" for line in rest)


def open_squad(
    logbook: str | Path | Logbook, start: str = "", end: str = "", block: str = "", as_of: int = 0, *,
    pseudonyms: bool = True, groups: str = "",
) -> Squad:  # fmt: skip
    """Every athlete of a logbook with the block of that name, the days asked for, or the latest block of each.

    `groups` is a CSV file with the columns athlete and group; under pseudonyms groups of fewer than 5 athletes are
    joined. Pseudonyms need the file `squad-key` beside the logbook, which is made once. Raises SquadProblem where
    nobody has the block, BlockProblem for days that are none, LogbookProblem for the logbook and the key.
    """
    if block and (start or end):
        raise BlockProblem("give a block or its days (start and end), not both")
    book = logbook if isinstance(logbook, Logbook) else Logbook(logbook)
    log = book.log(as_of=as_of or None)
    shown = _shown(log, book, pseudonyms=pseudonyms)
    members = _members(log, shown, (block, start, end))
    if block and all(m.block is None for m in members):
        declared = ", ".join(log.blocks["block"].unique().sort()) or "none"
        raise SquadProblem(f"nobody has a block {block!r} to look at; declared blocks: {declared}")
    trials, own = book.table("trials", log.sequence), own_tests.beside(book.path)
    told: dict[str, Any] = {"book": book, "squad_trials": trials, "own_tests": own}
    members = [m if m.block is None else replace(m, block=replace(m.block, **told)) for m in members]
    given = {shown[name]: group for name, group in read_groups(Path(groups), shown).items()} if groups else {}
    labels, notes = shown_groups(given) if pseudonyms else (given, ())
    everybody = tuple(sorted(members, key=lambda m: m.shown))
    return Squad(everybody, pseudonyms, log.sequence, log.digest, labels, notes, squad_errors(trials, own))


def _shown(log: Log, book: Logbook, *, pseudonyms: bool) -> dict[str, str]:
    known = [(row["import_seq"], row["athlete"]) for row in log.athletes.iter_rows(named=True)]
    return pseudonyms_of(known, key_beside(book.path)) if pseudonyms else {name: name for _, name in known}


def _members(log: Log, shown: Mapping[str, str], asked: tuple[str, str, str]) -> list[Member]:
    if log.athletes.is_empty():
        raise SquadProblem("this logbook knows no athlete yet: import a training log or a re-test sheet first")
    return [_member(log.only(name), name, label, asked) for name, label in shown.items()]


def _member(log: Log, name: str, label: str, asked: tuple[str, str, str]) -> Member:
    block, start, end = asked
    dated = pl.concat([log.sessions["date"], log.trials["date"]])
    if dated.is_empty():
        return Member(label, name, None, "NO_DATA")
    if block and block not in log.blocks["block"].to_list():
        return Member(label, name, None, "NO_SUCH_BLOCK")
    try:
        found = choose(log, name, *asked)
    except BlockProblem:
        if start or end:  # days that are none are nobody's in particular
            raise
        return Member(label, name, None, "BLOCK_NOT_BEGUN")
    held = dated.is_between(found.start, found.end + dt.timedelta(days=RETEST_GRACE_DAYS)).any()
    return Member(label, name, found, None if held else "NOTHING_IN_BLOCK")


def _rated_lifts(block: Block) -> set[tuple[bool, str]]:
    """Which loaded exercises were rated in the block, each once, and whether they are compounds."""
    rated = pl.col("rpe").is_not_null() | pl.col("rir").is_not_null()
    fits = e1rm_refusal().is_null() & (pl.col("load_kg") > 0) & rated & pl.col("exercise").is_not_null()
    inside = working(block.sets.filter(pl.col("date") >= block.start).filter(fits))
    return set(inside.select((pl.col("exercise_class") == "compound").fill_null(value=False), "exercise").iter_rows())


def _roster_row(member: Member, group: str | None) -> tuple[Any, ...]:
    block, missing = member.block, in_words(member.reason) or None
    if block is None:
        return member.shown, group, None, None, missing
    days = f"{block.start:%d %b %Y} to {block.end:%d %b %Y}"
    sessions = block.sets.filter(pl.col("date") >= block.start)["session_id"].n_unique()
    return member.shown, group, days, sessions, missing


def _part_of(result: Estimate, part: str) -> Estimate:
    """The part called so; where the whole was refused before it had that part, its refusal under the part's name."""
    if not part:
        return result
    lost = not result.ok and part not in {p.what for p in result.parts}
    return replace(result, what=part) if lost else result.part(part)


def _name(metric: Any) -> str:
    """A metric's name in words, where nobody can be asked."""
    return str(getattr(metric, "__name__", metric)).rsplit(".", 1)[-1].replace("_", " ")
