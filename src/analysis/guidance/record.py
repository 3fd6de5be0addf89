"""What to record next time, so that what could not be estimated in this block can be in the next one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import polars as pl

from analysis.estimate import Estimate
from analysis.frames import Table

RATE: Final = (
    "Rate the top set of each lift: RPE (10 = nothing left) or repetitions in reserve. One rated set per session is"
    " enough."
)
ADVICE: Final[dict[str, str]] = {
    "NO_EFFORT_RATING": RATE,
    "NO_EFFORT_INFO": RATE,
    "NO_VALID_SET": "Log load, repetitions (up to 10) and an effort rating for the top set of each lift.",
    "TREND_TOO_SHORT": "Keep rating the same lift: a trend needs 6 rated sessions over 4 weeks.",
    "BLOCK_NOT_COVERED": "Rate at least 4 sessions of the same lift in the block, early and late ones among them.",
    "NO_SESSION_RPE": "Half an hour after a workout write how hard it was (0-10) into its note, such as: sRPE 7.",
    "COVERAGE_TOO_LOW": "Say that days without a record were rest days: days_without_record = rest in a blocks sheet.",
    "TOO_FEW_TESTS": "Test before and after the block, with the same protocol and device (stridelift template retest).",
    "NO_DATA": "Keep a re-test sheet: loaded jump, single-leg stance, sprint (stridelift template retest).",
    "TEST_UNKNOWN": "Define the test in tests.toml beside the logbook (stridelift template tests).",
    "NO_TYPICAL_ERROR": "State the test's typical error in tests.toml, or test five athletes twice in ten days.",
    "PROTOCOL_CHANGED": "Repeat the re-test under the earlier protocol.",
    "DEVICE_CHANGED": "Repeat the re-test with the earlier device.",
    "HAND_TIMED": "Time sprints up to 30 m with gates or video; a hand-held stopwatch is too coarse.",
    "BOTH_AT_CEILING": "Use the harder stance variant (eyes closed, or a pad).",
    "REPS_CONVENTION_UNKNOWN": "Say how you log one-sided repetitions: import with --unilateral-reps.",
    "EQUATION_NOT_FOR_BALLISTIC": "Rate a slow lift as well: swings, cleans and jumps say nothing about a maximum.",
    "BAND_LOAD_UNKNOWN": "Rate a lift with a known load as well: the pull of a band is not one.",
    "TOO_FEW_REPORTS": "Write down pain from 0 to 10 on most days, 0 if nothing hurts (stridelift template wellness).",
    "TOO_FEW_DOMAINS": "Record two signs of fatigue on most days: how she feels (two items) and heart-rate variability,"
    " or jumps twice a week (stridelift template wellness).",
    "BODY_MASS_MISSING": "A lift with body weight needs the body mass; use an externally loaded lift for the e1RM.",
}


def record_next(estimates: Iterable[Estimate]) -> Table:
    """One row per advice: what it makes estimable, and what to record.

    >>> from analysis.estimate import refuse
    >>> record_next([refuse("e1RM trend", "NO_EFFORT_RATING")]).frame["unlocks"].to_list()
    ['e1RM trend']
    """
    wanted: dict[str, list[str]] = {}
    for e in estimates:
        advice = ADVICE.get(e.reason or "")
        if advice and not e.ok and e.what not in wanted.setdefault(advice, []):
            wanted[advice].append(e.what)
    rows = [(advice, ", ".join(names)) for advice, names in wanted.items()]
    frame = pl.DataFrame(rows, schema={"record": pl.String, "unlocks": pl.String}, orient="row")
    labels = {"record": "What to record", "unlocks": "What it makes estimable"}
    empty = "Nothing more needs to be recorded for the answers on the first screen."
    return Table(frame, "record", labels, empty=empty)
