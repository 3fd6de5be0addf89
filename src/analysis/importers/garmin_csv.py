"""Garmin Connect (list of activities as CSV).

Vendor: Garmin Connect, the website
Export: connect.garmin.com > Activities > All Activities > Export CSV; what was scrolled into view, one Activities.csv
Row: one activity; the same activity again (the same second, the same values) is ignored
Variants: 11 to 44 columns since 2014; English, German, French, Italian, Spanish, Portuguese, Dutch, Danish, Norwegian,
  Swedish, Polish and Japanese headers; decimal points or commas, thousands of the other mark
Units: not in the file: km or miles follow from step length x cadence x time, from `min/km` in the pace, else
  --distance-unit or the saved answer, else distances and heights stay unknown; heights in feet beside miles
Limits: no time zone, no race, no sets or repetitions by exercise, no id; distances of pools are not read; temperatures
  are not read, since the file does not say whether in Celsius
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import polars as pl

from analysis.importers import _activities, _dates, _durations, _garmin_distance, _header, _sets, _sports, _units
from analysis.importers._activity_numbers import NULLS, plain, sensed
from analysis.importers._numbers import counted, number, times
from analysis.importers._raw import Context, Raw, RowText, refusals
from analysis.importers._source import Head, Source
from analysis.importers._text import per_value
from analysis.units import IN_M

VENDOR: Final = "garmin_csv"
COLUMNS: Final[_header.Synonyms] = {
    "sport": (
        "Activity Type", "Aktivitätstyp", "Type d'activité", "Tipo di attività", "Tipo de actividad",
        "Tipo de atividade", "Activiteittype", "Activiteitstype", "Aktivitetstype", "Aktivitetstyp", "Typ aktywności",
        "アクティビティタイプ", "活动类型",
    ),
    "when": (
        "Date", "Start", "Datum", "Data", "Fecha", "Dato", "Début", "Départ", "日付", "日期",
    ),
    "title": (
        "Title", "Activity Name", "Titel", "Titre", "Nom de l'activité", "Titolo", "Título", "Tittel", "Tytuł",
        "タイトル", "标题",
    ),
    "distance": (
        "Distance", "Distanz", "Distanza", "Distancia", "Distância", "Afstand", "Distanse", "Distans", "Sträcka",
        "Dystans", "距離", "距离",
    ),
    "distance_in_km": ("Distance (km)", "Distanz (km)"),
    "distance_in_mi": ("Distance (mi)", "Distance (miles)"),
    "time": (
        "Time", "Activity Time", "Zeit", "Durée", "Temps", "Tempo", "Tempo total", "Tiempo", "Tijd", "Tid", "Czas",
        "タイム", "时间",
    ),
    "average_hr_bpm": (
        "Avg HR", "Ø HF", "Ø Herzfrequenz", "Fréquence cardiaque moyenne", "FC moyenne", "FC Media",
        "Frecuencia cardiaca media", "FC Média", "Gem. HS", "Gemiddelde HS", "Gns. puls", "Gennemsnitlig puls",
        "Gjennomsnittlig puls", "Genomsnittlig puls", "Medelpuls", "Średnie tętno", "平均心拍数",
    ),
    "max_hr_bpm": (
        "Max HR", "Max. HF", "Maximale Herzfrequenz", "Fréquence cardiaque maximale", "FC max", "FC máxima", "Max. HS",
        "Maks. puls", "Maksimal puls", "Makspuls", "Maxpuls", "Maksymalne tętno", "最大心拍数",
    ),
    "cadence_spm": (
        "Avg Run Cadence", "Ø Schrittfrequenz (Laufen)", "Cadence de course moyenne", "Cadenza di corsa media",
        "Cadencia de carrera media", "Cadência de corrida média", "Gemiddelde loopcadans", "Gem. loopcadans",
        "Gns. løbekadence", "Gennemsnitlig løbekadence", "Gennemsnit kadence løb", "Medellöpkadens",
        "Gjennomsnittlig frekvens for løping", "Gjennomsnittlig frekvens for loping", "Średni rytm biegu", "平均ピッチ",
    ),
    "other_cadence": ("Avg Bike Cadence", "Cadência bicicleta média"),
    "pace": (
        "Avg Pace", "Avg Speed(Avg Pace)", "Ø Pace", "Allure moyenne", "Passo medio", "Ritmo medio", "Gemiddeld tempo",
        "Gjennomsnittlig tempo", "Gennemsnitligt tempo", "Gennemsnitstempo", "Medeltempo", "Średnie tempo",
        "平均ペース",
    ),
    "ascent": (
        "Total Ascent", "Elev Gain", "Elevation Gain", "Positiver Höhenunterschied", "Anstieg gesamt",
        "Ascension totale", "Ascesa totale", "Ascenso total", "Subida total", "Totale stijging", "Total stigning",
        "Samlet stigning", "Stigning totalt", "Samlet opstigning", "Højdeforøgelse",
        "Całkowity wznios", "総上昇量",
    ),
    "descent": (
        "Total Descent", "Elev Loss", "Elevation Loss", "Negativer Höhenunterschied", "Abstieg gesamt",
        "Descente totale", "Discesa totale", "Descenso total", "Descida total", "Totale daling", "Totalt fall",
        "Totalt fald", "Samlet nedstigning", "Højdereduktion", "Totalt nedför", "Całkowity spadek", "総下降量",
    ),
    "stride": (
        "Avg Stride Length", "Ø Schrittlänge", "Longueur moyenne des foulées", "Lunghezza media passo",
        "Longitud media de zancada", "Comprimento médio da passada", "Gem. staplengte", "Gemiddelde staplengte",
        "Gjennomsnittlig skrittlengde", "Gennemsnitlig skridtlængde", "Gns. skridtlængde",
        "Medelsteglängd", "Średnia długość kroku", "平均歩幅",
    ),
    "contact": (
        "Avg Ground Contact Time", "Ø Bodenkontaktzeit", "Temps de contact moyen avec le sol",
        "Tempo medio di contatto con il suolo", "Tiempo medio de contacto con el suelo", "Gem. grondcontacttijd",
        "Gjennomsnittlig tid med bakkekontakt", "Medeltid för markkontakt", "Średni czas kontaktu z podłożem",
    ),
    "power_w": (
        "Avg Power", "Ø Leistung", "Puissance moyenne", "Potenza media", "Potencia media", "Gem. vermogen",
        "Gjennomsnittlig kraft", "Med. kraft", "Medelkraft", "Średnia moc",
    ),
    "moving": (
        "Moving Time", "Zeit in Bewegung", "Temps de déplacement", "Tempo in movimento", "Tiempo en movimiento",
        "Tempo em movimento", "Tijd bewogen", "Tid i bevegelse", "Tid i bevægelse", "Czas ruchu", "移動時間",
    ),
    "elapsed": (
        "Elapsed Time", "Verstrichene Zeit", "Temps écoulé", "Tempo trascorso", "Tiempo transcurrido",
        "Tempo transcorrido", "Verstreken tijd", "Medgått tid", "Forløbet tid", "Förfluten tid", "Upłynęło czasu",
        "経過時間",
    ),
}  # fmt: skip
NEEDED: Final = ("sport", "when", "title", "time")
DISTANCES: Final = {"distance": None, "distance_in_km": "km", "distance_in_mi": "mi"}
_NOT_OURS: Final = {"activityid", "activitydate"}
_NUMBERS: Final = (*DISTANCES, "average_hr_bpm", "max_hr_bpm", "cadence_spm", "ascent", "descent", "stride", "contact",
                   "power_w")  # fmt: skip
_FOOT_M: Final = 12 * IN_M
_WEEKDAY: Final = r"^\s*\p{L}+\.?,\s*"  # French "mar." is a Tuesday, not the month of March
_ASK: Final = "pass --distance-unit km or mi"


def matches(head: Head) -> bool:
    """Whether the header is that of a list of activities from Garmin Connect."""
    if head.kind not in ("text", "workbook"):
        return False
    found = _header.layout(head, COLUMNS)
    return found.has(*NEEDED) and any(map(found.has, DISTANCES)) and not _NOT_OURS & set(found.headers)


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape the list; nothing is judged here."""
    athlete = _sets.athlete_of(context, source.name)
    found = replace(_header.layout(source.head, COLUMNS), doubled=())  # Norwegian has two distances: the first
    table = _header.table(source, found, COLUMNS, NEEDED)
    column, header = _header.one_of(source.name, found, DISTANCES)
    dated = _dates.local(table.frame["when"].str.replace(_WEEKDAY, ""), source.name, context.answer("date_order"))
    repeated = _repeated(table.frame)
    steps = (
        "cadence_spm" if found.has("cadence_spm") else "other_cadence"
    )  # the first activity names the column for all
    frame = table.frame.with_columns(pl.col(steps).alias("cadence_spm"))
    rows = plain(_renamed(frame, dated), _NUMBERS).with_columns(pl.col(column).alias("way"))
    rows = rows.filter(~pl.col("source_row").is_in(repeated["source_row"].implode()))
    runs = rows.filter(pl.col("kind") == "run")
    unit, notices = _distance_unit(source.name, runs, context, header, table.records, found.delimiter)
    rows, impossible = sensed(_measured(rows, unit), both_feet=True)
    return Raw(
        primary=("sessions",),
        variant=f"{found.width} columns" + ("" if "activitytype" in found.headers else ", localised"),
        records=table.records,
        tables=_activities.tables(rows, athlete, VENDOR),
        decisions=_header.reading_decisions(source, found) | dated.decisions | unit.decisions("distance_unit"),
        n_read=table.n_read,
        refused=table.refused,
        ignored=pl.concat([table.ignored, repeated]),
        notices=(*notices, *impossible),
    )


