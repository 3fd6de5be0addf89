"""The same session from two sources is linked and counted once; two sessions stay two."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from analysis import importers
from analysis.importers import Context
from analysis.logbook import Logbook
from analysis.logbook._links import counted, filled, links
from analysis.tables import Runs, Sessions, Sets

DAY = dt.date(2026, 3, 2)
SIX = dt.datetime(2026, 3, 2, 18, 0)  # noqa: DTZ001 - wall clock
UTC_SIX = dt.datetime(2026, 3, 2, 17, 0)  # noqa: DTZ001 - the same moment in UTC
HOUR = dt.timedelta(hours=1)


def session(key: str, source: str, **more: Any) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(Sessions.column_names())
    told = {"session_id": key, "athlete": "Ada", "date": DAY, "start_local": SIX, "source": source, "source_row": 1}
    return row | told | {"kind": "strength", "zone_basis": "local", "duration_s": 3600.0} | more


def done(key: str, *sets: tuple[float, float]) -> pl.DataFrame:
    row: dict[str, Any] = dict.fromkeys(Sets.column_names())
    fixed = {"session_id": key, "athlete": "Ada", "date": DAY, "exercise_raw": "Squat", "block_no": 1}
    words = {"set_type": "work", "rep_basis": "total", "load_basis": "total", "assisted": False, "source": "a"}
    rows = [
        row | fixed | words | {"set_id": f"{key}{n}", "set_no": n, "reps": reps, "load_kg": kg, "source_row": n}
        for n, (reps, kg) in enumerate(sets, 1)
    ]
    return pl.DataFrame(Sets.cast(pl.DataFrame(rows, schema=Sets.create_empty().schema)))


def run(key: str, distance_m: float) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(Runs.column_names())
    return row | {"session_id": key, "athlete": "Ada", "date": DAY, "distance_m": distance_m, "source": "a"}


def found(
    *sessions: dict[str, Any], runs: list[dict[str, Any]] | None = None, sets: pl.DataFrame | None = None
) -> dict[str, tuple[str, str]]:
    """Linked session -> what stands for it, and why; the same whatever the order of the rows."""
    frame = pl.DataFrame(list(sessions), schema=Sessions.create_empty().schema)
    run_rows = pl.DataFrame(runs or [], schema=Runs.create_empty().schema)
    set_rows = Sets.create_empty() if sets is None else sets
    answers = [
        {row["linked_id"]: (row["session_id"], row["reason"]) for row in links(order, run_rows, set_rows).to_dicts()}
        for order in (frame, frame.reverse())
    ]
    assert answers[0] == answers[1]
    return answers[0]


def test_the_app_with_the_sets_stands_for_the_watch_and_the_platform() -> None:
    rows = (
        session("h", "hevy"),
        session("g", "fit", start_local=SIX + dt.timedelta(seconds=40), start_utc=UTC_SIX, zone_basis="offset"),
        session("s", "strava", start_local=UTC_SIX, start_utc=UTC_SIX, zone_basis="utc", duration_s=3590.0),
    )
    told = found(*rows, sets=done("h", (6, 60), (6, 60)))
    assert told == {"g": ("h", "same start"), "s": ("h", "same start")}


def test_a_run_counts_from_the_most_detailed_file() -> None:
    run_of = {"kind": "run", "start_utc": UTC_SIX}
    rows = (session("c", "garmin_csv", kind="run"), session("s", "strava", **run_of), session("f", "fit", **run_of))
    told = found(*rows, runs=[run("c", 10000), run("s", 10010), run("f", 9990)])
    assert told == {"c": ("f", "same start"), "s": ("f", "same start")}


def test_an_overlap_is_one_session_and_a_second_one_later_is_not() -> None:
    late = session("w", "fit", start_local=SIX + dt.timedelta(minutes=9), duration_s=3000.0)
    evening = session("e", "fit", start_local=SIX + 3 * HOUR + dt.timedelta(minutes=5))
    assert found(session("h", "hevy"), late, evening, sets=done("h", (6, 60))) == {"w": ("h", "overlapping")}


def test_a_run_and_a_gym_session_at_the_same_time_are_two() -> None:
    assert found(session("h", "hevy"), session("f", "fit", kind="run")) == {}


def test_two_workouts_of_one_app_are_never_linked() -> None:
    assert found(session("a", "hevy"), session("b", "hevy")) == {}


def test_the_same_run_downloaded_twice_counts_once() -> None:
    rows = (session("a", "fit", kind="run"), session("b", "fit", kind="run"))
    assert found(*rows, runs=[run("a", 5000), run("b", 5000)]) == {"b": ("a", "same start")}


def test_a_watch_that_was_off_by_a_zone_needs_the_same_length() -> None:
    shifted = {"start_local": SIX - 3 * HOUR}
    assert found(session("h", "hevy"), session("s", "strava", **shifted, duration_s=2400.0)) == {}
    assert list(found(session("h", "hevy"), session("s", "strava", **shifted, duration_s=3610.0))) == ["s"]


@pytest.mark.parametrize(
    ("other", "linked"),
    [(((6, 60), (6, 60), (5, 70)), True), (((6, 60), (9, 20), (9, 20), (9, 20)), False), ((), True)],
)
def test_a_source_without_a_clock_needs_the_same_sets(other: tuple[tuple[float, float], ...], linked: bool) -> None:
    sets = pl.concat([done("h", (6, 60), (6, 60), (6, 65)), done("n", *other)])
    told = found(session("h", "hevy"), session("n", "fitnotes", start_local=None, duration_s=None), sets=sets)
    assert bool(told) is linked


def test_the_platform_s_own_id_decides() -> None:
    row = {"kind": "run", "source_id": "12345678901"}
    away = session("i", "intervals_icu", **row, start_local=SIX + 5 * HOUR)
    assert found(session("s", "strava", **row), away) == {"s": ("i", "same id")}


def test_what_the_counting_session_lacks_is_taken_from_the_linked_one() -> None:
    rows = [session("h", "hevy", duration_s=None), session("s", "strava", session_rpe=7.0)]
    frame = pl.DataFrame(rows, schema=Sessions.create_empty().schema)
    told = links(frame, Runs.create_empty(), done("h", (6, 60)))
    kept = filled(frame, told)
    assert kept.select("session_id", "session_rpe", "duration_s").rows() == [("h", 7.0, 3600.0)]
    assert counted(frame, told)["session_id"].to_list() == ["h"]


def test_a_session_linked_to_a_linked_one_counts_no_second_time() -> None:
    late, clock = dt.timedelta(minutes=4), {"start_utc": UTC_SIX + dt.timedelta(minutes=4), "duration_s": 3300.0}
    watch = session("f", "fit", start_local=SIX + late, **clock)
    platform = session("s", "strava", start_local=UTC_SIX + late, zone_basis="utc", **clock)
    told = found(session("h", "hevy"), watch, platform, sets=done("h", (6, 60)))
    assert told == {"f": ("h", "overlapping"), "s": ("h", "same start")}


def test_the_way_home_on_the_same_road_is_a_run_of_its_own() -> None:
    row = {"kind": "run", "duration_s": 1500.0}
    home = session("a", "garmin_csv", **row, start_local=SIX + 9 * HOUR / 2)
    out = session("c", "garmin_csv", **row)
    there = session("f", "fit", **row, start_utc=UTC_SIX)
    runs = [run("a", 5000), run("c", 5000), run("f", 5010)]
    assert found(home, out, there, runs=runs) == {"c": ("f", "same start")}


HEVY = '"title","start_time","end_time","description","exercise_title","superset_id","exercise_notes","set_index",'
HEVY += '"set_type","weight_kg","reps","distance_km","duration_seconds","rpe"\n'
STRONG = "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE\n"


def test_the_load_counts_once_the_rows_stay_and_the_import_says_so(tmp_path: Path) -> None:
    book = Logbook(tmp_path / "training.duckdb")
    (tmp_path / "h.csv").write_text(
        HEVY + '"Gym","2 Mar 2026, 18:00","2 Mar 2026, 19:00","","Squat (Barbell)","","",0,"normal",60,6,"","",8\n'
    )
    (tmp_path / "s.csv").write_text(
        STRONG + '2026-03-02 18:01:05,"Legs",58m,"Squat (Barbell)",1,60,6,0,0,"","",\n'
        '2026-03-04 18:01:05,"Legs",58m,"Squat (Barbell)",1,60,4,0,0,"","",\n'
    )
    book.add(importers.read(tmp_path / "h.csv", Context(athlete="Ada")), "h.csv")
    receipt = book.add(importers.read(tmp_path / "s.csv", Context(athlete="Ada", unit="kg")), "s.csv")
    assert receipt.loaded == receipt.read == 2
    share = f"{360 / (360 + 360 + 240):.0%} of the kg lifted of these days left out of every load"
    assert receipt.notices == (f"1 session recorded by hevy and strong linked: each counts once; {share}",)
    log = book.log()
    assert (log.sets.height, log.sessions.height, log.links.height) == (2, 2, 1)
    assert book.table("sets").height == 3
    assert book.log(as_of=1).links.is_empty()


def test_the_one_that_stands_for_others_is_never_linked_itself() -> None:
    hours = {"start_local": SIX - 2 * HOUR, "duration_s": 3600.0}
    rows = (
        session("h", "hevy"), session("g", "garmin_csv", **hours),
        session("s", "strava", **hours, start_utc=UTC_SIX, zone_basis="utc"),
    )  # fmt: skip
    frame = pl.DataFrame(list(rows), schema=Sessions.create_empty().schema)
    told = links(frame, Runs.create_empty(), done("h", (6, 60)))
    assert told["linked_id"].sort().to_list() == ["g", "s"]
    assert told["session_id"].unique().to_list() == ["h"]
