"""What is known about each re-test before the athlete is known: methods table R1 and the learning of D18, as data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from analysis.stats.censored import SWC as STANCE_SWC
from analysis.tables import TESTS

NU0: Final = 6.0  # degrees of freedom that a typical error from the literature counts for (methods T1)
LONGEST_SPRINT_M: Final = 60.0


@dataclass(frozen=True)
class Prior:
    """Typical error `te0` of the mean of 3 trials, smallest worthwhile change, spread `s0` of block changes, in logs.

    `te0` or `swc` is None where no value can be defended. `learning` and its SD are what a newcomer gains by the test
    itself; all learning values are conventions of the handbook. Without `log` everything is in the unit of the score.
    """

    te0: float | None
    swc: float | None
    s0: float
    learning: float
    learning_sd: float
    source: str
    log: bool = True


_HOLMBERG: Final = "Holmberg 2025, widened for field starts"
_CONVENTION: Final = "convention of the handbook"
_LOADED_JUMP: Final = Prior(0.075, 0.04, 0.07, 0.02, 0.02, "Lindberg 2021, loads of 20-40 % of body mass")
_PROFILE: Final = Prior(0.07, 0.04, 0.07, 0.02, 0.02, "convention after Lindberg 2021")
_E1RM: Final = Prior(0.040, 0.03, 0.06, 0.02, 0.02, "spread of single sets, methods B3")
FLYING: Final = Prior(0.014, 0.010, 0.020, 0.005, 0.005, "convention after Haugen & Buchheit 2016")
STANCE: Final = Prior(None, STANCE_SWC, 0.35, 0.15, 0.15, "convention: no good typical error is published")
_SPRINTS: Final = {
    10.0: Prior(0.018, 0.010, 0.025, 0.005, 0.005, _HOLMBERG),
    20.0: Prior(0.015, 0.010, 0.020, 0.005, 0.005, _HOLMBERG),
    30.0: Prior(0.014, 0.008, 0.020, 0.005, 0.005, "Glaister 2007"),
}
_OTHER_SPRINT: Final = Prior(None, None, 0.025, 0.005, 0.005, "no published value")
_OTHER_TEST: Final = Prior(None, None, 0.06, 0.03, 0.03, "no published value; learning of an unknown test")

# Where the handbook gives no spread of block changes (no SWC either) it is taken to be as large as the typical error.
# Race and kick have no learning of their own in methods D18 and take that of an unknown test, bar speed the same share
# of 0.5 m/s.
PRIORS: Final = {
    "loaded_jump": _LOADED_JUMP,
    "cmj": Prior(0.050, 0.03, 0.06, 0.01, 0.01, "Cormack 2008; Markovic 2004"),
    "jump_pmax": _PROFILE,
    "jump_f0": _PROFILE,
    "jump_sfv": replace(_PROFILE, te0=0.20, swc=None, s0=0.20, source="Lindberg 2021"),
    "sprint_flying": FLYING,
    "sprint_vmax": Prior(0.015, 0.010, 0.02, 0.005, 0.005, _CONVENTION),
    "sprint_tau": Prior(0.08, None, 0.08, 0.005, 0.005, _CONVENTION),
    "sprint_a0": Prior(0.07, None, 0.07, 0.005, 0.005, _CONVENTION),
    "single_leg_stance": STANCE,
    "rsi": Prior(0.09, 0.05, 0.09, 0.04, 0.04, "Markwick 2015, widened for field use"),
    "one_rm": Prior(0.042, 0.03, 0.06, 0.02, 0.02, "Grgic 2020; Banyard 2017"),
    "e1rm": _E1RM,
    "e1rm_velocity": replace(_E1RM, te0=0.06, source="Banyard 2017"),
    "mean_velocity": Prior(0.04, 0.04, 0.06, 0.015, 0.015, "Banyard 2018", log=False),  # m/s at the same load
    "race": Prior(0.015, 0.0045, 0.015, 0.03, 0.03, "Hopkins 2005; Hopkins & Hewson 2001"),
    "kick": Prior(0.03, 0.015, 0.03, 0.03, 0.03, "convention, to be replaced by own data"),
}


def prior_of(test: str, distance_m: float | None = None) -> Prior:
    """Look up the prior of a test: one of PRIORS, or `sprint` with its distance.

    Of any other test only the learning is supposed. A sprint distance that is not in the table takes the next shorter
    one, whose error is at least as large. Below 10 m and beyond 60 m there is none: the error grows as the time
    shrinks, and longer runs are another test.

    >>> prior_of("sprint", 15).te0, prior_of("sprint", 40).te0, prior_of("sprint", 5).te0, prior_of("rsi").te0
    (0.018, 0.014, None, 0.09)
    """
    if test == "sprint":
        row = max((d for d in _SPRINTS if d <= (distance_m or 0)), default=None)
        return _SPRINTS[row] if row and (distance_m or 0) <= LONGEST_SPRINT_M else _OTHER_SPRINT
    return PRIORS.get(test, _OTHER_TEST)


def prior_of_trials(test: str, distance_m: float | None = None) -> Prior:
    """Look up the prior of a test in the table `trials`: a test of one's own may be called "race" and be another thing.

    >>> prior_of_trials("cmj").te0, prior_of_trials("race").te0
    (0.05, None)
    """
    return prior_of(test, distance_m) if test in TESTS else _OTHER_TEST
