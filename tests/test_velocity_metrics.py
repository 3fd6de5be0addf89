"""1RM and change from bar speed, out of a sensor's repetitions: numbers, refusals, frames as they come."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.estimate import VERDICT_WORDS, Estimate, each
from analysis.exercises import annotate
from analysis.frames import to_pandas
from analysis.importers import Context, read
from analysis.metrics import strength_bar_speed, strength_velocity
from analysis.stats.velocity import profile, same_load
from analysis.tables import Reps, Sets
from analysis.units import LB_KG
from frames_for_tests import DAY, sets_frame

TYPES = {name: column.dtype for name, column in Reps.columns().items()}
LOADS, SPEEDS = (40.0, 55.0, 70.0, 80.0, 90.0), (1.02, 0.83, 0.66, 0.52, 0.41)
RAMP = [(0, load, speed) for load, speed in zip(LOADS, SPEEDS, strict=True)]
BLOCK: dict[str, Any] = {"start": DAY, "end": DAY + dt.timedelta(41)}
METRICS = (strength_velocity, strength_bar_speed)


def seen(rows: Sequence[tuple[int, float | None, float]], **more: Any) -> pl.DataFrame:
    """Sets of two repetitions of Ada's back squat: day after Monday 2026-01-05, load, speed of the better one."""
    made = []
    for i, (day, load, best) in enumerate(rows):
        date = DAY + dt.timedelta(day)
        one = dict.fromkeys(TYPES) | {
            "set_id": f"{date}-{i}", "session_id": f"{date}", "athlete": "Ada", "date": date, "set_no": i + 1,
            "exercise_raw": "Back Squat", "phase": "concentric", "load_kg": load, "measure": "mean_velocity_m_s",
            "device": "bar sensor", "source": "test", "source_row": i + 1,
        }  # fmt: skip
        for rep, value in enumerate((best - 0.03, best), 1):
            made.append(one | {"rep_no": rep, "rep_id": f"{date}-{i}-{rep}", "value": value} | more)
    return pl.DataFrame(made, schema=TYPES)


def block(loads: tuple[float, float] = (80.0, 80.0), speeds: tuple[float, float] = (0.52, 0.62)) -> pl.DataFrame:
    """Three sessions before and three at the end of a block of six weeks, the first one a ramp."""
    ramp = [(0, load, speed) for load, speed in zip(LOADS[:3], SPEEDS[:3], strict=True)]
    before = [(day, loads[0], speeds[0]) for day in (0, 2, 4)]
    return seen([*ramp, *before, *((day, loads[1], speeds[1]) for day in (35, 37, 39))])


def test_the_profile_of_a_session() -> None:
    found = strength_velocity.estimate(seen(RAMP), who="Ada", exercise="back_squat")
    by_hand = profile(LOADS, SPEEDS, 0.24, 0.05)
    assert (found.value, found.low, found.high, found.n) == (by_hand.e1rm_kg, by_hand.low_kg, by_hand.high_kg, 5)
    assert str(found) == "Ada: 1RM from bar speed back squat 103.6 kg (95 % 93.2 to 114.0; n = 5)"
    line = found.part("as the line alone would claim")
    assert line.low is not None
    assert found.low is not None
    assert line.low > found.low + 5, "the line alone claims far too much"
    used = dict(found.params)
    assert used["mvt_mps"] == 0.24
    assert [used[k] for k in ("least_loads", "least_r2", "near_mvt_mps")] == [(3, 4), (0.9, 0.95), 0.35]
    slope, mean = found.part("change of speed per kg"), sum(LOADS) / 5
    half = 2.262157 * by_hand.s / sum((x - mean) ** 2 for x in LOADS) ** 0.5  # Student t with 9 degrees of freedom
    assert (slope.low, slope.high) == pytest.approx((by_hand.slope - half, by_hand.slope + half), rel=1e-6)
    assert [layer["mark"]["type"] for layer in found.chart().to_dict()["layer"]] == [
        "rule", "line", "line", "point", "point",
    ]  # fmt: skip


def test_the_best_repetition_of_a_load_and_the_last_sessions_count() -> None:
    rows = [(-40, 100.0, 0.9), *RAMP, (3, 80.0, 0.55), (3, 70.0, 0.60)]
    found = strength_velocity.estimate(seen(rows))
    best = dict(zip(LOADS, SPEEDS, strict=True)) | {80.0: 0.55}
    assert found.value == profile(list(best), list(best.values()), 0.24).e1rm_kg
    assert "The loads are of 2 sessions, 2026-01-05 to 2026-01-08." in found.notes
    assert strength_velocity.estimate(seen(rows), sessions=1).reason == "TOO_FEW_LOADS"
    assert strength_velocity.estimate(seen(rows), end=DAY).value == profile(LOADS, SPEEDS, 0.24).e1rm_kg
    assert strength_velocity.estimate(seen(rows), start=DAY + dt.timedelta(30)).reason == "NO_DATA"


