"""Which of several re-tests of one athlete still count as better, once it is known how many were done? (methods D17).

What: the verdict on the primary test, which was named before the block, as it is; parts are the verdicts on all tests.
  A "better" of another test that does not survive the correction reads "improved (not confirmed across tests)".
Formula: Holm on p = 1 - P(better) of the secondary tests: sorted, the i-th of m is multiplied by m - i + 1, never
  smaller than the one before it. Expected false verdicts = athletes x tests x 5 %.
Source: Holm 1979, Scand J Stat 6:65-70; one primary test per block is a convention of the handbook.
Limits: refused where the primary test has no verdict. Refused tests do not count in the number of tests. A "worse" is
  never corrected away: it is a warning.
Trap: of six tests of an athlete who has not changed at all, at least one reads "better" in a quarter of the cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from analysis import charts
from analysis.estimate import Estimate, Verdict, params
from analysis.frames import number
from analysis.metrics._verdicts import rows_of
from analysis.stats.several import ALPHA, expected_false, holm

METHOD: Final = "Holm's correction over the secondary tests (Holm 1979, Scand J Stat 6:65-70; methods D17)."
UNCONFIRMED: Final = "improved_unconfirmed"
_ROUNDING: Final = 1e-12  # 1 - 0.95 is a little more than 0.05


def estimate(verdicts: Sequence[Verdict], *, primary: str, athletes: int = 1, alpha: float = ALPHA) -> Verdict:
    """The verdict on the primary test, with all verdicts as parts, those of the other tests corrected for their number.

    Needs: the verdicts on several tests of one athlete; `primary` is the `what` of one of them, or its beginning.
    `athletes` is the size of the squad that was tested alike, for the number of false verdicts to be expected. Raises
    ValueError where no verdict, or more than one, is called `primary`, or where the verdicts are of several athletes.
    Holm 1979 (Scand J Stat 6:65-70).

    >>> known = {"unit": "%", "n": 6, "low": -1.0, "high": 9.0}
    >>> jump, dash = (Verdict(what, value=4.0, word="improved", p_better=0.96, **known) for what in ("Jump", "Dash"))
    >>> print(estimate([jump, dash, Verdict("Hop", value=2.0, word="unclear", p_better=0.8, **known)], primary="Jump")
    ...       .part("Dash"))
    Dash +4.0 % (95 % -1.0 to 9.0; n = 6): improved (not confirmed across tests)
    """
    chosen = _primary(verdicts, primary)
    others = [v for v in verdicts if v is not chosen]
    judged = [v for v in others if v.ok and v.p_better is not None]
    adjusted = holm([1 - float(v.p_better or 0) for v in judged]).tolist() if judged else []
    corrected = {id(v): _corrected(v, p, alpha) for v, p in zip(judged, adjusted, strict=True)}
    tests = len(judged) + chosen.ok
    by_chance = expected_false(athletes, tests, alpha)
    note = (
        f"Primary test: {chosen.what}. {len(judged)} further tests are corrected for their number; by chance alone "
        f'{number(by_chance)} verdicts "better" are to be expected in {athletes} x {tests} tests.'
    )
    used = {"primary": primary, "alpha": alpha, "athletes": athletes, "expected_false": by_chance}
    used |= {"p_adjusted": tuple((v.what, p) for v, p in zip(judged, adjusted, strict=True))}
    parts = tuple(corrected.get(id(v), v) for v in verdicts)
    return replace(
        chosen, parts=parts, notes=(note, *chosen.notes), params=params(dict(chosen.params) | used), draw=_draw,
        points=rows_of(parts), method=f"{chosen.method} {METHOD}".strip(),
    )  # fmt: skip


def _primary(verdicts: Sequence[Verdict], primary: str) -> Verdict:
    names = [v.what for v in verdicts]
    if len(athletes := {v.who for v in verdicts}) > 1:
        raise ValueError(f"retest_several: one athlete at a time; the verdicts are of {sorted(athletes)}")
    exact = [v for v in verdicts if v.what == primary]
    found = exact or [v for v in verdicts if primary and v.what.startswith(primary)]
    if len(found) != 1:
        raise ValueError(f"retest_several: primary {primary!r} names {len(found)} of the verdicts {names}; name one")
    return found[0]


def _corrected(verdict: Verdict, p: float, alpha: float) -> Verdict:
    note = f"p {number(1 - float(verdict.p_better or 0), 'P')}, corrected for the number of tests {number(p, 'P')}."
    known = replace(verdict, notes=(*verdict.notes, note))
    lost = verdict.word.startswith("improved") and p > alpha + _ROUNDING
    return replace(known, word=UNCONFIRMED) if lost else known


def _draw(estimate: Any) -> Any:
    shown: list[Estimate] = [part for part in estimate.parts if part.unit == estimate.unit]
    return charts.forest(rows_of(shown), x_title="Change (%), better is positive")
