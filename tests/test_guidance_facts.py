"""The facts that the audits, the plan and the calendar give to the decision table (methods G1)."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import polars as pl
import pytest

from analysis import guidance, open_block, sample_logbook
from analysis.block import Block
from analysis.guidance import facts
from analysis.guidance.body import body
from analysis.tables import Calendar, Complaints, Plan, Wellness


@pytest.fixture(scope="module")
def ada() -> Block:
    """Block 2, 16 February to 29 March 2026, a deload in its last week; without the squad's errors, for speed."""
    return dataclasses.replace(open_block(sample_logbook(), "Ada"), squad_trials=pl.DataFrame())


def with_rows(block: Block, schema: Any, table: str, rows: list[dict[str, Any]]) -> Block:
    types = {name: column.dtype for name, column in schema.columns().items()}
    full = [dict.fromkeys(types) | {"athlete": block.athlete} | row for row in rows]
    tables: dict[str, Any] = {table: pl.DataFrame(full, schema=types)}
    return dataclasses.replace(block, log=dataclasses.replace(block.log, **tables))


def known(block: Block) -> dict[str, Any]:
    return dict(guidance.answer(block).facts)


def evenly_trained(block: Block, *weeks_off: int) -> Block:
    """The block with ten rated squat sets in each week, the one before it included, but for some weeks of the block."""
    one = block.sets.filter(pl.col("exercise") == "back_squat", pl.col("set_type").cast(pl.String) == "work").head(1)
    off = {block.start + dt.timedelta(7 * week) for week in weeks_off}
    days = pl.date_range(block.start - dt.timedelta(7), block.end, "1d", eager=True)
    done = [day for day in days if day.weekday() in (0, 3) and day - dt.timedelta(day.weekday()) not in off]
    rows = [
        one.with_columns(
            date=pl.lit(day), set_id=pl.lit(f"{day} {n}"), session_id=pl.lit(str(day)), rpe=pl.lit(8.0)
        )
        for day in done
        for n in range(5)
    ]  # fmt: skip
    sets = pl.concat(rows)
    return dataclasses.replace(block, log=dataclasses.replace(block.log, sets=sets), planned_hard_sets=None)


def test_every_fact_of_the_table_has_words() -> None:
    asked = {name for rule in guidance.table() for name in rule.inputs()}
    assert asked == set(facts.FACTS_IN_WORDS)


# --- loading weeks (C17 -> R5)


def test_after_the_deload_no_loading_week_has_passed(ada: Block) -> None:
    assert known(ada)["loading_weeks"] == 0


def test_six_loading_weeks_ask_for_a_deload(ada: Block) -> None:
    even = evenly_trained(ada)
    told = guidance.answer(even)
    assert dict(told.facts)["loading_weeks"] == 7
    assert (told.decision.rule.id, told.decision.confidence) == ("R5", "high")
    assert "many loading weeks in a row" in str(told)
    deload = {"date": ada.start + dt.timedelta(30), "kind": "other", "title": "deload week"}
    eased = with_rows(even, Calendar, "calendar", [deload])
    assert known(eased)["loading_weeks"] == 1


@pytest.mark.parametrize(("week_off", "sure"), [(1, 4), (3, 2), (4, 1), (5, 0)])
def test_an_unknown_week_leaves_the_number_open_where_a_rule_asks(ada: Block, week_off: int, sure: int) -> None:
    # if the week without a record was one of loading, seven are in a row, which R5 judges otherwise
    holed = evenly_trained(ada, week_off)
    told = guidance.answer(dataclasses.replace(holed, days_without_record="unknown"))
    assert (told.deload.low, told.deload.high) == (sure, 7)
    assert "loading_weeks" not in dict(told.facts)
    assert "R5" in dict(told.decision.skipped)
    rest = dataclasses.replace(holed, days_without_record="rest")
    assert known(rest)["loading_weeks"] == sure


