"""The words for kinds of sport in the exports' languages: a run, a strength session, or something else."""

from __future__ import annotations

import re
from typing import Final

from analysis.importers._dates import plain

# the beginnings of words, folded; English, German, French, Italian, Spanish, Portuguese, Dutch, Danish, Norwegian,
# Swedish, Polish, Finnish, Czech, Hungarian, Turkish, Russian, Japanese, Chinese, Korean
_RUN: Final = re.compile(
    r"\b(?:run|running|trail ?run\w*|virtual ?run|jog\w*|treadmill|lauf\w*|laufen|traillauf|laufband\w*|"
    r"(?:bahn|berg|gelande|hallen|hindernis|strassen|trail)lauf\w*|"
    r"course a pied|course|corsa|correr|carrera|corrida|hardlopen|hardloop\w*|l[oø]b|l[oø]be\w*|l[oø]p|l[oø]ping|"
    r"(?:bane|indendørs|terreng|terræn|trail|tredemølle)l[oø](?:b|ping)|(?:ban|inomhus|terrang|trail)?lopning|"
    r"lopband\w*|bieg\w*|juoks\w*|beh|behani|trailrunning|virtualrun|trailrun|indoor ?running|"
    r"track ?running|street ?running|ultra ?run|obstacle ?run\w*|futas|kosu|(?:за)?бег|loprunda|l[oø]petur)\b|"
    r"^(?:tapis roulant|entrenamiento en cinta|cinta|esteira|loopband|l[oø]beb[aå]nd|tredemølle|biezni\w*)\b|"
    r"run$|^(?:ultra-?)?trail$"
)
_RUN_CJK: Final = re.compile(r"^ラン$|ランニング|トレイルラン|トレッドミル|跑步|越野跑|달리기|러닝")
_STRENGTH: Final = re.compile(
    r"strength|weight ?(?:training|lifting)|kraft|musculation|renforcement|forza|fuerza|pesas|musculacao|"
    r"styrke|kracht|si[lł]ow|voima|posilov|powerlifting|halter|gewichts?training|\bpesi\b|com pesos?\b|forca|силов|"
    r"筋力|力量|근력"
)

_INDOOR: Final = re.compile(
    r"treadmill|indoor|laufband|virtual|tapis|cinta|esteira|loopband|l[oø]beband|lopband|tredemølle|biezni"
)


def kind(word: str | None) -> str:
    """The kind of a session from the vendor's word for the sport: run, strength or other.

    >>> kind("Trail Running"), kind("Styrketræning"), kind("WeightTraining"), kind("Course à pied"), kind("Ride")
    ('run', 'strength', 'strength', 'run', 'other')
    """
    folded = plain(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", word or "").replace("_", " ").replace("/", " "))
    if _STRENGTH.search(folded):
        return "strength"
    return "run" if _RUN.search(folded) or _RUN_CJK.search(word or "") else "other"


def indoor(word: str | None) -> str | None:
    """`true` where the word says that a run was indoors, else None.

    >>> kind("treadmill_running"), indoor("treadmill_running"), indoor("run")
    ('run', 'true', None)
    """
    return "true" if _INDOOR.search(plain((word or "").replace("_", " "))) else None
