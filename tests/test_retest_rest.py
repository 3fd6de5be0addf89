"""Rest before a re-test (methods D0): days, unrated sets, the order of rows, and what guidance makes of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest

from analysis.estimate import Verdict
from analysis.guidance.facts import _valid
from analysis.metrics import retest_rest
from frames_for_tests import sets_frame
from trials_for_tests import JUMP, session, trials

HARD: dict[str, Any] = {"load_kg": 80.0, "reps": 6.0, "rir": 2.0}
EASY: dict[str, Any] = {"load_kg": 40.0, "reps": 6.0, "rir": 5.0}
UNRATED: dict[str, Any] = {"load_kg": 80.0, "reps": 6.0, "exercise": "deadlift", "exercise_raw": "Deadlift (Barbell)"}
TESTS = trials(session(0, [0.30], **JUMP), session(20, [0.31], **JUMP))


def rest(*rows: dict[str, Any], **more: Any) -> Any:
    return retest_rest.estimate(TESTS, sets=sets_frame(rows), test="loaded_jump", **more)


@pytest.mark.parametrize(
    ("rows", "value", "low", "reason"),
    [
        ([HARD | {"day": 18}], 2, None, None),
        ([HARD | {"day": 19}], 1, None, "NOT_RESTED"),
        ([HARD | {"day": 15}, EASY | {"day": 19}], 5, None, None),
        ([HARD | {"day": 15}, UNRATED | {"day": 19}], 5, 1, "REST_UNKNOWN"),
        ([HARD | {"day": 15}, UNRATED | {"day": 17}], 5, 3, None),
        ([HARD | {"day": 12}, HARD | {"day": 20}], 8, None, None),  # on the day itself: nobody knows which came first
        ([EASY | {"day": 10}], 28, None, None),
    ],
)
def test_days_since_the_last_hard_session(
    rows: list[dict[str, Any]], value: float, low: float | None, reason: str | None
) -> None:
    found = rest(*rows)
    assert (found.value, found.low, found.reason) == (value, low, reason)
    assert found.status == ("caution" if reason else "ok")
    assert found.chart().to_dict()


def test_every_test_day_is_a_part_and_one_without_a_log_is_refused() -> None:
    found = rest(HARD | {"day": 17})
    assert [(part.what, part.value, part.reason) for part in found.parts] == [
        ("2026-01-05", None, "NO_DATA"),
        ("2026-01-25", 3.0, None),
    ]


def test_the_block_bounds_the_test_days() -> None:
    day = dt.date(2026, 1, 20)
    assert rest(HARD | {"day": 17}, end=day).reason == "NO_DATA"
    assert rest(HARD | {"day": 17}, start=dt.date(2026, 3, 1)).reason == "NO_DATA"


def test_other_athletes_do_not_count() -> None:
    rows = [HARD | {"day": 17}, HARD | {"day": 19, "athlete": "Bea"}]
    assert rest(*rows, who="Ada").value == 3
    shuffled = sets_frame(rows).sample(fraction=1.0, shuffle=True, seed=1)
    assert retest_rest.estimate(TESTS, sets=shuffled, test="loaded_jump", who="Ada").value == 3
    with pytest.raises(ValueError, match="one athlete"):
        retest_rest.estimate(
            pl.concat([TESTS, TESTS.with_columns(athlete=pl.lit("Bea"))]), sets=sets_frame(rows), test="loaded_jump"
        )


def test_a_test_on_the_day_after_a_hard_session_is_not_judged() -> None:
    primary, calm = Verdict("Jump", value=3.0, word="improved"), rest(HARD | {"day": 17})
    assert _valid(primary, calm) is True
    assert _valid(primary, rest(HARD | {"day": 19})) is False
    assert _valid(primary, rest(HARD | {"day": 12}, UNRATED | {"day": 19})) is True
    assert _valid(Verdict("Jump", status="refused", reason="TOO_FEW_TESTS"), calm) is None
