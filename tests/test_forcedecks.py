"""ForceDecks: measures by their headers, two methods apart, asymmetries with a sign, loads in pounds, newest first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from analysis.importers import Context, ImportProblem, Reading, identify, read

META = '"Name","ExternalId","Test Type","Date","Time","BW [KG]","Reps","Tags","Additional Load [lb]"'
HEIGHTS = '"Jump Height (Flight Time) in Inches [in] ","Jump Height (Imp-Mom) [cm] "'
Make = Callable[..., Reading]


@pytest.fixture
def plates(tmp_path: Path) -> Make:
    def make(*rows: str, measures: str = HEIGHTS, meta: str = META, context: Context | None = None) -> Reading:
        path = tmp_path / "export.csv"
        path.write_text("\ufeff" + "\r\n".join([f"{meta},{measures}", *rows, ""]), newline="")
        assert identify(path) == "forcedecks"
        reading = read(path, context or Context(athlete="ada"))
        assert reading.n_read == reading.n_loaded + reading.n_attached + reading.n_ignored + reading.n_rejected
        assert reading.tables["trials"]["trial_id"].is_unique().all()
        return reading

    return make


def row(
    values: str = '"12.0","30.1"',
    *,
    name: str = "Ada L",
    kind: str = "CMJ",
    date: str = "05/13/2023",
    time: str = "7:23 AM",
    reps: str = "1",
    load: str = "0",
    tags: str = "",
) -> str:
    return f'"{name}","7","{kind}","{date}","{time}","60.5","{reps}","{tags}","{load}",{values}'


def of(reading: Reading, measure: str, *columns: str) -> list[tuple[object, ...]]:
    rows = reading.tables["trials"].filter(pl.col("measure") == measure).sort("source_row", "method", "side")
    return rows.select(*columns).rows()


def test_heights_of_two_methods_are_two_devices_to_the_retests(plates: Make) -> None:
    reading = plates(row())
    assert of(reading, "height_m", "test", "value", "method", "device") == [
        ("cmj", pytest.approx(0.3048), "flight_time", "ForceDecks (flight time)"),
        ("cmj", pytest.approx(0.301), "impulse_momentum", "ForceDecks (impulse momentum)"),
    ]
    assert reading.tables["trials"]["date"].unique().to_list() == [dt.date(2023, 5, 13)]
    assert reading.tables["trials"]["athlete"].unique().to_list() == ["ada"]


def test_rsi_modified_without_a_method_in_its_header_is_of_the_flight_time(plates: Make) -> None:
    reading = plates(row('"0.41","0.40"'), measures='"RSI-modified [m/s] ","RSI-modified (Imp-Mom) [m/s] "')
    assert of(reading, "rsi_modified", "value", "method") == [(0.41, "flight_time"), (0.40, "impulse_momentum")]


def test_one_height_in_two_units_is_read_once_in_centimetres(plates: Make) -> None:
    reading = plates(
        row('"11.8","30.1"', time="7:23 AM"), row('"11.8",""', time="7:20 AM"),
        measures='"Jump Height (Imp-Mom) in Inches [in] ","Jump Height (Imp-Mom) [cm] "',
    )  # fmt: skip
    assert of(reading, "height_m", "value") == [(pytest.approx(0.301),), (pytest.approx(0.29972),)]


@pytest.mark.parametrize("header", ["Takeoff Peak Force [N] (Asym) (%)", "Takeoff Peak Force % (Asym) (%)"])
def test_an_asymmetry_is_above_zero_where_the_left_leg_is_higher(plates: Make, header: str) -> None:
    reading = plates(
        row('"12.3 L"'), row('"4.5 R"', time="7:22 AM"), row('"0.0"', time="7:21 AM"), measures=f'"{header}"'
    )
    assert of(reading, "takeoff_peak_force_asymmetry_percent", "value") == [(12.3,), (-4.5,), (0.0,)]


@pytest.mark.parametrize(("unit", "written", "kilograms"), [("lb", "44.0925", 20.0), ("kg", "20", 20.0)])
def test_a_cmj_with_a_load_is_the_loaded_jump(plates: Make, unit: str, written: str, kilograms: float) -> None:
    reading = plates(row(load=written), row(), row(load=""), meta=META.replace("[lb]", f"[{unit}]"))
    found = of(reading, "height_m", "test", "load_kg")[::2]
    assert found == [("loaded_jump", pytest.approx(kilograms, abs=1e-4)), ("cmj", None), ("cmj", None)]


@pytest.mark.parametrize(
    ("kind", "test"),
    [("SJ", "squat_jump"), ("DJ", "drop_jump"), ("CMRJ", "rebound_jump"), ("ABCMJ", "abalakov_jump"),
     ("IMTP", "imtp"), ("SLJ", "single_leg_jump"), ("Quiet Stand", "quiet_stand")],
)  # fmt: skip
def test_test_types(plates: Make, kind: str, test: str) -> None:
    assert plates(row(kind=kind)).tables["trials"]["test"].unique().to_list() == [test]


def test_trials_count_from_the_oldest_though_the_file_begins_with_the_newest(plates: Make) -> None:
    rows = [row('"","30.3"', time="7:25 AM"), row('"","30.2"', time="7:23 AM"), row('"","30.1"', time="7:23 AM")]
    newest_first, oldest_first = plates(*rows), plates(*rows[::-1])
    for reading in (newest_first, oldest_first):
        trials = reading.tables["trials"].filter(pl.col("measure") == "height_m").sort("trial")
        assert trials["value"].round(3).to_list() == [0.301, 0.302, 0.303]
    ids = [set(reading.tables["trials"].select("trial_id", "value").rows()) for reading in (newest_first, oldest_first)]
    assert ids[0] == ids[1]


def test_legs_keep_their_side_and_units_end_the_measure(plates: Make) -> None:
    reading = plates(
        row('"900","850","520","45.1","-28.4"'),
        measures='"Peak Force [N] (L)","Peak Force [N] (R)","Flight Time [ms]","Peak Power / BM [W/kg] ","Countermovement Depth [cm] "',  # noqa: E501
    )
    assert of(reading, "peak_force_n", "side", "value") == [("left", 900.0), ("right", 850.0)]
    assert of(reading, "flight_time_s", "value") == [(0.52,)]
    assert of(reading, "peak_power_w_kg", "value") == [(45.1,)]
    assert of(reading, "countermovement_depth_m", "value") == [(pytest.approx(-0.284),)]
    assert of(reading, "body_mass_kg", "value") == [(60.5,)]


def test_columns_without_a_measure_are_named_and_an_eccentric_velocity_keeps_its_sign(plates: Make) -> None:
    reading = plates(row('"30.1","-1.2","x"'), measures='"Jump Height (Imp-Mom) [cm]","Eccentric Peak Velocity [m/s] ","Comment"')  # fmt: skip  # noqa: E501
    assert of(reading, "height_m", "value") == [(pytest.approx(0.301),)]
    assert of(reading, "eccentric_peak_velocity_m_s", "value") == [(-1.2,)]
    assert reading.notices == ("1 column is not read: Comment",)


def test_zeros_stay_and_a_push_up_saved_as_a_jump_is_refused_for_its_height(plates: Make) -> None:
    measures = '"Jump Height (Imp-Mom) [cm]","Contact Time [ms]","Eccentric Braking RFD / BM [N/s/kg] ","Braking Impulse % (Asym) (%)"'  # noqa: E501
    reading = plates(row('"30.1","0","0","0 "'), row('"0","","0","96.8 L"', time="7:57 AM"), measures=measures)
    assert of(reading, "eccentric_braking_rfd_n_s_kg", "value") == [(0.0,)]
    assert of(reading, "braking_impulse_asymmetry_percent", "value") == [(0.0,)]
    assert of(reading, "contact_time_s", "value") == []
    assert reading.rejected["reason"].to_list() == ["rule broken: value above 0"]


def test_several_repetitions_in_a_row_are_said_in_the_notes(plates: Make) -> None:
    assert plates(row(reps="3", tags="post")).tables["trials"]["notes"].unique().to_list() == [
        "one value for 3 repetitions; post"
    ]


def test_dates_that_cannot_be_told_apart_are_asked_for(plates: Make) -> None:
    with pytest.raises(ImportProblem, match="--date-order"):
        plates(row(date="05/11/2023"))
    told = plates(row(date="05/11/2023"), context=Context(athlete="ada", date_order="day_first"))
    assert told.tables["trials"]["date"].unique().to_list() == [dt.date(2023, 11, 5)]


def test_several_athletes_keep_their_names(plates: Make) -> None:
    reading = plates(row(), row(name="Bea"))
    assert reading.tables["trials"]["athlete"].unique().sort().to_list() == ["Ada L", "Bea"]
    assert "the file names 2 athletes" in reading.notices[0]


@pytest.mark.parametrize("mass", ["-1", "0", ""])
def test_an_athlete_who_was_not_weighed_has_no_mass(plates: Make, mass: str) -> None:
    reading = plates(row(kind="SJ").replace('"60.5"', f'"{mass}"'))
    assert set(reading.tables["trials"]["measure"]) == {"height_m"}


def test_a_file_without_names_tells_its_athletes_by_their_number(plates: Make) -> None:
    reading = plates(row(name=""), row(name="").replace('"7"', '"8"', 1))
    assert reading.tables["trials"]["athlete"].unique().sort().to_list() == ["7", "8"]


def test_a_value_that_cannot_be_read_and_a_row_without_any(plates: Make) -> None:
    meta = META.replace(',"BW [KG]"', "")
    good, bad, none = ('"Ada L","7","CMJ","05/13/2023","7:23 AM","1","","0",' + v for v in ('"12","30"', '"12","high"', '"",""'))  # fmt: skip  # noqa: E501
    reading = plates(good, bad, none, meta=meta)
    assert reading.rejected.select("reason", "raw").rows() == [("Jump Height (Imp-Mom) [cm] 'high' cannot be read", bad)]  # fmt: skip  # noqa: E501
    assert reading.ignored["reason"].to_list() == ["no_measurement"]


def test_an_implausible_height_is_rejected(plates: Make) -> None:
    reading = plates(row(), row('"12","301"'))
    assert reading.rejected["reason"].to_list() == ["rule broken: jump height below 1 2 m"]


def test_semicolons_and_decimal_commas(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "Name;Test Type;Date;Time;BW [KG];Reps;Jump Height (Imp-Mom) [cm]\nAda;CMJ;13/05/2023;07:23;60,5;1;30,1\n"
    )
    reading = read(path, Context(athlete="ada"))
    assert of(reading, "height_m", "value", "date") == [(pytest.approx(0.301), dt.date(2023, 5, 13))]


def test_a_cut_file_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f'{META},{HEIGHTS}\n{row()}\n"Ada L","7","CMJ","05/13')
    with pytest.raises(ImportProblem, match="cut off"):
        read(path, Context(athlete="ada"))
