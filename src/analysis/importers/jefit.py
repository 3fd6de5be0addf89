"""JEFIT (strength training app).

Vendor: JEFIT, app and jefit.com
Export: jefit.com > My Jefit > Settings > Data Controls > Export Data; one CSV of many sections with the whole history
Row: one set (EXERCISE SET LOGS), else one exercise of a day with its sets packed (EXERCISE LOGS: 50.0x15,50.0x15); the
  rows of the other sections are left out, with the section as the reason
Variants: with and without EXERCISE SET LOGS (the app writes them since the end of 2024)
Units: EXERCISE SET LOGS always in lb and miles; the packed sets in the unit of SETTING, else the saved answer, else
  --unit
Limits: the day is local, the clock UTC: say --tz for local starts; packed sets have no type; in old logs a load of 10
  may stand where an exercise has none; CARDIO LOGS name no exercise and are left out
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import polars as pl

from analysis.importers import _dates, _export, _header, _instants, _jefit_sets, _sections, _sets, _units
from analysis.importers._numbers import counted
from analysis.importers._problem import ImportProblem
from analysis.importers._raw import Context, Raw, refusals
from analysis.importers._source import Head, Source
from analysis.importers._text import cut_off, parse
from analysis.units import kg_per

VENDOR: Final = "jefit"
LOGS, SETS, SESSIONS = "EXERCISE LOGS", "EXERCISE SET LOGS", "WORKOUT SESSIONS"
COLUMNS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    LOGS: {
        "id": ("_id",), "date": ("mydate",), "exercise_raw": ("ename",), "eid": ("eid",), "own": ("belongSys",),
        "logs": ("logs",), "session": ("belongsession",),
    },
    SETS: {
        "log": ("exercise_log_id",), "index": ("set_index",), "load": ("weight_lbs",), "reps": ("reps",),
        "distance": ("distance_mi",), "duration_s": ("duration",), "kind": ("set_type",),
    },
    SESSIONS: {"id": ("_id",), "start": ("starttime",), "end": ("endtime",)},
    "SETTING": {"mass": ("mass",)},
    "CARDIO LOGS": {"eid": ("eid",), "own": ("belongSys",), "duration": ("duration",), "distance": ("distance",)},
}  # fmt: skip
_HEADING: Final = re.compile(r"#{3,}\s*(.*?)\s*#*\s*")
_KNOWN: Final = re.compile(
    r"(?:^|\r)[^\w\r\n#]{0,99}###+ (?:SETTING|PROFILE|ROUTINES|WORKOUT SESSIONS|EXERCISE (?:SET )?LOGS)\b", re.MULTILINE
)
_MARK: Final = "userid"  # a column of every table


def matches(head: Head) -> bool:
    """Whether the file has JEFIT's headings and the column that all its tables have."""
    return head.kind in ("text", "workbook") and bool(_KNOWN.search(head.text)) and _MARK in head.text.casefold()


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape an export; nothing is judged here."""
    athlete = _sets.athlete_of(context, source.name)
    told = _split(source)
    frames = {section: told.frame(section, columns) for section, columns in COLUMNS.items()}
    logs, sessions = frames[LOGS][0], frames[SESSIONS][0]
    if logs.is_empty():
        came = f"{source.name} has no rows in its section {LOGS}"
        raise ImportProblem(came, "an export with logged exercises", "export again with all data")
    found = _jefit_sets.gathered(logs, frames[SETS][0], frames["CARDIO LOGS"][0])
    unit = _unit(source.name, frames["SETTING"][0], found.rows, context)
    rows = found.rows.with_columns(pl.when("packed").then(pl.lit(unit.symbol or "")).otherwise(pl.lit("lb")).alias("load_unit"))  # fmt: skip  # noqa: E501
    dates = _dates.local(rows["date"], source.name, context.answer("date_order"))
    rows = _of_sessions(rows.with_columns(dates.date.alias("date")), sessions, context)
    used = sessions.filter(pl.col("id").is_in(rows["session"].implode()))["source_row"].to_list()
    ignored = _ignored(told, found.ignored, sessions, used)
    table = _header.Table(told.records, rows, refusals(), refusals(), told.n_rows)
    refused = pl.concat([found.refused, *(frames[section][1] for section in (LOGS, SETS, SESSIONS))])
    layout = _header.Layout(_delimiter(source), {"load_unit": -1, "distance_unit": -1}, 0, ())
    raw = _export.finished(
        _export.Export(source, layout, table, rows, refused, None, None), _sets.in_sessions(rows, athlete, VENDOR),
        _without_unit(context), vendor=VENDOR, variant="sets" if found.n_sets else "packed sets", dates=dates,
        ignored=ignored, attached=(*found.attached, *used), restart=pl.col("restart"),
    )  # fmt: skip
    return _told(raw, unit, found, context)


def _delimiter(source: Source) -> str:
    return _sections.delimiter(source.text.splitlines(), _MARK)


def _split(source: Source) -> _sections.Sectioned:
    records = parse(source.name, source.text, _delimiter(source))
    told = _sections.split(records, _heading, lambda fields: any(f.strip().casefold() == _MARK for f in fields))
    last = told.parts[-1] if told.parts else None
    short = last is not None and len(records.widths) - 1 in last.rows and records.widths[-1] < len(last.headers)
    if short and not records.ended:
        raise cut_off(f"{source.name} ends inside the row of line {records.starts[-1]}")
    return told


def _heading(fields: Sequence[str]) -> str | None:
    """The name between the marks; the empty text for a line of marks alone."""
    found = _HEADING.fullmatch(fields[0].strip())
    return found[1] if found and not any(field.strip() for field in fields[1:]) else None


def _unit(file: str, setting: pl.DataFrame, rows: pl.DataFrame, context: Context) -> _units.Unit:
    """The unit of the packed sets; a question where they have loads and neither SETTING nor an answer names it."""
    mass = next((text for text in setting["mass"] if _is_unit(text)), None)
    unit = _units.unit_of("unit", file, context, header=mass)
    loads = _units.loads_in(rows.filter("packed"), "load")
    if unit.symbol is None and loads.len():
        raise _units.ask_for_load_unit(file, loads)
    return unit


def _is_unit(text: str) -> bool:
    try:
        return kg_per(text) > 0
    except ValueError:
        return False


def _without_unit(context: Context) -> Context:
    """The context for sets whose every row has its unit by now: the answer was for the packed ones."""
    return replace(context, unit=None, saved={k: v for k, v in context.saved.items() if k != "unit"})


def _of_sessions(rows: pl.DataFrame, sessions: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Add what WORKOUT SESSIONS says; a workout that runs past midnight belongs to the day on which it began.

    The day comes from the athlete's phone, the clock is UTC: without --tz there is no local start.
    """
    told = sessions.unique("id", keep="first", maintain_order=True).rename({"id": "session"}).drop("source_row")
    rows = rows.join(told, on="session", how="left", maintain_order="left")
    days = _instants.local([_instants.from_epoch(start) for start in rows["start"]], context)
    length = pl.col("end").cast(pl.Float64, strict=False) - pl.col("start").cast(pl.Float64, strict=False)
    first = pl.col("date").str.to_date("%Y-%m-%d", strict=False)
    named = ~pl.col("session").is_in(["", "0"])
    rows = rows.with_columns(pl.when(named).then(first.min().over("session")).alias("began"), first.alias("day"))
    near = (pl.col("day") - pl.col("began")) <= pl.duration(days=1)
    rows = rows.with_columns(pl.when(near.fill_null(value=False)).then(pl.col("began").cast(pl.String)).otherwise("date").alias("date"))  # fmt: skip  # noqa: E501
    own = pl.when(named).then("session")
    key = pl.concat_str("date", own, separator=" ", ignore_nulls=True)
    rows = rows.with_columns(
        key.alias("key"),
        key.alias("workout"),
        days["start_local"] if context.answer("tz") else pl.lit(None, pl.String).alias("start_local"),
        days["start_utc"], days["zone"], pl.lit("local").alias("zone_basis"), own.alias("source_id"),
        pl.when(length >= 0).then(length).cast(pl.String).alias("workout_s"),
        pl.coalesce("end", pl.lit("")).alias("workout_length"),
        *(pl.lit("").alias(name) for name in ("title", "workout_notes", "notes", "rpe")),
    )  # fmt: skip
    began = pl.col("source_row").min().over("workout")
    return rows.sort(began, "order")  # packed sets share a row: their order must not be left to chance


