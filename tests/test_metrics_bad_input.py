"""Every metric on frames that nobody should hand it: a refusal with its code or a sound number, never a traceback."""

from __future__ import annotations

import datetime as dt
import importlib
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from analysis import metrics
from analysis._reasons import REASONS
from analysis.estimate import Estimate, each
from analysis.tables import Plan, Reps, Runs
from frames_for_tests import DAY, sessions_frame, weekly_sets
from monitor_for_tests import bar_often, complained, jumps_of_loads, jumps_often, loads, repeated
from races_for_tests import laps, stream
from races_for_tests import runs as raced
from trials_for_tests import JUMP, SPRINT, STANCE, session, trials
from wellness_for_tests import usual

BLOCK: dict[str, Any] = {"start": DAY, "end": DAY + dt.timedelta(days=41)}
RESTED: dict[str, Any] = BLOCK | {"days_without_record": "rest"}
SPLITS = {5.0: 1.30, 10.0: 2.10, 20.0: 3.45, 30.0: 4.70, 40.0: 5.90}


def rows(schema: Any, given: list[dict[str, Any]]) -> pl.DataFrame:
    types = {name: column.dtype for name, column in schema.columns().items()}
    known = {"athlete": "Ada", "source": "test", "source_row": 1}
    return pl.DataFrame([dict.fromkeys(types) | known | row for row in given], schema=types)


def reps() -> pl.DataFrame:
    def rep(day: int, load: float, no: int, speed: float) -> dict[str, Any]:
        ids = {"rep_id": f"{day}-{load}-{no}", "set_id": f"{day}-{load}", "session_id": f"s{day}", "rep_no": no}
        told = {"phase": "concentric", "measure": "mean_velocity_m_s", "method": None, "device": "Vitruve"}
        base = {"exercise_raw": "Squat (Barbell)", "set_no": int(load), "load_kg": load, "value": speed}
        return ids | told | base | {"date": DAY + dt.timedelta(days=day)}

    speeds = {40.0: 1.02, 55.0: 0.83, 70.0: 0.66, 80.0: 0.52, 90.0: 0.41}
    done = [rep(day, load, no, v - 0.01 * no) for day in (0, 38) for load, v in speeds.items() for no in (1, 2)]
    return rows(Reps, done)


def runs() -> pl.DataFrame:
    told = [(d, 180.0 + 4.5 * s, s, 150.0) for d, s in ((1, 180.0), (4, 360.0), (8, 540.0), (11, 840.0))]
    made = [
        {"session_id": f"r{d}", "date": DAY + dt.timedelta(days=d), "distance_m": m, "timer_s": s, "elapsed_s": s,
         "average_hr_bpm": hr, "race": True}
        for d, m, s, hr in told
    ]  # fmt: skip
    return rows(Runs, made)


def _pairs() -> pl.DataFrame:
    changes = [(str(block), 0.01 * (block % 3), 0.004 * (block % 3) + 0.001 * block) for block in range(4)]
    rows = [("Ada", block, gym, running) for block, gym, running in changes]
    return pl.DataFrame(rows, schema=["athlete", "block", "gym_log", "running_log"], orient="row")


def _tests() -> pl.DataFrame:
    stance = [
        session(day, [12.0, 15.0, 14.0], **STANCE | {"side": side}) for day in (0, 40) for side in ("left", "right")
    ]
    jump = [
        session(day, [0.30 - kg / 250, 0.31 - kg / 250, 0.29 - kg / 250], **JUMP | {"load_kg": kg})
        for day in (0, 21, 40)
        for kg in (0.0, 20.0, 40.0)
    ]
    runs = [session(day, [s, s + 0.01], **SPRINT | {"distance_m": m}) for day in (0, 21, 40) for m, s in SPLITS.items()]
    drop: dict[str, Any] = {"test": "drop_jump", "measure": "rsi", "device": "mat"}
    return trials(*stance, *jump, *runs, *[session(day, [1.4, 1.5, 1.45], **drop) for day in (0, 40)])


def _sets() -> pl.DataFrame:
    return weekly_sets([60, 60, 62.5, 62.5, 65, 65, 67.5, 67.5, 70, 70, 72.5, 72.5])


def _sessions() -> pl.DataFrame:
    return sessions_frame({"day": day, "minutes": 50, "rpe": 5 + day % 3} for day in range(0, 42, 2))


