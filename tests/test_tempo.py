"""Tempo and time under tension (methods A2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.exercises import tempo

SECONDS = st.integers(0, 9)


def test_handbook_examples() -> None:
    slow = tempo.time_under_tension("3-1-1-0", 8)
    assert (slow.status, slow.tut_s, slow.tut_loaded_s) == ("ok", 40.0, 40.0)
    fast = tempo.time_under_tension("30X0", 6)
    assert (fast.status, fast.tut_s, fast.tut_loaded_s) == ("ok", 24.0, 24.0)
    short = tempo.time_under_tension("3-1", 8)
    assert (short.status, short.reason, short.tut_s) == ("refused", "TEMPO_AMBIGUOUS", None)


def test_the_pause_at_the_top_is_not_loaded() -> None:
    found = tempo.time_under_tension("2-0-1-3", 5)
    assert (found.tut_s, found.tut_loaded_s) == (30.0, 15.0)


@given(SECONDS, SECONDS, SECONDS, SECONDS, st.sampled_from(["-", "/", ":", ",", " ", " - ", "–"]))
def test_every_separator_reads_the_same(a: int, b: int, c: int, d: int, separator: str) -> None:
    spread = tempo.parse(separator.join(map(str, (a, b, c, d))))
    assert spread == tempo.parse(f"{a}{b}{c}{d}")
    assert (spread.eccentric_s, spread.pause_bottom_s, spread.concentric_s, spread.pause_top_s) == (a, b, c, d)


def test_three_phases_are_a_caution_without_a_top_pause() -> None:
    found = tempo.parse("3-1-x")
    assert (found.status, found.reason, found.pause_top_s) == ("caution", "TEMPO_AMBIGUOUS", 0.0)
    assert found.explosive_intent


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("X-0-1-0", "TEMPO_X_POSITION"),
        ("301X", "TEMPO_X_POSITION"),
        ("3-1", "TEMPO_AMBIGUOUS"),
        ("311", "TEMPO_SYNTAX"),
        ("", "TEMPO_SYNTAX"),
        ("slow", "TEMPO_SYNTAX"),
        ("3--1-1-0", "TEMPO_SYNTAX"),
        ("3-1-1-0-2", "TEMPO_SYNTAX"),
        ("-3-1-1-0", "TEMPO_SYNTAX"),
        ("٣-1-1-0", "TEMPO_SYNTAX"),
    ],
)
def test_refusals(text: str, reason: str) -> None:
    found = tempo.parse(text)
    assert (found.status, found.reason, found.eccentric_s) == ("refused", reason, None)


def test_x_counts_as_asked_and_impossible_numbers_are_refused() -> None:
    assert tempo.time_under_tension("30X0", 6, x_seconds=0.5).tut_s == 21.0
    assert tempo.time_under_tension("30X0", 6, x_seconds=0.0).reason == "BAD_INPUT"
    assert tempo.time_under_tension("3110", -1).reason == "BAD_INPUT"
    assert tempo.time_under_tension("3110", None).reason == "BAD_INPUT"
    assert tempo.time_under_tension(None, 8).reason == "TEMPO_SYNTAX"


@given(st.text(max_size=20))
def test_any_text_gets_an_answer(text: str) -> None:
    assert tempo.parse(text).status in ("ok", "caution", "refused")


@pytest.mark.parametrize(("observed_s", "kept"), [(44.0, True), (36.0, True), (44.1, False), (35.9, False)])
def test_tempo_is_kept_within_a_tenth(observed_s: float, kept: bool) -> None:
    found = tempo.adherence(observed_s, 40.0)
    assert (found.kept, found.ratio) == (kept, observed_s / 40.0)


def test_adherence_needs_two_durations() -> None:
    assert tempo.adherence(0.0, 40.0).reason == "BAD_INPUT"
    assert tempo.adherence(40.0, float("nan")).reason == "BAD_INPUT"
