"""The headers of WHOOP's export in the languages in which they are known: en, de, es, fr, pt-BR."""

from __future__ import annotations

from typing import Final

from analysis.importers._header import Synonyms

COLUMNS: Final[Synonyms] = {
    "cycle_start": (
        "Cycle start time", "Startzeit des Zyklus", "Hora de inicio del ciclo", "Heure de début du cycle",
        "Hora de início do ciclo",
    ),
    "cycle_end": (
        "Cycle end time", "Endzeit des Zyklus", "Hora de finalización del ciclo", "Heure de fin du cycle",
        "Hora de fim do ciclo",
    ),
    "zone": (
        "Cycle timezone", "Zeitzone des Zyklus", "Zona horaria del ciclo", "Fuseau horaire du cycle",
        "Fuso horário do ciclo",
    ),
    "woke": (
        "Wake onset", "Beginn des Aufwachens", "Inicio de la vigilia", "Premiers signes de réveil", "Início da vigília",
    ),
    "nap": ("Nap", "Nickerchen", "Siesta", "Sieste", "Sesta"),
    "start": (
        "Workout start time", "Startzeit des Trainings", "Hora de inicio del entrenamiento",
        "Heure de début de l'entraînement", "Hora de início do treino",
    ),
    "end": (
        "Workout end time", "Endzeit des Trainings", "Hora de finalización del entrenamiento",
        "Heure de fin de l'entraînement", "Hora de fim do treino",
    ),
    "duration_min": ("Duration (min)", "Dauer (Min.)", "Duración (min)", "Durée (min)", "Duração (min)"),
    "sport": (
        "Activity name", "Name der Aktivität", "Nombre de la actividad", "Nom de l'activité", "Nome da atividade",
    ),
    "distance_m": ("Distance (meters)",),
    "ascent_m": ("Altitude gain (meters)",),
    "max_hr_bpm": ("Max HR (bpm)", "Max HF (Schläge pro Minute)", "FC máx. (lpm)", "FC max. (bpm)"),
    "average_hr_bpm": (
        "Average HR (bpm)", "Durchschnittliche HF (Schläge pro Minute)", "FC promedio (lpm)", "FC moyenne (bpm)",
        "FC média (bpm)",
    ),
    "question": ("Question text", "Fragetext", "Texto de la pregunta", "Texte de la question", "Texto da pergunta"),
    "recovery": (
        "Recovery score %", "Erholungswert %", "Puntuación de recuperación %", "Score de récupération %",
        "Pontuação de recuperação %",
    ),
    "resting_hr": (
        "Resting heart rate (bpm)", "Ruheherzfrequenz (Schläge pro Minute)", "Frecuencia cardíaca en reposo (lpm)",
        "Fréquence cardiaque au repos (bpm)", "Frequência cardíaca em repouso (bpm)",
    ),
    "hrv": (
        "Heart rate variability (ms)", "Herzfrequenzvariabilität (ms)", "Variabilidad de la frecuencia cardíaca (ms)",
        "Variabilité de la fréquence cardiaque (ms)", "Variabilidade da frequência cardíaca (ms)",
    ),
    "skin": (
        "Skin temp (celsius)", "Hauttemperatur (Celsius)", "Temp. cutánea (grados centígrados)",
        "Température cutanée (Celsius)", "Temp. da pele (celsius)",
    ),
    "oxygen": (
        "Blood oxygen %", "Blutsauerstoff %", "Oxígeno en sangre %", "Niveau d'oxygène %", "% de oxigênio no sangue",
    ),
    "strain": ("Day Strain", "Tagesbelastung", "Esfuerzo del día", "Effort du jour", "Esforço diário"),
    "energy": (
        "Energy burned (cal)", "Verbrannte Energie (cal)", "Energía quemada (cal)", "Dépense énergétique (cal.)",
        "Energia queimada (cal)",
    ),
    "performance": (
        "Sleep performance %", "Schlafleistung %", "Calificación del sueño (%)", "Performance Sommeil %",
        "Desempenho do sono %",
    ),
    "breathing": (
        "Respiratory rate (rpm)", "Atemfrequenz (Atemzüge/Min.)", "Frecuencia respiratoria (rpm)",
        "Fréquence respiratoire (tr/min)", "Frequência respiratória (rpm)",
    ),
    "asleep": (
        "Asleep duration (min)", "Schlafdauer (Min.)", "Duración del sueño (min)", "Durée du sommeil (min)",
        "Duração do sono (min)",
    ),
    "in_bed": (
        "In bed duration (min)", "Dauer im Bett (Min.)", "Tiempo en la cama (min)", "Temps passé au lit (min)",
        "Duração na cama (min)",
    ),
    "light": (
        "Light sleep duration (min)", "Dauer des Leichtschlafs (Min.)", "Duración de sueño ligero (min)",
        "Durée du sommeil léger (min)", "Duração do sono leve (min)",
    ),
    "deep": (
        "Deep (SWS) duration (min)", "Dauer des Tiefschlafs (Min.)", "Duración de sueño profundo (SWS) (min)",
        "Durée du sommeil profond (min)", "Duração profundo (Sono) (min)",
    ),
    "rem": (
        "REM duration (min)", "Dauer des REM-Schlafs (Min.)", "Duración de sueño REM (min)",
        "Durée du sommeil paradoxal (min)", "Duração REM (min)",
    ),
    "awake": (
        "Awake duration (min)", "Dauer des Aufwachens (Min.)", "Tempo despierto/a (min)", "Tiempo despierto/a (min)",
        "Temps d'éveil (min)", "Duração de vigília (min)",
    ),
    "need": (
        "Sleep need (min)", "Schlafbedarf (Min.)", "Sueño necesario (min)", "Besoins en sommeil (min)",
        "Necessidade de sono (min)",
    ),
    "debt": (
        "Sleep debt (min)", "Schlafdefizit (Min.)", "Deuda de sueño (min)", "Dette de sommeil (min)",
        "Débito de sono (min)",
    ),
    "efficiency": (
        "Sleep efficiency %", "Schlafeffizienz %", "Eficiencia del sueño %", "Efficacité du sommeil %",
        "Eficácia do sono %",
    ),
    "consistency": (
        "Sleep consistency %", "Schlafbeständigkeit %", "Regularidad del sueño %", "Régularité du sommeil %",
        "Consistência do sono %",
    ),
}  # fmt: skip
YES: Final = ("true", "1", "yes", "ja", "wahr", "sí", "si", "verdadero", "oui", "vrai", "sim", "verdadeiro")
"""What stands in the column of naps for a nap."""
