"""Files of reports: the same bytes for the same input, whole or not there, inside their folder, with provenance."""

from __future__ import annotations

import copy
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

import _toy_notebook as toy
from analysis import report
from analysis.report import _bundle, _provenance
from analysis.report._nodes import read, v4
from analysis.report._page import to_html
from analysis.report._shell import execute


def test_same_input_same_bytes_at_another_time_and_in_another_folder(tmp_path: Path) -> None:
    def both(folder: str, **more: Any) -> tuple[bytes, bytes]:
        page = toy.make(tmp_path / folder, athlete="Ada", logbook=str(tmp_path / folder / "log.duckdb"), **more)
        return page.read_bytes(), page.with_suffix(".ipynb").read_bytes()

    one, two, again = both("one"), both("two"), both("one", force=True)
    assert one == two == again
    assert str(tmp_path).encode() not in one[0] + one[1]
    assert b"log.duckdb" in one[0]
    assert b"log.duckdb" in one[1]


def test_a_path_is_meant_from_the_folder_of_the_caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "log.duckdb").touch()
    monkeypatch.chdir(tmp_path / "elsewhere")
    look = v4.new_code_cell("import os\nos.path.isfile(logbook), logbook == ''", id="look")
    assert "(True, False)" in toy.make(tmp_path, "given", look, logbook="log.duckdb").read_text()
    assert "(False, True)" in toy.make(tmp_path, "empty", look, logbook="").read_text()


def test_bytes_do_not_depend_on_the_process_or_its_hash_seed(tmp_path: Path) -> None:
    page = toy.make(tmp_path, "here", athlete="Ada")
    script = "import sys; from analysis import report; report.make(*sys.argv[1:3], {'athlete': 'Ada'}, title='Toy')"
    command = [sys.executable, "-c", script, str(tmp_path / "toy.ipynb"), str(tmp_path / "there")]
    subprocess.run(command, check=True, env=toy.environment(PYTHONHASHSEED="7"))
    assert page.read_bytes() == (tmp_path / "there.html").read_bytes()


def test_a_changed_cell_changes_the_page(tmp_path: Path) -> None:
    page = toy.make(tmp_path, athlete="Ada").read_text()
    changed = toy.make(tmp_path, "other", v4.new_code_cell("'one more'"), athlete="Ada").read_text()
    assert "one more" in changed
    assert "one more" not in page


def test_the_executed_notebook_can_be_run_again(tmp_path: Path) -> None:
    page = toy.make(tmp_path, athlete="Bo", block=4)
    executed = read(page.with_suffix(".ipynb"), as_version=4)
    nbformat.validate(executed)
    assert executed.metadata.stridelift.version == "1.0.0"
    assert "block: 4" in executed.metadata.stridelift.provenance.Parameters
    assert toy.outputs(execute(copy.deepcopy(executed))) == toy.outputs(executed)


def test_another_athlete_is_nowhere_in_the_next_report(tmp_path: Path) -> None:
    canary = "Zyx-Canary"
    assert canary in toy.make(tmp_path, "first", athlete=canary, note="secret-77").read_text()
    page = toy.make(tmp_path, "second", athlete="Ada")
    for path in (page, page.with_suffix(".ipynb")):
        assert canary not in path.read_text()
        assert "secret-77" not in path.read_text()


def test_nothing_is_overwritten_without_force(tmp_path: Path) -> None:
    page = toy.make(tmp_path, athlete="Ada")
    before = page.read_bytes()
    with pytest.raises(FileExistsError, match=r"page\.html exists already.*--force"):
        toy.make(tmp_path, athlete="Bo")
    assert page.read_bytes() == before
    page.unlink()
    with pytest.raises(FileExistsError, match=r"page\.ipynb exists already"):
        toy.make(tmp_path, athlete="Bo")
    assert toy.make(tmp_path, athlete="Bo", force=True).read_bytes() != before


def test_a_failing_notebook_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(report.NotebookFailed):
        toy.make(tmp_path, "new/page", v4.new_code_cell("1 / 0"))
    with pytest.raises(ValueError, match="no parameter"):
        toy.make(tmp_path, "new/page", atlete="Ada")
    assert [path.name for path in tmp_path.iterdir()] == ["toy.ipynb"]


@pytest.mark.parametrize("broken", ["fsync", "replace"])
def test_a_broken_write_leaves_the_old_files_and_no_halves(
    broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = toy.make(tmp_path, athlete="Ada")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    monkeypatch.setattr(os, broken, lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        toy.make(tmp_path, athlete="Bo", force=True)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert page in before


def test_the_page_is_whole_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, bool, bool]] = []
    replace = os.replace

    def watched(source: Path, target: Path) -> None:
        seen.append((target.suffix, target.exists(), source.read_bytes().rstrip().endswith((b"</html>", b"}"))))
        replace(source, target)

    monkeypatch.setattr(os, "replace", watched)
    toy.make(tmp_path, athlete="Ada")
    assert seen == [(".ipynb", False, True), (".html", False, True)]


