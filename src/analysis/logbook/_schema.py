"""How the tidy tables lie in DuckDB: the schema's columns, the import they came with, whether they are gone.

A logbook made by an older version is brought up to date in one transaction when it is opened: tables and columns are
only ever added, so nothing can be lost. One made by a newer version is left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from analysis import tables
from analysis.logbook._problem import LogbookProblem

if TYPE_CHECKING:
    import dataframely as dy
    from duckdb import DuckDBPyConnection

SCHEMA_VERSION: Final = 2
AUDIT: Final = {"rejected": tables.Rejected, "ignored": tables.Ignored}
_OF_EARLIER_ROWS: Final = {  # what is true of every row that version 1 could hold
    ("sessions", "kind"): "'strength'",
    ("sessions", "zone_basis"): "'local'",
    ("imports", "whole"): "vendor IN ('strong', 'hevy')",
}


def run(con: DuckDBPyConnection, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Execute a statement and take its whole answer: a half-read result blocks the connection."""
    return con.execute(query, values).fetchall()


def register(con: DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    """Make a frame a table of the connection; its texts are handed over as they are, once for all queries on it."""
    con.register(name, frame.to_arrow(compat_level=pl.CompatLevel.newest()))


def version(con: DuckDBPyConnection) -> int:
    """The version of the layout, 0 for an empty file. Raises CatalogException for a database of something else."""
    if not run(con, "SELECT 1 FROM duckdb_tables() LIMIT 1"):
        return 0
    return int(run(con, "SELECT max(schema_version) FROM meta")[0][0])


def create(con: DuckDBPyConnection) -> None:
    """Lay down every table and column that is missing (idempotent). Raises LogbookProblem for a newer layout."""
    found = version(con)
    refuse_newer(found)
    run(con, "CREATE TABLE IF NOT EXISTS meta (schema_version INTEGER)")
    there = set(run(con, "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal"))
    for name, (columns, more) in _layout().items():
        if any((name, column) not in there for column in columns):
            _create(con, name, columns, more)
    run(con, "CREATE TABLE IF NOT EXISTS files (import_id VARCHAR, data BLOB)")
    if found < SCHEMA_VERSION:
        run(con, "DELETE FROM meta")
        run(con, "INSERT INTO meta VALUES (?)", [SCHEMA_VERSION])


def refuse_newer(found: int) -> None:
    """Raise LogbookProblem where the layout is one that only a later version of the toolkit knows."""
    if found > SCHEMA_VERSION:
        raise LogbookProblem(
            f"this logbook was made by a newer stridelift (layout {found}, this version knows {SCHEMA_VERSION}):"
            " update stridelift, or name another --logbook"
        )


def stored(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame as it is stored: enums as text, so that a later schema may know more words."""
    return frame.with_columns(pl.selectors.enum().cast(pl.String))


@cache
def _layout() -> dict[str, tuple[dict[str, str], str]]:
    """Every table with the columns of its schema, and those that only the logbook knows."""
    found: dict[str, tuple[type[dy.Schema], str]] = {
        name: (schema, "import_seq BIGINT, gone BOOLEAN") for name, (schema, _) in tables.FACTS.items()
    }
    for name, audit in AUDIT.items():
        more = "" if "athlete" in audit.column_names() else ", athlete VARCHAR"
        found[name] = (audit, f"import_seq BIGINT{more}")
    found |= {"imports": (tables.Imports, "read_at TIMESTAMP"), "athletes": (tables.Athletes, "import_seq BIGINT")}
    return {name: (_columns(stored(schema.create_empty())), more) for name, (schema, more) in found.items()}


def _columns(empty: pl.DataFrame) -> dict[str, str]:
    return {column: _SQL[dtype.base_type()] for column, dtype in empty.schema.items()}


def _create(con: DuckDBPyConnection, name: str, columns: dict[str, str], more: str) -> None:
    listed = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
    run(con, f"CREATE TABLE IF NOT EXISTS {name} ({listed}, {more})")
    there = {column for (column,) in run(con, "SELECT column_name FROM duckdb_columns() WHERE table_name = ?", [name])}
    for column, kind in columns.items():
        if column not in there:
            run(con, f'ALTER TABLE {name} ADD COLUMN "{column}" {kind}')
            if (name, column) in _OF_EARLIER_ROWS:
                run(con, f'UPDATE {name} SET "{column}" = {_OF_EARLIER_ROWS[name, column]}')


_SQL: Final[dict[type[pl.DataType], str]] = {
    pl.String: "VARCHAR", pl.Float64: "DOUBLE", pl.Int64: "BIGINT", pl.Int32: "INTEGER", pl.Boolean: "BOOLEAN",
    pl.Date: "DATE", pl.Datetime: "TIMESTAMP", pl.Binary: "BLOB",
}  # fmt: skip
