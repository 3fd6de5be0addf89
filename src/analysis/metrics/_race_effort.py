"""How hard each race was run, against the season's best or critical speed, and how far kicks vary (methods E1)."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from analysis.frames import number
from analysis.metrics._kicks import RaceKick
from analysis.metrics._priors import NU0, PRIORS
from analysis.metrics._races import Race
from analysis.stats.kick import SKIPPED

SAME_DISTANCE: Final = 0.02
SEASON_DAYS: Final = 365
MATCHED_PCT: Final = 2.0  # races whose relative effort differs by more are not compared
OWN_FROM: Final = 4  # races from which on the athlete's own spread counts
EFFORT: Final[dict[str, Any]] = {
    "same_distance": SAME_DISTANCE,
    "season_days": SEASON_DAYS,
    "matched_pct": MATCHED_PCT,
    "own_sd_from_races": OWN_FROM,
}
DOWNHILL_PCT: Final = 0.5  # of gradient, by which a finish that falls is easier than the race before it
KNOWN: Final = "tactics, position, wind and surface are not in the log, and a slow race gives a fast finish"


def gradient_words(one: RaceKick) -> str:
    """The gradient of the finish and of the race before it, by the altitude of the watch, or that it is not known."""
    stream, length = one.race.stream, one.kick.kick_m
    if stream is not None and length is not None and stream.total_m > length:
        start = stream.total_m - length
        finish, before = (
            stream.gradient_pct(start, stream.total_m),
            stream.gradient_pct(SKIPPED * stream.total_m, start),
        )
        if finish is not None and before is not None:
            told = f"{number(finish, '%')} % in the finish, {number(before, '%')} % in the race before it"
            easier = "; a finish downhill is no kick" if finish < before - DOWNHILL_PCT else ""
            return f"Gradient by the watch: {told}{easier}."
    return "The gradient of the finish is not known."


@dataclass(frozen=True)
class Spread:
    """Race-to-race SD of a kick (log) with its degrees of freedom, and where it comes from."""

    sd: float
    df: float
    source: str


def same_distance(one: Race, other: Race) -> bool:
    """Whether two races were over the same distance, within 2 %."""
    if not one.distance_m or not other.distance_m:
        return False
    return abs(math.log(one.distance_m / other.distance_m)) <= math.log1p(SAME_DISTANCE)


def effort_pct(race: Race, every: Sequence[Race], critical_speed_m_s: float | None) -> float | None:
    """Speed of a race in % of critical speed where that is told, else of the season's best over the distance.

    None where the speed is not known, or the race is the only one of its distance within a year: no race is its own
    yardstick.
    """
    if race.speed_m_s is None:
        return None
    if critical_speed_m_s is not None:
        return 100 * race.speed_m_s / critical_speed_m_s
    season = dt.timedelta(days=SEASON_DAYS)
    others = [o for o in every if same_distance(race, o) and abs(o.date - race.date) <= season and o.speed_m_s]
    if len(others) < 2:
        return None
    return 100 * race.speed_m_s / max(o.speed_m_s or 0.0 for o in others)


def spread_of(comparable: Sequence[RaceKick]) -> Spread:
    """How far kicks vary from race to race: the athlete's own from 4 races on, else 3 % (convention)."""
    logs = [math.log1p((one.kick.kick_pct or 0.0) / 100) for one in comparable if one.ok]
    if len(logs) >= OWN_FROM and (own := float(np.std(logs, ddof=1))) > 0:
        return Spread(own, len(logs) - 1.0, f"own, from {len(logs)} races")
    return Spread(float(PRIORS["kick"].te0 or 0.0), NU0, "convention of the handbook")


def told_critical_speed(value: float | None) -> bool:
    """Whether a stated critical speed can be one. Raises ValueError for one that cannot."""
    if value is not None and not 1 < value < 12.5:
        raise ValueError(f"critical_speed_m_s is {value:g}; it is a speed of running in m/s such as 4.6")
    return value is not None
