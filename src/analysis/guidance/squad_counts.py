"""What the rules say for a squad, by count: how many athletes get which answer, small counts hidden (methods H8).

Nobody's decision is told on a squad page, because a decision may rest on pain, sleep or heart rate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import polars as pl

from analysis.frames import Table
from analysis.guidance.gather import answer
from analysis.guidance.rules import ACTIONS
from analysis.squad import Squad
from analysis.stats.small_cells import K, suppress

HIDDEN: Final = f"fewer than {K}, or hidden because it would give such a count away"
NEXT: Final = "What next?"
EMPHASIS: Final = "Emphasis of the next block"
PRIMARY: Final = "Change of the block's main test"
_EMPHASES: Final = {
    "stability": "stability", "strength": "strength", "power_plyo": "power and plyometrics",
    "sprint_transfer": "transfer to the sprint finish", "keep": "as in this block", "none": "none",
}  # fmt: skip
_CHANGES: Final = ("better", "worse", "too small to matter", "unclear", "not estimable")


def squad_counts(squad: Squad) -> Table:
    """Athletes by decision, by emphasis and by the verdict on the main test; counts below 5 are not shown.

    All possible answers stand in the table, so that a line tells nobody's answer by being there. The size of the squad
    stands on the same page: where it would tell what fewer than 5 athletes were told, or that all were told the same,
    no count of that question is shown.
    """
    blocks = [m.block for m in squad.present if m.block is not None]
    answers = [answer(block, squad.errors) for block in blocks]
    told = [
        (NEXT, ACTIONS, [a.decision.rule.action for a in answers]),
        (EMPHASIS, list(_EMPHASES.values()), [_EMPHASES[a.decision.emphasis] for a in answers]),
        (PRIMARY, list(_CHANGES), [_change(a.primary.word) for a in answers]),
    ]
    rows = [row for question, possible, found in told for row in _rows(question, possible, found)]
    labels = {"question": "Question", "answer": "Answer", "athletes": "Athletes"}
    return Table(pl.DataFrame(rows, schema=list(labels), orient="row"), "decisions", labels)


def _rows(question: str, possible: Sequence[str], found: Iterable[str]) -> list[tuple[str, str, str]]:
    counted = Counter(found)
    cells = suppress({name: counted[name] for name in dict.fromkeys([*possible, *counted])})
    # the page tells the size of the squad: where a total would give a count away, every count does
    shown = {} if cells.total is None else cells.shown
    hidden = [name.replace("_", " ") for name in dict.fromkeys(possible) if name not in shown]
    rows = [(question, name.replace("_", " "), f"{n}") for name, n in shown.items()]
    rows += [(question, ", ".join(hidden) if shown else "each answer", HIDDEN)] if hidden else []
    return [*rows, *([(question, "all", f"{counted.total()}")] if shown else [])]


def _change(word: str) -> str:
    if word == "stable":
        return "too small to matter"
    if word == "unclear":
        return "unclear"
    return "better" if word.startswith("improved") else "worse" if word.startswith("declined") else "not estimable"
