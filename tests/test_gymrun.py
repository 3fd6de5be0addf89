"""GymRun: no units in the file, a time of day beside every set, durations that say no unit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.importers import Context, ImportProblem, Reading, identify, read

HEADER = (
    "Date;Time;Routine;Exercise;Set;Weight;Reps;Duration;Distance;Para6;Para7;Para8;Para9;Para10;"
    "Note;Type;Book;Version1"
)
Make = Callable[..., Reading]


@pytest.fixture
def gymrun(tmp_path: Path) -> Make:
    def make(*rows: str, header: str = HEADER, **said: Any) -> Reading:
        path = tmp_path / "GymRun.csv"
        path.write_text("\n".join([header, *rows]))  # the app ends the file without a line end
        assert identify(path) == "gymrun"
        reading = read(path, Context(athlete="anna", **said))
        counts = reading.n_loaded + reading.n_attached + reading.n_ignored + reading.n_rejected
        assert reading.n_read == counts
        assert reading.tables["sets"]["set_id"].is_unique().all()
        return reading

    return make


def row(
    exercise: str = "Squat", values: str = "1;100;5;;", time: str = "12:00:00", note: str = "", routine: str = "Legs"
) -> str:
    return f"29.04.2025;{time};{routine};{exercise};{values};;;;;;{note};1;1;1"


def test_a_file_without_units_is_a_question(gymrun: Make) -> None:
    with pytest.raises(ImportProblem, match=r"1 weight and does not say whether in kg or lb.*--unit kg or --unit lb"):
        gymrun(row())


def test_sets_with_their_times(gymrun: Make) -> None:
    reading = gymrun(
        row(),
        row(values="2;102.5;5;;", time="12:05:00", note="ok"),
        row("Curl", time="7:30:00", routine="Arms"),
        unit="lb",
    )
    sets = reading.tables["sets"]
    told = sets.select("set_id", "reps", "load_kg", "notes", "source_row").sort("source_row").rows()
    assert told == [
        ("anna|gymrun|2025-04-29|2|squat|1|1", 5.0, pytest.approx(45.359237), None, 2),
        ("anna|gymrun|2025-04-29|2|squat|1|2", 5.0, pytest.approx(46.4932179), "ok", 3),
        ("anna|gymrun|2025-04-29|1|curl|1|1", 5.0, pytest.approx(45.359237), None, 4),
    ]
    assert sorted(f"{at:%H:%M}" for at in sets["start_local"]) == ["07:30", "12:00", "12:05"]
    assert (reading.whole, reading.decisions["unit_from"]) == (False, "option")


def test_bodyweight_is_not_zero_and_a_file_without_loads_needs_no_unit(gymrun: Make) -> None:
    reading = gymrun(row("Dip", "1;;8;;"), row("Dip", "2;0;8;;"))
    assert reading.tables["sets"]["load_kg"].to_list() == [None, 0.0]


def test_a_duration_without_unit_is_kept_in_the_notes(gymrun: Make) -> None:
    rows = [
        row("Run", "1;;;30;5"),
        row("Plank", "1;;;0:45;"),
        row("Walk", "1;;;30;", note="slow"),
        row("Dip", "1;;9;0;"),
    ]
    reading = gymrun(*rows, distance_unit="km")
    sets = reading.tables["sets"]
    assert list(sets.select("exercise_raw", "duration_s", "distance_m", "notes").iter_rows()) == [
        ("Run", None, 5000.0, "Duration 30"), ("Plank", 45.0, None, None), ("Dip", None, None, None),
    ]  # fmt: skip
    assert reading.rejected.select("source_row", "reason").row(0) == (4, "duration 30 has no known unit")
    assert "duration of 2 sets has no unit in this file: kept in the notes" in reading.notices


def test_ids_stay_where_values_are_edited_and_rows_shuffled_by_workout(gymrun: Make) -> None:
    rows = [row(), row(values="2;100;5;;"), row("Curl", routine="Arms")]
    before = gymrun(*rows, unit="kg").tables["sets"]["set_id"]
    after = gymrun(rows[2], rows[0].replace(";100;", ";105;"), rows[1].replace(";5;", ";4;"), unit="kg").tables["sets"][
        "set_id"
    ]
    assert set(after) == set(before)


def test_a_broken_row_is_rejected_with_its_text(gymrun: Make) -> None:
    broken = row(values="1;heavy;5;;")
    reading = gymrun(row(), broken, row().replace("29.04.2025", "29.14.2025"), row(), row(), row(), unit="kg")
    assert reading.rejected["source_row"].to_list() == [3, 4]
    assert reading.rejected["raw"].to_list()[0] == broken


@pytest.mark.parametrize("text", [HEADER, f"{HEADER}\n{row()}\n{row()[:30]}", "Date;Time\n1;2\n"])
def test_a_damaged_file_is_a_problem_in_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(ImportProblem) as problem:
        read(path, Context(athlete="anna", unit="kg"), "gymrun")
    assert "\n" not in str(problem.value)
    assert "failed on it" not in str(problem.value)