HOSTILE_NAMES = [
    "", ".", "..", "../../etc/passwd", "a/b", "a\\b", "C:\\x", "con", "NUL.txt", "com1", "a\x00b", "a\nb", " a ", "a.",
    "-rf", "x\u202egnp.exe", "~", "$HOME", "a" * 500, "é" * 300, "\ud800", "日本" * 90, ".hidden", "a:b", "*?<>|\"'",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE_NAMES)
def test_a_name_cannot_leave_its_folder(text: str, tmp_path: Path) -> None:
    name = report.safe_name(text)
    path = tmp_path / f"{name}.html"
    path.write_text("x")
    assert path.resolve().parent == tmp_path.resolve()
    assert name
    assert name.isprintable()
    assert not name.startswith((".", "-"))
    assert not name.endswith((".", " "))
    assert not set(name) & set("/\\:*?\"<>|'$~\u202e")
    assert ".." not in name
    assert name.split(".")[0].upper() not in {"CON", "NUL", "COM1"}
    assert report.safe_name(name) == name


def test_names_stay_apart_and_good_ones_stay_as_they_are() -> None:
    assert [report.safe_name(name) for name in ("ada-block_2", "Zoë", "דנה", "v1.2")] == [
        "ada-block_2",
        "Zoë",
        "דנה",
        "v1.2",
    ]
    assert len({report.safe_name(text) for text in [*HOSTILE_NAMES, "a b", "a  b", "a-b"]}) == len(HOSTILE_NAMES) + 3


def test_make_puts_a_hostile_name_into_the_folder(tmp_path: Path) -> None:
    page = toy.make(tmp_path, "Ada\u202e*.html", athlete="Ada")
    assert page.parent == tmp_path
    assert page.name.startswith("Ada-")
    assert page.suffix == ".html"
    assert page.with_suffix(".ipynb").exists()


def test_find_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "notebooks").mkdir()
    path = toy.write(tmp_path / "notebooks")
    monkeypatch.setattr(report, "PACKAGE", tmp_path)
    assert report.find_notebook("toy") == report.find_notebook("toy.ipynb") == path
    for wrong in ("other", "../toy", "/etc/passwd", ""):
        with pytest.raises(FileNotFoundError, match="there is toy"):
            report.find_notebook(wrong)
    monkeypatch.setattr(report, "PACKAGE", tmp_path / "src" / "analysis")
    assert report.find_notebook("toy") == path


# provenance


def test_the_footer_says_where_the_page_comes_from() -> None:
    rows = _provenance.footer(toy.notebook(), "toy", {"logbook": r"C:\Users\ada\log.duckdb"}, [("Logbook state", "17")])
    assert rows[0] == ("Notebook", "toy 1.0.0")
    assert ("Logbook state", "17") in rows
    assert rows[-1][1] == "athlete: Ada · block: 2 · note: easy week · logbook: log.duckdb · weight: 1.5 · raw: False"
    page = to_html(v4.new_notebook(), "T", [("<b>", "& <i>")])
    assert "<dt>&lt;b&gt;</dt><dd>&amp; &lt;i&gt;</dd>" in page


def test_the_commit_is_the_package_s_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@t", "-c", "commit.gpgsign=false"]
    try:
        subprocess.run([*git, "init", "-q", str(tmp_path)], check=True)
    except OSError:
        pytest.skip("git is not installed")
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "x"], cwd=tmp_path, check=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / ".git"))
    commit = _provenance.commit.__wrapped__
    monkeypatch.setattr(_provenance, "PACKAGE", tmp_path / "lib" / "site-packages" / "analysis")
    assert commit() == "none"
    monkeypatch.setattr(_provenance, "PACKAGE", tmp_path / "src" / "analysis")
    assert len(commit()) == 12


# the bundle


def test_the_kept_bundle_is_what_vl_convert_makes() -> None:
    vl_convert = pytest.importorskip("vl_convert")
    if vl_convert.__version__ != _bundle.MADE_WITH:
        pytest.skip(f"the bundle was made with vl-convert {_bundle.MADE_WITH}")
    assert (_bundle.STATIC / "vega.js").read_text(encoding="utf-8") == _bundle.build()
    assert "BSD 3-Clause" in (_bundle.STATIC / "vega.LICENSE").read_text(encoding="utf-8")
