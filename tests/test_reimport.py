"""Files read again: refused rows corrected by hand, importers improved, logbooks of an older version."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from analysis import importers
from analysis.importers import Context
from analysis.importers import strong as strong_importer
from analysis.logbook import Logbook, LogbookProblem, _schema
from test_cli import Call, run  # noqa: F401 - the fixture

HEAD = "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE\n"
GOOD = '2026-01-05 17:00:00,"Gym",1h,"Squat (Barbell)",1,60,6,0,0,"","",8\n'
BAD = '2026-01-05 17:00:00,"Gym",1h,"Squat (Barbell)",2,60,6x,0,0,"=1+1 two\nlines","",8\n'
LAST = '2026-01-05 17:00:00,"Gym",1h,"Squat (Barbell)",3,60,5,0,0,"","",8\n'


@pytest.fixture
def refused(run: Call) -> Callable[..., Any]:  # noqa: F811
    Path("strong.csv").write_text(HEAD + GOOD + BAD + LAST)
    assert run("import", "strong.csv", "--athlete", "Ada", "--unit", "kg").code == 3
    assert run("rejected", "--out", "rejected.csv").code == 0
    return run


def edited(change: Callable[[str], str]) -> None:
    rows = list(csv.DictReader(io.StringIO(Path("rejected.csv").read_text(), newline="")))
    with Path("rejected.csv").open("w", newline="") as sheet:
        writer = csv.DictWriter(sheet, rows[0])
        writer.writeheader()
        writer.writerows(row | {"raw": change(row["raw"])} for row in rows)


def test_a_corrected_row_goes_back_into_its_file(refused: Call) -> None:
    edited(lambda raw: raw.replace("6x", "6"))
    done = refused("--json", "import", "rejected.csv")
    (told,) = json.loads(done.out)["files"]
    assert done.code == 0
    assert (told["read"], told["loaded"], told["ignored"], told["rejected"]) == (3, 1, 2, 0)
    log = Logbook("training.duckdb").log()
    assert log.sets.sort("set_no")["reps"].to_list() == [6, 6, 5]
    assert log.sets.sort("set_no")["notes"].to_list() == [None, "=1+1 two\nlines", None]
    assert log.rejected.is_empty()


def test_the_app_s_next_export_does_not_take_the_corrected_row_away(refused: Call) -> None:
    edited(lambda raw: raw.replace("6x", "6"))
    refused("import", "rejected.csv")
    later = GOOD.replace("01-05", "01-08")
    Path("newer.csv").write_text(HEAD + GOOD + BAD + LAST + later)
    assert refused("import", "newer.csv", "--athlete", "Ada").code == 3
    assert Logbook("training.duckdb").log().sets.height == 4


def test_a_sheet_that_was_not_corrected_changes_nothing(refused: Call) -> None:
    done = refused("import", "rejected.csv")
    assert "every row says what it said before" in done.err
    assert Logbook("training.duckdb").sequence() == 1


@pytest.mark.parametrize(("column", "value"), [("import", "7"), ("line", "4711"), ("line", "four")])
def test_a_sheet_that_lost_its_numbers_is_a_clear_error(refused: Call, column: str, value: str) -> None:
    rows = list(csv.DictReader(io.StringIO(Path("rejected.csv").read_text(), newline="")))
    sheet = io.StringIO(newline="")
    writer = csv.DictWriter(sheet, rows[0])
    writer.writeheader()
    writer.writerow(rows[0] | {"raw": "corrected", column: value})
    Path("rejected.csv").write_text(sheet.getvalue())
    done = refused("import", "rejected.csv")
    assert done.code == 1
    assert value in done.err


def test_reimport_adds_nothing_where_nothing_reads_otherwise(refused: Call) -> None:
    done = refused("--json", "reimport")
    assert done.code == 0
    assert [row["loaded"] for row in json.loads(done.out)["files"]] == [0]
    assert Logbook("training.duckdb").sequence() == 1


def test_reimport_revises_what_an_improved_importer_reads_otherwise(
    refused: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = strong_importer._set_type
    monkeypatch.setattr(strong_importer, "_set_type", lambda text: "warmup" if text == "1" else order(text))
    (told,) = json.loads(refused("--json", "reimport").out)["files"]
    assert (told["revised"], told["loaded"], told["ignored"], told["rejected"]) == (1, 1, 1, 1)
    log = Logbook("training.duckdb").log()
    assert log.sets.sort("set_no")["set_type"].to_list() == ["warmup", "work"]
    assert log.sets["load_kg"].to_list() == [60, 60]  # the unit that was answered then


def lay_down_version_1(path: Path) -> None:
    """A logbook as version 1 wrote it: without the tables and columns that came later."""
    with duckdb.connect(str(path)) as con:
        _schema.create(con)
        for name in ("reps", "plan", "runs", "splits", "streams", "wellness", "complaints", "calendar"):
            con.execute(f"DROP TABLE {name}")
        later = {
            "sessions": ("kind", "sport", "start_utc", "zone", "zone_basis", "source_id", "device"),
            "sets": ("exercise_id", "load_multiplier", "started_utc"),
            "trials": ("method",),
            "imports": ("whole",),
        }
        for name, columns in later.items():
            for column in columns:
                con.execute(f"ALTER TABLE {name} DROP COLUMN {column}")
        con.execute("UPDATE meta SET schema_version = 1")
        for name, values in ROWS_OF_VERSION_1.items():
            con.execute(f"INSERT INTO {name} BY NAME SELECT {values}")


SESSION = "Ada|strong|2026-01-05 17:00|1"
FACT = f"""'{SESSION}' AS session_id, 'Ada' AS athlete, DATE '2026-01-05' AS date, 'strong' AS source, 2 AS source_row,
    TIMESTAMP '2026-01-05 17:00:00' AS start_local, 1 AS import_seq, FALSE AS gone"""
ROWS_OF_VERSION_1 = {
    "athletes": "'Ada' AS athlete, 1 AS import_seq",
    "sessions": f"{FACT}, 3600.0 AS duration_s, 'Gym' AS title",
    "sets": f"""{FACT}, '{SESSION}|squat (barbell)|1|1' AS set_id, 'Squat (Barbell)' AS exercise_raw, 1 AS block_no,
        1 AS set_no, 'work' AS set_type, 6.0 AS reps, 'unknown' AS rep_basis, 60.0 AS load_kg, '60' AS load_raw,
        FALSE AS assisted, 'unknown' AS load_basis, 8.0 AS rpe""",
    "imports": """1 AS import_seq, repeat('a', 64) AS import_id, 'a.csv' AS file, 'strong' AS vendor, '' AS variant,
        'Ada' AS athlete, '{"unit": "kg"}' AS decisions, DATE '2026-01-05' AS first_day, DATE '2026-01-05' AS last_day,
        '0.1.0' AS version, 1 AS read, 1 AS loaded, 0 AS attached, 0 AS ignored, 0 AS rejected""",
}


def test_a_logbook_of_the_older_version_opens_and_goes_on(tmp_path: Path) -> None:
    book = Logbook(tmp_path / "training.duckdb")
    lay_down_version_1(book.path)
    log = book.log()
    assert log.sets["load_kg"].to_list() == [60]
    assert log.sessions.select("kind", "zone_basis").row(0) == ("strength", "local")
    assert log.imports["whole"].to_list() == [True]
    (tmp_path / "strong.csv").write_text(HEAD + GOOD + LAST)
    reading = importers.read(tmp_path / "strong.csv", Context(athlete="Ada", saved=book.answers("Ada", "strong")))
    receipt = book.add(reading, "strong.csv")
    assert (receipt.loaded, receipt.revised, receipt.unchanged) == (1, 0, 1)
    assert book.log(as_of=1).sets.height == 1


def test_a_logbook_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    book = Logbook(tmp_path / "training.duckdb")
    lay_down_version_1(book.path)
    with duckdb.connect(str(book.path)) as con:
        con.execute("UPDATE meta SET schema_version = 99")
    before = book.path.read_bytes()
    (tmp_path / "strong.csv").write_text(HEAD + GOOD)
    with pytest.raises(LogbookProblem, match=r"newer stridelift \(layout 99.*update stridelift"):
        book.log()
    with pytest.raises(LogbookProblem, match="newer stridelift"):
        book.add(importers.read(tmp_path / "strong.csv", Context(athlete="Ada", unit="kg")), "strong.csv")
    assert book.path.read_bytes() == before


@pytest.mark.parametrize("odd", ["\x0b", "\x0c", "\u2028", "\x85"])
def test_only_line_ends_count_as_lines_when_a_row_goes_back(run: Call, odd: str) -> None:  # noqa: F811
    Path("strong.csv").write_text(HEAD + GOOD.replace('""', f'"soft{odd}break"', 1) + BAD + LAST)
    assert run("import", "strong.csv", "--athlete", "Ada", "--unit", "kg").code == 3
    assert run("rejected", "--out", "rejected.csv").code == 0
    edited(lambda raw: raw.replace("6x", "6"))
    assert run("import", "rejected.csv").code == 0
    assert Logbook("training.duckdb").log().sets.sort("set_no")["reps"].to_list() == [6, 6, 5]


def test_a_dry_run_of_a_corrected_sheet_stores_nothing(refused: Call) -> None:
    edited(lambda raw: raw.replace("6x", "6"))
    done = refused("--json", "import", "rejected.csv", "--dry-run")
    (told,) = json.loads(done.out)["files"]
    assert (told["read"], told["loaded"], told["rejected"], told["import_seq"]) == (3, 3, 0, None)
    assert Logbook("training.duckdb").sequence() == 1


def test_a_row_of_the_sheet_that_cannot_be_split_is_said(refused: Call) -> None:
    edited(lambda raw: raw.replace("6x", "6"))
    sheet = Path("rejected.csv")
    sheet.write_text(sheet.read_text() + "1,strong.csv,3,why,a,b,c\n")
    done = refused("import", "rejected.csv")
    assert done.code == 1
    assert "7 fields" in done.err
    assert Logbook("training.duckdb").sequence() == 1


def test_line_ends_that_a_spreadsheet_changed_are_no_correction(run: Call) -> None:  # noqa: F811
    Path("strong.csv").write_bytes((HEAD + GOOD + BAD + LAST).replace("\n", "\r\n").encode())
    assert run("import", "strong.csv", "--athlete", "Ada", "--unit", "kg").code == 3
    assert run("rejected", "--out", "rejected.csv").code == 0
    edited(lambda raw: raw.replace("\r\n", "\n"))
    assert "every row says what it said before" in run("import", "rejected.csv").err
    assert Logbook("training.duckdb").sequence() == 1


def test_a_corrected_row_outlives_an_edit_of_the_set_below(refused: Call) -> None:
    edited(lambda raw: raw.replace("6x", "7"))
    refused("import", "rejected.csv")
    Path("newer.csv").write_text(HEAD + GOOD + BAD + LAST.replace("60,5", "60,4"))
    assert refused("import", "newer.csv", "--athlete", "Ada").code == 3
    assert Logbook("training.duckdb").log().sets.sort("set_no")["reps"].to_list() == [6, 7, 4]


def test_reimport_after_a_correction_adds_nothing(refused: Call) -> None:
    edited(lambda raw: raw.replace("6x", "6"))
    refused("import", "rejected.csv")
    assert refused("reimport").code == 0
    assert Logbook("training.duckdb").sequence() == 2


def test_reimport_does_not_take_back_what_a_later_export_revised(run: Call) -> None:  # noqa: F811
    for name, row in (("old.csv", GOOD), ("new.csv", GOOD.replace("60,6", "60,7"))):
        Path(name).write_text(HEAD + row + LAST)
        assert run("import", name, "--athlete", "Ada", "--unit", "kg").code == 0
    done = run("--json", "reimport")
    assert [row["loaded"] for row in json.loads(done.out)["files"]] == [0, 0]
    assert Logbook("training.duckdb").sequence() == 2


def test_a_logbook_of_the_older_version_gives_a_table(tmp_path: Path) -> None:
    book = Logbook(tmp_path / "training.duckdb")
    with pytest.raises(LogbookProblem, match="no logbook here yet"):
        book.table("sets")
    lay_down_version_1(book.path)
    assert book.table("sets")["load_kg"].to_list() == [60]


def test_the_zone_of_a_file_without_sessions_is_an_answer(run: Call) -> None:  # noqa: F811
    about = {"id": "t1", "segment": "Countermovement Jump:1", "timestamp": 1767310200, "active": True}
    named = {"athlete": {"id": "a", "name": "Ada"}, "testType": {"id": "x", "name": "Countermovement Jump", "tags": []}}
    told = {"Jump Height(m)": 0.3, "Peak Propulsive Force(N)": 900}
    Path("hawkin.json").write_text(json.dumps({"data": [about | named | told], "count": 1}))
    assert run("import", "hawkin.json", "--athlete", "Ada", "--tz", "Pacific/Auckland").code == 0
    before = Logbook("training.duckdb").log().trials["date"].to_list()
    assert run("reimport").code == 0
    assert Logbook("training.duckdb").log().trials["date"].to_list() == before
    assert Logbook("training.duckdb").sequence() == 1


def test_a_squad_s_sheet_is_one_although_only_one_athlete_s_rows_are_good(run: Call) -> None:  # noqa: F811
    head = "athlete,date,test,trial,side,load_kg,distance_m,cap_s,measure,value,protocol,device,valid,notes\n"
    rows = (
        f"{who},2026-01-0{day},single_leg_stance,1,left,,,60,time_s,{value},closed,watch,yes,\n"
        for who, day, value in (("Ada", 5, 41), ("Ada", 6, 42), ("Ada", 7, 43), ("Bob", 5, "40x"), ("Bob", 6, "4,1"))
    )
    Path("retests.csv").write_text(head + "".join(rows))
    assert run("import", "retests.csv").code == 3
    log = Logbook("training.duckdb").log(athlete="Ada")
    assert not log.rejected["raw"].str.contains("Bob").any()
    assert run("rejected", "--out", "rejected.csv").code == 0
    edited(lambda raw: raw.replace("40x", "40").replace("4,1", "4.1"))
    assert run("import", "rejected.csv").code == 0
    assert Logbook("training.duckdb").log().rejected.is_empty()
