"""Elite HRV: two headers, BOM and CRLF, morning and other readings, several members."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.importers import Context, ImportProblem, Reading, identify, read

NEW = (
    "Member,Type,Position,Breathing Pattern,Date Time Start,Date Time End,Duration,Tags,Notes,Value 1,Value 2,Value 3,"
    "HRV,Morning Readiness,Balance,HRV CV,HR,lnRmssd,Rmssd,Nn50,Pnn50,Sdnn,Low Frequency Power,High Frequency Power,"
    "LF/HF Ratio,Total Power"
)
Make = Callable[..., Reading]


def row(start: str, kind: str = "Morning Readiness", member: str = "a@b.c", rmssd: str = "62.5", hr: str = "49.1") -> str:  # fmt: skip  # noqa: E501
    head = f'{member},{kind},Lying,Natural,"{start}","{start}",150,,"slept, well",,,,64,8,Sympathetic 1,5.1'
    return f"{head},{hr},4.14,{rmssd},30,25.2,71.3,900,1100,0.8,2000".replace("Sympathetic 1", "1")


@pytest.fixture
def elite(tmp_path: Path) -> Make:
    def make(*lines: str, athlete: str | None = "anna", **answers: Any) -> Reading:
        path = tmp_path / "export.csv"
        path.write_text("\r\n".join([*lines, ""]), encoding="utf-8-sig", newline="")
        assert identify(path) == "elite_hrv"
        reading = read(path, Context(athlete=athlete, **answers))
        parts = (reading.n_loaded, reading.n_attached, reading.n_ignored, reading.n_rejected)
        assert sum(parts) == reading.n_read == len(lines) - 1
        assert reading.tables["wellness"]["wellness_id"].is_unique().all()
        return reading

    return make


def test_a_morning_reading_becomes_resting_values(elite: Make) -> None:
    days = elite(NEW, row("2026-03-02 06:41:12")).tables["wellness"]
    assert dict(days.select("item", "value").iter_rows()) == {
        "resting_hr_bpm": 49.1, "hrv_rmssd_ms": 62.5, "hrv_ln_rmssd": 4.14, "hrv_sdnn_ms": 71.3, "pnn50_percent": 25.2,
        "elite_hrv_score": 64.0, "elite_hrv_cv": 5.1, "readiness": 8.0, "elite_hrv_balance": 1.0,
    }  # fmt: skip
    one = days.row(0, named=True)
    assert (one["athlete"], one["date"], str(one["reported_local"])) == (
        "anna", dt.date(2026, 3, 2), "2026-03-02 06:41:12",
    )  # fmt: skip
    assert (one["instrument"], one["notes"]) == ("elite_hrv", "slept, well")


def test_an_open_reading_is_no_resting_heart_rate(elite: Make) -> None:
    days = elite(NEW, row("2026-03-02 06:41:12"), row("2026-03-02 18:00:00", kind="Open Reading", hr="88"))
    other = days.tables["wellness"].filter(instrument="elite_hrv open reading")
    assert "resting_hr_bpm" not in set(other["item"])
    assert other.filter(item="heart_rate_bpm")["value"].item() == 88.0


def test_two_readings_of_one_morning_are_numbered_in_time_order(elite: Make) -> None:
    later, first = row("2026-03-02 07:10:00", rmssd="70"), row("2026-03-02 06:40:00", rmssd="60")
    days = elite(NEW, later, first).tables["wellness"].filter(item="hrv_rmssd_ms").sort("wellness_id")
    assert days["value"].to_list() == [60.0, 70.0]
    assert days["wellness_id"][0] == "anna|elite_hrv|elite_hrv|2026-03-02|hrv_rmssd_ms|1"


def test_several_members_keep_their_names(elite: Make) -> None:
    both = (row("2026-03-02 06:40:00"), row("2026-03-02 06:50:00", member="d@e.f"))
    assert set(elite(NEW, *both).tables["wellness"]["athlete"]) == {"a@b.c", "d@e.f"}
    assert set(elite(NEW, *both[:1], athlete=None).tables["wellness"]["athlete"]) == {"a@b.c"}


def test_the_older_header(elite: Make) -> None:
    reading = elite("Datetime,HR,lnRmssd,Rmssd,Nn50,Pnn50,Sdnn", "2017-03-02T06:41:12,51,4.1,60.3,20,18.5,66")
    assert reading.variant == "Datetime"
    assert reading.tables["wellness"].filter(item="hrv_rmssd_ms")["value"].item() == 60.3


def test_dates_of_either_order_are_asked_about(elite: Make) -> None:
    with pytest.raises(ImportProblem, match="--date-order"):
        elite(NEW, row("3/2/2026 6:41 AM"))
    days = elite(NEW, row("3/2/2026 6:41 AM"), date_order="month_first").tables["wellness"]
    assert days["date"][0] == dt.date(2026, 3, 2)


def test_an_empty_reading_is_ignored_and_a_broken_one_rejected(elite: Make) -> None:
    empty = "a@b.c,Morning Readiness,,,2026-03-03 06:00:00,,,,,,,,,,,,0,0,0,,,0,,,,"
    reading = elite(NEW, row("2026-03-02 06:41:12"), empty, row("2026-03-04 06:41:12", rmssd="n.a."))
    assert (reading.n_loaded, reading.n_ignored, reading.n_rejected) == (1, 1, 1)
    assert "n.a." in reading.rejected["reason"].item()


def test_the_export_of_2017_has_a_score_and_a_balance_in_letters(elite: Make) -> None:
    header = "Member,Date,Datetime,Type,HRV,lnRmssd,Rmssd,Nn50,Pnn50,Sdnn,Score,Indication,Balance,HRV CV,HR"
    line = "Ann,2017-09-09,2017-09-09 08:24:29,readiness,59,3.8,45.08,38,25.5,69.22,7,G,PS,6.6,51.58"
    reading = elite(header, line)
    days = dict(reading.tables["wellness"].select("item", "value").iter_rows())
    assert (reading.n_loaded, days["readiness"], days["resting_hr_bpm"]) == (1, 7.0, 51.58)
    assert "elite_hrv_balance" not in days
