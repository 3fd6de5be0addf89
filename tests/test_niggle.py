"""Pain over two weeks (methods F7): thresholds, red flags before missing data, sites, the daily score, patterns."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import polars as pl
import pytest

from analysis.metrics import fatigue_niggle
from analysis.metrics._sites import EVERY, PATTERNS, known_site, patterns_of
from analysis.stats.niggle import niggle
from analysis.tables import Wellness
from frames_for_tests import DAY
from monitor_for_tests import complaints

END = DAY + dt.timedelta(days=13)


def day(number: int) -> dt.date:
    return DAY + dt.timedelta(days=number)


def scores(values: dict[int, float], athlete: str = "Ada", **more: Any) -> pl.DataFrame:
    types = {name: column.dtype for name, column in Wellness.columns().items()}
    base = {"athlete": athlete, "item": "pain", "scale_min": 0.0, "scale_max": 10.0, "direction": "higher_worse",
            "instrument": "morning", "source": "test", "source_row": 1} | more  # fmt: skip
    told = [base | {"wellness_id": f"w{d}", "date": day(d), "value": v} for d, v in values.items()]
    return Wellness.validate(pl.DataFrame([dict.fromkeys(types) | row for row in told], schema=types))


FREE = scores(dict.fromkeys(range(14), 0.0))


def ask(frame: pl.DataFrame, **more: Any) -> Any:
    options: dict[str, Any] = {"who": "Ada", "end": END}
    return fatigue_niggle.estimate(frame, **options | more)


def level(frame: pl.DataFrame, **more: Any) -> Any:
    return dict(ask(frame, **more).params)["pain"]


@pytest.mark.parametrize(
    ("pain", "expected"),
    [
        ([0] * 14, "none"),
        ([0] * 13 + [1.9], "none"),
        ([0] * 13 + [2], "watch"),
        ([0] * 12 + [2, 5.9], "watch"),
        ([0] * 11 + [2, 2, 2], "persistent"),
        ([0] * 13 + [6], "refer"),
        ([6] + [0] * 13, "none"),  # a 6 counts for a week
        ([3] * 7 + [0] * 7, "refer"),  # two weeks are looked at for 3 or more
        ([3] * 6 + [0] * 8, "none"),
        ([9] * 5 + [0] * 14, "none"),  # older than two weeks
        ([0] * 10 + [None, None, None, 0], "none"),
        ([0] * 10 + [None, None, None, None], None),
    ],
)
def test_levels(pain: list[float | None], expected: str | None) -> None:
    found = niggle(pain)
    assert found.level == expected
    assert found.reason == (None if expected else "TOO_FEW_REPORTS")


def test_a_red_flag_counts_before_missing_data() -> None:
    assert niggle([None, 7]).level == "refer"
    assert niggle([], night_pain=True).because == "pain at night"
    assert niggle([0] * 14, swelling=True).level == "refer"
    assert niggle([3] * 7 + [None] * 7).level == "refer"
    both = niggle([None] * 13 + [8], night_pain=True)
    assert both.because == "8 of 10 in the last 7 days, pain at night"


def test_changed_training_counts_twice_or_not() -> None:
    assert niggle([0] * 14, [True, None, True]).level == "persistent"
    assert niggle([0] * 14, [True, False]).level == "none"
    assert niggle([None] * 14, [True, True]).reason == "TOO_FEW_REPORTS"


@pytest.mark.parametrize("impossible", [-1, 10.5, float("inf"), float("nan")])
def test_scores_outside_0_to_10_are_refused(impossible: float) -> None:
    assert niggle([0] * 13 + [impossible]).reason == "BAD_INPUT"


@pytest.mark.parametrize("impossible", [-1, 10.5, float("inf"), float("nan")])
def test_a_mistyped_score_takes_no_red_flag_away_and_is_none_itself(impossible: float) -> None:
    assert niggle([0] * 13 + [impossible], night_pain=True).level == "refer"
    assert niggle([impossible] + [0] * 12 + [7]).level == "refer"
    assert niggle([impossible] + [2] * 13).reason == "BAD_INPUT"
    assert niggle([impossible] + [0] * 14).level == "none"  # older than two weeks


def test_more_pain_never_makes_a_milder_level() -> None:
    order = ["none", "watch", "persistent", "refer"]
    for week in itertools.product([0, 2, 3], repeat=4):
        pain = [0.0] * 10 + list(week)
        for place in range(10, 14):
            worse = [p + 3 * (i == place) for i, p in enumerate(pain)]
            assert order.index(str(niggle(worse).level)) >= order.index(str(niggle(pain).level))


def test_a_complaint_holds_on_each_of_its_days_and_lasts_without_a_last_day() -> None:
    closed = ask(complaints({"date": day(8), "until": day(9), "severity": 2.0}), wellness=FREE)
    assert (dict(closed.params)["pain"], closed.value, closed.n) == ("watch", 2.0, 7)
    lasting = ask(complaints({"date": day(8), "severity": 2.0}))
    assert (dict(lasting.params)["pain"], lasting.value, lasting.n) == ("persistent", 6.0, 6)
    assert dict(lasting.params)["sites"] == ("calf",)
    assert any("No last day" in note for note in lasting.notes)
    assert any("physiotherapist" in note for note in lasting.notes)
    assert "physiotherapist" in str(lasting)


def test_a_day_without_a_report_is_unknown() -> None:
    niggly = complaints({"date": day(11), "severity": 3.0})
    assert ask(niggly).reason == "TOO_FEW_REPORTS"
    assert level(niggly) is None
    assert level(niggly, wellness=FREE) == "persistent"
    assert level(complaints(), wellness=FREE) == "none"
    assert level(complaints(), wellness=scores({12: 0.0, 13: 0.0})) is None
    assert level(complaints()) is None


def test_the_worst_site_decides_and_an_unknown_one_before_watch() -> None:
    two = [
        {"date": day(12), "until": day(13), "severity": 2.0, "body_part": "Knee", "side": "left"},
        {"date": day(0), "severity": 3.0, "body_part": "achilles  tendon"},
    ]
    found = ask(complaints(*two))
    assert dict(found.params)["pain"] == "refer"
    assert dict(found.params)["sites"] == ("achilles tendon",)
    assert found.part("Knee, left").reason == "TOO_FEW_REPORTS"
    assert not any("refer:" in note for note in found.notes)  # the words of the rule, not its code
    only_knee = complaints(two[0], {"date": day(6), "until": day(9), "severity": 1.0, "body_part": "hip"})
    assert level(only_knee) is None
    assert level(only_knee, wellness=FREE) == "watch"


def test_the_daily_score_belongs_to_the_only_complaint_else_to_no_named_site() -> None:
    calf = {"date": day(7), "severity": 1.0}
    raised = ask(complaints(calf), wellness=scores({13: 6.0}))
    assert (dict(raised.params)["sites"], dict(raised.params)["pain"]) == (("calf",), "refer")
    alone = ask(complaints(), wellness=scores(dict.fromkeys(range(7, 14), 2.0)))
    assert (dict(alone.params)["sites"], dict(alone.params)["pain"]) == (("site not told",), "persistent")
    both = ask(complaints(calf, calf | {"body_part": "knee"}), wellness=scores({13: 6.0}))
    assert dict(both.params)["sites"] == ("site not told",)
    assert both.part("Calf").n == 7


def test_only_scores_from_0_to_10_that_rise_with_pain_count() -> None:
    for other in ({"scale_max": 5.0}, {"direction": "higher_better"}, {"scale_min": None, "scale_max": None}):
        found = ask(complaints(), wellness=scores(dict.fromkeys(range(14), 0.0), **other))
        assert found.reason == "TOO_FEW_REPORTS"
        assert "14 answers" in " ".join(found.notes)


def test_illness_is_no_pain_and_a_complaint_without_severity_is_unknown() -> None:
    ill = ask(complaints({"date": day(0), "kind": "illness", "severity": 9.0}), wellness=FREE)
    assert (dict(ill.params)["pain"], ill.n) == ("none", 7)
    assert "another kind" in " ".join(ill.notes)
    assert level(complaints({"date": day(0)})) is None
    assert level(complaints({"date": day(0)}), wellness=FREE) == "none"  # asked that day, and there was none


def test_red_flags_come_from_parameters_or_columns_only() -> None:
    words = complaints({"date": day(12), "until": day(12), "severity": 1.0, "notes": "swollen, hurts at night"})
    assert level(words, wellness=FREE) == "none"
    assert any("not in this log" in note for note in ask(words, wellness=FREE).notes)
    assert level(words, wellness=FREE, swelling=["Calf"]) == "refer"
    assert level(words.with_columns(night_pain=pl.lit(value=True)), wellness=FREE) == "refer"
    elsewhere = ask(complaints(), wellness=FREE, night_pain="hip")
    assert dict(elsewhere.params)["sites"] == ("hip",)
    unreported = ask(complaints(), night_pain=["hip"])
    assert (unreported.value, unreported.n, dict(unreported.params)["pain"]) == (0.0, 0, "refer")


def test_complaints_that_changed_training_count_once_each() -> None:
    changed = {"date": day(8), "until": day(8), "severity": 1.0, "training_changed": True}
    assert level(complaints(changed), wellness=FREE) == "none"
    assert level(complaints(changed, changed | {"date": day(10), "until": day(10)}), wellness=FREE) == "persistent"


def test_several_athletes_need_a_name_and_rows_no_order() -> None:
    both = pl.concat([complaints({"date": day(8), "severity": 4.0}), complaints({"date": day(1)}, athlete="Bo")])
    with pytest.raises(ValueError, match="one athlete"):
        fatigue_niggle.estimate(both, end=END)
    many = complaints(*({"date": day(d), "until": day(d + 2), "severity": float(d % 4)} for d in range(12)))
    assert ask(many.sample(fraction=1.0, shuffle=True, seed=1)).row() == ask(many).row()
    assert ask(many).chart().to_dict()["layer"]


def test_sites_name_the_patterns_that_load_them() -> None:
    assert set(patterns_of("Achilles")) >= {"plyo", "calf_ankle"}
    assert set(patterns_of("right knee")) >= {"squat", "lunge", "step", "plyo"}
    assert set(patterns_of("lower back")) >= {"hinge", "squat"}
    assert set(patterns_of("shoulder")) >= {"push", "pull"}
    assert patterns_of("somewhere") == EVERY
    assert not known_site("somewhere")
    assert all(set(found) <= set(EVERY) for found in PATTERNS.values())
