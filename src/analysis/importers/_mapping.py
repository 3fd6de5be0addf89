"""The mapping file: what a sheet of one's own means, declared in TOML and checked word for word.

An unknown key, a word outside the closed sets and an open question (a line that begins with `#?`) are errors that say
what is allowed; nothing in a mapping file is guessed or silently passed over.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from analysis.importers import _cells
from analysis.importers._mapping_words import (
    ANY,
    COUNT,
    DAY,
    DIRECTIONS,
    FLAG,
    LAYOUTS,
    READERS,
    SECTIONS,
    TABLES,
    TEXT,
    TEXTS,
    TOP,
    UNITS,
)
from analysis.importers._problem import ImportProblem
from analysis.importers._raw import Context

_LARGEST: Final = 1_000_000
_OPEN: Final = re.compile(r"^\s*#\?", re.MULTILINE)
_QUESTIONNAIRE: Final = "instrument"  # the key at the top of a declared questionnaire, which is another vendor's


@dataclass(frozen=True)
class SheetMapping:
    """A mapping file that has passed its checks; the sections are as written."""

    file: str
    text: str
    table: str
    layout: str
    sections: Mapping[str, Any]

    def of(self, section: str) -> dict[str, Any]:
        """A section of the file, empty where there is none."""
        return dict(self.sections.get(section, {}))

    def told(self, section: str, key: str) -> Any:
        """The value of a key, None where the file does not say."""
        return self.of(section).get(key)

    @property
    def name(self) -> str:
        """The name of the sheet, a part of its ids."""
        return str(self.sections.get("name", ""))

    @property
    def sha256(self) -> str:
        """The SHA-256 of the text in UTF-8."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def rules(self) -> _cells.Rules:
        """What it declares about numbers and cells."""
        cell, defaults = self.of("cell"), self.of("defaults")
        grammar = _cells.grammar_of(cell["grammar"]) if "grammar" in cell else None
        return _cells.Rules(
            grammar,
            decimal=defaults.get("decimal", "."),
            thousands=defaults.get("thousands"),
            ranges=cell.get("ranges"),
            opens=cell.get("opens"),
            fractions=cell.get("fractions"),
            prime=cell.get("prime"),
        )

    def problem(self, came: str, expected: str, do: str = "correct the mapping file") -> ImportProblem:
        """The problem of this mapping file, in one line."""
        return ImportProblem(f"{self.file}: {came}", expected, do)


def vendor_of(path: Path) -> str:
    """Which importer reads the files of a declaration: a sheet's mapping, or a questionnaire's."""
    return "questionnaire" if _QUESTIONNAIRE in _parsed(path.name, read_text(path)) else "mapped_sheet"


def of_context(context: Context, file: str) -> SheetMapping:
    """The mapping that --mapping names, else the one stored with an earlier import of the same file."""
    if context.mapping is not None:
        return checked(Path(context.mapping).name, read_text(Path(context.mapping)))
    if "mapping_text" in context.saved:
        return checked("the stored mapping", context.saved["mapping_text"])
    came = f"{file} is a sheet of your own, and no mapping file says what it means"
    raise ImportProblem(came, "--mapping FILE.toml", f"draft one with: stridelift map --draft {file}")


def read_text(path: Path) -> str:
    """The text of a mapping file."""
    try:
        if path.stat().st_size > _LARGEST:
            raise ImportProblem(f"{path.name} is larger than 1 MB", "a mapping file (TOML)", "check --mapping")
        return path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise ImportProblem(f"{path.name} cannot be read ({reason})", "a mapping file (TOML)", "check --mapping") from error  # fmt: skip  # noqa: E501


def checked(file: str, text: str) -> SheetMapping:
    r"""The mapping of a TOML text. Raises ImportProblem naming what is allowed where a key or a word is not.

    >>> checked("m.toml", 'version = 1\nlayout = "long"\n[columns]\ndate = "Day"').table
    'sets'
    >>> checked("m.toml", 'version = 1\n[match]\nsheets = "A"')
    Traceback (most recent call last):
    analysis.importers._problem.ImportProblem: m.toml: [match] has the unknown key 'sheets'. Expected: sheet, ...
    """
    return validated(file, text, _parsed(file, text))


def validated(file: str, text: str, top: Mapping[str, Any]) -> SheetMapping:
    """The mapping of a parsed TOML text."""
    mapping = SheetMapping(file, text, top.get("table", "sets"), top.get("layout", "long"), top)
    _open_questions(mapping)
    _known(mapping, "the top of the file", top, TOP)
    if top.get("version") != 1 or isinstance(top.get("version"), bool):
        raise mapping.problem(f"version is {top.get('version')!r}", "version = 1")
    _word(mapping, "table", mapping.table, tuple(TABLES))
    _word(mapping, "layout", mapping.layout, LAYOUTS)
    _value(mapping, "name", mapping.sections.get("name", ""), TEXT)
    for section, kinds in SECTIONS.items():
        for key, value in _section(mapping, section, tuple(kinds)).items():
            _value(mapping, f"[{section}] {key}", value, kinds[key])
    _check_words(mapping)
    _check_shape(mapping)
    return mapping


