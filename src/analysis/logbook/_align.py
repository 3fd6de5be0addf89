"""Which set of a newer export is which set of the log: a set inserted or deleted above must not shift the others.

A set's key holds its ordinal, so a set typed in later between two others would take over the identity of the second.
Where the sets of a session differ from the known ones, both lists are aligned by what was done (type, repetitions,
load, time, distance) and the known sets keep their keys; only what is really new gets a new one.
"""

from __future__ import annotations

from collections import defaultdict
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from analysis.logbook._schema import run

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_DONE: Final = ("set_type", "reps", "load_kg", "duration_s", "distance_m")
_Place = tuple[str, str]  # session, exercise


def aligned(con: DuckDBPyConnection, frame: pl.DataFrame) -> pl.DataFrame:
    """The incoming sets under the keys that the log knows them by.

    Needs the tables `incoming` (registered) and `current`. Returns `frame` itself where every key fits.
    """
    sessions = _changed_sessions(con)
    if not sessions:
        return frame
    con.register("changed", pl.DataFrame({"session_id": sessions}))
    old = _by_place(con, "current SEMI JOIN changed USING (session_id)")
    new = _by_place(con, "incoming SEMI JOIN changed USING (session_id)")
    used = {key for (key,) in run(con, "SELECT DISTINCT set_id FROM sets SEMI JOIN changed USING (session_id)")}
    con.unregister("changed")
    keys: dict[str, str] = {}
    for place, sets in new.items():
        keys |= _keys(place, old.get(place, []), sets, used)
    moved = {was: now for was, now in keys.items() if was != now}
    return frame.with_columns(pl.col("set_id").replace(moved)) if moved else frame


def _changed_sessions(con: DuckDBPyConnection) -> list[str]:
    """The known sessions of which a set is new, gone or done otherwise."""
    other = " OR ".join(f"i.{column} IS DISTINCT FROM c.{column}" for column in _DONE)
    query = f"""
        SELECT DISTINCT session_id FROM (
            SELECT i.session_id FROM incoming i LEFT JOIN current c USING (set_id) WHERE c.set_id IS NULL OR {other}
            UNION SELECT c.session_id FROM current c ANTI JOIN incoming i USING (set_id)
                WHERE c.session_id IN (SELECT session_id FROM incoming)
        ) WHERE session_id IN (SELECT session_id FROM current) ORDER BY 1"""
    return [session for (session,) in run(con, query)]


def _by_place(con: DuckDBPyConnection, table: str) -> dict[_Place, list[tuple[str, tuple[Any, ...]]]]:
    """Key and content of the sets of each exercise of each session, in the order in which they were done."""
    query = f"""
        SELECT session_id, exercise_raw, set_id, {", ".join(_DONE)} FROM {table}
        ORDER BY session_id, block_no, set_no, set_id"""
    found: dict[_Place, list[tuple[str, tuple[Any, ...]]]] = defaultdict(list)
    for session, exercise, key, *done in run(con, query):
        found[session, " ".join(exercise.casefold().split())].append((key, tuple(done)))
    return found


def _keys(
    place: _Place, old: list[tuple[str, tuple[Any, ...]]], new: list[tuple[str, tuple[Any, ...]]], used: set[str]
) -> dict[str, str]:
    """The key of each new set of one exercise: that of the known set it stands for, else one of its own."""
    alike = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a[1] != b[1]), min(len(old), len(new)))
    keys = {new_key: old_key for (new_key, _), (old_key, _) in zip(new[:alike], old[:alike], strict=True)}
    old_rest, new_rest = old[alike:], new[alike:]
    matcher = SequenceMatcher(None, [done for _, done in old_rest], [done for _, done in new_rest], autojunk=False)
    for _, old_from, old_to, new_from, new_to in matcher.get_opcodes():  # an edited set stands for the one in its place
        pairs = zip(new_rest[new_from:new_to], old_rest[old_from:old_to], strict=False)
        keys |= {new_key: old_key for (new_key, _), (old_key, _) in pairs}
    taken = set(keys.values())
    ends = (key.rpartition("|")[2] for key in used | {key for key, _ in new})
    highest = max((int(end) for end in ends if end.isdecimal()), default=0)
    for key, _ in new:
        if key in keys:
            continue
        free = key
        if free in taken or free in {known for known, _ in old}:
            highest += 1
            free = f"{'|'.join(place)}|added|{highest}"
        keys[key] = free
        taken.add(free)
    return keys
