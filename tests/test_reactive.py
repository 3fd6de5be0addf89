"""Reactive strength (methods D11): published numbers, ranges, the two scales, simulated clock errors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from analysis.stats.reactive import flight_per_contact, height_per_contact, modified, reactive_strength
from analysis.units import G_MPS2


def test_the_handbook_examples() -> None:
    assert reactive_strength(0.19, height_m=0.28).height_per_contact == pytest.approx(1.473684211)
    found = reactive_strength(0.19, flight_time_s=0.478)
    assert (found.height_per_contact, found.flight_per_contact) == pytest.approx((1.474120144, 2.515789474))
    assert reactive_strength(0.19, height_m=0.28).flight_per_contact is None


def test_a_given_height_goes_before_the_one_of_the_flight() -> None:
    found = reactive_strength(0.2, height_m=0.30, flight_time_s=0.478)
    assert (found.height_per_contact, found.flight_per_contact) == pytest.approx((1.5, 2.39))


@pytest.mark.parametrize(
    ("contact", "given", "reason"),
    [
        (None, {"height_m": 0.3}, "BAD_INPUT"), (0.2, {}, "BAD_INPUT"), (0.2, {"height_m": 0.0}, "BAD_INPUT"),
        (0.2, {"height_m": math.inf}, "BAD_INPUT"), (math.nan, {"height_m": 0.3}, "BAD_INPUT"),
        (0.079, {"height_m": 0.3}, "CONTACT_TIME_RANGE"), (0.601, {"height_m": 0.3}, "CONTACT_TIME_RANGE"),
        (0.0, {"height_m": 0.3}, "CONTACT_TIME_RANGE"), (-0.2, {"height_m": 0.3}, "CONTACT_TIME_RANGE"),
        (0.2, {"flight_time_s": 0.91}, "FLIGHT_TIME_RANGE"), (0.2, {"flight_time_s": 0.0}, "FLIGHT_TIME_RANGE"),
    ],
)  # fmt: skip
def test_refusals(contact: Any, given: dict[str, float], reason: str) -> None:
    found = reactive_strength(contact, **given)
    assert (found.status, found.reason, found.height_per_contact) == ("refused", reason, None)


@pytest.mark.parametrize(("contact", "status"), [(0.08, "ok"), (0.25, "ok"), (0.251, "caution"), (0.60, "caution")])
def test_a_long_contact_is_a_slow_rebound(contact: float, status: str) -> None:
    found = reactive_strength(contact, height_m=0.3)
    assert (found.status, found.reason) == (status, None if status == "ok" else "SLOW_SSC")
    assert found.height_per_contact == pytest.approx(0.3 / contact)


def test_many_jumps_are_the_single_ones() -> None:
    heights, flights, contacts = [0.28, 0.3, 0.25], [0.478, 0.495, 0.2], [0.19, 0.05, 0.25]
    index, ratio = height_per_contact(heights, contacts), flight_per_contact(flights, contacts)
    singles = [
        reactive_strength(c, height_m=h, flight_time_s=t) for h, t, c in zip(heights, flights, contacts, strict=True)
    ]
    for i, one in enumerate(singles):
        assert index[i] == pytest.approx(one.height_per_contact) if one.height_per_contact else math.isnan(index[i])
        assert ratio[i] == pytest.approx(one.flight_per_contact) if one.flight_per_contact else math.isnan(ratio[i])
    assert np.isnan(flight_per_contact([0.1, 0.95, np.nan], 0.2)).all()


def test_the_scales_are_no_multiples_of_each_other() -> None:
    """Height grows with the square of the flight: two athletes can change places from one scale to the other."""
    high, short = (0.56, 0.23), (0.42, 0.165)
    on_height = [float(height_per_contact(G_MPS2 * t**2 / 8, c)) for t, c in (high, short)]
    on_flight = [float(flight_per_contact(t, c)) for t, c in (high, short)]
    assert on_height[0] > on_height[1]
    assert on_flight[0] < on_flight[1]


def test_rsi_modified_is_another_number() -> None:
    assert modified([0.33, 0.0, 0.33], [0.75, 0.75, 0.0])[0] == pytest.approx(0.44)
    assert np.isnan(modified([0.33, 0.0, 0.33], [0.75, 0.75, 0.0])[1:]).all()


def test_the_error_of_the_clock_is_the_sum_of_both_times() -> None:
    """Contact and flight by a clock of 5 ms: relative variance 1/tc^2 + (2/tf)^2 times that of the clock."""
    rng = np.random.default_rng(4)
    contact, flight = 0.2 + rng.normal(0, 0.005, 50_000), 0.5 + rng.normal(0, 0.005, 50_000)
    index = height_per_contact(G_MPS2 * flight**2 / 8, contact)
    assert np.log(index).std() == pytest.approx(0.005 * math.hypot(1 / 0.2, 2 / 0.5), rel=0.02)
