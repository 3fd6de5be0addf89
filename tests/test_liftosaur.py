"""Liftosaur: what was asked for and what was done in one row, UTC, the older headers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.importers import Context, ImportProblem, Reading, identify, read

HEADER = (
    "Workout DateTime,Program,Day Name,Exercise,Is Warmup Set?,Required Reps,Completed Reps,Is AMRAP?,Required RPE,"
    "Completed RPE,Log RPE?,Required Weight Value,Required Weight Unit,Completed Weight Value,Completed Weight Unit,"
    "Ask Weight?,Completed Reps Time,Target Muscles,Synergist Muscles,Notes"
)
ONE_WEIGHT = (
    "Workout DateTime,Program,Day Name,Exercise,Is Warmup Set?,Required Reps,Completed Reps,RPE,Is AMRAP?,"
    "Weight Value,Weight Unit,Completed Reps Time,Target Muscles,Synergist Muscles,Notes"
)
OLDEST = (
    "DateTime,Program,Day Name,Exercise,Equipment,Is Warmup Set?,Required Reps,Completed Reps,Is AMRAP?,"
    "Weight Value,Weight Unit,Completed Reps Time,Target Muscles,Synergist Muscles"
)
START = "2026-03-01T23:30:00.123Z"
Make = Callable[..., Reading]


@pytest.fixture
def liftosaur(tmp_path: Path) -> Make:
    def make(*rows: str, header: str = HEADER, **said: Any) -> Reading:
        path = tmp_path / "history.csv"
        path.write_text("\n".join([header, *rows, ""]))
        assert identify(path) == "liftosaur"
        reading = read(path, Context(athlete="anna", **said))
        counts = reading.n_loaded + reading.n_attached + reading.n_ignored + reading.n_rejected
        assert reading.n_read == counts
        assert reading.tables["sets"]["set_id"].is_unique().all()
        assert reading.tables["plan"]["plan_id"].is_unique().all()
        return reading

    return make


def row(exercise: str = "Squat", **other: str) -> str:
    told = {"start": START, "warmup": "0", "asked": "5", "reps": "5", "amrap": "0", "asked_rpe": "", "rpe": "",
            "asked_weight": "100", "asked_unit": "kg", "weight": "102.5", "unit": "kg",
            "at": "2026-03-01T23:41:10.500Z", "notes": ""} | other  # fmt: skip
    return ",".join([
        told["start"], "Base (4 days)", "Day 1", f'"{exercise}"', told["warmup"], told["asked"],
        told["reps"], told["amrap"], told["asked_rpe"], told["rpe"], "0", told["asked_weight"], told["asked_unit"],
        told["weight"], told["unit"], "0", told["at"], '"Quadriceps,Glutes"', "", f'"{told["notes"]}"',
    ])  # fmt: skip


NOT_DONE = {"reps": "", "weight": "", "unit": "", "at": ""}


def test_a_row_gives_a_set_and_its_plan(liftosaur: Make) -> None:
    reading = liftosaur(row("Romanian Deadlift, Barbell", asked="8", asked_rpe="8", rpe="9", notes="slow"))
    one = reading.tables["sets"].row(0, named=True)
    assert (one["exercise_raw"], one["reps"], one["load_kg"], one["rpe"], one["set_type"], one["notes"]) == (
        "Romanian Deadlift, Barbell", 5.0, 102.5, 9.0, "work", "slow",
    )  # fmt: skip
    assert f"{one['started_utc']:%Y-%m-%d %H:%M:%S}" == "2026-03-01 23:41:10"
    plan = reading.tables["plan"].row(0, named=True)
    assert (plan["block"], plan["session"], plan["sets"]) == ("Base (4 days)", "Day 1", 1)
    assert (plan["reps_low"], plan["reps_high"], plan["load_kg"], plan["rpe"]) == (8.0, 8.0, 100.0, 8.0)
    assert plan["plan_id"] == one["set_id"] == "anna|liftosaur|2026-03-01 23:30:00|1|romanian deadlift, barbell|1|1"
    assert (reading.variant, reading.n_loaded, reading.whole) == ("20 columns", 1, True)


def test_a_planned_set_that_was_not_done_is_only_in_the_plan(liftosaur: Make) -> None:
    rows = [row(warmup="1", asked_weight="40", **NOT_DONE), row(warmup="1"), row(), row("Row", **NOT_DONE)]
    reading = liftosaur(*rows)
    assert reading.tables["sets"]["source_row"].to_list() == [3, 4]
    assert reading.tables["sets"]["set_type"].to_list() == ["warmup", "work"]
    assert reading.tables["plan"]["source_row"].to_list() == [2, 3, 4, 5]
    assert (reading.n_read, reading.n_loaded, reading.n_ignored) == (4, 4, 0)


def test_a_planned_set_keeps_its_id_when_it_is_done_later(liftosaur: Make) -> None:
    before = liftosaur(row(**NOT_DONE), row()).tables
    after = liftosaur(row(reps="4", weight="90"), row(weight="105")).tables
    assert set(before["sets"]["set_id"]) < set(after["sets"]["set_id"])
    assert before["plan"]["plan_id"].to_list() == after["plan"]["plan_id"].to_list()


def test_an_open_end_has_no_upper_number_and_a_row_with_nothing_is_ignored(liftosaur: Make) -> None:
    nothing = row(asked="", asked_weight="", asked_unit="", **NOT_DONE)
    reading = liftosaur(row(amrap="1", reps="12"), row(asked="", asked_weight="", asked_unit=""), nothing)
    assert reading.tables["plan"].select("reps_low", "reps_high", "source_row").rows() == [(5.0, None, 2)]
    assert reading.tables["sets"]["reps"].to_list() == [12.0, 5.0]
    assert reading.ignored.select("source_row", "reason").row(0) == (4, "empty")


def test_units_stand_in_the_rows_and_an_unsaid_weight_is_the_one_asked_for(liftosaur: Make) -> None:
    rows = [
        row(weight="225", unit="lb"),
        row(weight="", unit=""),
        row(weight="", unit="", asked_weight="", asked_unit=""),
    ]
    reading = liftosaur(*rows, row(reps="0"))
    assert reading.tables["sets"]["load_kg"].to_list() == [pytest.approx(102.05828), 100.0, None, 102.5]
    assert reading.tables["sets"]["reps"].to_list() == [5.0, 5.0, 5.0, 0.0]
    assert (reading.decisions["unit"], reading.decisions["unit_from"]) == ("kg+lb", "row")


def test_the_day_is_that_of_the_zone_and_the_id_is_not(liftosaur: Make) -> None:
    plain, told = liftosaur(row()), liftosaur(row(), tz="Europe/Rome")
    assert [str(reading.tables["sets"]["date"].item()) for reading in (plain, told)] == ["2026-03-01", "2026-03-02"]
    session = told.tables["sessions"].row(0, named=True)
    assert (str(session["start_local"]), str(session["start_utc"])) == ("2026-03-02 00:30:00", "2026-03-01 23:30:00")
    assert (session["zone"], session["zone_basis"]) == ("Europe/Rome", "zone")
    assert plain.tables["sets"]["set_id"].item() == told.tables["sets"]["set_id"].item()
    assert any("UTC" in notice for notice in plain.notices)
    assert not told.notices


def test_the_header_with_one_weight(liftosaur: Make) -> None:
    line = f"{START},P,Day 1,Squat,0,5,4,8,0,225,lb,2026-03-01T23:41:10Z,Quads,,ok"
    reading = liftosaur(line, line.replace(",4,8,", ",,8,"), header=ONE_WEIGHT)
    one = reading.tables["sets"].row(0, named=True)
    assert (one["reps"], one["load_kg"], one["rpe"]) == (4.0, pytest.approx(102.05828), None)
    plan = reading.tables["plan"].select("reps_low", "load_kg", "rpe").rows()
    assert plan == [(5.0, pytest.approx(102.05828), 8.0)] * 2


def test_the_oldest_header_has_the_equipment_apart(liftosaur: Make) -> None:
    line = f"{START},P,Day 1,Squat,Barbell,0,5,4,0,100,kg,2026-03-01T23:41:10Z,Quads,"
    reading = liftosaur(line, line.replace("Barbell", ""), header=OLDEST)
    assert reading.tables["sets"]["exercise_raw"].to_list() == ["Squat, Barbell", "Squat"]
    assert reading.variant == "14 columns"


def test_workouts_in_another_order_keep_their_ids(liftosaur: Make) -> None:
    other = "2026-03-03T10:00:00.000Z"
    rows = [row(), row(), row("Row"), row(start=other), row("Row", start=other)]
    before = liftosaur(*rows).tables["sets"]["set_id"]
    assert set(liftosaur(*rows[3:], *rows[:3]).tables["sets"]["set_id"]) == set(before)


def test_what_cannot_be_read_is_rejected(liftosaur: Make) -> None:
    rows = [row(start="soon"), row(reps="five"), row(asked="many", **NOT_DONE), row(), row(), row(), row()]
    reading = liftosaur(*rows)
    assert reading.rejected["source_row"].to_list() == [2, 3, 4]
    assert reading.rejected["reason"].to_list() == [
        "date 'soon' cannot be read", "reps 'five' cannot be read",
        "reps_low 'many' cannot be read; reps_high 'many' cannot be read",
    ]  # fmt: skip
    assert reading.rejected["raw"].to_list() == rows[:3]
    assert not reading.tables["plan"]["source_row"].is_in([2, 3, 4]).any()


def test_an_unknown_unit_is_named(liftosaur: Make) -> None:
    with pytest.raises(ImportProblem, match="has weights in 'stone'"):
        liftosaur(row(unit="stone"), row())
    with pytest.raises(ImportProblem, match="has weights in 'stone'"):
        liftosaur(row(asked_unit="stone"), row())


@pytest.mark.parametrize("text", [HEADER, f"{HEADER}\n{row()}\n{row()[:60]}", "Workout DateTime,Exercise\na,b\n"])
def test_a_damaged_file_is_a_problem_in_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(ImportProblem) as problem:
        read(path, Context(athlete="anna"), "liftosaur")
    assert "\n" not in str(problem.value)
    assert "failed on it" not in str(problem.value)
