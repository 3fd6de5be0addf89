"""HRV4Training: three generations of the export, days with the month last, and rows in which nothing was measured."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.importers import Context, ImportProblem, Reading, identify, read

ANDROID = (
    "date, time, HR,AVNN,SDNN,rMSSD,pNN50,LF,HF,HRV4T_Recovery_Points,training,training_performance, sleep_quality,"
    " mental_energy,muscle_soreness, fatigue,traveling,sickness,note, vo2max,daily_message "
)
NO_MEASUREMENT = "0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0"
IOS = "date,timestamp_measurement,rMSSD,HR, sleep_quality, fatigue,HRV4T_Recovery_Points, alcohol,daily_message"
Make = Callable[..., Reading]


@pytest.fixture
def hrv(tmp_path: Path) -> Make:
    def make(*lines: str, eol: str = "\n", **answers: Any) -> Reading:
        path = tmp_path / "MyMeasurements.csv"
        path.write_text(eol.join([*lines, ""]), encoding="utf-8", newline="")
        assert identify(path) == "hrv4training"
        reading = read(path, Context(athlete="anna", **answers))
        parts = (reading.n_loaded, reading.n_attached, reading.n_ignored, reading.n_rejected)
        assert sum(parts) == reading.n_read == len(lines) - 1
        assert reading.tables["wellness"]["wellness_id"].is_unique().all()
        return reading

    return make


def android(day: str, clock: str = "06:42", measured: str = "48.5,1237.1,80.2,66.3,41,0.1,0.2,8.1", told: str = "7,5.0,2,3.3") -> str:  # fmt: skip  # noqa: E501
    return f"{day},{clock},{measured},rest,,{told},not traveling,not sick,,,Go  on,"


def values(reading: Reading, item: str) -> list[tuple[dt.date, float]]:
    rows = reading.tables["wellness"].filter(item=item).sort("date")
    return list(rows.select("date", "value").iter_rows())


def test_android_days_are_year_day_month_and_rows_are_longer_than_the_header(hrv: Make) -> None:
    reading = hrv(ANDROID, "", android("2017-03-04"), android("2017-27-07"), eol="\r\n")
    assert (reading.n_read, reading.n_loaded, reading.n_ignored) == (3, 2, 1)
    assert reading.ignored["reason"].item() == "blank"
    assert values(reading, "hrv_rmssd_ms") == [(dt.date(2017, 4, 3), 66.3), (dt.date(2017, 7, 27), 66.3)]
    assert values(reading, "resting_hr_bpm")[0][1] == 48.5
    assert reading.decisions["date_order"] == "day_first"
    assert str(reading.tables["wellness"]["reported_local"].min()) == "2017-04-03 06:42:00"
    one = reading.tables["wellness"].filter(item="soreness").row(0, named=True)
    assert (one["value"], one["scale_min"], one["scale_max"], one["direction"]) == (2.0, None, None, "neutral")
    assert "no range and no direction" in reading.notices[0]


def test_a_day_without_measurement_keeps_its_answers_and_only_zeros_are_ignored(hrv: Make) -> None:
    reading = hrv(
        ANDROID,
        android("2017-27-07", "", NO_MEASUREMENT),
        android("2017-28-07", "", NO_MEASUREMENT, ",,,"),
        android("2017-29-07", "", NO_MEASUREMENT, "0,0.0,0,0.0"),
    )
    assert (reading.n_loaded, reading.n_ignored) == (1, 2)
    assert set(reading.ignored["reason"]) == {"holds no value"}
    assert sorted(reading.tables["wellness"]["item"]) == ["fatigue", "mental_energy", "sleep_quality", "soreness"]


def test_days_that_cannot_be_told_apart_are_asked_about(hrv: Make) -> None:
    with pytest.raises(ImportProblem, match="--date-order day_first \\(Android\\) or month_first \\(iOS\\)"):
        hrv(ANDROID, android("2017-03-04"))
    told = hrv(ANDROID, android("2017-03-04"), date_order="day_first")
    assert values(told, "hrv_rmssd_ms") == [(dt.date(2017, 4, 3), 66.3)]
    assert told.decisions["date_order_from"] == "option"


def test_two_orders_in_one_column_are_a_problem(hrv: Make) -> None:
    with pytest.raises(ImportProblem, match="YYYY-DD-MM and as YYYY-MM-DD"):
        hrv(ANDROID, android("2017-27-07"), android("2017-07-28"))


@pytest.mark.parametrize("clock", ["00:01:00 +0000", "12:01:00 a. m. +0000", "12:01:00\u202fAM +0000"])
def test_ios_lines_end_in_cr_alone_and_the_clock_of_the_day_means_nothing(hrv: Make, clock: str) -> None:
    row = "-,54.2,51,8,4.5,7.9,nothing,Go  on"
    reading = hrv(IOS, f"2018-04-27 {clock},{row}", f"2018-04-28 {clock},-,-,-,-,-,-,nothing,-", eol="\r")
    assert values(reading, "hrv_rmssd_ms") == [(dt.date(2018, 4, 27), 54.2)]
    assert values(reading, "sleep_quality") == [(dt.date(2018, 4, 27), 8.0)]
    assert (reading.n_loaded, reading.n_ignored, reading.variant) == (1, 1, "iOS")
    assert reading.tables["wellness"]["reported_local"].null_count() == reading.tables["wellness"].height


def test_the_time_stamp_is_an_instant(hrv: Make) -> None:
    header = "timestamp_measurement,HR,AVNN,SDNN,rMSSD,pNN50,LF,HF,HRV4T_Recovery_Points"
    row = "2017-05-01 21:30:10 +0000,50,1200,70,61.5,40,0.1,0.1,8.2"
    assert values(hrv(header, row, tz="Australia/Sydney"), "hrv_rmssd_ms") == [(dt.date(2017, 5, 2), 61.5)]
    unknown = hrv(header, row)
    assert values(unknown, "hrv_rmssd_ms") == [(dt.date(2017, 5, 1), 61.5)]
    assert "--tz" in unknown.notices[0]
    assert unknown.variant == "iOS 2017"


def test_a_subset_of_columns_and_an_excel_resave(hrv: Make) -> None:
    reading = hrv("date;rMSSD;HR;HRV4T_Recovery_Points", "27.07.2026;54,2;51;7,9", "28.07.2026;50,1;52;7,7")
    assert values(reading, "hrv_rmssd_ms") == [(dt.date(2026, 7, 27), 54.2), (dt.date(2026, 7, 28), 50.1)]


def test_a_broken_row_is_rejected_with_its_text(hrv: Make) -> None:
    good = [android(f"2017-{day}-07") for day in (26, 27, 28)]
    reading = hrv(ANDROID, *good, android("2017-29-07").replace("66.3", "sixty"), android("2017-31-06"))
    assert reading.n_rejected == 2
    assert "value 'sixty' cannot be read" in reading.rejected["reason"][0]
    assert "2017-06-31" in reading.rejected["reason"][1]
    assert reading.rejected["raw"][0].startswith("2017-29-07")


def test_shuffled_and_edited_rows_keep_their_ids(hrv: Make) -> None:
    rows = [android(f"2017-{day}-07") for day in (26, 27, 28)]
    ids = set(hrv(ANDROID, *rows).tables["wellness"]["wellness_id"])
    again = hrv(ANDROID, *reversed([row.replace("66.3", "67.9") for row in rows]))
    assert set(again.tables["wellness"]["wellness_id"]) == ids


PLACED = "date, time, HR,AVNN,SDNN,rMSSD,pNN50,LF,HF,HRV4T_Recovery_Points,note, location, vo2max, latitude, longitude, altitude, temperature "  # fmt: skip  # noqa: E501


def placed(end: str, location: str = "Home") -> str:
    return f"2017-27-07,07:39,45.7,1312,78.9,84.2,56.7,0.05,0.09,8.6,,{location},55.04,{end}"


@pytest.mark.parametrize("end", ["45,6749,9,5614,0.0,16,3,", "45,6749,9,5614,0.0,,", "45.6749,9.5614,0.0,16.3", ",,,,"])
def test_a_place_with_unquoted_decimal_commas_moves_nothing(hrv: Make, end: str) -> None:
    reading = hrv(PLACED, placed(end))
    assert (values(reading, "vo2max_ml_kg_min")[0][1], values(reading, "hrv_rmssd_ms")[0][1]) == (55.04, 84.2)


def test_a_comma_in_a_name_moves_the_row_and_is_refused(hrv: Make) -> None:
    reading = hrv(PLACED, placed(",,,"), placed("45,6749,9,5614,0.0,16,3,", location="Home, sweet"))
    assert (reading.n_loaded, reading.n_rejected) == (1, 1)


def test_a_sleep_time_in_hours_and_minutes_is_a_length_and_00_00_is_none(hrv: Make) -> None:
    header = "date,timestamp_measurement,rMSSD,HR,HRV4T_Recovery_Points,sleep_time, vo2max,daily_message"
    nothing = "2018-05-17 12:01:00 a. m. +0000,-,-,-,-,00:00, 0.0,-"
    night = "2018-05-18 12:01:00 a. m. +0000,2018-05-18 7:33:16 a. m. +0000,32.62,64.45,7.19,07:57, 0.0,-"
    reading = hrv(header, nothing, night, eol="\r")
    assert (reading.n_loaded, reading.n_ignored) == (1, 1)
    assert values(reading, "sleep_s") == [(dt.date(2018, 5, 18), 28620.0)]
    assert set(reading.tables["wellness"]["item"]) == {
        "sleep_s", "hrv_rmssd_ms", "resting_hr_bpm", "hrv4training_recovery_points",
    }  # fmt: skip
