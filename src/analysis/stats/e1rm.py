"""One-repetition maximum estimated from a set of several repetitions, with its uncertainty (methods B1 to B4).

`e1RM = load x m(r*)`, where r* is the number of repetitions that would have been possible. Sources of the equations:
Epley 1985 (Poundage Chart), Brzycki 1993 (JOPERD 64(1):88-90), Lombardi 1989 (Beginning Weight Training), Wathan 1994
(in Baechle), Mayhew 1992 (J Appl Sport Sci Res 6:200-206), O'Conner, Simmons & O'Shea 1989 (Weight Training Today),
Lander 1985 (NSCA J 6:60-61). Repetitions in reserve from RPE: Zourdos 2016 (J Strength Cond Res 30:267-275).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.stats._reserve import told_rir

Array = NDArray[np.float64]

MAX_RIR: Final = 5.0
RPE_RANGE: Final = (5.0, 10.0)
MAX_REPS: Final = 12.0  # above, no equation holds
MAX_TREND_REPS: Final = 10.0  # above, a caution: shown, kept out of top sets and trends
SD_LOAD: Final = 0.005  # scale and plates
SD_DAY: Final = 0.02  # day-to-day variation of true performance (Grgic 2020, Banyard 2017)
SHARED_EQUATION_ERROR: Final = 0.25  # share of the equation's error variance that does not cancel in comparisons
Z95: Final = 1.959963984540054

# a reserve up to the first number is told with this standard deviation, in repetitions (our convention)
_SD_RIR: Final = ((0.0, 0.5), (2.0, 1.0), (4.0, 1.5), (np.inf, 2.0))
_WATHAN, _MAYHEW = (48.8, 53.8, 0.075), (52.2, 41.9, 0.055)


def _exponential(r: Array, a: float, b: float, c: float) -> Array:
    return 100.0 / (a + b * np.exp(-c * r))


def _exponential_slope(r: Array, a: float, b: float, c: float) -> Array:
    decayed = b * np.exp(-c * r)
    return c * decayed / (a + decayed)


# name -> (m(r), d ln m / dr)
EQUATIONS: Final[dict[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]]] = {
    "epley": (lambda r: 1 + r / 30, lambda r: 1 / (30 + r)),
    "brzycki": (lambda r: 36 / (37 - r), lambda r: 1 / (37 - r)),
    "lombardi": (lambda r: r**0.10, lambda r: 0.10 / r),
    "wathan": (lambda r: _exponential(r, *_WATHAN), lambda r: _exponential_slope(r, *_WATHAN)),
    "mayhew": (lambda r: _exponential(r, *_MAYHEW), lambda r: _exponential_slope(r, *_MAYHEW)),
    "oconner": (lambda r: 1 + 0.025 * r, lambda r: 0.025 / (1 + 0.025 * r)),
    "lander": (lambda r: 100 / (101.3 - 2.67123 * r), lambda r: 2.67123 / (101.3 - 2.67123 * r)),
}


@dataclass(frozen=True)
class SetE1rm:
    """What one set (or, as arrays, many) says about the 1RM; every field has the same shape.

    `status` is ok, caution (10 < r* <= 12), lower_bound_only (no effort rating) or refused. Standard deviations are of
    ln(e1RM): `sd_log_abs` for "what is her 1RM", `sd_log_rel` for change within one exercise, equation and rep range.
    `rir_told` is the reserve as rated (0 for failure), also where it is out of range.
    """

    status: Any
    reason: Any
    rir_told: Any
    effective_reps: Any
    e1rm_kg: Any
    sd_log_abs: Any
    sd_log_rel: Any
    low_kg: Any
    high_kg: Any
    eq_min_kg: Any
    eq_max_kg: Any
    lower_bound_kg: Any


@dataclass(frozen=True)
class TopSet:
    """The representative set of a session: its place in the list and what it says."""

    status: str
    reason: str | None = None
    index: int | None = None
    e1rm_kg: float | None = None
    sd_log_rel: float | None = None


def multiplier(effective_reps: ArrayLike, equation: str = "epley") -> Array:
    """m(r*) of e1RM = load x m(r*); exactly 1 at one repetition, nan outside the equation's domain.

    Raises ValueError for an unknown equation (methods B1).

    >>> multiplier([1, 8]).round(4).tolist()
    [1.0, 1.2667]
    """
    if equation not in EQUATIONS:
        raise ValueError(f"equation {equation!r} is not known; expected one of: {', '.join(EQUATIONS)}")
    r = np.asarray(effective_reps, dtype=float)
    with np.errstate(all="ignore"):
        m = np.where(r == 1, 1.0, EQUATIONS[equation][0](r))
    return np.where((r >= 1) & np.isfinite(r) & (m > 0) & np.isfinite(m), m, np.nan)


def of_sets(
    load_kg: ArrayLike,
    reps: ArrayLike,
    *,
    rir: ArrayLike | None = None,
    rpe: ArrayLike | None = None,
    failure: ArrayLike | None = None,
    equation: str = "epley",
) -> SetE1rm:
    """e1RM (kg) of many sets with interval and equation span; nan in `rir` or `rpe` means not rated (methods B2, B3).

    Failure counts as 0 in reserve; else `rir` (0 to 5), else 10 - `rpe` (5 to 10). Reasons: BAD_INPUT, NO_EFFORT_RATING
    (only `lower_bound_kg`), RPE_OUT_OF_RANGE, RIR_TOO_HIGH, REPS_OUT_OF_RANGE (r* > 12), REPS_ABOVE_10 (a caution).

    >>> of_sets([80, 60], [8, 8], rir=[2, float("nan")]).status.tolist()
    ['ok', 'lower_bound_only']
    """
    load, reps_done, reserve, effort, failed = _columns(load_kg, reps, rir, rpe, failure)
    told = told_rir(reserve, effort, failed)
    r = reps_done + told
    by_rpe = np.isnan(reserve) & ~failed
    status, reason = _judged(load, reps_done, told, np.where(by_rpe, effort, np.nan))
    number = (status == "ok") | (status == "caution")
    e1rm = np.where(number, load * multiplier(r, equation), np.nan)
    sd_abs, sd_rel = _sd_log(r, told, failed, equation)
    span = np.array([load * multiplier(r, name) for name in EQUATIONS])
    masked = [np.where(number, x, np.nan) for x in (r, sd_abs, sd_rel, span.min(axis=0), span.max(axis=0))]
    return SetE1rm(
        status=status,
        reason=reason,
        rir_told=told,
        effective_reps=masked[0],
        e1rm_kg=e1rm,
        sd_log_abs=masked[1],
        sd_log_rel=masked[2],
        low_kg=e1rm * np.exp(-Z95 * masked[1]),
        high_kg=e1rm * np.exp(Z95 * masked[1]),
        eq_min_kg=masked[3],
        eq_max_kg=masked[4],
        lower_bound_kg=np.where(status == "lower_bound_only", load * multiplier(reps_done, equation), np.nan),
    )


def of_set(
    load_kg: float | None,
    reps: float | None,
    *,
    rir: float | None = None,
    rpe: float | None = None,
    failure: bool = False,
    equation: str = "epley",
) -> SetE1rm:
    """e1RM of one set: as `of_sets`, with plain numbers, and None where there is none.

    >>> found = of_set(80, 8, rir=2)
    >>> round(found.e1rm_kg, 1), round(found.low_kg, 1), round(found.high_kg, 1)
    (106.7, 96.2, 118.2)
    >>> of_set(60, 8).lower_bound_kg
    76.0
    """
    effort: dict[str, Any] = {"rir": [_nan(rir)], "rpe": [_nan(rpe)], "failure": [failure]}
    many = of_sets([_nan(load_kg)], [_nan(reps)], **effort, equation=equation)
    return SetE1rm(**{f.name: _plain(getattr(many, f.name)[0]) for f in fields(SetE1rm)})


def top_set(
    load_kg: Sequence[float | None],
    reps: Sequence[float | None],
    *,
    rir: Sequence[float | None] | None = None,
    rpe: Sequence[float | None] | None = None,
    failure: Sequence[bool] | None = None,
    equation: str = "epley",
) -> TopSet:
    """The heaviest set of a session whose status is ok; ties go to the larger r*, then to the first (methods B4).

    Chosen by load and not by the largest estimate, because the maximum of several noisy estimates is biased upward.
    Refused with NO_VALID_SET where no set is ok.

    >>> top_set([60, 77.5, 77.5], [8, 7, 6], rir=[5, 2, 1]).index
    1
    """
    loads, done = _nans(load_kg), _nans(reps)
    reserve, effort = (None if values is None else _nans(values) for values in (rir, rpe))
    found = of_sets(loads, done, rir=reserve, rpe=effort, failure=failure, equation=equation)
    valid = [i for i, status in enumerate(found.status) if status == "ok"]
    if not valid:
        return TopSet("refused", "NO_VALID_SET")
    best = max(valid, key=lambda i: (loads[i], found.effective_reps[i], -i))
    return TopSet("ok", None, best, float(found.e1rm_kg[best]), float(found.sd_log_rel[best]))


def _columns(*values: ArrayLike | None) -> tuple[Array, Array, Array, Array, NDArray[np.bool_]]:
    load, reps, rir, rpe, failure = values
    first = np.asarray(load, dtype=float)
    rest = [np.full(first.shape, np.nan) if v is None else np.asarray(v, dtype=float) for v in (reps, rir, rpe)]
    failed = np.zeros(first.shape, dtype=bool) if failure is None else np.asarray(failure, dtype=bool)
    return first, rest[0], rest[1], rest[2], failed


def _judged(load: Array, reps: Array, told: Array, rpe: Array) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    r = reps + told
    # the first condition that holds decides
    rules = [
        (~((load > 0) & (reps >= 1) & np.isfinite(load) & np.isfinite(reps)), "refused", "BAD_INPUT"),
        ((rpe < RPE_RANGE[0]) | (rpe > RPE_RANGE[1]), "refused", "RPE_OUT_OF_RANGE"),
        (np.isnan(told), "lower_bound_only", "NO_EFFORT_RATING"),
        (told < 0, "refused", "BAD_INPUT"),
        (told > MAX_RIR, "refused", "RIR_TOO_HIGH"),
        (r > MAX_REPS, "refused", "REPS_OUT_OF_RANGE"),
        (r > MAX_TREND_REPS, "caution", "REPS_ABOVE_10"),
    ]
    status = np.full(load.shape, "ok", dtype=object)
    reason = np.full(load.shape, None, dtype=object)
    for holds, word, code in reversed(rules):
        status[holds], reason[holds] = word, code
    return status, reason


def _sd_log(r: Array, rir: Array, failed: NDArray[np.bool_], equation: str) -> tuple[Array, Array]:
    with np.errstate(all="ignore"):
        sd_equation = 0.010 + 0.004 * (r - 1)
        sd_rir = np.where(failed, 0.0, np.select([rir <= most for most, _ in _SD_RIR], [sd for _, sd in _SD_RIR]))
        common = (EQUATIONS[equation][1](r) * sd_rir) ** 2 + SD_LOAD**2
        relative = SHARED_EQUATION_ERROR * sd_equation**2 + common + SD_DAY**2
        return np.sqrt(sd_equation**2 + common), np.sqrt(relative)


def _nan(value: float | None) -> float:
    return np.nan if value is None else float(value)


def _nans(values: Sequence[float | None]) -> Array:
    return np.array([_nan(v) for v in values])


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str):
        return value
    return float(value) if np.isfinite(value) else None
