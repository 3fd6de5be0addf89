"""Change of one athlete (D16) with typical errors of four origins, and several tests with Holm (D17)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from calibration_rows import Row, covered, several, share
from numpy.typing import NDArray

from analysis.metrics._priors import NU0
from analysis.stats.change import Change, judge
from analysis.stats.several import holm

TE, SWC, PRIOR_SD = 0.045, 0.03, 0.06
OWN_DF = 9  # ten athletes tested twice
SEED = 20261124
Floats = NDArray[np.float64]


def _verdicts(rng: np.random.Generator, n: int, true: float, te: Floats, df: float) -> tuple[Floats, Change]:
    """The changes of `n` athletes who truly changed by `true`, judged with the typical errors `te`."""
    d = true + rng.normal(0, TE * np.sqrt(2), n)
    return d, judge(d, te * np.sqrt(2), df=df, swc=SWC, prior_sd=PRIOR_SD)


def _own(rng: np.random.Generator, n: int) -> Floats:
    return np.asarray(TE * np.sqrt(rng.chisquare(OWN_DF, n) / OWN_DF))


def _pooled(rng: np.random.Generator, n: int, te0: float) -> Floats:
    own = _own(rng, n)
    return np.asarray(np.sqrt((NU0 * te0**2 + OWN_DF * own**2) / (NU0 + OWN_DF)))


ORIGINS: dict[str, tuple[Callable[[np.random.Generator, int], Floats], float, float, float]] = {
    # typical errors, their degrees of freedom, least coverage, most false verdicts
    "own error, 9 df": (_own, OWN_DF, 0.92, 0.055),
    "literature's error, right": (lambda _, n: np.full(n, TE), NU0, 0.92, 0.055),
    "literature's error, 1/3 too low": (lambda _, n: np.full(n, TE * 2 / 3), NU0, 0.89, 0.10),
    "pooled, literature right": (lambda r, n: _pooled(r, n, TE), NU0 + OWN_DF, 0.92, 0.055),
    "pooled, literature 1/3 too low": (lambda r, n: _pooled(r, n, TE * 2 / 3), NU0 + OWN_DF, 0.91, 0.10),
    "pooled, literature 1/3 too high": (lambda r, n: _pooled(r, n, TE * 4 / 3), NU0 + OWN_DF, 0.92, 0.055),
}


def verdicts(part: float) -> Iterator[Row]:
    """Coverage and false verdicts by the origin of the typical error (S1)."""
    n = several(20_000, part, 1000)
    for i, (name, (errors, df, least, most)) in enumerate(ORIGINS.items()):
        rng = np.random.default_rng([SEED, i])
        _, nothing = _verdicts(rng, n, 0.0, errors(rng, n), df)
        yield covered(f"coverage, {name}", nothing.low, nothing.high, 0.0, least)
        yield share(f"false improved at no change, {name}", np.char.startswith(nothing.word, "improved"), 0, most)
        _, edge = _verdicts(rng, n, SWC, errors(rng, n), df)
        yield share(f"false substantial at the SWC, {name}", edge.word == "improved_substantially", 0, most)
        yield share(f"false stable at the SWC, {name}", edge.word == "stable", 0, most)
    rng = np.random.default_rng([SEED, 99])
    small = rng.normal(SWC, 0.005, n)  # an error small enough for `stable` to be said at all
    told = judge(small, np.full(n, 0.005), df=NU0 + OWN_DF, swc=SWC, prior_sd=PRIOR_SD)
    yield share(
        "false stable at the SWC, error a sixth of it", np.isin(told.word, ["stable", "improved_trivially"]), 0, 0.055
    )


def families(part: float) -> Iterator[Row]:
    """At least one false "improved" among six tests without any change (S14)."""
    n = several(4000, part, 500)
    rng = np.random.default_rng([SEED, 200])
    p = rng.random((n, 6))
    adjusted = np.array([holm(row) for row in p])
    yield share("a false improved among 6 tests, Holm", (adjusted <= 0.05).any(axis=1), 0, 0.055)


CHANGE = {"change": verdicts, "several tests": families}
