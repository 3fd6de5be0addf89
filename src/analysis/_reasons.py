"""The reason codes of refusals and cautions, in words that a coach reads."""

from __future__ import annotations

from typing import Final

REASONS: Final[dict[str, str]] = {
    "BAD_INPUT": "a value is missing or impossible",
    "EXERCISE_AMBIGUOUS": "the exercise name fits more than one exercise",
    "EXERCISE_UNMAPPED": "the exercise name is not in the catalogue",
    "CHAIN_END": "the end of the exercise chain",
    "REPS_OUT_OF_RANGE": "more than 12 possible repetitions, where no equation holds",
    "REPS_ABOVE_10": "11 or 12 possible repetitions: shown, kept out of top sets and trends",
    "RIR_TOO_HIGH": "more than 5 repetitions in reserve, too far from failure to judge",
    "RPE_OUT_OF_RANGE": "a set rating below 5 says nothing about repetitions in reserve",
    "NO_EFFORT_RATING": "no effort rating (RPE or repetitions in reserve), so only a lower bound",
    "NO_VALID_SET": "no set with a usable load, repetitions and effort rating",
    "NO_EFFORT_INFO": "no effort rating and no earlier e1RM to judge effort from",
    "REPS_CONVENTION_UNKNOWN": "not told whether one-sided repetitions are per side or in total",
    "EQUATION_NOT_FOR_BALLISTIC": "a jump, a swing or another ballistic lift, which no e1RM equation holds for",
    "BAND_LOAD_UNKNOWN": "the load of a band is not known",
    "BODY_MASS_MISSING": "the load is body mass or part of it, and body mass is not known",
    "TREND_TOO_SHORT": "fewer than 6 rated sessions or less than 4 weeks",
    "LONG_GAP": "more than 4 weeks between two rated sessions",
    "FORECAST_TOO_FAR": "a forecast beyond 4 weeks is not made",
    "STALE": "the latest rated session is more than 4 weeks old",
    "BLOCK_START_MOVED": "taken from the first rated session, more than 2 weeks after the block's first day",
    "BLOCK_END_MOVED": "taken to the last rated session, more than 2 weeks before the block's last day",
    "BLOCK_ENDS_MOVED": "taken between the first and the last rated session, both more than 2 weeks inside the block",
    "BLOCK_NOT_COVERED": "fewer than 4 rated sessions in the block, or none within a week of its ends",
    "TOO_FEW_DAYS": "too few days",
    "DAYS_UNKNOWN": "some days are unknown; the sum is scaled up from the known ones",
    "COVERAGE_TOO_LOW": "less than 80 % of the days are known",
    "FLIGHT_TIME_RANGE": "a flight time outside 0.15-0.90 s",
    "TIME_RANGE": "a time outside the range of the test",
    "BOTH_AT_CEILING": "every trial reached the time limit at both tests: use the harder variant",
    "AT_CEILING": "every trial of a session reached the time limit, so only one end is known",
    "SOME_CAPPED": "some trials reached the time limit",
    "CENSORED_TEST": "times that stop at a limit have no typical error of this kind; the stance model carries its own",
    "SPLITS_NOT_MONOTONE": "split times do not increase with distance",
    "TOO_FEW_SPLITS": "fewer than 4 splits",
    "DISTANCE_TOO_SHORT": "less than 20 m",
    "OFFSET_AND_TC": "a start offset and a time correction cannot both be fitted",
    "TOO_FEW_ATHLETES": "too few athletes: a typical error needs 5 tested twice, a smallest change of their own 12",
    "TOO_FEW_TRIALS": "too few valid trials",
    "TOO_FEW_TESTS": "no pair of tests, one before the block and one at its end",
    "CONDITIONS_UNKNOWN": "protocol or device is not written down at one of the tests",
    "BASELINE_OLD": "the first test is more than 8 weeks older than the block",
    "PROTOCOL_CHANGED": "the protocol differs between the tests",
    "DEVICE_CHANGED": "the device or measure differs between the tests",
    "HAND_TIMED": "hand timing is too coarse for 30 m or less",
    "NO_DATA": "nothing was recorded",
    "NO_SESSION_RPE": "no session has both a session RPE and a usable duration",
    "NO_LOAD": "no set has both a load and repetitions",
    "TEST_UNKNOWN": "the test is neither built in nor defined in the tests.toml beside the logbook",
    "NO_TYPICAL_ERROR": "how far this test varies by itself is not known",
    "NO_SWC": "no smallest worthwhile change is stated for this test",
    "TIMER_LEFT_RUNNING": "more than 6 hours, so the timer was left running",
    "SD_ZERO": "the values do not differ",
}


def in_words(code: str | None) -> str:
    """The reason in words; an unknown code is shown as it is, never hidden.

    >>> in_words("TREND_TOO_SHORT")
    'fewer than 6 rated sessions or less than 4 weeks'
    """
    return "" if code is None else REASONS.get(code, code.replace("_", " ").lower())
