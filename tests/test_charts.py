"""What each picture promises is in its specification: marks, second cues, hatched unknown days, words on the axes."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
import pytest

import test_metrics_bad_input as given
from analysis import charts
from analysis.estimate import Estimate, Verdict
from analysis.metrics import (
    load_contacts,
    load_ewma,
    load_monotony,
    load_progression,
    load_ratio,
    load_session_rpe,
    power_profile,
    power_reactive,
    retest_asymmetry,
    retest_several,
    retest_trend,
    running_sprint_profile,
    stability_stance,
    strength_trend,
)
from frames_for_tests import DAY, sessions_frame, sets_frame, weekly_sets
from trials_for_tests import JUMP, STANCE, session, trials

BLOCK: dict[str, Any] = {"start": DAY, "end": DAY + dt.timedelta(41)}
PROMISED: dict[str, set[str]] = {
    "fatigue_bar_speed": {"point", "rule"},
    "fatigue_habits": {"bar"},
    "fatigue_hrv": {"area", "line", "point"},
    "fatigue_jump": {"point", "rule"},
    "fatigue_model": {"line"},
    "fatigue_niggle": {"point", "rule"},
    "fatigue_response": {"point", "rule"},
    "fatigue_sleep": {"line", "point", "rule"},
    "fatigue_velocity_loss": {"point", "rule"},
    "fatigue_wellness": {"area", "point", "rule"},
    "load_adherence": {"bar", "point"},
    "load_compare": {"line", "point"},
    "load_deload": {"bar"},
    "load_ewma": {"line", "point"},
    "load_hard_sets": {"bar"},
    "load_monotony": {"bar", "rule"},
    "load_patterns": {"bar"},
    "load_progression": {"line", "point"},
    "load_ramp": {"bar", "point"},
    "load_ratio": {"line", "rule"},
    "load_session_rpe": {"bar"},
    "load_volume": {"bar"},
    "load_week": {"point", "text"},
    "load_zones": {"bar"},
    "power_jump": {"rect", "rule", "point"},
    "power_profile": {"area", "line", "rule", "point"},
    "power_reactive": {"rule", "point"},
    "retest_asymmetry": {"point"},
    "retest_trend": {"line", "rule", "point"},
    "running_critical_speed": {"line", "point"},
    "running_decay": {"line", "point"},
    "running_kick": {"line", "point", "rule"},
    "running_reserve": {"bar"},
    "running_sprint": {"rect", "rule", "point"},
    "running_sprint_profile": {"area", "line", "point", "rule"},
    "running_stride": {"bar", "rule"},
    "running_transfer": {"point", "rule"},
    "running_trimp": {"bar", "rule"},
    "running_volume": {"bar"},
    "stability_stance": {"rect", "rule", "point"},
    "strength_bar_speed": {"rect", "rule", "point"},
    "strength_block_gain": {"rule", "point"},
    "strength_e1rm": {"rule", "point"},
    "strength_trend": {"area", "line", "rule", "point"},
    "strength_velocity": {"line", "rule", "point"},
}


def units(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every single mark of a specification."""
    if "mark" in spec:
        yield spec
    for inner in [*spec.get("layer", []), *spec.get("vconcat", [])]:
        yield from units(inner)


def drawn(found: Estimate) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    spec = found.chart().to_dict()
    return spec, list(units(spec))


def marks(found: Estimate) -> set[str]:
    return {one["mark"]["type"] for one in drawn(found)[1]}


def rows(spec: dict[str, Any], one: dict[str, Any]) -> list[dict[str, Any]]:
    data: list[dict[str, Any]] = spec["datasets"][one["data"]["name"]]
    return data


def hatches(found: Estimate) -> list[dict[str, Any]]:
    """The rows of the diagonal rules: those that run across and upwards at once."""
    spec, all_ = drawn(found)
    return [
        row for one in all_ if one["mark"]["type"] == "rule" and {"x2", "y2"} <= one["encoding"].keys()
        for row in rows(spec, one)
    ]  # fmt: skip


