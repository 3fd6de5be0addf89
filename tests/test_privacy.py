"""A canary in the logbook: nothing of her in the bytes of anybody else's page, and of nobody by name in the squad's."""

from __future__ import annotations

import csv
import json
import re
import zlib
from pathlib import Path
from typing import Any

import pytest

import canary_for_tests as canary
from analysis import cli, importers
from analysis.block import open_block
from analysis.charts import MIME
from analysis.importers import Context
from analysis.logbook import Logbook
from analysis.metrics import strength_e1rm
from analysis.report import find_notebook, make
from analysis.squad import open_squad
from opened_page import Opened
from test_page import HOSTILE

WORDS = (canary.CANARY, *canary.NUMBERS)
HEALTH = ("52.917", "7.3/10", f"{canary.CANARY} hip", "niggle", "cold", "soreness", "sleep_quality", "rmssd")


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The block report of another athlete of the same logbook."""
    parameters = {"logbook": str(canary.logbook().path), "athlete": "Ada"}
    return make(find_notebook("block_report"), tmp_path_factory.mktemp("ada") / "Ada", parameters, title="Ada")


@pytest.fixture(scope="module")
def shas() -> tuple[str, ...]:
    """The beginnings of the hashes of the canary's files, which another page has no reason to name."""
    files = canary.logbook().log().imports
    own = files.filter(files["file"].str.starts_with(canary.CANARY.lower()))
    assert own.height == 7
    return tuple(sha[:12] for sha in own["import_id"])


def specs_of(notebook: Path) -> list[dict[str, Any]]:
    nb = json.loads(notebook.read_text())
    return [o["data"][MIME] for c in nb["cells"] for o in c.get("outputs", ()) if MIME in o.get("data", {})]


def svg_of(spec: dict[str, Any]) -> bytes:
    import vl_convert

    drawn = {key: value for key, value in spec.items() if key != "$schema"}
    return vl_convert.vegalite_to_svg(drawn, allowed_base_urls=[]).encode()


