"""What the body told: pain, and the domains of fatigue, as the facts of the decision table and as sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from analysis.block import Block
from analysis.estimate import Estimate
from analysis.frames import Table
from analysis.metrics import (
    fatigue_bar_speed,
    fatigue_hrv,
    fatigue_jump,
    fatigue_niggle,
    fatigue_persistent,
    fatigue_readiness,
    fatigue_response,
    fatigue_sleep,
    fatigue_wellness,
)
from analysis.metrics._pain import ITEM, PAINFUL_KINDS
from analysis.metrics._sites import EVERY, known_site, patterns_of

DOWN: Final = "down"
_NAMES: Final = ("Pain", "Wellness", "Heart-rate variability", "Jump", "Bar speed", "Response to a session", "Sleep")
_PAIN: Final = {
    "none": "No pain of 2 or more in the last week.",
    "watch": "Pain of 2 or more in the last week: watch it.",
    "persistent": "Pain persisted: have it looked at by a physiotherapist.",
    "refer": "Pain was high, lasted, came at night or with swelling: have it looked at by a physiotherapist.",
}
_PAIN_STATE: Final = {"none": "ok", "watch": "watch it", "persistent": "persisted", "refer": "see a physiotherapist"}


@dataclass(frozen=True, repr=False)
class Body:
    """Estimates of pain and fatigue of one block."""

    niggle: Estimate
    wellness: Estimate
    hrv: Estimate
    jump: Estimate
    bar_speed: Estimate
    response: Estimate
    sleep: Estimate
    persistent: Estimate
    readiness: Estimate
    complained: bool = False
    """Whether the log holds any report of pain, however old."""

    @property
    def domains(self) -> tuple[Estimate, ...]:
        """Those that the rule of persistent fatigue counts."""
        return self.wellness, self.hrv, self.jump, self.bar_speed, self.response

    @property
    def asked(self) -> tuple[Estimate, ...]:
        """What the advice on recording looks at."""
        return (self.niggle, self.persistent)

    @property
    def known(self) -> tuple[Estimate, ...]:
        """The domains of which anything was recorded in the block."""
        return tuple(d for d in self.domains if d.points is not None and d.points["down"].drop_nulls().len())

    def overview(self) -> Table:
        """Each domain by its name with its state on the last day it is known, beside each other and never added up."""
        asked = zip(_NAMES, (self.niggle, *self.domains, self.sleep), strict=True)
        rows = [(name, _state(found), f"{found.sentence()}.") for name, found in asked]
        labels = {"domain": "Domain", "state": "Last known day", "said": "In words"}
        return Table(pl.DataFrame(rows, schema=list(labels), orient="row"), "domains", labels)

    def facts(self) -> dict[str, Any]:
        """`pain, persistent_fatigue, readiness` for the decision table; None where not known."""
        told = (("pain", self.niggle), ("persistent", self.persistent), ("readiness", self.readiness))
        found = {name: dict(estimate.params).get(name) for name, estimate in told}
        return {"persistent_fatigue" if name == "persistent" else name: fact for name, fact in found.items()}

    @property
    def pain_unknown(self) -> str:
        """Why the rules about pain could not be judged."""
        if self.niggle.n:
            return "Pain was recorded on too few days"
        return f"Pain was not recorded{' in the last 7 days' if self.complained else ''}"

    def sentence(self) -> str:
        """Pain, persistent fatigue and readiness in one line, without a score."""
        pain = self.facts()["pain"]
        said = _PAIN.get(str(pain), f"{self.pain_unknown}.")
        if not self.known:
            return f"{said} No domain of fatigue was recorded."
        return f"{said} {self._fatigue()} {self._ready()}"

    def _fatigue(self) -> str:
        persists = self.facts()["persistent_fatigue"]
        if persists is None:
            return "Whether fatigue persisted is not known: fewer than two domains were recorded often enough."
        return "Fatigue persisted (methods F8)." if persists else "No persistent fatigue."

    def _ready(self) -> str:
        colour, down = self.facts()["readiness"], [_domain(d) for d in self.domains if _state(d) == DOWN]
        if colour is None:
            return "Readiness is not known."
        return f"Readiness {colour}: {', '.join(down) if down else 'no domain'} down of {len(self.known)} known."

    @property
    def patterns(self) -> tuple[str, ...]:
        """The movement patterns that load a painful site; all of them where the site is not told or not known."""
        if self.facts()["pain"] not in ("persistent", "refer"):
            return ()
        sites = dict(self.niggle.params).get("sites") or ()
        found = {pattern for site in sites or ("",) for pattern in patterns_of(site)}
        return tuple(pattern for pattern in EVERY if pattern in found)

    def affected(self) -> str:
        """The painful sites and the movements that load them, in words."""
        sites = [site for site in dict(self.niggle.params).get("sites") or () if site]
        if not sites or not all(known_site(site) for site in sites):
            return "Which movements load the painful site is not known: treat all of them as affected."
        return f"Movements that load the site ({', '.join(sites)}): {', '.join(self.patterns).replace('_', ' ')}."


def _state(domain: Estimate) -> str:
    """down, ok or not recorded on the last day that is known; of pain its level."""
    points = domain.points
    if points is None or "down" not in points.columns:
        return _PAIN_STATE.get(str(dict(domain.params).get("pain")), "too few days" if domain.n else "not recorded")
    told = points.filter(pl.col("down").is_not_null()).sort("date")["down"]
    return "not recorded" if told.is_empty() else DOWN if told[-1] else "ok"


def _domain(domain: Estimate) -> str:
    points = domain.points
    return domain.what if points is None or points.is_empty() else str(points["domain"][0])


def body(block: Block, errors: tuple[Estimate, ...] = ()) -> Body:
    """Ask every fatigue metric of a block; `errors` are typical errors of the squad for jumps (`retest_error`)."""
    niggle = fatigue_niggle.estimate(block.complaints, wellness=block.wellness, **block.span)
    domains = (
        fatigue_wellness.estimate(block.wellness, **block.span),
        fatigue_hrv.estimate(block.wellness, **block.span),
        fatigue_jump.estimate(block.trials, **block.span, te=errors),
        fatigue_bar_speed.estimate(block.reps, **block.span),
        fatigue_response.estimate(block.sessions, **block.span),
    )
    sleep = fatigue_sleep.estimate(block.wellness, **block.span)
    persistent = fatigue_persistent.estimate(domains, who=block.athlete, end=block.end)
    gate = dict(niggle.params).get("pain")
    readiness = fatigue_readiness.estimate(domains, who=block.athlete, end=block.end, gate=gate)
    return Body(niggle, *domains, sleep, persistent, readiness, complained=_complained(block))


def _complained(block: Block) -> bool:
    kinds = block.complaints["kind"].cast(pl.String).is_in(PAINFUL_KINDS)
    return bool(kinds.any() or (block.wellness["item"] == ITEM).any())
