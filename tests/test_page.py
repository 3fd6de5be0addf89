"""The page in a real browser, offline: charts drawn, no request made, hostile text inert, print and phone."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import _toy_notebook as toy
from analysis import charts
from analysis.report import make
from analysis.report._nodes import v4
from analysis.report._page import to_html
from opened_page import Opened

HOSTILE = [
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    "<img src=x onerror=alert(3)>",
    "<!--<script>",
    "{{7*7}} {% raw %} ${7*7}",
    """]]> & &lt; " ' `""",
    "**bold** [link](javascript:alert(4)) # h",
    '"><svg onload=alert(5)>',
    "</title></style><iframe src='javascript:alert(6)'>",
    "\u202e7.601 MR1e\u2066",
]  # fmt: skip
ALL = " | ".join(HOSTILE)
WIDE = "charts.bars(sets, 'date', 'load_kg', x_title='W', y_title='L').properties(width=1500, title='Wide')"
LONG = "Estimate('Long', value=1.0, parts=tuple(Estimate('w' * 70, value=1.0, unit='u' * 50, n=i) for i in range(3)))"
SIDE = "(charts.level_line(1) | charts.level_line(2)).properties(title='Side by side')"


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plain")
    more = [v4.new_code_cell(WIDE, id="wide"), v4.new_code_cell(SIDE, id="side"), v4.new_code_cell(LONG, id="long")]
    rows = [("Logbook state", "17")]
    return make(toy.write(folder, *more), folder / "page", {}, title="Ada, block 2", provenance=rows)


@pytest.fixture(scope="module")
def hostile_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    return make(toy.write(folder), folder / "page", {"athlete": ALL, "note": ALL}, title=ALL, provenance=[(ALL, ALL)])


def marks(opened: Opened, chart: int, kind: str) -> int:
    inside = f"document.querySelectorAll('.chart')[{chart}]"
    return int(opened.ask(f"{inside}.querySelectorAll('.mark-{kind}.role-mark > *').length"))


def test_every_chart_is_drawn_and_nothing_is_asked_of_the_network(browser: Any, page_file: Path) -> None:
    opened = Opened(browser, page_file)
    assert opened.quiet(page_file)
    assert opened.ask("document.querySelectorAll('.chart svg').length") == 4
    kinds = ["symbol", "rect", "rect", "rule"]
    assert [marks(opened, i, kind) for i, kind in enumerate(kinds)] == [6, 6, 6, 2]


def test_the_policy_holds_against_a_script_of_somebody_else(browser: Any, page_file: Path, tmp_path: Path) -> None:
    """Even text that was not escaped could neither run nor call home."""
    bad = "<script>ran = 1</script><img src=x onerror='ran = 2'><img src='https://example.org/x.png'></main>"
    path = tmp_path / "bad.html"
    path.write_text(page_file.read_text().replace("</main>", bad))
    opened = Opened(browser, path)
    assert opened.ask("window.ran") is None
    assert opened.ask("document.querySelectorAll('main img').length") == 2
    assert "csp https://example.org/x.png" in opened.refused
    assert "unsafe-eval" not in page_file.read_text()  # (the test's own scripts may evaluate whatever the policy says)


def test_hover_shows_the_numbers(browser: Any, page_file: Path) -> None:
    opened = Opened(browser, page_file)
    opened.page.locator(".chart").first.locator(".mark-symbol.role-mark path").nth(2).hover()
    tooltip = opened.page.locator("#vg-tooltip-element")
    tooltip.wait_for(state="visible", timeout=5_000)
    assert "Ada" in tooltip.inner_text()
    assert "105" in tooltip.inner_text()


def test_a_chart_can_be_saved(browser: Any, page_file: Path) -> None:
    opened = Opened(browser, page_file)
    for kind, start in (("SVG", b"<svg"), ("PNG", b"\x89PNG")):
        with opened.page.expect_download() as download:
            opened.page.get_by_role("button", name=kind).nth(1).click()
        assert download.value.suggested_filename == f"chart-2.{kind.lower()}"
        assert Path(download.value.path()).read_bytes().startswith(start)


