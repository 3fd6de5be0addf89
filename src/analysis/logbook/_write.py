"""One import, one transaction: what is new or changed is appended, what a newer full export lacks is marked gone."""

from __future__ import annotations

import datetime as dt
import json
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from analysis import __version__, tables
from analysis.importers import Reading
from analysis.logbook._schema import run, stored

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class Receipt:
    """What an import did: rows read = loaded + attached + ignored + rejected.

    `ignored` counts the rows that the logbook already had (`unchanged`) and those that are not facts. Loaded rows are
    new or revised.
    """

    file: str
    vendor: str
    variant: str
    read: int
    loaded: int
    attached: int
    ignored: int
    rejected: int
    revised: int = 0
    unchanged: int = 0
    gone: int = 0
    import_seq: int | None = None
    notices: tuple[str, ...] = ()


def write(con: DuckDBPyConnection, reading: Reading, file: str) -> Receipt:
    """Append one reading; the caller holds the transaction. The same file with the same answers adds nothing."""
    decisions = json.dumps(reading.decisions, sort_keys=True, ensure_ascii=False)
    earlier = _imported_as(con, reading)
    if earlier is not None:
        return _already(reading, file, earlier)
    seq = run(con, "SELECT coalesce(max(import_seq), 0) + 1 FROM imports")[0][0]
    primary = next(name for name in reversed(tables.FACTS) if name in reading.tables and name != "sessions")
    changes = {name: _append(con, name, frame, seq) for name, frame in reading.tables.items()}
    new, revised, unchanged, gone = changes[primary]
    receipt = Receipt(
        file, reading.vendor, reading.variant, reading.n_read, new + revised, reading.n_attached,
        reading.n_ignored + unchanged, reading.n_rejected, revised, unchanged, gone, seq, reading.notices,
    )  # fmt: skip
    _audit(con, reading, receipt, decisions)
    return receipt


def _imported_as(con: DuckDBPyConnection, reading: Reading) -> int | None:
    """Number of the import that read the same bytes for the same athlete with the same answers, if there was one."""
    query = "SELECT import_seq, decisions FROM imports WHERE import_id = ? AND athlete IS NOT DISTINCT FROM ?"
    told = _answers(reading.decisions)
    same = (
        seq for seq, text in run(con, query, [reading.sha256, reading.athlete]) if _answers(json.loads(text)) == told
    )
    return next(same, None)


def _answers(decisions: dict[str, str]) -> dict[str, str]:
    # whether an answer was given as an option or kept from the last import makes no difference to the rows
    return {key: value for key, value in decisions.items() if not key.endswith("_from")}


def _already(reading: Reading, file: str, seq: int) -> Receipt:
    notice = f"already in the logbook as import {seq}: nothing added"
    n = reading.n_read
    return Receipt(file, reading.vendor, reading.variant, n, 0, 0, n, 0, unchanged=n, notices=(notice,))


def _append(con: DuckDBPyConnection, name: str, frame: pl.DataFrame, seq: int) -> tuple[int, int, int, int]:
    """Rows new, revised, unchanged and gone."""
    schema, key = tables.FACTS[name]
    incoming = stored(frame.select(schema.column_names()))
    con.register("incoming", incoming)
    run(con, f"CREATE OR REPLACE TEMP TABLE current AS {state_sql(name, key)}", [seq - 1])
    older = _older_export(con, name, incoming)
    content = [c for c in incoming.columns if c not in (key, "source_row")]
    same = " AND ".join(f'i."{c}" IS NOT DISTINCT FROM c."{c}"' for c in content)
    compared = (
        f"SELECT i.*, c.{key} IS NOT NULL AS known, {same} AS same FROM incoming i LEFT JOIN current c USING ({key})"
    )
    wanted = "NOT same" if older is None else f"NOT known AND date < '{older}'"
    added = run(
        con,
        f"INSERT INTO {name} SELECT * EXCLUDE (known, same), ?, FALSE FROM ({compared}) WHERE {wanted} RETURNING {key}",
        [seq],
    )
    revised = run(
        con,
        f"SELECT count(*) FROM current SEMI JOIN (SELECT {key} FROM {name} WHERE import_seq = ?) USING ({key})",
        [seq],
    )[0][0]
    gone = _mark_gone(con, name, key, incoming, seq) if older is None else 0
    con.unregister("incoming")
    return len(added) - revised, revised, incoming.height - len(added), gone


