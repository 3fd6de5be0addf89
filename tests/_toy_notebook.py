"""A small notebook with one of everything a report can hold, for the tests of reports and pages."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from analysis import report
from analysis.report._nodes import v4

DECLARED = """
athlete = 'Ada'
block: int = 2
note = 'easy week'
logbook = 'training.duckdb'
weight = 1.5
raw = False
"""
SETUP = """
import polars as pl
from analysis import charts
from analysis.estimate import Estimate, refuse
"""
FRAME = """
days = pl.date_range(pl.date(2026, 1, 5), pl.date(2026, 2, 9), "1w", eager=True)
sets = pl.DataFrame({"date": days, "load_kg": [100.0, 102.5, 105.0, 104.0, 107.5, 110.0], "who": [athlete] * 6})
"""
DRAW = """
def draw(e):
    return charts.points(e.points, "date", "load_kg", x_title="Date", y_title="Load (kg)", tooltip=["who", "load_kg"])
"""
ESTIMATE = """
Estimate(f"e1RM of {athlete}", athlete, 106.7, 96.2, 118.2, unit="kg", n=6, method="Epley (1985)",
         notes=(note, "second"), parts=(Estimate("trend", value=0.8, low=0.1, high=1.5, unit="%/week", n=6),),
         points=sets, draw=draw)
"""
REFUSAL = 'refuse("Sprint, 20 m", "NO_DATA", who=athlete)'
CHART = """
charts.bars(sets, "date", "load_kg", x_title="Week", y_title="Load (kg)").properties(title={
    "text": f"Weekly load of {athlete}", "subtitle": [note]}, description=f"Bars of {athlete}: {note}")
"""
PRINT = 'print("printed:", athlete)\nprint(f"{2 + block} lines of {note}")'


def cells() -> list[Any]:
    """The cells of the notebook; a test may change or add some."""
    return [
        v4.new_markdown_cell("# Toy report\n\nOne of everything.", id="top"),
        v4.new_code_cell(DECLARED.strip(), id="declared", metadata={"tags": ["parameters"]}),
        v4.new_code_cell(SETUP.strip() + "\n" + FRAME.strip() + "\n" + DRAW.strip(), id="setup"),
        v4.new_markdown_cell("## Is she stronger?", id="question"),
        v4.new_code_cell(ESTIMATE.strip(), id="estimate"),
        v4.new_code_cell(REFUSAL, id="refusal"),
        v4.new_markdown_cell("## How much was lifted?", id="question-2"),
        v4.new_code_cell(CHART.strip(), id="chart"),
        v4.new_code_cell('sets.select("who", "load_kg").head(2)', id="frame"),
        v4.new_code_cell(PRINT, id="print"),
        v4.new_code_cell("'hidden from the page'", id="hidden", metadata={"tags": ["skip-report"]}),
        v4.new_code_cell("6 * block;", id="silent"),
    ]  # fmt: skip


def notebook(*more: Any) -> Any:
    """The notebook, with more cells at its end."""
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return v4.new_notebook(cells=[*cells(), *more], metadata={"kernelspec": kernel, "stridelift": {"version": "1.0.0"}})


def write(folder: Path, *more: Any) -> Path:
    """The notebook as a file in `folder`."""
    path = folder / "toy.ipynb"
    path.write_text(json.dumps(notebook(*more)), encoding="utf-8")
    return path


def outputs(nb: Any) -> Any:
    """Execution counts and outputs as a notebook file holds them."""
    return json.loads(json.dumps([[cell.get("execution_count"), cell.get("outputs")] for cell in nb.cells]))


def environment(**more: str) -> dict[str, str]:
    """The environment of a child process that shall import what this one can."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path), **more}


def make(folder: Path, out: str = "page", *more: Any, force: bool = False, **values: Any) -> Path:
    """A report of the notebook in `folder`."""
    folder.mkdir(exist_ok=True)
    return report.make(write(folder, *more), folder / out, values, title="Toy", force=force)