def test_hostile_text_does_nothing_and_shows_as_text(browser: Any, page_file: Path, hostile_file: Path) -> None:
    count = "[...document.querySelectorAll('script, img, iframe, a, h1, strong')].map((node) => node.localName)"
    plain, opened = Opened(browser, page_file), Opened(browser, hostile_file)
    opened.page.locator(".chart").first.locator(".mark-symbol.role-mark path").nth(2).hover()
    opened.page.locator("#vg-tooltip-element").wait_for(state="visible", timeout=5_000)
    assert opened.quiet(hostile_file)
    nodes, usual = opened.ask(count), plain.ask(count)
    assert {name: nodes.count(name) for name in ("img", "iframe", "a", "h1", "strong")} == {
        "img": 0, "iframe": 0, "a": 1, "h1": 1, "strong": 0}  # fmt: skip
    assert nodes.count("script") == usual.count("script") - 2  # two charts less
    shown = " ".join(ALL.replace("\u202e", "\ufffd").replace("\u2066", "\ufffd").split())
    places = ("h1", "p.estimate", "ul.notes li", "pre", "footer dt >> nth=3", "footer dd >> nth=3")
    for place in (*places, "title", "#vg-tooltip-element td.value >> nth=0"):
        assert shown in " ".join(opened.page.locator(place).first.text_content().split()), place
    assert opened.page.locator(".chart").nth(1).get_attribute("aria-label") == f"Bars of {shown}: {shown}"
    in_chart = " ".join(opened.ask("document.querySelectorAll('.chart')[1].textContent").split())
    assert "alert(1)</script>" in in_chart
    assert "{{7*7}}" in in_chart


def test_print_cuts_no_chart_off(browser: Any, page_file: Path) -> None:
    opened = Opened(browser, page_file, viewport={"width": 1000, "height": 900})
    opened.page.emulate_media(media="print")
    opened.page.set_viewport_size({"width": 680, "height": 1010})  # A4 less the margins
    widths = opened.ask("[...document.querySelectorAll('.chart svg')].map((svg) => svg.getBoundingClientRect().right)")
    assert len(widths) == 4
    assert max(widths) <= 680
    assert max(opened.ask("[...document.querySelectorAll('table')].map((t) => t.getBoundingClientRect().right)")) <= 680
    assert opened.ask("document.documentElement.scrollWidth") <= 680
    boxes = "[...document.querySelectorAll('.save, details, .skip')].map((node) => node.getClientRects().length)"
    assert set(opened.ask(boxes)) == {0}
    assert opened.page.pdf(format="A4").startswith(b"%PDF")


@pytest.mark.parametrize("width", [320, 390])
def test_a_phone_does_not_scroll_sideways(browser: Any, page_file: Path, hostile_file: Path, width: int) -> None:
    for path in (page_file, hostile_file):
        opened = Opened(browser, path, viewport={"width": width, "height": 800})
        assert opened.ask("document.documentElement.scrollWidth") == width
        assert opened.ask("document.querySelector('.chart svg').getBoundingClientRect().right") <= width


