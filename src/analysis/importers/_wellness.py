"""From wide rows of a day's answers and measurements to the long table `wellness`.

Slugs that mean the same in every source (the unit ends the name): hrv_rmssd_ms, hrv_sdnn_ms, resting_hr_bpm, sleep_s,
sleep_quality, fatigue, soreness, stress, mood, desire, readiness, recovery_score_percent, body_mass_kg,
body_fat_percent, respiratory_rate_bpm, spo2_percent, skin_temperature_c, protein_g, carbohydrate_g, hydration, warm_up,
mobility, pain. Anything else a source asks gets its own slug.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from analysis.importers import _header
from analysis.importers._numbers import decimal_points, times
from analysis.importers._raw import Raw, refusals

NULLS: Final = ("", "-", "--", "na", "n/a", "nan", "null", "none")
"""What the exports write for "no answer", in lower case."""
BETTER, WORSE, NEUTRAL = "higher_better", "higher_worse", "neutral"
_EMPTY: Final = {
    **dict.fromkeys(("athlete", "date", "reported_local", "item", "value", "value_raw"), pl.String),
    **dict.fromkeys(("scale_min", "scale_max"), pl.Float64),
    **dict.fromkeys(("direction", "instrument", "notes", "source", "wellness_id"), pl.String), "source_row": pl.Int64,
}  # fmt: skip


@dataclass(frozen=True)
class Item:
    """A column of a file and the item that its values are; `factor` turns them into the unit that ends the slug.

    `raw` is the column with the text as it came, where the vendor has made a number of it. `instrument` names the
    questionnaire, the device or the app that asked; where it is not said, the column `instrument` of the rows does,
    else it is the vendor.
    """

    column: str
    item: str
    direction: str = NEUTRAL
    factor: float = 1.0
    scale_min: float | None = None
    scale_max: float | None = None
    instrument: str | None = None
    raw: str | None = None


@dataclass(frozen=True)
class Days:
    """The long table, the rows whose decimal marks cannot be read, and the rows that hold no value at all."""

    wellness: pl.DataFrame
    refused: pl.DataFrame
    ignored: pl.DataFrame


def long(rows: pl.DataFrame, items: Sequence[Item], vendor: str, nulls: Sequence[str] = NULLS) -> Days:
    """One row per row of the file and item that has a value; text throughout, for the tables to judge.

    Needs `athlete, date` (text), `source_row` and the columns of the items (text); takes `reported_local` and `notes`
    where they are there. Several values of one day and item all stay, numbered by the time of the report and by the
    order in the file where that does not decide.

    >>> rows = pl.DataFrame({"athlete": "anna", "date": "2026-03-02", "h": ["7,5", "-"], "source_row": [2, 3]})
    >>> days = long(rows, [Item("h", "sleep_s", "higher_better", 3600)], "diary")
    >>> days.wellness.select("wellness_id", "value", "value_raw").row(0)
    ('anna|diary|diary|2026-03-02|sleep_s|1', '27000.0', '7,5')
    >>> days.ignored.rows()
    [(3, 'holds no value')]
    """
    columns = list(dict.fromkeys(item.column for item in items))
    blank = [c for c in ("reported_local", "notes", "instrument") if c not in rows.columns]
    came = rows.with_columns(pl.lit(None, pl.String).alias(c) for c in blank)
    pointed, refused = decimal_points(came.select("source_row", *columns), columns)
    told = ("athlete", "date", "reported_local", "notes", "source_row")
    frames = [
        came.select(
            *told,
            pl.col(item.raw or item.column).str.strip_chars().alias("value_raw"),
            _value(pointed, item),
            *_of(item),
        )
        for item in items
    ]
    stacked = pl.concat(frames) if frames else pl.DataFrame(schema=_EMPTY)
    empty = pl.col("value_raw").is_null() | pl.col("value_raw").str.to_lowercase().is_in(nulls)
    stacked = stacked.filter(~empty).with_columns(pl.lit(vendor).alias("source"))
    stacked = stacked.with_columns(pl.col("instrument").fill_null(vendor))
    bare = rows.filter(~pl.col("source_row").is_in(stacked["source_row"].unique().implode()))
    return Days(numbered(stacked), refused, refusals(bare.with_columns(pl.lit("holds no value").alias("reason"))))


def finished(
    table: _header.Table,
    days: Days,
    *,
    variant: str,
    decisions: dict[str, str],
    refused: Iterable[pl.DataFrame] = (),
    ignored: Iterable[pl.DataFrame] = (),
    notices: tuple[str, ...] = (),
) -> Raw:
    """What a file of days gives: the long table, and each of its rows in one place."""
    bad = pl.concat([table.refused, *refused, days.refused]).unique("source_row", keep="first", maintain_order=True)
    passed = pl.concat([table.ignored, *ignored, days.ignored]).unique("source_row", keep="first", maintain_order=True)
    return Raw(
        primary=("wellness",),
        variant=variant,
        records=table.records,
        tables={"wellness": days.wellness},
        decisions=decisions,
        n_read=table.n_read,
        refused=bad,
        ignored=passed.filter(~pl.col("source_row").is_in(bad["source_row"].implode())),
        notices=notices,
    )


def numbered(wellness: pl.DataFrame) -> pl.DataFrame:
    """Add `wellness_id` to rows that have everything else: athlete|source|instrument|date|item|occurrence."""
    key = ("athlete", "source", "instrument", "date", "item")
    wellness = wellness.sort("reported_local", "source_row", nulls_last=True, maintain_order=True)
    nth = pl.int_range(1, pl.len() + 1).over(key).cast(pl.String)
    return wellness.with_columns(pl.concat_str(*key, nth, separator="|", ignore_nulls=True).alias("wellness_id")).sort(
        "source_row", maintain_order=True
    )


def _value(pointed: pl.DataFrame, item: Item) -> pl.Series:
    return pointed.select(times(item.column, pl.lit(item.factor)).str.strip_chars().alias("value"))["value"]


def _of(item: Item) -> list[pl.Expr]:
    scale = (pl.lit(getattr(item, end), pl.Float64).alias(end) for end in ("scale_min", "scale_max"))
    words = (pl.lit(word, pl.String).alias(name) for name, word in (("item", item.item), ("direction", item.direction)))
    asked = pl.col("instrument") if item.instrument is None else pl.lit(item.instrument).alias("instrument")
    return [*scale, *words, asked]
