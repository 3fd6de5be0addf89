"""Many files in one call share a connection, and still give it up for others."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from analysis import importers
from analysis.importers import Context
from analysis.logbook import Logbook, LogbookProblem, _connection, _schema
from test_faults import export


def add(book: Logbook, folder: Path, n: int) -> None:
    file = folder / f"{n}.csv"
    file.write_text(export(n))
    book.add(importers.read(file, Context(athlete=f"a{n}", unit="kg")), file.name)


def test_a_batch_keeps_its_connection_and_every_import_is_one_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_connection, "HELD_S", 60.0)
    book, other = Logbook(tmp_path / "t.duckdb"), Logbook(tmp_path / "t.duckdb", wait_s=0.1)
    with book.batch():
        add(book, tmp_path, 1)
        kept = book._connections._held
        add(book, tmp_path, 2)
        assert book._connections._held is kept
        assert book.log().imports.height == 2
    assert book._connections._held is None
    assert other.log().imports["import_seq"].to_list() == [1, 2]


def test_a_batch_lets_others_in_after_its_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_connection, "HELD_S", 0.05)
    book = Logbook(tmp_path / "t.duckdb")
    with book.batch():
        add(book, tmp_path, 1)
        kept = book._connections._held
        time.sleep(0.1)
        add(book, tmp_path, 2)
        assert book._connections._held is not kept


def test_a_failed_import_in_a_batch_does_not_stop_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = Logbook(tmp_path / "t.duckdb")
    with book.batch():
        add(book, tmp_path, 1)
        with monkeypatch.context() as broken:
            broken.setattr(_schema, "create", lambda _: (_ for _ in ()).throw(OSError("no space")))
            book._connections._laid_down = False
            with pytest.raises(LogbookProblem, match="cannot be written"):
                add(book, tmp_path, 2)
        add(book, tmp_path, 3)
    assert book.log().athletes["athlete"].to_list() == ["a1", "a3"]


def test_a_first_import_that_failed_leaves_a_logbook_that_can_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = Logbook(tmp_path / "t.duckdb")
    with monkeypatch.context() as broken:
        broken.setattr(_schema, "create", lambda _: (_ for _ in ()).throw(OSError("no space")))
        with pytest.raises(LogbookProblem, match="cannot be written"):
            add(book, tmp_path, 1)
    assert book.answers("a1", "strong") == {}
    add(book, tmp_path, 1)
    assert book.sequence() == 1


def test_another_process_gets_in_while_a_batch_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_connection, "HELD_S", 0.5)
    book = Logbook(tmp_path / "t.duckdb")
    look = f"from analysis.logbook import Logbook; print(Logbook({str(book.path)!r}, wait_s=4).sequence())"
    with book.batch():
        add(book, tmp_path, 1)
        other = subprocess.Popen([sys.executable, "-c", look], stdout=subprocess.PIPE)
        until = time.monotonic() + 20
        while other.poll() is None and time.monotonic() < until:
            book.answers("a1", "strong")
        during = other.poll()
    assert other.communicate()[0].split() == [b"1"]
    assert during == 0
