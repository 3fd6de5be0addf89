"""`stridelift map`: drafts propose and ask, checks show, the page's examples are what the command says."""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.importers import ImportProblem, _mapping, drafted_mapping
from analysis.importers._source import from_bytes
from command_for_tests import Run, caller

PAGE = Path(__file__).parents[1] / "docs" / "mapping.md"
COACH = "2026-03-02,Squat,5x175,5x175\n2026-03-04,Bench Press,5x115,\n2026-03-06,Deadlift,5x225,\n"
OPEN = re.compile(r"^#\? (\w+) = ", re.MULTILINE)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("STRIDELIFT_LOGBOOK", raising=False)
    return caller(capsys)


def drafted(text: str, name: str = "sheet.csv") -> str:
    return drafted_mapping(from_bytes(name, text.encode()))


def answered(draft: str, **answers: str) -> str:
    """The draft with its open questions answered."""
    for key, value in answers.items():
        draft, n = re.subn(rf"^#\? {key} = .*$", f"{key} = {value}", draft, flags=re.MULTILINE)
        assert n == 1, f"{key} is not asked"
    return draft


def test_a_draft_of_a_headerless_sheet_proposes_columns_and_asks_unit_and_grammar() -> None:
    draft = drafted(COACH)
    told = tomllib.loads(draft)
    assert told["match"]["header_rows"] == 0
    assert told["columns"] == {"date": "col:1", "exercise": "col:2"}
    assert told["wide"]["value_columns"] == ["col:3", "col:4"]
    assert OPEN.findall(draft) == ["load_unit", "grammar"]
    assert "before the x 5 to 5, after it 115 to 225" in draft
    with pytest.raises(ImportProblem, match="2 open questions"):
        _mapping.checked("m.toml", draft)
    mapping = _mapping.checked("m.toml", answered(draft, load_unit='"lb"', grammar='"reps x load"'))
    assert mapping.rules.grammar == "reps x load"


def test_a_draft_never_answers_unit_order_grammar_or_kind_of_times() -> None:
    assert set(OPEN.findall(drafted("Datum;Übung;Wdh;Gewicht\n03/04/2026;Squat;5;62,5\n"))) == {
        "date_order", "load_unit", "decimal",
    }  # fmt: skip
    gates = drafted("Name,5m,10m,20m\nBea,1.1,1.9,3.3\n")
    assert OPEN.findall(gates) == ["date", "test", "measure", "protocol", "times"]
    assert "the first row has 1.1, 1.9, 3.3" in gates
    assert OPEN.findall(drafted("date,run,time\n2026-03-02,5,25:30\n")) == ["distance_unit"]
    assert OPEN.findall(drafted("time,velocity\n0,0.1\n0.1,0.9\n")) == ["date", "speed_m_s", "t_s"]


def test_a_unit_or_an_order_that_the_sheet_states_is_not_asked() -> None:
    draft = drafted("Date,Exercise,Reps,Load (kg)\n25.04.2026,Squat,5,62.5\n")
    assert OPEN.findall(draft) == []
    assert "the order of the dates shows in the file: day_first" in draft
    assert _mapping.checked("m.toml", draft).of("columns")["load"] == "Load (kg)"


def test_a_draft_finds_the_header_below_a_preamble_and_two_header_rows() -> None:
    told = tomllib.loads(drafted("My log,,\n,,\nDate,Exercise,Reps\n2026-03-02,Squat,5\n"))
    assert (told["match"]["skip_rows"], told["match"]["header_rows"]) == (2, 1)
    told = tomllib.loads(drafted(",Squat,,Row,\nDate,Reps,Load,Reps,Load\n2026-03-02,5,100,8,60\n"))
    assert (told["match"]["skip_rows"], told["match"]["header_rows"]) == (0, 2)


def test_a_draft_leaves_running_totals_out_with_the_evidence() -> None:
    lines, total = ["date,run,weekly,Total,note,weekly"], 0.0
    distances = [3.0, 0, 5.5, 4, 0, 6, 10, 3, 0, 7, 5, 0, 4, 8]
    for at, km in enumerate(distances):
        total += km
        week = sum(distances[max(0, at - 6) : at + 1])
        lines.append(f"2026-03-{at + 1:02},{km},{week},{total},,")
    draft = drafted("\n".join(lines) + "\n")
    assert tomllib.loads(draft)["ignore"]["columns"] == ["weekly#1", "Total"]
    assert "# weekly#1: looks like the sum over seven rows of run" in draft
    assert "# Total: looks like the running total of run" in draft


