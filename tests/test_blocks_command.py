"""`stridelift blocks` lists, proposes and writes a sheet that comes back as declared blocks."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest

from analysis.block import BlockProblem, open_block
from analysis.cli import main
from command_for_tests import Run, caller

SAMPLE = Path(__file__).parents[1] / "data" / "sample"
FIRST = "2026-01-05 to 2026-02-15, 6 weeks - ends with the deload week of 9 Feb 2026"


@pytest.fixture(scope="module")
def emre(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("emre")
    with pytest.raises(SystemExit):
        main(["import", str(SAMPLE / "hevy" / "emre.csv"), "--athlete", "Emre", "--logbook", str(folder / "a.duckdb")])
    return folder / "a.duckdb"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, emre: Path) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("STRIDELIFT_LOGBOOK", raising=False)
    shutil.copy(emre, tmp_path / "training.duckdb")
    return caller(capsys)


def test_it_lists_what_is_proposed_with_the_reason(run: Run) -> None:
    code, out, err = run("blocks", "--athlete", "Emre")
    assert code == 0
    assert out.splitlines()[0] == f"proposed P1: {FIRST}"
    assert "no block is declared" in err
    assert "--out blocks.csv" in err
    data = json.loads(run("--json", "blocks", "--athlete", "Emre")[1])
    assert (data["athlete"], data["declared"]) == ("Emre", [])
    assert [(p["block"], p["weeks"], p["declared"]) for p in data["proposed"]] == [("P1", 6, False), ("P2", 6, False)]


@pytest.mark.parametrize("file", ["blocks.csv", "blocks.xlsx"])
def test_the_sheet_comes_back_as_declared_blocks(run: Run, file: str) -> None:
    code, out, err = run("blocks", "--athlete", "Emre", "--out", file)
    assert (code, out) == (0, f"{file}\n")
    assert f"stridelift import {file}" in err
    assert run("blocks", "--athlete", "Emre", "--out", file)[0] == 1, "nothing is overwritten unasked"
    assert run("blocks", "--athlete", "Emre", "--out", file, "--force")[0] == 0
    assert run("import", file)[0] == 0
    out = run("blocks", "--athlete", "Emre")[1]
    assert out.splitlines()[0] == "declared P1: 2026-01-05 to 2026-02-15"
    assert "declared already, at least in part" in out
    block = open_block("training.duckdb", "Emre")
    assert (block.name, block.declared, block.previous) == ("P2", True, (block.log.blocks["start"][0], block.log.blocks["end"][0]))  # fmt: skip  # noqa: E501
    again = run("blocks", "--athlete", "Emre", "--out", "more.csv")
    assert again[0] == 1
    assert "shares days with a declared one" in again[2]
    assert not Path("more.csv").exists()


def test_only_blocks_that_nobody_has_declared_are_written_and_the_reason_is_a_note(run: Run) -> None:
    Path("own.csv").write_text(
        "athlete,block,start,end,goal,primary_test,planned_hard_sets,days_without_record,notes\n"
        "Emre,mine,2026-02-16,2026-03-29,power,,,,\n"
    )
    assert run("import", "own.csv")[0] == 0
    assert run("blocks", "--athlete", "Emre", "--out", "blocks.csv")[0] == 0
    rows = list(csv.DictReader(Path("blocks.csv").read_text().splitlines()))
    assert [(row["block"], row["start"], row["goal"], row["notes"]) for row in rows] == [
        ("P1", "2026-01-05", "", "ends with the deload week of 9 Feb 2026")
    ]
    mine, first = open_block("training.duckdb", "Emre"), open_block("training.duckdb", "Emre", "P1")
    assert (mine.name, mine.previous) == ("mine", (first.start, first.end)), "the proposed block before stands in"
    assert "no block is declared for these days" in str(first)
    assert "another block is declared for some of these days" in str(open_block("training.duckdb", "Emre", "P2"))


def test_a_report_can_be_asked_for_a_proposed_block(run: Run) -> None:
    block = open_block("training.duckdb", "Emre", "P1")
    assert block.title == "Emre, proposed block P1, 05 Jan 2026 to 15 Feb 2026"
    assert str(block) == (
        f"{block.title} - no block is declared for these days; proposed: ends with the deload week of 9 Feb 2026;"
        " edit with: stridelift blocks"
    )
    assert (block.declared, block.previous, block.sets["date"].max()) == (False, None, block.sets["date"].sort()[-1])
    with pytest.raises(BlockProblem, match="declared blocks: none; proposed blocks: P1, P2"):
        open_block("training.duckdb", "Emre", "P7")
    code, _, err = run("report", "--athlete", "Emre", "--block", "P7")
    assert (code, err.count("\n")) == (1, 1)


def test_a_log_that_is_too_short_is_told_so(run: Run, tmp_path: Path) -> None:
    lines = (SAMPLE / "hevy" / "emre.csv").read_text().splitlines(keepends=True)
    title = lines[1].split(",")[:2]
    (tmp_path / "one.csv").write_text("".join([lines[0], *[line for line in lines if line.split(",")[:2] == title]]))
    assert run("import", "one.csv", "--athlete", "Emre", "--logbook", "one.duckdb")[0] == 0
    code, out, err = run("blocks", "--athlete", "Emre", "--logbook", "one.duckdb")
    assert (code, out) == (0, "")
    assert "no block can be proposed" in err
    assert run("blocks", "--athlete", "Emre", "--logbook", "one.duckdb", "--out", "x.csv")[0] == 1
    chosen = open_block("one.duckdb", "Emre")
    assert (chosen.name, (chosen.end - chosen.start).days) == ("the last six weeks", 41)


def test_an_unknown_athlete_is_one_line(run: Run) -> None:
    code, _, err = run("blocks", "--athlete", "Zoe")
    assert (code, err.count("\n")) == (1, 1)
    assert "it has: Emre" in err
