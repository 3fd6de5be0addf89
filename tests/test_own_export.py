"""Export, then import: the same tables, in every format, whatever the notes say."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import fastexcel
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from analysis import _sample, importers, tables
from analysis.importers import Context
from analysis.logbook import Logbook, LogbookProblem, _export
from analysis.tables import FACTS
from test_cli import Call, run  # noqa: F401 - the fixture

HEAD = "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE\n"
LOST = {"parquet": 0.0, "csv": 0.0, "xlsx": 1e-9}  # a workbook is read with nine decimals


@pytest.fixture(scope="module")
def squad(tmp_path_factory: pytest.TempPathFactory) -> Logbook:
    folder = tmp_path_factory.mktemp("squad")
    _sample.import_sample(folder / "sample", folder / "training.duckdb")
    return Logbook(folder / "training.duckdb")


def import_all(files: list[Path], book: Logbook) -> Logbook:
    for file in files:
        if file.stem not in ("imports", "links", "rejected"):
            book.add(importers.read(file, Context()), file.name)
    return book


def equal(one: Logbook, other: Logbook, kind: str) -> None:
    for name, (_, key) in FACTS.items():
        if name == "streams" and kind != "parquet":  # samples are packed, and travel in Parquet only
            continue
        a, b = (book.table(name).drop("import_seq", "source_row").sort(key) for book in (one, other))
        assert_frame_equal(a, b, rel_tol=0, abs_tol=LOST[kind])


@pytest.mark.parametrize("kind", _export.FORMATS)
def test_what_is_exported_can_be_imported_and_is_the_same(squad: Logbook, tmp_path: Path, kind: str) -> None:
    files = squad.export(tmp_path / "out", kind)
    equal(squad, import_all(files, Logbook(tmp_path / "again.duckdb")), kind)


def test_importing_the_export_into_its_own_logbook_adds_nothing(squad: Logbook, tmp_path: Path) -> None:
    files = [file for file in squad.export(tmp_path / "out", "csv") if file.stem in FACTS]
    before = squad.log().sets.height
    for file in files:
        receipt = squad.add(importers.read(file, Context()), file.name)
        assert (receipt.loaded, receipt.revised, receipt.gone) == (0, 0, 0)
    assert squad.log().sets.height == before


def test_one_athlete_s_export_holds_nobody_else(squad: Logbook, tmp_path: Path) -> None:
    files = squad.export(tmp_path / "out", "csv", athlete="Ada")
    assert not any(name in file.read_text() for file in files for name in ("Bruno", "Chen", "Dora"))


notes = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
risky = st.sampled_from(
    ["=1+1", "+1", "-2", "@SUM(A1)", "\tx", "'quoted", "''", "_x0041_", "a\nb", "a\r\nb", 'say "6"', ";", "é"]
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(notes | risky, st.floats(0, 599), st.floats(0, 900)), min_size=1, max_size=5),
    st.sampled_from(_export.FORMATS),
)
def test_any_text_and_any_number_survive(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, float, float]], kind: str
) -> None:
    folder = tmp_path_factory.mktemp("export")
    empty = dict.fromkeys(tables.Sets.column_names())
    text = {"athlete": "Ada", "session_id": "s", "exercise_raw": "Squat", "set_type": "work", "rep_basis": "total"}
    text |= {"load_basis": "total", "source": "strong", "date": "2026-01-05", "assisted": "false", "block_no": "1"}
    told = [
        empty | text | {"set_id": str(n), "set_no": str(n), "notes": note, "load_kg": repr(kg), "reps": repr(reps)}
        for n, (note, kg, reps) in enumerate(rows, 1)
    ]
    frame = pl.DataFrame(told, schema=dict.fromkeys(empty, pl.String)).with_columns(
        pl.int_range(1, len(rows) + 1).alias("source_row")
    )
    good, bad = tables.judge("sets", frame)
    assert bad.is_empty()
    stored = good.with_columns(pl.selectors.enum().cast(pl.String))
    _export.write({"sets": stored}, folder / "out", kind)
    file = folder / "out" / ("logbook.xlsx" if kind == "xlsx" else f"sets.{kind}")
    again = importers.read(file, Context()).tables["sets"]
    columns = [c for c in good.columns if c != "source_row"]
    assert_frame_equal(again.select(columns).sort("set_no"), good.select(columns), rel_tol=0, abs_tol=LOST[kind])


def test_no_cell_of_an_export_can_become_a_formula(tmp_path: Path) -> None:
    hostile = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1"]
    lines = [f'2026-01-05 17:00:00,"Gym",1h,"{name}",1,60,6,0,0,"{name}","",8\n' for name in hostile]
    (tmp_path / "strong.csv").write_text(HEAD + "".join(lines))
    book = Logbook(tmp_path / "training.duckdb")
    book.add(importers.read(tmp_path / "strong.csv", Context(athlete="=Ada", unit="kg")), "=strong.csv")
    for kind in ("csv", "xlsx"):
        book.export(tmp_path / kind, kind)
    cells = [cell for file in (tmp_path / "csv").iterdir() for row in csv.reader(file.open(newline="")) for cell in row]
    book_of_cells = fastexcel.read_excel(str(tmp_path / "xlsx" / "logbook.xlsx"))
    for sheet in book_of_cells.sheet_names:
        frame = book_of_cells.load_sheet(sheet, header_row=None, dtypes="string").to_polars()
        cells += [cell for row in frame.iter_rows() for cell in row if cell is not None]
    risky_cells = [c for c in cells if c[:1] in ("=", "+", "@", "\t", "\r") or (c[:1] == "-" and len(c) > 1)]
    assert risky_cells == []
    assert sum(hostile[0] in cell for cell in cells) >= 4


def test_the_command_writes_a_new_folder_only(run: Call, squad: Logbook) -> None:  # noqa: F811
    done = run("--json", "export", "out", "--logbook", squad.path, "--format", "csv")
    assert done.code == 0
    assert {Path(file).stem for file in json.loads(done.out)["files"]} >= {"sets", "sessions", "trials", "blocks"}
    again = run("export", "out", "--logbook", squad.path)
    assert again.code == 1
    assert "is there already" in again.err


def test_a_folder_that_cannot_be_made_leaves_nothing_behind(squad: Logbook, tmp_path: Path) -> None:
    with pytest.raises(LogbookProblem, match="make it first"):
        squad.export(tmp_path / "missing" / "out", "csv")
    with pytest.raises(LogbookProblem, match="no format"):
        squad.export(tmp_path / "out", "ods")
    assert list(tmp_path.iterdir()) == []


def test_a_foreign_parquet_and_a_damaged_one_are_refused(tmp_path: Path) -> None:
    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / "a.parquet")
    with pytest.raises(importers.ImportProblem, match="with the columns a"):
        importers.read(tmp_path / "a.parquet", Context())
    (tmp_path / "b.parquet").write_bytes((tmp_path / "a.parquet").read_bytes()[:60])
    with pytest.raises(importers.ImportProblem, match="cannot be read as Parquet"):
        importers.read(tmp_path / "b.parquet", Context())


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_the_notes_of_a_logbook_are_known_and_not_imported(squad: Logbook, tmp_path: Path, kind: str) -> None:
    files = [file for file in squad.export(tmp_path / "out", kind) if file.stem not in FACTS]
    assert {"imports", "rejected"} <= {file.stem for file in files}
    for file in files:
        assert importers.identify(file) == "own_export"
        with pytest.raises(importers.ImportProblem, match="is what a logbook noted about its imports"):
            importers.read(file, Context())
