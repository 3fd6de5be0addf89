"""Our sheet of re-tests.

Vendor: stridelift, the sheet `stridelift template retest`
Export: fill the template in, save as CSV (comma, semicolon or tab)
Row: one trial; all trials are kept, not the best
Units: in the measure (height_m, height_cm, flight_time_s, flight_time_ms, time_s) and the header (load_kg or load_lb)
Limits: dates as 2026-03-31 or 31.03.2026; a column uses decimal commas or points, not both
"""

from __future__ import annotations

from typing import Final

import polars as pl

from analysis.importers import _header, _sheets
from analysis.importers._numbers import decimal_points, number, times
from analysis.importers._raw import Context, Raw, refusals
from analysis.importers._source import Head, Source
from analysis.tables import TESTS
from analysis.units import kg_per

VENDOR: Final = "retest_sheet"
KIND: Final = "retest"
TEMPLATE: Final = """\
athlete,date,test,trial,side,load_kg,distance_m,cap_s,measure,value,protocol,device,valid,notes
anna,2026-03-02,loaded_jump,1,both,20,,,height_cm,31.4,hands on bar,My Jump,,example rows: replace them
anna,2026-03-02,sprint,1,,,30,,time_s,4.62,standing start 0.5 m,timing gates,yes,
anna,2026-03-02,single_leg_stance,1,left,,,60,time_s,41.5,eyes closed,stopwatch,yes,
"""
COLUMNS: Final[_header.Synonyms] = {
    name: (name,)
    for name in (
        "athlete", "date", "test", "trial", "side", "load_kg", "load_lb", "distance_m", "cap_s", "measure", "value",
        "protocol", "device", "valid", "notes",
    )
}  # fmt: skip
NEEDED: Final = ("date", "test", "trial", "measure", "value")
_KNOWN: Final = ("height_m", "flight_time_s", "time_s")
_MEASURES: Final = {"height_cm": ("height_m", 0.01), "flight_time_ms": ("flight_time_s", 0.001)}


def matches(head: Head) -> bool:
    """Whether the header is that of our sheet."""
    return _header.layout(head, COLUMNS).has(*NEEDED)


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape a sheet; nothing is judged here."""
    found = _header.layout(source.head, COLUMNS)
    table = _header.table(source, found, COLUMNS, NEEDED)
    load, unit = _header.one_of(source.name, found, {"load_kg": "kg", "load_lb": "lb"})
    frame, mixed = decimal_points(table.frame, (load, "distance_m", "cap_s", "value"))
    frame, undated = _sheets.iso_dates(frame, ("date",))
    frame = _sheets.with_athlete(frame, context, source.name, present=found.has("athlete"))
    unknown = _unknown(frame)
    trials = _with_ids(_converted(frame.with_columns(times(load, pl.lit(kg_per(unit or "kg"))).alias("load_kg"))))
    return Raw(
        primary=("trials",),
        variant=f"load_{unit}",
        records=table.records,
        tables={"trials": trials},
        decisions=_header.reading_decisions(source, found),
        n_read=table.n_read,
        refused=pl.concat([table.refused, mixed, undated, unknown]).unique(
            "source_row", keep="first", maintain_order=True
        ),
        ignored=table.ignored,
    )


def _unknown(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows with a test or a measure that is not known."""
    refused = [refusals()]
    for column, known in (("test", TESTS), ("measure", (*_KNOWN, *_MEASURES))):
        word = pl.col(column).str.strip_chars().str.to_lowercase()
        wrong = frame.filter(~word.is_in(known) & (word != ""))
        refused.append(
            refusals(wrong.with_columns(pl.format(f"{column} '{{}}' cannot be read", column).alias("reason")))
        )
    return pl.concat(refused)


def _converted(frame: pl.DataFrame) -> pl.DataFrame:
    frame = frame.with_columns(_sheets.words("test", "side", "measure", "valid"))
    factor = pl.col("measure").replace_strict({name: f for name, (_, f) in _MEASURES.items()}, default=1.0)
    return frame.with_columns(
        times("value", factor).alias("value"),
        pl.col("measure").replace({name: si for name, (si, _) in _MEASURES.items()}),
        pl.col("side", "valid").replace({"": None}),
    ).with_columns(pl.col("side").fill_null("both"), pl.col("valid").fill_null("true"), source=pl.lit(VENDOR))


def _with_ids(frame: pl.DataFrame) -> pl.DataFrame:
    def plain(column: str) -> pl.Expr:
        return pl.coalesce(number(column).cast(pl.String), column)

    key = ("athlete", "date", "test", plain("load_kg"), plain("distance_m"), "side", "measure", plain("trial"))
    return frame.with_columns(pl.concat_str(*key, separator="|").alias("trial_id"))
