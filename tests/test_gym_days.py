"""Which days of a running week hold a gym session (methods G3)."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.stats.gym_days import gym_days

KINDS = ("rest", "easy", "quality", "long", "race", None)
WEEK = ["easy", "quality", "easy", "easy", "quality", "rest", "long"]


def test_the_example_of_the_handbook() -> None:
    found = gym_days(WEEK, 3)
    assert (found.status, found.days, found.allowed) == ("caution", (3, 6), (3, 6))
    assert dict(found.why)[1] == "quality on the next day"
    assert dict(found.why)[7] == "its run is long"


@pytest.mark.parametrize(
    ("runs", "want", "days"),
    [
        (["rest"] * 7, 3, (1, 3, 5)), (["rest"] * 7, 2, (1, 3)), (["easy"] * 7, 1, (1,)),
        (["easy", "rest", "easy", "easy", "easy", "easy", "race"], 3, (1, 3, 5)),
        (["race", "rest", "rest", "easy", "easy", "rest", "easy"], 3, (4, 6)),
        (["Easy ", "REST", "easy", "rest"], 2, (1, 3)),
    ],
)  # fmt: skip
def test_the_first_days_that_fit(runs: list[str], want: int, days: tuple[int, ...]) -> None:
    assert gym_days(runs, want).days == days


@pytest.mark.parametrize(
    "runs", [["race"] * 7, ["quality", "easy"] * 3, ["easy", "race", "rest", "rest", "race", "rest"]]
)
def test_a_week_without_room_says_so(runs: list[str]) -> None:
    found = gym_days(runs, 2)
    assert (found.status, found.reason, found.days) == ("refused", "NO_FEASIBLE_GYM_DAYS", ())
    assert len(found.why) + len(found.allowed) == len(runs)


def test_an_unknown_run_is_never_easy() -> None:
    found = gym_days(["easy", None, "rest", "easy", "easy"], 2)
    assert found.allowed == (3, 4, 5)
    assert dict(found.why) == {1: "the run of the next day is not known", 2: "its run is not known"}


def test_the_days_around_the_week_count() -> None:
    assert gym_days(["rest"] * 3, 2, before=["race", "easy"]).days == ()
    assert gym_days(["rest"] * 3, 2, after="race").days == ()
    assert gym_days(["rest"] * 7, 2, earliest=2, blocked={3}).days == (2, 4)


@pytest.mark.parametrize("runs", [None, [], "easy", 7, ["easy"] * 40])
def test_what_is_no_week_is_refused(runs: Any) -> None:
    assert gym_days(runs, 3).reason == "BAD_INPUT"


@pytest.mark.parametrize("want", [None, 0, -1, 2.5, math.nan, math.inf, "3", True])
def test_what_is_no_number_of_days_is_refused(want: Any) -> None:
    assert gym_days(WEEK, want).reason == "BAD_INPUT"


@given(st.lists(st.sampled_from(KINDS), min_size=1, max_size=10), st.integers(1, 4))
def test_the_rules_hold_for_every_week(runs: list[str | None], want: int) -> None:
    found = gym_days(runs, want)
    for day in found.days:
        assert runs[day - 1] in ("rest", "easy")
        assert day == len(runs) or runs[day] not in ("quality", "race", None)
        assert "race" not in runs[max(day - 3, 0) : day - 1]
    assert all(b - a >= 2 for a, b in itertools.pairwise(found.days))
    assert (found.status == "ok") == (len(found.days) == want)
    better = [
        days
        for size in range(min(want, 3), len(found.days), -1)
        for days in itertools.combinations(found.allowed, size)
        if all(b - a >= 2 for a, b in itertools.pairwise(days))
    ]
    assert not better or found.reason == "NO_FEASIBLE_GYM_DAYS"
    assert not (better and found.days)
