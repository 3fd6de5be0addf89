"""e1RM now, its trend, and the gain of a block, out of logged sets (methods B4, B5): numbers, refusals, coverage."""

from __future__ import annotations

import ast
import datetime as dt
import re
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import analysis
from analysis.exercises import annotate
from analysis.frames import to_pandas
from analysis.metrics import strength_block_gain, strength_e1rm, strength_trend
from analysis.metrics._sessions import judged, rated_sessions, series
from analysis.stats import smoother
from analysis.stats.e1rm import multiplier, of_set, top_set
from analysis.units import LB_KG
from frames_for_tests import (
    BAND_ROW,
    DAY,
    PULL_UP,
    REVERSE_LUNGE,
    SPLIT_SQUAT,
    SWING,
    UNKNOWN,
    SimulatedLifter,
    sets_frame,
    weekly_sets,
)

SQUATS = weekly_sets(np.linspace(80, 88, 16))  # two sessions a week for eight weeks
BLOCK: dict[str, Any] = {"start": DAY, "end": DAY + dt.timedelta(55)}


def test_latest_e1rm_is_that_of_the_top_set_of_the_last_session() -> None:
    rows = [{"day": 0, "load_kg": 90.0, "reps": 5.0, "rir": 2.0}, {"day": 7, "load_kg": 60.0, "reps": 8.0, "rir": 5.0},
            {"day": 7, "load_kg": 70.0, "reps": 8.0, "rir": 2.0}, {"day": 7, "load_kg": 77.5, "reps": 7.0, "rir": 2.0},
            {"day": 7, "load_kg": 77.5, "reps": 6.0, "rir": 1.0},
            {"day": 7, "load_kg": 100.0, "reps": 5.0}]  # fmt: skip
    found = strength_e1rm.estimate(sets_frame(rows), who="Ada")
    by_hand = of_set(77.5, 7, rir=2)
    assert (found.value, found.low, found.high) == (by_hand.e1rm_kg, by_hand.low_kg, by_hand.high_kg)
    assert found.what == "e1RM back squat"
    assert "1 set without an effort rating" in found.notes[2]
    assert strength_e1rm.estimate(sets_frame(rows), end=DAY).value == of_set(90, 5, rir=2).e1rm_kg


def test_unrated_sets_are_arrows_never_points() -> None:
    # trap 2
    rows = [{"load_kg": 60.0, "reps": 8.0}, {"load_kg": 70.0, "reps": 5.0}, {"load_kg": 50.0, "reps": 20.0}]
    found = strength_e1rm.estimate(sets_frame(rows))
    assert (found.status, found.reason, found.value) == ("lower_bound_only", "NO_EFFORT_RATING", None)
    assert found.low == pytest.approx(70 * 35 / 30), "the best bound; 20 repetitions are beyond every equation"
    assert str(found).startswith("e1RM back squat: at least 81.7 kg")
    spec = found.chart().to_dict()
    assert spec["mark"]["shape"] == "triangle-up"


def test_exercises_with_most_rated_sets_stand_first() -> None:
    lunges = sets_frame({"day": day, "load_kg": 30.0, "reps": 8.0, "rir": 1.0, **REVERSE_LUNGE} for day in (0, 3))
    one_squat = sets_frame([{"load_kg": 80.0, "reps": 5.0, "rir": 1.0}] + [{"load_kg": 80.0, "reps": 5.0}] * 5)
    both = pl.concat([one_squat, lunges])
    assert [p.what for p in strength_e1rm.estimate(both).parts] == ["reverse lunge dumbbell", "back squat"]
    assert [p.what for p in strength_e1rm.estimate(both, exercises=["back_squat"]).parts] == ["back squat"]
    assert len(strength_e1rm.estimate(both, top=1).parts) == 1