def inside_pdf(data: bytes) -> bytes:
    """The bytes of a PDF with its compressed streams unpacked."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL)
    opened = []
    for stream in streams:
        try:
            opened.append(zlib.decompress(stream))
        except zlib.error:
            opened.append(stream)
    return b"\n".join([data, *opened])


def test_the_canary_is_in_the_logbook() -> None:
    """Else the tests below could not fail."""
    b = open_block(canary.logbook(), canary.CANARY)
    frames = (b.sets, b.sessions, b.trials, b.wellness, b.complaints, b.log.calendar, b.log.plan, b.log.blocks)
    texts = [frame.drop("athlete").write_csv().encode() for frame in frames]
    assert all(canary.CANARY in canary.found_in(text, WORDS) for text in texts)
    assert set(canary.found_in(b"".join(texts), WORDS)) >= {canary.CANARY, "71.37", "271828", "61.83", "52.917"}
    told = str(strength_e1rm.estimate(b.sets, who=b.athlete, end=b.end).html()) + str(b.title)
    assert canary.CANARY in told


def test_nothing_of_the_canary_is_in_the_page_or_the_notebook_of_another_athlete(
    other: Path, shas: tuple[str, ...]
) -> None:
    for file in (other, other.with_suffix(".ipynb")):
        assert canary.found_in(file.read_bytes(), (*WORDS, *shas)) == []
        assert canary.names_in(file.read_bytes()) == ["Ada"]


def test_nothing_of_the_canary_is_in_the_pictures_of_another_athlete(other: Path) -> None:
    specs = specs_of(other.with_suffix(".ipynb"))
    assert len(specs) >= 15
    for spec in specs[::6]:  # all of them are drawn by the browser below, by the same Vega
        assert canary.found_in(svg_of(spec), WORDS) == []


def test_nothing_of_the_canary_is_in_the_pdf_of_another_athlete_nor_in_what_the_browser_draws(
    browser: Any, other: Path
) -> None:
    opened = Opened(browser, other)
    drawn = opened.ask("[...document.querySelectorAll('.chart svg')].map((svg) => svg.outerHTML)")
    assert len(drawn) >= 15
    assert canary.found_in("".join(drawn).encode(), WORDS) == []
    printed = opened.page.pdf(format="A4", tagged=True, outline=True)
    inside = inside_pdf(printed)
    assert len(inside) > 2 * len(printed)
    assert canary.found_in(inside, (canary.CANARY, canary.CANARY.encode("utf-16-be").hex())) == []
    assert canary.found_in(opened.page.inner_text("body").encode(), WORDS) == []


def test_a_refused_row_is_shown_to_its_own_athlete_only(tmp_path: Path) -> None:
    rows = [
        {"athlete": name, "date": "2026-03-27", "test": "cmj", "measure": "height_m", "value": value, "trial": 1}
        for name, value in (("Ada", "0.3"), (canary.CANARY, "0.31"), (canary.CANARY, f"{canary.CANARY} jumped"))
    ]
    sheet = tmp_path / "sheet.csv"
    with sheet.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    book = Logbook(tmp_path / "club.duckdb")
    assert book.add(importers.read(sheet, Context(None)), sheet.name).rejected == 1
    assert book.log(athlete=canary.CANARY).rejected.height == 1
    assert book.log(athlete="Ada").rejected.height == 0


# the squad's page


def test_the_squad_page_names_nobody(shas: tuple[str, ...]) -> None:
    page = canary.squad_page()
    for file in (page, page.with_suffix(".ipynb")):
        assert canary.names_in(file.read_bytes()) == []
        assert canary.found_in(file.read_bytes(), (canary.CANARY, "4711086", *shas)) == []
    assert "pseudonyms, not anonymity" in page.read_text().casefold()
    shown = open_squad(canary.logbook(), block="2").real_names
    assert len(shown) == 9
    text = page.read_text()
    assert not [label for label in shown if label not in text]


def test_no_typed_word_is_in_the_frames_of_a_squad() -> None:
    """Nor in the keys of their rows, which the importers make of names. Devices and protocols are compared only."""
    squad = open_squad(canary.logbook(), block="2")
    (member,) = [m for m in squad.members if m.real == canary.CANARY]
    for table in ("sets", "sessions", "trials", "runs", "splits", "calendar"):
        frame = member.frame(table).drop("device", "protocol", strict=False)
        assert canary.found_in(frame.write_csv().encode(), (canary.CANARY, "4711086")) == [], table
    assert member.frame("sets")["set_id"].is_duplicated().sum() == 0


def test_no_health_data_is_on_the_squad_page() -> None:
    page = canary.squad_page()
    for file in (page, page.with_suffix(".ipynb")):
        assert canary.found_in(file.read_bytes(), HEALTH) == []
        assert canary.found_in(file.read_bytes(), ("61.83", "83.618")) == []  # her body mass, her planned load


def test_the_pictures_of_the_squad_page_name_nobody() -> None:
    specs = specs_of(canary.squad_page().with_suffix(".ipynb"))
    assert len(specs) >= 12
    for spec in specs[::4]:
        assert canary.names_in(svg_of(spec)) == []


def test_small_counts_are_hidden_on_the_squad_page() -> None:
    nb = json.loads(canary.squad_page().with_suffix(".ipynb").read_text())
    (cell,) = [c for c in nb["cells"] if "guidance.squad_counts(s)" in "".join(c["source"])]
    html = "".join(cell["outputs"][0]["data"]["text/html"])
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)]
    assert len(rows) >= 3
    assert all(int(row[2]) >= 5 for row in rows if len(row) == 3 and row[2].isdigit())
    assert "fewer than 5" in html


def test_the_pseudonyms_do_not_follow_from_the_page() -> None:
    """The key is no part of the page: neither its text nor the hash that the footer shows gives it away."""
    key = canary.logbook().path.with_name("squad-key").read_text()
    page = canary.squad_page()
    assert key.encode() not in page.read_bytes() + page.with_suffix(".ipynb").read_bytes()


def test_hostile_names_do_nothing_on_the_squad_page(browser: Any, tmp_path: Path) -> None:
    names = [text[:80] for text in HOSTILE]
    with (tmp_path / "sheet.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, ["athlete", "date", "test", "measure", "value", "trial", "load_kg", "notes"])
        writer.writeheader()
        for i, name in enumerate(names):
            row = {"athlete": name, "test": "loaded_jump", "measure": "height_m", "load_kg": 20, "notes": name}
            for date, value in (("2026-01-05", 0.3), ("2026-02-10", 0.31 + i / 500)):
                writer.writerows(row | {"date": date, "value": value, "trial": t} for t in (1, 2, 3))
    book = Logbook(tmp_path / "club.duckdb")
    assert book.add(importers.read(tmp_path / "sheet.csv", Context(None)), "sheet.csv").rejected == 0
    groups = tmp_path / "groups.csv"
    with groups.open("w", newline="") as file:
        csv.writer(file).writerows([["athlete", "group"], *([name, HOSTILE[i % 2]] for i, name in enumerate(names))])
    with pytest.raises(SystemExit) as left:
        cli.main(["squad", "--logbook", str(book.path), "--names", "--groups", str(groups), "--out", str(tmp_path)])
    assert left.value.code == 0
    (page,) = tmp_path.glob("squad-*.html")
    opened = Opened(browser, page)
    opened.page.select_option("#choose", index=2)
    assert opened.quiet(page)
    assert opened.ask("document.querySelectorAll('main :is(script:not(.spec), img, iframe, a, strong em)').length") == 0
    assert opened.ask("document.querySelectorAll('#choose option').length") == 1 + len(names)
    assert opened.ask("document.querySelectorAll('tr.chosen').length") >= 2
