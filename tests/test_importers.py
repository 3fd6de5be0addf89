"""The family: every vendor has its header and its sample; exactly one claims a file, also after a spreadsheet."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest
import xlsxwriter
from polars.testing import assert_frame_equal

from analysis import importers
from analysis._cli_import import FIELDS, describe_vendors
from analysis.importers import Context, ImportProblem, Reading, _judge, identify, read, vendors
from analysis.importers._judge import judged
from analysis.importers._source import load
from analysis.tables import FACTS
from vendor_samples import EVERY, SAMPLES, Sample

KEYS = ["Vendor", "Export", "Row", "Variants", "Units", "Limits"]
OPTIONAL = {"Variants"}  # our own sheets come in one form
TABLES = [name for name, (_, sample) in EVERY.items() if sample.table]
AS_THEY_ARE = [name for name in TABLES if not EVERY[name][1].no_resave]
HEADER = "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE\n"
ROW = "2024-05-06 07:08:09,A,1h,Squat,1,60,5,0,0,,,\n"


def reading_of(folder: Path, name: str, data: bytes | None = None) -> Reading:
    """A sample, or other bytes in its place, read as what claims it."""
    vendor, sample = EVERY[name]
    path = folder / "misleading_name.png"
    path.write_bytes(sample.data if data is None else data)
    return read(path, sample.context(folder), vendor if vendor == "mapped_sheet" else None)


def rows_of(sample: Sample) -> list[list[str]]:
    text = sample.data.decode("utf-8-sig")
    first = next(line for line in text.splitlines() if line.strip())
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count)))


def as_text(rows: list[list[str]], delimiter: str = ",", eol: str = "\n") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=eol).writerows(rows)
    return text.getvalue()


def as_workbook(rows: list[list[str]]) -> bytes:
    """The rows in a workbook: numbers as numbers, everything else as text."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    page = book.add_worksheet("export")
    for n, row in enumerate(rows):
        for column, text in enumerate(row):
            if text.replace(".", "", 1).isdecimal() and text == f"{float(text):g}":
                page.write_number(n, column, float(text))
            elif text:
                page.write_string(n, column, text)
    book.close()
    return out.getvalue()


def test_the_folder_is_the_list() -> None:
    folder = Path(importers.__file__).parent
    assert set(vendors()) == {file.stem for file in folder.glob("*.py") if not file.stem.startswith("_")}
    assert set(SAMPLES) == set(vendors())


@pytest.mark.parametrize("vendor", vendors())
def test_every_vendor_says_what_it_reads_in_fixed_keys(vendor: str) -> None:
    first, blank, *lines = (vendors()[vendor].__doc__ or "").splitlines()
    assert first.endswith(".")
    assert not blank
    keys = [line.split(":")[0] for line in lines if line and not line.startswith("  ")]
    assert keys in (KEYS, [key for key in KEYS if key not in OPTIONAL])
    assert ("Variants" in keys) or hasattr(vendors()[vendor], "TEMPLATE")
    told = next(found for found in describe_vendors() if found["vendor"] == vendor)
    assert all(told[key.lower()] for key in keys if key != "Vendor")
    assert {key.lower() for key in KEYS} - {"vendor"} == set(FIELDS)


@pytest.mark.parametrize("name", EVERY)
def test_exactly_one_vendor_claims_a_file(tmp_path: Path, name: str) -> None:
    vendor, sample = EVERY[name]
    path = tmp_path / "misleading_name.png"
    path.write_bytes(sample.data)
    head = load(path).head
    claims = [other for other, module in vendors().items() if module.matches(head)]
    if vendor == "own_export":
        assert vendor in claims  # our sheets share columns with our tables: the export goes first
    else:
        assert claims == ([] if vendor == "mapped_sheet" else [vendor])
    if claims:
        assert identify(path) == vendor


@pytest.mark.parametrize("name", EVERY)
def test_a_reading_is_typed_by_the_tables_adds_up_and_keeps_the_bytes(tmp_path: Path, name: str) -> None:
    reading = reading_of(tmp_path, name)
    for table, frame in reading.tables.items():
        schema, key = FACTS[table]
        schema.validate(frame)
        assert frame[key].is_unique().all()
    vendor, sample = EVERY[name]
    assert (reading.vendor, reading.data) == (vendor, sample.data)
    assert reading.sha256 == hashlib.sha256(sample.data).hexdigest()
    assert reading.n_read == reading.n_loaded + reading.n_attached + reading.n_ignored
    assert (reading.n_rejected, reading.n_ignored) == (reading.rejected.height, reading.ignored.height) == (0, reading.n_ignored)  # fmt: skip  # noqa: E501
    assert reading.n_loaded > 0


@pytest.mark.parametrize("name", EVERY)
def test_the_same_bytes_give_equal_frames(tmp_path: Path, name: str) -> None:
    first, second = reading_of(tmp_path, name), reading_of(tmp_path, name)
    same(first, second)
    assert (first.decisions, first.notices) == (second.decisions, second.notices)


