"""The page of methods for the docs, made of the docstrings of the metrics: `python -m analysis._methods_page`.

A metric's file says at its top the question with its place in the handbook, then What, Formula, Source, Limits, Trap.
The example is the one that runs as the test of its `estimate`.
"""

from __future__ import annotations

import ast
import doctest
import inspect
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FIELDS: Final = ("What", "Formula", "Source", "Limits", "Trap")
GROUPS: Final = {
    "load": "Load: what the training cost",
    "strength": "Strength: what one lift can do",
    "power": "Power: jumps and fast lifts",
    "stability": "Stability: standing on one leg",
    "running": "Running: volume, races, the finish",
    "fatigue": "Fatigue and recovery: what the body says",
    "retest": "Re-tests: how far a test can be trusted",
}
INTRO: Final = """# Methods

Made from the docstring of each metric by `make methods`. One section per metric of `analysis.metrics`: the question it
answers, what the number is, how it is computed, where that comes from, when it says nothing, and what people get wrong.

## How to read a number

- **No number without its doubt.** Where a value is uncertain it comes with an interval, 95 % unless it says otherwise.
  A range "between … and …" is no interval: it is what another answer to an open question would give.
- **A refusal is a result.** Where the data cannot carry a number, the metric says why, in words and as a code, and
  never puts a zero, a default or the mean of the group in its place.
- **Missing is not zero.** A day without a record is unknown, unless somebody said that it was rest.
- **Better is positive.** A faster time is a gain. Changes of loads, heights, times and speeds are computed from
  logarithms and shown in per cent.
- **"Unclear" is not "no change".** It says that this test, done this often, cannot tell.
- **"Convention" means ours.** Where no publication gives a number, the choice is a parameter, written into each result.

The letters (B5, C7 …) are the sections of the handbook of formulas that the project implements.
"""
TRAPS: Final = """## Traps in plain words for a coach

What people get wrong, one line per metric.
"""
_REFERENCE: Final = re.compile(r"^(?P<question>.*?)\s*\(methods (?P<reference>[^()]*)\)\.?$")
_METRICS: Final = Path(__file__).parent / "metrics"


@dataclass(frozen=True)
class Told:
    """What the file of one metric says about itself; `example` is Python that runs by itself, "" without one."""

    name: str
    question: str
    reference: str
    fields: dict[str, str]
    example: str

    @property
    def missing(self) -> tuple[str, ...]:
        """What it should say and does not."""
        told = {field: self.fields.get(field) for field in FIELDS}
        told |= {"question": self.question, "reference": self.reference, "example": self.example}
        return tuple(name for name, said in told.items() if not said)


def metrics(folder: Path = _METRICS) -> list[Told]:
    """What every metric says about itself, by name.

    >>> {"load_volume", "running_zones"} <= {told.name for told in metrics()}
    True
    """
    return [describe(path.stem, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("[!_]*.py"))]


def describe(name: str, source: str) -> Told:
    r"""Read what a metric's file says at its top, and the example of its `estimate`.

    >>> told = describe("load_x", "'''Is it much? (methods C1).\n\nWhat: kg,\n  summed.\nTrap: none.'''")
    >>> told.question, told.reference, told.fields
    ('Is it much?', 'C1', {'What': 'kg, summed.', 'Trap': 'none.'})
    """
    module = ast.parse(source)
    head, _, body = inspect.cleandoc(ast.get_docstring(module) or "").partition("\n\n")
    first = " ".join(head.split())
    found = _REFERENCE.match(first)
    question, reference = (found["question"], found["reference"]) if found else (first, "")
    return Told(name, question, reference, _fields(body), _example(name, module))


def _fields(body: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    field = ""
    for line in body.splitlines():
        title, colon, text = line.partition(":")
        if colon and title in FIELDS:
            field, line = title, text  # noqa: PLW2901  # the rest of the line belongs to the field
        elif not line.strip():
            field = ""
        if field:
            fields[field] = f"{fields.get(field, '')} {line.strip()}".strip()
    return fields


def _example(name: str, module: ast.Module) -> str:
    """The doctest of `estimate` as a script: imports first, what a line shows as a comment below it."""
    function = next((n for n in module.body if isinstance(n, ast.FunctionDef) and n.name == "estimate"), None)
    steps = doctest.DocTestParser().get_examples(ast.get_docstring(function) or "") if function else []
    if not steps:
        return ""
    lines: list[str] = []
    for step in steps:
        lines += [step.source.rstrip(), *(f"# {shown}" for shown in step.want.splitlines())]
    own = [line for line in lines if line.startswith(("import ", "from "))]
    code = "\n".join(line for line in lines if line not in own)
    imports = sorted({*own, *_imports(name, module, code)}, key=lambda line: (line.startswith("from "), line))
    return "\n".join([*imports, "", code])


def _imports(name: str, module: ast.Module, code: str) -> list[str]:
    """The imports that the example needs: those of the metric's file, and what the file itself defines."""
    used = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    brought: dict[str, str] = {}
    for node in module.body:
        if isinstance(node, ast.Import):
            brought |= {a.asname or a.name: f"import {_as(a)}" for a in node.names}
        elif isinstance(node, ast.ImportFrom):
            brought |= {a.asname or a.name: f"from {node.module} import {_as(a)}" for a in node.names}
        else:
            brought |= dict.fromkeys(_defined(node), f"from analysis.metrics.{name} import ")
    own = ", ".join(sorted(n for n in used if brought.get(n, "").endswith(" import ")))
    others = {text for n, text in brought.items() if n in used and not text.endswith(" import ")}
    return [*others, *([f"from analysis.metrics.{name} import {own}"] if own else [])]


def _as(alias: ast.alias) -> str:
    return f"{alias.name} as {alias.asname}" if alias.asname else alias.name


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = [node.target] if isinstance(node, ast.AnnAssign) else node.targets if isinstance(node, ast.Assign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def methods_page() -> str:
    """The page: how to read a number, one section per metric by group, the traps."""
    told = metrics()
    groups = dict(GROUPS) | {t.name.split("_")[0]: t.name.split("_")[0].capitalize() for t in told} | GROUPS
    parts = [INTRO]
    for prefix, title in groups.items():
        own = [t for t in told if t.name.split("_")[0] == prefix]
        parts += [f"## {title}\n", *map(_section, own)] if own else []
    traps = [f"- `{t.name}`: {t.fields['Trap']}" for t in told if t.fields.get("Trap")]
    return "\n".join([*parts, TRAPS, *traps, ""])


def _section(told: Told) -> str:
    where = f" (methods {told.reference})" if told.reference else ""
    end = "" if told.question.endswith((".", "?")) else "."
    lines = [f"### `{told.name}`\n", f"{told.question}{where}{end}\n"]
    lines += [f"- **{field}**: {told.fields[field]}" for field in FIELDS if field in told.fields]
    example = f"\n```python\n{told.example}\n```" if told.example else ""
    return "\n".join([*lines, example, ""])


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # a console may be set to another one
    sys.stdout.write(methods_page())
