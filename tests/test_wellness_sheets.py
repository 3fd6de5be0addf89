"""Our sheets of wellness and of complaints."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.importers import Context, ImportProblem, Reading, identify, read, template

WELLNESS = "athlete,date,item,value,scale_min,scale_max,direction,instrument,notes"
COMPLAINTS = "athlete,date,until,kind,body_part,side,severity,training_changed,notes"
Make = Callable[..., Reading]


@pytest.fixture
def sheet(tmp_path: Path) -> Make:
    def make(*lines: str, athlete: str | None = None, date_order: str | None = None) -> Reading:
        path = tmp_path / "sheet.csv"
        path.write_text("\n".join([*lines, ""]), encoding="utf-8")
        assert identify(path) in ("wellness_sheet", "complaints_sheet")
        reading = read(path, Context(athlete=athlete, date_order=date_order))
        assert reading.n_read == reading.n_loaded + reading.n_ignored + reading.n_rejected == len(lines) - 1
        return reading

    return make


@pytest.mark.parametrize("kind", ["wellness", "complaints"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_template_imports_without_a_rejected_row(sheet: Make, kind: str, delimiter: str) -> None:
    lines = template(kind).replace(",", delimiter).splitlines()
    reading = sheet(*lines)
    assert reading.n_loaded == len(lines) - 1
    assert reading.vendor == f"{kind}_sheet"


def test_answers_keep_their_scale_and_measurements_need_none(sheet: Make) -> None:
    reading = sheet(
        WELLNESS,
        "anna,02.03.2026,Sleep Quality,\t4 ,1,5,Higher_Better,McLean,",
        "anna,2026-03-02,resting_hr_bpm,47,,,,,",
        "anna,2026-03-02,resting_hr_bpm,49,,,,,second",
    )
    one, two, three = reading.tables["wellness"].sort("source_row").iter_rows(named=True)
    assert (one["item"], one["value"], one["scale_max"], one["direction"], one["instrument"]) == (
        "sleep_quality", 4.0, 5.0, "higher_better", "mclean",
    )  # fmt: skip
    assert one["date"] == dt.date(2026, 3, 2)
    assert (two["direction"], two["scale_min"], two["instrument"]) == ("neutral", None, "wellness_sheet")
    assert two["wellness_id"] == "anna|wellness_sheet|wellness_sheet|2026-03-02|resting_hr_bpm|1"
    assert (three["wellness_id"][-1], three["notes"]) == ("2", "second")


def test_half_a_scale_and_a_value_outside_of_it_are_rejected(sheet: Make) -> None:
    good = [f"anna,2026-03-0{day},mood,3,1,5,higher_better,mclean," for day in (1, 2, 3, 4)]
    reading = sheet(
        WELLNESS,
        *good,
        "anna,2026-03-05,mood,3,1,5,,mclean,",
        "anna,2026-03-06,mood,7,1,5,higher_better,mclean,",
        "anna,2026-03-07,mood,,1,5,higher_better,mclean,",
        "anna,2026-03-08,mood,good,1,5,higher_better,mclean,",
    )
    assert (reading.n_loaded, reading.n_ignored, reading.n_rejected) == (4, 1, 3)
    assert reading.rejected["reason"].to_list() == [
        "scale_min, scale_max and direction belong together",
        "rule broken: value inside the scale",
        "value 'good' cannot be read",
    ]


@pytest.mark.parametrize(
    ("item", "write"),
    [
        ("rmssd_ms", "hrv_rmssd_ms"), ("HRV ms", "hrv_rmssd_ms"), ("sdnn_ms", "hrv_sdnn_ms"),
        ("sleep_duration_h", "sleep_s (seconds)"), ("sleep_h", "sleep_s (seconds)"),
        ("Sleep-Hours", "sleep_s (seconds)"), ("weight_kg", "body_mass_kg"), ("bodyweight", "body_mass_kg"),
        ("resting_hr", "resting_hr_bpm"), ("rhr", "resting_hr_bpm"),
    ],
)  # fmt: skip
def test_a_near_miss_of_a_measured_item_is_refused_with_the_name_to_write(sheet: Make, item: str, write: str) -> None:
    known = ("hrv_rmssd_ms", "hrv_sdnn_ms", "body_mass_kg", "resting_hr_bpm")
    lines = [f"anna,2026-03-02,{name},60,,,,," for name in (*known, "grip_kg", item)]
    reading = sheet(WELLNESS, "anna,2026-03-02,sleep_s,27000,,,,,", *lines)
    slug = item.lower().replace(" ", "_").replace("-", "_")
    assert reading.rejected["reason"].to_list() == [f"item {slug} is not read; write {write}"]
    assert sorted(reading.tables["wellness"]["item"]) == sorted(["sleep_s", "grip_kg", *known])


def test_an_answer_on_a_scale_keeps_its_own_name_and_an_empty_cell_is_no_near_miss(sheet: Make) -> None:
    reading = sheet(WELLNESS, "anna,2026-03-02,sleep_hours,7,0,12,higher_better,,", "anna,2026-03-02,rhr,,,,,,")
    assert (reading.n_loaded, reading.n_ignored, reading.n_rejected) == (1, 1, 0)


def test_complaints_have_days_words_and_a_number(sheet: Make) -> None:
    reading = sheet(
        COMPLAINTS,
        'anna,2026-03-02,06.03.2026,Niggle,Calf,Left,"2,5",no,',
        "anna,2026-03-02,,niggle,calf,left,4,yes,again",
        "anna,2026-03-09,2026-03-01,illness,,,,,",
        "anna,2026-03-09,,headache,,,,,",
    )
    first, second = reading.tables["complaints"].sort("source_row").iter_rows(named=True)
    assert (first["until"], first["kind"], first["body_part"], first["side"]) == (
        dt.date(2026, 3, 6), "niggle", "calf", "left",
    )  # fmt: skip
    assert (first["severity"], first["training_changed"], second["until"]) == (2.5, False, None)
    assert first["complaint_id"] != second["complaint_id"]
    assert reading.rejected["reason"].to_list() == [
        "rule broken: until not before date",
        "kind 'headache' cannot be read",
    ]


def test_an_edit_of_severity_or_last_day_changes_no_id(sheet: Make) -> None:
    before = sheet(COMPLAINTS, "anna,2026-03-02,,niggle,calf,left,4,,")
    after = sheet(COMPLAINTS, "anna,2026-03-02,2026-03-05,niggle,calf,left,2,yes,better")
    ids = [reading.tables["complaints"]["complaint_id"].item() for reading in (before, after)]
    assert ids[0] == ids[1]


def test_slashed_dates_are_asked_about_and_an_athlete_is_needed(sheet: Make) -> None:
    with pytest.raises(ImportProblem, match="--date-order"):
        sheet(COMPLAINTS, "anna,03/02/2026,,pain,knee,,,,")
    told = sheet(COMPLAINTS, "anna,03/02/2026,,pain,knee,,,,", date_order="month_first")
    assert told.tables["complaints"]["date"].item() == dt.date(2026, 3, 2)
    with pytest.raises(ImportProblem, match="--athlete"):
        sheet(WELLNESS.removeprefix("athlete,"), "2026-03-02,mood,3,1,5,higher_better,mclean,")
