"""How much of her top speed a runner uses in the finish (methods E6)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from scipy.special import ndtri

from analysis.stats._samples import as_numbers

LEVEL: Final = 0.95


@dataclass(frozen=True)
class ReserveUse:
    """Kick speed in % of maximal speed, and the used part of the reserve above race speed in %, with intervals."""

    status: str
    reason: str | None = None
    pct_of_vmax: float | None = None
    reserve_used_pct: float | None = None
    of_vmax_ci: tuple[float, float] | None = None
    reserve_ci: tuple[float, float] | None = None


def reserve_use(
    v_kick: float | None,
    v_ref: float | None,
    v_max: float | None,
    *,
    se_log_kick: float = 0.0,
    se_log_ref: float = 0.0,
    se_log_max: float = 0.0,
    se_log_scale: float = 0.0,
    level: float = LEVEL,
) -> ReserveUse:
    """100 v_kick / v_max and 100 (v_kick - v_ref) / (v_max - v_ref), all speeds in m/s.

    The standard errors are of logs; `se_log_scale` is that of a watch which both speeds of the race share and the
    sprint does not. Intervals by the delta method. Refused: BAD_INPUT, VMAX_BELOW_RACE_SPEED (the maximal speed is not
    above both speeds of the race: it was not maximal, or one of the clocks is wrong). Idea: Sandford 2021 (Sports Med);
    formula: methods E6.

    >>> found = reserve_use(6.13, 5.53, 8.3)
    >>> round(found.pct_of_vmax), round(found.reserve_used_pct)
    (74, 22)
    """
    told = as_numbers([v_kick, v_ref, v_max, se_log_kick, se_log_ref, se_log_max, se_log_scale, level])
    if told is None:
        return ReserveUse("refused", "BAD_INPUT")
    kick, ref, top, se_kick, se_ref, se_top, se_scale, sure = (float(x) for x in told)
    errors = (se_kick, se_ref, se_top, se_scale)
    if not all(0 < v < math.inf for v in (kick, ref, top)) or not all(0 <= e < math.inf for e in errors):
        return ReserveUse("refused", "BAD_INPUT")
    if not 0 < sure < 1:
        return ReserveUse("refused", "BAD_INPUT")
    if top <= max(kick, ref):
        return ReserveUse("refused", "VMAX_BELOW_RACE_SPEED")
    z, reserve = float(ndtri(0.5 + sure / 2)), top - ref
    share, used = 100 * kick / top, 100 * (kick - ref) / reserve
    # derivatives of the used part to the log of each speed; a common scale moves both speeds of the race
    to_kick, part = kick / reserve, (kick - ref) / reserve
    to_ref, to_top = ref / reserve * (part - 1), -top / reserve * part
    moves = (to_kick * se_kick, to_ref * se_ref, to_top * se_top, (to_kick + to_ref) * se_scale)
    half, spread = z * 100 * math.hypot(*moves), math.exp(z * math.hypot(se_kick, se_top, se_scale))
    return ReserveUse("ok", None, share, used, (share / spread, share * spread), (used - half, used + half))
