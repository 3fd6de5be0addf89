"""Questionnaire (Google Forms: wellness of an athlete or a squad).

Vendor: Google Forms, and any form whose first column is its time stamp
Export: Responses > Download responses (CSV), or the linked Google Sheet as CSV or XLSX
Row: one submission; several of one day are all kept, in their order of time
Variants: time stamp in 19 languages, questions of a grid (`How do you feel? [Fatigue]`), answers with labels
  (`3 - Normal`), a question for the name, a question for the day of late answers
Units: none in the file. Range and direction of every item are declared in a TOML file, passed with --mapping:
  `instrument = "hooper"` or `"mclean"` (built in), or a line for each item; without it the import shows the lines
Limits: local time of the form, a zone behind it is dropped; questions that are not declared are not read
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Final

import polars as pl

from analysis.importers import _athletes, _dates, _header, _wellness
from analysis.importers._header import fold
from analysis.importers._numbers import counted
from analysis.importers._problem import ImportProblem
from analysis.importers._questionnaire import INSTRUMENTS, Declaration, Question, of_context
from analysis.importers._raw import Context, Raw
from analysis.importers._source import Head, Source
from analysis.importers._text import per_value

VENDOR: Final = "questionnaire"
_ENGLISH: Final = "Timestamp"
_STAMPS: Final = {
    fold(word)
    for word in (
        _ENGLISH, "Marca temporal", "Horodateur", "Zeitstempel", "Informazioni cronologiche", "Carimbo de data/hora",
        "Tijdstempel", "Sygnatura czasowa", "Tidsstämpel", "Tidsstempel", "Tidsmerke", "Aikaleima", "Časové razítko",
        "Časová značka", "Időbélyeg", "Zaman damgası", "Отметка времени", "Позначка часу", "Marca de temps",
        "Marcaj de timp", "タイムスタンプ", "타임스탬프", "时间戳记", "時間戳記",
    )
}  # fmt: skip
_NAMES: Final = {
    fold(word)
    for word in (
        "Name", "Your name", "Full name", "Athlete", "Athlete name", "Player", "Player name", "Nombre",
        "Nombre y apellidos", "Nom", "Nom et prénom", "Prénom", "Athlète", "Dein Name", "Vorname", "Athlet", "Nome",
        "Nome e cognome", "Atleta", "Naam", "Imię", "Imię i nazwisko", "Namn", "Navn", "Nimi",
    )
}  # fmt: skip
_MAILS: Final = {
    fold(word)
    for word in (
        "Email Address", "Email", "Username", "Adresse e-mail", "E-Mail-Adresse", "Indirizzo email",
        "Dirección de correo electrónico", "Nom d'utilisateur", "Nutzername", "Endereço de e-mail", "E-mailadres",
    )
}  # fmt: skip
_DATES: Final = {
    fold(word) for word in ("Date", "Fecha", "Datum", "Data", "Dato", "Day", "Jour", "Tag", "Giorno", "Día")
}
_WORDS: Final = {
    "sleep_quality": r"\b(?:sleep|slept|sommeil|dormi|schlaf|sonno|sueno|sono\b|slaap|sen\b|somn)",
    "fatigue": r"\b(?:fatig|fatica|tired|mude|mudigkeit|stanc|cansa|vermoeid|moe\b|zmecz)",
    "soreness": r"\b(?:sore|doms\b|courbatur|muskelkater|muscular|muscolar|agujet|indolenz|spierpijn|zakwas)",
    "stress": r"\b(?:stress|estres)",
    "mood": r"\b(?:mood|humeur|stimmung|laune|umore|animo|humor|stemming|nastroj)",
}
_LENGTHS: Final = re.compile(r"hour|how long|how much time|heure|combien de temps|stunde|wie lange|\bore\b|quante ore|hora|uren|godzin")  # fmt: skip  # noqa: E501
_BRACKET: Final = re.compile(r"\[([^\[\]]*[^\W\d_]{3}[^\[\]]*)\]\s*$")
_GRID: Final = re.compile(r"(?:\S+\s+){3,}\[[^\[\]]+\]\s*$")
_ZONE: Final = re.compile(r"\s+(?![AP]M$)[A-Z]{2,5}(?:[+\u2212-]\d{1,2}(?::?\d{2})?)?$")
_DOTTED_CLOCK: Final = re.compile(r"(?<=\s)(\d{1,2})\.(\d{2})\.(\d{2})$")
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d{1,2})?(?!\d)")
_LABELLED: Final = re.compile(r"(\d+(?:[.,]\d{1,2})?)\s*(?:$|[-\u2013\u2014:=.)(/]\s*\D)")
_SLUG_LENGTH: Final = 40


def matches(head: Head) -> bool:
    """Whether the first column is the time stamp of a form; in English also whether the others are questions."""
    columns = _columns(head)[1]
    if not columns or head.kind not in ("text", "workbook"):
        return False
    if fold(columns[0]) != fold(_ENGLISH):
        return True
    return columns[0].strip() == _ENGLISH and any("?" in c or _GRID.match(c) or _word(c) for c in columns[1:])


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape the submissions as the declaration says; asks for the declaration where there is none."""
    delimiter, columns = _columns(source.head)
    places = {f"c{i}": i for i in range(len(columns))}
    found = _header.Layout(delimiter, places, len(columns), tuple(map(fold, columns)))
    table = _header.table(source, found, dict.fromkeys(places, ()), ())
    told = of_context(context)
    if told is None:
        raise _ask(source.name, columns, table.frame)
    items = _found(source.name, columns, told)
    roles = {role: _role(source.name, columns, role, told, set(items)) for role in ("athlete", "date", "notes")}
    frame = table.frame.with_columns(
        pl.col(f"c{at}").alias(role) if at is not None else pl.lit("").alias(role) for role, at in roles.items()
    )
    frame, notices = _athletes.named(frame, "athlete", context, source.name)
    frame, decided = _dated(frame, source.name, context)
    frame = frame.with_columns(_numbers(frame[f"c{at}"], one).alias(f"q_{one.item}") for at, one in items.items())
    asked = [one.as_item(f"q_{one.item}", f"c{at}", told.instrument) for at, one in items.items()]
    return _wellness.finished(
        table,
        _wellness.long(frame, asked, VENDOR),
        variant=told.instrument,
        decisions=_header.reading_decisions(source, found) | decided | told.decisions,
        notices=(*notices, *_left(columns, {0, *items, *roles.values()})),
    )


