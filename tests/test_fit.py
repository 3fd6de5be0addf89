"""FIT: activities, sets and workouts of a synthetic writer, and files that are damaged in every way."""

from __future__ import annotations

import datetime as dt
import io
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fitdecode
import numpy as np
import polars as pl
import pytest

from analysis.importers import Context, ImportProblem, Reading, _fit, _fit_frames, _fit_sets, identify, read, vendors
from analysis.importers._recording import SAMPLES
from analysis.importers._source import from_bytes
from fit_for_tests import (
    ENUM,
    SINT32,
    TEXT,
    UINT8,
    UINT16,
    UINT32,
    FitFile,
    Value,
    activity,
    crc,
    file_id,
    lap,
    run,
    seconds,
    session,
)

CORPUS = Path(os.environ.get("STRIDELIFT_CORPUS") or Path(__file__).parents[1].parent / "shared" / "logs")
FILES = sorted(CORPUS.glob("fit*/*.fit"))
DAMAGED_BEYOND_READING = ("strava-android", "workout")  # a copy that lost its carriage returns; a plan, no activity

Make = Callable[..., Reading]
Fields = dict[int, tuple[int, Value]]


@pytest.fixture
def fit(tmp_path: Path) -> Make:
    def make(data: FitFile | bytes, context: Context | None = None) -> Reading:
        path = tmp_path / "activity.fit"
        path.write_bytes(data.bytes() if isinstance(data, FitFile) else data)
        return read(path, context or Context(athlete="anna"))

    return make


def samples(reading: Reading, row: int = 0) -> pl.DataFrame:
    return pl.read_parquet(io.BytesIO(reading.tables["streams"]["packed"][row]))


def counts(reading: Reading) -> tuple[int, int, int, int, int]:
    return (reading.n_read, reading.n_loaded, reading.n_attached, reading.n_ignored, reading.n_rejected)


def set_message(start: str, length: float, kind: int = 1, **more: tuple[int, Value]) -> Fields:
    numbers = {"reps": 3, "weight": 4, "category": 7, "subtype": 8, "step": 11}
    told: Fields = {
        254: (UINT32, seconds("2026-01-06 16:48:00")), 6: (UINT32, seconds(start)),
        0: (UINT32, round(length * 1000)), 5: (UINT8, kind),
    }  # fmt: skip
    return told | {numbers[name]: value for name, value in more.items()}


def strength(*sets: Fields, extra: tuple[tuple[int, Fields], ...] = ()) -> FitFile:
    made = FitFile().add(0, file_id(created="2026-01-06 16:48:00"))
    for message, fields in extra:
        made.add(message, fields)
    for one in sets:
        made.add(225, one)
    return made.add(18, session("2026-01-06 16:48:00", 600, sport=10, sub_sport=20))


def test_a_run_of_an_hour(fit: Make) -> None:
    reading = fit(run())
    assert counts(reading) == (3605, 5, 3600, 0, 0)
    assert reading.notices == ()
    one = reading.tables["sessions"].row(0, named=True)
    assert (one["date"], str(one["start_local"])) == (dt.date(2026, 3, 1), "2026-03-01 07:30:00")
    assert (str(one["start_utc"]), one["zone"], one["zone_basis"]) == ("2026-03-01 06:30:00", "+01:00", "offset")
    assert (one["kind"], one["sport"], one["title"], one["duration_s"]) == ("run", "running", "Morning", 3600.0)
    of_run = reading.tables["runs"].row(0, named=True)
    assert (of_run["distance_m"], of_run["average_hr_bpm"], of_run["power_w"]) == (10800.0, 150.0, 250.0)
    assert (of_run["cadence_spm"], of_run["ascent_m"]) == (171.0, 42.0)
    laps = reading.tables["splits"].select("split_no", "start_s", "duration_s", "distance_m").rows()
    assert laps == [(1, 0, 1000, 3000), (2, 1000, 1000, 3000), (3, 2000, 1000, 3000), (4, 3000, 600, 1800)]


def test_the_stream_of_a_run(fit: Make) -> None:
    stream = samples(fit(run(records=5)))
    assert stream.columns == [name for name in SAMPLES if name != "session_no"]
    assert stream["t_s"].to_list() == [0, 1, 2, 3, 4]
    third = stream.row(2, named=True)
    assert third["latitude_deg"] == pytest.approx(500_000_600 * 180 / 2**31)
    assert third["longitude_deg"] == pytest.approx(100_000_000 * 180 / 2**31)
    assert (third["altitude_m"], third["distance_m"], third["speed_m_s"]) == (100.0, 6.0, 3.0)
    assert (third["heart_rate_bpm"], third["cadence_spm"], third["power_w"]) == (150.0, 171.0, 250.0)