def same(one: Reading, other: Reading) -> None:
    assert set(one.tables) == set(other.tables)
    for name, frame in one.tables.items():
        assert_frame_equal(frame, other.tables[name])


@pytest.mark.parametrize("name", TABLES)
def test_a_table_survives_other_bytes_for_the_same_text(tmp_path: Path, name: str) -> None:
    one, text = reading_of(tmp_path, name), EVERY[name][1].data.decode()
    for data in (
        text.encode("utf-8-sig"),
        text.replace("\n", "\r\n").encode(),
        text.replace("\n", "\r\n").encode("utf-8-sig"),
        text.encode("utf-16"),
        text.rstrip("\n").encode(),
    ):
        same(one, reading_of(tmp_path, name, data))


@pytest.mark.parametrize("name", AS_THEY_ARE)
def test_a_table_survives_another_delimiter(tmp_path: Path, name: str) -> None:
    one = reading_of(tmp_path, name)
    for delimiter in ",;\t":
        data = as_text(rows_of(EVERY[name][1]), delimiter, "\r\n").encode("utf-8-sig")
        same(one, reading_of(tmp_path, name, data))


@pytest.mark.parametrize("name", AS_THEY_ARE)
def test_a_table_survives_a_workbook(tmp_path: Path, name: str) -> None:
    one, other = reading_of(tmp_path, name), reading_of(tmp_path, name, as_workbook(rows_of(EVERY[name][1])))
    assert (one.n_read, one.n_loaded, one.n_rejected) == (other.n_read, other.n_loaded, other.n_rejected)
    raw = ["load_raw", "value_raw"]  # as the file writes them: 60 there, 60.0 here
    if name == "own_export":
        raw.append("source_row")  # a workbook of ours has a sheet per table: its rows are numbered through
    for table, frame in one.tables.items():
        assert_frame_equal(frame.drop(raw, strict=False), other.tables[table].drop(raw, strict=False))


def test_two_claims_are_a_problem_that_names_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    twin = ModuleType("twin")
    twin.matches = vendors()["strong"].matches  # type: ignore[attr-defined]
    both = {**vendors(), "twin": twin}
    monkeypatch.setattr(importers, "vendors", lambda: both)
    path = tmp_path / "a.csv"
    path.write_text(HEADER + ROW)
    with pytest.raises(ImportProblem, match=r"claimed by strong and twin .*--vendor strong or --vendor twin"):
        identify(path)


def test_no_claim_shows_the_first_line_and_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\nwhat,is,this\n1,2,3\n")
    with pytest.raises(ImportProblem, match=r"'what,is,this'.*stridelift vendors.*--vendor"):
        identify(path)


def test_sets_of_a_refused_session_are_rejected_with_it(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(HEADER + ROW + ROW.replace("-06", "-07"))
    source = load(path)
    raw = vendors()["strong"].read(source, Context(athlete="anna", unit="kg"))
    first = pl.col("source_row") == 2
    sessions = raw.tables["sessions"].with_columns(duration_s=pl.when(first).then(pl.lit("-1")).otherwise("duration_s"))
    reading = judged("strong", source, replace(raw, tables={**raw.tables, "sessions": sessions}))
    assert (reading.n_loaded, reading.n_rejected, reading.tables["sessions"].height) == (1, 1, 1)
    assert reading.rejected["reason"].item().startswith("its session cannot be read: duration_s -1.0")


def test_what_happened_cannot_lie_ahead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_judge, "_today", lambda: dt.date(2024, 5, 6))
    path = tmp_path / "a.csv"
    path.write_text(HEADER + "".join(ROW.replace("2024-05-06", f"2024-05-0{day}") for day in (6, 8, 9)))
    reading = read(path, Context(athlete="anna", unit="kg"))
    assert reading.rejected.select("source_row", "reason").row(0) == (4, "date 2024-05-09 is in the future")
    assert [str(day) for day in reading.tables["sessions"]["date"]] == ["2024-05-06", "2024-05-08"]
    assert (reading.n_loaded, reading.n_rejected) == (2, 1)


def test_trials_lie_behind_and_blocks_may_lie_ahead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_judge, "_today", lambda: dt.date(2020, 1, 1))
    with pytest.raises(ImportProblem, match="no row could be loaded: date 2026-03-02 is in the future"):
        reading_of(tmp_path, "retest_sheet")
    assert reading_of(tmp_path, "blocks_sheet").n_rejected == 0


def test_rows_that_do_not_add_up_are_never_returned(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(HEADER + ROW)
    raw = vendors()["strong"].read(load(path), Context(athlete="anna", unit="kg"))
    with pytest.raises(ImportProblem, match="2 rows read but 1 loaded"):
        judged("strong", load(path), replace(raw, n_read=2))
