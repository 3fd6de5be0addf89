"""Records with more fields than the header, because a text with commas was not quoted: put together again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from analysis.importers._header import Layout
from analysis.importers._numbers import counted
from analysis.importers._text import Records

_SHOWN: Final = 10
_MOST_COMMAS: Final = 20

Fits = Callable[[Sequence[str]], bool]
"""Whether the fields of a record stand where the header says."""


def joined(records: Records, found: Layout, texts: Sequence[str], fits: Fits) -> tuple[Records, list[int]]:
    r"""The records with their surplus fields joined, and the lines on which this was done.

    `texts` are the columns that may hold unquoted commas, the likelier first. A record is repaired only where the
    result `fits`; the others keep their width, for the table to refuse.

    >>> from analysis.importers._text import parse
    >>> found = Layout(",", {"name": 0, "n": 1}, 2, ("name", "n"))
    >>> joined(parse("a.csv", "name,n\nPress (Bar, Wide),5\n", ","), found, ["name"], lambda row: row[1].isdigit())[1]
    [2]
    """
    wide = [i for i, width in enumerate(records.widths) if found.width < width <= found.width + _MOST_COMMAS]
    places = [found.positions[name] for name in texts if name in found.positions]
    new: dict[int, list[str]] = {}
    for i in wide if places else ():
        fields = records.fields[records.offsets[i] : records.offsets[i] + records.widths[i]]
        fitting = next((row for row in _ways(fields, found.width, places, found.delimiter) if fits(row)), None)
        if fitting is not None:
            new[i] = fitting
    if not new:
        return records, []
    fields, widths = [], []
    for i, (at, width) in enumerate(zip(records.offsets, records.widths, strict=True)):
        record = new.get(i) or records.fields[at : at + width]
        fields += record
        widths.append(len(record))
    return replace(records, fields=fields, widths=widths), [records.starts[i] for i in new]


def notice(lines: Sequence[int], what: str) -> tuple[str, ...]:
    """The sentence that says what was repaired, and on which lines.

    >>> notice([4, 5, 6, 9], "exercise name")
    ('4 exercise names held commas without quotes and were put together again (lines 4-6, 9)',)
    """
    if not lines:
        return ()
    spans = ranges(lines)
    shown = ", ".join(spans[:_SHOWN]) + (" ..." if len(spans) > _SHOWN else "")
    return (f"{counted(len(lines), what)} held commas without quotes and were put together again (lines {shown})",)


def ranges(lines: Sequence[int]) -> list[str]:
    """Line numbers in ascending order as the spans that they fill.

    >>> ranges([4, 5, 6, 9])
    ['4-6', '9']
    """
    spans: list[tuple[int, int]] = []
    for line in lines:
        if spans and spans[-1][1] == line - 1:
            spans[-1] = (spans[-1][0], line)
        else:
            spans.append((line, line))
    return [str(first) if first == last else f"{first}-{last}" for first, last in spans]


def _ways(fields: list[str], width: int, places: list[int], delimiter: str) -> list[list[str]]:
    """All ways to spread the surplus over two columns, the most to the first."""
    surplus = len(fields) - width
    first, *others = places
    ways = [_with_joined(fields, first, surplus, delimiter)]
    for second in others:
        for n in range(surplus - 1, -1, -1):
            once = _with_joined(fields, first, n, delimiter)
            ways.append(_with_joined(once, second, surplus - n, delimiter))
    return ways


def _with_joined(fields: list[str], at: int, n: int, delimiter: str) -> list[str]:
    return [*fields[:at], delimiter.join(fields[at : at + n + 1]), *fields[at + n + 1 :]]
