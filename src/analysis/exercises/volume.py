"""Load, repetitions and volume of a set, with both dumbbells and both sides counted (methods A3)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class SetVolume:
    """External load and volume; the system columns add the moved share of body mass and are never mixed with them."""

    status: str
    reason: str | None = None
    external_load_kg: float | None = None
    total_reps: float | None = None
    volume_load_kg: float | None = None
    system_load_kg: float | None = None
    system_volume_load_kg: float | None = None


def set_volume(
    load_per_implement_kg: float | None,
    n_implements: int = 1,
    reps: float | None = None,
    sets: int = 1,
    *,
    unilateral: bool = False,
    reps_convention: Literal["per_side", "total"] | None = None,
    bw_fraction: float | None = None,
    body_mass_kg: float | None = None,
) -> SetVolume:
    """External load (kg), total repetitions and volume load (kg) of `sets` equal sets.

    `n_implements` is 2 for a pair of dumbbells; a barbell load includes the bar. `reps_convention` says what the
    repetitions of a one-sided exercise mean: without it REPS_CONVENTION_UNKNOWN. `bw_fraction` is the catalogue's
    `f_bw` (None: the system load is not defined and stays None); above 0 it needs `body_mass_kg`, else
    BODY_MASS_MISSING. Missing or impossible values: BAD_INPUT. Source of `f_bw`: Dempster's segment masses as in Winter
    (2009).

    >>> set_volume(16, 2, 8, 3, unilateral=True, reps_convention="per_side").volume_load_kg
    1536.0
    """
    if load_per_implement_kg is None or reps is None:
        return SetVolume("refused", "BAD_INPUT")
    usable = (
        0 <= load_per_implement_kg < math.inf
        and 1 <= n_implements < math.inf
        and 0 <= reps < math.inf
        and 1 <= sets < math.inf
        and reps_convention in (None, "per_side", "total")
        and (bw_fraction is None or 0 <= bw_fraction <= 1)
        and (body_mass_kg is None or 0 < body_mass_kg < math.inf)
    )
    if not usable:
        return SetVolume("refused", "BAD_INPUT")
    if unilateral and reps_convention is None:
        return SetVolume("refused", "REPS_CONVENTION_UNKNOWN")
    if bw_fraction and body_mass_kg is None:
        return SetVolume("refused", "BODY_MASS_MISSING")
    external_kg = float(load_per_implement_kg * n_implements)
    total_reps = float(reps * sets * (2 if unilateral and reps_convention == "per_side" else 1))
    system_kg = None if bw_fraction is None else external_kg + bw_fraction * (body_mass_kg or 0.0)
    return SetVolume(
        status="ok",
        external_load_kg=external_kg,
        total_reps=total_reps,
        volume_load_kg=external_kg * total_reps,
        system_load_kg=system_kg,
        system_volume_load_kg=None if system_kg is None else system_kg * total_reps,
    )
