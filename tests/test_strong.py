"""Strong: every header variant seen, row kinds, units, dates. Fixtures are synthetic and named after the quirk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.importers import Context, ImportProblem, Reading, read

CLASSIC = "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE"
ANDROID = (
    "Date;Workout Name;Exercise Name;Set Order;Weight;Weight Unit;Reps;RPE;Distance;Distance Unit;Seconds;Notes;"
    "Workout Notes"
)
DAY = "2024-05-06 07:08:09"

Make = Callable[..., Reading]


@pytest.fixture
def strong(tmp_path: Path) -> Make:
    def make(header: str, *rows: str, eol: str = "\n", encoding: str = "utf-8", **said: Any) -> Reading:
        path = tmp_path / "strong.csv"
        path.write_bytes(eol.join([header, *rows, ""] if header else [*rows, ""]).encode(encoding))
        return read(path, Context(athlete="anna", **said))

    return make


S6 = (
    '"Workout #";"Date";"Workout Name";"Duration (sec)";"Exercise Name";"Set Order";"Weight (kg)";"Reps";"RPE";'
    '"Distance (meters)";"Seconds";"Notes";"Workout Notes"'
)
FRENCH = (
    "Date,Nom de l'entraînement,Durée,Nom de l'exercice,Ordre de la série,Poids,Réps,Distance,Secondes,Notes,"
    "Notes d'entraînement,RPE"
)
GERMAN = (
    "Datum,Workout-Name,Dauer,Name der Übung,Reihenfolge festlegen,Gewicht,Wiederh.,Entfernung,Sekunden,Notizen,"
    "Workout-Notizen,RPE"
)
VARIANTS = {
    "2015": ("Date,Workout Name,Exercise Name,Set Order,kg,Reps,km,Seconds,Notes", f"{DAY},A,Squat,0,60,5,,,"),
    "2018": (
        "Date,Workout Name,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes",
        f"{DAY},A,Squat,1,60,5,0,0,,",
    ),
    "2019": (
        "Date,Workout Name,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE",
        f"{DAY},A,Squat,1,60,5,0,0,,,8",
    ),
    "classic": (CLASSIC, f'{DAY},"A",1h 5m,"Squat",1,60.0,5,0,0,"","",'),
    "short": (
        "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,RPE",
        f"{DAY},A,35m,Squat,1,60.0,5.0,0,0.0,",
    ),
    "android": (ANDROID, f"{DAY};A;Squat;1;60;kg;5;;;;;;"),
    "android without header": ("", f"{DAY};A;Squat;1;60;kg;5;;;;;;"),
    "current": (S6, f'"1";"{DAY}";"A";"3900";"Squat";"1";"60";"5";"";"";"";"";""'),
    "french": (FRENCH, f"{DAY},A,1h 2min,Squat,1,60,5,0,0,,,"),
    "german": (GERMAN, f'{DAY},"A",1h 2min,"Squat",1,60.0,5.0,0,0.0,"","",'),
    "edited": (
        "date,workout_name,menu,set_order,weight,reps,distance,sec,note,workout_note,part",
        f"{DAY},A,Squat,1,60,5,0,0,,,legs",
    ),
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_header_variant_gives_the_same_set(strong: Make, variant: str) -> None:
    header, row = VARIANTS[variant]
    told = {} if variant in ("2015", "android", "android without header", "current") else {"unit": "kg"}
    reading = strong(header, row, **told)
    assert (reading.vendor, reading.variant) == ("strong", variant)
    one = reading.tables["sets"].row(0, named=True)
    assert (one["exercise_raw"], one["load_kg"], one["reps"], one["set_no"]) == ("Squat", 60.0, 5.0, 1)
    assert one["set_id"] == "anna|strong|2024-05-06 07:08|1|squat|1|1"
    assert (one["duration_s"], one["distance_m"], one["distance_raw"]) == (None, None, None)


def test_unit_stands_in_the_rows_and_mile_has_a_dot(strong: Make) -> None:
    reading = strong(ANDROID, f"{DAY};A;Squat;1;100;lbs;5;;;;;;", f"{DAY};A;Run;1;;;0;;2;mi.;900;;")
    squat, run = reading.tables["sets"].sort("source_row").iter_rows(named=True)
    assert squat["load_kg"] == pytest.approx(45.359237)
    assert run["distance_m"] == pytest.approx(3218.688)
    assert (run["load_kg"], run["reps"], run["duration_s"]) == (None, None, 900.0)
    assert reading.decisions["unit_from"] == "row"


def test_a_load_in_a_row_without_unit_is_rejected_and_the_others_stay(strong: Make) -> None:
    rows = [f"{DAY};A;Squat;{i};60;{unit};5;;;;;;" for i, unit in enumerate(("kg", "", ""), 1)]
    reading = strong(ANDROID, *rows)
    assert (reading.n_loaded, reading.n_rejected) == (1, 2)
    assert reading.rejected["reason"].to_list() == ["load 60 has no known unit"] * 2


@pytest.mark.parametrize("said", [{}, {"unit": "kg"}, {"saved": {"unit": "lb"}}])
@pytest.mark.parametrize("header", [ANDROID, ANDROID.replace("Weight;", "Weight (kg);")])
def test_an_unknown_unit_in_a_row_is_named(strong: Make, header: str, said: dict[str, Any]) -> None:
    with pytest.raises(ImportProblem, match=r"has weights in 'stone'\. Expected: kg or lb"):
        strong(header, f"{DAY};A;Squat;1;60;;5;;;;;;", f"{DAY};A;Squat;2;60;stone;5;;;;;;", **said)
    without_load = strong(ANDROID, f"{DAY};A;Squat;1;60;kg;5;;;;;;", f"{DAY};A;Dip;1;;none;5;;;;;;")
    assert (without_load.n_loaded, without_load.n_rejected) == (2, 0)


def test_header_and_rows_in_two_units_are_a_problem_that_names_both(strong: Make) -> None:
    header = ANDROID.replace("Weight;", "Weight (kg);").replace("Distance;", "Distance (km);")
    with pytest.raises(ImportProblem, match="weights in kg by its header and in lb by its rows"):
        strong(header, f"{DAY};A;Squat;1;60;lbs;5;;;;;;")
    with pytest.raises(ImportProblem, match="distances in km by its header and in mi by its rows"):
        strong(header, f"{DAY};A;Run;1;;;0;;2;mi.;900;;")
    assert strong(header, f"{DAY};A;Squat;1;60;kgs;5;;;;;;").tables["sets"]["load_kg"].item() == 60.0


def test_a_headless_file_that_begins_with_bodyweight_sets(strong: Make) -> None:
    dips = [f"{DAY};A;Dip;{order};;;5;;;;;;" for order in ("1", "W", "Rest Timer")]
    loaded = strong("", *dips, f"{DAY};A;Squat;1;60;lbs;5;;;;;;")
    assert (loaded.variant, loaded.n_read, loaded.n_loaded) == ("android without header", 4, 3)
    assert strong("", *dips).tables["sets"]["load_kg"].to_list() == [None, None]
    with pytest.raises(ImportProblem, match="not known to any importer"):
        strong("", *dips, f"{DAY};A;Dip;first;;;5;;;;;;")
    with pytest.raises(ImportProblem, match="not known to any importer"):
        strong("", "soon;A;Squat;1;60;kg;5;;;;;;")


def test_current_format_in_pounds_and_metres(strong: Make) -> None:
    header = S6.replace("Weight (kg)", "Weight (lbs)")
    reading = strong(header, f'"1";"{DAY}";"A";"3900";"Run";"1";"10";"0";"";"1500";"300";"";""')
    one = reading.tables["sets"].row(0, named=True)
    assert (one["load_kg"], one["distance_m"]) == (pytest.approx(4.5359237), 1500.0)
    assert reading.tables["sessions"]["duration_s"].item() == 3900.0


def test_a_classic_file_without_unit_is_a_question_with_a_hint(strong: Make) -> None:
    rows = [f"{DAY},A,1h,Squat,{i},{kg},5,0,0,,," for i, kg in enumerate((61.23496995, 102.05828325, 60), 1)]
    with pytest.raises(
        ImportProblem, match=r"3 weights .* of 2 odd ones 100 % are round lb if it is kg.*--unit kg"
    ) as e:
        strong(CLASSIC, *rows)
    assert "\n" not in str(e.value)


def test_a_saved_mixture_of_units_is_no_answer(strong: Make) -> None:
    mixed = strong(ANDROID, f"{DAY};A;Squat;1;60;kg;5;;;;;;", f"{DAY};A;Squat;2;60;lbs;5;;;;;;").decisions["unit"]
    assert mixed == "kg+lb"
    with pytest.raises(ImportProblem, match="--unit kg or --unit lb"):
        strong(CLASSIC, f"{DAY},A,1h,Squat,1,60,5,0,0,,,", saved={"unit": mixed})


def test_a_file_without_any_load_needs_no_unit(strong: Make) -> None:
    reading = strong(CLASSIC, f"{DAY},A,1h,Pull Up,1,0,8,0,0,,,", f"{DAY},A,1h,Pull Up,2,,8,0,0,,,")
    assert reading.tables["sets"]["load_kg"].to_list() == [0.0, None]


def test_unit_comes_from_the_saved_answer_before_the_option(strong: Make) -> None:
    row = f"{DAY},A,1h,Squat,1,100,5,0,0,,,"
    saved = strong(CLASSIC, row, saved={"unit": "lb"})
    assert saved.tables["sets"]["load_kg"].item() == pytest.approx(45.359237)
    assert (saved.decisions["unit"], saved.decisions["unit_from"]) == ("lb", "saved")
    assert strong(CLASSIC, row, unit="lb").decisions["unit_from"] == "option"


@pytest.mark.parametrize(
    ("header", "row", "said"),
    [
        (*VARIANTS["2015"], {"unit": "lb"}),
        (*VARIANTS["android"], {"unit": "lb"}),
        (*VARIANTS["classic"], {"unit": "lb", "saved": {"unit": "kg"}}),
        (S6, f'"1";"{DAY}";"A";"1";"Run";"1";"";"";"";"9";"";"";""', {"distance_unit": "km"}),
    ],
)
def test_an_option_that_contradicts_is_a_problem(strong: Make, header: str, row: str, said: dict[str, object]) -> None:
    with pytest.raises(ImportProblem, match="leave out --"):
        strong(header, row, **said)


def test_an_option_against_the_saved_answer_names_the_way_out(strong: Make) -> None:
    with pytest.raises(ImportProblem, match=r"to replace the saved answer add --forget-answers\.$"):
        strong(*VARIANTS["classic"], unit="lb", saved={"unit": "kg"})
    with pytest.raises(ImportProblem, match=r"leave out --unit\.$"):
        strong(*VARIANTS["2015"], unit="lb", saved={"unit": "kg"})


def test_two_weight_columns_are_a_problem(strong: Make) -> None:
    with pytest.raises(ImportProblem, match="kg, lb"):
        strong("Date,Exercise Name,Set Order,Weight (kg),Weight (lbs),Reps", f"{DAY},Squat,1,1,2,5")


def test_a_distance_without_unit_is_kept_as_text_with_a_notice(strong: Make) -> None:
    row = f"{DAY},A,1h,Running,1,0,0,5.2,1560,,,"
    reading = strong(CLASSIC, row)
    one = reading.tables["sets"].row(0, named=True)
    assert (one["distance_m"], one["distance_raw"], one["reps"], one["duration_s"]) == (None, "5.2", None, 1560.0)
    assert reading.notices == (
        "distance of 1 set has no unit in this file: kept as text; pass --distance-unit km or mi",
    )
    assert strong(CLASSIC, row, distance_unit="km").tables["sets"]["distance_m"].item() == 5200.0


def test_set_orders_rest_timers_and_notes(strong: Make) -> None:
    def row(order: str, seconds: int = 0, notes: str = "", exercise: str = "Squat") -> str:
        return f'{DAY},A,1h,{exercise},{order},60,5,0,{seconds},"{notes}",,'

    reading = strong(
        CLASSIC, row("Rest Timer", 90), row("Note", 0, r"knees\nout"), row("W"), row("1", 0, "ok"),
        row("Rest Timer", 120), row("Rest Timer", 120), row("F"), row("D"), row("Rest Timer", 0),
        row("Note", 0, "alone", "Row"), row("x"), unit="kg",
    )  # fmt: skip
    sets = reading.tables["sets"].sort("source_row")
    assert sets["set_type"].to_list() == ["warmup", "work", "failure", "drop", "unknown"]
    assert sets["rest_after_s"].to_list() == [None, 120.0, None, None, None]
    assert sets["notes"].to_list()[:2] == ["knees\nout", "knees\nout\nok"]
    assert sets["set_no"].to_list() == [1, 2, 3, 4, 5]
    assert (reading.n_read, reading.n_loaded, reading.n_attached, reading.n_ignored) == (11, 5, 2, 4)
    assert dict(reading.ignored.select("source_row", "reason").iter_rows()) == {
        2: "rest_timer", 7: "rest_timer", 10: "rest_timer", 11: "note",
    }  # fmt: skip


def test_the_words_of_rests_and_notes_in_other_languages_are_no_sets(strong: Make) -> None:
    def row(order: str, load: str = "0", reps: str = "0.0", seconds: str = "0.0", notes: str = "") -> str:
        return f'{DAY},"A",31min,"Pull Up",{order},{load},{reps},0,{seconds},"{notes}",,'

    for header, rest, note in ((GERMAN, "Ruhezeit", "Notiz"), (FRENCH, "Minuteur de repos", "Remarque")):
        rows = [
            row("1", "4.5", "3.0"), row(rest, seconds="45.0"), row("2", reps="2.0"), row(rest, seconds="60.0"),
            row("W", "2.5", "8.0"), row(rest), row(note, notes="tired"), row("3", seconds="20.0"),
        ]  # fmt: skip
        reading = strong(header, *rows, unit="kg", eol="\r\n")
        sets = reading.tables["sets"].sort("source_row")
        told = sets.select("set_type", "load_kg", "reps", "duration_s", "rest_after_s").rows()
        assert told == [
            ("work", 4.5, 3.0, None, 45.0), ("work", 0.0, 2.0, None, 60.0), ("warmup", 2.5, 8.0, None, None),
            ("work", 0.0, None, 20.0, None),
        ]  # fmt: skip
        assert (reading.n_read, reading.n_loaded, reading.n_attached, reading.n_ignored) == (8, 4, 3, 1)
        assert reading.ignored.select("source_row", "reason").rows() == [(7, "rest_timer")]


def test_a_word_beside_a_set_is_a_set_of_unknown_type(strong: Make) -> None:
    reading = strong(CLASSIC, f"{DAY},A,1h,Squat,warmup,60,5,0,0,,,", unit="kg")
    assert reading.tables["sets"].select("set_type", "reps").row(0) == ("unknown", 5.0)


def test_the_same_exercise_later_in_the_session_is_another_block(strong: Make) -> None:
    names = ("Squat", "Squat", "Row", "SQUAT ", "Row")
    reading = strong(CLASSIC, *(f"{DAY},A,1h,{name},1,60,5,0,0,,," for name in names), unit="kg")
    sets = reading.tables["sets"].sort("source_row")
    assert list(sets.select("block_no", "set_no").iter_rows()) == [(1, 1), (1, 2), (1, 1), (2, 1), (2, 1)]
    assert sets["exercise_raw"].to_list()[3] == "SQUAT"


@pytest.mark.parametrize(
    ("dates", "days"),
    [
        (("13/09/2021 10:41", "01/10/2021 09:00"), ["2021-09-13", "2021-10-01"]),
        (("9/13/2021 10:41", "10/1/2021 9:00"), ["2021-09-13", "2021-10-01"]),
        (("2018/8/31 5:49",), ["2018-08-31"]),
        (("01.10.2021 09:00",), ["2021-10-01"]),
        (("2021-10-01",), ["2021-10-01"]),
        (("03/03/2021 9:00",), ["2021-03-03"]),
    ],
)
def test_dates_saved_again_by_a_spreadsheet(strong: Make, dates: tuple[str, ...], days: list[str]) -> None:
    reading = strong(CLASSIC, *(f"{date},A,1h,Squat,1,60,5,0,0,,," for date in dates), unit="kg")
    assert sorted(str(day) for day in reading.tables["sets"]["date"]) == days


@pytest.mark.parametrize("dates", [("03/04/2021 9:00", "05/04/2021 9:00"), ("13/04/2021 9:00", "04/13/2021 9:00")])
def test_an_undecidable_order_of_day_and_month_is_a_problem(strong: Make, dates: tuple[str, ...]) -> None:
    with pytest.raises(ImportProblem, match="YYYY-MM-DD"):
        strong(CLASSIC, *(f"{date},A,1h,Squat,1,60,5,0,0,,," for date in dates), unit="kg")


def test_one_undecidable_date_among_clear_ones_is_a_rejected_row(strong: Make) -> None:
    dates = (DAY, "2024-05-07 07:00:00", "03/04/2021")
    reading = strong(CLASSIC, *(f"{date},A,1h,Squat,1,60,5,0,0,,," for date in dates), unit="kg")
    assert reading.rejected["reason"].item().startswith("date '03/04/2021' cannot be read")


def test_seconds_lost_by_a_spreadsheet_do_not_change_the_ids(strong: Make) -> None:
    ids = [
        strong(CLASSIC, f"{date},A,1h,Squat,1,60,5,0,0,,,", unit="kg").tables["sets"]["set_id"].item()
        for date in (DAY, "2024-05-06 07:08", "2024/5/6 7:08")
    ]
    assert len(set(ids)) == 1


def test_workouts_of_one_minute_are_told_apart_by_their_seconds(strong: Make) -> None:
    rows = (f"2024-05-06 07:08:{s},A,1h,Squat,1,60,5,0,0,,," for s in ("40", "05"))
    sessions = strong(CLASSIC, *rows, unit="kg").tables["sessions"]
    assert dict(sessions.select("source_row", "session_id").iter_rows()) == {
        2: "anna|strong|2024-05-06 07:08|2", 3: "anna|strong|2024-05-06 07:08|1",
    }  # fmt: skip


def test_workouts_of_one_second_are_told_apart_by_their_number(strong: Make) -> None:
    def row(number: int, title: str, day: str = DAY) -> str:
        return f'"{number}";"{day}";"{title}";"3900";"Squat";"1";"60";"5";"";"";"";"";""'

    def titles(*rows: str) -> dict[str, str]:
        reading = strong(S6, *rows)
        assert reading.n_loaded == len(rows)
        return dict(reading.tables["sessions"].select("session_id", "title").iter_rows())

    key = "anna|strong|2024-05-06 07:08|"
    both = {f"{key}1": "Legs", f"{key}2": "Arms"}
    assert titles(row(9, "Legs"), row(10, "Arms")) == titles(row(10, "Arms"), row(9, "Legs")) == both
    assert titles(row(8, "Legs"), row(9, "Arms")) == both  # an earlier workout was deleted: all numbers moved
    assert titles(row(9, "Legs"), row(10, "Arms", "2024-05-06 07:09:00")) == {
        f"{key}1": "Legs", "anna|strong|2024-05-06 07:09|1": "Arms",
    }  # fmt: skip


def test_a_bad_row_is_rejected_with_its_physical_line_and_text(strong: Make) -> None:
    good = f'{DAY},A,1h,Squat,1,60,5,0,0,"two\nlines",,'
    reading = strong(
        CLASSIC, good, f"{DAY},A,1h,Squat,2,60,5", f"{DAY},A,1h,Squat,3,60,5,0,0,,,,,", ",,,,,,,,,,,",
        f"{DAY},A,1h,Squat,4,60,877777,0,0,,,", f"{DAY},A,1h,Squat,5,heavy,5,0,0,,,", "", good, good, good, unit="kg",
    )  # fmt: skip
    assert (reading.n_read, reading.n_loaded, reading.n_ignored, reading.n_rejected) == (10, 4, 2, 4)
    assert reading.rejected["source_row"].to_list() == [4, 5, 7, 8]
    assert reading.rejected["raw"].to_list()[0] == f"{DAY},A,1h,Squat,2,60,5"
    assert reading.rejected["reason"].to_list()[:2] == [
        "has 7 fields, the header has 12", "has 14 fields, the header has 12",
    ]  # fmt: skip
    assert "877777" in reading.rejected["reason"][2]
    assert reading.rejected["reason"][3] == "load_kg 'heavy' cannot be read"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("eol", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(strong: Make, encoding: str, eol: str) -> None:
    reading = strong(FRENCH, f"{DAY},Été,1h,Tirage,1,60,5,0,0,,,", unit="kg", encoding=encoding, eol=eol)
    assert reading.tables["sessions"]["title"].item() == "Été"
    assert reading.decisions["encoding"] == encoding.removesuffix("-sig")


def test_decimal_commas_are_decided_per_column(strong: Make) -> None:
    rows = [f'{DAY},A,1h,Squat,{i},"{kg}",5,0,0,,,' for i, kg in enumerate(("62,5", "60", "65,0"), 1)]
    assert strong(CLASSIC, *rows, unit="kg").tables["sets"]["load_kg"].to_list() == [62.5, 60.0, 65.0]
    mixed = strong(CLASSIC, *rows, *rows, f"{DAY},A,1h,Squat,4,70.5,5,0,0,,,", f"{DAY},A,1h,Squat,5,70,5,0,0,,,", *[
        f"{DAY},A,1h,Squat,6,80,5,0,0,,,"] * 3, unit="kg")  # fmt: skip
    assert (mixed.n_loaded, mixed.n_rejected) == (6, 5)
    assert all("mixes decimal commas and points" in reason for reason in mixed.rejected["reason"])


def test_session_rpe_only_where_the_workout_note_says_so(strong: Make) -> None:
    notes = ("sRPE 7", "hard, srpe: 6.5!", "RPE 9", "sRPE 11", "")
    rows = [f'2024-05-0{i} 07:00:00,A,1h,Squat,1,60,5,0,0,sRPE 3,"{note}",' for i, note in enumerate(notes, 1)]
    reading = strong(CLASSIC, *rows, unit="kg")
    assert reading.tables["sessions"].sort("date")["session_rpe"].to_list() == [7.0, 6.5, None, None, None]
    assert reading.notices == ("sRPE in 1 workout note has no number from 0 to 10: kept as a note",)


def test_durations_and_a_duration_that_cannot_be_read(strong: Make) -> None:
    texts = ("55s", "2h 38m", "35min", "1h 2min", "264h 1m", "soon")
    rows = [f"2024-05-0{i} 07:00:00,A,{text},Squat,1,60,5,0,0,,," for i, text in enumerate(texts, 1)]
    reading = strong(CLASSIC, *rows, unit="kg")
    assert reading.tables["sessions"].sort("date")["duration_s"].to_list() == [55, 9480, 2100, 3720, 950460, None]
    assert reading.notices == ("duration of 1 workout cannot be read: kept as unknown",)


def test_assistance_and_bases(strong: Make) -> None:
    row = f"{DAY},A,1h,Pull Up (Assisted),1,20,5,0,0,,,"
    one = strong(CLASSIC, row, unit="kg").tables["sets"].row(0, named=True)
    assert (one["assisted"], one["load_kg"], one["rep_basis"], one["load_basis"]) == (True, 20.0, "unknown", "unknown")
    told = strong(CLASSIC, row, unit="kg", unilateral_reps="per_side", saved={"dumbbells": "per_implement"})
    assert told.tables["sets"].select("rep_basis", "load_basis").row(0) == ("per_side", "per_implement")
    assert told.decisions["dumbbells"] == "per_implement"


Log = dict[dt.date, list[tuple[str, int]]]
DAYS = st.dates(dt.date(2015, 1, 1), dt.date(2026, 1, 1))
SETS = st.lists(st.tuples(st.sampled_from(["Squat", "Row", "Lunge"]), st.integers(1, 12)), min_size=1, max_size=6)
LOGS = st.dictionaries(DAYS, SETS, min_size=1, max_size=5)


def lines_of(day: dt.date, sets: list[tuple[str, int]], kg_to: float = 1.0) -> list[str]:
    return [f"{day} 07:00:00,A,1h,{name},1,{reps * 2.5 * kg_to:.10f},{reps},0,0,,," for name, reps in sets]


def read_lines(folder: Path, lines: list[str], unit: str) -> Reading:
    path = folder / "log.csv"
    path.write_text("\n".join([CLASSIC, *lines, ""]))
    return read(path, Context(athlete="anna", unit=unit))


@settings(max_examples=25, deadline=None)
@given(LOGS, st.randoms(use_true_random=False))
def test_the_order_of_sessions_does_not_change_ids(
    tmp_path_factory: pytest.TempPathFactory, log: Log, random: Random
) -> None:
    folder = tmp_path_factory.mktemp("order")
    sessions = [lines_of(day, sets) for day, sets in log.items()]
    ids = set(read_lines(folder, list(chain.from_iterable(sessions)), "kg").tables["sets"]["set_id"])
    random.shuffle(sessions)
    assert set(read_lines(folder, list(chain.from_iterable(sessions)), "kg").tables["sets"]["set_id"]) == ids


@settings(max_examples=25, deadline=None)
@given(LOGS)
def test_a_kg_file_and_its_lb_twin_hold_the_same_loads(tmp_path_factory: pytest.TempPathFactory, log: Log) -> None:
    folder = tmp_path_factory.mktemp("twins")
    in_kg = read_lines(folder, [line for day, sets in log.items() for line in lines_of(day, sets)], "kg")
    in_lb = read_lines(
        folder, [line for day, sets in log.items() for line in lines_of(day, sets, 1 / 0.45359237)], "lb"
    )
    difference = in_kg.tables["sets"]["load_kg"] - in_lb.tables["sets"]["load_kg"]
    assert float(difference.abs().max()) < 0.01  # type: ignore[arg-type]
    assert in_kg.tables["sets"]["set_id"].to_list() == in_lb.tables["sets"]["set_id"].to_list()


@pytest.mark.parametrize("eol", ["\n", "\r\n"])
def test_the_export_of_2015_has_its_units_in_the_header_and_counts_from_0(strong: Make, eol: str) -> None:
    header = "Date,Workout Name,Exercise Name,Set Order,{},Reps,{},Seconds,Notes"
    rows = (f"{DAY},A,Squat,0,60,5,,,", f"{DAY},A,Squat,1,62.5,5,,,", f"{DAY},A,Run,0,,,2,900,easy")
    in_kg = strong(header.format("kg", "km"), *rows, eol=eol).tables["sets"]
    told = in_kg.select("set_no", "set_type", "load_kg", "distance_m", "duration_s", "notes").rows()
    assert told == [
        (1, "work", 60.0, None, None, None), (2, "work", 62.5, None, None, None),
        (1, "work", None, 2000.0, 900.0, "easy"),
    ]  # fmt: skip
    in_lb = strong(header.format("lb", "mi"), *rows, eol=eol).tables["sets"]
    assert in_lb["load_kg"][0] == pytest.approx(27.2155422)
    assert in_lb["distance_m"][2] == pytest.approx(3218.688)


@pytest.mark.parametrize("header", [f"{ANDROID};Workout Duration", ""])
def test_android_with_the_length_of_the_workout(strong: Make, header: str) -> None:
    reading = strong(header, f"{DAY};A;Squat;1;60;kg;5;8;;;;note;all;1h 5m", f"{DAY};A;Dip;1;;;8;;;;;;;1h 5m")
    assert reading.tables["sessions"].select("duration_s", "notes").row(0) == (3900.0, "all")
    assert reading.tables["sets"].select("load_kg", "rpe", "notes").rows() == [(60.0, 8.0, "note"), (None, None, None)]


def test_android_with_kilometres_and_the_mile_with_its_dot(strong: Make) -> None:
    rows = [
        f"{DAY};A;Run;{n};;;0;;{way};{unit};900;;" for n, (way, unit) in enumerate((("5.2", "km"), ("3", "mi.")), 1)
    ]
    assert strong(ANDROID, *rows).tables["sets"]["distance_m"].to_list() == [5200.0, pytest.approx(4828.032)]


def test_a_load_beyond_any_lifter_is_rejected_and_a_tiny_distance_is_kept(strong: Make) -> None:
    rows = [f"{DAY};A;Deadlift;{n};{load};lbs;5;;;;;;" for n, load in enumerate((245, 2451, 2956), 1)]
    reading = strong(ANDROID, *rows, f"{DAY};A;Sled;1;100;lbs;0;;0.001;mi.;;;", f"{DAY};A;Dip;1;;;8;;;;;;")
    assert reading.rejected["source_row"].to_list() == [3, 4]
    assert reading.tables["sets"].filter(exercise_raw="Sled")["distance_m"].item() == pytest.approx(1.609344)


def test_numbers_with_a_point_behind_them_are_whole(strong: Make) -> None:
    header, _ = VARIANTS["short"]
    one = strong(header, f"{DAY},A,35min,Squat,2.0,60.0,13.0,0.0,0.0,8.5", unit="kg").tables["sets"].row(0, named=True)
    assert (one["set_type"], one["reps"], one["rpe"], one["duration_s"]) == ("work", 13.0, 8.5, None)
