"""A quotation mark that an app wrote into a cell without quoting it: it opens a field that swallows the next rows.

A field that goes on over line ends is a note of several lines, or it is such a mark. The lines inside tell: a row of
the table has the width of the table, and a date where the row above it has one.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Sequence
from enum import Enum
from functools import lru_cache
from itertools import accumulate, takewhile
from typing import Final, NamedTuple

from analysis.importers._problem import ImportProblem

_QUOTED: Final = re.compile(r'"(?:[^"]++|"")*+"')
_DATED: Final = re.compile(
    r"\d{1,4}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d{1,4}|\d.*?(?<!\d)(?:19|20)\d\d(?!\d)|(?<!\d)(?:19|20)\d\d(?!\d).*?\d|\d{8}"
)
_TOKEN: Final = re.compile(r"\d+|[^\W\d_]+|[-/:]")
_LONGEST: Final = 60  # characters of a date
_TOKENS: Final = 5  # of a date that are compared: the clock may be missing
_SHOWN: Final = 10


class _Like(NamedTuple):
    """What a line has of a row: its width, a date at the same place, a mark that opens a field over its end."""

    width: int
    day: bool
    opens: bool


class Verdict(Enum):
    """What a field over several lines is."""

    NOTE = "a text with line ends"
    LONE = "a lone quotation mark"
    OPEN = "either"


def opened(line: str, delimiter: str) -> int | None:
    """Where a quotation mark opens a field that the line does not close, None where there is none.

    >>> opened('a,"b","c', ","), opened('a,"b",c"', ",")
    (6, None)
    """
    return _cells(line, delimiter)[1]


def as_text(line: str, at: int, delimiter: str) -> str:
    """The line with the cell that begins with a quotation mark at this place quoted as the text that it is.

    >>> as_text('a,"b,c', 2, ",").replace('"', "'")
    "a,'''b',c"
    """
    end = _end(line, at, delimiter)
    doubled = line[at:end].replace('"', '""')
    return f'{line[:at]}"{doubled}"{line[end:]}'


def verdict(lines: Sequence[str], delimiter: str, widths: Collection[int], width: int) -> Verdict:
    """What the field is that the first of these lines opens: they are all lines of its record.

    `widths` are those of the records on one line of their own, `width` is that of this record (0 if it has no end).
    """
    cells, at = _cells(lines[0], delimiter)
    if at is None or not widths:
        return Verdict.NOTE
    text = "".join(lines)
    field = _QUOTED.match(text, at)
    own = len(_cells(lines[0][:at], delimiter)[0]) - 1
    date = next((n for n, cell in enumerate(cells) if n != own and dated(cell)), None)
    last = len(lines) if field is None else bisect_left(list(accumulate(map(len, lines))), field.end()) + 1
    alike = (_like(line, delimiter, date, cells) for line in reversed(lines[1:last]) if line.strip())
    if field is None or text[field.end() : field.end() + 1] not in ("", delimiter, "\r", "\n"):
        told = list(alike)  # no program quotes so
        if any(row.day and (row.width in widths or row.opens) for row in told):
            return Verdict.LONE
        return Verdict.OPEN if any(row.width == len(cells) in widths for row in told) else Verdict.NOTE
    if date is None or len(cells) < min(widths):
        return Verdict.NOTE
    told = list(takewhile(lambda row: row.day, alike))
    if len(told) < sum(bool(line.strip()) for line in lines[1:last]) or not any(row.width in widths for row in told):
        return Verdict.NOTE
    alone = _end(text, at, delimiter) == at + 1 and text[field.end() - 2] in (delimiter, "\n", "\r")
    return Verdict.LONE if alone or width not in widths else Verdict.OPEN


def _like(line: str, delimiter: str, date: int | None, cells: list[str]) -> _Like:
    """What of a row of the table the line has, if the row with these cells has a date at `date`."""
    own, torn = _cells(line, delimiter)
    day = date is not None and date < len(own) and dated(own[date]) and _form(own[date]) == _form(cells[date])
    return _Like(len(own), day, torn is not None)


def last_row(line: str, delimiter: str, widths: Collection[int], *, others: bool) -> bool:
    """Whether the mark on the last line of a file is a lone one and not the beginning of a text that was cut off.

    It is where a cell follows it, or where the line is whole and `others` of the file were lone marks.
    """
    cells, at = _cells(line, delimiter)
    if at is None or len(cells) not in widths:
        return False
    followed = line[_end(line, at, delimiter) :].startswith(delimiter)
    return (followed and _end(line, at, delimiter) == at + 1) or (others and line.endswith(("\n", "\r")))


def doubtful(name: str, line: int) -> ImportProblem:
    """The problem of a mark of which nobody can say what it is."""
    came = f"{name}, line {line}: a quotation mark opens a text whose lines look like rows of the table"
    do = f"remove the mark on line {line} (or, where it is one text, its line ends) and import again"
    return ImportProblem(came, "every quote that opens a field closes it", do)


def notice(lines: Sequence[int]) -> tuple[str, ...]:
    """The sentence that says which marks were read as text.

    >>> notice([4])
    ('a lone quotation mark in line 4 was read as text',)
    """
    if not lines:
        return ()
    if len(lines) == 1:
        return (f"a lone quotation mark in line {lines[0]} was read as text",)
    shown = ", ".join(map(str, lines[:_SHOWN])) + (" ..." if len(lines) > _SHOWN else "")
    return (f"{len(lines)} lone quotation marks were read as text (lines {shown})",)


def dated(text: str) -> bool:
    """Whether there is a date in the text.

    >>> dated("2024-01-02 07:00"), dated("3 Sept. 2026"), dated("62.5")
    (True, True, False)
    """
    return len(text) <= _LONGEST and _DATED.search(text) is not None


def _cells(line: str, delimiter: str) -> tuple[list[str], int | None]:
    """The cells of one line verbatim, and where one begins with a quotation mark that the line does not close."""
    line = line.rstrip("\r\n")
    cells, at, torn = [], 0, None
    while True:
        field = _QUOTED.match(line, at)
        if field is None and torn is None and line.startswith('"', at):
            torn = at
        end = _end(line, field.end() if field else at, delimiter)
        cells.append(line[at:end])
        if end == len(line):
            return cells, torn
        at = end + 1


def _end(text: str, at: int, delimiter: str) -> int:
    """Where the cell that has begun ends: at the next delimiter or at the end of its line."""
    places = (text.find(mark, at) for mark in (delimiter, "\r", "\n"))
    return min((place for place in places if place >= 0), default=len(text))


@lru_cache(10_000)
def _form(text: str) -> tuple[str, ...]:
    kinds = ("9" if t[0].isdigit() else "a" if t[0].isalpha() else t for t in _TOKEN.findall(text[:_LONGEST]))
    return tuple(kinds)[:_TOKENS]
