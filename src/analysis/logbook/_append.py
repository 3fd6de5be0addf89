"""Which rows of a reading are new, revised, unchanged, gone, or kept back because a longer export knows better."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from analysis import tables
from analysis.logbook._problem import LogbookProblem
from analysis.logbook._schema import run, stored
from analysis.units import LB_KG

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FEWEST_KNOWN_SETS: Final = 10

STATES: Final = ("new", "revised", "kept_back", "unchanged")  # a row of the file counts as the first that it has


@dataclass(frozen=True)
class Change:
    """What an import does to a table: a state (index into `STATES`) per row of the file, and how many keys are gone."""

    rows: dict[int, int]
    gone: int = 0

    @property
    def anything(self) -> bool:
        """Whether the table is another one than before."""
        return self.gone > 0 or any(STATES[state] in ("new", "revised") for state in self.rows.values())


def counted(changes: Iterable[Change]) -> dict[str, int]:
    """How many rows of the file are in each state, over the tables whose rows they are; and how many keys are gone."""
    first: dict[int, int] = {}
    changes = list(changes)
    for change in changes:
        for row, state in change.rows.items():
            first[row] = min(state, first.get(row, state))
    found = Counter(STATES[state] for state in first.values())
    return {state: found[state] for state in STATES} | {"gone": sum(change.gone for change in changes)}


def append(con: DuckDBPyConnection, name: str, frame: pl.DataFrame, seq: int, *, newest: bool, whole: bool) -> Change:
    """Append to table `name` what differs from its current rows; see `_cover` for what is kept back.

    `whole` says that the file is the whole log up to its last day: what it lacks is marked gone.
    """
    con.register("incoming", stored(frame.select(tables.FACTS[name][0].column_names())))
    full = whole and "date" in frame.columns and not frame.is_empty()
    change = _append_incoming(con, name, _scope(frame) if full else {}, seq, newest=newest)
    con.unregister("incoming")
    return change


def _append_incoming(con: DuckDBPyConnection, name: str, scope: dict[str, Any], seq: int, *, newest: bool) -> Change:
    key = tables.FACTS[name][1]
    run(con, f"CREATE OR REPLACE TEMP TABLE current AS {state_sql(name, key)}", [seq - 1])
    if name == "sets":
        _refuse_another_unit(con)
    _cover(con, scope if not newest else {})
    if run(con, "SELECT (SELECT count(*) FROM current) + (SELECT count(*) FROM covered)")[0][0] == 0:
        run(con, f"INSERT INTO {name} SELECT *, ?, FALSE FROM incoming", [seq])  # nothing to compare
        return Change({row: 0 for (row,) in run(con, "SELECT DISTINCT source_row FROM incoming")})
    return _compare(con, name, key, scope, seq, newest=newest)


def _compare(con: DuckDBPyConnection, name: str, key: str, scope: dict[str, Any], seq: int, *, newest: bool) -> Change:
    content = [c for c in tables.FACTS[name][0].column_names() if c not in (key, "source_row")]
    same = " AND ".join(f'i."{c}" IS NOT DISTINCT FROM c."{c}"' for c in content)
    late = "EXISTS (SELECT 1 FROM covered v WHERE i.date BETWEEN v.first_day AND v.last_day)" if scope else "FALSE"
    state = f"CASE WHEN {same} THEN 3 WHEN {late} THEN 2 WHEN c.{key} IS NULL THEN 0 ELSE 1 END"
    matched = f"SELECT i.{key}, i.source_row, {state} AS state FROM incoming i LEFT JOIN current c USING ({key})"
    run(con, f"CREATE OR REPLACE TEMP TABLE matched AS {matched}")
    wanted = f"SELECT {key} FROM matched WHERE state < 2"
    run(con, f"INSERT INTO {name} SELECT *, ?, FALSE FROM incoming SEMI JOIN ({wanted}) USING ({key})", [seq])
    states = dict(run(con, "SELECT source_row, min(state) FROM matched GROUP BY source_row"))
    return Change(states, _mark_gone(con, name, key, scope, seq, newest=newest) if scope else 0)


def state_sql(name: str, key: str) -> str:
    """The current rows of a table up to one import: the latest per key, without those marked gone."""
    columns = ", ".join(f'"{column}"' for column in tables.FACTS[name][0].column_names())
    return (
        f"SELECT {columns}, import_seq FROM (SELECT *, row_number() OVER (PARTITION BY {key} ORDER BY import_seq DESC) "
        f"AS nth FROM {name} WHERE import_seq <= ?) WHERE nth = 1 AND NOT gone"
    )


def _scope(frame: pl.DataFrame) -> dict[str, Any]:
    days = (pl.col("date").min().alias("start"), pl.col("date").max().alias("end"))
    return frame.select(pl.col("athlete", "source").first(), *days).row(0, named=True)


def _cover(con: DuckDBPyConnection, scope: dict[str, Any]) -> None:
    """The spans of days of earlier exports that reach further than this one.

    An old export read after a newer one must not bring back what the athlete has deleted or edited since: inside the
    days of the newer one its differing rows are kept back, and said.
    """
    query = (
        "CREATE OR REPLACE TEMP TABLE covered AS SELECT first_day, last_day FROM imports "
        "WHERE athlete = ? AND vendor = ? AND last_day > ?"
    )
    run(con, query, [scope.get("athlete"), scope.get("source"), scope.get("end")])


def _mark_gone(con: DuckDBPyConnection, name: str, key: str, scope: dict[str, Any], seq: int, *, newest: bool) -> int:
    """Mark what this export lacks although its days cover it; with `newest` also what lies after its last day."""
    until = "TRUE" if newest else "c.date <= ?"
    marked = run(
        con,
        f"INSERT INTO {name} BY NAME SELECT {key}, athlete, date, source, ? AS import_seq, TRUE AS gone FROM current c "
        f"WHERE athlete = ? AND source = ? AND date >= ? AND {key} NOT IN (SELECT {key} FROM incoming) "
        f"AND NOT EXISTS (SELECT 1 FROM covered v WHERE c.date BETWEEN v.first_day AND v.last_day) AND {until} "
        f"RETURNING {key}",
        [seq, scope["athlete"], scope["source"], scope["start"], *([] if newest else [scope["end"]])],
    )
    return len(marked)


def _refuse_another_unit(con: DuckDBPyConnection) -> None:
    """Stop when the known sets come back 2.2 times heavier or lighter: the app's unit was changed between exports."""
    query = (
        "SELECT count(*), count(*) FILTER (abs(abs(ln(i.load_kg / c.load_kg)) - ?) < 0.02) "
        "FROM incoming i JOIN current c USING (set_id) WHERE i.load_kg > 0 AND c.load_kg > 0"
    )
    known, scaled = run(con, query, [-math.log(LB_KG)])[0]
    if known >= FEWEST_KNOWN_SETS and scaled > known / 2:
        raise LogbookProblem(
            f"{scaled} of {known} sets known from earlier imports are 2.2 times heavier or lighter in this file: it is"
            " in another unit than the saved answer. Say which: --unit kg or --unit lb, with --forget-answers"
        )
