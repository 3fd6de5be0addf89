"""How do athletes of different body mass compare in strength? (methods H1).

What: three comparisons of the same loads, forces or absolute powers: as they are, per kg of body mass, and per kg of
  body mass to the power of 0.67; with 20 athletes also the power that this squad itself shows.
Formula: y / m and y / m^0.67; own power: least squares of ln y on ln m, one level per group.
Source: Jaric 2002 (Sports Med 32:615-631); 20 athletes for an own power are a convention.
Limits: jump heights, RSI, stance, sprint times and numbers per kg are not scaled: body mass is in them already. An
  athlete without body mass stays in the list with the reason.
Trap: strength per kg favours light athletes, absolute strength heavy ones; look at all three before you call anybody
  weak. Never fit a power to women and men together without naming the groups.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from analysis.estimate import Estimate, named, refuse
from analysis.frames import number
from analysis.squad._entries import name_of, unit_of
from analysis.squad.compare import compare
from analysis.stats.scaling import EXPONENT, allometric_fit

SCALED_UNITS: Final = ("kg", "N", "W")  # loads, forces and absolute powers
FAVOURS: Final = "Per kg of body mass light athletes look stronger than they are for their size."


def scaled(
    levels: Sequence[Estimate], body_mass: Mapping[str, float | None], *, groups: Mapping[str, str] | None = None
) -> tuple[Estimate, Estimate, Estimate]:
    """Compare levels as they are, per kg of body mass and per kg^0.67 (three results of `compare`, as logs).

    Needs: one Estimate per athlete in kg, N or W with its interval, `body_mass` in kg by athlete; `groups` as in
    `compare`. Refusals: NOT_SCALED for any other unit; per athlete BODY_MASS_MISSING or BAD_INPUT; and those of
    `compare`. Jaric 2002 (Sports Med 32:615-631).

    >>> lifts = [("Ada", 80.0, 52.0), ("Bo", 120.0, 75.0), ("Cyd", 95.0, 60.0), ("Dee", 90.0, 66.0)]
    >>> levels = [Estimate("e1RM squat", who, kg, 0.94 * kg, 1.06 * kg, unit="kg", n=8) for who, kg, _ in lifts]
    >>> raw, ratio, allometric = scaled(levels, {who: mass for who, _, mass in lifts})
    >>> [found.parts[0].who for found in (raw, ratio, allometric)], ratio.unit
    (['Bo', 'Bo', 'Bo'], 'kg/kg')
    """
    unit, what = unit_of(levels), name_of(levels)
    if unit not in SCALED_UNITS:
        names = (what, f"{what} per kg", f"{what} per kg^{EXPONENT}")
        first, *others = (refuse(name, "NOT_SCALED", unit=unit, n=len(levels)) for name in names)
        return first, others[0], others[1]
    mass = {e.who: body_mass.get(e.who) for e in levels}
    raw = compare(levels, what=what, groups=groups, scale="log")
    ratio, allometric = (
        compare([_divided(e, mass[e.who], power) for e in levels], what=f"{what} {words}", groups=groups, scale="log")
        for power, words in ((1.0, "per kg"), (EXPONENT, f"per kg^{EXPONENT}"))
    )
    notes = (*_own_power(levels, mass, groups), *allometric.notes)
    return raw, named(ratio, notes=(FAVOURS, *ratio.notes)), named(allometric, notes=notes)


def _divided(e: Estimate, mass: float | None, power: float) -> Estimate:
    unit = f"{e.unit}/kg" if power == 1 else f"{e.unit}/kg^{power:g}"
    if e.value is None:
        return replace(e, unit=unit)
    if mass is None or not 0 < mass < math.inf:
        reason = "BODY_MASS_MISSING" if mass is None or math.isnan(mass) else "BAD_INPUT"
        return replace(e, value=None, low=None, high=None, unit=unit, status="refused", reason=reason)
    value, low, high = (None if v is None else v / mass**power for v in (e.value, e.low, e.high))
    return replace(e, value=value, low=low, high=high, unit=unit)


def _own_power(
    levels: Sequence[Estimate], mass: Mapping[str, float | None], groups: Mapping[str, str] | None
) -> tuple[str, ...]:
    """In words: the power of body mass that this squad shows, from 20 athletes."""
    known = [(e.who, e.value, kg) for e in levels if e.value is not None and (kg := mass[e.who]) is not None]
    labels = [(groups or {}).get(who, "") for who, _, _ in known]
    found = allometric_fit([y for _, y, _ in known], [kg for _, _, kg in known], groups=labels)
    if found.reason:
        return ()
    told = f"{number(found.b)} (95 % {number(found.low)} to {number(found.high)}; n = {found.n})"
    return (f"The power of body mass that this squad shows itself: {told}.",)
