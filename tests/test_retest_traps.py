"""Traps of the methods handbook about re-tests: 11, 16 to 21 and 28, and which way of measuring is compared (D0)."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.estimate import VERDICT_WORDS
from analysis.metrics import power_jump, retest_error, running_sprint
from analysis.metrics._priors import PRIORS, prior_of, prior_of_trials
from analysis.stats.change import change
from analysis.stats.reliability import te_session
from analysis.tables import TESTS
from method_adapters import ADAPTERS
from trials_for_tests import DAY, JUMP, SPRINT, session, trials

PLATE: dict[str, Any] = JUMP | {"device": "plate", "method": "impulse_momentum"}
FLIGHT: dict[str, Any] = JUMP | {"device": "plate", "measure": "flight_time_s"}


def _gain(ratio: float) -> float:
    """The change in per cent that is told of a loaded jump, after what a newcomer learns (methods D18)."""
    return 100 * (ratio * math.exp(-prior_of("loaded_jump").learning) - 1)


def test_16_best_of_three_against_best_of_five_is_never_compared() -> None:
    # the same athlete, more trials at the end: the best would rise by itself (by 0.31 trial SDs), the mean does not
    rng, pre, post = np.random.default_rng(41), [], []
    for _ in range(2000):
        pre.append(rng.normal(0.30, 0.02, 3))
        post.append(rng.normal(0.30, 0.02, 5))
    by_best = np.mean([b.max() - a.max() for a, b in zip(pre, post, strict=True)])
    by_mean = np.mean([b.mean() - a.mean() for a, b in zip(pre, post, strict=True)])
    assert by_best == pytest.approx((1.163 - 0.846) * 0.02, abs=0.001)
    assert by_mean == pytest.approx(0, abs=0.001)
    found = power_jump.estimate(
        trials(session(0, [0.28, 0.30, 0.33], **JUMP), session(42, [0.28, 0.30, 0.33] * 2, **JUMP))
    )
    assert found.value == pytest.approx(_gain(1), abs=1e-9)
    one_lucky = session(42, [0.28, 0.30, 0.33, 0.28, 0.36], **JUMP)
    lucky = power_jump.estimate(trials(session(0, [0.28, 0.30, 0.33], **JUMP), one_lucky))
    scores = [math.exp(np.log(v).mean()) for v in ([0.28, 0.30, 0.33], [0.28, 0.30, 0.33, 0.28, 0.36])]
    assert lucky.value == pytest.approx(_gain(scores[1] / scores[0]))


@pytest.mark.parametrize("n", [1, 3, 6, 30])
def test_17_more_trials_never_divide_the_error_between_days_by_their_root(n: int) -> None:
    te = float(te_session(0.05, n))
    assert te >= 0.05 * math.sqrt(0.5)  # the day's half of the variance stays
    assert te > 0.05 * math.sqrt(3 / n) or n <= 3


def test_17_an_interval_that_forgets_the_day_covers_too_little() -> None:
    # methods S15: with 6 trials a nominal 95 % interval that divides by the root covers 0.73
    rng, day, trial, n = np.random.default_rng(42), 0.03, 0.03, 6
    d = np.diff(rng.normal(0, day, (20_000, 2)) + rng.normal(0, trial / math.sqrt(n), (20_000, 2)), axis=1)[:, 0]
    whole = math.hypot(day, trial / math.sqrt(3))
    right = float(te_session(whole, n, share_within=(trial**2 / 3) / whole**2))
    wrong = whole * math.sqrt(3 / n)
    covers = [float((np.abs(d) <= 1.96 * math.sqrt(2) * te).mean()) for te in (right, wrong)]
    assert covers[0] == pytest.approx(0.95, abs=0.01)
    assert covers[1] < 0.90


def test_18_trials_of_one_day_are_no_typical_error() -> None:
    names = "abcdefgh"
    day_one = [session(0, [0.30, 0.31, 0.29], **JUMP | {"athlete": name}) for name in names]
    found = retest_error.estimate(trials(*day_one), test="loaded_jump")
    assert (found.reason, found.value) == ("TOO_FEW_ATHLETES", None)


def test_19_a_faster_time_is_better() -> None:
    found = running_sprint.estimate(trials(session(0, [3.20] * 3, **SPRINT), session(42, [3.00] * 3, **SPRINT)))
    assert (found.value or 0) > 0
    assert found.word.startswith("improved")
    slower = running_sprint.estimate(trials(session(0, [3.00] * 3, **SPRINT), session(42, [3.20] * 3, **SPRINT)))
    assert slower.word.startswith("declined")


def test_20_unclear_is_never_told_as_no_change_and_says_what_would_settle_it() -> None:
    found = power_jump.estimate(trials(session(0, [0.30] * 3, **JUMP), session(42, [0.31] * 3, **JUMP)))
    assert found.word == "unclear"
    assert "no change" not in found.html()
    needed = math.ceil(2 * (2.487 * 0.075 / 0.07) ** 2)
    assert math.ceil(found.sessions_needed or 0) == needed
    assert any(f"about {needed} test sessions before and as many after" in note for note in found.notes)
    assert not any("no change" in words for words in VERDICT_WORDS.values())


@pytest.mark.parametrize("swc", [0.03, 0.10])
def test_20_stable_needs_an_error_far_below_what_matters(swc: float) -> None:
    assert str(change(1.0, 1.0, te=0.42 * swc, df=1e6, swc=swc, prior_sd=0.06).word) == "stable"
    assert str(change(1.0, 1.0, te=0.44 * swc, df=1e6, swc=swc, prior_sd=0.06).word) == "unclear"


def test_11_heights_from_flight_and_from_the_push_off_are_never_joined() -> None:
    by_flight = {"method": "flight_time"}
    found = power_jump.estimate(trials(session(0, [0.30] * 3, **PLATE), session(42, [0.33] * 3, **PLATE | by_flight)))
    assert (found.reason, found.value) == ("DEVICE_CHANGED", None)
    assert "Method: impulse momentum, then flight time." in found.notes
    clock = power_jump.estimate(trials(session(0, [0.30] * 3, **PLATE), session(42, [0.52] * 3, **FLIGHT)))
    assert clock.reason == "DEVICE_CHANGED"


def test_a_method_written_down_once_is_a_caution_and_spelling_does_not_matter() -> None:
    bare = JUMP | {"device": "plate"}
    found = power_jump.estimate(trials(session(0, [0.30] * 3, **PLATE), session(42, [0.33] * 3, **bare)))
    assert (found.status, found.reason) == ("caution", "CONDITIONS_UNKNOWN")
    same = trials(session(0, [0.30] * 3, **PLATE), session(42, [0.33] * 3, **PLATE | {"method": "Impulse  Momentum"}))
    assert power_jump.estimate(same).status == "ok"
    assert power_jump.estimate(same.drop("method")).status == "ok"


def test_a_flight_time_is_got_by_flight_time_whether_or_not_that_is_written_down() -> None:
    told = FLIGHT | {"method": "flight_time"}
    found = power_jump.estimate(trials(session(0, [0.50] * 3, **FLIGHT), session(42, [0.52] * 3, **told)))
    assert found.status == "ok"


@pytest.mark.parametrize("more_flights", [0, 3])
def test_of_two_ways_at_both_tests_the_push_off_is_compared(more_flights: int) -> None:
    frame = trials(
        session(0, [0.50] * (3 + more_flights), **FLIGHT), session(0, [0.27] * 3, **PLATE),
        session(42, [0.52] * (3 + more_flights), **FLIGHT), session(42, [0.30] * 3, **PLATE),
    )  # fmt: skip
    found = power_jump.estimate(frame)
    assert found.value == pytest.approx(_gain(0.30 / 0.27))
    assert power_jump.estimate(frame.reverse()).value == pytest.approx(found.value)


def test_where_only_the_flight_time_was_measured_twice_it_is_compared() -> None:
    frame = trials(
        session(0, [0.50] * 3, **FLIGHT), session(42, [0.52] * 3, **FLIGHT), session(42, [0.30] * 3, **PLATE)
    )
    assert power_jump.estimate(frame).value == pytest.approx(_gain((0.52 / 0.50) ** 2))


def test_table_r1_is_complete_and_every_error_can_be_defended() -> None:
    rows = {
        "cmj": (0.050, 0.03, 0.06), "loaded_jump": (0.075, 0.04, 0.07), "jump_pmax": (0.07, 0.04, 0.07),
        "jump_f0": (0.07, 0.04, 0.07), "sprint_vmax": (0.015, 0.010, 0.02), "sprint_flying": (0.014, 0.010, 0.020),
        "rsi": (0.09, 0.05, 0.09), "one_rm": (0.042, 0.03, 0.06), "e1rm": (0.040, 0.03, 0.06),
        "e1rm_velocity": (0.06, 0.03, 0.06), "mean_velocity": (0.04, 0.04, 0.06), "race": (0.015, 0.0045, 0.015),
        "kick": (0.03, 0.015, 0.03),
    }  # fmt: skip
    for name, expected in rows.items():
        prior = prior_of(name)
        assert (prior.te0, prior.swc, prior.s0) == expected
        assert prior.source
    assert (prior_of("sprint_tau").te0, prior_of("sprint_a0").te0, prior_of("jump_sfv").te0) == (0.08, 0.07, 0.20)
    assert {prior_of(name).swc for name in ("sprint_tau", "sprint_a0", "jump_sfv")} == {None}
    learning = {"cmj": 0.01, "loaded_jump": 0.02, "e1rm": 0.02, "rsi": 0.04, "single_leg_stance": 0.15, "hop": 0.03}
    assert {name: prior_of(name).learning for name in learning} == learning
    assert [name for name, prior in PRIORS.items() if not prior.log] == ["mean_velocity"]


def test_a_test_of_ones_own_takes_no_error_from_a_name_it_shares() -> None:
    assert prior_of_trials("race").te0 is None
    assert {prior_of_trials(test, 20.0) == prior_of(test, 20.0) for test in TESTS} == {True}
    names = "abcdef"
    tests = [
        session(day, [v], athlete=name, test="race", measure="time_s")
        for name, base in zip(names, range(60, 66), strict=True)
        for day, v in ((0, float(base)), (3, base * (1.01 if base % 2 else 0.99)))
    ]
    found = retest_error.estimate(trials(*tests), test="race")
    assert dict(found.params)["te0"] is None
    assert isinstance(found.points, pl.DataFrame)


INF, NOTHING = math.inf, None
CHANGE: dict[str, Any] = {"pre": 100, "post": 113, "te": 0.035, "df": 24, "swc": 0.03, "prior_sd": 0.06}
SQUAD: dict[str, Any] = {"y": [0.04, 0.01, 0.05, -0.01], "s": [0.02, 0.02, 0.03, 0.02]}
TRAINED: dict[str, Any] = {"changes_exp": [0.06, 0.03, 0.08, 0.02, 0.05, 0.09, 0.02, 0.04], "te": 0.02, "te_df": 24}


@pytest.mark.parametrize(
    ("method", "given", "reason"),
    [
        ("D16.change", CHANGE | {"pre": INF}, "BAD_INPUT"),
        ("D16.change", CHANGE | {"post": 0}, "BAD_INPUT"),
        ("D16.change", CHANGE | {"te": INF}, "BAD_INPUT"),
        ("D16.change", CHANGE | {"swc": INF}, "BAD_INPUT"),
        ("D18.learning", CHANGE | {"learning": INF}, "BAD_INPUT"),
        ("D16.te_session", {"te0": INF, "n": 3}, "BAD_INPUT"),
        ("D16.te_session", {"te0": 0.05, "n": 3, "share_within": INF}, "BAD_INPUT"),
        ("D13.blend", {"te0": INF, "te": 0.03, "nu": 9}, "BAD_INPUT"),
        ("D13.typical_error", {"M": [[1, 2], [2, 3], [3, 5], [4, 4], [INF, 6]]}, "BAD_INPUT"),
        ("D15.swc", {"scores": [*range(20, 32), INF], "te": 0.04}, "BAD_INPUT"),
        ("D15.swc", {"scores": range(20, 32), "te": INF}, "BAD_INPUT"),
        ("D17.holm", {"p": []}, "BAD_INPUT"),
        ("D17.holm", {"p": [0.01, NOTHING]}, "BAD_INPUT"),
        ("D19.partial_pooling", {"y": SQUAD["y"][:3], "s": SQUAD["s"][:3]}, "TOO_FEW_ATHLETES"),
        ("D19.partial_pooling", SQUAD | {"s": [0.02, 0.02, 0.0, 0.02]}, "BAD_INPUT"),
        ("D19.partial_pooling", SQUAD | {"s": [0.02]}, "BAD_INPUT"),
        ("D19.partial_pooling", SQUAD | {"tau_scale": -1}, "BAD_INPUT"),
        ("D19.partial_pooling", {"y": SQUAD["y"]}, "BAD_INPUT"),
        ("H4.levels", {"y": [], "s": []}, "TOO_FEW_ATHLETES"),
        ("D19.paule_mandel", {"y": [0.1], "s": [0.1]}, "TOO_FEW_ATHLETES"),
        ("D19.paule_mandel", SQUAD | {"s": [0.02, 0.02, INF, 0.02]}, "BAD_INPUT"),
        ("D20.sd_ir", TRAINED | {"changes_exp": [0.01] * 7}, "TOO_FEW_ATHLETES"),
        ("D20.sd_ir", TRAINED | {"changes_con": [0.01] * 7}, "TOO_FEW_ATHLETES"),
        ("D20.sd_ir", TRAINED | {"te": NOTHING}, "BAD_INPUT"),
        ("D20.sd_ir", {}, "BAD_INPUT"),
        ("H5.expected_rank", {"theta": [0.1, 0.2], "var": [0.01, -0.01]}, "BAD_INPUT"),
        ("H5.expected_rank", {"theta": [], "var": []}, "TOO_FEW_ATHLETES"),
    ],
)
def test_impossible_inputs_are_refused_with_their_reason(method: str, given: dict[str, Any], reason: str) -> None:
    found = ADAPTERS[method](given)
    assert (found["status"], found["reason"]) == ("refused", reason)
    assert not [v for v in found.values() if isinstance(v, float) and not math.isfinite(v)]


@pytest.mark.parametrize(("prior_sd", "factor"), [(0.0, 0.0), (INF, 1.0), (NOTHING, NOTHING), (-1.0, NOTHING)])
def test_the_verdict_does_not_rest_on_the_prior_of_the_shrunken_change(prior_sd: float, factor: float | None) -> None:
    found, usual = ADAPTERS["D16.change"](CHANGE | {"prior_sd": prior_sd}), ADAPTERS["D16.change"](CHANGE)
    assert (found["verdict"], found["ci"]) == (usual["verdict"], usual["ci"])
    assert found["shrink_factor"] == factor


@pytest.mark.parametrize(("earlier", "learning"), [(0, 0.01), (2, 0.01), (3, 0.0)])
def test_an_athlete_with_three_earlier_sessions_learns_the_test_no_more(earlier: int, learning: float) -> None:
    jump: dict[str, Any] = {"test": "cmj", "measure": "height_m", "device": "mat"}
    days = [*range(0, 20 * earlier, 20), 100, 142]
    block: dict[str, Any] = {"start": DAY + dt.timedelta(100), "end": DAY + dt.timedelta(141)}
    found = power_jump.estimate(trials(*(session(d, [0.30, 0.31, 0.30], **jump) for d in days)), test="cmj", **block)
    assert dict(found.params)["learning"] == learning
    assert dict(found.params)["practised"] == 3
    assert found.value == pytest.approx(100 * math.expm1(-learning), abs=1e-9)
