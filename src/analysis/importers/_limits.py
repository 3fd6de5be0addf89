"""How large a file may be: caps against files made to exhaust the machine, each of which a setting can raise."""

from __future__ import annotations

import os
from typing import Final

from analysis.importers._problem import ImportProblem

_DEFAULTS: Final = {
    "BYTES": 200_000_000,  # a text file, or one unpacked member of an archive
    "STREAM_BYTES": 8_000_000_000,  # a file that is read piece by piece (Apple Health)
    "ROWS": 2_000_000,
    "COLUMNS": 5_000,
    "CELLS": 5_000_000,  # of a workbook, with the empty ones up to its last row and column
    "MEMBERS": 50_000,  # files in one archive
    "UNPACKED_BYTES": 2_000_000_000,  # all that is taken out of one archive
}
_DIGITS: Final = 19  # of a number that fits into 64 bits


def _limit(name: str) -> int:
    told = os.environ.get(f"STRIDELIFT_MAX_{name}")
    if told is None:
        return _DEFAULTS[name]
    if not (told.isascii() and told.isdigit() and len(told) < _DIGITS) or int(told) == 0:
        raise ImportProblem(f"STRIDELIFT_MAX_{name} is {told[:40]!r}", "a whole number above 0", "correct or unset it")
    return int(told)


def size() -> int:
    """Most bytes of a file that is read whole.

    >>> size()
    200000000
    """
    return _limit("BYTES")


def stream_size() -> int:
    """Most bytes of a file that is read piece by piece."""
    return _limit("STREAM_BYTES")


def rows() -> int:
    """Most rows of a file."""
    return _limit("ROWS")


def columns() -> int:
    """Most columns of a table."""
    return _limit("COLUMNS")


def cells() -> int:
    """Most cells of a workbook, from the first to the last row and column with anything in it."""
    return _limit("CELLS")


def members() -> int:
    """Most files in an archive."""
    return _limit("MEMBERS")


def unpacked() -> int:
    """Most bytes that an archive unpacks to."""
    return _limit("UNPACKED_BYTES")


def raise_it(name: str, or_else: str = "split the file") -> str:
    """What to do about a file beyond a limit.

    >>> raise_it("ROWS")
    'split the file, or set STRIDELIFT_MAX_ROWS higher'
    """
    return f"{or_else}, or set STRIDELIFT_MAX_{name} higher"
