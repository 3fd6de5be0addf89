"""What the sample's runners do beside the gym: runs, races, answers of the morning, jumps, complaints (methods I1).

Everything comes from streams of its own, so that the gym logs and re-tests of `squad` stay what they are. Two things
are staged instead of drawn, because the sample shall show them: Hana's Achilles tendon and Goran's cold.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.simulate import BLOCK_WEEKS, NAMES, START, Runner, days, runs

Floats = NDArray[np.float64]

SEED: Final = 20261124
DAYS: Final = 2 * BLOCK_WEEKS * 7
RACES_ON: Final = (START + dt.timedelta(days=34), START + dt.timedelta(days=76))  # the Sunday before each deload week
RACE_WEEKS: Final = (34 / 7, 76 / 7)
RACE_RATING: Final = 9
RACE_HOUR: Final = dt.time(10, 30)
EFFORT: Final = (0.98, 0.995)  # races that were run in earnest, so that their kicks may be compared
BETA: Final = 0.25
ANSWERS: Final = ("fatigue", "soreness", "stress", "mood", "sleep_quality")
SLEEP_H: Final = {"Ada": 7.5, "Emre": 6.7, "Hana": 7.8}
JUMPS_ON: Final = (0, 3)  # weekdays
JUMP_M: Final = 0.31
QUIET_WEEK: Final = ("Emre", range(28, 35))  # days without any answer
HR_MAX_BPM: Final = {"Ada": 188.0, "Emre": 192.0}
PARTS: Final = ("calf", "knee", "hip", "shin", "foot")
MIN_CHANGED: Final = 3  # a niggle of this score changes the training (convention)


@dataclass(frozen=True)
class Race:
    """One race of 5000 m: its laps and the truth behind its last one."""

    start: dt.datetime
    lap_s: tuple[float, ...]
    effort: float
    kick_log: float


@dataclass(frozen=True)
class Complaint:
    """One complaint; `until` is None while it lasts, `staged` where the sample's story and not the hazard made it."""

    date: dt.date
    until: dt.date | None
    kind: str
    body_part: str
    side: str
    severity: int
    training_changed: bool
    notes: str = ""
    staged: bool = False


