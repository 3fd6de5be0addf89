"""e1RM trends and block gains (B5), load-velocity e1RM (B6), critical speed (C10): coverage and false verdicts."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from calibration_rows import Row, covered, several, share

from analysis.simulate import draws, trend
from analysis.stats import critical_speed, smoother, velocity

SEED = 20261124
BLOCK = (8.0, 14.0)  # weeks of the block inside the sixteen
CASES = {
    # growth mean and SD per week, SD of weekly form, share of outliers; least coverage
    "as supposed": ((0.006, 0.004), draws.FORM_SD, draws.OUTLIER_SHARE, 0.92),
    "no growth": ((0.0, 0.0), draws.FORM_SD, draws.OUTLIER_SHARE, 0.91),
    "10 % outliers": ((0.006, 0.004), draws.FORM_SD, 0.10, 0.91),
    "for comparison: form twice as large": ((0.006, 0.004), 2 * draws.FORM_SD, draws.OUTLIER_SHARE, 0.0),
}


def trends(part: float) -> Iterator[Row]:
    """Level, slope and block gain of sixteen weeks with two sessions each (S2)."""
    for i, (name, (growth, form_sd, outliers, least)) in enumerate(CASES.items()):
        rng = np.random.default_rng([SEED, i])
        people = draws.lifters(rng, several(2000, part, 100), growth=growth, form_sd=form_sd, outlier_share=outliers)
        found = [_one(people, row) for row in range(len(people.growth_per_week))]
        kept = [f for f in found if f is not None]
        level, gain, p = (np.array([f[k] for f in kept], dtype=float) for k in range(3))
        yield covered(f"coverage of the level, {name}", level[:, 0], level[:, 1], level[:, 2], least)
        gains = gain[~np.isnan(gain[:, 0])]
        yield covered(f"coverage of the block gain, {name}", gains[:, 0], gains[:, 1], gains[:, 2], least)
        if growth == (0.0, 0.0):
            yield share(f"false growing, {name}", p > 0.95, 0, 0.05)


def _one(people: draws.Lifters, row: int) -> tuple[list[float], list[float], float] | None:
    """Interval and truth of the level and of the block gain, and P(growing), of one lifter."""
    done = ~np.isnan(people.t_weeks[row])
    t, kg = people.t_weeks[row][done], np.exp(people.log_e1rm[row][done])
    found = smoother.trend(t, kg, 0.035)
    if found.level_ci is None or found.p_growing is None:
        return None
    rate = people.growth_per_week[row]
    true = math.exp(math.log(100) + trend(rate, float(t[-1])))
    gain = smoother.block_gain(t, kg, 0.035, *BLOCK)
    told = (math.nan, math.nan) if gain.ci_pct is None else gain.ci_pct
    grown = 100 * math.expm1(trend(rate, BLOCK[1]) - trend(rate, BLOCK[0]))
    return [*found.level_ci, true], [*told, grown], found.p_growing


def bar_speed(part: float) -> Iterator[Row]:
    """e1RM from five loads, with the speed at 1RM uncertain and (for comparison) taken as exact (S5)."""
    n = several(4000, part, 500)
    rng = np.random.default_rng([SEED, 50])
    load = np.array([40.0, 55.0, 70.0, 80.0, 90.0])
    own_mvt, slope = rng.normal(0.24, 0.05, n), -0.0125
    true = 105.0
    v = own_mvt[:, None] + slope * (load - true) + rng.normal(0, 0.03, (n, load.size))
    found = velocity.profiles(np.broadcast_to(load, v.shape), v, 0.24, 0.05)
    told = found.status != "refused"
    half = (found.high_kg - found.e1rm_kg)[told] * (found.se_line_only_kg / found.se_kg)[told]
    yield covered("coverage, speed at 1RM uncertain", found.low_kg[told], found.high_kg[told], true)
    middle = found.e1rm_kg[told]
    yield covered("for comparison: coverage of the line alone", middle - half, middle + half, true, 0.0)


def running_speed(part: float) -> Iterator[Row]:
    """Critical speed from four trials of 1.2 to 5 km with a scatter of 15 m about the line."""
    n = several(4000, part, 500)
    rng = np.random.default_rng([SEED, 60])
    speed, reserve = rng.normal(4.5, 0.3, n), rng.normal(180.0, 20.0, n)
    time = np.array([180.0, 360.0, 540.0, 840.0])
    distance = reserve[:, None] + speed[:, None] * time + rng.normal(0, 15.0, (n, time.size))
    found = critical_speed.fits(distance, np.broadcast_to(time, distance.shape))
    told = found.status == "ok"
    low, high = found.cs_mps - found.half * found.se_cs, found.cs_mps + found.half * found.se_cs
    yield covered("coverage, 4 trials", low[told], high[told], speed[told])


STRENGTH = {"e1RM trend": trends, "load-velocity e1RM": bar_speed, "critical speed": running_speed}
