"""Fitness-fatigue model of training load and test scores, descriptive and usually refused (methods F1).

`p(t) = p0 + k1 g(t) - k2 h(t)`: `g` and `h` are one load remembered with two time constants. The handbook's convention
is `lag_one`, g(t) = sum over s < t of w(s) exp(-(t - s)/tau): today's load acts from tomorrow, because the test comes
before that day's training. `dorem`, GoldenCheetah and Runalyze count the load of the test's own day in full
(`same_day`); the two differ by that day's load only, but the time constants that are fitted do differ.

Where we differ from those tools on purpose: time constants are never searched freely. On the nine tests that ship with
`dorem` the least-squares optimum is degenerate (both time constants 27.4 d, gains without limit), and the optimiser's
answer is wherever it stopped. We search a grid, report every pair that fits about as well (`tau1_range`, `tau2_range`)
and call the model identifiable only if both ranges are short. Fewer than 15 tests are refused.

Banister et al. 1975 (Aust J Sports Med 7:57-61); Calvert et al. 1976 (IEEE Trans Syst Man Cybern 6:94-102); Busso 2003
(Med Sci Sports Exerc 35:1188-1195); Hellard et al. 2006 (J Sports Sci 24:509-520) on how badly it is conditioned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import fdtri, stdtrit

from analysis.stats._load_memory import Convention, blocks, designs, first_best, inverse, least_squares, rounding, state

__all__ = [
    "GRID",
    "Band",
    "Convention",
    "FixedFit",
    "Grid",
    "ImpulseResponse",
    "bootstrap",
    "fit",
    "fit_fixed",
    "performance",
    "state",
]

Floats = NDArray[np.float64]
Values = Sequence[float | None] | NDArray[np.floating | np.integer]

MIN_TESTS: Final = 15
MIN_DAYS: Final = 50  # from the first test to the last, both counted: Mondays and Thursdays of 8 weeks are 53
MIN_CONTRAST: Final = 1.25  # heaviest week over lightest week; our convention for "a heavy and a light phase"
IDENTIFIABLE_SHARE: Final = 0.60  # of the span of the grid
LEVEL: Final = 0.95
N_BOOT: Final = 500
SEED: Final = 1
_IMPOSSIBLE: Final = 1e9  # a load or score of this size is a mistake, and its square no number any more
_PARAMETERS: Final = 5  # p0, k1, k2 and the two time constants


@dataclass(frozen=True)
class Grid:
    """The time constants that are tried, in days; a pair needs `min_separation` days between the two."""

    tau1: tuple[float, ...] = tuple(range(20, 71, 5))
    tau2: tuple[float, ...] = tuple(range(3, 20, 2))
    min_separation: float = 5.0

    def pairs(self) -> Floats:
        """The pairs in the order of the grid, the slow time constant first; shape pairs x 2."""
        found = [
            (slow, fast)
            for slow in self.tau1
            for fast in self.tau2
            if 0 < fast <= slow - self.min_separation and slow < np.inf
        ]
        return np.asarray(found, dtype=np.float64).reshape(-1, 2)

    def is_narrow(self, accepted: Floats) -> bool:
        """Whether the accepted pairs span at most 60 % of the grid in both time constants."""
        return bool((np.ptp(accepted, axis=0) <= IDENTIFIABLE_SHARE * np.ptp(self.pairs(), axis=0)).all())


GRID: Final = Grid()


@dataclass(frozen=True)
class ImpulseResponse:
    """The best pair of time constants (days) with its gains, and the range of the pairs that fit about as well.

    `status` is `ok` only if the model is `identifiable`, else `caution`; with `refused` every number is None.
    """

    status: str
    reason: str | None = None
    tau1: float | None = None
    tau2: float | None = None
    p0: float | None = None
    k1: float | None = None
    k2: float | None = None
    rmse: float | None = None
    sse: float | None = None
    tau1_range: tuple[float, float] | None = None
    tau2_range: tuple[float, float] | None = None
    identifiable: bool | None = None
    n: int = 0


@dataclass(frozen=True)
class FixedFit:
    """Least squares with given time constants; `predicted` has one score for every day of the load."""

    p0: float
    k1: float
    k2: float
    sse: float
    rmse: float
    n: int
    predicted: Floats


@dataclass(frozen=True)
class Band:
    """Percentile intervals of a moving-block bootstrap; `low` and `high` of the score for every day of the load."""

    status: str
    reason: str | None = None
    tau1: tuple[float, float] | None = None
    tau2: tuple[float, float] | None = None
    k1: tuple[float, float] | None = None
    k2: tuple[float, float] | None = None
    low: Floats | None = None
    high: Floats | None = None
    level: float = LEVEL
    n_boot: int = 0
    block: int = 0


def performance(
    load: ArrayLike,
    *,
    p0: float,
    k1: float,
    k2: float,
    tau1: float,
    tau2: float,
    convention: Convention = "lag_one",
) -> Floats:
    """Score for every day of `load` from given gains and time constants (days), in the unit of `p0`.

    >>> performance([0.0, 50.0, 0.0], p0=500, k1=1, k2=2, tau1=45, tau2=15, convention="same_day").round(2).tolist()
    [500.0, 450.0, 455.35]
    """
    return np.asarray(p0 + k1 * state(load, tau1, convention) - k2 * state(load, tau2, convention))


def fit_fixed(
    load: ArrayLike,
    test_days: ArrayLike,
    scores: ArrayLike,
    *,
    tau1: float,
    tau2: float,
    convention: Convention = "lag_one",
) -> FixedFit:
    """Gains by ordinary least squares at given time constants: linear, hence exact; they may come out negative.

    `test_days` count from 0, the first day of `load`. NaN with fewer than 3 tests, a test outside the load's days, or
    an unknown load before the last test. The window of a GoldenCheetah fit loses its first day's load; ours does not.

    >>> w = [50.0, 0, 80, 0, 20, 90, 0, 60]
    >>> y = performance(w, p0=100, k1=0.1, k2=0.2, tau1=40, tau2=8)
    >>> round(fit_fixed(w, [1, 3, 5, 7], y[[1, 3, 5, 7]], tau1=40, tau2=8).k2, 6)
    0.2
    """
    days, y = np.asarray(test_days, dtype=np.int64), np.asarray(scores, dtype=np.float64)
    g, h = (state(load, tau, convention) for tau in (tau1, tau2))
    design = np.stack([np.ones_like(g), g, -h], axis=-1)
    inside = bool(((days >= 0) & (days < g.size)).all())
    if y.size < 3 or not inside or not np.isfinite(design[days]).all():
        return FixedFit(np.nan, np.nan, np.nan, np.nan, np.nan, y.size, np.full(g.shape, np.nan))
    coefficients = inverse(design[days][None])[0] @ y
    predicted = design @ coefficients
    sse = float(((y - predicted[days]) ** 2).sum())
    p0, k1, k2 = (float(c) for c in coefficients)
    return FixedFit(p0, k1, k2, sse, float(np.sqrt(sse / y.size)), y.size, predicted)


def fit(
    load: Values,
    test_days: Values,
    scores: Values,
    *,
    grid: Grid = GRID,
    convention: Convention = "lag_one",
    min_tests: int = MIN_TESTS,
    min_days: int = MIN_DAYS,
    level: float = LEVEL,
) -> ImpulseResponse:
    """Best pair of the grid, gains not below zero, and the profile set SSE <= SSE_min (1 + 2 F(2, n - 5)/(n - 5)).

    `load` has one number a day (arbitrary units), `test_days` count from 0, `scores` keep their unit; a test without a
    score is left out. Refused: TOO_FEW_TESTS (fewer than `min_tests`, less than `min_days` from first to last, or no
    week at least a quarter heavier than another), COVERAGE_TOO_LOW (a day without a known load before the last test),
    BAD_INPUT. A caution, NOT_IDENTIFIABLE, where one of the ranges is longer than 60 % of its grid (methods F1).

    >>> fit([50.0] * 120, [28, 56, 84, 112], [100, 101, 102, 103]).reason
    'TOO_FEW_TESTS'
    """
    pairs = grid.pairs()
    tests = _checked(load, test_days, scores, convention, max(min_tests, _PARAMETERS + 1), min_days)
    if isinstance(tests, str) or not len(pairs):
        return ImpulseResponse("refused", tests if isinstance(tests, str) else "BAD_INPUT")
    w, days, y = tests
    sse, gains = (found[:, 0] for found in least_squares(designs(w, pairs, convention)[:, days], y[:, None]))
    best, free = first_best(sse, y), y.size - _PARAMETERS
    if np.isinf(sse[best]):  # a moving mean longer than the days before the first test
        return ImpulseResponse("refused", "TOO_FEW_DAYS")
    accepted = pairs[sse <= sse[best] * (1 + 2 * fdtri(2, free, level) / free) + rounding(y)]
    narrow = grid.is_narrow(accepted)
    (tau1, tau2), (p0, k1, k2) = pairs[best].tolist(), gains[best].tolist()
    return ImpulseResponse(
        "ok" if narrow else "caution", None if narrow else "NOT_IDENTIFIABLE", tau1, tau2, p0, k1, k2,
        rmse=float(np.sqrt(sse[best] / y.size)), sse=float(sse[best]),
        tau1_range=_ends(accepted[:, 0]), tau2_range=_ends(accepted[:, 1]), identifiable=narrow, n=y.size,
    )  # fmt: skip


def bootstrap(
    load: Values,
    test_days: Values,
    scores: Values,
    *,
    grid: Grid = GRID,
    convention: Convention = "lag_one",
    n_boot: int = N_BOOT,
    block: int | None = None,
    level: float = LEVEL,
    seed: int = SEED,
) -> Band:
    """Bands by a moving-block bootstrap of the residuals, the whole grid refitted each time (methods F1).

    Blocks of `block` successive tests (default: fifth root of their number, which suits two-sided intervals: Hall,
    Horowitz & Jing 1995, Biometrika 82:561-574) keep neighbouring residuals together. Residuals are widened for the
    five fitted numbers and for the few blocks; in simulations with 17 to 41 tests the 95 % band then covers 91 to 93 %
    of the curve and 94 to 97 % of a two-week forecast. Loads that are known beyond the last test give that forecast, of
    the mean score, without the error of a test. Refusals as in `fit`. Kunsch 1989 (Ann Stat 17:1217-1241).

    >>> bootstrap([50.0] * 120, [28, 56, 84, 112], [100, 101, 102, 103]).reason
    'TOO_FEW_TESTS'
    """
    pairs = grid.pairs()
    tests = _checked(load, test_days, scores, convention, MIN_TESTS, MIN_DAYS)
    if isinstance(tests, str) or not len(pairs):
        return Band("refused", tests if isinstance(tests, str) else "BAD_INPUT")
    w, days, y = tests
    curves = designs(w, pairs, convention)
    sse, gains = (found[:, 0] for found in least_squares(curves[:, days], y[:, None]))
    best = first_best(sse, y)
    if np.isinf(sse[best]):
        return Band("refused", "TOO_FEW_DAYS")
    fitted = curves[best, days] @ gains[best]
    width = block or max(1, round(y.size ** (1 / 5)))
    residuals = (y - fitted) * _widening(y.size, width, level)
    sse, gains = least_squares(curves[:, days], fitted[:, None] + blocks(residuals, width, n_boot, seed))
    chosen = sse.argmin(axis=0)
    gains = gains[chosen, np.arange(n_boot)]
    ends = [(1 - level) / 2, (1 + level) / 2]
    low, high = np.quantile(np.einsum("bdc,bc->bd", curves[chosen], gains), ends, axis=0)
    intervals = np.quantile(np.column_stack([pairs[chosen], gains[:, 1:]]), ends, axis=0)
    tau1, tau2, k1, k2 = (_ends(v) for v in intervals.T)
    return Band("ok", None, tau1, tau2, k1, k2, low, high, level, n_boot, width)


def _checked(
    load: Values, test_days: Values, scores: Values, convention: Convention, min_tests: int, min_days: int
) -> tuple[Floats, NDArray[np.int64], Floats] | str:
    """Loads as far as they are known, days and scores of the tests in order of time; or the reason of a refusal."""
    w, when, y = (np.asarray(values, dtype=np.float64).ravel() for values in (load, test_days, scores))
    if when.size != y.size:
        return "BAD_INPUT"
    told = ~(np.isnan(when) | np.isnan(y))
    order = np.lexsort((y[told], when[told]))
    when, y = when[told][order], y[told][order]
    if y.size < min_tests:
        return "TOO_FEW_TESTS"
    if not (np.abs(y) < _IMPOSSIBLE).all() or not 0 <= when[0] <= when[-1] < np.inf or (when != np.floor(when)).any():
        return "BAD_INPUT"
    last = int(when[-1])
    reason = "TOO_FEW_TESTS" if last - when[0] + 1 < min_days else _why_not(w, last + (convention != "lag_one"))
    return reason or (_known(w, last), when.astype(np.int64), y)


def _widening(n: int, block: int, level: float) -> float:
    """Factor of residuals: sqrt(n/(n - 5)) and t instead of z for the fit, sqrt(n/(n - block)) for centred blocks."""
    free = n - _PARAMETERS
    student = stdtrit(free, 0.5 + level / 2) / stdtrit(np.inf, 0.5 + level / 2)
    return float(student * np.sqrt(n / free * n / max(n - block, 1)))


def _why_not(w: Floats, needed: int) -> str | None:
    """Why the first `needed` days of load cannot carry a fit; with `lag_one` the day of the last test needs no load."""
    w = w[:needed]
    if (w < 0).any() or (w >= _IMPOSSIBLE).any():
        return "BAD_INPUT"
    if w.size < needed or np.isnan(w).any():
        return "COVERAGE_TOO_LOW"
    weeks = w[: needed - needed % 7].reshape(-1, 7).sum(axis=1)
    flat = not weeks.size or weeks.max() <= 0 or weeks.max() < MIN_CONTRAST * weeks.min()
    return "TOO_FEW_TESTS" if flat else None


def _known(w: Floats, last: int) -> Floats:
    """Loads up to the first unknown one after day `last`, which itself counts as 0 where it is not told."""
    w = np.pad(w, (0, max(0, last + 1 - w.size)), constant_values=np.nan)
    w[last] = w[last] if 0 <= w[last] < _IMPOSSIBLE else 0.0
    return w[: int(np.cumprod((w >= 0) & (w < _IMPOSSIBLE)).sum())]


def _ends(values: Floats) -> tuple[float, float]:
    return float(values.min()), float(values.max())