@pytest.mark.parametrize(
    ("row", "exercise", "reason"),
    [
        ({"reps": 8.0, "load_kg": 10.0, "rir": 1.0, **PULL_UP}, "pull_up", "BODY_MASS_MISSING"),
        ({"reps": 8.0, "load_kg": 10.0, "rir": 1.0, "assisted": True}, "back_squat", "BODY_MASS_MISSING"),
        ({"reps": 8.0, "load_kg": 10.0, "rir": 1.0, **UNKNOWN}, "Zottman thing", "EXERCISE_UNMAPPED"),
        ({"reps": 8.0, "load_kg": 0.0, "rir": 1.0, **SPLIT_SQUAT}, "bulgarian_split_squat", "BODY_MASS_MISSING"),
        ({"reps": 8.0, "load_kg": 24.0, "rir": 1.0, **SWING}, "kettlebell_swing", "EQUATION_NOT_FOR_BALLISTIC"),
        ({"reps": 8.0, "load_kg": 10.0, "rir": 1.0, **BAND_ROW}, "band_row", "BAND_LOAD_UNKNOWN"),
        ({"reps": 8.0, "load_kg": 10.0, **BAND_ROW}, "band_row", "BAND_LOAD_UNKNOWN"),
        ({"reps": 8.0, "load_kg": 10.0, "rir": 5.0}, "back_squat", "NO_VALID_SET"),
        ({"reps": 8.0, "load_kg": 10.0}, "back_squat", "NO_EFFORT_RATING"),
        ({"reps": 8.0, "rir": 1.0}, "back_squat", "NO_LOAD"),
        ({"reps": 8.0, "load_kg": 10.0, "rir": 1.0, "set_type": "warmup"}, "back_squat", "NO_DATA"),
        ({"reps": 8.0, "load_kg": 10.0, "rir": 1.0}, "front_squat", "NO_DATA"),
        ({"reps": 8.0, "load_kg": 10.0, "rir": 1.0}, "back_squat", "TREND_TOO_SHORT"),
    ],
)
def test_refusals_name_their_reason(row: dict[str, Any], exercise: str, reason: str) -> None:
    trend = strength_trend.estimate(sets_frame([row]), exercise=exercise)
    gain = strength_block_gain.estimate(sets_frame([row]), exercise=exercise, **BLOCK)
    assert (trend.reason, trend.value, gain.reason, gain.value) == (reason, None, reason, None)


