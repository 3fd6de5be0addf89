"""The logbook: one DuckDB file, append-only, one transaction per imported file, original bytes kept.

Connections are short-lived, so that an open notebook never blocks an import; a locked file is retried for a while,
then an error names who holds it.
"""

from __future__ import annotations

import hashlib
import json
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from analysis import exercises, tables
from analysis.importers import Reading
from analysis.logbook import _append, _schema, _write
from analysis.logbook._log import Log
from analysis.logbook._problem import LogbookProblem
from analysis.logbook._write import Receipt

__all__ = ["Log", "Logbook", "LogbookProblem", "Receipt"]

ANSWERS = ("unit", "distance_unit", "unilateral_reps", "dumbbells", "date_order", "tz")


class Logbook:
    """The store at `path` (made by the first import).

    >>> import tempfile
    >>> Logbook(Path(tempfile.mkdtemp()) / "training.duckdb").sequence()
    0
    """

    def __init__(self, path: str | Path, wait_s: float = 30.0) -> None:
        self.path = Path(path)
        self.wait_s = wait_s

    def add(self, reading: Reading, file: str, *, newest: bool = False) -> Receipt:
        """Append what a file holds, in one transaction: all of it or nothing. Raises LogbookProblem.

        `newest` says that the file is the newest export although an earlier one reaches further.
        """
        with self._open(read_only=False) as con:
            con.begin()
            try:
                _schema.create(con)
                receipt = _write.write(con, reading, file, newest=newest)
            except BaseException:
                con.rollback()
                raise
            con.commit()
        return receipt

    def sequence(self) -> int:
        """Number of the last import, 0 when there is none."""
        if not self.path.exists():
            return 0
        with self._open(read_only=True) as con:
            return int(_schema.run(con, "SELECT coalesce(max(import_seq), 0) FROM imports")[0][0])

    def answers(self, athlete: str | None, vendor: str) -> dict[str, str]:
        """What was answered (unit, repetitions per side …) at the last import of this athlete's files of a vendor."""
        if not self.path.exists():
            return {}
        with self._open(read_only=True) as con:
            query = (
                "SELECT decisions FROM imports WHERE athlete IS NOT DISTINCT FROM ? AND vendor = ? ORDER BY import_seq"
            )
            rows = _schema.run(con, query, [athlete, vendor])
        answered: dict[str, str] = {}
        for (text,) in rows:
            made = json.loads(text)
            # a unit that the file itself told is no answer of the athlete's: the next file may be in another one
            answered |= {
                k: made[k] for k in ANSWERS if made.get(k) and made.get(f"{k}_from", "option") in ("option", "saved")
            }
        return answered

    def log(self, as_of: int | None = None, athlete: str | None = None) -> Log:
        """Everything known after import number `as_of` (default: the last), of all athletes or of one.

        Raises LogbookProblem when there is no logbook or no such import, KeyError for an unknown athlete.
        """
        seq = self._state(as_of)
        with self._open(read_only=True) as con:
            facts = {name: _facts(con, name, seq, athlete) for name in tables.FACTS if name != "streams"}
            audit = {name: _audit(con, name, seq, athlete) for name in ("athletes", "imports", "rejected", "ignored")}
        if athlete is not None and audit["athletes"].is_empty():
            raise KeyError(self._unknown(athlete, seq))
        aliases = dict(facts.pop("exercise_aliases").select("exercise_raw", "exercise").iter_rows())
        facts["sets"] = _annotated(facts["sets"], aliases)
        return Log(**facts, **audit, sequence=seq, digest=_digest(audit["imports"]))

    def table(self, name: str, as_of: int | None = None) -> pl.DataFrame:
        """One fact table of all athletes as it is after import `as_of` (default: the last)."""
        with self._open(read_only=True) as con:
            return _facts(con, name, self._state(as_of), None)

    def original(self, import_id: str) -> bytes:
        """The bytes of an imported file. Raises KeyError for an unknown id."""
        with self._open(read_only=True) as con:
            rows = _schema.run(con, "SELECT data FROM files WHERE import_id = ?", [import_id])
        if not rows:
            raise KeyError(f"no imported file with the SHA-256 {import_id!r}")
        return zlib.decompress(rows[0][0])

    def _state(self, as_of: int | None) -> int:
        last = self.sequence()
        if last == 0:
            raise LogbookProblem(
                f"{self.path}: no logbook here yet; make one with: stridelift import FILE --athlete NAME"
            )
        seq = last if as_of is None else as_of
        if not 1 <= seq <= last:
            raise LogbookProblem(f"{self.path}: there is no import {seq}; the logbook has imports 1 to {last}")
        return seq

    def _unknown(self, athlete: str, seq: int) -> str:
        with self._open(read_only=True) as con:
            known = [
                name
                for (name,) in _schema.run(con, "SELECT athlete FROM athletes WHERE import_seq <= ? ORDER BY 1", [seq])
            ]
        return f"no athlete {athlete!r} in this logbook; it has: {', '.join(known)}"

    @contextmanager
    def _open(self, *, read_only: bool) -> Iterator[duckdb.DuckDBPyConnection]:
        con = self._connect(read_only=read_only)
        try:
            yield con
        except duckdb.CatalogException as error:
            raise LogbookProblem(
                f"{self.path}: a database, but not a logbook of stridelift; name another --logbook"
            ) from error
        finally:
            con.close()

    def _connect(self, *, read_only: bool) -> duckdb.DuckDBPyConnection:
        deadline = time.monotonic() + self.wait_s
        pause = 0.05
        while True:
            try:
                return duckdb.connect(str(self.path), read_only=read_only)
            except duckdb.IOException as error:
                if "could not set lock" not in str(error).lower():
                    raise LogbookProblem(
                        f"{self.path}: not a logbook that can be opened: {_first_line(error)}"
                    ) from error
                if time.monotonic() > deadline:
                    raise LogbookProblem(f"{self.path}: in use for {self.wait_s:g} s: {_first_line(error)}") from error
            except duckdb.Error as error:
                raise LogbookProblem(f"{self.path}: not a logbook that can be opened: {_first_line(error)}") from error
            time.sleep(pause)
            pause = min(2 * pause, 1.0)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


