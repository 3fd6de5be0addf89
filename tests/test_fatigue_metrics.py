"""The fatigue metrics on the wellness table: what is mixed, unknown, logged twice; the rules that take Estimates."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.estimate import Estimate, each
from analysis.metrics import (
    fatigue_habits,
    fatigue_hrv,
    fatigue_persistent,
    fatigue_readiness,
    fatigue_sleep,
    fatigue_wellness,
)
from analysis.tables import Wellness
from frames_for_tests import DAY
from wellness_for_tests import BEFORE, BLOCK, DEVICE, END, HOOPER, MCLEAN, daily, usual, wellness_frame

METRICS = (fatigue_wellness, fatigue_hrv, fatigue_sleep)
FORBIDDEN = ("significant", "responder", "injury", "proves", " will ", "better than")


def points(result: Estimate) -> pl.DataFrame:
    assert result.points is not None
    return result.points


def steady(item: str, value: float, last: list[float | None], **told: Any) -> list[dict[str, Any]]:
    """The same value every day, two values in turn where one is to vary, and `last` on the last days of the block."""
    days = BEFORE + 42 - len(last)
    return daily(item, [value] * days, -BEFORE, **told) + daily(item, last, 42 - len(last), **told)


def wavy(item: str, low: float, high: float, last: list[float | None], **told: Any) -> list[dict[str, Any]]:
    days = BEFORE + 42 - len(last)
    values = [high if i % 2 else low for i in range(days)]
    return daily(item, values, -BEFORE, **told) + daily(item, last, 42 - len(last), **told)


# --- F2


def test_hand_computed_days() -> None:
    rows = steady("fatigue", 3, [5, 3, 3], **HOOPER) + steady("mood", 4, [1, 3, 4], **MCLEAN)
    found = fatigue_wellness.estimate(wellness_frame(rows), who="Ada", **BLOCK)
    assert (found.value, found.n, found.unit) == (1.0, 42, "days")  # z -4 and -6, 0 and -2 (median -1), 0 and 0
    last = points(found).tail(3)
    assert last["score"].to_list() == [-5.0, -1.0, 0.0]
    assert last["z_fatigue"].to_list() == [-4.0, 0.0, 0.0]
    assert last["down"].to_list() == [True, False, False]
    assert points(found)["domain"].unique().to_list() == ["subjective"]


def test_the_number_of_flags_stands_beside_the_number_expected_without_any_change() -> None:
    found = fatigue_wellness.estimate(usual(), who="Ada", **BLOCK)
    expected = found.part(fatigue_wellness.EXPECTED)
    assert expected.ok
    assert 0 <= (expected.low or 0) <= (expected.value or 0) <= (expected.high or 0) < 6
    assert "Flagged on" in found.notes[0]
    assert dict(found.params)["simulated_from"] == "8 weeks before"
    assert fatigue_wellness.estimate(usual(), who="Ada", **BLOCK) == found  # seeded
    inside = usual().filter(pl.col("date") >= DAY)
    assert dict(fatigue_wellness.estimate(inside, **BLOCK).params)["simulated_from"] == "all known days"


def test_two_instruments_are_never_one_series() -> None:
    rows = steady("fatigue", 3, [3], **HOOPER) + steady("soreness", 3, [3], **HOOPER)
    other = daily("fatigue", [5, 1] * 10, 0, **MCLEAN)
    one, both = (fatigue_wellness.estimate(wellness_frame(r), **BLOCK) for r in (rows, rows + other))
    assert points(one).equals(points(both))
    assert any("not mixed with mclean (1-5)" in note for note in both.notes)


def test_a_scale_without_range_or_direction_is_not_judged() -> None:
    rows = steady("fatigue", 3, [3], **DEVICE) + steady("soreness", 3, [3], **DEVICE)
    found = fatigue_wellness.estimate(wellness_frame(rows), **BLOCK)
    assert (found.reason, found.value) == ("SCALE_UNKNOWN", None)
    assert points(found)["down"].null_count() == 42
    one = fatigue_wellness.estimate(wellness_frame(steady("fatigue", 3, [3], **HOOPER)), **BLOCK)
    assert one.reason == "TOO_FEW_ITEMS"


def test_values_outside_the_scale_or_not_finite_are_unknown() -> None:
    rows = steady("fatigue", 3, [3, 3], **HOOPER) + steady("mood", 3, [3, 3], **MCLEAN)
    odd = wellness_frame(rows).with_columns(
        pl.when(pl.col("date") == END, pl.col("item") == "mood").then(99.0)
        .when(pl.col("date") == END - dt.timedelta(1), pl.col("item") == "fatigue").then(math.nan)
        .otherwise("value").alias("value")
    )  # fmt: skip
    assert points(fatigue_wellness.estimate(odd, **BLOCK))["down"].to_list()[-3:] == [False, None, None]


def test_too_short_a_record_is_refused() -> None:
    rows = [*daily("fatigue", [3] * 13, 0, **HOOPER), *daily("mood", [3] * 13, 0, **MCLEAN)]
    assert fatigue_wellness.estimate(wellness_frame(rows), **BLOCK).reason == "BASELINE_TOO_SHORT"


def test_of_two_answers_of_a_day_the_mean_counts_and_it_is_said() -> None:
    rows = steady("fatigue", 3, [3], **HOOPER) + steady("mood", 4, [4], **MCLEAN)
    rows += daily("fatigue", [5], 41, **HOOPER) + daily("mood", [2], 41, **MCLEAN)
    found = fatigue_wellness.estimate(wellness_frame(rows), **BLOCK)
    assert points(found)["score"].to_list()[-1] == -2.0
    assert any("days with several values, taken as one: 1." in note for note in found.notes)


# --- F3


def test_a_low_week_is_below_and_never_alone() -> None:
    low: list[float | None] = [math.exp(v) for v in (4.10, 4.12, 4.11, 4.10)]
    frame = wellness_frame(wavy("hrv_rmssd_ms", math.exp(4.2), math.exp(4.3), [*low, None, None, None], **DEVICE))
    found = fatigue_hrv.estimate(frame, who="Ada", **BLOCK)
    assert found.value == pytest.approx(4.1075)
    assert (found.n, found.status, found.reason) == (4, "caution", "NEVER_ALONE")
    assert found.notes[0].startswith("Below the usual band of 4.2")
    assert "17 %" in found.notes[1]
    assert points(found)["down"].to_list()[-1] is True
    assert points(found)["ln_ms"].to_list()[-1] is None
    assert found.part("days below the band without any change").value == 17.0


def test_a_rise_is_not_called_better() -> None:
    frame = wellness_frame(wavy("hrv_rmssd_ms", 66, 74, [90] * 7, **DEVICE))
    found = fatigue_hrv.estimate(frame, **BLOCK)
    assert found.notes[0].startswith("Above the usual band")
    assert "Above is not better than within." in found.notes[0]
    assert points(found)["down"].to_list()[-1] is False


def test_the_kinds_of_variability_are_never_mixed() -> None:
    sdnn = wellness_frame(wavy("hrv_sdnn_ms", 60, 70, [65], **DEVICE))
    found = fatigue_hrv.estimate(sdnn, **BLOCK)
    assert (found.reason, found.value) == ("NO_DATA", None)
    assert any("another quantity" in note for note in found.notes)
    assert fatigue_hrv.estimate(sdnn, **BLOCK, item="hrv_sdnn_ms").what.startswith("lnSDNN")
    mixed = pl.concat([sdnn, usual()])
    assert points(fatigue_hrv.estimate(mixed, **BLOCK)).equals(points(fatigue_hrv.estimate(usual(), **BLOCK)))
    with pytest.raises(ValueError, match="expected one of"):
        fatigue_hrv.estimate(sdnn, **BLOCK, item="hrv")


def test_two_devices_are_not_one_baseline() -> None:
    strap = wavy("hrv_rmssd_ms", 60, 70, [65], **DEVICE)
    ring = daily("hrv_rmssd_ms", [30.0] * 20, 20, **DEVICE | {"instrument": "ring"})
    one, both = (fatigue_hrv.estimate(wellness_frame(r), **BLOCK) for r in (strap, strap + ring))
    assert one.value == both.value
    assert any("not mixed with ring" in note for note in both.notes)


def test_hrv_refusals() -> None:
    short = wellness_frame(daily("hrv_rmssd_ms", [60, 70] * 6, 30, **DEVICE))
    assert fatigue_hrv.estimate(short, **BLOCK).reason == "BASELINE_TOO_SHORT"
    gone = wellness_frame(wavy("hrv_rmssd_ms", 60, 70, [None] * 5, **DEVICE))
    assert fatigue_hrv.estimate(gone, **BLOCK).reason == "TOO_FEW_VALUES_THIS_WEEK"
    assert fatigue_hrv.estimate(wellness_frame(steady("hrv_rmssd_ms", 60, [60], **DEVICE)), **BLOCK).reason == "SD_ZERO"
    in_s = usual().with_columns(pl.col("value") / 1000)
    assert fatigue_hrv.estimate(in_s, **BLOCK).reason == "NO_DATA"


def test_the_interval_of_the_week_covers_the_mean() -> None:
    rng, truth, hits = np.random.default_rng(7), 4.2, []
    for _ in range(60):
        frame = wellness_frame(daily("hrv_rmssd_ms", np.exp(rng.normal(truth, 0.1, 67)), -25, **DEVICE))
        found = fatigue_hrv.estimate(frame, start=END, end=END)
        hits.append((found.low or 9) <= truth <= (found.high or 0))
    assert np.mean(hits) >= 0.87  # 95 % less three standard errors


# --- F4


def test_sleep_in_hours_against_eight() -> None:
    nights: list[float | None] = [3600 * h if h else None for h in (7.2, 6.5, None, 6.8, 7.0, 6.1, 7.4)]
    found = fatigue_sleep.estimate(wellness_frame(steady("sleep_s", 28800, nights, **DEVICE)), **BLOCK)
    assert found.value == pytest.approx(6.8333333)
    assert found.part(fatigue_sleep.DEBT).value == pytest.approx(8.1666667)
    assert (found.n, dict(found.params)["need_from"]) == (6, "default")
    assert points(found)["down"].to_list()[-1] is True
    assert points(found)["domain"][0] == "sleep"


def test_the_need_is_her_own_where_nights_without_an_alarm_are_named() -> None:
    frame = wellness_frame(steady("sleep_s", 7.0 * 3600, [9.0 * 3600] * 8, **DEVICE))
    free = [END - dt.timedelta(days=d) for d in range(8)]
    own = fatigue_sleep.estimate(frame, **BLOCK, unrestricted=free)
    assert (dict(own.params)["need_h"], dict(own.params)["need_from"]) == (9.0, "own nights without an alarm")
    assert dict(fatigue_sleep.estimate(frame, **BLOCK, unrestricted=free[:6]).params)["need_h"] == 8.0
    assert dict(fatigue_sleep.estimate(frame, **BLOCK, unrestricted=free, need_h=7.5).params)["need_from"] == "stated"
    old = [DAY - dt.timedelta(days=d) for d in range(40, 60)]
    assert dict(fatigue_sleep.estimate(frame, **BLOCK, unrestricted=old).params)["need_h"] == 8.0


def test_unknown_nights_and_a_device_not_worn_are_not_nights_without_sleep() -> None:
    # trap 4
    nights: list[float | None] = [0.0, 0.0, None]
    found = fatigue_sleep.estimate(wellness_frame(steady("sleep_s", 28800, nights, **DEVICE)), **BLOCK)
    assert (found.reason, found.value, found.n) == ("TOO_FEW_NIGHTS", None, 4)
    assert points(found)["hours"].to_list()[-3:] == [None] * 3
    enough = fatigue_sleep.estimate(wellness_frame(steady("sleep_s", 28800, [0.0, None], **DEVICE)), **BLOCK)
    assert (enough.value, enough.part(fatigue_sleep.DEBT).value) == (8.0, 0.0)


def test_of_two_rows_of_a_night_the_longest_counts() -> None:
    rows = steady("sleep_s", 28800, [28800], **DEVICE) + daily("sleep_s", [3600], 41, **DEVICE)
    assert fatigue_sleep.estimate(wellness_frame(rows), **BLOCK).value == 8.0


def test_a_need_that_cannot_be_is_refused() -> None:
    for need in (0.0, -1.0, math.nan, math.inf):
        assert fatigue_sleep.estimate(usual(), **BLOCK, need_h=need).reason == "BAD_INPUT"


# --- habits


def test_habits_stand_side_by_side_with_their_coverage() -> None:
    diary = DEVICE | {"instrument": "diary"}
    rows = daily("protein_g", [100, 120] * 10, 0, **diary) + daily("warm_up", [1, 0, 1, None, 1, 1, 0], 0, **diary)
    found = fatigue_habits.estimate(wellness_frame(rows), who="Ada", **BLOCK)
    assert (found.value, found.n) == (20.0, 42)
    assert [(p.what, p.value, p.n, p.unit) for p in found.parts] == [
        ("protein", 110.0, 20, "g"), ("warm-up", pytest.approx(4 / 6), 6, ""),
    ]  # fmt: skip
    assert any("Protein: logged on 20 of 42 days" in note for note in found.notes)
    weeks = points(found).filter(pl.col("habit") == "protein (g)")
    assert weeks["days_logged"].to_list() == [7, 7, 6, 0, 0, 0]
    assert weeks["mean"].to_list()[-1] is None  # unknown, not 0
    assert weeks["days"].sum() == 42
    assert found.chart().to_dict()["vconcat"]
    said = " ".join([str(found), *found.notes, *(str(p) for p in found.parts)]).lower()
    assert not any(word in said for word in ("score", "good", "enough", "too little", "too much"))


def test_habits_that_cannot_be_are_left_out() -> None:
    rows = daily("protein_g", [100, 5000, -3, math.inf], 0, **DEVICE)
    assert fatigue_habits.estimate(wellness_frame(rows), **BLOCK).part("protein").value == 100.0
    assert fatigue_habits.estimate(wellness_frame(rows[1:]), **BLOCK).reason == "NO_DATA"


# --- F8, F9


def domain(name: str, down: list[bool | None], *, who: str = "Ada", end: dt.date = END) -> Estimate:
    days = [end - dt.timedelta(days=len(down) - 1 - i) for i in range(len(down))]
    frame = pl.DataFrame({"date": days, "domain": name, "down": pl.Series(down, dtype=pl.Boolean)})
    return Estimate(name, who, 1.0, points=frame)


def decided(result: Estimate) -> Any:
    return dict(result.params)["persistent"]


def ready(result: Estimate) -> Any:
    return dict(result.params)["readiness"]


FINE: list[bool | None] = [False] * 56
THREE: list[bool | None] = [*FINE[:51], True, False, True, False, True]


def test_three_days_with_two_domains_are_persistent_and_named() -> None:
    found = fatigue_persistent.estimate([domain("subjective", THREE), domain("response", THREE)], end=END)
    assert (found.value, found.n, found.who, decided(found), found.status) == (3.0, 7, "Ada", True, "ok")
    text = " ".join(found.notes)
    assert "11 Feb (subjective, response), 13 Feb (subjective, response), 15 Feb (subjective, response)" in text
    assert fatigue_persistent.estimate([domain("subjective", THREE), domain("response", FINE)]).value == 0.0


def test_unknown_is_none_and_neither_yes_nor_no() -> None:
    unknown: list[bool | None] = [None] * 56
    for given in ([], [domain("subjective", THREE)], [domain("subjective", THREE), domain("response", unknown)]):
        found = fatigue_persistent.estimate(given, end=END)
        assert (found.reason, found.value, decided(found)) == ("TOO_FEW_DOMAINS", None, None)
    some = [*THREE[:-2], None, None]
    open_ = fatigue_persistent.estimate([domain("subjective", some), domain("response", FINE)], end=END)
    assert (open_.value, open_.low, open_.high, decided(open_)) == (0.0, 0.0, 2.0, False)


def test_a_domain_that_is_down_too_often_is_named() -> None:
    often: list[bool | None] = [True, False, False, False] * 14
    found = fatigue_persistent.estimate([domain("subjective", often), domain("neuromuscular", FINE)])
    assert (found.status, found.reason) == ("caution", "BASE_RATE_HIGH")
    rate = found.part("subjective: down on days of 8 weeks")
    assert (rate.value, rate.n, rate.status) == (25.0, 56, "caution")
    few = fatigue_persistent.estimate([domain("subjective", FINE[:20]), domain("neuromuscular", FINE)])
    assert few.part("subjective: down on days of 8 weeks").reason == "TOO_FEW_DAYS"


def test_variability_alone_triggers_nothing() -> None:
    # trap 25
    low: list[bool | None] = [*FINE[:42], *[True] * 14]
    found = fatigue_persistent.estimate([domain("autonomic", low), domain("subjective", FINE)], end=END)
    assert (decided(found), found.status, found.reason) == (False, "caution", "NEVER_ALONE")
    assert decided(fatigue_persistent.estimate([domain("autonomic", low)], end=END)) is None
    assert decided(fatigue_persistent.estimate([domain("subjective", low), domain("autonomic", FINE)])) is True
    colour = fatigue_readiness.estimate([domain("autonomic", low), domain("subjective", FINE)], gate="none")
    assert (dict(colour.params)["colour"], ready(colour), colour.reason) == ("amber", None, "NEVER_ALONE")
    pain = fatigue_readiness.estimate([domain("autonomic", low), domain("subjective", FINE)], gate="persistent")
    assert ready(pain) == "amber"


def test_sleep_is_no_domain_of_the_rule() -> None:
    found = fatigue_persistent.estimate([domain("sleep", THREE), domain("subjective", THREE)], end=END)
    assert decided(found) is None
    assert any("no domain of this rule: sleep" in note for note in found.notes)


def test_two_results_of_one_domain_are_one_domain() -> None:
    jump, bar = domain("neuromuscular", THREE), domain("neuromuscular", [None] * 56)
    found = fatigue_persistent.estimate([jump, bar, domain("subjective", FINE)], end=END)
    assert (found.n, found.value) == (7, 0.0)
    again = fatigue_persistent.estimate([jump, jump], end=END)
    assert decided(again) is None  # the same domain twice is not two domains


@pytest.mark.parametrize(
    ("down", "gate", "colour", "value"),
    [((False, False), None, "green", 0), ((True, False), "none", "amber", 1), ((True, True), "watch", "red", 2),
     ((False, False), "persistent", "amber", 0), ((False, False), "refer", "red", 0)],
)  # fmt: skip
def test_readiness_counts_named_domains(down: tuple[bool, bool], gate: str | None, colour: str, value: int) -> None:
    pairs = zip(("subjective", "load"), down, strict=True)
    found = fatigue_readiness.estimate([domain(n, [*FINE, flag]) for n, flag in pairs], end=END, gate=gate)
    assert (ready(found), found.value, found.n) == (colour, value, 2)
    assert found.notes[0].startswith(colour.capitalize())
    assert [p.what for p in found.parts] == ["subjective", "load"]
    assert ("Pain is not known." in found.notes) == (gate is None)


def test_no_domain_is_carried_over_or_filled_in() -> None:
    # trap 26
    yesterday = domain("neuromuscular", THREE, end=END - dt.timedelta(days=1))
    found = fatigue_readiness.estimate([domain("subjective", THREE), yesterday], end=END)
    assert (found.reason, found.value, ready(found), dict(found.params)["colour"]) == (
        "TOO_FEW_DOMAINS", None, None, "grey",
    )  # fmt: skip
    assert "Not known that day: neuromuscular." in found.notes
    assert "0." not in str(dict(found.params))  # nothing was averaged or weighted
    assert ready(fatigue_readiness.estimate([], gate="refer")) == "red"
    assert fatigue_readiness.estimate([domain("subjective", FINE)], gate="ouch").reason == "BAD_INPUT"


@pytest.mark.parametrize("rule", [fatigue_persistent, fatigue_readiness])
def test_results_that_are_no_domains_or_of_others_are_errors(rule: Any) -> None:
    with pytest.raises(ValueError, match="no fatigue domain"):
        rule.estimate([Estimate("x", points=pl.DataFrame({"a": [1]}))])
    with pytest.raises(ValueError, match="one athlete at a time"):
        rule.estimate([domain("subjective", FINE), domain("response", FINE, who="Bo")])
    assert rule.estimate([Estimate("x", status="refused", reason="NO_DATA")]).notes[-1].startswith("x: not estimable")


# --- all together


def test_from_the_table_to_the_decision() -> None:
    hard: list[float | None] = [6.0] * 7
    items = ("soreness", "fatigue", "stress", "mood")
    rows = [r for item in items for r in steady(item, 3, hard, **HOOPER)]
    rows += wavy("hrv_rmssd_ms", 64, 70, [58] * 7, **DEVICE)
    frame = wellness_frame(rows)
    domains = [m.estimate(frame, who="Ada", **BLOCK) for m in METRICS]
    found = fatigue_persistent.estimate(domains, end=END)
    assert decided(found) is True
    assert any("nothing was recorded" in note for note in found.notes)  # no sleep
    assert ready(fatigue_readiness.estimate(domains[:2], gate="none")) == "red"


@pytest.mark.parametrize("metric", [*METRICS, fatigue_habits])
def test_no_order_no_name_and_no_twin_changes_a_number(metric: Any) -> None:
    frame = usual()
    one = metric.estimate(frame, who="Ada", **BLOCK)
    for other in (frame.sample(fraction=1, shuffle=True, seed=2), pl.concat([frame, frame])):
        again = metric.estimate(other, who="Ada", **BLOCK)
        assert again == one
        assert points(again).equals(points(one))
    two = pl.concat([frame, usual(2).with_columns(pl.lit("Bo").alias("athlete"))])
    assert metric.estimate(two, who="Ada", **BLOCK) == one
    assert [e.who for e in each(metric, two, **BLOCK)] == ["Ada", "Bo"]
    with pytest.raises(ValueError, match="one athlete at a time"):
        metric.estimate(two, **BLOCK)


def test_the_frames_are_of_the_table_and_words_are_plain() -> None:
    Wellness.validate(usual().with_columns(pl.col("direction").cast(Wellness.columns()["direction"].dtype)))
    domains = [m.estimate(usual(), who="Ada", **BLOCK) for m in METRICS]
    results = [*domains, fatigue_habits.estimate(usual(), **BLOCK), fatigue_persistent.estimate(domains),
               fatigue_readiness.estimate(domains)]  # fmt: skip
    for found in results:
        said = " ".join([str(found), found.method, *found.notes, *(str(p) for p in found.parts)]).lower()
        assert not any(word in said for word in FORBIDDEN)
        assert found.method
        assert found.params
    for metric in (*METRICS, fatigue_habits):
        with pytest.raises(ValueError, match="cannot end"):
            metric.estimate(usual(), start=END, end=DAY)


def test_charts_mark_flagged_days_by_shape_and_skip_what_is_unknown() -> None:
    rows = steady("fatigue", 3, [6, 3], **HOOPER) + steady("mood", 4, [1, 4], **MCLEAN)
    drawn = fatigue_wellness.estimate(wellness_frame(rows), **BLOCK).chart().to_dict()
    shapes = [layer["mark"].get("shape") for layer in drawn["layer"] if layer["mark"]["type"] == "point"]
    assert "triangle-down" in shapes
    for metric in METRICS:
        found = metric.estimate(usual(), who="Ada", **BLOCK)
        assert found.chart() is not None
        assert metric.estimate(usual().clear(), **BLOCK).chart() is None
    flat = fatigue_persistent.estimate([domain("subjective", [None] * 20), domain("response", [None] * 20)])
    assert flat.chart() is None
