"""MyFreelap (timing of sprints with transmitters).

Vendor: Freelap, MyFreelap app and myfreelap.com
Export: a workout > Export (CSV)
Row: one run; every split gives a time over the distance from the start
Variants: two blocks (the session, then its runs with `L1 - 20.0;TOTAL 1;…`); one table (`10m (s)`, `Total time (s)`);
  English or French; comma, semicolon or tab
Units: in the headers: m and s
Limits: French headers mean day first, else the order is told by the whole column or asked; the exercise stands in the
  protocol, so that flying and standing starts are not compared; the reaction is the test sprint_start; step frequency,
  length and speed are named, not read; Brower, Witty, SmartSpeed, Dashr and OVR through a mapping file only
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from analysis.importers import _athletes, _dates, _header, _trials
from analysis.importers._problem import ImportProblem
from analysis.importers._raw import Context, Raw, refusals
from analysis.importers._source import Head, Source
from analysis.importers._text import Records, cut_off, parse

VENDOR: Final = "freelap"
COLUMNS: Final[_header.Synonyms] = {
    "date": ("Date",), "time": ("Time", "Heure"), "exercise": ("Exercise", "Exercice"),
    "athlete": ("Athlete", "Athlète"), "distance": ("Distance (m)",), "run": ("Run", "Course"),
    "total": ("Total time (s)", "Temps total (s)"),
}  # fmt: skip
RUNS: Final[_header.Synonyms] = {
    "run": ("N",), "athlete": ("ID",), "reaction": ("REACTION TIME", "TEMPS DE RÉACTION"), "total": ("TIME", "TEMPS"),
    "distance": ("DIST. (m)",),
}  # fmt: skip
_SESSION: Final = ("date", "time", "exercise")
_RUN: Final = ("athlete", "total")
_ONE_TABLE: Final = ("date", "athlete", "exercise", "distance", "total")
_FRENCH: Final = frozenset(("exercice", "heure", "tempstotals"))
_MANGLED: Final = re.compile(r"\.\d+$|_duplicated_\d+$")  # how pandas and polars rename headers that occur twice
_LAP: Final = re.compile(r"L(\d+)\s*-\s*(\d+(?:[.,]\d+)?)(?:\s*m)?", re.IGNORECASE)
_SPLIT: Final = re.compile(r"(\d+(?:[.,]\d+)?)\s*m\s*\(s\)", re.IGNORECASE)
_TIME: Final = re.compile(r"\+?(?:(\d+):)?(?:(\d+):)?(\d+(?:[.,]\d+)?)\s*s?\s*(?:\(\d+\))?")
_THOUSANDS: Final = re.compile(r"(?<=\d)\.(?=\d{3}\b)")
_HEADERS_WITHIN: Final = 8
_SCHEMA: Final = {
    "source_row": pl.Int64, "name": pl.String, "when": pl.String, "protocol": pl.String, "run": pl.String,
    "test": pl.String, "measure": pl.String, "distance_m": pl.String, "value": pl.String,
}  # fmt: skip


@dataclass(frozen=True)
class _Block:
    """What the lines above a run say: its columns, its splits (metres from the start, columns), and its session."""

    positions: dict[str, int]
    splits: tuple[tuple[str, tuple[int, ...]], ...]
    headers: tuple[str, ...]
    when: str = ""
    exercise: str = ""

    def cell(self, fields: Sequence[str], name: str) -> str:
        """The text of a column, empty where the block has no such column or the run ends before it."""
        at = self.positions.get(name, len(fields))
        return fields[at] if at < len(fields) else ""

    @property
    def unread(self) -> set[str]:
        """The headers without a place in the tables."""
        known = {*self.positions.values(), *(at for _, columns in self.splits for at in columns)}
        return {h for n, h in enumerate(self.headers) if n not in known and not _LAP.fullmatch(h)}


@dataclass
class _Sorted:
    """The records of a file by what they are."""

    runs: list[tuple[int, list[str], _Block]]
    sessions: list[int]
    blank: list[int]
    unread: set[str]
    n_read: int


def matches(head: Head) -> bool:
    """Whether the header is that of a session followed by its runs, or that of a table of runs."""
    if head.kind not in ("text", "workbook"):
        return False
    found = _header.layout(head, COLUMNS)
    if found.has(*_ONE_TABLE):
        return True
    records = head.first_records(found.delimiter, _HEADERS_WITHIN)
    return found.has(*_SESSION) and any(_block(record, RUNS) for record in records[1:])


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape an export; nothing is judged here."""
    found = _header.layout(source.head, COLUMNS)
    records = parse(source.name, source.text, found.delimiter)
    sorted_ = _sort(records, one_table=found.has(*_ONE_TABLE))
    if not sorted_.runs:
        came = f"{source.name} has no run below its headers"
        raise ImportProblem(came, "the session and at least one run", "export the workout again")
    last, fields, block = sorted_.runs[-1]
    if last == records.starts[-1] and len(fields) < len(block.headers) and not records.ended:
        raise cut_off(f"{source.name} ends inside the row of line {last}")
    rows, refused, empty = _times(sorted_.runs)
    rows, whose = _athletes.named(rows, "name", context, source.name)
    french = not _FRENCH.isdisjoint(found.headers)
    days = _dates.local(rows["when"], source.name, "day_first" if french else context.answer("date_order"))
    if french and days.order_from == "option":
        days = replace(days, order_from="language")
    return Raw(
        primary=("trials",),
        variant="one table" if found.has(*_ONE_TABLE) else "two blocks",
        records=records,
        tables={"trials": _trials.numbered(_renamed(rows, days), VENDOR, "Freelap")},
        decisions=_header.reading_decisions(source, found) | days.decisions,
        n_read=sorted_.n_read,
        refused=refusals(refused),
        ignored=refusals(dict.fromkeys(sorted_.blank, "blank") | dict.fromkeys(empty, "no_measurement")),
        attached=tuple(sorted_.sessions),
        notices=(*whose, *_trials.not_read(sorted_.unread)),
    )


