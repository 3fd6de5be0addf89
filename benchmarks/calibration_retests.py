"""Stance times, typical errors, sprint profiles, side differences: coverage and false verdicts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from calibration_rows import Row, covered, several, share
from numpy.typing import NDArray

from analysis.simulate import STANCE_CAP_S, draws
from analysis.stats import censored, reliability
from analysis.stats.asymmetry import asymmetry
from analysis.stats.change import ALPHA, verdict_word
from analysis.stats.sprint_model import fit_splits

SEED = 20261124
USABLE_M = 0.3  # a time correction is used up to this far behind the gate
AT_ONCE = 100  # a posterior has 8001 cells: so many athletes fit into memory
Floats = NDArray[np.float64]


def stance(part: float) -> Iterator[Row]:
    """Coverage of the true median of one day, and verdicts on two days (S4)."""
    n = several(2000, part)
    for median_s in (10.0, 20.0, 45.0, 70.0):
        rng = np.random.default_rng([SEED, int(median_s)])
        # the interval speaks for the level of that day: no day noise is in its model
        level = math.log(median_s)
        times = np.minimum(np.exp(level + rng.normal(0, draws.STANCE_TRIAL_SD, (n, 3))), STANCE_CAP_S)
        bounds = [_quantiles(chunk) for chunk in np.split(times, range(AT_ONCE, n, AT_ONCE))]
        low, high = (np.concatenate([b[i] for b in bounds]) for i in (0, 1))
        yield covered(f"coverage, true median {median_s:g} s, 3 trials", low, high, level)
    for gain, what, most in (
        (0.0, "false improved at no change", 0.055),
        (math.log(1.2), "false substantial at +20 %", 0.055),
    ):
        rng = np.random.default_rng([SEED, 1, int(100 * gain)])
        for trials in (3, 6):
            for median_s in (20.0, 40.0, 55.0):
                words = _words(rng, several(2000, part), median_s, gain, trials)
                wrong = np.char.startswith(words, "improved") if not gain else words == "improved_substantially"
                yield share(f"{what}, {median_s:g} s, {trials} + {trials} trials", wrong, 0, most)


def _quantiles(times_s: Floats) -> tuple[Floats, Floats]:
    held = censored.stance_time(times_s, STANCE_CAP_S)
    low, high = held.log_time.quantile(0.025), held.log_time.quantile(0.975)
    return low, np.where(held.at_ceiling, np.inf, high)


def _words(rng: np.random.Generator, n: int, median_s: float, gain: float, trials: int) -> NDArray[np.str_]:
    found = []
    for size in [AT_ONCE] * (n // AT_ONCE) + ([n % AT_ONCE] if n % AT_ONCE else []):
        before = censored.stance_time(draws.stance_times_s(rng, median_s, size, trials), STANCE_CAP_S)
        after = censored.stance_time(draws.stance_times_s(rng, median_s * math.exp(gain), size, trials), STANCE_CAP_S)
        d = censored.stance_change(before, after)
        p = d.p_above(0), d.p_above(censored.SWC), 1 - d.p_above(-censored.SWC)
        capped = before.n_censored + after.n_censored > 0
        words = np.where(capped, verdict_word(*p, censored.ALPHA_CAPPED), verdict_word(*p, ALPHA))
        found.append(np.where(before.at_ceiling & after.at_ceiling, "refused", words))
    return np.concatenate(found)


def typical_error(part: float) -> Iterator[Row]:
    """The 90 % interval of a typical error, 8 athletes tested twice and 12 three times."""
    n = several(2000, part)
    for athletes, sessions in ((8, 2), (12, 3)):
        rng = np.random.default_rng([SEED, 2, athletes])
        true = 0.04
        level = rng.normal(3.4, 0.12, (n, athletes, 1)) + rng.normal(0, true, (n, athletes, sessions))
        found = [reliability.reliability(table, log=False) for table in level]
        low, high = ([getattr(f, name) for f in found] for name in ("te_low", "te_high"))
        name = f"coverage of the 90 % interval, {athletes} athletes x {sessions}"
        yield Row(**{**vars(covered(name, low, high, true)), "least": 0.88, "most": 0.92})


def sprint(part: float) -> Iterator[Row]:
    """Coverage of V and tau by start and correction (S6), true V 8.0 +- 0.5 m/s and tau 1.2 +- 0.1 s."""
    n, gates = several(2000, part), (5, 10, 15, 20, 30, 40)
    told: dict[str, Any] = {"time correction": {"correction": "time"}}
    for offset_m in (0.0, 0.3, 0.5):
        rng = np.random.default_rng([SEED, 3, int(10 * offset_m)])
        runs = draws.sprinters(rng, n, gates, offset_m=offset_m)
        known: dict[str, Any] = {"offset known": {"start_offset_m": offset_m}} | (told if offset_m <= USABLE_M else {})
        for name, how in known.items():
            fit = fit_splits(gates, runs.times_s, **how)
            # a time correction stands for a start behind the gate only roughly: S6 finds 0.95 at 0.3 m
            least = 0.92 if name == "offset known" or not offset_m else 0.85
            for what, found, true in (("V", fit.vmax_mps, runs.vmax_mps), ("tau", fit.tau_s, runs.tau_s)):
                yield covered(
                    f"coverage of {what}, start at {offset_m:g} m, {name}", found.low, found.high, true, least
                )


def sides(part: float) -> Iterator[Row]:
    """A difference between the legs: coverage, and how often none is taken for one (D12)."""
    n = several(4000, part, 500)
    for gap, trials in ((0.0, 3), (0.08, 3), (0.0, 5)):
        rng = np.random.default_rng([SEED, 4, trials, int(100 * gap)])
        left, right = (level + rng.normal(0, 0.05, (n, trials)) for level in (3.0, 3.0 + gap))
        found = asymmetry(np.exp(left), np.exp(right), sd_log=0.05)
        yield covered(f"coverage, difference {gap:.0%}, {trials} trials a leg", found.low, found.high, 100 * gap)
        if not gap:
            yield share(f"no difference beyond noise, {trials} trials a leg", found.beyond_noise, 0, 0.055)


RETESTS = {"stance": stance, "typical error": typical_error, "sprint profile": sprint, "sides": sides}
