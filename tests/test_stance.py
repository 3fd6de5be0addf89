"""Single-leg stance (methods D6): handbook numbers, a second opinion, simulated athletes, ceilings, invariance."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import integrate, stats

from analysis.estimate import Verdict
from analysis.metrics import stability_stance
from analysis.stats.censored import SWC, refusal, stance_change, stance_time
from trials_for_tests import STANCE, session, trials

LEFT, RIGHT = STANCE, STANCE | {"side": "right"}
BEFORE, AFTER = [14.2, 22.5, 18.9], [31.0, 45.0, 38.4]


def test_the_handbook_example_of_one_session() -> None:
    held = stance_time(AFTER, 45)
    low, median, high = (math.exp(held.log_time.quantile(p)) for p in (0.025, 0.5, 0.975))
    assert [low, median, high] == pytest.approx([24.22574501, 40.75262369, 69.55062584], rel=1e-3)
    assert [float(held.log_time.mean), float(held.log_time.sd)] == pytest.approx([3.710016116, 0.2689031211], rel=1e-6)
    assert (held.status(), int(held.n_censored)) == ("caution", 1)


def test_the_handbook_example_of_a_change() -> None:
    gain = stance_change(stance_time(BEFORE, 45), stance_time(AFTER, 45))
    got = [gain.mean, gain.sd, gain.p_above(0), gain.p_above(SWC), 1 - gain.p_above(-SWC)]
    expected = [0.803844877, 0.4263450436, 0.9706104189, 0.927843635, 0.01016467907]
    assert [float(v) for v in got] == pytest.approx(expected, rel=1e-3, abs=1e-4)


def test_direct_integration_agrees() -> None:
    """The posterior by quadrature instead of on the grid."""

    def density(mu: float) -> float:
        seen = stats.norm.pdf(np.log([31.0, 38.4]), mu, 0.45).prod() * stats.norm.sf(math.log(45), mu, 0.45)
        return float(seen * stats.norm.pdf(mu, math.log(20), 1.2))

    total, _ = integrate.quad(density, 0, 8)
    mean, _ = integrate.quad(lambda mu: mu * density(mu), 0, 8)
    assert float(stance_time(AFTER, 45).log_time.mean) == pytest.approx(mean / total, rel=1e-6)


def test_no_trial_and_no_time_are_refused() -> None:
    assert [refusal([]), refusal([10, 0.0]), refusal([10.0])] == ["TOO_FEW_TRIALS", "TIME_RANGE", None]


def test_a_whole_squad_gives_the_numbers_of_each_athlete() -> None:
    squad = stance_time([[*BEFORE, np.nan], [*AFTER, 45.0]], 45)
    alone = [stance_time(times, 45) for times in (BEFORE, [*AFTER, 45.0])]
    assert squad.log_time.mean == pytest.approx([float(a.log_time.mean) for a in alone], rel=1e-12)
    assert squad.n.tolist() == [3, 4]


@pytest.mark.parametrize("median_s", [10, 20, 45, 70])
def test_coverage_and_bias(median_s: float) -> None:
    """Trap: a capped trial is not 45 s. 400 athletes, 3 trials; Monte-Carlo SE 0.011."""
    rng = np.random.default_rng(6)
    times = np.minimum(np.exp(rng.normal(math.log(median_s), 0.45, (400, 3))), 45)
    log_time, truth = stance_time(times, 45).log_time, math.log(median_s)
    covered = (log_time.quantile(0.025) <= truth) & (truth <= log_time.quantile(0.975))
    assert 0.92 <= covered.mean() <= 0.99
    naive, censored = np.log(times).mean() - truth, float(np.mean(log_time.mean)) - truth
    if median_s >= 45:
        assert naive < -0.15
        assert abs(censored) < -naive


@pytest.mark.parametrize(("median_s", "limit"), [(12, 0.055), (20, 0.055), (45, 0.08)])
def test_false_gains_are_rare(median_s: float, limit: float) -> None:
    """Within acceptance table I2 well below the cap; at the cap D6 itself gives 0.064 (6,000 athletes, SE 0.003)."""
    rng = np.random.default_rng(60)
    level = rng.normal(math.log(median_s), 0.15, (2, 500, 1))
    times = np.minimum(np.exp(level + rng.normal(0, 0.45, (2, 500, 3))), 45)
    before, after = (stance_time(t, 45) for t in times)
    judged = ~(before.at_ceiling & after.at_ceiling)
    gain = stance_change(before, after)
    assert (gain.p_above(0)[judged] >= 0.95).sum() / 500 <= limit
    assert (gain.p_above(SWC)[judged] >= 0.95).sum() / 500 <= 0.055


def test_a_learning_effect_is_taken_off() -> None:
    before, after = stance_time(BEFORE, 45), stance_time(AFTER, 45)
    plain, corrected = stance_change(before, after), stance_change(before, after, learning=0.15, learning_sd=0.15)
    assert float(plain.mean - corrected.mean) == pytest.approx(0.15, abs=1e-6)
    assert float(corrected.sd) == pytest.approx(math.hypot(float(plain.sd), 0.15), rel=1e-4)


def _both(before: Any = BEFORE, after: Any = AFTER, **row: Any) -> pl.DataFrame:
    return trials(*(session(d, t, **leg | row) for leg in (LEFT, RIGHT) for d, t in ((0, before), (42, after))))


def test_each_leg_is_a_part_and_the_whole_is_the_mean_of_both() -> None:
    found = stability_stance.estimate(_both(), who="Ada")
    left, right = found.parts
    assert [p.what for p in found.parts] == ["Single-leg stance time, left leg", "Single-leg stance time, right leg"]
    assert found.n == left.n + right.n == 12
    assert found.value == pytest.approx(left.value, rel=1e-6)  # both legs did the same
    assert isinstance(left, Verdict)
    assert found.high - found.low < left.high - left.low  # type: ignore[operator]  # both have intervals
    assert any("common to both legs" in note for note in found.notes)
    assert (found.status, found.reason) == ("caution", "SOME_CAPPED")


def test_the_day_is_not_averaged_out_over_legs() -> None:
    """Whatever the number of trials, the interval stays wider than the noise of two days alone."""
    found = stability_stance.estimate(_both([20.0] * 60, [25.0] * 60))
    half = (math.log1p((found.high or 0) / 100) - math.log1p((found.low or 0) / 100)) / 2
    assert half > 1.95 * math.hypot(0.15, 0.15)


def test_both_at_ceiling_recommends_the_harder_variant() -> None:
    found = stability_stance.estimate(_both([45.0] * 3, [45.0] * 3))
    assert (found.status, found.reason, found.word) == ("refused", "BOTH_AT_CEILING", "")
    assert any("harder variant" in note for note in found.notes)
    assert any("at least 43" in note for note in found.notes)
    assert not any("45.00 s" in note for note in found.notes)
    assert "no change" not in found.html()


def test_a_capped_trial_is_never_averaged_as_the_cap() -> None:
    """Trap: the log-mean of 31, 45 and 38.4 s would be 37.7 s; the time held is longer."""
    found = stability_stance.estimate(_both())
    assert "Left leg: 18.29 s (5 Jan, 3 trials) → 40.78 s (16 Feb, 3 trials, 1 capped)" in found.notes
    assert "37.7" not in found.html()


def test_a_time_of_zero_is_refused() -> None:
    rows = _both().with_columns(value=pl.when(pl.col("trial") == 1).then(0.0).otherwise("value"))
    assert stability_stance.estimate(rows).reason == "TIME_RANGE"


def test_a_session_at_the_ceiling_has_only_a_lower_limit() -> None:
    found = stability_stance.estimate(_both(BEFORE, [45.0] * 3))
    before, after = found.parts[0].parts
    assert (after.status, after.value, after.high) == ("ceiling", None, None)
    assert after.low is not None
    assert after.low > 30
    assert before.ok
    assert found.high is None
    assert found.low is not None
    assert (found.status, found.reason) == ("caution", "AT_CEILING")


def test_one_leg_alone_says_so() -> None:
    rows = trials(*(session(d, t, **LEFT) for d, t in ((0, BEFORE), (42, AFTER))), session(0, BEFORE, **RIGHT))
    found = stability_stance.estimate(rows)
    assert found.what == "Single-leg stance time, left leg"
    assert "one leg" in found.notes[0]
    assert [p.reason for p in found.parts] == ["SOME_CAPPED", "TOO_FEW_TESTS"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"protocol": "eyes closed, foam pad"}, "PROTOCOL_CHANGED"), ({"device": "force plate"}, "DEVICE_CHANGED"),
        ({"protocol": "barefoot, eyes open", "device": None}, "PROTOCOL_CHANGED"),
    ],
)  # fmt: skip
def test_another_variant_is_not_compared(change: dict[str, Any], reason: str) -> None:
    found = stability_stance.estimate(trials(session(0, BEFORE, **LEFT), session(42, AFTER, **LEFT | change)))
    assert (found.reason, found.value) == (reason, None)
    assert found.points is not None
    assert set(found.points.filter(pl.col("kind") != "session")["value"]) == {*BEFORE, *AFTER}


@pytest.mark.parametrize("eyes", ["closed", "open"])
def test_a_protocol_written_down_once_counts_for_both_and_is_a_caution(eyes: str) -> None:
    known = {"protocol": f"barefoot, eyes {eyes}"}
    rows = trials(session(0, BEFORE, **LEFT | known), session(42, [20.0, 25.0], **LEFT | {"protocol": None}))
    both = trials(session(0, BEFORE, **LEFT | known), session(42, [20.0, 25.0], **LEFT | known))
    found, told = (stability_stance.estimate(frame, swc=0.2) for frame in (rows, both))
    assert (found.status, found.reason, told.status) == ("caution", "CONDITIONS_UNKNOWN", "ok")
    assert found.value == told.value
    assert any("Protocol not written down on 16 Feb" in note for note in found.notes)


def test_the_notes_name_each_leg_once_and_fit_a_line() -> None:
    found = stability_stance.estimate(_both())
    assert [note.split(":")[0] for note in found.notes[:2]] == ["Left leg", "Right leg"]
    assert "2 parts are judged at 5 % each, without correction for their number." in found.notes
    assert "Not checked here: readiness, and rest of 48 h before the test (a question of its own)." in found.notes
    assert len(set(found.notes)) == len(found.notes)
    assert max(map(len, found.notes)) <= 110


def test_eyes_open_has_no_default_threshold() -> None:
    rows = _both(protocol="barefoot, eyes open")
    assert stability_stance.estimate(rows).reason == "NO_SWC"
    assert stability_stance.estimate(rows, swc=0.2).ok


def test_order_names_and_repeated_rows_do_not_matter() -> None:
    rows = _both()
    one = stability_stance.estimate(rows)
    shuffled = rows.with_columns(athlete=pl.lit("Zoë")).sample(fraction=1, shuffle=True, seed=1)
    for other in (shuffled, pl.concat([rows, rows])):
        found = stability_stance.estimate(other)
        assert (found.value, found.low, found.high, found.word) == (one.value, one.low, one.high, one.word)


def test_the_same_trials_again_never_widen_the_interval() -> None:
    one, twice = stability_stance.estimate(_both()), stability_stance.estimate(_both(BEFORE * 2, AFTER * 2))
    assert twice.high - twice.low < one.high - one.low  # type: ignore[operator]  # both have intervals


def test_no_data_and_the_chart() -> None:
    nothing = stability_stance.estimate(trials())
    assert (nothing.reason, nothing.method) == ("NO_DATA", stability_stance.METHOD)
    assert dict(nothing.params)["swc"] == SWC
    used = dict(stability_stance.estimate(_both()).params)
    assert (used["prior_log_mean"], used["prior_log_sd"]) == (pytest.approx(math.log(20)), 1.2)
    leg = stability_stance.estimate(_both()).parts[0]
    spec = leg.chart().to_dict()
    flat = [inner for layer in spec["layer"] for inner in layer.get("layer", [layer])]
    shapes = {layer["mark"].get("shape") for layer in flat}
    assert {"circle", "triangle-up"} <= shapes, "one leg, with trials at the cap"
    assert "Time held (s" in flat[0]["encoding"]["y"]["title"]
