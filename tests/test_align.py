"""A set keeps its identity when another one is inserted or deleted above it, or when it is edited itself."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis import importers
from analysis.importers import Context
from analysis.logbook import Logbook, Receipt

HEAD = "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE\n"
LATER = '2026-02-02 17:00:00,"Gym",1h,"Squat (Barbell)",1,70,5,0,0,"","",8\n'
Done = tuple[float, int]  # kilograms, repetitions


def add(book: Logbook, tmp_path: Path, done: list[Done], exercise: str = "Squat (Barbell)") -> Receipt:
    lines = "".join(
        f'2026-01-05 17:00:00,"Gym",1h,"{exercise}",{n},{kg},{reps},0,0,"","",8\n'
        for n, (kg, reps) in enumerate(done, 1)
    )
    file = tmp_path / "strong.csv"
    file.write_text(HEAD + lines + LATER)
    return book.add(importers.read(file, Context(athlete="Ada", unit="kg")), "strong.csv")


@pytest.fixture
def book(tmp_path: Path) -> Logbook:
    return Logbook(tmp_path / "training.duckdb")


def ids(book: Logbook) -> dict[str, Done]:
    sets = book.log().sets.filter(pl.col("date").dt.month() == 1)
    return {row["set_id"]: (row["load_kg"], int(row["reps"])) for row in sets.sort("block_no", "set_no").to_dicts()}


def test_a_set_inserted_above_leaves_the_others_alone(book: Logbook, tmp_path: Path) -> None:
    add(book, tmp_path, [(60, 8), (65, 7), (70, 6)])
    before = ids(book)
    receipt = add(book, tmp_path, [(60, 8), (62.5, 8), (65, 7), (70, 6)])
    assert (receipt.loaded, receipt.revised, receipt.unchanged, receipt.gone) == (1, 0, 4, 0)
    after = ids(book)
    assert before.items() <= after.items()
    assert list(after.values()) == [(60, 8), (62.5, 8), (65, 7), (70, 6)]
    assert list(book.log().sets.filter(pl.col("date").dt.month() == 1).sort("set_no")["set_no"]) == [1, 2, 3, 4]


def test_a_set_deleted_above_goes_alone(book: Logbook, tmp_path: Path) -> None:
    add(book, tmp_path, [(60, 8), (65, 7), (70, 6)])
    before = ids(book)
    receipt = add(book, tmp_path, [(65, 7), (70, 6)])
    assert (receipt.loaded, receipt.revised, receipt.gone) == (0, 0, 1)
    assert ids(book) == {key: done for key, done in before.items() if done != (60, 8)}


def test_an_edited_set_is_a_revision_of_itself(book: Logbook, tmp_path: Path) -> None:
    add(book, tmp_path, [(60, 8), (65, 7), (70, 6)])
    before = ids(book)
    receipt = add(book, tmp_path, [(60, 8), (67.5, 7), (70, 6)])
    assert (receipt.loaded, receipt.revised, receipt.gone) == (1, 1, 0)
    assert list(ids(book)) == list(before)


def test_identical_sets_stay_apart(book: Logbook, tmp_path: Path) -> None:
    add(book, tmp_path, [(60, 8), (60, 8)])
    assert add(book, tmp_path, [(60, 8), (60, 8), (60, 8)]).loaded == 1
    assert list(ids(book).values()) == [(60, 8)] * 3


def test_a_deleted_and_restored_set_comes_back_once(book: Logbook, tmp_path: Path) -> None:
    add(book, tmp_path, [(60, 8), (65, 7)])
    before = ids(book)
    add(book, tmp_path, [(60, 8)])
    add(book, tmp_path, [(60, 8), (65, 7)])
    assert ids(book) == before


sets_done = st.lists(st.tuples(st.sampled_from([60.0, 62.5, 65.0]), st.integers(5, 8)), min_size=1, max_size=6)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(sets_done, min_size=2, max_size=4))
def test_whatever_is_edited_the_log_holds_the_last_export(
    tmp_path_factory: pytest.TempPathFactory, exports: list[list[Done]]
) -> None:
    folder = tmp_path_factory.mktemp("aligned")
    book = Logbook(folder / "training.duckdb")
    for done in exports:
        receipt = add(book, folder, done)
        assert receipt.read == receipt.loaded + receipt.attached + receipt.ignored + receipt.rejected
        assert list(ids(book).values()) == done


def test_repetitions_go_with_their_set(book: Logbook, tmp_path: Path) -> None:
    head = "Exercise,Set,Rep,Weight,Metric,Set RPE,Tags,Workout Start Time,Rest Time,Avg Velocity (m/s)"
    for loads in ((100, 110), (100, 105, 110)):
        rows = (
            f'"Squat",{n},1,"{kg}","kgs","8","","2/17/2018, 6:42:43 PM",00:00:00,0.{kg}'
            for n, kg in enumerate(loads, 1)
        )
        (tmp_path / "reps.csv").write_text("\n".join([head, *rows, ""]))
        book.add(importers.read(tmp_path / "reps.csv", Context(athlete="Ada")), "reps.csv")
    log = book.log()
    both = log.sets.select("set_id", pl.col("load_kg").alias("of_set")).join(log.reps, on="set_id")
    assert sorted(both.select("of_set", "load_kg", "value").rows()) == [
        (100, 100, 0.1), (105, 105, 0.105), (110, 110, 0.11),
    ]  # fmt: skip
    assert log.reps.height == 3
