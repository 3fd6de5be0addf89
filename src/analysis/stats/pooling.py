"""Many athletes, few data each: every one is drawn towards the squad as far as the data ask for (methods D19, H4).

`y_i ~ N(theta_i, s_i^2)` with known `s_i`, `theta_i ~ N(mu, tau^2)`, flat prior on mu. The spread `tau` between the
athletes is integrated out over a grid, never set to one value: with few athletes its best single guess is often zero,
and every interval would collapse. Source: Gelman et al., Bayesian Data Analysis, 3rd ed. 2013, section 5.4.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from analysis.stats._mixture import posterior

Floats = NDArray[np.float64]

TAU_SCALE: Final = 0.03  # of the half-normal prior of tau: differences between athletes in log per block
LEVEL_SCALE: Final = 0.2  # the same for levels, which differ more than changes do
MIN_ATHLETES: Final = 4
MIN_TESTS: Final = 3
LEVEL: Final = 0.95
PRIORS: Final = ("half_normal", "flat")
_SQUADS_AT_ONCE: Final = 64  # keeps the arrays of squads x grid x athletes in the processor's cache
_TOLERANCE: Final = 1e-12
_PAULE_MANDEL_STEPS: Final = 200


@dataclass(frozen=True)
class Pooled:
    """The squad (`mu`, `tau`) and its athletes (`theta` with `sd`, `low`, `high`); the leading axes are those of `y`.

    `mu` and `mu_sd` have one more axis where groups were named: one mean per group, in the order of their names. Where
    `reason` is TOO_FEW_ATHLETES nothing was pooled: `theta` is `y`, each with its own interval, mu and tau are NaN.
    With BAD_INPUT every number is NaN. An athlete without data has NaN.
    """

    mu: Floats
    mu_sd: Floats
    tau_mean: Floats
    tau_median: Floats
    theta: Floats
    sd: Floats
    low: Floats
    high: Floats
    n: NDArray[np.int64]
    reason: NDArray[np.str_]


@dataclass(frozen=True)
class Slopes:
    """Change per unit of time with its standard error and the number of tests behind it; NaN where those were < 3."""

    slope: Floats
    se: Floats
    n: NDArray[np.int64]


def pool(
    y: ArrayLike,
    s: ArrayLike,
    *,
    scale: float = TAU_SCALE,
    prior: str = "half_normal",
    groups: ArrayLike | None = None,
    level: float = LEVEL,
) -> Pooled:
    """Pool the athletes along the last axis of `y`, standard errors `s`, one unit; other axes are squads (D19, H4).

    NaN pads squads of different size. The prior of tau is half-normal with `scale`, or flat up to 6 `scale`. `groups`
    (shape of `y` or its last axis) gives each group a mean of its own; tau is common to all. Intervals are exact
    quantiles of the posterior mixture. Refusals, per squad: TOO_FEW_ATHLETES (fewer than 4, or fewer than 3 more than
    there are groups): individual results only; BAD_INPUT (an infinite value, an `s` not above zero). Raises ValueError
    for an unknown prior, a scale not above zero, or shapes that do not fit. Gelman et al. 2013 (BDA3, section 5.4).

    >>> schools = pool([28, 8, -3, 7, -1, 1, 18, 12], [15, 10, 16, 11, 9, 11, 10, 18], scale=10, prior="flat")
    >>> round(float(schools.mu), 1), schools.theta.round(1)[:3].tolist()
    (7.9, [11.4, 7.9, 6.1])
    """
    if prior not in PRIORS or not 0 < scale < np.inf:
        raise ValueError(f"pool: prior {prior!r}, scale {scale!r}; expected one of {PRIORS} and a scale above zero")
    values, errors = np.broadcast_arrays(np.asarray(y, dtype=np.float64), np.asarray(s, dtype=np.float64))
    if values.ndim == 0:
        raise ValueError("pool: one value per athlete expected, along the last axis")
    named = np.zeros(1) if groups is None else np.asarray(groups)
    names, codes = np.unique(named, return_inverse=True)
    member = np.broadcast_to(codes.reshape(named.shape), values.shape)[..., None] == np.arange(names.size)
    shape, k = values.shape, names.size
    squads = math.prod(shape[:-1])
    y2, s2 = values.reshape(squads, shape[-1]), errors.reshape(squads, shape[-1])
    in_group = member.reshape(squads, shape[-1], k)
    cut = range(0, max(squads, 1), _SQUADS_AT_ONCE)
    chunks = [slice(start, start + _SQUADS_AT_ONCE) for start in cut]
    found = [_pool(y2[c], s2[c], in_group[c], (scale, prior, level)) for c in chunks]
    joined = {name: np.concatenate([part[name] for part in found]) for name in found[0]}
    of_group = () if groups is None else (k,)
    ends = {"mu": of_group, "mu_sd": of_group} | dict.fromkeys(("theta", "sd", "low", "high"), shape[-1:])
    return Pooled(**{name: column.reshape((*shape[:-1], *ends.get(name, ()))) for name, column in joined.items()})


def paule_mandel(y: ArrayLike, s: ArrayLike) -> Floats:
    """Point value of tau^2: the weighted squares around the mean equal n - 1 (methods D19); for diagnostics only.

    Athletes along the last axis, NaN as padding. Zero where the values differ by no more than their errors. NaN with
    fewer than 2 athletes or an `s` not above zero. Paule & Mandel 1982 (J Res Natl Bur Stand 87:377-385).

    >>> round(float(paule_mandel([0.1, 0.3, 0.5], [0.1, 0.1, 0.1])), 3)
    0.03
    """
    values, errors = np.broadcast_arrays(np.asarray(y, dtype=np.float64), np.asarray(s, dtype=np.float64))
    used, bad = _usable(values, errors)
    used = used & ~bad[..., None]
    b, variance, degrees = np.where(used, values, 0.0), np.where(used, errors, 1.0) ** 2, used.sum(axis=-1) - 1
    tau2 = np.zeros(values.shape[:-1])
    for _ in range(_PAULE_MANDEL_STEPS):
        # Newton from the left of a convex falling curve: it never oversteps the root
        weight = used / (variance + tau2[..., None])
        total = np.maximum(weight.sum(axis=-1), np.finfo(float).tiny)
        squares = (b - ((weight * b).sum(axis=-1) / total)[..., None]) ** 2
        excess, steepness = (weight * squares).sum(axis=-1) - degrees, (weight**2 * squares).sum(axis=-1)
        step = np.where(excess > 0, excess / np.where(steepness > 0, steepness, 1.0), 0.0)
        tau2 = tau2 + step
        if (step <= _TOLERANCE * tau2).all():
            break
    return np.asarray(np.where(bad | (degrees < 1), np.nan, tau2))


def slopes(t: ArrayLike, y: ArrayLike, te: ArrayLike) -> Slopes:
    """Change of `y` per unit of `t` by least squares, tests along the last axis, NaN as padding (methods D19).

    The standard error rests on the known typical error `te` of each test (a number, or one per test), not on the few
    residuals. NaN with fewer than 3 tests, tests at one time only, an infinite value, or a `te` not above zero.

    >>> found = slopes([1, 2, 3], [3.40, 3.44, 3.45], 0.05)
    >>> round(float(found.slope), 3), round(float(found.se), 4)
    (0.025, 0.0354)
    """
    when, value, error = np.broadcast_arrays(*(np.asarray(v, dtype=np.float64) for v in (t, y, te)))
    used = ~(np.isnan(when) | np.isnan(value))
    n = used.sum(axis=-1)
    wrong = (used & ~(np.isfinite(when) & np.isfinite(value) & (error > 0) & (error < np.inf))).any(axis=-1)
    fit = used & ~wrong[..., None]
    mean = np.where(fit, when, 0.0).sum(axis=-1) / np.maximum(n, 1)
    apart = np.where(fit, when - mean[..., None], 0.0)
    spread = (apart**2).sum(axis=-1)
    share = apart / np.where((n >= MIN_TESTS) & (spread > 0), spread, np.nan)[..., None]
    slope = (share * np.where(fit, value, 0.0)).sum(axis=-1)
    return Slopes(slope, np.sqrt((share**2 * np.where(fit, error, 0.0) ** 2).sum(axis=-1)), n)


def _usable(y: Floats, s: Floats) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which athletes have data, and which squads hold an impossible number."""
    used = ~(np.isnan(y) | np.isnan(s))
    return used, np.asarray((used & ~(np.isfinite(y) & (s > 0) & (s < np.inf))).any(axis=-1))


