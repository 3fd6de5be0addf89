"""Text that a spreadsheet would take for a formula, marked on the way out and unmarked on the way in (OWASP)."""

from __future__ import annotations

from typing import Final

import polars as pl

_RISKY: Final = r"^[=+\-@\t\r']"  # a quote is marked as well, so that unmarking gives back every text


def marked(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with a quote before every text that a spreadsheet might run.

    >>> marked(pl.DataFrame({"notes": ["=1+1", "easy"], "n": [-1, 2]})).rows()
    [("'=1+1", -1), ('easy', 2)]
    """
    text = pl.col(pl.String)
    return frame.with_columns(pl.when(text.str.contains(_RISKY)).then("'" + text).otherwise(text).name.keep())


def unmarked(text: str) -> str:
    """The text without the quote that `marked` put before it.

    >>> unmarked("'=1+1"), unmarked("easy")
    ('=1+1', 'easy')
    """
    return text.removeprefix("'")


def unmarked_frame(frame: pl.DataFrame) -> pl.DataFrame:
    """The same for every text column of a frame."""
    return frame.with_columns(pl.col(pl.String).str.strip_prefix("'"))
