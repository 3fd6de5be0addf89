"""Change of one athlete (methods D16, D18): published numbers, error rates on simulated athletes, invariance."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from analysis.estimate import VERDICT_WORDS
from analysis.stats.change import change, judge, sessions_needed, verdict_word
from analysis.stats.reliability import blend, te_session

PEERS = Path(__file__).parents[1].parent / "shared" / "peers"
N = 20_000
TE, SWC = 0.045, 0.03

LEARNT: dict[str, Any] = {"te": 0.2, "swc": 0.1823215568, "learning": 0.15, "learning_sd": 0.15}
SPRINT: dict[str, Any] = {"te": 0.011, "swc": 0.01, "lower_is_better": True}
HANDBOOK: list[tuple[float, float, dict[str, Any], str, list[float]]] = [
    (33.0, 35.6, {"te": 0.045, "swc": 0.03}, "unclear", [7.878788, -5.399519, 23.020863, 0.877481, 0.760844]),
    (3.15, 3.06, SPRINT, "improved", [2.941176, -0.311433, 6.299911, 0.962655, 0.882946]),
    (100, 113, {"te": 0.035, "swc": 0.03}, "improved_substantially", [13, 2.026242, 25.154076, 0.989477, 0.962633]),
    (33.0, 33.1, {"te": 0.010, "swc": 0.03}, "stable", [0.303030, -2.582295, 3.273813, 0.583804, 0.034255]),
    (16.0, 22.0, LEARNT, "unclear", [18.347347, -38.879094, 129.153907, 0.698197, 0.482904]),
]


@pytest.mark.parametrize("example", HANDBOOK)
def test_the_handbook_examples(example: tuple[float, float, dict[str, Any], str, list[float]]) -> None:
    pre, post, options, word, numbers = example
    found = change(pre, post, df=24, prior_sd=0.06, **options)
    got = [found.change_pct, found.low_pct, found.high_pct, found.p_better, found.p_gt_swc]
    assert [float(v) for v in got] == pytest.approx(numbers, rel=1e-4)
    assert str(found.word) == word


def test_shrunk_change_and_probability_within() -> None:
    found = change(33.0, 35.6, te=0.045, df=24, swc=0.03, prior_sd=0.06)
    assert float(found.shrunk_pct) == pytest.approx(3.633298526, rel=1e-6)
    assert float(found.shrink_factor) == pytest.approx(0.4705882353, rel=1e-9)
    assert float(found.p_within_swc) == pytest.approx(0.1845053189, rel=1e-6)


def test_scipy_stats_agrees() -> None:
    found = judge(0.05, 0.04, df=7, swc=0.03, prior_sd=0.06)
    assert [float(found.low), float(found.high)] == pytest.approx(stats.t.interval(0.95, 7, 0.05, 0.04))
    assert float(found.p_gt_swc) == pytest.approx(stats.t.sf(0.03, 7, 0.05, 0.04))
    assert float(found.p_lt_minus_swc) == pytest.approx(stats.t.cdf(-0.03, 7, 0.05, 0.04))


@pytest.mark.skipif(not PEERS.exists(), reason="the peers' numbers lie beside the checkout and are not here")
def test_the_one_sided_tests_of_bmbstats() -> None:
    """Their p-values of "not higher" and "not lower" are our probabilities; raw scale, error of the change known."""
    cases = json.loads((PEERS / "bmbstats.json").read_text())["cases"]
    with (PEERS / "bmbstats_bench_press_data.csv").open() as file:
        d = np.array([float(row["Change"]) for row in csv.DictReader(file)])
    found = judge(d, 2.5, df=np.inf, swc=5, prior_sd=5)
    peer = cases["bench_observations_MET"]
    assert found.p_gt_swc == pytest.approx(np.array(peer["not_higher"]), abs=1e-9)
    assert found.p_lt_minus_swc == pytest.approx(np.array(peer["not_lower"]), abs=1e-9)
    within = [
        float(judge(0, e["sigma"], df=float(e["df"]), swc=e["hi"], prior_sd=1).p_within_swc) for e in cases["PPER"][:2]
    ]
    assert within == pytest.approx([e["out"] for e in cases["PPER"][:2]], abs=1e-9)


@pytest.mark.parametrize(
    ("p", "word"),
    [
        ((0.999, 0.96, 0.0), "improved_substantially"), ((0.001, 0.0, 0.96), "declined_substantially"),
        ((0.96, 0.04, 0.0), "improved_trivially"), ((0.04, 0.0, 0.04), "declined_trivially"),
        ((0.96, 0.60, 0.0), "improved"), ((0.04, 0.0, 0.6), "declined"), ((0.5, 0.05, 0.05), "stable"),
        ((0.94, 0.60, 0.0), "unclear"), ((0.5, 0.05, 0.06), "unclear"), ((np.nan, 0.5, 0.5), ""),
    ],
)  # fmt: skip
def test_the_first_verdict_that_fits(p: tuple[float, float, float], word: str) -> None:
    assert str(verdict_word(*p)) == word


def _simulated(truth: float, source: str) -> Any:
    """Athletes with a true change, TE 4.5 %: own error from 10 athletes x 2, the literature's, or both pooled (S1)."""
    rng = np.random.default_rng(16)
    own = TE * np.sqrt(rng.chisquare(9, N) / 9)
    errors: dict[str, tuple[Any, float]] = {
        "own": (own, 9.0),
        "literature": (TE, 6.0),
        "pooled": (np.sqrt((6 * TE**2 + 9 * own**2) / 15), 15.0),
    }
    te, df = errors[source]
    scores = np.exp(rng.normal([np.zeros(N), np.full(N, truth)], TE))
    return change(*scores, te=te, df=df, swc=SWC, prior_sd=0.06)


