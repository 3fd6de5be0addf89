"""The metric `running_sprint_profile` (methods D7-D10): start corrections, runs, changes, refusals, charts."""

from __future__ import annotations

import datetime as dt
import math
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.estimate import Verdict, each
from analysis.metrics import running_sprint_profile as metric
from analysis.metrics._sprint_start import offset_told, start_of
from analysis.stats._kinematics import time_at_distance
from analysis.stats.sprint_model import fit_splits
from sprint_adapters import ADAPTERS
from trials_for_tests import SPRINT, session, trials

GATES = (5.0, 10.0, 15.0, 20.0, 30.0)
BEHIND: dict[str, Any] = {"protocol": "standing start, 0.5 m behind the gate"}


def runs(
    day: int, v: float = 8.3, tau: float = 1.25, start: float = 0.5, gates: tuple[float, ...] = GATES, n: int = 2,
    noise: float = 0.004, **row: Any,
) -> list[dict[str, Any]]:  # fmt: skip
    """The runs of a session `day` days after the first of the tests: split times to the millisecond."""
    rng, out = np.random.default_rng(day), []
    for gate in gates:
        exact = float(time_at_distance(gate + start, v, tau) - time_at_distance(start, v, tau))
        out += session(
            day, np.round(exact + rng.normal(0, noise, n), 3).tolist(), **(SPRINT | {"distance_m": gate} | row)
        )
    return out


def test_the_profile_is_that_of_the_log_mean_splits_with_the_offset_of_the_protocol() -> None:
    rows = trials(runs(0, **BEHIND))
    found = metric.estimate(rows, who="Ada")
    means = rows.group_by("distance_m").agg(pl.col("value").log().mean().exp()).sort("distance_m")
    fit = fit_splits(means["distance_m"], means["value"], start_offset_m=0.5)
    assert (found.value, found.low) == pytest.approx((float(fit.vmax_mps.value), float(fit.vmax_mps.low)), rel=1e-12)
    assert (found.low or 9) < 8.3 < (found.high or 0)
    assert (found.status, found.reason, found.n) == ("ok", None, 2)
    told = [p.what for p in found.parts]
    assert told == ["Maximal speed V", "Time constant tau", "Acceleration at the start a0", "Peak power Pmax"]
    used = dict(found.params)
    assert (used["offset_used_m"], used["correction"], used["clock_s"]) == (0.5, "none", 0.01)
    assert "0.5 m behind the first gate" in " ".join(found.notes)


@pytest.mark.parametrize(
    ("protocol", "metres"),
    [
        ("Standing start at the gate", 0.0), ("standing start at gate", 0.0), ("start ON the first line", 0.0),
        ("0.5 m behind the gate", 0.5), ("50 cm behind", 0.5), ("standing start 0.5 m", 0.5), ("start: 0,3 m", 0.3),
        ("two-point start 30 cm back", 0.3), ("1 m from the first gate", 1.0), ("behind 0.3 m", 0.3),
        ("0.5 m behind the line, first split at the gate", 0.5), ("hand release touch pad", 0.0),
        ("30 m from standing", None), ("standing start 30 m", None), ("flying 10 m at the gate", None), ("", None),
        (None, None), ("as usual", None), ("rolling start at gate", None),
    ],
)  # fmt: skip
def test_what_a_protocol_says_about_the_start(protocol: str | None, metres: float | None) -> None:
    assert offset_told(protocol) == metres


def test_a_start_is_stated_written_fitted_or_refused_but_never_assumed() -> None:
    """Trap: a sprint model without start correction."""
    written, unknown = trials(runs(0, **BEHIND)), trials(runs(0))
    stated = metric.estimate(unknown, start_offset_m=0.5)
    assert (stated.value, stated.status) == (metric.estimate(written).value, "ok")
    fitted = metric.estimate(unknown)
    assert (fitted.status, fitted.reason) == ("caution", "START_UNKNOWN")
    assert dict(fitted.params)["correction"] == "time"
    assert fitted.part("Time correction tc").value == pytest.approx(0.35, abs=0.1)
    four = trials(runs(0, gates=(5.0, 10.0, 20.0, 30.0)))
    assert metric.estimate(four).reason == "START_UNKNOWN"
    at_gate = metric.estimate(four, start_offset_m=0.0)
    assert at_gate.ok
    assert any("stood behind the gate after all" in note for note in at_gate.notes)
    signal = start_of("starting gun, reaction time included", 5)
    assert signal is not None
    assert (signal.correction, signal.known) == ("time", True)


