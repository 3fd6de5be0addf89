"""Tempo notation of a lift and the time under tension it prescribes (methods A2)."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final

_SEPARATOR: Final = re.compile(r" ?[-/:,] ?| ")
_COMPACT: Final = re.compile(r"[0-9x]{4}")
_SECONDS: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,2})?")
_DASHES: Final = str.maketrans("‐‑‒–—−", "------")
_ROUNDING: Final = 1e-9  # 44 / 40 is 0.1 + 9e-17 away from 1


@dataclass(frozen=True)
class Tempo:
    """Seconds of the four phases; `concentric_s` is None where it is X, "as fast as possible" (`explosive_intent`)."""

    eccentric_s: float | None = None
    pause_bottom_s: float | None = None
    concentric_s: float | None = None
    pause_top_s: float | None = None
    explosive_intent: bool = False
    status: str = "ok"
    reason: str | None = None


@dataclass(frozen=True)
class TimeUnderTension:
    """Planned time under tension of a set; `tut_loaded_s` leaves out the pause at the top."""

    status: str
    reason: str | None = None
    tut_s: float | None = None
    tut_loaded_s: float | None = None


@dataclass(frozen=True)
class Adherence:
    """Observed over prescribed duration; `kept` when they agree within the tolerance."""

    status: str
    reason: str | None = None
    ratio: float | None = None
    kept: bool | None = None


def parse(text: str | None) -> Tempo:
    """Read a tempo such as ``3-1-1-0``, ``3/1/1/0`` or ``30X0``: eccentric, bottom, concentric, top, in seconds.

    The first number is the eccentric even for lifts that start with the concentric. Three phases leave the top pause at
    0 and are a caution (TEMPO_AMBIGUOUS). Refused: two phases (TEMPO_AMBIGUOUS), X anywhere but third
    (TEMPO_X_POSITION), anything else (TEMPO_SYNTAX). Source: practice convention after King and Poliquin.

    >>> parse("30X0").explosive_intent, parse("3-1").reason
    (True, 'TEMPO_AMBIGUOUS')
    """
    tokens = _tokens(" ".join((text or "").translate(_DASHES).casefold().split()))
    if len(tokens) not in (2, 3, 4) or not all(token == "x" or _SECONDS.fullmatch(token) for token in tokens):
        return Tempo(status="refused", reason="TEMPO_SYNTAX")
    if len(tokens) == 2:
        return Tempo(status="refused", reason="TEMPO_AMBIGUOUS")
    if "x" in (*tokens[:2], *tokens[3:]):
        return Tempo(status="refused", reason="TEMPO_X_POSITION")
    eccentric_s, bottom_s, concentric_s, *top_s = (None if token == "x" else float(token) for token in tokens)
    return Tempo(
        eccentric_s=eccentric_s,
        pause_bottom_s=bottom_s,
        concentric_s=concentric_s,
        pause_top_s=top_s[0] if top_s else 0.0,
        explosive_intent=concentric_s is None,
        status="ok" if top_s else "caution",
        reason=None if top_s else "TEMPO_AMBIGUOUS",
    )


def _tokens(text: str) -> list[str]:
    return list(text) if _COMPACT.fullmatch(text) else _SEPARATOR.split(text)


def time_under_tension(text: str | None, reps: float | None, x_seconds: float = 1.0) -> TimeUnderTension:
    """Planned time under tension of `reps` repetitions in seconds; X counts `x_seconds` (our convention, 1.0).

    Refused as `parse` refuses, and with BAD_INPUT for missing or negative `reps` or a non-positive `x_seconds`.

    >>> time_under_tension("3-1-1-0", 8).tut_s
    40.0
    """
    tempo = parse(text)
    if tempo.status == "refused":
        return TimeUnderTension("refused", tempo.reason)
    if reps is None or not (0 <= reps < math.inf and 0 < x_seconds < math.inf):
        return TimeUnderTension("refused", "BAD_INPUT")
    concentric_s = x_seconds if tempo.concentric_s is None else tempo.concentric_s
    loaded_s = (tempo.eccentric_s or 0.0) + (tempo.pause_bottom_s or 0.0) + concentric_s
    rep_s = loaded_s + (tempo.pause_top_s or 0.0)
    return TimeUnderTension(tempo.status, tempo.reason, reps * rep_s, reps * loaded_s)


def adherence(observed_s: float, prescribed_s: float, tolerance: float = 0.10) -> Adherence:
    """Observed set duration over the prescribed one, and whether the tempo was kept within `tolerance` (10 %, ours).

    Refused with BAD_INPUT where a duration is not a positive number.

    >>> adherence(44.0, 40.0).kept, adherence(45.0, 40.0).kept
    (True, False)
    """
    if not (0 < observed_s < math.inf and 0 < prescribed_s < math.inf):
        return Adherence("refused", "BAD_INPUT")
    ratio = observed_s / prescribed_s
    return Adherence("ok", None, ratio, abs(ratio - 1) <= tolerance + _ROUNDING)
