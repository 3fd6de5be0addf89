"""What a plan does around races, travel, re-tests and painful sites: found by random calendars (methods G3)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from analysis.guidance import Answer
from analysis.guidance._plan_days import Race, Running, next_retest, race_ahead, running
from analysis.guidance._plan_lifts import Lift
from analysis.guidance._plan_work import _for_more
from analysis.guidance.plan import next_block
from analysis.stats.plan_load import next_load
from test_plan import DAY, LOWER, asked, planned

MONDAY = dt.date(2026, 4, 27)
EASY: dict[int, str] = dict.fromkeys(range(7), "easy")


def with_days(source: Answer, days: dict[dt.date, tuple[str, ...]]) -> Answer:
    """The answer with these kinds of days alone in the calendar."""
    calendar = source.block.log.calendar
    rows = [
        dict.fromkeys(calendar.schema) | {"date": day, "kind": kind, "athlete": source.block.athlete, "source_row": 1}
        for day, kinds in days.items()
        for kind in kinds
    ]
    log = replace(source.block.log, calendar=pl.DataFrame(rows, schema=calendar.schema))
    return replace(source, block=replace(source.block, log=log))


@pytest.mark.parametrize("kinds", [("race", "travel"), ("travel", "race"), ("travel", "quality"), ("gym", "race")])
def test_a_race_on_a_day_of_travel_is_a_race(kinds: tuple[str, ...]) -> None:
    days = {MONDAY + n * DAY: ("easy",) for n in range(42)} | {MONDAY + 5 * DAY: kinds}
    source = with_days(asked("Ada"), days)
    hard = next(kind for kind in kinds if kind in ("race", "quality"))
    assert running(source.block, MONDAY).kind(MONDAY + 5 * DAY) == hard
    plan = next_block(source, start=MONDAY)
    assert MONDAY + 4 * DAY not in plan.rows["date"].to_list()


def test_travel_takes_the_place_of_an_easy_run() -> None:
    source = with_days(asked("Ada"), {MONDAY: ("easy", "travel"), MONDAY + DAY: ("gym",)})
    known = running(source.block, MONDAY)
    assert [known.kind(MONDAY), known.kind(MONDAY + DAY)] == ["travel", "rest"]


def test_a_re_test_after_the_block_waits_two_days_after_its_last_session() -> None:
    known, end = Running({}, EASY, (), ()), MONDAY
    assert next_retest(known, end, None) == end + DAY
    assert next_retest(known, end, end) == end + 2 * DAY
    assert next_retest(known, end, end - DAY) == end + DAY


def test_of_two_races_the_main_one_halves_the_sets_and_both_spare_the_legs() -> None:
    minor, main = Race(MONDAY + 2 * DAY, main=False, title="parkrun"), Race(MONDAY + 6 * DAY, main=True, title="A")
    known = Running({}, EASY, (minor, main), ())
    assert race_ahead(known, MONDAY) == (main, True)
    assert race_ahead(known, MONDAY - DAY) == (main, False)
    assert race_ahead(known, MONDAY - 2 * DAY) == (None, False)
    assert race_ahead(known, main.date - 3 * DAY) == (main, True)


def test_a_painful_trunk_or_balance_gets_no_new_exercise() -> None:
    source = asked("Goran", "refer_physio")
    no_trunk = source.block.log.sets.filter(~pl.col("exercise_raw").str.contains(r"(?i)plank|dead bug|pallof"))
    block = replace(source.block, log=replace(source.block.log, sets=no_trunk))
    for pattern in ("core_anti", "balance"):
        rows = next_block(replace(source, block=block), affected=(pattern,)).rows
        assert rows.height
        assert pattern not in rows["pattern"].to_list()


def test_where_all_work_loads_the_site_there_is_no_plan_and_the_reason() -> None:
    every: tuple[Any, ...] = (*LOWER, "balance", "pull", "push", "core_anti", "core_other", "isolation")
    plan = next_block(asked("Bruno", "refer_physio"), affected=every)
    assert plan.rows.is_empty()
    assert "spares the painful site" in plan.conflicts[0]


def test_contacts_do_not_rise_for_a_week_without_jumps() -> None:
    plan = next_block(asked("Ada", "progress", "power_plyo", tuple((day, "parkrun") for day in (9, 11, 13, 15))))
    per_week = (
        plan.rows.filter(pattern="plyo", kind="load")
        .group_by("week", "date", maintain_order=True)
        .agg((pl.col("sets") * pl.col("reps_low")).sum().alias("contacts"))
        .unique("week", keep="first", maintain_order=True)
    )
    assert 2 not in per_week["week"]
    assert [int(n) for n in per_week["contacts"]][:2] == [42, 48]


def test_a_deload_of_the_smallest_weight_is_not_called_lighter() -> None:
    rows = next_block(asked("Dora", "progress"), plates=10.0).rows.filter(exercise="Bulgarian Split Squat")
    light = rows.filter(kind="deload")
    assert light["load_kg"].unique().to_list() == rows["load_kg"].unique().to_list() == [10.0]
    assert not light["notes"].str.contains("lighter").any()


def test_a_halved_step_at_the_top_of_the_range_is_still_two_per_cent() -> None:
    """Half of 32.5 to 34 kg is less than 2 %, and no repetition is left: the first plate from 2 % on (methods C16)."""
    found = next_load(32.5, step_kg=0.5, reps=8, halved=True)
    assert (found.load_kg, found.reps) == (33.5, 6)
    assert next_load(32.5, step_kg=0.5, reps=7, halved=True).how == "reps"


def test_contacts_do_not_rise_in_the_weeks_of_an_a_race() -> None:
    source = asked("Ada", "progress", "power_plyo", ((14, "10 km (A race)"),))
    rows = next_block(source).rows.filter(pattern="plyo", exercise="Pogo", kind="load")
    assert rows.filter(week=2).is_empty()
    assert rows.filter(week=3)["reps_low"][0] <= 12.0


def test_one_race_in_the_calendar_does_not_empty_the_plan() -> None:
    """Bruno has no running week: his own weekdays stand, less those that the one race forbids."""
    none, one = planned("Bruno"), planned("Bruno", races=((19, "goal race (A race)"),))
    assert none.rows.height
    assert one.rows.height
    race = one.start + 18 * DAY  # the plan starts on the day after the block
    days = one.rows["date"].unique().to_list()
    assert not {race, race - DAY, race + DAY, race + 2 * DAY} & set(days)
    assert set(days) <= set(none.rows["date"].unique().to_list())


def test_a_single_at_a_heavy_load_does_not_become_eight_of_them() -> None:
    lift = Lift("bench press", "Bench Press", "push", "compound", False, "barbell", 1.0, 9, 3, 1.0, None, None, 2.5,
                last_kg=105.0, last_reps=1.0)  # fmt: skip
    assert _for_more(lift, 8, 2.0) == 77.5  # 105 / (1 + 10 / 30) = 78.75
    assert _for_more(replace(lift, last_reps=8.0), 8, 2.0) == 105.0
    assert _for_more(replace(lift, last_reps=None), 8, 2.0) == 105.0
    assert _for_more(replace(lift, last_kg=None), 8, 2.0) is None
