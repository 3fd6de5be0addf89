"""Weighted means of daily load (methods C12): numbers, pandas, other tools' conventions, traps 4 and 5, refusals."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from analysis.stats.ewma import CONVENTIONS, ewma, ewma_classic, ewma_last, performance_chart, smoothing

X: list[float | None] = [300, 0, 250, 400, 0, 350, 500, 320, 0, 260, 410, None, 360, 520]
loads = st.lists(st.one_of(st.none(), st.floats(0, 2000)), min_size=1, max_size=60)


def array(x: list[float | None]) -> NDArray[np.float64]:
    return np.array([math.nan if v is None else v for v in x], dtype=float)


def test_the_handbook_example_by_its_definition() -> None:
    lam, known = 0.25, [(i, v) for i, v in enumerate(X) if v is not None]
    weights = [(1 - lam) ** (len(X) - 1 - i) for i, _ in known]
    by_hand = sum(w * v for w, (_, v) in zip(weights, known, strict=True)) / sum(weights)
    found = ewma_last(X, 7)
    assert (found.status, found.reason, found.lam) == ("burn_in", "BURN_IN", 0.25)
    assert found.value == pytest.approx(by_hand, rel=1e-12) == pytest.approx(369.6066505, rel=1e-9)
    assert found.coverage == pytest.approx(lam * sum(weights), rel=1e-12)


@given(loads, st.sampled_from([2.0, 7.0, 28.0, 42.0]), st.sampled_from(CONVENTIONS))
def test_pandas_gives_the_same(x: list[float | None], days: float, convention: str) -> None:
    lam = smoothing(days, convention)
    theirs = pd.Series(array(x)).ewm(alpha=lam, adjust=True, ignore_na=False).mean().to_numpy()
    assert np.allclose(ewma(array(x), lam).value, theirs, rtol=1e-9, atol=1e-9, equal_nan=True)


def test_many_athletes_at_once_give_what_each_alone_gives() -> None:
    rng = np.random.default_rng(1)
    x = np.where(rng.random((40, 200)) < 0.2, np.nan, rng.gamma(2, 150, (40, 200)))
    together, seeded = ewma(x, 0.25), ewma_classic(x, 0.25)
    for row in range(40):
        alone = ewma(x[row], 0.25)
        assert np.allclose(together.value[row], alone.value, rtol=0, atol=1e-9, equal_nan=True)
        assert np.allclose(together.coverage[row], alone.coverage, rtol=0, atol=1e-9)
        assert np.allclose(seeded.value[row], ewma_classic(x[row], 0.25).value, rtol=0, atol=1e-9, equal_nan=True)
    last = ewma_last([None if math.isnan(v) else v for v in x[3]], 7)
    assert last.value == pytest.approx(together.value[3, -1], abs=1e-9)


def test_a_constant_load_is_found_from_the_first_day_whatever_is_unknown() -> None:
    rng = np.random.default_rng(2)
    x = np.where(rng.random((100, 60)) < 0.5, np.nan, 250.0)
    found = ewma(x, smoothing(28))
    known = np.cumsum(~np.isnan(x), axis=1) > 0
    assert np.allclose(found.value[known], 250.0)
    assert np.isnan(found.value[~known]).all()


def test_it_follows_a_known_level_better_than_the_seeded_one() -> None:
    # known truth: load of level 300; the mean of the first five weeks has no pull towards the first day or 0
    rng = np.random.default_rng(3)
    x, lam = rng.gamma(4, 75, (4000, 14)), smoothing(28)
    own, first, zero = ewma(x, lam), ewma_classic(x, lam), ewma_classic(x, lam, seed=0)
    error = {name: e.value[:, -1] - 300 for name, e in {"own": own, "first": first, "zero": zero}.items()}
    assert abs(error["own"].mean()) < 3
    assert error["own"].std() < 0.7 * error["first"].std()
    assert error["zero"].mean() < -90


@pytest.mark.parametrize(("days", "needed"), [(7, 9), (28, 33)])
def test_burn_in_ends_when_90_percent_of_the_weight_is_known(days: int, needed: int) -> None:
    assert ewma_last([100.0] * (needed - 1), days).status == "burn_in"
    assert ewma_last([100.0] * needed, days).status == "ok"


def test_a_coverage_of_exactly_90_percent_is_enough() -> None:
    days = 2 / 0.9 - 1  # the newest day carries 0.9, in floats a little less
    assert ewma_last([5.0], days).coverage == pytest.approx(0.9, abs=1e-15)
    assert ewma_last([5.0], days).status == "ok"


def test_an_unknown_day_is_not_zero() -> None:
    # trap 4: every second day unknown
    x = np.where(np.arange(80) % 2 == 0, 300.0, np.nan)
    assert ewma(x, 0.25).value[-1] == pytest.approx(300)
    assert ewma(np.nan_to_num(x), 0.25).value[-1] < 150
    assert ewma(x, 0.25).burn_in[-1], "and it says how little is known"


def test_the_seed_is_not_shown_as_data() -> None:
    # trap 5
    lam = smoothing(42, "exp")
    found = ewma_classic(np.zeros(60), lam, seed=100.0)
    assert found.value[-1] == pytest.approx(100 * (1 - lam) ** 60)
    assert found.coverage[-1] == pytest.approx(1 - (1 - lam) ** 60)
    assert found.burn_in[-1], "two months in, a quarter of it is still the seed"
    assert ewma(np.zeros(60), lam).value[-1] == 0


@given(loads, st.sampled_from([0.0, 50.0, "first"]))
def test_the_classic_recursion_step_by_step(x: list[float | None], seed: float | str) -> None:
    full, lam = [0.0 if v is None else v for v in x], 0.2
    level = full[0] if seed == "first" else float(seed)
    for day, found in zip(full, ewma_classic(full, lam, seed).value, strict=True):
        level = lam * day + (1 - lam) * level
        assert found == pytest.approx(level, abs=1e-9)


def test_seed_first_waits_for_the_first_known_day() -> None:
    found = ewma_classic(array([None, None, 200, None, 100]), 0.25)
    assert np.isnan(found.value[:2]).all()
    assert found.value[2] == pytest.approx(200)
    assert 100 < found.value[4] < 200


def test_other_tools_conventions() -> None:
    # Runalyze's own tests: spans of 42 and 7 days, seed 0, rounded to whole points
    trimp = [100.0] * 7 + [0.0] * 7
    ctl, atl = (np.round(ewma_classic(trimp, smoothing(n), 0).value).astype(int).tolist() for n in (42, 7))
    assert ctl == [5, 9, 13, 17, 21, 25, 28, 27, 26, 25, 23, 22, 21, 20]
    assert atl == [25, 44, 58, 68, 76, 82, 87, 65, 49, 37, 27, 21, 15, 12]
    assert [round(float(ewma_classic([1000.0], smoothing(n), 0).value[0])) for n in (42, 7)] == [47, 250]
    # and its Banister sums, day by day w + e^(-1/tau) times yesterday's: the same recursion, not divided
    w = [150.0, 50, 40, 0, 0, 60, 30, 100]
    sums = [ewma_classic(w, lam, 0).value / lam for lam in (smoothing(42, "exp"), smoothing(7, "exp"))]
    assert [round(v) for v in sums[0][[1, 2, 3, 4, 5, 6, 7]]] == [196, 232, 226, 221, 276, 299, 392]
    assert [round(v) for v in sums[1][[1, 2, 3, 4, 5, 6, 7]]] == [180, 196, 170, 147, 188, 193, 267]


def test_the_names_of_time_constants_do_not_match() -> None:
    assert smoothing(42) == pytest.approx(smoothing(21, "exp"), rel=1e-3)
    assert smoothing(42) == pytest.approx(smoothing(21.5, "inverse"))


def test_the_balance_of_a_morning_is_that_of_the_evening_before() -> None:
    chart = performance_chart([[0.0, 100.0, 50.0]])
    assert chart.balance.shape == (1, 4)
    assert np.allclose(chart.balance[:, 1:], chart.long - chart.short)
    steady = performance_chart(np.full(30, 80.0))
    assert steady.ramp[8:] == pytest.approx(steady.long[8:] - steady.long[1:23])


@pytest.mark.parametrize(
    ("x", "days", "reason"),
    [
        ([], 7, "TOO_FEW_DAYS"),
        (None, 7, "TOO_FEW_DAYS"),
        ([None, None], 7, "TOO_FEW_DAYS"),
        ([100, None], 1, "TOO_FEW_DAYS"),
        ([100, -1], 7, "BAD_INPUT"),
        ([100, math.inf], 7, "BAD_INPUT"),
        ([100], 0, "BAD_INPUT"),
        ([100], None, "BAD_INPUT"),
        ([100], math.nan, "BAD_INPUT"),
        ([100], math.inf, "BAD_INPUT"),
    ],
)
def test_refusals(x: list[float | None] | None, days: float | None, reason: str) -> None:
    found = ewma_last(x, days)
    assert (found.status, found.reason, found.value) == ("refused", reason, None)


def test_impossible_loads_of_a_batch_are_unknown_days() -> None:
    assert ewma([100.0, -5.0, math.inf], 0.25).value.tolist() == pytest.approx([100.0] * 3)
    with pytest.raises(ValueError, match="span, exp, inverse"):
        smoothing(7, "half_life")


@given(loads, st.floats(0.01, 100))
def test_the_unit_scales_the_mean_and_not_the_coverage(x: list[float | None], factor: float) -> None:
    one, other = ewma(array(x), 0.25), ewma(array(x) * factor, 0.25)
    assert np.allclose(other.value, one.value * factor, rtol=1e-9, atol=1e-12, equal_nan=True)
    assert (other.coverage == one.coverage).all()
