"""Decoupling of speed and heart rate (methods E5): the number, the steady runs of a block, what is left out."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.metrics import running_decoupling
from analysis.stats.decoupling import decoupling
from analysis.tables import SAMPLE_COLUMNS, Runs

START = dt.date(2026, 1, 5)
BLOCK: dict[str, Any] = {"start": START, "end": START + dt.timedelta(days=41)}


def runs(*told: dict[str, Any]) -> pl.DataFrame:
    types = {name: column.dtype for name, column in Runs.columns().items()}
    base = dict.fromkeys(types) | {"athlete": "Ada", "source": "fit", "source_row": 1, "distance_m": 12_000.0}
    return pl.DataFrame([base | {"timer_s": 4000.0} | row for row in told], schema=types)


def stream(session: str, drift: float, minutes: int = 65, wobble: float = 0.0, seed: int = 1) -> pl.DataFrame:
    """A run at 3.6 m/s whose heart rate is `drift` (a share) higher in the second half of what follows minute 10."""
    rng = np.random.default_rng(seed)
    t = np.arange(0, 60 * minutes + 1, 5.0)
    late = t >= 60 * (10 + (minutes - 10) / 2)
    speed = 3.6 * (1 + wobble * np.sin(t / 150)) + rng.normal(0, 0.02, t.size)
    told = {"t_s": t, "speed_m_s": speed, "heart_rate_bpm": 150 * np.where(late, 1 + drift, 1.0)}
    empty = {name: np.full(t.size, np.nan) for name in SAMPLE_COLUMNS if name not in told}
    return pl.DataFrame({"session_id": [session] * t.size, **empty, **told}).fill_nan(None)


def test_by_hand() -> None:
    # EF 3.6/150 = 0.024 and 3.5/160 = 0.021875: a loss of 8.854 %
    assert decoupling(3.6, 150, 3.5, 160, minutes=60, cv_speed=0.05).decoupling_pct == pytest.approx(8.8542, abs=1e-4)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [({"minutes": 39.9}, "TOO_SHORT"), ({"minutes": 0}, "TOO_SHORT"), ({"minutes": -1}, "BAD_INPUT"),
     ({"cv_speed": 0.081}, "NOT_STEADY"), ({"minutes": None}, "BAD_INPUT"),
     ({"cv_speed": float("nan")}, "BAD_INPUT"), ({"minutes": float("inf")}, "BAD_INPUT")],
)  # fmt: skip
def test_refusals(changed: dict[str, Any], reason: str) -> None:
    given: dict[str, Any] = {"minutes": 60, "cv_speed": 0.04} | changed
    assert decoupling(3.6, 148, 3.55, 155, **given).reason == reason
    for slow in (0, 5e-324, 1e-308):  # the ratio of the halves is no number
        assert decoupling(slow, 148, 3.55, 155, minutes=60, cv_speed=0.04).reason == "BAD_INPUT"


def test_a_steady_run_gives_its_drift_and_others_are_counted() -> None:
    told = runs(
        {"session_id": "a", "date": START}, {"session_id": "b", "date": START + dt.timedelta(days=7)},
        {"session_id": "c", "date": START + dt.timedelta(days=8)}, {"session_id": "d", "date": START},
        {"session_id": "e", "date": START, "ascent_m": 400.0},
    )  # fmt: skip
    samples = pl.concat([
        stream("a", 0.02), stream("b", 0.05, seed=2), stream("c", 0.05, minutes=45), stream("d", 0.05, wobble=0.4),
        stream("e", 0.02),
    ])  # fmt: skip
    found = running_decoupling.estimate(told, samples=samples, **BLOCK)
    assert found.value == pytest.approx(100 * (1 - 1 / 1.05), abs=0.3)
    assert found.n == 2
    assert found.value is not None
    assert (found.low or 0) < found.value < (found.high or 0)
    assert "1 run left out: with less than 50 minutes of both." in found.notes
    assert "1 run left out: not steady." in found.notes
    assert "1 run left out: too hilly." in found.notes
    shuffled = running_decoupling.estimate(
        told.reverse(), samples=samples.sample(fraction=1, shuffle=True, seed=3), **BLOCK
    )
    assert shuffled.value == pytest.approx(found.value, abs=1e-9)


def test_a_run_without_heart_rate_is_refused_by_name() -> None:
    told = runs({"session_id": "a", "date": START})
    assert running_decoupling.estimate(told, **BLOCK).reason == "NO_DATA"
    silent = stream("a", 0.02).with_columns(heart_rate_bpm=pl.lit(None, pl.Float64))
    assert running_decoupling.estimate(told, samples=silent, **BLOCK).reason == "NO_DATA"
    short = running_decoupling.estimate(told, samples=stream("a", 0.02, minutes=30), **BLOCK)
    assert short.reason == "TOO_SHORT"


def test_the_interval_of_one_run_covers_its_true_drift() -> None:
    """Runs of one athlete that differ by the convention's 2.5 points: the interval of the last one covers the truth."""
    rng = np.random.default_rng(7)
    inside = 0
    for _ in range(400):
        seen = 4.0 + rng.normal(0, 2.5, 4)
        half = running_decoupling._half_width(seen)
        inside += abs(seen[-1] - 4.0) <= half
    assert inside / 400 >= 0.93
