"""Spellings made comparable: one folded text, and one sorted bag of words, per exercise name."""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import cache
from importlib.resources import files

_APOSTROPHES = dict.fromkeys(map(ord, "'’‘`´"))


def fold(name: str) -> str:
    """Lower case, without accents; every run of hyphens, brackets, commas or spaces is one space.

    Apostrophes vanish (``Farmer's`` = ``Farmers``). Folding a folded text changes nothing.

    >>> fold("Élévation  Latérale (Haltère)"), fold("Step-Up")
    ('elevation laterale haltere', 'step up')
    """
    decomposed = unicodedata.normalize("NFKD", name.translate(_APOSTROPHES).casefold())
    plain = "".join(char for char in decomposed if unicodedata.category(char) != "Mn").casefold()
    # Hangul is composed again, so that the patterns below see syllables.
    composed = unicodedata.normalize("NFC", unicodedata.normalize("NFKD", plain).translate(_APOSTROPHES))
    return " ".join("".join(char if char.isalnum() else " " for char in composed).split())


def read_rows(file_name: str) -> list[dict[str, str]]:
    """The rows of one of the package's own CSV tables, all text."""
    return list(csv.DictReader(files(__package__).joinpath(file_name).read_text(encoding="utf-8").splitlines()))


@cache
def _synonyms() -> tuple[re.Pattern[str], dict[str, str]]:
    table = {fold(row["phrase"]): row["expansion"] for row in read_rows("synonyms.csv")}
    longest_first = sorted(table, key=lambda phrase: (-len(phrase), phrase))
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b"), table


def word_bag(folded: str) -> tuple[str, ...]:
    """Sorted distinct words of a folded name after the synonyms (``db`` = dumbbell, ``1 arm`` = single arm, plurals).

    Words that only say which side or "per side" carry no identity and drop out;
    ``RDL (Romanian deadlift)`` says it twice.

    >>> word_bag("db split squats") == word_bag("split squat dumbbell each side")
    True
    """
    pattern, table = _synonyms()
    return tuple(sorted(set(pattern.sub(lambda found: table[found.group()], folded).split())))
