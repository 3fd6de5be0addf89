"""Our sheet of re-tests.

Vendor: stridelift, the sheet `stridelift template retest`
Export: fill the template in (CSV or XLSX), save it
Row: one trial; all trials are kept, not the best
Variants: comma, semicolon or tab; `load_kg` or `load_lb`; CSV or XLSX
Units: in the measure (height_m, height_cm, flight_time_s, flight_time_ms, time_s; of a jump also what a device says,
  such as contact_time_s, rsi, peak_power_w) and the header (load_kg or load_lb)
Limits: tests other than the built-in ones stand in tests.toml, each with its measure; dates as 2026-03-31 or
  31.03.2026, as a spreadsheet saves them, or with slashes where the column or --date-order says which is the day;
  a column uses decimal commas or points, not both
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from analysis.importers import _header, _sheets
from analysis.importers._numbers import decimal_points, number, times
from analysis.importers._raw import Context, Raw, refusals
from analysis.importers._source import Head, Source
from analysis.own_tests import OwnTest
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
_CONVERTED: Final = {
    "height_cm": ("height_m", 0.01), "flight_time_ms": ("flight_time_s", 0.001),
    "contact_time_ms": ("contact_time_s", 0.001),
}  # fmt: skip
_JUMPS: Final = ("loaded_jump", "cmj")
_OF_DEVICES: Final = (
    "contact_time_s", "contact_time_ms", "rsi", "rsi_modified", "rsi_flight_contact", "time_to_takeoff_s",
    "takeoff_velocity_m_s", "peak_velocity_m_s", "mean_velocity_m_s", "peak_power_w", "mean_power_w", "peak_power_w_kg",
    "mean_power_w_kg", "peak_force_n", "mean_force_n", "peak_force_n_kg", "mean_force_n_kg", "countermovement_depth_m",
)  # fmt: skip
CHOICES: Final = {"test": TESTS, "measure": (*_KNOWN, "height_cm", "flight_time_ms")}


def matches(head: Head) -> bool:
    """Whether the header is that of our sheet."""
    return _header.layout(head, COLUMNS).has(*NEEDED)


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape a sheet; nothing is judged here."""
    found = _header.layout(source.head, COLUMNS)
    table = _header.table(source, found, COLUMNS, NEEDED)
    load, unit = _header.one_of(source.name, found, {"load_kg": "kg", "load_lb": "lb"})
    frame, mixed = decimal_points(table.frame, (load, "distance_m", "cap_s", "value"))
    frame, order = _sheets.slashed_dates(frame, ("date",), context, source.name)
    frame, undated = _sheets.iso_dates(frame, ("date",))
    frame = _sheets.with_athlete(frame, context, source.name, present=found.has("athlete"))
    in_kg = times(load, pl.lit(kg_per(unit or "kg"))).alias("load_kg")
    frame = frame.with_columns(in_kg, _sheets.named_tests("test"), *_sheets.words("side", "measure", "valid"))
    frame = frame.with_columns(_sheets.whole_numbers("trial"))
    trials = _with_ids(_converted(frame, context.tests))
    return Raw(
        primary=("trials",),
        variant=f"load_{unit}",
        records=table.records,
        tables={"trials": trials},
        decisions=_header.reading_decisions(source, found) | order,
        n_read=table.n_read,
        refused=pl.concat(
            [
                table.refused,
                mixed,
                undated,
                _sheets.unknown_tests(frame, "test", context),
                _misfits(frame, context.tests),
            ]
        ).unique("source_row", keep="first", maintain_order=True),
        ignored=table.ignored,
    )


def _misfits(frame: pl.DataFrame, own: Mapping[str, OwnTest]) -> pl.DataFrame:
    """The rows with a measure that is not one of their test, or without what their test needs."""
    test, measure = pl.col("test"), pl.col("measure")
    known = measure.is_in((*_KNOWN, *_CONVERTED)) | (test.is_in(_JUMPS) & measure.is_in(_OF_DEVICES))
    unread = frame.filter(~known & ~test.is_in(list(own)) & (measure != ""))
    refused = [refusals(unread.with_columns(pl.format("measure '{}' cannot be read", measure).alias("reason")))]
    for name, told in own.items():
        rows = frame.filter(test == name)
        other = ~measure.is_in([told.measure, *(m for m, (si, _) in _CONVERTED.items() if si == told.measure)])
        says = pl.format(f"measure '{{}}' cannot be read: that of {name} is {told.measure}", measure)
        refused.append(refusals(rows.filter(other & (measure != "")).with_columns(says.alias("reason"))))
        for need in told.needs:
            empty = pl.col(need).str.strip_chars().is_in(["", "both"] if need == "side" else [""])
            says = pl.lit(f"{need} is missing: {name} needs it")
            refused.append(refusals(rows.filter(empty).with_columns(says.alias("reason"))))
    return pl.concat(refused)


def _converted(frame: pl.DataFrame, own: Mapping[str, OwnTest]) -> pl.DataFrame:
    """Measures in SI units, but where a test of one's own is declared in another one."""
    declared = pl.concat_str("test", "measure", separator="|").is_in([f"{name}|{t.measure}" for name, t in own.items()])
    factor = pl.col("measure").replace_strict({name: f for name, (_, f) in _CONVERTED.items()}, default=1.0)
    return frame.with_columns(
        times("value", pl.when(declared).then(1.0).otherwise(factor)).alias("value"),
        pl.when(declared)
        .then("measure")
        .otherwise(pl.col("measure").replace({name: si for name, (si, _) in _CONVERTED.items()}))
        .alias("measure"),
        pl.col("side", "valid").replace({"": None}),
    ).with_columns(pl.col("side").fill_null("both"), pl.col("valid").fill_null("true"), source=pl.lit(VENDOR))


def _with_ids(frame: pl.DataFrame) -> pl.DataFrame:
    def plain(column: str) -> pl.Expr:
        return pl.coalesce(number(column).cast(pl.String), column)

    key = ("athlete", "date", "test", plain("load_kg"), plain("distance_m"), "side", "measure", plain("trial"))
    return frame.with_columns(pl.concat_str(*key, separator="|").alias("trial_id"))
