"""Metrics of jumps and legs (methods D4, D5, D11, D12): numbers, parts, conditions, charts, bad input, an export."""

from __future__ import annotations

import datetime as dt
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.estimate import Estimate, each
from analysis.frames import to_pandas
from analysis.importers import Context, read
from analysis.metrics import power_profile, power_reactive, retest_asymmetry
from analysis.own_tests import OwnTest
from analysis.stats.asymmetry import asymmetry
from analysis.stats.jump_force import profile
from trials_for_tests import DAY, JUMP, STANCE, session, trials

HEIGHTS = {0.0: 0.345, 10.0: 0.285, 20.0: 0.235, 30.0: 0.19, 40.0: 0.15}
BODY: dict[str, Any] = {"body_mass_kg": 62, "push_off_m": 0.36}
DROP: dict[str, Any] = {"test": "drop_jump", "protocol": "box 30 cm", "device": "OptoJump"}
HOP: dict[str, Any] = {"test": "hop", "measure": "height_m", "device": "mat"}
METRICS = (power_profile, power_reactive, retest_asymmetry)


def loads(day: int = 0, heights: dict[float, float] = HEIGHTS, **row: Any) -> list[dict[str, Any]]:
    return [r for kg, h in heights.items() for r in session(day, [h], **(JUMP | {"load_kg": kg} | row))]


def rebounds(day: int, heights: Any, contacts: Any, **row: Any) -> list[dict[str, Any]]:
    given = DROP | row
    return [
        *session(day, heights, measure="height_m", **given),
        *session(day, contacts, measure="contact_time_s", **given),
    ]


def hops(day: int, left: Any, right: Any, **row: Any) -> list[dict[str, Any]]:
    return [*session(day, left, side="left", **(HOP | row)), *session(day, right, side="right", **(HOP | row))]


# --- power_profile


def test_the_profile_is_the_handbook_example() -> None:
    found = power_profile.estimate(trials(loads()), **BODY)
    direct = profile(list(HEIGHTS.values()), list(HEIGHTS), **BODY)
    got = [found.part(name).value for name in ("F0", "Pmax", "Slope", "V0")]
    assert got == pytest.approx([30.14786108, 27.40083682, -8.292570897, 3.63552648], rel=1e-8)
    assert [found.value, found.low, found.high] == pytest.approx([direct.pmax_w_kg, *direct.interval("pmax_w_kg")])
    assert (found.unit, found.n, found.status) == ("W/kg", 5, "ok")
    used = dict(found.params)
    assert {k: used[k] for k in ("body_mass_kg", "push_off_m", "cv_height", "draws")} == BODY | {
        "cv_height": 0.05,
        "draws": 2000,
    }
    assert (used["good_loads"], used["good_r2"], used["push_off_range_m"]) == (4, 0.95, (0.15, 0.6))


def test_slope_and_v0_are_greyed() -> None:
    found = power_profile.estimate(trials(loads()), **BODY)
    assert [part.reason for part in found.parts] == [None, None, "NOT_REPEATABLE", "NOT_REPEATABLE"]
    assert power_profile.GREYED in found.notes


def test_the_mean_of_the_trials_counts_and_the_order_of_rows_does_not() -> None:
    rows = [r for kg, h in HEIGHTS.items() for r in session(0, [0.96 * h, h / 0.96], **(JUMP | {"load_kg": kg}))]
    frame = trials(rows)
    found = power_profile.estimate(frame, **BODY)
    assert found.value == pytest.approx(27.40083682, rel=1e-8)
    assert found.n == 10
    for other in (frame.sample(fraction=1, shuffle=True, seed=1), pl.concat([frame, frame]), to_pandas(frame)):
        assert power_profile.estimate(other, **BODY).value == pytest.approx(found.value, rel=1e-12)