def _parsed(file: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ImportProblem(f"{file} is no TOML ({error})", "a mapping file", "correct it, see docs/mapping.md") from error  # fmt: skip  # noqa: E501


def _open_questions(mapping: SheetMapping) -> None:
    lines = [str(mapping.text.count("\n", 0, found.end()) + 1) for found in _OPEN.finditer(mapping.text)]
    if lines:
        first = mapping.text.split("\n")[int(lines[0]) - 1].strip()
        came = f"{len(lines)} open questions in lines {', '.join(lines)}, the first is {first!r}"
        raise mapping.problem(came, "an answer to each", "write the answer without `#?`, or delete the line")


def _known(mapping: SheetMapping, where: str, given: Mapping[str, Any], allowed: tuple[str, ...]) -> None:
    unknown = [key for key in given if key not in allowed]
    if unknown:
        keys = "keys" if len(unknown) > 1 else "key"
        raise mapping.problem(f"{where} has the unknown {keys} {', '.join(map(repr, unknown))}", ", ".join(allowed))


def _section(mapping: SheetMapping, section: str, allowed: tuple[str, ...] | None = None) -> dict[str, Any]:
    given = mapping.sections.get(section, {})
    if not isinstance(given, dict):
        raise mapping.problem(f"{section} is {given!r}", f"a section [{section}]")
    if allowed is not None:
        _known(mapping, f"[{section}]", given, allowed)
    return given


def _word(mapping: SheetMapping, what: str, value: object, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise mapping.problem(f"{what} is {value!r}", f"one of {', '.join(map(repr, allowed))}")


def _value(mapping: SheetMapping, what: str, value: Any, kind: Any) -> None:
    if isinstance(kind, tuple):
        _word(mapping, what, value, kind)
        return
    right = {
        TEXT: isinstance(value, str),
        COUNT: isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 1000,
        TEXTS: isinstance(value, list) and all(isinstance(one, str) for one in value),
        FLAG: isinstance(value, bool),
        DAY: isinstance(value, dt.date) and not isinstance(value, dt.datetime),
        ANY: True,
    }
    if not right[kind]:
        raise mapping.problem(f"{what} is {value!r}", kind)


def _check_words(mapping: SheetMapping) -> None:
    """The sections whose keys are columns of the table, headers or words of the sheet."""
    known = TABLES[mapping.table]
    _columns(mapping, "[columns]", _section(mapping, "columns", known))
    for key, value in _section(mapping, "constants", known).items():
        _value(mapping, f"[constants] {key}", value if isinstance(value, str) else _as_text(value), TEXT)
    for header, unit in _section(mapping, "units").items():
        _word(mapping, f"[units] {header}", unit, UNITS)
    for column, words in _section(mapping, "values", known).items():
        if not isinstance(words, dict) or not all(isinstance(new, str) for new in words.values()):
            raise mapping.problem(f"[values.{column}] is {words!r}", 'lines such as "Warm-up" = "warmup"')
    for header, measure in _section(mapping, "measures").items():
        told = measure if isinstance(measure, dict) else {"item" if mapping.table == "wellness" else "measure": measure}
        _known(mapping, f"[measures] {header}", told, (*known, "factor"))
        for key, value in told.items():
            _value(mapping, f"[measures] {header} {key}", _as_text(value), TEXT)
        if not isinstance(told.get("factor", 1), int | float):
            raise mapping.problem(f"[measures] {header} factor is {told['factor']!r}", "a number")
    for item, scale in _section(mapping, "scales").items():
        _scale(mapping, f"[scales.{item}]", scale)


def _scale(mapping: SheetMapping, where: str, scale: object) -> None:
    if not isinstance(scale, dict):
        raise mapping.problem(f"{where} is {scale!r}", "min, max and direction")
    _known(mapping, where, scale, ("min", "max", "direction"))
    _word(mapping, f"{where} direction", scale.get("direction"), DIRECTIONS)
    for end in ("min", "max"):
        if not isinstance(scale.get(end, 0), int | float):
            raise mapping.problem(f"{where} {end} is {scale[end]!r}", "a number")


def _columns(mapping: SheetMapping, where: str, columns: Mapping[str, Any]) -> None:
    for name, header in columns.items():
        pair = isinstance(header, list) and len(header) == 2 and isinstance(header[0], str) and header[1] in READERS
        if not isinstance(header, str) and not pair:
            kinds = " or ".join(f'["header", "{reader}"]' for reader in READERS)
            raise mapping.problem(f"{where} {name} is {header!r}", f'"header" or {kinds}')


def _check_shape(mapping: SheetMapping) -> None:
    """Whether the sections fit the layout and each other."""
    grammar = mapping.told("cell", "grammar")
    if grammar is not None and _cells.grammar_of(grammar) is None:
        raise mapping.problem(f"[cell] grammar is {grammar!r}", _cells.EXAMPLES)
    needs = {"wide_sets": "wide", "wide_weeks": "wide", "blocks": "blocks", "two_row_header": "groups"}
    for layout, section in needs.items():
        theirs = [name for name, own in needs.items() if own == section]
        if mapping.layout == layout and section not in mapping.sections:
            raise mapping.problem(f"the layout {layout} needs [{section}]", f"a section [{section}]")
        if mapping.layout not in theirs and section in mapping.sections:
            raise mapping.problem(f"the layout {mapping.layout} does not use [{section}]", " or ".join(theirs))
    days = mapping.told("wide", "days") or {}
    if not isinstance(days, dict) or not all(isinstance(n, int) and 0 <= n < 7 for n in days.values()):
        raise mapping.problem(f"[wide] days is {days!r}", '{ "Mon" = 0, "Thu" = 3 }, days after first_week')
    if "wide" in mapping.sections and not _is_columns(mapping.told("wide", "value_columns")):
        came = f"[wide] value_columns is {mapping.told('wide', 'value_columns')!r}"
        raise mapping.problem(came, '"re:PATTERN", "col:3-7" or a list of headers')
    _check_groups(mapping)
    for where, pattern in _patterns(mapping):
        try:
            names = re.compile(pattern.removeprefix("re:")).groupindex
        except re.error as error:
            raise mapping.problem(f"{where} is {pattern!r} ({error})", "a regular expression of Python") from error
        _known(mapping, where, names, TABLES[mapping.table])


def _check_upper_row(mapping: SheetMapping, groups: dict[str, Any]) -> None:
    known = TABLES[mapping.table]
    _known(mapping, "[groups.columns]", _keys(mapping, "[groups] columns", groups.get("columns", {})), known)
    for name, header in groups.get("columns", {}).items():
        _value(mapping, f"[groups.columns] {name}", header, TEXT)
    if not _is_columns(groups.get("names")):
        raise mapping.problem(f"[groups] names is {groups.get('names')!r}", '"re:PATTERN" or a list of names')
    if mapping.told("match", "header_rows") != 2:
        raise mapping.problem("the layout two_row_header has two header rows", "[match] header_rows = 2")


def _keys(mapping: SheetMapping, where: str, given: object) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise mapping.problem(f"{where} is {given!r}", '{ ours = "theirs" }')
    return given


def _is_columns(value: object) -> bool:
    texts = isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)
    return texts or (isinstance(value, str) and value.startswith(("re:", "col:")))


def _check_groups(mapping: SheetMapping) -> None:
    known = TABLES[mapping.table]
    blocks = mapping.sections.get("blocks", [])
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise mapping.problem("blocks is no list", "sections [[blocks]]")
    for n, block in enumerate(blocks, 1):
        _known(mapping, f"[[blocks]] {n}", block, ("columns", "constants"))
        for key in ("columns", "constants"):
            _known(mapping, f"[[blocks]] {n} {key}", _keys(mapping, f"[[blocks]] {n} {key}", block.get(key, {})), known)
        _columns(mapping, f"[[blocks]] {n}", block.get("columns", {}))
    if "groups" in mapping.sections:
        _check_upper_row(mapping, mapping.of("groups"))
    for section, key in (("groups", "name_is"), ("wide", "header_is"), ("wide", "cell_is")):
        if mapping.told(section, key) is not None:
            _word(mapping, f"[{section}] {key}", mapping.told(section, key), known)
    for name in mapping.told("fill", "down") or ():
        _word(mapping, "[fill] down", name, known)


def _patterns(mapping: SheetMapping) -> list[tuple[str, str]]:
    rows = mapping.told("ignore", "rows_where") or {}
    if not isinstance(rows, dict) or not all(isinstance(one, str) for one in rows.values()):
        raise mapping.problem(f"[ignore] rows_where is {rows!r}", '{ column = "re:PATTERN" } or { column = "text" }')
    found = [(f"[ignore] rows_where {key}", value) for key, value in rows.items()]
    found += [("[wide] value_columns", str(mapping.told("wide", "value_columns"))),
              ("[groups] names", str(mapping.told("groups", "names")))]  # fmt: skip
    return [(where, pattern) for where, pattern in found if pattern.startswith("re:")]


def _as_text(value: object) -> object:
    """A number, a flag or a day of TOML as the text that a cell would hold."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float | dt.date) else value


def constants(given: Mapping[str, Any]) -> dict[str, str]:
    """Constants as texts of cells.

    >>> constants({"date": dt.date(2026, 1, 5), "trial": 1})
    {'date': '2026-01-05', 'trial': '1'}
    """
    return {key: str(_as_text(value)) for key, value in given.items()}
