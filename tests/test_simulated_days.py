"""The simulated days and runs hold the truth that the handbook states (methods I1): rates, sizes, lags, kicks."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from analysis import importers, sample_logbook, simulate
from analysis.importers import Context
from analysis.simulate import days, diary, runs

SAMPLE = Path(__file__).parents[1] / "data" / "sample"
N, WEEKS = 400, 16


@pytest.fixture(scope="module")
def tired() -> days.Floats:
    rng = np.random.default_rng(11)
    return days.fatigue(days.daily_loads(rng, N, WEEKS))


def centred(values: days.Floats) -> days.Floats:
    return np.asarray(values - values.mean(axis=1, keepdims=True))


def lag_one(values: days.Floats) -> float:
    own = centred(values)
    return float((own[:, 1:] * own[:, :-1]).sum() / (own[:, :-1] ** 2).sum())


def slope(x: days.Floats, y: days.Floats) -> float:
    return float((centred(x) * centred(y)).sum() / (centred(x) ** 2).sum())


# --- load and fatigue


def test_loads_follow_the_block_and_keep_their_rest_days() -> None:
    load = days.daily_loads(np.random.default_rng(3), N, 4, cv=0.2)
    weekly = load.reshape(N, 4, 7).sum(axis=2).mean(axis=0)
    assert weekly / weekly[0] == pytest.approx(days.MULTIPLIERS, rel=0.03)
    assert (load.reshape(N, 4, 7)[:, :, [3, 5]] == 0).all()
    assert np.log(load[:, 0]).std() == pytest.approx(0.2, abs=0.025)


def test_fatigue_is_the_handbooks_sum_over_earlier_days_standardised() -> None:
    load = days.daily_loads(np.random.default_rng(11), 5, WEEKS)
    before = load.mean(axis=1) / (math.exp(1 / 9) - 1)  # an endless run of mean days
    age = np.subtract.outer(np.arange(7 * WEEKS), np.arange(7 * WEEKS))
    kept = np.where(age > 0, np.exp(-age / 9), 0)
    state = before[:, None] * np.exp(-np.arange(7 * WEEKS) / 9) + load @ kept.T
    assert days.fatigue(load) == pytest.approx(centred(state) / state.std(axis=1, keepdims=True))


def test_fatigue_acts_from_the_next_day_and_fades_with_nine_days() -> None:
    load = np.zeros((1, 40))
    load[0, 10] = 100
    flat = np.zeros((1, 40))
    flat[0] = 2.5
    state = days.fatigue(load)[0]
    assert state[10] < state[9]  # the day's own load is not in its morning
    assert state[11] == max(state)
    end = math.exp(-1 / 9)
    steps = np.diff(state[11:])
    assert steps[1:] / steps[:-1] == pytest.approx(np.full(len(steps) - 1, end))
    assert days.fatigue(flat)[0] == pytest.approx(np.zeros(40), abs=1e-6)


# --- answers, heart-rate variability, jumps


def test_answers_have_the_stated_slope_noise_and_range(tired: days.Floats) -> None:
    told = days.wellness(np.random.default_rng(4), tired, 5)
    assert set(np.unique(told)) <= set(range(1, 8))
    assert told.mean() == pytest.approx(4.0, abs=0.02)
    assert slope(tired, told[..., 0]) == pytest.approx(-0.6, abs=0.02)
    left = told[..., 1] - 4 + 0.6 * tired
    assert left.std() == pytest.approx(math.sqrt(0.7**2 + 1 / 12), rel=0.03)  # rounding to whole answers adds 1/12
    assert told[..., 0].std() == pytest.approx(math.sqrt(0.6**2 + 0.7**2 + 1 / 12), rel=0.03)
    assert lag_one(told[..., 0]) == pytest.approx(lag_one(tired) * 0.36 / (0.36 + 0.49 + 1 / 12), abs=0.04)


def test_answers_of_one_day_share_only_the_fatigue(tired: days.Floats) -> None:
    told = days.wellness(np.random.default_rng(5), np.zeros_like(tired), 2)
    assert abs(np.corrcoef(told[..., 0].ravel(), told[..., 1].ravel())[0, 1]) < 0.02


def test_ln_rmssd_has_the_stated_slope_and_noise_that_lasts(tired: days.Floats) -> None:
    base = np.linspace(3.8, 4.6, N)
    told = days.ln_rmssd(np.random.default_rng(6), tired, base)
    assert told.mean(axis=1) == pytest.approx(base, abs=0.05)
    assert slope(tired, told) == pytest.approx(-0.04, abs=0.004)
    noise = told - base[:, None] + 0.04 * tired
    assert noise.std() == pytest.approx(days.HRV_SD, rel=0.03)
    assert lag_one(noise) == pytest.approx(days.HRV_PHI, abs=0.03)


def test_monitoring_jumps_hold_trend_fatigue_day_and_trial(tired: days.Floats) -> None:
    trend = np.broadcast_to(np.linspace(0, 0.05, tired.shape[1]), tired.shape)
    told = days.monitoring_jumps(np.random.default_rng(7), tired, trend, trials=3)
    within = told.std(axis=2, ddof=1)
    assert math.sqrt((within**2).mean()) == pytest.approx(0.035, rel=0.02)
    mean = told.mean(axis=2) - trend
    assert slope(tired, mean) == pytest.approx(-0.015, abs=0.001)
    assert (mean + 0.015 * tired).std() == pytest.approx(math.sqrt(0.03**2 + 0.035**2 / 3), rel=0.02)


# --- pain


def test_niggles_start_last_and_hurt_as_stated() -> None:
    n, length = 3000, 140
    drawn = days.niggles(np.random.default_rng(8), n, length)
    free = (drawn.score == 0) | drawn.starts
    per_week = 1 - (1 - drawn.starts.sum() / free.sum()) ** 7
    assert per_week == pytest.approx(0.015, rel=0.05)
    assert set(np.unique(drawn.score[drawn.starts])) == {2, 3, 4, 5}
    assert drawn.score[drawn.starts].mean() == pytest.approx(3.5, abs=0.1)


def test_a_niggle_lasts_twelve_days_on_average() -> None:
    drawn = days.niggles(np.random.default_rng(9), 4000, 200)
    who, first = np.nonzero(drawn.starts[:, :90])
    lengths = []
    for athlete, day in zip(who.tolist(), first.tolist(), strict=True):
        later = np.flatnonzero((drawn.score[athlete, day + 1 :] == 0) | drawn.starts[athlete, day + 1 :])
        lengths.append(1 + (int(later[0]) if len(later) else 200 - day - 1))
    assert np.mean(lengths) == pytest.approx(12, abs=1.2)
    assert min(lengths) == 1


def test_large_jumps_of_the_load_double_the_hazard() -> None:
    rng = np.random.default_rng(10)
    after = np.zeros((6000, 28), dtype=np.bool_)
    after[3000:] = True
    starts = days.niggles(rng, 6000, 28, doubled=after).starts
    assert starts[3000:].sum() / starts[:3000].sum() == pytest.approx(2, abs=0.3)


# --- races and transfer


def kicks(times: runs.Floats) -> runs.Floats:
    speed = np.array(runs.LAPS_M) / times
    return np.asarray(np.log(speed[..., -1] / np.median(speed[..., 2:12], axis=-1)))


def test_races_reproduce_kappa_and_what_an_easy_race_adds() -> None:
    drawn = runs.races(np.random.default_rng(12), np.full((N, 6), 4.6), effort=(0.9, 1.0))
    told = kicks(drawn.times_s)
    assert told == pytest.approx(drawn.kick_log)
    left = told - 0.5 * (1 - drawn.effort) - drawn.kappa[:, None]
    assert left.std() == pytest.approx(0.03, rel=0.05)
    assert abs(left.mean()) < 3 * 0.03 / math.sqrt(left.size)
    assert slope(1 - drawn.effort, told) == pytest.approx(0.5, abs=0.08)
    assert drawn.kappa.mean() == pytest.approx(0.08, abs=0.005)


def test_races_are_run_at_the_stated_effort() -> None:
    best = np.linspace(4.0, 5.5, 20)[:, None]
    drawn = runs.races(np.random.default_rng(13), best)
    assert 5000 / drawn.times_s.sum(axis=-1) == pytest.approx(best * drawn.effort)
    assert ((drawn.effort >= 0.97) & (drawn.effort <= 1)).all()


@pytest.mark.parametrize("beta", [0.0, 0.25, 0.5])
def test_the_transfer_of_strength_to_speed_is_recovered(beta: float) -> None:
    rng = np.random.default_rng(14)
    strength = rng.normal(0.03, 0.035, (N, 4))
    running = runs.running_gains(rng, strength, beta)
    assert slope(strength, running) == pytest.approx(beta, abs=0.03)
    assert (running - beta * strength).mean() == pytest.approx(0.005, abs=0.001)
    assert (running - beta * strength).std() == pytest.approx(0.01, rel=0.05)


def test_training_runs_keep_the_week_leave_races_free_and_are_missed_at_times() -> None:
    week = ("easy", "rest", "quality", "rest", "easy", "rest", "long")
    done = [
        run
        for i in range(20)
        for run in runs.training_runs(
            np.random.default_rng([15, i]), week, 12, speed_m_s=4.5, hr_max_bpm=190, races_on=diary.RACES_ON
        )
    ]
    assert all(week[run.start.weekday()] == run.kind for run in done)
    assert not {run.start.date() for run in done} & set(diary.RACES_ON)
    assert len(done) / (20 * (4 * 12 - 2)) == pytest.approx(0.92, abs=0.03)
    speeds = {kind: np.mean([r.distance_m / r.seconds for r in done if r.kind == kind]) for kind in runs.KINDS}
    assert speeds["long"] < speeds["easy"] < speeds["quality"] < 4.5
    assert all(run.max_hr_bpm <= 190 and run.average_hr_bpm < run.max_hr_bpm for run in done)


# --- the sample that is made of it


def rows(name: str) -> list[dict[str, str]]:
    with (SAMPLE / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_diary_changes_nothing_of_the_runner_and_is_the_same_each_time() -> None:
    ada = simulate.squad(names=("Ada",))[0]
    first, again = (diary.diary(ada, ("easy",) * 7) for _ in range(2))
    assert (first.runs, first.races, first.jumps) == (again.runs, again.races, again.jumps)
    assert ada == simulate.squad(names=("Ada",))[0]


def test_the_sheets_direction_is_that_of_the_simulation() -> None:
    """7 is the worst answer for fatigue, soreness and stress: it goes up with the true fatigue, mood goes down."""
    truth = json.loads((SAMPLE / "truth.json").read_text())["Ada"]["days"]
    true = dict(zip(range(diary.DAYS), truth["fatigue_sd"], strict=True))
    for item, sign in (("fatigue", 1), ("soreness", 1), ("mood", -1), ("sleep_quality", -1)):
        told = [r for r in rows("wellness/squad_wellness.csv") if (r["athlete"], r["item"]) == ("Ada", item)]
        day = [(np.datetime64(r["date"]) - np.datetime64("2026-01-05")).astype(int) for r in told]
        assert sign * np.corrcoef([true[int(d)] for d in day], [float(r["value"]) for r in told])[0, 1] > 0.3
        assert {r["direction"] for r in told} == {"higher_worse" if sign > 0 else "higher_better"}
        assert len(told) == pytest.approx(0.92 * diary.DAYS, abs=8)


def test_the_sheets_tell_the_staged_stories_and_emres_quiet_week() -> None:
    told = rows("complaints/squad_complaints.csv")
    hana = next(r for r in told if r["athlete"] == "Hana")
    assert (hana["date"], hana["until"], hana["kind"]) == ("2026-03-17", "", "niggle")
    assert 2 <= float(hana["severity"]) < 3  # persistent, and below what a physiotherapist has to see (methods F7)
    trained = {r["start_time"][:12].rstrip(",") for r in rows("hevy/goran.csv")}
    for ill in (r for r in told if r["athlete"] == "Goran"):
        assert ill["kind"] == "illness"
        sick = np.arange(np.datetime64(ill["date"]), np.datetime64(ill["until"]) + 1)
        assert not {f"{day.item():%b} {day.item().day}, {day.item():%Y}" for day in sick} & trained
    quiet = {f"2026-02-{day:02}" for day in range(2, 9)}
    assert not quiet & {r["date"] for r in rows("wellness/squad_wellness.csv") if r["athlete"] == "Emre"}


@pytest.mark.parametrize("name", ["Ada", "Emre"])
def test_the_laps_of_the_races_hold_the_true_kick(name: str) -> None:
    truth = json.loads((SAMPLE / "truth.json").read_text())[name]["running"]
    path = SAMPLE / "tcx" / f"{name.lower()}_races.tcx"
    laps = importers.read(path, Context(athlete=name)).tables["splits"].sort("date", "split_no")
    times = np.array(laps["duration_s"].to_list()).reshape(2, len(runs.LAPS_M))
    assert laps["distance_m"].to_list() == [*runs.LAPS_M, *runs.LAPS_M]
    assert kicks(times) == pytest.approx(truth["kick_log"], abs=5e-4)
    speeds = 5000 / times.sum(axis=1) / truth["relative_effort"]
    assert math.log(speeds[1] / speeds[0]) == pytest.approx(truth["running_gain_log_between_races"], abs=1e-4)


def test_the_races_are_in_two_files_count_once_and_take_their_rating() -> None:
    log = sample_logbook().log()
    assert log.links.select("athlete", "source", "linked_source").rows() == [
        (name, "tcx", "strava") for name in ("Ada", "Ada", "Emre", "Emre")
    ]
    races = log.sessions.filter(pl.col("source") == "tcx")
    assert races["session_rpe"].to_list() == [diary.RACE_RATING] * 4
    assert log.imports.select("rejected").sum().item() == 2  # one mistyped set, one time beyond its cap
    assert log.runs.height == len(rows("strava/ada_activities.csv")) + len(rows("strava/emre_activities.csv"))


def test_the_sample_stays_small() -> None:
    sizes = [path.stat().st_size for path in SAMPLE.rglob("*") if path.is_file()]
    assert max(sizes) < 120_000
    assert sum(sizes) < 720_000
