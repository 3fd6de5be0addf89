"""GymBook: localized words and units in the cells, skipped sets, a time of day beside every set."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.importers import Context, ImportProblem, Reading, identify, read

ITALIAN = (
    "Data,Programma,Orario,Esercizio,Zona,Gruppi muscolari (Primari),Gruppi muscolari (Secondari),"
    "Set / Set di riscaldamento / Set di defaticamento,Ripetizioni / Tempo,Peso / Distanza,Appunti,Saltato"
)
GERMAN = (
    "Datum;Training;Zeit;Übung;Bereich;Muskelgruppen (Primäre);Muskelgruppen (Sekundäre);"
    "Satz / Aufwärmsatz / Abkühlungssatz;Wiederholungen / Zeit;Gewicht / Strecke;Notizen;Ausgelassen"
)
Make = Callable[..., Reading]


@pytest.fixture
def gymbook(tmp_path: Path) -> Make:
    def make(header: str, *rows: str, encoding: str = "utf-8", **said: Any) -> Reading:
        path = tmp_path / "log.csv"
        path.write_bytes("\n".join([header, *rows, ""]).encode(encoding))
        assert identify(path) == "gymbook"
        reading = read(path, Context(athlete="anna", **said))
        counts = reading.n_loaded + reading.n_attached + reading.n_ignored + reading.n_rejected
        assert reading.n_read == counts
        assert reading.tables["sets"]["set_id"].is_unique().all()
        return reading

    return make


def row(exercise: str = "Squat", amount: str = "8 ripetizioni", value: str = "82,50 kg", **other: str) -> str:
    told = {"day": "14/03/24", "name": "Gambe", "time": "18:05", "kind": "Set", "notes": "", "skipped": "No"} | other
    muscles = '"Quadricipiti, Glutei",""'
    start = f"{told['day']},{told['name']},{told['time']},{exercise},Zona,{muscles},{told['kind']}"
    return f'{start},{amount},"{value}",{told["notes"]},{told["skipped"]}'


def test_a_set_with_its_words_and_units(gymbook: Make) -> None:
    reading = gymbook(ITALIAN, row(), row(amount="1 ripetizione", value="100,00 kg", time="18:11", notes="bene"))
    sets = reading.tables["sets"]
    assert list(sets.select("reps", "load_kg", "set_type", "notes", "set_no").iter_rows()) == [
        (8.0, 82.5, "work", None, 1), (1.0, 100.0, "work", "bene", 2),
    ]  # fmt: skip
    assert [f"{at:%H:%M}" for at in sets["start_local"]] == ["18:05", "18:11"]
    assert f"{reading.tables['sessions']['start_local'].item():%Y-%m-%d %H:%M}" == "2024-03-14 18:05"
    assert sets["set_id"].to_list() == ["anna|gymbook|2024-03-14|1|squat|1|1", "anna|gymbook|2024-03-14|1|squat|1|2"]
    assert (reading.variant, reading.decisions["unit"], reading.decisions["unit_from"]) == ("Italian", "kg", "row")
    assert not reading.whole


@pytest.mark.parametrize(
    ("amount", "value", "reps", "seconds", "kg", "metres"),
    [
        ("60 secondi", "0,00 kg", None, 60.0, 0.0, None),
        ("3 minuti", "2,50 km", None, 180.0, None, 2500.0),
        ("1 minuto 30 secondi", "0,50 km", None, 90.0, None, 500.0),
        ("1 ora", "6,00 mi", None, 3600.0, None, 9656.064),
        ("20\u00a0ripetizioni", "45,00\u00a0lbs", 20.0, None, 20.41165665, None),
        ("12 ripetizioni", "", 12.0, None, None, None),
    ],
)  # fmt: skip
def test_units_in_the_cells(
    gymbook: Make, amount: str, value: str, reps: float, seconds: float, kg: float, metres: float
) -> None:
    one = gymbook(ITALIAN, row(amount=amount, value=value)).tables["sets"].row(0, named=True)
    assert (one["reps"], one["duration_s"]) == (reps, seconds)
    assert one["load_kg"] == (kg if kg is None else pytest.approx(kg))
    assert one["distance_m"] == (metres if metres is None else pytest.approx(metres))


def test_skipped_sets_are_ignored_and_warm_ups_are_marked(gymbook: Make) -> None:
    kinds = ("Set di riscaldamento", "Set", "Set di defaticamento", "Superset")
    reading = gymbook(ITALIAN, *(row(kind=kind) for kind in kinds), row(skipped="Si"), row(skipped="Sì"))
    assert reading.tables["sets"]["set_type"].to_list() == ["warmup", "work", "warmup", "unknown"]
    assert dict(reading.ignored.select("source_row", "reason").iter_rows()) == {6: "skipped", 7: "skipped"}


def test_what_cannot_be_read_is_rejected(gymbook: Make) -> None:
    rows = [row(amount="8"), row(value="40 libbre"), row(skipped="forse"), row(amount="tante ripetizioni")]
    rows.append(row(amount='"1.000,5 minuti 3 secondi"'))
    reading = gymbook(ITALIAN, *rows, *[row()] * 6)
    assert (reading.n_loaded, reading.n_rejected) == (6, 5)
    assert reading.rejected["reason"].to_list() == [
        "amount '8' has no unit that is known", "weight_or_distance '40 libbre' has no unit that is known",
        "skipped 'forse' cannot be read", "amount 'tante ripetizioni' has no unit that is known",
        "amount '1.000,5 minuti 3 secondi' has no unit that is known",
    ]  # fmt: skip
    assert reading.rejected["raw"].to_list() == rows
    assert reading.rejected["day"].to_list() == ["2024-03-14"] * 5


def test_programmes_of_a_day_are_workouts_and_a_later_set_moves_no_key(gymbook: Make) -> None:
    rows = [row(), row("Panca", time="07:30", name="Petto"), row("Panca", day="15/03/24", name="Petto")]
    reading = gymbook(ITALIAN, *rows)
    keys = dict(reading.tables["sessions"].select("session_id", "title").iter_rows())
    assert keys == {
        "anna|gymbook|2024-03-14|1": "Petto", "anna|gymbook|2024-03-14|2": "Gambe",
        "anna|gymbook|2024-03-15|1": "Petto",
    }  # fmt: skip
    more = gymbook(ITALIAN, rows[2], rows[1], rows[0], row("Affondi", time="18:40")).tables["sets"]
    assert set(reading.tables["sets"]["set_id"]) < set(more["set_id"])


def test_edited_loads_reps_and_notes_change_no_id(gymbook: Make) -> None:
    before = gymbook(ITALIAN, row(), row()).tables["sets"]["set_id"]
    assert (
        gymbook(ITALIAN, row(value="85,00 kg"), row(amount="6 ripetizioni", notes="x"))
        .tables["sets"]["set_id"]
        .to_list()
        == before.to_list()
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_the_german_export_saved_again_by_a_spreadsheet(gymbook: Make, encoding: str) -> None:
    rows = [
        "13.03.2021;Beine;18:05;Kniebeuge;Beine;;;Aufwärmsatz;12 Wiederholungen;60,00 kg;;Nein",
        "13.03.2021;Beine;18:10;Kniebeuge;Beine;;;Satz;1 Wiederholung;100,00 kg;schwer;Nein",
        "13.03.2021;Beine;18:15;Plank;Bauch;;;Satz;60 Sekunden;0,00 kg;;Nein",
        "13.03.2021;Beine;18:20;Laufen;Cardio;;;Satz;12 Minuten;2,50 km;;Nein",
        "13.03.2021;Beine;18:40;Kniebeuge;Beine;;;Satz;8 Wiederholungen;100,00 kg;;Ja",
    ]
    reading = gymbook("sep=;\n" + GERMAN if encoding == "utf-8" else GERMAN, *rows, encoding=encoding)
    assert (reading.variant, reading.n_loaded, reading.n_ignored) == ("German", 4, 1)
    sets = reading.tables["sets"].select("set_type", "reps", "load_kg", "duration_s", "distance_m")
    assert list(sets.iter_rows()) == [
        ("warmup", 12.0, 60.0, None, None), ("work", 1.0, 100.0, None, None), ("work", None, 0.0, 60.0, None),
        ("work", None, None, 720.0, 2500.0),
    ]  # fmt: skip


def test_an_open_order_of_day_and_month_is_a_question(gymbook: Make) -> None:
    with pytest.raises(ImportProblem, match="--date-order"):
        gymbook(ITALIAN, row(day="04/03/24"))
    assert (
        str(gymbook(ITALIAN, row(day="04/03/24"), date_order="day_first").tables["sets"]["date"].item()) == "2024-03-04"
    )


@pytest.mark.parametrize(
    "text",
    [ITALIAN + "\n", f"{ITALIAN}\n{row()}\n{row()[:30]}", f"{ITALIAN}\n{row(skipped='Si')}\n", "Data,Orario\na,b\n"],
)
def test_a_damaged_file_is_a_problem_in_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(ImportProblem) as problem:
        read(path, Context(athlete="anna"), "gymbook")
    assert "\n" not in str(problem.value)
    assert "failed on it" not in str(problem.value)
