"""On how many days did the athlete feel clearly worse than she usually does? (methods F2).

What: days of the block on which the median of her answers (soreness, fatigue, stress, mood, sleep quality) was down
  (days), beside the number of days that the same rule flags in an athlete who does not change.
Formula: per item z = (x - median) / max(1.4826 MAD, floor) over the 28 days before, today excluded; down where the
  median z of two or more items is -1.5 or lower. Floor 0.5 for scales of up to 7 points, 1.0 for 0-10.
Source: Saw 2016, Br J Sports Med 50:281-291 (self-report follows load well); the limits are a convention.
Limits: an item needs 14 answers in the 28 days before, a day two items; a scale without range or direction is not
  judged, and different instruments are never mixed. The expected number puts her own days in random order: what one
  day shares with the next is lost. Of several answers of a day the mean counts.
Trap: her 3 is not another one's 3: compare her with herself only. On a scale of whole steps one bad day is nothing;
  hold the number of flagged days against the number to be expected.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import polars as pl

from analysis import charts
from analysis.estimate import Estimate, params, refuse
from analysis.frames import pandas_door
from analysis.metrics._marks import layered
from analysis.metrics._wellness import Series, domain_days, flag_marks, series_of, unknown_days, values_of
from analysis.stats.wellness import (
    BASELINE_DAYS,
    DOWN_AT,
    MIN_BASELINE,
    MIN_ITEMS,
    SIMULATED,
    FalseFlags,
    daily_z,
    domain_score,
    down,
    false_flags,
    floor_of,
)

WHAT: Final = "Days with wellness down"
DOMAIN: Final = "subjective"
METHOD: Final = (
    "Robust z of every item against the 28 days before (today excluded); down where the median of two or more items is"
    " -1.5 or lower (methods F2)."
)
ITEMS: Final = ("soreness", "fatigue", "stress", "mood", "sleep_quality")
EXPECTED: Final = "expected in an unchanged athlete"
BEFORE: Final = 2 * BASELINE_DAYS
MIN_OWN_DAYS: Final = 28
_ANSWERS: Final = (-100.0, 100.0)


@pandas_door
def estimate(
    wellness: pl.DataFrame, *, who: str = "", start: dt.date, end: dt.date, items: Sequence[str] = ITEMS, seed: int = 1
) -> Estimate:
    """Days from `start` to `end` with the subjective domain down; points are the days with their score and item z.

    Parts: "expected in an unchanged athlete" (simulated with `seed` from her own days of the 8 weeks before, or of all
    known days where these are fewer than 28) and the last z of every item. Refused: NO_DATA, SCALE_UNKNOWN,
    TOO_FEW_ITEMS, BASELINE_TOO_SHORT.

    >>> from analysis.tables import Wellness
    >>> estimate(Wellness.create_empty(), start=dt.date(2026, 1, 5), end=dt.date(2026, 2, 15)).reason
    'NO_DATA'
    """
    used = {"start": start, "end": end, "items": tuple(items), "seed": seed, "simulations": SIMULATED}
    used |= {"baseline_days": BASELINE_DAYS, "min_baseline": MIN_BASELINE, "down_at": DOWN_AT, "min_items": MIN_ITEMS}
    known: dict[str, Any] = {"who": who, "method": METHOD, "unit": "days", "level": None}
    first = start - dt.timedelta(days=BEFORE)
    values = values_of(wellness, who, items, _ANSWERS)
    found = [s for item in items if (s := series_of(values, item, first, end)) is not None]
    scaled = [s for s in found if s.judged_scale]
    floors = [floor_of(s.scale_min or 0.0, s.scale_max or 0.0) for s in scaled]
    used |= {f"floor_{s.item}": floor for s, floor in zip(scaled, floors, strict=True)}
    known |= {"notes": tuple(_notes(found)), "params": params(used)}
    nothing = {"points": unknown_days(start, end, DOMAIN), "n": sum(s.answered for s in found)}
    if len(scaled) < MIN_ITEMS:
        reason = "NO_DATA" if not found else "SCALE_UNKNOWN" if len(found) >= MIN_ITEMS else "TOO_FEW_ITEMS"
        return refuse(WHAT, reason, **known, **nothing)
    answers = np.array([s.better for s in scaled])
    z = daily_z(answers, floors)
    score = domain_score(z)[BEFORE:]
    if np.isnan(score).all():
        return refuse(WHAT, "BASELINE_TOO_SHORT", **known, **nothing)
    flags, judged = down(score), ~np.isnan(score)
    columns = {f"z_{s.item}": row[BEFORE:] for s, row in zip(scaled, z, strict=True)}
    points = domain_days(start, end, DOMAIN, flags, judged, score=score, **columns)
    expected, told = _expected(answers, floors, seed)
    known["notes"] = (*_held_against(int(flags.sum()), int(judged.sum()), expected), *told, *known["notes"])
    known["params"] = params(used | {"simulated_from": "8 weeks before" if told == () else "all known days"})
    parts = (_expected_part(expected), *(_last(s, row[BEFORE:]) for s, row in zip(scaled, z, strict=True)))
    value, n = float(flags.sum()), int(judged.sum())
    return Estimate(WHAT, value=value, n=n, parts=parts, points=points, draw=_draw, **known)


def _expected(answers: Any, floors: Sequence[float], seed: int) -> tuple[FalseFlags | None, tuple[str, ...]]:
    """From her days before the block where there are enough of them: a hard block must not count as her usual self."""
    enough = int(((~np.isnan(answers[:, :BEFORE])).sum(axis=0) >= MIN_ITEMS).sum()) >= MIN_OWN_DAYS
    source = slice(0, BEFORE) if enough else slice(None)
    told = "The expected number rests on all known days, the block's included: fewer than 28 lie in the 8 weeks before."
    expected = false_flags(answers, np.array(floors), slice(BEFORE, None), source, seed=seed)
    return expected, () if enough else (told,)


def _held_against(flagged: int, judged: int, expected: FalseFlags | None) -> tuple[str, ...]:
    if expected is None:
        return ()
    usual = f"{expected.mean:.1f} ({expected.low:.0f} to {expected.high:.0f})"
    return (f"Flagged on {flagged} of {judged} days; an athlete who does not change is on about {usual} of them.",)


def _expected_part(expected: FalseFlags | None) -> Estimate:
    if expected is None:
        return refuse(EXPECTED, "TOO_FEW_DAYS", unit="days")
    return Estimate(EXPECTED, "", expected.mean, expected.low, expected.high, unit="days", n=round(expected.judged))


def _last(series: Series, z: Any) -> Estimate:
    name, told = f"{series.item.replace('_', ' ')}: last z", z[~np.isnan(z)]
    known: dict[str, Any] = {"level": None, "n": series.answered}
    return Estimate(name, value=float(told[-1]), **known) if told.size else refuse(name, "BASELINE_TOO_SHORT", **known)


def _notes(found: Sequence[Series]) -> list[str]:
    unscaled = [s.item.replace("_", " ") for s in found if not s.judged_scale]
    told = [f"Not judged, as the range or the direction of the answers is not told: {', '.join(unscaled)}."]
    return [*(told if unscaled else []), *(note for s in found for note in s.notes)]


def _draw(result: Estimate) -> Any:
    days = pl.DataFrame() if result.points is None else result.points
    if "score" not in days.columns:
        return None
    axes = {"x_title": "Day (triangle: down)", "y_title": "Median z of the items"}
    usual = days.with_columns(pl.lit(DOWN_AT).alias("low"), pl.lit(-DOWN_AT).alias("high"))
    layers = [charts.band(usual, "date", "low", "high", **axes), charts.level_line(DOWN_AT)]
    return layered([*layers, *flag_marks(days, "score", **axes)])
