"""Seeded athletes with known truth: what the samples, the demo and the recovery tests are made from (methods I1).

A runner is simulated day by day: strength grows at a known weekly rate with weekly form and daily noise, every set's
effort follows from the day's true e1RM, re-tests follow from true jump height, sprint speed and stance time. The
truth stays in `Runner`; only what a phone or a stopwatch would have seen goes into `Session`, `SetRow` and `TrialRow`.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, field
from typing import Final

import numpy as np

NAMES: Final = ("Ada", "Bruno", "Chen", "Dora", "Emre", "Farah", "Goran", "Hana")
START: Final = dt.date(2026, 1, 5)  # a Monday
BLOCK_WEEKS: Final = 6
WEEK_FACTORS: Final = (1.0, 1.0, 1.0, 1.0, 1.0, 0.5)  # share of the sets; the sixth week is the deload
JUMP_LOAD_KG: Final = 20.0
SPLITS_M: Final = (5, 10, 20, 30, 40)
_LATER_SPLITS_M: Final = (5, 40)  # gates that came later: noise from a stream of its own leaves the others as they were
STANCE_CAP_S: Final = 45.0

# name, repetitions, sets, repetitions in reserve aimed at, e1RM as a share of body mass (None: no e1RM is simulated)
LIFTS: Final = (
    ("Squat (Barbell)", 6, 3, 1, 1.25),
    ("Romanian Deadlift (Barbell)", 8, 3, 1, 1.15),
    ("Bulgarian Split Squat", 8, 3, 1, 0.42),
    ("Bent Over Row (Barbell)", 8, 3, 1, 0.75),
    ("Standing Calf Raise (Dumbbell)", 12, 2, 3, None),
    ("Plank", 0, 2, 0, None),
)


@dataclass(frozen=True)
class SetRow:
    """One logged set: what the app knows."""

    exercise: str
    kind: str  # warmup | work
    reps: int
    load_kg: float
    seconds: int
    rir: float | None


@dataclass(frozen=True)
class Session:
    """One logged workout."""

    start: dt.datetime
    minutes: int
    title: str
    note: str
    sets: tuple[SetRow, ...]


@dataclass(frozen=True)
class TrialRow:
    """One logged re-test trial."""

    date: dt.date
    test: str
    trial: int
    side: str
    distance_m: int | None
    measure: str
    value: float


@dataclass(frozen=True)
class Runner:
    """A simulated runner: the truth (rates, true block gains in log units) and the log it left behind."""

    name: str
    body_mass_kg: float
    growth_per_week: float
    jump_gain: float
    speed_gain: float
    stance_gain: float
    sessions: tuple[Session, ...] = field(repr=False)
    trials: tuple[TrialRow, ...] = field(repr=False)

    def strength_gain(self, start_week: float, end_week: float) -> float:
        """True log gain of every lift between two weeks."""
        return trend(self.growth_per_week, end_week) - trend(self.growth_per_week, start_week)


def trend(growth_per_week: float, week: float, half_life_weeks: float = 20.0) -> float:
    """True log gain after `week` weeks: the weekly rate at the start, fading with a half-life (methods I1).

    >>> round(trend(0.006, 6.0), 4)
    0.0325
    """
    return growth_per_week * half_life_weeks / math.log(2) * (1 - 2 ** (-week / half_life_weeks))


def squad(seed: int = 20261124, names: tuple[str, ...] = NAMES, blocks: int = 2) -> tuple[Runner, ...]:
    """A squad of runners with `blocks` blocks of six weeks and re-tests before, between and after them.

    The same seed gives the same squad, and a runner does not depend on who else is in it.

    >>> squad(names=("Ada",))[0].name
    'Ada'
    """
    return tuple(runner(name, np.random.default_rng([seed, i]), blocks) for i, name in enumerate(names))


def runner(name: str, rng: np.random.Generator, blocks: int = 2) -> Runner:
    """One runner with her log; see `squad`."""
    mass = float(rng.normal(63, 7))
    growth = float(rng.normal(0.006, 0.004))
    jump, speed, stance = float(rng.normal(0.03, 0.03)), float(rng.normal(0.008, 0.01)), float(rng.normal(0.15, 0.2))
    sessions = _sessions(rng, mass, growth, blocks)
    trials = _trials(rng, blocks, (jump, speed, stance))
    return Runner(name, mass, growth, jump, speed, stance, sessions, trials)


def _sessions(rng: np.random.Generator, mass: float, growth: float, blocks: int) -> tuple[Session, ...]:
    form, out = 0.0, []
    base = {lift[0]: mass * lift[4] * math.exp(rng.normal(0, 0.12)) for lift in LIFTS if lift[4]}
    for week in range(blocks * BLOCK_WEEKS):
        form = 0.6 * form + float(rng.normal(0, 0.012 * math.sqrt(1 - 0.6**2)))
        days = (0, 3) if week % BLOCK_WEEKS == BLOCK_WEEKS - 1 else (0, 2, 4)
        week_missed = rng.random() < 0.06
        for day in days:
            missed = rng.random() < 0.15
            shift = float(rng.normal(0, 0.03)) + (float(rng.normal(0, 0.10)) if rng.random() < 0.04 else 0.0)
            minute = int(rng.integers(0, 50))
            if week_missed or missed:
                continue
            date = START + dt.timedelta(days=7 * week + day)
            truth = {lift: load * math.exp(trend(growth, week + day / 7) + form + shift) for lift, load in base.items()}
            plan = {lift: load * math.exp(trend(growth, week)) for lift, load in base.items()}
            out.append(_session(rng, dt.datetime.combine(date, dt.time(17, minute)), week, truth, plan))
    return tuple(out)


def _session(
    rng: np.random.Generator, start: dt.datetime, week: int, truth: dict[str, float], plan: dict[str, float]
) -> Session:
    factor = WEEK_FACTORS[week % BLOCK_WEEKS]
    sets: list[SetRow] = []
    for lift, reps, n_sets, rir, _ in LIFTS:
        working = max(1, math.ceil(n_sets * factor))
        if lift in plan:
            load = _floor_step(plan[lift] / (1 + (reps + rir) / 30) * (1.0 if factor == 1.0 else 0.9))
            sets.append(SetRow(lift, "warmup", reps, _floor_step(0.6 * load), 0, None))
            sets += [
                SetRow(lift, "work", reps, load, 0, _rated(rng, truth[lift], load, reps, nth)) for nth in range(working)
            ]
        elif lift == "Plank":
            sets += [SetRow(lift, "work", 0, 0.0, int(rng.integers(8, 14)) * 5, None) for _ in range(working)]
        else:
            sets += [SetRow(lift, "work", reps, 12.5 + 2.5 * (week // 3), 0, 3.0) for _ in range(working)]
    effort = round(float(np.clip(rng.normal(6.5 if factor == 1.0 else 4.5, 0.8), 2, 10)) * 2) / 2
    return Session(
        start, int(rng.integers(48, 75)), f"Gym {'ABC'[start.weekday() // 2]}", f"sRPE {effort:g}", tuple(sets)
    )


def _rated(rng: np.random.Generator, e1rm: float, load: float, reps: int, nth: int) -> float:
    """Repetitions in reserve as the runner would rate them: the truth, less fatigue of earlier sets, misjudged."""
    left = 30 * (e1rm / load - 1) - reps - 0.4 * nth
    return float(np.clip(round(2 * (left + rng.normal(0, 0.7))) / 2, 0, 5))


def _floor_step(load: float, step: float = 2.5) -> float:
    return max(step, step * math.floor(load / step + 1e-9))


def retest_days(blocks: int) -> tuple[tuple[dt.date, int], ...]:
    """Days of the re-tests with the number of blocks done: two baseline days in one week, then one after each block.

    >>> [done for _, done in retest_days(2)]
    [0, 0, 1, 2]
    """
    baseline = [(START - dt.timedelta(days=6), 0), (START - dt.timedelta(days=3), 0)]
    after = [(START + dt.timedelta(days=7 * BLOCK_WEEKS * k - 2), k) for k in range(1, blocks + 1)]
    return (*baseline, *after)


def _trials(rng: np.random.Generator, blocks: int, gains: tuple[float, float, float]) -> tuple[TrialRow, ...]:
    jump, speed, tau = float(rng.normal(0.27, 0.03)), float(rng.normal(7.6, 0.4)), float(rng.normal(1.2, 0.08))
    legs = {"left": float(rng.normal(math.log(17), 0.35)), "right": float(rng.normal(math.log(17), 0.35))}
    out: list[TrialRow] = []
    later = rng.spawn(1)[0]
    for date, done in retest_days(blocks):
        day = rng.normal(0, [0.03, 0.008, 0.15])
        for trial in (1, 2, 3):
            height = jump * math.exp(gains[0] * done + day[0] + rng.normal(0, 0.035))
            out.append(TrialRow(date, "loaded_jump", trial, "both", None, "height_m", round(height, 3)))
            for side, level in legs.items():
                hold = min(STANCE_CAP_S, math.exp(level + gains[2] * done + day[2] + rng.normal(0, 0.45)))
                out.append(TrialRow(date, "single_leg_stance", trial, side, None, "time_s", round(hold, 1)))
        for trial in (1, 2):
            vmax = speed * math.exp(gains[1] * done + day[1] + rng.normal(0, 0.004))
            for metres in SPLITS_M:
                noise = (later if metres in _LATER_SPLITS_M else rng).normal(0, 0.008)
                seconds = sprint_time_s(metres, vmax, tau) + noise
                out.append(TrialRow(date, "sprint", trial, "both", metres, "time_s", round(float(seconds), 3)))
    return tuple(out)


def sprint_time_s(distance_m: float, vmax_mps: float, tau_s: float) -> float:
    """Time to run `distance_m` from a standing start at the first gate (methods D8, principal branch of Lambert W).

    >>> round(sprint_time_s(20, 8.3, 1.25), 4)
    3.5888
    """
    from scipy.special import lambertw  # half a second to import; only the simulation needs it

    x = distance_m / (vmax_mps * tau_s)
    return float(tau_s * (x + 1 + lambertw(-math.exp(-(x + 1))).real))
