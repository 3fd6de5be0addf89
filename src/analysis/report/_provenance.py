"""Where a page comes from: the rows of its footer.

No clock time, no path and no Python version: the same input must give the same bytes at another hour, in another folder
and on another supported Python (the numbers are tested to be equal on all of them).
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path, PurePosixPath, PureWindowsPath
from subprocess import DEVNULL
from typing import Final

from nbformat import NotebookNode

import analysis
from analysis.report._parameters import DECLARED, INJECTED, Value, defaults, tags

Rows = Sequence[tuple[str, str]]

PACKAGE: Final = Path(analysis.__file__).parent
PATHS: Final = frozenset({"logbook", "data", "groups"})  # parameters that are files or folders


def footer(nb: NotebookNode, name: str, values: Mapping[str, Value], given: Rows = ()) -> list[tuple[str, str]]:
    """Notebook and version, package, commit, the `given` rows (logbook sequence, SHA-256 of inputs), parameters."""
    used = shown(defaults(nb) | dict(values))
    version = nb.metadata.get("stridelift", {}).get("version", "without version")
    rows = [("Notebook", f"{name} {version}"), ("stridelift", analysis.__version__), ("Commit", commit()), *given]
    return [
        *rows,
        ("Parameters", " · ".join(f"{key}: {'–' if value == '' else value}" for key, value in used.items()) or "none"),
    ]


def shown(values: Mapping[str, Value]) -> dict[str, Value]:
    """Parameters as they may be read by others: a path is reduced to the name of the file.

    >>> shown({"logbook": "/home/ada/training.duckdb", "athlete": "Ada", "block": 2})
    {'logbook': 'training.duckdb', 'athlete': 'Ada', 'block': 2}
    """
    return {key: _file_name(key, value) if isinstance(value, str) else value for key, value in values.items()}


def without_paths(nb: NotebookNode, values: Mapping[str, Value]) -> NotebookNode:
    """`nb` with its parameters as `shown`: a notebook handed on does not tell where its owner keeps things.

    The declared defaults become the values used as well: they name the sample's athlete, not the one of this page.
    """
    used = shown(defaults(nb) | dict(values))
    for cell in nb.cells:
        if DECLARED in tags(cell):
            cell.source = _assignments(used)
        if INJECTED in tags(cell):
            cell.source = _assignments(shown(values))
    return nb


@cache
def commit() -> str:
    """The state of the package's own checkout, or "none" when it is installed. The folder one stands in has no say."""
    checkout = PACKAGE.parents[1]
    if checkout / "src" / "analysis" != PACKAGE or not (checkout / ".git").exists():
        return "none"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    command = ["git", "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        said = subprocess.check_output(command, cwd=checkout, env=environment, stderr=DEVNULL, timeout=10)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return "none"
    return said.decode().strip() or "none"


def _assignments(values: Mapping[str, Value]) -> str:
    return "\n".join(f"{key} = {value!r}" for key, value in values.items())


def _file_name(key: str, value: str) -> str:
    kind = PureWindowsPath if "\\" in value or ":" in value[1:2] else PurePosixPath
    return kind(value).name if key in PATHS or kind(value).is_absolute() else value