CONTRAST = """() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const colour = rgb(getComputedStyle(node).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const texts = [...document.querySelectorAll('body *')].filter((node) => node.getClientRects().length
    && !node.closest('.skip') && [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim()));
  return texts.map((node) => {
    const style = getComputedStyle(node);
    const [a, b] = [light(rgb(node.namespaceURI.includes('svg') ? style.fill : style.color)), light(behind(node))];
    return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), node.localName + ': ' + node.textContent.slice(0, 30)];
  });
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_enough_contrast(browser: Any, page_file: Path, scheme: str) -> None:
    found = Opened(browser, page_file, color_scheme=scheme).ask(CONTRAST)
    assert len(found) > 60
    assert any(text.startswith("text:") for _, text in found)
    assert [text for ratio, text in found if ratio < 4.5] == []


def test_the_page_can_be_read_without_eyes(browser: Any, page_file: Path) -> None:
    opened = Opened(browser, page_file)
    assert opened.ask("document.documentElement.lang") == "en"
    headings = "[...document.querySelectorAll('h1, h2, h3')].map((node) => node.localName)"
    assert opened.ask(headings) == ["h1", "h2", "h2", "h2"]
    opened.page.keyboard.press("Tab")
    assert opened.ask("document.activeElement.textContent") == "Skip to the report"
    assert opened.ask("document.querySelector(document.activeElement.hash).localName") == "main"
    names = opened.ask("[...document.querySelectorAll('[role=img]')].map((node) => node.getAttribute('aria-label'))")
    assert names == [
        "Ada: e1RM of Ada 106.7 kg (95 % 96.2 to 118.2; n = 6)",
        "Bars of Ada: easy week",
        "Wide",
        "Side by side",
    ]
    assert opened.ask("document.querySelectorAll('[role=img] :is(a, button, summary, [tabindex])').length") == 0


# what needs no browser


def html_of(*outputs: Any) -> str:
    return to_html(v4.new_notebook(cells=[v4.new_code_cell("", outputs=list(outputs))]), "T")


def chart_output(**more: Any) -> Any:
    title = {"text": "T", "subtitle": ["the sentence"]}
    spec = charts.level_line(1).properties(title=title, description="the sentence").to_dict()
    return v4.new_output("display_data", data={**charts.render(spec), **more})


def test_the_sentence_is_told_once() -> None:
    alone, beside = html_of(chart_output()), html_of(chart_output(**{"text/html": "<p>the sentence</p>"}))
    assert '"subtitle":["the sentence"]' in alone
    assert '"subtitle":' not in beside.split('class="spec"')[1].split("</script>")[0]
    assert '"text":"T"' in beside
    assert beside.index("<p>the sentence</p>") < beside.index('<div class="chart"')
    assert alone.count('aria-label="the sentence"') == beside.count('aria-label="the sentence"') == 1


def test_one_bundle_and_one_copy_of_each_data_set(page_file: Path) -> None:
    page = page_file.read_text()
    assert page.count("window.vegaEmbed=") == page.count("BSD 3-Clause License") == 1
    sets = json.loads(re.findall(r'id="sets">(.*?)</script>', page)[0])
    specs = [json.loads(text) for text in re.findall(r'class="spec">(.*?)</script>', page)]
    assert len(sets) == 3
    assert len(specs) == 4
    assert {key for spec in specs for key in spec["sets"].values()} == set(sets)
    assert "schema" not in str(specs)


def test_a_page_without_a_chart_carries_no_script() -> None:
    page = html_of(v4.new_output("stream", text="just text"))
    assert "<script" not in page
    assert "script-src 'none'" in page
    assert len(page) < 20_000


def test_what_is_left_out() -> None:
    code = [v4.new_code_cell("secret_source = 1", outputs=[v4.new_output("stream", text="shown")])]
    code += [v4.new_code_cell("", metadata={"tags": [tag]}, outputs=[v4.new_output("stream", text="hidden")])
             for tag in ("remove-output", "skip-report")]  # fmt: skip
    code += [v4.new_code_cell("", outputs=[v4.new_output("stream", name="stderr", text="/home/ada: warning")])]
    code += [v4.new_markdown_cell("# Own heading\n\nwords <u>")]
    code += [v4.new_markdown_cell("noise", metadata={"tags": ["skip-report"]})]
    page = to_html(v4.new_notebook(cells=code), "The title")
    assert "shown" in page
    assert "words &lt;u&gt;" in page
    assert page.count("<h1") == 1
    for absent in ("secret_source", "hidden", "/home/ada", "Own heading", "noise"):
        assert absent not in page


def test_markdown_and_pictures_in_an_output_are_not_rendered() -> None:
    data = {"text/markdown": "<b>raw</b>", "image/svg+xml": "<svg onload=alert(1)>", "text/plain": "<plain>"}
    page = html_of(v4.new_output("display_data", data=data))
    assert "<pre>&lt;plain&gt;</pre>" in page
    assert "raw" not in page
    assert "onload" not in page


def test_rows_may_lack_a_value() -> None:
    spec = {"mark": "point", "datasets": {"data-1": [{"a": 1}, {"b": 2}]}, "data": {"name": "data-1"}}
    page = html_of(v4.new_output("display_data", data={charts.MIME: spec}))
    assert '{"a":[1,null],"b":[null,2]}' in page
    assert 'aria-label="Chart"' in page


def test_a_frame_is_escaped() -> None:
    html = pl.DataFrame({"note": ["<img src=x>"]})._repr_html_()
    assert "<img" not in html_of(v4.new_output("display_data", data={"text/html": html}))
