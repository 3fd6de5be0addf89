"""Block against block (`load_compare`): week beside week by hand, unknown weeks, bounds, recovery of a known change."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis import sample_logbook
from analysis.block import choose
from analysis.estimate import Estimate, each
from analysis.metrics import load_compare
from analysis.stats.week_pairs import mean_difference
from frames_for_tests import DAY, sessions_frame, sets_frame

MIDDLE = DAY + dt.timedelta(weeks=3)
BLOCKS: dict[str, Any] = {
    "who": "Ada", "start": MIDDLE, "end": MIDDLE + dt.timedelta(days=20),
    "previous": (DAY, MIDDLE - dt.timedelta(days=1)),
}  # fmt: skip


def gym(*weeks: int, kg: float = 60.0, **row: Any) -> pl.DataFrame:
    """So many rated sets on the Monday of each week."""
    told: dict[str, Any] = {"load_kg": kg, "reps": 5, "rir": 2}
    return sets_frame(told | row | {"day": 7 * week} for week, n in enumerate(weeks) for _ in range(n))


def distinct(*parts: pl.DataFrame) -> pl.DataFrame:
    """One log of several parts, each set with an id of its own."""
    return pl.concat(parts).with_columns(pl.format("x{}", pl.int_range(pl.len())).alias("set_id"))


def ask(sets: pl.DataFrame, **more: Any) -> Estimate:
    return load_compare.estimate(sets, **(BLOCKS | more))


def test_sums_of_weeks_counted_by_hand() -> None:
    found = ask(gym(4, 6, 10, 5, 7, 13))
    assert found.value == pytest.approx(25)
    assert (found.low, found.n) == (None, 3)
    assert [found.part(f"hard sets, {b}").value for b in ("this block", "previous block")] == [25, 20]
    assert found.part("volume load").value == pytest.approx(25)
    assert found.points is not None
    assert found.points.select("week", "block", "hard_sets").rows()[:4] == [
        (1, "previous block", 4), (1, "this block", 5), (2, "previous block", 6), (2, "this block", 7),
    ]  # fmt: skip


def test_the_third_week_stands_beside_the_third_even_if_a_block_starts_on_a_thursday() -> None:
    thursday = {"start": MIDDLE + dt.timedelta(days=3), "end": MIDDLE + dt.timedelta(days=23)}
    sets = gym(4, 4, 4, 0, 8, 8, 8)
    found = ask(sets, **thursday)
    assert found.points is not None
    assert found.points.filter(block="this block")["from"].to_list()[0] == thursday["start"]
    assert found.part("hard sets, this block").value == 24


def test_only_weeks_that_both_blocks_hold_are_compared() -> None:
    shorter = ask(gym(4, 4, 4, 8, 8), end=MIDDLE + dt.timedelta(days=14))
    assert shorter.n == 2
    assert shorter.value == pytest.approx(100)
    assert shorter.notes[0] == "Weeks that both blocks hold: 2; with hard sets known in both: 2."
    assert ask(gym(4, 4, 4, 8), end=MIDDLE + dt.timedelta(days=5)).reason == "NO_WHOLE_WEEK"


def test_a_week_without_a_record_is_unknown_unless_it_is_rest() -> None:
    sets = gym(4, 4, 4, 8, 0, 8)
    unknown, rest = ask(sets), ask(sets, days_without_record="rest")
    assert (unknown.n, rest.n) == (2, 3)
    assert [unknown.value, rest.value] == pytest.approx([100, 100 * (16 / 12 - 1)])
    with pytest.raises(ValueError, match="expected 'rest'"):
        ask(sets, days_without_record="off")


def test_unrated_sets_make_a_range() -> None:
    rated, unrated = gym(4, 4, 4, 4, 4, 4), gym(0, 0, 0, 2, 2, 2, rir=None, exercise="lunge", exercise_raw="Lunge")
    found = ask(distinct(rated, unrated))
    assert [found.value, found.low, found.high] == pytest.approx([0, 0, 50])
    assert found.part("hard sets, this block").high == 18


def test_without_any_rating_the_parts_still_stand() -> None:
    found = ask(gym(4, 4, 4, 6, 6, 6, rir=None))
    assert (found.ok, found.reason) == (False, "NO_EFFORT_INFO")
    assert found.part("volume load").value == pytest.approx(50)
    assert found.chart() is None, "no picture beside a refusal"
    easy = ask(distinct(gym(4, 4, 4, rir=9), gym(0, 0, 0, 4, 4, 4)))
    assert (easy.reason, easy.chart()) == ("NO_HARD_SETS_BEFORE", None)


def test_the_chart_counts_whole_weeks() -> None:
    layers = ask(gym(4, 4, 4, 6, 6, 6)).chart().to_dict()["layer"]
    assert [layer["encoding"]["x"]["axis"]["tickMinStep"] for layer in layers] == [1, 1]


def test_session_load_needs_known_days() -> None:
    sessions = sessions_frame({"day": day, "minutes": 60, "rpe": 5 if day < 21 else 6} for day in range(42))
    assert ask(gym(4, 4, 4, 4, 4, 4), sessions=sessions).part("session-RPE load").value == pytest.approx(20)
    sparse = ask(gym(4, 4, 4, 4, 4, 4), sessions=sessions.gather_every(3)).part("session-RPE load")
    assert (sparse.ok, sparse.reason) == (False, "WEEKS_UNKNOWN")


def test_the_main_lift_is_the_one_rated_in_both_blocks_and_its_change_has_an_interval() -> None:
    sets = distinct(gym(3, 3, 3, kg=60.0), gym(0, 0, 0, 3, 3, 3, kg=63.0))
    lift = ask(sets).part("e1RM back squat")
    assert lift.value == pytest.approx(5)
    assert (lift.n, lift.level) == (3, 0.95)
    assert lift.low is not None
    assert lift.high is not None
    assert lift.low < 5 < lift.high
    assert ask(sets, exercise="deadlift").part("e1RM deadlift").reason == "TOO_FEW_PAIRS"


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"previous": None}, "NO_PREVIOUS_BLOCK"),
        ({"previous": (DAY - dt.timedelta(90), DAY - dt.timedelta(60))}, "NO_PREVIOUS_BLOCK"),
        ({"previous": (DAY, MIDDLE)}, "BAD_INPUT"),
        ({"previous": (MIDDLE - dt.timedelta(1), DAY)}, "BAD_INPUT"),
        ({"start": MIDDLE + dt.timedelta(60), "end": MIDDLE + dt.timedelta(90)}, "NO_DATA"),
    ],
)
def test_refusals(more: dict[str, Any], reason: str) -> None:
    assert ask(gym(4, 4, 4, 4, 4, 4), **more).reason == reason


def test_an_end_before_the_start_is_an_error() -> None:
    with pytest.raises(ValueError, match="cannot end"):
        ask(gym(4), end=DAY)


def test_order_repeats_and_several_athletes() -> None:
    sets = gym(4, 6, 10, 5, 7, 13)
    other = ask(pl.concat([sets, sets]).sample(fraction=1.0, shuffle=True, seed=4))
    assert (other.value, [p.row() for p in other.parts]) == (ask(sets).value, [p.row() for p in ask(sets).parts])
    bea = sets.with_columns(pl.lit("Bea").alias("athlete"), pl.format("b{}", "set_id").alias("set_id"))
    options = {key: value for key, value in BLOCKS.items() if key != "who"}
    assert [e.value for e in each(load_compare, pl.concat([sets, bea]), **options)] == [ask(sets).value] * 2
    with pytest.raises(ValueError, match="one athlete"):
        load_compare.estimate(pl.concat([sets, bea]), **options)


def test_a_change_of_known_size_is_recovered_and_covered() -> None:
    rng = np.random.default_rng(20261124)
    n, weeks, sd, true = 4000, 6, 0.03, 0.025
    level = 100 * np.exp(0.004 * np.arange(weeks))
    before = level * np.exp(rng.normal(0, sd, (n, weeks)))
    this = level * np.exp(true + rng.normal(0, sd, (n, weeks)))
    before[rng.random((n, weeks)) < 0.2] = np.nan
    found = mean_difference(this, np.full(weeks, sd), before, np.full(weeks, sd))
    seen = found.pairs > 0
    assert np.mean(found.difference[seen]) == pytest.approx(true, abs=0.001)
    assert np.mean((found.low <= true)[seen] & (true <= found.high)[seen]) == pytest.approx(0.95, abs=0.012)
    none = mean_difference([0.0, np.inf, 5.0], [0.1] * 3, [1.0, 1.0, np.nan], [0.1] * 3)
    assert int(none.pairs) == 0
    assert np.isnan(none.difference)


def test_the_hand_formula() -> None:
    found = mean_difference([110.0, 121.0], [0.02, 0.04], [100.0, 110.0], [0.03, 0.0])
    assert float(found.difference) == pytest.approx(np.log(1.1))
    assert float(found.high - found.difference) == pytest.approx(1.959964 * np.sqrt(0.0004 + 0.0016 + 0.0009) / 2)


def test_a_page_of_the_sample_has_its_previous_block() -> None:
    b = choose(sample_logbook().log(athlete="Ada"), "Ada")
    assert b.previous == (dt.date(2026, 1, 5), dt.date(2026, 2, 15))
    more: dict[str, Any] = {
        "sessions": b.sessions,
        "exercise": b.main_lift,
        "days_without_record": b.days_without_record,
    }
    found = load_compare.estimate(b.sets, **b.span, previous=b.previous, **more)
    assert (found.ok, found.n) == (True, 6)
    assert found.chart().to_dict()
    first = choose(b.log, "Ada", "1")
    assert first.previous is None
