"""OptoJump: sparse XML rows, marks between the jumps, units by the law of free fall, sides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import polars as pl
import pytest
import xlsxwriter

from analysis.importers import Context, ImportProblem, Reading, identify, read
from analysis.importers._source import load
from analysis.importers._spreadsheetml import sheets

FRENCH = (
    "Nom", "Prenom", "Première dernière", "Poids", "Hauteur", "Test", "Date", "Heure", "#", "G/D", "Temps externe",
    "Temps d'attente", "Temps de vol", "Temps de contact", "Temps de pas", "Elevation", "Puissance", "Rythme[p/s]",
    "Temps de Contact", "Temps de Contact%", "Temps de vol%", "Temps de contact%", "RSI", "Notes",
)  # fmt: skip
ENGLISH = ("Last & first names", "Height", "Test", "Date", "Time", "#", "L/R", "Flight time", "Contact time", "Height", "RSI")  # fmt: skip  # noqa: E501
SPACE = "urn:schemas-microsoft-com:office:spreadsheet"
ABOUT = {"Nom": "Lovelace", "Première dernière": "Ada L", "Test": "CMJ libre V1", "Date": "11/03/2024", "Heure": "10:35:20"}  # fmt: skip  # noqa: E501
START = {"#": "Accueil à l'extérieur", "G/D": "DÉPART", "Temps de vol": 0.159}
STOP = {"#": "Accueil à l'extérieur STOP", "G/D": ""}
Make = Callable[..., Reading]


def cell(value: Any, index: int | None) -> str:
    place = "" if index is None else f' ss:Index="{index}"'
    kind = "String" if isinstance(value, str) else "Number"
    return f'<Cell{place}><Data ss:Type="{kind}">{escape(str(value))}</Data></Cell>'


def sparse(values: Mapping[int, Any]) -> str:
    """A row that leaves its empty cells out, as the device writes it."""
    places = sorted(values)
    gaps = [place if place - before != 1 else None for before, place in zip([0, *places], places, strict=False)]
    return "<Row>" + "".join(cell(values[p], gap) for p, gap in zip(places, gaps, strict=True)) + "</Row>"


def book(*rows: Mapping[str, Any], headers: tuple[str, ...] = FRENCH) -> str:
    body = sparse(dict(enumerate(headers, 1)))
    for row in rows:
        body += sparse({headers.index(name) + 1: value for name, value in (ABOUT | dict(row)).items()})
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<?mso-application progid="Excel.Sheet"?>\n'
        f'<Workbook xmlns:ss="{SPACE}" xmlns="{SPACE}">'
        f'<Worksheet ss:Name="Données OJ"><Table>{body}</Table></Worksheet>'
        '<Worksheet ss:Name="Résumé"><Table /></Worksheet></Workbook>'
    )


@pytest.fixture
def bars(tmp_path: Path) -> Make:
    def make(*rows: Mapping[str, Any], context: Context | None = None) -> Reading:
        path = tmp_path / "export.dat"
        path.write_text(book(*rows), encoding="utf-8")
        assert identify(path) == "optojump"
        reading = read(path, context or Context(athlete="ada"))
        assert reading.n_read == reading.n_loaded + reading.n_attached + reading.n_ignored + reading.n_rejected
        assert reading.tables["trials"]["trial_id"].is_unique().all()
        return reading

    return make


def jump(n: int, flight: float, height: float | None, **more: Any) -> dict[str, Any]:
    told = {"#": n, "G/D": "", "Temps de vol": flight} | ({} if height is None else {"Elevation": height})
    return told | more


def values(reading: Reading, measure: str) -> list[Any]:
    return reading.tables["trials"].filter(pl.col("measure") == measure).sort("source_row")["value"].to_list()


def test_sparse_rows_keep_their_columns_and_marks_are_ignored(bars: Make) -> None:
    later = jump(2, 0.528, 34.2, **{"Temps de contact": 11.149, "Temps de Contact": 11.149, "RSI": 0.03})
    reading = bars(START, jump(1, 0.524, 33.7), later, STOP)
    trials = reading.tables["trials"]
    assert values(reading, "height_m") == [pytest.approx(0.337), pytest.approx(0.342)]
    assert values(reading, "flight_time_s") == [0.524, 0.528]
    assert set(trials["measure"]) == {"height_m", "flight_time_s"}  # between two CMJ there is standing, no contact
    assert trials.select("test", "protocol", "side").unique().rows() == [("cmj", "CMJ libre V1", "both")]
    assert trials["method"].unique().sort().to_list() == [None, "flight_time"]
    assert reading.ignored.select("source_row", "reason").rows() == [(2, "marker"), (5, "marker")]
    assert (reading.n_read, reading.n_loaded, reading.variant) == (4, 2, "French XML")


def test_french_headers_mean_day_first(bars: Make) -> None:
    reading = bars(jump(1, 0.5, 30.6))
    assert reading.tables["trials"]["date"].unique().to_list() == [dt.date(2024, 3, 11)]
    assert (reading.decisions["date_order"], reading.decisions["date_order_from"]) == ("day_first", "language")


def test_a_short_flight_in_a_jump_test_is_no_jump(bars: Make) -> None:
    reading = bars(jump(1, 0.608, 45.3), jump(2, 0.045, 0.2), jump(3, 0.016, 0))
    assert reading.ignored["reason"].to_list() == ["no_jump", "no_jump"]
    assert values(reading, "height_m") == [pytest.approx(0.453)]


@pytest.mark.parametrize(("written", "unit"), [(30.7, "cm"), (12.07, "in"), (0.3065, "m")])
def test_the_unit_of_the_height_is_the_one_that_agrees_with_the_flight_time(
    bars: Make, written: float, unit: str
) -> None:
    reading = bars(jump(1, 0.5, written))
    assert reading.decisions["elevation_unit"] == unit
    assert values(reading, "height_m") == [pytest.approx(0.3065, abs=0.001)]


def test_a_height_that_agrees_in_no_unit_is_left_out(bars: Make) -> None:
    reading = bars(jump(1, 0.5, 77))
    assert (reading.decisions["elevation_unit"], values(reading, "flight_time_s")) == ("none", [0.5])
    assert values(reading, "height_m") == []
    assert any("Elevation" in notice for notice in reading.notices)


def test_steps_keep_their_side_and_are_no_jumps(bars: Make) -> None:
    step = {"Test": "Tapping", "Temps de contact": 0.144}
    reading = bars(START | step, jump(1, 0.113, None, **step, **{"G/D": "G"}), jump(2, 0.096, None, **step, **{"G/D": "D"}))  # fmt: skip  # noqa: E501
    trials = reading.tables["trials"].filter(pl.col("measure") == "step_flight_time_s")
    assert trials.select("test", "side", "trial", "value").rows() == [
        ("tapping", "left", 1, 0.113), ("tapping", "right", 1, 0.096),
    ]  # fmt: skip
    assert values(reading, "contact_time_s") == [0.144, 0.144]


def test_a_drop_jump_keeps_contact_and_rsi(bars: Make) -> None:
    reading = bars(jump(1, 0.5, 30.7, **{"Test": "Drop Jump", "Temps de contact": 0.2, "RSI": 1.5}))
    assert (values(reading, "contact_time_s"), values(reading, "rsi")) == ([0.2], [1.5])
    assert reading.tables["trials"]["test"].unique().to_list() == ["drop_jump"]


def test_tests_of_one_day_in_two_files_have_different_ids(bars: Make) -> None:
    first, second = bars(jump(1, 0.5, 30.7)), bars(jump(1, 0.5, 30.7, Heure="10:38:58"))
    assert set(first.tables["trials"]["trial_id"]).isdisjoint(second.tables["trials"]["trial_id"])
    assert set(first.tables["trials"]["trial_id"]) == set(bars(jump(1, 0.51, 31.9)).tables["trials"]["trial_id"])


def test_several_athletes_keep_their_names_and_a_bad_value_is_rejected(bars: Make) -> None:
    reading = bars(jump(1, 0.5, 30.7), jump(2, 0.51, 31.9, **{"Première dernière": "Bea"}), jump(3, 0.5, None, RSI="-", Elevation="high"))  # fmt: skip  # noqa: E501
    assert reading.tables["trials"]["athlete"].unique().sort().to_list() == ["Ada L", "Bea"]
    assert reading.rejected["reason"].to_list() == ["elevation 'high' cannot be read"]


def test_the_english_workbook(tmp_path: Path) -> None:
    path = tmp_path / "export.bin"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("OJ data")
        rows = [
            ENGLISH, ("Ada", 170, "CMJ", "13/03/2024", "10:35:20", "External trigger", "START"),
            ("Ada", 170, "CMJ", "13/03/2024", "10:35:20", 1, "L", 0.5, 2.5, 30.7, 0.1),
        ]  # fmt: skip
        for n, row in enumerate(rows):
            sheet.write_row(n, 0, row)
    assert identify(path) == "optojump"
    reading = read(path, Context(athlete="ada"))
    assert reading.variant == "English sheet"
    assert reading.tables["trials"].select("measure", "value", "side", "date").rows() == [
        ("height_m", pytest.approx(0.307), "left", dt.date(2024, 3, 13)),
        ("flight_time_s", 0.5, "left", dt.date(2024, 3, 13)),
    ]  # fmt: skip
    assert any("1 column is not read: Height" in notice for notice in reading.notices)


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (lambda xml: xml[:-60], "not whole XML"),
        (lambda xml: xml.replace('ss:Index="13"', 'ss:Index="2"'), "two columns at number 2"),
        (lambda xml: xml.replace('ss:Index="13"', 'ss:Index="999999999"'), "a number up to"),
        (lambda xml: xml.replace('ss:Index="13"', 'ss:Index="-1"'), "a number up to"),
        (
            lambda xml: xml.replace("<?mso-application", '<!DOCTYPE a [<!ENTITY b "c">]><?mso-application'),
            "declares entities",
        ),
    ],
)
def test_a_damaged_or_hostile_file_is_a_problem(tmp_path: Path, harm: Callable[[str], str], says: str) -> None:
    path = tmp_path / "a.xml"
    path.write_text(harm(book(jump(1, 0.5, 30.7))), encoding="utf-8")
    with pytest.raises(ImportProblem, match=says):
        read(path, Context(athlete="ada"), vendor="optojump")


def test_rows_and_merged_cells_stand_where_the_file_puts_them(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    rows = (
        '<Row><Cell ss:MergeAcross="1"><Data ss:Type="String">a</Data></Cell><Cell/><Cell ss:Index="5">'
        '<Data ss:Type="String">b<B xmlns="http://www.w3.org/TR/REC-html40">c</B></Data></Cell></Row>'
        '<Row ss:Index="3"><Cell><Data ss:Type="Number">1</Data></Cell></Row>'
    )
    path.write_text(
        f'<Workbook xmlns:ss="{SPACE}" xmlns="{SPACE}"><Worksheet><Table>{rows}</Table></Worksheet></Workbook>'
    )
    assert sheets(load(path)) == {"sheet 1": [["a", "", "", "", "bc"], [], ["1", "", "", "", ""]]}
