"""Gravl: a time of day called Start Date, words in the language of the app, activities from outside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.importers import Context, ImportProblem, Reading, identify, read

HEADER = (
    "Date,Start Date,Workout,Source,Workout Duration (min),Energy,Exercise,Superset,Set,Set Type,Reps,Weight (kg),"
    "Distance (km),Set Duration (sec),Incline,Steps,Effort,Workout Notes"
)
Make = Callable[..., Reading]


@pytest.fixture
def gravl(tmp_path: Path) -> Make:
    def make(*rows: str, header: str = HEADER, context: Context | None = None) -> Reading:
        path = tmp_path / "gravl-workouts.csv"
        path.write_text("\n".join([header, *rows, ""]))
        assert identify(path) == "gravl"
        return read(path, context or Context(athlete="anna"))

    return make


def row(
    exercise: str = "Squat", values: str = "5,60,0,,", *, day: str = "2026/06/05", at: str = "16:09", index: int = 1,
    word: str = "Normal", superset: str = "No", end: str = ",,Ideal,", title: str = "Legs", source: str = "",
) -> str:  # fmt: skip
    return f"{day},{at},{title},{source},38,81,{exercise},{superset},{index},{word},{values}{end}"


def test_a_row_is_a_set_with_the_minute_of_its_workout(gravl: Make) -> None:
    reading = gravl(row(end=",,Ideal,felt strong"), row(index=2, at="16:09"))
    one = reading.tables["sets"].row(0, named=True)
    told = ("exercise_raw", "reps", "load_kg", "distance_m", "duration_s", "set_type", "superset", "notes", "rpe")
    assert [one[name] for name in told] == ["Squat", 5.0, 60.0, None, None, "work", None, "effort: Ideal", None]
    session = reading.tables["sessions"].row(0, named=True)
    said = ("date", "title", "notes", "duration_s", "kind", "zone_basis")
    assert [session[name] for name in said] == [dt.date(2026, 6, 5), "Legs", "felt strong", 2280.0, "strength", "local"]
    assert str(session["start_local"]) == "2026-06-05 16:09:00"
    assert not reading.whole


@pytest.mark.parametrize(("text", "clock"), [("1:11 PM", "13:11"), ("12:05 a. m.", "00:05"), ("16:09", "16:09")])
def test_clocks_of_both_kinds(gravl: Make, text: str, clock: str) -> None:
    assert f"{gravl(row(at=text)).tables['sets']['start_local'].item():%H:%M}" == clock


@pytest.mark.parametrize(
    ("word", "set_type"),
    [("Normal", "work"), ("Calentamiento", "warmup"), ("Warm-up", "warmup"), ("Aufwärmen", "warmup"),
     ("Échauffement", "warmup"), ("Drop Set", "drop"), ("Failure", "failure"), ("Pyramid", "unknown"), ("", "unknown")],
)  # fmt: skip
def test_set_types_in_several_languages(gravl: Make, word: str, set_type: str) -> None:
    assert gravl(row(word=word)).tables["sets"]["set_type"].item() == set_type


def test_units_of_the_header(gravl: Make) -> None:
    header = HEADER.replace("(kg)", "(lbs)").replace("(km)", "(mi)")
    one = gravl(row(values='5,100,"1,5",600,'), header=header).tables["sets"].row(0, named=True)
    assert (one["load_kg"], one["distance_m"]) == (pytest.approx(45.359237), pytest.approx(2414.016))


def test_an_activity_from_a_health_app_is_another_session(gravl: Make) -> None:
    walk = row("Caminar", "0,0,0,779,", index=0, source="Health Connect", title="Externo", at="13:12", end=",,,")
    reading = gravl(walk, row())
    kinds = dict(reading.tables["sessions"].select("title", "kind").rows())
    assert kinds == {"Externo": "other", "Legs": "strength"}
    one = reading.tables["sets"].row(0, named=True)
    assert (one["reps"], one["duration_s"], one["notes"]) == (None, 779.0, None)


def test_workouts_of_one_minute_supersets_and_edits_keep_their_ids(gravl: Make) -> None:
    rows = (row(superset="A"), row("Row", superset="A"), row(title="More"), row())
    first = gravl(*rows)
    assert first.tables["sessions"].height == 2
    assert first.tables["sets"]["superset"].to_list() == ["A", "A", None, None]
    again = gravl(row(superset="A", values="4,65,0,,"), *rows[1:], row(day="2026/06/09"))
    assert set(first.tables["sets"]["set_id"]) < set(again.tables["sets"]["set_id"])
    assert first.tables["sets"]["set_id"].is_unique().all()


def test_broken_rows_are_rejected_and_damaged_files_are_problems(gravl: Make, tmp_path: Path) -> None:
    reading = gravl(row(), row(), row(), row(day="soon"), row(values="many,60,0,,"))
    assert reading.rejected["reason"].to_list() == ["date 'soon 16:09' cannot be read", "reps 'many' cannot be read"]
    assert (reading.n_read, reading.n_loaded, reading.n_rejected) == (5, 3, 2)
    path = tmp_path / "cut.csv"
    path.write_text(f"{HEADER}\n{row()}\n2026/06/05,16:0")
    with pytest.raises(ImportProblem, match="the file is cut off"):
        read(path, Context(athlete="anna"))
    path.write_text(f"{HEADER}\n{row()}\n")
    with pytest.raises(ImportProblem, match="--athlete NAME"):
        read(path, Context())
