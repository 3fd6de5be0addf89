"""The command line as a user types it: exit codes, JSON, one-line errors, nothing overwritten, nothing half-written."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis import __version__, cli

Call = Callable[..., "Run"]
SAMPLE = Path(__file__).parents[1] / "data" / "sample"


class Run:
    """What one call left behind."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("STRIDELIFT_LOGBOOK", raising=False)

    def call(*arguments: str | Path) -> Run:
        with pytest.raises(SystemExit) as left:
            cli.main([str(a) for a in arguments])
        code = left.value.code
        captured = capsys.readouterr()
        return Run(code if isinstance(code, int) else 0, captured.out, captured.err)

    return call


def test_import_prints_the_sum_and_the_same_file_twice_adds_nothing(run: Call) -> None:
    first = run("--json", "import", SAMPLE / "strong" / "ada.csv", "--athlete", "Ada", "--unit", "kg")
    again = run("--json", "import", SAMPLE / "strong" / "ada.csv", "--athlete", "Ada")
    (a,), (b,) = (json.loads(r.out)["files"] for r in (first, again))
    assert (first.code, again.code) == (0, 0)
    told = {"file": str(SAMPLE / "strong" / "ada.csv"), "vendor": "strong", "rejected": 0}
    assert {k: a[k] for k in told} == told
    for row in (a, b):
        assert row["read"] == row["loaded"] + row["attached"] + row["ignored"] + row["rejected"] == 596
    assert (a["loaded"], b["loaded"]) == (596, 0)
    assert "already in the logbook" in again.err


def test_rejected_rows_give_exit_code_3_and_can_be_listed(run: Call) -> None:
    done = run("import", SAMPLE / "strong" / "bruno.csv", "--athlete", "Bruno", "--unit", "lb")
    assert done.code == 3
    assert "rejected 1" in done.out
    listed = run("rejected")
    assert listed.out.startswith("import,file,line,reason,raw\n1,bruno.csv,")
    assert "877777" in listed.out
    assert json.loads(run("--json", "rejected").out)["rejected"][0]["file"] == "bruno.csv"


def test_a_unit_is_asked_for_in_one_line_and_nothing_is_stored(run: Call, tmp_path: Path) -> None:
    done = run("import", SAMPLE / "strong" / "ada.csv", "--athlete", "Ada")
    assert done.code == 1
    assert done.err.count("\n") == 1
    assert "--unit kg or --unit lb" in done.err
    assert not (tmp_path / "training.duckdb").exists()


