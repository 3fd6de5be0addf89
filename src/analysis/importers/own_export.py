"""stridelift's own export (a table of the logbook).

Vendor: stridelift, `stridelift export FOLDER`
Export: nothing to click; one CSV or Parquet file per table, or one workbook with a sheet per table
Row: one row of a table; keys and sources stay, so that importing into the same logbook adds nothing
Variants: CSV, XLSX, Parquet
Units: in the column names, as in the tables
Limits: streams travel in Parquet only; a workbook keeps nine decimals of a number; imports, links, rejected and
  ignored are for reading, not for importing
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Final

import polars as pl

from analysis.importers import _header
from analysis.importers import _limits as limits
from analysis.importers._formulas import unmarked_frame
from analysis.importers._json import compact
from analysis.importers._problem import ImportProblem
from analysis.importers._raw import Context, Items, Raw, RowText, refusals
from analysis.importers._source import Head, Source
from analysis.tables import FACTS

VENDOR: Final = "own_export"
_AS_WRITTEN: Final = "a table as `stridelift export` writes it"
_NOT_TOLD: Final = ("source_row",)  # where a row stands in this file, not where it once stood
_LEFT_OUT: Final = ("imports", "links", "rejected", "ignored")
_OF_THE_LOGBOOK: Final = ({"import_id", "decisions"}, {"linked_id", "linked_source"}, {"import_seq", "raw", "reason"})


def matches(head: Head) -> bool:
    """Whether the columns are exactly those of one of our tables."""
    if head.kind == "parquet":
        return True
    columns = _columns(head) if head.kind in ("text", "workbook") else []
    return _table_of(columns) is not None or (head.kind == "text" and _is_record(columns))


def read(source: Source, context: Context) -> Raw:
    """Take the rows as they are; only the lines are counted anew."""
    tables = _parquet(source) if source.kind == "parquet" else _workbook(source) if source.kind == "workbook" else None
    if tables is None:
        return _csv(source, context)
    texts = [compact(row) for frame in tables.values() for row in frame.drop("packed", strict=False).to_dicts()]
    start, numbered = 0, {}
    for name, frame in tables.items():
        numbered[name] = frame.with_columns(pl.int_range(start + 1, start + frame.height + 1).alias("source_row"))
        start += frame.height
    return _raw(context, numbered, Items(texts), start, source.kind, refusals(), refusals())


def _csv(source: Source, context: Context) -> Raw:
    columns = _columns(source.head)
    name = _table_of(columns)
    if name is None and _is_record(columns):
        raise _record(source)
    if name is None:
        came = f"{source.name} has the columns {', '.join(columns[:8])}"
        raise ImportProblem(came, "all columns of a table, as `stridelift export` writes them", "export it again")
    synonyms: Mapping[str, tuple[str, ...]] = {column: (column,) for column in columns if column not in _NOT_TOLD}
    table = _header.table(source, _header.layout(source.head, synonyms), synonyms, tuple(synonyms))
    frames = {name: unmarked_frame(table.frame)}
    return _raw(context, frames, table.records, table.n_read, "csv", table.refused, table.ignored)


def _raw(
    context: Context,
    tables: dict[str, pl.DataFrame],
    records: RowText,
    n_read: int,
    variant: str,
    refused: pl.DataFrame,
    ignored: pl.DataFrame,
) -> Raw:
    names = {name for frame in tables.values() if "athlete" in frame.columns for name in frame["athlete"].unique()}
    other = names - {context.athlete} if context.athlete else set()
    notices = (f"the rows keep their athletes: --athlete {context.athlete} is not used",) if other else ()
    return Raw(tuple(tables), variant, records, tables, {}, n_read, refused, ignored, notices=notices)


def _parquet(source: Source) -> dict[str, pl.DataFrame]:
    try:
        n_rows = pl.scan_parquet(io.BytesIO(source.content)).select(pl.len()).collect().item()
        if n_rows > limits.rows():  # a few bytes may stand for billions of equal rows
            came = f"{source.name} has {n_rows:,} rows"
            raise ImportProblem(came, f"at most {limits.rows():,}", limits.raise_it("ROWS"))
        frame = pl.read_parquet(io.BytesIO(source.content))
        name = _table_of(frame.columns)
        if name is None and _is_record(frame.columns):
            raise _record(source)
        if name is None:
            came = f"{source.name} is Parquet with the columns {', '.join(frame.columns[:8])}"
            raise ImportProblem(came, _AS_WRITTEN, "export it with stridelift")
        types = {column: told.dtype for column, told in FACTS[name][0].columns().items()}
        other = [column for column, dtype in frame.schema.items() if dtype != types[column]]
        frame = frame.with_columns(pl.col(other).cast(pl.String))  # judged like any text
    except (pl.exceptions.PolarsError, OSError, ValueError) as error:
        came = f"{source.name} cannot be read as Parquet ({str(error).splitlines()[0]})"
        raise ImportProblem(came, _AS_WRITTEN, "export it again") from error
    return {name: frame.drop(_NOT_TOLD, strict=False)}


def _workbook(source: Source) -> dict[str, pl.DataFrame]:
    tables = {}
    for sheet, rows in source.sheets.items():
        name = _table_of(rows[0]) if rows else None
        if name is None and sheet not in _LEFT_OUT and any(any(row) for row in rows):
            came = f"{source.name}, sheet {sheet}: columns {', '.join(rows[0][:8])}"
            raise ImportProblem(came, "sheets as `stridelift export` writes them", "remove the sheet")
        if name is not None and len(rows) > 1:
            frame = pl.DataFrame(rows[1:], schema=dict.fromkeys(rows[0], pl.String), orient="row")
            tables[name] = unmarked_frame(frame).drop(_NOT_TOLD)
    if not tables:
        raise ImportProblem(f"{source.name} has no rows", "at least one row in a sheet", "export it again")
    return tables


def _columns(head: Head) -> list[str]:
    """The first record, as the delimiter splits it with which it is one of our tables (a spreadsheet may change it)."""
    told = [head.first_record(delimiter) for delimiter in ",;\t"]
    return next((columns for columns in told if _table_of(columns)), told[0])


def _is_record(columns: list[str]) -> bool:
    """Whether the columns are those of what a logbook notes about its imports."""
    return any(needed <= set(columns) for needed in _OF_THE_LOGBOOK)


def _record(source: Source) -> ImportProblem:
    came = f"{source.name} is what a logbook noted about its imports, for reading"
    return ImportProblem(came, "a table of facts, such as sets.csv", "leave it out: importing the others makes it anew")


def _table_of(columns: list[str]) -> str | None:
    found = (name for name, (schema, _) in FACTS.items() if columns and set(columns) == set(schema.column_names()))
    return next(found, None)
