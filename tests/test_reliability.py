"""Typical error, ICC, MDC and SWC (methods D13-D15): published numbers, a second opinion, simulated squads."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from statsmodels.formula.api import ols

from analysis.stats.reliability import blend, reliability, smallest_change, te_interval, te_session

PEERS = Path(__file__).parents[1].parent / "shared" / "peers"
TEN = [
    [33.1, 33.8, 33.5], [28.4, 29.9, 29.1], [36.2, 35.1, 36.8], [30.8, 31.0, 31.9], [25.6, 26.1, 25.2],
    [41.0, 40.1, 41.7], [34.4, 35.6, 34.9], [29.3, 28.1, 29.0], [38.8, 39.9, 39.0], [27.7, 28.6, 29.2],
]  # fmt: skip
SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


def test_the_handbook_example() -> None:
    r = reliability(TEN)
    got = [r.te, r.te_low, r.te_high, r.icc31, r.icc21, r.mdc95, r.drift, r.cv_pct]
    assert got == pytest.approx(
        [0.0197312343, 0.01558017688, 0.02731789217, 0.98328647, 0.98245337, 0.05469118616, 0.01510882, 1.99271818],
        rel=1e-6,
    )
    assert (r.df, r.n, r.k) == (18, 10, 3)


def test_shrout_and_fleiss_1979() -> None:
    r = reliability(SHROUT_FLEISS, log=False)
    assert (round(r.icc21, 2), round(r.icc31, 2)) == (0.29, 0.71)
    assert r.mdc95 == pytest.approx(2.798626039, rel=1e-8)


@pytest.mark.skipif(not PEERS.exists(), reason="the peers' numbers lie beside the checkout and are not here")
def test_the_classical_numbers_beside_bmbstats() -> None:
    peer = json.loads((PEERS / "bmbstats.json").read_text())["cases"]["reliability_Practical_score.trial1"][
        "hopkins_classical_R"
    ]
    with (PEERS / "bmbstats_agreement_data.csv").open() as file:
        rows = [[float(row[f"Practical_score.trial{i}"]) for i in (1, 2)] for row in csv.DictReader(file)]
    raw, log = reliability(rows, log=False), reliability(rows)
    assert [raw.te_low, raw.te_high] == pytest.approx(peer["TE_CI90"], rel=1e-9)
    assert te_interval(raw.te, raw.df, 0.95) == pytest.approx(peer["TE_CI95"], rel=1e-9)
    got = [raw.te, raw.drift, raw.icc31, raw.icc21, log.cv_pct]
    names = ["TE_sd_diff_over_sqrt2", "mean_change", "ICC_3_1", "ICC_2_1", "log_TE_percent_CV"]
    assert got == pytest.approx([peer[name] for name in names], rel=1e-9)
    assert raw.mdc95 == pytest.approx(peer["MDC95_z"], rel=2e-5)  # they round the normal quantile to 1.96


def _te_by_statsmodels(table: list[list[float]]) -> float:
    y, n = np.log(np.array(table)), len(table)
    long = pd.DataFrame({"y": y.ravel(), "a": np.repeat(np.arange(n), 3), "s": np.tile(np.arange(3), n)})
    fit: Any = ols("y ~ C(a) + C(s)", long).fit()
    assert int(fit.df_resid) == (n - 1) * 2
    return float(np.sqrt(fit.mse_resid))


def test_statsmodels_agrees() -> None:
    assert reliability(TEN).te == pytest.approx(_te_by_statsmodels(TEN), rel=1e-9)
    assert reliability(TEN).df == 18


def test_blend_and_more_trials() -> None:
    assert blend(0.05, 6, 0.035, 18) == pytest.approx((0.03929058411, 24))
    assert float(te_session(0.045, 6)) == pytest.approx(0.0390, abs=5e-5)
    assert float(te_session(0.045, 3)) == 0.045


def test_smallest_change_of_a_squad() -> None:
    jumps = [33.5, 29.1, 36.0, 31.2, 25.6, 40.9, 35.0, 28.8, 39.2, 28.5, 32.4, 30.1]
    s = smallest_change(jumps, 0.045)
    assert [s.sd_obs, s.sd_true, s.swc] == pytest.approx([0.1390342333, 0.1315504391, 0.02631008783], rel=1e-8)
    assert smallest_change(jumps[:11], 0.045).reason == "TOO_FEW_ATHLETES"
    assert smallest_change(jumps, 0.2).reason == "SD_ZERO"
    assert smallest_change([*jumps[:11], 0.0], 0.045).reason == "BAD_INPUT"
    assert smallest_change(jumps, -0.045).reason == smallest_change(jumps, np.nan).reason == "BAD_INPUT"


@pytest.mark.parametrize(
    ("scores", "reason"),
    [
        (TEN[:4], "TOO_FEW_ATHLETES"), ([row[:1] for row in TEN], "TOO_FEW_ATHLETES"), ([], "TOO_FEW_ATHLETES"),
        ([*TEN[:4], [33.0, np.nan, 32.0]], "TOO_FEW_ATHLETES"), ([*TEN, [0.0, 1.0, 1.0]], "BAD_INPUT"),
        ([[v, v] for v in range(1, 7)], "SD_ZERO"),
    ],
)  # fmt: skip
def test_refusals(scores: Any, reason: str) -> None:
    found = reliability(scores)
    assert found.reason == reason
    assert np.isnan(found.te)


def test_an_icc_needs_two_athletes_where_a_typical_error_needs_five() -> None:
    four = reliability(TEN[:4], min_athletes=2)
    assert four.reason is None
    assert four.te == pytest.approx(_te_by_statsmodels(TEN[:4]), rel=1e-9)
    assert reliability(TEN[:1], min_athletes=1).reason == "TOO_FEW_ATHLETES"


@pytest.mark.parametrize("given", [(0.05, 0), (0.05, -3), (0.05, np.nan), (0.0, 3), (0.05, 3, 1.5), (0.05, 3, 0.5, 0)])
def test_no_session_without_a_trial_or_an_error(given: tuple[float, ...]) -> None:
    assert bool(np.isnan(te_session(*given)))


def test_recovery_and_coverage_of_the_typical_error() -> None:
    """1,500 squads of 10 x 2 sessions: unbiased variance, and the 90 % interval holds the truth 90 % of the time."""
    rng = np.random.default_rng(13)
    true_te, true_icc = 0.04, 0.12**2 / (0.12**2 + 0.04**2)
    found = []
    for _ in range(1500):
        level = rng.normal(np.log(30), 0.12, (10, 1)) + np.array([0.0, 0.01])
        found.append(reliability(np.exp(level + rng.normal(0, true_te, (10, 2)))))
    assert np.mean([r.te**2 for r in found]) == pytest.approx(true_te**2, rel=0.04)
    assert np.mean([r.te_low <= true_te <= r.te_high for r in found]) == pytest.approx(0.90, abs=0.025)
    assert np.mean([r.icc31_low <= true_icc <= r.icc31_high for r in found]) == pytest.approx(0.90, abs=0.025)


@pytest.mark.parametrize(("n", "naive_coverage"), [(3, 0.85), (6, 0.73)])
def test_more_trials_do_not_remove_the_noise_of_the_day(n: int, naive_coverage: float) -> None:
    """Trap: TE/sqrt(n) of single trials covers 0.85 and 0.73 (methods S15), with the day and trial SD of methods I1."""
    rng = np.random.default_rng(17)
    day, trial, size = 0.03, 0.035, 20_000
    te3 = np.sqrt(day**2 + trial**2 / 3)
    d = np.diff(rng.normal(0, day, (2, size)) + rng.normal(0, trial, (2, size, n)).mean(axis=-1), axis=0)
    half = 1.96 * np.sqrt(2)
    assert 0.92 <= np.mean(np.abs(d) < half * float(te_session(te3, n))) <= 0.96
    te1 = np.sqrt(day**2 + trial**2)
    assert np.mean(np.abs(d) < half * te1 / np.sqrt(n)) == pytest.approx(naive_coverage, abs=0.01)


def test_order_and_unit_do_not_matter() -> None:
    table = np.array(TEN)
    one, other = reliability(table), reliability(100 * table[::-1])
    assert [one.te, one.icc31, one.drift] == pytest.approx([other.te, other.icc31, other.drift], rel=1e-10)


def test_the_same_athletes_twice_narrow_the_interval() -> None:
    one, twice = reliability(TEN), reliability(TEN * 2)
    assert twice.te_high / twice.te_low < one.te_high / one.te_low
