"""Races are found without hand work; kick, decay, stride and reserve of a race: by hand, refused, invariant."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.estimate import Estimate, Verdict, each
from analysis.frames import to_pandas
from analysis.importers import Context, read
from analysis.logbook import Logbook
from analysis.metrics import running_decay, running_kick, running_reserve, running_stride
from analysis.metrics._race_effort import spread_of
from analysis.metrics._races import races
from races_for_tests import DAY, LAPS_M, LAPS_S, calendar, laps, run, runs, stream
from trials_for_tests import SPRINT, session, trials

FITS = Path(__file__).parents[1].parent / "shared" / "logs" / "fit"
METRICS: tuple[Any, ...] = (running_kick, running_decay, running_stride, running_reserve)


def sprints(day: dt.date = DAY, device: str = "gates", **told: Any) -> pl.DataFrame:
    frame = trials(
        session(0, [3.45, 3.44], **SPRINT | told | {"distance_m": 20.0, "device": device}),
        session(0, [4.655, 4.645], **SPRINT | told | {"distance_m": 30.0, "device": device}),
    )
    return frame.with_columns(pl.lit(day).alias("date"))


def change_of(found: Estimate) -> Verdict:
    part = found.part("Change of the kick")
    assert isinstance(part, Verdict)
    return part


def test_the_kick_of_a_marked_race_is_that_of_the_handbook() -> None:
    found = running_kick.estimate(runs(), splits=laps(), sigma_t_s=0.1)
    assert (found.value, found.low, found.high) == pytest.approx((10.96620467, 10.07380843, 11.8658358))
    assert (found.n, found.status) == (10, "ok")
    assert found.part("Reference speed").value == pytest.approx(5.528682668)
    assert "last 400 m in 65.20 s, 6.13 m/s, against 5.53 m/s, the median of 10 splits" in found.notes[0]
    assert "Relative effort not known" in found.notes[1]
    assert "wind and surface are not in the log" in found.notes[1]
    assert any("from race to race a kick varies by about 3.0 %" in note for note in found.notes)
    by_hand = running_kick.estimate(runs(), splits=laps())
    assert (by_hand.high or 0) - (by_hand.low or 0) > (found.high or 0) - (found.low or 0), (
        "a button is no photo finish"
    )


def test_a_day_that_the_calendar_calls_a_race_makes_its_run_one() -> None:
    unmarked = runs(run(race=None))
    assert running_kick.estimate(unmarked, splits=laps()).reason == "NO_RACE"
    found = running_kick.estimate(unmarked, splits=laps(), calendar=calendar({"distance_m": 5000.0}))
    assert found.value == pytest.approx(10.96620467)
    assert "29 Mar 2026, spring 5 km, 5,000 m" in found.notes[0]
    other_day = calendar({"date": DAY + dt.timedelta(1)})
    refused = running_kick.estimate(unmarked, splits=laps(), calendar=other_day)
    assert (refused.reason, "30 Mar 2026 is a race in the calendar" in refused.notes[0]) == ("NO_RACE", True)
    not_hers = calendar({"athlete": "Bo"})
    assert running_kick.estimate(unmarked, splits=laps(), calendar=not_hers).reason == "NO_RACE"


def test_a_run_of_another_length_than_the_calendar_says_is_the_reason_where_it_is_the_only_one() -> None:
    short, half = runs(run(race=None)), {"distance_m": 21_097.5}

    def reasons(frame: pl.DataFrame, *days: dict[str, Any], start: dt.date | None = None) -> set[str | None]:
        told: dict[str, Any] = {"splits": laps(), "calendar": calendar(*days), "start": start}
        plain = (running_kick, running_decay, running_stride)
        found = [*(m.estimate(frame, **told) for m in plain), running_reserve.estimate(frame, trials=sprints(), **told)]
        assert all("within 5 % of it" in " ".join(one.notes) for one in found)
        return {one.reason for one in found}

    assert reasons(short, half) == {"RACE_DISTANCE_DIFFERS"}
    assert reasons(short, half, half | {"date": DAY + dt.timedelta(7)}) == {"NO_RACE"}, "another day has no run at all"
    both = pl.concat([short, runs(run("b", day=-2)).with_columns(distance_m=pl.lit(-1.0))])
    assert reasons(both, half) == {"NO_RACE"}
    assert reasons(both, half, start=DAY) == {"RACE_DISTANCE_DIFFERS"}, "what lies before the block is no obstacle"
    assert reasons(short, half, start=DAY + dt.timedelta(1)) == {"NO_RACE"}
    assert "correct the distance there" in running_kick.estimate(short, calendar=calendar(half)).sentence()


def test_of_several_runs_of_the_day_the_distance_of_the_calendar_decides() -> None:
    warm_up = run("w", race=None, distance_m=2500.0, elapsed_s=700.0)
    race = run("a", race=None, distance_m=5080.0)
    both = runs(warm_up, race)
    named = races(both, calendar=calendar({"distance_m": 5000.0}))
    assert [(r.session_id, r.distance_m, r.notes) for r in named.every] == [("a", 5000.0, ())]
    fastest = races(both, calendar=calendar({"distance_m": None}))
    assert [r.session_id for r in fastest.every] == ["a"]
    assert "2 runs on the day of the race: the fastest is taken" in fastest.every[0].notes[0]
    none = races(both, calendar=calendar({"distance_m": 10_000.0}))
    assert (none.every, len(none.notes)) == ((), 1)
    assert "within 5 % of it" in none.notes[0]
    heats = races(
        runs(run("h", distance_m=800.0, elapsed_s=130.0), run("f")), calendar=calendar({"distance_m": 5000.0})
    )
    assert [(r.session_id, r.official) for r in heats.every] == [("f", True), ("h", False)], "marked races stay races"


def test_a_title_that_names_a_race_is_enough_unless_the_calendar_says_otherwise() -> None:
    titles = pl.DataFrame({"session_id": ["a"], "date": [DAY], "title": ["Wettkampf Bern"]})
    found = running_kick.estimate(runs(run(race=None)), splits=laps(), sessions=titles)
    assert found.ok
    assert any("Taken for a race by its title" in note for note in found.notes)
    easy = calendar({"kind": "easy"})
    assert (
        running_kick.estimate(runs(run(race=None)), splits=laps(), sessions=titles, calendar=easy).reason == "NO_RACE"
    )


@pytest.mark.parametrize(
    "title", ["race pace 5 x 1 km", "easy jog before the race", "Rennen: recon", "race week shakeout"]
)
def test_a_title_of_training_is_a_hint_at_most(title: str) -> None:
    titles = pl.DataFrame({"session_id": ["a"], "date": [DAY], "title": [title]})
    found = running_kick.estimate(runs(run(race=None)), splits=laps(), sessions=titles)
    assert found.reason == "NO_RACE"
    assert any("speaks of a race" in note for note in found.notes)
    quiet = running_kick.estimate(runs(run(race=None)), sessions=titles.with_columns(title=pl.lit("embrace the hills")))
    assert not any("speaks of a race" in note for note in quiet.notes)


def test_laps_that_do_not_start_with_the_kick_give_way_to_the_stream() -> None:
    thousands = laps(metres=[1000.0] * 5, seconds=[180.0, 182.0, 183.0, 181.0, 172.0])
    alone = running_kick.estimate(runs(), splits=thousands)
    assert (alone.reason, alone.n) == ("KICK_NOT_ON_SPLIT", 0)
    found = running_kick.estimate(runs(), splits=thousands, samples=stream())
    assert found.value == pytest.approx(10.0, abs=0.3)
    assert found.points is not None
    assert found.points["source"].to_list() == ["stream"]
    assert any("no split is cut in two" in note for note in found.notes)
    on_split = running_kick.estimate(runs(), splits=laps(), samples=stream())
    assert on_split.value == pytest.approx(10.96620467), "splits win over the watch"


def test_a_small_kick_of_a_watch_is_a_caution() -> None:
    found = running_kick.estimate(runs(), samples=stream(speed=lambda share: 5.5 if share < 0.9 else 5.6))
    assert (found.status, found.reason) == ("caution", "WITHIN_DEVICE_ERROR")
    gap = stream().filter(~pl.col("t_s").is_between(100, 115))
    assert running_kick.estimate(runs(), samples=gap).reason == "STREAM_GAP"


def test_laps_of_a_track_are_those_of_the_track_where_they_add_up() -> None:
    misread = laps(metres=[203.0, *[404.0 + i % 3 for i in range(12)]])
    unknown = running_kick.estimate(runs(run(distance_m=5066.0)), splits=misread)
    assert unknown.reason == "KICK_NOT_ON_SPLIT"
    told = running_kick.estimate(
        runs(run(distance_m=5066.0)), splits=misread, calendar=calendar({"distance_m": 5000.0})
    )
    assert told.value == pytest.approx(10.96620467)
    assert any("Laps taken as those of a measured track (200 + 400 m)" in note for note in told.notes)
    short = laps(metres=LAPS_M[:-2], seconds=LAPS_S[:-2])
    assert running_kick.estimate(runs(), splits=short).reason == "NO_RACE_RECORD"


def test_a_finish_downhill_is_shown_as_one() -> None:
    flat = stream()
    falls = flat.with_columns(altitude_m=100 - 0.02 * (pl.col("distance_m") - 4600).clip(lower_bound=0))
    found = running_kick.estimate(runs(), samples=falls)
    assert found.notes[2].startswith("Gradient by the watch: -2.0 % in the finish, 0.0 % in the race before it")
    assert running_kick.estimate(runs(), samples=flat).notes[2] == "The gradient of the finish is not known."


def test_one_race_is_drawn_along_its_distance_and_several_beside_each_other() -> None:
    one = running_kick.estimate(runs(), splits=laps()).chart().to_dict()
    assert one["layer"][0]["encoding"]["x"]["field"] == "middle_m"
    two = running_kick.estimate(**season((0, 5.5, 6.0), (20, 5.52, 8.0)))
    assert two.chart().to_dict()["layer"][0]["encoding"]["x"]["field"] == "date"
    assert two.part("Reference speed").chart().to_dict()["layer"][0]["encoding"]["x"]["field"] == "middle_m"


def test_a_recording_that_goes_on_behind_the_line_is_named() -> None:
    slow = stream(speed=lambda share: 5.5 if share < 0.9 else 2.5)
    found = running_kick.estimate(runs(), samples=slow)
    assert (found.value or 0) < -40
    assert any("cool-down" in note for note in found.notes)
    far = running_kick.estimate(
        runs(run(distance_m=5200.0)), samples=stream(total_m=5200.0), calendar=calendar({"distance_m": 5000.0})
    )
    assert any("m more than the race" in note for note in far.notes)


def season(*races_run: tuple[int, float, float]) -> dict[str, Any]:
    """Races of 5000 m: their day, the pace of all laps but the last (m/s), the kick in %."""
    rows, splits = [], []
    for day, pace, kick in races_run:
        seconds = [m / pace for m in LAPS_M[:-1]] + [400 / pace / (1 + kick / 100)]
        rows.append(run(f"r{day}", day, elapsed_s=sum(seconds)))
        splits.append(laps(f"r{day}", seconds=seconds, day=day))
    return {"runs": runs(*rows), "splits": pl.concat(splits)}


def test_a_verdict_needs_two_races_of_like_effort() -> None:
    alike = running_kick.estimate(**season((0, 5.5, 6.0), (20, 5.52, 25.0)))
    found = change_of(alike)
    assert found.value == pytest.approx(100 * (1.25 / 1.06 - 1))
    assert found.word == "improved_substantially"
    assert found.swc_pct == pytest.approx(1.511, abs=1e-3)
    half = 2.446912 * 0.03 * math.sqrt(2)
    assert found.high == pytest.approx(100 * (1.25 / 1.06 * math.exp(half) - 1))
    assert "6.0 % (29 Mar 2026, relative effort " in found.notes[0]
    assert alike.points is not None
    assert alike.points["relative_effort_pct"].to_list()[1] == pytest.approx(100)


def test_a_slow_tactical_race_gives_no_better_kick() -> None:
    """Trap 22: both numbers are shown, no verdict is."""
    found = running_kick.estimate(**season((0, 5.5, 6.0), (20, 5.0, 20.0)))
    change = change_of(found)
    assert (change.ok, change.reason, change.word) == (False, "EFFORT_NOT_MATCHED", "")
    assert "6.0 %" in change.notes[0]
    assert "20.0 %" in change.notes[0]
    assert found.value == pytest.approx(20.0)
    assert (found.part("Relative effort").value or 0) < 93


def test_the_race_before_is_one_over_the_same_distance() -> None:
    told = season((0, 5.5, 6.0), (20, 5.52, 8.0))
    assert change_of(running_kick.estimate(**told)).ok
    longer = told["runs"].with_columns(
        distance_m=pl.when(pl.col("session_id") == "r0").then(5200.0).otherwise(pl.col("distance_m"))
    )
    found = running_kick.estimate(longer, splits=told["splits"])
    assert change_of(found).reason == "NO_EARLIER_RACE"
    assert found.part("Relative effort").reason == "NO_OTHER_RACE", "no race is its own yardstick"
    with_limit = running_kick.estimate(longer, splits=told["splits"], critical_speed_m_s=5.2)
    last_m_s = 5000 / (4600 / 5.52 + 400 / 5.52 / 1.08)
    assert with_limit.part("Relative effort").value == pytest.approx(100 * last_m_s / 5.2)
    with pytest.raises(ValueError, match="critical_speed_m_s"):
        running_kick.estimate(longer, critical_speed_m_s=250.0)


def test_from_four_races_on_the_own_spread_counts() -> None:
    kicks = [4.0, 9.0, 6.0, 12.0]
    found = running_kick.estimate(**season(*[(20 * i, 5.5, kick) for i, kick in enumerate(kicks)]))
    own = float(np.std(np.log1p(np.array(kicks) / 100), ddof=1))
    params = dict(change_of(found).params)
    assert (params["sd"], params["df"]) == (pytest.approx(own), 3.0)
    assert any("own, from 4 races" in note for note in found.notes)
    three = dict(
        change_of(running_kick.estimate(**season(*[(20 * i, 5.5, k) for i, k in enumerate(kicks[:3])]))).params
    )
    assert (three["sd"], three["df"]) == (0.03, 6.0)
    assert spread_of([]).source == "convention of the handbook"


def test_the_block_decides_which_race_is_the_last() -> None:
    told = season((0, 5.5, 6.0), (20, 5.52, 8.0), (60, 5.5, 4.0))
    block: dict[str, Any] = {"start": DAY + dt.timedelta(10), "end": DAY + dt.timedelta(40)}
    found = running_kick.estimate(**told, **block)
    assert found.value == pytest.approx(8.0)
    assert found.points is not None
    assert found.points.height == 2, "the block and what came before, nothing after it"
    late = running_kick.estimate(**told, start=DAY + dt.timedelta(90), end=DAY + dt.timedelta(99))
    assert (late.reason, late.notes) == ("NO_RACE", ("The last race was on 28 May 2026, before the block.",))
    no_laps = running_kick.estimate(told["runs"], splits=told["splits"].filter(pl.col("session_id") != "r60"))
    assert no_laps.value == pytest.approx(8.0)
    assert any("No kick of 28 May 2026: the race has neither" in note for note in no_laps.notes)


def test_decay_from_laps_and_from_a_stream() -> None:
    speed = [5.5 * math.exp(-0.04 * share) for share in np.linspace(0.05, 0.95, 10)]
    kilometres = laps(metres=[1000.0] * 10, seconds=[1000 / v for v in speed])
    ten = runs(run(distance_m=10_000.0, elapsed_s=sum(1000 / v for v in speed)))
    found = running_decay.estimate(ten, splits=kilometres)
    assert found.value == pytest.approx(100 * math.expm1(-0.04))
    assert (found.n, "3.9 % slower per full distance" in found.notes[0]) == (8, True), "the kick need be on no split"
    flowing = running_decay.estimate(runs(), samples=stream(speed=lambda share: 5.5 * math.exp(-0.04 * share)))
    assert flowing.value == pytest.approx(100 * math.expm1(-0.04), abs=0.1)
    steady = running_decay.estimate(runs(), splits=laps())
    assert "the interval holds zero: no trend is shown" in steady.notes[0]
    few = running_decay.estimate(runs(), splits=laps(metres=[1000.0] * 5, seconds=[180.0] * 5))
    assert (few.reason, few.n) == ("TOO_FEW_SPLITS", 3)
    two = running_decay.estimate(**season((0, 5.5, 6.0), (20, 5.52, 8.0)))
    assert [part.what for part in two.parts] == ["29 Mar 2026, 5,000 m", "18 Apr 2026, 5,000 m"]


def test_stride_splits_the_finish_into_cadence_and_step_length() -> None:
    found = running_stride.estimate(runs(), samples=stream())
    steps = math.log(6.05 / 5.5) - math.log(193 / 184)
    assert found.value == pytest.approx(100 * math.expm1(steps))
    assert found.part("Cadence in the finish").value == pytest.approx(100 * (193 / 184 - 1))
    assert found.part("Share of cadence").value == pytest.approx(100 * math.log(193 / 184) / math.log(1.1))
    without_speed = running_stride.estimate(runs(), samples=stream().with_columns(speed_m_s=pl.lit(None, pl.Float64)))
    assert without_speed.value == pytest.approx(found.value)
    even = running_stride.estimate(runs(), samples=stream(speed=lambda _: 5.5))
    assert even.part("Share of cadence").reason == "WITHIN_DEVICE_ERROR"
    assert even.ok


def test_strides_and_missing_cadence_are_refused() -> None:
    """Trap 23: a device that counts strides is not corrected in silence."""
    assert running_stride.estimate(runs(), samples=stream(cadence=lambda _: 92.0)).reason == "CADENCE_UNIT"
    nothing = stream().with_columns(cadence_spm=pl.lit(None, pl.Float64))
    assert running_stride.estimate(runs(), samples=nothing).reason == "NO_CADENCE"
    assert running_stride.estimate(runs(), splits=laps()).reason == "NO_CADENCE"
    paused = stream(cadence=lambda share: 0.0 if 0.5 < share < 0.55 else 184.0)
    assert running_stride.estimate(runs(), samples=paused).part("Cadence in the finish").value == pytest.approx(0)
    by_lap = running_stride.estimate(runs(), splits=laps(cadence_spm=184.0))
    assert by_lap.n == 7
    assert by_lap.value == pytest.approx(100 * (400 / 65.2 / (400 / 72.4) - 1))


def test_use_of_the_reserve_with_a_flying_speed() -> None:
    found = running_reserve.estimate(runs(), splits=laps(), trials=sprints())
    flying = 10 / 1.205
    assert found.value == pytest.approx(100 * 400 / 65.2 / flying)
    assert found.part("Speed reserve used").value == pytest.approx(
        100 * (6.134969325 - 5.528682668) / (flying - 5.528682668)
    )
    assert "flying 20-30 m" in found.notes[0]
    watch = running_reserve.estimate(runs(), samples=stream(), trials=sprints())
    assert (watch.high or 0) - (watch.low or 0) > (found.high or 0) - (found.low or 0), "a watch has an error of scale"


def test_without_a_top_speed_nothing_is_said_of_its_use() -> None:
    def reason(frame: pl.DataFrame) -> str | None:
        return running_reserve.estimate(runs(), splits=laps(), trials=frame).reason

    assert reason(sprints().clear()) == "NO_TOP_SPEED"
    assert reason(sprints(DAY - dt.timedelta(100))) == "NO_TOP_SPEED"
    assert reason(sprints(device="stopwatch")) == "NO_TOP_SPEED"
    assert reason(sprints().with_columns(athlete=pl.lit("Bo"))) == "NO_TOP_SPEED", "nobody runs with another's speed"
    slow = sprints().with_columns(value=2 * pl.col("value"))
    assert reason(slow) == "VMAX_BELOW_RACE_SPEED"
    assert running_reserve.estimate(runs(run(race=None)), trials=sprints()).reason == "NO_RACE"
    assert running_reserve.estimate(runs(), trials=sprints()).reason == "NO_RACE_RECORD"


def test_without_a_flying_part_the_profile_tells_the_top_speed() -> None:
    times = {5.0: 1.158, 8.0: 1.62, 10.0: 1.893, 15.0: 2.541, 18.0: 2.91, 21.0: 3.271}
    gates = trials(*[session(0, [s], **SPRINT | {"distance_m": m, "protocol": "0.3 m behind the gate"})
                     for m, s in times.items()]).with_columns(date=pl.lit(DAY))  # fmt: skip
    no_pair = gates.filter(~pl.col("distance_m").is_in([10.0]))
    found = running_reserve.estimate(runs(), splits=laps(), trials=no_pair)
    assert "sprint profile of 29 Mar 2026" in found.notes[0]
    assert found.value == pytest.approx(68, abs=3)


def everything() -> dict[str, Any]:
    told = season((0, 5.5, 6.0), (20, 5.52, 8.0))
    return told | {"samples": pl.concat([stream("r0"), stream("r20")]), "calendar": calendar({"distance_m": 5000.0})}


def estimate(metric: Any, **told: Any) -> Estimate:
    more = {"trials": sprints()} if metric is running_reserve else {}
    found: Estimate = metric.estimate(told.pop("runs"), **told, **more)
    return found


@pytest.mark.parametrize("metric", METRICS)
def test_order_repeats_and_pandas_change_nothing(metric: Any) -> None:
    told = everything()
    expected = estimate(metric, **told)
    assert expected.ok
    mixed = {name: frame.sample(fraction=1.0, shuffle=True, seed=2) for name, frame in told.items()}
    doubled = {name: pl.concat([frame, frame]) for name, frame in told.items()}
    pandas = {name: to_pandas(frame) for name, frame in told.items()}
    renamed = {n: f.with_columns(athlete=pl.lit("Zoë")) if "athlete" in f.columns else f for n, f in told.items()}
    others = [estimate(metric, **one) for one in (mixed, doubled, pandas)]
    if metric is not running_reserve:  # its sprints are still Ada's
        others.append(estimate(metric, **renamed))
    assert [one.value for one in others] == pytest.approx([expected.value] * len(others))
    assert others[0].row() == expected.row()
    assert expected.chart().to_dict()
    assert "nan" not in expected.html().lower()


@pytest.mark.parametrize("metric", METRICS)
def test_several_athletes_are_asked_for_a_name(metric: Any) -> None:
    told = everything()
    two = pl.concat(
        [told["runs"], told["runs"].with_columns(athlete=pl.lit("Bo"), session_id="b" + pl.col("session_id"))]
    )
    with pytest.raises(ValueError, match="one athlete at a time"):
        estimate(metric, **told | {"runs": two})
    rest = {name: frame for name, frame in told.items() if name != "runs"}
    rest |= {"trials": sprints()} if metric is running_reserve else {}
    assert [(e.who, e.ok) for e in each(metric, two, **rest)] == [("Ada", True), ("Bo", False)]


def test_garbage_in_laps_and_streams_is_a_refusal() -> None:
    junk: list[Any] = [math.nan, math.inf, -5.0, 0.0, None]
    for value in junk:
        bad = laps().with_columns(duration_s=pl.lit(value, pl.Float64))
        assert running_kick.estimate(runs(), splits=bad).reason == "NO_RACE_RECORD"
        spoilt = stream().with_columns(distance_m=pl.lit(value, pl.Float64))
        for metric in METRICS:
            assert not estimate(metric, runs=runs(), samples=spoilt).ok
    some = stream().with_columns(distance_m=pl.when(pl.col("t_s") % 7 == 0).then(math.nan).otherwise("distance_m"))
    assert running_kick.estimate(runs(), samples=some).value == pytest.approx(10.0, abs=0.3)


def test_a_track_of_positions_stands_in_for_a_distance() -> None:
    degree_m = math.pi / 180 * 6_371_008.8
    told = stream()
    north = told.with_columns(
        latitude_deg=45 + pl.col("distance_m") / degree_m, longitude_deg=pl.lit(9.0),
        distance_m=pl.lit(None, pl.Float64),
    )  # fmt: skip
    found = running_kick.estimate(runs(), samples=north)
    assert found.value == pytest.approx(running_kick.estimate(runs(), samples=told).value, abs=1e-3)
    assert any("taken from the positions" in note for note in found.notes)


@pytest.mark.skipif(not FITS.exists(), reason="the real files lie beside the checkout and are not here")
@pytest.mark.parametrize(
    ("file", "kick", "reason"),
    [
        ("muktihari__fit__triathlon_summary_last.fit", 11.6, None),
        ("wader__fq__activity_invalid_strings.fit", None, "KICK_NOT_ON_SPLIT"),
    ],
)
def test_real_recordings_told_to_be_races(file: str, kick: float | None, reason: str | None, tmp_path: Path) -> None:
    book = Logbook(tmp_path / "t.duckdb")
    book.add(read(FITS / file, Context(athlete="Ada")), file)
    day = book.log().runs["date"][0]
    sheet = tmp_path / "calendar.csv"
    sheet.write_text(f"athlete,date,kind,title,distance_m,notes\nAda,{day},race,told,,\n", encoding="utf-8")
    book.add(read(sheet, Context()), "calendar.csv")
    log = book.log()
    samples = book.samples(log.runs["session_id"])
    found = running_kick.estimate(log.runs, splits=log.splits, samples=samples, calendar=log.calendar)
    assert (found.value, found.reason) == (kick if kick is None else pytest.approx(kick, abs=0.1), reason)
    assert running_stride.estimate(log.runs, splits=log.splits, samples=samples, calendar=log.calendar).ok
