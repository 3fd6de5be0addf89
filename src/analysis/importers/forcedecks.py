"""ForceDecks (force plates).

Vendor: VALD ForceDecks, VALD Hub
Export: VALD Hub > ForceDecks > Tests > Export (CSV)
Row: one test, or one repetition where that is how it was exported: all its measures become rows of `trials`
Variants: any choice of measures; asymmetry headers before and after they were renamed; comma, semicolon or tab
Units: in each header ([cm], [in], [ms], [N], [lb] …); additional load in [kg] or [lb]
Limits: day and month are told apart by the whole column, else asked; a difference between the legs (`12.3 L`) is above
  zero where the left leg is higher; height, RSI and RSI-modified carry their method, so that flight time and impulse
  are not compared; a test of several repetitions has the vendor's one value for them (said in the notes); columns
  without a unit are named, not read; NordBord, ForceFrame, DynaMo, SmartSpeed through a mapping file only
"""

from __future__ import annotations

from typing import Final

import polars as pl

from analysis.importers import _athletes, _dates, _header, _measures, _trials
from analysis.importers._numbers import decimal_points, number, times
from analysis.importers._raw import Context, Raw
from analysis.importers._source import Head, Source
from analysis.importers._text import per_value
from analysis.units import kg_per

VENDOR: Final = "forcedecks"
COLUMNS: Final[_header.Synonyms] = {
    "name": ("Name", "Athlete", "Athlete Name"),
    "external_id": ("ExternalId", "External Id"),
    "test_type": ("Test Type",),
    "date": ("Date", "Test Date"),
    "time": ("Time", "Test Time"),
    "body_kg": ("BW [KG]", "BW"),
    "repetitions": ("Reps", "Repetitions"),
    "tags": ("Tags",),
    "added_kg": ("Additional Load [kg]",),
    "added_lb": ("Additional Load [lb]", "Additional Load [lbs]"),
}
NEEDED: Final = ("name", "test_type", "date")
_OF_VALD: Final = ("body_kg", "added_kg", "added_lb", "external_id")
_TESTS: Final = {
    "cmj": "cmj", "countermovement jump": "cmj", "lcmj": "cmj", "abcmj": "abalakov_jump", "sj": "squat_jump",
    "squat jump": "squat_jump", "dj": "drop_jump", "drop jump": "drop_jump", "cmrj": "rebound_jump",
    "cmj rebound": "rebound_jump", "slj": "single_leg_jump", "single leg jump": "single_leg_jump",
    "sldj": "single_leg_drop_jump", "imtp": "imtp", "hj": "hop_test", "hop test": "hop_test",
    "slhj": "single_leg_hop_test", "lah": "land_and_hold", "slah": "single_leg_land_and_hold", "ppu": "plyo_push_up",
    "isosqt": "isometric_squat", "iso squat": "isometric_squat",
}  # fmt: skip
_PLAIN_RSI: Final = ("rsi_modified",)  # without a method in its header it is computed from the flight time


