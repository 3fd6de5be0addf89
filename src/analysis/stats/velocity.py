"""Bar speed: load-velocity profile, change at the same load, and the loss within a set (methods B6, B7, F6)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, stdtrit

Floats = NDArray[np.float64]

S0_MPS: Final = 0.03  # scatter about the line before the athlete is known, with its degrees of freedom (methods T1)
NU0: Final = 6.0
LEVEL: Final = 0.95
MVT_SD: Final = 0.05  # of a published MVT; one measured twice or more on the athlete has OWN_MVT_SD
OWN_MVT_SD: Final = 0.04
MVT_MPS: Final = {"back_squat": 0.24, "deadlift": 0.14, "bench_press": 0.135}
"""Speed at one repetition maximum (Helms 2017, Banyard 2017); for the bench press the middle of 0.10 to 0.17 m/s."""
LOADS: Final = (3, 4)  # fewer than the first is refused, fewer than the second is a caution
R2: Final = (0.90, 0.95)
MOST_EXTRAPOLATION: Final = 4 / 3
NEAR_MVT_MPS: Final = 0.35  # a slowest speed further above the MVT than this is a caution
TE_MPS: Final = 0.04  # one session or best repetition near maximal loads (Banyard 2018; value by convention)
SWC_MPS: Final = 0.04
SAME_LOAD: Final = 0.025
ADJUSTABLE_LOAD: Final = 0.10
SET_REPS: Final = 3
HIGH_LOSS_PCT: Final = 20.0  # above it jump, sprint and speed outcomes are poorer (Jukic 2023)
_ROUNDING: Final = 1e-9  # 0.72 + 0.35 is not 1.07
_LARGEST: Final = 1e6  # no load (kg) or speed (m/s) is larger, and squares of much larger numbers are none


@dataclass(frozen=True)
class Profile:
    """A load-velocity profile; as arrays for many athletes, as plain numbers with None from `profile`.

    `se_kg` holds the uncertainty of the MVT, `se_line_only_kg` that of the line alone, which claims far too much.
    `slope` is in m/s per kg, `s` the pooled scatter about the line in m/s, `n` the number of different loads.
    """

    status: Any
    reason: Any
    n: Any
    slope: Any
    intercept: Any
    r2: Any
    s: Any
    df: Any
    e1rm_kg: Any
    se_kg: Any
    low_kg: Any
    high_kg: Any
    se_line_only_kg: Any
    extrapolation_ratio: Any


@dataclass(frozen=True)
class SameLoad:
    """Change of bar speed (m/s) at one load, and the change of load it is worth (`e1rm_equiv_kg`, an equivalent)."""

    status: str
    reason: str | None = None
    dv: float | None = None
    se: float | None = None
    df: float | None = None
    low: float | None = None
    high: float | None = None
    p_pos: float | None = None
    p_gt_swc: float | None = None
    e1rm_equiv_kg: float | None = None
    adjusted_by: float | None = None


@dataclass(frozen=True)
class VelocityLoss:
    """Loss of speed from the best to the last repetition of a set, in per cent, and its standard error."""

    status: str
    reason: str | None = None
    best: float | None = None
    vl_pct: float | None = None
    se_pct: float | None = None
    high: bool | None = None


def profiles(load_kg: ArrayLike, velocity_mps: ArrayLike, mvt_mps: ArrayLike, mvt_sd: ArrayLike = MVT_SD) -> Profile:
    """Load-velocity profiles of many athletes at once: ordinary least squares v = a + b L, 1RM = (MVT - a) / b.

    `load_kg` and `velocity_mps` (best repetition with maximal intent, m/s) have the shape (athletes, sets), NaN where
    there is none; `mvt_mps` and its SD one number or one per athlete. Scatter: 0.03 m/s counting for 6 degrees of
    freedom, pooled with the athlete's own. Refused, in this order: BAD_INPUT (a negative load, a speed or MVT that is
    not above zero, infinite values, a line that is below the MVT already without load), TOO_FEW_LOADS (fewer than 3
    different ones), SLOPE_NOT_NEGATIVE, R2_TOO_LOW (below 0.90), EXTRAPOLATION_TOO_FAR (heaviest load below 75 % of the
    result). Cautions: TOO_FEW_LOADS (3), R2_TOO_LOW (below 0.95), EXTRAPOLATION_TOO_FAR (slowest speed more than
    0.35 m/s above the MVT). Banyard 2017 (J Strength Cond Res 31:1897-1904): R2 says nothing about accuracy, and
    without the uncertainty of the MVT the interval is far too narrow.

    >>> found = profiles([[40, 55, 70, 80, 90]], [[1.02, 0.83, 0.66, 0.52, 0.41]], 0.24)
    >>> found.e1rm_kg.round(1).tolist(), found.se_kg.round(1).tolist(), found.se_line_only_kg.round(1).tolist()
    ([103.6], [4.6], [2.1])
    """
    load, v = np.broadcast_arrays(np.atleast_2d(_floats(load_kg)), np.atleast_2d(_floats(velocity_mps)))
    mvt, sd = (np.broadcast_to(_floats(x), load.shape[:1]) for x in (mvt_mps, mvt_sd))
    used = ~(np.isnan(load) | np.isnan(v))
    n = used.sum(axis=1)
    with np.errstate(all="ignore"):
        fit = _line(np.where(used, load, 0.0), np.where(used, v, 0.0), used, n)
        e1rm = (mvt - fit["intercept"]) / fit["slope"]
        df = NU0 + n - 2
        s = np.sqrt((NU0 * S0_MPS**2 + fit["sse"]) / df)
        line = s**2 * (1 / n + (e1rm - fit["mean"]) ** 2 / fit["s_ll"]) / fit["slope"] ** 2
        se, se_line = np.sqrt(line + sd**2 / fit["slope"] ** 2), np.sqrt(line)
        heaviest = np.where(used, load, -np.inf).max(axis=1, initial=-np.inf)
        slowest = np.where(used, v, np.inf).min(axis=1, initial=np.inf)
        impossible = (used & ~((load >= 0) & (v > 0) & (load + v < _LARGEST))).any(axis=1) | (n == 0)
        impossible |= ~((mvt > 0) & (mvt < _LARGEST) & (sd >= 0) & (sd < _LARGEST))
        found = {"different": _different(load, used), "r2": fit["r2"], "slope": fit["slope"], "e1rm": e1rm}
        found |= {"ratio": e1rm / heaviest, "above_mvt": slowest - mvt}
        status, reason = _judged(impossible, found)
        half = stdtrit(df, 0.5 + LEVEL / 2) * se
        low, high = e1rm - half, e1rm + half
    numbers = {
        "slope": fit["slope"], "intercept": fit["intercept"], "r2": fit["r2"], "s": s, "df": df, "e1rm_kg": e1rm,
        "se_kg": se, "low_kg": low, "high_kg": high, "se_line_only_kg": se_line,
        "extrapolation_ratio": found["ratio"],
    }  # fmt: skip
    kept = {name: np.where(status == "refused", np.nan, value) for name, value in numbers.items()}
    return Profile(status=status, reason=reason, n=found["different"], **kept)


def profile(
    load_kg: Sequence[float | None],
    velocity_mps: Sequence[float | None],
    mvt_mps: float | None,
    mvt_sd: float | None = MVT_SD,
) -> Profile:
    """The profile of one athlete: as `profiles`, with plain numbers, None where there is none; pairs with None go.

    >>> profile([40, 50, 60], [1.0, 0.88, 0.75], 0.24).reason
    'EXTRAPOLATION_TOO_FAR'
    """
    if len(load_kg) != len(velocity_mps) or not len(load_kg):
        return Profile("refused", "BAD_INPUT", *(None for _ in fields(Profile)[2:]))
    many = profiles([_nans(load_kg)], [_nans(velocity_mps)], _nan(mvt_mps), _nan(mvt_sd))
    return Profile(**{f.name: _plain(getattr(many, f.name)[0]) for f in fields(Profile)})


def own_slope(load_kg: Sequence[float], velocity_mps: Sequence[float]) -> float | None:
    """Change of speed per kg (m/s per kg) along an athlete's own line; None where there is no line worth the name.

    Needs three different loads, a falling line and R2 of 0.90, as a profile does.

    >>> round(own_slope([40, 60, 80], [1.0, 0.75, 0.5]), 4), own_slope([40, 60], [1.0, 0.75])
    (-0.0125, None)
    """
    load, v = np.atleast_2d(_floats(load_kg)), np.atleast_2d(_floats(velocity_mps))
    used = np.ones(load.shape, dtype=bool)
    if _different(load, used)[0] < LOADS[0]:
        return None
    with np.errstate(all="ignore"):
        fit = _line(load, v, used, used.sum(axis=1))
    good = fit["slope"][0] < 0 and fit["r2"][0] >= R2[0] - _ROUNDING
    return float(fit["slope"][0]) if good else None


def same_load(
    v1: float | None,
    v2: float | None,
    *,
    n1: float | None = 1,
    n2: float | None = 1,
    te: float | None = TE_MPS,
    swc: float | None = SWC_MPS,
    df: float | None = NU0,
    load1: float | None = None,
    load2: float | None = None,
    slope: float | None = None,
) -> SameLoad:
    """Change of mean bar speed (m/s) between two occasions at the same load; `n1`, `n2` sessions or best repetitions.

    Loads up to 2.5 % apart are the same; up to 10 % apart the second speed is moved along the athlete's own `slope`
    (m/s per kg, below zero). Refused: BAD_INPUT, LOAD_NOT_MATCHED (further apart, or apart without a slope),
    SLOPE_NOT_NEGATIVE where the slope is needed; a caution of that name where it is not. Banyard 2018 (IJSPP
    13:763-769): about 0.04 m/s between sessions near maximal loads.

    >>> found = same_load(0.52, 0.58, n1=3, n2=3, slope=-0.0125)
    >>> round(found.p_pos, 2), round(found.p_gt_swc, 2), round(found.e1rm_equiv_kg, 1)
    (0.94, 0.72, 4.8)
    """
    above_zero = [_nan(x) for x in (v1, v2, n1, n2, te, df, *(x for x in (load1, load2) if x is not None))]
    before, after, first, second, error, free, *_ = above_zero
    worth, b = _nan(swc), _nan(slope)
    if not (all(0 < x < math.inf for x in above_zero) and 0 <= worth < math.inf) or math.isinf(b):
        return SameLoad("refused", "BAD_INPUT")
    moved = _moved(load1, load2, b)
    if isinstance(moved, str):
        return SameLoad("refused", moved)
    dv, se = after - moved - before, error * math.sqrt(1 / first + 1 / second)
    half = float(stdtrit(free, 0.5 + LEVEL / 2)) * se
    p_pos, p_gt_swc = float(stdtr(free, dv / se)), float(stdtr(free, (dv - worth) / se))
    rising = b >= 0
    return SameLoad(
        "caution" if rising else "ok", "SLOPE_NOT_NEGATIVE" if rising else None, dv, se, free, dv - half, dv + half,
        p_pos, p_gt_swc, -dv / b if b < 0 else None, moved,
    )  # fmt: skip


def velocity_loss(velocity_mps: Sequence[float | None], te: float = TE_MPS) -> VelocityLoss:
    """Loss within a set, 100 (1 - last / best), of at least three repetitions with maximal intent; None is not seen.

    `high` says that it is above 20 %, which a power phase avoids. Refused: BAD_INPUT (a speed not above zero, the last
    repetition not seen), TOO_FEW_REPS. Sánchez-Medina & González-Badillo 2011 (MSSE 43:1725-1734), Jukic 2023 (Sports
    Med 53:177-214); one set is uncertain by about sqrt(2) x 0.04 m/s.

    >>> round(velocity_loss([0.61, 0.63, 0.60, 0.57, 0.53, 0.49]).vl_pct, 1)
    22.2
    """
    v = _nans(velocity_mps)
    seen = v[~np.isnan(v)]
    if not (np.isfinite(seen).all() and (seen > 0).all() and 0 <= te < math.inf):
        return VelocityLoss("refused", "BAD_INPUT")
    if seen.size < SET_REPS:
        return VelocityLoss("refused", "TOO_FEW_REPS")
    if np.isnan(v[-1]):
        return VelocityLoss("refused", "BAD_INPUT")
    best = float(seen.max())
    loss = 100 * (1 - float(v[-1]) / best)
    return VelocityLoss("ok", None, best, loss, 100 * math.sqrt(2) * te / best, loss > HIGH_LOSS_PCT)


def _line(load: Floats, v: Floats, used: NDArray[np.bool_], n: NDArray[np.int64]) -> dict[str, Floats]:
    mean, v_mean = load.sum(axis=1) / n, v.sum(axis=1) / n
    dl, dv = (np.where(used, x - m[:, None], 0.0) for x, m in ((load, mean), (v, v_mean)))
    s_ll, s_vv = (dl**2).sum(axis=1), (dv**2).sum(axis=1)
    slope = (dl * dv).sum(axis=1) / s_ll
    sse = ((dv - slope[:, None] * dl) ** 2).sum(axis=1)
    r2 = 1 - sse / s_vv
    return {"mean": mean, "s_ll": s_ll, "slope": slope, "intercept": v_mean - slope * mean, "sse": sse, "r2": r2}


def _different(load: Floats, used: NDArray[np.bool_]) -> NDArray[np.int64]:
    ordered = np.sort(np.where(used, load, np.nan), axis=1)  # NaN last
    return np.asarray((np.diff(ordered, axis=1) > 0).sum(axis=1) + used.any(axis=1))


def _judged(impossible: NDArray[np.bool_], found: dict[str, Any]) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    # the first condition that holds decides
    rules = [
        (impossible, "refused", "BAD_INPUT"),
        (found["different"] < LOADS[0], "refused", "TOO_FEW_LOADS"),
        (~(found["slope"] < 0), "refused", "SLOPE_NOT_NEGATIVE"),
        (found["r2"] < R2[0] - _ROUNDING, "refused", "R2_TOO_LOW"),
        (~(found["e1rm"] > 0), "refused", "BAD_INPUT"),
        (found["ratio"] > MOST_EXTRAPOLATION + _ROUNDING, "refused", "EXTRAPOLATION_TOO_FAR"),
        (found["different"] < LOADS[1], "caution", "TOO_FEW_LOADS"),
        (found["r2"] < R2[1] - _ROUNDING, "caution", "R2_TOO_LOW"),
        (found["above_mvt"] > NEAR_MVT_MPS + _ROUNDING, "caution", "EXTRAPOLATION_TOO_FAR"),
    ]
    status, reason = np.full(impossible.shape, "ok", dtype=object), np.full(impossible.shape, None, dtype=object)
    for holds, word, code in reversed(rules):
        status[holds], reason[holds] = word, code
    return status, reason


def _moved(load1: float | None, load2: float | None, slope: float) -> float | str:
    """How much of the second speed is due to the other load, or why the two loads cannot be compared."""
    if load1 is None or load2 is None:
        return 0.0
    apart = abs(load2 - load1) / load1
    if apart <= SAME_LOAD + _ROUNDING:
        return 0.0
    if apart > ADJUSTABLE_LOAD + _ROUNDING or math.isnan(slope):
        return "LOAD_NOT_MATCHED"
    return "SLOPE_NOT_NEGATIVE" if slope >= 0 else slope * (load2 - load1)


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)


def _nan(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _nans(values: Sequence[float | None]) -> Floats:
    return np.array([_nan(v) for v in values])


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str):
        return value
    return None if np.isnan(value) else float(value)