def test_an_app_set_to_another_unit_is_noticed_and_can_be_told(run: Call, tmp_path: Path) -> None:
    log = SAMPLE / "strong" / "ada.csv"
    run("import", log, "--athlete", "Ada", "--unit", "kg")
    rows = list(csv.reader(log.open(newline="")))
    for row in rows[1:]:
        row[5] = f"{float(row[5]) / 0.45359237:.1f}"
    with (tmp_path / "ada.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    silent = run("import", "ada.csv", "--athlete", "Ada")
    assert silent.code == 1
    assert "--forget-answers" in silent.err
    told = run("--json", "import", "ada.csv", "--athlete", "Ada", "--unit", "lb", "--forget-answers")
    assert told.code == 0
    assert json.loads(told.out)["files"][0]["gone"] == 0


def test_one_bad_file_does_not_stop_the_others(run: Call, tmp_path: Path) -> None:
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0")
    done = run("--json", "import", tmp_path / "picture.csv", SAMPLE / "hevy" / "emre.csv", "--athlete", "Emre")
    assert done.code == 1
    assert [f["vendor"] for f in json.loads(done.out)["files"]] == ["hevy"]
    assert done.err.startswith("error: picture.csv")


def test_dry_run_shows_and_stores_nothing(run: Call, tmp_path: Path) -> None:
    done = run("import", SAMPLE / "hevy" / "farah.csv", "--athlete", "Farah", "--dry-run")
    assert done.code == 0
    assert "unit lb" in done.err
    assert "Squat (Barbell)" in done.err
    assert not (tmp_path / "training.duckdb").exists()


def test_identify_and_vendors(run: Call, tmp_path: Path) -> None:
    files = {SAMPLE / "hevy" / "hana.csv": "hevy", SAMPLE / "retest" / "squad_retests.csv": "retest_sheet"}
    done = run("--json", "identify", *files)
    assert json.loads(done.out) == {"files": [{"file": str(f), "vendor": vendor} for f, vendor in files.items()]}
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    assert run("identify", tmp_path / "x.csv").code == 1
    assert "strong" in [v["vendor"] for v in json.loads(run("--json", "vendors").out)["vendors"]]


@pytest.mark.parametrize("kind", ["retest", "blocks", "aliases"])
def test_a_template_can_be_imported_and_is_not_overwritten(run: Call, tmp_path: Path, kind: str) -> None:
    assert run("template", kind).code == 0
    assert run("import", f"{kind}.csv").code == 0
    (tmp_path / f"{kind}.csv").write_text("mine")
    refused = run("template", kind)
    assert refused.code == 1
    assert "--force" in refused.err
    assert (tmp_path / f"{kind}.csv").read_text() == "mine"
    assert run("template", kind, "--force").code == 0
    assert run("template", "nonsense").code == 1


def test_the_names_sheet_lists_what_is_unmapped_and_mapping_it_works(run: Call, tmp_path: Path) -> None:
    text = (SAMPLE / "hevy" / "emre.csv").read_text().replace("Squat (Barbell)", "My strange squat thing")
    (tmp_path / "emre.csv").write_text(text)
    assert "'My strange squat thing'" in run("import", "emre.csv", "--athlete", "Emre").err
    sheet = run("template", "aliases", "--out", "-").out.splitlines()
    assert sheet[1].startswith("My strange squat thing,,")
    (tmp_path / "names.csv").write_text("exercise_raw,exercise\nMy strange squat thing,back_squat\n")
    assert run("import", "names.csv").code == 0
    assert "My strange squat thing" not in run("template", "aliases", "--out", "-").out


def test_report_ends_with_the_bare_path_and_does_not_overwrite(run: Call) -> None:
    run("import", SAMPLE / "hevy" / "emre.csv", "--athlete", "Emre")
    done = run("report", "--athlete", "Emre", "--from", "2026-01-05", "--to", "2026-02-15")
    page = Path(done.out.splitlines()[-1])
    assert done.code == 0
    assert page.is_file()
    assert "Emre" in page.read_text()
    before = page.read_bytes()
    assert run("report", "--athlete", "Emre", "--from", "2026-01-05", "--to", "2026-02-15").code == 1
    assert page.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("report", "--athlete", "Nobody"), "it has: Emre"),
        (("report", "--athlete", "Emre", "--block", "9"), "no block '9'"),
        (("report", "--athlete", "Emre", "--from", "yesterday"), "2026-03-01"),
        (("report", "--athlete", "Emre", "--as-of", "7"), "imports 1 to 1"),
        (("report", "--athlete", "Emre", "--logbook", "none.duckdb"), "stridelift import"),
    ],
)
def test_wrong_questions_get_one_line(run: Call, arguments: tuple[str, ...], said: str) -> None:
    run("import", SAMPLE / "hevy" / "emre.csv", "--athlete", "Emre")
    done = run(*arguments)
    assert done.code == 1
    assert done.err.startswith("error: ")
    assert done.err.count("\n") == 1
    assert said in done.err
    assert not Path("reports").exists()


def test_nothing_to_estimate_is_exit_code_4(run: Call, tmp_path: Path) -> None:
    head = "Date,Workout Name,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE\n"
    (tmp_path / "s.csv").write_text(head + '2026-01-05 10:00:00,"x","Stretching",1,0,0,0,60,,,\n')
    run("import", "s.csv", "--athlete", "A")
    done = run("report", "--athlete", "A")
    assert done.code == 4
    assert Path(done.out.splitlines()[-1]).is_file()


def test_demo_ends_with_the_page_and_can_be_repeated(run: Call, tmp_path: Path) -> None:
    for _ in range(2):
        done = run("demo", "--athlete", "Dora")
        assert done.code == 0
        assert (tmp_path / done.out.splitlines()[-1]).is_file()
    assert len(list((tmp_path / "demo" / "reports").glob("*.html"))) == 1


