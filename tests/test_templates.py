"""Every template imports as it is, from CSV and XLSX alike; plan and calendar sheets; what spreadsheets do to them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from analysis import _cli_template, importers
from analysis._cli_template import SheetFormat, choices, sheet, workbook
from analysis.cli import main
from analysis.importers import Context, ImportProblem, Reading, identify, read, template

KINDS = sorted(m.KIND for m in importers.vendors().values() if hasattr(m, "KIND"))
VENDORS = {m.KIND: name for name, m in importers.vendors().items() if hasattr(m, "KIND")}
PLAN = "athlete,date,block,session,exercise,order,sets,reps_low,reps_high,load_kg,percent_1rm,duration_s,rpe,rir,rest_s,tempo,notes"  # fmt: skip  # noqa: E501
DAYS = "athlete,date,kind,title,distance_m,notes"


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as done:
        main([str(argument) for argument in arguments])
    return int(done.value.code or 0)


def reading(folder: Path, text: str, **context: Any) -> Reading:
    path = folder / "sheet.csv"
    path.write_text(text, encoding="utf-8")
    return read(path, Context(**context))


def typed(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    """A workbook as a person fills it: dates are dates, numbers are numbers."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy"})
    page = book.add_worksheet("retest")
    for line, row in enumerate(rows):
        page.write_row(line, 0, row)
    book.close()
    return path


def test_there_is_a_template_of_every_kind() -> None:
    assert set(KINDS) >= {"aliases", "blocks", "calendar", "complaints", "plan", "retest", "wellness"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_template_imports_alike_from_csv_and_from_a_workbook(tmp_path: Path, kind: str) -> None:
    text = template(kind)
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    (tmp_path / "t.xlsx").write_bytes(workbook(kind, text))
    one, other = (read(tmp_path / f"t.{suffix}", Context()) for suffix in ("csv", "xlsx"))
    assert {identify(tmp_path / f"t.{suffix}") for suffix in ("csv", "xlsx")} == {VENDORS[kind]}
    assert one.n_read == one.n_loaded == other.n_loaded == len(text.splitlines()) - 1
    assert one.rejected.is_empty()
    for name, frame in one.tables.items():
        assert_frame_equal(frame, other.tables[name])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_every_template_survives_another_delimiter_and_line_end(tmp_path: Path, kind: str, delimiter: str) -> None:
    rows = csv.reader(io.StringIO(template(kind)))
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    (tmp_path / "t.csv").write_bytes(b"\xef\xbb\xbf" + text.getvalue().encode())
    (tmp_path / "u.csv").write_text(template(kind), encoding="utf-8")
    one, other = (read(tmp_path / f"{name}.csv", Context()) for name in "tu")
    for name, frame in one.tables.items():
        assert_frame_equal(frame, other.tables[name])


def test_a_workbook_holds_lists_and_no_formula() -> None:
    data = workbook("retest", template("retest").replace("hands on bar", "=1+1"))
    assert data == workbook("retest", template("retest").replace("hands on bar", "=1+1"))
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        page = parts.read("xl/worksheets/sheet1.xml").decode()
        shared = parts.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in page
    assert "<t>=1+1</t>" in shared
    assert '<pane ySplit="1"' in page
    assert '<formula1>"both,left,right"</formula1>' in page
    assert '<formula1>"yes,no"</formula1>' in page


def test_a_list_takes_the_words_of_the_tables_and_leaves_room_for_own_tests() -> None:
    assert choices("calendar")["kind"] == (
        ("race", "quality", "long", "easy", "rest", "gym", "test", "travel", "other"), True,
    )  # fmt: skip
    assert choices("blocks")["primary_test"] == (("loaded_jump", "cmj", "sprint", "single_leg_stance"), False)
    page = zipfile.ZipFile(io.BytesIO(workbook("aliases", template("aliases")))).read("xl/worksheets/sheet1.xml")
    assert b"<formula1>choices!$B$1:$B$" in page
    assert b"showErrorMessage" not in page


@pytest.mark.parametrize(
    ("out", "wanted", "path", "starts"),
    [
        (None, None, "retest.csv", b"athlete,"),
        (None, SheetFormat.xlsx, "retest.xlsx", b"PK"),
        (Path("a.XLSX"), None, "a.XLSX", b"PK"),
        (Path("a.xlsx"), SheetFormat.csv, "a.xlsx", b"athlete,"),
        (Path("a.txt"), None, "a.txt", b"athlete,"),
    ],
)
def test_the_format_is_told_or_in_the_name(
    out: Path | None, wanted: SheetFormat | None, path: str, starts: bytes
) -> None:
    name, data = sheet("retest", template("retest"), Path("training.duckdb"), out, wanted)
    assert str(name) == path
    assert data.startswith(starts)


def test_what_cannot_be_written_is_said() -> None:
    with pytest.raises(ImportProblem, match=r"--out retest\.xlsx"):
        sheet("retest", "a", Path("training.duckdb"), _cli_template.STDOUT, SheetFormat.xlsx)
    for out, wanted in ((None, SheetFormat.csv), (Path("tests.xlsx"), None)):
        with pytest.raises(ImportProblem, match="TOML"):
            sheet("tests", "a", Path("training.duckdb"), out, wanted)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_the_command_writes_what_the_command_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], kind: str, format_: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("template", kind, "--format", format_) == 0
    assert capsys.readouterr().out == f"{kind}.{format_}\n"
    assert run("import", f"{kind}.{format_}") == 0
    assert "rejected 0" in capsys.readouterr().out


