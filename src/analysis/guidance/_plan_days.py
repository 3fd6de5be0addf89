"""When the next block takes place: the runs of its days, its races, its gym days and the day of its re-test (G3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from analysis.block import Block
from analysis.guidance.facts import A_RACE
from analysis.metrics._run_days import RUN_KINDS
from analysis.stats.gym_days import EASY_RUNS, HARD_RUNS, MOST, GymDays, gym_days
from analysis.transforms import loading

PATTERN_WEEKS: Final = 4  # the weekdays of so many weeks stand for those to come
A_RACE_DAYS, B_RACE_DAYS, HEAVY_DAYS_BEFORE_A, HEAVY_DAYS_BEFORE_B = 7, 2, 4, 2
RETEST_AFTER_RACE_DAYS: Final = 4  # 72 h are over on the fourth day, at whatever hour the race was
RETEST_AFTER_GYM_DAYS: Final = 2
SEASON_DAYS: Final = 42  # an A race so near means two sessions a week
DAY: Final = dt.timedelta(days=1)
MOSTLY: Final = 4  # days of a week whose runs must be known before the others count as not free


@dataclass(frozen=True)
class Race:
    """A race of the calendar; an A race is one that its title or notes call so."""

    date: dt.date
    main: bool
    title: str


@dataclass(frozen=True)
class Running:
    """What is known of the runs to come: the kinds by day, by weekday where no day is told, and the races."""

    told: Mapping[dt.date, str]
    usual: Mapping[int, str]
    races: tuple[Race, ...]
    habit: tuple[int, ...]

    def kind(self, day: dt.date) -> str | None:
        """The kind of the run of a day; None where nobody knows."""
        return self.told.get(day) or self.usual.get(day.weekday())

    def week_known(self, first: dt.date) -> bool:
        """Whether the runs of most of the seven days from `first` are known; one race alone is no running week."""
        return sum(self.kind(first + n * DAY) is not None for n in range(7)) >= MOSTLY

    def barred(self, day: dt.date) -> bool:
        """Whether a run that is known, or a race, forbids the gym on this day; what is not known does not."""
        taken = self.kind(day) not in (None, *EASY_RUNS) or self.kind(day + DAY) in HARD_RUNS
        return taken or any(0 <= (day - race.date).days <= B_RACE_DAYS for race in self.races)


def running(block: Block, start: dt.date) -> Running:
    """The calendar from `start` on; the weekdays of the weeks before it; the gym's own weekdays."""
    rows = block.log.calendar.select("date", pl.col("kind").cast(pl.String), "title", "notes")
    kinds = {kind: place for place, kind in enumerate(RUN_KINDS)}
    runs = rows.filter(pl.col("kind").is_in(RUN_KINDS))
    hardest = runs.sort(pl.col("kind").replace_strict(kinds, return_dtype=pl.Int8), maintain_order=True)
    by_day = dict(hardest.unique("date", keep="first", maintain_order=True).select("date", "kind").iter_rows())
    taken = rows.filter(pl.col("kind").is_in(["gym", "travel"]) & (pl.col("date") >= start))
    for day, kind in taken.select("date", "kind").iter_rows():
        run = by_day.get(day, "rest")
        by_day[day] = "travel" if kind == "travel" and run not in HARD_RUNS else run  # who travels to a race still runs
    before = {day: kind for day, kind in by_day.items() if start - PATTERN_WEEKS * 7 * DAY <= day < start}
    if not before:  # a block that is planned later than its log ends
        last = max((day for day in by_day if day < start), default=start)
        before = {day: kind for day, kind in by_day.items() if last - PATTERN_WEEKS * 7 * DAY < day < start}
    told = {day: kind for day, kind in by_day.items() if day >= start - 2 * DAY}
    return Running(told, _usual(before), _races(rows, start), _habit(block))


def _usual(by_day: Mapping[dt.date, str]) -> dict[int, str]:
    """The commonest kind of each weekday, the harder one of two; a race is no habit."""
    found: dict[int, str] = {}
    for weekday in range(7):
        kinds = [kind for day, kind in by_day.items() if day.weekday() == weekday and kind in RUN_KINDS[1:]]
        if kinds:
            found[weekday] = max(RUN_KINDS[1:], key=lambda kind: (kinds.count(kind), -RUN_KINDS.index(kind)))
    return found


def _races(rows: pl.DataFrame, start: dt.date) -> tuple[Race, ...]:
    main = pl.any_horizontal(pl.col("title", "notes").str.contains(A_RACE).fill_null(value=False)).alias("main")
    near = rows.filter(pl.col("kind") == "race", pl.col("date") >= start - 3 * DAY).sort("date", maintain_order=True)
    return tuple(Race(*row) for row in near.select("date", main, pl.col("title").fill_null("")).iter_rows())


