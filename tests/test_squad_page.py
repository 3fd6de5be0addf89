"""The squad's page in a real browser, offline: one athlete is chosen in every chart and table at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import canary_for_tests as canary
from analysis import charts, cli
from analysis.frames import html_table
from analysis.report._nodes import v4
from analysis.report._page import to_html
from analysis.squad import open_squad
from opened_page import Opened

PAGE_WIDTHS = (1000, 390, 320)
LOOK = """[...document.querySelectorAll('.chart')].filter((chart) => chart.querySelector('svg')).map((chart) =>
  [...chart.querySelectorAll('.mark-symbol.role-mark path')].map((dot) =>
    [dot.__data__.datum.athlete, +(dot.getAttribute('opacity') ?? 1)]))"""


@pytest.fixture(scope="module")
def opened(browser: Any) -> Iterator[Opened]:
    page = Opened(browser, canary.squad_page(), viewport={"width": 1000, "height": 900})
    yield page
    page.page.close()


def opacities(page: Opened) -> list[list[tuple[str, float]]]:
    page.page.wait_for_timeout(150)
    return [[(name, shade) for name, shade in dots] for dots in page.ask(LOOK)]


def shown() -> list[str]:
    return sorted(open_squad(canary.logbook(), block="2").real_names)


def highlighted(page: Opened, name: str) -> bool:
    """Whether in every chart the dots of this athlete stand out and all others are pale, before long."""
    for _ in range(20):
        found = opacities(page)
        if len(found) >= 10 and all((shade == 1) == (who == name) for dots in found for who, shade in dots):
            return True
    return False


def test_the_page_is_quiet_and_everybody_can_be_chosen(opened: Opened) -> None:
    assert opened.quiet(canary.squad_page())
    options = opened.ask("[...document.querySelectorAll('#choose option')].map((o) => o.textContent)")
    assert options == ["everybody", *shown()]
    assert {shade for dots in opacities(opened) for _, shade in dots} == {1}


def test_choosing_by_keyboard_marks_the_athlete_in_every_chart_and_table(opened: Opened) -> None:
    opened.page.focus("#choose")
    assert opened.page.get_by_label("Show athlete").evaluate("(node) => node === document.activeElement")
    name = shown()[2]
    opened.page.keyboard.type(name)
    assert opened.page.input_value("#choose") == name
    assert highlighted(opened, name)
    rows = "[...document.querySelectorAll('tr.chosen')].map((row) => row.textContent)"
    assert len(opened.ask(rows)) >= 8
    assert all(name in row for row in opened.ask(rows))
    assert opened.ask("document.querySelector('[role=status]').textContent").startswith(name)
    lines = opened.ask("[...document.querySelectorAll('.chosen-lines li')].map((line) => line.textContent)")
    assert len(lines) >= 8
    assert all(line.count("?") == 1 for line in lines)


def test_clicking_a_dot_marks_the_same_athlete_everywhere(opened: Opened) -> None:
    name = opacities(opened)[1][0][0]
    opened.page.locator(".chart").nth(1).locator(".mark-symbol.role-mark path").first.click()
    assert highlighted(opened, name)
    assert opened.page.input_value("#choose") == name
    opened.page.select_option("#choose", "")
    assert {shade for dots in opacities(opened) for _, shade in dots} == {1}
    assert opened.ask("document.querySelectorAll('tr.chosen, .chosen-lines li').length") == 0


def test_it_still_needs_no_network_after_all_that(opened: Opened) -> None:
    assert opened.quiet(canary.squad_page())


@pytest.mark.parametrize("width", PAGE_WIDTHS)
def test_the_page_fits_its_window(browser: Any, width: int) -> None:
    page = Opened(browser, canary.squad_page(), viewport={"width": width, "height": 800})
    page.page.select_option("#choose", index=1)
    assert page.ask("document.documentElement.scrollWidth") == width
    assert page.ask("document.querySelector('#choose').getBoundingClientRect().height") >= 40
    assert (
        max(page.ask("[...document.querySelectorAll('.chart svg')].map((s) => s.getBoundingClientRect().right)"))
        <= width
    )
    page.page.close()


def test_print_hides_the_control_and_keeps_the_choice(browser: Any) -> None:
    page = Opened(browser, canary.squad_page(), viewport={"width": 680, "height": 1010})
    page.page.select_option("#choose", index=1)
    page.page.emulate_media(media="print")
    assert page.ask("document.querySelector('.choose').getClientRects().length") == 0
    assert page.ask("document.querySelectorAll('.chosen-lines li').length") > 0
    assert page.ask("document.documentElement.scrollWidth") <= 680
    page.page.close()


def squad_chart(title: str, names: list[str]) -> Any:
    frame = pl.DataFrame({"athlete": names, "value": [float(i) for i, _ in enumerate(names)]})
    dots = charts.points(frame, "value", "athlete", x_title="Value", y_title="")
    bundle = charts.render(charts.selectable(dots).properties(title=title, description=title).to_dict())
    return v4.new_output("display_data", data=bundle | {"text/html": html_table(frame, title)})


def test_a_page_without_a_squad_has_no_control(browser: Any, tmp_path: Path) -> None:
    plain = charts.render(charts.level_line(1).properties(title="T", description="T").to_dict())
    cell = v4.new_code_cell("", outputs=[v4.new_output("display_data", data=plain)])
    path = tmp_path / "plain.html"
    path.write_text(to_html(v4.new_notebook(cells=[cell]), "Plain"))
    page = Opened(browser, path)
    assert page.ask("document.querySelectorAll('select, [role=status], .chosen-lines').length") == 0
    assert page.ask("document.body.className") == ""


def test_names_with_odd_spaces_and_signs_are_found_in_tables_as_well(browser: Any, tmp_path: Path) -> None:
    names = ["Ann  Lee", "<b>Bo</b>", "Cy \u202ednE"]
    cells = [v4.new_code_cell("", outputs=[squad_chart(title, names)]) for title in ("one", "two")]
    path = tmp_path / "odd.html"
    path.write_text(to_html(v4.new_notebook(cells=cells), "Odd"))
    page = Opened(browser, path)
    for place in (1, 2, 3):
        page.page.select_option("#choose", index=place)
        assert page.ask("document.querySelectorAll('tr.chosen').length") == 2
        assert sum(shade == 1 for dots in opacities(page) for _, shade in dots) == 2
    assert page.quiet(path)


def test_a_number_that_is_none_does_not_take_the_page_down() -> None:
    frame = pl.DataFrame({"a": [1.0, float("nan"), float("inf")], "b": [1.0, 2.0, 3.0]})
    spec = charts.render(charts.points(frame, "a", "b", x_title="A", y_title="B").to_dict())[charts.MIME]
    (rows,) = spec["datasets"].values()
    assert [row["a"] for row in rows] == [1.0, None, None]


# the command


def run(*arguments: str | Path) -> int:
    with pytest.raises(SystemExit) as left:
        cli.main([str(a) for a in arguments])
    return int(left.value.code or 0)


def test_the_command_prints_the_path_last_and_overwrites_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STRIDELIFT_LOGBOOK", raising=False)
    empty = (
        "squad",
        "--logbook",
        canary.logbook().path,
        "--from",
        "2020-01-06",
        "--to",
        "2020-02-16",
        "--out",
        tmp_path,
    )
    assert run("--json", *empty) == 4
    told = capsys.readouterr()
    page = tmp_path / "squad-2020-01-06-to-2020-02-16.html"
    assert json.loads(told.out) == {"report": str(page), "estimated": 0, "pseudonyms": True}
    assert "nothing could be estimated" in told.err
    text = page.read_text()
    assert "<h1>Squad, 06 Jan 2020 to 16 Feb 2020</h1>" in text
    assert all(part in text for part in ("squad_report 1.", "import 2", "club.duckdb"))
    assert str(canary.logbook().path.parent) not in text
    assert canary.names_in(page.read_bytes()) == []
    assert run(*empty) == 1
    assert "exists already" in capsys.readouterr().err


def test_who_is_who_is_told_apart_from_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = canary.logbook().path
    assert run("squad", "--logbook", book, "--who", "--out", tmp_path) == 0
    told = capsys.readouterr()
    assert len(told.out.splitlines()) == 9
    assert set(told.out.split()) >= set(canary.NAMES)
    assert "keep this list apart" in told.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--block", "9"), "nobody has a block '9'"),
        (("--block", "2", "--from", "2026-01-05"), "not both"),
        (("--groups", "nowhere.csv"), "columns athlete and group"),
    ],
)
def test_a_wrong_question_is_one_line(
    arguments: tuple[str, ...], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("squad", "--logbook", canary.logbook().path, "--out", tmp_path, *arguments) == 1
    error = capsys.readouterr().err
    assert said in error
    assert len(error.splitlines()) == 1
