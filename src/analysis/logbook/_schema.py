"""How the tidy tables lie in DuckDB: the schema's columns, the import they came with, whether they are gone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from analysis import tables

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SCHEMA_VERSION: Final = 1
AUDIT: Final = {"rejected": tables.Rejected, "ignored": tables.Ignored}


def run(con: DuckDBPyConnection, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Execute a statement and take its whole answer: a half-read result blocks the connection."""
    return con.execute(query, values).fetchall()


def create(con: DuckDBPyConnection) -> None:
    """Lay down every table that is missing (idempotent)."""
    run(con, "CREATE TABLE IF NOT EXISTS meta (schema_version INTEGER)")
    run(con, "INSERT INTO meta SELECT ? WHERE NOT EXISTS (SELECT 1 FROM meta)", [SCHEMA_VERSION])
    for name, (schema, _) in tables.FACTS.items():
        _create(con, name, stored(schema.create_empty()), "import_seq BIGINT, gone BOOLEAN")
    for name, schema in AUDIT.items():
        more = "" if "athlete" in schema.column_names() else ", athlete VARCHAR"
        _create(con, name, stored(schema.create_empty()), f"import_seq BIGINT{more}")
    _create(con, "imports", stored(tables.Imports.create_empty()), "read_at TIMESTAMP")
    _create(con, "athletes", stored(tables.Athletes.create_empty()), "import_seq BIGINT")
    run(con, "CREATE TABLE IF NOT EXISTS files (import_id VARCHAR, data BLOB)")


def stored(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame as it is stored: enums as text, so that a later schema may know more words."""
    return frame.with_columns(pl.selectors.enum().cast(pl.String))


def _create(con: DuckDBPyConnection, name: str, empty: pl.DataFrame, more: str) -> None:
    columns = ", ".join(f'"{column}" {_SQL[dtype.base_type()]}' for column, dtype in empty.schema.items())
    run(con, f"CREATE TABLE IF NOT EXISTS {name} ({columns}, {more})")


_SQL: Final[dict[type[pl.DataType], str]] = {
    pl.String: "VARCHAR", pl.Float64: "DOUBLE", pl.Int64: "BIGINT", pl.Int32: "INTEGER", pl.Boolean: "BOOLEAN",
    pl.Date: "DATE", pl.Datetime: "TIMESTAMP", pl.Binary: "BLOB",
}  # fmt: skip