def _numbers(answers: pl.Series, one: Question) -> pl.Series:
    return per_value(answers, lambda text: _value(text, one), pl.String)


def _left(columns: Sequence[str], read_as: set[int | None]) -> tuple[str, ...]:
    """The sentence about the questions that nobody declared."""
    left = [c.strip()[:60] for i, c in enumerate(columns) if i not in read_as and fold(c) not in _MAILS]
    if not left:
        return ()
    return (f"{counted(len(left), 'question')} not declared and not read: {'; '.join(left)}",)


def _columns(head: Head) -> tuple[str, list[str]]:
    """The delimiter and the columns; none where the first is no time stamp."""
    ways = [(d, head.first_record(d)) for d in _header.DELIMITERS]
    forms = [(d, columns) for d, columns in ways if len(columns) > 1 and fold(columns[0]) in _STAMPS]
    return max(forms, key=lambda way: len(way[1]), default=(",", []))


def _word(column: str) -> str | None:
    """The item of whose words a question has, where it is one; a question for a length of time is none."""
    bracket = _BRACKET.search(column)
    plain = _dates.plain(bracket[1] if bracket else column)
    items = [item for item, words in _WORDS.items() if re.search(words, plain)]
    return items[0] if len(items) == 1 and not _LENGTHS.search(plain) else None


def _found(file: str, columns: Sequence[str], told: Declaration) -> dict[int, Question]:
    """The declared items by their column."""
    items: dict[int, Question] = {}
    for one in told.questions:
        if one.question:
            at = _column(file, columns, one.question, f"items.{one.item}")
        else:
            fitting = [i for i, c in enumerate(columns) if i and _word(c) == one.item]
            if len(fitting) != 1:
                came = f"{file} has {counted(len(fitting), 'question')} for {one.item} of {told.instrument}"
                way_out = f'say which: items.{one.item} = {{ question = "..." }}'
                raise ImportProblem(came, "one question for each item", way_out)
            at = fitting[0]
        if at in items:
            came = f"the declaration says {items[at].item} and {one.item} of the same question {columns[at]!r}"
            raise ImportProblem(came, "one item for each question", "correct the declaration")
        items[at] = one
    return items


