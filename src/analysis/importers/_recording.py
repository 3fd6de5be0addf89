"""What a recording file (FIT, TCX, GPX) says, whatever its format: its sessions, their laps and their samples."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from math import inf
from typing import Any, Final

import polars as pl

from analysis.importers import _activities, _instants
from analysis.importers._raw import Context
from analysis.tables import SAMPLE_COLUMNS, Runs

SESSIONS: Final = {
    "session_no": pl.Int64, "source_row": pl.Int64, "moment": pl.Datetime("us"), "offset": pl.Duration("us"),
    "sport": pl.String, "source_id": pl.String, "title": pl.String, "notes": pl.String, "device": pl.String,
    "duration_s": pl.Float64, "session_rpe": pl.Float64, "distance_m": pl.Float64, "elapsed_s": pl.Float64,
    "timer_s": pl.Float64, "moving_s": pl.Float64, "ascent_m": pl.Float64, "descent_m": pl.Float64,
    "average_hr_bpm": pl.Float64, "max_hr_bpm": pl.Float64, "cadence_spm": pl.Float64, "step_length_m": pl.Float64,
    "ground_contact_s": pl.Float64, "vertical_oscillation_m": pl.Float64, "power_w": pl.Float64,
    "max_speed_m_s": pl.Float64, "temperature_c": pl.Float64, "indoor": pl.String,
}  # fmt: skip
"""`moment` is the start in UTC, naive, and `offset` that of the local time where the file tells it."""
SPLITS: Final = {
    "session_no": pl.Int64, "source_row": pl.Int64, "split_no": pl.Int64, "start_s": pl.Float64,
    "duration_s": pl.Float64, "moving_s": pl.Float64, "distance_m": pl.Float64, "intensity": pl.String,
    "average_hr_bpm": pl.Float64, "max_hr_bpm": pl.Float64, "cadence_spm": pl.Float64, "power_w": pl.Float64,
    "max_speed_m_s": pl.Float64, "ascent_m": pl.Float64, "descent_m": pl.Float64, "notes": pl.String,
}  # fmt: skip
SAMPLES: Final = {"session_no": pl.Int64} | dict.fromkeys(SAMPLE_COLUMNS, pl.Float64)
"""`t_s` counts from the start of the session, cadence the steps of both feet."""
_ONE_FOOT: Final = 130.0  # nobody runs with more steps of one foot a minute, nor with fewer of both
_SENSED: Final = (
    "average_hr_bpm", "max_hr_bpm", "cadence_spm", "step_length_m", "ground_contact_s", "vertical_oscillation_m",
    "power_w", "max_speed_m_s", "temperature_c", "ascent_m", "descent_m",
)  # fmt: skip


@dataclass(frozen=True)
class Recording:
    """A recording file as three frames of the columns `SESSIONS`, `SPLITS` and `SAMPLES`.

    `session_no` counts the sessions of the file from 1, by their start; `source_row` is the row of the file.
    """

    sessions: pl.DataFrame
    splits: pl.DataFrame
    samples: pl.DataFrame
    notices: tuple[str, ...] = ()

    def stream(self, session_no: int = 1) -> tuple[int, bytes] | None:
        """The number of samples of a session and the samples packed, for a row of `streams`; None without samples."""
        samples = self.samples.filter(pl.col("session_no") == session_no).drop("session_no")
        return (samples.height, packed(samples)) if samples.height else None


def feet(cadences: pl.Series) -> int:
    """By what a cadence is multiplied to count the steps of both feet: devices write those of one foot, apps of both.

    >>> feet(pl.Series([0.0, 82.0, 84.0])), feet(pl.Series([165.0]))
    (2, 1)
    """
    middle = cadences.filter(cadences > 0).median()
    return 1 if isinstance(middle, float) and middle >= _ONE_FOOT else 2


def packed(samples: pl.DataFrame) -> bytes:
    """The samples of one session as Parquet."""
    out = io.BytesIO()
    samples.write_parquet(out, compression="zstd", statistics=False)
    return out.getvalue()


def frame(rows: list[dict[str, Any]], schema: dict[str, Any]) -> pl.DataFrame:
    """Rows with the columns of a schema, null where a row does not have one."""
    return pl.DataFrame([[row.get(name) for name in schema] for row in rows], schema=schema, orient="row")


def recording(
    sessions: list[dict[str, Any]], splits: list[dict[str, Any]], samples: pl.DataFrame, notices: tuple[str, ...] = ()
) -> Recording:
    """A recording whose sensors were read sensibly: a value that nothing can have is left out, and a notice says so."""
    left_out = Counter(name for row in (*sessions, *splits) for name in _impossible(row))
    if left_out:
        words = ", ".join(f"{name} ({n})" for name, n in left_out.items())
        notices = (*notices, f"values that nobody can have are left out: {words}")
    return Recording(_frame_of(sessions, SESSIONS), _frame_of(splits, SPLITS), samples, notices)


def tables(
    read: Recording, athlete: str, vendor: str, context: Context
) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """The tables `sessions`, `runs`, `splits` and `streams`, and what is known of each session: number, id, day."""
    moments: list[datetime | None] = read.sessions["moment"].to_list()
    offsets: list[timedelta | None] = read.sessions["offset"].to_list()
    rows = pl.concat([read.sessions, _instants.local(moments, context, offsets)], how="horizontal")
    made = _activities.tables(rows, athlete, vendor)
    whose = made["sessions"].select("session_no", "session_id", "athlete", "date", "source", "zone_basis", "offset",
                                    pl.col("source_row").alias("session_row"))  # fmt: skip
    splits = read.splits.join(whose, on="session_no", maintain_order="left")
    split_id = pl.format("{}|lap|{}", "session_id", "split_no").alias("split_id")
    made["splits"] = splits.with_columns(split_id, pl.lit("lap").alias("split_kind"))
    streams = [
        {"session_no": no, "n": found[0], "packed": found[1]}
        for no in read.sessions["session_no"]
        if (found := read.stream(no))
    ]
    of_each = frame(streams, {"session_no": pl.Int64, "n": pl.Int64, "packed": pl.Binary})
    rows_of = whose.rename({"session_row": "source_row"})
    made["streams"] = of_each.join(rows_of, on="session_no", maintain_order="left")
    return {name: table for name, table in made.items() if table.height}, whose


def _impossible(row: dict[str, Any]) -> list[str]:
    """The columns of a row with a sensor value outside what the tables allow; a 0 is a sensor that nobody wore."""
    return [name for name in _SENSED if row.get(name) and not _inside(name, row[name])]


def _frame_of(rows: list[dict[str, Any]], schema: dict[str, Any]) -> pl.DataFrame:
    sensed = set(_SENSED)
    kept = [{name: v for name, v in row.items() if name not in sensed or _inside(name, v)} for row in rows]
    return frame(kept, schema)


def _inside(name: str, value: float | None) -> bool:
    low, high = _allowed()[name]
    return value is not None and low <= value <= high


@cache
def _allowed() -> dict[str, tuple[float, float]]:
    """The lowest and the highest value of each sensor that the table of runs takes."""
    columns = {name: column for name, column in Runs.columns().items() if name in _SENSED}
    ends = {name: (getattr(column, "min", None), getattr(column, "max", None)) for name, column in columns.items()}
    return {name: (-inf if low is None else low, inf if high is None else high) for name, (low, high) in ends.items()}
