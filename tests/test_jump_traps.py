"""Traps of the handbook (part T) that jumps set: body mass (10), joined methods (11), two RSI (15), best of n (16)."""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.metrics import power_jump, power_profile, power_reactive
from analysis.metrics._retests import scored, sessions
from analysis.stats.jump import from_flight_time, power_equations
from trials_for_tests import DAY, JUMP, session, trials

DROP: dict[str, Any] = {"test": "drop_jump", "protocol": "box 30 cm", "device": "OptoJump"}


def test_10_body_mass_is_no_power_gained() -> None:
    """The same height with 3 kg more is "more power" by Sayers; no metric is built on it, no verdict knows the mass."""
    before, after = power_equations(33, 62), power_equations(33, 65)
    assert (after.sayers_peak_w or 0) - (before.sayers_peak_w or 0) == pytest.approx(3 * 45.3)
    assert (after.harman_peak_w or 0) - (before.harman_peak_w or 0) == pytest.approx(3 * 36.0)
    assert importlib.util.find_spec("analysis.metrics.power_equations") is None
    jumps = session(0, [0.25, 0.26, 0.255], **JUMP), session(42, [0.25, 0.26, 0.255], **JUMP)
    weighed = [session(day, [kg], **(JUMP | {"measure": "body_mass_kg"})) for day, kg in ((0, 62.0), (42, 65.0))]
    assert power_jump.estimate(trials(*jumps, *weighed)).value == power_jump.estimate(trials(*jumps)).value


def test_10_power_of_an_unloaded_jump_per_kg_knows_no_mass_and_the_profile_says_what_it_took() -> None:
    rows = [
        r for kg, h in ((0.0, 0.345), (20.0, 0.235), (40.0, 0.15)) for r in session(0, [h], **(JUMP | {"load_kg": kg}))
    ]
    light, heavy = (power_profile.estimate(trials(rows), body_mass_kg=kg, push_off_m=0.36) for kg in (62, 65))
    assert light.points is not None
    assert heavy.points is not None
    assert light.points["force_n_kg"][0] == pytest.approx(heavy.points["force_n_kg"][0], rel=1e-12)
    for found, kg in ((light, "62.0"), (heavy, "65.0")):
        assert any(note.startswith(f"Body mass {kg} kg") and "scales alone" in note for note in found.notes)


@pytest.mark.parametrize("other", [{"device": "force plate"}, {"measure": "flight_time_s"}])
def test_11_methods_are_never_joined(other: dict[str, Any]) -> None:
    heights = [0.25, 0.26, 0.255]
    after = [0.45, 0.46, 0.455] if "measure" in other else heights
    found = power_jump.estimate(trials(session(0, heights, **JUMP), session(42, after, **(JUMP | other))))
    assert found.reason == "DEVICE_CHANGED"


def test_11_a_profile_is_of_one_method() -> None:
    """The day has 4 loads from the mat and 1 from the plate: 4 count."""
    mat = [
        r
        for kg, h in ((0.0, 0.345), (20.0, 0.235), (30.0, 0.19), (40.0, 0.15))
        for r in session(0, [h], **(JUMP | {"load_kg": kg}))
    ]
    plate = session(0, [0.26], **(JUMP | {"load_kg": 10.0, "device": "force plate"}))
    both, alone = (
        power_profile.estimate(trials(*rows), body_mass_kg=62, push_off_m=0.36) for rows in ((mat, plate), (mat,))
    )
    assert (both.value, both.n) == (alone.value, 4)
    assert any("left aside" in note for note in both.notes)


def test_11_heights_of_one_rebound_by_two_methods_are_two_devices() -> None:
    def day(number: int, device: str) -> list[dict[str, Any]]:
        contact = session(number, [0.2] * 3, measure="contact_time_s", **(DROP | {"device": "ForceDecks"}))
        return [*session(number, [0.3] * 3, measure="height_m", **(DROP | {"device": device})), *contact]

    flight, impulse = "ForceDecks (flight time)", "ForceDecks (impulse momentum)"
    assert power_reactive.estimate(trials(day(0, flight), day(42, impulse))).reason == "DEVICE_CHANGED"
    assert power_reactive.estimate(trials(day(0, flight), day(42, flight))).ok


def test_15_one_jump_on_two_scales_is_no_gain() -> None:
    """1.47 m/s before and 2.52 after are the same jump: each scale alone sees one session, never both."""
    before = session(0, [1.474] * 3, measure="rsi", **DROP)
    after = session(42, [2.516] * 3, measure="rsi_flight_contact", **DROP)
    for scale in ("height_per_contact", "flight_per_contact"):
        found = power_reactive.estimate(trials(before, after), scale=scale, rsi_scale="height_per_contact")
        assert found.reason == "TOO_FEW_TESTS"


def test_15_the_scale_stands_in_name_and_parameters() -> None:
    rows = [
        session(day, [v], measure=m, **DROP)
        for day in (0, 42)
        for m, v in (("flight_time_s", 0.48), ("contact_time_s", 0.2))
    ]
    found = {
        scale: power_reactive.estimate(trials(*rows), scale=scale)
        for scale in ("height_per_contact", "flight_per_contact")
    }
    assert [dict(e.params)["scale"] for e in found.values()] == list(found)
    assert len({e.what for e in found.values()}) == 2
    height, flight = (e.points["value"][0] for e in found.values() if e.points is not None)
    assert (height, flight) == pytest.approx((float(from_flight_time(0.48).height_m) / 0.2, 2.4))


def test_16_best_of_3_against_best_of_5() -> None:
    """No change, trial SD 5 %: the best of 5 is 1.5 % above the best of 3, the mean of all is not."""
    rng = np.random.default_rng(16)
    n = 20_000
    before, after = (np.exp(0.05 * rng.standard_normal((n, k))) for k in (3, 5))
    best = np.log(after.max(axis=1)).mean() - np.log(before.max(axis=1)).mean()
    assert best == pytest.approx(0.05 * (1.163 - 0.846), abs=0.002)
    assert np.log(after).mean() - np.log(before).mean() == pytest.approx(0, abs=0.001)
    frame = trials(session(0, [0.20, 0.25, 0.30], **JUMP), session(42, [0.20, 0.225, 0.25, 0.27, 0.30], **JUMP))
    scores = [s.score for s in sessions(scored(frame, "loaded_jump"))]
    assert scores == pytest.approx(
        [np.exp(np.log(v).mean()) for v in ([0.20, 0.25, 0.30], [0.20, 0.225, 0.25, 0.27, 0.30])]
    )
    assert frame.filter(pl.col("date") == DAY).height == 3
