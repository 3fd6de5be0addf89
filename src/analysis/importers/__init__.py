"""The registry of importers: every file in this folder that does not start with `_` is a vendor.

A vendor claims a file by its content. Exactly one may claim it; none or two is an error that says what to do.
"""

from __future__ import annotations

import pkgutil
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

from analysis import own_tests
from analysis.importers import _mapping
from analysis.importers._corrections import corrected
from analysis.importers._corrections import is_sheet as is_corrections
from analysis.importers._corrections import rows as corrections
from analysis.importers._formulas import marked
from analysis.importers._judge import judged
from analysis.importers._map_draft import draft as drafted_mapping
from analysis.importers._problem import ImportProblem
from analysis.importers._raw import Context, Raw, Reading
from analysis.importers._source import Source, load
from analysis.importers._source import from_bytes as original

__all__ = [
    "Context", "ImportProblem", "Raw", "Reading", "Source", "claimed_by", "corrected", "corrections",
    "drafted_mapping", "identify", "is_corrections", "load", "marked", "original", "read", "read_source", "template",
    "vendors",
]  # fmt: skip


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
    return claimed_by(load(path))


def read(path: str | Path, context: Context, vendor: str | None = None) -> Reading:
    """Read a file into typed tables, with every row that was refused or ignored, its line and its text.

    `vendor` overrides the content. Raises ImportProblem where the file as a whole cannot be read, and nothing is
    returned then; a bad row is never an error.
    """
    return read_source(load(path), context, vendor)


def read_source(source: Source, context: Context, vendor: str | None = None) -> Reading:
    """The same for a file that is in memory already; `original` makes one of bytes that were imported before."""
    name = vendor or claimed_by(source, context.mapping)
    if name not in vendors():
        raise ImportProblem(f"--vendor {name} is not known", f"one of {', '.join(vendors())}", "choose one of these")
    try:
        raw: Raw = vendors()[name].read(source, context)
        return judged(name, source, replace(raw, decisions=raw.decisions | _zone(raw, context)))
    except ImportProblem:
        raise
    except Exception as error:  # a defect of ours, never the user's traceback; tests call `read` and `judged` directly
        came = f"{source.name}: the importer {name} failed on it ({type(error).__name__}: {str(error)[:120]})"
        raise ImportProblem(came, "a file that it can read", "report this; --debug shows where") from error


def template(kind: str) -> str:
    """The text of an empty sheet of this kind (retest, blocks, ... or tests.toml), with example rows to be replaced.

    >>> template("aliases").splitlines()[0]
    'exercise_raw,exercise'
    """
    sheets: dict[str, str] = {m.KIND: m.TEMPLATE for m in vendors().values() if hasattr(m, "TEMPLATE")}
    sheets |= {"tests": own_tests.EXAMPLE}
    if kind not in sheets:
        raise ImportProblem(f"there is no template {kind!r}", f"one of {', '.join(sorted(sheets))}", "choose one")
    return sheets[kind]


def claimed_by(source: Source, mapping: Path | None = None) -> str:
    """The same as `identify`, for a file that is in memory already; a declaration of the user's own decides alone."""
    if mapping is not None:
        return _mapping.vendor_of(mapping)
    claims = [name for name, module in vendors().items() if module.matches(source.head)]
    if "own_export" in claims:  # exactly the columns of a table of ours: our sheets share some of them
        return "own_export"
    if len(claims) == 1:
        return claims[0]
    first = f"first line {source.head.first_line[:120]!r}"
    if claims:
        came = f"{source.name} is claimed by {' and '.join(claims)} ({first})"
        raise ImportProblem(came, "exactly one importer", f"choose with --vendor {' or --vendor '.join(claims)}")
    came = f"{source.name} is not known to any importer ({first})"
    sheet = f"describe a sheet of your own: stridelift map --draft {source.name}"
    do = f"name its vendor with --vendor, fill in a template (stridelift template retest), or {sheet}"
    raise ImportProblem(came, "an export that `stridelift vendors` lists", do)


def _zone(raw: Raw, context: Context) -> dict[str, str]:
    """The zone that the user named, where a day of the file needed it."""
    sessions, told = raw.tables.get("sessions"), context.answer("tz")
    if told is None:
        return {}
    needed = "zone" in raw.decisions.get("zone_basis", "").split("+")
    if sessions is not None and "zone_basis" in sessions.columns:
        needed |= (sessions["zone_basis"] == "zone").any()
    return {"tz": told, "tz_from": "option"} if needed else {}
