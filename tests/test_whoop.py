"""WHOOP: cycles, sleeps and workouts, each alone and in the zip; days of waking up, offsets, cycles without an end."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.importers import Context, ImportProblem, Reading, identify, read

CYCLE = "Cycle start time,Cycle end time,Cycle timezone,"
NIGHT = (
    "Sleep onset,Wake onset,Sleep performance %,Respiratory rate (rpm),Asleep duration (min),In bed duration (min),"
    "Light sleep duration (min),Deep (SWS) duration (min),REM duration (min),Awake duration (min),Sleep need (min),"
    "Sleep debt (min),Sleep efficiency %"
)
CYCLES = (
    f"{CYCLE}Recovery score %,Resting heart rate (bpm),Heart rate variability (ms),Skin temp (celsius),Blood oxygen %,"
    f"Day Strain,Energy burned (cal),Max HR (bpm),Average HR (bpm),{NIGHT}"
)
SLEEPS = f"{CYCLE}{NIGHT},Sleep consistency %,Nap"
WORKOUTS = (
    f"{CYCLE}Workout start time,Workout end time,Duration (min),Activity name,Activity Strain,Energy burned (cal),"
    "Max HR (bpm),Average HR (bpm),HR Zone 1 %,HR Zone 2 %,HR Zone 3 %,HR Zone 4 %,HR Zone 5 %,GPS enabled"
)
NIGHT_1 = "2026-03-01 23:10:05,2026-03-02 06:40:15,88,14.2,412,450,210,92,110,38,480,20,91"
DAY_1 = f"2026-03-01 23:10:05,2026-03-02 22:50:00,UTC-08:00,71,48,92,33.4,96.2,12.4,2650,171,64,{NIGHT_1}"
OPEN = "2026-03-02 22:50:00,,UTC-08:00,55,50,80,33.5,96.0,,,,,2026-03-02 22:50:00,2026-03-03 06:00:00,80,14.0,400,430,200,90,110,30,480,20,93"  # fmt: skip  # noqa: E501
NO_NIGHT = "2026-02-27 00:00:00,2026-02-28 04:30:00,UTC-08:00,,,,,,4.2,900,110,70,,,,,,,,,,,,,"
RUN = "2026-03-01 23:10:05,2026-03-02 22:50:00,UTC-08:00,2026-03-02 17:30:00,2026-03-02 18:14:53,44,Running,14.6,582,180,150,9,9,29,47,5,true"  # fmt: skip  # noqa: E501
GYM = RUN.replace("Running", "Weightlifting").replace("17:30:00", "12:00:00").replace("18:14:53", "12:50:00")
Make = Callable[..., Reading]


def checked(path: Path, **answers: Any) -> Reading:
    assert identify(path) == "whoop"
    reading = read(path, Context(athlete="anna", **answers))
    parts = (reading.n_loaded, reading.n_attached, reading.n_ignored, reading.n_rejected)
    assert sum(parts) == reading.n_read
    for name, key in (("wellness", "wellness_id"), ("sessions", "session_id")):
        if name in reading.tables:
            assert reading.tables[name][key].is_unique().all()
    return reading


@pytest.fixture
def whoop(tmp_path: Path) -> Make:
    def make(*lines: str, **answers: Any) -> Reading:
        path = tmp_path / "export.csv"
        path.write_text("\n".join([*lines, ""]), encoding="utf-8")
        return checked(path, **answers)

    return make


def day(reading: Reading, date: str) -> dict[str, float]:
    rows = reading.tables["wellness"].filter(date=dt.date.fromisoformat(date))
    return dict(rows.select("item", "value").iter_rows())


def test_a_cycle_belongs_to_the_day_of_waking_up(whoop: Make) -> None:
    assert day(whoop(CYCLES, DAY_1), "2026-03-02") == {
        "recovery_score_percent": 71.0, "resting_hr_bpm": 48.0, "hrv_rmssd_ms": 92.0, "skin_temperature_c": 33.4,
        "spo2_percent": 96.2, "day_strain": 12.4, "energy_kcal": 2650.0, "sleep_s": 24720.0, "in_bed_s": 27000.0,
        "light_sleep_s": 12600.0, "deep_sleep_s": 5520.0, "rem_sleep_s": 6600.0, "awake_s": 2280.0,
        "sleep_need_s": 28800.0, "sleep_debt_s": 1200.0, "sleep_performance_percent": 88.0,
        "sleep_efficiency_percent": 91.0, "respiratory_rate_bpm": 14.2,
    }  # fmt: skip


def test_the_last_cycle_has_no_end_and_a_cycle_without_a_night_lies_on_its_day(whoop: Make) -> None:
    reading = whoop(CYCLES, OPEN, NO_NIGHT)
    assert day(reading, "2026-03-03")["recovery_score_percent"] == 55.0
    assert "day_strain" not in day(reading, "2026-03-03")
    assert day(reading, "2026-02-27") == {"day_strain": 4.2, "energy_kcal": 900.0}


def test_two_cycles_of_one_day_are_numbered_by_the_time_of_waking_up(whoop: Make) -> None:
    again = DAY_1.replace("2026-03-02 06:40:15", "2026-03-02 23:55:00").replace(",71,48,", ",5,49,")
    for rows in ((DAY_1, again), (again, DAY_1)):
        nights = whoop(CYCLES, *rows).tables["wellness"].filter(item="recovery_score_percent").sort("wellness_id")
        assert nights["value"].to_list() == [71.0, 5.0]


def test_sleeps_agree_with_cycles_and_naps_are_their_own_item(whoop: Make) -> None:
    nap = "2026-03-01 23:10:05,,UTC-08:00,2026-03-02 13:00:00,2026-03-02 13:40:00,50,15,35,40,20,5,10,5,0,0,87,,true"
    head = "2026-03-01 23:10:05,2026-03-02 22:50:00,UTC-08:00"
    sleeps = whoop(SLEEPS, f"{head},{NIGHT_1},85,false", nap).tables["wellness"]
    cycle = whoop(CYCLES, DAY_1).tables["wellness"]
    assert sleeps.filter(item="nap_s")["value"].to_list() == [2100.0]
    both = sleeps.join(cycle, on="wellness_id")
    assert both.height == 11
    assert (both["value"] == both["value_right"]).all()


@pytest.mark.parametrize(
    ("zone", "utc", "stored"),
    [
        ("UTC-08:00", "2026-03-03 01:30:00", "-08:00"),
        ("UTCZ", "2026-03-02 17:30:00", "+00:00"),
        ("GMT-5", "2026-03-02 22:30:00", "-05:00"),
        ("+05:30", "2026-03-02 12:00:00", "+05:30"),
    ],
)
def test_a_workout_keeps_its_wall_clock_and_its_offset(whoop: Make, zone: str, utc: str, stored: str) -> None:
    tables = whoop(WORKOUTS, RUN.replace("UTC-08:00", zone)).tables
    one = tables["sessions"].row(0, named=True)
    assert (str(one["start_local"]), str(one["start_utc"]), one["zone"], one["zone_basis"]) == (
        "2026-03-02 17:30:00", utc, stored, "offset",
    )  # fmt: skip
    assert (one["date"], one["kind"], one["sport"], one["duration_s"]) == (
        dt.date(2026, 3, 2), "run", "Running", 2693.0,
    )  # fmt: skip
    run = tables["runs"].row(0, named=True)
    assert (run["average_hr_bpm"], run["max_hr_bpm"], run["distance_m"]) == (150.0, 180.0, None)


def test_weightlifting_is_a_strength_session_and_a_missing_zone_leaves_the_clock_local(whoop: Make) -> None:
    sessions = whoop(WORKOUTS, GYM.replace("UTC-08:00", "")).tables["sessions"]
    assert (sessions["kind"].item(), sessions["zone_basis"].item()) == ("strength", "local")


def test_columns_of_a_newer_export(whoop: Make) -> None:
    header = WORKOUTS.replace("GPS enabled", "GPS Enabled,Distance (meters),Altitude Gain (meters)")
    run = whoop(header, f"{RUN},8045.2,61").tables["runs"].row(0, named=True)
    assert (run["distance_m"], run["ascent_m"]) == (8045.2, 61.0)


def test_dates_with_am_and_pm_are_decided_on_all_columns_together(whoop: Make) -> None:
    row = DAY_1.replace("2026-03-01 23:10:05", "3/1/2026 11:10:05 PM").replace(
        "2026-03-02 06:40:15", "3/2/2026 6:40 AM"
    )
    row = row.replace("2026-03-02 22:50:00", "3/2/2026 10:50 PM")
    with pytest.raises(ImportProblem, match="--date-order"):
        whoop(CYCLES, row)
    assert day(whoop(CYCLES, row, date_order="month_first"), "2026-03-02")["recovery_score_percent"] == 71.0


def test_the_zip_gives_every_night_once(tmp_path: Path) -> None:
    path = tmp_path / "my_whoop_data.zip"
    nap = "2026-03-01 23:10:05,,UTC-08:00,2026-03-02 13:00:00,2026-03-02 13:40:00,50,15,35,40,20,5,10,5,0,0,87,,true"
    night = f"2026-03-01 23:10:05,2026-03-02 22:50:00,UTC-08:00,{NIGHT_1},85,false"
    broken = RUN.replace("2026-03-02 17:30:00", "soon")
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("my_whoop_data/physiological_cycles.csv", f"{CYCLES}\n{OPEN}\n{DAY_1}\n")
        packed.writestr("my_whoop_data/sleeps.csv", f"{SLEEPS}\n{night}\n{nap}")
        packed.writestr("my_whoop_data/workouts.csv", f"{WORKOUTS}\n{broken}\n{RUN}\n{GYM}\n")
        packed.writestr("my_whoop_data/journal_entries.csv", "Cycle start time,Question text\n")
    reading = checked(path)
    assert (reading.n_read, reading.n_loaded, reading.n_ignored, reading.n_rejected) == (7, 5, 1, 1)
    assert reading.tables["sessions"]["kind"].to_list() == ["run", "strength"]
    assert reading.tables["wellness"].filter(item="nap_s").height == 1
    assert reading.rejected["raw"].item() == broken
    assert "date 'soon' cannot be read" in reading.rejected["reason"].item()
    assert reading.ignored["raw"].item() == night


def test_the_journal_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "journal_entries.csv"
    path.write_text(f"{CYCLE}Question text,Answered yes,Notes\n2026-03-01 23:10:05,,UTCZ,Have any caffeine?,true,\n")
    assert identify(path) == "whoop"
    with pytest.raises(ImportProblem, match="journal of WHOOP"):
        read(path, Context(athlete="anna"))


def test_a_broken_row_is_rejected(whoop: Make) -> None:
    reading = whoop(CYCLES, DAY_1, OPEN, OPEN.replace(",55,", ",fifty,").replace("03-03 06", "03-04 06"))
    assert "value 'fifty' cannot be read" in reading.rejected["reason"].item()
    reading = whoop(CYCLES, DAY_1, OPEN, OPEN.replace("2026-03-03 06:00:00", "morning"))
    assert "date 'morning' cannot be read" in reading.rejected["reason"].item()


def test_a_subset_without_the_time_of_waking_up_uses_the_cycle_or_is_refused(whoop: Make) -> None:
    rows = "2026-03-01 23:10:05,2026-03-02 22:50:00,71"
    assert day(whoop("Cycle start time,Cycle end time,Recovery score %", rows), "2026-03-02") == {
        "recovery_score_percent": 71.0
    }
    with pytest.raises(ImportProblem, match="no column for cycle_end"):
        whoop("Cycle start time,Recovery score %", "2026-03-01 23:10:05,71")


GERMAN = (
    "Startzeit des Zyklus,Endzeit des Zyklus,Zeitzone des Zyklus,Erholungswert %,Ruheherzfrequenz (Schläge pro Minute),"
    "Herzfrequenzvariabilität (ms),Beginn des Aufwachens,Schlafdauer (Min.),Dauer des Aufwachens (Min.)"
)
SPANISH = (
    "Hora de inicio del ciclo,Hora de finalización del ciclo,Zona horaria del ciclo,Puntuación de recuperación (%),"
    "Frecuencia cardíaca en reposo (lpm),Variabilidad de la frecuencia cardíaca (ms),Inicio de la vigilia,"
    "Duración del sueño (min),Tempo despierto/a (min)"
)
FRENCH = (
    "Heure de début du cycle,Heure de fin du cycle,Fuseau horaire du cycle,Score de récupération %,"
    "Fréquence cardiaque au repos (bpm),Variabilité de la fréquence cardiaque (ms),Premiers signes de réveil,"
    "Durée du sommeil (min),Temps d’éveil (min)"
)
PORTUGUESE = (
    "Hora de início do ciclo,Hora de fim do ciclo,Fuso horário do ciclo,Pontuação de recuperação %,"
    "Frequência cardíaca em repouso (bpm),Variabilidade da frequência cardíaca (ms),Início da vigília,"
    "Duração do sono (min),Duração de vigília (min)"
)


@pytest.mark.parametrize("header", [GERMAN, SPANISH, FRENCH, PORTUGUESE])
def test_headers_come_in_the_language_of_the_account(whoop: Make, header: str) -> None:
    row = "2026-03-01 23:10:05,2026-03-02 22:50:00,UTC+01:00,71,48,92,2026-03-02 06:40:15,412,38"
    assert day(whoop(header, row), "2026-03-02") == {
        "recovery_score_percent": 71.0, "resting_hr_bpm": 48.0, "hrv_rmssd_ms": 92.0, "sleep_s": 24720.0,
        "awake_s": 2280.0,
    }  # fmt: skip


def test_a_german_zip_is_told_apart_by_its_headers(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    row = "2026-03-01 23:10:05,2026-03-02 22:50:00,UTC+01:00,71,48,92,2026-03-02 06:40:15,412,38"
    training = (
        "Startzeit des Zyklus,Zeitzone des Zyklus,Startzeit des Trainings,Endzeit des Trainings,Name der Aktivität"
    )
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("Trainings.csv", f"{training}\n2026-03-01 23:10:05,UTC+01:00,2026-03-02 17:30:00,,Laufen\n")
        packed.writestr("physiologische_zyklen.csv", f"{GERMAN}\n{row}\n")
        packed.writestr("Schlaf.csv", "Startzeit des Zyklus,Nickerchen,Beginn des Aufwachens\n")
    reading = checked(path)
    assert (reading.n_read, reading.n_loaded) == (2, 2)
    assert reading.tables["sessions"]["kind"].item() == "run"


def test_a_file_that_ends_in_a_row_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "physiological_cycles.csv"
    path.write_text(f"{CYCLES}\n{DAY_1}\n{OPEN[:60]}")
    with pytest.raises(ImportProblem, match="cut off"):
        read(path, Context(athlete="anna"))
