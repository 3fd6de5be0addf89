"""Ground contacts of plyometric drills, by side and by tier (methods A4)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from analysis.exercises._lookup import lookup
from analysis.exercises._tables import Exercise, exercises

SIDES: Final = ("both", "each", "left", "right", "alternating")


class DrillSet(NamedTuple):
    """Sets of one drill. `side`: None or "both", "each" (reps are per side), "left", "right" or "alternating"."""

    drill: str
    sets: int
    reps: int | None
    side: str | None = None


@dataclass(frozen=True)
class Contacts:
    """Contacts in total, by side and by tier.

    `side_unknown` says how many of the `bilateral` ones are of one-legged drills whose side was not told.
    """

    status: str
    reason: str | None = None
    contacts: int | None = None
    bilateral: int | None = None
    left: int | None = None
    right: int | None = None
    side_unknown: int | None = None
    low: int | None = None
    medium: int | None = None
    high: int | None = None


def count(
    rows: Iterable[DrillSet | tuple[str, int, int | None] | tuple[str, int, int | None, str | None]],
    user_aliases: Mapping[str, str] | None = None,
) -> Contacts:
    """Count ground contacts: sets x reps x contacts per repetition of the drill.

    A landing on two feet is one contact. "each" doubles, "alternating" is halved to the two sides and needs an even
    number of repetitions (ALTERNATING_ODD). A drill with no side, or "both", is counted once as written and belongs to
    neither side, a one-legged one as well (`side_unknown`): its repetitions may have been meant per side. Refused: a
    drill without a contact value (DRILL_UNKNOWN), missing or impossible numbers or sides (BAD_INPUT).
    Source: contact convention and tiers after Potach and Chu (NSCA, Essentials of Strength Training and Conditioning).

    >>> count([("pogo", 3, 10), ("bound", 2, 10, "alternating")]).left
    10
    """
    tally: Counter[str] = Counter()
    for row in rows:
        drill_set = DrillSet(*row)
        drill = exercises().get(lookup(drill_set.drill, user_aliases).exercise or "")
        reason = _refusal(drill_set, drill)
        if drill is None or reason is not None:
            return Contacts("refused", reason)
        tally.update(_by_side(drill_set, drill))
    return Contacts(
        status="ok",
        reason=None,
        contacts=tally["bilateral"] + tally["left"] + tally["right"],
        **{part: tally[part] for part in ("bilateral", "left", "right", "side_unknown", "low", "medium", "high")},
    )


def _refusal(drill_set: DrillSet, drill: Exercise | None) -> str | None:
    if drill is None or drill.contacts_per_rep is None:
        return "DRILL_UNKNOWN"
    reps = -1 if drill_set.reps is None else drill_set.reps
    if not (1 <= drill_set.sets < math.inf and 0 <= reps < math.inf) or drill_set.side not in (None, *SIDES):
        return "BAD_INPUT"
    if drill_set.side == "alternating" and drill_set.sets * reps % 2:
        return "ALTERNATING_ODD"
    return None


def _by_side(drill_set: DrillSet, drill: Exercise) -> dict[str, int]:
    written = drill_set.sets * (drill_set.reps or 0) * (drill.contacts_per_rep or 0)
    match drill_set.side:
        case "each":
            parts = {"left": written, "right": written}
        case "alternating":
            parts = {"left": written // 2, "right": written // 2}
        case "left" | "right":
            parts = {drill_set.side: written}
        case _:
            parts = {"bilateral": written}
    unknown = {"side_unknown": written} if drill.unilateral and "bilateral" in parts else {}
    return parts | {drill.contact_tier or "": sum(parts.values())} | unknown
