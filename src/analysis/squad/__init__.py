"""Squads: everybody drawn towards the group as far as the data ask for, ranks with intervals (methods H)."""

from analysis.squad._members import Member, Squad, open_squad
from analysis.squad._problem import SquadProblem
from analysis.squad._pseudonyms import KEY_FILE
from analysis.squad.between import between
from analysis.squad.changes import block_changes
from analysis.squad.compare import compare
from analysis.squad.described import described
from analysis.squad.funnel import funnel
from analysis.squad.ranks import ranks
from analysis.squad.scaled import scaled

__all__ = [
    "KEY_FILE", "Member", "Squad", "SquadProblem",
    "between", "block_changes", "compare", "described", "funnel", "open_squad", "ranks", "scaled",
]  # fmt: skip
