"""wger: entries of the workout log as the API gives them, units as foreign keys, the ids of logs and sessions."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.importers import Context, ImportProblem, Reading, identify, read

Make = Callable[..., Reading]


@pytest.fixture
def wger(tmp_path: Path) -> Make:
    def make(document: Any, **said: Any) -> Reading:
        path = tmp_path / "log.json"
        path.write_text(json.dumps(document))
        assert identify(path) == "wger"
        reading = read(path, Context(athlete="anna", **said))
        counts = reading.n_loaded + reading.n_attached + reading.n_ignored + reading.n_rejected
        assert reading.n_read == counts
        assert reading.tables["sets"]["set_id"].is_unique().all()
        return reading

    return make


def log(number: int = 1, **other: Any) -> dict[str, Any]:
    return {
        "id": number, "date": f"2025-10-20T23:{number:02}:00+02:00", "session": 7, "routine": 1, "iteration": 1,
        "slot_entry": 3, "next_log": None, "exercise": 73, "repetitions_unit": 1, "repetitions": "8.00",
        "repetitions_target": "8.00", "weight_unit": 1, "weight": "82.50", "weight_target": None, "rir": "1.5",
        "rir_target": None, "rest": 120, "rest_target": None,
    } | other  # fmt: skip


def old(number: int = 1, **other: Any) -> dict[str, Any]:
    return {
        "id": number, "reps": 8, "weight": "30.00", "date": "2020-10-01", "rir": "", "exercise_base": 5, "workout": 2,
        "repetition_unit": 1, "weight_unit": 1,
    } | other  # fmt: skip


def page(*logs: dict[str, Any]) -> dict[str, Any]:
    return {"count": len(logs), "next": None, "previous": None, "results": list(logs)}


@pytest.mark.parametrize("wrapped", [page, lambda *logs: list(logs), lambda *logs: [page(logs[0]), page(*logs[1:])]])
def test_a_page_several_pages_and_a_bare_list(wger: Make, wrapped: Callable[..., Any]) -> None:
    reading = wger(wrapped(log(2), log(1)))
    sets = reading.tables["sets"].sort("set_no")
    told = sets.select("set_id", "set_no", "reps", "load_kg", "rir", "rest_after_s", "source_row").rows()
    assert told == [
        ("anna|wger|log|1", 1, 8.0, 82.5, 1.5, 120.0, 2), ("anna|wger|log|2", 2, 8.0, 82.5, 1.5, 120.0, 1),
    ]  # fmt: skip
    assert set(sets.select("exercise_raw", "exercise_id").rows()) == {("wger exercise 73", "73")}
    session = reading.tables["sessions"].row(0, named=True)
    assert (session["session_id"], session["source_id"]) == ("anna|wger|session 7|1", "7")
    assert (str(session["start_local"]), session["zone"], session["zone_basis"]) == (
        "2025-10-20 23:01:00",
        "+02:00",
        "offset",
    )
    assert (reading.variant, reading.whole) == ("current", False)


def test_units_are_foreign_keys(wger: Make) -> None:
    quantities: list[dict[str, Any]] = [
        {"weight_unit": 2, "weight": "100"},
        {"repetitions_unit": 3, "repetitions": "60.00", "weight_unit": 3, "weight": "1.00"},
        {"repetitions_unit": 4, "repetitions": 2, "weight_unit": 4, "weight": "3"},
        {"repetitions_unit": 2},
        {"repetitions_unit": 5, "repetitions": "1", "weight": None},
        {"repetitions_unit": 6, "repetitions": "5", "weight_unit": 5, "weight": "12"},
        {"repetitions_unit": 8, "repetitions": "40", "weight": "20"},
        {"repetitions_unit": None},
    ]
    reading = wger([log(n, **told) for n, told in enumerate(quantities, 1)])
    told = reading.tables["sets"].sort("source_row").select("reps", "duration_s", "distance_m", "load_kg", "set_type")
    assert told.rows() == [
        (8.0, None, None, pytest.approx(45.359237), "work"), (None, 60.0, None, None, "work"),
        (None, 120.0, None, None, "work"), (8.0, None, None, 82.5, "failure"), (None, None, 1609.344, None, "work"),
        (None, None, 5000.0, None, "work"), (None, None, 40.0, 20.0, "work"), (8.0, None, None, 82.5, "work"),
    ]  # fmt: skip
    assert reading.tables["sets"].sort("source_row")["load_raw"].to_list()[1:3] == ["1.00 body weights", "3 plates"]
    assert reading.notices == ("3 weights in plates, body weights or a speed: kept as text, without a load",)
    assert reading.decisions["unit"] == "kg+lb"


def test_a_log_without_units_is_a_question(wger: Make) -> None:
    bare = {"id": 1, "date": "2025-10-20", "session": 7, "routine": 1, "exercise": 73, "repetitions": 8, "weight": 30}
    with pytest.raises(ImportProblem, match=r"1 weight and does not say whether in kg or lb.*--unit kg or --unit lb"):
        wger([bare])
    assert wger([bare], unit="lb").tables["sets"]["load_kg"].item() == pytest.approx(13.6077711)
    assert wger([bare], saved={"unit": "kg"}).tables["sets"]["load_kg"].item() == 30.0
    assert wger([bare | {"weight": 0}]).tables["sets"]["load_kg"].item() == 0.0


def test_what_has_no_known_unit_is_rejected_with_its_text(wger: Make) -> None:
    reading = wger(
        [log(1, weight_unit=9), log(2, repetitions_unit=9), log(3, repetitions=None), log(4), log(5), log(6)]
    )
    assert dict(reading.rejected.select("source_row", "reason").iter_rows()) == {
        1: "weight_unit 9 is not known", 2: "has no repetitions in a unit that is known",
        3: "has no repetitions in a unit that is known",
    }  # fmt: skip
    assert '"weight_unit":9' in reading.rejected["raw"][0]


def test_the_log_of_older_instances(wger: Make) -> None:
    reading = wger([old(10), old(9), old(11, date="2020-10-03"), old(12, exercise_base=6)])
    sets = reading.tables["sets"]
    assert reading.variant == "before 2025"
    assert dict(sets.filter(exercise_id="5").select("set_id", "set_no").iter_rows()) == {
        "anna|wger|log|9": 1, "anna|wger|log|10": 2, "anna|wger|log|11": 1,
    }  # fmt: skip
    assert sorted(reading.tables["sessions"]["session_id"]) == ["anna|wger|2020-10-01 2|1", "anna|wger|2020-10-03 2|1"]
    assert reading.tables["sessions"].select("start_local", "zone_basis").rows() == [(None, "local")] * 2
    assert sets["rir"].null_count() == 4


def test_the_zone_of_the_athlete_counts_before_that_of_the_server_and_moves_no_id(wger: Make) -> None:
    server, athlete = wger([log(1)]), wger([log(1)], tz="Asia/Tokyo")
    assert [str(reading.tables["sets"]["date"].item()) for reading in (server, athlete)] == ["2025-10-20", "2025-10-21"]
    assert [reading.tables["sets"]["set_id"].item() for reading in (server, athlete)] == ["anna|wger|log|1"] * 2
    assert athlete.tables["sessions"]["session_id"].item() == server.tables["sessions"]["session_id"].item()


def test_an_instant_without_an_offset_is_said_to_be_utc(wger: Make) -> None:
    reading = wger([log(1, date="2025-10-20T23:01:00Z"), log(2, date="2025-10-20T23:02:00.123456+02:00")])
    assert sorted(str(at) for at in reading.tables["sets"]["started_utc"]) == [
        "2025-10-20 21:02:00",
        "2025-10-20 23:01:00",
    ]


def test_entries_in_any_order_have_the_same_sets(wger: Make) -> None:
    logs = [log(n, exercise=73 if n < 4 else 80) for n in range(1, 7)]
    columns = ("set_id", "block_no", "set_no", "reps")
    forward, backward = (wger(entries).tables["sets"].select(columns).sort("set_id") for entries in (logs, logs[::-1]))
    assert forward.equals(backward)


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{}",
        '{"count": 0, "results": []}',
        '{"results": 5}',
        '[{"a": 1}]',
        "[1, 2]",
        '[{"id": 1,',
        '{"results": [[]]}',
    ],
)
def test_a_file_without_entries_is_a_problem_in_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(ImportProblem) as problem:
        read(path, Context(athlete="anna"), "wger")
    assert "\n" not in str(problem.value)
    assert "failed on it" not in str(problem.value)


def test_hostile_values_are_rejected_not_raised(wger: Make) -> None:
    odd = [log(n, **{name: value}) for n, (name, value) in enumerate([
        ("weight", {"a": [1]}), ("repetitions", "8; drop"), ("date", None), ("date", 5), ("rir", "x" * 50),
        ("rest", -5), ("exercise", None),
    ], 2)]  # fmt: skip
    reading = wger([*odd, *[log(n) for n in range(20, 40)]])
    assert (reading.n_loaded, reading.n_rejected) == (20, 7)