def test_only_this_importer_claims_it_and_a_second_reading_has_the_same_ids(fit: Make, tmp_path: Path) -> None:
    first, second = fit(run(records=3)), fit(run(records=3))
    assert identify(tmp_path / "activity.fit") == "fit"
    head = from_bytes("a.csv", run(records=3).bytes()).head
    assert [name for name, vendor in vendors().items() if vendor.matches(head)] == ["fit"]
    for name, key in (("sessions", "session_id"), ("splits", "split_id"), ("streams", "session_id")):
        assert first.tables[name][key].to_list() == second.tables[name][key].to_list()
        assert first.tables[name][key].is_unique().all()


def test_the_records_do_not_go_through_the_slow_reader() -> None:
    apart = _fit_frames.taken_apart("a.fit", run(records=3600).bytes())
    assert len(apart.without_records) < 1000


@pytest.mark.parametrize("backwards", [False, True], ids=["first session first", "summary in reverse"])
def test_several_sessions_share_records_and_laps_by_time(fit: Make, backwards: bool) -> None:
    made = FitFile().add(0, file_id())
    at = seconds("2026-03-01 06:30:00")
    for second in range(30):
        made.add(20, {253: (UINT32, at + second), 3: (UINT8, 100 + second), 4: (UINT8, 80)})
    made.add(19, lap("2026-03-01 06:30:00", 10, 30)).add(19, lap("2026-03-01 06:30:10", 15, 90))
    made.add(19, lap("2026-03-01 06:30:25", 5, 9))
    parts = [("2026-03-01 06:30:00", 10, 1), ("2026-03-01 06:30:10", 15, 2), ("2026-03-01 06:30:25", 5, 1)]
    for start, length, sport in reversed(parts) if backwards else parts:
        made.add(18, session(start, length, sport))
    reading = fit(made)
    assert counts(reading) == (36, 6, 30, 0, 0)
    sessions = reading.tables["sessions"].sort("start_utc")
    assert sessions["kind"].to_list() == ["run", "other", "run"]
    assert sessions["session_id"].is_unique().all()
    assert reading.tables["runs"].height == 2
    streams = reading.tables["streams"].join(sessions.select("session_id", "start_utc"), on="session_id")
    assert streams.sort("start_utc")["n"].to_list() == [10, 15, 5]
    ridden = pl.read_parquet(io.BytesIO(streams.sort("start_utc")["packed"][1]))
    assert (ridden["t_s"][0], ridden["heart_rate_bpm"][0], ridden["cadence_spm"].null_count()) == (0, 110, 15)
    splits = reading.tables["splits"].join(sessions.select("session_id", "kind"), on="session_id")
    assert splits.select("split_no", "start_s", "distance_m").rows() == [(1, 0, 30), (1, 0, 90), (1, 0, 9)]


