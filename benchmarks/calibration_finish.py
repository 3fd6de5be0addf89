"""The finishing kick and the decay of speed: coverage of their intervals, and false verdicts on two races."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from calibration_rows import Row, covered, several, share
from numpy.typing import NDArray

from analysis.stats.change import ALPHA, change
from analysis.stats.kick import kick_of_splits
from analysis.stats.speed_decay import decay

SEED = 20261124
LAPS_M = np.array([200.0, *[400.0] * 12])  # 5000 m on a track
CLOCK_S = 0.1
RACE_SD = 0.03
SWC = 0.015
DF = 6.0
Floats = NDArray[np.float64]


def kick(part: float) -> Iterator[Row]:
    """Coverage of a true kick: the pace of each lap varies, and each time is read off a clock (S16)."""
    n = several(4000, part)
    for lap_sd in (0.006, 0.012):
        rng = np.random.default_rng([SEED, int(1000 * lap_sd)])
        truth = rng.normal(0.08, 0.03, n)
        speed = 5.5 * np.exp(rng.normal(0, lap_sd, (n, LAPS_M.size)))
        speed[:, -1] = 5.5 * np.exp(truth)
        passed = np.cumsum(LAPS_M / speed, axis=1) + rng.normal(0, CLOCK_S, speed.shape)
        found = [kick_of_splits(LAPS_M, np.diff(row, prepend=0.0), 400.0, CLOCK_S) for row in passed]
        low, high = (np.array([getattr(one, end) for one in found]) for end in ("low_pct", "high_pct"))
        # the handbook's own rate is 0.935: the MAD of ten laps is a little too small
        yield covered(f"kick, 5000 m, laps vary by {100 * lap_sd:.1f} %", low, high, 100 * np.expm1(truth), 0.92)


def races(part: float) -> Iterator[Row]:
    """Verdicts on two races of like effort in which nothing changed; the spread of 3 % is that of the handbook."""
    n = several(4000, part)
    rng = np.random.default_rng([SEED, 2])
    logs = np.exp(rng.normal(0.08, RACE_SD, (2, n)))
    words = change(logs[0], logs[1], te=RACE_SD, df=DF, swc=SWC, prior_sd=RACE_SD).word
    yield share("false improved between two races, no change", np.char.startswith(words, "improved"), 0, ALPHA + 0.005)


def slowing(part: float) -> Iterator[Row]:
    """Coverage of a true decay from 10 laps that vary by 1.2 %."""
    n = several(2000, part)
    rng = np.random.default_rng([SEED, 3])
    shares = np.linspace(0.14, 0.86, 10)
    truth = rng.normal(-0.03, 0.03, n)
    speed = 5.5 * np.exp(truth[:, None] * shares + rng.normal(0, 0.012, (n, shares.size)))
    found = [decay(shares, row) for row in speed]
    low, high = (np.array([getattr(one, end) for one in found]) for end in ("low_pct", "high_pct"))
    yield covered("decay, 10 laps that vary by 1.2 %", low, high, 100 * np.expm1(truth))


FINISH = {"finishing kick": kick, "kick of two races": races, "decay of speed": slowing}
