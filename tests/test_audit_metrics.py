"""The audits of a block (methods C3, C16 to C18) on frames: numbers, unknowns, refusals, bad rows, invariance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.estimate import Estimate, each
from analysis.frames import to_pandas
from analysis.metrics import load_deload, load_progression, load_week, load_zones
from analysis.tables import Calendar, Plan, Runs, Sessions
from analysis.units import LB_KG
from frames_for_tests import BAND_ROW, DAY, PULL_UP, REVERSE_LUNGE, SWING, sets_frame, weekly_sets

END = DAY + dt.timedelta(41)
BLOCK: dict[str, Any] = {"who": "Ada", "start": DAY, "end": END}
METRICS = [load_progression, load_deload, load_week, load_zones]


def rows_of(schema: Any, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """A frame of a table with the given values; `day` counts from Monday 2026-01-05, what is not given is null."""
    types = {name: column.dtype for name, column in schema.columns().items()}
    dated = [row | {"date": DAY + dt.timedelta(row["day"])} if "day" in row else row for row in rows]
    full = [dict.fromkeys(types) | {"athlete": "Ada"} | {k: v for k, v in row.items() if k in types} for row in dated]
    return pl.DataFrame(full, schema=types)


def top_sets(loads: list[float | None], **row: Any) -> list[dict[str, Any]]:
    """One set a week on Monday, 8 repetitions with 2 in reserve; None skips a week."""
    told = {"reps": 8, "rir": 2} | row
    return [{"day": 7 * i, "load_kg": kg} | told for i, kg in enumerate(loads) if kg is not None]


# --- load_progression


def labels(found: Estimate) -> list[str]:
    assert found.points is not None
    return found.points["label"].to_list()


def test_the_handbooks_block_as_a_log() -> None:
    rows = [*top_sets([60, 62.5, 62.5]), {"day": 21, "load_kg": 70, "reps": 6, "rir": 0}]
    rows += [{"day": 28, "load_kg": 40, "reps": 8, "rir": 4}, {"day": 35, "load_kg": 65, "reps": 8, "rir": 2}]
    calendar = rows_of(Calendar, [{"day": 28, "kind": "other", "title": "Deload week"}])
    plan = rows_of(Plan, [{"exercise_raw": "Squat (Barbell)", "reps_low": 8.0, "sets": 1, "block": "1"}])
    found = load_progression.estimate(sets_frame(rows), **BLOCK, calendar=calendar, plan=plan)
    assert labels(found) == ["start", "on_rule", "hold", "aggressive", "deload", "reduction"]
    assert (found.value, found.n, found.status) == (1.0, 4, "ok")
    assert found.part("weeks to extend the block by").value == 1.0
    back = found.part("back squat, last change")
    assert back.notes == ("2026-01-26: failed; back to 62.5 kg, then add 2.5 kg.",)
    assert str(found).startswith("Ada: Failed large load jumps 1 (n = 4)")
    assert "Deload weeks left out of the comparison: 1." in found.notes


def test_trap_7_the_first_week_after_a_detected_deload_is_no_jump() -> None:
    rows = [row | {"set_no": n} for row in top_sets([60, 60, 60, 36, 61.5, 61.5]) for n in range(6)]
    kept = [row for row in rows if row["day"] != 21 or row["set_no"] < 3]  # half of the sets in the fourth week
    found = load_progression.estimate(sets_frame(kept), **BLOCK)
    assert labels(found)[2:5] == ["hold", "deload", "on_rule"]


def test_two_sessions_after_a_deload_are_held_against_the_week_before_it() -> None:
    calendar = rows_of(Calendar, [{"day": 8, "kind": "other", "title": "deload"}])
    rows = [*top_sets([60, 36, 60]), {"day": 17, "load_kg": 62, "reps": 8, "rir": 2}]
    found = load_progression.estimate(sets_frame(rows), **BLOCK, calendar=calendar)
    assert labels(found) == ["start", "deload", "on_rule"]


def test_the_planned_repetitions_are_to_be_done_in_every_set_at_the_top_load() -> None:
    week = [{"day": 7, "load_kg": 70, "reps": reps, "rir": 2} for reps in (8, 8, 6)]
    plan = rows_of(Plan, [{"exercise_raw": "Back Squat", "reps_low": 8.0, "sets": 3, "day": 7}])
    assert load_progression.estimate(sets_frame([*top_sets([60]), *week]), **BLOCK, plan=plan).value == 1.0


def test_without_a_plan_only_effort_and_technique_tell_a_failure() -> None:
    fewer = sets_frame([*top_sets([60]), {"day": 7, "load_kg": 70, "reps": 5, "rir": 2}])
    assert load_progression.estimate(fewer, **BLOCK).value == 0.0
    plan = rows_of(Plan, [{"exercise_raw": "Back Squat", "reps_low": 8.0, "sets": 3, "day": 8}])
    assert load_progression.estimate(fewer, **BLOCK, plan=plan).value == 1.0
    sloppy = sets_frame(top_sets([60, 70], rir=None, technique_ok=True)[:1] + top_sets([None, 70], technique_ok=False))
    assert load_progression.estimate(sloppy, **BLOCK).value == 1.0


def test_a_jump_of_which_nothing_is_known_is_open_not_mastered() -> None:
    found = load_progression.estimate(sets_frame(top_sets([60, 70], rir=None)), **BLOCK)
    assert (found.value, found.low, found.high, found.reason) == (0.0, 0.0, 1.0, "MISSED_UNKNOWN")


def test_the_reserve_of_a_week_does_not_depend_on_the_number_of_sets() -> None:
    week = [{"day": 7, "load_kg": 70, "reps": 8, "rir": rir} for rir in (3, 2, 0.5)]
    assert load_progression.estimate(sets_frame(top_sets([60]) + week), **BLOCK).value == 0.0


def test_two_increases_in_a_week_and_a_light_day_after_a_heavy_one() -> None:
    again = {"reps": 8, "rir": 2}
    twice = [*top_sets([60]), {"day": 7, "load_kg": 62} | again, {"day": 10, "load_kg": 64} | again]
    assert labels(load_progression.estimate(sets_frame(twice), **BLOCK)) == ["start", "on_rule", "too_frequent"]
    light = [*top_sets([60, 62]), {"day": 10, "load_kg": 50, "reps": 8, "rir": 4}]
    assert labels(load_progression.estimate(sets_frame(light), **BLOCK)) == ["start", "on_rule"]


def test_trap_8_the_step_of_a_pair_of_dumbbells_is_that_of_both() -> None:
    sets = sets_frame(row | REVERSE_LUNGE | {"load_basis": "per_implement"} for row in top_sets([16, 18]))
    assert labels(load_progression.estimate(sets, **BLOCK, step_kg=2)) == ["start", "plate_limited"]
    assert labels(load_progression.estimate(sets, **BLOCK, step_kg=1)) == ["start", "aggressive"]


def test_the_change_into_the_block_counts_if_the_exercise_is_fresh() -> None:
    late = BLOCK | {"start": DAY + dt.timedelta(35)}
    fresh = load_progression.estimate(sets_frame(top_sets([60, None, None, None, 60, 62.5])), **late)
    assert (labels(fresh), fresh.n) == (["on_rule"], 1)
    old = load_progression.estimate(sets_frame(top_sets([60, None, None, None, None, 62.5])), **late)
    assert (old.reason, old.n) == ("NO_EARLIER_ENTRY", 1)


def test_what_has_no_load_to_compare() -> None:
    for other in (PULL_UP, BAND_ROW, {"pattern": "plyo"}):
        assert (
            load_progression.estimate(sets_frame(row | other for row in top_sets([5, 10])), **BLOCK).reason == "NO_LOAD"
        )
    bells = load_progression.estimate(sets_frame(row | SWING for row in top_sets([24, 28])), **BLOCK, step_kg=4)
    assert labels(bells) == ["start", "plate_limited"]
    assert load_progression.estimate(sets_frame(top_sets([60, 62])), **BLOCK, step_kg=0).reason == "BAD_INPUT"


def test_increases_of_a_simulated_block_get_back_their_label() -> None:
    rng = np.random.default_rng(16)
    for _ in range(20):
        steps = rng.choice([0.0, 1.0, 3.5, 8.0], 5)
        loads = (60 * np.cumprod([1, *(1 + steps / 100)])).tolist()
        found = load_progression.estimate(sets_frame(top_sets(loads)), **BLOCK, step_kg=0.5)
        names = {0.0: "hold", 1.0: "small", 3.5: "on_rule", 8.0: "aggressive"}
        assert labels(found) == ["start", *(names[step] for step in steps)]


# --- load_deload


def weekly_hard(counts: list[int], first_day: int = 0) -> pl.DataFrame:
    """So many hard sets a week, two sessions."""
    return sets_frame(
        {"day": first_day + 7 * week + 3 * (n % 2), "load_kg": 60, "reps": 8, "rir": 2}
        for week, count in enumerate(counts)
        for n in range(count)
    )


def test_the_handbooks_weeks_as_a_log() -> None:
    counts = [40, 42, 44, 45, 24, 46, 48, 49, 50, 51, 52, 53, 54]
    block = BLOCK | {"end": DAY + dt.timedelta(7 * 13 - 1)}
    found = load_deload.estimate(weekly_hard(counts), **block)
    assert (found.value, found.low, found.n, found.status) == (8.0, None, 13, "ok")
    assert (found.part("deload weeks").value, found.part("overdue weeks").value) == (1.0, 2.0)
    assert "A deload is overdue: more than 6 loading weeks in a row." in found.notes
    assert "The last deload began on 2026-02-02." in found.notes


def test_a_week_that_the_end_cuts_off_is_not_a_deload() -> None:
    block = BLOCK | {"end": DAY + dt.timedelta(23)}
    found = load_deload.estimate(weekly_hard([10, 10, 10, 3]), **block)
    assert (found.value, found.n) == (3.0, 3)
    whole = load_deload.estimate(weekly_hard([10, 10, 10, 3]), **BLOCK | {"end": DAY + dt.timedelta(27)})
    assert (whole.value, whole.part("deload weeks").value) == (0.0, 1.0)


def test_a_week_without_a_record_is_unknown_unless_it_was_rest() -> None:
    sets = weekly_hard([10, 10, 10, 0, 10, 10])
    unknown = load_deload.estimate(sets, **BLOCK)
    assert (unknown.value, unknown.low, unknown.high, unknown.reason) == (2.0, 2.0, 6.0, "WEEKS_UNKNOWN")
    rest = load_deload.estimate(sets, **BLOCK, days_without_record="rest")
    assert (rest.value, rest.high, rest.part("weeks off").value) == (2.0, None, 1.0)
    with pytest.raises(ValueError, match="'rest' or 'unknown'"):
        load_deload.estimate(sets, **BLOCK, days_without_record="off")


def test_missed_sessions_look_like_a_deload_and_the_note_says_so() -> None:
    sets = weekly_hard([10, 10, 10, 10]).vstack(weekly_hard([5], 28).with_columns(date=DAY + dt.timedelta(28)))
    missed = sets.with_columns(
        pl.col("date").dt.to_string("s%Y%m%d").alias("session_id"),
        pl.int_range(pl.len()).cast(pl.String).alias("set_id"),
    )
    found = load_deload.estimate(missed, **BLOCK | {"end": DAY + dt.timedelta(34)})
    assert found.part("deload weeks").value == 1.0
    assert any("perhaps missed sessions: 1" in note for note in found.notes)


def test_without_effort_the_weeks_are_judged_by_volume_load() -> None:
    unrated = weekly_hard([10, 10, 10, 7, 6, 10]).with_columns(rir=pl.lit(None, pl.Float64))
    found = load_deload.estimate(unrated, **BLOCK)
    assert dict(found.params)["metric"] == "volume_load"
    assert found.points is not None
    assert found.points["label"].to_list() == ["loading"] * 3 + ["deload"] * 2 + ["loading"]
    body = unrated.with_columns(load_kg=pl.lit(None, pl.Float64), load_kind=pl.lit("bodyweight"))
    assert load_deload.estimate(body, **BLOCK).reason == "NO_EFFORT_INFO"


def test_the_coachs_word_wins() -> None:
    calendar = rows_of(Calendar, [{"day": 23, "kind": "other", "title": "DELOAD"}, {"day": 30, "kind": "other",
                                   "title": "no deload this week"}])  # fmt: skip
    found = load_deload.estimate(weekly_hard([10] * 6), **BLOCK, calendar=calendar)
    assert found.points is not None
    assert found.points["label"].to_list() == ["loading"] * 3 + ["deload"] + ["loading"] * 2


def test_the_calendar_of_somebody_else_says_nothing() -> None:
    sets = weekly_hard([10] * 6)
    other = rows_of(Calendar, [{"day": 23, "kind": "quality", "title": "DELOAD"}]).with_columns(athlete=pl.lit("Bo"))
    for metric in (load_deload, load_week):
        assert metric.estimate(sets, **BLOCK, calendar=other) == metric.estimate(sets, **BLOCK)


# --- load_zones


def test_trap_3_the_e1rm_of_the_same_session_is_not_used() -> None:
    # 100 kg x 5 at 2 in reserve is an e1RM of 123.3; the best set of the last day must not judge itself
    sets = weekly_sets([100, 100, 100, 120])
    found = load_zones.estimate(sets, **BLOCK)
    assert found.part(">=90 %").value == 1.0
    assert (found.value, found.low, found.high, found.n) == (3.0, 3.0, 4.0, 3)
    assert found.part("80-90 %").value == 2.0
    assert found.part("mean intensity, back squat").value == pytest.approx((81.081 + 81.081 + 97.297) / 3, abs=0.01)
    doubled = sets.with_columns(pl.when(pl.col("load_kg") == 120).then(5).otherwise("reps").alias("reps"),
                                pl.when(pl.col("load_kg") == 120).then(0.0).otherwise("rir").alias("rir"))  # fmt: skip
    assert load_zones.estimate(doubled, **BLOCK).part(">=90 %").value == 1.0


def test_an_old_e1rm_says_nothing() -> None:
    sets = sets_frame(
        [{"day": 0, "load_kg": 100, "reps": 5, "rir": 2}, {"day": 29, "load_kg": 100, "reps": 5, "rir": 2}]
    )
    found = load_zones.estimate(sets, **BLOCK)
    assert (found.reason, found.n) == ("NO_E1RM_BEFORE", 2)
    assert load_zones.estimate(sets_frame([{"reps": 8, **PULL_UP}]), **BLOCK).reason == "NO_DATA"


def test_zones_of_simulated_sets_are_those_of_their_true_intensity() -> None:
    rng = np.random.default_rng(3)
    shares = rng.choice([0.55, 0.65, 0.75, 0.85], 40)
    tests = [{"day": day, "load_kg": 100, "reps": 1, "rir": 0} for day in range(0, 42, 7)]
    work = [{"day": 7 * (i // 8) + 3, "load_kg": 100 * share, "reps": 3} for i, share in enumerate(shares)]
    found = load_zones.estimate(sets_frame(tests + work), **BLOCK)
    level = 100  # a true single is its own 1RM
    for share, zone in ((0.55, "<60 %"), (0.65, "60-70 %"), (0.75, "70-80 %"), (0.85, "80-90 %")):
        assert found.part(zone).value == (shares * level == share * level).sum()


# --- load_week

RUN_WEEK = ("easy", "quality", "easy", "easy", "quality", "rest", "long")
HEAVY = {"load_kg": 60, "reps": 8, "rir": 2}


def calendar_of(weeks: int, kinds: tuple[str, ...] = RUN_WEEK) -> pl.DataFrame:
    return rows_of(Calendar, [{"day": day, "kind": kinds[day % 7]} for day in range(7 * weeks + 1)])


def gym_on(days: list[int], **row: Any) -> pl.DataFrame:
    return sets_frame(HEAVY | row | {"day": day, "session_id": f"s{day}"} for day in days)


def test_the_handbooks_week_as_a_log() -> None:
    balance, plyo, calf = (
        {"exercise_class": kind, "pattern": kind, "load_kg": None} for kind in ("balance", "plyo", "accessory")
    )
    rows: list[dict[str, Any]] = [{"day": 0} | HEAVY | balance, {"day": 0} | HEAVY, {"day": 0} | HEAVY | {"reps": 6},
            {"day": 0} | HEAVY | calf | {"reps": 12}, {"day": 2} | HEAVY | {"reps": 5}, {"day": 2} | HEAVY | plyo,
            {"day": 2} | HEAVY | calf | {"reps": 10}, {"day": 5} | HEAVY]  # fmt: skip
    found = load_week.estimate(sets_frame(rows), **BLOCK | {"end": DAY + dt.timedelta(6)}, calendar=calendar_of(1))
    assert (found.value, found.n, found.status) == (0.0, 1, "ok")
    assert found.part("gym days").value == 3.0
    assert found.part("gym days before quality or a race").value == 1.0
    assert found.part("sessions with late drills").value == 1.0
    assert found.part("compound sets of 6-8 repetitions").value == 75.0
    assert found.part("accessory sets of 8-12 repetitions").value == 100.0
    assert found.part("sets with technique ok").reason == "NO_TECHNIQUE"
    assert "Gym before quality: 2026-01-05." in found.notes


def test_trap_8_repetitions_in_range_are_those_of_one_side() -> None:
    sets = gym_on([2, 5], **REVERSE_LUNGE | {"reps": 16})
    name, week = "compound sets of 6-8 repetitions", BLOCK | {"end": DAY + dt.timedelta(6)}
    for basis, share in (("total", 100.0), ("per_side", 0.0)):
        told = sets.with_columns(pl.lit(basis).cast(sets.schema["rep_basis"]).alias("rep_basis"))
        assert load_week.estimate(told, **week).part(name).value == share


def test_a_run_of_unknown_type_leaves_the_week_open() -> None:
    sets, week = gym_on([2, 5]), BLOCK | {"end": DAY + dt.timedelta(6)}
    unknown = load_week.estimate(sets, **week)
    assert (unknown.value, unknown.low, unknown.high, unknown.reason) == (1.0, 0.0, 1.0, "RUN_TYPE_UNKNOWN")
    known = load_week.estimate(sets, **week, calendar=calendar_of(1))
    assert (known.value, known.low, known.reason) == (1.0, None, None)


def test_recorded_runs_are_not_easy_by_themselves_and_races_are_races() -> None:
    sets, week = gym_on([2, 5]), BLOCK | {"end": DAY + dt.timedelta(6), "days_without_record": "rest"}
    runs = rows_of(Runs, [{"day": 1, "session_id": "r1"}, {"day": 6, "session_id": "r2", "race": True}])
    found = load_week.estimate(sets, **week, runs=runs)
    assert (found.value, found.reason) == (0.0, None)
    assert found.part("gym days before quality or a race").value == 1.0
    ran = rows_of(Runs, [{"day": 2, "session_id": "r1"}])
    assert load_week.estimate(sets, **week, runs=ran).part("gym days with an unknown run").value == 1.0
    rest = rows_of(Calendar, [{"day": day, "kind": "rest"} for day in range(8)])
    contradicted = load_week.estimate(sets, **week, runs=ran, calendar=rest)
    assert contradicted.part("gym days with an unknown run").value == 1.0


def test_days_without_a_run_are_rest_only_where_runs_are_logged() -> None:
    week = BLOCK | {"end": DAY + dt.timedelta(6), "days_without_record": "rest"}
    assert load_week.estimate(gym_on([2, 5]), **week).reason == "RUN_TYPE_UNKNOWN"
    runs = rows_of(Runs, [{"day": 0, "session_id": "r1"}])
    assert load_week.estimate(gym_on([2, 5]), **week, runs=runs).reason is None


def test_the_monday_after_counts_for_a_sunday_in_the_gym() -> None:
    calendar = calendar_of(1, ("quality", "easy", "easy", "easy", "easy", "easy", "easy"))
    found = load_week.estimate(gym_on([2, 6]), **BLOCK | {"end": DAY + dt.timedelta(6)}, calendar=calendar)
    assert found.notes == ("Gym before quality: 2026-01-11.",)


def test_hours_between_gym_and_run_are_those_of_the_local_clock() -> None:
    noon = dt.datetime(2026, 1, 7, 12)  # noqa: DTZ001  # the athlete's wall clock has no zone
    rows = [{"day": 2, "session_id": "g", "kind": "strength", "start_local": noon, "duration_s": 3600.0,
             "zone_basis": "local"},
            {"day": 2, "session_id": "r", "kind": "run", "start_local": noon + dt.timedelta(hours=6.5),
             "zone_basis": "local"}]  # fmt: skip
    given: dict[str, Any] = BLOCK | {"end": DAY + dt.timedelta(6), "calendar": calendar_of(1)}
    name = "days with less than 6 h between gym and run"
    sessions = rows_of(Sessions, rows)
    assert load_week.estimate(gym_on([2, 5]), **given, sessions=sessions).part(name).value == 1.0  # 5.5 h
    later = sessions.with_columns(
        pl.when(pl.col("kind").cast(pl.String) == "run")
        .then(pl.col("start_local") + pl.duration(hours=1))
        .otherwise("start_local")
        .alias("start_local")
    )
    assert load_week.estimate(gym_on([2, 5]), **given, sessions=later).part(name).value == 0.0
    by_utc = sessions.with_columns(pl.lit("utc").cast(sessions.schema["zone_basis"]).alias("zone_basis"))
    assert load_week.estimate(gym_on([2, 5]), **given, sessions=by_utc).part(name).value == 0.0


def test_trap_30_weeks_are_iso_weeks_of_the_local_day() -> None:
    # Sunday evening and Monday morning lie in two weeks; the block's first days before a Monday are in none
    week = BLOCK | {"start": DAY - dt.timedelta(3), "end": DAY + dt.timedelta(13), "calendar": calendar_of(2)}
    found = load_week.estimate(gym_on([-1, 2, 5, 9, 12]), **week)
    assert (found.n, found.part("gym days").value) == (2, 2.0)
    assert load_week.estimate(gym_on([0, 2]), **BLOCK | {"end": DAY + dt.timedelta(5)}).reason == "NO_WHOLE_WEEK"


def test_a_week_without_a_record_is_judged_only_where_it_was_rest() -> None:
    sets, given = gym_on([2, 5]), BLOCK | {"end": DAY + dt.timedelta(13), "calendar": calendar_of(2)}
    assert load_week.estimate(sets, **given).n == 1
    assert load_week.estimate(sets, **given, days_without_record="rest").n == 2


# --- all of them

LOG = sets_frame(
    {"day": 7 * week + day, "load_kg": 60 + 2.5 * week, "reps": 6 + n, "rir": 2, "technique_ok": True}
    for week in range(6) for day in (0, 3) for n in range(3)
)  # fmt: skip


@pytest.mark.parametrize("metric", METRICS)
def test_empty_null_and_single_rows_are_refused_not_raised(metric: Any) -> None:
    assert metric.estimate(LOG.clear(), **BLOCK).reason == "NO_DATA"
    nothing = LOG.with_columns(pl.lit(None).cast(LOG.schema[c]).alias(c) for c in ("reps", "load_kg", "rir", "rpe"))
    for sets in (LOG.head(1), nothing):
        found = metric.estimate(sets, **BLOCK)
        assert found.ok or found.reason
        assert found.value is None or np.isfinite(found.value)


def spoilt(sets: pl.DataFrame, **values: float) -> pl.DataFrame:
    """The sets with two more that hold an impossible value."""
    extra = sets.head(2).with_columns(pl.concat_str(pl.lit("x"), "set_id").alias("set_id"))
    return sets.vstack(extra.with_columns(pl.lit(value).alias(name) for name, value in values.items()))


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize(
    "spoil",
    [
        lambda sets: sets.vstack(sets.sample(10, seed=1)), lambda sets: sets.sample(fraction=1, shuffle=True, seed=2),
        lambda sets: spoilt(sets, load_kg=np.inf), lambda sets: spoilt(sets, reps=-5.0),
        lambda sets: spoilt(sets, rir=np.nan), lambda sets: spoilt(sets, load_kg=1e9),
    ],
    ids=["repeated", "shuffled", "infinite", "negative", "nan", "huge"],
)  # fmt: skip
def test_repeated_shuffled_and_impossible_rows_change_nothing(
    metric: Any, spoil: Callable[[pl.DataFrame], pl.DataFrame]
) -> None:
    clean, found = metric.estimate(LOG, **BLOCK), metric.estimate(spoil(LOG), **BLOCK)
    assert (found.value, found.low, found.high, found.n) == (clean.value, clean.low, clean.high, clean.n)
    assert [part.value for part in found.parts] == pytest.approx([part.value for part in clean.parts])


@pytest.mark.parametrize("metric", METRICS)
def test_units_and_names_do_not_matter(metric: Any) -> None:
    clean = metric.estimate(LOG, **BLOCK)
    options = {"step_kg": 2.5 / LB_KG} if metric is load_progression else {}
    pounds = metric.estimate(LOG.with_columns(pl.col("load_kg") / LB_KG), **BLOCK, **options)
    assert (pounds.value, pounds.n, pounds.reason) == (clean.value, clean.n, clean.reason)
    renamed = metric.estimate(LOG.with_columns(exercise=pl.lit("anything"), athlete=pl.lit("Bo")), **BLOCK)
    assert (renamed.value, renamed.n) == (clean.value, clean.n)


@pytest.mark.parametrize("metric", METRICS)
def test_one_athlete_at_a_time_each_for_many_and_pandas(metric: Any) -> None:
    two = pl.concat([LOG, LOG.with_columns(athlete=pl.lit("Bo"), set_id=pl.concat_str(pl.lit("b"), "set_id"))])
    with pytest.raises(ValueError, match="one athlete at a time"):
        metric.estimate(two, start=DAY, end=END)
    ada, bo = each(metric, two, start=DAY, end=END)
    assert (ada.who, bo.who) == ("Ada", "Bo")
    assert ada.value == bo.value == metric.estimate(LOG, **BLOCK).value == metric.estimate(two, **BLOCK).value
    assert metric.estimate(to_pandas(LOG), **BLOCK).value == ada.value


@pytest.mark.parametrize("metric", METRICS)
def test_every_audit_draws_its_points_and_writes_its_defaults(metric: Any) -> None:
    found = metric.estimate(LOG, **BLOCK)
    chart = found.chart().to_dict()
    assert str(found) in chart["description"]
    assert {"start", "end"} < set(dict(found.params))
    assert found.method
    assert "<table" in found.html()
