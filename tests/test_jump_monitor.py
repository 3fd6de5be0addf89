"""A jump or a bar speed against the last fresh sessions (methods F5): the published rule, false alarms, refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from analysis.stats.jump_monitor import DOWN_AT, declines, jump_monitor

BASE = [33.1, 33.6, 32.8, 33.4]
TOLD: dict[str, Any] = {"te": 0.035, "df": 24, "swc": 0.03}


def test_the_handbooks_numbers() -> None:
    found = jump_monitor(BASE, 30.9, **TOLD)
    assert found.change_pct == pytest.approx(-6.993867791, rel=1e-6)
    assert found.p_decline == pytest.approx(0.9618808722, rel=1e-6)
    assert found.p_decline_gt_swc == pytest.approx(0.8559124058, rel=1e-6)
    assert (found.down, found.n_baseline) == (True, 4)


def test_the_error_is_that_of_today_and_of_the_mean_before() -> None:
    found = declines(np.log(BASE), np.log(30.9), **TOLD, log=False)
    assert float(found.se) == pytest.approx(0.035 * np.sqrt(1 + 1 / 4))  # never TE / sqrt(n) alone: trap 17
    other = declines(np.log(BASE), np.log(30.9), **TOLD, te_baseline=0.07, log=False)
    assert float(other.se) == pytest.approx(np.sqrt(0.035**2 + 0.07**2 / 4))


def test_the_last_six_fresh_sessions_count() -> None:
    assert jump_monitor([50.0, 60.0, *BASE, 33.0, 33.2], 30.9, **TOLD) == jump_monitor(
        [*BASE, 33.0, 33.2], 30.9, **TOLD
    )
    assert jump_monitor([None, *BASE[:2], None, *BASE[2:]], 30.9, **TOLD) == jump_monitor(BASE, 30.9, **TOLD)


def test_refusals() -> None:
    assert jump_monitor(BASE[:2], 30.9, **TOLD).reason == "BASELINE_TOO_SHORT"
    assert jump_monitor([], 30.9, **TOLD).down is None
    for wrong in (None, 0.0, -1.0, float("inf"), float("nan"), 1e300):
        assert jump_monitor(BASE, wrong, **TOLD).reason == "BAD_INPUT"
    for name in ("te", "df", "swc"):
        for nothing in (None, float("nan"), -0.01):
            assert jump_monitor(BASE, 30.9, **TOLD | {name: nothing}).reason == "BAD_INPUT"
    assert jump_monitor([*BASE, 0.0], 30.9, **TOLD).reason == "BAD_INPUT"
    assert jump_monitor(BASE, 30.9, **TOLD | {"swc": 0.0}).status == "ok"


def test_many_days_at_once_are_the_single_days() -> None:
    rng = np.random.default_rng(1)
    base, today = 33 + rng.normal(0, 1, (40, 8)), 32 + rng.normal(0, 1, 40)
    base[rng.random(base.shape) < 0.5] = np.nan
    found = declines(base, today, **TOLD)
    for i, row in enumerate(base):
        one = jump_monitor([None if np.isnan(v) else float(v) for v in row], float(today[i]), **TOLD)
        assert (one.p_decline is None) == bool(np.isnan(found.p_decline[i]))
        if one.p_decline is not None:
            assert one.p_decline == pytest.approx(float(found.p_decline[i]))
            assert one.down == found.down[i]


def test_an_unchanged_athlete_is_seldom_down_and_a_tired_one_mostly() -> None:
    rng = np.random.default_rng(2)
    te, n = 0.045, 20_000
    base = rng.normal(0, te, (n, 5))
    told: dict[str, Any] = {"te": te, "df": 15, "swc": 0.03, "log": False}
    still = declines(base, rng.normal(0, te, n), **told)
    assert still.down.mean() <= 0.08
    assert ((still.low <= 0) & (still.high >= 0)).mean() == pytest.approx(0.965, abs=0.012)
    assert declines(base, rng.normal(-0.03, te, n), **told).down.mean() <= 1 - DOWN_AT + 0.02
    assert declines(base, rng.normal(np.log(0.85), te, n), **told).down.mean() >= 0.9


def test_a_unit_changes_nothing() -> None:
    metres = jump_monitor([v / 100 for v in BASE], 0.309, **TOLD)
    assert metres.p_decline_gt_swc == pytest.approx(jump_monitor(BASE, 30.9, **TOLD).p_decline_gt_swc)
