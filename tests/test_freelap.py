"""MyFreelap: cumulative times per distance from two blocks or one table, ranks and gaps, two languages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from analysis.importers import Context, ImportProblem, Reading, identify, read

SESSION = "Date;Time;Exercise;Team;N° of athletes"
RUNS = (
    "N;ID;REACTION TIME;TIME;GAP;TOTAL;DIST. (m);SPEED (m/s);FQ (s/s);L1 - 20.0;TOTAL 1;SPD 1;FQ (s/s);"
    "L2 - 20.0;TOTAL 2;SPD 2;FQ (s/s)"
)
RUN = "2;ADA;0.194s;05.63 (2);+00.02;12.97;40;7.10;4.35;03.39;03.39;5.90;4.22;02.24;05.63;8.93;4.50"
TABLE = "Date;Time;Athlete;Exercise;Distance (m);Run;Total time (s);10m (s);30m (s);Average speed (km/h)"
Make = Callable[..., Reading]


@pytest.fixture
def timing(tmp_path: Path) -> Make:
    def make(*lines: str, context: Context | None = None, end: str = "\n") -> Reading:
        path = tmp_path / "run.csv"
        path.write_text("\r\n".join(lines) + end, newline="")
        assert identify(path) == "freelap"
        reading = read(path, context or Context(athlete="ada"))
        assert reading.n_read == reading.n_loaded + reading.n_attached + reading.n_ignored + reading.n_rejected
        assert reading.tables["trials"]["trial_id"].is_unique().all()
        return reading

    return make


def sprints(reading: Reading, *columns: str) -> list[tuple[object, ...]]:
    return reading.tables["trials"].filter(pl.col("test") == "sprint").select(columns or ("distance_m", "value")).rows()


def test_two_blocks_give_a_cumulative_time_per_distance_and_the_reaction(timing: Make) -> None:
    reading = timing(SESSION, "12/30/2025;16:18;Sprint;;1", "", RUNS, RUN)
    assert sprints(reading) == [(20.0, 3.39), (40.0, 5.63)]
    reaction = reading.tables["trials"].filter(pl.col("test") == "sprint_start")
    assert reaction.select("measure", "value", "distance_m").rows() == [("reaction_time_s", 0.194, None)]
    one = reading.tables["trials"].row(0, named=True)
    assert (one["date"], one["protocol"], one["device"], one["source_row"], one["athlete"]) == (
        dt.date(2025, 12, 30), "Sprint", "Freelap", 5, "ada",
    )  # fmt: skip
    assert (reading.n_read, reading.n_loaded, reading.n_attached, reading.n_ignored) == (3, 1, 1, 1)
    assert reading.notices == ("6 columns are not read: FQ (s/s), GAP, SPD 1, SPD 2, SPEED (m/s), TOTAL",)


def test_runs_of_a_day_are_numbered_in_their_order(timing: Make) -> None:
    later, first = RUN.replace("2;ADA", "10;ADA"), RUN.replace("05.63 (2)", "05.61").replace("03.39", "03.35")
    lines = (SESSION, "12/30/2025;16:18;Sprint;;1", "", RUNS)
    reading, turned = timing(*lines, first, later), timing(*lines, later, first)
    assert sprints(reading, "distance_m", "trial", "value")[:1] == [(20.0, 1, 3.35)]
    ids = [set(r.tables["trials"].select("trial_id", "value", "trial").rows()) for r in (reading, turned)]
    assert ids[0] == ids[1]


def test_two_sessions_in_one_file_and_equal_runs(timing: Make) -> None:
    block = (SESSION, "12/30/2025;16:18;Sprint;;1", "", RUNS, RUN, RUN)
    other = (SESSION, "12/31/2025;16:18;Flying;;1", "", RUNS, RUN)
    reading = timing(*block, "", *other)
    assert sprints(reading, "date", "protocol", "trial")[::2] == [
        (dt.date(2025, 12, 30), "Sprint", 1), (dt.date(2025, 12, 30), "Sprint", 2),
        (dt.date(2025, 12, 31), "Flying", 1),
    ]  # fmt: skip


def test_no_total_column_commas_and_headers_that_a_program_renamed(timing: Make) -> None:
    runs = "N,ID,TIME,FQ (s/s),L1 - 10.0,FQ (s/s).1,L2 - 20.0,FQ (s/s)_duplicated_0"
    reading = timing(
        SESSION.replace(";", ","), "12/30/2025,16:18,Sprint,,1", "", runs, "1,ADA,01:02.50,4,2.00,4,2.50,4"
    )
    assert sprints(reading) == [(10.0, 2.0), (30.0, 4.5)]


def test_without_splits_the_time_is_that_of_the_distance(timing: Make) -> None:
    reading = timing(SESSION, "12/30/2025;16:18;Sprint;;1", "", "N;ID;TIME;DIST. (m)", "1;ADA;04.12 (1);30")
    assert sprints(reading) == [(30.0, 4.12)]


def test_the_day_of_an_open_date_is_asked_for_but_not_in_french(timing: Make) -> None:
    lines = ("11/12/2025;16:18;Sprint;;1", "", RUNS, RUN)
    with pytest.raises(ImportProblem, match="--date-order"):
        timing(SESSION, *lines)
    told = timing(SESSION, *lines, context=Context(athlete="ada", date_order="month_first"))
    assert sprints(told, "date")[0] == (dt.date(2025, 11, 12),)
    french = timing("Date;Heure;Exercice;Equipe;N° d'athlètes", *lines)
    assert sprints(french, "date")[0] == (dt.date(2025, 12, 11),)
    assert french.decisions["date_order_from"] == "language"


def test_several_transmitters_are_several_athletes(timing: Make) -> None:
    reading = timing(SESSION, "12/30/2025;16:18;Sprint;;2", "", RUNS, RUN, RUN.replace("ADA", "BEA"))
    assert sprints(reading, "athlete", "trial")[::2] == [("ADA", 1), ("BEA", 1)]


@pytest.mark.parametrize(
    ("header", "line"),
    [
        (TABLE, "29/08/2026;10:14:03;Ada;Flying 30m;30;1;3,42;1,21;3,42;31,6"),
        (
            "Date;Heure;Athlète;Exercice;Distance (m);Course;Temps total (s);10m (s);30m (s);Vitesse moyenne (km/h)",
            "29/08/2026;10:14:03;Ada;Flying 30m;30;1;3,42;1,21;3,42;31,6",
        ),
        (TABLE.replace(";", ","), "08/29/2026,10:14:03,Ada,Flying 30m,30,1,3.42,1.21,3.42,31.6"),
        (TABLE.replace(";", "\t"), "2026-08-29\t10:14:03\tAda\tFlying 30m\t30\t1\t3.42\t1.21\t3.42\t31.6"),
    ],
)
def test_one_table_in_two_languages_and_three_delimiters(timing: Make, header: str, line: str) -> None:
    reading = timing(header, line)
    assert sprints(reading, "distance_m", "value", "date", "protocol") == [
        (10.0, 1.21, dt.date(2026, 8, 29), "Flying 30m"), (30.0, 3.42, dt.date(2026, 8, 29), "Flying 30m"),
    ]  # fmt: skip
    assert (reading.n_read, reading.n_loaded, reading.variant) == (1, 1, "one table")


def test_minutes_and_thousands(timing: Make) -> None:
    header = "Date;Time;Athlete;Exercise;Distance (m);Run;Total time (s)"
    reading = timing(
        header, "29/08/2026;10:14:03;Ada;400m;400;1;1:02,34", "29/08/2026;10:20:00;Ada;1.500m;1.500;1;312,50",
        "29/08/2026;10:30:00;Ada;1k;60;1;1:01:02,5",
    )  # fmt: skip
    assert sprints(reading) == [(400.0, 62.34), (60.0, 3662.5)]
    assert reading.rejected["reason"].to_list() == ["distance_m 1500.0 is outside the allowed range (max)"]


def test_broken_runs_are_rejected_with_their_text(timing: Make) -> None:
    slow = RUN.replace("03.39;03.39", "03.39;soon")
    wide = RUN + ";9"
    bare = "3;ADA;;;;;;;;;;;;;;;"
    reading = timing(SESSION, "12/30/2025;16:18;Sprint;;1", "", RUNS, RUN, slow, wide, bare, RUN.replace("03.39", "01.00"))  # fmt: skip  # noqa: E501
    assert reading.rejected.select("reason", "raw").rows() == [
        ("time 'soon' cannot be read", slow), ("has 18 fields, the header has 17", wide),
        ("rule broken: sprint not faster than 12 5 m per s", RUN.replace("03.39", "01.00")),
    ]  # fmt: skip
    assert reading.ignored["reason"].to_list() == ["blank", "no_measurement"]


def test_a_cut_file_and_one_without_runs_are_problems(timing: Make) -> None:
    head = (SESSION, "12/30/2025;16:18;Sprint;;1", "", RUNS)
    with pytest.raises(ImportProblem, match="cut off"):
        timing(*head, RUN, RUN[:30], end="")
    with pytest.raises(ImportProblem, match="has no run"):
        timing(*head)