def test_an_unknown_week_that_changes_no_rule_is_no_obstacle(ada: Block) -> None:
    late = pl.col("date") >= ada.start + dt.timedelta(21)  # three weeks are known, the last of them without a record
    holed = evenly_trained(ada, 5)
    log = dataclasses.replace(holed.log, sets=holed.log.sets.filter(late))
    told = guidance.answer(dataclasses.replace(holed, log=log, days_without_record="unknown"))
    assert (told.deload.low, told.deload.high) == (0, 3)
    assert dict(told.facts)["loading_weeks"] == 0


# --- jumps (C16 -> R7)


def test_a_failed_jump_is_named(ada: Block) -> None:
    assert known(ada)["aggressive_fail"] is False
    last_load = (
        (pl.col("exercise") == "back_squat")
        & (pl.col("date") >= dt.date(2026, 3, 9))
        & (pl.col("date") < dt.date(2026, 3, 16))
    )
    heavy = ada.log.sets.with_columns(
        pl.when(last_load).then(80.0).otherwise("load_kg").alias("load_kg"),
        pl.when(last_load).then(10.0).otherwise("rpe").alias("rpe"),
    )
    failed = guidance.answer(dataclasses.replace(ada, log=dataclasses.replace(ada.log, sets=heavy)))
    assert dict(failed.facts)["aggressive_fail"] is True
    assert failed.decision.rule.id == "R7"
    assert "(back squat)" in str(failed)
    unrated = heavy.with_columns(pl.lit(None, pl.Float64).alias("rpe"))
    told = dataclasses.replace(ada.log, sets=unrated)
    assert known(dataclasses.replace(ada, log=told))["aggressive_fail"] is False  # the plan's repetitions were done
    unplanned = dataclasses.replace(told, plan=told.plan.clear())
    assert "aggressive_fail" not in known(dataclasses.replace(ada, log=unplanned))


# --- adherence from a plan (R8)


def planned(block: Block, rows: list[dict[str, Any]]) -> Block:
    unstated = dataclasses.replace(block, planned_hard_sets=None)
    return with_rows(unstated, Plan, "plan", [{"exercise_raw": "Squat (Barbell)", "sets": 4} | row for row in rows])


def working_sets(block: Block, start: dt.date, days: int) -> int:
    inside = pl.col("date").is_between(start, start + dt.timedelta(days=days - 1))
    return block.sets.filter(inside, pl.col("set_type").cast(pl.String) != "warmup").height


def test_planned_sets_of_the_planned_weeks_against_done_ones(ada: Block) -> None:
    # only the first two weeks are planned: what was done later is no part of it
    rows = [
        {"date": ada.start + dt.timedelta(days), "sets": sets} for days, sets in ((0, 30), (2, 20), (7, 30), (9, 20))
    ]
    block = planned(ada, rows)
    done = working_sets(ada, ada.start, 14)
    told = guidance.answer(block)
    assert dict(told.facts)["adherence"] == pytest.approx(done / 100)
    assert f"The plan asks for 100 sets in 2 weeks of this block; {done} working sets were done ({done} %)." in str(
        told
    )


def test_a_plan_of_mostly_undone_sets_repeats_the_block(ada: Block) -> None:
    told = guidance.answer(planned(ada, [{"date": ada.start, "sets": 100}]))
    assert dict(told.facts)["adherence"] < 0.8
    assert told.decision.rule.id == "R8"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"block": "2"}, "The plan is not compared: rows without a day, 1."),
        ({"date": dt.date(2026, 2, 16), "sets": None}, "The plan is not compared: rows lack a number of sets."),
        ({"date": dt.date(2026, 1, 5)}, "The plan has no row for this block."),
        ({"block": "1"}, "The plan has no row for this block."),
        ({"date": dt.date(2026, 2, 16), "block": "1"}, "The plan has no row for this block."),
        ({"date": dt.date(2026, 2, 16), "exercise_raw": "Foam roll"}, "The plan is not compared"),
    ],
)
def test_a_plan_that_gives_no_sum_leaves_adherence_open(ada: Block, row: dict[str, Any], said: str) -> None:
    told = guidance.answer(planned(ada, [row]))
    assert "adherence" not in dict(told.facts)
    assert said in told.lines()[0][1]


