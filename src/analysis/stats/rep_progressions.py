"""Progressions over the steps of a block: how far from failure each set stays, by volume and step (data, not code).

After Jovanović (Strength Training Manual, 2020) and his package STMr. A progression states how far from failure the
last step of an intensive scheme is (the base), what a normal or extensive scheme adds to that, and what each earlier
step adds; some add more the more repetitions a set has. Step 0 is the last one, -1 the one before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

VOLUMES: Final = {"intensive": 0.0, "normal": 1.0, "extensive": 2.0}
"""How many volume increments a scheme of each kind is away from the base."""
TYPES: Final = {"grinding": 1.0, "ballistic": 2.0, "conservative": 3.0}
"""How many of the possible repetitions one planned repetition stands for (`effort_factor` of stats.rep_tables)."""
_REPS: Final = (1.0, 12.0)  # the repetitions that the two ends of an increment belong to


@dataclass(frozen=True)
class Progression:
    """Method of stats.rep_tables, its base, and the increments per step and per volume at 1 and at 12 repetitions."""

    method: str
    base: float
    step: tuple[float, float]
    volume: tuple[float, float]


PROGRESSIONS: Final = {
    "rir": Progression("rir", 0.0, (1.0, 1.0), (1.0, 1.0)),
    "deducted": Progression("deducted", 0.0, (-0.025, -0.025), (-0.025, -0.025)),
    "relative": Progression("relative", 1.0, (-0.05, -0.05), (-0.075, -0.075)),
    "max_reps": Progression("max_reps", 1.0, (-0.1, -0.1), (-0.2, -0.2)),
    "variable_rir": Progression("rir", 0.0, (1.0, 2.0), (1.0, 2.0)),
    "variable_deducted": Progression("deducted", 0.0, (-0.02, -0.04), (-0.02, -0.04)),
    "rir_increment": Progression("rir", 0.0, (1.0, 2.0), (1.0, 3.0)),
    "percent_drop": Progression("deducted", 0.0, (-0.025, -0.05), (-0.025, -0.05)),
    "rir_increment_ballistic": Progression("rir", 0.0, (1.0, 3.2), (1.0, 3.2)),
    "percent_drop_ballistic": Progression("deducted", 0.0, (-0.025, -0.08), (-0.025, -0.0525)),
}
"""The progressions as published; two of them are others for ballistic (and conservative) than for grinding sets."""


def adjustments(
    reps: ArrayLike,
    step: ArrayLike = 0.0,
    volume: str = "normal",
    progression: str | Progression = "rir",
    *,
    extra: ArrayLike = 0.0,
) -> Floats:
    """How far from failure to stay, in the unit of the progression's method: the `adjustment` of `planned_share`.

    `reps` and `step` (0 the last, negative before) broadcast; `extra` is added to each. A factor (`relative`,
    `max_reps`) that comes out at or below zero is NaN: there is no such set. Raises ValueError for an unknown volume or
    progression.

    >>> adjustments(5, [-3, -2, -1, 0], "normal", "rir").tolist()
    [4.0, 3.0, 2.0, 1.0]
    >>> adjustments(5, [-1, 0], "extensive", "relative").round(3).tolist()
    [0.8, 0.85]
    """
    if volume not in VOLUMES:
        raise ValueError(f"volume {volume!r} is not known; expected one of: {', '.join(VOLUMES)}")
    if isinstance(progression, str) and progression not in PROGRESSIONS:
        raise ValueError(f"progression {progression!r} is not known; expected one of: {', '.join(PROGRESSIONS)}")
    rule = PROGRESSIONS[progression] if isinstance(progression, str) else progression
    r, s, more = (np.asarray(x, dtype=np.float64) for x in (reps, step, extra))
    found = rule.base + VOLUMES[volume] * _at(rule.volume, r) - s * _at(rule.step, r) + more
    return np.where((found > 0) | (rule.base == 0), found, np.nan)


def _at(ends: tuple[float, float], reps: Floats) -> Floats:
    return np.asarray(ends[0] + (reps - _REPS[0]) * (ends[1] - ends[0]) / (_REPS[1] - _REPS[0]))
