"""My Jump Lab: the wide table with a 10/5 test, and one jump per row in Spanish."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from analysis.importers import Context, ImportProblem, Reading, identify, read

WIDE = (
    'Date,Team,Name,Body weight(kg),"Push-off distance (hp0, in m)",RSI 10-5,CMJ (cm),Jump 1 (cm),Jump 2 (cm),'
    "Contact time 1 (ms),Contact time 2 (ms)"
)
SPANISH = (
    "Nombre;Equipo;Tipo de salto;Fecha;Altura de salto (cm);RSI mod (m/s);Fuerza (N);Potencia (W);Color estado de forma"
)
Make = Callable[..., Reading]


@pytest.fixture
def phone(tmp_path: Path) -> Make:
    def make(*rows: str, header: str = WIDE, context: Context | None = None) -> Reading:
        path = tmp_path / "jumps.csv"
        path.write_text("\n".join([header, *rows, ""]))
        assert identify(path) == "myjump"
        reading = read(path, context or Context(athlete="ada"))
        assert reading.n_read == reading.n_loaded + reading.n_attached + reading.n_ignored + reading.n_rejected
        assert reading.tables["trials"]["trial_id"].is_unique().all()
        return reading

    return make


def test_a_wide_row_gives_the_cmj_and_the_jumps_of_the_10_5_test(phone: Make) -> None:
    reading = phone("2025-03-14,T,Ada L,60,0.35,1.9,31.2,28.0,27.5,180,190")
    rows = (
        reading.tables["trials"].sort("test", "trial", "measure").select("test", "trial", "measure", "value", "method")
    )
    assert rows.rows() == [
        ("cmj", 1, "body_mass_kg", 60.0, None), ("cmj", 1, "height_m", pytest.approx(0.312), "flight_time"),
        ("cmj", 1, "push_off_distance_m", 0.35, None),
        ("rebound_10_5", 1, "contact_time_s", pytest.approx(0.18), None),
        ("rebound_10_5", 1, "height_m", pytest.approx(0.28), "flight_time"),
        ("rebound_10_5", 1, "rsi_10_5", 1.9, None),
        ("rebound_10_5", 2, "contact_time_s", pytest.approx(0.19), None),
        ("rebound_10_5", 2, "height_m", pytest.approx(0.275), "flight_time"),
    ]  # fmt: skip
    assert reading.tables["trials"]["source_row"].unique().to_list() == [2]
    assert (reading.n_read, reading.n_loaded, reading.variant) == (1, 1, "wide")
    assert reading.notices == ("1 column is not read: Team",)


def test_zeros_are_no_jumps(phone: Make) -> None:
    reading = phone("2025-03-14,T,Ada,60,0.35,0,31.2,0,0,0,0", "2025-03-14,T,Ada,60,0.35,0,0,0,,,")
    assert set(reading.tables["trials"]["test"]) == {"cmj"}
    assert reading.ignored.select("source_row", "reason").rows() == [(3, "no_measurement")]


def test_two_measurements_of_a_day_are_two_trials(phone: Make) -> None:
    reading = phone("2025-03-14,T,Ada,60,0.35,,31.2,,,,", "2025-03-14,T,Ada,60,0.35,,31.2,,,,")
    heights = reading.tables["trials"].filter(pl.col("measure") == "height_m")
    assert heights.select("trial", "value").rows() == [(1, pytest.approx(0.312)), (2, pytest.approx(0.312))]


def test_one_jump_per_row_in_spanish(phone: Make) -> None:
    reading = phone(
        "Ada;T;CMJ;3.4.2026;31,2;0,41;1200;2100;green", "Ada;T;SJ;3.4.2026;29,2;---;1100;2000;red", header=SPANISH
    )
    heights = reading.tables["trials"].filter(pl.col("measure") == "height_m")
    assert heights.select("test", "value", "date").rows() == [
        ("cmj", pytest.approx(0.312), dt.date(2026, 4, 3)), ("squat_jump", pytest.approx(0.292), dt.date(2026, 4, 3)),
    ]  # fmt: skip
    rsi = reading.tables["trials"].filter(pl.col("measure") == "rsi_modified")
    assert rsi.select("value", "method").rows() == [(0.41, "flight_time")]
    assert reading.variant == "one jump per row"


def test_days_are_asked_for_and_athletes_keep_their_names(phone: Make) -> None:
    rows = ("3/4/2026,T,Ada,60,0.35,,31.2,,,,", "5/4/2026,T,Bea,60,0.35,,30,,,,")
    with pytest.raises(ImportProblem, match="--date-order"):
        phone(*rows)
    reading = phone(*rows, context=Context(athlete="x", date_order="day_first"))
    heights = reading.tables["trials"].filter(pl.col("measure") == "height_m")
    assert heights.select("athlete", "date").rows() == [("Ada", dt.date(2026, 4, 3)), ("Bea", dt.date(2026, 4, 5))]


def test_a_broken_row_is_rejected_with_its_text_and_a_cut_file_is_a_problem(phone: Make, tmp_path: Path) -> None:
    good, bad = "2025-03-14,T,Ada,60,0.35,,31.2,,,,", "2025-03-14,T,Ada,60,0.35,,31.2,high,,,"
    reading = phone(good, bad, "2025-03-14,T,Ada,60,0.35,,312,,,,")
    assert reading.rejected.select("reason", "raw").row(0) == ("Jump 1 (cm) 'high' cannot be read", bad)
    assert reading.rejected["reason"][1] == "rule broken: jump height below 1 2 m"
    path = tmp_path / "a.csv"
    path.write_text(f"{WIDE}\n{good}\n2025-03-1")
    with pytest.raises(ImportProblem, match="cut off"):
        read(path, Context(athlete="ada"))
