"""Questionnaires: range and direction come from a declaration and from nowhere else."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.importers import Context, ImportProblem, Reading, identify, read

GRID = "How do you feel this morning? "
HOOPER = f"Timestamp,Name,{GRID}[Sleep],{GRID}[Stress],{GRID}[Fatigue],{GRID}[Muscle soreness],Anything else?"
BUILT_IN = 'instrument = "hooper"\n'
Make = Callable[..., Reading]


@pytest.fixture
def form(tmp_path: Path) -> Make:
    def make(*lines: str, told: str | None = BUILT_IN, athlete: str | None = "anna", **answers: Any) -> Reading:
        path = tmp_path / "form.csv"
        path.write_text("\n".join([*lines, ""]), encoding="utf-8")
        mapping = None
        if told is not None:
            mapping = tmp_path / "questionnaire.toml"
            mapping.write_text(told, encoding="utf-8")
        assert identify(path) == "questionnaire"
        reading = read(path, Context(athlete=athlete, mapping=mapping, **answers))
        parts = (reading.n_loaded, reading.n_attached, reading.n_ignored, reading.n_rejected)
        assert sum(parts) == reading.n_read
        assert reading.tables["wellness"]["wellness_id"].is_unique().all()
        return reading

    return make


def test_hooper_is_built_in(form: Make) -> None:
    reading = form(HOOPER, "3/22/2026 7:41:12,Anna,2,3 - Normal,4,7 - very very bad,slept at home")
    days = reading.tables["wellness"]
    assert dict(days.select("item", "value").iter_rows()) == {
        "sleep_quality": 2.0, "stress": 3.0, "fatigue": 4.0, "soreness": 7.0,
    }  # fmt: skip
    one = days.filter(item="stress").row(0, named=True)
    assert (one["scale_min"], one["scale_max"], one["direction"], one["instrument"]) == (1, 7, "higher_worse", "hooper")
    assert (one["athlete"], one["date"], one["value_raw"]) == ("anna", dt.date(2026, 3, 22), "3 - Normal")
    assert str(one["reported_local"]) == "2026-03-22 07:41:12"
    assert reading.notices == ("1 question not declared and not read: Anything else?",)
    assert reading.decisions["instrument"] == "hooper"


def test_mclean_is_scored_upwards(form: Make) -> None:
    header = "Timestamp,Fatigue,Sleep quality,General muscle soreness,Stress levels,Mood"
    days = form(header, "3/22/2026 7:41:12,5 - Very fresh,4,3,2,1", told='instrument = "mclean"').tables["wellness"]
    one = days.filter(item="fatigue").row(0, named=True)
    assert (one["value"], one["scale_max"], one["direction"]) == (5.0, 5.0, "higher_better")
    assert days.height == 5


def test_without_a_declaration_the_lines_are_proposed_and_nothing_is_guessed(form: Make) -> None:
    with pytest.raises(ImportProblem) as problem:
        form(HOOPER, "3/22/2026 7:41:12,Anna,2,3,4,5,fine", "3/23/2026 7:41:12,Anna,1,3,6,5,", told=None)
    words = str(problem.value)
    assert "does not tell range and direction of its 4 questions" in words
    assert 'instrument = "hooper"' in words
    assert "mclean" not in words
    line = 'items.fatigue = { question = "How do you feel this morning? [Fatigue]", min = ?, max = ?, direction = "?" }'
    assert f"{line} # answers 4 to 6" in words
    assert "\n" not in words


def test_the_proposed_lines_import_once_they_are_filled_in(form: Make) -> None:
    rows = (HOOPER, "3/22/2026 7:41:12,Anna,2,3,4,5,fine")
    with pytest.raises(ImportProblem) as problem:
        form(*rows, told=None)
    own = 'instrument = "my questionnaire"'
    lines = own + str(problem.value).rstrip(".").split(own, 1)[1].replace(" ⏎ ", "\n")
    filled = lines.replace("min = ?", "min = 1").replace("max = ?", "max = 7").replace('"?"', '"higher_worse"')
    reading = form(*rows, told=filled)
    assert reading.tables["wellness"]["value"].to_list() == [2.0, 3.0, 4.0, 5.0]
    assert set(reading.tables["wellness"]["instrument"]) == {"my questionnaire"}


def test_items_of_ones_own_with_labels_a_factor_and_notes(form: Make) -> None:
    told = """
        instrument = "club"
        notes = "Anything else?"
        items.desire = { question = "Lust auf Training", min = 1, max = 5, direction = "higher_better", labels = { "sehr groß" = 5, "keine" = 1 } }
        items.sleep_s = { question = "Stunden Schlaf", factor = 3600 }
    """  # noqa: E501
    reading = form(
        "Zeitstempel;Lust auf Training;Stunden Schlaf;Anything else?",
        "22.03.2026 07:41:12;Sehr groß;7,5;spät dran",
        "23.03.2026 07:41:12;keine;8 h;",
        told=told,
    )
    days = reading.tables["wellness"].sort("date", "item")
    assert list(days.select("item", "value").iter_rows()) == [
        ("desire", 5.0), ("sleep_s", 27000.0), ("desire", 1.0), ("sleep_s", 28800.0),
    ]  # fmt: skip
    assert days["notes"].to_list() == ["spät dran", "spät dran", None, None]
    assert days.filter(item="sleep_s")["scale_max"].null_count() == 2


@pytest.mark.parametrize(
    ("word", "stamp", "read_as"),
    [
        ("Timestamp", "2026/03/22 7:41:12 PM GMT+1", "2026-03-22 19:41:12"),
        ("Timestamp", "2026/03/22 7:41:12 AM MEZ", "2026-03-22 07:41:12"),
        ("Timestamp", "3/22/2026 19:41:12", "2026-03-22 19:41:12"),
        ("Marca temporal", "22/03/2026 7:41:12", "2026-03-22 07:41:12"),
        ("Marca temporal", "2026/03/22 7:41:12 p. m. GMT-5", "2026-03-22 19:41:12"),
        ("Horodateur", "22/03/2026 07:41:12", "2026-03-22 07:41:12"),
        ("Zeitstempel", "22.03.2026 07:41:12", "2026-03-22 07:41:12"),
        ("Informazioni cronologiche", "22/03/2026 19.41.12", "2026-03-22 19:41:12"),
        ("Carimbo de data/hora", "22/03/2026 07:41:12", "2026-03-22 07:41:12"),
        ("Tijdstempel", "22-3-2026 7:41:12", "2026-03-22 07:41:12"),
    ],
)
def test_time_stamps_in_many_languages(form: Make, word: str, stamp: str, read_as: str) -> None:
    told = 'instrument = "a"\nitems.mood = { question = "Mood?", min = 1, max = 5, direction = "higher_better" }'
    one = form(f"{word},Mood?", f"{stamp},4", told=told).tables["wellness"].row(0, named=True)
    assert str(one["reported_local"]) == read_as
    assert one["date"] == dt.date(2026, 3, 22)


def test_several_submissions_of_a_day_are_numbered_and_late_answers_go_to_their_day(form: Make) -> None:
    header = HOOPER.replace("Anything else?", "Date")
    rows = ("3/22/2026 20:00:00,,2,2,2,2,", "3/22/2026 7:00:00,,1,1,1,1,", "3/23/2026 9:00:00,,3,3,3,3,3/22/2026")
    days = form(header, *rows).tables["wellness"].filter(item="stress").sort("wellness_id")
    assert days["value"].to_list() == [1.0, 2.0, 3.0]
    assert set(days["date"]) == {dt.date(2026, 3, 22)}
    again = form(header, *rows[::-1]).tables["wellness"].filter(item="stress").sort("wellness_id")
    assert again["value"].to_list() == [1.0, 2.0, 3.0]


def test_a_squad_keeps_its_names(form: Make) -> None:
    rows = ("3/22/2026 7:00:00,Ada,1,1,1,1,", "3/22/2026 7:05:00,Ben ,2,2,2,2,", "3/22/2026 7:06:00,,3,3,3,3,")
    reading = form(HOOPER, *rows)
    assert sorted(set(reading.tables["wellness"]["athlete"])) == ["Ada", "Ben", "anna"]
    with pytest.raises(ImportProblem, match="--athlete"):
        form(HOOPER, *rows, athlete=None)


def test_answers_that_are_no_numbers_or_off_the_scale_are_rejected_and_empty_ones_ignored(form: Make) -> None:
    good = [f"3/{day}/2026 7:00:00,,1,2,3,4," for day in (21, 22, 23, 24)]
    odd = ("3/25/2026 7:00:00,,1,so so,3,4,", "3/26/2026 7:00:00,,1,9,3,4,", "3/27/2026 7:00:00,,,,,,nothing")
    reading = form(HOOPER, *good, *odd, "3/28/2026 7:00:00,,2/3,1,1,1,")
    assert (reading.n_loaded, reading.n_ignored, reading.n_rejected) == (4, 1, 3)
    assert reading.rejected["reason"].to_list() == [
        "value 'so so' cannot be read", "rule broken: value inside the scale", "value '2/3' cannot be read",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ('instrument = "a"', "declares no item"),
        ("instrument = 5", "in an unknown way"),
        ('instrument = "a"\nitems.mood = 5', "says items.mood in an unknown way"),
        ('instrument = "a"\nitems.mood = { question = "Name" }', "does not say min, max and direction of items.mood"),
        (
            'instrument = "a"\nitems.mood = { question = "Name", min = 5, max = 1, direction = "higher_better" }',
            "that cannot be",
        ),
        ('instrument = "a"\nitems.mood = { question = "Name", min = 1, max = 5, direction = "up" }', "that cannot be"),
        (
            'instrument = "a"\nitems.mood = { min = 1, max = 5, direction = "higher_better" }',
            "does not say which question",
        ),
        (
            'instrument = "a"\nitems.mood = { question = "Mood", min = 1, max = 5, direction = "higher_better" }',
            "0 columns for the question",
        ),
        ('instrument = "a"\n[columns]\ndate = "Day"', "says columns in an unknown way"),
        ("instrument = ", "no TOML|cannot be read"),
        ('instrument = "mclean"', "0 questions for mood of mclean"),
    ],
)
def test_a_declaration_that_is_wrong_says_what_to_correct(form: Make, told: str, words: str) -> None:
    with pytest.raises(ImportProblem, match=words):
        form(HOOPER, "3/22/2026 7:41:12,Anna,2,3,4,5,fine", told=told)


def test_a_missing_declaration_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "form.csv"
    path.write_text(f"{HOOPER}\n3/22/2026 7:41:12,Anna,2,3,4,5,fine\n")
    with pytest.raises(ImportProblem, match="cannot be read"):
        read(path, Context(athlete="anna", mapping=tmp_path / "no-such.toml"))


def test_two_questions_for_one_item_are_asked_about(form: Make) -> None:
    header = HOOPER.replace("Anything else?", "How tired are you?")
    row = "3/22/2026 7:41:12,Anna,2,3,4,5,6"
    with pytest.raises(ImportProblem, match="2 questions for fatigue of hooper"):
        form(header, row)
    told = f'{BUILT_IN}items.fatigue = {{ question = "Fatigue" }}'
    assert form(header, row, told=told).tables["wellness"].filter(item="fatigue")["value"].item() == 4.0


def test_other_time_stamped_files_are_not_claimed(tmp_path: Path) -> None:
    path = tmp_path / "device.csv"
    for header in (
        "Timestamp,Exercise,Weight (kg),Mean Velocity [m/s]",
        "timestamp,sleep,stress",
        "Time,Mood?",
        "Timestamp,Mean Power [watts],Reps",
    ):
        path.write_text(f"{header}\n3/22/2026 7:41:12,1,2,3\n")
        with pytest.raises(ImportProblem, match=r"not known|claimed"):
            identify(path)


PAGE = Path(__file__).parents[1] / "docs" / "questionnaires.md"
EXAMPLES = re.findall(r"```csv\n(.*?)```.*?```toml\n(.*?)```.*?```text\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


def test_the_page_has_its_three_examples() -> None:
    assert len(EXAMPLES) == 3
    assert PAGE.read_text("utf-8").count("```toml") == 3


@pytest.mark.parametrize(("sheet", "told", "shown"), EXAMPLES)
def test_every_example_of_the_page_gives_what_it_shows(form: Make, sheet: str, told: str, shown: str) -> None:
    reading = form(*sheet.strip().splitlines(), told=told, athlete=None, date_order="month_first")
    assert (reading.n_loaded, reading.n_rejected) == (1, 0)
    ends = reading.tables["wellness"].select("item", "value", "scale_min", "scale_max", "direction").rows()
    says = [
        f"{item} {value:g} ({'no range' if low is None else f'{low:g} to {high:g}'}, {direction})"
        for item, value, low, high, direction in ends
    ]
    assert sorted(says) == sorted(shown.strip().splitlines())
    assert reading.tables["wellness"]["athlete"].unique().to_list() == ["Ada"]
