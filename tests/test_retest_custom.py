"""Tests of one's own as verdicts (methods D13, D15, D16, D18): by hand, simulated truth, scales, refusals."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from analysis.estimate import Verdict, each
from analysis.frames import to_pandas
from analysis.metrics import power_jump, retest_custom, retest_error
from analysis.own_tests import OwnTest
from trials_for_tests import DAY, JUMP, session, trials

WALL_SIT = OwnTest("wall_sit", "time_s", "higher_better", typical_error_percent=9, swc_percent=10)
REACH = OwnTest("sit_and_reach", "reach_cm", "higher_better", typical_error=1.4, swc=2.0, label="Sit and reach")
HELD: dict[str, Any] = {"test": "wall_sit", "measure": "time_s", "device": "stopwatch"}
REACHED: dict[str, Any] = {"test": "sit_and_reach", "measure": "reach_cm", "device": "box"}
NAMES = "ABCDEFGH"


def sits(before: Any = (62.0,), after: Any = (93.0,), **row: Any) -> pl.DataFrame:
    return trials(session(0, before, **HELD), session(42, after, **HELD | row))


def test_the_verdict_in_per_cent_is_the_handbook_formula() -> None:
    """Declared error of 9 % with 6 df, learning of an unknown test 3 % +- 3 %: by hand with scipy.stats."""
    found = retest_custom.estimate(sits([60.0, 64.0], [66.0, 70.0, 74.0]), test=WALL_SIT, who="Ada")
    d = np.log([66, 70, 74]).mean() - np.log([60, 64]).mean() - 0.03
    se, swc = math.sqrt(2 * math.log(1.09) ** 2 + 0.03**2), math.log(1.10)
    half = stats.t.ppf(0.975, 6) * se
    assert found.value == pytest.approx(100 * math.expm1(d))
    assert (found.low, found.high) == pytest.approx((100 * math.expm1(d - half), 100 * math.expm1(d + half)))
    assert found.p_better == pytest.approx(stats.t.cdf(d / se, 6))
    assert found.p_above_swc == pytest.approx(stats.t.cdf((d - swc) / se, 6))
    assert (found.te_pct, found.swc_pct) == pytest.approx((9, 10))
    assert (found.n, found.who, found.unit, found.word) == (5, "Ada", "%", "unclear")
    assert found.sessions_needed == pytest.approx(2 * (2.487 * math.log(1.09) / (2 * swc)) ** 2)
    assert "declared in tests.toml" in " ".join(found.notes)


def test_the_verdict_in_the_unit_of_the_measure_is_the_handbook_formula() -> None:
    """An error in cm is used as it is, scores may be negative: -3, -1 cm, then 4, 6 cm."""
    found = retest_custom.estimate(
        trials(session(0, [-3.0, -1.0], **REACHED), session(42, [4.0, 6.0], **REACHED)), test=REACH
    )
    d = 7 - 0.03 * 2
    se = math.sqrt(2 * 1.4**2 + (0.03 * 2) ** 2)
    half = stats.t.ppf(0.975, 6) * se
    assert (found.value, found.low, found.high) == pytest.approx((d, d - half, d + half))
    assert found.p_above_swc == pytest.approx(stats.t.cdf((d - 2) / se, 6))
    assert (found.unit, found.te_pct, found.swc_pct, found.shrunk_pct) == ("cm", None, None, None)
    assert found.word == "improved_substantially"
    assert str(found).startswith("Sit and reach +6.94 cm (95 % 2.09 to 11.8; n = 4): better")
    told = " ".join(found.notes)
    assert "-2 cm (5 Jan, 2 trials) → 5 cm (16 Feb, 2 trials)" in told
    assert "Typical error of one session: 1.4 cm, declared in tests.toml." in told
    assert {"te": 1.4, "swc": 2.0}.items() <= dict(found.params).items()


def test_the_declared_error_is_that_of_a_session_unless_the_number_of_trials_is_told() -> None:
    rows = sits([60.0] * 6, [70.0] * 6)
    plain, of_three = (retest_custom.estimate(rows, test=replace(WALL_SIT, trials=n)) for n in (None, 3))
    assert plain.te_pct == pytest.approx(9)
    assert of_three.te_pct == pytest.approx(100 * math.expm1(math.log(1.09) * math.sqrt(0.75)))


def test_lower_can_be_the_better_direction() -> None:
    shuttle = OwnTest("shuttle", "time_s", "lower_better", typical_error_percent=1, swc_percent=1)
    rows = trials(
        session(0, [10.0], test="shuttle", measure="time_s"), session(42, [9.0], test="shuttle", measure="time_s")
    )
    faster = retest_custom.estimate(rows, test=shuttle)
    assert faster.value == pytest.approx(100 * math.expm1(math.log(10 / 9) - 0.03))
    assert faster.word == "improved_substantially"
    assert (
        retest_custom.estimate(rows, test=replace(shuttle, direction="higher_better")).word == "declined_substantially"
    )


def test_a_threshold_in_the_unit_is_a_share_of_the_first_score() -> None:
    found = retest_custom.estimate(sits(), test=replace(WALL_SIT, swc_percent=None, swc=6.2))
    assert found.swc_pct == pytest.approx(10)
    share = retest_custom.estimate(
        trials(session(0, [20.0], **REACHED), session(42, [25.0], **REACHED)),
        test=replace(REACH, swc=None, swc_percent=10),
    )
    assert dict(share.params)["swc"] == pytest.approx(2.0)


def test_stated_values_go_before_declared_ones() -> None:
    found = retest_custom.estimate(sits([62.0] * 3, [93.0] * 3), test=WALL_SIT, te=0.05, swc=0.04)
    assert found.te_pct == pytest.approx(100 * math.expm1(0.05))
    assert dict(found.params)["swc_source"] == "stated for this block"
    reach = retest_custom.estimate(
        trials(session(0, [20.0], **REACHED), session(42, [25.0], **REACHED)), test=REACH, te=0.05
    )
    assert reach.unit == "%"
    assert reach.swc_pct == pytest.approx(10)


def squad(seed: int = 3) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    rows = [
        session(day, [float(np.exp(rng.normal(math.log(60 + 3 * i), 0.06)))], **HELD | {"athlete": name})
        for i, name in enumerate(NAMES) for day in (0, 4)
    ]  # fmt: skip
    return trials(*rows)


def test_without_a_declared_error_that_of_the_squads_repeated_sessions_counts() -> None:
    open_error = replace(WALL_SIT, typical_error_percent=None)
    error = retest_error.estimate(squad(), test="wall_sit", measure="time_s")
    assert dict(error.params)["source"] == "own squad (8 athletes, 2 sessions each)"
    found = retest_custom.estimate(sits(), test=open_error, te=[error])
    assert found.te_pct == pytest.approx(100 * math.expm1(dict(error.params)["te"]))
    assert retest_custom.estimate(sits(), test=WALL_SIT, te=[error]).te_pct == pytest.approx(9)
    assert error.chart().to_dict()["layer"][0]["encoding"]["x"]["title"] == "Mean of the athlete (s)"


def test_what_is_missing_is_a_refusal_that_says_what_to_do() -> None:
    bare = OwnTest("wall_sit", "time_s", "higher_better")
    found = retest_custom.estimate(sits(), test=bare)
    assert (found.status, found.reason, found.value) == ("refused", "NO_TYPICAL_ERROR", None)
    assert "typical_error" in " ".join(found.notes)
    assert "62 s" in " ".join(found.notes).replace("62.00", "62")
    found = retest_custom.estimate(sits(), test=replace(bare, typical_error_percent=9))
    assert (found.reason, "swc_percent" in " ".join(found.notes)) == ("NO_SWC", True)
    assert retest_custom.estimate(trials(), test=WALL_SIT).reason == "NO_DATA"
    assert retest_custom.estimate(trials(session(0, [60.0], **HELD)), test=WALL_SIT).reason == "TOO_FEW_TESTS"
    assert retest_custom.estimate(sits(device="app"), test=WALL_SIT).reason == "DEVICE_CHANGED"
    assert retest_custom.estimate(sits(protocol="feet apart"), test=WALL_SIT).reason == "PROTOCOL_CHANGED"
    below = trials(session(0, [-1.0], **REACHED), session(42, [2.0], **REACHED))
    assert (
        retest_custom.estimate(below, test=replace(REACH, typical_error=None, typical_error_percent=5)).reason
        == "BAD_INPUT"
    )


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [([120.0], [120.0], "BOTH_AT_CEILING"), ([80.0], [120.0], "SOME_CAPPED"), ([80.0], [119.0], None)],
)
def test_a_time_that_was_stopped_has_no_mean(before: list[float], after: list[float], reason: str | None) -> None:
    """Trap: a capped time in a mean, and both capped read as no change."""
    rows = trials(session(0, before, **HELD, cap_s=120.0), session(42, after, **HELD, cap_s=120.0))
    assert retest_custom.estimate(rows, test=WALL_SIT).reason == reason


def test_sides_and_loads_are_parts_and_other_measures_are_left_aside() -> None:
    rows = trials(
        *(
            session(d, [v, v], **HELD | {"side": side})
            for d in (0, 42)
            for side, v in (("left", 60.0 + d), ("right", 50.0))
        ),
        *(session(d, [70.0], **HELD | {"load_kg": 20.0}) for d in (0, 42)),
        *(session(d, [3.0], **HELD | {"measure": "rpe"}) for d in (0, 42)),
    )
    found = retest_custom.estimate(rows, test=WALL_SIT)
    assert {part.what for part in found.parts} == {"Wall sit, left side", "Wall sit, right side", "Wall sit at 20 kg"}
    assert found.notes[0] == f"The verdict is for the variant with most trials: {found.what}."
    assert any(note.startswith("Left side: 60.00 s") for note in found.part("Wall sit, left side").notes)
    titles = [layer.get("encoding", {}).get("x", {}).get("title") for layer in found.chart().to_dict()["layer"]]
    assert "Change (%), better is positive; grey: too small to matter" in titles


def test_what_a_device_measures_beside_the_height_is_no_jump_height() -> None:
    days = [session(d, [0.30 + d / 1000] * 3, **JUMP) for d in (0, 42)]
    more = [
        session(d, v, **JUMP | {"measure": m})
        for d in (0, 42)
        for m, v in (("rsi", [1.4] * 3), ("peak_power_w", [2e3]))
    ]
    one, other = power_jump.estimate(trials(*days)), power_jump.estimate(trials(*more, *days))
    assert (one.value, one.n, one.word) == (other.value, other.n, other.word)
    assert power_jump.estimate(trials(*more)).reason == "NO_DATA"


def test_the_truth_is_recovered_and_covered() -> None:
    """A true gain of 12 %, errors of the declared size: right on average, inside the interval as often as it says."""
    truth, te, n = math.log(1.12), math.log(1.09), 400
    rng = np.random.default_rng(11)
    practised = [session(day, [60.0], **HELD) for day in (-40, -30, -20)]
    found = []
    for _ in range(n):
        before, after = np.exp(math.log(60) + rng.normal(0, te, 2) + [0, truth])
        rows = trials(*practised, session(0, [before], **HELD), session(42, [after], **HELD))
        found.append(retest_custom.estimate(rows, test=WALL_SIT, start=DAY))
    assert np.mean([math.log1p((e.value or 0) / 100) for e in found]) == pytest.approx(
        truth, abs=4 * te * math.sqrt(2 / n)
    )
    covered = np.mean([(e.low or 0) <= 12 <= (e.high or 0) for e in found])
    assert 0.95 <= covered <= 0.995  # t with 6 df is wider than the known error needs: 0.986 expected


def test_no_change_is_rarely_called_better() -> None:
    rng, te, n = np.random.default_rng(12), math.log(1.09), 400
    words = []
    for _ in range(n):
        before, after = np.exp(math.log(60) + rng.normal(0, te, 2))
        words.append(retest_custom.estimate(sits([before], [after * 1.03]), test=WALL_SIT).word)
    assert np.mean([word.startswith("improved") for word in words]) <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / n)


def test_order_names_and_units_do_not_matter() -> None:
    rows = sits([60.0, 64.0], [66.0, 70.0])
    one = retest_custom.estimate(rows, test=WALL_SIT)
    others = [
        (rows.reverse(), WALL_SIT),
        (rows.with_columns(athlete="x" + pl.col("athlete"), trial_id="y" + pl.col("trial_id")), WALL_SIT),
        (rows.with_columns(pl.col("value") * 1000), WALL_SIT),
        (rows.with_columns(test=pl.lit("hold")), replace(WALL_SIT, slug="hold")),
        (to_pandas(rows), WALL_SIT),
    ]
    for other, test in others:
        found = retest_custom.estimate(other, test=test)
        assert [found.value, found.low, found.high] == pytest.approx([one.value, one.low, one.high], rel=1e-9)
        assert found.word == one.word


def test_a_squad_is_asked_one_by_one() -> None:
    with pytest.raises(ValueError, match="one athlete at a time"):
        retest_custom.estimate(squad(), test=WALL_SIT)
    found = each(retest_custom, squad(), test=WALL_SIT)
    assert [e.who for e in found] == list(NAMES)
    assert all(isinstance(e, Verdict) and e.ok for e in found)


def test_the_chart_shows_every_trial_in_its_unit() -> None:
    spec = retest_custom.estimate(sits([60.0, 64.0], [66.0, 70.0]), test=WALL_SIT).chart().to_dict()
    assert spec["layer"][1]["encoding"]["y"]["title"] == "Wall sit (s)"
    found = retest_custom.estimate(trials(session(0, [-3.0], **REACHED), session(42, [4.0], **REACHED)), test=REACH)
    assert found.points is not None
    spans = found.points.filter(pl.col("kind") == "session").select("low", "value", "high").rows()
    assert all(high - value == pytest.approx(1.4 * stats.t.ppf(0.975, 6)) for _, value, high in spans)
