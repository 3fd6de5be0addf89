"""Jump height from a force plate: impulse and momentum (methods D2)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.units import G_MPS2

Floats = NDArray[np.float64]

QUIET_S: Final = 1.0  # standing still before the jump, from which body weight is taken
QUIET_SD: Final = 0.01  # share of body weight that the standing force may vary by (standard deviation)
ONSET_SD: Final = 5.0
TAKEOFF_N: Final = 10.0  # below this force nobody stands on the plate
SAMPLE_HZ: Final = 500.0
_ROUNDING: Final = 1e-9  # of body weight: a trace without noise has no standard deviation


@dataclass(frozen=True)
class Takeoff:
    """What the force says of one jump; nothing but a `reason` where it is refused."""

    status: str
    reason: str | None = None
    mass_kg: float | None = None
    impulse_ns: float | None = None
    takeoff_mps: float | None = None
    height_m: float | None = None
    onset_s: float | None = None
    takeoff_s: float | None = None


def from_force(
    force_n: ArrayLike,
    sample_hz: float | None,
    *,
    quiet_s: float = QUIET_S,
    quiet_sd: float = QUIET_SD,
    onset_sd: float = ONSET_SD,
    takeoff_n: float = TAKEOFF_N,
) -> Takeoff:
    """Take-off speed and height of one jump from its vertical ground reaction force (N), `sample_hz` samples a second.

    The trace begins with at least 1 s of standing still, which gives body weight (with whatever is carried). The jump
    begins where the force first leaves body weight by 5 SD - downwards in a countermovement jump, upwards in a jump
    from a squat - and ends at the last sample before the force falls below 10 N while the body is moving upwards (a
    hard countermovement may unload the plate on the way down). In between the net force is summed by the trapezoid
    rule.

    Refused: BAD_INPUT (no or impossible samples, fewer than 500 a second), TOO_SHORT (less than 1 s), NOT_STEADY (the
    standing force varies by 1 % of body weight or more), NO_TAKEOFF (no flight, or not moving upwards before it).
    Heights by this method lie 1-2 cm below those from flight time and are never joined with them: Baumgart 2017 (Asian
    J Sports Med 8(4):e12921). Trapezoid, thresholds and quiet standing are those of methods D2.

    >>> t = np.arange(0, 0.3005, 0.001)
    >>> push = 62 * 9.80665 + 900 * np.sin(np.pi * t / 0.3)
    >>> jump = from_force(np.concatenate([np.full(1000, 62 * 9.80665), push, np.zeros(300)]), 1000)
    >>> round(jump.takeoff_mps, 3), round(jump.height_m, 4)
    (2.772, 0.3919)
    """
    force, quiet_to = np.asarray(force_n, dtype=np.float64).ravel(), _quiet_samples(sample_hz, quiet_s)
    if sample_hz is None or quiet_to is None or force.size == 0 or not np.isfinite(force).all():
        return Takeoff("refused", "BAD_INPUT")
    if force.size <= quiet_to:
        return Takeoff("refused", "TOO_SHORT")
    weight, sd = float(force[:quiet_to].mean()), float(force[:quiet_to].std(ddof=1))
    if weight <= takeoff_n:
        return Takeoff("refused", "BAD_INPUT")
    if sd >= quiet_sd * weight:
        return Takeoff("refused", "NOT_STEADY")
    away = np.abs(force[quiet_to:] - weight) > max(onset_sd * sd, _ROUNDING * weight)
    onset = quiet_to + int(np.argmax(away)) - 1  # the last sample at body weight
    off = _takeoff(force, onset, weight, takeoff_n) if bool(away.any()) else None
    if off is None:
        return Takeoff("refused", "NO_TAKEOFF")
    mass, impulse = weight / G_MPS2, float(_summed(force[onset:off] - weight)[-1] / sample_hz)
    speed = impulse / mass
    return Takeoff("ok", None, mass, impulse, speed, speed**2 / (2 * G_MPS2), onset / sample_hz, off / sample_hz)


def _quiet_samples(sample_hz: float | None, quiet_s: float) -> int | None:
    if sample_hz is None or not SAMPLE_HZ <= sample_hz < math.inf:
        return None
    return max(round(quiet_s * sample_hz), 2)


def _takeoff(force: Floats, onset: int, weight: float, takeoff_n: float) -> int | None:
    """The first sample off the plate while the body moves upwards, None where there is none."""
    net = force[onset:] - weight
    gone = np.flatnonzero((force[onset + 1 :] < takeoff_n) & (_summed(net)[:-1] > 0))
    return onset + 1 + int(gone[0]) if gone.size else None


def _summed(net: Floats) -> Floats:
    """Running trapezoid sum, in samples; the first is 0."""
    return np.concatenate([[0.0], np.cumsum((net[1:] + net[:-1]) / 2)])