def state_sql(name: str, key: str) -> str:
    """The current rows of a table up to one import: the latest per key, without those marked gone."""
    columns = ", ".join(f'"{column}"' for column in tables.FACTS[name][0].column_names())
    return (
        f"SELECT {columns}, import_seq FROM (SELECT *, row_number() OVER (PARTITION BY {key} ORDER BY import_seq DESC) "
        f"AS nth FROM {name} WHERE import_seq <= ?) WHERE nth = 1 AND NOT gone"
    )


def _is_full_export(name: str) -> bool:
    return name in ("sets", "sessions")  # the apps always export the whole history; our sheets are often parts


def _scope(incoming: pl.DataFrame) -> dict[str, Any]:
    days = (pl.col("date").min().alias("start"), pl.col("date").max().alias("end"))
    return incoming.select(pl.col("athlete", "source").first(), *days).row(0, named=True)


def _older_export(con: DuckDBPyConnection, name: str, incoming: pl.DataFrame) -> dt.date | None:
    """First day covered by exports that reach further than this one, or None where this is the newest.

    An old export read after a newer one must not bring back what the athlete has deleted or edited since: inside the
    days that the newer one covers it is silent.
    """
    if not _is_full_export(name) or incoming.is_empty():
        return None
    scope = _scope(incoming)
    query = "SELECT min(date), max(date) FROM current WHERE athlete = ? AND source = ?"
    low, high = run(con, query, [scope["athlete"], scope["source"]])[0]
    return low if high is not None and scope["end"] < high else None


def _mark_gone(con: DuckDBPyConnection, name: str, key: str, incoming: pl.DataFrame, seq: int) -> int:
    if not _is_full_export(name) or incoming.is_empty():
        return 0
    scope = _scope(incoming)
    marked = run(
        con,
        f"INSERT INTO {name} BY NAME SELECT {key}, athlete, date, source, ? AS import_seq, TRUE AS gone FROM current "
        f"WHERE athlete = ? AND source = ? AND date BETWEEN ? AND ? AND {key} NOT IN (SELECT {key} FROM incoming) "
        f"RETURNING {key}",
        [seq, scope["athlete"], scope["source"], scope["start"], scope["end"]],
    )
    return len(marked)


def _audit(con: DuckDBPyConnection, reading: Reading, receipt: Receipt, decisions: str) -> None:
    """The import itself, its bytes, its refused and ignored rows, and the athletes it names."""
    counts = {name: getattr(receipt, name) for name in ("read", "loaded", "attached", "ignored", "rejected")}
    told = {"import_seq": receipt.import_seq, "import_id": reading.sha256, "file": receipt.file, "version": __version__}
    kind = {"vendor": receipt.vendor, "variant": receipt.variant, "athlete": reading.athlete, "decisions": decisions}
    row = pl.DataFrame([told | kind | counts], schema_overrides={"athlete": pl.String})
    _insert(con, "imports", tables.Imports.validate(row, cast=True))
    run(con, "UPDATE imports SET read_at = current_timestamp WHERE import_seq = ?", [receipt.import_seq])
    kept = [reading.sha256, zlib.compress(reading.data, 1), reading.sha256]
    run(con, "INSERT INTO files SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM files WHERE import_id = ?)", kept)
    whose = pl.lit(reading.athlete, pl.String).alias("athlete")
    seq = pl.lit(receipt.import_seq, pl.Int64).alias("import_seq")
    _insert(con, "rejected", reading.rejected.with_columns(pl.col("athlete").fill_null(whose), seq))
    _insert(con, "ignored", reading.ignored.with_columns(whose, seq))
    people = {name for frame in reading.tables.values() if "athlete" in frame.columns for name in frame["athlete"]}
    known = {name for (name,) in run(con, "SELECT athlete FROM athletes")}
    _insert(
        con,
        "athletes",
        pl.DataFrame({"athlete": sorted(people - known)}, schema={"athlete": pl.String}).with_columns(seq),
    )


def _insert(con: DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    con.register("inserted", frame)
    run(con, f"INSERT INTO {name} BY NAME SELECT * FROM inserted")
    con.unregister("inserted")
