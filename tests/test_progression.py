"""Audit of load increases against the rule of 2 to 5 % (methods C16): labels, actions, next step, invariance."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.stats.progression import LARGE, progression
from analysis.units import LB_KG

LABELS = {
    "start", "hold", "reduction", "small", "on_rule", "plate_limited", "aggressive", "deload", "too_frequent",
}  # fmt: skip
ACTIONS = {None, "continue", "warn", "hold", "revert_and_extend"}


def test_the_handbooks_block() -> None:
    found = progression(
        [60, 62.5, 62.5, 70, 40, 65], reps=[8, 8, 8, 6, 8, 8], target_reps=8, rir=[2, 2, 3, 0, 4, 2],
        deload=[False] * 4 + [True, False],
    )  # fmt: skip
    assert found.label.tolist() == ["start", "on_rule", "hold", "aggressive", "deload", "reduction"]
    assert found.pct[[1, 3, 5]] == pytest.approx([100 * 2.5 / 60, 12.0, -100 * 5 / 70])
    assert found.action.tolist() == [None, "continue", "continue", "revert_and_extend", None, "continue"]
    assert (found.revert_to_kg[3], found.next_increment_kg[3], found.extension_weeks) == (62.5, 2.5, 1)


@pytest.mark.parametrize(
    ("load", "label"),
    [
        (100.24, "hold"), (99.76, "hold"), (99.7, "reduction"), (100.26, "small"), (101.94, "small"),
        (101.95, "on_rule"), (102.0, "on_rule"), (105.0, "on_rule"), (105.05, "on_rule"), (105.06, "plate_limited"),
        (106.0, "plate_limited"), (106.01, "aggressive"),
    ],
)  # fmt: skip
def test_the_borders_with_their_tolerance(load: float, label: str) -> None:
    assert progression([100, load], step_kg=6).label[1] == label


def test_trap_27_a_step_that_is_on_the_rule_but_for_rounding() -> None:
    # 62.5 is not 62, and one step up in pounds is one step though it is 2.2679618500000003 kg
    assert progression([60, 62.5]).label[1] == "on_rule"
    for pounds in range(20, 44, 5):
        before, after = pounds * LB_KG, (pounds + 5) * LB_KG
        assert progression([before, after], step_kg=5 * LB_KG).label[1] == "plate_limited"
    assert progression([0.1 + 0.2, 0.3], step_kg=0.1).label[1] == "hold"


@pytest.mark.parametrize(
    ("told", "missed", "action"),
    [
        ({"reps": [8, 7], "target_reps": 8}, True, "revert_and_extend"), ({"rir": [2, 0.5]}, True, "revert_and_extend"),
        ({"rir": [2, 1]}, False, "warn"), ({"technique_ok": [1, 0]}, True, "revert_and_extend"),
        ({"technique_ok": [1, 1]}, False, "warn"), ({"reps": [8, 7]}, None, "warn"), ({}, None, "warn"),
        ({"reps": [8, 8], "target_reps": 8, "rir": [2, 0]}, True, "revert_and_extend"),
    ],
)  # fmt: skip
def test_what_counts_as_missed(told: dict[str, Any], missed: bool | None, action: str) -> None:
    found = progression([60, 70], **told)
    assert (found.missed[1], found.action[1]) == (missed, action)


def test_a_missed_hold_or_small_increase_is_held() -> None:
    assert progression([60, 60, 61, 63], rir=[0, 0, 0, 0]).action.tolist() == [None, "hold", "hold", "hold"]


def test_trap_7_the_week_after_a_deload_is_compared_with_the_week_before_it() -> None:
    found = progression([60, 36, 61.5], deload=[False, True, False])
    assert found.label.tolist() == ["start", "deload", "on_rule"]
    assert found.pct[2] == pytest.approx(2.5)
    assert math.isnan(found.pct[1])


def test_a_deload_may_lack_its_load_and_a_block_may_begin_with_one() -> None:
    assert progression([np.nan, 60, 62], deload=[True, False, False]).label.tolist() == ["deload", "start", "on_rule"]


def test_a_second_increase_within_a_week_is_too_frequent() -> None:
    found = progression([60, 62, 64, 66], week=[1, 2, 2, 3])
    assert found.label.tolist() == ["start", "on_rule", "too_frequent", "on_rule"]
    assert found.size[2] == "on_rule"
    failed = progression([60, 62, 70], week=[1, 2, 2.5], rir=[2, 2, 0])
    assert (failed.label[2], failed.size[2], failed.action[2]) == ("too_frequent", "aggressive", "revert_and_extend")
    assert progression([60, 59, 62], week=[1, 2, 2]).label[2] == "aggressive"  # the first increase of the week


@pytest.mark.parametrize(
    ("loads", "step", "back", "more"),
    [
        ([62.5, 70], 2.5, 62.5, 2.5),  # half of 7.5 is 3.75: one step of plates
        ([100, 110], 2.5, 100, 5.0), ([24, 28], 4, 24, 0.0),  # half a bell does not exist: one repetition more
        ([60, 65], 2.5, 60, 2.5), ([200, 212], 7.0, 200, 0.0), ([200, 211], 3.0, 200, 0.0),
        ([100, 130], 2.5, 100, 15.0),
    ],
)  # fmt: skip
def test_the_next_step_after_a_failed_jump_is_half_in_whole_plates(
    loads: list[float], step: float, back: float, more: float
) -> None:
    found = progression(loads, rir=0, step_kg=step)
    assert (found.revert_to_kg[1], found.next_increment_kg[1]) == (back, pytest.approx(more))


def test_the_block_is_extended_by_two_weeks_at_most() -> None:
    assert progression([60, 70, 80, 90, 100], rir=0).extension_weeks == 2


@pytest.mark.parametrize(
    ("loads", "told"),
    [
        ([], {}), ([0], {}), ([-60, 60], {}), ([np.inf, 60], {}), ([60, np.nan], {}), ([60, 62], {"step_kg": 0}),
        ([60, 62], {"step_kg": np.inf}), ([60, 62], {"reps": [8, -1]}), ([60, 62], {"rir": [2, np.inf]}),
        ([60, 62], {"week": [1, np.nan]}), ([60, 62], {"deload": [False, True], "target_reps": -1}),
    ],
)  # fmt: skip
def test_impossible_inputs_are_refused(loads: list[float], told: dict[str, Any]) -> None:
    found = progression(loads, **told)
    assert (found.status, found.reason, found.label.size, found.extension_weeks) == ("refused", "BAD_INPUT", 0, 0)


@given(
    st.lists(st.floats(5, 300), min_size=1, max_size=12),
    st.floats(0.25, 10),
    st.lists(st.booleans(), min_size=12, max_size=12),
)
def test_every_entry_has_one_label_and_one_action(loads: list[float], step: float, light: list[bool]) -> None:
    found = progression(loads, step_kg=step, rir=0, deload=light[: len(loads)])
    assert set(found.label) <= LABELS
    assert set(found.action) <= ACTIONS
    assert (found.failed == np.isin(found.size.astype(str), LARGE)).all()  # everything is missed here
    steps = found.next_increment_kg[found.failed] / step
    assert np.allclose(steps, np.round(steps))


def test_row_order_and_unit_do_not_matter() -> None:
    rng = np.random.default_rng(3)
    loads, week = rng.choice(np.arange(40, 80, 2.5), 12), np.arange(1.0, 13)
    rir = rng.integers(0, 4, 12).astype(float)
    found, order = progression(loads, week=week, rir=rir), rng.permutation(12)
    mixed = progression(loads[order], week=week[order], rir=rir[order])
    assert mixed.label.tolist() == found.label.tolist()
    assert mixed.action.tolist() == found.action.tolist()
    pounds = progression(loads / LB_KG, week=week, rir=rir, step_kg=2.5 / LB_KG)
    assert pounds.label.tolist() == found.label.tolist()
    assert pounds.next_increment_kg * LB_KG == pytest.approx(found.next_increment_kg, nan_ok=True)


def test_simulated_increments_get_the_label_of_their_true_size() -> None:
    rng = np.random.default_rng(5)
    true_pct = rng.uniform(0.5, 12, 2000)
    true_pct = true_pct[np.abs(true_pct - 2).clip(0) * np.abs(true_pct - 5) > 0.2]  # clear of the borders
    found = np.array([progression([80, 80 * (1 + pct / 100)], step_kg=0.5).label[1] for pct in true_pct])
    expected = np.select([true_pct < 2, true_pct <= 5], ["small", "on_rule"], "aggressive")
    assert (found == expected).all()


def test_a_quarter_of_a_per_cent_is_no_hold() -> None:
    # 100.25 / 100 is 0.2499999999999947 % more
    assert progression([100, 100.25]).label[1] == "small"
    assert progression([100, 99.75]).label[1] == "reduction"
