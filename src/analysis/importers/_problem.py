"""The one error a user of the importers sees."""

from __future__ import annotations


class ImportProblem(Exception):
    """A file that cannot be read as a whole: what came, what was expected, what to do next, on one line.

    >>> str(ImportProblem("log.csv is empty", "an export with at least one row", "export it again"))
    'log.csv is empty. Expected: an export with at least one row. Next: export it again.'
    """

    def __init__(self, came: str, expected: str, do: str) -> None:
        super().__init__(f"{_line(came)}. Expected: {_line(expected)}. Next: {_line(do)}.")


def _line(words: str) -> str:
    return " ".join(words.split()).rstrip(".")
