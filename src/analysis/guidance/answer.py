"""The first screen of a block report: as planned, still moving, at what cost, what next and by which rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from html import escape
from typing import Any, Final

import polars as pl

from analysis.block import Block
from analysis.estimate import Estimate, Verdict
from analysis.frames import Table, number
from analysis.guidance.facts import FACTS_IN_WORDS, PlanSheet, audits, done_sets, facts, plan_sheet
from analysis.guidance.record import record_next
from analysis.guidance.rules import Decision, decide, table
from analysis.metrics import (
    load_hard_sets,
    load_progression,
    load_session_rpe,
    power_jump,
    retest_asymmetry,
    retest_custom,
    retest_error,
    retest_rest,
    retest_several,
    running_sprint,
    stability_stance,
    strength_block_gain,
)
from analysis.tables import TESTS

TEST_OF_GOAL: Final = {"stability": "single_leg_stance", "power": "loaded_jump", "finish": "sprint"}  # methods D17
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

    def warning(self) -> str:
        """What the reader must know first: safety rules that nobody could judge, days that count twice."""
        doubled = self.block.doubled_days
        said = (
            (self.decision.pain_unknown, f"{self._pain()}, so the safety rules R1 and R2 could not be judged."),
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
        return (
            ("Done as planned?", self._as_planned()),
            ("Still moving?", f"{self._strength()} {self.primary.sentence()}."),
            ("At what cost?", f"{self._cost()} {self._body()}"),
            ("What next?", what_next + (f" Emphasis of the next block - {emphasis}." if emphasis else "")),
        )

    def _pain(self) -> str:
        noted = self.block.log.complaints.height
        return "Complaints are in the logbook but not read by the rules yet" if noted else "Pain was not recorded"

    def _body(self) -> str:
        """What is known about pain, sleep and wellness, none of which is analysed here."""
        noted = (("complaints", self.block.log.complaints), ("wellness records", self.block.log.wellness))
        there = [f"{what} ({frame.height:,})" for what, frame in noted if frame.height]
        if not there:
            return "Pain, sleep and wellness are not recorded in this logbook."
        return f"The logbook holds {' and '.join(there)}; this page does not read them yet."

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
        for rule in table():
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
        return "\n".join([*([self.warning()] if self.warning() else []), self.decision.rule.says, *body])

    def _repr_html_(self) -> str:
        warning = f'<p class="warning">{escape(self.warning())}</p>' if self.warning() else ""
        rows = "".join(f"<dt>{escape(q)}</dt><dd>{escape(a)}</dd>" for q, a in self.lines())
        skipped = (
            f'<p class="method">Rules that could not be judged: {escape(self.skipped())}.</p>' if self.skipped() else ""
        )
        headline = f'<p class="headline">{escape(self.decision.rule.says)}</p>'
        return f'<div class="answer">{warning}{headline}<dl>{rows}</dl>{skipped}</div>'


def _plain(facts: Iterable[str]) -> str:
    return ", ".join(FACTS_IN_WORDS.get(fact, fact.replace("_", " ")) for fact in facts)


def answer(block: Block) -> Answer:
    """Ask the block's metrics, gather the facts of the decision table (methods G1), decide."""
    hard_sets = load_hard_sets.estimate(block.sets, **block.span)
    gain = strength_block_gain.estimate(block.sets, **block.span)
    load = load_session_rpe.estimate(block.sessions, **block.span, days_without_record=block.days_without_record)
    errors = _squad_errors(block)
    verdicts: dict[str, Verdict] = {
        "loaded_jump": power_jump.estimate(block.trials, **block.span, te=errors),
        "sprint": running_sprint.estimate(block.trials, **block.span, te=errors),
        "single_leg_stance": stability_stance.estimate(block.trials, **block.span),
    }
    if block.primary_test == "cmj":
        verdicts["cmj"] = power_jump.estimate(block.trials, **block.span, test="cmj", te=errors)
    wanted = block.primary_test or TEST_OF_GOAL.get(block.goal or "", "loaded_jump")
    if wanted not in verdicts:
        verdicts[wanted] = _own_test(block, wanted, errors)
    primary = verdicts[wanted]
    progression, deload = audits(block)
    sides = retest_asymmetry.estimate(block.trials, who=block.athlete, end=block.end)
    tests = retest_several.estimate(tuple(verdicts.values()), primary=primary.what)
    rest = retest_rest.estimate(block.trials, sets=block.log.sets, test=wanted, who=block.athlete, start=block.start)
    known_by = {"hard_sets": hard_sets, "gain": gain, "progression": progression, "deload": deload}
    known_by |= {"sides": sides, "rest": rest}
    found = facts(block, verdicts, primary, **known_by)
    known = tuple((name, fact) for name, fact in found.items() if fact is not None)
    asked = (hard_sets, gain, load, progression, deload, *verdicts.values())
    return Answer(
        block, decide(found), hard_sets, gain, primary, load, asked, errors, known, progression, deload, sides, tests,
        rest,
    )  # fmt: skip


def _own_test(block: Block, name: str, errors: tuple[Estimate, ...]) -> Verdict:
    """The verdict on a test of one's own; refused where its definition has gone since the block was declared."""
    if name in block.own_tests:
        return retest_custom.estimate(block.trials, **block.span, test=block.own_tests[name], te=errors)
    what = name.replace("_", " ").capitalize()
    return Verdict(what, block.athlete, unit="%", status="refused", reason="TEST_UNKNOWN")


def _squad_errors(block: Block) -> tuple[Estimate, ...]:
    """Typical errors from the squad's repeated baseline sessions, without anybody's data; refused ones left out."""
    if block.squad_trials.is_empty():
        return ()
    tests = block.squad_trials.select(pl.col("test").cast(pl.String), "load_kg", "distance_m").unique().sort(pl.all())
    known: dict[str, str | None] = {name: None for name in TESTS if name != "single_leg_stance"}
    known |= {name: own.measure for name, own in block.own_tests.items()}
    asked = (row | {"measure": known[row["test"]]} for row in tests.iter_rows(named=True) if row["test"] in known)
    found = (retest_error.estimate(block.squad_trials, **row) for row in asked)
    return tuple(replace(error, points=None, draw=None, notes=()) for error in found if error.ok)
