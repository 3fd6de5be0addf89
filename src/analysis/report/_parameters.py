"""Parameters of a notebook: only names it declares, only values of the declared type, only as literals.

The cell tagged `parameters` declares them (papermill's convention) and is read, never run, to learn names, defaults and
types. Values are written as literals into a cell tagged `injected-parameters`, so neither a name nor a value can become
code.
"""

from __future__ import annotations

import ast
import copy
import math
from collections.abc import Mapping
from typing import Final

from nbformat import NotebookNode

from analysis.report._nodes import v4

Value = str | int | float | bool

DECLARED: Final = "parameters"
INJECTED: Final = "injected-parameters"


def tags(cell: NotebookNode) -> frozenset[str]:
    """The tags of a cell.

    >>> sorted(tags(v4.new_code_cell("", metadata={"tags": ["parameters"]})))
    ['parameters']
    """
    return frozenset(cell.metadata.get("tags", ()))


def defaults(nb: NotebookNode) -> dict[str, Value]:
    r"""The declared parameters with their defaults, in the order of the notebook; empty without a `parameters` cell.

    Raises ValueError when that cell holds anything but `name = literal` lines.

    >>> cell = v4.new_code_cell("athlete = 'Ada'\nweeks: int = 6", metadata={"tags": ["parameters"]})
    >>> defaults(v4.new_notebook(cells=[cell]))
    {'athlete': 'Ada', 'weeks': 6}
    """
    return dict(_declared(line) for cell in nb.cells if DECLARED in tags(cell) for line in ast.parse(cell.source).body)


def parameterise(nb: NotebookNode, values: Mapping[str, Value]) -> NotebookNode:
    """A copy of `nb` with `values` injected after its `parameters` cell, in place of any that were injected before.

    Dates travel as ISO text. Raises ValueError for a name the notebook does not declare, a value of another type than
    the default's, or a value that has no literal (nan, infinity, broken text).
    """
    known = defaults(nb)
    lines = [f"{name} = {_literal(name, value, known)}" for name, value in values.items()]
    copied = copy.deepcopy(nb)
    copied.cells = [cell for cell in copied.cells if INJECTED not in tags(cell)]
    if lines:
        at = next(i for i, cell in enumerate(copied.cells) if DECLARED in tags(cell))
        cell = v4.new_code_cell("\n".join(lines), id=INJECTED, metadata={"tags": [INJECTED]})
        copied.cells.insert(at + 1, cell)
    return copied


def _declared(line: ast.stmt) -> tuple[str, Value]:
    target = (
        line.targets[0] if isinstance(line, ast.Assign) and len(line.targets) == 1 else getattr(line, "target", None)
    )
    try:
        value = ast.literal_eval(getattr(line, "value", None) or "")
    except (ValueError, SyntaxError):
        value = None
    if not isinstance(target, ast.Name) or type(value) not in (str, int, float, bool):
        raise ValueError(f"the cell of parameters may hold only `name = literal`, not {ast.unparse(line)!r}")
    return target.id, value


def _literal(name: str, value: Value, known: Mapping[str, Value]) -> str:
    if name not in known:
        raise ValueError(f"the notebook has no parameter {name!r}; it has {', '.join(known) or 'none'}")
    wanted = type(known[name])
    if type(value) is not wanted:
        raise ValueError(f"parameter {name} must be {wanted.__name__}, not {type(value).__name__} {value!r}")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"parameter {name} must be a finite number, not {value!r}")
    if isinstance(value, str) and not _is_text(value):
        raise ValueError(f"parameter {name} holds broken text: {value!r}")
    return repr(value)


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
