"""Pain of one site over two weeks: leave it, watch it, or have it looked at (methods F7). Never a diagnosis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

LEVELS: Final = ("none", "watch", "persistent", "refer")
"""From the mildest to the one that belongs before a physiotherapist."""
WEEK: Final = 7
DAYS: Final = 14
MIN_KNOWN: Final = 4  # of the last 7 days
STRONG: Final = 6.0  # any of the last 7 days
LASTING: Final = (3.0, 7)  # so much on so many of 14 days
REPEATED: Final = (2.0, 3)  # so much on so many of 7 days
MODIFIED: Final = 2  # sessions changed because of it
WORST: Final = 10.0


@dataclass(frozen=True)
class Niggle:
    """The level of one site with the counts behind it; with `refused` the level is None, that is not known."""

    status: str
    reason: str | None = None
    level: str | None = None
    because: str = ""
    known_days: int = 0
    painful_days: int = 0
    worst: float | None = None


def niggle(
    pain: Sequence[float | None],
    modified: Sequence[bool | None] = (),
    *,
    night_pain: bool | None = False,
    swelling: bool | None = False,
) -> Niggle:
    """Judge daily pain of 0 to 10, oldest day first, None where nobody reported; the last 14 count.

    `modified` has True for every session that was changed because of the pain. `refer` is looked for first, on whatever
    is known: one red flag counts with a single report. Then refused: TOO_FEW_REPORTS (fewer than 4 of the last 7 days
    known); BAD_INPUT for a score outside 0 to 10, which takes no red flag away. The thresholds are a
    convention, oriented on Silbernagel 2007 (Am J Sports Med 35:897-906) and Clarsen 2013 (Br J Sports Med 47:495-502).

    >>> niggle([0, 0, 0, 1, 0, 2, 2, 3, 1, 2, 3, 2, 1, 2], [False, True, False]).level
    'persistent'
    >>> niggle([None] * 13 + [7]).level, niggle([None] * 13 + [5]).reason
    ('refer', 'TOO_FEW_REPORTS')
    """
    scores = [None if p is None else float(p) for p in list(pain)[-DAYS:]]
    possible = [p if p is not None and 0 <= p <= WORST else None for p in scores]
    week, fortnight = ([p for p in possible[-days:] if p is not None] for days in (WEEK, DAYS))
    painful = sum(p >= REPEATED[0] for p in week)
    level, because = _level(
        week, fortnight, sum(bool(m) for m in modified), night=bool(night_pain), swelling=bool(swelling)
    )
    if level != LEVELS[-1] and any(p is not None and q is None for p, q in zip(scores, possible, strict=True)):
        return Niggle("refused", "BAD_INPUT")
    return Niggle(
        "ok" if level else "refused", None if level else "TOO_FEW_REPORTS", level, because,
        known_days=len(week), painful_days=painful, worst=max(week, default=None),
    )  # fmt: skip


def _level(
    week: list[float], fortnight: list[float], changed: int, *, night: bool, swelling: bool
) -> tuple[str | None, str]:
    """The level and why, the first that holds; None where too few days are known."""
    worst, painful = max(week, default=0.0), sum(p >= REPEATED[0] for p in week)
    lasting = sum(p >= LASTING[0] for p in fortnight)
    rules = [
        ("refer", f"{worst:g} of 10 in the last 7 days", worst >= STRONG),
        ("refer", "pain at night", night),
        ("refer", "swelling", swelling),
        ("refer", f"3 or more on {lasting} of the last 14 days", lasting >= LASTING[1]),
        (None, "", len(week) < MIN_KNOWN),
        ("persistent", f"2 or more on {painful} of the last 7 days", painful >= REPEATED[1]),
        ("persistent", f"training changed {changed} times", changed >= MODIFIED),
        ("watch", f"up to {worst:g} of 10 in the last 7 days", painful > 0),
        ("none", "", True),
    ]
    level = next(level for level, _, holds in rules if holds)
    return level, ", ".join(words for name, words, holds in rules if holds and name == level and words)