def test_exercises_without_a_known_speed_at_1rm_are_refused_and_drawn() -> None:
    lunges = seen(RAMP, exercise_raw="Romanian Deadlift")
    found = strength_velocity.estimate(lunges)
    assert (found.reason, found.value) == ("NO_MVT", None)
    assert found.chart().to_dict()["mark"]["type"] == "point"
    stated = strength_velocity.estimate(lunges, mvt_mps=0.3)
    assert stated.value == profile(LOADS, SPEEDS, 0.3, 0.04).e1rm_kg
    assert stated.notes[0] == "Speed at 1RM: 0.30 ± 0.04 m/s, stated."
    wider = strength_velocity.estimate(lunges, mvt_mps=0.3, mvt_sd=0.1)
    assert wider.low is not None
    assert stated.low is not None
    assert wider.low < stated.low
    assert strength_velocity.estimate(lunges, mvt_mps=-0.3).reason == "BAD_INPUT"


def test_a_lifted_load_above_the_result_is_named() -> None:
    found = strength_velocity.estimate(seen([*RAMP, (0, 100.0, 0.20)]), mvt_mps=0.3)
    assert any("A heavier load was lifted" in note for note in found.notes)


def test_sets_with_a_tempo_are_no_profile() -> None:
    reps = seen([*RAMP, (0, 60.0, 0.3)])
    ids = reps["set_id"].unique(maintain_order=True).to_list()
    tempos = ["30X0", *[None] * 4, "3-1-1-0"]
    sets = sets_frame([{"load_kg": 60.0, "reps": 2.0, "tempo": tempo} for tempo in tempos])
    sets = sets.with_columns(pl.Series("set_id", ids))
    with_tempo = strength_velocity.estimate(reps, sets=sets)
    assert with_tempo.value == profile(LOADS, SPEEDS, 0.24).e1rm_kg
    assert any(note.startswith("2 repetitions of sets with a prescribed tempo") for note in with_tempo.notes)
    assert strength_velocity.estimate(reps).reason == "R2_TOO_LOW"
    alias = sets.with_columns(pl.lit("deadlift").alias("exercise"), pl.lit(None, pl.String).alias("tempo"))
    assert strength_velocity.estimate(reps, sets=alias).what.endswith("deadlift"), "the athlete's own alias counts"


def test_devices_are_not_mixed() -> None:
    other = seen([(0, 100.0, 0.9), (0, 110.0, 0.8)], device="phone").with_columns(pl.col("rep_id", "set_id") + "p")
    found = strength_velocity.estimate(pl.concat([seen(RAMP), other]))
    assert found.value == profile(LOADS, SPEEDS, 0.24).e1rm_kg
    assert "Seen by bar sensor; not mixed with phone." in found.notes


def test_the_change_at_the_same_load() -> None:
    found = strength_bar_speed.estimate(block(), who="Ada", exercise="back_squat", **BLOCK)
    by_hand = same_load(0.52, 0.62, n1=3, n2=3)
    assert (found.value, found.low, found.high) == pytest.approx((by_hand.dv, by_hand.low, by_hand.high))
    assert (found.p_better, found.p_above_swc) == pytest.approx((by_hand.p_pos, by_hand.p_gt_swc))
    assert (found.word, found.n, found.unit, found.swc_pct) == ("improved", 6, "m/s", None)
    assert str(found) == (
        "Ada: Bar speed back squat at 80 kg +0.10 m/s (95 % 0.02 to 0.18; n = 6): better; how much is not clear"
    )
    assert found.notes[0] == "0.52 m/s (3 sessions) → 0.62 m/s (3 sessions)."
    assert found.notes[1].startswith("Worth about 8.1 kg on the bar")
    assert len(found.chart().to_dict()["layer"]) == 3


def test_repetitions_of_one_day_are_one_session() -> None:
    many = seen([(0, 80.0, 0.50), (0, 80.0, 0.52), (0, 80.0, 0.51), (40, 80.0, 0.60)])
    found = strength_bar_speed.estimate(many)
    assert (found.n, dict(found.params)["n1"]) == (2, 1)
    assert found.value == pytest.approx(0.08), "the best repetition of the day"


