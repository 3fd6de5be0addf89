"""The loads of the next block: whole plates, 2 to 5 %, deloads in time (methods G2)."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analysis.stats import plan_load
from analysis.stats.plan_load import BlockPlan, block_plan, next_load, start_load

LOADS = st.floats(2.0, 250.0)
STEPS = st.sampled_from([0.5, 1.0, 1.25, 2.0, 2.5, 4.0, 5.0, 10 * 0.45359237])


@pytest.mark.parametrize(
    ("load", "step", "reps", "expected"),
    [
        (60, 2.5, 8, ("ok", 62.5, 8, "load")), (24, 4, 6, ("ok", 24.0, 7, "reps")),
        (100, 2.5, 6, ("ok", 105.0, 6, "load")), (50, 2.5, 6, ("ok", 52.5, 6, "load")),
        (40, 2.5, 8, ("plate_limited", 42.5, 6, "load")), (24, 4, 8, ("plate_limited", 24.0, 8, "hold")),
        (25, 2.5, 8, ("plate_limited", 27.5, 6, "load")), (61, 2.5, 8, ("ok", 62.5, 8, "load")),
        (20, 1, 7, ("ok", 21.0, 7, "load")), (20, 0.4, 7, ("ok", 20.8, 7, "load")),
    ],
)  # fmt: skip
def test_the_next_step_by_hand(load: float, step: float, reps: int, expected: tuple[Any, ...]) -> None:
    found = next_load(load, step_kg=step, reps=reps)
    assert (found.status, found.load_kg, found.reps, found.how) == expected


@given(LOADS, STEPS, st.integers(1, 12))
def test_a_step_is_on_the_rule_or_a_repetition_or_told_to_be_limited_by_plates(
    load: float, step: float, reps: int
) -> None:
    found = next_load(load, step_kg=step, reps=reps)
    assert found.load_kg is not None
    assert found.pct is not None
    if found.how == "load":
        assert found.load_kg / step == pytest.approx(round(found.load_kg / step), abs=1e-6)
        assert found.pct <= (10 if found.status == "plate_limited" else 5) + 1e-6
        assert found.status == "plate_limited" or found.pct >= 2 - 1e-6
    else:
        assert found.load_kg == load
        assert found.reps == reps + (found.how == "reps")


@given(LOADS, STEPS, st.integers(4, 8), st.floats(0.1, 10))
def test_the_step_does_not_depend_on_the_unit(load: float, step: float, reps: int, unit: float) -> None:
    assume(all(abs(load * share / step - round(load * share / step)) > 1e-6 for share in (1.0, 1.02, 1.05, 1.1)))
    one, other = next_load(load, step_kg=step, reps=reps), next_load(unit * load, step_kg=unit * step, reps=reps)
    assert (one.status, one.how, one.reps) == (other.status, other.how, other.reps)
    assert other.load_kg == pytest.approx(unit * (one.load_kg or 0), rel=1e-6)


def test_after_a_failed_jump_the_step_is_half_and_at_least_2_percent() -> None:
    assert next_load(100, step_kg=2.5, reps=6, halved=True).load_kg == 102.5  # half of 5 kg
    assert next_load(60, step_kg=2.5, reps=6, halved=True).how == "reps"  # half of 2.5 kg is no plate
    assert next_load(100, step_kg=0.5, reps=6, halved=True).load_kg == 102.5


BAD: list[Any] = [None, 0, -1, math.nan, math.inf, -math.inf, True, "60", 10**400]


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("name", ["load_kg", "step_kg", "reps", "rep_low", "rep_high"])
def test_next_load_refuses_what_is_no_number(name: str, bad: Any) -> None:
    given_ = {"load_kg": 60.0, "step_kg": 2.5, "reps": 6.0} | {name: bad}
    found = next_load(given_.pop("load_kg"), **given_)
    assert (found.status, found.reason, found.load_kg) == ("refused", "BAD_INPUT", None)


def test_next_load_refuses_a_range_upside_down() -> None:
    assert next_load(60, step_kg=2.5, reps=6, rep_low=8, rep_high=6).reason == "BAD_INPUT"


PLAN: dict[str, Any] = {"reps": 6, "rir": 2, "sets": 4, "step_kg": 2.5, "weeks": 6, "deload_week": 5}


def test_the_table_of_the_handbook() -> None:
    plan = block_plan(110, **PLAN)
    assert [(row.sets, row.reps, row.load_kg, row.type) for row in plan.rows] == [
        (4, 6, 82.5, "load"), (4, 6, 85.0, "load"), (4, 6, 87.5, "load"), (4, 6, 90.0, "load"),
        (2, 6, 80.0, "deload"), (4, 6, 92.5, "load"),
    ]  # fmt: skip
    assert plan.start_load_kg == 82.5
    assert plan.implied_e1rm_kg == pytest.approx(92.5 * (1 + 8 / 30))


def test_a_step_every_second_loading_week_and_none_when_held() -> None:
    assert [row.load_kg for row in block_plan(110, **PLAN, every=2).rows] == [82.5, 82.5, 85.0, 85.0, 75.0, 87.5]
    assert {row.load_kg for row in block_plan(110, **PLAN, hold=True).rows if row.type == "load"} == {82.5}


def test_no_load_beyond_the_e1rm_that_is_told() -> None:
    plan = block_plan(110, **PLAN, most_kg=110)
    assert max(row.load_kg for row in plan.rows) == 85.0  # 87.5 kg would ask for 110.8 kg
    assert (plan.implied_e1rm_kg or 0) <= 110
    assert plan.rows[2].how == "hold"


def test_the_last_successful_load_replaces_the_e1rm() -> None:
    plan = block_plan(None, **PLAN, start_kg=100, halved=True)
    assert [row.load_kg for row in plan.rows] == [100.0, 102.5, 105.0, 107.5, 95.0, 110.0]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"deload_week": 8, "weeks": 8}, "DELOAD_TOO_LATE"), ({"deload_week": None, "weeks": 7}, "DELOAD_TOO_LATE"),
        ({"deload_week": 2, "weeks": 9}, "DELOAD_TOO_LATE"), ({"deload_week": 9, "weeks": 6}, "DELOAD_TOO_LATE"),
        ({"deload_week": 0}, "BAD_INPUT"), ({"deload_week": 2.5}, "BAD_INPUT"), ({"weeks": None}, "BAD_INPUT"),
        ({"weeks": math.inf}, "BAD_INPUT"), ({"weeks": 10_000}, "BAD_INPUT"), ({"sets": 0}, "BAD_INPUT"),
        ({"every": 0}, "BAD_INPUT"), ({"step_kg": None}, "BAD_INPUT"), ({"step_kg": 200}, "BAD_INPUT"),
        ({"rir": -1}, "BAD_INPUT"), ({"rir": 6}, "RIR_TOO_HIGH"), ({"reps": 15}, "REPS_OUT_OF_RANGE"),
        ({"reps": None}, "BAD_INPUT"), ({"start_kg": 0}, "BAD_INPUT"), ({"start_kg": math.nan}, "BAD_INPUT"),
    ],
)  # fmt: skip
def test_block_plan_refuses(change: dict[str, Any], reason: str) -> None:
    assert block_plan(110, **(PLAN | change)) == BlockPlan("refused", reason)


@pytest.mark.parametrize("e1rm", BAD)
def test_block_plan_refuses_an_e1rm_that_is_none(e1rm: Any) -> None:
    assert block_plan(e1rm, **PLAN).reason == "BAD_INPUT"


def test_deload_in_week_7_is_in_time_and_several_deloads_are_kept() -> None:
    assert block_plan(110, **(PLAN | {"deload_week": 7, "weeks": 7})).status == "ok"
    types = [row.type for row in block_plan(110, **(PLAN | {"deload_week": (1, 7), "weeks": 7})).rows]
    assert types == ["deload", *["load"] * 5, "deload"]


@given(
    st.floats(20, 250), STEPS, st.integers(6, 12), st.floats(0, 4), st.integers(1, 7), st.integers(1, 7),
    st.sampled_from([1, 2]), st.booleans(),
)  # fmt: skip
def test_every_planned_week_keeps_the_rules(
    e1rm: float, step: float, reps: int, rir: float, weeks: int, deload: int, every: int, halved: bool
) -> None:
    plan = block_plan(
        e1rm, reps=reps, rir=rir, step_kg=step, weeks=weeks, deload_week=deload, every=every, halved=halved
    )
    if plan.status == "refused":
        assert plan.reason == "DELOAD_TOO_LATE" or start_load(e1rm, reps, rir, step) == 0
        return
    assert all(row.load_kg / step == pytest.approx(round(row.load_kg / step), abs=1e-6) for row in plan.rows)
    loading = [row for row in plan.rows if row.type == "load"]
    for a, b in itertools.pairwise(loading):
        pct = 100 * (b.load_kg / a.load_kg - 1)
        assert pct == 0 or 2 - 1e-6 <= pct <= 5 + 1e-6 or (pct <= 10 + 1e-6 and b.reps < a.reps)
        assert b.reps - a.reps <= 1
    runs = [len(list(own)) for kind, own in itertools.groupby(row.type for row in plan.rows) if kind == "load"]
    assert max(runs, default=0) <= plan_load.MAX_LOADING_WEEKS


@given(st.floats(20, 250), st.integers(6, 8), st.floats(0, 4), st.sampled_from([0.5, 1.25, 2.5]))
def test_the_first_week_leaves_the_reserve_that_is_asked_for(e1rm: float, reps: int, rir: float, step: float) -> None:
    load = start_load(e1rm, reps, rir, step)
    possible = 30 * (e1rm / load - 1)  # repetitions of an athlete whose e1RM is known
    assert possible >= reps + rir
    assert load > 0.975 * e1rm / (1 + (reps + rir) / 30) - step - 1e-9
