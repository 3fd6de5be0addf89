"""Planned against actual (`load_adherence`): counts by hand, what stays open, missed sessions with reasons."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis import sample_logbook
from analysis.block import choose
from analysis.estimate import Estimate, each
from analysis.guidance.facts import plan_sheet
from analysis.metrics import load_adherence
from analysis.metrics.load_adherence import (
    BY_NAME,
    DONE_KG,
    DONE_SETS,
    HELD,
    MISSED,
    MOVED,
    PLANNED_KG,
    PLANNED_SETS,
    SESSIONS,
)
from analysis.tables import Calendar, Complaints, Plan
from frames_for_tests import DAY, REVERSE_LUNGE, sessions_frame, sets_frame

BLOCK: dict[str, Any] = {"who": "Ada", "start": DAY, "end": DAY + dt.timedelta(days=13)}
SQUAT, FRONT, STRETCH = "Squat (Barbell)", "Front Squat (Barbell)", "Hamstring Stretch"


def table(schema: Any, *rows: dict[str, Any]) -> pl.DataFrame:
    types = {name: column.dtype for name, column in schema.columns().items()}
    known = {"athlete": "Ada", "source": "test", "source_row": 1}
    full = [dict.fromkeys(types) | known | {"date": DAY + dt.timedelta(days=row["day"])} | row for row in rows]
    return pl.DataFrame([{name: row[name] for name in types} for row in full], schema=types)


def plan(*rows: dict[str, Any]) -> pl.DataFrame:
    return table(Plan, *({"exercise_raw": SQUAT, "sets": 3, "session": "gym A"} | row for row in rows))


def squats(*days: int, n: int = 3, **row: Any) -> list[dict[str, Any]]:
    return [{"day": day, "load_kg": 60.0, "reps": 5, "rir": 2} | row for day in days for _ in range(n)]


def ask(sets: list[dict[str, Any]], asked: pl.DataFrame | None, **more: Any) -> Estimate:
    return load_adherence.estimate(sets_frame(sets), plan=asked, **(BLOCK | more))


def values(result: Estimate, *names: str) -> list[float | None]:
    return [result.part(name).value for name in names]


FOUR = plan({"day": 0}, {"day": 3}, {"day": 7}, {"day": 10})


def test_sets_and_sessions_counted_by_hand() -> None:
    found = ask([*squats(0, 7), *squats(3, n=2)], FOUR)
    assert found.value == pytest.approx(100 * 8 / 12)
    assert (found.n, found.unit) == (12, "%")
    assert values(found, SESSIONS, HELD, MOVED, MISSED) == [4, 3, 0, 1]
    assert values(found, PLANNED_SETS, DONE_SETS, BY_NAME, "back squat") == [12, 8, *[pytest.approx(100 * 8 / 12)] * 2]
    assert found.points is not None
    assert found.points.rows() == [(DAY, 6, 5, 2, 2, 0), (DAY + dt.timedelta(7), 6, 3, 2, 1, 1)]


def test_kilograms_are_those_of_planned_loads_and_a_range_of_repetitions_is_a_range() -> None:
    asked = plan({"day": 0, "load_kg": 60.0, "reps_low": 5.0, "reps_high": 5.0}, {"day": 3})
    found = ask(squats(0, 3, n=2), asked)
    assert values(found, PLANNED_KG, DONE_KG) == [900, 1200], "all squats of the week stand beside the planned ones"
    wide = ask(squats(0), plan({"day": 0, "load_kg": 50.0, "reps_low": 6.0, "reps_high": 8.0})).part(PLANNED_KG)
    assert (wide.low, wide.value, wide.high) == (900, 1050, 1200)
    unknown = ask(squats(0, load_kg=None), asked)
    assert values(unknown, DONE_KG) == [0]
    assert "3 done sets without load or repetitions: not in the kilograms." in unknown.notes


def test_more_than_planned_is_more_than_100_percent_but_not_name_by_name() -> None:
    lunges = [row | REVERSE_LUNGE for row in squats(0, n=5)]
    found = ask([*squats(0), *lunges], plan({"day": 0}))
    assert values(found, DONE_SETS, BY_NAME) == [8, 100]
    assert found.value == pytest.approx(100 * 8 / 3)
    assert "5 sets of exercises that the plan does not name in that week: counted as done." in found.notes
    one = ask([*squats(0), *lunges[:1]], plan({"day": 0}))
    assert "1 set of exercises that the plan does not name in that week: counted as done." in one.notes


def test_a_session_on_another_day_of_its_week_is_moved_and_one_of_another_week_is_not() -> None:
    found = ask([*squats(1), *squats(3), *squats(12)], FOUR)
    assert values(found, SESSIONS, HELD, MOVED, MISSED) == [4, 1, 2, 1]
    assert "5 Jan: moved to 6 Jan." in found.notes
    assert "15 Jan: moved to 17 Jan." in found.notes
    assert found.part(MISSED).points["date"].to_list() == [dt.date(2026, 1, 12)]  # type: ignore[index]  # it has points


COMPLAINTS = table(
    Complaints,
    {"day": 6, "until": DAY + dt.timedelta(days=8), "kind": "illness"},
    {"day": 9, "until": None, "kind": "niggle", "body_part": "calf", "side": "left"},
    {"day": -30, "until": DAY + dt.timedelta(days=1), "kind": "pain", "training_changed": False},
)


def test_a_missed_session_has_the_reason_that_was_recorded_for_its_day_and_no_other() -> None:
    calendar = table(
        Calendar, {"day": 3, "kind": "travel", "title": "Oslo"}, {"day": 10, "kind": "race"},
        {"day": 1, "kind": "travel"}, {"day": 0, "kind": "easy", "title": "easy 8 km"},
    )  # fmt: skip
    found = ask(squats(13, n=1), FOUR, complaints=COMPLAINTS, calendar=calendar, days_without_record="rest")
    rows = found.part(MISSED).points
    assert rows is not None
    assert rows["reason"].to_list() == ["no reason recorded", "travel (Oslo)", "illness"]
    assert found.notes[0] == "5 Jan (gym A), not held: no reason recorded."
    both = ask(squats(0), FOUR, complaints=COMPLAINTS, calendar=calendar).part(MISSED).points
    assert both is not None
    assert both["reason"].to_list()[-1] == "niggle (left calf), race"


def test_without_a_word_about_empty_days_a_missing_record_is_not_called_missed() -> None:
    notes = ask(squats(0, 3, 7), FOUR).notes
    assert notes == ("15 Jan (gym A), not held, or not written down: no reason recorded.",)


def test_another_exercise_of_the_same_pattern_is_named() -> None:
    front: dict[str, Any] = {"exercise_raw": FRONT, "exercise": "front_squat"}
    found = ask([*squats(0), *squats(7, **front)], plan({"day": 0}, {"day": 7}))
    assert "Week from 12 Jan: front squat was done, planned was back squat (same pattern)." in found.notes
    assert (found.value, *values(found, BY_NAME)) == (100, 50)


def test_names_are_read_as_the_athletes_own_sets_name_them_and_preparation_is_no_plan() -> None:
    own = squats(0, exercise_raw="Knee thing", exercise="back_squat")
    named = plan({"day": 0, "exercise_raw": "Knee thing"}, {"day": 0, "exercise_raw": STRETCH, "sets": 9})
    assert ask(own, named).part("back squat").value == 100
    assert ask(own, plan({"day": 0, "exercise_raw": STRETCH})).reason == "NO_PLAN"
    odd = squats(0, exercise_raw="ZOTTMAN thing", exercise=None, pattern="unmapped")
    assert ask(odd, plan({"day": 0, "exercise_raw": " Zottman Thing "})).part("zottman thing").value == 100


def test_rows_without_a_day_or_a_number_leave_the_sum_open_and_say_what_was_asked_at_least() -> None:
    undated = pl.concat([plan({"day": 0}), plan({"day": 0, "exercise_raw": "Plank", "date": None, "block": "1"})])
    found = ask(squats(0), undated)
    assert (found.ok, found.reason, found.part(PLANNED_SETS).low) == (False, "PLAN_UNDATED", 6)
    assert found.part("back squat").value == 100
    assert "at least 6 sets" in str(found.part(PLANNED_SETS))
    uncounted = ask(squats(0), plan({"day": 0}, {"day": 3, "sets": None}))
    assert (uncounted.reason, uncounted.part(PLANNED_SETS).low) == ("PLAN_SETS_UNKNOWN", 4)
    assert uncounted.points is not None
    assert uncounted.points["planned_sets"].to_list() == [None]
    only = ask(squats(0), plan({"day": 0, "date": None, "block": "1"}))
    assert (only.reason, len(only.parts)) == ("PLAN_UNDATED", 1)
    assert only.html()


def test_a_session_recorded_without_its_sets_leaves_a_range() -> None:
    sessions = sessions_frame([{"day": 0}, {"day": 3}, {"day": 7}]).with_columns(
        pl.Series("kind", ["strength", "strength", "run"])
    )
    found = ask(squats(0), FOUR, sessions=sessions)
    assert (found.value, found.low, found.high) == (25, 25, 50)
    assert (found.status, found.reason, *values(found, HELD, MISSED)) == ("caution", "SESSIONS_WITHOUT_SETS", 2, 2)


def test_refusals() -> None:
    assert ask(squats(0), None).reason == "NO_PLAN"
    assert ask(squats(0), FOUR.clear()).reason == "NO_PLAN"
    assert ask(squats(0), plan({"day": 40})).reason == "NO_PLAN"
    assert ask(squats(60), FOUR).reason == "NO_DATA"
    assert ask(squats(60), FOUR, days_without_record="rest").value == 0
    with pytest.raises(ValueError, match="expected 'rest'"):
        ask(squats(0), FOUR, days_without_record="perhaps")


def test_order_repeats_names_and_pandas_change_nothing() -> None:
    sets = sets_frame([*squats(0, 1, 7), *squats(9, n=2)])
    given: dict[str, Any] = BLOCK | {"plan": FOUR, "complaints": COMPLAINTS}
    expected = load_adherence.estimate(sets, **given)
    mixed = pl.concat([sets, sets]).sample(fraction=1.0, shuffle=True, seed=1)
    other = load_adherence.estimate(mixed, **(given | {"plan": FOUR.reverse(), "complaints": COMPLAINTS.reverse()}))
    assert (other.value, [p.row() for p in other.parts]) == (expected.value, [p.row() for p in expected.parts])
    from_pandas: Any = sets.to_pandas()
    assert load_adherence.estimate(from_pandas, **given).value == expected.value
    bea = sets.with_columns(pl.lit("Bea").alias("athlete"), pl.format("b{}", "set_id").alias("set_id"))
    both = each(load_adherence, pl.concat([sets, bea]), start=BLOCK["start"], end=BLOCK["end"], plan=FOUR)
    assert next((e.who, e.value) for e in both) == ("Ada", expected.value)
    with pytest.raises(ValueError, match="one athlete"):
        load_adherence.estimate(pl.concat([sets, bea]), plan=FOUR, start=BLOCK["start"], end=BLOCK["end"])


def test_the_share_of_done_sets_is_recovered_from_simulated_blocks() -> None:
    rng = np.random.default_rng(5)
    days = [7 * week + day for week in range(6) for day in (0, 2, 4)]
    asked, end = plan(*({"day": day, "sets": 4} for day in days)), DAY + dt.timedelta(days=41)
    for _ in range(20):
        sets_done = rng.binomial(4, 0.8, len(days))
        rows = [row for day, n in zip(days, sets_done, strict=True) for row in squats(day, n=int(n))]
        found = ask(rows, asked, end=end)
        assert found.value == pytest.approx(100 * sets_done.sum() / (4 * len(days)))
        assert found.part(MISSED).value == (sets_done == 0).sum()


@pytest.mark.parametrize("name", ["Ada", "Goran"])
def test_it_tells_what_the_decision_table_reads(name: str) -> None:
    b = choose(sample_logbook().log(athlete=name), name)
    sheet = plan_sheet(b)
    assert sheet is not None
    assert sheet.share is not None
    found = load_adherence.estimate(
        b.sets, **b.span, plan=b.plan, complaints=b.complaints, calendar=b.log.calendar, sessions=b.sessions
    )
    assert found.value == pytest.approx(100 * sheet.share)
    assert (found.n, found.part(DONE_SETS).value) == (sheet.planned, sheet.done)
    chart = found.chart()
    assert chart.to_dict()
    assert dataclasses.replace(found, points=None).chart() is None
