"""The batched statistics beside a loop of the single call, in one run: `python benchmarks/stats.py`.

Robust trends of 1,000 e1RM series (20 to 60 sessions), stance changes of 1,000 athletes with capped trials, and partial
pooling of 200 squads of 12. The loops run over a part and are scaled up. Largest differences are printed beside.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from clock import cpu_s

from analysis.stats.censored import Spread, stance_change, stance_time
from analysis.stats.pooling import pool
from analysis.stats.smoother import trend, trend_many


def told(what: str, many: float, loop: float, apart: float) -> None:
    """Print one line of the table."""
    print(f"{what:38} {many:6.2f} s CPU   a loop {loop:6.2f} s   {loop / many:5.1f} x   apart by {apart:.0e}")


def bench_trends(rng: np.random.Generator, count: int = 1000, part: int = 200) -> None:
    """Robust trends of e1RM."""
    series = []
    for _ in range(count):
        n = int(rng.integers(20, 61))
        t = np.sort(rng.choice(np.arange(0, 26, 0.25), n, replace=False))
        series.append((t, 100 * np.exp(0.004 * t + 0.035 * rng.standard_t(4, n)), 0.035))
    many, found = cpu_s(lambda: trend_many(series))
    loop, alone = cpu_s(lambda: [trend(*one) for one in series[:part]])
    apart = max(abs(a.level_kg - b.level_kg) for a, b in zip(found, alone, strict=False))
    told(f"{count} e1RM trends", many, loop * count / part, apart)


def bench_stances(rng: np.random.Generator, count: int = 1000, part: int = 100, at_once: int = 50) -> None:
    """Changes of times that stop at 45 s, as probabilities; 50 athletes at once keep the grids small."""
    before, after = (np.minimum(np.exp(rng.normal(mean, 0.45, (count, 5))), 45.0) for mean in (3.0, 3.3))

    def gain(some: Any) -> Spread:
        return stance_change(stance_time(before[some], 45.0), stance_time(after[some], 45.0))

    def together() -> Any:
        return np.concatenate([gain(slice(i, i + at_once)).p_above(0.0) for i in range(0, count, at_once)])

    many, found = cpu_s(together)
    loop, alone = cpu_s(lambda: np.array([float(gain(i).p_above(0.0)) for i in range(part)]))
    told(f"{count} stance changes, capped", many, loop * count / part, float(np.abs(found[:part] - alone).max()))


def bench_squads(rng: np.random.Generator, count: int = 200, athletes: int = 12) -> None:
    """Partial pooling with exact intervals."""
    s = rng.uniform(0.01, 0.04, (count, athletes))
    y = rng.normal(0.02, 0.02, (count, athletes)) + s * rng.standard_normal((count, athletes))
    many, found = cpu_s(lambda: pool(y, s))
    loop, alone = cpu_s(lambda: np.array([pool(y[i], s[i]).low for i in range(count)]))
    told(f"{count} squads of {athletes} pooled", many, loop, float(np.abs(found.low - alone).max()))


if __name__ == "__main__":
    generator = np.random.default_rng(2026)
    bench_trends(generator)
    bench_stances(generator)
    bench_squads(generator)
