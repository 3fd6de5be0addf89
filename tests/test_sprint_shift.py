"""The distance correction of other tools, alone and with a time correction: truth, optimum, errors, why not ours."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import least_squares

from analysis.simulate.draws import sprinters
from analysis.stats import _kinematics as kinematics
from analysis.stats.sprint_model import Correction, SprintFit, fit_splits

GATES = np.array([5.0, 10.0, 15.0, 20.0, 30.0, 40.0])
JIM = np.array([1.035, 1.764, 2.432, 3.077, 4.341, 5.595])  # published: V 8, a0 9, starts 0.5 m behind the gate
BOTH: Correction = "time and shift"


def _time(v: Any, tau: Any, shift: Any, tc: Any = 0.0) -> Any:
    return kinematics.time_at_distance(GATES + shift, v, tau) - tc


def _parameters(fit: SprintFit) -> list[float]:
    found = [fit.vmax_mps, fit.tau_s, fit.start_offset_m, fit.time_correction_s]
    return [float(q.value) for q in found if np.isfinite(q.value)]


@pytest.mark.parametrize("shift", [-2.0, -0.4, 0.0, 0.3, 3.0])
@pytest.mark.parametrize("tc", [0.0, -0.2, 0.3])
def test_exact_times_give_the_truth_back(shift: float, tc: float) -> None:
    fit = fit_splits(GATES, _time(8.3, 1.25, shift, tc), correction=BOTH)
    assert _parameters(fit) == pytest.approx([8.3, 1.25, shift, tc], abs=2e-5)
    if tc == 0:
        assert _parameters(fit_splits(GATES, _time(8.3, 1.25, shift), correction="shift"))[:3] == pytest.approx(
            [8.3, 1.25, shift], abs=1e-6
        )


@pytest.mark.parametrize("correction", ["shift", BOTH])
def test_no_other_optimum_is_better(correction: Correction) -> None:
    """Against a general optimiser on all parameters, started at our answer and as the peer starts."""
    many = 3 if correction == "shift" else 4
    data = sprinters(np.random.default_rng(11), 8, tuple(GATES), offset_m=0.3)
    fit = fit_splits(GATES, data.times_s, correction=correction)

    def miss(p: Any, y: Any) -> Any:
        return np.nan_to_num(_time(*p) - y, nan=1e3)

    for i, y in enumerate(data.times_s):
        quantities = (fit.vmax_mps, fit.tau_s, fit.start_offset_m, fit.time_correction_s)
        here = [q.value[i] for q in quantities][:many]
        assert fit.rss[i] == pytest.approx((miss(here, y) ** 2).sum(), rel=1e-6)
        for begin in (here, [7.0, 1.0, 0.0, 0.0][:many]):
            best = least_squares(miss, begin, x_scale="jac", xtol=1e-14, ftol=1e-14, gtol=1e-14, args=(y,))
            assert fit.rss[i] <= 2 * best.cost * (1 + 1e-8)


@pytest.mark.parametrize("correction", ["shift", BOTH])
def test_standard_errors_are_those_of_the_slopes(correction: Correction) -> None:
    """Beside (J'J)^-1 of numeric derivatives; no clock in the variance, as in the peer."""
    fit = fit_splits(GATES, JIM, correction=correction, clock_df=0)
    at = np.array(_parameters(fit)[: 3 if correction == "shift" else 4])
    steps = np.eye(len(at)) * 1e-6
    slopes = np.stack([(_time(*(at + s)) - _time(*(at - s))) / 2e-6 for s in steps], -1)
    errors = np.sqrt(np.diag(np.linalg.inv(slopes.T @ slopes)) * fit.rss / fit.df)
    found = [fit.vmax_mps.se, fit.tau_s.se, fit.start_offset_m.se, fit.time_correction_s.se][: len(at)]
    assert [float(s) for s in found] == pytest.approx(errors, rel=1e-4)
    assert int(fit.df) == len(GATES) - len(at)


def test_many_at_once_with_holes_and_in_any_order_are_the_same_as_one_by_one() -> None:
    times = sprinters(np.random.default_rng(2), 5, tuple(GATES), offset_m=0.2).times_s
    times[0, 2] = times[3, 5] = np.nan
    together = fit_splits(GATES[::-1], times[:, ::-1], correction="shift")
    for i, y in enumerate(times):
        alone = fit_splits(GATES[np.isfinite(y)], y[np.isfinite(y)], correction="shift")
        assert float(together.start_offset_m.value[i]) == pytest.approx(float(alone.start_offset_m.value), abs=1e-7)
        assert together.rss[i] == pytest.approx(float(alone.rss), rel=1e-9)
        assert np.isnan(together.predicted_s[i, ::-1]).tolist() == np.isnan(y).tolist()
    own = np.where(np.isnan(times), np.nan, GATES)
    assert fit_splits(own, times, correction="shift").rss == pytest.approx(together.rss, rel=1e-9)


def test_a_shift_does_not_reach_beyond_the_nearest_gate() -> None:
    """A clock that a gate at 4.9 m starts: its splits ask for a shift of more than 5 m, which leaves no run to 5 m."""
    early = _time(8.3, 1.25, 0.0) - float(kinematics.time_at_distance(4.9, 8.3, 1.25))
    fit = fit_splits(GATES, early, correction="shift")
    assert -5 < float(fit.start_offset_m.value) < -4.9
    assert float(fit.predicted_s[0]) > 0


def test_refusals() -> None:
    assert str(fit_splits(GATES[:4], JIM[:4], correction="shift").reason) == "TOO_FEW_SPLITS"
    assert str(fit_splits(GATES[:5], JIM[:5], correction=BOTH).reason) == "TOO_FEW_SPLITS"
    assert str(fit_splits(GATES, JIM, correction="shift", start_offset_m=0.3).reason) == "OFFSET_AND_TC"
    assert str(fit_splits(GATES, [np.nan] * 6, correction="shift").reason) == "TOO_FEW_SPLITS"
    assert str(fit_splits([np.nan] * 6, JIM, correction=BOTH).reason) == "TOO_FEW_SPLITS"


def test_why_no_metric_of_ours_shifts_distances() -> None:
    """True a0 is 9: a shift gives 11.2, a time correction 9.6, the known offset 9.0; both together are told badly."""
    a0 = {how: fit_splits(GATES, JIM, correction=how).a0_mps2 for how in ("none", "time", "shift", BOTH)}
    known = fit_splits(GATES, JIM, start_offset_m=0.5).a0_mps2
    assert float(known.value) == pytest.approx(9, abs=0.05)
    assert float(a0["shift"].value) == pytest.approx(11.22473427, rel=1e-6)
    assert abs(float(a0["time"].value) - 9) < abs(float(a0["shift"].value) - 9)
    assert float(a0[BOTH].se) > 10 * float(known.se)