def _column(file: str, columns: Sequence[str], question: str, what: str) -> int:
    """The column of a question, by its whole text or by what stands in its brackets."""
    whole = [i for i, c in enumerate(columns) if fold(c) == fold(question)]
    inner = [i for i, c in enumerate(columns) if (part := _BRACKET.search(c)) and fold(part[1]) == fold(question)]
    fitting = whole or inner
    if len(fitting) != 1:
        came = f"{file} has {counted(len(fitting), 'column')} for the question {question!r} of {what}"
        raise ImportProblem(came, "exactly one", "write the question as the header of the file has it")
    return fitting[0]


def _role(file: str, columns: Sequence[str], role: str, told: Declaration, taken: set[int]) -> int | None:
    """The column that names the athlete, the day or the notes: the declared one, else one with a well-known header."""
    question: str = getattr(told, role)
    if question:
        return _column(file, columns, question, role)
    for known in {"athlete": (_NAMES, _MAILS), "date": (_DATES,)}.get(role, ()):
        fitting = [i for i, c in enumerate(columns) if i and i not in taken and fold(c) in known]
        if len(fitting) == 1:
            return fitting[0]
    return None


def _dated(frame: pl.DataFrame, file: str, context: Context) -> tuple[pl.DataFrame, dict[str, str]]:
    """Add `date` (the day that the answer is about) and `reported_local`; one order of day and month for both."""
    stamps = per_value(frame["c0"], _clock, pl.String)
    both = pl.concat([stamps, frame["date"].str.strip_chars()])
    read = _dates.local(both, file, context.answer("date_order"))
    n = frame.height
    told = frame.select(pl.col("date").str.strip_chars() != "").to_series()
    day = pl.select(pl.when(told).then(read.date[n:]).otherwise(read.date[:n]).alias("date")).to_series()
    return frame.with_columns(day, read.start[:n].alias("reported_local")), read.decisions


def _clock(text: str) -> str:
    """A time stamp without its zone, with colons: the wall clock of the form stands."""
    return _DOTTED_CLOCK.sub(r"\1:\2:\3", _ZONE.sub("", text.strip()))


def _value(text: str, one: Question) -> str:
    """The number of an answer: of its label, at its beginning (`3 - Normal`), or the only one in it; else the text."""
    labels = {fold(label): f"{value:g}" for label, value in one.labels.items()}
    if fold(text) and fold(text) in labels:
        return labels[fold(text)]
    bare = text.strip()
    start = _LABELLED.match(bare)
    numbers = _NUMBER.findall(bare)
    if start or len(numbers) == 1:
        return (start[1] if start else numbers[0]).replace(",", ".")
    return bare


def _ask(file: str, columns: Sequence[str], frame: pl.DataFrame) -> ImportProblem:
    """The question for range and direction, with the lines that answer it as far as the file knows them."""
    lines, words = [], []
    used: set[str] = set()
    for i, column in enumerate(columns):
        answers = [_value(text, Question("")) for text in frame[f"c{i}"].unique() if text.strip()]
        numbers = sorted(float(a) for a in answers if _NUMBER.fullmatch(a))
        if not i or fold(column) in _NAMES | _MAILS | _DATES or 2 * len(numbers) < max(len(answers), 1):
            continue
        bracket = _BRACKET.search(column)
        item = _word(column) or _slug(bracket[1] if bracket else column) or f"item_{i}"
        item = item if item not in used else f"{item}_{i}"
        used.add(item)
        words.append(_word(column))
        question = json.dumps(" ".join(column.split()), ensure_ascii=False)
        scale = 'min = ?, max = ?, direction = "?"'
        lines.append(f"items.{item} = {{ question = {question}, {scale} }} # answers {numbers[0]:g} to {numbers[-1]:g}")
    fits = [n for n, items in INSTRUMENTS.items() if all(words.count(item) == 1 for item in items)]
    known = "".join(f'instrument = "{n}" alone, if it is that one; else ' for n in fits)
    lines = ['instrument = "my questionnaire"', *lines]
    came = f"{file} does not tell range and direction of its {counted(len(words), 'question')}"
    expected = "a declaration in TOML, passed with --mapping questionnaire.toml"
    do = "write its lines and fill in the ? (direction is higher_better or higher_worse): "
    return ImportProblem(came, expected, f"{do}{known}{' ⏎ '.join(lines)}")


def _slug(text: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", _dates.plain(text)).strip("_")
    return plain[:_SLUG_LENGTH].strip("_")
