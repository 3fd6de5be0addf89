"""Which counts of a squad may be shown without telling on anybody (methods H8).

Pseudonyms are not anonymous: who trains in the squad knows who was ill. So counts below k stay hidden, and so does
whatever gives them away by subtraction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

K: Final = 5


@dataclass(frozen=True)
class Cells:
    """What may be shown: counts, the names of the hidden ones, the total (None where it would give one away)."""

    shown: dict[str, int] = field(default_factory=dict)
    suppressed: tuple[str, ...] = ()
    total: int | None = None
    reason: str | None = None


def suppress(counts: Mapping[str, int], *, k: int = K, total_shown: bool = True) -> Cells:
    """Hide every cell of a table with fewer than `k` athletes, an empty one included, and what would give it away.

    Where exactly one cell is hidden and the total is shown, the smallest remaining one is hidden as well, at a tie the
    first by name. The total is hidden where the hidden cells together hold fewer than `k` athletes. Refusal: BAD_INPUT
    (no cell, a count below zero or no whole number, `k` below 1). Hundepool et al. 2012 (Statistical Disclosure
    Control, Wiley); the threshold of 5 is a convention.

    >>> suppress({"progress": 9, "hold": 4, "deload": 6}).suppressed
    ('deload', 'hold')
    """
    if not counts or not k >= 1 or not all(_is_count(n) for n in counts.values()):
        return Cells(reason="BAD_INPUT")
    hidden = {name for name, n in counts.items() if n < k}
    if len(hidden) == 1 and total_shown:
        rest = sorted((n, name) for name, n in counts.items() if name not in hidden)
        hidden |= {name for _, name in rest[:1]}
    shown = {name: int(n) for name, n in counts.items() if name not in hidden}
    total = int(sum(counts.values()))
    safe = not hidden or total - sum(shown.values()) >= k
    return Cells(shown, tuple(sorted(hidden)), total if total_shown and safe else None)


def _is_count(n: object) -> bool:
    try:
        return float(n).is_integer() and float(n) >= 0  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False
