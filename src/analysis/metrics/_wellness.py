"""Answers and morning measurements of one athlete by day, and how the days of a domain are shown (methods F2 to F4).

Values of different instruments and scales are never mixed: of several series of an item the one with the most days
counts, the others are named. Of several values of one day the mean counts, as no one of them is the right one and the
time of an answer is often not known; a metric that needs another rule says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis import charts
from analysis.metrics._loads import one_athlete

Days = NDArray[np.float64]

SERIES: Final = ("instrument", "scale_min", "scale_max", "direction")
WORSE, NEUTRAL = "higher_worse", "neutral"
WIDEST_SCALE: Final = (-100.0, 100.0)  # a range beyond is another unit


@dataclass(frozen=True)
class Series:
    """One item as asked by one instrument on one scale: a value per day, NaN where there is none.

    `repeated` counts the days with more than one value, `others` names the series of the same item that were left out.
    """

    item: str
    instrument: str
    scale_min: float | None
    scale_max: float | None
    direction: str
    values: Days
    repeated: int
    others: tuple[str, ...] = ()

    @property
    def answered(self) -> int:
        """Days with a value."""
        return int((~np.isnan(self.values)).sum())

    @property
    def judged_scale(self) -> bool:
        """Whether range and direction are told, so that better and worse can be said."""
        low, high = self.scale_min, self.scale_max
        return low is not None and high is not None and low < high and self.direction not in ("", NEUTRAL)

    @property
    def better(self) -> Days:
        """The values with higher = better."""
        return -self.values if self.direction == WORSE else self.values

    @property
    def notes(self) -> list[str]:
        """What was done with repeated values and other series, in words."""
        name = self.item.replace("_", " ")
        said = [(bool(self.others), f"{name}: from {self.instrument}; not mixed with {', '.join(self.others)}.")]
        said.append((self.repeated > 0, f"{name}: days with several values, taken as one: {self.repeated}."))
        return [text for true, text in said if true]


def values_of(wellness: pl.DataFrame, who: str, items: Iterable[str], limits: tuple[float, float]) -> pl.DataFrame:
    """The possible values of these items of one athlete, every row once.

    Left out: values that are not finite, outside `limits` or outside their own scale, a scale beyond -100 to 100.
    Raises ValueError for several athletes without `who`.
    """
    rows = one_athlete(wellness, who, "wellness_id").with_columns(
        *(pl.col(c).cast(pl.String).fill_null("") for c in ("item", "instrument", "direction")),
        *(pl.col(c).cast(pl.Float64) for c in ("value", "scale_min", "scale_max")),
        pl.col("date").cast(pl.Date),
    )
    value, low, high = (pl.col(c) for c in ("value", "scale_min", "scale_max"))
    inside = value.is_finite() & value.is_between(*limits)
    inside &= low.is_null() | (low.is_between(*WIDEST_SCALE) & (value >= low))
    inside &= high.is_null() | (high.is_between(*WIDEST_SCALE) & (value <= high))
    return rows.filter(inside.fill_null(value=False), pl.col("item").is_in(list(items)), pl.col("date").is_not_null())


def series_of(
    values: pl.DataFrame, item: str, first: dt.date, end: dt.date, *, log: bool = False, longest: bool = False
) -> Series | None:
    """The series of an item with the most days from `first` to `end`; None where it has none.

    A day's value is the mean of its values (of their logs with `log`), or the largest (`longest`).
    """
    dates = calendar(first, end)
    rows = values.filter(pl.col("item") == item, pl.col("date").is_between(first, end))
    if rows.is_empty():
        return None
    value = pl.col("value").log() if log else pl.col("value")
    # sorted: a mean of floats depends on their order in the last digit
    day = rows.sort("value").group_by(*SERIES, "date").agg(
        (value.max() if longest else value.mean()).alias("value"), (pl.len() > 1).alias("repeated")
    )  # fmt: skip
    sizes = day.group_by(*SERIES).agg(pl.len().alias("n"), pl.col("repeated").sum(), pl.col("date").max().alias("last"))
    ranked = sizes.sort("n", "last", *SERIES, descending=[True, True, *[False] * 4], nulls_last=True)
    chosen = ranked.row(0, named=True)
    own = day.filter(pl.all_horizontal(pl.col(c).eq_missing(pl.lit(chosen[c])) for c in SERIES))
    days = dates.join(own.select("date", "value"), on="date", how="left", maintain_order="left")
    others = tuple(_called(row) for row in ranked.iter_rows(named=True))[1:]
    told = {name: chosen[name] for name in SERIES}
    return Series(item, **told, values=days["value"].to_numpy(), repeated=int(chosen["repeated"]), others=others)


def calendar(start: dt.date, end: dt.date) -> pl.DataFrame:
    """Every day from `start` to `end`: column `date`. Raises ValueError where end < start."""
    if end < start:
        raise ValueError(f"a block cannot end ({end}) before it starts ({start})")
    return pl.DataFrame({"date": pl.date_range(start, end, eager=True)})


def domain_days(start: dt.date, end: dt.date, domain: str, down: Any, known: Any, **columns: Any) -> pl.DataFrame:
    """One row per day: `date, domain, down` (null where not known) and further numbers, NaN as null.

    This is what a fatigue domain hands to the rules of several domains.
    """
    flags = [bool(flag) if told else None for flag, told in zip(down, known, strict=True)]
    more = [pl.Series(name, values, nan_to_null=True) for name, values in columns.items()]
    days = calendar(start, end)
    return days.with_columns(pl.lit(domain).alias("domain"), pl.Series("down", flags, dtype=pl.Boolean), *more)


def unknown_days(start: dt.date, end: dt.date, domain: str) -> pl.DataFrame:
    """The days of a domain of which nothing is known."""
    nothing = [False] * ((end - start).days + 1)
    return domain_days(start, end, domain, nothing, nothing)


def flag_marks(days: pl.DataFrame, y: str, *, x_title: str, y_title: str) -> list[Any]:
    """Chart layers: a hollow circle for a day that is not down, a filled triangle for one that is."""
    axes = {"x_title": x_title, "y_title": y_title}
    fine, low = days.filter(pl.col(y).is_not_null(), ~pl.col("down")), days.filter(pl.col(y).is_not_null(), "down")
    look: dict[str, Any] = {"shape": "triangle-down", "colour": charts.VERMILION, "size": 90}
    layers = [charts.points(fine, "date", y, **axes, filled=False)] if fine.height else []
    return [*layers, *([charts.points(low, "date", y, **axes, **look)] if low.height else [])]


def _called(row: dict[str, Any]) -> str:
    low, high = row["scale_min"], row["scale_max"]
    return str(row["instrument"]) + ("" if low is None or high is None else f" ({low:g}-{high:g})")
