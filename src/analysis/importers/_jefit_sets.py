"""The sets of a JEFIT file, each once: those of EXERCISE SET LOGS, and the packed ones of the logs that have none."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from analysis.importers import _sports
from analysis.importers._raw import refusals

_PACKED: Final = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*x\s*(\d+(?:\.\d+)?)\s*", re.IGNORECASE)
_TYPES: Final = {
    "default": "work", "normal": "work", "warmup": "warmup", "drop": "drop", "dropset": "drop", "failure": "failure",
    "tofailure": "failure",
}  # fmt: skip
_TIMED: Final = 5  # numbers of one timed set: calories, distance, speed, laps, seconds
_NO_REPS: Final = 100  # what nobody repeats in one set: seconds
_ROWS: Final = {
    "source_row": pl.Int64, "order": pl.Int64, "packed": pl.Boolean, "restart": pl.Boolean, "date": pl.String,
    "exercise_raw": pl.String, "exercise_id": pl.String, "session": pl.String, "load": pl.String, "reps": pl.String,
    "duration_s": pl.String, "distance": pl.String, "distance_unit": pl.String, "set_type": pl.String,
}  # fmt: skip


@dataclass(frozen=True)
class Gathered:
    """The sets, and what became of the other rows; `n_fewer` logs have fewer set rows than packed sets."""

    rows: pl.DataFrame
    attached: list[int]
    ignored: pl.DataFrame
    refused: pl.DataFrame
    n_sets: int
    n_fewer: int


def gathered(logs: pl.DataFrame, sets: pl.DataFrame, cardio: pl.DataFrame) -> Gathered:
    """Join the two sections: a log with set rows is attached to them, a log without is unpacked."""
    by_log: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in sets.iter_rows(named=True):
        by_log[row["log"]].append(row)
    timed = _timed(cardio)
    rows: list[dict[str, Any]] = []
    attached: list[int] = []
    idle: dict[int, str] = {}
    bad: dict[int, str] = {}
    fewer = 0
    for log in logs.iter_rows(named=True):
        own = sorted(by_log.pop(log["id"], []), key=_place)
        if own:
            attached.append(log["source_row"])
            fewer += _holds_more(log["logs"], len(own))
            idle |= {row["source_row"]: "no set done" for row in own if _is_idle(row)}
            found = [_row(row) for row in own if not _is_idle(row)]
        else:
            found = _unpacked(log, timed, idle, bad)
        shared = {"date": log["date"], "exercise_raw": log["exercise_raw"], "session": log["session"],
                  "exercise_id": log["eid"] if log["own"] != "0" else f"own {log['eid']}"}  # fmt: skip
        for n, values in enumerate(found):
            rows.append(shared | values | {"order": len(rows), "restart": n == 0})
    for left in by_log.values():
        bad |= {row["source_row"]: f"exercise_log_id '{row['log']}' stands in no row of EXERCISE LOGS" for row in left}
    frame = pl.DataFrame(rows, schema=_ROWS, orient="row")
    return Gathered(frame, attached, refusals(idle), refusals(bad), sets.height, fewer)


def _timed(cardio: pl.DataFrame) -> set[tuple[str, str]]:
    """The exercises that the file itself logs with a time or a distance."""
    timed = cardio.filter((_number("duration") > 0) | (_number("distance") > 0))
    return set(timed.select("eid", "own").iter_rows())


def _number(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Float64, strict=False)


def _place(row: dict[str, Any]) -> tuple[int, int]:
    index = row["index"]
    return (int(index) if index.isdigit() else 0, row["source_row"])


def _row(row: dict[str, Any]) -> dict[str, Any]:
    kind = re.sub(r"[\W_]", "", row["kind"].casefold())
    return {
        **{name: row[name] for name in ("source_row", "load", "reps", "duration_s", "distance")},
        "packed": False, "distance_unit": "mi", "set_type": _TYPES.get(kind, "unknown"),
    }  # fmt: skip


def _is_idle(row: dict[str, Any]) -> bool:
    """Whether a set row holds nothing: the app writes a row for a set that was opened and not done."""
    return all(_is_zero(row[name]) for name in ("load", "reps", "duration_s", "distance"))


def _is_zero(text: str) -> bool:
    return not text.strip("0. ")


def _holds_more(packed: str, n_rows: int) -> bool:
    parts = [found for part in packed.split(",") if (found := _PACKED.fullmatch(part))]
    done = [part for part in parts if not (_is_zero(part[1]) and _is_zero(part[2]))]
    return len(done) > n_rows and len(parts) != _TIMED * n_rows


def _unpacked(
    log: dict[str, Any], timed: set[tuple[str, str]], idle: dict[int, str], bad: dict[int, str]
) -> list[dict[str, Any]]:
    """The sets of a packed text; `0x0` was not done. A log without any set goes to `idle` or `bad`."""
    row, text = log["source_row"], log["logs"]
    parts = [_PACKED.fullmatch(part) for part in text.split(",")]
    if not text or not all(parts):
        if text:
            bad[row] = f"logs {text!r} cannot be read"
        else:
            idle[row] = "no set done"
        return []
    pairs = [(part[1], part[2]) for part in parts if part]
    base = {"source_row": row, "packed": True, "set_type": "unknown", "distance_unit": ""}
    bare = all(_is_zero(load) for load, _ in pairs)
    seconds = _seconds([n for _, n in pairs], known=(log["eid"], log["own"]) in timed) if bare else None
    if seconds is not None:
        return [base | {"load": "", "reps": "", "duration_s": s, "distance": d} for s, d in seconds]
    if not bare and _sports.kind(log["exercise_raw"]) == "run":
        bad[row] = f"logs {text!r} cannot be read: a run has no load"
        return []
    done = [(load, n) for load, n in pairs if not (_is_zero(load) and _is_zero(n))]
    if not done:
        idle[row] = "no set done"
    return [base | {"load": load, "reps": n, "duration_s": "", "distance": ""} for load, n in done]


def _seconds(numbers: list[str], *, known: bool) -> list[tuple[str, str]] | None:
    """Seconds and distance of each timed set, None where the numbers are repetitions.

    A timed set is packed as five numbers. Five sets of repetitions look the same, so the exercise must be known as
    timed, or hold nothing but a number of seconds that nobody repeats.
    """
    if len(numbers) % _TIMED or all(map(_is_zero, numbers)):
        return None
    sets = [numbers[at : at + _TIMED] for at in range(0, len(numbers), _TIMED)]
    obvious = all(all(map(_is_zero, (*five[:3],))) and float(five[4]) > _NO_REPS for five in sets)
    return [(five[4], "" if _is_zero(five[1]) else five[1]) for five in sets] if known or obvious else None
