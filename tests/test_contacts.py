"""Plyometric contacts by side and tier (methods A4)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.exercises.contacts import Contacts, DrillSet, count

SESSION = [
    DrillSet("pogo", 3, 10),
    DrillSet("single_leg_hop", 2, 5, "each"),
    DrillSet("drop_jump", 3, 4),
    DrillSet("bound", 2, 10, "alternating"),
]


def test_handbook_example() -> None:
    found = count(SESSION)
    assert (found.status, found.contacts, found.bilateral, found.left, found.right) == ("ok", 94, 54, 20, 20)
    assert (found.low, found.medium, found.high, found.side_unknown) == (30, 20, 44, 0)


@pytest.mark.parametrize(
    ("drill", "contacts"),
    [("CMJ", 1), ("box jump", 1), ("hurdle hop", 1), ("depth jump", 2), ("Drop Jump", 2), ("pogos", 1)],
)
def test_contacts_per_repetition(drill: str, contacts: int) -> None:
    assert count([(drill, 1, 1)]).bilateral == contacts


def test_a_one_legged_drill_without_a_side_is_counted_once_and_said() -> None:
    for side in (None, "both"):
        found = count([("lateral bound", 2, 6, side), ("pogo", 1, 10)])
        assert (found.status, found.reason) == ("ok", None)
        assert (found.contacts, found.bilateral, found.left, found.right, found.side_unknown) == (22, 22, 0, 0, 12)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (("bench press", 3, 5), "DRILL_UNKNOWN"),
        (("moon jump", 3, 5), "DRILL_UNKNOWN"),
        (("bound", 3, 5, "alternating"), "ALTERNATING_ODD"),
        (("pogo", 0, 5), "BAD_INPUT"),
        (("pogo", 1, -5), "BAD_INPUT"),
        (("pogo", 1, None), "BAD_INPUT"),
        (("pogo", float("nan"), 5), "BAD_INPUT"),
        (("pogo", 1, 5, "north"), "BAD_INPUT"),
    ],
)
def test_one_bad_row_refuses_the_sum(row: tuple[str, int, int], reason: str) -> None:
    assert count([*SESSION, row]) == Contacts("refused", reason)


def test_the_users_own_names_count() -> None:
    assert count([("hüpfer", 1, 10)], {"hüpfer": "pogo"}).contacts == 10


ROWS = st.builds(
    DrillSet,
    st.sampled_from(["pogo", "single-leg hop", "drop jump", "bound", "skip", "box jump"]),
    st.integers(1, 5),
    st.integers(0, 10).map(lambda reps: 2 * reps),
    st.sampled_from([None, "both", "each", "left", "right", "alternating"]),
)


@given(st.lists(ROWS, max_size=6))
def test_sides_and_tiers_each_add_up(rows: list[DrillSet]) -> None:
    found = count(rows)
    sides = [found.bilateral, found.left, found.right]
    tiers = [found.low, found.medium, found.high]
    assert sum(part or 0 for part in sides) == sum(part or 0 for part in tiers) == found.contacts
    assert (found.side_unknown or 0) <= (found.bilateral or 0)
