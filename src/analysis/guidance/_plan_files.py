"""A plan as a sheet (CSV, XLSX) and as a calendar (ICS): the same plan gives the same bytes on every day.

The columns are those of the plan sheet (`stridelift template plan`), so that the file can be edited and imported. Texts
that a spreadsheet would run are marked; a workbook holds text and numbers only; a calendar escapes and folds.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from typing import Any, Final

import polars as pl

from analysis.guidance.plan import Plan
from analysis.importers import marked

SHEET: Final = (
    "athlete", "date", "block", "session", "exercise", "order", "sets", "reps_low", "reps_high", "load_kg",
    "percent_1rm", "duration_s", "rpe", "rir", "rest_s", "tempo", "notes",
)  # fmt: skip
_CREATED: Final = dt.datetime(2026, 1, 1)  # noqa: DTZ001 - a workbook's own date; the same plan has the same bytes
_SAFE: Final = {
    "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
}  # fmt: skip
_TEXT: Final = ("athlete", "date", "block", "session", "exercise", "tempo", "notes")


def sheet(plan: Plan) -> pl.DataFrame:
    """The rows of a plan as its sheet: dates as text, numbers without needless decimals, all as text.

    >>> SHEET[:3]
    ('athlete', 'date', 'block')
    """
    numbers = [pl.col(name).round(3).cast(pl.String).str.replace(r"\.0$", "") for name in SHEET if name not in _TEXT]
    rows = plan.rows.with_columns(athlete=pl.lit(plan.athlete), date=pl.col("date").dt.to_string("%Y-%m-%d"))
    return rows.with_columns(numbers).select(SHEET)


def csv(plan: Plan) -> str:
    """The plan sheet as CSV; `stridelift import` reads it back as the plan of the next block."""
    return marked(sheet(plan)).write_csv()


def xlsx(plan: Plan) -> bytes:
    """The plan sheet as a workbook with a second sheet that says why; no cell is a formula or a link."""
    import xlsxwriter

    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, dict(_SAFE))
    book.set_properties({"created": _CREATED})
    page, bold = book.add_worksheet("plan"), book.add_format({"bold": True})
    words = book.add_format({"num_format": "@"})
    frame = sheet(plan)
    page.write_row(0, 0, SHEET, bold)
    page.freeze_panes(1, 0)
    for at, name in enumerate(SHEET):
        page.set_column(at, at, 28 if name in ("exercise", "notes") else 12, words if name in _TEXT else None)
        for line, cell in enumerate(frame[name], 1):
            if cell is not None and name in _TEXT:
                page.write_string(line, at, cell, words)
            elif cell is not None:
                page.write_number(line, at, float(cell))
    why = book.add_worksheet("why")
    why.set_column(0, 0, 120, book.add_format({"text_wrap": True}))
    for line, text in enumerate((*plan.lines, *(f"Mind: {text}" for text in plan.conflicts))):
        why.write_string(line, 0, text)
    book.close()
    return data.getvalue()


def ics(plan: Plan, known_until: dt.date) -> bytes:
    """One all-day event per gym session with its exercises, and one for the re-test.

    `known_until` is the last day of the log the plan was made from: it is the stamp of every event, so that the clock
    plays no part. The identifier of an event is made of athlete, block, day and session: a plan that is made again
    replaces its events in the calendar.
    """
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//stridelift//plan//EN")
    calendar.add("version", "2.0")
    stamp = dt.datetime.combine(known_until, dt.time(), dt.UTC)
    by_session = plan.rows.group_by(["date", "session"], maintain_order=True)
    for (day, session), own in by_session:
        title = f"{session or 'Gym'}: {plan.athlete}, block {plan.block}"
        text = "\n".join(_exercise(row) for row in own.iter_rows(named=True))
        calendar.add_component(_event(plan, day, str(session), title, text, stamp))
    if plan.retest is not None:
        words = next((line for line in plan.lines if line.startswith("Re-test")), "Re-test")
        calendar.add_component(_event(plan, plan.retest, "re-test", f"Re-test: {plan.athlete}", words, stamp))
    return bytes(calendar.to_ical())


def _event(plan: Plan, day: Any, session: str, title: str, text: str, stamp: dt.datetime) -> Any:
    from icalendar import Event

    event = Event()
    key = hashlib.sha256(f"{plan.athlete}|{plan.block}|{day}|{session}".encode()).hexdigest()[:32]
    event.add("uid", f"{key}@stridelift")
    event.add("dtstamp", stamp)
    event.add("dtstart", day)
    event.add("dtend", day + dt.timedelta(days=1))
    event.add("summary", _plain(title))
    event.add("description", "\n".join(_plain(line) for line in text.split("\n")))
    event.add("transp", "TRANSPARENT")
    return event


def _exercise(row: dict[str, Any]) -> str:
    amount = f"{row['reps_low']:g}" if row["reps_low"] is not None else f"{row['duration_s'] or 0:g} s"
    load = f" @ {row['load_kg']:.5g} kg" if row["load_kg"] is not None else ""
    more = [f"{row['rir']:g} in reserve" if row["rir"] is not None else "", f"tempo {row['tempo']}" if row["tempo"] else "", row["notes"] or ""]  # fmt: skip  # noqa: E501
    return f"{row['exercise']}: {row['sets']} x {amount}{load}" + "".join(f"; {text}" for text in more if text)


def _plain(text: str) -> str:
    """Without control characters, which a line of a calendar cannot hold."""
    return "".join(c if c.isprintable() else " " for c in text)
