"""The family: every vendor has its header, its test, its row in the docs; exactly one claims a file."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from analysis import importers
from analysis.importers import Context, ImportProblem, _judge, identify, read, template, vendors
from analysis.importers._judge import judged
from analysis.importers._source import load
from analysis.tables import FACTS

ROOT = Path(__file__).parents[1]
KEYS = ["Vendor", "Export", "Row", "Units", "Limits"]
SAMPLES = {
    "strong": (
        "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE\n"
        "2024-05-06 07:08:09,A,1h,Squat,1,60,5,0,0,,,\n"
    ),
    "hevy": (
        "title,start_time,end_time,description,exercise_title,set_index,set_type,weight_kg,reps,distance_km\n"
        'A,"15 Sep 2025, 07:48","15 Sep 2025, 09:13",,Squat,0,normal,70,10,\n'
    ),
    "retest_sheet": template("retest"),
    "blocks_sheet": template("blocks"),
    "alias_sheet": template("aliases"),
}


def reading_of(folder: Path, vendor: str) -> importers.Reading:
    path = folder / "a.csv"
    path.write_text(SAMPLES[vendor])
    unit = "kg" if vendor == "strong" else None
    return read(path, Context(athlete="anna", unit=unit))


def test_the_folder_is_the_list() -> None:
    folder = Path(importers.__file__).parent
    assert set(vendors()) == {file.stem for file in folder.glob("*.py") if not file.stem.startswith("_")}
    assert set(SAMPLES) == set(vendors())


@pytest.mark.parametrize("vendor", vendors())
def test_every_vendor_says_what_it_reads_in_fixed_keys(vendor: str) -> None:
    lines = (vendors()[vendor].__doc__ or "").splitlines()
    assert [line.split(":")[0] for line in lines[2:] if line] == KEYS
    assert all(line.split(":", 1)[1].strip() for line in lines[2:] if line)


@pytest.mark.parametrize("vendor", vendors())
def test_every_vendor_stands_in_the_docs(vendor: str) -> None:
    rows = [line for line in (ROOT / "docs" / "importers.md").read_text("utf-8").splitlines() if line.startswith("| `")]
    assert [row.count("|") for row in rows if row.startswith(f"| `{vendor}` |")] == [7]


@pytest.mark.parametrize("vendor", vendors())
def test_every_vendor_file_is_short(vendor: str) -> None:
    file = Path(vendors()[vendor].__file__ or "")
    assert 30 <= len(file.read_text("utf-8").splitlines()) <= 180


@pytest.mark.parametrize("vendor", SAMPLES)
def test_exactly_one_vendor_claims_a_file(tmp_path: Path, vendor: str) -> None:
    path = tmp_path / "misleading_name.png"
    path.write_text(SAMPLES[vendor])
    assert identify(path) == vendor


@pytest.mark.parametrize("vendor", SAMPLES)
def test_a_reading_is_typed_by_the_tables_and_keeps_the_bytes(tmp_path: Path, vendor: str) -> None:
    reading = reading_of(tmp_path, vendor)
    for name, frame in reading.tables.items():
        FACTS[name][0].validate(frame)
    assert reading.data == SAMPLES[vendor].encode()
    assert reading.sha256 == hashlib.sha256(reading.data).hexdigest()
    assert reading.n_read == reading.n_loaded == SAMPLES[vendor].count("\n") - 1


@pytest.mark.parametrize("vendor", SAMPLES)
def test_the_same_bytes_give_equal_frames(tmp_path: Path, vendor: str) -> None:
    first, second = reading_of(tmp_path, vendor), reading_of(tmp_path, vendor)
    for name, frame in first.tables.items():
        assert_frame_equal(frame, second.tables[name])
    assert (first.decisions, first.notices) == (second.decisions, second.notices)


def test_two_claims_are_a_problem_that_names_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    twin = ModuleType("twin")
    twin.matches = vendors()["strong"].matches  # type: ignore[attr-defined]
    both = {**vendors(), "twin": twin}
    monkeypatch.setattr(importers, "vendors", lambda: both)
    path = tmp_path / "a.csv"
    path.write_text(SAMPLES["strong"])
    with pytest.raises(ImportProblem, match=r"claimed by strong and twin .*--vendor strong or --vendor twin"):
        identify(path)


def test_no_claim_shows_the_first_line_the_vendors_and_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\nwhat,is,this\n1,2,3\n")
    with pytest.raises(ImportProblem, match=r"'what,is,this'.*alias_sheet, blocks_sheet, hevy.*--vendor"):
        identify(path)


def test_sets_of_a_refused_session_are_rejected_with_it(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(SAMPLES["strong"] + "2024-05-07 07:08:09,A,1h,Squat,1,60,5,0,0,,,\n")
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
    lines = [SAMPLES["strong"].splitlines()[1].replace("2024-05-06", day) for day in ("2024-05-08", "2024-05-09")]
    path.write_text(SAMPLES["strong"] + "\n".join([*lines, ""]))
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
    path.write_text(SAMPLES["strong"])
    raw = vendors()["strong"].read(load(path), Context(athlete="anna", unit="kg"))
    with pytest.raises(ImportProblem, match="2 rows read but 1 loaded"):
        judged("strong", load(path), replace(raw, n_read=2))
