"""Hevy's measurements: kilograms beside inches, pounds, centimetres; one item of wellness per value."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.importers import Context, ImportProblem, Reading, identify, read
from analysis.importers import hevy_body as hevy_body_vendor
from analysis.importers._source import Head

GIRTHS = (
    "neck", "shoulder", "chest", "left_bicep", "right_bicep", "left_forearm", "right_forearm", "abdomen", "waist",
    "hips", "left_thigh", "right_thigh", "left_calf", "right_calf",
)  # fmt: skip
Make = Callable[..., Reading]


def header(weight: str = "kg", girth: str = "in") -> str:
    return ",".join(
        f'"{name}"' for name in ("date", f"weight_{weight}", "fat_percent", *(f"{g}_{girth}" for g in GIRTHS))
    )


def row(day: str = "14 Jan 2025, 00:00", mass: str = "", fat: str = "", *girths: str) -> str:
    return ",".join([f'"{day}"', mass, fat, *girths, *[""] * (len(GIRTHS) - len(girths))])


@pytest.fixture
def hevy_body(tmp_path: Path) -> Make:
    def make(head: str, *rows: str, eol: str = "\n", **said: Any) -> Reading:
        path = tmp_path / "measurement_data.csv"
        path.write_text(eol.join([head, *rows]), newline="")  # the app ends the file without a line end
        assert identify(path) == "hevy_body"
        reading = read(path, Context(athlete="anna", **said))
        counts = reading.n_loaded + reading.n_attached + reading.n_ignored + reading.n_rejected
        assert reading.n_read == counts
        assert reading.tables["wellness"]["wellness_id"].is_unique().all()
        return reading

    return make


def values(reading: Reading) -> dict[str, float]:
    return dict(reading.tables["wellness"].select("item", "value").iter_rows())


@pytest.mark.parametrize(
    ("weight", "girth", "kilograms", "metres"),
    [
        ("kg", "in", 80.0, 0.4064),
        ("kg", "cm", 80.0, 0.16),
        ("lbs", "in", 36.2873896, 0.4064),
        ("lbs", "cm", 36.2873896, 0.16),
    ],
)
def test_units_of_the_header_combine_freely(
    hevy_body: Make, weight: str, girth: str, kilograms: float, metres: float
) -> None:
    reading = hevy_body(header(weight, girth), row("14 Jan 2025, 00:00", "80", "22.3", *["16"] * 14))
    found = values(reading)
    assert found.pop("body_mass_kg") == pytest.approx(kilograms)
    assert found.pop("body_fat_percent") == 22.3
    assert found == {f"{girth_name}_m": pytest.approx(metres) for girth_name in GIRTHS}
    assert (reading.variant, reading.n_read, reading.n_loaded) == (f"{weight} {girth}", 1, 1)


def test_only_what_was_measured_is_kept(hevy_body: Make) -> None:
    reading = hevy_body(
        header(), row(mass="78.7"), row("15 Jan 2025, 00:00"), row("16 Jan 2025, 00:00", "", "", "15.5")
    )
    told = reading.tables["wellness"].select("item", "value_raw", "source_row", "instrument").rows()
    assert told == [("body_mass_kg", "78.7", 2, "hevy_body"), ("neck_m", "15.5", 4, "hevy_body")]
    assert reading.ignored["source_row"].to_list() == [3]


def test_two_measurements_of_a_day_both_stay_and_edits_change_no_id(hevy_body: Make) -> None:
    reading = hevy_body(header(), row(mass="78.7"), row(mass="79.1"), row("15 Jan 2025, 00:00", "78"))
    ids = reading.tables["wellness"]["wellness_id"].to_list()
    assert [one.split("|")[-3:] for one in ids] == [
        ["2025-01-14", "body_mass_kg", "1"], ["2025-01-14", "body_mass_kg", "2"], ["2025-01-15", "body_mass_kg", "1"],
    ]  # fmt: skip
    edited = hevy_body(header(), row(mass="75"), row(mass="76"), row("15 Jan 2025, 00:00", "77"), eol="\r\n")
    assert edited.tables["wellness"]["wellness_id"].to_list() == ids


def test_days_in_the_words_of_the_app(hevy_body: Make) -> None:
    reading = hevy_body(
        header(), row("2 févr. 2025, 00:00", "78"), row("5 9월 2025, 00:00", "78"), row("Jul 5, 2025, 10:21 AM", "78")
    )
    assert [str(day) for day in reading.tables["wellness"]["date"]] == ["2025-02-02", "2025-09-05", "2025-07-05"]


def test_what_cannot_be_a_measurement_is_rejected(hevy_body: Make) -> None:
    reading = hevy_body(header(), row(mass="7"), row("soon", "78"), row(mass="heavy"), *[row(mass="78")] * 3)
    assert reading.rejected["source_row"].to_list() == [2, 3, 4]
    assert "body mass between 25 and 250 kg" in reading.rejected["reason"][0]
    assert reading.rejected["raw"].to_list()[2].startswith('"14 Jan 2025, 00:00",heavy,')


@pytest.mark.parametrize("text", ["{}\n", "{}\n{}\n{}", '{}\n{}\n"15 Jan 2025'])
def test_a_damaged_file_is_a_problem_in_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text.format(header(), row(mass="78"), row(mass="78")[:20]))
    with pytest.raises(ImportProblem) as problem:
        read(path, Context(athlete="anna"), "hevy_body")
    assert "\n" not in str(problem.value)
    assert "failed on it" not in str(problem.value)


@pytest.mark.parametrize("head", ["date,weight_kg", "date,waist_in,mood", "date,fat_percent,waist_in,mood"])
def test_other_sheets_with_a_weight_are_not_claimed(head: str) -> None:
    assert not hevy_body_vendor.matches(Head("a.csv", f"{head}\n"))
    assert hevy_body_vendor.matches(Head("a.csv", f"{header()}\n"))
