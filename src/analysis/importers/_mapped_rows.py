"""What the rows of every mapped table share: whose they are, their day, numbers, durations, distances and units."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final

import polars as pl

from analysis.importers import _athletes, _cells, _dates, _durations, _instants
from analysis.importers._cells import CellProblem
from analysis.importers._facts import Fact, Facts
from analysis.importers._mapping import SheetMapping
from analysis.importers._problem import ImportProblem
from analysis.importers._raw import Context
from analysis.units import kg_per, metres_per

VENDOR: Final = "mapped_sheet"
_ORDERS: Final = {"dmy": "day_first", "mdy": "month_first", "ymd": "year_first"}
_SERIAL: Final = re.compile(r"\d{5}")
_EPOCHS: Final = {"1900": dt.date(1899, 12, 30), "1904": dt.date(1904, 1, 1)}
_SECONDS: Final = {"s": 1, "sec": 1, "seconds": 1, "min": 60, "mins": 60, "minutes": 60, "h": 3600, "hours": 3600}
_LONG_CLOCK: Final = re.compile(r"(\d{1,3}):(\d{2}):(\d{2})(?:[.,]\d+)?")
_CLOCK: Final = re.compile(r"(\d{1,3}):(\d{2})")
_WITH_UNIT: Final = re.compile(r"(.*?\d)\s*([a-z]+)\.?", re.IGNORECASE | re.DOTALL)


@dataclass
class Sheet:
    """A sheet while it is read: its facts with athlete and day, and the rows that were refused on the way."""

    file: str
    mapping: SheetMapping
    context: Context
    facts: list[Fact]
    ignored: dict[int, str]
    refused: dict[int, str]
    rules: _cells.Rules
    decisions: dict[str, str] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    bare_loads: list[float] = field(default_factory=list)

    @property
    def key(self) -> str:
        """What begins the ids: the vendor and the name of the sheet."""
        return f"{VENDOR}:{self.mapping.name}" if self.mapping.name else VENDOR

    def answer(self, question: str, key: str) -> str | None:
        """An answer from the mapping, else from the option, else from an earlier import."""
        told = self.mapping.told("defaults", key)
        option: str | None = getattr(self.context, question)
        if told and option and told != option:
            came = f"[defaults] {key} is {told!r}, while --{question.replace('_', '-')} says {option}"
            raise self.mapping.problem(came, "one answer", "leave the option out, or correct the mapping file")
        found = told or self.context.answer(question)
        if found:
            origin = "mapping" if told else "option" if option else "saved"
            self.decisions |= {question: found, f"{question}_from": origin}
        return found

    def ask(self, what: str, example: str, key: str, words: str) -> ImportProblem:
        """The question that a fact raises which the mapping does not answer."""
        came = f"{self.file} has {what} such as {example!r}"
        return ImportProblem(came, f"a declaration of what it means ({words})", f"say [defaults] {key} in the mapping")


def of(file: str, mapping: SheetMapping, context: Context, made: Facts, *, workbook: bool) -> Sheet:
    """The sheet with `athlete`, `date` (ISO) and `start_local` in every fact."""
    rules = replace(mapping.rules, either_decimal=workbook)
    sheet = Sheet(file, mapping, context, list(made.facts), dict(made.ignored), dict(made.refused), rules)
    if not sheet.facts:
        return sheet
    given = context.athlete or mapping.told("defaults", "athlete")
    names = pl.DataFrame({"named": [fact.told.get("athlete", "") for fact in sheet.facts]})
    named, sheet.notices = _athletes.named(names, "named", replace(context, athlete=given), file)
    dates = _dated(sheet)
    together = zip(sheet.facts, named["athlete"], dates.date, dates.start, strict=True)
    sheet.facts = [
        Fact(fact.row, {**fact.told, "athlete": name, "date": date or "", **({"start_local": start} if start else {})})
        for fact, name, date, start in together
    ]
    zone = mapping.told("defaults", "tz")
    if zone:
        _instants.named_zone(zone)
    return sheet


def _dated(sheet: Sheet) -> _dates.Dated:
    if not any(fact.told.get("date") for fact in sheet.facts):
        came = f"{sheet.file} has no date in any row, and the mapping names none"
        way_out = 'name the column in [columns] date, or the day of the whole sheet in [constants] date = "2026-03-01"'
        raise ImportProblem(came, "a day for every row", way_out)
    texts = [_day(sheet, fact.told) for fact in sheet.facts]
    told = sheet.mapping.told("defaults", "date_order")
    order = _ORDERS.get(told, told)
    option = sheet.context.answer("date_order")
    dates = _dates.local(pl.Series(texts, dtype=pl.String), sheet.file, order or option)
    opposite = order in _dates.ORDERS and dates.order in _dates.ORDERS and dates.order != order
    if opposite:
        came = f"[defaults] date_order is {told!r}, while the dates of {sheet.file} have the other order"
        raise sheet.mapping.problem(came, "the order of the file", "correct date_order")
    sheet.decisions |= dates.decisions
    return dates


def _day(sheet: Sheet, told: dict[str, str]) -> str:
    text, epoch = told.get("date", ""), sheet.mapping.told("defaults", "serial_dates")
    if _SERIAL.fullmatch(text) and epoch:
        text = (_EPOCHS[epoch] + dt.timedelta(days=int(text))).isoformat()
    return f"{text} {told['time']}" if told.get("time") else text


def each(sheet: Sheet, read: Callable[[Sheet, dict[str, str]], list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """What `read` makes of each fact, with athlete, day and row; a fact that it cannot read refuses the row.

    A refused row stays with athlete and day, so that the list of refused rows can say whose it was.
    """
    rows = []
    for fact in sheet.facts:
        who: dict[str, Any] = {key: fact.told.get(key) for key in ("athlete", "date", "start_local")}
        who |= {"source": VENDOR, "source_row": fact.row, "exercise_raw": fact.told.get("exercise", "")}
        try:
            made = read(sheet, fact.told)
        except CellProblem as problem:
            sheet.refused.setdefault(fact.row, str(problem))
            made = [{}]
        rows += [{**who, **row} for row in made]
    kept = {row["source_row"] for row in rows}
    sheet.ignored |= {fact.row: "skipped" for fact in sheet.facts if fact.row not in kept}
    return rows


def frame(rows: list[dict[str, Any]], columns: Iterable[str]) -> pl.DataFrame:
    """The rows as a frame of text with these columns beside whose they are."""
    names = ("athlete", "date", "start_local", "source", "source_row", *columns)
    schema = {name: pl.Int64 if name == "source_row" else pl.String for name in names}
    return pl.DataFrame([{name: row.get(name) for name in names} for row in rows], schema=schema, orient="row")


def number(sheet: Sheet, told: dict[str, str], column: str) -> str | None:
    """A column as a number, null where it is empty."""
    text = told.get(column)
    return None if not text else reading(column, text, lambda: _cells.number(text, sheet.rules))


def reading(column: str, text: str, read: Callable[[], Any]) -> Any:
    """What `read` gives; its problem names the column and quotes the cell."""
    try:
        return read()
    except CellProblem as problem:
        raise CellProblem(f"{column} '{' '.join(text.split())}' cannot be read: {problem}") from None


def seconds(sheet: Sheet, told: dict[str, str], column: str, *, short: bool = False) -> str | None:
    """A column as seconds; a plain number needs a unit, and `3:42` a declared clock unless times are `short`."""
    text = told.get(column, "")
    if not text:
        return None
    unit = told.get("duration_unit") or sheet.mapping.told("defaults", "duration_unit")
    clock = sheet.mapping.told("defaults", "clock") or ("m:ss" if short else None)
    if _CLOCK.fullmatch(text):
        if clock is None:
            raise sheet.ask("times", text, "clock", '"m:ss" or "h:mm"')
        first, second = map(int, text.split(":"))
        return str(60 * first + second if clock == "m:ss" else 3600 * first + 60 * second)
    if found := _LONG_CLOCK.fullmatch(text):
        return str(3600 * int(found[1]) + 60 * int(found[2]) + int(found[3]))
    found_s = None if re.fullmatch(r"[\d.,]+", text) else _durations.seconds(text)
    if found_s is not None:
        return f"{found_s:.15g}"
    value = number(sheet, told, column)
    if unit is None:
        raise sheet.ask("durations", text, "duration_unit", '"s", "min" or "h"')
    return f"{float(value or 0) * _SECONDS[unit.casefold()]:.15g}"


def metres(sheet: Sheet, told: dict[str, str], *, needed: bool) -> tuple[str | None, str | None]:
    """The distance in metres and as written; without a unit it is kept as text where it is not `needed`, else asked."""
    text = told.get("distance", "")
    if not text:
        return None, None
    found = _WITH_UNIT.fullmatch(text)
    bare, unit = (found[1], found[2]) if found else (text, told.get("distance_unit"))
    unit = unit or sheet.answer("distance_unit", "distance_unit")
    value = reading("distance", text, lambda: _cells.number(bare, sheet.rules))
    if unit is None:
        if needed:
            raise sheet.ask("distances", text, "distance_unit", '"m", "km" or "mi"')
        return None, text
    try:
        factor = metres_per(unit)
    except ValueError:
        raise CellProblem(f"distance {text!r} cannot be read: {unit!r} is no unit of distance") from None
    return (value if factor == 1 else f"{float(value) * factor:.15g}"), text


def kilograms(sheet: Sheet, told: dict[str, str], load: _cells.Load) -> str | None:
    """The load in kilograms; one without a unit is kept aside, since the whole file is asked for it then."""
    if load.value is None:
        return None
    unit = load.unit or told.get("load_unit") or sheet.answer("unit", "load_unit")
    if unit is None:
        if float(load.value):
            sheet.bare_loads.append(float(load.value))
        return load.value
    try:
        factor = kg_per(unit)
    except ValueError:
        raise CellProblem(f"load {load.raw!r} cannot be read: {unit!r} is no unit of load") from None
    return load.value if factor == 1 else f"{float(load.value) * factor:.15g}"
