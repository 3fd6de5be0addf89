"""What the logbook hands out: the current rows of a table, the audit tables, streams unpacked."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from analysis import exercises, tables
from analysis.logbook._append import state_sql
from analysis.logbook._schema import run

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SAMPLES: Final = {"session_id": pl.String} | dict.fromkeys(tables.SAMPLE_COLUMNS, pl.Float64)
"""The columns of `Logbook.samples`; `t_s` counts from the start of the session."""


def facts(con: DuckDBPyConnection, name: str, seq: int, athlete: str | None) -> pl.DataFrame:
    """The rows of a fact table as they are after import `seq`, in the order in which they came."""
    schema, key = tables.FACTS[name]
    query, values = state_sql(name, key), [seq, *([athlete] if athlete and name != "exercise_aliases" else [])]
    only = " AND athlete = ?" if len(values) > 1 else ""
    frame: pl.DataFrame = con.sql(f"{query}{only} ORDER BY import_seq, source_row", params=values).pl()
    return pl.DataFrame(schema.cast(frame)).with_columns(frame["import_seq"])


def audit(con: DuckDBPyConnection, name: str, seq: int, athlete: str | None) -> pl.DataFrame:
    """The rows of an audit table up to import `seq`."""
    # a squad's sheet is an input of every athlete in it, but a refused row of it is shown to its own athlete only
    only = "" if not athlete else "AND (athlete = ? OR athlete IS NULL)" if name == "imports" else "AND athlete = ?"
    order = {"athletes": "athlete", "imports": "import_seq"}.get(name, "import_seq, source_row")
    columns = "* EXCLUDE (read_at)" if name == "imports" else "*"
    query = f"SELECT {columns} FROM {name} WHERE import_seq <= ? {only} ORDER BY {order}"
    frame: pl.DataFrame = con.sql(query, params=[seq, *([athlete] if athlete else [])]).pl()
    return frame.filter(pl.col("import_seq").is_in(_latest(con, seq))) if name in ("rejected", "ignored") else frame


def samples(con: DuckDBPyConnection, session_ids: Iterable[str], seq: int) -> pl.DataFrame:
    """The streams of these sessions, one row per sample."""
    wanted = pl.DataFrame(
        {"session_id": [session_ids] if isinstance(session_ids, str) else list(session_ids)},
        schema={"session_id": pl.String},
    )
    con.register("wanted", wanted)
    query = f"SELECT session_id, packed FROM ({state_sql('streams', 'session_id')}) SEMI JOIN wanted USING (session_id)"
    found = run(con, f"{query} ORDER BY session_id", [seq])
    return pl.concat([pl.DataFrame(schema=SAMPLES), *(_unpacked(session, packed) for session, packed in found)])


def annotated(sets: pl.DataFrame, aliases: dict[str, Any]) -> pl.DataFrame:
    """The sets with what the catalogue knows of their exercises."""
    known = exercises.annotate(sets["exercise_raw"].unique(maintain_order=True), aliases)
    return sets.join(known, on="exercise_raw", how="left", maintain_order="left")


def digest(imports: pl.DataFrame) -> str:
    """The SHA-256 over the hashes of all imports."""
    return hashlib.sha256("\n".join(imports["import_id"]).encode()).hexdigest()


def _latest(con: DuckDBPyConnection, seq: int) -> list[int]:
    """The imports whose refused rows still stand: the last of an app's whole log, the last of every other file."""
    part = "CASE WHEN NOT whole THEN file END"
    query = f"SELECT max(import_seq) FROM imports WHERE import_seq <= ? GROUP BY athlete, vendor, {part}"
    return [number for (number,) in run(con, query, [seq])]


def _unpacked(session: str, packed: bytes) -> pl.DataFrame:
    frame = pl.read_parquet(io.BytesIO(packed)).with_columns(pl.lit(session).alias("session_id"))
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in SAMPLES.items() if name not in frame.columns]
    frame = frame.with_columns(*missing)
    return frame.select(pl.col(name).cast(dtype) for name, dtype in SAMPLES.items())
