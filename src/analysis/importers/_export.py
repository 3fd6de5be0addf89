"""The common path of an app's export of sets: open it, and finish it once the vendor has named what its rows mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from analysis.importers import _dates, _header, _sets, _units
from analysis.importers._numbers import decimal_points, number
from analysis.importers._raw import Context, Raw, refusals
from analysis.importers._source import Source
from analysis.importers._text import Records
from analysis.tables._runs import by_run

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
    records: Records | None = None,
) -> Export:
    """Split a file into rows and find the columns of load and distance among those that may carry them."""
    table = _header.table(source, found, columns, needed, records)
    load, load_unit = _header.one_of(source.name, found, loads)
    distance, distance_unit = _header.one_of(source.name, found, distances)
    frame = table.frame.with_columns(pl.col(load).alias("load"), pl.col(distance).alias("distance"))
    frame, mixed = decimal_points(frame, _NUMBERS)
    return Export(source, found, table, frame, pl.concat([table.refused, mixed]), load_unit, distance_unit)


def replaced(export: Export, *, refused: pl.DataFrame) -> Export:
    """The export with further rows refused by its vendor."""
    return replace(export, refused=pl.concat([export.refused, refused]))


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
    below = rows.select(number("load") < 0).to_series() if (loads < 0).any() else pl.lit(value=False)
    named = by_run(rows["exercise_raw"], lambda names: names.to_frame().select(_sets.assisted_by_name()).to_series())
    helped = named | below.fill_null(value=False)
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


def assistance(raw: Raw) -> Raw:
    """The same where a vendor writes assistance as a negative load: the sets are marked already, the sign goes."""
    sets = raw.tables["sets"].with_columns(pl.col("load_kg").str.strip_prefix("-"))
    return replace(raw, tables={**raw.tables, "sets": sets})


def _unit(question: _units.Question, export: Export, rows: pl.DataFrame, context: Context) -> _units.Unit:
    column, header = ("load_unit", export.load_unit) if question == "unit" else ("distance_unit", export.distance_unit)
    per_row = rows[column] if export.found.has(column) else None
    return _units.unit_of(question, export.source.name, context, header=header, rows=per_row)
