"""Fits of repetition tables: printed numbers, known truth, other ways to the same optimum, invariance, refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import optimize

from analysis.stats.rep_fits import MODELS, TableFit, fit_rolling, fit_sets
from analysis.stats.rep_mixed import fit_athletes
from analysis.stats.rep_tables import max_reps, max_share

LOAD, REPS = np.array([85.0, 75.0, 67.5]), np.array([3.0, 8.0, 12.0])  # STMr's Athlete B, 1RM 95 kg


def test_the_printed_numbers_of_the_peer() -> None:
    shares = LOAD / 95
    printed = {"epley": (0.034, 0.0316), "modified_epley": (0.0381, 0.0307), "linear": (35, 45.6)}
    for model, (known, free) in printed.items():
        assert fit_sets(shares, REPS, model=model, full_kg=1).k == pytest.approx(known, rel=0.002)
        assert fit_sets(LOAD, REPS, model=model).k == pytest.approx(free, rel=0.002)
    epley = fit_sets(LOAD, REPS, model="epley")
    assert (epley.asymptote_kg, epley.one_rm_kg) == pytest.approx((93.3874, 90.5), abs=0.05)
    assert fit_sets(LOAD, REPS).one_rm_kg == pytest.approx(90.5246, abs=1e-4)
    assert fit_sets(LOAD, REPS, model="linear").one_rm_kg == pytest.approx(88.8, abs=0.05)


def _curve(model: str, reverse: bool, x: Any, k: float, full: float) -> Any:
    return full * max_share(x, model, k) if reverse else max_reps(x / full, model, k)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("reverse", [False, True])
def test_a_general_optimiser_finds_the_same_curve(model: str, reverse: bool) -> None:
    rng = np.random.default_rng(5)
    load = rng.uniform(60, 95, 40)
    reps = np.maximum(max_reps(load / 105) + rng.normal(0, 0.7, 40), 1)
    x, y, weights = (reps, load, 1 / reps) if reverse else (load, reps, 1 / reps)
    ours = fit_sets(load, reps, model=model, reverse=reverse, weighted_by=("reps",))
    start = [36.0, 100.0] if model == "linear" else [0.04, 100.0]
    theirs = optimize.curve_fit(
        lambda x, k, full: _curve(model, reverse, x, k, full), x, y, start, sigma=weights**-0.5, xtol=1e-13, ftol=1e-13
    )
    full, se_full = (
        (ours.asymptote_kg, ours.se_asymptote_kg) if model == "epley" else (ours.one_rm_kg, ours.se_one_rm_kg)
    )
    assert (ours.k, full) == pytest.approx(tuple(theirs[0]), rel=1e-5)
    assert (ours.se_k, se_full) == pytest.approx(tuple(np.sqrt(np.diag(theirs[1]))), rel=1e-3)
    one = fit_sets(load, reps, model=model, reverse=reverse, k=start[0])
    alone = optimize.curve_fit(lambda x, full: _curve(model, reverse, x, start[0], full), x, y, [100.0])[0][0]
    assert (one.asymptote_kg if model == "epley" else one.one_rm_kg) == pytest.approx(alone, rel=1e-6)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("reverse", [False, True])
def test_no_curve_through_two_sets_is_better_than_the_quantile(model: str, reverse: bool) -> None:
    rng = np.random.default_rng(8)
    load = rng.uniform(60, 95, 30)
    reps = np.maximum(max_reps(load / 105) + rng.normal(0, 1, 30), 1)
    x, y = (reps, load) if reverse else (load, reps)

    def loss(k: float, full: float) -> float:
        rest = y - _curve(model, reverse, x, k, full)
        return float((rest * (0.9 - (rest < 0))).sum())

    found = fit_sets(load, reps, model=model, reverse=reverse, quantile=0.9)
    assert found.k is not None
    full = found.asymptote_kg if model == "epley" else found.one_rm_kg
    assert full is not None
    best = loss(found.k, full)
    pairs = [fit_sets(load[[i, j]], reps[[i, j]], model=model) for i in range(30) for j in range(i)]
    through = [loss(p.k, p.asymptote_kg or p.one_rm_kg) for p in pairs if p.k is not None and p.one_rm_kg is not None]
    assert best <= min(through) * (1 + 1e-6)
    below = np.mean(y <= _curve(model, reverse, x, found.k, full) + 1e-9)
    assert 0.85 <= below <= 1.0
    assert found.se_k is None


def test_rolling_windows_hold_their_days_only() -> None:
    day, load = np.repeat([1, 2, 4, 5], 2), np.tile([80.0, 100.0], 4)
    reps = np.array([8.0, 2, 9, 3, 10, 4, 11, 5])
    days, fits = fit_rolling(day, load, reps, window=2)
    assert days.tolist() == [2, 4, 5]
    assert fits[0] == fit_sets(load[:4], reps[:4])
    assert fits[1] == fit_sets(load[4:6], reps[4:6]), "a window counts days, not training days"
    assert fit_rolling([], [], [], window=3)[1] == []
    with pytest.raises(ValueError, match="whole"):
        fit_rolling([1.5], [80], [5])


@pytest.mark.parametrize("options", [{"full_kg": 0.0}, {"k": -1.0}, {"k": np.nan}])
def test_impossible_known_values_are_refused(options: dict[str, float]) -> None:
    assert fit_sets(LOAD, REPS, **options) == TableFit("refused", "BAD_INPUT", 3)  # type: ignore[arg-type]


def test_what_cannot_be_fitted_is_refused_or_an_error() -> None:
    assert fit_sets([80, 80], [5, 6], full_kg=80).reason == "TOO_FEW_LOADS"
    assert fit_sets([80, 80], [5, 6], k=0.03).status == "ok"
    assert fit_sets([80, 90], [5, 5], reverse=True).status == "refused"
    assert fit_sets([80, 90], [3, 5], reverse=True, quantile=0.5).reason == "SLOPE_NOT_NEGATIVE"
    for options in ({"quantile": 1.0}, {"k": 1.0, "full_kg": 1.0}):
        with pytest.raises(ValueError, match=r"quantile|nothing"):
            fit_sets(LOAD, REPS, **options)  # type: ignore[arg-type]


def _squad(seed: int, athletes: int = 25, sets: int = 5) -> tuple[Any, Any, Any, Any]:
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(athletes), sets)
    k, full = rng.normal(0.04, 0.008, athletes)[who], rng.normal(100, 12, athletes)[who]
    load = full * np.tile(np.linspace(0.9, 0.65, sets), athletes)
    return who, load, max_reps(load / full, "modified_epley", k) + rng.normal(0, 0.4, who.size), full


def test_the_squad_is_found_again() -> None:
    found = [fit_athletes(*_squad(seed)[:3]) for seed in range(3)]
    assert all(f.status == "ok" for f in found)
    assert np.mean([f.k for f in found]) == pytest.approx(0.04, rel=0.06)
    assert np.mean([f.full_kg for f in found]) == pytest.approx(100, rel=0.03)
    assert np.mean([f.residual_sd for f in found]) == pytest.approx(0.4, rel=0.15)
    assert np.mean([f.sd_full_kg for f in found]) == pytest.approx(12, rel=0.25)


def test_a_linear_table_with_known_maxima_is_the_linear_mixed_model() -> None:
    who, load, reps, full = _squad(3)
    share = load / full
    found = fit_athletes(who, share, reps, model="linear", full_kg=1)

    def minus(theta: Any) -> float:
        total, slope, spread, noise = 0.0, theta[0], np.exp(theta[1]), np.exp(theta[2])
        for i in np.unique(who):
            z, y = 1 - share[who == i], reps[who == i] - 1
            v = spread**2 * np.outer(z, z) + noise**2 * np.eye(z.size)
            rest = y - slope * z
            total += 0.5 * (np.linalg.slogdet(2 * np.pi * v)[1] + rest @ np.linalg.solve(v, rest))
        return float(total)

    best = optimize.minimize(minus, [30.0, 1.5, 0.0], method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-10})
    expected = (best.x[0], np.exp(best.x[1]), np.exp(best.x[2]), -best.fun)
    assert (found.k, found.sd_k, found.residual_sd, found.log_likelihood) == pytest.approx(expected, rel=1e-4)


def test_athletes_may_stand_in_any_order() -> None:
    who, load, reps, _ = _squad(4, 8)
    order = np.random.default_rng(0).permutation(who.size)
    plain = fit_athletes(who, load, reps, reverse=True)
    turned = fit_athletes([f"athlete {i}" for i in who[order]], load[order], reps[order], reverse=True)
    assert turned.athlete_full_kg == pytest.approx(plain.athlete_full_kg, rel=1e-5)
    assert turned.k == pytest.approx(plain.k, rel=1e-5)
    pounds = fit_athletes(who, load * 2.2, reps, reverse=True)
    assert pounds.full_kg == pytest.approx(2.2 * (plain.full_kg or 0), rel=1e-5)


def test_refusals_of_the_squad() -> None:
    assert fit_athletes([], [], []).reason == "BAD_INPUT"
    assert fit_athletes([1, 2, 3], [80, -1, 70], [5, 5, 5]).reason == "BAD_INPUT"
    assert fit_athletes([1, 1, 2, 2], [80, 90, 80, 90], [8, 4, 7, 3]).reason == "TOO_FEW_ATHLETES"
    wrong: list[dict[str, Any]] = [{"model": "magic"}, {"random": ()}, {"k": 1.0, "full_kg": 1.0}]
    for options in wrong:
        with pytest.raises(ValueError, match=r"expected|nothing"):
            fit_athletes([1, 2, 3], [80, 90, 70], [5, 5, 5], **options)
