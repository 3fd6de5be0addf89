"""Wall-clock dates in many languages, and the order of day and month decided on the whole column.

Times stay naive and local: no machine time zone is ever applied. Month words: a word of three letters or more that
is, or else begins, the name of exactly one month (accents and dots aside), plus the shortenings that do not begin the
name or begin two.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

import polars as pl

from analysis.importers._problem import ImportProblem
from analysis.importers._text import per_value
from analysis.tables._runs import by_run
from analysis.tables._runs import starts as run_starts

# English, German, French, Italian, Spanish, Portuguese, Dutch, Polish, Swedish, Danish, Turkish, Russian,
# Czech, Finnish, Hungarian, Norwegian, Romanian
_MONTHS: Final = (
    (
        "january januar jänner janvier gennaio enero janeiro januari styczeń stycznia ocak январь "
        "января leden ledna tammikuuta ianuarie"
    ),
    (
        "february februar février febbraio febrero fevereiro februari luty lutego şubat февраль "
        "февраля únor února helmikuuta"
    ),
    (
        "march mar märz mars marzo março maart mrt mrz marzec marca marts mart март марта březen "
        "března maaliskuuta március martie"
    ),
    "april avril aprile abril kwiecień kwietnia nisan апрель апреля duben dubna huhtikuuta",
    "may mai maggio mayo maio mei maj maja mayıs май мая květen května toukokuuta",
    "june juni juin giugno junio junho czerwiec czerwca haziran июнь июня červen června čvn kesäkuuta június iunie",
    "july juli juillet luglio julio julho lipiec lipca temmuz июль июля červenec července čvc heinäkuuta július iulie",
    "august août agosto augustus sierpień sierpnia augusti ağustos август августа srpen srpna elokuuta augusztus",
    (
        "september septembre settembre septiembre setiembre setembro wrzesień września eylül "
        "сентябрь сентября září syyskuuta szeptember"
    ),
    (
        "october oktober octobre ottobre octubre outubro październik października ekim октябрь "
        "октября říjen října lokakuuta octombrie"
    ),
    "november novembre noviembre novembro listopad listopada kasım ноябрь ноября listopadu marraskuuta noiembrie",
    (
        "december dezember décembre dicembre diciembre dezembro grudzień grudnia aralık декабрь "
        "декабря prosinec prosince joulukuuta desember"
    ),
)
_LONGEST: Final = 200  # characters; no date is longer, and every word of it would be looked up
_SHORTEST_WORD, _DATE_PARTS, _YEAR_DIGITS, _MONTHS_A_YEAR = 3, 3, 4, 12
_CLOCK: Final = re.compile(r"(\d{1,2})[:h](\d{2})(?::(\d{2})(?:\.\d+)?)?")
_AM: Final = re.compile(r"\ba\.?\s?m\b\.?|오전|上午|午前")
_PM: Final = re.compile(r"\bp\.?\s?m\b\.?|오후|下午|午後")
_ZONE: Final = re.compile(r"\s?(?:z|utc|gmt|[+-]\d{2}:?\d{2})$")
_NUMBERED_MONTH: Final = re.compile(r"(\d{1,2})\s?[월月]")
_PART: Final = re.compile(r"m\d+|\d+|[^\W\d_]{3,}")
_DOTTED: Final = re.compile(r"\d\.\s?\d")
_ISO: Final = r"^[12][0-9]{3}-[0-9]{2}-[0-9]{2} (?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$"
_WORDED: Final = r"^([0-9]{1,2} [\p{Latin}\p{Cyrillic}]{3,}\.? [12][0-9]{3}), (?:[01][0-9]|2[0-3]):[0-5][0-9]$"
_AS_ISO: Final = "save the date column as YYYY-MM-DD HH:MM and import again"
_SAY_WHICH: Final = f"say which with --date-order day_first or month_first (or {_AS_ISO})"
_MIXED: Final = "some have the day first and some the month"
_OPEN: Final = "day and month cannot be told apart"
ORDERS: Final = ("day_first", "month_first")


@dataclass(frozen=True)
class Dated:
    """The dates of a column as text: `date` (ISO, or the text as it came where it cannot be read), `start` or null."""

    date: pl.Series
    start: pl.Series
    order: str
    order_from: str = "column"

    @property
    def decisions(self) -> dict[str, str]:
        """Which of day and month stands first, and who said so, for the record of decisions."""
        return {"date_order": self.order, "date_order_from": self.order_from}


def local(texts: pl.Series, file: str, told: str | None = None) -> Dated:
    """Read a column of local dates, with or without a time of day.

    `told` is the answer of the user (day_first, month_first) to the question that this raises as an ImportProblem:
    where day and month cannot be told apart in the whole column.

    >>> local(pl.Series(["1 Sept. 2026, 07:30", "5 9월 2026, 06:10"]), "a.csv").start.to_list()
    ['2026-09-01 07:30:00', '2026-09-05 06:10:00']
    """
    distinct = texts.filter(run_starts(texts.to_frame(), texts.name)).unique()
    clear = _clear(distinct)
    told_apart = clear.filter(pl.col("date").is_not_null())
    unclear = clear.filter(pl.col("date").is_null())["text"]
    splits = [_split(text) for text in unclear]
    day_first, order, order_from = _day_first(splits, distinct.len(), file, told)
    moments = [_moment(split, day_first=day_first) for split in splits]
    dates = [text if at is None else at.date().isoformat() for text, at in zip(unclear, moments, strict=True)]
    starts = [None if at is None or not s.clock else at.isoformat(" ") for s, at in zip(splits, moments, strict=True)]
    others = pl.DataFrame({"text": unclear, "date": dates, "start": starts}, schema=told_apart.schema)
    return Dated(*_replaced(texts, pl.concat([told_apart, others])), order, order_from)


def _replaced(texts: pl.Series, new: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    def of(column: str) -> pl.Series:
        return by_run(texts, lambda heads: heads.replace_strict(new["text"], new[column], return_dtype=pl.String))

    return of("date"), of("start")


def _clear(distinct: pl.Series) -> pl.DataFrame:
    """The two ways of writing a moment that leave nothing to decide, read a column at a time; null for all others.

    That is `2026-09-01 07:30:00`, and `1 Sept. 2026, 07:30`, of which only the day needs to be looked at.
    """
    text = pl.col("text")
    day = per_value(distinct.str.extract(_WORDED, 1), _worded_day, pl.String)
    worded = pl.concat_str(day.alias("day"), text.str.tail(5) + ":00", separator=" ")
    iso = pl.when(text.str.contains(_ISO) & text.str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False).is_not_null())
    found = distinct.alias("text").to_frame().with_columns(pl.coalesce(iso.then(text), worded).alias("start"))
    return found.select("text", pl.col("start").str.head(10).alias("date"), "start")


def _worded_day(text: str) -> str | None:
    at = _moment(_split(text), day_first=None)
    return None if at is None else at.date().isoformat()


@lru_cache(1_000)
def month(word: str) -> int | None:
    """The number of a month word in one of the languages above, None if it names no month or more than one.

    >>> month("févr."), month("Sept."), month("jui"), month("ago")
    (2, 9, None, 8)
    """
    start = plain(word).rstrip(".")
    if len(start) < _SHORTEST_WORD:
        return None
    whole = {n for n, names in enumerate(_FOLDED, 1) if start in names}
    found = whole or {n for n, names in enumerate(_FOLDED, 1) if any(name.startswith(start) for name in names)}
    return found.pop() if len(found) == 1 else None


def plain(text: str) -> str:
    """Lower case without accents; every kind of space is one space; Hangul stays whole."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(unicodedata.normalize("NFC", bare).casefold().split())


