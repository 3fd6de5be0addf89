"""Garmin Connect's list as CSV: headers of twelve languages, marks of two kinds, a distance without a unit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.importers import Context, ImportProblem, Reading, identify, read

ENGLISH = (
    "Activity Type,Date,Favorite,Title,Distance,Calories,Time,Avg HR,Max HR,Aerobic TE,Avg Run Cadence,Avg Pace,"
    "Total Ascent,Total Descent,Avg Stride Length,Avg Ground Contact Time,Avg Power,Steps,Body Battery Drain,"
    "Best Lap Time,Moving Time,Elapsed Time,Min Elevation"
)
RUN = (
    'Running,2025-02-06 17:06:03,false,"W Running","5.48","1,447","00:31:24","153","176","3.6","153","5:44",'
    '"215","200","1.15","281","343","4,808","\'-16","00:02:15.3","00:31:08","00:32:57","\'-4"'
)
GYM = (
    'Strength Training,2025-02-07 18:00:00,false,"Gym","0.00","310","00:52:10.2","110","150","1.2","--","--","--","--",'
    '"--","--","--","--","--","01:23.91","00:40:00","00:55:00","--"'
)
SWIM = (
    'Pool Swimming,2025-02-08 08:00:00,false,"Pool","1,500","450","0:45","130","150","2.2","--","1:50","--","--","--",'
    '"--","--","--","--","0:45","0:45","0:45","--"'
)
MILES = RUN.replace('"5.48"', '"3.41"').replace('"5:44"', '"9:13"').replace('"215","200"', '"705","656"')
Make = Callable[..., Reading]


@pytest.fixture
def garmin(tmp_path: Path) -> Make:
    def make(*rows: str, header: str = ENGLISH, context: Context | None = None) -> Reading:
        path = tmp_path / "list.txt"
        path.write_text("\n".join([header, *rows, ""]), "utf-8")
        assert identify(path) == "garmin_csv"
        reading = read(path, context or Context(athlete="anna"))
        assert reading.n_read == len(rows)
        assert reading.n_read == reading.n_loaded + reading.n_attached + reading.n_ignored + reading.n_rejected
        return reading

    return make


def test_a_run_in_si_by_the_numbers_of_the_file_itself(garmin: Make) -> None:
    reading = garmin(RUN, GYM, SWIM)
    run = reading.tables["runs"].row(0, named=True)
    measured = {
        "distance_m": 5480.0, "elapsed_s": 1977.0, "timer_s": 1884.0, "moving_s": 1868.0, "ascent_m": 215.0,
        "descent_m": 200.0, "average_hr_bpm": 153.0, "max_hr_bpm": 176.0, "cadence_spm": 153.0, "step_length_m": 1.15,
        "ground_contact_s": 0.281, "power_w": 343.0,
    }  # fmt: skip
    assert {name: run[name] for name in measured} == pytest.approx(measured)
    assert reading.decisions["distance_unit"] == "km"
    assert reading.decisions["distance_unit_from"] == "step length x cadence x time"
    sessions = reading.tables["sessions"]
    assert sessions["kind"].to_list() == ["run", "strength", "other"]
    assert sessions["duration_s"].to_list() == [1884.0, 3130.2, 45.0]
    assert sessions["zone_basis"].unique().to_list() == ["local"]
    assert sessions["session_id"][0] == "anna|garmin_csv|2025-02-06 17:06|1"


def test_miles_are_recognised_by_the_steps_and_bring_feet(garmin: Make) -> None:
    run = garmin(MILES).tables["runs"].row(0, named=True)
    assert run["distance_m"] == pytest.approx(5487.86304)
    assert (run["ascent_m"], run["descent_m"]) == (pytest.approx(214.884), pytest.approx(199.9488))
    assert run["step_length_m"] == 1.15


SHORT = "Activity Type,Date,Title,Distance,Time,Total Ascent"
SHORT_RUN = "Running,2026-04-01 18:15:00,Run,8.4,01:20:00,120"


def test_a_file_that_does_not_say_its_unit_keeps_distances_unknown_and_says_so(garmin: Make) -> None:
    reading = garmin(SHORT_RUN, header=SHORT)
    assert reading.tables["runs"].select("distance_m", "ascent_m").row(0) == (None, None)
    assert "pass --distance-unit km or mi" in reading.notices[0]
    told = garmin(SHORT_RUN, header=SHORT, context=Context(athlete="anna", distance_unit="mi"))
    assert told.tables["runs"]["distance_m"].item() == pytest.approx(13518.4896)
    saved = garmin(SHORT_RUN, header=SHORT, context=Context(athlete="anna", saved={"distance_unit": "km"}))
    assert saved.tables["runs"].select("distance_m", "ascent_m").row(0) == (8400.0, 120.0)
    assert saved.notices == ()
    headed = garmin(SHORT_RUN, header=SHORT.replace("Distance", "Distance (km)"))
    assert headed.tables["runs"]["distance_m"].item() == 8400.0


@pytest.mark.parametrize(("way", "unit"), [(1.0, "km"), (1.609344, "mi")])
def test_steps_under_unknown_headers_tell_the_unit_too(garmin: Make, way: float, unit: str) -> None:
    header = "Aktivitetstype,Dato,Titel,Distance,Tid,Middelpuls,Skridt pr. minut,Skridt"
    spans = [(5.48, 1884, 153, 1.14), (8.16, 2703, 163, 1.11), (2.99, 1003, 163, 1.1), (10.0, 3300, 168, 1.08),
             (6.5, 2100, 170, 1.09)]  # fmt: skip
    rows = [
        f'Løb,2025-03-{day:02} 07:00:00,A,"{km / way:.2f}",{s // 60}:{s % 60:02},{130 + day},{c},"{m}"'
        for day, (km, s, c, m) in enumerate(spans, 1)
    ]
    reading = garmin(*rows, header=header)
    assert reading.decisions["distance_unit"] == unit
    assert reading.tables["runs"]["distance_m"][0] == pytest.approx(5480, rel=0.002)
    assert "distance_unit" not in garmin(*rows[:3], header=header).decisions  # three runs are too few to tell


def test_an_option_that_the_numbers_contradict_is_a_problem(garmin: Make) -> None:
    with pytest.raises(ImportProblem, match="is in km, while --distance-unit says mi"):
        garmin(RUN, context=Context(athlete="anna", distance_unit="mi"))


@pytest.mark.parametrize(
    ("header", "row", "kind", "heart"),
    [
        (
            "Aktivitätstyp,Datum,Favorit,Titel,Distanz,Kalorien,Zeit,Ø HF,Max. HF",
            'Laufen,2022-04-22 13:12:32,false,"A","10.02","2,336","03:51:46","139","181"', "run", 139.0,
        ),
        (
            "Type d'activité,Date,Favori,Titre,Distance,Calories,Durée,Fréquence cardiaque moyenne",
            'Musculation,2026-06-20 10:04:15,false,"M","0.00","540","00:57:59","129"', "strength", None,
        ),
        (
            "Tipo di attività,Data,Preferita,Titolo,Distanza,Calorie,Tempo,FC Media",
            'Corsa su strada,2026-06-20 10:04:15,false,"M","5.00","540","00:27:59","129"', "run", 129.0,
        ),
        (
            "Tipo de actividad,Fecha,Favorito,Título,Distancia,Calorías,Tiempo,Frecuencia cardiaca media",
            'Carrera,2026-06-20 10:04:15,false,"M","5.00","540","00:27:59","129"', "run", 129.0,
        ),
        (
            "Tipo de atividade,Data,Favorito,Título,Distância,Calorias,Tempo total,FC Média",
            'Corrida em esteira,2026-07-07 20:08:02,false,"C","3.11","434","00:33:54","174"', "run", 174.0,
        ),
        (
            "Activiteittype,Datum,Favoriet,Titel,Afstand,Calorieën,Tijd,Gem. HS",
            'Hardlopen,2023-07-12 14:41:48,false,"C","3,11","434","00:33:54","174"', "run", 174.0,
        ),
        (
            "Aktivitetstype,Dato,Favoritt,Tittel,Distanse,Kalorier,Tid,Gjennomsnittlig puls,Distanse",
            'Løping,2026-07-01 18:23:45,false,"Å","5,02","412","00:28:15","156","5,02"', "run", 156.0,
        ),
        (
            "Typ aktywności,Data,Ulubiony,Tytuł,Dystans,Suma kalorii,Czas,Średnie tętno",
            'Trening siłowy,2026-01-02 10:00:00,false,"S","0.00","200","00:30:00","120"', "strength", None,
        ),
        (
            "アクティビティタイプ,日付,お気に入り,タイトル,距離,カロリー,タイム,平均心拍数",
            "ラン,2026-10-06 08:00:00,false,那覇市 ラン,10.0,600,00:52:00,160", "run", 160.0,
        ),
    ],
)  # fmt: skip
def test_headers_of_other_languages(garmin: Make, header: str, row: str, kind: str, heart: float | None) -> None:
    reading = garmin(row, header=header, context=Context(athlete="anna", distance_unit="km"))
    assert reading.tables["sessions"]["kind"].item() == kind
    runs = reading.tables["runs"]["average_hr_bpm"].to_list()
    assert runs == ([] if heart is None else [heart])


def test_decimal_commas_with_points_between_thousands(garmin: Make) -> None:
    header = "Activity Type,Date,Title,Distance,Time,Avg HR,Avg Power"
    rows = (
        'Running,2026-05-12 21:33:50,A,"12,5","01:08:08",129,"1.285"',
        'Running,2026-05-13 21:33:50,B,"1.101,07",x,,',
    )
    reading = garmin(rows[0], header=header, context=Context(athlete="anna", distance_unit="km"))
    assert reading.tables["runs"].select("distance_m", "power_w").row(0) == (12_500.0, 1285.0)
    both = garmin(*rows, header=header, context=Context(athlete="anna", distance_unit="m"))
    assert both.rejected.select("source_row", "reason").row(0) == (3, "duration_s 'x' cannot be read")
    assert both.rejected["raw"].item() == rows[1]


def test_the_list_of_2014_has_weekdays_and_the_unit_in_the_pace(garmin: Make) -> None:
    header = "Titre,Type d'activité,Début,Durée,Distance,Calories,Avg Speed(Avg Pace)"
    rows = ('A,Course à pied,"{}",16:30,"2,94","1 204","5:36 min/km"',)
    reading = garmin(
        *(rows[0].format(day) for day in ("mar., 1 juil. 2014 7:03", "lun., 30 juin 2014 7:03")), header=header
    )
    assert reading.tables["sessions"]["date"].to_list() == [dt.date(2014, 7, 1), dt.date(2014, 6, 30)]
    assert reading.tables["runs"]["distance_m"].to_list() == [2940.0, 2940.0]
    assert reading.decisions["distance_unit_from"] == "pace"


def test_an_activity_downloaded_twice_counts_once(garmin: Make) -> None:
    other = RUN.replace("17:06:03", "17:06:40")  # another one in the same minute
    reading = garmin(RUN, GYM, RUN, other)
    assert reading.ignored.select("source_row", "reason").rows() == [(4, "the same activity as in line 2")]
    ids = reading.tables["sessions"]["session_id"].to_list()
    assert [one.rsplit("|", 1)[1] for one in ids] == ["1", "1", "2"]


def test_titles_and_order_do_not_change_ids(garmin: Make) -> None:
    before = set(garmin(RUN, GYM, SWIM).tables["sessions"]["session_id"])
    assert set(garmin(SWIM, GYM, RUN.replace("W Running", "x")).tables["sessions"]["session_id"]) == before


def test_day_and_month_that_cannot_be_told_apart_are_asked(garmin: Make) -> None:
    row = SHORT_RUN.replace("2026-04-01 18:15:00", "7/4/2020 15:36")
    with pytest.raises(ImportProblem, match="--date-order"):
        garmin(row, header=SHORT)
    asked = garmin(row, header=SHORT, context=Context(athlete="anna", date_order="month_first"))
    assert asked.tables["sessions"]["date"].item() == dt.date(2020, 7, 4)


def test_other_lists_are_not_claimed(tmp_path: Path) -> None:
    path = tmp_path / "laps.csv"  # the laps of one activity, another product
    path.write_text("Laps,Time,Cumulative Time,Distance,Avg Pace\n1,5:00,5:00,1.00,5:00\n")
    with pytest.raises(ImportProblem, match="not known"):
        identify(path)


def test_danish_headers_of_2020_tell_the_steps_and_the_heights(garmin: Make) -> None:
    header = (
        "Aktivitetstype,Dato,Titel,Distance,Tid,Gennemsnit kadence løb,Gennemsnitstempo,Højdeforøgelse,Højdereduktion,"
        "Gennemsnitlig skridtlængde"
    )
    run = garmin('Løb,2020-03-02 15:05:08,"5k","6.29","00:36:26","171","5:47","69","68","1.01"', header=header)
    one = run.tables["runs"].row(0, named=True)
    assert (one["distance_m"], one["ascent_m"], one["descent_m"], one["cadence_spm"]) == (6290.0, 69.0, 68.0, 171.0)


def test_cadence_counts_both_feet_and_bears_the_name_of_the_first_activity(garmin: Make) -> None:
    header = "Activity Type,Date,Title,Distance,Time,Avg Bike Cadence,Avg Stride Length"
    ride = 'Cycling,2026-08-03 16:38:09,"Ride","6.75","00:32:02","80","--"'
    walked = 'Running,2026-07-17 17:46:18,"Run and walk","3.38","00:27:13","128","0.97"'
    run = garmin(ride, walked, header=header).tables["runs"].row(0, named=True)
    assert (run["distance_m"], run["cadence_spm"], run["step_length_m"]) == (3380.0, 128.0, 0.97)


@pytest.mark.parametrize("word", ["Entrenamiento en cinta", "Tapis roulant", "Bieżnia", "Loopband", "Løbebånd"])
def test_a_treadmill_by_its_own_name_is_a_run_indoors(garmin: Make, word: str) -> None:
    reading = garmin(RUN.replace("Running", word, 1))
    assert reading.tables["sessions"]["kind"].item() == "run"
    assert reading.tables["runs"]["indoor"].item() is True


@pytest.mark.parametrize("word", ["Caminar en cinta", "Marche sur tapis roulant", "Caminhada na esteira"])
def test_a_walk_on_a_treadmill_is_no_run(garmin: Make, word: str) -> None:
    assert garmin(RUN.replace("Running", word, 1)).tables["sessions"]["kind"].item() == "other"
