"""Simulated runs: races of many athletes with known kick and transfer, and one runner's weeks (methods I1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.simulate import BLOCK_WEEKS, START

Floats = NDArray[np.float64]

LAPS_M: Final = (200.0, *[400.0] * 12)  # 5000 m on a track
KICK_LAPS: Final = 1
REFERENCE: Final = slice(2, 12)  # the laps that lie wholly between 10 % of the race and the kick (methods E1)
KICK_SD: Final = 0.03
KICK_PER_EFFORT: Final = 0.5
LAP_SD: Final = 0.012
FAST_START: Final = 0.03
TRANSFER_SD: Final = 0.01
TRANSFER_MEAN: Final = 0.005
MISSED_RUN: Final = 0.08
WEEK_FACTORS: Final = (1.0, 1.05, 1.1, 1.15, 1.1, 0.6)
HR_REST_BPM: Final = 50.0

# kind of run: distance (m), share of the 5000-m speed, share of the heart-rate reserve, rating, hour of the start
KINDS: Final = {
    "easy": (8_000.0, 0.74, 0.66, 3, 7),
    "quality": (9_000.0, 0.86, 0.79, 7, 7),
    "long": (14_000.0, 0.72, 0.69, 5, 9),
}


@dataclass(frozen=True)
class Races:
    """Races of 5000 m: lap times (n x races x 13) with the truth behind their last 400 m.

    `kick_log` is ln of the kick's speed over the median speed of the reference laps, `effort` the race's speed as a
    share of the best that the athlete could have run on the day, `kappa` the athlete's own kick in a full effort.
    """

    times_s: Floats
    effort: Floats
    kick_log: Floats
    kappa: Floats


def races(
    rng: np.random.Generator,
    best_m_s: Floats,
    *,
    kappa: tuple[float, float] = (0.08, 0.03),
    effort: tuple[float, float] = (0.97, 1.0),
    lap_sd: float = LAP_SD,
) -> Races:
    """Races of athletes whose best speeds over 5000 m are `best_m_s` (n x races); `effort` is the range drawn from.

    >>> races(np.random.default_rng(1), np.full((2, 3), 4.6)).times_s.shape
    (2, 3, 13)
    """
    own = rng.normal(kappa[0], kappa[1], len(best_m_s))
    share = rng.uniform(effort[0], effort[1], best_m_s.shape)
    kick = own[:, None] + KICK_PER_EFFORT * (1 - share) + rng.normal(0, KICK_SD, best_m_s.shape)
    pace = np.exp(rng.normal(0, lap_sd, (*best_m_s.shape, len(LAPS_M))))
    pace[..., 0] *= 1 + FAST_START
    pace[..., -KICK_LAPS] = np.median(pace[..., REFERENCE], axis=-1) * np.exp(kick)
    times = np.array(LAPS_M) / pace
    times *= (sum(LAPS_M) / (best_m_s * share) / times.sum(axis=-1))[..., None]
    return Races(times, share, kick, own)


def running_gains(rng: np.random.Generator, strength_gain: Floats, beta: float) -> Floats:
    """Gains (ln) of a running score beside each true ln gain of strength: `beta` of it, and what running itself brings.

    >>> running_gains(np.random.default_rng(1), np.zeros((6, 3)), 0.25).shape
    (6, 3)
    """
    return beta * strength_gain + rng.normal(TRANSFER_MEAN, TRANSFER_SD, strength_gain.shape)


@dataclass(frozen=True)
class Run:
    """One run as a watch and its runner log it; `rating` on the scale from 1 to 10."""

    start: dt.datetime
    kind: str
    distance_m: float
    seconds: int
    average_hr_bpm: int
    max_hr_bpm: int
    steps_per_min: float
    ascent_m: float
    rating: int


def training_runs(
    rng: np.random.Generator,
    week: Sequence[str],
    weeks: int,
    *,
    speed_m_s: float,
    hr_max_bpm: float,
    races_on: Sequence[dt.date] = (),
) -> tuple[Run, ...]:
    """The runs of a runner with a fixed week (seven kinds from Monday, anything but `KINDS` is no run).

    Distances follow the block (its sixth week is easy), 8 % of the runs are missed, days of races have no other run.

    >>> len(training_runs(np.random.default_rng(1), ("easy",) * 7, 1, speed_m_s=4.5, hr_max_bpm=190))
    6
    """
    out = []
    for day in range(7 * weeks):
        date, kind = START + dt.timedelta(days=day), week[day % 7]
        if kind not in KINDS:
            continue
        run = _run(rng, date, kind, WEEK_FACTORS[day // 7 % BLOCK_WEEKS], speed_m_s, hr_max_bpm)
        if rng.random() >= MISSED_RUN and date not in races_on:
            out.append(run)
    return tuple(out)


def _run(rng: np.random.Generator, date: dt.date, kind: str, factor: float, speed: float, hr_max: float) -> Run:
    metres, share, reserve, rating, hour = KINDS[kind]
    distance = round(metres * factor * float(rng.lognormal(0, 0.10)), 1)
    pace = speed * share * float(rng.lognormal(0, 0.02))
    average = HR_REST_BPM + (hr_max - HR_REST_BPM) * reserve + float(rng.normal(0, 2.5))
    peak = min(hr_max, average + float(rng.uniform(8, 20)) + (15 if kind == "quality" else 0))
    return Run(
        dt.datetime.combine(date, dt.time(hour, int(rng.integers(0, 40)), int(rng.integers(0, 60)))),
        kind, distance, round(distance / pace), round(average), round(peak),
        round(2 * float(rng.normal(83 + 3 * (pace - 3.3), 1)), 1), round(distance / 1000 * float(rng.uniform(2, 9)), 1),
        int(np.clip(np.rint(rating + rng.normal(0, 0.8)), 1, 10)),
    )  # fmt: skip
