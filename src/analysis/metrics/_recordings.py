"""What each run recorded, piece by piece: samples of its stream, else its laps, else its mean (methods C7 to C10)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.stats._samples import steps_m
from analysis.stats.zones import durations
from analysis.transforms import between, of_athlete, weeks

Floats = NDArray[np.float64]

HEART_RATE: Final = "heart_rate_bpm"
SPEED: Final = "speed_m_s"
MIN_COVERAGE: Final = 0.80  # of the time of a run; a stream that covers less gives way to the laps
STREAM, LAPS, MEAN, NONE = "stream", "laps", "mean", "none"
_POSSIBLE: Final = {HEART_RATE: (25.0, 250.0), SPEED: (0.0, 12.5)}
_TIMES: Final = ("timer_s", "moving_s", "elapsed_s")
_PLACE: Final = ("distance_m", "latitude_deg", "longitude_deg")
_OF_RUN: Final = ("session_id", "date", "distance_m", "average_hr_bpm", "run_s")


@dataclass(frozen=True)
class Recording:
    """The pieces of one run that have a value: how long each lasted (minutes) and the value of each."""

    session_id: str
    date: dt.date
    how: str
    minutes: Floats
    values: Floats
    open_min: float = 0.0  # gaps, and samples without a value
    repeated: int = 0  # samples of a time that the stream had told already

    @property
    def covered_min(self) -> float:
        """Minutes that have a value."""
        return float(self.minutes.sum())


def run_time() -> pl.Expr:
    """Seconds of a run: without the pauses of the watch where they are known; null where impossible."""
    times = (pl.when(pl.col(c).is_between(0, 86_400, closed="right")).then(pl.col(c)) for c in _TIMES)
    return pl.coalesce(*times).alias("run_s")


def of_block(runs: pl.DataFrame, who: str, start: dt.date, end: dt.date) -> pl.DataFrame:
    """The runs of one athlete in the block, each once, with `run_s`. Raises ValueError for several without `who`."""
    own = of_athlete(runs, who)
    dated = _numbers(own, "distance_m", "average_hr_bpm", *_TIMES).with_columns(pl.col("date").cast(pl.Date))
    inside = between(dated, start, end).filter(pl.col("session_id").is_not_null())
    in_order = inside.sort("date", "session_id", *(c for c in inside.columns if c not in ("date", "session_id")))
    return in_order.unique("session_id", keep="first", maintain_order=True).with_columns(run_time())


def recordings(
    runs: pl.DataFrame,
    samples: pl.DataFrame | None,
    splits: pl.DataFrame | None,
    column: str,
    *,
    max_gap_s: float,
    mean_too: bool = False,
) -> list[Recording]:
    """The best record of each run of `of_block`: its stream where that covers 80 % of its time, else laps that do.

    With `mean_too` the mean of the whole run comes after them; what covers less is taken last of all.
    """
    streams, laps = by_session(samples), by_session(splits)
    found = []
    for session, day, distance, beats, run_s in runs.select(_OF_RUN).iter_rows():
        options = [*_stream(session, day, streams.get(session), column, max_gap_s)]
        options += _laps(session, day, laps.get(session), column)
        mean = beats if column == HEART_RATE else distance / run_s if distance and run_s else None
        if mean_too and run_s and mean and _possible(np.array([mean]), column).all():
            options.append(Recording(session, day, MEAN, np.array([run_s / 60]), np.array([mean])))
        found.append(_best(options, run_s) or Recording(session, day, NONE, np.zeros(0), np.zeros(0)))
    return found


def pieces(samples: pl.DataFrame, max_gap_s: float) -> pl.DataFrame:
    """The pieces of one stream with both a speed and a heart rate: `from_min, minutes, speed_m_s, heart_rate_bpm`.

    Empty where the stream runs backwards. Pauses and samples without either value are left out, not filled.
    """
    rows = _numbers(samples, "t_s", HEART_RATE, SPEED, *_PLACE).filter(pl.col("t_s").is_finite())
    rows = rows.group_by("t_s").agg(pl.col(HEART_RATE, SPEED, *_PLACE).mean()).sort("t_s")
    lasting = durations(rows["t_s"].to_numpy(), max_gap_s)
    if lasting.status != "ok":
        return pl.DataFrame(schema=dict.fromkeys(("from_min", "minutes", SPEED, HEART_RATE), pl.Float64))
    speed, beats = rows[SPEED].to_numpy(), rows[HEART_RATE].to_numpy()
    if np.isnan(speed).all():
        speed = _way(rows) / np.where(lasting.minutes > 0, 60 * lasting.minutes, np.nan)
    used = _possible(speed, SPEED) & _possible(beats, HEART_RATE) & ~lasting.gap & (lasting.minutes > 0)
    begins = (rows["t_s"].to_numpy() - rows["t_s"][0]) / 60 if rows.height else np.zeros(0)
    told = {"from_min": begins, "minutes": lasting.minutes, SPEED: speed, HEART_RATE: beats}
    return pl.DataFrame({name: values[used] for name, values in told.items()})


def left_open(found: Iterable[Recording], named: str) -> tuple[str, ...]:
    """In words: runs taken from laps or means, runs without a value, time that no value covers."""
    every = list(found)
    count = {how: sum(r.how == how for r in every) for how in (LAPS, MEAN, NONE)}
    minutes, repeated = sum(r.open_min for r in every), sum(r.repeated for r in every)
    said = (
        (count[LAPS], f"{_runs(count[LAPS])} from the means of laps: no stream that covers 80 % of the run."),
        (count[MEAN], f"{_runs(count[MEAN])} from the mean of the whole run: no stream and no laps."),
        (count[NONE], f"{_runs(count[NONE])} without {named}: not counted here."),
        (round(minutes), f"{minutes:.0f} min in gaps, or without {named}: counted nowhere."),
        (repeated, f"{repeated} samples repeated a time of their stream: averaged."),
    )
    return tuple(text for number, text in said if number)


def empty_weeks(block: pl.DataFrame, start: dt.date, end: dt.date) -> tuple[str, ...]:
    """In words how many weeks of the block hold no run: nobody knows whether they were rest."""
    number = weeks(start, end).height - block["date"].dt.truncate("1w").n_unique()
    said = "without a recorded run: left open in the chart, 0 in the mean per week."
    return (f"{number} week{'s' if number > 1 else ''} {said}",) if number else ()


def _runs(number: int) -> str:
    return f"{number} run{'s' if number > 1 else ''}"


def by_session(frame: pl.DataFrame | None) -> dict[str, pl.DataFrame]:
    """The rows of each session by its id; none of no frame."""
    if frame is None or frame.is_empty():
        return {}
    return {str(key): rows for (key,), rows in frame.group_by("session_id", maintain_order=True)}


def _numbers(frame: pl.DataFrame, *names: str) -> pl.DataFrame:
    """The frame with these columns as numbers; one that is missing, or all null, is null."""
    return frame.with_columns(
        pl.col(c).cast(pl.Float64) if c in frame.columns else pl.lit(None, pl.Float64).alias(c) for c in names
    )


def _stream(
    session: str, day: dt.date, samples: pl.DataFrame | None, column: str, max_gap_s: float
) -> Iterator[Recording]:
    if samples is None:
        return
    times = _numbers(samples, "t_s", column, *_PLACE).filter(pl.col("t_s").is_finite()).group_by("t_s")
    rows = times.agg(pl.col(column, *_PLACE).mean(), pl.len()).sort("t_s")
    lasting = durations(rows["t_s"].to_numpy(), max_gap_s)
    if lasting.status != "ok":
        return
    values = rows[column].to_numpy()
    if column == SPEED and np.isnan(values).all():
        values = _way(rows) / np.where(lasting.minutes > 0, 60 * lasting.minutes, np.nan)
    used = _possible(values, column) & ~lasting.gap & (lasting.minutes > 0)
    if used.any():
        left = float(lasting.minutes[~used].sum())
        repeated = int((rows["len"] - 1).sum())
        yield Recording(session, day, STREAM, lasting.minutes[used], values[used], left, repeated)


def _way(rows: pl.DataFrame) -> Floats:
    """Metres to the next sample: by the distance that the watch counted, else by the positions."""
    distance, latitude, longitude = (rows[name].to_numpy() for name in _PLACE)
    counted = np.isfinite(distance)
    if not counted.any():
        return steps_m(latitude, longitude)
    return np.diff(np.where(counted, distance, np.nan), append=np.nan)


def _laps(session: str, day: dt.date, splits: pl.DataFrame | None, column: str) -> Iterator[Recording]:
    if splits is None:
        return
    rows = _numbers(splits, "duration_s", "moving_s", "distance_m", "average_hr_bpm")
    rows = rows.with_columns(pl.col("split_kind").cast(pl.String)).unique("split_id").sort("split_no", "split_id")
    for kind in ("lap", "interval"):  # never both: intervals lie inside laps
        own = rows.filter(pl.col("split_kind") == kind, pl.col("duration_s").is_between(0, 86_400, closed="right"))
        speed = pl.col("distance_m") / pl.coalesce(pl.when(pl.col("moving_s") > 0).then("moving_s"), "duration_s")
        value = speed if column == SPEED else pl.col("average_hr_bpm")
        values = own.select(value.alias("value"))["value"].to_numpy()
        minutes, used = own["duration_s"].to_numpy() / 60, _possible(values, column)
        if used.any():
            yield Recording(session, day, LAPS, minutes[used], values[used], float(minutes[~used].sum()))
            return


def _possible(values: Floats, column: str) -> NDArray[np.bool_]:
    low, high = _POSSIBLE[column]
    return np.asarray((values >= low) & (values <= high))


def _best(options: list[Recording], run_s: float | None) -> Recording | None:
    for option in options:
        whole = run_s / 60 if run_s else option.covered_min + option.open_min
        if option.covered_min >= MIN_COVERAGE * whole:
            return option
    return max(options, key=lambda option: option.covered_min, default=None)
