"""Gym gain and running change of the same blocks, from the logbook to the transfer slope (methods E7)."""

from __future__ import annotations

import dataclasses
import math

import pytest

from analysis import open_block, sample_logbook
from analysis.metrics import running_sprint, running_transfer, strength_block_gain
from analysis.squad import open_squad
from analysis.squad.changes import block_changes, own_changes


def test_each_declared_block_is_a_row_with_what_the_metrics_say() -> None:
    block = open_block(sample_logbook(), "Ada")
    found = own_changes(block)
    assert found["block"].to_list() == ["1", "2"]
    gain = strength_block_gain.estimate(block.sets, **block.span)
    sprint = running_sprint.estimate(block.trials, **block.span)
    last = found.row(-1, named=True)
    assert 100 * math.expm1(last["gym_log"]) == pytest.approx(gain.value)
    assert 100 * math.expm1(last["running_log"]) == pytest.approx(sprint.value)
    assert gain.high is not None
    assert gain.low is not None
    width = math.log1p(gain.high / 100) - math.log1p(gain.low / 100)
    assert last["gym_error_log"] == pytest.approx(width / 3.92 / math.sqrt(2), rel=1e-4)


def test_a_block_that_cannot_be_judged_keeps_its_row() -> None:
    block = open_block(sample_logbook(), "Ada")
    bare = dataclasses.replace(block, log=dataclasses.replace(block.log, trials=block.log.trials.clear()))
    found = own_changes(bare)
    assert found.height == 2
    assert found["running_log"].null_count() == 2
    assert running_transfer.estimate(found).reason == "NO_DATA"


def test_without_declared_blocks_the_block_itself_is_the_row() -> None:
    block = open_block(sample_logbook(), "Ada")
    none = dataclasses.replace(block, log=dataclasses.replace(block.log, blocks=block.log.blocks.clear()))
    assert own_changes(none).height == 1


def test_a_squad_shows_pseudonyms_and_too_few_pairs_give_no_slope() -> None:
    squad = open_squad(sample_logbook())
    found = block_changes(squad)
    assert set(found["athlete"]) <= {m.shown for m in squad.members}
    assert not set(found["athlete"]) & set(squad.real_names.values())
    told = running_transfer.estimate(found)
    assert told.reason == "TOO_FEW_PAIRS"
    assert told.chart() is not None  # the pairs are shown all the same
