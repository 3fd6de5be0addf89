"""Partial pooling over a squad (D19), ranks in it (H5), two squads (H7) and true individual response (D20)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from calibration_rows import Row, covered, several, share

from analysis.stats.pooling import TAU_SCALE, pool
from analysis.stats.ranks import rank_interval
from analysis.stats.response import individual_response
from analysis.stats.squad_difference import squad_difference

SEED = 20261124
TE = 0.045


def squads(part: float) -> Iterator[Row]:
    """Shrunken estimates beside raw ones, at a fixed spread between athletes and averaged over its prior (S3)."""
    n = several(2000, part, 100)
    for athletes, tests in ((6, 3), (12, 3), (12, 5), (20, 5)):
        s = TE / np.sqrt(np.sum((np.arange(tests) - (tests - 1) / 2) ** 2))
        for name, tau in (("spread 0.015", 0.015), ("spread from its prior", None)):
            rng = np.random.default_rng([SEED, athletes, tests, tau is None])
            spread = np.full((n, 1), tau) if tau is not None else np.abs(rng.normal(0, TAU_SCALE, (n, 1)))
            theta = 0.02 + spread * rng.normal(0, 1, (n, athletes))
            raw = theta + rng.normal(0, s, theta.shape)
            found = pool(raw, np.full(theta.shape, s))
            where = f"{athletes} athletes x {tests} tests, {name}"
            bounds = (0.92, 1.0) if tau is not None else (0.935, 0.965)
            row = covered(f"coverage, {where}", found.low, found.high, theta)
            # athletes of a squad share its mean and spread: the squad is the unit of the Monte-Carlo error
            hit = ((found.low <= theta) & (theta <= found.high)).mean(axis=1)
            yield Row(row.what, row.rate, n, *bounds, se=float(hit.std(ddof=1) / np.sqrt(n)))
            ratio = np.sqrt(((found.theta - theta) ** 2).mean() / ((raw - theta) ** 2).mean())
            yield Row(f"error of shrunken / raw, {where}", float(ratio), n, 0.0, 1.0, se=0.0)


def ranks(part: float) -> Iterator[Row]:
    """Rank intervals (90 %), the chance to be the best, and the error of shrunken values at any true spread (S13)."""
    n = several(1500, part, 100)
    for athletes, reliability in ((6, 0.7), (12, 0.7), (12, 0.4), (20, 0.7)):
        rng = np.random.default_rng([SEED, 13, athletes, int(10 * reliability)])
        theta, s = 0.02 * rng.normal(size=(n, athletes)), 0.02 * np.sqrt(1 / reliability - 1)
        pooled = pool(theta + s * rng.normal(size=theta.shape), np.full(theta.shape, s))
        found = rank_interval(pooled.theta, pooled.sd**2, draws=2000)
        true = 1 + (theta[:, None, :] > theta[:, :, None]).sum(axis=-1)
        hit = ((found.low <= true) & (true <= found.high)).mean(axis=1)
        where = f"{athletes} athletes, reliability {reliability:g}"
        yield Row(f"rank coverage, {where}", float(hit.mean()), n, 0.90, 1.0, se=float(hit.std(ddof=1) / np.sqrt(n)))
        best = pooled.theta.argmax(axis=1) == theta.argmax(axis=1)
        # too modest rather than too bold: what the athletes share (the doubt of the mean) is drawn for each alone
        claimed = found.p_first.max(axis=1) - best
        error = float(claimed.std(ddof=1) / np.sqrt(n))
        yield Row(f"claimed less true chance to be best, {where}", float(claimed.mean()), n, -0.08, 0.04, se=error)
    for true_spread in (0.0, 0.03, 0.06):
        rng = np.random.default_rng([SEED, 14, int(100 * true_spread)])
        theta = true_spread * rng.normal(size=(n, 8))
        raw = theta + 0.02 * rng.normal(size=theta.shape)
        ratio = np.sqrt(((pool(raw, np.full(raw.shape, 0.02)).theta - theta) ** 2).mean() / ((raw - theta) ** 2).mean())
        yield Row(f"error of shrunken / raw, 8 athletes, spread {true_spread:g}", float(ratio), n, 0.0, 1.0, se=0.0)


def two_squads(part: float) -> Iterator[Row]:
    """Difference of two squads with unequal spread and size (H7)."""
    n = several(4000, part, 200)
    for sizes, spreads in (((6, 6), (0.03, 0.03)), ((6, 15), (0.06, 0.02))):
        rng = np.random.default_rng([SEED, 15, *sizes])
        a, b = (rng.normal(0.02, spread, (n, size)) for size, spread in zip(sizes, spreads, strict=True))
        found = [squad_difference(*both) for both in zip(a, b, strict=True)]
        low, high = (np.array([getattr(f, name) for f in found]) for name in ("low", "high"))
        yield covered(f"coverage, {sizes[0]} and {sizes[1]} athletes", low, high, 0.0)


def responses(part: float) -> Iterator[Row]:
    """SD of the true individual response, 20 athletes per group (S10)."""
    n = several(2000, part, 200)
    for true in (0.0, 0.04):
        rng = np.random.default_rng([SEED, 7, int(100 * true)])
        trained = rng.normal(0.03, np.hypot(true, TE * np.sqrt(2)), (n, 20))
        control = rng.normal(0.0, TE * np.sqrt(2), (n, 20))
        found = [individual_response(a, b) for a, b in zip(trained, control, strict=True)]
        low, high = (np.array([getattr(f, name) for f in found]) for name in ("low", "high"))
        yield covered(f"coverage, true spread {true:.0%}", low, high, true)
        if not true:
            yield share("a spread above zero where there is none", low > 0, 0, 0.055)


SQUADS = {"squad": squads, "ranks": ranks, "two squads": two_squads, "individual response": responses}
