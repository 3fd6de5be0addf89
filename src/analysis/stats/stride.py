"""Where a change of speed comes from: the cadence or the length of the steps (methods E4)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from scipy.special import ndtri

from analysis.stats._samples import as_numbers

LEVEL: Final = 0.95
CADENCE_SPM: Final = (120.0, 260.0)  # steps of both feet per minute; strides are half as many
CADENCE_ERROR_SPM: Final = 1.0


@dataclass(frozen=True)
class Stride:
    """Speed, cadence and step length of one window against another, in natural logs, and what is left of each in %.

    `cadence_share_pct` is the part of the change of speed that came from the cadence; None where speed did not change.
    `se_ln_cadence` and `se_ln_step_length` come from the errors of cadence and speed. Numbers are None where refused.
    """

    status: str
    reason: str | None = None
    step_length_1_m: float | None = None
    step_length_2_m: float | None = None
    ln_speed: float | None = None
    ln_cadence: float | None = None
    ln_step_length: float | None = None
    cadence_retention_pct: float | None = None
    step_length_retention_pct: float | None = None
    cadence_share_pct: float | None = None
    se_ln_cadence: float | None = None
    se_ln_step_length: float | None = None


def stride(
    speed_1_m_s: float | None,
    cadence_1_spm: float | None,
    speed_2_m_s: float | None,
    cadence_2_spm: float | None,
    *,
    se_ln_speed: float = 0.0,
) -> Stride:
    """Split the change from window 1 to window 2 exactly: ln(v2/v1) = ln(cadence2/cadence1) + ln(step2/step1).

    Speeds in m/s, cadences in steps per minute (both feet), known to 1; the step length inherits the error of the
    speeds' ratio, `se_ln_speed`. Refused: BAD_INPUT, CADENCE_UNIT (a cadence outside 120-260: strides, or no running;
    never doubled unasked). An identity, methods E4.

    >>> found = stride(5.52, 184, 6.13, 193)
    >>> round(found.step_length_2_m, 3), round(found.cadence_share_pct)
    (1.906, 46)
    """
    told = as_numbers([speed_1_m_s, cadence_1_spm, speed_2_m_s, cadence_2_spm, se_ln_speed])
    if told is None:
        return Stride("refused", "BAD_INPUT")
    v1, c1, v2, c2, se_speed = (float(x) for x in told)
    if not all(0 < x < math.inf for x in (v1, c1, v2, c2)) or not 0 <= se_speed < math.inf:
        return Stride("refused", "BAD_INPUT")
    if not all(CADENCE_SPM[0] <= c <= CADENCE_SPM[1] for c in (c1, c2)):
        return Stride("refused", "CADENCE_UNIT")
    step_1, step_2 = 60 * v1 / c1, 60 * v2 / c2
    if not (0 < step_1 < math.inf and 0 < step_2 < math.inf):
        return Stride("refused", "BAD_INPUT")
    ln_speed, ln_cadence = math.log(v2) - math.log(v1), math.log(c2 / c1)
    se_cadence = CADENCE_ERROR_SPM * math.hypot(1 / c1, 1 / c2)
    return Stride(
        "ok", None, step_1, step_2, ln_speed, ln_cadence, ln_speed - ln_cadence, 100 * c2 / c1,
        100 * math.exp(min(ln_speed - ln_cadence, 700.0)), 100 * ln_cadence / ln_speed if ln_speed else None,
        se_cadence, math.hypot(se_cadence, se_speed),
    )  # fmt: skip


def interval_pct(ln_change: float, se: float, level: float = LEVEL) -> tuple[float, float, float]:
    """A change of logs with its interval, in per cent.

    >>> [round(v, 1) for v in interval_pct(0.05, 0.01)]
    [5.1, 3.1, 7.2]
    """
    half = float(ndtri(0.5 + level / 2)) * se
    value, low, high = (100 * math.expm1(ln_change + off) for off in (0.0, -half, half))
    return value, low, high
