"""Training impulse (methods C8, C9): the handbook's numbers, the range of the maximum, convexity, refusals."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from analysis.stats.trimp import banister, edwards

MAN: dict[str, Any] = {"hr_rest_bpm": 50, "hr_max_bpm": 190, "sex": "male"}
WOMAN: dict[str, Any] = {"hr_rest_bpm": 50, "hr_max_bpm": 190, "sex": "female"}


def test_the_handbooks_numbers() -> None:
    assert banister([45], [152], **MAN).trimp == pytest.approx(84.99249179)
    assert banister([15, 15, 15], [132, 152, 172], **WOMAN).trimp == pytest.approx(100.0022926)
    assert edwards([10, 15, 10, 8, 2], [110, 130, 150, 168, 182], hr_max_bpm=190).edwards == 112.0


def test_the_range_is_that_of_a_maximum_5_bpm_off() -> None:
    found = banister([45], [152], **MAN)
    assert found.low == banister([45], [152], **MAN | {"hr_max_bpm": 195}).trimp
    assert found.high == banister([45], [152], **MAN | {"hr_max_bpm": 185}).trimp
    assert found.low is not None
    assert found.trimp is not None
    assert found.high is not None
    assert found.low < found.trimp < found.high
    zones = edwards([10], [150], hr_max_bpm=190)
    assert (zones.low, zones.edwards, zones.high) == (30.0, 30.0, 40.0)


def test_the_true_maximum_lies_in_the_range_as_often_as_its_error_is_below_5() -> None:
    rng = np.random.default_rng(3)
    inside = []
    for error in rng.normal(0, 3, 1500):
        beats = rng.uniform(110, 175, 30)
        true = banister(np.ones(30), beats, hr_rest_bpm=50, hr_max_bpm=190, sex="male").trimp
        told = banister(np.ones(30), beats, hr_rest_bpm=50, hr_max_bpm=190 + error, sex="male")
        assert true is not None
        assert told.low is not None
        assert told.high is not None
        inside.append(told.low <= true <= told.high)
    assert np.mean(inside) == pytest.approx(math.erf(5 / 3 / math.sqrt(2)), abs=0.02)


def test_the_mean_of_a_session_underestimates_intervals() -> None:
    rng = np.random.default_rng(4)
    for _ in range(50):
        minutes, beats = rng.uniform(0.5, 5, 20), rng.uniform(60, 190, 20)
        mean = float((minutes * beats).sum() / minutes.sum())
        whole, samples = banister([minutes.sum()], [mean], **WOMAN), banister(minutes, beats, **WOMAN)
        assert (whole.trimp or 0) < (samples.trimp or 0)


@pytest.mark.parametrize(
    ("bpm", "weight"), [(94.9, 0), (95, 1), (114, 2), (133, 3), (152, 4), (170.9, 4), (171, 5), (195, 5)]
)
def test_edwards_borders_include_their_lower_end(bpm: float, weight: float) -> None:
    assert edwards([7], [bpm], hr_max_bpm=190).edwards == 7 * weight


@pytest.mark.parametrize("top", [183, 187, 193, 200])
def test_a_border_is_a_border_whatever_the_last_binary_digit_says(top: float) -> None:
    assert [edwards([1], [share * top], hr_max_bpm=top).edwards for share in (0.5, 0.6, 0.7, 0.8, 0.9)] == [
        1,
        2,
        3,
        4,
        5,
    ]


def test_below_rest_is_zero_and_far_above_the_maximum_is_refused() -> None:
    assert banister([10], [45], **MAN).trimp == 0.0
    assert banister([10], [197], **MAN).status == "ok"
    above = banister([10, 0.1], [150, 198], **MAN)
    assert (above.status, above.reason, above.trimp) == ("refused", "HR_ABOVE_MAX", None)
    assert edwards([10], [200], hr_max_bpm=190).reason == "HR_ABOVE_MAX"


@pytest.mark.parametrize(
    ("minutes", "bpm", "more", "reason"),
    [
        ([45], [152], {"hr_rest_bpm": None}, "HR_BOUNDS"),
        ([45], [152], {"hr_max_bpm": None}, "HR_BOUNDS"),
        ([45], [152], {"hr_rest_bpm": 190}, "HR_BOUNDS"),
        ([45], [152], {"hr_rest_bpm": 0}, "HR_BOUNDS"),
        ([45], [152], {"hr_rest_bpm": 186}, "HR_BOUNDS"),
        ([45], [152], {"hr_max_bpm": math.inf}, "HR_BOUNDS"),
        ([45], [152], {"sex": None}, "BAD_INPUT"),
        ([45], [152], {"sex": "other"}, "BAD_INPUT"),
        ([45], [152], {"sex": ["male"]}, "BAD_INPUT"),
        ([], [], {}, "BAD_INPUT"),
        (None, None, {}, "BAD_INPUT"),
        ([45, 10], [152], {}, "BAD_INPUT"),
        ([-45], [152], {}, "BAD_INPUT"),
        ([math.inf], [152], {}, "BAD_INPUT"),
        ([45], [None], {}, "BAD_INPUT"),
        ([45], [0], {}, "BAD_INPUT"),
        ([45], [math.inf], {}, "BAD_INPUT"),
        (45, 152, {}, "BAD_INPUT"),
    ],
)
def test_impossible_input_is_refused(minutes: Any, bpm: Any, more: dict[str, Any], reason: str) -> None:
    found = banister(minutes, bpm, **MAN | more)
    assert (found.status, found.reason, found.trimp, found.low, found.high) == ("refused", reason, None, None, None)
    if not more:
        assert edwards(minutes, bpm, hr_max_bpm=190).reason == reason


def test_edwards_needs_a_maximum() -> None:
    assert [edwards([1], [150], hr_max_bpm=top).reason for top in (None, 0, 3, math.nan)] == ["HR_BOUNDS"] * 4


def test_order_and_splitting_of_samples_change_nothing() -> None:
    rng = np.random.default_rng(5)
    minutes, beats = rng.uniform(0, 3, 100), rng.uniform(60, 185, 100)
    order = rng.permutation(100)
    assert banister(minutes[order], beats[order], **MAN).trimp == pytest.approx(banister(minutes, beats, **MAN).trimp)
    halves = banister(np.tile(minutes / 2, 2), np.tile(beats, 2), **MAN)
    assert halves.trimp == pytest.approx(banister(minutes, beats, **MAN).trimp)
    assert edwards(minutes[order], beats[order], hr_max_bpm=190).edwards == pytest.approx(
        edwards(minutes, beats, hr_max_bpm=190).edwards
    )