def test_sets_with_arrays_of_guesses_rests_and_missing_weights(fit: Make) -> None:
    guesses, known, sixes = (UINT16, (28, 28, 28)), (UINT16, 28), (UINT16, (6, 6, 6))
    eight, twelve, fifteen = (UINT16, 8), (UINT16, 12), (UINT16, 15)
    heavy, heavier, bare, missing = (UINT16, 70 * 16), (UINT16, 1122), (UINT16, 0), (UINT16, 0xFFFF)
    reading = fit(
        strength(
            set_message("2026-01-06 16:48:00", 33.513, reps=eight, weight=heavy, category=guesses, subtype=sixes),
            set_message("2026-01-06 16:48:33", 90.2, kind=0),
            set_message("2026-01-06 16:50:03", 35, reps=eight, weight=heavier, category=known, subtype=(UINT16, 6)),
            set_message("2026-01-06 16:50:38", 60, kind=0),
            set_message("2026-01-06 16:51:38", 30, kind=0),
            set_message("2026-01-06 16:52:08", 40, reps=twelve, category=(UINT16, 8), subtype=(UINT16, 999)),
            set_message("2026-01-06 16:53:48", 30, reps=fifteen, weight=bare, category=(UINT16, 1), subtype=missing),
            set_message("2026-01-06 16:54:18", 45, reps=(UINT16, 0), category=(UINT16, 19), subtype=(UINT16, 43)),
            set_message("2026-01-06 16:55:18", 30, category=(UINT16, 65534)),
            set_message("2026-01-06 16:56:18", 30),
        )
    )  # fmt: skip
    assert counts(reading) == (11, 8, 3, 0, 0)
    sets = reading.tables["sets"]
    shown = sets.select("exercise_raw", "exercise_id", "reps", "load_kg", "duration_s", "rest_after_s").rows()
    assert shown == [
        ("barbell_back_squat", "28/6", 8, 70.0, 33.513, 90.2),
        ("barbell_back_squat", "28/6", 8, 70.125, 35, 90),
        ("deadlift", "8/999", 12, None, 40, None),
        ("calf_raise", "1", 15, 0.0, 30, None),
        ("plank", "19/43", None, None, 45, None),
        ("fit category 65534", "65534", None, None, 30, None),
        (_fit_sets.UNNAMED, None, None, None, 30, None),
    ]
    assert sets.select("block_no", "set_no").rows()[:3] == [(1, 1), (1, 2), (1, 1)]
    assert str(sets["started_utc"][1]) == "2026-01-06 16:50:03"
    assert sets["set_id"].is_unique().all()
    assert set(sets["set_type"]) == {"work"}
    assert reading.tables["sessions"].select("kind", "sport").row(0) == ("strength", "training strength_training")


def test_a_rest_before_any_set_is_ignored(fit: Make) -> None:
    reading = fit(strength(set_message("2026-01-06 16:48:00", 20, kind=0), set_message("2026-01-06 16:48:20", 30)))
    assert counts(reading) == (3, 2, 0, 1, 0)
    assert reading.ignored.select("source_row", "reason").row(0) == (1, "rest before the first set")
    assert reading.ignored["raw"].item().startswith("set ")


def test_the_order_of_the_set_messages_does_not_matter(fit: Make) -> None:
    squat, row = (UINT16, 28), (UINT16, 23)
    sets = [
        set_message("2026-01-06 16:48:00", 30, reps=(UINT16, 5), category=squat),
        set_message("2026-01-06 16:50:00", 30, reps=(UINT16, 4), category=squat),
        set_message("2026-01-06 16:52:00", 30, reps=(UINT16, 9), category=row),
    ]
    columns = ("set_id", "reps", "block_no", "set_no")
    first = fit(strength(*sets)).tables["sets"].select(columns).sort("set_id")
    assert first.equals(fit(strength(*reversed(sets))).tables["sets"].select(columns).sort("set_id"))


def title(category: int, number: int, name: str, index: int = 0) -> tuple[int, Fields]:
    return 264, {254: (UINT16, index), 0: (UINT16, category), 1: (UINT16, number), 2: (TEXT, name)}


def step(index: int, category: int, number: int) -> tuple[int, Fields]:
    return 27, {254: (UINT16, index), 1: (ENUM, 29), 10: (UINT16, category), 11: (UINT16, number)}


def test_titles_of_the_file_name_the_exercises(fit: Make) -> None:
    extra = (step(4, 28, 999), title(28, 999, "Kniebeuge mit Kette"), title(17, 1, "Ausfallschritt", 1))
    reading = fit(
        strength(
            set_message("2026-01-06 16:48:00", 30, category=(UINT16, 65534), step=(UINT16, 4)),
            set_message("2026-01-06 16:49:00", 30, category=(UINT16, 17), subtype=(UINT16, 1)),
            set_message("2026-01-06 16:50:00", 30, category=(UINT16, 0), subtype=(UINT16, 1), step=(UINT16, 4)),
            extra=extra,
        )
    )
    names = reading.tables["sets"].select("exercise_raw", "exercise_id").rows()
    assert names == [("Kniebeuge mit Kette", "28/999"), ("Ausfallschritt", "17/1"), ("barbell_bench_press", "0/1")]


def test_without_steps_the_title_stands_at_the_index_of_the_step(fit: Make) -> None:
    one = set_message("2026-01-06 16:48:00", 30, step=(UINT16, 3))
    assert fit(strength(one, extra=(title(28, 7, "Box", 3),))).tables["sets"]["exercise_raw"].item() == "Box"