def test_a_stated_start_goes_before_the_protocol_and_never_two() -> None:
    rows = trials(runs(0, **BEHIND))
    free = metric.estimate(rows, time_correction=True)
    assert (dict(free.params)["correction"], free.status) == ("time", "ok")
    assert dict(metric.estimate(rows, time_correction=False).params)["offset_used_m"] == 0.0
    assert metric.estimate(rows, time_correction=True, start_offset_m=0.3).reason == "OFFSET_AND_TC"
    assert metric.estimate(rows, start_offset_m=-1.0).reason == "BAD_INPUT"


def test_a_start_far_behind_the_gate_is_a_caution() -> None:
    found = metric.estimate(trials(runs(0, start=1.5)), time_correction=True)
    assert (found.status, found.reason) == ("caution", "START_FAR_BEHIND")


def test_only_complete_runs_that_increase_count() -> None:
    sound = trials(runs(0, n=3, **BEHIND))
    one = metric.estimate(sound.filter(pl.col("trial") != 3))
    lacking = metric.estimate(sound.filter((pl.col("trial") != 3) | (pl.col("distance_m") != 15)))
    backwards = metric.estimate(
        sound.with_columns(
            pl.when((pl.col("trial") == 3) & (pl.col("distance_m") == 15)).then(9.0).otherwise("value").alias("value")
        )
    )
    twice = sound.filter(pl.col("trial") == 3).with_columns(pl.col("value") + 0.1, pl.col("trial_id") + "x")
    for other in (lacking, backwards, metric.estimate(pl.concat([sound, twice]))):
        assert other.value == pytest.approx(one.value, rel=1e-12)
        assert other.n == 2
        assert any(note.startswith("1 run left out") for note in other.notes)
    assert not any("left out" in note for note in one.notes)


def test_changes_of_v_with_a_verdict_of_the_others_without() -> None:
    """By hand: log changes of the fitted numbers, 0.5 % learning off; V 3 % faster, te 0.015, 6 df."""
    rows = trials(runs(0, 8.0, 1.25, **BEHIND), runs(42, 8.4, 1.2, **BEHIND))
    found = metric.estimate(rows, who="Ada")
    first = metric.estimate(rows.filter(pl.col("date") == rows["date"].min()))
    v = found.part("Change of maximal speed V")
    assert isinstance(v, Verdict)
    assert v.value == pytest.approx(100 * math.expm1(math.log((found.value or 0) / (first.value or 1)) - 0.005))
    assert v.te_pct == pytest.approx(100 * math.expm1(0.015 * math.sqrt(0.5 + 0.5 * 3 / 2)))
    assert v.swc_pct == pytest.approx(100 * math.expm1(0.01))
    assert (bool(v.word), v.n) == (True, 4)
    for name, te in (("time constant tau", 0.08), ("acceleration at the start a0", 0.07)):
        part = found.part(f"Change of {name}")
        assert isinstance(part, Verdict)
        assert (part.word, part.swc_pct, part.p_above_swc, part.sessions_needed) == ("", None, None, None)
        assert part.te_pct == pytest.approx(100 * math.expm1(te * math.sqrt(0.5 + 0.5 * 3 / 2)))
        assert (part.low or 9) < (part.value or 0) < (part.high or -9)
        assert any("no verdict" in note for note in part.notes)
    tau = found.part("Change of time constant tau")
    taus = [e.part("Time constant tau").value or 1 for e in (first, found)]
    assert tau.value == pytest.approx(100 * (taus[1] / taus[0] - 1))
    assert found.part("Change of peak power Pmax").ok


def test_faster_is_better_for_speed_and_neither_for_tau() -> None:
    """Trap: the sign. A higher V is an improvement although its times are shorter."""
    up = metric.estimate(trials(runs(0, 7.6, **BEHIND), runs(42, 8.6, **BEHIND)))
    down = metric.estimate(trials(runs(0, 8.6, **BEHIND), runs(42, 7.6, **BEHIND)))
    words = [str(e.part("Change of maximal speed V").row()["word"]) for e in (up, down)]
    assert [w.split("_")[0] for w in words] == ["improved", "declined"]
    assert up.part("Change of time constant tau").row()["p_better"] is None


@pytest.mark.parametrize(
    ("row", "gates", "reason"),
    [
        ({"device": "laser gates"}, GATES, "DEVICE_CHANGED"),
        ({"protocol": "at the gate"}, GATES, "PROTOCOL_CHANGED"),
        ({}, (5.0, 10.0, 20.0, 30.0), "PROTOCOL_CHANGED"),
    ],
)
def test_a_change_takes_the_same_conditions(row: dict[str, Any], gates: tuple[float, ...], reason: str) -> None:
    found = metric.estimate(trials(runs(0, **BEHIND), runs(42, gates=gates, **(BEHIND | row))))
    assert found.ok
    assert {p.reason for p in found.parts if p.what.startswith("Change")} == {reason}


