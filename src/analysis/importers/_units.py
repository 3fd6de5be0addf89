"""Which unit a file is in: per row, else header, else the saved answer, else the option, else a question.

A load unit is never guessed. A distance without a unit is kept as text, since most sets have none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import polars as pl

from analysis.importers._numbers import counted, number
from analysis.importers._problem import ImportProblem
from analysis.importers._raw import Context
from analysis.importers._text import per_value
from analysis.units import LB_KG, MI_M, kg_per, metres_per

_SYMBOLS: Final = {1.0: {"unit": "kg", "distance_unit": "m"}, LB_KG: {"unit": "lb"}, 1000.0: {"distance_unit": "km"},
                   MI_M: {"distance_unit": "mi"}}  # fmt: skip
_SHOWN: Final = 5
_DUST: Final = 1e-4  # what converting back and forth leaves behind
_FACTOR: Final[dict[str, Callable[[str], float]]] = {"unit": kg_per, "distance_unit": metres_per}


Question = Literal["unit", "distance_unit"]


@dataclass(frozen=True)
class Unit:
    """The unit of a column: its symbol (null if unknown), where it comes from, and the factor to SI of each row."""

    symbol: str | None
    origin: str | None
    factor: pl.Expr

    def decisions(self, question: str) -> dict[str, str]:
        """The decision as it is recorded, `unit=kg, unit_from=header`; nothing if nothing was decided."""
        if self.symbol is None or self.origin is None:
            return {}
        return {question: self.symbol, f"{question}_from": self.origin}


def unit_of(
    question: Question,
    file: str,
    context: Context,
    *,
    header: str | None,
    rows: pl.Series | None = None,
) -> Unit:
    """Decide the unit of loads (`unit`) or distances (`distance_unit`).

    `header` is the unit in the column name, `rows` the unit column if the file has one. Raises ImportProblem where
    the option contradicts the file or the answer saved earlier, and where header and rows contradict each other. A
    file that says nothing gives a Unit without symbol.
    """
    told = _told_by_rows(question, rows) if rows is not None else {}
    symbols = sorted({_symbol(question, factor) for factor in told.values() if factor is not None})
    if header is not None:
        symbols = [_agreed(question, file, header, symbols)]
    option: str | None = getattr(context, question)
    saved = context.saved.get(question)
    if saved is not None and "+" in saved:  # an earlier file had both units in its rows: no answer for this one
        saved = None
    _refuse_contradiction(question, file, option, saved, symbols)
    answer = saved or option
    if header is not None:
        return Unit(symbols[0], "header", pl.lit(_FACTOR[question](header)))
    fallback = _FACTOR[question](answer) if answer else None
    origin = ("saved" if saved else "option") if answer else None
    if rows is None:
        return Unit(answer, origin, pl.lit(fallback, pl.Float64))
    factors = per_value(rows, lambda text: told[text] if text.strip() else fallback, pl.Float64)
    return Unit("+".join(symbols) or answer, "row" if symbols else origin, pl.lit(factors))


def factor_of(question: str, text: str) -> float | None:
    """The factor to SI of a unit as a file writes it, None where it is not known.

    >>> factor_of("unit", "Lbs"), factor_of("distance_unit", "mi."), factor_of("unit", "stone")
    (0.45359237, 1609.344, None)
    """
    try:
        return _FACTOR[question](text)
    except ValueError:
        return None


def ask_for_load_unit(file: str, loads: pl.Series) -> ImportProblem:
    """The question to the user where a file has loads and no unit, with what the numbers themselves suggest."""
    came = f"{file} has {counted(loads.len(), 'weight')} and does not say whether in kg or lb ({_hint(loads)})"
    return ImportProblem(came, "a unit in the header, in the rows or as an option", "pass --unit kg or --unit lb")


def refuse_unknown(file: str, frame: pl.DataFrame) -> None:
    """Raise ImportProblem where a load stands beside a unit that is not known, such as stone."""
    loads = frame.filter(number("load").fill_null(0) != 0)
    said = loads.filter(pl.col("load_unit").str.strip_chars() != "")["load_unit"]
    unknown = sorted(text.strip() for text, factor in _told_by_rows("unit", said).items() if factor is None)
    if unknown:
        came = f"{file} has weights in {', '.join(map(repr, unknown[:_SHOWN]))}"
        raise ImportProblem(came, "kg or lb in every row", "convert these rows to kg or lb, then import again")


def loads_in(frame: pl.DataFrame, column: str) -> pl.Series:
    """The weights of a column that are numbers other than zero: zero needs no unit."""
    values = frame[column].cast(pl.Float64, strict=False)
    if values.null_count() > (frame[column].fill_null("") == "").sum():  # spaces around, or no number
        values = frame.select(number(column).alias(column))[column]
    values = values.drop_nulls()
    return values.filter(values != 0)


def _told_by_rows(question: str, rows: pl.Series) -> dict[str, float | None]:
    return {text: factor_of(question, text) for text in rows.unique()}


def _agreed(question: str, file: str, header: str, in_rows: list[str]) -> str:
    symbol = _symbol(question, _FACTOR[question](header))
    others = [other for other in in_rows if other != symbol]
    if others:
        quantity = "weights" if question == "unit" else "distances"
        came = f"{file} has {quantity} in {symbol} by its header and in {' and '.join(others)} by its rows"
        raise ImportProblem(came, "one unit for each weight or distance", "correct the header or the unit column")
    return symbol


def _symbol(question: str, factor: float) -> str:
    return _SYMBOLS.get(factor, {}).get(question, f"{factor} m")


def _refuse_contradiction(question: str, file: str, option: str | None, saved: str | None, told: list[str]) -> None:
    flag = "--" + question.replace("_", "-")
    if option and told and told != [option]:
        came = f"{file} is in {' and '.join(told)}, while {flag} says {option}"
        raise ImportProblem(came, "an option that agrees with the file", f"leave out {flag}")
    if option and saved and not told and option != saved:
        came = f"{flag} says {option}, while earlier imports of this athlete were read in {saved}"
        way_out = f"leave out {flag}, or check {file}; to replace the saved answer add --forget-answers"
        raise ImportProblem(came, "the same unit in every export of one app", way_out)


def _hint(loads: pl.Series) -> str:
    def on_grid(values: pl.Series) -> float:
        steps = values / 2.5
        return 100 * int(((steps - steps.round()).abs() < _DUST).sum()) / max(values.len(), 1)

    dusty = loads.filter((loads * 100 - (loads * 100).round()).abs() > _DUST)
    words = f"{on_grid(loads):.0f} % are multiples of 2.5 as they stand"
    if dusty.is_empty():
        return f"{words}, which fits both units"
    if_kg, if_lb = on_grid(dusty / LB_KG), on_grid(dusty * LB_KG)
    return (
        f"{words}; of {dusty.len()} odd ones {if_kg:.0f} % are round lb if it is kg, {if_lb:.0f} % round kg if it is lb"
    )
