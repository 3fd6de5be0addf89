"""What is left of an athlete's frames and results for a squad: numbers and catalogue names, no text of anybody.

Filter first, compute after: a metric sees neither a name nor a note nor a title, and its result loses its notes, its
own chart and every free word on top.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Final

import polars as pl

from analysis.estimate import Estimate

TABLES: Final = ("sets", "sessions", "trials", "runs", "splits", "calendar")
HEALTH: Final = ("wellness", "complaints")
_KEYS: Final = ("set_id", "trial_id", "split_id", "calendar_id")  # made of typed names among others; only told apart
_TYPED: Final = ("notes", "load_raw", "distance_raw", "superset", "shoe", "file_ref", "source_id", "exercise_id")
_DELOAD: Final = r"(?i)^\s*deload\b"  # the one word of a title that a metric asks for
_WORDS: Final = ("equation", "test", "measure", "exercise", "days_without_record", "scale")  # parameters of few values
_PLACES: Final = 7  # digits
_PLAIN: Final = (bool, int, float, dt.date, type(None))


def neutral(frame: pl.DataFrame, real: str, shown: str) -> pl.DataFrame:
    """The rows of one athlete under another name, without any text that somebody typed.

    Exercises that the catalogue does not know become `own exercise 1` and so on. Protocols and devices stay, for a
    change of them is a reason to refuse; `bare` keeps them out of the result.

    >>> frame = pl.DataFrame({"athlete": ["Ada"], "session_id": ["Ada|strong|1"], "notes": ["knee"]})
    >>> neutral(frame, "Ada", "Athlete 417").row(0)
    ('Athlete 417', 'Athlete 417|strong|1', None)
    """
    columns = frame.columns
    changed = frame.with_columns(
        pl.lit(shown).alias("athlete"),
        *(pl.format("{}|{}", pl.lit(shown), _place(c)).alias(c) for c in _KEYS if c in columns),
        *([_session(real, shown)] if "session_id" in columns else []),
        *(pl.lit(None, pl.String).alias(c) for c in _TYPED if c in columns),
    )
    if "title" in columns:
        deload = pl.when(pl.col("title").str.contains(_DELOAD)).then(pl.lit("deload"))
        changed = changed.with_columns(deload.alias("title"))
    if "exercise_raw" in columns and "exercise" in columns:
        own = pl.when(pl.col("exercise").is_null()).then("exercise_raw").rank("dense").cast(pl.String)
        changed = changed.with_columns(pl.coalesce("exercise", pl.lit("own exercise ") + own).alias("exercise_raw"))
    return changed


def _place(key: str) -> pl.Expr:
    """The place of a key in their order, as text that sorts like it."""
    return pl.col(key).rank("dense").cast(pl.String).str.zfill(_PLACES)


def _session(real: str, shown: str) -> pl.Expr:
    """The id of a session, the same in every table: the app and the time, behind the shown name."""
    return (f"{shown}|" + pl.col("session_id").str.strip_prefix(f"{real}|")).alias("session_id")


def bare(result: Estimate) -> Estimate:
    """The same result and parts without notes, chart and free words among the parameters."""
    kept = tuple((k, v) for k, v in result.params if isinstance(v, _PLAIN) or (k in _WORDS and isinstance(v, str)))
    parts = tuple(bare(part) for part in result.parts)
    return replace(result, params=kept, notes=(), points=None, draw=None, parts=parts)