STAGED: Final = {
    "Hana": (
        Complaint(
            dt.date(2026, 3, 17), None, "niggle", "achilles tendon", "left", 2, True, "stiff in the morning", True
        ),
    ),
    "Goran": (
        Complaint(dt.date(2026, 3, 3), dt.date(2026, 3, 5), "illness", "", "", 4, True, "cold", True),
        Complaint(dt.date(2026, 3, 10), dt.date(2026, 3, 12), "illness", "", "", 4, True, "cold came back", True),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Diary:
    """The twelve weeks of one runner day by day, with the truth (`tired`, `kappa`, `running_gain`) behind them.

    `morning` holds a value per item and day, NaN where nobody wrote it down; `jumps` the trials of each test day.
    """

    runs: tuple[runs.Run, ...]
    races: tuple[Race, ...]
    kappa: float
    running_gain: float
    tired: Floats
    morning: Mapping[str, Floats]
    ln_rmssd_base: float
    jumps: Mapping[dt.date, tuple[float, ...]]
    complaints: tuple[Complaint, ...]


def diary(person: Runner, week: Sequence[str] | None = None, seed: int = SEED) -> Diary:
    """The diary of a runner of the squad; `week` is her running week from Monday, None for one who logs no run.

    >>> from analysis.simulate import squad
    >>> len(diary(squad(names=("Ada",))[0], ("easy",) * 7).races)
    2
    """
    own = NAMES.index(person.name)
    roads, mornings, jumps, pain = (np.random.default_rng([seed, own, stream]) for stream in (1, 2, 3, 4))
    done, raced, kappa, gain = _on_the_road(roads, person, week)
    tired = days.fatigue(_load(person, done, raced)[None])
    base = float(mornings.normal(4.2, 0.25))
    told = _mornings(mornings, person.name, tired, base, {run.start.date() for run in done})
    return Diary(
        done, raced, kappa, gain, tired[0], told, base, _jumps(jumps, person, tired), _complaints(pain, person.name)
    )


def _on_the_road(
    rng: np.random.Generator, person: Runner, week: Sequence[str] | None
) -> tuple[tuple[runs.Run, ...], tuple[Race, ...], float, float]:
    if week is None:
        return (), (), math.nan, math.nan
    best = float(rng.normal(4.6, 0.2))
    gain = float(runs.running_gains(rng, np.array([[person.strength_gain(*RACE_WEEKS)]]), BETA)[0, 0])
    drawn = runs.races(rng, best * np.exp([[0.0, gain]]), effort=EFFORT)
    raced = tuple(
        Race(
            dt.datetime.combine(date, RACE_HOUR), tuple(float(s) for s in drawn.times_s[0, i].round(2)),
            float(drawn.effort[0, i]), float(drawn.kick_log[0, i]),
        )
        for i, date in enumerate(RACES_ON)
    )  # fmt: skip
    heart = HR_MAX_BPM.get(person.name, 190.0)
    done = runs.training_runs(rng, week, DAYS // 7, speed_m_s=best, hr_max_bpm=heart, races_on=RACES_ON)
    return done, raced, float(drawn.kappa[0]), gain


def _load(person: Runner, done: Sequence[runs.Run], raced: Sequence[Race]) -> Floats:
    """Session-RPE load of each day (AU), gym and running together."""
    load = np.zeros(DAYS)
    for session in person.sessions:
        load[(session.start.date() - START).days] += float(session.note.removeprefix("sRPE ")) * session.minutes
    for run in done:
        load[(run.start.date() - START).days] += run.rating * run.seconds / 60
    for race in raced:
        load[(race.start.date() - START).days] += RACE_RATING * sum(race.lap_s) / 60
    return load


def _mornings(
    rng: np.random.Generator, name: str, tired: Floats, base: float, trained: set[dt.date]
) -> dict[str, Floats]:
    answers = days.wellness(rng, tired, len(ANSWERS))[0]
    told = {item: answers[:, i] for i, item in enumerate(ANSWERS)}
    told["hrv_rmssd_ms"] = np.exp(days.ln_rmssd(rng, tired, base)[0]).round(1)
    told["sleep_s"] = 300 * np.rint(rng.normal(SLEEP_H.get(name, 7.5) * 12, 8, DAYS))
    told["protein_g"] = 5 * np.rint(rng.normal(21, 4, DAYS))
    told["carbohydrate_g"] = 10 * np.rint(rng.normal(28, 5, DAYS))
    told["hydration"] = np.clip(np.rint(rng.normal(6, 1.5, DAYS)), 0, 10)
    ran = np.array([START + dt.timedelta(days=day) in trained for day in range(DAYS)])
    told["warm_up"] = np.where(ran, rng.random(DAYS) < 0.8, np.nan)
    told["mobility"] = 5.0 * rng.integers(0, 4, DAYS)
    silent = rng.random(DAYS) < days.MISSING_DAYS
    if name == QUIET_WEEK[0]:
        silent[list(QUIET_WEEK[1])] = True
    return {item: np.where(silent, np.nan, values) for item, values in told.items()}


def _jumps(rng: np.random.Generator, person: Runner, tired: Floats) -> dict[dt.date, tuple[float, ...]]:
    trend = math.log(JUMP_M) + person.jump_gain * np.arange(DAYS)[None] / (7 * BLOCK_WEEKS)
    heights = np.exp(days.monitoring_jumps(rng, tired, trend)[0]).round(3)
    return {
        START + dt.timedelta(days=day): tuple(float(h) for h in heights[day])
        for day in range(DAYS)
        if day % 7 in JUMPS_ON
    }


def _complaints(rng: np.random.Generator, name: str) -> tuple[Complaint, ...]:
    drawn = days.niggles(rng, 1, DAYS)
    out = list(STAGED.get(name, ()))
    for day in np.flatnonzero(drawn.starts[0]).tolist():
        score = drawn.score[0]
        stops = [d for d in range(day + 1, DAYS) if not score[d] or drawn.starts[0, d]]
        date, until = (START + dt.timedelta(days=d) for d in (day, min(stops, default=DAYS) - 1))
        worst, part, side = int(score[day]), str(rng.choice(PARTS)), str(rng.choice(["left", "right"]))
        lasts = until if stops else None
        out.append(Complaint(date, lasts, "niggle", part, side, worst, worst >= MIN_CHANGED))
    return tuple(sorted(out, key=lambda c: c.date))
