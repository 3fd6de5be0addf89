"""The cell grammar: what is read, what is refused, and that no text does anything but one of the two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.importers import _cells
from analysis.importers._cells import CellProblem, Rules

SETS = Rules("sets x reps @ load")
GRAMMARS = (
    "sets x reps @ load", "reps x load", "load x reps", "sets x reps", "load x reps x sets", "reps @ load", "reps/reps",
)  # fmt: skip


def triples(text: str, rules: Rules) -> list[tuple[str | None, str | None, str | None]]:
    return [(piece.reps, piece.load.value, piece.load.raw) for piece in _cells.cell(text, rules)]


@pytest.mark.parametrize(
    ("grammar", "text", "expected"),
    [
        ("reps x load", "5x175", [("5", "175", "175")]),
        ("load x reps", "175x5", [("5", "175", "175")]),
        ("reps x load", "5 × 175 kg, 3*190", [("5", "175", "175 kg"), ("3", "190", "190")]),
        ("sets x reps @ load", "2x8@95, 1x6@115", [("8", "95", "95")] * 2 + [("6", "115", "115")]),
        ("sets x reps @ load", "2x8", [("8", None, None)] * 2),
        ("sets x reps @ load", "8@95", [("8", "95", "95")]),
        ("sets x reps @ load", "3x8/8/6@60", [("8", "60", "60"), ("8", "60", "60"), ("6", "60", "60")]),
        ("sets x reps", "3x12", [("12", None, None)] * 3),
        ("load x reps x sets", "100x5x2; 110x3", [("5", "100", "100")] * 2 + [("3", "110", "110")]),
        ("reps/reps/...", "5/5/-/0", [("5", None, None), ("5", None, None), ("0", None, None)]),
        ("reps/reps", "5/4@100", [("5", "100", "100"), ("4", "100", "100")]),
        ("reps x load", "5xBW", [("5", None, "BW")]),
        ("reps x load", "5xBW+10", [("5", "10", "BW+10")]),
        ("sets x reps @ load", "1x5@90%", [("5", None, "90%")]),
        ("sets x reps @ load", "-", []),
    ],
)
def test_a_cell_is_read_by_its_declared_grammar(
    grammar: str, text: str, expected: list[tuple[str | None, str | None, str | None]]
) -> None:
    assert triples(text, Rules(_cells.grammar_of(grammar))) == expected


@pytest.mark.parametrize(
    ("grammar", "text", "why"),
    [
        (None, "5x175", "no grammar"),
        ("reps x load", "175", "does not follow"),
        ("reps x load", "5x175x3", "does not follow"),
        ("sets x reps", "3x5@100", "does not follow"),
        ("sets x reps @ load", "3x8/8@60", "2 repetitions for 3 sets"),
        ("sets x reps @ load", "0x5@60", "no number of sets"),
        ("sets x reps @ load", "3x8-10@60", "a range is a plan"),
        ("sets x reps @ load", "3x5+@60", "an open number is a plan"),
        ("sets x reps @ load", "3x5@0.9", "fractions"),
        ("sets x reps @ load", "3xAMRAP@60", "no number of repetitions"),
        ("reps x load", "5x62,5", "does not follow"),
        ("reps x load", "5y175", "does not follow"),
        ("reps x load", "5x-20", "does not follow"),
        ("reps x load", "5x" + "9" * 300, "characters"),
    ],
)
def test_a_cell_beyond_the_grammar_is_a_problem(grammar: str | None, text: str, why: str) -> None:
    with pytest.raises(CellProblem, match=why):
        _cells.cell(text, Rules(grammar))


@pytest.mark.parametrize(
    ("text", "reps", "seconds", "per_side"),
    [
        ("10", "10", None, False),
        ("10ea", "10", None, True),
        ("10 EA", "10", None, True),
        ("10/side", "10", None, True),
        ("10 per leg", "10", None, True),
        ("20sec", None, "20", False),
        ("20 s", None, "20", False),
        ("1.5 min", None, "90", False),
        ("20''", None, "20", False),
        ("0:45", None, "45", False),
        ("30sec/side", None, "30", True),
        ("20 ripetizioni", "20", None, False),
        ("３往復", "3", None, False),
    ],
)
def test_repetitions_times_and_sides(text: str, reps: str | None, seconds: str | None, per_side: bool) -> None:
    (piece,) = _cells.reps(text, Rules())
    assert (piece.reps, piece.duration_s, piece.per_side) == (reps, seconds, per_side)
    assert piece.note == ("3往復" if "往復" in text else None)


def test_a_repeated_time_is_so_many_sets_and_a_product_of_numbers_is_a_question() -> None:
    assert [piece.duration_s for piece in _cells.reps("10sec*3", Rules())] == ["10", "10", "10"]
    for text in ("3x10", "3*10", "20sec+10", "2-3-4"):
        with pytest.raises(CellProblem):
            _cells.reps(text, Rules())


def test_what_is_a_plan_or_has_two_meanings_is_read_only_as_declared() -> None:
    assert _cells.reps("8-10", Rules(ranges="low"))[0].reps == "8"
    assert _cells.reps("8-10", Rules(ranges="high"))[0].reps == "10"
    assert _cells.reps("5+", Rules(opens="low"))[0].reps == "5"
    assert _cells.reps("20'", Rules(prime="min"))[0].duration_s == "1200"
    assert _cells.reps("20'", Rules(prime="s"))[0].duration_s == "20"
    assert _cells.load("60-70kg", Rules(ranges="high")) == _cells.Load("70", "kg", "60-70kg")
    assert _cells.load("20kg〜", Rules(opens="low")) == _cells.Load("20", "kg", "20kg〜")
    assert _cells.load("0.9", Rules(fractions="of_1rm")) == _cells.Load(raw="0.9")
    assert _cells.load("0.5", Rules(fractions="load")).value == "0.5"


@pytest.mark.parametrize(
    "text", ["BW", "bodyweight", "自重", "BW40%", "40% BW", "6RM", "90%", "85 % of 1RM", "Band", "green band"]
)
def test_no_load_in_kilograms_keeps_its_text(text: str) -> None:
    assert _cells.load(text, Rules()) == _cells.Load(raw=text)


def test_loads_with_unit_hand_and_assistance() -> None:
    assert _cells.load("20 KG", Rules()).unit == "KG"
    assert _cells.load("20kg each", Rules()).per_implement
    assert _cells.load("BW-20", Rules()) == _cells.Load("20", None, "BW-20", assisted=True)
    for text in ("-20", "heavy", "20 stone", "2x20"):
        with pytest.raises(CellProblem):
            _cells.load(text, Rules())


@pytest.mark.parametrize(
    ("text", "rules", "expected"),
    [
        ("62,5", Rules(decimal=","), "62.5"),
        ("1.062,5", Rules(decimal=",", thousands="."), "1062.5"),
        ("1 500", Rules(thousands=" "), "1500"),
        ("62.5", Rules(decimal=",", either_decimal=True), "62.5"),
        ("'-16", Rules(), "-16"),
    ],
)
def test_numbers_by_the_declared_marks(text: str, rules: Rules, expected: str) -> None:
    assert _cells.number(text, rules) == expected


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("62,5", Rules()),
        ("62.5", Rules(decimal=",")),
        ("1.234", Rules(decimal=",", thousands=".", either_decimal=True)),
        ("1,23,4", Rules(thousands=",")),
        ("many", Rules()),
        ("", Rules()),
        ("１２x", Rules()),
    ],
)
def test_numbers_against_the_declared_marks_are_problems(text: str, rules: Rules) -> None:
    with pytest.raises(CellProblem):
        _cells.number(text, rules)


def test_the_word_for_a_grammar_is_checked() -> None:
    assert [_cells.grammar_of(text) for text in GRAMMARS] == list(GRAMMARS)
    for text in ("reps", "sets x load", "reps x reps", "reps @ sets", "load @ reps", "sets x reps @ load @ load", ""):
        assert _cells.grammar_of(text) is None


weights = st.integers(1, 4000).map(lambda quarter: f"{quarter / 4:g}").filter(lambda text: float(text) >= 1)


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 50), weights), min_size=1, max_size=6))
def test_what_is_written_in_a_grammar_comes_back(entries: list[tuple[int, int, str]]) -> None:
    expected = [(str(reps), load, load) for sets, reps, load in entries for _ in range(sets)]
    spaced = ", ".join(f"{sets} x {reps} @ {load}" for sets, reps, load in entries)
    dense = ",".join(f"{load}x{reps}x{sets}" for sets, reps, load in entries)
    commas = "; ".join(f"{sets}×{reps}@{load.replace('.', ',')}" for sets, reps, load in entries)
    assert triples(spaced, SETS) == expected
    assert triples(dense, Rules("load x reps x sets")) == expected
    assert [row[:2] for row in triples(commas, Rules("sets x reps @ load", decimal=","))] == [
        row[:2] for row in expected
    ]


@given(st.lists(st.one_of(st.none(), st.integers(0, 30)), min_size=2, max_size=9))
def test_a_list_of_repetitions_keeps_zero_and_drops_dashes(reps: list[int | None]) -> None:
    text = "/".join("-" if one is None else str(one) for one in reps)
    assert [row[0] for row in triples(text, Rules("reps/reps"))] == [str(one) for one in reps if one is not None]


@given(
    st.text(alphabet="0123456789x×*@/-+.,;~〜%'\" kgBWRMlbsecinA往復\n", max_size=30) | st.text(max_size=30),
    st.sampled_from([None, *GRAMMARS]),
    st.sampled_from([".", ","]),
    st.sampled_from([None, "low"]),
)
def test_any_text_is_read_or_is_a_problem(text: str, grammar: str | None, decimal: str, choice: str | None) -> None:
    rules = Rules(grammar, decimal, ranges=choice, opens=choice)
    for read in (_cells.cell, _cells.reps):
        try:
            pieces = read(text, rules)
        except CellProblem:
            continue
        assert len(pieces) <= 100 * len(text)
        for piece in pieces:
            for number in filter(None, (piece.reps, piece.duration_s, piece.load.value)):
                assert float(number) >= 0
    try:
        load = _cells.load(text, rules)
    except CellProblem:
        return
    assert load.value is None or float(load.value) >= 0
