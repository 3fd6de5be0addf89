"""Audit of a week (methods C18): every flag, unknown runs, repetitions in range, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.stats.week_structure import Day, audit_week, drills_late, reps_in_range

RUNS = ("easy", "quality", "easy", "easy", "quality", "rest", "long")


def week(gym: set[int], runs: tuple[str | None, ...] = RUNS) -> list[Day]:
    """Seven days with gym on the days of these numbers, from 1."""
    return [Day(n in gym, run) for n, run in enumerate(runs, 1)]


def test_the_handbooks_week() -> None:
    sessions = [
        [("balance", 8), ("compound", 8), ("compound", 6), ("accessory", 12)],
        [("compound", 5), ("plyo", 5), ("accessory", 10)],
    ]
    found = audit_week(week({1, 3, 6}), sessions)
    assert found.flags == ("GYM_BEFORE_QUALITY_DAY_1", "DRILLS_LATE_SESSION_2")
    assert (found.status, found.gym_days, found.accessory_in_8_12_pct) == ("ok", 3, 100.0)
    assert found.compound_in_6_8_pct == pytest.approx(200 / 3)


@pytest.mark.parametrize(
    ("gym", "flags"),
    [
        ({3, 6}, ()), ({3}, ("GYM_DAYS_OUTSIDE_2_3",)), (set(), ("GYM_DAYS_OUTSIDE_2_3",)),
        ({2, 3}, ("GYM_ON_QUALITY_DAY_2",)), ({3, 7}, ("GYM_ON_LONG_DAY_7",)),
        ({1, 2, 4, 6}, ("GYM_DAYS_OUTSIDE_2_3", "GYM_BEFORE_QUALITY_DAY_1", "GYM_ON_QUALITY_DAY_2",
                        "GYM_BEFORE_QUALITY_DAY_4")),
    ],
)  # fmt: skip
def test_gym_days_among_the_runs(gym: set[int], flags: tuple[str, ...]) -> None:
    assert audit_week(week(gym)).flags == flags


def test_a_race_counts_on_the_day_and_the_day_before_also_across_the_end_of_the_week() -> None:
    runs = ("rest", "easy", "easy", "easy", "rest", "race", "rest")
    assert audit_week(week({5, 6}, runs)).flags == ("GYM_BEFORE_RACE_DAY_5", "GYM_ON_RACE_DAY_6")
    assert audit_week(week({2, 7}, runs), next_run="quality").flags == ("GYM_BEFORE_QUALITY_DAY_7",)
    assert audit_week(week({2, 7}, runs), next_run="long").flags == ()


def test_less_than_six_hours_between_gym_and_run() -> None:
    days = week({3, 6})
    days[2] = Day(gym=True, run="easy", hours_apart=5.9)
    days[5] = Day(gym=True, run="easy", hours_apart=6.0)
    days[3] = Day(gym=False, run="easy", hours_apart=1.0)
    assert audit_week(days).flags == ("SESSIONS_UNDER_6_H_DAY_3",)


def test_an_unknown_run_is_not_easy_and_raises_no_flag() -> None:
    found = audit_week(week({1, 3}, ("easy", None, "easy", "easy", None, "rest", "long")))
    assert (found.status, found.reason, found.flags, found.unknown_days) == ("caution", "RUN_TYPE_UNKNOWN", (), (1,))
    assert audit_week(week({3, 7}), next_run=None).unknown_days == (7,)
    assert audit_week(week({3, 6}, ("easy", None, "easy", "easy", None, "rest", "easy"))).status == "ok"


@pytest.mark.parametrize(
    ("classes", "late"),
    [
        (["balance", "activation", "compound", "accessory"], False), (["compound", "balance"], True),
        (["accessory", "plyo"], True), (["plyo", "compound", "activation"], True), (["balance", "plyo"], False),
        (["compound", "prep", None, "compound"], False), ([], False), ([None, "plyo"], False),
    ],
)  # fmt: skip
def test_drills_belong_before_the_first_heavy_set(classes: list[str | None], late: bool) -> None:
    assert drills_late(classes) is late


def test_repetitions_in_range_include_both_ends_and_skip_timed_sets() -> None:
    assert reps_in_range([6, 8, 5, 9], "compound") == 50.0
    assert reps_in_range([8, 12, 7.5, 12.5, None], "accessory") == 50.0
    assert reps_in_range([None], "accessory") is None
    found = audit_week(week({3, 6}), [[("balance", 30), (None, 8)]])
    assert (found.compound_in_6_8_pct, found.accessory_in_8_12_pct) == (None, None)


def test_impossible_inputs_are_refused() -> None:
    for days, sessions in (
        ([], []), ([Day(gym=True, hours_apart=-1.0)], []), (week({3, 6}), [[("compound", np.inf)]]),
        (week({3, 6}), [[("compound", -1)]]), (week({3, 6}), [[("compound", np.nan)]]),
    ):  # fmt: skip
        found = audit_week(days, sessions)
        assert (found.status, found.reason, found.flags) == ("refused", "BAD_INPUT", ())


def test_a_random_week_is_flagged_exactly_where_it_departs() -> None:
    rng = np.random.default_rng(18)
    for _ in range(500):
        runs = tuple(rng.choice(["rest", "easy", "quality", "long", "race"], 7))
        gym = set((rng.permutation(7)[: rng.integers(0, 5)] + 1).tolist())
        flags = audit_week(week(gym, runs)).flags
        on = {n for n in gym if runs[n - 1] in ("quality", "long", "race")}
        before = {n for n in gym if n < 7 and runs[n] in ("quality", "race")}
        assert len(flags) == len(on) + len(before) + (len(gym) not in (2, 3))
        assert {int(flag[-1]) for flag in flags if "_DAY_" in flag} == on | before
