"""Persistent fatigue and readiness by counting domains (methods F8, F9): rules, unknown days, traps 25 and 26."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.stats.fatigue_rule import base_rate, persistent, persistent_days, readiness

OFF, ON = [False] * 14, [True] * 14
FLAGS = st.lists(st.sampled_from([True, False, None]), min_size=14, max_size=14)


def last(days: int, of: int = 14) -> list[bool | None]:
    return [i >= of - days for i in range(of)]


def test_the_handbooks_example() -> None:
    subjective = [False] * 7 + [True, True, False, True, True, False, True]
    autonomic = [False] * 7 + [True, True, False, False, True, False, True]
    found = persistent({"subjective": subjective, "autonomic": autonomic, "neuromuscular": [None] * 14})
    assert (found.status, found.persistent, found.days_two_domains) == ("ok", True, 4)
    assert (found.single_domain, found.known_days) == ((), 7)


def test_two_days_with_two_domains_are_not_three() -> None:
    assert persistent({"a": last(2), "b": last(2)}).persistent is False
    assert persistent({"a": last(3), "b": last(3)}).persistent is True
    assert persistent({"a": last(3), "b": [*last(3, 11), False, False, False]}).persistent is False  # never on one day


def test_one_domain_for_long() -> None:
    found = persistent({"a": last(10), "b": OFF})
    assert (found.persistent, found.single_domain, found.days_two_domains) == (True, ("a",), 0)
    assert persistent({"a": last(9), "b": OFF}).persistent is False
    assert persistent({"a": [None] * 3 + last(10, 11), "b": OFF}).single_domain == ()  # 11 known days of 14


def test_too_little_known_is_unknown_and_not_no() -> None:
    some: list[bool | None] = [None] * 10 + [True] * 4
    found = persistent({"a": some, "b": some})
    assert (found.status, found.reason, found.persistent) == ("insufficient", "TOO_FEW_DOMAINS", None)
    assert (found.days_two_domains, found.known_days) == (4, 4)
    assert persistent(None).persistent is persistent({}).persistent is persistent({"a": []}).persistent is None
    assert persistent({"a": OFF}).persistent is None
    assert persistent({"a": ON}).persistent is True  # one domain decides by itself, whatever the others are


def test_a_domain_that_never_stands_alone_is_named_and_decides_nothing() -> None:
    # trap 25
    found = persistent({"autonomic": ON, "subjective": OFF}, never_alone=["autonomic"])
    assert (found.persistent, found.single_domain) == (False, ("autonomic",))
    assert persistent({"autonomic": ON}, never_alone=["autonomic"]).persistent is None
    assert persistent({"autonomic": ON, "subjective": last(3)}, never_alone=["autonomic"]).persistent is True
    days = persistent_days(np.array([ON, OFF], dtype=float), never_alone=[0])
    assert days[-1] == 0.0
    assert persistent_days(np.array([ON, OFF], dtype=float))[-1] == 1.0


def test_a_domain_nobody_recorded_is_unknown_on_every_day() -> None:
    assert persistent({"subjective": [True] * 14, "autonomic": None}).single_domain == ("subjective",)
    assert persistent({"subjective": [False] * 14, "autonomic": None}).status == "insufficient"


def test_series_of_unequal_length_end_on_the_same_day() -> None:
    assert persistent({"a": last(3), "b": [True] * 3 + [True] * 2}).days_two_domains == 3


@given(FLAGS, FLAGS, FLAGS)
def test_the_days_in_one_go_say_what_single_days_do(
    a: list[bool | None], b: list[bool | None], c: list[bool | None]
) -> None:
    found = persistent({"a": a, "b": b, "c": c}).persistent
    numbers = np.array([[math.nan if v is None else v for v in row] for row in (a, b, c)], dtype=float)
    whole = persistent_days(numbers)[-1]
    assert found == (None if math.isnan(whole) else bool(whole))


@given(FLAGS, FLAGS)
def test_the_order_of_the_domains_does_not_matter_and_an_unknown_one_changes_nothing(
    a: list[bool | None], b: list[bool | None]
) -> None:
    one = persistent({"a": a, "b": b})
    assert persistent({"b": b, "a": a}).persistent == one.persistent
    assert persistent({"a": a, "b": b, "c": [None] * 14}) == one


def test_a_base_rate_needs_four_weeks_and_counts_known_days_only() -> None:
    assert base_rate([True] * 8 + [False] * 48).share == pytest.approx(1 / 7)
    assert not base_rate([True] * 8 + [False] * 48).too_high
    assert base_rate([True] * 9 + [False] * 47).too_high
    assert base_rate([True] * 20 + [False] * 56).share == 0.0  # 8 weeks
    few = base_rate([True] * 27 + [None] * 29)
    assert (few.share, few.known_days, few.too_high) == (None, 27, False)


def test_readiness_of_the_handbook() -> None:
    found = readiness({"subjective": True, "autonomic": False, "neuromuscular": None, "load": False})
    assert (found.status, found.colour, found.because, found.known) == ("ok", "amber", ("subjective",), 3)


@pytest.mark.parametrize(
    ("domains", "gate", "colour", "because"),
    [
        ({"a": False, "b": False}, None, "green", ()),
        ({"a": False, "b": False}, "watch", "green", ()),
        ({"a": False, "b": False}, "persistent", "amber", ("pain",)),
        ({"a": True, "b": True}, "none", "red", ("a", "b")),
        ({"a": False, "b": False}, "refer", "red", ("pain",)),
        ({}, "refer", "red", ("pain",)),
        ({"a": True, "b": None}, None, "grey", ("a",)),
        ({"a": True}, "persistent", "grey", ("a", "pain")),
    ],
)
def test_the_colour_follows_from_counts(
    domains: dict[str, bool | None], gate: str | None, colour: str, because: tuple[str, ...]
) -> None:
    found = readiness(domains, gate)
    assert (found.colour, found.because) == (colour, because)
    assert (found.status == "insufficient") == (colour == "grey")


def test_an_unknown_domain_is_never_filled_in() -> None:
    # trap 26: neither as fine nor as down
    base: dict[str, bool | None] = {"a": True, "b": False}
    assert readiness(base | {"c": None, "d": None}) == readiness(base)
    assert readiness({"a": None, "b": None, "c": False}).colour == "grey"
    assert readiness(None).colour == "grey"


def test_an_unknown_gate_is_refused() -> None:
    assert readiness({"a": False, "b": False}, "ouch").reason == "BAD_INPUT"
