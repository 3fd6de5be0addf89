"""The common path of an app's export of sets: open it, and finish it once the vendor has named what its rows mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from analysis.importers import _dates, _header, _sets, _units
from analysis.importers._numbers import decimal_points, number
from analysis.importers._raw import Context, Raw, refusals
from analysis.importers._source import Source

_NUMBERS: Final = ("load", "reps", "distance", "duration_s", "rpe")

Units = Mapping[str, str | None]
"""Column that may carry a quantity -> the unit its header states, None where the header states none."""


@dataclass(frozen=True)
class Export:
    """An export as opened: its rows as text with `load` and `distance` found, and the units its header states."""

    source: Source
    found: _header.Layout
    table: _header.Table
    frame: pl.DataFrame
    refused: pl.DataFrame
    load_unit: str | None
    distance_unit: str | None


def opened(
    source: Source,
    found: _header.Layout,
    columns: _header.Synonyms,
    needed: tuple[str, ...],
    *,
    loads: Units,
    distances: Units,
) -> Export:
    """Split a file into rows and find the columns of load and distance among those that may carry them."""
    table = _header.table(source, found, columns, needed)
    load, load_unit = _header.one_of(source.name, found, loads)
    distance, distance_unit = _header.one_of(source.name, found, distances)
    frame = table.frame.with_columns(pl.col(load).alias("load"), pl.col(distance).alias("distance"))
    frame, mixed = decimal_points(frame, _NUMBERS)
    return Export(source, found, table, frame, pl.concat([table.refused, mixed]), load_unit, distance_unit)


def finished(
    export: Export,
    rows: pl.DataFrame,
    context: Context,
    *,
    vendor: str,
    variant: str,
    dates: _dates.Dated,
    ignored: pl.DataFrame | None = None,
    attached: tuple[int, ...] = (),
    restart: pl.Expr | None = None,
) -> Raw:
    """Number the sets, convert loads and distances, and hand over the tables; asks where loads have no unit."""
    if export.found.has("load_unit"):
        _units.refuse_unknown(export.source.name, rows)
    unit, way = _unit("unit", export, rows, context), _unit("distance_unit", export, rows, context)
    loads = _units.loads_in(rows, "load")
    if unit.symbol is None and loads.len():
        raise _units.ask_for_load_unit(export.source.name, loads)
    rows, unitless = _sets.loaded(_sets.measured(_sets.in_blocks(rows, restart)), unit, way)
    helped = _sets.assisted_by_name() | (number("load") < 0).fill_null(value=False)
    tables = _sets.tables(rows.with_columns(helped.alias("assisted")), context, vendor)
    ignored = pl.concat([export.table.ignored, refusals() if ignored is None else ignored])
    no_fact = [*attached, *ignored["source_row"]]
    refused = pl.concat([export.refused, unitless]).filter(~pl.col("source_row").is_in(no_fact))
    decided = unit.decisions("unit") | way.decisions("distance_unit") | _sets.answers(context)
    return Raw(
        primary=("sets",),
        variant=variant,
        records=export.table.records,
        tables=tables,
        decisions=_header.reading_decisions(export.source, export.found) | dates.decisions | decided,
        n_read=export.table.n_read,
        refused=refused.unique("source_row", keep="first", maintain_order=True),
        ignored=ignored,
        attached=attached,
        notices=_sets.notices(rows, tables["sessions"]),
        whole=True,
    )


def _unit(question: _units.Question, export: Export, rows: pl.DataFrame, context: Context) -> _units.Unit:
    column, header = ("load_unit", export.load_unit) if question == "unit" else ("distance_unit", export.distance_unit)
    per_row = rows[column] if export.found.has(column) else None
    return _units.unit_of(question, export.source.name, context, header=header, rows=per_row)
