"""How the runner stood to the gate that starts the clock, as the protocol of a sprint test tells it (methods D9)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from analysis.stats.sprint_model import MIN_SPLITS_CORRECTED, Correction
from analysis.units import metres_per

LONGEST_OFFSET_M: Final = 3.0  # a longer distance beside the word "start" is the length of the sprint
_AMOUNT: Final = r"(\d+(?:[.,]\d+)?)\s*(cm|m|ft|in)\b"
_BEHIND: Final = (
    rf"{_AMOUNT}\s*(?:behind|back|before|away|from (?:the )?(?:first |start |starting )*(?:gate|line|beam))",
    rf"(?:start(?:ed|ing)?|offset|behind)\W{{1,3}}{_AMOUNT}",
)
_AT_GATE: Final = (
    r"\b(?:at|on|in) (?:the )?(?:first |start |starting )*(?:gate|line|beam)s?\b|first movement"
    r"|touch ?pad|(?:hand|foot) (?:release|switch|trigger)"
)
_LATE_OR_EARLY: Final = r"\bgun\b|start(?:ing|er)? signal|\bbeep\b|reaction time (?:is )?(?:included|counted)"


@dataclass(frozen=True)
class Start:
    """The start correction of a fit; `told` says in words where it comes from, `known` whether anybody stated it."""

    correction: Correction
    offset_m: float
    told: str
    known: bool = True
    both: bool = False

    @property
    def told_in_full(self) -> str:
        """The correction and its source as one sentence of a note."""
        if self.correction == "time":
            return f"Start: a time correction is fitted ({self.told})."
        where = f"{self.offset_m:g} m behind the first gate" if self.offset_m else "at the gate, no correction"
        return f"Start: {where} ({self.told})."


def start_of(
    protocol: str | None, gates: int, *, offset_m: float | None = None, time_correction: bool | None = None
) -> Start | None:
    """Say which start correction holds: a stated one, else that of the protocol's text, else a fitted one from 5 gates.

    None where nobody says how the start was and there are too few gates to fit it: a profile without a start correction
    is badly wrong, so that none is assumed. A time correction that is denied means a start at the gate.

    >>> start_of("standing start, 0.5 m behind the gate", 4).offset_m, start_of(None, 4)
    (0.5, None)
    """
    if offset_m is not None or time_correction is not None:
        both = bool(offset_m) and bool(time_correction)
        return Start("time" if time_correction else "none", offset_m or 0.0, "stated for this analysis", both=both)
    said = offset_told(protocol)
    if said is not None:
        return Start("none", said, "written in the protocol")
    if re.search(_LATE_OR_EARLY, (protocol or "").casefold()):
        return Start("time", 0.0, "the protocol starts the clock by a signal")
    if gates < MIN_SPLITS_CORRECTED:
        return None
    return Start("time", 0.0, "how the runner stood to the first gate is not written down", known=False)


def offset_told(protocol: str | None) -> float | None:
    """Metres behind the first gate by the text of a protocol, 0 for a start at it; None where the text does not say.

    >>> offset_told("Standing start at gate"), offset_told("start 30 cm behind the line"), offset_told("30 m sprint")
    (0.0, 0.3, None)
    """
    text = (protocol or "").casefold()
    for pattern in _BEHIND:
        for amount, unit in re.findall(pattern, text):
            metres = round(float(amount.replace(",", ".")) * metres_per(unit), 4)
            if metres <= LONGEST_OFFSET_M:
                return metres
    return 0.0 if re.search(_AT_GATE, text) and not re.search(r"flying|rolling", text) else None