def _plan() -> pl.DataFrame:
    days = [DAY + dt.timedelta(days=7 * week + day) for week in range(6) for day in (0, 3)]
    return rows(Plan, [{"plan_id": f"{d}", "date": d, "exercise_raw": "Squat (Barbell)", "sets": 2} for d in days])


LATER: dict[str, Any] = BLOCK | {"start": DAY + dt.timedelta(days=21), "previous": (DAY, DAY + dt.timedelta(days=20))}
HR: dict[str, Any] = {"hr_max_bpm": 190.0}
RACED: dict[str, Any] = {"splits": laps(cadence_spm=184.0), "samples": stream()}
CASES: dict[str, tuple[Callable[[], pl.DataFrame], dict[str, Any]]] = {
    "fatigue_bar_speed": (bar_often, {}),
    "fatigue_habits": (usual, BLOCK),
    "fatigue_hrv": (usual, BLOCK),
    "fatigue_jump": (jumps_often, {}),
    "fatigue_model": (loads, {"trials": jumps_of_loads(), "days_without_record": "rest"}),
    "fatigue_niggle": (complained, BLOCK),
    "fatigue_response": (repeated, BLOCK),
    "fatigue_sleep": (usual, BLOCK),
    "fatigue_velocity_loss": (bar_often, {}),
    "fatigue_wellness": (usual, BLOCK),
    "load_adherence": (_sets, BLOCK | {"plan": _plan()}),
    "load_compare": (_sets, LATER),
    "load_contacts": (_sets, BLOCK),
    "load_deload": (_sets, BLOCK),
    "load_ewma": (_sessions, RESTED),
    "load_hard_sets": (_sets, BLOCK),
    "load_monotony": (_sessions, RESTED),
    "load_patterns": (_sets, BLOCK),
    "load_progression": (_sets, BLOCK),
    "load_ramp": (_sessions, RESTED),
    "load_ratio": (_sessions, RESTED),
    "load_session_rpe": (_sessions, RESTED),
    "load_volume": (_sets, BLOCK),
    "load_week": (_sets, BLOCK),
    "load_zones": (_sets, BLOCK),
    "power_jump": (_tests, BLOCK),
    "power_profile": (_tests, {"body_mass_kg": 62.0, "push_off_m": 0.36}),
    "power_reactive": (_tests, BLOCK | {"rsi_scale": "height_per_contact"}),
    "retest_asymmetry": (_tests, {}),
    "retest_error": (_tests, {"test": "loaded_jump", "load_kg": 20.0}),
    "retest_rest": (_tests, {"test": "loaded_jump", "sets": _sets()}),
    "retest_trend": (_tests, {"test": "loaded_jump", "load_kg": 20.0}),
    "running_critical_speed": (runs, {}),
    "running_decay": (raced, RACED),
    "running_decoupling": (runs, BLOCK),
    "running_kick": (raced, RACED),
    "running_reserve": (raced, RACED | {"trials": _tests()}),
    "running_sprint": (_tests, BLOCK),
    "running_sprint_profile": (_tests, {}),
    "running_stride": (raced, RACED),
    "running_transfer": (_pairs, {}),
    "running_trimp": (runs, BLOCK | HR | {"hr_rest_bpm": 50.0, "sex": "female"}),
    "running_volume": (runs, BLOCK),
    "running_zones": (runs, BLOCK | HR),
    "stability_stance": (_tests, BLOCK),
    "strength_bar_speed": (reps, {}),
    "strength_block_gain": (_sets, BLOCK),
    "strength_e1rm": (_sets, {}),
    "strength_tempo": (_sets, {}),
    "strength_trend": (_sets, {"exercise": "back_squat"}),
    "strength_velocity": (reps, {}),
}
OF_RESULTS = {"retest_several", "retest_response", "retest_custom", "fatigue_persistent", "fatigue_readiness"}
"""Metrics that take results, or a definition of one's own test: their own tests hold their bad inputs."""

KEYS = ("date", "athlete", "test", "measure", "exercise_raw")  # a row without them is no row


def _null(frame: pl.DataFrame) -> pl.DataFrame:
    kept = [c for c in frame.columns if c.endswith("_id") or c in KEYS]
    return frame.with_columns(pl.lit(None, dtype).alias(c) for c, dtype in frame.schema.items() if c not in kept)


def _times(factor: float) -> Callable[[pl.DataFrame], pl.DataFrame]:
    return lambda frame: frame.with_columns(pl.col(c) * factor for c, t in frame.schema.items() if t == pl.Float64)