def test_body_mass_and_push_off_from_the_device_the_table_or_nowhere() -> None:
    bare = trials(loads())
    assert power_profile.estimate(bare).reason == "BODY_MASS_MISSING"
    assert power_profile.estimate(bare, body_mass_kg=62).reason == "PUSHOFF_DISTANCE"
    assert power_profile.estimate(bare, body_mass_kg=62, push_off_m=0.9).reason == "PUSHOFF_DISTANCE"
    assert power_profile.estimate(bare, body_mass_kg=-1, push_off_m=0.36).reason == "BAD_INPUT"
    table = pl.DataFrame({"athlete": ["Ada", "Bo"], "body_mass_kg": [62.0, 80.0]})
    found = power_profile.estimate(bare, athletes=table, push_off_m=0.36)
    assert found.value == pytest.approx(27.40083682)
    assert dict(found.params)["body_mass_from"] == "from the athletes table"
    device = trials(
        loads(), session(0, [62.0], **(JUMP | {"measure": "body_mass_kg"})),
        session(0, [0.36], **(JUMP | {"measure": "push_off_distance_m"})),
    )  # fmt: skip
    found = power_profile.estimate(device, athletes=table.with_columns(body_mass_kg=90.0))
    assert found.value == pytest.approx(27.40083682)
    assert dict(found.params)["push_off_from"] == "stored by the device"
    other = pl.DataFrame({"athlete": ["Bo"], "body_mass_kg": [80.0]})
    assert power_profile.estimate(bare, athletes=other).reason == "BODY_MASS_MISSING"


def test_the_last_session_with_enough_loads_within_the_block() -> None:
    frame = trials(loads(), loads(42, {k: 1.05 * h for k, h in HEIGHTS.items()}), loads(50, {0.0: 0.4}))
    late, early = power_profile.estimate(frame, **BODY), power_profile.estimate(frame, end=DAY, **BODY)
    assert [dict(e.params)["date"] for e in (late, early)] == [DAY + dt.timedelta(42), DAY]
    assert (late.value or 0) > (early.value or 0)
    assert power_profile.estimate(frame, start=DAY + dt.timedelta(45), **BODY).reason == "TOO_FEW_LOADS"
    assert power_profile.estimate(frame, start=DAY + dt.timedelta(99), **BODY).reason == "NO_DATA"


def test_an_unloaded_jump_may_be_a_cmj_and_a_flat_line_is_refused() -> None:
    free = session(0, [0.345], test="cmj", measure="height_m", device="contact mat")
    loaded = loads(heights={k: h for k, h in HEIGHTS.items() if k})
    found = power_profile.estimate(trials(free, loaded), **BODY)
    assert found.value == pytest.approx(27.40083682)
    assert found.notes[0].startswith("Countermovement jump and loaded jump")
    flat = power_profile.estimate(trials(loads(heights={0.0: 0.2, 20.0: 0.25, 40.0: 0.3})), **BODY)
    assert (flat.reason, power_profile.FLAT in flat.notes) == ("SLOPE_NOT_NEGATIVE", True)


def test_one_jump_by_two_methods_is_one_jump() -> None:
    """Of a plate that writes both, the height from the push-off counts; the others are no jumps left aside."""
    flights = loads(heights={k: 1.1 * h for k, h in HEIGHTS.items()}, method="flight_time")
    frame = trials(flights, loads(method="impulse_momentum"))
    found = power_profile.estimate(frame, **BODY)
    assert found.value == pytest.approx(27.40083682)
    assert found.n == 5
    assert not any("left aside" in note for note in found.notes)


def test_the_chart_of_the_profile() -> None:
    found = power_profile.estimate(trials(loads()), **BODY)
    chart = found.chart().to_dict()
    assert [layer["mark"]["type"] for layer in chart["layer"]] == ["area", "line", "line", "rule", "point"]
    assert found.points is not None
    line = found.points.filter(pl.col("kind") == "line")
    assert line["force_n_kg"][0] == pytest.approx(found.part("F0").value)
    assert line["force_n_kg"][-1] == pytest.approx(0, abs=1e-9)
    assert (line["low"] <= line["force_n_kg"] + 1e-9).all()
    dots = found.points.filter(pl.col("kind") == "load")
    assert dots.filter((pl.col("low") < pl.col("force_n_kg")) & (pl.col("force_n_kg") < pl.col("high"))).height == 5


