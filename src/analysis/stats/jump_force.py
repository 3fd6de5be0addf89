"""Force, speed and power of a jump from its height, and their line over several loads (methods D4, D5)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.units import G_MPS2

Floats = NDArray[np.float64]

PUSH_OFF_M: Final = (0.15, 0.60)
CV_HEIGHT: Final = 0.05  # a convention: how far the mean height at one load varies by itself (log SD)
DRAWS: Final = 2000
SEED: Final = 20120201
MIN_LOADS: Final = 3
GOOD_LOADS: Final = 4
GOOD_R2: Final = 0.95
LEVEL: Final = 0.95
_ROUNDING: Final = 1e-9
_LARGEST: Final = 1e6  # no height (m) or mass (kg) is larger, and products of much larger numbers are none


@dataclass(frozen=True)
class Push:
    """Means over the push-off: force (N), speed (m/s), power (W, W/kg of body mass) and the CV of the power."""

    force_n: Floats
    velocity_mps: Floats
    power_w: Floats
    power_w_kg: Floats
    cv_power: Floats


@dataclass(frozen=True)
class Line:
    """A least-squares line y = intercept + slope x, one per row of the points."""

    intercept: Floats
    slope: Floats
    r2: Floats

    def at(self, x: ArrayLike) -> Floats:
        """The value of the line at `x`."""
        return np.asarray(self.intercept + self.slope * np.asarray(x, dtype=np.float64))

    def x_at(self, y: ArrayLike) -> Floats:
        """Where the line has the value `y`."""
        return np.asarray((np.asarray(y, dtype=np.float64) - self.intercept) / self.slope)


@dataclass(frozen=True)
class JumpProfile:
    """The line of force over speed: `f0_n_kg`, `v0_mps`, `sfv` (N s/m/kg), `pmax_w_kg`; each with (low, high).

    An end that is open (a line that need not fall) is infinite. `line_n_kg` and its interval lie at `at_mps`.
    """

    status: str
    reason: str | None = None
    f0_n_kg: float | None = None
    v0_mps: float | None = None
    sfv: float | None = None
    pmax_w_kg: float | None = None
    r2: float | None = None
    n: int = 0
    intervals: tuple[tuple[str, float, float], ...] = ()
    force_n_kg: tuple[float, ...] = ()
    velocity_mps: tuple[float, ...] = ()
    draws: tuple[Floats, Floats] | None = None

    def interval(self, name: str) -> tuple[float, float]:
        """The interval of one of the fields by its name."""
        return next((low, high) for field, low, high in self.intervals if field == name)


def refusal(
    height_m: ArrayLike,
    push_off_m: float | None,
    body_mass_kg: float | None,
    external_kg: ArrayLike = 0.0,
    cv_height: float = CV_HEIGHT,
) -> str | None:
    """Why a jump has no power by this method: PUSHOFF_DISTANCE (missing, or outside 0.15-0.60 m), BAD_INPUT; or None.

    >>> refusal(0.33, 0.80, 62), refusal(0.0, 0.36, 62), refusal(0.33, 0.36, 62)
    ('PUSHOFF_DISTANCE', 'BAD_INPUT', None)
    """
    if push_off_m is None or not PUSH_OFF_M[0] <= push_off_m <= PUSH_OFF_M[1]:
        return "PUSHOFF_DISTANCE"
    height, external = _floats(height_m), _floats(external_kg)
    mass = math.nan if body_mass_kg is None else float(body_mass_kg)
    usable = ((height > 0) & (height < _LARGEST)).all() and ((external >= 0) & (external < _LARGEST)).all()
    return None if usable and 0 < mass < _LARGEST and 0 <= cv_height < math.inf else "BAD_INPUT"


def push_off(
    height_m: ArrayLike,
    push_off_m: ArrayLike,
    body_mass_kg: ArrayLike,
    external_kg: ArrayLike = 0.0,
    *,
    cv_height: ArrayLike = CV_HEIGHT,
    g_mps2: float = G_MPS2,
) -> Push:
    """Mean force, speed and power of jumps from their height, the push-off distance (m) and the masses (kg).

    Holds for a push straight up without a swing of the arms; the push-off distance is measured once and kept. Values
    that `refusal` would name are the caller's to leave out; a height of zero or less gives NaN. The mean height at the
    same load stays the first outcome, power is the second. Samozino 2008 (J Biomech 41:2940-2945).

    >>> push = push_off(0.33, 0.36, 62)
    >>> round(float(push.force_n)), round(float(push.velocity_mps), 3), round(float(push.power_w))
    (1165, 1.272, 1482)
    """
    height, mass = _floats(height_m), _floats(body_mass_kg)
    height, distance = np.where(height > 0, height, np.nan), _floats(push_off_m)
    force = (mass + _floats(external_kg)) * g_mps2 * (height / distance + 1)
    velocity = np.sqrt(g_mps2 * height / 2)
    cv = _floats(cv_height) * (height / (height + distance) + 0.5)
    return Push(*(np.asarray(v) for v in (force, velocity, force * velocity, force * velocity / mass, cv)))


def fit_line(x: ArrayLike, y: ArrayLike, weights: ArrayLike = 1.0) -> Line:
    """Weighted least squares of `y` on `x` along the last axis, many rows at once; NaN where all `x` are equal.

    >>> line = fit_line([0, 1, 2], [5, 3, 1])
    >>> float(line.intercept), float(line.slope), float(line.r2)
    (5.0, -2.0, 1.0)
    """
    x_, y_, w = np.broadcast_arrays(_floats(x), _floats(y), _floats(weights))
    total = w.sum(axis=-1, keepdims=True)
    dx, dy = x_ - (w * x_).sum(axis=-1, keepdims=True) / total, y_ - (w * y_).sum(axis=-1, keepdims=True) / total
    xx, xy, yy = ((w * product).sum(axis=-1) for product in (dx * dx, dx * dy, dy * dy))
    xx = np.where(xx > 0, xx, np.nan)
    slope = xy / xx
    intercept = (y_ - dy)[..., 0] - slope * (x_ - dx)[..., 0]
    return Line(np.asarray(intercept), np.asarray(slope), np.asarray(xy * slope / np.where(yy > 0, yy, np.nan)))


def profile(
    height_m: ArrayLike,
    external_kg: ArrayLike,
    *,
    body_mass_kg: float | None,
    push_off_m: float | None,
    cv_height: float = CV_HEIGHT,
    draws: int = DRAWS,
    seed: int = SEED,
    level: float = LEVEL,
    g_mps2: float = G_MPS2,
    velocity_on_force: bool = False,
) -> JumpProfile:
    """Force-velocity profile of one session from the mean height at three or more loads; NaN heights are left out.

    Force per kg of body mass on speed, ordinary least squares (or the other way round with `velocity_on_force`, as
    vjsim does). Intervals: parametric bootstrap with log-normal heights of log SD `cv_height`, seeded. F0 and Pmax may
    be reported; the slope and V0 vary by 14-30 % between days although R2 is above 0.95, and training by the profile
    did not beat ordinary training: Lindberg 2021 (PLoS One 16:e0245791). Refused: PUSHOFF_DISTANCE, BAD_INPUT,
    TOO_FEW_LOADS (fewer than 3), SLOPE_NOT_NEGATIVE. `caution`: TOO_FEW_LOADS (3), R2_TOO_LOW (below 0.95). Samozino
    2012 (Med Sci Sports Exerc 44:313-322); Jimenez-Reyes 2017 (Front Physiol 7:677).

    >>> found = profile([0.345, 0.285, 0.235, 0.19, 0.15], [0, 10, 20, 30, 40], body_mass_kg=62, push_off_m=0.36)
    >>> round(found.f0_n_kg, 1), round(found.v0_mps, 2), round(found.pmax_w_kg, 1), round(found.r2, 3)
    (30.1, 3.64, 27.4, 0.988)
    """
    height, external = _floats(height_m).ravel(), _floats(external_kg).ravel()
    if height.size != external.size or draws < 1:
        return JumpProfile("refused", "BAD_INPUT")
    kept = ~np.isnan(height) & ~np.isnan(external)
    order = np.lexsort((height[kept], external[kept]))  # the seeded draws belong to loads, not to rows
    height, external = height[kept][order], external[kept][order]
    loads = int(np.unique(external).size)
    if reason := refusal(height, push_off_m, body_mass_kg, external, cv_height):
        return JumpProfile("refused", reason, n=loads)
    if loads < MIN_LOADS:
        return JumpProfile("refused", "TOO_FEW_LOADS", n=loads)
    known: dict[str, Any] = {"push_off_m": push_off_m, "body_mass_kg": body_mass_kg, "g_mps2": g_mps2}
    force, velocity = _per_kg(height, external, **known)
    line = _line(force, velocity, velocity_on_force=velocity_on_force)
    if not line.slope < 0 or not line.intercept > 0:
        return JumpProfile("refused", "SLOPE_NOT_NEGATIVE", n=loads)
    noise = np.exp(cv_height * np.random.default_rng(seed).standard_normal((draws, height.size)))
    many = _line(*_per_kg(height * noise, external, **known), velocity_on_force=velocity_on_force)
    spans = tuple((name, *_span(values, level)) for name, values in _named(many).items())
    reason = "TOO_FEW_LOADS" if loads < GOOD_LOADS else None if line.r2 >= GOOD_R2 - _ROUNDING else "R2_TOO_LOW"
    values = {name: float(value) for name, value in _named(line).items()}
    return JumpProfile(
        "caution" if reason else "ok", reason, **values, r2=float(line.r2), n=loads, intervals=spans,
        force_n_kg=tuple(force.tolist()), velocity_mps=tuple(velocity.tolist()), draws=(many.intercept, many.slope),
    )  # fmt: skip


def _per_kg(
    height: Floats, external: Floats, *, push_off_m: float, body_mass_kg: float, g_mps2: float
) -> tuple[Floats, Floats]:
    push = push_off(height, push_off_m, body_mass_kg, external, g_mps2=g_mps2)
    return push.force_n / body_mass_kg, push.velocity_mps


def _line(force: Floats, velocity: Floats, *, velocity_on_force: bool) -> Line:
    """Force over speed, whichever of the two was regressed on the other."""
    if not velocity_on_force:
        return fit_line(velocity, force)
    back = fit_line(force, velocity)
    steep = np.where(back.slope == 0, np.nan, back.slope)
    return Line(np.asarray(-back.intercept / steep), np.asarray(1 / steep), back.r2)


def _named(line: Line) -> dict[str, Floats]:
    """F0, V0, slope and Pmax of each line; a line that does not fall has no end, its V0 and Pmax are infinite."""
    falls = line.slope < 0
    v0 = np.where(falls, -line.intercept / np.where(falls, line.slope, -1.0), np.inf)
    return {"f0_n_kg": line.intercept, "v0_mps": v0, "sfv": line.slope, "pmax_w_kg": line.intercept * v0 / 4}


def _span(values: Floats, level: float) -> tuple[float, float]:
    # by order statistics: an interpolated quantile between two infinite draws would not be a number
    low, high = np.quantile(values, ((1 - level) / 2, (1 + level) / 2), method="nearest")
    return float(low), float(high)


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)
