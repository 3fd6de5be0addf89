"""What the commands that read known files again do: reimport, and the sheet of refused rows that was corrected."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, Final

import polars as pl

from analysis import importers, own_tests
from analysis._cli_io import say
from analysis.importers import Context, ImportProblem, Reading, Source
from analysis.logbook import ANSWERS, Logbook, Receipt

CORRECTED: Final = "corrected"  # decision of an import that was read with corrected rows


def reread(book: Logbook) -> Iterator[Receipt | ImportProblem]:
    """Read every file of the logbook again, oldest first, with the answers that were given then.

    A file that an improved importer reads as before adds nothing; what it reads otherwise is a revision.
    """
    for row in book.log().imports.iter_rows(named=True):
        name = row["file"]
        try:
            data = book.original(row["import_id"])
        except KeyError:
            came = f"{name}: too large when it was imported, so its bytes were not kept"
            yield ImportProblem(came, "the original file", "import it again")
            continue
        try:
            reading = importers.read_source(importers.original(name, data), context_of(row, book), row["vendor"])
        except ImportProblem as problem:
            yield problem
            continue
        corrected = json.loads(row["decisions"]).get(CORRECTED)
        if corrected:
            reading.decisions[CORRECTED] = corrected
        # a file that reads as it did then must not take back what later ones revised
        yield book.reads_as_then(reading, name, row["import_seq"]) or book.add(reading, name)


def import_corrections(file: Source, book: Logbook, store: Callable[[Reading, str], Receipt]) -> list[Receipt]:
    """Put corrected rows back into their files and read these again; rows that still say the same stay refused."""
    sheet: dict[int, dict[int, str]] = defaultdict(dict)
    for row in importers.corrections(file):
        sheet[row.import_seq][row.line] = row.text
    log = book.log()
    receipts = []
    for seq, told in sorted(sheet.items()):
        before = dict(log.rejected.filter(pl.col("import_seq") == seq).select("source_row", "raw").iter_rows())
        now = {line: text for line, text in told.items() if _plain(text) != _plain(before.get(line, ""))}
        if not now:
            continue
        _known(file.name, seq, now, before, log.imports)
        imported = log.imports.row(by_predicate=pl.col("import_seq") == seq, named=True)
        receipts.append(_read_corrected(book, imported, before, now, store))
    if not receipts:
        say(f"{file.name}: every row says what it said before; correct the column raw, then import the sheet again")
    return receipts


def context_of(imported: dict[str, Any], book: Logbook) -> Context:
    """The context in which a file was imported, from its record of decisions; own tests as they are defined now."""
    made: dict[str, str] = json.loads(imported["decisions"])
    asked = {question: made.get(question) for question in ANSWERS if made.get(f"{question}_from") != "header"}
    told = {"mapping_text": made["mapping"]} if "mapping" in made else {}
    saved = {k: v for k, v in asked.items() if v and "+" not in v} | told
    return Context(imported["athlete"], saved=saved, tests=own_tests.beside(book.path))


def _known(file: str, seq: int, now: dict[int, str], before: dict[int, str], imports: pl.DataFrame) -> None:
    strange = sorted(set(now) - set(before))
    if seq not in imports["import_seq"] or strange:
        lines = f", line {strange[0]}" if strange else ""
        came = f"{file}: import {seq}{lines} has no refused row in this logbook"
        raise ImportProblem(
            came, "rows as the sheet came", "write it again with: stridelift rejected --out rejected.csv"
        )


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()  # a spreadsheet changes line ends by itself


def _read_corrected(
    book: Logbook,
    imported: dict[str, Any],
    before: dict[int, str],
    now: dict[int, str],
    store: Callable[[Reading, str], Receipt],
) -> Receipt:
    source: Source = importers.corrected(imported["file"], book.original(imported["import_id"]), before, now)
    reading = importers.read_source(source, context_of(imported, book), imported["vendor"])
    reading.decisions[CORRECTED] = ", ".join(f"line {line}" for line in sorted(now))
    return store(reading, imported["file"])