# --- power_reactive


def test_the_verdict_of_a_drop_jump() -> None:
    """Handbook R1 and D18: TE 0.09 of 3 trials, SWC 0.05, 4 % +- 4 % learning."""
    found = power_reactive.estimate(trials(rebounds(0, [0.28] * 3, [0.2] * 3), rebounds(42, [0.34] * 3, [0.19] * 3)))
    d = math.log(0.34 / 0.19) - math.log(0.28 / 0.2) - 0.04
    assert found.value == pytest.approx(100 * math.expm1(d))
    assert [found.te_pct, found.swc_pct] == pytest.approx([100 * math.expm1(0.09), 100 * math.expm1(0.05)])
    assert (found.n, dict(found.params)["scale"], found.status) == (6, "height_per_contact", "ok")
    assert "height / contact" in found.what
    assert "1.40 m/s" in found.notes[0]


def test_flight_times_give_both_scales() -> None:
    frame = trials(*(
        session(day, [value], measure=measure, **DROP)
        for day, tf, tc in ((0, 0.48, 0.2), (42, 0.53, 0.19))
        for measure, value in (("flight_time_s", tf), ("contact_time_s", tc))
    ))  # fmt: skip
    height, flight = (
        power_reactive.estimate(frame, scale=s, te=0.05) for s in ("height_per_contact", "flight_per_contact")
    )
    assert height.value == pytest.approx(100 * math.expm1(2 * math.log(0.53 / 0.48) + math.log(0.2 / 0.19) - 0.04))
    assert flight.value == pytest.approx(100 * math.expm1(math.log(0.53 / 0.48) + math.log(0.2 / 0.19) - 0.04))
    assert (height.what, flight.unit) != (flight.what, height.unit)


def test_rsi_modified_needs_a_stated_error() -> None:
    given: dict[str, Any] = {"test": "cmj", "measure": "rsi_modified", "device": "plate"}
    frame = trials(session(0, [0.40, 0.42], **given), session(42, [0.47, 0.48], **given))
    bare = power_reactive.estimate(frame, test="cmj", scale="modified")
    assert bare.reason == "NO_SWC"
    found = power_reactive.estimate(frame, test="cmj", scale="modified", te=0.06, swc=0.05)
    assert found.value == pytest.approx(100 * (math.sqrt(0.47 * 0.48 / (0.40 * 0.42)) * math.exp(-0.03) - 1))


def test_a_slow_contact_is_a_caution_and_an_impossible_one_is_left_out() -> None:
    slow = power_reactive.estimate(trials(rebounds(0, [0.28] * 3, [0.30] * 3), rebounds(42, [0.3] * 3, [0.28] * 3)))
    assert (slow.status, slow.reason) == ("caution", "SLOW_SSC")
    some = power_reactive.estimate(trials(rebounds(0, [0.28] * 3, [0.2, 0.2, 0.7]), rebounds(42, [0.3] * 3, [0.2] * 3)))
    assert (some.n, "1 jump with a contact outside" in " ".join(some.notes)) == (5, True)
    none = power_reactive.estimate(trials(rebounds(0, [0.28] * 2, [0.02] * 2), rebounds(42, [0.3] * 2, [0.02] * 2)))
    assert none.reason == "CONTACT_TIME_RANGE"


def test_the_box_is_part_of_the_test() -> None:
    pre = rebounds(0, [0.28] * 3, [0.2] * 3)
    other = power_reactive.estimate(trials(pre, rebounds(42, [0.33] * 3, [0.2] * 3, protocol="box 40 cm")))
    assert other.reason == "PROTOCOL_CHANGED"
    unknown = power_reactive.estimate(
        trials(rebounds(0, [0.3], [0.2], protocol=None), rebounds(42, [0.3], [0.2], protocol=None))
    )
    assert power_reactive.BOX in unknown.notes


