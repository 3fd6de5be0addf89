"""Strava: headers of seven years and five languages, columns of one name, times in UTC, the files in the archive."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.importers import Context, ImportProblem, Reading, identify, read, vendors
from analysis.logbook import Logbook

HISTORY = "id,date,name,type,description,elapsed_time,distance,commute,gear,filename"
CORPUS = Path(os.environ.get("STRIDELIFT_CORPUS") or Path(__file__).parents[1].parent / "shared" / "logs") / "strava"
MODERN = (
    "Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,Elapsed Time,Distance,Max Heart Rate,"
    "Relative Effort,Commute,Activity Private Note,Activity Gear,Filename,Athlete Weight,Bike Weight,Elapsed Time,"
    "Moving Time,Distance,Max Speed,Average Speed,Elevation Gain,Elevation Loss,Max Heart Rate,Average Heart Rate,"
    "Average Cadence,Average Watts,Perceived Exertion,Type,Commute,Competition,Media"
)
GERMAN = (
    "Aktivitäts-ID,Aktivitätsdatum,Name der Aktivität,Aktivitätsart,Aktivitätsbeschreibung,Verstrichene Zeit,Distanz,"
    "Max. Herzfrequenz,Relative Leistung,Pendeln,Hinweis zur Privatsphäre für Aktivitäten,Aktivitätsausrüstung,"
    "Dateiname,Sportlergewicht,Fahrradgewicht,Verstrichene Zeit,Bewegungszeit,Distanz,Höchstgeschw.,Durchschnittliche "
    "Geschwindigkeit,Höhenzunahme,Höhenunterschied,Max. Herzfrequenz,Durchschnittliche Herzfrequenz,Durchschnittliche "
    "Trittfrequenz,Durchschnittliche Watt,Gefühlte Anstrengung,Art,Pendeln,Wettkampf,Medien"
)
RUN = (
    '7,"Oct 10, 2016, 10:55:48\u202fPM",Morning Run,Run,easy,1770,6.64,171,20,false,felt ok,Shoe A,activities/70.gpx,'
    "68.0,,1770.0,1765.0,6639.4,6.1,3.7,58.6,-12.5,172.0,150.0,83.5,0.0,7.0,,0.0,1.0,"
)
LIFT = '8,"Oct 11, 2016, 6:00:00 AM",Gym,Weight Training,"{text}",3600,0,,,false,,,,,,3600.0,,,,,,,,,,,,,,,'
Make = Callable[..., Reading]


@pytest.fixture
def strava(tmp_path: Path) -> Make:
    def make(*rows: str, header: str = MODERN, context: Context | None = None, encoding: str = "utf-8") -> Reading:
        path = tmp_path / "list.txt"
        path.write_text("\n".join([header, *rows, ""]), encoding)
        assert identify(path) == "strava"
        reading = read(path, context or Context(athlete="anna"))
        assert reading.n_read == len(rows)
        assert reading.n_read == reading.n_loaded + reading.n_attached + reading.n_ignored + reading.n_rejected
        return reading

    return make


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_the_second_column_of_a_name_is_the_exact_one(strava: Make) -> None:
    reading = strava(RUN)
    run = reading.tables["runs"].row(0, named=True)
    measured = {
        "distance_m": 6639.4, "elapsed_s": 1770.0, "moving_s": 1765.0, "ascent_m": 58.6, "descent_m": 12.5,
        "average_hr_bpm": 150.0, "max_hr_bpm": 172.0, "cadence_spm": 167.0, "power_w": None, "max_speed_m_s": 6.1,
        "race": True, "shoe": "Shoe A", "file_ref": "activities/70.gpx",
    }  # fmt: skip
    assert {name: run[name] for name in measured} == measured
    session = reading.tables["sessions"].row(0, named=True)
    assert session["session_id"] == "anna|strava|id|7"
    assert (session["kind"], session["title"], session["notes"]) == ("run", "Morning Run", "easy\nfelt ok")
    assert (session["session_rpe"], session["duration_s"]) == (7.0, 1770.0)
    assert reading.variant == "English, 31 columns"


def test_the_time_is_utc_and_the_zone_of_the_user_gives_the_day(strava: Make) -> None:
    utc = strava(RUN)
    assert utc.tables["sessions"].select("date", "zone_basis").row(0) == (dt.date(2016, 10, 10), "utc")
    assert any("--tz" in notice for notice in utc.notices)
    rome = strava(RUN, context=Context(athlete="anna", tz="Europe/Rome"))
    assert rome.tables["sessions"].select("date", "zone_basis").row(0) == (dt.date(2016, 10, 11), "zone")
    assert str(rome.tables["sessions"]["start_local"].item()) == "2016-10-11 00:55:48"
    assert utc.tables["sessions"]["session_id"].to_list() == rome.tables["sessions"]["session_id"].to_list()


@pytest.mark.parametrize(
    ("header", "date", "sport"),
    [
        (GERMAN, '"10.10.2016, 22:55:48"', "Lauf"),
        (MODERN.replace(",Distance,Max Speed", ",Distance.1,Max Speed"), "2016-10-10 22:55:48", "Trail Run"),
        (MODERN.replace(",Distance,Max Speed", ",Distance_duplicated_0,Max Speed"), "2016-10-10 22:55:48", "Run"),
        (MODERN.replace(" ", "."), "2016-10-10T22:55:48Z", "Run"),
        (
            MODERN.replace(",Type,", ',<span class="translation_missing" title="missing: en.x">Type</span>,'),
            '"Oct 10, 2016, 10:55:48 PM"', "Run",
        ),
        (MODERN.replace("Activity ID", "\ufeffActivity ID"), '"10 oct. 2016, 22:55:48"', "Run"),
    ],
)  # fmt: skip
def test_headers_of_other_languages_and_after_other_tools(strava: Make, header: str, date: str, sport: str) -> None:
    line = RUN.replace('"Oct 10, 2016, 10:55:48\u202fPM"', date).replace(",Run,easy", f",{sport},easy")
    reading = strava(line, header=header)
    run = reading.tables["runs"].row(0, named=True)
    assert (run["distance_m"], run["elapsed_s"], run["cadence_spm"]) == (6639.4, 1770.0, 167.0)
    assert str(reading.tables["sessions"]["start_utc"].item()) == "2016-10-10 22:55:48"


def test_french_and_dutch_headers(strava: Make) -> None:
    french = (
        "ID de l'activité,Date de l'activité,Nom de l'activité,Type d'activité,Description de l'activité,Temps écoulé,"
        "Distance,Fréquence cardiaque max.,Nom du fichier,Temps écoulé,Durée de déplacement,Distance,Dénivelé positif"
    )
    row = '1,"1 juil. 2026 à 08:03:06",Matin,Course à pied,,3600,"10,01",170,a.fit.gz,3600.0,3500.0,10010.0,45.5'
    assert strava(row, header=french).tables["runs"].select("distance_m", "moving_s", "ascent_m").row(0) == (
        10010,
        3500,
        45.5,
    )
    dutch = "Activiteits-ID,Datum van activiteit,Naam activiteit,Activiteitstype,Verstreken tijd,Afstand,Bestandsnaam"
    reading = strava('1,"9 mei 2026, 19:00:00",Avond,Hardloopsessie,1900,"7,50",a.gpx', header=dutch)
    assert reading.tables["runs"]["distance_m"].item() == 7500.0
    assert reading.decisions["distance_unit"] == "km"


def test_one_distance_is_km_and_before_july_2019_metres(strava: Make) -> None:
    old = strava("5,2018-06-03 12:00:00,Run,Run,,1800,5012.3,false,Shoe,activities/5.gpx", header=HISTORY)
    assert (old.tables["runs"]["distance_m"].item(), old.variant) == (5012.3, "before July 2019")
    short = "Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,Elapsed Time,Distance,Commute,Activity Gear,Filename"  # noqa: E501
    row = '5,"Jul 3, 2019, 12:00:00 PM",Run,Run,,1800,{},false,Shoe,activities/5.gpx'
    swim = '6,"Jul 4, 2019, 12:00:00 PM",Swim,Swim,,1800,"1,029",false,,activities/6.gpx'
    reading = strava(row.format("5.01"), swim, header=short)
    assert reading.tables["runs"]["distance_m"].to_list() == [5010.0]
    metres = strava(row.format("5010.5"), header=short)  # nobody runs 5010 km in half an hour
    assert (metres.tables["runs"]["distance_m"].item(), metres.decisions["distance_unit"]) == (5010.5, "m")


def test_a_second_distance_that_repeats_the_first_is_not_metres(strava: Make) -> None:
    header = (
        "Aktivitäts-ID,Aktivitätsdatum,Name der Aktivität,Aktivitätsart,Verstrichene Zeit,Distanz,Max. Herzfrequenz,"
        "Verstrichene Zeit,Distanz"
    )
    reading = strava('7,"21.07.2026, 15:09:27",Lauf,Lauf,1390,"2,81",190,1390,"2,81"', header=header)
    assert reading.tables["runs"]["distance_m"].item() == pytest.approx(2810)
    assert reading.decisions["distance_unit"] == "km"


def test_sets_in_a_description_stay_notes(strava: Make) -> None:
    text = "Logged with Hevy\n\nChest Press (Machine)\nSet 1: 175 lbs x 7\nSet 2: 175 lbs x 6 [Failure]"
    reading = strava(LIFT.format(text=text))
    session = reading.tables["sessions"].row(0, named=True)
    assert (session["kind"], session["notes"]) == ("strength", text)
    assert "sets" not in reading.tables
    assert "runs" not in reading.tables or reading.tables["runs"].is_empty()


def test_errors_in_cells(strava: Make) -> None:
    broken = "9,#error#,Run,Run,,10,1,,,false,,,,,,10.0,,,,,,,,,,,,,,,"
    partly = RUN.replace("7,", "10,", 1).replace(",6.1,3.7,", ",#error#,3.7,")
    reading = strava(RUN, broken, partly)
    assert reading.rejected.select("source_row", "reason").rows() == [(3, "date '#error#' cannot be read")]
    assert reading.rejected["raw"].item() == broken
    assert reading.tables["runs"]["max_speed_m_s"].to_list() == [6.1, None]


def test_a_sensor_value_that_nobody_has_does_not_cost_the_run(strava: Make) -> None:
    reading = strava(RUN.replace(",172.0,150.0,", ",900.0,150.0,"))
    assert reading.tables["runs"].select("max_hr_bpm", "average_hr_bpm").row(0) == (None, 150.0)
    assert any("max_hr_bpm (1)" in notice for notice in reading.notices)


def test_ids_do_not_depend_on_order_title_or_values(strava: Make) -> None:
    rows = [RUN.replace("7,", f"{no},", 1) for no in range(20, 40)]
    before = set(strava(*rows).tables["sessions"]["session_id"])
    edited = [row.replace("Morning Run", "Renamed").replace("6639.4", "6000.0") for row in rows]
    assert set(strava(*reversed(edited)).tables["sessions"]["session_id"]) == before
    assert len(before) == 20


def test_lists_of_the_api_are_not_strava_exports() -> None:
    api = "id,name,distance,moving_time,elapsed_time,type,start_date,start_date_local,gear_id"
    own = "id,date,name,type,distance,elapsed_time"
    from analysis.importers._source import Head

    assert not any(vendors()["strava"].matches(Head("a.csv", f"{header}\n")) for header in (api, own))


def test_a_list_that_is_cut_off_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "activities.csv"
    path.write_text(f"{MODERN}\n{RUN}\n{RUN[:60]}", "utf-8")
    with pytest.raises(ImportProblem, match="cut off"):
        read(path, Context(athlete="anna"))


GPX = b"""<?xml version="1.0"?><gpx xmlns="http://www.topografix.com/GPX/1/1"><trk><type>running</type><trkseg>
<trkpt lat="45.0" lon="9.0"><ele>100</ele><time>2016-10-10T22:55:48Z</time></trkpt>
<trkpt lat="45.001" lon="9.0"><ele>101</ele><time>2016-10-10T22:56:18Z</time></trkpt></trkseg></trk></gpx>"""
TCX = b"""<?xml version="1.0"?><TrainingCenterDatabase
xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"><Activities><Activity Sport="Running">
<Id>2016-10-10T22:55:48Z</Id><Lap StartTime="2016-10-10T22:55:48Z"><TotalTimeSeconds>30</TotalTimeSeconds>
<DistanceMeters>100</DistanceMeters><Intensity>Active</Intensity><Track>
<Trackpoint><Time>2016-10-10T22:55:48Z</Time><DistanceMeters>0</DistanceMeters></Trackpoint>
<Trackpoint><Time>2016-10-10T22:56:18Z</Time><DistanceMeters>100</DistanceMeters></Trackpoint>
</Track></Lap></Activity></Activities></TrainingCenterDatabase>"""


def test_the_archive_gives_runs_their_laps_and_streams(tmp_path: Path) -> None:
    names = ["a/1.gpx", "a/2.tcx.gz", "a/3.fit.gz", "a/4.gpx"]
    rows = [RUN.replace("7,", f"{no},", 1).replace("activities/70.gpx", name) for no, name in enumerate(names, 11)]
    files = {
        "export/activities.csv": "\n".join([MODERN, *rows, LIFT.format(text="-"), ""]).encode(),
        "export/a/1.gpx": GPX,
        "export/a/2.tcx.gz": gzip.compress(b"  " + TCX),
        "export/a/3.fit.gz": gzip.compress(b"no fit"),
        "export/profile.csv": b"a,b\n1,2\n",
    }  # fmt: skip
    path = tmp_path / "export.bin"
    path.write_bytes(zipped(**files))
    assert identify(path) == "strava"
    reading = read(path, Context(athlete="anna"))
    assert (reading.n_read, reading.n_loaded) == (5, 5)
    assert reading.variant == "archive, English, 31 columns"
    streams = {row["session_id"]: row["n"] for row in reading.tables["streams"].rows(named=True)}
    assert streams == {"anna|strava|id|11": 2, "anna|strava|id|12": 2}
    lap = reading.tables["splits"].row(0, named=True)
    assert (lap["split_id"], lap["distance_m"], lap["duration_s"]) == ("anna|strava|id|12|lap|1", 100.0, 30.0)
    assert reading.tables["splits"]["source_row"].to_list() == [3]
    said = " ".join(reading.notices)
    assert "a/3.fit.gz (" in said
    assert "1 file of runs not in the archive" in said


def test_an_archive_without_a_list_is_not_strava(tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    path.write_bytes(zipped(**{"Activities.csv": b"a,b\n1,2\n", "b.txt": b"x"}))
    with pytest.raises(ImportProblem):
        identify(path)


@pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no real export in {CORPUS}, see STRIDELIFT_CORPUS")
def test_a_real_list_has_the_metres_and_seconds_of_a_plain_reading() -> None:
    for path in CORPUS.glob("*.csv"):
        header, *rows = csv.reader(io.StringIO(path.read_text("utf-8"), newline=""))
        metres = [at for at, name in enumerate(header) if name == "Distance"][-1]
        seconds = [at for at, name in enumerate(header) if name == "Elapsed Time"][-1]
        runs = [row for row in rows if row[3] == "Run"]
        reading = read(path, Context(athlete="anna"))
        assert (reading.n_read, reading.n_rejected) == (len(rows), 0)
        found = reading.tables["runs"]
        assert float(found["distance_m"].sum()) == pytest.approx(sum(float(row[metres] or 0) for row in runs))
        assert float(found["elapsed_s"].sum()) == pytest.approx(sum(float(row[seconds] or 0) for row in runs))
        assert reading.tables["sessions"]["session_id"].n_unique() == len(rows)


def test_a_run_that_was_edited_or_deleted_changes_though_the_last_activity_is_none(
    strava: Make, tmp_path: Path
) -> None:
    book, lift = Logbook(tmp_path / "training.duckdb"), LIFT.format(text="")
    book.add(strava(RUN, lift), "list.csv")
    book.add(strava(RUN.replace("6639.4", "6700.0"), lift), "list.csv")
    assert book.table("runs")["distance_m"].to_list() == [6700]
    earlier = lift.replace("8,", "5,", 1).replace("Oct 11", "Oct 9")
    book.add(strava(RUN.replace("6639.4", "6700.0"), lift, earlier), "list.csv")
    book.add(strava(lift, earlier), "list.csv")
    assert book.table("sessions").height == 2
    assert book.table("runs").is_empty()
