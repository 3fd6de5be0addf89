"""Numbers of activity lists: the decimal mark of a whole file, and what the sensors of runs say."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import polars as pl

from analysis.importers._numbers import number
from analysis.tables import Runs

NULLS: Final = ("", "--", "-", "#error#", "nan", "null", "none", "n/a")
"""What the lists write where there is no value, in lower case."""
_COMMA_DECIMAL: Final = r"^-?\d+,(?:\d{1,2}|\d{4,})$|^-?\d{1,3}(?:\.\d{3})+,\d+$"
_POINT_DECIMAL: Final = r"^-?\d+\.(?:\d{1,2}|\d{4,})$|^-?\d{1,3}(?:,\d{3})+\.\d+$"
_COMMA_GROUPS: Final = r"^-?\d{1,3}(?:,\d{3})+(?:\.\d+)?$"
_POINT_GROUPS: Final = r"^-?\d{1,3}(?:\.\d{3})+(?:,\d+)?$"
_ONE_FOOT: Final = 130.0  # nobody runs with more steps of one foot a minute, nor with fewer of both
_FAR: Final = 1e9
_SENSED: Final = (
    "average_hr_bpm", "max_hr_bpm", "cadence_spm", "step_length_m", "ground_contact_s", "vertical_oscillation_m",
    "power_w", "max_speed_m_s", "temperature_c", "ascent_m", "descent_m",
)  # fmt: skip
_ZERO_IS_REAL: Final = ("temperature_c", "ascent_m", "descent_m")


def plain(frame: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """The frame with these columns as numbers in text: one mark decides for the whole file which mark is decimal.

    The apostrophe that guards a cell against spreadsheets and the spaces between thousands go. A number whose only mark
    stands before three digits stays as it is where nothing else in the file says what the mark means.

    >>> plain(pl.DataFrame({"a": ["5,81", "--"], "b": ["2.389", "'-16"]}), ["a", "b"]).rows()
    [('5.81', '2389'), (None, '-16')]
    """
    there = [column for column in columns if column in frame.columns]
    if not there:
        return frame
    cells = pl.col(*there)
    bare = cells.str.strip_chars().str.strip_prefix("'").str.replace_all(r"(\d)\s(\d)", "$1$2")
    frame = frame.with_columns(pl.when(~bare.str.to_lowercase().is_in(NULLS)).then(bare).name.keep())
    commas, points = (_seen(frame, columns, shape) for shape in (_COMMA_DECIMAL, _POINT_DECIMAL))
    if commas != points:
        groups, mark = (_POINT_GROUPS, ".") if commas else (_COMMA_GROUPS, ",")
        joined = pl.when(cells.str.contains(groups)).then(cells.str.replace_all(mark, "", literal=True))
        frame = frame.with_columns(joined.otherwise(cells).name.keep())
    if not commas:
        return frame
    decimal = cells.str.contains(_COMMA_DECIMAL if points else r"^-?\d+,\d+$")  # else each that is clear by itself
    pointed = pl.when(decimal).then(cells.str.replace(",", ".", literal=True))
    return frame.with_columns(pointed.otherwise(cells).name.keep())


def finite(value: Any) -> float | None:
    """A value of a JSON file as a number, None where it is none that a computer can hold.

    >>> finite(5), finite("5"), finite(True), finite(10**400)
    (5.0, None, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def sensed(rows: pl.DataFrame, *, both_feet: bool = False) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """What the sensors of runs say, as text: cadence in steps of both feet, nothing where a 0 says "not worn".

    Where the vendor does not always count both feet, a cadence that only one foot can have is doubled.

    A value that nobody can have is left out, and a notice says so: it is no reason to lose its run. Heights lost are
    positive, whatever the sign in the file.

    >>> rows, notices = sensed(pl.DataFrame({"cadence_spm": ["82.5", "165"], "average_hr_bpm": ["0", "900"]}))
    >>> rows.rows(), notices
    ([('165.0', None), ('165', None)], ('values that nobody can have are left out: average_hr_bpm (1)',))
    """
    there = [name for name in _SENSED if name in rows.columns]
    if "descent_m" in there:
        rows = rows.with_columns(pl.col("descent_m").str.strip_chars().str.strip_prefix("-"))
    if "cadence_spm" in there and not both_feet:
        one_foot = number("cadence_spm") < _ONE_FOOT
        doubled = pl.when(one_foot).then((number("cadence_spm") * 2).cast(pl.String))
        rows = rows.with_columns(doubled.otherwise(pl.col("cadence_spm")).alias("cadence_spm"))
    of_runs = pl.col("kind") == "run" if "kind" in rows.columns else pl.lit(True)
    left_out = {}
    for name in there:
        column = Runs.columns()[name]
        low, high = getattr(column, "min", None), getattr(column, "max", None)
        outside = (number(name) < (-_FAR if low is None else low)) | (number(name) > (_FAR if high is None else high))
        idle = (number(name) == 0) & pl.lit(name not in _ZERO_IS_REAL)
        left_out[name] = rows.filter(outside & ~idle & of_runs).height
        rows = rows.with_columns(pl.when(~(outside | idle).fill_null(value=False)).then(name).alias(name))
    words = ", ".join(f"{name} ({n})" for name, n in left_out.items() if n)
    return rows, (f"values that nobody can have are left out: {words}",) if words else ()


def _seen(frame: pl.DataFrame, columns: Sequence[str], shape: str) -> bool:
    return any(bool(frame[column].str.contains(shape).any()) for column in columns if column in frame.columns)
