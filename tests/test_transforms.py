"""Table to table: volume, effort, days and weeks, and what each does with what is not known."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from analysis.transforms import (
    between,
    daily_load,
    daily_load_many,
    e1rm_refusal,
    loaded_as,
    loading,
    named,
    per_week,
    session_load,
    set_effort,
    set_volume,
    weeks,
    working,
)  # fmt: skip
from analysis.units import LB_KG
from frames_for_tests import DAY, PULL_UP, REVERSE_LUNGE, SPLIT_SQUAT, UNKNOWN, sessions_frame, sets_frame


def volume(**row: Any) -> tuple[Any, ...]:
    return set_volume(sets_frame([row])).select("external_kg", "total_reps", "volume_kg", "volume_reason").row(0)


def test_both_dumbbells_and_both_sides_are_counted() -> None:
    # trap 8: the handbook's 2 x 16 kg reverse lunge of 8 per side
    told = {"load_basis": "per_implement", "rep_basis": "per_side"}
    assert volume(**REVERSE_LUNGE, load_kg=16.0, reps=8.0, **told) == (32.0, 16.0, 512.0, None)


def test_what_was_told_as_total_is_not_doubled() -> None:
    told = {"load_basis": "total", "rep_basis": "total"}
    assert volume(**REVERSE_LUNGE, load_kg=32.0, reps=16.0, **told) == (32.0, 16.0, 512.0, None)
    assert volume(load_kg=60.0, reps=5.0, rep_basis="per_side") == (60.0, 5.0, 300.0, None), "a squat has no side"


@pytest.mark.parametrize("side", [None, "both"])
def test_one_sided_reps_without_a_convention_are_refused(side: str | None) -> None:
    assert volume(**REVERSE_LUNGE, load_kg=32.0, reps=8.0, side=side)[2:] == (None, "REPS_CONVENTION_UNKNOWN")


def test_a_row_that_names_its_side_needs_no_convention() -> None:
    assert volume(**REVERSE_LUNGE, load_kg=32.0, reps=8.0, side="left")[2:] == (256.0, None)


def test_nothing_lifted_is_zero_in_any_convention() -> None:
    assert volume(**REVERSE_LUNGE, load_kg=0.0, reps=8.0)[2:] == (0.0, None)


def test_missing_load_missing_reps_and_assistance_have_no_volume() -> None:
    assert volume(reps=8.0)[2:] == (None, "NO_LOAD")
    assert volume(load_kg=20.0, duration_s=30.0)[2:] == (None, "NO_LOAD")
    assert volume(**PULL_UP, load_kg=20.0, reps=8.0, assisted=True) == (None, 8.0, None, "BODY_MASS_MISSING")
    assert volume(**PULL_UP | {"load_kind": "assisted"}, load_kg=20.0, reps=8.0)[3] == "BODY_MASS_MISSING"


def test_an_exercise_with_or_without_a_load_is_what_the_set_was() -> None:
    rows = [SPLIT_SQUAT | {"load_kg": kg} for kg in (20.0, 0.0, None)]
    rows += [SPLIT_SQUAT | {"load_kg": 20.0, "assisted": True}, PULL_UP | {"load_kg": 20.0}, UNKNOWN | {"load_kg": 9.0}]
    sets = sets_frame({"reps": 8.0, "side": "left"} | row for row in rows)
    assert sets.select(loaded_as()).to_series().to_list() == [
        "external", "bodyweight", "bodyweight", "assisted", "bodyweight", None,
    ]  # fmt: skip
    assert sets.select(e1rm_refusal()).to_series().to_list() == [
        None, *["BODY_MASS_MISSING"] * 4, "EXERCISE_UNMAPPED",
    ]  # fmt: skip
    assert set_volume(sets)["volume_kg"].to_list() == [160.0, 0.0, None, None, 160.0, 72.0]


def test_exact_loads_stay_exact() -> None:
    # traps 9 and 27: 62.5 kg stays 62.5, and a load that came from pounds is not rounded
    assert volume(load_kg=62.5, reps=5.0)[2] == 312.5
    assert volume(load_kg=135 * LB_KG, reps=5.0)[2] == pytest.approx(306.17484975, abs=1e-9)


def test_only_a_failure_set_ends_in_failure() -> None:
    rows: list[dict[str, Any]] = [{"set_type": "failure", "rir": 2.0}, {"rir": 0.0}, {"set_type": "drop"}]
    assert set_effort(sets_frame([{"reps": 8.0} | row for row in rows]))["to_failure"].to_list() == [True, False, False]


def test_total_reps_of_one_sided_work_are_halved_for_effort() -> None:
    rows = [REVERSE_LUNGE | {"rep_basis": basis} for basis in ("total", "per_side", "unknown")]
    assert set_effort(sets_frame([{"reps": 16.0} | row for row in rows]))["side_reps"].to_list() == [8.0, 16.0, 16.0]


def test_warm_ups_are_no_work_and_mobility_is_no_load() -> None:
    kinds = sets_frame({"set_type": kind} for kind in ("work", "warmup", "drop", "failure", "unknown"))
    assert working(kinds)["set_type"].to_list() == ["work", "drop", "failure", "unknown"]
    assert loading(sets_frame([{"pattern": "mobility"}, UNKNOWN, {"pattern": None}])).height == 2


def test_an_unmapped_exercise_keeps_its_logged_name() -> None:
    assert named(sets_frame([UNKNOWN, {}]))["exercise_name"].to_list() == ["Zottman thing", "back_squat"]


def test_a_block_includes_both_its_ends() -> None:
    frame = sets_frame({"day": day} for day in (0, 6, 7))
    assert between(frame, DAY, DAY + dt.timedelta(6)).height == 2
    with pytest.raises(ValueError, match="cannot end"):
        between(frame, DAY, DAY - dt.timedelta(1))


def test_session_load_needs_a_rating_and_a_believable_timer() -> None:
    rows = [
        {"rpe": 6, "minutes": 55},
        {"rpe": 6},
        {"minutes": 55},
        {"rpe": 6, "minutes": 361},
        {"rpe": 0, "minutes": 30},
    ]
    loads = session_load(sessions_frame({"day": 0} | row for row in rows))["load_au"]
    assert loads.to_list() == [330.0, None, None, None, 0.0]


def test_a_day_without_a_record_is_what_the_athlete_said() -> None:
    # trap 4
    sessions = sessions_frame(
        [{"day": 0, "rpe": 5, "minutes": 60}, {"day": 0, "rpe": 2, "minutes": 10}, {"day": 2, "minutes": 40}]
    )
    unknown = daily_load(sessions, DAY, DAY + dt.timedelta(3), "unknown")
    assert unknown["load_au"].to_list() == [320.0, None, None, None]
    rest = daily_load(sessions, DAY, DAY + dt.timedelta(3), "rest")
    assert rest["load_au"].to_list() == [320.0, 0.0, None, 0.0], "an unrated session stays unknown even then"
    assert rest["known"].to_list() == [True, True, False, True]
    with pytest.raises(ValueError, match="'rest'"):
        daily_load(sessions, DAY, DAY, "zero")


def test_one_unrated_session_makes_its_day_unknown() -> None:
    sessions = sessions_frame([{"day": 0, "rpe": 5, "minutes": 60}, {"day": 0, "minutes": 60}])
    assert daily_load(sessions, DAY, DAY, "unknown")["load_au"].to_list() == [None]


@pytest.mark.parametrize("policy", ["rest", "unknown"])
def test_daily_load_of_many_is_that_of_each(policy: str) -> None:
    rng, end = np.random.default_rng(1), DAY + dt.timedelta(40)
    rows = [
        {"day": int(day), "rpe": None if rpe > 10 else float(rpe), "minutes": float(minutes) if minutes > 20 else None}
        for day, rpe, minutes in rng.integers((-5, 0, 10), (50, 12, 400), (400, 3))
    ]
    names = pl.Series("athlete", rng.choice(["Zoe", "Ada", "Bo", "Çağ"], 400))
    late = sessions_frame([{"day": 90, "rpe": 5, "minutes": 30}]).with_columns(pl.lit("Late").alias("athlete"))
    sessions = pl.concat([sessions_frame(rows).with_columns(names), late])
    found = daily_load_many(sessions, DAY, end, policy)
    assert found["athlete"].unique(maintain_order=True).to_list() == sorted(set(sessions["athlete"]))
    for (name,), own in found.group_by("athlete"):
        alone = daily_load(sessions.filter(pl.col("athlete") == name), DAY, end, policy)
        assert_frame_equal(own.drop("athlete"), alone, check_exact=True)


def test_daily_load_of_many_refuses_what_daily_load_refuses() -> None:
    nobody = sessions_frame([])
    assert daily_load_many(nobody, DAY, DAY, "rest").height == 0
    with pytest.raises(ValueError, match="'rest'"):
        daily_load_many(nobody, DAY, DAY, "zero")
    with pytest.raises(ValueError, match="cannot end"):
        daily_load_many(nobody, DAY, DAY - dt.timedelta(1), "rest")


def test_weeks_start_on_monday_and_none_is_skipped() -> None:
    found = weeks(dt.date(2025, 12, 31), dt.date(2026, 1, 19))["week"].to_list()
    assert found == [dt.date(2025, 12, 29), dt.date(2026, 1, 5), dt.date(2026, 1, 12), dt.date(2026, 1, 19)]
    frame = sets_frame([{"day": 0, "load_kg": 10.0}, {"day": 14, "load_kg": 20.0}])
    summed = per_week(frame, [pl.col("load_kg").sum()], DAY, DAY + dt.timedelta(20))
    assert summed["load_kg"].to_list() == [10.0, None, 20.0]


@pytest.mark.parametrize(("stated", "volume"), [(4.0, 512.0), (2.0, 256.0), (0.0, None), (None, None)])
def test_a_multiplier_that_the_app_states_decides_the_volume(stated: float | None, volume: float | None) -> None:
    row: dict[str, Any] = {"unilateral": True, "side": None, "rep_basis": "unknown", "load_basis": "unknown"}
    row |= {"implements": 2, "assisted": False, "load_kind": "external", "reps": 8.0, "load_kg": 16.0}
    frame = pl.DataFrame([row]).with_columns(pl.lit(stated, pl.Float64).alias("load_multiplier"))
    found = set_volume(frame).row(0, named=True)
    assert found["volume_kg"] == volume
    assert found["volume_reason"] == (None if volume else "REPS_CONVENTION_UNKNOWN")
