"""Traps of strength logs (handbook, section T: 1, 2, 3, 8, 9), from the log as an athlete keeps it to the number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from analysis.estimate import Estimate
from analysis.exercises import annotate
from analysis.importers import Context, read
from analysis.metrics import load_hard_sets, load_volume, strength_e1rm, strength_trend
from analysis.stats.e1rm import EQUATIONS, of_set, of_sets
from analysis.stats.rep_tables import max_share
from analysis.units import LB_KG
from frames_for_tests import DAY, REVERSE_LUNGE, sets_frame, weekly_sets

HEADER = "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE"
BLOCK: dict[str, Any] = {"start": DAY, "end": DAY + dt.timedelta(60)}


def from_strong(folder: Path, unit: str, loads: list[float]) -> pl.DataFrame:
    """A Strong export of rated squats, one a week, as the app writes it: no unit beside the numbers."""
    rows = [
        f"{DAY + dt.timedelta(7 * week)} 17:00:00,Legs,1h,Squat (Barbell),1,{load:g},5,0,0,,,8"
        for week, load in enumerate(loads)
    ]
    path = folder / f"strong_{unit}.csv"
    path.write_text("\n".join([HEADER, *rows, ""]))
    sets = read(path, Context(athlete="Ada", unit=unit)).tables["sets"]
    return sets.join(annotate(sets["exercise_raw"].unique()), on="exercise_raw", how="left")


def test_trap_1_epley_is_a_thirtieth_per_repetition_and_a_single_is_its_own_load() -> None:
    assert of_set(100, 6, failure=True).e1rm_kg == pytest.approx(120), "0.333 a repetition would say 300 kg"
    singles = [of_set(100, 1, failure=True, equation=name).e1rm_kg for name in EQUATIONS]
    assert singles == [100.0] * len(EQUATIONS)
    # the planning table of the peer does otherwise, and never meets an estimate
    assert 100 / max_share(1, "epley").item() == pytest.approx(103.33)
    slowly = of_sets([100.0] * 2, [1.0, 1.0], rir=[0.0, 0.5]).e1rm_kg
    assert slowly[1] == pytest.approx(105.0), "a single with half a repetition left is 1.5 possible ones"


def test_trap_2_a_set_without_a_rating_is_no_point_of_a_trend() -> None:
    rated = weekly_sets([80.0 + week for week in range(12)])
    strong = sets_frame([{"day": 14, "load_kg": 140.0, "reps": 8.0}])
    both = pl.concat([rated, strong.with_columns(set_id=pl.lit("other"), session_id=pl.lit("other"))])
    with_it = strength_trend.estimate(both, exercise="back_squat")
    without = strength_trend.estimate(rated, exercise="back_squat")
    assert (with_it.value, with_it.low, with_it.n) == (without.value, without.low, without.n)
    assert strength_trend.estimate(both.with_columns(rir=None), exercise="back_squat").reason == "NO_EFFORT_RATING"


def test_trap_3_the_best_set_of_today_does_not_make_the_other_sets_of_today_hard() -> None:
    unrated = {"load_kg": 60.0, "reps": 8.0}
    history = [{"day": 7 * week, "load_kg": 75.0, "reps": 5.0, "rir": 2.0} for week in range(4)]
    today = {"day": 35, "load_kg": 75.0, "reps": 5.0, "rir": 2.0}
    record = today | {"load_kg": 120.0}
    quiet, loud = (load_hard_sets.estimate(sets_frame([*history, top, unrated | {"day": 35}]), **BLOCK)
                   for top in (today, record))  # fmt: skip
    assert quiet.value == loud.value, "a record today says nothing about how hard the other set of today was"


@pytest.mark.parametrize(
    ("told", "kg", "reps"),
    [
        ({"load_basis": "per_implement", "rep_basis": "per_side"}, 32.0, 16.0),
        ({"load_basis": "total", "rep_basis": "per_side"}, 16.0, 16.0),
        ({"load_basis": "per_implement", "rep_basis": "total"}, 32.0, 8.0),
    ],
)
def test_trap_8_both_sides_and_both_dumbbells_count(told: dict[str, str], kg: float, reps: float) -> None:
    sets = sets_frame([REVERSE_LUNGE | told | {"load_kg": 16.0, "reps": 8.0} for _ in range(3)])
    assert load_volume.estimate(sets, **BLOCK).value == pytest.approx(3 * kg * reps)


def test_trap_9_a_log_in_pounds_gives_the_same_numbers(tmp_path: Path) -> None:
    loads = [80.0, 82.5, 82.5, 85.0, 87.5, 87.5, 90.0, 92.5]
    metric = from_strong(tmp_path, "kg", loads)
    imperial = from_strong(tmp_path, "lb", [load / LB_KG for load in loads])
    assert metric["load_kg"].to_list() == loads
    asked: list[tuple[Callable[..., Estimate], dict[str, Any]]] = [
        (strength_e1rm.estimate, {}),
        (strength_trend.estimate, {"exercise": "back_squat"}),
        (load_volume.estimate, BLOCK),
    ]
    for ask, options in asked:
        kg, lb = ask(metric, **options), ask(imperial, **options)
        assert kg.ok
        # a sheet holds six digits of a load; a sum has no interval
        ours, theirs = ([x for x in (e.value, e.low, e.high) if x is not None] for e in (kg, lb))
        assert theirs == pytest.approx(ours, rel=5e-4)
    wrong = from_strong(tmp_path, "kg", [load / LB_KG for load in loads])
    mistaken, right = strength_e1rm.estimate(wrong).value, strength_e1rm.estimate(metric).value
    assert mistaken is not None
    assert right is not None
    assert mistaken == pytest.approx(right / LB_KG, rel=1e-5), "the unit that nobody asked for is a factor of 2.2"
