"""Which movement patterns load a site of pain (our convention): for naming them, never for judging an injury.

The table is generous: where in doubt a pattern is named. A site that it does not know affects every pattern.
"""

from __future__ import annotations

import re
from typing import Final

_LOWER: Final = ("squat", "hinge", "lunge", "step", "hip_bridge", "calf_ankle", "balance", "plyo")
EVERY: Final = (*_LOWER, "core_anti", "pull", "push")
"""Every pattern that counts as load; preparation (mobility) is no load."""

_GROUPS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("calf calves achilles soleus gastrocnemius shin shins tibia", ("plyo", "calf_ankle", "lunge", "step", "balance")),
    ("foot feet ankle heel toe toes plantar arch metatarsal", ("plyo", "calf_ankle", "lunge", "step", "balance")),
    ("knee patella patellar kneecap meniscus", ("squat", "lunge", "step", "plyo")),
    ("quad quads quadriceps thigh thighs", ("squat", "lunge", "step", "plyo")),
    ("hamstring hamstrings", ("hinge", "hip_bridge", "lunge", "plyo")),
    ("hip hips glute glutes gluteus buttock groin adductor adductors piriformis it itb tfl",
     ("hinge", "hip_bridge", "squat", "lunge", "step", "plyo", "balance")),
    ("leg legs", _LOWER),
    ("back lumbar spine sacrum sacroiliac sij", ("hinge", "squat", "hip_bridge", "core_anti", "pull", "plyo")),
    ("abdomen abdominal abs core rib ribs", ("core_anti", "hinge", "squat", "pull", "push")),
    ("shoulder shoulders elbow elbows wrist wrists hand hands finger fingers arm arms forearm biceps triceps chest",
     ("push", "pull", "core_anti")),
    ("neck trapezius", ("push", "pull", "squat", "hinge")),
)  # fmt: skip
PATTERNS: Final[dict[str, tuple[str, ...]]] = {word: found for words, found in _GROUPS for word in words.split()}
"""Word of a site: the patterns that load it."""


def patterns_of(site: str) -> tuple[str, ...]:
    """The patterns that may load `site`, a body part in plain words; all of them where no word is known.

    Of several known words all patterns are named. `known_site` tells whether it was known.

    >>> patterns_of("Left calf"), patterns_of("somewhere else") == EVERY
    (('lunge', 'step', 'calf_ankle', 'balance', 'plyo'), True)
    """
    found = {pattern for word in _words(site) for pattern in PATTERNS.get(word, ())}
    return tuple(pattern for pattern in EVERY if pattern in found) or EVERY


def known_site(site: str) -> bool:
    """Whether the table knows a word of `site`; where not, every pattern counts as possibly affected.

    >>> known_site("outside of the knee"), known_site("Wade")
    (True, False)
    """
    return any(word in PATTERNS for word in _words(site))


def _words(site: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", site.casefold())
