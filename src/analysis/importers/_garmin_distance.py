"""The unit of the distances in Garmin's list, which does not state it: what the numbers of the file themselves say."""

from __future__ import annotations

import csv
import io
from itertools import product
from typing import Final

import polars as pl

from analysis.importers._activity_numbers import plain
from analysis.importers._numbers import number
from analysis.importers._raw import RowText
from analysis.units import MI_M

STEPS: Final = "step length x cadence x time"
_SIZES: Final = {"km": 1000.0, "mi": MI_M}
_NEAR: Final = 0.15  # km and miles differ by 0.6
_NEARER: Final = 0.05  # where the columns are found by their numbers, not by their names
_AGREE: Final = 0.8
_FEWEST: Final = 5
_CADENCES: Final = (120.0, 220.0)
_STEP_LENGTHS: Final = (0.5, 2.2)


def unit_told_by(runs: pl.DataFrame, records: RowText, delimiter: str) -> tuple[str | None, str]:
    """The unit and what says so: the steps (the watch computes their length from the distance), or the pace's unit.

    Needs `way, stride, cadence_spm, timer_s, pace` of the runs, as text. Where the headers of step length and cadence
    are not known, the two columns of the file that give one of the units for nearly all runs are taken for them.
    """
    found = _agreed(number("stride") * number("cadence_spm"), runs, _NEAR, 1)
    if found:
        return found, STEPS
    told = runs["pace"].str.to_lowercase().str.extract(r"/\s*(km|mi)").drop_nulls().unique()
    if told.len() == 1:
        return str(told[0]), "pace"
    return _in_unknown_columns(runs, records, delimiter), f"{STEPS} in unnamed columns"


def _agreed(step_rate: pl.Expr, runs: pl.DataFrame, near: float, fewest: int) -> str | None:
    metres = step_rate * number("timer_s") / 60
    ratios = runs.select(r=metres / number("way")).filter(pl.col("r").is_finite(), pl.col("r") > 0)["r"]
    for symbol, size in _SIZES.items():
        close = int(((ratios / size - 1).abs() < near).sum())
        if close >= fewest and close >= _AGREE * ratios.len():
            return symbol
    return None


def _in_unknown_columns(runs: pl.DataFrame, records: RowText, delimiter: str) -> str | None:
    cells = _numbers(runs, records, delimiter)
    cadences = [name for name in cells.columns if _mostly(cells[name], *_CADENCES)]
    lengths = [name for name in cells.columns if _mostly(cells[name], *_STEP_LENGTHS)]
    both = pl.concat([runs.select("timer_s", "way"), cells], how="horizontal")
    found = {_agreed(pl.col(c) * pl.col(s), both, _NEARER, _FEWEST) for c, s in product(cadences, lengths)} - {None}
    return found.pop() if len(found) == 1 else None


def _numbers(runs: pl.DataFrame, records: RowText, delimiter: str) -> pl.DataFrame:
    """All cells of the runs as numbers, a column each."""
    texts = records.raw(runs["source_row"])
    rows = [next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), []) for text in texts]
    names = [f"column {no}" for no in range(min(map(len, rows), default=0))]
    columns = {name: pl.Series([row[no] for row in rows], dtype=pl.String) for no, name in enumerate(names)}
    return plain(pl.DataFrame(columns), names).select(pl.all().cast(pl.Float64, strict=False))


def _mostly(values: pl.Series, low: float, high: float) -> bool:
    told = values.drop_nulls()
    return told.len() >= _FEWEST and int(told.is_between(low, high).sum()) >= _AGREE * told.len()
