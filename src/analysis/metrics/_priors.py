"""What is known about each re-test before the athlete is known: methods table R1 and the learning of D18, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from analysis.stats.censored import SWC as STANCE_SWC

NU0: Final = 6.0  # degrees of freedom that a typical error from the literature counts for (methods T1)
LONGEST_SPRINT_M: Final = 60.0


@dataclass(frozen=True)
class Prior:
    """Typical error `te0` of the mean of 3 trials, smallest worthwhile change, spread `s0` of block changes, in logs.

    `te0` or `swc` is None where no value can be defended. `learning` and its SD are what a newcomer gains by the test
    itself; all learning values are conventions of the handbook.
    """

    te0: float | None
    swc: float | None
    s0: float
    learning: float
    learning_sd: float
    source: str


_LOADED_JUMP: Final = Prior(0.075, 0.04, 0.07, 0.02, 0.02, "Lindberg 2021, loads of 20-40 % of body mass")
_CMJ: Final = Prior(0.050, 0.03, 0.06, 0.01, 0.01, "Cormack 2008; Markovic 2004")
FLYING: Final = Prior(0.014, 0.010, 0.020, 0.005, 0.005, "convention after Haugen & Buchheit 2016")
STANCE: Final = Prior(None, STANCE_SWC, 0.35, 0.15, 0.15, "convention: no good typical error is published")
_SPRINTS: Final = {
    10.0: Prior(0.018, 0.010, 0.025, 0.005, 0.005, "Holmberg 2025, widened for field starts"),
    20.0: Prior(0.015, 0.010, 0.020, 0.005, 0.005, "Holmberg 2025, widened for field starts"),
    30.0: Prior(0.014, 0.008, 0.020, 0.005, 0.005, "Glaister 2007"),
}
_OTHER_SPRINT: Final = Prior(None, None, 0.025, 0.005, 0.005, "no published value")
_OTHER_TEST: Final = Prior(None, None, 0.06, 0.03, 0.03, "no published value; learning of an unknown test")


def prior_of(test: str, distance_m: float | None = None) -> Prior:
    """Look up the prior of a test (`loaded_jump`, `cmj`, `sprint` with its distance, `single_leg_stance`).

    Of any other test only the learning is supposed. A sprint distance that is not in the table takes the next shorter
    one, whose error is at least as large. Below 10 m and beyond 60 m there is none: the error grows as the time
    shrinks, and longer runs are another test.

    >>> prior_of("sprint", 15).te0, prior_of("sprint", 40).te0, prior_of("sprint", 5).te0
    (0.018, 0.014, None)
    """
    if test == "sprint":
        row = max((d for d in _SPRINTS if d <= (distance_m or 0)), default=None)
        return _SPRINTS[row] if row and (distance_m or 0) <= LONGEST_SPRINT_M else _OTHER_SPRINT
    return {"loaded_jump": _LOADED_JUMP, "cmj": _CMJ, "single_leg_stance": STANCE}.get(test, _OTHER_TEST)
