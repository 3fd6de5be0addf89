"""Hard sets of a block (methods C2): rated, estimated from earlier sessions, unrated - never from the same session."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.exercises import annotate
from analysis.metrics import load_hard_sets, load_patterns
from analysis.metrics._effort import block_sets
from analysis.stats.load import hard_set
from analysis.units import LB_KG
from frames_for_tests import BAND_ROW, DAY, PULL_UP, REVERSE_LUNGE, SPLIT_SQUAT, SWING, UNKNOWN, sets_frame

BLOCK: dict[str, Any] = {"who": "Ada", "start": DAY, "end": DAY + dt.timedelta(41)}


def counts(rows: list[dict[str, Any]]) -> tuple[float | None, ...]:
    found = load_hard_sets.estimate(sets_frame(rows), **BLOCK)
    return (found.value, found.low, found.high, *(part.value for part in found.parts))


def test_rated_sets_need_no_range() -> None:
    rows = [
        {"reps": 8.0, "load_kg": 80.0, "rir": 2.0},
        {"reps": 8.0, "rpe": 6.0},
        {"reps": 8.0, "rpe": 5.0},
        {"reps": 2.0, "rir": 0.0},
    ]
    assert counts(rows) == (2.0, None, None, 2.0, 0.0, 0.0, 2.0)


def test_the_same_session_never_judges_itself() -> None:
    # trap 3: the e1RM of today's top set would call today's other sets hard
    day = [{"day": 0, "load_kg": 100.0, "reps": 5.0, "rir": 2.0}, {"day": 0, "load_kg": 90.0, "reps": 8.0}]
    assert counts(day) == (1.0, 1.0, 2.0, 1.0, 0.0, 1.0, 0.0)
    assert counts([*day, {"day": 3, "load_kg": 90.0, "reps": 8.0}]) == (2.0, 1.0, 3.0, 1.0, 1.0, 1.0, 0.0)


def test_the_estimate_inverts_epley_with_the_earlier_level() -> None:
    # e1RM 110 from 90 kg x 5 at 1.67 in reserve: 80 kg x 8 leaves 3.25, 75 kg x 8 leaves 6
    first = {"day": 0, "load_kg": 90.0, "reps": 5.0, "rir": 5 / 3}
    hard, easy = ({"day": 7, "load_kg": kg, "reps": 8.0} for kg in (80.0, 75.0))
    assert counts([first, hard, easy]) == (2.0, 1.0, 2.0, 1.0, 1.0, 0.0, 1.0)


def test_the_history_before_the_block_counts_but_not_for_ever() -> None:
    early = {"day": -20, "load_kg": 100.0, "reps": 5.0, "rir": 1.0}
    assert counts([early, {"day": 1, "load_kg": 100.0, "reps": 5.0}])[:3] == (1.0, 0.0, 1.0)
    old = early | {"day": -28}
    found = load_hard_sets.estimate(sets_frame([old, {"day": 1, "load_kg": 100.0, "reps": 5.0}]), **BLOCK)
    assert (found.reason, found.n) == ("NO_EFFORT_INFO", 1)


def test_another_exercise_lends_no_e1rm() -> None:
    rows = [
        {"day": 0, "load_kg": 100.0, "reps": 5.0, "rir": 1.0},
        {"day": 3, "load_kg": 30.0, "reps": 8.0, **REVERSE_LUNGE},
    ]
    assert counts(rows)[3:6] == (1.0, 0.0, 1.0)


def test_a_log_without_any_rating_is_refused_with_advice() -> None:
    rows = [
        {"load_kg": 100.0, "reps": 5.0},
        {"reps": 8.0, **PULL_UP},
        {"reps": 2.0, "load_kg": 120.0},
        {"reps": 8.0, **UNKNOWN},
    ]
    found = load_hard_sets.estimate(sets_frame(rows), **BLOCK)
    assert (found.status, found.reason, found.value, found.n) == ("refused", "NO_EFFORT_INFO", None, 3)
    assert "RPE" in found.notes[0]


def test_failure_is_hard_and_bodyweight_is_judged_by_its_rating() -> None:
    rows = [
        {"reps": 10.0, "load_kg": 60.0, "set_type": "failure"},
        {"reps": 8.0, "rir": 1.0, **PULL_UP},
        {"reps": 8.0, "set_type": "warmup"},
    ]
    assert counts(rows)[0] == 2.0


def test_timed_sets_and_mobility_are_named_not_counted() -> None:
    rows: list[dict[str, Any]] = [
        {"reps": 5.0, "rir": 1.0},
        {"duration_s": 30.0},
        {"reps": 10.0, "pattern": "mobility"},
    ]
    found = load_hard_sets.estimate(sets_frame(rows), **BLOCK)
    assert (found.value, found.high, found.n) == (1.0, None, 1)
    assert [note.split()[:3] for note in found.notes] == [["1", "set", "timed,"], ["1", "set", "of"]]


def test_an_optional_load_is_judged_where_there_is_one() -> None:
    rows = [SPLIT_SQUAT | {"day": 0, "load_kg": 30.0, "reps": 8.0, "rir": 1.0}]
    rows += [SPLIT_SQUAT | {"day": 7, "load_kg": kg, "reps": 8.0} for kg in (30.0, 0.0, None)]
    assert counts(rows)[3:] == (1.0, 1.0, 2.0, 0.0)


@pytest.mark.parametrize("exercise", [SWING, BAND_ROW], ids=lambda row: row["exercise"])
def test_no_e1rm_estimates_the_effort_of_swings_and_bands(exercise: dict[str, Any]) -> None:
    rows = [exercise | {"day": day, "load_kg": 24.0, "reps": 9.0, "rir": 1.0 if day == 0 else None} for day in (0, 7)]
    assert counts(rows)[3:] == (1.0, 0.0, 1.0, 0.0)


@pytest.mark.parametrize("name", ["Pogo", "Box jump", "Loaded countermovement jump", "Rowing machine", "Burpee"])
def test_jumps_and_conditioning_are_no_hard_sets_and_stay_in_the_patterns(name: str) -> None:
    drill = annotate([name]).row(0, named=True)
    rows = [{"reps": 5.0, "rir": 1.0}, drill | {"reps": 10.0}, drill | {"reps": 10.0, "rir": 0.0}]
    found = load_hard_sets.estimate(sets_frame(rows), **BLOCK)
    assert (found.value, found.low, found.high, found.n) == (1.0, None, None, 1)
    assert found.notes == ("2 sets of jumps or conditioning: no hard sets, not counted here.",)
    pattern = load_patterns.estimate(sets_frame(rows), **BLOCK).part(drill["pattern"])
    assert (pattern.value, pattern.part("hard sets").value) == (2.0, 0.0)


def test_one_set_is_judged_as_in_a_frame() -> None:
    values: dict[str, tuple[Any, ...]] = {
        "reps": (None, 0.0, 1.0, 2.0, 3.0, 8.0, 30.0, 31.0), "load_kg": (None, 0.0, 40.0, 80.0, 95.0, 109.0),
        "rir": (None, 0.0, 2.5, 4.0, 4.5, 9.0), "rpe": (None, 0.0, 5.5, 6.0, 10.0), "set_type": ("work", "failure"),
    }  # fmt: skip
    rows: list[dict[str, Any]] = [
        {"day": 7} | dict(zip(values, row, strict=True)) for row in itertools.product(*values.values())
    ]
    before = {"day": 0, "load_kg": 90.0, "reps": 5.0, "rir": 5 / 3}  # an e1RM of 110 kg
    judged = block_sets(sets_frame([before, *rows]), DAY + dt.timedelta(7), DAY + dt.timedelta(7))
    assert len(judged) == len(rows)
    kinds = set()
    for row, hard, effort in zip(rows, judged["hard"], judged["effort"], strict=True):
        known: dict[str, Any] = {"rir": row["rir"], "rpe": row["rpe"], "failure": row["set_type"] == "failure"}
        one = hard_set(row["reps"], row["load_kg"] or None, e1rm_kg=110.0, **known)
        assert hard is one.hard, row
        kinds.add((effort, one.reason))
    told = {"rated hard", "estimated hard", "not hard"}
    assert kinds == {("timed", "BAD_INPUT"), ("unrated", "NO_EFFORT_INFO")} | {(effort, None) for effort in told}


def test_no_set_in_the_block_is_no_data() -> None:
    assert load_hard_sets.estimate(sets_frame([{"day": 50, "reps": 5.0, "rir": 1.0}]), **BLOCK).reason == "NO_DATA"


def history(seed: int) -> tuple[pl.DataFrame, float]:
    """Six weeks of three sets a session, the first of them rated, and the true number of hard sets in the block."""
    rng, rows, truth = np.random.default_rng(seed), [], 0
    for day in [7 * week + extra for week in range(6) for extra in (0, 3)]:
        e1rm = 100 * np.exp(0.004 * day / 7 + rng.normal(0, 0.02))
        for place, reps in enumerate((5.0, 6.0, 10.0)):
            reserve = rng.integers(0, 4) if place == 0 else rng.choice([1, 2, 7, 9])
            load = e1rm / (1 + (reps + reserve) / 30)
            rows.append({"day": day, "load_kg": load, "reps": reps, "rir": float(reserve) if place == 0 else None})
            truth += int(reserve <= 4)
    return sets_frame(rows), truth


@pytest.mark.parametrize("seed", range(5))
def test_true_hard_sets_lie_within_the_bounds_and_near_the_value(seed: int) -> None:
    sets, truth = history(seed)
    found = load_hard_sets.estimate(sets, **BLOCK)
    assert (found.low or 0) <= truth <= (found.high or 0)
    assert found.value == pytest.approx(truth, abs=4)


def test_row_order_names_and_units_change_nothing() -> None:
    sets, _ = history(9)
    found = load_hard_sets.estimate(sets, **BLOCK)
    for other in (
        sets.sample(fraction=1, shuffle=True, seed=3),
        sets.with_columns(pl.lit("zz_squat").alias("exercise")),
        sets.with_columns(pl.col("load_kg") / LB_KG),
    ):
        again = load_hard_sets.estimate(other, **BLOCK)
        assert (again.value, again.low, again.high, again.parts) == (found.value, found.low, found.high, found.parts)


def test_weeks_are_stacked_by_what_is_known() -> None:
    sets, _ = history(2)
    found = load_hard_sets.estimate(sets, **BLOCK)
    assert found.points is not None
    assert found.points["sets"].sum() == sum(part.value or 0 for part in found.parts[:3])
    spec = found.chart().to_dict()
    assert spec["encoding"]["color"]["field"] == "effort"
    assert spec["encoding"]["y"]["title"] == "Sets"