def workout_step(index: int, duration: int, value: int, intensity: int, **more: tuple[int, Value]) -> Fields:
    numbers = {"category": 10, "name": 11, "weight": 12, "target": 4, "notes": 8}
    told: Fields = {254: (UINT16, index), 1: (ENUM, duration), 2: (UINT32, value), 7: (ENUM, intensity)}
    return told | {numbers[name]: value for name, value in more.items()}


def test_a_workout_is_a_plan(fit: Make) -> None:
    squat, heavy = {"category": (UINT16, 28), "name": (UINT16, 6)}, (UINT16, 8000)
    made = FitFile().add(0, file_id(kind=5)).add(26, {4: (ENUM, 10), 11: (ENUM, 20), 8: (TEXT, "Legs")})
    made.add(27, workout_step(0, 0, 10_000, 1))
    made.add(27, workout_step(1, 29, 5, 2, weight=(UINT16, 4000), **squat))
    made.add(27, workout_step(2, 29, 5, 0, weight=heavy, notes=(TEXT, "slow"), **squat))
    made.add(27, workout_step(3, 0, 90_000, 1))
    made.add(27, workout_step(4, 6, 2, 0, target=(UINT32, 4)))
    made.add(27, workout_step(5, 0, 45_000, 1, category=(UINT16, 19), name=(UINT16, 43)))
    reading = fit(made)
    assert (reading.variant, counts(reading)) == ("workout", (6, 3, 2, 1, 0))
    assert reading.ignored["reason"].item() == "rest before the first step"
    columns = ("session", "exercise_raw", "order", "sets", "reps_low", "load_kg", "duration_s", "rest_s")
    assert reading.tables["plan"].select(columns).rows() == [
        ("Legs", "barbell_back_squat", 1, 1, 5, 40.0, None, None),
        ("Legs", "barbell_back_squat", 2, 4, 5, 80.0, None, 90.0),
        ("Legs", "plank", 3, 1, None, None, 45.0, None),
    ]
    assert reading.tables["plan"]["notes"].to_list() == ["warmup", "slow", "rest"]
    assert reading.tables["plan"]["plan_id"].is_unique().all()


def test_a_loop_of_too_many_turns_is_rejected(fit: Make) -> None:
    made = FitFile().add(0, file_id(kind=5)).add(26, {4: (ENUM, 1), 8: (TEXT, "long")})
    made.add(27, workout_step(0, 1, 40_000, 0)).add(27, workout_step(1, 6, 0, 0, target=(UINT32, 4_000_000_000)))
    made.add(27, workout_step(2, 1, 40_000, 0))
    assert counts(fit(made)) == (3, 1, 1, 0, 1)


def test_a_running_workout_keeps_its_distances(fit: Make) -> None:
    made = FitFile().add(0, file_id(kind=5)).add(26, {4: (ENUM, 1), 8: (TEXT, "6 x 400")})
    made.add(27, workout_step(0, 1, 40_000, 0)).add(27, workout_step(1, 0, 60_000, 1))
    made.add(27, workout_step(2, 6, 0, 0, target=(UINT32, 6)))
    assert fit(made).tables["plan"].select("exercise_raw", "sets", "rest_s", "notes").rows() == [
        ("running active", 6, 60.0, "400 m")
    ]


def test_developer_fields_without_units_are_read_where_they_stand_for_a_field(fit: Make) -> None:
    made = FitFile().add(0, file_id())
    power: Fields = {0: (UINT8, 0), 1: (UINT8, 3), 2: (UINT8, 0x84), 3: (TEXT, "Power"), 15: (UINT8, 7)}
    made.add(206, power).add(206, {0: (UINT8, 0), 1: (UINT8, 9), 2: (UINT8, 7), 3: (TEXT, "Words")})
    at = seconds("2026-03-01 06:30:00")
    for second in range(3):
        extra = {(3, 0): (200 + second).to_bytes(2, "little"), (9, 0): b"ab\0", (5, 1): b"\1"}
        made.add(20, {253: (UINT32, at + second), 3: (UINT8, 120)}, extra)
    made.add(18, session("2026-03-01 06:30:00", 3), {(3, 0): b"\1\2"})
    assert samples(fit(made))["power_w"].to_list() == [200, 201, 202]


