"""What a device calls a measure, in the words of the tables: a slug whose end is the SI unit, a method, a side.

`Jump Height (Imp-Mom) in Inches [in]` is `height_m` by `impulse_momentum`; `Left Avg. Braking RFD(N/s)` is
`avg_braking_rfd_n_s` of the left leg. A difference between the legs is `<name>_asymmetry_percent`: above zero where the
left one is higher, below zero where the right one is. A unit that is not known gives no measure: it is never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from analysis.units import IN_M, LB_KG

MISSING: Final = ("", "-", "--", "---", "na", "n/a", "nan", "null", "none", "undefined", "infinity", "-infinity")
"""What the devices write for "no value", in lower case."""
_UNITS: Final = {
    "mm": ("m", 0.001), "cm": ("m", 0.01), "m": ("m", 1.0), "in": ("m", IN_M), "ms": ("s", 0.001), "s": ("s", 1.0),
    "sec": ("s", 1.0), "kg": ("kg", 1.0), "lb": ("kg", LB_KG), "lbs": ("kg", LB_KG), "%": ("percent", 1.0),
    "n": ("n", 1.0), "kn": ("n", 1000.0), "n/kg": ("n_kg", 1.0), "n.s": ("ns", 1.0), "n.s/kg": ("ns_kg", 1.0),
    "n/s": ("n_s", 1.0), "kn/s": ("n_s", 1000.0), "n/s/kg": ("n_s_kg", 1.0), "n/m": ("n_m", 1.0), "n.m": ("nm", 1.0),
    "nm": ("nm", 1.0), "w": ("w", 1.0), "w/kg": ("w_kg", 1.0), "w/s": ("w_s", 1.0), "w/s/kg": ("w_s_kg", 1.0),
    "j": ("j", 1.0), "j/kg": ("j_kg", 1.0), "m/s": ("m_s", 1.0), "m/s2": ("m_s2", 1.0), "m/s^2": ("m_s2", 1.0),
    "m/s/s": ("m_s2", 1.0), "m/s/kg": ("m_s_kg", 1.0), "n/kg/s": ("n_s_kg", 1.0), "deg": ("deg", 1.0),
}  # fmt: skip
_ASYMMETRY: Final = re.compile(r"\(asym\)|\s*\bl\|r\b\s*", re.IGNORECASE)
_SIDE: Final = re.compile(r"\((?P<end>l|r|left|right)\)\s*$|^(?P<start>left|right)\s", re.IGNORECASE)
_UNIT: Final = re.compile(r"\[([^\]]*)\]|\(([^()]*)\)\s*$")
_IN_WORDS: Final = re.compile(r"\s+in (?:inches|pounds)\b|\s*%\s*$|/\s*bm\b|/\s*body ?weight\b", re.IGNORECASE)
_METHODS: Final = {
    "flight time": "flight_time", "imp-mom": "impulse_momentum", "imp-dis": "impulse_displacement",
    "impulse-momentum": "impulse_momentum", "impulse momentum": "impulse_momentum",
}  # fmt: skip
_METHOD: Final = re.compile(r"\((" + "|".join(_METHODS) + r")\)", re.IGNORECASE)
_RSI: Final = re.compile(r"(?P<which>(?:(?:best|mean|peak|jump)\s+)?)rsi\s*(?:\((?P<how>.*)\))?", re.IGNORECASE)
_MRSI: Final = re.compile(
    r"(?P<which>(?:(?:best|mean|peak|jump)\s+)?)(?:m-?rsi|modified rsi|rsi[ -]?mod(?:ified)?)\b", re.IGNORECASE
)
_SAME: Final = {
    "jump_height": "height", "jump_flight_time": "flight_time", "jump_contact_time": "contact_time", "bw": "body_mass",
    "bodyweight": "body_mass", "body_weight": "body_mass", "athlete_standing_weight": "body_mass", "jump_rsi": "rsi",
    "peak_vertical_force": "peak_force", "jump_rsi_modified": "rsi_modified", "rom_range_of_motion": "range_of_motion",
    "mean_power_per_kg": "mean_power", "peak_power_per_kg": "peak_power",
}  # fmt: skip


@dataclass(frozen=True)
class Measure:
    """A measure: slug, what its value is to be multiplied by, how the device got it, and of which leg it is."""

    slug: str
    factor: float = 1.0
    method: str | None = None
    side: str | None = None

    @property
    def is_asymmetry(self) -> bool:
        """Whether the value is a difference between the legs, written as `12.3 L`."""
        return self.slug.endswith("_asymmetry_percent")


def slug(text: str) -> str:
    """Lower case letters, digits and underscores: what a test or a measure is called in the tables.

    >>> slug("CMJ Rebound (Élite)")
    'cmj_rebound_elite'
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:80]


