"""Repetition tables and progressions: numbers by hand, inverses, the fit, and where we differ from the peer."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from analysis.stats import e1rm
from analysis.stats.rep_fits import fit_sets
from analysis.stats.rep_progressions import PLANS, PROGRESSIONS, TYPES, VOLUMES, adjustments, vertical_plan
from analysis.stats.rep_tables import (
    ADJUSTMENTS,
    DEFAULT_K,
    max_reps,
    max_share,
    planned_reps,
    planned_share,
)
from analysis.units import LB_KG

BY = {"rir": 2.0, "deducted": -0.1, "relative": 0.9, "max_reps": 0.8}


def test_shares_by_hand() -> None:
    assert max_share(10, "epley", 1 / 30).item() == pytest.approx(0.75)
    assert max_share(11, "modified_epley", 0.05).item() == pytest.approx(1 / 1.5)
    assert max_share(10, "linear", 36).item() == pytest.approx(0.75)
    assert planned_share(5, "rir", 3, effort_factor=2, model="linear", k=30).item() == pytest.approx(1 - 15 / 30)
    assert planned_share(5, "deducted", -0.1, model="linear", k=40).item() == pytest.approx(0.8)
    assert planned_share(5, "relative", 0.9, model="linear", k=40).item() == pytest.approx(0.81)
    assert planned_share(4, "max_reps", 0.8, model="linear", k=40).item() == pytest.approx(0.9)


def test_one_repetition_is_not_a_maximum_in_the_peers_epley() -> None:
    # its "1RM" is what nobody lifts once: 3.3 % above; ours is exactly the load (methods B1, trap 1)
    assert max_share(1, "epley").item() == pytest.approx(1 / 1.0333)
    assert max_share(1, "modified_epley").item() == max_share(1, "linear").item() == 1.0
    assert e1rm.multiplier(1, "epley").item() == 1.0
    # from two repetitions on, the two Epley equations are one, up to the rounding of 1/30
    assert 1 / max_share(8, "epley", 1 / 30).item() == pytest.approx(e1rm.multiplier(8, "epley").item())
    assert 1 / max_share(8, "linear", 36).item() == pytest.approx(e1rm.multiplier(8, "brzycki").item())


@pytest.mark.parametrize("model", DEFAULT_K)
@pytest.mark.parametrize("method", ADJUSTMENTS)
def test_repetitions_and_shares_are_inverse(model: str, method: str) -> None:
    reps = np.array([1.0, 3, 5, 8, 12])
    for factor in TYPES.values():
        options: dict[str, Any] = {"effort_factor": factor, "model": model}
        shares = planned_share(reps, method, BY[method], **options)
        there = shares > 0  # three repetitions for one carry the linear model below nothing
        assert there.any()
        assert planned_reps(shares, method, BY[method], **options)[there] == pytest.approx(reps[there])
    assert planned_share(reps, method, model=model) == pytest.approx(max_share(reps, model)), "no adjustment, no change"


def test_impossible_inputs_are_nan_and_unknown_words_are_errors() -> None:
    assert np.isnan(max_reps([0.0, -0.5, math.nan])).all()
    assert np.isnan(max_share(5, k=0.0))
    assert np.isnan(planned_share(5, "max_reps", 0.0))
    assert np.isnan(planned_reps(0.8, "relative", 0.0))
    for call in (
        lambda: max_reps(0.8, "brzycki"),
        lambda: planned_share(5, "rpe"),
        lambda: adjustments(5, volume="huge"),
        lambda: adjustments(5, progression="magic"),
        lambda: fit_sets([60, 80], [8, 3], weighted_by=("mood",)),
        lambda: fit_sets([60, 80], [8, 3], model="magic"),
    ):
        with pytest.raises(ValueError, match="expected"):
            call()


def test_progressions_by_hand() -> None:
    assert adjustments(8, [-3, 0], "extensive", "rir").tolist() == [5.0, 2.0]
    assert adjustments(8, [-2, 0], "normal", "deducted") == pytest.approx([-0.075, -0.025])
    assert adjustments(8, [-2, 0], "intensive", "relative") == pytest.approx([0.9, 1.0])
    assert adjustments([1, 12], -1, "normal", "variable_rir").tolist() == [2.0, 4.0]
    assert adjustments([1, 12], 0, "extensive", "percent_drop") == pytest.approx([-0.05, -0.10])
    assert np.isnan(adjustments(5, -8, "extensive", "max_reps")), "there is no set of less than nothing"


def test_a_share_of_the_possible_repetitions_that_varies() -> None:
    assert adjustments([1, 12], -3, "intensive", "variable_max_reps") == pytest.approx([0.6, 0.7])
    assert adjustments([1, 12], [0, 0], "normal", "variable_max_reps") == pytest.approx([0.7, 0.8])
    assert adjustments([1, 12], -3, "extensive", "variable_max_reps") == pytest.approx([0.2, 0.3])


def test_plans_by_hand() -> None:
    wave = vertical_plan([12, 10, 8], reps_change=[0, -4, -2], step=[-2, -1, -3])
    assert wave.reps.tolist() == [12, 10, 8, 8, 6, 4, 10, 8, 6]
    assert wave.step.tolist() == [-2] * 3 + [-1] * 3 + [-3] * 3
    assert wave.set.tolist() == [1, 2, 3] * 3
    assert vertical_plan([5], "block").step.tolist() == [-2, -1, 0, -3]
    more = vertical_plan([10, 8, 6, 4, 2, 1], "set_accumulation", accumulate_set=[1, 2, 5, 6])
    assert more.set_id[more.index == 2].tolist() == [1, 2, 1, 2, 3, 4, 5, 6, 5, 6]
    assert more.set[more.index == 2].tolist() == list(range(1, 11))
    single = vertical_plan([3, 2, 1], "set_accumulation", accumulate_set=[1, 3], sequence=False)
    assert single.reps[single.index == 3].tolist() == [3, 3, 3, 2, 1, 1, 1]
    fewer = vertical_plan([3, 2, 1], "set_accumulation_reverse")
    assert [int((fewer.index == i).sum()) for i in (1, 2, 3, 4)] == [6, 5, 4, 3]
    for plan in PLANS:
        assert len(set(vertical_plan([8, 6], plan).index.tolist())) == 4
    with pytest.raises(ValueError, match="expected"):
        vertical_plan([5], "magic")
    with pytest.raises(ValueError, match="length"):
        vertical_plan([5], reps_change=[0, 1], step=[0])
    with pytest.raises(ValueError, match="name sets"):
        vertical_plan([5], "set_accumulation", accumulate_set=2)


@pytest.mark.parametrize("name", PROGRESSIONS)
def test_every_progression_grows_heavier_by_step_and_lighter_by_volume(name: str) -> None:
    steps = np.arange(-3, 1)
    shares = np.array([
        planned_share(5, PROGRESSIONS[name].method, adjustments(5, steps, volume, name)) for volume in VOLUMES
    ])  # fmt: skip
    assert (np.diff(shares, axis=1) > 0).all()
    assert (np.diff(shares, axis=0) < 0).all()


@pytest.mark.parametrize(("model", "k"), [("epley", 0.035), ("modified_epley", 0.045), ("linear", 30.0)])
def test_the_fit_finds_what_made_the_sets(model: str, k: float) -> None:
    share = np.array([0.95, 0.9, 0.85, 0.8, 0.75])
    exact = fit_sets(120 * share, max_reps(share, model, k), model=model)
    # for Epley's equation 120 kg is the load at no repetition at all
    one_rm = 120 / (1 + k) if model == "epley" else 120
    assert (exact.k, exact.one_rm_kg) == pytest.approx((k, one_rm))
    assert exact.asymptote_kg == (pytest.approx(120) if model == "epley" else None)
    rng = np.random.default_rng(3)
    inside = []
    for _ in range(400):
        load = 120 * rng.uniform(0.72, 0.90, 30)
        found = fit_sets(load, max_reps(load / 120, model, k) + rng.normal(0, 0.4, 30), model=model)
        assert found.one_rm_kg is not None
        assert found.se_one_rm_kg is not None
        inside.append(abs(found.one_rm_kg - one_rm) < 2.048 * found.se_one_rm_kg)
    assert 0.92 <= np.mean(inside) <= 0.98


def test_the_fit_does_not_care_for_order_and_unit() -> None:
    load, reps, rir = [100.0, 80, 90, 70, 85], [2.0, 8, 4, 10, 6], [1.0, 2, 2, 3, 1]
    kg = fit_sets(load, reps, rir, weighted_by=("reps", "rir"))
    turned = fit_sets(load[::-1], reps[::-1], rir[::-1], weighted_by=("rir", "reps"))
    assert (turned.k, turned.one_rm_kg) == pytest.approx((kg.k, kg.one_rm_kg))
    pounds = fit_sets([x / LB_KG for x in load], reps, rir, weighted_by=("reps", "rir"))
    assert pounds.k == pytest.approx(kg.k)
    assert kg.one_rm_kg is not None
    assert pounds.one_rm_kg == pytest.approx(kg.one_rm_kg / LB_KG)
    assert fit_sets([*load, math.nan], [*reps, 5.0], [*rir, 1.0]) == fit_sets(load, reps, rir), "missing is left out"


@pytest.mark.parametrize(
    ("load", "reps", "rir", "reason"),
    [
        ([], [], 0.0, "BAD_INPUT"),
        ([math.nan, 80], [5, math.nan], 0.0, "BAD_INPUT"),
        ([60, -80], [8, 3], 0.0, "BAD_INPUT"),
        ([60, 80], [8, 0], 0.0, "BAD_INPUT"),
        ([60, math.inf], [8, 3], 0.0, "BAD_INPUT"),
        ([60, 80], [8, 3], -1.0, "BAD_INPUT"),
        ([80, 80, 80], [8, 7, 6], 0.0, "TOO_FEW_LOADS"),
        ([60, 70, 80], [3, 5, 8], 0.0, "SLOPE_NOT_NEGATIVE"),
    ],
)
def test_refusals_of_the_fit(load: Any, reps: Any, rir: float, reason: str) -> None:
    for model in DEFAULT_K:
        found = fit_sets(load, reps, rir, model=model)
        assert (found.status, found.reason, found.k, found.one_rm_kg) == ("refused", reason, None, None)


def test_two_sets_give_a_line_and_no_error_of_it() -> None:
    found = fit_sets([80, 100], [8, 2])
    assert found.one_rm_kg is not None
    assert (found.n, found.se_k, found.se_one_rm_kg) == (2, None, None)
