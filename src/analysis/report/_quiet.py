"""Questions of a page that nothing was recorded for: one line at the end of their section instead of one refusal each.

The notebook keeps every question with its refusal; only the page is shorter. Other refusals stay where they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Final

from nbformat import NotebookNode

from analysis.report._nodes import v4

NOTHING: Final = 'data-reason="NO_DATA"'
HEADING: Final = "## "


def gathered(cells: list[NotebookNode]) -> list[NotebookNode]:
    """The cells with each question whose only answer is "nothing was recorded" moved into the last line of its section.

    >>> ask = v4.new_markdown_cell("Did she sleep?")
    >>> nothing = v4.new_output("display_data", data={"text/html": f'<p {NOTHING}>nothing</p>'})
    >>> shown = gathered([ask, v4.new_code_cell(outputs=[nothing])])
    >>> [cell.outputs[0].data["text/html"] for cell in shown if cell.cell_type == "code"]
    ['<p class="unrecorded">Nothing was recorded that could answer: Did she sleep?</p>']
    """
    return list(_gathered(cells))


def _gathered(cells: list[NotebookNode]) -> Iterator[NotebookNode]:
    silent: list[str] = []
    at = 0
    while at < len(cells):
        cell = cells[at]
        if cell.cell_type == "markdown" and cell.source.startswith(HEADING):
            yield from _said(silent)
            silent = []
        if cell.cell_type == "markdown" and at + 1 < len(cells) and _is_silent(cells[at + 1]):
            heading, question = _split(cell.source)
            silent.append(question)
            if heading:
                yield v4.new_markdown_cell(heading, id=cell.id)
            at += 2
            continue
        yield cell
        at += 1
    yield from _said(silent)


def _is_silent(cell: NotebookNode) -> bool:
    """Whether the one output of a cell is a refusal for want of any record, without a chart."""
    html = [output.get("data", {}).get("text/html", "") for output in cell.get("outputs", ())]
    return len(html) == 1 and html[0].startswith("<p") and NOTHING in html[0].partition(">")[0] + ">"


def _split(source: str) -> tuple[str, str]:
    """The heading of a section and the question below it."""
    lines = [line for line in source.splitlines() if line.strip()]
    headings = [line for line in lines if line.startswith(HEADING)]
    return "\n".join(headings), " ".join(line for line in lines if line not in headings)


def _said(questions: list[str]) -> Iterator[NotebookNode]:
    if questions:
        html = f'<p class="unrecorded">Nothing was recorded that could answer: {escape(" ".join(questions))}</p>'
        yield v4.new_code_cell(outputs=[v4.new_output("display_data", data={"text/html": html})])
