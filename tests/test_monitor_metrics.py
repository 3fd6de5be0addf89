"""Monitoring of jumps, bar speed, velocity loss and session RPE: days of the domain, refusals, conditions, notes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.estimate import Estimate, each
from analysis.metrics import fatigue_bar_speed, fatigue_jump, fatigue_response, fatigue_velocity_loss
from analysis.stats.repeated_session import repeat_z
from frames_for_tests import DAY
from monitor_for_tests import CMJ, bar, jumps, rep_frame, repeats, session_rows
from trials_for_tests import session, trials

FRESH = [0.331, 0.336, 0.328, 0.334]
SPAN: dict[str, Any] = {"start": DAY, "end": DAY + dt.timedelta(days=27)}


def days(found: Estimate) -> dict[int, Any]:
    """`down` by day."""
    assert found.points is not None
    return {(day - DAY).days: down for day, down in found.points.select("date", "down").iter_rows()}


def test_the_example_of_the_handbook_from_trials() -> None:
    found = fatigue_jump.estimate(jumps(*FRESH, 0.309), te=0.035, **SPAN)
    assert found.value == pytest.approx(-6.99387, rel=1e-4)
    assert found.low is not None
    assert found.high is not None
    assert found.low < -7 < found.high
    assert found.n == 5
    assert found.points is not None
    last = found.points.filter(pl.col("change").is_not_null()).row(-1, named=True)
    assert last["p_decline"] == pytest.approx(0.93, abs=0.02)  # 6 degrees of freedom of a stated error


def test_the_domain_has_a_row_per_day_and_unknown_where_nobody_jumped() -> None:
    found = fatigue_jump.estimate(jumps(*FRESH, 0.28, 0.333), te=0.02, **SPAN)
    assert found.points is not None
    assert (found.points.height, set(found.points["domain"])) == (28, {"neuromuscular"})
    told = days(found)
    assert [told[day] for day in (0, 3, 6, 9, 12, 15)] == [None, None, None, False, True, False]
    assert all(told[day] is None for day in range(28) if day % 3 or day > 15)


def test_a_day_that_was_down_is_no_baseline_and_named_fresh_days_are() -> None:
    tired = jumps(*FRESH, 0.28, 0.28, 0.28, 0.28)
    found = fatigue_jump.estimate(tired, te=0.02, **SPAN)
    assert [days(found)[day] for day in (12, 15, 18, 21)] == [True] * 4  # it does not become the new normal
    stated = fatigue_jump.estimate(tired, te=0.02, fresh={DAY, DAY + dt.timedelta(days=3)}, **SPAN)
    assert (stated.reason, stated.n) == ("BASELINE_TOO_SHORT", 2)


def test_old_sessions_are_no_baseline() -> None:
    found = fatigue_jump.estimate(jumps(*FRESH, 0.28, every=30), start=DAY, end=DAY + dt.timedelta(days=120))
    assert found.reason == "BASELINE_TOO_SHORT"


@pytest.mark.parametrize(
    ("changed", "reason"), [({"device": "plate"}, "DEVICE_CHANGED"), ({"protocol": "with arms"}, "PROTOCOL_CHANGED")]
)
def test_another_device_or_protocol_is_refused_and_starts_again(changed: dict[str, Any], reason: str) -> None:
    first = [session(3 * i, [h] * 3, **CMJ) for i, h in enumerate(FRESH)]
    later = [session(12 + 3 * i, [h + 0.02] * 3, **CMJ | changed) for i, h in enumerate(FRESH)]
    assert fatigue_jump.estimate(trials(*first, later[0]), **SPAN).reason == reason
    again = fatigue_jump.estimate(trials(*first, *later), **SPAN)
    assert again.ok
    assert [days(again)[day] for day in (12, 15, 18, 21)] == [None, None, None, False]


def test_loads_are_parts_and_the_one_tested_most_speaks() -> None:
    loaded: dict[str, Any] = {"test": "loaded_jump", "measure": "height_m", "device": "mat"}
    both = [session(3 * i, [h] * 3, **loaded, load_kg=20.0) for i, h in enumerate([*FRESH, 0.30])]
    both += [session(3 * i, [h - 0.08] * 3, **loaded, load_kg=40.0) for i, h in enumerate(FRESH)]
    found = fatigue_jump.estimate(trials(*both), test="loaded_jump", **SPAN)
    assert found.what == "Loaded jump against fresh sessions at 20 kg"
    assert [p.what[-5:] for p in found.parts] == ["20 kg", "40 kg"]


def test_jump_refusals_keep_the_days() -> None:
    nothing = fatigue_jump.estimate(jumps(*FRESH), test="loaded_jump", **SPAN)
    assert (nothing.reason, set(days(nothing).values())) == ("NO_DATA", {None})
    with pytest.raises(ValueError, match="no jump"):
        fatigue_jump.estimate(jumps(*FRESH), test="sprint")
    two = pl.concat([jumps(*FRESH), jumps(*FRESH).with_columns(athlete=pl.lit("Bo"))])
    with pytest.raises(ValueError, match="one athlete"):
        fatigue_jump.estimate(two)
    assert [e.who for e in each(fatigue_jump, two, te=0.03)] == ["Ada", "Bo"]


def test_jump_order_does_not_matter_and_the_chart_shows_judged_days() -> None:
    frame = jumps(*FRESH, 0.30, 0.31)
    found = fatigue_jump.estimate(frame, **SPAN)
    assert fatigue_jump.estimate(frame.sample(fraction=1.0, shuffle=True, seed=1), **SPAN).row() == found.row()
    assert "P(lower)" in found.notes[0]
    assert found.chart().to_dict()["layer"]


def test_an_unchanged_athlete_is_down_on_few_days() -> None:
    rng = np.random.default_rng(3)
    rates = []
    for _ in range(12):
        sessions = [session(2 * i, list(0.33 * np.exp(rng.normal(0, 0.03) + rng.normal(0, 0.035, 3))), **CMJ)
                    for i in range(20)]  # fmt: skip
        told = fatigue_jump.estimate(trials(*sessions)).points
        assert told is not None
        rates.append(told["down"].drop_nulls().to_numpy().mean())
    assert np.mean(rates) <= 0.08


SPEEDS = {0: 0.61, 3: 0.63, 6: 0.62, 9: 0.62}


def test_bar_speed_by_hand() -> None:
    found = fatigue_bar_speed.estimate(rep_frame(bar(SPEEDS | {12: 0.50})), **SPAN)
    assert found.value == pytest.approx(-0.12)
    half = 2.446912 * 0.04 * np.sqrt(1 + 1 / 4)
    assert found.low == pytest.approx(-0.12 - half)
    assert found.high == pytest.approx(-0.12 + half)
    assert [days(found)[day] for day in (0, 9, 12, 13)] == [None, False, True, None]
    assert found.points is not None
    assert set(found.points["domain"]) == {"neuromuscular"}


def test_a_heavier_load_is_moved_along_the_own_line_and_a_far_one_refused() -> None:
    line = [bar({d: v + 0.0125 * (80 - kg) for d, v in SPEEDS.items()}, kg) for kg in (60.0, 70.0, 80.0)]
    moved = fatigue_bar_speed.estimate(rep_frame(*line, bar({12: 0.62 - 0.0125 * 5}, 85.0)), **SPAN)
    assert moved.value == pytest.approx(0.0, abs=0.003)
    assert days(moved)[12] is False
    assert fatigue_bar_speed.estimate(rep_frame(*line, bar({12: 0.4}, 100.0)), **SPAN).reason == "LOAD_NOT_MATCHED"
    without_line = fatigue_bar_speed.estimate(rep_frame(bar(SPEEDS), bar({12: 0.55}, 85.0)), **SPAN)
    assert without_line.reason == "LOAD_NOT_MATCHED"


def test_bar_speed_refusals() -> None:
    other = fatigue_bar_speed.estimate(rep_frame(bar(SPEEDS), bar({12: 0.5}, device="Enode")), **SPAN)
    assert other.reason == "DEVICE_CHANGED"
    assert fatigue_bar_speed.estimate(rep_frame(bar({0: 0.6, 3: 0.6})), **SPAN).reason == "BASELINE_TOO_SHORT"
    empty = fatigue_bar_speed.estimate(rep_frame(), **SPAN)
    assert empty.reason == "NO_DATA"
    with pytest.raises(ValueError, match="speeds such as"):
        fatigue_bar_speed.estimate(rep_frame(bar(SPEEDS)), te=0.0)


def set_of(day: int, speeds: list[float], **row: Any) -> list[dict[str, Any]]:
    rows = bar({day: 1.0}, reps=len(speeds))
    return [r | {"value": v} | row for r, v in zip(rows, speeds, strict=True)]


LOSS = [0.61, 0.63, 0.60, 0.57, 0.53, 0.49]


def test_velocity_loss_is_flagged_in_power_phases_only() -> None:
    frame = rep_frame(set_of(0, LOSS), set_of(2, [0.6, 0.58, 0.55]), set_of(4, LOSS))
    power = fatigue_velocity_loss.estimate(frame, goal="power", **SPAN)
    assert power.value == pytest.approx(22.2222, rel=1e-4)
    assert (power.reason, power.n) == ("VELOCITY_LOSS_HIGH", 3)
    assert power.points is not None
    assert power.points["flagged"].to_list() == [True, False, True]
    strength = fatigue_velocity_loss.estimate(frame, goal="strength", **SPAN)
    assert (strength.status, strength.value) == ("ok", power.value)
    assert strength.points is not None
    assert strength.points["flagged"].null_count() == 3
    assert "Described only" in " ".join(strength.notes)
    untold = fatigue_velocity_loss.estimate(frame, **SPAN)
    assert "not told" in " ".join(untold.notes)


def test_one_set_is_uncertain_by_its_error() -> None:
    one = fatigue_velocity_loss.estimate(rep_frame(set_of(0, LOSS)), goal="power")
    half = 1.96 * 100 * np.sqrt(2) * 0.04 / 0.63
    assert one.value is not None
    assert one.low == pytest.approx(one.value - half)
    assert one.high == pytest.approx(one.value + half)
    assert "0 of them beyond the error" in one.notes[0]


def test_velocity_loss_refusals() -> None:
    assert fatigue_velocity_loss.estimate(rep_frame()).reason == "NO_DATA"
    short = fatigue_velocity_loss.estimate(rep_frame(set_of(0, [0.6, 0.5])))
    assert (short.reason, short.notes[0]) == ("TOO_FEW_REPS", "1 set of fewer than 3 repetitions: left out.")
    impossible = rep_frame(set_of(0, [0.6, 0.5, 0.4])).with_columns(pl.col("value") * 1000)
    assert fatigue_velocity_loss.estimate(impossible).reason == "TOO_FEW_REPS"
    with pytest.raises(ValueError, match="above zero"):
        fatigue_velocity_loss.estimate(rep_frame(), te=-1)


USUAL = dict(zip(range(-40, -10, 3), [5.0, 5.0, 6.0, 5.0, 4.0, 5.0, 6.0, 5.0, 5.0, 4.0], strict=True))


def test_a_repeat_that_feels_harder_is_down() -> None:
    assert repeat_z([5, 5, 6, 5, 4, 5, 6, 5, 5, 4], 7) == pytest.approx(2.0)
    found = fatigue_response.estimate(session_rows(repeats(USUAL | {2: 5.0, 9: 7.0})), **SPAN)
    assert (found.value, found.n, found.parts[0].value) == (1.0, 2, 2.0)
    assert [days(found)[day] for day in (2, 9, 10)] == [False, True, None]
    assert found.points is not None
    assert set(found.points["domain"]) == {"response"}
    assert found.sentence() == "Days on which a repeated session felt harder 1 day (n = 2)"
    assert found.chart().to_dict()["layer"]


@pytest.mark.parametrize(
    "other", [{"title": "Lower body B"}, {"kind": "other"}, {"minutes": 65.0}, {"minutes": 400.0}, {"title": None}]
)
def test_another_title_kind_or_duration_is_no_repeat(other: dict[str, Any]) -> None:
    found = fatigue_response.estimate(session_rows(repeats(USUAL), repeats({9: 9.0}, **other)), **SPAN)
    assert found.reason in ("BASELINE_TOO_SHORT", "NO_SESSION_RPE")
    assert found.notes[0].startswith("1 session with")
    assert set(days(found).values()) == {None}


def test_spelling_of_the_title_does_not_matter_but_the_number_of_repeats_does() -> None:
    spelt = session_rows(repeats(USUAL), repeats({9: 7.0}, title="  lower  BODY a", minutes=55.0))
    assert days(fatigue_response.estimate(spelt, **SPAN))[9] is True
    fewer = {day: rpe for i, (day, rpe) in enumerate(USUAL.items()) if i}
    assert fatigue_response.estimate(session_rows(repeats(fewer | {9: 7.0})), **SPAN).reason == "BASELINE_TOO_SHORT"
    old = {day - 70: rpe for day, rpe in USUAL.items()}
    assert fatigue_response.estimate(session_rows(repeats(old | {9: 7.0})), **SPAN).reason == "BASELINE_TOO_SHORT"


def test_an_unchanged_athlete_is_flagged_on_less_than_a_tenth_of_repeats() -> None:
    rng = np.random.default_rng(4)
    for sd in (0.7, 1.0, 1.3):
        ratings = np.clip(np.round(5.4 + rng.normal(0, sd, (20_000, 11))), 0, 10)
        assert (repeat_z(ratings[:, :-1], ratings[:, -1]) >= 1.5).mean() <= 0.10


def test_response_refusals() -> None:
    assert fatigue_response.estimate(session_rows(repeats(USUAL)), **SPAN).reason == "NO_DATA"
    unrated = session_rows(repeats({3: 5.0})).with_columns(session_rpe=pl.lit(None, pl.Float64))
    assert fatigue_response.estimate(unrated, **SPAN).reason == "NO_SESSION_RPE"
    shuffled = session_rows(repeats(USUAL | {2: 5.0, 9: 7.0})).sample(fraction=1.0, shuffle=True, seed=1)
    assert fatigue_response.estimate(shuffled, **SPAN).value == 1.0
