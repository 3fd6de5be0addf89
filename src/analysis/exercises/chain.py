"""The next easier and the next harder exercise of a chain (methods A5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from analysis.exercises._fold import fold
from analysis.exercises._lookup import lookup
from analysis.exercises._tables import exercises


@dataclass(frozen=True)
class Step:
    """Neighbours of an exercise in its chain. Another exercise always starts a new e1RM series."""

    status: str
    reason: str | None = None
    regress: str | None = None
    progress: str | None = None


def step(exercise: str, chain: Sequence[str]) -> Step:
    """The neighbours of `exercise` in `chain`, which is ordered from the easiest to the hardest.

    At an end the exercise itself comes back, as a caution (CHAIN_END). Not in the chain: refused (BAD_INPUT).

    >>> step("goblet squat", ["box squat", "goblet squat", "front squat"])
    Step(status='ok', reason=None, regress='box squat', progress='front squat')
    """
    folded = [fold(one) for one in chain]
    if fold(exercise) not in folded:
        return Step("refused", "BAD_INPUT")
    here = folded.index(fold(exercise))
    last = len(chain) - 1
    at_end = here in (0, last)
    return Step(
        status="caution" if at_end else "ok",
        reason="CHAIN_END" if at_end else None,
        regress=chain[max(here - 1, 0)],
        progress=chain[min(here + 1, last)],
    )


def of_pattern(pattern: str) -> tuple[str, ...]:
    """The catalogue's chain of a pattern, slugs from the easiest to the hardest; empty where there is none.

    >>> of_pattern("lunge")
    ('split_squat', 'reverse_lunge', 'walking_lunge', 'bulgarian_split_squat')
    """
    links = [(one.chain_index, one.exercise) for one in exercises().values() if one.pattern == pattern]
    return tuple(slug for _, slug in sorted((index, slug) for index, slug in links if index is not None))


def in_catalogue(exercise: str, pattern: str | None = None) -> Step:
    """The neighbours of `exercise`, by their names, in the catalogue's chain of its pattern or of the one stated.

    Refused as `lookup` refuses, and with BAD_INPUT where the chain does not hold the exercise.

    >>> in_catalogue("goblet squat").progress
    'front squat'
    """
    found = lookup(exercise)
    if found.exercise is None:
        return Step("refused", found.reason)
    names = [exercises()[slug].name for slug in of_pattern(pattern or found.pattern)]
    both = step(found.name, names)
    return replace(both, regress=_lower(both.regress), progress=_lower(both.progress))


def regress(exercise: str) -> Step:
    """The next easier exercise of the catalogue's chain (`Step.regress`), a caution only at the easy end.

    >>> regress("goblet squat").regress
    'box_squat'
    """
    return _towards(exercise, "regress")


def progress(exercise: str) -> Step:
    """The next harder exercise of the catalogue's chain (`Step.progress`), a caution only at the hard end.

    >>> progress("reverse lunge").progress
    'walking_lunge'
    """
    return _towards(exercise, "progress")


def _towards(exercise: str, side: str) -> Step:
    found = lookup(exercise)
    if found.exercise is None:
        return Step("refused", found.reason)
    both = step(found.exercise, of_pattern(found.pattern))
    if both.status == "caution" and getattr(both, side) != found.exercise:
        return Step("ok", None, both.regress, both.progress)
    return both


def _lower(name: str | None) -> str | None:
    return name and name[0].lower() + name[1:]