def _facts(con: duckdb.DuckDBPyConnection, name: str, seq: int, athlete: str | None) -> pl.DataFrame:
    schema, key = tables.FACTS[name]
    query, values = _append.state_sql(name, key), [seq, *([athlete] if athlete and name != "exercise_aliases" else [])]
    only = " AND athlete = ?" if len(values) > 1 else ""
    frame: pl.DataFrame = con.sql(f"{query}{only} ORDER BY import_seq, source_row", params=values).pl()
    return pl.DataFrame(schema.cast(frame)).with_columns(frame["import_seq"])


def _audit(con: duckdb.DuckDBPyConnection, name: str, seq: int, athlete: str | None) -> pl.DataFrame:
    # a squad's sheet is an input of every athlete in it, but a refused row of it is shown to its own athlete only
    only = "" if not athlete else "AND (athlete = ? OR athlete IS NULL)" if name == "imports" else "AND athlete = ?"
    order = {"athletes": "athlete", "imports": "import_seq"}.get(name, "import_seq, source_row")
    columns = "* EXCLUDE (read_at)" if name == "imports" else "*"
    query = f"SELECT {columns} FROM {name} WHERE import_seq <= ? {only} ORDER BY {order}"
    frame: pl.DataFrame = con.sql(query, params=[seq, *([athlete] if athlete else [])]).pl()
    return frame.filter(pl.col("import_seq").is_in(_latest(con, seq))) if name in ("rejected", "ignored") else frame


def _latest(con: duckdb.DuckDBPyConnection, seq: int) -> list[int]:
    """The imports whose refused rows still stand: the last of an athlete's app, the last of each sheet's file."""
    sheet = "CASE WHEN vendor LIKE '%sheet' THEN file END"
    query = f"SELECT max(import_seq) FROM imports WHERE import_seq <= ? GROUP BY athlete, vendor, {sheet}"
    return [number for (number,) in _schema.run(con, query, [seq])]


def _annotated(sets: pl.DataFrame, aliases: dict[str, Any]) -> pl.DataFrame:
    known = exercises.annotate(sets["exercise_raw"].unique(maintain_order=True), aliases)
    return sets.join(known, on="exercise_raw", how="left", maintain_order="left")


def _digest(imports: pl.DataFrame) -> str:
    return hashlib.sha256("\n".join(imports["import_id"]).encode()).hexdigest()