def _habit(block: Block) -> tuple[int, ...]:
    """The weekdays on which most gym sessions of the last weeks took place, at most three, in order."""
    since = block.end - 2 * PATTERN_WEEKS * 7 * DAY
    days = loading(block.sets.filter(pl.col("date") > since)).select(pl.col("date").unique())
    counts = days.group_by(pl.col("date").dt.weekday() - 1).len().sort("len", "date", descending=[True, False])
    return tuple(sorted(counts["date"].head(MOST).to_list()))


def wanted_days(block: Block, known: Running, start: dt.date, weeks: int) -> int:
    """Two sessions with an A race near, else as many as the log's own weeks held, two or three."""
    last = start + (7 * weeks + SEASON_DAYS) * DAY
    if any(race.main and race.date <= last for race in known.races):
        return 2
    gym = loading(block.sets.filter(pl.col("date") >= block.start)).select(pl.col("date").unique())
    per_week = gym.group_by(pl.col("date").dt.truncate("1w")).len()["len"].median()
    return 3 if isinstance(per_week, float) and per_week > 2 else 2


def week_days(
    known: Running, monday: dt.date, want: int, last: dt.date | None, *, until: dt.date | None = None, least: int = 2
) -> GymDays:
    """The gym days of the seven days from `monday`; none before the second day after `last`, none after `until`."""
    days = [monday + n * DAY for n in range(7)]
    blocked = {n for n, day in enumerate(days, 1) if until is not None and day > until}
    earliest = 1 if last is None else (last - monday).days + 3
    if not known.week_known(monday):
        barred = {n for n, day in enumerate(days, 1) if known.barred(day)}
        return _by_habit(known, days, want, blocked | barred | set(range(1, earliest)))
    before = [known.kind(monday - 2 * DAY), known.kind(monday - DAY)]
    kinds = [known.kind(day) for day in days]
    after = known.kind(monday + 7 * DAY)
    return gym_days(kinds, want, before=before, after=after, earliest=earliest, blocked=blocked, least=least)


def _by_habit(known: Running, days: Sequence[dt.date], want: int, blocked: Collection[int]) -> GymDays:
    """The gym's own weekdays where most runs are not known, as far as they are two days apart."""
    chosen: list[int] = []
    for n, day in enumerate(days, 1):
        if day.weekday() in known.habit and n not in blocked and len(chosen) < want and n - 1 not in chosen:
            chosen.append(n)
    return GymDays("caution", None, tuple(chosen), tuple(chosen))


def retest_day(known: Running, monday: dt.date, want: int, last: dt.date | None) -> tuple[dt.date | None, GymDays]:
    """The re-test in the second half of a deload week and the gym days before it, as many as it leaves room for.

    The day is easy or rest, no quality run or race follows, no A race is near, 72 h have passed since a race, and the
    last session is two days past. None where no day of the week can hold it.
    """
    options = []
    for n in range(3, 7 if known.week_known(monday) else 6):  # nobody knows of a Sunday without its long run
        day = monday + n * DAY
        if retest_fits(known, day):
            found = week_days(known, monday, want, last, until=day - RETEST_AFTER_GYM_DAYS * DAY, least=1)
            options.append((len(found.days), day, found))
    if not options:
        return None, week_days(known, monday, want, last, least=1)
    _, day, found = max(options, key=lambda option: option[:2])
    return day, found


def retest_fits(known: Running, day: dt.date) -> bool:
    """Whether a day is free for a re-test by its run, the next day and the races around it."""
    unknown = known.kind(day) is None
    if (unknown and known.week_known(day - 3 * DAY)) or (not unknown and known.kind(day) not in EASY_RUNS):
        return False
    if known.kind(day + DAY) in HARD_RUNS:
        return False
    gaps = [(race, (day - race.date).days) for race in known.races]
    after = any(0 <= gap < RETEST_AFTER_RACE_DAYS for _, gap in gaps)
    return not after and not any(race.main and -A_RACE_DAYS <= gap < 0 for race, gap in gaps)


def next_retest(known: Running, end: dt.date, last: dt.date | None) -> dt.date | None:
    """The first of the ten days after the block on which the re-test is possible, two days after its last session."""
    days = [end + n * DAY for n in range(1, 11)]
    rested = [day for day in days if last is None or (day - last).days >= RETEST_AFTER_GYM_DAYS]
    return next((day for day in rested if retest_fits(known, day)), None)


def race_ahead(known: Running, day: dt.date) -> tuple[Race | None, bool]:
    """The race that a session of this day must give way to, an A race first, and whether the legs stay unloaded."""
    ahead = [(race, (race.date - day).days) for race in known.races]
    near = [(race, left) for race, left in ahead if 0 <= left <= (A_RACE_DAYS if race.main else HEAVY_DAYS_BEFORE_B)]
    unloaded = any(left < HEAVY_DAYS_BEFORE_A for _, left in near)
    return next((race for race, _ in near if race.main), near[0][0] if near else None), unloaded
