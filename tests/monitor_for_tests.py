"""Frames of athletes who are monitored often: jumps, bar speeds, a repeated session, complaints; no test of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from analysis.stats.impulse_response import performance
from analysis.tables import Complaints, Reps
from frames_for_tests import DAY, sessions_frame
from trials_for_tests import session, trials

CMJ: dict[str, Any] = {"test": "cmj", "measure": "height_m", "device": "mat"}
WEEK = np.array([0, 300, 200, 400, 0, 500, 250.0])
PLAN = np.concatenate([WEEK * factor for factor in (1, 1.3, 1.6, 0.5)] * 4)
TEST_DAYS = np.arange(14, 112, 3)
TRUE: dict[str, Any] = {"tau1": 45, "tau2": 9}


def jumps(*heights: float, every: int = 3, **row: Any) -> pl.DataFrame:
    """Countermovement jumps of Ada, three equal trials every few days."""
    return trials(*(session(every * i, [h] * 3, **CMJ | row) for i, h in enumerate(heights)))


def jumps_often() -> pl.DataFrame:
    """Two weeks of jumps that end with a low one."""
    return jumps(0.331, 0.336, 0.328, 0.334, 0.309)


def bar(
    speeds: Mapping[int, float], load: float = 80.0, device: str = "Vitruve", reps: int = 2
) -> list[dict[str, Any]]:
    """Repetitions of squats on the given days, the first of each set the fastest."""
    ids = {"phase": "concentric", "measure": "mean_velocity_m_s", "exercise_raw": "Squat (Barbell)", "set_no": 1}
    return [
        ids | {"rep_id": f"{d}.{load}.{r}", "set_id": f"{d}.{load}", "session_id": f"s{d}", "rep_no": r,
               "load_kg": load, "value": v - 0.01 * (r - 1), "date": DAY + dt.timedelta(days=d), "device": device}
        for d, v in speeds.items() for r in range(1, reps + 1)
    ]  # fmt: skip


def rep_frame(*rows: list[dict[str, Any]]) -> pl.DataFrame:
    """The table `reps` of Ada."""
    types = {name: column.dtype for name, column in Reps.columns().items()}
    known = {"athlete": "Ada", "source": "test", "source_row": 1}
    full = [dict.fromkeys(types) | known | row for part in rows for row in part]
    return Reps.validate(pl.DataFrame(full, schema=types))


def bar_often() -> pl.DataFrame:
    """Five sessions of squats at 80 kg, three repetitions each, the last one slow."""
    return rep_frame(bar({0: 0.61, 3: 0.63, 6: 0.62, 9: 0.62, 12: 0.50}, reps=3))


def repeats(ratings: Mapping[int, float], **row: Any) -> list[dict[str, Any]]:
    """Sessions of one title, rated on the given days."""
    told = {"title": "Lower body A", "kind": "strength", "minutes": 50.0} | row
    return [told | {"day": day, "rpe": rpe} for day, rpe in ratings.items()]


def session_rows(*rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """The table `sessions` of Ada with titles and kinds."""
    flat = [row for part in rows for row in part]
    title, kind = (pl.Series(name, [row.get(name) for row in flat], dtype=pl.String) for name in ("title", "kind"))
    frame = sessions_frame(flat)
    return frame.with_columns(title, kind.cast(frame.schema["kind"]))


def repeated() -> pl.DataFrame:
    """Twelve repeats of one session, the last one rated two points harder."""
    return session_rows(repeats(dict(enumerate([5.0, 5, 6, 5, 4, 5, 6, 5, 5, 4, 5, 7]))))


def complaints(*rows: dict[str, Any], athlete: str = "Ada") -> pl.DataFrame:
    """The table `complaints`: niggles of the calf unless a row says otherwise."""
    types = {name: column.dtype for name, column in Complaints.columns().items()}
    base = {"athlete": athlete, "kind": "niggle", "body_part": "calf", "source": "test", "source_row": 1}
    told = [base | row | {"complaint_id": f"c{i}"} for i, row in enumerate(rows)]
    return Complaints.validate(pl.DataFrame([dict.fromkeys(types) | row for row in told], schema=types))


def complained() -> pl.DataFrame:
    """A calf that hurts for a week, and an illness."""
    calf = {"date": DAY + dt.timedelta(days=35), "severity": 3.0}
    return complaints(calf, {"date": DAY, "until": DAY, "kind": "illness", "severity": 8.0})


def loads() -> pl.DataFrame:
    """Sixteen weeks of rated sessions with heavy and light weeks."""
    return sessions_frame({"day": d, "minutes": w / 5, "rpe": 5.0} for d, w in enumerate(PLAN) if w)


def log_heights(noise_pct: float, seed: int = 1, *, k1: float = 0.002, k2: float = 0.008) -> Any:
    """100 ln of jump heights that follow the load with known gains, and noise."""
    curve = performance(PLAN, p0=100 * np.log(0.30), k1=k1, k2=k2, **TRUE)[TEST_DAYS]
    return curve + np.random.default_rng(seed).normal(0, noise_pct, TEST_DAYS.size)


def jumps_of_loads(noise_pct: float = 0.5, **truth: Any) -> pl.DataFrame:
    """The same as trials, one jump every third day."""
    heights = np.exp(log_heights(noise_pct, **truth) / 100)
    return trials(*(session(int(d), [float(h)], **CMJ) for d, h in zip(TEST_DAYS, heights, strict=True)))
