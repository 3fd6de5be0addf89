"""What the columns of an unknown sheet look like: by their names in many languages, and by their cells."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import polars as pl

from analysis import exercises
from analysis.importers import _dates
from analysis.importers._grid import Grid
from analysis.importers._header import fold

_WORDS: Final = {
    "athlete": "athlete name player atleta athlet sportler spieler nome joueur runner playerid 選手 氏名",
    "date": "date datum data fecha dato tarih day giorno tag jour testdate 日付 日 дата",
    "time": "time starttime uhrzeit orario heure timeofday",
    "workout": "workout session workoutname programma einheit séance training",
    "exercise": "exercise esercizio übung exercice ejercicio oefening övning øvelse lift movement ćwiczenie 種目",
    "sets": "sets serie sätze séries series nsets セット",
    "reps": "reps rep repetitions ripetizioni wiederholungen wdh répétitions repeticiones 回数 повторения",
    "load": "weight load kg lb lbs peso carico gewicht poids carga ciężar vikt vægt 重量 вес",
    "rpe": "rpe", "rir": "rir", "side": "side lato seite côté lado",
    "distance": "distance distanza distanz distancia strecke run km miles 距離",
    "duration": "duration durata dauer durée duración minutes",
    "notes": "notes note comment comments notizen bemerkung kommentar remarques notas description 備考",
    "test": "test testtype testname", "trial": "trial attempt versuch tentativo essai",
    "measure": "measure metric", "value": "value result ergebnis risultato wert résultat",
    "set_type": "settype type art", "speed_m_s": "velocity speed geschwindigkeit velocità vitesse velocidad",
}  # fmt: skip
BY_NAME: Final = {fold(word): role for role, words in _WORDS.items() for word in words.split()}
UNIT: Final = re.compile(r"\s*[(\[].*?[)\]]\s*$")
_HEADER_UNIT: Final = re.compile(r"[(\[]\s*(kg|kgs|lb|lbs|m|km|mi|miles|min|s|h)\s*[)\]]\s*$", re.IGNORECASE)
_PRODUCT: Final = re.compile(r"\d\S*\s*[x×*✕х]\s*\d", re.IGNORECASE)
_SLASHES: Final = re.compile(r"(?:\d+|-)(?:/(?:\d+|-))+")
_A_DATE: Final = re.compile(r"\d{4}|\d{1,2}[./-]\d{1,2}[./-]\d{2}\b")
_NUMBER: Final = re.compile(r"-?\d+(?:[.,]\d+)?")
GATE: Final = re.compile(r"\d+(?:[.,]\d+)?\s*(?:m|yd)\b", re.IGNORECASE)
WEEK: Final = re.compile(r"\b(?:week|woche|settimana|semaine|semana|wk|w)\s*\d+\b", re.IGNORECASE)
LOOKED_AT, EXAMPLES = 400, 3
_MOST, _NAMES = 0.6, 40


@dataclass(frozen=True)
class Column:
    at: int
    address: str
    header: str
    texts: list[str]

    def share(self, fits: Callable[[str], object]) -> float:
        """The share of the filled cells that fit."""
        return sum(bool(fits(text)) for text in self.texts) / len(self.texts) if self.texts else 0.0

    @property
    def is_numbers(self) -> bool:
        return self.share(_NUMBER.fullmatch) > _MOST

    @property
    def is_dates(self) -> bool:
        return self.share(_A_DATE.search) > _MOST and self.share(is_date) > _MOST

    @property
    def is_exercises(self) -> bool:
        """Whether the catalogue knows most of the names."""
        names = pl.Series("exercise_raw", list(dict.fromkeys(self.texts))[:_NAMES], dtype=pl.String)
        if names.is_empty() or self.is_numbers or self.is_dates or self.is_products:
            return False
        return 2 * exercises.annotate(names)["exercise"].count() > names.len()

    @property
    def is_products(self) -> bool:
        return self.share(_PRODUCT.search) > _MOST or self.share(_SLASHES.fullmatch) > _MOST

    @property
    def role(self) -> str | None:
        """What the header says, in one of many languages."""
        return BY_NAME.get(fold(UNIT.sub("", self.header)))

    @property
    def unit(self) -> str | None:
        """The unit that the header states."""
        found = _HEADER_UNIT.search(self.header)
        bare = fold(self.header)
        return found[1].casefold() if found else bare if bare in ("kg", "lb", "lbs", "km", "miles") else None

    @property
    def looks(self) -> str:
        """What the cells look like, in words."""
        kinds = {"dates": self.is_dates, "cells of several numbers": self.is_products, "numbers": self.is_numbers}
        kind = next((words for words, fits in kinds.items() if fits), "text")
        shown = ", ".join(quoted(text[:40]) for text in list(dict.fromkeys(self.texts))[:EXAMPLES])
        return f"{len(self.texts)} filled, {kind}: {shown}" if self.texts else "empty"


def is_data(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text) or _PRODUCT.search(text) or (_A_DATE.search(text) and is_date(text)))


def is_date(text: str) -> bool:
    dated = _dates.local(pl.Series([text]), "", "day_first")
    return dated.date[0] != text or bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text))


def is_day(header: str) -> bool:
    return bool(_A_DATE.search(header)) and is_date(header)


def running_totals(grid: Grid) -> dict[int, str]:
    """Columns that add up another one, from row to row or over seven rows: formulas, which are left out."""
    rows = grid.rows[:LOOKED_AT]
    numbers = {at: [_float(row[at]) for _, row in rows] for at in range(len(grid.headers))}
    real = {at: values for at, values in numbers.items() if sum(value != 0 for value in values) > 4}
    found: dict[int, str] = {}
    for at, values in real.items():
        for other, parts in real.items():
            if other >= at or other in found:
                continue
            steps = [after - before for before, after in zip([0.0, *values], values, strict=False)]
            weeks = [sum(parts[max(0, n - 6) : n + 1]) for n in range(len(parts))]
            kinds = {"running total": (steps, parts), "sum over seven rows": (values, weeks)}
            told = next((what for what, (seen, expected) in kinds.items() if _near(seen, expected)), None)
            if told and not _near(values, parts):
                found.setdefault(at, f"{told} of {grid.address(other)}")
    return found


def _near(seen: list[float], expected: list[float]) -> bool:
    close = sum(abs(a - b) < 0.011 * max(1, abs(b)) for a, b in zip(seen, expected, strict=True))
    return close > 0.9 * len(seen)


def _float(text: str) -> float:
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else 0.0


def roles_of(columns: list[Column]) -> dict[str, Column]:
    """Our columns and the sheet's: by the header, else (dates and exercises only) by the cells."""
    roles: dict[str, Column] = {}
    for column in columns:
        role = column.role
        if role and role not in roles and (role != "date" or column.is_dates):
            roles[role] = column
    if "speed_m_s" in roles and "time" in roles and roles["time"].is_numbers:
        roles["t_s"] = roles.pop("time")
    free = [column for column in columns if column not in roles.values()]
    dated = next((column for column in free if column.is_dates), None)
    named = next((column for column in free if column.is_exercises), None)
    by_cells = {"date": dated, "exercise": named}
    for role, column_of in by_cells.items():
        if role not in roles and column_of is not None:
            roles[role] = column_of
    return roles


def wide_of(columns: list[Column], roles: dict[str, Column]) -> list[Column]:
    """The columns that hold one set, week or gate each."""
    free = [column for column in columns if column not in roles.values()]
    sets = [column for column in free if column.is_products or re.fullmatch(r"(?:set|satz|serie)\s*\d+", column.header.casefold())]  # fmt: skip  # noqa: E501
    gates = [column for column in free if GATE.fullmatch(column.header) and column.is_numbers]
    weeks = [column for column in free if WEEK.search(column.header) or is_day(column.header)]
    return next((found for found in (weeks, gates, sets) if len(found) > 1), [])


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def plain(text: str) -> str:
    """A text for a comment: one line without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
