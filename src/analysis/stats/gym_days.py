"""On which days of a running week the gym work goes (methods G3).

Two or three sessions on easy or rest days, none on the day before a quality run or a race (endurance is impaired for 24
to 48 h after lifting, Doma 2017, Sports Med 47), none in the 48 h after a race; the article's rhythm, our convention in
the limits.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Final

EASY_RUNS: Final = ("rest", "easy")
HARD_RUNS: Final = ("quality", "race")
RACE: Final = "race"
MOST, LEAST = 3, 2
APART_DAYS: Final = 2  # from one session to the next: Monday and Wednesday
MAX_DAYS: Final = 31
NO_DAYS: Final = "NO_FEASIBLE_GYM_DAYS"


@dataclass(frozen=True)
class GymDays:
    """`days` chosen and `allowed`, counted from 1; `why` gives for each other day the rule that it breaks."""

    status: str
    reason: str | None = None
    days: tuple[int, ...] = ()
    allowed: tuple[int, ...] = ()
    why: tuple[tuple[int, str], ...] = ()


def gym_days(
    runs: Sequence[object] | None, want: float | None = MOST, *, before: Sequence[object] = (), after: object = "rest",
    earliest: int = 1, blocked: Collection[int] = (), least: int = LEAST,
) -> GymDays:  # fmt: skip
    """Choose the gym days among `runs`, the kinds of consecutive days (rest, easy, quality, long, race ...).

    A day is allowed if its run is rest or easy, the next day is neither quality nor race, and neither of the two days
    before was a race. `before` are the kinds of the days before the first, in order; `after` that of the day after the
    last. The lexicographically first subset of `want` days (3 at most), else of fewer down to `least`, with at least 2
    days from one to the next: caution FEWER_GYM_DAYS where fewer. A kind that is not known (None) is never taken for
    easy, nor the day before it for free. `earliest` is the first day that may be taken (after a session of the week
    before), `blocked` are days that somebody took out. Refused: BAD_INPUT, NO_FEASIBLE_GYM_DAYS (`allowed` says what
    there is).

    >>> gym_days(["easy", "quality", "easy", "easy", "quality", "rest", "long"]).days
    (3, 6)
    """
    usable = isinstance(want, int | float) and not isinstance(want, bool) and 1 <= want < math.inf and want == int(want)
    if isinstance(runs, str) or not isinstance(runs, Sequence) or not 0 < len(runs) <= MAX_DAYS or not usable:
        return GymDays("refused", "BAD_INPUT")
    kinds = [_kind(run) for run in (*before, *runs, after)]
    why = [_forbidden(kinds, at) for at in range(len(before), len(before) + len(runs))]
    for day in range(1, len(runs) + 1):
        if why[day - 1] is None and (day in blocked or day < earliest):
            why[day - 1] = "taken out" if day in blocked else "too soon after the last session"
    allowed = tuple(day for day, broken in enumerate(why, 1) if broken is None)
    broken = tuple((day, rule) for day, rule in enumerate(why, 1) if rule is not None)
    wanted = int(want or 0)
    for size in range(min(wanted, MOST), max(1, min(least, wanted)) - 1, -1):
        for days in combinations(allowed, size):
            if all(b - a >= APART_DAYS for a, b in pairwise(days)):
                fewer = size < wanted
                return GymDays("caution" if fewer else "ok", "FEWER_GYM_DAYS" if fewer else None, days, allowed, broken)
    return GymDays("refused", NO_DAYS, (), allowed, broken)


def _forbidden(kinds: list[str | None], at: int) -> str | None:
    """The rule that the day breaks; None where it may hold a session."""
    kind, following = kinds[at], kinds[at + 1]
    if kind not in EASY_RUNS:
        return "its run is not known" if kind is None else f"its run is {kind}"
    if following is None or following in HARD_RUNS:
        return "the run of the next day is not known" if following is None else f"{following} on the next day"
    return "less than 48 h after a race" if RACE in kinds[max(at - 2, 0) : at] else None


def _kind(run: object) -> str | None:
    return run.strip().casefold() or None if isinstance(run, str) else None
