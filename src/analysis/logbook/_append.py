"""Which rows of a reading are new, revised, unchanged, gone, or kept back because a longer export knows better."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from analysis import tables
from analysis.logbook._align import CORRECTED, aligned
from analysis.logbook._problem import LogbookProblem
from analysis.logbook._schema import register, run, stored
from analysis.units import LB_KG

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FEWEST_KNOWN_SETS: Final = 10

_ADDED: Final = "SELECT *, ? AS import_seq, FALSE AS gone"
_OWN: Final = "athlete = ? AND source = ?"
_SAME_SESSION: Final = "(session_id IS NULL OR session_id IN (SELECT session_id FROM incoming))"  # null: a set gone
_PLACES: Final = {"sets": ("block_no", "set_no")}  # a set that only moved is the same set
STATES: Final = ("new", "revised", "kept_back", "unchanged")  # a row of the file counts as the first that it has


@dataclass(frozen=True)
class Change:
    """What an import does to a table: `source_row` and `state` (index into `STATES`) of its rows.

    Beside it, how many keys are gone, how many sets have only moved to another place in their session, and under which
    keys the log knows sets that the file numbers otherwise.
    """

    rows: pl.DataFrame
    gone: int = 0
    moved: int = 0
    renamed: Mapping[str, str] = field(default_factory=dict)

    @property
    def anything(self) -> bool:
        """Whether the table is another one than before."""
        return self.gone + self.moved > 0 or bool((self.rows["state"] < STATES.index("kept_back")).any())


def tally(changes: Iterable[Change]) -> dict[str, int]:
    """How many rows of the file are in each state, over the tables whose rows they are; and how many keys are gone."""
    changes = list(changes)
    rows = pl.concat([_no_rows(), *(change.rows for change in changes)])
    if rows["state"].n_unique() > 1:
        rows = rows.group_by("source_row").min()
    found = dict(rows.group_by("state").agg(pl.col("source_row").n_unique()).iter_rows())
    return {state: found.get(n, 0) for n, state in enumerate(STATES)} | {"gone": sum(c.gone for c in changes)}


def _no_rows() -> pl.DataFrame:
    return pl.DataFrame(schema={"source_row": pl.Int64, "state": pl.Int32})


def append(
    con: DuckDBPyConnection, name: str, frame: pl.DataFrame, seq: int, *, newest: bool, scope: Mapping[str, Any] | None
) -> Change:
    """Append to table `name` what differs from its current rows; see `_cover` for what is kept back.

    `scope` says whose whole log of which app the file is, from day to day: what it lacks is marked gone.
    """
    key = tables.FACTS[name][1]
    frame = stored(frame.select(tables.FACTS[name][0].column_names()))
    register(con, "incoming", frame)
    same_key = _SAME_SESSION if name == "sets" else f"{key} IN (SELECT {key} FROM incoming)"
    scope = scope if scope and {"athlete", "source", "date"} <= set(frame.columns) else {}
    near = _OWN if scope else same_key  # what else could be compared or gone
    whose = [scope["athlete"], scope["source"]] if scope else []
    run(con, f"CREATE OR REPLACE TEMP TABLE current AS {state_sql(name, key, near)}", [seq - 1, *whose])
    known, known_as = run(con, "SELECT count(*) FROM current")[0][0], {}
    if name == "sets" and known:
        known_as = aligned(con)
        register(con, "incoming", frame.with_columns(pl.col("set_id").replace(known_as)) if known_as else frame)
        _refuse_another_unit(con)
    _cover(con, scope if not newest else {})
    if known + run(con, "SELECT count(*) FROM covered")[0][0] == 0:
        run(con, f"INSERT INTO {name} BY NAME {_ADDED} FROM incoming", [seq])  # nothing to compare
        change = Change(frame.select(pl.col("source_row"), pl.lit(0, pl.Int32).alias("state")))
    else:
        change = _compare(con, name, key, scope, seq, newest=newest)
    con.unregister("incoming")
    return replace(change, renamed=known_as)


def _compare(
    con: DuckDBPyConnection, name: str, key: str, scope: Mapping[str, Any], seq: int, *, newest: bool
) -> Change:
    def differ(columns: Iterable[str]) -> str:
        return " OR ".join(f'i."{c}" IS DISTINCT FROM c."{c}"' for c in columns)

    names, places = tables.FACTS[name][0].column_names(), _PLACES.get(name, ())
    content = [c for c in names if c not in (key, "source_row", *places)]
    late = "EXISTS (SELECT 1 FROM covered v WHERE i.date BETWEEN v.first_day AND v.last_day)" if scope else "FALSE"
    state = f"CASE WHEN NOT ({differ(content)}) THEN 3 WHEN {late} THEN 2 WHEN c.{key} IS NULL THEN 0 ELSE 1 END"
    moved = f"NOT {late} AND ({differ(places)})" if places else "FALSE"
    matched = f"SELECT i.{key}, i.source_row, {state} AS state, {moved} AS moved FROM incoming i LEFT JOIN current c"
    run(con, f"CREATE OR REPLACE TEMP TABLE matched AS {matched} USING ({key})")
    wanted = f"SELECT {key} FROM matched WHERE state < 2 OR moved"
    run(con, f"INSERT INTO {name} BY NAME {_ADDED} FROM incoming SEMI JOIN ({wanted}) USING ({key})", [seq])
    states = con.sql("SELECT source_row, min(state) AS state FROM matched GROUP BY source_row").pl()
    states = states.cast(dict(_no_rows().schema))
    shifted = run(con, "SELECT count(*) FROM matched WHERE state = 3 AND moved")[0][0]
    return Change(states, _mark_gone(con, name, key, scope, seq, newest=newest) if scope else 0, shifted)


def state_sql(name: str, key: str, where: str = "TRUE") -> str:
    """The current rows of a table up to one import: the latest per key, without those marked gone.

    `where` narrows the search; it must hold for every row of a key or for none.
    """
    columns = ", ".join(f'"{column}"' for column in tables.FACTS[name][0].column_names())
    return (
        f"SELECT {columns}, import_seq FROM (SELECT *, row_number() OVER (PARTITION BY {key} ORDER BY import_seq DESC) "
        f"AS nth FROM {name} WHERE import_seq <= ? AND {where}) WHERE nth = 1 AND NOT gone"
    )


def _cover(con: DuckDBPyConnection, scope: Mapping[str, Any]) -> None:
    """The spans of days of earlier exports that reach further than this one.

    An old export read after a newer one must not bring back what the athlete has deleted or edited since: inside the
    days of the newer one its differing rows are kept back, and said.
    """
    query = (
        "CREATE OR REPLACE TEMP TABLE covered AS SELECT first_day, last_day FROM imports "
        "WHERE athlete = ? AND vendor = ? AND last_day > ? AND whole"
    )
    run(con, query, [scope.get("athlete"), scope.get("source"), scope.get("end")])


def _mark_gone(
    con: DuckDBPyConnection, name: str, key: str, scope: Mapping[str, Any], seq: int, *, newest: bool
) -> int:
    """Mark what this export lacks although its days cover it; with `newest` also what lies after its last day.

    A row that the user corrected by hand stays: the app still exports the broken one, which is refused again.
    """
    until = "TRUE" if newest else "c.date <= ?"
    marked = run(
        con,
        f"INSERT INTO {name} BY NAME SELECT {key}, athlete, date, source, ? AS import_seq, TRUE AS gone FROM current c "
        f"WHERE athlete = ? AND source = ? AND date >= ? AND {key} NOT IN (SELECT {key} FROM incoming) "
        f"AND NOT EXISTS (SELECT 1 FROM covered v WHERE c.date BETWEEN v.first_day AND v.last_day) AND {until} "
        f"AND c.import_seq NOT IN ({CORRECTED}) "
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
