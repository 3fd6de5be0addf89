"""The registry of importers: every file in this folder that does not start with `_` is a vendor.

A vendor claims a file by its content. Exactly one may claim it; none or two is an error that says what to do.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

from analysis.importers import _source
from analysis.importers._judge import judged
from analysis.importers._problem import ImportProblem
from analysis.importers._raw import Context, Raw, Reading

__all__ = ["Context", "ImportProblem", "Raw", "Reading", "identify", "read", "template", "vendors"]


@cache
def vendors() -> dict[str, ModuleType]:
    """The importers by name, found by walking this folder.

    >>> "strong" in vendors()
    True
    """
    names = sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))
    return {name: import_module(f"{__name__}.{name}") for name in names}


def identify(path: str | Path) -> str:
    """The name of the one importer that claims the file by its content.

    Raises ImportProblem if the file cannot be read as text, or if no importer or more than one claims it.
    """
    return _claim(_source.load(path))


def read(path: str | Path, context: Context, vendor: str | None = None) -> Reading:
    """Read a file into typed tables, with every row that was refused or ignored, its line and its text.

    `vendor` overrides the content. Raises ImportProblem where the file as a whole cannot be read, and nothing is
    returned then; a bad row is never an error.
    """
    source = _source.load(path)
    name = vendor or _claim(source)
    if name not in vendors():
        raise ImportProblem(f"--vendor {name} is not known", f"one of {', '.join(vendors())}", "choose one of these")
    raw: Raw = vendors()[name].read(source, context)
    return judged(name, source, raw)


def template(kind: str) -> str:
    """The text of an empty sheet of this kind (retest, blocks, aliases), with example rows to be replaced.

    >>> template("aliases").splitlines()[0]
    'exercise_raw,exercise'
    """
    sheets: dict[str, str] = {m.KIND: m.TEMPLATE for m in vendors().values() if hasattr(m, "TEMPLATE")}
    if kind not in sheets:
        raise ImportProblem(f"there is no template {kind!r}", f"one of {', '.join(sorted(sheets))}", "choose one")
    return sheets[kind]


def _claim(source: _source.Source) -> str:
    claims = [name for name, module in vendors().items() if module.matches(source.head)]
    if len(claims) == 1:
        return claims[0]
    first = f"first line {source.head.first_line[:120]!r}"
    if claims:
        came = f"{source.name} is claimed by {' and '.join(claims)} ({first})"
        raise ImportProblem(came, "exactly one importer", f"choose with --vendor {' or --vendor '.join(claims)}")
    came = f"{source.name} is not known to any importer ({first})"
    known = f"a file of {', '.join(vendors())}"
    raise ImportProblem(came, known, "name one with --vendor, or start from a template (retest, blocks, aliases)")
