"""Calibration of the gym-to-running slope: false transfer, dilution, coverage for true gains (methods E7, S9)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from calibration_rows import Row, several, share

from analysis.stats.transfer import Slope, corrected, within_slope

SEED = 20261124
TE = 0.025  # of one session of the gym score
TRUE_SD = 0.035  # of the true gains of a runner's blocks
SIZES = {(6, 3): 0.09, (10, 4): 0.07, (20, 6): 0.07}
"""Athletes and blocks with the largest share of intervals that may exclude a transfer of zero (methods I2)."""


def _drawn(rng: np.random.Generator, athletes: int, blocks: int, beta: float) -> Slope:
    true = rng.normal(0.03, TRUE_SD, (athletes, blocks))
    x = true + rng.normal(0, TE * np.sqrt(2), true.shape)
    y = beta * true + rng.normal(0.005, 0.01, true.shape)
    return within_slope(x.ravel(), y.ravel(), [a for a in range(athletes) for _ in range(blocks)])


def no_transfer(part: float) -> Iterator[Row]:
    """Without any transfer the interval seldom excludes zero."""
    for (athletes, blocks), most in SIZES.items():
        rng = np.random.default_rng([SEED, athletes])
        found = [_drawn(rng, athletes, blocks, 0.0) for _ in range(several(2000, part))]
        wrong = [one.low > 0 or one.high < 0 for one in found]
        yield share(f"interval excludes 0, {athletes} athletes x {blocks} blocks", wrong, 0.0, most)


def dilution(part: float) -> Iterator[Row]:
    """A true slope of 0.5 is halved by measurement error; the corrected slope comes back to it, a little low."""
    rng = np.random.default_rng([SEED, 5])
    found = [_drawn(rng, 20, 6, 0.5) for _ in range(several(1000, part))]
    right = [corrected(one.slope, one.se, one.var_x_within, TE) for one in found]
    raw = np.array([one.slope for one in found])
    usable = np.array([one.slope for one in right if one.status == "ok"])
    yield Row("observed slope, true 0.50", raw.mean(), raw.size, 0.22, 0.28, raw.std() / np.sqrt(raw.size))
    yield Row(
        "slope for true gains, true 0.50", usable.mean(), usable.size, 0.42, 0.54, usable.std() / np.sqrt(usable.size)
    )


TRANSFER: Mapping[str, Callable[[float], Iterator[Row]]] = {
    "transfer, none": no_transfer,
    "transfer, diluted": dilution,
}