@pytest.mark.parametrize("order", ["<", ">"])
def test_byte_orders_and_times_in_the_header(fit: Make, order: str) -> None:
    made = FitFile(order=order).add(0, file_id())
    at = seconds("2026-03-01 06:30:00")
    made.add(20, {253: (UINT32, at), 3: (UINT8, 120)}, local=1)
    made.add(20, {3: (UINT8, 121)}, local=2)
    for second in (1, 2, 40):  # the last one after a gap that five bits still tell
        made.compressed((at + second) % 32, bytes([121]), local=2)
    made.add(18, session("2026-03-01 06:30:00", 41), local=3)
    stream = samples(fit(made))
    assert stream["heart_rate_bpm"].to_list() == [120, 121, 121, 121, 121]
    assert stream["t_s"].to_list() == [0, 0, 1, 2, 8]


def test_two_files_one_after_the_other(fit: Make) -> None:
    reading = fit(run("2026-03-01 06:30:00", 3).bytes() + run("2026-03-01 18:30:00", 4).bytes())
    assert reading.tables["sessions"].height == 2
    assert sorted(reading.tables["streams"]["n"]) == [3, 4]


def test_records_with_nothing_in_them_are_ignored(fit: Make) -> None:
    made = FitFile().add(0, file_id()).add(20, {253: (UINT32, seconds("2026-03-01 06:30:00")), 3: (UINT8, 0xFF)})
    made.add(20, {253: (UINT32, seconds("2026-03-01 06:30:01")), 3: (UINT8, 99)})
    reading = fit(made.add(18, session("2026-03-01 06:30:00", 2)))
    assert counts(reading) == (3, 1, 1, 1, 0)
    assert reading.ignored["reason"].item() == "record with nothing in it"


def test_a_cadence_of_both_feet_is_not_doubled(fit: Make) -> None:
    made = FitFile().add(0, file_id())
    for second in range(3):
        made.add(20, {253: (UINT32, seconds("2026-03-01 06:30:00") + second), 4: (UINT8, 168)})
    reading = fit(made.add(18, session("2026-03-01 06:30:00", 3) | {18: (UINT8, 169)}))
    assert samples(reading)["cadence_spm"].to_list() == [168, 168, 168]
    assert reading.tables["runs"]["cadence_spm"].item() == 169


def test_what_no_sensor_can_mean_is_left_out_and_a_zero_quietly(fit: Make) -> None:
    odd = {16: (UINT8, 0), 17: (UINT8, 10), 20: (UINT16, 9000), 22: (UINT16, 12)}
    reading = fit(FitFile().add(0, file_id()).add(18, session("2026-03-01 06:30:00", 3) | odd))
    one = reading.tables["runs"].select("average_hr_bpm", "max_hr_bpm", "power_w", "ascent_m").row(0)
    assert one == (None, None, None, 12)
    assert reading.notices[0] == "values that nobody can have are left out: max_hr_bpm (1), power_w (1)"


@pytest.mark.parametrize(
    ("local", "context", "expected"),
    [
        ("2026-03-01 20:30:00", Context("anna", tz="Europe/Rome"), ("2026-03-01", "+13:00", "offset")),
        ("2026-02-28 21:00:10", Context("anna"), ("2026-02-28", "-10:30", "offset")),
        (None, Context("anna", tz="Pacific/Auckland"), ("2026-03-01", "Pacific/Auckland", "zone")),
        (None, Context("anna"), ("2026-03-01", None, "utc")),
        ("2026-03-02 09:00:00", Context("anna"), ("2026-03-01", None, "utc")),  # no zone is that far
        ("2026-03-01 07:37:00", Context("anna"), ("2026-03-01", None, "utc")),  # a clock that was never set
    ],
)
def test_whose_day_it_is(fit: Make, local: str | None, context: Context, expected: tuple[str | None, ...]) -> None:
    reading = fit(run(records=2, local=local), context)
    one = reading.tables["sessions"].row(0, named=True)
    assert (str(one["date"]), one["zone"], one["zone_basis"]) == expected
    assert bool(reading.notices) == (expected[2] == "utc")


def test_effort_and_treadmill(fit: Make) -> None:
    made = FitFile().add(0, file_id())
    reading = fit(made.add(18, session("2026-03-01 06:30:00", 60, sub_sport=1) | {193: (UINT8, 70)}))
    assert reading.tables["sessions"]["session_rpe"].item() == 7.0
    assert reading.tables["runs"]["indoor"].item() is True
    walk = FitFile().add(0, file_id()).add(18, session("2026-03-01 06:30:00", 60, sport=11, sub_sport=1))
    assert fit(walk).tables["sessions"]["kind"].item() == "other"