def rated(*unknown: int) -> pl.DataFrame:
    """A session of 300 AU on every day of the block; without a rating on the days `unknown`."""
    return sessions_frame({"day": d, "minutes": 60, "rpe": None if d in unknown else 5 + d % 2} for d in range(42))


@pytest.mark.parametrize("name", PROMISED)
def test_each_metric_draws_its_marks_and_says_its_unit(name: str) -> None:
    found = given.estimate(name, given.CASES[name][0]())
    spec, all_ = drawn(found)
    assert {one["mark"]["type"] for one in all_} == PROMISED[name]
    assert spec["description"] == str(found)
    assert spec["title"]["text"] == found.what
    assert max(map(len, spec["title"]["subtitle"])) <= 100, "no wider than the chart"
    titles = [one["encoding"][axis].get("title") for one in all_ for axis in ("x", "y") if axis in one["encoding"]]
    assert any(titles)
    assert not [t for t in titles if t and ("_" in t or "\u2014" in t)], "words, not names of columns"


def test_every_metric_with_a_chart_is_above_or_below() -> None:
    elsewhere = {"load_contacts", "retest_error", "running_zones", "strength_tempo", "retest_rest"}
    elsewhere |= {"running_decoupling"}
    assert given.CASES.keys() - PROMISED.keys() <= elsewhere


def test_the_trend_has_a_band_a_line_and_a_cross_at_each_outlier() -> None:
    kg = [60.0 + 0.5 * i for i in range(24)]
    kg[8], kg[15] = 52.0, 80.0
    found = strength_trend.estimate(weekly_sets(kg), exercise="back_squat")
    spec, all_ = drawn(found)
    assert [one["mark"]["type"] for one in all_[:2]] == ["area", "line"]
    crosses = next(one for one in all_ if one["mark"].get("shape") == "cross")
    assert len(rows(spec, crosses)) == 2
    assert "cross: outlier" in crosses["encoding"]["x"]["title"]
    smooth = strength_trend.estimate(weekly_sets([60.0 + 0.5 * i for i in range(24)]), exercise="back_squat")
    assert "cross" not in json.dumps(drawn(smooth)[1])


@pytest.mark.parametrize("metric", [load_session_rpe, load_ewma])
def test_unknown_days_are_hatched_and_only_they(metric: Any) -> None:
    found = metric.estimate(rated(9, 10, 30), **BLOCK)
    where = {str(row.get("left", row["date"]))[:10] for row in hatches(found)}
    assert len(where) == 3
    assert "hatched: load unknown" in json.dumps(found.chart().to_dict())
    assert hatches(metric.estimate(rated(), **BLOCK)) == []


def test_weeks_without_a_monotony_are_hatched() -> None:
    found = load_monotony.estimate(rated(15), **BLOCK)
    assert {row["week"] for row in hatches(found)} == {"19 Jan"}


@pytest.mark.parametrize("kind", [dt.date, str])
def test_hatching_is_slanted_and_dense_enough_to_be_seen(kind: type) -> None:
    days = [DAY + dt.timedelta(i) for i in range(6)]
    x = days if kind is dt.date else [f"{day:%d %b}" for day in days]
    frame = pl.DataFrame({"x": x, "y": [10.0] * 6, "none": [False, True, False, False, False, False]})
    spec = charts.hatched(frame, "x", "y", "none", x_title="X", y_title="Y").to_dict()
    lines = next(iter(spec["datasets"].values()))
    assert len(lines) >= 5
    assert all(row["to"] > row["from"] for row in lines)
    assert max(row["to"] for row in lines) == pytest.approx(10.0)


