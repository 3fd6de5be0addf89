"""Maintained tempo at a heavier load (methods B8): every condition, every refusal, and the metric on a log."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from analysis.estimate import each
from analysis.frames import to_pandas
from analysis.metrics import strength_tempo
from analysis.stats.tempo_marker import TempoSet, tempo_marker
from analysis.tables import Plan
from frames_for_tests import DAY, REVERSE_LUNGE, sets_frame

REF = TempoSet("3-1-1-0", 60, 8, rir=2, observed_tut_s=41.0)
NEW = TempoSet("3110", 62.5, 8, rir=2, observed_tut_s=38.5, technique_ok=True)
SET: dict[str, Any] = {"tempo": "3-1-1-0", "reps": 8.0, "rir": 2.0, "duration_s": 40.0, "load_kg": 60.0}


def log(*rows: dict[str, Any]) -> pl.DataFrame:
    """Tempo sets of eight back squats with 60 kg, three weeks apart unless a row names its day."""
    return sets_frame(SET | {"day": 21 * i} | row for i, row in enumerate(rows))


def test_the_marker_of_the_handbook() -> None:
    found = tempo_marker(REF, NEW)
    assert found.marker is True
    assert (found.adherence_ref, found.adherence_new) == (41 / 40, 38.5 / 40)
    assert found.load_change_pct == pytest.approx(100 * 2.5 / 60)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"load_kg": 61.0}, "load less than 2 % heavier"),
        ({"reps": 7, "observed_tut_s": 35.0}, "fewer repetitions"),
        ({"rir": 0.5}, "more than one repetition in reserve lost"),
        ({"observed_tut_s": 35.0}, "tempo not kept in the second set"),
        ({"observed_tut_s": 45.0}, "tempo not kept in the second set"),
        ({"technique_ok": False}, "technique not good"),
    ],
)
def test_each_condition_alone_says_no(change: dict[str, Any], words: str) -> None:
    found = tempo_marker(REF, replace(NEW, **change))
    assert (found.status, found.marker, found.failed) == ("ok", False, (words,))


def test_the_first_set_must_have_kept_its_tempo_too() -> None:
    assert tempo_marker(replace(REF, observed_tut_s=30), NEW).failed == ("tempo not kept in the first set",)


def test_limits_are_inside() -> None:
    edge = replace(NEW, load_kg=61.2, rir=1, observed_tut_s=44.0, technique_ok=None)
    assert tempo_marker(REF, edge).marker is True, "2 % heavier, one in reserve less, 10 % slower, technique not told"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"tempo": "2-1-1-0"}, "TEMPO_CHANGED"),
        ({"tempo": "31X0"}, "TEMPO_CHANGED"),
        ({"tempo": None}, "TEMPO_SYNTAX"),
        ({"tempo": "3-1"}, "TEMPO_AMBIGUOUS"),
        ({"tempo": "X110"}, "TEMPO_X_POSITION"),
        ({"observed_tut_s": None}, "TEMPO_NOT_MEASURED"),
        ({"observed_tut_s": 0.0}, "BAD_INPUT"),
        ({"observed_tut_s": math.inf}, "BAD_INPUT"),
        ({"load_kg": None}, "BAD_INPUT"),
        ({"load_kg": -5.0}, "BAD_INPUT"),
        ({"reps": 0}, "BAD_INPUT"),
        ({"rir": -1.0}, "BAD_INPUT"),
        ({"rir": None}, "NO_EFFORT_RATING"),
    ],
)
def test_refusals_leave_the_marker_unknown(change: dict[str, Any], reason: str) -> None:
    found = tempo_marker(REF, replace(NEW, **change))
    assert (found.status, found.reason, found.marker) == ("refused", reason, None)


@pytest.mark.parametrize(("first", "second"), [("3-1-1", "3-1-1-0"), ("3110", "3-1-1"), ("3-1-1", "3-1-1")])
def test_three_phases_are_the_same_tempo_as_four_with_no_pause_on_top(first: str, second: str) -> None:
    found = tempo_marker(replace(REF, tempo=first), replace(NEW, tempo=second))
    assert (found.status, found.reason, found.marker) == ("caution", "TEMPO_AMBIGUOUS", True)
    assert tempo_marker(replace(REF, tempo="3-1-1"), replace(NEW, tempo="3-1-1-1")).reason == "TEMPO_CHANGED"
    metric = strength_tempo.estimate(log({"tempo": first}, {"tempo": second, "load_kg": 62.5}))
    assert metric.status == "caution"
    assert metric.value == pytest.approx(100 * 2.5 / 60)


def test_a_clear_no_needs_no_rating() -> None:
    assert tempo_marker(replace(REF, rir=None), replace(NEW, load_kg=60)).marker is False


def test_the_zero_phase_tempo_is_no_tempo() -> None:
    assert tempo_marker(replace(REF, tempo="0000"), replace(NEW, tempo="0000")).reason == "BAD_INPUT"


def test_load_added_at_the_same_tempo() -> None:
    found = strength_tempo.estimate(log({}, {"load_kg": 62.5, "duration_s": 38.5}), who="Ada")
    assert found.value == pytest.approx(100 * 2.5 / 60)
    assert str(found) == "Ada: Load added at the same tempo back squat 4.2 % (n = 2)"
    assert [dict(found.params)[k] for k in ("baseline_days", "fresh_days", "final_days")] == [7, 28, 14]
    kept = found.part("tempo kept on 2026-01-26")
    assert (kept.value, kept.low, kept.high) == pytest.approx((96.25, 95.0, 97.5)), "half a second of the clock"
    assert found.chart().to_dict()["mark"]["type"] == "point"


def test_a_load_that_cost_the_tempo_counts_nothing() -> None:
    found = strength_tempo.estimate(log({}, {"load_kg": 70.0, "duration_s": 30.0}))
    assert (found.status, found.value) == ("ok", 0.0)
    assert "Not counted: tempo not kept in the second set. The load itself changed by 16.7 %." in found.notes
    assert len(found.chart().to_dict()["layer"]) == 2, "hollow where the tempo was not kept"


def test_half_a_second_that_decides_is_named() -> None:
    found = strength_tempo.estimate(log({}, {"load_kg": 65.0, "duration_s": 44.2}))
    assert "Half a second of the clock decides about the tempo of 26 Jan." in found.notes


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([], "NO_DATA"),
        ([{"tempo": None}, {"tempo": None}], "NO_DATA"),
        ([{"load_kg": None}, {"load_kg": math.inf}], "NO_DATA"),
        ([{}], "TOO_FEW_TESTS"),
        ([{}, {"day": 0}], "TOO_FEW_TESTS"),
        ([{}, {"load_kg": 65.0, "duration_s": None}], "TEMPO_NOT_MEASURED"),
        ([{}, {"load_kg": 65.0, "duration_s": math.nan}], "TEMPO_NOT_MEASURED"),
        ([{}, {"load_kg": 65.0, "tempo": "2-1-1-0"}], "TEMPO_CHANGED"),
        ([{"tempo": "slow"}, {"tempo": "slow"}], "TEMPO_SYNTAX"),
        ([{"rir": None}, {"load_kg": 65.0}], "NO_EFFORT_RATING"),
        ([REVERSE_LUNGE, REVERSE_LUNGE | {"load_kg": 65.0}], "REPS_CONVENTION_UNKNOWN"),
    ],
)
def test_refusals_of_the_metric(rows: list[dict[str, Any]], reason: str) -> None:
    found = strength_tempo.estimate(log(*rows))
    assert (found.status, found.reason, found.value) == ("refused", reason, None)
    assert found.html()


def test_both_sides_count_in_the_time_of_a_set() -> None:
    lunge = REVERSE_LUNGE | {"rep_basis": "per_side", "load_basis": "total", "duration_s": 80.0}
    assert strength_tempo.estimate(log(lunge, lunge | {"load_kg": 65.0})).value == pytest.approx(100 * 5 / 60)


def test_the_plan_lends_its_tempo() -> None:
    sets = log({"tempo": None}, {"tempo": None, "load_kg": 65.0})
    days = sets["date"].to_list()
    types = {name: column.dtype for name, column in Plan.columns().items()}
    rows = [
        dict.fromkeys(types) | {"athlete": "Ada", "date": day, "exercise_raw": "Squat (Barbell)", "tempo": "3-1-1-0"}
        for day in days
    ]
    plan = pl.DataFrame(rows, schema=types)
    assert strength_tempo.estimate(sets).reason == "NO_DATA"
    assert strength_tempo.estimate(sets, plan=plan).value == pytest.approx(100 * 5 / 60)


def test_block_days_choose_the_sets() -> None:
    sets = log({"load_kg": 50.0, "day": -60}, {"day": 0}, {"load_kg": 62.5, "day": 35}, {"load_kg": 90.0, "day": 60})
    found = strength_tempo.estimate(sets, start=DAY, end=DAY + dt.timedelta(41))
    assert found.notes[0] == "60.0 kg x 8 at 3-1-1-0 (5 Jan 2026) → 62.5 kg x 8 at 3-1-1-0 (9 Feb 2026)."
    assert strength_tempo.estimate(sets, start=DAY, end=DAY + dt.timedelta(120)).reason == "TOO_FEW_TESTS"


def test_order_copies_frames_and_athletes() -> None:
    sets = log({}, {"load_kg": 65.0}, {"load_kg": 62.5, "day": 21})
    found = strength_tempo.estimate(sets)
    assert found.value == pytest.approx(100 * 5 / 60), "a session speaks through its heaviest tempo set"
    assert strength_tempo.estimate(pl.concat([sets, sets]).sample(fraction=1, shuffle=True, seed=1)) == found
    assert strength_tempo.estimate(to_pandas(sets)).value == pytest.approx(100 * 5 / 60)
    squad = pl.concat([sets, sets.with_columns(athlete=pl.lit("Bea"), tempo=None)])
    with pytest.raises(ValueError, match="one athlete at a time"):
        strength_tempo.estimate(squad)
    assert [e.reason for e in each(strength_tempo, squad)] == [None, "NO_DATA"]
