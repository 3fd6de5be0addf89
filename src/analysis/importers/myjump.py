"""My Jump Lab (jumps filmed with a phone).

Vendor: My Jump Lab, iOS and Android
Export: the CSV that the app shares
Row: one measurement of an athlete (CMJ and the ten jumps of a 10/5 test), or one jump
Variants: wide (`CMJ (cm)`, `Jump 1 (cm)` … `Contact time 10 (ms)`, English); one jump per row (Spanish, `;`)
Units: in each header
Limits: the app computes heights from flight times; a height or contact time of 0 is none; the 10/5 jumps are the test
  rebound_10_5; day and month are told apart by the whole column, else asked; other languages have not been seen
"""

from __future__ import annotations

import re
from typing import Final

import polars as pl

from analysis.importers import _athletes, _dates, _header, _measures, _trials
from analysis.importers._numbers import decimal_points, not_zero, number
from analysis.importers._raw import Context, Raw
from analysis.importers._source import Head, Source
from analysis.importers._text import per_value

VENDOR: Final = "myjump"
COLUMNS: Final[_header.Synonyms] = {
    "name": ("Name", "Nombre"),
    "date": ("Date", "Fecha"),
    "time": ("Time", "Hora"),
    "jump_type": ("Tipo de salto",),
    "body": ("Body weight(kg)",),
    "push_off": ("Push-off distance (hp0, in m)",),
    "rsi_10_5": ("RSI 10-5",),
    "cmj": ("CMJ (cm)",),
    "height": ("Altura de salto (cm)",),
    "rsi_modified": ("RSI mod (m/s)",),
    "force": ("Fuerza (N)",),
    "power": ("Potencia (W)",),
}
_HEIGHT: Final = _measures.Measure("height_m", 0.01, "flight_time")
_CONTACT: Final = _measures.Measure("contact_time_s", 0.001)
_WIDE: Final = {
    "cmj": _HEIGHT, "body": _measures.Measure("body_mass_kg"), "push_off": _measures.Measure("push_off_distance_m"),
}  # fmt: skip
_SINGLE: Final = {
    "height": _HEIGHT, "rsi_modified": _measures.Measure("rsi_modified", 1.0, "flight_time"),
    "force": _measures.Measure("mean_force_n"), "power": _measures.Measure("mean_power_w"),
}  # fmt: skip
_JUMP: Final = re.compile(r"jump(\d+)cm|contacttime(\d+)ms")
_TEN_FIVE: Final = "rebound_10_5"