def test_a_formula_in_a_refused_row_is_neutralised(run: Call, tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(
        "athlete,date,test,trial,measure,value\nA,2026-01-05,cmj,1,height_m,0.3\n=cmd(),2026-01-05,cmj,1,height_m,99\n"
    )
    assert run("import", "r.csv").code == 3
    cells = run("rejected").out.splitlines()[1].split(",", 4)
    assert cells[4].strip('"').startswith("'=cmd()")


def test_help_version_and_wrong_use_in_a_process_of_their_own() -> None:
    def start(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "analysis", *arguments],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "NO_COLOR": "1"},
        )

    assert start("--version").stdout == f"stridelift {__version__}\n"
    assert start("report").returncode == 2
    assert "Traceback" in start("--debug", "report", "--athlete", "x", "--logbook", "/nowhere.duckdb").stderr
    for command in cli.app.registered_commands:
        assert command.callback is not None
        shown = start(command.name or command.callback.__name__, "--help")
        assert shown.returncode == 0
        assert shown.stdout.count("Example:") == 2


def test_lab_copies_missing_notebooks_and_names_the_logbook(
    run: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, Any] = {}

    def call(command: list[str], **options: object) -> int:
        seen.update(options, command=command)
        return 0

    monkeypatch.setattr(subprocess, "call", call)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "explore.ipynb").write_text("my own")
    assert run("lab", "--dir", "mine", "--logbook", "a.duckdb").code == 0
    assert (tmp_path / "mine" / "explore.ipynb").read_text() == "my own"
    assert (tmp_path / "mine" / "block_report.ipynb").is_file()
    assert seen["env"]["STRIDELIFT_LOGBOOK"] == str(tmp_path / "a.duckdb")
    assert "jupyterlab" in str(seen["command"])


@pytest.mark.parametrize("name", ["../../up", "/absolute", "a/b", "<script>", ".."])
def test_an_athletes_name_cannot_lead_out_of_the_folder(run: Call, tmp_path: Path, name: str) -> None:
    run("import", SAMPLE / "hevy" / "emre.csv", "--athlete", name)
    page = Path(run("report", "--athlete", name, "--out", "pages").out.splitlines()[-1])
    assert page.parent == Path("pages")
    assert sorted(p.suffix for p in (tmp_path / "pages").iterdir()) == [".html", ".ipynb"]


@pytest.mark.parametrize(
    "arguments", [("report", "--athlete", "Emre", "--out", "file"), ("template", "retest", "--out", "file/x.csv")]
)
def test_a_file_where_a_folder_should_be_is_one_line(run: Call, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "file").write_text("mine")
    run("import", SAMPLE / "hevy" / "emre.csv", "--athlete", "Emre")
    done = run(*arguments)
    assert done.code == 1
    assert done.err.count("\n") == 1
    assert "Errno" not in done.err
    assert (tmp_path / "file").read_text() == "mine"


def test_a_missing_folder_is_named_not_the_temporary_file(run: Call) -> None:
    assert run("template", "retest", "--out", "nowhere/x.csv").err == "error: nowhere: there is no such folder\n"


def test_no_other_athlete_stands_in_page_or_notebook(run: Call, tmp_path: Path) -> None:
    run("demo", "--athlete", "Emre")
    others = {"Ada", "Bruno", "Chen", "Dora", "Farah", "Goran", "Hana"}
    for path in (tmp_path / "demo" / "reports").iterdir():
        text = path.read_text().split("<script>")[0]  # before the chart library
        assert not [name for name in others if re.search(rf"\b{name}\b", text)], path.name


def test_refused_rows_point_to_the_command_that_lists_them(run: Call) -> None:
    done = run("import", SAMPLE / "strong" / "bruno.csv", "--athlete", "Bruno", "--unit", "lb")
    assert "stridelift rejected --logbook training.duckdb" in done.err


def test_a_command_that_draws_nothing_does_not_wait_for_the_chart_library() -> None:
    run = "try:\n    main(['vendors'])\nexcept SystemExit:\n    print('altair' in sys.modules)"
    ask = f"import sys\nfrom analysis.cli import main\n{run}"
    told = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert told.stdout.splitlines()[-1] == "False"
