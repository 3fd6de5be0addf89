"""Load, repetitions and volume of a set (methods A3), with the traps of per-side reps and two dumbbells."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.exercises.volume import SetVolume, set_volume


def test_two_dumbbells_and_both_sides_are_counted() -> None:
    found = set_volume(16, 2, 8, 3, unilateral=True, reps_convention="per_side")
    assert (found.status, found.external_load_kg, found.total_reps, found.volume_load_kg) == ("ok", 32, 48, 1536)
    assert found.system_load_kg is None


def test_total_reps_are_not_doubled() -> None:
    assert set_volume(16, 2, 8, 3, unilateral=True, reps_convention="total").volume_load_kg == 768
    assert set_volume(16, 2, 8, 3, reps_convention="per_side").total_reps == 24


def test_system_load_stands_beside_the_external_one() -> None:
    found = set_volume(20, 1, 10, 3, bw_fraction=0.878, body_mass_kg=60)
    assert (found.external_load_kg, found.total_reps, found.volume_load_kg) == (20, 30, 600)
    assert found.system_load_kg == pytest.approx(72.68, rel=1e-12)
    assert found.system_volume_load_kg == pytest.approx(2180.4, rel=1e-12)


def test_refusals_carry_no_number() -> None:
    assert set_volume(20, 1, 8, unilateral=True) == SetVolume("refused", "REPS_CONVENTION_UNKNOWN")
    assert set_volume(20, 1, 8, bw_fraction=0.878) == SetVolume("refused", "BODY_MASS_MISSING")
    assert set_volume(20, 1, 8, bw_fraction=0.0).system_load_kg == 20


@pytest.mark.parametrize("bad", [math.nan, math.inf, -1.0])
def test_impossible_values_are_refused(bad: float) -> None:
    refused = SetVolume("refused", "BAD_INPUT")
    assert set_volume(bad, 1, 8) == refused
    assert set_volume(20, 1, bad) == refused
    assert set_volume(20, 1, 8, bw_fraction=bad, body_mass_kg=60) == refused
    assert set_volume(20, 1, 8, bw_fraction=0.5, body_mass_kg=bad) == refused
    assert set_volume(20, 0, 8) == set_volume(20, 1, 8, 0) == refused


def test_a_missing_load_or_repetitions_are_refused_and_one_implement_is_taken() -> None:
    assert set_volume(None, 1, 8) == set_volume(20) == SetVolume("refused", "BAD_INPUT")
    assert set_volume(20, reps=8).volume_load_kg == 160


@given(st.floats(0, 500), st.integers(1, 2), st.integers(0, 50), st.integers(1, 10))
def test_per_side_is_twice_total_and_n_implements_scale(load_kg: float, n: int, reps: int, sets: int) -> None:
    total = set_volume(load_kg, n, reps, sets, unilateral=True, reps_convention="total")
    per_side = set_volume(load_kg, n, reps, sets, unilateral=True, reps_convention="per_side")
    assert total.volume_load_kg is not None
    assert per_side.volume_load_kg == 2 * total.volume_load_kg
    assert set_volume(load_kg, 2 * n, reps, sets).volume_load_kg == 2 * total.volume_load_kg


@pytest.mark.parametrize("name", ["load_per_implement_kg", "n_implements", "reps", "sets", "body_mass_kg"])
def test_an_infinite_number_is_refused_and_never_an_answer(name: str) -> None:
    row: dict[str, Any] = {"load_per_implement_kg": 16, "n_implements": 2, "reps": 8, "sets": 3, "body_mass_kg": 60}
    assert set_volume(**row).status == "ok"
    assert set_volume(**(row | {name: math.inf})).reason == "BAD_INPUT"
