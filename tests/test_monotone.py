"""More of the same data never widens an interval (acceptance table I2 of the handbook)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from analysis.stats import censored, critical_speed, smoother, velocity
from analysis.stats.asymmetry import asymmetry
from analysis.stats.change import change
from analysis.stats.pooling import pool
from analysis.stats.reliability import te_session
from analysis.stats.response import individual_response

WEEKS, KG = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0], [100.0, 102.0, 101.0, 103.0, 102.5, 104.0]


def repeated(values: Sequence[float], times: int) -> list[float]:
    return [value for value in values for _ in range(times)]


def _change(k: int) -> float:
    c = change(33.0, 35.6, te=te_session(0.045, 3 * k), df=24, swc=0.03, prior_sd=0.06)
    return float(c.high - c.low)


def _stance(k: int) -> float:
    held = censored.stance_time(repeated([31.0, 45.0, 38.4], k), 45).log_time
    return float(held.quantile(0.975) - held.quantile(0.025))


def _sides(k: int) -> float:
    found = asymmetry(repeated([18.2, 17.6, 18.9], k), repeated([16.1, 16.9, 16.4], k), sd_log=0.05)
    return float(found.high - found.low)


def _speed(k: int) -> float:
    found = critical_speed.fits([repeated([1200.0, 2400.0, 3600.0], k)], [repeated([222.0, 478.0, 738.0], k)])
    return float((found.half * found.se_cs)[0])


def _bar(k: int) -> float:
    load, v = ([repeated(values, k)] for values in ([40.0, 55, 70, 80, 90], [1.02, 0.83, 0.66, 0.52, 0.41]))
    found = velocity.profiles(load, v, 0.24)
    return float((found.high_kg - found.low_kg)[0])


def _trend(k: int) -> float:
    found = smoother.trend(repeated(WEEKS, k), repeated(KG, k))
    assert found.level_ci is not None
    return found.level_ci[1] - found.level_ci[0]


def _squad(k: int) -> float:
    found = pool([0.01, 0.05, 0.03, 0.0], np.full(4, 0.03 / np.sqrt(k)))
    return float((found.high - found.low)[0])


def _response(k: int) -> float:
    changes = repeated([0.06, 0.03, 0.08, 0.01, 0.05, 0.09, 0.02, 0.04], k)
    found = individual_response(changes, te=0.01, te_df=24)
    return found.high**2 - found.low * abs(found.low)


@pytest.mark.parametrize(
    "width", [_change, _stance, _sides, _speed, _bar, _trend, _squad, _response], ids=lambda f: f.__name__.strip("_")
)
def test_more_of_the_same_data_never_widens_an_interval(width: Callable[[int], float]) -> None:
    once, twice, often = width(1), width(2), width(6)
    assert 0 < often < twice < once
