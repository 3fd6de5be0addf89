"""Typical error of a squad's test as a metric (methods D13-D15), and its way into a verdict."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.metrics import power_jump, retest_error, running_sprint
from analysis.stats.reliability import blend, reliability, te_session
from trials_for_tests import JUMP, SPRINT, STANCE, session, trials

NAMES = "ABCDEFGHIJKLMNOP"
DAY_SD, TRIAL_SD = 0.03, 0.035


def squad(n: int, days: tuple[int, ...] = (0, 3), seed: int = 1, n_trials: int = 3, **row: Any) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    rows = []
    for name in NAMES[:n]:
        level = rng.normal(math.log(0.28), 0.12)
        for day in days:
            logs = level + rng.normal(0, DAY_SD) + rng.normal(0, TRIAL_SD, n_trials)
            rows.append(session(day, np.exp(logs).tolist(), **JUMP | {"athlete": name} | row))
    return trials(*rows)


def table(rows: pl.DataFrame) -> Any:
    means = rows.group_by("athlete", "date").agg(pl.col("value").log().mean().exp()).sort("athlete", "date")
    return means["value"].to_numpy().reshape(rows["athlete"].n_unique(), -1)


def test_it_is_the_anova_of_session_means_pooled_with_the_literature() -> None:
    rows = squad(10)
    found, own = retest_error.estimate(rows, test="loaded_jump", load_kg=20, who="club"), reliability(table(rows))
    te, df = blend(0.075, 6, own.te, own.df)
    assert found.value == pytest.approx(100 * math.expm1(te))
    assert dict(found.params)["df"] == df == 15
    assert found.part("Typical error, own data (logs)").value == pytest.approx(own.te)
    assert found.part("Typical error, own data (CV)").value == pytest.approx(own.cv_pct)
    assert found.part("MDC95").value == pytest.approx(100 * math.expm1(own.mdc95))
    assert found.part("ICC(3,1)").value == pytest.approx(own.icc31)
    assert (found.level, found.n, found.who) == (0.90, 10, "club")


def test_the_true_error_is_recovered() -> None:
    truth = math.sqrt(DAY_SD**2 + TRIAL_SD**2 / 3)
    found = [
        retest_error.estimate(squad(12, seed=s), test="loaded_jump").part("Typical error, own data (logs)")
        for s in range(40)
    ]
    assert np.mean([(e.value or 0) ** 2 for e in found]) == pytest.approx(truth**2, rel=0.15)
    assert np.mean([(e.low or 0) <= truth <= (e.high or 0) for e in found]) >= 0.80  # nominal 0.90, SE 0.05


def test_trials_of_one_day_are_not_repeated_sessions() -> None:
    """Trap: trial-to-trial error used between days."""
    found = retest_error.estimate(squad(10, days=(0,), n_trials=6), test="loaded_jump")
    assert (found.reason, found.n) == ("TOO_FEW_ATHLETES", 0)


@pytest.mark.parametrize(
    ("rows", "n"),
    [(squad(4), 4), (squad(8, days=(0, 11)), 0), (squad(8, days=(0,)), 0), (trials(), 0)],
)
def test_too_few_athletes(rows: pl.DataFrame, n: int) -> None:
    found = retest_error.estimate(rows, test="loaded_jump")
    assert (found.status, found.reason, found.n) == ("refused", "TOO_FEW_ATHLETES", n)
    assert found.notes[0] == "5 athletes tested twice are needed."


def test_sessions_further_apart_or_under_other_conditions_do_not_pair() -> None:
    near, far = squad(8, days=(0, 3)), squad(8, days=(0, 3, 42))
    one, other = (
        retest_error.estimate(rows, test="loaded_jump")
        for rows in (near, far.filter(pl.col("date") < far["date"].max()))
    )
    assert retest_error.estimate(far, test="loaded_jump").value == other.value
    assert one.n == other.n
    device = pl.when(pl.col("date") > near["date"].min()).then(pl.lit("force plate")).otherwise(pl.col("device"))
    assert retest_error.estimate(near.with_columns(device=device), test="loaded_jump").reason == "TOO_FEW_ATHLETES"


def test_unequal_numbers_of_sessions_use_the_most_freedom_and_say_what_is_left_out() -> None:
    rows = pl.concat(
        [
            squad(9, days=(0, 3, 6)),
            squad(10, days=(0, 3)).filter(pl.col("athlete") == "J").with_columns(trial_id=pl.col("trial_id") + "j"),
        ]
    )
    found = retest_error.estimate(rows, test="loaded_jump")
    assert (found.n, dict(found.params)["df"]) == (9, 6 + 16)
    assert any("2 further sessions are left out" in note for note in found.notes)


@pytest.mark.parametrize(("n", "own"), [(11, False), (14, True)])
def test_the_squads_own_threshold_needs_twelve(n: int, own: bool) -> None:
    found = retest_error.estimate(squad(n), test="loaded_jump")
    swc = found.part("Smallest worthwhile change")
    assert (dict(found.params)["swc"] is not None) == own
    assert ("squad" in swc.notes[0]) == own
    if not own:
        assert swc.value == pytest.approx(100 * math.expm1(0.04))


def test_a_verdict_uses_it() -> None:
    error = retest_error.estimate(squad(10), test="loaded_jump")
    rows = trials(session(0, [0.25] * 3, **JUMP), session(42, [0.29] * 5, **JUMP))
    with_own, literature = power_jump.estimate(rows, te=error), power_jump.estimate(rows)
    te = dict(error.params)["te"]
    both = math.sqrt((float(te_session(te, 3)) ** 2 + float(te_session(te, 5)) ** 2) / 2)
    assert with_own.te_pct == pytest.approx(100 * math.expm1(both))
    assert (with_own.te_pct or 0) < (literature.te_pct or 0)
    assert any("own squad (10 athletes" in note for note in with_own.notes)
    assert power_jump.estimate(rows, te=[error]).value == with_own.value


def test_an_error_of_another_test_or_a_refused_one_is_left_aside() -> None:
    rows = trials(session(0, [3.1] * 3, **SPRINT), session(42, [3.0] * 3, **SPRINT))
    literature = running_sprint.estimate(rows)
    for error in (squad(10), squad(3)):
        found = running_sprint.estimate(rows, te=retest_error.estimate(error, test="loaded_jump"))
        assert found.te_pct == literature.te_pct


def test_each_sprint_distance_has_its_own_error() -> None:
    rng = np.random.default_rng(5)
    rows = trials(*(
        session(day, (t * np.exp(rng.normal(0, 0.01, 3))).tolist(), **SPRINT | {"athlete": a, "distance_m": d})
        for a in NAMES[:6] for day in (0, 4) for d, t in ((10.0, 1.8), (20.0, 3.1), (40.0, 5.5))
    ))  # fmt: skip
    found = retest_error.estimate(rows, test="sprint")
    assert dict(found.params)["distance_m"] == 20.0  # the longest up to 30 m
    assert "over 20 m" in found.what
    assert retest_error.estimate(rows, test="sprint", distance_m=10).value != found.value


def test_stance_times_have_no_such_error() -> None:
    rows = trials(*(session(d, [20.0, 45.0], **STANCE | {"athlete": a}) for a in NAMES[:6] for d in (0, 3)))
    assert retest_error.estimate(rows, test="single_leg_stance").reason == "CENSORED_TEST"


def test_order_names_and_centimetres_do_not_matter() -> None:
    rows = squad(8)
    one = retest_error.estimate(rows, test="loaded_jump")
    others = [
        rows.reverse(),
        rows.with_columns(athlete="x" + pl.col("athlete")),
        rows.with_columns(pl.col("value") * 100),
    ]
    for other in others:
        found = retest_error.estimate(other, test="loaded_jump")
        assert [found.value, found.low, found.high] == pytest.approx([one.value, one.low, one.high], rel=1e-9)


def test_more_athletes_with_the_same_values_never_widen_the_interval() -> None:
    rows = squad(8)
    twins = rows.with_columns(athlete="x" + pl.col("athlete"), trial_id="x" + pl.col("trial_id"))
    one, twice = (retest_error.estimate(r, test="loaded_jump") for r in (rows, pl.concat([rows, twins])))
    own = [e.part("Typical error, own data (logs)") for e in (one, twice)]
    assert (own[1].high or 0) / (own[1].low or 1) < (own[0].high or 0) / (own[0].low or 1)


def test_the_chart_shows_sessions_around_each_athletes_mean() -> None:
    found = retest_error.estimate(squad(8), test="loaded_jump")
    spec = found.chart().to_dict()
    assert spec["layer"][0]["encoding"]["y"]["title"] == "Deviation of a session (%)"
    assert found.points is not None
    assert found.points.height == 16