def test_texts_that_are_not_utf8(fit: Make) -> None:
    made = run(records=3).add(12, {3: (TEXT, b"L\xf6p\xff\0"), 0: (ENUM, 1)})
    assert fit(made).tables["sessions"].height == 1


def test_a_wrong_checksum_is_a_notice(fit: Make) -> None:
    reading = fit(run(records=3).bytes(checksum=1))
    assert reading.notices == ("the checksum is wrong while the structure is whole: a value may be damaged",)
    assert counts(reading) == (5, 2, 3, 0, 0)


def test_bytes_after_the_end_are_a_notice(fit: Make) -> None:
    reading = fit(run(records=3).bytes() + b"rubbish")
    assert reading.notices == ("7 bytes after the end of the file are left out",)
    assert reading.n_loaded == 2


def test_the_checksum_equals_that_of_the_bitwise_reckoning() -> None:
    made = random.Random(5)  # noqa: S311
    for size in (0, 1, 255, 256, 257, 5000):
        data = made.randbytes(size)
        assert _fit_frames.crc16(np.frombuffer(data, np.uint8)) == crc(data)


def test_a_file_cut_after_the_summary_is_read_with_a_notice(fit: Make) -> None:
    data = run(records=3).bytes()
    reading = fit(data[:-5])
    assert counts(reading) == (5, 2, 3, 0, 0)
    assert reading.notices[0].startswith("the file is cut off")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data[: len(data) // 2], "cut off"),
        (lambda data: data[:13], "cut off"),
        (lambda data: data[:4] + b"\0\0\0\0" + data[8:-200], "cut off"),
        (lambda data: data[:14] + b"\5" + data[15:], "damaged at byte 14"),
        (lambda data: b"\2" + data[1:], "damaged at byte 0"),
        (lambda data: data[:-30] + data[-28:], "cut off|damaged"),
        (lambda _: b"", "empty"),
        (lambda _: b"\x0e\x10\x00\x00\x00\x00\x00\x00.FIT\x00\x00", "cut off"),
    ],
)
def test_damage_is_one_line(fit: Make, change: Callable[[bytes], bytes], said: str) -> None:
    with pytest.raises(ImportProblem, match=said) as problem:
        fit(change(run(records=30).bytes()))
    assert "\n" not in str(problem.value)


@pytest.mark.parametrize(("kind", "word"), [(6, "course"), (32, "monitoring b"), (2, "settings")])
def test_files_of_other_kinds_are_refused_by_name(fit: Make, kind: int, word: str) -> None:
    with pytest.raises(ImportProblem, match=rf"without a session \({word}\)"):
        fit(FitFile().add(0, file_id(kind=kind)).add(20, {3: (UINT8, 90)}))


def test_a_device_that_did_not_know_the_time(fit: Make) -> None:
    one = session("2026-03-01 06:30:00", 60) | {253: (UINT32, 90), 2: (UINT32, 30)}
    with pytest.raises(ImportProblem, match="date is missing"):
        fit(FitFile().add(0, file_id()).add(18, one))


def test_a_lap_that_cannot_be_is_rejected_alone(fit: Make) -> None:
    made = FitFile().add(0, file_id()).add(19, lap("2026-03-01 06:30:00", 10, 9_000_000))
    made.add(19, lap("2026-03-01 06:30:10", 10, 30)).add(18, session("2026-03-01 06:30:00", 20))
    reading = fit(made)
    assert counts(reading) == (3, 2, 0, 0, 1)
    assert "distance_m" in reading.rejected["reason"].item()
    assert reading.rejected["raw"].item().startswith("lap ")


