"""The first screen of a block report: as planned, still moving, at what cost, what next and by which rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any, Final

import polars as pl

from analysis.block import Block
from analysis.estimate import Estimate, Verdict
from analysis.frames import Table, number
from analysis.guidance.body import Body
from analysis.guidance.facts import FACTS_IN_WORDS, PlanSheet, done_sets, plan_sheet
from analysis.guidance.record import record_next
from analysis.guidance.rules import Decision, Rule, table
from analysis.guidance.weighing import Weighed, weigh
from analysis.metrics import load_progression, load_session_rpe, strength_block_gain
from analysis.squad.changes import own_changes

FOR_A_SITE: Final = ("refer_physio", "regress_exercise_reduce_volume")
EMPHASES: Final = {
    "stability": "stability: single-leg work and drills early in each session",
    "strength": "strength: compounds of 6-8 repetitions",
    "power_plyo": "power: loaded jumps and modest plyometrics",
    "sprint_transfer": "transfer to the sprint finish",
    "keep": "the same as in this block",
    "none": "",
}


@dataclass(frozen=True, repr=False)
class Answer:
    """What the block's numbers lead to: the decision, and the estimates it was drawn from."""

    block: Block
    decision: Decision
    hard_sets: Estimate
    gain: Estimate
    primary: Verdict
    load: Estimate
    estimates: tuple[Estimate, ...]
    errors: tuple[Estimate, ...]
    facts: tuple[tuple[str, Any], ...]
    progression: Estimate
    deload: Estimate
    sides: Estimate
    tests: Verdict
    rest: Estimate
    body: Body
    rules: tuple[Rule, ...]

    @property
    def weighed(self) -> Weighed:
        """What speaks for the recommendation and against it, and what nobody knows."""
        return weigh(self.decision, dict(self.facts), self.rules)

    @property
    def changes(self) -> pl.DataFrame:
        """Gym gain and running change of each declared block so far, as `running_transfer` takes them."""
        return own_changes(self.block)

    @property
    def own_rules(self) -> bool:
        """Whether a coach's own decision table took the place of the built-in one."""
        return self.rules != table()

    def warning(self) -> str:
        """What the reader must know first: safety rules that nobody could judge, days that count twice."""
        doubled = self.block.doubled_days
        said = (
            (
                self.decision.pain_unknown,
                f"{self.body.pain_unknown}, so the safety rules R1 and R2 could not be judged.",
            ),
            (doubled, f"{doubled} days hold sets from two apps: if they are the same sessions, every load is doubled."),
        )
        return " ".join(text for true, text in said if true)

    def lines(self) -> tuple[tuple[str, str], ...]:
        """The four questions with their answers."""
        emphasis = EMPHASES[self.decision.emphasis]
        rule = self.decision.rule
        what_next = (
            f"By rule {rule.id}: {self._why()}; confidence {self.decision.confidence}. Evidence: {rule.evidence}."
        )
        what_next += f" {self.body.affected()}" if rule.action in FOR_A_SITE else ""
        what_next += " The rules are those of the rules.toml beside the logbook." if self.own_rules else ""
        return (
            ("Done as planned?", self._as_planned()),
            ("Still moving?", f"{self._strength()} {self.primary.sentence()}."),
            ("At what cost?", f"{self._cost()} {self.body.sentence()}"),
            ("What next?", what_next + (f" Emphasis of the next block - {emphasis}." if emphasis else "")),
        )

    def _why(self) -> str:
        open_gain = any(rule == "R9" for rule, _ in self.decision.skipped)
        if self.decision.rule.id == "R7":
            return f"{self.decision.rule.why} ({', '.join(load_progression.failed_exercises(self.progression))})"
        return "whether strength rose could not be judged" if open_gain else self.decision.rule.why

    def _strength(self) -> str:
        if not self.gain.ok:
            return f"{self.gain.sentence()}."
        sure = self.gain.part(strength_block_gain.P_GAIN)
        return f"{self.gain.sentence()}; {sure.what} {number(sure.value, sure.unit)}."

    def _cost(self) -> str:
        if not self.load.parts:
            return f"{self.load.sentence()}."
        week = self.load.part(load_session_rpe.MEAN_WEEK)
        return f"Session-RPE load, {week.sentence()}. {self.load.sentence()}."

    def _as_planned(self) -> str:
        planned, done = self.block.planned_hard_sets, done_sets(self.hard_sets)
        told = f"{self.hard_sets.sentence()}."
        if self.block.planned_end is not None:
            told += f" The log ends before the block does ({self.block.planned_end}), so the plan is not judged."
        if planned is None:
            return f"{self._plan_sheet(plan_sheet(self.block))} {told}"
        if done is None:
            return f"{planned} hard sets were planned. {told}"
        low, high = (round(100 * share / planned) for share in done)
        share = f"{low}" if low == high else f"{low} to {high}"
        return f"{planned} hard sets were planned, {share} % of them done. {told}"

    def _plan_sheet(self, sheet: PlanSheet | None) -> str:
        if self.block.log.plan.is_empty():
            return "No plan was recorded."
        if sheet is None:
            return "The plan has no row for this block."
        if sheet.share is None:
            lacks = f"rows without a day, {sheet.undated}" if sheet.undated else "rows lack a number of sets"
            return f"The plan is not compared: {lacks}."
        weeks = f"{sheet.weeks} week{'' if sheet.weeks == 1 else 's'}"
        told = f"The plan asks for {sheet.planned} sets in {weeks} of this block; {sheet.done} working sets were done"
        return f"{told} ({round(100 * sheet.share)} %)."

    def considered(self) -> Table:
        """Every rule in the order it was tried, with what became of it and how good its evidence is."""
        missing = dict(self.decision.skipped)
        rows, found = [], False
        for rule in self.rules:
            lacks = missing.get(rule.id, ())
            state = (
                "after the decision" if found else f"not judged: needs {_plain(lacks)}" if lacks else "does not hold"
            )
            if rule.id == self.decision.rule.id:
                state, found = f"holds ({self.decision.confidence} confidence)", True
            rows.append((rule.id, rule.why, state, rule.evidence))
        labels = {
            "rule": "Rule",
            "condition": "When",
            "state": "In this block",
            "evidence": "Evidence that the action helps",
        }
        return Table(pl.DataFrame(rows, schema=list(labels), orient="row"), "considered", labels)

    def record_next(self) -> Table:
        """What to record next time to get more out of this page."""
        return record_next(self.estimates)

    def skipped(self) -> str:
        """The rules that came before the chosen one and could not be judged, with the facts they lack."""
        return "; ".join(f"{rule} needs {_plain(missing)}" for rule, missing in self.decision.skipped)

    def __repr__(self) -> str:
        rule = self.decision.rule
        return f"<answer for {self.block.title}: {rule.id} {rule.action}>"

    def __str__(self) -> str:
        body = [f"{question} {answer}" for question, answer in self.lines()]
        body += [f"Speaks for it: {'; '.join(self.weighed.supports) or 'nothing known'}."]
        body += [f"Speaks against it: {'; '.join(self.weighed.against) or 'nothing known'}."]
        return "\n".join([*([self.warning()] if self.warning() else []), self.decision.rule.says, *body])

    def _repr_html_(self) -> str:
        warning = f'<p class="warning">{escape(self.warning())}</p>' if self.warning() else ""
        rows = "".join(f"<dt>{escape(q)}</dt><dd>{escape(a)}</dd>" for q, a in self.lines())
        skipped = (
            f'<p class="method">Rules that could not be judged: {escape(self.skipped())}.</p>' if self.skipped() else ""
        )
        headline = f'<p class="headline">{escape(self.decision.rule.says)}</p>'
        return f'<div class="answer">{warning}{headline}<dl>{rows}</dl>{self._weighed_html()}{skipped}</div>'

    def _weighed_html(self) -> str:
        """Facts for and against, beside each other; a side without facts says so."""
        sides = (("Speaks for it", self.weighed.supports), ("Speaks against it", self.weighed.against))
        told = (f"<p><b>{title}:</b> {escape('; '.join(found) or 'nothing known')}.</p>" for title, found in sides)
        return f'<div class="weighed">{"".join(told)}</div>'


def _plain(facts: Iterable[str]) -> str:
    return ", ".join(FACTS_IN_WORDS.get(fact, fact.replace("_", " ")) for fact in facts)
