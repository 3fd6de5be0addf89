"""Several tests of one athlete (methods D17): Holm, its familywise error, and the metric that reports it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from analysis.estimate import Estimate, Verdict
from analysis.metrics import retest_several
from analysis.stats.change import judge
from analysis.stats.several import expected_false, holm


def test_the_worked_example() -> None:
    assert holm([0.004, 0.03, 0.02, 0.3]).tolist() == pytest.approx([0.016, 0.06, 0.06, 0.3])


def test_a_hand_computed_family_with_ties_a_cap_and_a_test_not_done() -> None:
    # sorted .01 .02 .02 .6: 4 x .01, 3 x .02, then never smaller than the one before, and at most 1
    found = holm([0.6, 0.02, np.nan, 0.01, 0.02])
    assert found[[0, 1, 3, 4]] == pytest.approx([0.6, 0.06, 0.04, 0.06])
    assert np.isnan(found[2])
    assert holm([0.5, 0.9]).tolist() == [1.0, 1.0]


@pytest.mark.parametrize("odd", [-0.01, 1.01, np.inf])
def test_a_value_that_is_no_probability_gives_nothing(odd: float) -> None:
    assert np.isnan(holm([0.01, odd])).all()
    assert holm([[0.01, odd], [0.01, 0.04]])[1].tolist() == pytest.approx([0.02, 0.04])


def test_many_athletes_at_once_in_any_order() -> None:
    p = np.random.default_rng(3).uniform(size=(50, 6))
    together, order = holm(p), np.random.default_rng(4).permutation(6)
    for row, found in zip(p, together, strict=True):
        assert holm(row) == pytest.approx(found, abs=1e-15)
        assert holm(row[order]) == pytest.approx(found[order], abs=1e-15)


def test_six_null_tests_give_one_false_better_in_a_quarter_of_athletes_and_holm_in_a_twentieth() -> None:
    rng, te = np.random.default_rng(5), 0.04
    d = te * np.sqrt(2) * rng.standard_normal((20_000, 6))
    found = judge(d, te * np.sqrt(2), df=np.inf, swc=0.03, prior_sd=0.06)
    p = 1 - found.p_better
    assert float((p <= 0.05).any(axis=1).mean()) == pytest.approx(1 - 0.95**6, abs=0.01)
    assert 0.043 <= float((holm(p) <= 0.05).any(axis=1).mean()) <= 0.055


def test_holm_keeps_its_error_where_tests_go_together() -> None:
    rng = np.random.default_rng(6)
    z = 0.8 * rng.standard_normal((20_000, 1)) + 0.6 * rng.standard_normal((20_000, 6))
    p = 1 - judge(z, 1.0, df=np.inf, swc=0.1, prior_sd=1).p_better
    assert float((holm(p) <= 0.05).any(axis=1).mean()) <= 0.055


def test_expected_false_verdicts() -> None:
    assert expected_false(12, 5) == pytest.approx(3.0)


def _verdict(what: str, word: str, p_better: float, **known: Any) -> Verdict:
    return Verdict(what, value=3.0, low=-1.0, high=7.0, unit="%", n=6, word=word, p_better=p_better, **known)


VERDICTS = [
    _verdict("Loaded jump height at 20 kg", "improved", 0.96),
    _verdict("Sprint time over 20 m", "improved", 0.98),
    _verdict("Single-leg stance time", "improved_substantially", 0.999),
    _verdict("Reactive strength", "declined", 0.01),
    Verdict("Squat", status="refused", reason="TOO_FEW_TESTS"),
]


def test_the_primary_test_is_judged_alone_and_the_others_as_a_family() -> None:
    found = retest_several.estimate(VERDICTS, primary="Loaded jump", athletes=8)
    assert found.what == "Loaded jump height at 20 kg"
    assert found.word == "improved"
    words = [part.word for part in found.parts if isinstance(part, Verdict)]
    # p .02, .001 and .99 in a family of three: 2 x .02 is confirmed, too
    assert words == ["improved", "improved", "improved_substantially", "declined", ""]
    params = dict(found.params)
    assert params["expected_false"] == pytest.approx(8 * 4 * 0.05)
    assert dict(params["p_adjusted"])["Sprint time over 20 m"] == pytest.approx(0.04)
    assert "8 x 4 tests" in found.notes[0]


def test_a_secondary_gain_that_does_not_survive_says_so() -> None:
    weaker = [VERDICTS[0], _verdict("Sprint time over 20 m", "improved", 0.96), *VERDICTS[3:]]
    found = retest_several.estimate(weaker, primary="Loaded jump height at 20 kg")
    assert str(found.part("Sprint time over 20 m")).endswith("improved (not confirmed across tests)")
    assert "improved (not confirmed across tests)" in found.html()
    assert found.part("Reactive strength").sentence().endswith("worse; how much is not clear")
    assert found.part("Squat").reason == "TOO_FEW_TESTS"
    assert not [w for w in ("significant", "responder", "proves") if w in str(found.html())]


def test_one_test_alone_needs_no_correction() -> None:
    found = retest_several.estimate(VERDICTS[:1], primary="Loaded")
    assert (found.word, len(found.parts)) == ("improved", 1)
    assert dict(found.params)["expected_false"] == pytest.approx(0.05)


def test_a_refused_primary_test_stays_refused() -> None:
    found = retest_several.estimate(VERDICTS, primary="Squat")
    assert (found.status, found.reason, found.value) == ("refused", "TOO_FEW_TESTS", None)
    assert found.chart() is not None


@pytest.mark.parametrize("primary", ["", "Deadlift", "S"])
def test_the_primary_test_must_be_named_exactly_once(primary: str) -> None:
    with pytest.raises(ValueError, match="name one"):
        retest_several.estimate(VERDICTS, primary=primary)


def test_verdicts_of_two_athletes_are_an_error() -> None:
    two = [_verdict("Jump", "unclear", 0.5, who="Ada"), _verdict("Sprint", "unclear", 0.5, who="Bo")]
    with pytest.raises(ValueError, match="one athlete"):
        retest_several.estimate(two, primary="Jump")
    assert isinstance(retest_several.estimate(two[:1], primary="Jump"), Estimate)


def test_a_secondary_gain_at_exactly_95_percent_survives_alone() -> None:
    pair = [VERDICTS[0], _verdict("Sprint time over 20 m", "improved", 0.95)]
    assert 1 - 0.95 > 0.05, "by rounding"
    found = retest_several.estimate(pair, primary="Loaded jump height at 20 kg")
    assert found.part("Sprint time over 20 m").word == "improved"  # type: ignore[attr-defined]  # parts are verdicts