def test_an_uncertain_fit_widens_the_change_beyond_the_literature() -> None:
    short = metric.estimate(trials(runs(0), runs(42)), time_correction=True).part(
        "Change of acceleration at the start a0"
    )
    known = metric.estimate(trials(runs(0), runs(42)), start_offset_m=0.5).part(
        "Change of acceleration at the start a0"
    )
    assert (short.high or 0) - (short.low or 0) > (known.high or 0) - (known.low or 0)


def test_body_mass_and_height_add_the_force_line() -> None:
    rows = trials(runs(0, **BEHIND))
    found = metric.estimate(rows, body_mass_kg=62, height_m=1.74)
    force = found.part("Force-velocity line, force at rest F0")
    expected = ADAPTERS["D10.sprint_fv"](
        {"vmax": found.value, "tau": found.part("Time constant tau").value, "mass": 62, "height": 1.74}
    )
    values = [force.value, *(p.value for p in force.parts)]
    assert values == pytest.approx([expected[n] for n in ("F0_Nkg", "V0", "Pmax_Wkg", "Sfv", "RFmax_pct", "DRF_pct")])
    assert all((p.low or 0) < (p.value or 0) < (p.high or 0) for p in (force, *force.parts))
    assert metric.estimate(rows, body_mass_kg=62, height_m=1.74) == found
    wrong = metric.estimate(rows, body_mass_kg=62, height_m=174.0)
    assert wrong.part("Force-velocity line, force at rest F0").reason == "BAD_INPUT"
    assert wrong.ok


@pytest.mark.parametrize("device", ["stopwatch", "timed by hand"])
def test_hand_timing_is_refused(device: str) -> None:
    """Trap: the hand-timed short sprint."""
    assert metric.estimate(trials(runs(0, device=device, **BEHIND))).reason == "HAND_TIMED"


def test_a_coarser_clock_widens_the_interval() -> None:
    gates, video = (metric.estimate(trials(runs(0, device=d, **BEHIND))) for d in ("gates", "phone video"))
    assert (video.high or 0) - (video.low or 0) > 1.5 * ((gates.high or 0) - (gates.low or 0))


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (trials(), "NO_DATA"),
        (trials(session(0, [3.1], **SPRINT)), "TOO_FEW_SPLITS"),
        (trials(runs(0, gates=(5.0, 10.0, 20.0), **BEHIND)), "TOO_FEW_SPLITS"),
        (trials(runs(0, gates=(2.0, 5.0, 10.0, 15.0), **BEHIND)), "DISTANCE_TOO_SHORT"),
        (trials(runs(0, **BEHIND)).with_columns(pl.col("value") * 1000), "BAD_INPUT"),
        (trials(runs(0, **BEHIND)).with_columns(pl.lit(math.inf).alias("value")), "BAD_INPUT"),
        (trials(runs(0, **BEHIND)).with_columns(pl.lit(None, pl.Float64).alias("value")), "BAD_INPUT"),
        (trials(runs(0, **BEHIND)).with_columns(pl.lit(4.0).alias("value")), "SPLITS_NOT_MONOTONE"),
        (trials(runs(0, **BEHIND)).with_columns(pl.lit(None, pl.Float64).alias("distance_m")), "BAD_INPUT"),
        (trials(runs(0, **BEHIND)).with_columns((pl.col("distance_m") / 8).alias("value")), "PROFILE_NOT_IDENTIFIED"),
    ],
)
def test_refusals(rows: pl.DataFrame, reason: str) -> None:
    found = metric.estimate(rows)
    assert (found.value, found.reason, found.unit) == (None, reason, "m/s")
    assert dict(found.params)["min_splits"] == 4
    assert found.html()
    assert found.chart() is None


def test_order_duplicates_names_and_several_athletes() -> None:
    rows = trials(runs(0, **BEHIND), runs(42, 8.4, **BEHIND))
    one = metric.estimate(rows)
    for other in (rows.reverse(), pl.concat([rows, rows]), rows.with_columns(athlete=pl.lit("Zoë"))):
        assert metric.estimate(other) == one
    two = pl.concat([rows, rows.with_columns(pl.col("trial_id") + "b", athlete=pl.lit("Bo"))])
    with pytest.raises(ValueError, match="one athlete"):
        metric.estimate(two)
    assert [e.who for e in each(metric, two)] == ["Ada", "Bo"]
    assert metric.estimate(two, who="Bo").value == one.value