def _put(value: float) -> Callable[[pl.DataFrame], pl.DataFrame]:
    return lambda frame: frame.with_columns(
        pl.lit(value, pl.Float64).alias(c) for c, t in frame.schema.items() if t == pl.Float64
    )


def _one_infinite(frame: pl.DataFrame) -> pl.DataFrame:
    first = pl.int_range(pl.len()) == 0
    return frame.with_columns(
        pl.when(first).then(math.inf).otherwise(c).alias(c) for c, t in frame.schema.items() if t == pl.Float64
    )


SPOILT: dict[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
    "empty": lambda frame: frame.clear(),
    "one row": lambda frame: frame.head(1),
    "all null": _null,
    "negative": _times(-1.0),
    "a thousand times too large": _times(1000.0),
    "zero": _put(0.0),
    "infinite": _put(math.inf),
    "one infinite": _one_infinite,
    "not a number": _put(math.nan),
    "twice": lambda frame: pl.concat([frame, frame]),
}


def every(result: Estimate) -> Iterator[Estimate]:
    yield result
    for part in result.parts:
        yield from every(part)


def estimate(name: str, frame: pl.DataFrame, **more: Any) -> Estimate:
    module = importlib.import_module(f"analysis.metrics.{name}")
    found: Estimate = module.estimate(frame, **{**CASES[name][1], **more})
    return found


def test_every_metric_is_here() -> None:
    there = {p.stem for p in Path(metrics.__path__[0]).glob("[!_]*.py")}
    assert there == CASES.keys() | OF_RESULTS


@pytest.mark.parametrize("spoilt", SPOILT)
@pytest.mark.parametrize("name", CASES)
def test_bad_input_gives_a_refusal_or_a_sound_number(name: str, spoilt: str) -> None:
    result = estimate(name, SPOILT[spoilt](CASES[name][0]()))
    for found in every(result):
        numbers = [v for v in (found.value, found.low, found.high) if v is not None]
        assert all(math.isfinite(v) for v in numbers), f"{found.what}: {numbers}"
        assert found.ok or found.reason in REASONS, f"{found.what}: {found.reason}"
    assert result.html()
    assert str(result)
    chart = result.chart()
    assert chart is None or chart.to_dict()


COUNTS = ("load_patterns", "load_deload", "load_week", "retest_rest")
"""They count sets, weeks and days, which are there whatever was lifted."""


@pytest.mark.parametrize("spoilt", ["negative", "a thousand times too large", "infinite", "not a number", "all null"])
@pytest.mark.parametrize("name", [n for n, (make, _) in CASES.items() if n not in COUNTS and make is not _tests])
def test_values_that_cannot_be_in_that_unit_give_no_number(name: str, spoilt: str) -> None:
    assert not estimate(name, SPOILT[spoilt](CASES[name][0]())).ok


@pytest.mark.parametrize("name", CASES)
def test_there_is_a_number_where_the_input_is_good(name: str) -> None:
    result = estimate(name, CASES[name][0]())
    # no jumps, no tempo, one athlete, no stream, and a mean heart rate is in no zone
    known_without = {"load_contacts", "strength_tempo", "retest_error", "running_zones"}
    known_without |= {"running_decoupling", "running_transfer"}
    assert any(found.ok for found in every(result)) or name in known_without, str(result)


@pytest.mark.parametrize("name", CASES)
def test_the_order_of_rows_does_not_matter(name: str) -> None:
    frame = CASES[name][0]()
    one, other = estimate(name, frame), estimate(name, frame.sample(fraction=1.0, shuffle=True, seed=3))
    assert [found.row() for found in every(one)] == [found.row() for found in every(other)]


@pytest.mark.parametrize("name", [n for n, (make, _) in CASES.items() if make is _tests])
def test_a_trial_that_is_there_twice_counts_once(name: str) -> None:
    frame = CASES[name][0]()
    one, other = estimate(name, frame), estimate(name, pl.concat([frame, frame]))
    assert [found.row() for found in every(one)] == [found.row() for found in every(other)]


@pytest.mark.parametrize("name", CASES)
def test_pandas_and_each_are_welcome(name: str) -> None:
    make, options = CASES[name]
    module = importlib.import_module(f"analysis.metrics.{name}")
    frame = make()
    if name != "retest_error":  # a question about the squad, not about each athlete
        assert [found.who for found in each(module, frame, **options)] == ["Ada"]
    from_pandas: Any = frame.to_pandas()
    assert estimate(name, from_pandas).row() == estimate(name, frame).row()
