"""OptoJump Next (optical jump and step measurement).

Vendor: Microgate OptoJump Next
Export: Results > Export > Excel (XML) or XLSX
Row: one jump or one step; start and stop marks are ignored
Variants: the XML spreadsheet (sheet `Données OJ`) and the workbook; headers in French or English
Units: flight and contact times in s; elevation in cm or inches, whichever agrees with g t²/8 in the file itself
Limits: French headers mean day first, else the order is told by the whole column or asked; the test is known by the
  name that its user gave it, which stands in the protocol; jumps of a test without ground contact in its nature (CMJ,
  SJ) keep height and flight time only; a flight below 0.15 s in a jump test is no jump; gait, pace and power columns
  are named, not read; Witty, Brower, MuscleLab, Just Jump, Chronojump, OVR and Dashr through a mapping file only
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import polars as pl

from analysis.importers import _athletes, _dates, _header, _measures, _spreadsheetml, _trials
from analysis.importers._numbers import decimal_points, number
from analysis.importers._raw import Context, Raw, refusals
from analysis.importers._source import Head, Source
from analysis.importers._text import per_value
from analysis.units import G_MPS2, IN_M

VENDOR: Final = "optojump"
COLUMNS: Final[_header.Synonyms] = {
    "name": ("Première dernière", "Last & first names", "First last", "First & last names"),
    "surname": ("Nom", "Surname", "Last name"),
    "test_name": ("Test",),
    "date": ("Date",),
    "time": ("Heure", "Time"),
    "mark": ("#",),
    "side": ("G/D", "L/R"),
    "flight": ("Temps de vol", "Flight time"),
    "contact": ("Temps de contact", "Contact time"),
    "elevation": ("Elevation", "Élévation", "Height"),
    "rsi": ("RSI",),
    "notes": ("Notes", "Note"),
}
NEEDED: Final = ("test_name", "date", "mark", "side", "flight")
_FRENCH: Final = "Temps de vol"
_SIDES: Final = {"g": "left", "l": "left", "left": "left", "gauche": "left", "d": "right", "r": "right"}
_ONE_JUMP: Final = ("cmj", "squat_jump", "abalakov_jump")  # what lies between two of them is standing, not contact
_JUMPS: Final = (*_ONE_JUMP, "drop_jump", "rebound_jump")
_SHORTEST_S: Final = 0.15
_LENGTHS: Final = {"cm": 0.01, "in": IN_M, "m": 1.0}
_AGREES: Final = 0.02


def matches(head: Head) -> bool:
    """Whether the header is that of the results of a test."""
    return _layout(head).has(*NEEDED)


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape an export; nothing is judged here."""
    as_text = _spreadsheetml.as_text(source) if source.kind == "xml" else source
    found = _layout(as_text.head)
    headers = list(found.headers)
    table = _header.table(as_text, found, COLUMNS, NEEDED)
    frame, mixed = decimal_points(table.frame, ("flight", "contact", "elevation", "rsi"))
    name = "name" if found.has("name") else "surname"
    frame, whose = _athletes.named(frame, name, context, source.name)
    rows, marks = _jumps(frame)
    days = _days(rows, source.name, context, french=_FRENCH in headers)
    length = _length(rows)
    rows, no_jump = _renamed(rows, days)
    done = _trials.long(rows, _columns(length), VENDOR, "OptoJump")
    of_steps = (pl.col("measure") == "flight_time_s") & ~pl.col("test").is_in(_JUMPS)
    named = pl.when(of_steps).then(pl.lit("step_flight_time_s")).otherwise("measure").alias("measure")
    read_at = {at for name, at in found.positions.items() if length or name != "elevation"}
    refused = pl.concat([table.refused, mixed, done.refused]).unique("source_row", keep="first", maintain_order=True)
    ignored = pl.concat([table.ignored, marks, no_jump, done.ignored])
    return Raw(
        primary=("trials",),
        variant=("French" if _FRENCH in headers else "English") + (" XML" if source.kind == "xml" else " sheet"),
        records=table.records,
        tables={"trials": done.trials.with_columns(named) if done.trials.height else done.trials},
        decisions=days.decisions | {"elevation_unit": length or "none"},
        n_read=table.n_read,
        refused=refused.filter(~pl.col("source_row").is_in(ignored["source_row"].implode())),
        ignored=ignored,
        notices=(*whose, *_trials.not_read(h for n, h in enumerate(headers) if n not in read_at)),
    )


