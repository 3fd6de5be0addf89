"""Apple Health: both generations, broken document types, sleep of several sources, and flat memory."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.importers import Context, ImportProblem, Reading, identify, read

DOCTYPE = "<!DOCTYPE HealthData [\n<!ELEMENT HealthData (ExportDate,Me,(Record)*)>\n<!ATTLIST Record\n broken>\n]>\n"
MASS = '<Record type="HKQuantityTypeIdentifierBodyMass" sourceName="Scale" unit="{unit}" startDate="{at}" endDate="{at}" value="{value}"/>'  # fmt: skip  # noqa: E501
OLD_RUN = (
    '<Workout workoutActivityType="HKWorkoutActivityTypeRunning" duration="35.4" durationUnit="min" totalDistance="4" '
    'totalDistanceUnit="mi" sourceName="Watch" startDate="2026-01-05 07:20:00 +0100" '
    'endDate="2026-01-05 07:56:24 +0100"/>'
)
NEW_RUN = """<Workout workoutActivityType="HKWorkoutActivityTypeRunning" duration="35.4" durationUnit="min"
  sourceName="Watch" startDate="2026-01-05 07:20:00 +0100" endDate="2026-01-05 07:56:24 +0100">
  <MetadataEntry key="HKTimeZone" value="Asia/Tokyo"/>
  <MetadataEntry key="HKIndoorWorkout" value="1"/>
  <MetadataEntry key="HKElevationAscended" value="2345 cm"/>
  <WorkoutActivity uuid="x">
   <WorkoutStatistics type="HKQuantityTypeIdentifierDistanceWalkingRunning" sum="99" unit="km"/>
  </WorkoutActivity>
  <WorkoutStatistics type="HKQuantityTypeIdentifierDistanceWalkingRunning" sum="6.2" unit="km"/>
  <WorkoutStatistics type="HKQuantityTypeIdentifierHeartRate" average="148.2" maximum="171" unit="count/min"/>
  <WorkoutStatistics type="HKQuantityTypeIdentifierRunningGroundContactTime" average="245" unit="ms"/>
  <WorkoutStatistics type="HKQuantityTypeIdentifierRunningVerticalOscillation" average="8.1" unit="cm"/>
  <WorkoutStatistics type="HKQuantityTypeIdentifierRunningPower" average="251" unit="W"/>
  <WorkoutRoute><FileReference path="/workout-routes/route_1.gpx"/></WorkoutRoute>