def matches(head: Head) -> bool:
    """Whether the header is one of the two that the app writes."""
    found = _header.layout(head, COLUMNS)
    wide = found.has("cmj") and (found.has("push_off") or found.has("rsi_10_5"))
    return found.has("name", "date") and (wide or found.has("jump_type", "height"))


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape an export; nothing is judged here."""
    found = _header.layout(source.head, COLUMNS)
    at = _of_ten_five(found)
    numbers = [*(name for name in (*_WIDE, *_SINGLE, "rsi_10_5") if found.has(name)), *at]
    layout = _header.Layout(found.delimiter, {**found.positions, **at}, found.width, found.headers, found.doubled)
    table = _header.table(source, layout, {**COLUMNS, **dict.fromkeys(at, ())}, ("name", "date"))
    frame, mixed = decimal_points(table.frame, numbers)
    frame, whose = _athletes.named(frame, "name", context, source.name)
    texts = frame.select(_trials.moment("date", "time")).to_series()
    days = _dates.local(texts, source.name, context.answer("date_order"))
    rows = _renamed(frame.with_columns(not_zero(name) for name in numbers), days)
    parts = _parts(rows, [name for name in numbers if name in (*_WIDE, *_SINGLE)], at, ten_five=found.has("rsi_10_5"))
    refused = pl.concat([table.refused, mixed, *(part.refused for part in parts)])
    refused = refused.unique("source_row", keep="first", maintain_order=True)
    trials = _together(parts)
    empty = parts[0].ignored.filter(~pl.col("source_row").is_in([*trials["source_row"], *refused["source_row"]]))
    read_at = {*found.positions.values(), *at.values()}
    headers = source.head.first_record(found.delimiter)
    return Raw(
        primary=("trials",),
        variant="one jump per row" if found.has("jump_type", "height") else "wide",
        records=table.records,
        tables={"trials": trials},
        decisions=_header.reading_decisions(source, found) | days.decisions,
        n_read=table.n_read,
        refused=refused,
        ignored=pl.concat([table.ignored, empty]),
        notices=(*whose, *_trials.not_read(h for n, h in enumerate(headers) if n not in read_at)),
    )


def _of_ten_five(found: _header.Layout) -> dict[str, int]:
    """The columns of the ten jumps by our names, `jump_1` and `contact_1` to `contact_10`."""
    jumps = [(m, n) for n, header in enumerate(found.headers) if (m := _JUMP.fullmatch(header))]
    return {f"{'jump' if m[1] else 'contact'}_{m[1] or m[2]}": n for m, n in jumps}


def _together(parts: list[_trials.Trials]) -> pl.DataFrame:
    trials = pl.concat([part.trials for part in parts if part.trials.height] or [parts[0].trials])
    return _trials.numbered(trials, VENDOR, "My Jump Lab") if trials.height else trials


def _renamed(frame: pl.DataFrame, days: _dates.Dated) -> pl.DataFrame:
    start = pl.coalesce(days.start, days.date).alias("start")
    test = per_value(frame["jump_type"], lambda text: _trials.jump(text) if text.strip() else "cmj", pl.String)
    kind = pl.when(pl.col("jump_type").str.strip_chars() != "").then("jump_type")
    jumped = number("cmj").is_not_null()  # body mass and push-off distance say nothing where there was no jump
    frame = frame.with_columns(pl.when(jumped).then(pl.col(name)).alias(name) for name in ("body", "push_off"))
    frame = frame.with_columns(days.date.alias("date"), start, test.alias("test"))
    nth = _trials.occurrence("athlete", "start", "jump_type")
    return frame.with_columns(
        pl.concat_str("start", "jump_type", nth, separator="|").alias("attempt"),
        pl.concat_str("start", nth.str.zfill(4), separator="|").alias("order"),
        kind.alias("protocol"),
        pl.lit(None, pl.String).alias("load_kg"),
        pl.lit("both").alias("side"),
    )


def _parts(rows: pl.DataFrame, single: list[str], at: dict[str, int], *, ten_five: bool) -> list[_trials.Trials]:
    """The jump of each row, and the jumps of a 10/5 test, each of which is an attempt of its own."""
    told = [_trials.Column(name, name, {**_WIDE, **_SINGLE}[name]) for name in single]
    parts = [_trials.long(rows, told, VENDOR, "My Jump Lab")]
    rows = rows.with_columns(pl.lit(_TEN_FIVE).alias("test"), pl.lit("10/5").alias("protocol"))
    for nth in sorted({name.split("_")[1] for name in at}, key=int):
        columns = [_trials.Column(f"jump_{nth}", f"Jump {nth} (cm)", _HEIGHT)] if f"jump_{nth}" in at else []
        if f"contact_{nth}" in at:
            columns.append(_trials.Column(f"contact_{nth}", f"Contact time {nth} (ms)", _CONTACT))
        place = [pl.concat_str(pl.col(c), pl.lit(nth.zfill(2)), separator="|").alias(c) for c in ("attempt", "order")]
        parts.append(_trials.long(rows.with_columns(place), columns, VENDOR, "My Jump Lab"))
    if ten_five:
        column = _trials.Column("rsi_10_5", "RSI 10-5", _measures.Measure("rsi_10_5"))
        first = rows.with_columns(pl.concat_str("order", pl.lit("01"), separator="|").alias("order"))
        parts.append(_trials.long(first, [column], VENDOR, "My Jump Lab"))
    return parts
