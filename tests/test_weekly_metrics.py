"""Load over time as metrics (methods C6, C12-C15): numbers, refusals, bad input, invariance, charts; traps 4 to 7."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from types import ModuleType
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.estimate import each
from analysis.exercises.contacts import DrillSet, count
from analysis.metrics import load_contacts, load_ewma, load_monotony, load_ramp, load_ratio, load_session_rpe
from frames_for_tests import DAY, sessions_frame, sets_frame

END = DAY + dt.timedelta(41)
BLOCK: dict[str, Any] = {"who": "Ada", "start": DAY, "end": END}
REST = BLOCK | {"days_without_record": "rest"}
OF_SESSIONS = [load_ewma, load_ramp, load_monotony, load_ratio]
DRILL: dict[str, Any] = {"pattern": "plyo", "exercise_class": "plyo", "explosive": True, "contacts_per_rep": 1}
POGO = DRILL | {"exercise_raw": "Pogo", "exercise": "pogo", "contact_tier": "low"}
HOP = DRILL | {"exercise_raw": "Hop", "exercise": "single_leg_hop", "contact_tier": "high", "unilateral": True}
DROP = DRILL | {"exercise_raw": "Drop Jump", "exercise": "drop_jump", "contact_tier": "high", "contacts_per_rep": 2}
BOUND = DRILL | {"exercise_raw": "Bound", "exercise": "bound", "contact_tier": "medium", "unilateral": True}
WEEK = (300.0, 0.0, 250.0, 400.0, 0.0, 350.0, 500.0)


def of_loads(loads: Iterable[float | None], first: int = 0) -> pl.DataFrame:
    """One session a day whose load is that number; None is a session without a rating, 0 a day without a session."""
    rows = [
        {"day": first + i, "rpe": None if load is None else 5.0, "minutes": 60.0 if load is None else load / 5}
        for i, load in enumerate(loads)
        if load != 0
    ]
    return sessions_frame(rows).with_columns(pl.col("date").cast(pl.String).alias("session_id"))


def weeks_of(*loads: float, first: int = 0) -> pl.DataFrame:
    return of_loads([load / 7 for load in loads for _ in range(7)], first)


def test_ewma_rests_on_known_days() -> None:
    sessions = of_loads([300.0, 0, 250, 400, 0, 350, 500, 320, 0, 260, 410, None, 360, 520])
    found = load_ewma.estimate(sessions, who="Ada", start=DAY, end=DAY + dt.timedelta(13), days_without_record="rest")
    assert (found.status, found.reason, found.n, found.unit) == ("burn_in", "BURN_IN", 13, "AU/day")
    assert found.value == pytest.approx(369.6066505)
    assert found.part("28 days").value == pytest.approx(303.4267254)
    assert found.part("28 days").notes == ("the known days carry 57 % of the weight",)
    assert "has not yet seen 90 %" in str(found)


def test_ewma_does_not_take_silence_for_rest() -> None:
    # trap 4: every second day with a record
    sessions = of_loads([300.0, 0] * 21)
    unknown, rest = load_ewma.estimate(sessions, **BLOCK), load_ewma.estimate(sessions, **REST)
    assert unknown.value == pytest.approx(300)
    assert unknown.status == "burn_in"
    assert (rest.value or 0) < 150
    assert (rest.status, rest.part("28 days").status) == ("ok", "ok")


def test_ewma_chart_marks_burn_in_and_unknown_days() -> None:
    spec = load_ewma.estimate(of_loads([300.0] * 20 + [None] + [300.0] * 21), **BLOCK).chart().to_dict()
    assert spec["layer"][0]["mark"]["type"] == "rule"
    title = spec["layer"][0]["encoding"]["x"]["title"]
    assert "hatched: load unknown" in title
    assert "grey: still filling up" in title
    full = load_ewma.estimate(of_loads([300.0] * 42), **BLOCK).chart().to_dict()
    assert "hatched" not in str(full["layer"][0]["encoding"])


def test_the_week_after_a_deload_is_no_leap() -> None:
    # trap 7
    found = load_ramp.estimate(weeks_of(1800, 1950, 2050, 1300, 2150), who="Ada", start=DAY, end=DAY + dt.timedelta(34))
    assert (found.status, found.n) == ("ok", 4)
    assert found.value == pytest.approx(14.666667)
    assert found.part(load_ramp.WEEK_ON_WEEK).value == pytest.approx(65.384615)
    assert found.part("last week").value == pytest.approx(2150)
    assert found.part(load_ramp.STEEPEST).notes == ("week from 2 Feb",)


def test_ramp_reaches_back_before_the_block_but_not_into_silence() -> None:
    history = weeks_of(2000, 2000, 2000, first=-21)
    one_week: dict[str, Any] = {"start": DAY, "end": DAY + dt.timedelta(9)}
    found = load_ramp.estimate(pl.concat([history, weeks_of(2500)]), **one_week)
    assert found.n == 3
    assert found.value == pytest.approx(25)
    assert "week from 5 Jan" in found.notes[-1]
    alone = load_ramp.estimate(weeks_of(2500), **one_week, days_without_record="rest")
    assert (alone.reason, alone.value, alone.n) == ("TOO_FEW_WEEKS", None, 0)


@pytest.mark.parametrize(
    ("loads", "reason"),
    [
        ([300.0] * 35, "INCOMPLETE_WEEK"),
        ([0.0] * 35 + [300.0] * 7, "CHRONIC_ZERO"),
    ],
)
def test_ramp_refusals(loads: list[float], reason: str) -> None:
    policy = "rest" if reason == "CHRONIC_ZERO" else "unknown"
    found = load_ramp.estimate(of_loads(loads), **BLOCK, days_without_record=policy)
    assert (found.status, found.reason, found.value) == ("refused", reason, None)
    assert found.chart() is not None, "the weeks are shown all the same"


def test_one_unknown_day_scales_a_week_and_two_make_it_unknown() -> None:
    base = [300.0] * 35
    one = load_ramp.estimate(of_loads([*base, None, *[300.0] * 6]), **BLOCK)
    assert (one.status, one.reason) == ("caution", "DAYS_UNKNOWN")
    assert one.value == pytest.approx(0)
    two = load_ramp.estimate(of_loads([*base, None, None, *[300.0] * 5]), **BLOCK)
    assert two.reason == "INCOMPLETE_WEEK"


def test_monotony_beside_the_own_weeks() -> None:
    found = load_monotony.estimate(of_loads(WEEK * 6), **REST)
    assert found.n == 7
    assert found.value == pytest.approx(1.336392143)
    assert found.part("strain").value == pytest.approx(2405.505857)
    usual = found.part("usual monotony")
    assert usual.n == 5
    assert [usual.value, usual.low, usual.high] == pytest.approx([1.336392143] * 3)


def test_only_the_last_eight_weeks_before_are_the_usual_ones() -> None:
    other = [500.0, 0, 0, 0, 0, 0, 0]
    sessions = of_loads([*other * 4, *WEEK * 9])
    found = load_monotony.estimate(sessions, start=DAY, end=DAY + dt.timedelta(13 * 7 - 1), days_without_record="rest")
    assert found.part("usual monotony").n == 8
    assert found.part("usual monotony").low == pytest.approx(1.336392143)


def test_equal_days_have_no_monotony_and_an_unknown_day_neither() -> None:
    # trap 6
    flat = load_monotony.estimate(of_loads([300.0] * 42), **BLOCK)
    assert (flat.reason, flat.value, flat.part("week's load").value) == ("SD_ZERO", None, 2100)
    unknown = load_monotony.estimate(of_loads([*WEEK * 5, *WEEK[:6], None]), **REST)
    assert (unknown.reason, unknown.n) == ("INCOMPLETE_WEEK", 6)
    few = load_monotony.estimate(of_loads(WEEK * 2), who="Ada", start=DAY, end=DAY + dt.timedelta(13),
                                 days_without_record="rest")  # fmt: skip
    assert few.ok
    assert few.part("usual strain").reason == "TOO_FEW_WEEKS"


def test_the_ratio_is_a_description_without_colour_or_zone() -> None:
    month = [*WEEK * 3, 420.0, 0, 380, 520, 0, 460, 610]
    found = load_ratio.estimate(of_loads(month), start=DAY, end=DAY + dt.timedelta(27), days_without_record="rest")
    assert str(found) == "This week relative to the last month 1.33 (n = 28)"
    assert [p.value for p in found.parts] == [
        pytest.approx(1.327777778), pytest.approx(1.227214377), pytest.approx(1.248201891),
    ]  # fmt: skip
    words = f"{found} {found.notes} {found.method} {[p.notes for p in found.parts]}".lower()
    assert not [word for word in ("injur", "risk", "sweet", "danger", "zone", "optimal") if word in words]
    assert "'rect'" not in str(found.chart().to_dict()), "no band"


@pytest.mark.parametrize(("policy", "days", "reason"), [("unknown", 20, "INCOMPLETE_28D"), ("rest", 7, "CHRONIC_ZERO")])
def test_ratio_refusals(policy: str, days: int, reason: str) -> None:
    found = load_ratio.estimate(of_loads([300.0] * days, first=42 - days), **BLOCK, days_without_record=policy)
    assert (found.status, found.reason, found.value) == ("refused", reason, None)


@pytest.mark.parametrize("metric", OF_SESSIONS, ids=lambda m: m.__name__.rsplit(".")[-1])
def test_bad_sessions_are_refused_and_raise_nothing(metric: ModuleType) -> None:
    good = of_loads(WEEK * 6)
    empty, null = sessions_frame([]), pl.DataFrame([dict.fromkeys(good.columns)], schema=good.schema)
    assert metric.estimate(empty, **BLOCK).reason == "NO_DATA"
    assert metric.estimate(null, **BLOCK).reason == "NO_DATA"
    ratings, seconds = (None, math.inf, math.nan, 60.0), (None, -60.0, math.inf, math.nan, 1e9)
    broken_by = [("session_rpe", value) for value in ratings] + [("duration_s", value) for value in seconds]
    for column, value in broken_by:
        broken = good.with_columns(pl.lit(value, pl.Float64).alias(column))
        found = metric.estimate(broken, **REST)
        assert (found.status, found.reason, found.value) == ("refused", "NO_SESSION_RPE", None)
    one = metric.estimate(good.head(1), **BLOCK)
    assert one.value is None or math.isfinite(one.value)
    both = pl.concat(
        [
            good.head(1),
            good.head(1).with_columns(pl.lit("b").alias("session_id"), pl.lit(None, pl.Float64).alias("session_rpe")),
        ]
    )
    assert metric.estimate(both, **BLOCK).reason == "TOO_FEW_DAYS", "a day that holds an unrated session is unknown"
    with pytest.raises(ValueError, match="'rest'"):
        metric.estimate(good, **BLOCK, days_without_record="zero")


@pytest.mark.parametrize("metric", OF_SESSIONS, ids=lambda m: m.__name__.rsplit(".")[-1])
def test_order_duplicates_names_and_pandas_change_nothing(metric: ModuleType) -> None:
    good = of_loads([v * 1.1 for v in WEEK] * 3 + [v for v in WEEK for _ in (0,)] * 3)
    found = metric.estimate(good, **REST)
    assert found.ok
    assert found.params
    assert metric.estimate(good.sample(fraction=1, shuffle=True, seed=1), **REST) == found
    assert metric.estimate(pl.concat([good, good]), **REST) == found
    assert metric.estimate(good.to_pandas(), **REST) == found
    assert metric.estimate(good.with_columns(pl.lit("Zoë").alias("athlete")), **REST) == found
    assert found.chart().to_dict()


@pytest.mark.parametrize("metric", OF_SESSIONS, ids=lambda m: m.__name__.rsplit(".")[-1])
def test_several_athletes_one_at_a_time(metric: ModuleType) -> None:
    ada, bo = of_loads(WEEK * 6), of_loads([300.0] * 42, first=90).with_columns(pl.lit("Bo").alias("athlete"))
    squad = pl.concat([ada, bo])
    span: dict[str, Any] = {"start": DAY, "end": END, "days_without_record": "rest"}
    with pytest.raises(ValueError, match="each"):
        metric.estimate(squad, **span)
    assert metric.estimate(squad, who="Ada", **span) == metric.estimate(ada, who="Ada", **span)
    assert [(e.who, e.reason) for e in each(metric, squad, **span)][1] == ("Bo", "NO_DATA")


def test_contacts_by_side_and_tier_are_those_of_the_exercise_module() -> None:
    rows = [POGO | {"reps": 10.0}] * 3 + [HOP | {"reps": 5.0, "rep_basis": "per_side"}] * 2
    rows += (
        [DROP | {"reps": 4.0}] * 3
        + [BOUND | {"reps": 10.0, "rep_basis": "total"}] * 2
        + [{"load_kg": 60.0, "reps": 5.0}]
    )
    found = load_contacts.estimate(sets_frame(rows), **BLOCK)
    drills = [DrillSet("pogo", 3, 10), DrillSet("single_leg_hop", 2, 5, "each"), DrillSet("drop_jump", 3, 4)]
    told = count([*drills, DrillSet("bound", 2, 10, "alternating")])
    assert (found.status, found.value, found.n) == ("ok", told.contacts, 10)
    sides = [found.part(name).value for name in ("left", "right", "both legs", "side not told")]
    assert sides == [told.left, told.right, told.bilateral, 0]
    assert [found.part(f"{tier} tier").value for tier in ("low", "medium", "high")] == [
        told.low,
        told.medium,
        told.high,
    ]
    assert found.part("largest session").value == 94
    assert "at most 60 contacts a session; 1 sessions had more" in found.notes[-1]


def test_what_cannot_be_counted_is_named() -> None:
    rows = [POGO | {"reps": 10.0}, POGO | {"reps": 10.0, "contacts_per_rep": None}, POGO | {"duration_s": 20.0},
            POGO | {"reps": math.inf}, HOP | {"reps": 8.0}, BOUND | {"reps": 7.0, "rep_basis": "total"},
            POGO | {"reps": 20.0, "set_type": "warmup"},
            {"exercise_raw": "Zap", "pattern": "unmapped", "proposed_pattern": "plyo", "reps": 5.0}]  # fmt: skip
    found = load_contacts.estimate(sets_frame(rows), **BLOCK)
    assert (found.status, found.reason, found.value, found.low, found.high) == ("caution", "DRILL_UNKNOWN", 25, 25, 33)
    assert found.part("side not told").value == 15
    assert [note.split()[0] for note in found.notes] == ["1", "2", "2", "1", "Guide", "1"]


def test_contacts_refusals() -> None:
    assert load_contacts.estimate(sets_frame([]), **BLOCK).reason == "NO_DATA"
    assert load_contacts.estimate(sets_frame([POGO | {"reps": 5.0, "day": 60}]), **BLOCK).reason == "NO_DATA"
    unknown = load_contacts.estimate(sets_frame([POGO | {"reps": 5.0, "contacts_per_rep": None}]), **BLOCK)
    assert (unknown.reason, unknown.n) == ("DRILL_UNKNOWN", 1)
    assert load_contacts.estimate(sets_frame([POGO | {"duration_s": 30.0}]), **BLOCK).reason == "BAD_INPUT"
    none = load_contacts.estimate(sets_frame([{"reps": 5.0, "load_kg": 60.0}]), **BLOCK)
    assert (none.value, none.reason, none.chart()) == (None, "NO_JUMPS", None)
    frame = sets_frame([POGO | {"reps": 5.0}])
    null = pl.DataFrame([dict.fromkeys(frame.columns)], schema=frame.schema)
    assert load_contacts.estimate(null, **BLOCK).reason == "NO_DATA"
    with pytest.raises(ValueError, match="'rest'"):
        load_contacts.estimate(frame, **BLOCK, days_without_record="zero")
    with pytest.raises(ValueError, match="each"):
        load_contacts.estimate(
            pl.concat([frame, frame.with_columns(pl.lit("Bo").alias("athlete"))]), start=DAY, end=END
        )


def test_contacts_ramp_counts_a_week_of_lifting_only_as_zero_and_a_silent_one_as_unknown() -> None:
    def frame(*contacts: float | None) -> pl.DataFrame:
        lift = {"load_kg": 60.0, "reps": 5.0}
        rows = [[lift | {"day": 7 * w}] + [POGO | {"day": 7 * w, "reps": c}] * (c > 0)
                for w, c in enumerate(contacts) if c is not None]  # fmt: skip
        return sets_frame(row for week in rows for row in week)

    def ramp(*contacts: float | None, policy: str = "unknown") -> Any:
        part = load_contacts.estimate(frame(*contacts), **BLOCK, days_without_record=policy).part(load_contacts.RAMP)
        return part.value, part.reason

    assert ramp(100, 100, 100, 100, 100, 120) == (pytest.approx(20), None)
    assert ramp(100, 100, 0, 100, 0, 120) == (pytest.approx(140), None)
    assert ramp(100, 100, None, 100, None, 120) == (pytest.approx(20), None)
    assert ramp(100, None, None, 100, None, 120) == (None, "TOO_FEW_WEEKS")
    assert ramp(100, None, None, None, 100, 120, policy="rest") == (None, "CHRONIC_ZERO")
    assert ramp(100, 100, 100, 100, 100, None) == (None, "INCOMPLETE_WEEK")


def test_contacts_know_no_row_order_and_no_duplicates() -> None:
    rng = np.random.default_rng(1)
    kinds = (POGO, HOP | {"rep_basis": "per_side"}, BOUND, DROP)
    rows = [
        kinds[i % 4] | {"reps": float(reps), "day": int(day)}
        for i, (reps, day) in enumerate(rng.integers(1, 42, (80, 2)))
    ]
    sets = sets_frame(rows)
    found = load_contacts.estimate(sets, **BLOCK)
    assert found.reason == "REPS_CONVENTION_UNKNOWN"
    assert load_contacts.estimate(sets.sample(fraction=1, shuffle=True, seed=1), **BLOCK) == found
    assert load_contacts.estimate(pl.concat([sets, sets]), **BLOCK) == found
    as_pandas: Any = sets.to_pandas()
    assert load_contacts.estimate(as_pandas, **BLOCK).value == found.value
    encoding = found.chart().to_dict()["encoding"]
    assert encoding["color"]["sort"] == ["low", "medium", "high"]


def test_unknown_days_of_the_load_timeline_are_hatched() -> None:
    spec = load_session_rpe.estimate(of_loads([300.0, None, 300.0]), **BLOCK).chart().to_dict()
    rule = spec["layer"][1]
    assert (rule["mark"]["type"], rule["encoding"]["x"]["bandPosition"]) == ("rule", 0)
    rows = spec["datasets"][rule["data"]["name"]]
    assert {row["date"] for row in rows}.isdisjoint({"5 Jan", "7 Jan"})
    assert max(row["to"] for row in rows) == pytest.approx(300)