</Workout>"""
GYM = (
    '<Workout workoutActivityType="HKWorkoutActivityTypeTraditionalStrengthTraining" duration="62" durationUnit="min" '
    'sourceName="Watch" startDate="2026-01-06 18:08:00 +0100" endDate="2026-01-06 19:10:00 +0100"/>'
)
Make = Callable[..., Reading]


def sleep(start: str, end: str, value: str = "AsleepCore", source: str = "Watch") -> str:
    dates = f'startDate="2026-01-{start}:00 +0100" endDate="2026-01-{end}:00 +0100"'
    kind = f'type="HKCategoryTypeIdentifierSleepAnalysis" sourceName="{source}"'
    return f'<Record {kind} {dates} value="HKCategoryValueSleepAnalysis{value}"/>'


def quantity(kind: str, unit: str, value: str, at: str = "2026-01-05 06:30:00 +0100") -> str:
    dates = f'startDate="{at}" endDate="{at}"'
    return f'<Record type="HKQuantityTypeIdentifier{kind}" sourceName="Watch" unit="{unit}" {dates} value="{value}"/>'


@pytest.fixture
def health(tmp_path: Path) -> Make:
    def make(*entries: str, head: str = "", **answers: Any) -> Reading:
        path = tmp_path / "export.xml"
        body = "\n".join(entries)
        path.write_text(
            f'<?xml version="1.0" encoding="UTF-8"?>\n{head}<HealthData locale="en_GB">\n'
            f'<ExportDate value="2026-01-10 09:00:00 +0100"/>\n{body}\n</HealthData>\n',
            encoding="utf-8",
        )
        return checked(path, **answers)

    return make


def checked(path: Path, **answers: Any) -> Reading:
    assert identify(path) == "apple_health"
    reading = read(path, Context(athlete="anna", **answers))
    parts = (reading.n_loaded, reading.n_attached, reading.n_ignored, reading.n_rejected)
    assert sum(parts) == reading.n_read
    for name, key in (("wellness", "wellness_id"), ("sessions", "session_id")):
        if name in reading.tables:
            assert reading.tables[name][key].is_unique().all()
    return reading


def test_totals_in_the_workout(health: Make) -> None:
    reading = health(OLD_RUN, GYM)
    run, gym = reading.tables["sessions"].sort("date").iter_rows(named=True)
    assert (str(run["start_local"]), str(run["start_utc"]), run["zone"], run["zone_basis"]) == (
        "2026-01-05 07:20:00", "2026-01-05 06:20:00", "+01:00", "offset",
    )  # fmt: skip
    assert (run["kind"], run["sport"], run["duration_s"], run["device"]) == ("run", "Running", 2124.0, "Watch")
    assert (gym["kind"], gym["sport"], gym["duration_s"]) == ("strength", "TraditionalStrengthTraining", 3720.0)
    one = reading.tables["runs"].row(0, named=True)
    assert (one["distance_m"], one["timer_s"], one["elapsed_s"]) == (pytest.approx(6437.376), 2124.0, 2184.0)
    assert reading.variant == "totals in the workout"


def test_totals_in_statistics_and_the_zone_of_the_entry(health: Make) -> None:
    reading = health(NEW_RUN)
    session, run = (reading.tables[name].row(0, named=True) for name in ("sessions", "runs"))
    assert (str(session["start_local"]), session["zone"], session["date"]) == (
        "2026-01-05 15:20:00", "+09:00", dt.date(2026, 1, 5),
    )  # fmt: skip
    assert (run["distance_m"], run["average_hr_bpm"], run["max_hr_bpm"], run["indoor"]) == (6200.0, 148.2, 171.0, True)
    assert (run["ascent_m"], run["ground_contact_s"], run["power_w"], run["vertical_oscillation_m"]) == (
        23.45, 0.245, 251.0, pytest.approx(0.081),
    )  # fmt: skip
    assert run["file_ref"] == "/workout-routes/route_1.gpx"
    assert reading.variant == "WorkoutStatistics"


@pytest.mark.parametrize(
    ("unit", "value", "kg"), [("lb", "137.5", 62.36895), ("kg", "62.4", 62.4), ("g", "62400", 62.4)]
)
def test_units_are_per_record(health: Make, unit: str, value: str, kg: float) -> None:
    one = (
        health(MASS.format(unit=unit, value=value, at="2026-01-05 23:30:00 -0500"))
        .tables["wellness"]
        .row(0, named=True)
    )
    assert (one["item"], one["value"], one["value_raw"]) == ("body_mass_kg", pytest.approx(kg), f"{value} {unit}")
    assert (one["date"], str(one["reported_local"])) == (dt.date(2026, 1, 5), "2026-01-05 23:30:00")


def test_measurements_of_the_morning(health: Make) -> None:
    reading = health(
        quantity("RestingHeartRate", "count/min", "47"),
        quantity("HeartRateVariabilitySDNN", "ms", "51.2"),
        quantity("HeartRateVariabilitySDNN", "ms", "44.1", at="2026-01-05 05:00:00 +0100"),
        quantity("BodyFatPercentage", "%", "0.183"),
        quantity("VO2Max", "mL/min·kg", "52.4"),
        quantity("StepCount", "count", "1200"),
        quantity("HeartRate", "count/min", "61"),
        '<ActivitySummary dateComponents="2026-01-05"/>',
    )
    days = reading.tables["wellness"]
    assert sorted(days.select("item", "value").iter_rows()) == [
        ("body_fat_percent", 18.3), ("hrv_sdnn_ms", 44.1), ("hrv_sdnn_ms", 51.2), ("resting_hr_bpm", 47.0),
        ("vo2max_ml_kg_min", 52.4),
    ]  # fmt: skip
    first = days.filter(item="hrv_sdnn_ms").sort("wellness_id")
    assert first["value"].to_list() == [44.1, 51.2]
    assert reading.n_read == 5
    assert reading.notices == ("3 entries of 3 other types passed over (StepCount 1, HeartRate 1, ActivitySummary 1)",)


def test_a_night_is_one_row_of_the_day_of_waking_up(health: Make) -> None:
    reading = health(
        sleep("04 22:50", "05 07:00", "InBed", "iPhone"),
        sleep("04 23:00", "04 23:40"),
        sleep("04 23:40", "05 03:00", "AsleepDeep"),
        sleep("05 03:00", "05 03:20", "Awake"),
        sleep("05 03:20", "05 06:30", "AsleepREM"),
        sleep("05 13:00", "05 13:30", "AsleepUnspecified"),
    )
    one = reading.tables["wellness"].row(0, named=True)
    assert reading.tables["wellness"].height == 1
    assert (one["item"], one["value"], one["date"], one["notes"]) == ("sleep_s", 27600.0, dt.date(2026, 1, 5), "Watch")
    assert str(one["reported_local"]) == "2026-01-05 06:30:00"
    assert (reading.n_loaded, reading.n_attached, reading.n_ignored) == (1, 3, 2)
    assert sorted(reading.ignored["reason"]) == ["not asleep (Awake)", "not asleep (InBed)"]


def test_overlaps_count_once_and_sources_are_not_added_up(health: Make) -> None:
    reading = health(
        sleep("04 23:00", "05 07:00", "Asleep", "App"),
        sleep("04 23:30", "05 03:00"),
        sleep("05 02:00", "05 06:30"),
        sleep("05 02:30", "05 02:45"),
    )
    nights = reading.tables["wellness"].sort("wellness_id")
    assert list(nights.select("notes", "value").iter_rows()) == [("Watch", 25200.0), ("App", 28800.0)]


def test_a_sleep_that_ends_before_midnight_has_its_own_day(health: Make) -> None:
    reading = health(sleep("04 20:00", "04 22:00"), sleep("05 01:00", "05 06:00"))
    assert list(reading.tables["wellness"].sort("date").select("date", "value").iter_rows()) == [
        (dt.date(2026, 1, 4), 7200.0), (dt.date(2026, 1, 5), 18000.0),
    ]  # fmt: skip


def test_a_broken_document_type_and_control_characters_are_cut_out(health: Make) -> None:
    reading = health(GYM.replace('"Watch"', '"Wa\x0btch"'), head=DOCTYPE)
    assert reading.tables["sessions"]["device"].item() == "Watch"


def test_entities_are_never_expanded(health: Make) -> None:
    bomb = '<!DOCTYPE HealthData [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>\n'
    with pytest.raises(ImportProblem, match="not whole XML"):
        health(GYM.replace('"Watch"', '"&b;"'), head=bomb)


def test_the_zip_as_it_came(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("apple_health_export/export.xml", f"{DOCTYPE}<HealthData>\n{GYM}\n</HealthData>")
        packed.writestr("apple_health_export/export_cda.xml", "<ClinicalDocument/>")
        packed.writestr("apple_health_export/workout-routes/route_1.gpx", "<gpx/>")
    assert checked(path).n_loaded == 1


def test_a_wheelchair_at_run_pace_is_no_run(health: Make) -> None:
    reading = health(OLD_RUN.replace("TypeRunning", "TypeWheelchairRunPace"))
    assert reading.tables["sessions"]["kind"].item() == "other"
    assert reading.tables["runs"].is_empty()


def test_records_inside_a_correlation_are_not_counted_twice(health: Make) -> None:
    mass = MASS.format(unit="kg", value="62", at="2026-01-05 07:00:00 +0100")
    reading = health(mass, f'<Correlation type="HKCorrelationTypeIdentifierFood">{mass}</Correlation>')
    assert (reading.n_read, reading.n_loaded) == (1, 1)


def test_rows_that_cannot_be_read_are_rejected_with_their_text(health: Make) -> None:
    good = [MASS.format(unit="kg", value="62", at=f"2026-01-0{day} 07:00:00 +0100") for day in range(1, 8)]
    reading = health(
        *good,
        MASS.format(unit="stone", value="9", at="2026-01-05 07:00:00 +0100"),
        MASS.format(unit="kg", value="62", at="yesterday"),
        MASS.format(unit="kg", value="sixty", at="2026-01-05 07:00:00 +0100"),
        OLD_RUN.replace('"mi"', '"furlong"'),
        sleep("05 03:20", "05 02:30"),
    )
    assert (reading.n_loaded, reading.n_rejected) == (7, 5)
    reasons = " ".join(reading.rejected["reason"])
    for words in ("unit 'stone' of BodyMass", "startDate 'yesterday'", "value 'sixty'", "furlong", "before startDate"):
        assert words in reasons
    assert reading.rejected["raw"][0].startswith('<Record type="HKQuantityTypeIdentifierBodyMass"')


def test_the_same_workout_has_the_same_id_from_another_zone_and_twins_are_kept(health: Make) -> None:
    home = health(OLD_RUN, OLD_RUN, GYM).tables["sessions"]
    away = OLD_RUN.replace("07:20:00 +0100", "01:20:00 -0500").replace("07:56:24 +0100", "01:56:24 -0500")
    abroad = health(GYM, away, away).tables["sessions"]
    assert set(home["session_id"]) == set(abroad["session_id"])
    assert home.height == 3


@pytest.mark.parametrize("cut", [40, 200, 420])
def test_a_truncated_file_is_a_problem(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "export.xml"
    path.write_text(f"<HealthData>\n{GYM}\n{OLD_RUN}\n</HealthData>"[:cut])
    with pytest.raises(ImportProblem, match="not whole XML"):
        read(path, Context(athlete="anna"))


def test_an_export_without_anything_of_interest_is_a_problem(health: Make) -> None:
    with pytest.raises(ImportProblem, match="holds no workout, no sleep"):
        health(quantity("StepCount", "count", "1200"))


def test_a_file_above_the_cap_is_streamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "export.xml"
    steps = quantity("StepCount", "count", "1200")
    path.write_text(f"{DOCTYPE}<HealthData>\n" + f"{steps}\n" * 2000 + f"{GYM}\n</HealthData>")
    monkeypatch.setenv("STRIDELIFT_MAX_BYTES", "100000")
    reading = checked(path)
    assert (reading.n_loaded, reading.data) == (1, None)
    assert reading.notices == ("2,000 entries of 1 other type passed over (StepCount 2,000)",)
