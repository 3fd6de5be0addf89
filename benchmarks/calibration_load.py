"""Deload detection (C17) on simulated weeks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from calibration_rows import Row, several, share

from analysis.simulate import draws
from analysis.stats.deload import label_weeks

SEED = 20261124
WEEKS, DELOAD_WEEK = 8, 5


def deloads(part: float) -> Iterator[Row]:
    """A planned cut is found, and no other week is called a deload (S11)."""
    n = several(1500, part, 100)
    for cut, cv, least in ((0.5, 0.10, 0.95), (0.4, 0.10, 0.90), (0.5, 0.20, 0.85)):
        rng = np.random.default_rng([SEED, int(100 * cut), int(100 * cv)])
        weeks = draws.weekly_sets(rng, n, WEEKS, cv=cv, cut=cut, deload_week=DELOAD_WEEK)
        labels = [label_weeks(row).labels for row in weeks]
        found = [row[DELOAD_WEEK - 1] == "deload" for row in labels]
        wrong = [label == "deload" for row in labels for i, label in enumerate(row) if i != DELOAD_WEEK - 1]
        yield share(f"a cut of {cut:.0%} is found, weeks vary by {cv:.0%}", found, least)
        yield share(f"another week called a deload, weeks vary by {cv:.0%}", wrong, 0, 0.01 if cv < 0.15 else 0.09)


LOAD = {"deload": deloads}