def _sort(records: Records, *, one_table: bool) -> _Sorted:
    found = _Sorted([], [], [], set(), len(records.starts))
    session, block = _Block({}, (), ()), _Block({}, (), ())
    for n, row in enumerate(records.starts):
        at = records.offsets[n]
        fields = [field.strip() for field in records.fields[at : at + records.widths[n]]]
        header = _block(fields, COLUMNS) or _block(fields, RUNS)
        if n in records.blank:
            found.blank.append(row)
        elif header is not None:
            found.n_read -= 1
            of_session = not one_table and "exercise" in header.positions
            session = header if of_session else session
            block = header if of_session else replace(header, when=session.when, exercise=session.exercise)
            found.unread |= set() if of_session else header.unread
        elif block is session:
            when = f"{session.cell(fields, 'date')} {session.cell(fields, 'time')}".strip()
            session = block = replace(session, when=when, exercise=session.cell(fields, "exercise"))
            found.sessions.append(row)
        else:
            found.runs.append((row, fields, block))
    return found


def _block(fields: Sequence[str], synonyms: _header.Synonyms) -> _Block | None:
    """The block that a record begins as its header, None where the record is no header."""
    known = {_header.fold(header): name for name, headers in synonyms.items() for header in headers}
    names = [known.get(_header.fold(_MANGLED.sub("", field))) for field in fields]
    positions = {name: names.index(name) for name in names if name}
    needed = (_SESSION, _ONE_TABLE) if synonyms is COLUMNS else (_RUN,)
    if not any(positions.keys() >= {*columns} for columns in needed):
        return None
    return _Block(positions, tuple(_splits(fields)), tuple(fields))


