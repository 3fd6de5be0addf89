"""`stridelift plan`: a table, a sheet that imports as the plan of the next block, a workbook, a calendar."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from analysis import guidance, importers
from analysis._sample import sample_logbook
from analysis.block import Block, open_block
from analysis.guidance import Answer, _plan_files
from analysis.guidance.plan import COLUMNS, Plan
from analysis.importers import Context
from analysis.logbook import Logbook
from command_for_tests import Run, caller

JUDGED: dict[tuple[str, str], Answer] = {}
judge = guidance.answer
START, END = dt.date(2026, 3, 30), dt.date(2026, 4, 26)


def judged_once(block: Block) -> Answer:
    """The answer of a block by what the logbook holds: most tests here ask for the same one."""
    key = (block.athlete, block.log.digest)
    JUDGED[key] = JUDGED[key] if key in JUDGED else judge(block)
    return JUDGED[key]


@pytest.fixture(autouse=True)
def logbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the sample's logbook, named by the environment; a block of it is judged once."""
    path = tmp_path / "training.duckdb"
    shutil.copy(sample_logbook().path, path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STRIDELIFT_LOGBOOK", str(path))
    monkeypatch.setattr(guidance, "answer", judged_once)
    return path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    return caller(capsys)


def hostile() -> Plan:
    """A plan whose texts would run in a spreadsheet, break a line of a calendar or turn a terminal red."""
    names = ["=cmd|' /C calc'!A0", "@SUM(1)", "a\nBEGIN:VEVENT", "\x1b[31mred", "semi;colon, comma\\", "ü" * 90]
    row = dict.fromkeys(COLUMNS) | {
        "week": 1,
        "kind": "load",
        "date": START,
        "session": "+Gym A",
        "sets": 3,
        "reps_low": 6.0,
        "kept": False,
    }
    rows = pl.DataFrame([row | {"exercise": name, "order": n} for n, name in enumerate(names, 1)], schema=COLUMNS)
    return Plan("=Ada", "3", START, END, "progress", rows, ("a plan",), ("-1",), END)


def test_the_table_says_why_and_what(run: Run) -> None:
    code, out, _ = run("plan", "--athlete", "Ada")
    assert code == 0
    assert out.splitlines()[0].startswith("Ada, block 3: ")
    assert "Gym days of week 1: " in out
    assert "1. Warm up: 1 x 480 s" in out
    assert "Squat (Barbell): 3 x 6 @ 65 kg, 2 in reserve" in out


def test_the_sheet_imports_as_the_plan_of_the_next_block(run: Run, logbook: Path) -> None:
    assert run("plan", "--athlete", "Ada", "--out", "ada.csv")[0] == 0
    assert importers.identify("ada.csv") == "plan_sheet"
    code, out, _ = run("--json", "import", "ada.csv")
    told = json.loads(out)["files"][0]
    assert (code, told["rejected"], told["read"]) == (0, 0, told["loaded"])
    stored = Logbook(logbook).log(athlete="Ada").plan.filter(pl.col("date") >= START)
    written = pl.read_csv("ada.csv", infer_schema=False)
    assert stored["exercise_raw"].to_list() == written["exercise"].to_list()
    assert stored["load_kg"].to_list() == written["load_kg"].cast(pl.Float64).to_list()
    assert set(stored["block"]) == {"3"}
    sheet = "athlete,block,start,end,goal,primary_test,planned_hard_sets,days_without_record,notes\n"
    Path("blocks.csv").write_text(f"{sheet}Ada,3,{START},{END},strength,loaded_jump,,rest,\n", encoding="utf-8")
    log = "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE\n"
    rows = "".join(f'2026-04-01 17:00:00,"Gym A",60min,"Squat (Barbell)",{n},65,6,0,0,"","",8\n' for n in (1, 2, 3))
    Path("strong.csv").write_text(log + rows, encoding="utf-8")
    assert run("import", "blocks.csv", "strong.csv", "--athlete", "Ada", "--unit", "kg")[0] == 0
    from analysis.guidance.facts import plan_sheet

    compared = plan_sheet(open_block(logbook, "Ada", "3"))
    assert compared is not None
    assert compared.done == 3
    assert compared.planned is not None
    assert compared.planned > 3


def test_a_plan_of_a_block_that_nobody_has_declared_is_held_against_its_days(run: Run, logbook: Path) -> None:
    head = "athlete,date,block,session,exercise,sets,reps_low,reps_high,load_kg\n"
    rows = "Ada,2026-03-30,from 2026-03-30,Gym A,Squat (Barbell),3,6,6,60\n"
    others = "Ada,2026-03-30,2,Gym A,Plank,3,6,6,\n"  # of a declared block
    Path("p.csv").write_text(head + rows + others, encoding="utf-8")
    assert run("import", "p.csv")[0] == 0
    plan = open_block(logbook, "Ada", start=str(START), end=str(END)).plan
    assert plan["exercise_raw"].to_list() == ["Squat (Barbell)"]


def test_json_holds_rows_lines_and_conflicts(run: Run) -> None:
    code, out, _ = run("--json", "plan", "--athlete", "Ada")
    told = json.loads(out)
    assert code == 0
    assert (told["athlete"], told["block"], told["start"]) == ("Ada", "3", str(START))
    assert {row["exercise"] for row in told["rows"]} >= {"Squat (Barbell)", "Plank"}


@pytest.mark.parametrize("name", ["ada.csv", "ada.xlsx", "ada.ics"])
def test_a_file_is_the_same_each_time_and_never_overwritten_unasked(run: Run, name: str) -> None:
    if name.endswith("ics"):
        pytest.importorskip("icalendar")
    asked = ("plan", "--athlete", "Ada", "--out", name)
    assert run(*asked)[1].splitlines()[-1] == name
    first = Path(name).read_bytes()
    code, _, err = run(*asked)
    assert code == 1
    assert "--force" in err
    assert run(*asked, "--force")[0] == 0
    assert Path(name).read_bytes() == first


def test_the_workbook_reads_back_as_the_same_plan(run: Run) -> None:
    run("plan", "--athlete", "Ada", "--out", "ada.csv")
    run("plan", "--athlete", "Ada", "--out", "ada.xlsx")
    tables = [importers.read(name, Context(None)).tables["plan"].drop("source_row") for name in ("ada.csv", "ada.xlsx")]
    assert tables[0].equals(tables[1])


def test_the_calendar_has_one_event_per_session_and_the_re_test(run: Run) -> None:
    icalendar = pytest.importorskip("icalendar")
    run("plan", "--athlete", "Ada", "--out", "ada.ics")
    events = icalendar.Calendar.from_ical(Path("ada.ics").read_bytes()).walk("VEVENT")
    rows = json.loads(run("--json", "plan", "--athlete", "Ada")[1])["rows"]
    days = sorted({row["date"] for row in rows})
    assert [str(event.decoded("dtstart")) for event in events[:-1]] == days
    assert "Squat (Barbell): 3 x 6 @ 65 kg" in events[0]["description"]
    assert str(events[-1]["summary"]) == "Re-test: Ada"
    assert len({str(event["uid"]) for event in events}) == len(events)
    assert {str(event.decoded("dtstamp").date()) for event in events} == {"2026-03-29"}


def test_a_plan_again_keeps_the_identifiers_of_its_events() -> None:
    pytest.importorskip("icalendar")
    plan = hostile()
    one, other = (_plan_files.ics(plan, day).decode() for day in (START, END))
    ids = [[line for line in text.splitlines() if line.startswith("UID")] for text in (one, other)]
    assert ids[0] == ids[1]


def test_hostile_names_stay_text_in_every_format(tmp_path: Path) -> None:
    plan = hostile()
    lines = _plan_files.csv(plan).splitlines()[1:]
    assert all(line.startswith("'=Ada") for line in lines if line.startswith(("'", "=")))
    (tmp_path / "p.csv").write_text(_plan_files.csv(plan), encoding="utf-8")
    back = importers.read(tmp_path / "p.csv", Context(None)).tables["plan"]
    assert back["exercise_raw"][0] == "'=cmd|' /C calc'!A0"
    (tmp_path / "p.xlsx").write_bytes(_plan_files.xlsx(plan))
    import zipfile

    with zipfile.ZipFile(tmp_path / "p.xlsx") as book:
        assert b"<f>" not in b"".join(book.read(name) for name in book.namelist() if "worksheets" in name)


def test_a_hostile_name_breaks_no_line_of_a_calendar() -> None:
    icalendar = pytest.importorskip("icalendar")
    text = _plan_files.ics(hostile(), START)
    assert max(len(line) for line in text.split(b"\r\n")) <= 75
    assert len(icalendar.Calendar.from_ical(text).walk("VEVENT")) == 2
    assert b"\x1b" not in text
    description = str(icalendar.Calendar.from_ical(text).walk("VEVENT")[0]["description"])
    assert "semi;colon, comma\\: 3 x 6" in description
    assert "ü" * 90 in description


def test_the_terminal_never_sees_a_control_character(run: Run, logbook: Path) -> None:
    name = "\x1b[31mred"
    row = f'2026-03-27 17:00:00,"Gym",60min,"{name}",1,20,8,0,0,"","",8\n'
    head = "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE\n"
    Path("odd.csv").write_text(head + row, encoding="utf-8")
    run("import", "odd.csv", "--athlete", "Ada", "--unit", "kg")
    assert logbook.exists()
    out = run("plan", "--athlete", "Ada")[1]
    assert "\x1b" not in out


def edited(path: str, exercise: str, **changes: str) -> str:
    """The sheet with the first row of an exercise changed; returns that row as it stands in the file."""
    frame = pl.read_csv(path, infer_schema=False)
    at = frame["exercise"].to_list().index(exercise)
    frame = frame.with_columns(
        pl.when(pl.int_range(pl.len()) == at).then(pl.lit(value)).otherwise(pl.col(name)).alias(name)
        for name, value in changes.items()
    )
    frame.write_csv(path)
    return Path(path).read_text(encoding="utf-8").splitlines()[at + 1]


def test_the_row_of_the_coach_survives_byte_for_byte(run: Run) -> None:
    run("plan", "--athlete", "Ada", "--out", "ada.csv")
    row = edited("ada.csv", "Squat (Barbell)", sets="5", load_kg="61.25", notes="coach: knee felt better at 61")
    log = "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE\n"
    Path("new.csv").write_text(
        log + '2026-03-27 17:00:00,"Gym",60min,"Leg Extension (Machine)",1,40,10,0,0,"","",8\n', encoding="utf-8"
    )
    run("import", "new.csv", "--athlete", "Ada", "--unit", "kg")  # the log goes on, the plan is made again
    code, _, _ = run("plan", "--athlete", "Ada", "--overrides", "ada.csv", "--out", "ada.csv", "--force")
    lines = Path("ada.csv").read_text(encoding="utf-8").splitlines()
    assert code == 0
    assert row in lines
    assert any("Leg Extension" in line for line in lines)
    out = run("plan", "--athlete", "Ada", "--overrides", "ada.csv")[1]
    assert "Kept as the coach wrote them: 1 rows" in out


def test_an_imported_sheet_keeps_the_coach_without_being_named_again(run: Run) -> None:
    run("plan", "--athlete", "Ada", "--out", "ada.csv")
    row = edited("ada.csv", "Plank", duration_s="40", notes="coach: back first")
    run("import", "ada.csv")
    run("plan", "--athlete", "Ada", "--out", "again.csv")
    assert row in Path("again.csv").read_text(encoding="utf-8").splitlines()


def test_a_dropped_row_is_left_out_and_its_sheet_not_overwritten(run: Run) -> None:
    run("plan", "--athlete", "Ada", "--out", "ada.csv")
    row = edited("ada.csv", "Plank", notes="coach: drop")
    day = row.split(",")[1]
    code, _, err = run("plan", "--athlete", "Ada", "--overrides", "ada.csv", "--out", "ada.csv", "--force")
    assert code == 1
    assert "another --out" in err
    run("plan", "--athlete", "Ada", "--overrides", "ada.csv", "--out", "next.csv")
    rows = Path("next.csv").read_text(encoding="utf-8").splitlines()
    assert not [line for line in rows if f",{day}," in line and "Plank" in line]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--start", "soon"), "write it as"), (("--plate-step", "nan"), "above 0"),
        (("--format", "xlsx"), "cannot be printed"), (("--block", "9"), "no block"),
        (("--overrides", "missing.csv"), "missing.csv"), (("--out", "ada.pdf"), "ends in .csv"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_line(run: Run, arguments: tuple[str, ...], says: str) -> None:
    code, out, err = run("plan", "--athlete", "Ada", *arguments)
    assert (code, out) == (1, "")
    assert says in err
    assert len(err.strip().splitlines()) == 1


def test_overrides_that_cannot_be_read_are_an_error(run: Run) -> None:
    head = "athlete,date,block,session,exercise,order,sets,reps_low,reps_high,load_kg,notes\n"
    good = "Ada,2026-04-01,3,,Squat (Barbell),2,3,8,8,60,\n"
    text = f"{head}Ada,2026-04-01,3,,Plank,1,many,8,8,,coach: mine\n{good}{good}"
    Path("o.csv").write_text(text, encoding="utf-8")
    code, _, err = run("plan", "--athlete", "Ada", "--overrides", "o.csv")
    assert code == 1
    assert "line 2" in err


def test_nothing_to_plan_has_its_own_exit_code(run: Run) -> None:
    head = "athlete,block,start,end,goal,primary_test,planned_hard_sets,days_without_record,notes\n"
    tests = "athlete,date,test,trial,side,load_kg,distance_m,cap_s,measure,value,protocol,device,valid,notes\n"
    Path("b.csv").write_text(f"{head}Zoe,1,2026-01-05,2026-02-15,strength,loaded_jump,,rest,\n", encoding="utf-8")
    Path("t.csv").write_text(f"{tests}Zoe,2026-02-10,cmj,1,both,,,,height_m,0.3,,mat,yes,\n", encoding="utf-8")
    assert run("import", "b.csv", "t.csv")[0] == 0
    code, out, _ = run("plan", "--athlete", "Zoe")
    assert code == 4
    assert "no gym work" in out
    code, _, err = run("plan", "--athlete", "Zoe", "--out", "zoe.csv")
    assert code == 4
    assert "no session could be planned" in err
    assert "stridelift import" not in err


def told(run: Run, *more: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("--json", "plan", "--athlete", "Ada", *more)[1])
    return found


def test_the_options_reach_the_plan(run: Run) -> None:
    found = told(run, "--start", "2026-05-04", "--weeks", "2", "--plate-step", "5", "--days", "2")
    assert (found["start"], found["end"]) == ("2026-05-04", "2026-05-17")
    assert all(row["load_kg"] % 5 == 0 for row in found["rows"] if row["load_kg"])
