"""e1RM of a set and of a session (methods B1 to B4): the handbook's numbers, every refusal, coverage, invariance."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.stats.e1rm import EQUATIONS, multiplier, of_set, of_sets, top_set
from analysis.units import LB_KG

TABLE_B1 = {
    "epley": (1.167, 1.267, 1.333), "brzycki": (1.125, 1.241, 1.333), "lombardi": (1.175, 1.231, 1.259),
    "wathan": (1.166, 1.277, 1.347), "mayhew": (1.190, 1.263, 1.309), "oconner": (1.125, 1.200, 1.250),
    "lander": (1.137, 1.251, 1.341),
}  # fmt: skip


@pytest.mark.parametrize("equation", EQUATIONS)
def test_equations_give_the_table_of_the_handbook(equation: str) -> None:
    assert multiplier([5, 8, 10], equation) == pytest.approx(TABLE_B1[equation], abs=5.1e-4)


@pytest.mark.parametrize("equation", EQUATIONS)
def test_a_true_single_is_its_own_load(equation: str) -> None:
    # trap 1: Epley would give 1.033 x load, Mayhew 1.089 x load
    assert of_set(80, 1, rir=0, equation=equation).e1rm_kg == 80.0


@pytest.mark.parametrize("equation", EQUATIONS)
def test_slopes_of_the_equations_are_their_derivatives(equation: str) -> None:
    r, h = np.arange(2.0, 13.0), 1e-6
    numeric = (np.log(multiplier(r + h, equation)) - np.log(multiplier(r - h, equation))) / (2 * h)
    assert EQUATIONS[equation][1](r) == pytest.approx(numeric, rel=1e-7)


def test_an_unknown_equation_and_reps_below_one_are_not_guessed() -> None:
    with pytest.raises(ValueError, match="epley, brzycki"):
        multiplier(5, "epely")
    assert np.isnan(multiplier([0.5, 37, 40], "brzycki")).all()
    assert np.isnan(multiplier([np.inf, np.nan], "mayhew")).all()


@pytest.mark.parametrize(
    ("given", "status", "reason"),
    [
        ({"load_kg": 60, "reps": 8}, "lower_bound_only", "NO_EFFORT_RATING"),
        ({"load_kg": 60, "reps": 5, "rir": 5.5}, "refused", "RIR_TOO_HIGH"),
        ({"load_kg": 60, "reps": 5, "rir": 5}, "ok", None),
        ({"load_kg": 60, "reps": 5, "rpe": 4.5}, "refused", "RPE_OUT_OF_RANGE"),
        ({"load_kg": 60, "reps": 5, "rpe": 10.5}, "refused", "RPE_OUT_OF_RANGE"),
        ({"load_kg": 60, "reps": 5, "rpe": 5}, "ok", None),
        ({"load_kg": 60, "reps": 8, "rir": 4.5}, "refused", "REPS_OUT_OF_RANGE"),
        ({"load_kg": 60, "reps": 8, "rir": 4}, "caution", "REPS_ABOVE_10"),
        ({"load_kg": 60, "reps": 8, "rir": 2}, "ok", None),
        ({"load_kg": 60, "reps": 13, "failure": True}, "refused", "REPS_OUT_OF_RANGE"),
        ({"load_kg": 0, "reps": 5, "rir": 1}, "refused", "BAD_INPUT"),
        ({"load_kg": None, "reps": 5, "rir": 1}, "refused", "BAD_INPUT"),
        ({"load_kg": 60, "reps": 0, "rir": 1}, "refused", "BAD_INPUT"),
        ({"load_kg": 60, "reps": 5, "rir": -1}, "refused", "BAD_INPUT"),
    ],
)
def test_status_and_reason(given: dict[str, float], status: str, reason: str | None) -> None:
    found = of_set(**given)  # type: ignore[arg-type]  # one mapping holds numbers and a flag
    assert (found.status, found.reason) == (status, reason)
    assert (found.e1rm_kg is not None) == (status in ("ok", "caution"))
    assert (found.lower_bound_kg is not None) == (status == "lower_bound_only")


def test_a_set_without_a_rating_is_never_a_point() -> None:
    # trap 2
    found = of_set(60, 8)
    assert found.lower_bound_kg == pytest.approx(76.0)
    assert (found.e1rm_kg, found.low_kg, found.sd_log_rel, found.effective_reps) == (None, None, None, None)


def test_failure_stands_above_reserve_and_reserve_above_rpe() -> None:
    assert of_set(90, 5, rir=2, rpe=7, failure=True).effective_reps == 5
    assert of_set(90, 5, rir=2, rpe=7).effective_reps == 7
    assert of_set(90, 5, rpe=8.5).effective_reps == 6.5


def test_doubt_grows_with_the_reserve() -> None:
    # 5 reps done each time would change r*; r* is held at 8, so that only the doubt about the rating differs
    same = [of_set(80, 8, failure=True), *(of_set(80, 8 - rir, rir=rir) for rir in (0, 1, 3, 5))]
    assert {found.effective_reps for found in same} == {8.0}
    expected = [np.sqrt(0.038**2 + (sd / 38) ** 2 + 0.005**2) for sd in (0, 0.5, 1.0, 1.5, 2.0)]
    assert [found.sd_log_abs for found in same] == pytest.approx(expected, rel=1e-12)
    assert all(found.sd_log_rel < found.sd_log_abs for found in same)


def test_many_sets_at_once_equal_one_by_one() -> None:
    rows = [(80, 8, 2.0, None), (60, 8, None, None), (90, 6, None, 8.5), (60, 12, 2.0, None)]
    load, reps, rir, rpe = (np.array([row[i] for row in rows], dtype=float) for i in range(4))
    many = of_sets(load, reps, rir=rir, rpe=rpe)
    for i, row in enumerate(rows):
        one = of_set(row[0], row[1], rir=row[2], rpe=row[3])
        assert (many.status[i], many.reason[i]) == (one.status, one.reason)
        assert np.nan_to_num(many.high_kg[i]) == (one.high_kg or 0.0)


def test_the_top_set_is_the_heaviest_not_the_best_estimate() -> None:
    found = top_set([100, 90], [3, 8], rir=[2, 2])
    assert found.index == 0
    assert found.e1rm_kg == pytest.approx(100 * (1 + 5 / 30))
    assert of_set(90, 8, rir=2).e1rm_kg > (found.e1rm_kg or 0)


def test_ties_of_the_top_set_go_to_more_reps_then_to_the_first() -> None:
    assert top_set([70, 70, 70], [6, 7, 7], rir=[2, 2, 2]).index == 1
    assert top_set([70, 80], [5, 8], rir=[2, 4]).index == 0, "11-12 possible repetitions do not represent a session"
    assert top_set([70, 80], [5, 8], rpe=[8, None]).index == 0


def test_a_session_without_a_valid_set_is_refused() -> None:
    assert top_set([60, 70], [8, 8]).reason == "NO_VALID_SET"
    assert top_set([], []).reason == "NO_VALID_SET"


def test_pounds_change_no_verdict() -> None:
    kg, lb = of_set(80, 8, rir=2), of_set(80 / LB_KG, 8, rir=2)
    assert (lb.status, lb.sd_log_abs) == (kg.status, kg.sd_log_abs)
    assert lb.low_kg * LB_KG == pytest.approx(kg.low_kg, rel=1e-12)


@pytest.mark.parametrize(("reps", "rir"), [(5, 0), (5, 2), (8, 1), (6, 4)])
def test_interval_covers_the_true_maximum(reps: int, rir: int) -> None:
    rng = np.random.default_rng(20260105)
    n, r = 4000, reps + rir
    sd_rir = {0: 0.5, 1: 1.0, 2: 1.0, 4: 1.5}[rir]
    possible = np.maximum(r + rng.normal(0, sd_rir, n), 1.01)
    truth = 80 * multiplier(possible) * np.exp(rng.normal(0, 0.010 + 0.004 * (r - 1), n) + rng.normal(0, 0.005, n))
    found = of_set(80, reps, rir=rir)
    covered = np.mean((found.low_kg <= truth) & (truth <= found.high_kg))
    assert 0.92 <= covered <= 0.99


@pytest.mark.parametrize(("rir", "sd_reps"), [(0, 0.5), (2, 1.0), (2.5, 1.5), (4, 1.5), (5, 2.0)])
def test_the_doubt_about_a_reserve_grows_in_steps(rir: float, sd_reps: float) -> None:
    r = 5 + rir
    by_hand = (0.01 + 0.004 * (r - 1)) ** 2 + (sd_reps / (30 + r)) ** 2 + 0.005**2
    assert of_set(80, 5, rir=rir).sd_log_abs == pytest.approx(by_hand**0.5, rel=1e-12)
