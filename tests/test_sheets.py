"""Our own sheets: templates import as they are, units come from measure and header, commas and dates are decided."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.importers import Context, ImportProblem, Reading, read, template

RETEST = "athlete,date,test,trial,side,load_kg,distance_m,cap_s,measure,value,protocol,device,valid,notes"
Make = Callable[..., Reading]


@pytest.fixture
def sheet(tmp_path: Path) -> Make:
    def make(*lines: str, athlete: str | None = None) -> Reading:
        path = tmp_path / "sheet.csv"
        path.write_text("\n".join([*lines, ""]), encoding="utf-8")
        return read(path, Context(athlete=athlete))

    return make


@pytest.mark.parametrize(
    ("kind", "vendor"), [("retest", "retest_sheet"), ("blocks", "blocks_sheet"), ("aliases", "alias_sheet")]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_template_imports_without_a_rejected_row(sheet: Make, kind: str, vendor: str, delimiter: str) -> None:
    lines = template(kind).replace(",", delimiter).splitlines()
    reading = sheet(*lines)
    assert reading.vendor == vendor
    assert reading.n_loaded == len(lines) - 1 >= 2
    assert reading.rejected.is_empty()


def test_an_unknown_template_names_the_kinds() -> None:
    with pytest.raises(
        ImportProblem, match="one of aliases, blocks, calendar, complaints, plan, retest, tests, wellness"
    ):
        template("nonsense")


@pytest.mark.parametrize(
    ("measure", "value", "stored", "si"),
    [
        ("height_m", "0.314", "height_m", 0.314),
        ("height_cm", "31.4", "height_m", 0.314),
        ("flight_time_s", "0.506", "flight_time_s", 0.506),
        ("flight_time_ms", "506", "flight_time_s", 0.506),
    ],
)
def test_measures_are_stored_in_si(sheet: Make, measure: str, value: str, stored: str, si: float) -> None:
    trial = sheet(RETEST, f"anna,2026-03-02,CMJ,1,,,,,{measure},{value},,,,").tables["trials"].row(0, named=True)
    assert (trial["measure"], trial["value"]) == (stored, pytest.approx(si))
    assert (trial["test"], trial["side"], trial["valid"], trial["load_kg"]) == ("cmj", "both", True, None)


def test_an_unknown_measure_is_rejected_with_its_text(sheet: Make) -> None:
    good = "anna,2026-03-02,cmj,1,,,,,height_m,0.3,,,,"
    reading = sheet(RETEST, good, "anna,2026-03-02,cmj,2,,,,,height_in,12,,,,")
    assert reading.rejected["reason"].item() == "measure 'height_in' cannot be read"
    assert reading.rejected["raw"].item() == "anna,2026-03-02,cmj,2,,,,,height_in,12,,,,"


def test_loads_in_pounds_by_the_header(sheet: Make) -> None:
    line = "anna,2026-03-02,loaded_jump,1,both,44.1,,,height_cm,30,,,no,"
    trial = sheet(RETEST.replace("load_kg", "load_lb"), line).tables["trials"].row(0, named=True)
    assert trial["load_kg"] == pytest.approx(44.1 * 0.45359237)
    assert trial["valid"] is False
    with pytest.raises(ImportProblem, match="kg, lb"):
        sheet(RETEST + ",load_lb", line + ",20")


def test_decimal_commas_are_decided_per_column_and_mixtures_rejected(sheet: Make) -> None:
    header = RETEST.replace(",", ";")
    rows = [f"anna;2026-03-02;loaded_jump;{i};;22,5;;;height_cm;{v};;;;" for i, v in enumerate(("31,4", "30", "29,8"))]
    rows[0] = rows[0].replace(";0;", ";9;", 1)
    good = sheet(header, *rows).tables["trials"]
    assert good["value"].to_list() == pytest.approx([0.314, 0.30, 0.298])
    assert set(good["load_kg"]) == {22.5}
    more = [row.replace("31,4", "29").replace("2026-03-02", f"2026-03-0{d}") for row in rows[:1] for d in (3, 4, 5)]
    mixed = sheet(header, *rows, *more, rows[1].replace(";30;", ";30.5;").replace(";1;", ";7;"))
    assert (mixed.n_loaded, mixed.n_rejected) == (4, 3)
    assert all("mixes decimal commas and points" in reason for reason in mixed.rejected["reason"])


@pytest.mark.parametrize("date", ["03/04/2026", "2026/04/03", "3 April 2026", "31.02.2026"])
def test_other_dates_are_rejected_with_the_two_that_work(sheet: Make, date: str) -> None:
    good = [f"anna,{d},cmj,1,,,,,height_m,0.3,,,," for d in ("2026-04-03", "04.04.2026")]
    reading = sheet(RETEST, *good, f"anna,{date},cmj,1,,,,,height_m,0.3,,,,")
    assert [str(day) for day in reading.tables["trials"]["date"]] == ["2026-04-03", "2026-04-04"]
    assert reading.rejected["reason"].item() == (f"date '{date}' cannot be read: write it as 2026-03-31 or 31.03.2026")


def test_the_same_trial_twice_is_kept_once_and_said(sheet: Make) -> None:
    line = "anna,2026-03-02,loaded_jump,1,,{},,,height_m,0.3,,,,"
    reading = sheet(RETEST, line.format("20"), line.format("20.0"), line.format("30"))
    assert reading.tables["trials"]["load_kg"].to_list() == [20.0, 30.0]
    assert reading.rejected["reason"].item() == "says the same fact as line 2"


def test_the_athlete_comes_from_the_column_else_from_the_option(sheet: Make) -> None:
    lines = ("date,test,trial,measure,value", "2026-03-02,cmj,1,height_m,0.3")
    assert sheet(*lines, athlete="ben").athlete == "ben"
    with pytest.raises(ImportProblem, match="--athlete"):
        sheet(*lines)
    squad = sheet("athlete," + lines[0], "anna," + lines[1], "," + lines[1], athlete="ben")
    assert squad.tables["trials"]["athlete"].to_list() == ["anna", "ben"]
    assert squad.athlete is None


def test_blocks_leave_unknown_what_is_empty(sheet: Make) -> None:
    header = "athlete,block,start,end,goal,primary_test,planned_hard_sets,days_without_record,notes"
    block = sheet(header, "anna, base ,05.01.2026,2026-02-15,,,,,").tables["blocks"].row(0, named=True)
    assert (block["block_id"], block["days_without_record"]) == ("anna|base", "unknown")
    assert (block["planned_hard_sets"], block["primary_test"], str(block["start"])) == (None, None, "2026-01-05")
    bad = sheet(header, "anna,a,2026-01-05,2026-02-15,,,,Rest,", "anna,b,2026-03-05,2026-02-15,,,,rest,")
    assert bad.tables["blocks"]["days_without_record"].to_list() == ["rest"]
    assert bad.rejected["reason"].item() == "rule broken: end after start"


def test_an_alias_must_point_into_the_catalogue(sheet: Make) -> None:
    reading = sheet(
        "exercise_raw,exercise", "Kniebeuge vorn mit Pause,Back Squat", "Foo,no such exercise", "Bar,pull_up"
    )
    assert reading.tables["exercise_aliases"]["exercise"].to_list() == ["back_squat", "pull_up"]
    assert reading.rejected["reason"].item() == "exercise 'no such exercise' is not in the catalogue"
