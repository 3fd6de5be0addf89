"""The files in a Strava archive: what the recordings of the runs add to the list of activities."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import polars as pl

from analysis.importers import _fit, _gpx, _sports, _tcx
from analysis.importers import _limits as limits
from analysis.importers._activities import RUN_COLUMNS
from analysis.importers._archive import Archive, gunzip
from analysis.importers._numbers import counted
from analysis.importers._problem import ImportProblem
from analysis.importers._raw import Context
from analysis.importers._recording import Recording
from analysis.importers._source import Source, base_name
from analysis.tables import judge

_LIST: Final = "activities.csv"
_GZIP: Final = b"\x1f\x8b"
_START: Final = 4096
_SHOWN: Final = 20
_TOLD: Final = tuple(name for name in (*RUN_COLUMNS, "device") if name not in ("file_ref", "shoe", "race"))
_STREAM: Final = {"source_row": pl.Int64, "n": pl.Int64, "packed": pl.Binary}

Reader = Callable[[str, bytes, Context], Recording]


@dataclass(frozen=True)
class Files:
    """The recordings by the row of their run, each with the number of the session in it that is the run."""

    recordings: dict[int, tuple[Recording, int]] = field(default_factory=dict)
    notices: tuple[str, ...] = ()

    @property
    def offsets(self) -> dict[int, timedelta | None]:
        """The offset of the local time where a recording tells it."""
        return {row: _session(*one)["offset"] for row, one in self.recordings.items()}

    def filled(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows with what only their recordings tell (ground contact, step length, device)."""
        if not self.recordings:
            return rows
        told = [{"source_row": row} | {k: _text(_session(*one).get(k)) for k in _TOLD} for row, one in self.recordings.items()]  # fmt: skip  # noqa: E501
        schema = {"source_row": pl.Int64} | {f"{name}_told": pl.String for name in _TOLD}
        found = pl.DataFrame([list(one.values()) for one in told], schema=schema, orient="row")
        blank = [pl.lit(None, pl.String).alias(name) for name in _TOLD if name not in rows.columns]
        rows = rows.with_columns(blank).join(found, on="source_row", how="left", maintain_order="left")
        return rows.with_columns(pl.coalesce(name, f"{name}_told").alias(name) for name in _TOLD)

    def tables(self, runs: pl.DataFrame) -> tuple[dict[str, pl.DataFrame], tuple[str, ...]]:
        """The tables `splits` and `streams` of these runs, and the notices."""
        rows = [row for row in runs["source_row"] if row in self.recordings]
        if not rows:
            return {}, self.notices
        whose = runs.select("source_row", "session_id", "athlete", "date", "source")
        laps = pl.concat([_laps(row, *self.recordings[row]) for row in rows])
        laps = laps.join(whose, on="source_row", maintain_order="left").with_columns(
            pl.format("{}|lap|{}", "session_id", "split_no").alias("split_id"), pl.lit("lap").alias("split_kind")
        )
        laps, odd = judge("splits", laps)  # a lap that cannot be is no reason to lose its run
        streams = [(row, *found) for row in rows if (found := self.recordings[row][0].stream(self.recordings[row][1]))]
        packed = pl.DataFrame(streams, schema=_STREAM, orient="row").join(whose, on="source_row", maintain_order="left")
        lost = (f"{counted(odd.height, 'lap')} cannot be read and left out: {odd['reason'][0]}",) if odd.height else ()
        made = {"splits": laps, "streams": packed}
        return {name: table for name, table in made.items() if table.height}, (*self.notices, *lost)


def list_in(names: Iterable[str]) -> str | None:
    """The list of activities among the names in an archive, None where it has none."""
    return min((name for name in names if base_name(name) == _LIST), key=len, default=None)


def of_runs(source: Source, rows: pl.DataFrame, context: Context) -> Files:
    """Read the files of the runs in an archive; one that cannot be read costs only its laps and its stream."""
    if source.kind != "archive":
        return Files()
    listed = list_in(source.archive.names) or _LIST
    names = {base_name(name): name for name in source.archive.names}
    names |= {name.removeprefix(listed.removesuffix(_LIST)): name for name in source.archive.names}
    read: dict[int, tuple[Recording, int]] = {}
    damaged, absent, unpacked = [], 0, 0
    told: dict[str, list[str]] = {}
    for row, file in rows.filter(pl.col("kind") == "run", pl.col("file_ref") != "").select("source_row", "file_ref").rows():  # fmt: skip  # noqa: E501
        member = names.get(file) or names.get(base_name(file))
        if member is None:
            absent += 1
            continue
        try:
            data = _unpacked(source.archive, member, limits.unpacked() - unpacked)
            unpacked += len(data)
            recording = _reader(member, data)(file, data, context)
        except ImportProblem as problem:
            damaged.append(f"{file} ({str(problem).split('. Expected:')[0]})")
            continue
        for words in recording.notices:
            told.setdefault(words, []).append(file)
        if recording.sessions.height:
            read[row] = (recording, _run_in(recording))
    return Files(read, (*_notices(damaged, absent), *(f"{words}: {_listed(files)}" for words, files in told.items())))


def _unpacked(archive: Archive, member: str, most: int) -> bytes:
    data = archive.read(member)
    data = gunzip(member, data) if data.startswith(_GZIP) else data
    if len(data) > most:
        came = f"the files before {member} unpack to the most that one archive may"
        raise ImportProblem(came, f"at most {limits.unpacked():,} bytes", limits.raise_it("UNPACKED_BYTES"))
    return data


def _reader(member: str, data: bytes) -> Reader:
    start = data[:_START]
    if data[8:12] == b".FIT":
        return _fit.activity
    if b"<TrainingCenterDatabase" in start:
        return _tcx.activity
    if b"<gpx" in start:
        return _gpx.activity
    raise ImportProblem(f"{member} is no FIT, TCX or GPX file", "the file of an activity", "request the archive again")


def _run_in(recording: Recording) -> int:
    """The number of the session that is a run, else of the first."""
    sessions = recording.sessions.select("session_no", "sport").rows()
    return int(next((no for no, sport in sessions if _sports.kind(sport) == "run"), sessions[0][0]))


def _session(recording: Recording, no: int) -> dict[str, Any]:
    return recording.sessions.row(by_predicate=pl.col("session_no") == no, named=True)


def _laps(row: int, recording: Recording, no: int) -> pl.DataFrame:
    laps = recording.splits.filter(pl.col("session_no") == no)
    return laps.with_columns(pl.lit(row, pl.Int64).alias("source_row"))


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _notices(damaged: list[str], absent: int) -> tuple[str, ...]:
    said = {
        f"no laps and no stream of runs whose file cannot be read: {_listed(damaged)}": len(damaged),
        f"{counted(absent, 'file')} of runs not in the archive: no laps and no stream of these runs": absent,
    }
    return tuple(words for words, count in said.items() if count)


def _listed(files: list[str]) -> str:
    more = f" and {len(files) - _SHOWN} more" if len(files) > _SHOWN else ""
    return f"{', '.join(files[:_SHOWN])}{more}"