def test_the_last_session_of_the_block_speaks() -> None:
    rows = trials(runs(0, 7.9, **BEHIND), runs(42, 8.1, **BEHIND), runs(100, 8.6, **BEHIND))
    day = dt.date(2026, 1, 5)
    found = metric.estimate(rows, start=day, end=day + dt.timedelta(days=42))
    assert found.value == pytest.approx(8.1, rel=0.02)
    assert metric.estimate(rows).value == pytest.approx(8.6, rel=0.02)
    assert metric.estimate(rows, end=day - dt.timedelta(days=30)).reason == "NO_DATA"
    assert any("16 Feb" in note for note in found.notes)


def test_each_foot_is_a_profile_of_its_own() -> None:
    rows = trials(runs(0, side="left", n=3, **BEHIND), runs(0, 8.0, side="right", **BEHIND))
    found = metric.estimate(rows)
    assert found.what.endswith("left foot first")
    assert found.parts[-1].what.endswith("right foot first")


def test_charts_hold_curve_gates_and_band() -> None:
    found = metric.estimate(trials(runs(0, **BEHIND), runs(42, **BEHIND)), body_mass_kg=62, height_m=1.74)
    points = found.points
    assert points is not None
    curve = points.filter(pl.col("kind") == "curve")
    assert curve["speed_mps"][0] == 0
    assert (curve["low"] <= curve["speed_mps"]).all()
    assert (curve["speed_mps"] <= curve["high"]).all()
    assert points.filter(pl.col("kind") == "gate")["distance_m"].to_list() == [g + 0.5 for g in GATES]
    mean = points.filter(pl.col("kind") == "between gates")
    assert mean.height == 5
    assert all(a < b for a, b in pairwise(mean["speed_mps"]))
    spec = found.chart().to_dict()
    assert sum(layer["mark"]["type"] == "rule" for layer in spec["layer"]) == 5
    force = found.part("Force-velocity line, force at rest F0").chart().to_dict()
    assert {layer["mark"]["type"] for layer in force["layer"]} == {"area", "line", "point"}
    assert found.part("Change of maximal speed V").chart() is not None


def test_between_gates_lies_on_the_curve_of_an_exact_run() -> None:
    exact = trials(runs(0, noise=0.0, **BEHIND))
    points = metric.estimate(exact).points
    assert points is not None
    mean = points.filter(pl.col("kind") == "between gates")
    fit = fit_splits(GATES, exact.filter(pl.col("trial") == 1).sort("distance_m")["value"], start_offset_m=0.5)
    assert fit.speed_at(mean["distance_m"]).value == pytest.approx(mean["speed_mps"].to_numpy(), abs=0.01)


@pytest.mark.parametrize(
    ("method", "given", "reason"),
    [
        ("D8.sprint_2p", {}, "BAD_INPUT"),
        ("D8.sprint_2p", {"dist": [5, 10, 20, 30], "time": [1.4, 2.2, 3.6]}, "BAD_INPUT"),
        ("D8.sprint_2p", {"dist": [5, 10, 20, None], "time": [1.4, 2.2, 3.6, 4.8]}, "BAD_INPUT"),
        ("D8.sprint_2p", {"dist": [], "time": []}, "TOO_FEW_SPLITS"),
        ("D8.sprint_2p", {"dist": [5, 10, 20, 30], "time": [1.4, 2.2, 2.1, 4.8]}, "SPLITS_NOT_MONOTONE"),
        ("D9.sprint_tc", {"dist": [5, 10, 20, 30], "time": [1.4, 2.2, 3.6, 4.8]}, "TOO_FEW_SPLITS"),
        ("D9.sprint_offset", {"dist": [5, 10, 20, 30, 40], "time": [1.4, 2.2, 3.6, 4.8, 6.0], "start_offset_m": 0.5,
                              "tc": True}, "OFFSET_AND_TC"),
        ("D8.sprint_time", {"dist_m": [5], "vmax": 0, "tau": 1}, "BAD_INPUT"),
        ("D8.sprint_time", {"vmax": 8, "tau": 1}, "BAD_INPUT"),
        ("D10.sprint_fv", {"vmax": 8, "tau": 1, "mass": None, "height": 1.7}, "BAD_INPUT"),
    ],
)  # fmt: skip
def test_the_handbooks_refusals(method: str, given: dict[str, Any], reason: str) -> None:
    found = ADAPTERS[method](given)
    assert (found["status"], found["reason"]) == ("refused", reason)
