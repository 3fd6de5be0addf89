"""Running volume, zones, TRIMP and critical speed of a block: sums by hand, refusals, bad input, invariance."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.estimate import Estimate, each
from analysis.frames import to_pandas
from analysis.importers import Context, read
from analysis.logbook import Logbook
from analysis.metrics import running_critical_speed, running_trimp, running_volume, running_zones
from analysis.stats.trimp import banister
from analysis.tables import SAMPLE_COLUMNS, Runs, Splits

DAY = dt.date(2026, 1, 5)  # a Monday
BLOCK: dict[str, Any] = {"who": "Ada", "start": DAY, "end": DAY + dt.timedelta(27)}
HEART: dict[str, Any] = {"hr_max_bpm": 190.0, "hr_rest_bpm": 50.0, "sex": "male"}
SAMPLES = {"session_id": pl.String} | dict.fromkeys(SAMPLE_COLUMNS, pl.Float64)
FITS = Path(__file__).parents[1].parent / "shared" / "logs" / "fit"


def runs(*rows: dict[str, Any]) -> pl.DataFrame:
    """Runs that the schema has judged valid: 10 km in 50 minutes of Ada unless a row says otherwise."""
    types = {name: column.dtype for name, column in Runs.columns().items()}
    usual = {"athlete": "Ada", "distance_m": 10_000.0, "timer_s": 3000.0, "source": "test", "source_row": 1}
    full = []
    for i, row in enumerate(rows, 1):
        own = {"session_id": f"r{i}", "date": DAY + dt.timedelta(row.get("day", 0))}
        full.append(dict.fromkeys(types) | usual | own | {k: v for k, v in row.items() if k in types})
    return Runs.validate(pl.DataFrame(full, schema=types))


def stream(session: str, bpm: Sequence[float | None], seconds: float = 1.0, **columns: Any) -> pl.DataFrame:
    time = [seconds * i for i in range(len(bpm))]
    frame = pl.DataFrame({"session_id": session, "t_s": time, "heart_rate_bpm": bpm, **columns}, strict=False)
    return pl.concat([pl.DataFrame(schema=SAMPLES), frame], how="diagonal_relaxed")


def laps(*rows: dict[str, Any]) -> pl.DataFrame:
    types = {name: column.dtype for name, column in Splits.columns().items()}
    usual = {"athlete": "Ada", "session_id": "r1", "date": DAY, "split_kind": "lap", "source": "t", "source_row": 1}
    full = [dict.fromkeys(types) | usual | {"split_id": f"l{i}", "split_no": i} | row for i, row in enumerate(rows, 1)]
    return Splits.validate(pl.DataFrame(full, schema=types))


def hour(bpm: float) -> list[float | None]:
    return [bpm] * 3001


def minutes(found: Estimate) -> dict[str, float]:
    told = {part.what.split(" ")[1]: part.value for part in found.parts if part.unit == "min"}
    return {zone: round(value, 6) for zone, value in told.items() if value}


def test_volume_by_hand() -> None:
    frame = runs({}, {"day": 8, "distance_m": 20_000.0, "timer_s": 6000.0}, {"day": 28}, {"day": -1})
    found = running_volume.estimate(frame, **BLOCK)
    assert (found.value, found.unit, found.n, found.status) == (30.0, "km", 2, "ok")
    told = [found.part(name).value for name in ("minutes", "mean week", "longest run", "number of runs")]
    assert told == [150.0, 7.5, 20.0, 2.0]
    assert found.points is not None
    assert found.points["km"].to_list() == [10.0, 20.0, None, None]
    assert "2 weeks without a recorded run" in found.notes[-1]


def test_a_run_without_a_distance_makes_the_kilometres_too_few() -> None:
    found = running_volume.estimate(runs({}, {"day": 1, "distance_m": None, "timer_s": 1800.0}), **BLOCK)
    assert (found.value, found.status, found.reason) == (10.0, "caution", "NO_DISTANCE_OF_SOME")
    assert found.part("minutes").value == 80.0
    only_time = running_volume.estimate(runs({"distance_m": None}), **BLOCK)
    assert (only_time.reason, only_time.value, only_time.part("minutes").value) == ("NO_DISTANCE", None, 50.0)


def test_an_impossible_distance_is_no_volume() -> None:
    found = running_volume.estimate(runs({}, {"day": 1, "distance_m": 400_000.0, "timer_s": 600.0}), **BLOCK)
    assert (found.value, found.reason) == (10.0, "NO_DISTANCE_OF_SOME")
    assert any("impossible distance" in note for note in found.notes)


def test_zones_of_heart_rate_by_hand() -> None:
    samples = stream("r1", [*[140.0] * 1200, *[160.0] * 1200, *[180.0] * 601])
    found = running_zones.estimate(runs({}), samples=samples, hr_max_bpm=190, **BLOCK)
    assert minutes(found) == {"70-80": 20.0, "80-90": 20.0, ">=90": 10.0}
    assert found.value == pytest.approx(50)
    assert (found.n, found.status, found.notes) == (1, "ok", ())
    above = found.part("5: >=90 % of HRmax")
    assert [above.low, above.high, above.level] == pytest.approx([10.0, 10.0, None])
    assert found.points is not None
    assert found.points.filter(pl.col("week") == DAY)["minutes"].sum() == pytest.approx(50)


def test_the_range_of_a_zone_is_that_of_a_maximum_5_bpm_off() -> None:
    found = running_zones.estimate(runs({}), samples=stream("r1", hour(170.0)), hr_max_bpm=190, **BLOCK)
    part = found.part("4: 80-90 % of HRmax")
    assert [part.value, part.low, part.high] == pytest.approx([50, 0, 50])


def test_speed_zones_from_a_stated_or_estimated_critical_speed() -> None:
    speed = [3.2] * 1500 + [4.9] * 1501
    samples = stream("r1", [None] * 3001, speed_m_s=speed)
    found = running_zones.estimate(runs({}), samples=samples, critical_speed=4.6, **BLOCK)
    assert minutes(found) == {"<0.80": 25.0, ">1.00": 25.0}
    assert found.part("CS load").value == pytest.approx(100 * 25 / 60 * ((3.2 / 4.6) ** 2 + (4.9 / 4.6) ** 2))
    assert found.part("CS load").low is None
    estimated = Estimate("CS", value=4.6, low=4.4, high=5.0)
    unsure = running_zones.estimate(runs({}), samples=samples, critical_speed=estimated, **BLOCK).part("4: >1.00 of CS")
    assert [unsure.value, unsure.low, unsure.high] == pytest.approx([25, 0, 25])


def test_without_speed_the_distance_of_the_stream_tells_it() -> None:
    samples = stream("r1", [None] * 3001, distance_m=[4.0 * i for i in range(3001)])
    found = running_zones.estimate(runs({}), samples=samples, critical_speed=4.6, **BLOCK)
    assert minutes(found) == {"0.80-0.90": 50.0}


def test_a_track_of_positions_tells_the_speed_too() -> None:
    degree_m = math.pi / 180 * 6_371_008.8
    north = [45 + 4.0 * i / degree_m for i in range(3001)]
    samples = stream("r1", [None] * 3001, latitude_deg=north, longitude_deg=[9.0] * 3001)
    found = running_zones.estimate(runs({}), samples=samples, critical_speed=4.6, **BLOCK)
    assert minutes(found) == {"0.80-0.90": 50.0}
    assert found.part("CS load").value == pytest.approx(100 * 50 / 60 * (4.0 / 4.6) ** 2, rel=1e-6)


def test_a_part_of_a_week_is_not_blown_up() -> None:
    day: dict[str, Any] = {"start": DAY, "end": DAY}
    assert running_volume.estimate(runs({}), **day).part("mean week").reason == "TOO_FEW_DAYS"
    trimp = running_trimp.estimate(runs({}), samples=stream("r1", hour(150.0)), **HEART, **day)
    assert trimp.value == pytest.approx(banister([50], [150], **HEART).trimp)


def test_gaps_go_to_no_zone_and_are_said() -> None:
    one = stream("r1", hour(150.0))
    two = one.with_columns(pl.col("t_s") + pl.when(pl.col("t_s") > 1500).then(600).otherwise(0))
    found = running_zones.estimate(runs({}), samples=two, hr_max_bpm=190, **BLOCK)
    assert found.value == pytest.approx(50 - 1 / 60)
    assert any(note.startswith("10 min in gaps") for note in found.notes)


def test_laps_stand_in_for_a_stream_and_are_said() -> None:
    splits = laps({"duration_s": 600.0, "average_hr_bpm": 140.0}, {"duration_s": 900.0, "average_hr_bpm": 175.0})
    found = running_zones.estimate(runs({"timer_s": 1500.0}), splits=splits, hr_max_bpm=190, **BLOCK)
    assert minutes(found) == {"70-80": 10.0, ">=90": 15.0}
    assert "1 run from the means of laps" in found.notes[0]
    thin = stream("r1", [150.0, 150.0, *[None] * 1500])
    same = running_zones.estimate(runs({"timer_s": 1500.0}), samples=thin, splits=splits, hr_max_bpm=190, **BLOCK)
    assert minutes(same) == minutes(found), "a stream that covers less than 80 % gives way"
    intervals = pl.concat([splits, splits.with_columns(pl.lit("interval").cast(splits["split_kind"].dtype).alias(
        "split_kind"), pl.col("split_id") + "i")])  # fmt: skip
    twice = running_zones.estimate(runs({"timer_s": 1500.0}), splits=intervals, hr_max_bpm=190, **BLOCK)
    assert minutes(twice) == minutes(found), "intervals lie inside laps"


def test_zones_are_refused_without_a_limit_or_a_record() -> None:
    frame, samples = runs({}), stream("r1", hour(150.0))

    def reason(**more: Any) -> str | None:
        return running_zones.estimate(frame, **BLOCK, **more).reason

    assert reason(samples=samples) == "NO_ZONE_LIMIT"
    assert reason(samples=samples, critical_speed=Estimate("CS", status="refused")) == "NO_ZONE_LIMIT"
    assert [reason(samples=samples, hr_max_bpm=bpm) for bpm in (0, 20, 300, math.nan)] == ["HR_BOUNDS"] * 4
    assert [reason(samples=samples, critical_speed=v) for v in (0, -1, math.inf, math.nan)] == ["BAD_INPUT"] * 4
    assert reason(hr_max_bpm=190) == "NO_HEART_RATE"
    assert reason(samples=samples, critical_speed=4.6) == "NO_SPEED"
    assert reason(samples=stream("r1", [None, -3.0, 999.0, math.inf, 0.0]), hr_max_bpm=190) == "NO_HEART_RATE"
    assert running_zones.estimate(runs({"day": 90}), hr_max_bpm=190, **BLOCK).reason == "NO_DATA"


def test_a_maximum_that_is_far_too_low_is_a_caution() -> None:
    found = running_zones.estimate(runs({}), samples=stream("r1", hour(170.0)), hr_max_bpm=155, **BLOCK)
    assert (found.status, found.reason) == ("caution", "HR_ABOVE_MAX")


def test_trimp_is_the_sum_over_samples_per_week() -> None:
    beats = [*[132.0] * 1000, *[152.0] * 1000, *[172.0] * 1001]
    found = running_trimp.estimate(runs({}), samples=stream("r1", beats), **HEART, **BLOCK)
    by_hand = banister([1000 / 60] * 3, [132, 152, 172], **HEART)
    assert found.value == pytest.approx((by_hand.trimp or 0) / 4)
    assert (found.low, found.high) == pytest.approx(((by_hand.low or 0) / 4, (by_hand.high or 0) / 4))
    assert (found.status, found.unit, found.level, found.n) == ("ok", "AU", None, 1)
    # 132 and 152 of 190 bpm lie in the zones of weight 2 and 4, 172 in that of 5
    assert found.part("Edwards").value == pytest.approx(1000 / 60 * (2 + 4 + 5) / 4)
    assert found.points is not None
    assert found.points["banister"].to_list() == [pytest.approx(by_hand.trimp), None, None, None]
    woman = running_trimp.estimate(runs({}), samples=stream("r1", beats), **HEART | {"sex": "female"}, **BLOCK)
    assert woman.value != found.value


def test_a_mean_heart_rate_is_a_caution_and_too_low() -> None:
    beats = [*[110.0] * 1500, *[180.0] * 1501]
    frame = runs({"average_hr_bpm": float(np.mean(beats[:-1])), "timer_s": 3000.0})
    mean = running_trimp.estimate(frame, **HEART, **BLOCK)
    full = running_trimp.estimate(frame, samples=stream("r1", list(beats)), **HEART, **BLOCK)
    assert (mean.status, mean.reason) == ("caution", "MEAN_HR_ONLY")
    assert (mean.value or 0) < (full.value or 0)
    assert full.status == "ok"
    assert "mean of the whole run" in mean.notes[0]


def test_edwards_needs_neither_rest_nor_sex() -> None:
    frame, samples = runs({}), stream("r1", hour(150.0))
    for missing, reason in (("sex", "SEX_UNKNOWN"), ("hr_rest_bpm", "HR_BOUNDS")):
        found = running_trimp.estimate(frame, samples=samples, **HEART | {missing: None}, **BLOCK)
        assert found.part("Banister").reason == reason
        assert found.what == "TRIMP per week (Edwards)"
        assert found.value == pytest.approx(50 * 3 / 4)
        assert found.chart().to_dict()["encoding"]["y"]["title"] == "Edwards (AU)"


def test_the_sex_may_come_from_the_table_of_athletes() -> None:
    athletes = pl.DataFrame({"athlete": ["Bo", "Ada"], "sex": ["male", "female"]})
    frame, samples = runs({}), stream("r1", hour(150.0))
    told = running_trimp.estimate(frame, samples=samples, athletes=athletes, **HEART | {"sex": None}, **BLOCK)
    assert told.value == running_trimp.estimate(frame, samples=samples, **HEART | {"sex": "female"}, **BLOCK).value
    unknown = running_trimp.estimate(frame, athletes=athletes.head(0), samples=samples, hr_max_bpm=190, **BLOCK)
    assert unknown.part("Banister").reason == "HR_BOUNDS"


def test_single_beats_above_the_maximum_are_the_sensors_but_many_are_a_wrong_maximum() -> None:
    spiked = [*hour(150.0)[:-3], 240.0, 240.0, 150.0]
    clean = running_trimp.estimate(runs({}), samples=stream("r1", spiked), **HEART, **BLOCK)
    assert clean.status == "ok"
    assert clean.value == pytest.approx((banister([50 - 2 / 60], [150], **HEART).trimp or 0) / 4)
    both = pl.concat([stream("r1", hour(150.0)), stream("r2", hour(205.0))])
    half = running_trimp.estimate(runs({}, {"day": 1}), samples=both, **HEART, **BLOCK)
    assert (half.status, half.reason, half.n) == ("caution", "HR_ABOVE_MAX", 1)
    none = running_trimp.estimate(runs({}), samples=stream("r1", hour(205.0)), **HEART, **BLOCK)
    assert (none.status, none.reason) == ("refused", "HR_ABOVE_MAX")


def test_trimp_refusals_and_runs_without_a_heart_rate() -> None:
    assert running_trimp.estimate(runs({"day": 50}), **HEART, **BLOCK).reason == "NO_DATA"
    assert running_trimp.estimate(runs({}), **HEART, **BLOCK).reason == "NO_HEART_RATE"
    for bpm in (None, 0.0, 300.0, math.nan, math.inf):
        assert running_trimp.estimate(runs({}), **HEART | {"hr_max_bpm": bpm}, **BLOCK).reason == "HR_BOUNDS"
    some = running_trimp.estimate(runs({}, {"day": 1}), samples=stream("r1", hour(150.0)), **HEART, **BLOCK)
    assert (some.status, some.reason, some.n) == ("caution", "NO_HEART_RATE_OF_SOME", 1)


TRIALS = pl.DataFrame({"athlete": "Ada", "distance_m": [1200, 2400, 3600], "time_s": [222, 478, 738]})


def test_critical_speed_of_the_handbooks_trials() -> None:
    found = running_critical_speed.estimate(TRIALS)
    assert (found.value, found.low, found.high) == pytest.approx((4.651069626, 4.386574087, 4.915565165))
    assert found.part("D'").value == pytest.approx(170.5872927)
    assert str(found) == "Critical speed 4.65 m/s (95 % 4.39 to 4.92; n = 3)"
    assert found.notes == ("A pace of 3:35 min/km, faster than that of one hour.",)


def test_critical_speed_from_races_of_2_to_15_minutes_within_three_weeks() -> None:
    race = [(0, 1200, 222), (5, 2400, 478), (12, 3600, 738), (13, 10_000, 2300), (14, 100, 14), (-20, 1500, 300)]
    rows = [
        {"day": d, "distance_m": float(m), "elapsed_s": float(s), "timer_s": s - 5.0, "race": True} for d, m, s in race
    ]
    found = running_critical_speed.estimate(runs(*rows, {"day": 3, "distance_m": 1000.0, "timer_s": 400.0}))
    assert found.value == pytest.approx(4.651069626), "the time of a race is from start to end, other runs do not count"
    assert found.notes[:2] == (
        "2 trials outside 2 to 15 minutes: left out.", "1 trials more than 21 days before the latest: left out.",
    )  # fmt: skip
    early = running_critical_speed.estimate(runs(*rows), end=DAY + dt.timedelta(6))
    assert (early.status, early.reason, early.n) == ("caution", "TOO_FEW_TRIALS", 2)
    assert (early.low, early.level) == (None, None)


def test_critical_speed_from_the_laps_of_one_session() -> None:
    pairs = TRIALS.select("distance_m", "time_s").iter_rows()
    splits = laps(*({"distance_m": float(m), "duration_s": float(s)} for m, s in pairs))
    assert running_critical_speed.estimate(splits).value == running_critical_speed.estimate(TRIALS).value


def test_without_a_flagged_race_it_says_what_to_do() -> None:
    found = running_critical_speed.estimate(runs({}, {"day": 1}))
    assert (found.reason, found.notes) == ("NO_DATA", (running_critical_speed.NO_RACE,))


def test_trials_on_one_line_keep_the_error_of_a_second() -> None:
    exact = TRIALS.with_columns(distance_m=150 + 4.0 * pl.col("time_s"))
    found = running_critical_speed.estimate(exact)
    assert found.low is not None
    assert 0 < 4.0 - found.low < 1
    assert found.part("D'").high is not None


@pytest.mark.parametrize(
    ("distance", "time", "reason"),
    [
        ([1200], [222], "TOO_FEW_TRIALS"), ([1200, 2300], [222, 430], "DURATIONS_TOO_SIMILAR"),
        ([400, 4800], [222, 738], "DPRIME_NEGATIVE"), ([3600, 1200], [222, 738], "BAD_INPUT"),
        ([10_000], [2400], "TRIAL_LENGTH"), ([None, 0, -5], [200, 300, 500], "NO_DATA"),
        ([1200.0, math.inf, math.nan], [222.0, 478.0, 738.0], "TOO_FEW_TRIALS"),
    ],
)  # fmt: skip
def test_critical_speed_refusals(distance: list[Any], time: list[Any], reason: str) -> None:
    found = running_critical_speed.estimate(pl.DataFrame({"distance_m": distance, "time_s": time}, strict=False))
    assert (found.status, found.reason, found.value) == ("refused", reason, None)


def every(frame: pl.DataFrame, samples: pl.DataFrame, splits: pl.DataFrame | None = None) -> list[Estimate]:
    streams: dict[str, Any] = {"samples": samples, "splits": splits}
    return [
        running_volume.estimate(frame, **BLOCK),
        running_zones.estimate(frame, **streams, hr_max_bpm=190, **BLOCK),
        running_zones.estimate(frame, **streams, critical_speed=4.0, **BLOCK),
        running_trimp.estimate(frame, **streams, **HEART, **BLOCK),
        running_critical_speed.estimate(frame, who="Ada"),
    ]


def simulated() -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    rng = np.random.default_rng(5)
    rows = [{"day": i, "race": i < 3, "distance_m": d, "timer_s": t} for i, (d, t) in enumerate(
        [(1200.0, 222.0), (2400.0, 478.0), (3600.0, 738.0), (10_000.0, 3000.0)])]  # fmt: skip
    beats, speed = rng.uniform(100, 189, 3001).round(), rng.uniform(2, 5, 3001)
    samples = pl.concat([stream(f"r{i}", beats.tolist(), speed_m_s=speed) for i in (1, 4)])
    return runs(*rows), samples, laps({"session_id": "r2", "duration_s": 478.0, "average_hr_bpm": 170.0,
                                       "distance_m": 2400.0})  # fmt: skip


def test_order_of_rows_repeated_rows_and_names_change_nothing() -> None:
    frame, samples, splits = simulated()
    expected = every(frame, samples, splits)
    assert all(found.ok for found in expected)
    mixed = [f.sample(fraction=1, shuffle=True, seed=3) for f in (frame, samples, splits)]
    assert every(*mixed) == expected
    doubled = every(pl.concat([frame, frame]), samples, splits)
    assert doubled == expected
    other = every(frame.with_columns(athlete=pl.lit("Zoë")), samples, splits)
    assert [found.value for found in other] == [found.value for found in expected]


def test_samples_told_twice_are_averaged_and_said() -> None:
    frame, samples, splits = simulated()
    found = running_trimp.estimate(frame, samples=pl.concat([samples, samples]), splits=splits, **HEART, **BLOCK)
    assert found.value == running_trimp.estimate(frame, samples=samples, splits=splits, **HEART, **BLOCK).value
    assert any("repeated a time" in note for note in found.notes)


def test_pandas_frames_and_several_athletes() -> None:
    frame, samples, splits = simulated()
    assert every(to_pandas(frame), to_pandas(samples), to_pandas(splits)) == every(frame, samples, splits)
    two = pl.concat([frame, frame.with_columns(athlete=pl.lit("Bo"), session_id="b" + pl.col("session_id"))])
    block: dict[str, Any] = {"start": DAY, "end": DAY + dt.timedelta(27)}
    found = each(running_trimp, two, samples=samples, splits=splits, **HEART, **block)
    assert [(e.who, e.ok) for e in found] == [("Ada", True), ("Bo", False)]
    for metric in (running_volume, running_zones, running_trimp):
        with pytest.raises(ValueError, match="one athlete at a time"):
            metric.estimate(two, **block, **({} if metric is running_volume else {"hr_max_bpm": 190}))
    with pytest.raises(ValueError, match="one athlete at a time"):
        running_critical_speed.estimate(two)
    assert [e.who for e in each(running_critical_speed, two)] == ["Ada", "Bo"]


def test_empty_frames_and_nulls_are_refused_with_their_reason() -> None:
    nothing, no_samples = runs().clear(), pl.DataFrame(schema=SAMPLES)
    assert [found.reason for found in every(nothing, no_samples, laps().clear())] == ["NO_DATA"] * 5
    bare = runs({"distance_m": None, "timer_s": None})
    assert [found.reason for found in every(bare, no_samples)] == [
        "NO_DISTANCE", "NO_HEART_RATE", "NO_SPEED", "NO_HEART_RATE", "NO_DATA",
    ]  # fmt: skip
    assert [found.ok for found in every(bare, stream("r1", [None] * 50))] == [False] * 5
    assert [found.ok for found in every(bare, stream("r1", [150.0]))] == [False] * 5


def test_garbage_in_a_stream_is_no_number() -> None:
    rng = np.random.default_rng(8)
    junk: list[float | None] = [math.nan, math.inf, -5.0, 0.0, 1e9, None]
    beats = [150.0 if rng.random() < 0.9 else junk[rng.integers(len(junk))] for _ in range(3001)]
    time = [math.nan if i in (7, 9) else float(i) for i in range(3001)]
    samples = stream("r1", beats).with_columns(t_s=pl.Series(time))
    found = running_trimp.estimate(runs({}), samples=samples, **HEART, **BLOCK)
    known = sum(b == 150.0 for b, t in zip(beats[:-1], time[:-1], strict=True) if math.isfinite(t))
    assert found.value == pytest.approx(banister([known / 60], [150], **HEART).trimp / 4, rel=2e-3)  # type: ignore[operator]
    assert any("counted nowhere" in note for note in found.notes)


def test_charts_say_their_units() -> None:
    volume, zones, speeds, trimp, critical = (found.chart().to_dict() for found in every(*simulated()))
    assert volume["encoding"]["y"]["title"] == "Running (km)"
    assert zones["encoding"]["color"]["field"] == speeds["encoding"]["color"]["field"] == "zone"
    assert zones["encoding"]["y"]["title"] == "Running (min)"
    assert [layer["mark"]["type"] for layer in trimp["layer"]] == ["bar", "rule"]
    assert [layer["mark"]["type"] for layer in critical["layer"]] == ["line", "point"]
    assert critical["layer"][1]["encoding"]["y"]["title"] == "Distance (m)"


@pytest.mark.skipif(not FITS.exists(), reason="the real files lie beside the checkout and are not here")
@pytest.mark.parametrize(
    ("file", "km", "minutes_total"),
    [
        ("dtcooper__python-fitparse__activity-small-fenix2-run.fit", 9.008, 47.2),
        ("jimmykane__fit-parser__running-with-developer-data.fit", 5.383, 28.0),
        ("wader__fq__activity_invalid_strings.fit", 6.010, 44.6),
    ],
)
def test_real_recordings(file: str, km: float, minutes_total: float, tmp_path: Path) -> None:
    book = Logbook(tmp_path / "t.duckdb")
    book.add(read(FITS / file, Context(athlete="Ada")), file)
    log = book.log()
    day = log.runs["date"][0]
    told: dict[str, Any] = {
        "samples": book.samples(log.runs["session_id"]),
        "splits": log.splits,
        "start": day,
        "end": day,
    }
    assert running_volume.estimate(log.runs, start=day, end=day).value == pytest.approx(km, abs=0.01)
    zones = running_zones.estimate(log.runs, hr_max_bpm=190, **told)
    assert zones.value == pytest.approx(minutes_total, abs=0.5)
    speeds = running_zones.estimate(log.runs, critical_speed=4.0, **told)
    assert speeds.value == pytest.approx(minutes_total, abs=0.6)
    trimp = running_trimp.estimate(log.runs, **HEART, **told)
    assert trimp.ok
    assert trimp.status == "ok"