def test_each_leg_is_a_part_and_the_chart_follows() -> None:
    days = [
        rebounds(day, [h] * 3, [0.2] * 3, side=side) for day, h in ((0, 0.15), (42, 0.18)) for side in ("left", "right")
    ]
    both = power_reactive.estimate(trials(*days))
    assert [part.what.rpartition(", ")[2] for part in both.parts] == ["left leg", "right leg"]
    assert both.chart().to_dict()["layer"][-1]["mark"]["type"] == "point"
    one = power_reactive.estimate(trials(days[0], days[2]))
    assert "height / contact (m/s)" in json.dumps(one.chart().to_dict())


def test_a_bare_rsi_counts_only_where_its_scale_is_told() -> None:
    given = DROP | {"measure": "rsi"}
    frame = trials(session(0, [1.5, 1.6], **given), session(42, [1.8, 1.8], **given))
    assert power_reactive.estimate(frame).reason == "RSI_SCALE_UNKNOWN"
    told = power_reactive.estimate(frame, rsi_scale="height_per_contact")
    assert told.value == pytest.approx(100 * (1.8 / math.sqrt(1.5 * 1.6) * math.exp(-0.04) - 1))
    assert power_reactive.estimate(frame, rsi_scale="flight_per_contact").reason == "NO_DATA"
    with pytest.raises(ValueError, match="expected one of"):
        power_reactive.estimate(frame, scale="rsi")


# --- retest_asymmetry


def test_the_difference_between_the_legs_is_the_handbook_example() -> None:
    left, right = [0.182, 0.176, 0.189], [0.161, 0.169, 0.164]
    found = retest_asymmetry.estimate(trials(hops(0, left, right)), test="hop", sd_log=0.05)
    assert (found.value, found.low, found.high) == pytest.approx((-10.16893965, -18.04456981, -2.293309488), rel=1e-8)
    used = dict(found.params)
    assert (used["bishop_pct"], used["beyond_noise"], used["df"]) == (pytest.approx(9.668992061), True, 10)
    assert used["consistent_side"] is None
    assert any("once is no pattern" in note for note in found.notes)


def test_consistent_over_sessions_and_the_last_one_speaks() -> None:
    frame = trials(
        *(hops(day, [0.18, 0.181, 0.182], [0.15, 0.151, 0.152]) for day in (0, 21)), hops(42, [0.17] * 2, [0.16])
    )
    found = retest_asymmetry.estimate(frame, test="hop")
    assert dict(found.params)["consistent_side"] == "left"
    assert [part.reason for part in found.parts] == [None, None, "TOO_FEW_TRIALS"]
    assert found.notes[0].startswith("26 Jan 2026: left 0.181 m (3), right 0.151 m (3). The left leg is better")
    assert dict(retest_asymmetry.estimate(frame, test="hop", end=DAY).params)["consistent_side"] is None
    assert retest_asymmetry.estimate(frame, test="hop", start=DAY + dt.timedelta(21)).value == found.value
    assert retest_asymmetry.estimate(frame, test="hop", start=DAY + dt.timedelta(22)).reason == "TOO_FEW_TRIALS"
    assert retest_asymmetry.estimate(frame, test="hop", start=DAY + dt.timedelta(43)).reason == "NO_DATA"
    swapped = trials(hops(0, [0.18, 0.181], [0.15, 0.151]), hops(21, [0.15, 0.151], [0.18, 0.181]))
    assert dict(retest_asymmetry.estimate(swapped, test="hop").params)["consistent_side"] is None


def test_another_device_is_left_aside() -> None:
    frame = trials(hops(0, [0.18, 0.181], [0.15, 0.151], device="plate"), hops(21, [0.18, 0.181], [0.15, 0.151]))
    found = retest_asymmetry.estimate(frame, test="hop")
    assert (len(found.parts), dict(found.params)["consistent_side"]) == (1, None)
    assert "1 sessions under other conditions are left aside." in found.notes


