"""How many cells a sheet spans, found in its XML before any reader reserves them."""

from __future__ import annotations

import re
from typing import Final

from analysis.importers import _limits as limits
from analysis.importers._problem import ImportProblem

_ATTRIBUTES: Final = rb"""((?:[^<>"']|"[^"]*"|'[^']*')*?)"""
_CELL: Final = re.compile(rb"<(?:\w+:)?c\b" + _ATTRIBUTES + rb"(/?)>")
_ROW: Final = re.compile(rb"<(?:\w+:)?row\b" + _ATTRIBUTES + rb"/?>")
_PLACE: Final = re.compile(rb"""\br\s*=\s*["']([A-Za-z]*)(\d+)["']""")
_TABLE_ROW: Final = re.compile(rb"<table:table-row\b([^>]*?)(?:/>|>(.*?)</table:table-row>)", re.DOTALL)
_TABLE_CELL: Final = re.compile(rb"<table:(?:covered-)?table-cell\b([^>]*?)(/?)>")
_REPEATED: Final = re.compile(rb"""number-(?:rows|columns)-repeated\s*=\s*["'](\d+)""")
_LETTERS, _DIGITS = 3, 7  # of the last column and row that a sheet can have: XFD1048576


def of_sheet(name: str, xml: bytes) -> int:
    """Rows times columns of a sheet of an .xlsx file, up to the last cells that are not empty.

    >>> of_sheet("a.xlsx", b'<row r="1"><c r="A1"><v>1</v></c><c r="C4"><v>1</v></c></row><row r="9"><c r="Z9"/></row>')
    12
    """
    columns: set[bytes] = set()
    last_row, unplaced = 0, False
    for attributes, empty in _CELL.findall(xml):
        place = _PLACE.search(attributes)
        unplaced |= place is None
        if place is not None and not empty:
            columns.add(place[1])
            last_row = max(last_row, _row(name, place))
    width = max((_column(name, letters) for letters in columns), default=0)
    if unplaced:  # such a cell stands behind the one before it, and such a row below
        places = [place for attributes in _ROW.findall(xml) if (place := _PLACE.search(attributes))]
        last_row = max(last_row, *(_row(name, place) for place in places), 0) + len(_ROW.findall(xml))
        width += max(len(_CELL.findall(row)) for row in xml.split(b"</row"))
    for what, found, most in (("rows", last_row, limits.rows()), ("columns", width, limits.columns())):
        if found > most:
            came = f"{name} has {found:,} {what}"
            raise ImportProblem(came, f"at most {most:,}", limits.raise_it(what.upper()))
    return width * last_row


def of_tables(xml: bytes) -> int:
    """The same of the tables of an .ods file, where rows and cells say how often they are repeated.

    >>> cell = b"<table:table-cell>x</table:table-cell>"
    >>> row = b'<table:table-row table:number-rows-repeated="9">' + cell + b"</table:table-row>"
    >>> of_tables(b"<table:table >" + row + b'<table:table-row table:number-rows-repeated="99"/>')
    9
    """
    total = 0
    for table in xml.split(b"<table:table ")[1:]:
        rows, last_row, width = 0, 0, 0
        for attributes, inside in (found.groups() for found in _TABLE_ROW.finditer(table)):
            rows += _times(attributes)
            column, filled = 0, 0
            for cell, empty in (found.groups() for found in _TABLE_CELL.finditer(inside or b"")):
                column += _times(cell)
                filled = column if not empty or b"value" in cell else filled
            last_row, width = (rows, max(width, filled)) if filled else (last_row, width)
        total += last_row * width
    return total


def _times(attributes: bytes) -> int:
    found = _REPEATED.search(attributes)
    return int(found[1][:12]) if found else 1


def _row(name: str, place: re.Match[bytes]) -> int:
    if len(place[2]) > _DIGITS:
        raise _too_far(name, place[0])
    return int(place[2])


def _column(name: str, letters: bytes) -> int:
    if len(letters) > _LETTERS:
        raise _too_far(name, letters)
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _too_far(name: str, place: bytes) -> ImportProblem:
    came = f"{name} has a cell at {place[:20].decode('ascii', 'replace')}"
    return ImportProblem(came, "cells up to XFD1048576", "save it again")