def test_dates_and_numbers_typed_into_a_workbook_are_read(tmp_path: Path) -> None:
    header = ["athlete", "date", "test", "trial", "load_kg", "measure", "value", "valid"]
    days = [dt.datetime(2026, 3, day) for day in (2, 3)]  # noqa: DTZ001 - a cell of a workbook has no zone
    path = typed(
        tmp_path / "a.xlsx", [header, *(["anna", d, "loaded_jump", 1.0, 20.0, "height_cm", 31.4, True] for d in days)]
    )
    one = read(path, Context())
    text = "\n".join(
        [",".join(header), *(f"anna,2026-03-0{d},loaded_jump,1,20,height_cm,31.4,yes" for d in (2, 3)), ""]
    )
    other = reading(tmp_path, text)
    assert_frame_equal(one.tables["trials"], other.tables["trials"])
    assert one.rejected.is_empty()


def test_whole_numbers_with_decimals_are_whole(tmp_path: Path) -> None:
    head = "athlete,date,test,trial,measure,value"
    found = reading(
        tmp_path, f"{head}\nanna,2026-03-02 00:00:00,cmj,1.0,height_m,0.3\nanna,2026-03-02,cmj,1.5,height_m,0.3\n"
    )
    assert found.tables["trials"]["trial"].to_list() == [1]
    assert found.rejected["reason"].item() == "trial '1.5' cannot be read"
    block = "athlete,block,start,end,planned_hard_sets\nanna,a,2026-01-05T00:00:00,2026-02-15,96.0\n"
    assert reading(tmp_path, block).tables["blocks"]["planned_hard_sets"].to_list() == [96]


def test_slashed_dates_are_decided_on_the_column_or_asked(tmp_path: Path) -> None:
    head, row = "athlete,date,test,trial,measure,value", "anna,{},cmj,1,height_m,0.3"

    def days(*dates: str, **told: str) -> list[str]:
        found = reading(tmp_path, "\n".join([head, *(row.format(date) for date in dates), ""]), **told)
        return [str(day) for day in found.tables["trials"]["date"]]

    assert days("3/4/2026", "3/31/2026") == ["2026-03-04", "2026-03-31"]
    assert days("03/04/26", "31/03/2026") == ["2026-04-03", "2026-03-31"]
    assert days("03/04/2026", date_order="month_first") == ["2026-03-04"]
    with pytest.raises(ImportProblem, match="--date-order"):
        days("03/04/2026", "05/04/2026")
    with pytest.raises(ImportProblem, match="some have the day first and some the month"):
        days("31/03/2026", "03/31/2026")
    block = reading(tmp_path, "athlete,block,start,end\nanna,a,05/01/2026,15/02/2026\n").tables["blocks"]
    assert block.select(pl.col("start", "end").cast(pl.String)).row(0) == ("2026-01-05", "2026-02-15")


