"""Loaded jump (methods D0, D1, D16): flight time, which sessions are compared, refusals, simulated athletes."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from analysis.estimate import Verdict, each
from analysis.frames import to_pandas
from analysis.metrics import power_jump
from analysis.stats.jump import from_flight_time, video_error_s
from trials_for_tests import DAY, JUMP, session, trials

LOW, HIGH = [0.25, 0.26, 0.255], [0.29, 0.30, 0.295]


def jumps(before: Any = LOW, after: Any = HIGH, **row: Any) -> pl.DataFrame:
    return trials(session(0, before, **JUMP), session(42, after, **JUMP | row))


def day(number: int) -> dt.date:
    return DAY + dt.timedelta(days=number)


def test_the_handbook_example_of_flight_time() -> None:
    flight = from_flight_time(0.52, 0.0017)
    got = [float(v) for v in (flight.height_m, flight.takeoff_mps, flight.se_height_m)]
    assert got == pytest.approx([0.33146477, 2.549729, 0.00216726965], rel=1e-8)
    assert video_error_s(240) == pytest.approx(0.0017, abs=5e-6)


def test_height_of_a_simulated_flight_is_recovered() -> None:
    height = np.linspace(0.03, 0.9, 50)
    assert from_flight_time(np.sqrt(8 * height / 9.80665)).height_m == pytest.approx(height, rel=1e-12)


@pytest.mark.parametrize("time_s", [0.149, 0.901, 0.0, -1.0, np.nan])
def test_impossible_flight_times_have_no_height(time_s: float) -> None:
    assert math.isnan(float(from_flight_time(time_s).height_m))


def test_the_verdict_is_the_handbook_formula() -> None:
    """Literature error 7.5 %, 6 df, learning 2 % +- 2 %, three trials each: by hand with scipy.stats."""
    found = power_jump.estimate(jumps(), who="Ada")
    d = np.log(HIGH).mean() - np.log(LOW).mean() - 0.02
    se = math.sqrt(2 * 0.075**2 + 0.02**2)
    assert found.value == pytest.approx(100 * math.expm1(d))
    assert found.p_better == pytest.approx(stats.t.cdf(d / se, 6))
    assert found.p_above_swc == pytest.approx(stats.t.cdf((d - 0.04) / se, 6))
    assert found.te_pct == pytest.approx(100 * math.expm1(0.075))
    assert (found.n, found.who, found.unit) == (6, "Ada", "%")


def test_what_an_unclear_verdict_says() -> None:
    found = power_jump.estimate(jumps(LOW, LOW))
    text = " ".join((str(found), *found.notes, found.html())).casefold()
    assert found.word == "unclear"
    assert "no change" not in text
    assert found.sessions_needed == pytest.approx(2 * (2.487 * 0.075 / 0.07) ** 2)
    assert "about 15 test sessions before" in text
    assert "lindberg 2021" in text
    assert "learning" in text
    for word in ("significant", "responder", "injury risk", " proves", " will "):
        assert word not in text


def test_learning_is_no_longer_expected_after_three_earlier_sessions() -> None:
    early = [session(d, LOW, **JUMP) for d in (-30, -20, -10)]
    new = power_jump.estimate(jumps(), start=day(0))
    known = power_jump.estimate(trials(*early, session(0, LOW, **JUMP), session(42, HIGH, **JUMP)), start=day(0))
    assert dict(new.params)["learning"] == 0.02
    assert dict(known.params)["learning"] == 0
    assert (known.value or 0) > (new.value or 0)


def test_the_session_before_the_block_and_the_last_one_after_it() -> None:
    rows = trials(
        *(session(d, [v] * 3, **JUMP) for d, v in ((-40, 0.20), (-2, 0.25), (10, 0.35), (44, 0.30), (70, 0.5)))
    )
    found = power_jump.estimate(rows, start=day(0), end=day(42))
    assert found.value == pytest.approx(100 * (0.30 / 0.25 * math.exp(-0.02) - 1))
    whole = power_jump.estimate(rows)
    assert whole.value == pytest.approx(100 * (0.5 / 0.20 * math.exp(-0.02) - 1))


@pytest.mark.parametrize(
    ("start", "end", "note"),
    [
        (-8, None, "No test up to 7 days after the start of the block; the first is of 5 Jan 2026."),
        (42, None, "No test after that of 16 Feb 2026."),
        (None, 20, "the last test found is of 16 Feb 2026."),
        (0, 56, "the last test found is of 16 Feb 2026."),
        (0, 27, "the last test found is of 16 Feb 2026."),
        (50, 60, "the last test found is of 16 Feb 2026."),
    ],
)
def test_a_missing_side_is_refused_and_the_note_says_which_test_there_is(
    start: int | None, end: int | None, note: str
) -> None:
    first, last = (None if number is None else day(number) for number in (start, end))
    found = power_jump.estimate(jumps(), start=first, end=last)
    assert found.reason == "TOO_FEW_TESTS"
    assert found.notes[0].endswith(note)


@pytest.mark.parametrize(
    ("tested", "pair"),
    [
        ((0, 42), (0, 42)),
        ((7, 42), (7, 42)),  # a baseline in the first week
        ((3, 6, 42), (6, 42)),  # the last one of that week
        ((-28, 5, 42), (-28, 42)),  # an earlier one goes first while it is fresh
        ((-29, 5, 42), (5, 42)),
        ((-29, 42), (-29, 42)),  # better old than none
        ((0, 28, 42, 56), (0, 56)),  # two weeks after the last day still belong to it
        ((0, 29, 57), (0, 29)),  # the final two weeks of it as well
    ],
)
def test_which_tests_stand_for_before_and_after(tested: tuple[int, ...], pair: tuple[int, int]) -> None:
    scores = {number: 0.2 + i / 50 for i, number in enumerate(tested)}
    rows = trials(*(session(number, [score] * 3, **JUMP) for number, score in scores.items()))
    found = power_jump.estimate(rows, start=day(0), end=day(42))
    assert found.value == pytest.approx(100 * (scores[pair[1]] / scores[pair[0]] * math.exp(-0.02) - 1))


@pytest.mark.parametrize(("age", "status"), [(28, "ok"), (56, "ok"), (57, "caution")])
def test_a_first_test_long_before_the_block_is_a_caution_with_its_age(age: int, status: str) -> None:
    rows = trials(session(0, LOW, **JUMP), session(age + 30, HIGH, **JUMP))
    found = power_jump.estimate(rows, start=day(age), end=day(age + 30))
    assert (found.status, found.reason) == (status, "BASELINE_OLD" if status == "caution" else None)
    assert (f"The first test is {age} days older than the block." in found.notes) == (age > 28)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"device": "force plate"}, "DEVICE_CHANGED"), ({"protocol": "arm swing"}, "PROTOCOL_CHANGED"),
        ({"device": "force plate", "protocol": None}, "DEVICE_CHANGED"),
    ],
)  # fmt: skip
def test_changed_conditions_are_refused_and_both_values_kept(row: dict[str, Any], reason: str) -> None:
    found = power_jump.estimate(jumps(**row))
    assert (found.status, found.reason, found.value, found.word) == ("refused", reason, None, "")
    assert found.points is not None
    assert set(found.points.filter(pl.col("kind") == "trial")["value"]) == {*LOW, *HIGH}
    assert found.chart() is not None
    assert any(" → " in note for note in found.notes)
    changed = next(name for name in ("device", "protocol") if name in row)
    assert f"{changed.capitalize()}: {JUMP.get(changed, 'as usual')}, then {row[changed]}." in found.notes


@pytest.mark.parametrize("row", [{"device": None}, {"protocol": None}, {"protocol": " "}])
@pytest.mark.parametrize("first", [True, False])
def test_conditions_written_down_once_are_a_caution(row: dict[str, Any], first: bool) -> None:
    before, after = (JUMP | row, JUMP) if first else (JUMP, JUMP | row)
    found = power_jump.estimate(trials(session(0, LOW, **before), session(42, HIGH, **after)))
    assert (found.status, found.reason, found.value) == (
        "caution",
        "CONDITIONS_UNKNOWN",
        power_jump.estimate(jumps()).value,
    )
    name, known = ("Device", "contact mat") if "device" in row else ("Protocol", "as usual")
    note = f"{name} not written down on {'5 Jan' if first else '16 Feb'}: taken to be the same ({known})."
    assert note in found.notes


def test_conditions_never_written_down_are_a_note() -> None:
    nowhere = JUMP | {"device": None, "protocol": None}
    found = power_jump.estimate(trials(session(0, LOW, **nowhere), session(42, HIGH, **nowhere)))
    assert (found.status, found.reason) == ("ok", None)
    assert "Protocol and device not written down at either test: taken to be the same." in found.notes


def test_of_two_conditions_on_a_day_the_ones_that_agree_best_are_compared() -> None:
    rows = trials(
        session(0, LOW, **JUMP), session(42, [0.4] * 4, **JUMP | {"device": "force plate"}),
        session(42, HIGH, **JUMP | {"device": None}),
    )  # fmt: skip
    assert power_jump.estimate(rows).value == power_jump.estimate(jumps()).value


def test_notes_are_short_and_free_of_codes() -> None:
    found = power_jump.estimate(jumps(), who="Ada")
    assert found.notes[0] == "0.255 m (5 Jan, 3 trials) → 0.295 m (16 Feb, 3 trials)"
    assert "Not checked here: readiness, and rest of 48 h before the test (a question of its own)." in found.notes
    assert max(map(len, found.notes)) <= 110
    assert not any("height_m" in note or "without correction" in note for note in found.notes)
    legs = [JUMP | {"side": side} for side in ("left", "right")]
    one_leg = power_jump.estimate(trials(*(session(d, [0.1 + d / 420], **leg) for leg in legs for d in (0, 42))))
    assert "Left leg: 0.1 m (5 Jan, 1 trial) → 0.2 m (16 Feb, 1 trial)" in [
        note.replace("00 m", " m") for note in one_leg.notes
    ]
    assert "2 parts are judged at 5 % each, without correction for their number." in one_leg.notes


def test_two_years_are_named() -> None:
    found = power_jump.estimate(trials(session(-20, LOW, **JUMP), session(42, HIGH, **JUMP)))
    assert found.notes[0].startswith("0.255 m (16 Dec 2025, 3 trials)")


def test_spelling_and_spaces_are_not_another_device() -> None:
    assert power_jump.estimate(jumps(device="  Contact  MAT ", protocol="As usual")).ok


def test_flight_time_and_height_are_never_joined() -> None:
    rows = trials(session(0, [0.50, 0.51], **JUMP | {"measure": "flight_time_s"}), session(42, [0.31, 0.32], **JUMP))
    assert power_jump.estimate(rows).reason == "DEVICE_CHANGED"


def test_flight_time_gives_the_verdict_of_its_heights() -> None:
    times = [[0.45, 0.46, 0.455], [0.49, 0.50, 0.495]]
    heights = [from_flight_time(t).height_m.tolist() for t in times]
    timed = power_jump.estimate(jumps(*times, measure="flight_time_s").with_columns(measure=pl.lit("flight_time_s")))
    high = power_jump.estimate(jumps(*heights))
    assert timed.value == pytest.approx(high.value, rel=1e-12)
    assert timed.word == high.word
    bad = jumps().with_columns(measure=pl.lit("flight_time_s"), value=pl.lit(0.95))
    assert power_jump.estimate(bad).reason == "FLIGHT_TIME_RANGE"


def test_only_the_same_load_is_compared() -> None:
    rows = trials(
        session(0, LOW, **JUMP), session(42, HIGH, **JUMP), session(0, [0.22] * 4, **JUMP | {"load_kg": 30.0}),
        session(42, [0.23] * 4, **JUMP | {"load_kg": 30.0}), session(42, [0.2], **JUMP | {"load_kg": 40.0}),
    )  # fmt: skip
    found = power_jump.estimate(rows)
    assert [p.what for p in found.parts] == [f"Loaded jump height at {kg} kg" for kg in (20, 30, 40)]
    assert found.what == "Loaded jump height at 30 kg"  # most trials
    assert "Loaded jump height at 30 kg" in found.notes[0]
    assert found.parts[2].reason == "TOO_FEW_TESTS"
    assert len(found.chart().to_dict()["layer"]) == 4  # a forest


def test_body_mass_is_not_turned_into_power() -> None:
    rows = jumps()
    heavier = rows.with_columns(body_mass_kg=pl.when(pl.col("date") > DAY).then(80.0).otherwise(60.0))
    assert power_jump.estimate(heavier).value == power_jump.estimate(rows).value


def test_best_of_three_against_best_of_five_does_not_bias() -> None:
    """Trap: the best of 5 beats the best of 3 without any gain; the log-mean does not."""
    rng = np.random.default_rng(12)
    found, best = [], []
    for _ in range(100):
        before, after = (np.exp(rng.normal(math.log(0.3), 0.05, n)) for n in (3, 5))
        value = power_jump.estimate(jumps(before, after), te=0.03).value
        found.append(math.log1p((value or 0) / 100) + 0.02)
        best.append(math.log(after.max() / before.max()))
    assert abs(np.mean(found)) < 0.01
    assert np.mean(best) > 0.01


def test_coverage_and_false_gains_of_the_whole_path() -> None:
    """200 simulated athletes, 3 trials, day SD 0.05 and trial SD 0.0866 (together the literature error 0.0707)."""
    rng = np.random.default_rng(1)
    covered, better = 0, 0
    for _ in range(200):
        days = rng.normal(math.log(0.3), 0.05, (2, 1)) + np.array([[0.0], [rng.normal(0.02, 0.02)]])
        found = power_jump.estimate(jumps(*np.exp(days + rng.normal(0, 0.0866, (2, 3)))), te=math.hypot(0.05, 0.05))
        covered += (found.low or 0) <= 0 <= (found.high or 0)
        better += found.word.startswith("improved")
    assert 0.92 <= covered / 200 <= 1.0  # 6 df: the interval covers 0.986
    assert better / 200 <= 0.055


def test_order_names_repeated_rows_and_pandas_do_not_matter() -> None:
    rows = jumps()
    one = power_jump.estimate(rows)
    others = [rows.reverse(), rows.with_columns(athlete=pl.lit("Zoë")), pl.concat([rows, rows]), to_pandas(rows)]
    for other in others:
        found = power_jump.estimate(other)
        assert (found.value, found.low, found.word, found.n) == (one.value, one.low, one.word, one.n)


def test_centimetres_give_the_same_verdict() -> None:
    one, cm = (power_jump.estimate(jumps().with_columns(pl.col("value") * k)) for k in (1, 100))
    assert cm.value == pytest.approx(one.value, rel=1e-9)
    assert cm.word == one.word


def test_the_same_trials_again_never_widen_the_interval() -> None:
    one, twice = power_jump.estimate(jumps()), power_jump.estimate(jumps(LOW * 2, HIGH * 2))
    assert twice.high - twice.low < one.high - one.low  # type: ignore[operator]  # both have intervals


def test_invalid_trials_do_not_count() -> None:
    rows = trials(session(0, LOW, **JUMP), session(42, HIGH, **JUMP), session(42, [0.6], **JUMP | {"valid": False}))
    assert power_jump.estimate(rows).value == power_jump.estimate(jumps()).value


def test_one_athlete_at_a_time() -> None:
    rows = pl.concat([jumps(), jumps().with_columns(athlete=pl.lit("Bo"), trial_id=pl.col("trial_id") + "b")])
    with pytest.raises(ValueError, match="one athlete at a time"):
        power_jump.estimate(rows)
    assert [e.who for e in each(power_jump, rows)] == ["Ada", "Bo"]
    assert all(isinstance(e, Verdict) and e.ok for e in each(power_jump, rows))


def test_no_data_wrong_test_and_cmj() -> None:
    nothing = power_jump.estimate(trials(), swc=0.05, start=day(0), end=day(42))
    assert nothing.reason == "NO_DATA"
    assert nothing.method
    assert {"swc": 0.05, "start": day(0), "end": day(42), "alpha": 0.05}.items() <= dict(nothing.params).items()
    with pytest.raises(ValueError, match="no jump"):
        power_jump.estimate(trials(), test="sprint")
    cmj = {"test": "cmj", "load_kg": None}
    found = power_jump.estimate(trials(session(0, LOW, **JUMP | cmj), session(42, HIGH, **JUMP | cmj)), test="cmj")
    assert (found.what, dict(found.params)["swc"]) == ("Countermovement jump height", 0.03)


@pytest.mark.parametrize(("wrong", "words"), [({"te": 0.0}, "te is 0"), ({"swc": -0.03}, "swc is -0.03")])
def test_an_impossible_stated_error_is_said(wrong: dict[str, float], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        power_jump.estimate(jumps(), **wrong)  # type: ignore[arg-type]  # te or swc


def test_the_chart_shows_every_trial() -> None:
    spec = power_jump.estimate(jumps(), who="Ada").chart().to_dict()
    filled = [layer["mark"].get("filled") for layer in spec["layer"]]
    assert filled == [None, False, True]
    assert spec["layer"][1]["encoding"]["y"]["title"] == "Jump height (m)"
