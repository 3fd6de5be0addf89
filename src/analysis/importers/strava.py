"""Strava (running and training platform).

Vendor: Strava, the account's bulk export
Export: Settings > My Account > Download or Delete Your Account > Request Your Archive; the ZIP whole, or the
  activities.csv in it
Row: one activity; of the ZIP every run also gets the laps and the stream of its file (FIT, TCX or GPX)
Variants: before July 2019 (`id,date,name,type`), since then with any number of columns; English, German, French, Dutch
  and Spanish headers; headers with HTML left in them or renamed by a library (`Distance.1`)
Units: metres and seconds in the second of two columns of one name; alone, a distance is in km (in m before July 2019)
Limits: times are UTC: the local day needs the run's FIT file in the ZIP, or --tz; sets written into a description stay
  text in the notes, import them from the app that logged them; only runs get distances; a bare activities.csv that is
  imported after the ZIP takes back what only the files told
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, Final

import polars as pl

from analysis.importers import _activities, _dates, _header, _instants, _sets, _source, _sports, _strava_files
from analysis.importers._activity_numbers import plain, sensed
from analysis.importers._numbers import not_zero, number
from analysis.importers._raw import Context, Raw
from analysis.importers._source import Head, Source
from analysis.importers._text import per_value

VENDOR: Final = "strava"
COLUMNS: Final[_header.Synonyms] = {
    "source_id": ("Activity ID", "id", "Aktivitäts-ID", "ID de l'activité", "Activiteits-ID", "ID de actividad"),
    "when": (
        "Activity Date", "date", "Aktivitätsdatum", "Date de l'activité", "Datum van activiteit",
        "Fecha de la actividad",
    ),
    "title": (
        "Activity Name", "name", "Name der Aktivität", "Nom de l'activité", "Naam activiteit",
        "Nombre de la actividad",
    ),
    "sport": ("Activity Type", "type", "Aktivitätsart", "Type d'activité", "Activiteitstype", "Tipo de actividad"),
    "description": (
        "Activity Description", "description", "Aktivitätsbeschreibung", "Description de l'activité",
        "Beschrijving van activiteit", "Descripción de la actividad",
    ),
    "private_note": (
        "Activity Private Note", "Hinweis zur Privatsphäre für Aktivitäten", "Note privée sur les activités",
    ),
    "elapsed": (
        "Elapsed Time", "elapsed_time", "Verstrichene Zeit", "Temps écoulé", "Verstreken tijd", "Tiempo transcurrido",
    ),
    "distance": ("Distance", "Distanz", "Afstand", "Distancia"),
    "hr": ("Max Heart Rate", "Max. Herzfrequenz", "Fréquence cardiaque max.", "Max. hartslag"),
    "commute": ("Commute", "Pendeln", "Woon-werkverkeer"),
    "shoe": ("Activity Gear", "gear", "Aktivitätsausrüstung", "Matériel utilisé pour l'activité"),
    "file_ref": ("Filename", "Dateiname", "Nom du fichier", "Bestandsnaam", "Nombre del archivo", "Nombre de archivo"),
    "moving_s": ("Moving Time", "Bewegungszeit", "Durée de déplacement", "Beweegtijd", "Tiempo en movimiento"),
    "timer_s": ("Timer Time",),
    "max_speed_m_s": ("Max Speed", "Höchstgeschw.", "Vitesse max.", "Max. snelheid"),
    "ascent_m": ("Elevation Gain", "Höhenzunahme", "Dénivelé positif", "Totale stijging"),
    "descent_m": ("Elevation Loss", "Höhenunterschied", "Dénivelé négatif", "Totale daling"),
    "cadence_spm": ("Average Cadence", "Durchschnittliche Trittfrequenz", "Cadence moyenne", "Gemiddelde cadans"),
    "average_hr_bpm": (
        "Average Heart Rate", "Durchschnittliche Herzfrequenz", "Fréquence cardiaque moyenne", "Gemiddelde hartslag",
    ),
    "power_w": ("Average Watts", "Durchschnittliche Watt"),
    "temperature_c": ("Average Temperature", "Durchschnittliche Temperatur"),
    "session_rpe": ("Perceived Exertion", "Gefühlte Anstrengung", "Ervaren inspanning"),
    "competition": ("Competition",),
}  # fmt: skip
AGAIN: Final = {"elapsed": "elapsed_s", "distance": "distance_m", "hr": "max_hr_bpm"}
"""What the second column of a name holds: seconds and metres without rounding."""
NEEDED: Final = ("source_id", "when", "title", "sport", "elapsed", "distance")
_HISTORY: Final = {"id", "date", "name", "type", "elapsedtime", "distance", "commute", "gear", "filename"}
_NUMBERS: Final = (
    "elapsed", "elapsed_s", "distance", "distance_m", "hr", "max_hr_bpm", "moving_s", "timer_s", "max_speed_m_s",
    "ascent_m", "descent_m", "cadence_spm", "average_hr_bpm", "power_w", "temperature_c", "session_rpe", "competition",
)  # fmt: skip
_TAG: Final = re.compile(r"<[^>]*>")
_MANGLED: Final = re.compile(r"(.+?)(?:\.(\d{1,2})|_duplicated_(\d{1,2})|\.\.\.\d+)")
_LONGEST: Final = 1_000  # characters of a header that are looked at
_UTC: Final = r"\s*(?:Z|UTC|GMT|\+00:?00)\s*$"
_FASTEST_M_S: Final = 12.5
_SAME: Final = 0.1  # km and metres differ by a factor of 1000
_RACE: Final = {"1": "true", "0": "false", "1.0": "true", "0.0": "false", "true": "true", "false": "false"}


def matches(head: Head) -> bool:
    """Whether the names in the archive or the header are Strava's."""
    if head.kind == "archive":
        return _strava_files.list_in(head.text.splitlines()) is not None
    if head.kind not in ("text", "workbook"):
        return False
    found = _layout(head)
    return found.has(*NEEDED) and ("date" not in found.headers or set(found.headers) >= _HISTORY)


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape the list of activities, with what their files add; nothing is judged here."""
    athlete = _sets.athlete_of(context, source.name)
    listed = _listed(source)
    found = _layout(listed.head)
    table = _header.table(listed, found, dict.fromkeys((*COLUMNS, *AGAIN.values()), ()), NEEDED)
    dated = _dates.local(table.frame["when"].str.replace(_UTC, ""), source.name, context.answer("date_order"))
    rows, distance = _renamed(table.frame, found)
    rows, impossible = sensed(rows)
    files = _strava_files.of_runs(source, rows, context)
    moments = dated.start.str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", strict=False).to_list()
    told = files.offsets
    days = _instants.local(moments, context, [told.get(row) for row in rows["source_row"]])
    days = days.with_columns(pl.coalesce("date", dated.date.alias("text")).alias("date"))
    tables = _activities.tables(files.filled(pl.concat([rows, days], how="horizontal")), athlete, VENDOR)
    made, notices = files.tables(tables["runs"])
    return Raw(
        primary=("sessions",),
        variant=f"{'archive, ' if source.kind == 'archive' else ''}{_variant(found)}",
        records=table.records,
        tables=tables | made,
        decisions=_header.reading_decisions(listed, found) | dated.decisions | distance,
        n_read=table.n_read,
        refused=table.refused,
        ignored=table.ignored,
        notices=(*_instants.notice(days), *impossible, *notices),
        whole=True,
    )


def _listed(source: Source) -> Source:
    """The list of activities: the file itself, or the one in the archive."""
    if source.kind != "archive":
        return source
    member = _strava_files.list_in(source.archive.names) or "activities.csv"
    return _source.from_bytes(f"{source.name}/{member}", source.archive.read(member))


def _layout(head: Head) -> _header.Layout:
    """The layout under the delimiter that makes the most headers known; a second column of a name has its own name."""
    return max((_try(head, delimiter) for delimiter in _header.DELIMITERS), key=lambda found: len(found.positions))


def _try(head: Head, delimiter: str) -> _header.Layout:
    known = {_header.fold(header): name for name, headers in COLUMNS.items() for header in headers}
    seen: Counter[str] = Counter()
    headers: list[str] = []
    positions: dict[str, int] = {}
    for at, cell in enumerate(head.first_record(delimiter)):
        bare = _TAG.sub("", cell[:_LONGEST]).strip()
        mangled = _MANGLED.fullmatch(bare)
        header = _header.fold(mangled[1] if mangled else bare)
        seen[header] += 1
        nth = 2 if mangled and (mangled[2] == "1" or mangled[3] == "0") else seen[header]
        name = known.get(header, "")
        name = AGAIN.get(name, "") if nth == 2 else name if nth == 1 else ""
        headers.append(header)
        if name:
            positions.setdefault(name, at)
    return _header.Layout(delimiter, positions, len(headers), tuple(headers))


def _variant(found: _header.Layout) -> str:
    if "date" in found.headers:
        return "before July 2019"
    language = "English" if "activityid" in found.headers else "localised"
    return f"{language}, {found.width} columns"


def _renamed(frame: pl.DataFrame, found: _header.Layout) -> tuple[pl.DataFrame, dict[str, str]]:
    frame = plain(frame, _NUMBERS).with_columns(
        pl.coalesce("elapsed_s", "elapsed").alias("elapsed_s"),
        pl.coalesce("max_hr_bpm", "hr").alias("max_hr_bpm"),
        pl.concat_str(pl.col("description", "private_note").replace("", None), separator="\n", ignore_nulls=True)
        .alias("notes"),
        pl.col("competition").replace_strict(_RACE, default=None, return_dtype=pl.String).alias("race"),
        per_value(frame["sport"], _sports.indoor, pl.String).alias("indoor"),
        per_value(frame["sport"], _sports.kind, pl.String).alias("kind"),
    )  # fmt: skip
    frame = frame.with_columns(not_zero("session_rpe"), pl.col("elapsed_s").alias("duration_s"))
    runs = frame.filter(pl.col("kind") == "run")
    unit = "m" if "date" in found.headers else _unit(runs)
    exact = found.has("distance_m")
    if exact and _is_the_same(runs):
        frame, exact = frame.with_columns(pl.lit(None, pl.String).alias("distance_m")), False
    metres = (number("distance") * {"m": 1.0, "km": 1000.0}[unit]).cast(pl.String)
    told = {"distance_unit": "m", "distance_unit_from": "format"} if exact else {}
    return frame.with_columns(pl.coalesce("distance_m", metres).alias("distance_m")), told or {
        "distance_unit": unit, "distance_unit_from": "format",
    }  # fmt: skip


def _is_the_same(runs: pl.DataFrame) -> bool:
    """Whether the second distance of runs repeats the first instead of telling the metres."""
    ratios = runs.select(r=number("distance_m") / number("distance")).filter(pl.col("r").is_finite(), pl.col("r") > 0)
    middle: Any = ratios["r"].median()
    return middle is not None and abs(middle - 1) < _SAME


def _unit(runs: pl.DataFrame) -> str:
    """The unit of the first distance: km, or m where no human could have run these kilometres in their time."""
    speeds = runs.select(v=number("distance") * 1000 / number("elapsed_s")).filter(pl.col("v") > 0)["v"]
    middle: Any = speeds.median()
    return "m" if middle is not None and middle > _FASTEST_M_S else "km"