def test_the_interval_plot_has_the_zone_of_the_smallest_change_and_says_so() -> None:
    spec = charts.forest(
        pl.DataFrame({"label": ["a"], "value": [1.0], "low": [-1.0], "high": [3.0]}), x_title="Change (%)", swc=2.5
    ).to_dict()
    zone = next(one for one in units(spec) if one["mark"]["type"] == "rect")
    assert rows(spec, zone) == [{"from": -2.5, "to": 2.5}]
    assert charts.SWC_WORDS in json.dumps(spec)
    bare = charts.forest(pl.DataFrame({"label": ["a"], "value": [1.0], "low": [0.0], "high": [2.0]}), x_title="X")
    assert charts.SWC_WORDS not in json.dumps(bare.to_dict())


def test_two_legs_are_two_shapes_side_by_side_and_a_stop_is_a_triangle() -> None:
    legs = [
        session(day, [value, 45.0, value + 4], **STANCE | {"side": side})
        for day in (0, 40)
        for side, value in (("left", 20.0), ("right", 24.0))
    ]
    found = retest_asymmetry.estimate(trials(*legs))
    looks = {(one["mark"]["shape"], one["mark"]["xOffset"]) for one in drawn(found)[1]}
    assert looks == {("circle", -6), ("square", 6), ("triangle-up", -6), ("triangle-up", 6)}
    one_leg = stability_stance.estimate(trials(*legs), **BLOCK).parts[0]
    assert {one["mark"].get("shape") for one in drawn(one_leg)[1]} == {None, "circle", "triangle-up"}


def test_single_trials_are_hollow_and_the_axis_says_so() -> None:
    jumps = trials(*[session(day, [0.30, 0.31, 0.29], **JUMP) for day in (0, 40)])
    found = given.estimate("power_jump", jumps)
    all_ = drawn(found)[1]
    assert [one["mark"].get("filled") for one in all_] == [None, False, True]
    assert "hollow: single trials" in all_[1]["encoding"]["x"]["title"]


def test_the_sprint_curve_stands_on_its_gates() -> None:
    found = given.estimate("running_sprint_profile", given.CASES["running_sprint_profile"][0]())
    spec, all_ = drawn(found)
    gates = [rows(spec, one)[0]["at"] for one in all_ if one["mark"]["type"] == "rule"]
    assert gates == pytest.approx([g + gates[0] - 5 for g in given.SPLITS])
    assert "dashed: gates" in all_[0]["encoding"]["x"]["title"]


def test_the_force_velocity_lines_have_points() -> None:
    runs = given.CASES["running_sprint_profile"][0]()
    whole = running_sprint_profile.estimate(runs, body_mass_kg=62, height_m=1.7)
    force = whole.part("Force-velocity line, force at rest F0")
    spec, all_ = drawn(force)
    assert [one["mark"]["type"] for one in all_] == ["area", "line", "point"]
    ends = rows(spec, all_[2])
    assert ends[0]["speed_mps"] == 0
    assert ends[0]["force_nkg"] == pytest.approx(force.value)
    assert ends[1]["force_nkg"] == pytest.approx(0, abs=1e-9)
    jumps = [session(0, [h], **(JUMP | {"load_kg": kg})) for kg, h in {0.0: 0.345, 20.0: 0.235, 40.0: 0.15}.items()]
    profile = power_profile.estimate(trials(*jumps), body_mass_kg=62, push_off_m=0.36)
    assert len(rows(drawn(profile)[0], drawn(profile)[1][-1])) == 3, "a dot for each load"


def test_the_squad_shows_the_own_line_hollow_beside_the_pooled_one() -> None:
    growth = [0.04, 0.01, 0.06, -0.02, 0.03]
    tests = [
        session(42 * k, [0.25 * float(np.exp(b * k))] * 3, test="cmj", measure="height_m", device="mat", athlete=name)
        for name, b in zip("abcde", growth, strict=True)
        for k in range(4)
    ]
    all_ = drawn(retest_trend.squad(trials(*tests), test="cmj", te=0.05))[1]
    assert sorted(one["mark"]["filled"] for one in all_ if one["mark"]["type"] == "point") == [False, True]
    assert "hollow: own line alone" in all_[1]["encoding"]["x"]["title"]