def test_faster_is_better_and_the_sd_of_the_test_is_pooled() -> None:
    test = OwnTest("step_down", "time_s", "lower_better")
    frame = trials(hops(0, [5.0, 5.1], [6.0, 6.1], test="step_down", measure="time_s"))
    assert (retest_asymmetry.estimate(frame, test=test).value or 0) < 0
    assert (retest_asymmetry.estimate(frame, test="step_down").value or 0) > 0
    assert (retest_asymmetry.estimate(frame, test="step_down", lower_is_better=True).value or 0) < 0
    cmj = trials(hops(0, [0.2, 0.21], [0.22, 0.23], test="cmj"))
    peer = asymmetry([0.2, 0.21], [0.22, 0.23], sd_log=0.05 * math.sqrt(1.5))
    assert retest_asymmetry.estimate(cmj, test="cmj").low == pytest.approx(float(peer.low))
    force = trials(hops(0, [900.0, 910.0], [950.0, 960.0], test="cmj", measure="peak_force_n"))
    assert dict(retest_asymmetry.estimate(force, test="cmj", measure="peak_force_n").params)["df"] == 2


def test_stance_times_keep_their_cap() -> None:
    """Right leg 2.2 times as long by the posteriors; one capped trial is a caution, a capped leg an open end."""
    frame = trials(
        session(0, [14.2, 22.5, 18.9], **STANCE), session(0, [31.0, 45.0, 38.4], **(STANCE | {"side": "right"}))
    )
    found = retest_asymmetry.estimate(frame)
    assert found.value == pytest.approx(100 * 0.803844877, abs=0.5)
    assert (found.status, found.reason) == ("caution", "SOME_CAPPED")
    assert (found.high or 0) - (found.low or 0) < 2 * 1.96 * 100 * 0.4263450436  # less day noise than a change
    used = dict(found.params)
    assert (used["prior_log_mean"], used["prior_log_sd"]) == (pytest.approx(math.log(20)), 1.2)
    open_eyes = retest_asymmetry.estimate(frame.with_columns(protocol=pl.lit("eyes open")))
    assert dict(open_eyes.params)["prior_log_mean"] == pytest.approx(math.log(60))
    capped = trials(session(0, [14.2, 12.5], **STANCE), session(0, [45.0, 45.0], **(STANCE | {"side": "right"})))
    one = retest_asymmetry.estimate(capped)
    assert (one.reason, one.high, dict(one.params)["beyond_noise"]) == ("AT_CEILING", None, (one.low or 0) > 0)
    assert "right all at the cap (2)" in one.notes[0]
    both = trials(session(0, [45.0, 45.0], **STANCE), session(0, [45.0, 45.0], **(STANCE | {"side": "right"})))
    assert retest_asymmetry.estimate(both).reason == "BOTH_AT_CEILING"
    other = trials(hops(0, [40.0, 30.0], [60.0, 60.0], test="side_plank", measure="time_s", cap_s=60.0))
    assert retest_asymmetry.estimate(other, test="side_plank").reason == "SOME_CAPPED"


def test_a_device_with_many_measures_asks_for_one() -> None:
    frame = trials(*(hops(0, [9.0, 9.1], [9.5, 9.6], measure=m) for m in ("braking_rfd_n_s", "peak_force_n")))
    found = retest_asymmetry.estimate(frame, test="hop")
    assert (found.reason, found.notes) == ("MEASURE_UNCLEAR", ("State measure: one of braking_rfd_n_s, peak_force_n.",))
    assert retest_asymmetry.estimate(frame, test="hop", measure="peak_force_n").ok


def test_the_chart_shows_both_legs() -> None:
    found = retest_asymmetry.estimate(trials(hops(0, [0.18, 0.181], [0.15, 0.151])), test="hop")
    chart = found.chart().to_dict()
    assert {layer["mark"]["shape"] for layer in chart["layer"]} == {"circle", "square"}
    assert "Jump height (m)" in json.dumps(chart)
    assert found.points is not None
    assert found.points.group_by("side", "kind").len().sort("side", "kind")["len"].to_list() == [1, 2, 1, 2]


