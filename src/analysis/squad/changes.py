"""Gym gain and running change of every block of an athlete, side by side: what the transfer slope is drawn from."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final

import polars as pl

from analysis.block import Block, BlockProblem, choose
from analysis.estimate import Estimate
from analysis.metrics import running_sprint, running_volume, strength_block_gain
from analysis.squad._members import Squad

SCHEMA: Final[dict[str, Any]] = {
    "athlete": pl.String, "block": pl.String, "gym_log": pl.Float64, "running_log": pl.Float64,
    "gym_error_log": pl.Float64, "running_load_log": pl.Float64,
}  # fmt: skip
TWO_SIDED: Final = 1.959964  # half the width of a 95 % interval in standard errors


def own_changes(block: Block) -> pl.DataFrame:
    """One row per declared block of the athlete up to this one: the e1RM gain and the change of the sprint, in logs.

    The columns are those that `running_transfer` needs. A block without one of the two keeps its row, with nulls.
    """
    return pl.DataFrame(_rows(block, block.athlete), schema=SCHEMA, orient="row")


def block_changes(squad: Squad) -> pl.DataFrame:
    """The same for everybody of a squad, under the shown names; blocks are numbered, for their names are typed text."""
    rows = [row for m in squad.members if m.block is not None for row in _rows(m.block, m.shown)]
    found = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    return found.with_columns(pl.int_range(1, pl.len() + 1).over("athlete").cast(pl.String).alias("block"))


def _rows(block: Block, shown: str) -> Iterable[tuple[Any, ...]]:
    """The declared blocks in order; the running load of a block is compared with that of the block before."""
    declared = block.log.blocks.filter(pl.col("end") <= block.end).sort("start", "block")
    found = (
        [block] if declared.is_empty() else [b for name in declared["block"] if (b := _begun(block, name)) is not None]
    )
    before: float | None = None
    for one in found:
        gain = strength_block_gain.estimate(one.sets, **one.span)
        sprint = running_sprint.estimate(one.trials, **one.span)
        volume = running_volume.estimate(one.runs, **one.span)
        weekly = volume.part(running_volume.MEAN_WEEK).value if volume.ok and volume.reason is None else None
        load = math.log(weekly / before) if weekly and before else None
        yield shown, one.name, _log(gain.value), _log(sprint.value), _error(gain), load
        before = weekly


def _begun(block: Block, name: str) -> Block | None:
    try:
        return choose(block.log, block.athlete, name, "", "")
    except BlockProblem:
        return None


def _log(percent: float | None) -> float | None:
    return None if percent is None else math.log1p(percent / 100)


def _error(gain: Estimate) -> float | None:
    """Typical error of one end of a gain: its variance is that of the gain, halved."""
    if gain.low is None or gain.high is None:
        return None
    width = math.log1p(gain.high / 100) - math.log1p(gain.low / 100)
    return width / (2 * TWO_SIDED) / math.sqrt(2)