def unit(text: str) -> tuple[str, float] | None:
    """The end of the slug and the factor of a unit as devices write it, None where it is not known.

    >>> unit("N s"), unit("In"), unit("furlong")
    (('ns', 1.0), ('m', 0.0254), None)
    """
    return _UNITS.get(re.sub(r"\s*[·*]\s*|\s+", ".", text.strip().casefold().replace("²", "2")))


def of(header: str, units: str | None = None, names: Mapping[str, str] | None = None) -> Measure | None:
    """The measure that a header names; `units` where the unit stands beside it, `names` a vendor's own synonyms.

    >>> of("Jump Height (Flight Time) in Inches [in] ")
    Measure(slug='height_m', factor=0.0254, method='flight_time', side=None)
    >>> of("Takeoff Peak Force [N] (Asym) (%)").slug, of("Takeoff Peak Force % (Asym) (%)").slug
    ('takeoff_peak_force_asymmetry_percent', 'takeoff_peak_force_asymmetry_percent')
    >>> of("L|R Braking Impulse Index(%)").slug, of("Left Force at Peak Force(N)").side, of("Shoe size")
    ('braking_impulse_index_asymmetry_percent', 'left', None)
    """
    text = " ".join(header.split())
    if _ASYMMETRY.search(text):
        bare = _IN_WORDS.sub("", re.sub(r"\[[^\]]*\]|\(%\)", "", _ASYMMETRY.sub("", text)).strip())
        return Measure(f"{slug(_METHOD.sub('', bare))[:60]}_asymmetry_percent", method=_method(bare))
    text, side = _without_side(text)
    if names and (known := names.get(slug(text))):
        return Measure(known, side=side)
    found = _reactive(text)
    if found is not None:
        return Measure(found[0], method=found[1], side=side)
    text, known_unit = _without_unit(text, units)
    if known_unit is None:
        return None
    name = slug(_METHOD.sub("", _IN_WORDS.sub("", text)))
    return Measure(f"{_SAME.get(name, name)}_{known_unit[0]}", known_unit[1], _method(text), side)


def _without_side(text: str) -> tuple[str, str | None]:
    found = _SIDE.search(text)
    if not found:
        return text, None
    side = "left" if (found["end"] or found["start"]).casefold().startswith("l") else "right"
    return (text[: found.start()] + text[found.end() :]).strip(), side


def _without_unit(text: str, units: str | None) -> tuple[str, tuple[str, float] | None]:
    if units is not None:
        return text, unit(units)
    found = next((m for m in _UNIT.finditer(text) if unit(m[1] or m[2] or "")), None)
    if found is None:
        return text, None
    return (text[: found.start()] + text[found.end() :]).strip(), unit(found[1] or found[2])


def _method(text: str) -> str | None:
    found = _METHOD.search(text)
    return _METHODS[found[1].casefold()] if found else None


def _reactive(text: str) -> tuple[str, str | None] | None:
    """RSI and RSI modified have no unit that all agree on; what they were computed from is their method."""
    bare = re.sub(r"\s*(?:\[[^\]]*\]|\(m/s\))", "", text).strip()
    modified = _MRSI.match(bare)
    if modified:
        return slug(modified["which"].casefold().replace("jump", "") + " rsi modified"), _method(bare)
    found = _RSI.fullmatch(bare)
    if not found:
        return None
    name, how = slug(found["which"].casefold().replace("jump", "") + " rsi"), (found["how"] or "").casefold()
    if re.match(r"flight( time)?\s*/", how):
        return f"{name}_flight_contact", "flight_time"
    return name, "impulse_momentum" if "imp-mom" in how else "flight_time" if how else None
