"""Sheets of your own (coach's and athlete's spreadsheets, timing gates, sensors without a published format).

Vendor: any spreadsheet, read through a mapping file that says what its columns mean (docs/mapping.md)
Export: CSV or XLSX; draft the mapping with `stridelift map --draft FILE`, then import with --mapping
Row: one row of the sheet; it may hold several sets, gates or answers, which are loaded or refused together
Variants: long, wide_sets, wide_weeks, blocks, two_row_header; for sets, trials, runs, wellness, reps and streams
Units: in the cell, else in a unit column, else in the header or [units], else in [defaults], else --unit; never guessed
Limits: formulas are read as the values saved with them; the order of numbers in cells such as 5x175 must be declared
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from analysis.importers import _facts, _grid, _mapped_days, _mapped_rows, _mapped_sets, _mapped_tests, _mapping
from analysis.importers._grid import Grid
from analysis.importers._mapped_rows import Sheet
from analysis.importers._problem import ImportProblem
from analysis.importers._raw import Context, Raw, refusals
from analysis.importers._source import Head, Source

VENDOR: Final = "mapped_sheet"
_PRIMARY: Final = {"runs": "sessions", "streams": "sessions"}
_TABLES: Final = {
    "sets": _mapped_sets.tables, "trials": _mapped_tests.trials, "reps": _mapped_tests.reps,
    "runs": _mapped_days.runs, "wellness": _mapped_days.wellness,
}  # fmt: skip


def matches(_head: Head) -> bool:
    """Never: a sheet of one's own is read only through the mapping file that the user names."""
    return False


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape a sheet by its mapping; nothing is judged here."""
    mapping = _mapping.of_context(context, source.name)
    if context.mapping is not None:
        context = replace(context, saved={})  # answers to another sheet are no answers to this one
    return of_mapping(source, mapping, context)


def of_mapping(source: Source, mapping: _mapping.SheetMapping, context: Context) -> Raw:
    """The same by a mapping that has been read."""
    grid = _grid.opened(source, mapping)
    made = _facts.of(grid, mapping)
    sheet = _mapped_rows.of(source.name, mapping, context, made, workbook=grid.workbook)
    if not sheet.facts:
        raise _no_facts(grid, sheet)
    attached: tuple[int, ...] = ()
    if mapping.table == "streams":
        tables, attached = _mapped_days.streams(sheet)
    else:
        tables = _TABLES[mapping.table](sheet)
    if not {fact.row for fact in sheet.facts} - sheet.refused.keys():
        raise _no_facts(grid, sheet)
    primary = _PRIMARY.get(mapping.table, mapping.table)
    ignored = {row: why for row, why in sheet.ignored.items() if row not in sheet.refused}
    return Raw(
        primary=(primary,),
        variant=f"{mapping.table}, {mapping.layout}",
        records=grid.records,
        tables=tables,
        decisions=grid.decisions | sheet.decisions | _decisions(mapping, grid, made.used),
        n_read=grid.n_read,
        refused=refusals(sheet.refused),
        ignored=refusals(ignored),
        attached=attached,
        notices=sheet.notices,
    )


def _no_facts(grid: Grid, sheet: Sheet) -> ImportProblem:
    reasons = [*sheet.refused.values(), *sheet.ignored.values()]
    commonest = max(set(reasons), key=reasons.count) if reasons else "no rows"
    came = f"{grid.file}: none of its {grid.n_read} rows says anything by this mapping ({commonest})"
    return ImportProblem(
        came, "rows with values in the mapped columns", "check the mapping with: stridelift map --check"
    )


def _decisions(mapping: _mapping.SheetMapping, grid: Grid, used: list[int]) -> dict[str, str]:
    """The mapping in full, so that the stored file can be read again, and what became of each column."""
    purpose = {grid.column(address) for address in mapping.told("ignore", "columns") or ()}
    names = {at: grid.address(at) for at in range(len(grid.headers))}
    filled = {at for _, row in grid.rows for at, text in enumerate(row) if text}
    left = [name for at, name in names.items() if at in filled and at not in used and at not in purpose]
    said = {
        "columns_used": ", ".join(names[at] for at in used),
        "columns_ignored": ", ".join(names[at] for at in sorted(purpose)),
        "columns_left": ", ".join(left),
        "mapping": mapping.text,
        "mapping_sha256": mapping.sha256,
    }
    return {key: text for key, text in said.items() if text}
