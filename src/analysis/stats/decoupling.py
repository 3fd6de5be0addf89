"""Decoupling of speed and heart rate over a steady run (methods E5)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

MIN_MINUTES: Final = 40.0  # after the first ten have been removed
SETTLING_MINUTES: Final = 10.0
MAX_CV: Final = 0.08  # of the speed within the run: more is not a steady run
TE_POINTS: Final = 2.5  # between two such runs of one athlete, percentage points: no published value (convention)


@dataclass(frozen=True)
class Decoupling:
    """Loss of speed per heart beat from the first half to the second, %; NaN with a `reason`."""

    decoupling_pct: float = math.nan
    status: str = "refused"
    reason: str | None = "BAD_INPUT"


def decoupling(
    v1: float | None, hr1: float | None, v2: float | None, hr2: float | None, *, minutes: float | None,
    cv_speed: float | None,
) -> Decoupling:  # fmt: skip
    """100 (EF1 - EF2) / EF1 with EF = mean speed (m/s) over mean heart rate (bpm) of each half.

    `minutes` is the time both halves cover together, `cv_speed` the coefficient of variation of the speed within it.
    Refusals: BAD_INPUT (a value is missing or impossible), TOO_SHORT (less than 40 min), NOT_STEADY (CV above 8 %).
    Maunder 2021 (Sports Med 51:1619-1628); Smyth 2022 (Sports Med 52:2283-2295).

    >>> round(decoupling(3.6, 148, 3.55, 155, minutes=70, cv_speed=0.04).decoupling_pct, 2)
    5.84
    """
    values = (v1, hr1, v2, hr2)
    if any(value is None or not 0 < value < math.inf for value in values):
        return Decoupling()
    if minutes is None or not 0 <= minutes < math.inf or cv_speed is None or not cv_speed >= 0:
        return Decoupling()
    first, beats, second, later = (float(value or 0) for value in values)
    if minutes < MIN_MINUTES:
        return Decoupling(reason="TOO_SHORT")
    if cv_speed > MAX_CV:
        return Decoupling(reason="NOT_STEADY")
    before, after = first / beats, second / later
    lost = 100 * (1 - after / before) if before > 0 else math.inf
    return Decoupling(lost, "ok", None) if math.isfinite(lost) else Decoupling()
