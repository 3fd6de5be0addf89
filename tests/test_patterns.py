"""Movement patterns and left-right balance of a block (methods C5), with named gaps and names that are not mapped."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest

from analysis.metrics import load_patterns
from analysis.units import LB_KG
from frames_for_tests import DAY, PULL_UP, REVERSE_LUNGE, UNKNOWN, sets_frame

BLOCK: dict[str, Any] = {"who": "Ada", "start": DAY, "end": DAY + dt.timedelta(27)}
ONE_LEG: dict[str, Any] = {
    "exercise": "single_leg_rdl",
    "exercise_raw": "SL RDL",
    "pattern": "hinge",
    "unilateral": True,
    "load_kg": 20.0,
}
ROWS: list[dict[str, Any]] = [
    {"day": 0, "load_kg": 60.0, "reps": 8.0, "rir": 2.0},
    {"day": 0, "load_kg": 60.0, "reps": 8.0, "rir": 2.0},
    *({"day": 3, "reps": 8.0, "side": side, "rir": 2.0} | ONE_LEG for side in ("left", "right", "left")),
    {"day": 3, "reps": 6.0, "side": "right", "rir": 6.0} | ONE_LEG,
]  # the handbook's C5-S01 as a log


def test_the_handbook_example_out_of_a_log() -> None:
    found = load_patterns.estimate(sets_frame(ROWS), **BLOCK)
    hinge, squat = found.part("hinge"), found.part("squat")
    assert (found.value, hinge.value, squat.value) == (6.0, 4.0, 2.0)
    assert [part.value for part in squat.parts] == [2.0, 16.0, 960.0]
    assert [part.value for part in hinge.parts[:3]] == [3.0, 30.0, 600.0]
    assert hinge.part("left-right balance").value == pytest.approx(-13.35313926)


def test_balance_needs_both_sides() -> None:
    found = load_patterns.estimate(sets_frame(ROWS[2:3]), **BLOCK)
    with pytest.raises(KeyError, match="left-right balance"):
        found.part("hinge").part("left-right balance")


def test_one_sided_sets_without_a_side_are_named() -> None:
    found = load_patterns.estimate(sets_frame([{"load_kg": 16.0, "reps": 8.0, **REVERSE_LUNGE}]), **BLOCK)
    assert found.part("lunge").part("volume load").value == 0.0
    assert [note.split(" ", 3)[3][:8] for note in found.notes] == ["one side", "one side"]


@pytest.mark.parametrize(
    ("days", "gap"),
    [
        ([0, 14, 27], None),
        ([0, 15, 27], "14 days"),
        ([13], "14 days"),
        ([7, 20], None),
        ([27], "27 days"),
        ([], "28 days"),
    ],
)
def test_two_weeks_without_a_pattern_are_a_gap(days: list[int], gap: str | None) -> None:
    others = [
        {"day": day, "pattern": pattern, "reps": 5.0}
        for day in (0, 9, 18, 27)
        for pattern in ("squat", "step", "pull", "core_anti", "balance")
    ]
    gaps = load_patterns.estimate(
        sets_frame(others + [{"day": day, "pattern": "hinge", "reps": 5.0} for day in days]), **BLOCK
    ).part("gaps")
    assert gaps.notes == (() if gap is None else (f"hinge: absent for {gap}",))
    assert gaps.value == len(gaps.notes)


def test_lunge_and_step_stand_in_for_each_other() -> None:
    rows = [
        {"day": day, "pattern": pattern, "reps": 5.0} for day, pattern in ((0, "lunge"), (10, "step"), (20, "lunge"))
    ]
    gaps = load_patterns.estimate(sets_frame(rows), **BLOCK).part("gaps")
    assert not any(note.startswith("lunge") for note in gaps.notes)


def test_unmapped_exercises_stay_in_the_total_and_are_listed() -> None:
    rows = [{"reps": 8.0, "load_kg": 20.0, **UNKNOWN}] * 2 + [{"reps": 5.0, **PULL_UP}]
    found = load_patterns.estimate(sets_frame(rows), **BLOCK)
    assert (found.value, found.part("unmapped").value) == (3.0, 2.0)
    assert found.notes[0] == "Not mapped: Zottman thing (2 sets, perhaps pull)."


def test_totals_do_not_depend_on_order_or_unit_or_mobility() -> None:
    sets = sets_frame([*ROWS, {"reps": 9.0, "load_kg": 9.0, "pattern": "mobility"}])
    found = load_patterns.estimate(sets, **BLOCK)
    assert found.value == 6.0
    assert load_patterns.estimate(sets.sample(fraction=1, shuffle=True, seed=4), **BLOCK) == found
    in_lb = load_patterns.estimate(sets.with_columns(pl.col("load_kg") / LB_KG), **BLOCK)
    assert in_lb.part("hinge").part("left-right balance").value == pytest.approx(-13.35313926)
    assert load_patterns.estimate(sets_frame([{"day": 60}]), **BLOCK).reason == "NO_DATA"


def test_chart_stacks_weeks_by_pattern() -> None:
    found = load_patterns.estimate(sets_frame(ROWS), **BLOCK)
    spec = found.chart().to_dict()
    assert spec["encoding"]["color"]["field"] == "pattern"
    rows = next(iter(spec["datasets"].values()))
    assert {row["week"] for row in rows} == {"5 Jan", "12 Jan", "19 Jan", "26 Jan"}
    assert {row["pattern"] for row in rows} == {"squat", "hinge"}, "an empty week is no pattern of its own"
