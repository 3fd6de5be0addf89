"""Text to typed rows: cast to a table's schema, and every row that does not fit comes back with the reason."""

from __future__ import annotations

from typing import Any, Final

import dataframely as dy
import polars as pl

from analysis.tables._facts import FACTS
from analysis.tables._runs import by_run

_REFUSED: Final = {"source_row": pl.Int64, "table": pl.String, "reason": pl.String}
_TRUE_FALSE: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def judge(name: str, text: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cast a frame of text to the schema of table `name`; return (good rows, refused rows).

    Empty text is null. Columns the schema knows and the frame lacks are added as null; columns that are not text
    are taken as they are. Dates are ISO (`2026-03-01`, `2026-03-01 17:05:00`). Refused rows come as
    `source_row, table, reason`, one row each, the reason naming every broken rule with the value that broke it.

    >>> text = pl.DataFrame({"exercise_raw": ["Sqaut", ""], "exercise": "back_squat", "source": "a",
    ...                      "source_row": ["2", "3"]})
    >>> good, bad = judge("exercise_aliases", text)
    >>> good.height, bad["reason"].to_list()
    (1, ['exercise_raw is missing'])
    """
    schema, _ = FACTS[name]
    types = {name: column.dtype for name, column in schema.columns().items()}
    text = text.select(pl.col(c) if c in text.columns else pl.lit(None, pl.String).alias(c) for c in types)
    text = text.with_columns(_blank_to_null(text))
    typed = _typed(text, types)
    # most files lose nothing: no row is looked at
    nulls, were = typed.null_count().row(0), text.null_count().row(0)
    lost = [c for c, now, before in zip(types, nulls, were, strict=True) if now > before]
    bad = pl.DataFrame(schema=_REFUSED)
    if lost:
        bad_cast = text.select(pl.any_horizontal(text[c].is_not_null() & typed[c].is_null() for c in lost)).to_series()
        bad = _unreadable(name, text.filter(bad_cast), typed.filter(bad_cast))
        typed = typed.filter(~bad_cast)
    good, failure = schema.filter(typed)
    if len(failure):
        bad = pl.concat([bad, _broken_rules(name, failure)])
    return good, bad.sort("source_row")


def _blank_to_null(text: pl.DataFrame) -> list[pl.Expr]:
    """Empty text as null. Only text that begins like a space can be blank: it alone is stripped to find out."""
    strings = [c for c, dtype in text.schema.items() if dtype == pl.String]
    bare = {c: ((pl.col(c) != "") & ((pl.col(c) < "!") | (pl.col(c) > "~"))).any() for c in strings}
    doubtful = text.select(found.alias(c) for c, found in bare.items()).row(0) if strings else ()
    return [
        pl.when((pl.col(c).str.strip_chars() if spaced else pl.col(c)) != "").then(pl.col(c)).alias(c)
        for c, spaced in zip(strings, doubtful, strict=True)
    ]


def _typed(text: pl.DataFrame, types: dict[str, pl.DataType]) -> pl.DataFrame:
    """Every column cast to its type. Values are read as they stand; where that fails, without the spaces around."""
    nulls = dict(zip(text.columns, text.null_count().row(0), strict=True))
    empty = [c for c in types if nulls[c] == text.height > 0]
    casts = {c: pl.lit(None, types[c]) if c in empty else _cast(text, c, types[c]) for c in types}
    typed = text.select(value.alias(c) for c, value in casts.items())
    again = [
        c for c, n in zip(types, typed.null_count().row(0), strict=True) if n > nulls[c] and text.schema[c] == pl.String
    ]
    bare = text.select(pl.col(again).str.strip_chars())
    return typed.with_columns(bare.select(_cast(bare, c, types[c]) for c in again)) if again else typed


def _cast(text: pl.DataFrame, column: str, dtype: pl.DataType) -> pl.Expr:
    value = pl.col(column)
    if text.schema[column] != pl.String:
        return value.cast(dtype)
    if dtype == pl.Date:
        return pl.lit(by_run(text[column], lambda days: days.str.to_date("%Y-%m-%d", strict=False)))
    if dtype == pl.Datetime:
        return pl.lit(by_run(text[column], _moments))
    if dtype == pl.Boolean:
        return value.str.to_lowercase().replace_strict(_TRUE_FALSE, default=None, return_dtype=pl.Boolean)
    return value if dtype == pl.String else value.cast(dtype, strict=False)


def _moments(texts: pl.Series) -> pl.Series:
    spaced = texts.str.replace("T", " ", literal=True)
    return spaced.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=False)


def _unreadable(name: str, text: pl.DataFrame, typed: pl.DataFrame) -> pl.DataFrame:
    rows = []
    for was, now in zip(text.iter_rows(named=True), typed.iter_rows(named=True), strict=True):
        words = [f"{c} {v!r} cannot be read" for c, v in was.items() if v is not None and now[c] is None]
        rows.append((now["source_row"], name, "; ".join(words)))
    return pl.DataFrame(rows, schema=_REFUSED, orient="row")


def _broken_rules(name: str, failure: dy.FailureInfo) -> pl.DataFrame:
    columns = set(failure.invalid().columns)
    rows = []
    for row in failure.details().iter_rows(named=True):
        broken = [rule for rule, state in row.items() if rule not in columns and state == "invalid"]
        rows.append((row["source_row"], name, "; ".join(_in_words(rule, row) for rule in broken)))
    return pl.DataFrame(rows, schema=_REFUSED, orient="row")


def _in_words(rule: str, row: dict[str, Any]) -> str:
    column, _, check = rule.partition("|")
    if not check:
        return f"rule broken: {column.replace('_', ' ')}"
    if check == "nullability":
        return f"{column} is missing"
    return f"{column} {row[column]!r} is outside the allowed range ({check})"
