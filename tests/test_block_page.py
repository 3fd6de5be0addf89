"""The block report itself: the versioned notebook on the sample, as a page in a real browser and as bytes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest

from analysis import sample_logbook
from analysis.report import find_notebook, make
from opened_page import Opened

NOTEBOOK = find_notebook("block_report")


def page_of(folder: Path, athlete: str, notebook: Path = NOTEBOOK) -> Path:
    return make(notebook, folder / athlete, {"logbook": str(sample_logbook().path), "athlete": athlete}, title=athlete)


@pytest.mark.parametrize("athlete", ["Ada", "Bruno", "Chen", "Dora", "Goran"])
def test_the_page_draws_every_chart_quietly_and_answers_on_the_first_screen(
    browser: Any, tmp_path: Path, athlete: str
) -> None:
    path = page_of(tmp_path, athlete)
    opened = Opened(browser, path, viewport={"width": 1000, "height": 900})
    assert opened.quiet(path)
    assert opened.ask("document.querySelectorAll('.chart svg').length") == opened.ask(
        "document.querySelectorAll('.chart').length"
    )
    assert opened.ask("document.querySelectorAll('.chart svg').length") >= 7
    assert opened.ask("document.querySelector('.answer').getBoundingClientRect().bottom") < 900
    assert opened.ask(
        "[...document.querySelectorAll('[role=img]')].every((n) => n.getAttribute('aria-label').length > 9)"
    )
    assert opened.ask("document.documentElement.scrollWidth <= 1000")


def test_a_changed_cell_changes_the_page_and_nothing_else_does(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    first, again = page_of(tmp_path / "one", "Ada"), page_of(tmp_path / "two", "Ada")
    assert first.read_bytes() == again.read_bytes()
    assert first.with_suffix(".ipynb").read_bytes() == again.with_suffix(".ipynb").read_bytes()
    changed = tmp_path / "block_report.ipynb"
    shutil.copy(NOTEBOOK, changed)
    nb = json.loads(changed.read_text())
    cell = next(c for c in nb["cells"] if c["source"][0].startswith("load_volume.estimate("))
    cell["source"] = ["load_volume.estimate(b.sets, who=b.athlete, start=b.sets['date'].min(), end=b.end)"]
    changed.write_text(json.dumps(nb))
    other = page_of(tmp_path / "three", "Ada", changed).read_text()
    volume = [page.split("Volume load ")[1].split("<")[0] for page in (first.read_text(), other)]
    assert volume[0] != volume[1]


def test_the_footer_says_where_the_page_comes_from(tmp_path: Path) -> None:
    text = page_of(tmp_path, "Emre").read_text()
    version = nbformat.read(NOTEBOOK, as_version=4).metadata["stridelift"]["version"]  # type: ignore[no-untyped-call]
    assert f"block_report {version}" in text
    assert "sample.duckdb" in text
    assert str(sample_logbook().path.parent) not in text
