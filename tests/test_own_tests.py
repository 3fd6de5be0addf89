"""Re-tests of one's own: tests.toml is read strictly, sheets take what it defines, reports and reimports know it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis import guidance, own_tests
from analysis.block import open_block
from analysis.cli import main
from analysis.importers import Context, ImportProblem, Reading, read
from analysis.logbook import Logbook
from analysis.own_tests import OwnTest, OwnTestsProblem, parse

HEADER = "athlete,date,test,trial,side,load_kg,distance_m,cap_s,measure,value,protocol,device,valid,notes"
DEFINED = parse(own_tests.EXAMPLE)
Make = Callable[..., Reading]
WALL_SIT = '[tests.wall_sit]\nmeasure = "time_s"\ndirection = "higher_better"\n'


@pytest.fixture
def sheet(tmp_path: Path) -> Make:
    def make(*lines: str, header: str = HEADER) -> Reading:
        path = tmp_path / "sheet.csv"
        path.write_text("\n".join([header, *lines, ""]), encoding="utf-8")
        return read(path, Context(tests=DEFINED))

    return make


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as done:
        main([str(argument) for argument in arguments])
    return int(done.value.code or 0)


def test_what_a_definition_says() -> None:
    wall_sit, reach, heel = DEFINED.values()
    assert wall_sit == OwnTest(
        "wall_sit", "time_s", "higher_better", typical_error_percent=9.0, swc_percent=10.0, label="Wall sit"
    )
    assert (reach.unit, reach.typical_error, reach.swc, reach.trials) == ("cm", 1.4, 2.0, 3)
    assert (heel.name, heel.needs, heel.typical_error) == ("Heel raise load", ("side", "protocol"), None)
    assert not parse("")
    assert parse(WALL_SIT.replace("higher", "lower"))["wall_sit"].lower_is_better


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[tests.wall_sit", "is no TOML: "),
        ('title = "x"', "has 'title' outside of"),
        ("tests = 3", "a test is a section"),
        ("[tests]\nwall_sit = 3", "a test is a section"),
        (WALL_SIT + "swx = 3", r"\[tests.wall_sit\]: unknown key 'swx'; the keys are: measure, direction"),
        ('[tests.a]\nmeasure = "time_s"', "'direction' is missing"),
        (WALL_SIT.replace("wall_sit", '"Wall sit"'), "test 'Wall sit': a name is made of"),
        (WALL_SIT.replace("wall_sit", "sprint"), "test 'sprint': is built in"),
        (WALL_SIT.replace("time_s", "time s"), "measure 'time s' is made of"),
        (WALL_SIT.replace("higher_better", "up"), "direction 'up' is not one of higher_better, lower_better"),
        (WALL_SIT + "swc = 0", "swc 0 is no number above 0"),
        (WALL_SIT + "typical_error = -1.5", "typical_error -1.5 is no number above 0"),
        (WALL_SIT + "typical_error = true", "typical_error True is no number above 0"),
        (WALL_SIT + 'typical_error = "2"', "typical_error '2' is no number above 0"),
        (WALL_SIT + "swc = nan", "swc nan is no number above 0"),
        (WALL_SIT + f"swc = 1{'0' * 400}", "is no number above 0"),
        (WALL_SIT + "typical_error = 1\ntypical_error_percent = 2", "say the same twice: keep one"),
        (WALL_SIT + "swc = 1\nswc_percent = 2", "say the same twice: keep one"),
        (WALL_SIT + 'label = "a\\nb"', "is no line of at most 80"),
        (WALL_SIT + 'needs = "side"', "is no list such as"),
        (WALL_SIT + 'needs = ["side", "reps"]', "needs 'reps': only side, load_kg"),
    ],
)
def test_a_definition_that_is_not_exactly_right_is_refused_in_one_line(text: str, words: str) -> None:
    with pytest.raises(OwnTestsProblem, match=words) as problem:
        parse(text)
    assert "\n" not in str(problem.value)
    assert str(problem.value).startswith("tests.toml")


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tests.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(OwnTestsProblem, match="no text in UTF-8"):
        own_tests.beside(tmp_path / "training.duckdb")
    (tmp_path / "tests.toml").write_bytes(b"\xef\xbb\xbf" + WALL_SIT.encode())
    assert list(own_tests.beside(tmp_path / "training.duckdb")) == ["wall_sit"]
    assert own_tests.beside(tmp_path / "elsewhere" / "training.duckdb") == {}


def test_a_sheet_takes_defined_tests_in_their_own_measure(sheet: Make) -> None:
    reading = sheet(
        "anna,2026-03-02,Wall sit,1,,,,,time_s,62,90 degrees,stopwatch,,",
        "anna,2026-03-02,sit-and-reach,1,,,,,reach_cm,-3.5,,box,,",
        "anna,2026-03-02,heel_raise_load,1,left,,,,load_kg,42.5,straight knee,,,",
    )
    rows = reading.tables["trials"].select("test", "side", "measure", "value").rows()
    assert rows == [
        ("wall_sit", "both", "time_s", 62.0),
        ("sit_and_reach", "both", "reach_cm", -3.5),
        ("heel_raise_load", "left", "load_kg", 42.5),
    ]
    assert reading.rejected.is_empty()


def test_a_height_is_converted_only_where_the_test_is_declared_in_metres(tmp_path: Path) -> None:
    tests = {name: OwnTest(name, measure, "higher_better") for name, measure in (("a", "height_cm"), ("b", "height_m"))}
    (tmp_path / "s.csv").write_text(
        f"{HEADER}\n" + "".join(f"anna,2026-03-02,{t},1,,,,,height_cm,40,,,,\n" for t in tests)
    )
    trials = read(tmp_path / "s.csv", Context(tests=tests)).tables["trials"]
    assert trials.select("measure", "value").rows() == [("height_cm", 40.0), ("height_m", 0.4)]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("plank,1,,,,,time_s,62,,,,", "test 'plank' is not known; define it in tests.toml"),
        ("wall_sit,1,,,,,reps,62,,,,", "measure 'reps' cannot be read: that of wall_sit is time_s"),
        ("heel_raise_load,1,,,,,load_kg,40,bent,,,", "side is missing: heel_raise_load needs it"),
        ("heel_raise_load,1,both,,,,load_kg,40,bent,,,", "side is missing: heel_raise_load needs it"),
        ("heel_raise_load,1,left,,,,load_kg,40,,,,", "protocol is missing: heel_raise_load needs it"),
        ("sprint,1,,,30,,rsi,1.2,,,,", "measure 'rsi' cannot be read"),
    ],
)
def test_what_does_not_fit_its_test_is_refused(sheet: Make, row: str, reason: str) -> None:
    good = "anna,2026-03-02,wall_sit,1,,,,,time_s,62,,,,"
    reading = sheet(good, f"anna,2026-03-02,{row}")
    assert reading.n_loaded == 1
    assert reading.rejected["reason"].item().startswith(reason)


def test_a_sheet_of_unknown_tests_only_says_how_to_define_them(sheet: Make) -> None:
    with pytest.raises(ImportProblem, match=r"test 'plank' is not known; define it in tests\.toml"):
        sheet("anna,2026-03-02,plank,1,,,,,time_s,62,,,,")


def test_jumps_take_what_devices_measure(sheet: Make) -> None:
    row = "anna,2026-03-02,cmj,{},,,,,{},{},,mat,,"
    told = [("contact_time_ms", 190), ("rsi", 1.47), ("rsi_modified", 0.5), ("peak_power_w", 2800), ("height_cm", 31)]
    trials = sheet(*(row.format(i, *m) for i, m in enumerate(told, 1))).tables["trials"]
    assert trials.select("measure", "value").rows() == [
        ("contact_time_s", pytest.approx(0.19)), ("rsi", 1.47), ("rsi_modified", 0.5), ("peak_power_w", 2800.0),
        ("height_m", pytest.approx(0.31)),
    ]  # fmt: skip


def test_a_block_may_name_a_test_of_ones_own_but_no_unknown_one(sheet: Make) -> None:
    header = "athlete,block,start,end,goal,primary_test,planned_hard_sets,days_without_record,notes"
    blocks = [
        f"anna,{i},2026-0{i}-05,2026-0{i}-25,,{test},,," for i, test in enumerate(("Wall sit", "cmj", "", "plank"), 1)
    ]
    reading = sheet(*blocks, header=header)
    assert reading.tables["blocks"]["primary_test"].to_list() == ["wall_sit", "cmj", None]
    assert reading.rejected["reason"].item().startswith("primary_test 'plank' is not known; define it in tests.toml")


SHEET = [f"anna,{day},wall_sit,1,,,,,time_s,{value},90 degrees,stopwatch,," for day, value in
         (("2026-01-05", 62), ("2026-02-14", 93))]  # fmt: skip


def test_the_command_line_reads_the_file_beside_the_logbook_or_the_named_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("s.csv").write_text("\n".join([HEADER, *SHEET, "anna,2026-01-05,cmj,1,,,,,height_cm,30,,mat,,", ""]))
    assert run("--json", "import", "s.csv") == 3
    assert json.loads(capsys.readouterr().out)["files"][0]["rejected"] == 2
    assert run("template", "tests", "--out", "mine.toml") == 0
    assert run("--json", "import", "s.csv", "--tests", "mine.toml", "--logbook", "other.duckdb") == 0
    capsys.readouterr()
    assert run("template", "tests") == 0
    assert Path("tests.toml").read_text(encoding="utf-8") == own_tests.EXAMPLE
    assert run("template", "tests") == 1
    capsys.readouterr()
    assert run("--json", "import", "s.csv") == 0
    told = json.loads(capsys.readouterr().out)["files"][0]
    assert (told["loaded"], told["rejected"]) == (2, 0)
    assert Logbook("training.duckdb").log().rejected.is_empty()
    Path("tests.toml").write_text("[tests.wall_sit]\n")
    assert run("import", "s.csv") == 1
    assert capsys.readouterr().err == "error: tests.toml, [tests.wall_sit]: 'measure', 'direction' is missing\n"


def test_a_report_judges_a_primary_test_of_ones_own(tmp_path: Path) -> None:
    book = Logbook(tmp_path / "training.duckdb")
    context = Context(tests=DEFINED)
    blocks = "athlete,block,start,end,goal,primary_test,days_without_record\nanna,1,2026-01-05,2026-02-15,,wall_sit,\n"
    for name, text in (("s.csv", "\n".join([HEADER, *SHEET, ""])), ("b.csv", blocks)):
        (tmp_path / name).write_text(text)
        book.add(read(tmp_path / name, context), name)
    undefined = guidance.answer(open_block(book, "anna"))
    assert (undefined.primary.reason, undefined.primary.what) == ("TEST_UNKNOWN", "Wall sit")
    (tmp_path / "tests.toml").write_text(own_tests.EXAMPLE)
    told = guidance.answer(open_block(book, "anna"))
    assert told.primary.word == "improved_substantially"
    assert "Wall sit +45.6 %" in str(told)
