"""Proposed blocks: every rule of the docstring on hand-made logs, known truth in simulated ones, sense in real ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis import importers, sample_logbook
from analysis.block import proposals
from analysis.block_proposals import propose, undeclared
from analysis.importers import Context
from analysis.logbook import Logbook
from analysis.tables import Calendar, Trials
from frames_for_tests import DAY, sessions_frame, sets_frame

LOGS = Path(__file__).parents[2] / "shared" / "logs"
NO_SESSIONS = sessions_frame([])
NO_TRIALS = Trials.create_empty()
MONDAY = [DAY + dt.timedelta(weeks=k) for k in range(60)]


def gym(*weeks: int, first: int = 0, days: Iterable[int] = (0, 3)) -> pl.DataFrame:
    """Rated sets: so many in each of the sessions of a week (0: no session), from week `first` on."""
    rows = [
        {"day": 7 * (first + k) + day, "load_kg": 60.0, "reps": 5, "rir": 2}
        for k, n in enumerate(weeks)
        for day in days
        for _ in range(n)
    ]
    return sets_frame(rows)


def distinct(*parts: pl.DataFrame) -> pl.DataFrame:
    """One log of several parts, each set with an id of its own."""
    return pl.concat(parts).with_columns(pl.format("x{}", pl.int_range(pl.len())).alias("set_id"))


def trials_on(*days: int) -> pl.DataFrame:
    types = {name: column.dtype for name, column in Trials.columns().items()}
    rows = [dict.fromkeys(types) | {"athlete": "Ada", "date": DAY + dt.timedelta(days=day)} for day in days]
    return pl.DataFrame(rows, schema=types)


def found(sets: pl.DataFrame, **more: Any) -> list[tuple[str, int, int, str]]:
    """Name, first week (from 0), weeks, reason of every proposed block; Mondays and Sundays are checked on the way."""
    frame = propose(sets, more.pop("sessions", NO_SESSIONS), more.pop("trials", NO_TRIALS), **more)
    rows = frame.iter_rows(named=True)
    told = [(r["block"], (r["start"] - DAY).days / 7, r["weeks"], r["why"], (r["end"] - r["start"]).days) for r in rows]
    assert all(days == 7 * weeks - 1 and first == int(first) for _, first, weeks, _, days in told)
    return [(block, int(first), weeks, why) for block, first, weeks, why, _ in told]


def test_a_block_ends_with_its_deload_week() -> None:
    assert found(gym(10, 10, 10, 10, 10, 5, 10, 10, 10, 5)) == [
        ("P1", 0, 6, "ends with the deload week of 9 Feb 2026"),
        ("P2", 6, 4, "the log of the gym ends on 12 Mar 2026"),
    ], "the last week of the log is not judged: sessions may still follow"
    assert found(gym(10, 10, 10, 5, 5, 10, 10, 10))[0] == ("P1", 0, 5, "ends with the 2 light weeks from 26 Jan 2026")
    assert found(gym(10, 10, 10, 5, 5, 5, 10, 10, 10))[0][2:] == (6, "ends with the 3 light weeks from 26 Jan 2026")


def test_missed_sessions_are_no_deload() -> None:
    sets = distinct(gym(10, 10, 10), gym(10, first=3, days=(0,)), gym(10, 10, 10, first=4))
    assert [row[1:3] for row in found(sets)] == [(0, 7)]


def test_the_calendar_names_a_deload_that_no_number_shows() -> None:
    types = {name: column.dtype for name, column in Calendar.columns().items()}
    day = {"athlete": "Ada", "date": MONDAY[3], "title": "Deload week", "kind": "other"}
    calendar = pl.DataFrame([dict.fromkeys(types) | day], schema=types)
    assert found(gym(10, 10, 10, 10, 10, 10), calendar=calendar) == [
        ("P1", 0, 4, "ends with the deload week of 26 Jan 2026"),
        ("P2", 4, 2, "the log of the gym ends on 12 Feb 2026"),
    ]


def test_a_light_return_after_a_gap_ends_nothing() -> None:
    blocks = found(distinct(gym(10, 10, 10, 10), gym(4, 4, 10, 10, 10, first=7)))
    assert [row[1:3] for row in blocks] == [(0, 4), (7, 5)]
    assert blocks[0][3] == "a gap of 24 days follows"


@pytest.mark.parametrize(("day", "weeks"), [(28, 4), (30, 4), (31, 5), (34, 5), (27, 4), (24, 4), (23, 3)])
def test_a_retest_ends_its_week_from_thursday_on_and_else_the_week_before(day: int, weeks: int) -> None:
    told = DAY + dt.timedelta(days=day)
    assert found(gym(*[10] * 8), trials=trials_on(day))[0] == (
        "P1", 0, weeks, f"re-test on {told.day} {told:%b %Y}"
    )  # fmt: skip


def test_test_days_of_one_week_are_one_retest_and_tests_every_week_are_monitoring() -> None:
    assert found(gym(*[10] * 8), trials=trials_on(25, 27)) == found(gym(*[10] * 8), trials=trials_on(27))
    weekly = trials_on(*range(5, 56, 7))
    assert [row[1:3] for row in found(gym(*[10] * 8), trials=weekly)] == [(0, 8)]


def test_a_deload_and_a_retest_in_the_week_after_are_one_end() -> None:
    first = found(gym(10, 10, 10, 5, 10, 10, 10), trials=trials_on(33))[0]
    assert first == ("P1", 0, 5, "ends with the deload week of 26 Jan 2026; re-test on 7 Feb 2026")


def test_a_retest_before_or_long_after_the_training_ends_nothing() -> None:
    assert [row[1:3] for row in found(gym(*[10] * 4, first=4), trials=trials_on(0, 26))] == [(4, 4)]
    assert found(gym(*[10] * 4), trials=trials_on(75))[0][3] == "the log of the gym ends on 29 Jan 2026"
    assert found(gym(*[10] * 4), trials=trials_on(35))[0][3].startswith("re-test on 9 Feb 2026")


@pytest.mark.parametrize(("empty", "blocks"), [(13, 1), (14, 1), (15, 2), (40, 2)])
def test_more_than_14_days_without_a_session_begin_another_segment(empty: int, blocks: int) -> None:
    first = [{"day": day, "load_kg": 60.0, "reps": 5, "rir": 2} for day in (0, 3, 7, 10)]
    again = [row | {"day": row["day"] + 11 + empty} for row in first]
    told = found(sets_frame([*first, *again]))
    assert len(told) == blocks
    assert (told[0][3] == f"a gap of {empty} days follows") == (blocks == 2)


@pytest.mark.parametrize(
    ("weeks", "lengths"), [(1, []), (2, [2]), (8, [8]), (9, [6, 3]), (14, [6, 8]), (15, [6, 6, 3]), (20, [6, 6, 8])]
)
def test_where_nothing_tells_an_end_blocks_are_cut_after_six_weeks(weeks: int, lengths: list[int]) -> None:
    told = found(gym(*[10] * weeks))
    assert [row[2] for row in told] == lengths
    assert all(row[3] == "nothing in the log marks an end; cut after 6 weeks" for row in told[:-1])


def test_an_end_that_comes_too_soon_is_passed_over_and_a_single_last_week_is_no_block() -> None:
    assert [row[1:3] for row in found(gym(*[10] * 4), trials=trials_on(5))] == [(0, 4)]
    assert [row[1:3] for row in found(gym(*[10] * 5), trials=trials_on(27))] == [(0, 4)]


def test_runs_count_only_where_there_is_no_gym_session() -> None:
    runs = sessions_frame({"day": day} for day in range(0, 84, 2)).with_columns(pl.lit("run").alias("kind"))
    assert [row[2] for row in found(sets_frame([]), sessions=runs)] == [6, 6]
    assert [row[1:3] for row in found(gym(10, 10, 10), sessions=runs)] == [(0, 3)]


def test_without_any_effort_or_load_gaps_and_length_still_tell() -> None:
    bare = gym(10, 10, 10, 5, 10, 10).with_columns(pl.lit(None, pl.Float64).alias(c) for c in ("load_kg", "rir"))
    assert [row[1:3] for row in found(bare)] == [(0, 6)]


def test_order_repeats_and_pandas_change_nothing() -> None:
    sets, trials = gym(10, 10, 10, 10, 10, 5, 10, 10, 10), trials_on(40, 41, 75)
    expected = propose(sets, NO_SESSIONS, trials)
    mixed = pl.concat([sets, sets]).sample(fraction=1.0, shuffle=True, seed=2)
    assert propose(mixed, NO_SESSIONS, trials.reverse()).equals(expected)
    from_pandas: Any = [frame.to_pandas() for frame in (sets, NO_SESSIONS, trials)]
    assert propose(*from_pandas)["why"].to_list() == expected["why"].to_list()


def test_nothing_one_day_and_several_athletes() -> None:
    assert propose(sets_frame([]), NO_SESSIONS, NO_TRIALS).columns == ["block", "start", "end", "weeks", "why"]
    assert found(sets_frame([]), trials=trials_on(3)) == []
    assert found(gym(10, days=(2,))) == []
    with pytest.raises(ValueError, match="one athlete"):
        propose(sets_frame([{"day": 0}, {"day": 1, "athlete": "Bea"}]), NO_SESSIONS, NO_TRIALS)


def test_undeclared_leaves_out_what_shares_a_day() -> None:
    proposed = propose(gym(*[10] * 14), NO_SESSIONS, NO_TRIALS)
    one_day = pl.DataFrame({"start": [MONDAY[5]], "end": [MONDAY[5]]})
    assert undeclared(proposed, one_day)["block"].to_list() == ["P2"]
    assert undeclared(proposed, one_day.clear()).height == proposed.height


def test_the_blocks_of_the_sample_are_found_from_its_logs() -> None:
    log = sample_logbook().log()
    ends = {name: proposals(log.only(name))["end"].to_list() for name in log.athletes["athlete"]}
    true = {dt.date(2026, 2, 15), dt.date(2026, 3, 29)}
    assert len(ends) == 8
    exact = [name for name, days in ends.items() if set(days) == true]
    assert len(exact) >= 6, ends  # two lose weeks of training, which looks like a deload or is a gap
    assert all(dt.date(2026, 3, 29) in days for days in ends.values())


def test_deload_weeks_of_noisy_logs_are_found_and_nothing_else_is() -> None:
    rng = np.random.default_rng(20261124)
    right, wrong, true = 0, 0, 0
    for _ in range(30):
        plan = np.array([20, 20, 20, 20, 10, 20, 20, 20, 20, 20, 10, 20, 20, 20, 20])
        per_session = np.maximum(1, np.rint(plan / 2 * np.exp(rng.normal(0, 0.10, plan.size)))).astype(int)
        ends = {row[1] + row[2] - 1 for row in found(gym(*per_session.tolist())) if "deload" in row[3]}
        right, wrong, true = right + len(ends & {4, 10}), wrong + len(ends - {4, 10}), true + 2
    assert right / true >= 0.9
    assert wrong <= 3


@pytest.mark.parametrize(
    "file", sorted(LOGS.glob("hevy/*.csv")) + sorted(LOGS.glob("strong/*.csv")), ids=lambda path: path.stem
)
def test_real_logs_give_blocks_that_make_sense(tmp_path: Path, file: Path) -> None:
    book = Logbook(tmp_path / "real.duckdb")
    book.add(importers.read(file, Context(athlete="A", unit="kg")), file.name)
    log = book.log()
    rows = proposals(log).rows(named=True)
    days = log.sets["date"].unique().sort().to_list()
    gaps = {(b - a).days - 1: a for a, b in pairwise(days) if (b - a).days > 15}
    assert rows
    for row in rows:
        assert (row["start"].weekday(), row["end"].weekday()) == (0, 6)
        assert 2 <= row["weeks"] <= 8
        assert any(row["start"] <= day <= row["end"] for day in days)
        if "gap" in row["why"]:
            assert row["start"] <= gaps[int(row["why"].split()[3])] <= row["end"]
    assert all(one["end"] < other["start"] for one, other in pairwise(rows))