def _layout(head: Head) -> _header.Layout:
    """Where our columns stand: by exact spelling, since `Temps de contact`, `… Contact` and `… contact%` all occur."""
    if head.kind == "xml":
        return _spelled(_spreadsheetml.first_row(head) if _spreadsheetml.is_one(head) else [], ",")
    if head.kind not in ("text", "workbook"):
        return _spelled([], ",")
    layouts = [_spelled(head.first_record(delimiter), delimiter) for delimiter in _header.DELIMITERS]
    return max(layouts, key=lambda found: len(found.positions))


def _spelled(headers: Sequence[str], delimiter: str) -> _header.Layout:
    plain = [" ".join(header.split()) for header in headers]
    at = {name: [n for s in names for n, h in enumerate(plain) if h == s] for name, names in COLUMNS.items()}
    last = ("elevation",)  # `Height` is first the athlete's, then the jump's
    positions = {name: there[-1] if name in last else there[0] for name, there in at.items() if there}
    return _header.Layout(delimiter, positions, len(headers), tuple(plain))


def _jumps(frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows with a number, and the marks between them (start, stop, a step that was not seen)."""
    counted = number("mark").is_not_null()
    marks = frame.filter(~counted).with_columns(pl.lit("marker").alias("reason"))
    return frame.filter(counted), refusals(marks)


def _days(rows: pl.DataFrame, file: str, context: Context, *, french: bool) -> _dates.Dated:
    texts = rows.select(_trials.moment("date", "time")).to_series()
    told = "day_first" if french else context.answer("date_order")
    days = _dates.local(texts, file, told)
    return replace(days, order_from="language") if french and days.order_from == "option" else days


def _length(rows: pl.DataFrame) -> str | None:
    """The unit of the elevations: the one in which most of them are g t²/8 of their flight time, None where none is."""
    pairs = rows.select(number("flight").alias("t"), number("elevation").alias("h")).drop_nulls()
    pairs = pairs.filter(pl.col("t") >= _SHORTEST_S, pl.col("h") > 0)
    height = G_MPS2 * pl.col("t") ** 2 / 8
    for unit, metres in _LENGTHS.items():
        near = ((pl.col("h") * metres / height - 1).abs() < _AGREES).alias("near")
        if pairs.height and 2 * int(pairs.select(near)["near"].sum()) > pairs.height:
            return unit
    return None


def _columns(length: str | None) -> list[_trials.Column]:
    plain = [("flight", "flight_time_s"), ("contact", "contact_time_s"), ("rsi", "rsi")]
    columns = [_trials.Column(name, name, _measures.Measure(slug)) for name, slug in plain]
    if length is None:
        return columns
    height = _measures.Measure("height_m", _LENGTHS[length], "flight_time")
    return [_trials.Column("elevation", "elevation", height), *columns]


def _renamed(rows: pl.DataFrame, days: _dates.Dated) -> tuple[pl.DataFrame, pl.DataFrame]:
    test = per_value(rows["test_name"], _trials.jump, pl.String).alias("test")
    side = per_value(rows["side"], lambda text: _SIDES.get(text.strip().casefold(), "both"), pl.String)
    rows = rows.with_columns(
        test, side.alias("side"), days.date.alias("date"), pl.coalesce(days.start, days.date).alias("start")
    )
    short = pl.col("test").is_in(_JUMPS) & (number("flight") < _SHORTEST_S).fill_null(value=False)
    no_jump = refusals(rows.filter(short).with_columns(pl.lit("no_jump").alias("reason")))
    nth = _trials.occurrence("athlete", "start", "test_name", "mark")
    rows = rows.with_columns(
        pl.concat_str("start", pl.col("mark").str.strip_chars(), nth, separator="|").alias("attempt"),
        pl.concat_str(
            "start", number("mark").cast(pl.Int64, strict=False).cast(pl.String).str.zfill(6), nth, separator="|"
        ).alias("order"),
        pl.col("test_name").str.strip_chars().alias("protocol"),
        pl.lit(None, pl.String).alias("load_kg"),
    )
    standing = pl.col("test").is_in(_ONE_JUMP)
    rows = rows.with_columns(pl.when(~standing).then(pl.col(name)).alias(name) for name in ("contact", "rsi"))
    return rows.filter(~short), no_jump
