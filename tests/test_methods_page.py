"""The page of methods: made of the docstrings of the metrics, complete, and its examples run as they stand."""

from __future__ import annotations

import contextlib
import io
import re
import subprocess
import sys
from pathlib import Path

import pytest

from analysis._methods_page import FIELDS, GROUPS, Told, describe, methods_page, metrics

PAGE = Path(__file__).parents[1] / "docs" / "methods.md"
HEADER = '''"""How much was lifted? (methods C1, A3).

What: kilograms, summed over
  working sets.
Formula: load x repetitions.
Source: convention.
Limits: refused without a set: there is nothing to add.
Trap: 100 kg of squat is not 100 kg of calf raise.

Not of a field.
"""
'''
BODY = '''
import datetime as dt

import polars as pl

DAY = dt.date(2026, 1, 5)


def estimate(frame: pl.DataFrame) -> float:
    """Sum it.

    >>> frame = pl.DataFrame({"kg": [1, 2],
    ...                       "date": DAY})
    >>> estimate(frame)
    3
    """
    return frame["kg"].sum()
'''


def test_the_page_is_made_of_the_docstrings() -> None:
    assert PAGE.read_text(encoding="utf-8") == methods_page(), "run: make methods"


@pytest.mark.parametrize("told", metrics(), ids=lambda told: told.name)
def test_every_metric_says_all_of_it(told: Told) -> None:
    assert not told.missing, f"the docstring of {told.name} does not tell: {', '.join(told.missing)}"
    assert told.name.split("_")[0] in GROUPS


@pytest.mark.parametrize("told", metrics(), ids=lambda told: told.name)
def test_the_example_of_the_page_runs_as_it_stands(told: Told) -> None:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(told.example, told.name, "exec"), {})  # noqa: S102  # our own page
    shown = [line.removeprefix("# ") for line in told.example.splitlines() if line.startswith("# ")]
    assert all(line in shown for line in out.getvalue().splitlines())


def test_a_header_is_read_field_by_field() -> None:
    told = describe("load_volume", HEADER + BODY)
    assert (told.question, told.reference, told.missing) == ("How much was lifted?", "C1, A3", ())
    assert told.fields["What"] == "kilograms, summed over working sets."
    assert told.fields["Limits"] == "refused without a set: there is nothing to add."
    assert tuple(told.fields) == FIELDS
    assert "Not of a field" not in str(told.fields)
    assert told.example.splitlines() == [
        "import polars as pl", "from analysis.metrics.load_volume import DAY, estimate", "",
        'frame = pl.DataFrame({"kg": [1, 2],', '                      "date": DAY})', "estimate(frame)", "# 3",
    ]  # fmt: skip


@pytest.mark.parametrize("field", FIELDS)
def test_a_missing_field_is_named(field: str) -> None:
    without = re.sub(rf"^{field}: [^\n]*\n(  [^\n]*\n)*", "", HEADER, flags=re.MULTILINE)
    assert describe("load_volume", without + BODY).missing == (field,)


def test_a_missing_reference_question_or_example_is_named() -> None:
    assert describe("x", HEADER.replace(" (methods C1, A3)", "") + BODY).missing == ("reference",)
    assert describe("x", HEADER).missing == ("example",)
    assert set(describe("x", "").missing) == {*FIELDS, "question", "reference", "example"}


def test_every_metric_and_trap_stands_on_the_page() -> None:
    page = methods_page()
    for told in metrics():
        assert page.count(f"### `{told.name}`") == 1
        if "Trap" in told.fields:
            assert f"- `{told.name}`: {told.fields['Trap']}" in page
    assert page.index("## Traps in plain words for a coach") > page.index("## Running")


def test_the_module_writes_the_page() -> None:
    done = subprocess.run([sys.executable, "-m", "analysis._methods_page"], capture_output=True, check=True)
    assert done.stdout.decode() == methods_page()
