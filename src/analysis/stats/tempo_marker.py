"""The same tempo at a heavier load: the article's marker that a load has been mastered (methods B8)."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

from analysis.exercises import tempo
from analysis.exercises.tempo import Adherence

HEAVIER: Final = 1.02  # the new load over the reference, at least
RIR_LOST: Final = 1.0  # repetitions in reserve that may be lost
TOLERANCE: Final = 0.10  # of the observed over the prescribed duration, in both sets
_ROUNDING: Final = 1e-9


@dataclass(frozen=True)
class TempoSet:
    """One set: prescribed tempo, load, repetitions, reserve, observed time under tension; None where not known."""

    tempo: str | None
    load_kg: float | None
    reps: float | None
    rir: float | None = None
    observed_tut_s: float | None = None
    technique_ok: bool | None = None


@dataclass(frozen=True)
class Marker:
    """Whether the tempo was maintained at the heavier load; `marker` None is unknown. `failed` names what was not met.

    `adherence_ref` and `adherence_new` are observed over prescribed duration.
    """

    status: str
    reason: str | None = None
    marker: bool | None = None
    adherence_ref: float | None = None
    adherence_new: float | None = None
    load_change_pct: float | None = None
    failed: tuple[str, ...] = ()


def tempo_marker(ref: TempoSet, new: TempoSet, tolerance: float = TOLERANCE) -> Marker:
    """Compare two sets of the same exercise: tempo maintained at a load at least 2 % heavier (methods B8).

    Positive where the load is 2 % heavier, no repetition and at most one in reserve is lost, the observed duration is
    within 10 % of the prescribed one in both sets, and the technique of the new set was good. Refused: what
    `tempo.parse` refuses, BAD_INPUT, TEMPO_CHANGED (another prescribed tempo), TEMPO_NOT_MEASURED (the marker is then
    unknown, not "no"), NO_EFFORT_RATING where all else holds but the reserve of a set is not told. A technique that
    nobody wrote down is taken to be good. All limits are conventions of the handbook.

    >>> ref = TempoSet("3-1-1-0", 60, 8, rir=2, observed_tut_s=41.0)
    >>> tempo_marker(ref, TempoSet("3110", 62.5, 8, rir=2, observed_tut_s=38.5, technique_ok=True)).marker
    True
    """
    if reason := _refusal(ref, new):
        return Marker("refused", reason)
    change_pct = 100 * ((new.load_kg or 0) / (ref.load_kg or 1) - 1)
    kept_ref, kept_new = _kept(ref, tolerance), _kept(new, tolerance)
    if kept_ref is None or kept_new is None:
        return Marker("refused", "TEMPO_NOT_MEASURED", load_change_pct=change_pct)
    failed = _failed(ref, new, kept_ref, kept_new)
    known = (kept_ref.ratio, kept_new.ratio, change_pct)
    if "refused" in (kept_ref.status, kept_new.status):
        return Marker("refused", "BAD_INPUT")
    if not failed and (ref.rir is None or new.rir is None):
        return Marker("refused", "NO_EFFORT_RATING", None, *known)
    weak = next((read for read in map(tempo.parse, (ref.tempo, new.tempo)) if read.reason), tempo.parse(ref.tempo))
    return Marker(weak.status, weak.reason, not failed, *known, failed)


def same_tempo(one: str | None, other: str | None) -> bool:
    """Whether two texts prescribe the same seconds: "3-1-1" leaves the top pause at 0, and so is "3-1-1-0".

    >>> same_tempo("3-1-1", "3110"), same_tempo("3110", "30X0"), same_tempo("3-1", "3-1")
    (True, False, False)
    """
    first, second = (replace(tempo.parse(text), status="ok", reason=None) for text in (one, other))
    return first == second and first.eccentric_s is not None


def _refusal(ref: TempoSet, new: TempoSet) -> str | None:
    before, after = tempo.parse(ref.tempo), tempo.parse(new.tempo)
    if "refused" in (before.status, after.status):
        return before.reason if before.status == "refused" else after.reason
    if not same_tempo(ref.tempo, new.tempo):
        return "TEMPO_CHANGED"
    return None if _known(ref) and _known(new) else "BAD_INPUT"


def _known(one: TempoSet) -> bool:
    needed = (one.load_kg, one.reps)
    reserve = one.rir is None or 0 <= one.rir < math.inf
    return reserve and all(value is not None and 0 < value < math.inf for value in needed)


def _kept(one: TempoSet, tolerance: float) -> Adherence | None:
    planned = tempo.time_under_tension(one.tempo, one.reps).tut_s
    return None if one.observed_tut_s is None else tempo.adherence(one.observed_tut_s, planned or 0.0, tolerance)


def _failed(ref: TempoSet, new: TempoSet, kept_ref: Adherence, kept_new: Adherence) -> tuple[str, ...]:
    told = ref.rir is not None and new.rir is not None
    conditions = {
        "load less than 2 % heavier": (new.load_kg or 0) >= HEAVIER * (ref.load_kg or 0) * (1 - _ROUNDING),
        "fewer repetitions": (new.reps or 0) >= (ref.reps or 0),
        "more than one repetition in reserve lost": not told or (new.rir or 0) >= (ref.rir or 0) - RIR_LOST,
        "tempo not kept in the first set": bool(kept_ref.kept),
        "tempo not kept in the second set": bool(kept_new.kept),
        "technique not good": new.technique_ok is not False,
    }
    return tuple(words for words, held in conditions.items() if not held)