def test_a_file_of_too_many_rows(fit: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIDELIFT_MAX_ROWS", "10")
    with pytest.raises(ImportProblem, match="STRIDELIFT_MAX_ROWS"):
        fit(run(records=30))


def test_whose_it_is_must_be_said(fit: Make) -> None:
    with pytest.raises(ImportProblem, match="--athlete"):
        fit(run(records=3), Context())


def mutated(data: bytes, made: random.Random) -> bytes:
    """Some bytes changed, some cut out, sometimes the end missing; the mark of the format stays."""
    changed = bytearray(data)
    for _ in range(made.choice([1, 1, 2, 8, 64])):
        changed[made.choice([made.randrange(len(changed)), made.randrange(min(600, len(changed)))])] = made.randrange(
            256
        )
    if made.random() < 0.2:
        at = made.randrange(len(changed))
        del changed[at : at + made.randrange(1, 40)]
    if made.random() < 0.2:
        del changed[made.randrange(len(changed)) :]
    changed[8:12] = b".FIT"
    return bytes(changed)


@pytest.mark.parametrize("seed", range(3))
def test_no_damage_raises_anything_but_an_import_problem(fit: Make, seed: int) -> None:
    made = random.Random(seed)  # noqa: S311
    squats = [set_message("2026-01-06 16:48:00", 30, reps=(UINT16, 8), category=(UINT16, (28, 28, 28)))] * 3
    originals = [
        run(records=20).bytes(),
        strength(*squats, extra=(step(0, 28, 6), title(28, 6, "Squat"))).bytes(),
        run("2026-03-01 06:30:00", 3).bytes() + run("2026-03-01 18:30:00", 4).bytes(),
    ]
    read_anyway = 0
    for _ in range(40):
        try:
            fit(mutated(made.choice(originals), made))
        except ImportProblem:
            continue
        read_anyway += 1
    assert 0 < read_anyway < 40


def by_fitdecode(path: Path) -> list[tuple[float | None, ...]]:
    """Heart rate, distance, altitude and speed of the records, as another reader gives them one by one."""
    off, quiet = fitdecode.CrcCheck.DISABLED, fitdecode.ErrorHandling.IGNORE
    names = (("heart_rate",), ("distance",), ("enhanced_altitude", "altitude"), ("enhanced_speed", "speed"))
    with fitdecode.FitReader(str(path), check_crc=off, error_handling=quiet) as reader:
        data = [frame for frame in reader if frame.frame_type == fitdecode.FIT_FRAME_DATA]
    return [tuple(_told(frame, *those) for those in names) for frame in data if frame.name == "record"]


def _told(frame: Any, *names: str) -> float | None:
    values = (frame.get_value(name, fallback=None) for name in names)
    return next((round(float(value), 4) for value in values if value is not None), None)


@pytest.mark.skipif(not FILES, reason=f"no real exports in {CORPUS}, see STRIDELIFT_CORPUS")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_real_files_give_what_another_reader_gives(path: Path) -> None:
    if any(word in path.name for word in DAMAGED_BEYOND_READING):
        with pytest.raises(ImportProblem, match=r"damaged at byte 7,471|workout"):
            _fit.activity(path.name, path.read_bytes(), Context())
        return
    found = _fit.activity(path.name, path.read_bytes(), Context()).samples
    try:
        expected = by_fitdecode(path)
    except fitdecode.FitEOFError:
        expected = by_fitdecode(next(file for file in FILES if "filecrc" in file.name))  # the same file, whole
    columns = ("heart_rate_bpm", "distance_m", "altitude_m", "speed_m_s")
    rows = [tuple(None if v is None else round(v, 4) for v in row) for row in found.select(columns).rows()]
    assert rows == expected


@pytest.mark.skipif(not FILES, reason=f"no real exports in {CORPUS}, see STRIDELIFT_CORPUS")
def test_real_laps_add_up_to_their_session() -> None:
    path = next(file for file in FILES if "triathlon" in file.name)
    found = _fit.activity(path.name, path.read_bytes(), Context())
    of_laps = found.splits.group_by("session_no").agg(pl.col("distance_m").sum()).sort("session_no")["distance_m"]
    assert found.sessions["sport"].to_list()[-1] == "running"
    assert of_laps.to_list() == pytest.approx(found.sessions["distance_m"].to_list(), rel=0.001)


def test_positions_beyond_the_globe_are_no_positions(fit: Make) -> None:
    made = FitFile().add(0, file_id())
    made.add(
        20, {253: (UINT32, seconds("2026-03-01 06:30:00")), 0: (SINT32, 0x7FFFFFFF), 1: (SINT32, 5), 3: (UINT8, 99)}
    )
    stream = samples(
        fit(made.add(18, session("2026-03-01 06:30:00", 2)).add(34, activity("2026-03-01 06:30:02", None)))
    )
    assert stream["latitude_deg"].to_list() == [None]


def test_a_file_of_laps_without_end_is_refused_at_once(fit: Make) -> None:
    made = FitFile().add(0, file_id()).add(19, {9: (UINT32, 1)})
    made.body += (b"\0" + b"\1\0\0\0") * 60_000
    with pytest.raises(ImportProblem, match="50,000 sessions, laps and sets"):
        fit(made)