def _ignored(told: _sections.Sectioned, idle: pl.DataFrame, sessions: pl.DataFrame, used: list[int]) -> pl.DataFrame:
    others = {part.section for part in told.parts} - {LOGS, SETS, SESSIONS}
    idle_sessions = {row: f"{SESSIONS}: no set logged" for row in sessions["source_row"] if row not in set(used)}
    return pl.concat([refusals(told.lines(others) | idle_sessions), idle])


def _told(raw: Raw, unit: _units.Unit, found: _jefit_sets.Gathered, context: Context) -> Raw:
    """The answers that decided, and what is left out."""
    cardio = raw.ignored.filter(pl.col("reason") == "CARDIO LOGS").height
    fewer = f"of {counted(found.n_fewer, 'exercise log')} {SETS} holds fewer sets than the packed text: it was taken"
    said = {
        f"{counted(cardio, 'row')} of CARDIO LOGS name no exercise and are left out": cardio,
        fewer: found.n_fewer,
        "the file gives the clock in UTC: say --tz Europe/Rome (yours) to have local starts": not context.answer("tz"),
    }
    zone = {"tz": tz} if (tz := context.answer("tz")) else {}
    return replace(
        _export.assistance(raw),
        decisions=raw.decisions | unit.decisions("unit") | zone,
        notices=(*raw.notices, *(words for words, true in said.items() if true)),
    )