@pytest.mark.parametrize(
    ("header", "layout"),
    [("Exercise,Week 1,Week 2", "wide_weeks"), ("Exercise,2026-01-12,2026-01-19", "wide_weeks")],
)
def test_a_draft_sees_weeks(header: str, layout: str) -> None:
    draft = drafted(f"{header}\nSquat,3x5@100,3x5@105\nRow,3x8@60,3x8@60\n")
    assert tomllib.loads(draft)["layout"] == layout
    assert ("first_week" in OPEN.findall(draft)) == ("Week" in header)


def test_a_draft_reads_days_below_weeks_and_asks_when_they_are() -> None:
    draft = drafted(",Week 1,,Week 2,\nLift,Mon,Thu,Mon,Thu\nSquat,3x5@100,,3x5@105,\nBench,,3x5@60,,3x5@62\n")
    other = drafted("Lift,Week 1,,Week 2,\n,Mon,Thu,Mon,Thu\nSquat,3x5@100,,3x5@105,\nBench,,3x5@60,,3x5@62\n")
    for text in (draft, other):
        assert OPEN.findall(text) == ["load_unit", "first_week", "days", "grammar"]
        days = re.sub(r"^#\? days = .*$", 'days = { "Mon" = 0, "Thu" = 3 }', text, flags=re.MULTILINE)
        whole = answered(days, load_unit='"kg"', first_week="2026-01-05", grammar='"sets x reps @ load"')
        mapping = _mapping.checked("m.toml", whole)
        assert (mapping.layout, mapping.told("match", "header_rows")) == ("wide_weeks", 2)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(st.text(max_size=8) | st.sampled_from(["Date", "Reps", "5x100", "2026-03-02", "re:(", "col:1", "a#2"]),
                 min_size=1, max_size=4),
        min_size=1, max_size=5,
    )
)  # fmt: skip
def test_a_draft_of_any_sheet_is_a_mapping_with_questions_or_a_problem(rows: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    try:
        draft = drafted(out.getvalue())
    except (ImportProblem, UnicodeEncodeError):
        return
    mapping = "\n".join(line for line in draft.split("\n") if not line.startswith("#?"))
    assert tomllib.loads(mapping)["version"] == 1
    _mapping.checked("m.toml", mapping)


def test_draft_then_check_then_import(run: Run, tmp_path: Path) -> None:
    (tmp_path / "coach.csv").write_text(COACH)
    code, out, err = run("map", "--draft", "coach.csv", "--out", "coach.toml")
    assert (code, out.strip()) == (0, "coach.toml")
    assert "answer the 2 lines marked #?, then: " in err
    assert run("map", "--draft", "coach.csv", "--out", "coach.toml")[0] == 1
    code, _, err = run("map", "--check", "coach.csv", "--mapping", "coach.toml", "--athlete", "Ada")
    assert code == 1
    assert "2 open questions in lines" in err
    text = answered((tmp_path / "coach.toml").read_text(), load_unit='"lb"', grammar='"reps x load"')
    (tmp_path / "coach.toml").write_text(text)
    code, out, _ = run("map", "--check", "coach.csv", "--mapping", "coach.toml", "--athlete", "Ada")
    assert code == 0
    assert "rows: read 3 = loaded 3 + attached 0 + ignored 0 + rejected 0" in out
    assert not (tmp_path / "training.duckdb").exists()
    code, out, _ = run("--json", "import", "coach.csv", "--mapping", "coach.toml", "--athlete", "Ada")
    told = json.loads(out)["files"][0]
    assert (code, told["vendor"], told["read"], told["loaded"]) == (0, "mapped_sheet", 3, 3)
    assert run("reimport")[0] == 0


def test_a_check_shows_refused_rows_and_says_so_with_its_exit_code(run: Run, tmp_path: Path) -> None:
    (tmp_path / "coach.csv").write_text(COACH + "2026-03-08,Squat,5y175,\n")
    (tmp_path / "m.toml").write_text(answered(drafted(COACH), load_unit='"lb"', grammar='"reps x load"'))
    code, out, _ = run("map", "--check", "coach.csv", "--mapping", "m.toml", "--athlete", "Ada")
    assert code == 3
    assert "line 4: cell '5y175' cannot be read" in out
    code, out, _ = run("--json", "map", "--check", "coach.csv", "--mapping", "m.toml", "--athlete", "Ada")
    told = json.loads(out)
    assert (code, told["rejected"], told["refused"][0]["line"], len(told["rows"])) == (3, 1, 4, 4)
    assert told["columns_used"] == "col:1, col:2, col:3, col:4"


def test_refused_rows_of_a_mapped_sheet_are_corrected_and_imported(run: Run, tmp_path: Path) -> None:
    (tmp_path / "coach.csv").write_text(COACH + "2026-03-08,Squat,5y175,\n")
    (tmp_path / "m.toml").write_text(answered(drafted(COACH), load_unit='"lb"', grammar='"reps x load"'))
    assert run("import", "coach.csv", "--mapping", "m.toml", "--athlete", "Ada")[0] == 3
    assert run("rejected", "--out", "rejected.csv")[0] == 0
    sheet = tmp_path / "rejected.csv"
    sheet.write_text(sheet.read_text().replace("2026-03-08,Squat,5y175", "2026-03-08,Squat,5x175"))
    code, out, _ = run("import", "rejected.csv")
    assert code == 0
    assert "loaded 1" in out


def test_the_command_without_a_sheet_lists_the_unmapped_names(run: Run, tmp_path: Path) -> None:
    assert run("map")[0] == 1
    (tmp_path / "coach.csv").write_text(COACH)
    (tmp_path / "m.toml").write_text(answered(drafted(COACH), load_unit='"lb"', grammar='"reps x load"'))
    run("import", "coach.csv", "--mapping", "m.toml", "--athlete", "Ada")
    code, out, err = run("map")
    assert (code, out) == (0, "")
    assert "every exercise name of the logbook" in err
    (tmp_path / "coach.csv").write_text(COACH.replace("Squat", "Zercher wobble thing"))
    run("import", "coach.csv", "--mapping", "m.toml", "--athlete", "Bea")
    code, out, _ = run("map")
    assert out.splitlines()[0].startswith("exercise_raw,exercise")
    assert "Zercher wobble thing" in out
    assert json.loads(run("--json", "map")[1])["names"][0]["exercise_raw"] == "Zercher wobble thing"


def test_wrong_use_is_exit_code_2(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(COACH)
    assert run("map", "--check", "a.csv")[0] == 2
    assert run("map", "--check", "a.csv", "--draft", "a.csv")[0] == 2


def test_a_draft_of_a_known_export_says_that_none_is_needed(run: Run, tmp_path: Path) -> None:
    header = "Date,Workout Name,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes\n"
    (tmp_path / "strong.csv").write_text(header + "2026-03-02 07:00:00,A,Squat,1,100,5,0,0,,\n")
    code, out, err = run("map", "--draft", "strong.csv")
    assert code == 0
    assert "strong reads this file as it is" in err
    assert tomllib.loads(out)["columns"]["reps"] == "Reps"


def page_examples() -> list[Any]:
    parts = re.findall(r"^## (.*?)\n.*?```csv\n(.*?)```.*?```toml\n(.*?)```.*?```text\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)  # fmt: skip  # noqa: E501
    return [pytest.param(*part[1:], id=part[0].split(":")[0]) for part in parts]


@pytest.mark.parametrize(("sheet", "mapping", "shown"), page_examples())
def test_every_example_of_the_page_is_what_the_command_says(
    run: Run, tmp_path: Path, sheet: str, mapping: str, shown: str
) -> None:
    (tmp_path / "sheet.csv").write_text(sheet, encoding="utf-8")
    (tmp_path / "m.toml").write_text(mapping, encoding="utf-8")
    code, out, _ = run("map", "--check", "sheet.csv", "--mapping", "m.toml", "--athlete", "Ada")
    assert (code, out) == (0, shown)


def test_every_toml_block_of_the_page_is_an_example() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text.count("```toml") == text.count("```csv") == len(page_examples()) == 10


@pytest.mark.parametrize(("option", "goes_with"), [("--mapping", "--check"), ("--out", "--draft")])
def test_an_option_of_another_step_is_wrong_use(run: Run, option: str, goes_with: str) -> None:
    code, _, err = run("map", option, "m.toml")
    assert code == 2
    assert f"{option} goes with {goes_with} FILE" in err


def test_a_column_that_numbers_the_sets_is_not_a_number_of_sets() -> None:
    draft = drafted("Datum;Übung;Satz;Wdh;Gewicht (kg)\n13.03.2026;Squat;3;5;60\n")
    assert "sets =" not in draft
    assert 'reps = "Wdh"' in draft
