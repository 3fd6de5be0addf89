"""WHOOP (recovery, sleep and workouts of the strap).

Vendor: WHOOP, app.whoop.com
Export: More > App Settings > Data Export; a zip by mail with physiological_cycles.csv, sleeps.csv, workouts.csv
  (named and headed in the language of the account)
Row: one cycle (from one falling asleep to the next), one sleep or one workout
Variants: the three files one by one, or the zip as it came; columns that were added later (Sleep consistency %);
  English, German, Spanish, French and Portuguese headers
Units: in the header: bpm, ms, celsius, min, cal (kilocalories), meters
Limits: local time with the offset of the cycle; a night belongs to the day of waking up, a cycle without a night to
  the day in which most of it lies; naps are their own item; journal_entries.csv (yes and no) is not read
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

import polars as pl

from analysis.importers import _activities, _dates, _header, _instants, _parts, _sets, _wellness
from analysis.importers._numbers import times
from analysis.importers._problem import ImportProblem
from analysis.importers._raw import Context, Raw, refusals
from analysis.importers._source import Head, Source, base_name, from_bytes
from analysis.importers._wellness import BETTER, WORSE, Item
from analysis.importers._whoop_columns import COLUMNS, YES

VENDOR: Final = "whoop"
_NIGHT: Final = (
    Item("asleep", "sleep_s", BETTER, 60),
    Item("nap_asleep", "nap_s", factor=60),
    Item("in_bed", "in_bed_s", factor=60),
    Item("light", "light_sleep_s", factor=60),
    Item("deep", "deep_sleep_s", BETTER, 60),
    Item("rem", "rem_sleep_s", BETTER, 60),
    Item("awake", "awake_s", WORSE, 60),
    Item("need", "sleep_need_s", factor=60),
    Item("debt", "sleep_debt_s", WORSE, 60),
    Item("performance", "sleep_performance_percent", BETTER),
    Item("efficiency", "sleep_efficiency_percent", BETTER),
    Item("consistency", "sleep_consistency_percent", BETTER),
    Item("breathing", "respiratory_rate_bpm"),
)
_ITEMS: Final = (
    Item("recovery", "recovery_score_percent", BETTER),
    Item("resting_hr", "resting_hr_bpm"),
    Item("hrv", "hrv_rmssd_ms"),
    Item("skin", "skin_temperature_c"),
    Item("oxygen", "spo2_percent"),
    Item("strain", "day_strain"),
    Item("energy", "energy_kcal"),
    *_NIGHT,
)
_CYCLES, _SLEEPS, _WORKOUTS = "physiological_cycles.csv", "sleeps.csv", "workouts.csv"
_ZIPPED: Final = re.compile(r"physiolog|ciclos_?fisiol", re.IGNORECASE)


def matches(head: Head) -> bool:
    """Whether the header has WHOOP's cycles, or the archive its files."""
    if head.kind == "archive":
        return any(_ZIPPED.match(base_name(name)) for name in head.text.splitlines())
    return _header.layout(head, COLUMNS).has("cycle_start")


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape one of the three files, or all of a zip; nothing is judged here."""
    if source.kind != "archive":
        return _part(source, context)
    members = [name for name in source.archive.names if name.lower().endswith(".csv")]
    found = [from_bytes(f"{source.name}/{base_name(name)}", source.archive.read(name)) for name in members]
    kinds = {_kind(_header.layout(part.head, COLUMNS)): part for part in found if len(part.text.splitlines()) > 1}
    known = [(name, kinds[name]) for name in ("cycles", "sleeps", "workouts") if name in kinds]
    if not known:
        came = f"{source.name} holds no rows of cycles, sleeps or workouts"
        raise ImportProblem(came, f"{_CYCLES}, {_SLEEPS} or {_WORKOUTS} with rows", "export it again")
    parts = [
        (_part(part, context, nights_known="cycles" in kinds and name == "sleeps"), len(part.text.splitlines()))
        for name, part in known
    ]
    return _parts.merged(parts, "zip")


def _kind(found: _header.Layout) -> str:
    if not found.has("cycle_start") or found.has("question"):
        return "other"
    return "workouts" if found.has("sport") else "sleeps" if found.has("nap") else "cycles"


def _part(source: Source, context: Context, *, nights_known: bool = False) -> Raw:
    athlete = _sets.athlete_of(context, source.name)
    found = _header.layout(source.head, COLUMNS)
    if found.has("question"):
        came = f"{source.name} is the journal of WHOOP: answers yes and no, without a scale"
        raise ImportProblem(came, f"{_CYCLES}, {_SLEEPS} or {_WORKOUTS}", "import these files")
    kind = _kind(found)
    nights = ("woke",) if kind == "sleeps" or found.has("woke") else ("cycle_end",)
    needed = ("cycle_start", *(("start", "sport") if kind == "workouts" else nights))
    table = _header.table(source, found, COLUMNS, needed)
    frame, decided = _local(table.frame, source.name, context)
    decided |= _header.reading_decisions(source, found)
    frame = frame.with_columns(pl.lit(athlete).alias("athlete"))
    if kind == "workouts":
        return _workouts(table, frame, athlete, decided)
    return _nights(table, frame, decided, sleeps=kind == "sleeps", nights_known=nights_known)


def _local(frame: pl.DataFrame, file: str, context: Context) -> tuple[pl.DataFrame, dict[str, str]]:
    """The clocks in one spelling; the order of day and month is decided on all of them together."""
    columns = ("cycle_start", "cycle_end", "woke", "start", "end")
    read = _dates.local(pl.concat([frame[c] for c in columns]), file, context.answer("date_order"))
    n = frame.height
    clocks = [read.start[i * n : (i + 1) * n].alias(c) for i, c in enumerate(columns)]
    written = (pl.when(pl.col(c).str.strip_chars() != "").then(c).alias(f"{c}_written") for c in columns)
    return frame.with_columns(written).with_columns(clocks), read.decisions


def _nights(
    table: _header.Table, frame: pl.DataFrame, decided: dict[str, str], *, sleeps: bool, nights_known: bool
) -> Raw:
    bare = (_middle(a, b) for a, b in frame.select("cycle_start", "cycle_end").iter_rows())
    told = pl.coalesce(pl.col("woke").str.slice(0, 10), "woke_written")
    day = pl.coalesce(told, pl.Series(bare, dtype=pl.String), pl.col("cycle_start").str.slice(0, 10))
    nap = pl.col("nap").str.strip_chars().str.to_lowercase().is_in(YES)
    frame = frame.with_columns(
        pl.coalesce(day, "cycle_start_written").alias("date"),
        pl.col("woke").alias("reported_local"),
        nap.alias("is_nap"),
    )
    known = refusals()
    if nights_known:
        main = frame.filter(~pl.col("is_nap"))
        known = refusals(main.with_columns(pl.lit(f"the same night as in {_CYCLES}").alias("reason")))
        frame = frame.filter("is_nap")
    empty = pl.lit("")
    frame = frame.with_columns(
        pl.when("is_nap").then("asleep").otherwise(empty).alias("nap_asleep"),
        *(
            pl.when("is_nap").then(empty).otherwise(i.column).alias(i.column)
            for i in _NIGHT
            if i.column != "nap_asleep"
        ),
    )
    return _wellness.finished(
        table,
        _wellness.long(frame, _NIGHT if sleeps else _ITEMS, VENDOR),
        variant="sleeps" if sleeps else "cycles",
        decisions=decided,
        ignored=[known],
    )


def _middle(start: str | None, end: str | None) -> str | None:
    if not start or not end:
        return None
    first, last = (datetime.fromisoformat(text) for text in (start, end))
    return (first + (last - first) / 2).date().isoformat()


def _workouts(table: _header.Table, frame: pl.DataFrame, athlete: str, decided: dict[str, str]) -> Raw:
    frame = frame.with_columns(
        *_timed(frame),
        pl.coalesce(pl.col("start").str.slice(0, 10), "start_written").alias("date"),
        pl.col("start").alias("start_local"),
        pl.lit("WHOOP").alias("device"),
    ).with_columns(pl.col("duration_s").alias("elapsed_s"))
    return Raw(
        primary=("sessions",),
        variant="workouts",
        records=table.records,
        tables=_activities.tables(frame, athlete, VENDOR),
        decisions=decided,
        n_read=table.n_read,
        refused=table.refused,
        ignored=table.ignored,
    )


def _timed(frame: pl.DataFrame) -> list[pl.Series]:
    """Instant, offset and where the offset comes from, and the seconds of each workout."""
    starts, ends = ([datetime.fromisoformat(text) if text else None for text in frame[c]] for c in ("start", "end"))
    sizes = [_instants.offset(zone.strip().upper().replace("UTCZ", "Z")) for zone in frame["zone"]]
    instants = [at - size if at and size is not None else None for at, size in zip(starts, sizes, strict=True)]
    days = _instants.local(instants, Context(), sizes)
    basis = days.select(pl.when(pl.col("start_utc").is_null()).then(pl.lit("local")).otherwise("zone_basis"))
    seconds = [
        str((until - at).total_seconds()) if at and until and until >= at else minutes
        for at, until, minutes in zip(
            starts, ends, frame.select(times("duration_min", pl.lit(60.0))).to_series(), strict=True
        )
    ]
    return [
        days["start_utc"], days["zone"], basis.to_series().alias("zone_basis"),
        pl.Series("duration_s", seconds, dtype=pl.String),
    ]  # fmt: skip
