"""The simulation: seeded, true to its own truth, independent of who else is simulated; the shipped sample is it."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from analysis import _sample, simulate

SAMPLE = Path(__file__).parents[1] / "data" / "sample"


def test_the_shipped_sample_is_what_the_simulation_writes(tmp_path: Path) -> None:
    written = _sample.write_sample(tmp_path)
    shipped = sorted(p.relative_to(SAMPLE) for p in SAMPLE.rglob("*") if p.is_file() and p.name != "README.md")
    assert sorted(p.relative_to(tmp_path) for p in tmp_path.rglob("*") if p.is_file()) == shipped
    for path in written:
        assert path.read_bytes() == (SAMPLE / path.relative_to(tmp_path)).read_bytes(), (
            f"{path.name}: run `make sample`"
        )


def test_a_runner_does_not_depend_on_who_else_is_simulated() -> None:
    assert simulate.squad(names=("Ada",))[0] == simulate.squad()[0]


def test_the_growth_rate_is_the_weekly_rate_at_the_start_and_fades() -> None:
    assert simulate.trend(0.006, 1e-6) / 1e-6 == pytest.approx(0.006, rel=1e-3)
    assert simulate.trend(0.006, 40) - simulate.trend(0.006, 20) == pytest.approx(simulate.trend(0.006, 20) / 2)


def test_effort_ratings_hold_the_true_strength() -> None:
    """Epley on the first set of each session recovers the squad's true mean growth (ratings at their cap left out)."""
    slopes = []
    for i in range(40):
        person = simulate.runner("x", np.random.default_rng([5, i]))
        weeks, logs = [], []
        for session in person.sessions:
            s = next(s for s in session.sets if s.kind == "work" and s.exercise.startswith("Squat"))
            if s.rir is not None and s.rir < 5:
                weeks.append((session.start.date() - simulate.START).days / 7)
                logs.append(math.log(s.load_kg * (1 + (s.reps + s.rir) / 30)))
        slopes.append(np.polyfit(weeks, logs, 1)[0] - person.growth_per_week)
    error = np.mean(slopes)
    assert abs(error) < 3 * np.std(slopes) / math.sqrt(len(slopes)) + 0.001


def test_sprint_times_are_the_handbooks() -> None:
    times = [simulate.sprint_time_s(d, 8.3, 1.25) for d in (5, 10, 20, 30)]
    assert times == pytest.approx([1.465327547, 2.247837978, 3.588840882, 4.838403713], rel=1e-6)


def test_stance_never_beyond_the_cap_and_one_runner_rates_nothing() -> None:
    people = simulate.squad()
    assert max(t.value for p in people for t in p.trials if t.test == "single_leg_stance") == simulate.STANCE_CAP_S
    dora = (SAMPLE / "strong" / "dora.csv").read_text().splitlines()[1:]
    assert {line.rsplit(",", 1)[1] for line in dora} == {""}