def _pool(y: Floats, s: Floats, member: NDArray[np.bool_], how: tuple[float, str, float]) -> dict[str, Any]:
    used, bad = _usable(y, s)
    used = used & ~bad[:, None]
    n, groups = used.sum(axis=-1), (member & used[..., None]).any(axis=1).sum(axis=-1)
    few = ~bad & ((n < MIN_ATHLETES) | (n - groups < MIN_ATHLETES - 1))
    reason = np.where(bad, "BAD_INPUT", np.where(few, "TOO_FEW_ATHLETES", ""))
    half = -float(ndtri((1 - how[2]) / 2)) * s
    alone, half = (np.where(used, value, np.nan) for value in (y, half))  # first: inf - inf is a warning
    rows = {"theta": alone, "sd": np.where(used, s, np.nan), "low": alone - half, "high": alone + half}
    of_group = {name: np.full((len(y), member.shape[-1]), np.nan) for name in ("mu", "mu_sd")}
    of_squad = {name: np.full(len(y), np.nan) for name in ("tau_mean", "tau_median")}
    known = rows | of_group | of_squad | {"n": n, "reason": reason}
    pooled = reason == ""
    if pooled.any():
        found = posterior(y[pooled], s[pooled], used[pooled], member[pooled], how)
        for name, value in found.items():
            known[name][pooled] = value
    return known
