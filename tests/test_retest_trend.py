"""Growth of a re-test over the blocks, of one athlete and of a squad (methods D19, H4)."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.estimate import each
from analysis.metrics import power_jump, retest_error, retest_trend, running_sprint, running_sprint_profile
from analysis.metrics.retest_trend import estimate, squad
from analysis.stats.change import percent
from analysis.stats.pooling import pool
from analysis.stats.reliability import te_session
from trials_for_tests import session, trials

DAYS = (0, 42, 84, 126)
CMJ: dict[str, Any] = {"test": "cmj", "measure": "height_m", "device": "mat"}


def _tests(scores: Any, days: Any = DAYS, n: int = 3, **row: Any) -> list[list[dict[str, Any]]]:
    return [
        session(day, [float(v)] * n, **CMJ | {"athlete": "Ada"} | row) for day, v in zip(days, scores, strict=False)
    ]


def _squad(slopes: Any, names: str = "abcdefgh", k: int = 4, **row: Any) -> pl.DataFrame:
    t = np.arange(k)
    return trials(
        *(
            s
            for i, (name, b) in enumerate(zip(names, slopes, strict=False))
            for s in _tests((0.25 + 0.02 * i) * np.exp(b * t), athlete=name, **row)
        )
    )


def test_growth_and_interval_computed_by_hand() -> None:
    found = estimate(trials(*_tests([0.300, 0.309, 0.306, 0.320])), test="cmj", te=0.04)
    t, y = np.arange(4), np.log([0.300, 0.309, 0.306, 0.320])
    slope, se = np.polyfit(t, y, 1)[0], 0.04 / np.sqrt(5)
    assert found.value == pytest.approx(float(percent(slope)))
    assert found.high == pytest.approx(float(percent(slope + 2.446912 * se)))  # t with 6 degrees of freedom
    assert found.unit == "%/block"
    assert found.n == 4
    better = found.part("P(better)").value
    assert better is not None
    assert 0.8 < better < 0.99
    assert found.chart() is not None


def test_uneven_days_count_as_they_are_and_other_blocks_change_the_unit_only() -> None:
    days = (0, 20, 84, 100)
    y = np.log([0.300, 0.309, 0.306, 0.320])
    found = estimate(trials(*_tests(np.exp(y), days)), test="cmj")
    assert found.value == pytest.approx(float(percent(np.polyfit(np.array(days) / 42, y, 1)[0])))
    weekly = estimate(trials(*_tests(np.exp(y), days)), test="cmj", block_days=7)
    assert np.log1p((weekly.value or 0) / 100) == pytest.approx(np.log1p((found.value or 0) / 100) / 6)


def test_fewer_trials_widen_the_interval_and_a_faster_sprint_is_growth() -> None:
    sprint: dict[str, Any] = {"test": "sprint", "measure": "time_s", "distance_m": 20.0}
    frame = trials(*_tests([3.20, 3.15, 3.12], **sprint), *_tests([5.0, 4.9, 4.8], **sprint | {"distance_m": 40.0}))
    found = estimate(frame, test="sprint")
    assert (found.value or 0) > 0
    assert found.what == "Sprint over 20 m growth"
    one, three = (estimate(trials(*_tests([0.3, 0.31, 0.32], n=n)), test="cmj") for n in (1, 3))
    widths = [np.log((100 + (e.high or 0)) / (100 + (e.low or 0))) for e in (one, three)]
    assert widths[0] / widths[1] == pytest.approx(float(te_session(1.0, 1)))


def test_intervals_cover_the_true_growth() -> None:
    rng, te, truth = np.random.default_rng(21), 0.05, 0.02
    frames = [np.exp(-1.2 + truth * np.arange(4) + te * rng.standard_normal(4)) for _ in range(150)]
    squad_frame = trials(*(s for i, y in enumerate(frames) for s in _tests(y, athlete=f"a{i:03d}")))
    found = squad(squad_frame, test="cmj", te=te)
    raw = [part.parts[0] for part in found.parts]
    inside = [(r.low or 0) <= 100 * np.expm1(truth) <= (r.high or 0) for r in raw]
    assert 0.92 <= np.mean(inside) <= 1  # the error's 6 degrees of freedom widen the single intervals
    assert (found.low or 0) <= 100 * np.expm1(truth) <= (found.high or 0)
    error = [np.mean([((e.value or 0) - 100 * np.expm1(truth)) ** 2 for e in some]) for some in (found.parts, raw)]
    assert error[0] < 0.2 * error[1]


def test_the_squad_is_the_pooled_posterior_of_the_raw_slopes() -> None:
    slopes = np.array([0.04, 0.01, 0.06, -0.02, 0.03, 0.00])
    found = squad(_squad(slopes), test="cmj", te=0.05)
    by_hand = pool(slopes, np.full(6, 0.05 / np.sqrt(5)))
    assert [part.value for part in found.parts] == pytest.approx(percent(by_hand.theta).tolist())
    assert [part.low for part in found.parts] == pytest.approx(percent(by_hand.low).tolist())
    assert found.value == pytest.approx(float(percent(by_hand.mu)))
    assert found.parts[0].parts[0].value == pytest.approx(float(percent(0.04)))
    assert found.parts[0].notes[0].startswith("raw 4.1 %")
    assert found.points is not None
    assert found.points.columns == ["label", "value", "low", "high", "raw"]
    assert found.points["value"].is_sorted(descending=True)
    chart = found.chart().to_dict()
    assert len(chart["layer"]) == 4
    assert squad(_squad(slopes).sample(fraction=1, shuffle=True, seed=2), test="cmj", te=0.05) == found


def test_named_groups_keep_their_own_mean() -> None:
    slopes = [0.10, 0.11, 0.10, -0.05, -0.06, -0.05]
    groups = dict(zip("abcdef", ["women"] * 3 + ["men"] * 3, strict=True))
    frame = _squad(slopes)
    mixed, own = squad(frame, test="cmj", te=0.05), squad(frame, test="cmj", te=0.05, groups=groups)
    truth = percent(slopes)
    error = [np.abs([(p.value or 0) - t for p, t in zip(e.parts, truth, strict=True)]).mean() for e in (mixed, own)]
    assert error[1] < 0.5 * error[0]
    assert any(note.startswith("women: mean") for note in own.notes)


def test_athletes_without_a_growth_stay_in_the_table() -> None:
    frame = pl.concat([_squad([0.02, 0.03, 0.01, 0.04]), trials(*_tests([0.3, 0.31], athlete="new"))])
    found = squad(frame, test="cmj")
    assert found.n == 4
    last = next(part for part in found.parts if part.who == "new")
    assert (last.reason, last.value) == ("TOO_FEW_TESTS", None)
    assert last.notes[0] == "A trend needs 3 tests under the same conditions; there are 2."


def test_fewer_than_four_athletes_are_not_pooled() -> None:
    frame = _squad([0.02, 0.03, 0.06])
    found = squad(frame, test="cmj")
    assert (found.reason, found.value) == ("TOO_FEW_ATHLETES", None)
    assert [part.value for part in found.parts] == [e.value for e in each(retest_trend, frame, test="cmj")]
    assert found.notes[0].startswith("Not pooled")


@pytest.mark.parametrize(
    ("frame", "options", "reason"),
    [
        (trials(*_tests([0.3, 0.31])), {"test": "cmj"}, "TOO_FEW_TESTS"),
        (trials(*_tests([0.3, 0.31, 0.32])), {"test": "loaded_jump"}, "NO_DATA"),
        (trials(*_tests([0.3, 0.31, 0.32])).head(0), {"test": "cmj"}, "NO_DATA"),
        (trials(*_tests([0.3, 0.31, 0.32])).head(1), {"test": "cmj"}, "TOO_FEW_TESTS"),
        (trials(*_tests([3.0, 3.1, 3.2], test="hop", measure="reach_m")), {"test": "hop"}, "NO_TYPICAL_ERROR"),
        (trials(*_tests([0.3, 0.31, 0.32])), {"test": "single_leg_stance"}, "CENSORED_TEST"),
        (trials(*_tests([0.3, 0.31, 0.32])).with_columns(value=pl.lit(np.inf)), {"test": "cmj"}, "TOO_FEW_TESTS"),
        (trials(*_tests([0.3, 0.31, 0.32])).with_columns(value=pl.lit(None)), {"test": "cmj"}, "TOO_FEW_TESTS"),
    ],
)
def test_refusals(frame: pl.DataFrame, options: dict[str, Any], reason: str) -> None:
    for found in (estimate(frame, **options), squad(frame, **options)):
        assert (found.status, found.value) == ("refused", None)
        assert found.reason == reason
        assert str(found)


def test_tests_under_other_conditions_are_left_aside() -> None:
    flights = session(150, [0.5, 0.5], athlete="Ada", **CMJ | {"measure": "flight_time_s"})
    found = estimate(trials(*_tests([0.3, 0.31, 0.32]), flights), test="cmj")
    assert found.n == 3
    assert any("left aside" in note for note in found.notes)


def test_an_own_error_is_used_with_its_freedom() -> None:
    rng = np.random.default_rng(4)
    base = rng.normal(0.3, 0.03, 8)
    repeats = [
        session(day, [v * (1 + 0.02 * rng.standard_normal())] * 3, **CMJ, athlete=name)
        for name, v in zip("abcdefgh", base, strict=True)
        for day in (0, 3)
    ]
    te = retest_error.estimate(trials(*repeats), test="cmj")
    found = estimate(trials(*_tests([0.30, 0.31, 0.32])), test="cmj", te=te)
    assert dict(found.params)["df"] == 13
    assert dict(found.params)["te"] == dict(te.params)["te"]


def test_several_athletes_without_a_name_and_a_block_of_no_days_are_errors() -> None:
    with pytest.raises(ValueError, match="one athlete at a time"):
        estimate(_squad([0.02, 0.03]), test="cmj")
    with pytest.raises(ValueError, match="block_days"):
        estimate(_squad([0.02]), test="cmj", block_days=0)


def test_nobody_elses_tests_stand_in_for_those_of_who() -> None:
    sprints: dict[str, Any] = {"test": "sprint", "measure": "time_s", "device": "gates"}
    own = [session(day, [3.2 - day / 5000], athlete="Ada", distance_m=20.0, **sprints) for day in DAYS]
    other = [session(day, [4.2 - day / 500], athlete="Bo", distance_m=30.0, **sprints) for day in DAYS]
    frame = trials(*own, *other)
    alone = estimate(trials(*own), who="Ada", test="sprint")
    assert alone.ok
    assert estimate(frame, who="Ada", test="sprint") == alone, "her sprints are of 20 m, whatever Bo ran"
    assert estimate(frame, who="Ada", test="sprint", distance_m=30.0).reason == "NO_DATA"
    jumps = trials(*_tests((0.3, 0.31), athlete="Cy"), *other)
    for metric in (running_sprint, running_sprint_profile):
        assert metric.estimate(jumps, who="Cy").reason == "NO_DATA", "Cy jumped and never sprinted"
    assert power_jump.estimate(jumps, who="Cy", test="cmj").ok
    assert power_jump.estimate(jumps, who="Bo", test="cmj").reason == "NO_DATA"
    with pytest.raises(ValueError, match="one athlete at a time"):
        estimate(frame, who="Dee", test="sprint", distance_m=30.0)
