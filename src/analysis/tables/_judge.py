"""Text to typed rows: cast to a table's schema, and every row that does not fit comes back with the reason."""

from __future__ import annotations

from typing import Any, Final

import dataframely as dy
import polars as pl

from analysis.tables._facts import FACTS

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
    text = text.select(
        _blank_to_null(c, text.schema) if c in text.columns else pl.lit(None, pl.String).alias(c) for c in types
    )
    typed = text.select(
        _cast(c, dtype) if text.schema[c] == pl.String else pl.col(c).cast(dtype) for c, dtype in types.items()
    )
    # most files lose nothing: no row is looked at
    lost = [c for c in types if typed[c].null_count() > text[c].null_count()]
    bad = pl.DataFrame(schema=_REFUSED)
    if lost:
        bad_cast = text.select(pl.any_horizontal(text[c].is_not_null() & typed[c].is_null() for c in lost)).to_series()
        bad = _unreadable(name, text.filter(bad_cast), typed.filter(bad_cast))
        typed = typed.filter(~bad_cast)
    good, failure = schema.filter(typed)
    if len(failure):
        bad = pl.concat([bad, _broken_rules(name, failure)])
    return good, bad.sort("source_row")


def _blank_to_null(column: str, schema: pl.Schema) -> pl.Expr:
    if schema[column] != pl.String:
        return pl.col(column)
    return pl.when(pl.col(column).str.strip_chars() != "").then(pl.col(column))


def _cast(column: str, dtype: pl.DataType) -> pl.Expr:
    value = pl.col(column)
    if dtype == pl.String:
        return value
    value = value.str.strip_chars()
    if dtype == pl.Date:
        return value.str.to_date("%Y-%m-%d", strict=False)
    if dtype == pl.Datetime:
        return value.str.replace("T", " ", literal=True).str.to_datetime(
            "%Y-%m-%d %H:%M:%S", time_unit="us", strict=False
        )
    if dtype == pl.Boolean:
        return value.str.to_lowercase().replace_strict(_TRUE_FALSE, default=None, return_dtype=pl.Boolean)
    return value.cast(dtype, strict=False)


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
