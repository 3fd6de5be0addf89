"""Partial pooling over a squad (D19) and true individual response (D20)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from calibration_rows import Row, covered, several, share

from analysis.stats.pooling import TAU_SCALE, pool
from analysis.stats.response import individual_response

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


SQUADS = {"squad": squads, "individual response": responses}
