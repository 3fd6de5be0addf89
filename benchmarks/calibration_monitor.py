"""Monitoring: how often an unchanged athlete is called down (F5, F8), how rarely a load model is identified (S7)."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from calibration_rows import Row, covered, several, share

from analysis.metrics._declines import DayScore, Rule, follow
from analysis.metrics._priors import NU0, prior_of
from analysis.stats import impulse_response as ir
from analysis.stats.forecast_check import MEAN_OF_LAST, rolling_origin
from analysis.stats.jump_monitor import declines
from analysis.stats.repeated_session import MIN_REPEATS, UP_AT, repeat_z

SEED = 20261124
FALSE_FLAGS = 0.10  # a domain of the fatigue rule may be flagged on so many normal days
WARNED_AT = 0.15  # where F8 itself warns; what a typical error that is a third too low may cost
TE = 0.045
FIRST_DAY = dt.date(2026, 1, 5)


def jumps(part: float) -> Iterator[Row]:
    """One test day against the last fresh sessions: an unchanged athlete, and declines of 5, 10 and 15 %."""
    n, swc = several(20_000, part, 1000), prior_of("cmj").swc
    errors = {"error as supposed": (TE, NU0), "error 1/3 too low": (TE * 2 / 3, NU0), "own error, 24 df": (TE, 24.0)}
    for i, (name, (te, df)) in enumerate(errors.items()):
        for sessions in (3, 6):
            rng = np.random.default_rng([SEED, 70, i, sessions])
            base = rng.normal(0, TE, (n, sessions))
            told: dict[str, Any] = {"te": te, "df": df, "swc": swc, "log": False}
            most = FALSE_FLAGS if te == TE else WARNED_AT
            still = declines(base, rng.normal(0, TE, n), **told)
            yield share(f"unchanged and called down, {sessions} fresh sessions, {name}", still.down, 0, most)
            if te == TE:
                yield covered(f"coverage, {sessions} fresh sessions, {name}", still.low, still.high, 0.0)
            for drop in (0.05, 0.10, 0.15):
                tired = declines(base, rng.normal(math.log(1 - drop), TE, n), **told)
                yield share(f"{drop:.0%} lower and called down, {sessions} fresh sessions, {name}", tired.down)
    yield from _in_sequence(several(400, part, 60), float(swc or 0))


def _in_sequence(n: int, swc: float) -> Iterator[Row]:
    """Thirty test days, each the judge of the next: what counts as fresh may not lift the baseline."""
    rng = np.random.default_rng([SEED, 73])
    rule = Rule(lambda earlier, _: earlier.score, 24.0, swc)
    flags: list[bool] = []
    for heights in np.exp(rng.normal(-1.1, TE, (n, 30))):
        tests = [DayScore(FIRST_DAY + dt.timedelta(days=3 * i), float(h), TE, None) for i, h in enumerate(heights)]
        flags += [j.down for j in follow(tests, rule) if j.down is not None]
    yield share("unchanged and called down, 30 tests in sequence, own error, 24 df", flags, 0, FALSE_FLAGS)


def ratings(part: float) -> Iterator[Row]:
    """A repeated session in an unchanged athlete whose ratings vary by 0.7 to 1.3 points."""
    n = several(20_000, part, 1000)
    for sd in (0.7, 1.0, 1.3):
        rng = np.random.default_rng([SEED, 71, int(10 * sd)])
        told = np.clip(np.round(5.4 + rng.normal(0, sd, (n, MIN_REPEATS + 1))), 0, 10)
        up = repeat_z(told[:, :-1], told[:, -1]) >= UP_AT
        yield share(f"a repeat called harder, ratings vary by {sd:g}, {MIN_REPEATS} repeats", up, 0, FALSE_FLAGS)


def load_models(part: float) -> Iterator[Row]:
    """Fitness-fatigue fits on 25 tests of an athlete who truly follows the model (S7), small numbers."""
    n = several(120, part, 12)
    week = np.array([0, 60, 40, 80, 0, 100, 50.0])
    plan = np.concatenate([week * f for f in (1, 1.1, 1.2, 0.6)] * 4)
    days = np.linspace(10, plan.size - 1, 25).astype(int)
    truth: dict[str, Any] = {"p0": 100.0, "k1": 0.012, "k2": 0.022, "tau1": 40.0, "tau2": 9.0}
    curve = ir.performance(plan, **truth)[days]
    for noise, most in ((1.0, 0.05), (2.5, 0.05)):
        rng = np.random.default_rng([SEED, 72, int(10 * noise)])
        told = curve + rng.normal(0, noise, (n, days.size))
        fits = [ir.fit(plan, days, y) for y in told]
        yield share(f"identifiable with {noise:g} % noise, 25 tests", [bool(f.identifiable) for f in fits], 0, most)
        better = [rolling_origin(days, y, {"grid": _grid(plan)}) for y in told]
        wins = [check.rmse["grid"] < check.rmse[MEAN_OF_LAST] for check in better]
        yield share(f"beats the mean of the last 5, {noise:g} % noise", wins)


def _grid(plan: Any) -> Any:
    def forecast(days: Any, scores: Any, targets: Any) -> Any:
        f = ir.fit(plan, days, scores, min_tests=10, min_days=28)
        gains = [math.nan if v is None else v for v in (f.p0, f.k1, f.k2, f.tau1, f.tau2)]
        p0, k1, k2, tau1, tau2 = gains
        return ir.performance(plan, p0=p0, k1=k1, k2=k2, tau1=tau1, tau2=tau2)[targets]

    return forecast


MONITOR = {"jump monitor": jumps, "repeated session": ratings, "load model": load_models}
