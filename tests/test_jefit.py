"""JEFIT: sections and tables inside them, each set once, packed sets, units of the file, and the sum of all rows."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.importers import Context, ImportProblem, Reading, identify, read

Make = Callable[..., Reading]
END = "######################################################"
LOG_HEAD = (
    "USERID,TIMESTAMP,belongSys,logs,_id,record,mydate,eid,ename,day_item_id,belongsession,logTime,interval_logs,"
    "auto_generated"
)
SET_HEAD = (
    "_id,userid,exercise_log_id,set_index,weight_lbs,reps,calories,distance_mi,speed_mph,laps,duration,set_type,"
    "log_time,TIMESTAMP"
)
SESSION_HEAD = (
    "rowid,_id,USERID,edit_time,day_id,total_time,workout_time,rest_time,wasted_time,total_exercise,total_weight,"
    "recordbreak,starttime,endtime,workout_mode,TIMESTAMP,calories"
)
SETTING_HEAD = "row_id,USERID,TIMESTAMP,gender,currentRoutine,DOB,name,length,mass,dbversion"
START = int(dt.datetime(2026, 3, 2, 17, 0, tzinfo=dt.UTC).timestamp())


def section(name: str, head: str, *rows: str) -> str:
    return f"\n### {name} {'#' * 20}\n\n{head}\n" + "".join(f"{row}\n" for row in rows) + f"\n\n{END}\n"


def setting(mass: str = " lbs") -> str:
    return section("SETTING", SETTING_HEAD, f'9,7,"2026-05-05 16:48:30",F,4,1990-01-01,," cm","{mass}",')


def log(
    log_id: int, logs: str, name: str = "Barbell Squat", *, day: str = "2026-03-02", eid: int = 12, session: int = 5,
    own: bool = False,
) -> str:  # fmt: skip
    return f'7,"2026-05-05 00:00:00",{int(not own)},"{logs}",{log_id},0,{day},{eid},"{name}",1,{session},{START},,No'


def one_set(row_id: int, log_id: int, index: int, load: str, reps: str, *, kind: str = "default", seconds: str = "", miles: str = "") -> str:  # fmt: skip  # noqa: E501
    return (
        f'{row_id},7,{log_id},{index},{load},{reps},,{miles},,,{seconds},{kind},{START + index},"2026-05-05 00:00:00"'
    )


def session(session_id: int, start: int = START, end: int = START + 3600) -> str:
    return f'1,{session_id},7,0,50,{end - start},0,0,0,1,0,0,{start},{end},0,"2026-05-05 00:00:00",0'


def text_of(*logs: str, sets: tuple[str, ...] = (), sessions: tuple[str, ...] = (), mass: str = " lbs") -> str:
    parts = [setting(mass), section("WORKOUT SESSIONS", SESSION_HEAD, *sessions), section("EXERCISE LOGS", LOG_HEAD, *logs)]  # fmt: skip  # noqa: E501
    return "".join([*parts, section("EXERCISE SET LOGS", SET_HEAD, *sets)] if sets else parts)


@pytest.fixture
def jefit(tmp_path: Path) -> Make:
    def make(text: str, context: Context | None = None) -> Reading:
        path = tmp_path / "anna_20260605.csv"
        path.write_text(text, newline="")
        assert identify(path) == "jefit"
        return read(path, context or Context(athlete="anna"))

    return make


def sums(reading: Reading) -> tuple[int, int, int, int, int]:
    return (reading.n_read, reading.n_loaded, reading.n_attached, reading.n_ignored, reading.n_rejected)


def test_a_set_that_stands_in_both_sections_is_one_set(jefit: Make) -> None:
    sets = (one_set(1, 1, 0, "135.0000", "5"), one_set(2, 1, 1, "140.0000", "4", kind="warm-up"))
    reading = jefit(text_of(log(1, "135x5,140x4"), sets=sets, sessions=(session(5),)))
    found = reading.tables["sets"]
    assert found.select("exercise_raw", "exercise_id", "set_no", "reps", "load_raw", "set_type").rows() == [
        ("Barbell Squat", "12", 1, 5.0, "135.0000", "work"), ("Barbell Squat", "12", 2, 4.0, "140.0000", "warmup"),
    ]  # fmt: skip
    assert found["load_kg"].to_list() == pytest.approx([135 * 0.45359237, 140 * 0.45359237])
    assert found["source_row"].to_list() == [29, 30]
    assert sums(reading) == (5, 2, 2, 1, 0)  # setting ignored; log and session attached
    assert reading.ignored["reason"].to_list() == ["SETTING"]
    assert reading.variant == "sets"
    assert reading.whole


def test_the_packed_sets_are_in_the_unit_of_the_file_and_the_set_rows_in_pounds(jefit: Make) -> None:
    sets = (one_set(1, 2, 0, "143.2999", "5"),)
    logs = (log(1, "60.5x8,60x7"), log(2, "64.9998x5", "Barbell Bench Press", eid=2))
    reading = jefit(text_of(*logs, sets=sets, mass=" kg"))
    assert reading.tables["sets"]["load_kg"].to_list() == pytest.approx([60.5, 60.0, 143.2999 * 0.45359237])
    assert reading.tables["sets"]["reps"].to_list() == [8.0, 7.0, 5.0]
    assert reading.tables["sets"]["set_type"].to_list() == ["unknown", "unknown", "work"]
    assert reading.decisions["unit"] == "kg"
    assert reading.decisions["unit_from"] == "header"
    assert sums(reading) == (4, 2, 1, 1, 0)  # two sets share the row of the log that packs them


def test_a_unit_that_the_file_does_not_name_is_asked_for(jefit: Make) -> None:
    text = text_of(log(1, "60x8"), log(2, "0x8", "Push Up"), sets=(one_set(1, 2, 0, "45", "5"),), mass="")
    with pytest.raises(ImportProblem, match=r"1 weight and does not say whether in kg or lb.*--unit kg or --unit lb"):
        jefit(text)
    told = jefit(text, Context(athlete="anna", unit="kg"))
    assert told.tables["sets"]["load_kg"].to_list() == pytest.approx([60.0, 45 * 0.45359237])
    assert (told.decisions["unit"], told.decisions["unit_from"]) == ("kg", "option")
    saved = jefit(text, Context(athlete="anna", saved={"unit": "lb"}))
    assert saved.tables["sets"]["load_kg"].to_list() == pytest.approx([60 * 0.45359237, 45 * 0.45359237])


def test_an_option_against_the_file_is_a_problem(jefit: Make) -> None:
    with pytest.raises(ImportProblem, match="is in lb, while --unit says kg"):
        jefit(text_of(log(1, "60x8")), Context(athlete="anna", unit="kg"))


def test_bodyweight_needs_no_unit_and_zero_stays_zero(jefit: Make) -> None:
    sets = (one_set(1, 2, 0, "", "5"), one_set(2, 2, 1, "0.0000", "4"))
    reading = jefit(text_of(log(1, "0x12"), log(2, "0x5,0x4", "Pull-Up", eid=83), sets=sets, mass=""))
    assert reading.tables["sets"]["load_kg"].to_list() == [0.0, None, 0.0]


def test_rows_of_other_sections_are_ignored_with_the_section_as_reason(jefit: Make) -> None:
    routine = "row_id,USERID,TIMESTAMP,_id,name"
    day = "row_id,USERID,TIMESTAMP,package,_id,name,day"
    routines = f'{routine}\n1,7,"x",2,"a, b"\n\n{day}\n2,7,"x",2,1,squat,8\n'
    notes = section("NOTES", "row_id,TIMESTAMP,USERID,_id,eid,mynote", '1,"x",7,1,12,"two\nlines"')
    text = text_of(log(1, "60x8"), mass=" kg") + f"\n### ROUTINES ###\n\n{routines}\n{END}\n" + notes
    reading = jefit(text + "\nstray,row\n")
    assert sorted(reading.ignored["reason"]) == ["NOTES", "ROUTINES", "ROUTINES", "SETTING", "outside the sections"]
    assert "two\nlines" in "".join(reading.ignored["raw"])
    assert sums(reading) == (6, 1, 0, 5, 0)


def test_sessions_give_start_and_length_and_those_without_exercises_are_ignored(jefit: Make) -> None:
    text = text_of(log(1, "60x8"), sessions=(session(5), session(6, START + 86_400)))
    reading = jefit(text)
    one = reading.tables["sessions"].row(0, named=True)
    assert (one["date"], one["start_local"], one["duration_s"]) == (dt.date(2026, 3, 2), None, 3600.0)
    assert (str(one["start_utc"]), one["zone_basis"], one["source_id"]) == ("2026-03-02 17:00:00", "local", "5")
    assert "WORKOUT SESSIONS: no set logged" in reading.ignored["reason"].to_list()
    assert any("--tz" in notice for notice in reading.notices)
    zoned = jefit(text, Context(athlete="anna", tz="Europe/Rome"))
    assert str(zoned.tables["sessions"]["start_local"].item()) == "2026-03-02 18:00:00"
    assert zoned.decisions["tz"] == "Europe/Rome"
    assert not any("--tz" in notice for notice in zoned.notices)
    assert zoned.tables["sets"]["set_id"].to_list() == reading.tables["sets"]["set_id"].to_list()


def test_a_workout_past_midnight_is_one_workout_of_the_day_it_began(jefit: Make) -> None:
    logs = (log(1, "60x8"), log(2, "20x8", "Curl", day="2026-03-03"), log(3, "60x8", day="2026-03-09"))
    reading = jefit(text_of(*logs))
    assert reading.tables["sessions"]["date"].to_list() == [dt.date(2026, 3, 2), dt.date(2026, 3, 9)]
    assert reading.tables["sets"]["date"].to_list() == [dt.date(2026, 3, 2)] * 2 + [dt.date(2026, 3, 9)]


def test_logs_without_a_workout_are_grouped_by_day(jefit: Make) -> None:
    logs = (log(1, "60x8", session=0), log(2, "20x8", "Curl", session=0), log(3, "60x8", day="2026-03-04", session=0))
    reading = jefit(text_of(*logs))
    assert reading.variant == "packed sets"
    assert reading.tables["sets"]["session_id"].to_list() == ["anna|jefit|2026-03-02|1"] * 2 + ["anna|jefit|2026-03-04|1"]  # fmt: skip  # noqa: E501


def test_sets_that_were_not_done_are_ignored(jefit: Make) -> None:
    sets = (one_set(1, 3, 0, "", ""), one_set(2, 3, 1, "0.0000", "0"), one_set(3, 3, 2, "45", "6"))
    logs = (log(1, "0.0x0,0.0x0"), log(2, "1x3,0x0,1x0", "Dip"), log(3, "45x6", "Row"))
    reading = jefit(text_of(*logs, sets=sets))
    assert reading.tables["sets"].select("exercise_raw", "reps").rows() == [("Dip", 3.0), ("Dip", 0.0), ("Row", 6.0)]
    assert reading.ignored.filter(reading.ignored["reason"] == "no set done").height == 3
    assert sums(reading) == (7, 2, 1, 4, 0)


def test_timed_sets_are_seconds_and_not_repetitions(jefit: Make) -> None:
    cardio_head = "row_id,TIMESTAMP,USERID,_id,weeklyLogId,eid,belongSys,lap,duration,speed,distance,calorie,mydate"
    cardio = section("CARDIO LOGS", cardio_head, '1,"x",7,1,0,358,1,0,30,0,0,0,2026-03-01', '2,"x",7,2,0,83,1,0,0,0,0,0,2026-03-01')  # fmt: skip  # noqa: E501
    logs = (
        log(1, "0x0,0x0,0x0,0x0,0x1200", "Stationary Bike", eid=318),
        log(2, "0x0,0x0,0x0,0x10,0x15,0x0,0x2,0x0,0x0,0x20", "One-Arm Hang", eid=358),
        log(3, "0x5,0x5,0x4,0x5,0x2", "Pull-Up", eid=83),
        log(4, "6.5x1,4x45", "Treadmill Running", eid=321),
    )
    sets = (one_set(1, 5, 0, "", "", seconds="25", miles="0.5"),)
    reading = jefit(text_of(*logs, log(5, "0x0", "Hang", eid=1), sets=sets) + cardio)
    columns = ("exercise_raw", "reps", "duration_s", "distance_m", "distance_raw", "load_kg")
    bike, hang, hang_too, *pull_ups, last = reading.tables["sets"].select(columns).rows()
    assert bike == ("Stationary Bike", None, 1200.0, None, None, None)
    assert hang == ("One-Arm Hang", None, 15.0, None, None, None)
    assert hang_too == ("One-Arm Hang", None, 20.0, None, "2", None)  # the unit of a packed distance is not told
    assert [row[1] for row in pull_ups] == [5.0, 5.0, 4.0, 5.0, 2.0]
    assert last == ("Hang", None, 25.0, pytest.approx(804.672), "0.5", None)
    assert reading.rejected["reason"].to_list() == ["logs '6.5x1,4x45' cannot be read: a run has no load"]
    assert any("2 rows of CARDIO LOGS" in notice for notice in reading.notices)


def test_broken_rows_are_rejected_with_their_text(jefit: Make) -> None:
    logs = (log(1, "60x8"), log(2, "60 kg, 8"), log(3, "60x8", day="soon"), log(4, "60x8", name=""), log(5, "60x8"), log(6, "60x8"))  # fmt: skip  # noqa: E501
    reading = jefit(text_of(*logs, "7,x", sets=(one_set(1, 99, 0, "45", "5"), one_set(2, 1, 0, "heavy", "5"), one_set(3, 1, 1, "45", "5"))))  # fmt: skip  # noqa: E501
    assert reading.rejected["reason"].to_list() == [
        "logs '60 kg, 8' cannot be read",
        "date 'soon' cannot be read",
        "exercise_raw is missing",
        "has 2 fields, the header has 14",
        "exercise_log_id '99' stands in no row of EXERCISE LOGS",
        "load_kg 'heavy' cannot be read",
    ]
    assert all(reading.rejected["raw"])
    assert sums(reading) == (11, 3, 1, 1, 6)


def test_fewer_set_rows_than_packed_sets_are_said(jefit: Make) -> None:
    reading = jefit(text_of(log(1, "60x8,60x8,60x8"), sets=(one_set(1, 1, 0, "132", "8"),)))
    assert any("1 exercise log EXERCISE SET LOGS holds fewer sets" in notice for notice in reading.notices)
    assert reading.n_loaded == 1


def test_one_exercise_logged_twice_in_a_workout_has_two_blocks_and_ids_last(jefit: Make) -> None:
    logs = (log(1, "60x8,60x8"), log(2, "60x8"), log(3, "20x9", "Curl"))
    first = jefit(text_of(*logs)).tables["sets"]
    assert first.select("exercise_raw", "block_no", "set_no").rows() == [
        ("Barbell Squat", 1, 1), ("Barbell Squat", 1, 2), ("Barbell Squat", 2, 1), ("Curl", 1, 1),
    ]  # fmt: skip
    assert first["set_id"].is_unique().all()
    later = jefit(text_of(log(1, "62.5x7,60x8"), *logs[1:], log(9, "5x5", day="2026-04-01"))).tables["sets"]
    assert later["set_id"][:4].to_list() == first["set_id"].to_list()
    other_order = jefit(text_of(log(9, "5x5", day="2026-04-01", session=8), *logs)).tables["sets"]
    assert set(first["set_id"]) < set(other_order["set_id"])


def test_many_packed_sets_keep_their_order(jefit: Make) -> None:
    loads = [str(n) for n in range(1, 200)]
    packed = ",".join(f"{load}x5" for load in loads)
    reading = jefit(text_of(log(1, packed), log(2, packed, "Curl")))
    assert reading.tables["sets"]["load_raw"].to_list() == loads * 2


def test_custom_exercises_have_another_id_and_a_minus_is_assistance(jefit: Make) -> None:
    one = jefit(text_of(log(1, "-30x5", "ring dip", own=True))).tables["sets"].row(0, named=True)
    assert (one["exercise_id"], one["assisted"]) == ("own 12", True)
    assert one["load_kg"] == pytest.approx(30 * 0.45359237)


@pytest.mark.parametrize("eol", ["\r\n", "\r"])
def test_other_line_ends_a_mark_of_byte_order_and_a_resaved_file_read_the_same(jefit: Make, eol: str) -> None:
    text = text_of(log(1, "60x8"), sets=(one_set(1, 1, 0, "45", "5"),))
    plain = jefit(text).tables["sets"]
    assert jefit("\ufeff" + text.replace("\n", eol)).tables["sets"].equals(plain)
    rows = list(csv.reader(io.StringIO(text)))
    padded = io.StringIO()
    csv.writer(padded, delimiter=";", lineterminator=eol).writerows([row + [""] * (20 - len(row)) for row in rows])
    assert jefit(padded.getvalue()).tables["sets"].equals(plain)


def test_damaged_files_are_problems(jefit: Make) -> None:
    text = text_of(log(1, "60x8"), log(2, "60x8"))
    cut = text[: text.rindex('"Barbell')]
    with pytest.raises(ImportProblem, match="the file is cut off"):
        jefit(cut)
    with pytest.raises(ImportProblem, match="ends inside a quoted field"):
        jefit(text[: text.rindex("60x8")])
    with pytest.raises(ImportProblem, match="no rows in its section EXERCISE LOGS"):
        jefit(setting())
    with pytest.raises(ImportProblem, match="no row could be loaded: no set done"):
        jefit(text_of(log(1, "0x0"), log(2, "")))
    with pytest.raises(ImportProblem, match="--athlete NAME"):
        jefit(text, Context())


def test_headings_of_another_text_are_not_claimed(tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    path.write_text("### SETTING up the gym\n\nuse the rack, please\n")
    with pytest.raises(ImportProblem, match="not known to any importer"):
        identify(path)
