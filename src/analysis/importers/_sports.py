"""The words for kinds of sport in the exports' languages: a run, a strength session, or something else."""

from __future__ import annotations

import re
from typing import Final

from analysis.importers._dates import plain

# the beginnings of words, folded; English, German, French, Italian, Spanish, Portuguese, Dutch, Danish, Norwegian,
# Swedish, Polish, Finnish, Czech, Japanese, Chinese, Korean
_RUN: Final = re.compile(
    r"\b(?:run|running|trail ?run\w*|virtual ?run|jog\w*|treadmill|lauf\w*|laufen|traillauf|laufband\w*|"
    r"course a pied|course|corsa|correr|carrera|corrida|hardlopen|hardloop\w*|l[oø]b|l[oø]be\w*|l[oø]p|l[oø]ping|"
    r"lopning|lopband\w*|bieg\w*|juoks\w*|beh|behani|trailrunning|virtualrun|trailrun|indoor ?running|"
    r"track ?running|street ?running|ultra ?run|obstacle ?run\w*)\b|run$|ランニング|跑步|달리기"
)
_STRENGTH: Final = re.compile(
    r"strength|weight ?(?:training|lifting)|kraft|musculation|renforcement|forza|fuerza|pesas|musculacao|"
    r"styrke|kracht|silow|voima|posilov|powerlifting|筋力|力量|근력"
)


def kind(word: str | None) -> str:
    """The kind of a session from the vendor's word for the sport: run, strength or other.

    >>> kind("Trail Running"), kind("Styrketræning"), kind("WeightTraining"), kind("Course à pied"), kind("Ride")
    ('run', 'strength', 'strength', 'run', 'other')
    """
    folded = plain(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", word or "").replace("_", " ").replace("/", " "))
    if _STRENGTH.search(folded):
        return "strength"
    return "run" if _RUN.search(folded) else "other"


def indoor(word: str | None) -> str | None:
    """`true` where the word says that a run was indoors, else None.

    >>> kind("treadmill_running"), indoor("treadmill_running"), indoor("run")
    ('run', 'true', None)
    """
    folded = plain((word or "").replace("_", " "))
    return "true" if re.search(r"treadmill|indoor|laufband|virtual|tapis|cinta|lopband|biezni", folded) else None
