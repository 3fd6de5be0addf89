"""Hand-made and simulated wellness tables of Ada for the tests of the fatigue metrics."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.tables import Wellness
from frames_for_tests import DAY

BEFORE = 67  # days before the block: HRV looks back 7 + 60
END = DAY + dt.timedelta(days=41)
BLOCK: dict[str, Any] = {"start": DAY, "end": END}
MCLEAN: dict[str, Any] = {"scale_min": 1.0, "scale_max": 5.0, "direction": "higher_better", "instrument": "mclean"}
HOOPER: dict[str, Any] = {"scale_min": 1.0, "scale_max": 7.0, "direction": "higher_worse", "instrument": "hooper"}
DEVICE: dict[str, Any] = {"scale_min": None, "scale_max": None, "direction": "neutral", "instrument": "strap"}


def wellness_frame(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """A wellness table of Ada; `day` counts from Monday 2026-01-05 and may be negative."""
    types = {name: column.dtype for name, column in Wellness.columns().items()}
    full = []
    for i, row in enumerate(rows, 1):
        own = {"wellness_id": f"w{i:05}", "athlete": "Ada", "source": "test", "source_row": i}
        date = {"date": DAY + dt.timedelta(days=row["day"])}
        full.append(dict.fromkeys(types) | own | date | {k: v for k, v in row.items() if k in types})
    return pl.DataFrame(full, schema=types)


def daily(
    item: str, values: Sequence[float | None] | NDArray[np.float64], first: int, **told: Any
) -> list[dict[str, Any]]:
    """Rows of one item from day `first` on; None and NaN are days without a row."""
    known = [(first + i, v) for i, v in enumerate(values) if v is not None and not np.isnan(v)]
    return [{"day": day, "item": item, "value": float(value)} | told for day, value in known]


def answers(
    rng: np.random.Generator, shape: tuple[int, ...], *, low: int = 1, high: int = 7, sd: float = 0.9, phi: float = 0.0
) -> NDArray[np.float64]:
    """Whole answers around the middle of the scale, without any change; days along the last axis are AR(1)."""
    noise = rng.normal(0, 1, shape)
    for day in range(1, shape[-1]):
        noise[..., day] = phi * noise[..., day - 1] + np.sqrt(1 - phi**2) * noise[..., day]
    return np.clip(np.round((low + high) / 2 + sd * noise), low, high)


def usual(seed: int = 1) -> pl.DataFrame:
    """Ada's answers, variability, sleep and habits from 67 days before the block to its end: nothing changes."""
    rng, days = np.random.default_rng(seed), BEFORE + 42
    items = ("soreness", "fatigue", "stress", "mood")
    rows = [daily(n, row, -BEFORE, **HOOPER) for n, row in zip(items, answers(rng, (4, days)), strict=True)]
    rows.append(daily("hrv_rmssd_ms", np.exp(rng.normal(4.2, 0.08, days)), -BEFORE, **DEVICE))
    rows.append(daily("sleep_s", 3600 * rng.normal(7.6, 0.6, days), -BEFORE, **DEVICE))
    rows.append(daily("protein_g", rng.normal(110, 15, days), -BEFORE, **DEVICE | {"instrument": "diary"}))
    rows.append(daily("carbohydrate_g", rng.normal(300, 40, days), -BEFORE, **DEVICE | {"instrument": "diary"}))
    return wellness_frame(row for part in rows for row in part)