def matches(head: Head) -> bool:
    """Whether the header is that of ForceDecks tests."""
    found = _header.layout(head, COLUMNS)
    known = [name for name in _OF_VALD if found.has(name)]
    return found.has(*NEEDED, "repetitions", "time") and bool(known)


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape an export; nothing is judged here."""
    found = _header.layout(source.head, COLUMNS)
    columns, synonyms, unread = _measured(source.head.first_record(found.delimiter), found)
    positions = {**found.positions, **{c.column: int(c.column[1:]) for c in columns}}
    layout = _header.Layout(found.delimiter, positions, found.width, found.headers, found.doubled)
    table = _header.table(source, layout, {**COLUMNS, **synonyms}, NEEDED)
    added, unit = _header.one_of(source.name, found, {"added_kg": "kg", "added_lb": "lb"})
    frame, mixed = decimal_points(table.frame, (added, "body_kg", *synonyms))
    weighed = [c.column for c in columns if c.measure.slug == "body_mass_kg"]  # zero or -1: nobody stood on the scales
    frame = frame.with_columns(pl.when(number(c) > 0).then(pl.col(c)).alias(c) for c in weighed)
    texts = frame.select(_trials.moment("date", "time")).to_series()
    days = _dates.local(texts, source.name, context.answer("date_order"))
    known = pl.when(pl.col("name").str.strip_chars() == "").then("external_id").otherwise("name")
    frame, whose = _athletes.named(frame.with_columns(known.alias("name")), "name", context, source.name)
    rows = _renamed(frame.with_columns(times(added, pl.lit(kg_per(unit or "kg"))).alias("load_kg")), days)
    done = _trials.long(rows, columns, VENDOR, "ForceDecks")
    refused = pl.concat([table.refused, mixed, done.refused]).unique("source_row", keep="first", maintain_order=True)
    no_value = done.ignored.filter(~pl.col("source_row").is_in(refused["source_row"].implode()))
    return Raw(
        primary=("trials",),
        variant="tests",
        records=table.records,
        tables={"trials": done.trials},
        decisions=_header.reading_decisions(source, found) | days.decisions | {"load_unit": unit or "none"},
        n_read=table.n_read,
        refused=refused,
        ignored=pl.concat([table.ignored, no_value]),
        notices=(*whose, *_trials.not_read(unread)),
    )


def _measured(
    headers: list[str], found: _header.Layout
) -> tuple[list[_trials.Column], dict[str, tuple[str, ...]], list[str]]:
    """The columns with a measure by position (`c12`), and the headers without one."""
    columns, unread = [], []
    taken = {at for name, at in found.positions.items() if name != "body_kg"}
    for at, header in enumerate(headers):
        measure = None if at in taken else _measures.of(header)
        if measure is not None:
            columns.append(_trials.Column(f"c{at}", header, _with_method(measure)))
        elif at not in taken:
            unread.append(header)
    return columns, {c.column: () for c in columns}, unread


def _with_method(measure: _measures.Measure) -> _measures.Measure:
    if measure.method is None and measure.slug.endswith(_PLAIN_RSI):
        return _measures.Measure(measure.slug, measure.factor, "flight_time", measure.side)
    return measure


def _renamed(frame: pl.DataFrame, days: _dates.Dated) -> pl.DataFrame:
    """The rows with day, order, test and load; a file that begins with its newest test is counted from its end."""
    start = pl.coalesce(days.start, days.date).alias("start")
    frame = frame.with_columns(days.date.alias("date"), start, pl.col("test_type").str.strip_chars())
    starts = frame["start"]
    turned = frame.reverse() if frame.height and (starts[0] or "") > (starts[-1] or "") else frame
    load = number("load_kg")
    test = per_value(turned["test_type"], lambda t: _TESTS.get(t.casefold()) or _trials.jump(t), pl.String)
    turned = turned.with_columns(test.alias("test"), rank=_trials.occurrence("athlete", "start", "test_type"))
    loaded = (pl.col("test") == "cmj") & (load > 0).fill_null(value=False)
    repetitions = pl.format("one value for {} repetitions", pl.col("repetitions").str.strip_chars())
    several = pl.when(number("repetitions") > 1).then(repetitions)
    tags = pl.when(pl.col("tags").str.strip_chars() != "").then(pl.col("tags").str.strip_chars())
    return turned.with_columns(
        pl.when(loaded).then(pl.lit("loaded_jump")).otherwise("test").alias("test"),
        pl.when(load == 0).then(None).otherwise("load_kg").alias("load_kg"),
        pl.concat_str("start", "test_type", "rank", separator="|").alias("attempt"),
        pl.concat_str("start", pl.col("rank").str.zfill(4), separator="|").alias("order"),
        pl.concat_str(several, tags, separator="; ", ignore_nulls=True).alias("notes"),
        pl.col("test_type").alias("protocol"),
        pl.lit("both").alias("side"),
    ).sort("source_row")