NAMES = ["Bulgarian Split Squat", "Step Up", "Lunge", "Hip thrust", "Single leg RDL", "Pistol squat", "Calf raise"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_without_equipment_has_an_e1rm_where_a_load_was_logged(name: str) -> None:
    done: dict[str, Any] = annotate([name]).row(0, named=True) | {"side": "left", "reps": 8.0, "rir": 1.0}
    rows = [done | {"load_kg": 20.0}, done | {"day": 3, "load_kg": 0.0}, done | {"day": 5, "load_kg": None}]
    found = strength_e1rm.estimate(sets_frame(rows))
    assert found.value == of_set(20, 8, rir=1).e1rm_kg
    assert "2 sets with body mass only, or assisted: not in the estimate." in found.notes
    assert strength_e1rm.estimate(sets_frame(rows[1:])).reason == "BODY_MASS_MISSING"


@pytest.mark.parametrize("name", ["Pull up", "Chin up", "Dip", "Push up"])
def test_body_mass_stays_unknown_where_it_is_the_load(name: str) -> None:
    done: dict[str, Any] = annotate([name]).row(0, named=True) | {"reps": 8.0, "rir": 1.0, "load_kg": 10.0}
    assert strength_e1rm.estimate(sets_frame([done]), exercises=[done["exercise"]]).reason == "BODY_MASS_MISSING"


def test_an_unrated_load_beside_rated_body_mass_lacks_the_rating() -> None:
    rows = [SPLIT_SQUAT | {"reps": 8.0, "rir": 1.0}, SPLIT_SQUAT | {"reps": 8.0, "load_kg": 20.0}]
    assert strength_trend.estimate(sets_frame(rows), exercise="bulgarian_split_squat").reason == "NO_EFFORT_RATING"


def test_swings_and_bands_are_left_out_by_name() -> None:
    others = [weekly_sets(np.full(24, 24.0), per_week=2, **kind) for kind in (SWING, BAND_ROW)]
    both = pl.concat([SQUATS, *others])
    for found in (strength_e1rm.estimate(both, end=BLOCK["end"]), strength_block_gain.estimate(both, **BLOCK)):
        assert found.what in ("e1RM back squat", "e1RM gain back squat")
        told = ["16 sets of jumps, swings and other ballistic lifts", "16 sets against a band"]
        assert [note.split(":")[0] for note in found.notes[-2:]] == told
    only = strength_block_gain.estimate(others[0], **BLOCK)
    assert (only.what, only.reason) == ("e1RM gain", "EQUATION_NOT_FOR_BALLISTIC")


def test_an_old_e1rm_says_its_age() -> None:
    lift = {"day": 0, "load_kg": 90.0, "reps": 5.0, "rir": 2.0}
    fresh = strength_e1rm.estimate(sets_frame([lift]), end=DAY + dt.timedelta(28))
    assert (fresh.status, fresh.reason) == ("ok", None)
    stale = strength_e1rm.estimate(sets_frame([lift]), end=DAY + dt.timedelta(29))
    assert (stale.status, stale.reason, stale.value) == ("caution", "STALE", fresh.value)
    assert "29 days ago" in str(stale)
    assert "more than 4 weeks old" in str(stale)
    went_on = sets_frame([lift, {"day": 40, "reps": 5.0, **PULL_UP}])
    assert "40 days ago" in str(strength_e1rm.estimate(went_on)), "the newest date of the frame counts without an end"


def test_one_sided_loads_are_taken_as_logged_and_total_reps_halved() -> None:
    rows = [
        {"day": day, "load_kg": 32.0, "reps": 16.0, "rir": 1.0, "rep_basis": "total", **REVERSE_LUNGE} for day in (0, 3)
    ]
    found = strength_e1rm.estimate(sets_frame(rows))
    assert found.value == pytest.approx(32 * multiplier(9))
    per_dumbbell = sets_frame([row | {"load_kg": 16.0, "load_basis": "per_implement"} for row in rows])
    assert strength_e1rm.estimate(per_dumbbell).value == found.value, "trap 8: two dumbbells counted once"


def test_trend_equals_the_smoother_on_the_sessions() -> None:
    found = strength_trend.estimate(SQUATS, who="Ada", exercise="back_squat")
    kg = SQUATS["load_kg"].to_numpy() * multiplier(7)
    t = np.array([7 * (i // 2) + (0, 3)[i % 2] for i in range(16)]) / 7
    by_hand = smoother.trend(t, kg, of_set(80, 5, rir=2).sd_log_rel)
    assert found.value == pytest.approx(by_hand.slope_pct_per_week, rel=1e-9)
    assert found.part("level").value == pytest.approx(by_hand.level_kg, rel=1e-9)
    assert found.part("P(growing)").value == pytest.approx(by_hand.p_growing, rel=1e-9)
    assert found.part("forecast 4 weeks").high == pytest.approx((by_hand.forecast_ci or (0, 0))[1], rel=1e-9)
    assert found.n == 16


def test_sessions_in_another_rep_range_carry_the_larger_error() -> None:
    singles = SQUATS.with_columns(
        pl.when(pl.col("set_no") == 16).then(1.0).otherwise("reps").alias("reps"),
        pl.when(pl.col("set_no") == 16).then(0.0).otherwise("rir").alias("rir"),
    )
    far = judged(singles)
    used = series(far, "back_squat").sessions
    assert used["sd_trend"].to_list()[-1] == used["sd_log_abs"].to_list()[-1]
    assert used["sd_trend"].to_list()[0] == used["sd_log_rel"].to_list()[0]


def test_the_usual_rep_range_is_that_of_the_top_sets() -> None:
    # many back-off sets of r* 10 beside top sets of r* 4: the top sets make the trend and are the usual ones
    rows = [{"day": 7 * week, "load_kg": 100.0, "reps": 3.0, "rir": 1.0} for week in range(6)]
    rows += [{"day": 7 * week, "load_kg": 70.0, "reps": 9.0, "rir": 1.0} for week in range(6) for _ in range(3)]
    used = series(judged(sets_frame(rows)), "back_squat").sessions
    assert used["effective_reps"].to_list() == [4.0] * 6
    assert used["sd_trend"].to_list() == used["sd_log_rel"].to_list()


def test_the_session_of_a_frame_is_that_of_the_top_set() -> None:
    rng = np.random.default_rng(3)
    for _ in range(300):
        n = int(rng.integers(1, 7))
        load, reps = rng.choice([60.0, 70.0, 80.0], n).tolist(), rng.integers(1, 13, n).astype(float).tolist()
        rir = [None if value == 9 else float(value) for value in rng.choice([0, 1.5, 3, 5, 6, 9], n)]
        rpe = [None if value == 0 else float(value) for value in rng.choice([0, 4, 7, 8.5, 10], n)]
        failed = (rng.random(n) < 0.2).tolist()
        columns = zip(load, reps, rir, rpe, failed, strict=True)
        sets = sets_frame(
            {"load_kg": kg, "reps": r, "rir": i, "rpe": p, "set_type": "failure" if f else "work"}
            for kg, r, i, p, f in columns
        )
        one, frame = top_set(load, reps, rir=rir, rpe=rpe, failure=failed), rated_sessions(judged(sets))
        assert frame.height == (one.status == "ok")
        for row in frame.select(pl.col("set_no") - 1, "e1rm_kg", "sd_log_rel").iter_rows():
            assert row == (one.index, one.e1rm_kg, one.sd_log_rel)


def test_a_bad_day_is_marked_and_kept() -> None:
    bad = SQUATS.with_columns(pl.when(pl.col("set_no") == 8).then(65.0).otherwise("load_kg").alias("load_kg"))
    found = strength_trend.estimate(bad, exercise="back_squat")
    assert found.n == 16
    assert "2026-01-29" in " ".join(found.notes)
    assert [layer["mark"]["type"] for layer in found.chart().to_dict()["layer"]] == [
        "area",
        "line",
        "rule",
        "point",
        "point",
    ]


def test_a_long_gap_is_a_caution_and_a_far_forecast_is_refused() -> None:
    holed = SQUATS.filter(~pl.col("set_no").is_between(5, 13))
    found = strength_trend.estimate(holed, exercise="back_squat")
    assert (found.status, found.reason, found.n) == ("caution", "LONG_GAP", 7)
    assert strength_trend.estimate(SQUATS, exercise="back_squat", horizon_weeks=6).reason == "FORECAST_TOO_FAR"


def test_unrated_history_is_refused_with_its_bounds_drawn() -> None:
    found = strength_trend.estimate(SQUATS.with_columns(pl.lit(None, pl.Float64).alias("rir")), exercise="back_squat")
    assert (found.reason, found.n) == ("NO_EFFORT_RATING", 16)
    assert found.points is not None
    assert found.points["bound_kg"].to_list() == pytest.approx((SQUATS["load_kg"] * 35 / 30).to_list())
    assert found.chart().to_dict()["encoding"]["y"]["title"] == "e1RM (kg); triangles: at least"


def test_a_rated_session_is_a_point_and_no_arrow() -> None:
    unrated = sets_frame([{"day": day, "load_kg": 95.0, "reps": 5.0} for day in (0, 60)])
    found = strength_trend.estimate(pl.concat([SQUATS, unrated]), exercise="back_squat")
    assert found.points is not None
    arrows = found.points.filter(pl.col("bound_kg").is_not_null())
    assert arrows["date"].to_list() == [DAY + dt.timedelta(60)]
    assert found.n == 16


def test_block_gain_is_the_contrast_of_the_smoother() -> None:
    found = strength_block_gain.estimate(SQUATS, who="Ada", exercise="back_squat", **BLOCK)
    kg = SQUATS["load_kg"].to_numpy() * multiplier(7)
    t = np.array([7 * (i // 2) + (0, 3)[i % 2] for i in range(16)]) / 7
    by_hand = smoother.block_gain(t, kg, of_set(80, 5, rir=2).sd_log_rel, 0, 55 / 7)
    assert found.value == pytest.approx(by_hand.gain_pct, rel=1e-9)
    assert found.part("P(gain > 0)").value == pytest.approx(by_hand.p_gain, rel=1e-9)
    assert found.n == 16


def test_all_exercises_are_parts_and_the_busiest_stands_for_the_block() -> None:
    lunges = weekly_sets(np.full(8, 30.0), per_week=1, **REVERSE_LUNGE)
    few = weekly_sets(np.full(3, 30.0), exercise="front_squat")
    found = strength_block_gain.estimate(pl.concat([lunges, SQUATS, few]), who="Ada", **BLOCK)
    assert found.what == "e1RM gain back squat"
    names = ["P(gain > 0)", "e1RM gain back squat", "e1RM gain reverse lunge dumbbell"]
    assert [part.what for part in found.parts] == names
    assert any(note.startswith("Not estimable: front squat (fewer than") for note in found.notes)
    assert found.notes[0] == "Stands for the block: the compound lift with most rated sessions that can be estimated."
    assert found.points is not None
    assert found.points["label"].to_list() == ["back squat", "reverse lunge dumbbell"]
    assert "Gain of e1RM over the block (%)" in str(found.chart().to_dict())


def test_a_compound_lift_stands_for_the_block_before_busier_accessories() -> None:
    raises: dict[str, Any] = {"exercise": "calf_raise", "pattern": "calf_ankle", "exercise_class": "accessory"}
    busier = weekly_sets(np.full(24, 30.0), **raises)
    short = weekly_sets(np.full(3, 60.0), exercise="front_squat")
    lunges = weekly_sets(np.full(8, 30.0), per_week=1, **REVERSE_LUNGE)
    found = strength_block_gain.estimate(pl.concat([busier, short, lunges]), **BLOCK)
    assert found.what == "e1RM gain reverse lunge dumbbell"
    assert [part.what for part in found.parts[1:]] == [found.what, "e1RM gain calf raise"]
    assert any("the compound lift with most rated sessions" in note for note in found.notes)
    fallen_back = strength_block_gain.estimate(pl.concat([busier, short]), **BLOCK)
    assert fallen_back.what == "e1RM gain calf raise"
    assert any("No compound lift can be estimated" in note for note in fallen_back.notes)
    assert not any("compound" in note for note in strength_block_gain.estimate(busier, **BLOCK).notes)


@pytest.mark.parametrize(
    ("first", "last", "note", "reason"),
    [
        (0, 52, None, None),
        (0, 46, "Taken from the block's first day to 20 Feb, the last rated session.", None),
        (0, 39, "Taken from the block's first day to 13 Feb, the last rated session.", "BLOCK_END_MOVED"),
        (10, 52, "Taken from 15 Jan, the first rated session, to the block's last day.", None),
        (17, 52, "Taken from 22 Jan, the first rated session, to the block's last day.", "BLOCK_START_MOVED"),
        (17, 39, "Taken from 22 Jan, the first rated session, to 13 Feb, the last rated session.", "BLOCK_ENDS_MOVED"),
    ],
)
def test_a_moved_end_is_named_and_only_a_far_one_is_a_caution(
    first: int, last: int, note: str | None, reason: str | None
) -> None:
    earlier = [-60, -50, -40]
    rows = [{"day": day, "load_kg": 80.0, "reps": 5.0, "rir": 2.0} for day in (*earlier, first, 25, 30, 35, last)]
    found = strength_block_gain.estimate(sets_frame(rows), exercise="back_squat", **BLOCK)
    assert (found.status, found.reason) == ("caution" if reason else "ok", reason)
    assert [text for text in found.notes if text.startswith("Taken")] == ([note] if note else [])
    used = dict(found.params)
    moved = (DAY + dt.timedelta(first if first > 7 else 0), DAY + dt.timedelta(last if last < 48 else 55))
    assert (used["taken_from"], used["taken_to"]) == moved
    assert (used["shortest_days"], used["far_days"], used["max_end_distance_weeks"]) == (21, 14, 1.0)
    assert used["q_level_per_week"] == smoother.Q_LEVEL


def test_ends_are_not_moved_to_less_than_three_weeks() -> None:
    rows = [{"day": day, "load_kg": 80.0, "reps": 5.0, "rir": 2.0} for day in (-60, -50, 20, 25, 30, 40)]
    found = strength_block_gain.estimate(sets_frame(rows), exercise="back_squat", **BLOCK)
    assert found.reason == "BLOCK_NOT_COVERED"


def test_block_gain_uses_nothing_after_the_block_and_refuses_an_uncovered_one() -> None:
    six_weeks: dict[str, Any] = {"start": DAY, "end": DAY + dt.timedelta(41)}
    early = SQUATS.filter(pl.col("date") <= six_weeks["end"])
    assert strength_block_gain.estimate(SQUATS, **six_weeks) == strength_block_gain.estimate(early, **six_weeks)
    late: dict[str, Any] = {"start": DAY + dt.timedelta(49), "end": DAY + dt.timedelta(55)}
    assert strength_block_gain.estimate(SQUATS, **late).reason == "BLOCK_NOT_COVERED"
    after: dict[str, Any] = {"start": DAY + dt.timedelta(90), "end": DAY + dt.timedelta(130)}
    assert strength_block_gain.estimate(SQUATS, **after).reason == "NO_DATA"
    with pytest.raises(ValueError, match="cannot end"):
        strength_block_gain.estimate(SQUATS, start=DAY, end=DAY)


def test_without_a_rating_the_gain_says_so() -> None:
    unrated = SQUATS.with_columns(pl.lit(None, pl.Float64).alias("rir"))
    assert strength_block_gain.estimate(unrated, **BLOCK).reason == "NO_EFFORT_RATING"
    assert strength_block_gain.estimate(SQUATS.with_columns(pl.lit(9.0).alias("rir")), **BLOCK).reason == "NO_VALID_SET"
    assert (
        strength_block_gain.estimate(SQUATS.with_columns(pl.lit(None, pl.Float64).alias("load_kg")), **BLOCK).reason
        == "NO_LOAD"
    )


def logged(lifter: SimulatedLifter, rng: np.random.Generator) -> pl.DataFrame:
    """The sets a lifter would log: 5 reps at a round load, the reserve rated to half a repetition."""
    rows = []
    for t, e1rm in zip(lifter.t, lifter.e1rm_kg, strict=True):
        load = 2.5 * round(e1rm / multiplier(7) / 2.5)
        reserve = 30 * (e1rm / load - 1) - 5 + rng.normal(0, 0.5)
        rows.append(
            {"day": round(7 * t), "load_kg": load, "reps": 5.0, "rir": float(np.clip(round(2 * reserve) / 2, 0, 5))}
        )
    return sets_frame(rows)


def test_true_gain_of_logged_blocks_is_covered() -> None:
    rng, covered, growing = np.random.default_rng(21), [], []
    for i in range(160):
        lifter = SimulatedLifter(rng, *((0.006, 0.004) if i % 2 else (0.0, 0.0)))
        found = strength_block_gain.estimate(logged(lifter, rng), start=DAY, end=DAY + dt.timedelta(112))
        if not found.ok or found.low is None or found.high is None:
            continue
        covered.append(found.low <= 100 * np.expm1(lifter.level(16) - lifter.level(0)) <= found.high)
        if i % 2 == 0:
            growing.append((found.part("P(gain > 0)").value or 0) > 0.95)
    assert len(covered) > 120
    assert np.mean(covered) >= 0.91
    assert np.mean(growing) <= 0.05


def test_row_order_names_units_and_pandas_change_nothing() -> None:
    found = strength_trend.estimate(SQUATS, exercise="back_squat")
    assert strength_trend.estimate(SQUATS.sample(fraction=1, shuffle=True, seed=5), exercise="back_squat") == found
    other = strength_trend.estimate(SQUATS.with_columns(pl.lit("zz").alias("exercise")), exercise="zz")
    assert (other.value, other.parts) == (found.value, found.parts)
    in_lb = strength_trend.estimate(SQUATS.with_columns(pl.col("load_kg") / LB_KG), exercise="back_squat")
    assert in_lb.value == pytest.approx(found.value, rel=1e-9)
    assert in_lb.part("P(growing)").value == pytest.approx(found.part("P(growing)").value, rel=1e-9)
    assert in_lb.part("level").value == pytest.approx((found.part("level").value or 0) / LB_KG, rel=1e-9)
    assert strength_trend.estimate(to_pandas(SQUATS), exercise="back_squat").value == found.value


def test_every_number_says_what_it_rests_on() -> None:
    for found in (
        strength_e1rm.estimate(SQUATS),
        strength_trend.estimate(SQUATS, exercise="back_squat"),
        strength_block_gain.estimate(SQUATS, **BLOCK),
    ):
        assert found.ok
        assert found.params
        assert re.search(r"(19|20)\d\d", found.method)
        assert found.n > 0
        assert "image" not in found.html()


FORBIDDEN = re.compile(r"\b(significant|responder|injury risk|proves|will)\b", re.IGNORECASE)
METRICS = Path(analysis.__file__).parent / "metrics"
OWN = [*METRICS.glob("load_*.py"), *METRICS.glob("strength_*.py"), *METRICS.glob("_[sem]*.py")]


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_no_text_promises_or_diagnoses(path: Path) -> None:
    texts = [n.value for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Constant)]
    assert not [text for text in texts if isinstance(text, str) and FORBIDDEN.search(text)]
