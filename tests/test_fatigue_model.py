"""Fitness-fatigue model of an athlete and its honest checks (methods F1): truth, chance, refusals, traps 4 and 24."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.metrics import fatigue_model
from analysis.stats.forecast_check import LAST_VALUE, MEAN_OF_LAST, rolling_origin, shuffled_share
from analysis.stats.impulse_response import performance
from frames_for_tests import DAY, sessions_frame
from monitor_for_tests import PLAN, TEST_DAYS, TRUE, jumps_of_loads, loads, log_heights


def ask(noise_pct: float = 0.2, **more: Any) -> Any:
    options: dict[str, Any] = {"who": "Ada", "trials": jumps_of_loads(noise_pct), "days_without_record": "rest"}
    return fatigue_model.estimate(loads(), **options | more)


def test_naive_errors_by_hand() -> None:
    check = rolling_origin([0, 1, 2, 3], [1.0, 2.0, 4.0, 8.0], {}, first=2, horizon_days=1)
    assert (check.n, check.origins) == (2, 2)
    assert check.rmse[LAST_VALUE] == pytest.approx(np.sqrt((2**2 + 4**2) / 2))
    assert check.rmse[MEAN_OF_LAST] == pytest.approx(np.sqrt((2.5**2 + (8 - 7 / 3) ** 2) / 2))


def test_a_model_that_knows_beats_and_one_that_looks_ahead_cannot() -> None:
    days, y = np.arange(30), np.arange(30.0) ** 2
    seen: list[int] = []

    def knows(when: Any, told: Any, targets: Any) -> Any:
        seen.append(int(when.max()))
        assert told.size == when.size
        assert targets.min() > when.max()
        return targets.astype(float) ** 2

    check = rolling_origin(days, y, {"knows": knows, "lost": lambda _w, _t, targets: np.zeros(targets.size)})
    assert check.rmse["knows"] == 0.0
    assert check.beats_naive("knows")
    assert not check.beats_naive("lost")
    assert seen == list(range(9, 29))


def test_an_origin_without_a_forecast_is_left_out_for_all() -> None:
    def sometimes(when: Any, _: Any, targets: Any) -> Any:
        return np.full(targets.size, np.nan if when.size < 15 else 0.0)

    check = rolling_origin(np.arange(20), np.ones(20), {"m": sometimes}, horizon_days=1)
    assert (check.origins, check.n) == (5, 5)
    nothing = rolling_origin(np.arange(5), np.ones(5), {})
    assert (nothing.n, nothing.beats_naive(LAST_VALUE)) == (0, False)
    assert np.isnan(nothing.rmse[LAST_VALUE])


def test_shuffled_loads_fit_as_well_when_load_does_not_matter() -> None:
    options: dict[str, Any] = {"tau1": 45, "tau2": 9, "shuffles": 99}
    shares = [
        shuffled_share(PLAN, TEST_DAYS, np.random.default_rng(i).normal(0, 1, TEST_DAYS.size), **options, seed=i)
        for i in range(60)
    ]
    assert np.mean(np.array(shares) <= 0.05) <= 0.13  # a permutation test keeps its 5 %
    assert shuffled_share(PLAN, TEST_DAYS, log_heights(0.2), **options, seed=1) <= 0.01
    assert np.isnan(shuffled_share(np.r_[np.nan, PLAN], TEST_DAYS, log_heights(0.2), **options, seed=1))


def test_a_true_effect_is_forecast_better_than_by_the_naive() -> None:
    found = ask()
    assert found.ok
    assert found.reason in (None, "NOT_IDENTIFIABLE")
    assert found.value < found.part(f"forecast error, {LAST_VALUE}").value
    slow = found.part("slow time constant")
    assert slow.low <= 45 <= slow.high
    told = found.part("forecast")
    day = int(TEST_DAYS[-1])
    truth = 0.30 * np.exp(performance(PLAN, p0=0, k1=0.002, k2=0.008, **TRUE)[day] / 100)
    assert told.low < truth < told.high
    assert found.part("shuffled loads that fit as well").value <= 2


def test_the_forecast_is_hidden_where_it_does_not_beat_the_naive() -> None:
    done, tested = loads(), jumps_of_loads(2.5, k1=0.0, k2=0.0)
    found = fatigue_model.estimate(done, trials=tested, days_without_record="rest")
    assert (found.status, found.reason) == ("caution", "WORSE_THAN_LAST_VALUE")
    assert found.part("forecast").reason == "WORSE_THAN_LAST_VALUE"
    assert found.part("forecast").value is None


def test_noise_makes_it_not_identifiable() -> None:
    found = ask(1.0)
    for name in ("slow", "fast"):
        assert found.part(f"{name} time constant").reason == "NOT_IDENTIFIABLE"


def test_end_of_block_re_tests_are_refused() -> None:
    """Trap 24."""
    done, tested = loads(), jumps_of_loads(0.2)
    ends = tested.filter(pl.col("date").is_in([DAY + dt.timedelta(days=int(d)) for d in TEST_DAYS[::9]]))
    found = fatigue_model.estimate(done, trials=ends, days_without_record="rest")
    assert (found.ok, found.reason, found.n) == (False, "TOO_FEW_TESTS", 4)
    assert "never enough" in " ".join(found.notes)
    assert found.chart().to_dict()["layer"]  # the history of load is shown all the same


def test_unknown_days_are_not_rest() -> None:
    """Trap 4."""
    found = ask(days_without_record="unknown")
    assert (found.ok, found.reason) == (False, "EVERY_DAY_NEEDED")
    assert "unknown is not zero" in " ".join(found.notes)
    assert found.points["load_42_days"].null_count() > 100


def test_a_flat_load_is_refused() -> None:
    tested = jumps_of_loads(0.2)
    flat = sessions_frame({"day": d, "minutes": 60, "rpe": 5.0} for d in range(112))
    assert fatigue_model.estimate(flat, trials=tested).reason == "TOO_FEW_TESTS"


def test_another_device_is_left_out_and_named() -> None:
    done, tested = loads(), jumps_of_loads(0.2)
    late = pl.col("date") > DAY + dt.timedelta(days=100)
    mixed = tested.with_columns(pl.when(late).then(pl.lit("plate")).otherwise("device").alias("device"))
    found = fatigue_model.estimate(done, trials=mixed, days_without_record="rest")
    assert found.n == TEST_DAYS.size - 4
    assert found.notes[-1].startswith("4 test days")


def test_row_order_and_names_do_not_matter() -> None:
    done, tested = loads(), jumps_of_loads(0.5)
    one = fatigue_model.estimate(done, trials=tested, days_without_record="rest")
    other = fatigue_model.estimate(
        done.sample(fraction=1.0, shuffle=True, seed=1), trials=tested.sample(fraction=1.0, shuffle=True, seed=2),
        days_without_record="rest",
    )  # fmt: skip
    assert [p.row() for p in one.parts] == [p.row() for p in other.parts]
    assert one.points is not None
    assert (one.points["load_42_days"].drop_nulls() < PLAN.max()).all()  # a weighted mean of daily loads, not their sum