def test_a_plan_in_pounds_with_decimal_commas(tmp_path: Path) -> None:
    head = PLAN.replace("load_kg", "load_lb").replace(",", ";")
    found = reading(tmp_path, f"{head}\nanna;05.01.2026;;A;Back squat;1;4,0;6;8;132,5;;;7,5;;90;;x\n")
    row = found.tables["plan"].row(0, named=True)
    assert row["load_kg"] == pytest.approx(132.5 * 0.45359237)
    assert (row["sets"], row["reps_low"], row["reps_high"], row["rpe"], row["rest_s"]) == (4, 6.0, 8.0, 7.5, 90.0)
    assert (str(row["date"]), row["block"], row["exercise_raw"], row["order"]) == ("2026-01-05", None, "Back squat", 1)


def test_rows_of_a_plan_that_mean_nothing_are_refused(tmp_path: Path) -> None:
    rows = [
        "anna,2026-01-06,,A,squat,,3,5,5,,,,,,,,",
        "anna,,,A,squat,,3,5,5,,,,,,,,",
        "anna,2026-01-06,,A,squat,,3,8,5,,,,,,,,",
        "anna,2026-01-06,,A,,,3,5,5,,,,,,,,",
        "anna,2026-13-06,base,A,squat,,3,5,5,,,,,,,,",
        "anna,2026-01-06,,A,squat,,many,5,5,,,,,,,,",
        "anna,2026-01-07,,A,squat,,3,5,5,,,,,,,,",
        *(f"anna,2026-02-0{d},,A,squat,,3,5,5,,,,,,,," for d in range(1, 6)),
    ]
    found = reading(tmp_path, "\n".join([PLAN, *rows, ""]))
    assert found.rejected.select("source_row", "reason").rows() == [
        (3, "date is missing, and so is block: one of the two is needed"),
        (4, "reps_low 8 is above reps_high 5"),
        (5, "exercise_raw is missing"),
        (6, "date '2026-13-06' cannot be read: write it as 2026-03-31 or 31.03.2026"),
        (7, "sets 'many' cannot be read"),
    ]
    assert found.n_read == found.n_loaded + found.n_rejected == 12


def test_the_key_of_a_planned_row_outlives_edits_of_its_numbers(tmp_path: Path) -> None:
    row = "anna,2026-01-06,,A,{},,{},5,5,{},,,,,,,{}"
    one = reading(tmp_path, "\n".join([PLAN, row.format("Squat", 3, 60, ""), row.format("Squat", 3, 60, ""), ""]))
    two = reading(tmp_path, "\n".join([PLAN, row.format("squat ", 4, 65, "new"), row.format("squat", 1, 80, ""), ""]))
    keys = one.tables["plan"]["plan_id"]
    assert keys.n_unique() == 2
    assert keys.to_list() == two.tables["plan"]["plan_id"].to_list()


def test_a_calendar_in_kilometres_and_its_words(tmp_path: Path) -> None:
    head = DAYS.replace("distance_m", "distance_km")
    rows = ["anna,2026-03-29,Race,Spring 5 km,5,", "anna,2026-03-28,REST,,,", "anna,2026-03-27,party,,,"]
    found = reading(tmp_path, "\n".join([head, *rows, ""]))
    assert found.tables["calendar"].select("kind", "title", "distance_m").rows() == [
        ("race", "Spring 5 km", 5000.0), ("rest", None, None),
    ]  # fmt: skip
    assert found.rejected["reason"].item() == "kind 'party' cannot be read"
    with pytest.raises(ImportProblem, match="2 distance columns in different units"):
        reading(tmp_path, f"{head},distance_m\nanna,2026-03-29,race,x,5,,5000\n")


def test_the_athlete_of_a_plan_or_a_calendar_is_told_or_asked(tmp_path: Path) -> None:
    for text in (f"{PLAN}\n,2026-01-06,,A,squat,,3,5,5,,,,,,,,\n", f"{DAYS}\n,2026-03-29,race,x,,\n"):
        bare = "\n".join(line.partition(",")[2] for line in text.splitlines()) + "\n"
        assert reading(tmp_path, text, athlete="ben").athlete == "ben"
        assert reading(tmp_path, bare, athlete="ben").athlete == "ben"
        with pytest.raises(ImportProblem, match="--athlete"):
            reading(tmp_path, bare)


@pytest.mark.parametrize("vendor", ["plan_sheet", "calendar_sheet"])
def test_a_sheet_that_is_cut_off_or_empty_is_a_problem(tmp_path: Path, vendor: str) -> None:
    text = template(importers.vendors()[vendor].KIND)
    for damaged in (text.splitlines()[0] + "\n", text[: text.rindex(",")]):
        with pytest.raises(ImportProblem):
            reading(tmp_path, damaged)