def _share(found: Any, *words: str) -> float:
    return float(np.isin(found.word, words).mean())


BETTER = ("improved", "improved_trivially", "improved_substantially")


@pytest.mark.parametrize("source", ["own", "literature", "pooled"])
def test_error_rates_and_coverage(source: str) -> None:
    """Acceptance table I2; Monte-Carlo SE 0.0015."""
    null, at_swc = _simulated(0.0, source), _simulated(SWC, source)
    assert _share(null, *BETTER) <= 0.055
    assert _share(at_swc, "improved_substantially") <= 0.055
    for found, truth in ((null, 0.0), (at_swc, SWC)):
        assert 0.92 <= float(((found.low <= truth) & (truth <= found.high)).mean()) <= 0.99


@pytest.mark.parametrize(("truth", "published"), [(0.06, 0.22), (0.12, 0.53)])
def test_a_true_gain_is_found_as_often_as_published(truth: float, published: float) -> None:
    assert _share(_simulated(truth, "own"), *BETTER) == pytest.approx(published, abs=0.015)


@pytest.mark.parametrize("truth", [SWC, -SWC])
def test_stable_is_rarely_false_and_the_small_error_can_reach_it(truth: float) -> None:
    rng = np.random.default_rng(3)
    te = 0.009
    d = rng.normal([truth, 0.0], te * np.sqrt(2), (N, 2))
    found = judge(d, te * np.sqrt(2), df=1000, swc=SWC, prior_sd=0.06)
    assert float((found.word[:, 0] == "stable").mean()) <= 0.055
    assert float((found.word[:, 1] == "stable").mean()) > 0.5


def test_expected_learning_keeps_false_gains_rare() -> None:
    """With a learning effect in every athlete the correction holds the rate; without it, it is broken."""
    rng = np.random.default_rng(18)
    learnt = rng.normal(0.15, 0.15, N)
    scores = np.exp([rng.normal(0, 0.2, N), learnt + rng.normal(0, 0.2, N)])
    known: dict[str, Any] = {"te": 0.2, "df": 24, "swc": 0.18, "prior_sd": 0.35}
    assert _share(change(*scores, **known, learning=0.15, learning_sd=0.15), *BETTER) <= 0.055
    assert _share(change(*scores, **known), *BETTER) > 0.10


def test_the_number_of_sessions_gives_80_percent_power() -> None:
    assert [round(float(sessions_needed(te, d)), 1) for te, d in ((4.5, 6), (1.2, 2), (3.5, 6))] == [7.0, 4.5, 4.2]
    rng = np.random.default_rng(80)
    k = float(sessions_needed(0.045, 0.06))
    d = rng.normal(0.06, 0.045 * np.sqrt(2 / k), N)
    found = judge(d, 0.045 * np.sqrt(2 / k), df=np.inf, swc=SWC, prior_sd=0.06)
    assert float((found.p_better >= 0.95).mean()) == pytest.approx(0.80, abs=0.01)