def _renamed(frame: pl.DataFrame, dated: _dates.Dated) -> pl.DataFrame:
    clocks = {"duration_s": "time", "moving_s": "moving", "elapsed_s": "elapsed"}
    return frame.with_columns(
        dated.date.alias("date"),
        dated.start.alias("start_local"),
        pl.lit("local").alias("zone_basis"),
        per_value(frame["sport"], _sports.kind, pl.String).alias("kind"),
        per_value(frame["sport"], _sports.indoor, pl.String).alias("indoor"),
        *(per_value(frame[name], _seconds, pl.String).alias(ours) for ours, name in clocks.items()),
    ).with_columns(pl.col("duration_s").alias("timer_s"))


def _seconds(text: str) -> str | None:
    """Seconds as text, None where there are none; what is no time stays, for the tables to refuse."""
    bare = text.strip().removeprefix("'")
    if bare.casefold() in NULLS:
        return None
    found = _durations.seconds(bare)
    return text if found is None else str(found)


def _distance_unit(
    file: str, runs: pl.DataFrame, context: Context, header: str | None, records: RowText, delimiter: str
) -> tuple[_units.Unit, tuple[str, ...]]:
    """The unit of the distances: in the header, else what the file's own numbers say, else the answer, else none."""
    inferred, origin = (None, "") if header else _garmin_distance.unit_told_by(runs, records, delimiter)
    unit = _units.unit_of("distance_unit", file, context, header=header or inferred)
    if inferred:
        unit = replace(unit, origin=origin)
    bare = runs.filter(number("way") > 0).height if unit.symbol is None else 0
    said = f"distance of {counted(bare, 'run')} has no unit in this file: unknown, and so are the heights; {_ASK}"
    return unit, (said,) if bare else ()


def _measured(rows: pl.DataFrame, unit: _units.Unit) -> pl.DataFrame:
    """Distances and heights in metres where their unit is known, the rest in SI."""
    height = pl.lit(_FOOT_M if unit.symbol == "mi" else 1.0 if unit.symbol else None, pl.Float64)
    run = pl.col("kind") == "run"
    return rows.with_columns(
        pl.when(run).then(times("way", unit.factor)).alias("distance_m"),
        times("ascent", height).alias("ascent_m"),
        times("descent", height).alias("descent_m"),
        pl.when(unit.origin == _garmin_distance.STEPS).then("stride").alias("step_length_m"),
        times("contact", pl.lit(0.001)).alias("ground_contact_s"),
    )


def _repeated(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows that say the same as a row before them in every cell."""
    cells = [name for name in frame.columns if name != "source_row"]
    again = frame.with_columns(pl.col("source_row").min().over(cells).alias("first"))
    said = pl.format("the same activity as in line {}", "first").alias("reason")
    return refusals(again.filter(pl.col("source_row") != pl.col("first")).with_columns(said))