_FOLDED: Final = tuple(tuple(plain(name) for name in names.split()) for names in _MONTHS)


class _Split(NamedTuple):
    """A date taken apart: three numbers as text, a month word as `m9`; nothing where it holds no local date."""

    parts: tuple[str, ...] = ()
    clock: tuple[int, int, int] | None = None
    dotted: bool = False

    @property
    def open_order(self) -> bool:
        """Whether the text alone does not say which number is the day."""
        return len(self.parts) == _DATE_PARTS and all(len(p) < _DATE_PARTS and p.isdigit() for p in self.parts[:2])


def _split(text: str) -> _Split:
    if len(text) > _LONGEST:
        return _Split()
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        return _split_words(plain(text))
    if at.tzinfo is not None:
        return _Split()
    clock = (at.hour, at.minute, at.second) if ":" in text else None
    return _Split((f"{at.year:04}", str(at.month), str(at.day)), clock)


def _split_words(text: str) -> _Split:
    found = _CLOCK.search(text)
    rest, clock = text, None
    if found is not None:
        rest = f"{text[: found.start()]} {text[found.end() :]}"
        hour = int(found[1])
        if _PM.search(rest) or _AM.search(rest):
            hour = hour % 12 + (12 if _PM.search(rest) else 0)
        clock = (hour, int(found[2]), int(found[3] or 0))
        if _ZONE.match(text[found.end() :]):
            return _Split()
    rest = _NUMBERED_MONTH.sub(r" m\1 ", _PM.sub(" ", _AM.sub(" ", rest)))
    parts = [f"m{month(p)}" if p.isalpha() and month(p) else p for p in _PART.findall(rest)]
    return _Split(tuple(p for p in parts if not p.isalpha()), clock, bool(_DOTTED.search(rest)))


