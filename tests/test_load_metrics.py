"""Volume load and session-RPE load of a block (methods C1, C4, C11): sums, ranges, refusals, invariance, charts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.estimate import each
from analysis.metrics import load_session_rpe, load_volume
from analysis.units import LB_KG
from frames_for_tests import DAY, PULL_UP, REVERSE_LUNGE, SPLIT_SQUAT, UNKNOWN, sessions_frame, sets_frame

END = DAY + dt.timedelta(27)
BLOCK: dict[str, Any] = {"who": "Ada", "start": DAY, "end": END}
SQUAT = {"load_kg": 100.0, "reps": 5.0}


def test_volume_is_summed_over_the_block_only() -> None:
    sets = sets_frame([SQUAT | {"day": day} for day in (-1, 0, 27, 28)] + [SQUAT | {"set_type": "warmup"}])
    found = load_volume.estimate(sets, **BLOCK)
    assert (found.value, found.low, found.high, found.n, found.status) == (1000.0, None, None, 2, "ok")
    assert str(found).startswith("Ada: Volume load 1,000")


def test_exercises_are_the_parts_and_empty_weeks_stay_empty() -> None:
    sets = sets_frame([SQUAT, SQUAT | {"day": 21}, {"load_kg": 10.0, "reps": 10.0, **UNKNOWN}])
    found = load_volume.estimate(sets, **BLOCK)
    assert [(p.what, p.value) for p in found.parts] == [("back squat", 1000.0), ("Zottman thing", 100.0)]
    assert found.points is not None
    assert found.points["low_kg"].to_list() == [600.0, None, None, 500.0]
    assert any("1 set of exercises that are not mapped" in note for note in found.notes)


def test_lunges_without_a_load_are_body_mass_and_with_one_are_volume() -> None:
    loads = (20.0, 0.0, None)
    sets = sets_frame({"reps": 8.0, "load_kg": kg, "side": "left", **SPLIT_SQUAT} for kg in loads)
    found = load_volume.estimate(sets, **BLOCK)
    assert (found.value, found.n) == (160.0, 1)
    assert found.notes == ("2 sets with body mass only: their volume load is 0 by definition.",)


def test_an_untold_rep_convention_makes_a_range() -> None:
    sets = sets_frame([SQUAT, {"load_kg": 16.0, "reps": 8.0, **REVERSE_LUNGE}])
    found = load_volume.estimate(sets, **BLOCK)
    assert (found.value, found.low, found.high, found.level) == (628.0, 628.0, 756.0, None)
    assert (found.status, found.reason) == ("caution", "REPS_CONVENTION_UNKNOWN")
    told = " ".join(found.notes)
    assert "--unilateral-reps per_side|total" in told
    assert "--dumbbells per_implement|total" in told
    told_sets = sets.with_columns(pl.lit("per_side").alias("rep_basis"), pl.lit("per_implement").alias("load_basis"))
    assert load_volume.estimate(told_sets, **BLOCK).value == 500 + 512


def test_what_is_left_out_of_the_volume_is_counted() -> None:
    rows = [SQUAT, {"reps": 8.0, **PULL_UP}, {"reps": 8.0, "load_kg": 0.0, **PULL_UP}, {"duration_s": 30.0},
            {"reps": 5.0}, {"reps": 8.0, "load_kg": 20.0, "assisted": True, **PULL_UP},
            {"reps": 8.0, "load_kg": 5.0, "pattern": "mobility"}]  # fmt: skip
    found = load_volume.estimate(sets_frame(rows), **BLOCK)
    assert (found.value, found.n) == (500.0, 1)
    assert [note.split()[0] for note in found.notes] == ["2", "1", "1", "1", "1"]
    assert "0 by definition" in found.notes[0]
    assert "mobility" in found.notes[-1]


def test_volume_refusals() -> None:
    assert load_volume.estimate(sets_frame([SQUAT | {"day": 40}]), **BLOCK).reason == "NO_DATA"
    only_body = load_volume.estimate(sets_frame([{"reps": 8.0, **PULL_UP}]), **BLOCK)
    assert (only_body.reason, only_body.value, only_body.n) == ("NO_LOAD", None, 1)
    with pytest.raises(ValueError, match="cannot end"):
        load_volume.estimate(sets_frame([SQUAT]), start=END, end=DAY)


def test_volume_knows_no_row_order_and_scales_with_the_unit() -> None:
    rng = np.random.default_rng(1)
    rows = [{"load_kg": float(kg), "reps": float(reps)} for kg, reps in rng.integers(3, 100, (30, 2))]
    sets = sets_frame([row | (REVERSE_LUNGE if i % 3 else UNKNOWN) for i, row in enumerate(rows)])
    found = load_volume.estimate(sets, **BLOCK)
    assert load_volume.estimate(sets.sample(fraction=1, shuffle=True, seed=2), **BLOCK) == found
    in_lb = load_volume.estimate(sets.with_columns(pl.col("load_kg") / LB_KG), **BLOCK)
    assert in_lb.value == pytest.approx((found.value or 0) / LB_KG, rel=1e-12)
    assert (in_lb.status, in_lb.n) == (found.status, found.n)
    renamed = load_volume.estimate(sets.with_columns(pl.lit("anything").alias("exercise")), **BLOCK)
    assert (renamed.value, renamed.high) == (found.value, found.high)


def rated(days: list[int], rpe: float | None = 5.0, minutes: float | None = 60.0) -> pl.DataFrame:
    return sessions_frame({"day": day, "rpe": rpe, "minutes": minutes} for day in days)


def test_the_last_week_and_month_are_summed() -> None:
    found = load_session_rpe.estimate(rated(list(range(28))), **BLOCK)
    assert (found.status, found.value, found.n) == ("ok", 2100.0, 7)
    assert (found.part("28 days").value, found.part("28 days").n) == (8400.0, 28)


def test_rest_days_are_zero_only_when_the_athlete_said_so() -> None:
    # trap 4
    sessions = rated([21, 23, 25])
    rest = load_session_rpe.estimate(sessions, **BLOCK, days_without_record="rest")
    assert (rest.status, rest.value) == ("ok", 900.0)
    unknown = load_session_rpe.estimate(sessions, **BLOCK)
    assert (unknown.status, unknown.reason, unknown.value) == ("refused", "COVERAGE_TOO_LOW", None)


def test_one_unknown_day_scales_the_week() -> None:
    sessions = pl.concat([rated([21, 23]), rated([25], rpe=None).with_columns(pl.lit("x").alias("session_id"))])
    found = load_session_rpe.estimate(sessions, **BLOCK, days_without_record="rest")
    assert (found.status, found.reason, found.n) == ("caution", "DAYS_UNKNOWN", 6)
    assert found.value == pytest.approx(600 * 7 / 6)
    assert any("sRPE 7" in note for note in found.notes)


def test_a_deload_at_the_end_does_not_hide_the_weeks_before() -> None:
    found = load_session_rpe.estimate(rated(list(range(21))), **BLOCK, days_without_record="rest")
    assert found.value == 0.0
    mean = found.part("mean week of the block")
    assert (mean.value, mean.status, mean.n) == (21 * 300 / 4, "ok", 28)


@pytest.mark.parametrize(("known", "status", "value"), [(23, "caution", 2100.0), (22, "refused", None)])
def test_the_mean_week_rests_on_known_days_only(known: int, status: str, value: float | None) -> None:
    mean = load_session_rpe.estimate(rated(list(range(known))), **BLOCK).part("mean week of the block")
    assert (mean.status, mean.value, mean.n) == (status, value and pytest.approx(value), known)


def test_a_block_of_less_than_a_week_has_no_mean_week() -> None:
    found = load_session_rpe.estimate(rated([0, 1, 2]), start=DAY, end=DAY + dt.timedelta(5))
    assert found.part("mean week of the block").reason == "TOO_FEW_DAYS"


def test_days_before_the_block_are_not_assumed_to_be_rest() -> None:
    short: dict[str, Any] = {"start": DAY + dt.timedelta(21), "end": END, "days_without_record": "rest"}
    found = load_session_rpe.estimate(rated([21, 23]), **short)
    assert found.value == 600.0
    assert found.part("28 days").reason == "COVERAGE_TOO_LOW"
    before = load_session_rpe.estimate(rated([*range(21), 21, 23]), **short)
    assert before.part("28 days").value == 23 * 300


def test_session_rpe_refusals() -> None:
    assert load_session_rpe.estimate(rated([40]), **BLOCK).reason == "NO_DATA"
    unrated = load_session_rpe.estimate(rated([1], rpe=None), **BLOCK)
    assert (unrated.reason, unrated.n) == ("NO_SESSION_RPE", 1)
    assert "sRPE 7" in unrated.notes[0]
    left_on = load_session_rpe.estimate(rated([1], minutes=600), **BLOCK)
    assert left_on.reason == "NO_SESSION_RPE"
    assert "timer" in left_on.notes[0]


def test_known_and_unknown_days_are_told_apart_in_the_chart() -> None:
    found = load_session_rpe.estimate(rated([0, 2]), **BLOCK)
    spec = found.chart().to_dict()
    marks = [layer["mark"]["type"] for layer in spec["layer"]]
    assert marks == ["bar", "rule"]
    assert spec["layer"][0]["encoding"]["y"]["title"] == "Session-RPE load (AU)"
    assert "hatched" in spec["layer"][0]["encoding"]["x"]["title"]
    hatched = spec["datasets"][spec["layer"][1]["data"]["name"]]
    assert len({row["date"] for row in hatched}) == 26


def test_volume_chart_names_its_unit() -> None:
    spec = load_volume.estimate(sets_frame([SQUAT]), **BLOCK).chart().to_dict()
    assert spec["encoding"]["y"]["title"] == "Volume load (kg)"
    ranged = (
        load_volume.estimate(sets_frame([{"load_kg": 16.0, "reps": 8.0, **REVERSE_LUNGE}]), **BLOCK).chart().to_dict()
    )
    assert [layer["mark"]["type"] for layer in ranged["layer"]] == ["bar", "rule"]


def test_load_metrics_fan_out_over_athletes() -> None:
    sets = pl.concat(
        [sets_frame([SQUAT]), sets_frame([SQUAT | {"day": 40}]).with_columns(pl.lit("Bo").alias("athlete"))]
    )
    found = each(load_volume, sets, start=DAY, end=END)
    assert [(e.who, e.value, e.reason) for e in found] == [("Ada", 500.0, None), ("Bo", None, "NO_DATA")]
