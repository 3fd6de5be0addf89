"""Progressions over the steps of a block: how far from failure each set stays, by volume and step (data, not code).

After Jovanović (Strength Training Manual, 2020) and his package STMr. A progression states how far from failure the
last step of an intensive scheme is (the base), what a normal or extensive scheme adds to that, and what each earlier
step adds; some add more the more repetitions a set has. Step 0 is the last one, -1 the one before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

VOLUMES: Final = {"intensive": 0.0, "normal": 1.0, "extensive": 2.0}
"""How many volume increments a scheme of each kind is away from the base."""
TYPES: Final = {"grinding": 1.0, "ballistic": 2.0, "conservative": 3.0}
"""How many of the possible repetitions one planned repetition stands for (`effort_factor` of stats.rep_tables)."""
_REPS: Final = (1.0, 12.0)  # the repetitions that the two ends of an increment belong to


@dataclass(frozen=True)
class Progression:
    """Method of stats.rep_tables, its base, and the increments per step and per volume at 1 and at 12 repetitions.

    `own` holds, for a volume that does not follow, its increment per step and what it adds to the base as a whole.
    """

    method: str
    base: float
    step: tuple[float, float]
    volume: tuple[float, float]
    own: Mapping[str, tuple[tuple[float, float], tuple[float, float]]] = field(default_factory=dict)


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
    "variable_max_reps": Progression(
        "max_reps",
        1.0,
        (-0.1, -0.1),
        (-0.3, -0.2),
        own={"intensive": ((-0.4 / 3, -0.1), (0.0, 0.0)), "extensive": ((-0.1, -0.1), (-0.5, -0.4))},
    ),
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
    by_step, whole = rule.own.get(volume, (rule.step, tuple(VOLUMES[volume] * end for end in rule.volume)))
    found = rule.base + _at(whole, r) - s * _at(by_step, r) + more
    return np.where((found > 0) | (rule.base == 0), found, np.nan)


def _at(ends: tuple[float, ...], reps: Floats) -> Floats:
    return np.asarray(ends[0] + (reps - _REPS[0]) * (ends[1] - ends[0]) / (_REPS[1] - _REPS[0]))


@dataclass(frozen=True)
class Plan:
    """The sets of a block, one entry for each: training occasion (`index`, from 1), its step, and the repetitions.

    `set` counts the sets of an occasion; `set_id` is the set of the scheme that this one is (or repeats).
    """

    index: Ints
    step: Ints
    set: Ints
    set_id: Ints
    reps: Ints


PLANS: Final[dict[str, tuple[tuple[int, ...], tuple[int, ...]]]] = {
    "constant": ((0, 0, 0, 0), (-3, -2, -1, 0)),
    "linear": ((0, -1, -2, -3), (-3, -2, -1, 0)),
    "linear_reverse": ((0, 1, 2, 3), (-3, -2, -1, 0)),
    "block": ((0, 0, 0, 0), (-2, -1, 0, -3)),
    "block_variant": ((0, 0, 0, 0), (-2, -1, -3, 0)),
    "rep_accumulation": ((-3, -2, -1, 0), (0, 0, 0, 0)),
    "set_accumulation": ((0, 0, 0, 0), (-2, -2, -2, -2)),
    "set_accumulation_reverse": ((0, 0, 0, 0), (-3, -2, -1, 0)),
    "undulating": ((0, -2, -1, -3), (-3, -2, -1, 0)),
    "undulating_reverse": ((0, 2, 1, 3), (-3, -2, -1, 0)),
    "block_undulating": ((0, -2, -1, -3), (-2, -1, -3, 0)),
    "volume_intensity": ((0, 0, -3, -3), (-3, -2, -1, 0)),
}
"""Change of repetitions and step of the four occasions of a block; the accumulations also add or drop sets."""


def vertical_plan(
    reps: ArrayLike,
    plan: str = "constant",
    *,
    reps_change: ArrayLike | None = None,
    step: ArrayLike | None = None,
    accumulate_set: ArrayLike | None = None,
    set_increment: int = 1,
    sequence: bool = True,
) -> Plan:
    """How the sets of a scheme (`reps`) change from one occasion of a block to the next, by a plan of PLANS.

    Own `reps_change` or `step` replace those of the plan; with only one of them the other has its length (no change,
    or up to 0). An accumulation repeats the sets `accumulate_set` (from 1; the last) once more on each occasion, as a
    `sequence` or set by set. Raises ValueError for an unknown plan, lengths that differ, and sets that are not there.

    >>> vertical_plan([5, 3], "linear", reps_change=[0, -1]).reps.tolist()
    [5, 3, 4, 2]
    >>> vertical_plan([3, 2, 1], "set_accumulation", step=[-2, -2]).set_id.tolist()
    [1, 2, 3, 1, 2, 3, 3]
    """
    if plan not in PLANS:
        raise ValueError(f"plan {plan!r} is not known; expected one of: {', '.join(PLANS)}")
    scheme = np.atleast_1d(np.asarray(reps, dtype=np.int64))
    change, steps = _occasions(plan, reps_change, step)
    again = {scheme.size} if accumulate_set is None else {int(s) for s in np.atleast_1d(accumulate_set)}
    if change.size != steps.size or not again <= set(range(1, scheme.size + 1)):
        raise ValueError("reps_change and step must be of one length, and accumulate_set name sets of the scheme")
    times = np.ones(steps.size, dtype=np.int64)
    if plan.startswith("set_accumulation"):
        grown = set_increment * np.arange(steps.size)
        times = np.maximum(steps.size - grown if plan.endswith("reverse") else 1 + grown, 0)
    ids = [_repeated(scheme.size, again, int(n), sequence=sequence) for n in times]
    index = np.repeat(np.arange(steps.size), [len(i) for i in ids])
    every = np.concatenate(ids)
    number = np.concatenate([np.arange(1, len(i) + 1) for i in ids])
    return Plan(index + 1, steps[index], number, every, scheme[every - 1] + change[index])


def _occasions(plan: str, reps_change: ArrayLike | None, step: ArrayLike | None) -> tuple[Ints, Ints]:
    change, steps = (np.array(v, dtype=np.int64) for v in PLANS[plan])
    own = {
        k: np.atleast_1d(np.asarray(v, dtype=np.int64)) for k, v in (("c", reps_change), ("s", step)) if v is not None
    }
    if own and change.size != next(iter(own.values())).size:
        length = next(iter(own.values())).size
        change, steps = np.zeros(length, dtype=np.int64), np.arange(1 - length, 1)
    return own.get("c", change), own.get("s", steps)


def _repeated(sets: int, again: set[int], times: int, *, sequence: bool) -> Ints:
    """Numbers of the sets of one occasion; neighbours in `again` are repeated together if they are a `sequence`."""
    found: list[int] = []
    here = 1
    while here <= sets:
        last = here
        while sequence and last in again and last + 1 in again:
            last += 1
        found += list(range(here, last + 1)) * (times if here in again else 1)
        here = last + 1
    return np.array(found, dtype=np.int64)
