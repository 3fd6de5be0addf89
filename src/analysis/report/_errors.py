"""What can go wrong while a notebook is run, without importing IPython to be able to say it."""

from __future__ import annotations


class NotebookFailed(Exception):  # it reads as what happened
    """A cell raised an error; the text names the cell, the error and the source in one line.

    >>> str(NotebookFailed("cell 3 failed: ValueError: no such athlete, in: answer(athlete)"))
    'cell 3 failed: ValueError: no such athlete, in: answer(athlete)'
    """
