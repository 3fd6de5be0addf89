"""How ready is the athlete today, and why: which domains are down, is there pain? (methods F9).

What: number of domains down on the day (domains), named one by one; `params` hold the colour that follows from counting
  them: green, amber, red, or grey where too little is known.
Formula: pain to be looked at: red; two or more domains down: red; one down or a persistent niggle: amber; none: green;
  fewer than two known: grey.
Source: convention (methods F9).
Limits: nothing is averaged, weighted or filled in: a domain that was not measured that day is unknown, and below two
  known ones there is no colour, unless pain is to be looked at. A colour that rests on heart-rate variability alone is
  shown, and kept from decisions.
Trap: a readiness score hides what is wrong; a colour with names says what to ask about. Green does not mean rested, it
  means that nothing that was measured is down.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Final

import polars as pl

from analysis.estimate import Estimate, params, refuse
from analysis.metrics._domains import AUTONOMIC, domains_of
from analysis.stats.fatigue_rule import GREY, MIN_DOMAINS, PAIN, Readiness, readiness

WHAT: Final = "Readiness: domains down"
METHOD: Final = "A colour by counting named domains; no score, nothing averaged or filled in (methods F9)."
_PAIN_WORDS: Final = {"refer": "pain that a physiotherapist should look at", "persistent": "a persistent niggle"}


def estimate(
    domains: Iterable[Estimate], *, who: str = "", end: dt.date | None = None, gate: str | None = None
) -> Estimate:  # fmt: skip
    """Domains down on the day `end` (default: their last day); any Estimate with `date, domain, down` is a domain.

    `gate` is the level of pain: none, watch, persistent, refer, or None where it is not known. `dict(params)` holds
    "colour", "because" and "readiness": green, amber or red for decisions, None where the colour is grey or rests on
    heart-rate variability alone (caution NEVER_ALONE). Refused: TOO_FEW_DOMAINS; BAD_INPUT for another gate.

    >>> estimate([]).reason
    'TOO_FEW_DOMAINS'
    """
    told = domains_of(domains, who, end, 1)
    state = told.on_last_day()
    found = readiness(state, gate)
    alone = found.because == (AUTONOMIC,) and found.status == "ok"
    for_decisions = None if alone or found.colour == GREY else found.colour
    used = {"end": told.end, "gate": gate, "colour": found.colour, "because": found.because, "min_domains": MIN_DOMAINS}
    known: dict[str, Any] = {
        "who": told.who, "method": METHOD, "params": params(used | {"readiness": for_decisions}), "unit": "domains",
        "level": None, "n": found.known, "parts": _parts(state), "points": _points(state, told.end),
        "notes": (*_said(found, state, gate), *told.refused),
    }  # fmt: skip
    if found.status != "ok":
        return refuse(WHAT, str(found.reason), **known)
    if alone:
        known |= {"status": "caution", "reason": "NEVER_ALONE"}
    return Estimate(WHAT, value=float(sum(map(bool, state.values()))), **known)


def _said(found: Readiness, state: dict[str, bool | None], gate: str | None) -> list[str]:
    causes = [_PAIN_WORDS[gate] if name == PAIN and gate in _PAIN_WORDS else name for name in found.because]
    why = f" because of {' and '.join(causes)}" if causes else ""
    unknown = [name for name, down in state.items() if down is None]
    said = [
        (found.colour is not None, f"{str(found.colour).capitalize()}{why}."),
        (bool(unknown), f"Not known that day: {', '.join(unknown)}."),
        (gate is None, "Pain is not known."),
    ]
    return [text for true, text in said if true]


def _parts(state: dict[str, bool | None]) -> tuple[Estimate, ...]:
    return tuple(
        refuse(name, "NO_DATA")
        if down is None
        else Estimate(name, value=float(down), level=None, n=1, notes=("down" if down else "not down",))
        for name, down in state.items()
    )


def _points(state: dict[str, bool | None], end: dt.date | None) -> pl.DataFrame:
    schema = {"date": pl.Date, "domain": pl.String, "down": pl.Boolean}
    return pl.DataFrame([(end, name, down) for name, down in state.items()], schema=schema, orient="row")
