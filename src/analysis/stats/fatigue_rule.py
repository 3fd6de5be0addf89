"""Persistent fatigue from several domains, and readiness by counting them: rules that a coach can check (F8, F9).

A flag is True (the domain is down), False or None (not known that day); unknown is neither. In arrays these are 1, 0
and NaN, days along the last axis, domains along the one before.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from analysis.stats._past import Days, before, counted

WINDOW: Final = 7
MIN_KNOWN: Final = 5  # days with two known domains
MIN_DOMAINS: Final = 2
MIN_DOWN: Final = 3
LONG: Final = 14
LONG_KNOWN: Final = 12
LONG_DOWN: Final = 10
BASE_DAYS: Final = 56
BASE_KNOWN: Final = 28
BASE_MOST: Final = 0.15
GATES: Final = ("none", "watch", "persistent", "refer")
PAIN: Final = "pain"
RED, AMBER, GREEN, GREY = "red", "amber", "green", "grey"

Flags = Mapping[str, Sequence[bool | None] | None]


@dataclass(frozen=True)
class Persistent:
    """Whether fatigue is persistent on the last day, None where that cannot be told.

    `days_two_domains` counts the last 7 days with two or more domains down, `known_days` those with two or more known;
    `single_domain` names the domains that were down on 10 of the last 14 days.
    """

    status: str
    reason: str | None = None
    persistent: bool | None = None
    days_two_domains: int = 0
    single_domain: tuple[str, ...] = ()
    known_days: int = 0


@dataclass(frozen=True)
class BaseRate:
    """The share of known days of 8 weeks on which a domain was down; None below 28 known days."""

    share: float | None
    known_days: int

    @property
    def too_high(self) -> bool:
        """More than 15 %: a domain that is down that often says little."""
        return self.share is not None and self.share > BASE_MOST


@dataclass(frozen=True)
class Readiness:
    """A colour with its reasons by name; `insufficient` and grey with fewer than two known domains."""

    status: str
    reason: str | None = None
    colour: str | None = None
    because: tuple[str, ...] = ()
    known: int = 0


def persistent_days(flags: ArrayLike, never_alone: Sequence[int] = ()) -> Days:
    """The rule on every day, shape (..., domains, days) to (..., days): 1 persistent, 0 not, NaN cannot be told.

    Persistent: two or more domains down on 3 or more of the last 7 days (5 or more of them with two known domains), or
    one domain on 10 or more of the last 14 (12 known). The domains of `never_alone` (their places) do not decide by
    themselves. Source: convention (methods F8); at flags on 10 % of days it raises about 5 false alarms in 100 blocks
    of six weeks.

    >>> persistent_days([[0, 0, 1, 1, 1, 0, 0], [0, 0, 1, 1, 1, 0, 0]])[-1].item()
    1.0
    """
    given = np.asarray(flags, dtype=float)
    together, known, alone = _counts(given)
    alone[..., list(never_alone), :] = False
    return np.where(alone.any(axis=-2), 1.0, np.where(known >= MIN_KNOWN, together >= MIN_DOWN, np.nan))


def persistent(flags: Flags | None, never_alone: Collection[str] = ()) -> Persistent:
    """The rule on the last day of every domain's flags, oldest first: as `persistent_days`, with reasons (methods F8).

    Series of unequal length end on the same day. The domains of `never_alone` are named where they fired by themselves,
    and decide nothing by it: trailing weeks of heart-rate variability stay low for long without any change.
    `insufficient`, TOO_FEW_DOMAINS, where fewer than 5 of the last 7 days
    have two known domains and no domain decides by itself.

    >>> persistent({"subjective": [True] * 7, "autonomic": [False] * 4 + [True] * 3}).days_two_domains
    3
    """
    told = {name: list(series or ()) for name, series in (flags or {}).items()}  # None: a domain nobody recorded
    names, days = list(told), max([LONG, *map(len, told.values())])
    given = np.full((len(names), days), np.nan)
    for row, series in zip(given, told.values(), strict=True):
        if series:
            row[-len(series) :] = [np.nan if value is None else float(bool(value)) for value in series]
    together, known, alone = _counts(given)
    single = tuple(name for name, fired in zip(names, alone[:, -1], strict=True) if fired)
    counts = (int(together[-1]), single, int(known[-1]))
    decides = bool(set(single) - set(never_alone))
    if known[-1] < MIN_KNOWN and not decides:
        return Persistent("insufficient", "TOO_FEW_DOMAINS", None, *counts)
    return Persistent("ok", None, decides or bool(together[-1] >= MIN_DOWN), *counts)


def base_rate(flags: Sequence[bool | None]) -> BaseRate:
    """The share of the known days among the last 56 on which a domain was down (methods F8).

    >>> base_rate([True] * 7 + [False] * 35).too_high
    True
    """
    known = [bool(value) for value in list(flags)[-BASE_DAYS:] if value is not None]
    return BaseRate(sum(known) / len(known) if len(known) >= BASE_KNOWN else None, len(known))


def readiness(domains: Mapping[str, bool | None] | None, gate: str | None = None) -> Readiness:
    """A colour by counting: which domains are down (True), fine (False) or unknown (None), and the pain gate (F9).

    `refer` is red whatever else is known; two or more down: red; one down or a persistent niggle: amber; none: green;
    fewer than two known: grey. Nothing is averaged or weighted, and an unknown domain counts neither way. Refused:
    BAD_INPUT for another gate than none, watch, persistent, refer or None.

    >>> readiness({"subjective": True, "autonomic": False, "neuromuscular": None}).colour
    'amber'
    """
    told = dict(domains or {})
    known = sum(value is not None for value in told.values())
    if gate is not None and gate not in GATES:
        return Readiness("refused", "BAD_INPUT", known=known)
    low = tuple(name for name, value in told.items() if value)
    because = (*low, PAIN) if gate in ("refer", "persistent") else low
    if gate == "refer":
        return Readiness("ok", None, RED, because, known)
    if known < MIN_DOMAINS:
        return Readiness("insufficient", "TOO_FEW_DOMAINS", GREY, because, known)
    colour = RED if len(low) >= MIN_DOMAINS else AMBER if because else GREEN
    return Readiness("ok", None, colour, because, known)


def _counts(flags: Days) -> tuple[Days, Days, Days]:
    """Per day: days of the last 7 with two domains down, days with two known, and which domain fired by itself."""
    two_known = (counted(np.moveaxis(flags, -2, -1)) >= MIN_DOMAINS).astype(float)
    two_down = (np.nansum(flags, axis=-2) >= MIN_DOMAINS).astype(float)
    together, known = (np.nansum(before(days, WINDOW), axis=-1) for days in (two_down, two_known))
    month = before(flags, LONG)
    alone = (counted(month) >= LONG_KNOWN) & (np.nansum(month, axis=-1) >= LONG_DOWN)
    return together, known, alone
