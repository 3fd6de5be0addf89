"""Exact unit factors and small text-to-SI conversions. Every column inside the toolkit is SI (or minutes, kg, bpm).

The factors are exact by definition: the international avoirdupois pound, the international mile and inch
(NIST Special Publication 811, appendix B.8, 2008) and standard gravity (CGPM 1901).
"""

from __future__ import annotations

from typing import Final, Literal

LB_KG: Final = 0.45359237
MI_M: Final = 1609.344
IN_M: Final = 0.0254
G_MPS2: Final = 9.80665

LoadUnit = Literal["kg", "lb"]
DistanceUnit = Literal["m", "km", "mi"]

_LOAD_KG: Final[dict[str, float]] = {"kg": 1.0, "kgs": 1.0, "lb": LB_KG, "lbs": LB_KG}
_DISTANCE_M: Final[dict[str, float]] = {
    "m": 1.0, "meter": 1.0, "meters": 1.0, "metres": 1.0, "km": 1000.0, "kilometers": 1000.0,
    "mi": MI_M, "mile": MI_M, "miles": MI_M, "ft": 12 * IN_M, "yd": 36 * IN_M, "cm": 0.01, "in": IN_M,
}  # fmt: skip


def kg_per(unit: str) -> float:
    """Kilograms in one `unit` (kg, kgs, lb, lbs; case and a trailing dot do not matter).

    Raises ValueError for any other text: a unit is never guessed.

    >>> round(100 * kg_per("lbs"), 6)
    45.359237
    """
    return _factor(unit, _LOAD_KG, "load unit")


def metres_per(unit: str) -> float:
    """Metres in one `unit` (m, km, cm, mi, ft, yd, in and the long forms of m, km and mi).

    Raises ValueError for any other text.

    >>> metres_per("mi.")
    1609.344
    """
    return _factor(unit, _DISTANCE_M, "distance unit")


def _factor(unit: str, table: dict[str, float], what: str) -> float:
    key = unit.strip().casefold().rstrip(".")
    if key not in table:
        known = ", ".join(table)
        raise ValueError(f"{what} {unit!r} is not known; expected one of: {known}")
    return table[key]