def test_every_word_of_a_verdict_is_one_of_the_handbook() -> None:
    words = {
        str(strength_bar_speed.estimate(block(speeds=(0.5, after)), te=te).word)
        for after in (0.3, 0.45, 0.49, 0.5, 0.505, 0.53, 0.7)
        for te in (0.002, 0.04)
    }
    assert words <= set(VERDICT_WORDS)
    assert {"stable", "unclear", "improved_substantially", "declined_substantially", "improved_trivially"} <= words


def test_other_loads_are_matched_moved_or_refused() -> None:
    near = strength_bar_speed.estimate(block((80.0, 82.0), (0.52, 0.52)))
    assert near.value == pytest.approx(0.0), "2.5 % apart: the same load"
    assert "at 80 kg" in near.notes[0]
    moved = strength_bar_speed.estimate(block((80.0, 86.0), (0.52, 0.52)))
    slope = dict(moved.params)["slope"]
    assert moved.value == pytest.approx(-slope * 6)
    assert any(note.startswith("For the other load 0.07 m/s were added") for note in moved.notes)
    far = strength_bar_speed.estimate(block((80.0, 90.0), (0.52, 0.52)))
    assert (far.reason, far.value) == ("LOAD_NOT_MATCHED", None)
    assert far.notes == ("Loads before: 40, 55, 70, 80 kg; after: 90 kg.",)
    no_line = strength_bar_speed.estimate(seen([(0, 80.0, 0.5), (40, 85.0, 0.5)]))
    assert no_line.reason == "LOAD_NOT_MATCHED"


def test_several_loads_are_parts() -> None:
    rows = [(0, 60.0, 0.7), (0, 80.0, 0.5), (2, 80.0, 0.5), (40, 60.0, 0.8), (40, 80.0, 0.55)]
    found = strength_bar_speed.estimate(seen(rows))
    assert [part.what for part in found.parts] == ["Bar speed back squat at 60 kg", "Bar speed back squat at 80 kg"]
    assert found.what == "Bar speed back squat at 80 kg", "most sessions"
    assert len(found.chart().to_dict()["layer"]) == 4
    assert found.notes[-1].startswith("2 parts are judged at 5 % each")


@pytest.mark.parametrize(
    ("rows", "days", "reason"),
    [
        ([], {}, "NO_DATA"),
        ([(0, 80.0, 0.5)], {}, "TOO_FEW_TESTS"),
        ([(0, 80.0, 0.5), (6, 80.0, 0.5)], {}, "TOO_FEW_TESTS"),
        ([(0, None, 0.5), (40, None, 0.5)], {}, "NO_DATA"),
        ([(0, 80.0, math.inf), (40, 80.0, math.nan)], {}, "NO_DATA"),
        ([(0, 80.0, 52.0), (40, 80.0, 62.0)], {}, "NO_DATA"),
        ([(0, 80.0, 0.5), (20, 80.0, 0.5)], BLOCK, "TOO_FEW_TESTS"),
        ([(-60, 80.0, 0.5), (40, 80.0, 0.5)], BLOCK, "TOO_FEW_TESTS"),
    ],
)
def test_refusals_of_the_change(rows: list[Any], days: dict[str, Any], reason: str) -> None:
    found = strength_bar_speed.estimate(seen(rows), **days)
    assert (found.status, found.reason, found.value) == ("refused", reason, None)
    assert found.html()
    assert found.method == strength_bar_speed.METHOD


def test_another_depth_is_a_caution() -> None:
    frame = block()
    deep = frame.with_columns(pl.lit("range_of_motion_m").alias("measure"), pl.lit(0.6).alias("value"))
    deep = deep.with_columns(pl.col("rep_id") + "d")
    same = strength_bar_speed.estimate(pl.concat([frame, deep]), **BLOCK)
    assert (same.status, same.word) == ("ok", "improved")
    assert "Range of motion: 0.600 m → 0.600 m." in same.notes
    late = pl.col("date") > DAY + dt.timedelta(10)
    shallow = deep.with_columns(pl.when(late).then(0.5).otherwise(0.6).alias("value"))
    found = strength_bar_speed.estimate(pl.concat([frame, shallow]), **BLOCK)
    assert (found.status, found.reason, found.value) == ("caution", "DEPTH_CHANGED", same.value)


def test_another_device_is_refused() -> None:
    other = seen([(40, 80.0, 0.6)], device="phone")
    found = strength_bar_speed.estimate(pl.concat([seen([(0, 80.0, 0.5)]), other]))
    assert (found.reason, found.notes[0]) == ("DEVICE_CHANGED", "Seen by bar sensor, then by phone.")
    best = seen([(40, 80.0, 0.6)], method="best_rep")
    assert strength_bar_speed.estimate(pl.concat([seen([(0, 80.0, 0.5)]), best])).reason == "DEVICE_CHANGED"


