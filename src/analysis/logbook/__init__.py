"""The logbook: one DuckDB file, append-only, one transaction per imported file, original bytes kept.

Connections are short-lived, so that an open notebook never blocks an import; a locked file is retried for a while,
then an error names who holds it.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path

import polars as pl
import pyarrow as pa

from analysis import tables
from analysis.importers import Reading
from analysis.logbook import _export, _links, _read, _schema, _write
from analysis.logbook._connection import Connections
from analysis.logbook._log import Log
from analysis.logbook._problem import LogbookProblem
from analysis.logbook._write import Receipt

__all__ = ["Log", "Logbook", "LogbookProblem", "Receipt"]

AUDITS = ("athletes", "imports", "rejected", "ignored")
READ_ONLY = ("imports", "links", "rejected")
_ZSTD = b"\x28\xb5\x2f\xfd"
ANSWERS = ("unit", "distance_unit", "unilateral_reps", "dumbbells", "date_order", "tz")


class Logbook:
    """The store at `path` (made by the first import).

    >>> import tempfile
    >>> Logbook(Path(tempfile.mkdtemp()) / "training.duckdb").sequence()
    0
    """

    def __init__(self, path: str | Path, wait_s: float = 30.0) -> None:
        self.path = Path(path)
        self._connections = Connections(self.path, wait_s)

    def batch(self) -> AbstractContextManager[None]:
        """Let several calls inside a `with` share a connection, which is given up every second: for many imports."""
        return self._connections.batch()

    def add(self, reading: Reading, file: str, *, newest: bool = False) -> Receipt:
        """Append what a file holds, in one transaction: all of it or nothing. Raises LogbookProblem.

        `newest` says that the file is the newest export although an earlier one reaches further.
        """
        with self._connections.transaction() as con:
            return _write.write(con, reading, file, newest=newest)

    def reads_as_then(self, reading: Reading, file: str, seq: int) -> Receipt | None:
        """The receipt where the file of import `seq`, read again, gives what it gave then. Raises LogbookProblem."""
        with self._connections.transaction() as con:
            same = not any(change.anything for change in _write.changes(con, reading, seq + 1).values())
            con.rollback()  # the comparison wrote what it found
            con.begin()
        return _write.already(reading, file, seq) if same else None

    def sequence(self) -> int:
        """Number of the last import, 0 when there is none."""
        if not self.path.exists() or not self._up_to_date():
            return 0
        with self._connections.open(read_only=True) as con:
            return int(_schema.run(con, "SELECT coalesce(max(import_seq), 0) FROM imports")[0][0])

    def answers(self, athlete: str | None, vendor: str) -> dict[str, str]:
        """What was answered (unit, repetitions per side …) at the last import of this athlete's files of a vendor."""
        if not self.path.exists() or not self._up_to_date():
            return {}
        with self._connections.open(read_only=True) as con:
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

        A session that two sources recorded counts once; `links` lists the ones that are left out, and why.
        Raises LogbookProblem when there is no logbook or no such import, KeyError for an unknown athlete.
        """
        seq = self._state(as_of)
        with self._connections.open(read_only=True) as con:
            facts = {name: _read.facts(con, name, seq, athlete) for name in tables.FACTS if name != "streams"}
            audit = {name: _read.audit(con, name, seq, athlete) for name in AUDITS}
        if athlete is not None and audit["athletes"].is_empty():
            raise KeyError(self._unknown(athlete, seq))
        aliases = dict(facts.pop("exercise_aliases").select("exercise_raw", "exercise").iter_rows())
        facts["sets"] = _read.annotated(facts["sets"], aliases)
        found = _links.links(facts["sessions"], facts["runs"], facts["sets"])
        facts |= {name: _links.counted(facts[name], found) for name in ("sets", "reps", "runs", "splits")}
        facts["sessions"] = _links.filled(facts["sessions"], found)
        return Log(**facts, **audit, links=found, sequence=seq, digest=_read.digest(audit["imports"]))

    def table(self, name: str, as_of: int | None = None) -> pl.DataFrame:
        """One fact table of all athletes after import `as_of` (default: the last), linked sessions included."""
        state = self._state(as_of)
        with self._connections.open(read_only=True) as con:
            return _read.facts(con, name, state, None)

    def samples(self, session_ids: Iterable[str], as_of: int | None = None) -> pl.DataFrame:
        """The streams of these sessions, one row per sample, see `tables.Streams`; no stream, no rows."""
        state = self._state(as_of)
        with self._connections.open(read_only=True) as con:
            return _read.samples(con, session_ids, state)

    def export(
        self, folder: str | Path, kind: str = "parquet", *, athlete: str | None = None, as_of: int | None = None
    ) -> list[Path]:
        """Write the tables into a new folder as parquet, csv or xlsx; returns the files. Raises LogbookProblem.

        Linked sessions are included; `imports`, `links` and `rejected` are for reading. Every other table can be
        imported again and is then the same table.
        """
        log = self.log(as_of, athlete)
        with self._connections.open(read_only=True) as con:
            found = {name: _read.facts(con, name, log.sequence, athlete) for name in tables.FACTS}
        if kind != "parquet":
            del found["streams"]
        plain = {name: _schema.stored(frame.drop("import_seq")) for name, frame in found.items()}
        return _export.write(plain | {name: getattr(log, name) for name in READ_ONLY}, Path(folder), kind)

    def original(self, import_id: str) -> bytes:
        """The bytes of an imported file. Raises KeyError for an unknown id."""
        with self._connections.open(read_only=True) as con:
            rows = _schema.run(con, "SELECT data FROM files WHERE import_id = ?", [import_id])
        if not rows:
            raise KeyError(f"no imported file with the SHA-256 {import_id!r}")
        return _unpacked(rows[0][0])

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

    def _up_to_date(self) -> bool:
        """Bring a logbook of an older version up to date, once; False where the file is still empty."""
        with self._connections.open(read_only=True) as con:
            found = _schema.version(con)
        _schema.refuse_newer(found)
        if found in (0, _schema.SCHEMA_VERSION):
            return found > 0
        with self._connections.transaction():
            return True

    def _unknown(self, athlete: str, seq: int) -> str:
        with self._connections.open(read_only=True) as con:
            known = [
                name
                for (name,) in _schema.run(con, "SELECT athlete FROM athletes WHERE import_seq <= ? ORDER BY 1", [seq])
            ]
        return f"no athlete {athlete!r} in this logbook; it has: {', '.join(known)}"


def _unpacked(data: bytes) -> bytes:
    if not data.startswith(_ZSTD):  # a logbook of an earlier version
        return zlib.decompress(data)
    return bytes(pa.CompressedInputStream(pa.BufferReader(data), "zstd").read())
