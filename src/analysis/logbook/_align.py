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
CORRECTED: Final = "SELECT import_seq FROM imports WHERE decisions LIKE '%\"corrected\"%'"
_NOT_SENT: Final = f"set_id NOT IN (SELECT set_id FROM incoming) AND import_seq IN ({CORRECTED})"
_Place = tuple[str, str]  # session, exercise


def aligned(con: DuckDBPyConnection) -> dict[str, str]:
    """The keys that the log knows incoming sets by, of those that have another one in the file.

    Needs the tables `incoming` (registered) and `current`. A row that was corrected by hand, which the app
    does not send, is nobody else's; and a vendor's own number of a set, which does not begin with the session, stays.
    """
    sessions = _changed_sessions(con)
    if not sessions:
        return {}
    con.register("changed", pl.DataFrame({"session_id": sessions}))
    numbered = "starts_with(set_id, session_id || '|')"
    old = _by_place(con, f"current SEMI JOIN changed USING (session_id) WHERE {numbered} AND NOT ({_NOT_SENT})")
    new = _by_place(con, f"incoming SEMI JOIN changed USING (session_id) WHERE {numbered}")
    used = {key for (key,) in run(con, "SELECT DISTINCT set_id FROM sets SEMI JOIN changed USING (session_id)")}
    con.unregister("changed")
    keys: dict[str, str] = {}
    for place, sets in new.items():
        keys |= _matched(old.get(place, []), sets)
    taken = set(keys.values())
    for place, sets in new.items():
        keys |= _free(place, old.get(place, []), [key for key, _ in sets if key not in keys], used, taken)
    return {was: now for was, now in keys.items() if was != now}


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


def _matched(old: list[tuple[str, tuple[Any, ...]]], new: list[tuple[str, tuple[Any, ...]]]) -> dict[str, str]:
    """The key of the known set for which each new set of one exercise stands, where there is one."""
    alike = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a[1] != b[1]), min(len(old), len(new)))
    keys = {new_key: old_key for (new_key, _), (old_key, _) in zip(new[:alike], old[:alike], strict=True)}
    old_rest, new_rest = old[alike:], new[alike:]
    matcher = SequenceMatcher(None, [done for _, done in old_rest], [done for _, done in new_rest], autojunk=False)
    for _, old_from, old_to, new_from, new_to in matcher.get_opcodes():  # an edited set stands for the one in its place
        pairs = zip(new_rest[new_from:new_to], old_rest[old_from:old_to], strict=False)
        keys |= {new_key: old_key for (new_key, _), (old_key, _) in pairs}
    return keys


def _free(
    place: _Place, old: list[tuple[str, tuple[Any, ...]]], new: list[str], used: set[str], taken: set[str]
) -> dict[str, str]:
    """A key that no other set has (`taken` grows) for each of the sets that are really new."""
    keys: dict[str, str] = {}
    ends = (key.rpartition("|")[2] for key in used | set(new))
    highest = max((int(end) for end in ends if end.isdecimal()), default=0)
    for key in new:
        free = key
        if free in taken or free in {known for known, _ in old}:
            highest += 1
            free = f"{'|'.join(place)}|added|{highest}"
        keys[key] = free
        taken.add(free)
    return keys
