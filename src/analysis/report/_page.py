"""Executed notebook -> one self-contained HTML page: charts as data, one copy of Vega and of each data set.

The page's security policy names the hashes of its two scripts and forbids everything else: no network, no other script,
no event handler. Text of a log is escaped where it is written; the policy is the second lock.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, Final

from nbformat import NotebookNode

from analysis.charts import MIME
from analysis.report._bundle import STATIC, vega_js
from analysis.report._nodes import v4
from analysis.report._parameters import tags
from analysis.report._provenance import Rows
from analysis.report._quiet import gathered

TEMPLATES: Final = Path(__file__).parent / "templates"
LEFT_OUT: Final = frozenset({"remove-output", "skip-report"})
# signs that turn the direction of the text around them: a name must not mirror the number that follows it
TURNING: Final = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)], "\ufffd")


@dataclass
class _Charts:
    """What the charts of one page share: how many there are, and each data set once, by columns."""

    count: int = 0
    sets: dict[str, dict[str, list[Any]]] = field(default_factory=dict)

    def add(self, rows: list[dict[str, Any]]) -> str:
        names = dict.fromkeys(name for row in rows for name in row)
        columns = {name: [row.get(name) for row in rows] for name in names}
        key = hashlib.sha256(_json(columns).encode()).hexdigest()[:12]
        self.sets[key] = columns
        return key


def to_html(nb: NotebookNode, title: str, footer_rows: Rows = ()) -> str:
    """The page of an executed notebook; `nb` is left as it is.

    Shown are Markdown cells and outputs. The notebook's own heading gives way to `title`, the one h1. What cells wrote
    to stderr stays in the notebook: warnings hold paths, and are not for the athlete.

    >>> "<h1>Ada &lt;b&gt;</h1>" in to_html(v4.new_notebook(), "Ada <b>")
    True
    """
    charts = _Charts()
    cells = [_cell(cell, charts) for cell in gathered([c for c in nb.cells if not LEFT_OUT & tags(c)])]
    scripts = (vega_js(), _static("page.js")) if charts.count else ()
    resources = {
        "title": _still(title),
        "rows": [(_still(label), _still(value)) for label, value in footer_rows],
        "css": _static("page.css"),
        "policy": _policy(scripts),
        "scripts": scripts,
        "licence": _static("vega.LICENSE"),
        "sets": _json(charts.sets),
    }
    return str(_exporter().from_notebook_node(v4.new_notebook(cells=cells), resources=resources)[0])


def _cell(cell: NotebookNode, charts: _Charts) -> Any:
    if cell.cell_type != "code":
        return v4.new_markdown_cell(_without_heading(cell.source), id=cell.id) if cell.cell_type == "markdown" else cell
    shown = [html for output in _joined(cell.outputs) if (html := _output(output, charts))]
    outputs = [v4.new_output("display_data", data={"text/html": html}) for html in shown]
    return v4.new_code_cell(outputs=outputs, id=cell.id)


def _joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """The outputs, with a chart that follows the sentence of the same result put into one output with it."""
    joined: list[NotebookNode] = []
    for output in outputs:
        data, last = output.get("data", {}), joined[-1].get("data", {}) if joined else {}
        if MIME in data and "text/html" not in data and "text/html" in last and MIME not in last:
            joined[-1] = v4.new_output("display_data", data={**last, MIME: data[MIME]})
        else:
            joined.append(output)
    return joined


def _without_heading(source: str) -> str:
    return "\n".join(line for line in source.splitlines() if not line.startswith("# "))


def _output(output: NotebookNode, charts: _Charts) -> str:
    if output.output_type == "stream":
        return "" if output.name == "stderr" else f"<pre>{escape(_still(output.text))}</pre>"
    data = output.get("data", {})
    html = _still(data.get("text/html", ""))
    if MIME in data:
        # beside the folded data, not below it
        head, fold, rest = html.partition("<details>")
        return head + _figure(data[MIME], charts, told=bool(html)) + fold + rest
    return html or f"<pre>{escape(_still(data.get('text/plain', '')))}</pre>"


def _figure(spec: dict[str, Any], charts: _Charts, *, told: bool) -> str:
    """One chart; `told`: its sentence stands above it already."""
    charts.count += 1
    title = spec.get("title", "")
    if told and isinstance(title, dict):
        title = {key: value for key, value in title.items() if key != "subtitle"}
    words = title.get("text", "") if isinstance(title, dict) else title
    said = spec.get("description") or (" ".join(words) if isinstance(words, list) else words) or "Chart"
    names = {name: charts.add(rows) for name, rows in spec.get("datasets", {}).items()}
    left_out = ("$schema", "datasets", "title")  # the bundle draws v6, the notebook's specification says v5
    drawn = {key: value for key, value in spec.items() if key not in left_out} | ({"title": title} if title else {})
    label = escape(_still(str(said)))
    script = f'<script type="application/json" class="spec">{_json({"spec": drawn, "sets": names})}</script>'
    return f'<figure><div class="chart" role="img" aria-label="{label}"></div>{script}</figure>'


def _json(value: Any) -> str:
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return _still(text).replace("<", "\\u003c")


def _still(text: str) -> str:
    return text.translate(TURNING)


def _policy(scripts: tuple[str, ...]) -> str:
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    allowed = " ".join(f"'sha256-{value}'" for value in hashes) or "'none'"
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


@cache
def _static(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")


@cache
def _exporter() -> Any:
    # 0.5 s, only when a page is made; the plain exporter, since HTMLExporter parses and rewrites the finished page
    from nbconvert.exporters.templateexporter import TemplateExporter
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    exporter: Any = TemplateExporter
    words = MarkdownWithMath(renderer=IPythonRenderer(escape=True, exclude_anchor_links=True))
    known = {"template_name": "report", "extra_template_basedirs": [str(TEMPLATES)], "file_extension": ".html"}
    return exporter(**known, filters={"markdown2html": words.render})
