"""One import, one transaction: what is new or changed is appended, what a newer full export lacks is marked gone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa

from analysis import __version__, tables
from analysis.importers import Reading
from analysis.logbook._append import Change, append, state_sql, tally
from analysis.logbook._links import counted, links
from analysis.logbook._schema import run

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
    kept_back: int = 0
    gone: int = 0
    import_seq: int | None = None
    notices: tuple[str, ...] = ()


def write(con: DuckDBPyConnection, reading: Reading, file: str, *, newest: bool = False) -> Receipt:
    """Append one reading; the caller holds the transaction. The same file with the same answers adds nothing.

    `newest` says that the file is the newest export although an earlier one reaches further.
    """
    seq = run(con, "SELECT coalesce(max(import_seq), 0) + 1 FROM imports")[0][0]
    made = changes(con, reading, seq, newest=newest)
    earlier = _imported_as(con, reading)
    if earlier is not None and not any(change.anything for change in made.values()):
        return already(reading, file, earlier)
    rows = tally(change for name, change in made.items() if name in reading.primary)
    receipt = Receipt(
        file, reading.vendor, reading.variant, reading.n_read, rows["new"] + rows["revised"], reading.n_attached,
        reading.n_ignored + rows["unchanged"] + rows["kept_back"], reading.n_rejected, rows["revised"],
        rows["unchanged"], rows["kept_back"], rows["gone"], seq,
        (*reading.notices, *_kept_back(rows["kept_back"]), *_also_elsewhere(con, reading, seq)),
    )  # fmt: skip
    _audit(con, reading, receipt)
    return receipt


def changes(con: DuckDBPyConnection, reading: Reading, seq: int, *, newest: bool = False) -> dict[str, Change]:
    """Append every table of a reading as import `seq`; what that did to each."""
    scope = _scope(reading) if reading.whole else None
    made: dict[str, Change] = {}
    for name, frame in sorted(reading.tables.items(), key=lambda told: told[0] == "reps"):
        known_as = made["sets"].renamed if name == "reps" and "sets" in made else {}
        made[name] = append(con, name, _renamed(frame, known_as), seq, newest=newest, scope=scope)
    return made


def _scope(reading: Reading) -> dict[str, Any] | None:
    """Whose log of which app a file is, and its days: those of all its tables, for a deleted row is in none of them."""
    dated = [
        frame.select("athlete", "source", "date")
        for frame in reading.tables.values()
        if {"athlete", "source", "date"} <= set(frame.columns)
    ]
    rows = pl.concat(dated) if dated else pl.DataFrame()
    if rows.is_empty():
        return None
    days = (pl.col("date").min().alias("start"), pl.col("date").max().alias("end"))
    return rows.select(pl.col("athlete", "source").first(), *days).row(0, named=True)


def _renamed(reps: pl.DataFrame, known_as: Mapping[str, str]) -> pl.DataFrame:
    """The repetitions under the keys that the log knows their sets by."""
    if not known_as:
        return reps
    known = pl.col("set_id").replace(known_as)
    rest = pl.col("rep_id").str.slice(pl.col("set_id").str.len_chars())
    part = pl.col("rep_id").str.starts_with(pl.col("set_id"))
    rep_id = pl.when(part).then(pl.concat_str(known, rest)).otherwise("rep_id").alias("rep_id")
    return reps.with_columns(known.alias("set_id"), rep_id)


def _kept_back(n: int) -> tuple[str, ...]:
    said = f"{n} rows differ from an export that reaches further and were kept back"
    return (f"{said}; if this file is the newer one, import it again with --newest",) if n else ()


def _also_elsewhere(con: DuckDBPyConnection, reading: Reading, seq: int) -> tuple[str, ...]:
    """What of this file is in the log from another source already, and what that takes off the load."""
    sessions = reading.tables.get("sessions")
    if sessions is None or sessions.is_empty():
        return ()
    first, last, people = sessions["date"].min(), sessions["date"].max(), sessions["athlete"].unique().to_list()
    near = "athlete IN (SELECT unnest(?)) AND date BETWEEN ?::DATE - 1 AND ?::DATE + 1"
    frames = []
    for name in ("sessions", "runs", "sets"):
        query = state_sql(name, tables.FACTS[name][1], near)
        frames.append(con.sql(query, params=[seq, people, first, last]).pl())
        if name == "sessions" and frames[0]["source"].n_unique() == 1 and not (frames[0]["kind"] == "run").any():
            return ()
    found = links(*frames)
    own = set(sessions["session_id"])
    found = found.filter(pl.col("session_id").is_in(own) | pl.col("linked_id").is_in(own))
    notices = (_in_words(found, *frames[1:]),) if found.height else ()
    sets = counted(frames[2], found).filter(pl.col("date").is_in(sessions["date"].implode()))
    twice = sets.group_by("athlete", "date").agg(pl.col("source").unique()).filter(pl.col("source").list.len() > 1)
    if twice.is_empty():
        return notices
    apps = " and ".join(sorted(set(twice["source"].explode())))
    return (*notices, f"{twice.height} days hold sets from {apps} at different times: not linked, both count")


def _in_words(found: pl.DataFrame, runs: pl.DataFrame, sets: pl.DataFrame) -> str:
    others = sorted({*found["source"], *found["linked_source"]})
    volume, distance = float((sets["reps"] * sets["load_kg"]).sum()), float(runs["distance_m"].sum())
    shares = [
        f"{removed / total:.0%} of the {what} of these days"
        for removed, total, what in (
            (float(found["volume_kg"].sum()), volume, "kg lifted"),
            (float(found["distance_m"].sum()), distance, "distance run"),
        )
        if removed and total
    ]
    left_out = f"; {' and '.join(shares)} left out of every load" if shares else ""
    n = found.height
    return f"{n} session{'s' if n > 1 else ''} recorded by {' and '.join(others)} linked: each counts once{left_out}"


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


def already(reading: Reading, file: str, seq: int) -> Receipt:
    """The receipt of a file of which every row is in the logbook as it reads now."""
    notice = f"already in the logbook as import {seq}: nothing added"
    n = reading.n_read
    return Receipt(file, reading.vendor, reading.variant, n, 0, 0, n, 0, unchanged=n, notices=(notice,))


def _audit(con: DuckDBPyConnection, reading: Reading, receipt: Receipt) -> None:
    """The import itself, its bytes, its refused and ignored rows, and the athletes it names."""
    decisions = json.dumps(reading.decisions, sort_keys=True, ensure_ascii=False)
    dated = [frame["date"] for frame in reading.tables.values() if "date" in frame.columns]
    dates = pl.concat(dated) if dated else pl.Series("date", [], dtype=pl.Date)
    span = {"first_day": dates.min(), "last_day": dates.max()}
    counts = {name: getattr(receipt, name) for name in ("read", "loaded", "attached", "ignored", "rejected")}
    told = {"import_seq": receipt.import_seq, "import_id": reading.sha256, "file": receipt.file, "version": __version__}
    kind = {"vendor": receipt.vendor, "variant": receipt.variant, "athlete": reading.athlete, "decisions": decisions,
            "whole": reading.whole}  # fmt: skip
    row = pl.DataFrame(
        [told | kind | counts | span],
        schema_overrides={"athlete": pl.String, "first_day": pl.Date, "last_day": pl.Date},
    )
    _insert(con, "imports", tables.Imports.validate(row, cast=True))
    run(con, "UPDATE imports SET read_at = current_timestamp WHERE import_seq = ?", [receipt.import_seq])
    if reading.data is not None:
        kept = [reading.sha256, pa.compress(reading.data, codec="zstd", asbytes=True), reading.sha256]
        run(con, "INSERT INTO files SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM files WHERE import_id = ?)", kept)
    whose = pl.lit(reading.athlete, pl.String).alias("athlete")
    seq = pl.lit(receipt.import_seq, pl.Int64).alias("import_seq")
    _insert(con, "rejected", reading.rejected.with_columns(pl.col("athlete").fill_null(whose), seq))
    _insert(con, "ignored", reading.ignored.with_columns(whose, seq))
    told_by = [frame["athlete"] for frame in reading.tables.values() if "athlete" in frame.columns]
    people = {name for names in told_by for name in names.unique()}
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