def test_parts_of_several_tests_are_rows_of_one_interval_plot() -> None:
    parts = [
        Verdict(name, value=3.0, low=-1.0, high=7.0, unit="%", n=6, word="unclear", p_better=0.9, p_above_swc=0.5)
        for name in ("Jump", "Sprint")
    ]
    spec, all_ = drawn(retest_several.estimate(parts, primary="Jump"))
    dots = next(one for one in all_ if one["mark"]["type"] == "point")
    assert [row["label"] for row in rows(spec, dots)] == ["Jump", "Sprint"]


def test_of_labels_that_share_their_beginning_the_ends_are_enough() -> None:
    given_: dict[str, Any] = {"test": "drop_jump", "measure": "rsi", "device": "mat"}
    legs = [session(d, [1.4, 1.5], **given_ | {"side": s}) for d in (0, 40) for s in ("left", "right")]
    found = power_reactive.estimate(trials(*legs), **BLOCK, rsi_scale="height_per_contact")
    spec, all_ = drawn(found)
    dots = next(one for one in all_ if one["mark"]["type"] == "point")
    assert [row["label"] for row in rows(spec, dots)] == ["Left leg", "Right leg"]


def test_neighbours_in_a_stack_differ_without_colour() -> None:
    frame = pl.DataFrame({"week": ["a"] * 3, "sets": [1, 2, 3], "kind": ["x", "y", "z"]})
    encoding = charts.bars(frame, "week", "sets", x_title="Week", y_title="Sets", colour="kind").to_dict()["encoding"]
    assert encoding["fillOpacity"]["scale"]["range"] == [1.0, charts.PALE, 1.0]
    assert encoding["fillOpacity"]["scale"]["domain"] == encoding["color"]["scale"]["domain"] == ["x", "y", "z"]


def test_lines_of_several_exercises_differ_in_colour_and_dash() -> None:
    lines = drawn(load_progression.estimate(weekly_sets([60.0, 60, 62.5, 62.5, 65, 65]), **BLOCK))[1][0]
    assert lines["mark"]["type"] == "line"
    assert lines["encoding"]["color"]["field"] == lines["encoding"]["strokeDash"]["field"] == "exercise"


def test_contacts_are_stacked_from_low_to_high_and_none_is_no_picture() -> None:
    drill: dict[str, Any] = {"pattern": "plyo", "exercise_class": "plyometric", "explosive": True, "reps": 10,
                             "contacts_per_rep": 1, "load_kg": None}  # fmt: skip
    tiers = [drill | {"day": 7 * i, "contact_tier": t} for i, t in enumerate(("high", "low", "medium"))]
    bars = drawn(load_contacts.estimate(sets_frame(tiers), **BLOCK))[1][0]
    assert bars["encoding"]["color"]["scale"]["domain"] == ["low", "medium", "high"]
    assert load_contacts.estimate(weekly_sets([60.0] * 6), **BLOCK).chart() is None


def test_a_ratio_that_no_day_has_is_no_picture() -> None:
    assert load_ratio.estimate(rated(*range(0, 42, 5)), **BLOCK).chart() is None


def test_a_caution_of_a_paragraph_stays_below_the_title() -> None:
    points = pl.DataFrame({"a": [1.0], "b": [2.0]})

    def draw(_: Any) -> Any:
        return charts.points(points, "a", "b", x_title="A", y_title="B")

    found = Estimate("Load", value=1.0, status="caution", reason="DAYS_UNKNOWN", points=points, draw=draw)
    spec = found.chart().to_dict()
    assert "caution" in spec["description"]
    assert "caution" not in " ".join(spec["title"]["subtitle"])


@pytest.mark.parametrize("name", ["strength_trend", "load_ewma", "running_sprint_profile"])
def test_the_same_data_give_the_same_text(name: str) -> None:
    texts = {json.dumps(charts.render(given.estimate(name, given.CASES[name][0]()).chart().to_dict())) for _ in "ab"}
    assert len(texts) == 1