@pytest.mark.parametrize("metric", METRICS)
def test_bad_frames_are_refused_with_a_code(metric: Any) -> None:
    every_null = seen(RAMP).with_columns(pl.lit(None, pl.Float64).alias("value"))
    for frame in (seen([]), seen(RAMP[:1]), every_null, seen(RAMP, phase="eccentric"), seen(RAMP, measure="rsi")):
        found: Estimate = metric.estimate(frame)
        assert (found.status, found.value) == ("refused", None)
        assert found.reason in {"NO_DATA", "TOO_FEW_LOADS", "TOO_FEW_TESTS"}
        assert found.html()


@pytest.mark.parametrize(("metric", "frame"), [(strength_velocity, seen(RAMP)), (strength_bar_speed, block())])
def test_order_copies_spelling_and_unit_do_not_matter(metric: Any, frame: pl.DataFrame) -> None:
    found = metric.estimate(frame)
    assert found.ok
    assert metric.estimate(pl.concat([frame, frame]).sample(fraction=1, shuffle=True, seed=4)) == found
    assert metric.estimate(frame.with_columns(exercise_raw=pl.lit("SQUAT (barbell)"))).value == found.value
    assert metric.estimate(to_pandas(frame)).value == found.value
    pounds = frame.with_columns((pl.col("load_kg") / LB_KG).round(1) * LB_KG)
    assert metric.estimate(pounds).value == pytest.approx(found.value, rel=5e-3)


@pytest.mark.parametrize(("metric", "frame"), [(strength_velocity, seen(RAMP)), (strength_bar_speed, block())])
def test_one_athlete_at_a_time(metric: Any, frame: pl.DataFrame) -> None:
    squad = pl.concat([frame, frame.with_columns(pl.lit("Bea").alias("athlete"), pl.col("rep_id") + "b")])
    with pytest.raises(ValueError, match="one athlete at a time"):
        metric.estimate(squad)
    both = each(metric, squad)
    assert [e.who for e in both] == ["Ada", "Bea"]
    assert both[0].value == both[1].value == metric.estimate(squad, who="Bea").value == metric.estimate(frame).value
    assert both[0].ok


def test_impossible_options_are_errors() -> None:
    with pytest.raises(ValueError, match="above zero"):
        strength_bar_speed.estimate(block(), te=0.0)
    with pytest.raises(ValueError, match="swc"):
        strength_bar_speed.estimate(block(), swc=-0.01)


def test_no_change_is_rarely_called_better() -> None:
    rng = np.random.default_rng(8)
    words = []
    for _ in range(80):
        speeds = 0.5 + rng.normal(0, 0.04, 6)
        rows = [(day, 80.0, float(v)) for day, v in zip((0, 2, 4, 35, 37, 39), speeds, strict=True)]
        words.append(strength_bar_speed.estimate(seen(rows)).word)
    assert sum(word.startswith("improved") for word in words) / len(words) < 0.06


def test_from_the_file_of_a_sensor(tmp_path: Path) -> None:
    header = (
        "Exercise,Set,Rep,Weight,Metric,Set RPE,Tags,Workout Start Time,Rest Time,Avg Velocity (m/s),"
        "Range of Motion (mm),Peak Velocity (m/s),Peak Velocity Location (%),Duration of rep (sec)"
    )
    at, rest = '6:42:43 PM"', '"00:00:00"'
    lines = [
        f'"Squat",{n},{rep},"{load:g}","kgs","","","{day}/17/2018, {at},{rest},{v - 0.02 * rep + 0.02},701,1.1,7,1'
        for day, gain in ((1, 0.0), (3, 0.1))
        for n, (load, v) in enumerate(zip(LOADS, [s + gain for s in SPEEDS], strict=True), 1)
        for rep in (1, 2)
    ]  # fmt: skip
    path = tmp_path / "reps.csv"
    path.write_text("\n".join([header, *lines, ""]))
    tables = read(path, Context(athlete="Ada")).tables
    sets = tables["sets"].join(annotate(tables["sets"]["exercise_raw"].unique()), on="exercise_raw", how="left")
    assert Sets.columns().keys() <= set(sets.columns)
    assert strength_velocity.estimate(tables["reps"], sets=sets, end=dt.date(2018, 2, 1)).value == pytest.approx(
        profile(LOADS, SPEEDS, 0.24).e1rm_kg
    )
    change = strength_bar_speed.estimate(tables["reps"], sets=sets)
    assert change.value == pytest.approx(0.1)
    assert len(change.parts) == 5