@pytest.mark.parametrize("scale", [0.01, 100.0, 1000.0])
def test_the_unit_does_not_matter(scale: float) -> None:
    known: dict[str, Any] = {"te": 0.035, "df": 24, "swc": 0.03, "prior_sd": 0.06}
    one, other = change(100, 113, **known), change(100 * scale, 113 * scale, **known)
    assert float(one.d) == pytest.approx(float(other.d), rel=1e-12)
    assert str(one.word) == str(other.word)


def test_a_faster_time_is_an_improvement() -> None:
    known: dict[str, Any] = {"te": 0.005, "df": 24, "swc": 0.01, "prior_sd": 0.02}
    assert str(change(3.15, 3.00, lower_is_better=True, **known).word).startswith("improved")
    assert str(change(3.15, 3.00, **known).word).startswith("declined")


def test_forward_and_backward_are_mirror_images() -> None:
    there, back = (change(a, b, te=0.03, df=9, swc=0.03, prior_sd=0.06) for a, b in ((33, 37), (37, 33)))
    assert float(there.d) == pytest.approx(-float(back.d))
    assert float(there.p_gt_swc) == pytest.approx(float(back.p_lt_minus_swc))


def test_the_raw_scale() -> None:
    """Bar speed: 0.52 to 0.58 m/s, and a time, by hand; a score of zero is possible there."""
    known: dict[str, Any] = {"te": 0.04, "df": 6, "swc": 0.04, "prior_sd": 0.06, "log": False}
    speed, time = change(0.52, 0.58, **known), change(0.58, 0.52, lower_is_better=True, **known)
    assert [float(v) for v in (speed.d, speed.se)] == pytest.approx([0.06, 0.04 * np.sqrt(2)])
    assert float(speed.p_gt_swc) == pytest.approx(stats.t.cdf(0.02 / (0.04 * np.sqrt(2)), 6))
    assert float(time.d) == pytest.approx(0.06)
    assert float(change(0.0, 0.06, **known).d) == pytest.approx(0.06)


@pytest.mark.parametrize("wrong", [{"te": -0.01}, {"te": 0.0}, {"swc": -0.01}, {"learning_sd": -0.1}, {"df": 0}])
def test_an_impossible_error_gives_no_verdict(wrong: dict[str, float]) -> None:
    known: dict[str, Any] = {"te": 0.035, "df": 24, "swc": 0.03, "prior_sd": 0.06} | wrong
    assert str(change(100, 113, **known).word) == ""


def test_without_a_prior_there_is_a_verdict_but_no_shrunken_change() -> None:
    found = change(100, 113, te=0.035, df=24, swc=0.03, prior_sd=np.nan)
    assert str(found.word) == "improved_substantially"
    assert bool(np.isnan(found.shrunk))


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan])
def test_an_impossible_score_gives_no_verdict(bad: float) -> None:
    found = change([33.0, bad], 35.0, te=0.045, df=24, swc=0.03, prior_sd=0.06)
    assert found.word.tolist() == ["unclear", ""]
    assert bool(np.isnan(found.change_pct[1]))


def test_more_trials_never_widen_the_interval() -> None:
    te = te_session(0.05, np.arange(1, 13))
    found = change(30, 31, te=te, df=6, swc=0.03, prior_sd=0.06)
    assert bool((np.diff(found.high - found.low) < 0).all())
    assert blend(0.05, 6, 0.05, 18)[1] == 24


def test_unclear_is_never_worded_as_no_change() -> None:
    assert "no change" not in VERDICT_WORDS["unclear"]
    assert "cannot tell" in VERDICT_WORDS["unclear"]


def test_learning_is_taken_off_a_faster_time_too() -> None:
    known: dict[str, Any] = {"te": 0.02, "df": 24, "swc": 0.01, "prior_sd": 0.03, "learning": 0.02, "learning_sd": 0.01}
    found = change(3.0, 2.9, lower_is_better=True, **known)
    assert float(found.d) == pytest.approx(np.log(3.0 / 2.9) - 0.02, abs=1e-12)
    assert float(found.se) == pytest.approx((2 * 0.02**2 + 0.01**2) ** 0.5, abs=1e-12)


def test_a_probability_at_the_border_is_enough() -> None:
    assert str(verdict_word(0.99, 0.95, 0.0)) == "improved_substantially"
    assert str(verdict_word(0.01, 0.0, 0.95)) == "declined_substantially"
    assert str(verdict_word(0.95, 0.05, 0.0)) == "improved_trivially"
    assert str(verdict_word(0.5, 0.05, 0.05)) == "stable"
