"""What every versioned notebook keeps to: question, one line of code, answer; a version; only the public face."""

from __future__ import annotations

import ast
import statistics
from pathlib import Path
from typing import Any

import pytest

from analysis.report._nodes import read, v4
from analysis.report._parameters import DECLARED, defaults, tags

FACE = ("analysis", "analysis.metrics")
NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


def sources(nb: Any) -> list[str]:
    return [cell.source for cell in nb.cells if cell.cell_type == "code" and cell.source.strip()]


def violations(nb: Any, *, is_report: bool) -> list[str]:
    """The rules a notebook breaks, in words."""
    broken = [] if nb.metadata.get("stridelift", {}).get("version") else ["no metadata stridelift.version"]
    if is_report and not defaults(nb):
        broken.append("a report without a cell of parameters")
    for source in sources(nb):
        broken += [f"{word}: {source}" for word in sorted(_foreign(ast.parse(source)))]
    lengths = [
        sum(1 for line in cell.source.splitlines() if line.strip())
        for cell in nb.cells
        if cell.cell_type == "code" and cell.source.strip() and DECLARED not in tags(cell)
    ]
    if lengths and statistics.median(lengths) > 1:
        broken.append(f"median of {statistics.median(lengths)} lines a cell")
    return broken + [f"a cell of {n} lines" for n in lengths if n > 8]


def _foreign(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            found.add("defines something")
        if isinstance(node, ast.Import):
            found |= {f"imports {name.name}" for name in node.names if name.name not in FACE}
        if isinstance(node, ast.ImportFrom) and (node.level or node.module not in FACE):
            found.add(f"imports from {node.module}")
    return found


@pytest.mark.skipif(not NOTEBOOKS, reason="there is no notebook yet")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_notebook_keeps_the_rules(path: Path) -> None:
    assert violations(read(path, as_version=4), is_report=path.stem.endswith("report")) == []


GOOD = ["from analysis import charts", "from analysis.metrics import load_daily", "x = 1"]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def f(): pass", "defines something"),
        ("class A: pass", "defines something"),
        ("f = lambda x: x", "defines something"),
        ("import pandas", "imports pandas"),
        ("from analysis.logbook import Logbook", "imports from analysis.logbook"),
        ("from . import x", "imports from None"),
        ("\n".join(f"x{i} = 1" for i in range(9)), "a cell of 9 lines"),
    ],
)
def test_a_breach_is_found(source: str, said: str) -> None:
    metadata = {"stridelift": {"version": "1.0.0"}}
    good = [v4.new_code_cell(text) for text in GOOD]
    assert violations(v4.new_notebook(cells=good, metadata=metadata), is_report=False) == []
    bad = v4.new_notebook(cells=[*good, v4.new_code_cell(source)], metadata=metadata)
    assert any(said in text for text in violations(bad, is_report=False))


def test_version_parameters_and_length_are_asked_for() -> None:
    long = v4.new_notebook(cells=[v4.new_code_cell("x = 1\ny = 2")])
    assert violations(long, is_report=True) == [
        "no metadata stridelift.version",
        "a report without a cell of parameters",
        "median of 2 lines a cell",
    ]
