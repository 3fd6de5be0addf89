"""The package's own tables, read once: catalogue, spellings, ambiguous words and pattern rules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from analysis.exercises._fold import fold, read_rows, word_bag

UNMAPPED: Final = "unmapped"
PATTERNS: Final = (
    "hinge", "squat", "lunge", "step", "pull", "hip_bridge", "core_anti", "calf_ankle", "balance", "plyo", "push",
    "mobility", "isolation", "core_other", "carry", "conditioning",
)  # fmt: skip
CLASSES: Final = ("compound", "accessory", "balance", "activation", "plyo", "prep")


@dataclass(frozen=True)
class Exercise:
    """One row of the catalogue (methods A1)."""

    exercise: str
    name: str
    pattern: str
    exercise_class: str
    unilateral: bool
    f_bw: float | None
    equipment: str
    implements: int  # how many are held: two dumbbells in a lunge, one in a goblet squat
    load_kind: str
    tags: tuple[str, ...]
    contacts_per_rep: int | None
    contact_tier: str | None
    chain_index: int | None

    @property
    def isometric(self) -> bool:
        return "isometric" in self.tags

    @property
    def explosive(self) -> bool:
        return self.pattern == "plyo" or "ballistic" in self.tags


def _exercise(row: dict[str, str]) -> Exercise:
    return Exercise(
        exercise=row["exercise"],
        name=row["name"],
        pattern=row["pattern"],
        exercise_class=row["class"],
        unilateral=row["laterality"] == "unilateral",
        f_bw=float(row["f_bw"]) if row["f_bw"] else None,
        equipment=row["equipment"],
        implements=int(row["implements"]),
        load_kind=row["load_kind"],
        tags=tuple(tag for tag in row["tags"].split("|") if tag),
        contacts_per_rep=int(row["contacts_per_rep"]) if row["contacts_per_rep"] else None,
        contact_tier=row["contact_tier"] or None,
        chain_index=int(row["chain_index"]) if row["chain_index"] else None,
    )


@cache
def exercises() -> dict[str, Exercise]:
    """The catalogue by slug, in the order of the file."""
    return {row["exercise"]: _exercise(row) for row in read_rows("catalogue.csv")}


@cache
def spellings() -> dict[str, str]:
    """Folded spelling -> slug, from slugs, names and shipped aliases."""
    known = {fold(text): one.exercise for one in exercises().values() for text in (one.exercise, one.name)}
    return known | {fold(row["name"]): row["exercise"] for row in read_rows("aliases.csv")}


@cache
def bags() -> dict[tuple[str, ...], str]:
    """Word bag -> slug, for the same spellings."""
    return {word_bag(spelling): slug for spelling, slug in spellings().items()}


@cache
def ambiguous() -> dict[tuple[str, ...], tuple[str, ...]]:
    """Word bag -> the slugs that a plain word such as "bridge" may mean."""
    return {word_bag(fold(row["name"])): tuple(row["candidates"].split("|")) for row in read_rows("ambiguous.csv")}


@cache
def rules() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Ordered (regex, pattern) pairs; they only ever propose."""
    return tuple((re.compile(row["regex"]), row["pattern"]) for row in read_rows("rules.csv"))
