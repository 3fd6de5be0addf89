"""From a name as somebody typed it to one exercise of the catalogue, or to an honest "unmapped"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import lru_cache
from typing import Final

import polars as pl

from analysis.exercises._fold import fold, word_bag
from analysis.exercises._tables import UNMAPPED, Exercise, ambiguous, bags, exercises, rules, spellings

_RULE_CHARS: Final = 200  # a rule need not read a whole novel pasted into the name field


@dataclass(frozen=True)
class Match:
    """What a name means; `exercise` is None where it is not known, `proposed_pattern` is a hint, never used in sums."""

    status: str
    reason: str | None
    exercise: str | None
    name: str
    pattern: str
    unilateral: bool | None
    exercise_class: str | None
    f_bw: float | None
    decided_by: str
    proposed_pattern: str | None = None
    candidates: tuple[str, ...] = ()


def lookup(name: str, user_aliases: Mapping[str, str] | None = None) -> Match:
    """Find the exercise behind a free-text name (methods A1).

    Order: the user's own aliases, ambiguous words (refused, EXERCISE_AMBIGUOUS, with `candidates`), shipped spellings,
    the same words in another order after synonyms. Nothing is matched by resemblance: an unknown name is a caution
    with pattern "unmapped" and reason EXERCISE_UNMAPPED. Raises ValueError where a user alias points to nothing.

    >>> found = lookup("DB Bulgarian split-squats")
    >>> found.exercise, found.pattern, found.unilateral
    ('bulgarian_split_squat_dumbbell', 'lunge', True)
    >>> lookup("bridge").reason, lookup("zottman thing").pattern
    ('EXERCISE_AMBIGUOUS', 'unmapped')
    """
    return _lookup(name, _resolved(user_aliases))


def annotate(names: Iterable[str], user_aliases: Mapping[str, str] | None = None) -> pl.DataFrame:
    """One row per distinct name, in order of first appearance, to be joined to a sets table on `exercise_raw`.

    Unmapped and ambiguous names have `exercise` null and pattern "unmapped". Errors as in `lookup`.

    >>> annotate(["Pull Up", "Pogo", "Pull Up"])["exercise"].to_list()
    ['pull_up', 'pogo']
    """
    aliases = _resolved(user_aliases)
    rows = [_annotation(raw, _lookup(raw, aliases)) for raw in dict.fromkeys(names)]
    return pl.DataFrame(rows, schema=_ANNOTATION, orient="row")


def catalogue() -> pl.DataFrame:
    """The whole catalogue, one row per exercise, lists for `tags`.

    >>> catalogue().filter(exercise="goblet_squat")["f_bw"].item()
    0.878
    """
    names = [field.name for field in fields(Exercise)]
    rows = [[getattr(one, name) for name in names] for one in exercises().values()]
    return pl.DataFrame(rows, schema=_CATALOGUE, orient="row")


_CATALOGUE: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "exercise": pl.String,
    "name": pl.String,
    "pattern": pl.String,
    "exercise_class": pl.String,
    "unilateral": pl.Boolean,
    "f_bw": pl.Float64,
    "equipment": pl.String,
    "implements": pl.Int32,
    "load_kind": pl.String,
    "tags": pl.List(pl.String),
    "contacts_per_rep": pl.Int32,
    "contact_tier": pl.String,
    "chain_index": pl.Int32,
}
_FROM_MATCH: Final = ("exercise", "pattern", "exercise_class", "unilateral", "f_bw")
_FROM_CATALOGUE: Final = (
    "equipment", "implements", "load_kind", "isometric", "explosive", "contacts_per_rep", "contact_tier",
)  # fmt: skip
_ANNOTATION: Final = {
    "exercise_raw": pl.String,
    **{name: _CATALOGUE.get(name, pl.Boolean) for name in (*_FROM_MATCH, *_FROM_CATALOGUE)},
    "decided_by": pl.String,
    "proposed_pattern": pl.String,
}


def _annotation(raw: str, found: Match) -> list[object]:
    known = exercises().get(found.exercise or "")
    attributes = [getattr(known, name, None) for name in _FROM_CATALOGUE]
    return [raw, *(getattr(found, name) for name in _FROM_MATCH), *attributes, found.decided_by, found.proposed_pattern]


def _resolved(user_aliases: Mapping[str, str] | None) -> dict[str, str]:
    return {fold(name): _target(name, target) for name, target in (user_aliases or {}).items()}


def _target(name: str, target: str) -> str:
    found = _builtin(target)
    if found.exercise is None:
        near = list(found.candidates) or get_close_matches(fold(target), list(spellings()), n=12, cutoff=0.0)
        nearest = list(dict.fromkeys(spellings().get(text, text) for text in near))[:3]
        raise ValueError(f"alias {name!r}: no exercise is called {target!r}; nearest: {', '.join(nearest)}")
    return found.exercise


def _lookup(name: str, aliases: dict[str, str]) -> Match:
    by_user = aliases.get(fold(name)) if aliases else None
    return _builtin(name) if by_user is None else _known(exercises()[by_user], "user")


@lru_cache(maxsize=4096)
def _builtin(name: str) -> Match:
    folded = fold(name)
    bag = word_bag(folded)
    if bag in ambiguous():
        return _unknown(name, "refused", "EXERCISE_AMBIGUOUS", candidates=ambiguous()[bag])
    slug = spellings().get(folded) or bags().get(bag)
    if slug is None:
        return _unknown(name, "caution", "EXERCISE_UNMAPPED", proposed=_proposal(folded))
    return _known(exercises()[slug], "builtin")


def _proposal(folded: str) -> str | None:
    return next((pattern for regex, pattern in rules() if regex.search(folded[:_RULE_CHARS])), None)


def _known(one: Exercise, decided_by: str) -> Match:
    return Match(
        status="ok",
        reason=None,
        exercise=one.exercise,
        name=one.name,
        pattern=one.pattern,
        unilateral=one.unilateral,
        exercise_class=one.exercise_class,
        f_bw=one.f_bw,
        decided_by=decided_by,
    )


def _unknown(
    name: str, status: str, reason: str, *, proposed: str | None = None, candidates: tuple[str, ...] = ()
) -> Match:
    return Match(
        status=status,
        reason=reason,
        exercise=None,
        name=name,
        pattern=UNMAPPED,
        unilateral=None,
        exercise_class=None,
        f_bw=None,
        decided_by="none",
        proposed_pattern=proposed,
        candidates=candidates,
    )
