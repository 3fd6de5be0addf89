"""Exercise semantics: what a name means, and how its sets, tempo and contacts are counted (methods A1 to A5).

The catalogue and its spellings are data (`catalogue.csv`, `aliases.csv`, `ambiguous.csv`, `synonyms.csv`, `rules.csv`,
all CC0), so that a name is added without touching code.
"""

from __future__ import annotations

from analysis.exercises import chain, contacts, tempo, volume
from analysis.exercises._fold import fold
from analysis.exercises._lookup import Match, annotate, catalogue, lookup
from analysis.exercises._tables import CLASSES, PATTERNS, UNMAPPED

__all__ = [
    "CLASSES",
    "PATTERNS",
    "UNMAPPED",
    "Match",
    "annotate",
    "catalogue",
    "chain",
    "contacts",
    "fold",
    "lookup",
    "tempo",
    "volume",
]