# --- all three


def garbage() -> dict[str, pl.DataFrame]:
    good = trials(loads(), rebounds(0, [0.28], [0.2]), hops(0, [0.18], [0.15]), session(0, [12.0], **STANCE))
    value = pl.col("value")
    return {
        "empty": good.clear(), "one row": good.head(1), "all invalid": good.with_columns(valid=pl.lit(value=False)),
        "null": good.with_columns(value=pl.lit(None, pl.Float64)),
        "infinite": good.with_columns(value=value * math.inf),
        "NaN": good.with_columns(value=value * math.nan), "negative": good.with_columns(value=-value),
        "zero": good.with_columns(value=0 * value), "in mm": good.with_columns(value=1e3 * value),
        "no load": good.with_columns(load_kg=pl.lit(None, pl.Float64)),
        "no device": good.with_columns(device=pl.lit(None, pl.String)),
        "twice": pl.concat([good, good]), "unsorted": good.reverse(),
    }  # fmt: skip


def numbers(found: Estimate) -> list[float]:
    own = [v for e in (found, *found.parts) for v in (e.value, e.low, e.high) if v is not None]
    frame = found.points
    drawn = (
        []
        if frame is None
        else [v for c in frame.columns if frame[c].dtype == pl.Float64 for v in frame[c].drop_nulls()]
    )
    return [*own, *drawn]


@pytest.mark.parametrize("name", sorted(garbage()))
@pytest.mark.parametrize("metric", METRICS, ids=lambda m: m.__name__.rpartition(".")[2])
def test_bad_frames_are_refused_or_answered_from_the_rest(metric: Any, name: str) -> None:
    options = {"power_profile": BODY, "power_reactive": {}, "retest_asymmetry": {"test": "hop"}}
    found = metric.estimate(garbage()[name], **options[metric.__name__.rpartition(".")[2]])
    assert found.reason or found.ok
    assert np.isfinite(numbers(found)).all()
    assert found.html()
    if name in ("empty", "one row", "all invalid", "null", "infinite", "NaN", "negative", "zero"):
        assert not found.ok


@pytest.mark.parametrize("metric", METRICS, ids=lambda m: m.__name__.rpartition(".")[2])
def test_one_athlete_at_a_time(metric: Any) -> None:
    ada = trials(loads(), rebounds(0, [0.28], [0.2]), session(0, [12.0], **STANCE))
    frame = pl.concat([ada, ada.with_columns(athlete=pl.lit("Bo"), trial_id="b" + pl.col("trial_id"))])
    with pytest.raises(ValueError, match="one athlete at a time"):
        metric.estimate(frame)
    assert [e.who for e in each(metric, frame)] == ["Ada", "Bo"]


def test_jumps_of_a_my_jump_export(tmp_path: Path) -> None:
    """The 10/5 test of two days: heights from the phone's flight times over contact times, all ten of a day."""
    header = 'Date,Team,Name,Body weight(kg),"Push-off distance (hp0, in m)",RSI 10-5,CMJ (cm),Jump 1 (cm),Jump 2 (cm),'
    rows = (
        "2025-03-14,T,Ada,60,0.35,1.5,31.2,28.0,27.5,180,190",
        "2025-05-14,T,Ada,61,0.35,1.9,31.9,30.0,29.5,175,183",
    )
    (tmp_path / "jumps.csv").write_text("\n".join([f"{header}Contact time 1 (ms),Contact time 2 (ms)", *rows, ""]))
    frame = read(tmp_path / "jumps.csv", Context(athlete="Ada")).tables["trials"]
    found = power_reactive.estimate(frame, test="rebound_10_5")
    index = [math.sqrt(0.28 / 0.18 * 0.275 / 0.19), math.sqrt(0.30 / 0.175 * 0.295 / 0.183)]
    assert found.value == pytest.approx(100 * (index[1] / index[0] * math.exp(-0.04) - 1))
    assert power_profile.estimate(frame).reason == "TOO_FEW_LOADS"