def _splits(headers: Sequence[str]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The splits of a header: metres from the start, and the columns whose times add up to the time there."""
    metres, laps = 0.0, []
    for n, header in enumerate(headers):
        lap, split = _LAP.fullmatch(header), _SPLIT.fullmatch(header)
        if split:
            yield f"{_decimal(split[1]):g}", (n,)
        elif lap:
            metres += _decimal(lap[2])
            laps.append(n)
            total = _header.fold(f"TOTAL {lap[1]}")
            after = [m for m in range(n + 1, len(headers)) if _header.fold(headers[m]) == total]
            yield f"{metres:g}", (after[0],) if after else tuple(laps)


def _times(runs: Sequence[tuple[int, list[str], _Block]]) -> tuple[pl.DataFrame, dict[int, str], list[int]]:
    """One row per run and time; the runs that cannot be read, and those without a time."""
    rows: list[tuple[object, ...]] = []
    refused: dict[int, str] = {}
    empty: list[int] = []
    commas = any(re.search(r"\d,\d", block.cell(fields, "total")) for _, fields, block in runs)
    for row, fields, block in runs:
        when = block.when or f"{block.cell(fields, 'date')} {block.cell(fields, 'time')}".strip()
        exercise = block.exercise or block.cell(fields, "exercise")
        about = (row, block.cell(fields, "athlete"), when, exercise, block.cell(fields, "run"))
        try:
            found = list(_measured(fields, block, commas=commas))
        except ValueError as error:
            refused[row], found = str(error), [("sprint", "time_s", "", "")]
        if len(fields) > len(block.headers) and any(fields[len(block.headers) :]):
            refused[row] = f"has {len(fields)} fields, the header has {len(block.headers)}"
        rows += [(*about, *values) for values in found]
        if not found:
            empty.append(row)
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row"), refused, empty


def _measured(fields: Sequence[str], block: _Block, *, commas: bool) -> Iterator[tuple[str, str, str, str]]:
    """Test, measure, distance and seconds of a run."""
    done = set()
    for metres, columns in block.splits:
        texts = [fields[n] if n < len(fields) else "" for n in columns]
        if all(texts):
            done.add(metres)
            yield "sprint", "time_s", metres, f"{sum(map(_seconds, texts)):.6g}"
    total, distance = block.cell(fields, "total"), block.cell(fields, "distance")
    distance = _THOUSANDS.sub("", distance) if commas else distance
    metres = f"{_decimal(distance):g}" if distance else ""
    if total and metres not in done and ("date" in block.positions or not done):
        yield "sprint", "time_s", metres, f"{_seconds(total):.6g}"
    reaction = block.cell(fields, "reaction")
    if reaction:
        yield "sprint_start", "reaction_time_s", "", f"{_seconds(reaction):.6g}"


def _seconds(text: str) -> float:
    """Seconds of `05.63 (2)` (with the rank), `+00.02`, `0.194s`, `1:02,34`; raises ValueError for anything else."""
    found = _TIME.fullmatch(text)
    if not found:
        raise ValueError(f"time '{text}' cannot be read")
    hours, minutes = (found[1], found[2]) if found[2] else (None, found[1])
    return 3600 * int(hours or 0) + 60 * int(minutes or 0) + _decimal(found[3])


def _decimal(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError as error:
        raise ValueError(f"distance '{text}' cannot be read") from error


def _renamed(rows: pl.DataFrame, days: _dates.Dated) -> pl.DataFrame:
    start = pl.coalesce(days.start, days.date).alias("start")
    rows = rows.with_columns(days.date.alias("date"), start)
    rank = pl.col("source_row").rank("dense").over("athlete", "start", "run").cast(pl.String)
    number = pl.col("run").str.zfill(6)
    return rows.with_columns(
        pl.concat_str("start", "run", rank, separator="|").alias("attempt"),
        pl.concat_str("start", number, rank.str.zfill(4), separator="|").alias("order"),
        pl.when(pl.col("protocol") != "").then("protocol").alias("protocol"),
        pl.when(pl.col("distance_m") != "").then("distance_m").alias("distance_m"),
        pl.lit(None, pl.String).alias("load_kg"),
        pl.lit(None, pl.String).alias("method"),
        pl.lit(None, pl.String).alias("notes"),
        pl.lit("both").alias("side"),
    )
