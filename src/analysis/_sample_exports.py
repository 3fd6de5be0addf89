"""A simulated runner's log as the files that Strong and Hevy export, with the quirks that real exports have."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from analysis.simulate import START, Runner, Session, SetRow
from analysis.units import LB_KG

GAP: Final = (START + dt.timedelta(weeks=8), START + dt.timedelta(weeks=10))
UNIT: Final = {"Ada": "kg", "Bruno": "lb", "Dora": "kg"}  # classic Strong files carry no unit: the athlete is asked
GERMAN_MONTHS: Final = ("Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez.")
CLASSIC: Final = (
    "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE"
)
ANDROID: Final = (
    "Date,Workout Name,Exercise Name,Set Order,Weight,Weight Unit,Reps,RPE,Distance,Distance Unit,Seconds,Notes,"
    "Workout Notes,Workout Duration"
)
HEVY: Final = (
    "title,start_time,end_time,description,exercise_title,superset_id,exercise_notes,set_index,set_type,weight_{unit},"
    "reps,distance_km,duration_seconds,rpe"
)
HOUR_MIN: Final = 60
NOON: Final = 12


def to_csv(head: str, rows: Iterable[Mapping[str, Any]], **options: Any) -> str:
    r"""CSV text with the columns of `head` (comma separated); what a row does not name stays empty.

    >>> to_csv("a,b", [{"b": 1}])
    'a,b\n,1\n'
    """
    out = io.StringIO()
    writer = csv.DictWriter(out, head.split(","), restval="", lineterminator="\n", **options)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def strong_classic(person: Runner) -> str:
    """Strong's classic file: no unit anywhere; Bruno's is in lb and holds a typing error, Dora's has no rating."""
    per_kg = 1 / LB_KG if UNIT.get(person.name) == "lb" else 1.0
    quiet = person.name == "Dora"
    rows = [
        _strong(session, order, s)
        | {
            "Duration": _hours(session.minutes),
            "Weight": round(s.load_kg * per_kg, 1),
            "Reps": 877777 if _mistyped(person, session, order, s) else s.reps,
            "Distance": 0,
            "Workout Notes": "" if quiet else session.note,
            "RPE": "" if quiet else _rpe(s),
        }
        for session, order, s in _rows(person)
    ]
    return to_csv(CLASSIC, rows)


def strong_android(person: Runner) -> str:
    """Strong for Android: semicolons, the unit in every row, rest timers as rows of their own."""
    rows: list[dict[str, Any]] = []
    for session, order, s in _rows(person):
        common = {"Workout Notes": session.note, "Workout Duration": f"{session.minutes}m"}
        load = {"Weight": f"{s.load_kg:g}" if s.load_kg else "", "Weight Unit": "kg", "RPE": _rpe(s)}
        rows.append(_strong(session, order, s) | common | load)
        if order == "1":
            rest = {"Set Order": "Rest Timer", "Seconds": 120, "Reps": ""}
            rows.append(_strong(session, order, s) | {"Workout Duration": f"{session.minutes}m"} | rest)
    return to_csv(ANDROID, rows, delimiter=";")


def hevy(unit: str, when: Callable[[dt.datetime], str]) -> Callable[[Runner], str]:
    """A writer of Hevy files with weights in `unit` (kg, lbs) and times as `when` writes them."""
    kg_per = LB_KG if unit == "lbs" else 1.0

    def write(person: Runner) -> str:
        rows = [
            {
                "title": session.title,
                "start_time": when(session.start),
                "end_time": when(session.start + dt.timedelta(minutes=session.minutes)),
                "description": session.note,
                "exercise_title": s.exercise,
                "set_index": order,
                "set_type": "warmup" if s.kind == "warmup" else "normal",
                f"weight_{unit}": round(s.load_kg / kg_per, 2) if s.load_kg else "",
                "reps": s.reps or "",
                "duration_seconds": s.seconds or "",
                "rpe": _rpe(s),
            }
            for session, order, s in _rows(person, hevy=True)
        ]
        return to_csv(HEVY.format(unit=unit), rows, quoting=csv.QUOTE_ALL)

    return write


def app(moment: dt.datetime) -> str:
    """How Hevy's app writes a time.

    >>> app(dt.datetime(2026, 1, 5, 17, 42))
    '5 Jan 2026, 17:42'
    """
    return f"{moment.day} {moment:%b %Y, %H:%M}"


def web(moment: dt.datetime) -> str:
    """How hevy.com writes it.

    >>> web(dt.datetime(2026, 1, 5, 17, 42))
    'Jan 5, 2026, 5:42 PM'
    """
    half = "AM" if moment.hour < NOON else "PM"
    return f"{moment:%b} {moment.day}, {moment.year}, {moment.hour % NOON or NOON}:{moment:%M} {half}"


def german(moment: dt.datetime) -> str:
    """How Hevy's app writes it in German.

    >>> german(dt.datetime(2026, 3, 5, 17, 42))
    '5 März 2026, 17:42'
    """
    return f"{moment.day} {GERMAN_MONTHS[moment.month - 1]} {moment.year}, {moment:%H:%M}"


EXPORTS: Final[dict[str, tuple[str, Callable[[Runner], str]]]] = {
    "Ada": ("strong", strong_classic), "Bruno": ("strong", strong_classic), "Chen": ("strong", strong_android),
    "Dora": ("strong", strong_classic), "Emre": ("hevy", hevy("kg", app)), "Farah": ("hevy", hevy("lbs", app)),
    "Goran": ("hevy", hevy("kg", web)), "Hana": ("hevy", hevy("kg", german)),
}  # fmt: skip


def _strong(session: Session, order: str, s: SetRow) -> dict[str, Any]:
    """The columns that every Strong file has."""
    return {
        "Date": f"{session.start:%Y-%m-%d %H:%M:%S}", "Workout Name": session.title, "Exercise Name": s.exercise,
        "Set Order": order, "Reps": s.reps, "Seconds": s.seconds,
    }  # fmt: skip


def _rpe(s: SetRow) -> str:
    return "" if s.rir is None else f"{10 - s.rir:g}"


def _hours(minutes: int) -> str:
    return f"{minutes // HOUR_MIN}h {minutes % HOUR_MIN}m" if minutes >= HOUR_MIN else f"{minutes}m"


def _mistyped(person: Runner, session: Session, order: str, s: SetRow) -> bool:
    late = person.sessions[len(person.sessions) * 3 // 4]
    return person.name == "Bruno" and session is late and (s.exercise, order) == ("Squat (Barbell)", "2")


def _rows(person: Runner, *, hevy: bool = False) -> Iterator[tuple[Session, str, SetRow]]:
    """Sessions with their sets and the app's own way to number them; Chen's two weeks without training left out."""
    for session in person.sessions:
        if person.name == "Chen" and GAP[0] <= session.start.date() < GAP[1]:
            continue
        before, count = "", 0
        for s in session.sets:
            count = 0 if s.exercise != before else count
            before = s.exercise
            if hevy:  # every set counts, from 0
                yield session, str(count), s
                count += 1
            elif s.kind == "warmup":  # Strong gives warm-ups a letter and no number
                yield session, "W", s
            else:
                count += 1
                yield session, str(count), s