def _day_first(splits: Sequence[_Split], n: int, file: str, told: str | None) -> tuple[bool | None, str, str]:
    """Whether the day stands before the month (None where a few odd dates among `n` cannot be decided)."""
    unsure = [split for split in splits if split.open_order]
    pairs = [(int(split.parts[0]), int(split.parts[1])) for split in unsure]
    pairs = [pair for pair in pairs if min(pair) <= _MONTHS_A_YEAR]  # 29.14. is a mistake and decides nothing
    day_first = any(a > _MONTHS_A_YEAR for a, _ in pairs) or any(split.dotted for split in unsure)
    month_first = any(b > _MONTHS_A_YEAR for _, b in pairs)
    if day_first != month_first:
        return day_first, "day_first" if day_first else "month_first", "column"
    if not day_first and all(a == b for a, b in pairs):
        return True, "unambiguous", "column"
    if not day_first and told in ORDERS:
        return told == "day_first", told, "option"
    if 2 * len(unsure) < n:
        return None, "unambiguous", "column"
    example = "/".join(unsure[0].parts)
    why, way_out = (_MIXED, _AS_ISO) if day_first else (_OPEN, _SAY_WHICH)
    came = f"{file} has dates like {example}, where {why}"
    raise ImportProblem(came, "dates like 2026-03-04 17:05, or one order with a day after the 12th", way_out)


def _moment(split: _Split, *, day_first: bool | None) -> datetime | None:
    parts = list(split.parts)
    named = [p for p in parts if p.startswith("m")]
    if len(parts) != _DATE_PARTS or len(named) > 1 or (split.open_order and day_first is None):
        return None
    if named:
        parts.remove(named[0])
        year, day = parts if len(parts[0]) == _YEAR_DIGITS else parts[::-1]
        month_text = named[0][1:]
    elif len(parts[0]) == _YEAR_DIGITS:
        year, month_text, day = parts
    else:
        day, month_text, year = parts if day_first else (parts[1], parts[0], parts[2])
    try:
        century = 0 if len(year) == _YEAR_DIGITS else 2000
        numbers = (century + int(year), int(month_text), int(day), *(split.clock or ()))
        return datetime(*numbers)  # noqa: DTZ001 - wall clock of the athlete, without a zone on purpose
    except (ValueError, OverflowError):
        return None
