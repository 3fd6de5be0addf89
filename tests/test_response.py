"""True individual responses (methods D20): the worked example, recovery and coverage, refusals, the squad's metric."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.metrics import retest_response
from analysis.stats.response import individual_response, signed_root
from trials_for_tests import session, trials

TRAINED = [0.062, 0.031, 0.078, 0.015, 0.049, 0.090, 0.022, 0.041, 0.058, 0.070, 0.009, 0.051]
CONTROLS = [0.004, -0.021, 0.015, 0.008, -0.012, 0.026, -0.005, 0.011, -0.018, 0.007]


def test_the_worked_example_and_its_formula() -> None:
    found = individual_response(TRAINED, CONTROLS)
    assert (found.sd_ir, found.low, found.high) == pytest.approx((0.020354, -0.012793, 0.031500), abs=1e-6)
    v1, v2 = np.var(TRAINED, ddof=1), np.var(CONTROLS, ddof=1)
    se = np.sqrt(2 * (v1**2 / 11 + v2**2 / 9))
    assert found.high**2 == pytest.approx(v1 - v2 + 1.959964 * se)
    assert found.mean_change == pytest.approx(0.048)
    assert (found.n, found.n_controls) == (12, 10)


def test_without_controls_the_typical_error_stands_in() -> None:
    found = individual_response(TRAINED, te=0.012, te_df=24)
    v1, v2 = np.var(TRAINED, ddof=1), 2 * 0.012**2
    assert found.sd_ir == pytest.approx(np.sqrt(v1 - v2))
    assert -(found.low**2) == pytest.approx(v1 - v2 - 1.959964 * np.sqrt(2 * (v1**2 / 11 + v2**2 / 24)))
    known = individual_response(TRAINED, te=0.012)  # an error known exactly leaves a narrower interval
    assert known.high - known.low < found.high - found.low


def test_a_negative_spread_is_shown_as_it_is() -> None:
    # trap 28
    found = individual_response(CONTROLS, TRAINED)
    assert found.sd_ir == pytest.approx(-0.020354, abs=1e-6)
    assert found.low < found.sd_ir < found.high
    assert signed_root(-0.0004) == pytest.approx(-0.02)


@pytest.mark.parametrize(
    ("changes", "options", "reason"),
    [
        (TRAINED[:7], {"controls": CONTROLS}, "TOO_FEW_ATHLETES"),
        (TRAINED, {"controls": CONTROLS[:7]}, "TOO_FEW_ATHLETES"),
        ([*TRAINED[:7], np.nan], {"te": 0.02}, "TOO_FEW_ATHLETES"),
        (TRAINED, {}, "BAD_INPUT"),
        (TRAINED, {"te": 0.0}, "BAD_INPUT"),
        (TRAINED, {"te": 0.02, "te_df": 0.0}, "BAD_INPUT"),
        ([*TRAINED, np.inf], {"te": 0.02}, "BAD_INPUT"),
        ([], {"te": 0.02}, "TOO_FEW_ATHLETES"),
    ],
)
def test_refusals(changes: list[float], options: dict[str, Any], reason: str) -> None:
    found = individual_response(changes, **options)
    assert found.reason == reason
    assert np.isnan([found.sd_ir, found.low, found.high]).all()


def test_coverage_and_how_rarely_a_true_spread_is_seen() -> None:
    # methods S10: 20 athletes a group, a true spread of 4 % is seen in 16 % of squads (the error is not told)
    rng, te, runs = np.random.default_rng(8), 0.030, 3000
    noise = te * np.sqrt(2) * rng.standard_normal((2, runs, 20))
    own = 0.03 + 0.04 * rng.standard_normal((runs, 20)) + noise[0]
    found = [individual_response(a, b) for a, b in zip(own, noise[1], strict=True)]
    low, high = np.array([(f.low, f.high) for f in found]).T
    assert 0.92 <= float(((low <= 0.04) & (high >= 0.04)).mean()) <= 0.99
    assert float((low > 0).mean()) == pytest.approx(0.16, abs=0.03)


def _squad(changes: list[float], names: str = "abcdefghijklmnop", lowest: float = 0.25, **row: Any) -> pl.DataFrame:
    sessions = []
    for i, (name, d) in enumerate(zip(names, changes, strict=False)):
        base = lowest * (1 + 0.04 * (i % 5))
        for day, score in ((0, base), (42, base * float(np.exp(d)))):
            known = {"test": "cmj", "measure": "height_m", "device": "mat", "athlete": name} | row
            sessions.append(session(day, [score * 0.99, score, score / 0.99], **known))
    return trials(*sessions)


def test_the_metric_gives_the_formula_in_per_cent_without_names() -> None:
    frame = _squad([*TRAINED, *CONTROLS[:4]])
    found = retest_response.estimate(frame, test="cmj", te=0.012)
    by_hand = individual_response([*TRAINED, *CONTROLS[:4]], te=0.012, te_df=6)
    assert found.value == pytest.approx(100 * np.expm1(by_hand.sd_ir))
    assert found.high == pytest.approx(100 * np.expm1(by_hand.high))
    assert found.low == pytest.approx(-100 * np.expm1(-by_hand.low))
    assert found.part("Mean change").value == pytest.approx(100 * np.expm1(by_hand.mean_change))
    assert found.points is not None
    assert found.points.columns == ["group", "change_pct"]
    assert found.chart() is not None
    assert "responder" not in found.html()
    assert retest_response.estimate(frame.sample(fraction=1, shuffle=True, seed=1), test="cmj", te=0.012) == found


def test_the_metric_with_controls_and_with_a_spread_below_zero() -> None:
    frame = pl.concat([_squad(CONTROLS[:8], "abcdefgh"), _squad(TRAINED[:8], "ijklmnop")])
    frame = frame.with_columns(pl.format("{}{}", "athlete", "trial_id").alias("trial_id"))
    found = retest_response.estimate(frame, test="cmj", controls="ijklmnop")
    by_hand = individual_response(CONTROLS[:8], TRAINED[:8])
    assert by_hand.sd_ir < 0
    assert found.value == pytest.approx(-100 * np.expm1(-by_hand.sd_ir))
    assert found.notes[0].startswith("Below zero")
    assert dict(found.params)["n_controls"] == 8
    assert "-" in str(found)


def test_faster_is_positive_and_the_longest_sprint_up_to_30_m_is_taken() -> None:
    frame = _squad([-0.01] * 8, lowest=3.0, test="sprint", measure="time_s", distance_m=20.0)
    found = retest_response.estimate(frame, test="sprint")
    assert found.part("Mean change").value == pytest.approx(100 * np.expm1(0.01))
    assert found.what.endswith("over 20 m")


@pytest.mark.parametrize(
    ("frame", "options", "reason"),
    [
        (_squad(TRAINED[:7]), {"test": "cmj"}, "TOO_FEW_ATHLETES"),
        (_squad(TRAINED), {"test": "loaded_jump"}, "NO_DATA"),
        (_squad(TRAINED).head(0), {"test": "cmj"}, "NO_DATA"),
        (_squad(TRAINED).head(1), {"test": "cmj"}, "NO_DATA"),
        (_squad(TRAINED, test="hop", measure="reach_cm"), {"test": "hop"}, "NO_TYPICAL_ERROR"),
        (_squad(TRAINED), {"test": "single_leg_stance"}, "CENSORED_TEST"),
        (_squad(TRAINED), {"test": "cmj", "controls": ["a", "b"]}, "TOO_FEW_ATHLETES"),
        (_squad(TRAINED).with_columns(pl.lit(np.inf).alias("value")), {"test": "cmj"}, "NO_DATA"),
    ],
)
def test_the_metric_refuses(frame: pl.DataFrame, options: dict[str, Any], reason: str) -> None:
    found = retest_response.estimate(frame, **options)
    assert (found.status, found.reason, found.value) == ("refused", reason, None)
    assert str(found)


def test_tests_that_may_not_be_compared_are_left_out_and_counted() -> None:
    frame = _squad(TRAINED)
    late, one = pl.col("date") == pl.col("date").max(), pl.col("athlete") == "a"
    frame = frame.with_columns(pl.when(one & late).then(pl.lit("plate")).otherwise("device").alias("device"))
    found = retest_response.estimate(frame, test="cmj")
    assert found.n == 11
    assert any("left out" in note for note in found.notes)
