"""Hevy: header combinations, dates in many languages, workouts of one minute, and values that look like others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.importers import Context, ImportProblem, Reading, _judge, identify, read
from analysis.importers._dates import _MONTHS, month, plain

HEADER = (
    "title,start_time,end_time,description,exercise_title,superset_id,exercise_notes,set_index,set_type,weight_kg,reps,"
    "distance_km,duration_seconds,rpe"
)
SHORT = (
    "title,start_time,end_time,description,exercise_title,set_index,set_type,weight_kg,reps,distance_km,"
    "duration_seconds"
)
Make = Callable[..., Reading]


@pytest.fixture
def hevy(tmp_path: Path) -> Make:
    def make(*rows: str, header: str = HEADER, eol: str = "\n", context: Context | None = None) -> Reading:
        path = tmp_path / "workout_data.csv"
        path.write_text(eol.join([header, *rows, ""]), newline="")
        return read(path, context or Context(athlete="anna"))

    return make


def row(
    exercise: str = "Squat",
    index: int = 0,
    values: str = "60,5,,,",
    *,
    start: str = "5 May 2024, 07:30",
    end: str = "5 May 2024, 08:30",
    title: str = "A",
    description: str = "",
    superset: str = "",
    set_type: str = "normal",
    notes: str = "",
) -> str:
    quoted = [f'"{text}"' for text in (title, start, end, description, exercise)]
    return ",".join([*quoted, superset, f'"{notes}"', str(index), f'"{set_type}"', values])


@pytest.mark.parametrize(
    ("load", "distance", "kg", "metres"),
    [
        ("weight_kg", "distance_km", 100.0, 2000.0),
        ("weight_lbs", "distance_miles", 45.359237, 3218.688),
        ("weight_kg", "distance_miles", 100.0, 3218.688),
        ("weight_lbs", "distance_km", 45.359237, 2000.0),
    ],
)
def test_units_of_the_header_combine_freely(hevy: Make, load: str, distance: str, kg: float, metres: float) -> None:
    header = HEADER.replace("weight_kg", load).replace("distance_km", distance)
    one = hevy(row("Carry", values="100,,2,38,"), header=header).tables["sets"].row(0, named=True)
    assert (one["load_kg"], one["distance_m"]) == (pytest.approx(kg), pytest.approx(metres))


def test_the_older_export_has_eleven_columns(hevy: Make) -> None:
    line = 'A,"15 Sep 2025, 07:48","15 Sep 2025, 09:13",,Squat,0,normal,70.0,10.0,,'
    reading = hevy(line, header=SHORT)
    assert reading.variant == "11 columns"
    assert reading.tables["sets"].select("load_kg", "reps", "superset", "rpe").row(0) == (70.0, 10.0, None, None)
    assert reading.tables["sessions"]["duration_s"].item() == 5100.0


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("15 Sep 2025, 07:48", "2025-09-15 07:48"),
        ("1 Sept. 2026, 07:30", "2026-09-01 07:30"),
        ("16 Juni 2026, 18:00", "2026-06-16 18:00"),
        ("3 März 2026, 18:00", "2026-03-03 18:00"),
        ("20 giu 2026, 18:00", "2026-06-20 18:00"),
        ("20 ago 2026, 18:00", "2026-08-20 18:00"),
        ("2 févr. 2026, 06:05", "2026-02-02 06:05"),
        ("2 août 2026, 06:05", "2026-08-02 06:05"),
        ("2 déc. 2026, 06:05", "2026-12-02 06:05"),
        ("9 de out. de 2026, 10:00", "2026-10-09 10:00"),
        ("9 ene 2026, 10:00", "2026-01-09 10:00"),
        ("9 mrt. 2026, 10:00", "2026-03-09 10:00"),
        ("5 9월 2026, 06:10", "2026-09-05 06:10"),
        ("2026. 9. 22. 오후 5:00", "2026-09-22 17:00"),
        ("2026年9月5日 06:10", "2026-09-05 06:10"),
        ("Sep 22, 2026, 6:00 AM", "2026-09-22 06:00"),
        ("Sep 22, 2026, 12:05 AM", "2026-09-22 00:05"),
        ("Sep 22, 2026, 12:05\u202fPM", "2026-09-22 12:05"),
        ("22 sept 2026, 5:00 p. m.", "2026-09-22 17:00"),
        ("22.09.2026, 17:00", "2026-09-22 17:00"),
    ],
)
def test_dates_of_app_and_web(hevy: Make, monkeypatch: pytest.MonkeyPatch, text: str, read_as: str) -> None:
    monkeypatch.setattr(_judge, "_today", lambda: dt.date(2026, 12, 31))
    one = hevy(row(start=text, end=text)).tables["sets"].row(0, named=True)
    assert f"{one['start_local']:%Y-%m-%d %H:%M}" == read_as
    assert one["date"] == one["start_local"].date()


def test_every_month_word_names_its_month_and_three_letters_never_two() -> None:
    for number, names in enumerate(_MONTHS, 1):
        for name in names.split():
            assert month(name) == number
            assert month(plain(name)[:3]) in (number, None) or name == "marraskuuta"  # "mar" alone is March
    short = ("jan", "févr", "mrz", "abr.", "mai", "jun", "juil.", "ago", "set", "okt", "dez")
    assert [month(word) for word in short] == [
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12,
    ]  # fmt: skip
    added = ("únor", "márc.", "huhti", "máj.", "červen", "července", "elo", "szept.", "říj", "marras", "des.", "ian.")
    assert [month(word) for word in added] == [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 1]
    assert [month(word) for word in ("mar", "čer", "smarch")] == [3, None, None]
    assert month("ma") is None


@pytest.mark.parametrize("text", ["32 Sep 2025, 07:48", "7 Smarch 2025, 07:48", "15 Sep 2025, 25:48", "soon"])
def test_a_date_that_cannot_be_read_is_rejected(hevy: Make, text: str) -> None:
    reading = hevy(row(start=text), row(index=1), row(index=2))
    assert (reading.n_loaded, reading.n_rejected) == (2, 1)
    assert "cannot be read" in reading.rejected["reason"].item()
    assert reading.tables["sessions"].height == 1


def test_set_types_supersets_and_rpe(hevy: Make) -> None:
    kinds = ("normal", "warmup", "failure", "dropset", "rest-pause")
    reading = hevy(*(row(index=i, set_type=kind, superset="0", values="60,5,,0,7.5") for i, kind in enumerate(kinds)))
    sets = reading.tables["sets"]
    assert sets["set_type"].to_list() == ["work", "warmup", "failure", "drop", "unknown"]
    assert sets["superset"].to_list() == ["0"] * 5
    assert set(sets["rpe"]) == {7.5}
    assert sets["duration_s"].null_count() == 5


def test_a_negative_weight_is_assistance(hevy: Make) -> None:
    one = hevy(row("Pull Up", values="-22.05,5,,,")).tables["sets"].row(0, named=True)
    assert (one["load_kg"], one["assisted"], one["load_raw"]) == (22.05, True, "-22.05")


def test_a_set_with_nothing_in_it_is_rejected_not_dropped(hevy: Make) -> None:
    reading = hevy(row(), row(index=1, values=",,,,"), row(index=2, values=",,,0,"))
    assert (reading.n_loaded, reading.n_rejected) == (1, 2)
    assert reading.rejected["source_row"].to_list() == [3, 4]


def test_real_line_ends_in_quotes_move_the_line_numbers(hevy: Make) -> None:
    noted = row(notes='one ""two""\nthree', description=r"a\nb")
    reading = hevy(noted, row(index=1, values=",,,,", description=r"a\nb"), eol="\r\n")
    assert reading.rejected["source_row"].item() == 4
    assert reading.tables["sets"]["notes"].item() == 'one "two"\nthree'
    assert reading.tables["sessions"]["notes"].item() == "a\nb"


def test_workouts_of_one_minute_and_title_are_kept_apart_by_their_end(hevy: Make) -> None:
    later = row(end="5 May 2024, 08:50", values="70,5,,,")
    both = hevy(later, row(), row(index=1)).tables
    assert both["sessions"].height == 2
    ids = dict(both["sets"].select("load_kg", "set_id").unique("load_kg").iter_rows())
    assert ids[70.0] == "anna|hevy|2024-05-05 07:30|2|squat|1|1"
    assert set(hevy(row(), row(index=1), later).tables["sets"]["set_id"]) == set(both["sets"]["set_id"])


def test_a_whole_list_that_repeats_is_a_second_workout(hevy: Make) -> None:
    workout = (row("Squat", 0), row("Squat", 1), row("Row", 0))
    tables = hevy(*workout, *workout).tables
    assert tables["sessions"].height == 2
    assert tables["sets"]["block_no"].to_list() == [1] * 6


def test_an_exercise_taken_up_again_is_a_block_not_a_workout(hevy: Make) -> None:
    tables = hevy(row("Squat", 0), row("Squat", 1), row("Row", 0), row("Squat", 0)).tables
    assert tables["sessions"].height == 1
    assert tables["sets"]["block_no"].to_list() == [1, 1, 1, 2]
    left_and_right = hevy(row("Curl", 0), row("Curl", 1), row("Curl", 0), row("Curl", 1)).tables
    assert left_and_right["sessions"].height == 1
    assert list(left_and_right["sets"].select("block_no", "set_no").iter_rows()) == [(1, 1), (1, 2), (2, 1), (2, 2)]


def test_editing_title_notes_weight_and_reps_changes_no_id(hevy: Make) -> None:
    before = hevy(row(), row(index=1))
    edited = {"title": "B", "notes": "n", "description": "d"}
    after = hevy(row(values="85,6,,,", **edited), row(index=1, **edited))  # type: ignore[arg-type]
    assert after.tables["sets"]["set_id"].to_list() == before.tables["sets"]["set_id"].to_list()
    assert after.tables["sessions"]["session_id"].item() == before.tables["sessions"]["session_id"].item()


def test_an_end_before_the_start_leaves_the_duration_unknown(hevy: Make) -> None:
    reading = hevy(row(start="2 Nov 2025, 01:45", end="2 Nov 2025, 01:15"))
    assert reading.tables["sessions"]["duration_s"].item() is None
    assert reading.notices == ("duration of 1 workout cannot be read: kept as unknown",)


def test_session_rpe_from_the_description(hevy: Make) -> None:
    assert hevy(row(description="felt ok, SRPE 7")).tables["sessions"]["session_rpe"].item() == 7.0


def test_two_weight_columns_are_a_problem(hevy: Make) -> None:
    with pytest.raises(ImportProblem, match="2 load columns in different units \\(kg, lb\\)"):
        hevy(row() + ",130", header=HEADER + ",weight_lbs")


def test_an_option_that_contradicts_the_header_is_a_problem(hevy: Make) -> None:
    with pytest.raises(ImportProblem, match="is in kg, while --unit says lb"):
        hevy(row(), context=Context(athlete="anna", unit="lb"))


def test_body_measurements_are_another_vendor(tmp_path: Path) -> None:
    path = tmp_path / "measurement_data.csv"
    path.write_text('"date","weight_kg","fat_percent","neck_in"\n"15 Sep 2025, 07:48",70,,\n')
    assert identify(path) == "hevy_body"


SHORT_MONTHS = {
    "English": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "German": "Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.",
    "French": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    "Italian": "gen feb mar apr mag giu lug ago set ott nov dic",
    "Spanish": "ene feb mar abr may jun jul ago sept oct nov dic",
    "Portuguese": "jan. fev. mar. abr. mai. jun. jul. ago. set. out. nov. dez.",
    "Korean": "1월 2월 3월 4월 5월 6월 7월 8월 9월 10월 11월 12월",
}


@pytest.mark.parametrize("language", SHORT_MONTHS)
def test_a_year_of_workouts_in_each_language_of_the_app_loses_no_month(hevy: Make, language: str) -> None:
    times = [f"{day} {word} 2024, 07:30" for day, word in enumerate(SHORT_MONTHS[language].split(), 11)]
    reading = hevy(*(row(start=time, end=time.replace("07:30", "08:30")) for time in times))
    days = reading.tables["sessions"].sort("date")["date"].to_list()
    assert days == [dt.date(2024, number, number + 10) for number in range(1, 13)]
    assert set(reading.tables["sessions"]["duration_s"]) == {3600.0}


def test_a_carriage_return_inside_quotes_ends_no_row(hevy: Make) -> None:
    reading = hevy(row(notes="one\rtwo\r\nthree"), row(index=1), row("Row", values=",,,,"), eol="\r\n")
    assert reading.tables["sets"]["notes"].to_list()[0].split() == ["one", "two", "three"]
    assert (reading.n_loaded, reading.rejected["source_row"].to_list()) == (2, [6])


def test_assistance_in_pounds(hevy: Make) -> None:
    header = HEADER.replace("weight_kg", "weight_lbs")
    one = hevy(row("Pull Up", values="-22.05,5,,,"), header=header).tables["sets"].row(0, named=True)
    assert (one["load_kg"], one["load_raw"], one["assisted"]) == (pytest.approx(10.0017, abs=1e-4), "-22.05", True)


def test_bodyweight_is_empty_and_zero_stays_zero(hevy: Make) -> None:
    reading = hevy(row("Dip", 0, ",8,,,"), row("Dip", 1, "0,8,,0,"))
    assert reading.tables["sets"].select("load_kg", "reps", "duration_s").rows() == [
        (None, 8.0, None),
        (0.0, 8.0, None),
    ]


def test_a_run_inside_the_log(hevy: Make) -> None:
    one = hevy(row("Running", values=",,5,1534,7")).tables["sets"].row(0, named=True)
    told = (one["reps"], one["load_kg"], one["distance_m"], one["duration_s"], one["rpe"])
    assert told == (None, None, 5000.0, 1534.0, 7.0)


def test_supersets_of_one_workout_stay_apart_and_none_is_no_group(hevy: Make) -> None:
    reading = hevy(row("A", superset="0"), row("B", superset="0"), row("C", superset="1"), row("D"))
    assert reading.tables["sets"]["superset"].to_list() == ["0", "0", "1", None]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_an_export_saved_again_by_a_spreadsheet(hevy: Make, delimiter: str) -> None:
    cells = (
        "A",
        "15.09.2025 07:48",
        "15.09.2025 09:13",
        "",
        "Squat",
        "",
        "",
        "0",
        "normal",
        "62,5",
        "5",
        "",
        "",
        "7,5",
    )
    reading = hevy(delimiter.join(cells), header=HEADER.replace(",", delimiter))
    one = reading.tables["sets"].row(0, named=True)
    assert (one["load_kg"], one["rpe"], str(one["start_local"])) == (62.5, 7.5, "2025-09-15 07:48:00")
