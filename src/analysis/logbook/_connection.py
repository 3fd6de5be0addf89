"""Connections to the store: short-lived, so that an open notebook never blocks an import; a locked file is retried."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import duckdb

from analysis.logbook import _schema
from analysis.logbook._problem import LogbookProblem

HELD_S: Final = 1.0  # how long a batch keeps a connection before it lets others in
OPEN_S: Final = 0.15  # for how long it does: longer than others pause between two looks
LONGEST_PAUSE_S: Final = 0.05


class Connections:
    """How one logbook is opened. `batch` lets many imports share a connection, given up every second."""

    def __init__(self, path: Path, wait_s: float) -> None:
        self.path = path
        self.wait_s = wait_s
        self._batching = False
        self._held: duckdb.DuckDBPyConnection | None = None
        self._since = 0.0
        self._users = 0
        self._laid_down = self._spoilt = False

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Keep a connection from one use to the next, for a second at most."""
        self._batching = True
        try:
            yield
        finally:
            self._batching = False
            self._give_up()

    @contextmanager
    def open(self, *, read_only: bool) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection; closed at the end, or kept for the rest of its second in a batch. Raises LogbookProblem."""
        if self._users == 0 and time.monotonic() - self._since > HELD_S:
            waited_for = self._batching and self._held is not None
            self._give_up()
            if waited_for:
                time.sleep(OPEN_S)
        if self._held is None:
            self._held = self._connect(read_only=read_only and not self._batching)
            self._since = time.monotonic()
        self._users += 1
        try:
            yield self._held
        except BaseException as error:
            self._spoilt = True
            if not isinstance(error, duckdb.CatalogException):
                raise
            raise LogbookProblem(
                f"{self.path}: a database, but not a logbook of stridelift; name another --logbook"
            ) from error
        finally:
            self._users -= 1
            if self._users == 0 and (self._spoilt or not self._batching):
                self._give_up()

    @contextmanager
    def transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection on a logbook of today's layout; everything done on it is stored, or nothing is."""
        with self.open(read_only=False) as con:
            try:
                con.begin()
                if not self._laid_down:
                    _schema.create(con)
                yield con
                con.commit()
            except (duckdb.CatalogException, LogbookProblem):
                _undo(con)
                raise
            except (duckdb.Error, OSError) as error:  # a full disk, above all
                _undo(con)
                raise LogbookProblem(
                    f"{self.path} cannot be written ({_first_line(error)}); nothing of this import is stored: "
                    "free some space or check the permissions, then import again"
                ) from error
            except BaseException:
                _undo(con)
                raise
            self._laid_down = True

    def _give_up(self) -> None:
        if self._held is not None:
            self._held.close()
        self._held, self._laid_down, self._spoilt = None, False, False

    def _connect(self, *, read_only: bool) -> duckdb.DuckDBPyConnection:
        deadline = time.monotonic() + self.wait_s
        pause = 0.01
        while True:
            try:
                return duckdb.connect(str(self.path), read_only=read_only)
            except duckdb.IOException as error:
                if "could not set lock" not in str(error).lower():
                    raise LogbookProblem(
                        f"{self.path}: not a logbook that can be opened: {_first_line(error)}"
                    ) from error
                if time.monotonic() > deadline:
                    raise LogbookProblem(f"{self.path}: in use for {self.wait_s:g} s: {_first_line(error)}") from error
            except duckdb.Error as error:
                raise LogbookProblem(f"{self.path}: not a logbook that can be opened: {_first_line(error)}") from error
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)


def _undo(con: duckdb.DuckDBPyConnection) -> None:
    with suppress(duckdb.Error):  # after a failed commit there is nothing left to roll back
        con.rollback()


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
