"""What the commands that read files do: import, identify, vendors, template, and the demo's sample."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

from analysis import exercises, importers
from analysis._cli_again import import_corrections
from analysis._cli_io import progress, say
from analysis.importers import Context, ImportProblem, Reading, Source
from analysis.importers._numbers import counted
from analysis.logbook import Logbook, LogbookProblem, Receipt

T = TypeVar("T")

SHOWN_NAMES = 8
PREVIEW = ("date", "exercise_raw", "set_type", "reps", "load_kg", "duration_s", "rpe")


class LoadUnit(StrEnum):
    """Units of weights."""

    kg = "kg"
    lb = "lb"


class DistanceUnit(StrEnum):
    """Units of distances."""

    m = "m"
    km = "km"
    mi = "mi"


class DateOrder(StrEnum):
    """Which of day and month stands first."""

    day_first = "day_first"
    month_first = "month_first"


class ExportKind(StrEnum):
    """What an export can be."""

    csv = "csv"
    xlsx = "xlsx"
    parquet = "parquet"


class RepBasis(StrEnum):
    """How one-sided repetitions are logged."""

    per_side = "per_side"
    total = "total"


class LoadBasis(StrEnum):
    """How dumbbell weights are logged."""

    per_implement = "per_implement"
    total = "total"


@dataclass(frozen=True)
class Asked:
    """What the command line says about the files: whose, which vendor, the answers, and whether to store anything."""

    athlete: str | None
    vendor: str | None
    answers: Mapping[str, Any]
    dry_run: bool = False
    forget_answers: bool = False
    newest: bool = False
    debug: bool = False


def import_files(files: list[Path], logbook: Path, asked: Asked) -> tuple[list[Receipt], int]:
    """Import each file by itself: one that fails is reported in a line and does not stop the others.

    The receipts name the files as they were typed; the logbook keeps their bare names.
    """
    book = Logbook(logbook)

    def one(file: Path) -> list[Receipt]:
        source = importers.load(file)
        if importers.is_corrections(source):
            return import_corrections(source, book, _not_stored if asked.dry_run else book.add)
        return [replace(_import_one(source, book, asked), file=str(file))]

    with nullcontext() if asked.dry_run else book.batch():
        receipts, failed = _each(files, one, debug=asked.debug)
    return [receipt for several in receipts for receipt in several], failed


def _each(files: list[Path], one: Callable[[Path], T], *, debug: bool) -> tuple[list[T], int]:
    """What `one` makes of each file, and how many failed: with `debug` the first failure is raised, else each said."""
    done, failed = [], 0
    for file in progress(files):
        try:
            done.append(one(file))
        except (ImportProblem, LogbookProblem) as problem:
            if debug:
                raise
            failed += 1
            say(f"error: {problem}")
    return done, failed


def _import_one(file: Source, book: Logbook, asked: Asked) -> Receipt:
    vendor = asked.vendor or importers.claimed_by(file, asked.answers.get("mapping"))
    saved = {} if asked.forget_answers else book.answers(asked.athlete, vendor)
    reading = importers.read_source(file, Context(asked.athlete, saved=saved, **asked.answers), vendor)
    if asked.dry_run:
        say(_preview(reading))
        receipt = _not_stored(reading, file.name)
    else:
        receipt = book.add(reading, file.name, newest=asked.newest)
    for notice in (*receipt.notices, *_unmapped(reading)):
        say(f"{file.name}: {notice}")
    return receipt


def _not_stored(reading: Reading, file: str) -> Receipt:
    counts = (reading.n_read, reading.n_loaded, reading.n_attached, reading.n_ignored, reading.n_rejected)
    return Receipt(
        file, reading.vendor, reading.variant, *counts, notices=(*reading.notices, "dry run: nothing was stored")
    )


def _preview(reading: Reading) -> str:
    told = ", ".join(f"{k} {v}" for k, v in sorted(reading.decisions.items()) if k != "mapping")
    name, frame = next(iter(reading.tables.items()))
    rows = frame.select(PREVIEW).head(10) if name == "sets" else frame.head(10)
    return f"{reading.vendor} ({reading.variant}); {told}\n{rows}"


def _unmapped(reading: Reading) -> list[str]:
    """Which exercise names the catalogue does not know, with their set counts - listed, never guessed or dropped."""
    if "sets" not in reading.tables:
        return []
    sets = reading.tables["sets"]
    known = exercises.annotate(sets["exercise_raw"].unique(maintain_order=True))
    unknown = unmapped_names(sets.join(known, on="exercise_raw", how="left", maintain_order="left"))
    if unknown.is_empty():
        return []
    names = [
        f"{r['exercise_raw']!r} ({counted(r['sets'], 'set')})" for r in unknown.head(SHOWN_NAMES).iter_rows(named=True)
    ]
    more = f" and {unknown.height - SHOWN_NAMES} more" if unknown.height > SHOWN_NAMES else ""
    how = "map them with: stridelift template aliases"
    share = f"{unknown['sets'].sum()} of {counted(sets.height, 'set')}"
    return [f"not mapped are the exercises of {share}: {', '.join(names)}{more}; {how}"]


def unmapped_names(sets: pl.DataFrame) -> pl.DataFrame:
    """`exercise_raw, sets, proposed_pattern` of the annotated sets whose name is in no table, most sets first."""
    unknown = sets.filter(pl.col("exercise").is_null())
    per_name = unknown.group_by("exercise_raw", "proposed_pattern", maintain_order=True).len("sets")
    return per_name.sort("sets", "exercise_raw", descending=[True, False]).select(
        "exercise_raw", "sets", "proposed_pattern"
    )


def as_row(receipt: Receipt) -> dict[str, Any]:
    """The stable JSON of one imported file, and beside it what was revised, unchanged or gone."""
    names = (
        "file",
        "vendor",
        "read",
        "loaded",
        "attached",
        "ignored",
        "rejected",
        "variant",
        "revised",
        "unchanged",
        "gone",
        "import_seq",
    )
    return {name: getattr(receipt, name) for name in names}


def as_line(receipt: Receipt) -> str:
    """The sum rule in one line."""
    parts = " + ".join(f"{name} {getattr(receipt, name)}" for name in ("loaded", "attached", "ignored", "rejected"))
    sums = f"read {receipt.read} = {parts}"
    also = {
        "revised": receipt.revised,
        "already known": receipt.unchanged,
        "kept back": receipt.kept_back,
        "gone from the export": receipt.gone,
    }
    more = ", ".join(f"{n} {words}" for words, n in also.items() if n)
    return f"{receipt.file}: {receipt.vendor} ({receipt.variant}): {sums}{f' [{more}]' if more else ''}"


def identify_files(files: list[Path], *, debug: bool = False) -> tuple[list[dict[str, str]], int]:
    """File and vendor of each claimed file; the others are reported in a line."""
    return _each(files, lambda file: {"file": str(file), "vendor": importers.identify(file)}, debug=debug)


FIELDS = ("export", "row", "variants", "units", "limits")


def describe_vendors() -> list[dict[str, str]]:
    """Vendor, what it is, where to click, and the rest of the header of each importer."""
    described = []
    for name, module in importers.vendors().items():
        lines = inspect.cleandoc(module.__doc__ or "").splitlines()
        told = {"vendor": name, "what": lines[0].rstrip(".")} | dict.fromkeys(FIELDS, "")
        field = ""
        for line in lines[1:]:
            title, colon, text = line.partition(": ")
            field = title.casefold() if colon and not line.startswith(" ") else field
            if field in FIELDS:
                told[field] = f"{told[field]} {text if field == title.casefold() else line}".strip()
            if not line.strip():
                field = ""
        described.append({key: " ".join(value.split()) for key, value in told.items()})
    return described


def vendors_page() -> str:
    """The page of vendors for the docs, made of nothing but the headers of the importers."""
    how = "how rows, units and dates are treated stands in [importers.md](importers.md)"
    parts = [f"# Vendors\n\nMade from the header of each importer by `make vendors`; {how}.\n"]
    for told in describe_vendors():
        lines = [f"- **{field.capitalize()}**: {told[field]}" for field in FIELDS if told[field]]
        parts.append("\n".join([f"## `{told['vendor']}`\n\n{told['what']}.\n", *lines, ""]))
    return "\n".join(parts)


def template_text(kind: str, logbook: Path) -> str:
    """The text of a sheet to fill in; the sheet of names lists the logbook's unmapped ones instead of examples."""
    text = importers.template(kind)
    if kind != "aliases" or not logbook.exists():
        return text
    names = unmapped_names(Logbook(logbook).log().sets)
    rows = names.select("exercise_raw", pl.lit(None, pl.String).alias("exercise"), "sets", "proposed_pattern")
    return importers.marked(rows).write_csv() if names.height else text