def test_a_stated_number_of_hard_sets_goes_before_the_plan(ada: Block) -> None:
    both = dataclasses.replace(planned(ada, [{"date": ada.start}]), planned_hard_sets=ada.planned_hard_sets)
    assert known(both)["adherence"] == known(ada)["adherence"]
    assert "190 hard sets were planned" in str(guidance.answer(both))


def test_a_block_that_still_runs_is_not_held_against_its_plan(ada: Block) -> None:
    running = dataclasses.replace(planned(ada, [{"date": ada.start}]), planned_end=dt.date(2026, 4, 30))
    assert "adherence" not in known(running)


def test_the_plans_repetitions_are_the_targets_of_the_jumps(ada: Block) -> None:
    more = {"exercise_raw": "Standing Calf Raise (Dumbbell)", "block": "2", "reps_low": 15.0}
    told = guidance.answer(planned(ada, [more]))
    assert dict(told.facts)["aggressive_fail"] is True  # 12 done where 15 were asked for
    assert "standing calf raise" in told.lines()[3][1]


# --- A race (R4)


@pytest.mark.parametrize(
    ("title", "counts"),
    [
        ("A race: city marathon", True), ("City marathon (A)", True), ("A-race 10 km", True), ("a-race", True),
        ("city 10 km, priority A", True), ("10 km [A]", True), ("a race in the park", False), ("B race", False),
        ("Alpine run", False), (None, False), ("Race A Grade", False),
    ],
)  # fmt: skip
def test_only_a_race_that_is_called_one_counts(ada: Block, title: str | None, counts: bool) -> None:
    race = {"date": ada.end + dt.timedelta(10), "kind": "race", "title": title}
    told = guidance.answer(with_rows(ada, Calendar, "calendar", [race]))
    assert dict(told.facts).get("days_to_A_race") == (10 if counts else None)
    assert (told.decision.rule.id == "R4") == counts


def test_the_next_a_race_after_the_block_counts(ada: Block) -> None:
    days = [("race", -3), ("race", 0), ("race", 40), ("race", 20), ("quality", 5)]
    rows = [{"date": ada.end + dt.timedelta(n), "kind": kind, "title": None, "notes": "A race"} for kind, n in days]
    told = guidance.answer(with_rows(ada, Calendar, "calendar", rows))
    assert dict(told.facts)["days_to_A_race"] == 20
    assert told.decision.rule.id != "R4"
    assert "R4" not in dict(told.decision.skipped)


# --- stability (G1, emphasis)


def marked(block: Block, *, one_sided: bool, ok: bool) -> Block:
    """The block with technique told of all its sets: as `ok` says of the one-sided (or the other) ones, else ok."""
    hit = pl.col("unilateral").fill_null(value=False) == one_sided
    sets = block.log.sets.with_columns(technique_ok=pl.when(hit).then(pl.lit(ok)).otherwise(pl.lit(value=True)))
    return dataclasses.replace(block, log=dataclasses.replace(block.log, sets=sets))


def test_one_sided_work_that_is_not_clean_puts_stability_first(ada: Block) -> None:
    usual = known(marked(ada, one_sided=True, ok=True))["stability_ok"]
    assert known(marked(ada, one_sided=True, ok=False))["stability_ok"] is False
    assert known(marked(ada, one_sided=False, ok=False))["stability_ok"] == usual is not False


@pytest.mark.parametrize(
    ("kind", "days_ago", "said"),
    [
        ("niggle", 30, "Pain was not recorded in the last 7 days"),
        ("niggle", 9, "Pain was not recorded in the last 7 days"),
        ("illness", 30, "Pain was not recorded"),
        (None, 0, "Pain was not recorded"),
        ("niggle", 1, "Pain was recorded on too few days"),
    ],
)
def test_old_complaints_are_not_said_to_be_none(ada: Block, kind: str | None, days_ago: int, said: str) -> None:
    day = ada.end - dt.timedelta(days_ago)
    row = {"complaint_id": "1", "date": day, "until": day, "kind": kind, "body_part": "calf", "severity": 3.0}
    block = with_rows(ada, Complaints, "complaints", [row] if kind else [])
    quiet = with_rows(block, Wellness, "wellness", [])
    found = body(quiet)
    assert found.pain_unknown == said
    assert found.sentence().startswith(f"{said}.")
