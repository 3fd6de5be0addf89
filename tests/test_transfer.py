"""Gym gains and running changes of the same blocks (methods E7): slope, dilution, refusal, words."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.metrics import running_transfer
from analysis.stats.transfer import corrected, within_slope
from transfer_adapters import ADAPTERS


def drawn(
    seed: int, athletes: int, blocks: int, beta: float, te: float = 0.025, spread: float = 0.035
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], list[int]]:
    """Observed gym gains and running changes with a true slope `beta` (methods I1, S9)."""
    rng = np.random.default_rng(seed)
    true = rng.normal(0.03, spread, (athletes, blocks)) + rng.normal(0, 0.02, (athletes, 1))
    x = true + rng.normal(0, te * np.sqrt(2), true.shape)
    y = beta * true + rng.normal(0.005, 0.01, true.shape) + rng.normal(0, 0.01, (athletes, 1))
    return x.ravel(), y.ravel(), [a for a in range(athletes) for _ in range(blocks)]


def pairs(seed: int, athletes: int, blocks: int, beta: float) -> pl.DataFrame:
    x, y, who = drawn(seed, athletes, blocks, beta)
    number = [i % blocks for i in range(len(who))]
    told = {"athlete": [f"A{w:02}" for w in who], "block": number, "gym_log": x, "running_log": y}
    return pl.DataFrame(told).with_columns(gym_error_log=pl.lit(0.025))


def test_against_least_squares_with_one_mean_per_athlete() -> None:
    x, y, who = drawn(1, 8, 4, 0.5)
    dummies = np.equal.outer(np.asarray(who), np.arange(8)).astype(float)
    expected = np.linalg.lstsq(np.column_stack([x, dummies]), y, rcond=None)[0][0]
    assert within_slope(x, y, who).slope == pytest.approx(expected)


def test_a_covariate_is_taken_out_as_least_squares_would() -> None:
    x, y, who = drawn(2, 12, 4, 0.5)
    load = np.random.default_rng(3).normal(0, 0.1, x.size) + x
    dummies = np.equal.outer(np.asarray(who), np.arange(12)).astype(float)
    expected = np.linalg.lstsq(np.column_stack([x, load, dummies]), y, rcond=None)[0][0]
    assert within_slope(x, y, who, load).slope == pytest.approx(expected)


@pytest.mark.parametrize(("athletes", "blocks", "most"), [(6, 3, 0.115), (10, 4, 0.085)])
def test_without_transfer_the_interval_seldom_excludes_zero(athletes: int, blocks: int, most: float) -> None:
    found = [within_slope(*drawn(seed, athletes, blocks, 0.0)) for seed in range(1500)]
    wrong = np.mean([one.low > 0 or one.high < 0 for one in found])
    assert 0.02 < wrong <= most  # I2: 9 % and 7 %, and three standard errors of the simulation


def test_the_observed_slope_is_diluted_and_the_corrected_one_is_not() -> None:
    found = [within_slope(*drawn(seed, 20, 6, 0.5)) for seed in range(300)]
    right = [corrected(one.slope, one.se, one.var_x_within, 0.025) for one in found]
    assert np.mean([one.slope for one in found]) == pytest.approx(0.25, abs=0.03)
    usable = [one.slope for one in right if one.status == "ok"]
    assert len(usable) > 100
    assert 0.40 < np.mean(usable) < 0.52


def test_refusals_and_invariance() -> None:
    x, y, who = drawn(4, 6, 3, 0.5)
    whole = within_slope(x, y, who)
    order = np.random.default_rng(0).permutation(x.size)
    other = within_slope(x[order], y[order], [f"runner {who[i]}" for i in order])
    assert (other.slope, other.low) == pytest.approx((whole.slope, whole.low))
    assert within_slope(x[:15], y[:15], who[:15]).reason == "TOO_FEW_PAIRS"
    assert within_slope(x[:17], y[:17], who[:17]).reason == "TOO_FEW_PAIRS"
    assert within_slope(np.zeros(18), y, who).reason == "SD_ZERO"
    assert within_slope(np.append(x[1:], np.inf), y, who).reason == "BAD_INPUT"
    assert within_slope(x, y, who, np.zeros(18)).reason == "TOO_FEW_PAIRS"  # a covariate asks for 40
    assert corrected(0.25, 0.05, 0.0009, 0.022).reason == "RELIABILITY_TOO_LOW"
    assert corrected(0.25, None, 0.0009, 0.022).reason == "BAD_INPUT"


def test_impossible_sizes_are_refused_and_never_an_exception() -> None:
    x, y, who = drawn(4, 6, 3, 0.5)
    assert within_slope(np.append(x[1:], 1e308), y, who).reason == "BAD_INPUT"
    assert within_slope(x, np.append(y[1:], -1e308), who).reason == "BAD_INPUT"
    assert corrected(0.25, 0.05, 1e308, 1e308).reason == "BAD_INPUT"
    assert corrected(0.25, 0.05, 5e-324, 0.022).reason == "BAD_INPUT"


def test_the_adapters_answer_holds_no_nan_and_uneven_groups_are_refused() -> None:
    few = ADAPTERS["E7.within_slope"]({"groups": [[[0.01, 0.02], [0.0, 0.01]]] * 3})
    assert (few["reason"], few["slope"], few["ci"], few["n"]) == ("TOO_FEW_PAIRS", None, None, 6)
    assert ADAPTERS["E7.within_slope"]({"groups": [[[0.01, 0.02], [0.0]]] * 6})["reason"] == "BAD_INPUT"
    assert ADAPTERS["E7.eiv"]({"b": 0.2})["slope_corrected"] is None
    assert ADAPTERS["E5.decoupling"]({})["decoupling_pct"] is None


def test_the_metric_says_associated_and_never_caused() -> None:
    found = running_transfer.estimate(pairs(5, 20, 6, 0.5))
    assert found.ok
    assert any("Associated with" in note for note in found.notes)
    assert {p.what for p in found.parts} >= {running_transfer.TRUE, running_transfer.RELIABILITY}
    single = [p for p in found.parts if p.what.endswith("pooled")]
    assert len(single) == 20  # six blocks each: slopes of their own, pooled
    few = running_transfer.estimate(pairs(5, 7, 4, 0.5))
    assert (few.status, few.reason) == ("caution", "FEW_CLUSTERS")
    assert not [p for p in few.parts if p.what.endswith("pooled")]


def test_one_block_is_an_anecdote_without_a_slope() -> None:
    found = running_transfer.estimate(pairs(5, 1, 1, 0.5))
    assert found.reason == "TOO_FEW_PAIRS"
    assert running_transfer.ONCE in found.notes
    assert found.points is not None
    assert found.points.height == 1
    assert running_transfer.estimate(pairs(5, 1, 1, 0.5).clear()).reason == "NO_DATA"
